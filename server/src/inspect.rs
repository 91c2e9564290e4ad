//! `certlens inspect`: the report of certificate files, in the terminal or as JSON.

pub(crate) mod input;
pub(crate) mod json;
pub(crate) mod text;
pub(crate) mod visible;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use certlens_core::{Lock, Object, Options, Problem, Report, UnixTime};
use serde::Serialize;

use crate::clock;

/// What to inspect, and how.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Certificates, keys or keystores of any kind; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Print JSON, as docs/report.schema.json describes it
    #[arg(long)]
    json: bool,
    /// Read passwords from standard input, one a line, and try each of them
    #[arg(long)]
    password_stdin: bool,
    /// Judge validity at this instant, such as 2026-11-22 or 2026-11-22T09:41:00Z, instead of now
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<UnixTime>,
    /// Take more of a file than usual: key derivation `rounds`, octets of `input`, `memory` and `output`,
    /// `entries`, and `listed` entries of a revocation list
    #[arg(long = "limit", value_name = "NAME=NUMBER")]
    limits: Vec<String>,
}

/// What `certlens inspect --json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inspection {
    /// The files, in the order in which they were named.
    pub files: Vec<InspectedFile>,
}

/// What was learnt from one file: either a report or an error.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectedFile {
    /// The file as it was named; `-` for standard input.
    pub file: String,
    /// What it holds; `null` when there is nothing to show.
    pub report: Option<Report>,
    /// Why there is nothing to show; `null` when there is a report.
    pub error: Option<Problem>,
}

/// Prints what the files hold. Succeeds when there was something to show.
pub fn run(arguments: &Arguments) -> ExitCode {
    let passwords = match input::passwords_for(arguments.password_stdin, &arguments.files) {
        Ok(passwords) => passwords,
        Err(code) => return code,
    };
    let at = arguments.at.unwrap_or_else(clock::now);
    let mut options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    for assignment in &arguments.limits {
        if let Err(error) = options.limits.set(assignment) {
            eprintln!("error: --limit: {error}");
            return ExitCode::from(2);
        }
    }
    let files = arguments.files.iter();
    let inspection = Inspection {
        files: files.map(|file| inspect(file, &options, at)).collect(),
    };
    // A reader who has seen enough, such as `head`, is no failure.
    let _ = print(&inspection, arguments, at);
    if inspection.files.iter().any(InspectedFile::shows_something) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The JSON Schema of [`Inspection`], which `docs/report.schema.json` publishes.
#[cfg(feature = "schema")]
pub fn schema() -> schemars::Schema {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    // What other commands print as JSON stands beside it, under its name.
    generator.subschema_for::<crate::verify::Verification>();
    generator.subschema_for::<crate::chain::Chained>();
    generator.subschema_for::<crate::compare::Compared>();
    generator.into_root_schema_for::<Inspection>()
}

impl InspectedFile {
    /// Whether anything in it was read. A keystore that stays locked shows nothing, unless entries
    /// are seen without its password.
    fn shows_something(&self) -> bool {
        self.report.as_ref().is_some_and(|report| {
            let is_empty = report.entries.is_empty() && report.lock() == Lock::Open;
            is_empty || report.entries.iter().any(|entry| is_read(&entry.object))
        })
    }
}

fn is_read(object: &Object) -> bool {
    match object {
        Object::PrivateKey(key) => key.lock == Lock::Open && key.public_key.is_some(),
        Object::Unreadable(_) => false,
        _ => true,
    }
}

fn inspect(file: &str, options: &Options<'_>, at: UnixTime) -> InspectedFile {
    let report = input::read(file, options.limits.input).and_then(|bytes| {
        certlens_core::inspect(&bytes, options, Some(at)).map_err(|error| Problem::from(&error))
    });
    let file = file.to_owned();
    match report {
        Ok(report) => InspectedFile {
            file,
            report: Some(report),
            error: None,
        },
        Err(problem) => InspectedFile {
            file,
            report: None,
            error: Some(problem),
        },
    }
}

fn print(inspection: &Inspection, arguments: &Arguments, at: UnixTime) -> io::Result<()> {
    // Buffers hold what was printed until the end: problems wait, so as to stand below the reports.
    if arguments.json {
        let mut out = BufWriter::new(io::stdout().lock());
        json::write(&mut out, inspection)?;
        out.flush()?;
    } else {
        let mut out = BufWriter::new(anstream::stdout().lock());
        text::write(&mut out, inspection, at)?;
        out.flush()?;
    }
    text::write_problems(&mut anstream::stderr().lock(), inspection)
}

pub(crate) fn instant(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse(text).ok_or_else(|| {
        "expected a date such as 2026-11-22, or a date and time such as 2026-11-22T09:41:00Z".into()
    })
}
