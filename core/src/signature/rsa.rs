//! RSA: PKCS#1 v1.5 and PSS (RFC 8017, 8).
//!
//! Computed with crypto-bigint, which keys are judged by already: the `rsa` crate takes PSS with one
//! digest for message and mask only, and no keys outside of 1024 to 8192 bits, which a lens must judge too.

use super::digest::{Digest, info, named};
use super::dsa::is_less;
use super::{Failure, Key, MISMATCH, RSA_PSS, bad, unchecked};
use crate::asn1::{Element, Reader, Tag};
use crate::x509::{integer_bits, power};

/// Checks a signature of `RSASSA-PKCS1-v1_5` (RFC 8017, 8.2.2).
pub(super) fn pkcs1(
    key: &Key<'_>,
    digest: Digest,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    let (encoded, _) = recover(key, signature)?;
    let info = info(digest, message);
    let Some(padding) = encoded
        .len()
        .checked_sub(info.len() + 3)
        .filter(|&length| 8 <= length)
    else {
        return Err(bad("the key is too short for a signature over this digest"));
    };
    let expected = [&[0, 1][..], &vec![0xff; padding], &[0], &info].concat();
    if encoded == expected {
        Ok(())
    } else {
        Err(bad(MISMATCH))
    }
}

/// The parameters of PSS.
///
/// ```text
/// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] DEFAULT sha1, maskGenAlgorithm [1] DEFAULT mgf1SHA1,
///                                  saltLength [2] INTEGER DEFAULT 20, trailerField [3] INTEGER DEFAULT 1 }
/// ```
///
/// [RFC 4055, 3.1](https://www.rfc-editor.org/rfc/rfc4055#section-3.1)
#[derive(Clone, Copy)]
pub(super) struct Pss {
    pub(super) digest: Digest,
    mask: Digest,
    salt: usize,
}

impl Pss {
    pub(super) fn read(parameters: Option<&Element<'_>>) -> Result<Self, Failure> {
        let Some(parameters) = parameters.filter(|parameters| parameters.tag == Tag::SEQUENCE)
        else {
            return Err(bad("PSS without its parameters"));
        };
        Self::fields(parameters.reader())
            .ok_or_else(|| unchecked("its parameters of PSS are not known here"))
    }

    fn fields(mut fields: Reader<'_>) -> Option<Self> {
        let mut pss = Self {
            digest: Digest::Sha1,
            mask: Digest::Sha1,
            salt: 20,
        };
        let oid = |identifier: &Element<'_>| {
            let oid = identifier.reader().expect(Tag::OID, "OBJECT IDENTIFIER");
            oid.ok().and_then(|oid| named(oid.contents))
        };
        if let Some(field) = fields.optional(Tag::context(0)).ok()? {
            pss.digest = oid(&field.reader().any().ok()?)?;
        }
        if let Some(field) = fields.optional(Tag::context(1)).ok()? {
            let mut generator = field.reader().any().ok()?.reader();
            let name = generator.expect(Tag::OID, "OBJECT IDENTIFIER").ok()?;
            if name.contents != MGF1 {
                return None;
            }
            pss.mask = oid(&generator.any().ok()?)?;
        }
        if let Some(field) = fields.optional(Tag::context(2)).ok()? {
            pss.salt = usize::try_from(field.reader().any().ok()?.unsigned().ok()?).ok()?;
        }
        if let Some(field) = fields.optional(Tag::context(3)).ok()?
            && field.reader().any().ok()?.unsigned().ok()? != 1
        {
            return None;
        }
        fields.is_empty().then_some(pss)
    }
}

/// Checks a signature of `RSASSA-PSS` (RFC 8017, 8.1.2).
pub(super) fn pss(
    key: &Key<'_>,
    parameters: Pss,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    // A key that is for PSS alone may say with which digests, and how long a salt it wants at least.
    if key.algorithm == RSA_PSS && key.parameters.is_some() {
        let wanted = Pss::read(key.parameters.as_ref())?;
        if wanted.digest != parameters.digest
            || wanted.mask != parameters.mask
            || parameters.salt < wanted.salt
        {
            return Err(bad("its parameters of PSS are not those of the key"));
        }
    }
    let (recovered, bits) = recover(key, signature)?;
    if decode(parameters, &recovered, bits, message).is_some() {
        Ok(())
    } else {
        Err(bad(MISMATCH))
    }
}

/// `EMSA-PSS-VERIFY` (RFC 8017, 9.1.2) of what a modulus of this many bits recovers.
fn decode(parameters: Pss, recovered: &[u8], bits: u32, message: &[u8]) -> Option<()> {
    let bits = bits.checked_sub(1)?;
    let length = usize::try_from(bits.div_ceil(8)).ok()?;
    let (surplus, encoded) = recovered.split_at_checked(recovered.len().checked_sub(length)?)?;
    if surplus.iter().any(|octet| *octet != 0) {
        return None;
    }
    let digest = parameters.digest.of(&[message]);
    let (rest, [0xbc]) = encoded.split_last_chunk::<1>()? else {
        return None;
    };
    let (masked, hash) = rest.split_at_checked(rest.len().checked_sub(digest.len())?)?;
    let unused = u32::try_from(8 * length).ok()?.checked_sub(bits)?;
    let kept = 0xff_u8.checked_shr(unused).unwrap_or(0);
    let [first, ..] = masked else {
        return None;
    };
    if first & !kept != 0 {
        return None;
    }
    let mask = mask(parameters.mask, hash, masked.len());
    let mut data: Vec<u8> = masked.iter().zip(mask).map(|(a, b)| a ^ b).collect();
    if let Some(first) = data.first_mut() {
        *first &= kept;
    }
    let (padding, salt) = data.split_at_checked(data.len().checked_sub(parameters.salt)?)?;
    let (one, zeros) = padding.split_last()?;
    if *one != 1 || zeros.iter().any(|octet| *octet != 0) {
        return None;
    }
    let again = parameters.digest.of(&[&[0; 8], &digest, salt]);
    (*again == hash).then_some(())
}

/// `MGF1` (RFC 8017, B.2.1).
fn mask(digest: Digest, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::new();
    let mut counter = 0_u32;
    while mask.len() < length {
        mask.extend(digest.of(&[seed, &counter.to_be_bytes()]).iter());
        counter += 1;
    }
    mask.truncate(length);
    mask
}

/// The encoded message that the public key recovers, as long as the modulus, and the bits of that.
///
/// ```text
/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
/// ```
fn recover(key: &Key<'_>, signature: &[u8]) -> Result<(Vec<u8>, u32), Failure> {
    let numbers = || {
        let mut fields = Reader::new(key.bits)
            .sequence("RSAPublicKey")
            .ok()?
            .reader();
        let modulus = fields.expect(Tag::INTEGER, "INTEGER").ok()?;
        let exponent = fields.expect(Tag::INTEGER, "INTEGER").ok()?;
        let positive = |number: &Element<'_>| number.contents.first().is_some_and(|it| *it < 0x80);
        // With 1 as the exponent every signature is its own message: anybody could make one.
        let is_odd = exponent.contents.last().is_some_and(|it| it & 1 == 1);
        let is_exponent = is_odd && 1 < integer_bits(exponent.contents);
        (positive(&modulus) && positive(&exponent) && is_exponent).then_some((modulus, exponent))
    };
    let (modulus, exponent) =
        numbers().ok_or_else(|| bad("the key of the issuer is no RSA key"))?;
    let bits = integer_bits(modulus.contents);
    let length = usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX);
    if signature.len() != length {
        return Err(bad(
            "the signature is not as long as the key that should have made it",
        ));
    }
    let power = power(signature, exponent.contents, modulus.contents);
    // The signature stands for a number below the modulus; larger ones are refused.
    let encoded = power
        .and_then(|power| Some(Reader::new(&power).any().ok()?.contents.to_vec()))
        .ok_or_else(|| {
            let is_odd = modulus.contents.last().is_some_and(|it| it & 1 == 1);
            if is_odd && 16 <= bits && is_less(signature, modulus.contents) {
                unchecked("the key is too large to compute with")
            } else {
                bad(MISMATCH)
            }
        })?;
    let significant = encoded.strip_prefix(&[0]).unwrap_or(&encoded);
    let missing = length.saturating_sub(significant.len());
    Ok(([&vec![0; missing], significant].concat(), bits))
}

const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];

#[cfg(test)]
mod tests {
    use super::super::RSA;
    use super::*;
    use crate::der::{integer, sequence};

    fn checked(exponent: &[u8], signature: &[u8]) -> Result<(), Failure> {
        let modulus = [&[0xc5][..], &[0x5a; 126], &[1]].concat();
        let bits = sequence(&[&integer(&modulus), &integer(exponent)]);
        let key = Key {
            algorithm: RSA,
            parameters: None,
            bits: &bits,
        };
        pkcs1(&key, Digest::Sha256, b"anything", signature)
    }

    #[test]
    fn an_exponent_that_changes_nothing_is_none_of_a_key() {
        let info = info(Digest::Sha256, b"anything");
        let padding = vec![0xff; 128 - info.len() - 3];
        let forged = [&[0, 1][..], &padding, &[0], &info].concat();
        for exponent in [&[1][..], &[0], &[2], &[1, 0]] {
            let found = checked(exponent, &forged);
            let Err(Failure::Bad(why)) = found else {
                panic!("{exponent:?} is taken");
            };
            assert_eq!(why, "the key of the issuer is no RSA key");
        }
    }

    #[test]
    fn an_exponent_too_large_to_compute_with_is_not_checked() {
        let exponent = vec![0x7f; 40_000];
        let found = checked(&exponent, &[1; 128]);
        assert!(matches!(found, Err(Failure::Unchecked(_))));
        assert!(matches!(checked(&[3], &[1; 128]), Err(Failure::Bad(_))));
    }
}
