//! Character strings.

use std::fmt::Write as _;

use crate::asn1::{Element, Tag};

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
    let contents = element.contents;
    if !is_string(element.tag) {
        let mut hex = String::from("#");
        for octet in element.raw {
            let _ = write!(hex, "{octet:02x}");
        }
        return hex;
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
        _ => match std::str::from_utf8(contents) {
            Ok(text) => text.to_owned(),
            Err(_) => contents.iter().copied().map(char::from).collect(),
        },
    }
}
