//! One value of an ASN.1 tree, as a view of the bytes shows it.

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::report::Span;

/// The ASN.1 values of one piece of an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Asn1Tree {
    /// Which piece it is: `pem[0]`, or the path of the entry that was sealed.
    pub path: String,
    /// The label of a PEM block.
    pub label: Option<String>,
    /// The values, each before those within it.
    pub values: Vec<Asn1Value>,
    /// Why there are none.
    pub problem: Option<Problem>,
}

/// One encoded value, or octets that are none.
///
/// A tree is a list of these, each before those within it: `depth` says how deep a value stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Asn1Value {
    /// How many values it stands within.
    pub depth: u32,
    /// Class, form and number; absent for octets that are no value.
    pub tag: Option<Asn1Tag>,
    /// The tag in words: `SEQUENCE`, `[0]`, `BIT STRING`.
    pub name: String,
    /// How its length is written; absent for octets that are no value.
    pub length_form: Option<Asn1LengthForm>,
    /// Whether it stands within an OCTET STRING or BIT STRING that need not hold values, and does.
    pub wrapped: bool,
    /// What it says, in words: a number, a text, the first octets in hexadecimal. Absent for what is
    /// made of other values, and for the parts of a private key.
    pub value: Option<String>,
    /// What people call the identifier that it says.
    pub meaning: Option<String>,
    /// What is not right about it.
    pub problem: Option<String>,
    /// Where it stands: tag, length, contents, and the end-of-contents of an indefinite length.
    pub at: Span,
    /// Where its contents stand.
    pub contents: Span,
}

/// A tag (X.690, 8.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Asn1Tag {
    /// Whose numbers they are.
    pub class: Asn1Class,
    /// Its number in that class.
    pub number: u32,
    /// Whether its contents are values.
    pub constructed: bool,
}

/// The classes of tags (X.680, 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Asn1Class {
    /// Types of ASN.1 itself.
    Universal,
    /// Types of one application.
    Application,
    /// Fields of the type that it stands in.
    ContextSpecific,
    /// Types of one organisation.
    Private,
}

/// How a length is written (X.690, 8.1.3 and 10.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Asn1LengthForm {
    /// In one octet.
    Short,
    /// In several octets, as few as can be.
    Long,
    /// In more octets than it needs, which DER forbids.
    Padded,
    /// Not at all: two zero octets end the value, which DER forbids.
    Indefinite,
}
