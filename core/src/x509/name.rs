//! Distinguished names.

use crate::asn1::{Element, Reader, Tag, is_identifier, text};
use crate::error::Error;
use crate::hex::hex;
use crate::oids;
use crate::origin::Origin;
use crate::report::{Name, NameAttribute, Span, Text};

const COMMON_NAME: &str = "2.5.4.3";

/// Reads a distinguished name.
///
/// ```text
/// Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }
/// ```
///
/// [RFC 5280, 4.1.2.4](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.4)
pub(crate) fn name(element: &Element<'_>, origin: &Origin) -> Result<Name, Error> {
    let mut attributes = Vec::new();
    let mut sets = element.reader();
    let mut rdn = 0;
    while !sets.is_empty() {
        let mut pairs = sets.expect(Tag::SET, "SET of attributes")?.reader();
        while !pairs.is_empty() {
            attributes.push(attribute(&pairs.sequence("attribute")?, rdn, origin)?);
        }
        rdn += 1;
    }
    Ok(of(attributes))
}

/// A name as far as it is one: what of it cannot be read is left out. What breaks it off is a finding.
pub(super) fn readable_name(element: &Element<'_>, origin: &Origin) -> Name {
    let mut attributes = Vec::with_capacity(element.values().count());
    let mut sets = element.reader();
    let mut rdn = 0;
    while let Some(set) = sets.next() {
        let mut pairs = set.reader();
        while let Some(pair) = pairs.next() {
            if let Some(attribute) = readable_attribute(&pair, rdn, origin) {
                attributes.push(attribute);
            }
        }
        rdn += 1;
    }
    of(attributes)
}

/// Reads the contents of one relative distinguished name, whatever tag they stand in.
pub(crate) fn relative_name(element: &Element<'_>, origin: &Origin) -> Result<Name, Error> {
    let mut attributes = Vec::new();
    let mut pairs = element.reader();
    while !pairs.is_empty() {
        attributes.push(attribute(&pairs.sequence("attribute")?, 0, origin)?);
    }
    Ok(of(attributes))
}

fn of(attributes: Vec<NameAttribute>) -> Name {
    let common_name = attributes
        .iter()
        .rev()
        .find(|attribute| attribute.oid == COMMON_NAME);
    Name {
        common_name: common_name.map(|attribute| attribute.value.clone()),
        text: rfc4514(&attributes),
        attributes,
    }
}

/// The common name of a name, and whether anything else stands in it: all that a list needs.
pub(crate) fn label(element: &Element<'_>) -> String {
    let mut common = None;
    let mut last = None;
    let mut sets = element.reader();
    while let Some(set) = sets.next() {
        let mut pairs = set.reader();
        while let Some(pair) = pairs.next() {
            let mut parts = pair.reader();
            let (Ok(kind), Ok(value)) = (parts.any(), parts.any()) else {
                continue;
            };
            match kind.contents {
                [0x55, 4, 3] => common = Some(value),
                // Organisation and unit name what a nameless authority is.
                [0x55, 4, 10 | 11] => last = Some(value),
                _ => last = last.or(Some(value)),
            }
        }
    }
    let common = common
        .map(|value| text(&value))
        .filter(|name| !name.trim().is_empty());
    common
        .or_else(|| last.map(|value| text(&value)))
        .unwrap_or_default()
}

fn attribute(pair: &Element<'_>, rdn: u32, origin: &Origin) -> Result<NameAttribute, Error> {
    let mut parts = pair.reader();
    let kind = parts.expect(Tag::OID, "OBJECT IDENTIFIER")?;
    if !is_identifier(kind.contents) {
        kind.oid()?;
    }
    let value = parts.any()?;
    let at = origin.span(pair.start, pair.end());
    Ok(named(kind.contents, &value, rdn, at))
}

/// An attribute whose type may be no identifier, so that it has none.
fn readable_attribute(pair: &Element<'_>, rdn: u32, origin: &Origin) -> Option<NameAttribute> {
    let mut parts = pair.reader();
    let kind = parts.any().ok()?;
    let value = parts.any().ok()?;
    let at = origin.span(pair.start, pair.end());
    Some(named(kind.contents, &value, rdn, at))
}

fn named(kind: &[u8], value: &Element<'_>, rdn: u32, at: Span) -> NameAttribute {
    let kind = oids::identified(kind);
    let short_name = kind.as_ref().and_then(|it| it.short_name);
    let encoding = value.tag.name();
    NameAttribute {
        rdn,
        name: short_name.map(Text::from),
        oid: kind.map_or_else(Text::default, |it| it.oid),
        value: text(value),
        encoding: encoding.map_or_else(|| value.tag.to_string().into(), Text::from),
        der: hex(value.raw),
        at,
    }
}

/// The order and the escapes of RFC 4514: last relative name first.
fn rfc4514(attributes: &[NameAttribute]) -> String {
    // The short names are shorter than the identifiers.
    let room = |it: &NameAttribute| it.oid.len() + it.value.len() + 3;
    let mut text = String::with_capacity(attributes.iter().map(room).sum());
    let mut before: Option<u32> = None;
    let groups = attributes.chunk_by(|one, next| one.rdn == next.rdn);
    for attribute in groups.rev().flatten() {
        match before {
            Some(rdn) if rdn == attribute.rdn => text.push_str(" + "),
            Some(_) => text.push_str(", "),
            None => {}
        }
        before = Some(attribute.rdn);
        text.push_str(attribute.name.as_deref().unwrap_or(&attribute.oid));
        text.push('=');
        escape(&attribute.value, &mut text);
    }
    text
}

/// RFC 4514, 2.4.
pub(super) fn escape(value: &str, text: &mut String) {
    if !is_escaped(value.as_bytes()) {
        text.push_str(value);
        return;
    }
    let last = value.chars().count().saturating_sub(1);
    for (index, character) in value.chars().enumerate() {
        match character {
            '\0' => text.push_str("\\00"),
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', character]),
            ' ' if index == 0 || index == last => text.push_str("\\ "),
            '#' if index == 0 && !is_hex_encoding(value) => text.push_str("\\#"),
            _ => text.push(character),
        }
    }
}

/// Whether any character of a value, in UTF-8, may have an escape.
pub(super) fn is_escaped(value: &[u8]) -> bool {
    matches!(value, [b' ' | b'#', ..] | [.., b' '])
        || value
            .iter()
            .any(|octet| matches!(octet, 0 | b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'\\'))
}

/// Whether this is the `#3003…` form that [`text`] gives to what is no string.
fn is_hex_encoding(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(|digits| {
        4 <= digits.len()
            && digits.len().is_multiple_of(2)
            && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

/// Reads the DER encoding of a distinguished name that stands alone.
///
/// # Errors
/// When it is none, with the byte at which it stops being one.
pub fn read_name(der: &[u8]) -> Result<Name, Error> {
    let element = Reader::new(der).sequence("distinguished name")?;
    name(&element, &Origin::input())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_rfc_4514_says() {
        // O = "a, b" ; OU = "x" + CN = " y#"
        let der = [
            0x30, 0x28, 0x31, 0x0d, 0x30, 0x0b, 6, 3, 0x55, 4, 10, 0x0c, 4, b'a', b',', b' ', b'b',
            0x31, 0x16, 0x30, 8, 6, 3, 0x55, 4, 11, 0x0c, 1, b'x', 0x30, 0x0a, 6, 3, 0x55, 4, 3,
            0x13, 3, b' ', b'y', b'#',
        ];
        let mut der = der.to_vec();
        der[1] = u8::try_from(der.len() - 2).expect("short");
        let name = read_name(&der).expect("reads");
        assert_eq!(name.text, "OU=x + CN=\\ y#, O=a\\, b");
        assert_eq!(name.common_name.as_deref(), Some(" y#"));
        assert_eq!(
            name.attributes.iter().map(|a| a.rdn).collect::<Vec<_>>(),
            [0, 1, 1]
        );
    }

    #[test]
    fn err_names_the_byte_where_a_name_stops_being_one() {
        let error = read_name(&[0x30, 2, 0x30, 0]).expect_err("must fail");
        assert_eq!(
            error.to_string(),
            "expected SET of attributes, found SEQUENCE (byte 2)"
        );
    }
}
