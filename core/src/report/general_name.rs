//! The parts of names that are made of several.

use serde::{Deserialize, Serialize};

use super::Algorithm;

/// The parts of a [`super::GeneralName`] that is made of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum GeneralNameDetail {
    /// A Kerberos principal (RFC 4556, 3.2.2).
    KerberosPrincipal {
        /// The realm.
        realm: String,
        /// The kind of principal, by number: 1 for a person, 2 for a service.
        name_type: i64,
        /// The parts of the name, in encoded order.
        components: Vec<String>,
    },
    /// A piece of hardware (RFC 4108, 5).
    HardwareModule {
        /// What it is.
        hardware: Algorithm,
        /// Its serial number, in hexadecimal.
        serial: String,
    },
    /// A name that is never given to another one (RFC 4043).
    PermanentIdentifier {
        /// The name.
        identifier: Option<String>,
        /// Who gave it.
        assigner: Option<Algorithm>,
    },
    /// A party of electronic data interchange (RFC 5280, 4.2.1.6).
    EdiParty {
        /// Who gave the name.
        assigner: Option<String>,
        /// The name.
        party: String,
    },
    /// All addresses that agree with this one where the mask has ones (RFC 5280, 4.2.1.10).
    Network {
        /// The address.
        address: String,
        /// The mask, in the same form.
        mask: String,
        /// The number of ones in the mask, where they all stand at its beginning.
        prefix_length: Option<u8>,
    },
}
