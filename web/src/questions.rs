//! What the page asks about the pile beyond rows and entries, and what the worker tells.
//!
//! Thinking is core's, and happens in the worker: the page draws what it is told.

use certlens_core::{
    Asn1Tree, ChainRole, Comparison, Finding, IssuerSignature, Judgement, Kinship, Lacks, Purpose,
    UnixTime, WhoCanOpen,
};
use serde::{Deserialize, Serialize};

use crate::rows::RowId;

/// A question about the pile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Who issued whom around a certificate. Answered by [`Told::Chain`].
    Chain(RowId),
    /// Whether a certificate would be accepted. Answered by [`Told::Verdict`].
    Judge(JudgeQuestion),
    /// The octets of an entry and the values in them. Answered by [`Told::Bytes`].
    Bytes(RowId),
    /// What an entry can be compared with. Answered by [`Told::Others`].
    Others(RowId),
    /// What changed from one entry to another. Answered by [`Told::Comparison`].
    Compare {
        /// The older one.
        before: RowId,
        /// The newer one.
        after: RowId,
    },
    /// Who can open what is sealed in a file. Answered by [`Told::Openers`].
    Openers(u32),
}

/// What a certificate is to be judged for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JudgeQuestion {
    /// The certificate.
    pub id: RowId,
    /// What it is to be used for.
    pub purpose: Purpose,
    /// The host that must be among its names; empty for none.
    pub host: String,
    /// The instant to judge at.
    pub at: UnixTime,
    /// The file whose certificates are trusted; absent for every root on the pile.
    pub store: Option<u32>,
}

/// What the worker tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// There is nothing to tell: the entry is gone, or of another kind.
    Nothing,
    /// Who issued whom.
    Chain(Box<ChainTold>),
    /// Whether a certificate would be accepted.
    Verdict(Box<Verdict>),
    /// The question cannot be answered as it was put. Says why.
    Unclear(String),
    /// Octets and values.
    Bytes(Box<BytesTold>),
    /// What an entry can be compared with, those of the same name first.
    Others(Vec<Other>),
    /// What changed.
    Comparison(Box<Comparison>),
    /// Who can open what.
    Openers(Vec<WhoCanOpen>),
}

/// Who issued whom around a certificate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainTold {
    /// The certificates that are drawn, each once.
    pub certificates: Vec<ChainNode>,
    /// Names of issuers that are not on the pile, and where they can be fetched.
    pub missing: Vec<MissingNode>,
    /// Who issued whom.
    pub ties: Vec<Tie>,
    /// The best way up from the certificate asked for, itself first: positions in `certificates`.
    pub way_up: Vec<usize>,
    /// Certificates on the pile, drawn or not.
    pub total: usize,
    /// What is odd about the certificates on the pile.
    pub findings: Vec<Finding>,
    /// Files that hold certificates, to be trusted: number and name.
    pub stores: Vec<(u32, String)>,
}

/// A certificate of a [`ChainTold`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainNode {
    /// Its first place.
    pub id: RowId,
    /// How often it lies on the pile.
    pub copies: usize,
    /// What a person would call it.
    pub name: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// What it is in a chain.
    pub role: ChainRole,
    /// First instant of validity.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity.
    pub not_after: Option<UnixTime>,
}

/// An issuer that is not on the pile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MissingNode {
    /// Its whole name.
    pub name: String,
    /// Where it can be fetched, say those that it issued.
    pub urls: Vec<String>,
}

/// That one certificate was issued by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tie {
    /// The one that was issued.
    pub issued: usize,
    /// Its issuer.
    pub issuer: Issuer,
    /// What is known of the signature.
    pub signature: IssuerSignature,
}

/// Where the issuer of a [`Tie`] stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Issuer {
    /// Position in [`ChainTold::certificates`].
    Here(usize),
    /// Position in [`ChainTold::missing`].
    Missing(usize),
}

/// Whether a certificate would be accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The judgement, step by step.
    pub judgement: Judgement,
    /// How many certificates were trusted.
    pub anchors: usize,
    /// The one certificate that the chosen store lacks.
    pub lacks: Option<Lacks>,
    /// The certificate itself under the same key or name in the chosen store.
    pub kin: Vec<(RowId, String, Kinship)>,
}

/// The octets of an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BytesTold {
    /// The octets, in hexadecimal.
    pub hex: String,
    /// The values in them.
    pub tree: Asn1Tree,
}

/// An entry that another one can be compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Other {
    /// Which entry it is.
    pub id: RowId,
    /// What a person would call it.
    pub name: String,
    /// Name of its file.
    pub source: String,
}
