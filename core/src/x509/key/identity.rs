//! The digests by which a key is found again.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::asn1::Element;
use crate::der::{oid, sequence, value};
use crate::hex::{hex, push_hex};
use crate::report::KeyIdentity;
use crate::ssh;

/// The `SubjectPublicKeyInfo` of a key of this algorithm, with these encoded parameters.
pub(crate) fn spki(algorithm: &str, parameters: &[u8], bits: &[u8]) -> Vec<u8> {
    let identifier = sequence(&[&oid(algorithm), parameters]);
    let mut octets = vec![0];
    octets.extend_from_slice(bits);
    sequence(&[&identifier, &value(3, &octets)])
}

/// The digests of a key by its `SubjectPublicKeyInfo`, and by its algorithm and bits.
pub(crate) fn identity(
    info: &[u8],
    oid: &str,
    parameters: Option<&Element<'_>>,
    bits: &[u8],
) -> KeyIdentity {
    let digest = Sha256::digest(info);
    let blob = ssh::blob_of(oid, parameters, bits);
    KeyIdentity {
        key_id: hex(&Sha1::digest(bits)),
        spki_sha256: hex(&digest),
        pin: STANDARD.encode(digest),
        ssh_sha256: blob.as_deref().map(ssh_sha256),
        ssh_md5: blob.as_deref().map(ssh_md5),
    }
}

/// `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it.
pub(crate) fn ssh_sha256(blob: &[u8]) -> String {
    ["SHA256:", &STANDARD_NO_PAD.encode(Sha256::digest(blob))].concat()
}

/// `MD5:` and pairs of digits between colons, as `ssh-keygen -l -E md5` prints it.
pub(crate) fn ssh_md5(blob: &[u8]) -> String {
    let mut text = Vec::with_capacity("MD5".len() + 3 * 16);
    text.extend_from_slice(b"MD5");
    for octet in Md5::digest(blob) {
        text.push(b':');
        push_hex(&[octet], &mut text);
    }
    String::from_utf8(text).unwrap_or_default()
}

/// The bits of a key in a form that does not depend on how a point is written: keys are compared by it.
pub(crate) fn match_bits(bits: &[u8]) -> Cow<'_, [u8]> {
    match bits {
        [4 | 6 | 7, point @ ..] if 28 < point.len() && point.len().is_multiple_of(2) => {
            let (x, y) = point.split_at_checked(point.len() / 2).unwrap_or_default();
            let parity = y.last().map_or(2, |octet| 2 | (octet & 1));
            Cow::Owned([&[parity], x].concat())
        }
        _ => Cow::Borrowed(bits),
    }
}
