//! The list as a file: a table for spreadsheets, and the ends of validity for calendars.

mod calendar;
mod table;

use certlens_core::{Entry, Row};

pub use calendar::calendar;
pub use table::table;

/// An entry of the list.
#[derive(Clone, Debug)]
pub struct Listed<'a> {
    /// Name of its file.
    pub source: &'a str,
    /// Its line.
    pub row: &'a Row,
    /// Itself in full.
    pub entry: Entry,
}
