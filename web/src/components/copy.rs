//! The button that copies a value.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::icon;
use crate::services::clipboard;
use crate::words;

/// Says a short result to the reader: seen for a few seconds, and read out. Provided by the shell.
#[derive(Clone, PartialEq)]
pub struct Announce(pub Callback<AttrValue>);

/// What a [`Copy`] copies.
#[derive(Clone, PartialEq, Properties)]
pub struct CopyProps {
    /// The value.
    pub value: AttrValue,
    /// What it is called: `Serial`.
    pub name: AttrValue,
    /// Shows a word beside the icon, as a full button.
    #[prop_or_default]
    pub word: Option<AttrValue>,
}

/// The button that copies a value.
#[component]
pub fn Copy(props: &CopyProps) -> Html {
    let copied = use_state(|| None::<Timeout>);
    let announce = use_context::<Announce>();
    let onclick = {
        let (value, name, copied) = (props.value.clone(), props.name.clone(), copied.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            let (name, copied, announce) = (name.clone(), copied.clone(), announce.clone());
            clipboard::copy(
                &value,
                Callback::from(move |worked: bool| {
                    if let Some(Announce(say)) = &announce {
                        say.emit(clipboard::told(&name, worked).into());
                    }
                    if worked {
                        let back = copied.clone();
                        copied.set(Some(Timeout::new(1500, move || back.set(None))));
                    }
                }),
            );
        })
    };
    let icon = if copied.is_some() {
        "i-check"
    } else {
        "i-copy"
    };
    let label = words::copy_named(&props.name);
    match &props.word {
        Some(word) => html! {
            <button type="button" class="btn" {onclick}>{ icon::drawn(icon) }{ word }</button>
        },
        None => html! {
            <button type="button" class="copy" aria-label={label.clone()} title={label} {onclick}>
                { icon::drawn(icon) }
            </button>
        },
    }
}
