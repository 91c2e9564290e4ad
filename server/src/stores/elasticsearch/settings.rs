//! `elasticsearch.yml` and the secure settings beside it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::SettingsError;
use crate::files;

/// Every setting by its dotted name, however the file nests it.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    values: BTreeMap<String, Vec<String>>,
}

impl Settings {
    /// Reads `elasticsearch.yml` and `secrets.toml` of a configuration directory. Without the first
    /// there are no settings.
    pub(crate) fn read(directory: &Path) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        let yaml = directory.join("elasticsearch.yml");
        if let Some(text) = read_if_present(&yaml)? {
            settings
                .add_yaml(&text)
                .map_err(|error| wrong(&yaml, &error))?;
        }
        let secrets = directory.join("secrets.toml");
        if let Some(text) = read_if_present(&secrets)? {
            settings
                .add_secrets(&text)
                .map_err(|error| wrong(&secrets, &error))?;
        }
        Ok(settings)
    }

    /// The one value of a setting.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.first().map(String::as_str)
    }

    /// Every value of a setting. A text with commas is a list too.
    pub(crate) fn list(&self, key: &str) -> Vec<&str> {
        let values = self.values.get(key).into_iter().flatten();
        values
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|v| !v.is_empty())
            .collect()
    }

    /// The names of all settings, sorted.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    fn add_yaml(&mut self, text: &str) -> Result<(), String> {
        Yaml {
            events: Parser::new_from_str(text),
            settings: self,
            nodes: 0,
        }
        .document()
    }

    fn add_secrets(&mut self, text: &str) -> Result<(), String> {
        let secrets: BTreeMap<String, String> =
            toml::from_str(text).map_err(|error| files::place_of(text, &error))?;
        let secrets = secrets.into_iter().map(|(key, value)| (key, vec![value]));
        self.values.extend(secrets);
        Ok(())
    }
}

/// Flattens a YAML document into settings. Scalars stay as they were typed: a password of digits is
/// no number.
struct Yaml<'a> {
    events: Parser<'a, StrInput<'a>>,
    settings: &'a mut Settings,
    nodes: usize,
}

impl Yaml<'_> {
    fn document(mut self) -> Result<(), String> {
        loop {
            match self.next()? {
                Event::StreamStart | Event::DocumentStart(_) => {}
                Event::MappingStart(..) => self.mapping("", 0)?,
                Event::Scalar(text, ..) if text.is_empty() => {}
                Event::DocumentEnd | Event::StreamEnd => return Ok(()),
                _ => return Err("it is no list of settings".to_owned()),
            }
        }
    }

    fn mapping(&mut self, prefix: &str, depth: u8) -> Result<(), String> {
        if DEPTH < depth {
            return Err(format!("settings are nested more than {DEPTH} levels"));
        }
        loop {
            let key = match self.next()? {
                Event::Scalar(key, ..) => key,
                Event::MappingEnd => return Ok(()),
                _ => return Err(format!("a name below [{prefix}] is no text")),
            };
            let key = if prefix.is_empty() {
                key.into()
            } else {
                format!("{prefix}.{key}")
            };
            match self.next()? {
                Event::MappingStart(..) => self.mapping(&key, depth + 1)?,
                Event::SequenceStart(..) => self.sequence(key)?,
                Event::Scalar(text, style, ..) => self.set(key, scalar(&text, style)),
                _ => return Err(format!("the value of [{key}] cannot be read")),
            }
        }
    }

    fn sequence(&mut self, key: String) -> Result<(), String> {
        let mut values = Vec::new();
        loop {
            match self.next()? {
                Event::Scalar(text, style, ..) => values.extend(scalar(&text, style)),
                Event::SequenceEnd => {
                    self.set(key, values);
                    return Ok(());
                }
                _ => return Err(format!("the list [{key}] holds more than texts")),
            }
        }
    }

    fn set(&mut self, key: String, values: impl IntoIterator<Item = String>) {
        self.settings
            .values
            .insert(key, values.into_iter().collect());
    }

    fn next(&mut self) -> Result<Event<'static>, String> {
        self.nodes += 1;
        if NODES < self.nodes {
            return Err(format!("there are more than {NODES} settings"));
        }
        match self.events.next() {
            Some(Ok((event, _))) => Ok(owned(event)),
            Some(Err(error)) => Err(format!("line {}: {}", error.marker().line(), error.info())),
            None => Ok(Event::StreamEnd),
        }
    }
}

fn owned(event: Event<'_>) -> Event<'static> {
    match event {
        Event::Scalar(text, style, anchor, _) => {
            Event::Scalar(text.into_owned().into(), style, anchor, None)
        }
        Event::MappingStart(anchor, _) => Event::MappingStart(anchor, None),
        Event::SequenceStart(anchor, _) => Event::SequenceStart(anchor, None),
        Event::StreamStart => Event::StreamStart,
        Event::StreamEnd => Event::StreamEnd,
        Event::DocumentStart(explicit) => Event::DocumentStart(explicit),
        Event::DocumentEnd => Event::DocumentEnd,
        Event::Alias(anchor) => Event::Alias(anchor),
        Event::SequenceEnd => Event::SequenceEnd,
        Event::MappingEnd => Event::MappingEnd,
        Event::Nothing => Event::Nothing,
    }
}

/// The text of a value; `None` for YAML's own word for nothing.
fn scalar(text: &str, style: ScalarStyle) -> Option<String> {
    let is_null = style == ScalarStyle::Plain && ["", "~", "null", "Null", "NULL"].contains(&text);
    (!is_null).then(|| text.to_owned())
}

fn read_if_present(path: &Path) -> Result<Option<String>, SettingsError> {
    match files::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(path, &error.to_string())),
    }
}

/// Only the first line: what follows would quote the file, and secrets stand in it.
fn wrong(path: &Path, error: &str) -> SettingsError {
    let first_line = error.lines().next().unwrap_or_default();
    SettingsError(format!(
        "cannot read settings [{}] because {first_line}",
        path.display()
    ))
}

/// Stops a document that is nothing but opening braces from exhausting the stack.
const DEPTH: u8 = 32;

/// Stops a document of a million empty settings.
const NODES: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> Settings {
        let mut settings = Settings::default();
        settings.add_yaml(text).unwrap();
        settings
    }

    #[test]
    fn dotted_and_nested_keys_are_the_same() {
        let dotted = yaml("xpack.security.http.ssl.keystore.path: certs/http.p12\n");
        let nested =
            yaml("xpack.security:\n  http.ssl:\n    keystore:\n      path: certs/http.p12\n");
        for settings in [dotted, nested] {
            assert_eq!(
                settings.text("xpack.security.http.ssl.keystore.path"),
                Some("certs/http.p12")
            );
        }
    }

    #[test]
    fn lists_come_as_sequences_or_with_commas() {
        let settings = yaml("a: [x, y]\nb: x, y\nc:\n  - x\n  - y\nd: \"\"\n");
        for key in ["a", "b", "c"] {
            assert_eq!(settings.list(key), ["x", "y"], "{key}");
        }
        assert!(settings.list("d").is_empty());
    }

    #[test]
    fn values_stay_as_they_were_typed() {
        let settings = yaml("a: 012345\nb: yes\nc: 1.10\nd: 'x # y'\ne: null\nf: 'null'\n");
        let values = ["a", "b", "c", "d", "e", "f"].map(|key| settings.text(key));
        let expected = [
            Some("012345"),
            Some("yes"),
            Some("1.10"),
            Some("x # y"),
            None,
            Some("null"),
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn an_empty_file_has_no_settings() {
        assert_eq!(yaml("# nothing yet\n").keys().count(), 0);
    }

    #[test]
    fn err_yaml_that_is_none() {
        for (text, expected) in [
            ("a: b\nc: [1", "line "),
            ("just text", "it is no list of settings"),
            ("a: &x 1\nb: *x", "the value of [b] cannot be read"),
            (&"a: {".repeat(200), "settings are nested"),
        ] {
            let error = Settings::default().add_yaml(text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn err_secrets_are_not_quoted() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secrets.toml"), "\"a\" = \"hunter2\n").unwrap();
        let error = Settings::read(directory.path()).unwrap_err().0;
        assert!(
            error.contains("secrets.toml") && !error.contains("hunter2"),
            "{error}"
        );
    }
}
