use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use certlens_dialect::elasticsearch::{Cause, ErrorBody, Header, SecurityException};

use crate::stores::elasticsearch::SettingsError;
use crate::users::{Denied, User};

/// Every way in which a request of this dialect fails.
#[derive(Debug)]
pub(crate) enum Error {
    /// Nobody signed in.
    Unauthorized(String),
    /// Too many wrong passwords of late.
    TooMany { seconds: u64 },
    /// Somebody signed in who may not do this.
    Forbidden(String),
    /// A parameter or a body that does not belong here.
    IllegalArgument(String),
    /// A media type that cannot be answered; which headers are to blame, and why.
    MediaType { headers: &'static str, cause: Cause },
    /// The path exists, with other methods.
    NotAllowed {
        reason: String,
        allowed: &'static str,
    },
    /// The path does not exist.
    NoHandler(String),
    /// A file that the settings refer to cannot be read.
    Settings(SettingsError),
    /// Something else.
    Failed,
}

impl Error {
    pub(crate) fn unauthorized(denied: Denied, uri: &Uri) -> Self {
        let request = format!("for REST request [{}]", path_and_query(uri));
        Self::Unauthorized(match denied {
            Denied::TooMany { seconds } => return Self::TooMany { seconds },
            Denied::Missing | Denied::Foreign => {
                format!("missing authentication credentials {request}")
            }
            Denied::Wrong { name } => format!("unable to authenticate user [{name}] {request}"),
            Denied::Unreadable | Denied::Token { .. } => {
                "unable to authenticate with provided credentials and anonymous \
                access is not allowed for this request"
                    .to_owned()
            }
        })
    }

    pub(crate) fn forbidden(user: &User, action: &str) -> Self {
        Self::Forbidden(format!(
            "action [{action}] is unauthorized for user [{}] with effective roles [{}], this action \
             is granted by the cluster privileges [monitor,manage,all]",
            user.name,
            user.role.name()
        ))
    }

    pub(crate) fn not_allowed(uri: &Uri, method: &Method, allowed: &'static str) -> Self {
        let uri = path_and_query(uri);
        let reason = format!(
            "Incorrect HTTP method for uri [{uri}] and method [{method}], allowed: [{allowed}]"
        );
        Self::NotAllowed { reason, allowed }
    }

    pub(crate) fn no_handler(uri: &Uri, method: &Method) -> Self {
        let uri = path_and_query(uri);
        Self::NoHandler(format!(
            "no handler found for uri [{uri}] and method [{method}]"
        ))
    }

    fn body(self) -> (StatusCode, ErrorBody) {
        let cause = |kind: &str, reason: String, status: StatusCode| {
            let exception = SecurityException::new(kind, reason);
            (status, ErrorBody::cause(exception, None, status.as_u16()))
        };
        match self {
            Self::Unauthorized(reason) => {
                let mut exception = SecurityException::new("security_exception", reason);
                exception.header = Some(Header::from(CHALLENGES));
                (
                    StatusCode::UNAUTHORIZED,
                    ErrorBody::cause(exception, None, 401),
                )
            }
            Self::TooMany { .. } => cause(
                "security_exception",
                "too many failed attempts to authenticate".to_owned(),
                StatusCode::TOO_MANY_REQUESTS,
            ),
            Self::Forbidden(reason) => cause("security_exception", reason, StatusCode::FORBIDDEN),
            Self::IllegalArgument(reason) => cause(
                "illegal_argument_exception",
                reason,
                StatusCode::BAD_REQUEST,
            ),
            Self::MediaType { headers, cause } => {
                let reason = format!("Invalid media-type value on headers [{headers}]");
                let exception = SecurityException::new("media_type_header_exception", reason);
                (
                    StatusCode::BAD_REQUEST,
                    ErrorBody::cause(exception, Some(cause), 400),
                )
            }
            Self::NotAllowed { reason, .. } => (
                StatusCode::METHOD_NOT_ALLOWED,
                ErrorBody::text(reason, Some(405)),
            ),
            Self::NoHandler(reason) => (StatusCode::BAD_REQUEST, ErrorBody::text(reason, None)),
            Self::Settings(SettingsError(reason)) => cause(
                "ssl_config_exception",
                reason,
                StatusCode::INTERNAL_SERVER_ERROR,
            ),
            Self::Failed => cause(
                "exception",
                "the request could not be completed".to_owned(),
                StatusCode::INTERNAL_SERVER_ERROR,
            ),
        }
    }
}

impl From<SettingsError> for Error {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

/// The only place of this dialect where a failure becomes a status.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let allowed = match &self {
            Self::NotAllowed { allowed, .. } => Some(*allowed),
            _ => None,
        };
        let wait = match &self {
            Self::TooMany { seconds } => Some(HeaderValue::from(*seconds)),
            _ => None,
        };
        let (status, body) = self.body();
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        let headers = response.headers_mut();
        match status {
            StatusCode::UNAUTHORIZED => {
                for challenge in CHALLENGES {
                    headers.append(
                        header::WWW_AUTHENTICATE,
                        HeaderValue::from_static(challenge),
                    );
                }
            }
            StatusCode::FORBIDDEN => {}
            _ => {
                headers.insert(super::render::PRODUCT.0, super::render::PRODUCT.1);
            }
        }
        headers.extend(wait.map(|wait| (header::RETRY_AFTER, wait)));
        if let Some(allowed) = allowed {
            headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }
}

fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |whole| whole.as_str())
}

/// The ways to sign in that a node offers, in its order.
const CHALLENGES: &[&str] = &[
    "Basic realm=\"security\", charset=\"UTF-8\"",
    "Bearer realm=\"security\"",
    "ApiKey",
];
