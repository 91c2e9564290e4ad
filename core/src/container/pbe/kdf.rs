//! From a password to a key: the derivations, and what they cost.

use blake2::Blake2b512;
use hmac::digest::Digest;
use hmac::digest::block_api::BlockSizeUser;
use hmac::{Hmac, KeyInit, Mac};
use md2::Md2;
use md5::Md5;
use sha1::Sha1;
use sha2::block_api::compress256;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use zeroize::Zeroizing;

use crate::asn1::{Element, Reader, Tag};
use crate::container::pbe::unsupported;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;

/// Octets of key that one derivation may be asked for. Every 64 of them cost the rounds once more.
pub(crate) const MAX_KEY: usize = 1024;

/// The digests that derivations and integrity checks are built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum DigestName {
    Md2,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Blake2b512,
}

/// Calls a generic function with the digest that a [`DigestName`] names. Two are none of them: MD2, which
/// only PBKDF1 knows, and `BLAKE2b`, which is built otherwise; who can meet them asks for them before.
macro_rules! with_digest {
    ($name:expr, $function:ident $arguments:tt) => {
        match $name {
            DigestName::Md2 | DigestName::Blake2b512 | DigestName::Md5 => $function::<Md5> $arguments,
            DigestName::Sha1 => $function::<Sha1> $arguments,
            DigestName::Sha224 => $function::<Sha224> $arguments,
            DigestName::Sha256 => $function::<Sha256> $arguments,
            DigestName::Sha384 => $function::<Sha384> $arguments,
            DigestName::Sha512 => $function::<Sha512> $arguments,
            DigestName::Sha512_224 => $function::<Sha512_224> $arguments,
            DigestName::Sha512_256 => $function::<Sha512_256> $arguments,
            DigestName::Sha3_224 => $function::<Sha3_224> $arguments,
            DigestName::Sha3_256 => $function::<Sha3_256> $arguments,
            DigestName::Sha3_384 => $function::<Sha3_384> $arguments,
            DigestName::Sha3_512 => $function::<Sha3_512> $arguments,
        }
    };
}
pub(crate) use with_digest;

impl DigestName {
    /// The digest that an `AlgorithmIdentifier` names, by itself or within HMAC.
    pub(crate) fn read(identifier: &Element<'_>) -> Result<Self, Error> {
        let oid = identifier.reader().oid()?;
        Ok(match oid.as_str() {
            "1.2.840.113549.2.5" | "1.2.840.113549.2.6" => Self::Md5,
            "1.3.14.3.2.26" | "1.2.840.113549.2.7" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" | "1.2.840.113549.2.8" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" | "1.2.840.113549.2.9" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" | "1.2.840.113549.2.10" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" | "1.2.840.113549.2.11" => Self::Sha512,
            "2.16.840.1.101.3.4.2.5" | "1.2.840.113549.2.12" => Self::Sha512_224,
            "2.16.840.1.101.3.4.2.6" | "1.2.840.113549.2.13" => Self::Sha512_256,
            "2.16.840.1.101.3.4.2.7" | "2.16.840.1.101.3.4.2.13" => Self::Sha3_224,
            "2.16.840.1.101.3.4.2.8" | "2.16.840.1.101.3.4.2.14" => Self::Sha3_256,
            "2.16.840.1.101.3.4.2.9" | "2.16.840.1.101.3.4.2.15" => Self::Sha3_384,
            "2.16.840.1.101.3.4.2.10" | "2.16.840.1.101.3.4.2.16" => Self::Sha3_512,
            "1.3.6.1.4.1.1722.12.2.1.16" => Self::Blake2b512,
            _ => return Err(unsupported("digest", &oid, identifier.start)),
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Md2 => "MD2",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha512_224 => "SHA-512/224",
            Self::Sha512_256 => "SHA-512/256",
            Self::Sha3_224 => "SHA3-224",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
            Self::Blake2b512 => "BLAKE2b-512",
        }
    }

    /// Octets of the digest.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Blake2b512 => output_length::<Blake2b512>(),
            digest => with_digest!(digest, output_length()),
        }
    }
}

fn output_length<D: Digest>() -> usize {
    <D as Digest>::output_size()
}

/// A derivation with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kdf {
    /// RFC 7292, B.2.
    Pkcs12 {
        digest: DigestName,
        salt: Vec<u8>,
        rounds: u64,
    },
    /// RFC 8018, 5.1.
    Pbkdf1 {
        digest: DigestName,
        salt: Vec<u8>,
        rounds: u64,
    },
    /// RFC 8018, 5.2.
    Pbkdf2 {
        digest: DigestName,
        salt: Vec<u8>,
        rounds: u64,
    },
    /// RFC 7914, 7.
    Scrypt {
        salt: Vec<u8>,
        cost: u64,
        block: u64,
        parallel: u64,
    },
    /// Sun's JCEKS: both halves of the salt digested with the password, again and again.
    SunMd5 { salt: Vec<u8>, rounds: u64 },
}

/// What the derivation of RFC 7292, B.3 is asked for. The other derivations know one purpose only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Key,
    Iv,
    Mac,
}

impl Kdf {
    /// Reads the `AlgorithmIdentifier` of a key derivation function, and the key length that it may
    /// state.
    ///
    /// ```text
    /// PBKDF2-params ::= SEQUENCE { salt OCTET STRING, iterationCount INTEGER,
    ///                              keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT SHA-1 }
    /// scrypt-params ::= SEQUENCE { salt OCTET STRING, costParameter INTEGER, blockSize INTEGER,
    ///                              parallelizationParameter INTEGER, keyLength INTEGER OPTIONAL }
    /// ```
    ///
    /// RFC 8018, A.2; [RFC 7914, 7](https://www.rfc-editor.org/rfc/rfc7914#section-7)
    pub(crate) fn read(identifier: &Element<'_>) -> Result<(Self, Option<u64>), Error> {
        let mut fields = identifier.reader();
        let oid = fields.oid()?;
        let mut parameters = fields.sequence("parameters")?.reader();
        let salt = parameters
            .expect(Tag::OCTET_STRING, "salt")?
            .octets()?
            .0
            .into_owned();
        let number = |reader: &mut Reader<'_>, what| reader.expect(Tag::INTEGER, what)?.unsigned();
        let kdf = match oid.as_str() {
            "1.2.840.113549.1.5.12" => Self::Pbkdf2 {
                rounds: number(&mut parameters, "iteration count")?,
                digest: DigestName::Sha1,
                salt,
            },
            "1.3.6.1.4.1.11591.4.11" => Self::Scrypt {
                salt,
                cost: number(&mut parameters, "cost")?,
                block: number(&mut parameters, "block size")?,
                parallel: number(&mut parameters, "parallelization")?,
            },
            _ => return Err(unsupported("key derivation", &oid, identifier.start)),
        };
        let length = match parameters.optional(Tag::INTEGER)? {
            Some(length) => Some(length.unsigned()?),
            None => None,
        };
        let prf = parameters.optional(Tag::SEQUENCE)?;
        Ok(match (kdf, prf) {
            (Self::Pbkdf2 { salt, rounds, .. }, Some(prf)) => {
                let digest = DigestName::read(&prf)?;
                if digest == DigestName::Blake2b512 {
                    return Err(unsupported("PBKDF2 with", digest.name(), prf.start));
                }
                let kdf = Self::Pbkdf2 {
                    digest,
                    salt,
                    rounds,
                };
                (kdf, length)
            }
            (kdf, _) => (kdf, length),
        })
    }

    pub(crate) fn salt(&self) -> &[u8] {
        match self {
            Self::Pkcs12 { salt, .. }
            | Self::Pbkdf1 { salt, .. }
            | Self::Pbkdf2 { salt, .. }
            | Self::Scrypt { salt, .. }
            | Self::SunMd5 { salt, .. } => salt,
        }
    }

    /// The rounds that the parameters state; scrypt counts none.
    pub(crate) fn rounds(&self) -> Option<u64> {
        match self {
            Self::Pkcs12 { rounds, .. }
            | Self::Pbkdf1 { rounds, .. }
            | Self::Pbkdf2 { rounds, .. }
            | Self::SunMd5 { rounds, .. } => Some(*rounds),
            Self::Scrypt { .. } => None,
        }
    }

    /// Its name alone, as [`crate::Seal::derivation`] has it.
    pub(crate) fn short_name(&self) -> &'static str {
        match self {
            Self::Pkcs12 { .. } => "PKCS#12",
            Self::Pbkdf1 { .. } => "PBKDF1",
            Self::Pbkdf2 { .. } => "PBKDF2",
            Self::Scrypt { .. } => "scrypt",
            Self::SunMd5 { .. } => "MD5",
        }
    }

    pub(crate) fn digest(&self) -> Option<DigestName> {
        match self {
            Self::Pkcs12 { digest, .. }
            | Self::Pbkdf1 { digest, .. }
            | Self::Pbkdf2 { digest, .. } => Some(*digest),
            Self::Scrypt { .. } => None,
            Self::SunMd5 { .. } => Some(DigestName::Md5),
        }
    }

    /// In words: `PBKDF2 with HMAC-SHA-256`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Pkcs12 { digest, .. } => format!("PKCS#12 derivation with {}", digest.name()),
            Self::Pbkdf1 { digest, .. } => format!("PBKDF1 with {}", digest.name()),
            Self::Pbkdf2 { digest, .. } => format!("PBKDF2 with HMAC-{}", digest.name()),
            Self::Scrypt {
                cost,
                block,
                parallel,
                ..
            } => format!("scrypt with N {cost}, r {block}, p {parallel}"),
            Self::SunMd5 { .. } => "MD5 over halves of the salt".to_owned(),
        }
    }

    /// What one derivation of this many octets costs, in rounds.
    ///
    /// # Errors
    /// When it asks for more memory than allowed, or for what no derivation can mean.
    pub(crate) fn cost(&self, length: usize, limits: &Limits, offset: usize) -> Result<u64, Error> {
        let times = u64::try_from(length.div_ceil(64).max(1)).unwrap_or(u64::MAX);
        let Self::Scrypt {
            cost,
            block,
            parallel,
            ..
        } = self
        else {
            let rounds = self.rounds().unwrap_or(0);
            if rounds == 0 {
                let what = "zero key derivation rounds".to_owned();
                return Err(Error::new(ErrorKind::Malformed { what }, offset));
            }
            return Ok(rounds.saturating_mul(times));
        };
        // RFC 7914, 6: the table of N blocks, and one block for each of the p lanes.
        let memory = cost
            .saturating_add(*parallel)
            .saturating_mul(*block)
            .saturating_mul(128);
        if limits.memory < memory {
            let kind = ErrorKind::LimitExceeded {
                what: "bytes of memory for scrypt",
                found: memory,
                allowed: limits.memory,
            };
            return Err(Error::new(kind, offset));
        }
        Ok(cost.saturating_mul(*block).saturating_mul(*parallel))
    }

    /// Derives octets; what they cost was asked of [`Kdf::cost`] before.
    pub(crate) fn derive(
        &self,
        password: &[u8],
        purpose: Purpose,
        length: usize,
        offset: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut key = Zeroizing::new(vec![0; length]);
        match self {
            Self::Pkcs12 {
                digest,
                salt,
                rounds,
            } => {
                return Ok(derive_pkcs12(
                    *digest, password, salt, *rounds, purpose, length,
                ));
            }
            Self::Pbkdf1 {
                digest,
                salt,
                rounds,
            } => {
                let mut derived = match digest {
                    DigestName::Md2 => pbkdf1::<Md2>(password, salt, *rounds),
                    digest => with_digest!(*digest, pbkdf1(password, salt, *rounds)),
                };
                derived.truncate(length);
                return Ok(derived);
            }
            Self::SunMd5 { salt, rounds } => {
                let mut derived = sun_md5(password, salt, *rounds);
                derived.truncate(length);
                return Ok(derived);
            }
            Self::Pbkdf2 {
                digest,
                salt,
                rounds,
            } => {
                let rounds = u32::try_from(*rounds).unwrap_or(u32::MAX);
                match digest {
                    DigestName::Sha256 => pbkdf2_sha256(password, salt, rounds, &mut key),
                    digest => with_digest!(*digest, pbkdf2(password, salt, rounds, &mut key)),
                }
            }
            Self::Scrypt {
                salt,
                cost,
                block,
                parallel,
            } => {
                if scrypt(password, salt, (*cost, *block, *parallel), &mut key).is_none() {
                    let what = format!("{} cannot be computed", self.name());
                    return Err(Error::new(ErrorKind::Malformed { what }, offset));
                }
            }
        }
        Ok(key)
    }
}

/// The derivation of RFC 7292, B.2, for one of its purposes.
pub(crate) fn derive_pkcs12(
    digest: DigestName,
    password: &[u8],
    salt: &[u8],
    rounds: u64,
    purpose: Purpose,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let id = match purpose {
        Purpose::Key => 1,
        Purpose::Iv => 2,
        Purpose::Mac => 3,
    };
    match digest {
        DigestName::Blake2b512 => pkcs12::<Blake2b512>(password, salt, id, rounds, length),
        digest => with_digest!(digest, pkcs12(password, salt, id, rounds, length)),
    }
}

/// PBKDF1 (RFC 8018, 5.1): the digest of password and salt, digested again and again.
fn pbkdf1<D: Digest>(password: &[u8], salt: &[u8], rounds: u64) -> Zeroizing<Vec<u8>> {
    let first = D::new()
        .chain_update(password)
        .chain_update(salt)
        .finalize();
    let last = (1..rounds).fold(first, |digest, _| D::digest(&digest));
    Zeroizing::new(last.to_vec())
}

/// PBKDF2 (RFC 8018, 5.2).
fn pbkdf2<D>(password: &[u8], salt: &[u8], rounds: u32, key: &mut [u8])
where
    D: hmac::EagerHash<Core: Sync> + BlockSizeUser,
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

fn scrypt(
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
fn pkcs12<D: Digest + BlockSizeUser>(
    password: &[u8],
    salt: &[u8],
    id: u8,
    rounds: u64,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = D::block_size();
    let fill = |source: &[u8]| -> Vec<u8> {
        let length = block * source.len().div_ceil(block);
        source.iter().copied().cycle().take(length).collect()
    };
    let mut input = Zeroizing::new(fill(salt));
    input.extend_from_slice(&Zeroizing::new(fill(password)));
    let mut derived = Zeroizing::new(Vec::with_capacity(length + block));
    while derived.len() < length {
        let first = D::new()
            .chain_update(vec![id; block])
            .chain_update(&*input)
            .finalize();
        let digest = (1..rounds).fold(first, |digest, _| D::digest(&digest));
        derived.extend_from_slice(&digest);
        for chunk in input.chunks_mut(block) {
            // chunk = chunk + digest repeated + 1, as one big number
            let mut carry = 1u16;
            let repeated: Vec<u8> = digest.iter().copied().cycle().take(chunk.len()).collect();
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
fn sun_md5(password: &[u8], salt: &[u8], rounds: u64) -> Zeroizing<Vec<u8>> {
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
        let start = Md5::new()
            .chain_update(half)
            .chain_update(password)
            .finalize();
        let last = (1..rounds).fold(start, |digest, _| {
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
