//! What `expected.json` of the corpora says of each file.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::repository;

/// The environment variable that names other files of the same layout.
pub const OTHER_FILES: &str = "CERTLENS_CORPORA";

/// Where the third-party files lie: where [`OTHER_FILES`] says, else beside the repository; nowhere,
/// where they are not.
pub fn where_they_are() -> Option<PathBuf> {
    let path = env::var_os(OTHER_FILES).map_or_else(
        || repository().join("../shared/corpora"),
        |path| repository().join(path),
    );
    path.join("expected.json").is_file().then_some(path)
}

#[derive(Deserialize)]
pub(super) struct Expected {
    pub(super) cases: Vec<Case>,
}

impl Expected {
    pub(super) fn read(corpora: &Path) -> Self {
        let text = fs::read(corpora.join("expected.json")).expect("the expectations can be read");
        serde_json::from_slice(&text).expect("they are as they were")
    }
}

/// One file.
#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) suite: String,
    pub(super) file: String,
    pub(super) kind: String,
    password: Option<String>,
    key_password: Option<String>,
    #[serde(default)]
    password_candidates: Vec<String>,
    #[serde(default)]
    expect: Option<Stated>,
    pub(super) oracle: Option<Oracle>,
}

/// What those who made the file say of it. Each suite states other things.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Stated {
    open: Option<Verdict>,
    pub(super) decode: Option<Verdict>,
    pub(super) parse: Option<Verdict>,
    pub(super) outer_structure: Option<Verdict>,
    pub(super) tbs: Option<Verdict>,
    pub(super) errors_text: String,
    pub(super) oid_in_name: Option<String>,
    pub(super) key_consistent: Option<bool>,
    #[serde(deserialize_with = "java_entries")]
    entries: Vec<JavaEntry>,
    /// Of a keystore with one entry.
    alias: Option<String>,
    chain_len: Option<usize>,
    /// The file that holds the same key, unsealed.
    pub(super) pkcs8_equals: Option<String>,
    /// What zlint must say.
    pub(super) lints: Vec<Lint>,
    /// What pkilint must say.
    pub(super) findings: Vec<Complaint>,
}

/// A lint of zlint and what it comes to.
#[derive(Deserialize)]
pub(super) struct Lint {
    pub(super) lint: String,
    pub(super) status: String,
}

/// What pkilint says.
#[derive(Deserialize)]
pub(super) struct Complaint {
    pub(super) node_path: String,
    pub(super) severity: String,
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
}

/// An entry of a Java keystore.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct JavaEntry {
    pub(super) alias: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) timestamp_ms: Option<i64>,
    pub(super) chain_sha256: Option<Vec<String>>,
    pub(super) cert_sha256: Option<String>,
    pub(super) pkcs8_sha256: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    Accept,
    Reject,
}

/// What other programs say of the file.
#[derive(Deserialize)]
pub(super) struct Oracle {
    pub(super) der_sha256: Option<String>,
    pub(super) decoded_agreed: Option<Decoded>,
    #[serde(flatten)]
    programs: BTreeMap<String, Value>,
}

/// The fields on which other programs agree. Those on which they do not are absent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Decoded {
    pub(super) serial: Option<String>,
    pub(super) not_before: Option<String>,
    pub(super) not_after: Option<String>,
    pub(super) sig_oid: Option<String>,
    pub(super) spki_oid: Option<String>,
    pub(super) version: Option<u8>,
    pub(super) subject_sha256: Option<String>,
    pub(super) issuer_sha256: Option<String>,
    pub(super) spki_sha256: Option<String>,
    pub(super) tbs_sha256: Option<String>,
    pub(super) san_dns: Option<Vec<String>>,
    pub(super) ext_oids: Option<Vec<(String, bool)>>,
    /// Absent where they do not agree, `null` where there is no such extension.
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

    pub(super) fn stated(&self) -> Option<&Stated> {
        self.expect.as_ref()
    }

    /// Whether a keystore must open: what is stated, else what some other program finds. What one
    /// opens is well-formed, although another lacks a cipher.
    pub(super) fn opens(&self) -> Option<Verdict> {
        self.stated().and_then(|stated| stated.open).or_else(|| {
            let programs = self
                .oracle
                .iter()
                .flat_map(|oracle| oracle.programs.values());
            let mut verdicts = programs
                .filter_map(|program| Verdict::deserialize(program.get("result")?).ok())
                .peekable();
            verdicts.peek()?;
            let any = verdicts.any(|verdict| verdict == Verdict::Accept);
            Some(if any {
                Verdict::Accept
            } else {
                Verdict::Reject
            })
        })
    }

    /// Digests of the certificates that must be in it.
    pub(super) fn certificates(&self) -> Vec<String> {
        let stated = self.java_entries().into_iter().flat_map(|entry| {
            entry
                .chain_sha256
                .unwrap_or_default()
                .into_iter()
                .chain(entry.cert_sha256)
        });
        let programs = self
            .oracle
            .iter()
            .flat_map(|oracle| oracle.programs.values());
        let measured = programs
            .filter_map(|program| program.get("certs_sha256")?.as_array())
            .flat_map(|digests| {
                digests
                    .iter()
                    .filter_map(Value::as_str)
                    .map(ToOwned::to_owned)
            });
        stated.chain(measured).collect()
    }

    /// Names that pyca/cryptography finds on the certificates, in hexadecimal.
    pub(super) fn friendly_names(&self) -> Vec<String> {
        let programs = self
            .oracle
            .iter()
            .flat_map(|oracle| oracle.programs.values());
        programs
            .filter_map(|program| program.get("friendly_names_hex")?.as_array())
            .flat_map(|names| {
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(ToOwned::to_owned)
            })
            .collect()
    }

    pub(super) fn java_entries(&self) -> Vec<JavaEntry> {
        let Some(stated) = self.stated() else {
            return Vec::new();
        };
        let single = stated.alias.iter().map(|alias| JavaEntry {
            alias: alias.clone(),
            ..JavaEntry::default()
        });
        stated.entries.iter().cloned().chain(single).collect()
    }

    /// How many certificates the only entry must have.
    pub(super) fn chain_length(&self) -> Option<usize> {
        self.stated()?.chain_len
    }

    /// The digest and the fields of a certificate that two other programs decode.
    pub(super) fn decoded(&self) -> Option<(&str, &Decoded)> {
        let oracle = self.oracle.as_ref()?;
        Some((
            oracle.der_sha256.as_deref()?,
            oracle.decoded_agreed.as_ref()?,
        ))
    }

    /// Whether OpenSSL refuses a certificate that two others decode; `None` for other files.
    pub(super) fn openssl_refuses_what_others_decode(&self) -> Option<bool> {
        self.decoded()?;
        let programs = &self.oracle.as_ref()?.programs;
        let (_, verdict) = programs
            .iter()
            .find(|(name, _)| name.starts_with("openssl"))?;
        Some(verdict != "accept")
    }
}

fn java_entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<JavaEntry>, D::Error> {
    // Where a suite states another thing under this name, it is none of ours.
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// A field that may be absent, where `null` is a value.
#[derive(Clone)]
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
