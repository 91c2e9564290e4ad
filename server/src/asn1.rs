//! `certlens asn1`: the ASN.1 values that files are encoded in.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use certlens_core::{Asn1LengthForm, Asn1Tree, Asn1Value, Options, Password, Problem, Tree, trees};
use serde::Serialize;

use crate::inspect::text::write_problem;
use crate::inspect::visible::visible;
use crate::inspect::{input, json};

/// Whose values to show, and how.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files of any kind; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Read passwords from standard input, one a line, to look also at what they open
    #[arg(long)]
    password_stdin: bool,
}

/// What `certlens asn1 --json` prints.
#[derive(Serialize)]
struct Files<'a> {
    files: &'a [File],
}

/// The values of one file, or why there are none.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "as it is called in the JSON")]
struct File {
    file: String,
    trees: Vec<Asn1Tree>,
    error: Option<Problem>,
}

/// Prints the values in the files. Succeeds when there was one.
pub fn run(arguments: &Arguments) -> ExitCode {
    let passwords = match input::passwords_for(arguments.password_stdin, &arguments.files) {
        Ok(passwords) => passwords,
        Err(code) => return code,
    };
    let files: Vec<File> = arguments
        .files
        .iter()
        .map(|file| read(file, &passwords))
        .collect();
    // A reader who has seen enough, such as `head`, is no failure.
    let _ = print(&files, arguments.json);
    if files.iter().any(|file| file.error.is_none()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn read(file: &str, passwords: &[Password]) -> File {
    let options = Options {
        passwords,
        ..Options::default()
    };
    let found = input::read(file, options.limits.input)
        .and_then(|bytes| trees(&bytes, &options).map_err(|error| Problem::from(&error)));
    let (trees, error) = match found {
        Ok(trees) => (trees.iter().map(Tree::report).collect(), None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let file = file.to_owned();
    File { file, trees, error }
}

fn print(files: &[File], as_json: bool) -> io::Result<()> {
    if as_json {
        let mut out = BufWriter::new(io::stdout().lock());
        json::write(&mut out, &Files { files })?;
        return out.flush();
    }
    let mut out = BufWriter::new(anstream::stdout().lock());
    for file in files {
        if 1 < files.len() {
            writeln!(out, "{BOLD}{}{BOLD:#}", visible(&file.file))?;
        }
        for tree in &file.trees {
            write_tree(&mut out, tree)?;
        }
    }
    out.flush()?;
    let mut err = anstream::stderr().lock();
    for file in files {
        if let Some(problem) = &file.error {
            write_problem(&mut err, &file.file, &problem.message, &problem.hint)?;
        }
    }
    Ok(())
}

/// A line a value: where it begins, octets of its header and of its contents, and what it is.
fn write_tree(out: &mut impl Write, tree: &Asn1Tree) -> io::Result<()> {
    let label = tree.label.as_deref().unwrap_or_default();
    writeln!(
        out,
        "{BOLD}{} {}{BOLD:#}",
        visible(&tree.path),
        visible(label)
    )?;
    if let Some(problem) = &tree.problem {
        writeln!(out, "{RED}{}{RED:#}", visible(&problem.message))?;
    }
    for value in &tree.values {
        let (at, contents) = (value.at.der, value.contents.der);
        let header = contents.start - at.start;
        let length = contents.end - contents.start;
        write!(
            out,
            "{FAINT}{:>7} {header:>2} {length:>6}{FAINT:#}  ",
            at.start
        )?;
        let depth = usize::try_from(value.depth).unwrap_or_default();
        write!(out, "{:depth$}{}", "", value.name, depth = 2 * depth)?;
        write_words(out, value)?;
    }
    Ok(())
}

fn write_words(out: &mut impl Write, value: &Asn1Value) -> io::Result<()> {
    if value.wrapped {
        write!(out, " {FAINT}(in a string){FAINT:#}")?;
    }
    match value.length_form {
        Some(Asn1LengthForm::Padded) => write!(out, " {RED}(padded length){RED:#}")?,
        Some(Asn1LengthForm::Indefinite) => write!(out, " {RED}(indefinite length){RED:#}")?,
        _ => {}
    }
    if let Some(text) = value.value.as_deref().filter(|text| !text.is_empty()) {
        write!(out, " {}", visible(text))?;
    }
    if let Some(meaning) = &value.meaning {
        write!(out, " {FAINT}{}{FAINT:#}", visible(meaning))?;
    }
    if let Some(problem) = &value.problem {
        write!(out, " {RED}{}{RED:#}", visible(problem))?;
    }
    writeln!(out)
}

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
