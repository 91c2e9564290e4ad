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

/// The day of an instant in UTC as a date field writes it: `2027-01-22`.
pub fn day(time: UnixTime) -> String {
    time.to_string()
        .chars()
        .take_while(|it| *it != 'T')
        .collect()
}

/// Noon in UTC of a day as a date field writes it: `2027-01-22`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a date field holds years of at most six digits"
)]
pub fn of_day(day: &str) -> Option<UnixTime> {
    let milliseconds = js_sys::Date::parse(&format!("{day}T12:00:00Z"));
    let known = !day.is_empty() && milliseconds.is_finite();
    known.then(|| UnixTime::from_seconds((milliseconds / 1000.0).floor() as i64))
}
