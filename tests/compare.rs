//! `certlens compare`, the program itself: exit codes, the summary, JSON.

use std::process::{Command, Output};

use certlens_tests::{certlens, run};
use serde_json::Value;

const LEAF: &str = "tests/vectors/pem/leaf.pem";
const LEAF_DER: &str = "tests/vectors/der/leaf.der";
const LEAF_AND_MORE: &str = "tests/vectors/pem/chain-and-key.pem";

#[test]
fn the_same_in_another_form_is_the_same() {
    let output = compare(&[LEAF, LEAF_DER], b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stdout(&output).starts_with("The same certificate\n"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn what_one_file_has_beyond_the_other_is_told() {
    let output = compare(&[LEAF, LEAF_AND_MORE], b"");
    assert_eq!(code(&output), 1);
    let text = stdout(&output);
    assert!(text.starts_with("1 entry: 1 the same, 2 added\n"), "{text}");
    assert!(
        text.contains("Added   Vector Root  certificate, pem[1]"),
        "{text}"
    );
    let back = stdout(&compare(&[LEAF_AND_MORE, LEAF], b""));
    assert!(
        back.contains("Lost    Vector Root  certificate, pem[1]"),
        "{back}"
    );
}

#[test]
fn a_renewal_is_told_in_one_line_and_field_by_field() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let make = |days: &str, names: &str, file: &str, key: &[&str]| {
        let mut request = Command::new("openssl");
        request.current_dir(folder.path());
        request
            .args(["req", "-x509", "-nodes", "-subj", "/CN=es1.corp"])
            .args(key);
        request.args(["-days", days, "-out", file, "-addext", names]);
        let output = run(&mut request, b"");
        assert!(output.status.success(), "{}", stderr(&output));
        folder.path().join(file).display().to_string()
    };
    let names = "subjectAltName=DNS:es1.corp,DNS:a.corp,DNS:b.corp";
    let ec = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-keyout",
        "key.pem",
    ];
    let old = make("90", names, "old.pem", &ec);
    let shuffled = "subjectAltName=DNS:b.corp,DNS:A.corp,DNS:es1.corp";
    let new = make("455", shuffled, "new.pem", &["-key", "key.pem"]);
    let output = compare(&[&old, &new], b"");
    assert_eq!(code(&output), 1);
    let text = stdout(&output);
    assert!(
        text.starts_with("Renewal: same key, same 3 names, +365 days\n"),
        "{text}"
    );
    assert!(text.contains("Changed Valid until"), "{text}");
    assert!(text.contains("more fields are the same"), "{text}");
    let json = json(&compare(&[&old, &new, "--json"], b""));
    let pair = &json["comparison"]["pairs"][0];
    assert_eq!(pair["comparison"]["relation"], "renewal");
    assert_eq!(pair["matchedBy"], "key-and-subject");
    let fewer = "subjectAltName=DNS:es1.corp,DNS:c.corp";
    let other = make("90", fewer, "other.pem", &ec);
    let text = stdout(&compare(&[&old, &other], b""));
    assert!(
        text.starts_with("Replacement: new key, 2 names lost, 1 name added"),
        "{text}"
    );
    assert!(
        text.contains("- a.corp") && text.contains("+ c.corp"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_read_or_stays_sealed_cannot_be_compared() {
    let sealed = "tests/vectors/pkcs12/openssl-3.p12";
    for files in [
        [LEAF, "not/there.pem"],
        ["tests/vectors/broken/picture.png", LEAF],
        [LEAF, sealed],
    ] {
        let output = compare(&files, b"");
        assert_eq!(code(&output), 2, "{files:?}");
        assert_eq!(stdout(&output), "", "{files:?}");
        assert!(stderr(&output).contains(": "), "{files:?}");
    }
    assert_eq!(code(&compare(&[LEAF], b"")), 2);
    let output = compare(&[sealed, LEAF_AND_MORE, "--password-stdin"], b"changeit\n");
    assert_eq!(code(&output), 0, "{}", stdout(&output));
}

fn compare(arguments: &[&str], input: &[u8]) -> Output {
    run(certlens().arg("compare").args(arguments), input)
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the program was not killed")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("the messages are UTF-8")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("the output is one JSON document")
}
