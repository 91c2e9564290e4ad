//! What DER and RFC 5280 forbid must be told, where other programs pass over it: faults that those
//! who made a file state, and faults that are put into every good certificate.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use certlens_core::{ByteRange, Certificate, Finding, Object, Options, Report, Span};

use super::checks::Outcome;
use super::expected::{Case, Stated, Verdict};
use super::reading::Reading;
use crate::{der_of_pem, repository};

pub(super) fn check(case: &Case, reading: &Reading) -> Option<Outcome> {
    let faults = case.stated().map(|stated| faults(case, stated));
    if let Some(faults) = faults.filter(|faults| !faults.is_empty()) {
        let untold = faults.iter().filter(|fault| !fault.is_told(reading));
        return Some(Outcome {
            compared: faults.len(),
            differences: untold
                .map(|fault| format!("expected a finding, found none: {}", fault.what))
                .collect(),
        });
    }
    let (digest, _) = case.decoded()?;
    let certificate = certificates(reading.report()?)
        .map(|(certificate, _)| certificate)
        .find(|it| it.fingerprints.sha256 == digest)?;
    Some(altered(&der_of_pem(&certificate.pem)))
}

/// A fault that those who made the file state.
struct Fault {
    what: String,
    field: Field,
}

/// Where a fault stands.
enum Field {
    /// Nobody says where, or it is something that is missing.
    Anywhere,
    /// By the name in `lints.toml`: `serial`, or the identifier of an extension.
    Named(String),
    /// The extension with this number, counted from 0.
    Extension(usize),
}

fn faults(case: &Case, stated: &Stated) -> Vec<Fault> {
    let rejects = [stated.outer_structure, stated.tbs].contains(&Some(Verdict::Reject));
    let mut faults = Vec::new();
    if matches!(case.kind.as_str(), "cert" | "crl") && (rejects || !stated.errors_text.is_empty()) {
        faults.push(Fault {
            what: stated.errors_text.trim().replace('\n', " "),
            field: Field::Anywhere,
        });
    }
    for lint in &stated.lints {
        let Some(field) = fields().get(&lint.lint).filter(|_| lint.status == "Error") else {
            continue;
        };
        faults.push(Fault {
            what: lint.lint.clone(),
            field: match field.as_str() {
                "anywhere" => Field::Anywhere,
                name => Field::Named(name.to_owned()),
            },
        });
    }
    for finding in &stated.findings {
        // What is said of other rules than those of X.509 is not counted.
        let counts = finding.code.starts_with("pkix.") || finding.code.starts_with("itu.");
        if counts && matches!(finding.severity.as_str(), "ERROR" | "FATAL") {
            faults.push(Fault {
                what: format!("{} {}", finding.code, finding.message),
                field: node(&finding.node_path),
            });
        }
    }
    faults
}

/// `certificate.tbsCertificate.extensions.3.extnValue` is the fourth extension.
fn node(path: &str) -> Field {
    let mut steps = path.split('.').skip(2);
    match (steps.next(), steps.next()) {
        (Some("extensions"), Some(index)) => {
            index.parse().map_or(Field::Anywhere, Field::Extension)
        }
        (Some("serialNumber"), _) => Field::Named("serial".to_owned()),
        (Some("subjectPublicKeyInfo"), _) => Field::Named("key".to_owned()),
        (Some(name @ ("subject" | "issuer" | "validity")), _) => Field::Named(name.to_owned()),
        _ => Field::Anywhere,
    }
}

/// Where in a certificate the lints of RFC 5280 and X.690 look.
fn fields() -> &'static BTreeMap<String, String> {
    static FIELDS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let path = repository().join("tests/corpora/lints.toml");
        let text = fs::read_to_string(path).expect("the lints can be read");
        toml::from_str(&text).expect("the lints are TOML")
    })
}

impl Fault {
    /// Whether there is an error, or a finding that is about this place. What only ages or is weak
    /// says nothing of a fault whose place is not known.
    fn is_told(&self, reading: &Reading) -> bool {
        let Some(report) = reading.report() else {
            return true;
        };
        if reading.complaint().is_some() {
            return true;
        }
        let anywhere = || all(report).any(|finding| !is_of_age_or_strength(finding));
        let mut certificates = certificates(report).peekable();
        if matches!(self.field, Field::Anywhere) || certificates.peek().is_none() {
            return anywhere();
        }
        certificates.any(|(certificate, findings)| {
            let places = self.field.places(certificate);
            findings.iter().any(|finding| {
                finding.at.is_some_and(|at| {
                    let whole = at.der == certificate.at.certificate.der
                        || at.der == certificate.at.tbs_certificate.der;
                    if places.is_empty() {
                        !is_of_age_or_strength(finding)
                    } else {
                        !whole && places.iter().any(|place| touch(*place, at.der))
                    }
                })
            })
        })
    }
}

impl Field {
    /// Where it stands in this certificate; nowhere, where that lacks it.
    fn places(&self, certificate: &Certificate) -> Vec<ByteRange> {
        let at = &certificate.at;
        let extensions = certificate.extensions.iter();
        let spans: Vec<Span> = match self {
            Self::Anywhere => Vec::new(),
            Self::Extension(index) => extensions.skip(*index).take(1).map(|it| it.at).collect(),
            Self::Named(name) => match name.as_str() {
                "version" => at.version.into_iter().collect(),
                "serial" => vec![at.serial],
                "issuer" => vec![at.issuer],
                "subject" => vec![at.subject],
                "validity" => vec![at.not_before, at.not_after],
                "key" => vec![at.public_key],
                oids => extensions
                    .filter(|it| oids.split(' ').any(|oid| oid == it.oid))
                    .map(|it| it.at)
                    .collect(),
            },
        };
        spans.into_iter().map(|span| span.der).collect()
    }
}

fn touch(one: ByteRange, other: ByteRange) -> bool {
    one.start < other.end && other.start < one.end
}

fn is_of_age_or_strength(finding: &Finding) -> bool {
    ["expired", "not-yet", "weak", "sha1", "md5", "short", "rsa-"]
        .iter()
        .any(|part| finding.id.contains(part))
}

fn certificates(report: &Report) -> impl Iterator<Item = (&Certificate, &[Finding])> {
    report
        .entries
        .iter()
        .filter_map(|entry| match &entry.object {
            Object::Certificate(it) => Some((&**it, entry.findings.as_slice())),
            _ => None,
        })
}

fn all(report: &Report) -> impl Iterator<Item = &Finding> {
    let of_entries = report.entries.iter().flat_map(|entry| &entry.findings);
    report.findings.iter().chain(of_entries)
}

/// Faults put into a good certificate, each of which must be told.
fn altered(der: &[u8]) -> Outcome {
    let before = told(der);
    let mut outcome = Outcome {
        compared: 0,
        differences: Vec::new(),
    };
    for (what, bytes) in alterations(der) {
        outcome.compared += 1;
        let is_told = told(&bytes)
            .iter()
            .any(|(id, count)| before.get(id).is_none_or(|before| before < count));
        if !is_told {
            outcome
                .differences
                .push(format!("expected a finding about {what}, found none"));
        }
    }
    outcome
}

fn alterations(der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut altered = vec![
        ("an octet after it", [der, &[0]].concat()),
        ("a value after it", [der, &[0x05, 0x00]].concat()),
    ];
    if let [0x30, 0x82, high, low, contents @ ..] = der {
        altered.push((
            "a length that is not minimal",
            [&[0x30, 0x83, 0, *high, *low], contents].concat(),
        ));
        altered.push((
            "an indefinite length",
            [&[0x30, 0x80], contents, &[0, 0]].concat(),
        ));
        let length = u16::from_be_bytes([*high, *low])
            .saturating_add(2)
            .to_be_bytes();
        altered.push((
            "a value after the signature",
            [&[0x30, 0x82, length[0], length[1]], contents, &[0x05, 0x00]].concat(),
        ));
    }
    altered
}

/// What is told of these bytes, and how often: the findings, or why they cannot be read.
fn told(der: &[u8]) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    let mut tell = |what: String| *told.entry(what).or_default() += 1;
    match certlens_core::inspect(der, &Options::default(), None) {
        Err(error) => tell(error.to_string()),
        Ok(report) => {
            all(&report).for_each(|finding| tell(finding.id.to_string()));
            for entry in &report.entries {
                if let Object::Unreadable(problem) = &entry.object {
                    tell(problem.message.clone());
                }
            }
        }
    }
    told
}
