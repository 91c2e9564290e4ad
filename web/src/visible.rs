//! Text from a certificate, with the characters that would hide or reorder it made visible.

use crate::words;
use certlens_core::is_hidden;

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Characters as they are.
    Plain(&'a str),
    /// One character that shows nothing, or moves others about.
    Hidden(char),
}

/// Cuts a text into plain pieces and hidden characters.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (position, character) in text.char_indices() {
        if !is_hidden(character) {
            continue;
        }
        if start < position {
            pieces.push(Piece::Plain(&text[start..position]));
        }
        pieces.push(Piece::Hidden(character));
        start = position + character.len_utf8();
    }
    if start < text.len() {
        pieces.push(Piece::Plain(&text[start..]));
    }
    pieces
}

/// The text in one string, hidden characters as `[U+202E]`. For labels, where no box can be drawn.
pub fn escaped(text: &str) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(text) => text.to_owned(),
            Piece::Hidden(character) => format!("[{}]", code(character)),
        })
        .collect()
}

/// `U+202E`.
pub fn code(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// What a hidden character is called.
pub fn name(character: char) -> &'static str {
    match character {
        '\0' => words::null_character(),
        '\t' => words::tab_character(),
        '\n' => words::line_feed(),
        '\r' => words::carriage_return(),
        '\u{ad}' => words::soft_hyphen(),
        '\u{200b}' => words::zero_width_space(),
        '\u{200c}' | '\u{200d}' => words::zero_width_joiner(),
        '\u{200e}' | '\u{200f}' | '\u{61c}' => words::direction_mark(),
        '\u{202a}' | '\u{202b}' | '\u{2066}'..='\u{2068}' => words::direction_embedding(),
        '\u{202c}' | '\u{2069}' => words::end_of_direction(),
        '\u{202d}' | '\u{202e}' => words::direction_override(),
        '\u{2028}' | '\u{2029}' => words::line_separator(),
        '\u{feff}' => words::byte_order_mark(),
        '\u{0}'..='\u{9f}' => words::control_character(),
        _ => words::invisible_character(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_override_is_shown() {
        assert_eq!(escaped("moc.\u{202e}evil"), "moc.[U+202E]evil");
        assert_eq!(pieces("a\0").len(), 2);
    }

    #[test]
    fn letters_of_all_scripts_stay() {
        for text in ["Überlingen", "日本", "עברית", "emoji 🦀", ""] {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn a_text_of_nothing_but_hidden_characters_is_shown() {
        assert_eq!(escaped("\u{200b}\u{200b}"), "[U+200B][U+200B]");
        assert_eq!(name('\u{200b}'), "zero-width space");
    }
}
