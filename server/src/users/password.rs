//! Passwords: made, hashed, compared.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use zeroize::Zeroizing;

use crate::app::StartError;
use crate::host_key;

/// A password that was made here. Shown once, never logged.
pub struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// A hundred random bits, in characters that nobody mixes up.
    pub(crate) fn make() -> Result<Self, StartError> {
        let octets = host_key::random()?;
        let mut password = Zeroizing::new(String::with_capacity(23));
        for (at, octet) in octets.iter().take(20).enumerate() {
            if at != 0 && at % 5 == 0 {
                password.push('-');
            }
            password.extend(
                ALPHABET
                    .get(usize::from(octet % 32))
                    .map(|&c| char::from(c)),
            );
        }
        Ok(Self(password))
    }

    /// The text, to show it to the person at the terminal.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

/// argon2id with the parameters of RFC 9106 as the crate has them, in PHC form.
pub(crate) fn hash(password: &str) -> Result<String, StartError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| {
        StartError::new(
            format!("the password cannot be hashed: {error}"),
            "Choose another one.",
        )
    })
}

/// Whether the stored text is one that [`verify`] can work with.
pub(super) fn is_hash(stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| hash.algorithm.as_str() == "argon2id")
}

pub(super) fn verify(stored: &str, password: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// 32 characters, none of which looks like another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
