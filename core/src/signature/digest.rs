//! The digests that signatures are made over.

pub(super) use certlens_hot::DigestName as Digest;

use super::WeakDigest;
use crate::der::{sequence, value};

/// The digest with this encoded identifier.
pub(super) fn named(oid: &[u8]) -> Option<Digest> {
    ALL.iter()
        .find(|(_, contents)| *contents == oid)
        .map(|(digest, _)| *digest)
}

/// `DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }`
/// (RFC 8017, A.2.4)
pub(super) fn info(digest: Digest, message: &[u8]) -> Vec<u8> {
    let oid = ALL.iter().find(|(one, _)| *one == digest);
    let oid = value(6, oid.map_or(&[][..], |(_, contents)| *contents));
    let digest = value(4, &digest.of(&[message]));
    sequence(&[&sequence(&[&oid, &[5, 0]]), &digest])
}

pub(super) fn weakness(digest: Digest) -> Option<WeakDigest> {
    match digest {
        Digest::Md2 | Digest::Md5 => Some(WeakDigest::Md5),
        Digest::Sha1 => Some(WeakDigest::Sha1),
        _ => None,
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
