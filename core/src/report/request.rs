//! A certificate request.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::report::{
    Algorithm, Attribute, BasicConstraints, Extension, Fingerprints, GeneralName, KeyLink, Name,
    PublicKey, Span, Text,
};

/// A certificate request, PKCS#10 (RFC 2986).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CertificationRequest {
    /// 1, as people count; the encoding counts from 0.
    pub version: u8,
    /// Who the certificate shall be for.
    pub subject: Name,
    /// The key that shall be certified.
    pub public_key: PublicKey,
    /// How the request is signed with that key.
    pub signature_algorithm: Algorithm,
    /// The names that shall stand in the `subjectAltName` extension, in their order.
    pub subject_alternative_names: Arc<[GeneralName]>,
    /// The bits of the `keyUsage` extension that is asked for, by name.
    pub key_usage: Option<Vec<Text>>,
    /// The purposes of the `extKeyUsage` extension that is asked for.
    pub extended_key_usage: Option<Vec<Algorithm>>,
    /// The `basicConstraints` extension that is asked for.
    pub basic_constraints: Option<BasicConstraints>,
    /// Every extension that is asked for, in its order, the ones above included.
    pub extensions: Vec<Extension>,
    /// Characters of the challenge password, by which the certificate may be revoked later. The
    /// password itself is a secret (RFC 2985, 5.4.1) and is not told.
    pub challenge_length: Option<u32>,
    /// The `unstructuredName` attribute.
    pub unstructured_name: Option<String>,
    /// Every attribute, in its order, the ones above included.
    pub attributes: Vec<Attribute>,
    /// Digests of the request and of its key.
    pub fingerprints: Fingerprints,
    /// The private key in the same input, if it is there.
    pub private_key: Option<KeyLink>,
    /// [`Entry::path`](crate::Entry::path) of the certificates in this input over the same key.
    pub certificates: Vec<String>,
    /// The request as a PEM block, ready to copy.
    pub pem: String,
    /// Where the fields stand.
    pub at: RequestSpans,
}

impl CertificationRequest {
    /// The name that a person would call it by: the common name, else the first alternative name,
    /// else the whole subject.
    pub fn display_name(&self) -> &str {
        self.subject
            .common_name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
            .or_else(|| {
                self.subject_alternative_names
                    .first()
                    .map(|name| name.value.as_str())
            })
            .unwrap_or(&self.subject.text)
    }
}

/// Where the fields of a request stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestSpans {
    /// The whole request.
    pub request: Span,
    /// What is signed, `certificationRequestInfo`.
    pub info: Span,
    /// `version`.
    pub version: Span,
    /// `subject`.
    pub subject: Span,
    /// `subjectPKInfo`.
    pub public_key: Span,
    /// `attributes`, where they are not left out.
    pub attributes: Option<Span>,
    /// The `subjectAltName` extension that is asked for.
    pub subject_alternative_names: Option<Span>,
    /// `signatureAlgorithm`.
    pub signature_algorithm: Span,
    /// `signature`.
    pub signature: Span,
}
