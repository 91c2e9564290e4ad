//! Which view of an entry is shown, as the address names it: `#/entry/1-0/bytes@412+79`.

use certlens_core::{ByteRange, Opener};

use crate::rows::RowId;
use crate::services::address::{self, Place};

/// The views of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// What it is.
    #[default]
    Overview,
    /// Names and what it may be used for.
    Names,
    /// Who issued it, and whether it would be accepted.
    Chain,
    /// Its extensions.
    Extensions,
    /// Its octets, and which of them are selected.
    Bytes(Option<ByteRange>),
    /// Against another entry.
    Compare(Option<RowId>),
    /// Its file against another file.
    CompareFile(u32),
    /// Who can open it.
    Opening,
    /// Written in another format, or rewritten for a program.
    Convert(Option<Opener>),
    /// As JSON.
    Json,
}

impl View {
    /// Reads what stands behind the entry in an address.
    pub fn read(hash: &str) -> Self {
        let last = address::path(hash).split('/').nth(2).unwrap_or_default();
        let (word, rest) = match last.find('@') {
            Some(at) => (&last[..at], &last[at + 1..]),
            None => (last, ""),
        };
        match word {
            "names" => Self::Names,
            "chain" => Self::Chain,
            "extensions" => Self::Extensions,
            "bytes" => Self::Bytes(range(rest)),
            "compare" => match rest.strip_prefix("file-").map(str::parse) {
                Some(Ok(file)) => Self::CompareFile(file),
                _ => Self::Compare(rest.parse().ok()),
            },
            "convert" => Self::Convert(opener(rest)),
            "opening" => Self::Opening,
            "json" => Self::Json,
            _ => Self::Overview,
        }
    }

    /// The address of this view of an entry.
    pub fn href(self, id: RowId) -> String {
        let entry = Place::Entry(id).href();
        match self {
            Self::Overview => entry,
            Self::Names => format!("{entry}/names"),
            Self::Chain => format!("{entry}/chain"),
            Self::Extensions => format!("{entry}/extensions"),
            Self::Bytes(None) => format!("{entry}/bytes"),
            Self::Bytes(Some(at)) => format!("{entry}/bytes@{}", reference(at)),
            Self::Compare(None) => format!("{entry}/compare"),
            Self::Compare(Some(with)) => format!("{entry}/compare@{with}"),
            Self::CompareFile(file) => format!("{entry}/compare@file-{file}"),
            Self::Opening => format!("{entry}/opening"),
            Self::Convert(None) => format!("{entry}/convert"),
            Self::Convert(Some(opener)) => format!("{entry}/convert@{}", word(opener)),
            Self::Json => format!("{entry}/json"),
        }
    }

    /// The tab alone, without what is chosen in it, as another entry has it too.
    #[must_use]
    pub fn tab(self) -> Self {
        match self {
            Self::Bytes(_) => Self::Bytes(None),
            Self::Compare(_) | Self::CompareFile(_) => Self::Compare(None),
            Self::Convert(_) => Self::Convert(None),
            other => other,
        }
    }

    /// Whether both are the same tab.
    pub fn is_tab_of(self, other: Self) -> bool {
        let tab = |view| match view {
            Self::CompareFile(_) => Self::Compare(None),
            view => view,
        };
        std::mem::discriminant(&tab(self)) == std::mem::discriminant(&tab(other))
    }
}

/// A program as its identifier in reports: `windows-server2016`.
fn word(opener: Opener) -> String {
    let word = serde_json::to_value(opener).ok();
    word.and_then(|word| Some(word.as_str()?.to_owned()))
        .unwrap_or_default()
}

fn opener(text: &str) -> Option<Opener> {
    Opener::ALL.iter().copied().find(|one| word(*one) == text)
}

/// `412+79`: the first octet, and how many.
pub fn reference(at: ByteRange) -> String {
    format!("{}+{}", at.start, at.end.saturating_sub(at.start))
}

fn range(text: &str) -> Option<ByteRange> {
    let (start, length) = text.split_once('+')?;
    let start: u64 = start.parse().ok()?;
    let end = start.checked_add(length.parse().ok()?)?;
    Some(ByteRange { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_survive_the_address_bar() {
        let id = RowId { group: 3, entry: 1 };
        let at = Some(ByteRange {
            start: 412,
            end: 491,
        });
        for view in [
            View::Overview,
            View::Names,
            View::Chain,
            View::Extensions,
            View::Bytes(None),
            View::Bytes(at),
            View::Compare(None),
            View::Compare(Some(id)),
            View::CompareFile(7),
            View::Opening,
            View::Convert(None),
            View::Convert(Some(Opener::WindowsServer2016)),
            View::Json,
        ] {
            assert_eq!(View::read(&view.href(id)), view);
            assert_eq!(Place::read(&view.href(id)), Place::Entry(id));
        }
        assert_eq!(View::Bytes(at).href(id), "#/entry/3-1/bytes@412+79");
    }

    #[test]
    fn a_view_that_means_nothing_is_the_overview() {
        for hash in ["", "#/entry/3-1/nowhere", "#/console"] {
            assert_eq!(View::read(hash), View::Overview);
        }
        assert_eq!(View::read("#/entry/3-1/bytes@x+9"), View::Bytes(None));
        assert_eq!(View::read("#/entry/3-1/json?search=a%2Fb"), View::Json);
    }
}
