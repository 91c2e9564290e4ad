//! Sentences with words of a command or a configuration in them.

use yew::prelude::*;

/// A sentence of ours; what stands between backticks is set as code.
pub(super) fn marked(sentence: &str) -> Html {
    let piece = |(index, text): (usize, &str)| {
        if index % 2 == 1 {
            html! { <code>{ text }</code> }
        } else {
            html! { { text } }
        }
    };
    sentence.split('`').enumerate().map(piece).collect()
}
