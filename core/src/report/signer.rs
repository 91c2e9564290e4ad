//! A signer of a CMS message.

use serde::{Deserialize, Serialize};

use crate::report::{Algorithm, Attribute, Name, Span};
use crate::time::UnixTime;

/// One signer of a CMS `SignedData` (RFC 5652, 5.3). Nothing is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// 1 when the signer is named by issuer and serial number, 3 when by key identifier.
    pub version: u8,
    /// The issuer of the signer's certificate.
    pub issuer: Option<Name>,
    /// The serial number of the signer's certificate.
    pub serial: Option<String>,
    /// The key identifier of the signer's certificate, in hexadecimal.
    pub subject_key_identifier: Option<String>,
    /// The digest that is signed.
    pub digest_algorithm: Algorithm,
    /// How it is signed.
    pub signature_algorithm: Algorithm,
    /// When it was signed, as the signer says.
    pub signing_time: Option<UnixTime>,
    /// What is signed beside the content, in its order.
    pub signed_attributes: Vec<Attribute>,
    /// What was added later: countersignatures, time-stamps.
    pub unsigned_attributes: Vec<Attribute>,
    /// What the message is that was signed.
    pub message: SignedMessage,
    /// [`Entry::path`](crate::Entry::path) of the signer's certificate, if it is in the same input.
    pub certificate: Option<String>,
    /// Where the fields stand.
    pub at: SignerSpans,
}

/// What is known of a CMS `SignedData` as a whole (RFC 5652, 5.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignedMessage {
    /// As encoded: 1, 3, 4 or 5.
    pub version: u8,
    /// What kind of content is signed.
    pub content_type: Option<Algorithm>,
    /// Octets of the content; absent when it stands elsewhere, in a detached signature.
    pub content_size: Option<u64>,
    /// The digests that the message announces.
    pub digest_algorithms: Vec<Algorithm>,
}

/// Where the fields of a signer stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignerSpans {
    /// The whole signer.
    pub signer: Span,
    /// What names the signer's certificate, `sid`.
    pub identifier: Span,
    /// `digestAlgorithm`.
    pub digest_algorithm: Span,
    /// `signatureAlgorithm`.
    pub signature_algorithm: Span,
    /// `signature`.
    pub signature: Span,
}
