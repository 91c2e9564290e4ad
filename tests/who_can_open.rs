//! Who can open a keystore: the published table is that of the code, and the products at hand do what it
//! says of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use certlens_core::{
    Format, Integrity, Lock, Opener, Opens, Options, Password, Report, inspect, opener_rules,
    who_can_open,
};
use certlens_tests::corpora::where_they_are;
use certlens_tests::repository;
use serde_json::Value;

/// Files with which a product does otherwise than the table says, each with the reason. One that does as
/// the table says again is a fault.
const EXCEPTIONS: &[(Opener, &str, &str)] = &[(
    Opener::Java17,
    "vectors/pkcs12/unicode-password.p12",
    "Java takes passwords of ASCII characters only (com.sun.crypto.provider.PBEKey); a report does not tell the password.",
)];

#[test]
fn the_published_table_is_that_of_the_code() {
    let path = repository().join("docs/WHO-CAN-OPEN.md");
    let table = document();
    if env::var_os("CERTLENS_UPDATE").is_some() {
        fs::write(&path, &table).expect("docs/ can be written");
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        table == published,
        "docs/WHO-CAN-OPEN.md is not what the rules say; run this test with CERTLENS_UPDATE=1 to write it anew"
    );
}

#[test]
fn every_rule_has_a_reason_a_remedy_and_a_source() {
    for rule in opener_rules() {
        assert!(
            !rule.opener.is_empty() && !rule.facts.is_empty(),
            "{rule:?}"
        );
        assert!(
            rule.expected != Opens::Yes,
            "{rule:?}: what opens needs no rule"
        );
        for text in [rule.why, rule.fix, rule.source] {
            assert!(!text.is_empty(), "{rule:?}");
        }
        assert!(rule.why.ends_with('.'), "{rule:?}");
    }
}

#[test]
fn openssl_opens_what_the_table_says() {
    let Some(version) = openssl_version() else {
        eprintln!("SKIPPED: openssl 3 is not installed");
        return;
    };
    let mut differences = Differences::default();
    for store in keystores() {
        if store.report.format != Format::Pkcs12 {
            continue;
        }
        for (opener, legacy) in [(Opener::OpenSsl3, false), (Opener::OpenSsl3Legacy, true)] {
            let (opens, said) = openssl_opens(&store, legacy);
            let expected = store.expected(opener);
            let fits = match expected {
                Opens::No => !opens,
                Opens::Partly if store.has_pbmac1() => opens == ((3, 4) <= version),
                Opens::Yes | Opens::Partly => opens,
                Opens::Unknown => true,
            };
            differences.add(
                opener,
                &store,
                fits,
                &format!("{expected:?}, and it says: {said}"),
            );
        }
    }
    differences.settle(&[Opener::OpenSsl3, Opener::OpenSsl3Legacy]);
}

#[test]
fn the_command_that_writes_a_keystore_again_does_so() {
    if openssl_version().is_none() {
        eprintln!("SKIPPED: openssl 3 is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let shell = |line: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-ec", line]).current_dir(folder.path());
        let output = shell.output().expect("a shell runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    };
    let pair = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem \
                -out own.pem -subj /CN=own -days 30";
    assert!(shell(pair).0);
    for seal in [
        "-legacy -certpbe PBE-SHA1-RC2-40",
        "-legacy -keypbe PBE-SHA1-RC4-128",
        "",
    ] {
        // Go refuses what has no integrity check.
        let made = shell(&format!(
            "openssl pkcs12 -export -nomac {seal} -inkey key.pem -in own.pem -out old.p12 \
             -passout pass:changeit"
        ));
        assert!(made.0, "{seal}: {}", made.1);
        let store = Store::open(folder.path().join("old.p12"), &["changeit".to_owned()]);
        let [who] = <[_; 1]>::try_from(who_can_open(&store.expect("a keystore").report))
            .expect("it is one keystore");
        let fixes = who.verdicts.iter().flat_map(|verdict| &verdict.reasons);
        let mut fixes =
            fixes.filter_map(|reason| reason.fix.split_once("Write the keystore again: "));
        let (_, command) = fixes.next().expect("a command");
        assert_eq!(command.contains("-legacy"), !seal.is_empty(), "{command}");
        // What it would ask at the terminal.
        let answers = "-passin pass:changeit -passout pass:changeit";
        let command = command
            .replace(" -in old.p12", &format!(" -in old.p12 {answers}"))
            .replace(" -in all.pem", &format!(" -in all.pem {answers}"));
        let (done, said) = shell(&command);
        assert!(done, "{command}: {said}");
        let new = Store::open(folder.path().join("new.p12"), &["changeit".to_owned()]);
        let held = new.expect("a keystore").report.entries;
        assert_eq!(held.len(), 2, "{seal}");
        let between = fs::read_to_string(folder.path().join("all.pem")).expect("is there");
        assert!(
            !between.contains("BEGIN PRIVATE KEY"),
            "no key lies open on the disk"
        );
    }
}

#[test]
fn java_opens_what_the_table_says() {
    if !is_java_17() {
        eprintln!("SKIPPED: the Java Development Kit 17 is not installed");
        return;
    }
    let stores: Vec<Store> = keystores()
        .into_iter()
        .filter(|store| java_type(store.report.format).is_some())
        .collect();
    let mut differences = Differences::default();
    for (store, said) in stores.iter().zip(java_says(&stores)) {
        let expected = store.expected(Opener::Java17);
        let shows = said.strip_prefix("opens\t");
        let shows: Option<usize> = shows.and_then(|entries| entries.parse().ok());
        let fits = match expected {
            // What is there is seen, and not only passed over.
            Opens::Yes => shows.is_some_and(|shown| (0 < shown) != store.report.entries.is_empty()),
            Opens::Partly => shows.is_some(),
            Opens::No => shows.is_none(),
            Opens::Unknown => true,
        };
        differences.add(
            Opener::Java17,
            store,
            fits,
            &format!("{expected:?}, and it says: {said}"),
        );
    }
    differences.settle(&[Opener::Java17]);
}

/// A keystore, the password that opens it, and what we read of it.
struct Store {
    path: PathBuf,
    password: String,
    key_password: String,
    report: Report,
}

impl Store {
    /// Opens a keystore with the password that confirms it, else with the first. `None` for other files.
    fn open(path: PathBuf, passwords: &[String]) -> Option<Self> {
        let bytes = fs::read(&path).expect("a keystore can be read");
        let with = |passwords: &[String]| {
            let passwords: Vec<Password> = passwords
                .iter()
                .map(|text| Password::from(text.as_str()))
                .collect();
            let options = Options {
                passwords: &passwords,
                ..Options::default()
            };
            inspect(&bytes, &options, None).ok()
        };
        let opens = |password: &&String| {
            with(std::slice::from_ref(*password)).is_some_and(|report| {
                let store = report.keystore.as_ref();
                store.is_some_and(|store| {
                    store.lock == Lock::Open && store.integrity != Integrity::NotVerified
                })
            })
        };
        let report = with(passwords)?;
        report.keystore.as_ref()?;
        // Of a check that cannot be read no password is known to be right, nor need it be.
        let unreadable = report
            .findings
            .iter()
            .any(|found| found.id == "mac-unreadable");
        let first = passwords.first().filter(|_| unreadable);
        let password = passwords.iter().find(opens).or(first)?.clone();
        Some(Self {
            // Keys of Java's own keystores may have a password of their own, which stands last.
            key_password: match report.format {
                Format::Pkcs12 => password.clone(),
                _ => passwords.last()?.clone(),
            },
            path,
            password,
            report,
        })
    }

    fn expected(&self, opener: Opener) -> Opens {
        let [who] = <[_; 1]>::try_from(who_can_open(&self.report)).expect("it is one keystore");
        let verdict = who.verdicts.into_iter().find(|one| one.opener == opener);
        verdict.expect("every product has a verdict").expected
    }

    fn has_pbmac1(&self) -> bool {
        let mut seals = self.report.keystore.iter().flat_map(|store| &store.seals);
        seals.any(|seal| seal.algorithm.starts_with("PBMAC1"))
    }

    /// Its name without the place where the repository lies.
    fn name(&self) -> String {
        let parts: Vec<_> = self.path.components().rev().take(3).collect();
        let parts = parts
            .into_iter()
            .rev()
            .map(|part| part.as_os_str().to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }
}

#[derive(Default)]
struct Differences {
    compared: usize,
    found: Vec<String>,
    excepted: Vec<(Opener, String)>,
}

impl Differences {
    fn add(&mut self, opener: Opener, store: &Store, fits: bool, what: &str) {
        self.compared += 1;
        if fits {
            return;
        }
        let name = store.name();
        if EXCEPTIONS
            .iter()
            .any(|(of, file, _)| *of == opener && name == *file)
        {
            self.excepted.push((opener, name));
        } else {
            self.found
                .push(format!("{}, {name}: expected {what}", opener.name()));
        }
    }

    fn settle(self, openers: &[Opener]) {
        assert!(30 <= self.compared, "only {} were compared", self.compared);
        assert!(self.found.is_empty(), "{}", self.found.join("\n"));
        if where_they_are().is_some() {
            let healed = EXCEPTIONS.iter().filter(|(opener, file, _)| {
                openers.contains(opener)
                    && !self
                        .excepted
                        .iter()
                        .any(|(of, name)| of == opener && name == file)
            });
            let healed: Vec<&str> = healed.map(|(_, file, _)| *file).collect();
            assert!(healed.is_empty(), "no exceptions any more: {healed:?}");
        }
    }
}

/// Our own vectors, and the third-party keystores where they are here.
fn keystores() -> Vec<Store> {
    let mut found = Vec::new();
    for folder in ["tests/vectors/pkcs12", "tests/vectors/jks"] {
        for path in files(&repository().join(folder)) {
            let beside = PathBuf::from(format!("{}.toml", path.display()));
            if let Ok(text) = fs::read_to_string(beside) {
                let facts: toml::Table = toml::from_str(&text).expect("it is TOML");
                let password = facts.get("password").and_then(toml::Value::as_str);
                found.push((path, vec![password.unwrap_or_default().to_owned()]));
            }
        }
    }
    for path in files(&repository().join("core/tests/vectors/seals")) {
        if path.extension().is_some_and(|extension| extension == "p12") {
            found.push((path, vec!["changeit".to_owned()]));
        }
    }
    let streamed = repository().join("core/tests/vectors/streams/sealed.p12");
    found.push((streamed, vec!["secret".to_owned()]));
    match where_they_are() {
        Some(corpora) => found.extend(third_party(&corpora)),
        None => eprintln!("SKIPPED: the third-party keystores (../shared/corpora) are not here"),
    }
    let stores = found.into_iter();
    stores
        .filter_map(|(path, passwords)| Store::open(path, &passwords))
        .collect()
}

fn third_party(corpora: &Path) -> Vec<(PathBuf, Vec<String>)> {
    let text = fs::read(corpora.join("expected.json")).expect("the expectations can be read");
    let expected: Value = serde_json::from_slice(&text).expect("they are JSON");
    let cases = expected["cases"].as_array().expect("cases are a list");
    let is_store = |case: &&Value| matches!(case["kind"].as_str(), Some("p12" | "jks" | "jceks"));
    let of = |case: &Value| {
        let known = [&case["password"], &case["key_password"]];
        let candidates = case["password_candidates"].as_array();
        let all = known.into_iter().chain(candidates.into_iter().flatten());
        let passwords: Vec<String> = all.filter_map(Value::as_str).map(str::to_owned).collect();
        (
            corpora.join(case["file"].as_str().unwrap_or_default()),
            passwords,
        )
    };
    // One is to be read without its password, which nobody wrote down.
    let known = |(_, passwords): &(PathBuf, Vec<String>)| {
        !passwords
            .iter()
            .any(|password| password.starts_with("(none"))
    };
    cases
        .iter()
        .filter(is_store)
        .map(of)
        .filter(known)
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the vectors are here");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Whether openssl shows everything in a keystore, and what it says if it does not.
fn openssl_opens(store: &Store, legacy: bool) -> (bool, String) {
    let mut command = Command::new("openssl");
    command.arg("pkcs12").arg("-in").arg(&store.path);
    command
        .args(["-nodes", "-passin"])
        .arg(format!("pass:{}", store.password));
    if legacy {
        command.arg("-legacy");
    }
    let output = command.output().expect("openssl runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().last().unwrap_or_default().to_owned();
    (output.status.success(), line)
}

fn openssl_version() -> Option<(u32, u32)> {
    let output = Command::new("openssl").arg("version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.strip_prefix("OpenSSL ")?.split('.');
    let version = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    (3 <= version.0).then_some(version)
}

fn is_java_17() -> bool {
    let output = Command::new("java").arg("-version").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stderr).contains("version \"17."))
}

fn java_type(format: Format) -> Option<&'static str> {
    match format {
        Format::Pkcs12 => Some("PKCS12"),
        Format::Jks => Some("JKS"),
        Format::Jceks => Some("JCEKS"),
        _ => None,
    }
}

/// What Java says of each keystore; one virtual machine opens them all.
fn java_says(stores: &[Store]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let list = folder.path().join("stores");
    let mut lines = String::new();
    for store in stores {
        let kind = java_type(store.report.format).expect("Java knows it");
        let path = store.path.display();
        writeln!(
            lines,
            "{kind}\t{path}\t{}\t{}",
            store.password, store.key_password
        )
        .expect("a string takes everything");
    }
    fs::write(&list, lines).expect("the list can be written");
    let output = Command::new("java")
        .arg("-Dfile.encoding=UTF-8")
        .arg(repository().join("tests/who_can_open/Opens.java"))
        .arg(&list)
        .output()
        .expect("java runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<String> = said.lines().map(str::to_owned).collect();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert_eq!(lines.len(), stores.len(), "{problem}");
    lines
}

/// The table as a document.
fn document() -> String {
    let mut text = INTRODUCTION.to_owned();
    for opener in Opener::ALL {
        write!(text, "\n## {}\n\n", opener.name()).expect("a string takes everything");
        text.push_str("| what is so of the file | expected | why | what to do | source |\n| --- | --- | --- | --- | --- |\n");
        // Rows that say the same of several facts are one row.
        let mut rows: Vec<([&str; 4], Vec<String>)> = Vec::new();
        for rule in opener_rules()
            .iter()
            .filter(|rule| rule.opener.contains(opener))
        {
            let facts: Vec<&str> = rule.facts.iter().map(|fact| fact.words()).collect();
            let facts = facts.join(", ");
            let rest = [rule.expected.word(), rule.why, rule.fix, rule.source];
            match rows.iter_mut().find(|(known, _)| *known == rest) {
                Some((_, all)) => all.push(facts),
                None => rows.push((rest, vec![facts])),
            }
        }
        for ([expected, why, fix, source], facts) in rows {
            let facts = facts.join("; or ");
            let fix = fix.replace('|', "\\|");
            writeln!(text, "| {facts} | {expected} | {why} | {fix} | {source} |")
                .expect("a string takes everything");
        }
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in opener_rules() {
        *counts.entry(rule.source).or_default() += rule.opener.len();
    }
    text.push_str("\n## Sources\n\n| source | rules |\n| --- | --- |\n");
    for (source, count) in counts {
        writeln!(text, "| {source} | {count} |").expect("a string takes everything");
    }
    text
}

const INTRODUCTION: &str = "# Who can open a keystore

What certlens expects of each product when it says who can open a keystore or a sealed key. This page is
written from the rules in `core/src/opener/rules.rs`: `CERTLENS_UPDATE=1 cargo test -p certlens-tests
--test who_can_open` writes it anew, and a test fails where the two differ.

* Every verdict is **expected**, not tried: it follows from the rules below, each with its source.
* A file that no rule of a product is about is expected to open.
* A rule holds where all that stands in its first column is so, of one sealed part and of the file
  together. Of several the worst counts: no, not known, partly, yes.
* *Not known* means that nothing can be cited. It is not a polite no.
* OpenSSL 3 and Java 17 are held against their columns over our own keystores and the third-party ones by
  the same test. What they do otherwise is mended here, or stands there as an exception with its reason.
";
