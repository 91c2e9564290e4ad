//! What a chain is told as.

use serde::{Deserialize, Serialize};

use crate::pile::{Coverage, PileFinding, PilePlace};
use crate::signature::{SignatureCheck, check_signature};
use crate::time::{Standing, UnixTime};

/// Who says whether one certificate signed another.
pub trait IssuerCheck {
    /// Whether the key of `issuer` made the signature of `certificate`; both are DER.
    fn check(&self, certificate: &[u8], issuer: &[u8]) -> IssuerSignature;
}

/// Checks no signature: links rest on names and key identifiers.
#[derive(Clone, Copy, Debug)]
pub struct NoIssuerCheck;

impl IssuerCheck for NoIssuerCheck {
    fn check(&self, _: &[u8], _: &[u8]) -> IssuerSignature {
        IssuerSignature::NotChecked
    }
}

/// Computes with each signature.
#[derive(Clone, Copy, Debug)]
pub struct EverySignature;

impl IssuerCheck for EverySignature {
    fn check(&self, certificate: &[u8], issuer: &[u8]) -> IssuerSignature {
        match check_signature(certificate, Some(issuer)) {
            Ok(SignatureCheck::Good { .. }) => IssuerSignature::Valid,
            Ok(SignatureCheck::Bad { .. }) => IssuerSignature::Wrong,
            Ok(SignatureCheck::Unchecked { .. }) | Err(_) => IssuerSignature::NotChecked,
        }
    }
}

/// What is known of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum IssuerSignature {
    /// Nobody looked, or the algorithm is not known.
    NotChecked,
    /// The issuer's key made it.
    Valid,
    /// The issuer's key did not make it.
    Wrong,
}

/// Who issued whom in a pile of inputs. Certificates are named by their position in `certificates`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChainPicture {
    /// Every certificate once, in the order of the pile.
    pub certificates: Vec<ChainCertificate>,
    /// The ways up, each from a certificate that issued no other. Those from the same certificate
    /// stand together, the best first: its authorities in date, it ends in a root, it is short.
    pub paths: Vec<ChainPath>,
    /// Issuers that are not in the pile.
    pub missing: Vec<MissingIssuer>,
    /// What files with one leaf and its authorities would have a server send.
    pub served: Vec<ServedChain>,
    /// What is odd, worst first.
    pub findings: Vec<PileFinding>,
    /// What this rests on.
    pub coverage: Coverage,
}

/// One certificate of a [`ChainPicture`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChainCertificate {
    /// Where it stands; several times where there are copies.
    pub places: Vec<PilePlace>,
    /// The name that a person would call it by.
    pub name: String,
    /// The issuer's whole name, as [`crate::Name::text`] is written.
    pub issuer: String,
    /// As [`crate::Certificate::serial`] is written.
    pub serial: String,
    /// SHA-256 of the certificate, in hexadecimal.
    pub sha256: String,
    /// What it is in a chain.
    pub role: ChainRole,
    /// First instant of validity.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity.
    pub not_after: Option<UnixTime>,
    /// Where the instant that was judged at falls; absent where it cannot be judged.
    pub standing: Option<Standing>,
    /// Its issuers, best first. None for roots, and where the issuer is not here.
    pub issuers: Vec<IssuerLink>,
    /// Certificates that bear the name and the key of its issuer, and whose keys did not sign it; itself,
    /// where it names itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuted: Vec<usize>,
    /// How many certificates here it issued.
    pub issued: usize,
    /// Where its private key stands.
    pub private_keys: Vec<PilePlace>,
}

/// What a certificate is in a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChainRole {
    /// It may not issue certificates.
    Leaf,
    /// It may, and another one issued it.
    Authority,
    /// It may, and it names itself as issuer.
    Root,
}

/// That one certificate issued another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IssuerLink {
    /// The issuer.
    pub certificate: usize,
    /// How it was found.
    pub proof: LinkProof,
    /// What is known of the signature.
    pub signature: IssuerSignature,
}

/// How an issuer was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LinkProof {
    /// By name and key identifier.
    KeyIdentifier,
    /// By name alone: one of the two names no key.
    Name,
}

/// A way up from one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChainPath {
    /// From the leaf up.
    pub certificates: Vec<usize>,
    /// How it ends.
    pub end: PathEnd,
    /// Position in [`ChainPicture::missing`] of the issuer that it lacks.
    pub missing: Option<usize>,
}

/// How a way up ends, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PathEnd {
    /// In a certificate that names itself as issuer.
    Root,
    /// In one whose issuer is not here.
    Missing,
    /// In one that is not signed by the key of the issuer that it names, who is here.
    Refuted,
    /// In one whose issuers all stand below it.
    Loop,
    /// It was not followed further: it is longer than 32, or there are too many ways.
    Cut,
}

/// An issuer that is not in the pile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MissingIssuer {
    /// Its whole name.
    pub name: String,
    /// Its key identifier, in hexadecimal, where those that it issued name it.
    pub key_identifier: Option<String>,
    /// The certificates that it issued.
    pub wanted_by: Vec<usize>,
    /// Where they say that it can be fetched.
    pub urls: Vec<String>,
    /// Certificates here that bear its name and carry another key.
    pub same_name_other_key: Vec<usize>,
}

/// What a file with one leaf and its authorities would have a server send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServedChain {
    /// Which input it is.
    pub input: usize,
    /// Its certificates in its order, copies included.
    pub held: Vec<usize>,
    /// Whether the leaf stands first and each next one issued the one before (RFC 8446, 4.4.2).
    pub in_order: bool,
    /// Those that are on no way up from the leaf.
    pub unneeded: Vec<usize>,
    /// The root, which clients have already.
    pub root: Option<usize>,
    /// What to send, in that order.
    pub advised: Vec<usize>,
}
