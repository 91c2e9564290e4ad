//! PKCS#7 files that hold certificates and revocation lists, and no signature.

use zeroize::Zeroizing;

use super::{Body, Lost, Part, PrivateKeys, WriteError, Written};
use crate::der::{explicit, integer, oid, sequence, value};

/// Writes certificates and revocation lists as a PKCS#7 message without signers, in DER: a `.p7b`.
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
/// SignedData ::= SEQUENCE {
///     version INTEGER, digestAlgorithms SET, encapContentInfo SEQUENCE { OBJECT IDENTIFIER },
///     certificates [0] IMPLICIT OPTIONAL, crls [1] IMPLICIT OPTIONAL, signerInfos SET }
/// ```
///
/// Certificates keep their order, as OpenSSL's and Java's do, although DER sorts sets.
/// [RFC 5652, 5.1](https://www.rfc-editor.org/rfc/rfc5652#section-5.1)
///
/// # Errors
/// When there is neither a certificate nor a revocation list.
pub fn write_pkcs7(parts: &[Part<'_>]) -> Result<Written, WriteError> {
    let (mut certificates, mut lists) = (Vec::new(), Vec::new());
    let mut lost = Vec::new();
    for part in parts {
        match part.body {
            Body::Certificate(der) => certificates.extend_from_slice(der),
            Body::RevocationList(der) => lists.extend_from_slice(der),
            Body::PrivateKey(_) | Body::Other { .. } => {
                let why = "PKCS#7 holds certificates and revocation lists";
                lost.push(Lost::new(&part.path, part.what(), why));
                continue;
            }
        }
        lost.extend(part.lost_beside("PKCS#7 has no place for it"));
    }
    if certificates.is_empty() && lists.is_empty() {
        let format = "PKCS#7";
        return Err(WriteError::NothingFits { format, lost });
    }
    let optional = |tag, contents: &[u8]| {
        if contents.is_empty() {
            Vec::new()
        } else {
            value(tag, contents)
        }
    };
    let signed = sequence(&[
        &integer(&[1]),
        EMPTY_SET,
        &sequence(&[&oid(DATA)]),
        &optional(0xa0, &certificates),
        &optional(0xa1, &lists),
        EMPTY_SET,
    ]);
    Ok(Written {
        bytes: Zeroizing::new(sequence(&[&oid(SIGNED_DATA), &explicit(&signed)])),
        private_keys: PrivateKeys::None,
        lost,
    })
}

const EMPTY_SET: &[u8] = &[0x31, 0];
const DATA: &str = "1.2.840.113549.1.7.1";
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
