//! Public keys, and the public facts of private ones.

use zeroize::Zeroizing;

use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::oids;
use crate::report::{Algorithm, PublicKey};

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const DSA: &str = "1.2.840.10040.4.1";
const EC: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";

/// The object identifier of an `AlgorithmIdentifier`, with its name.
pub(crate) fn algorithm(identifier: &Element<'_>) -> Result<Algorithm, Error> {
    Ok(named(identifier.reader().oid()?))
}

/// An object identifier with its name.
pub(crate) fn named(oid: String) -> Algorithm {
    let name = oids::name(&oid).map_or_else(|| oid.clone(), str::to_owned);
    Algorithm { oid, name }
}

/// Reads a public key. What is not known of it is left out; that is never an error.
///
/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
///
/// [RFC 5280, 4.1.2.7](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7)
pub(crate) fn public_key(info: &Element<'_>) -> Result<PublicKey, Error> {
    let mut fields = info.reader();
    let identifier = fields
        .sequence("AlgorithmIdentifier")
        .map_err(|e| e.within("algorithm"))?;
    let bits = fields
        .expect(Tag::BIT_STRING, "BIT STRING")
        .and_then(|key| key.bits())
        .map_err(|e| e.within("subjectPublicKey"))?;
    let algorithm = algorithm(&identifier).map_err(|e| e.within("algorithm"))?;
    let parameters = parameters(&identifier);
    Ok(describe(algorithm, parameters.as_ref(), bits))
}

/// The BIT STRING of a `SubjectPublicKeyInfo`: what private keys are compared by.
pub(crate) fn public_bits<'a>(info: &Element<'a>) -> Option<&'a [u8]> {
    let mut fields = info.reader();
    fields.any().ok()?;
    fields.any().ok()?.bits().ok()
}

fn parameters<'a>(identifier: &Element<'a>) -> Option<Element<'a>> {
    let mut fields = identifier.reader();
    fields.any().ok()?;
    fields.any().ok()
}

fn describe(algorithm: Algorithm, parameters: Option<&Element<'_>>, bits: &[u8]) -> PublicKey {
    let mut key = PublicKey {
        text: algorithm.name.clone(),
        algorithm,
        bits: None,
        curve: None,
        exponent: None,
    };
    match key.algorithm.oid.as_str() {
        RSA | RSA_PSS => {
            if let Some((modulus, exponent)) = rsa(bits) {
                key.bits = Some(integer_bits(modulus));
                key.exponent = Some(decimal(exponent));
            }
            let pss = key.algorithm.oid == RSA_PSS;
            key.text = if pss {
                "RSA-PSS".to_owned()
            } else {
                "RSA".to_owned()
            };
        }
        DSA => {
            key.bits = parameters
                .and_then(|parameters| parameters.reader().any().ok())
                .map(|prime| integer_bits(prime.contents));
        }
        EC => {
            let (curve, size) = curve(parameters);
            key.text = format!("EC {curve}");
            key.bits = size.or_else(|| point_bits(bits));
            key.curve = Some(curve);
            return key;
        }
        _ => {
            key.bits = fixed_bits(&key.algorithm.name);
            return key;
        }
    }
    if let Some(size) = key.bits {
        key.text = format!("{} {size}", key.text);
    }
    key
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017, A.1.1).
fn rsa(bits: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut fields = Reader::new(bits).any().ok()?.reader();
    Some((fields.any().ok()?.contents, fields.any().ok()?.contents))
}

fn integer_bits(contents: &[u8]) -> u32 {
    let digits: Vec<u8> = contents
        .iter()
        .copied()
        .skip_while(|&octet| octet == 0)
        .collect();
    let leading = digits.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(digits.len() * 8)
        .unwrap_or(u32::MAX)
        .saturating_sub(leading)
}

/// Decimal, for exponents that 128 bits hold; the few larger ones as hexadecimal.
fn decimal(contents: &[u8]) -> String {
    let digits: Vec<u8> = contents
        .iter()
        .copied()
        .skip_while(|&octet| octet == 0)
        .collect();
    if 16 < digits.len() {
        return format!("0x{}", crate::hex::hex(&digits));
    }
    let value = digits
        .iter()
        .fold(0u128, |value, &octet| value << 8 | u128::from(octet));
    value.to_string()
}

/// `ECParameters ::= CHOICE { namedCurve OBJECT IDENTIFIER, implicitCurve NULL, specifiedCurve … }`
/// (RFC 5480, 2.1.1; explicit ones as in X9.62).
fn curve(parameters: Option<&Element<'_>>) -> (String, Option<u32>) {
    let Some(parameters) = parameters else {
        return ("curve not given".to_owned(), None);
    };
    if parameters.tag == Tag::OID {
        let oid = parameters.oid().unwrap_or_else(|_| "unreadable".to_owned());
        let name = oids::name(&oid).map_or_else(|| oid.clone(), str::to_owned);
        let bits = fixed_bits(&name);
        return (name, bits);
    }
    if parameters.tag == Tag::SEQUENCE {
        let mut fields = parameters.reader();
        let field_size = (|| {
            fields.any().ok()?;
            let mut field = fields.any().ok()?.reader();
            field.any().ok()?;
            Some(integer_bits(
                field
                    .any()
                    .ok()
                    .filter(|prime| prime.tag == Tag::INTEGER)?
                    .contents,
            ))
        })();
        return ("explicit parameters".to_owned(), field_size);
    }
    ("curve not given".to_owned(), None)
}

/// Bits of the field of an uncompressed point.
fn point_bits(bits: &[u8]) -> Option<u32> {
    match bits {
        [4, point @ ..] => u32::try_from(point.len() * 4).ok(),
        _ => None,
    }
}

/// Size of the keys whose name settles it.
fn fixed_bits(name: &str) -> Option<u32> {
    Some(match name {
        "P-192" => 192,
        "P-224" => 224,
        "P-256"
        | "secp256k1"
        | "brainpoolP256r1"
        | "SM2"
        | "Ed25519"
        | "X25519"
        | "GOST R 34.10-2001"
        | "GOST R 34.10-2012 256" => 256,
        "P-384" | "brainpoolP384r1" => 384,
        "X448" => 448,
        "Ed448" => 456,
        "brainpoolP512r1" | "GOST R 34.10-2012 512" => 512,
        "P-521" => 521,
        "sect163k1" | "sect163r2" => 163,
        "sect233k1" | "sect233r1" => 233,
        "sect283k1" | "sect283r1" => 283,
        "sect409k1" | "sect409r1" => 409,
        "sect571k1" | "sect571r1" => 571,
        _ => return None,
    })
}

/// What a private key tells of its public half.
#[derive(Debug)]
pub(crate) struct PrivateFacts {
    pub(crate) public_key: PublicKey,
    /// The BIT STRING that a certificate over this key carries, where it can be told.
    pub(crate) public_bits: Option<Vec<u8>>,
}

/// Reads a private key of any of the plain forms, and only its public facts.
///
/// ```text
/// PrivateKeyInfo ::= SEQUENCE { version INTEGER, AlgorithmIdentifier, privateKey OCTET STRING, … }
/// RSAPrivateKey  ::= SEQUENCE { version INTEGER, modulus INTEGER, publicExponent INTEGER, … }
/// ECPrivateKey   ::= SEQUENCE { version INTEGER, privateKey OCTET STRING,
///                               [0] parameters OPTIONAL, [1] publicKey BIT STRING OPTIONAL }
/// ```
///
/// RFC 5958, 2; RFC 8017, A.1.2; RFC 5915, 3
pub(crate) fn private_key(der: &[u8]) -> Result<PrivateFacts, Error> {
    let whole = Reader::new(der)
        .sequence("private key")
        .map_err(|e| e.within("private key"))?;
    let mut fields = whole.reader();
    let facts = (|| {
        fields.expect(Tag::INTEGER, "version")?;
        let next = fields.any()?;
        match next.tag {
            Tag::SEQUENCE => pkcs8(&next, fields),
            Tag::OCTET_STRING => Ok(sec1(next.contents, fields, None)),
            Tag::INTEGER => pkcs1_or_dsa(&whole),
            _ => Err(next.unexpected("PKCS#8, PKCS#1 or SEC1 private key")),
        }
    })();
    facts.map_err(|e: Error| e.within("private key"))
}

fn pkcs8(identifier: &Element<'_>, mut fields: Reader<'_>) -> Result<PrivateFacts, Error> {
    let key = fields.expect(Tag::OCTET_STRING, "OCTET STRING")?;
    let algorithm = algorithm(identifier)?;
    let parameters = parameters(identifier);
    let carried = || {
        let mut rest = fields.clone();
        while let Ok(field) = rest.any() {
            if field.tag.is_context() && field.tag.number == 1 {
                return field.bits().ok().map(<[u8]>::to_vec);
            }
        }
        None
    };
    let public_bits = match algorithm.oid.as_str() {
        RSA | RSA_PSS => {
            let whole = Reader::new(key.contents).any()?;
            rsa_public_bits(&whole)
        }
        EC => {
            let mut inner = Reader::new(key.contents).any()?.reader();
            inner.any()?;
            let secret = inner.any()?;
            return Ok(sec1(secret.contents, inner, parameters));
        }
        ED25519 => Reader::new(key.contents)
            .any()
            .ok()
            .and_then(|seed| <[u8; 32]>::try_from(seed.contents).ok())
            .map(|seed| {
                let seed = Zeroizing::new(seed);
                ed25519_dalek::SigningKey::from_bytes(&seed)
                    .verifying_key()
                    .to_bytes()
                    .to_vec()
            })
            .or_else(carried),
        _ => carried(),
    };
    let bits = public_bits.as_deref().unwrap_or_default();
    Ok(PrivateFacts {
        public_key: describe(algorithm, parameters.as_ref(), bits),
        public_bits,
    })
}

/// `SEQUENCE { modulus, publicExponent }`, taken from a private key's second and third field.
fn rsa_public_bits(key: &Element<'_>) -> Option<Vec<u8>> {
    let mut fields = key.reader();
    fields.any().ok()?;
    let (modulus, exponent) = (fields.any().ok()?, fields.any().ok()?);
    if modulus.tag != Tag::INTEGER || exponent.tag != Tag::INTEGER {
        return None;
    }
    Some(sequence(&[modulus.raw, exponent.raw]))
}

/// A DER SEQUENCE of these encoded values.
fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut der = vec![0x30];
    crate::der::push_length(&mut der, length);
    for part in parts {
        der.extend_from_slice(part);
    }
    der
}

fn pkcs1_or_dsa(whole: &Element<'_>) -> Result<PrivateFacts, Error> {
    let mut fields = whole.reader();
    let mut integers = 0;
    while let Ok(field) = fields.any() {
        if field.tag == Tag::INTEGER {
            integers += 1;
        }
    }
    // OpenSSL's DSA form holds six: version, p, q, g, y, x.
    if integers == 6 {
        let mut fields = whole.reader();
        fields.any()?;
        let prime = fields.any()?;
        let mut key = describe(named(DSA.to_owned()), None, &[]);
        key.bits = Some(integer_bits(prime.contents));
        key.text = format!("DSA {}", integer_bits(prime.contents));
        fields.any()?;
        fields.any()?;
        let public = fields.any()?.raw.to_vec();
        return Ok(PrivateFacts {
            public_key: key,
            public_bits: Some(public),
        });
    }
    let public_bits = rsa_public_bits(whole);
    let bits = public_bits.as_deref().unwrap_or_default();
    Ok(PrivateFacts {
        public_key: describe(named(RSA.to_owned()), None, bits),
        public_bits,
    })
}

fn sec1(secret: &[u8], mut fields: Reader<'_>, outer: Option<Element<'_>>) -> PrivateFacts {
    let mut parameters = outer;
    let mut carried = None;
    while let Ok(field) = fields.any() {
        match field.tag.number {
            0 if field.tag.is_context() => parameters = field.reader().any().ok().or(parameters),
            1 if field.tag.is_context() => {
                carried = field
                    .reader()
                    .any()
                    .ok()
                    .and_then(|key| key.bits().ok())
                    .map(<[u8]>::to_vec);
            }
            _ => {}
        }
    }
    let public_bits = carried.or_else(|| {
        let (curve, _) = curve(parameters.as_ref());
        point(&curve, secret)
    });
    let bits = public_bits.as_deref().unwrap_or_default();
    let public_key = describe(named(EC.to_owned()), parameters.as_ref(), bits);
    PrivateFacts {
        public_key,
        public_bits,
    }
}

/// The uncompressed public point of a secret scalar: Java writes EC keys without theirs.
fn point(curve: &str, secret: &[u8]) -> Option<Vec<u8>> {
    use p256::elliptic_curve::sec1::ToSec1Point as _;
    Some(match curve {
        "P-256" => p256::SecretKey::from_slice(secret)
            .ok()?
            .public_key()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec(),
        "P-384" => p384::SecretKey::from_slice(secret)
            .ok()?
            .public_key()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec(),
        "P-521" => p521::SecretKey::from_slice(secret)
            .ok()?
            .public_key()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec(),
        _ => return None,
    })
}
