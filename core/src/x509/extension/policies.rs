//! Under which policies a certificate was issued.

use crate::asn1::{Element, Reader, Tag, is_string, text};
use crate::error::Error;
use crate::hex::hex;
use crate::report::{
    Algorithm, DisplayText, ExtensionValue, PolicyInformation, PolicyMapping, PolicyQualifier,
    Validation,
};
use crate::x509::certificate::serial;
use crate::x509::extension::Context;
use crate::x509::key::{named, next_named};

const STATEMENT: &str = "1.3.6.1.5.5.7.2.1";
const USER_NOTICE: &str = "1.3.6.1.5.5.7.2.2";

/// [RFC 5280, 4.2.1.4](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.4)
pub(super) fn policies(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    policy_list(reader, context).map(|policies| ExtensionValue::CertificatePolicies { policies })
}

/// ```text
/// SEQUENCE SIZE (1..MAX) OF SEQUENCE { policyIdentifier OBJECT IDENTIFIER,
///     policyQualifiers SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
/// ```
pub(super) fn policy_list(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Vec<PolicyInformation>, Error> {
    let mut list = context.list(reader, "SEQUENCE of policies")?;
    let mut policies = Vec::with_capacity(list.count());
    while !list.is_empty() {
        let mut fields = list.sequence("PolicyInformation")?.reader();
        let policy = next_named(&mut fields).map_err(|e| e.within("policyIdentifier"))?;
        let mut qualifiers = Vec::new();
        if !fields.is_empty() {
            let mut list = context.list(&mut fields, "SEQUENCE of policy qualifiers")?;
            while !list.is_empty() {
                let one = list.sequence("PolicyQualifierInfo")?;
                qualifiers.push(qualifier(&one, context)?);
            }
        }
        context.end(&fields);
        policies.push(PolicyInformation {
            validation: validation(&policy),
            policy,
            qualifiers,
        });
    }
    Ok(policies)
}

/// ```text
/// PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY }
/// ```
///
/// One that is broken is shown by its bytes and does not hide the policy.
fn qualifier(whole: &Element<'_>, context: &mut Context<'_, '_>) -> Result<PolicyQualifier, Error> {
    let mut fields = whole.reader();
    let kind = fields.oid().map_err(|e| e.within("policyQualifierId"))?;
    if fields.is_empty() {
        return Ok(PolicyQualifier::Other {
            kind: named(kind),
            der: String::new(),
        });
    }
    let value = fields.any().map_err(|error| error.within("qualifier"))?;
    context.end(&fields);
    let read = match kind.as_str() {
        STATEMENT if is_string(value.tag) => Ok(PolicyQualifier::Statement { uri: text(&value) }),
        STATEMENT => Err(value.unexpected("IA5String").within("cPSuri")),
        USER_NOTICE => user_notice(&value, context).map_err(|error| error.within("userNotice")),
        _ => Ok(PolicyQualifier::Other {
            kind: named(kind.clone()),
            der: hex(value.raw),
        }),
    };
    Ok(read.unwrap_or_else(|error| {
        context.fault(error, value.range());
        PolicyQualifier::Other {
            kind: named(kind),
            der: hex(value.raw),
        }
    }))
}

/// ```text
/// UserNotice ::= SEQUENCE {
///     noticeRef SEQUENCE { organization DisplayText, noticeNumbers SEQUENCE OF INTEGER } OPTIONAL,
///     explicitText DisplayText OPTIONAL }
/// ```
fn user_notice(
    value: &Element<'_>,
    context: &mut Context<'_, '_>,
) -> Result<PolicyQualifier, Error> {
    if value.tag != Tag::SEQUENCE {
        return Err(value.unexpected("SEQUENCE"));
    }
    let mut fields = value.reader();
    let (mut organization, mut numbers) = (None, Vec::new());
    if let Some(reference) = fields.optional(Tag::SEQUENCE)? {
        let mut fields = reference.reader();
        organization = Some(display(&fields.any()?).map_err(|e| e.within("organization"))?);
        let mut list = fields.sequence("SEQUENCE of notice numbers")?.reader();
        while !list.is_empty() {
            let number = list.expect(Tag::INTEGER, "INTEGER")?;
            numbers.push(match number.signed() {
                Ok(number) => number.to_string(),
                Err(_) => format!("0x{}", serial(number.contents)),
            });
        }
        context.end(&fields);
    }
    let notice = if fields.is_empty() {
        None
    } else {
        Some(display(&fields.any()?).map_err(|e| e.within("explicitText"))?)
    };
    context.end(&fields);
    Ok(PolicyQualifier::UserNotice {
        organization,
        numbers,
        text: notice,
    })
}

/// `DisplayText`, which RFC 5280 lets be an `IA5String`, `VisibleString`, `BMPString` or
/// `UTF8String`; any other string is read as well.
fn display(value: &Element<'_>) -> Result<DisplayText, Error> {
    if !is_string(value.tag) {
        return Err(value.unexpected("DisplayText"));
    }
    Ok(DisplayText {
        text: text(value),
        encoding: value.tag.to_string(),
    })
}

/// [RFC 5280, 4.2.1.5](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.5)
pub(super) fn mappings(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    mapping_list(reader, context).map(|mappings| ExtensionValue::PolicyMappings { mappings })
}

/// ```text
/// SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy OBJECT IDENTIFIER,
///                                      subjectDomainPolicy OBJECT IDENTIFIER }
/// ```
pub(super) fn mapping_list(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Vec<PolicyMapping>, Error> {
    let mut list = context.list(reader, "SEQUENCE of policy mappings")?;
    let mut mappings = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("policy mapping")?.reader();
        mappings.push(PolicyMapping {
            issuer_domain: named(fields.oid().map_err(|e| e.within("issuerDomainPolicy"))?),
            subject_domain: named(fields.oid().map_err(|e| e.within("subjectDomainPolicy"))?),
        });
        context.end(&fields);
    }
    Ok(mappings)
}

/// How the subject was checked, as far as the name of the policy tells. Policies for code and for mail
/// mean something else by the same words.
fn validation(policy: &Algorithm) -> Option<Validation> {
    let name = &policy.name;
    // Few names have any of the words below.
    if !name.contains("validat") || name.starts_with("S/MIME") || name.contains("code signing") {
        return None;
    }
    let words = [
        ("extended validation", Validation::Extended),
        ("organisation validated", Validation::Organization),
        ("individual validated", Validation::Individual),
        ("domain validated", Validation::Domain),
    ];
    let found = words.iter().find(|(words, _)| name.contains(words));
    found.map(|(_, validation)| *validation)
}
