//! Writing DER.

/// Appends a definite length in its shortest form (X.690, 10.1).
pub(crate) fn push_length(der: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let significant = octets.iter().skip_while(|&&octet| octet == 0);
            let count = significant.clone().count();
            der.push(0x80 | u8::try_from(count).unwrap_or(0));
            der.extend(significant);
        }
    }
}
