//! Every path, and who answers it.

mod elasticsearch;
mod iis;
mod page;
mod redis_enterprise;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::any;
use tokio::task;

use crate::app::App;

/// Every route of the three dialects and of the page.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", any(root))
        .merge(elasticsearch::routes(&app))
        .merge(redis_enterprise::routes(&app))
        .merge(iis::routes(&app))
        .fallback(elsewhere)
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
    let path = request.uri().path();
    let first = path.split('/').nth(1).unwrap_or_default();
    match first {
        "api" => iis::unknown(app, request).await,
        "v1" | "v2" | "v3" | "v4" => redis_enterprise::unknown(app, request).await,
        name if name.starts_with('_') => elasticsearch::unknown(app, request).await,
        _ => page::answer(&request),
    }
}

/// Runs work that waits for the disk or derives keys off the threads that answer requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    task::spawn_blocking(work).await.ok()
}
