//! What is done without being asked: certificates between nodes are rotated before they expire.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::{task, time};

use crate::clock;
use crate::stores::redis_enterprise::{Directory, Failure};

/// Looks after the certificates between the nodes of this data directory, at once and then every
/// hour, and never ends.
pub(crate) async fn keep_rotating(data: PathBuf) {
    let directory = Arc::new(Directory::new(&data));
    let mut hours = time::interval(HOUR);
    hours.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        let directory = Arc::clone(&directory);
        let rotated = task::spawn_blocking(move || directory.rotate_due(clock::now())).await;
        match rotated {
            Ok(Ok(names)) => {
                for certificate in names {
                    tracing::info!(certificate, "Rotated {certificate} before it expires");
                }
            }
            Ok(Err(Failure::Broken(error))) => tracing::error!("Nothing was rotated: {error}"),
            Ok(Err(failure)) => tracing::error!("Nothing was rotated: {failure:?}"),
            Err(error) => tracing::error!("Nothing was rotated: {error}"),
        }
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
