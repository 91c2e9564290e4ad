//! DSA, which old authorities signed with (FIPS 186-4, 4.7).

use super::digest::Digest;
use super::{Failure, Key, MISMATCH, bad, unchecked};
use crate::asn1::{Reader, Tag};
use crate::x509::{integer_bits, power, product_modulo};

/// ```text
/// Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }        RFC 3279, 2.3.2
/// DSAPublicKey ::= INTEGER
/// Dss-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }               RFC 3279, 2.2.2
/// ```
pub(super) fn dsa(
    key: &Key<'_>,
    digest: Digest,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    let Some([p, q, g]) = key
        .parameters
        .and_then(|parameters| numbers(parameters.raw))
    else {
        return Err(unchecked(
            "the key has no parameters, neither its own nor its issuer's",
        ));
    };
    let key = Reader::new(key.bits).expect(Tag::INTEGER, "INTEGER");
    let key = key.map_err(|_| bad("the key of the issuer is no DSA key"))?;
    let Some([r, s]) = numbers(signature) else {
        return Err(bad("the signature is no SEQUENCE of two numbers"));
    };
    if MOST_OCTETS < p.len() || p.len() < q.len() {
        return Err(unchecked("the key is too large to compute with"));
    }
    match verify([p, q, g], key.contents, &digest.of(message), [r, s]) {
        Some(true) => Ok(()),
        _ => Err(bad(MISMATCH)),
    }
}

fn verify([p, q, g]: [&[u8]; 3], y: &[u8], digest: &[u8], [r, s]: [&[u8]; 2]) -> Option<bool> {
    let bits = integer_bits(q);
    if bits % 8 != 0 || integer_bits(r) == 0 || integer_bits(s) == 0 || !is_less(r, q) {
        return None;
    }
    let digest = digest
        .get(..usize::try_from(bits / 8).ok()?)
        .unwrap_or(digest);
    // q is a prime: its exponent less two inverts.
    let mut exponent = q.to_vec();
    let last = exponent.last_mut()?;
    *last = last.checked_sub(2)?;
    let inverse = power(s, &exponent, q)?;
    let inverse = contents(&inverse)?;
    let first = power(g, &product_modulo(digest, inverse, q)?, p)?;
    let second = power(y, &product_modulo(r, inverse, q)?, p)?;
    let product = product_modulo(contents(&first)?, contents(&second)?, p)?;
    let left = product_modulo(&product, &[1], q)?;
    Some(significant(&left) == significant(r))
}

/// The numbers of a SEQUENCE that holds nothing else.
fn numbers<const N: usize>(der: &[u8]) -> Option<[&[u8]; N]> {
    let sequence = Reader::new(der).sequence("SEQUENCE").ok()?;
    let mut fields = sequence.reader();
    let mut found = [&[][..]; N];
    for place in &mut found {
        let number = fields.expect(Tag::INTEGER, "INTEGER").ok()?.contents;
        if number.first().is_none_or(|first| 0x80 <= *first) {
            return None;
        }
        *place = number;
    }
    (fields.is_empty() && sequence.raw.len() == der.len()).then_some(found)
}

fn contents(integer: &[u8]) -> Option<&[u8]> {
    Some(Reader::new(integer).any().ok()?.contents)
}

fn is_less(a: &[u8], b: &[u8]) -> bool {
    let (a, b) = (significant(a), significant(b));
    (a.len(), a) < (b.len(), b)
}

fn significant(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets {
        octets = rest;
    }
    octets
}

/// Stops a key whose powers would take seconds.
const MOST_OCTETS: usize = 1025;
