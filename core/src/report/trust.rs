//! What OpenSSL was told to trust a certificate for.

use serde::{Deserialize, Serialize};

use crate::report::{Algorithm, Span};

/// What stands after the certificate in a `TRUSTED CERTIFICATE` of OpenSSL, its alias aside, which is
/// that of the entry. Only OpenSSL heeds it, and no signature covers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Trust {
    /// The purposes that it is trusted for. With none, OpenSSL decides by the certificate alone.
    pub trusted: Vec<Algorithm>,
    /// The purposes that it is not to be used for, whatever else says so.
    pub rejected: Vec<Algorithm>,
    /// The identifier that was given to its key, in hexadecimal.
    pub key_id: Option<String>,
    /// Algorithms that stand beside these; OpenSSL keeps them and makes nothing of them.
    pub other: Vec<Algorithm>,
    /// Where it stands.
    pub at: Span,
}
