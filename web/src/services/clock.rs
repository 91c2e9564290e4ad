//! The one place that asks what time it is.

use certlens_core::UnixTime;

/// The present instant, by the browser's clock.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds of this era fit many times over"
)]
pub fn now() -> UnixTime {
    UnixTime::from_seconds((js_sys::Date::now() / 1000.0).floor() as i64)
}
