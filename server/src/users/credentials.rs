//! What a request shows of who asks.

use std::net::IpAddr;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, HeaderName, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Denied;
use super::token::Presented;

/// A way to show who asks. Each dialect takes those that its product takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `Authorization: Basic base64(name:password)`
    /// ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)).
    Basic,
    /// `Authorization: Bearer TOKEN`, a token of `certlens token add`.
    Bearer,
    /// `Authorization: ApiKey base64(id:secret)`, as Elasticsearch writes it.
    ApiKey,
    /// `Authorization: JWT TOKEN` or `Bearer TOKEN`, as Redis Enterprise issues it.
    Jwt,
    /// `Access-Token: Bearer TOKEN`, as IIS Administration wants it.
    AccessToken,
}

/// What was shown, taken apart and not yet looked at.
pub(super) enum Credentials {
    Password {
        name: String,
        password: Zeroizing<String>,
    },
    Token {
        scheme: Scheme,
        /// `None` for a text that is no token of ours.
        shown: Option<Presented>,
    },
    Jwt(Zeroizing<String>),
}

impl Credentials {
    /// Reads the credentials of a request, if they are of a kind that is taken.
    pub(super) fn of(headers: &HeaderMap, schemes: &[Scheme]) -> Result<Self, Denied> {
        if schemes.contains(&Scheme::AccessToken)
            && let Some(value) = headers.get(&ACCESS_TOKEN)
        {
            let value = value.to_str().ok().and_then(|value| value.split_once(' '));
            let token = value.filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
            return Ok(Self::token(
                Scheme::AccessToken,
                token.map_or("", |(_, token)| token),
            ));
        }
        let value = text(headers, &header::AUTHORIZATION)?.ok_or(Denied::Missing)?;
        let (kind, rest) = value.split_once(' ').unwrap_or((value, ""));
        let (accepts, rest) = (|scheme| schemes.contains(&scheme), rest.trim());
        match kind.to_ascii_lowercase().as_str() {
            "basic" if accepts(Scheme::Basic) => Self::basic(rest).ok_or(Denied::Unreadable),
            "apikey" if accepts(Scheme::ApiKey) => Self::api_key(rest).ok_or(Denied::Unreadable),
            "jwt" if accepts(Scheme::Jwt) => Ok(Self::Jwt(Zeroizing::new(rest.to_owned()))),
            "bearer" if accepts(Scheme::Jwt) && rest.matches('.').count() == 2 => {
                Ok(Self::Jwt(Zeroizing::new(rest.to_owned())))
            }
            "bearer" if accepts(Scheme::Bearer) => Ok(Self::token(Scheme::Bearer, rest)),
            _ => Err(Denied::Foreign),
        }
    }

    fn basic(text: &str) -> Option<Self> {
        let (name, password) = pair(text)?;
        Some(Self::Password { name, password })
    }

    fn api_key(text: &str) -> Option<Self> {
        let (id, secret) = pair(text)?;
        let (scheme, shown) = (Scheme::ApiKey, Some(Presented { id, secret }));
        Some(Self::Token { scheme, shown })
    }

    fn token(scheme: Scheme, text: &str) -> Self {
        let shown = Presented::read(text.trim());
        Self::Token { scheme, shown }
    }
}

/// Where a request comes from, as far as the connection tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peer(pub(super) Option<IpAddr>);

impl Peer {
    /// Reads what was noted when the connection was accepted.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        let noted = extensions.get::<ConnectInfo<std::net::SocketAddr>>();
        Self(noted.map(|ConnectInfo(address)| address.ip().to_canonical()))
    }

    /// Its address, where it has one.
    pub(crate) fn address(self) -> Option<IpAddr> {
        self.0
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(self) -> bool {
        self.0.is_some_and(|address| address.is_loopback())
    }
}

/// A header's text. Characters outside of ASCII have no place in credentials.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Denied> {
    let value = headers.get(name).map(|value| value.to_str());
    value.transpose().map_err(|_| Denied::Unreadable)
}

/// Reads `base64(left:right)`, in UTF-8. What is right of the first colon is secret.
fn pair(text: &str) -> Option<(String, Zeroizing<String>)> {
    let octets = Zeroizing::new(STANDARD.decode(text).ok()?);
    let (left, right) = std::str::from_utf8(&octets).ok()?.split_once(':')?;
    Some((left.to_owned(), Zeroizing::new(right.to_owned())))
}

const ACCESS_TOKEN: HeaderName = HeaderName::from_static("access-token");
