//! As much of JSON as a key is written in (RFC 8259).

use zeroize::Zeroizing;

/// Objects and lists within each other that are read. Stops an object that is nothing but brackets.
const MAX_NESTED: u8 = 16;

/// A member of an object.
pub(super) struct Member {
    pub(super) name: String,
    /// Where its name begins, with the quotation mark.
    pub(super) at: usize,
    pub(super) value: Value,
}

pub(super) enum Value {
    Text(Text),
    List(Vec<Value>),
    Object(Vec<Member>),
    /// A number, `true`, `false` or `null`.
    Literal,
    /// There is none.
    Nothing,
}

/// A string without its escapes, which may be part of a key.
pub(super) struct Text {
    pub(super) octets: Zeroizing<Vec<u8>>,
    /// Where it begins, behind the quotation mark.
    pub(super) at: usize,
}

impl Value {
    /// What stands there, and none of it.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Text(_) => "other text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::Literal => "no text",
            Self::Nothing => "nothing",
        }
    }
}

/// The members of the object that begins here, and where reading ended; `None` where it is no JSON.
pub(super) fn object(text: &[u8], begin: usize) -> (Option<Vec<Member>>, usize) {
    let mut reader = Reader { text, at: begin };
    let members = match reader.value(0) {
        Some(Value::Object(members)) => Some(members),
        _ => None,
    };
    (members, reader.at)
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, nested: u8) -> Option<Value> {
        if MAX_NESTED < nested {
            return None;
        }
        Some(match self.peek()? {
            b'{' => Value::Object(self.members(nested)?),
            b'[' => Value::List(self.elements(nested)?),
            b'"' => Value::Text(self.string()?),
            _ => self.literal()?,
        })
    }

    fn members(&mut self, nested: u8) -> Option<Vec<Member>> {
        self.take(b'{')?;
        let mut members = Vec::new();
        if self.take(b'}').is_some() {
            return Some(members);
        }
        loop {
            self.peek()?;
            let at = self.at;
            let name = self.string()?;
            let name = String::from_utf8(name.octets.to_vec()).ok()?;
            self.take(b':')?;
            let value = self.value(nested + 1)?;
            members.push(Member { name, at, value });
            if self.take(b'}').is_some() {
                return Some(members);
            }
            self.take(b',')?;
        }
    }

    fn elements(&mut self, nested: u8) -> Option<Vec<Value>> {
        self.take(b'[')?;
        let mut elements = Vec::new();
        if self.take(b']').is_some() {
            return Some(elements);
        }
        loop {
            elements.push(self.value(nested + 1)?);
            if self.take(b']').is_some() {
                return Some(elements);
            }
            self.take(b',')?;
        }
    }

    fn string(&mut self) -> Option<Text> {
        self.take(b'"')?;
        let at = self.at;
        let rest = self.text.get(at..)?;
        let mut ends = memchr::memchr2_iter(b'"', b'\\', rest);
        let first = ends.next()?;
        // Long enough for all of it: a buffer that grows leaves copies behind.
        let is_plain = rest.get(first) == Some(&b'"');
        let length = if is_plain { first } else { closing(rest)? };
        let mut octets = Zeroizing::new(Vec::with_capacity(length));
        if is_plain {
            octets.extend_from_slice(rest.get(..length)?);
        } else {
            unescape(rest.get(..length)?, &mut octets)?;
        }
        self.at = at + length + 1;
        Some(Text { octets, at })
    }

    fn literal(&mut self) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        let is_of_literal =
            |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
        let length = rest.iter().take_while(is_of_literal).count();
        self.at += length;
        (length != 0).then_some(Value::Literal)
    }

    /// The next octet that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..)?;
        let blank = rest.iter().take_while(|octet| octet.is_ascii_whitespace());
        self.at += blank.count();
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }
}

/// How long a string is that has escapes.
fn closing(text: &[u8]) -> Option<usize> {
    let mut octets = text.iter().enumerate();
    while let Some((at, octet)) = octets.next() {
        match octet {
            b'"' => return Some(at),
            b'\\' => {
                octets.next();
            }
            _ => {}
        }
    }
    None
}

/// Appends a string without its escapes, which is never longer.
fn unescape(text: &[u8], to: &mut Vec<u8>) -> Option<()> {
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        if *first != b'\\' {
            to.push(*first);
            rest = after;
            continue;
        }
        let (escape, after) = after.split_first()?;
        rest = after;
        to.push(match escape {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'u' => {
                let (c, after) = character(after)?;
                to.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = after;
                continue;
            }
            other => *other,
        });
    }
    Some(())
}

/// The character of `\u` and four digits, or of two of them.
fn character(text: &[u8]) -> Option<(char, &[u8])> {
    let unit = |text: &[u8]| {
        let digits = std::str::from_utf8(text.get(..4)?).ok()?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(text)?;
    let after = text.get(4..)?;
    let second = after.strip_prefix(b"\\u").and_then(unit);
    let mut units = char::decode_utf16([first].into_iter().chain(second));
    let c = units.next()?.ok()?;
    let taken = if c.len_utf16() == 2 { 10 } else { 4 };
    Some((c, text.get(taken..)?))
}
