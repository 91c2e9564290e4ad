//! `certlens inspect`: the report of certificate files, in the terminal or as JSON.

pub(crate) mod input;
pub(crate) mod json;
pub(crate) mod text;
pub(crate) mod visible;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use certlens_core::{
    Contents, Entry, EverySignature, Lock, Object, Options, PileLinks, Problem, Proof, Report,
    UnixTime,
};
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
    /// What was found out about the signature of each entry.
    #[serde(skip)]
    proofs: Vec<Option<Signed>>,
}

/// What was found out about a signature, and with whose key.
#[derive(Clone, Debug)]
enum Signed {
    By(String),
    Itself,
    Wrong(String),
    NotItself,
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
    let inspection = inspect(&arguments.files, &options, at);
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

/// Reads all files, and then tells of each what it holds and what lies beside it in the others.
fn inspect(files: &[String], options: &Options<'_>, at: UnixTime) -> Inspection {
    let open = |file: &String| -> Result<Contents, Problem> {
        let bytes = input::read(file, options.limits.input)?;
        certlens_core::open(&bytes, options).map_err(|error| Problem::from(&error))
    };
    let opened: Vec<Result<Contents, Problem>> = files.iter().map(open).collect();
    let read = files.iter().zip(&opened);
    let (names, pile): (Vec<&str>, Vec<&Contents>) = read
        .filter_map(|(file, contents)| Some((file.as_str(), contents.as_ref().ok()?)))
        .unzip();
    let mut reports = reports(&names, &pile, at).into_iter();
    let inspected = files.iter().zip(&opened).map(|(file, contents)| {
        let error = contents.as_ref().err().cloned();
        let told = error.is_none().then(|| reports.next()).flatten();
        let (report, proofs) = told.unzip();
        InspectedFile {
            file: file.clone(),
            report,
            error,
            proofs: proofs.unwrap_or_default(),
        }
    });
    Inspection {
        files: inspected.collect(),
    }
}

/// What these files hold, and what came of the signatures of their entries: those are computed with whose
/// makers are here.
fn reports(names: &[&str], pile: &[&Contents], at: UnixTime) -> Vec<(Report, Vec<Option<Signed>>)> {
    let mut links = PileLinks::find(pile, Some(at));
    links.prove_lists(pile, &EverySignature);
    for (input, contents) in pile.iter().enumerate() {
        for index in 0..contents.len() {
            links.prove(pile, (input, index), &EverySignature);
        }
    }
    let report = |(input, contents): (usize, &&Contents)| {
        let mut report = contents.report(Some(at));
        for (index, entry) in report.entries.iter_mut().enumerate() {
            links.join(pile, names, (input, index), Some(at), entry);
        }
        let places = (0..contents.len()).map(|index| (input, index));
        (
            report,
            places.map(|place| signed(&links, pile, place)).collect(),
        )
    };
    pile.iter().enumerate().map(report).collect()
}

fn signed(links: &PileLinks, pile: &[&Contents], place: (usize, usize)) -> Option<Signed> {
    let name = |(input, index): (usize, usize)| Some(pile.get(input)?.row(index)?.name);
    match links.proof(place)? {
        Proof::By(issuer) => name(issuer).map(Signed::By),
        Proof::Itself => Some(Signed::Itself),
        Proof::Wrong(itself) if itself == place => Some(Signed::NotItself),
        Proof::Wrong(issuer) => name(issuer).map(Signed::Wrong),
        Proof::Absent | Proof::Unknown => None,
    }
}

impl Signed {
    /// In the words of the page.
    fn words(&self) -> String {
        match self {
            Self::By(issuer) => format!("Its signature is verified with the key of {issuer}."),
            Self::Itself => "It is signed with its own key.".to_owned(),
            Self::Wrong(issuer) => format!("Its signature was not made by the key of {issuer}."),
            Self::NotItself => "Its signature was not made by its own key.".to_owned(),
        }
    }

    /// What of an entry is not checked yet.
    fn leaves_unchecked(entry: &Entry) -> &'static str {
        match &entry.object {
            Object::Certificate(_) if entry.is_revoked() => {
                "Trust and other revocation lists not checked."
            }
            Object::Certificate(_) => "Trust and revocation not checked.",
            _ => "",
        }
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
