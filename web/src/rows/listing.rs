//! Rows kept in memory: sorted, filtered, grouped, and cut into windows.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use certlens_core::{Row, RowKind, Severity, Standing, UnixTime, order};
use memchr::memmem::Finder;

use super::{
    Attempt, Choosing, Chosen, GroupBy, GroupKey, GroupLine, Level, Line, ListRow, LockLine, Order,
    RowId, RowQuery, RowWindow, Shape, WindowRequest,
};
use crate::expiry;
use crate::said::Said;
use crate::status::{self, Status};

/// All rows of a pile or of a set of backends.
#[derive(Debug, Default)]
pub struct Listing {
    groups: Vec<ListingGroup>,
    /// Counts up with every change.
    revision: u64,
    /// The last arrangement, kept while the reader only scrolls.
    arranged: Option<Arranged>,
    /// What is searched, made at the first search and again when entries have come or gone.
    texts: Option<Vec<Texts>>,
    /// The entries that the reader chose.
    chosen: BTreeSet<RowId>,
    /// Counts up with every change of those.
    choice: u64,
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
    /// What asks for action about the whole file: `legacy PKCS#12`.
    pub flaw: Option<String>,
    /// The password prompt, while it needs one.
    pub lock: Option<LockLine>,
    /// Its rows. Their number in here is [`RowId::entry`].
    pub rows: Vec<Row>,
    /// Where each row is used; shorter than `rows` where nothing is known.
    pub places: Vec<Vec<String>>,
    /// What else of each row is searched, though not shown; shorter than `rows` where nothing is known.
    pub more: Vec<String>,
    /// How bad the worst finding of each row alone is; shorter than `rows` where nobody looked.
    pub worst: Vec<Worst>,
}

/// How bad the worst finding of an entry alone is, once somebody has looked.
pub type Worst = Option<Option<Severity>>;

impl ListingGroup {
    /// How bad the worst finding of a row alone is, as far as anybody knows.
    pub fn worst_of(&self, number: usize) -> Option<Severity> {
        self.worst.get(number).copied().flatten().flatten()
    }
}

#[derive(Debug)]
struct Arranged {
    query: RowQuery,
    revision: u64,
    /// Which matters only where rows are filtered or searched by what they say at it.
    now: UnixTime,
    lines: Vec<Slot>,
    heads: Vec<GroupLine>,
    shape: Rc<Shape>,
}

/// A line by reference: positions in `heads`, `groups` and `rows`.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Head(u32),
    Lock { group: u32 },
    Entry { group: u32, row: u32 },
}

/// What entries below one head share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Shared<'a> {
    Locked,
    File(u32),
    Text(&'a str),
    Week(i64),
    /// The key of this print, which several entries have.
    Key(u128),
    /// A key that no other entry has.
    OwnKey,
    Nothing,
}

/// The lines below one head, before they are laid out.
#[derive(Debug)]
struct Bucket<'a> {
    shared: Shared<'a>,
    locks: Vec<u32>,
    rows: Vec<(u32, u32)>,
}

impl Listing {
    /// Puts in a group, or replaces the one of the same number.
    pub fn put(&mut self, group: ListingGroup) {
        self.rewrite();
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
        self.rewrite();
        self.groups.push(group);
    }

    /// Puts further rows into a group.
    pub fn extend(&mut self, number: u32, put: impl FnOnce(&mut Vec<Row>)) {
        self.rewrite();
        let mut groups = self.groups.iter_mut();
        if let Some(group) = groups.find(|group| group.number == number) {
            put(&mut group.rows);
        }
    }

    /// Tells what else is searched of the rows of a group.
    pub fn know_more(&mut self, number: u32, more: Vec<String>) {
        let mut groups = self.groups.iter_mut();
        if let Some(group) = groups.find(|group| group.number == number) {
            group.more = more;
            self.texts = None;
        }
    }

    /// Forgets how rows were judged.
    pub fn judge_anew(&mut self) {
        self.revision += 1;
    }

    /// Entries came or went.
    fn rewrite(&mut self) {
        self.revision += 1;
        self.texts = None;
    }

    /// Tells how bad the worst finding of an entry alone is.
    pub fn know_worst(&mut self, id: RowId, worst: Option<Severity>) {
        let mut groups = self.groups.iter_mut();
        let group = groups.find(|group| group.number == id.group);
        let Some((group, entry)) = group.zip(usize::try_from(id.entry).ok()) else {
            return;
        };
        if group.worst.len() < group.rows.len() {
            group.worst.resize(group.rows.len(), None);
        }
        if let Some(known) = group.worst.get_mut(entry).filter(|known| known.is_none()) {
            *known = Some(worst);
            // A notice changes nothing in a list.
            let is_told = matches!(worst, Some(Severity::Error | Severity::Warning));
            self.revision += u64::from(is_told);
        }
    }

    /// How bad the worst finding of an entry alone is.
    pub fn worst(&self, id: RowId) -> Worst {
        let group = self.groups.iter().find(|group| group.number == id.group)?;
        *group.worst.get(usize::try_from(id.entry).ok()?)?
    }

    /// Changes what rows of a group say of others than themselves. What is searched of them stays.
    pub fn amend(&mut self, number: u32, change: impl FnOnce(&mut [Row])) {
        self.revision += 1;
        let mut groups = self.groups.iter_mut();
        if let Some(group) = groups.find(|group| group.number == number) {
            change(&mut group.rows);
        }
    }

    /// Takes out a group.
    pub fn remove(&mut self, number: u32) {
        self.rewrite();
        self.groups.retain(|group| group.number != number);
        self.forget_choice(number);
    }

    /// Takes out everything.
    pub fn clear(&mut self) {
        self.rewrite();
        self.groups.clear();
        self.choice += 1;
        self.chosen.clear();
    }

    /// Chooses none of a group any more.
    pub fn forget_choice(&mut self, number: u32) {
        self.choice += 1;
        self.chosen.retain(|id| id.group != number);
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

    /// A row of the group at this place.
    pub fn row_of(&self, place: usize, entry: u32) -> Option<&Row> {
        self.groups
            .get(place)?
            .rows
            .get(usize::try_from(entry).ok()?)
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
            .position(|slot| self.id(*slot) == Some(id))?;
        u32::try_from(position).ok()
    }

    /// Chooses entries of what a query shows.
    pub fn choose(&mut self, choosing: Choosing, query: &RowQuery, now: UnixTime) {
        self.choice += 1;
        match choosing {
            Choosing::Turn(id) => {
                if !self.chosen.remove(&id) {
                    self.chosen.insert(id);
                }
            }
            Choosing::Lines(one, other) => {
                self.arrange(query, now);
                let lines = self.arranged.as_ref().map_or(&[][..], |known| &known.lines);
                let (first, last) = (one.min(other) as usize, one.max(other) as usize);
                let lines = lines.iter().take(last.saturating_add(1)).skip(first);
                let ids: Vec<RowId> = lines.filter_map(|slot| self.id(*slot)).collect();
                self.chosen.extend(ids);
            }
            Choosing::Shown => {
                let shown = self.shown(query, now);
                self.chosen.extend(shown);
            }
            Choosing::Nothing => self.chosen.clear(),
        }
    }

    /// The entries that are chosen, in brief.
    pub fn chosen(&self) -> Chosen {
        Chosen {
            revision: self.choice,
            count: narrow(self.chosen.len()),
            first: self.chosen.iter().take(2).copied().collect(),
        }
    }

    /// All of them, in the order of a list that hides none.
    pub fn chosen_in_order(&mut self, query: &RowQuery, now: UnixTime) -> Vec<RowId> {
        let mut all = query.clone();
        all.show_all();
        let mut ids = self.shown(&all, now);
        ids.retain(|id| self.chosen.contains(id));
        ids
    }

    /// The entries that a list shows, folded away or not, in its order.
    pub fn shown(&mut self, query: &RowQuery, now: UnixTime) -> Vec<RowId> {
        self.arrange(&query.unfolded(), now);
        let lines = self.arranged.as_ref().map_or(&[][..], |known| &known.lines);
        lines.iter().filter_map(|slot| self.id(*slot)).collect()
    }

    /// The entry on a line, where there is one.
    fn id(&self, slot: Slot) -> Option<RowId> {
        let Slot::Entry { group, row } = slot else {
            return None;
        };
        Some(RowId {
            group: self.groups.get(group as usize)?.number,
            entry: row,
        })
    }

    fn arrange(&mut self, query: &RowQuery, now: UnixTime) {
        if query.is_searched() && self.texts.is_none() {
            self.texts = Some(self.groups.iter().map(Texts::of).collect());
        }
        let fits = self.arranged.as_ref().is_some_and(|known| {
            known.revision == self.revision
                && known.query == *query
                && (!query.is_narrowed() || known.now == now)
        });
        if !fits {
            self.arranged = Some(self.arrangement(query, now));
        }
    }

    fn arrangement(&self, query: &RowQuery, now: UnixTime) -> Arranged {
        let wanted = Wanted::new(query);
        let texts = self.texts.as_ref().filter(|_| wanted.searches());
        let mut entries = 0_usize;
        let mut found: Vec<(u32, u32)> = Vec::new();
        for (position, group) in self.groups.iter().enumerate() {
            entries += group.rows.len();
            let texts = texts.and_then(|texts| texts.get(position));
            let rows = group.rows.iter().enumerate();
            found.extend(
                rows.filter(|(number, row)| {
                    let said = || Said::of_row(row, group.worst_of(*number), now);
                    wanted.takes(said, || texts.map_or("", |texts| texts.row(*number)))
                })
                .map(|(number, _)| (narrow(position), narrow(number))),
            );
        }
        self.sort(&mut found, query);
        let matches = narrow(found.len());
        let mut arranged = Arranged {
            query: query.clone(),
            revision: self.revision,
            now,
            lines: Vec::with_capacity(found.len()),
            heads: Vec::new(),
            shape: Rc::default(),
        };
        let buckets = self.buckets(found, &wanted, query);
        let prompts = buckets.iter().map(|bucket| bucket.locks.len()).sum();
        let mut shape = Shape {
            matches,
            prompts: narrow(prompts),
            entries: narrow(entries),
            ..Shape::default()
        };
        for bucket in buckets {
            self.lay_out(bucket, &mut arranged, &mut shape);
        }
        shape.total = narrow(arranged.lines.len());
        arranged.shape = Rc::new(shape);
        arranged
    }

    fn sort(&self, found: &mut Vec<(u32, u32)>, query: &RowQuery) {
        let row = |&(group, row): &(u32, u32)| &self.groups[group as usize].rows[row as usize];
        let name = |&(group, _): &(u32, u32)| self.groups[group as usize].name.as_str();
        match query.order {
            Order::Added => {
                if query.descending {
                    found.reverse();
                }
                return;
            }
            Order::Name => order::by_key(found, |at| row(at).name.to_lowercase()),
            Order::Expiry => {
                order::by_key(found, |at| {
                    row(at).not_after.map_or(i64::MAX, UnixTime::seconds)
                });
            }
            Order::Issuer => order::by_key(found, |at| row(at).issuer.to_lowercase()),
            Order::Key => order::by_key(found, |at| {
                let (letters, figures) = natural(&row(at).key);
                (letters.to_owned(), figures)
            }),
            Order::Source => order::by_key(found, name),
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

    /// Puts entries together that share something, and the password prompts that are wanted.
    fn buckets(
        &self,
        found: Vec<(u32, u32)>,
        wanted: &Wanted,
        query: &RowQuery,
    ) -> Vec<Bucket<'_>> {
        let mut buckets: Vec<Bucket<'_>> = Vec::new();
        let mut known: HashMap<Shared<'_>, usize> = HashMap::new();
        let mut bucket_of = |shared| {
            *known.entry(shared).or_insert_with(|| {
                buckets.push(Bucket {
                    shared,
                    locks: Vec::new(),
                    rows: Vec::new(),
                });
                buckets.len() - 1
            })
        };
        let keys = match query.group {
            Some(GroupBy::Key) => self.shared_keys(&found),
            _ => HashSet::new(),
        };
        let mut places = Vec::with_capacity(found.len());
        for &(group, row) in &found {
            places.push(bucket_of(self.shared(group, row, query.group, &keys)));
        }
        let locked = (0..narrow(self.groups.len())).filter(|group| {
            let group = &self.groups[*group as usize];
            let lock = group.lock.as_ref();
            lock.is_some_and(|lock| {
                wanted.takes(|| Said::of_lock(lock), || searched_of_lock(group, lock))
            })
        });
        let locked: Vec<(u32, usize)> = locked
            .map(|group| {
                let shared = match query.group {
                    Some(GroupBy::File) => Shared::File(group),
                    _ => Shared::Locked,
                };
                (group, bucket_of(shared))
            })
            .collect();
        for (group, place) in locked {
            buckets[place].locks.push(group);
        }
        for (place, row) in places.into_iter().zip(found) {
            buckets[place].rows.push(row);
        }
        let as_they_came = query.order == Order::Added;
        match query.group {
            // Weeks follow each other, however the entries in them stand.
            Some(GroupBy::Week) => order::by_key(&mut buckets, |bucket| bucket.shared),
            Some(GroupBy::Issuer) if as_they_came => {
                order::by(
                    &mut buckets,
                    &|one, other| match (one.shared, other.shared) {
                        (Shared::Text(one), Shared::Text(other)) => {
                            natural(one).cmp(&natural(other))
                        }
                        (one, other) => one.cmp(&other),
                    },
                );
            }
            // Below what several entries have stands what each has alone.
            Some(GroupBy::Key) => order::by_key(&mut buckets, |bucket| match bucket.shared {
                Shared::Key(_) if as_they_came => (Shared::Key(0), self.kind_of_key(&bucket.rows)),
                Shared::Key(_) => (Shared::Key(0), ("", 0)),
                shared => (shared, ("", 0)),
            }),
            Some(GroupBy::File) if as_they_came => {
                order::by_key(&mut buckets, |bucket| bucket.shared);
            }
            // What waits for a password stands first.
            _ => order::by_key(&mut buckets, |bucket| bucket.shared != Shared::Locked),
        }
        if query.descending && (as_they_came || query.group == Some(GroupBy::Week)) {
            buckets.reverse();
            order::by_key(&mut buckets, |bucket| match bucket.shared {
                Shared::Locked => 0,
                Shared::OwnKey => 2,
                Shared::Nothing => 3,
                _ => 1,
            });
        }
        buckets
    }

    /// The prints of the keys that several of these have.
    fn shared_keys(&self, found: &[(u32, u32)]) -> HashSet<u128> {
        let (mut seen, mut shared) = (HashSet::with_capacity(found.len()), HashSet::new());
        for &(group, row) in found {
            let row = &self.groups[group as usize].rows[row as usize];
            if let Some(print) = row.key_print.filter(|print| !seen.insert(*print)) {
                shared.insert(print);
            }
        }
        shared
    }

    /// What kind of key rows have that share one.
    fn kind_of_key(&self, rows: &[(u32, u32)]) -> (&str, u64) {
        natural(self.name_of_key(rows))
    }

    /// The same in words. A sealed key does not tell, but its certificate does.
    fn name_of_key(&self, rows: &[(u32, u32)]) -> &str {
        let kinds = rows
            .iter()
            .map(|&(group, row)| self.groups[group as usize].rows[row as usize].key.as_str());
        kinds
            .into_iter()
            .find(|kind| !kind.is_empty())
            .unwrap_or_default()
    }

    /// What an entry shares with others below its head. `keys` are those that several have.
    fn shared(
        &self,
        group: u32,
        row: u32,
        by: Option<GroupBy>,
        keys: &HashSet<u128>,
    ) -> Shared<'_> {
        let row = &self.groups[group as usize].rows[row as usize];
        let text = |text| match text {
            "" => Shared::Nothing,
            text => Shared::Text(text),
        };
        match by {
            None => Shared::Nothing,
            Some(GroupBy::File) => Shared::File(group),
            Some(GroupBy::Issuer) => text(&row.issuer),
            Some(GroupBy::Key) => match row.key_print {
                Some(print) if keys.contains(&print) => Shared::Key(print),
                Some(_) => Shared::OwnKey,
                None => Shared::Nothing,
            },
            Some(GroupBy::Week) => match row.not_after {
                Some(end) if end != UnixTime::NEVER => Shared::Week(monday(end)),
                _ => Shared::Nothing,
            },
        }
    }

    /// Puts the lines of a bucket below those before it, with a head above them where there are heads.
    fn lay_out(&self, bucket: Bucket<'_>, arranged: &mut Arranged, shape: &mut Shape) {
        let Bucket {
            shared,
            locks,
            rows,
        } = bucket;
        if let Some(by) = arranged.query.group {
            let count = if rows.is_empty() {
                locks.len()
            } else {
                rows.len()
            };
            let head = self.head(shared, by, count, &rows, &arranged.query);
            let expanded = head.expanded;
            shape.groups.push(narrow(arranged.lines.len()));
            arranged
                .lines
                .push(Slot::Head(narrow(arranged.heads.len())));
            arranged.heads.push(head);
            if !expanded {
                return;
            }
        }
        for group in locks {
            let line = narrow(arranged.lines.len());
            shape.locks.push(line);
            let lock = self.groups[group as usize].lock.as_ref();
            if lock.is_some_and(|lock| matches!(lock.attempt, Attempt::Failed { .. })) {
                shape.refused.push(line);
            }
            arranged.lines.push(Slot::Lock { group });
        }
        let entry = |(group, row)| Slot::Entry { group, row };
        arranged.lines.extend(rows.into_iter().map(entry));
    }

    fn head(
        &self,
        shared: Shared<'_>,
        by: GroupBy,
        count: usize,
        rows: &[(u32, u32)],
        query: &RowQuery,
    ) -> GroupLine {
        let (key, name, note) = match shared {
            Shared::File(group) => {
                let file = &self.groups[group as usize];
                (
                    GroupKey::File(file.number),
                    file.name.clone(),
                    file.note.clone(),
                )
            }
            Shared::Text(text) => (GroupKey::Named(text.to_owned()), text.to_owned(), None),
            Shared::Week(monday) => {
                let date = certlens_core::words::date(UnixTime::from_seconds(monday * DAY));
                (GroupKey::Week(monday), format!("Week of {date}"), None)
            }
            Shared::Key(print) => {
                let kind = self.name_of_key(rows).to_owned();
                (GroupKey::Key(print), kind, None)
            }
            Shared::OwnKey => (GroupKey::OwnKey, "Keys of one entry each".to_owned(), None),
            Shared::Locked => (GroupKey::Locked, "Waiting for a password".to_owned(), None),
            Shared::Nothing => {
                let name = match by {
                    GroupBy::Issuer => NO_ISSUER,
                    GroupBy::Key => NO_KEY,
                    GroupBy::Week | GroupBy::File => NO_END,
                };
                (GroupKey::Rest, name.to_owned(), None)
            }
        };
        GroupLine {
            expanded: !query.folded.contains(&key),
            count: narrow(count),
            key,
            name,
            note,
        }
    }

    fn line(&self, slot: Slot, request: &WindowRequest) -> Option<Line> {
        match slot {
            Slot::Head(head) => {
                let heads = &self.arranged.as_ref()?.heads;
                heads.get(head as usize).cloned().map(Line::Group)
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
                let id = RowId {
                    group: group.number,
                    entry: number,
                };
                Some(Line::Entry(Rc::new(ListRow {
                    id,
                    chosen: self.chosen.contains(&id),
                    row: row.clone(),
                    source: group.name.clone(),
                    places: group
                        .places
                        .get(number as usize)
                        .cloned()
                        .unwrap_or_default(),
                    flaw: group.flaw.clone(),
                    standing: standing(row, request.now),
                    worst: group.worst_of(number as usize),
                })))
            }
        }
    }
}

/// Where `now` falls in the validity of a row.
pub(crate) fn standing(row: &Row, now: UnixTime) -> Option<Standing> {
    Some(expiry::chosen().standing(row.not_before?, row.not_after?, now))
}

/// How much attention a row asks for, beside the worst that was found of it alone.
pub(crate) fn level(row: &Row, worst: Option<Severity>, now: UnixTime) -> Level {
    let fault = row.fault.as_ref().map(|fault| fault.severity);
    let found = fault
        .into_iter()
        .chain(worst)
        .map(|severity| match severity {
            Severity::Error => Level::Now,
            Severity::Warning => Level::Soon,
            Severity::Notice => Level::Unknown,
        });
    found.fold(level_by_time(row, now), Level::min)
}

/// The same, but for what is known to be wrong with it.
fn level_by_time(row: &Row, now: UnixTime) -> Level {
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

/// The Monday of the week in which an instant falls, in days since 1970-01-01, which was a Thursday.
fn monday(time: UnixTime) -> i64 {
    let day = time.seconds().div_euclid(DAY);
    day - (day + 3).rem_euclid(7)
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What is searched of the entries of a group, in lower case, one after the other.
#[derive(Debug)]
struct Texts {
    all: String,
    /// Where the text of each entry ends.
    ends: Vec<usize>,
}

impl Texts {
    fn of(group: &ListingGroup) -> Self {
        let mut texts = Self {
            all: String::new(),
            ends: Vec::with_capacity(group.rows.len()),
        };
        let common = [group.name.as_str(), group.flaw.as_deref().unwrap_or("")];
        for (number, row) in group.rows.iter().enumerate() {
            let places = group.places.get(number).map_or(&[][..], Vec::as_slice);
            let end = row
                .not_after
                .map(certlens_core::words::date)
                .unwrap_or_default();
            let shown = [&row.name, &row.issuer, &row.serial, &row.key, &end];
            let shown = shown.into_iter().chain(&row.alias).chain(&row.note);
            let shown = shown.chain(&row.place);
            let shown = shown.chain(&row.names).chain(places).map(String::as_str);
            let more = group.more.get(number).map(String::as_str);
            for text in shown.chain(common).chain(more) {
                push_lowered(&mut texts.all, text);
                texts.all.push('\n');
            }
            texts.ends.push(texts.all.len());
        }
        texts
    }

    /// What is searched of an entry.
    fn row(&self, number: usize) -> &str {
        let start = match number.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        let end = self.ends.get(number).copied().unwrap_or_default();
        self.all.get(start..end).unwrap_or_default()
    }
}

/// What is searched of a password prompt.
fn searched_of_lock(group: &ListingGroup, lock: &LockLine) -> String {
    let flaw = lock.flaw.as_deref().unwrap_or_default();
    format!("{}\n{}\n{}\n{flaw}", group.name, lock.what, lock.facts).to_lowercase()
}

fn push_lowered(all: &mut String, text: &str) {
    if text.is_ascii() {
        let start = all.len();
        all.push_str(text);
        if let Some(text) = all.get_mut(start..) {
            text.make_ascii_lowercase();
        }
    } else {
        all.push_str(&text.to_lowercase());
    }
}

/// A query made ready for going through many rows.
struct Wanted {
    words: Vec<Word>,
    only: Said,
}

/// A word that is searched, the same without the colons that serials are written with, and what of the page's own
/// words it occurs in.
struct Word {
    plain: Finder<'static>,
    digits: Option<Finder<'static>>,
    said: Said,
}

impl Wanted {
    fn new(query: &RowQuery) -> Self {
        let finder = |word: &str| Finder::new(word.as_bytes()).into_owned();
        let said = query.said.iter().copied();
        let said = said.chain(std::iter::repeat(Said::NOTHING));
        let words = query.search.split_whitespace().zip(said);
        let words = words.map(|(word, said)| {
            let word = word.to_lowercase();
            let digits = word.replace(':', "");
            let is_serial = digits != word && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            Word {
                plain: finder(&word),
                digits: (is_serial && !digits.is_empty()).then(|| finder(&digits)),
                said,
            }
        });
        Self {
            words: words.collect(),
            only: query.only,
        }
    }

    fn searches(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether something that says this and has this text is looked for.
    fn takes<T: AsRef<str>>(&self, said: impl Fn() -> Said, text: impl FnOnce() -> T) -> bool {
        if !self.only.is_empty() && !self.only.meets(said()) {
            return false;
        }
        if !self.searches() {
            return true;
        }
        let text = text();
        let text = text.as_ref().as_bytes();
        self.words.iter().all(|word| {
            let digits = word.digits.as_ref();
            word.plain.find(text).is_some()
                || digits.is_some_and(|digits| digits.find(text).is_some())
                || !word.said.is_empty() && word.said.meets(said())
        })
    }
}

/// What texts are compared by so that figures in them count as numbers: `RSA 2048` before `RSA 10240`.
fn natural(text: &str) -> (&str, u64) {
    let figures: String = text.chars().filter(char::is_ascii_digit).collect();
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
    (letters, figures.parse().unwrap_or(0))
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Heads of entries without what they are grouped by.
pub(crate) const NO_ISSUER: &str = "No issuer";
/// See [`NO_ISSUER`].
pub(crate) const NO_KEY: &str = "No key";
/// See [`NO_ISSUER`].
pub(crate) const NO_END: &str = "No end";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::State;
    use crate::words;

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
            rows: vec![
                row("ldap", Some(10)),
                Row {
                    kind: RowKind::PrivateKey,
                    ..row("a key", None)
                },
            ],
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
                group: Some(GroupBy::File),
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
    fn entries_are_chosen_one_by_one_by_lines_and_by_what_is_shown() {
        let mut listing = listing();
        let now = UnixTime::from_seconds(0);
        let query = RowQuery {
            group: Some(GroupBy::File),
            ..RowQuery::default()
        };
        let id = |group, entry| RowId { group, entry };
        let old = listing.shown(&query, now)[2];
        // From the second entry to the prompt of the next file: heads and prompts are no entries.
        listing.choose(Choosing::Lines(4, 2), &query, now);
        assert_eq!(listing.chosen().first, [id(7, 1)]);
        listing.choose(Choosing::Turn(old), &query, now);
        assert_eq!(listing.chosen().pair(), Some((id(7, 1), old)));
        assert_eq!(listing.chosen().beside(old), Some(id(7, 1)));
        let drawn = window(&mut listing, query.clone());
        let chosen = drawn.lines.iter().filter_map(|line| match line {
            Line::Entry(row) if row.chosen => Some(row.row.name.as_str()),
            _ => None,
        });
        assert_eq!(chosen.collect::<Vec<_>>(), ["Corp CA", "ldap"]);
        // What a search hides stays chosen; what is folded away is shown.
        let found = RowQuery {
            search: "es1".to_owned(),
            folded: [GroupKey::File(7)].into_iter().collect(),
            ..query.clone()
        };
        listing.choose(Choosing::Shown, &found, now);
        assert_eq!(listing.chosen().count, 3);
        assert_eq!(listing.chosen().pair(), None);
        let turned = RowQuery {
            order: Order::Name,
            descending: true,
            ..found
        };
        let before = listing.chosen();
        assert_eq!(
            listing.chosen_in_order(&turned, now),
            [old, id(7, 0), id(7, 1)]
        );
        listing.choose(Choosing::Turn(old), &query, now);
        assert_ne!(listing.chosen().revision, before.revision);
        listing.remove(7);
        assert_eq!(listing.chosen().count, 0);
        listing.choose(Choosing::Turn(old), &query, now);
        listing.choose(Choosing::Nothing, &query, now);
        assert_eq!(listing.chosen().count, 0);
    }

    #[test]
    fn folded_groups_keep_their_head() {
        let query = RowQuery {
            group: Some(GroupBy::File),
            folded: [GroupKey::File(7)].into_iter().collect(),
            ..RowQuery::default()
        };
        let window = window(&mut listing(), query);
        assert_eq!(names(&window)[..2], ["# chain.pem", "# locked.p12"]);
        assert_eq!((window.shape.matches, window.shape.prompts), (4, 1));
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
            let mut query = RowQuery::default();
            query.seek(search.to_owned());
            names(&window(&mut listing(), query)).len()
        };
        assert_eq!(found("LDAP"), 1);
        assert_eq!(found("4F:8A"), 4);
        assert_eq!(found("corp es1"), 1);
        assert_eq!(found("old.der"), 2);
        assert_eq!(found("expired LDAP"), 1, "what its status says is found");
        assert_eq!(found("expired es1"), 0);
        assert_eq!(found("in date"), 2);
        assert_eq!(
            found("locked"),
            1,
            "the prompt, beside the name of its file"
        );
        assert_eq!(found("leaf"), 3, "what a chip says is found");
        assert_eq!(found("key private"), 1);
        assert_eq!(found("1970"), 2, "the date of its end is found");
        assert_eq!(found("nothing"), 0);
    }

    /// Rows that the core names in English, since they have no names of their own, and prompts.
    fn nameless() -> Listing {
        let of = |kind: RowKind, name: &str, note: Option<&str>| Row {
            kind,
            name: name.to_owned(),
            note: note.map(str::to_owned),
            not_before: Some(UnixTime::from_seconds(0)),
            not_after: Some(UnixTime::from_seconds(90 * DAY)),
            ..Row::default()
        };
        let mut rows = vec![
            of(RowKind::RevocationList, "Corp CA", Some("1 revoked")),
            of(RowKind::Unreadable, "Entry 3", None),
            of(RowKind::Certificate, "No name", None),
            of(
                RowKind::AttributeCertificate,
                "Certificate 0a of Corp CA",
                None,
            ),
        ];
        let own = [
            RowKind::PrivateKey,
            RowKind::PublicKey,
            RowKind::SshCertificate,
            RowKind::AttributeCertificate,
            RowKind::Signer,
        ];
        rows.extend(own.map(|kind| of(kind, kind.nameless(), None)));
        let mut listing = Listing::default();
        listing.push(ListingGroup {
            rows,
            ..ListingGroup::default()
        });
        let prompts = [
            status::ENCRYPTED_KEY,
            "PKCS#12 keystore",
            "Sealed ZIP archive",
        ];
        for (number, what) in (1..).zip(prompts) {
            listing.push(ListingGroup {
                number,
                lock: Some(LockLine {
                    group: number,
                    what: what.to_owned(),
                    ..LockLine::default()
                }),
                ..ListingGroup::default()
            });
        }
        listing
    }

    #[test]
    fn what_the_core_names_is_said_and_found_in_the_language_that_is_spoken() {
        use crate::words::{Language, speak, speak_english};
        let now = UnixTime::from_seconds(20 * DAY);
        let mut listing = nameless();
        let said = |line: &Line| match line {
            Line::Entry(row) => {
                let name = status::name(row.row.kind, &row.row.name);
                let held = Status::of_row(row, now).reason;
                let is_list = row.row.kind == RowKind::RevocationList;
                (name.into_owned(), is_list.then_some(held))
            }
            Line::Lock(lock) => (status::waiting(&lock.what), None),
            Line::Group(head) => (head.name.clone(), None),
        };
        let told = |listing: &mut Listing| {
            let lines = window(listing, RowQuery::default()).lines;
            lines.iter().map(said).collect::<Vec<_>>()
        };
        let english = told(&mut listing);
        assert_eq!(english[0].0, "Encrypted key");
        assert!(
            english[3]
                .1
                .as_ref()
                .is_some_and(|held| held.ends_with("1 revoked"))
        );
        for (language, file) in [
            (Language::German, include_str!("../../words/words-de.txt")),
            (Language::French, include_str!("../../words/words-fr.txt")),
            (Language::Japanese, include_str!("../../words/words-ja.txt")),
        ] {
            speak(language, file);
            let spoken = told(&mut listing);
            for (place, ((name, held), (before, _))) in spoken.iter().zip(&english).enumerate() {
                if before == "Corp CA" {
                    let held = held.as_ref().expect("a list");
                    assert!(!held.contains("revoked"), "{language:?}: {held}");
                } else {
                    assert_ne!(name, before, "{language:?}");
                }
                let held = words::revoked().to_lowercase();
                let word = match before.as_str() {
                    "Corp CA" => &*held,
                    _ => name
                        .split(|letter: char| letter == 'の' || !letter.is_alphabetic())
                        .max_by_key(|word| word.len())
                        .expect("a word"),
                };
                let mut query = RowQuery::default();
                query.seek(word.to_owned());
                let found = window(&mut listing, query).lines;
                let found: Vec<String> = found.iter().map(|line| said(line).0).collect();
                assert!(
                    found.contains(name),
                    "{language:?}, {place}, {word}: {found:?}"
                );
                assert!(found.len() < spoken.len(), "{language:?}, {word}");
            }
        }
        speak_english();
    }

    #[test]
    fn entries_stand_below_what_they_share() {
        let mut listing = listing();
        listing.push(ListingGroup {
            number: 10,
            name: "other.pem".to_owned(),
            rows: vec![Row {
                issuer: "Another CA".to_owned(),
                ..row("new", Some(94))
            }],
            ..ListingGroup::default()
        });
        let mut by = |group, order, descending| {
            let query = RowQuery {
                group: Some(group),
                order,
                descending,
                ..RowQuery::default()
            };
            let window = window(&mut listing, query);
            let heads = window
                .shape
                .groups
                .iter()
                .map(|line| names(&window)[*line as usize].clone());
            assert_eq!(window.shape.matches, 5);
            (heads.collect::<Vec<_>>(), names(&window).len())
        };
        let waiting = "# Waiting for a password";
        assert_eq!(
            by(GroupBy::Issuer, Order::Added, false).0,
            [waiting, "# Another CA", "# Corp CA"]
        );
        assert_eq!(
            by(GroupBy::Issuer, Order::Expiry, false).0,
            [waiting, "# Corp CA", "# Another CA"]
        );
        let (weeks, lines) = by(GroupBy::Week, Order::Name, false);
        assert_eq!(
            weeks,
            [
                waiting,
                "# Week of 5 Jan 1970",
                "# Week of 30 Mar 1970",
                "# Week of 19 Jun 1972",
                "# No end"
            ]
        );
        // Two of them end in one week.
        assert_eq!(lines, 5 + 5 + 1);
        assert_eq!(
            by(GroupBy::Week, Order::Added, true).0[1],
            "# Week of 19 Jun 1972"
        );
        assert_eq!(by(GroupBy::Week, Order::Added, true).0[4], "# No end");
    }

    #[test]
    fn what_shares_a_key_stands_together_whatever_file_it_is_in() {
        let of_key = |name: &str, key: &str, print: u128| Row {
            key: key.to_owned(),
            key_print: Some(print),
            ..row(name, Some(90))
        };
        let mut listing = Listing::default();
        let files: [(u32, Vec<Row>); 2] = [
            (
                1,
                vec![
                    of_key("old", "RSA 2048", 5),
                    of_key("alone", "RSA 2048", 9),
                    of_key("ec", "EC P-256", 2),
                    row("no key", None),
                ],
            ),
            (
                2,
                vec![
                    of_key("new", "RSA 2048", 5),
                    of_key("sealed", "", 2),
                    of_key("single", "Ed25519", 8),
                ],
            ),
        ];
        for (number, rows) in files {
            listing.push(ListingGroup {
                number,
                rows,
                ..ListingGroup::default()
            });
        }
        let mut by = |order, descending| {
            let query = RowQuery {
                group: Some(GroupBy::Key),
                order,
                descending,
                ..RowQuery::default()
            };
            names(&window(&mut listing, query))
        };
        let ec = ["# EC P-256", "ec", "sealed"];
        let rsa = ["# RSA 2048", "old", "new"];
        let alone = ["# Keys of one entry each", "alone", "single"];
        let none = ["# No key", "no key"];
        let all = [&ec[..], &rsa, &alone, &none].concat();
        assert_eq!(by(Order::Added, false), all);
        let turned = by(Order::Added, true);
        assert_eq!(turned[0], "# RSA 2048");
        assert_eq!(
            turned[6..]
                .iter()
                .filter(|line| line.starts_with('#'))
                .count(),
            2
        );
        assert_eq!(turned.last().map(String::as_str), Some("no key"));
        assert_eq!(by(Order::Name, false)[..3], ec);
    }

    #[test]
    fn the_way_to_a_row_within_its_file_is_found() {
        let mut listing = Listing::default();
        listing.push(ListingGroup {
            number: 1,
            name: "bundle.zip".to_owned(),
            rows: vec![
                Row {
                    place: Some("certs/A.pem".to_owned()),
                    ..row("a", None)
                },
                row("b", None),
            ],
            ..ListingGroup::default()
        });
        let query = RowQuery {
            search: "bundle certs/a".to_owned(),
            ..RowQuery::default()
        };
        assert_eq!(names(&window(&mut listing, query)), ["a"]);
    }

    #[test]
    fn weeks_begin_on_monday() {
        let date = |day: i64| {
            certlens_core::words::date(UnixTime::from_seconds(
                monday(UnixTime::from_seconds(day * DAY)) * DAY,
            ))
        };
        // 22 November 2026 is a Sunday.
        assert_eq!(date(20_779), "16 Nov 2026");
        assert_eq!(date(20_780), "23 Nov 2026");
        assert_eq!(date(-1), "29 Dec 1969");
    }

    #[test]
    fn states_are_shown_apart_and_together() {
        let mut listing = listing();
        listing.know_worst(RowId { group: 7, entry: 1 }, Some(Severity::Warning));
        let mut only = |states: &[State]| {
            let said = states.iter().map(|state| state.said());
            let query = RowQuery {
                only: said.fold(Said::NOTHING, Said::and),
                ..RowQuery::default()
            };
            let window = window(&mut listing, query);
            let (shape, names) = (Rc::clone(&window.shape), names(&window));
            let counted = (shape.matches, shape.prompts);
            assert_eq!(usize::try_from(counted.0 + counted.1), Ok(names.len()));
            (names, counted.0, shape.entries)
        };
        let shown = |names: &[&str], matches| {
            let names = names.iter().map(|name| (*name).to_owned());
            (names.collect::<Vec<_>>(), matches, 4)
        };
        assert_eq!(only(&[State::Expired]), shown(&["ldap"], 1));
        assert_eq!(only(&[State::Locked]), shown(&["lock"], 0));
        assert_eq!(only(&[State::Findings]), shown(&["Corp CA"], 1));
        assert_eq!(only(&[State::Now]), shown(&[], 0));
        let both = only(&[State::Locked, State::Expired, State::Other]);
        assert_eq!(both, shown(&["lock", "ldap", "a key"], 2));
        assert_eq!(only(&[]).1, 4);
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
        assert!(natural("RSA 2048") < natural("RSA 10240"));
        assert!(natural("EC P-256") < natural("RSA 1024"));
    }
}
