//! Digests, and HMAC over them.

use blake2::Blake2b512;
use hmac::digest::block_api::BlockSizeUser;
use hmac::{EagerHash, Hmac, KeyInit, Mac, SimpleHmac};
use md2::Md2;
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use zeroize::Zeroizing;

/// The digests that signatures, derivations and integrity checks are built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "their names say what they are")]
pub enum DigestName {
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

/// Calls a generic function with the digest of this name.
macro_rules! with_digest {
    ($name:expr, $function:ident $arguments:tt) => {
        match $name {
            DigestName::Md2 => $function::<Md2> $arguments,
            DigestName::Blake2b512 => $function::<Blake2b512> $arguments,
            name => with_eager_digest!(name, $function $arguments),
        }
    };
}

/// The same for the digests that HMAC can keep the half-way states of. Who can meet the two others, which
/// count as MD5 here, asks for them before.
macro_rules! with_eager_digest {
    ($name:expr, $function:ident $arguments:tt) => {
        match $name {
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
            DigestName::Md2 | DigestName::Md5 | DigestName::Blake2b512 => $function::<Md5> $arguments,
        }
    };
}
pub(crate) use with_eager_digest;

impl DigestName {
    /// As people write it.
    pub fn name(self) -> &'static str {
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
    pub fn length(self) -> usize {
        with_digest!(self, length())
    }

    /// Octets of a block, as HMAC fills it.
    pub(crate) fn block(self) -> usize {
        with_digest!(self, block())
    }

    /// The digest of these parts, one after the other.
    pub fn of(self, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        with_digest!(self, of(parts))
    }

    /// A digest digested again and again.
    pub(crate) fn again(self, digest: &mut Vec<u8>, times: u64) {
        with_digest!(self, again(digest, times));
    }

    /// HMAC (RFC 2104).
    pub fn hmac(self, key: &[u8], content: &[u8]) -> Vec<u8> {
        if self == Self::Blake2b512 {
            return code(
                <SimpleHmac<Blake2b512> as KeyInit>::new_from_slice(key),
                content,
            );
        }
        with_eager_digest!(self, hmac(key, content))
    }
}

fn length<D: hmac::digest::Digest>() -> usize {
    <D as hmac::digest::Digest>::output_size()
}

fn block<D: BlockSizeUser>() -> usize {
    D::block_size()
}

fn of<D: hmac::digest::Digest>(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    Zeroizing::new(digest.finalize().to_vec())
}

fn again<D: hmac::digest::Digest>(digest: &mut Vec<u8>, times: u64) {
    for _ in 0..times {
        let next = D::digest(&*digest);
        digest.copy_from_slice(&next);
    }
}

fn hmac<D: EagerHash>(key: &[u8], content: &[u8]) -> Vec<u8> {
    code(<Hmac<D> as KeyInit>::new_from_slice(key), content)
}

/// A key of any length is taken; there is no other way to fail.
fn code<M: Mac, E>(mac: Result<M, E>, content: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = mac else {
        return Vec::new();
    };
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}
