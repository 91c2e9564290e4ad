//! The digests that signatures are made over.

use certlens_hot::DigestName;

use super::WeakDigest;
use crate::der::{sequence, value};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
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
}

impl Digest {
    pub(super) fn of(self, message: &[u8]) -> Vec<u8> {
        let name = match self {
            Self::Md2 => DigestName::Md2,
            Self::Md5 => DigestName::Md5,
            Self::Sha1 => DigestName::Sha1,
            Self::Sha224 => DigestName::Sha224,
            Self::Sha256 => DigestName::Sha256,
            Self::Sha384 => DigestName::Sha384,
            Self::Sha512 => DigestName::Sha512,
            Self::Sha512_224 => DigestName::Sha512_224,
            Self::Sha512_256 => DigestName::Sha512_256,
            Self::Sha3_224 => DigestName::Sha3_224,
            Self::Sha3_256 => DigestName::Sha3_256,
            Self::Sha3_384 => DigestName::Sha3_384,
            Self::Sha3_512 => DigestName::Sha3_512,
        };
        name.of(&[message]).to_vec()
    }

    /// The digest with this encoded identifier.
    pub(super) fn named(oid: &[u8]) -> Option<Self> {
        ALL.iter()
            .find(|(_, contents)| *contents == oid)
            .map(|(digest, _)| *digest)
    }

    /// `DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }`
    /// (RFC 8017, A.2.4)
    pub(super) fn info(self, message: &[u8]) -> Vec<u8> {
        let oid = ALL.iter().find(|(digest, _)| *digest == self);
        let oid = value(6, oid.map_or(&[][..], |(_, contents)| *contents));
        sequence(&[&sequence(&[&oid, &[5, 0]]), &value(4, &self.of(message))])
    }

    pub(super) fn weakness(self) -> Option<WeakDigest> {
        match self {
            Self::Md2 | Self::Md5 => Some(WeakDigest::Md5),
            Self::Sha1 => Some(WeakDigest::Sha1),
            _ => None,
        }
    }
}

const ALL: &[(Digest, &[u8])] = &[
    (Digest::Md2, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 2]),
    (Digest::Md5, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5]),
    (Digest::Sha1, &[0x2b, 0x0e, 3, 2, 26]),
    (Digest::Sha256, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]),
    (Digest::Sha384, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2]),
    (Digest::Sha512, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3]),
    (Digest::Sha224, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4]),
    (Digest::Sha512_224, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 5]),
    (Digest::Sha512_256, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 6]),
    (Digest::Sha3_224, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 7]),
    (Digest::Sha3_256, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 8]),
    (Digest::Sha3_384, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 9]),
    (Digest::Sha3_512, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 10]),
];
