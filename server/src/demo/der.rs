//! Just enough DER to write a keystore.

/// A tag, a length and contents.
pub(super) fn tagged(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut der = vec![tag];
    let octets: Vec<u8> = length
        .to_be_bytes()
        .into_iter()
        .skip_while(|octet| *octet == 0)
        .collect();
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            der.push(0x80 | u8::try_from(octets.len()).unwrap_or(8));
            der.extend(octets);
        }
    }
    der.extend_from_slice(contents);
    der
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tagged(0x30, &parts.concat())
}

pub(super) fn set(parts: &[&[u8]]) -> Vec<u8> {
    tagged(0x31, &parts.concat())
}

pub(super) fn octet_string(octets: &[u8]) -> Vec<u8> {
    tagged(0x04, octets)
}

/// `[0] EXPLICIT`
pub(super) fn explicit(contents: &[u8]) -> Vec<u8> {
    tagged(0xa0, contents)
}

/// A number that is not negative.
pub(super) fn integer(value: u32) -> Vec<u8> {
    let mut octets: Vec<u8> = value
        .to_be_bytes()
        .into_iter()
        .skip_while(|o| *o == 0)
        .collect();
    if octets.first().is_none_or(|first| 0x7f < *first) {
        octets.insert(0, 0);
    }
    tagged(0x02, &octets)
}

/// `BMPString`: UTF-16, the higher octet first.
pub(super) fn bmp_string(text: &str) -> Vec<u8> {
    tagged(0x1e, &utf16(text))
}

pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// An object identifier from its numbers.
pub(super) fn identifier(numbers: &[u64]) -> Vec<u8> {
    let mut contents = Vec::new();
    let (first, rest) = match numbers {
        [first, second, rest @ ..] => (first * 40 + second, rest),
        _ => (0, numbers),
    };
    for number in std::iter::once(&first).chain(rest) {
        let mut septets = vec![septet(*number)];
        let mut left = number >> 7;
        while left != 0 {
            septets.push(septet(left) | 0x80);
            left >>= 7;
        }
        contents.extend(septets.into_iter().rev());
    }
    tagged(0x06, &contents)
}

fn septet(number: u64) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or_default()
}

pub(super) const NULL: &[u8] = &[0x05, 0x00];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_numbers_take_as_few_octets_as_they_can() {
        assert_eq!(tagged(4, &[0; 127]).get(..2), Some(&[4, 127][..]));
        assert_eq!(tagged(4, &[0; 128]).get(..3), Some(&[4, 0x81, 128][..]));
        assert_eq!(tagged(4, &[0; 256]).get(..4), Some(&[4, 0x82, 1, 0][..]));
        assert_eq!(integer(0), [2, 1, 0]);
        assert_eq!(integer(128), [2, 2, 0, 128]);
        assert_eq!(integer(10_000), [2, 2, 0x27, 0x10]);
    }

    #[test]
    fn identifiers_are_written_in_septets() {
        assert_eq!(
            identifier(&[1, 2, 840, 113_549]),
            [6, 6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]
        );
        assert_eq!(
            identifier(&[2, 5, 29, 37, 0]),
            [6, 4, 0x55, 0x1d, 0x25, 0x00]
        );
    }
}
