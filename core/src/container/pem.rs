//! PEM text (RFC 7468), as it is found in the wild.

use crate::container::{Container, Item, der};
use crate::error::{Error, ErrorKind};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::{Origin, TextMap};
use crate::report::{Format, PlaceForm};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// Whether a block begins anywhere in the text.
pub(crate) fn has_block(input: &[u8]) -> bool {
    find(input, BEGIN, 0).is_some_and(|start| {
        // A certificate may quote such a line in a comment: binary before it means binary.
        input.first() != Some(&0x30)
            || input.get(..start).is_some_and(|before| {
                before.iter().all(|&octet| {
                    octet == b'\t'
                        || octet == b'\n'
                        || octet == b'\r'
                        || (0x20..0x7f).contains(&octet)
                })
            })
    })
}

/// Reads every block of the text, each on its own: a broken one stands beside the good ones.
pub(crate) fn read(input: &[u8], options: &Options<'_>) -> Container {
    let mut container = Container {
        format: Format::Pem,
        keystore: None,
        items: Vec::new(),
        findings: Vec::new(),
    };
    let mut from = 0;
    let mut index = 0;
    while let Some(start) = find(input, BEGIN, from) {
        let path = format!("pem[{index}]");
        index += 1;
        let held = container.items.len();
        let room = options.limits.room_for_entry(held, figure(held) + 1, start);
        if let Err(error) = room {
            container
                .items
                .push(broken(path, (start, input.len()), error));
            break;
        }
        match block(input, start) {
            Ok(block) => {
                from = block.end;
                decode(path, &block, options, &mut container);
            }
            Err((end, error)) => {
                from = end;
                container
                    .items
                    .push(broken(path, (start, end), error.within("pem")));
            }
        }
    }
    container
}

/// One block: its label, the lines of its header, its base64 text.
struct Block<'a> {
    start: usize,
    end: usize,
    label: &'a str,
    header: &'a [u8],
    body: &'a [u8],
    body_start: usize,
}

/// Finds the parts of the block that begins at `start`; on failure, where to go on looking.
fn block(input: &[u8], start: usize) -> Result<Block<'_>, (usize, Error)> {
    let unexpected = |offset: usize, expected: &'static str, found: &str| {
        Error::new(
            ErrorKind::Unexpected {
                expected,
                found: found.to_owned(),
            },
            offset,
        )
    };
    let label_start = start + BEGIN.len();
    let line_end = input
        .get(label_start..)
        .and_then(|rest| rest.iter().position(|octet| matches!(octet, b'\n' | b'\r')))
        .map_or(input.len(), |length| label_start + length);
    let label_end = find(input, DASHES, label_start)
        .filter(|&end| end <= line_end)
        .ok_or_else(|| {
            (
                label_start,
                unexpected(line_end, "----- after the label", "the end of the line"),
            )
        })?;
    let label = input
        .get(label_start..label_end)
        .and_then(|label| std::str::from_utf8(label).ok())
        .ok_or_else(|| {
            (
                label_start,
                unexpected(label_start, "a label", "bytes that are no text"),
            )
        })?;
    let text_start = label_end + DASHES.len();
    let next = find(input, BEGIN, text_start).unwrap_or(input.len());
    let text_end = find(input, END, text_start)
        .filter(|&end| end < next)
        .ok_or_else(|| {
            let found = if next == input.len() {
                "the end of the text"
            } else {
                "another block"
            };
            (next, unexpected(next, "an -----END line", found))
        })?;
    let end_line = text_end + END.len();
    let after = find(input, DASHES, end_line).map_or(input.len(), |at| at + DASHES.len());
    let text = input.get(text_start..text_end).unwrap_or_default();
    let header = header_length(text);
    Ok(Block {
        start,
        end: after,
        label,
        header: text.get(..header).unwrap_or_default(),
        body: text.get(header..).unwrap_or_default(),
        body_start: text_start + header,
    })
}

/// Octets of the `Name: value` lines and the blank line after them (RFC 1421, 4.4).
fn header_length(text: &[u8]) -> usize {
    if !text.contains(&b':') {
        return 0;
    }
    let mut length = 0;
    for line in text.split_inclusive(|&octet| octet == b'\n') {
        let blank = line.iter().all(u8::is_ascii_whitespace);
        let continued = line
            .first()
            .is_some_and(|octet| matches!(octet, b' ' | b'\t'))
            && !blank;
        if length != 0 && blank && line != b"\n" && line != b"\r\n" {
            break;
        }
        if !(blank || line.contains(&b':') || (continued && length != 0)) {
            break;
        }
        length += line.len();
    }
    length
}

fn decode(path: String, block: &Block<'_>, options: &Options<'_>, container: &mut Container) {
    let der = match base64(block) {
        Ok(der) => der,
        Err(error) => {
            let range = (block.start, block.end);
            container
                .items
                .push(broken(path, range, error.within("pem")));
            return;
        }
    };
    let place = (block.start, block.end);
    let map = TextMap::new(PlaceForm::Pem, block.body, block.body_start, place);
    let origin = Origin::text(map);
    der::read_labelled(
        &path,
        block.label,
        block.header,
        der,
        &origin,
        options,
        container,
    );
}

/// Decodes the text of a block. White space of any kind may stand anywhere in it.
fn base64(block: &Block<'_>) -> Result<Vec<u8>, Error> {
    let offset = |index: usize| block.body_start + index;
    let foreign = |octet: &u8| {
        !(octet.is_ascii_alphanumeric()
            || octet.is_ascii_whitespace()
            || matches!(octet, b'+' | b'/' | b'='))
    };
    if let Some(index) = block.body.iter().position(foreign) {
        let octet = block.body.get(index).copied().unwrap_or_default();
        let found = if octet.is_ascii_graphic() {
            format!("'{}'", char::from(octet))
        } else {
            format!("the byte 0x{octet:02x}")
        };
        let kind = ErrorKind::Unexpected {
            expected: "base64 text",
            found,
        };
        return Err(Error::new(kind, offset(index)));
    }
    let digits: Vec<u8> = block
        .body
        .iter()
        .copied()
        .filter(|octet| !octet.is_ascii_whitespace())
        .collect();
    if digits.is_empty() {
        let kind = ErrorKind::Unexpected {
            expected: "base64 text",
            found: "nothing".to_owned(),
        };
        return Err(Error::new(kind, offset(0)));
    }
    decode_digits(&digits).ok_or_else(|| {
        let count = digits.len();
        let what = format!("{count} characters of base64 do not decode: some are missing, or padding stands among them");
        Error::new(ErrorKind::Malformed { what }, offset(0))
    })
}

/// Decodes base64 digits, which hold nothing else. Padding that was lost on the way changes nothing of
/// what is meant.
pub(crate) fn decode_digits(digits: &[u8]) -> Option<Vec<u8>> {
    let mut text = String::with_capacity(digits.len() + 48);
    text.push_str("-----BEGIN X-----\n");
    text.push_str(std::str::from_utf8(digits).ok()?);
    text.extend(std::iter::repeat_n('=', (4 - digits.len() % 4) % 4));
    text.push_str("\n-----END X-----\n");
    pem::parse(text).ok().map(pem::Pem::into_contents)
}

/// A block that could not be read; the error's offset counts in the input, not yet in the block.
fn broken(path: String, (start, end): (usize, usize), error: Error) -> Item {
    let offset = error.offset().saturating_sub(start);
    let origin = Origin::input().at(start);
    Item::unreadable(
        path,
        origin,
        end.saturating_sub(start),
        error.moved_to(offset),
    )
}

fn find(input: &[u8], pattern: &[u8], from: usize) -> Option<usize> {
    let first = *pattern.first()?;
    let mut at = from;
    loop {
        let rest = input.get(at..)?;
        at += rest.iter().position(|&octet| octet == first)?;
        if input.get(at..)?.starts_with(pattern) {
            return Some(at);
        }
        at += 1;
    }
}
