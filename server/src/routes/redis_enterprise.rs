//! `/v1/cluster/certificates` and its neighbours, as Redis Enterprise Software answers them.

mod alerts;
mod authorize;
mod body;
mod error;

use std::convert::Infallible;

use axum::Router;
use axum::extract::{Extension, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, Uri, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use certlens_dialect::redis_enterprise::{
    Answer, CertificateAlert, CertificateName, CertificateUpdate, CertificatesUpdate, Health,
    Presence, Rotation,
};
use serde::Serialize;

use error::Error;

use super::blocking;
use super::entrance::{Entrance, sign_in};
use crate::app::App;
use crate::audit::Deed;
use crate::clock;
use crate::config::KeyReaders;
use crate::stores::redis_enterprise::{Failure, Internode, Keys, Lifetime, Pair, Update, Wish};
use crate::users::{Peer, Permission, Scheme, User};

/// The paths of this dialect.
pub(super) fn routes(app: &App) -> Router<App> {
    let signed_in = Router::new()
        .route(
            "/v1/cluster/certificates",
            get(certificates).put(update_several),
        )
        .route("/v1/cluster/certificates/{name}", delete(remove))
        .route("/v1/cluster/certificates/rotate", post(rotate))
        .route("/v1/cluster/update_cert", put(update_one))
        .route("/v1/cluster/alerts", get(all_alerts))
        .route("/v1/cluster/alerts/{name}", get(one_alert))
        .route("/v4/cluster/health", get(health))
        .method_not_allowed_fallback(not_allowed)
        .route_layer(middleware::from_fn_with_state(
            (app.clone(), ENTRANCE),
            sign_in,
        ));
    // Their bodies and headers say who asks.
    let signing_in = Router::new()
        .route("/v1/users/authorize", post(authorize::authorize))
        .route("/v1/users/refresh_jwt", post(authorize::refresh))
        .method_not_allowed_fallback(not_allowed);
    signed_in.merge(signing_in)
}

/// `GET /v1/cluster/certificates`: the certificates by name, with keys for those who may write.
async fn certificates(
    State(app): State<App>,
    Extension(user): Extension<User>,
) -> Result<Response, Error> {
    allow(&user, Permission::ViewClusterInfo)?;
    let may_write = user.may(Permission::UpdateCluster);
    let keys = match app.redis_key_readers {
        KeyReaders::Writers if !may_write => Keys::Leave,
        KeyReaders::Writers | KeyReaders::All => Keys::Read,
    };
    let pairs = blocking(move || app.changes.here.directory.pairs(keys)).await;
    certificates_json(&pairs.ok_or(Error::Failed)?.map_err(Error::Broken)?)
}

/// `PUT /v1/cluster/update_cert`: replaces one certificate.
async fn update_one(
    State(app): State<App>,
    Extension(user): Extension<User>,
    deed: Deed,
    request: Request,
) -> Result<Response, Error> {
    allow(&user, Permission::UpdateCluster)?;
    let sent: CertificateUpdate = body::read(request, UPDATE).await?;
    let update = known(sent)?;
    replace(app, deed, vec![update])
        .await
        .map_err(|failure| match failure {
            Failure::Refused(refusals) => Error::refused_one(refusals),
            failure => Error::from(failure),
        })
}

/// `PUT /v1/cluster/certificates`: replaces several, all of them or none.
async fn update_several(
    State(app): State<App>,
    Extension(user): Extension<User>,
    deed: Deed,
    request: Request,
) -> Result<Response, Error> {
    allow(&user, Permission::UpdateCluster)?;
    let sent: CertificatesUpdate = body::read(request, UPDATES).await?;
    let updates: Vec<Update> = sent
        .certificates
        .into_iter()
        .map(known)
        .collect::<Result<_, _>>()?;
    if updates.is_empty() {
        return Err(Error::Schema("`certificates` is empty".to_owned()));
    }
    for (at, update) in updates.iter().enumerate() {
        let earlier = updates.iter().take(at);
        if earlier.into_iter().any(|other| other.name == update.name) {
            let name = update.name.name;
            return Err(Error::Schema(format!("`{name}` stands in it twice")));
        }
    }
    replace(app, deed, updates).await.map_err(Error::from)
}

async fn replace(app: App, deed: Deed, updates: Vec<Update>) -> Result<Response, Failure> {
    let user = deed.by.clone();
    let replaced = app
        .changes
        .make(Wish::Update(updates), "update", deed)
        .await?;
    for certificate in replaced {
        tracing::info!(user, certificate, "Replaced {certificate}");
    }
    Ok(done())
}

/// `DELETE /v1/cluster/certificates/{certificate_name}`: removes an optional certificate.
async fn remove(
    State(app): State<App>,
    Extension(user): Extension<User>,
    deed: Deed,
    Name(sent): Name,
) -> Result<Response, Error> {
    allow(&user, Permission::UpdateCluster)?;
    let Some(name) = CertificateName::find(&sent) else {
        return Err(Error::NoCertificate(sent));
    };
    if name.presence == Presence::Required {
        return Err(Error::Required(name.name));
    }
    let removed = app.changes.make(Wish::Delete(name), "delete", deed).await;
    removed.map_err(|failure| match failure {
        Failure::NotThere => Error::NoCertificate(sent),
        Failure::Broken(_) | Failure::Lagging(_) => Error::NotDeleted(failure.to_string()),
        failure => Error::from(failure),
    })?;
    tracing::info!(
        user = user.name,
        certificate = name.name,
        "Removed {}",
        name.name
    );
    Ok(done())
}

/// `POST /v1/cluster/certificates/rotate`: issues the certificates between nodes anew.
async fn rotate(
    State(app): State<App>,
    Extension(user): Extension<User>,
    deed: Deed,
    request: Request,
) -> Result<Response, Error> {
    allow(&user, Permission::UpdateCluster)?;
    let sent: Rotation = body::read_if_any(request, ROTATION).await?;
    let only = match sent.name {
        None => None,
        Some(name) => match Internode::find(&name) {
            Some(internode) => Some(internode),
            None => return Err(Error::NotRotated(name)),
        },
    };
    let rotated = app.changes.make(Wish::Rotate(only), "rotate", deed).await;
    rotated.map_err(|failure| match failure {
        Failure::Lagging(_) => Error::NotAllRotated(failure.to_string()),
        failure => Error::from(failure),
    })?;
    let certificate = only.map_or("all", Internode::name);
    tracing::info!(
        user = user.name,
        certificate,
        "Rotated certificates between nodes"
    );
    Ok(done())
}

/// `GET /v1/cluster/alerts`: the state of each alert about certificates.
async fn all_alerts(
    State(app): State<App>,
    Extension(user): Extension<User>,
) -> Result<Response, Error> {
    let lifetimes = lifetimes(app, &user).await?;
    let alerts = alerts::all(&lifetimes, clock::now());
    let alerts = alerts.into_iter().map(|(name, alert)| {
        let alert = serde_json::to_value(alert).unwrap_or_default();
        (name.to_owned(), alert)
    });
    json(&alerts.collect::<serde_json::Map<_, _>>())
}

/// `GET /v1/cluster/alerts/{alert}`: the state of one of them.
async fn one_alert(
    State(app): State<App>,
    Extension(user): Extension<User>,
    Name(wanted): Name,
) -> Result<Response, Error> {
    let lifetimes = lifetimes(app, &user).await?;
    let mut alerts = alerts::all(&lifetimes, clock::now()).into_iter();
    let found: Option<CertificateAlert> = alerts
        .find(|(name, _)| *name == wanted)
        .map(|(_, alert)| alert);
    json(&found.ok_or(Error::NoAlert(wanted))?)
}

/// `GET /v4/cluster/health`: whether each certificate can be used.
async fn health(
    State(app): State<App>,
    Extension(user): Extension<User>,
) -> Result<Response, Error> {
    let lifetimes = lifetimes(app, &user).await?;
    let health: Health = alerts::health(&lifetimes, clock::now());
    json(&health)
}

async fn lifetimes(app: App, user: &User) -> Result<Vec<Lifetime>, Error> {
    allow(user, Permission::ViewClusterInfo)?;
    let found = blocking(move || app.changes.here.directory.lifetimes()).await;
    Ok(found.ok_or(Error::Failed)??)
}

/// Any other path below `/v1` and its like.
pub(super) async fn unknown(app: App, request: Request) -> Response {
    let peer = Peer::of(request.extensions());
    match ENTRANCE.admit(&app, request.headers(), peer).await {
        Ok(_) => Error::NotFound.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn not_allowed(method: Method, uri: Uri) -> Error {
    let allowed = match uri.path().trim_start_matches("/v1/") {
        "cluster/certificates" => "GET, HEAD, PUT",
        "cluster/update_cert" => "PUT",
        "cluster/certificates/rotate" | "users/authorize" | "users/refresh_jwt" => "POST",
        other if other.starts_with("cluster/certificates/") => "DELETE",
        _ => "GET, HEAD",
    };
    Error::NotAllowed { method, allowed }
}

fn allow(user: &User, permission: Permission) -> Result<(), Error> {
    if user.may(permission) {
        Ok(())
    } else {
        Err(Error::Forbidden(permission))
    }
}

/// The name in a path. One that is no text names nothing.
struct Name(String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.map_or_else(|_| String::new(), |Path(name)| name)))
    }
}

/// Ties what was sent to the fixed table: nothing but a name out of it goes on.
fn known(sent: CertificateUpdate) -> Result<Update, Error> {
    let CertificateUpdate {
        name,
        certificate,
        key,
    } = sent;
    let Some(name) = CertificateName::find(&name) else {
        return Err(Error::UnknownCertificate(name));
    };
    let key = key.map(certlens_dialect::redis_enterprise::PrivateKeyText::reveal);
    Ok(Update {
        name,
        certificate,
        // An empty text is what forms send for a field that was left empty.
        key: key.filter(|key| !key.trim().is_empty()),
    })
}

/// The answer holds keys. It is sent, not kept.
fn certificates_json(pairs: &[Pair]) -> Result<Response, Error> {
    let mut answer = Answer::new();
    for pair in pairs {
        let key = pair.key.as_ref().map(|key| key.as_str());
        answer.push(pair.name, &pair.certificate, key);
    }
    json(&answer)
}

fn json(body: &impl Serialize) -> Result<Response, Error> {
    let body = serde_json::to_vec(body).map_err(|_| Error::Failed)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// What a write answers. Clients of the product want JSON, and the documentation says nothing.
fn done() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], "{}").into_response()
}

/// The ways to sign in that a cluster takes, and tokens, which last.
const ENTRANCE: &Entrance<Error> = &Entrance {
    schemes: &[Scheme::Basic, Scheme::Jwt, Scheme::Bearer],
    check: |_| Ok(()),
};

const UPDATE: &str = r#"{"name": "proxy", "certificate": "-----BEGIN …", "key": "-----BEGIN …"}"#;
const UPDATES: &str = r#"{"certificates": [{"name": …, "certificate": …, "key": …}, …]}"#;
const ROTATION: &str = r#"{} or {"name": "data_internode_encryption"}"#;
