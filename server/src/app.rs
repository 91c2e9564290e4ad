//! The service as a value.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use tokio::sync::Notify;

use crate::audit::Audit;
use crate::changes::{Changes, Here};
use crate::cluster::Cluster;
use crate::config::{Config, KeyReaders, MetricsAccess};
use crate::files::Files;
use crate::history::History;
use crate::host_key::HostKey;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::relay::Relays;
use crate::sealing::SealingKey;
use crate::shield::Shielded;
use crate::users::Users;
use crate::{routes, stores};

/// The whole service: every route, behind the layers that protect it.
///
/// # Errors
/// When the data directory cannot hold the key from which opaque identifiers are made.
pub fn app(config: &Config, users: Users) -> Result<Router, StartError> {
    make(config, users).map(|(service, ..)| service.into_router())
}

/// The whole service, the bell that is rung when the server's own certificate may have changed, and the
/// way to change certificates.
pub(crate) fn make(
    config: &Config,
    users: Users,
) -> Result<(Shielded, Arc<Notify>, Changes), StartError> {
    let files = Arc::new(Files::new()?);
    let host_key = HostKey::open(&config.data)?;
    let data = &config.data;
    let changes = changes(config, &host_key)?;
    let relays = Relays::new(&config.clusters)?;
    let state = App(Arc::new(Parts {
        users,
        cors: config.cors.clone(),
        elasticsearch: stores::elasticsearch::Directory::new(data, &host_key, files),
        changes: changes.clone(),
        relays,
        redis_key_readers: config.redis_key_readers,
        iis: stores::iis::Folders::new(data, host_key),
        metrics: Metrics::new(),
        metrics_access: config.metrics,
        readiness: Readiness::default(),
        certificate_changed: Arc::default(),
    }));
    let bell = Arc::clone(&state.certificate_changed);
    let service = Shielded::new(routes::router(state.clone()), config, state);
    Ok((service, bell, changes))
}

fn changes(config: &Config, host_key: &HostKey) -> Result<Changes, StartError> {
    let data = &config.data;
    let key = || match &config.ccs_key_file {
        Some(path) => SealingKey::read(path),
        None => Ok(SealingKey::of(host_key)),
    };
    let here = here(data, key()?);
    let cluster = match &config.ccs {
        Some(ccs) => Some(Arc::new(Cluster::new(
            ccs,
            data,
            key()?,
            Arc::clone(&here),
        )?)),
        None => None,
    };
    Ok(Changes { here, cluster })
}

/// What is changed in a data directory, and noted there.
pub(crate) fn here(data: &Path, key: SealingKey) -> Arc<Here> {
    Arc::new(Here {
        directory: stores::redis_enterprise::Directory::new(data),
        audit: Audit::new(data),
        history: History::new(data, key),
    })
}

/// What every handler can reach.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) users: Users,
    /// Origins whose pages may use `/api`.
    pub(crate) cors: Vec<String>,
    pub(crate) elasticsearch: stores::elasticsearch::Directory,
    /// The certificates of Redis Enterprise, and the way to change any.
    pub(crate) changes: Changes,
    pub(crate) relays: Relays,
    pub(crate) redis_key_readers: KeyReaders,
    pub(crate) iis: stores::iis::Folders,
    pub(crate) metrics: Metrics,
    pub(crate) metrics_access: MetricsAccess,
    pub(crate) readiness: Readiness,
    /// Rung after a write that may have replaced the server's own certificate: it is looked at again
    /// at once, and not at the next round.
    pub(crate) certificate_changed: Arc<Notify>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why the server does not start, in one sentence, and what to do about it.
#[derive(Debug)]
pub struct StartError {
    message: String,
    hint: &'static str,
}

impl StartError {
    /// What went wrong, in one sentence, and what to do about it.
    pub fn new(message: impl Into<String>, hint: &'static str) -> Self {
        Self {
            message: message.into(),
            hint,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        self.hint
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StartError {}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn no_threads(error: std::io::Error) -> StartError {
    StartError::new(
        format!("cannot start threads: {error}"),
        "Check the limits of this user.",
    )
}
