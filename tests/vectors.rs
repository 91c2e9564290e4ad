//! The files in `tests/vectors` hold what the `.toml` beside each says.

use std::fs;
use std::path::{Path, PathBuf};

use certlens_core::{Entry, Lock, Object, Options, Password, Problem, Report};
use certlens_tests::vector;
use serde::Deserialize;

/// What is expected of a vector.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Expected {
    /// The program and the command that made it.
    made_by: String,
    /// The password that opens it; one that does not need any has none.
    password: Option<String>,
    certificates: usize,
    keys: usize,
    unreadable: usize,
    /// The alias of at least one entry.
    alias: Option<String>,
    /// Certificates that are seen without the password.
    visible: usize,
    /// The code of the error, for a file with nothing to show.
    code: Option<String>,
}

#[test]
fn vectors_hold_what_is_written_beside_them() {
    each_vector(|bytes, expected| {
        let password = expected.password.as_deref();
        match inspect(bytes, password) {
            Err(problem) => assert_eq!(Some(problem.code), expected.code),
            Ok(report) => {
                assert_eq!(None, expected.code);
                assert!(
                    report
                        .keystore
                        .as_ref()
                        .is_none_or(|store| store.lock == Lock::Open)
                );
                assert_eq!(
                    count(&report, is_certificate),
                    expected.certificates,
                    "certificates"
                );
                assert_eq!(count(&report, is_key), expected.keys, "keys");
                assert_eq!(
                    count(&report, is_unreadable),
                    expected.unreadable,
                    "unreadable"
                );
                if let Some(alias) = &expected.alias {
                    assert!(
                        report
                            .entries
                            .iter()
                            .any(|entry| entry.alias.as_ref() == Some(alias))
                    );
                }
            }
        }
    });
}

#[test]
fn a_sealed_vector_stays_locked_without_its_password() {
    each_vector(|bytes, expected| {
        if expected.password.is_none() {
            return;
        }
        for (password, lock) in [(None, Lock::Locked), (Some("wrong"), Lock::WrongPassword)] {
            let report = inspect(bytes, password).expect("a locked keystore is a report");
            assert_eq!(report.keystore.as_ref().map(|store| store.lock), Some(lock));
            assert_eq!(
                count(&report, is_certificate),
                expected.visible,
                "certificates"
            );
        }
    });
}

#[test]
fn every_private_key_is_tied_to_its_certificate() {
    each_vector(|bytes, expected| {
        if expected.keys == 0 || expected.certificates == 0 {
            return;
        }
        let report = inspect(bytes, expected.password.as_deref()).expect("it is readable");
        // Copies of one certificate may all be tied to copies of one key.
        if report.format.is_archive() {
            return;
        }
        let tied = count(&report, |object| match object {
            Object::Certificate(certificate) => certificate.private_key.is_some(),
            _ => false,
        });
        assert_eq!(tied, expected.keys);
    });
}

#[test]
fn no_truncation_of_any_vector_panics() {
    each_vector(|bytes, expected| {
        for end in (0..bytes.len()).step_by(29) {
            let _ = inspect(&bytes[..end], expected.password.as_deref());
        }
    });
}

/// Runs a check on every vector; a failure names the vector.
fn each_vector(check: impl Fn(&[u8], &Expected)) {
    let mut vectors = 0;
    for folder in fs::read_dir(vector(""))
        .expect("there are vectors")
        .flatten()
    {
        let files = fs::read_dir(folder.path()).into_iter().flatten().flatten();
        for file in files.map(|file| file.path()).filter(|path| !is_toml(path)) {
            let bytes = fs::read(&file).expect("a vector can be read");
            let expected = expected(&file);
            assert!(
                !expected.made_by.is_empty(),
                "{}: who made it?",
                file.display()
            );
            println!("{}", file.display());
            check(&bytes, &expected);
            vectors += 1;
        }
    }
    assert!(15 <= vectors, "only {vectors} vectors were found");
}

fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
}

fn expected(file: &Path) -> Expected {
    let beside = PathBuf::from(format!("{}.toml", file.display()));
    let text = fs::read_to_string(&beside).expect("an expectation stands beside each vector");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", beside.display()))
}

fn inspect(bytes: &[u8], password: Option<&str>) -> Result<Report, Problem> {
    let passwords: Vec<Password> = password.into_iter().map(Password::from).collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    certlens_core::inspect(bytes, &options, None).map_err(|error| Problem::from(&error))
}

fn count(report: &Report, is: impl Fn(&Object) -> bool) -> usize {
    report
        .entries
        .iter()
        .filter(|Entry { object, .. }| is(object))
        .count()
}

fn is_certificate(object: &Object) -> bool {
    matches!(object, Object::Certificate(_))
}

fn is_key(object: &Object) -> bool {
    matches!(object, Object::PrivateKey(_))
}

fn is_unreadable(object: &Object) -> bool {
    matches!(object, Object::Unreadable(_))
}
