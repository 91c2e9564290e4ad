//! Writing DER.

use zeroize::Zeroizing;

use crate::order;

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

/// A value with this tag in one octet.
pub(crate) fn value(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    push_length(&mut der, contents.len());
    der.extend_from_slice(contents);
    der
}

/// A SEQUENCE of these encoded values.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    value(0x30, &parts.concat())
}

/// An OCTET STRING.
pub(crate) fn octet_string(octets: &[u8]) -> Vec<u8> {
    value(4, octets)
}

/// `[0] EXPLICIT` around an encoded value.
pub(crate) fn explicit(encoded: &[u8]) -> Vec<u8> {
    value(0xa0, encoded)
}

/// A SET OF these encoded values, in the order that DER puts them in (X.690, 11.6).
pub(crate) fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    order::sort(&mut parts);
    value(0x31, &parts.concat())
}

/// A `BMPString`: UTF-16, the higher octet first.
pub(crate) fn bmp_string(text: &str) -> Vec<u8> {
    let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    value(30, &octets)
}

/// A SEQUENCE of these tags and contents, each octet of it wiped when it is dropped.
pub(crate) fn secret_sequence(parts: &[(u8, &[u8])]) -> Zeroizing<Vec<u8>> {
    let header = |tag: u8, length: usize| {
        let mut header = vec![tag];
        push_length(&mut header, length);
        header
    };
    let headers: Vec<Vec<u8>> = parts
        .iter()
        .map(|(tag, contents)| header(*tag, contents.len()))
        .collect();
    let length = parts
        .iter()
        .zip(&headers)
        .map(|((_, contents), header)| contents.len().saturating_add(header.len()))
        .sum();
    let outer = header(0x30, length);
    // All of it at once: a buffer that grows leaves copies behind.
    let mut der = Zeroizing::new(Vec::with_capacity(length.saturating_add(outer.len())));
    der.extend_from_slice(&outer);
    for ((_, contents), header) in parts.iter().zip(&headers) {
        der.extend_from_slice(header);
        der.extend_from_slice(contents);
    }
    der
}

/// A non-negative INTEGER from its octets, in the fewest that hold it.
pub(crate) fn integer(mut octets: &[u8]) -> Vec<u8> {
    while let [0, rest @ ..] = octets {
        octets = rest;
    }
    match octets.first() {
        Some(first) if *first < 0x80 => value(2, octets),
        _ => value(2, &[&[0], octets].concat()),
    }
}

/// An OBJECT IDENTIFIER from its dotted form; arcs that are no numbers count as 0.
pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    value(6, &arcs(dotted))
}

/// The contents of that OBJECT IDENTIFIER.
pub(crate) fn arcs(dotted: &str) -> Vec<u8> {
    let mut arcs = dotted.split('.').map(|arc| arc.parse::<u64>().unwrap_or(0));
    let (top, second) = (arcs.next().unwrap_or(0), arcs.next().unwrap_or(0));
    let mut contents = Vec::new();
    push_arc(&mut contents, top.saturating_mul(40).saturating_add(second));
    for arc in arcs {
        push_arc(&mut contents, arc);
    }
    contents
}

/// Base 128, the highest digit first, all but the last marked (X.690, 8.19.2).
fn push_arc(contents: &mut Vec<u8>, arc: u64) {
    let digits = (64 - arc.leading_zeros()).div_ceil(7).max(1);
    for digit in (0..digits).rev() {
        let [.., low] = (arc >> (digit * 7)).to_be_bytes();
        let more = if digit == 0 { 0 } else { 0x80 };
        contents.push(low & 0x7f | more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::Reader;

    #[test]
    fn identifiers_read_as_they_were_written() {
        for dotted in [
            "2.5.4.3",
            "1.2.840.113549.1.1.1",
            "2.999.0.18446744073709551615",
            "0.9",
        ] {
            let der = oid(dotted);
            assert_eq!(Reader::new(&der).oid().expect("reads"), dotted);
        }
    }

    #[test]
    fn integers_take_the_fewest_octets() {
        assert_eq!(integer(&[0, 0, 0x7f]), [2, 1, 0x7f]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[]), [2, 1, 0]);
    }
}
