//! What page and worker say to each other.
//!
//! Every message is an array: the number of the request, the message itself as octets of `wire`, and what goes with it: for
//! requests the files they are about, as `File` objects; for [`Answer::Opened`] and [`Request::Replace`]
//! what was brought to light, which the page hands on without looking into it; for [`Answer::Made`] the
//! octets that were written. The worker also sends bare numbers: the file that it is about to work on, so
//! that the page knows which one to blame when the worker dies.

use borsh::{BorshDeserialize, BorshSerialize};
use certlens_core::{Report, Row, UnixTime};

use crate::detail::Detail;
use crate::questions::{Question, Told};
use crate::rows::{Choosing, Chosen, RowId, RowQuery, RowWindow, WindowRequest};
use crate::said::State;
use crate::writing::{Outcome, Refusal, Task, Typed};

/// What the page asks for.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub enum Request {
    /// Read these files, which stand in the message beside this. Answered by [`Answer::Tally`]s.
    Add {
        /// The instant to judge against.
        now: UnixTime,
        /// Number and name of each.
        files: Vec<NewFile>,
    },
    /// Call ends of validity near by this.
    Judge(crate::expiry::Expiry),
    /// Put a file on the pile that cannot be read, and why.
    Refuse {
        /// The file.
        file: NewFile,
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Open the one file beside this with passwords. Answered by [`Answer::Opened`] or
    /// [`Answer::Refused`]. Asked of the worker that opens, which keeps nothing.
    Open {
        /// The file.
        file: NewFile,
        /// What was typed, now and before: a key can have a password of its own.
        passwords: Vec<String>,
    },
    /// Write the files beside this anew. Answered by [`Answer::Made`]. Asked of the worker that opens,
    /// which keeps nothing.
    Make {
        /// What to write.
        task: Task,
        /// Number and name of each file, and the passwords that opened it.
        files: Vec<(NewFile, Vec<Typed>)>,
        /// The instant that it is written at.
        now: UnixTime,
    },
    /// Note that a password is being tried, or came to nothing.
    Attempt {
        /// Number of the file.
        file: u32,
        /// What came of it.
        attempt: crate::rows::Attempt,
    },
    /// Put the [`Brought`] beside this in the place of the locked file.
    Replace(Opened),
    /// Take a file off the pile.
    Remove(u32),
    /// Read no further. Answered by [`Answer::Cancelled`].
    Cancel,
    /// Take everything off the pile.
    Clear,
    /// Answer with a window of lines.
    Window(WindowRequest),
    /// Choose entries of what a query shows. Answered by [`Answer::Chosen`].
    Choose {
        /// Which.
        choosing: Choosing,
        /// What is shown.
        query: RowQuery,
        /// The instant to judge against.
        now: UnixTime,
    },
    /// Answer with the line on which an entry stands.
    Position {
        /// The entry.
        id: RowId,
        /// The order.
        query: RowQuery,
        /// The instant to judge against.
        now: UnixTime,
    },
    /// Answer with one entry in full.
    Detail {
        /// The entry.
        id: RowId,
        /// The instant to judge against.
        now: UnixTime,
    },
    /// Answer a question about the pile.
    Ask {
        /// The question.
        question: Question,
        /// The instant to judge against.
        now: UnixTime,
    },
}

/// Number and name of a file.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct NewFile {
    /// Number, given by the page.
    pub number: u32,
    /// Name, with the folders above it when it came in a folder.
    pub name: String,
}

/// What the worker answers.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub enum Answer {
    /// The worker is up.
    Ready,
    /// The pile has changed.
    Tally(Tally),
    /// Nothing is being read any more. Numbers of the files that are on the pile.
    Cancelled(Vec<u32>),
    /// Lines.
    Window(RowWindow),
    /// What is chosen now.
    Chosen(Chosen),
    /// The line of an entry, if it is shown at all.
    Position(Option<u32>),
    /// An entry, if it is still there.
    Detail(Option<Box<Detail>>),
    /// The answer to a question.
    Told(Told),
    /// What was written, its octets beside this; or why nothing was.
    Made(Result<Box<Outcome>, Refusal>),
    /// A password opened the file; a [`Brought`] stands beside this.
    Opened(Opened),
    /// A password did not open the file.
    Refused {
        /// Number of the file.
        file: u32,
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
}

/// That a password opened a file.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Opened {
    /// The file.
    pub file: NewFile,
    /// Set when the password opened the keystore, but not every key in it.
    pub rest: Option<String>,
}

/// What a password brought to light.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Brought {
    /// The lines of the file's entries.
    pub rows: Vec<Row>,
    /// The entries.
    pub report: Report,
    /// The public halves of the private keys in it, with the numbers of their entries.
    pub halves: Vec<(u32, Vec<u8>)>,
}

/// What is on the pile, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Tally {
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// Files.
    pub files: u32,
    /// Entries.
    pub entries: u32,
    /// Entries that ask for attention, by their rows.
    pub attention: u32,
    /// How many there are in each state, in the order of [`State::ALL`]: entries, and files that are locked.
    pub states: [u32; State::ALL.len()],
    /// Numbers of the files that wait for a password.
    pub locked: Vec<u32>,
    /// Files still to be read. Filled in by the page, which alone knows of all.
    pub waiting: u32,
    /// How far the file is that takes long to read.
    pub underway: Option<Underway>,
    /// Requests that the worker has made since it started. It makes none; this is the proof.
    pub requests: u32,
    /// The first certificate there is, else the first entry.
    pub first: Option<RowId>,
    /// What of it is chosen.
    pub chosen: Chosen,
}

/// A file that takes long to read, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Underway {
    /// Its name.
    pub name: String,
    /// What is being done, and how much of it is.
    pub stage: Stage,
}

/// What is done with a file, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Stage {
    /// The browser hands over its octets.
    Octets {
        /// So many of them so far.
        read: u64,
        /// Of so many.
        size: u64,
    },
    /// It is taken apart, as far as so many percent of it.
    Entries(u8),
}

impl Underway {
    /// How much of all there is to do with the file is done, in percent. That all octets are there is a fifth.
    pub fn percent(&self) -> u8 {
        let done = match self.stage {
            Stage::Octets { read, size } => read.min(size).saturating_mul(20) / size.max(1),
            Stage::Entries(percent) => 20 + u64::from(percent) * 80 / 100,
        };
        u8::try_from(done).unwrap_or(100).min(100)
    }
}

/// The number of a request or a file, as it comes out of a message.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of requests and files are counted up from 1 by the page"
)]
pub fn narrow(number: f64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_of_a_file_only_moves_forward() {
        let size = 200_000_000;
        let octets = (0..=25).map(|piece| Stage::Octets {
            read: piece * 8_000_000,
            size,
        });
        let stages = octets.chain((0..=100).map(Stage::Entries));
        let percents = stages.map(|stage| {
            let name = "big.pem".to_owned();
            Underway { name, stage }.percent()
        });
        let percents: Vec<u8> = percents.collect();
        assert!(percents.is_sorted(), "{percents:?}");
        assert_eq!(
            (percents[0], percents[12], percents.last()),
            (0, 9, Some(&100))
        );
    }
}
