//! The key of this installation, from which opaque identifiers are made.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use certlens_core::NoRandomness;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::app::StartError;
use crate::atomic;

/// A random key, made on the first start and kept in `host.key`.
///
/// Identifiers made with it stay the same over restarts, differ between installations, and say
/// nothing of what they stand for.
#[derive(Clone)]
pub(crate) struct HostKey(Zeroizing<[u8; 32]>);

impl HostKey {
    /// Reads the key of this data directory, or makes it.
    pub(crate) fn open(data: &Path) -> Result<Self, StartError> {
        let path = data.join("host.key");
        let hint = "Restore `host.key`, or remove it: a new one is made, and identifiers change.";
        let broken = |what: String| StartError::new(format!("{}: {what}", path.display()), hint);
        if path.exists() {
            let text = std::fs::read_to_string(&path).map_err(|error| broken(error.to_string()))?;
            let octets = URL_SAFE_NO_PAD.decode(text.trim()).ok();
            let key = octets.and_then(|octets| <[u8; 32]>::try_from(octets).ok());
            let key = key.ok_or_else(|| broken("expected 32 octets in base64url".into()))?;
            return Ok(Self(Zeroizing::new(key)));
        }
        let key = random()?;
        let text = Zeroizing::new(format!("{}\n", URL_SAFE_NO_PAD.encode(*key)));
        atomic::create_secret(&path, text.as_bytes()).map_err(|error| broken(error.to_string()))?;
        Ok(Self(key))
    }

    /// Another key, for one purpose only.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(tag(&self.0, "derive", &[purpose]))
    }

    /// An opaque identifier for these parts, url-safe and of 32 characters.
    pub(crate) fn identifier(&self, kind: &str, parts: &[&str]) -> String {
        let tag = tag(&self.0, kind, parts);
        URL_SAFE_NO_PAD.encode(tag.get(..24).unwrap_or(&tag))
    }
}

/// A keyed digest of several texts, each with its length, so that none can pose as another.
pub(crate) fn tag(key: &[u8; 32], kind: &str, parts: &[&str]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap_or_else(|_| unreachable!());
    for part in std::iter::once(&kind).chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// 32 random octets from the operating system.
pub(crate) fn random() -> Result<Zeroizing<[u8; 32]>, StartError> {
    let mut octets = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *octets).map_err(|error| {
        StartError::new(
            format!("the operating system gives no random numbers: {error}"),
            "Check that /dev/urandom exists.",
        )
    })?;
    Ok(octets)
}

/// Fills octets for what is to be sealed with random ones from the operating system.
pub(crate) fn fill(octets: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(octets).map_err(|_| NoRandomness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_survive_a_restart_and_tell_kinds_and_parts_apart() {
        let data = tempfile::tempdir().unwrap();
        let key = HostKey::open(data.path()).unwrap();
        let again = HostKey::open(data.path()).unwrap();
        let id = key.identifier("certificate", &["My", "AB"]);
        assert_eq!(id, again.identifier("certificate", &["My", "AB"]));
        assert_eq!(id.len(), 32);
        for other in [
            key.identifier("store", &["My", "AB"]),
            key.identifier("certificate", &["MyA", "B"]),
            HostKey::open(tempfile::tempdir().unwrap().path())
                .unwrap()
                .identifier("certificate", &["My", "AB"]),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn err_key_that_is_none() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("host.key"), "short").unwrap();
        let error = HostKey::open(data.path()).err().unwrap().to_string();
        assert!(
            error.ends_with("expected 32 octets in base64url"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        HostKey::open(data.path()).unwrap();
        let mode = std::fs::metadata(data.path().join("host.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
