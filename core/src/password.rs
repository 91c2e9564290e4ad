//! Passwords, which print nothing and leave nothing behind.

use std::fmt;

use zeroize::Zeroizing;

use crate::container::{DerivedKeys, Pbkdf2};

/// A password as typed. Neither `Clone` nor `Display`; wiped when dropped.
pub struct Password {
    text: Zeroizing<String>,
    /// Where its caller makes keys from it, those made.
    keys: Option<DerivedKeys>,
}

impl Password {
    /// Takes over the text of a password.
    pub fn new(text: String) -> Self {
        Self {
            text: Zeroizing::new(text),
            keys: None,
        }
    }

    /// A password whose long derivations by PBKDF2 are made by the caller, who may have quicker means: those
    /// of a browser. What is opened with it is not to be used before [`Password::deferred`] is empty.
    pub fn deferring(text: String) -> Self {
        Self {
            keys: Some(DerivedKeys::default()),
            ..Self::new(text)
        }
    }

    /// The derivations that opening left to the caller, who has each [kept](Password::keep) and opens again.
    pub fn deferred(&self) -> Vec<Pbkdf2> {
        self.keys
            .as_ref()
            .map(DerivedKeys::deferred)
            .unwrap_or_default()
    }

    /// Keeps the key that a derivation came to.
    pub fn keep(&self, derivation: &Pbkdf2, key: &Zeroizing<Vec<u8>>) {
        if let Some(keys) = &self.keys {
            keys.keep(derivation.derivation(), key);
        }
    }

    pub(crate) fn keys(&self) -> Option<&DerivedKeys> {
        self.keys.as_ref()
    }

    /// The text itself. Named so that every place where a secret is read can be found.
    pub(crate) fn reveal(&self) -> &str {
        &self.text
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}
