//! Requests, revocation lists, attribute certificates and signers as labelled lines.

use certlens_core::{
    Algorithm, Attribute, AttributeCertificate, CertificationRequest, Extension, RevocationList,
    Revoked, Signer, UnixTime,
};

use super::fields::{Field, extension, is_told, name, or_empty};
use super::keys::key;

/// Entries of a revocation list that are printed.
const SHOWN: usize = 20;

pub(super) fn of_request(request: &CertificationRequest) -> Vec<Field> {
    let names = request.subject_alternative_names.iter();
    vec![
        Field::one("Subject", or_empty(&request.subject.text)),
        Field::many("Names", names.map(name).collect()),
        Field::one("Key", key(&request.public_key)),
        Field::one("Signed with", request.signature_algorithm.name.to_string()),
        Field::maybe(
            "Key usage",
            request.key_usage.as_ref().map(|bits| bits.join(", ")),
        ),
        Field::maybe(
            "Purposes",
            request.extended_key_usage.as_deref().map(listed),
        ),
        Field::many("Asked for", extensions(&request.extensions)),
        Field::many("Attributes", attributes(&request.attributes)),
        Field::one("SHA-256", request.fingerprints.sha256.clone()),
        Field::one("SHA-256 of key", request.fingerprints.spki_sha256.clone()),
        Field::maybe(
            "Private key",
            request
                .private_key
                .as_ref()
                .map(|link| format!("here: {}", link.entry)),
        ),
        Field::many("Certificate", request.certificates.clone()),
    ]
}

pub(super) fn of_list(list: &RevocationList) -> Vec<Field> {
    let next = match list.at.next_update {
        Some(_) => instant(list.next_update),
        None => "the list does not say".to_owned(),
    };
    let scope = list.scope.as_ref();
    let reasons = scope.and_then(|scope| scope.only_reasons.as_ref());
    vec![
        Field::one("Issuer", or_empty(&list.issuer.text)),
        Field::one("Made", instant(list.this_update)),
        Field::one("Next by", next),
        Field::one("Kind", format!("{}, version {}", list.kind(), list.version)),
        Field::maybe("Number", list.number.clone()),
        Field::maybe("Completes", list.base_number.clone()),
        Field::many(
            "Published at",
            scope.map_or_else(Vec::new, |scope| scope.names.iter().map(name).collect()),
        ),
        Field::maybe("Covers only", scope.and_then(|scope| scope.only.clone())),
        Field::maybe("Only reasons", reasons.map(|reasons| reasons.join(", "))),
        Field::one("Signed with", list.signature_algorithm.name.to_string()),
        Field::one("Revoked", list.count.to_string()),
        Field::many("Entries", entries(list)),
        Field::many("Revokes here", list.revokes.clone()),
        Field::maybe("Its issuer", list.issuer_certificate.clone()),
        Field::many("Extensions", extensions(&list.extensions)),
        Field::one("SHA-256", list.fingerprints.sha256.clone()),
    ]
}

pub(super) fn of_attribute_certificate(certificate: &AttributeCertificate) -> Vec<Field> {
    let holder = &certificate.holder;
    let mut of: Vec<String> = holder.names.iter().map(name).collect();
    of.extend(holder.certificate_serial.as_ref().map(|serial| {
        let issuer: Vec<String> = holder.certificate_issuer.iter().map(name).collect();
        format!("certificate {serial} of {}", issuer.join(", "))
    }));
    of.extend(holder.digest.clone());
    vec![
        Field::many("Holder", of),
        Field::many("Issuer", certificate.issuer.iter().map(name).collect()),
        Field::one("Serial", certificate.serial.clone()),
        Field::one("Valid from", instant(certificate.not_before)),
        Field::one("Valid until", instant(certificate.not_after)),
        Field::many("Attributes", attributes(&certificate.attributes)),
        Field::one(
            "Signed with",
            certificate.signature_algorithm.name.to_string(),
        ),
        Field::many("Extensions", extensions(&certificate.extensions)),
        Field::maybe("Certificate", certificate.holder_certificate.clone()),
        Field::one("SHA-256", certificate.fingerprints.sha256.clone()),
    ]
}

pub(super) fn of_signer(signer: &Signer) -> Vec<Field> {
    let message = &signer.message;
    let kind = message.content_type.as_ref();
    let kind = kind.map_or("content", |kind| &*kind.name);
    let content = match message.content_size {
        Some(size) => format!("{kind}, {size} bytes"),
        None => format!("{kind}, which stands elsewhere"),
    };
    vec![
        Field::maybe(
            "Issuer",
            signer.issuer.as_ref().map(|name| name.text.clone()),
        ),
        Field::maybe("Serial", signer.serial.clone()),
        Field::maybe("Key identifier", signer.subject_key_identifier.clone()),
        Field::maybe("Certificate", signer.certificate.clone()),
        Field::maybe(
            "Signed at",
            signer.signing_time.map(|time| time.to_string()),
        ),
        Field::one("Content", content),
        Field::one("Digest", signer.digest_algorithm.name.to_string()),
        Field::one("Signed with", signer.signature_algorithm.name.to_string()),
        Field::many("Signed too", attributes(&signer.signed_attributes)),
        Field::many("Added later", attributes(&signer.unsigned_attributes)),
    ]
}

fn entries(list: &RevocationList) -> Vec<String> {
    let mut lines: Vec<String> = list.revoked.iter().take(SHOWN).map(revoked).collect();
    let shown = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    if shown < list.count {
        lines.push(format!("and {} more", list.count - shown));
    }
    lines
}

fn revoked(entry: &Revoked) -> String {
    let mut line = format!("{}, {}", entry.serial, instant(entry.date));
    for more in [
        entry.reason.map(|reason| reason.words().to_owned()),
        entry.issuer.as_ref().map(|issuer| format!("of {issuer}")),
    ]
    .into_iter()
    .flatten()
    {
        line = format!("{line}, {more}");
    }
    line
}

fn attributes(attributes: &[Attribute]) -> Vec<String> {
    let line = |attribute: &Attribute| {
        let name = attribute.name.as_deref().unwrap_or(&attribute.oid);
        match &attribute.text {
            Some(lines) => format!("{name}: {}", lines.join("; ")),
            None => format!("{name}: {} bytes, not decoded", attribute.bytes.len() / 2),
        }
    };
    attributes.iter().map(line).collect()
}

fn extensions(extensions: &[Extension]) -> Vec<String> {
    let others = extensions.iter().filter(|it| !is_told(it));
    others.map(extension).collect()
}

fn listed(purposes: &[Algorithm]) -> String {
    let names: Vec<&str> = purposes.iter().map(|one| &*one.name).collect();
    names.join(", ")
}

fn instant(time: Option<UnixTime>) -> String {
    time.map_or_else(|| "not readable".to_owned(), |time| time.to_string())
}
