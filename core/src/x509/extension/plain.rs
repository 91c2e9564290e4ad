//! Extensions that are one plain value: a string, a number, nothing at all.

use crate::asn1::{Reader, Tag, is_string, text};
use crate::error::Error;
use crate::hex::hex;
use crate::report::ExtensionValue;
use crate::x509::certificate::serial;
use crate::x509::extension::Context;
use crate::x509::extension::usage::moment;
use crate::x509::key::named;

const NULL: Tag = Tag::universal(5);

/// The value of an extension that has a name and no decoder of its own, if it is one plain value:
/// Apple's markers, ACME's digest, Yubico's numbers.
pub(super) fn plain(mut reader: Reader<'_>) -> Option<ExtensionValue> {
    let value = reader.any().ok()?;
    if !reader.is_empty() {
        return None;
    }
    Some(match value.tag {
        NULL => ExtensionValue::Marker,
        Tag::INTEGER => ExtensionValue::Number {
            number: serial(value.contents),
        },
        Tag::OID => ExtensionValue::Identifier {
            identifier: named(value.oid().ok()?),
        },
        Tag::OCTET_STRING => ExtensionValue::Octets {
            octets: hex(value.contents),
        },
        Tag::UTC_TIME | Tag::GENERALIZED_TIME => ExtensionValue::Instant {
            time: moment(&value).ok()?,
        },
        tag if is_string(tag) => ExtensionValue::Text { text: text(&value) },
        _ => return None,
    })
}

/// A character string of any type: Netscape's comments and addresses.
pub(super) fn string(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let value = reader.any()?;
    if is_string(value.tag) {
        Ok(ExtensionValue::Text { text: text(&value) })
    } else {
        Err(value.unexpected("IA5String"))
    }
}

/// Text that stands in the extension without any encoding, as Sigstore's first extensions have it.
///
/// [Fulcio OID information](https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md)
#[expect(
    clippy::unnecessary_wraps,
    reason = "the table of decoders holds functions that may fail"
)]
pub(super) fn raw_text(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let text = reader.take_rest();
    Ok(ExtensionValue::Text {
        text: String::from_utf8_lossy(text).into_owned(),
    })
}

/// [RFC 6962, 3.1](https://www.rfc-editor.org/rfc/rfc6962#section-3.1)
pub(super) fn poison(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    null(reader)?;
    Ok(ExtensionValue::PrecertificatePoison)
}

/// [RFC 6960, 4.2.2.2.1](https://www.rfc-editor.org/rfc/rfc6960#section-4.2.2.2.1)
pub(super) fn no_check(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    null(reader)?;
    Ok(ExtensionValue::OcspNoCheck)
}

/// A NULL, which says all by being there.
pub(super) fn null(reader: &mut Reader<'_>) -> Result<(), Error> {
    let value = reader.expect(NULL, "NULL")?;
    if value.contents.is_empty() {
        Ok(())
    } else {
        Err(value.malformed("a NULL holds no octets"))
    }
}

/// ```text
/// SMIMECapabilities ::= SEQUENCE OF SEQUENCE { capabilityID OBJECT IDENTIFIER, parameters ANY OPTIONAL }
/// ```
///
/// [RFC 4262, 2](https://www.rfc-editor.org/rfc/rfc4262#section-2)
pub(super) fn smime_capabilities(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut list = reader.sequence("SEQUENCE of capabilities")?.reader();
    let mut capabilities = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("capability")?.reader();
        capabilities.push(named(fields.oid()?));
    }
    Ok(ExtensionValue::SmimeCapabilities { capabilities })
}
