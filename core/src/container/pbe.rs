//! Password-based encryption: what seals keystores and keys (RFC 8018, RFC 7292).

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit, StreamCipher as _,
};
use hmac::digest::Digest;
use hmac::{Hmac, Mac as _};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::asn1::{Element, Reader, Tag};
use crate::container::KeyItem;
use crate::error::{Error, ErrorKind};
use crate::hex::unhex;
use crate::limits::Limits;
use crate::oids;
use crate::open::Options;
use crate::report::{Lock, Seal};
use crate::x509::private_key;

/// Memory that one scrypt derivation may take: more would stall a browser tab.
const SCRYPT_MEMORY: u64 = 256 << 20;

/// A password in the forms that keystores turn it into.
#[derive(Clone, Copy)]
pub(crate) enum Secret<'a> {
    /// What was typed, also when that is nothing.
    Text(&'a str),
    /// No password at all, which PKCS#12 tells from an empty one.
    Absent,
}

impl Secret<'_> {
    /// UTF-16 in network order with a zero character at the end (RFC 7292, B.1).
    fn bmp(self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Text(text) => Zeroizing::new(
                text.encode_utf16()
                    .chain([0])
                    .flat_map(u16::to_be_bytes)
                    .collect(),
            ),
            Self::Absent => Zeroizing::new(Vec::new()),
        }
    }

    /// The octets that PBKDF2 takes: UTF-8, and Latin-1 as old programs did. Here no password is the
    /// same as an empty one, which is a candidate of its own: it need not be derived twice.
    fn octets(self) -> Vec<Zeroizing<Vec<u8>>> {
        let Self::Text(text) = self else {
            return Vec::new();
        };
        let mut forms = vec![Zeroizing::new(text.as_bytes().to_vec())];
        if !text.is_ascii() {
            let latin: Option<Vec<u8>> = text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).ok())
                .collect();
            forms.extend(latin.map(Zeroizing::new));
        }
        forms
    }
}

/// The candidates to try: the given passwords, then an empty one and none at all.
pub(crate) fn candidates<'a>(options: &Options<'a>) -> Vec<Secret<'a>> {
    let mut candidates: Vec<Secret<'_>> = options
        .passwords
        .iter()
        .map(|password| Secret::Text(password.reveal()))
        .collect();
    candidates.push(Secret::Text(""));
    candidates.push(Secret::Absent);
    candidates
}

/// One way of sealing, with its parameters.
pub(crate) struct Scheme<'a> {
    oid: String,
    kdf: Kdf<'a>,
    cipher: Cipher,
    iv: &'a [u8],
    start: usize,
}

enum Kdf<'a> {
    /// RFC 7292, B.2, with SHA-1.
    Pkcs12 { salt: &'a [u8], rounds: u64 },
    /// RFC 8018, 5.1.
    Pbkdf1 {
        digest: DigestName,
        salt: &'a [u8],
        rounds: u64,
    },
    /// RFC 8018, 5.2.
    Pbkdf2 {
        digest: DigestName,
        salt: &'a [u8],
        rounds: u64,
    },
    /// RFC 7914, 7.
    Scrypt {
        salt: &'a [u8],
        cost: u64,
        block: u64,
        parallel: u64,
    },
}

#[derive(Clone, Copy)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    TwoKeyTripleDes,
    Des,
    Rc2 {
        octets: usize,
        effective_bits: usize,
    },
    Rc4 {
        octets: usize,
    },
}

/// The digests that derivations and integrity checks are built on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DigestName {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
}

/// Calls a generic function with the digest that a [`DigestName`] names.
macro_rules! with_digest {
    ($name:expr, $function:ident $arguments:tt) => {
        match $name {
            DigestName::Md5 => $function::<Md5> $arguments,
            DigestName::Sha1 => $function::<Sha1> $arguments,
            DigestName::Sha224 => $function::<Sha224> $arguments,
            DigestName::Sha256 => $function::<Sha256> $arguments,
            DigestName::Sha384 => $function::<Sha384> $arguments,
            DigestName::Sha512 => $function::<Sha512> $arguments,
            DigestName::Sha512_224 => $function::<Sha512_224> $arguments,
            DigestName::Sha512_256 => $function::<Sha512_256> $arguments,
        }
    };
}

impl DigestName {
    pub(crate) fn read(identifier: &Element<'_>) -> Result<Self, Error> {
        let oid = identifier.reader().oid()?;
        Ok(match oid.as_str() {
            "1.2.840.113549.2.5" => Self::Md5,
            "1.3.14.3.2.26" | "1.2.840.113549.2.7" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" | "1.2.840.113549.2.8" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" | "1.2.840.113549.2.9" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" | "1.2.840.113549.2.10" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" | "1.2.840.113549.2.11" => Self::Sha512,
            "2.16.840.1.101.3.4.2.5" | "1.2.840.113549.2.12" => Self::Sha512_224,
            "2.16.840.1.101.3.4.2.6" | "1.2.840.113549.2.13" => Self::Sha512_256,
            _ => return Err(unsupported("digest", &oid, identifier.start)),
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha512_224 => "SHA-512/224",
            Self::Sha512_256 => "SHA-512/256",
        }
    }
}

impl<'a> Scheme<'a> {
    /// Reads the `AlgorithmIdentifier` of a sealed part.
    pub(crate) fn read(identifier: &Element<'a>) -> Result<Self, Error> {
        let mut fields = identifier.reader();
        let oid = fields.oid()?;
        let parameters = fields.sequence("parameters")?;
        let old = |cipher: Cipher, kdf: fn(&'a [u8], u64) -> Kdf<'a>| -> Result<Self, Error> {
            let mut fields = parameters.reader();
            let salt = fields.expect(Tag::OCTET_STRING, "salt")?.contents;
            let rounds = fields.expect(Tag::INTEGER, "iteration count")?.unsigned()?;
            Ok(Self {
                oid: oid.clone(),
                kdf: kdf(salt, rounds),
                cipher,
                iv: &[],
                start: identifier.start,
            })
        };
        let pkcs12 = |salt, rounds| Kdf::Pkcs12 { salt, rounds };
        let md5 = |salt, rounds| Kdf::Pbkdf1 {
            digest: DigestName::Md5,
            salt,
            rounds,
        };
        let sha1 = |salt, rounds| Kdf::Pbkdf1 {
            digest: DigestName::Sha1,
            salt,
            rounds,
        };
        let rc2 = |octets, effective_bits| Cipher::Rc2 {
            octets,
            effective_bits,
        };
        match oid.as_str() {
            "1.2.840.113549.1.12.1.1" => old(Cipher::Rc4 { octets: 16 }, pkcs12),
            "1.2.840.113549.1.12.1.2" => old(Cipher::Rc4 { octets: 5 }, pkcs12),
            "1.2.840.113549.1.12.1.3" => old(Cipher::TripleDes, pkcs12),
            "1.2.840.113549.1.12.1.4" => old(Cipher::TwoKeyTripleDes, pkcs12),
            "1.2.840.113549.1.12.1.5" => old(rc2(16, 128), pkcs12),
            "1.2.840.113549.1.12.1.6" => old(rc2(5, 40), pkcs12),
            "1.2.840.113549.1.5.3" => old(Cipher::Des, md5),
            "1.2.840.113549.1.5.6" => old(rc2(8, 64), md5),
            "1.2.840.113549.1.5.10" => old(Cipher::Des, sha1),
            "1.2.840.113549.1.5.11" => old(rc2(8, 64), sha1),
            "1.2.840.113549.1.5.13" => Self::pbes2(oid, &parameters),
            _ => Err(unsupported("sealing scheme", &oid, identifier.start)),
        }
    }

    /// `PBES2-params ::= SEQUENCE { keyDerivationFunc, encryptionScheme }` (RFC 8018, A.4).
    fn pbes2(oid: String, parameters: &Element<'a>) -> Result<Self, Error> {
        let mut fields = parameters.reader();
        let derivation = fields.sequence("key derivation function")?;
        let encryption = fields.sequence("encryption scheme")?;
        let kdf = Kdf::read(&derivation)?;
        let mut fields = encryption.reader();
        let cipher_oid = fields.oid()?;
        let parameter = fields.any()?;
        let (cipher, iv) = match cipher_oid.as_str() {
            "2.16.840.1.101.3.4.1.2" => (Cipher::Aes128, parameter.contents),
            "2.16.840.1.101.3.4.1.22" => (Cipher::Aes192, parameter.contents),
            "2.16.840.1.101.3.4.1.42" => (Cipher::Aes256, parameter.contents),
            "1.2.840.113549.3.7" => (Cipher::TripleDes, parameter.contents),
            "1.3.14.3.2.7" => (Cipher::Des, parameter.contents),
            "1.2.840.113549.3.2" => rc2(&parameter)?,
            _ => return Err(unsupported("cipher", &cipher_oid, encryption.start)),
        };
        Ok(Self {
            oid,
            kdf,
            cipher,
            iv,
            start: parameters.start,
        })
    }

    /// The scheme in words, for a sealed `what`.
    pub(crate) fn seal(&self, what: &str) -> Seal {
        let (derivation, rounds) = match &self.kdf {
            Kdf::Pkcs12 { rounds, .. } | Kdf::Pbkdf1 { rounds, .. } => {
                let name = oids::name(&self.oid).unwrap_or(&self.oid);
                return Seal {
                    what: what.into(),
                    algorithm: name.into(),
                    rounds: Some(*rounds),
                };
            }
            Kdf::Pbkdf2 { digest, rounds, .. } => {
                (format!("PBKDF2 with HMAC-{}", digest.name()), Some(*rounds))
            }
            Kdf::Scrypt {
                cost,
                block,
                parallel,
                ..
            } => (
                format!("scrypt with N {cost}, r {block}, p {parallel}"),
                None,
            ),
        };
        Seal {
            what: what.into(),
            algorithm: format!("PBES2, {}, {derivation}", self.cipher.name()),
            rounds,
        }
    }

    /// Opens a sealed SEQUENCE with one candidate.
    ///
    /// # Errors
    /// `PasswordWrong` when what comes out is no SEQUENCE; a limit; nothing else.
    pub(crate) fn open(
        &self,
        sealed: &[u8],
        secret: Secret<'_>,
        limits: &Limits,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.kdf.check(limits, self.start)?;
        let length = self.cipher.key_length();
        let forms = match self.kdf {
            Kdf::Pkcs12 { .. } => vec![secret.bmp()],
            _ => secret.octets(),
        };
        for password in forms {
            let (key, iv) = match &self.kdf {
                Kdf::Pkcs12 { salt, rounds } => (
                    pkcs12_derive::<Sha1>(&password, salt, 1, *rounds, length),
                    pkcs12_derive::<Sha1>(&password, salt, 2, *rounds, 8),
                ),
                Kdf::Pbkdf1 {
                    digest,
                    salt,
                    rounds,
                } => {
                    let derived = match digest {
                        DigestName::Md5 => pbkdf1::<Md5>(&password, salt, *rounds),
                        _ => pbkdf1::<Sha1>(&password, salt, *rounds),
                    };
                    let (key, iv) = derived.split_at_checked(8).unwrap_or_default();
                    (
                        Zeroizing::new(key.to_vec()),
                        Zeroizing::new(iv.get(..8).unwrap_or_default().to_vec()),
                    )
                }
                kdf => (
                    kdf.derive(&password, length, self.start)?,
                    Zeroizing::new(self.iv.to_vec()),
                ),
            };
            if let Some(plain) = self.cipher.decrypt(&key, &iv, sealed)
                && Reader::new(&plain).sequence("SEQUENCE").is_ok()
            {
                return Ok(plain);
            }
        }
        Err(Error::new(ErrorKind::PasswordWrong, self.start))
    }
}

/// `RC2-CBC-Parameter ::= SEQUENCE { rc2ParameterVersion INTEGER, iv OCTET STRING }` (RFC 8018, B.2.3).
fn rc2<'a>(parameter: &Element<'a>) -> Result<(Cipher, &'a [u8]), Error> {
    let mut fields = parameter.reader();
    let effective_bits = match fields.expect(Tag::INTEGER, "RC2 version")?.unsigned()? {
        160 => 40,
        120 => 64,
        58 => 128,
        bits @ 256..=1024 => usize::try_from(bits).unwrap_or(1024),
        other => {
            return Err(unsupported(
                "RC2 version",
                &other.to_string(),
                parameter.start,
            ));
        }
    };
    let iv = fields
        .expect(Tag::OCTET_STRING, "initialisation vector")?
        .contents;
    Ok((
        Cipher::Rc2 {
            octets: effective_bits.div_ceil(8),
            effective_bits,
        },
        iv,
    ))
}

impl<'a> Kdf<'a> {
    fn read(identifier: &Element<'a>) -> Result<Self, Error> {
        let mut fields = identifier.reader();
        let oid = fields.oid()?;
        let mut parameters = fields.sequence("parameters")?.reader();
        let salt = parameters.expect(Tag::OCTET_STRING, "salt")?.contents;
        let number = |reader: &mut Reader<'a>, what| reader.expect(Tag::INTEGER, what)?.unsigned();
        match oid.as_str() {
            "1.2.840.113549.1.5.12" => {
                let rounds = number(&mut parameters, "iteration count")?;
                parameters.optional(Tag::INTEGER)?;
                let digest = match parameters.optional(Tag::SEQUENCE)? {
                    Some(prf) => DigestName::read(&prf)?,
                    None => DigestName::Sha1,
                };
                Ok(Self::Pbkdf2 {
                    digest,
                    salt,
                    rounds,
                })
            }
            "1.3.6.1.4.1.11591.4.11" => Ok(Self::Scrypt {
                salt,
                cost: number(&mut parameters, "cost")?,
                block: number(&mut parameters, "block size")?,
                parallel: number(&mut parameters, "parallelization")?,
            }),
            _ => Err(unsupported("key derivation", &oid, identifier.start)),
        }
    }

    fn check(&self, limits: &Limits, offset: usize) -> Result<(), Error> {
        match self {
            Self::Pkcs12 { rounds, .. }
            | Self::Pbkdf1 { rounds, .. }
            | Self::Pbkdf2 { rounds, .. } => check_rounds(*rounds, limits, offset),
            Self::Scrypt {
                cost,
                block,
                parallel,
                ..
            } => {
                let memory = cost.saturating_mul(*block).saturating_mul(128);
                let work = memory.saturating_mul(*parallel);
                if SCRYPT_MEMORY < memory || SCRYPT_MEMORY * 4 < work {
                    let kind = ErrorKind::LimitExceeded {
                        what: "bytes of memory for scrypt",
                        found: work,
                        allowed: SCRYPT_MEMORY,
                    };
                    return Err(Error::new(kind, offset));
                }
                Ok(())
            }
        }
    }

    fn derive(
        &self,
        password: &[u8],
        length: usize,
        offset: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut key = Zeroizing::new(vec![0; length]);
        match self {
            Self::Pbkdf2 {
                digest,
                salt,
                rounds,
            } => pbkdf2(*digest, password, salt, *rounds, &mut key),
            Self::Scrypt {
                salt,
                cost,
                block,
                parallel,
            } => {
                let narrow = |value: u64| u32::try_from(value).ok();
                let parameters = cost
                    .is_power_of_two()
                    .then(|| u8::try_from(cost.trailing_zeros()).ok())
                    .flatten()
                    .zip(narrow(*block).zip(narrow(*parallel)))
                    .and_then(|(cost, (block, parallel))| {
                        scrypt::Params::new(cost, block, parallel).ok()
                    });
                let derived = parameters.is_some_and(|parameters| {
                    scrypt::scrypt(password, salt, &parameters, &mut key).is_ok()
                });
                if !derived {
                    let what =
                        format!("scrypt with N {cost}, r {block}, p {parallel} cannot be computed");
                    return Err(Error::new(ErrorKind::Malformed { what }, offset));
                }
            }
            Self::Pkcs12 { .. } | Self::Pbkdf1 { .. } => {}
        }
        Ok(key)
    }
}

/// Refuses what would take hours (see [`Limits::kdf_rounds`]), and what no derivation can mean.
pub(crate) fn check_rounds(rounds: u64, limits: &Limits, offset: usize) -> Result<(), Error> {
    if limits.kdf_rounds < rounds || u64::from(u32::MAX) < rounds {
        let kind = ErrorKind::LimitExceeded {
            what: "key derivation rounds",
            found: rounds,
            allowed: limits.kdf_rounds,
        };
        return Err(Error::new(kind, offset));
    }
    if rounds == 0 {
        let what = "zero key derivation rounds".to_owned();
        return Err(Error::new(ErrorKind::Malformed { what }, offset));
    }
    Ok(())
}

impl Cipher {
    fn name(self) -> &'static str {
        match self {
            Self::Aes128 => "AES-128-CBC",
            Self::Aes192 => "AES-192-CBC",
            Self::Aes256 => "AES-256-CBC",
            Self::TripleDes => "3DES-CBC",
            Self::TwoKeyTripleDes => "2-key 3DES-CBC",
            Self::Des => "DES-CBC",
            Self::Rc2 { .. } => "RC2-CBC",
            Self::Rc4 { .. } => "RC4",
        }
    }

    fn key_length(self) -> usize {
        match self {
            Self::Aes128 | Self::TwoKeyTripleDes => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
            Self::Des => 8,
            Self::Rc2 { octets, .. } | Self::Rc4 { octets } => octets,
        }
    }

    fn decrypt(self, key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Aes128 => cbc(aes::Aes128::new_from_slice(key).ok()?, iv, sealed),
            Self::Aes192 => cbc(aes::Aes192::new_from_slice(key).ok()?, iv, sealed),
            Self::Aes256 => cbc(aes::Aes256::new_from_slice(key).ok()?, iv, sealed),
            Self::TripleDes => cbc(des::TdesEde3::new_from_slice(key).ok()?, iv, sealed),
            Self::TwoKeyTripleDes => cbc(des::TdesEde2::new_from_slice(key).ok()?, iv, sealed),
            Self::Des => cbc(des::Des::new_from_slice(key).ok()?, iv, sealed),
            Self::Rc2 { effective_bits, .. } => cbc(
                rc2::Rc2::new_with_eff_key_len(key, effective_bits),
                iv,
                sealed,
            ),
            Self::Rc4 { .. } => {
                let mut plain = Zeroizing::new(sealed.to_vec());
                rc4::Rc4::new_from_slice(key)
                    .ok()?
                    .apply_keystream(&mut plain);
                Some(plain)
            }
        }
    }
}

/// Decrypts in cipher block chaining mode and takes the padding off.
pub(crate) fn cbc<C: BlockCipherDecrypt>(
    cipher: C,
    iv: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let decryptor = ::cbc::Decryptor::inner_iv_slice_init(cipher, iv).ok()?;
    decryptor
        .decrypt_padded_vec::<Pkcs7>(sealed)
        .ok()
        .map(Zeroizing::new)
}

/// PBKDF2 (RFC 8018, 5.2).
fn pbkdf2(digest: DigestName, password: &[u8], salt: &[u8], rounds: u64, key: &mut [u8]) {
    let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
    match digest {
        DigestName::Md5 => pbkdf2::pbkdf2_hmac::<Md5>(password, salt, rounds, key),
        DigestName::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, rounds, key),
        DigestName::Sha224 => pbkdf2::pbkdf2_hmac::<Sha224>(password, salt, rounds, key),
        DigestName::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, key),
        DigestName::Sha384 => pbkdf2::pbkdf2_hmac::<Sha384>(password, salt, rounds, key),
        DigestName::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, rounds, key),
        DigestName::Sha512_224 => pbkdf2::pbkdf2_hmac::<Sha512_224>(password, salt, rounds, key),
        DigestName::Sha512_256 => pbkdf2::pbkdf2_hmac::<Sha512_256>(password, salt, rounds, key),
    }
}

/// PBKDF1 (RFC 8018, 5.1): the digest of password and salt, digested again and again.
fn pbkdf1<D: Digest>(password: &[u8], salt: &[u8], rounds: u64) -> Zeroizing<Vec<u8>> {
    let first = D::new()
        .chain_update(password)
        .chain_update(salt)
        .finalize();
    let last = (1..rounds).fold(first, |digest, _| D::digest(&digest));
    Zeroizing::new(last.to_vec())
}

/// The derivation of RFC 7292, B.2: `id` 1 makes keys, 2 initialisation vectors, 3 keys for a MAC.
pub(crate) fn pkcs12_derive<D: Digest + hmac::digest::block_api::BlockSizeUser>(
    password: &[u8],
    salt: &[u8],
    id: u8,
    rounds: u64,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = D::block_size();
    let fill = |source: &[u8]| -> Vec<u8> {
        let length = block * source.len().div_ceil(block);
        source.iter().copied().cycle().take(length).collect()
    };
    let mut input = Zeroizing::new(fill(salt));
    input.extend_from_slice(&Zeroizing::new(fill(password)));
    let mut derived = Zeroizing::new(Vec::with_capacity(length + block));
    while derived.len() < length {
        let first = D::new()
            .chain_update(vec![id; block])
            .chain_update(&*input)
            .finalize();
        let digest = (1..rounds).fold(first, |digest, _| D::digest(&digest));
        derived.extend_from_slice(&digest);
        for chunk in input.chunks_mut(block) {
            // chunk = chunk + digest repeated + 1, as one big number
            let mut carry = 1u16;
            let repeated: Vec<u8> = digest.iter().copied().cycle().take(chunk.len()).collect();
            for (place, addend) in chunk.iter_mut().zip(repeated).rev() {
                let sum = u16::from(*place) + u16::from(addend) + carry;
                let [high, low] = sum.to_be_bytes();
                *place = low;
                carry = u16::from(high);
            }
        }
    }
    derived.truncate(length);
    derived
}

/// The integrity check of a PKCS#12 file.
pub(crate) struct Check<'a> {
    digest: DigestName,
    kind: CheckKind<'a>,
    value: &'a [u8],
    start: usize,
}

enum CheckKind<'a> {
    /// RFC 7292, 4: HMAC with a key from the derivation of its appendix B.
    Pkcs12 { salt: &'a [u8], rounds: u64 },
    /// RFC 9579: HMAC with a key from PBKDF2.
    Pbmac1 { kdf: Kdf<'a>, length: usize },
}

impl<'a> Check<'a> {
    /// `MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }`
    /// (RFC 7292, 4).
    pub(crate) fn read(mac_data: &Element<'a>) -> Result<Self, Error> {
        let mut fields = mac_data.reader();
        let mut info = fields.sequence("DigestInfo")?.reader();
        let algorithm = info.sequence("AlgorithmIdentifier")?;
        let value = info.expect(Tag::OCTET_STRING, "digest")?.contents;
        let start = mac_data.start;
        let mut identifier = algorithm.reader();
        if identifier.oid()? == "1.2.840.113549.1.5.14" {
            let mut parameters = identifier.sequence("PBMAC1 parameters")?.reader();
            let derivation = parameters.sequence("key derivation function")?;
            let digest = DigestName::read(&parameters.sequence("message authentication scheme")?)?;
            let mut inner = derivation.reader();
            inner.any()?;
            let mut inner = inner.sequence("parameters")?.reader();
            inner.any()?;
            inner.any()?;
            let length = inner
                .optional(Tag::INTEGER)?
                .ok_or_else(|| derivation.malformed("PBMAC1 needs the length of its key"))?
                .unsigned()?;
            let length = usize::try_from(length)
                .ok()
                .filter(|length| *length <= 1024)
                .ok_or_else(|| derivation.malformed("a PBMAC1 key has at most 1024 bytes"))?;
            let kind = CheckKind::Pbmac1 {
                kdf: Kdf::read(&derivation)?,
                length,
            };
            return Ok(Self {
                digest,
                kind,
                value,
                start,
            });
        }
        let digest = DigestName::read(&algorithm)?;
        let salt = fields.expect(Tag::OCTET_STRING, "salt")?.contents;
        let rounds = match fields.optional(Tag::INTEGER)? {
            Some(rounds) => rounds.unsigned()?,
            None => 1,
        };
        Ok(Self {
            digest,
            kind: CheckKind::Pkcs12 { salt, rounds },
            value,
            start,
        })
    }

    /// The check in words.
    pub(crate) fn seal(&self) -> Seal {
        let (algorithm, rounds) = match &self.kind {
            CheckKind::Pkcs12 { rounds, .. } => {
                (format!("HMAC-{}", self.digest.name()), Some(*rounds))
            }
            CheckKind::Pbmac1 { kdf, .. } => {
                let rounds = match kdf {
                    Kdf::Pbkdf2 { rounds, .. } => Some(*rounds),
                    _ => None,
                };
                (format!("PBMAC1 with HMAC-{}", self.digest.name()), rounds)
            }
        };
        Seal {
            what: "integrity".to_owned(),
            algorithm,
            rounds,
        }
    }

    /// Whether this candidate's password was used over this content.
    ///
    /// # Errors
    /// When a limit is exceeded.
    pub(crate) fn confirms(
        &self,
        content: &[u8],
        secret: Secret<'_>,
        limits: &Limits,
    ) -> Result<bool, Error> {
        let keys = match &self.kind {
            CheckKind::Pkcs12 { salt, rounds } => {
                check_rounds(*rounds, limits, self.start)?;
                vec![with_digest!(
                    self.digest,
                    mac_key(&secret.bmp(), salt, *rounds)
                )]
            }
            CheckKind::Pbmac1 { kdf, length } => {
                kdf.check(limits, self.start)?;
                let derive =
                    |password: &Zeroizing<Vec<u8>>| kdf.derive(password, *length, self.start);
                secret
                    .octets()
                    .iter()
                    .map(derive)
                    .collect::<Result<_, _>>()?
            }
        };
        Ok(keys.iter().any(|key| {
            let computed = hmac(self.digest, key, content);
            computed.ct_eq(self.value).into()
        }))
    }
}

fn mac_key<D: Digest + hmac::digest::block_api::BlockSizeUser>(
    password: &[u8],
    salt: &[u8],
    rounds: u64,
) -> Zeroizing<Vec<u8>> {
    pkcs12_derive::<D>(password, salt, 3, rounds, <D as Digest>::output_size())
}

fn hmac(digest: DigestName, key: &[u8], content: &[u8]) -> Vec<u8> {
    macro_rules! compute {
        ($digest:ty) => {
            // A key of any length is taken.
            <Hmac<$digest> as KeyInit>::new_from_slice(key)
                .map(|mac| mac.chain_update(content).finalize().into_bytes().to_vec())
                .unwrap_or_default()
        };
    }
    match digest {
        DigestName::Md5 => compute!(Md5),
        DigestName::Sha1 => compute!(Sha1),
        DigestName::Sha224 => compute!(Sha224),
        DigestName::Sha256 => compute!(Sha256),
        DigestName::Sha384 => compute!(Sha384),
        DigestName::Sha512 => compute!(Sha512),
        DigestName::Sha512_224 => compute!(Sha512_224),
        DigestName::Sha512_256 => compute!(Sha512_256),
    }
}

/// `EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, encryptedData OCTET STRING }`
/// (RFC 5958, 3): what is known of it, and its public facts if a password opens it.
pub(crate) fn encrypted_key(der: &[u8], options: &Options<'_>) -> Result<KeyItem, Error> {
    let mut fields = Reader::new(der)
        .sequence("EncryptedPrivateKeyInfo")?
        .reader();
    let identifier = fields.sequence("AlgorithmIdentifier")?;
    let sealed = fields
        .expect(Tag::OCTET_STRING, "OCTET STRING")?
        .octets()?
        .0;
    let locked = |seal, lock| KeyItem {
        facts: None,
        seal: Some(seal),
        lock,
    };
    let Ok(scheme) = Scheme::read(&identifier) else {
        return Ok(locked(unknown_seal(&identifier, "key"), Lock::Locked));
    };
    let seal = scheme.seal("key");
    for secret in candidates(options) {
        match scheme.open(&sealed, secret, &options.limits) {
            Ok(plain) => {
                let facts = private_key(&plain).ok();
                return Ok(KeyItem {
                    facts,
                    seal: Some(seal),
                    lock: Lock::Open,
                });
            }
            Err(error) if *error.kind() == ErrorKind::PasswordWrong => {}
            Err(error) => return Err(error),
        }
    }
    Ok(locked(seal, wrong_or_locked(options)))
}

/// What a lock that stays shut is called: wrong passwords, or none at all.
pub(crate) fn wrong_or_locked(options: &Options<'_>) -> Lock {
    if options.passwords.is_empty() {
        Lock::Locked
    } else {
        Lock::WrongPassword
    }
}

/// The name of a scheme that is not supported.
pub(crate) fn unknown_seal(identifier: &Element<'_>, what: &str) -> Seal {
    let oid = identifier
        .reader()
        .oid()
        .unwrap_or_else(|_| "unreadable".to_owned());
    let algorithm = oids::name(&oid).map_or_else(|| oid.clone(), str::to_owned);
    Seal {
        what: what.to_owned(),
        algorithm,
        rounds: None,
    }
}

/// A key in OpenSSL's traditional encryption: the cipher and its initialisation vector stand in the
/// header of the block (`DEK-Info: AES-256-CBC,…`, RFC 1421, 4.6.1.3), and the key is one round of MD5
/// over password and salt, the first eight octets of that vector (`EVP_BytesToKey`).
pub(crate) fn traditional_key(header: &[u8], sealed: &[u8], options: &Options<'_>) -> KeyItem {
    let header = String::from_utf8_lossy(header);
    let info = header
        .lines()
        .find_map(|line| line.trim().strip_prefix("DEK-Info:"));
    let (name, vector) = info
        .and_then(|value| value.split_once(','))
        .unwrap_or(("unknown cipher", ""));
    let seal = Seal {
        what: "key".to_owned(),
        algorithm: format!("{}, key from one round of MD5", name.trim()),
        rounds: Some(1),
    };
    let cipher = match name.trim() {
        "AES-128-CBC" => Some(Cipher::Aes128),
        "AES-192-CBC" => Some(Cipher::Aes192),
        "AES-256-CBC" => Some(Cipher::Aes256),
        "DES-EDE3-CBC" => Some(Cipher::TripleDes),
        "DES-CBC" => Some(Cipher::Des),
        _ => None,
    };
    let iv = unhex(vector.trim().as_bytes());
    let opened = cipher.zip(iv).and_then(|(cipher, iv)| {
        let salt = iv.get(..8)?;
        candidates(options).into_iter().find_map(|secret| {
            secret.octets().iter().find_map(|password| {
                let key = bytes_to_key(password, salt, cipher.key_length());
                let plain = cipher.decrypt(&key, &iv, sealed)?;
                private_key(&plain).ok()
            })
        })
    });
    let lock = if opened.is_some() {
        Lock::Open
    } else {
        wrong_or_locked(options)
    };
    KeyItem {
        facts: opened,
        seal: Some(seal),
        lock,
    }
}

fn bytes_to_key(password: &[u8], salt: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut block = Vec::new();
    while key.len() < length {
        block = Md5::new()
            .chain_update(&block)
            .chain_update(password)
            .chain_update(salt)
            .finalize()
            .to_vec();
        key.extend_from_slice(&block);
    }
    key.truncate(length);
    key
}

fn unsupported(kind: &str, oid: &str, offset: usize) -> Error {
    let what = match oids::name(oid) {
        Some(name) => format!("{kind} {name} ({oid})"),
        None => format!("{kind} {oid}"),
    };
    Error::new(ErrorKind::Unsupported { what }, offset)
}

/// Whether current software refuses this seal by default: ciphers broken or of 40 bits.
pub(crate) fn is_legacy(seal: &Seal) -> bool {
    let algorithm = &seal.algorithm;
    seal.what != "integrity" && (algorithm.contains("RC2") || algorithm.contains("RC4"))
}
