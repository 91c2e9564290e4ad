//! What is written under a password: ciphers, and the check value over a whole keystore.

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use certlens_hot::derivation;
use des::TdesEde3;
use zeroize::Zeroizing;

use super::{Random, WriteError};
use crate::container::pbe::{DigestName, Purpose, bmp, derive_pkcs12};
use crate::der::{integer, octet_string, oid, sequence};
use crate::password::Password;

/// How keystores and keys are sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SealProfile {
    /// AES-256 and SHA-256: read by OpenSSL from 1.1, Java from 8u301 and 11.0.12, Windows from 10 1709
    /// and Server 2019 on.
    #[default]
    Modern,
    /// 3DES and SHA-1, for what is older than that. Whoever has the file guesses passwords faster.
    Legacy,
    /// As [`SealProfile::Modern`] with a check value by RFC 9579: read by OpenSSL from 3.4 on. Only PKCS#12
    /// files have such a check.
    Pbmac1,
}

impl SealProfile {
    /// Rounds of key derivation for each sealed part: what an attacker pays for each guess.
    ///
    /// They are below the 600,000 in all that Windows takes on import, also for files of several keys.
    pub fn rounds(self) -> u32 {
        match self {
            Self::Modern | Self::Pbmac1 => 100_000,
            Self::Legacy => 20_000,
        }
    }
}

/// A password to seal with, and how.
#[derive(Clone, Copy, Debug)]
pub struct Sealing<'a> {
    /// The password. Some programs refuse an empty one.
    pub password: &'a Password,
    /// How it is sealed.
    pub profile: SealProfile,
    /// Rounds of key derivation for each sealed part; 0 counts as 1.
    pub rounds: u32,
}

impl<'a> Sealing<'a> {
    /// Seals as the profile says.
    pub fn new(password: &'a Password, profile: SealProfile) -> Self {
        Self {
            password,
            profile,
            rounds: profile.rounds(),
        }
    }

    fn rounds(&self) -> u32 {
        self.rounds.max(1)
    }

    /// Seals octets: the encoded `AlgorithmIdentifier`, and what comes out.
    ///
    /// ```text
    /// PBES2-params ::= SEQUENCE { keyDerivationFunc, encryptionScheme }
    /// pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER }
    /// ```
    ///
    /// RFC 8018, A.4; RFC 7292, C
    pub(super) fn seal(
        &self,
        plain: &[u8],
        random: &mut dyn Random,
    ) -> Result<(Vec<u8>, Vec<u8>), WriteError> {
        match self.profile {
            SealProfile::Modern | SealProfile::Pbmac1 => self.seal_by_aes(plain, random),
            SealProfile::Legacy => self.seal_by_triple_des(plain, random),
        }
    }

    fn seal_by_aes(
        &self,
        plain: &[u8],
        random: &mut dyn Random,
    ) -> Result<(Vec<u8>, Vec<u8>), WriteError> {
        let (mut salt, mut iv) = ([0; 16], [0; 16]);
        random.fill(&mut salt)?;
        random.fill(&mut iv)?;
        let mut key = Zeroizing::new([0; 32]);
        self.pbkdf2(&salt, &mut key);
        let encryptor = cbc::Encryptor::<Aes256>::new((&*key).into(), &iv.into());
        let sealed = encryptor.encrypt_padded_vec::<Pkcs7>(plain);
        let cipher = sequence(&[&oid(AES_256_CBC), &octet_string(&iv)]);
        let parameters = sequence(&[&self.pbkdf2_identifier(&salt, None), &cipher]);
        Ok((sequence(&[&oid(PBES2), &parameters]), sealed))
    }

    fn seal_by_triple_des(
        &self,
        plain: &[u8],
        random: &mut dyn Random,
    ) -> Result<(Vec<u8>, Vec<u8>), WriteError> {
        let mut salt = [0; 8];
        random.fill(&mut salt)?;
        let mut key = Zeroizing::new([0; 24]);
        let mut iv = [0; 8];
        key.copy_from_slice(&self.pkcs12(DigestName::Sha1, &salt, Purpose::Key, 24));
        iv.copy_from_slice(&self.pkcs12(DigestName::Sha1, &salt, Purpose::Iv, 8));
        let encryptor = cbc::Encryptor::<TdesEde3>::new((&*key).into(), &iv.into());
        let sealed = encryptor.encrypt_padded_vec::<Pkcs7>(plain);
        let parameters = sequence(&[&octet_string(&salt), &self.encoded_rounds()]);
        Ok((sequence(&[&oid(PBE_SHA1_TRIPLE_DES), &parameters]), sealed))
    }

    /// The check value over the content of a PKCS#12 file.
    ///
    /// ```text
    /// MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }
    /// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
    /// ```
    ///
    /// RFC 7292, 4; [RFC 9579, 4](https://www.rfc-editor.org/rfc/rfc9579#section-4)
    pub(super) fn check(
        &self,
        content: &[u8],
        random: &mut dyn Random,
    ) -> Result<Vec<u8>, WriteError> {
        let mut salt = [0; 16];
        random.fill(&mut salt)?;
        let info = |algorithm: &[u8], value: &[u8]| sequence(&[algorithm, &octet_string(value)]);
        if self.profile == SealProfile::Pbmac1 {
            let mut key = Zeroizing::new([0; 32]);
            self.pbkdf2(&salt, &mut key);
            let parameters = sequence(&[
                &self.pbkdf2_identifier(&salt, Some(32)),
                &sequence(&[&oid(HMAC_SHA256), NULL]),
            ]);
            let algorithm = sequence(&[&oid(PBMAC1), &parameters]);
            let value = DigestName::Sha256.hmac(&*key, content);
            // The outer salt says nothing here, and rounds are left at their default (RFC 9579, 4).
            return Ok(sequence(&[
                &info(&algorithm, &value),
                &octet_string(b"NOT USED"),
            ]));
        }
        let (digest, identifier) = match self.profile {
            SealProfile::Legacy => (DigestName::Sha1, SHA1),
            SealProfile::Modern | SealProfile::Pbmac1 => (DigestName::Sha256, SHA256),
        };
        let key = self.pkcs12(digest, &salt, Purpose::Mac, digest.length());
        let algorithm = sequence(&[&oid(identifier), NULL]);
        let value = digest.hmac(&key, content);
        Ok(sequence(&[
            &info(&algorithm, &value),
            &octet_string(&salt),
            &self.encoded_rounds(),
        ]))
    }

    fn pbkdf2(&self, salt: &[u8], key: &mut [u8; 32]) {
        let password = self.password.reveal().as_bytes();
        derivation::pbkdf2(DigestName::Sha256, password, salt, self.rounds(), key);
    }

    /// ```text
    /// PBKDF2-params ::= SEQUENCE { salt OCTET STRING, iterationCount INTEGER,
    ///                              keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT SHA-1 }
    /// ```
    fn pbkdf2_identifier(&self, salt: &[u8], key_length: Option<u8>) -> Vec<u8> {
        let length = key_length.map_or_else(Vec::new, |length| integer(&[length]));
        let prf = sequence(&[&oid(HMAC_SHA256), NULL]);
        let parameters = sequence(&[&octet_string(salt), &self.encoded_rounds(), &length, &prf]);
        sequence(&[&oid(PBKDF2), &parameters])
    }

    /// The derivation of RFC 7292, B.2.
    fn pkcs12(
        &self,
        digest: DigestName,
        salt: &[u8],
        purpose: Purpose,
        length: usize,
    ) -> Zeroizing<Vec<u8>> {
        let password = bmp(self.password.reveal().encode_utf16());
        let rounds = u64::from(self.rounds());
        derive_pkcs12(digest, &password, salt, rounds, purpose, length)
    }

    fn encoded_rounds(&self) -> Vec<u8> {
        integer(&self.rounds().to_be_bytes())
    }
}

const NULL: &[u8] = &[5, 0];
const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";
const PBMAC1: &str = "1.2.840.113549.1.5.14";
const HMAC_SHA256: &str = "1.2.840.113549.2.9";
const AES_256_CBC: &str = "2.16.840.1.101.3.4.1.42";
const PBE_SHA1_TRIPLE_DES: &str = "1.2.840.113549.1.12.1.3";
const SHA1: &str = "1.3.14.3.2.26";
const SHA256: &str = "2.16.840.1.101.3.4.2.1";
