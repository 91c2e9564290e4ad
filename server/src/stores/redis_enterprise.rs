//! A directory of `<name>_cert.pem` and `<name>_key.pem`, as Redis Enterprise keeps them.

mod blocks;
mod check;
mod internode;
#[cfg(all(test, target_os = "linux"))]
mod killed;
mod plan;
mod signature;

use std::fmt;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use certlens_core::{Certificate, UnixTime};
use certlens_dialect::redis_enterprise::{CertificateName, Key, NAMES};
use zeroize::Zeroizing;

use crate::durable::{Folder, Reading};

pub(crate) use check::{Reason, ReasonKind};
pub(crate) use internode::{AUTHORITY, Internode, demonstration};
pub(crate) use plan::{Step, Wish};

/// The directory `redis` of the data directory.
pub(crate) struct Directory {
    folder: Folder,
}

/// One certificate with its key, as PEM text.
#[derive(PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    pub(crate) certificate: String,
    pub(crate) key: Option<Zeroizing<String>>,
}

/// Whether private keys are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// They are.
    Read,
    /// They stay in their files, also in that of a certificate.
    Leave,
}

/// A certificate that is to replace another one, as it was sent.
pub(crate) struct Update {
    pub(crate) name: &'static CertificateName,
    pub(crate) certificate: String,
    /// Left out, the key that is there stays.
    pub(crate) key: Option<Zeroizing<String>>,
}

/// Why nothing was replaced or removed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something is wrong with these certificates.
    Refused(Vec<Refusal>),
    /// There is no such certificate here.
    NotThere,
    /// The disk, or what lies on it.
    Broken(String),
    /// The store of the cluster does not answer: whether it took the change is not known.
    Unreachable(String),
    /// The cluster has the change, and these nodes have not: each with why, where it told.
    Lagging(Vec<String>),
}

/// What is wrong with one certificate that was sent; the reasons stand in order of their weight.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) name: &'static str,
    pub(crate) reasons: Vec<Reason>,
}

/// Until when a certificate can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lifetime {
    /// The logical name, or [`internode::AUTHORITY`].
    pub(crate) name: &'static str,
    /// The end of what ends first in its chain.
    pub(crate) until: UnixTime,
    /// When its file was written.
    pub(crate) since: UnixTime,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_) => f.write_str("it is refused"),
            Self::NotThere => f.write_str("there is no such certificate"),
            Self::Broken(what) | Self::Unreachable(what) => f.write_str(what),
            Self::Lagging(nodes) => {
                write!(f, "not all nodes have been updated: {}", nodes.join(", "))
            }
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Broken(format!("redis: {error}"))
    }
}

impl Directory {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            folder: Folder::new(data.join("redis")),
        }
    }

    /// The pairs that are there, in the vendor's order, all of one instant. Blocks.
    ///
    /// # Errors
    /// Names the file that is there and cannot be read.
    pub(crate) fn pairs(&self, keys: Keys) -> Result<Vec<Pair>, String> {
        let reading = self
            .folder
            .read()
            .map_err(|error| format!("redis: {error}"))?;
        let pairs = NAMES.iter().map(|name| pair(&reading, name, keys));
        pairs.filter_map(Result::transpose).collect()
    }

    /// Until when each certificate can be used, those that cannot be read left out. Blocks.
    pub(crate) fn lifetimes(&self) -> Result<Vec<Lifetime>, Failure> {
        let reading = self.folder.read()?;
        let names = NAMES.iter().map(|name| name.name);
        let all = names.chain([internode::AUTHORITY]);
        all.filter_map(|name| lifetime(&reading, name).transpose())
            .collect()
    }
}

/// The certificates of a text, without what else is in it.
pub(crate) fn only_certificates(pem: &str) -> String {
    blocks::certificates(pem).text
}

/// Only known names become file names: nothing that a client sent is ever part of a path.
fn pair(reading: &Reading<'_>, name: &CertificateName, keys: Keys) -> Result<Option<Pair>, String> {
    let (certificate, key) = file_names(name.name);
    let Some(mut pem) = text(reading, &certificate)? else {
        return Ok(None);
    };
    if keys == Keys::Leave {
        let only = blocks::certificates(&pem);
        if only.left_out {
            let file = &certificate;
            tracing::warn!(file, "Left out what is no certificate");
        }
        pem = Zeroizing::new(only.text);
    }
    let key = match (keys, name.key) {
        (Keys::Read, Key::Held) => text(reading, &key)?,
        _ => None,
    };
    Ok(Some(Pair {
        name: name.name,
        certificate: pem.to_string(),
        key,
    }))
}

fn text(reading: &Reading<'_>, file: &str) -> Result<Option<Zeroizing<String>>, String> {
    let broken = |error: String| format!("{file} cannot be read: {error}");
    let content = reading.content(file, FILE_SIZE);
    let Some(content) = content.map_err(|error| broken(error.to_string()))? else {
        return Ok(None);
    };
    match std::str::from_utf8(&content) {
        Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
        Err(_) => Err(broken("expected text in UTF-8".to_owned())),
    }
}

fn lifetime(reading: &Reading<'_>, name: &'static str) -> Result<Option<Lifetime>, Failure> {
    let (file, _) = file_names(name);
    let Some(pem) = text(reading, &file).map_err(Failure::Broken)? else {
        return Ok(None);
    };
    let found = check::certificates(&pem).unwrap_or_default();
    let Some(until) = end(&found) else {
        tracing::warn!(certificate = name, "Holds no certificate that can be read");
        return Ok(None);
    };
    let written = reading.metadata(&file)?.and_then(|of| of.modified().ok());
    Ok(Some(Lifetime {
        name,
        until,
        since: written.map_or(UnixTime::from_seconds(0), instant),
    }))
}

/// When the first of these certificates ends.
fn end(certificates: &[Certificate]) -> Option<UnixTime> {
    certificates.iter().filter_map(|one| one.not_after).min()
}

/// A time of the operating system, as certificates count it.
pub(crate) fn instant(time: SystemTime) -> UnixTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.unwrap_or_default().as_secs();
    UnixTime::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn file_names(name: &str) -> (String, String) {
    (format!("{name}_cert.pem"), format!("{name}_key.pem"))
}

/// A chain of a hundred certificates is still smaller.
const FILE_SIZE: u64 = 1 << 20;
