//! `/clusters/{name}/…`: real clusters, reached through this server.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, on};
use serde_json::{Value, json};

use super::service::{ENTRANCE, Error};
use super::{Route, table};
use crate::app::App;
use crate::audit::{Changed, Deed};
use crate::relay::{Allowed, Answer, Relay};
use crate::users::{Peer, User};

pub(super) fn routes() -> Router<App> {
    table(ROUTES)
        .route("/clusters/{name}/", any(relay))
        .route("/clusters/{name}/{*path}", any(relay))
}

/// Those of this server; what lies below is each cluster's own.
pub(super) const ROUTES: &[Route] = &[Route {
    path: "/clusters",
    methods: &[Method::GET],
    handlers: |method| on(method, clusters),
}];

/// `GET /clusters`: the names and kinds of those that there are.
async fn clusters(State(app): State<App>, request: Request) -> Result<Response, Error> {
    let (parts, _) = request.into_parts();
    let peer = Peer::of(&parts.extensions);
    ENTRANCE.admit(&app, &parts.headers, peer).await?;
    let clusters: Vec<Value> = app
        .relays
        .all()
        .iter()
        .map(|relay| json!({ "name": relay.name, "kind": relay.kind.name(), "url": relay.url }))
        .collect();
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, json!({ "clusters": clusters }).to_string()).into_response())
}

async fn relay(State(app): State<App>, request: Request) -> Result<Response, Error> {
    let peer = Peer::of(request.extensions());
    let user = ENTRANCE.admit(&app, request.headers(), peer).await?;
    // As it was sent: nothing is decoded on the way.
    let sent = request
        .uri()
        .path_and_query()
        .map_or("", |sent| sent.as_str());
    let rest = sent.strip_prefix("/clusters/").unwrap_or_default();
    let (name, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let target = target.to_owned();
    let no_cluster = || told(StatusCode::NOT_FOUND, "There is no cluster of that name.");
    let relay = app.relays.find(name).ok_or_else(no_cluster)?;
    let path = target.split('?').next().unwrap_or_default();
    let Some(allowed) = relay.kind.allows(request.method(), path) else {
        let what = "This is not among what goes on to a cluster of that kind.";
        return Err(told(StatusCode::NOT_FOUND, what));
    };
    if !user.may(allowed.permission) {
        return Err(Error::Forbidden);
    }
    if request.method().is_safe() {
        return send(relay, &allowed, &target, request).await;
    }
    change(&app, relay, &allowed, &target, request, user).await
}

/// Under the audit of this server.
async fn change(
    app: &App,
    relay: &Relay,
    allowed: &Allowed,
    target: &str,
    request: Request,
    user: User,
) -> Result<Response, Error> {
    let deed = Deed::of(user, request.extensions(), request.headers());
    let what = format!(
        "{} {}",
        request.method(),
        target.split('?').next().unwrap_or_default()
    );
    let what = Changed::of(format!("clusters/{}", relay.name), what);
    let work = async {
        let response = send(relay, allowed, target, request)
            .await
            .map_err(Undone::Failed)?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(Undone::Answered(response))
        }
    };
    let done = app
        .changes
        .under_audit("relay", deed, vec![what], work, |_| Vec::new())
        .await;
    let done = done.map_err(|error| {
        tracing::error!("Cannot write the audit: {error}");
        Error::Failed
    })?;
    match done {
        Ok(response) | Err(Undone::Answered(response)) => Ok(response),
        Err(Undone::Failed(error)) => Err(error),
    }
}

/// A change that the cluster did not make.
enum Undone {
    Answered(Response),
    Failed(Error),
}

impl std::fmt::Display for Undone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered(response) => write!(f, "the cluster answered {}", response.status()),
            Self::Failed(_) => f.write_str("the cluster did not answer"),
        }
    }
}

async fn send(
    relay: &Relay,
    allowed: &Allowed,
    target: &str,
    request: Request,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, LONGEST).await.map_err(|_| {
        told(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is larger than this server takes.",
        )
    })?;
    let answer = relay
        .ask(allowed, &parts.method, target, &parts.headers, body)
        .await;
    let Answer {
        status,
        headers,
        body,
    } = answer.map_err(|error| {
        tracing::warn!(cluster = relay.name, "{error}");
        told(StatusCode::BAD_GATEWAY, error.to_string())
    })?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn told(status: StatusCode, what: impl Into<String>) -> Error {
    Error::Told(status, what.into())
}

/// The shield allows less.
const LONGEST: usize = 16 << 20;
