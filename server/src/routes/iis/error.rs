use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::users::Denied;

/// Every way in which a request of this dialect fails.
#[derive(Debug)]
pub(crate) enum Error {
    /// Nobody signed in.
    Unauthorized,
    /// A token was shown that opens nothing.
    WrongToken,
    /// Too many wrong passwords of late; how many seconds to wait.
    TooMany(u64),
    /// Somebody signed in whose role does not allow this.
    Forbidden,
    /// A store whose claims do not allow this.
    NotClaimed(String),
    /// No certificate, store or path of that name.
    NotFound,
    /// A parameter names something that does not exist.
    Unknown(&'static str),
    /// A range that is none, or lies outside of what there is.
    InvalidRange,
    /// The path exists, with other methods.
    NotAllowed,
    /// A part of the request cannot be taken: its name, and what is wrong with it.
    InvalidParameter(&'static str, String),
    /// The request is no JSON object.
    NotJson,
    /// The body is longer than is taken.
    TooLarge,
    /// What is there stands against it: the name of the part, and what it is.
    Conflict(&'static str, String),
    /// A store cannot be read.
    Broken(String),
    /// Something else.
    Failed,
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::TooMany { seconds } => Self::TooMany(seconds),
            Denied::Token { .. } => Self::WrongToken,
            _ => Self::Unauthorized,
        }
    }
}

impl Error {
    fn problem(&self) -> (StatusCode, Value) {
        let (status, mut problem) = match self {
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                json!({ "title": "Unauthorized", "authentication_scheme": "Basic" }),
            ),
            Self::WrongToken => (
                StatusCode::FORBIDDEN,
                json!({ "title": "Unauthorized", "authentication_scheme": "Bearer" }),
            ),
            Self::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                json!({ "title": "Too Many Requests" }),
            ),
            Self::Forbidden => (StatusCode::FORBIDDEN, json!({ "title": "Forbidden" })),
            Self::NotClaimed(store) => (
                StatusCode::FORBIDDEN,
                json!({ "title": "Forbidden", "name": "certificate_store", "certificate_store": store }),
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, json!({ "title": "Not found" })),
            Self::Unknown(name) => (
                StatusCode::NOT_FOUND,
                json!({ "title": "Not found", "name": name }),
            ),
            Self::InvalidRange => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                json!({ "title": "Invalid Range" }),
            ),
            Self::NotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                json!({ "title": "Not Allowed" }),
            ),
            Self::InvalidParameter(name, detail) => (
                StatusCode::BAD_REQUEST,
                json!({ "title": "Invalid parameter", "name": name, "detail": detail }),
            ),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                json!({ "title": "Invalid JSON request object" }),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                json!({ "title": "Request too large" }),
            ),
            Self::Conflict(name, detail) => (
                StatusCode::CONFLICT,
                json!({ "title": "Conflict", "detail": detail, "name": name }),
            ),
            Self::Broken(detail) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({ "title": "Server error", "detail": detail }),
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({ "title": "Server error" }),
            ),
        };
        if let Some(members) = problem.as_object_mut() {
            members.insert("status".to_owned(), status.as_u16().into());
        }
        (status, problem)
    }

    /// What the header of an answer says about it, besides the body.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        Some(match self {
            Self::Unauthorized => (
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"certlens\", charset=\"UTF-8\""),
            ),
            Self::WrongToken => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::TooMany(seconds) => (header::RETRY_AFTER, HeaderValue::from(*seconds)),
            Self::NotJson => (
                HeaderName::from_static("accept-patch"),
                HeaderValue::from_static("application/json;charset=utf-8"),
            ),
            _ => return None,
        })
    }
}

/// The only place of this dialect where a failure becomes a status.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, problem) = self.problem();
        let content = [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CONTENT_LANGUAGE, "en"),
        ];
        let mut response = (status, content, problem.to_string()).into_response();
        response.headers_mut().extend(self.header());
        response
    }
}
