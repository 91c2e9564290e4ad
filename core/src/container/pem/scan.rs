//! One PEM block: its label, its header, and what its digits decode to.

use std::borrow::Cow;

use memchr::{memchr2, memmem};

use super::boundary::{BEGIN, Begin, DASHES, END, MAX_LABEL, label_end};
use super::oddity::{self, Oddity};
use crate::asn1::Reader;
use crate::error::{Error, ErrorKind};
use crate::origin::{Origin, Runs};
use crate::rule::Rule;
use certlens_hot::base64::{Class, Decoder, class};

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Takes one block apart.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the block"
)]
pub(super) struct Scan<'t, 'o, 'd> {
    text: &'t [u8],
    origin: &'o Origin,
    decoder: &'d mut Decoder,
    pub(super) at: usize,
    pub(super) runs: Runs,
    pub(super) oddities: Vec<Oddity>,
    /// Whether the header says that the content is sealed.
    is_sealed: bool,
    /// Whether OpenSSL is strict about the length of lines.
    is_strict: bool,
    /// Whether a line came that only the last may be, below a header.
    short_line: bool,
    /// Whether each line ends in a plus sign, by which `psql` tells that the value goes on in the next.
    goes_on: bool,
    /// Where characters were passed over that are no base64.
    foreign: Option<(usize, u8)>,
    /// Equals signs since the last digit, and where they stand.
    pads: usize,
    pads_at: (usize, usize),
}

/// The parts of a block that are text.
pub(super) struct Parts<'t> {
    pub(super) label: &'t str,
    pub(super) header: &'t [u8],
}

impl<'t, 'o, 'd> Scan<'t, 'o, 'd> {
    pub(super) fn new(text: &'t [u8], origin: &'o Origin, decoder: &'d mut Decoder) -> Self {
        Self {
            text,
            origin,
            decoder,
            at: 0,
            runs: Runs::default(),
            oddities: Vec::new(),
            is_sealed: false,
            is_strict: false,
            short_line: false,
            goes_on: false,
            foreign: None,
            pads: 0,
            pads_at: (0, 0),
        }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Notes something odd, once for each kind.
    fn odd(&mut self, rule: &'static Rule, what: impl Into<Cow<'static, str>>, at: (usize, usize)) {
        if self.oddities.iter().all(|before| before.rule.id != rule.id) {
            self.oddities.push(Oddity {
                rule,
                what: what.into(),
                at: self.origin.range(at.0, at.1),
            });
        }
    }

    /// Reads the block; on failure, `at` is where to go on looking.
    pub(super) fn block(&mut self, begin: &Begin, prefix: &[u8]) -> Result<Parts<'t>, Error> {
        self.at = begin.after;
        let label = self.label(begin)?;
        if !prefix.is_empty() && prefix != BYTE_ORDER_MARK {
            let at = (begin.start.saturating_sub(prefix.len()), begin.start);
            self.odd(&oddity::LINE_PREFIX, stands_before(prefix), at);
        } else if 0 < begin.start
            && !matches!(self.text.get(begin.start - 1), Some(b'\n' | b'\r'))
            && prefix.is_empty()
        {
            let at = (begin.start - 1, begin.start);
            self.odd(
                &oddity::LINE_PREFIX,
                "Other text stands before it in the line.",
                at,
            );
        }
        // Digits of a key are wiped wherever they were put, so they are put into one place.
        let room = if label.ends_with("PRIVATE KEY") {
            memmem::find(self.rest(), DASHES).unwrap_or(self.rest().len())
        } else {
            0
        };
        self.decoder.restart(room.max(4096));
        self.end_of_line();
        let header = self.header(label);
        let digits_start = self.at;
        self.digits()?;
        self.padding(digits_start)?;
        self.end(label);
        if let Some((at, octet)) = self.foreign {
            let octets = self.decoder.octets();
            let is_whole = Reader::new(octets)
                .any()
                .is_ok_and(|value| value.raw.len() == octets.len());
            let is_sealed = self.is_sealed && octets.len().is_multiple_of(8);
            if !is_whole && !is_sealed {
                return Err(foreign(at, octet));
            }
            let what = format!("Among the base64 text stands {}.", shown(octet));
            self.odd(&oddity::FOREIGN, what, (at, at + 1));
        }
        Ok(Parts { label, header })
    }

    fn label(&mut self, begin: &Begin) -> Result<&'t str, Error> {
        if begin.after == begin.label {
            let rest = self.text.get(begin.label..).unwrap_or_default();
            let line = memchr2(b'\n', b'\r', rest)
                .unwrap_or(rest.len())
                .min(MAX_LABEL);
            let end = begin.label + line;
            return Err(unexpected(
                end,
                "----- after the label",
                "the end of the line",
            ));
        }
        let label = self
            .text
            .get(begin.label..begin.label_end)
            .unwrap_or_default();
        if !begin.is_closed {
            let at = (begin.label_end, begin.after);
            self.odd(
                &oddity::DASHES,
                "There are not five dashes after the label.",
                at,
            );
        }
        std::str::from_utf8(label)
            .map_err(|_| unexpected(begin.label, "a label", "bytes that are no text"))
    }

    /// Whether the line ends here, as boundary lines must.
    fn end_of_line(&mut self) {
        let rest = self.rest();
        match rest {
            [] | [b'\n', ..] | [b'\r', b'\n', ..] => return,
            [b'\r', ..] => {
                let at = (self.at, self.at + 1);
                let what = "A carriage return and no line feed ends the line.";
                self.odd(&oddity::CARRIAGE_RETURNS, what, at);
                return;
            }
            _ => {}
        }
        let line = rest.get(..MAX_LABEL).unwrap_or(rest);
        let end = memchr2(b'\n', b'\r', line).unwrap_or(line.len());
        let line = line.get(..end).unwrap_or_default();
        if line
            .iter()
            .any(|octet| !octet.is_ascii_whitespace() && *octet != 0)
        {
            self.goes_on = line.trim_ascii() == b"+";
            let joined = line.starts_with(BEGIN);
            let what = if joined {
                "Another block begins in the same line."
            } else {
                "Other text follows in the same line."
            };
            self.odd(&oddity::LINE_SUFFIX, what, (self.at, self.at + end));
        }
    }

    /// The `Name: value` lines and the blank line after them (RFC 1421, 4.4).
    fn header(&mut self, label: &str) -> &'t [u8] {
        let rest = self.rest();
        let blank = rest
            .iter()
            .take_while(|octet| octet.is_ascii_whitespace())
            .count();
        let name = rest
            .iter()
            .skip(blank)
            .take(MAX_LABEL)
            .take_while(|octet| octet.is_ascii_alphanumeric() || **octet == b'-')
            .count();
        if name == 0 || rest.get(blank + name) != Some(&b':') {
            return &[];
        }
        let end = memmem::find(rest, DASHES).unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or_default();
        let length = header_length(text);
        let header = text.get(..length).unwrap_or_default();
        let at = (self.at + blank, self.at + length);
        self.at += length;
        self.is_strict = true;
        self.is_sealed = memmem::find(header, b"ENCRYPTED").is_some();
        if !self.is_sealed || !label.ends_with("PRIVATE KEY") {
            self.odd(
                &oddity::HEADER,
                "There are lines with a colon above the base64 text.",
                at,
            );
        } else if memmem::find(header, b"DEK-Info:")
            .and_then(|start| header.get(..start))
            .is_some_and(|before| !before.ends_with(b"\n") && !before.ends_with(b"\r"))
        {
            self.odd(
                &oddity::HEADER_LINES,
                "DEK-Info stands in the line of Proc-Type.",
                at,
            );
        }
        header
    }

    /// Reads digits up to a boundary line, whole lines at once where they are regular.
    fn digits(&mut self) -> Result<(), Error> {
        let mut length = 64;
        // Whether a line of digits has just ended.
        let mut ended = false;
        loop {
            let rest = self.rest();
            if let Some((line, after)) = rest.split_at_checked(length)
                && let ending @ 1.. = line_ending(after)
                && self.pads == 0
                && self.decoder.whole_line(line)
            {
                self.runs.add(self.at, length);
                self.line_below_header(length);
                self.at += length + ending;
                ended = true;
                continue;
            }
            // White space of any kind may stand anywhere.
            let gap = rest.iter().take_while(|octet| octet.is_ascii_whitespace());
            let gap = gap.count();
            if gap != 0 {
                self.blank_lines(rest.get(..gap).unwrap_or_default(), ended);
                self.at += gap;
                ended = false;
                continue;
            }
            if rest.is_empty() {
                return Err(unexpected(
                    self.at,
                    "an -----END line",
                    "the end of the text",
                ));
            }
            if rest.starts_with(DASHES) && self.is_boundary(rest) {
                return if self.rest().starts_with(END) {
                    Ok(())
                } else {
                    Err(unexpected(self.at, "an -----END line", "another block"))
                };
            }
            let taken = self.line(rest);
            length = taken.filter(|taken| taken.is_multiple_of(4)).unwrap_or(64);
            let ending = line_ending(self.rest());
            ended = ending != 0;
            self.at += ending;
        }
    }

    /// Notes an empty line in white space: all but one before the first digits.
    fn blank_lines(&mut self, gap: &[u8], ended: bool) {
        let mut feeds = usize::from(ended);
        let mut rest = gap;
        while let [_, after @ ..] = rest {
            let ending = line_ending(rest);
            feeds += usize::from(ending != 0);
            rest = rest.get(ending..).filter(|_| ending != 0).unwrap_or(after);
        }
        let allowed = if self.runs.is_empty() { 2 } else { 1 };
        if allowed < feeds {
            let at = (self.at, self.at + gap.len());
            self.odd(&oddity::BLANK_LINE, "A line is empty.", at);
        } else if feeds == 2 {
            // OpenSSL takes it for the end of an empty header.
            self.is_strict = true;
        }
    }

    /// Whether these dashes are those of a boundary line; more than five are five and others.
    fn is_boundary(&mut self, rest: &[u8]) -> bool {
        let dashes = rest.iter().take_while(|octet| **octet == b'-').count();
        let after = rest.get(dashes..).unwrap_or_default();
        let is_boundary = after.starts_with(b"END ") || after.starts_with(b"BEGIN ");
        if is_boundary && DASHES.len() < dashes {
            let start = self.at;
            self.at += dashes - DASHES.len();
            self.odd(
                &oddity::LINE_PREFIX,
                "More than five dashes stand there.",
                (start, self.at),
            );
        }
        is_boundary
    }

    /// Reads what is left of a line that is not regular; how many digits a line has that is nothing
    /// but digits.
    fn line(&mut self, rest: &[u8]) -> Option<usize> {
        let line = before_boundary(rest);
        let end = memchr2(b'\n', b'\r', line).unwrap_or(line.len());
        let line = line.get(..end).unwrap_or_default();
        let start = self.at;
        self.at += end;
        let line = match line.trim_ascii_end().strip_suffix(b"+") {
            Some(line) if self.goes_on => line.trim_ascii_end(),
            _ => line,
        };
        let visible = |octet: &u8| class(*octet) == Class::Foreign && octet.is_ascii_graphic();
        let hard = |octet: &u8| visible(octet) && !b"\"'`,\\".contains(octet);
        if let Some(index) = line.iter().position(hard) {
            // A comment, or another line that is not meant to be there.
            let octet = line.get(index).copied().unwrap_or_default();
            self.foreign.get_or_insert((start + index, octet));
            return None;
        }
        let mut index = 0;
        while let Some(here) = line.get(index..).filter(|here| !here.is_empty()) {
            let first = here.first().map_or(Class::Gap, |octet| class(*octet));
            let run = here.iter().take_while(|octet| {
                let class = class(**octet);
                class == first
            });
            let run = run.count();
            let at = (start + index, start + index + run);
            match first {
                Class::Digit | Class::UrlSafe => {
                    if first == Class::UrlSafe {
                        let what = "There are hyphens or underscores among the digits.";
                        self.odd(&oddity::URL_SAFE, what, at);
                    }
                    self.early_padding();
                    self.runs.add(at.0, run);
                    self.decoder.digits(here.get(..run).unwrap_or_default());
                }
                Class::Padding => self.pad(at),
                Class::Gap => {}
                Class::Foreign => {
                    let octet = here.first().copied().unwrap_or_default();
                    self.foreign.get_or_insert((at.0, octet));
                }
            }
            index += run;
        }
        self.line_below_header(line.trim_ascii_end().len());
        line.iter()
            .all(|octet| class(*octet) == Class::Digit)
            .then_some(line.len())
    }

    fn pad(&mut self, at: (usize, usize)) {
        self.pads += at.1 - at.0;
        self.pads_at = at;
    }

    /// Digits follow after padding.
    fn early_padding(&mut self) {
        if self.pads == 0 {
            return;
        }
        self.odd(
            &oddity::PADDING,
            "Equals signs stand among the digits.",
            self.pads_at,
        );
        if self.decoder.pending() != 0 {
            self.foreign.get_or_insert((self.pads_at.0, b'='));
        }
        self.pads = 0;
    }

    /// Ends the digits, and says what of their padding is not as it should be.
    fn padding(&mut self, start: usize) -> Result<(), Error> {
        if self.runs.is_empty() {
            return Err(match self.foreign {
                Some((at, octet)) => foreign(at, octet),
                None => unexpected(start, "base64 text", "nothing"),
            });
        }
        let needed = match self.decoder.pending() {
            2 => 2,
            3 => 1,
            _ => 0,
        };
        if !self.decoder.finish() {
            if let Some((at, octet)) = self.foreign {
                return Err(foreign(at, octet));
            }
            let count = self.runs.digits();
            let what = format!(
                "{count} characters of base64 do not decode: some are missing, or padding stands among them"
            );
            return Err(Error::new(ErrorKind::Malformed { what }, start));
        }
        if self.pads < needed {
            let what = format!("{} of {needed} equals signs are there.", self.pads);
            self.odd(&oddity::PADDING_MISSING, what, (self.at, self.at));
        } else if needed < self.pads {
            let what = format!(
                "{} equals signs are there, {needed} belong there.",
                self.pads
            );
            self.odd(&oddity::PADDING, what, self.pads_at);
        }
        Ok(())
    }

    /// OpenSSL wants each line below a header but the last to have 64 characters.
    fn line_below_header(&mut self, length: usize) {
        if !self.is_strict || length == 0 {
            return;
        }
        if self.short_line || 64 < length {
            let what = if 64 < length {
                format!("A line has {length} characters.")
            } else {
                "A line before the last has less.".to_owned()
            };
            self.odd(
                &oddity::LINE_LENGTH,
                what,
                (self.at.saturating_sub(length), self.at),
            );
        }
        self.short_line |= length < 64;
    }

    /// Reads the line that ends the block.
    fn end(&mut self, label: &str) {
        let start = self.at;
        if let Some(before) = start.checked_sub(1)
            && !matches!(self.text.get(before), Some(b'\n' | b'\r'))
        {
            let what = "Something stands before the END line in its line.";
            self.odd(&oddity::LINE_PREFIX, what, (before, start));
        }
        let label_start = start + END.len();
        let line = self.text.get(label_start..).unwrap_or_default();
        let line = line.get(..MAX_LABEL).unwrap_or(line);
        let end = memchr2(b'\n', b'\r', line).unwrap_or(line.len());
        let (label_end, after) = label_end(self.text, label_start, false)
            .unwrap_or((label_start + end, label_start + end));
        self.at = after;
        if after != label_end + DASHES.len() {
            let what = "There are not five dashes at the end of the END line.";
            self.odd(&oddity::DASHES, what, (label_end, after));
        }
        let found = self.text.get(label_start..label_end).unwrap_or_default();
        if found != label.as_bytes() && after != label_end {
            let found = String::from_utf8_lossy(found);
            let what = format!("BEGIN says {label}, END says {found}.");
            self.odd(&oddity::LABELS_DIFFER, what, (label_start, label_end));
        }
        self.end_of_line();
    }
}

/// The text up to the next boundary line.
fn before_boundary(text: &[u8]) -> &[u8] {
    let found = memmem::find_iter(text, DASHES).find(|at| {
        let after = text.get(at + DASHES.len()..).unwrap_or_default();
        after.starts_with(b"END ") || after.starts_with(b"BEGIN ")
    });
    found.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Octets of the line ending that stands here.
fn line_ending(text: &[u8]) -> usize {
    match text {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => 0,
    }
}

/// Octets of the header lines, and of the blank one after them.
fn header_length(text: &[u8]) -> usize {
    let mut length = 0;
    let mut named = false;
    while let Some(rest) = text.get(length..).filter(|rest| !rest.is_empty()) {
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        let ending = line_ending(rest.get(end..).unwrap_or_default());
        let blank = line.iter().all(u8::is_ascii_whitespace);
        let continued = named && line.first().is_some_and(u8::is_ascii_whitespace);
        if !blank && !continued && !line.contains(&b':') {
            break;
        }
        length += end + ending;
        if blank && named {
            break;
        }
        named |= !blank;
    }
    length
}

pub(super) fn unexpected(offset: usize, expected: &'static str, found: &str) -> Error {
    let found = found.to_owned();
    Error::new(ErrorKind::Unexpected { expected, found }, offset)
}

fn foreign(offset: usize, octet: u8) -> Error {
    unexpected(offset, "base64 text", &shown(octet))
}

fn shown(octet: u8) -> String {
    if octet.is_ascii_graphic() {
        format!("'{}'", char::from(octet))
    } else {
        format!("the byte 0x{octet:02x}")
    }
}

pub(super) fn stands_before(prefix: &[u8]) -> String {
    let shown: String = String::from_utf8_lossy(prefix).chars().take(40).collect();
    let shown = shown.escape_debug();
    format!("\u{201c}{shown}\u{201d} stands before it in the line.")
}
