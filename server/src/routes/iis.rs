//! `/api/certificates` and its stores, as IIS Administration answers them.

mod error;
mod range;
mod view;

use axum::Router;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use error::Error;
use view::{Resource, View};

use super::blocking;
use crate::app::App;
use crate::stores::iis::{Item, Store};
use crate::users::{Denied, Peer, Permission, Scheme, User};

/// The paths of this dialect, each with and without a slash at its end.
pub(super) fn routes(app: &App) -> Router<App> {
    let table = [
        ("/api", get(root)),
        ("/api/certificates", get(certificates).head(count)),
        ("/api/certificates/{id}", get(certificate)),
        ("/api/certificates/stores", get(stores)),
        ("/api/certificates/stores/{id}", get(store)),
    ];
    let mut routes = Router::new();
    for (path, handler) in table {
        routes = routes
            .route(path, handler.clone())
            .route(&format!("{path}/"), handler);
    }
    routes
        .method_not_allowed_fallback(not_allowed)
        .route_layer(middleware::from_fn_with_state(app.clone(), sign_in))
}

/// `GET /api`: where to start.
async fn root(view: View) -> Response {
    view.root()
}

/// `GET /api/certificates`: all of them, those of one store, or a range of them.
async fn certificates(State(app): State<App>, view: View) -> Result<Response, Error> {
    let filter = view.store_filter()?;
    let found = blocking(move || found(&app, filter.as_ref()))
        .await
        .ok_or(Error::Failed)??;
    view.certificates(&found)
}

/// `HEAD /api/certificates`: how many there are.
async fn count(State(app): State<App>, view: View) -> Result<Response, Error> {
    let filter = view.store_filter()?;
    let found = blocking(move || found(&app, filter.as_ref()))
        .await
        .ok_or(Error::Failed)??;
    Ok(View::count(found.len()))
}

/// `GET /api/certificates/{id}`: one of them, in full.
async fn certificate(State(app): State<App>, Id(id): Id, view: View) -> Result<Response, Error> {
    let (store, item) = blocking(move || find(&app, &id))
        .await
        .ok_or(Error::Failed)??;
    view.certificate(&store, &item)
}

/// `GET /api/certificates/stores`: the stores.
async fn stores(State(app): State<App>, view: View) -> Result<Response, Error> {
    let stores = blocking(move || app.iis.stores())
        .await
        .ok_or(Error::Failed)??;
    Ok(view.stores(&stores))
}

/// `GET /api/certificates/stores/{id}`: one store, with its claims.
async fn store(State(app): State<App>, Id(id): Id, view: View) -> Result<Response, Error> {
    let stores = blocking(move || app.iis.stores())
        .await
        .ok_or(Error::Failed)??;
    let store = stores
        .into_iter()
        .find(|store| store.id == id)
        .ok_or(Error::NotFound)?;
    Ok(view.store(&store))
}

/// Any other path below `/api`.
pub(super) async fn unknown(app: App, request: Request) -> Response {
    let peer = Peer::of(request.extensions());
    match allowed(&app, request.headers(), peer).await {
        Ok(_) => Error::NotFound.into_response(),
        Err(error) => error.into_response(),
    }
}

/// The identifier in a path. One that is no text names nothing.
struct Id(String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id)).map_err(|_| Error::NotFound)
    }
}

/// Which store a listing is narrowed to: its identifier, and the name of the parameter.
pub(crate) struct StoreFilter {
    pub(crate) parameter: &'static str,
    pub(crate) id: String,
}

/// The certificates of one store, or of every store that may be read.
fn found(app: &App, filter: Option<&StoreFilter>) -> Result<Vec<Resource>, Error> {
    let mut stores = app.iis.stores()?;
    match filter {
        None => stores.retain(|store| store.claims("read")),
        Some(filter) => {
            stores.retain(|store| store.id == filter.id);
            let store = stores
                .first()
                .ok_or(Error::UnknownStore(filter.parameter))?;
            readable(store)?;
        }
    }
    let mut found = Vec::new();
    for store in stores {
        let items = app.iis.items(&store)?;
        found.extend(items.into_iter().map(|item| Resource {
            store: store.clone(),
            item,
        }));
    }
    Ok(found)
}

fn find(app: &App, id: &str) -> Result<(Store, Item), Error> {
    for store in app.iis.stores()? {
        if let Some(item) = app
            .iis
            .items(&store)?
            .into_iter()
            .find(|item| item.id == id)
        {
            readable(&store)?;
            return Ok((store, item));
        }
    }
    Err(Error::NotFound)
}

fn readable(store: &Store) -> Result<(), Error> {
    if store.claims("read") {
        Ok(())
    } else {
        Err(Error::Unreadable(store.name.clone()))
    }
}

async fn not_allowed(method: Method) -> Error {
    Error::NotAllowed(method)
}

async fn sign_in(State(app): State<App>, request: Request, next: Next) -> Result<Response, Error> {
    let peer = Peer::of(request.extensions());
    allowed(&app, request.headers(), peer).await?;
    Ok(next.run(request).await)
}

async fn allowed(app: &App, headers: &HeaderMap, peer: Peer) -> Result<User, Error> {
    let user = app
        .users
        .sign_in(headers, peer, SCHEMES)
        .await
        .map_err(|denied| match denied {
            Denied::TooMany { seconds } => Error::TooMany(seconds),
            _ => Error::Unauthorized,
        })?;
    if user.may(Permission::ReadCertificates) {
        Ok(user)
    } else {
        Err(Error::Forbidden)
    }
}

/// The token of the product, and what stands in for Windows authentication.
const SCHEMES: &[Scheme] = &[Scheme::AccessToken, Scheme::Bearer, Scheme::Basic];
