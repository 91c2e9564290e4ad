//! Hexadecimal text of every kind: plain, with colons, as a program's array, as a dump with offsets.

use zeroize::Zeroizing;

use super::MIN_DIGITS;
use crate::origin::Runs;

/// Octets, and where the digits of each stand.
type Octets = (Zeroizing<Vec<u8>>, Runs);

/// Reads text that holds octets as hexadecimal digits. `start` is where the text stands.
pub(super) fn hexadecimal(text: &[u8], start: usize) -> Option<Octets> {
    let mut pairs = Pairs {
        octets: Zeroizing::new(Vec::with_capacity(text.len() / 2)),
        runs: Runs::default(),
        start,
    };
    let is_read = if let Some(first) = array(text) {
        pairs.array(text, first)
    } else if let Some(width) = dump(text) {
        pairs.dump(text, width)
    } else {
        pairs.plain(text)
    };
    (is_read && MIN_DIGITS <= pairs.runs.digits()).then_some((pairs.octets, pairs.runs))
}

struct Pairs {
    octets: Zeroizing<Vec<u8>>,
    runs: Runs,
    start: usize,
}

impl Pairs {
    fn add(&mut self, at: usize, digits: &[u8]) -> bool {
        let (pairs, []) = digits.as_chunks::<2>() else {
            return false;
        };
        for [high, low] in pairs {
            let (Some(high), Some(low)) = (value(*high), value(*low)) else {
                return false;
            };
            self.octets.push(high << 4 | low);
        }
        self.runs.add(self.start + at, digits.len());
        true
    }

    /// Digits in pairs, with nothing else than gaps between them, and what marks a number: `0x`, `\x` of
    /// `PostgreSQL`, `X'…'` of SQL.
    fn plain(&mut self, text: &[u8]) -> bool {
        let mut at = 0;
        while let Some(here @ [first, ..]) = text.get(at..) {
            let mark = match here {
                [b'0' | b'\\', b'x' | b'X', ..] => 2,
                [b'x' | b'X', b'\'', ..] => 1,
                _ => 0,
            };
            if mark != 0 {
                at += mark;
                continue;
            }
            let run = digits(here);
            if run != 0 {
                if !self.add(at, here.get(..run).unwrap_or_default()) {
                    return false;
                }
                at += run;
                continue;
            }
            at += match here {
                [b'\\', b'n' | b'r' | b't', ..] => 2,
                _ if first.is_ascii_whitespace() || b":-,;\"'`".contains(first) => 1,
                _ => return false,
            };
        }
        true
    }

    /// `0x30, 0x82, …`, `(byte) 0x30, …` or `\x30\x82…`, from the first octet up to what is neither one nor
    /// between them.
    fn array(&mut self, text: &[u8], first: usize) -> bool {
        let mut at = first;
        while let Some(here @ [octet, ..]) = text.get(at..) {
            if let [b'0' | b'\\', b'x' | b'X', after @ ..] = here {
                let run = digits(after);
                let pair = match (run, after) {
                    // The x counts as the digit that is not written.
                    (1, [low, ..]) => {
                        self.octets.extend(value(*low));
                        self.runs.add(self.start + at + 1, 2);
                        true
                    }
                    _ => self.add(at + 2, after.get(..run).unwrap_or_default()),
                };
                if !pair {
                    return false;
                }
                at += 2 + run;
                continue;
            }
            at += match here {
                [b'\\', b'n' | b'r' | b't', ..] => 2,
                [b'(', b'b', b'y', b't', b'e', b')', ..] => 6,
                [b'/', b'/', ..] => line_end(here),
                [b'/', b'*', ..] => {
                    memchr::memmem::find(here, b"*/").map_or(here.len(), |end| end + 2)
                }
                _ if octet.is_ascii_whitespace() || b",\"'+\\".contains(octet) => 1,
                _ => break,
            };
        }
        true
    }

    /// Lines of an offset, `width` octets, and the same octets as characters, as `xxd`, `hexdump -C`,
    /// `od -t x1` and OpenSSL print them; or of words, as `hexdump` and `od -x` do.
    fn dump(&mut self, text: &[u8], width: usize) -> bool {
        let words = is_of_words(text);
        let mut at = 0;
        while let Some(here) = text.get(at..).filter(|here| !here.is_empty()) {
            let end = line_end(here);
            let line = here.get(..end).unwrap_or_default();
            let next = here.get(end + 1..).unwrap_or_default();
            if !line.trim_ascii().is_empty() {
                let Some((_, offset)) = offset(line) else {
                    // Another program's output begins, or the size stands there: where it is odd, half of
                    // the last word was made up.
                    if words && is_odd(line.trim_ascii()) {
                        self.octets.pop();
                    }
                    return true;
                };
                let is_last = next.trim_ascii().is_empty() || self::offset(next).is_none();
                let is_read = if words {
                    self.words(line, at, offset)
                } else {
                    self.dump_line(line, at, offset, width, is_last)
                };
                if !is_read {
                    return false;
                }
            }
            at += end + 1;
        }
        true
    }

    /// Numbers of 16 bits, of which the lower octet comes first.
    fn words(&mut self, line: &[u8], start: usize, offset: usize) -> bool {
        let mut at = offset;
        while let Some(here @ [first, ..]) = line.get(at..) {
            match (digits(here), here) {
                (4, [a, b, c, d, ..]) => {
                    if !self.add(start + at + 2, &[*c, *d]) || !self.add(start + at, &[*a, *b]) {
                        return false;
                    }
                    at += 4;
                }
                (0, _) if first.is_ascii_whitespace() => at += 1,
                _ => return false,
            }
        }
        true
    }

    fn dump_line(
        &mut self,
        line: &[u8],
        start: usize,
        offset: usize,
        width: usize,
        is_last: bool,
    ) -> bool {
        let mut at = offset;
        let mut left = width;
        let mut blanks = 0;
        let has_bar = line.contains(&b'|');
        while 0 < left
            && let Some(here @ [first, ..]) = line.get(at..)
        {
            let run = digits(here).min(left * 2);
            // The characters begin after two blanks, or a bar.
            if run < 2 && run != 0 || is_last && 1 < blanks && !has_bar && left < width {
                break;
            }
            if run != 0 {
                let run = run / 2 * 2;
                if !self.add(start + at, here.get(..run).unwrap_or_default()) {
                    return false;
                }
                left -= run / 2;
                at += run;
                blanks = 0;
                continue;
            }
            match first {
                b' ' | b'\t' | b'-' => blanks += 1,
                _ => break,
            }
            at += 1;
        }
        is_last || left == 0
    }
}

/// Where an array's first octet stands, which must be that of a SEQUENCE.
fn array(text: &[u8]) -> Option<usize> {
    let found =
        memchr::memmem::find_iter(text, b"x30").chain(memchr::memmem::find_iter(text, b"X30"));
    let first = found.min()?;
    let start = first.checked_sub(1)?;
    let is_marked = matches!(text.get(start), Some(b'0' | b'\\'));
    // `0x3082…` is a plain number.
    let is_alone = digits(text.get(first + 1..)?) == 2;
    (is_marked && is_alone).then_some(start)
}

/// How many octets a line of a dump has, if the text is one.
fn dump(text: &[u8]) -> Option<usize> {
    let text = text.trim_ascii_start();
    let end = line_end(text);
    let first = text.get(..end)?;
    let (before, start) = offset(first)?;
    let (after, _) = offset(text.get(end + 1..)?)?;
    let shown = first.get(start..)?;
    let shown = shown
        .iter()
        .scan(0, |blanks, octet| {
            *blanks = if *octet == b' ' { *blanks + 1 } else { 0 };
            (*octet != b'|').then_some(*octet)
        })
        .filter(|octet| value(*octet).is_some())
        .count();
    let width = usize::try_from(after.checked_sub(before)?).ok()?;
    // Octal offsets, as `od` prints them, look twice as far apart.
    let width = if shown < width * 2 { width / 2 } else { width };
    (1..=64).contains(&width).then_some(width)
}

/// Whether the dump is one of words of 16 bits whose lower octet came first: then the first is a length's
/// octet before the tag of a SEQUENCE. Dumps of octets by two, as `xxd` prints them, begin with the tag.
fn is_of_words(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let first = text.get(..line_end(text)).unwrap_or_default();
    let words = offset(first).and_then(|(_, start)| first.get(start..));
    let words = words.unwrap_or_default().trim_ascii();
    let mut all = words.split(u8::is_ascii_whitespace);
    words.get(2..4) == Some(b"30")
        && words.get(..2) != Some(b"30")
        && all.all(|word| word.is_empty() || word.len() == 4 && digits(word) == 4)
}

/// Whether it is an odd number, octal or hexadecimal.
fn is_odd(number: &[u8]) -> bool {
    let last = number.last().and_then(|digit| value(*digit));
    digits(number) == number.len() && last.is_some_and(|digit| digit % 2 == 1)
}

/// The offset that a line of a dump begins with, and where its octets begin.
fn offset(line: &[u8]) -> Option<(u64, usize)> {
    let blank = line
        .iter()
        .take_while(|octet| matches!(octet, b' ' | b'\t'))
        .count();
    let rest = line.get(blank..)?;
    let count = digits(rest);
    if !(4..=16).contains(&count) {
        return None;
    }
    let number = std::str::from_utf8(rest.get(..count)?).ok()?;
    let number = u64::from_str_radix(number, 16).ok()?;
    let after = rest.get(count..)?;
    let gap = after
        .iter()
        .take_while(|octet| matches!(octet, b' ' | b'\t' | b':' | b'-'))
        .count();
    (gap != 0).then_some((number, blank + count + gap))
}

fn line_end(text: &[u8]) -> usize {
    memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len())
}

fn digits(text: &[u8]) -> usize {
    text.iter()
        .take_while(|octet| octet.is_ascii_hexdigit())
        .count()
}

fn value(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
