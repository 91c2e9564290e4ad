//! What is done without being asked: certificates between nodes are rotated before they expire.

use std::time::Duration;

use tokio::time;

use crate::audit::Deed;
use crate::changes::Changes;
use crate::stores::redis_enterprise::Wish;

/// Looks after the certificates between the nodes, at once and then every hour, and never ends.
pub(crate) async fn keep_rotating(changes: Changes) {
    let mut hours = time::interval(HOUR);
    hours.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        let deed = Deed {
            by: "certlens".to_owned(),
            reason: Some("before it expires".to_owned()),
            ..Deed::default()
        };
        match changes.make(Wish::RotateDue, "rotate", deed).await {
            Ok(names) => {
                for certificate in names {
                    tracing::info!(certificate, "Rotated {certificate} before it expires");
                }
            }
            Err(failure) => tracing::error!("Not everything was rotated: {failure}"),
        }
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
