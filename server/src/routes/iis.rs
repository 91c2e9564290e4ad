//! `/api/certificates` and its stores, as IIS Administration answers them.

mod body;
mod change;
mod cors;
mod error;
mod range;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, FromRequestParts, Path, Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use cors::Origin;
use error::Error;
use view::{Listing, View};

pub(crate) use cors::is_invited;

use super::blocking;
use super::entrance::Entrance;
use crate::app::App;
use crate::stores::iis::{Opened, Stores};
use crate::users::{Peer, Permission, Scheme, User};

/// The paths of this dialect, each with and without a slash at its end.
pub(super) fn routes(app: &App) -> Router<App> {
    let table = [
        ("/api", get(root)),
        (
            "/api/certificates",
            get(certificates).head(count).post(change::create),
        ),
        ("/api/certificates/imports", post(change::import)),
        ("/api/certificates/exports", post(change::export)),
        (
            "/api/certificates/{id}",
            get(certificate).delete(change::delete),
        ),
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
        .method_not_allowed_fallback(async || Error::NotAllowed)
        .route_layer(middleware::from_fn_with_state(app.clone(), cors::around))
}

/// `GET /api`: where to start.
async fn root(view: View) -> Response {
    view.root()
}

/// `GET /api/certificates`: all of them, those of one store, or a range of them.
async fn certificates(
    State(app): State<App>,
    Extension(user): Extension<User>,
    view: View,
) -> Result<Response, Error> {
    let stores = opened(&app).await?;
    let form = view.form(&user);
    if let Some(written) = stores.forms.recall(&form) {
        return Ok(written.into_response());
    }
    let show = move || {
        let listing = view.certificates(&stores, &user)?;
        if let Listing::Whole(written) = &listing {
            stores.forms.keep(form, written.clone());
        }
        Ok(listing.into_response())
    };
    blocking(show).await.ok_or(Error::Failed)?
}

/// `HEAD /api/certificates`: how many there are.
async fn count(
    State(app): State<App>,
    Extension(user): Extension<User>,
    view: View,
) -> Result<Response, Error> {
    view.count(&opened(&app).await?, &user)
}

/// `GET /api/certificates/{id}`: one of them, in full.
async fn certificate(
    State(app): State<App>,
    Extension(user): Extension<User>,
    Id(id): Id,
    view: View,
) -> Result<Response, Error> {
    let stores = opened(&app).await?;
    let (store, row) = find(&stores, &id)?;
    view::may(&user, Permission::ReadCertificates, store)?;
    Ok(view.certificate(store, row))
}

/// `GET /api/certificates/stores`: the stores.
async fn stores(State(app): State<App>, view: View) -> Result<Response, Error> {
    Ok(view.stores(&opened(&app).await?))
}

/// `GET /api/certificates/stores/{id}`: one store, with its claims.
async fn store(State(app): State<App>, Id(id): Id, view: View) -> Result<Response, Error> {
    let stores = opened(&app).await?;
    let store = stores.iter().find(|store| store.id == id);
    Ok(view.store(store.ok_or(Error::NotFound)?))
}

/// Any other path below `/api`.
pub(super) async fn unknown(app: App, request: Request) -> Response {
    let origin = Origin::of(&app, request.headers());
    if *request.method() == Method::OPTIONS {
        return origin.preflight(request.headers());
    }
    let peer = Peer::of(request.extensions());
    let mut response = match ENTRANCE.admit(&app, request.headers(), peer).await {
        Ok(_) => Error::NotFound.into_response(),
        Err(error) => error.into_response(),
    };
    origin.sign(response.headers_mut());
    response
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

async fn opened(app: &App) -> Result<Arc<Stores>, Error> {
    app.iis.stores().await.ok_or(Error::Failed)
}

/// The certificate with this identifier. A store that cannot be read may be the one that has it.
fn find<'a>(stores: &'a [Opened], id: &str) -> Result<view::Found<'a>, Error> {
    if let Some(found) = stores.iter().find_map(|store| store.find(id)) {
        return Ok(found);
    }
    for store in stores {
        view::contents(store)?;
    }
    Err(Error::NotFound)
}

/// The token of the product, and what stands in for Windows authentication.
const ENTRANCE: &Entrance<Error> = &Entrance {
    schemes: &[Scheme::AccessToken, Scheme::Bearer, Scheme::Basic],
    check: |user| {
        if user.may(Permission::ReadCertificates) {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    },
};
