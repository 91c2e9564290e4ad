//! The fields of an entry that a list has no room for, as text that is searched.

use certlens_core::{Algorithm, Entry, KeyIdentity, Name, Object, PublicKey};

/// Everything of an entry that people look for and its row does not show, a line each.
pub(super) fn text(entry: &Entry) -> String {
    let mut text = String::new();
    let mut add = |line: &str| {
        if !line.is_empty() {
            text.push_str(line);
            text.push('\n');
        }
    };
    match &entry.object {
        Object::Certificate(one) => {
            named(&one.subject, &mut add);
            named(&one.issuer, &mut add);
            add(&one.signature_algorithm.text());
            one.key_usage.iter().flatten().for_each(|word| add(word));
            purposes(one.extended_key_usage.as_deref(), &mut add);
            let identifiers = [&one.subject_key_identifier, &one.authority_key_identifier];
            identifiers
                .into_iter()
                .flatten()
                .for_each(|digits| add(digits));
            add(&one.fingerprints.sha1);
            add(&one.fingerprints.sha256);
            keyed(&one.public_key, &mut add);
            for extension in &one.extensions {
                add(&extension.oid);
                extension.name.iter().for_each(|name| add(name));
                extension.text.iter().flatten().for_each(|line| add(line));
            }
        }
        Object::CertificationRequest(one) => {
            named(&one.subject, &mut add);
            add(&one.signature_algorithm.text());
            purposes(one.extended_key_usage.as_deref(), &mut add);
            keyed(&one.public_key, &mut add);
        }
        Object::PrivateKey(one) => one.public_key.iter().for_each(|key| keyed(key, &mut add)),
        Object::PublicKey(one) => keyed(&one.public_key, &mut add),
        Object::RevocationList(one) => {
            named(&one.issuer, &mut add);
            add(&one.signature_algorithm.text());
        }
        _ => {}
    }
    for finding in &entry.findings {
        add(&finding.id);
        add(&finding.title);
        add(&finding.what);
    }
    text
}

fn named(name: &Name, add: &mut impl FnMut(&str)) {
    add(&name.text);
    for attribute in &name.attributes {
        add(&attribute.value);
    }
}

fn purposes(all: Option<&[Algorithm]>, add: &mut impl FnMut(&str)) {
    for purpose in all.unwrap_or_default() {
        add(&purpose.name);
        add(&purpose.oid);
    }
}

fn keyed(key: &PublicKey, add: &mut impl FnMut(&str)) {
    add(&key.text);
    add(&key.algorithm.oid);
    if let Some(KeyIdentity {
        key_id,
        spki_sha256,
        pin,
        ssh_sha256,
        ssh_md5,
    }) = &key.identity
    {
        let always = [key_id, spki_sha256, pin].into_iter();
        let digits = always.chain([ssh_sha256, ssh_md5].into_iter().flatten());
        digits.for_each(|digits| add(digits));
    }
}
