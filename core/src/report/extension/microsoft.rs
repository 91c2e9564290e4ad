//! What Microsoft's authorities say.

use serde::{Deserialize, Serialize};

use crate::report::Algorithm;

/// The template that a Microsoft authority used, by identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CertificateTemplate {
    /// The template.
    pub template: Algorithm,
    /// Its major version.
    pub major: Option<u64>,
    /// Its minor version.
    pub minor: Option<u64>,
}
