//! Elasticsearch: `GET /_ssl/certificates`.
//!
//! The answer is a bare array, ordered by path, alias and serial number. Names are printed as Java's
//! `X500Principal.toString()` prints them.

mod certificate;
mod error;
mod info;
mod name;

pub use certificate::{CertificateInfo, facts, rows};
pub use error::{Error, ErrorBody, Exception, Header, OneOrMany};
pub use info::{Info, Version};
pub use name::name;

use crate::Detail;

/// What a detail view can show: nothing beyond the listing.
pub const DETAIL: Detail = Detail::Listing;
