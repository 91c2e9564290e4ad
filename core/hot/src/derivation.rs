//! Keys made from passwords.

use hmac::digest::block_api::BlockSizeUser;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use zeroize::Zeroizing;

use crate::digest::{DigestName, with_eager_digest};

/// PBKDF1 (RFC 8018, 5.1): the digest of password and salt, digested again and again.
pub fn pbkdf1(digest: DigestName, password: &[u8], salt: &[u8], rounds: u64) -> Zeroizing<Vec<u8>> {
    let mut derived = digest.of(&[password, salt]);
    digest.again(&mut derived, rounds.saturating_sub(1));
    derived
}

/// PBKDF2 (RFC 8018, 5.2) over HMAC with any digest but MD2 and `BLAKE2b`, of which it is not known.
pub fn pbkdf2(digest: DigestName, password: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]) {
    match digest {
        DigestName::Sha256 => pbkdf2_sha256(password, salt, rounds, key),
        digest => with_eager_digest!(digest, pbkdf2_hmac(password, salt, rounds, key)),
    }
}

fn pbkdf2_hmac<D>(password: &[u8], salt: &[u8], rounds: u32, key: &mut [u8])
where
    D: EagerHash<Core: Sync> + BlockSizeUser,
{
    ::pbkdf2::pbkdf2_hmac::<D>(password, salt, rounds, key);
}

/// PBKDF2 over HMAC with SHA-256, which most keystores of today are sealed by: two compressions a round, and
/// none of the buffers that inputs of other lengths need.
fn pbkdf2_sha256(password: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]) {
    let (inner, outer) = (keyed(password, 0x36), keyed(password, 0x5c));
    for (number, part) in (1_u32..).zip(key.chunks_mut(32)) {
        // Only the first round is over something else than a digest.
        let first = Hmac::<Sha256>::new_from_slice(password).map(|mut hmac| {
            hmac.update(salt);
            hmac.update(&number.to_be_bytes());
            Zeroizing::new(<[u8; 32]>::from(hmac.finalize().into_bytes()))
        });
        let Ok(first) = first else {
            return;
        };
        let mut sum = first.clone();
        let mut last = Zeroizing::new(AFTER_A_BLOCK);
        fill(&mut *last, first.iter().copied());
        let mut state = inner.clone();
        for _ in 1..rounds {
            for half in [&*inner, &*outer] {
                *state = *half;
                compress256(&mut state, std::slice::from_ref(&*last));
                fill(&mut *last, state.iter().flat_map(|word| word.to_be_bytes()));
            }
            for (octet, more) in sum.iter_mut().zip(last.iter()) {
                *octet ^= more;
            }
        }
        fill(part, sum.iter().copied());
    }
}

/// The state of SHA-256 after the first block of one half of HMAC (RFC 2104, 2).
fn keyed(password: &[u8], pad: u8) -> Zeroizing<[u32; 8]> {
    let mut block = Zeroizing::new([0_u8; 64]);
    if password.len() <= block.len() {
        fill(&mut *block, password.iter().copied());
    } else {
        fill(&mut *block, Sha256::digest(password));
    }
    block.iter_mut().for_each(|octet| *octet ^= pad);
    let mut state = Zeroizing::new(SHA256_START);
    compress256(&mut state, std::slice::from_ref(&*block));
    state
}

fn fill(room: &mut [u8], octets: impl IntoIterator<Item = u8>) {
    for (place, octet) in room.iter_mut().zip(octets) {
        *place = octet;
    }
}

/// The block that a digest of SHA-256 stands in when it is digested after another block: the bit that ends
/// it, and the length of both in bits (FIPS 180-4, 5.1.1).
const AFTER_A_BLOCK: [u8; 64] = {
    let mut block = [0; 64];
    block[32] = 0x80;
    block[62] = 3;
    block
};

/// FIPS 180-4, 5.3.3.
const SHA256_START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// scrypt (RFC 7914) with `N`, `r` and `p`; `None` where they are none that it can have.
pub fn scrypt(
    password: &[u8],
    salt: &[u8],
    (cost, block, parallel): (u64, u64, u64),
    key: &mut [u8],
) -> Option<()> {
    let cost = cost.is_power_of_two().then(|| cost.trailing_zeros())?;
    let parameters = ::scrypt::Params::new(
        u8::try_from(cost).ok()?,
        u32::try_from(block).ok()?,
        u32::try_from(parallel).ok()?,
    );
    ::scrypt::scrypt(password, salt, &parameters.ok()?, key).ok()
}

/// The derivation of RFC 7292, B.2: `id` 1 makes keys, 2 initialisation vectors, 3 keys for a MAC.
pub fn pkcs12(
    digest: DigestName,
    password: &[u8],
    salt: &[u8],
    id: u8,
    rounds: u64,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = digest.block();
    let fill = |source: &[u8]| -> Vec<u8> {
        let length = block * source.len().div_ceil(block);
        source.iter().copied().cycle().take(length).collect()
    };
    let mut input = Zeroizing::new(fill(salt));
    input.extend_from_slice(&Zeroizing::new(fill(password)));
    let purpose = vec![id; block];
    let mut derived = Zeroizing::new(Vec::with_capacity(length + block));
    while derived.len() < length {
        let mut part = digest.of(&[&purpose, &input]);
        digest.again(&mut part, rounds.saturating_sub(1));
        derived.extend_from_slice(&part);
        for chunk in input.chunks_mut(block) {
            // chunk = chunk + part repeated + 1, as one big number
            let mut carry = 1u16;
            let repeated: Vec<u8> = part.iter().copied().cycle().take(chunk.len()).collect();
            for (place, addend) in chunk.iter_mut().zip(repeated).rev() {
                let sum = u16::from(*place) + u16::from(addend) + carry;
                let [high, low] = sum.to_be_bytes();
                *place = low;
                carry = u16::from(high);
            }
        }
    }
    derived.truncate(length);
    derived
}

/// Sun's derivation for `PBEWithMD5AndTripleDES`: 32 octets, of which 24 are the key and 8 the
/// initialisation vector; nothing where the salt is none of eight octets.
pub fn sun_md5(password: &[u8], salt: &[u8], rounds: u64) -> Zeroizing<Vec<u8>> {
    let mut derived = Zeroizing::new(Vec::with_capacity(32));
    let [a, b, c, d, second @ ..] = salt else {
        return derived;
    };
    let Ok(second) = <[u8; 4]>::try_from(second) else {
        return derived;
    };
    let mut first = [*a, *b, *c, *d];
    if first == second {
        // Equal halves would make equal keys: Java turns the first one around, in its own way.
        first = [*d, *a, *b, *d];
    }
    for half in [first, second] {
        let first = Md5::new()
            .chain_update(half)
            .chain_update(password)
            .finalize();
        let last = (1..rounds).fold(first, |digest, _| {
            Md5::new()
                .chain_update(digest)
                .chain_update(password)
                .finalize()
        });
        derived.extend_from_slice(&last);
    }
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_compressions_a_round_are_pbkdf2() {
        let long = [b'p'; 65];
        for password in [&b""[..], b"changeit", &long[..64], &long] {
            for (salt, rounds, length) in [(&b""[..], 1, 32), (b"salt", 2, 1), (&long, 1000, 100)] {
                let (mut ours, mut theirs) = (vec![0; length], vec![0; length]);
                pbkdf2_sha256(password, salt, rounds, &mut ours);
                ::pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut theirs);
                assert_eq!(ours, theirs, "{} {rounds} {length}", password.len());
            }
        }
    }
}
