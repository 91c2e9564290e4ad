//! Octets as hexadecimal text, the way reports carry them.

/// Reads an even number of hexadecimal digits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}

/// Writes octets as pairs of lower-case digits with blanks between: `0c 03 61`.
pub(crate) fn spaced(octets: &[u8]) -> String {
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    pairs.join(" ")
}

/// Takes one DER value off the front: its contents octets, and what follows it.
pub(crate) fn split_der(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [_tag, length, rest @ ..] = der else {
        return None;
    };
    if length & 0x80 == 0 {
        return rest.split_at_checked(usize::from(*length));
    }
    let (length, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
    let length = length.iter().try_fold(0usize, |sum, octet| {
        sum.checked_mul(256)?.checked_add(usize::from(*octet))
    })?;
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_or_foreign_digits_are_refused() {
        assert_eq!(decode("0aff"), Some(vec![0x0a, 0xff]));
        assert_eq!(decode("0af"), None);
        assert_eq!(decode("zz"), None);
        assert_eq!(decode("+1"), None);
    }

    #[test]
    fn long_lengths_are_read_and_lies_refused() {
        let mut long = vec![0x04, 0x81, 0x80];
        long.extend([7; 0x80]);
        long.push(9);
        assert_eq!(split_der(&long), Some((&[7; 0x80][..], &[9][..])));
        assert_eq!(split_der(&[0x04, 0x05, 1]), None);
        assert_eq!(split_der(&[0x04, 0xff]), None);
    }
}
