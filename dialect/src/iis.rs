//! IIS Administration: `/api/certificates` and the stores that the certificates belong to.
//!
//! Names, algorithms, purposes and alternative names are printed as .NET on an English Windows prints
//! them.

mod alternative_names;
mod certificate;
mod fields;
mod name;
mod problem;
mod purposes;
mod signature;
mod store;

pub use alternative_names::lines as alternative_name_lines;
pub use certificate::{Certificate, Certificates, Link, Links, PrivateKey, facts, rows};
pub use fields::Fields;
pub use name::name;
pub use problem::Problem;
pub use purposes::friendly_name as purpose_name;
pub use signature::friendly_name as signature_name;
pub use store::{Store, StoreLinks, Stores};

use crate::Detail;

/// What a detail view can show: a request for the one certificate answers every field.
pub const DETAIL: Detail = Detail::Request;
