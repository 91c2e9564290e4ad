//! The server behind `certlens serve`: three documented certificate APIs over real files, and the
//! page.
//!
//! [`app`] makes the whole service a value, for the binary and for tests alike.

mod app;
pub mod asn1;
mod atomic;
mod audit;
pub mod chain;
mod changes;
pub mod check;
mod client;
mod clock;
mod cluster;
pub mod commands;
pub mod compare;
mod config;
pub mod convert;
mod demo;
mod durable;
mod files;
mod forms;
mod history;
mod host_key;
pub mod inspect;
mod inventory;
mod listen;
mod log;
mod looks;
mod metrics;
mod openapi;
mod proxies;
mod readiness;
mod relay;
mod rotation;
mod routes;
mod sealing;
mod serve;
mod shield;
mod stores;
mod tls;
mod users;
pub mod verify;
#[cfg(all(target_os = "linux", not(feature = "no-watch")))]
mod watch;
#[cfg(any(not(target_os = "linux"), feature = "no-watch"))]
#[path = "watch/none.rs"]
mod watch;

pub use app::{StartError, app};
pub use config::{
    Arguments, Ccs, Config, Demo, KeyReaders, Limits, Log, MetricsAccess, RemoteCluster, Transport,
};
pub use demo::{Made, make_demonstration};
pub use proxies::{Network, Proxies, ProxyHeader};
pub use relay::Kind;
pub use serve::serve;
pub use users::{NewPassword, Permission, Role, User, Users};
