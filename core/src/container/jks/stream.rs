//! Values as Java's `DataOutput` writes them.

use crate::error::{Error, ErrorKind};
use crate::time::UnixTime;

/// Takes big-endian values off the front.
#[derive(Clone)]
pub(in crate::container) struct Reader<'a> {
    pub(in crate::container) rest: &'a [u8],
    pub(in crate::container) offset: usize,
}

impl<'a> Reader<'a> {
    pub(in crate::container) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            offset: 0,
        }
    }

    pub(in crate::container) fn take(
        &mut self,
        length: usize,
        what: &'static str,
    ) -> Result<&'a [u8], Error> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            let kind = ErrorKind::Truncated {
                missing: length.saturating_sub(self.rest.len()),
            };
            return Err(Error::new(kind, self.offset).within(what));
        };
        self.rest = rest;
        self.offset += length;
        Ok(taken)
    }

    pub(in crate::container) fn u32(&mut self, what: &'static str) -> Result<u32, Error> {
        let octets = self.take(4, what)?;
        Ok(octets
            .iter()
            .fold(0, |value, &octet| value << 8 | u32::from(octet)))
    }

    pub(in crate::container) fn u16(&mut self, what: &'static str) -> Result<u16, Error> {
        let octets = self.take(2, what)?;
        Ok(octets
            .iter()
            .fold(0, |value, &octet| value << 8 | u16::from(octet)))
    }

    pub(in crate::container) fn u8(&mut self, what: &'static str) -> Result<u8, Error> {
        Ok(self.take(1, what)?.first().copied().unwrap_or(0))
    }

    pub(in crate::container) fn u64(&mut self, what: &'static str) -> Result<u64, Error> {
        let octets = self.take(8, what)?;
        Ok(octets
            .iter()
            .fold(0, |value, &octet| value << 8 | u64::from(octet)))
    }

    pub(in crate::container) fn block(&mut self, what: &'static str) -> Result<&'a [u8], Error> {
        let length = self.u32(what)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX), what)
    }

    /// When an entry was made: milliseconds since 1970.
    pub(in crate::container) fn date(&mut self) -> Result<Option<UnixTime>, Error> {
        let milliseconds = self.u64("creation date")?;
        let seconds = i64::try_from(milliseconds / 1000).ok();
        Ok(seconds.map(|it| UnixTime::from_seconds(it.min(UnixTime::NEVER.seconds()))))
    }

    /// Modified UTF-8: surrogates stand one by one, NUL is two octets.
    pub(in crate::container) fn string(&mut self, what: &'static str) -> Result<String, Error> {
        let length = usize::from(self.u16(what)?);
        Ok(modified_utf8(self.take(length, what)?))
    }
}

fn modified_utf8(octets: &[u8]) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(octets.len());
    let mut rest = octets;
    loop {
        let (unit, after) = match rest {
            [] => break,
            [a, after @ ..] if *a < 0x80 => (u16::from(*a), after),
            [a, b, after @ ..] if a & 0xe0 == 0xc0 => {
                (u16::from(a & 0x1f) << 6 | u16::from(b & 0x3f), after)
            }
            [a, b, c, after @ ..] if a & 0xf0 == 0xe0 => (
                u16::from(a & 0x0f) << 12 | u16::from(b & 0x3f) << 6 | u16::from(c & 0x3f),
                after,
            ),
            [_, after @ ..] => (0xfffd, after),
        };
        units.push(unit);
        rest = after;
    }
    String::from_utf16_lossy(&units)
}

/// Appends a string in modified UTF-8; `None`, and nothing is appended, where it is too long.
pub(crate) fn push_string(file: &mut Vec<u8>, text: &str) -> Option<()> {
    let mut octets = Vec::new();
    for unit in text.encode_utf16() {
        let low = |value: u16| u8::try_from(value & 0x3f).unwrap_or(0) | 0x80;
        match unit {
            1..=0x7f => octets.extend(u8::try_from(unit)),
            0 | 0x80..=0x7ff => {
                octets.extend([0xc0 | u8::try_from(unit >> 6).unwrap_or(0), low(unit)]);
            }
            _ => octets.extend([
                0xe0 | u8::try_from(unit >> 12).unwrap_or(0),
                low(unit >> 6),
                low(unit),
            ]),
        }
    }
    file.extend(u16::try_from(octets.len()).ok()?.to_be_bytes());
    file.extend(octets);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_survive_modified_utf_8() {
        for alias in ["plain", "größe", "日本", "🔒", "a\0b"] {
            let mut file = Vec::new();
            push_string(&mut file, alias).expect("fits");
            assert_eq!(modified_utf8(&file[2..]), alias);
        }
    }

    #[test]
    fn strings_too_long_for_their_length_are_refused() {
        let mut file = Vec::new();
        assert_eq!(push_string(&mut file, &"a".repeat(65_536)), None);
        assert!(file.is_empty());
        assert_eq!(push_string(&mut file, &"a".repeat(65_535)), Some(()));
    }
}
