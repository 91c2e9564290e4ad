//! Pictures to show with a certificate (RFC 9399).

use serde::{Deserialize, Serialize};

use crate::report::Algorithm;

/// A picture to show with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Logotype {
    /// Whose picture it is.
    pub place: LogotypePlace,
    /// The kind of a picture that belongs to none of the named places.
    pub kind: Option<Algorithm>,
    /// The pictures and sounds that stand there themselves.
    pub images: Vec<LogotypeImage>,
    /// Addresses of descriptions that stand elsewhere.
    pub elsewhere: Vec<String>,
}

/// Whose picture it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LogotypePlace {
    /// Of a community that the issuer belongs to.
    Community,
    /// Of the issuer.
    Issuer,
    /// Of the subject.
    Subject,
    /// Of something else.
    Other,
}

/// One picture or sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LogotypeImage {
    /// Its type: `image/svg+xml`.
    pub media_type: String,
    /// Its digests, each as algorithm and hexadecimal octets: `SHA-256 00ff…`.
    pub digests: Vec<String>,
    /// Where it is. A picture that stands in the certificate is shown by its type and length alone.
    pub addresses: Vec<String>,
}
