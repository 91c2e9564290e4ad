//! DER as bare text, base64 or hexadecimal, as people paste it.

use crate::container::{Container, der};
use crate::error::Error;
use crate::hex::unhex;
use crate::open::Options;
use crate::origin::{Origin, TextMap};
use crate::report::PlaceForm;

/// Digits below which text is taken for words. The shortest certificates have several hundred.
const MIN_DIGITS: usize = 64;

/// Reads text that is nothing but digits and decodes to a SEQUENCE; `None` for any other input.
pub(crate) fn read(input: &[u8], options: &Options<'_>) -> Option<Result<Container, Error>> {
    let text = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let text = text.strip_prefix(b"0x").unwrap_or(text);
    let start = input.len() - text.len();
    let gap = |octet: u8| octet.is_ascii_whitespace() || octet == b':';
    let digit = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    if !text
        .iter()
        .take(MIN_DIGITS)
        .all(|&octet| gap(octet) || digit(octet))
    {
        return None;
    }
    let digits: Vec<u8> = text.iter().copied().filter(|&octet| !gap(octet)).collect();
    if digits.len() < MIN_DIGITS {
        return None;
    }
    let (form, der) = match (unhex(&digits), text.contains(&b':')) {
        (Some(der), _) => (PlaceForm::Hex, der),
        (None, false) => (PlaceForm::Base64, base64(&digits)?),
        (None, true) => return None,
    };
    if der.first() != Some(&0x30) {
        return None;
    }
    let origin = Origin::text(TextMap::new(form, text, start, (0, input.len())));
    Some(der::read(&der, &origin, options).map_err(|error| origin.relocate(error)))
}

fn base64(digits: &[u8]) -> Option<Vec<u8>> {
    let known = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    if !digits.iter().all(known) {
        return None;
    }
    super::pem::decode_digits(digits)
}
