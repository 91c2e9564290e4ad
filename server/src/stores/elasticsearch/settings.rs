//! `elasticsearch.yml` and the secure settings beside it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::{Path, PathBuf};

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::failure::{self, SettingsError};
use crate::files;

/// Every setting by its dotted name, however the file nests it.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    values: BTreeMap<String, Setting>,
}

#[derive(Debug)]
enum Setting {
    Text(String),
    List(Vec<String>),
}

impl Settings {
    /// The files that settings are read from.
    pub(super) fn files(directory: &Path) -> [PathBuf; 2] {
        ["elasticsearch.yml", "secrets.toml"].map(|name| directory.join(name))
    }

    /// Reads `elasticsearch.yml` and `secrets.toml` of a configuration directory. Without the first
    /// there are no settings.
    pub(crate) fn read(directory: &Path) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        let [yaml, secrets] = Self::files(directory);
        if let Some(text) = read_if_present(&yaml)? {
            settings
                .add_yaml(&text)
                .and_then(|()| settings.replace_placeholders(|name| std::env::var(name).ok()))
                .map_err(|error| failure::settings(&yaml, &error))?;
        }
        if let Some(text) = read_if_present(&secrets)? {
            settings
                .add_secrets(&text)
                .map_err(|error| failure::settings(&secrets, &error))?;
        }
        Ok(settings)
    }

    /// The one value of a setting.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key)? {
            Setting::Text(text) => Some(text),
            Setting::List(texts) => texts.first().map(String::as_str),
        }
    }

    /// Every value of a setting: of a list, of a text with commas, or of the old form in which each
    /// value has a number behind the name.
    pub(crate) fn list(&self, key: &str) -> Vec<&str> {
        match self.values.get(key) {
            Some(Setting::Text(text)) => text
                .split(',')
                .map(str::trim)
                .filter(|value| !value.is_empty())
                .collect(),
            Some(Setting::List(texts)) => texts.iter().map(String::as_str).collect(),
            None => (0..)
                .map_while(|at: u32| self.text(&format!("{key}.{at}")))
                .collect(),
        }
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
        let secrets = secrets.into_iter();
        self.values
            .extend(secrets.map(|(key, value)| (key, Setting::Text(value))));
        Ok(())
    }

    /// Puts values of the environment in the places of `${NAME}` and `${NAME:otherwise}`.
    fn replace_placeholders(
        &mut self,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<(), String> {
        for setting in self.values.values_mut() {
            let texts = match setting {
                Setting::Text(text) => std::slice::from_mut(text),
                Setting::List(texts) => texts.as_mut_slice(),
            };
            for text in texts {
                *text = replaced(text, &lookup, 0)?;
            }
        }
        Ok(())
    }
}

/// A text with its placeholders replaced, those in names and in values too.
fn replaced(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
    depth: u8,
) -> Result<String, String> {
    if DEPTH < depth {
        return Err(format!("placeholders are nested more than {DEPTH} levels"));
    }
    let (mut done, mut rest) = (String::new(), text);
    while let Some((before, name, after)) = placeholder(rest) {
        let name = replaced(name, lookup, depth + 1)?;
        let (name, otherwise) = match name.split_once(':') {
            Some((name, otherwise)) => (name, Some(otherwise)),
            None => (name.as_str(), None),
        };
        let value = lookup(name).or_else(|| otherwise.map(ToOwned::to_owned));
        let value = value.ok_or_else(|| format!("could not resolve placeholder '{name}'"))?;
        done.push_str(before);
        done.push_str(&replaced(&value, lookup, depth + 1)?);
        rest = after;
    }
    done.push_str(rest);
    Ok(done)
}

/// What stands before, in and behind the first placeholder. One that is not closed is none.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, inside) = text.split_once("${")?;
    let mut open = 0_u32;
    for (at, character) in inside.char_indices() {
        match character {
            '{' => open += 1,
            '}' if open == 0 => {
                return Some((before, inside.get(..at)?, inside.get(at + 1..)?));
            }
            '}' => open -= 1,
            _ => {}
        }
    }
    None
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
                Event::Scalar(text, style, ..) => {
                    if let Some(text) = scalar(&text, style) {
                        self.set(key, Setting::Text(text))?;
                    }
                }
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
                    return self.set(key, Setting::List(values));
                }
                _ => return Err(format!("the list [{key}] holds more than texts")),
            }
        }
    }

    /// The values are not told: secrets may stand in them.
    fn set(&mut self, key: String, value: Setting) -> Result<(), String> {
        match self.settings.values.entry(key) {
            Entry::Vacant(place) => {
                place.insert(value);
                Ok(())
            }
            Entry::Occupied(place) => {
                Err(format!("duplicate settings key [{}] found", place.key()))
            }
        }
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
        Err(error) => Err(failure::settings(path, &error.to_string())),
    }
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
        let settings =
            yaml("a: [x, y]\nb: x, y\nc:\n  - x\n  - y\nd: \"\"\ne.0: x\ne.1: y\ne.3: z\n");
        for key in ["a", "b", "c", "e"] {
            assert_eq!(settings.list(key), ["x", "y"], "{key}");
        }
        assert!(settings.list("d").is_empty());
        assert_eq!(yaml("a: ['x, y']\n").list("a"), ["x, y"]);
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

    fn environment(name: &str) -> Option<String> {
        let value = match name {
            "HOME" => "/etc",
            "WHICH" => "HOME",
            "CA" => "${HOME}/ca.crt",
            "L" => "${L}",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn placeholders_are_replaced_from_the_environment() {
        for (text, expected) in [
            ("${HOME}/a.crt", "/etc/a.crt"),
            ("x${HOME}${HOME}y", "x/etc/etcy"),
            ("${NOWHERE:certs}/a.crt", "certs/a.crt"),
            ("${NOWHERE:}", ""),
            ("${${WHICH}}", "/etc"),
            ("${CA}", "/etc/ca.crt"),
            ("${HOME", "${HOME"),
            ("$HOME {a}", "$HOME {a}"),
        ] {
            let mut settings = yaml(&format!("a: '{text}'\nb: ['{text}']\n"));
            settings.replace_placeholders(environment).unwrap();
            assert_eq!(settings.text("a"), Some(expected), "{text}");
            assert_eq!(settings.list("b"), [expected], "{text}");
        }
    }

    #[test]
    fn err_yaml_that_is_none() {
        for (text, expected) in [
            ("a: b\nc: [1", "line "),
            ("just text", "it is no list of settings"),
            ("a: &x 1\nb: *x", "the value of [b] cannot be read"),
            (&"a: {".repeat(200), "settings are nested"),
            ("a.b: 1\na:\n  b: 2\n", "duplicate settings key [a.b] found"),
            ("a: ${NOWHERE}\n", "could not resolve placeholder 'NOWHERE'"),
            ("a: '${L}'\n", "placeholders are nested"),
        ] {
            let mut settings = Settings::default();
            let added = settings.add_yaml(text);
            let error = added.and_then(|()| settings.replace_placeholders(environment));
            let error = error.unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn err_secrets_are_not_quoted() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secrets.toml"), "\"a\" = \"hunter2\n").unwrap();
        let error = Settings::read(directory.path()).unwrap_err().reason;
        assert!(
            error.contains("secrets.toml") && !error.contains("hunter2"),
            "{error}"
        );
    }
}
