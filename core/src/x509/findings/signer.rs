//! Signers of CMS messages.

use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::attribute::{AttributeSpine, first};
use crate::x509::findings::signature;
use crate::x509::key::algorithm;
use crate::x509::signer::SignerSpine;

pub(crate) const RULES: &[Rule] = &[WEAK_DIGEST, UNREADABLE, NO_DIGEST, NO_TYPE, REPEATED];

const WEAK_DIGEST: Rule = Rule {
    id: "signer-weak-digest",
    severity: Severity::Warning,
    title: "The signer signs a broken digest",
    why: "Collisions can be made for this digest; current software refuses such signatures.",
    fix: "Have the content signed again with SHA-256 or better.",
    citation: "RFC 6194; RFC 6151",
};

const UNREADABLE: Rule = Rule {
    id: "signer-attribute-unreadable",
    severity: Severity::Error,
    title: "An attribute of the signer cannot be read",
    why: "What it says, and what follows it, is not known.",
    fix: "Have the content signed again.",
    citation: "RFC 5652, 5.3",
};

const NO_DIGEST: Rule = Rule {
    id: "signer-without-message-digest",
    severity: Severity::Error,
    title: "The signed attributes do not name the content's digest",
    why: "Then the signature does not protect the content at all.",
    fix: "Have the content signed again.",
    citation: "RFC 5652, 11.2",
};

const NO_TYPE: Rule = Rule {
    id: "signer-without-content-type",
    severity: Severity::Error,
    title: "The signed attributes do not name the content type",
    why: "It must be there whenever attributes are signed; software refuses the signature.",
    fix: "Have the content signed again.",
    citation: "RFC 5652, 11.1",
};

const REPEATED: Rule = Rule {
    id: "signer-attribute-repeated",
    severity: Severity::Error,
    title: "The signer has an attribute more than once",
    why: "Of content type, digest and signing time one value counts; software that takes the first says otherwise than software that takes the last.",
    fix: "Have the content signed again.",
    citation: "RFC 5652, 11",
};

/// What may stand among signed attributes once, with one value (RFC 5652, 11.1 to 11.3).
const SINGLE: [(&str, &str); 3] = [
    ("1.2.840.113549.1.9.3", "contentType"),
    ("1.2.840.113549.1.9.4", "messageDigest"),
    ("1.2.840.113549.1.9.5", "signingTime"),
];

pub(crate) fn look(spine: &SignerSpine<'_>, found: &mut Findings<'_>) {
    if let Ok(digest) = algorithm(&spine.digest_algorithm)
        && signature::is_broken(&digest.name)
    {
        found.add(&WEAK_DIGEST, spine.digest_algorithm.range(), || {
            format!("The digest algorithm is {}.", digest.name)
        });
    }
    if let Some(error) = &spine.broken {
        found.add(&UNREADABLE, spine.whole.range(), || format!("{error}."));
    }
    if spine.signed.is_empty() {
        return;
    }
    for (oid, name) in SINGLE {
        let mut held = spine.signed.iter().filter(|one| one.oid == oid);
        let values: usize = held.clone().map(|one| one.values.reader().count()).sum();
        if 1 < values
            && let Some(last) = held.next_back()
        {
            found.add(&REPEATED, last.whole.range(), || {
                format!("There are {values} values of {name} among the signed attributes.")
            });
        }
    }
    let has = |oid: &str, list: &[AttributeSpine<'_>]| first(list, oid).is_some();
    if !has("1.2.840.113549.1.9.4", &spine.signed) {
        found.add(&NO_DIGEST, spine.whole.range(), || {
            "There is no messageDigest among the signed attributes.".to_owned()
        });
    }
    if !has("1.2.840.113549.1.9.3", &spine.signed) {
        found.add(&NO_TYPE, spine.whole.range(), || {
            "There is no contentType among the signed attributes.".to_owned()
        });
    }
}
