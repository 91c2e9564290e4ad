//! Whether the server can do its work.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::app::App;
use crate::inventory::Inventory;
use crate::routes::Dialect;

/// What was found when somebody last asked. Anybody may ask; the stores are looked at now and then.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Vec<Dialect>)>>);

impl Readiness {
    /// The dialects whose certificates cannot be read; why is in the log.
    pub(crate) async fn missing(&self, app: &App) -> Vec<Dialect> {
        // Held while looking: whoever asks meanwhile gets the same answer.
        let mut last = self.0.lock().await;
        if let Some((when, missing)) = &*last
            && when.elapsed() < GOOD_FOR
        {
            return missing.clone();
        }
        let missing = look(app).await;
        *last = Some((Instant::now(), missing.clone()));
        missing
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
