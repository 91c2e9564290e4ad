//! Texts with holes: `Back to {what}`.

use std::fmt::{Display, Write};

use certlens_core::SentencePart;
use yew::Html;

use super::sentence::starred;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// What stands there.
    Said(&'a str),
    /// The name of what is put there.
    Hole(&'a str),
}

/// Takes a text apart at its holes.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    text.split('{').enumerate().flat_map(|(index, part)| {
        let (hole, said) = match part.split_once('}') {
            Some((hole, said)) if index != 0 => (Some(Piece::Hole(hole)), said),
            _ => (None, part),
        };
        let said = (!said.is_empty()).then_some(Piece::Said(said));
        hole.into_iter().chain(said)
    })
}

/// Fills the holes of a text.
pub(super) fn filled(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut whole = String::with_capacity(text.len() + 16);
    for piece in pieces(text) {
        match piece {
            Piece::Said(said) => whole.push_str(said),
            Piece::Hole(hole) => {
                if let Some((_, value)) = values.iter().find(|(name, _)| *name == hole) {
                    // Writing to a string cannot fail.
                    let _ = write!(whole, "{value}");
                }
            }
        }
    }
    whole
}

/// Fills the holes of a text with what is more than text.
pub(super) fn drawn(text: &str, values: &[(&str, Html)]) -> Html {
    pieces(text)
        .map(|piece| match piece {
            Piece::Said(said) => Html::from(said.to_owned()),
            Piece::Hole(hole) => {
                let value = values.iter().find(|(name, _)| *name == hole);
                value.map(|(_, value)| value.clone()).unwrap_or_default()
            }
        })
        .collect()
}

/// Fills the holes of a text that is part of a sentence: with names out of files, which stand apart, and
/// with words of our own.
pub(super) fn spoken(
    text: &str,
    names: &[(&str, &str)],
    values: &[(&str, &dyn Display)],
) -> Vec<SentencePart> {
    let mut parts = Vec::new();
    let mut said = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Said(text) => said.push_str(text),
            Piece::Hole(hole) => match names.iter().find(|(name, _)| *name == hole) {
                Some((_, name)) => {
                    parts.extend(starred(&said));
                    said.clear();
                    parts.push(SentencePart::Name((*name).to_owned()));
                }
                None => said.push_str(&filled(&format!("{{{hole}}}"), values)),
            },
        }
    }
    parts.extend(starred(&said));
    parts
}

/// The form that a count takes, of those that stand with a bar between them.
pub(super) fn form(forms: &str, form: usize) -> &str {
    let mut all = forms.split(" | ");
    let first = all.next().unwrap_or(forms);
    match form {
        0 => first,
        _ => all.nth(form - 1).unwrap_or(first),
    }
}
