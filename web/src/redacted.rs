//! Certificates as text for a ticket: what they are, without what would tell whose they are.
//!
//! Only what is named here is told. Everything that a name, serial or key could be read from, or looked
//! up by in a public log, is left out or stands as a token: the same token is the same value.

use std::collections::HashMap;

use certlens_core::{
    Algorithm, Certificate, Entry, GeneralName, GeneralNameKind, Severity, UnixTime,
};

use crate::status::Status;

/// Certificates, the one asked about first, as text without names, serials and digests.
pub fn redacted<'a>(
    entries: impl IntoIterator<Item = (&'a Entry, &'a Certificate)>,
    now: UnixTime,
) -> String {
    let mut tokens = Tokens::default();
    let parts = entries
        .into_iter()
        .map(|(entry, certificate)| part(entry, certificate, now, &mut tokens));
    let parts: Vec<String> = parts.collect();
    format!("{HEAD}\n\n{}\n", parts.join("\n\n"))
}

const HEAD: &str = "Redacted by certlens: names, serials and keys are replaced, digests left out.\n\
                    The same token is the same value.";

fn part(entry: &Entry, one: &Certificate, now: UnixTime, tokens: &mut Tokens) -> String {
    let status = Status::of_validity(one.not_before, one.not_after, now);
    let date =
        |time: Option<UnixTime>| time.map_or("not readable".to_owned(), certlens_core::words::date);
    let names = one.subject_alternative_names.iter();
    let names: Vec<String> = names.map(|name| tokens.name(name)).collect();
    let uses = one.extended_key_usage.as_deref().unwrap_or_default();
    // A purpose without a name of its own bears the number of an organisation.
    let is_public = |one: &&Algorithm| one.name != one.oid;
    let mut uses: Vec<&str> = uses
        .iter()
        .filter(is_public)
        .map(|one| &*one.name)
        .collect();
    let own = one
        .extended_key_usage
        .iter()
        .flatten()
        .filter(|one| !is_public(one))
        .count();
    uses.extend(std::iter::repeat_n("a private purpose", own));
    let limits = one.basic_constraints.as_ref().filter(|limits| limits.ca);
    let may_issue = match limits.map(|limits| limits.path_length) {
        None => "no".to_owned(),
        Some(None) => "yes".to_owned(),
        Some(Some(below)) => format!("yes, with {below} below"),
    };
    let findings = entry.findings.iter().map(|finding| {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        format!("{severity} {}", finding.id)
    });
    let findings: Vec<String> = findings.collect();
    let key = tokens.token("key", &one.fingerprints.spki_sha256);
    let lines = [
        ("Subject", tokens.token("name", &one.subject.text)),
        ("Issuer", tokens.token("name", &one.issuer.text)),
        ("Serial", tokens.token("serial", &one.serial)),
        ("Names", or_none(&names)),
        (
            "Valid",
            format!("{} to {}", date(one.not_before), date(one.not_after)),
        ),
        ("Status", format!("{}, {}", status.word, status.reason)),
        ("Key", format!("{}, {key}", one.public_key.text)),
        (
            "Private key",
            if one.private_key.is_some() {
                "here"
            } else {
                "not here"
            }
            .to_owned(),
        ),
        ("Signature", one.signature_algorithm.text()),
        ("May issue", may_issue),
        (
            "Key may",
            or_none(one.key_usage.as_deref().unwrap_or_default()),
        ),
        ("For", or_none(&uses)),
        ("Findings", or_none(&findings)),
    ];
    let lines = lines.map(|(label, value)| format!("  {label:<12} {value}"));
    format!("{}\n{}", one.role(), lines.join("\n"))
}

fn or_none<T: AsRef<str>>(values: &[T]) -> String {
    if values.is_empty() {
        return "none".to_owned();
    }
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    values.join(", ")
}

/// Tokens for values, numbered as they come.
#[derive(Default)]
struct Tokens {
    known: HashMap<(&'static str, String), usize>,
    counts: HashMap<&'static str, usize>,
}

impl Tokens {
    fn token(&mut self, kind: &'static str, value: &str) -> String {
        let count = self.counts.entry(kind).or_default();
        let number = self
            .known
            .entry((kind, value.to_owned()))
            .or_insert_with(|| {
                *count += 1;
                *count
            });
        format!("{kind}-{number}")
    }

    /// A wildcard stays one: it is what tickets are often about.
    fn name(&mut self, name: &GeneralName) -> String {
        let kind = match name.kind {
            GeneralNameKind::Dns => "host",
            GeneralNameKind::Ip => "address",
            GeneralNameKind::Email => "mailbox",
            GeneralNameKind::Uri => "uri",
            _ => "other-name",
        };
        let value = name.value.to_lowercase();
        match value.strip_prefix("*.") {
            Some(below) => format!("*.{}", self.token(kind, below)),
            None => self.token(kind, &value),
        }
    }
}

#[cfg(test)]
mod tests {
    use certlens_core::{Object, Options, inspect};

    use super::*;

    fn told() -> String {
        let report = inspect(
            include_bytes!("../../tests/vectors/pem/chain-and-key.pem"),
            &Options::default(),
            None,
        )
        .unwrap();
        let certificates = report
            .entries
            .iter()
            .filter_map(|entry| match &entry.object {
                Object::Certificate(one) => Some((entry, &**one)),
                _ => None,
            });
        redacted(certificates, UnixTime::from_seconds(1_800_000_000))
    }

    #[test]
    fn nothing_tells_whose_it_is() {
        let told = told().to_lowercase();
        for secret in ["example", "vector", "root", "leaf.", "begin", "cn="] {
            let told = told
                .replace("root certificate", "")
                .replace("server certificate", "");
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        // Nor is there a serial or a digest: no run of figures and letters as long as one.
        let longest = told
            .split(|c: char| !c.is_ascii_hexdigit())
            .map(str::len)
            .max();
        assert!(longest < Some(12), "{told}");
    }

    #[test]
    fn the_issuer_is_the_one_whose_token_it_bears() {
        let told = told();
        assert!(
            told.contains("Subject      name-1\n  Issuer       name-2"),
            "{told}"
        );
        assert!(
            told.contains("Subject      name-2\n  Issuer       name-2"),
            "{told}"
        );
        assert!(told.contains("Private key  here"), "{told}");
    }
}
