//! `/certlens/v1`: what is our own, and no vendor's: the past of the certificates, and the nodes.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use certlens_dialect::redis_enterprise::{CertificateName, Presence};
use serde::Serialize;
use serde_json::json;

use super::entrance::{Entrance, sign_in};
use super::service::{self, Error};
use super::{Route, blocking, table};
use crate::app::App;
use crate::audit::Deed;
use crate::cluster::{Removed, Whom};
use crate::history::NotTaken;
use crate::stores::redis_enterprise::{Directory, Failure, Update, Wish};
use crate::users::Permission;

pub(super) fn routes(app: &App) -> Router<App> {
    let state = (app.clone(), ENTRANCE);
    table(ROUTES).route_layer(middleware::from_fn_with_state(state, sign_in))
}

/// Whoever may not change certificates gets nothing of this.
const ENTRANCE: &Entrance<Error> = &Entrance {
    schemes: service::ENTRANCE.schemes,
    check: |user| {
        if user.may(Permission::UpdateCluster) {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/certlens/v1/history",
        methods: &[Method::GET],
        handlers: |method| on(method, whole_history),
    },
    Route {
        path: "/certlens/v1/history/{name}",
        methods: &[Method::GET],
        handlers: |method| on(method, history),
    },
    Route {
        path: "/certlens/v1/history/{name}/{entry}/rollback",
        methods: &[Method::POST],
        handlers: |method| on(method, roll_back),
    },
    Route {
        path: "/certlens/v1/nodes",
        methods: &[Method::GET],
        handlers: |method| on(method, nodes),
    },
    Route {
        path: "/certlens/v1/nodes/{node}",
        methods: &[Method::DELETE],
        handlers: |method| on(method, remove_node),
    },
];

/// `GET /certlens/v1/history`: what was replaced on this node, of every name, the newest first.
async fn whole_history(State(app): State<App>) -> Result<Response, Error> {
    entries(app, None).await
}

/// `GET /certlens/v1/history/{name}`: what was replaced under one name.
async fn history(
    State(app): State<App>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Error> {
    let Path(name) = name.map_err(|_| no_name())?;
    let name = Directory::names().find(|known| *known == name);
    entries(app, Some(name.ok_or_else(no_name)?)).await
}

async fn entries(app: App, only: Option<&'static str>) -> Result<Response, Error> {
    let entries = blocking(move || app.changes.here.history.entries(only)).await;
    let entries = entries.ok_or(Error::Failed)?.map_err(broken)?;
    Ok(answer(&json!({ "entries": entries })))
}

/// `POST /certlens/v1/history/{name}/{entry}/rollback`: what stood there then stands there again, on every
/// node, if it would still be taken as an update.
async fn roll_back(
    State(app): State<App>,
    place: Result<Path<(String, String)>, PathRejection>,
    deed: Deed,
) -> Result<Response, Error> {
    let Path((name, entry)) = place.map_err(|_| no_name())?;
    let name = CertificateName::find(&name).ok_or_else(no_name)?;
    let no_entry = || told(StatusCode::NOT_FOUND, "There is no such entry.");
    let entry: u64 = entry.parse().map_err(|_| no_entry())?;
    let (changes, user) = (app.changes.clone(), deed.by.clone());
    let taken = blocking(move || app.changes.here.history.take(name.name, entry)).await;
    let taken = taken.ok_or(Error::Failed)?.map_err(|error| match error {
        NotTaken::NotThere => no_entry(),
        NotTaken::Broken(what) => broken(what),
    })?;
    let wish = match taken {
        Some(pair) => Wish::Update(vec![Update {
            name,
            certificate: pair.certificate,
            key: pair.key,
        }]),
        None if name.presence == Presence::Required => {
            let what = "Nothing was there then, and the certificate is required.";
            return Err(told(StatusCode::CONFLICT, what));
        }
        None => Wish::Delete(name),
    };
    let names = match changes.make(wish, "rollback", deed).await {
        // Nothing was there, and nothing is.
        Err(Failure::NotThere) => Vec::new(),
        names => names?,
    };
    tracing::info!(
        user,
        certificate = name.name,
        entry,
        "Rolled back {}",
        name.name
    );
    Ok(answer(&json!({ "changed": names })))
}

/// `GET /certlens/v1/nodes`: what each node of the cluster has applied.
async fn nodes(State(app): State<App>) -> Result<Response, Error> {
    let cluster = app.changes.cluster.as_ref().ok_or_else(alone)?;
    Ok(answer(&cluster.nodes().await?))
}

/// `DELETE /certlens/v1/nodes/{node}`: changes wait for that node no more.
async fn remove_node(
    State(app): State<App>,
    node: Result<Path<String>, PathRejection>,
    deed: Deed,
) -> Result<Response, Error> {
    let Path(node) = node.map_err(|_| no_node())?;
    let cluster = app.changes.cluster.as_ref().ok_or_else(alone)?;
    let user = deed.by.clone();
    if cluster.remove(&node, Whom::Anybody, deed).await? != Removed::Done {
        return Err(no_node());
    }
    tracing::info!(user, node, "Removed {node} from the cluster");
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn answer(body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn alone() -> Error {
    told(
        StatusCode::NOT_FOUND,
        "This server is no node of a cluster.",
    )
}

fn no_node() -> Error {
    told(StatusCode::NOT_FOUND, "There is no such node.")
}

fn no_name() -> Error {
    told(
        StatusCode::NOT_FOUND,
        "There is no certificate of that name.",
    )
}

fn broken(what: String) -> Error {
    told(StatusCode::INTERNAL_SERVER_ERROR, what)
}

fn told(status: StatusCode, what: impl Into<String>) -> Error {
    Error::Told(status, what.into())
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let what = match &failure {
            Failure::Refused(refusals) => {
                let reasons = refusals.iter().flat_map(|refusal| &refusal.reasons);
                let texts: Vec<_> = reasons.map(|reason| reason.text.as_str()).collect();
                texts.join("; ")
            }
            failure => failure.to_string(),
        };
        let status = match failure {
            Failure::NotThere => StatusCode::NOT_FOUND,
            Failure::Refused(_) | Failure::Lagging(_) => StatusCode::CONFLICT,
            Failure::Unreachable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        told(status, what)
    }
}
