//! Whom an attribute certificate is for (RFC 5755, 4.3.2).

use serde::{Deserialize, Serialize};

use crate::report::GeneralName;

/// A server, a group of servers, or the holder of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Target {
    /// One server.
    Name {
        /// Its name.
        name: GeneralName,
    },
    /// A group of servers.
    Group {
        /// Its name.
        name: GeneralName,
    },
    /// Whoever holds this certificate.
    Certificate {
        /// The names of the certificate's issuer.
        issuer: Vec<GeneralName>,
        /// Its serial number, as [`crate::Certificate::serial`] is written.
        serial: String,
        /// The name of its holder.
        name: Option<GeneralName>,
    },
}
