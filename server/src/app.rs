//! The service as a value.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;

use crate::config::Config;
use crate::files::Files;
use crate::host_key::HostKey;
use crate::users::Users;
use crate::{routes, shield, stores};

/// The whole service: every route, behind the layers that protect it.
///
/// # Errors
/// When the data directory cannot hold the key from which opaque identifiers are made.
pub fn app(config: &Config, users: Users) -> Result<Router, StartError> {
    let files = Arc::new(Files::new()?);
    let host_key = HostKey::open(&config.data)?;
    let data = &config.data;
    let state = App(Arc::new(Parts {
        users,
        elasticsearch: stores::elasticsearch::Directory::new(data, &host_key, Arc::clone(&files)),
        redis_enterprise: stores::redis_enterprise::Directory::new(data),
        iis: stores::iis::Folders::new(data, host_key, files),
    }));
    Ok(shield::around(routes::router(state), config))
}

/// What every handler can reach.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) users: Users,
    pub(crate) elasticsearch: stores::elasticsearch::Directory,
    pub(crate) redis_enterprise: stores::redis_enterprise::Directory,
    pub(crate) iis: stores::iis::Folders,
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
