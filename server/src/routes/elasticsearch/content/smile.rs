//! SMILE: a header, then a token an element. Names that were seen before are written as references,
//! texts never are.
//!
//! Format definition 1.0 of the Jackson project.

use serde_json::Value;

pub(super) fn write(value: &Value) -> Vec<u8> {
    let mut writer = Writer {
        out: HEADER.to_vec(),
        names: Vec::new(),
    };
    writer.value(value);
    writer.out
}

struct Writer<'a> {
    out: Vec<u8>,
    /// The names so far, in the order in which they appeared.
    names: Vec<&'a str>,
}

impl<'a> Writer<'a> {
    fn value(&mut self, value: &'a Value) {
        match value {
            Value::Null => self.out.push(0x21),
            Value::Bool(false) => self.out.push(0x22),
            Value::Bool(true) => self.out.push(0x23),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.text(text),
            Value::Array(elements) => {
                self.out.push(0xf8);
                for element in elements {
                    self.value(element);
                }
                self.out.push(0xf9);
            }
            Value::Object(fields) => {
                self.out.push(0xfa);
                for (name, value) in fields {
                    self.name(name);
                    self.value(value);
                }
                self.out.push(0xfb);
            }
        }
    }

    fn name(&mut self, name: &'a str) {
        let reference = self.names.iter().position(|known| *known == name);
        if let Some(reference) = reference {
            let [.., high, low] = reference.to_be_bytes();
            match reference {
                0..64 => self.out.push(0x40 | low),
                _ => self.out.extend([0x30 | high, low]),
            }
            return;
        }
        // Names of fields are the same few words of ASCII.
        self.short(0x80, name.len().saturating_sub(1), name);
        if self.names.len() == NAMES {
            self.names.clear();
        }
        self.names.push(name);
    }

    fn text(&mut self, text: &str) {
        match (text.len(), text.is_ascii()) {
            (0, _) => self.out.push(0x20),
            (length @ 1..=64, true) => self.short(0x40, length - 1, text),
            (length @ 2..=64, false) => self.short(0x80, length - 2, text),
            (_, is_ascii) => {
                self.out.push(if is_ascii { 0xe0 } else { 0xe4 });
                self.out.extend_from_slice(text.as_bytes());
                self.out.push(END_OF_TEXT);
            }
        }
    }

    fn short(&mut self, prefix: u8, length: usize, text: &str) {
        let [.., length] = length.to_be_bytes();
        self.out.push(prefix + length);
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Zigzag: the sign is the lowest bit.
    fn number(&mut self, number: &serde_json::Number) {
        let Some(number) = number.as_i64() else {
            // A double: ten groups of seven bits, the first of one.
            let bits = number.as_f64().unwrap_or_default().to_bits();
            self.out.push(0x29);
            let group = |shift: u32| (bits >> shift).to_be_bytes()[7] & 0x7f;
            return self.out.extend((0..10).rev().map(|at| group(at * 7)));
        };
        let zigzag = ((number << 1) ^ (number >> 63)).cast_unsigned();
        let [.., low] = zigzag.to_be_bytes();
        if zigzag < 32 {
            return self.out.push(0xc0 | low);
        }
        self.out.push(if i32::try_from(number).is_ok() {
            0x24
        } else {
            0x25
        });
        // The last octet carries six bits, the others seven.
        let mut octets = vec![0x80 | (low & 0x3f)];
        let mut rest = zigzag >> 6;
        while 0 < rest {
            octets.push(rest.to_be_bytes()[7] & 0x7f);
            rest >>= 7;
        }
        self.out.extend(octets.iter().rev());
    }
}

/// `:)`, a line feed, then version 0 with names shared and octets as they are.
const HEADER: &[u8] = b":)\n\x05";

const END_OF_TEXT: u8 = 0xfc;

/// Names that are referred to; then the counting begins anew.
const NAMES: usize = 1024;
