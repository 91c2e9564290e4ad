//! Where to ask about an issuer or a subject.

use crate::asn1::Reader;
use crate::error::Error;
use crate::report::{AccessDescription, ExtensionValue};
use crate::x509::extension::Context;
use crate::x509::general_name::Address;
use crate::x509::key::next_named;

/// [RFC 5280, 4.2.2.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.2.1)
pub(super) fn authority(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    descriptions(reader, context)
        .map(|descriptions| ExtensionValue::AuthorityInfoAccess { descriptions })
}

/// [RFC 5280, 4.2.2.2](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.2.2)
pub(super) fn subject(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    descriptions(reader, context)
        .map(|descriptions| ExtensionValue::SubjectInfoAccess { descriptions })
}

/// ```text
/// SEQUENCE SIZE (1..MAX) OF SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
/// ```
fn descriptions(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Vec<AccessDescription>, Error> {
    let mut list = context.list(reader, "SEQUENCE of access descriptions")?;
    let mut descriptions = Vec::with_capacity(list.count());
    while !list.is_empty() {
        let mut fields = list.sequence("AccessDescription")?.reader();
        descriptions.push(AccessDescription {
            method: next_named(&mut fields).map_err(|error| error.within("accessMethod"))?,
            location: context.name(&fields.any()?, Address::Alone),
        });
        context.end(&fields);
    }
    Ok(descriptions)
}
