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

/// A line of a dump.
struct Line<'a> {
    text: &'a [u8],
    /// Where it stands.
    at: usize,
    /// Where its octets begin.
    offset: usize,
    /// How many octets stand before it.
    begin: usize,
    is_last: bool,
}

/// Octets that a star may stand for. Stops a line of two digits from becoming gigabytes.
const MAX_REPEATED: usize = 1 << 16;

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
    /// `od -t x1` and OpenSSL print them; or of words, as `hexdump`, `od -x` and `od -t x4` do. A star stands
    /// for lines like the one before it.
    fn dump(&mut self, text: &[u8], width: usize) -> bool {
        let word = word_digits(text);
        let mut last: Option<Line<'_>> = None;
        let mut at = 0;
        while let Some(here) = text.get(at..).filter(|here| !here.is_empty()) {
            let end = line_end(here);
            let line = here.get(..end).unwrap_or_default();
            let next = here.get(end + 1..).unwrap_or_default();
            let here = line.trim_ascii();
            if here == b"*" {
                let Some(last) = &last else {
                    return false;
                };
                if !self.repeat(last, next, width, word) {
                    return false;
                }
            } else if !here.is_empty() {
                let Some((_, offset)) = offset(line) else {
                    // Another program's output begins, or the size stands there.
                    if word.is_some() {
                        self.cut(here, width);
                    }
                    return true;
                };
                let goes_on =
                    self::offset(next).is_some() || next.trim_ascii_start().starts_with(b"*\n");
                let read = Line {
                    text: line,
                    at,
                    offset,
                    begin: self.octets.len(),
                    is_last: next.trim_ascii().is_empty() || !goes_on,
                };
                if !self.line(&read, width, word) {
                    return false;
                }
                last = Some(read);
            }
            at += end + 1;
        }
        true
    }

    fn line(&mut self, line: &Line<'_>, width: usize, word: Option<usize>) -> bool {
        let Line {
            text,
            at,
            offset,
            is_last,
            ..
        } = *line;
        match word {
            Some(digits) => self.words(text, at, offset, digits),
            None => self.dump_line(text, at, offset, width, is_last),
        }
    }

    /// Reads a line again as often as it takes to get to the offset of the next one.
    fn repeat(&mut self, last: &Line<'_>, next: &[u8], width: usize, word: Option<usize>) -> bool {
        let octets = self.octets.len();
        let is_begin = |offset: &usize| *offset == last.begin;
        let numbers = |line: &[u8]| [16, 8].map(|radix| number(line, radix));
        let mut ways = numbers(last.text).into_iter().zip(numbers(next));
        // The offsets are of that kind in which the last one is where its line began.
        let end = ways.find(|(begin, _)| begin.as_ref().is_some_and(is_begin));
        let Some(missing) = end.and_then(|(_, end)| end?.checked_sub(octets)) else {
            return false;
        };
        if MAX_REPEATED < missing || !missing.is_multiple_of(width) {
            return false;
        }
        (0..missing / width).all(|_| self.line(last, width, word))
    }

    /// Takes off what was made up to fill the last word, where the size of all follows.
    fn cut(&mut self, size: &[u8], width: usize) {
        let octets = self.octets.len();
        let fits = |size: &usize| *size <= octets && octets - size < width;
        let size = [16, 8].into_iter().filter_map(|radix| number(size, radix));
        if let Some(size) = size.into_iter().find(fits) {
            self.octets.truncate(size);
        }
    }

    /// Numbers of so many digits, of which the lowest octet comes first.
    fn words(&mut self, line: &[u8], start: usize, offset: usize, wanted: usize) -> bool {
        let mut at = offset;
        while let Some(here @ [first, ..]) = line.get(at..) {
            match digits(here) {
                0 if first.is_ascii_whitespace() => at += 1,
                count if count == wanted => {
                    let (pairs, _) = here.get(..wanted).unwrap_or_default().as_chunks::<2>();
                    for (index, pair) in pairs.iter().enumerate().rev() {
                        if !self.add(start + at + 2 * index, pair) {
                            return false;
                        }
                    }
                    at += wanted;
                }
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

/// How many digits a word has, where the dump is one of words of 16, 32 or 64 bits whose lowest octet came first:
/// then the first one ends in the tag of a SEQUENCE. Dumps of octets by two, as `xxd` prints them, begin with it.
fn word_digits(text: &[u8]) -> Option<usize> {
    let text = text.trim_ascii_start();
    let first = text.get(..line_end(text)).unwrap_or_default();
    let words = offset(first).and_then(|(_, start)| first.get(start..))?;
    let mut all = words
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let word = all.next()?;
    let count = digits(word);
    let is_turned =
        matches!(count, 4 | 8 | 16) && word.ends_with(b"30") && !word.starts_with(b"30");
    (is_turned && all.all(|word| word.len() == count && digits(word) == count)).then_some(count)
}

/// The number that a line begins with, an offset or the size of all.
fn number(line: &[u8], radix: u32) -> Option<usize> {
    let line = line.trim_ascii_start();
    let number = line.get(..digits(line))?;
    usize::from_str_radix(std::str::from_utf8(number).ok()?, radix).ok()
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
