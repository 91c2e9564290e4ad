//! Redis Enterprise Software: `/v1/cluster/certificates` and its neighbours.
//!
//! The list is one flat object: `<name>_cert` and, for names that have one, `<name>_key`. The key
//! is a private key. Whoever reads an answer with [`Certificates`] never holds it.

mod alert;
mod certificates;
mod error;
mod names;
mod update;

pub use alert::{CertificateAlert, CertificateHealth, ExpiringCertificates, Health};
pub use certificates::{Answer, Certificates, NamedCertificate};
pub use error::ErrorBody;
pub use names::{CertificateName, Key, NAMES, Presence};
pub use update::{CertificateUpdate, CertificatesUpdate, PrivateKeyText, Rotation};

use crate::Detail;

/// What a detail view can show: everything, because the answer holds the certificates themselves.
pub const DETAIL: Detail = Detail::Certificate;
