//! All files that were dropped, as far as they have been read.

mod asked;
mod fields;
mod proving;

use std::collections::HashMap;
use std::rc::Rc;

use certlens_core::{
    Contents, Entry, EverySignature, Finding, Format, Keystore, Lock, Object, Other, PileLinks,
    Place, PlaceForm, Problem, Report, Row, RowKind, Severity, UnixTime,
};

use self::asked::Held;
use self::proving::Proving;
use super::reading::{Reading, capitalised, place};
use crate::detail::{Detail, Neighbour, Relation};
use crate::format;
use crate::json;
use crate::protocol::{Brought, NewFile, Opened, Tally};
use crate::rows::{
    Attempt, Choosing, Chosen, Level, Line, Listing, ListingGroup, LockLine, RowId, RowQuery,
    RowWindow, WindowRequest,
};
use crate::said::{Said, State};
use crate::status::ENCRYPTED_KEY;

/// All files that were dropped, as far as they have been read.
#[derive(Default)]
pub(super) struct Pile {
    listing: Listing,
    files: HashMap<u32, Read>,
    /// The file of which only some rows are there yet.
    reading: Option<u32>,
    /// Who belongs to whom, in one file and across files.
    links: Option<PileLinks>,
    /// How far it was looked at what is wrong between them.
    proving: Proving,
    /// Whether files have come or gone since that was looked at.
    unsettled: bool,
    /// The roots that Mozilla trusts, one after the other.
    mozilla: Vec<u8>,
}

/// Entries up to which a search goes through all that is known of them: a tenth of a second at the first
/// letter, in which each is taken apart.
const SEARCHED_IN_FULL: usize = 2_000;

/// What is kept of a file.
enum Read {
    /// Opened here; entries are taken apart when asked for.
    Contents(Box<Contents>),
    /// Opened with a password by the other worker, already taken apart, and the public halves of the keys
    /// in it.
    Report(Box<Report>, Vec<(u32, Vec<u8>)>),
    /// Not readable at all.
    Unreadable { problem: Problem, size: u64 },
}

impl Pile {
    /// An empty pile, which may be judged by these roots.
    pub(super) fn new(mozilla: Vec<u8>) -> Self {
        Self {
            mozilla,
            ..Self::default()
        }
    }

    /// The roots that Mozilla trusts.
    pub(super) fn mozilla(&self) -> &[u8] {
        &self.mozilla
    }

    /// Shows further rows of a file that is being read.
    pub(super) fn show(&mut self, file: &NewFile, mut rows: Vec<Row>) {
        if self.reading == Some(file.number) {
            self.listing.extend(file.number, |known| {
                name_the_unreadable(&mut rows, known.len());
                known.append(&mut rows);
            });
        } else {
            name_the_unreadable(&mut rows, 0);
            self.reading = Some(file.number);
            self.listing.push(ListingGroup {
                number: file.number,
                name: file.name.clone(),
                rows,
                ..ListingGroup::default()
            });
        }
    }

    /// Forgets how rows were judged.
    pub(super) fn judge_anew(&mut self) {
        self.listing.judge_anew();
    }

    /// The numbers of all files that were read.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.files.keys().copied().collect()
    }

    /// The file of which only some rows are there yet.
    pub(super) fn reading(&self) -> Option<u32> {
        self.reading
    }

    /// Puts a file on the pile.
    pub(super) fn put(&mut self, reading: Reading) {
        let Reading { file, size, result } = reading;
        match result {
            Ok(contents) => {
                let mut rows = contents.rows();
                name_the_unreadable(&mut rows, 0);
                let lock = lock_line(
                    &file,
                    contents.format(),
                    contents.lock(),
                    contents.keystore(),
                    !rows.is_empty(),
                );
                let read = Read::Contents(Box::new(contents));
                self.insert(file, rows, lock, read);
            }
            Err(problem) => {
                let row = unreadable_row(&file, &problem, size);
                self.insert(file, vec![row], None, Read::Unreadable { problem, size });
            }
        }
    }

    /// Puts a file on the pile that the page knows cannot be read.
    pub(super) fn put_refused(&mut self, file: NewFile, message: String, hint: String) {
        let code = "not-readable".to_owned();
        let problem = Problem {
            code,
            message,
            hint,
            path: Vec::new(),
            offset: 0,
        };
        let row = unreadable_row(&file, &problem, 0);
        self.insert(file, vec![row], None, Read::Unreadable { problem, size: 0 });
    }

    /// Puts what a password brought to light in the place of the locked file.
    pub(super) fn replace(&mut self, opened: Opened, brought: Brought) {
        let Opened { file, rest } = opened;
        let Brought {
            rows,
            report,
            halves,
        } = brought;
        let lock = rest.and_then(|message| {
            let keystore = report.keystore.as_ref();
            let mut lock = lock_line(&file, report.format, report.lock(), keystore, true)?;
            lock.attempt = Attempt::Failed {
                message,
                hint: "A key can have a password of its own.".to_owned(),
            };
            Some(lock)
        });
        self.insert(file, rows, lock, Read::Report(Box::new(report), halves));
    }

    fn insert(&mut self, file: NewFile, rows: Vec<Row>, lock: Option<LockLine>, read: Read) {
        let flaw = read.flaw();
        let lock = lock.map(|lock| LockLine {
            flaw: flaw.clone(),
            ..lock
        });
        // Of a file with parts, each part has its own.
        let parts = read.findings().is_some_and(|(_, findings)| {
            let mut legacy = findings.iter().filter(|finding| is_legacy(finding));
            legacy.any(|finding| finding.whereabouts.is_some())
        });
        let flaw = flaw.filter(|_| !parts);
        let worst = match &read {
            Read::Report(..) => (0..rows.len())
                .map(|index| Some(read.worst(index)))
                .collect(),
            // Found out little by little.
            Read::Contents(_) | Read::Unreadable { .. } => Vec::new(),
        };
        let group = ListingGroup {
            number: file.number,
            name: file.name,
            note: lock
                .as_ref()
                .filter(|lock| !lock.partly)
                .map(|_| "locked".to_owned()),
            flaw,
            lock,
            rows,
            places: Vec::new(),
            more: Vec::new(),
            worst,
        };
        self.unsettled = true;
        let was_reading = self.reading.take_if(|number| *number == file.number);
        if self.files.insert(file.number, read).is_some() || was_reading.is_some() {
            // What a password brought to light has other numbers.
            if was_reading.is_none() {
                self.listing.forget_choice(file.number);
            }
            self.listing.put(group);
        } else {
            self.listing.push(group);
        }
    }

    /// Notes what came of a password.
    pub(super) fn set_attempt(&mut self, file: u32, attempt: Attempt) {
        self.listing.set_attempt(file, attempt);
    }

    /// Takes a file off the pile.
    pub(super) fn remove(&mut self, file: u32) {
        self.unsettled = true;
        self.files.remove(&file);
        self.reading = self.reading.filter(|reading| *reading != file);
        self.listing.remove(file);
    }

    /// Takes everything off the pile.
    pub(super) fn clear(&mut self) {
        self.files.clear();
        self.links = None;
        self.proving = Proving::default();
        self.reading = None;
        self.listing.clear();
    }

    /// Looks at what the files say of each other, once none of them is still to be read. At `now` it is decided
    /// which of several issuers counts.
    pub(super) fn settle(&mut self, now: UnixTime) {
        if !std::mem::take(&mut self.unsettled) {
            return;
        }
        let links = {
            let held = self.held();
            let pile: Vec<&Contents> = held.iter().map(Held::contents).collect();
            (!pile.is_empty()).then(|| {
                let mut links = PileLinks::find(&pile, Some(now));
                links.prove_lists(&pile, &EverySignature);
                links
            })
        };
        let before = std::mem::replace(&mut self.links, links);
        self.proving = Proving::default();
        if [&before, &self.links]
            .into_iter()
            .flatten()
            .any(PileLinks::adds)
        {
            self.tie();
        }
    }

    /// Tells each row what lies beside it.
    fn tie(&mut self) {
        let held = self.held();
        let pile: Vec<&Contents> = held.iter().map(Held::contents).collect();
        let mut changed: Vec<(RowId, Row)> = Vec::new();
        for (input, one) in held.iter().enumerate() {
            for index in 0..one.contents().len() {
                let Some((id, row)) = one
                    .row_id(index)
                    .and_then(|id| Some((id, self.listing.row_of(one.place, id.entry)?)))
                else {
                    continue;
                };
                let (before, mut after) = (tied(row), tied(row));
                one.contents().tie_row(index, &mut after);
                if let Some(links) = &self.links {
                    links.join_row(&pile, (input, index), &mut after);
                }
                if before != after {
                    changed.push((id, after));
                }
            }
        }
        drop(pile);
        drop(held);
        for same in changed.chunk_by(|(one, _), (other, _)| one.group == other.group) {
            let Some((first, _)) = same.first() else {
                continue;
            };
            self.listing.amend(first.group, |rows| {
                for (id, tied) in same {
                    if let Some(row) = rows.get_mut(id.entry as usize) {
                        row.has_private_key = tied.has_private_key;
                        row.revoked = tied.revoked;
                        row.chain = tied.chain;
                    }
                }
            });
        }
    }

    /// Who belongs to whom across files, where that is known of these very files.
    fn links(&self) -> Option<&PileLinks> {
        self.links.as_ref().filter(|_| !self.unsettled)
    }

    /// The lines of one window. Only what is in it is looked at for findings.
    pub(super) fn window(&mut self, request: &WindowRequest) -> RowWindow {
        if request.query.is_searched() {
            self.know_all_fields();
        }
        let mut window = self.listing.window(request);
        let entries = window.lines.iter().filter_map(|line| match line {
            Line::Entry(row) => Some(row.id),
            _ => None,
        });
        let entries: Vec<RowId> = entries.collect();
        for line in &mut window.lines {
            if let Line::Entry(row) = line {
                let row = Rc::make_mut(row);
                let fault = row.row.fault.as_ref().map(|fault| fault.severity);
                let own = self.worst(row.id);
                row.worst = own.into_iter().chain(fault).min();
                let flaw = || self.files.get(&row.id.group)?.flaw_of(row.id.entry);
                row.flaw = row.flaw.take().or_else(flaw);
            }
        }
        self.sees(entries);
        window
    }

    /// Lets the search go through every field of every entry, where they are few enough to be taken apart
    /// between two letters. Of more, it goes through what is shown.
    fn know_all_fields(&mut self) {
        let groups = self.listing.groups();
        let count: usize = groups.iter().map(|group| group.rows.len()).sum();
        if SEARCHED_IN_FULL < count {
            return;
        }
        let new = groups
            .iter()
            .filter(|group| group.more.len() < group.rows.len());
        let told: Vec<(u32, Vec<String>)> = new
            .filter_map(|group| {
                let texts = self.files.get(&group.number)?.texts(group.rows.len());
                Some((group.number, texts))
            })
            .collect();
        for (number, more) in told {
            self.listing.know_more(number, more);
        }
    }

    /// How bad the worst finding of an entry is, of those that rest on nothing else.
    fn worst(&self, id: RowId) -> Option<Severity> {
        let look = || {
            let file = self.files.get(&id.group)?;
            file.worst(usize::try_from(id.entry).ok()?)
        };
        self.listing.worst(id).unwrap_or_else(look)
    }

    /// Chooses entries of what a query shows, and tells what is chosen then.
    pub(super) fn choose(&mut self, choosing: Choosing, query: &RowQuery, now: UnixTime) -> Chosen {
        self.listing.choose(choosing, query, now);
        self.listing.chosen()
    }

    /// The line on which an entry stands.
    pub(super) fn position(&mut self, id: RowId, query: &RowQuery, now: UnixTime) -> Option<u32> {
        self.listing.position(id, query, now)
    }

    /// One entry in full.
    pub(super) fn detail(&self, id: RowId, now: UnixTime) -> Option<Detail> {
        let index = usize::try_from(id.entry).ok()?;
        let group = self
            .listing
            .groups()
            .iter()
            .find(|group| group.number == id.group)?;
        let read = self.files.get(&id.group)?;
        let (entry, format, keystore, file_findings) = match read {
            Read::Contents(contents) if id.is_file() => (
                locked_entry(group.lock.as_ref()?),
                Some(contents.format()),
                contents.keystore().cloned(),
                contents.findings().to_vec(),
            ),
            Read::Contents(contents) => (
                contents.entry(index, Some(now))?,
                Some(contents.format()),
                contents.keystore().cloned(),
                contents.findings().to_vec(),
            ),
            Read::Report(report, _) => (
                report.entries.get(index)?.clone(),
                Some(report.format),
                report.keystore.clone(),
                report.findings.clone(),
            ),
            Read::Unreadable { problem, size } => (
                unreadable_entry(problem.clone(), *size),
                None,
                None,
                Vec::new(),
            ),
        };
        let mut entry = entry;
        let neighbours = match self.links() {
            Some(links) => self.join(links, id, now, &mut entry, (read, group)),
            None => Self::neighbours(id, &entry, read, group),
        };
        let json = json::pretty(&entry);
        let (file_findings, archive_findings) = about(&entry, format, file_findings);
        let siblings = if id.is_file() {
            1
        } else {
            u32::try_from(group.rows.len()).unwrap_or(u32::MAX)
        };
        let source = group.name.clone();
        Some(Detail {
            id,
            source,
            format,
            siblings,
            keystore,
            entry,
            json,
            file_findings,
            archive_findings,
            neighbours,
        })
    }

    /// Adds what other files say of an entry, and what of theirs belongs to it.
    fn join(
        &self,
        links: &PileLinks,
        id: RowId,
        now: UnixTime,
        entry: &mut Entry,
        (read, group): (&Read, &ListingGroup),
    ) -> Vec<Neighbour> {
        let held = self.held();
        let Some((input, index)) = Held::find(&held, id) else {
            return Self::neighbours(id, entry, read, group);
        };
        let pile: Vec<&Contents> = held.iter().map(Held::contents).collect();
        let names: Vec<&str> = held.iter().map(|one| one.name).collect();
        links.join(&pile, &names, (input, index), Some(now), entry);
        let mut neighbours = Self::neighbours(id, entry, read, group);
        // Its own file tells of one issuer and one key, or of none.
        let of_one = [
            (links.issuer(input, index), Relation::Issuer),
            (links.private_key(input, index), Relation::PrivateKey),
        ];
        let of_one = of_one.into_iter().filter_map(|(place, relation)| {
            let known = |one: &Neighbour| one.relation == relation;
            place
                .filter(|_| !neighbours.iter().any(known))
                .map(|place| (place, relation))
        });
        let certificates = links.certificates(input, index).take(8);
        let certificates = certificates.map(|place| (place, Relation::Certificate));
        // A request belongs to its key, and a key to its request.
        let wanted = match entry.object {
            Object::CertificationRequest(_) => Some((RowKind::PrivateKey, Relation::PrivateKey)),
            Object::PrivateKey(_) => Some((RowKind::Request, Relation::Certificate)),
            _ => None,
        };
        let kind_of = |(input, index): (usize, usize)| {
            let one = held.get(input)?;
            let row = self.listing.row_of(one.place, one.row_id(index)?.entry)?;
            Some(row.kind)
        };
        let same_key: Vec<_> = links.same_key(input, index).take(8).collect();
        let requests = wanted.into_iter().flat_map(|(kind, relation)| {
            let of_kind = same_key
                .iter()
                .filter(|place| kind_of(**place) == Some(kind));
            let of_kind: Vec<_> = of_kind.map(|place| (*place, relation)).collect();
            of_kind
        });
        let related: Vec<_> = of_one.chain(certificates).chain(requests).collect();
        for ((input, index), relation) in related {
            let found = held.get(input).and_then(|one| {
                let id = one.row_id(index)?;
                Some((one, id, self.listing.row_of(one.place, id.entry)?))
            });
            let Some((one, other, row)) = found else {
                continue;
            };
            if other.group != id.group {
                neighbours.push(Neighbour {
                    id: other,
                    name: row.name.clone(),
                    kind: row.kind,
                    ca: row.ca,
                    relation,
                    source: Some(one.name.to_owned()),
                });
            }
        }
        neighbours
    }

    /// What in the same file belongs to an entry.
    fn neighbours(id: RowId, entry: &Entry, read: &Read, group: &ListingGroup) -> Vec<Neighbour> {
        let wanted: Vec<(&str, Relation)> = match &entry.object {
            Object::Certificate(certificate) => {
                let issuer = certificate
                    .chain
                    .as_ref()
                    .and_then(|chain| chain.issuer.as_deref());
                let key = certificate
                    .private_key
                    .as_ref()
                    .map(|key| key.entry.as_str());
                let issuer = issuer.map(|path| (path, Relation::Issuer));
                issuer
                    .into_iter()
                    .chain(key.map(|path| (path, Relation::PrivateKey)))
                    .collect()
            }
            Object::PrivateKey(key) => {
                let others = key.public_keys.iter();
                let all = key.certificates.iter().chain(others);
                all.map(|path| (path.as_str(), Relation::Certificate))
                    .collect()
            }
            Object::CertificationRequest(request) => {
                let key = request.private_key.as_ref();
                let key = key.map(|key| (key.entry.as_str(), Relation::PrivateKey));
                let all = request.certificates.iter();
                let all = all.map(|path| (path.as_str(), Relation::Certificate));
                key.into_iter().chain(all).collect()
            }
            _ => Vec::new(),
        };
        if wanted.is_empty() {
            return Vec::new();
        }
        wanted
            .into_iter()
            .filter_map(|(path, relation)| {
                let index = read.index_of(path)?;
                let row = group.rows.get(index)?;
                let id = RowId {
                    group: id.group,
                    entry: u32::try_from(index).ok()?,
                };
                Some(Neighbour {
                    id,
                    name: row.name.clone(),
                    kind: row.kind,
                    ca: row.ca,
                    relation,
                    source: None,
                })
            })
            .collect()
    }

    /// Counts up with every change of the list.
    pub(super) fn revision(&self) -> u64 {
        self.listing.revision()
    }

    /// What is on the pile, counted.
    pub(super) fn tally(&self, now: UnixTime) -> Tally {
        let mut first = None;
        let mut tally = Tally {
            revision: self.listing.revision(),
            chosen: self.listing.chosen(),
            ..Tally::default()
        };
        for group in self.listing.groups() {
            tally.files += u32::from(self.reading != Some(group.number));
            if group.lock.is_some() {
                tally.locked.push(group.number);
                for (count, (_, state)) in tally.states.iter_mut().zip(State::ALL) {
                    *count += u32::from(state.said().meets(Said::LOCKED));
                }
            }
            for (number, row) in group.rows.iter().enumerate() {
                tally.entries += 1;
                let worst = group.worst_of(number);
                let said = Said::of_row(row, worst, now);
                for (count, (_, state)) in tally.states.iter_mut().zip(State::ALL) {
                    *count += u32::from(state.said().meets(said));
                }
                if first != Some(RowKind::Certificate)
                    && (first.is_none() || row.kind == RowKind::Certificate)
                {
                    let entry = u32::try_from(number).unwrap_or(0);
                    tally.first = Some(RowId {
                        group: group.number,
                        entry,
                    });
                    first = Some(row.kind);
                }
                let level = crate::rows::level(row, worst, now);
                tally.attention += u32::from(matches!(level, Level::Now | Level::Soon));
            }
        }
        tally
    }
}

impl Read {
    /// What asks for action about the whole file, in two words.
    fn flaw(&self) -> Option<String> {
        let (format, findings) = self.findings()?;
        let legacy = findings.iter().any(is_legacy);
        let what = if format.is_archive() || format == Format::Text {
            "keystore"
        } else {
            format.name()
        };
        legacy.then(|| format!("legacy {what}"))
    }

    /// The same of the part of the file that an entry lies in.
    fn flaw_of(&self, entry: u32) -> Option<String> {
        let (_, findings) = self.findings()?;
        let parts = findings.iter().filter(|finding| is_legacy(finding));
        let mut parts = parts
            .filter_map(|finding| finding.whereabouts.as_deref())
            .peekable();
        parts.peek()?;
        let index = usize::try_from(entry).ok()?;
        let own = match self {
            Self::Contents(contents) => contents.whereabouts(index),
            Self::Report(report, _) => report.entries.get(index)?.whereabouts.as_ref(),
            Self::Unreadable { .. } => None,
        }?;
        parts
            .any(|part| own.lies_in(part))
            .then(|| "legacy keystore".to_owned())
    }

    /// What the file is, and what is odd about it.
    fn findings(&self) -> Option<(Format, &[Finding])> {
        match self {
            Self::Contents(contents) => Some((contents.format(), contents.findings())),
            Self::Report(report, _) => Some((report.format, &report.findings)),
            Self::Unreadable { .. } => None,
        }
    }

    /// The number of the entry with this path.
    fn index_of(&self, path: &str) -> Option<usize> {
        match self {
            Self::Contents(contents) => contents.position(path),
            Self::Report(report, _) => report.entries.iter().position(|entry| entry.path == path),
            Self::Unreadable { .. } => None,
        }
    }

    /// What is searched of each of its entries besides its row.
    fn texts(&self, count: usize) -> Vec<String> {
        match self {
            Self::Contents(contents) => (0..count)
                .map(|index| contents.entry(index, None))
                .map(|entry| entry.as_ref().map(fields::text).unwrap_or_default())
                .collect(),
            Self::Report(report, _) => report.entries.iter().map(fields::text).collect(),
            Self::Unreadable { problem, .. } => vec![problem.message.clone()],
        }
    }

    /// How bad the worst finding of an entry is.
    fn worst(&self, index: usize) -> Option<Severity> {
        match self {
            Self::Contents(contents) => contents.worst_alone(index),
            Self::Report(report, _) => {
                let findings = report.entries.get(index)?.findings.iter();
                let own = findings.filter(|finding| !finding.rests_on_others());
                own.map(|finding| finding.severity).min()
            }
            Self::Unreadable { .. } => None,
        }
    }
}

/// The prompt of a file that is not fully open.
fn lock_line(
    file: &NewFile,
    format: Format,
    lock: Lock,
    keystore: Option<&Keystore>,
    partly: bool,
) -> Option<LockLine> {
    if lock == Lock::Open {
        return None;
    }
    let seals = keystore.map_or(&[][..], |keystore| &keystore.seals);
    let rounds = seals.iter().filter_map(|seal| seal.rounds).max();
    let mut schemes = seals.iter().map(|seal| seal.algorithm.as_str());
    let facts = schemes
        .find(|scheme| !scheme.is_empty())
        .unwrap_or_default()
        .to_owned();
    let what = match keystore {
        // The archive itself, or a keystore in it.
        Some(_) if seals.iter().any(|seal| seal.what == "file") => {
            format!("Sealed {} archive", format.name())
        }
        Some(store) if !store.waiting.is_empty() => {
            let members: Vec<String> = store.waiting.iter().map(place).collect();
            format!("Keystore {}", members.join(", "))
        }
        Some(_) if format.is_archive() => format!("Keystore in a {} archive", format.name()),
        Some(_) => format!("{} keystore", format.name()),
        None => ENCRYPTED_KEY.to_owned(),
    };
    Some(LockLine {
        group: file.number,
        file: file.name.clone(),
        what,
        facts,
        rounds,
        flaw: None,
        partly,
        attempt: Attempt::None,
    })
}

/// Of a line, what depends on other entries.
fn tied(row: &Row) -> Row {
    Row {
        kind: row.kind,
        has_private_key: row.has_private_key,
        revoked: row.revoked,
        chain: row.chain,
        ..Row::default()
    }
}

fn is_legacy(finding: &Finding) -> bool {
    finding.id == "legacy-seal"
}

/// Of what is odd about a file as a whole: what is so about the part of it that an entry lies in, and what
/// is so about the archive around all of its parts.
fn about(
    entry: &Entry,
    format: Option<Format>,
    findings: Vec<Finding>,
) -> (Vec<Finding>, Vec<Finding>) {
    let own = entry.whereabouts.as_ref();
    let archive = format.is_some_and(Format::is_archive);
    let here = findings.into_iter().filter(|finding| {
        let part = finding.whereabouts.as_deref();
        part.is_none_or(|part| own.is_some_and(|own| own.lies_in(part)))
    });
    here.partition(|finding| !archive || finding.whereabouts.is_some())
}

/// Entries that have no name of their own are called by their number.
fn name_the_unreadable(rows: &mut [Row], before: usize) {
    for (number, row) in (before + 1..).zip(rows) {
        if row.kind == RowKind::Unreadable {
            row.name = format!("Entry {number}");
        }
    }
}

fn unreadable_row(file: &NewFile, problem: &Problem, size: u64) -> Row {
    let name = file.name.rsplit('/').next().unwrap_or(&file.name);
    Row {
        kind: RowKind::Unreadable,
        name: name.to_owned(),
        note: Some(in_short(problem, size)),
        ..Row::default()
    }
}

/// Why a file cannot be read, in the few words that a row has room for.
fn in_short(problem: &Problem, size: u64) -> String {
    match problem.code.as_str() {
        "empty" => "the file is empty".to_owned(),
        "truncated" => format!("it ends too early, after {}", format::size(size)),
        "unrecognised" => match problem.message.split_once("found what ") {
            Some((_, looks)) => looks.split(" (byte").next().unwrap_or(looks).to_owned(),
            None => "of no known kind".to_owned(),
        },
        _ => problem.message.clone(),
    }
}

/// What is known of a file before its password is.
fn locked_entry(lock: &LockLine) -> Entry {
    let rounds = lock.rounds.map(|rounds| format!("{rounds} rounds"));
    let facts = [Some(lock.facts.clone()), rounds, lock.flaw.clone()];
    let facts = facts.into_iter().flatten().filter(|fact| !fact.is_empty());
    let other = Other {
        what: lock.what.clone(),
        facts: facts.collect(),
    };
    lone_entry(Object::Other(other), 0)
}

fn unreadable_entry(mut problem: Problem, size: u64) -> Entry {
    problem.message = capitalised(&problem.message);
    lone_entry(Object::Unreadable(problem), size)
}

/// An entry that stands for a whole file.
fn lone_entry(object: Object, size: u64) -> Entry {
    Entry {
        path: String::new(),
        alias: None,
        keystore: None,
        trust: None,
        place: Place {
            form: PlaceForm::Der,
            start: 0,
            end: size,
        },
        whereabouts: None,
        object,
        findings: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use certlens_core::{Options, open};

    use super::*;
    use crate::protocol::NewFile;
    use crate::rows::RowQuery;
    use crate::worker::reading::Reading;

    const CHAIN: &str = include_str!("../../examples/chain.pem");

    /// Two Secrets whose entries have the same names.
    fn secrets() -> Pile {
        let block = CHAIN.split_inclusive("-----END CERTIFICATE-----").next();
        let block = block.expect("a certificate").trim().replace('\n', "\n    ");
        let secret = |name: &str| {
            format!(
                "kind: Secret\nmetadata:\n  name: {name}\n  namespace: shop\nstringData:\n  tls.crt: |\n    {block}\n"
            )
        };
        let text = format!("{}---\n{}", secret("web-tls"), secret("api-tls"));
        let mut pile = Pile::default();
        pile.put(Reading {
            file: NewFile {
                number: 0,
                name: "secrets.yaml".to_owned(),
            },
            size: 0,
            result: Ok(open(text.as_bytes(), &Options::default()).expect("opens")),
        });
        pile.settle(UnixTime::from_seconds(0));
        pile
    }

    #[test]
    fn an_entry_is_found_by_the_name_of_its_secret() {
        let mut pile = secrets();
        let mut found = |search: &str| {
            let window = pile.window(&WindowRequest {
                query: RowQuery {
                    search: search.to_owned(),
                    ..RowQuery::default()
                },
                from: 0,
                count: 10,
                now: UnixTime::from_seconds(0),
            });
            let entries = window.lines.iter().filter_map(|line| match line {
                Line::Entry(row) => Some(row.id.entry),
                _ => None,
            });
            entries.collect::<Vec<u32>>()
        };
        assert_eq!(found(""), [0, 1]);
        assert_eq!(found("web-tls"), [0]);
        assert_eq!(found("shop/api-tls"), [1]);
        assert_eq!(found("other-tls"), [0_u32; 0]);
    }
}
