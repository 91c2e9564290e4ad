//! A status in a line: icon, word, and colour.

use yew::prelude::*;

use super::Icon;
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
    let Status {
        level, icon, word, ..
    } = props.status.clone();
    html! {
        <span class={classes!("st", level.class())}><Icon name={icon} />{ word }</span>
    }
}
