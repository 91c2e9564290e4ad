//! The rows of all backends as one [`RowSource`], and their numbers.

use std::cell::RefCell;
use std::rc::Rc;

use certlens_core::{Row, UnixTime};
use yew::Callback;

use super::answer::Answer;
use crate::rows::{
    self, Level, Listing, ListingGroup, RowId, RowQuery, RowSource, RowWindow, WindowRequest,
};
use crate::services::clock;

/// The rows of all backends.
pub(super) struct Merged(RefCell<Listing>);

impl Merged {
    /// Puts answers together, each as the group of its backend.
    pub(super) fn new(answers: &[(u32, String, Rc<Answer>)]) -> Self {
        let mut listing = Listing::default();
        for (number, name, answer) in answers {
            listing.push(ListingGroup {
                number: *number,
                name: name.clone(),
                rows: answer.rows.clone(),
                places: answer.places.clone(),
                ..ListingGroup::default()
            });
        }
        Self(RefCell::new(listing))
    }
}

impl RowSource for Merged {
    fn window(&self, request: WindowRequest, answer: Callback<RowWindow>) {
        let window = self.0.borrow_mut().window(&request);
        answer.emit(window);
    }

    fn position(&self, id: RowId, query: RowQuery, answer: Callback<Option<u32>>) {
        let position = self.0.borrow_mut().position(id, &query, clock::now());
        answer.emit(position);
    }
}

/// Certificates of each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// All.
    pub(super) all: u32,
    /// Expired, in the last tenth of its lifetime, or not readable.
    pub(super) now: u32,
    /// In the last third of its lifetime, or not valid yet.
    pub(super) soon: u32,
    /// In date.
    pub(super) fine: u32,
    /// Nothing to judge by.
    pub(super) unknown: u32,
    /// Those of which only the end is told, so that days are counted.
    pub(super) by_days: u32,
}

impl Tally {
    /// Counts rows.
    pub(super) fn of<'a>(rows: impl IntoIterator<Item = &'a Row>, now: UnixTime) -> Self {
        let mut tally = Self::default();
        for row in rows {
            tally.all += 1;
            match rows::level(row, None, now) {
                Level::Now => tally.now += 1,
                Level::Soon => tally.soon += 1,
                Level::Fine => tally.fine += 1,
                Level::Unknown => tally.unknown += 1,
            }
            if row.not_before.is_none() && row.not_after.is_some() {
                tally.by_days += 1;
            }
        }
        tally
    }

    /// The number of one level.
    pub(super) fn count(&self, level: Level) -> u32 {
        match level {
            Level::Now => self.now,
            Level::Soon => self.soon,
            Level::Fine => self.fine,
            Level::Unknown => self.unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{GroupBy, Line, Order};

    const DAY: i64 = 86_400;

    fn row(name: &str, begins: Option<i64>, ends: Option<i64>) -> Row {
        let at = |day: i64| UnixTime::from_seconds(day * DAY);
        Row {
            name: name.to_owned(),
            not_before: begins.map(at),
            not_after: ends.map(at),
            ..Row::default()
        }
    }

    fn answers() -> Vec<(u32, String, Rc<Answer>)> {
        let answer = |rows: Vec<Row>, place: &str| {
            let places = rows.iter().map(|_| vec![place.to_owned()]).collect();
            Rc::new(Answer {
                rows,
                places,
                ..Answer::default()
            })
        };
        vec![
            (
                1,
                "Elasticsearch".into(),
                answer(
                    vec![row("es", None, Some(120)), row("old", None, Some(5))],
                    "certs/http.p12",
                ),
            ),
            (
                2,
                "Redis Enterprise".into(),
                answer(
                    vec![row("proxy", Some(0), Some(110)), row("lost", None, None)],
                    "REST API",
                ),
            ),
        ]
    }

    fn names(query: RowQuery) -> Vec<String> {
        let request = WindowRequest {
            query,
            from: 0,
            count: 50,
            now: UnixTime::from_seconds(100 * DAY),
        };
        let found = Rc::new(RefCell::new(Vec::new()));
        let heard = Rc::clone(&found);
        Merged::new(&answers()).window(
            request,
            Callback::from(move |window: RowWindow| {
                heard
                    .borrow_mut()
                    .extend(window.lines.into_iter().map(|line| match line {
                        Line::Entry(row) => row.row.name.clone(),
                        Line::Group(group) => format!("# {}", group.name),
                        Line::Lock(_) => String::new(),
                    }));
            }),
        );
        found.take()
    }

    #[test]
    fn rows_of_all_backends_are_sorted_together_and_unknown_ends_come_last() {
        let query = RowQuery {
            order: Order::Expiry,
            ..RowQuery::default()
        };
        assert_eq!(names(query.clone()), ["old", "proxy", "es", "lost"]);
        let grouped = RowQuery {
            group: Some(GroupBy::File),
            ..query
        };
        assert_eq!(
            names(grouped),
            [
                "# Elasticsearch",
                "old",
                "es",
                "# Redis Enterprise",
                "proxy",
                "lost"
            ]
        );
    }

    #[test]
    fn a_place_is_found_by_searching() {
        let query = RowQuery {
            search: "HTTP.p12".into(),
            ..RowQuery::default()
        };
        assert_eq!(names(query), ["es", "old"]);
    }

    #[test]
    fn rows_without_a_start_are_judged_by_days() {
        let only = |level: Level| {
            names(RowQuery {
                only: level.said(),
                order: Order::Expiry,
                ..RowQuery::default()
            })
        };
        assert_eq!(only(Level::Now), ["old", "proxy"]);
        assert_eq!(only(Level::Soon), ["es"]);
        assert_eq!(only(Level::Unknown), ["lost"]);
        let answers = answers();
        let rows = answers.iter().flat_map(|(_, _, answer)| &answer.rows);
        let tally = Tally::of(rows, UnixTime::from_seconds(100 * DAY));
        assert_eq!(
            (
                tally.all,
                tally.now,
                tally.soon,
                tally.unknown,
                tally.by_days
            ),
            (4, 2, 1, 1, 2)
        );
    }
}
