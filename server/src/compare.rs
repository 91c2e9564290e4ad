//! `certlens compare`: what changed between two files, by meaning.

mod text;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use certlens_core::{BundleComparison, Contents, Lock, Password, Problem, compare_bundles};
use serde::Serialize;

use crate::inspect::text::write_problem;
use crate::inspect::{input, json};

/// What to compare, and how.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The older file, of any kind; `-` is standard input
    #[arg(value_name = "A")]
    before: String,
    /// The newer file
    #[arg(value_name = "B")]
    after: String,
    /// Print JSON, as `Compared` in docs/report.schema.json describes it
    #[arg(long)]
    json: bool,
    /// Read passwords from standard input, one a line, and try each of them
    #[arg(long)]
    password_stdin: bool,
}

/// What `certlens compare --json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    /// The older file as it was named.
    pub before: String,
    /// The newer file as it was named.
    pub after: String,
    /// What changed.
    pub comparison: BundleComparison,
}

/// Runs the command: 0 for files that hold the same, 1 for others, 2 when they cannot be compared.
pub fn run(arguments: &Arguments) -> ExitCode {
    let passwords = match input::passwords_for(
        arguments.password_stdin,
        [&arguments.before, &arguments.after],
    ) {
        Ok(passwords) => passwords,
        Err(code) => return code,
    };
    let (before, after) = (
        open(&arguments.before, &passwords),
        open(&arguments.after, &passwords),
    );
    let (Some(before), Some(after)) = (before, after) else {
        return ExitCode::from(2);
    };
    let compared = Compared {
        before: arguments.before.clone(),
        after: arguments.after.clone(),
        comparison: compare_bundles(&before.report(None), &after.report(None)),
    };
    // A reader who has seen enough, such as `head`, is no failure.
    let _ = print(&compared, arguments.json);
    if compared.comparison.same {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}

/// Opens a file, or says why it cannot be compared. What stays sealed may differ.
fn open(file: &str, passwords: &[Password]) -> Option<Contents> {
    let problem = match input::open(file, passwords) {
        Ok(contents) if contents.lock() == Lock::Open => return Some(contents),
        Ok(contents) => Problem {
            code: "locked".to_owned(),
            message: match contents.lock() {
                Lock::WrongPassword => "no password given opens all of it".to_owned(),
                _ => "it is sealed and needs a password".to_owned(),
            },
            hint: "Give passwords on standard input, one a line, with --password-stdin.".to_owned(),
            path: Vec::new(),
            offset: 0,
        },
        Err(problem) => problem,
    };
    // Where standard error is closed, the exit code has to do.
    let _ = write_problem(
        &mut anstream::stderr().lock(),
        file,
        &problem.message,
        &problem.hint,
    );
    None
}

fn print(compared: &Compared, as_json: bool) -> io::Result<()> {
    if as_json {
        let mut out = BufWriter::new(io::stdout().lock());
        json::write(&mut out, compared)?;
        return out.flush();
    }
    let mut out = BufWriter::new(anstream::stdout().lock());
    text::write(&mut out, compared)?;
    out.flush()
}
