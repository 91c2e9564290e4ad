//! What screens are made of. Each takes facts, none knows the screen it stands on.

pub mod certificate_detail;
pub mod copy;
pub mod dialog;
pub mod extensions;
pub mod fields;
pub mod findings;
pub mod guilloche;
pub mod icon;
pub mod key_overview;
pub mod life;
pub mod lines;
pub mod placed;
pub mod row_table;
pub mod say_line;
pub mod seal;
pub mod shell;
mod signed_detail;
pub mod status_word;
pub mod tabs;
pub mod text;
pub mod validity;

pub use certificate_detail::CertificateDetail;
pub use copy::{Announce, Copy};
pub use dialog::Dialog;
pub use icon::Icon;
pub use row_table::{Column, RowTable, TableLook, Unlocking};
pub use shell::Shell;
pub use status_word::StatusWord;
pub use text::Text;
