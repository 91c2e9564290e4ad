//! Attributes of requests, signers and attribute certificates.

use serde::{Deserialize, Serialize};

use crate::report::Span;

/// One attribute: a type and its values (X.501, 8.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// Dotted form of the type.
    pub oid: String,
    /// What people call it, where it has a name.
    pub name: Option<String>,
    /// What it says, one statement a line; absent where it is not decoded.
    pub text: Option<Vec<String>>,
    /// The octets of its values, tags and lengths included, in hexadecimal. Empty for a challenge
    /// password, which is not told.
    pub bytes: String,
    /// Where the whole attribute stands.
    pub at: Span,
}

/// Digests in lower-case hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Digests {
    /// SHA-1 of the whole object.
    pub sha1: String,
    /// SHA-256 of the whole object.
    pub sha256: String,
}
