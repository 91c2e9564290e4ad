//! Whom an attribute certificate is for.

use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::report::{ExtensionValue, GeneralName, Target};
use crate::x509::certificate::serial;
use crate::x509::extension::Context;
use crate::x509::general_name::Address;

/// ```text
/// Targets ::= SEQUENCE OF CHOICE { targetName [0] GeneralName, targetGroup [1] GeneralName,
///     targetCert [2] SEQUENCE { targetCertificate IssuerSerial, targetName GeneralName OPTIONAL,
///         certDigestInfo ObjectDigestInfo OPTIONAL } }
/// ```
///
/// [RFC 5755, 4.3.2](https://www.rfc-editor.org/rfc/rfc5755#section-4.3.2). X.509 and OpenSSL have a list of
/// such lists.
pub(super) fn information(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut list = context.list(reader, "SEQUENCE of targets")?;
    let mut targets = Vec::new();
    while !list.is_empty() {
        let element = list.any()?;
        if element.tag == Tag::SEQUENCE {
            context.not_empty(&element, "SEQUENCE of targets");
            let mut inner = element.reader();
            while !inner.is_empty() {
                targets.push(target(&inner.any()?, context)?);
            }
        } else {
            targets.push(target(&element, context)?);
        }
    }
    Ok(ExtensionValue::TargetInformation { targets })
}

fn target(element: &Element<'_>, context: &mut Context<'_, '_>) -> Result<Target, Error> {
    let mut fields = element.reader();
    let tag = element.tag;
    let target = match tag.number {
        _ if !tag.is_context() || !tag.constructed => Err(element.unexpected(EXPECTED)),
        0 => one(&mut fields, context).map(|name| Target::Name { name }),
        1 => one(&mut fields, context).map(|name| Target::Group { name }),
        2 => certificate(&mut fields, context).map_err(|error| error.within("targetCert")),
        _ => Err(element.unexpected(EXPECTED)),
    }?;
    context.end(&fields);
    Ok(target)
}

const EXPECTED: &str = "targetName [0], targetGroup [1] or targetCert [2]";

fn certificate(fields: &mut Reader<'_>, context: &mut Context<'_, '_>) -> Result<Target, Error> {
    let mut parts = fields.sequence("IssuerSerial")?.reader();
    let issuer = parts.sequence("GeneralNames")?.reader();
    let issuer = context.names(issuer);
    let number = parts.expect(Tag::INTEGER, "INTEGER")?;
    // A unique identifier of the issuer may follow, which nothing is told of.
    parts.optional(Tag::BIT_STRING)?;
    context.end(&parts);
    let is_name = fields.peek().is_some_and(Tag::is_context);
    let name = is_name.then(|| one(fields, context)).transpose()?;
    fields.optional(Tag::SEQUENCE)?;
    Ok(Target::Certificate {
        issuer,
        serial: serial(number.contents),
        name,
    })
}

fn one(fields: &mut Reader<'_>, context: &mut Context<'_, '_>) -> Result<GeneralName, Error> {
    Ok(context.name(&fields.any()?, Address::Alone))
}
