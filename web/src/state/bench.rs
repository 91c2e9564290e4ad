//! The inspector's bench: what is on it and what of it is open.

use std::rc::Rc;

use yew::{AttrValue, Reducible};

use crate::detail::Detail;
use crate::protocol::Tally;
use crate::rows::{Chosen, GroupBy, GroupKey, Order, RowId, RowQuery};
use crate::said::{Said, State};

/// The inspector's bench.
#[derive(Clone, Debug, PartialEq)]
pub struct Bench {
    /// Whether the workers are up.
    pub ready: bool,
    /// What is on the pile, counted.
    pub tally: Tally,
    /// Files handed to the worker since it was last idle; 0 while it is idle.
    pub handed: u32,
    /// What the list shows.
    pub query: RowQuery,
    /// The entries that are chosen, so as to do something with all of them.
    pub chosen: Chosen,
    /// What is open beside it.
    pub shown: Shown,
    /// One thing about the whole screen.
    pub notice: Option<AttrValue>,
}

impl Default for Bench {
    fn default() -> Self {
        Self {
            ready: false,
            tally: Tally::default(),
            handed: 0,
            query: RowQuery::first(),
            chosen: Chosen::default(),
            shown: Shown::Nothing,
            notice: None,
        }
    }
}

/// What is open beside the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Shown {
    /// Nothing.
    #[default]
    Nothing,
    /// An entry that was asked for. What was open before stays until it comes.
    Asked(RowId, Option<Rc<Detail>>),
    /// An entry.
    Ready(Rc<Detail>),
    /// An entry that is no longer there.
    Gone(RowId),
}

/// What happens to a [`Bench`].
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// The workers are up.
    Ready,
    /// So many files were handed to the worker.
    Added(u32),
    /// The pile has changed.
    Tally(Tally),
    /// The list shows something else.
    Search(String),
    /// Entries in this state are shown too, beside those of others that were pressed; the same again takes it away.
    Only(State),
    /// Entries are shown in whatever state they are.
    Every,
    /// Entries stand in another order.
    Sort(Order),
    /// The order is turned round.
    Turn,
    /// Entries stand below heads of another kind.
    Group(Option<GroupBy>),
    /// The address names what the list shows.
    Query(RowQuery),
    /// A group is folded or unfolded.
    Fold(GroupKey),
    /// Other entries are chosen.
    Chosen(Chosen),
    /// Search and filter are taken away.
    ShowAll,
    /// An entry is asked for.
    Ask(RowId),
    /// The answer to that.
    Show(RowId, Option<Rc<Detail>>),
    /// Nothing is open any more.
    Close,
    /// Something about the whole screen is to be said.
    Notice(AttrValue),
    /// And was read.
    Dismiss,
}

impl Bench {
    /// Whether nothing was dropped yet.
    pub fn is_empty(&self) -> bool {
        self.tally.files == 0 && self.handed == 0
    }

    /// Files read and files handed over, while there is something left to read.
    pub fn progress(&self) -> Option<(u32, u32)> {
        (self.handed != 0).then(|| (self.handed.saturating_sub(self.tally.waiting), self.handed))
    }

    /// The entry that is open or asked for.
    pub fn open(&self) -> Option<RowId> {
        match &self.shown {
            Shown::Nothing => None,
            Shown::Asked(id, _) | Shown::Gone(id) => Some(*id),
            Shown::Ready(detail) => Some(detail.id),
        }
    }
}

impl Reducible for Bench {
    type Action = Act;

    fn reduce(self: Rc<Self>, act: Act) -> Rc<Self> {
        let mut bench = Rc::unwrap_or_clone(self);
        match act {
            Act::Ready => bench.ready = true,
            Act::Added(count) => {
                bench.handed += count;
                bench.tally.waiting += count;
            }
            Act::Tally(tally) => {
                if tally.waiting == 0 {
                    bench.handed = 0;
                }
                if tally.files == 0 {
                    bench.shown = Shown::Nothing;
                    bench.query.show_all();
                }
                bench.chosen = tally.chosen.clone();
                bench.tally = tally;
            }
            Act::Search(search) => bench.query.seek(search),
            Act::Only(state) => bench.query.only = bench.query.only.turned(state.said()),
            Act::Every => bench.query.only = Said::NOTHING,
            Act::Sort(order) => bench.query.order = order,
            Act::Turn => bench.query.descending = !bench.query.descending,
            Act::Group(by) => {
                bench.query.group = by;
                bench.query.folded.clear();
            }
            Act::Query(query) => {
                bench.query = RowQuery {
                    folded: bench.query.folded,
                    ..query
                };
            }
            Act::Fold(group) => bench.query.fold(group),
            Act::Chosen(chosen) => bench.chosen = chosen,
            Act::ShowAll => bench.query.show_all(),
            Act::Ask(id) => {
                let before = match bench.shown {
                    Shown::Ready(detail) | Shown::Asked(_, Some(detail)) => Some(detail),
                    _ => None,
                };
                bench.shown = Shown::Asked(id, before);
            }
            Act::Show(id, detail) => {
                // An answer that something newer has overtaken is of no interest.
                if matches!(bench.shown, Shown::Asked(asked, _) if asked == id) {
                    bench.shown = detail.map_or(Shown::Gone(id), Shown::Ready);
                }
            }
            Act::Close => bench.shown = Shown::Nothing,
            Act::Notice(notice) => bench.notice = Some(notice),
            Act::Dismiss => bench.notice = None,
        }
        Rc::new(bench)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(acts: impl IntoIterator<Item = Act>) -> Bench {
        let bench = acts
            .into_iter()
            .fold(Rc::new(Bench::default()), Bench::reduce);
        Rc::unwrap_or_clone(bench)
    }

    fn tally(files: u32, waiting: u32) -> Act {
        Act::Tally(Tally {
            files,
            waiting,
            ..Tally::default()
        })
    }

    #[test]
    fn progress_counts_every_batch_of_a_folder() {
        let bench = after([Act::Added(250), Act::Added(50), tally(100, 200)]);
        assert_eq!(bench.progress(), Some((100, 300)));
        let bench = after([Act::Added(250), tally(250, 0)]);
        assert_eq!(bench.progress(), None);
    }

    #[test]
    fn an_answer_that_came_too_late_is_dropped() {
        let (one, two) = (RowId { group: 1, entry: 0 }, RowId { group: 1, entry: 1 });
        let bench = after([Act::Ask(one), Act::Ask(two), Act::Show(one, None)]);
        assert_eq!(bench.shown, Shown::Asked(two, None));
        let bench = after([Act::Ask(one), Act::Show(one, None)]);
        assert_eq!(bench.shown, Shown::Gone(one));
    }

    #[test]
    fn taking_the_last_file_away_leaves_an_empty_bench() {
        let bench = after([
            Act::Added(1),
            tally(1, 0),
            Act::Search("x".into()),
            tally(0, 0),
        ]);
        assert!(bench.is_empty());
        assert_eq!(bench.query.search, "");
    }

    #[test]
    fn order_and_groups_are_chosen_apart() {
        let query = after([Act::Sort(Order::Expiry), Act::Turn]).query;
        assert_eq!(query.group, Some(GroupBy::File));
        assert!(query.descending);
        let folded = after([
            Act::Fold(GroupKey::File(1)),
            Act::Group(Some(GroupBy::Week)),
        ])
        .query;
        assert!(folded.folded.is_empty(), "other groups are not folded");
    }

    #[test]
    fn what_is_chosen_goes_with_its_file() {
        let chosen = Chosen {
            revision: 1,
            count: 1,
            first: vec![RowId::default()],
        };
        let bench = after([Act::Chosen(chosen.clone())]);
        assert_eq!(bench.chosen, chosen);
        let bench = after([Act::Chosen(chosen), tally(1, 0)]);
        assert_eq!(bench.chosen.count, 0);
    }

    #[test]
    fn states_that_are_pressed_add_up_and_are_taken_away() {
        let only = |acts: &[Act]| after(acts.iter().cloned()).query.only;
        let (expired, locked) = (State::Expired, State::Locked);
        let both = [Act::Only(expired), Act::Only(locked)];
        assert_eq!(only(&both), expired.said().and(locked.said()));
        let one = [both.as_slice(), &[Act::Only(expired)]].concat();
        assert_eq!(only(&one), locked.said());
        let none = [both.as_slice(), &[Act::Every]].concat();
        assert!(only(&none).is_empty());
    }

    #[test]
    fn a_search_knows_the_words_of_the_page() {
        let query = after([Act::Search("corp expired".into())]).query;
        assert!(query.said[0].is_empty());
        assert!(query.said[1].meets(State::Expired.said()));
        assert!(
            after([Act::Search("x".into()), Act::ShowAll])
                .query
                .said
                .is_empty()
        );
    }
}
