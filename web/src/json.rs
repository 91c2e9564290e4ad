//! A report as JSON text, as `docs/report.schema.json` describes it.

use std::fmt::Write as _;

use certlens_core::is_hidden;
use serde::Serialize;

/// The value as JSON, indented by two, with hidden characters as escapes.
pub fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value)
        .map(|text| visible(&text))
        .unwrap_or_default()
}

/// JSON text in which no hidden character stands as it is.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character != '\n' && is_hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn hidden_characters_are_escapes() {
        assert_eq!(visible("{\n  \"a\u{202e}b\"\n}"), "{\n  \"a\\u202eb\"\n}");
        assert_eq!(visible("\"größer 証明書\""), "\"größer 証明書\"");
    }
}
