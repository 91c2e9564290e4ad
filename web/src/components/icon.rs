//! Icons from the sprite in `index.html`.
//!
//! They and texts are functions, not components: a component of its own costs more at each of a hundred places than
//! what it draws, and is never drawn without its parent.

use yew::prelude::*;

/// An icon: `i-cert`. Hidden from readers: a word or a label stands beside it.
pub fn drawn(name: &str) -> Html {
    with("i", name)
}

/// An icon of another size: `i-14`, `i-20`, `i-24`.
pub fn sized(name: &str, size: &str) -> Html {
    with(&format!("i {size}"), name)
}

fn with(class: &str, name: &str) -> Html {
    html! { <svg class={class.to_owned()} aria-hidden="true"><use href={format!("#{name}")} /></svg> }
}
