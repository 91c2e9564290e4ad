//! Characters that are not seen, or that move others about.

/// Whether a character acts on the text around it without being seen itself: controls, zero-width
/// characters, marks of direction, tags. Names are written by strangers; whoever shows one shows these
/// characters and does not obey them.
pub fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The first hidden character of a text.
pub(crate) fn first_hidden(text: &str) -> Option<char> {
    if text.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
        return None;
    }
    text.chars().find(|character| is_hidden(*character))
}
