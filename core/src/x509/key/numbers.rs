//! The large integers that keys are made of.

use crypto_bigint::{BoxedUint, ConcatenatingMul as _, NonZero, Odd, WideWord, Word};
use zeroize::Zeroizing;

use crate::hex::hex;

/// Bits of a non-negative INTEGER's value.
pub(crate) fn integer_bits(contents: &[u8]) -> u32 {
    let digits = significant(contents);
    let leading = digits.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(digits.len())
        .unwrap_or(u32::MAX)
        .saturating_mul(8)
        .saturating_sub(leading)
}

/// Decimal, for values that 128 bits hold; the few larger ones as hexadecimal.
pub(crate) fn decimal(contents: &[u8]) -> String {
    let digits = significant(contents);
    if 16 < digits.len() {
        return format!("0x{}", hex(digits));
    }
    let value = digits
        .iter()
        .fold(0u128, |value, &octet| value << 8 | u128::from(octet));
    value.to_string()
}

/// As [`decimal`], of a number that may be negative.
pub(crate) fn signed_decimal(contents: &[u8]) -> String {
    if !matches!(contents, [0x80..=0xff, ..]) {
        return decimal(contents);
    }
    let mut magnitude: Vec<u8> = contents.iter().map(|octet| !octet).collect();
    for octet in magnitude.iter_mut().rev() {
        let (sum, carry) = octet.overflowing_add(1);
        *octet = sum;
        if !carry {
            break;
        }
    }
    format!("-{}", decimal(&magnitude))
}

/// Without the leading zero octets, which carry no value.
pub(super) fn significant(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets {
        octets = rest;
    }
    octets
}

/// Octets of the largest number that is computed with: 16384 bits. Stops a key of a megabyte.
const MAX_OCTETS: usize = 2048;

/// What raising to a power may cost, in products of 64-bit words. Stops a key with a huge exponent.
const MAX_POWER: usize = 1 << 26;

pub(super) fn number(octets: &[u8], bits: u32) -> Option<Zeroizing<BoxedUint>> {
    BoxedUint::from_be_slice(significant(octets), bits)
        .ok()
        .map(Zeroizing::new)
}

/// Whether the product of these is `expected`; `None` for numbers too large to compute with.
pub(super) fn product_is(factors: &[&[u8]], expected: &[u8]) -> Option<bool> {
    let octets: usize = factors.iter().map(|factor| factor.len()).sum();
    if MAX_OCTETS < octets || MAX_OCTETS < expected.len() {
        return None;
    }
    let mut product = Zeroizing::new(BoxedUint::one());
    for factor in factors {
        let factor = number(factor, integer_bits(factor).max(1))?;
        product = Zeroizing::new(product.concatenating_mul(&*factor));
    }
    let octets = Zeroizing::new(product.to_be_bytes().to_vec());
    Some(significant(&octets) == significant(expected))
}

/// Whether `a · b` leaves 1 modulo `prime - 1`; `None` for numbers too large to compute with.
pub(super) fn are_inverse(a: &[u8], b: &[u8], prime: &[u8]) -> Option<bool> {
    if MAX_OCTETS < a.len().max(b.len()).max(prime.len()) {
        return None;
    }
    let of = |octets: &[u8]| number(octets, integer_bits(octets).max(1));
    let prime = of(prime)?;
    let modulus = Zeroizing::new(prime.wrapping_sub(BoxedUint::one()));
    let modulus = NonZero::new(BoxedUint::clone(&modulus)).into_option()?;
    let product = Zeroizing::new(of(a)?.concatenating_mul(&*of(b)?));
    let rest = Zeroizing::new(product.rem(&modulus));
    Some(bool::from(rest.is_one()))
}

/// `number` modulo `prime - 1`, as the contents of an INTEGER; `None` for numbers too large to compute with.
pub(crate) fn remainder_of_one_less(number: &[u8], prime: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if MAX_OCTETS < number.len().max(prime.len()) {
        return None;
    }
    let of = |octets: &[u8]| self::number(octets, integer_bits(octets).max(1));
    let modulus = Zeroizing::new(of(prime)?.wrapping_sub(BoxedUint::one()));
    let modulus = NonZero::new(BoxedUint::clone(&modulus)).into_option()?;
    let rest = Zeroizing::new(of(number)?.rem(&modulus));
    let octets = Zeroizing::new(rest.to_be_bytes().to_vec());
    let digits = significant(&octets);
    // A first bit that is set would make it negative.
    let mut contents = Zeroizing::new(Vec::with_capacity(digits.len().saturating_add(1)));
    if digits.first().is_none_or(|first| 0x7f < *first) {
        contents.push(0);
    }
    contents.extend_from_slice(digits);
    Some(contents)
}

/// `base` to the power of `exponent` modulo `modulus`, the encoded INTEGER; `None` for numbers too large
/// to compute with, or that cannot be those of a key.
pub(crate) fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let bits = integer_bits(modulus);
    let words = usize::try_from(bits.div_ceil(64)).ok()?;
    let steps = usize::try_from(integer_bits(exponent)).ok()?;
    let cost = words.checked_mul(words)?.checked_mul(steps)?;
    if bits < 16 || MAX_POWER < cost || integer_bits(base) > bits {
        return None;
    }
    let odd = Odd::new(BoxedUint::clone(&*number(modulus, bits)?)).into_option()?;
    let base = number(base, bits)?;
    if *base >= *odd.as_ref() {
        return None;
    }
    let exponent = number(exponent, integer_bits(exponent).max(1))?;
    let power = base.pow_mod(&exponent, &odd);
    Some(crate::der::integer(&power.to_be_bytes()))
}

/// The product of two numbers modulo another; `None` for numbers too large to compute with.
pub(crate) fn product_modulo(a: &[u8], b: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    if MAX_OCTETS < a.len().max(b.len()).max(modulus.len()) {
        return None;
    }
    let of = |octets: &[u8]| number(octets, integer_bits(octets).max(1));
    let modulus = NonZero::new(BoxedUint::clone(&*of(modulus)?)).into_option()?;
    let product = Zeroizing::new(of(a)?.concatenating_mul(&*of(b)?));
    Some(product.rem(&modulus).to_be_bytes().to_vec())
}

/// The square root, rounded down, of a number of an even count of words that is not zero. With paper and pencil:
/// what is left, divided by twice the root so far, is the next word or a little more.
pub(crate) fn floor_root(number: &BoxedUint) -> Option<BoxedUint> {
    // So far to the left that the first word of the root has its highest bit set.
    let shift = number.leading_zeros() & !1;
    let mut left = number.unbounded_shl_vartime(shift);
    let left = left.as_mut_words();
    let count = left.len() / 2;

    let [.., second, first] = left else {
        return None;
    };
    let two = WideWord::from(*first) << Word::BITS | WideWord::from(*second);
    let leading = two.isqrt();
    let rest = two - leading * leading;
    (*first, *second) = (low(rest >> Word::BITS), low(rest));
    // Words stand where they will in the end, and two more for what is carried.
    let mut twice = vec![0; count.checked_add(2)?];
    double(twice.get_mut(count.checked_sub(1)?..)?, low(leading));

    for at in (0..count - 1).rev() {
        let [ones, tens, carried, ..] = *left.get(at + count - 1..)? else {
            return None;
        };
        let half = WideWord::from(carried) << (2 * Word::BITS - 1)
            | WideWord::from(tens) << (Word::BITS - 1)
            | WideWord::from(ones) >> 1;
        let mut word = Word::try_from(half.checked_div(leading)?).unwrap_or(Word::MAX);

        let (left, twice) = (left.get_mut(2 * at..)?, twice.get_mut(at..)?);
        *twice.first_mut()? = word;
        let mut is_too_large = take(left, twice, word);
        while is_too_large {
            word = word.checked_sub(1)?;
            is_too_large = !give(left, twice, word);
            *twice.first_mut()? = word;
        }
        double(twice, word);
    }
    let twice = BoxedUint::from_words_with_precision(twice, number.bits_precision());
    Some(twice.unbounded_shr_vartime(1 + shift / 2))
}

/// Takes `factor` times a number off another, both from their lowest word on. Whether it was more than there is.
fn take(from: &mut [Word], words: &[Word], factor: Word) -> bool {
    let carry = from.iter_mut().zip(words).fold(0, |carry, (place, word)| {
        let product = WideWord::from(*word) * WideWord::from(factor) + WideWord::from(carry);
        let (difference, below) = place.overflowing_sub(low(product));
        *place = difference;
        low(product >> Word::BITS).wrapping_add(Word::from(below))
    });
    carry != 0
}

/// Adds a number and a word to another. Whether that makes up for what was taken too much.
fn give(to: &mut [Word], words: &[Word], word: Word) -> bool {
    let carry = to.iter_mut().zip(words).fold(word, |carry, (place, word)| {
        let sum = WideWord::from(*place) + WideWord::from(*word) + WideWord::from(carry);
        *place = low(sum);
        low(sum >> Word::BITS)
    });
    carry != 0
}

/// Puts twice this word at the low end of a number that has none there yet.
fn double(number: &mut [Word], word: Word) {
    let [first, others @ ..] = number else {
        return;
    };
    *first = word << 1;
    let mut carries = word >> (Word::BITS - 1) != 0;
    for place in others {
        if !carries {
            return;
        }
        (*place, carries) = place.overflowing_add(1);
    }
}

fn low(wide: WideWord) -> Word {
    Word::try_from(wide & WideWord::from(Word::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_those_that_the_library_finds() {
        let mut state = 1_u64;
        let mut octet = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state.to_be_bytes()[0]
        };
        for bits in [128, 256, 1024, 2048, 4096] {
            for zeros in 0..20 {
                let octets: Vec<u8> = (0..bits / 8).map(|_| octet()).collect();
                let number = BoxedUint::from_be_slice(&octets, bits).expect("fits");
                let number = number.unbounded_shr_vartime(zeros * (bits / 21));
                let root = number.floor_sqrt_vartime();
                assert_eq!(floor_root(&number), Some(root.clone()), "{number}");
                // A square, and its neighbours.
                let square = root.wrapping_mul(&root);
                let one = BoxedUint::one_with_precision(bits);
                assert_eq!(floor_root(&square), Some(root.clone()));
                assert_eq!(floor_root(&square.wrapping_add(&one)), Some(root.clone()));
                let below = root.wrapping_sub(&one);
                assert_eq!(floor_root(&square.wrapping_sub(&one)), Some(below));
            }
            let highest = BoxedUint::max(bits);
            assert_eq!(floor_root(&highest), Some(highest.floor_sqrt_vartime()));
        }
    }

    #[test]
    fn powers_products_and_inverses_are_those_of_small_numbers() {
        let expected = (0..200).fold(1u64, |power, _| power * 3 % 65537);
        let octets = u16::try_from(expected).expect("fits").to_be_bytes();
        let found = power(&[3], &[200], &[1, 0, 1]);
        assert_eq!(found, Some(crate::der::integer(&octets)));
        assert_eq!(product_is(&[&[7], &[0, 11], &[13]], &[3, 0xe9]), Some(true));
        assert_eq!(product_is(&[&[7], &[11]], &[78]), Some(false));
        assert_eq!(are_inverse(&[3], &[7], &[11]), Some(true));
        assert_eq!(are_inverse(&[3], &[8], &[11]), Some(false));
        assert_eq!(are_inverse(&[3], &[8], &[1]), None);
        assert_eq!(power(&[3], &[200], &[1, 0]), None);
        let rest = |number: &[u8], prime: &[u8]| remainder_of_one_less(number, prime);
        assert_eq!(
            rest(&[1, 0, 0], &[0, 251]).map(|it| it.to_vec()),
            Some(vec![36])
        );
        assert_eq!(
            rest(&[0, 200], &[0, 251]).map(|it| it.to_vec()),
            Some(vec![0, 200])
        );
        assert_eq!(rest(&[1], &[1]), None);
    }

    #[test]
    fn numbers_that_would_take_long_are_left_alone() {
        let huge = vec![0xff; 4096];
        assert_eq!(power(&[3], &huge, &huge), None);
        assert_eq!(product_is(&[&huge, &[3]], &huge), None);
        assert_eq!(are_inverse(&huge, &[3], &[11]), None);
    }
}
