//! A file → its contents, or why there are none.

use certlens_core::{
    Contents, Error, Integrity, Limits, Lock, Object, Options, Password, Problem, Report,
    Whereabouts, open,
};
use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};
use zeroize::Zeroizing;

use super::derivation::with_passwords;
use crate::format;
use crate::protocol::{Answer, Brought, NewFile, Opened};

/// What reading a file came to.
pub(super) struct Reading {
    /// The file.
    pub(super) file: NewFile,
    /// Its size in bytes.
    pub(super) size: u64,
    /// What is in it.
    pub(super) result: Result<Contents, Problem>,
}

/// Tries a password on a file.
pub(super) async fn open_with(
    file: NewFile,
    handle: &File,
    passwords: Vec<String>,
) -> (Answer, Option<Brought>) {
    let number = file.number;
    let refused = |message: &str, hint: &str| {
        let answer = Answer::Refused {
            file: number,
            message: message.to_owned(),
            hint: hint.to_owned(),
        };
        (answer, None)
    };
    let passwords = Zeroizing::new(passwords);
    let texts: Vec<&str> = passwords.iter().map(String::as_str).collect();
    let bytes = match bytes(handle).await {
        Ok(bytes) => bytes,
        Err(problem) => return refused(&problem.message, &problem.hint),
    };
    let opened = |passwords: &[Password]| {
        let limits = Limits::default();
        open(&bytes, &Options { passwords, limits })
    };
    let contents = match with_passwords(&texts, opened).await {
        Ok(contents) => contents,
        Err(error) => return refused(&sentence(&error), error.hint()),
    };
    let rows = contents.rows();
    let report = contents.report(None);
    let halves = contents.public_halves();
    let halves =
        halves.filter_map(|(index, bits)| Some((u32::try_from(index).ok()?, bits.to_vec())));
    let halves = halves.collect();
    let rest = match report.lock() {
        Lock::Open => None,
        _ if opened_something(&report) => Some(rest(&report)),
        _ => {
            return refused(
                "That password does not open it.",
                "Keystores made by keytool often use changeit.",
            );
        }
    };
    let brought = Brought {
        rows,
        report,
        halves,
    };
    (Answer::Opened(Opened { file, rest }), Some(brought))
}

/// What a password that opened something left closed.
fn rest(report: &Report) -> String {
    let waiting = report.keystore.as_ref().map(|store| &store.waiting);
    let waiting: Vec<String> = waiting.into_iter().flatten().map(place).collect();
    match waiting.as_slice() {
        [] => "It is open but for a key that has another password.".to_owned(),
        [one] => format!("It is open but for {one}, which has another password."),
        many => format!(
            "It is open but for these, which have other passwords: {}.",
            many.join(", ")
        ),
    }
}

/// Where a keystore of an archive or a document stands: its file, else the key that leads to it.
pub(super) fn place(at: &Whereabouts) -> String {
    let file = (!at.files.is_empty()).then(|| at.files.join(" › "));
    let parts: Vec<String> = file.into_iter().chain(at.keys.clone()).collect();
    match (parts.as_slice(), at.line) {
        ([], Some(line)) => format!("line {line}"),
        ([], None) => "a part of it".to_owned(),
        (parts, _) => parts.join(", "),
    }
}

/// Whether a password confirmed the keystore, or opened a key in it.
fn opened_something(report: &Report) -> bool {
    let store = report.keystore.as_ref();
    // Of several keystores, one that opened no longer waits.
    let confirmed = store.is_some_and(|store| {
        let sealed = store
            .seals
            .iter()
            .filter(|seal| seal.what == "integrity")
            .count();
        store.integrity == Integrity::Verified
            || (!store.waiting.is_empty() && store.waiting.len() < sealed)
    });
    let is_opened = |object: &Object| match object {
        Object::PrivateKey(key) => {
            key.lock == Lock::Open && key.seal.is_some() && key.public_key.is_some()
        }
        _ => false,
    };
    confirmed || report.entries.iter().any(|entry| is_opened(&entry.object))
}

/// The octets of a file, unless it is too large to be worth reading.
pub(super) async fn bytes(handle: &File) -> Result<Vec<u8>, Problem> {
    let octets = bytes_by_pieces(handle, |_| true).await?;
    Ok(octets.unwrap_or_default())
}

/// The same, a piece at a time where it is large: before each, and behind the last, `go_on` is told how many octets
/// there are, and messages get their turn. `None` once that says no.
pub(super) async fn bytes_by_pieces(
    handle: &File,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<Option<Vec<u8>>, Problem> {
    let (size, limit) = (size(handle), Limits::default().input);
    if limit < size {
        return Err(Problem {
            code: "limit-exceeded".to_owned(),
            message: format!(
                "expected at most {}, found {}",
                format::size(limit),
                format::size(size)
            ),
            hint: "Certificate files are small. Check that this is the file you meant.".to_owned(),
            path: Vec::new(),
            offset: 0,
        });
    }
    if size <= PIECE {
        return whole(handle).await.map(|octets| Some(octets.to_vec()));
    }
    let mut octets = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    for (start, end) in pieces(size) {
        if !go_on(start) {
            return Ok(None);
        }
        let piece = handle.slice_with_f64_and_f64(exact(start), exact(end));
        let piece = whole(&piece.map_err(|_| not_readable())?).await?;
        let before = octets.len();
        octets.resize(before + piece.length() as usize, 0);
        if let Some(room) = octets.get_mut(before..) {
            piece.copy_to(room);
        }
    }
    Ok(go_on(size).then_some(octets))
}

/// Octets that are read at once.
const PIECE: u64 = 8 << 20;

/// Where the pieces of a large file begin and end.
fn pieces(size: u64) -> impl Iterator<Item = (u64, u64)> {
    let starts = (0..).map(|piece| piece * PIECE);
    let starts = starts.take_while(move |start| *start < size);
    starts.map(move |start| (start, size.min(start + PIECE)))
}

async fn whole(blob: &Blob) -> Result<Uint8Array, Problem> {
    let buffer = JsFuture::from(blob.array_buffer()).await;
    buffer
        .map(|buffer| Uint8Array::new(&buffer))
        .map_err(|_| not_readable())
}

fn not_readable() -> Problem {
    Problem {
        code: "not-readable".to_owned(),
        message: "the browser could not read the file".to_owned(),
        hint: "It may have been moved or changed since it was dropped, or not be readable to you. \
               Drop it again."
            .to_owned(),
        path: Vec::new(),
        offset: 0,
    }
}

/// A place in a file within the limit, as the browser counts.
fn exact(offset: u64) -> f64 {
    f64::from(u32::try_from(offset).unwrap_or(u32::MAX))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser gives the size as a whole number that is not negative"
)]
pub(super) fn size(handle: &File) -> u64 {
    handle.size() as u64
}

/// An error as a sentence that stands alone.
pub(super) fn sentence(error: &Error) -> String {
    capitalised(&error.to_string())
}

/// A clause as a sentence: with a capital letter and a full stop.
pub(super) fn capitalised(clause: &str) -> String {
    let mut letters = clause.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    // What starts with a field's path keeps its case: `pkcs12 › macData`.
    let path = clause
        .split(':')
        .next()
        .is_some_and(|start| start.contains('›'));
    let first = if path {
        first.to_string()
    } else {
        first.to_uppercase().to_string()
    };
    let stop = if clause.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_a_large_file_are_all_of_it_and_a_small_one_is_one() {
        assert_eq!(pieces(PIECE).collect::<Vec<_>>(), [(0, PIECE)]);
        let size = 200_000_000;
        let found: Vec<(u64, u64)> = pieces(size).collect();
        assert_eq!(found.len(), 24);
        assert!(found.windows(2).all(|two| two[0].1 == two[1].0));
        assert_eq!((found[0].0, found[23].1), (0, size));
    }
}
