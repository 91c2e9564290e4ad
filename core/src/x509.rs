//! X.509: what stands in a certificate (RFC 5280).

mod certificate;
mod extension;
pub(crate) mod findings;
mod general_name;
mod key;
mod name;
mod spine;

pub(crate) use certificate::{certificate, serial, worst};
pub(crate) use general_name::labels;
pub(crate) use key::{PrivateFacts, named, private_key, public_bits, public_key};
pub use name::read_name;
pub(crate) use name::{label, name};
pub(crate) use spine::Spine;
