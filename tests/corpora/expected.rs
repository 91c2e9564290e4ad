//! What `expected.json` of the corpora says of each file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct Expected {
    pub(super) cases: Vec<Case>,
}

/// One file.
#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) file: String,
    pub(super) kind: String,
    password: Option<String>,
    key_password: Option<String>,
    #[serde(default)]
    password_candidates: Vec<String>,
    #[serde(default, deserialize_with = "where_understood")]
    expect: Option<Stated>,
    pub(super) oracle: Option<Oracle>,
}

/// What those who made the file say of it.
#[derive(Deserialize)]
struct Stated {
    open: Option<Verdict>,
    decode: Option<Verdict>,
    #[serde(default)]
    entries: Vec<JavaEntry>,
}

/// An entry of a Java keystore.
#[derive(Deserialize)]
pub(super) struct JavaEntry {
    pub(super) alias: String,
    #[serde(default)]
    chain_sha256: Vec<String>,
    cert_sha256: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    Accept,
    Reject,
}

/// What other programs say of the file.
#[derive(Deserialize)]
pub(super) struct Oracle {
    pub(super) der_sha256: Option<String>,
    #[serde(default, deserialize_with = "where_understood")]
    pub(super) decoded_agreed: Option<Decoded>,
    #[serde(flatten)]
    programs: BTreeMap<String, Value>,
}

/// The fields on which other programs agree. Those on which they do not are absent.
#[derive(Deserialize)]
pub(super) struct Decoded {
    pub(super) serial: Option<String>,
    pub(super) not_before: Option<String>,
    pub(super) not_after: Option<String>,
    pub(super) sig_oid: Option<String>,
    pub(super) spki_oid: Option<String>,
    pub(super) version: Option<u8>,
    pub(super) spki_sha256: Option<String>,
    pub(super) san_dns: Option<Vec<String>>,
    pub(super) ext_oids: Option<Vec<(String, bool)>>,
    /// Absent where they do not agree, `null` where there is no such extension.
    #[serde(default)]
    pub(super) ca: Agreed<Option<(bool, Option<u32>)>>,
}

impl Case {
    pub(super) fn bytes(&self, corpora: &Path) -> Vec<u8> {
        fs::read(corpora.join(&self.file)).expect("a file of the corpora can be read")
    }

    pub(super) fn passwords(&self) -> Vec<&str> {
        let known = self.password.iter().chain(&self.key_password);
        known
            .chain(&self.password_candidates)
            .map(String::as_str)
            .collect()
    }

    /// Whether it was made with a password that nobody wrote down.
    pub(super) fn has_no_known_password(&self) -> bool {
        self.password
            .as_deref()
            .is_none_or(|text| text.starts_with("(none"))
            && self.password_candidates.is_empty()
    }

    /// What is stated, else what the other programs do where all do the same.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.expect
            .as_ref()
            .and_then(|stated| stated.open)
            .or_else(|| {
                let oracle = self.oracle.as_ref()?;
                let mut results = oracle
                    .programs
                    .values()
                    .filter_map(|program| program.get("result"));
                let first = results.next()?;
                let agree = results.all(|result| result == first);
                agree.then(|| Verdict::deserialize(first).ok())?
            })
    }

    /// Whether OpenSSL reads it, of those files that its own tests of PEM text are made of.
    pub(super) fn pem_verdict(&self) -> Option<Verdict> {
        let stated = self.expect.as_ref()?.decode;
        stated.filter(|_| self.file.starts_with("openssl-pem/"))
    }

    /// Digests of the certificates that must be in it.
    pub(super) fn certificates(&self) -> Vec<&str> {
        let stated = self.java_entries().iter().flat_map(|entry| {
            entry
                .chain_sha256
                .iter()
                .chain(&entry.cert_sha256)
                .map(String::as_str)
        });
        let programs = self
            .oracle
            .iter()
            .flat_map(|oracle| oracle.programs.values());
        let measured = programs
            .filter_map(|program| program.get("certs_sha256")?.as_array())
            .flat_map(|digests| digests.iter().filter_map(Value::as_str));
        stated.chain(measured).collect()
    }

    pub(super) fn java_entries(&self) -> &[JavaEntry] {
        self.expect.as_ref().map_or(&[], |stated| &stated.entries)
    }
}

impl Oracle {
    /// Whether every program that gave a verdict on the certificate took it.
    pub(super) fn all_accept(&self) -> bool {
        let mut verdicts = self.programs.values().filter_map(Value::as_str).peekable();
        verdicts.peek().is_some() && verdicts.all(|verdict| verdict == "accept")
    }
}

/// Other suites state other things in the same place.
fn where_understood<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

/// A field that may be absent, where `null` is a value.
pub(super) struct Agreed<T>(pub(super) Option<T>);

impl<T> Default for Agreed<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Agreed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}
