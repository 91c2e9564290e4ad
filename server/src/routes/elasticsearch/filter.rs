//! `filter_path`: which parts of an answer are sent.

use serde_json::{Map, Value};

/// A list of patterns such as `version.number,-**.issuer`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    included: Vec<Pattern>,
    excluded: Vec<Pattern>,
}

/// The names of a path from the root, each with stars in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern(Vec<String>);

impl Filter {
    pub(crate) fn parse(text: &str) -> Self {
        let mut filter = Self::default();
        for pattern in text
            .split(',')
            .map(str::trim)
            .filter(|pattern| !pattern.is_empty())
        {
            match pattern.strip_prefix('-') {
                Some(pattern) => filter.excluded.push(Pattern::parse(pattern)),
                None => filter.included.push(Pattern::parse(pattern)),
            }
        }
        filter
    }

    /// What is left of an answer; `None` when nothing of an array is.
    pub(crate) fn apply(&self, value: Value) -> Option<Value> {
        let value = match self.included.as_slice() {
            [] => value,
            patterns => include(value, patterns)?,
        };
        match self.excluded.as_slice() {
            [] => Some(value),
            patterns => exclude(value, patterns),
        }
    }
}

impl Pattern {
    fn parse(text: &str) -> Self {
        Self(text.split('.').map(ToOwned::to_owned).collect())
    }

    /// The patterns that are left below a field of this name.
    fn below(&self, name: &str) -> Vec<Self> {
        let Some((first, rest)) = self.0.split_first() else {
            return Vec::new();
        };
        if first == "**" {
            // Any number of levels: stay, or let the next name match here.
            let mut left = vec![self.clone()];
            left.extend(Self(rest.to_vec()).below(name));
            return left;
        }
        if matches(first, name) {
            vec![Self(rest.to_vec())]
        } else {
            Vec::new()
        }
    }

    fn is_complete(&self) -> bool {
        self.0.is_empty() || self.0.iter().all(|name| name == "**")
    }
}

/// Keeps what a pattern reaches. Array elements stand for their array.
fn include(value: Value, patterns: &[Pattern]) -> Option<Value> {
    match value {
        Value::Object(fields) => {
            let kept: Map<String, Value> = fields
                .into_iter()
                .filter_map(|(name, value)| {
                    let left = below(patterns, &name);
                    let kept = if left.iter().any(Pattern::is_complete) {
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
fn exclude(value: Value, patterns: &[Pattern]) -> Option<Value> {
    match value {
        Value::Object(fields) => {
            let kept: Map<String, Value> = fields
                .into_iter()
                .filter_map(|(name, value)| {
                    let left = below(patterns, &name);
                    if left.iter().any(Pattern::is_complete) {
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

fn below(patterns: &[Pattern], name: &str) -> Vec<Pattern> {
    patterns
        .iter()
        .flat_map(|pattern| pattern.below(name))
        .collect()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filtered(text: &str, value: Value) -> String {
        Filter::parse(text)
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
            filtered("-version.n*", info),
            r#"{"name":"n","version":{"build_flavor":"d"}}"#
        );
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
