//! Who does something, from where, and why.

use axum::extract::{Extension, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum::response::{IntoResponse, Response};

use crate::audit::Deed;
use crate::users::{Peer, User};

/// Of a request whose sender has signed in.
impl<S: Send + Sync> FromRequestParts<S> for Deed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let user = Extension::<User>::from_request_parts(parts, state).await;
        let Extension(user) = user.map_err(IntoResponse::into_response)?;
        Ok(Self::of(user, &parts.extensions, &parts.headers))
    }
}

impl Deed {
    /// What a request says of it.
    pub(crate) fn of(user: User, extensions: &Extensions, headers: &HeaderMap) -> Self {
        Self {
            by: user.name,
            token: user.token,
            from: Peer::of(extensions).address(),
            reason: reason(headers),
        }
    }
}

/// What somebody says of their own accord, cut to a length that can be read.
fn reason(headers: &HeaderMap) -> Option<String> {
    let octets = headers.get("x-certlens-reason")?.as_bytes();
    let text = String::from_utf8_lossy(octets);
    let plain = text
        .trim()
        .chars()
        .filter(|character| !character.is_control());
    let plain: String = plain.take(LONGEST).collect();
    (!plain.is_empty()).then_some(plain)
}

/// In characters.
const LONGEST: usize = 256;
