//! Attribute certificates.

use crate::asn1::{Tag, instant};
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::attribute_certificate::AttributeCertificateSpine;
use crate::x509::findings::{extensions, signature};

pub(crate) const RULES: &[Rule] = &[
    VERSION,
    TIMES,
    REVERSED,
    NO_ATTRIBUTES,
    UNREADABLE,
    TRAILING,
];

const VERSION: Rule = Rule {
    id: "attribute-certificate-version",
    severity: Severity::Warning,
    title: "Not an attribute certificate of version 2",
    why: "The profile that software follows knows version 2 alone, encoded as 1.",
    fix: "Ask the issuer for one of version 2.",
    citation: "RFC 5755, 4.2.1",
};

const TIMES: Rule = Rule {
    id: "attribute-certificate-time",
    severity: Severity::Warning,
    title: "A time has a form that is not allowed",
    why: "Strict software refuses it.",
    fix: "Ask the issuer for another attribute certificate.",
    citation: "RFC 5755, 4.2.6",
};

const REVERSED: Rule = Rule {
    id: "attribute-certificate-validity-reversed",
    severity: Severity::Error,
    title: "The validity ends before it begins",
    why: "There is no instant at which the attributes hold.",
    fix: "Ask the issuer for another attribute certificate.",
    citation: "RFC 5755, 4.2.6",
};

const NO_ATTRIBUTES: Rule = Rule {
    id: "attribute-certificate-empty",
    severity: Severity::Warning,
    title: "An attribute certificate without attributes",
    why: "It grants nothing, and must hold at least one.",
    fix: "Ask the issuer for another attribute certificate.",
    citation: "RFC 5755, 4.2.7",
};

const UNREADABLE: Rule = Rule {
    id: "attribute-certificate-part-unreadable",
    severity: Severity::Error,
    title: "An attribute or extension cannot be read",
    why: "What it says, and what follows it, is not known.",
    fix: "Ask the issuer for another attribute certificate.",
    citation: "RFC 5755, 4.1",
};

const TRAILING: Rule = Rule {
    id: "attribute-certificate-trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the attribute certificate",
    why: "Strict software refuses such a file; lenient software ignores what it does not see.",
    fix: "Save the attribute certificate again from its PEM.",
    citation: "X.690, 8.1",
};

pub(crate) fn look(spine: &AttributeCertificateSpine<'_>, der: &[u8], found: &mut Findings<'_>) {
    let surplus = der.len().saturating_sub(spine.whole.raw.len());
    if surplus != 0 {
        found.add(&TRAILING, spine.whole.end()..der.len(), || {
            format!("{surplus} more bytes stand after its end.")
        });
    }
    if spine.version_number() != 2 {
        let at = spine.version.as_ref().unwrap_or(&spine.info);
        found.add(&VERSION, at.range(), || {
            format!("It is of version {}.", spine.version_number())
        });
    }
    for element in [&spine.not_before, &spine.not_after] {
        let fine =
            instant(element).is_some_and(|instant| instant.canonical && instant.time.is_ok());
        if !fine || element.tag != Tag::GENERALIZED_TIME {
            found.add(&TIMES, element.range(), || {
                "It should be a GeneralizedTime with seconds and a Z.".to_owned()
            });
        }
    }
    if let (Some(not_before), Some(not_after)) = spine.times()
        && not_after < not_before
    {
        let at = spine.not_before.start..spine.not_after.end();
        found.add(&REVERSED, at, || {
            format!("It begins at {not_before} and ends at {not_after}.")
        });
    }
    if spine.attributes_field.contents.is_empty() {
        found.add(&NO_ATTRIBUTES, spine.attributes_field.range(), || {
            "The list of attributes is empty.".to_owned()
        });
    }
    for error in [&spine.broken_attribute, &spine.broken_extension]
        .into_iter()
        .flatten()
    {
        found.add(&UNREADABLE, spine.info.range(), || format!("{error}."));
    }
    extensions::of_list(&spine.extensions, found);
    signature::of_pair(&spine.inner_algorithm, &spine.signature_algorithm, found);
    signature::of_signature(&spine.signature_algorithm, &spine.signature, found);
}
