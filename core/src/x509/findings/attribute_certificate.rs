//! Attribute certificates.

use crate::asn1::{Element, Tag, instant, is_string, latin};
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::schema::{Type, grammar};
use crate::x509::attribute_certificate::AttributeCertificateSpine;
use crate::x509::findings::encoding::shortened;
use crate::x509::findings::{encoding, extensions, signature};

pub(crate) const RULES: &[Rule] = &[
    VERSION,
    TIMES,
    REVERSED,
    NO_ATTRIBUTES,
    UNREADABLE,
    MALFORMED,
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

const MALFORMED: Rule = Rule {
    id: "attribute-certificate-malformed",
    severity: Severity::Error,
    title: "A value is not written as its standard says",
    why: "Software that grants by it refuses the attribute certificate, or grants something else.",
    fix: "Ask the issuer for another attribute certificate.",
    citation: "RFC 5755, 4.4",
};

const TRAILING: Rule = Rule {
    id: "attribute-certificate-trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the attribute certificate",
    why: "Strict software refuses such a file; lenient software ignores what it does not see.",
    fix: "Save the attribute certificate again from its PEM.",
    citation: "X.690, 8.1",
};

/// Whether an attribute of RFC 5755, 4.4, has the form that it gives it; of others nothing is known.
fn is_right(oid: &str, value: &Element<'_>) -> bool {
    let first = value.values().next();
    let is_name = |one: &Element<'_>| one.tag.is_context();
    match oid {
        // SvceAuthInfo ::= SEQUENCE { service GeneralName, ident GeneralName, authInfo OPTIONAL }
        "1.3.6.1.5.5.7.10.1" | "1.3.6.1.5.5.7.10.2" => {
            let names = value.values().take_while(is_name).count();
            value.tag == Tag::SEQUENCE && names == 2
        }
        // IetfAttrSyntax ::= SEQUENCE { policyAuthority [0] OPTIONAL, values SEQUENCE OF CHOICE {
        //     OCTET STRING, OBJECT IDENTIFIER, UTF8String } }
        "1.3.6.1.5.5.7.10.3" | "1.3.6.1.5.5.7.10.4" => {
            let mut fields = value.values().skip_while(|one| one.tag == Tag::context(0));
            let is_value = |one: Element<'_>| {
                [Tag::OCTET_STRING, Tag::OID].contains(&one.tag) || is_string(one.tag)
            };
            let is_list = |one: Element<'_>| one.tag == Tag::SEQUENCE && one.values().all(is_value);
            value.tag == Tag::SEQUENCE && fields.next().is_some_and(is_list)
        }
        // RoleSyntax ::= SEQUENCE { roleAuthority [0] OPTIONAL, roleName [1] }
        "2.5.4.72" => {
            value.tag == Tag::SEQUENCE && value.values().any(|one| one.tag == Tag::context(1))
        }
        // Older encodings tag the fields.
        "2.5.4.55" | "2.5.1.5.55" => {
            let is_policy = |one: Element<'_>| one.tag == Tag::OID || one.tag.is_context();
            value.tag == Tag::SEQUENCE && first.is_some_and(is_policy)
        }
        _ => true,
    }
}

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
                format!(
                    "It is {:?}, and should be a GeneralizedTime with seconds and a Z.",
                    latin(element.contents)
                )
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
    for one in &spine.attributes {
        for value in one.values.values() {
            if !is_right(&one.oid, &value) {
                found.add(&MALFORMED, value.range(), || {
                    let name = crate::oids::name(&one.oid).unwrap_or(&one.oid);
                    format!("The attribute {name} is {}.", shortened(value.raw))
                });
            }
        }
    }
    extensions::of_list(&spine.extensions, found);
    signature::of_pair(&spine.inner_algorithm, &spine.signature_algorithm, found);
    signature::of_signature(&spine.signature_algorithm, &spine.signature, found);
    let kind = if spine.version_number() == 2 {
        grammar::ATTRIBUTE_CERTIFICATE
    } else {
        Type::Any
    };
    encoding::of_object("certificate", &spine.whole, kind, &spine.extensions, found);
}
