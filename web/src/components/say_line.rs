//! The sentence above a detail.

use yew::prelude::*;

use super::{StatusWord, Text};
use crate::say::{Part, Sentence};

/// What a [`SayLine`] says.
#[derive(Clone, PartialEq, Properties)]
pub struct SayLineProps {
    /// The sentence.
    pub sentence: Sentence,
}

/// The sentence above a detail.
#[component]
pub fn SayLine(props: &SayLineProps) -> Html {
    let part = |part: &Part| match part {
        Part::Text(text) => html! { { text } },
        Part::Strong(text) => html! { <b>{ text }</b> },
        Part::Name(name) => html! { <Text value={name.clone()} /> },
    };
    html! {
        <p class="say" data-test="say">
            <StatusWord status={props.sentence.status.clone()} />{ ". " }
            { for props.sentence.parts.iter().map(part) }
            if !props.sentence.unchecked.is_empty() {
                { " " }<span class="unchecked">{ props.sentence.unchecked }</span>
            }
        </p>
    }
}
