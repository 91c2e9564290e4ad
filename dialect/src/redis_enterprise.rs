//! Redis Enterprise Software: `GET /v1/cluster/certificates`.
//!
//! The answer is one flat object: `<name>_cert` and, for names that have one, `<name>_key`. The key
//! is a private key. Whoever reads an answer with [`Certificates`] never holds it.

mod certificates;
mod error;
mod names;

pub use certificates::{Answer, Certificates, NamedCertificate};
pub use error::ErrorBody;
pub use names::{CertificateName, Key, NAMES, Presence};

use crate::Detail;

/// What a detail view can show: everything, because the answer holds the certificates themselves.
pub const DETAIL: Detail = Detail::Certificate;
