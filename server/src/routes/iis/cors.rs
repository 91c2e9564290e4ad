//! Which pages of other origins may use `/api`: those that the configuration names.

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS,
    ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::ENTRANCE;
use crate::app::App;
use crate::users::Peer;

/// Answers `OPTIONS` before anybody has to sign in, notes who asks for anything else, and says of every other
/// answer who may read it. One layer: each costs every request a few allocations.
pub(super) async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let origin = Origin::of(&app, request.headers());
    if *request.method() == Method::OPTIONS {
        return origin.preflight(request.headers());
    }
    let peer = Peer::of(request.extensions());
    let mut response = match ENTRANCE.admit(&app, request.headers(), peer).await {
        Ok(user) => {
            request.extensions_mut().insert(user);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    };
    origin.sign(response.headers_mut());
    response
}

/// Whether a page of another origin may change what this request is about.
pub(crate) fn is_invited(app: &App, request: &Request) -> bool {
    let path = request.uri().path();
    let is_ours = path == "/api" || path.starts_with("/api/");
    is_ours && matches!(Origin::of(app, request.headers()), Origin::Allowed(_))
}

/// Where a request comes from, as its browser tells.
pub(super) enum Origin {
    /// From no page, or from the server's own.
    Untold,
    /// From a page that may use it.
    Allowed(HeaderValue),
    /// From any other page.
    Foreign,
}

impl Origin {
    pub(super) fn of(app: &App, headers: &HeaderMap) -> Self {
        let Some(origin) = headers.get(ORIGIN) else {
            return Self::Untold;
        };
        let is_known = |known: &String| known.as_bytes().eq_ignore_ascii_case(origin.as_bytes());
        if app.cors.iter().any(is_known) {
            Self::Allowed(origin.clone())
        } else {
            Self::Foreign
        }
    }

    /// The answer to `OPTIONS`, for browsers that ask before they send the request itself.
    pub(super) fn preflight(&self, request: &HeaderMap) -> Response {
        let status = match self {
            Self::Untold => StatusCode::OK,
            Self::Allowed(_) | Self::Foreign => StatusCode::NO_CONTENT,
        };
        let mut response = status.into_response();
        self.sign(response.headers_mut());
        if let Self::Allowed(_) = self {
            let headers = response.headers_mut();
            headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
            headers.insert(
                ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static(METHODS),
            );
            let wanted = request.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
            headers.extend(wanted.map(|wanted| (ACCESS_CONTROL_ALLOW_HEADERS, wanted)));
        }
        response
    }

    /// Says who may read an answer.
    pub(super) fn sign(&self, headers: &mut HeaderMap) {
        headers.append(VARY, HeaderValue::from_static("origin"));
        if let Self::Allowed(origin) = self {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(
                ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
            headers.insert(
                ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static(EXPOSED),
            );
        }
    }
}

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, DEBUG";

const EXPOSED: &str =
    "X-Total-Count, Accept-Ranges, Content-Range, Location, Allow, WWW-Authenticate";
