//! A server as a process, and other programs that speak to it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::until::PATIENCE;

/// A server over demonstration data, which stops when it is dropped.
pub(crate) struct Serving {
    process: Child,
    pub(crate) greeting: Vec<String>,
    log: PathBuf,
    _folder: TempDir,
}

impl Serving {
    /// On a free port of loopback, with these lines in its configuration.
    pub(crate) fn start(data: &Path, password: Option<&str>, configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("certlens.toml");
        let listen = "listen = '127.0.0.1:0'\ndemo = true\n";
        std::fs::write(&file, format!("{listen}{configuration}")).unwrap();
        let log = folder.path().join("log");
        let mut command = certlens();
        command
            .args(["serve", "--data"])
            .arg(data)
            .arg("--config")
            .arg(&file);
        if let Some(password) = password {
            command.env("CERTLENS_PASSWORD", password);
        }
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let greeting: Vec<String> = lines.take(5).map(Result::unwrap).collect();
        let serving = Self {
            process,
            greeting,
            log,
            _folder: folder,
        };
        assert_eq!(serving.greeting.len(), 5, "{}", serving.log());
        serving
    }

    /// What stands behind a word of the greeting.
    pub(crate) fn told(&self, word: &str) -> &str {
        let line = self
            .greeting
            .iter()
            .find_map(|line| line.trim().strip_prefix(word));
        line.unwrap().trim()
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.told("address").trim_end_matches('/'))
    }

    pub(crate) fn address(&self) -> &str {
        let address = self.told("address").trim_end_matches('/');
        address.split_once("://").unwrap().1
    }

    pub(crate) fn port(&self) -> &str {
        self.address().rsplit_once(':').unwrap().1
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        // Not what is tested: a server that never answers fails the test and does not hang it.
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// What it logged so far; lines come a little late.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Asks curl; answers the status and the body.
    pub(crate) fn curl(&self, path: &str, arguments: &[&str]) -> (u16, String) {
        let answer = curl(&self.url(path), arguments);
        let text = String::from_utf8(answer.stdout.clone()).unwrap();
        let (body, status) = text
            .rsplit_once('\n')
            .unwrap_or_else(|| panic!("{answer:?}"));
        (status.parse().unwrap(), body.to_owned())
    }

    /// The status of a listing of IIS, as `admin`.
    pub(crate) fn status(&self, password: &str) -> u16 {
        let credentials = format!("admin:{password}");
        self.curl("/api/certificates", &["--user", &credentials]).0
    }

    /// Asks it to stop.
    pub(crate) fn ask_to_stop(&self) {
        let process = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .arg(process)
                .status()
                .unwrap()
                .success()
        );
    }

    /// Asks it to stop, and answers its exit code.
    pub(crate) fn stop(self) -> Option<i32> {
        self.ask_to_stop();
        self.ended()
    }

    /// Asks it to stop, and answers all that it logged: the last line is written, too.
    pub(crate) fn end(mut self) -> String {
        self.ask_to_stop();
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
        let log = self.log();
        assert!(log.trim_end().ends_with("Stopped"), "{log}");
        log
    }

    /// Its exit code, once it has one.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Of a process that has ended already there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn certlens() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    command.env_remove("CERTLENS_PASSWORD");
    command
}

/// Runs curl; the last line of its output is the status.
pub(crate) fn curl(url: &str, arguments: &[&str]) -> Output {
    Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "60"])
        .args(["--write-out", "\n%{http_code}"])
        .args(arguments)
        .arg(url)
        .output()
        .unwrap()
}

/// Runs a program to its end, with a text as its standard input.
#[track_caller]
pub(crate) fn run(command: &mut Command, input: &str) -> Output {
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    process.wait_with_output().unwrap()
}
