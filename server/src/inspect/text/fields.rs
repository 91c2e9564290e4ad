//! An entry as labelled lines.

use certlens_core::{
    Algorithm, Certificate, Entry, Extension, GeneralName, GeneralNameKind, Integrity, KeyProof,
    Object, Trust, UnixTime,
};

use super::keys::{key, of_private_key, of_public_key, of_ssh_certificate};
use super::signed;

/// A label and its lines.
pub(super) struct Field {
    pub(super) label: &'static str,
    pub(super) values: Vec<String>,
}

impl Field {
    pub(super) fn one(label: &'static str, value: String) -> Self {
        Self {
            label,
            values: vec![value],
        }
    }

    pub(super) fn many(label: &'static str, values: Vec<String>) -> Self {
        Self { label, values }
    }

    pub(super) fn maybe(label: &'static str, value: Option<String>) -> Self {
        Self {
            label,
            values: value.into_iter().collect(),
        }
    }
}

/// Everything that is told of an entry. A field without values is not shown.
pub(super) fn fields(entry: &Entry) -> Vec<Field> {
    let mut fields = match &entry.object {
        Object::Certificate(certificate) => of_certificate(certificate),
        Object::PrivateKey(key) => of_private_key(key),
        Object::CertificationRequest(request) => signed::of_request(request),
        Object::RevocationList(list) => signed::of_list(list),
        Object::AttributeCertificate(certificate) => signed::of_attribute_certificate(certificate),
        Object::Signer(signer) => signed::of_signer(signer),
        Object::PublicKey(key) => of_public_key(key),
        Object::SshCertificate(certificate) => of_ssh_certificate(certificate),
        Object::Other(other) => vec![
            Field::one("What", other.what.clone()),
            Field::many("Facts", other.facts.clone()),
        ],
        Object::Unreadable(problem) => vec![
            Field::one("Not read", problem.message.clone()),
            Field::one("To do", problem.hint.clone()),
        ],
        _ => Vec::new(),
    };
    fields.push(Field::maybe("Alias", entry.alias.clone()));
    if let Some(keystore) = &entry.keystore {
        fields.push(Field::maybe(
            "Stored",
            keystore.created.map(|time| time.to_string()),
        ));
        fields.push(Field::maybe(
            "Trusted by Java",
            keystore.trusted.then(|| "yes".to_owned()),
        ));
    }
    if let Some(trust) = &entry.trust {
        fields.extend(of_trust(trust));
    }
    let place = format!(
        "{}, bytes {} to {}",
        entry.path, entry.place.start, entry.place.end
    );
    fields.push(Field::one("Place", place));
    fields
}

/// What OpenSSL was told to trust a certificate for.
fn of_trust(trust: &Trust) -> [Field; 4] {
    let told = |all: &[Algorithm]| {
        let names: Vec<String> = all.iter().map(Algorithm::text).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    [
        Field::maybe("Trusted for", told(&trust.trusted)),
        Field::maybe("Rejected for", told(&trust.rejected)),
        Field::maybe("OpenSSL's key ID", trust.key_id.clone()),
        Field::maybe("Beside these", told(&trust.other)),
    ]
}

/// What the integrity check of a keystore showed.
pub(super) fn integrity(integrity: Integrity) -> &'static str {
    match integrity {
        Integrity::Verified => "verified",
        Integrity::NotVerified => "not verified",
        Integrity::Absent => "the file carries no check value",
    }
}

fn of_certificate(certificate: &Certificate) -> Vec<Field> {
    let instant = |time: Option<UnixTime>| match time {
        Some(UnixTime::NEVER) => "no well-defined end".to_owned(),
        Some(time) => time.to_string(),
        None => "not readable".to_owned(),
    };
    let names = certificate.subject_alternative_names.iter();
    let purposes = certificate.extended_key_usage.as_ref();
    vec![
        Field::one("Subject", or_empty(&certificate.subject.text)),
        Field::one("Issuer", or_empty(&certificate.issuer.text)),
        Field::one("Serial", certificate.serial.clone()),
        Field::one("Valid from", instant(certificate.not_before)),
        Field::one("Valid until", instant(certificate.not_after)),
        Field::many("Names", names.map(name).collect()),
        Field::one("Key", key(&certificate.public_key)),
        Field::one("Signed with", certificate.signature_algorithm.text()),
        Field::maybe(
            "Key usage",
            certificate.key_usage.as_ref().map(|bits| bits.join(", ")),
        ),
        Field::maybe(
            "Purposes",
            purposes.map(|all| {
                all.iter()
                    .map(|purpose| &*purpose.name)
                    .collect::<Vec<_>>()
                    .join(", ")
            }),
        ),
        Field::one("Authority", authority(certificate)),
        Field::many(
            "Extensions",
            certificate
                .extensions
                .iter()
                .filter(|it| !is_told(it))
                .map(extension)
                .collect(),
        ),
        Field::one("SHA-256", certificate.fingerprints.sha256.clone()),
        Field::one("SHA-1", certificate.fingerprints.sha1.clone()),
        Field::one(
            "SHA-256 of key",
            certificate.fingerprints.spki_sha256.clone(),
        ),
        Field::maybe(
            "Private key",
            certificate
                .private_key
                .as_ref()
                .map(|link| match link.proof {
                    KeyProof::PublicKey => format!("here: {}", link.entry),
                    KeyProof::Keystore => format!("here, says the keystore: {}", link.entry),
                }),
        ),
        Field::maybe(
            "Chain",
            certificate.chain.as_ref().map(|chain| {
                let end = if chain.complete {
                    ""
                } else {
                    ", its root is not here"
                };
                format!("{} of {}{end}", chain.position, chain.length)
            }),
        ),
    ]
}

fn authority(certificate: &Certificate) -> String {
    let length = certificate
        .basic_constraints
        .as_ref()
        .and_then(|it| it.path_length);
    match (certificate.is_ca(), length) {
        (false, _) => "no".to_owned(),
        (true, None) => "yes".to_owned(),
        (true, Some(1)) => "yes, with 1 more authority below it".to_owned(),
        (true, Some(length)) => format!("yes, with {length} more authorities below it"),
    }
}

/// Whether a field of its own tells what the extension says.
pub(super) fn is_told(extension: &Extension) -> bool {
    const TOLD: [&str; 4] = ["2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.37"];
    TOLD.contains(&&*extension.oid) && extension.text.is_some()
}

pub(super) fn extension(extension: &Extension) -> String {
    let name = extension.name.as_deref().unwrap_or(&extension.oid);
    let critical = if extension.critical {
        " (critical)"
    } else {
        ""
    };
    match &extension.text {
        Some(lines) => format!("{name}{critical}: {}", lines.join("; ")),
        None => format!(
            "{name}{critical}: {} bytes, not decoded",
            extension.bytes.len() / 2
        ),
    }
}

pub(super) fn or_empty(text: &str) -> String {
    if text.is_empty() {
        "(empty)".to_owned()
    } else {
        text.to_owned()
    }
}

/// `DNS es1.corp.example`: without its kind a registered identifier looks like an address.
pub(super) fn name(name: &GeneralName) -> String {
    let kind = match name.kind {
        GeneralNameKind::Dns => "DNS",
        GeneralNameKind::Ip => "IP",
        GeneralNameKind::Email => "e-mail",
        GeneralNameKind::Uri => "URI",
        GeneralNameKind::Directory => "directory",
        GeneralNameKind::UserPrincipalName => "UPN",
        GeneralNameKind::OtherName => "other",
        GeneralNameKind::RegisteredId => "registered ID",
        GeneralNameKind::X400 => "X.400",
        GeneralNameKind::EdiParty => "EDI party",
        GeneralNameKind::Unknown => "unknown",
    };
    format!("{kind} {}", name.value)
}
