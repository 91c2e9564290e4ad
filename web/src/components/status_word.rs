//! A status in a line: icon, word, and colour.

use yew::prelude::*;

use super::icon;
use crate::status::Status;

/// What a [`StatusWord`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct StatusWordProps {
    /// The status. Its reason stands beside, where there is room.
    pub status: Status,
}

/// A status in a line.
#[component]
pub fn StatusWord(props: &StatusWordProps) -> Html {
    said(&props.status)
}

/// A [`StatusWord`] that is part of its parent, for what is drawn a thousand times.
pub(super) fn said(status: &Status) -> Html {
    let Status {
        level, icon, word, ..
    } = status;
    html! {
        <span class={classes!("st", level.class())}>{ icon::drawn(icon) }{ *word }</span>
    }
}
