//! Extensions that are lists of names.

use crate::asn1::Reader;
use crate::error::Error;
use crate::report::{ExtensionValue, GeneralName};
use crate::x509::extension::Context;

/// [RFC 5280, 4.2.1.6](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6)
pub(super) fn subject(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    names(reader, context).map(|names| ExtensionValue::SubjectAltName {
        names: names.into(),
    })
}

/// [RFC 5280, 4.2.1.7](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.7)
pub(super) fn issuer(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    names(reader, context).map(|names| ExtensionValue::IssuerAltName { names })
}

/// [RFC 5280, 5.3.3](https://www.rfc-editor.org/rfc/rfc5280#section-5.3.3)
pub(super) fn certificate_issuer(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    names(reader, context).map(|names| ExtensionValue::CertificateIssuer { names })
}

/// The account that a certificate was issued to, as an `otherName`.
///
/// [MS-WCCE, 2.2.2.7.7.4](https://learn.microsoft.com/openspecs/windows_protocols/ms-wcce/e563cff8-1af6-4e6f-a655-7571ca482e71)
pub(super) fn security_identifier(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    names(reader, context).map(|names| ExtensionValue::SecurityIdentifier { names })
}

fn names(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Vec<GeneralName>, Error> {
    let list = context.list(reader, "SEQUENCE of names")?;
    Ok(context.names(list))
}
