//! Whether a string holds what its type allows.

use crate::asn1::{Element, Tag, is_string};
use crate::words::a;

/// What is wrong with a string.
pub(crate) enum Fault {
    /// It is none.
    NoString,
    /// It holds this, which its type does not allow.
    Characters(String),
}

/// What is wrong with this string (X.680, 41; X.690, 8.21).
pub(crate) fn fault(value: &Element<'_>) -> Option<Fault> {
    if !is_string(value.tag) || value.tag.constructed {
        return Some(Fault::NoString);
    }
    let contents = value.contents;
    let alphabet: fn(u8) -> bool = match value.tag.number {
        12 => return utf8(contents),
        18 => |octet| octet.is_ascii_digit() || octet == b' ',
        19 => is_printable,
        22 => |octet| octet.is_ascii(),
        26 => |octet| matches!(octet, 0x20..=0x7e),
        28 => return units(contents, 4),
        30 => return units(contents, 2),
        _ => return None,
    };
    let outside = contents.iter().copied().find(|octet| !alphabet(*octet))?;
    Some(Fault::Characters(format!(
        "{} does not hold {}",
        a(value.tag),
        octet(outside)
    )))
}

/// Whether an `IA5String` that stands under a context tag is one.
pub(crate) fn is_ia5(contents: &[u8]) -> bool {
    contents.is_ascii()
}

/// The alphabet of `PrintableString` (X.680, 41.4).
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(
            octet,
            b' ' | b'\'' | b'(' | b')' | b'+' | b',' | b'-' | b'.' | b'/' | b':' | b'=' | b'?'
        )
}

fn utf8(contents: &[u8]) -> Option<Fault> {
    let error = std::str::from_utf8(contents).err()?;
    let first = contents.get(error.valid_up_to()).copied().unwrap_or(0);
    Some(Fault::Characters(format!("octet {first:02x} is no UTF-8")))
}

fn units(contents: &[u8], size: usize) -> Option<Fault> {
    if !contents.len().is_multiple_of(size) {
        let tag = Tag::universal(if size == 2 { 30 } else { 28 });
        let length = contents.len();
        return Some(Fault::Characters(format!(
            "a {tag} has {size} octets a character, not {length} in all"
        )));
    }
    let surrogate = |pair: &[u8]| matches!(pair, [0xd8..=0xdf, _]);
    (size == 2 && contents.chunks(2).any(surrogate))
        .then(|| Fault::Characters("a BMPString does not hold surrogates".to_owned()))
}

fn octet(octet: u8) -> String {
    if matches!(octet, 0x21..=0x7e) {
        format!("{:?}", char::from(octet))
    } else {
        format!("octet {octet:02x}")
    }
}
