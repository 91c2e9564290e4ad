//! Whether one certificate was signed with the key of another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certlens_core::{Certificate, SignatureCheck, check_signature};

/// Whether the key of `signer` certainly did not sign this certificate. A signature of a kind that cannot
/// be computed with is not held against it.
pub(super) fn is_anothers(one: &Certificate, signer: &Certificate) -> bool {
    let check = || check_signature(&der(one)?, Some(&der(signer)?)).ok();
    matches!(check(), Some(SignatureCheck::Bad { .. }))
}

fn der(certificate: &Certificate) -> Option<Vec<u8>> {
    let lines = certificate.pem.lines();
    let body: String = lines.filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).ok()
}

#[cfg(test)]
mod tests {
    use certlens_core::{Object, Options};

    use super::*;

    fn certificates(pem: &str) -> Vec<Certificate> {
        let report = certlens_core::inspect(pem.as_bytes(), &Options::default(), None).unwrap();
        let entries = report.entries.into_iter().map(|entry| entry.object);
        entries
            .map(|object| match object {
                Object::Certificate(certificate) => *certificate,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Certificates that OpenSSL made, each signed by itself.
    fn made_by_openssl(key: &[&str], digest: &str) -> Certificate {
        let folder = tempfile::tempdir().unwrap();
        let mut openssl = std::process::Command::new("openssl");
        openssl
            .current_dir(&folder)
            .args(["req", "-x509", "-nodes"]);
        openssl.args(["-keyout", "k", "-subj", "/CN=x", "-out", "c"]);
        let made = openssl.args(key).arg(digest).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let pem = std::fs::read_to_string(folder.path().join("c")).unwrap();
        certificates(&pem).remove(0)
    }

    #[test]
    fn signatures_of_every_kind_are_told_from_those_of_another_key() {
        let rsa = &["-newkey", "rsa:2048"][..];
        let p256 = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..];
        let p384 = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"][..];
        let p521 = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"][..];
        let ed25519 = &["-newkey", "ed25519"][..];
        let pss = &["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"][..];
        let weak = &["-newkey", "rsa:1024"][..];
        let ed448 = &["-newkey", "ed448"][..];
        for (key, digest) in [
            (rsa, "-sha256"),
            (rsa, "-sha512"),
            (rsa, "-sha1"),
            (weak, "-sha256"),
            (pss, "-sha256"),
            (p256, "-sha384"),
            (p384, "-sha256"),
            (p521, "-sha512"),
            (ed25519, "-sha256"),
        ] {
            let (one, other) = (made_by_openssl(key, digest), made_by_openssl(key, digest));
            assert!(!is_anothers(&one, &one), "{key:?} {digest}");
            assert!(is_anothers(&one, &other), "{key:?} {digest}");
        }
        let (one, other) = (
            made_by_openssl(ed448, "-sha256"),
            made_by_openssl(ed448, "-sha256"),
        );
        assert!(!is_anothers(&one, &other), "it cannot be computed with");
    }
}
