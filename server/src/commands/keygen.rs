//! `certlens keygen`: the key that private keys are sealed with.

use std::path::PathBuf;

use super::print;
use crate::app::StartError;
use crate::atomic;
use crate::sealing::SealingKey;

/// Where the key goes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file to make, readable by its owner only. A file that is there is left alone.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

/// Makes it.
///
/// # Errors
/// When the file is there already, or cannot be written.
pub fn run(arguments: &Arguments) -> Result<(), StartError> {
    let (key, text) = SealingKey::make()?;
    atomic::create_secret(&arguments.output, text.as_bytes()).map_err(|error| {
        StartError::new(
            format!("{}: {error}", arguments.output.display()),
            "Name a file that does not exist yet, in a directory that can be written to.",
        )
    })?;
    print(&[
        ("key", &arguments.output.display().to_string()),
        ("id", key.id()),
    ]);
    Ok(())
}
