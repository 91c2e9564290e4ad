//! Ratios against other crates, from one run: `make bench`.
//!
//! The two sides of each pair take turns, so that whatever else the machine does slows both. What
//! counts is the median of the ratios of the turns. `openssl` makes what is read. Words on the command
//! line choose the lines that have one of them.

#[path = "../tests/support/webpki.rs"]
mod second_opinion;
#[path = "support/shared.rs"]
mod shared;

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use certlens_core::{
    Evidence, HostName, NoIssuerCheck, Options, Password, Profile, Purpose, Question, UnixTime,
    columns, compare_bundles, inspect, judge, open,
};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, Pem, X509Certificate};
use x509_parser::public_key::PublicKey;

use self::shared::{Table, bundle, leaves, run};

const ROUNDS: u64 = 600_000;

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let leaves = leaves(folder.path());
    let bundle = bundle(&leaves, 1000);
    let mut table = Table::default();

    table.line(
        "rows of a PEM bundle / x509-parser's of the same",
        0.35,
        || {
            let ours = || columns(&bundle, &Options::default()).expect("opens").len();
            pair(15, ours, || rows_by_x509_parser(&bundle))
        },
    );
    table.line(
        "rows of a PEM bundle / pem crate, decoding alone",
        1.0,
        || {
            let ours = || columns(&bundle, &Options::default()).expect("opens").len();
            pair(15, ours, || {
                pem::parse_many(&bundle).expect("decodes").len()
            })
        },
    );
    table.line(
        "report of a leaf / x509-parser, SHA-1, two SHA-256",
        3.0,
        || {
            let report = || {
                let all = leaves.iter().cycle().take(200);
                all.map(|der| {
                    inspect(der, &Options::default(), None)
                        .expect("reads")
                        .entries
                        .len()
                })
                .sum()
            };
            pair(15, report, || {
                leaves
                    .iter()
                    .cycle()
                    .take(200)
                    .map(|der| parse_and_hash(der))
                    .sum()
            })
        },
    );
    for (count, turns) in [(10_000, 7), (100_000, 3)] {
        let many = shared::bundle(&leaves, count);
        let share = count / 1000;
        table.line(
            &format!("opening {count} certificates / 1000, each"),
            1.3,
            || {
                let ours = || open(&many, &Options::default()).expect("opens").len();
                let thousand = || {
                    (0..share)
                        .map(|_| open(&bundle, &Options::default()).expect("opens").len())
                        .sum()
                };
                pair(turns, ours, thousand)
            },
        );
    }
    paths(&mut table, folder.path());
    piles(&mut table, &leaves);
    let keystore = keystore(folder.path());
    table.line(
        "PKCS#12 of 600,000 rounds / its bare derivations",
        1.3,
        || {
            let passwords = [Password::from("secret")];
            let options = Options {
                passwords: &passwords,
                ..Options::default()
            };
            pair(
                3,
                || {
                    inspect(&keystore, &options, None)
                        .expect("opens")
                        .entries
                        .len()
                },
                bare_derivations,
            )
        },
    );
    table.print()
}

/// What looks at many certificates together: chains of a pile, and two bundles.
fn piles(table: &mut Table, leaves: &[Vec<u8>]) {
    let bundles = [1000, 10_000].map(|count| {
        let text = bundle(leaves, count);
        open(&text, &Options::default()).expect("opens")
    });
    table.line("chain of 10000 certificates / 1000, each", 1.3, || {
        let [thousand, all] = &bundles;
        let ours = || {
            certlens_core::chain(&[all], None, &NoIssuerCheck)
                .paths
                .len()
        };
        let theirs = || {
            (0..10)
                .map(|_| {
                    certlens_core::chain(&[thousand], None, &NoIssuerCheck)
                        .paths
                        .len()
                })
                .sum()
        };
        pair(7, ours, theirs)
    });
    table.line("comparing two bundles of 150 / 5 ms", 1.0, || {
        let report = |from: usize| {
            let rotated: Vec<Vec<u8>> =
                leaves.iter().cycle().skip(from).take(10).cloned().collect();
            inspect(&bundle(&rotated, 150), &Options::default(), None).expect("opens")
        };
        let (before, after) = (report(0), report(3));
        let mut took: Vec<Duration> = (0..15)
            .map(|_| timed(&mut || compare_bundles(&before, &after).pairs.len()))
            .collect();
        took.sort();
        println!("  {:?}", took[took.len() / 2]);
        took[took.len() / 2].as_secs_f64() / 0.005
    });
}

/// The median ratio of two things that take turns.
fn pair(turns: usize, mut ours: impl FnMut() -> usize, mut theirs: impl FnMut() -> usize) -> f64 {
    let mut ratios = Vec::new();
    let (mut mine, mut other) = (Vec::new(), Vec::new());
    for turn in 0..=turns {
        let (one, two) = (timed(&mut ours), timed(&mut theirs));
        // The first turn warms up.
        if turn != 0 {
            ratios.push(one.as_secs_f64() / two.as_secs_f64());
            mine.push(one);
            other.push(two);
        }
    }
    ratios.sort_by(f64::total_cmp);
    mine.sort();
    other.sort();
    println!(
        "  {:?} against {:?}",
        mine[mine.len() / 2],
        other[other.len() / 2]
    );
    ratios[ratios.len() / 2]
}

fn timed(work: &mut impl FnMut() -> usize) -> Duration {
    let started = Instant::now();
    black_box(work());
    started.elapsed()
}

/// The record of a row, as someone would write it with x509-parser.
fn rows_by_x509_parser(bundle: &[u8]) -> usize {
    let mut rows = Vec::new();
    for block in Pem::iter_from_buffer(bundle) {
        let block = block.expect("decodes");
        let certificate = block.parse_x509().expect("parses");
        let names = certificate.subject_alternative_name().expect("at most one");
        let names = names.iter().flat_map(|names| &names.value.general_names);
        let names: Vec<String> = names
            .filter_map(|name| match name {
                GeneralName::DNSName(name)
                | GeneralName::RFC822Name(name)
                | GeneralName::URI(name) => Some((*name).to_owned()),
                GeneralName::IPAddress(octets) => {
                    let four = <[u8; 4]>::try_from(*octets).ok()?;
                    Some(std::net::Ipv4Addr::from(four).to_string())
                }
                _ => None,
            })
            .collect();
        let key = match certificate.public_key().parsed().expect("is known") {
            PublicKey::RSA(key) => format!("RSA {}", key.key_size()),
            PublicKey::EC(point) => format!("EC {}", point.key_size()),
            _ => "another".to_owned(),
        };
        rows.push((
            certificate.subject().to_string(),
            certificate.issuer().to_string(),
            certificate.raw_serial_as_string(),
            certificate.validity().not_before.timestamp(),
            certificate.validity().not_after.timestamp(),
            names,
            key,
            certificate.is_ca(),
        ));
    }
    rows.len()
}

fn parse_and_hash(der: &[u8]) -> usize {
    let (_, certificate) = X509Certificate::from_der(der).expect("parses");
    let digests = (
        Sha1::digest(der),
        Sha256::digest(der),
        Sha256::digest(black_box(der)),
    );
    black_box(digests);
    certificate.extensions().len()
}

fn paths(table: &mut Table, folder: &Path) {
    let chain = chain(folder);
    table.line(
        "path of three with P-256 / rustls-webpki's of the same",
        2.0,
        || pair(31, || judged(&chain), || accepted_by_webpki(&chain)),
    );
}

/// Seconds since 1970 at which the path is judged: today, since openssl made it just now.
fn today() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("after 1970").as_secs() + 60
}

fn judged(chain: &[Vec<u8>]) -> usize {
    let at = UnixTime::from_seconds(i64::try_from(today()).expect("fits"));
    let mut question = Question::new(at, Purpose::Server, Profile::Standard);
    question.host = HostName::parse("www.example.org").ok();
    let evidence = Evidence {
        anchors: vec![&chain[2]],
        untrusted: vec![&chain[1]],
        lists: Vec::new(),
    };
    let judgement = judge(&chain[0], &evidence, &question).expect("is a certificate");
    assert!(judgement.accepted, "{}", judgement.summary);
    judgement.paths.len()
}

fn accepted_by_webpki(chain: &[Vec<u8>]) -> usize {
    second_opinion::accepts(chain, today(), "www.example.org").expect("is accepted");
    chain.len()
}

/// A leaf, an authority and a root, each with a key on P-256.
fn chain(folder: &Path) -> Vec<Vec<u8>> {
    let key = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-sha256",
    ];
    let authority = [
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign",
    ];
    let leaf = [
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-addext",
        "keyUsage=critical,digitalSignature",
        "-addext",
        "extendedKeyUsage=serverAuth",
        "-addext",
        "subjectAltName=DNS:www.example.org,DNS:example.org",
    ];
    let mut made = Vec::new();
    for (name, above, extensions) in [
        ("root", None, &authority[..]),
        ("between", Some("root"), &authority[..]),
        ("leaf", Some("between"), &leaf[..]),
    ] {
        let mut request = Command::new("openssl");
        request
            .args(["req", "-x509", "-days", "30", "-subj"])
            .arg(format!("/CN={name}"));
        request.args(key).args(extensions);
        request.args([
            "-keyout",
            &format!("{name}.key"),
            "-out",
            &format!("{name}.crt"),
        ]);
        if let Some(above) = above {
            request.args([
                "-CA",
                &format!("{above}.crt"),
                "-CAkey",
                &format!("{above}.key"),
            ]);
        }
        run(&mut request, folder);
        let text = std::fs::read(folder.join(format!("{name}.crt"))).expect("was made");
        made.insert(0, pem::parse(text).expect("is PEM").into_contents());
    }
    made
}

/// The derivations that a keystore with one certificate and one key asks for: two of PBES2, and that
/// of the check value (RFC 7292, B.2).
fn bare_derivations() -> usize {
    let rounds = u32::try_from(ROUNDS).expect("fits");
    let mut key = [0; 32];
    for salt in [[1; 8], [2; 8]] {
        pbkdf2::pbkdf2_hmac::<Sha256>(b"secret", &salt, rounds, &mut key);
        black_box(&key);
    }
    let mut digest = Sha256::digest([3; 192]);
    for _ in 1..ROUNDS {
        digest = Sha256::digest(digest);
    }
    black_box(digest);
    key.len()
}

fn keystore(folder: &Path) -> Vec<u8> {
    let mut convert = Command::new("openssl");
    convert.args([
        "x509", "-inform", "DER", "-in", "leaf.der", "-out", "leaf.pem",
    ]);
    run(&mut convert, folder);
    let rounds = ROUNDS.to_string();
    let mut export = Command::new("openssl");
    export.args([
        "pkcs12",
        "-export",
        "-in",
        "leaf.pem",
        "-inkey",
        "key.pem",
        "-out",
        "store.p12",
    ]);
    export.args(["-iter", &rounds, "-passout", "pass:secret"]);
    run(&mut export, folder);
    std::fs::read(folder.join("store.p12")).expect("was made")
}
