//! `certlens serve` as a process: what it prints, how it stops, and how it refuses to start.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use base64::Engine as _;

struct Serving {
    process: Child,
    greeting: Vec<String>,
}

impl Serving {
    fn start(data: &Path, password: Option<&str>) -> Self {
        let mut command = certlens(password);
        command
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0", "--demo"]);
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let greeting: Vec<String> = lines.take(5).map(Result::unwrap).collect();
        assert_eq!(greeting.len(), 5, "{greeting:?}");
        Self { process, greeting }
    }

    /// What stands behind a word of the greeting.
    fn told(&self, word: &str) -> &str {
        let line = self
            .greeting
            .iter()
            .find_map(|line| line.trim().strip_prefix(word));
        line.unwrap().trim()
    }

    /// The status of `GET /api/certificates`.
    fn status(&self, password: &str) -> u16 {
        let address = self
            .told("address")
            .trim_start_matches("http://")
            .trim_end_matches('/');
        let credentials =
            base64::engine::general_purpose::STANDARD.encode(format!("admin:{password}"));
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET /api/certificates HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {credentials}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Asks it to stop, and answers its exit code.
    fn stop(mut self) -> Option<i32> {
        let stopped = Command::new("kill")
            .arg(self.process.id().to_string())
            .status()
            .unwrap();
        assert!(stopped.success());
        self.process.wait().unwrap().code()
    }
}

#[cfg(unix)]
#[test]
fn the_password_is_shown_once_and_opens_the_door() {
    let data = tempfile::tempdir().unwrap();
    let first = Serving::start(data.path(), None);
    assert_eq!(first.told("user"), "admin");
    let password = first
        .told("password")
        .strip_suffix("   (shown only this once)")
        .unwrap()
        .to_owned();
    assert_eq!(first.status(&password), 200);
    assert_eq!(first.status("guess"), 401);
    assert_eq!(first.stop(), Some(0));

    let second = Serving::start(data.path(), Some("ignored"));
    assert!(
        second
            .told("password")
            .starts_with("as it was set")
    );
    assert_eq!(second.status(&password), 200);
    assert_eq!(second.status("ignored"), 401);
    assert_eq!(second.stop(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_given_password_is_taken_and_not_shown() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("from outside"));
    assert_eq!(server.told("password"), "as in CERTLENS_PASSWORD");
    assert!(!server.greeting.concat().contains("from outside"));
    assert_eq!(server.status("from outside"), 200);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn err_configuration_names_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("certlens.toml");
    std::fs::write(&file, "data = 'd'\n\nlisten_on = 'x'\n").unwrap();
    let run = certlens(None).arg("--config").arg(&file).output().unwrap();
    let told = refusal(&run);
    assert!(
        told.starts_with(&format!(
            "error: {}: TOML parse error at line 3",
            file.display()
        )),
        "{told}"
    );
    assert!(
        told.contains("listen_on") && told.contains("\nhint: "),
        "{told}"
    );

    let run = certlens(None)
        .args(["--config", "/nowhere.toml"])
        .output()
        .unwrap();
    assert!(refusal(&run).starts_with("error: /nowhere.toml: cannot read the configuration: "));

    let run = certlens(None).output().unwrap();
    assert!(refusal(&run).starts_with("error: expected a data directory, found none\nhint: "));
}

#[test]
fn err_address_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let mut command = certlens(Some("pw"));
    let run = command
        .arg("--data")
        .arg(data.path())
        .args(["--listen", &address])
        .output()
        .unwrap();
    let told = refusal(&run);
    assert!(
        told.starts_with(&format!("error: {address}: cannot listen: ")),
        "{told}"
    );
}

fn certlens(password: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    command.arg("serve").env_remove("CERTLENS_PASSWORD");
    if let Some(password) = password {
        command.env("CERTLENS_PASSWORD", password);
    }
    command
}

#[track_caller]
fn refusal(run: &Output) -> String {
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert!(run.stdout.is_empty(), "{run:?}");
    String::from_utf8(run.stderr.clone()).unwrap()
}
