//! Bytes of unknown kind → the objects in them → a report.

use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::password::Password;
use crate::report::{Entry, Format, Keystore, Report};
use crate::row::Row;
use crate::time::UnixTime;

/// How an input is opened.
#[derive(Debug, Default)]
pub struct Options<'a> {
    /// Passwords to try, in order. A keystore with an empty password opens without any.
    pub passwords: &'a [Password],
    /// What the input may cost.
    pub limits: Limits,
}

/// An opened input: its objects, found but not yet taken apart.
#[derive(Debug)]
pub struct Contents {}

/// Opens an input of any kind. A locked keystore opens too: see [`Keystore::lock`].
///
/// # Errors
/// When there is nothing to show: an empty input, bytes of no known kind, or a container broken
/// before its first entry.
pub fn open(_input: &[u8], _options: &Options<'_>) -> Result<Contents, Error> {
    Err(Error::new(ErrorKind::Empty, 0))
}

/// Reads an input of any kind into a report, judged at `at`.
///
/// # Errors
/// As [`open`].
pub fn inspect(
    input: &[u8],
    options: &Options<'_>,
    at: Option<UnixTime>,
) -> Result<Report, Error> {
    Ok(open(input, options)?.report(at))
}

impl Contents {
    /// What the input was recognised as.
    pub fn format(&self) -> Format {
        todo!()
    }

    /// What is known of the keystore; `None` for inputs that are none.
    pub fn keystore(&self) -> Option<&Keystore> {
        todo!()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether there are none, as in a locked keystore.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The lines of a list, one an entry, in the same order.
    pub fn rows(&self) -> Vec<Row> {
        todo!()
    }

    /// One entry in full.
    pub fn entry(&self, _index: usize, _at: Option<UnixTime>) -> Option<Entry> {
        todo!()
    }

    /// Everything in full.
    pub fn report(&self, _at: Option<UnixTime>) -> Report {
        todo!()
    }
}
