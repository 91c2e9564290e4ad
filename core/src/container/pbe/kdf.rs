//! From a password to a key: the derivations, and what they cost.

pub(crate) use certlens_hot::DigestName;
use certlens_hot::derivation;
use zeroize::Zeroizing;

use crate::asn1::{Element, Reader, Tag};
use crate::container::pbe::unsupported;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;

/// Octets of key that one derivation may be asked for. Every 64 of them cost the rounds once more.
pub(crate) const MAX_KEY: usize = 1024;

/// The digest that an `AlgorithmIdentifier` names, by itself or within HMAC.
pub(crate) fn digest_named(identifier: &Element<'_>) -> Result<DigestName, Error> {
    let oid = identifier.reader().oid()?;
    Ok(match oid.as_str() {
        "1.2.840.113549.2.5" | "1.2.840.113549.2.6" => DigestName::Md5,
        "1.3.14.3.2.26" | "1.2.840.113549.2.7" => DigestName::Sha1,
        "2.16.840.1.101.3.4.2.4" | "1.2.840.113549.2.8" => DigestName::Sha224,
        "2.16.840.1.101.3.4.2.1" | "1.2.840.113549.2.9" => DigestName::Sha256,
        "2.16.840.1.101.3.4.2.2" | "1.2.840.113549.2.10" => DigestName::Sha384,
        "2.16.840.1.101.3.4.2.3" | "1.2.840.113549.2.11" => DigestName::Sha512,
        "2.16.840.1.101.3.4.2.5" | "1.2.840.113549.2.12" => DigestName::Sha512_224,
        "2.16.840.1.101.3.4.2.6" | "1.2.840.113549.2.13" => DigestName::Sha512_256,
        "2.16.840.1.101.3.4.2.7" | "2.16.840.1.101.3.4.2.13" => DigestName::Sha3_224,
        "2.16.840.1.101.3.4.2.8" | "2.16.840.1.101.3.4.2.14" => DigestName::Sha3_256,
        "2.16.840.1.101.3.4.2.9" | "2.16.840.1.101.3.4.2.15" => DigestName::Sha3_384,
        "2.16.840.1.101.3.4.2.10" | "2.16.840.1.101.3.4.2.16" => DigestName::Sha3_512,
        "1.3.6.1.4.1.1722.12.2.1.16" => DigestName::Blake2b512,
        _ => return Err(unsupported("digest", &oid, identifier.start)),
    })
}

/// A derivation with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kdf {
    /// RFC 7292, B.2.
    Pkcs12 {
        digest: DigestName,
        salt: Vec<u8>,
        rounds: u64,
    },
    /// RFC 8018, 5.1.
    Pbkdf1 {
        digest: DigestName,
        salt: Vec<u8>,
        rounds: u64,
    },
    /// RFC 8018, 5.2.
    Pbkdf2 {
        digest: DigestName,
        salt: Vec<u8>,
        rounds: u64,
    },
    /// RFC 7914, 7.
    Scrypt {
        salt: Vec<u8>,
        cost: u64,
        block: u64,
        parallel: u64,
    },
    /// Sun's JCEKS: both halves of the salt digested with the password, again and again.
    SunMd5 { salt: Vec<u8>, rounds: u64 },
}

/// What the derivation of RFC 7292, B.3 is asked for. The other derivations know one purpose only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Key,
    Iv,
    Mac,
}

impl Kdf {
    /// Reads the `AlgorithmIdentifier` of a key derivation function, and the key length that it may
    /// state.
    ///
    /// ```text
    /// PBKDF2-params ::= SEQUENCE { salt OCTET STRING, iterationCount INTEGER,
    ///                              keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT SHA-1 }
    /// scrypt-params ::= SEQUENCE { salt OCTET STRING, costParameter INTEGER, blockSize INTEGER,
    ///                              parallelizationParameter INTEGER, keyLength INTEGER OPTIONAL }
    /// ```
    ///
    /// RFC 8018, A.2; [RFC 7914, 7](https://www.rfc-editor.org/rfc/rfc7914#section-7)
    pub(crate) fn read(identifier: &Element<'_>) -> Result<(Self, Option<u64>), Error> {
        let mut fields = identifier.reader();
        let oid = fields.oid()?;
        let mut parameters = fields.sequence("parameters")?.reader();
        let salt = parameters
            .expect(Tag::OCTET_STRING, "salt")?
            .octets()?
            .0
            .into_owned();
        let number = |reader: &mut Reader<'_>, what| reader.expect(Tag::INTEGER, what)?.unsigned();
        let kdf = match oid.as_str() {
            "1.2.840.113549.1.5.12" => Self::Pbkdf2 {
                rounds: number(&mut parameters, "iteration count")?,
                digest: DigestName::Sha1,
                salt,
            },
            "1.3.6.1.4.1.11591.4.11" => Self::Scrypt {
                salt,
                cost: number(&mut parameters, "cost")?,
                block: number(&mut parameters, "block size")?,
                parallel: number(&mut parameters, "parallelization")?,
            },
            _ => return Err(unsupported("key derivation", &oid, identifier.start)),
        };
        let length = match parameters.optional(Tag::INTEGER)? {
            Some(length) => Some(length.unsigned()?),
            None => None,
        };
        let prf = parameters.optional(Tag::SEQUENCE)?;
        Ok(match (kdf, prf) {
            (Self::Pbkdf2 { salt, rounds, .. }, Some(prf)) => {
                let digest = digest_named(&prf)?;
                if digest == DigestName::Blake2b512 {
                    return Err(unsupported("PBKDF2 with", digest.name(), prf.start));
                }
                let kdf = Self::Pbkdf2 {
                    digest,
                    salt,
                    rounds,
                };
                (kdf, length)
            }
            (kdf, _) => (kdf, length),
        })
    }

    pub(crate) fn salt(&self) -> &[u8] {
        match self {
            Self::Pkcs12 { salt, .. }
            | Self::Pbkdf1 { salt, .. }
            | Self::Pbkdf2 { salt, .. }
            | Self::Scrypt { salt, .. }
            | Self::SunMd5 { salt, .. } => salt,
        }
    }

    /// The rounds that the parameters state; scrypt counts none.
    pub(crate) fn rounds(&self) -> Option<u64> {
        match self {
            Self::Pkcs12 { rounds, .. }
            | Self::Pbkdf1 { rounds, .. }
            | Self::Pbkdf2 { rounds, .. }
            | Self::SunMd5 { rounds, .. } => Some(*rounds),
            Self::Scrypt { .. } => None,
        }
    }

    /// Its name alone, as [`crate::Seal::derivation`] has it.
    pub(crate) fn short_name(&self) -> &'static str {
        match self {
            Self::Pkcs12 { .. } => "PKCS#12",
            Self::Pbkdf1 { .. } => "PBKDF1",
            Self::Pbkdf2 { .. } => "PBKDF2",
            Self::Scrypt { .. } => "scrypt",
            Self::SunMd5 { .. } => "MD5",
        }
    }

    pub(crate) fn digest(&self) -> Option<DigestName> {
        match self {
            Self::Pkcs12 { digest, .. }
            | Self::Pbkdf1 { digest, .. }
            | Self::Pbkdf2 { digest, .. } => Some(*digest),
            Self::Scrypt { .. } => None,
            Self::SunMd5 { .. } => Some(DigestName::Md5),
        }
    }

    /// In words: `PBKDF2 with HMAC-SHA-256`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Pkcs12 { digest, .. } => format!("PKCS#12 derivation with {}", digest.name()),
            Self::Pbkdf1 { digest, .. } => format!("PBKDF1 with {}", digest.name()),
            Self::Pbkdf2 { digest, .. } => format!("PBKDF2 with HMAC-{}", digest.name()),
            Self::Scrypt {
                cost,
                block,
                parallel,
                ..
            } => format!("scrypt with N {cost}, r {block}, p {parallel}"),
            Self::SunMd5 { .. } => "MD5 over halves of the salt".to_owned(),
        }
    }

    /// What one derivation of this many octets costs, in rounds.
    ///
    /// # Errors
    /// When it asks for more memory than allowed, or for what no derivation can mean.
    pub(crate) fn cost(&self, length: usize, limits: &Limits, offset: usize) -> Result<u64, Error> {
        let times = u64::try_from(length.div_ceil(64).max(1)).unwrap_or(u64::MAX);
        let Self::Scrypt {
            cost,
            block,
            parallel,
            ..
        } = self
        else {
            let rounds = self.rounds().unwrap_or(0);
            if rounds == 0 {
                let what = "zero key derivation rounds".to_owned();
                return Err(Error::new(ErrorKind::Malformed { what }, offset));
            }
            return Ok(rounds.saturating_mul(times));
        };
        // RFC 7914, 6: the table of N blocks, and one block for each of the p lanes.
        let memory = cost
            .saturating_add(*parallel)
            .saturating_mul(*block)
            .saturating_mul(128);
        if limits.memory < memory {
            let kind = ErrorKind::LimitExceeded {
                what: "bytes of memory for scrypt",
                found: memory,
                allowed: limits.memory,
            };
            return Err(Error::new(kind, offset));
        }
        Ok(cost.saturating_mul(*block).saturating_mul(*parallel))
    }

    /// Derives octets; what they cost was asked of [`Kdf::cost`] before.
    pub(crate) fn derive(
        &self,
        password: &[u8],
        purpose: Purpose,
        length: usize,
        offset: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut key = match self {
            Self::Pkcs12 {
                digest,
                salt,
                rounds,
            } => derive_pkcs12(*digest, password, salt, *rounds, purpose, length),
            Self::Pbkdf1 {
                digest,
                salt,
                rounds,
            } => derivation::pbkdf1(*digest, password, salt, *rounds),
            Self::SunMd5 { salt, rounds } => derivation::sun_md5(password, salt, *rounds),
            Self::Pbkdf2 {
                digest,
                salt,
                rounds,
            } => {
                let rounds = u32::try_from(*rounds).unwrap_or(u32::MAX);
                let mut key = Zeroizing::new(vec![0; length]);
                derivation::pbkdf2(*digest, password, salt, rounds, &mut key);
                key
            }
            Self::Scrypt {
                salt,
                cost,
                block,
                parallel,
            } => {
                let mut key = Zeroizing::new(vec![0; length]);
                let parameters = (*cost, *block, *parallel);
                if derivation::scrypt(password, salt, parameters, &mut key).is_none() {
                    let what = format!("{} cannot be computed", self.name());
                    return Err(Error::new(ErrorKind::Malformed { what }, offset));
                }
                key
            }
        };
        key.truncate(length);
        Ok(key)
    }
}

/// The derivation of RFC 7292, B.2, for one of its purposes.
pub(crate) fn derive_pkcs12(
    digest: DigestName,
    password: &[u8],
    salt: &[u8],
    rounds: u64,
    purpose: Purpose,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let id = match purpose {
        Purpose::Key => 1,
        Purpose::Iv => 2,
        Purpose::Mac => 3,
    };
    derivation::pkcs12(digest, password, salt, id, rounds, length)
}
