//! Rows kept in memory: sorted, filtered, grouped, and cut into windows.

use std::cmp::Ordering;
use std::rc::Rc;

use certlens_core::{Row, RowKind, Standing, UnixTime};

use super::{
    Attempt, GroupLine, Level, Line, ListRow, LockLine, Order, RowId, RowQuery, RowWindow, Shape,
    WindowRequest,
};
use crate::status::{self, Status};

/// All rows of a pile or of a set of backends.
#[derive(Debug, Default)]
pub struct Listing {
    groups: Vec<ListingGroup>,
    /// Counts up with every change.
    revision: u64,
    /// The last arrangement, kept while the reader only scrolls.
    arranged: Option<Arranged>,
}

/// The rows of one file or backend.
#[derive(Clone, Debug, Default)]
pub struct ListingGroup {
    /// Number of the group, stable while others come and go.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// What to say in place of a count.
    pub note: Option<String>,
    /// The password prompt, while it needs one.
    pub lock: Option<LockLine>,
    /// Its rows. Their number in here is [`RowId::entry`].
    pub rows: Vec<Row>,
    /// Where each row is used; shorter than `rows` where nothing is known.
    pub places: Vec<Vec<String>>,
}

#[derive(Debug)]
struct Arranged {
    query: RowQuery,
    revision: u64,
    /// Judging needs the instant only when a level is filtered.
    now: UnixTime,
    lines: Vec<Slot>,
    shape: Rc<Shape>,
}

/// A line by reference: positions in `groups` and `rows`.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Group { group: u32, count: u32 },
    Lock { group: u32 },
    Entry { group: u32, row: u32 },
}

impl Listing {
    /// Puts in a group, or replaces the one of the same number.
    pub fn put(&mut self, group: ListingGroup) {
        self.revision += 1;
        match self
            .groups
            .iter_mut()
            .find(|known| known.number == group.number)
        {
            Some(known) => *known = group,
            None => self.groups.push(group),
        }
    }

    /// Puts in a group whose number is known to be new. Spares the look through all others.
    pub fn push(&mut self, group: ListingGroup) {
        self.revision += 1;
        self.groups.push(group);
    }

    /// Takes out a group.
    pub fn remove(&mut self, number: u32) {
        self.revision += 1;
        self.groups.retain(|group| group.number != number);
    }

    /// Takes out everything.
    pub fn clear(&mut self) {
        self.revision += 1;
        self.groups.clear();
    }

    /// Notes what came of a password.
    pub fn set_attempt(&mut self, number: u32, attempt: Attempt) {
        self.revision += 1;
        if let Some(lock) = self
            .groups
            .iter_mut()
            .find(|group| group.number == number)
            .and_then(|group| group.lock.as_mut())
        {
            lock.attempt = attempt;
        }
    }

    /// The groups, in the order in which they came.
    pub fn groups(&self) -> &[ListingGroup] {
        &self.groups
    }

    /// Counts up with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// One row by its number.
    pub fn row(&self, id: RowId) -> Option<&Row> {
        let group = self.groups.iter().find(|group| group.number == id.group)?;
        group.rows.get(usize::try_from(id.entry).ok()?)
    }

    /// The lines of one window.
    pub fn window(&mut self, request: &WindowRequest) -> RowWindow {
        self.arrange(&request.query, request.now);
        let Some(arranged) = &self.arranged else {
            return RowWindow::default();
        };
        let from = request.from.min(arranged.shape.total);
        let lines = arranged
            .lines
            .iter()
            .skip(from as usize)
            .take(request.count as usize)
            .filter_map(|slot| self.line(*slot, request))
            .collect();
        RowWindow {
            from,
            lines,
            shape: Rc::clone(&arranged.shape),
        }
    }

    /// The number of the line on which an entry stands.
    pub fn position(&mut self, id: RowId, query: &RowQuery, now: UnixTime) -> Option<u32> {
        self.arrange(query, now);
        let position = self
            .arranged
            .as_ref()?
            .lines
            .iter()
            .position(|slot| match slot {
                Slot::Entry { group, row } => {
                    *row == id.entry
                        && self
                            .groups
                            .get(*group as usize)
                            .is_some_and(|known| known.number == id.group)
                }
                _ => false,
            })?;
        u32::try_from(position).ok()
    }

    fn arrange(&mut self, query: &RowQuery, now: UnixTime) {
        let fits = self.arranged.as_ref().is_some_and(|known| {
            known.revision == self.revision
                && known.query == *query
                && (query.only.is_none() || known.now == now)
        });
        if !fits {
            self.arranged = Some(self.arrangement(query, now));
        }
    }

    fn arrangement(&self, query: &RowQuery, now: UnixTime) -> Arranged {
        let wanted = Wanted::new(query, now);
        let mut entries = 0_usize;
        let mut found: Vec<(u32, u32)> = Vec::new();
        for (position, group) in self.groups.iter().enumerate() {
            entries += group.rows.len();
            let rows = group.rows.iter().enumerate();
            let source = wanted.lowered(&group.name);
            found.extend(
                rows.filter(|(number, row)| {
                    wanted.takes(
                        row,
                        &source,
                        group.places.get(*number).map_or(&[], Vec::as_slice),
                    )
                })
                .map(|(number, _)| (narrow(position), narrow(number))),
            );
        }
        self.sort(&mut found, query);
        let (lines, groups, locks) = self.lay_out(&found, query);
        let refused = locks
            .iter()
            .copied()
            .filter(|&line| self.is_refused(&lines, line))
            .collect();
        let shape = Shape {
            total: narrow(lines.len()),
            matches: narrow(found.len()),
            entries: narrow(entries),
            groups,
            locks,
            refused,
        };
        Arranged {
            query: query.clone(),
            revision: self.revision,
            now,
            lines,
            shape: Rc::new(shape),
        }
    }

    fn sort(&self, found: &mut [(u32, u32)], query: &RowQuery) {
        let row = |&(group, row): &(u32, u32)| &self.groups[group as usize].rows[row as usize];
        let name = |&(group, _): &(u32, u32)| self.groups[group as usize].name.as_str();
        match query.order {
            Order::Added => {
                if query.descending {
                    found.reverse();
                }
                return;
            }
            Order::Name => found.sort_by_cached_key(|at| row(at).name.to_lowercase()),
            Order::Expiry => {
                found.sort_by_key(|at| row(at).not_after.map_or(i64::MAX, UnixTime::seconds));
            }
            Order::Issuer => found.sort_by_cached_key(|at| row(at).issuer.to_lowercase()),
            Order::Key => found.sort_by(|one, other| natural(&row(one).key, &row(other).key)),
            Order::Source => found.sort_by(|one, other| name(one).cmp(name(other))),
        }
        if query.descending {
            // What has no end of validity stays last either way.
            let split = match query.order {
                Order::Expiry => found.partition_point(|at| row(at).not_after.is_some()),
                _ => found.len(),
            };
            found[..split].reverse();
        }
    }

    /// Puts heads above the entries, and password prompts where no filter hides them.
    fn lay_out(&self, found: &[(u32, u32)], query: &RowQuery) -> (Vec<Slot>, Vec<u32>, Vec<u32>) {
        let mut lines = Vec::with_capacity(found.len());
        let (mut heads, mut locks) = (Vec::new(), Vec::new());
        let prompts =
            query.search.trim().is_empty() && matches!(query.only, None | Some(Level::Unknown));
        if !query.grouped {
            if prompts {
                for (position, group) in self.groups.iter().enumerate() {
                    if group.lock.is_some() {
                        locks.push(narrow(lines.len()));
                        lines.push(Slot::Lock {
                            group: narrow(position),
                        });
                    }
                }
            }
            lines.extend(found.iter().map(|&(group, row)| Slot::Entry { group, row }));
            return (lines, heads, locks);
        }
        let mut by_group: Vec<Vec<u32>> = vec![Vec::new(); self.groups.len()];
        let mut order: Vec<u32> = Vec::new();
        for &(group, row) in found {
            let rows = &mut by_group[group as usize];
            if rows.is_empty() {
                order.push(group);
            }
            rows.push(row);
        }
        if prompts {
            let bare = (0..narrow(self.groups.len()))
                .filter(|&group| by_group[group as usize].is_empty())
                .filter(|&group| self.groups[group as usize].lock.is_some());
            order.extend(bare);
            if query.order == Order::Added && !query.descending {
                order.sort_unstable();
            }
        }
        for group in order {
            let known = &self.groups[group as usize];
            let rows = &by_group[group as usize];
            heads.push(narrow(lines.len()));
            lines.push(Slot::Group {
                group,
                count: narrow(rows.len()),
            });
            if query.folded.contains(&known.number) {
                continue;
            }
            if prompts && known.lock.is_some() {
                locks.push(narrow(lines.len()));
                lines.push(Slot::Lock { group });
            }
            lines.extend(rows.iter().map(|&row| Slot::Entry { group, row }));
        }
        (lines, heads, locks)
    }

    /// Whether a prompt says why a password did not open its file.
    fn is_refused(&self, lines: &[Slot], line: u32) -> bool {
        let Some(Slot::Lock { group }) = lines.get(line as usize) else {
            return false;
        };
        let lock = self
            .groups
            .get(*group as usize)
            .and_then(|group| group.lock.as_ref());
        lock.is_some_and(|lock| matches!(lock.attempt, Attempt::Failed { .. }))
    }

    fn line(&self, slot: Slot, request: &WindowRequest) -> Option<Line> {
        match slot {
            Slot::Group { group, count } => {
                let group = self.groups.get(group as usize)?;
                Some(Line::Group(GroupLine {
                    group: group.number,
                    name: group.name.clone(),
                    count,
                    note: group.note.clone(),
                    expanded: !request.query.folded.contains(&group.number),
                }))
            }
            Slot::Lock { group } => self
                .groups
                .get(group as usize)?
                .lock
                .clone()
                .map(Line::Lock),
            Slot::Entry { group, row: number } => {
                let group = self.groups.get(group as usize)?;
                let row = group.rows.get(number as usize)?;
                Some(Line::Entry(Box::new(ListRow {
                    id: RowId {
                        group: group.number,
                        entry: number,
                    },
                    row: row.clone(),
                    source: group.name.clone(),
                    places: group
                        .places
                        .get(number as usize)
                        .cloned()
                        .unwrap_or_default(),
                    standing: standing(row, request.now),
                    worst: None,
                })))
            }
        }
    }
}

/// Where `now` falls in the validity of a row.
pub(crate) fn standing(row: &Row, now: UnixTime) -> Option<Standing> {
    Some(Standing::of(row.not_before?, row.not_after?, now))
}

/// How much attention a row asks for.
pub(crate) fn level(row: &Row, now: UnixTime) -> Level {
    if row.kind == RowKind::RevocationList {
        return Status::of_list(row.not_before, row.not_after, "", now).level;
    }
    if row.revoked {
        return Level::Now;
    }
    match (row.kind, standing(row, now)) {
        (RowKind::Unreadable, _) | (_, Some(Standing::Expired | Standing::Now)) => Level::Now,
        (_, Some(Standing::Soon | Standing::NotYetValid)) => Level::Soon,
        (_, Some(Standing::Valid)) => Level::Fine,
        // Some backends tell only the end.
        (RowKind::Certificate, None) if row.not_before.is_none() => row
            .not_after
            .map_or(Level::Unknown, |end| status::level_of_end(end, now)),
        (_, None) => Level::Unknown,
    }
}

/// A query made ready for going through many rows.
struct Wanted {
    words: Vec<String>,
    /// The words without the colons and blanks that serials are written with.
    digits: Vec<String>,
    only: Option<Level>,
    now: UnixTime,
}

impl Wanted {
    fn new(query: &RowQuery, now: UnixTime) -> Self {
        let words: Vec<String> = query
            .search
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let digits = words.iter().map(|word| word.replace(':', "")).collect();
        Self {
            words,
            digits,
            only: query.only,
            now,
        }
    }

    fn lowered(&self, text: &str) -> String {
        if self.words.is_empty() {
            String::new()
        } else {
            text.to_lowercase()
        }
    }

    fn takes(&self, row: &Row, source: &str, places: &[String]) -> bool {
        if self.only.is_some_and(|only| level(row, self.now) != only) {
            return false;
        }
        self.words.iter().zip(&self.digits).all(|(word, digits)| {
            contains(&row.name, word)
                || row
                    .alias
                    .as_deref()
                    .is_some_and(|alias| contains(alias, word))
                || contains(&row.issuer, word)
                || row.names.iter().any(|name| contains(name, word))
                || (!digits.is_empty() && row.serial.contains(digits.as_str()))
                || contains(&row.key, word)
                || source.contains(word.as_str())
                || places.iter().any(|place| contains(place, word))
        })
    }
}

/// Whether a text contains a word that is in lower case, whatever the case of the text.
fn contains(text: &str, word: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(word);
    }
    let (text, word) = (text.as_bytes(), word.as_bytes());
    word.is_empty()
        || text
            .windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word))
}

/// Compares texts so that figures in them count as numbers: `RSA 2048` before `RSA 10240`.
fn natural(one: &str, other: &str) -> Ordering {
    let figures = |text: &str| -> u64 {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap_or(0)
    };
    let letters = |text: &str| {
        text.trim_end_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    letters(one)
        .cmp(&letters(other))
        .then_with(|| figures(one).cmp(&figures(other)))
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn row(name: &str, ends: Option<i64>) -> Row {
        Row {
            name: name.to_owned(),
            issuer: "Corp CA".to_owned(),
            serial: "4f8a11".to_owned(),
            not_before: ends.map(|_| UnixTime::from_seconds(0)),
            not_after: ends.map(|day| UnixTime::from_seconds(day * DAY)),
            ..Row::default()
        }
    }

    fn listing() -> Listing {
        let mut listing = Listing::default();
        listing.push(ListingGroup {
            number: 7,
            name: "chain.pem".to_owned(),
            rows: vec![row("es1.corp", Some(90)), row("Corp CA", Some(900))],
            ..ListingGroup::default()
        });
        listing.push(ListingGroup {
            number: 8,
            name: "locked.p12".to_owned(),
            lock: Some(LockLine {
                group: 8,
                ..LockLine::default()
            }),
            ..ListingGroup::default()
        });
        listing.push(ListingGroup {
            number: 9,
            name: "old.der".to_owned(),
            rows: vec![row("ldap", Some(10)), row("a key", None)],
            ..ListingGroup::default()
        });
        listing
    }

    fn window(listing: &mut Listing, query: RowQuery) -> RowWindow {
        listing.window(&WindowRequest {
            query,
            from: 0,
            count: 100,
            now: UnixTime::from_seconds(20 * DAY),
        })
    }

    fn names(window: &RowWindow) -> Vec<String> {
        window
            .lines
            .iter()
            .map(|line| match line {
                Line::Group(line) => format!("# {}", line.name),
                Line::Lock(_) => "lock".to_owned(),
                Line::Entry(row) => row.row.name.clone(),
            })
            .collect()
    }

    #[test]
    fn groups_stand_above_their_entries() {
        let window = window(
            &mut listing(),
            RowQuery {
                grouped: true,
                ..RowQuery::default()
            },
        );
        assert_eq!(
            names(&window),
            [
                "# chain.pem",
                "es1.corp",
                "Corp CA",
                "# locked.p12",
                "lock",
                "# old.der",
                "ldap",
                "a key"
            ]
        );
        assert_eq!(window.shape.groups, [0, 3, 5]);
        assert_eq!(window.shape.locks, [4]);
        assert_eq!((window.shape.total, window.shape.entries), (8, 4));
    }

    #[test]
    fn folded_groups_keep_their_head() {
        let query = RowQuery {
            grouped: true,
            folded: [7].into_iter().collect(),
            ..RowQuery::default()
        };
        let window = window(&mut listing(), query);
        assert_eq!(names(&window)[..2], ["# chain.pem", "# locked.p12"]);
        assert_eq!(window.shape.matches, 4);
    }

    #[test]
    fn what_never_ends_is_last_in_both_directions() {
        let sorted = |descending| {
            let query = RowQuery {
                order: Order::Expiry,
                descending,
                ..RowQuery::default()
            };
            names(&window(&mut listing(), query))
        };
        assert_eq!(
            sorted(false),
            ["lock", "ldap", "es1.corp", "Corp CA", "a key"]
        );
        assert_eq!(
            sorted(true),
            ["lock", "Corp CA", "es1.corp", "ldap", "a key"]
        );
    }

    #[test]
    fn search_ignores_case_and_the_colons_of_serials() {
        let found = |search: &str| {
            let query = RowQuery {
                search: search.to_owned(),
                ..RowQuery::default()
            };
            names(&window(&mut listing(), query)).len()
        };
        assert_eq!(found("LDAP"), 1);
        assert_eq!(found("4F:8A"), 4);
        assert_eq!(found("corp es1"), 1);
        assert_eq!(found("old.der"), 2);
        assert_eq!(found("nothing"), 0);
    }

    #[test]
    fn a_level_hides_the_others() {
        let query = RowQuery {
            only: Some(Level::Now),
            ..RowQuery::default()
        };
        assert_eq!(names(&window(&mut listing(), query)), ["ldap"]);
    }

    #[test]
    fn a_row_is_found_again_after_sorting() {
        let query = RowQuery {
            order: Order::Expiry,
            ..RowQuery::default()
        };
        let id = RowId { group: 9, entry: 0 };
        let now = UnixTime::from_seconds(0);
        assert_eq!(listing().position(id, &query, now), Some(1));
    }

    #[test]
    fn keys_sort_by_their_figures() {
        assert_eq!(natural("RSA 2048", "RSA 10240"), Ordering::Less);
        assert_eq!(natural("EC P-256", "RSA 1024"), Ordering::Less);
    }
}
