//! Base64 digits (RFC 4648, 4 and 5) to octets, straight from the text into the caller's buffer.

use zeroize::Zeroizing;

/// What an octet of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// One of the 64 digits.
    Digit,
    /// One of the two digits that only the form for URLs and file names has.
    UrlSafe,
    /// `=`.
    Padding,
    /// White space.
    Gap,
    /// Anything else.
    Foreign,
}

/// What an octet is.
pub fn class(octet: u8) -> Class {
    match octet {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => Class::Digit,
        b'-' | b'_' => Class::UrlSafe,
        b'=' => Class::Padding,
        b'\t'..=b'\r' | b' ' => Class::Gap,
        _ => Class::Foreign,
    }
}

/// Octets being put together from digits, four digits at a time. The buffer is wiped when it is
/// dropped or reused for something else, since it may hold a private key.
#[derive(Default)]
pub struct Decoder {
    octets: Zeroizing<Vec<u8>>,
    /// Digits that do not make up three octets yet.
    held: u32,
    /// How many those are.
    count: u32,
}

impl Decoder {
    /// Begins anew. Nothing is allocated again while the next digits are fewer than `digits`.
    pub fn restart(&mut self, digits: usize) {
        self.octets.clear();
        let wanted = digits / 4 * 3 + 3;
        if self.octets.capacity() < wanted {
            // Not `reserve`, which would leave a copy of the old content behind.
            self.octets = Zeroizing::new(Vec::with_capacity(wanted));
        }
        self.held = 0;
        self.count = 0;
    }

    /// Takes a line that is nothing but digits, a multiple of four of them, after a multiple of four;
    /// `false`, and nothing is taken, for any other line.
    pub fn whole_line(&mut self, line: &[u8]) -> bool {
        let (quads, rest) = line.as_chunks::<4>();
        if self.count != 0 || !rest.is_empty() {
            return false;
        }
        let before = self.octets.len();
        self.octets.resize(before + quads.len() * 3, 0);
        let triples = self.octets.get_mut(before..).unwrap_or_default();
        let (triples, _) = triples.as_chunks_mut::<3>();
        let mut seen = 0;
        for ([a, b, c, d], triple) in quads.iter().zip(triples) {
            let bits = place(FIRST, *a) | place(SECOND, *b) | place(THIRD, *c) | place(FOURTH, *d);
            seen |= bits;
            let [_, high, middle, low] = bits.to_be_bytes();
            *triple = [high, middle, low];
        }
        if seen & NO_DIGIT != 0 {
            self.octets.truncate(before);
            return false;
        }
        true
    }

    /// Takes octets of class [`Class::Digit`] or [`Class::UrlSafe`].
    pub fn digits(&mut self, mut digits: &[u8]) {
        while self.count != 0
            && let [first, rest @ ..] = digits
        {
            self.digit(*first);
            digits = rest;
        }
        let whole = digits.len() / 4 * 4;
        let (quads, rest) = digits.split_at_checked(whole).unwrap_or((digits, &[]));
        if self.whole_line(quads) {
            digits = rest;
        }
        for digit in digits {
            self.digit(*digit);
        }
    }

    /// Digits that do not make up three octets yet: 0 to 3.
    pub fn pending(&self) -> u32 {
        self.count
    }

    /// Takes the octets of the last digits; `false` where a single digit is left, which makes none.
    pub fn finish(&mut self) -> bool {
        let [_, high, middle, _] = self.held.to_be_bytes();
        match self.count {
            2 => self.octets.push(high),
            3 => self.octets.extend_from_slice(&[high, middle]),
            _ => {}
        }
        let complete = self.count != 1;
        self.held = 0;
        self.count = 0;
        complete
    }

    /// What was put together so far.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The same for good.
    pub fn into_octets(self) -> Zeroizing<Vec<u8>> {
        self.octets
    }

    fn digit(&mut self, digit: u8) {
        let digit = match digit {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
        self.held |= match self.count {
            0 => place(FIRST, digit),
            1 => place(SECOND, digit),
            2 => place(THIRD, digit),
            _ => place(FOURTH, digit),
        };
        self.count += 1;
        if self.count == 4 {
            let [_, high, middle, low] = self.held.to_be_bytes();
            self.octets.extend_from_slice(&[high, middle, low]);
            self.held = 0;
            self.count = 0;
        }
    }
}

/// The bits of a digit in its place among the 24 of four digits.
fn place(table: &[u32; 256], digit: u8) -> u32 {
    table.get(usize::from(digit)).copied().unwrap_or(NO_DIGIT)
}

/// Set where an octet is none of the 64 digits.
const NO_DIGIT: u32 = 1 << 31;

static FIRST: &[u32; 256] = &table(18);
static SECOND: &[u32; 256] = &table(12);
static THIRD: &[u32; 256] = &table(6);
static FOURTH: &[u32; 256] = &table(0);

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated when this is compiled, where a fault stops the build"
)]
const fn table(shift: u32) -> [u32; 256] {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [NO_DIGIT; 256];
    let mut rest: &[u8] = DIGITS;
    let mut value = 0;
    while let [digit, after @ ..] = rest {
        table[*digit as usize] = value << shift;
        value += 1;
        rest = after;
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The `pem` crate is the other opinion.
        #[test]
        fn digits_decode_as_the_pem_crate_decodes_them(
            octets in proptest::collection::vec(any::<u8>(), 1..400),
            cuts in proptest::collection::vec(1usize..80, 1..20),
        ) {
            let block = pem::encode(&pem::Pem::new("X", octets.clone()));
            let digits: String = block
                .lines()
                .filter(|line| !line.starts_with('-'))
                .collect();
            let digits = digits.trim_end_matches('=');
            let mut decoder = Decoder::default();
            decoder.restart(digits.len());
            let mut rest = digits.as_bytes();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (run, after) = rest.split_at((*cut).min(rest.len()));
                if !decoder.whole_line(run) {
                    decoder.digits(run);
                }
                rest = after;
            }
            prop_assert!(decoder.finish());
            prop_assert_eq!(decoder.octets(), &octets[..]);
        }
    }

    #[test]
    fn a_line_with_anything_else_is_not_taken() {
        let mut decoder = Decoder::default();
        for line in [
            &b"AAA="[..],
            b"AAA\n",
            b"AA-_",
            b"AAA",
            b"AAAAA",
            b"AA\xffA",
        ] {
            assert!(!decoder.whole_line(line), "{line:?}");
            assert!(decoder.octets().is_empty());
        }
        assert!(decoder.whole_line(b"AAAA"));
    }

    #[test]
    fn digits_for_urls_stand_for_the_two_others() {
        let mut decoder = Decoder::default();
        decoder.digits(b"-_-_");
        assert_eq!(decoder.octets(), [0xfb, 0xff, 0xbf]);
        decoder.restart(0);
        decoder.digits(b"AAAAA");
        assert!(!decoder.finish());
    }
}
