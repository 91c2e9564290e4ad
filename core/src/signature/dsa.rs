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
    let numbers_of_key = key
        .parameters
        .and_then(|parameters| numbers(parameters.raw));
    let Some([prime, order, generator]) = numbers_of_key else {
        return Err(unchecked(
            "the key has no parameters, neither its own nor its issuer's",
        ));
    };
    let public = Reader::new(key.bits).expect(Tag::INTEGER, "INTEGER");
    let public = public.map_err(|_| bad("the key of the issuer is no DSA key"))?;
    let Some([first, second]) = numbers(signature) else {
        return Err(bad("the signature is no SEQUENCE of two numbers"));
    };
    if MOST_OCTETS < prime.len() || prime.len() < order.len() {
        return Err(unchecked("the key is too large to compute with"));
    }
    let domain = Domain {
        prime,
        order,
        generator,
    };
    match domain.verifies(public.contents, &digest.of(&[message]), first, second) {
        Some(true) => Ok(()),
        _ => Err(bad(MISMATCH)),
    }
}

/// p, q and g.
struct Domain<'a> {
    prime: &'a [u8],
    order: &'a [u8],
    generator: &'a [u8],
}

impl Domain<'_> {
    /// Whether the pair of numbers, r and s, is one that the key makes over the digest.
    fn verifies(&self, public: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<bool> {
        let Self {
            prime,
            order,
            generator,
        } = *self;
        let bits = integer_bits(order);
        let is_zero = integer_bits(r) == 0 || integer_bits(s) == 0;
        if !bits.is_multiple_of(8) || is_zero || !is_less(r, order) {
            return None;
        }
        let length = usize::try_from(bits / 8).ok()?;
        let digest = digest.get(..length).unwrap_or(digest);
        // The order is a prime: its exponent less two inverts.
        let exponent = less_two(order)?;
        let inverse = power(s, &exponent, order)?;
        let inverse = contents(&inverse)?;
        let of_digest = power(generator, &product_modulo(digest, inverse, order)?, prime)?;
        let of_key = power(public, &product_modulo(r, inverse, order)?, prime)?;
        let product = product_modulo(contents(&of_digest)?, contents(&of_key)?, prime)?;
        let left = product_modulo(&product, &[1], order)?;
        Some(significant(&left) == significant(r))
    }
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

/// A number less two; `None` below two.
fn less_two(number: &[u8]) -> Option<Vec<u8>> {
    let mut octets = number.to_vec();
    let mut borrow = 2;
    for octet in octets.iter_mut().rev() {
        let (left, under) = octet.overflowing_sub(borrow);
        *octet = left;
        borrow = u8::from(under);
    }
    (borrow == 0).then_some(octets)
}

fn contents(integer: &[u8]) -> Option<&[u8]> {
    Some(Reader::new(integer).any().ok()?.contents)
}

pub(super) fn is_less(a: &[u8], b: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_taken_from_numbers_that_end_in_less() {
        assert_eq!(less_two(&[5, 1]), Some(vec![4, 0xff]));
        assert_eq!(less_two(&[5, 3]), Some(vec![5, 1]));
        assert_eq!(less_two(&[1, 0, 1]), Some(vec![0, 0xff, 0xff]));
        assert_eq!(less_two(&[1]), None);
    }
}
