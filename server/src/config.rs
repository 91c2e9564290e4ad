//! What `certlens serve` was told, on the command line and in a TOML file.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::app::StartError;

/// Serves the page and the three certificate APIs.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Arguments {
    /// Directory with the certificates, the users and the host key. Made if it is missing.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Address to listen on. Port 0 takes any free port. [default: 127.0.0.1:8780]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,

    /// Make demonstration data in the directory when it is empty.
    #[arg(long)]
    pub demo: bool,

    /// The same options, and more, in a file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What the server runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Directory with the certificates, the users and the host key.
    pub data: PathBuf,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Whether an empty directory is filled with demonstration data.
    pub demo: Demo,
    /// Other backends that the page may speak to, as origins: `https://es.corp.example:9200`.
    pub connect: Vec<String>,
    /// Names besides the loopback ones under which the server may be addressed.
    pub hosts: Vec<String>,
    /// How log lines are written.
    pub log: Log,
}

/// Whether an empty data directory is filled with demonstration data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demo {
    /// Make it.
    Make,
    /// Leave the directory as it is.
    Omit,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Log {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// A server over this directory, on loopback, with everything else by default.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)),
            demo: Demo::Omit,
            connect: Vec::new(),
            hosts: Vec::new(),
            log: Log::Text,
        }
    }

    /// Takes the command line, and the file that it names; the command line wins.
    ///
    /// # Errors
    /// When the file is missing or wrong (naming the line), or no data directory is given.
    pub fn load(arguments: &Arguments) -> Result<Self, StartError> {
        let file = match &arguments.config {
            Some(path) => File::read(path)?,
            None => File::default(),
        };
        let Some(data) = arguments.data.clone().or(file.data) else {
            return Err(StartError::new(
                "expected a data directory, found none",
                "Give it with `--data DIR`, or as `data` in the configuration file.",
            ));
        };
        for origin in &file.connect {
            check_origin(origin)?;
        }
        let defaults = Self::new(data);
        let demo = arguments.demo || file.demo;
        Ok(Self {
            listen: arguments.listen.or(file.listen).unwrap_or(defaults.listen),
            demo: if demo { Demo::Make } else { Demo::Omit },
            connect: file.connect,
            hosts: file.hosts,
            log: file.log,
            ..defaults
        })
    }
}

/// The configuration file. Relative paths in it start at the working directory.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    demo: bool,
    connect: Vec<String>,
    hosts: Vec<String>,
    log: Log,
}

impl File {
    fn read(path: &Path) -> Result<Self, StartError> {
        let text = fs::read_to_string(path).map_err(|error| {
            StartError::new(
                format!("{}: cannot read the configuration: {error}", path.display()),
                "Name an existing file with `--config FILE`.",
            )
        })?;
        toml::from_str(&text).map_err(|error| {
            StartError::new(
                format!("{}: {error}", path.display()),
                "Keys: data, listen, demo, connect, hosts, log. They are described in docs/API.md.",
            )
        })
    }
}

/// An origin goes into a header of every answer: nothing but scheme, host and port may stand in it.
fn check_origin(origin: &str) -> Result<(), StartError> {
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    let plain = |host: &str| {
        !host.is_empty()
            && host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
    };
    if host.is_some_and(plain) {
        return Ok(());
    }
    Err(StartError::new(
        format!("connect: expected an origin, found `{origin}`"),
        "Write scheme, host and port only: `https://es.corp.example:9200`.",
    ))
}

const DEFAULT_PORT: u16 = 8780;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn load(text: &str) -> Result<Config, StartError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Config::load(&Arguments {
            config: Some(file.path().into()),
            ..Arguments::default()
        })
    }

    #[test]
    fn every_key_of_the_file_arrives() {
        let config = load(
            "data = 'd'\nlisten = '127.0.0.1:9'\ndemo = true\nconnect = ['https://es:9200']\nhosts = ['h']\nlog = 'json'\n",
        )
        .unwrap();
        assert_eq!(config.data, Path::new("d"));
        assert_eq!(config.listen.port(), 9);
        assert_eq!(config.demo, Demo::Make);
        assert_eq!(config.connect, ["https://es:9200"]);
        assert_eq!(config.hosts, ["h"]);
        assert_eq!(config.log, Log::Json);
    }

    #[test]
    fn err_unknown_key_names_its_line() {
        let error = load("data = 'd'\nlisten_on = '127.0.0.1:9'\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(error.contains("listen_on"), "{error}");
    }

    #[test]
    fn err_missing_file_is_named() {
        let arguments = Arguments {
            config: Some("/nowhere/c.toml".into()),
            ..Arguments::default()
        };
        let error = Config::load(&arguments).unwrap_err().to_string();
        assert!(error.starts_with("/nowhere/c.toml: "), "{error}");
    }

    #[test]
    fn err_connect_that_would_break_the_policy() {
        for origin in [
            "https://x; script-src *",
            "javascript:1",
            "https://",
            "https://x/path",
        ] {
            let error = load(&format!("data = 'd'\nconnect = [\"{origin}\"]\n")).unwrap_err();
            assert!(
                error.to_string().starts_with("connect: expected an origin"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_command_line_wins() {
        let arguments = Arguments {
            data: Some("cli".into()),
            ..Arguments::default()
        };
        let config = Config::load(&arguments).unwrap();
        assert_eq!(config.data, Path::new("cli"));
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.demo, Demo::Omit);
    }

    #[test]
    fn err_no_data_directory() {
        let error = Config::load(&Arguments::default()).unwrap_err();
        assert_eq!(error.to_string(), "expected a data directory, found none");
        assert!(error.hint().contains("--data"));
    }
}
