use certlens_core::{Name, NameAttribute};

use crate::hex;
use crate::named::{self, Names};

/// A name as `X500Principal.toString()` prints it: the last attribute first, values quoted whole.
pub fn name(name: &Name) -> String {
    let mut parts: Vec<String> = Vec::new();
    for rdn in name.attributes.chunk_by(|a, b| a.rdn == b.rdn) {
        let attributes: Vec<String> = rdn.iter().map(attribute).collect();
        parts.push(attributes.join(" + "));
    }
    parts.reverse();
    parts.join(", ")
}

fn attribute(attribute: &NameAttribute) -> String {
    let value = match text(&attribute.der) {
        Some(text) => quoted(&text),
        None => format!("#{}", attribute.der),
    };
    match keyword(&attribute.oid) {
        Some(keyword) => format!("{keyword}={value}"),
        None => format!("OID.{}={value}", attribute.oid),
    }
}

/// What Java reads of a value, given as hexadecimal DER: seven string types are text, with U+FFFD for
/// what they do not allow; everything else is `None`.
fn text(der: &str) -> Option<String> {
    let der = hex::decode(der)?;
    let (contents, _) = hex::split_der(&der)?;
    let ascii = |octet: &u8| {
        let octet = Some(*octet).filter(u8::is_ascii);
        octet.map_or(char::REPLACEMENT_CHARACTER, char::from)
    };
    Some(match der.first()? {
        0x0c => utf8(contents),
        0x13 | 0x16 | 0x1b => contents.iter().map(ascii).collect(),
        0x14 => contents.iter().copied().map(char::from).collect(),
        0x1c => {
            // A byte order mark in front is none of the text.
            let text = contents.strip_prefix(b"\0\0\xfe\xff").unwrap_or(contents);
            text.chunks(4).map(quad).collect()
        }
        0x1e => utf16(contents),
        _ => return None,
    })
}

/// As Java decodes UTF-8: half of a pair that is encoded by itself is one fault, not one an octet.
fn utf8(mut octets: &[u8]) -> String {
    let mut text = String::new();
    let half = |pair: &[u8]| matches!(pair, [0xed, 0xa0..=0xbf]);
    while let Some((before, from)) = octets
        .windows(2)
        .position(half)
        .map(|at| octets.split_at(at))
    {
        text.push_str(&String::from_utf8_lossy(before));
        text.push(char::REPLACEMENT_CHARACTER);
        octets = match from {
            [_, _, 0x80..=0xbf, rest @ ..] | [_, _, rest @ ..] => rest,
            _ => &[],
        };
    }
    text.push_str(&String::from_utf8_lossy(octets));
    text
}

/// As Java decodes UTF-16: what stands where the second half of a pair should is lost with the first
/// half, and so is what is left at the end.
fn utf16(mut octets: &[u8]) -> String {
    let mut text = String::new();
    while !octets.is_empty() {
        let (character, rest) = match octets {
            // The byte order mark of the other order.
            [0xff, 0xfe, rest @ ..] => (None, rest),
            [0xd8..=0xdb, _, rest @ ..] => match (octets, rest) {
                ([a, b, c, d, ..], [_, _, rest @ ..]) => {
                    let units = [[*a, *b], [*c, *d]].map(u16::from_be_bytes);
                    let pair = char::decode_utf16(units).next().and_then(Result::ok);
                    (pair, rest)
                }
                _ => (None, &[][..]),
            },
            [high, low, rest @ ..] => {
                let unit = u16::from_be_bytes([*high, *low]);
                (char::from_u32(unit.into()), rest)
            }
            _ => (None, &[][..]),
        };
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        octets = rest;
    }
    text
}

fn quad(octets: &[u8]) -> char {
    let point = match octets {
        [a, b, c, d] => char::from_u32(u32::from_be_bytes([*a, *b, *c, *d])),
        _ => None,
    };
    point.unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Quotes a value as a whole where it could be misread; quotes and backslashes inside are escaped.
fn quoted(value: &str) -> String {
    let already = 1 < value.len() && value.starts_with('"') && value.ends_with('"');
    let inner = match value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) if already => inner,
        _ => value,
    };
    let escaped = inner.replace('\\', "\\\\").replace('"', "\\\"");
    if already || needs_quotes(value) {
        format!("\"{escaped}\"")
    } else {
        escaped
    }
}

fn needs_quotes(value: &str) -> bool {
    value.contains([',', '+', '=', '\n', '<', '>', '#', ';', '\\', '"'])
        || value.starts_with(' ')
        || value.ends_with(' ')
        || value.contains("  ")
}

fn keyword(oid: &str) -> Option<&'static str> {
    named::name(KEYWORDS, oid)
}

/// The attribute types that Java names.
const KEYWORDS: &Names = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "T"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("2.5.4.4", "SURNAME"),
    ("2.5.4.42", "GIVENNAME"),
    ("2.5.4.43", "INITIALS"),
    ("2.5.4.44", "GENERATION"),
    ("2.5.4.46", "DNQ"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("1.2.840.113549.1.9.1", "EMAILADDRESS"),
    ("1.3.6.1.4.1.42.2.11.2.1", "IP"),
];
