//! `certlens audit`: whether the log of changes is what was written.

use std::process::ExitCode;

use clap::Subcommand;

use super::Place;
use crate::audit::{self, NotVerified};

/// What to do with the audit.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compute every hash: 0 unbroken, 1 broken, 2 it cannot be read
    Verify {
        /// Also look for this hash, noted at an earlier time: without it the log was replaced or cut
        #[arg(long, value_name = "HASH")]
        holds: Option<String>,
        /// Which data directory it is about.
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
pub fn run(command: &Command) -> ExitCode {
    let Command::Verify { holds, place } = command;
    let data = match place.data() {
        Ok(data) => data,
        Err(error) => {
            eprintln!("error: {error}\nhint: {}", error.hint());
            return ExitCode::from(2);
        }
    };
    let file = data.join(audit::FILE);
    let file = file.display();
    match audit::verify(&data, holds.as_deref()) {
        Ok(found) if holds.is_some() && !found.holds => {
            println!("{file}: broken: no record has the hash that was noted");
            ExitCode::from(1)
        }
        Ok(found) => {
            println!(
                "{file}: unbroken, {} records, the last is {}",
                found.records, found.head
            );
            if !found.open.is_empty() {
                let open: Vec<_> = found.open.iter().map(ToString::to_string).collect();
                println!(
                    "begun and not ended, by a crash or just now: {}",
                    open.join(", ")
                );
            }
            if found.cut_off {
                println!("a record behind the last was cut off by a crash: nobody was told of it");
            }
            ExitCode::SUCCESS
        }
        Err(error @ NotVerified::Broken { .. }) => {
            println!("{file}: {error}");
            ExitCode::from(1)
        }
        Err(NotVerified::Io(error)) => {
            eprintln!("error: {file}: {error}\nhint: A server writes it with its first change.");
            ExitCode::from(2)
        }
    }
}
