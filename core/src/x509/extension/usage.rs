//! What a key and a certificate are for.

use x509_parser::extensions::NSCertType;
use x509_parser::prelude::FromDer as _;

use crate::asn1::{Element, Reader, Tag, instant};
use crate::error::Error;
use crate::report::{ExtensionValue, KeyUse};
use crate::time::UnixTime;
use crate::x509::extension::Context;
use crate::x509::key::next_named;

/// ```text
/// KeyUsage ::= BIT STRING { digitalSignature (0), nonRepudiation (1), keyEncipherment (2),
///     dataEncipherment (3), keyAgreement (4), keyCertSign (5), cRLSign (6), encipherOnly (7),
///     decipherOnly (8) }
/// ```
///
/// [RFC 5280, 4.2.1.3](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.3)
pub(super) fn key_usage(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let bits = reader.expect(Tag::BIT_STRING, "BIT STRING")?;
    if bits.contents.first().is_none_or(|unused| 7 < *unused) {
        return Err(not_bits(&bits));
    }
    let numbers = bits.bit_numbers()?;
    let uses = numbers.iter().filter_map(|&number| USES.get(number));
    Ok(ExtensionValue::KeyUsage {
        uses: uses.copied().collect(),
    })
}

const USES: [KeyUse; 9] = [
    KeyUse::DigitalSignature,
    KeyUse::NonRepudiation,
    KeyUse::KeyEncipherment,
    KeyUse::DataEncipherment,
    KeyUse::KeyAgreement,
    KeyUse::CertificateSigning,
    KeyUse::CrlSigning,
    KeyUse::EncipherOnly,
    KeyUse::DecipherOnly,
];

fn not_bits(bits: &Element<'_>) -> Error {
    bits.malformed("the BIT STRING does not say how many of its bits count")
}

/// What Netscape's programs used before `extKeyUsage` was.
pub(super) fn netscape_kinds(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let bits = reader.expect(Tag::BIT_STRING, "BIT STRING")?;
    let (_, kinds) = NSCertType::from_der(bits.raw).map_err(|_| not_bits(&bits))?;
    let all = [
        (kinds.ssl_client(), "SSL client"),
        (kinds.ssl_server(), "SSL server"),
        (kinds.smime(), "S/MIME"),
        (kinds.object_signing(), "object signing"),
        (kinds.ssl_ca(), "SSL authority"),
        (kinds.smime_ca(), "S/MIME authority"),
        (kinds.object_signing_ca(), "object signing authority"),
    ];
    let kinds = all.iter().filter(|(set, _)| *set);
    Ok(ExtensionValue::NetscapeCertificateType {
        kinds: kinds.map(|(_, kind)| (*kind).to_owned()).collect(),
    })
}

/// ```text
/// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER
/// ```
///
/// [RFC 5280, 4.2.1.12](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12)
pub(super) fn purposes(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut list = context.list(reader, "SEQUENCE of purposes")?;
    let mut purposes = Vec::with_capacity(list.count());
    while !list.is_empty() {
        purposes.push(next_named(&mut list)?);
    }
    Ok(ExtensionValue::ExtendedKeyUsage { purposes })
}

/// ```text
/// PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL,
///                                      notAfter [1] GeneralizedTime OPTIONAL }
/// ```
///
/// [RFC 3280, 4.2.1.4](https://www.rfc-editor.org/rfc/rfc3280#section-4.2.1.4)
pub(super) fn period(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let whole = reader.sequence("SEQUENCE")?;
    context.not_empty(&whole, "SEQUENCE");
    let mut fields = whole.reader();
    let mut time =
        |number, part: &'static str| match fields.optional(Tag::context_primitive(number)) {
            Ok(Some(element)) => generalized(&element).map(Some).map_err(|e| e.within(part)),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
    let not_before = time(0, "notBefore")?;
    let not_after = time(1, "notAfter")?;
    context.end(&fields);
    Ok(ExtensionValue::PrivateKeyUsagePeriod {
        not_before,
        not_after,
    })
}

/// A `GeneralizedTime` with an implicit tag.
fn generalized(element: &Element<'_>) -> Result<UnixTime, Error> {
    moment(&element.retagged(Tag::GENERALIZED_TIME))
}

/// The instant that a time names.
pub(super) fn moment(element: &Element<'_>) -> Result<UnixTime, Error> {
    let instant = instant(element).ok_or_else(|| element.unexpected("GeneralizedTime"))?;
    instant.time.map_err(|reason| element.malformed(&reason))
}
