//! Third-party files, read as those who collected them and three other programs say.
//!
//! The files lie beside the repository and are no part of it; without them these tests say so and
//! pass. What we read otherwise, and why, stands in `exceptions.toml`; an exception that is
//! none any more fails the run.

mod expected;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic;
use std::path::Path;
use std::time::{Duration, Instant};

use certlens_core::{
    Certificate, GeneralNameKind, Integrity, Lock, Object, Options, Password, Problem, Report,
    RowKind, Severity, TextField, UnixTime,
};
use certlens_tests::{corpora, repository};

use self::expected::{Case, Decoded, Expected, JavaEntry, Verdict};

#[test]
fn no_file_panics_or_takes_long() {
    let Some(corpora) = corpora_or_say_so() else {
        return;
    };
    let cases = cases(&corpora);
    let mut faults = Vec::new();
    for case in &cases {
        let bytes = case.bytes(&corpora);
        let started = Instant::now();
        if panic::catch_unwind(|| inspect(&bytes, &case.passwords()).map(drop)).is_err() {
            faults.push(format!("{}: panicked", case.file));
        }
        let elapsed = started.elapsed();
        if Duration::from_secs(10) < elapsed {
            faults.push(format!("{}: took {elapsed:?}", case.file));
        }
    }
    println!("{} files", cases.len());
    assert!(
        7000 < cases.len() && faults.is_empty(),
        "{}",
        faults.join("\n")
    );
}

#[test]
fn certificates_are_read_as_other_programs_read_them() {
    compare("certificates", |case, bytes| {
        let oracle = case.oracle.as_ref()?;
        let fingerprint = oracle.der_sha256.as_ref()?;
        if !oracle.all_accept() {
            return None;
        }
        let Some(certificate) = certificate(bytes, fingerprint) else {
            return Some(vec!["expected a certificate, found none".to_owned()]);
        };
        Some(oracle.decoded_agreed.as_ref()?.differences(&certificate))
    });
}

#[test]
fn keystores_open_or_stay_shut_as_stated() {
    compare("keystores", |case, bytes| {
        if !matches!(case.kind.as_str(), "p12" | "jks" | "jceks") {
            return None;
        }
        let report = inspect(bytes, &case.passwords());
        match case.verdict()? {
            Verdict::Reject if report.as_ref().is_ok_and(is_open) => Some(vec![
                "expected a refusal, found an open keystore".to_owned(),
            ]),
            Verdict::Reject => Some(Vec::new()),
            Verdict::Accept => Some(match report {
                Err(problem) => vec![format!("expected a keystore, found: {}", problem.message)],
                Ok(report) => store_differences(case, &report),
            }),
        }
    });
}

#[test]
fn pem_text_is_read_and_what_openssl_refuses_of_it_is_said() {
    compare("pem", |case, bytes| {
        let verdict = case.pem_verdict()?;
        let report = match inspect(bytes, &case.passwords()) {
            Ok(report) => report,
            Err(problem) => return Some(vec![problem.message]),
        };
        let is_read = report.lock() == Lock::Open
            && report
                .entries
                .iter()
                .all(|entry| !matches!(entry.object, Object::Unreadable(_)));
        let findings = report.entries.iter().flat_map(|entry| &entry.findings);
        let said: Vec<&str> = findings
            .filter(|finding| finding.id.starts_with("pem-") && finding.severity < Severity::Notice)
            .map(|finding| finding.id.as_str())
            .collect();
        let is_right = match verdict {
            Verdict::Accept => is_read && said.is_empty(),
            Verdict::Reject => !is_read || !said.is_empty(),
        };
        let fault = format!("read: {is_read}, said: {said:?}");
        Some(if is_right { Vec::new() } else { vec![fault] })
    });
}

#[test]
fn columns_say_what_rows_say() {
    compare("columns", |case, bytes| {
        let options = Options::default();
        let columns = certlens_core::columns(bytes, &options).ok()?;
        let contents = certlens_core::open(bytes, &options).ok()?;
        let mut differences = Vec::new();
        if columns.len() != contents.len() {
            let (found, expected) = (columns.len(), contents.len());
            differences.push(format!("{}: {found} lines, not {expected}", case.file));
        }
        for (index, (line, row)) in columns.iter().zip(contents.rows()).enumerate() {
            let entry = contents.entry(index, None);
            let names: Vec<String> = row
                .names
                .iter()
                .map(|it| it.replace('\n', "\u{2424}"))
                .collect();
            let found = [
                format!("{:?}", line.kind()),
                line.text(TextField::Name).to_owned(),
                line.text(TextField::Issuer).to_owned(),
                line.text(TextField::Subject).to_owned(),
                line.text(TextField::Serial).to_owned(),
                line.text(TextField::Key).to_owned(),
                line.text(TextField::Note).to_owned(),
                line.names().collect::<Vec<_>>().join("\n"),
                format!("{:?}", (line.not_before(), line.not_after())),
                format!("{:?}", (line.is_ca(), line.is_self_issued())),
            ];
            let whole = entry.and_then(|entry| match entry.object {
                Object::Certificate(it) => Some((it.issuer.text, it.subject.text)),
                _ => None,
            });
            let (issuer, subject) = match (whole, row.kind) {
                (Some(names), _) => names,
                // What is no certificate in full has a line all the same.
                (None, RowKind::Certificate) => (found[2].clone(), found[3].clone()),
                (None, _) => (row.issuer, String::new()),
            };
            let expected = [
                format!("{:?}", row.kind),
                row.name,
                issuer,
                subject,
                row.serial,
                row.key,
                row.note.unwrap_or_default(),
                names.join("\n"),
                format!("{:?}", (row.not_before, row.not_after)),
                format!("{:?}", (row.ca, row.self_issued)),
            ];
            let pairs = found.into_iter().zip(expected);
            let unlike = pairs.filter(|(found, expected)| found != expected);
            differences.extend(unlike.map(|(one, two)| format!("{one:?} is not {two:?}")));
        }
        Some(differences)
    });
}

#[test]
fn every_root_of_a_bundle_is_a_certificate() {
    let Some(corpora) = corpora_or_say_so() else {
        return;
    };
    let bytes = fs::read(corpora.join("roots/certifi-cacert.pem")).expect("the bundle is there");
    let blocks = String::from_utf8_lossy(&bytes)
        .matches("-----BEGIN CERTIFICATE-----")
        .count();
    let report = inspect(&bytes, &[]).expect("it is a bundle of certificates");
    assert_eq!(report.entries.len(), blocks);
    for entry in &report.entries {
        assert!(
            matches!(entry.object, Object::Certificate(_)),
            "{}",
            entry.path
        );
    }
}

/// Runs a check on every file that it knows an expectation of, and compares what differs with the
/// exceptions.
fn compare(topic: &str, check: impl Fn(&Case, &[u8]) -> Option<Vec<String>>) {
    let Some(corpora) = corpora_or_say_so() else {
        return;
    };
    let exceptions = exceptions(topic);
    let (mut checked, mut faults, mut excepted) = (0, Vec::new(), BTreeSet::new());
    for case in &cases(&corpora) {
        let Some(differences) = check(case, &case.bytes(&corpora)) else {
            continue;
        };
        checked += 1;
        match (differences.is_empty(), exceptions.get(&case.file)) {
            (false, Some(_)) => {
                excepted.insert(case.file.clone());
            }
            (false, None) => faults.push(format!("{}: {}", case.file, differences.join("; "))),
            (true, _) => {}
        }
    }
    let healed = exceptions.keys().filter(|file| !excepted.contains(*file));
    faults.extend(healed.map(|file| format!("{file}: no exception any more, strike it out")));
    println!(
        "{topic}: {checked} files compared, {} exceptions",
        excepted.len()
    );
    assert!(0 < checked, "nothing was compared");
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn cases(corpora: &Path) -> Vec<Case> {
    let text = fs::read(corpora.join("expected.json")).expect("the expectations can be read");
    let Expected { cases } = serde_json::from_slice(&text).expect("they are as they were");
    cases
}

/// File names with the reason why we read them otherwise.
fn exceptions(topic: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(repository().join("tests/corpora/exceptions.toml"))
        .expect("the exceptions can be read");
    let mut topics: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(&text).expect("the exceptions are TOML");
    topics.remove(topic).unwrap_or_default()
}

fn corpora_or_say_so() -> Option<std::path::PathBuf> {
    let found = corpora();
    if found.is_none() {
        println!("SKIPPED: the third-party files (../shared/corpora) are not here");
        eprintln!("SKIPPED: the third-party files (../shared/corpora) are not here");
    }
    found
}

fn inspect(bytes: &[u8], passwords: &[&str]) -> Result<Report, Problem> {
    let passwords: Vec<Password> = passwords.iter().map(|&text| Password::from(text)).collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    certlens_core::inspect(bytes, &options, Some(UnixTime::from_seconds(1_795_000_000)))
        .map_err(|error| Problem::from(&error))
}

fn certificates(report: &Report) -> impl Iterator<Item = &Certificate> {
    report
        .entries
        .iter()
        .filter_map(|entry| match &entry.object {
            Object::Certificate(certificate) => Some(&**certificate),
            _ => None,
        })
}

fn certificate(bytes: &[u8], fingerprint: &str) -> Option<Certificate> {
    let report = inspect(bytes, &[]).ok()?;
    certificates(&report)
        .find(|it| it.fingerprints.sha256 == fingerprint)
        .cloned()
}

/// Whether all of it was read, and nothing speaks against its being whole.
fn is_open(report: &Report) -> bool {
    let is_unlocked = report
        .keystore
        .as_ref()
        .is_some_and(|store| store.lock == Lock::Open && store.integrity != Integrity::NotVerified);
    is_unlocked
        && !report
            .entries
            .iter()
            .any(|entry| matches!(entry.object, Object::Unreadable(_)))
}

fn store_differences(case: &Case, report: &Report) -> Vec<String> {
    let mut differences = Vec::new();
    let found: BTreeSet<&str> = certificates(report)
        .map(|it| it.fingerprints.sha256.as_str())
        .collect();
    for expected in case.certificates() {
        if !found.contains(expected) {
            differences.push(format!("expected the certificate {expected}, found none"));
        }
    }
    if !case.has_no_known_password() && !is_open(report) {
        differences.push(format!(
            "expected an open keystore, found {:?}",
            report.keystore
        ));
    }
    for JavaEntry { alias, .. } in case.java_entries() {
        if !report
            .entries
            .iter()
            .any(|entry| entry.alias.as_deref() == Some(alias))
        {
            differences.push(format!("expected the alias {alias}, found none"));
        }
    }
    differences
}

impl Decoded {
    fn differences(&self, found: &Certificate) -> Vec<String> {
        let mut differences = Vec::new();
        let mut expect = |what: &str, expected: Option<String>, found: String| {
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                differences.push(format!("{what}: expected {expected}, found {found}"));
            }
        };
        let instant = |time: Option<UnixTime>| time.map_or_else(String::new, |it| it.to_string());
        let dns = found.subject_alternative_names.iter();
        let dns = dns.filter(|name| name.kind == GeneralNameKind::Dns);
        let extensions = found
            .extensions
            .iter()
            .map(|it| (it.oid.clone(), it.critical));
        expect("serial", self.serial.clone(), plain(&found.serial));
        expect(
            "notBefore",
            self.not_before.as_deref().map(four_digits),
            instant(found.not_before),
        );
        expect(
            "notAfter",
            self.not_after.as_deref().map(four_digits),
            instant(found.not_after),
        );
        expect(
            "signature",
            self.sig_oid.clone(),
            found.signature_algorithm.oid.clone(),
        );
        expect(
            "key",
            self.spki_oid.clone(),
            found.public_key.algorithm.oid.clone(),
        );
        expect(
            "version",
            self.version.map(|it| it.to_string()),
            found.version.to_string(),
        );
        expect(
            "key digest",
            self.spki_sha256.clone(),
            found.fingerprints.spki_sha256.clone(),
        );
        expect(
            "names",
            self.san_dns.as_ref().map(|names| sorted(names.iter())),
            sorted(dns.map(|name| &name.value)),
        );
        expect(
            "extensions",
            self.ext_oids.as_ref().map(|all| format!("{all:?}")),
            format!("{:?}", extensions.collect::<Vec<_>>()),
        );
        expect(
            "authority",
            self.ca.0.as_ref().map(|it| format!("{it:?}")),
            format!(
                "{:?}",
                found
                    .basic_constraints
                    .as_ref()
                    .map(|it| (it.ca, it.path_length))
            ),
        );
        differences
    }
}

/// The other programs print names sorted, and we in their order.
fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> String {
    format!("{:?}", names.collect::<BTreeSet<_>>())
}

/// The other programs print the year 1 with one digit.
fn four_digits(instant: &str) -> String {
    format!("{instant:0>20}")
}

/// A number in hexadecimal without leading zeros, as the other programs print it.
fn plain(serial: &str) -> String {
    let (sign, digits) = match serial.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", serial),
    };
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => format!("{sign}{digits}"),
    }
}
