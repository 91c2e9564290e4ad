//! Reading a distinguished name back from the text that a vendor printed.

/// The common name in a printed name, else the whole text.
///
/// Understands both ways of quoting: Java escapes a quote by a backslash, .NET doubles it.
pub(crate) fn common_name(text: &str) -> String {
    parts(text)
        .into_iter()
        .find_map(|part| part.strip_prefix("CN=").map(unquote))
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| text.to_owned())
}

/// Cuts `CN="a, b", O=c + OU=d` at the separators that stand outside quotes.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' | '+' if !quoted => {
                parts.push(text.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    parts
}

fn unquote(value: &str) -> String {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return value.to_owned();
    };
    inner
        .replace("\\\"", "\"")
        .replace("\\\\", "\\")
        .replace("\"\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_name_is_found_wherever_it_stands() {
        assert_eq!(
            common_name("CN=es1.corp.example, O=Corp"),
            "es1.corp.example"
        );
        assert_eq!(
            common_name("O=Corp, CN=\"Corp, Inc.\" + OU=x"),
            "Corp, Inc."
        );
        assert_eq!(common_name("CN=\"say \\\"hi\\\"\""), "say \"hi\"");
        assert_eq!(common_name("CN=\"Common\"\"Name\""), "Common\"Name");
    }

    #[test]
    fn a_comma_in_quotes_cannot_pretend_to_be_a_common_name() {
        assert_eq!(common_name("O=\"x, CN=evil\", CN=good"), "good");
    }

    #[test]
    fn without_a_common_name_the_whole_text_stands() {
        assert_eq!(common_name("O=Corp, C=DE"), "O=Corp, C=DE");
        assert_eq!(common_name(""), "");
    }
}
