//! `/_ssl/certificates` and `/`, as Elasticsearch answers them.

mod content;
mod error;
mod filter;
mod media_type;
mod render;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::any;
use certlens_dialect::elasticsearch::{Info, Version};

use content::Layout;
use error::Error;
use render::Render;

use super::blocking;
use crate::app::App;
use crate::stores::elasticsearch::{Identity, Listing};
use crate::users::{Peer, Permission, Scheme, User};

/// The paths of this dialect, but the one that it shares with the page.
pub(super) fn routes() -> Router<App> {
    let certificates = any(certificates);
    Router::new()
        .route(CERTIFICATES, certificates.clone())
        // The product takes every path with a slash at its end, too.
        .route("/_ssl/certificates/", certificates)
}

async fn certificates(State(app): State<App>, request: Request) -> Response {
    answer(app, request, Endpoint::Certificates).await
}

/// `GET /` and `HEAD /`: by this, clients know that they speak to Elasticsearch.
pub(super) async fn root(app: App, request: Request) -> Response {
    answer(app, request, Endpoint::Root).await
}

/// Any other path that begins with an underscore.
pub(super) async fn unknown(app: App, request: Request) -> Response {
    answer(app, request, Endpoint::Nothing).await
}

/// What stands behind a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    /// `GET /_ssl/certificates`: every certificate that the TLS settings refer to.
    Certificates,
    /// The greeting of the node.
    Root,
    /// Nothing.
    Nothing,
}

impl Endpoint {
    fn methods(self) -> &'static [Method] {
        match self {
            Self::Certificates => &[Method::GET],
            Self::Root => &[Method::GET, Method::HEAD],
            Self::Nothing => &[],
        }
    }

    /// The greeting is for people, unless they say otherwise.
    fn layout(self) -> Layout {
        match self {
            Self::Root => Layout::Pretty,
            _ => Layout::Compact,
        }
    }
}

/// Answers, be it with what was asked for or with why not.
async fn answer(app: App, request: Request, endpoint: Endpoint) -> Response {
    let peer = Peer::of(request.extensions());
    let (parts, _) = request.into_parts();
    let (render, asked) = Render::of(&parts, endpoint.layout());
    match respond(app, peer, &parts, endpoint, (&render, asked)).await {
        Ok(response) => response,
        Err(error) => render.failure(&error),
    }
}

/// Refuses in the order in which a node does: for who asks, how, by which method, for what, and only
/// then for what they may see.
async fn respond(
    app: App,
    peer: Peer,
    parts: &Parts,
    endpoint: Endpoint,
    (render, asked): (&Render, Result<(), Error>),
) -> Result<Response, Error> {
    let user = app.users.sign_in(&parts.headers, peer, SCHEMES).await;
    let user = user.map_err(|denied| Error::unauthorized(denied, &parts.uri))?;
    asked?;
    render::check_trace(&parts.uri)?;
    let (uri, method) = (&parts.uri, &parts.method);
    let methods = endpoint.methods();
    if !methods.contains(method) {
        return match methods {
            _ if method == Method::OPTIONS => Ok(render.options(methods)),
            [] => Err(Error::no_handler(uri, method)),
            _ => Err(Error::not_allowed(uri, method, methods)),
        };
    }
    render::check(parts)?;
    match endpoint {
        Endpoint::Certificates => {
            allow(&user, "cluster:monitor/xpack/ssl/certificates/get")?;
            let listing = listing(app).await?;
            if let Some(recalled) = render.recalled(&listing) {
                return Ok(recalled);
            }
            let render = render.clone();
            let written = blocking(move || render.listing(&listing)).await;
            written.ok_or(Error::Failed)?
        }
        Endpoint::Root => {
            allow(&user, "cluster:monitor/main")?;
            let identity = blocking(move || app.elasticsearch.identity()).await;
            render.answer(&info(identity.ok_or(Error::Failed)??))
        }
        Endpoint::Nothing => Err(Error::no_handler(uri, method)),
    }
}

/// The listing. Where no file changed, asking the file system is all it takes: that is answered from
/// memory, faster than another thread could be woken for it.
async fn listing(app: App) -> Result<Arc<Listing>, Error> {
    if let Some(listing) = app.elasticsearch.recall() {
        return Ok(listing);
    }
    let listing = blocking(move || app.elasticsearch.listing()).await;
    Ok(listing.ok_or(Error::Failed)??)
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
