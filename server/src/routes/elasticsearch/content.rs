//! The four forms in which an answer is written, octet for octet as Jackson writes them.

mod cbor;
mod json;
mod smile;
mod yaml;

use serde_json::Value;

/// A form of an answer, by the names that `format` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    /// RFC 8259.
    Json,
    /// YAML 1.1, as `SnakeYAML` lays it out.
    Yaml,
    /// RFC 8949, with arrays and maps of indefinite length.
    Cbor,
    /// Jackson's own binary form, version 1.
    Smile,
}

/// How JSON is laid out; the other forms have one layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Layout {
    /// Without blanks.
    Compact,
    /// For people.
    Pretty,
}

impl Layout {
    /// Tells it from the other, in the name of an answer that is kept.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Compact => 'c',
            Self::Pretty => 'p',
        }
    }
}

impl Format {
    /// Tells it from the others, in the name of an answer that is kept.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Json => 'j',
            Self::Yaml => 'y',
            Self::Cbor => 'c',
            Self::Smile => 's',
        }
    }

    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Json, Self::Yaml, Self::Cbor, Self::Smile];

    /// The name in `format=…` and in `application/…`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Cbor => "cbor",
            Self::Smile => "smile",
        }
    }

    /// Writes a value; `None` is an answer that a filter left nothing of.
    pub(crate) fn write(self, value: Option<&Value>, layout: Layout) -> Vec<u8> {
        match (self, value) {
            (Self::Json, value) => json::write(value, layout),
            (_, None) => Vec::new(),
            (Self::Yaml, Some(value)) => yaml::write(value),
            (Self::Cbor, Some(value)) => cbor::write(value),
            (Self::Smile, Some(value)) => smile::write(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// One value, as Jackson wrote it: see `server/tests/jackson/Jackson.java`.
    #[derive(serde::Deserialize)]
    struct Vector {
        json: String,
        pretty: Option<String>,
        yaml: String,
        cbor: String,
        smile: String,
    }

    #[test]
    fn every_form_is_what_jackson_writes() {
        let vectors = include_str!("../../../tests/jackson/jackson.jsonl");
        let mut count = 0;
        for line in vectors.lines() {
            let vector: Vector = serde_json::from_str(line).unwrap();
            let value: Value = serde_json::from_str(&vector.json).unwrap();
            let written = |form: Format| form.write(Some(&value), Layout::Compact);
            let text = |form| String::from_utf8(written(form)).unwrap();
            assert_eq!(text(Format::Json), vector.json);
            assert_eq!(text(Format::Yaml), vector.yaml);
            assert_eq!(hex(&written(Format::Cbor)), vector.cbor, "{}", vector.json);
            assert_eq!(
                hex(&written(Format::Smile)),
                vector.smile,
                "{}",
                vector.json
            );
            if let Some(expected) = vector.pretty {
                let pretty = Format::Json.write(Some(&value), Layout::Pretty);
                // The line feed at the end is Elasticsearch's own.
                assert_eq!(String::from_utf8(pretty).unwrap(), format!("{expected}\n"));
            }
            count += 1;
        }
        assert!(100 < count, "{count} vectors");
    }

    #[test]
    fn nothing_left_is_no_octets_but_a_line_feed_for_people() {
        for form in Format::ALL {
            assert!(form.write(None, Layout::Compact).is_empty(), "{form:?}");
        }
        assert_eq!(Format::Json.write(None, Layout::Pretty), b"\n");
        assert!(Format::Yaml.write(None, Layout::Pretty).is_empty());
    }

    fn hex(octets: &[u8]) -> String {
        octets.iter().fold(String::new(), |mut text, octet| {
            let _ = write!(text, "{octet:02x}");
            text
        })
    }
}
