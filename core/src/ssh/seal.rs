//! How OpenSSH seals private keys: bcrypt makes the cipher's key from the passphrase.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit, KeyIvInit as _,
    StreamCipher as _,
};
use zeroize::Zeroizing;

use super::wire::Wire;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::report::Seal;

/// Rounds of PBKDF2 that take about as long as one of bcrypt.
const BCRYPT_COST: u64 = 8192;

/// What stands before the keys: cipher, derivation, salt and rounds.
pub(super) struct Sealing<'a> {
    cipher: String,
    kdf: String,
    salt: &'a [u8],
    rounds: u32,
    /// Where salt and rounds stand.
    at: usize,
}

impl<'a> Sealing<'a> {
    /// `string ciphername, string kdfname, string kdfoptions { string salt, uint32 rounds }`
    pub(super) fn read(wire: &mut Wire<'a>) -> Result<Self, Error> {
        let (cipher, kdf) = (wire.text()?, wire.text()?);
        let at = wire.offset();
        let mut options = Wire::new(wire.string()?);
        let (salt, rounds): (&[u8], u32) = if options.is_empty() {
            (&[], 0)
        } else {
            (options.string()?, options.u32()?)
        };
        Ok(Self {
            cipher,
            kdf,
            salt,
            rounds,
            at,
        })
    }

    pub(super) fn is_none(&self) -> bool {
        self.cipher == "none"
    }

    /// The sealing in words.
    pub(super) fn seal(&self) -> Seal {
        let cipher = self.cipher.split('@').next().unwrap_or_default();
        Seal {
            what: "key".to_owned(),
            algorithm: format!("OpenSSH, {}, {}", cipher.to_uppercase(), self.kdf),
            rounds: Some(u64::from(self.rounds)),
            salt_length: u64::try_from(self.salt.len()).ok(),
            key_bits: None,
            derivation: Some(self.kdf.clone()),
            digest: None,
            cipher: Some(cipher.to_uppercase()),
            unsupported: None,
        }
    }

    /// Refuses what would take hours.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), Error> {
        let rounds = u64::from(self.rounds);
        let allowed = limits.kdf_rounds / BCRYPT_COST;
        if allowed < rounds {
            let kind = ErrorKind::LimitExceeded {
                what: "bcrypt rounds",
                found: rounds,
                allowed,
            };
            return Err(Error::new(kind, self.at));
        }
        Ok(())
    }

    /// Decrypts with one passphrase; `None` where the cipher or derivation is not known.
    pub(super) fn open(&self, passphrase: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (key_length, iv_length) = lengths(&self.cipher)?;
        if self.kdf != "bcrypt" {
            return None;
        }
        let mut derived = Zeroizing::new(vec![0; key_length + iv_length]);
        bcrypt_pbkdf::bcrypt_pbkdf(passphrase, self.salt, self.rounds, &mut derived).ok()?;
        let (key, iv) = derived.split_at_checked(key_length)?;
        decrypt(&self.cipher, key, iv, sealed)
    }
}

/// Octets of key and initialisation vector.
fn lengths(cipher: &str) -> Option<(usize, usize)> {
    Some(match cipher {
        "aes128-cbc" | "aes128-ctr" => (16, 16),
        "aes192-cbc" | "aes192-ctr" => (24, 16),
        "aes256-cbc" | "aes256-ctr" => (32, 16),
        "aes128-gcm@openssh.com" => (16, 12),
        "aes256-gcm@openssh.com" => (32, 12),
        "chacha20-poly1305@openssh.com" => (64, 0),
        "3des-cbc" => (24, 8),
        _ => return None,
    })
}

/// Whether it was the right key, the two equal numbers before the private part tell: the tags of GCM and
/// Poly1305, which prove more, are not looked at.
fn decrypt(cipher: &str, key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut plain = Zeroizing::new(sealed.to_vec());
    match cipher {
        "aes128-cbc" => return cbc(aes::Aes128::new_from_slice(key).ok()?, iv, plain),
        "aes192-cbc" => return cbc(aes::Aes192::new_from_slice(key).ok()?, iv, plain),
        "aes256-cbc" => return cbc(aes::Aes256::new_from_slice(key).ok()?, iv, plain),
        "3des-cbc" => return cbc(des::TdesEde3::new_from_slice(key).ok()?, iv, plain),
        "aes128-ctr" => ctr::Ctr128BE::<aes::Aes128>::new_from_slices(key, iv)
            .ok()?
            .apply_keystream(&mut plain),
        "aes192-ctr" => ctr::Ctr128BE::<aes::Aes192>::new_from_slices(key, iv)
            .ok()?
            .apply_keystream(&mut plain),
        "aes256-ctr" => ctr::Ctr128BE::<aes::Aes256>::new_from_slices(key, iv)
            .ok()?
            .apply_keystream(&mut plain),
        // GCM encrypts in counter mode from the second block on (NIST SP 800-38D, 7.1).
        "aes128-gcm@openssh.com" => {
            ctr::Ctr32BE::<aes::Aes128>::new_from_slices(key, &[iv, &[0, 0, 0, 2]].concat())
                .ok()?
                .apply_keystream(&mut plain);
        }
        "aes256-gcm@openssh.com" => {
            ctr::Ctr32BE::<aes::Aes256>::new_from_slices(key, &[iv, &[0, 0, 0, 2]].concat())
                .ok()?
                .apply_keystream(&mut plain);
        }
        // The first half of the key; block 0 of the stream makes Poly1305's key (PROTOCOL.chacha20poly1305).
        _ => {
            let key = key.get(..32)?;
            let mut stream = chacha20::ChaCha20Legacy::new_from_slices(key, &[0; 8]).ok()?;
            stream.apply_keystream(&mut [0; 64]);
            stream.apply_keystream(&mut plain);
        }
    }
    Some(plain)
}

/// Cipher block chaining without padding: the keys bring their own.
fn cbc<C: BlockCipherDecrypt>(
    cipher: C,
    iv: &[u8],
    mut sealed: Zeroizing<Vec<u8>>,
) -> Option<Zeroizing<Vec<u8>>> {
    let decryptor = cbc::Decryptor::inner_iv_slice_init(cipher, iv).ok()?;
    decryptor.decrypt_padded::<NoPadding>(&mut sealed).ok()?;
    Some(sealed)
}
