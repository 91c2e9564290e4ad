//! The only place that reads the clock of the wall.

use std::time::SystemTime;

use certlens_core::UnixTime;

/// The present instant.
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.unwrap_or_default().as_secs();
    UnixTime::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}
