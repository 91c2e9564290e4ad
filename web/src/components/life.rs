//! The small life bar of a row.

use yew::prelude::*;

use crate::rows::Level;
use crate::words;

/// What a [`Life`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct LifeProps {
    /// Share of the lifetime that is gone, in percent; absent when it is not known.
    pub elapsed: Option<u8>,
    /// The level that colours it.
    pub level: Level,
}

/// The small life bar of a row. The fill is time gone; the track shows where soon and now begin.
#[component]
pub fn Life(props: &LifeProps) -> Html {
    let Some(elapsed) = props.elapsed else {
        return html! {
            <svg class="life life-none" viewBox="0 0 56 4" role="img" aria-label={words::share_of_its_lifetime_not_known()}>
                <path d="M0 2h56" />
            </svg>
        };
    };
    let width = (f32::from(elapsed) * 0.56).to_string();
    let class = match props.level {
        Level::Now => "life life-now",
        Level::Soon => "life life-soon",
        Level::Fine | Level::Unknown => "life",
    };
    html! {
        <svg {class} viewBox="0 0 56 4" role="img"
            aria-label={words::lifetime_gone(&elapsed)}>
            <rect class="life-track" width="56" height="4" />
            <rect class="life-third" x="37.3" width="13.1" height="4" />
            <rect class="life-tenth" x="50.4" width="5.6" height="4" />
            <rect class="life-gone" {width} height="4" />
        </svg>
    }
}
