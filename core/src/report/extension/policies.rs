//! Policies under which certificates are issued.

use serde::{Deserialize, Serialize};

use crate::report::Algorithm;

/// One policy with what is said of it (RFC 5280, 4.2.1.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicyInformation {
    /// The policy.
    pub policy: Algorithm,
    /// What the policy is known to say of how the subject was checked.
    pub validation: Option<Validation>,
    /// What is said of it, in encoded order.
    pub qualifiers: Vec<PolicyQualifier>,
}

/// How the subject of a certificate was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Validation {
    /// Whoever asked holds the domain.
    Domain,
    /// The organisation exists and asked.
    Organization,
    /// The person exists and asked.
    Individual,
    /// The organisation was checked as the EV guidelines say.
    Extended,
}

/// What is said of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum PolicyQualifier {
    /// Where the certification practice statement is.
    Statement {
        /// The address.
        uri: String,
    },
    /// What is to be shown to whoever relies on the certificate.
    UserNotice {
        /// The organisation whose numbered notices these are.
        organization: Option<DisplayText>,
        /// The numbers of notices of that organisation, decimal.
        numbers: Vec<String>,
        /// The text itself.
        text: Option<DisplayText>,
    },
    /// Something else.
    Other {
        /// What it is.
        kind: Algorithm,
        /// The whole encoded qualifier in hexadecimal.
        der: String,
    },
}

/// A text with the type of string that it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DisplayText {
    /// The text.
    pub text: String,
    /// `UTF8String`, `VisibleString`, `BMPString`, `IA5String`, or another tag's name.
    pub encoding: String,
}

/// Two policies that are the same (RFC 5280, 4.2.1.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicyMapping {
    /// As the issuer calls it.
    pub issuer_domain: Algorithm,
    /// As the subject calls it.
    pub subject_domain: Algorithm,
}
