//! What a list tells of a certificate, written one after another into one buffer.

use std::io::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::asn1::{Element, Reader, Tag, dotted, latin, text};
use crate::hex::push_hex;
use crate::oids;
use crate::x509::general_name::address;
use crate::x509::name::{escape, is_escaped};
use crate::x509::{public_key, serial};

/// Writes the fields of certificates. It keeps the names of attributes that it met and the space that
/// it worked in, so that most certificates cost no allocation.
#[derive(Default)]
pub(crate) struct Brief {
    /// Encoded identifiers of attribute types, and what stands before the value: `CN=`.
    types: Vec<(Vec<u8>, Vec<u8>)>,
    /// The relative names of the name at hand, in encoded order, and where each ends.
    pieces: Vec<u8>,
    ends: Vec<usize>,
}

/// Types that are kept. Stops a file of made-up ones from making each look-up long.
const MAX_TYPES: usize = 32;

impl Brief {
    /// A distinguished name, as [`crate::Name::text`] has it. Gives the common name in it.
    pub(crate) fn name<'a>(
        &mut self,
        name: &Element<'a>,
        out: &mut Vec<u8>,
    ) -> Option<Element<'a>> {
        let mut common = None;
        self.pieces.clear();
        self.ends.clear();
        let mut sets = name.reader();
        while let Some(set) = sets.next() {
            let mut pairs = set.reader();
            let mut is_first = true;
            while let Some(pair) = pairs.next() {
                let mut parts = pair.reader();
                let (Ok(kind), Ok(value)) = (parts.any(), parts.any()) else {
                    continue;
                };
                if !is_first {
                    self.pieces.extend_from_slice(b" + ");
                }
                is_first = false;
                self.attribute_type(kind.contents);
                push_value(&value, &mut self.pieces);
                if kind.contents == [0x55, 4, 3] {
                    common = Some(value);
                }
            }
            if !is_first {
                self.ends.push(self.pieces.len());
            }
        }
        for (index, end) in self.ends.iter().enumerate().rev() {
            let start = index
                .checked_sub(1)
                .and_then(|before| self.ends.get(before));
            let start = start.copied().unwrap_or(0);
            out.extend_from_slice(self.pieces.get(start..*end).unwrap_or_default());
            if index != 0 {
                out.extend_from_slice(b", ");
            }
        }
        common
    }

    fn attribute_type(&mut self, oid: &[u8]) {
        if let Some((_, text)) = self.types.iter().find(|(known, _)| known == oid) {
            self.pieces.extend_from_slice(text);
            return;
        }
        let dotted = dotted(oid).unwrap_or_default();
        let mut text = oids::short_name(&dotted)
            .unwrap_or(&dotted)
            .as_bytes()
            .to_vec();
        text.push(b'=');
        self.pieces.extend_from_slice(&text);
        if self.types.len() < MAX_TYPES {
            self.types.push((oid.to_vec(), text));
        }
    }
}

/// The name that a person would call the bearer of a name by, as in [`crate::Row::name`]. `common` is
/// what [`Brief::name`] gave.
pub(crate) fn push_label(name: &Element<'_>, common: Option<Element<'_>>, out: &mut Vec<u8>) {
    match common.and_then(|value| plain(&value)) {
        Some(text) if !text.trim().is_empty() => out.extend_from_slice(text.as_bytes()),
        _ => out.extend_from_slice(crate::x509::label(name).as_bytes()),
    }
}

/// The serial number, as in [`crate::Certificate::serial`].
pub(crate) fn push_serial(contents: &[u8], out: &mut Vec<u8>) {
    match contents {
        [1..=0x7f, ..] => push_hex(contents, out),
        [0, rest @ ..] if rest.first().is_some_and(|first| *first != 0) => push_hex(rest, out),
        _ => out.extend_from_slice(serial(contents).as_bytes()),
    }
}

/// The key in words, as in [`crate::PublicKey::text`]. The usual kinds are told apart at once.
pub(crate) fn push_key(info: &Element<'_>, out: &mut Vec<u8>) {
    if push_usual_key(info, out).is_none()
        && let Ok(key) = public_key(info)
    {
        out.extend_from_slice(key.text.as_bytes());
    }
}

fn push_usual_key(info: &Element<'_>, out: &mut Vec<u8>) -> Option<()> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    let mut fields = info.reader();
    let mut identifier = fields.sequence("AlgorithmIdentifier").ok()?.reader();
    let bits = fields
        .expect(Tag::BIT_STRING, "BIT STRING")
        .ok()?
        .bits()
        .ok()?;
    let oid = identifier
        .expect(Tag::OID, "OBJECT IDENTIFIER")
        .ok()?
        .contents;
    if oid == RSA {
        let mut key = Reader::new(bits).sequence("RSAPublicKey").ok()?.reader();
        let modulus = key.expect(Tag::INTEGER, "modulus").ok()?.contents;
        let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
        key.expect(Tag::INTEGER, "publicExponent").ok()?;
        // Other moduli are odd in more ways than one.
        modulus.first().filter(|first| 0x80 <= **first)?;
        write!(out, "RSA {}", modulus.len() * 8).ok()?;
        return Some(());
    }
    let curve = identifier
        .any()
        .ok()
        .filter(|curve| oid == EC && curve.tag == Tag::OID)?;
    out.extend_from_slice(match curve.contents {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => b"EC P-256",
        [0x2b, 0x81, 4, 0, 0x22] => b"EC P-384",
        [0x2b, 0x81, 4, 0, 0x23] => b"EC P-521",
        _ => return None,
    });
    Some(())
}

/// The alternative names as far as they are text, a line each, as in [`crate::Row::names`].
pub(crate) fn push_names(value: &[u8], out: &mut Vec<u8>) {
    let Ok(list) = Reader::new(value).any() else {
        return;
    };
    let mut is_first = true;
    let mut names = list.reader();
    while let Some(name) = names.next() {
        let number = name.tag.number;
        if !matches!(number, 1 | 2 | 6 | 7) {
            continue;
        }
        if !is_first {
            out.push(b'\n');
        }
        is_first = false;
        if number == 7 {
            push_address(name.contents, out);
        } else {
            push_line(name.contents, out);
        }
    }
}

fn push_address(contents: &[u8], out: &mut Vec<u8>) {
    if let Ok(four) = <[u8; 4]>::try_from(contents) {
        let _ = write!(out, "{}", Ipv4Addr::from(four));
    } else if let Ok(sixteen) = <[u8; 16]>::try_from(contents) {
        let _ = write!(out, "{}", Ipv6Addr::from(sixteen));
    } else {
        out.extend_from_slice(address(contents).as_bytes());
    }
}

/// A name that must be one line; line feeds in it are shown as a sign.
fn push_line(contents: &[u8], out: &mut Vec<u8>) {
    if contents.is_ascii() && !contents.contains(&b'\n') {
        out.extend_from_slice(contents);
        return;
    }
    out.extend_from_slice(latin(contents).replace('\n', "\u{2424}").as_bytes());
}

/// The text of a string whose octets are UTF-8 as they stand.
fn plain<'a>(value: &Element<'a>) -> Option<&'a str> {
    let is_octets =
        value.tag.is_universal() && matches!(value.tag.number, 12 | 18 | 19 | 20 | 22 | 26);
    let contents = value.contents;
    is_octets.then(|| std::str::from_utf8(contents).ok())?
}

/// An attribute's value with the escapes of RFC 4514.
fn push_value(value: &Element<'_>, out: &mut Vec<u8>) {
    match plain(value) {
        Some(text) if !is_escaped(text.as_bytes()) => out.extend_from_slice(text.as_bytes()),
        plain => {
            let text = plain.map_or_else(|| text(value), str::to_owned);
            let mut escaped = String::new();
            escape(&text, &mut escaped);
            out.extend_from_slice(escaped.as_bytes());
        }
    }
}
