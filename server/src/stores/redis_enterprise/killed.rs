//! The store in a process of its own that is killed at every system call it makes.
//!
//! `strace` kills it when the N-th call of one kind begins, for every kind and every N. What it leaves
//! is looked at as an operator's tool would, by the names of the files: it must be what the last
//! acknowledged write left, or what the write under way was to leave, and never a mixture.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;

/// What stands under each name, by the names of the files.
type View = BTreeMap<String, String>;

/// Runs as the process that is killed when a place is given, and otherwise says what each step does.
#[test]
fn writes_are_acknowledged_one_by_one() {
    if let (Some(data), Some(inputs)) = (std::env::var_os(DATA), std::env::var_os(INPUTS)) {
        let inputs = Inputs::read(Path::new(&inputs));
        tell("begin");
        write_all(Path::new(&data), &inputs, || {
            tell("done");
            tell(&digest(&view(Path::new(&data))));
        });
        return;
    }
    let place = Place::new();
    let data = place.fresh();
    let mut steps = Vec::new();
    write_all(data.path(), &place.inputs, || steps.push(view(data.path())));
    let files: Vec<usize> = steps.iter().map(View::len).collect();
    assert_eq!(files, [6, 8, 6, 12, 12, 10]);
    let all: BTreeSet<String> = steps.iter().map(digest).collect();
    assert_eq!(all.len(), STEPS, "each step changes something");
    steps.iter().for_each(assert_consistent);
}

#[test]
fn a_kill_at_any_system_call_leaves_what_was_or_what_was_to_be() {
    // Where processes may not be traced, as in many containers, it is there and fails.
    let traced = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    if !traced.is_ok_and(|traced| traced.status.success()) {
        // Past the harness, which would hide it.
        let skipped = "SKIPPED: killing the store at every system call, which strace does";
        writeln!(std::io::stderr(), "{skipped}").unwrap();
        return;
    }
    let place = Place::new();
    let clean = place.fresh();
    let log = place.folder.path().join("log");
    let done = place.trace(
        clean.path(),
        &["-y", "-s", "80", "-o", log.to_str().unwrap()],
    );
    let clean = Told::by(&done);
    assert_eq!((clean.done, clean.left.len()), (STEPS, STEPS), "{done:?}");
    let log = fs::read_to_string(log).unwrap();
    assert_synced(&log);

    let kills = kills(&log);
    let (next, died) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((call, count)) = kills.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let data = place.fresh();
                    let killed = format!("inject={call}:signal=KILL:when={count}");
                    let run = place.trace(data.path(), &["-o", "/dev/null", "-e", &killed]);
                    let at = format!("at {call} {count}");
                    let told = Told::by(&run);
                    if told.begun && run.status.signal() == Some(9) {
                        died.fetch_add(1, Ordering::Relaxed);
                    }
                    place.judge(data.path(), &told, &clean, &at);
                }
            });
        }
    });
    let (kills, died) = (kills.len(), died.into_inner());
    println!("killed {died} times, at {kills} system calls");
    assert!(
        1_000 <= died,
        "killed {died} times only, at {kills} system calls"
    );
    // The others come before it begins to write, while the process starts.
    assert!(
        kills - died <= kills / 10,
        "killed {died} times, at {kills} system calls"
    );
}

/// What is written, in this order, each as one request.
fn write_all(data: &Path, inputs: &Inputs, mut done: impl FnMut()) {
    let directory = Directory::new(data);
    let update = |name: &str, pair: &(String, String)| Update {
        name: CertificateName::find(name).unwrap(),
        certificate: pair.0.clone(),
        key: Some(Zeroizing::new(pair.1.clone())),
    };
    let [_, proxy, other, syncer, ldap_client, _] = &inputs.pairs;
    let single = [update("proxy", proxy)];
    let several = [
        update("proxy", other),
        update("syncer", syncer),
        update("ldap_client", ldap_client),
    ];
    let steps: [&dyn Fn() -> Result<(), Failure>; STEPS] = [
        &|| directory.update(&single, now()),
        &|| directory.update(&several, now()),
        &|| directory.delete(CertificateName::find("ldap_client").unwrap()),
        &|| directory.rotate(None, now()),
        &|| directory.rotate(Some(Internode::DataPlane), now()),
        &|| directory.delete(CertificateName::find("sso_service").unwrap()),
    ];
    for step in steps {
        step().unwrap();
        done();
    }
}

/// A folder in memory, since a kill leaves to the kernel what was handed to it.
struct Place {
    folder: TempDir,
    inputs: Inputs,
}

/// Six pairs: the first and the last lie there from the beginning, under different names.
struct Inputs {
    pairs: [(String, String); 6],
}

impl Inputs {
    fn make(folder: &Path) {
        for number in 0..3 {
            let made = demonstration(&["redis.corp.example"], now()).unwrap();
            for (at, pair) in made.iter().take(2).enumerate() {
                let number = 2 * number + at;
                fs::write(folder.join(format!("{number}.cert")), &pair.certificate).unwrap();
                let key = pair.key.as_ref().unwrap();
                fs::write(folder.join(format!("{number}.key")), key.as_bytes()).unwrap();
            }
        }
    }

    fn read(folder: &Path) -> Self {
        let text = |name: String| fs::read_to_string(folder.join(name)).unwrap();
        let pairs = [0, 1, 2, 3, 4, 5];
        Self {
            pairs: pairs.map(|n| (text(format!("{n}.cert")), text(format!("{n}.key")))),
        }
    }
}

impl Place {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        Inputs::make(folder.path());
        let inputs = Inputs::read(folder.path());
        Self { folder, inputs }
    }

    /// A data directory as an operator lays it out.
    fn fresh(&self) -> TempDir {
        let data = tempfile::tempdir_in(self.folder.path()).unwrap();
        let folder = data.path().join("redis");
        fs::create_dir(&folder).unwrap();
        let [first, .., last] = &self.inputs.pairs;
        for (name, pair) in [("proxy", first), ("syncer", last), ("sso_service", last)] {
            fs::write(folder.join(format!("{name}_cert.pem")), &pair.0).unwrap();
            fs::write(folder.join(format!("{name}_key.pem")), &pair.1).unwrap();
        }
        data
    }

    /// Runs the writer, which is this very test, alone and in its first thread.
    fn trace(&self, data: &Path, options: &[&str]) -> Output {
        Command::new("strace")
            .args(["-f", "-qq"])
            .args(options)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", WRITER, "--nocapture", "--test-threads=1"])
            .env(DATA, data)
            .env(INPUTS, self.folder.path())
            .output()
            .unwrap()
    }

    /// Whether what a killed writer left is allowed, and whether the store goes on from there.
    fn judge(&self, data: &Path, told: &Told, clean: &Told, at: &str) {
        let view = view(data);
        assert_consistent(&view);
        let found = digest(&view);
        let initial = || digest(&self::view(self.fresh().path()));
        let left = |count: usize| match count.checked_sub(1) {
            None => Some(initial()),
            Some(last) => told.left.get(last).cloned(),
        };
        let was = left(told.done) == Some(found.clone());
        // Rotations make every run another one: then it must be new, and consistent as seen above.
        let was_to_be = told.done < STEPS
            && if told.done < FIRST_ROTATION {
                clean.left.get(told.done) == Some(&found)
            } else {
                (0..=told.done).all(|count| left(count) != Some(found.clone()))
            };
        let step = told.done;
        assert!(
            was || was_to_be,
            "{at}, step {step}: neither what was nor what was to be: {:?}",
            view.keys()
        );

        let directory = Directory::new(data);
        let [.., pair, _] = &self.inputs.pairs;
        let update = Update {
            name: CertificateName::find("api").unwrap(),
            certificate: pair.0.clone(),
            key: Some(Zeroizing::new(pair.1.clone())),
        };
        directory.update(&[update], now()).unwrap();
        let mut expected = view;
        expected.insert("api_cert.pem".to_owned(), pair.0.clone());
        expected.insert("api_key.pem".to_owned(), pair.1.clone());
        assert_eq!(self::view(data), expected, "{at}");
        let left_over: Vec<_> = fs::read_dir(data.join("redis"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with('.'))
            .collect();
        assert_eq!(left_over.len(), 2, "{at}: {left_over:?}");
    }
}

/// Every certificate has its key beside it, and what the own authority issued has the authority.
#[track_caller]
fn assert_consistent(view: &View) {
    for (file, certificate) in view {
        let Some(name) = file.strip_suffix("_cert.pem") else {
            assert!(
                view.contains_key(&file.replace("_key", "_cert")),
                "{file} alone"
            );
            continue;
        };
        let key = &view[&format!("{name}_key.pem")];
        assert!(is_pair(certificate, key), "{name}: a mismatched pair");
        if Internode::find(name).is_some() {
            let authority = &view[&format!("{AUTHORITY}_cert.pem")];
            assert!(certificate.ends_with(authority.as_str()), "{name}");
        }
    }
}

/// Whether the key is the certificate's. Most pairs are seen a thousand times.
fn is_pair(certificate: &str, key: &str) -> bool {
    static KNOWN: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());
    let pair = (certificate.to_owned(), key.to_owned());
    if KNOWN.lock().unwrap().contains(&pair) {
        return true;
    }
    let fits = check::fits(certificate, key);
    if fits {
        KNOWN.lock().unwrap().insert(pair);
    }
    fits
}

/// By the names of the files, as any other program looks at them.
fn view(data: &Path) -> View {
    let mut view = View::new();
    for entry in fs::read_dir(data.join("redis")).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if let (false, Ok(text)) = (name.starts_with('.'), fs::read_to_string(&path)) {
            view.insert(name, text);
        }
    }
    view
}

fn digest(view: &View) -> String {
    let mut digest = Sha256::new();
    for (name, text) in view {
        digest.update(format!("{name} {}\n{text}", text.len()));
    }
    digest
        .finalize()
        .iter()
        .fold(String::new(), |text, octet| format!("{text}{octet:02x}"))
}

fn tell(what: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("told {what}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// What a writer said before it was killed.
struct Told {
    begun: bool,
    /// Writes that were acknowledged.
    done: usize,
    /// Digests of what each of them left.
    left: Vec<String>,
}

impl Told {
    fn by(run: &Output) -> Self {
        let text = String::from_utf8_lossy(&run.stdout);
        let mut told = Self {
            begun: false,
            done: 0,
            left: Vec::new(),
        };
        for what in text.split("told ").skip(1) {
            match what.lines().next() {
                Some("begin") => told.begun = true,
                Some("done") => told.done += 1,
                Some(digest) => told.left.push(digest.to_owned()),
                None => {}
            }
        }
        told
    }
}

/// The kind and number of each system call of a step, up to its acknowledgement. `strace` counts for
/// each thread.
fn kills(log: &str) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut writing, mut done) = (false, 0);
    let mut kills = Vec::new();
    for line in log.lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let Some((name, arguments)) = call.trim_start().split_once('(') else {
            continue;
        };
        let count = counts.entry((thread, name)).or_default();
        *count += 1;
        if writing {
            kills.push((name.to_owned(), *count));
        }
        if name == "write" && arguments.contains("\"told ") {
            // A digest ends the look at what was written; the next step begins.
            writing = !arguments.contains("\"told done") && done < STEPS;
            done += usize::from(arguments.contains("\"told done"));
        }
    }
    kills
}

/// What a loss of power would need: before everything turns to a new generation, all that is in it is
/// on the disk; before a write is acknowledged, so is the turn.
fn assert_synced(log: &str) {
    let mut dirty: BTreeSet<String> = BTreeSet::new();
    let folder = |path: &str| path.rsplit_once('/').unwrap().0.to_owned();
    let (mut turns, mut told) = (0, 0);
    for line in log.lines() {
        let quoted: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let name = call.split('(').next().unwrap();
        match name {
            "openat" if line.contains("O_CREAT") && line.contains("/redis/") => {
                dirty.extend([quoted[0].to_owned(), folder(quoted[0])]);
            }
            "mkdir" if line.contains("/redis/") => dirty.extend([folder(quoted[0])]),
            "symlink" | "link" | "linkat" => dirty.extend([folder(quoted[1])]),
            "rename" => {
                if quoted[1].ends_with("/..data") {
                    turns += 1;
                    let unsynced: Vec<_> =
                        dirty.iter().filter(|path| path.contains("/..")).collect();
                    assert!(unsynced.is_empty(), "{unsynced:?} before {line}");
                }
                dirty.extend([folder(quoted[1])]);
            }
            "fsync" => {
                let path = call.split(['<', '>']).nth(1).unwrap();
                dirty.remove(path);
            }
            "write" if line.contains("\"told done") => {
                told += 1;
                assert!(dirty.is_empty(), "{dirty:?} before {line}");
            }
            _ => {}
        }
    }
    assert_eq!(told, STEPS, "acknowledgements");
    assert!(STEPS <= turns, "{turns} turns");
}

fn now() -> UnixTime {
    UnixTime::parse("2026-11-22T09:41:00Z").unwrap()
}

const STEPS: usize = 6;

/// What is written from this step on differs between runs.
const FIRST_ROTATION: usize = 3;

const WRITER: &str = "stores::redis_enterprise::killed::writes_are_acknowledged_one_by_one";
const DATA: &str = "CERTLENS_KILLED_DATA";
const INPUTS: &str = "CERTLENS_KILLED_INPUTS";
