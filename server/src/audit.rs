//! `audit.log`: who changed what, from where and why, so that nothing in it can be changed unseen.
//!
//! One JSON object a line. Each holds the hash of the one before it, and ends with its own, which is the
//! SHA-256 of all that stands before `,"hash":`. A change is begun on the disk before it is made, and
//! ended on the disk before it is acknowledged:
//!
//! ```text
//! {"number":1,"time":"…","what":"begun","action":"update",…,"previous":"000…","hash":"5c2…"}
//! {"number":2,"time":"…","what":"done","of":1,"previous":"5c2…","hash":"e81…"}
//! ```
//!
//! A line that a crash cut off was acknowledged to nobody; it is taken away before the next is written.
//! Several processes may write: each locks the file (`flock`) meanwhile.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::atomic;
use crate::clock;

/// The log of one data directory.
pub(crate) struct Audit {
    path: PathBuf,
    /// What this process wrote last, as long as nobody else wrote.
    tail: Mutex<Option<Tail>>,
}

/// Who does something, from where, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deed {
    pub(crate) by: String,
    /// The identifier of the token that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<IpAddr>,
    /// In their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// One thing that a change changes: names and digests of what is public.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Changed {
    /// Of which product's store: `redis`, `iis/My`, `users`.
    pub(crate) store: String,
    pub(crate) name: String,
    /// The SHA-256 of the certificate that was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) was: Option<String>,
    /// That of the certificate that is to be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) becomes: Option<String>,
    /// Its generation in the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u64>,
    /// Who wanted it, where that is somebody else than who does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deed: Option<Deed>,
}

impl Changed {
    /// Something of which only the name is known.
    pub(crate) fn of(store: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            store: store.into(),
            name: name.into(),
            was: None,
            becomes: None,
            generation: None,
            deed: None,
        }
    }
}

/// A change that stands in the log and is not ended yet.
#[must_use = "a change that was begun is ended, too"]
#[derive(Debug)]
pub(crate) struct Begun(u64);

/// How a change ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ended<'a> {
    /// It is made, everywhere.
    Done,
    /// It is made, and these are what could not be named before.
    Made(&'a [Changed]),
    /// Nothing was changed, or not everywhere, and why.
    Failed(&'a str),
}

#[derive(Clone)]
struct Tail {
    /// How long the file is.
    length: u64,
    number: u64,
    hash: String,
}

impl Audit {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            path: data.join(FILE),
            tail: Mutex::default(),
        }
    }

    /// Writes that something is about to be changed. It is on the disk when this returns. Blocks.
    pub(crate) fn begin(
        &self,
        action: &str,
        deed: &Deed,
        changes: &[Changed],
    ) -> io::Result<Begun> {
        #[derive(Serialize)]
        struct Beginning<'a> {
            what: &'static str,
            action: &'a str,
            #[serde(flatten)]
            deed: &'a Deed,
            changes: &'a [Changed],
        }
        let beginning = Beginning {
            what: "begun",
            action,
            deed,
            changes,
        };
        self.append(&beginning).map(Begun)
    }

    /// Writes how it ended. It is on the disk when this returns. Blocks.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a change that was begun ends once"
    )]
    pub(crate) fn end(&self, begun: Begun, ended: Ended<'_>) -> io::Result<()> {
        #[derive(Serialize)]
        struct Ending<'a> {
            what: &'static str,
            of: u64,
            #[serde(skip_serializing_if = "Option::is_none")]
            error: Option<&'a str>,
            #[serde(skip_serializing_if = "<[Changed]>::is_empty")]
            changes: &'a [Changed],
        }
        let (what, error, changes): (_, _, &[Changed]) = match ended {
            Ended::Done => ("done", None, &[]),
            Ended::Made(changes) => ("done", None, changes),
            Ended::Failed(error) => ("failed", Some(error), &[]),
        };
        let Begun(of) = begun;
        let ending = Ending {
            what,
            of,
            error,
            changes,
        };
        self.append(&ending).map(drop)
    }

    fn append(&self, record: &impl Serialize) -> io::Result<u64> {
        let mut known = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !self.path.exists();
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.lock()?;
        if is_new && let Some(folder) = self.path.parent() {
            // A command that root runs may be the first, and the server must be able to go on.
            atomic::keep_owner(&file, &std::fs::metadata(folder)?)?;
            atomic::sync(folder)?;
        }
        let length = file.metadata()?.len();
        let tail = match known.take() {
            Some(tail) if tail.length == length => tail,
            _ => Tail::read(&mut file, length)?,
        };
        if tail.length < length {
            // A crash cut it off.
            file.set_len(tail.length)?;
        }
        let line = tail.next(record)?;
        let written = file.write_all(line.text.as_bytes());
        if let Err(error) = written.and_then(|()| file.sync_data()) {
            // The next record must not stand behind half of this one.
            let _ = file.set_len(tail.length).and_then(|()| file.sync_data());
            return Err(error);
        }
        let number = line.tail.number;
        *known = Some(line.tail);
        Ok(number)
    }
}

struct Line {
    text: String,
    tail: Tail,
}

impl Tail {
    /// Finds the last whole record.
    fn read(file: &mut File, length: u64) -> io::Result<Self> {
        let start = length.saturating_sub(LONGEST * 2);
        file.seek(SeekFrom::Start(start))?;
        let mut octets = Vec::new();
        file.take(LONGEST * 2).read_to_end(&mut octets)?;
        let Some(end) = octets.iter().rposition(|octet| *octet == b'\n') else {
            if start == 0 {
                return Ok(Self::none());
            }
            return Err(broken("its last record is longer than any"));
        };
        let lines = octets.get(..end).unwrap_or_default();
        let last = lines.rsplit(|octet| *octet == b'\n').next();
        let record = last.and_then(|line| Record::of(line).ok());
        let record = record.ok_or_else(|| broken("its last record cannot be read"))?;
        Ok(Self {
            length: start + end as u64 + 1,
            number: record.number,
            hash: record.hash,
        })
    }

    fn none() -> Self {
        Self {
            length: 0,
            number: 0,
            hash: "0".repeat(64),
        }
    }

    fn next(&self, record: &impl Serialize) -> io::Result<Line> {
        #[derive(Serialize)]
        struct Whole<'a, T> {
            number: u64,
            time: String,
            #[serde(flatten)]
            record: &'a T,
            previous: &'a str,
        }
        let number = self.number + 1;
        let whole = Whole {
            number,
            time: clock::now().to_string(),
            record,
            previous: &self.hash,
        };
        let mut text = serde_json::to_string(&whole)?;
        text.pop();
        let hash = hash(text.as_bytes());
        for part in [HASH, &hash, "\"}\n"] {
            text.push_str(part);
        }
        if LONGEST < text.len() as u64 {
            return Err(broken("the record would be longer than any may be"));
        }
        let length = self.length + text.len() as u64;
        let tail = Self {
            length,
            number,
            hash,
        };
        Ok(Line { text, tail })
    }
}

/// What was found when a whole log was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) records: u64,
    /// The hash of the last one.
    pub(crate) head: String,
    /// Changes that were begun and not ended: a crash came between.
    pub(crate) open: Vec<u64>,
    /// Whether a line follows that a crash cut off.
    pub(crate) cut_off: bool,
    /// Whether the hash that was looked for stands in it.
    pub(crate) holds: bool,
}

/// Why a log is not what was written.
#[derive(Debug)]
pub(crate) enum NotVerified {
    /// It cannot be read.
    Io(io::Error),
    /// This line is the first that is wrong, and what is wrong with it.
    Broken { line: u64, what: String },
}

impl fmt::Display for NotVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Broken { line, what } => write!(f, "record {line} is broken: {what}"),
        }
    }
}

/// Reads a whole log and computes every hash.
pub(crate) fn verify(data: &Path, wanted: Option<&str>) -> Result<Verified, NotVerified> {
    let file = File::open(data.join(FILE)).map_err(NotVerified::Io)?;
    // No record is half written while it is locked; reading may take long, and changes do not wait for it.
    file.lock_shared().map_err(NotVerified::Io)?;
    let length = file.metadata().map_err(NotVerified::Io)?.len();
    file.unlock().map_err(NotVerified::Io)?;
    let mut reader = BufReader::new(file.take(length));
    let (mut tail, mut open, mut holds) = (Tail::none(), BTreeSet::new(), false);
    let mut octets = Vec::new();
    loop {
        octets.clear();
        let line = (&mut reader)
            .take(LONGEST + 1)
            .read_until(b'\n', &mut octets);
        let read = line.map_err(NotVerified::Io)?;
        let at = tail.number + 1;
        let broken = |what: String| NotVerified::Broken { line: at, what };
        let cut_off = octets.last() != Some(&b'\n');
        if read == 0 || (cut_off && octets.len() as u64 <= LONGEST) {
            return Ok(Verified {
                records: tail.number,
                head: tail.hash,
                open: open.into_iter().collect(),
                cut_off: read != 0,
                holds,
            });
        }
        octets.pop();
        let record = Record::of(&octets).map_err(|what| broken(what.into()))?;
        if record.number != at {
            return Err(broken(format!("its number is {}", record.number)));
        }
        if record.previous != tail.hash {
            return Err(broken("another record stood before it".into()));
        }
        match record.of {
            Some(of) if !open.remove(&of) => {
                return Err(broken(format!("it ends {of}, which is not open")));
            }
            Some(_) => {}
            None => {
                open.insert(record.number);
            }
        }
        holds |= wanted == Some(&record.hash);
        tail.number = record.number;
        tail.hash = record.hash;
    }
}

/// One record that was read, and whose hash is right.
struct Record {
    number: u64,
    previous: String,
    hash: String,
    of: Option<u64>,
}

impl Record {
    fn of(line: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(line).map_err(|_| "it is no text in UTF-8")?;
        let (body, rest) = text.rsplit_once(HASH).ok_or("it ends with no hash")?;
        let told = rest.strip_suffix("\"}").ok_or("it ends with no hash")?;
        if hash(body.as_bytes()) != told {
            return Err("its hash is another one");
        }
        let value: Value = serde_json::from_str(text).map_err(|_| "it is no JSON")?;
        let number = value.get("number").and_then(Value::as_u64);
        let previous = value.get("previous").and_then(Value::as_str);
        Ok(Self {
            number: number.ok_or("it has no number")?,
            previous: previous.ok_or("it names no previous hash")?.to_owned(),
            hash: told.to_owned(),
            of: value.get("of").and_then(Value::as_u64),
        })
    }
}

fn hash(octets: &[u8]) -> String {
    let digest = Sha256::digest(octets);
    digest
        .iter()
        .fold(String::new(), |text, octet| format!("{text}{octet:02x}"))
}

fn broken(what: &str) -> io::Error {
    let message = format!("{FILE}: {what}: `certlens audit verify` says more");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

pub(crate) const FILE: &str = "audit.log";

const HASH: &str = ",\"hash\":\"";

/// No record is longer. A bulk request over every name takes some kilobytes.
const LONGEST: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn deed() -> Deed {
        Deed {
            by: "admin".into(),
            from: Some([127, 0, 0, 1].into()),
            reason: Some("line\nbreak \",\"hash\":\"".into()),
            ..Deed::default()
        }
    }

    fn write(data: &Path, changes: u64) {
        let audit = Audit::new(data);
        for _ in 0..changes {
            let begun = audit.begin("update", &deed(), &[]).unwrap();
            audit.end(begun, Ended::Done).unwrap();
        }
    }

    #[test]
    fn records_of_several_writers_are_one_chain() {
        let data = tempfile::tempdir().unwrap();
        let (one, other) = (Audit::new(data.path()), Audit::new(data.path()));
        let begun = one.begin("update", &deed(), &[]).unwrap();
        let second = other.begin("delete", &deed(), &[]).unwrap();
        one.end(begun, Ended::Failed("no space")).unwrap();
        let first = verify(data.path(), None).unwrap();
        assert_eq!((first.records, &*first.open), (3, &[2][..]));
        other.end(second, Ended::Done).unwrap();
        let found = verify(data.path(), Some(&first.head)).unwrap();
        assert_eq!((found.records, found.open.len(), found.holds), (4, 0, true));
        assert!(!verify(data.path(), Some("00")).unwrap().holds);
    }

    #[test]
    fn err_any_octet_changed_or_line_taken_away_names_the_first_broken_record() {
        let data = tempfile::tempdir().unwrap();
        write(data.path(), 3);
        let path = data.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        let line_of = |at: usize| whole[..at].split(|&o| o == b'\n').count() as u64;
        for at in 0..whole.len() - 1 {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            match verify(data.path(), None) {
                Err(NotVerified::Broken { line, .. }) => assert_eq!(line, line_of(at), "at {at}"),
                other => panic!("at {at}: {other:?}"),
            }
        }
        let lines: Vec<&[u8]> = whole.split_inclusive(|octet| *octet == b'\n').collect();
        for gone in 0..5 {
            let mut left = lines.clone();
            left.remove(gone);
            fs::write(&path, left.concat()).unwrap();
            let error = verify(data.path(), None).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("record {} is broken", gone + 1)),
                "{error}"
            );
        }
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_told_and_replaced_by_the_next() {
        let data = tempfile::tempdir().unwrap();
        write(data.path(), 2);
        let path = data.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        let third = whole
            .split_inclusive(|o| *o == b'\n')
            .take(3)
            .map(<[u8]>::len)
            .sum();
        for end in third..whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            let found = verify(data.path(), None).unwrap();
            assert_eq!((found.records, found.cut_off), (3, third < end));
            let audit = Audit::new(data.path());
            let begun = audit.begin("update", &deed(), &[]).unwrap();
            audit.end(begun, Ended::Done).unwrap();
            let found = verify(data.path(), None).unwrap();
            assert_eq!((found.records, found.cut_off), (5, false));
            assert_eq!(found.open, [3]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn err_disk_that_is_full_begins_nothing_and_leaves_the_chain_whole() {
        let data = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/full", data.path().join(FILE)).unwrap();
        let error = Audit::new(data.path())
            .begin("update", &deed(), &[])
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
