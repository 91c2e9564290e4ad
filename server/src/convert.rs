//! `certlens convert`: certificate files in another format, or mended.

mod output;
mod target;

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use certlens_core::{
    Contents, Integrity, Limits, Lock, Lost, Material, Options, Part, Password, PrivateKeys,
    Problem, Written, open_for_writing, repair_with_private_keys_as_they_are,
};
use clap::ValueEnum;

use self::output::{Existing, Output};
use self::target::{Encoding, JavaTrustMarks, SealProfile, Target, Wish};
use crate::clock;
use crate::inspect::input::{self, STDIN};
use crate::inspect::visible::visible;

/// What to convert, and to what.
#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct Arguments {
    /// Certificates, keys or keystores of any kind; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The format to write
    #[arg(
        long,
        value_enum,
        required_unless_present = "repair",
        value_name = "FORMAT"
    )]
    to: Option<Target>,
    /// Mend one PEM text instead: lines, labels, order of the chain, duplicates; say what was changed
    #[arg(long, conflicts_with_all = ["to", "entries", "keys_in_the_clear", "no_keys", "password_stdin"])]
    repair: bool,
    /// The file to write; `-` is standard output, for public data and for PEM
    #[arg(short, long, required_unless_present = "dry_run", value_name = "OUT")]
    output: Option<String>,
    /// Write only this entry, by its path as `inspect` shows it or by its number from 0; may be repeated
    #[arg(long = "entry", value_name = "ENTRY")]
    entries: Vec<String>,
    /// Read passwords from standard input, one a line: the last one seals what is written, all of them
    /// are tried on what is read
    #[arg(long)]
    password_stdin: bool,
    /// How keystores and keys are sealed
    #[arg(long, value_enum, default_value_t = SealProfile::Modern)]
    profile: SealProfile,
    /// Write private keys without a password: whoever has the file has the keys
    #[arg(long, conflicts_with = "no_keys")]
    keys_in_the_clear: bool,
    /// Leave private keys out
    #[arg(long)]
    no_keys: bool,
    /// PEM text or DER, for formats that have both
    #[arg(long, value_enum, value_name = "FORM")]
    encoding: Option<Encoding>,
    /// Which certificates a PKCS#12 file marks as trusted for Java: by default also those of no key's chain
    #[arg(long, value_enum, value_name = "WHICH")]
    java_trust: Option<JavaTrustMarks>,
    /// Replace the output if it exists
    #[arg(long)]
    force: bool,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Why nothing was written: a sentence, what to do, and whether the command itself was wrong.
struct Refusal {
    sentence: String,
    hint: String,
    code: u8,
}

impl Refusal {
    fn usage(sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            hint: hint.into(),
            code: 2,
        }
    }

    fn failure(sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code: 1,
            ..Self::usage(sentence, hint)
        }
    }

    fn about(file: &str, problem: &Problem) -> Self {
        let sentence = format!("{}: {}", visible(file), visible(&problem.message));
        Self::failure(sentence, problem.hint.clone())
    }
}

/// Writes what was asked for: 0 when it was written, 1 when it could not be, 2 for wrong usage.
pub fn run(arguments: &Arguments) -> ExitCode {
    match convert(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Refusal {
            sentence,
            hint,
            code,
        }) => {
            eprintln!("error: {sentence}\n  {hint}");
            ExitCode::from(code)
        }
    }
}

fn convert(arguments: &Arguments) -> Result<(), Refusal> {
    if arguments.files.iter().filter(|file| *file == STDIN).count() > 1 {
        let hint = "Name it once.";
        return Err(Refusal::usage("standard input can be read once only", hint));
    }
    let existing = if arguments.force {
        Existing::Replace
    } else {
        Existing::Keep
    };
    let output = arguments.output.as_deref();
    let output = output.map(|path| Output::new(path, existing)).transpose()?;
    match arguments.to {
        Some(target) => convert_to(target, arguments, output.as_ref()),
        None => mend(arguments, output.as_ref()),
    }
}

fn mend(arguments: &Arguments, output: Option<&Output>) -> Result<(), Refusal> {
    let [file] = arguments.files.as_slice() else {
        let hint = "Mend them one by one.";
        return Err(Refusal::usage("expected one file to mend", hint));
    };
    let limits = Limits::default();
    let bytes = input::read(file, limits.input).map_err(|it| Refusal::about(file, &it))?;
    let repaired = repair_with_private_keys_as_they_are(&bytes, &limits)
        .map_err(|error| Refusal::about(file, &Problem::from(&error)))?;
    if let Some(output) = output {
        // Text may hold keys that no block is made of: it is guarded like them.
        let guarded = match repaired.private_keys {
            PrivateKeys::None if repaired.holds_text => PrivateKeys::InTheClear,
            found => found,
        };
        if !arguments.dry_run {
            output.write(&repaired.bytes, guarded)?;
        }
    }
    let mut said = String::new();
    for change in &repaired.changes {
        let _ = writeln!(said, "  {}", visible(&change.to_string()));
    }
    let changes = repaired.changes.iter().filter(|it| !it.stays).count();
    let count = match changes {
        0 => "nothing had to be mended".to_owned(),
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    tell(arguments, &format!("{count}\n{said}"));
    Ok(())
}

fn convert_to(
    target: Target,
    arguments: &Arguments,
    output: Option<&Output>,
) -> Result<(), Refusal> {
    let passwords = passwords(arguments)?;
    let materials: Vec<(&str, Material)> = arguments
        .files
        .iter()
        .map(|file| Ok((file.as_str(), open(file, &passwords)?)))
        .collect::<Result<_, Refusal>>()?;
    let (mut parts, mut lost) = chosen(&materials, arguments)?;
    let mut unchecked = Vec::new();
    for (file, material) in &materials {
        unchecked.extend(unchecked_integrity(file, material.contents(), &passwords)?);
    }
    if arguments.no_keys {
        parts.retain(|part| {
            let is_key = is_private_key(part);
            if is_key {
                let what = "the private key".to_owned();
                let (path, why) = (part.path.to_string(), "left out as asked".to_owned());
                lost.push(Lost { path, what, why });
            }
            !is_key
        });
    }
    let wish = Wish {
        password: passwords.last(),
        keys_in_the_clear: arguments.keys_in_the_clear,
        profile: arguments.profile,
        encoding: arguments.encoding,
        java_trust: arguments.java_trust,
        now: clock::now(),
    };
    let Written {
        bytes,
        private_keys,
        lost: more,
    } = target.write(&parts, &wish)?;
    lost.extend(more);
    if let Some(output) = output {
        let is_text = target.is_text(arguments.encoding);
        if output.is_standard() {
            may_be_printed(private_keys, is_text)?;
        }
        if !arguments.dry_run {
            output.write(&bytes, private_keys)?;
        }
    }
    let summary = summary(target, &bytes, private_keys, &lost);
    tell(arguments, &(summary + &unchecked.concat()));
    Ok(())
}

/// Standard output takes what is public, and PEM text that was asked for.
fn may_be_printed(private_keys: PrivateKeys, is_text: bool) -> Result<(), Refusal> {
    let hint = "Name a file with `-o FILE`.";
    if !is_text && private_keys != PrivateKeys::None {
        let sentence = "private keys are printed as PEM text only";
        return Err(Refusal::usage(sentence, hint));
    }
    if !is_text && io::stdout().is_terminal() {
        return Err(Refusal::usage("a terminal cannot show binary data", hint));
    }
    Ok(())
}

/// What to write of what was read, with the name of its file before each path where there are several.
fn chosen<'m>(
    materials: &'m [(&str, Material)],
    arguments: &Arguments,
) -> Result<(Vec<Part<'m>>, Vec<Lost>), Refusal> {
    let (mut parts, mut lost) = (Vec::new(), Vec::new());
    let mut found = vec![false; arguments.entries.len()];
    let mut first = 0;
    for (file, material) in materials {
        let mut chosen = |index: usize, path: &str| {
            let mut any = arguments.entries.is_empty();
            for (wanted, found) in arguments.entries.iter().zip(&mut found) {
                let fits = is_meant(wanted, first + index, path);
                *found |= fits;
                any |= fits;
            }
            any
        };
        refuse_sealed(file, material, material.lock(&mut chosen), arguments)?;
        let (mut some, mut not) = material.parts(chosen);
        first += material.contents().len();
        if 1 < materials.len() {
            for part in &mut some {
                part.path = format!("{file}: {}", part.path).into();
            }
            for one in &mut not {
                one.path = format!("{file}: {}", one.path);
            }
        }
        parts.append(&mut some);
        lost.append(&mut not);
    }
    if let Some((wanted, _)) = arguments.entries.iter().zip(&found).find(|(_, it)| !**it) {
        let sentence = format!("there is no entry {}", visible(wanted));
        let hint = "`certlens inspect` shows the paths of all entries.";
        return Err(Refusal::failure(sentence, hint));
    }
    Ok((parts, lost))
}

/// Whether an entry is the one that is wanted, by its number or its path, or lies within it.
fn is_meant(wanted: &str, index: usize, path: &str) -> bool {
    let rest = path.strip_prefix(wanted);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) || wanted.parse() == Ok(index)
}

/// A file without the key or the certificates that were meant to be in it would be a trap.
fn refuse_sealed(
    file: &str,
    material: &Material,
    keys: Lock,
    arguments: &Arguments,
) -> Result<(), Refusal> {
    let contents = material.contents();
    let safes = if contents.is_empty() {
        contents.lock()
    } else if arguments.entries.is_empty() {
        material.safes()
    } else {
        Lock::Open
    };
    let keys = if arguments.no_keys { Lock::Open } else { keys };
    let otherwise = if safes == Lock::Open {
        "leave keys out with --no-keys"
    } else {
        "choose what is open with --entry"
    };
    let file = visible(file);
    match safes.and(keys) {
        Lock::Open => Ok(()),
        Lock::Locked => Err(Refusal::failure(
            format!("{file}: part of it is sealed and needs a password"),
            format!("Give it with --password-stdin, or {otherwise}."),
        )),
        Lock::WrongPassword => Err(Refusal::failure(
            format!("{file}: the password does not open all of it"),
            format!("Give another one, several a line each, or {otherwise}."),
        )),
    }
}

/// A keystore that was changed must not come out with a check value that is right. What is to be said
/// where nothing could be checked.
fn unchecked_integrity(
    file: &str,
    contents: &Contents,
    passwords: &[Password],
) -> Result<Option<String>, Refusal> {
    let Some(keystore) = contents.keystore() else {
        return Ok(None);
    };
    if keystore.integrity != Integrity::NotVerified {
        return Ok(None);
    }
    let file = visible(file);
    // Public-key integrity is a signature, which no password confirms.
    let check = keystore.seals.iter().find(|seal| seal.what == "integrity");
    if check.is_some_and(|seal| seal.algorithm.starts_with("signature")) {
        let line = format!("  {file}: its integrity was not checked: it rests on a signature\n");
        return Ok(Some(line));
    }
    if passwords.is_empty() {
        let line = format!("  {file}: its integrity was not checked: no password was given\n");
        return Ok(Some(line));
    }
    Err(Refusal::failure(
        format!("{file}: no given password confirms its integrity check"),
        "Give the password of the keystore too. If it is among them, the file was changed: get it anew.",
    ))
}

fn open(file: &str, passwords: &[Password]) -> Result<Material, Refusal> {
    let options = Options {
        passwords,
        ..Options::default()
    };
    let bytes = input::read(file, options.limits.input).map_err(|it| Refusal::about(file, &it))?;
    open_for_writing(&bytes, &options).map_err(|it| Refusal::about(file, &Problem::from(&it)))
}

fn is_private_key(part: &Part<'_>) -> bool {
    matches!(part.body, certlens_core::Body::PrivateKey(_))
}

/// What is in the file, and what is not.
fn summary(target: Target, bytes: &[u8], private_keys: PrivateKeys, lost: &[Lost]) -> String {
    let keys = match private_keys {
        PrivateKeys::None => "no private keys",
        PrivateKeys::Sealed => "private keys sealed by the password",
        PrivateKeys::InTheClear => "private keys in the clear",
    };
    let mut text = format!("{}, {} bytes, {keys}\n", target.name(), bytes.len());
    for one in Lost::together(lost) {
        let _ = writeln!(text, "  {}", visible(&format!("left out of {one}")));
    }
    text
}

/// Messages go to standard error, so that standard output is the file alone.
fn tell(arguments: &Arguments, what: &str) {
    let name = match (&arguments.output, arguments.dry_run) {
        (Some(path), true) => format!("would write {path}"),
        (None, true) => "would write".to_owned(),
        (Some(path), false) => format!("wrote {path}"),
        (None, false) => "wrote".to_owned(),
    };
    eprint!("{}: {what}", visible(&name));
}

fn passwords(arguments: &Arguments) -> Result<Vec<Password>, Refusal> {
    if !arguments.password_stdin {
        return Ok(Vec::new());
    }
    if arguments.files.iter().any(|file| file == STDIN) {
        let sentence = "standard input cannot give both the passwords and the file `-`";
        return Err(Refusal::usage(sentence, "Name the file."));
    }
    let passwords = input::passwords(true).map_err(|error| {
        let sentence = format!("the passwords could not be read: {error}");
        Refusal::usage(sentence, "Give them in UTF-8, one a line.")
    })?;
    if passwords.is_empty() {
        let sentence = "standard input holds no password";
        let hint = "Give one a line; an empty line is an empty password.";
        return Err(Refusal::usage(sentence, hint));
    }
    Ok(passwords)
}

/// The words by which the command line knows a choice.
fn word(choice: &impl ValueEnum) -> String {
    choice
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}
