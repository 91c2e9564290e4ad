//! What judging a certificate came to, step by step.

use serde::{Deserialize, Serialize};

use super::rules::{Profile, Purpose};
use crate::host_name::HostVerdict;
use crate::time::UnixTime;

/// Whether a certificate is accepted, by which path, and why; and what was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Judgement {
    /// Whether there is a path to an anchor on which nothing was refused.
    pub accepted: bool,
    /// The answer in one sentence without a full stop.
    pub summary: String,
    /// The instant that it was judged at.
    pub at: UnixTime,
    /// What it was judged for.
    pub purpose: Purpose,
    /// How strictly.
    pub profile: Profile,
    /// Whether the certificate is one for the host that was asked for; absent where none was.
    pub host: Option<HostVerdict>,
    /// The paths that were tried, the best one first; of many that were refused, a few.
    pub paths: Vec<JudgedPath>,
    /// What the verdict covers, one statement an entry.
    pub covered: Vec<String>,
    /// What it does not cover.
    pub not_covered: Vec<String>,
    /// What it cost, and whether it was broken off.
    pub work: Work,
}

/// One way from the certificate to an anchor, or to where it breaks off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JudgedPath {
    /// Whether nothing on it was refused.
    pub accepted: bool,
    /// Why it was accepted, or what was refused first.
    pub reason: String,
    /// Its certificates, the judged one first.
    pub steps: Vec<PathStep>,
    /// The policies that it is valid for, as object identifiers; `2.5.29.32.0` stands for any.
    pub policies: Vec<String>,
}

/// One certificate of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PathStep {
    /// Its place in the path.
    pub role: StepRole,
    /// Its subject, as RFC 4514 writes names.
    pub subject: String,
    /// Hexadecimal, as [`crate::Certificate::serial`].
    pub serial: String,
    /// SHA-256 of the certificate, in lower-case hexadecimal.
    pub sha256: String,
    /// What the checks come to.
    pub verdict: StepVerdict,
    /// Why, in a line.
    pub reason: String,
    /// Everything that was looked at.
    pub checks: Vec<PathCheck>,
}

/// What the checks of one certificate come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepVerdict {
    /// Nothing about it was refused, nor about what it stands on.
    Accepted,
    /// Nothing about it was refused, and it stands on a certificate that was, or on nothing that was followed.
    Unproven,
    /// Something about it was refused.
    Refused,
}

/// The place of a certificate in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepRole {
    /// The certificate that is judged.
    Leaf,
    /// An authority between it and the anchor.
    Intermediate,
    /// Trusted because the caller said so.
    Anchor,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PathCheck {
    /// What it was about.
    pub check: CheckKind,
    /// What it came to.
    pub outcome: CheckOutcome,
    /// What was found, in a clause.
    pub what: String,
    /// Where the rule is written.
    pub citation: String,
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CheckKind {
    /// Whether the path ends in something trusted.
    Anchor,
    /// The signature, by the key of the next certificate.
    Signature,
    /// Whether the instant lies in the validity period.
    Validity,
    /// Digest, key and curve.
    Strength,
    /// Whether a revocation list names it.
    Revocation,
    /// Whether it may issue certificates, by its basic constraints.
    Authority,
    /// How many authorities may follow.
    PathLength,
    /// What its key may do.
    KeyUsage,
    /// What it was issued for.
    Purpose,
    /// Name constraints.
    Names,
    /// Certificate policies.
    Policies,
    /// Critical extensions that are not understood.
    CriticalExtensions,
    /// What its issuer should have done otherwise.
    Form,
    /// The host that was asked for.
    Host,
    /// The work that judging may cost.
    Work,
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// As it should be.
    Passed,
    /// Not as it should be; this profile lets it pass.
    Noted,
    /// It could not be looked at, or nothing was given to look at it with.
    Unchecked,
    /// The path is refused for it.
    Refused,
}

/// What judging cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Work {
    /// Signatures computed with.
    pub signatures: u32,
    /// Certificates that were tried as the next of a path.
    pub candidates: u32,
    /// Paths that were walked to their end.
    pub paths: u32,
    /// Names that were compared with a name constraint.
    pub comparisons: u32,
    /// Entries of revocation lists walked.
    pub entries: u32,
    /// Whether it was broken off, so that an acceptable path may have been missed.
    pub exhausted: bool,
}
