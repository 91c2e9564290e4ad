//! Keys: which algorithm, how large, on which curve, and the digests they are found again by.

mod algorithm;
mod curves;
mod ec;
mod group;
mod identity;
mod numbers;
mod post_quantum;
mod private;
mod rsa;

pub(crate) use algorithm::{algorithm, named, next_named};
pub(crate) use curves::curve;
pub(crate) use ec::{curve_description, explicit_curve};
pub(crate) use group::is_on;
pub(crate) use identity::{match_bits, spki, ssh_md5, ssh_sha256};
pub(crate) use numbers::{
    decimal, floor_root, integer_bits, power, product_modulo, remainder_of_one_less, signed_decimal,
};
pub(crate) use private::{HALVES_DIFFER, PrivateFacts, RULES, private_key};

use self::identity::identity;
use crate::asn1::{Element, Tag, is_identifier};
use crate::error::Error;
use crate::report::{Algorithm, PublicKey};

pub(crate) const RSA: &str = "1.2.840.113549.1.1.1";
pub(crate) const RSA_PSS: &str = "1.2.840.113549.1.1.10";
pub(crate) const RSA_OAEP: &str = "1.2.840.113549.1.1.7";
pub(crate) const DSA: &str = "1.2.840.10040.4.1";
pub(crate) const EC: &str = "1.2.840.10045.2.1";
pub(crate) const ECDH: &str = "1.3.132.1.12";
pub(crate) const ECMQV: &str = "1.3.132.1.13";
pub(crate) const ED25519: &str = "1.3.101.112";
pub(crate) const X25519: &str = "1.3.101.110";
pub(crate) const ED448: &str = "1.3.101.113";
pub(crate) const X448: &str = "1.3.101.111";
pub(crate) const DH_PKCS3: &str = "1.2.840.113549.1.3.1";
const DH_X942: &str = "1.2.840.10046.2.1";
const BIGN: &str = "1.2.112.0.2.0.34.101.45.2.1";

/// The fields of a `SubjectPublicKeyInfo`.
///
/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
///
/// [RFC 5280, 4.1.2.7](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7)
struct Info<'a> {
    identifier: Element<'a>,
    bits: &'a [u8],
}

impl<'a> Info<'a> {
    fn read(info: &Element<'a>) -> Result<Self, Error> {
        let mut fields = info.reader();
        let identifier = fields
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("algorithm"))?;
        let bits = fields
            .expect(Tag::BIT_STRING, "BIT STRING")
            .and_then(|key| key.bits())
            .map_err(|e| e.within("subjectPublicKey"))?;
        Ok(Self { identifier, bits })
    }

    fn describe(&self) -> Result<PublicKey, Error> {
        let algorithm = algorithm(&self.identifier).map_err(|e| e.within("algorithm"))?;
        let parameters = parameters(&self.identifier);
        Ok(describe(algorithm, parameters.as_ref(), Some(self.bits)))
    }
}

/// Reads a public key, without the digests that cost time. What is not known of it is left out; that
/// is never an error.
pub(crate) fn public_key(info: &Element<'_>) -> Result<PublicKey, Error> {
    Info::read(info)?.describe()
}

/// Whether this is a `SubjectPublicKeyInfo` at all.
pub(crate) fn is_key(info: &Element<'_>) -> bool {
    Info::read(info).is_ok_and(|parts| {
        let oid = parts
            .identifier
            .reader()
            .expect(Tag::OID, "OBJECT IDENTIFIER");
        oid.is_ok_and(|oid| is_identifier(oid.contents))
    })
}

/// Reads a public key with its identity.
pub(crate) fn identified_key(info: &Element<'_>) -> Result<PublicKey, Error> {
    let parts = Info::read(info)?;
    let mut key = parts.describe()?;
    let parameters = parameters(&parts.identifier);
    let oid = &key.algorithm.oid;
    key.identity = Some(identity(info.raw, oid, parameters.as_ref(), parts.bits));
    Ok(key)
}

/// The BIT STRING of a `SubjectPublicKeyInfo`: what private keys are compared by. One that is not whole
/// octets is nobody's key.
pub(crate) fn public_bits<'a>(info: &Element<'a>) -> Option<&'a [u8]> {
    let mut fields = info.reader();
    fields.sequence("AlgorithmIdentifier").ok()?;
    let bits = fields.expect(Tag::BIT_STRING, "BIT STRING").ok()?;
    bits.contents.strip_prefix(&[0])
}

fn parameters<'a>(identifier: &Element<'a>) -> Option<Element<'a>> {
    let mut fields = identifier.reader();
    fields.any().ok()?;
    fields.any().ok()
}

/// What is known of a key from its algorithm, the parameters and, where they can be told, its bits.
pub(crate) fn describe(
    algorithm: Algorithm,
    parameters: Option<&Element<'_>>,
    bits: Option<&[u8]>,
) -> PublicKey {
    let mut key = PublicKey {
        algorithm,
        bytes: bits.and_then(|bits| u32::try_from(bits.len()).ok()),
        ..PublicKey::default()
    };
    let oid = key.algorithm.oid.clone();
    match &*oid {
        RSA | RSA_PSS | RSA_OAEP => rsa::describe(&mut key, bits),
        "2.5.8.1.1" | "1.0.18033.2.2.4" | "1.2.840.113549.1.9.16.3.14" => {
            rsa::describe(&mut key, bits);
        }
        DSA | DH_PKCS3 | DH_X942 | "1.3.14.3.2.12" | "2.16.840.1.101.2.1.1.22" => {
            finite_field(&mut key, parameters);
        }
        EC | ECDH | ECMQV | BIGN | "1.2.156.10197.1.301" => {
            ec::describe(&mut key, parameters, bits);
        }
        ED25519 | X25519 => fixed(&mut key, 256, 128),
        ED448 => fixed(&mut key, 456, 224),
        X448 => fixed(&mut key, 448, 224),
        oid if oid.starts_with("1.2.643.") => ec::describe_gost(&mut key, parameters),
        oid if oid.starts_with("1.2.804.2.1.1.1.1.3.1.1") => {
            ec::describe_dstu(&mut key, parameters);
        }
        _ => post_quantum::describe(&mut key, bits),
    }
    if key.text.is_empty() {
        key.text = key.algorithm.name.to_string();
    }
    key
}

fn fixed(key: &mut PublicKey, bits: u32, strength: u32) {
    key.bits = Some(bits);
    key.strength = Some(strength);
}

/// Keys over a prime field: the parameters hold prime, subgroup's order and generator, in an order that
/// depends on the algorithm.
///
/// ```text
/// Dss-Parms        ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }              RFC 3279, 2.3.2
/// DomainParameters ::= SEQUENCE { p INTEGER, g INTEGER, q INTEGER, … }           RFC 3279, 2.3.3
/// DHParameter      ::= SEQUENCE { prime, base, privateValueLength OPTIONAL }     PKCS#3, 9
/// ```
fn finite_field(key: &mut PublicKey, parameters: Option<&Element<'_>>) {
    let numbers: Vec<&[u8]> = parameters
        .filter(|parameters| parameters.tag == Tag::SEQUENCE)
        .map(|parameters| {
            let mut fields = parameters.reader();
            std::iter::from_fn(|| fields.any().ok())
                .take_while(|field| field.tag == Tag::INTEGER)
                .take(3)
                .map(|field| field.contents)
                .collect()
        })
        .unwrap_or_default();
    if let Some(prime) = numbers.first() {
        let size = integer_bits(prime);
        key.bits = Some(size);
        key.strength = Some(rsa::strength(size));
        let name = key.algorithm.name.trim_end_matches(" (PKCS#3)");
        key.text = format!("{name} {size}");
    }
    let order = match &*key.algorithm.oid {
        DH_PKCS3 => None,
        DH_X942 => numbers.get(2),
        _ => numbers.get(1),
    };
    key.subgroup_bits = order.map(|order| integer_bits(order));
}

/// What is known of parameters that lie in a file of their own.
pub(crate) fn domain(oid: &str, parameters: &Element<'_>) -> PublicKey {
    describe(named(oid.to_owned()), Some(parameters), None)
}
