//! The ciphers that seal keystores and keys.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt as _, InnerIvInit as _,
    KeyInit, StreamCipher as _,
};
use aes_gcm::aead::AeadInOut;
use ccm::Ccm;
use ccm::consts::{U8, U12, U16};
use zeroize::Zeroizing;

use crate::asn1::{Element, Tag};
use crate::container::pbe::unsupported;
use crate::error::{Error, ErrorKind};

/// A cipher with the length of its key, and how it takes its blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    Aes128Gcm,
    Aes256Gcm,
    /// With a check value of this many octets.
    Aes256Ccm(CcmCheck),
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
    Twofish,
    /// A block cipher that makes a stream, which needs no padding.
    Stream(BlockCipher, Mode),
}

/// The block ciphers that OpenSSL lets make streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockCipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    TwoKeyTripleDes,
    Des,
}

/// What is enciphered to make the stream (NIST SP 800-38A): each time the block before, as sealed or as the
/// stream had it, or a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Cfb,
    Ofb,
    Ctr,
}

/// Octets of the check value in CCM mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CcmCheck {
    Eight,
    Twelve,
    Sixteen,
}

/// What is thought of a cipher today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Current,
    /// Still taken, and on its way out: 3DES.
    Ageing,
    /// Broken, or of so few bits that it is refused: RC2, RC4, DES.
    Broken,
}

impl Cipher {
    /// Reads the encryption scheme of PBES2: the cipher, and its initialisation vector or nonce.
    ///
    /// RFC 8018, B.2; for GCM RFC 5084, 3.2
    pub(crate) fn read(identifier: &Element<'_>) -> Result<(Self, Vec<u8>), Error> {
        let mut fields = identifier.reader();
        let oid = fields.oid()?;
        let cipher = match oid.as_str() {
            "2.16.840.1.101.3.4.1.2" => Self::Aes128,
            "2.16.840.1.101.3.4.1.22" => Self::Aes192,
            "2.16.840.1.101.3.4.1.42" => Self::Aes256,
            "2.16.840.1.101.3.4.1.6" => return gcm(Self::Aes128Gcm, &fields.any()?),
            "2.16.840.1.101.3.4.1.46" => return gcm(Self::Aes256Gcm, &fields.any()?),
            "2.16.840.1.101.3.4.1.47" => return ccm(&fields.any()?),
            "1.2.840.113549.3.7" => Self::TripleDes,
            "1.3.14.3.2.7" => Self::Des,
            "1.2.840.113549.3.2" => return rc2(&fields.any()?),
            "2.16.840.1.101.3.4.1.3" => Self::Stream(BlockCipher::Aes128, Mode::Ofb),
            "2.16.840.1.101.3.4.1.4" => Self::Stream(BlockCipher::Aes128, Mode::Cfb),
            "2.16.840.1.101.3.4.1.23" => Self::Stream(BlockCipher::Aes192, Mode::Ofb),
            "2.16.840.1.101.3.4.1.24" => Self::Stream(BlockCipher::Aes192, Mode::Cfb),
            "2.16.840.1.101.3.4.1.43" => Self::Stream(BlockCipher::Aes256, Mode::Ofb),
            "2.16.840.1.101.3.4.1.44" => Self::Stream(BlockCipher::Aes256, Mode::Cfb),
            "1.3.14.3.2.8" => Self::Stream(BlockCipher::Des, Mode::Ofb),
            "1.3.14.3.2.9" => Self::Stream(BlockCipher::Des, Mode::Cfb),
            _ => return Err(unsupported("cipher", &oid, identifier.start)),
        };
        let vector = fields.expect(Tag::OCTET_STRING, "initialisation vector")?;
        Ok((cipher, vector.octets()?.0.into_owned()))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Aes128 => "AES-128-CBC",
            Self::Aes192 => "AES-192-CBC",
            Self::Aes256 => "AES-256-CBC",
            Self::Aes128Gcm => "AES-128-GCM",
            Self::Aes256Gcm => "AES-256-GCM",
            Self::Aes256Ccm(_) => "AES-256-CCM",
            Self::TripleDes => "3DES-CBC",
            Self::TwoKeyTripleDes => "2-key 3DES-CBC",
            Self::Des => "DES-CBC",
            Self::Rc2 { .. } => "RC2-CBC",
            Self::Rc4 { .. } => "RC4",
            Self::Twofish => "Twofish-CBC",
            Self::Stream(cipher, mode) => stream_name(cipher, mode),
        }
    }

    pub(crate) fn standing(self) -> Standing {
        match self {
            Self::Des | Self::Rc2 { .. } | Self::Rc4 { .. } | Self::Stream(BlockCipher::Des, _) => {
                Standing::Broken
            }
            Self::TripleDes
            | Self::TwoKeyTripleDes
            | Self::Stream(BlockCipher::TripleDes | BlockCipher::TwoKeyTripleDes, _) => {
                Standing::Ageing
            }
            _ => Standing::Current,
        }
    }

    /// Octets of the key.
    pub(crate) fn key_length(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes128Gcm | Self::TwoKeyTripleDes => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 | Self::Aes256Gcm | Self::Aes256Ccm(_) | Self::Twofish => 32,
            Self::Des => 8,
            Self::Rc2 { octets, .. } | Self::Rc4 { octets } => octets,
            Self::Stream(cipher, _) => match cipher {
                BlockCipher::Aes128 | BlockCipher::TwoKeyTripleDes => 16,
                BlockCipher::Aes192 | BlockCipher::TripleDes => 24,
                BlockCipher::Aes256 => 32,
                BlockCipher::Des => 8,
            },
        }
    }

    /// Octets of the initialisation vector, which are those of a block.
    pub(crate) fn vector_length(self) -> usize {
        match self {
            Self::Rc4 { .. } => 0,
            Self::Aes128
            | Self::Aes192
            | Self::Aes256
            | Self::Twofish
            | Self::Stream(BlockCipher::Aes128 | BlockCipher::Aes192 | BlockCipher::Aes256, _) => {
                16
            }
            _ => 8,
        }
    }

    /// Takes the seal off; `None` where key or padding do not fit.
    pub(crate) fn decrypt(
        self,
        key: &[u8],
        iv: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Aes128 => cbc(aes::Aes128::new_from_slice(key).ok()?, iv, sealed),
            Self::Aes192 => cbc(aes::Aes192::new_from_slice(key).ok()?, iv, sealed),
            Self::Aes256 => cbc(aes::Aes256::new_from_slice(key).ok()?, iv, sealed),
            Self::TripleDes => cbc(des::TdesEde3::new_from_slice(key).ok()?, iv, sealed),
            Self::TwoKeyTripleDes => cbc(des::TdesEde2::new_from_slice(key).ok()?, iv, sealed),
            Self::Des => cbc(des::Des::new_from_slice(key).ok()?, iv, sealed),
            Self::Twofish => cbc(twofish::Twofish::new_from_slice(key).ok()?, iv, sealed),
            Self::Rc2 { effective_bits, .. } => {
                let cipher = rc2::Rc2::new_with_eff_key_len(key, effective_bits);
                cbc(cipher, iv, sealed)
            }
            Self::Rc4 { .. } => {
                let mut plain = Zeroizing::new(sealed.to_vec());
                rc4::Rc4::new_from_slice(key)
                    .ok()?
                    .apply_keystream(&mut plain);
                Some(plain)
            }
            Self::Stream(cipher, mode) => match cipher {
                BlockCipher::Aes128 => stream::<aes::Aes128>(mode, key, iv, sealed),
                BlockCipher::Aes192 => stream::<aes::Aes192>(mode, key, iv, sealed),
                BlockCipher::Aes256 => stream::<aes::Aes256>(mode, key, iv, sealed),
                BlockCipher::TripleDes => stream::<des::TdesEde3>(mode, key, iv, sealed),
                BlockCipher::TwoKeyTripleDes => stream::<des::TdesEde2>(mode, key, iv, sealed),
                BlockCipher::Des => stream::<des::Des>(mode, key, iv, sealed),
            },
            Self::Aes128Gcm => authenticated::<aes_gcm::Aes128Gcm>(key, iv, sealed),
            Self::Aes256Gcm => authenticated::<aes_gcm::Aes256Gcm>(key, iv, sealed),
            Self::Aes256Ccm(CcmCheck::Eight) => {
                authenticated::<Ccm<aes::Aes256, U8, U12>>(key, iv, sealed)
            }
            Self::Aes256Ccm(CcmCheck::Twelve) => {
                authenticated::<Ccm<aes::Aes256, U12, U12>>(key, iv, sealed)
            }
            Self::Aes256Ccm(CcmCheck::Sixteen) => {
                authenticated::<Ccm<aes::Aes256, U16, U12>>(key, iv, sealed)
            }
        }
    }
}

/// Decrypts what carries a check value of its own.
fn authenticated<A: AeadInOut + KeyInit>(
    key: &[u8],
    nonce: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let nonce = nonce.try_into().ok()?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    let cipher = A::new_from_slice(key).ok()?;
    cipher.decrypt_in_place(nonce, &[], &mut *plain).ok()?;
    Some(plain)
}

/// Decrypts in cipher block chaining mode and takes the padding off.
fn cbc<C: BlockCipherDecrypt>(cipher: C, iv: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let decryptor = ::cbc::Decryptor::inner_iv_slice_init(cipher, iv).ok()?;
    decryptor
        .decrypt_padded_vec::<Pkcs7>(sealed)
        .ok()
        .map(Zeroizing::new)
}

/// Decrypts under the stream that a block cipher makes.
fn stream<C: BlockCipherEncrypt + KeyInit>(
    mode: Mode,
    key: &[u8],
    iv: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = C::new_from_slice(key).ok()?;
    let mut register = Block::<C>::try_from(iv).ok()?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    for (octets, sealed) in plain.chunks_mut(iv.len()).zip(sealed.chunks(iv.len())) {
        let mut stream = register.clone();
        cipher.encrypt_block(&mut stream);
        octets
            .iter_mut()
            .zip(&stream)
            .for_each(|(octet, key)| *octet ^= key);
        match mode {
            // The last one may be cut short: nothing follows it.
            Mode::Cfb => register = Block::<C>::try_from(sealed).unwrap_or_default(),
            Mode::Ofb => register = stream,
            Mode::Ctr => {
                for octet in register.iter_mut().rev() {
                    *octet = octet.wrapping_add(1);
                    if *octet != 0 {
                        break;
                    }
                }
            }
        }
    }
    Some(plain)
}

fn stream_name(cipher: BlockCipher, mode: Mode) -> &'static str {
    let [cfb, ofb, ctr] = match cipher {
        BlockCipher::Aes128 => ["AES-128-CFB", "AES-128-OFB", "AES-128-CTR"],
        BlockCipher::Aes192 => ["AES-192-CFB", "AES-192-OFB", "AES-192-CTR"],
        BlockCipher::Aes256 => ["AES-256-CFB", "AES-256-OFB", "AES-256-CTR"],
        BlockCipher::TripleDes => ["3DES-CFB", "3DES-OFB", "3DES-CTR"],
        BlockCipher::TwoKeyTripleDes => ["2-key 3DES-CFB", "2-key 3DES-OFB", "2-key 3DES-CTR"],
        BlockCipher::Des => ["DES-CFB", "DES-OFB", "DES-CTR"],
    };
    match mode {
        Mode::Cfb => cfb,
        Mode::Ofb => ofb,
        Mode::Ctr => ctr,
    }
}

/// `GCMParameters, CCMParameters ::= SEQUENCE { aes-nonce OCTET STRING, aes-ICVlen INTEGER DEFAULT 12 }`
/// (RFC 5084, 3): the nonce, and how long the check value is.
fn nonce_and_check(parameter: &Element<'_>) -> Result<(Vec<u8>, u64), Error> {
    let mut fields = parameter.reader();
    let nonce = fields.expect(Tag::OCTET_STRING, "nonce")?.octets()?.0;
    let check = match fields.optional(Tag::INTEGER)? {
        Some(length) => length.unsigned()?,
        None => 12,
    };
    Ok((nonce.into_owned(), check))
}

fn gcm(cipher: Cipher, parameter: &Element<'_>) -> Result<(Cipher, Vec<u8>), Error> {
    // Some write the nonce alone, and mean the whole check value.
    if parameter.tag == Tag::OCTET_STRING && parameter.contents.len() == 12 {
        return Ok((cipher, parameter.contents.to_vec()));
    }
    match nonce_and_check(parameter)? {
        (nonce, 16) if nonce.len() == 12 => Ok((cipher, nonce)),
        (nonce, check) => Err(unusual("GCM", nonce.len(), check, parameter)),
    }
}

fn ccm(parameter: &Element<'_>) -> Result<(Cipher, Vec<u8>), Error> {
    let (nonce, check) = nonce_and_check(parameter)?;
    let length = match check {
        8 => CcmCheck::Eight,
        12 => CcmCheck::Twelve,
        16 => CcmCheck::Sixteen,
        _ => return Err(unusual("CCM", nonce.len(), check, parameter)),
    };
    if nonce.len() != 12 {
        return Err(unusual("CCM", nonce.len(), check, parameter));
    }
    Ok((Cipher::Aes256Ccm(length), nonce))
}

fn unusual(mode: &str, nonce: usize, check: u64, parameter: &Element<'_>) -> Error {
    let what = format!("{mode} with {nonce} bytes of nonce, {check} of check value");
    Error::new(ErrorKind::Unsupported { what }, parameter.start)
}

/// `RC2-CBC-Parameter ::= SEQUENCE { rc2ParameterVersion INTEGER, iv OCTET STRING }` (RFC 8018, B.2.3).
fn rc2(parameter: &Element<'_>) -> Result<(Cipher, Vec<u8>), Error> {
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
    let iv = fields.expect(Tag::OCTET_STRING, "initialisation vector")?;
    let cipher = Cipher::Rc2 {
        octets: effective_bits.div_ceil(8),
        effective_bits,
    };
    Ok((cipher, iv.octets()?.0.into_owned()))
}
