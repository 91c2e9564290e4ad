//! An attribute certificate.

use serde::{Deserialize, Serialize};

use crate::report::{Algorithm, Attribute, Digests, Extension, GeneralName, Span};
use crate::time::{Standing, UnixTime};

/// An attribute certificate: what someone may do, signed by who grants it (RFC 5755, 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AttributeCertificate {
    /// 1 or 2, as people count; the encoding counts from 0.
    pub version: u8,
    /// As in [`Certificate::serial`](crate::Certificate::serial).
    pub serial: String,
    /// Whose attributes they are.
    pub holder: Holder,
    /// Who grants them.
    pub issuer: Vec<GeneralName>,
    /// First instant of validity; absent when the encoding names no instant.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity; absent when the encoding names no instant.
    pub not_after: Option<UnixTime>,
    /// Where `judgedAt` falls in the validity period; absent when it cannot be judged.
    pub standing: Option<Standing>,
    /// How the issuer signed.
    pub signature_algorithm: Algorithm,
    /// What is granted.
    pub attributes: Vec<Attribute>,
    /// Every extension, in its order.
    pub extensions: Vec<Extension>,
    /// Hexadecimal octets of the `authorityKeyIdentifier` extension's key identifier.
    pub authority_key_identifier: Option<String>,
    /// Digests of the whole attribute certificate.
    pub fingerprints: Digests,
    /// [`Entry::path`](crate::Entry::path) of the holder's certificate, if it is in the same input.
    pub holder_certificate: Option<String>,
    /// The attribute certificate as a PEM block, ready to copy.
    pub pem: String,
    /// Where the fields stand.
    pub at: AttributeCertificateSpans,
}

/// Whose attributes they are: by certificate, by name or by digest (RFC 5755, 4.2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Holder {
    /// The issuer of the holder's certificate.
    pub certificate_issuer: Vec<GeneralName>,
    /// The serial number of the holder's certificate.
    pub certificate_serial: Option<String>,
    /// The names of the holder.
    pub names: Vec<GeneralName>,
    /// The digest of something of the holder's, in words: `SHA-256 of the public key: 3f…`.
    pub digest: Option<String>,
}

/// Where the fields of an attribute certificate stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AttributeCertificateSpans {
    /// The whole attribute certificate.
    pub attribute_certificate: Span,
    /// What is signed, `acinfo`.
    pub info: Span,
    /// `version`, where it is written.
    pub version: Option<Span>,
    /// `holder`; `subject` in version 1.
    pub holder: Span,
    /// `issuer`.
    pub issuer: Span,
    /// `serialNumber`.
    pub serial: Span,
    /// `attrCertValidityPeriod.notBeforeTime`.
    pub not_before: Span,
    /// `attrCertValidityPeriod.notAfterTime`.
    pub not_after: Span,
    /// `attributes`.
    pub attributes: Span,
    /// `signatureAlgorithm`.
    pub signature_algorithm: Span,
    /// `signatureValue`.
    pub signature: Span,
}
