//! `/_ssl/certificates` and `/`, as Elasticsearch answers them.

mod error;
mod filter;
mod media_type;
mod render;

use axum::Router;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use certlens_dialect::elasticsearch::{Info, Version};

use error::Error;
use render::{Render, Rendered};

use super::blocking;
use crate::app::App;
use crate::stores::elasticsearch::Identity;
use crate::users::{Peer, Permission, Scheme, User};

/// The paths of this dialect, but the one that it shares with the page.
pub(super) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route(
            CERTIFICATES,
            get(certificates).head(not_allowed).options(options),
        )
        .method_not_allowed_fallback(not_allowed)
        .route_layer(middleware::from_fn_with_state(app.clone(), sign_in))
}

/// `GET /_ssl/certificates`: every certificate that the TLS settings refer to.
async fn certificates(
    State(app): State<App>,
    Extension(user): Extension<User>,
    render: Render,
) -> Result<Rendered, Error> {
    allow(&user, "cluster:monitor/xpack/ssl/certificates/get")?;
    let rows = blocking(move || app.elasticsearch.certificates())
        .await
        .ok_or(Error::Failed)??;
    render.answer(&rows)
}

/// `GET /` and `HEAD /`: by this, clients know that they speak to Elasticsearch.
pub(super) async fn root(app: App, request: Request) -> Response {
    answer_root(app, request).await.into_response()
}

async fn answer_root(app: App, request: Request) -> Result<Response, Error> {
    let peer = Peer::of(request.extensions());
    let user = authenticated(&app, request.headers(), peer, request.uri()).await?;
    let (parts, _) = request.into_parts();
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Error::not_allowed(&parts.uri, &parts.method, "GET, HEAD"));
    }
    let render = Render::of(&parts)?;
    allow(&user, "cluster:monitor/main")?;
    if parts.method == Method::HEAD {
        return Ok(render.nothing().into_response());
    }
    let identity = blocking(move || app.elasticsearch.identity())
        .await
        .ok_or(Error::Failed)??;
    render
        .answer(&info(identity))
        .map(IntoResponse::into_response)
}

/// Any other path that begins with an underscore.
pub(super) async fn unknown(app: App, request: Request) -> Response {
    let peer = Peer::of(request.extensions());
    match authenticated(&app, request.headers(), peer, request.uri()).await {
        Ok(_) => Error::no_handler(request.uri(), request.method()).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn not_allowed(request: Request) -> Error {
    Error::not_allowed(request.uri(), request.method(), "GET")
}

async fn options() -> Response {
    let plain = HeaderValue::from_static("text/plain; charset=UTF-8");
    let headers = [
        (header::ALLOW, HeaderValue::from_static("GET")),
        (header::CONTENT_TYPE, plain),
    ];
    (StatusCode::OK, headers).into_response()
}

async fn sign_in(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let peer = Peer::of(request.extensions());
    let user = authenticated(&app, request.headers(), peer, request.uri()).await?;
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}

async fn authenticated(
    app: &App,
    headers: &HeaderMap,
    peer: Peer,
    uri: &Uri,
) -> Result<User, Error> {
    app.users
        .sign_in(headers, peer, SCHEMES)
        .await
        .map_err(|denied| Error::unauthorized(denied, uri))
}

fn allow(user: &User, action: &'static str) -> Result<(), Error> {
    if user.may(Permission::Monitor) {
        Ok(())
    } else {
        Err(Error::forbidden(user, action))
    }
}

fn info(identity: Identity) -> Info {
    Info {
        name: identity.node,
        cluster_name: identity.cluster,
        cluster_uuid: identity.uuid,
        version: Version {
            number: "9.1.0".into(),
            build_flavor: "default".into(),
            build_type: "certlens".into(),
            build_hash: "00000000".into(),
            build_date: "2025-07-09T22:10:13.578182715Z".into(),
            build_snapshot: false,
            lucene_version: "10.2.2".into(),
            minimum_wire_compatibility_version: "8.19.0".into(),
            minimum_index_compatibility_version: "8.0.0".into(),
        },
        tagline: "You Know, for Search".into(),
    }
}

/// The ways to sign in that a node offers.
const SCHEMES: &[Scheme] = &[Scheme::Basic, Scheme::Bearer, Scheme::ApiKey];

const CERTIFICATES: &str = "/_ssl/certificates";
