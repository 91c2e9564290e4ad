//! The lines that a table holds: more than are in sight, so that what is scrolled to is there already.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use certlens_core::UnixTime;
use yew::Reducible;

use super::{Line, RowQuery, RowWindow, Rows, Shape};

/// What lines are an answer to.
#[derive(Clone, PartialEq)]
pub struct Subject {
    /// Who answers.
    pub rows: Rows,
    /// What to show.
    pub query: RowQuery,
    /// Which state of the rows is meant.
    pub revision: u64,
    /// Which choice of entries is meant.
    pub choice: u64,
    /// The instant to judge against.
    pub now: UnixTime,
}

/// The lines that a table holds, one after the other.
#[derive(Default)]
pub struct Run {
    /// What they are an answer to; absent before the first one.
    subject: Option<Rc<Subject>>,
    /// Which lines there are in all.
    pub shape: Rc<Shape>,
    from: u32,
    lines: VecDeque<Line>,
}

/// The lines that are in sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Their numbers.
    pub lines: Range<u32>,
    /// Where the reader is heading.
    pub heading: Heading,
}

/// Where a reader is heading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heading {
    /// Nowhere yet: nothing is fetched but what is in sight.
    #[default]
    Nowhere,
    /// To lines of lower numbers.
    Up,
    /// To lines of higher numbers.
    Down,
}

impl Sight {
    /// What may be in sight before anything was measured.
    pub fn first() -> Self {
        Self {
            lines: 0..16,
            heading: Heading::Nowhere,
        }
    }

    /// The sight after it has moved.
    #[must_use]
    pub fn moved(&self, lines: Range<u32>) -> Self {
        let heading = match lines.start.cmp(&self.lines.start) {
            Ordering::Less => Heading::Up,
            Ordering::Equal => self.heading,
            Ordering::Greater => Heading::Down,
        };
        Self { lines, heading }
    }
}

impl Run {
    /// Whether nothing was answered yet.
    pub fn is_awaited(&self) -> bool {
        self.subject.is_none()
    }

    /// One line by its number.
    pub fn line(&self, number: u32) -> Option<&Line> {
        self.lines.get(number.checked_sub(self.from)? as usize)
    }

    /// The first line and the number of lines that are to be asked for next, if any: those in sight, then some
    /// where the reader is heading.
    pub fn wish(&self, subject: &Subject, sight: &Sight) -> Option<(u32, u32)> {
        let Range { start, end } = sight.lines;
        let ahead = start.saturating_sub(FEW)..end.saturating_add(FEW);
        let whole = (ahead.start, ahead.end - ahead.start);
        if self.subject.as_deref() != Some(subject) {
            return Some(whole);
        }
        let (from, until, total) = (self.from, self.end(), self.shape.total);
        if until.saturating_add(BATCH) < start || end.saturating_add(BATCH) < from {
            return Some(whole);
        }
        let (up, down) = match sight.heading {
            Heading::Nowhere => (0, 0),
            Heading::Up => (AHEAD, 0),
            Heading::Down => (0, AHEAD),
        };
        let is_short = |up: u32, down: u32| {
            let (start, end) = (start.saturating_sub(up), end.saturating_add(down));
            (start < from, until < end.min(total))
        };
        // What is in sight comes before what will be.
        let above = from.saturating_sub(BATCH);
        match (is_short(0, 0), is_short(up, down)) {
            ((true, _), _) | ((_, false), (true, _)) => Some((above, from - above)),
            ((_, true), _) | (_, (_, true)) => Some((until, BATCH)),
            _ => None,
        }
    }

    /// The number behind the last one.
    fn end(&self) -> u32 {
        self.from
            .saturating_add(u32::try_from(self.lines.len()).unwrap_or(u32::MAX))
    }

    /// These lines and those of a further answer, which touch each other. Of too many, those go that are
    /// farthest from the new ones.
    fn join(&self, window: RowWindow) -> Self {
        let mut lines = self.lines.clone();
        let from = if self.from <= window.from {
            let known = self.end() - window.from;
            lines.extend(window.lines.into_iter().skip(known as usize));
            let over = lines.len().saturating_sub(KEPT);
            lines.drain(..over);
            self.from + u32::try_from(over).unwrap_or(0)
        } else {
            let new = (self.from - window.from) as usize;
            for line in window.lines.into_iter().take(new).rev() {
                lines.push_front(line);
            }
            lines.truncate(KEPT);
            window.from
        };
        Self {
            subject: self.subject.clone(),
            shape: Rc::clone(&self.shape),
            from,
            lines,
        }
    }
}

/// An answer: to what, and the lines.
impl Reducible for Run {
    type Action = (Rc<Subject>, RowWindow);

    fn reduce(self: Rc<Self>, (subject, window): Self::Action) -> Rc<Self> {
        let end = window
            .from
            .saturating_add(u32::try_from(window.lines.len()).unwrap_or(u32::MAX));
        let touches = window.from <= self.end() && self.from <= end;
        let same = self.subject.as_deref() == Some(&*subject) && self.shape == window.shape;
        Rc::new(if same && touches {
            self.join(window)
        } else {
            Self {
                subject: Some(subject),
                shape: window.shape,
                from: window.from,
                lines: window.lines.into(),
            }
        })
    }
}

/// Lines around those in sight that are asked for with them.
const FEW: u32 = 12;
/// Lines that are asked for at once where the reader is heading.
const BATCH: u32 = 256;
/// Lines that are held ahead of a reader: a few frames of a fast scroll.
const AHEAD: u32 = 512;
/// Lines that are held at most.
const KEPT: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{GroupKey, GroupLine, RowId, RowSource, WindowRequest};
    use yew::Callback;

    struct Nobody;

    impl RowSource for Nobody {
        fn window(&self, _: WindowRequest, _: Callback<RowWindow>) {}
        fn position(&self, _: RowId, _: RowQuery, _: Callback<Option<u32>>) {}
    }

    fn subject(revision: u64) -> Rc<Subject> {
        thread_local!(static ROWS: Rows = Rows(Rc::new(Nobody)));
        Rc::new(Subject {
            rows: ROWS.with(Clone::clone),
            query: RowQuery::default(),
            revision,
            choice: 0,
            now: UnixTime::from_seconds(0),
        })
    }

    /// The answer of a source that has ten thousand lines, each with its number as its name.
    fn answer((from, count): (u32, u32)) -> RowWindow {
        let line = |number: u32| {
            Line::Group(GroupLine {
                key: GroupKey::File(number),
                name: number.to_string(),
                count: 0,
                note: None,
                expanded: true,
            })
        };
        RowWindow {
            from,
            lines: (from..from.saturating_add(count).min(10_000))
                .map(line)
                .collect(),
            shape: Rc::new(Shape {
                total: 10_000,
                ..Shape::default()
            }),
        }
    }

    /// Answers what is wished for, to the last.
    fn settled(mut run: Rc<Run>, subject: &Rc<Subject>, sight: &Sight) -> Rc<Run> {
        for _ in 0..10 {
            let Some(wish) = run.wish(subject, sight) else {
                for number in sight.lines.clone() {
                    let Some(Line::Group(line)) = run.line(number) else {
                        panic!("line {number} is in sight and not held");
                    };
                    assert_eq!(line.name, number.to_string());
                }
                assert!(run.lines.len() <= KEPT);
                return run;
            };
            run = run.reduce((Rc::clone(subject), answer(wish)));
        }
        panic!("it wishes for ever more");
    }

    #[test]
    fn at_first_only_what_is_in_sight_is_fetched() {
        let sight = Sight::first().moved(0..16);
        let run = settled(Rc::default(), &subject(1), &sight);
        assert_eq!((run.from, run.end()), (0, 16 + FEW));
    }

    #[test]
    fn lines_ahead_of_a_reader_are_held_before_they_are_in_sight() {
        let subject = subject(1);
        let mut sight = Sight::first().moved(0..16);
        let mut run = settled(Rc::default(), &subject, &sight);
        for top in [3, 80, 300, 700, 1500, 4000, 9984, 9000, 8100, 8000, 5, 0] {
            sight = sight.moved(top..top + 16);
            run = settled(run, &subject, &sight);
            match sight.heading {
                Heading::Down => assert!((top + 16 + AHEAD).min(10_000) <= run.end(), "at {top}"),
                Heading::Up => assert!(run.from <= top.saturating_sub(AHEAD), "at {top}"),
                Heading::Nowhere => panic!("it has moved"),
            }
        }
    }

    #[test]
    fn lines_of_another_question_are_not_mixed_in() {
        let sight = Sight::first().moved(0..16);
        let run = settled(Rc::default(), &subject(1), &sight);
        assert!(run.wish(&subject(2), &sight).is_some());
        let run = run.reduce((subject(2), answer((10, 5))));
        assert_eq!((run.from, run.end()), (10, 15));
    }
}
