//! Promises of transparency logs.

use x509_parser::extensions::{
    SignedCertificateTimestamp as Parsed, parse_ct_signed_certificate_timestamp,
};

use crate::asn1::{Element, MAX_EXACT, Reader, Tag};
use crate::error::Error;
use crate::hex::hex;
use crate::report::{ExtensionValue, SignedCertificateTimestamp, Text};
use crate::time::UnixTime;
use crate::x509::extension::Context;
use crate::x509::extension::transparency_logs::log;

/// ```text
/// SignedCertificateTimestampList ::= OCTET STRING
/// opaque SerializedSCT<1..2^16-1>;
/// struct { SerializedSCT sct_list <1..2^16-1>; } SignedCertificateTimestampList;
/// ```
///
/// [RFC 6962, 3.3](https://www.rfc-editor.org/rfc/rfc6962#section-3.3)
pub(super) fn timestamps(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let outer = reader.expect(Tag::OCTET_STRING, "OCTET STRING")?;
    let (octets, _) = outer.octets()?;
    let Some((list, rest)) = prefixed(&octets) else {
        return Err(outer.malformed("the list of timestamps is shorter than it says"));
    };
    if !rest.is_empty() {
        let octets = rest.len();
        let error = format!("{octets} more bytes stand after the list of timestamps");
        context.fault(outer.malformed(&error), outer.range());
    }
    if list.is_empty() {
        context.empty(outer.range(), "list of timestamps");
    }
    let mut timestamps = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let index = timestamps.len();
        match timestamp(rest, &outer) {
            Ok((one, after)) => {
                timestamps.extend(one);
                rest = after;
            }
            Err(error) => {
                context.fault(error, outer.range());
                break;
            }
        }
        if timestamps.len() == index {
            let error = outer.malformed("a timestamp is of a form that is not known");
            context.fault(error, outer.range());
        }
    }
    Ok(ExtensionValue::SignedCertificateTimestamps { timestamps })
}

/// The next timestamp, if it can be read, and what follows it.
fn timestamp<'a>(
    list: &'a [u8],
    outer: &Element<'_>,
) -> Result<(Option<SignedCertificateTimestamp>, &'a [u8]), Error> {
    let Some((_, after)) = prefixed(list) else {
        return Err(outer.malformed("a timestamp is shorter than it says"));
    };
    let parsed = parse_ct_signed_certificate_timestamp(list).ok();
    Ok((parsed.map(|(_, parsed)| told(&parsed)), after))
}

fn told(parsed: &Parsed<'_>) -> SignedCertificateTimestamp {
    let log_id = hex(parsed.id.key_id);
    let log = log(&log_id);
    let seconds = i64::try_from(parsed.timestamp / 1000).unwrap_or(i64::MAX);
    SignedCertificateTimestamp {
        version: u16::from(parsed.version.0) + 1,
        log: log.map(|(_, name)| name.into()),
        operator: log.map(|(operator, _)| operator.into()),
        log_id,
        time: UnixTime::from_seconds(seconds.min(UnixTime::NEVER.seconds())),
        milliseconds: parsed.timestamp.min(MAX_EXACT),
        extensions: hex(parsed.extensions.0),
        leaf_index: leaf_index(parsed.extensions.0),
        hash: hash(parsed.signature.hash_alg_id),
        signature_algorithm: signature(parsed.signature.sign_alg_id),
        signature: hex(parsed.signature.data),
    }
}

/// What a length of two octets announces, and what follows.
fn prefixed(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let [high, low, rest @ ..] = octets else {
        return None;
    };
    rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))
}

/// Extension 0 of the static logs: the place of the entry in 40 bits.
///
/// [static-ct-api](https://github.com/C2SP/C2SP/blob/main/static-ct-api.md)
fn leaf_index(extensions: &[u8]) -> Option<u64> {
    match extensions {
        [0, 0, 5, place @ ..] if place.len() == 5 => {
            let index = place.iter();
            Some(index.fold(0, |index, octet| index << 8 | u64::from(*octet)))
        }
        _ => None,
    }
}

/// `HashAlgorithm` (RFC 5246, 7.4.1.4.1; RFC 8422, 5.1.3).
fn hash(number: u8) -> Text {
    match number {
        0 => "none",
        1 => "MD5",
        2 => "SHA-1",
        3 => "SHA-224",
        4 => "SHA-256",
        5 => "SHA-384",
        6 => "SHA-512",
        8 => "intrinsic",
        _ => return format!("digest number {number}").into(),
    }
    .into()
}

/// `SignatureAlgorithm` (RFC 5246, 7.4.1.4.1; RFC 8422, 5.1.3).
fn signature(number: u8) -> Text {
    match number {
        0 => "anonymous",
        1 => "RSA",
        2 => "DSA",
        3 => "ECDSA",
        7 => "Ed25519",
        8 => "Ed448",
        _ => return format!("signature number {number}").into(),
    }
    .into()
}
