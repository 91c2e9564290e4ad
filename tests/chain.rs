//! `certlens chain`, the program itself: the tree, the keys across files, JSON and exit codes.

use std::fs;
use std::path::Path;
use std::process::Output;

use certlens_tests::{certlens, run};
use serde_json::Value;

const CHAIN: &str = "core/tests/vectors/chain.pem";

#[test]
fn the_tree_has_the_root_on_top_and_says_where_each_stands() {
    let output = chain(&[CHAIN, "--at=2026-12-01"], b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().take(3).collect();
    for (line, start) in lines.iter().zip([
        "Corp Root CA  root  ",
        "└─ Corp Issuing CA 2  authority  ",
        "   └─ es1.corp.example  leaf  ",
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
    assert!(
        lines[2].contains("core/tests/vectors/chain.pem pem[0]"),
        "{text}"
    );
    assert!(
        lines[2].contains("key in core/tests/vectors/chain.pem"),
        "{text}"
    );
    assert!(
        text.contains("Not checked: signatures of certificates, "),
        "{text}"
    );
}

#[test]
fn signatures_are_computed_with_where_that_is_asked_for() {
    let output = chain(&[CHAIN, "--signatures", "--json"], b"");
    let json = json(&output);
    let links = json["chain"]["certificates"][0]["issuers"]
        .as_array()
        .expect("has issuers");
    assert_eq!(links[0]["signature"], "valid");
    assert_eq!(links[0]["proof"], "key-identifier");
}

#[test]
fn files_of_one_chain_are_put_together_and_what_is_missing_is_named() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let blocks = blocks(CHAIN);
    let (leaf, authority) = (
        folder.path().join("leaf.pem"),
        folder.path().join("root.pem"),
    );
    fs::write(&leaf, &blocks[0]).expect("can be written");
    fs::write(&authority, &blocks[2]).expect("can be written");
    let files = [&leaf, &authority].map(|path| path.display().to_string());
    let output = chain(&[&files[0], &files[1], "--at=2026-12-01"], b"");
    let text = stdout(&output);
    assert!(
        text.contains(
            "CN=Corp Issuing CA 2, O=Corp GmbH, C=DE (not here)\n└─ es1.corp.example  leaf"
        ),
        "{text}"
    );
    assert!(
        text.contains("The certificate that issued this one is not here"),
        "{text}"
    );
    let middle = folder.path().join("middle.pem");
    fs::write(&middle, &blocks[1]).expect("can be written");
    let middle = middle.display().to_string();
    let json = json(&chain(&[&files[0], &files[1], &middle, "--json"], b""));
    assert_eq!(
        json["chain"]["paths"][0]["certificates"],
        serde_json::json!([0, 2, 1])
    );
    assert_eq!(json["chain"]["paths"][0]["end"], "root");
    assert_eq!(json["chain"]["missing"], serde_json::json!([]));
}

#[test]
fn a_wrong_order_and_a_root_in_a_served_file_are_told() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let blocks = blocks(CHAIN);
    let file = folder.path().join("served.pem");
    fs::write(&file, [&*blocks[2], &*blocks[0], &*blocks[1]].concat()).expect("can be written");
    let text = stdout(&chain(
        &[&file.display().to_string(), "--at=2026-12-01"],
        b"",
    ));
    assert!(
        text.contains("The right order is es1.corp.example, Corp Issuing CA 2."),
        "{text}"
    );
    assert!(text.contains("The root is sent along"), "{text}");
}

#[test]
fn a_key_is_tied_to_what_is_over_it_across_files_and_formats() {
    let files = ["ecdsa", "ecdsa.crt", "ecdsa.pub", "ecdsa-cert.pub"]
        .map(|name| format!("core/tests/vectors/ssh/{name}"));
    let arguments: Vec<&str> = files.iter().map(String::as_str).chain(["--json"]).collect();
    let json = json(&chain(&arguments, b""));
    let keys = json["keys"].as_array().expect("`keys` is an array");
    assert_eq!(keys.len(), 1, "{json}");
    for (field, input) in [
        ("privateKeys", 0),
        ("certificates", 1),
        ("publicKeys", 2),
        ("sshCertificates", 3),
    ] {
        assert_eq!(keys[0][field][0]["input"], input, "{field}");
    }
    assert_eq!(
        json["chain"]["certificates"][0]["privateKeys"][0]["input"],
        0
    );
    let text = stdout(&chain(&arguments[..2], b""));
    let expected = format!("private key in {} ", files[0]);
    assert!(
        text.contains(&expected) && text.contains("; certificate in "),
        "{text}"
    );
}

#[test]
fn a_sealed_keystore_opens_with_its_password_and_is_told_of_without() {
    let file = "tests/vectors/pkcs12/openssl-3.p12";
    let output = chain(&[file, "--password-stdin"], b"changeit\n");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stdout(&output).contains("leaf.example.org  leaf"),
        "{}",
        stdout(&output)
    );
    let output = chain(&[file], b"");
    assert_eq!(code(&output), 1);
    assert!(
        stderr(&output).contains("--password-stdin"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_bad_file_among_good_ones_is_told_and_does_not_count() {
    let output = chain(&["tests/vectors/broken/picture.png", CHAIN, "--json"], b"");
    assert_eq!(code(&output), 0);
    let json = json(&output);
    assert_eq!(json["files"], serde_json::json!([CHAIN]));
    assert_eq!(
        json["problems"][0]["file"],
        "tests/vectors/broken/picture.png"
    );
    assert_eq!(json["chain"]["certificates"][0]["places"][0]["input"], 0);
    assert_eq!(code(&chain(&["tests/vectors/broken/picture.png"], b"")), 1);
    assert_eq!(code(&chain(&[], b"")), 2);
}

fn chain(arguments: &[&str], input: &[u8]) -> Output {
    run(certlens().arg("chain").args(arguments), input)
}

/// The blocks of a PEM file.
fn blocks(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = fs::read_to_string(path).expect("the vector can be read");
    let blocks = text.split_inclusive("-----END CERTIFICATE-----\n");
    let blocks = blocks.filter_map(|block| {
        let at = block.find("-----BEGIN CERTIFICATE-----")?;
        block.get(at..).map(str::to_owned)
    });
    blocks.collect()
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
