//! `/v1/cluster/certificates`, as Redis Enterprise Software answers it.

use axum::Router;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use certlens_dialect::redis_enterprise::{Answer, ErrorBody};

use super::blocking;
use crate::app::App;
use crate::stores::redis_enterprise::{Keys, Pair};
use crate::users::{Denied, Peer, Permission, Scheme, User};

/// The paths of this dialect.
pub(super) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/v1/cluster/certificates", get(certificates))
        .method_not_allowed_fallback(not_allowed)
        .route_layer(middleware::from_fn_with_state(app.clone(), sign_in))
}

/// `GET /v1/cluster/certificates`: the certificates by name, with keys for those who may write.
async fn certificates(
    State(app): State<App>,
    Extension(user): Extension<User>,
) -> Result<Json, Error> {
    if !user.may(Permission::ViewClusterInfo) {
        return Err(Error::Forbidden);
    }
    let keys = if user.may(Permission::UpdateCluster) {
        Keys::Read
    } else {
        Keys::Leave
    };
    let pairs = blocking(move || app.redis_enterprise.pairs(keys)).await;
    Json::of(&pairs.ok_or(Error::Failed)?.map_err(Error::Unreadable)?)
}

/// Any other path below `/v1` and its like.
pub(super) async fn unknown(app: App, request: Request) -> Response {
    let peer = Peer::of(request.extensions());
    match app.users.sign_in(request.headers(), peer, SCHEMES).await {
        Ok(_) => Error::NotFound.into_response(),
        Err(denied) => Error::from(denied).into_response(),
    }
}

async fn not_allowed(method: Method) -> Error {
    Error::NotAllowed(method)
}

async fn sign_in(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let peer = Peer::of(request.extensions());
    let user = app.users.sign_in(request.headers(), peer, SCHEMES).await?;
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}

/// A JSON answer. The text of keys in it is sent, not kept.
struct Json(Vec<u8>);

impl Json {
    fn of(pairs: &[Pair]) -> Result<Self, Error> {
        let mut answer = Answer::new();
        for pair in pairs {
            let key = pair.key.as_ref().map(|key| key.as_str());
            answer.push(pair.name, &pair.certificate, key);
        }
        serde_json::to_vec(&answer)
            .map(Self)
            .map_err(|_| Error::Failed)
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

/// Every way in which a request of this dialect fails.
enum Error {
    Unauthorized(Denied),
    Forbidden,
    NotFound,
    NotAllowed(Method),
    Unreadable(String),
    Failed,
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Unauthorized(denied)
    }
}

/// `{"error_code": "...", "description": "..."}`
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code, description) = match &self {
            Self::Unauthorized(Denied::TooMany { seconds }) => (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                format!("Too many wrong passwords: try again in {seconds} seconds."),
            ),
            Self::Unauthorized(Denied::Token { .. }) => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "The token is wrong, has expired, or was withdrawn.".to_owned(),
            ),
            Self::Unauthorized(Denied::Missing) => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "Sign in with HTTP Basic.".to_owned(),
            ),
            Self::Unauthorized(Denied::Unreadable | Denied::Foreign) => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "The credentials cannot be read: expected HTTP Basic.".to_owned(),
            ),
            Self::Unauthorized(Denied::Wrong { .. }) => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "Wrong user name or password.".to_owned(),
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "permission_denied",
                "The permission view_cluster_info is required.".to_owned(),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not_found",
                "There is nothing at this path.".to_owned(),
            ),
            Self::NotAllowed(method) => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                format!("{method} is not possible here; GET is."),
            ),
            Self::Unreadable(what) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "certificate_unreadable",
                what.clone(),
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_error",
                "The request could not be completed.".to_owned(),
            ),
        };
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
            Self::NotAllowed(_) => {
                headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            _ => {}
        }
        response
    }
}

/// The ways to sign in that a cluster takes, and tokens, which last.
const SCHEMES: &[Scheme] = &[Scheme::Basic, Scheme::Jwt, Scheme::Bearer];
