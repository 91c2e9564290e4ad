//! A real etcd of one member.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::until::until;

pub(crate) struct Etcd {
    process: Option<Child>,
    data: PathBuf,
    pub(crate) port: u16,
    peer: u16,
    /// A folder with `ca.pem`, `cert.pem` and `key.pem`, where it speaks TLS, to clients of that authority.
    pub(crate) tls: Option<PathBuf>,
    /// Whether it asks for a user.
    has_users: bool,
}

impl Etcd {
    /// Whether there is one on this machine. Says so, past the harness, where there is none.
    pub(crate) fn is_there() -> bool {
        let found = Command::new("etcd").arg("--version").output().is_ok()
            && Command::new("etcdctl").arg("version").output().is_ok();
        if !found {
            let skipped = "SKIPPED: many nodes, which need Debian's etcd-server and etcd-client";
            std::io::Write::write_all(&mut std::io::stderr(), format!("{skipped}\n").as_bytes())
                .unwrap();
        }
        found
    }

    pub(crate) fn start(data: PathBuf, tls: Option<PathBuf>) -> Self {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap();
        let (client, peer) = (free(), free());
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let mut etcd = Self {
            process: None,
            data,
            port: port(&client),
            peer: port(&peer),
            tls,
            has_users: false,
        };
        drop((client, peer));
        etcd.run();
        etcd
    }

    pub(crate) fn run(&mut self) {
        let client = self.url();
        // Nodes in namespaces come from elsewhere.
        let everywhere = client.replace("127.0.0.1", "0.0.0.0");
        let peer = format!("http://127.0.0.1:{}", self.peer);
        let mut command = Command::new("etcd");
        if let Some(tls) = &self.tls {
            command
                .arg("--client-cert-auth")
                .arg("--trusted-ca-file")
                .arg(tls.join("ca.pem"))
                .arg("--cert-file")
                .arg(tls.join("cert.pem"))
                .arg("--key-file")
                .arg(tls.join("key.pem"));
        }
        let process = command
            .arg("--data-dir")
            .arg(&self.data)
            .args(["--listen-client-urls", &everywhere])
            .args(["--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer])
            .args(["--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("default={peer}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(process);
        let healthy = until(|| self.try_control(&["endpoint", "health"]), Result::is_ok);
        healthy.unwrap();
    }

    fn url(&self) -> String {
        let scheme = self.tls.as_ref().map_or("http", |_| "https");
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Runs etcdctl, and answers what it printed.
    #[track_caller]
    pub(crate) fn control(&self, arguments: &[&str]) -> String {
        self.try_control(arguments).unwrap()
    }

    fn try_control(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new("etcdctl");
        if let Some(tls) = &self.tls {
            command
                .arg("--cacert")
                .arg(tls.join("ca.pem"))
                .arg("--cert")
                .arg(tls.join("cert.pem"))
                .arg("--key")
                .arg(tls.join("key.pem"));
        }
        if self.has_users {
            command.arg("--user=root:toor");
        }
        let run = command
            .env("ETCDCTL_API", "3")
            .arg(format!("--endpoints={}", self.url()))
            .args(arguments)
            .output()
            .unwrap();
        let text = |octets| String::from_utf8_lossy(octets).into_owned();
        if run.status.success() {
            Ok(text(&run.stdout))
        } else {
            Err(text(&run.stderr))
        }
    }

    /// From now on it asks for a user, of which there is this one, who may do all below a prefix.
    pub(crate) fn ask_for_users(&mut self, name: &str, password: &str, prefix: &str) {
        self.control(&["user", "add", "root:toor"]);
        self.control(&["user", "grant-role", "root", "root"]);
        self.control(&["role", "add", "nodes"]);
        let grant = ["role", "grant-permission", "nodes", "--prefix=true"];
        self.control(&[&grant[..], &["readwrite", prefix]].concat());
        self.control(&["user", "add", &format!("{name}:{password}")]);
        self.control(&["user", "grant-role", name, "nodes"]);
        self.control(&["auth", "enable"]);
        self.has_users = true;
    }

    /// Forgets every revision but the present one.
    pub(crate) fn compact(&self) {
        let told = self.control(&["get", "none", "--write-out=json"]);
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let revision = told["header"]["revision"].to_string();
        // It is compacted already where nothing was written since.
        let _ = self.try_control(&["compact", &revision]);
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
