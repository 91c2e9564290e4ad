//! Whether the server can do its work.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::app::App;
use crate::inventory::Inventory;
use crate::routes::Dialect;

/// What was found when somebody last asked. Anybody may ask; the stores are looked at now and then.
#[derive(Default)]
pub(crate) struct Readiness(Arc<Mutex<Option<Found>>>);

type Found = (Instant, Vec<Dialect>);

impl Readiness {
    /// The dialects whose certificates cannot be read; why is in the log.
    pub(crate) async fn missing(&self, app: &App) -> Vec<Dialect> {
        let app = app.clone();
        self.last_or(async move { look(&app).await }).await
    }

    async fn last_or(
        &self,
        look: impl Future<Output = Vec<Dialect>> + Send + 'static,
    ) -> Vec<Dialect> {
        // Held while looking: whoever asks meanwhile gets the same answer.
        let mut last = Arc::clone(&self.0).lock_owned().await;
        if let Some((when, missing)) = &*last
            && when.elapsed() < GOOD_FOR
        {
            return missing.clone();
        }
        // It goes on when the client goes away, so that nobody else begins beside it.
        let looking = tokio::spawn(async move {
            let missing = look.await;
            *last = Some((Instant::now(), missing.clone()));
            missing
        });
        looking
            .await
            .unwrap_or_else(|_| Dialect::WITH_STORES.to_vec())
    }
}

async fn look(app: &App) -> Vec<Dialect> {
    let inventory = Inventory::of(app).await;
    for (dialect, trouble) in &inventory.troubles {
        tracing::warn!(dialect = dialect.name(), "Not ready: {trouble}");
    }
    inventory.troubles.into_iter().map(|(of, _)| of).collect()
}

const GOOD_FOR: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_look_goes_on_when_the_client_goes_away_and_answers_the_next() {
        let readiness = Readiness::default();
        let (end, ended) = oneshot::channel();
        let first = async move { ended.await.unwrap() };
        tokio::select! {
            biased;
            missing = readiness.last_or(first) => panic!("{missing:?} at once"),
            () = std::future::ready(()) => {}
        }
        end.send(vec![Dialect::Iis]).unwrap();
        let second = async { panic!("looked twice") };
        assert_eq!(readiness.last_or(second).await, [Dialect::Iis]);
    }
}
