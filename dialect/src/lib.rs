//! The wire shapes of three certificate APIs, and the forms in which their vendors print names.
//!
//! Each dialect is one module: what the server writes and what the console reads, field by field in
//! the vendor's order. Writing is exact; reading is tolerant, because old releases differ.
//!
//! | module | documented endpoint |
//! | --- | --- |
//! | [`elasticsearch`] | `GET /_ssl/certificates` |
//! | [`redis_enterprise`] | `GET /v1/cluster/certificates` |
//! | [`iis`] | `GET /api/certificates` |

pub mod elasticsearch;
pub mod iis;
pub mod redis_enterprise;

mod hex;
mod name_text;
mod named;
mod tolerant;

/// How much a backend says of one certificate beyond its row in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The fields of the listing are all there is.
    Listing,
    /// A second request, for the one certificate, answers more fields.
    Request,
    /// The certificate itself is in the listing, as PEM text: everything can be known.
    Certificate,
}

/// One labelled line of a detail view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What the line tells, in words: `Serial number`.
    pub label: &'static str,
    /// What it says; several lines where it says several things.
    pub value: Vec<String>,
}

impl Fact {
    pub(crate) fn line(label: &'static str, value: impl Into<String>) -> Self {
        Self {
            label,
            value: vec![value.into()],
        }
    }
}
