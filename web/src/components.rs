//! What screens are made of. Each takes facts, none knows the screen it stands on.

pub mod certificate_detail;
pub mod row_table;

pub use certificate_detail::CertificateDetail;
pub use row_table::{Column, RowTable, TableLook};
