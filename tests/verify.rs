//! `certlens verify`, the program itself: exit codes, what it prints, and its JSON.

use std::path::PathBuf;
use std::process::{Command, Output};

use certlens_tests::{certlens, run};
use serde_json::Value;

/// A root, an authority below it and a leaf, as PEM files, and a list by which the authority revokes
/// another leaf.
struct Made {
    folder: tempfile::TempDir,
}

impl Made {
    fn new() -> Self {
        let made = Self {
            folder: tempfile::tempdir().expect("there is room"),
        };
        let authority = [
            "basicConstraints=critical,CA:TRUE",
            "keyUsage=critical,keyCertSign,cRLSign",
        ];
        made.certificate("root", None, &authority);
        made.certificate("between", Some("root"), &authority);
        for name in ["leaf", "revoked"] {
            let names = format!("subjectAltName=DNS:{name}.example.org,DNS:*.example.net");
            made.certificate(
                name,
                Some("between"),
                &[&names, "extendedKeyUsage=serverAuth"],
            );
        }
        std::fs::write(made.path("index.txt"), "").expect("is written");
        let config = "[ca]\ndefault_ca=it\n[it]\ndatabase=index.txt\ndefault_md=sha256\n";
        std::fs::write(made.path("ca.conf"), config).expect("is written");
        let issuer = [
            "ca",
            "-config",
            "ca.conf",
            "-keyfile",
            "between.key",
            "-cert",
            "between.pem",
        ];
        made.openssl(&[&issuer[..], &["-revoke", "revoked.pem"]].concat());
        made.openssl(
            &[
                &issuer[..],
                &["-gencrl", "-crldays", "7", "-out", "list.pem"],
            ]
            .concat(),
        );
        made
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .expect("openssl runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments:?}: {error}");
    }

    fn certificate(&self, name: &str, issuer: Option<&str>, extensions: &[&str]) {
        let (key, file) = (format!("{name}.key"), format!("{name}.pem"));
        let subject = format!("/CN={name}");
        let mut arguments = vec![
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ];
        arguments.extend([
            "-nodes", "-days", "30", "-subj", &subject, "-keyout", &key, "-out", &file,
        ]);
        for extension in extensions {
            arguments.extend(["-addext", extension]);
        }
        let above = issuer.map(|issuer| (format!("{issuer}.pem"), format!("{issuer}.key")));
        if let Some((certificate, key)) = &above {
            arguments.extend(["-CA", certificate, "-CAkey", key]);
        }
        self.openssl(&arguments);
    }

    fn verify(&self, arguments: &[&str], input: &[u8]) -> Output {
        let inside = |argument: &&str| {
            let path = self.path(argument);
            if path.is_file() {
                path.into_os_string()
            } else {
                argument.into()
            }
        };
        let mut command = certlens();
        command.arg("verify").args(arguments.iter().map(inside));
        run(&mut command, input)
    }
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("is text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const CHAIN: [&str; 4] = ["--anchors", "root.pem", "--untrusted", "between.pem"];

#[test]
fn accepted_and_refused_are_told_by_the_exit_code_and_in_words() {
    let made = Made::new();
    let verify = |more: &[&str]| made.verify(&[&CHAIN[..], more].concat(), b"");
    let output = verify(&["--host", "leaf.example.org", "leaf.pem"]);
    assert_eq!(
        code(&output),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    let text = stdout(&output);
    assert!(text.starts_with("Accepted      CN=leaf"), "{text}");
    assert!(
        text.contains("3 certificates lead to CN=root, which is trusted"),
        "{text}"
    );

    let output = verify(&["--host", "www.example.com", "leaf.pem"]);
    assert_eq!(code(&output), Some(1), "{}", stderr(&output));
    let text = stdout(&output);
    let expected = "www.example.com is not among its names: leaf.example.org and *.example.net";
    assert!(text.contains(expected), "{text}");

    let output = verify(&["--purpose", "elasticsearch-transport", "leaf.pem"]);
    assert_eq!(code(&output), Some(1), "{}", stderr(&output));

    let output = made.verify(&["--anchors", "root.pem", "leaf.pem"], b"");
    assert_eq!(code(&output), Some(1), "{}", stderr(&output));
    let text = stdout(&output);
    let expected = "the certificate of its issuer is missing: CN=between";
    assert!(text.contains(expected), "{text}");

    let output = verify(&["--at", "2020-01-01", "leaf.pem"]);
    assert!(
        stdout(&output).contains("it is valid only from"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_list_revokes_and_is_asked_for_where_one_must_be_there() {
    let made = Made::new();
    let verify = |more: &[&str]| made.verify(&[&CHAIN[..], more].concat(), b"");
    let output = verify(&["--crl", "list.pem", "revoked.pem"]);
    assert_eq!(code(&output), Some(1), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("a list of its issuer revokes it"),
        "{}",
        stdout(&output)
    );
    let output = verify(&["--crl", "list.pem", "leaf.pem"]);
    assert_eq!(
        code(&output),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    // No list is about the authority between.
    let output = verify(&["--crl", "list.pem", "--require-crl", "leaf.pem"]);
    assert_eq!(code(&output), Some(1), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("no list given is about it"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_list_that_cannot_be_read_beside_a_good_one_is_an_error() {
    let made = Made::new();
    let list = std::fs::read_to_string(made.path("list.pem")).expect("was made");
    let broken = "-----BEGIN X509 CRL-----\nMAMCAQE=\n-----END X509 CRL-----\n";
    std::fs::write(made.path("lists.pem"), format!("{list}{broken}")).expect("is written");
    let arguments = [&CHAIN[..], &["--crl", "lists.pem", "leaf.pem"]].concat();
    let output = made.verify(&arguments, b"");
    assert_eq!(code(&output), Some(2), "{}", stdout(&output));
    let said = stderr(&output);
    for part in ["lists.pem", "pem[1]", "Fetch the list anew"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn what_cannot_be_read_beside_anchors_is_named_as_not_covered() {
    let made = Made::new();
    let root = std::fs::read_to_string(made.path("root.pem")).expect("was made");
    let broken = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
    std::fs::write(made.path("roots.pem"), format!("{broken}{root}")).expect("is written");
    let arguments = ["--anchors", "roots.pem", "--untrusted", "between.pem"];
    let arguments = [&arguments[..], &["--json", "leaf.pem"]].concat();
    let output = made.verify(&arguments, b"");
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let json: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    let not_covered = json["judgement"]["notCovered"].as_array().expect("a list");
    let named = not_covered.iter().filter_map(Value::as_str);
    let named = named.filter(|one| one.contains("pem[0] of ") && one.contains("roots.pem"));
    assert_eq!(named.count(), 1, "{not_covered:?}");
}

#[test]
fn a_list_over_a_weak_digest_is_judged_as_a_certificate_is() {
    let made = Made::new();
    let arguments = "ca -config ca.conf -keyfile between.key -cert between.pem -gencrl -crldays 7";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    made.openssl(&[&arguments[..], &["-md", "sha1", "-out", "sha1.pem"]].concat());
    let verify = |list, profile| {
        let more = ["--crl", list, "--profile", profile, "leaf.pem"];
        made.verify(&[&CHAIN[..], &more].concat(), b"")
    };
    for (list, profile, expected) in [
        ("sha1.pem", "standard", 1),
        ("sha1.pem", "legacy", 0),
        ("list.pem", "standard", 0),
    ] {
        let output = verify(list, profile);
        let text = stdout(&output);
        assert_eq!(code(&output), Some(expected), "{list} {profile}: {text}");
        let told = text.contains("collisions can be made for SHA-1");
        assert_eq!(told, list == "sha1.pem", "{list} {profile}: {text}");
    }
}

#[test]
fn what_openssl_was_told_to_trust_an_anchor_for_counts() {
    let made = Made::new();
    let set = |setting: &str, file: &str| {
        let arguments = ["x509", "-in", "root.pem", "-trustout"];
        made.openssl(&[&arguments[..], &[setting, "serverAuth", "-out", file]].concat());
    };
    set("-addreject", "rejected.pem");
    set("-addtrust", "trusted.pem");
    let verify = |anchors, purpose| {
        let arguments = ["--anchors", anchors, "--untrusted", "between.pem"];
        made.verify(
            &[&arguments[..], &["--purpose", purpose, "leaf.pem"]].concat(),
            b"",
        )
    };
    let output = verify("trusted.pem", "server");
    assert_eq!(code(&output), Some(0), "{}", stdout(&output));
    let output = verify("rejected.pem", "server");
    assert_eq!(code(&output), Some(1), "{}", stdout(&output));
    let expected = "it is told not to be trusted for";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
    let output = verify("trusted.pem", "email");
    let expected = "what it is told to be trusted for does not include";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
}

#[test]
fn an_anchor_that_says_it_is_no_authority_issues_nothing_but_under_rfc_5280_alone() {
    let made = Made::new();
    made.certificate("none", None, &["basicConstraints=critical,CA:FALSE"]);
    made.certificate("below", Some("none"), &["extendedKeyUsage=serverAuth"]);
    for (profile, expected) in [("standard", 1), ("legacy", 0)] {
        let arguments = ["--anchors", "none.pem", "--profile", profile, "below.pem"];
        let output = made.verify(&arguments, b"");
        assert_eq!(
            code(&output),
            Some(expected),
            "{profile}: {}",
            stdout(&output)
        );
    }
}

#[test]
fn anchors_may_come_from_a_truststore() {
    let made = Made::new();
    let store = [
        "pkcs12",
        "-export",
        "-nokeys",
        "-in",
        "root.pem",
        "-out",
        "trust.p12",
    ];
    made.openssl(&[&store[..], &["-passout", "pass:changeit"]].concat());
    let arguments = [
        "--anchors",
        "trust.p12",
        "--untrusted",
        "between.pem",
        "--password-stdin",
        "leaf.pem",
    ];
    let output = made.verify(&arguments, b"changeit\n");
    assert_eq!(
        code(&output),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    let output = made.verify(&arguments, b"wrong\n");
    assert_eq!(code(&output), Some(2));
    assert!(
        stderr(&output).contains("none of the passwords opens the file"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn json_has_every_check() {
    let made = Made::new();
    let output = made.verify(&[&CHAIN[..], &["--json", "leaf.pem"]].concat(), b"");
    let json: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    assert_eq!(json["judgement"]["accepted"], true);
    assert_eq!(json["error"], Value::Null);
    let steps = json["judgement"]["paths"][0]["steps"]
        .as_array()
        .expect("steps");
    let roles: Vec<&Value> = steps.iter().map(|step| &step["role"]).collect();
    assert_eq!(roles, ["leaf", "intermediate", "anchor"]);
    let checks = steps[0]["checks"].as_array().expect("checks");
    assert!(
        checks
            .iter()
            .any(|check| check["check"] == "signature" && check["outcome"] == "passed")
    );
}

#[test]
fn what_cannot_be_judged_is_no_verdict() {
    let made = Made::new();
    for (arguments, expected) in [
        (
            &["--anchors", "root.pem", "nowhere.pem"][..],
            "there is no such file",
        ),
        (
            &["--anchors", "root.pem", "leaf.key"],
            "expected a certificate, found none",
        ),
        (
            &["--anchors", "list.pem", "leaf.pem"],
            "expected a certificate to trust, found none",
        ),
        (
            &["--anchors", "root.pem", "--crl", "root.pem", "leaf.pem"],
            "expected a revocation list",
        ),
        (&["leaf.pem"], "--anchors"),
        (
            &["--anchors", "root.pem", "--purpose", "tea", "leaf.pem"],
            "expected one of any, server",
        ),
        (
            &["--anchors", "root.pem", "--host", "a..b", "leaf.pem"],
            "a part of it is empty",
        ),
    ] {
        let output = made.verify(arguments, b"");
        assert_eq!(code(&output), Some(2), "{arguments:?}");
        assert!(
            stderr(&output).contains(expected),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn the_roots_of_mozilla_are_trusted_where_that_is_asked() {
    let made = Made::new();
    let root = webpki_root_certs::TLS_SERVER_ROOT_CERTS.first();
    std::fs::write(made.path("known.der"), root.expect("there are roots")).expect("is written");
    let verify = |leaf| {
        let output = made.verify(&["--mozilla", "--purpose", "ca", "--json", leaf], b"");
        let printed: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
        (code(&output), printed)
    };
    let (known, printed) = verify("known.der");
    assert_eq!(known, Some(0), "{printed:#}");
    let not_covered = printed["judgement"]["notCovered"].to_string();
    assert!(not_covered.contains("Mozilla"), "{not_covered}");
    let (own, printed) = verify("root.pem");
    assert_eq!(own, Some(1), "{printed:#}");
}
