//! `filter_path`: which parts of an answer are sent.

use serde_json::{Map, Value};

/// A list of patterns such as `version.number,-**.issuer`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Each the names of a path, with stars in them.
    included: Vec<Vec<String>>,
    excluded: Vec<Vec<String>>,
}

impl Filter {
    /// Reads the parameter; `Err` says what is too much of it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let patterns = || text.split(',').map(str::trim).filter(|one| !one.is_empty());
        let (count, length) = (patterns().count(), text.len());
        if PATTERNS < count || LENGTH < length {
            return Err(format!(
                "[filter_path] has [{count}] patterns in [{length}] bytes; expected at most \
                 [{PATTERNS}] patterns in [{LENGTH}] bytes"
            ));
        }
        let mut filter = Self::default();
        for pattern in patterns() {
            match pattern.strip_prefix('-') {
                Some(pattern) => filter.excluded.push(names(pattern)),
                None => filter.included.push(names(pattern)),
            }
        }
        Ok(filter)
    }

    /// What is left of an answer; `None` when nothing of an array is.
    pub(crate) fn apply(&self, value: Value) -> Option<Value> {
        let value = match patterns(&self.included).as_slice() {
            [] => value,
            patterns => include(value, patterns)?,
        };
        match patterns(&self.excluded).as_slice() {
            [] => Some(value),
            patterns => exclude(value, patterns),
        }
    }
}

/// The names of a path. A dot behind a backslash belongs to a name; `**` twice is `**` once.
fn names(pattern: &str) -> Vec<String> {
    const DOT: &str = "\0";
    let pattern = pattern.replace("\\.", DOT);
    let mut names: Vec<String> = pattern
        .split('.')
        .map(|name| name.replace(DOT, "."))
        .collect();
    names.dedup_by(|next, name| next == "**" && name == "**");
    names
}

fn patterns(all: &[Vec<String>]) -> Vec<&[String]> {
    all.iter().map(Vec::as_slice).collect()
}

/// Keeps what a pattern reaches. Array elements stand for their array.
fn include(value: Value, patterns: &[&[String]]) -> Option<Value> {
    match value {
        Value::Object(fields) => {
            let kept: Map<String, Value> = fields
                .into_iter()
                .filter_map(|(name, value)| {
                    let left = below(patterns, &name);
                    let kept = if left.iter().any(|left| left.is_empty()) {
                        Some(value)
                    } else {
                        include(value, &left)
                    };
                    kept.map(|value| (name, value))
                })
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(elements) => {
            let kept: Vec<Value> = elements
                .into_iter()
                .filter_map(|element| include(element, patterns))
                .collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        _ => None,
    }
}

/// Drops what a pattern reaches, and an object that nothing is left of.
fn exclude(value: Value, patterns: &[&[String]]) -> Option<Value> {
    match value {
        Value::Object(fields) => {
            let kept: Map<String, Value> = fields
                .into_iter()
                .filter_map(|(name, value)| {
                    let left = below(patterns, &name);
                    if left.iter().any(|left| left.is_empty()) {
                        return None;
                    }
                    exclude(value, &left).map(|value| (name, value))
                })
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(elements) => {
            let kept = elements
                .into_iter()
                .filter_map(|element| exclude(element, patterns));
            Some(Value::Array(kept.collect()))
        }
        scalar => Some(scalar),
    }
}

/// What is left of the patterns below a field of this name; nothing of one that ends there.
fn below<'a>(patterns: &[&'a [String]], name: &str) -> Vec<&'a [String]> {
    let mut left = Vec::new();
    for pattern in patterns {
        let (first, rest) = match *pattern {
            // `**` is any number of levels: it stays, and lets the next name match here.
            [stars, next, rest @ ..] if stars == "**" => {
                left.push(*pattern);
                (next, rest)
            }
            [first, rest @ ..] => (first, rest),
            [] => continue,
        };
        if matches(first, name) {
            left.push(rest);
        }
    }
    left
}

/// Whether a name fits a pattern in which a star is any text.
fn matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else {
        return rest.is_empty();
    };
    for piece in middle {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Each field of each row is held against each pattern. Stops a query of a few kilobytes from keeping a
/// processor busy with a long listing. The names of all fields fit in a dozen patterns.
const PATTERNS: usize = 64;
const LENGTH: usize = 2048;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filtered(text: &str, value: Value) -> String {
        Filter::parse(text)
            .unwrap()
            .apply(value)
            .map(|value| value.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn each_row_of_the_filter_table() {
        let rows = json!([{"path": "a", "alias": null, "expiry": "e"}]);
        for (filter, expected) in [
            ("path,expiry", r#"[{"path":"a","expiry":"e"}]"#),
            ("expiry,path", r#"[{"path":"a","expiry":"e"}]"#),
            ("-expiry", r#"[{"path":"a","alias":null}]"#),
            ("**.expiry", r#"[{"expiry":"e"}]"#),
            ("*.expiry", ""),
            ("exp*", r#"[{"expiry":"e"}]"#),
            ("*", r#"[{"path":"a","alias":null,"expiry":"e"}]"#),
            ("nope", ""),
            ("*,-alias", r#"[{"path":"a","expiry":"e"}]"#),
            ("**", r#"[{"path":"a","alias":null,"expiry":"e"}]"#),
            ("**.**.path", r#"[{"path":"a"}]"#),
            ("path.**", ""),
            ("path\\.expiry", ""),
            ("-*", "[]"),
        ] {
            assert_eq!(filtered(filter, rows.clone()), expected, "{filter}");
        }
    }

    #[test]
    fn an_excluding_filter_keeps_an_empty_list() {
        assert_eq!(filtered("-path", json!([])), "[]");
        assert_eq!(filtered("path", json!([])), "");
    }

    #[test]
    fn nested_names_are_reached() {
        let info = json!({"name": "n", "version": {"number": "9", "build_flavor": "d"}});
        assert_eq!(
            filtered("version.number", info.clone()),
            r#"{"version":{"number":"9"}}"#
        );
        assert_eq!(
            filtered("version", info.clone()),
            r#"{"version":{"number":"9","build_flavor":"d"}}"#
        );
        assert_eq!(
            filtered("**.number,name", info.clone()),
            r#"{"name":"n","version":{"number":"9"}}"#
        );
        assert_eq!(
            filtered("-version.n*", info.clone()),
            r#"{"name":"n","version":{"build_flavor":"d"}}"#
        );
        assert_eq!(
            filtered("version.**", info),
            r#"{"version":{"number":"9","build_flavor":"d"}}"#
        );
        let dotted = json!({"a.b": {"c": 1}, "a": 2});
        assert_eq!(filtered("a\\.b.c", dotted), r#"{"a.b":{"c":1}}"#);
    }

    #[test]
    fn err_more_patterns_or_longer_ones_than_anybody_needs() {
        assert!(Filter::parse(&"a,".repeat(PATTERNS)).is_ok());
        assert_eq!(
            Filter::parse(&"a,".repeat(PATTERNS + 1)).unwrap_err(),
            "[filter_path] has [65] patterns in [130] bytes; expected at most [64] patterns in [2048] bytes"
        );
        assert!(Filter::parse(&"*".repeat(LENGTH)).is_ok());
        assert!(Filter::parse(&"*".repeat(LENGTH + 1)).is_err());
    }

    #[test]
    fn stars_match_any_text() {
        for (pattern, name, fits) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "acd", false),
            ("*b*", "abc", true),
            ("a*a", "a", false),
            ("abc", "abcd", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
