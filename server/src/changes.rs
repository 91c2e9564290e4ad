//! What every change of certificates goes through: audit, history, and the cluster where there is one.

use std::fmt::Display;
use std::io;
use std::sync::Arc;

use certlens_core::UnixTime;
use tokio::task;

use crate::audit::{Audit, Changed, Deed, Ended};
use crate::clock;
use crate::cluster::Cluster;
use crate::history::History;
use crate::stores::redis_enterprise::{Directory, Failure, Pair, Step, Wish};

/// The way to change certificates.
#[derive(Clone)]
pub(crate) struct Changes {
    pub(crate) here: Arc<Here>,
    /// Absent where this node is the only one.
    pub(crate) cluster: Option<Arc<Cluster>>,
}

/// The directory of this node, with the audit and the history of what happens to it.
pub(crate) struct Here {
    pub(crate) directory: Directory,
    pub(crate) audit: Audit,
    pub(crate) history: History,
}

impl Changes {
    /// Makes a wish come true, on every node. It is on the disks, and in the audit, when this returns.
    pub(crate) async fn make(
        &self,
        wish: Wish,
        action: &'static str,
        deed: Deed,
    ) -> Result<Vec<&'static str>, Failure> {
        if let Some(cluster) = &self.cluster {
            return cluster.write(wish, action, deed).await;
        }
        let here = Arc::clone(&self.here);
        let changed = task::spawn_blocking(move || {
            let note = |_: &Step| (&deed, None);
            here.change(&wish, action, &deed, clock::now(), note)
        });
        changed.await.map_err(|_| broken_off())?
    }

    /// Does something else under the audit. `changed` is what is known of it before, `made` after.
    ///
    /// # Errors
    /// The outer error is the audit's: where it cannot begin, nothing is done.
    pub(crate) async fn under_audit<T, E: Display>(
        &self,
        action: &'static str,
        deed: Deed,
        changed: Vec<Changed>,
        work: impl Future<Output = Result<T, E>>,
        made: impl Fn(&T) -> Vec<Changed>,
    ) -> io::Result<Result<T, E>> {
        let here = Arc::clone(&self.here);
        let begun =
            task::spawn_blocking(move || here.audit.begin(action, &deed, &changed)).await??;
        let done = work.await;
        let ended = match &done {
            Ok(done) => Ok(made(done)),
            Err(error) => Err(error.to_string()),
        };
        let here = Arc::clone(&self.here);
        let end = move || match &ended {
            Ok(made) => here.audit.end(begun, Ended::Made(made)),
            Err(error) => here.audit.end(begun, Ended::Failed(error)),
        };
        task::spawn_blocking(end).await??;
        Ok(done)
    }
}

impl Here {
    /// Makes a wish come true in the files of this node, and names what was changed. `note` says of each
    /// step who wanted it, and its generation in the cluster. Blocks.
    pub(crate) fn change<'a>(
        &self,
        wish: &Wish,
        action: &str,
        deed: &Deed,
        now: UnixTime,
        note: impl Fn(&Step) -> (&'a Deed, Option<u64>),
    ) -> Result<Vec<&'static str>, Failure> {
        let mut begun = None;
        let done = self.directory.change(wish, now, |steps| {
            let changed: Vec<_> = steps
                .iter()
                .map(|step| {
                    let (own, generation) = note(step);
                    let mut changed = changed(step, generation);
                    changed.deed = (own != deed).then(|| own.clone());
                    changed
                })
                .collect();
            begun = Some(
                self.audit
                    .begin(action, deed, &changed)
                    .map_err(|error| audit(&error))?,
            );
            let of = |name: &str| {
                let step = steps.iter().find(|step| step.name == name);
                step.map_or(deed, |step| note(step).0)
            };
            self.history.keep(action, steps, of)
        });
        if let Some(begun) = begun {
            let ended = match &done {
                Ok(_) => Ok(()),
                Err(failure) => Err(failure.to_string()),
            };
            let ended = match &ended {
                Ok(()) => Ended::Done,
                Err(error) => Ended::Failed(error),
            };
            let ended = self.audit.end(begun, ended).map_err(|error| audit(&error));
            // What went wrong first weighs more.
            if done.is_ok() {
                ended?;
            }
        }
        Ok(done?.iter().map(|step| step.name).collect())
    }
}

/// A step as it stands in the audit.
pub(crate) fn changed(step: &Step, generation: Option<u64>) -> Changed {
    Changed {
        store: "redis".to_owned(),
        name: step.name.to_owned(),
        was: step.before.as_ref().and_then(Pair::sha256),
        becomes: step.after.as_ref().and_then(Pair::sha256),
        generation,
        deed: None,
    }
}

/// The audit cannot be written: nothing is changed without it.
pub(crate) fn audit(error: &io::Error) -> Failure {
    Failure::Broken(format!("audit: {error}"))
}

pub(crate) fn broken_off() -> Failure {
    Failure::Broken("redis: the write was broken off".to_owned())
}
