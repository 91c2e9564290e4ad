//! Octets as hexadecimal text, and back.

/// Lower-case hexadecimal, two digits an octet.
pub(crate) fn hex(octets: &[u8]) -> String {
    base16ct::lower::encode_string(octets)
}

/// The same, behind what is there.
pub(crate) fn push_hex(octets: &[u8], out: &mut Vec<u8>) {
    // Computed, not looked up: so the compiler does sixteen at once.
    let digit = |value: u8| b'0' + value + if 9 < value { b'a' - b'0' - 10 } else { 0 };
    let start = out.len();
    out.resize(start + octets.len() * 2, 0);
    let (pairs, _) = out
        .get_mut(start..)
        .unwrap_or_default()
        .as_chunks_mut::<2>();
    for (octet, pair) in octets.iter().zip(pairs) {
        *pair = [digit(octet >> 4), digit(octet & 15)];
    }
}

/// Reads an even number of hexadecimal digits, in capitals or not.
pub(crate) fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| Some(value(*high)? << 4 | value(*low)?))
        .collect()
}
