//! `certlens verify`: whether a certificate is accepted, and why, in the terminal or as JSON.

mod text;

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use certlens_core::{
    Contents, Evidence, HostName, Judgement, Lock, Options, Password, Problem, Profile, Purpose,
    Question, RevocationDemand, UnixTime, judge, open,
};
use serde::Serialize;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use crate::clock;
use crate::inspect::text::write_problem;
use crate::inspect::{input, instant, json};

/// What to verify, by what, and for what.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Arguments {
    /// The certificate; where the file holds several, the first, and the others may stand between
    #[arg(value_name = "LEAF")]
    leaf: String,
    /// Certificates that are trusted: files of any kind, also a truststore
    #[arg(long, required_unless_present = "mozilla", value_name = "FILE")]
    anchors: Vec<String>,
    /// Trust the roots that Mozilla trusts for servers, as they were when this program was built
    #[arg(long)]
    mozilla: bool,
    /// Certificates that may stand between
    #[arg(long, value_name = "FILE")]
    untrusted: Vec<String>,
    /// Revocation lists
    #[arg(long, value_name = "FILE")]
    crl: Vec<String>,
    /// Refuse certificates that no revocation list is about
    #[arg(long)]
    require_crl: bool,
    /// Judge at this instant, such as 2026-11-22 or 2026-11-22T09:41:00Z, instead of now
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<UnixTime>,
    /// What the certificate is for: server, client, email, code, ca, any … or an object identifier
    #[arg(long, default_value = "server", value_parser = purpose)]
    purpose: Purpose,
    /// How strictly: legacy, standard, strict or webpki
    #[arg(long, default_value = "standard", value_parser = profile)]
    profile: Profile,
    /// The host that must be among its names
    #[arg(long, value_name = "NAME", value_parser = HostName::parse)]
    host: Option<HostName>,
    /// Print JSON, as `Verification` in docs/report.schema.json describes it
    #[arg(long)]
    json: bool,
    /// Read passwords from standard input, one a line, and try each of them
    #[arg(long)]
    password_stdin: bool,
}

/// What `certlens verify --json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verification {
    /// The file of the certificate, as it was named; `-` for standard input.
    pub file: String,
    /// Whether it is accepted, and why; `null` when it could not be judged.
    pub judgement: Option<Judgement>,
    /// Why it could not be judged; `null` when it was.
    pub error: Option<FileProblem>,
}

/// Why a file could not be used.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileProblem {
    /// The file, as it was named.
    pub file: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// Prints the verdict: 0 for accepted, 1 for refused, 2 where nothing could be judged.
pub fn run(arguments: &Arguments) -> ExitCode {
    let verification = match verify(arguments) {
        Ok(judgement) => Verification {
            file: arguments.leaf.clone(),
            judgement: Some(judgement),
            error: None,
        },
        Err(error) => Verification {
            file: arguments.leaf.clone(),
            judgement: None,
            error: Some(*error),
        },
    };
    // A reader who has seen enough, such as `head`, is no failure.
    let _ = print(&verification, arguments.json);
    match &verification.judgement {
        Some(judgement) if judgement.accepted => ExitCode::SUCCESS,
        Some(_) => ExitCode::FAILURE,
        None => ExitCode::from(2),
    }
}

fn verify(arguments: &Arguments) -> Result<Judgement, Box<FileProblem>> {
    let passwords = passwords(arguments)?;
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    let read = |file: &String| read(file, &options);
    let read_all = |files: &[String]| files.iter().map(read).collect::<Result<Vec<_>, _>>();
    let leaf = read(&arguments.leaf)?;
    let anchors = read_all(&arguments.anchors)?;
    let untrusted = read_all(&arguments.untrusted)?;
    let lists = read_all(&arguments.crl)?;
    let mut chain = leaf.certificates();
    let Some(certificate) = chain.next() else {
        return Err(no_certificate(&arguments.leaf, "certificate"));
    };
    for (file, contents) in arguments.anchors.iter().zip(&anchors) {
        if contents.certificates().next().is_none() {
            return Err(no_certificate(file, "certificate to trust"));
        }
    }
    for (file, contents) in arguments.crl.iter().zip(&lists) {
        if let Some((path, problem)) = contents.unreadable().next() {
            return Err(unreadable_list(file, path, problem));
        }
        if contents.revocation_lists().next().is_none() {
            return Err(no_certificate(file, "revocation list"));
        }
    }
    let mut trusted: Vec<Cow<'_, [u8]>> = anchors.iter().flat_map(Contents::anchors).collect();
    if arguments.mozilla {
        let roots = TLS_SERVER_ROOT_CERTS.iter();
        trusted.extend(roots.map(|root| Cow::Borrowed(&**root)));
    }
    let evidence = Evidence {
        anchors: trusted.iter().map(AsRef::as_ref).collect(),
        untrusted: chain
            .chain(untrusted.iter().flat_map(Contents::certificates))
            .collect(),
        lists: lists.iter().flat_map(Contents::revocation_lists).collect(),
    };
    let mut judgement = judge(certificate, &evidence, &question(arguments)).map_err(|error| {
        Box::new(FileProblem {
            file: arguments.leaf.clone(),
            problem: Problem::from(&error),
        })
    })?;
    if arguments.mozilla {
        judgement.not_covered.push(
            "what Mozilla distrusts of its roots by date or by name, and what became of them since this program was built"
                .to_owned(),
        );
    }
    let files = arguments.anchors.iter().zip(&anchors);
    let files = files.chain(arguments.untrusted.iter().zip(&untrusted));
    for (file, contents) in files.chain([(&arguments.leaf, &leaf)]) {
        for (path, problem) in contents.unreadable() {
            let what = format!(
                "{path} of {file}, which cannot be read: {}",
                problem.message
            );
            judgement.not_covered.push(what);
        }
    }
    Ok(judgement)
}

/// A list that cannot be read may revoke what the others do not name.
#[expect(clippy::unnecessary_box_returns, reason = "problems travel in boxes")]
fn unreadable_list(file: &str, path: &str, problem: &Problem) -> Box<FileProblem> {
    Box::new(FileProblem {
        file: file.to_owned(),
        problem: Problem {
            message: format!("{path}: {}", problem.message),
            hint: "Fetch the list anew. Without it nothing is known of what it revokes; to judge all the same, take it out of the file.".to_owned(),
            ..problem.clone()
        },
    })
}

fn question(arguments: &Arguments) -> Question {
    let at = arguments.at.unwrap_or_else(clock::now);
    let mut question = Question::new(at, arguments.purpose.clone(), arguments.profile);
    question.host.clone_from(&arguments.host);
    if arguments.require_crl {
        question.rules.revocation = RevocationDemand::Always;
    }
    question
}

fn read(file: &str, options: &Options<'_>) -> Result<Contents, Box<FileProblem>> {
    let problem = |problem| {
        Box::new(FileProblem {
            file: file.to_owned(),
            problem,
        })
    };
    let bytes = input::read(file, options.limits.input).map_err(problem)?;
    let contents = open(&bytes, options).map_err(|error| problem(Problem::from(&error)))?;
    if contents.lock() != Lock::Open && contents.certificates().next().is_none() {
        let (code, message, hint) = if options.passwords.is_empty() {
            (
                "password-needed",
                "the file is sealed and needs a password",
                "Give it on standard input: certlens verify --password-stdin …",
            )
        } else {
            (
                "password-wrong",
                "none of the passwords opens the file",
                "Try another password. Keystores made by keytool often use `changeit`.",
            )
        };
        return Err(problem(input::problem(code, message.to_owned(), hint)));
    }
    Ok(contents)
}

#[expect(clippy::unnecessary_box_returns, reason = "problems travel in boxes")]
fn no_certificate(file: &str, what: &str) -> Box<FileProblem> {
    Box::new(FileProblem {
        file: file.to_owned(),
        problem: input::problem(
            "nothing-to-judge",
            format!("expected a {what}, found none"),
            "See what the file holds with `certlens inspect`.",
        ),
    })
}

fn passwords(arguments: &Arguments) -> Result<Vec<Password>, Box<FileProblem>> {
    if !arguments.password_stdin {
        return Ok(Vec::new());
    }
    let files = arguments.anchors.iter().chain(&arguments.untrusted);
    let mut files = files.chain(&arguments.crl).chain([&arguments.leaf]);
    let problem = |message: String| {
        let problem = input::problem("usage", message, "Name the files.");
        let file = input::STDIN.to_owned();
        Box::new(FileProblem { file, problem })
    };
    if files.any(|file| file == input::STDIN) {
        let message = "standard input cannot give both the passwords and the file `-`";
        return Err(problem(message.to_owned()));
    }
    input::passwords(true)
        .map_err(|error| problem(format!("the passwords could not be read: {error}")))
}

fn print(verification: &Verification, as_json: bool) -> io::Result<()> {
    if as_json {
        let mut out = BufWriter::new(io::stdout().lock());
        json::write(&mut out, verification)?;
        out.flush()?;
    } else if let Some(judgement) = &verification.judgement {
        let mut out = BufWriter::new(anstream::stdout().lock());
        text::write(&mut out, judgement)?;
        out.flush()?;
    }
    match &verification.error {
        Some(error) => write_problem(
            &mut anstream::stderr().lock(),
            &error.file,
            &error.problem.message,
            &error.problem.hint,
        ),
        None => Ok(()),
    }
}

fn purpose(text: &str) -> Result<Purpose, String> {
    Purpose::parse(text).ok_or_else(|| {
        let names: Vec<String> = Purpose::NAMED
            .iter()
            .map(|one| one.name().to_owned())
            .collect();
        format!(
            "expected one of {}, or an object identifier",
            names.join(", ")
        )
    })
}

fn profile(text: &str) -> Result<Profile, String> {
    Profile::parse(text).ok_or_else(|| {
        format!(
            "expected one of {}",
            Profile::ALL.map(Profile::name).join(", ")
        )
    })
}
