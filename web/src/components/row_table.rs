//! The table of everything: a window over rows that it does not hold.

use certlens_core::UnixTime;
use yew::prelude::*;

use crate::rows::{Order, RowId, RowQuery, Rows};

/// What a [`RowTable`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct RowTableProps {
    /// Who answers with the rows.
    pub rows: Rows,
    /// What to show of them.
    pub query: RowQuery,
    /// Change it when the rows have changed; the table asks again.
    pub revision: u64,
    /// The instant to judge against.
    pub now: UnixTime,
    /// What the table is called: `14 entries in 9 files`.
    pub label: AttrValue,
    /// How it looks.
    #[prop_or_default]
    pub look: TableLook,
    /// The entry that is open beside it.
    #[prop_or_default]
    pub selected: Option<RowId>,
    /// Called with the entry that is to be opened.
    pub onopen: Callback<RowId>,
    /// Called with the group that is to be folded or unfolded.
    #[prop_or_default]
    pub onfold: Callback<u32>,
    /// Called with the order of a column whose head was pressed.
    #[prop_or_default]
    pub onsort: Callback<Order>,
    /// Called with a password for a locked group.
    #[prop_or_default]
    pub onunlock: Callback<Unlocking>,
    /// Called with a group whose unlocking is to be stopped.
    #[prop_or_default]
    pub onstop: Callback<u32>,
    /// Called with a group that is to be taken off the pile; without it no such button is shown.
    #[prop_or_default]
    pub onremove: Option<Callback<u32>>,
    /// Drawn when no line matches.
    #[prop_or_default]
    pub empty: Html,
}

/// How a [`RowTable`] looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TableLook {
    /// Two lines and chips, for a narrow column beside a detail.
    #[default]
    List,
    /// Columns with heads, for a whole page. Cards on a phone.
    Columns(Vec<Column>),
}

/// A column of a [`TableLook::Columns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Icon and word.
    Status,
    /// Name, and below it alias and source.
    Name,
    /// Where it is used, as chips.
    Where,
    /// Issuer.
    Issuer,
    /// Life bar, days left, end of validity.
    Expires,
    /// Kind and size of the key.
    Key,
    /// Leaf, CA, root, key.
    Kind,
}

/// A password for a locked group.
#[derive(Clone, PartialEq, Eq)]
pub struct Unlocking {
    /// Number of the group.
    pub group: u32,
    /// What was typed.
    pub password: String,
    /// Whether to try it on every other locked group too.
    pub everywhere: bool,
}

/// The table of everything: a window over rows that it does not hold.
#[component]
pub fn RowTable(props: &RowTableProps) -> Html {
    html! { <div role="treegrid" aria-label={&props.label}></div> }
}
