//! Every path, and who answers it.

mod certlens;
mod clusters;
mod deed;
mod elasticsearch;
mod entrance;
mod iis;
mod page;
mod redis_enterprise;
mod service;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, any};
use tokio::task;

use crate::app::App;
use crate::log::about;

pub(crate) use iis::is_invited;

/// Every route of the three dialects and of the page.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", any(root))
        .merge(elasticsearch::routes())
        .merge(redis_enterprise::routes(&app))
        .merge(iis::routes(&app))
        .merge(certlens::routes(&app))
        .merge(clusters::routes())
        .merge(table(service::ROUTES))
        .fallback_service(any(elsewhere).with_state(app.clone()))
        .with_state(app)
}

/// Browsers ask for a page; everything else that asks here speaks Elasticsearch.
async fn root(State(app): State<App>, request: Request) -> Response {
    let mut response = if page::is_wanted(request.headers()) {
        page::answer(&request)
    } else {
        elasticsearch::root(app, request).await
    };
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// A path that no route knows, told in the words of the dialect that it seems to belong to.
async fn elsewhere(State(app): State<App>, request: Request) -> Response {
    match Dialect::of(request.uri().path()) {
        Dialect::Iis => iis::unknown(app, request).await,
        Dialect::RedisEnterprise => redis_enterprise::unknown(app, request).await,
        Dialect::Elasticsearch => elasticsearch::unknown(app, request).await,
        Dialect::Certlens => page::answer(&request),
    }
}

/// One path: what the router is made of, and what the `OpenAPI` document is held against.
pub(crate) struct Route {
    /// As axum writes it: `/api/certificates/{id}`.
    pub(crate) path: &'static str,
    /// The methods that it answers; `HEAD` only where it is more than `GET` without a body.
    pub(crate) methods: &'static [Method],
    /// Who answers them.
    pub(crate) handlers: fn(MethodFilter) -> MethodRouter<App>,
}

/// The router of some paths.
fn table(routes: &'static [Route]) -> Router<App> {
    let add = |router: Router<App>, (route, method): (&Route, &Method)| {
        match MethodFilter::try_from(method.clone()) {
            Ok(method) => router.route(route.path, (route.handlers)(method)),
            // A method that no router knows is not answered; the test of the document shows it.
            Err(_) => router,
        }
    };
    let each = |route: &'static Route| route.methods.iter().map(move |method| (route, method));
    routes.iter().flat_map(each).fold(Router::new(), add)
}

/// The paths that are about this server itself, and those of its own below `/certlens` and `/clusters`.
#[cfg(test)]
pub(crate) fn own_routes() -> [Vec<&'static Route>; 2] {
    [
        service::ROUTES.iter().collect(),
        certlens::ROUTES.iter().chain(clusters::ROUTES).collect(),
    ]
}

/// Whose words an answer is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Elasticsearch,
    RedisEnterprise,
    Iis,
    /// The page, and what is about this server itself.
    Certlens,
}

impl Dialect {
    /// Those that stand before certificates.
    pub(crate) const WITH_STORES: [Self; 3] =
        [Self::Elasticsearch, Self::RedisEnterprise, Self::Iis];

    /// The dialect that a path belongs to, whether it exists or not.
    pub(crate) fn of(path: &str) -> Self {
        match path.split('/').nth(1).unwrap_or_default() {
            "api" => Self::Iis,
            "v1" | "v2" | "v3" | "v4" => Self::RedisEnterprise,
            name if name.starts_with('_') => Self::Elasticsearch,
            _ => Self::Certlens,
        }
    }

    /// As it is written in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Elasticsearch => "elasticsearch",
            Self::RedisEnterprise => "redis-enterprise",
            Self::Iis => "iis",
            Self::Certlens => "certlens",
        }
    }
}

/// Runs work that waits for the disk or derives keys off the threads that answer requests. Its log lines
/// carry the identifier of the request.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    task::spawn_blocking(about::carried_over(work)).await.ok()
}
