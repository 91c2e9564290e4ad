//! `elasticsearch.yml` and the secure settings beside it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::Value;

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
        let document: Option<Value> =
            serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        match document {
            None | Some(Value::Null) => Ok(()),
            Some(Value::Object(map)) => {
                for (key, value) in map {
                    self.add(key, value);
                }
                Ok(())
            }
            Some(_) => Err("expected settings, found a single value".to_owned()),
        }
    }

    fn add_secrets(&mut self, text: &str) -> Result<(), String> {
        let secrets: BTreeMap<String, toml::Value> =
            toml::from_str(text).map_err(|error| error.message().to_owned())?;
        for (key, value) in secrets {
            let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
            self.add(key, value);
        }
        Ok(())
    }

    fn add(&mut self, key: String, value: Value) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    self.add(format!("{key}.{name}"), value);
                }
            }
            Value::Array(values) => {
                self.values
                    .insert(key, values.into_iter().filter_map(scalar).collect());
            }
            value => {
                self.values.insert(key, scalar(value).into_iter().collect());
            }
        }
    }
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
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
    fn an_empty_file_has_no_settings() {
        assert_eq!(yaml("# nothing yet\n").keys().count(), 0);
    }

    #[test]
    fn err_yaml_that_is_none() {
        assert!(Settings::default().add_yaml("a: [1").is_err());
        assert!(Settings::default().add_yaml("just text").is_err());
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
