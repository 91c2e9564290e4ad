//! Where revocation lists and further information are, and why certificates were revoked.

use serde::{Deserialize, Serialize};

use crate::report::{Algorithm, GeneralName, Name, RevocationReason};

/// A place where a revocation list is (RFC 5280, 4.2.1.13).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DistributionPoint {
    /// Where it is.
    pub name: Option<DistributionPointName>,
    /// The reasons for revocation that it covers; absent when it covers all.
    pub reasons: Option<Vec<RevocationReason>>,
    /// Who signs it, where that is not the issuer of the certificate.
    pub crl_issuer: Vec<GeneralName>,
}

/// How a place is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum DistributionPointName {
    /// By names of its own; the same list is at each of them.
    Full {
        /// The names.
        names: Vec<GeneralName>,
    },
    /// By what comes after the name of the list's issuer.
    Relative {
        /// The attributes.
        name: Name,
    },
}

/// Which certificates a revocation list is about (RFC 5280, 5.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the standard"
)]
pub struct IssuingDistributionPoint {
    /// Where the list is.
    pub name: Option<DistributionPointName>,
    /// Only certificates of end entities.
    pub only_user_certificates: bool,
    /// Only certificates of authorities.
    pub only_ca_certificates: bool,
    /// Only attribute certificates.
    pub only_attribute_certificates: bool,
    /// Certificates of other issuers too.
    pub indirect: bool,
    /// Only revocations for these reasons.
    pub only_reasons: Option<Vec<RevocationReason>>,
}

/// Where to ask about an issuer or a subject (RFC 5280, 4.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccessDescription {
    /// What is found there.
    pub method: Algorithm,
    /// Where.
    pub location: GeneralName,
}
