//! `certlens chain`: who issued whom in a pile of files, and which key belongs to what.

mod text;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use certlens_core::{
    ChainPicture, Contents, EverySignature, IssuerCheck, KeyMatch, NoIssuerCheck, Problem,
    UnixTime, chain, match_keys,
};
use serde::Serialize;

use crate::clock;
use crate::inspect::{input, instant, json};

/// What to draw, and how.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Certificates, keys or keystores of any kind; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Compute with the signatures too; what an issuer did not sign is then no link
    #[arg(long)]
    signatures: bool,
    /// Print JSON, as `Chained` in docs/report.schema.json describes it
    #[arg(long)]
    json: bool,
    /// Read passwords from standard input, one a line, and try each of them
    #[arg(long)]
    password_stdin: bool,
    /// Judge validity at this instant, such as 2026-11-22 or 2026-11-22T09:41:00Z, instead of now
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<UnixTime>,
}

/// What `certlens chain --json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Chained {
    /// The files that were read, in the order in which they were named. Places count them from 0.
    pub files: Vec<String>,
    /// The files that were not.
    pub problems: Vec<UnreadFile>,
    /// The instant that validity was judged at.
    pub judged_at: UnixTime,
    /// Who issued whom.
    pub chain: ChainPicture,
    /// What belongs together by its key.
    pub keys: Vec<KeyMatch>,
}

/// A file that could not be read.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UnreadFile {
    /// The file as it was named.
    pub file: String,
    /// Why.
    pub error: Problem,
}

/// Runs the command. Fails with 1 when no file holds a certificate or a key, and with 2 when the
/// passwords could not be read.
pub fn run(arguments: &Arguments) -> ExitCode {
    let passwords = match input::passwords_for(arguments.password_stdin, &arguments.files) {
        Ok(passwords) => passwords,
        Err(code) => return code,
    };
    let at = arguments.at.unwrap_or_else(clock::now);
    let (mut files, mut pile, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for file in &arguments.files {
        match input::open(file, &passwords) {
            Ok(contents) => {
                files.push(file.clone());
                pile.push(contents);
            }
            Err(error) => problems.push(UnreadFile {
                file: file.clone(),
                error,
            }),
        }
    }
    let pile: Vec<&Contents> = pile.iter().collect();
    let check: &dyn IssuerCheck = if arguments.signatures {
        &EverySignature
    } else {
        &NoIssuerCheck
    };
    let chained = Chained {
        chain: chain(&pile, Some(at), check),
        keys: match_keys(&pile),
        judged_at: at,
        files,
        problems,
    };
    // A reader who has seen enough, such as `head`, is no failure.
    let _ = print(&chained, &pile, arguments.json);
    if chained.chain.certificates.is_empty() && chained.keys.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn print(chained: &Chained, pile: &[&Contents], as_json: bool) -> io::Result<()> {
    // Buffers hold what was printed until the end: problems wait, so as to stand below.
    if as_json {
        let mut out = BufWriter::new(io::stdout().lock());
        json::write(&mut out, chained)?;
        out.flush()?;
    } else {
        let mut out = BufWriter::new(anstream::stdout().lock());
        text::write(&mut out, chained)?;
        out.flush()?;
    }
    text::write_problems(&mut anstream::stderr().lock(), chained, pile)
}
