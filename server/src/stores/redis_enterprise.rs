//! A directory of `<name>_cert.pem` and `<name>_key.pem`, as Redis Enterprise keeps them.

mod blocks;
mod check;
mod internode;
#[cfg(all(test, target_os = "linux"))]
mod killed;
mod signature;

use std::io;
use std::path::Path;
use std::time::SystemTime;

use certlens_core::{Certificate, UnixTime};
use certlens_dialect::redis_enterprise::{CertificateName, Key, NAMES};
use zeroize::Zeroizing;

use crate::durable::{Access, Change, Folder, Reading, Writing};

pub(crate) use check::{Reason, ReasonKind};
pub(crate) use internode::{AUTHORITY, Internode, demonstration};

/// The directory `redis` of the data directory.
pub(crate) struct Directory {
    folder: Folder,
}

/// One certificate with its key, as PEM text.
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

    /// Replaces these certificates, all of them or none. Blocks.
    ///
    /// What is there already, octet for octet of its DER, is not written again.
    pub(crate) fn update(&self, updates: &[Update], now: UnixTime) -> Result<(), Failure> {
        let writing = self.folder.write()?;
        let (mut checked, mut refusals) = (Vec::new(), Vec::new());
        for update in updates {
            // What cannot be read can be replaced, with a key.
            let held = pair(&writing, update.name, Keys::Read).unwrap_or(None);
            match check::check(update, held.as_ref(), now) {
                Ok(pair) => checked.push((update.name, pair, held)),
                Err(reasons) => refusals.push(Refusal {
                    name: update.name.name,
                    reasons,
                }),
            }
        }
        if !refusals.is_empty() {
            return Err(Failure::Refused(refusals));
        }
        let mut pairs = Vec::new();
        for (name, pair, held) in checked {
            let held = held.as_ref().map(check::normal);
            let same = held.is_some_and(|(certificate, key)| {
                certificate == pair.certificate && (pair.key.is_none() || key == pair.key)
            });
            if !same {
                pairs.push((name.name, pair));
            }
        }
        write(&writing, &pairs)?;
        Ok(())
    }

    /// Removes one certificate with its key. Blocks.
    pub(crate) fn delete(&self, name: &'static CertificateName) -> Result<(), Failure> {
        let writing = self.folder.write()?;
        let (certificate, key) = file_names(name.name);
        if writing.metadata(&certificate)?.is_none() {
            return Err(Failure::NotThere);
        }
        let changes = [&certificate, &key].map(|file| Change::Remove { file });
        Ok(writing.change(&changes)?)
    }

    /// Replaces the certificates between nodes by new ones of the own authority: this one, or all. Blocks.
    pub(crate) fn rotate(&self, only: Option<Internode>, now: UnixTime) -> Result<(), Failure> {
        let writing = self.folder.write()?;
        let names = only.map_or(Internode::ALL.to_vec(), |only| vec![only]);
        internode::rotate(&writing, names, now)
    }

    /// Rotates the certificates between nodes that soon expire, and names them. Blocks.
    pub(crate) fn rotate_due(&self, now: UnixTime) -> Result<Vec<&'static str>, Failure> {
        if internode::due(&self.folder.read()?, now)?.is_empty() {
            return Ok(Vec::new());
        }
        let writing = self.folder.write()?;
        // Somebody may have been quicker.
        let due = internode::due(&writing, now)?;
        let names = due.iter().map(|name| name.name()).collect();
        if !due.is_empty() {
            internode::rotate(&writing, due, now)?;
        }
        Ok(names)
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

/// Writes pairs, all of them or none.
fn write(writing: &Writing<'_>, pairs: &[(&str, check::Checked)]) -> io::Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let files: Vec<_> = pairs.iter().map(|(name, _)| file_names(name)).collect();
    let mut changes = Vec::new();
    for ((certificate, key), (_, pair)) in files.iter().zip(pairs) {
        changes.push(Change::Write {
            file: certificate,
            content: pair.certificate.as_bytes(),
            access: Access::Kept,
        });
        changes.extend(pair.key.as_ref().map(|content| Change::Write {
            file: key,
            content: content.as_bytes(),
            access: Access::Secret,
        }));
    }
    writing.change(&changes)
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
