//! The rows of a table, whoever holds them: the worker that keeps the dropped files, or the answers
//! of a backend.
//!
//! A table never holds all rows. It asks a [`RowSource`] for a window of lines and is told how many
//! there are. [`Listing`] is the pure part: it sorts, filters and groups rows kept in memory. The
//! worker uses it on its side of the wall, the console on the page's.

pub(crate) mod listing;
mod query;
mod run;

use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use certlens_core::{Row, Severity, Standing, UnixTime};
use yew::Callback;

use crate::said::Said;

pub(crate) use listing::level;
pub use listing::{Listing, ListingGroup, Worst};
pub use query::{GROUPS, ORDERS, find, word};
pub use run::{Heading, Run, Sight, Subject};

/// Something that answers with lines for a table.
pub trait RowSource {
    /// Asks for the lines of one window. Answers once, at once or later; a source may leave a request
    /// unanswered when a newer one has overtaken it.
    fn window(&self, request: WindowRequest, answer: Callback<RowWindow>);

    /// Asks for the line on which an entry stands, if it is shown at all.
    fn position(&self, id: RowId, query: RowQuery, answer: Callback<Option<u32>>);
}

/// A row source as a property of a component: equal when it is the same one.
#[derive(Clone)]
pub struct Rows(pub Rc<dyn RowSource>);

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Which entry is meant: the file or backend it came from, and its number there.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct RowId {
    /// Number of the file, or of the backend.
    pub group: u32,
    /// Number of the entry in it, counted from 0.
    pub entry: u32,
}

impl RowId {
    /// Stands for the file itself in place of an entry's number.
    pub const FILE: u32 = u32::MAX;

    /// A file itself, of which nothing more can be shown before it is unlocked.
    pub fn of_file(group: u32) -> Self {
        let entry = Self::FILE;
        Self { group, entry }
    }

    /// Whether it stands for a file itself.
    pub fn is_file(self) -> bool {
        self.entry == Self::FILE
    }
}

/// `3-14`, as addresses have it.
impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.group, self.entry)
    }
}

impl FromStr for RowId {
    type Err = NotARow;

    fn from_str(text: &str) -> Result<Self, NotARow> {
        let (group, entry) = text.split_once('-').ok_or(NotARow)?;
        Ok(Self {
            group: group.parse().map_err(|_| NotARow)?,
            entry: entry.parse().map_err(|_| NotARow)?,
        })
    }
}

/// A text is not the number of a row: expected two whole numbers with a hyphen between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARow;

/// What a table shows, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RowQuery {
    /// Every word of it must occur in an entry: in what is shown, or in what a pile knows besides. Set by
    /// [`RowQuery::seek`].
    pub search: String,
    /// What of the page's own words each of those occurs in: whoever holds the rows need not speak its language.
    pub said: Vec<Said>,
    /// Shows only entries that say one of these; all where there are none.
    pub only: Said,
    /// What the lines are sorted by.
    pub order: Order,
    /// Whether the order is turned round.
    pub descending: bool,
    /// What entries share that stand below one head; none for a list without heads.
    pub group: Option<GroupBy>,
    /// Groups whose entries are folded away.
    pub folded: BTreeSet<GroupKey>,
}

impl RowQuery {
    /// Searches for the words of a text, those of the page itself in the language that is spoken.
    pub fn seek(&mut self, search: String) {
        self.said = search.split_whitespace().map(Said::containing).collect();
        self.search = search;
    }

    /// Whether it searches for anything.
    pub fn is_searched(&self) -> bool {
        !self.search.trim().is_empty()
    }

    /// Whether it may hide entries.
    pub fn is_narrowed(&self) -> bool {
        self.is_searched() || !self.only.is_empty()
    }

    /// Hides nothing any more.
    pub fn show_all(&mut self) {
        self.seek(String::new());
        self.only = Said::NOTHING;
    }

    /// Folds a group, or unfolds it.
    pub fn fold(&mut self, group: GroupKey) {
        if !self.folded.remove(&group) {
            self.folded.insert(group);
        }
    }
}

/// What the entries of a group share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum GroupBy {
    /// The file or backend they came from.
    File,
    /// The issuer's name.
    Issuer,
    /// The key itself.
    Key,
    /// The week in which they expire.
    Week,
}

/// What tells a group from the others of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum GroupKey {
    /// Keystores that wait for a password, where groups are no files.
    Locked,
    /// The file or backend of this number.
    File(u32),
    /// Entries of this issuer.
    Named(String),
    /// Entries of the key with this print.
    Key(u128),
    /// Entries whose key no other entry has.
    OwnKey,
    /// Entries that expire in the week of this Monday, in days since 1970-01-01.
    Week(i64),
    /// Entries that have no issuer, no key or no end.
    Rest,
}

/// What lines are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Order {
    /// As they came, file by file.
    #[default]
    Added,
    /// By name.
    Name,
    /// By the end of validity, the first to end first; what has no end comes last.
    Expiry,
    /// By issuer.
    Issuer,
    /// By key.
    Key,
    /// By the name of the group.
    Source,
}

/// What a reader does to choose entries, so as to do something with all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Choosing {
    /// Chooses an entry; one that is chosen no longer is.
    Turn(RowId),
    /// Chooses the entries on the lines from one to the other, whichever of them comes first.
    Lines(u32, u32),
    /// Chooses every entry that the list shows, folded away or not.
    Shown,
    /// Chooses none any more.
    Nothing,
}

/// The entries that are chosen, as far as a page needs to know of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Chosen {
    /// Counts up with every change.
    pub revision: u64,
    /// How many there are.
    pub count: u32,
    /// The first two of them.
    pub first: Vec<RowId>,
}

impl Chosen {
    /// Both, where there are just two.
    pub fn pair(&self) -> Option<(RowId, RowId)> {
        match (self.count, self.first.as_slice()) {
            (2, [one, other]) => Some((*one, *other)),
            _ => None,
        }
    }

    /// What an entry is compared with: the other one of two, or the only one.
    pub fn beside(&self, id: RowId) -> Option<RowId> {
        let other = self.first.iter().find(|one| **one != id);
        other.copied().filter(|_| self.count <= 2)
    }
}

/// How much attention something asks for, most first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub enum Level {
    /// Broken, expired, or in the last tenth of its lifetime.
    Now,
    /// In the last third of its lifetime, or not valid yet.
    Soon,
    /// Checked and good, as far as the word beside it says.
    Fine,
    /// Not checked, locked, or nothing to judge.
    Unknown,
}

/// A window that a table wants to draw.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct WindowRequest {
    /// What to show.
    pub query: RowQuery,
    /// First line wanted.
    pub from: u32,
    /// Lines wanted at most.
    pub count: u32,
    /// The instant to judge against.
    pub now: UnixTime,
}

/// The answer to a [`WindowRequest`].
#[derive(Clone, Debug, Default, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct RowWindow {
    /// Number of the first line.
    pub from: u32,
    /// The lines.
    pub lines: Vec<Line>,
    /// Which lines there are in all.
    pub shape: Rc<Shape>,
}

/// How many lines there are, and which of them are of another height than an entry's.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Shape {
    /// Lines in all.
    pub total: u32,
    /// Entries that match, whether or not they are folded away.
    pub matches: u32,
    /// Password prompts that match, whether or not they are folded away.
    pub prompts: u32,
    /// Entries there are without search and filter.
    pub entries: u32,
    /// Numbers of the lines that head a group, ascending.
    pub groups: Vec<u32>,
    /// Numbers of the lines that ask for a password, ascending.
    pub locks: Vec<u32>,
    /// Those of them that also say why a password did not open them.
    pub refused: Vec<u32>,
}

/// One line of a table.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub enum Line {
    /// The head of a group.
    Group(GroupLine),
    /// A keystore that waits for its password.
    Lock(LockLine),
    /// An entry.
    Entry(Rc<ListRow>),
}

/// The head of a group.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct GroupLine {
    /// What tells it from the others.
    pub key: GroupKey,
    /// Its name.
    pub name: String,
    /// Entries in it that match.
    pub count: u32,
    /// What to say in place of the count: `locked`.
    pub note: Option<String>,
    /// Whether its entries are shown.
    pub expanded: bool,
}

/// A keystore that waits for its password.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct LockLine {
    /// Number of the group.
    pub group: u32,
    /// Name of the file.
    pub file: String,
    /// What it is: `PKCS#12 keystore`.
    pub what: String,
    /// What is known before it opens: `AES-256-CBC, 2 parts`.
    pub facts: String,
    /// Key derivation rounds, where known.
    pub rounds: Option<u64>,
    /// What asks for action about the whole file: `legacy PKCS#12`.
    pub flaw: Option<String>,
    /// Whether some of it is readable without the password and stands below.
    pub partly: bool,
    /// What came of the last password.
    pub attempt: Attempt,
}

/// What came of the last password that was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Attempt {
    /// None was tried.
    #[default]
    None,
    /// One is being tried.
    Trying,
    /// It did not open the file. Says why, and what to do.
    Failed {
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
}

/// An entry of a table.
#[derive(Clone, Debug, Default, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct ListRow {
    /// Which entry it is.
    pub id: RowId,
    /// What is known of it.
    pub row: Row,
    /// Name of the file, or of the backend.
    pub source: String,
    /// Where it is used, each as a chip: nodes, products, stores. Empty in the inspector.
    pub places: Vec<String>,
    /// What asks for action about the whole file: `legacy PKCS#12`.
    pub flaw: Option<String>,
    /// Where the instant of the request falls in its validity; absent when it cannot be judged.
    pub standing: Option<Standing>,
    /// How bad the worst finding of it is; also absent where nobody looked.
    pub worst: Option<Severity>,
    /// Whether the reader chose it.
    pub chosen: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_id_survives_being_written() {
        let id = RowId {
            group: 3,
            entry: 14,
        };
        assert_eq!(id.to_string(), "3-14");
        assert_eq!("3-14".parse(), Ok(id));
        for other in ["", "3", "3-", "-1-2", "3-x", "3-1-2", "99999999999-0"] {
            assert_eq!(other.parse::<RowId>(), Err(NotARow), "{other}");
        }
    }
}
