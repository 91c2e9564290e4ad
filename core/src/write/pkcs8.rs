//! The forms of a private key, each made from each other where they mean the same.

use zeroize::Zeroizing;

use super::seal::Sealing;
use super::{Body, Lost, Part, Random, WriteError};
use crate::asn1::{Element, Reader, Tag};
use crate::der::{octet_string, oid, secret_sequence, sequence, value};
use crate::error::Error;
use crate::x509::{DSA, EC, RSA, private_key};

/// How a private key in the clear is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
pub enum KeyForm {
    /// `PRIVATE KEY`, which holds keys of every kind (RFC 5958).
    #[default]
    Pkcs8,
    /// `RSA PRIVATE KEY` (RFC 8017, A.1.2).
    Pkcs1,
    /// `EC PRIVATE KEY` (RFC 5915).
    Sec1,
}

impl KeyForm {
    /// The label of a PEM block over such a key.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Pkcs8 => "PRIVATE KEY",
            Self::Pkcs1 => "RSA PRIVATE KEY",
            Self::Sec1 => "EC PRIVATE KEY",
        }
    }

    /// The private key that this part is, in this form. What the form does not keep is added to `lost`.
    pub(super) fn of_part(
        self,
        part: &Part<'_>,
        lost: &mut Vec<Lost>,
    ) -> Result<Zeroizing<Vec<u8>>, WriteError> {
        let key = match part.body {
            Body::PrivateKey(key) => key.reveal(),
            _ => &[],
        };
        let found = match self {
            Self::Pkcs8 => pkcs8(key),
            Self::Pkcs1 => pkcs1(key),
            Self::Sec1 => sec1(key),
        };
        let found = found.map_err(|fault| WriteError::Key {
            path: part.path.to_string(),
            what: match fault {
                Fault::Unreadable(error) => error.to_string(),
                Fault::Unfit(what) => what.to_owned(),
            },
        })?;
        let beside = Beside::read(key).unwrap_or_default();
        if beside.attributes && self != Self::Pkcs8 {
            let why = "only PKCS#8 has a place for them";
            lost.push(Lost::new(
                &part.path,
                "the attributes of its PKCS#8 form",
                why,
            ));
        }
        // Where it can be worked out from what is written, it is still there.
        if beside.public_half && private_key(&found).is_ok_and(|facts| facts.public_bits.is_none())
        {
            let why =
                "OpenSSL opens no key that carries it, and works it out from the private half";
            lost.push(Lost::new(&part.path, "its public half", why));
        }
        Ok(found)
    }
}

enum Fault {
    Unreadable(Error),
    Unfit(&'static str),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Unreadable(error)
    }
}

const INTEGER: u8 = 2;
const OCTET_STRING: u8 = 4;
const SEQUENCE: u8 = 0x30;
const ATTRIBUTES: u8 = 0xa0;

/// ```text
/// OneAsymmetricKey ::= SEQUENCE {
///     version INTEGER, privateKeyAlgorithm AlgorithmIdentifier, privateKey OCTET STRING,
///     attributes [0] Attributes OPTIONAL, publicKey [1] BIT STRING OPTIONAL }
/// ```
///
/// Version 1 without the public half, which follows from the private one: OpenSSL and older Java read no
/// other. [RFC 5958, 2](https://www.rfc-editor.org/rfc/rfc5958#section-2)
fn pkcs8(der: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let whole = Reader::new(der).sequence("private key")?;
    let mut fields = whole.reader();
    fields.expect(Tag::INTEGER, "version")?;
    let next = fields.any()?;
    if next.tag == Tag::SEQUENCE {
        let secret = fields.expect(Tag::OCTET_STRING, "OCTET STRING")?;
        let octets = Zeroizing::new(secret.octets()?.0.into_owned());
        let attributes = fields.optional(Tag::context(0))?;
        let mut parts: Vec<(u8, &[u8])> = vec![
            (INTEGER, &[0]),
            (SEQUENCE, next.contents),
            (OCTET_STRING, &octets),
        ];
        parts.extend(attributes.map(|attributes| (ATTRIBUTES, attributes.contents)));
        return Ok(secret_sequence(&parts));
    }
    if next.tag == Tag::INTEGER {
        return match openssl_dsa(&whole) {
            Some((parameters, exponent)) => {
                let identifier = [oid(DSA), parameters].concat();
                Ok(wrapped(&identifier, exponent.raw))
            }
            None => Ok(wrapped(&[&oid(RSA)[..], &[5, 0]].concat(), whole.raw)),
        };
    }
    let curve = fields
        .optional(Tag::context(0))?
        .ok_or(Fault::Unfit("it does not name its curve"))?;
    Ok(wrapped(&[&oid(EC)[..], curve.contents].concat(), whole.raw))
}

/// What stands after the private half in PKCS#8.
#[derive(Default)]
struct Beside {
    attributes: bool,
    public_half: bool,
}

impl Beside {
    fn read(der: &[u8]) -> Result<Self, Error> {
        let mut fields = Reader::new(der).sequence("private key")?.reader();
        fields.expect(Tag::INTEGER, "version")?;
        fields.sequence("AlgorithmIdentifier")?;
        fields.expect(Tag::OCTET_STRING, "OCTET STRING")?;
        let mut beside = Self::default();
        while let Some(field) = fields.next() {
            match field.tag.number {
                0 => beside.attributes |= !field.contents.is_empty(),
                1 => beside.public_half = true,
                _ => {}
            }
        }
        Ok(beside)
    }
}

fn wrapped(identifier: &[u8], key: &[u8]) -> Zeroizing<Vec<u8>> {
    secret_sequence(&[(INTEGER, &[0]), (SEQUENCE, identifier), (OCTET_STRING, key)])
}

/// OpenSSL's own form of a DSA key (version, p, q, g, y, x): its parameters, encoded, and x.
fn openssl_dsa<'a>(whole: &Element<'a>) -> Option<(Vec<u8>, Element<'a>)> {
    let mut fields = whole.reader();
    let numbers: Vec<Element<'_>> = std::iter::from_fn(|| fields.any().ok()).collect();
    let [_, p, q, g, _, x] = numbers.as_slice() else {
        return None;
    };
    Some((sequence(&[p.raw, q.raw, g.raw]), *x))
}

/// `RSAPrivateKey ::= SEQUENCE { version INTEGER, modulus INTEGER, publicExponent INTEGER, … }`
fn pkcs1(der: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    const UNFIT: Fault = Fault::Unfit("PKCS#1 holds RSA keys only");
    let inner = pkcs8(der)?;
    let (algorithm, key) = taken_apart(&inner)?;
    if algorithm.reader().oid()? != RSA {
        return Err(UNFIT);
    }
    Ok(Zeroizing::new(key.to_vec()))
}

/// ```text
/// ECPrivateKey ::= SEQUENCE { version INTEGER, privateKey OCTET STRING,
///                             parameters [0] OPTIONAL, publicKey [1] BIT STRING OPTIONAL }
/// ```
fn sec1(der: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let whole = Reader::new(der).sequence("private key")?;
    let mut fields = whole.reader();
    fields.expect(Tag::INTEGER, "version")?;
    let next = fields.any()?;
    if next.tag.is_universal() && next.tag.number == Tag::OCTET_STRING.number {
        return sec1_of(whole.raw, None);
    }
    let inner = pkcs8(der)?;
    let (algorithm, key) = taken_apart(&inner)?;
    let mut identifier = algorithm.reader();
    if identifier.oid()? != EC {
        return Err(Fault::Unfit("SEC 1 holds keys of elliptic curves only"));
    }
    let curve = identifier.any()?;
    sec1_of(key, Some(curve.raw))
}

/// The key with this curve, else with its own; strings that came in chunks are in one piece.
fn sec1_of(key: &[u8], curve: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let mut fields = Reader::new(key).sequence("ECPrivateKey")?.reader();
    let version = fields.expect(Tag::INTEGER, "version")?;
    let scalar = fields.expect(Tag::OCTET_STRING, "private key")?;
    let scalar = Zeroizing::new(scalar.octets()?.0.into_owned());
    let own = fields.optional(Tag::context(0))?;
    let public = fields.optional(Tag::context(1))?;
    let public = public.map(|public| public_half(&public)).transpose()?;
    let mut parts: Vec<(u8, &[u8])> = vec![(INTEGER, version.contents), (OCTET_STRING, &scalar)];
    parts.extend(curve.or(own.map(|own| own.contents)).map(|it| (0xa0, it)));
    parts.extend(public.iter().map(|public| (0xa1, public.as_slice())));
    Ok(secret_sequence(&parts))
}

/// The BIT STRING in one piece. Each chunk has a count of unused bits of its own; that of the last counts
/// (X.690, 8.6.4).
fn public_half(field: &Element<'_>) -> Result<Vec<u8>, Error> {
    let bits = field.reader().any()?;
    if !bits.tag.constructed {
        return Ok(field.contents.to_vec());
    }
    let (mut unused, mut joined) = (0, Vec::new());
    let mut chunks = bits.reader();
    while !chunks.is_empty() {
        let chunk = chunks.any()?;
        unused = chunk.contents.first().copied().unwrap_or_default();
        joined.extend_from_slice(chunk.bits()?);
    }
    joined.insert(0, unused);
    Ok(value(3, &joined))
}

/// The algorithm of a PKCS#8 key, and the octets within.
fn taken_apart(pkcs8: &[u8]) -> Result<(Element<'_>, &[u8]), Error> {
    let mut fields = Reader::new(pkcs8).sequence("private key")?.reader();
    fields.expect(Tag::INTEGER, "version")?;
    let algorithm = fields.sequence("AlgorithmIdentifier")?;
    let key = fields.expect(Tag::OCTET_STRING, "OCTET STRING")?;
    Ok((algorithm, key.contents))
}

/// The key under a password.
///
/// ```text
/// EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, encryptedData OCTET STRING }
/// ```
///
/// [RFC 5958, 3](https://www.rfc-editor.org/rfc/rfc5958#section-3)
pub(super) fn encrypted(
    part: &Part<'_>,
    sealing: &Sealing<'_>,
    random: &mut dyn Random,
    lost: &mut Vec<Lost>,
) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    let key = KeyForm::Pkcs8.of_part(part, lost)?;
    let (identifier, sealed) = sealing.seal(&key, random)?;
    Ok(Zeroizing::new(sequence(&[
        &identifier,
        &octet_string(&sealed),
    ])))
}
