//! Statements of qualified certificates, and registrations of organisations.

use serde::{Deserialize, Serialize};

use crate::report::{Algorithm, GeneralName};

/// One statement of a qualified certificate (RFC 3739, 3.2.6; ETSI EN 319 412-5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QualifiedStatement {
    /// Which statement it is.
    pub statement: Algorithm,
    /// What it says besides being there.
    pub fact: Option<StatementFact>,
}

/// What a statement says besides being there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum StatementFact {
    /// Up to which amount transactions are covered: `amount` · 10^`exponent`.
    Limit {
        /// The currency: three letters, or its number.
        currency: String,
        /// The amount.
        amount: i64,
        /// The power of ten.
        exponent: i64,
    },
    /// How long records are kept.
    Retention {
        /// Years after the certificate expires.
        years: u64,
    },
    /// Where the disclosure statements are.
    Disclosure {
        /// The places.
        statements: Vec<DisclosureStatement>,
    },
    /// What the certificate is qualified for.
    Kinds {
        /// Signature, seal, website.
        kinds: Vec<Algorithm>,
    },
    /// Under the laws of which countries it is qualified.
    Legislation {
        /// Two letters each.
        countries: Vec<String>,
    },
    /// What the attributes of the subject mean.
    Semantics {
        /// The rules that give them their meaning.
        identifier: Option<Algorithm>,
        /// Who registered the names.
        authorities: Vec<GeneralName>,
    },
    /// What a payment service provider may do (ETSI TS 119 495).
    PaymentServices {
        /// The roles.
        roles: Vec<Algorithm>,
        /// The names of the roles as they stand there.
        role_names: Vec<String>,
        /// The authority that licensed it.
        authority_name: String,
        /// The identifier of that authority.
        authority_id: String,
    },
    /// Something else.
    Other {
        /// The encoded value in hexadecimal.
        der: String,
    },
}

/// Where a disclosure statement is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DisclosureStatement {
    /// The address.
    pub url: String,
    /// In which language it is written, two letters.
    pub language: String,
}

/// The registration of an organisation (CA/B Forum EV Guidelines, 9.8.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganizationIdentifier {
    /// The scheme, three letters: `NTR`, `VAT`, `PSD`, `LEI`.
    pub scheme: String,
    /// The country, two letters.
    pub country: String,
    /// The state or province.
    pub state: Option<String>,
    /// The number in the register.
    pub reference: String,
}
