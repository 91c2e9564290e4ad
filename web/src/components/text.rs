//! Text out of a file, shown so that it cannot hide or reorder anything.

use yew::prelude::*;

use crate::visible::{self, Piece};

/// Text out of a file. Its direction ends where it ends; hidden characters are drawn as boxes.
pub fn shown(value: &str) -> Html {
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
