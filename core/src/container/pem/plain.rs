//! Text in other characters than PEM has → plain PEM text, and where each of its octets came from.

use zeroize::Zeroizing;

use crate::container::pem::oddity;
use crate::origin::{Origin, Recoding};
use crate::rule::Rule;
use crate::write::pem::push;

/// A text that was written anew. It may hold a private key.
pub(crate) struct Plain {
    pub(crate) text: Zeroizing<Vec<u8>>,
    pub(crate) map: Recoding,
    /// Where a line break was written out as `\n`, in the other text.
    pub(crate) written_out: Option<(usize, usize)>,
    /// Where dashes were not plain ones, in the other text.
    pub(crate) dashes: Option<(usize, usize)>,
}

impl Plain {
    /// One that takes so many octets before it grows.
    fn new(within: Origin, octets: usize) -> Self {
        Self {
            text: Zeroizing::new(Vec::with_capacity(octets)),
            map: Recoding::new(within),
            written_out: None,
            dashes: None,
        }
    }

    fn take(&mut self, octet: u8, from: usize) {
        self.map.taken(self.text.len(), from, 1);
        push(&mut self.text, &[octet]);
    }

    fn character(&mut self, character: char, from: usize, width: usize) {
        if let Ok(octet) = u8::try_from(character)
            && octet.is_ascii()
        {
            self.map.taken(self.text.len(), from, width);
            push(&mut self.text, &[octet]);
        } else {
            let mut buffer = [0; 4];
            self.make(character.encode_utf8(&mut buffer).as_bytes(), from, width);
        }
    }

    fn make(&mut self, octets: &[u8], from: usize, width: usize) {
        self.map.made(self.text.len(), from, width);
        push(&mut self.text, octets);
    }
}

/// How wide the units of a text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wide {
    Utf16,
    Utf32,
}

impl Wide {
    pub(crate) fn rule(self) -> &'static Rule {
        match self {
            Self::Utf16 => &oddity::UTF16,
            Self::Utf32 => &oddity::UTF32,
        }
    }
}

/// Reads UTF-16 and UTF-32 by their byte order marks, or by the zero octets beside the first letters.
pub(crate) fn wide(input: &[u8]) -> Option<(Plain, Wide)> {
    let (wide, big_endian, start) = match input {
        [0, 0, 0xfe, 0xff, ..] => (Wide::Utf32, true, 4),
        [0xff, 0xfe, 0, 0, ..] => (Wide::Utf32, false, 4),
        [0xfe, 0xff, ..] => (Wide::Utf16, true, 2),
        [0xff, 0xfe, ..] => (Wide::Utf16, false, 2),
        [0, 0, 0, a, 0, 0, 0, b, ..] if are_text(&[*a, *b]) => (Wide::Utf32, true, 0),
        [a, 0, 0, 0, b, 0, 0, 0, ..] if are_text(&[*a, *b]) => (Wide::Utf32, false, 0),
        [0, a, 0, b, 0, c, ..] if are_text(&[*a, *b, *c]) => (Wide::Utf16, true, 0),
        [a, 0, b, 0, c, 0, ..] if are_text(&[*a, *b, *c]) => (Wide::Utf16, false, 0),
        _ => return None,
    };
    let text = input.get(start..)?;
    let mut plain = Plain::new(Origin::input(), text.len() / 2);
    match wide {
        Wide::Utf16 => {
            let (pairs, _) = text.as_chunks::<2>();
            let units = pairs.iter().map(|pair| {
                if big_endian {
                    u16::from_be_bytes(*pair)
                } else {
                    u16::from_le_bytes(*pair)
                }
            });
            let mut from = start;
            for character in char::decode_utf16(units) {
                let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                plain.character(character, from, character.len_utf16() * 2);
                from += character.len_utf16() * 2;
            }
        }
        Wide::Utf32 => {
            let (fours, _) = text.as_chunks::<4>();
            for (from, four) in (start..).step_by(4).zip(fours) {
                let number = if big_endian {
                    u32::from_be_bytes(*four)
                } else {
                    u32::from_le_bytes(*four)
                };
                let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                plain.character(character, from, 4);
            }
        }
    }
    Some((plain, wide))
}

fn are_text(octets: &[u8]) -> bool {
    octets.iter().all(|octet| is_text(*octet))
}

fn is_text(octet: u8) -> bool {
    octet.is_ascii_graphic() || octet.is_ascii_whitespace()
}

/// How the lines of a block differ from plain ones.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Manner {
    /// Octets before each line that do not belong to it: `> `, or what a log writes.
    pub(crate) prefix: usize,
    /// Each line stands in quotation marks, as source code has it.
    pub(crate) quote: Option<u8>,
}

/// Writes a block anew: without what stands before each line or outside the quotation marks, with
/// real line breaks, and with plain dashes.
pub(crate) fn plain(
    text: &[u8],
    (start, end): (usize, usize),
    manner: Manner,
    within: &Origin,
) -> Plain {
    let mut plain = Plain::new(within.clone(), end.saturating_sub(start));
    let mut at = start;
    let mut outside = false;
    while at < end
        && let Some(rest @ [octet, ..]) = text.get(at..end)
    {
        if Some(*octet) == manner.quote {
            outside = !outside;
            at += 1;
        } else if outside {
            if *octet == b'\n' && plain.text.last() != Some(octet) {
                plain.take(*octet, at);
            }
            at += 1;
        } else if let Some((width, break_)) = escape(rest) {
            if let Some(octet) = break_ {
                plain.make(&[octet], at, width);
                plain.written_out.get_or_insert((at, at + width));
            }
            at += width;
        } else if let Some(width) = long_dashes(rest) {
            plain.make(b"-----", at, width);
            plain.dashes.get_or_insert((at, at + width));
            at += width;
        } else {
            plain.take(*octet, at);
            at += 1;
            if *octet == b'\n' {
                let line = text.get(at..end).unwrap_or_default();
                let blank = line.iter().take(manner.prefix);
                at += blank.take_while(|octet| **octet != b'\n').count();
            }
        }
    }
    plain
}

/// The octets of an escape, and the line break that it stands for, if any. Text that was escaped
/// twice has several backslashes.
fn escape(text: &[u8]) -> Option<(usize, Option<u8>)> {
    let slashes = text.iter().take_while(|octet| **octet == b'\\').count();
    if slashes == 0 {
        return None;
    }
    Some(match text.get(slashes..) {
        Some([b'n', ..]) => (slashes + 1, Some(b'\n')),
        Some([b'r', ..]) => (slashes + 1, Some(b'\r')),
        Some([b't', ..]) => (slashes + 1, Some(b'\t')),
        Some([b'u', b'0', b'0', b'0', b'a' | b'A', ..]) => (slashes + 5, Some(b'\n')),
        Some([b'u', b'0', b'0', b'0', b'd' | b'D', ..]) => (slashes + 5, Some(b'\r')),
        Some([b'"' | b'\'', ..]) => (slashes + 1, None),
        _ => (slashes, None),
    })
}

/// The octets of a row of dashes of which at least one is none of ASCII.
fn long_dashes(text: &[u8]) -> Option<usize> {
    let mut width = 0;
    let mut long = false;
    while let Some(rest) = text.get(width..)
        && let Some(dash) = dash(rest)
    {
        long |= 1 < dash;
        width += dash;
    }
    long.then_some(width)
}

/// The octets of the dash that stands here: hyphen, figure, en or em dash, bar, minus sign.
pub(super) fn dash(text: &[u8]) -> Option<usize> {
    match text {
        [b'-', ..] => Some(1),
        [0xe2, 0x80, 0x90..=0x95, ..] | [0xe2, 0x88, 0x92, ..] => Some(3),
        _ => None,
    }
}
