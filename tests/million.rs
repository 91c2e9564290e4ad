//! Serves a store of a million certificates, and prints what that takes, with the goals: `make million`.
//!
//! `--count N` makes another number of them; `--keep` leaves them where they are, in `target/million`, for
//! the next run. They are of an authority and a key of their own, all different, and all signed. The program
//! is `target/release/certlens`, or what `CERTLENS_BINARY` names.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use certlens_tests::repository;
use rcgen::{
    CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SerialNumber,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let count = arguments
        .iter()
        .position(|argument| argument == "--count")
        .map_or(Some(1_000_000), |at| arguments.get(at + 1)?.parse().ok());
    let Some(count) = count.filter(|count| 100 <= *count) else {
        eprintln!("expected --count N, of at least 100");
        return ExitCode::from(2);
    };
    let folder = repository().join("target/million");
    let done = measure(&folder, count);
    if !arguments.iter().any(|argument| argument == "--keep") {
        let _ = fs::remove_dir_all(&folder);
    }
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("million: {error}");
            ExitCode::from(1)
        }
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one measure after the other, over the same server"
)]
fn measure(folder: &Path, count: usize) -> io::Result<()> {
    let store = Store::make(folder, count)?;
    let _ = fs::remove_file(folder.join("data/iis.index"));

    let started = Instant::now();
    let server = Server::start(folder)?;
    told("cold: listens after", started.elapsed(), None);
    let mut client = server.connect()?;
    while client.total()? == 0 {
        wait();
    }
    told("cold: shows some after", started.elapsed(), None);
    let (_, progress) = client.ask("GET", "/healthz/ready", "")?;
    println!("{:<44} {progress}", "cold: says meanwhile");
    client.until_ready()?;
    told("cold: has read all after", started.elapsed(), None);
    expect(client.total()?, count)?;
    let read = client.metric("certlens_iis_files_read_total")?;
    println!("{:<44} {read:>12}", "cold: files read");

    // The first of each makes what the others find.
    let (mut heads, mut pages, mut ones) = (Vec::new(), Vec::new(), Vec::new());
    let (mut filtered, mut random) = (Vec::new(), Random(1));
    let purpose = "?intended_purpose=Server%20Authentication";
    for _ in 0..ROUNDS {
        let from = random.below(count - 50);
        heads.push(client.time("HEAD", LIST, "")?.0);
        let (took, page) = client.time("GET", LIST, &range(from, 50))?;
        pages.push(took);
        filtered.push(
            client
                .time("GET", &format!("{LIST}{purpose}"), &range(from, 50))?
                .0,
        );
        let id = value_of(&page, "id").ok_or_else(|| wrong("a page without identifiers"))?;
        ones.push(client.time("GET", &format!("{LIST}/{id}"), "")?.0);
    }
    print_times("HEAD", heads, Some(Duration::from_millis(1)));
    print_times(
        "a page of 50, anywhere",
        pages,
        Some(Duration::from_millis(10)),
    );
    print_times("the same for a purpose", filtered, None);
    print_times("one certificate by its identifier", ones, None);
    let metrics = (0..5).map(|_| client.time("GET", "/metrics", "").map(|(took, _)| took));
    let metrics: Vec<Duration> = metrics.collect::<io::Result<_>>()?;
    told(
        "/metrics, the first time",
        *metrics.iter().max().unwrap_or(&TICK),
        None,
    );
    print_times("/metrics, later", metrics, None);
    server.print_memory(count)?;

    let mut seen = Vec::new();
    for turn in 0..CHANGES {
        let at = random.below(count);
        let name = format!("changed-{turn}.example");
        store.replace(
            at,
            &name,
            if turn % 2 == 0 {
                How::Rename
            } else {
                How::InPlace
            },
        )?;
        let begun = Instant::now();
        while !client.page(at, 1)?.contains(&name) {
            wait();
        }
        seen.push(begun.elapsed());
    }
    print_times("a changed file, asked for all the time", seen, Some(SEEN));
    let mut lost = 0;
    for turn in 0..CHANGES {
        let at = random.below(count);
        let name = format!("unasked-{turn}.example");
        store.replace(at, &name, How::Rename)?;
        thread::sleep(SEEN);
        lost += usize::from(!client.page(at, 1)?.contains(&name));
    }
    println!(
        "{:<44} {lost:>12} of {CHANGES}, goal 0",
        "a changed file, missed by one who asks 2 s later"
    );
    let begun = Instant::now();
    store.add("zzz.corp.example")?;
    while client.total()? != count + 1 {
        wait();
    }
    store.remove("zzz.corp.example")?;
    while client.total()? != count {
        wait();
    }
    told(
        "a file that comes and goes",
        begun.elapsed(),
        Some(SEEN * 2),
    );
    server.print_memory(count)?;
    Client::until_index_is_written(&folder.join("data/iis.index"))?;
    server.stop()?;
    let size = fs::metadata(folder.join("data/iis.index"))?.len();
    println!(
        "{:<44} {:>12}",
        "index: octets for each certificate",
        size / count as u64
    );

    store.replace(7, "changed-while-down.example", How::Rename)?;
    // What was written within the last moments counts as changed.
    thread::sleep(SEEN);
    let started = Instant::now();
    let server = Server::start(folder)?;
    told("warm: listens after", started.elapsed(), None);
    let mut client = server.connect()?;
    while client.total()? < count - 1 {
        wait();
    }
    told(
        "warm: shows all that was known after",
        started.elapsed(),
        Some(WARM),
    );
    while !client.page(7, 1)?.contains("changed-while-down") {
        wait();
    }
    told(
        "warm: shows what changed while it was down",
        started.elapsed(),
        Some(WARM),
    );
    client.until_ready()?;
    told(
        "warm: has looked at every file after",
        started.elapsed(),
        Some(WARM),
    );
    let read = client.metric("certlens_iis_files_read_total")?;
    println!("{:<44} {read:>12}", "warm: files read");
    server.print_memory(count)?;
    server.stop()
}

/// The files.
struct Store {
    folder: PathBuf,
    authority: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
}

#[derive(Clone, Copy)]
enum How {
    Rename,
    InPlace,
}

impl Store {
    /// Makes what is not there from an earlier run.
    fn make(folder: &Path, count: usize) -> io::Result<Self> {
        let made = folder.join("made");
        let store = Self {
            folder: folder.join("data/iis/IIS Central Certificate Store"),
            authority: authority().map_err(io::Error::other)?,
            key: KeyPair::generate().map_err(io::Error::other)?,
        };
        if fs::read_to_string(&made).is_ok_and(|text| text == count.to_string()) {
            return Ok(store);
        }
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(&store.folder)?;
        let begun = Instant::now();
        let halves = [0..count / 2, count / 2..count];
        thread::scope(|scope| {
            let write = |at| store.write(at, &name_of(at));
            let threads = halves.map(|mut half| scope.spawn(move || half.try_for_each(write)));
            let mut ended = threads.into_iter().map(|thread| thread.join().ok());
            ended.try_for_each(|done| done.unwrap_or_else(|| Err(wrong("a thread ended"))))
        })?;
        told(
            &format!("{count} certificates made in"),
            begun.elapsed(),
            None,
        );
        fs::write(made, count.to_string())?;
        Ok(store)
    }

    fn path(&self, at: usize) -> PathBuf {
        self.folder.join(name_of(at) + ".cer")
    }

    fn write(&self, at: usize, name: &str) -> io::Result<()> {
        fs::write(self.path(at), self.issue(at, name)?)
    }

    fn replace(&self, at: usize, name: &str, how: How) -> io::Result<()> {
        match how {
            How::InPlace => self.write(at, name),
            How::Rename => {
                let fresh = self.folder.join(".fresh");
                fs::write(&fresh, self.issue(at, name)?)?;
                fs::rename(fresh, self.path(at))
            }
        }
    }

    fn add(&self, name: &str) -> io::Result<()> {
        fs::write(
            self.folder.join(name).with_extension("cer"),
            self.issue(0, name)?,
        )
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.folder.join(name).with_extension("cer"))
    }

    /// As the certificates of web servers are: one purpose, two names, a serial number of 16 octets.
    fn issue(&self, at: usize, name: &str) -> io::Result<Vec<u8>> {
        let names = vec![name.to_owned(), format!("www.{name}")];
        let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
        params.distinguished_name = DistinguishedName::new();
        for (kind, text) in [
            (DnType::CountryName, "DE"),
            (DnType::OrganizationName, "Example GmbH"),
            (DnType::CommonName, name),
        ] {
            params.distinguished_name.push(kind, text);
        }
        let mut serial = [0x41; 16];
        serial[8..].copy_from_slice(&(at as u64).to_be_bytes());
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        let month = u8::try_from(at % 12).map_err(io::Error::other)? + 1;
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027 + i32::from(at.is_multiple_of(2)), month, 1);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let made = params.signed_by(&self.key, &self.authority);
        Ok(made.map_err(io::Error::other)?.der().to_vec())
    }
}

fn name_of(at: usize) -> String {
    format!("host-{at:08}.corp.example")
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Example Issuing CA 1");
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

/// The server, which is stopped when it is dropped.
struct Server {
    process: Child,
    address: String,
    credentials: String,
}

impl Server {
    fn start(folder: &Path) -> io::Result<Self> {
        let binary = env::var_os("CERTLENS_BINARY");
        let binary =
            binary.map_or_else(|| repository().join("target/release/certlens"), Into::into);
        let data = folder.join("data");
        let run = |arguments: &[&str]| {
            let mut command = Command::new(&binary);
            command.args(arguments).arg("--data").arg(&data);
            command
        };
        let mut process = run(&["serve", "--listen", "127.0.0.1:0"])
            .env("CERTLENS_PASSWORD", "a password for this run")
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("log"))?)
            .spawn()?;
        let greeting = process.stdout.take().ok_or_else(|| wrong("no greeting"))?;
        let mut lines = BufReader::new(greeting).lines().map_while(Result::ok);
        let address = lines.find_map(|line| {
            let address = line.trim().strip_prefix("address")?;
            Some(
                address
                    .trim()
                    .trim_start_matches("http://")
                    .trim_end_matches('/')
                    .to_owned(),
            )
        });
        let credentials = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            "admin:a password for this run",
        );
        Ok(Self {
            process,
            address: address
                .ok_or_else(|| wrong("certlens does not start: see target/million/log"))?,
            credentials: format!("authorization: Basic {credentials}\r\n"),
        })
    }

    fn connect(&self) -> io::Result<Client> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        let head = format!("host: {}\r\n{}", self.address, self.credentials);
        let stream = BufReader::new(stream);
        Ok(Client { stream, head })
    }

    /// What the process holds of the memory, now and at most so far.
    fn print_memory(&self, count: usize) -> io::Result<()> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        for (name, what, goal) in [("VmRSS:", "now", ", goal 1024"), ("VmHWM:", "at most", "")] {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib: usize = line
                .and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok())
                .ok_or_else(|| wrong("no memory in /proc"))?;
            let title = format!("memory for each certificate, {what}");
            println!(
                "{title:<44} {:>6} octets{goal} ({} MiB in all)",
                kib * 1024 / count,
                kib / 1024
            );
        }
        Ok(())
    }

    fn stop(mut self) -> io::Result<()> {
        Command::new("kill")
            .arg(self.process.id().to_string())
            .status()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One connection, as that of the page.
struct Client {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Client {
    fn ask(&mut self, method: &str, path: &str, headers: &str) -> io::Result<(String, String)> {
        let request = format!("{method} {path} HTTP/1.1\r\n{}{headers}\r\n", self.head);
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                return Err(wrong("the connection ended"));
            }
        }
        let length = header(&head, "content-length").and_then(|text| text.parse().ok());
        let length: usize = length.filter(|_| method != "HEAD").unwrap_or(0);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((head, String::from_utf8(body).map_err(io::Error::other)?))
    }

    fn time(&mut self, method: &str, path: &str, headers: &str) -> io::Result<(Duration, String)> {
        let begun = Instant::now();
        let (head, body) = self.ask(method, path, headers)?;
        let took = begun.elapsed();
        if head.starts_with("HTTP/1.1 200") {
            Ok((took, body))
        } else {
            Err(wrong(format!("{method} {path}: {head}{body}")))
        }
    }

    fn total(&mut self) -> io::Result<usize> {
        let (head, _) = self.ask("HEAD", LIST, "")?;
        let total = header(&head, "x-total-count").and_then(|text| text.parse().ok());
        total.ok_or_else(|| wrong(head))
    }

    fn page(&mut self, from: usize, count: usize) -> io::Result<String> {
        self.time("GET", LIST, &range(from, count))
            .map(|(_, page)| page)
    }

    fn metric(&mut self, name: &str) -> io::Result<String> {
        let (_, text) = self.time("GET", "/metrics", "")?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map(ToOwned::to_owned)
            .ok_or_else(|| wrong("no such metric"))
    }

    fn until_ready(&mut self) -> io::Result<()> {
        while !self
            .ask("GET", "/healthz/ready", "")?
            .0
            .starts_with("HTTP/1.1 200")
        {
            wait();
        }
        Ok(())
    }

    /// Until the index holds what is shown: it is newer than every file.
    fn until_index_is_written(index: &Path) -> io::Result<()> {
        let changed = Instant::now();
        while !fs::metadata(index).is_ok_and(|found| {
            found
                .modified()
                .is_ok_and(|when| when.elapsed().is_ok_and(|age| age < changed.elapsed()))
        }) {
            if Duration::from_secs(200) < changed.elapsed() {
                return Err(wrong("the index is not written"));
            }
            wait();
        }
        Ok(())
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn range(from: usize, count: usize) -> String {
    format!("range: certificates={from}-{}\r\n", from + count - 1)
}

fn value_of<'a>(json: &'a str, field: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{field}\":\""))?;
    rest.split('"').next()
}

/// The same places at each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        // Knuth, The Art of Computer Programming, volume 2, 3.3.4.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end
    }
}

fn told(what: &str, took: Duration, goal: Option<Duration>) {
    let below = |goal: Duration| {
        let mark = if took < goal { "" } else { "  MISSED" };
        format!(", goal {} ms{mark}", goal.as_millis())
    };
    let goal = goal.map(below).unwrap_or_default();
    println!("{what:<44} {:>9.3} ms{goal}", took.as_secs_f64() * 1000.0);
}

fn print_times(what: &str, mut times: Vec<Duration>, goal: Option<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).or(times.last());
    told(
        &format!("{what}: median"),
        at(50).copied().unwrap_or_default(),
        goal,
    );
    told(
        &format!("{what}: worst"),
        at(100).copied().unwrap_or_default(),
        None,
    );
}

fn expect(found: usize, expected: usize) -> io::Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(wrong(format!(
        "{found} certificates are served, expected {expected}"
    )))
}

fn wrong(what: impl Into<String>) -> io::Error {
    io::Error::other(what.into())
}

fn wait() {
    thread::sleep(TICK);
}

const LIST: &str = "/api/certificates";
const ROUNDS: usize = 1000;
const CHANGES: usize = 10;
const TICK: Duration = Duration::from_millis(20);
const SEEN: Duration = Duration::from_secs(2);
const WARM: Duration = Duration::from_secs(5);
