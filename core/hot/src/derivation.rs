//! Keys made from passwords.

use hmac::EagerHash;
use hmac::digest::block_api::BlockSizeUser;
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
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
    with_eager_digest!(digest, pbkdf2_hmac(password, salt, rounds, key));
}

fn pbkdf2_hmac<D>(password: &[u8], salt: &[u8], rounds: u32, key: &mut [u8])
where
    D: EagerHash<Core: Sync> + BlockSizeUser,
{
    ::pbkdf2::pbkdf2_hmac::<D>(password, salt, rounds, key);
}

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
