//! The tokens of `POST /v1/users/authorize`: short-lived, signed, kept nowhere.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use certlens_core::UnixTime;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a token says.
///
/// [RFC 7519, 4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1)
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    /// The user's name.
    pub(super) sub: String,
    iat: i64,
    exp: i64,
    /// A keyed digest of the password's hash: a new password makes older tokens worthless.
    pub(super) pwd: String,
}

impl Claims {
    pub(super) fn new(name: &str, password: String, now: UnixTime, lifetime: Duration) -> Self {
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        Self {
            iss: ISSUER.to_owned(),
            sub: name.to_owned(),
            iat: now.seconds(),
            exp: now.seconds().saturating_add(seconds),
            pwd: password,
        }
    }
}

/// Signs with HMAC-SHA-256.
///
/// [RFC 7515, 3.1](https://www.rfc-editor.org/rfc/rfc7515#section-3.1)
pub(super) fn sign(claims: &Claims, key: &[u8; 32]) -> Zeroizing<String> {
    let payload = serde_json::to_vec(claims).unwrap_or_default();
    let (header, payload) = (
        URL_SAFE_NO_PAD.encode(HEADER),
        URL_SAFE_NO_PAD.encode(payload),
    );
    let signed = format!("{header}.{payload}");
    let signature = URL_SAFE_NO_PAD.encode(mac(&signed, key).finalize().into_bytes());
    Zeroizing::new(format!("{signed}.{signature}"))
}

/// Reads a token that was signed with this key and has not expired.
///
/// The header is compared whole with the only one that is written here: no token chooses how it is
/// checked.
pub(super) fn verify(token: &str, key: &[u8; 32], now: UnixTime) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    mac(signed, key).verify_slice(&signature).ok()?;
    if URL_SAFE_NO_PAD.decode(header).ok()? != HEADER {
        return None;
    }
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let is_current = claims.iss == ISSUER && now.seconds() < claims.exp;
    is_current.then_some(claims)
}

fn mac(signed: &str, key: &[u8; 32]) -> Hmac<Sha256> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key);
    let mut mac = mac.unwrap_or_else(|_| unreachable!());
    mac.update(signed.as_bytes());
    mac
}

const HEADER: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;

const ISSUER: &str = "certlens";

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn signed(now: i64, lifetime: u64) -> Zeroizing<String> {
        let claims = Claims::new("anna", "d".into(), at(now), Duration::from_secs(lifetime));
        sign(&claims, &KEY)
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let token = signed(1_000, 300);
        assert_eq!(verify(&token, &KEY, at(1_299)).unwrap().sub, "anna");
        assert_eq!(verify(&token, &KEY, at(1_300)), None);
    }

    #[test]
    fn err_other_keys_and_changed_parts() {
        let token = signed(0, 300);
        assert_eq!(verify(&token, &[8; 32], at(1)), None);
        let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            panic!("{}", token.as_str());
        };
        let admin = URL_SAFE_NO_PAD
            .encode(r#"{"iss":"certlens","sub":"admin","iat":0,"exp":9999999999,"pwd":"d"}"#);
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        for other in [
            format!("{header}.{admin}.{signature}"),
            format!("{none}.{payload}.{signature}"),
            format!("{none}.{payload}."),
            format!("{header}.{payload}"),
            String::new(),
        ] {
            assert_eq!(verify(&other, &KEY, at(1)), None, "{other}");
        }
    }

    #[test]
    fn err_another_algorithm_signed_with_the_right_key() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS512","typ":"JWT"}"#);
        let token = signed(0, 300);
        let payload = token.split('.').nth(1).unwrap();
        let body = format!("{header}.{payload}");
        let signature = URL_SAFE_NO_PAD.encode(mac(&body, &KEY).finalize().into_bytes());
        assert_eq!(verify(&format!("{body}.{signature}"), &KEY, at(1)), None);
    }
}
