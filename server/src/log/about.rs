//! Which request the lines of the log are about.

use std::future::Future;

use axum::http::HeaderValue;
use tokio::task_local;

task_local! {
    static ANSWERED: HeaderValue;
}

/// Everything that is told meanwhile is about the request with this identifier.
pub(crate) fn request<F: Future>(id: HeaderValue, work: F) -> impl Future<Output = F::Output> {
    ANSWERED.scope(id, work)
}

/// Lets work that goes on elsewhere be about the same request as here.
pub(crate) fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = ANSWERED.try_with(HeaderValue::clone).ok();
    async move {
        match id {
            Some(id) => request(id, work).await,
            None => work.await,
        }
    }
}

/// As [`carried`], for work that blocks its thread.
pub(crate) fn carried_over<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let id = ANSWERED.try_with(HeaderValue::clone).ok();
    move || match id {
        Some(id) => ANSWERED.sync_scope(id, work),
        None => work(),
    }
}

/// Calls this with the identifier of the request that is being answered, if one is.
pub(super) fn with_identifier(tell: impl FnOnce(&str)) {
    let _ = ANSWERED.try_with(|id| tell(id.to_str().unwrap_or_default()));
}
