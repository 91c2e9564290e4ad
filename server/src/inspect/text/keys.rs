//! Keys and SSH certificates as labelled lines.

use certlens_core::{
    KeyIdentity, LonePublicKey, PrivateKey, PublicKey, SshCertificate, SshCertificateType, SshLine,
    SshOption, UnixTime,
};

use super::fields::Field;

pub(super) fn of_private_key(private_key: &PrivateKey) -> Vec<Field> {
    let mut fields = vec![
        Field::maybe("Key", private_key.public_key.as_ref().map(key)),
        Field::maybe("Form", private_key.form.clone()),
        Field::many("Holds", private_key.facts.clone()),
        Field::maybe("Comment", private_key.comment.clone()),
        Field::maybe(
            "Sealed",
            private_key.seal.as_ref().map(|seal| seal.algorithm.clone()),
        ),
    ];
    let identity = private_key
        .public_key
        .as_ref()
        .and_then(|key| key.identity.as_ref());
    fields.extend(identity.into_iter().flat_map(of_identity));
    fields.push(Field::many("Certificate", private_key.certificates.clone()));
    fields.push(Field::many("Same key", private_key.public_keys.clone()));
    fields
}

pub(super) fn of_public_key(public_key: &LonePublicKey) -> Vec<Field> {
    let mut fields = vec![
        Field::one("Key", key(&public_key.public_key)),
        Field::one("Form", public_key.form.clone()),
    ];
    fields.extend(public_key.ssh.iter().flat_map(of_line));
    let identity = public_key.public_key.identity.iter();
    fields.extend(identity.flat_map(of_identity));
    fields.push(Field::many("Certificate", public_key.certificates.clone()));
    fields.push(Field::maybe("Private key", public_key.private_key.clone()));
    fields
}

pub(super) fn of_ssh_certificate(certificate: &SshCertificate) -> Vec<Field> {
    let time = |time: Option<UnixTime>, absent: &str| {
        time.map_or_else(|| absent.to_owned(), |time| time.to_string())
    };
    let principals = match certificate.principals.as_slice() {
        [] => vec!["any".to_owned()],
        names => names.to_vec(),
    };
    let authority = certificate.authority.identity.as_ref();
    let authority = authority.and_then(|identity| identity.ssh_sha256.clone());
    let mut fields = vec![
        Field::one("Key", key(&certificate.public_key)),
        Field::one("For", holder(certificate.certificate_type).to_owned()),
        Field::one("Key id", certificate.key_id.clone()),
        Field::one("Serial", certificate.serial.clone()),
        Field::many("Principals", principals),
        Field::one("Not before", time(certificate.not_before, "always")),
        Field::one("Not after", time(certificate.not_after, "never ends")),
        Field::many("Must keep to", options(&certificate.critical_options)),
        Field::many("May", options(&certificate.extensions)),
        Field::one("Signed by", certificate.authority.text.clone()),
        Field::maybe("Its key", authority),
        Field::one("Signature", certificate.signature_algorithm.clone()),
    ];
    fields.extend(of_line(&certificate.ssh));
    let identity = certificate.public_key.identity.iter();
    fields.extend(identity.flat_map(of_identity));
    fields.push(Field::many("Certificate", certificate.certificates.clone()));
    fields.push(Field::maybe("Private key", certificate.private_key.clone()));
    fields
}

/// A key with what its name does not say.
pub(super) fn key(key: &PublicKey) -> String {
    let mut text = key.text.clone();
    if let Some(exponent) = &key.exponent {
        text = format!("{text}, exponent {exponent}");
    }
    if let Some(pss) = key
        .algorithm
        .pss
        .as_ref()
        .and(key.algorithm.parameters.as_ref())
    {
        text = format!("{text}, only with {pss}");
    }
    text
}

fn of_identity(identity: &KeyIdentity) -> Vec<Field> {
    vec![
        Field::one("SHA-256 of key", identity.spki_sha256.clone()),
        Field::one("Key identifier", identity.key_id.clone()),
        Field::maybe("SSH", identity.ssh_sha256.clone()),
    ]
}

fn of_line(line: &SshLine) -> Vec<Field> {
    let comment = Some(line.comment.clone()).filter(|comment| !comment.is_empty());
    vec![
        Field::one("SSH type", line.key_type.clone()),
        Field::maybe("Comment", comment),
        Field::maybe("Marker", line.marker.clone()),
        Field::many("Hosts", line.hosts.clone()),
        Field::many("Options", line.options.clone()),
        Field::maybe("Registered for", line.application.clone()),
    ]
}

fn holder(certificate_type: SshCertificateType) -> &'static str {
    match certificate_type {
        SshCertificateType::User => "users",
        SshCertificateType::Host => "hosts",
        SshCertificateType::Unknown => "neither users nor hosts",
    }
}

fn options(options: &[SshOption]) -> Vec<String> {
    let shown = |option: &SshOption| match &option.value {
        Some(value) => format!("{} {value}", option.name),
        None => option.name.clone(),
    };
    options.iter().map(shown).collect()
}
