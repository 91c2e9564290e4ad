//! The key that seals private keys wherever they leave the files that the products keep them in.

use std::fmt;
use std::path::Path;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::app::StartError;
use crate::files;
use crate::host_key::{self, HostKey};

/// An AES-256-GCM key. What it seals is bound to a place, so that nothing sealed can stand elsewhere.
///
/// [NIST SP 800-38D](https://csrc.nist.gov/pubs/sp/800/38/d/final)
pub(crate) struct SealingKey {
    key: Zeroizing<[u8; 32]>,
    id: String,
}

/// Why something sealed does not open. Which part of it is wrong cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CannotOpen;

impl SealingKey {
    /// A new key, as the text of its file.
    pub(crate) fn make() -> Result<(Self, Zeroizing<String>), StartError> {
        let key = host_key::random()?;
        let text = Zeroizing::new(format!("{PREFIX}{}\n", URL_SAFE_NO_PAD.encode(*key)));
        Ok((Self::new(key), text))
    }

    /// Reads the file that `certlens keygen` made.
    pub(crate) fn read(path: &Path) -> Result<Self, StartError> {
        let wrong = |what: String| {
            StartError::new(
                format!("{}: {what}", path.display()),
                "Make a key with `certlens keygen --output FILE`, once, and give each node the same.",
            )
        };
        let octets =
            files::read_at_most(path, 1 << 10).map_err(|error| wrong(error.to_string()))?;
        let text = std::str::from_utf8(&octets).unwrap_or_default().trim();
        let key = text.strip_prefix(PREFIX).and_then(|text| {
            let octets = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
            <[u8; 32]>::try_from(octets.as_slice()).ok()
        });
        let key =
            key.ok_or_else(|| wrong(format!("expected `{PREFIX}…`, found something else")))?;
        Ok(Self::new(Zeroizing::new(key)))
    }

    /// The key for what stays in this data directory, where none was made.
    pub(crate) fn of(host_key: &HostKey) -> Self {
        Self::new(host_key.derive("sealing"))
    }

    fn new(key: Zeroizing<[u8; 32]>) -> Self {
        let id = host_key::tag(&key, "identifier", &[]);
        let id = id
            .iter()
            .take(4)
            .fold(String::new(), |text, octet| format!("{text}{octet:02x}"));
        Self { key, id }
    }

    /// Tells this key from others, and nothing of it.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// A keyed digest, by which contents are compared without being opened.
    pub(crate) fn digest(&self, parts: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(host_key::tag(&self.key, "digest", parts))
    }

    /// Seals a text for one place: `nonce || ciphertext || tag` in base64url.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub(crate) fn seal(&self, place: &[&str], plain: &[u8]) -> Result<String, CannotOpen> {
        let mut nonce = [0; NONCE];
        host_key::fill(&mut nonce).map_err(|_| CannotOpen)?;
        // In place, so that no buffer with the plain text in it is left behind.
        let mut octets = Zeroizing::new(Vec::with_capacity(plain.len() + 16));
        octets.extend_from_slice(plain);
        let cipher = Aes256Gcm::new_from_slice(&*self.key).map_err(|_| CannotOpen)?;
        cipher
            .encrypt_in_place(&nonce.into(), &associated(place), &mut *octets)
            .map_err(|_| CannotOpen)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &octets].concat()))
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When another key, or for another place, sealed it; or when it was changed.
    pub(crate) fn open(
        &self,
        place: &[&str],
        sealed: &str,
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let octets = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| CannotOpen)?;
        let (nonce, sealed) = octets.split_at_checked(NONCE).ok_or(CannotOpen)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| CannotOpen)?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        let cipher = Aes256Gcm::new_from_slice(&*self.key).map_err(|_| CannotOpen)?;
        cipher
            .decrypt_in_place(&nonce.into(), &associated(place), &mut *plain)
            .map_err(|_| CannotOpen)?;
        Ok(plain)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id)
    }
}

/// The parts of a place, each with its length.
fn associated(place: &[&str]) -> Vec<u8> {
    let mut octets = Vec::new();
    for part in place {
        octets.extend_from_slice(&(part.len() as u64).to_be_bytes());
        octets.extend_from_slice(part.as_bytes());
    }
    octets
}

const PREFIX: &str = "certlens-key-1:";
const NONCE: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_at_its_place_with_its_key_and_not_otherwise() {
        let (key, text) = SealingKey::make().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &*text).unwrap();
        let same = SealingKey::read(file.path()).unwrap();
        assert_eq!(same.id(), key.id());
        let sealed = key.seal(&["a", "bc"], b"secret").unwrap();
        assert_ne!(sealed, key.seal(&["a", "bc"], b"secret").unwrap());
        assert_eq!(**same.open(&["a", "bc"], &sealed).unwrap(), *b"secret");
        let (other, _) = SealingKey::make().unwrap();
        let mut changed = sealed.clone().into_bytes();
        changed[20] ^= 1;
        for refused in [
            same.open(&["ab", "c"], &sealed),
            same.open(&["a"], &sealed),
            other.open(&["a", "bc"], &sealed),
            same.open(&["a", "bc"], &String::from_utf8(changed).unwrap()),
            same.open(&["a", "bc"], ""),
        ] {
            assert_eq!(refused.unwrap_err(), CannotOpen);
        }
        assert!(!format!("{key:?}").contains(text.trim()));
    }

    #[test]
    fn err_key_file_that_is_none_names_the_file_and_not_its_content() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "certlens-key-1:hunter2\n").unwrap();
        let error = SealingKey::read(file.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&file.path().display().to_string())
        );
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(error.hint().contains("keygen"));
    }
}
