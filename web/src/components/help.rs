//! What the keys do.

use yew::prelude::*;

use super::Dialog;

/// What a [`Help`] does.
#[derive(Clone, PartialEq, Properties)]
pub struct HelpProps {
    /// Called when the reader leaves it.
    pub onclose: Callback<()>,
}

/// What the keys do.
#[component]
pub fn Help(props: &HelpProps) -> Html {
    let line = |(keys, what): &(&[&'static str], &'static str)| {
        html! {
            <div>
                <dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt>
                <dd>{ *what }</dd>
            </div>
        }
    };
    html! {
        <Dialog title="Keys" onclose={props.onclose.clone()}>
            <dl class="keys" data-test="help">{ for KEYS.iter().map(line) }</dl>
            <p class="muted">{ "The address keeps what you search, the order, and what is open. It holds nothing of a file." }</p>
            <div class="acts">
                <button type="button" class="btn btn-ink" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Close" }</button>
            </div>
        </Dialog>
    }
}

const KEYS: &[(&[&str], &str)] = &[
    (&["/"], "search every field; Enter goes to the list"),
    (&["j", "k"], "next and previous line, as the arrow keys do"),
    (&["Enter"], "open the entry, or fold the group"),
    (&["←", "→"], "fold and unfold a group; go from tab to tab"),
    (&["c"], "copy the SHA-256 of the certificate"),
    (&["x"], "mark the entry"),
    (&["d"], "compare the entry with the marked one"),
    (&["Esc"], "leave the search, a dialog, or what is open"),
    (&["?"], "this help"),
];
