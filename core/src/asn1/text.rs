//! Character strings.

use std::borrow::Cow;

use crate::asn1::{Element, Tag};
use crate::hex::hex;

const UTF8_STRING: u32 = 12;
const NUMERIC_STRING: u32 = 18;
const PRINTABLE_STRING: u32 = 19;
const TELETEX_STRING: u32 = 20;
const VIDEOTEX_STRING: u32 = 21;
const IA5_STRING: u32 = 22;
const GRAPHIC_STRING: u32 = 25;
const VISIBLE_STRING: u32 = 26;
const GENERAL_STRING: u32 = 27;
const UNIVERSAL_STRING: u32 = 28;
const BMP_STRING: u32 = 30;

/// Whether a value of this tag is a string that [`text`] can read.
pub(crate) fn is_string(tag: Tag) -> bool {
    tag.is_universal()
        && matches!(
            tag.number,
            UTF8_STRING
                | NUMERIC_STRING
                | PRINTABLE_STRING
                | TELETEX_STRING
                | VIDEOTEX_STRING
                | IA5_STRING
                | GRAPHIC_STRING
                | VISIBLE_STRING
                | GENERAL_STRING
                | UNIVERSAL_STRING
                | BMP_STRING
        )
}

/// The text of a character string. Octets that the type does not allow are read as Latin-1, as people
/// meant them; what is no string becomes `#` and its hexadecimal encoding (RFC 4514, 2.4).
pub(crate) fn text(element: &Element<'_>) -> String {
    characters(element).into_owned()
}

/// As [`text`], borrowed where the octets are UTF-8 as they stand.
pub(crate) fn characters<'a>(element: &Element<'a>) -> Cow<'a, str> {
    let contents = element.contents;
    if !is_string(element.tag) {
        return Cow::Owned(format!("#{}", hex(element.raw)));
    }
    match element.tag.number {
        BMP_STRING => {
            let units = contents.chunks(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0xfffd,
            });
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        UNIVERSAL_STRING => contents
            .chunks(4)
            .map(|quad| match quad {
                [a, b, c, d] => char::from_u32(u32::from_be_bytes([*a, *b, *c, *d])),
                _ => None,
            })
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        _ => latin(contents),
    }
}

/// Octets as UTF-8, which people write where ASCII belongs, else as Latin-1.
pub(crate) fn latin(octets: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(octets) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => octets.iter().copied().map(char::from).collect(),
    }
}
