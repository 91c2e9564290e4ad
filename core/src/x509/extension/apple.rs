//! What Apple's certificates say, as far as Apple tells how it is written.

use crate::asn1::{Reader, Tag, text};
use crate::error::Error;
use crate::hex::hex;
use crate::report::{ExtensionValue, PushTopic};
use crate::x509::extension::{Context, plain};

/// ```text
/// SEQUENCE OF { topic UTF8String, kinds SEQUENCE OF UTF8String }, the two without a SEQUENCE around them
/// ```
///
/// [Establishing a certificate-based connection to APNs](https://developer.apple.com/documentation/usernotifications/establishing-a-certificate-based-connection-to-apns)
pub(super) fn push_topics(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = context.list(reader, "SEQUENCE of topics")?;
    let mut topics = Vec::new();
    while !fields.is_empty() {
        let topic = fields.expect(Tag::UTF8_STRING, "topic UTF8String")?;
        let mut list = fields.sequence("SEQUENCE of kinds")?.reader();
        let mut kinds = Vec::new();
        while !list.is_empty() {
            kinds.push(text(&list.expect(Tag::UTF8_STRING, "kind UTF8String")?));
        }
        topics.push(PushTopic {
            topic: text(&topic),
            kinds,
        });
    }
    Ok(ExtensionValue::PushTopics { topics })
}

/// ```text
/// SEQUENCE { nonce [1] EXPLICIT OCTET STRING }
/// ```
///
/// [Validating apps that connect to your server](https://developer.apple.com/documentation/devicecheck/validating-apps-that-connect-to-your-server)
pub(super) fn nonce(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = reader.sequence("SEQUENCE")?.reader();
    let mut wrapped = fields.expect(Tag::context(1), "[1] nonce")?.reader();
    let nonce = wrapped.expect(Tag::OCTET_STRING, "OCTET STRING")?;
    context.end(&wrapped);
    context.end(&fields);
    Ok(ExtensionValue::Octets {
        octets: hex(nonce.contents),
    })
}

/// What an attested device says of itself: text, mostly without any encoding around it, or octets.
///
/// [Managed device attestation](https://support.apple.com/guide/deployment/managed-device-attestation-dep28afbde6a/web)
#[expect(
    clippy::unnecessary_wraps,
    reason = "the table of decoders holds functions that may fail"
)]
pub(super) fn device_fact(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let encoded = plain::plain(reader.clone());
    let raw = reader.take_rest();
    Ok(encoded.unwrap_or_else(|| match std::str::from_utf8(raw) {
        Ok(text) if !raw.is_empty() && !text.chars().any(char::is_control) => {
            ExtensionValue::Text {
                text: text.to_owned(),
            }
        }
        _ => ExtensionValue::Octets { octets: hex(raw) },
    }))
}
