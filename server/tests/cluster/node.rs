//! One `certlens serve`, and what it answers.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::ledger::Made;
use crate::network::{Network, Place};

pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) data: PathBuf,
    pub(crate) network: Network,
    key: PathBuf,
    process: Option<Child>,
    place: Place,
    /// By what its clock is wrong, where that can be done.
    clock: PathBuf,
    mounted: bool,
    /// How etcd is spoken to, where it speaks TLS: lines of the configuration.
    pub(crate) secured: Option<String>,
}

impl Node {
    pub(crate) fn new(folder: &Path, number: usize, network: Network, key: &Path) -> Self {
        let name = format!("n{number}");
        let data = folder.join(&name);
        fs::create_dir(&data).unwrap();
        let mounted = mount(&data);
        let clock = folder.join(format!("{name}.clock"));
        fs::write(&clock, "+0").unwrap();
        Self {
            name,
            data,
            place: network.place(""),
            network,
            key: key.to_owned(),
            process: None,
            clock,
            mounted,
            secured: None,
        }
    }

    pub(crate) fn start(&mut self, demo: bool) {
        let log = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.log_file());
        let mut command = self.command(&["serve"]);
        command
            .args(["--listen", &format!("{}:0", self.network.host())])
            .args(demo.then_some("--demo"))
            .env("CERTLENS_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .stderr(log.unwrap());
        if let Some(library) = clock_library() {
            command
                .env("LD_PRELOAD", library)
                .env("FAKETIME_TIMESTAMP_FILE", &self.clock)
                .env("FAKETIME_NO_CACHE", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line = line.unwrap();
            line.trim()
                .strip_prefix("address")
                .map(|url| url.trim().to_owned())
        });
        let address = address.unwrap_or_else(|| panic!("{}: {}", self.name, self.log()));
        self.place = self.network.place(address.trim_end_matches('/'));
        // Whoever reads no further closes the pipe, and the server does not mind.
        self.process = Some(process);
    }

    /// A command about its cluster, where it is itself.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let scheme = self.secured.as_ref().map_or("etcd", |_| "etcds");
        let mut command = self.place.command(env!("CARGO_BIN_EXE_certlens"));
        command
            .args(arguments)
            .args(["--cluster", "test", "--node", &self.name])
            .arg("--data")
            .arg(&self.data)
            .args(["--ccs", &format!("{scheme}://{}", self.network.etcd())])
            .arg("--config")
            .arg(self.configuration())
            .env("CERTLENS_CCS_KEY_FILE", &self.key);
        command
    }

    /// Its exit code, what it printed, and what it complained of.
    pub(crate) fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let run = self.command(arguments).output().unwrap();
        let text = |octets| String::from_utf8_lossy(octets).into_owned();
        (run.status.code(), text(&run.stdout), text(&run.stderr))
    }

    fn configuration(&self) -> PathBuf {
        let file = self.data.with_extension("toml");
        let wait = "ccs_wait_seconds = 3\n";
        fs::write(&file, self.secured.clone().unwrap_or_default() + wait).unwrap();
        file
    }

    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    pub(crate) fn signal(&self, signal: &str) {
        let process = self.process.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill")
            .args([signal, &process])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// The memory that it holds, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let process = self.process.as_ref().unwrap().id();
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size = line.unwrap().trim().strip_suffix(" kB").unwrap();
        size.trim().parse().unwrap()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    /// Asks by curl; answers the status, 0 where none came, and the body.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
        ask(&self.place, method, path, body)
    }

    /// Where it answers, for a thread that outlives this.
    pub(crate) fn place(&self) -> Place {
        self.place.clone()
    }

    pub(crate) fn put(&self, name: &str, made: &Made) -> (u16, String) {
        self.ask("PUT", "/v1/cluster/update_cert", Some(&made.body(name)))
    }

    pub(crate) fn nodes(&self) -> Value {
        let (status, body) = self.ask("GET", "/certlens/v1/nodes", None);
        serde_json::from_str(&body).unwrap_or_else(|_| json!({ "status": status }))
    }

    /// Certificate and key of each name, as they lie in its files.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let Ok(folder) = fs::read_dir(self.data.join("redis")) else {
            return files;
        };
        for entry in folder {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if !name.starts_with('.') {
                files.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
        files
    }

    /// The records of its audit, once they are found to be one chain.
    #[track_caller]
    pub(crate) fn audit(&self) -> Vec<Value> {
        let run = certlens()
            .args(["audit", "verify", "--data"])
            .arg(&self.data)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(0), "{}: {run:?}", self.name);
        let text = fs::read_to_string(self.data.join("audit.log")).unwrap();
        let lines = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Whether its directory is a disk of its own that can be filled.
    pub(crate) fn can_be_full(&self) -> bool {
        self.mounted
    }

    pub(crate) fn fill_disk(&self) {
        let mut file = fs::File::create(self.data.join("filler")).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    pub(crate) fn free_disk(&self) {
        fs::remove_file(self.data.join("filler")).unwrap();
    }

    /// Sets its clock wrong by so many seconds, while it runs. Says whether that could be done.
    pub(crate) fn step_clock(&self, seconds: i64) -> bool {
        fs::write(&self.clock, format!("{seconds:+}")).unwrap();
        clock_library().is_some()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.network.mend();
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
        if self.mounted {
            let _ = Command::new("umount")
                .arg("--lazy")
                .arg(&self.data)
                .status();
        }
    }
}

pub(crate) fn ask(place: &Place, method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
    let mut command = place.command("curl");
    command
        .args([
            "--silent",
            "--max-time",
            "30",
            "--write-out",
            "\n%{http_code}",
        ])
        .args(["--user", &format!("admin:{PASSWORD}"), "--request", method])
        .args(["--header", "x-certlens-reason: a test"])
        .arg(format!("{}{path}", place.url))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    if body.is_some() {
        command.args([
            "--header",
            "content-type: application/json",
            "--data-binary",
            "@-",
        ]);
    }
    let mut process = command.spawn().unwrap();
    let mut input = process.stdin.take().unwrap();
    if let Some(body) = body {
        // curl may have given up already.
        let _ = input.write_all(body.to_string().as_bytes());
    }
    drop(input);
    let output = process.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), body.to_owned())
}

pub(crate) fn certlens() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    command
        .env_remove("CERTLENS_PASSWORD")
        .env_remove("CERTLENS_CCS_KEY_FILE");
    command
}

/// A small disk of its own, where this process may mount one.
fn mount(folder: &Path) -> bool {
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256m", "tmpfs"])
        .arg(folder)
        .stderr(Stdio::null())
        .status();
    mounted.is_ok_and(|status| status.success())
}

fn clock_library() -> Option<&'static str> {
    let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    Path::new(library).exists().then_some(library)
}

const PASSWORD: &str = "correct horse";
