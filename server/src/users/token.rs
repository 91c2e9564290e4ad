//! Tokens for programs: made once, kept as digests.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use certlens_core::UnixTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Role;
use crate::app::StartError;
use crate::host_key;

/// One token of `tokens.toml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    /// Public: it stands in logs and in answers.
    pub(crate) id: String,
    /// What it is for, in the words of whoever made it.
    pub(crate) name: String,
    pub(crate) role: Role,
    /// The IIS stores that it is good for; all of them where this is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stores: Option<Vec<String>>,
    pub(crate) created: UnixTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<UnixTime>,
    /// SHA-256 of the secret, in base64url. The secret is 32 random octets: no slow hash is needed.
    sha256: String,
}

impl Token {
    /// A new token, and the secret that opens it.
    pub(crate) fn make(
        name: String,
        role: Role,
        stores: Option<Vec<String>>,
        (created, expires): (UnixTime, Option<UnixTime>),
    ) -> Result<(Self, Presented), StartError> {
        let id: String = host_key::random()?
            .iter()
            .take(ID_LENGTH)
            .filter_map(|octet| ID_ALPHABET.get(usize::from(octet % 32)))
            .map(|&letter| char::from(letter))
            .collect();
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(*host_key::random()?));
        let shown = Presented { id, secret };
        let token = Self {
            id: shown.id.clone(),
            name,
            role,
            stores,
            created,
            expires,
            sha256: shown.digest(),
        };
        Ok((token, shown))
    }

    /// Whether this secret is the right one; takes as long when it is not.
    pub(super) fn opens_with(&self, shown: &Presented) -> bool {
        self.sha256
            .as_bytes()
            .ct_eq(shown.digest().as_bytes())
            .into()
    }

    pub(crate) fn is_expired(&self, now: UnixTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// A token as a client shows it: its identifier and its secret.
pub(crate) struct Presented {
    pub(crate) id: String,
    pub(super) secret: Zeroizing<String>,
}

impl Presented {
    /// Reads `certlens_ID_SECRET`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        Some(Self {
            id: id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
        })
    }

    /// `certlens_ID_SECRET`, behind `Bearer`. The prefix lets scanners for leaked secrets find it.
    pub(crate) fn bearer(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}_{}", self.id, self.secret.as_str()))
    }

    /// `base64(ID:SECRET)`, behind `ApiKey`.
    pub(crate) fn api_key(&self) -> Zeroizing<String> {
        let pair = Zeroizing::new(format!("{}:{}", self.id, self.secret.as_str()));
        Zeroizing::new(STANDARD.encode(pair.as_bytes()))
    }

    fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.secret.as_bytes()))
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Presented({}, ..)", self.id)
    }
}

const PREFIX: &str = "certlens_";

const ID_LENGTH: usize = 20;

/// No underscore: one parts the identifier from the secret.
const ID_ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (Token, Presented) {
        let created = UnixTime::from_seconds(0);
        Token::make("ci".into(), Role::Monitor, None, (created, None)).unwrap()
    }

    #[test]
    fn a_token_is_read_in_the_form_that_it_is_shown_in() {
        let (token, shown) = made();
        let again = Presented::read(&shown.bearer()).unwrap();
        assert_eq!(again.id, token.id);
        assert!(token.opens_with(&again));
        assert_eq!(shown.secret.len(), 43, "32 octets in base64url");
    }

    #[test]
    fn another_tokens_secret_does_not_open_it() {
        let ((token, _), (_, other)) = (made(), made());
        assert!(!token.opens_with(&other));
    }

    #[test]
    fn neither_file_nor_debug_output_holds_the_secret() {
        let (token, shown) = made();
        let stored = format!("{}{token:?}{shown:?}", toml::to_string(&token).unwrap());
        assert!(!stored.contains(shown.secret.as_str()), "{stored}");
    }

    #[test]
    fn a_token_expires_at_the_instant_named() {
        let (mut token, _) = made();
        token.expires = Some(UnixTime::from_seconds(100));
        assert!(!token.is_expired(UnixTime::from_seconds(99)));
        assert!(token.is_expired(UnixTime::from_seconds(100)));
    }
}
