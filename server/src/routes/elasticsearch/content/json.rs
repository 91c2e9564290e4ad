//! JSON: compact, or with two blanks a level, a blank before each colon, and `[ ]` for what is empty.

use std::io::Write as _;

use serde_json::Value;

use super::Layout;

pub(super) fn write(value: Option<&Value>, layout: Layout) -> Vec<u8> {
    let mut writer = Writer {
        out: Vec::new(),
        layout,
        level: 0,
    };
    if let Some(value) = value {
        writer.value(value);
    }
    if layout == Layout::Pretty {
        writer.out.push(b'\n');
    }
    writer.out
}

struct Writer {
    out: Vec<u8>,
    layout: Layout,
    level: usize,
}

impl Writer {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.put(b"null"),
            Value::Bool(true) => self.put(b"true"),
            Value::Bool(false) => self.put(b"false"),
            Value::Number(number) => self.put(number.to_string().as_bytes()),
            Value::String(text) => self.text(text),
            Value::Array(elements) => self.group((b'[', b']'), elements, |writer, element| {
                writer.value(element);
            }),
            Value::Object(fields) => self.group((b'{', b'}'), fields, |writer, (name, value)| {
                writer.text(name);
                match writer.layout {
                    Layout::Compact => writer.put(b":"),
                    Layout::Pretty => writer.put(b" : "),
                }
                writer.value(value);
            }),
        }
    }

    fn group<T>(
        &mut self,
        (open, close): (u8, u8),
        members: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.out.push(open);
        self.level += 1;
        let mut is_empty = true;
        for member in members {
            if !is_empty {
                self.out.push(b',');
            }
            is_empty = false;
            self.new_line();
            write(self, member);
        }
        self.level -= 1;
        match (self.layout, is_empty) {
            (Layout::Pretty, true) => self.out.push(b' '),
            _ => self.new_line(),
        }
        self.out.push(close);
    }

    fn new_line(&mut self) {
        if self.layout == Layout::Pretty {
            self.out.push(b'\n');
            self.out.extend((0..self.level).flat_map(|_| *b"  "));
        }
    }

    /// What is beyond the first plane is escaped unit by unit, as UTF-16 has it.
    fn text(&mut self, text: &str) {
        self.out.push(b'"');
        let mut units = [0; 2];
        let mut octets = [0; 4];
        for character in text.chars() {
            match character {
                '"' => self.put(b"\\\""),
                '\\' => self.put(b"\\\\"),
                '\u{8}' => self.put(b"\\b"),
                '\t' => self.put(b"\\t"),
                '\n' => self.put(b"\\n"),
                '\u{c}' => self.put(b"\\f"),
                '\r' => self.put(b"\\r"),
                '\0'..='\u{1f}' | '\u{10000}'.. => {
                    for unit in character.encode_utf16(&mut units) {
                        let _ = write!(self.out, "\\u{unit:04X}");
                    }
                }
                _ => self.put(character.encode_utf8(&mut octets).as_bytes()),
            }
        }
        self.out.push(b'"');
    }

    fn put(&mut self, octets: &[u8]) {
        self.out.extend_from_slice(octets);
    }
}
