//! ECDSA and Ed25519.

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;

use super::digest::Digest;
use super::{Failure, Key, MISMATCH, bad};
use crate::asn1::Tag;
use crate::x509::named;

/// Checks a signature on one of the NIST curves; others are not computed with.
///
/// ```text
/// ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
/// ```
///
/// [RFC 5480, appendix A](https://www.rfc-editor.org/rfc/rfc5480#appendix-A)
pub(super) fn ecdsa(
    key: &Key<'_>,
    digest: Digest,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    let curve = key
        .parameters
        .filter(|parameters| parameters.tag == Tag::OID);
    let Some(curve) = curve else {
        return Err(Failure::Unchecked(
            "the curve of the key is not named, and not computed with".to_owned(),
        ));
    };
    let digest = digest.of(&[message]);
    match curve.contents {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key.bits).map_err(no_point)?;
            let signature = p256::ecdsa::Signature::from_der(signature).map_err(no_pair)?;
            key.verify_prehash(&padded(&digest, 32), &signature)
        }
        [0x2b, 0x81, 4, 0, 34] => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key.bits).map_err(no_point)?;
            let signature = p384::ecdsa::Signature::from_der(signature).map_err(no_pair)?;
            key.verify_prehash(&padded(&digest, 48), &signature)
        }
        [0x2b, 0x81, 4, 0, 35] => {
            let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(key.bits).map_err(no_point)?;
            let signature = p521::ecdsa::Signature::from_der(signature).map_err(no_pair)?;
            key.verify_prehash(&padded(&digest, 66), &signature)
        }
        _ => {
            let name = curve.oid().map_or_else(
                |_| "an unreadable curve".to_owned(),
                |oid| format!("the curve {}", named(oid).name),
            );
            return Err(Failure::Unchecked(format!(
                "{name} is not computed with here"
            )));
        }
    }
    .map_err(|_| bad(MISMATCH))
}

/// A digest counts as a number (SEC 1, 4.1.4), so zeros before it change nothing. Verifiers refuse
/// digests of less than half of the field's length, as SHA-256 is for P-521.
fn padded(digest: &[u8], field: usize) -> Vec<u8> {
    let missing = field.saturating_sub(digest.len());
    [&vec![0; missing], digest].concat()
}

fn no_point(_: p256::ecdsa::Error) -> Failure {
    bad("the key of the issuer is no point of its curve")
}

fn no_pair(_: p256::ecdsa::Error) -> Failure {
    bad("the signature is no SEQUENCE of two numbers in range")
}

/// Checks a signature of Ed25519 (RFC 8032, 5.1.7; RFC 8410, 6).
pub(super) fn ed25519(key: &Key<'_>, message: &[u8], signature: &[u8]) -> Result<(), Failure> {
    use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
    let key = <&[u8; 32]>::try_from(key.bits)
        .ok()
        .and_then(|bits| VerifyingKey::from_bytes(bits).ok())
        .ok_or_else(|| bad("the key of the issuer is no point of its curve"))?;
    let signature = Signature::from_slice(signature)
        .map_err(|_| bad("a signature of Ed25519 has 64 octets"))?;
    key.verify(message, &signature).map_err(|_| bad(MISMATCH))
}
