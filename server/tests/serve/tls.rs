//! TLS, as curl and openssl see it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::process::{Serving, certlens, curl, run};
use crate::start::refusal;
use crate::until::until;

/// A folder with an authority and pairs that it issued for `localhost`.
pub(crate) struct Authority(tempfile::TempDir);

impl Authority {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        openssl(
            folder.path(),
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
             -subj /CN=authority -keyout authority.key -out authority.pem",
        );
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts `cert.pem` and `key.pem` in place, each by one rename.
    pub(crate) fn issue(&self, name: &str) {
        openssl(
            self.path(),
            &format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
                 -CA authority.pem -CAkey authority.key -subj /CN={name} \
                 -addext subjectAltName=DNS:localhost -addext basicConstraints=CA:FALSE \
                 -keyout new-key.pem -out new-cert.pem"
            ),
        );
        self.place("new-key.pem", "key.pem");
        self.place("new-cert.pem", "cert.pem");
    }

    fn place(&self, from: &str, to: &str) {
        std::fs::rename(self.path().join(from), self.path().join(to)).unwrap();
    }

    /// The configuration of a server with that pair.
    pub(crate) fn configuration(&self) -> String {
        let path = self.path().display();
        format!("[tls]\ncertificate = '{path}/cert.pem'\nkey = '{path}/key.pem'\n")
    }

    pub(crate) fn trusted(&self) -> String {
        self.path().join("authority.pem").display().to_string()
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Whom a new connection meets, as openssl tells it.
fn subject(server: &Serving) -> String {
    let address = format!("localhost:{}", server.port());
    let output = run(
        Command::new("openssl").args(["s_client", "-connect", &address]),
        "",
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let subject = text.lines().find_map(|line| line.strip_prefix("subject="));
    subject.unwrap_or_default().replace(' ', "")
}

/// A connection of openssl that stays.
struct Connection {
    client: Child,
    answers: BufReader<ChildStdout>,
}

impl Connection {
    fn open(server: &Serving) -> Self {
        let address = format!("localhost:{}", server.port());
        let mut client = Command::new("openssl")
            .args(["s_client", "-quiet", "-connect", &address])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let answers = BufReader::new(client.stdout.take().unwrap());
        Self { client, answers }
    }

    /// Asks for `/healthz`, and answers the status line.
    fn ask(&mut self) -> String {
        let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let to = self.client.stdin.as_mut().unwrap();
        to.write_all(request).unwrap();
        let mut lines = Vec::new();
        while lines.last().map(String::as_str) != Some("\r\n") {
            let mut line = String::new();
            assert_ne!(self.answers.read_line(&mut line).unwrap(), 0, "{lines:?}");
            lines.push(line);
        }
        let length = lines
            .iter()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().trim().parse().unwrap()];
        std::io::Read::read_exact(&mut self.answers, &mut body).unwrap();
        lines[0].trim().to_owned()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}

#[test]
fn curl_and_openssl_trust_the_pair_of_the_configuration() {
    let authority = Authority::new();
    authority.issue("first");
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), &authority.configuration());
    let url = format!("https://localhost:{}/healthz", server.port());
    for version in ["--tlsv1.3", "--tls-max=1.2"] {
        let version: Vec<&str> = version.split('=').collect();
        let answer = curl(
            &url,
            &[&["--cacert", &authority.trusted()][..], &version].concat(),
        );
        assert!(answer.stdout.ends_with(b"\n200"), "{version:?}: {answer:?}");
    }
    let old = curl(&url, &["--insecure", "--tls-max", "1.1"]);
    assert!(old.stdout.ends_with(b"\n000"), "{old:?}");
    let address = format!("localhost:{}", server.port());
    let checked = run(
        Command::new("openssl")
            .args([
                "s_client",
                "-verify_return_error",
                "-verify_hostname",
                "localhost",
            ])
            .args(["-connect", &address, "-CAfile", &authority.trusted()]),
        "",
    );
    let told = String::from_utf8_lossy(&checked.stdout);
    assert!(told.contains("Verify return code: 0 (ok)"), "{told}");
}

#[test]
fn a_replaced_pair_is_served_while_old_connections_live() {
    let authority = Authority::new();
    authority.issue("first");
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), &authority.configuration());
    let mut old = Connection::open(&server);
    assert_eq!(old.ask(), "HTTP/1.1 200 OK");
    assert_eq!(subject(&server), "CN=first");

    authority.issue("second");
    until(|| subject(&server), |subject| subject == "CN=second");
    assert_eq!(old.ask(), "HTTP/1.1 200 OK");

    // A key that belongs to another certificate changes nothing, and is told.
    std::fs::copy(
        authority.path().join("authority.key"),
        authority.path().join("x"),
    )
    .unwrap();
    authority.place("x", "key.pem");
    let told = "key.pem: the private key does not belong to the certificate";
    until(|| server.log(), |log| log.contains(told));
    assert_eq!(subject(&server), "CN=second");
    authority.issue("third");
    until(|| subject(&server), |subject| subject == "CN=third");
    assert_eq!(old.ask(), "HTTP/1.1 200 OK");
}

#[test]
fn a_served_certificate_may_be_the_servers_own() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "[tls]\nname = 'api'\n");
    let arguments = ["--insecure", "--user", "admin:pw"];
    let (status, body) = server.curl("/v1/cluster/certificates", &arguments);
    assert_eq!(status, 200);
    assert!(body.contains("api_cert"), "{body}");
    let api = data.path().join("redis/api_cert.pem");
    let output = Command::new("openssl")
        .args(["x509", "-noout", "-subject", "-in"])
        .arg(api)
        .output()
        .unwrap();
    let expected = String::from_utf8(output.stdout).unwrap().replace(' ', "");
    assert_eq!(format!("subject={}", subject(&server)), expected.trim());
}

#[test]
fn a_certificate_that_is_written_over_the_api_is_served_next() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "[tls]\nname = 'api'\n");
    let folder = tempfile::tempdir().unwrap();
    openssl(
        folder.path(),
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=written \
         -addext extendedKeyUsage=serverAuth,clientAuth -keyout key.pem -out cert.pem",
    );
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let body = serde_json::json!({
        "name": "api",
        "certificate": read("cert.pem"),
        "key": read("key.pem"),
    });
    let json = "Content-Type: application/json";
    let arguments = [
        "--insecure",
        "--user",
        "admin:pw",
        "--request",
        "PUT",
        "--header",
        json,
    ];
    let (body, data) = (body.to_string(), "--data");
    let arguments = [&arguments[..], &[data, &body]].concat();
    let (status, answer) = server.curl("/v1/cluster/update_cert", &arguments);
    assert_eq!(status, 200, "{answer}");
    until(|| subject(&server), |subject| subject == "CN=written");
}

#[test]
fn plain_http_on_the_port_of_tls_is_told_in_words() {
    let authority = Authority::new();
    authority.issue("first");
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), &authority.configuration());
    let answer = curl(&format!("http://{}/healthz", server.address()), &[]);
    let answer = String::from_utf8(answer.stdout).unwrap();
    assert_eq!(
        answer,
        "This is a TLS port: write https:// in place of http://.\n\n400"
    );
}

#[test]
fn a_handshake_that_never_ends_is_cut_off() {
    let authority = Authority::new();
    authority.issue("first");
    let data = tempfile::tempdir().unwrap();
    let limits = "[limits]\nheader_seconds = 1\n";
    let configuration = format!("{}{limits}", authority.configuration());
    let server = Serving::start(data.path(), Some("pw"), &configuration);
    for begun in [&b""[..], b"\x16\x03\x01\x02\x00"] {
        let mut stream = server.connect();
        stream.write_all(begun).unwrap();
        let mut rest = Vec::new();
        std::io::Read::read_to_end(&mut stream, &mut rest).unwrap();
    }
    assert_eq!(subject(&server), "CN=first");
}

#[test]
fn err_pairs_that_cannot_be_served() {
    let authority = Authority::new();
    authority.issue("first");
    let path = authority.path();
    openssl(
        path,
        "ec -in key.pem -aes256 -passout pass:pw -out sealed.pem",
    );
    for (certificate, key, told) in [
        (
            "cert.pem",
            "authority.key",
            "authority.key: the private key does not belong to the certificate",
        ),
        (
            "cert.pem",
            "sealed.pem",
            "sealed.pem: expected an unencrypted private key as PEM, found none",
        ),
        ("cert.pem", "gone.pem", "gone.pem: there is no such file"),
        (
            "key.pem",
            "key.pem",
            "key.pem: expected a certificate as PEM, found none",
        ),
    ] {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("certlens.toml");
        let folder = path.display();
        let tls =
            format!("[tls]\ncertificate = '{folder}/{certificate}'\nkey = '{folder}/{key}'\n");
        std::fs::write(&file, tls).unwrap();
        let run = certlens()
            .args(["serve", "--config"])
            .arg(&file)
            .arg("--data")
            .arg(data.path())
            .output()
            .unwrap();
        let told = format!("error: tls: {folder}/{told}\nhint: ");
        assert!(refusal(&run).contains(&told), "{run:?}");
    }
}
