//! Icons from the sprite in `index.html`.

use yew::prelude::*;

/// What an [`Icon`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct IconProps {
    /// Name of the symbol: `i-cert`.
    pub name: AttrValue,
    /// Further classes: `i-14`, `i-20`, `i-24`.
    #[prop_or_default]
    pub class: Classes,
}

/// An icon. Hidden from readers: a word or a label stands beside it.
#[component]
pub fn Icon(props: &IconProps) -> Html {
    html! {
        <svg class={classes!("i", props.class.clone())} aria-hidden="true">
            <use href={format!("#{}", props.name)} />
        </svg>
    }
}

/// An [`Icon`] that is part of its parent, for what is drawn a thousand times.
pub(super) fn drawn(name: &'static str) -> Html {
    html! { <svg class="i" aria-hidden="true"><use href={format!("#{name}")} /></svg> }
}
