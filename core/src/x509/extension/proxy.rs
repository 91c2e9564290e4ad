//! What a certificate signed by an end entity may do.

use crate::asn1::{Reader, Tag};
use crate::error::Error;
use crate::hex::hex;
use crate::report::ExtensionValue;
use crate::x509::extension::Context;
use crate::x509::key::named;

/// ```text
/// ProxyCertInfo ::= SEQUENCE { pCPathLenConstraint INTEGER OPTIONAL,
///     proxyPolicy SEQUENCE { policyLanguage OBJECT IDENTIFIER, policy OCTET STRING OPTIONAL } }
/// ```
///
/// [RFC 3820, 3.8](https://www.rfc-editor.org/rfc/rfc3820#section-3.8)
pub(super) fn proxy(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = reader.sequence("SEQUENCE")?.reader();
    let path_length = match fields.optional(Tag::INTEGER)? {
        Some(length) => Some(
            length
                .unsigned()
                .map_err(|e| e.within("pCPathLenConstraint"))?,
        ),
        None => None,
    };
    let mut policy = fields.sequence("proxyPolicy")?.reader();
    context.end(&fields);
    let language = named(policy.oid().map_err(|e| e.within("policyLanguage"))?);
    let text = policy.optional(Tag::OCTET_STRING)?;
    context.end(&policy);
    Ok(ExtensionValue::ProxyCertificate {
        path_length,
        language,
        policy: text.map(|text| match std::str::from_utf8(text.contents) {
            Ok(text) => text.to_owned(),
            Err(_) => format!("#{}", hex(text.contents)),
        }),
    })
}
