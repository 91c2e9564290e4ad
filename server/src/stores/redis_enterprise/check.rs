//! Whether a certificate that was sent may replace the one that is there.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use certlens_core::{
    Certificate, Entry, Format, KeyProof, Lock, Object, Options, PrivateKey, Report, UnixTime,
};
use certlens_dialect::redis_enterprise::Key;
use zeroize::Zeroizing;

use super::signature::is_anothers;
use super::{Internode, Pair, Update};

/// A certificate that may be written, with its key: PEM text of nothing else, lines ended by LF.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) certificate: String,
    /// Absent where the key that is there stays, and where none belongs.
    pub(super) key: Option<Zeroizing<String>>,
}

/// One thing that is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) kind: ReasonKind,
    /// A sentence.
    pub(crate) text: String,
}

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReasonKind {
    /// The text holds no certificate at all.
    NoCertificate,
    /// The certificate, its chain or its key cannot be used.
    Invalid,
    /// There is no key for it.
    MissingKey,
    /// The key is another certificate's.
    KeyMismatch,
    /// It was valid once.
    Expired,
}

/// Looks at everything, so that all that is wrong is told at once.
pub(super) fn check(
    update: &Update,
    held: Option<&Pair>,
    now: UnixTime,
) -> Result<Checked, Vec<Reason>> {
    let found = certificates(&update.certificate).map_err(|reason| vec![reason])?;
    let pem: String = found.iter().map(|one| one.pem.as_str()).collect();
    let mut reasons = Vec::new();
    let mut key = None;
    match (update.name.key, &update.key) {
        (Key::Held, given) => match own_key(given.as_ref(), held, &pem) {
            Ok(own) => key = own,
            Err(reason) => reasons.push(reason),
        },
        (Key::Elsewhere, None) => {}
        (Key::Elsewhere, Some(_)) => reasons.push(invalid(
            "no private key belongs to it: leave `key` out, and keep the key where it is",
        )),
    }
    if update.name.key == Key::Held {
        reasons.extend(broken_chain(&found));
    }
    reasons.extend(out_of_time(&found, now));
    if Internode::find(update.name.name).is_some() {
        reasons.extend(found.first().and_then(no_client));
    }
    if reasons.is_empty() {
        Ok(Checked {
            certificate: pem,
            key,
        })
    } else {
        Err(reasons)
    }
}

/// The certificates in a PEM text, which holds nothing else.
pub(super) fn certificates(text: &str) -> Result<Vec<Certificate>, Reason> {
    let none = || Reason {
        kind: ReasonKind::NoCertificate,
        text: "the text holds no certificate; expected PEM, `-----BEGIN CERTIFICATE-----`".into(),
    };
    let report = match read(text) {
        Ok(report) if report.format == Format::Pem => report,
        Err(error) if text.contains("CERTIFICATE-----") => return Err(invalid(error)),
        _ => return Err(none()),
    };
    let mut found = Vec::new();
    let mut other = None;
    for Entry { object, path, .. } in report.entries {
        let wrong = match object {
            Object::Certificate(certificate) => {
                found.push(*certificate);
                continue;
            }
            Object::PrivateKey(_) => {
                "a private key stands in the text of the certificate: send it as `key`".to_owned()
            }
            Object::Unreadable(problem) => format!("{path} cannot be read: {}", problem.message),
            _ => format!("{path} is no certificate"),
        };
        other.get_or_insert(invalid(wrong));
    }
    match other {
        Some(reason) => Err(reason),
        None if found.is_empty() => Err(none()),
        None => Ok(found),
    }
}

/// A pair that lies on the disk, in the form that is written; as it lies there where it has none.
pub(super) fn normal(pair: &Pair) -> (String, Option<Zeroizing<String>>) {
    let certificate = certificates(&pair.certificate).map_or_else(
        |_| pair.certificate.clone(),
        |found| found.iter().map(|one| one.pem.as_str()).collect(),
    );
    let key = pair.key.as_ref().and_then(|key| only_key(key).ok());
    (certificate, key)
}

/// The key to write: the one that was given, or none when the one that is there fits.
fn own_key(
    given: Option<&Zeroizing<String>>,
    held: Option<&Pair>,
    pem: &str,
) -> Result<Option<Zeroizing<String>>, Reason> {
    if let Some(given) = given {
        let key = only_key(given)?;
        return if fits(pem, &key) {
            Ok(Some(key))
        } else {
            Err(mismatch("the private key is another certificate's"))
        };
    }
    let Some(held) = held.and_then(|pair| pair.key.as_ref()) else {
        return Err(Reason {
            kind: ReasonKind::MissingKey,
            text: "`key` is missing, and there is no private key here that could stay".into(),
        });
    };
    match only_key(held) {
        Ok(key) if fits(pem, &key) => Ok(None),
        _ => Err(mismatch(
            "`key` is missing, and the private key that is here is another certificate's",
        )),
    }
}

/// The one private key in a PEM text, as PEM of nothing else.
fn only_key(text: &str) -> Result<Zeroizing<String>, Reason> {
    let report = read(text).map_err(|error| invalid(format!("the key cannot be read: {error}")))?;
    let mut keys = report
        .entries
        .iter()
        .filter_map(|entry| match &entry.object {
            Object::PrivateKey(key) => Some((key, entry.place)),
            _ => None,
        });
    let (Some((key, place)), None) = (keys.next(), keys.next()) else {
        return Err(invalid(
            match report.entries.first().map(|entry| &entry.object) {
                Some(Object::Unreadable(problem)) => {
                    format!("the key cannot be read: {}", problem.message)
                }
                _ => "expected one private key as PEM in `key`".to_owned(),
            },
        ));
    };
    if let Some(reason) = unusable(key) {
        return Err(invalid(reason));
    }
    let start = usize::try_from(place.start).unwrap_or(usize::MAX);
    let end = usize::try_from(place.end).unwrap_or(usize::MAX);
    let block = text.get(start..end).and_then(rewrap);
    block.ok_or_else(|| invalid("expected the key as PEM, `-----BEGIN PRIVATE KEY-----`"))
}

fn unusable(key: &PrivateKey) -> Option<&'static str> {
    if key.lock != Lock::Open || key.seal.is_some() {
        return Some("the private key is sealed with a password: send it without");
    }
    if key
        .public_key
        .as_ref()
        .is_none_or(|of| of.identity.is_none())
    {
        return Some("the private key is of a kind that cannot be compared with its certificate");
    }
    None
}

/// A PEM block with lines of 64 characters, ended by LF.
fn rewrap(block: &str) -> Option<Zeroizing<String>> {
    let rest = block.trim_start().strip_prefix("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let body: Zeroizing<String> = Zeroizing::new(body.split_whitespace().collect());
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, lenient);
    let der = Zeroizing::new(engine.decode(&*body).ok()?);
    let body = Zeroizing::new(STANDARD.encode(&*der));
    let mut pem = Zeroizing::new(String::with_capacity(body.len() * 2 + 128));
    for part in ["-----BEGIN ", label, "-----\n"] {
        pem.push_str(part);
    }
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    for part in ["-----END ", label, "-----\n"] {
        pem.push_str(part);
    }
    Some(pem)
}

/// Whether the key is that of the first certificate, by its public half.
pub(super) fn fits(pem: &str, key: &str) -> bool {
    let both = Zeroizing::new(format!("{pem}{key}"));
    let report = read(&both).ok();
    let first = report.as_ref().and_then(|report| report.entries.first());
    first.is_some_and(|entry| match &entry.object {
        Object::Certificate(certificate) => certificate
            .private_key
            .as_ref()
            .is_some_and(|key| key.proof == KeyProof::PublicKey),
        _ => false,
    })
}

/// Each certificate is followed by the one that issued it; the root may be left out.
fn broken_chain(found: &[Certificate]) -> Option<Reason> {
    let issuers = found.iter().skip(1).map(Some).chain([None]);
    for (at, (one, issuer)) in (1..).zip(found.iter().zip(issuers)) {
        let signer = match issuer {
            Some(issuer) if !is_issuer(issuer, one) => {
                return Some(invalid(format!(
                    "certificate {} ({}) did not issue certificate {at} ({}), whose issuer is {}: \
                     order them from the leaf to the root",
                    at + 1,
                    issuer.subject.text,
                    one.subject.text,
                    one.issuer.text,
                )));
            }
            Some(issuer) => issuer,
            None if one.self_issued => one,
            None => continue,
        };
        if is_anothers(one, signer) {
            return Some(invalid(format!(
                "the signature of certificate {at} ({}) was not made with the key of {}",
                one.subject.text, signer.subject.text,
            )));
        }
    }
    None
}

fn is_issuer(issuer: &Certificate, of: &Certificate) -> bool {
    let identifiers = (&of.authority_key_identifier, &issuer.subject_key_identifier);
    issuer.subject.text == of.issuer.text
        && !matches!(identifiers, (Some(wanted), Some(found)) if wanted != found)
}

fn out_of_time(found: &[Certificate], now: UnixTime) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for (at, one) in (1..).zip(found) {
        let who = &one.subject.text;
        if let Some(end) = one.not_after.filter(|&end| end < now) {
            reasons.push(Reason {
                kind: ReasonKind::Expired,
                text: format!("certificate {at} ({who}) expired at {end}"),
            });
        }
        if let Some(start) = one.not_before.filter(|&start| now < start) {
            reasons.push(invalid(format!(
                "certificate {at} ({who}) is not valid before {start}"
            )));
        }
        if one.not_after.is_none() || one.not_before.is_none() {
            reasons.push(invalid(format!(
                "certificate {at} ({who}) names no period of validity that exists"
            )));
        }
    }
    // What is over weighs more than what is not yet.
    reasons.sort_by_key(|reason| reason.kind != ReasonKind::Expired);
    reasons
}

/// Nodes are clients of each other. Without that purpose they stop talking when it is installed.
fn no_client(leaf: &Certificate) -> Option<Reason> {
    let purposes = leaf.extended_key_usage.as_ref()?;
    let fit = purposes
        .iter()
        .any(|purpose| [CLIENT_AUTH, ANY_PURPOSE].contains(&&*purpose.oid));
    (!fit).then(|| {
        invalid("its extended key usage lacks clientAuth, which certificates between nodes need")
    })
}

fn read(text: &str) -> Result<Report, String> {
    certlens_core::inspect(text.as_bytes(), &Options::default(), None)
        .map_err(|error| error.to_string())
}

fn invalid(text: impl Into<String>) -> Reason {
    Reason {
        kind: ReasonKind::Invalid,
        text: text.into(),
    }
}

fn mismatch(text: &str) -> Reason {
    Reason {
        kind: ReasonKind::KeyMismatch,
        text: format!("{text} (key_values_mismatch)"),
    }
}

const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
const ANY_PURPOSE: &str = "2.5.29.37.0";
