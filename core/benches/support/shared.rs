//! What the benches share: the table of figures beside their goals, and what is read.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

/// What was found, beside what should be.
#[derive(Default)]
pub(crate) struct Table {
    lines: String,
}

impl Table {
    pub(crate) fn line(&mut self, what: &str, goal: f64, measure: impl FnOnce() -> f64) {
        if !is_wanted(what) {
            return;
        }
        let ratio = measure();
        let mark = if ratio <= goal { "reached" } else { "MISSED" };
        println!("{what}: {ratio:.2}");
        let _ = writeln!(self.lines, "{what:<62} {ratio:>6.2} {goal:>6.2}  {mark}");
    }

    pub(crate) fn print(self) -> ExitCode {
        println!(
            "\n{:<62} {:>6} {:>6}\n{}",
            "ours / theirs", "ratio", "goal", self.lines
        );
        // A busy machine is no fault of the code: the table tells, and people judge.
        ExitCode::SUCCESS
    }
}

fn is_wanted(what: &str) -> bool {
    // Cargo adds an option of its own.
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let first = words.next();
    first.is_none_or(|first| what.contains(&first) || words.any(|word| what.contains(&word)))
}

/// Certificates as sites have them: with names, addresses of the authority, policies, time stamps.
pub(crate) fn leaves(folder: &Path) -> Vec<Vec<u8>> {
    // Two stamps of version 1: log, time, no extensions, ECDSA with SHA-256 and a signature.
    let (log, signature) = ("5a".repeat(32), "5a".repeat(71));
    let stamp = format!("007600{log}0000019800000000000004030047{signature}");
    let stamps = format!("0481f200f0{stamp}{stamp}");
    (0..10)
        .map(|index| {
            let names: Vec<String> = (0..5 + index * 2).map(|name| format!("DNS:host{name}.example{index}.org")).collect();
            let algorithm: &[&str] = if index % 2 == 0 {
                &["rsa:2048"]
            } else {
                &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            };
            let organisation = if index % 3 == 0 { "Müller & Söhne, GmbH" } else { "Example Trust Services" };
            let subject = format!("/C=DE/ST=Bayern/L=Nürnberg/O={organisation}/CN=host0.example{index}.org");
            let extensions = [
                format!("subjectAltName={},IP:192.0.2.{index}", names.join(",")),
                "basicConstraints=critical,CA:FALSE".to_owned(),
                "keyUsage=critical,digitalSignature,keyEncipherment".to_owned(),
                "extendedKeyUsage=serverAuth,clientAuth".to_owned(),
                "authorityKeyIdentifier=keyid".to_owned(),
                "authorityInfoAccess=OCSP;URI:http://ocsp.example.org,caIssuers;URI:http://ca.example.org/ca.crt".to_owned(),
                "crlDistributionPoints=URI:http://crl.example.org/ca.crl".to_owned(),
                "certificatePolicies=2.23.140.1.2.2,1.3.6.1.4.1.44947.1.1.1".to_owned(),
                format!("1.3.6.1.4.1.11129.2.4.2=DER:{stamps}"),
            ];
            let mut request = Command::new("openssl");
            request.args(["req", "-x509", "-newkey"]).args(algorithm);
            request.args(["-nodes", "-utf8", "-days", "90", "-sha256", "-outform", "DER"]);
            request.args(["-set_serial", "0x4f8a11c07e529b36d10ae47725b8936c"]);
            request.args(["-keyout", "key.pem", "-out", "leaf.der", "-subj", &subject]);
            for extension in &extensions {
                request.args(["-addext", extension]);
            }
            run(&mut request, folder);
            std::fs::read(folder.join("leaf.der")).expect("was made")
        })
        .collect()
}

/// A PEM bundle of this many certificates, no two of one serial number.
pub(crate) fn bundle(leaves: &[Vec<u8>], count: usize) -> Vec<u8> {
    let serial = [0xd1, 0x0a, 0xe4, 0x77, 0x25, 0xb8, 0x93, 0x6c];
    let mut text = String::new();
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    for (index, leaf) in leaves.iter().cycle().take(count).enumerate() {
        let mut der = leaf.clone();
        let at = der
            .windows(8)
            .position(|window| window == serial)
            .expect("has the serial number");
        der[at..at + 8].copy_from_slice(&(u64::MAX - index as u64).to_be_bytes());
        text.push_str(&pem::encode_config(
            &pem::Pem::new("CERTIFICATE", der),
            config,
        ));
    }
    text.into_bytes()
}

pub(crate) fn run(command: &mut Command, folder: &Path) {
    let output = command.current_dir(folder).output().expect("openssl runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
