//! Bytes from files and from standard input.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::process::ExitCode;

use certlens_core::{Contents, Options, Password, Problem};
use zeroize::Zeroizing;

use crate::files;

/// The name that stands for standard input.
pub(crate) const STDIN: &str = "-";

/// Reads a file whole, unless it is larger than `limit` octets.
pub(crate) fn read(file: &str, limit: u64) -> Result<Zeroizing<Vec<u8>>, Problem> {
    if file == STDIN {
        return read_up_to(io::stdin().lock(), limit, 0);
    }
    // Looked at first: a directory opens like a file, and a disk image should not be read to its end.
    let metadata = fs::metadata(file).map_err(|error| not_read(&error))?;
    if metadata.is_dir() {
        return Err(problem(
            "directory",
            "expected a file, found a directory".to_owned(),
            "Name the files in it, as in `DIRECTORY/*`.",
        ));
    }
    if limit < metadata.len() {
        return Err(too_large(metadata.len(), limit));
    }
    let opened = File::open(file).map_err(|error| not_read(&error))?;
    read_up_to(opened, limit, metadata.len())
}

/// The passwords on standard input, one a line, where they are asked for.
pub(crate) fn passwords(given: bool) -> io::Result<Vec<Password>> {
    if !given {
        return Ok(Vec::new());
    }
    let octets = files::read_wiped(io::stdin().lock(), 0)?;
    let lines = str::from_utf8(&octets)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "they are not written in UTF-8"))?;
    Ok(lines.lines().map(Password::from).collect())
}

/// The passwords for these files, where they are asked for. Where they cannot be had, standard error says
/// why, and the program ends with this code.
pub(crate) fn passwords_for<'a>(
    given: bool,
    files: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<Password>, ExitCode> {
    if given && files.into_iter().any(|file| file == STDIN) {
        eprintln!("error: standard input cannot give both the passwords and the file `-`");
        return Err(ExitCode::from(2));
    }
    passwords(given).map_err(|error| {
        eprintln!("error: the passwords could not be read: {error}");
        ExitCode::from(2)
    })
}

/// Opens a file of any kind.
pub(crate) fn open(file: &str, passwords: &[Password]) -> Result<Contents, Problem> {
    let options = Options {
        passwords,
        ..Options::default()
    };
    let bytes = read(file, options.limits.input)?;
    certlens_core::open(&bytes, &options).map_err(|error| Problem::from(&error))
}

fn read_up_to(source: impl Read, limit: u64, expected: u64) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let bytes =
        files::read_wiped(source.take(limit + 1), expected).map_err(|error| not_read(&error))?;
    let length = bytes.len() as u64;
    if limit < length {
        Err(too_large(length, limit))
    } else {
        Ok(bytes)
    }
}

fn too_large(found: u64, limit: u64) -> Problem {
    problem(
        "limit-exceeded",
        format!(
            "expected at most {} MiB, found {} MiB or more",
            limit >> 20,
            found >> 20
        ),
        "No certificate file is that large. Is it a disk image, an archive or a log?",
    )
}

fn not_read(error: &io::Error) -> Problem {
    let (code, message, hint) = match error.kind() {
        ErrorKind::NotFound => (
            "not-found",
            "there is no such file".to_owned(),
            "Check the name, and the directory that it is looked for in.",
        ),
        ErrorKind::PermissionDenied => (
            "permission",
            "the file may not be read".to_owned(),
            "Read it as a user who may, or ask its owner for a copy.",
        ),
        _ => (
            "input-output",
            format!("the file could not be read: {error}"),
            "Copy the file to another place and try there.",
        ),
    };
    problem(code, message, hint)
}

pub(crate) fn problem(code: &str, message: String, hint: &str) -> Problem {
    Problem {
        code: code.to_owned(),
        message,
        hint: hint.to_owned(),
        path: Vec::new(),
        offset: 0,
    }
}
