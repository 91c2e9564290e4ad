use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use certlens_dialect::redis_enterprise::{ErrorBody, NAMES};

use crate::stores::redis_enterprise::{Failure, Reason, ReasonKind, Refusal};
use crate::users::{Denied, Permission};

/// Every way in which a request of this dialect fails.
pub(super) enum Error {
    Unauthorized(Denied),
    Forbidden(Permission),
    /// No JWT for whoever signed in with another token.
    NoToken,
    NotFound,
    NotAllowed {
        method: Method,
        allowed: &'static str,
    },
    TooLarge,
    /// The body is not of the documented shape.
    Schema(String),
    /// A name that no certificate has, in a request that would write it.
    UnknownCertificate(String),
    /// One certificate, or several of which the first decides: 404 is for one alone.
    Refused {
        refusals: Vec<Refusal>,
        single: bool,
    },
    /// A certificate that the cluster cannot do without.
    Required(&'static str),
    /// Nothing of that name is there to be removed.
    NoCertificate(String),
    NoAlert(String),
    /// A certificate that is not rotated.
    NotRotated(String),
    NotDeleted(String),
    /// The cluster has the change, and not every node has.
    Lagging(String),
    /// The same, where the product answers otherwise.
    NotAllRotated(String),
    Unreachable(String),
    Broken(String),
    Failed,
}

impl Error {
    pub(super) fn refused_one(refusals: Vec<Refusal>) -> Self {
        Self::Refused {
            refusals,
            single: true,
        }
    }

    fn parts(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::Unauthorized(denied) => unauthorized(denied),
            Self::Forbidden(permission) => (
                StatusCode::FORBIDDEN,
                "permission_denied",
                format!("The permission {} is required.", name(*permission)),
            ),
            Self::NoToken => (
                StatusCode::FORBIDDEN,
                "permission_denied",
                "A JWT is issued for a name and a password only.".to_owned(),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not_found",
                "There is nothing at this path.".to_owned(),
            ),
            Self::NotAllowed { method, allowed } => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                format!("{method} is not possible here: {allowed}."),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload_too_large",
                "The body is larger than this server takes.".to_owned(),
            ),
            Self::Schema(what) => (StatusCode::BAD_REQUEST, "invalid_schema", what.clone()),
            Self::UnknownCertificate(sent) => (
                StatusCode::FORBIDDEN,
                "unknown_certificate",
                unknown_certificate(sent),
            ),
            Self::Refused { refusals, single } => refused(refusals, *single),
            Self::Required(name) => (
                StatusCode::FORBIDDEN,
                "required_certificate",
                format!("`{name}` is required: it can be replaced, not deleted."),
            ),
            Self::NoCertificate(sent) => (
                StatusCode::NOT_FOUND,
                "certificate_not_found",
                format!("There is no certificate `{}` here.", short(sent)),
            ),
            Self::NoAlert(sent) => (
                StatusCode::NOT_FOUND,
                "alert_not_found",
                format!("There is no alert `{}`.", short(sent)),
            ),
            Self::NotRotated(sent) => (
                StatusCode::FORBIDDEN,
                "unsupported_rotation",
                format!(
                    "`{}` is not rotated: the certificates between nodes are, \
                     ccs_internode_encryption and data_internode_encryption.",
                    short(sent)
                ),
            ),
            Self::NotDeleted(what) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "delete_certificate_error",
                what.clone(),
            ),
            Self::Lagging(what) => (StatusCode::CONFLICT, "nodes_not_updated", what.clone()),
            Self::NotAllRotated(what) => {
                (StatusCode::BAD_REQUEST, "nodes_not_updated", what.clone())
            }
            Self::Unreachable(what) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "cluster_store_unreachable",
                what.clone(),
            ),
            Self::Broken(what) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "certificate_store_error",
                what.clone(),
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_error",
                "The request could not be completed.".to_owned(),
            ),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Unauthorized(denied)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusals) => Self::Refused {
                refusals,
                single: false,
            },
            Failure::NotThere => Self::NotFound,
            Failure::Broken(what) => Self::Broken(what),
            Failure::Unreachable(what) => Self::Unreachable(what),
            Failure::Lagging(_) => Self::Lagging(failure.to_string()),
        }
    }
}

/// `{"error_code": "...", "description": "..."}`
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code, description) = self.parts();
        let body = serde_json::to_vec(&ErrorBody::new(code, description)).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Unauthorized(Denied::TooMany { seconds }) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            Self::Unauthorized(_) => {
                let challenge =
                    HeaderValue::from_static("Basic realm=\"certlens\", charset=\"UTF-8\"");
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            Self::NotAllowed { allowed, .. } => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
            }
            _ => {}
        }
        response
    }
}

fn unauthorized(denied: &Denied) -> (StatusCode, &'static str, String) {
    let what = match denied {
        Denied::TooMany { seconds } => {
            return (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                format!("Too many wrong passwords: try again in {seconds} seconds."),
            );
        }
        Denied::Token { .. } => "The token is wrong, has expired, or was withdrawn.",
        Denied::Missing => "Sign in with HTTP Basic, a JWT or a token.",
        Denied::Unreadable | Denied::Foreign => {
            "The credentials cannot be read: expected HTTP Basic, a JWT or a token."
        }
        Denied::Wrong { .. } => "Wrong user name or password.",
    };
    (StatusCode::UNAUTHORIZED, "unauthorized", what.to_owned())
}

/// The first reason of the first certificate decides; all of them are told.
fn refused(refusals: &[Refusal], single: bool) -> (StatusCode, &'static str, String) {
    let first = refusals.iter().flat_map(|refusal| &refusal.reasons).next();
    let (status, code) = match first.map(|reason| reason.kind) {
        Some(ReasonKind::NoCertificate) if single => (StatusCode::NOT_FOUND, "no_certificate"),
        Some(ReasonKind::NoCertificate) => (StatusCode::BAD_REQUEST, "no_certificate"),
        Some(ReasonKind::MissingKey) => (StatusCode::BAD_REQUEST, "missing_key"),
        Some(ReasonKind::KeyMismatch) => (StatusCode::BAD_REQUEST, "key_values_mismatch"),
        Some(ReasonKind::Expired) => (StatusCode::NOT_ACCEPTABLE, "certificate_expired"),
        Some(ReasonKind::Invalid) | None => (StatusCode::BAD_REQUEST, "invalid_certificate"),
    };
    let told = refusals.iter().map(|Refusal { name, reasons }| {
        let reasons: Vec<&str> = reasons
            .iter()
            .map(|Reason { text, .. }| text.as_str())
            .collect();
        format!("{name}: {}.", reasons.join("; "))
    });
    (status, code, told.collect::<Vec<_>>().join(" "))
}

fn unknown_certificate(sent: &str) -> String {
    // Scripts in the wild send the names of files.
    let meant = sent.trim_end_matches(".pem");
    let meant = meant
        .strip_suffix("_cert")
        .or_else(|| meant.strip_suffix("_key"));
    match NAMES.iter().find(|known| Some(known.name) == meant) {
        Some(known) => format!(
            "There is no certificate `{}`: is `{}` meant?",
            short(sent),
            known.name
        ),
        None => format!("There is no certificate `{}`.", short(sent)),
    }
}

/// What a client sent, cut to a length that can be read.
fn short(sent: &str) -> String {
    match sent.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", sent.get(..end).unwrap_or_default()),
        None => sent.to_owned(),
    }
}

fn name(permission: Permission) -> &'static str {
    match permission {
        Permission::UpdateCluster => "update_cluster",
        _ => "view_cluster_info",
    }
}
