//! The small life bar of a row.

use yew::prelude::*;

use crate::rows::Level;
use crate::words;

/// The small life bar of a row, by the share of the lifetime that is gone, in percent, where that is known, and
/// the level that colours it. The fill is time gone; the track shows where soon and now begin.
pub(super) fn drawn(elapsed: Option<u8>, level: Level) -> Html {
    let Some(elapsed) = elapsed else {
        return html! {
            <svg class="life life-none" viewBox="0 0 56 4" role="img" aria-label={words::share_of_its_lifetime_not_known()}>
                <path d="M0 2h56" />
            </svg>
        };
    };
    let width = (f32::from(elapsed) * 0.56).to_string();
    let class = match level {
        Level::Now => "life life-now",
        Level::Soon => "life life-soon",
        Level::Fine | Level::Unknown => "life",
    };
    html! {
        <svg {class} viewBox="0 0 56 4" role="img"
            aria-label={words::lifetime_gone(&elapsed)}>
            <rect class="life-track" width="56" height="4" rx="2" />
            <rect class="life-third" x="37.3" width="13.1" height="4" />
            <path class="life-tenth" d="M50.4 0H54a2 2 0 0 1 0 4H50.4z" />
            <rect class="life-gone" {width} height="4" rx="2" />
        </svg>
    }
}
