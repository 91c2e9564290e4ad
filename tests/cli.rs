//! `certlens inspect`, the program itself: exit codes, passwords, JSON, and what reaches a terminal.

use std::fs::{self, File};
use std::path::Path;
use std::process::Output;

use certlens_tests::{certlens, repository, run, vector};
use serde_json::Value;

#[test]
fn shows_the_answer_first() {
    let output = inspect(&[path("pem/leaf.pem"), "--at=2027-01-01".into()], b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    let first = text.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("In date       leaf.example.org"),
        "{first}"
    );
    assert!(first.contains("years left"), "{first}");
    for expected in [
        "Subject           CN=leaf.example.org, O=certlens",
        "EC P-256",
        "192.0.2.1",
    ] {
        assert!(text.contains(expected), "{expected} is missing in:\n{text}");
    }
}

#[test]
fn a_revoked_certificate_is_not_called_in_date() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../core/tests/vectors/revoked.pem"
    );
    let text = stdout(&inspect(&[file.to_owned()], b""));
    let line = text
        .lines()
        .find(|line| line.starts_with("Revoked"))
        .unwrap_or_default();
    assert!(
        line.contains("by a list here, ") && line.contains("  ! 1 error"),
        "{text}"
    );
}

#[test]
fn a_list_is_verified_by_what_lies_beside_it_and_in_other_files() {
    let made = fs::read_to_string(repository().join("core/tests/vectors/revoked.pem"));
    let made = made.expect("is there");
    let blocks: Vec<&str> = made.split_inclusive("-----\n").collect();
    let blocks: Vec<String> = blocks.chunks(2).map(<[&str]>::concat).collect();
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).expect("is written");
        file.display().to_string()
    };
    let (leaf, issuer) = (file("leaf.pem", &blocks[2]), file("ca.pem", &blocks[4]));
    let list = file("list.pem", &blocks[5]);
    let alone = stdout(&inspect(std::slice::from_ref(&issuer), b""));
    assert!(
        alone.contains(". It is signed with its own key."),
        "{alone}"
    );
    let text = stdout(&inspect(&[leaf.clone(), issuer.clone(), list.clone()], b""));
    for expected in [
        "Revoked",
        "The list's signature is verified.",
        "Its signature is verified with the key of ",
        "Trust and other revocation lists not checked.",
    ] {
        assert!(text.contains(expected), "{expected} is missing in:\n{text}");
    }
    assert!(!text.contains("was not checked"), "{text}");

    // Nobody here could have signed the list.
    let text = stdout(&inspect(&[leaf, list], b""));
    assert!(
        !text.lines().any(|line| line.starts_with("Revoked")),
        "{text}"
    );
    assert!(
        text.contains("A list that nobody could check says it is revoked"),
        "{text}"
    );
    assert!(
        text.contains("The list's signature was not checked."),
        "{text}"
    );
}

#[test]
fn asn1_values_are_shown_as_openssl_finds_them() {
    let file = path("der/leaf.der");
    let output = run(certlens().args(["asn1", &file]), b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let ours: Vec<(u64, u64, u64)> = stdout(&output)
        .lines()
        .filter(|line| line.starts_with(' '))
        .map(|line| {
            let mut numbers = line
                .split_whitespace()
                .map(|number| number.parse().expect(line));
            std::array::from_fn::<u64, 3, _>(|_| numbers.next().expect("three numbers")).into()
        })
        .collect();
    let openssl = std::process::Command::new("openssl")
        .args(["asn1parse", "-inform", "DER", "-in", &file])
        .current_dir(repository())
        .output()
        .expect("openssl runs");
    // `  4:d=1  hl=4 l= 530 cons: SEQUENCE`
    let theirs = stdout(&openssl);
    let number = |line: &str, name: &str| {
        let at = line.find(name).expect("is there") + name.len();
        let digits = line[at..].trim_start();
        let end = digits
            .find(|it: char| !it.is_ascii_digit())
            .unwrap_or(digits.len());
        digits[..end].parse().expect("a number")
    };
    let theirs: Vec<(u64, u64, u64)> = theirs
        .lines()
        .map(|line| (number(line, ""), number(line, "hl="), number(line, " l=")))
        .collect();
    // It does not look into strings, where we find values of extensions and of the key.
    assert!(!theirs.is_empty() && theirs.len() < ours.len());
    for value in &theirs {
        assert!(ours.contains(value), "{value:?} is missing in {ours:?}");
    }
}

#[test]
fn judges_at_the_given_instant() {
    let at = |time: &str| {
        stdout(&inspect(
            &[path("pem/leaf.pem"), format!("--at={time}")],
            b"",
        ))
    };
    assert!(at("2020-01-01").starts_with("Not yet valid"));
    assert!(at("2190-01-01T12:00:00+02:00").starts_with("Expired"));
}

#[test]
fn json_is_one_document_of_one_shape() {
    for files in [
        &["pem/leaf.pem"][..],
        &["pem/leaf.pem", "broken/picture.png", "der/leaf.der"],
    ] {
        let mut arguments: Vec<String> = files.iter().map(|file| path(file)).collect();
        arguments.push("--json".into());
        let output = inspect(&arguments, b"");
        assert_eq!(code(&output), 0);
        let json = json(&output);
        let shown = json["files"].as_array().expect("`files` is an array");
        assert_eq!(shown.len(), files.len());
        for (file, argument) in shown.iter().zip(&arguments) {
            assert_eq!(file["file"], *argument);
            assert_ne!(file["report"].is_null(), file["error"].is_null());
        }
    }
}

#[test]
fn a_bad_file_among_good_ones_is_shown_beside_them() {
    let output = inspect(&[path("broken/picture.png"), path("pem/leaf.pem")], b"");
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains("leaf.example.org"));
    let problems = stderr(&output);
    assert!(
        problems.contains("picture.png: expected a certificate file"),
        "{problems}"
    );
    assert!(
        problems
            .lines()
            .nth(1)
            .is_some_and(|hint| hint.starts_with("  ")),
        "{problems}"
    );
}

#[test]
fn fails_when_nothing_could_be_read() {
    for file in [
        "broken/empty.pem",
        "broken/picture.png",
        "broken/truncated.der",
        "not/there.pem",
    ] {
        let output = inspect(&[path(file)], b"");
        assert_eq!(code(&output), 1, "{file}");
        assert_eq!(stdout(&output), "", "{file}");
        assert!(
            stderr(&output).contains(&format!("{}: ", path(file))),
            "{file}"
        );
    }
}

#[test]
fn a_directory_is_no_file() {
    let output = inspect(&[path("pem")], b"");
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("expected a file, found a directory"));
}

#[test]
fn a_file_of_two_hundred_megabytes_gets_a_clear_sentence() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = |name: &str, megabytes: u64| {
        let path = folder.path().join(name);
        File::create(&path)
            .and_then(|file| file.set_len(megabytes << 20))
            .expect("it is sparse");
        path.display().to_string()
    };
    for file in [file("disk.img", 200), file("larger.img", 5000)] {
        let output = inspect(&[file], b"");
        assert_eq!(code(&output), 1);
        let problem = stderr(&output);
        assert!(problem.contains("expected "), "{problem}");
        assert_eq!(problem.lines().count(), 2, "{problem}");
    }
}

#[test]
fn wrong_usage_is_told_apart() {
    for arguments in [
        &[][..],
        &["--nonsense", "file"],
        &["--at", "yesterday", "file"],
        &["--password-stdin", "-"],
    ] {
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        let output = inspect(&arguments, b"");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(
            stderr(&output).starts_with("error: "),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn what_a_limit_refuses_is_read_with_a_higher_one() {
    let read = |limit: &str| {
        let file = path("pkcs12/openssl-3.p12");
        let arguments = [
            "--password-stdin".into(),
            "--limit".into(),
            limit.into(),
            file,
        ];
        inspect(&arguments, b"changeit\n")
    };
    let refused = read("rounds=1");
    assert_eq!(code(&refused), 1);
    let said = stderr(&refused);
    assert!(said.contains("at most 1 key derivation rounds"), "{said}");
    assert!(said.contains("certlens inspect --limit"), "{said}");
    let help = stdout(&inspect(&["--help".into()], b""));
    assert!(help.contains("--limit <NAME=NUMBER>"), "{help}");
    assert_eq!(code(&read("rounds=100000")), 0);
    let wrong = read("round=5");
    assert_eq!(code(&wrong), 2);
    assert!(stderr(&wrong).contains("rounds"), "{}", stderr(&wrong));
}

#[test]
fn standard_input_is_a_file_too() {
    let bytes = fs::read(vector("der/leaf.der")).expect("the vector is there");
    let output = inspect(&["-".into()], &bytes);
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains("leaf.example.org"));
}

#[test]
fn each_line_of_standard_input_is_a_password_to_try() {
    let file = path("pkcs12/openssl-3.p12");
    let with = |input: &[u8]| inspect(&[file.clone(), "--password-stdin".into()], input);
    for right in [
        &b"changeit\n"[..],
        b"changeit",
        b"changeit\r\n",
        b"wrong\nchangeit\n",
    ] {
        let output = with(right);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(stdout(&output).contains("leaf.example.org"));
    }
    let output = with(b"wrong\n");
    assert_eq!(code(&output), 1);
    assert!(
        stderr(&output).contains("the password does not open"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_locked_keystore_with_nothing_visible_counts_as_nothing() {
    let output = inspect(&[path("pkcs12/openssl-3.p12")], b"");
    assert_eq!(code(&output), 1);
    assert!(
        stderr(&output).contains("needs a password"),
        "{}",
        stderr(&output)
    );

    let output = inspect(&[path("pkcs12/openssl-3.p12"), "--json".into()], b"");
    assert_eq!(code(&output), 1);
    assert_eq!(
        json(&output)["files"][0]["report"]["keystore"]["lock"],
        "locked"
    );
}

#[test]
fn nothing_but_sealed_or_broken_entries_counts_as_nothing() {
    let broken = tempfile::NamedTempFile::new().expect("a file is made");
    fs::write(broken.path(), "-----BEGIN CERTIFICATE-----\nMIIB\n").expect("is written");
    let broken = broken.path().to_string_lossy().into_owned();
    let output = inspect(&[broken], b"");
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output).contains("-----END line"),
        "{}",
        stdout(&output)
    );

    let key = "core/tests/vectors/traditional-key.pem".to_owned();
    let output = inspect(std::slice::from_ref(&key), b"");
    assert_eq!(code(&output), 1);
    assert!(
        stderr(&output).contains("needs a password"),
        "{}",
        stderr(&output)
    );
    let output = inspect(&[key, "--password-stdin".into()], b"changeit\n");
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains("EC P-256"), "{}", stdout(&output));
}

#[test]
fn a_java_keystore_shows_its_certificates_without_a_password() {
    let output = inspect(&[path("jks/keytool-17.jks")], b"");
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains("java.example.org"));
    assert!(
        stderr(&output).contains("part of this JKS file is sealed"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_pipe_gets_no_colours() {
    let output = inspect(&[path("pem/leaf.pem"), path("broken/picture.png")], b"");
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
}

#[test]
fn a_name_cannot_act_on_the_terminal() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = folder.path().join("\u{1b}[2Jevil\u{202e}.pem");
    fs::copy(vector("broken/picture.png"), &file).expect("it can be copied");
    let output = inspect(&[file.display().to_string()], b"");
    assert!(
        stderr(&output).contains("\\u{1b}[2Jevil\\u{202e}.pem: "),
        "{}",
        stderr(&output)
    );
    let output = inspect(&[file.display().to_string(), "--json".into()], b"");
    assert!(
        stdout(&output).contains("\\u001b[2Jevil\\u202e.pem"),
        "{}",
        stdout(&output)
    );
}

fn inspect(arguments: &[String], input: &[u8]) -> Output {
    run(certlens().arg("inspect").args(arguments), input)
}

/// A vector as an argument, from the top of the repository, where the program runs.
fn path(name: &str) -> String {
    Path::new("tests/vectors").join(name).display().to_string()
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
