//! `certlens convert`, the program itself: formats, passwords, what is refused, and what openssl and
//! keytool make of its files.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Output};

use certlens_tests::{certlens, run, vector};
use tempfile::TempDir;

/// Formats, the passwords on standard input, and the command by which another program opens the file.
const JUDGES: &[(&[&str], &str, &[&str])] = &[
    (
        &["--to=pkcs12"],
        "openssl",
        &["pkcs12", "-noout", "-passin", "pass:out-word", "-in"],
    ),
    (
        &["--to=pfx", "--profile=legacy"],
        "openssl",
        &["pkcs12", "-noout", "-passin", "pass:out-word", "-in"],
    ),
    (
        &["--to=jks"],
        "keytool",
        &["-list", "-storepass", "out-word", "-keystore"],
    ),
    (
        &["--to=p12"],
        "keytool",
        &["-list", "-storepass", "out-word", "-keystore"],
    ),
    (
        &["--to=p12", "--profile=legacy"],
        "keytool",
        &["-list", "-storepass", "out-word", "-keystore"],
    ),
    (
        &["--to=pkcs8"],
        "openssl",
        &["pkey", "-noout", "-passin", "pass:out-word", "-in"],
    ),
    (
        &["--to=pem"],
        "openssl",
        &["pkey", "-noout", "-passin", "pass:out-word", "-in"],
    ),
    (
        &["--to=pem", "--keys-in-the-clear"],
        "openssl",
        &["pkey", "-noout", "-in"],
    ),
    (
        &["--to=pkcs7", "--encoding=pem"],
        "openssl",
        &["pkcs7", "-noout", "-print", "-in"],
    ),
];

#[test]
fn other_programs_open_what_is_written() {
    for source in ["pkcs12/openssl-3.p12", "jks/keytool-17.jks"] {
        for (options, judge, arguments) in JUDGES {
            let place = Place::new();
            let input = "changeit\nout-word\n";
            let output = place.convert(&[options, &[path(source).as_str()][..]].concat(), input);
            assert_eq!(code(&output), 0, "{options:?}: {}", stderr(&output));
            let judged = Command::new(judge)
                .args(*arguments)
                .arg(place.out())
                .output()
                .expect("openssl and keytool are there");
            let said =
                String::from_utf8_lossy(&judged.stdout) + String::from_utf8_lossy(&judged.stderr);
            assert!(judged.status.success(), "{source} {options:?}: {said}");
        }
    }
}

#[test]
fn one_password_opens_and_seals() {
    let place = Place::new();
    let arguments = ["--to=pkcs12", &path("pkcs12/openssl-3.p12")];
    let output = place.convert(&arguments, "changeit\n");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let file = place.out().display().to_string();
    let shown = run(
        certlens().args(["inspect", "--password-stdin", &file]),
        b"changeit\n",
    );
    assert_eq!(code(&shown), 0, "{}", stderr(&shown));
}

#[test]
fn files_with_keys_are_for_their_owner_only() {
    for (options, mode) in [
        (&["--to=pem", "--keys-in-the-clear"][..], 0o600),
        (&["--to=pem"], 0o600),
        (&["--to=pkcs12"], 0o600),
        (&["--to=pem", "--no-keys"], 0o644),
    ] {
        let place = Place::new();
        let source = path("pkcs12/openssl-3.p12");
        let output = place.convert(&[options, &[source.as_str()][..]].concat(), "changeit\n");
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let found = fs::metadata(place.out()).expect("is there").permissions();
        assert_eq!(
            found.mode() & 0o777 & !umask(),
            mode & !umask(),
            "{options:?}"
        );
    }
}

#[test]
fn a_file_that_exists_stays_unless_forced() {
    let place = Place::new();
    fs::write(place.out(), "mine").expect("is written");
    let source = path("pem/leaf.pem");
    let output = place.convert(&["--to=der", &source], "");
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("there is such a file already"));
    assert_eq!(fs::read(place.out()).expect("is there"), b"mine");

    let output = place.convert(&["--to=der", "--force", &source], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let expected = fs::read(vector("der/leaf.der")).expect("is there");
    assert_eq!(fs::read(place.out()).expect("is there"), expected);
    assert_eq!(fs::read_dir(place.folder.path()).expect("lists").count(), 1);
}

#[test]
fn a_replaced_file_keeps_its_rights_and_its_link() {
    let place = Place::new();
    let real = place.folder.path().join("real");
    fs::write(&real, "old").expect("is written");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("is set");
    symlink(&real, place.out()).expect("is linked");
    let source = path("pem/leaf.pem");
    let output = place.convert(&["--to=pem", "--force", &source], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        fs::symlink_metadata(place.out())
            .expect("is there")
            .is_symlink()
    );
    let found = fs::metadata(&real).expect("is there");
    assert_eq!(found.mode() & 0o777, 0o640);
    assert!(found.len() > 100);

    // One that gets keys is closed to others.
    let source = path("pkcs12/openssl-3.p12");
    let options = ["--to=pem", "--keys-in-the-clear", "--force", &source];
    let output = place.convert(&options, "changeit\n");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(fs::metadata(&real).expect("is there").mode() & 0o777, 0o600);
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_it_would() {
    let place = Place::new();
    let source = path("pkcs12/openssl-3.p12");
    let output = place.convert(&["--to=pkcs7", "--dry-run", &source], "changeit\n");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.starts_with("would write "), "{said}");
    assert!(
        said.contains("PKCS#7 holds certificates and revocation lists"),
        "{said}"
    );
    assert!(!place.out().exists());
}

#[test]
fn a_dry_run_refuses_what_the_real_one_does() {
    let place = Place::new();
    fs::write(place.out(), "mine").expect("is written");
    let output = place.convert(&["--to=der", "--dry-run", &path("pem/leaf.pem")], "");
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("there is such a file already"));

    let arguments = [
        "convert",
        "--to=p12",
        "--dry-run",
        "--password-stdin",
        "-o",
        "-",
    ];
    let mut command = certlens();
    command.args(arguments).arg(path("pkcs12/openssl-3.p12"));
    let output = run(&mut command, b"changeit\n");
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("as PEM text only"));
}

#[test]
fn a_private_key_is_not_written_by_accident() {
    let place = Place::new();
    let key = sealed_key(&place);
    for (options, input, expected) in [
        (&["--to=pem"][..], "", "needs a password"),
        (&["--to=pem"], "wrong\n", "does not open"),
        (&["--to=pkcs1"], "changeit\n", "in the clear only"),
        (&["--to=pkcs12"], "", "needs a password"),
    ] {
        let output = place.convert(&[options, &[key.as_str()][..]].concat(), input);
        assert_ne!(code(&output), 0, "{options:?}");
        assert!(
            stderr(&output).contains(expected),
            "{options:?}: {}",
            stderr(&output)
        );
        assert!(!place.out().exists(), "{options:?}");
    }
    // A key in the clear goes into clear text only when asked.
    let output = place.convert(&["--to=pem", "--keys-in-the-clear", &key], "changeit\n");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let clear = place.out().display().to_string();
    let other = Place::new();
    let output = other.convert(&["--to=pem", &clear], "");
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("no password seals it"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_keystore_that_was_changed_is_not_sealed_anew() {
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
    let java = fs::read(vector("jks/keytool-17.jks")).expect("is there");
    let pkcs12 = fs::read(vector("pkcs12/openssl-3.p12")).expect("is there");
    for (bytes, name, other) in [
        (java, b"root".to_vec(), b"rout".to_vec()),
        (pkcs12, utf16("leaf"), utf16("loaf")),
    ] {
        let place = Place::new();
        let source = place.folder.path().join("changed");
        let at = bytes.windows(name.len()).position(|it| it == name);
        let mut changed = bytes;
        let at = at.expect("the name stands in it");
        changed[at..at + name.len()].copy_from_slice(&other);
        fs::write(&source, changed).expect("is written");
        let source = source.display().to_string();
        let output = place.convert(&["--to=p12", &source], "changeit\n");
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(
            stderr(&output).contains("no given password confirms its integrity check"),
            "{}",
            stderr(&output)
        );
        assert!(!place.out().exists());
    }
}

#[test]
fn certificates_that_stay_sealed_are_not_left_out_in_silence() {
    let sealed = path("pkcs12/openssl-3.p12");
    let leaf = path("pem/leaf.pem");
    let place = Place::new();
    let output = place.convert(&["--to=pem", "--no-keys", &sealed, &leaf], "");
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("part of it is sealed and needs a password"),
        "{}",
        stderr(&output)
    );
    assert!(!place.out().exists());

    // The key stands open beside certificates that are sealed.
    let pem = place.folder.path().join("all.pem").display().to_string();
    let options = [
        "convert",
        "--to=pem",
        "--keys-in-the-clear",
        "--password-stdin",
        "-o",
    ];
    let mut command = certlens();
    command.args(options).args([&pem, &sealed]);
    assert_eq!(code(&run(&mut command, b"changeit\n")), 0);
    let half = place.folder.path().join("half.p12").display().to_string();
    let made = Command::new("openssl")
        .args([
            "pkcs12",
            "-export",
            "-keypbe",
            "NONE",
            "-passout",
            "pass:changeit",
        ])
        .args(["-in", &pem, "-out", &half])
        .output()
        .expect("openssl is there");
    assert!(made.status.success());
    let output = place.convert(&["--to=pem", "--keys-in-the-clear", &half], "");
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(!place.out().exists());
    let output = place.convert(&["--to=pem", "--keys-in-the-clear", &half], "changeit\n");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

#[test]
fn a_truststore_takes_its_own_password_or_none() {
    let place = Place::new();
    let source = place.folder.path().join("trust.jks").display().to_string();
    let leaf = path("pem/leaf.pem");
    let mut command = certlens();
    command.args([
        "convert",
        "--to=jks",
        "--password-stdin",
        "-o",
        &source,
        &leaf,
    ]);
    assert_eq!(code(&run(&mut command, b"changeit\n")), 0);

    let output = place.convert(&["--to=p12", &source], "another\n");
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(!place.out().exists());
    let output = place.convert(&["--to=pem", &source], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("its integrity was not checked"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn standard_output_takes_what_is_public_and_pem() {
    let place = Place::new();
    let (source, leaf) = (path("pkcs12/openssl-3.p12"), path("pem/leaf.pem"));
    let to_stdout = |options: &[&str], input: &str| {
        let arguments = [&["convert", "-o", "-", "--password-stdin"], options].concat();
        run(certlens().args(arguments), input.as_bytes())
    };
    let output = to_stdout(&["--to=der", &leaf], "none\n");
    assert_eq!(
        output.stdout,
        fs::read(vector("der/leaf.der")).expect("is there")
    );
    let output = to_stdout(&["--to=pem", &source], "changeit\n");
    assert!(stdout(&output).contains("BEGIN ENCRYPTED PRIVATE KEY"));
    let output = to_stdout(&["--to=pkcs12", &source], "changeit\n");
    assert_eq!(code(&output), 2);
    assert_eq!(output.stdout, b"");
    assert!(
        stderr(&output).contains("as PEM text only"),
        "{}",
        stderr(&output)
    );
    assert!(!place.out().exists());
}

#[test]
fn entries_are_chosen_by_path_and_by_number() {
    let source = path("jks/keytool-17.jks");
    let shown = run(
        certlens().args(["inspect", "--json", "--password-stdin", &source]),
        b"changeit\n",
    );
    let json: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("is JSON");
    let entries = json["files"][0]["report"]["entries"]
        .as_array()
        .expect("entries")
        .clone();
    let is_leaf = |entry: &serde_json::Value| {
        let path = entry["path"].as_str().unwrap_or_default();
        path.ends_with("/chain[0]")
    };
    let certificate = entries.iter().position(is_leaf).expect("a certificate");
    let named = entries[certificate]["path"]
        .as_str()
        .expect("a path")
        .to_owned();
    let number = certificate.to_string();
    let written = [named.as_str(), &number].map(|entry| {
        let place = Place::new();
        let output = place.convert(&["--to=der", "--entry", entry, &source], "changeit\n");
        assert_eq!(code(&output), 0, "{entry}: {}", stderr(&output));
        fs::read(place.out()).expect("is there")
    });
    assert_eq!(written[0], written[1]);

    let place = Place::new();
    let output = place.convert(&["--to=der", "--entry", "pem[7]", &source], "changeit\n");
    assert_eq!(code(&output), 1);
    assert!(
        stderr(&output).contains("there is no entry pem[7]"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn several_files_become_one() {
    let place = Place::new();
    let files = [path("pem/leaf.pem"), path("jks/keytool-17.jks")];
    let output = place.convert(&["--to=p12", &files[0], &files[1]], "changeit\n");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let list = Command::new("keytool")
        .args(["-list", "-storepass", "changeit", "-keystore"])
        .arg(place.out())
        .output()
        .expect("keytool is there");
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains("PrivateKeyEntry"), "{list}");
}

#[test]
fn broken_text_is_mended_and_its_changes_are_told() {
    let place = Place::new();
    let leaf = fs::read_to_string(vector("pem/leaf.pem")).expect("is there");
    let indented = leaf.trim_end().replace('\n', "\r\n    ");
    let broken = format!("\u{feff}    {indented}\r\n{leaf}").replace("\n-----END", "\n\n-----END");
    let source = place.folder.path().join("broken.pem");
    fs::write(&source, &broken).expect("is written");
    let source = source.display().to_string();
    let output = place.convert(&["--repair", &source], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said = stderr(&output);
    for expected in [
        "byte order mark",
        "line feeds",
        "pem[1]: it is left out: pem[0] is the same",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let mended = fs::read_to_string(place.out()).expect("is there");
    assert!(
        mended.starts_with("-----BEGIN CERTIFICATE-----\n"),
        "{mended}"
    );
    let judged = Command::new("openssl")
        .args(["x509", "-outform", "DER", "-in"])
        .arg(place.out())
        .output()
        .expect("openssl is there");
    assert_eq!(
        judged.stdout,
        fs::read(vector("der/leaf.der")).expect("is there")
    );

    let again = Place::new();
    let file = place.out().display().to_string();
    let output = again.convert(&["--repair", &file], "");
    assert!(
        stderr(&output).contains("nothing had to be mended"),
        "{}",
        stderr(&output)
    );
    assert_eq!(fs::read_to_string(again.out()).expect("is there"), mended);
}

#[test]
fn text_around_blocks_stays_to_the_octet_and_for_its_owner() {
    let place = Place::new();
    let leaf = fs::read(vector("pem/leaf.pem")).expect("is there");
    let text = b"# Gr\xfc\xdfe, AGE-SECRET-KEY-1\n".to_vec();
    let source = place.folder.path().join("text.pem");
    fs::write(&source, [&b"\n"[..], &text, &leaf].concat()).expect("is written");
    let source = source.display().to_string();
    let output = place.convert(&["--repair", &source], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let mended = fs::read(place.out()).expect("is there");
    assert_eq!(mended, [text, leaf].concat());
    let mode = fs::metadata(place.out()).expect("is there").mode();
    assert_eq!(mode & 0o777, 0o600 & !umask());
}

#[test]
fn a_chain_is_put_into_order_and_keys_stay_sealed() {
    let place = Place::new();
    let chain = fs::read_to_string("../core/tests/vectors/chain.pem").expect("is there");
    let blocks = chain.split_inclusive("-----END CERTIFICATE-----\n");
    let mut blocks: Vec<&str> = blocks.filter(|it| it.contains("BEGIN CERT")).collect();
    let chain = blocks.concat();
    blocks.reverse();
    let key = fs::read_to_string("../core/tests/vectors/traditional-key.pem").expect("is there");
    let source = place.folder.path().join("turned.pem");
    fs::write(&source, key.clone() + &blocks.concat()).expect("is written");
    let source = source.display().to_string();
    let output = place.convert(&["--repair", &source], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("order of their chain"),
        "{}",
        stderr(&output)
    );
    let mended = fs::read_to_string(place.out()).expect("is there");
    assert_eq!(mended, key + &chain);
    assert_eq!(
        fs::metadata(place.out()).expect("is there").mode() & 0o777,
        0o600
    );
}

#[test]
fn wrong_usage_is_told_apart() {
    let leaf = path("pem/leaf.pem");
    for arguments in [
        &["--to=pem"][..],
        &["--to=nonsense", &leaf],
        &["--repair", "--to=pem", &leaf],
        &["--to=pkcs12", &leaf],
        &["--to=pem", "--encoding=der", &leaf],
        &["--to=pem", "-", "-"],
    ] {
        let place = Place::new();
        let mut command = certlens();
        command
            .arg("convert")
            .arg("-o")
            .arg(place.out())
            .args(arguments);
        let output = run(&mut command, b"");
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert!(
            stderr(&output).starts_with("error: "),
            "{}",
            stderr(&output)
        );
    }
    let output = run(certlens().args(["convert", "--to=pem", &leaf]), b"");
    assert_eq!(code(&output), 2, "without -o");
}

#[test]
fn nothing_is_written_of_what_cannot_be_read() {
    for file in ["broken/empty.pem", "broken/picture.png", "not/there.pem"] {
        let place = Place::new();
        let output = place.convert(&["--to=pem", &path(file)], "");
        assert_eq!(code(&output), 1, "{file}");
        assert!(!place.out().exists());
    }
}

/// A folder with the place of one file in it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        Self { folder }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Converts into the place, with passwords if there are any.
    fn convert(&self, arguments: &[&str], passwords: &str) -> Output {
        let mut command = certlens();
        command.arg("convert").arg("-o").arg(self.out());
        if !passwords.is_empty() {
            command.arg("--password-stdin");
        }
        run(command.args(arguments), passwords.as_bytes())
    }
}

/// An RSA key under the password `changeit`.
fn sealed_key(place: &Place) -> String {
    let file = place.folder.path().join("key.pem");
    let status = Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "RSA",
            "-aes256",
            "-pass",
            "pass:changeit",
            "-out",
        ])
        .arg(&file)
        .output()
        .expect("openssl is there");
    assert!(status.status.success());
    file.display().to_string()
}

/// The bits that new files lose here.
fn umask() -> u32 {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("is written");
    0o666 & !fs::metadata(&file).expect("is there").permissions().mode()
}

/// A vector as an argument, from the top of the repository, where the program runs.
fn path(name: &str) -> String {
    format!("tests/vectors/{name}")
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
