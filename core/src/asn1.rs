//! A zero-copy walk over BER and DER (X.690) that knows where everything stands.
//!
//! Definite and indefinite lengths are read alike; whether that was allowed is for the caller to say.

mod oid;
mod text;
mod time;

use std::borrow::Cow;
use std::fmt;

pub(crate) use oid::{dotted, is_identifier};
pub(crate) use text::{characters, is_string, latin, text};
pub(crate) use time::{instant, time};

use crate::error::{Error, ErrorKind};
use crate::report::{Asn1Class, Asn1LengthForm, Asn1Tag};

/// Nested constructed values that are read. Stops stack exhaustion by `30 80 30 80 …`.
const MAX_DEPTH: u8 = 64;

/// The largest whole number that a double holds with all its neighbours.
pub(crate) const MAX_EXACT: u64 = (1 << 53) - 1;

/// A tag: class, form and number (X.690, 8.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    class: u8,
    pub(crate) constructed: bool,
    pub(crate) number: u32,
}

impl Tag {
    pub(crate) const BOOLEAN: Self = Self::universal(1);
    pub(crate) const INTEGER: Self = Self::universal(2);
    pub(crate) const BIT_STRING: Self = Self::universal(3);
    pub(crate) const OCTET_STRING: Self = Self::universal(4);
    pub(crate) const OID: Self = Self::universal(6);
    pub(crate) const ENUMERATED: Self = Self::universal(10);
    pub(crate) const UTF8_STRING: Self = Self::universal(12);
    pub(crate) const UTC_TIME: Self = Self::universal(23);
    pub(crate) const GENERALIZED_TIME: Self = Self::universal(24);
    pub(crate) const SEQUENCE: Self = Self {
        class: 0,
        constructed: true,
        number: 16,
    };
    pub(crate) const SET: Self = Self {
        class: 0,
        constructed: true,
        number: 17,
    };

    pub(crate) const fn universal(number: u32) -> Self {
        Self {
            class: 0,
            constructed: false,
            number,
        }
    }

    /// `[number]` of a constructed value.
    pub(crate) const fn context(number: u32) -> Self {
        Self {
            class: 2,
            constructed: true,
            number,
        }
    }

    /// That of a string which comes in chunks.
    pub(crate) const fn in_chunks(self) -> Self {
        Self {
            constructed: true,
            ..self
        }
    }

    /// `[number]` of a primitive value.
    pub(crate) const fn context_primitive(number: u32) -> Self {
        Self {
            class: 2,
            constructed: false,
            number,
        }
    }

    /// Its identifier octet; `None` where the number takes more than one.
    #[inline]
    pub(crate) const fn octet(self) -> Option<u8> {
        let form = if self.constructed { 0x20 } else { 0 };
        match self.number.to_le_bytes() {
            [number @ ..0x1f, 0, 0, 0] => Some(self.class << 6 | form | number),
            _ => None,
        }
    }

    /// As reports tell it.
    pub(crate) fn told(self) -> Asn1Tag {
        Asn1Tag {
            class: match self.class {
                0 => Asn1Class::Universal,
                1 => Asn1Class::Application,
                2 => Asn1Class::ContextSpecific,
                _ => Asn1Class::Private,
            },
            number: self.number,
            constructed: self.constructed,
        }
    }

    /// The name of a universal tag that has one.
    pub(crate) fn name(self) -> Option<&'static str> {
        let number = usize::try_from(self.number).ok();
        let name = UNIVERSAL_NAMES.get(number.filter(|_| self.class == 0)?)?;
        Some(*name).filter(|name| !name.is_empty())
    }

    pub(crate) fn is_universal(self) -> bool {
        self.class == 0
    }

    pub(crate) fn is_application(self) -> bool {
        self.class == 1
    }

    pub(crate) fn is_context(self) -> bool {
        self.class == 2
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            return f.write_str(name);
        }
        match (self.class, self.number) {
            (0, 0) => f.write_str("end-of-contents"),
            (0, number) => write!(f, "[UNIVERSAL {number}]"),
            (1, number) => write!(f, "[APPLICATION {number}]"),
            (2, number) => write!(f, "[{number}]"),
            (_, number) => write!(f, "[PRIVATE {number}]"),
        }
    }
}

/// Names of the universal tags, by number (X.680, table 1).
const UNIVERSAL_NAMES: [&str; 31] = [
    "",
    "BOOLEAN",
    "INTEGER",
    "BIT STRING",
    "OCTET STRING",
    "NULL",
    "OBJECT IDENTIFIER",
    "ObjectDescriptor",
    "EXTERNAL",
    "REAL",
    "ENUMERATED",
    "EMBEDDED PDV",
    "UTF8String",
    "RELATIVE-OID",
    "TIME",
    "",
    "SEQUENCE",
    "SET",
    "NumericString",
    "PrintableString",
    "TeletexString",
    "VideotexString",
    "IA5String",
    "UTCTime",
    "GeneralizedTime",
    "GraphicString",
    "VisibleString",
    "GeneralString",
    "UniversalString",
    "CHARACTER STRING",
    "BMPString",
];

/// How the length of a value is written (X.690, 8.1.3 and 10.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LengthForm {
    /// In as few octets as there can be, as DER demands.
    Minimal,
    /// In this many octets more.
    Padded(usize),
    /// Not at all: two zero octets end the value.
    Indefinite,
}

impl LengthForm {
    /// As reports tell it.
    pub(crate) fn told(self, element: &Element<'_>) -> Asn1LengthForm {
        match self {
            Self::Minimal if element.contents.len() < 0x80 => Asn1LengthForm::Short,
            Self::Minimal => Asn1LengthForm::Long,
            Self::Padded(_) => Asn1LengthForm::Padded,
            Self::Indefinite => Asn1LengthForm::Indefinite,
        }
    }
}

/// One encoded value.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: Tag,
    /// Tag, length and contents, and the end-of-contents octets of an indefinite length.
    pub(crate) raw: &'a [u8],
    pub(crate) contents: &'a [u8],
    /// Offset of the first octet, in the bytes that the outermost reader was made for.
    pub(crate) start: usize,
    contents_start: usize,
    depth: u8,
}

impl<'a> Element<'a> {
    /// Offset after the last octet.
    pub(crate) fn end(&self) -> usize {
        self.start + self.raw.len()
    }

    /// The offsets of all its octets.
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.start..self.end()
    }

    /// Offset of the first octet of the contents.
    pub(crate) fn contents_start(&self) -> usize {
        self.contents_start
    }

    /// How its length is written.
    pub(crate) fn length_form(&self) -> LengthForm {
        let header = self.contents_start.saturating_sub(self.start);
        let length = self.contents.len();
        // So written, the tag has one octet.
        let is_usual = matches!(
            (header, length),
            (2, 0..0x80) | (3, 0x80..0x100) | (4, 0x100..0x1_0000)
        );
        if is_usual && self.raw.len() == header + length {
            return LengthForm::Minimal;
        }
        let tag = match self.raw {
            [first, rest @ ..] if first & 0x1f == 0x1f => {
                2 + rest.iter().take_while(|&&octet| octet & 0x80 != 0).count()
            }
            _ => 1,
        };
        let octets = header.saturating_sub(tag);
        let significant = length.checked_ilog2().map_or(0, |bits| bits / 8 + 1);
        let minimal = match length {
            0..0x80 => 1,
            _ => 1 + usize::try_from(significant).unwrap_or(usize::MAX),
        };
        if self.raw.get(tag) == Some(&0x80) {
            LengthForm::Indefinite
        } else if minimal < octets {
            LengthForm::Padded(octets - minimal)
        } else {
            LengthForm::Minimal
        }
    }

    /// A value that stands alone, as one that was found before.
    pub(crate) fn lone(tag: Tag, raw: &'a [u8], contents: &'a [u8]) -> Self {
        Self {
            tag,
            raw,
            contents,
            start: 0,
            contents_start: raw.len().saturating_sub(contents.len()),
            depth: 0,
        }
    }

    /// The same value with the tag that its implicit one stands for.
    pub(crate) fn retagged(&self, tag: Tag) -> Self {
        Self { tag, ..*self }
    }

    /// A reader over the contents.
    pub(crate) fn reader(&self) -> Reader<'a> {
        Reader {
            bytes: self.contents,
            offset: self.contents_start,
            depth: self.depth + 1,
        }
    }

    /// The values that it holds, up to the first that cannot be read.
    pub(crate) fn values(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let mut reader = self.reader();
        std::iter::from_fn(move || reader.next())
    }

    /// A reader over the values that an OCTET STRING or BIT STRING in one piece may hold.
    pub(crate) fn wrapped(&self) -> Reader<'a> {
        let skipped = usize::from(self.tag == Tag::BIT_STRING);
        Reader {
            bytes: self.contents.get(skipped..).unwrap_or_default(),
            offset: self.contents_start + skipped,
            depth: self.depth + 1,
        }
    }

    /// The contents of a string, joined if they come in chunks (X.690, 8.7.3), with their offset
    /// where they stand in one piece.
    pub(crate) fn octets(&self) -> Result<(Cow<'a, [u8]>, Option<usize>), Error> {
        if !self.tag.constructed {
            return Ok((Cow::Borrowed(self.contents), Some(self.contents_start)));
        }
        let mut joined = Vec::new();
        let mut reader = self.reader();
        while !reader.is_empty() {
            joined.extend_from_slice(&reader.any()?.octets()?.0);
        }
        Ok((Cow::Owned(joined), None))
    }

    /// The octets of a BIT STRING without the count of unused bits.
    pub(crate) fn bits(&self) -> Result<&'a [u8], Error> {
        match self.contents {
            [_, bits @ ..] => Ok(bits),
            [] => Err(self.malformed("a BIT STRING holds at least the count of its unused bits")),
        }
    }

    /// The value of a small non-negative INTEGER: of 53 bits at most, which every reader of JSON has
    /// exactly ([RFC 8259, 6](https://www.rfc-editor.org/rfc/rfc8259#section-6)).
    pub(crate) fn unsigned(&self) -> Result<u64, Error> {
        let digits = match self.contents {
            [] => return Err(self.malformed("an INTEGER holds at least one octet")),
            [0, rest @ ..] => rest,
            [first, ..] if 0x80 <= *first => return Err(self.malformed("the INTEGER is negative")),
            all => all,
        };
        let value = |digits: &[u8]| {
            let folded = digits
                .iter()
                .fold(0, |value, &octet| value << 8 | u64::from(octet));
            (digits.len() <= 8 && folded <= MAX_EXACT).then_some(folded)
        };
        value(digits).ok_or_else(|| self.malformed("the INTEGER does not fit into 53 bits"))
    }

    /// The value of a BOOLEAN; anything but zero is true, as BER has it.
    pub(crate) fn boolean(&self) -> Result<bool, Error> {
        match self.contents {
            [octet] => Ok(*octet != 0),
            _ => Err(self.malformed("a BOOLEAN holds one octet")),
        }
    }

    /// The value of a small INTEGER with its sign.
    pub(crate) fn signed(&self) -> Result<i64, Error> {
        let [first, ..] = self.contents else {
            return Err(self.malformed("an INTEGER holds at least one octet"));
        };
        if 8 < self.contents.len() {
            return Err(self.malformed("the INTEGER does not fit into 64 bits"));
        }
        let sign = if 0x80 <= *first { -1 } else { 0 };
        Ok(self
            .contents
            .iter()
            .fold(sign, |value, &octet| value << 8 | i64::from(octet)))
    }

    /// The numbers of the bits that are set in a BIT STRING of names, the first one being 0; padding
    /// is none of them. No list of names has more than 64.
    pub(crate) fn bit_numbers(&self) -> Result<Vec<usize>, Error> {
        let bits = self.bits()?;
        let unused = self.contents.first().copied().unwrap_or(0);
        let count = bits.len().saturating_mul(8);
        let count = count.saturating_sub(usize::from(unused));
        let numbers = bits.iter().take(8).enumerate().flat_map(|(index, octet)| {
            (0..8)
                .filter(move |bit| octet & (0x80 >> bit) != 0)
                .map(move |bit| index * 8 + bit)
        });
        Ok(numbers.filter(|number| *number < count).collect())
    }

    /// The dotted form of an OBJECT IDENTIFIER.
    pub(crate) fn oid(&self) -> Result<String, Error> {
        dotted(self.contents)
            .ok_or_else(|| self.malformed("the OBJECT IDENTIFIER is cut off or empty"))
    }

    /// An error about the contents.
    pub(crate) fn malformed(&self, what: &str) -> Error {
        Error::new(
            ErrorKind::Malformed {
                what: what.to_owned(),
            },
            self.start,
        )
    }

    /// An error about the tag.
    pub(crate) fn unexpected(&self, expected: &'static str) -> Error {
        Error::new(
            ErrorKind::Unexpected {
                expected,
                found: match self.tag.to_string() {
                    // The kind is right, and the form is not.
                    found if found == expected && self.tag.constructed => {
                        format!("{found} in constructed form")
                    }
                    found if found == expected => format!("{found} in primitive form"),
                    found => found,
                },
            },
            self.start,
        )
    }
}

/// Takes values off the front of some bytes.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            offset: 0,
            depth: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// What was not read yet, as bytes of no form.
    pub(crate) fn take_rest(&mut self) -> &'a [u8] {
        self.offset += self.bytes.len();
        std::mem::take(&mut self.bytes)
    }

    /// Offset of the next value.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn peek(&self) -> Option<Tag> {
        self.header().ok().map(|header| header.tag)
    }

    /// The next value; `None` at the end, and where it cannot be read.
    pub(crate) fn next(&mut self) -> Option<Element<'a>> {
        if let Some(element) = self.usual() {
            return Some(element);
        }
        if self.is_empty() {
            return None;
        }
        self.unusual().ok()
    }

    /// How many values are left that can be read: as much room as a list of them takes.
    pub(crate) fn count(&self) -> usize {
        let mut ahead = self.clone();
        std::iter::from_fn(|| ahead.next()).count()
    }

    /// The next value, whatever it is.
    #[inline]
    pub(crate) fn any(&mut self) -> Result<Element<'a>, Error> {
        match self.usual() {
            Some(element) => Ok(element),
            None => self.unusual(),
        }
    }

    /// The next value, if its header is a usual one and all of it is there.
    #[inline]
    fn usual(&mut self) -> Option<Element<'a>> {
        let header = self.usual_header()?;
        let total = header.length + header.contents?;
        let (raw, rest) = self.bytes.split_at_checked(total)?;
        let element = Element {
            tag: header.tag,
            raw,
            contents: raw.get(header.length..)?,
            start: self.offset,
            contents_start: self.offset + header.length,
            depth: self.depth,
        };
        if MAX_DEPTH < self.depth {
            return None;
        }
        self.bytes = rest;
        self.offset += total;
        Some(element)
    }

    #[cold]
    fn unusual(&mut self) -> Result<Element<'a>, Error> {
        if MAX_DEPTH < self.depth {
            return Err(Error::new(
                ErrorKind::LimitExceeded {
                    what: "nested values",
                    found: u64::from(self.depth),
                    allowed: u64::from(MAX_DEPTH),
                },
                self.offset,
            ));
        }
        let header = self.header()?;
        let body = self.bytes.get(header.length..).unwrap_or_default();
        let (contents, total) = if let Some(length) = header.contents {
            let contents = body.get(..length).ok_or_else(|| {
                let kind = ErrorKind::Truncated {
                    missing: length.saturating_sub(body.len()),
                };
                Error::new(kind, self.offset + self.bytes.len())
            })?;
            (contents, header.length + length)
        } else {
            let length = self.indefinite_length(header.length)?;
            (
                body.get(..length).unwrap_or_default(),
                header.length + length + 2,
            )
        };
        let (raw, rest) = self
            .bytes
            .split_at_checked(total)
            .unwrap_or((self.bytes, &[]));
        let element = Element {
            tag: header.tag,
            raw,
            contents,
            start: self.offset,
            contents_start: self.offset + header.length,
            depth: self.depth,
        };
        self.bytes = rest;
        self.offset += raw.len();
        Ok(element)
    }

    /// The next value as far as it is there, where the octets end before it does.
    pub(crate) fn cut_off(&mut self) -> Option<Element<'a>> {
        let header = self.header().ok().filter(|_| self.depth <= MAX_DEPTH)?;
        let contents = self.bytes.get(header.length..)?;
        if header.contents? <= contents.len() {
            return None;
        }
        let raw = std::mem::take(&mut self.bytes);
        let start = self.offset;
        self.offset += raw.len();
        Some(Element {
            tag: header.tag,
            raw,
            contents,
            start,
            contents_start: start + header.length,
            depth: self.depth,
        })
    }

    /// The next value, which must have this tag. A string may also come in chunks.
    #[inline]
    pub(crate) fn expect(
        &mut self,
        tag: Tag,
        expected: &'static str,
    ) -> Result<Element<'a>, Error> {
        if self.begins_with(tag)
            && let Some(element) = self.usual()
        {
            return Ok(element);
        }
        self.unusual_or_other(tag, expected)
    }

    /// Whether the next octet is that of a value of this tag.
    #[inline]
    fn begins_with(&self, tag: Tag) -> bool {
        let octet = tag.octet();
        octet.is_some_and(|octet| self.bytes.first() == Some(&octet))
    }

    #[cold]
    fn unusual_or_other(&mut self, tag: Tag, expected: &'static str) -> Result<Element<'a>, Error> {
        if self.is_empty() {
            let kind = ErrorKind::Unexpected {
                expected,
                found: "the end".to_owned(),
            };
            return Err(Error::new(kind, self.offset));
        }
        let ahead = self.clone();
        let element = self.any()?;
        if element.tag == tag || tag == Tag::OCTET_STRING && element.tag == tag.in_chunks() {
            return Ok(element);
        }
        *self = ahead;
        Err(element.unexpected(expected))
    }

    /// The next value, if it has this tag.
    #[inline]
    pub(crate) fn optional(&mut self, tag: Tag) -> Result<Option<Element<'a>>, Error> {
        if self.begins_with(tag)
            && let Some(element) = self.usual()
        {
            return Ok(Some(element));
        }
        if self.bytes.first().is_some_and(|first| first & 0x1f != 0x1f) && !self.begins_with(tag) {
            return Ok(None);
        }
        if self.peek() == Some(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    pub(crate) fn sequence(&mut self, expected: &'static str) -> Result<Element<'a>, Error> {
        self.expect(Tag::SEQUENCE, expected)
    }

    pub(crate) fn oid(&mut self) -> Result<String, Error> {
        self.expect(Tag::OID, "OBJECT IDENTIFIER")?.oid()
    }

    fn header(&self) -> Result<Header, Error> {
        self.usual_header()
            .map_or_else(|| self.unusual_header(), Ok)
    }

    /// Nearly all values have a tag of one octet, and a length of one to three.
    #[inline]
    fn usual_header(&self) -> Option<Header> {
        let (first, contents, length) = match self.bytes {
            [first, contents @ 0..=0x7f, ..] => (first, usize::from(*contents), 2),
            [first, 0x81, contents, ..] => (first, usize::from(*contents), 3),
            [first, 0x82, high, low, ..] => {
                (first, usize::from(u16::from_be_bytes([*high, *low])), 4)
            }
            _ => return None,
        };
        let tag = Tag {
            class: first >> 6,
            constructed: first & 0x20 != 0,
            number: u32::from(first & 0x1f),
        };
        (tag.number != 0x1f).then_some(Header {
            tag,
            length,
            contents: Some(contents),
        })
    }

    #[cold]
    fn unusual_header(&self) -> Result<Header, Error> {
        let truncated = |needed: usize| {
            let kind = ErrorKind::Truncated { missing: needed };
            Error::new(kind, self.offset + self.bytes.len())
        };
        let [first, rest @ ..] = self.bytes else {
            return Err(truncated(2));
        };
        let mut tag = Tag {
            class: first >> 6,
            constructed: first & 0x20 != 0,
            number: u32::from(first & 0x1f),
        };
        let mut rest = rest;
        if tag.number == 0x1f {
            tag.number = 0;
            loop {
                let [octet, after @ ..] = rest else {
                    return Err(truncated(1));
                };
                rest = after;
                if tag.number >> 25 != 0 {
                    let what = "the tag number does not fit into 32 bits".to_owned();
                    return Err(Error::new(ErrorKind::Malformed { what }, self.offset));
                }
                tag.number = tag.number << 7 | u32::from(octet & 0x7f);
                if octet & 0x80 == 0 {
                    break;
                }
            }
        }
        let [first, after @ ..] = rest else {
            return Err(truncated(1));
        };
        rest = after;
        let contents = match first {
            0x80 if tag.constructed => None,
            length if *length < 0x80 => Some(usize::from(*length)),
            _ => {
                let count = usize::from(first & 0x7f);
                let (octets, after) = rest
                    .split_at_checked(count)
                    .ok_or_else(|| truncated(count))?;
                rest = after;
                let significant = octets.iter().skip_while(|&&octet| octet == 0).count();
                if *first == 0x80 || 4 < significant {
                    let what = "the length is none that a file could have".to_owned();
                    return Err(Error::new(ErrorKind::Malformed { what }, self.offset));
                }
                Some(
                    octets
                        .iter()
                        .fold(0, |length, &octet| length << 8 | usize::from(octet)),
                )
            }
        };
        Ok(Header {
            tag,
            length: self.bytes.len() - rest.len(),
            contents,
        })
    }

    /// Octets of contents up to the end-of-contents that closes this value.
    fn indefinite_length(&self, header: usize) -> Result<usize, Error> {
        let mut inside = Reader {
            bytes: self.bytes.get(header..).unwrap_or_default(),
            offset: self.offset + header,
            depth: self.depth + 1,
        };
        let start = inside.offset;
        loop {
            if inside.bytes.starts_with(&[0, 0]) {
                return Ok(inside.offset - start);
            }
            inside.any()?;
        }
    }
}

struct Header {
    tag: Tag,
    /// Octets of tag and length.
    length: usize,
    /// Octets of contents; `None` when the length is indefinite.
    contents: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indefinite_lengths_end_at_their_own_end_of_contents() {
        let bytes = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 0, 0, 5, 0];
        let mut reader = Reader::new(&bytes);
        let outer = reader.sequence("SEQUENCE").expect("reads");
        assert_eq!(outer.raw.len(), 14);
        let chunks = outer
            .reader()
            .expect(Tag::OCTET_STRING, "OCTET STRING")
            .expect("reads");
        assert_eq!(chunks.octets().expect("joins").0.as_ref(), [7, 8]);
        assert_eq!(reader.any().expect("reads").tag, Tag::universal(5));
        assert!(reader.is_empty());
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let bytes = [0x30, 0x80].repeat(100_000);
        let error = Reader::new(&bytes)
            .any()
            .map(|_| ())
            .expect_err("must refuse");
        assert!(
            matches!(error.kind(), ErrorKind::LimitExceeded { .. }),
            "{error}"
        );
    }

    #[test]
    fn err_truncated_names_the_missing_octets() {
        let error = Reader::new(&[0x30, 5, 1, 2])
            .any()
            .map(|_| ())
            .expect_err("must fail");
        assert_eq!(
            error.to_string(),
            "ends too early, 3 more bytes are needed (byte 4)"
        );
    }
}
