//! Signatures: whether one was made over these bytes by this key.
//!
//! The one place where signatures are computed with. Programs that never ask link none of it.

mod digest;
mod dsa;
mod ec;
mod lattice;
mod rsa;

use serde::{Deserialize, Serialize};

use self::digest::{Digest, weakness};
use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::x509::{algorithm, is_key};

/// What checking a signature came to. What could not be checked is neither good nor bad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum SignatureCheck {
    /// The key made it over these bytes.
    Good {
        /// How it was made: `ECDSA with SHA-256`.
        algorithm: String,
        /// Why it proves little all the same; absent where it proves what it says.
        weak: Option<WeakDigest>,
    },
    /// The key did not make it, or not over these bytes.
    Bad {
        /// How it is said to be made.
        algorithm: String,
        /// What does not fit.
        why: String,
    },
    /// It was not computed with.
    Unchecked {
        /// How it is said to be made.
        algorithm: String,
        /// What stood in the way: `the curve secp256k1 is not computed with here`.
        why: String,
    },
}

/// A digest that can be made to come out the same for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WeakDigest {
    /// MD2 or MD5, with which certificates have been forged (RFC 6149, RFC 6151).
    Md5,
    /// SHA-1, for which collisions can be made (RFC 6194).
    Sha1,
}

impl WeakDigest {
    /// In words, with where it is written: `collisions can be made for SHA-1 (RFC 6194)`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Md5 => "certificates have been forged with MD5 (RFC 6151)",
            Self::Sha1 => "collisions can be made for SHA-1 (RFC 6194)",
        }
    }
}

impl SignatureCheck {
    /// Whether the key made the signature, however weak its digest is.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Good { .. })
    }
}

/// Checks the signature of a certificate, a certificate request or a revocation list, given in DER, by
/// the key in `issuer`: a certificate, or a bare `SubjectPublicKeyInfo`. Without one, by the key that the
/// object itself carries, as requests and roots are signed.
///
/// ```text
/// SIGNED ::= SEQUENCE { toBeSigned, AlgorithmIdentifier, BIT STRING }
/// ```
///
/// [RFC 5280, 4.1.1.3](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.3)
///
/// # Errors
/// When the bytes are none of these, or hold no key where one is needed; the offset counts in `signed`, or
/// in `issuer` if that is what could not be read.
pub fn check_signature(signed: &[u8], issuer: Option<&[u8]>) -> Result<SignatureCheck, Error> {
    let parts = Signed::read(signed)?;
    let info = key_info(issuer.unwrap_or(signed))?;
    let key = Key::read(&info)?;
    if parts.is_ambiguous() {
        return Ok(SignatureCheck::Bad {
            algorithm: parts.algorithm_name(),
            why: "two different signature algorithms are named in it".to_owned(),
        });
    }
    Ok(parts.check(&key))
}

/// Something signed, in its three parts.
pub(crate) struct Signed<'a> {
    pub(crate) message: &'a [u8],
    pub(crate) algorithm: Element<'a>,
    pub(crate) signature: Element<'a>,
}

impl<'a> Signed<'a> {
    fn read(der: &'a [u8]) -> Result<Self, Error> {
        let whole = Reader::new(der).sequence("SEQUENCE")?;
        let mut fields = whole.reader();
        let message = fields
            .sequence("SEQUENCE")
            .map_err(|e| e.within("toBeSigned"))?;
        Ok(Self {
            message: message.raw,
            algorithm: fields
                .sequence("AlgorithmIdentifier")
                .map_err(|e| e.within("signatureAlgorithm"))?,
            signature: fields
                .expect(Tag::BIT_STRING, "BIT STRING")
                .map_err(|e| e.within("signature"))?,
        })
    }

    /// Whether what is signed names another algorithm than the signature, which anybody could have changed
    /// (RFC 5280, 4.1.1.2 and 5.1.1.2). Requests name none within.
    fn is_ambiguous(&self) -> bool {
        let Ok(whole) = Reader::new(self.message).any() else {
            return false;
        };
        let mut fields = whole.reader();
        let _ = fields.optional(Tag::context(0));
        let _ = fields.optional(Tag::INTEGER);
        let inner = fields.any().ok();
        inner.is_some_and(|inner| {
            inner.tag == Tag::SEQUENCE
                && inner.reader().peek() == Some(Tag::OID)
                && inner.raw != self.algorithm.raw
        })
    }

    fn algorithm_name(&self) -> String {
        algorithm(&self.algorithm).map_or_else(
            |_| "an unreadable algorithm".to_owned(),
            |it| it.name.into_owned(),
        )
    }

    /// Checks the signature by this key.
    pub(crate) fn check(&self, key: &Key<'_>) -> SignatureCheck {
        let name = self.algorithm_name();
        match self.compute(key) {
            Ok(scheme) => SignatureCheck::Good {
                weak: scheme.weakness(),
                algorithm: name,
            },
            Err(Failure::Bad(why)) => SignatureCheck::Bad {
                algorithm: name,
                why,
            },
            Err(Failure::Unchecked(why)) => SignatureCheck::Unchecked {
                algorithm: name,
                why,
            },
        }
    }

    fn compute(&self, key: &Key<'_>) -> Result<Scheme, Failure> {
        let mut fields = self.algorithm.reader();
        let oid = fields.expect(Tag::OID, "OBJECT IDENTIFIER");
        let oid = oid.map_err(|_| unchecked("its algorithm cannot be read"))?;
        let parameters = fields.any().ok();
        let scheme = Scheme::of(oid.contents, parameters.as_ref())?;
        let [0, signature @ ..] = self.signature.contents else {
            return Err(bad("the signature is not whole octets"));
        };
        if !scheme.fits(key.algorithm) {
            return Err(bad(
                "the key of the issuer is of another algorithm than the signature",
            ));
        }
        match scheme {
            Scheme::Rsa(digest) => rsa::pkcs1(key, digest, self.message, signature),
            Scheme::Pss(parameters) => rsa::pss(key, parameters, self.message, signature),
            Scheme::Ecdsa(digest) => ec::ecdsa(key, digest, self.message, signature),
            Scheme::Dsa(digest) => dsa::dsa(key, digest, self.message, signature),
            Scheme::Ed25519 => ec::ed25519(key, self.message, signature),
            Scheme::MlDsa(set) => lattice::ml_dsa(set, key, self.message, signature),
        }?;
        Ok(scheme)
    }
}

/// A public key as signatures are checked by it.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    /// Contents of the algorithm's identifier.
    pub(crate) algorithm: &'a [u8],
    /// Its parameters. Keys of DSA may lack them and take those of the issuer (RFC 5280, 6.1.4 (f)).
    pub(crate) parameters: Option<Element<'a>>,
    pub(crate) bits: &'a [u8],
}

impl<'a> Key<'a> {
    /// Reads a `SubjectPublicKeyInfo`.
    pub(crate) fn read(info: &Element<'a>) -> Result<Self, Error> {
        let mut fields = info.reader();
        let mut identifier = fields
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("algorithm"))?
            .reader();
        let algorithm = identifier.expect(Tag::OID, "OBJECT IDENTIFIER")?.contents;
        let parameters = identifier.any().ok();
        let bits = fields
            .expect(Tag::BIT_STRING, "BIT STRING")
            .map_err(|e| e.within("subjectPublicKey"))?;
        let [0, bits @ ..] = bits.contents else {
            return Err(bits.malformed("a public key is whole octets"));
        };
        Ok(Self {
            algorithm,
            parameters,
            bits,
        })
    }

    /// The same key, with the parameters of its issuer's where it has none of its own.
    pub(crate) fn inheriting(self, issuer: Option<&Key<'a>>) -> Self {
        let absent = self
            .parameters
            .is_none_or(|parameters| parameters.raw == [5, 0]);
        match issuer {
            Some(issuer) if absent && issuer.algorithm == self.algorithm => Self {
                parameters: issuer.parameters,
                ..self
            },
            _ => self,
        }
    }
}

/// Where the key stands: in a certificate, in a request, or alone.
fn key_info(der: &[u8]) -> Result<Element<'_>, Error> {
    let whole = Reader::new(der).sequence("SEQUENCE")?;
    if is_key(&whole) {
        return Ok(whole);
    }
    let fields = whole.reader().sequence("SEQUENCE")?;
    let mut parts = fields.reader();
    while !parts.is_empty() {
        let part = parts.any()?;
        if part.tag == Tag::SEQUENCE && is_key(&part) {
            return Ok(part);
        }
    }
    Err(fields
        .unexpected("subjectPublicKeyInfo")
        .within("toBeSigned"))
}

/// Why a signature is not good.
enum Failure {
    Bad(String),
    Unchecked(String),
}

fn bad(why: &str) -> Failure {
    Failure::Bad(why.to_owned())
}

fn unchecked(why: &str) -> Failure {
    Failure::Unchecked(why.to_owned())
}

const MISMATCH: &str = "it was made by another key, or over other bytes";

/// How a signature is made.
#[derive(Clone, Copy)]
enum Scheme {
    Rsa(Digest),
    Pss(rsa::Pss),
    Ecdsa(Digest),
    Dsa(Digest),
    Ed25519,
    MlDsa(lattice::Set),
}

impl Scheme {
    fn of(oid: &[u8], parameters: Option<&Element<'_>>) -> Result<Self, Failure> {
        let not_here = || unchecked("signatures of this algorithm are not computed with here");
        let nist = |number: u8| match number {
            1 => Some(Self::Dsa(Digest::Sha224)),
            2 => Some(Self::Dsa(Digest::Sha256)),
            3 => Some(Self::Dsa(Digest::Sha384)),
            4 => Some(Self::Dsa(Digest::Sha512)),
            9 => Some(Self::Ecdsa(Digest::Sha3_224)),
            10 => Some(Self::Ecdsa(Digest::Sha3_256)),
            11 => Some(Self::Ecdsa(Digest::Sha3_384)),
            12 => Some(Self::Ecdsa(Digest::Sha3_512)),
            13 => Some(Self::Rsa(Digest::Sha3_224)),
            14 => Some(Self::Rsa(Digest::Sha3_256)),
            15 => Some(Self::Rsa(Digest::Sha3_384)),
            16 => Some(Self::Rsa(Digest::Sha3_512)),
            17 => Some(Self::MlDsa(lattice::Set::MlDsa44)),
            18 => Some(Self::MlDsa(lattice::Set::MlDsa65)),
            19 => Some(Self::MlDsa(lattice::Set::MlDsa87)),
            _ => None,
        };
        match oid {
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, number] => match number {
                2 => Ok(Self::Rsa(Digest::Md2)),
                4 => Ok(Self::Rsa(Digest::Md5)),
                5 => Ok(Self::Rsa(Digest::Sha1)),
                10 => rsa::Pss::read(parameters).map(Self::Pss),
                11 => Ok(Self::Rsa(Digest::Sha256)),
                12 => Ok(Self::Rsa(Digest::Sha384)),
                13 => Ok(Self::Rsa(Digest::Sha512)),
                14 => Ok(Self::Rsa(Digest::Sha224)),
                15 => Ok(Self::Rsa(Digest::Sha512_224)),
                16 => Ok(Self::Rsa(Digest::Sha512_256)),
                _ => Err(not_here()),
            },
            // sha1WithRSAEncryption and dsaWithSHA1 of OIW, which old roots still name
            [0x2b, 0x0e, 3, 2, 29] => Ok(Self::Rsa(Digest::Sha1)),
            [0x2b, 0x0e, 3, 2, 27] | [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3] => {
                Ok(Self::Dsa(Digest::Sha1))
            }
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1] => Ok(Self::Ecdsa(Digest::Sha1)),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1] => Ok(Self::Ecdsa(Digest::Sha224)),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2] => Ok(Self::Ecdsa(Digest::Sha256)),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3] => Ok(Self::Ecdsa(Digest::Sha384)),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4] => Ok(Self::Ecdsa(Digest::Sha512)),
            [0x2b, 0x65, 0x70] => Ok(Self::Ed25519),
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, number] => nist(*number).ok_or_else(not_here),
            _ => Err(not_here()),
        }
    }

    /// Whether keys of this algorithm sign so.
    fn fits(self, key: &[u8]) -> bool {
        match self {
            Self::Rsa(_) => key == RSA,
            Self::Pss(_) => key == RSA || key == RSA_PSS,
            Self::Ecdsa(_) => key == EC,
            Self::Dsa(_) => key == DSA,
            Self::Ed25519 => key == [0x2b, 0x65, 0x70],
            Self::MlDsa(set) => key == [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, set.arc()],
        }
    }

    fn weakness(self) -> Option<WeakDigest> {
        match self {
            Self::Rsa(digest) | Self::Ecdsa(digest) | Self::Dsa(digest) => weakness(digest),
            Self::Pss(parameters) => weakness(parameters.digest),
            Self::Ed25519 | Self::MlDsa(_) => None,
        }
    }
}

pub(crate) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
pub(crate) const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
pub(crate) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
pub(crate) const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made::Made;

    #[test]
    fn two_algorithms_in_one_certificate_are_told_before_anything_is_computed() {
        let der = Made::root("root", 1).der();
        let algorithm = crate::der::oid("1.2.840.10045.4.3.2");
        let last = der.windows(algorithm.len()).rposition(|it| it == algorithm);
        let mut other = der.clone();
        other[last.expect("it is there") + algorithm.len() - 1] = 3;
        let SignatureCheck::Bad { why, .. } = check_signature(&other, None).expect("reads") else {
            panic!("it names ECDSA with SHA-256 and with SHA-384");
        };
        assert_eq!(why, "two different signature algorithms are named in it");
    }
}
