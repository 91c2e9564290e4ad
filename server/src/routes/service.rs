//! What is about this server itself: `/healthz`, `/metrics`, `/openapi.json`.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use serde_json::{Value, json};

use super::Route;
use super::entrance::Entrance;
use crate::app::App;
use crate::config::MetricsAccess;
use crate::inventory::Inventory;
use crate::openapi;
use crate::users::{Denied, Peer, Permission, Scheme};

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/healthz",
        methods: &[Method::GET],
        handlers: |method| on(method, live),
    },
    Route {
        path: "/healthz/ready",
        methods: &[Method::GET],
        handlers: |method| on(method, ready),
    },
    Route {
        path: "/metrics",
        methods: &[Method::GET],
        handlers: |method| on(method, metrics),
    },
    Route {
        path: "/openapi.json",
        methods: &[Method::GET],
        handlers: |method| on(method, document),
    },
];

/// `GET /healthz`: the process answers.
async fn live() -> Response {
    answer(StatusCode::OK, &json!({ "status": "live" }))
}

/// `GET /healthz/ready`: the certificates of every dialect can be read, or of which they cannot.
async fn ready(State(app): State<App>) -> Response {
    let missing = app.readiness.missing(&app).await;
    let mut reasons: Vec<String> = missing
        .iter()
        .map(|dialect| format!("the certificates of {} cannot be read", dialect.name()))
        .collect();
    if let Some(progress) = app.iis.reading() {
        reasons.push(progress.told());
    }
    if reasons.is_empty() {
        return answer(StatusCode::OK, &json!({ "status": "ready" }));
    }
    let body = json!({ "status": "not-ready", "reasons": reasons });
    answer(StatusCode::SERVICE_UNAVAILABLE, &body)
}

/// `GET /metrics`: counters, and when each certificate expires, for Prometheus.
async fn metrics(State(app): State<App>, request: Request) -> Result<Response, Error> {
    let peer = Peer::of(request.extensions());
    let mut known = None;
    if app.metrics_access == MetricsAccess::SignIn || !peer.is_loopback() {
        let user = ENTRANCE.admit(&app, request.headers(), peer).await?;
        if !user.may(Permission::Monitor) {
            return Err(Error::Forbidden);
        }
        known = Some(user);
    }
    let inventory = Inventory::shown_to(known.as_ref(), &app).await;
    let text = app.metrics.text(&inventory, app.iis.progress());
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// `GET /openapi.json`: every path of this server, for programs.
async fn document() -> Result<Response, Error> {
    let document = openapi::DOCUMENT.as_ref().map_err(|what| {
        tracing::error!("The OpenAPI document cannot be made: {what}");
        Error::Failed
    })?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, document.as_slice()).into_response())
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, body.to_string()).into_response()
}

/// Every way in which a request about the server itself fails.
pub(super) enum Error {
    Unauthorized,
    TooMany(u64),
    Forbidden,
    Failed,
    /// Anything else, in a sentence.
    Told(StatusCode, String),
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::TooMany { seconds } => Self::TooMany(seconds),
            _ => Self::Unauthorized,
        }
    }
}

/// `{"title": "…", "status": …, "detail": "…"}`
/// ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457))
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, extra): (_, Option<(HeaderName, HeaderValue)>) = match &self {
            Self::Unauthorized => {
                let challenge =
                    HeaderValue::from_static("Basic realm=\"certlens\", charset=\"UTF-8\"");
                let challenge = Some((header::WWW_AUTHENTICATE, challenge));
                (StatusCode::UNAUTHORIZED, challenge)
            }
            Self::TooMany(seconds) => {
                let wait = Some((header::RETRY_AFTER, HeaderValue::from(*seconds)));
                (StatusCode::TOO_MANY_REQUESTS, wait)
            }
            Self::Forbidden => (StatusCode::FORBIDDEN, None),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, None),
            Self::Told(status, _) => (*status, None),
        };
        let title = status.canonical_reason().unwrap_or_default();
        let mut body = json!({ "title": title, "status": status.as_u16() });
        if let Self::Told(_, detail) = self {
            body["detail"] = Value::from(detail);
        }
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kind, body.to_string()).into_response();
        response.headers_mut().extend(extra);
        response
    }
}

pub(super) const ENTRANCE: &Entrance<Error> = &Entrance {
    schemes: &[Scheme::Basic, Scheme::Bearer, Scheme::ApiKey],
    check: |_| Ok(()),
};
