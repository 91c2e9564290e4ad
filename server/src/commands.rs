//! The commands about a data directory: who may sign in, the key that seals, the audit, the nodes beside it.

pub mod audit;
pub mod keygen;
pub mod nodes;
pub mod token;
pub mod user;

use std::fmt::Write as _;
use std::io::{self, BufRead, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::app::StartError;
use crate::audit::{self as log, Audit, Changed, Deed, Ended};
use crate::config::{Arguments, Config};
use crate::users::records::{self, Table};

/// Which data directory a command works on.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The data directory of the server
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The configuration file of the server, which names it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    pub(crate) fn data(&self) -> Result<PathBuf, StartError> {
        let arguments = Arguments {
            data: self.data.clone(),
            config: self.config.clone(),
            ..Arguments::default()
        };
        Config::load(&arguments).map(|config| config.data)
    }
}

/// Changes a table of a data directory, and lets the audit know before and after.
fn change<T: Table, R>(
    action: &str,
    name: &str,
    data: &Path,
    change: impl FnOnce(&mut T) -> Result<R, StartError>,
) -> Result<R, StartError> {
    let failed = |error: io::Error| {
        StartError::new(
            format!("{}: {error}", data.join(log::FILE).display()),
            "Nothing is changed without the audit. Run this as the user that the server runs as.",
        )
    };
    std::fs::create_dir_all(data).map_err(failed)?;
    let audit = Audit::new(data);
    let deed = Deed {
        by: "command line".to_owned(),
        ..Deed::default()
    };
    let entry = Changed::of(T::FILE.trim_end_matches(".toml"), name);
    let begun = audit.begin(action, &deed, &[entry]).map_err(failed)?;
    let changed = records::change(data, change);
    let error = changed.as_ref().err().map(ToString::to_string);
    let ended = error.as_deref().map_or(Ended::Done, Ended::Failed);
    let ended = audit.end(begun, ended).map_err(failed);
    let changed = changed?;
    ended?;
    Ok(changed)
}

/// Prints lines of a word and what it stands for. They may hold a secret: they are wiped.
fn print(lines: &[(&str, &str)]) {
    let width = lines.iter().map(|(word, _)| word.len()).max();
    let width = width.unwrap_or_default();
    let mut text = Zeroizing::new(String::new());
    for (word, what) in lines {
        // Writing into a text does not fail.
        let _ = writeln!(*text, "{word:width$}  {what}");
    }
    let mut out = io::stdout().lock();
    // Nobody reads any more: there is no one left to tell.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The first line of standard input.
fn read_secret() -> Result<Zeroizing<String>, StartError> {
    let mut line = Zeroizing::new(String::new());
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| {
        StartError::new(
            format!("standard input cannot be read: {error}"),
            "Pipe the password into the command, as one line.",
        )
    })?;
    let password = Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned());
    if password.is_empty() {
        return Err(StartError::new(
            "standard input: expected a password, found an empty line",
            "Pipe the password into the command, or leave out --password-stdin to have one made.",
        ));
    }
    Ok(password)
}
