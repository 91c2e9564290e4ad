//! Passwords, which print nothing and leave nothing behind.

use std::fmt;

use zeroize::Zeroizing;

/// A password as typed. Neither `Clone` nor `Display`; wiped when dropped.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes over the text of a password.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Named so that every place where a secret is read can be found.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
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
