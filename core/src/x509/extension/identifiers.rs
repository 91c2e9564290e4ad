//! Which key is certified, and which one signed.

use crate::asn1::{Reader, Tag};
use crate::error::Error;
use crate::hex::hex;
use crate::report::ExtensionValue;
use crate::x509::certificate::serial;
use crate::x509::extension::Context;

/// ```text
/// SubjectKeyIdentifier ::= OCTET STRING
/// ```
///
/// [RFC 5280, 4.2.1.2](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.2)
pub(super) fn subject_key(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let identifier = reader.expect(Tag::OCTET_STRING, "OCTET STRING")?;
    Ok(ExtensionValue::SubjectKeyIdentifier {
        identifier: hex(&identifier.octets()?.0),
    })
}

/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OCTET STRING OPTIONAL,
///     authorityCertIssuer [1] GeneralNames OPTIONAL, authorityCertSerialNumber [2] INTEGER OPTIONAL }
/// ```
///
/// [RFC 5280, 4.2.1.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.1)
pub(super) fn authority_key(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = reader.sequence("SEQUENCE")?.reader();
    let identifier = fields.optional(Tag::context_primitive(0))?;
    let issuer = fields.optional(Tag::context(1))?;
    let number = fields.optional(Tag::context_primitive(2))?;
    context.end(&fields);
    Ok(ExtensionValue::AuthorityKeyIdentifier {
        identifier: identifier.map(|it| hex(it.contents)),
        issuer: issuer.map_or_else(Vec::new, |it| context.names(it.reader())),
        serial: number.map(|it| serial(it.contents)),
    })
}
