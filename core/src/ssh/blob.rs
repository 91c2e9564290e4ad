//! Public keys in SSH's wire form, made from those of X.509.

use crate::asn1::Element;
use crate::asn1::Reader;
use crate::x509::{DSA, EC, ED448, ED25519, RSA, RSA_PSS, curve_description};

/// The key as SSH writes it, by which it makes fingerprints; `None` for kinds that SSH does not know.
///
/// ```text
/// string "ssh-rsa", mpint e, mpint n                      RFC 4253, 6.6
/// string "ssh-dss", mpint p, mpint q, mpint g, mpint y
/// string "ecdsa-sha2-nistp256", string curve, string Q    RFC 5656, 3.1
/// string "ssh-ed25519", string key                        RFC 8709, 4
/// ```
pub(crate) fn blob_of(oid: &str, parameters: Option<&Element<'_>>, bits: &[u8]) -> Option<Vec<u8>> {
    match oid {
        RSA | RSA_PSS => {
            let mut fields = Reader::new(bits).any().ok()?.reader();
            let (modulus, exponent) = (fields.any().ok()?, fields.any().ok()?);
            strings(&[b"ssh-rsa", exponent.contents, modulus.contents])
        }
        DSA => {
            let mut fields = parameters?.reader();
            let (p, q, g) = (fields.any().ok()?, fields.any().ok()?, fields.any().ok()?);
            let y = Reader::new(bits).any().ok()?;
            strings(&[b"ssh-dss", p.contents, q.contents, g.contents, y.contents])
        }
        EC => {
            let (kind, curve): (&[u8], &[u8]) =
                match curve_description(parameters).name.as_deref()? {
                    "P-256" => (b"ecdsa-sha2-nistp256", b"nistp256"),
                    "P-384" => (b"ecdsa-sha2-nistp384", b"nistp384"),
                    "P-521" => (b"ecdsa-sha2-nistp521", b"nistp521"),
                    _ => return None,
                };
            let uncompressed = bits.first() == Some(&4);
            uncompressed
                .then(|| strings(&[kind, curve, bits]))
                .flatten()
        }
        ED25519 => strings(&[b"ssh-ed25519", bits]),
        ED448 => strings(&[b"ssh-ed448", bits]),
        _ => None,
    }
}

/// Strings, each after its length in four octets (RFC 4251, 5). The contents of a DER INTEGER are those
/// of an `mpint`.
fn strings(parts: &[&[u8]]) -> Option<Vec<u8>> {
    let mut blob = Vec::with_capacity(parts.iter().map(|part| 4 + part.len()).sum());
    for part in parts {
        blob.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
        blob.extend_from_slice(part);
    }
    Some(blob)
}
