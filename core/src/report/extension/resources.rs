//! Internet numbers that a subject may use (RFC 3779).

use serde::{Deserialize, Serialize};

/// Addresses of one family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AddressFamily {
    /// The family's number: 1 for IPv4, 2 for IPv6.
    pub family: u16,
    /// What the addresses are used for, by number: 1 for unicast.
    pub subsequent: Option<u8>,
    /// The addresses.
    pub addresses: Resources,
}

/// Autonomous systems.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AsIdentifiers {
    /// Autonomous system numbers.
    pub numbers: Option<Resources>,
    /// Routing domain identifiers.
    pub routing_domains: Option<Resources>,
}

/// Numbers, or the same that the issuer has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Resources {
    /// All that the issuer has.
    Inherit,
    /// These.
    Listed {
        /// In encoded order.
        resources: Vec<Resource>,
    },
}

/// One or a range of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Resource {
    /// A number, or all addresses with this beginning: `192.0.2.0/24`, `AS64496`.
    One {
        /// In words.
        value: String,
    },
    /// All from one to another, both included.
    Range {
        /// The first.
        first: String,
        /// The last.
        last: String,
    },
}
