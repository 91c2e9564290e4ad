//! RSA keys (RFC 8017).

use super::numbers::{decimal, integer_bits};
use crate::asn1::{Reader, Tag};
use crate::report::PublicKey;

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017, A.1.1).
pub(super) fn describe(key: &mut PublicKey, bits: Option<&[u8]>) {
    let name = match &*key.algorithm.oid {
        super::RSA_PSS => "RSA-PSS",
        super::RSA_OAEP => "RSA-OAEP",
        _ => "RSA",
    };
    let Some((modulus, exponent)) = bits.and_then(numbers) else {
        name.clone_into(&mut key.text);
        return;
    };
    let size = integer_bits(modulus);
    key.bits = Some(size);
    key.strength = Some(strength(size));
    key.exponent = Some(decimal(exponent));
    key.text = format!("{name} {size}");
}

/// Modulus and exponent of an `RSAPublicKey`.
pub(super) fn numbers(bits: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut fields = Reader::new(bits).sequence("RSAPublicKey").ok()?.reader();
    let mut number = || {
        let number = fields.any().ok()?;
        (number.tag == Tag::INTEGER).then_some(number.contents)
    };
    Some((number()?, number()?))
}

/// Bits of security of a modulus or a prime field (NIST SP 800-57 part 1 rev. 5, table 2).
pub(super) fn strength(size: u32) -> u32 {
    match size {
        ..1024 => 0,
        1024..2048 => 80,
        2048..3072 => 112,
        3072..7680 => 128,
        7680..15360 => 192,
        _ => 256,
    }
}
