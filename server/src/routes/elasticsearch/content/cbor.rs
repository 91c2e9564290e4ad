//! CBOR: arrays and maps are left open and ended by a break, integers take as little as they can.
//!
//! [RFC 8949](https://www.rfc-editor.org/rfc/rfc8949)

use serde_json::Value;

pub(super) fn write(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    put_value(value, &mut out);
    out
}

fn put_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(true) => out.push(0xf5),
        Value::Bool(false) => out.push(0xf4),
        Value::Number(number) => put_number(number, out),
        Value::String(text) => put_text(text, out),
        Value::Array(elements) => {
            out.push(0x9f);
            for element in elements {
                put_value(element, out);
            }
            out.push(BREAK);
        }
        Value::Object(fields) => {
            out.push(0xbf);
            for (name, value) in fields {
                put_text(name, out);
                put_value(value, out);
            }
            out.push(BREAK);
        }
    }
}

fn put_number(number: &serde_json::Number, out: &mut Vec<u8>) {
    if let Some(natural) = number.as_u64() {
        put_head(0x00, natural, out);
    } else if let Some(negative) = number.as_i64() {
        put_head(0x20, !negative.cast_unsigned(), out);
    } else {
        out.push(0xfb);
        out.extend(number.as_f64().unwrap_or_default().to_be_bytes());
    }
}

/// A text that is longer than Jackson's buffer comes in pieces, each with its own length.
fn put_text(text: &str, out: &mut Vec<u8>) {
    if text.encode_utf16().count() <= PIECE {
        return put_piece(text, out);
    }
    out.push(0x7f);
    let (mut start, mut units) = (0, 0);
    for (at, character) in text.char_indices() {
        if PIECE < units + character.len_utf16() {
            put_piece(text.get(start..at).unwrap_or_default(), out);
            (start, units) = (at, 0);
        }
        units += character.len_utf16();
    }
    put_piece(text.get(start..).unwrap_or_default(), out);
    out.push(BREAK);
}

/// Jackson takes one octet more than it must for the length of 23 octets, and of 255.
fn put_piece(text: &str, out: &mut Vec<u8>) {
    let [.., high, low] = text.len().to_be_bytes();
    match text.len() {
        0..23 => out.push(0x60 | low),
        23..255 => out.extend([0x78, low]),
        _ => out.extend([0x79, high, low]),
    }
    out.extend_from_slice(text.as_bytes());
}

/// The initial octet of a major type, with the shortest form of a number.
fn put_head(major: u8, number: u64, out: &mut Vec<u8>) {
    let octets = number.to_be_bytes();
    let [.., d, c, b, a] = octets;
    match number {
        0..=23 => out.push(major | a),
        24..=0xff => out.extend([major | 0x18, a]),
        0x100..=0xffff => out.extend([major | 0x19, b, a]),
        0x1_0000..=0xffff_ffff => out.extend([major | 0x1a, d, c, b, a]),
        _ => {
            out.push(major | 0x1b);
            out.extend(octets);
        }
    }
}

const BREAK: u8 = 0xff;

/// The units of UTF-16 that Jackson writes at once.
const PIECE: usize = 3996;
