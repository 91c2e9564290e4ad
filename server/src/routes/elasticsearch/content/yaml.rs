//! YAML: blocks, every text in double quotes, long ones folded.
//!
//! Columns are counted in units of UTF-16, since `SnakeYAML` counts them so.

use std::fmt::Write as _;

use serde_json::{Map, Value};

pub(super) fn write(value: &Value) -> Vec<u8> {
    let mut writer = Writer {
        out: "---".to_owned(),
        column: 3,
    };
    match value {
        Value::Array(elements) if !elements.is_empty() => {
            writer.sequence(elements, 0, Begin::Below);
        }
        Value::Object(fields) if !fields.is_empty() => writer.mapping(fields, 0, Begin::Below),
        scalar => writer.scalar(scalar, 0),
    }
    writer.out.push('\n');
    writer.out.into_bytes()
}

struct Writer {
    out: String,
    column: usize,
}

/// Where the first member of a block stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// On a line of its own.
    Below,
    /// Behind the dash that the block is an element of.
    Here,
}

impl Writer {
    fn sequence(&mut self, elements: &[Value], indent: usize, mut begin: Begin) {
        for element in elements {
            self.member(indent, begin);
            begin = Begin::Below;
            self.put("-");
            match element {
                Value::Array(inner) if !inner.is_empty() => {
                    self.put(" ");
                    self.sequence(inner, indent + 2, Begin::Here);
                }
                Value::Object(fields) if !fields.is_empty() => {
                    self.put(" ");
                    self.mapping(fields, indent + 2, Begin::Here);
                }
                scalar => self.scalar(scalar, indent),
            }
        }
    }

    fn mapping(&mut self, fields: &Map<String, Value>, indent: usize, mut begin: Begin) {
        for (name, value) in fields {
            self.member(indent, begin);
            begin = Begin::Below;
            // Names of fields are the same few words: they need no quotes.
            self.put(name);
            self.put(":");
            match value {
                // A list stands as far left as the name above it.
                Value::Array(elements) if !elements.is_empty() => {
                    self.sequence(elements, indent, Begin::Below);
                }
                Value::Object(fields) if !fields.is_empty() => {
                    self.mapping(fields, indent + 2, Begin::Below);
                }
                scalar => self.scalar(scalar, indent),
            }
        }
    }

    fn member(&mut self, indent: usize, begin: Begin) {
        if begin == Begin::Below {
            self.new_line(indent);
        }
    }

    fn scalar(&mut self, value: &Value, indent: usize) {
        self.put(" ");
        match value {
            Value::Null => self.put("null"),
            Value::Bool(true) => self.put("true"),
            Value::Bool(false) => self.put("false"),
            Value::Number(number) => self.put(&number.to_string()),
            Value::String(text) => self.quoted(text, indent + 2),
            Value::Array(_) => self.put("[]"),
            Value::Object(_) => self.put("{}"),
        }
    }

    /// Quotes a text. Where a blank or an escape stands beyond the width, it goes on in the next line.
    fn quoted(&mut self, text: &str, indent: usize) {
        self.put("\"");
        let characters: Vec<char> = text.chars().collect();
        let mut held = String::new();
        for (at, character) in characters.iter().enumerate() {
            let is_held = is_plain(*character);
            // A blank may begin the next line, so that it is held back until that is known.
            if !is_held {
                self.put(&std::mem::take(&mut held));
                self.put(&escaped(*character));
            }
            let is_inside = 0 < at && at + 1 < characters.len();
            let may_fold = *character == ' ' || !is_held || held.is_empty();
            if is_inside && may_fold && WIDTH < self.column_at(is_held, &held) {
                self.put(&std::mem::take(&mut held));
                self.put("\\");
                self.new_line(indent);
                let next = if is_held {
                    Some(character)
                } else {
                    characters.get(at + 1)
                };
                if next == Some(&' ') {
                    self.put("\\");
                }
            }
            if is_held {
                held.push(*character);
            }
        }
        self.put(&held);
        self.put("\"");
    }

    /// The column that decides: behind what is held, or of the last half of an escape.
    fn column_at(&self, is_held: bool, held: &str) -> usize {
        if is_held {
            self.column + held.len()
        } else {
            self.column - 1
        }
    }

    fn new_line(&mut self, indent: usize) {
        self.out.push('\n');
        self.column = 0;
        let _ = write!(self.out, "{:indent$}", "");
        self.column = indent;
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.encode_utf16().count();
    }
}

/// Whether a character is written as it is, and counts for the fold with what stands around it.
fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~') && character != '"' && character != '\\'
}

fn escaped(character: char) -> String {
    let short = match character {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        '\u{a1}'..='\u{fffd}' | '\u{10000}'.. => return character.to_string(),
        '\0'..='\u{ff}' => return format!("\\x{:02x}", u32::from(character)),
        _ => return format!("\\u{:04x}", u32::from(character)),
    };
    format!("\\{short}")
}

/// The column behind which a text is folded.
const WIDTH: usize = 80;
