//! One entry in full, with what stands around it.

use borsh::{BorshDeserialize, BorshSerialize};
use certlens_core::{Entry, Finding, Format, Keystore, RowKind, order};

use crate::rows::RowId;

/// One entry in full, as the worker answers it.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Detail {
    /// Which entry it is.
    pub id: RowId,
    /// Name of the file.
    pub source: String,
    /// What the file is; absent when that could not be told.
    pub format: Option<Format>,
    /// Entries in the file.
    pub siblings: u32,
    /// What is known of the keystore; absent for files that are none.
    pub keystore: Option<Keystore>,
    /// The entry.
    pub entry: Entry,
    /// The entry as JSON, as `certlens inspect --json` prints it.
    pub json: String,
    /// What is odd about the file as a whole, or the part of it that the entry lies in.
    pub file_findings: Vec<Finding>,
    /// What is odd about the archive around it.
    pub archive_findings: Vec<Finding>,
    /// What belongs to it, in its file and in others.
    pub neighbours: Vec<Neighbour>,
}

impl Detail {
    /// The entry, and after its own findings what is odd about the keystore or the text that it lies in; worst first.
    pub fn with_file_findings(&self) -> Entry {
        let mut entry = self.entry.clone();
        entry.findings.extend(self.file_findings.iter().cloned());
        order::by_key(&mut entry.findings, |finding| finding.severity);
        entry
    }
}

/// Another entry that belongs to the one shown.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Neighbour {
    /// Which entry it is.
    pub id: RowId,
    /// What a person would call it.
    pub name: String,
    /// What it is.
    pub kind: RowKind,
    /// Whether it may issue certificates.
    pub ca: bool,
    /// How it belongs.
    pub relation: Relation,
    /// Name of its file, where that is another one.
    pub source: Option<String>,
}

/// How a [`Neighbour`] belongs to the entry shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Relation {
    /// It issued the entry.
    Issuer,
    /// The entry issued it.
    Issued,
    /// It is the entry's private key.
    PrivateKey,
    /// It is the certificate of this key.
    Certificate,
}
