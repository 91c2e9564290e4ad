//! Text out of a file, shown so that it cannot hide or reorder anything.

use yew::prelude::*;

use crate::visible::{self, Piece};

/// What a [`Text`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct TextProps {
    /// The text.
    pub value: AttrValue,
}

/// Text out of a file. Its direction ends where it ends; hidden characters are drawn as boxes.
#[component]
pub fn Text(props: &TextProps) -> Html {
    shown(&props.value)
}

/// A [`Text`] that is part of its parent, for what is drawn a thousand times.
pub(super) fn shown(value: &str) -> Html {
    html! { <bdi>{ for visible::pieces(value).iter().map(piece) }</bdi> }
}

fn piece(piece: &Piece<'_>) -> Html {
    match piece {
        Piece::Plain(text) => html! { { *text } },
        Piece::Hidden(character) => html! {
            <span class="hidden-character" title={visible::name(*character)}>
                { visible::code(*character) }
            </span>
        },
    }
}
