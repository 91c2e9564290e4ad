//! The small life bar of a row.

use yew::prelude::*;

use crate::format::decimal;
use crate::rows::Level;
use crate::words;

/// The small life bar of a row, by the share of the lifetime that is gone, in percent, where that is known, and
/// the level that colours it. The fill is time gone; the track shows where soon and now begin in a lifetime of so
/// many seconds.
pub(super) fn drawn(elapsed: Option<u8>, lifetime: i64, level: Level) -> Html {
    let Some(elapsed) = elapsed else {
        return html! {
            <svg class="life life-none" viewBox="0 0 56 4" role="img" aria-label={words::share_of_its_lifetime_not_known()}>
                <path d="M0 2h56" />
            </svg>
        };
    };
    let (soon, urgent) = marks(lifetime);
    let (soon, urgent) = (soon * 0.56, urgent * 0.56);
    let width = decimal(f64::from(elapsed) * 0.56);
    let class = match level {
        Level::Now => "life life-now",
        Level::Soon => "life life-soon",
        Level::Fine | Level::Unknown => "life",
    };
    html! {
        <svg {class} viewBox="0 0 56 4" role="img"
            aria-label={words::lifetime_gone(&elapsed)}>
            <rect class="life-track" width="56" height="4" rx="2" />
            <rect class="life-third" x={decimal(soon)} width={decimal(urgent - soon)} height="4" />
            <rect class="life-tenth" x={decimal(urgent)} width={decimal(56.0 - urgent)} height="4" rx="2" />
            <rect class="life-gone" {width} height="4" rx="2" />
        </svg>
    }
}

/// Where soon and now begin in a lifetime, in percent of it.
#[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
pub(crate) fn marks(lifetime: i64) -> (f64, f64) {
    let expiry = crate::expiry::chosen();
    if expiry.days().is_none() || lifetime <= 0 {
        return (66.67, 90.0);
    }
    let (soon, urgent) = expiry.left(lifetime);
    let gone = |left: i64| 100.0 * (1.0 - (left as f64 / lifetime as f64).min(1.0));
    (gone(soon), gone(urgent))
}
