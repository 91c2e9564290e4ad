//! A listing that is made once, with every form in which it was asked for.

use certlens_dialect::elasticsearch::CertificateInfo;

use crate::forms::Forms;

/// The rows of a listing, and every form in which they were asked for.
pub(crate) struct Listing {
    rows: Vec<CertificateInfo>,
    pub(crate) forms: Forms,
}

impl Listing {
    pub(super) fn new(rows: Vec<CertificateInfo>) -> Self {
        Self {
            rows,
            forms: Forms::default(),
        }
    }

    /// The rows, in their order.
    pub(crate) fn rows(&self) -> &[CertificateInfo] {
        &self.rows
    }
}
