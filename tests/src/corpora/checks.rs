//! What is compared, topic by topic.

use std::collections::BTreeSet;
use std::path::Path;

use certlens_core::{
    Certificate, Entry, Finding, Format, GeneralNameKind, Integrity, KeyProof, Lock, Object,
    Options, PublicKey, Report, RowKind, Severity, TextField, UnixTime,
};
use sha2::{Digest, Sha256};

use super::expected::{Case, Decoded, JavaEntry, Verdict};
use super::reading::Reading;
use super::{made, strictness};
use crate::der_of_pem;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Nothing panics, and nothing is said that cannot be.
    Panics,
    /// Certificates that other programs decode.
    Certificates,
    /// The values in them on which other programs agree.
    Fields,
    /// PKCS#12 files that open, with all that is in them.
    Pkcs12,
    /// PKCS#12 files that must not open.
    Refused,
    /// PKCS#12 files with keys of post-quantum algorithms.
    PostQuantum,
    /// PKCS#12 files made here of keys and certificates of post-quantum algorithms.
    MadePostQuantum,
    /// Java keystores: names, chains, keys.
    Java,
    /// Oddities of PEM text.
    Pem,
    /// What DER and RFC 5280 forbid, and other programs pass over.
    Strictness,
    /// Algorithms that a file's name states.
    Algorithms,
    /// Certificate revocation lists.
    RevocationLists,
    /// Certificate requests.
    Requests,
    /// PKCS#7 and CMS.
    Pkcs7,
    /// Private and public keys.
    Keys,
    /// Text that is nothing but certificates.
    Bundles,
    /// The columns of a bundle against its rows.
    Columns,
    /// Signatures of roots and of post-quantum certificates.
    Signatures,
    /// Paths of x509-limbo.
    Limbo,
    /// Paths of NIST's PKITS, with their revocation lists.
    Pkits,
    /// Chains of `BoringSSL`: the verdict, and what it is for.
    Chains,
    /// What `BoringSSL`'s revocation lists say of a certificate.
    Revocation,
}

/// What comparing one file came to.
pub(super) struct Outcome {
    /// Things compared, as counted by the topic.
    pub(super) compared: usize,
    /// Expected and found, where they are not the same.
    pub(super) differences: Vec<String>,
}

impl Topic {
    /// Every topic, in the order in which they are told.
    pub const ALL: [Self; 22] = [
        Self::Panics,
        Self::Certificates,
        Self::Fields,
        Self::Pkcs12,
        Self::Refused,
        Self::PostQuantum,
        Self::MadePostQuantum,
        Self::Java,
        Self::Pem,
        Self::Strictness,
        Self::Algorithms,
        Self::RevocationLists,
        Self::Requests,
        Self::Pkcs7,
        Self::Keys,
        Self::Bundles,
        Self::Columns,
        Self::Signatures,
        Self::Limbo,
        Self::Pkits,
        Self::Chains,
        Self::Revocation,
    ];

    /// Its name in `exceptions.toml` and on the board.
    pub fn name(self) -> &'static str {
        match self {
            Self::Panics => "panics",
            Self::Certificates => "certificates",
            Self::Fields => "fields",
            Self::Pkcs12 => "pkcs12",
            Self::Refused => "refused",
            Self::PostQuantum => "post-quantum",
            Self::MadePostQuantum => "made-post-quantum",
            Self::Java => "java",
            Self::Pem => "pem",
            Self::Strictness => "strictness",
            Self::Algorithms => "algorithms",
            Self::RevocationLists => "revocation-lists",
            Self::Requests => "requests",
            Self::Pkcs7 => "pkcs7",
            Self::Keys => "keys",
            Self::Bundles => "bundles",
            Self::Columns => "columns",
            Self::Signatures => "signatures",
            Self::Limbo => "limbo",
            Self::Pkits => "pkits",
            Self::Chains => "chains",
            Self::Revocation => "revocation",
        }
    }

    /// Compares one file; `None` where nothing is expected of it.
    pub(super) fn check(self, corpora: &Path, case: &Case, reading: &Reading) -> Option<Outcome> {
        match self {
            Self::Panics => Some(panics(reading)),
            Self::Certificates => certificates(case, reading),
            Self::Fields => fields(case, reading),
            Self::Pkcs12 => (case.kind == "p12" && case.opens()? == Verdict::Accept)
                .then(|| opened(case, reading)),
            Self::Refused => (is_keystore(case) && case.opens()? == Verdict::Reject)
                .then(|| Outcome::one(refused(reading))),
            Self::PostQuantum => (case.kind == "p12" && is_post_quantum(case, reading))
                .then(|| opened(case, reading)),
            Self::MadePostQuantum => made::check(corpora, case),
            Self::Java => (is_java(case) && case.opens()? == Verdict::Accept)
                .then(|| java(corpora, case, reading)),
            Self::Pem => Some(Outcome::one(pem(case.stated()?.decode?, reading))),
            Self::Strictness => strictness::check(case, reading),
            Self::Algorithms => algorithm(case, reading),
            Self::RevocationLists => ((case.kind == "crl" && !is_certificate(reading))
                || case.kind == "crl-case")
                .then(|| recognised(reading, &["revocation-list"])),
            Self::Requests => {
                (case.kind == "csr").then(|| recognised(reading, &["certification-request"]))
            }
            Self::Pkcs7 => {
                (case.kind == "pkcs7" && !is_certificate(reading)).then(|| pkcs7(reading))
            }
            Self::Keys => keys(case, reading),
            Self::Bundles => (matches!(case.kind.as_str(), "bundle" | "chain" | "verify-case"))
                .then(|| bundle(reading)),
            Self::Columns => columns(reading),
            // Judged case by case, not file by file.
            Self::Signatures | Self::Limbo | Self::Pkits | Self::Chains | Self::Revocation => None,
        }
    }
}

impl Outcome {
    /// One thing was compared.
    pub(super) fn one(difference: Option<String>) -> Self {
        Self {
            compared: 1,
            differences: difference.into_iter().collect(),
        }
    }

    fn of(compared: usize, differences: Vec<String>) -> Self {
        Self {
            compared,
            differences,
        }
    }
}

fn panics(reading: &Reading) -> Outcome {
    Outcome::one(reading.result.as_ref().err().cloned())
}

fn certificates(case: &Case, reading: &Reading) -> Option<Outcome> {
    let stated = case.stated().and_then(|stated| stated.parse);
    let difference = match case.decoded() {
        Some((digest, _)) if find(reading, digest).is_none() => Some(format!(
            "expected the certificate {digest}, found {}",
            found(reading)
        )),
        Some(_) => None,
        None if case.kind == "cert" && stated == Some(Verdict::Accept) => reading.complaint(),
        None => return None,
    };
    Some(Outcome::one(difference))
}

fn fields(case: &Case, reading: &Reading) -> Option<Outcome> {
    let (digest, decoded) = case.decoded()?;
    Some(decoded.compare(find(reading, digest)?))
}

/// A keystore that must open: it does, and the certificates and names are in it.
fn opened(case: &Case, reading: &Reading) -> Outcome {
    let Some(report) = reading.report() else {
        return Outcome::one(reading.complaint());
    };
    let mut differences = missing(&case.certificates(), report);
    if !case.has_no_known_password() && !is_open(report) {
        differences.push(format!(
            "expected an open keystore, found {}",
            found(reading)
        ));
    }
    let names: BTreeSet<String> = aliases(report).map(|alias| hex(alias.as_bytes())).collect();
    for name in case.friendly_names() {
        if !name.is_empty() && !names.contains(&name) {
            differences.push(format!("expected the name {name}, found {names:?}"));
        }
    }
    Outcome::of(1, joined(differences))
}

fn java(corpora: &Path, case: &Case, reading: &Reading) -> Outcome {
    let Some(report) = reading.report() else {
        return Outcome::one(reading.complaint());
    };
    let mut differences = missing(&case.certificates(), report);
    if !case.has_no_known_password() && !is_open(report) {
        differences.push(format!(
            "expected an open keystore, found {}",
            found(reading)
        ));
    }
    for entry in case.java_entries() {
        differences.extend(java_entry(&entry, report));
    }
    if let Some(length) = case.chain_length() {
        let chain = certificates_of(report).count();
        if chain != length {
            differences.push(format!("expected {length} certificates, found {chain}"));
        }
    }
    if let Some(file) = case
        .stated()
        .and_then(|stated| stated.pkcs8_equals.as_ref())
    {
        let bytes = std::fs::read(corpora.join(file)).unwrap_or_default();
        let other = certlens_core::inspect(&bytes, &certlens_core::Options::default(), None).ok();
        let expected = other.as_ref().and_then(key_of);
        if expected.is_none() || expected != key_of(report) {
            differences.push(format!("expected the key of {file}, found another or none"));
        }
    }
    Outcome::of(1, joined(differences))
}

/// The entries of this alias hold the chain, in its order, and the key that fits it.
fn java_entry(expected: &JavaEntry, report: &Report) -> Vec<String> {
    let mut differences = Vec::new();
    let of_alias: Vec<&Entry> = report
        .entries
        .iter()
        .filter(|entry| entry.alias.as_deref() == Some(&*expected.alias))
        .collect();
    if of_alias.is_empty() {
        return vec![format!("expected the alias {}, found none", expected.alias)];
    }
    let chain: Vec<&str> = of_alias
        .iter()
        .filter_map(|entry| match &entry.object {
            Object::Certificate(certificate) => Some(certificate.fingerprints.sha256.as_str()),
            _ => None,
        })
        .collect();
    let wanted = expected.chain_sha256.clone().unwrap_or_default();
    let wanted: Vec<String> = wanted
        .into_iter()
        .chain(expected.cert_sha256.clone())
        .collect();
    if !wanted.iter().all(|digest| chain.contains(&digest.as_str()))
        || (of_alias.len() < 2 && chain != wanted)
            && expected.kind.as_deref() != Some("SecretKeyEntry")
    {
        differences.push(format!("expected the chain {wanted:?}, found {chain:?}"));
    }
    if let Some(created) = expected.timestamp_ms {
        let created = UnixTime::from_seconds(created.div_euclid(1000));
        let any = of_alias
            .iter()
            .any(|entry| entry.keystore.as_ref().and_then(|it| it.created) == Some(created));
        if !any {
            differences.push(format!("expected an entry made at {created}, found none"));
        }
    }
    if expected.pkcs8_sha256.is_some()
        && !wanted.is_empty()
        && !holds_the_key_of_its_chain(&of_alias)
    {
        differences.push(format!(
            "expected the key of {}, found another or none",
            expected.alias
        ));
    }
    differences
}

/// The digest of a private key is not told; that it fits the certificate proves which one it is.
fn holds_the_key_of_its_chain(entries: &[&Entry]) -> bool {
    entries.iter().any(|entry| match &entry.object {
        Object::Certificate(certificate) => certificate
            .private_key
            .as_ref()
            .is_some_and(|link| link.proof == KeyProof::PublicKey),
        _ => false,
    })
}

fn refused(reading: &Reading) -> Option<String> {
    let opens = reading.report().is_some_and(is_open);
    opens.then(|| "expected a refusal, found an open keystore".to_owned())
}

/// What OpenSSL decodes, we do without a word on the text; what it refuses, we show with one.
fn pem(expected: Verdict, reading: &Reading) -> Option<String> {
    let complaint = reading.complaint();
    let said: Vec<&str> = findings(reading)
        .filter(|finding| finding.id.starts_with("pem-") && finding.severity < Severity::Notice)
        .map(|finding| &*finding.id)
        .collect();
    match expected {
        Verdict::Accept if !said.is_empty() => {
            Some(format!("expected no word on the text, found {said:?}"))
        }
        Verdict::Accept => complaint,
        Verdict::Reject if complaint.is_none() && said.is_empty() => {
            Some("expected a refusal or a finding about the text, found neither".to_owned())
        }
        Verdict::Reject => None,
    }
}

fn algorithm(case: &Case, reading: &Reading) -> Option<Outcome> {
    let expected = case.stated()?.oid_in_name.as_deref()?;
    let Some(report) = reading.report() else {
        return Some(Outcome::one(reading.complaint()));
    };
    let mut oids = report.entries.iter().flat_map(|entry| match &entry.object {
        Object::Certificate(it) => vec![
            it.public_key.algorithm.oid.clone(),
            it.signature_algorithm.oid.clone(),
        ],
        object => key(object)
            .map(|key| key.algorithm.oid.clone())
            .into_iter()
            .collect(),
    });
    let is_there = oids.any(|oid| oid == expected);
    Some(Outcome::one((!is_there).then(|| {
        format!("expected {expected}, found {}", found(reading))
    })))
}

/// Whether it holds nothing but certificates: `expected.json` knows the kind of some files by their
/// names only.
fn is_certificate(reading: &Reading) -> bool {
    reading.report().is_some_and(|report| {
        let mut entries = report.entries.iter();
        matches!(report.format, Format::Pem | Format::Der)
            && 0 < entries.len()
            && entries.all(|entry| {
                !entry.path.contains("pkcs7") && matches!(entry.object, Object::Certificate(_))
            })
    })
}

/// An object of this kind is there. Bytes that are none must be told so.
fn recognised(reading: &Reading, kinds: &[&str]) -> Outcome {
    let is_there = reading.report().is_some_and(|report| {
        report
            .entries
            .iter()
            .any(|entry| kinds.contains(&&*kind(&entry.object)))
    });
    Outcome::one((!is_there).then(|| format!("expected a {}, found {}", kinds[0], found(reading))))
}

fn pkcs7(reading: &Reading) -> Outcome {
    let is_one = reading.report().is_some_and(|report| {
        report.format == Format::Pkcs7
            || report
                .entries
                .iter()
                .any(|entry| entry.path.contains("pkcs7"))
    });
    let complaint = reading.complaint();
    Outcome::one(
        complaint
            .or_else(|| (!is_one).then(|| format!("expected PKCS#7, found {}", found(reading)))),
    )
}

fn keys(case: &Case, reading: &Reading) -> Option<Outcome> {
    if case.kind != "key" {
        return None;
    }
    if case.stated().and_then(|stated| stated.key_consistent) == Some(false) {
        let is_told =
            reading.complaint().is_some() || findings(reading).any(|it| it.id.contains("key"));
        return Some(Outcome::one((!is_told).then(|| {
            "expected a finding about halves that do not fit, found none".to_owned()
        })));
    }
    Some(recognised(
        reading,
        &["private-key", "public-key", "DSA parameters"],
    ))
}

fn bundle(reading: &Reading) -> Outcome {
    let text = String::from_utf8_lossy(&reading.bytes);
    let blocks = text.matches("-----BEGIN CERTIFICATE-----").count();
    let read = reading
        .report()
        .map_or(0, |report| certificates_of(report).count());
    let differs = blocks != read;
    Outcome::of(
        blocks,
        differs
            .then(|| format!("expected {blocks} certificates, found {read}"))
            .into_iter()
            .collect(),
    )
}

/// Every line of the columns says what its row says.
fn columns(reading: &Reading) -> Option<Outcome> {
    let options = Options::default();
    let columns = certlens_core::columns(&reading.bytes, &options).ok()?;
    let contents = certlens_core::open(&reading.bytes, &options).ok()?;
    let mut differences = Vec::new();
    if columns.len() != contents.len() {
        let (found, expected) = (columns.len(), contents.len());
        differences.push(format!("expected {expected} lines, found {found}"));
    }
    for (index, (line, row)) in columns.iter().zip(contents.rows()).enumerate() {
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
        let whole = contents
            .entry(index, None)
            .and_then(|entry| match entry.object {
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
        differences.extend(
            unlike.map(|(found, expected)| format!("expected {expected:?}, found {found:?}")),
        );
    }
    Some(Outcome::of(1, joined(differences)))
}

fn is_java(case: &Case) -> bool {
    matches!(
        case.kind.as_str(),
        "jks" | "jceks" | "bks" | "uber" | "bcfks"
    )
}

fn is_keystore(case: &Case) -> bool {
    case.kind == "p12" || is_java(case)
}

/// By its suite and name, or by what is in it. NIST's arc has the algorithms of FIPS 203 to 205.
fn is_post_quantum(case: &Case, reading: &Reading) -> bool {
    let name = case.file.to_lowercase();
    let named = [
        "pq", "ml-dsa", "mldsa", "ml-kem", "mlkem", "slh-dsa", "slhdsa",
    ];
    named.iter().any(|part| name.contains(part))
        || reading.report().is_some_and(|report| {
            let mut oids = report
                .entries
                .iter()
                .filter_map(|entry| match &entry.object {
                    Object::Certificate(it) => Some(&*it.public_key.algorithm.oid),
                    object => key(object).map(|key| &*key.algorithm.oid),
                });
            oids.any(|oid| {
                let signature = oid
                    .strip_prefix("2.16.840.1.101.3.4.3.")
                    .and_then(|last| last.parse::<u32>().ok());
                signature.is_some_and(|last| 17 <= last) || oid.starts_with("2.16.840.1.101.3.4.4.")
            })
        })
}

fn find<'a>(reading: &'a Reading, digest: &str) -> Option<&'a Certificate> {
    certificates_of(reading.report()?).find(|it| it.fingerprints.sha256 == digest)
}

fn certificates_of(report: &Report) -> impl Iterator<Item = &Certificate> {
    report
        .entries
        .iter()
        .filter_map(|entry| match &entry.object {
            Object::Certificate(certificate) => Some(&**certificate),
            _ => None,
        })
}

fn aliases(report: &Report) -> impl Iterator<Item = &str> {
    report
        .entries
        .iter()
        .filter_map(|entry| entry.alias.as_deref())
}

fn findings(reading: &Reading) -> impl Iterator<Item = &Finding> {
    reading.report().into_iter().flat_map(|report| {
        let of_entries = report.entries.iter().flat_map(|entry| &entry.findings);
        report.findings.iter().chain(of_entries)
    })
}

fn key_of(report: &Report) -> Option<&PublicKey> {
    report.entries.iter().find_map(|entry| key(&entry.object))
}

pub(super) fn key(object: &Object) -> Option<&PublicKey> {
    match object {
        Object::PrivateKey(key) => key.public_key.as_ref(),
        Object::PublicKey(key) => Some(&key.public_key),
        _ => None,
    }
}

fn missing(expected: &[String], report: &Report) -> Vec<String> {
    let here: BTreeSet<&str> = certificates_of(report)
        .map(|it| it.fingerprints.sha256.as_str())
        .collect();
    expected
        .iter()
        .filter(|digest| !here.contains(digest.as_str()))
        .map(|digest| format!("expected the certificate {digest}, found none"))
        .collect()
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

/// What kind of thing it is, in the words of the JSON; of things not taken apart, in their own.
fn kind(object: &Object) -> String {
    match object {
        Object::Other(other) => other.what.clone(),
        object => serde_json::to_value(object).map_or_else(
            |_| String::new(),
            |json| json["kind"].as_str().unwrap_or_default().to_owned(),
        ),
    }
}

/// What was read, in one line.
fn found(reading: &Reading) -> String {
    match (reading.complaint(), reading.report()) {
        (Some(complaint), _) => complaint,
        (None, Some(report)) => {
            let kinds: BTreeSet<String> = report
                .entries
                .iter()
                .map(|entry| kind(&entry.object))
                .collect();
            format!("{} with {kinds:?}", report.format.name())
        }
        (None, None) => "nothing".to_owned(),
    }
}

/// One line, since one thing was compared.
fn joined(differences: Vec<String>) -> Vec<String> {
    if differences.is_empty() {
        return differences;
    }
    vec![differences.join("; ")]
}

pub(super) fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

/// Compares value by value.
struct Values {
    compared: usize,
    differences: Vec<String>,
}

impl Values {
    fn expect(&mut self, what: &str, expected: Option<String>, found: &str) {
        let Some(expected) = expected else {
            return;
        };
        self.compared += 1;
        if expected != found {
            self.differences
                .push(format!("{what}: expected {expected}, found {found}"));
        }
    }
}

impl Decoded {
    fn compare(&self, found: &Certificate) -> Outcome {
        let mut values = Values {
            compared: 0,
            differences: Vec::new(),
        };
        let instant = |time: Option<UnixTime>| time.map_or_else(String::new, |it| it.to_string());
        let dns = found.subject_alternative_names.iter();
        let dns = dns.filter(|name| name.kind == GeneralNameKind::Dns);
        let extensions: Vec<_> = found
            .extensions
            .iter()
            .map(|it| (it.oid.clone(), it.critical))
            .collect();
        let constraints = found
            .basic_constraints
            .as_ref()
            .map(|it| (it.ca, it.path_length));
        let der = der_of_pem(&found.pem);
        let digest = |span: certlens_core::Span| {
            let range = usize::try_from(span.der.start).ok()..usize::try_from(span.der.end).ok();
            let octets = der.get(range.start.unwrap_or(usize::MAX)..range.end.unwrap_or(0));
            octets.map_or_else(String::new, |octets| hex(&Sha256::digest(octets)))
        };
        values.expect("serial", self.serial.clone(), &plain(&found.serial));
        values.expect(
            "notBefore",
            self.not_before.as_deref().map(four_digits),
            &instant(found.not_before),
        );
        values.expect(
            "notAfter",
            self.not_after.as_deref().map(four_digits),
            &instant(found.not_after),
        );
        values.expect(
            "signature",
            self.sig_oid.clone(),
            &found.signature_algorithm.oid,
        );
        values.expect(
            "key",
            self.spki_oid.clone(),
            &found.public_key.algorithm.oid,
        );
        values.expect(
            "version",
            self.version.map(|it| it.to_string()),
            &found.version.to_string(),
        );
        values.expect(
            "subject",
            self.subject_sha256.clone(),
            &digest(found.at.subject),
        );
        values.expect(
            "issuer",
            self.issuer_sha256.clone(),
            &digest(found.at.issuer),
        );
        values.expect(
            "what is signed",
            self.tbs_sha256.clone(),
            &digest(found.at.tbs_certificate),
        );
        values.expect(
            "key digest",
            self.spki_sha256.clone(),
            &found.fingerprints.spki_sha256,
        );
        values.expect(
            "names",
            self.san_dns.as_ref().map(|names| sorted(names.iter())),
            &sorted(dns.map(|name| &name.value)),
        );
        values.expect(
            "extensions",
            self.ext_oids.as_ref().map(|all| format!("{all:?}")),
            &format!("{extensions:?}"),
        );
        values.expect(
            "authority",
            self.ca.0.as_ref().map(|it| format!("{it:?}")),
            &format!("{constraints:?}"),
        );
        Outcome::of(values.compared, values.differences)
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
