//! Which TLS extensions a server must send.

use crate::asn1::{Reader, Tag};
use crate::error::Error;
use crate::report::{ExtensionValue, TlsFeature};
use crate::x509::extension::Context;

/// ```text
/// Features ::= SEQUENCE OF INTEGER
/// ```
///
/// [RFC 7633, 4](https://www.rfc-editor.org/rfc/rfc7633#section-4)
pub(super) fn features(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut list = context.list(reader, "SEQUENCE of features")?;
    let mut features = Vec::new();
    while !list.is_empty() {
        let number = list.expect(Tag::INTEGER, "INTEGER")?.unsigned()?;
        features.push(TlsFeature {
            number,
            name: name(number).map(str::to_owned),
        });
    }
    Ok(ExtensionValue::TlsFeature { features })
}

/// The names of the TLS extensions that a certificate can ask for.
fn name(number: u64) -> Option<&'static str> {
    match number {
        5 => Some("OCSP stapling (status_request)"),
        17 => Some("OCSP stapling of the whole chain (status_request_v2)"),
        _ => None,
    }
}
