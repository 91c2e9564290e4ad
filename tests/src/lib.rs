//! What the tests share: where things are, the program under test, and what
//! must hold of every reading.

#![expect(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub mod corpora;
pub mod sound;

/// The top of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the repository")
}

/// A file that was made for the tests, by its path below `tests/vectors`.
pub fn vector(name: &str) -> PathBuf {
    repository().join("tests/vectors").join(name)
}

/// The program under test: the one that `CERTLENS_BINARY` names, else a debug build of it.
pub fn certlens() -> Command {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let binary = BINARY.get_or_init(|| match env::var_os("CERTLENS_BINARY") {
        Some(path) => repository().join(path),
        None => built(),
    });
    let mut command = Command::new(binary);
    command
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .current_dir(repository());
    command
}

/// Runs a command to its end, with this on its standard input.
pub fn run(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    // A program that does not read its input closes the pipe, which is its right.
    let writer = thread::spawn(move || stdin.write_all(&input).ok());
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("writing does not panic");
    output
}

/// What a PEM block of ours encodes.
pub(crate) fn der_of_pem(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    STANDARD
        .decode(lines.collect::<String>())
        .expect("our own PEM is base64")
}

fn built() -> PathBuf {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "certlens"])
        .current_dir(repository())
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the program does not build");
    repository().join("target/debug/certlens")
}
