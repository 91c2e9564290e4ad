//! The sentence above a detail.

use certlens_core::{Sentence, SentencePart};
use yew::prelude::*;

use super::{StatusWord, text};
use crate::status::Status;

/// What a [`SayLine`] says.
#[derive(Clone, PartialEq, Properties)]
pub struct SayLineProps {
    /// The status, which comes first.
    pub status: Status,
    /// The sentence.
    pub sentence: Sentence,
    /// What was checked meanwhile, a sentence.
    #[prop_or_default]
    pub checked: Html,
}

/// The sentence above a detail.
#[component]
pub fn SayLine(props: &SayLineProps) -> Html {
    let part = |part: &SentencePart| match part {
        SentencePart::Text(text) => html! { { text } },
        SentencePart::Strong(text) => html! { <b>{ text }</b> },
        SentencePart::Name(name) => text::shown(name),
    };
    html! {
        <p class="say" data-test="say">
            <StatusWord status={props.status.clone()} />{ ". " }
            { for props.sentence.parts.iter().map(part) }
            { props.checked.clone() }
            if !props.sentence.unchecked.is_empty() {
                { " " }<span class="unchecked">{ &props.sentence.unchecked }</span>
            }
        </p>
    }
}
