//! Names are written by strangers: what would move the cursor or turn the text around is shown, not
//! obeyed.

use std::borrow::Cow;
use std::fmt::Write;

use certlens_core::is_hidden;

/// The text with control and formatting characters as `\u{202e}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            // Writing into a string does not fail.
            let _ = write!(shown, "{}", character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn plain_text_stays() {
        assert_eq!(visible("Bürö 日本 (CA)"), "Bürö 日本 (CA)");
    }

    #[test]
    fn what_turns_text_around_is_shown() {
        assert_eq!(visible("evil\u{202e}moc.elgoog"), "evil\\u{202e}moc.elgoog");
    }

    #[test]
    fn what_moves_the_cursor_is_shown() {
        assert_eq!(
            visible("a\u{1b}[2Jb\r\n\u{9b}"),
            "a\\u{1b}[2Jb\\u{d}\\u{a}\\u{9b}"
        );
    }
}
