//! One line of a list: what is shown of an entry before anyone opens it.

use serde::{Deserialize, Serialize};

use crate::time::UnixTime;

/// One line of a list. Read by a shallow walk over the encoding: no digest, no extension but the ones
/// named here, so that a hundred thousand of them cost little.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// The name that a person would call it by.
    pub name: String,
    /// The name that the keystore gives it.
    pub alias: Option<String>,
    /// The issuer's common name, else its whole name; empty for what has no issuer.
    pub issuer: String,
    /// Hexadecimal, as in [`crate::Certificate::serial`]; empty for what has none.
    pub serial: String,
    /// First instant of validity.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity.
    pub not_after: Option<UnixTime>,
    /// Key in words: `EC P-256`.
    pub key: String,
    /// Alternative names, as far as they are text.
    pub names: Vec<String>,
    /// Whether it may issue certificates.
    pub ca: bool,
    /// Whether subject and issuer are the same.
    pub self_issued: bool,
    /// Whether its private key is in the same input.
    pub has_private_key: bool,
    /// Position and length of its chain in the same input, as [`crate::ChainPosition`] counts them.
    pub chain: Option<(u32, u32)>,
    /// What could not be read, or what is known of something that is no certificate.
    pub note: Option<String>,
}

/// What a [`Row`] is a line for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// A certificate.
    #[default]
    Certificate,
    /// A private key.
    PrivateKey,
    /// Something recognised, but not taken apart.
    Other,
    /// Something that could not be read.
    Unreadable,
}
