//! Promises of transparency logs.

use serde::{Deserialize, Serialize};

use crate::report::Text;
use crate::time::UnixTime;

/// A log's promise to publish the certificate (RFC 6962, 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignedCertificateTimestamp {
    /// 1, as people count; the encoding counts from 0.
    pub version: u16,
    /// SHA-256 of the log's key, in hexadecimal.
    pub log_id: String,
    /// The name of the log, where it is known.
    pub log: Option<Text>,
    /// Who runs or ran the log, where it is known.
    pub operator: Option<Text>,
    /// When the promise was made, to the second.
    pub time: UnixTime,
    /// When the promise was made: milliseconds since 1970-01-01T00:00:00Z; at most 2^53 - 1, as doubles
    /// have them.
    pub milliseconds: u64,
    /// Extensions of the promise, in hexadecimal.
    pub extensions: String,
    /// The place in the log, where a static log's extension tells it (static-ct-api).
    pub leaf_index: Option<u64>,
    /// The digest that is signed: `SHA-256`.
    pub hash: Text,
    /// The signature algorithm: `ECDSA`.
    pub signature_algorithm: Text,
    /// The signature's octets, in hexadecimal.
    pub signature: String,
}
