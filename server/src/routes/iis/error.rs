use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use certlens_dialect::iis::Problem;

/// Every way in which a request of this dialect fails.
#[derive(Debug)]
pub(crate) enum Error {
    /// Nobody signed in.
    Unauthorized,
    /// Too many wrong passwords of late; how many seconds to wait.
    TooMany(u64),
    /// Somebody signed in who may not read certificates.
    Forbidden,
    /// A store whose claims do not allow reading.
    Unreadable(String),
    /// No certificate, store or path of that name.
    NotFound,
    /// A parameter names a store that does not exist.
    UnknownStore(&'static str),
    /// A range that is none, or lies outside of what there is.
    InvalidRange,
    /// The path exists, with other methods.
    NotAllowed(Method),
    /// The files cannot be read.
    Folder(String),
    /// Something else.
    Failed,
}

impl From<String> for Error {
    fn from(what: String) -> Self {
        Self::Folder(what)
    }
}

impl Error {
    fn problem(self) -> Problem {
        match self {
            Self::Unauthorized => Problem {
                authentication_scheme: Some("Basic".into()),
                ..Problem::new("Unauthorized", 401)
            },
            Self::TooMany(_) => Problem::new("Too Many Requests", 429),
            Self::Forbidden => Problem::new("Forbidden", 403),
            Self::Unreadable(store) => Problem {
                name: Some("certificate_store".into()),
                certificate_store: Some(store),
                ..Problem::new("Forbidden", 403)
            },
            Self::NotFound => Problem::new("Not found", 404),
            Self::UnknownStore(parameter) => Problem {
                name: Some(parameter.into()),
                ..Problem::new("Not found", 404)
            },
            Self::InvalidRange => Problem::new("Invalid Range", 416),
            Self::NotAllowed(method) => Problem {
                detail: Some(format!("{method} is not possible here.")),
                ..Problem::new("Not Allowed", 405)
            },
            Self::Folder(detail) => Problem {
                detail: Some(detail),
                ..Problem::new("Server error", 500)
            },
            Self::Failed => Problem::new("Server error", 500),
        }
    }
}

/// The only place of this dialect where a failure becomes a status.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let wait = match &self {
            Self::TooMany(seconds) => Some(HeaderValue::from(*seconds)),
            _ => None,
        };
        let problem = self.problem();
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let content = [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CONTENT_LANGUAGE, "en"),
        ];
        let mut response = (status, content, body).into_response();
        let extra = match status {
            StatusCode::UNAUTHORIZED => Some((
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"certlens\", charset=\"UTF-8\""),
            )),
            StatusCode::METHOD_NOT_ALLOWED => {
                Some((header::ALLOW, HeaderValue::from_static("GET, HEAD")))
            }
            _ => None,
        };
        response.headers_mut().extend(extra);
        let wait = wait.map(|wait| (header::RETRY_AFTER, wait));
        response.headers_mut().extend(wait);
        response
    }
}
