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

#[cfg(test)]
pub(crate) mod tests {
    use yew::virtual_dom::VNode;

    use super::*;

    /// What a reader sees of this; instants as `<time 2027-01-22T09:41:00Z>22 Jan 2027</time>`.
    pub(crate) fn read(html: &Html) -> String {
        match html {
            VNode::VText(text) => text.text.to_string(),
            VNode::VList(list) => list.iter().map(read).collect(),
            VNode::VTag(tag) => {
                let within = tag.children().map(read).unwrap_or_default();
                let mut attributes = tag.attributes.iter();
                match attributes.find(|(name, _)| tag.tag() == "time" && *name == "title") {
                    Some((_, instant)) => format!("<time {instant}>{within}</time>"),
                    None => within,
                }
            }
            _ => String::new(),
        }
    }

    #[test]
    fn hidden_characters_are_drawn() {
        assert_eq!(read(&shown("a\u{202e}b")), "aU+202Eb");
    }
}
