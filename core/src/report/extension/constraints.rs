//! What certificates below an authority may be.

use serde::{Deserialize, Serialize};

use crate::report::GeneralName;

/// The `basicConstraints` extension (RFC 5280, 4.2.1.9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BasicConstraints {
    /// Whether the subject is a certification authority.
    pub ca: bool,
    /// How many further authorities may follow below it.
    pub path_length: Option<u32>,
}

/// The `nameConstraints` extension (RFC 5280, 4.2.1.10).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NameConstraints {
    /// Names of these kinds must lie in one of these.
    pub permitted: Vec<GeneralSubtree>,
    /// Names must lie in none of these.
    pub excluded: Vec<GeneralSubtree>,
}

/// A part of the space of names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GeneralSubtree {
    /// Its root. An address is written with its mask: `192.0.2.0/24`.
    pub base: GeneralName,
    /// Levels below the root at which it begins; RFC 5280 allows 0 alone.
    pub minimum: u64,
    /// Levels below the root at which it ends; RFC 5280 allows none.
    pub maximum: Option<u64>,
}

/// The `policyConstraints` extension (RFC 5280, 4.2.1.11).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicyConstraints {
    /// After how many further certificates a policy must be named.
    pub require_explicit_policy: Option<u64>,
    /// After how many further certificates policies are no longer mapped.
    pub inhibit_policy_mapping: Option<u64>,
}
