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

/// What both forms are tried with.
#[cfg(test)]
mod example {
    use certlens_core::{Options, Report, Row, inspect, open};

    use super::Listed;

    pub(super) fn read() -> (Vec<Row>, Report) {
        let pem = include_bytes!("../examples/chain.pem");
        let contents = open(pem, &Options::default()).unwrap();
        let report = inspect(pem, &Options::default(), None).unwrap();
        (contents.rows(), report)
    }

    pub(super) fn listed<'a>(rows: &'a [Row], report: &Report) -> Vec<Listed<'a>> {
        let both = report.entries.iter().zip(rows);
        both.map(|(entry, row)| Listed {
            source: "chain.pem",
            row,
            entry: entry.clone(),
        })
        .collect()
    }
}
