//! What is known of every file, and how the folders are walked again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::hash::BuildHasherDefault;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use certlens_core::UnixTime;

use super::cache::{Cache, Input, Output};
use super::reader::{Content, Reader, is_wanted};
use super::row::{AsItIs, Id, Row};
use super::settings::{self, Passwords, Settings, Store, rank};
use crate::files::{self, Stamp};
use crate::watch::{Changed, Watch};

/// The folders of the stores, and what their files are read with.
pub(super) struct Sources {
    pub(super) root: PathBuf,
    pub(super) settings: Settings,
    pub(super) reader: Reader,
    pub(super) progress: Progress,
}

impl Sources {
    /// The store in this folder, or what is wrong with its settings, in one clause. Blocks.
    pub(super) fn store(&self, name: &str) -> Result<Arc<Store>, String> {
        self.settings.store(&self.root, name, &self.reader.host_key)
    }

    fn passwords(&self, name: &str) -> Option<Passwords> {
        let store = self.store(name);
        store.map(|store| store.passwords.clone()).ok()
    }
}

/// How far reading is.
#[derive(Default)]
pub(crate) struct Progress {
    /// Files that were read since the start.
    pub(crate) read: AtomicU64,
    /// Files that are known to have changed, or to be new, and are still to be read.
    pub(crate) waiting: AtomicU64,
}

impl Progress {
    /// What is being done, in one clause.
    pub(crate) fn told(&self) -> String {
        let read = self.read.load(Ordering::Relaxed);
        let waiting = self.waiting.load(Ordering::Relaxed);
        if waiting == 0 {
            return "the files of iis are being looked at".to_owned();
        }
        let (total, share) = (read + waiting, percent(read, read + waiting));
        format!("the files of iis are being read: {read} of {total} ({share} %)")
    }
}

/// All folders as one walk found them. Never changes; the next one takes its place.
pub(super) struct Snapshot {
    /// When every file was looked at last, or began to be.
    pub(super) looked: Instant,
    /// How long it took to look at every file, reading aside.
    pub(super) walk: Duration,
    /// Tells of changes, with how many were told before. `None` where nothing does.
    pub(super) watch: Option<(Arc<Watch>, u64)>,
    /// Whether every file was read.
    pub(super) complete: bool,
    stamp: Option<Stamp>,
    pub(super) folders: Vec<Folder>,
}

/// One folder as a walk found it.
#[derive(Clone)]
pub(super) struct Folder {
    pub(super) name: String,
    stamp: Option<Stamp>,
    /// The passwords that its files were opened with; `None` where its settings could not be read.
    passwords: Option<Passwords>,
    /// What its files hold, or why there is no telling.
    pub(super) rows: Result<Arc<Rows>, String>,
}

/// The certificates of one store, in the order of its files.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) all: Vec<Arc<Row>>,
    places: HashMap<Id, u32, BuildHasherDefault<AsItIs>>,
    /// The other files of those that stand in several.
    elsewhere: HashMap<Id, Vec<Arc<str>>, BuildHasherDefault<AsItIs>>,
    /// When each ends, and its place: those that end first stand first.
    ends: OnceLock<Vec<(i64, u32)>>,
}

impl Rows {
    /// The certificate with this identifier.
    pub(super) fn find(&self, id: Id) -> Option<&Arc<Row>> {
        self.at(*self.places.get(&id)?)
    }

    fn at(&self, place: u32) -> Option<&Arc<Row>> {
        self.all.get(usize::try_from(place).ok()?)
    }

    /// Every file that holds the certificate with this identifier.
    fn files_of(&self, id: Id) -> BTreeSet<&Arc<str>> {
        let own = self.find(id).map(|row| &row.file);
        let others = self.elsewhere.get(&id).into_iter().flatten();
        own.into_iter().chain(others).collect()
    }

    /// How many end before this.
    pub(crate) fn ending_before(&self, time: UnixTime) -> usize {
        self.ends()
            .partition_point(|(end, _)| *end < time.seconds())
    }

    /// Those that have not ended before this, the next to end first.
    pub(crate) fn next_to_end(&self, time: UnixTime) -> impl Iterator<Item = &Arc<Row>> {
        let next = self.ends().get(self.ending_before(time)..);
        let next = next.unwrap_or_default().iter();
        next.filter_map(|(_, place)| self.at(*place))
    }

    /// Sorted when somebody first asks, which takes a moment where there are many.
    fn ends(&self) -> &[(i64, u32)] {
        self.ends.get_or_init(|| {
            let ends = self.all.iter().zip(0..);
            let ends = ends.filter_map(|(row, at)| Some((row.not_after()?.seconds(), at)));
            let mut ends: Vec<_> = ends.collect();
            ends.sort_unstable();
            ends
        })
    }

    /// Puts the rows of all files in order. A store holds a certificate once; the file with its key
    /// tells more.
    fn of(files: &[File]) -> Self {
        let mut rows = Self::default();
        rows.all.reserve(files.len());
        rows.places.reserve(files.len());
        for row in files.iter().flat_map(|file| &file.rows) {
            match rows.places.get(&row.id) {
                None => {
                    let Ok(place) = u32::try_from(rows.all.len()) else {
                        break;
                    };
                    rows.places.insert(row.id, place);
                    rows.all.push(Arc::clone(row));
                }
                Some(place) => {
                    let place = usize::try_from(*place).unwrap_or(usize::MAX);
                    let mut other = Arc::clone(row);
                    if let Some(known) = rows.all.get_mut(place)
                        && !known.has_private_key()
                    {
                        std::mem::swap(known, &mut other);
                    }
                    let elsewhere = rows.elsewhere.entry(row.id).or_default();
                    elsewhere.push(Arc::clone(&other.file));
                }
            }
        }
        rows.all.shrink_to_fit();
        rows.places.shrink_to_fit();
        rows
    }
}

impl Snapshot {
    /// Whether something changed since, as the kernel tells it. `None` where it does not.
    pub(super) fn is_told(&self) -> Option<bool> {
        let (watch, changes) = self.watch.as_ref()?;
        Some(watch.changes() != *changes)
    }

    /// Whether a folder, a name in one, or the passwords of one changed since. Looks at the folders
    /// themselves, not at their files.
    pub(super) fn is_outdated(&self, sources: &Sources) -> bool {
        stamp(&sources.root) != self.stamp
            || self.folders.iter().any(|folder| {
                stamp(&sources.root.join(&folder.name)) != folder.stamp
                    || sources
                        .store(&folder.name)
                        .is_ok_and(|store| Some(&store.passwords) != folder.passwords.as_ref())
            })
    }
}

/// What is known of every file.
pub(super) struct Index {
    folders: HashMap<String, Known>,
    cache: Cache,
    /// Whether more is known than is in the cache.
    news: bool,
    /// What was found last.
    last: Last,
}

struct Last {
    looked: Instant,
    walk: Duration,
    watch: Option<(Arc<Watch>, u64)>,
    stamp: Option<Stamp>,
    folders: Vec<Folder>,
}

struct Known {
    passwords: Passwords,
    files: Vec<File>,
    rows: Arc<Rows>,
    /// Whether the rows are no longer those of the files.
    changed: bool,
}

/// One file.
struct File {
    name: Arc<str>,
    stamp: Stamp,
    /// Whether a later change would show in the stamp. Where it might not, the octets are compared.
    settled: bool,
    digest: Option<u64>,
    rows: Box<[Arc<Row>]>,
}

/// A file that holds a certificate.
pub(super) struct Holding {
    pub(super) name: Arc<str>,
    pub(super) stamp: Stamp,
    /// Whether it holds others, too.
    pub(super) others: bool,
}

/// What a walk looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// What the kernel told of; everything where it could not.
    Told,
    Everything,
}

/// What becomes of the files that are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Others {
    Stay,
    AreGone,
}

impl Index {
    pub(super) fn new(cache: Cache) -> Self {
        Self {
            folders: HashMap::new(),
            cache,
            news: false,
            last: Last {
                looked: Instant::now(),
                walk: Duration::ZERO,
                watch: None,
                stamp: None,
                folders: Vec::new(),
            },
        }
    }

    /// A certificate of a store.
    pub(super) fn find(&self, store: &str, id: Id) -> Option<Arc<Row>> {
        self.folders.get(store)?.rows.find(id).cloned()
    }

    /// The files of a store that hold this certificate.
    pub(super) fn holding(&self, store: &str, id: Id) -> Vec<Holding> {
        let Some(known) = self.folders.get(store) else {
            return Vec::new();
        };
        let files = known.rows.files_of(id).into_iter();
        files
            .filter_map(|name| known.file(name))
            .map(|file| Holding {
                name: Arc::clone(&file.name),
                stamp: file.stamp.clone(),
                others: file.rows.iter().any(|row| row.id != id),
            })
            .collect()
    }

    /// What was known when the server ran last; `None` where that cannot be told. Blocks.
    pub(super) fn recall(&mut self, sources: &Sources) -> Option<Snapshot> {
        let begun = Instant::now();
        let key = self.cache.key();
        let read = self.cache.read(&sources.reader.texts, |input| {
            let mut folders = HashMap::new();
            while input.octet()? != 0 {
                let name = input.text()?;
                let tag: [u8; 32] = input.octets()?;
                let files = read_files(input)?;
                // Other passwords may open other files.
                if let Some(passwords) = sources.passwords(&name)
                    && passwords.tag(key) == tag
                {
                    folders.insert(name, Known::new(passwords, files));
                }
            }
            Ok(folders)
        });
        match read {
            Ok(Some(folders)) => self.folders = folders,
            Ok(None) => return None,
            Err(error) => {
                tracing::warn!("Left the index of the stores out, and read the files: {error}");
                return None;
            }
        }
        let files: usize = self.folders.values().map(|known| known.files.len()).sum();
        let duration_ms = millis(begun.elapsed());
        tracing::info!(
            files,
            duration_ms,
            "Read the index of the stores: {files} files"
        );
        let names = folders(&sources.root).into_iter();
        self.last.folders = names
            .map(|name| Folder {
                rows: Ok(Arc::default()),
                stamp: None,
                passwords: None,
                name,
            })
            .collect();
        Some(self.snapshot(false))
    }

    /// Keeps what is known for the next start, if there is news and it costs next to nothing. Blocks.
    pub(super) fn keep(&mut self) {
        if !self.news || !self.cache.is_due() {
            return;
        }
        // Where it cannot be written, the next change tries again.
        self.news = false;
        let key = self.cache.key();
        let folders = self.folders.iter();
        let folders = folders.map(|(name, known)| (name, known, known.passwords.tag(key)));
        let folders: Vec<_> = folders.collect();
        let begun = Instant::now();
        let written = self.cache.write(|out| {
            for (name, known, tag) in folders {
                out.octet(1)?;
                out.text(name)?;
                out.octets(&tag)?;
                write_files(&known.files, out)?;
            }
            out.octet(0)
        });
        let duration_ms = millis(begun.elapsed());
        match written {
            Ok(()) => tracing::debug!(duration_ms, "Wrote the index of the stores"),
            Err(error) => tracing::warn!("Cannot write the index of the stores: {error}"),
        }
    }

    /// Walks the folders, and reads the files that changed. Where that takes long, what is known meanwhile
    /// is shown. Blocks.
    pub(super) fn walk(
        &mut self,
        scope: Scope,
        sources: &Sources,
        show: &dyn Fn(Snapshot),
    ) -> Snapshot {
        let unread = match scope {
            Scope::Told => self.follow(sources),
            Scope::Everything => None,
        };
        let unread = unread.unwrap_or_else(|| self.look(sources));
        self.read(unread, sources, show);
        let snapshot = self.snapshot(true);
        sources.reader.texts.sweep();
        snapshot
    }

    /// Looks at the names that the kernel tells of; answers which files are to be read. `None` where it is
    /// not enough to look at these.
    fn follow(&mut self, sources: &Sources) -> Option<Vec<(Arc<Store>, Vec<usize>)>> {
        let (watch, seen) = self.last.watch.as_mut()?;
        let (changes, Changed::Names(told)) = watch.take() else {
            return None;
        };
        *seen = changes;
        let is_same = |folder: &Folder| {
            let is_told = told.contains_key(&folder.name);
            sources.passwords(&folder.name) == folder.passwords && (folder.rows.is_ok() || !is_told)
        };
        if !self.last.folders.iter().all(is_same) {
            return None;
        }
        let mut unread = Vec::new();
        for (name, names) in told {
            let (store, known) = (sources.store(&name).ok()?, self.folders.get_mut(&name)?);
            let listed = look_at(&sources.root.join(&name), names);
            let (places, news) = known.merge(listed, Others::Stay);
            self.news |= news;
            if FILES_AT_MOST <= known.files.len() {
                return None;
            }
            unread.push((store, places));
        }
        Some(unread)
    }

    /// Looks at every file; answers which are to be read.
    fn look(&mut self, sources: &Sources) -> Vec<(Arc<Store>, Vec<usize>)> {
        let looked = Instant::now();
        let root = &sources.root;
        let stamp_of_root = stamp(root);
        let mut names = folders(root);
        // Watched first, then looked at: what changes in between is told.
        let watch = loop {
            let watch = watch(root, &names);
            let now = folders(root);
            if now == names {
                break watch.map(|watch| (Arc::new(watch), 0));
            }
            names = now;
        };
        sources.settings.keep(&names);
        let before = self.folders.len();
        self.folders.retain(|name, _| names.contains(name));
        self.news |= self.folders.len() != before;
        let (mut found, mut unread) = (Vec::new(), Vec::new());
        let mut walk = Duration::ZERO;
        for name in names {
            let folder = root.join(&name);
            let stamp = stamp(&folder);
            let listing = Instant::now();
            let listed = list(&folder);
            walk += listing.elapsed();
            let store = sources.store(&name);
            let passwords = store.as_ref().map(|store| store.passwords.clone()).ok();
            let rows = match (listed, store) {
                (Ok(listed), Ok(store)) => {
                    unread.push((Arc::clone(&store), self.compare(&store, listed)));
                    Ok(Arc::default())
                }
                (Err(why), _) => {
                    tracing::error!(store = name, "Cannot list the folder: {why}");
                    Err(format!("{name}: {why}"))
                }
                (_, Err(why)) => {
                    tracing::error!(store = name, "Cannot read the settings: {why}");
                    Err(why)
                }
            };
            found.push(Folder {
                name,
                stamp,
                passwords,
                rows,
            });
        }
        self.last = Last {
            looked,
            walk,
            watch,
            stamp: stamp_of_root,
            folders: found,
        };
        unread
    }

    /// Compares all files of a store with what is known of them; answers which are to be read.
    fn compare(&mut self, store: &Store, listed: Vec<Listed>) -> Vec<usize> {
        let fresh = || Known::new(store.passwords.clone(), Vec::new());
        let known = self.folders.entry(store.name.clone());
        let known = known.or_insert_with(fresh);
        // Other passwords may open what stayed shut, and shut what was open.
        if known.passwords != store.passwords {
            known.passwords = store.passwords.clone();
            for file in &mut known.files {
                (file.settled, file.digest) = (false, None);
            }
            self.news = true;
        }
        let (places, news) = known.merge(listed, Others::AreGone);
        self.news |= news;
        places
    }

    fn read(
        &mut self,
        unread: Vec<(Arc<Store>, Vec<usize>)>,
        sources: &Sources,
        show: &dyn Fn(Snapshot),
    ) {
        let waiting = &sources.progress.waiting;
        let total: usize = unread.iter().map(|(_, places)| places.len()).sum();
        waiting.store(total as u64, Ordering::Relaxed);
        let begun = Instant::now();
        let (mut shown, mut took, mut told) = (begun, Duration::ZERO, begun);
        for (store, places) in unread {
            let folder = folder(&sources.root, &store);
            let mut rest = places.as_slice();
            while let Some(known) = self.folders.get_mut(&store.name)
                && !rest.is_empty()
            {
                // What is written while it is read is newer than this.
                let now = SystemTime::now();
                let contents = read_some(&folder, &store, &known.files, rest, sources);
                rest = rest.get(contents.len()..).unwrap_or_default();
                for (place, content) in contents {
                    self.news |= known.apply(place, content, now);
                }
                if SHOWN.max(took * SHOWN_APART) < shown.elapsed() {
                    let showing = Instant::now();
                    show(self.snapshot(false));
                    self.keep();
                    (shown, took) = (Instant::now(), showing.elapsed());
                }
                if TOLD < told.elapsed() {
                    let done = total as u64 - waiting.load(Ordering::Relaxed);
                    let share = percent(done, total as u64);
                    tracing::info!(
                        done,
                        total,
                        "Read {done} of {total} files of the stores ({share} %)"
                    );
                    told = Instant::now();
                }
            }
        }
        waiting.store(0, Ordering::Relaxed);
        if SHOWN < begun.elapsed() {
            let duration_ms = millis(begun.elapsed());
            tracing::info!(total, duration_ms, "Read {total} files of the stores");
        }
    }

    fn snapshot(&mut self, complete: bool) -> Snapshot {
        for folder in &mut self.last.folders {
            if let Some(known) = self.folders.get_mut(&folder.name)
                && folder.rows.is_ok()
            {
                folder.rows = Ok(known.rows());
            }
        }
        Snapshot {
            looked: self.last.looked,
            walk: self.last.walk,
            watch: self.last.watch.clone(),
            complete,
            stamp: self.last.stamp.clone(),
            folders: self.last.folders.clone(),
        }
    }
}

impl Known {
    fn new(passwords: Passwords, files: Vec<File>) -> Self {
        Self {
            passwords,
            files,
            rows: Arc::default(),
            changed: true,
        }
    }

    /// The file of this name.
    fn file(&self, name: &str) -> Option<&File> {
        let place = self.files.binary_search_by(|file| (*file.name).cmp(name));
        self.files.get(place.ok()?)
    }

    /// Makes the files those that are listed; answers the places of those that are to be read, and whether
    /// there is any news.
    fn merge(&mut self, listed: Vec<Listed>, others: Others) -> (Vec<usize>, bool) {
        let others_at_most = match others {
            Others::Stay => self.files.len(),
            Others::AreGone => 0,
        };
        let mut files = Vec::with_capacity(others_at_most + listed.len());
        let (mut unread, mut gone, mut news) = (Vec::new(), Vec::new(), false);
        let mut old = std::mem::take(&mut self.files).into_iter().peekable();
        for Listed { name, stamp } in listed {
            while let Some(other) = old.next_if(|file| *file.name < *name) {
                match others {
                    Others::Stay => files.push(other),
                    Others::AreGone => gone.push(other),
                }
            }
            let known = old.next_if(|file| *file.name == *name);
            let Some(stamp) = stamp else {
                gone.extend(known);
                continue;
            };
            let is_known = |known: &File| known.stamp == stamp;
            news |= !known.as_ref().is_some_and(is_known);
            if !known
                .as_ref()
                .is_some_and(|one| one.settled && is_known(one))
            {
                unread.push(files.len());
            }
            files.push(match known {
                Some(known) => File { stamp, ..known },
                None => File {
                    name: name.into(),
                    stamp,
                    settled: false,
                    digest: None,
                    rows: Box::default(),
                },
            });
        }
        match others {
            Others::Stay => files.extend(old),
            Others::AreGone => gone.extend(old),
        }
        self.files = files;
        self.changed |= gone.iter().any(|file| !file.rows.is_empty());
        (unread, news || !gone.is_empty())
    }

    /// Takes over what was read of a file; answers whether that is news.
    fn apply(&mut self, place: usize, content: Content, now: SystemTime) -> bool {
        let Some(file) = self.files.get_mut(place) else {
            return false;
        };
        let was_settled = file.settled;
        file.settled = content.digest.is_some() && file.stamp.is_settled(now);
        file.digest = content.digest;
        let mut changed = false;
        if let Some(rows) = content.rows {
            changed = !(rows.is_empty() && file.rows.is_empty());
            file.rows = rows;
        }
        self.changed |= changed;
        changed || file.settled != was_settled
    }

    fn rows(&mut self) -> Arc<Rows> {
        if self.changed {
            self.rows = Arc::new(Rows::of(&self.files));
            self.changed = false;
        }
        Arc::clone(&self.rows)
    }
}

/// Reads some of the files at these places, from the first on, on as many threads as there are processors.
fn read_some(
    folder: &Path,
    store: &Store,
    files: &[File],
    unread: &[usize],
    sources: &Sources,
) -> Vec<(usize, Content)> {
    let (begun, next) = (Instant::now(), AtomicUsize::new(0));
    let work = || {
        let mut done = Vec::new();
        // Whatever a thread takes it reads, so that those at the end are the only ones left.
        while begun.elapsed() < SHOWN
            && let Some(&place) = unread.get(next.fetch_add(1, Ordering::Relaxed))
            && let Some(file) = files.get(place)
        {
            let content = sources.reader.read(folder, store, &file.name, file.digest);
            sources.progress.read.fetch_add(1, Ordering::Relaxed);
            sources.progress.waiting.fetch_sub(1, Ordering::Relaxed);
            done.push((place, content));
        }
        done
    };
    on_threads(unread.len(), &work)
}

/// Does work on as many threads as there are processors, or as this many files are worth.
fn on_threads<T: Send>(files: usize, work: &(impl Fn() -> Vec<T> + Sync)) -> Vec<T> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(files.div_ceil(FILES_PER_THREAD));
    if threads <= 1 {
        return work();
    }
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let done = threads.into_iter().filter_map(|thread| thread.join().ok());
        done.flatten().collect()
    })
}

fn write_files(files: &[File], out: &mut Output<'_>) -> io::Result<()> {
    out.length(files.len())?;
    for file in files {
        let stamp = file.stamp.numbers();
        out.text(&file.name)?;
        out.octet(u8::from(file.settled && stamp.is_some()))?;
        for number in stamp.unwrap_or_default() {
            out.number(number)?;
        }
        out.length(file.rows.len())?;
        file.rows.iter().try_for_each(|row| row.write(out))?;
    }
    Ok(())
}

fn read_files(input: &mut Input<'_>) -> io::Result<Vec<File>> {
    let read = |input: &mut Input<'_>| {
        let name: Arc<str> = input.text()?.into();
        let settled = input.octet()? != 0;
        let mut stamp = [0; 6];
        for number in &mut stamp {
            *number = input.number()?;
        }
        let stamp = Stamp::of_numbers(stamp);
        let stamp = stamp.ok_or_else(|| io::Error::other("a stamp is none"))?;
        let rows = (0..input.length()?).map(|_| Row::read(input, &name).map(Arc::new));
        Ok(File {
            rows: rows.collect::<io::Result<_>>()?,
            digest: None,
            settled,
            stamp,
            name,
        })
    };
    (0..input.length()?).map(|_| read(input)).collect()
}

/// The names of the folders that are stores, in their order.
fn folders(root: &Path) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::error!(path = %root.display(), "Cannot list the stores: {error}");
            }
            return names;
        }
    };
    for entry in entries.flatten() {
        if let Ok(name) = entry.file_name().into_string()
            && !name.starts_with('.')
            && entry.path().is_dir()
        {
            names.push(name);
        }
    }
    names.sort_by(|a, b| (rank(a), a).cmp(&(rank(b), b)));
    // Windows knows no two stores whose names differ in case only.
    let mut seen = HashSet::new();
    names.retain(|name| {
        let first = seen.insert(name.to_lowercase());
        if !first {
            tracing::warn!(store = name, "Left out: another store has this name");
        }
        first
    });
    names
}

/// A name, and the stamp of the file that has it, if one has.
struct Listed {
    name: String,
    stamp: Option<Stamp>,
}

/// The names of a folder that are still to be looked at.
struct Names {
    entries: fs::ReadDir,
    /// How many were taken.
    taken: usize,
    /// Why there is no telling, in one clause.
    failed: Option<String>,
}

impl Names {
    /// Some more names of certificate files; none where that were all.
    fn take_some(&mut self) -> Vec<String> {
        let mut names = Vec::with_capacity(LOOKS_AT_ONCE);
        while names.len() < LOOKS_AT_ONCE
            && self.failed.is_none()
            && let Some(entry) = self.entries.next()
        {
            match entry {
                Ok(entry) => {
                    let name = entry.file_name().into_string().ok();
                    names.extend(name.filter(|name| is_wanted(name)));
                }
                Err(error) => self.failed = Some(error.to_string()),
            }
        }
        self.taken += names.len();
        if FILES_AT_MOST <= self.taken {
            self.failed = Some(format!(
                "it holds more than {FILES_AT_MOST} certificate files"
            ));
        }
        names
    }
}

/// The certificate files of a folder with their stamps, by name; or why there is no telling, in one clause.
///
/// While one thread takes names out of the folder, the others look at the files.
fn list(folder: &Path) -> Result<Vec<Listed>, String> {
    let folder = files::Folder::open(folder).map_err(|error| error.to_string())?;
    let names = Mutex::new(Names {
        entries: folder.entries().map_err(|error| error.to_string())?,
        taken: 0,
        failed: None,
    });
    let take = || {
        let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
        Some(names.take_some()).filter(|names| !names.is_empty())
    };
    let look = |names: Vec<String>| {
        let folder = &folder;
        names.into_iter().map(|name| Listed {
            stamp: folder.stamp(&name),
            name,
        })
    };
    let first = take().unwrap_or_default();
    // Where these are all, no thread is worth starting.
    let rest = if first.len() < LOOKS_AT_ONCE {
        0
    } else {
        FILES_AT_MOST
    };
    let mut files: Vec<Listed> = look(first).collect();
    files.extend(on_threads(rest, &|| {
        let mut files: Vec<Listed> = std::iter::from_fn(take).flat_map(look).collect();
        files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        files
    }));
    if let Some(failed) = names
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .failed
    {
        return Err(failed);
    }
    // Parts that are in order already are merged.
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// As [`list`], for some names.
fn look_at(folder: &Path, names: BTreeSet<OsString>) -> Vec<Listed> {
    let folder = files::Folder::open(folder).ok();
    let names = names.into_iter().filter_map(|name| name.into_string().ok());
    let names = names.filter(|name| is_wanted(name));
    let look = |name: String| Listed {
        stamp: folder.as_ref().and_then(|folder| folder.stamp(&name)),
        name,
    };
    names.map(look).collect()
}

fn stamp(path: &Path) -> Option<Stamp> {
    fs::metadata(path).ok().map(|found| Stamp::of(&found))
}

/// Watches the folders, their settings, and the ways there. `None` where that cannot be done.
fn watch(root: &Path, folders: &[String]) -> Option<Watch> {
    let mut watch = Watch::new()?;
    watch.add(root)?;
    for name in folders {
        let path = root.join(name);
        // The settings may be a link that leads out of the folder.
        watch.add(&path.join(settings::STORE_FILE))?;
        watch.add_folder(&path, name)?;
    }
    Some(watch)
}

/// Where the files of a store are.
pub(super) fn folder(root: &Path, store: &Store) -> PathBuf {
    root.join(&store.name)
}

/// Rounded down: all of it is said when it is all.
fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(100)
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A thread is not worth starting for fewer.
const FILES_PER_THREAD: usize = 8;

/// Files that a thread looks at before it asks for more.
const LOOKS_AT_ONCE: usize = 512;

/// For how long files are read before what is known meanwhile is shown.
const SHOWN: Duration = Duration::from_secs(1);

/// Showing takes at most this part of the time.
const SHOWN_APART: u32 = 20;

/// How often the log tells how far reading is.
const TOLD: Duration = Duration::from_secs(10);

/// A folder that somebody fills without end does not fill the memory.
const FILES_AT_MOST: usize = 1 << 21;

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;
    use crate::host_key::HostKey;

    struct Folders {
        data: tempfile::TempDir,
        index: Index,
        sources: Sources,
    }

    impl Folders {
        fn new() -> Self {
            let data = tempfile::tempdir().unwrap();
            fs::create_dir_all(data.path().join("iis/My")).unwrap();
            Self::over(data)
        }

        fn over(data: tempfile::TempDir) -> Self {
            let host_key = HostKey::open(data.path()).unwrap();
            let cache = Cache::new(data.path().join("iis.index"), &host_key);
            let sources = Sources {
                root: data.path().join("iis"),
                settings: Settings::default(),
                reader: Reader {
                    host_key,
                    texts: super::super::row::Texts::default(),
                    hasher: RandomState::new(),
                },
                progress: Progress::default(),
            };
            Self {
                data,
                index: Index::new(cache),
                sources,
            }
        }

        /// Stops, and starts again over the same files.
        fn restart(mut self) -> Self {
            self.index.keep();
            Self::over(self.data)
        }

        fn read(&self) -> u64 {
            self.sources.progress.read.load(Ordering::Relaxed)
        }

        fn write(&self, name: &str, host: &str) {
            fs::write(self.path(name), certificate(host)).unwrap();
        }

        fn path(&self, name: &str) -> PathBuf {
            self.data.path().join("iis/My").join(name)
        }

        fn walk(&mut self) -> Arc<Rows> {
            self.walk_to(Scope::Everything)
        }

        fn walk_to(&mut self, scope: Scope) -> Arc<Rows> {
            let snapshot = self.index.walk(scope, &self.sources, &|_| {});
            assert!(snapshot.complete);
            Arc::clone(snapshot.folders[0].rows.as_ref().unwrap())
        }

        fn subjects(&mut self) -> Vec<String> {
            let fields = certlens_dialect::iis::Fields::All;
            let rows = self.walk();
            let shown = rows.all.iter().map(|row| row.show(&fields, false));
            shown.map(|one| one.subject.unwrap()).collect()
        }
    }

    fn certificate(host: &str) -> Vec<u8> {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, host);
        params.self_signed(&key).unwrap().der().to_vec()
    }

    /// Gives a file a content of the same size and the times that it had.
    fn replace_behind_its_stamp(path: &Path, content: &[u8]) {
        let before = fs::metadata(path).unwrap();
        let file = fs::File::options().write(true).open(path).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, content, 0).unwrap();
        file.set_modified(before.modified().unwrap()).unwrap();
    }

    #[test]
    fn a_walk_without_changes_hands_out_the_very_same_rows() {
        let mut folders = Folders::new();
        for name in ["b.cer", "a.cer", "c.cer"] {
            folders.write(name, name);
        }
        let first = folders.walk();
        assert!(Arc::ptr_eq(&first, &folders.walk()));
        assert_eq!(folders.subjects(), ["CN=a.cer", "CN=b.cer", "CN=c.cer"]);
    }

    #[test]
    fn only_what_changed_is_made_anew() {
        let mut folders = Folders::new();
        for name in ["a.cer", "b.cer", "c.cer"] {
            folders.write(name, name);
        }
        let first = folders.walk();
        folders.write("b.cer", "other");
        fs::remove_file(folders.path("c.cer")).unwrap();
        folders.write("d.cer", "d.cer");
        let second = folders.walk();
        assert!(Arc::ptr_eq(&first.all[0], &second.all[0]));
        assert_eq!(folders.subjects(), ["CN=a.cer", "CN=other", "CN=d.cer"]);
    }

    #[cfg(unix)]
    #[test]
    fn an_edit_in_place_within_one_tick_of_the_clock_is_noticed() {
        let mut folders = Folders::new();
        folders.write("a.cer", "before");
        folders.walk();
        let file = &folders.index.folders["My"].files[0];
        assert!(!file.settled, "it was written just now");
        let path = folders.path("a.cer");
        let (size, mut other) = (fs::metadata(&path).unwrap().len(), Vec::new());
        while other.len() as u64 != size {
            other = certificate("behind");
        }
        replace_behind_its_stamp(&path, &other);
        // As if the clock of the file system had not moved on since: the stamp is that of the new content.
        let stamp = stamp(&path).unwrap();
        folders.index.folders.get_mut("My").unwrap().files[0].stamp = stamp;
        assert_eq!(folders.subjects(), ["CN=behind"]);
    }

    impl Folders {
        /// Walks until a later change of any file would show in its stamp.
        fn settle(&mut self) {
            let begun = Instant::now();
            while !self.index.folders["My"]
                .files
                .iter()
                .all(|file| file.settled)
            {
                assert!(
                    begun.elapsed() < Duration::from_secs(30),
                    "they do not settle"
                );
                thread::sleep(Duration::from_millis(50));
                self.walk();
            }
        }

        fn cache(&self) -> PathBuf {
            self.data.path().join("iis.index")
        }
    }

    #[test]
    fn a_restart_reads_what_changed_meanwhile_and_nothing_else() {
        let mut folders = Folders::new();
        fs::write(folders.path("store.toml"), "passwords = ['x']").unwrap();
        for name in ["a.cer", "b.cer", "c.cer", "none.cer"] {
            folders.write(name, name);
        }
        fs::write(folders.path("none.cer"), "nothing").unwrap();
        folders.walk();
        folders.settle();
        let shown = |rows: &Rows| -> Vec<_> {
            let all = certlens_dialect::iis::Fields::All;
            let shown = rows.all.iter().map(|row| row.show(&all, true));
            shown
                .map(|one| serde_json::to_string(&one).unwrap())
                .collect()
        };
        let before = shown(&folders.walk());

        let mut folders = folders.restart();
        let recalled = folders.index.recall(&folders.sources).unwrap();
        assert!(!recalled.complete, "no file was looked at");
        assert_eq!(shown(recalled.folders[0].rows.as_ref().unwrap()), before);
        assert_eq!(shown(&folders.walk()), before);
        assert_eq!(folders.read(), 0);

        let folders = folders.restart();
        folders.write("b.cer", "changed");
        fs::remove_file(folders.path("c.cer")).unwrap();
        folders.write("d.cer", "d.cer");
        let mut folders = folders.restart();
        folders.index.recall(&folders.sources).unwrap();
        assert_eq!(folders.subjects(), ["CN=a.cer", "CN=changed", "CN=d.cer"]);
        assert_eq!(folders.read(), 2);
    }

    #[test]
    fn what_was_written_just_before_the_end_is_read_again() {
        let mut folders = Folders::new();
        folders.write("a.cer", "a");
        folders.walk();
        let mut folders = folders.restart();
        folders.index.recall(&folders.sources).unwrap();
        folders.walk();
        assert_eq!(folders.read(), 1);
    }

    /// A way in which a file is spoilt: what it is called, and what does it.
    type Way<'a> = (&'a str, &'a dyn Fn(&Folders));

    #[test]
    fn other_passwords_or_keys_and_damage_make_the_index_anew() {
        let mut folders = Folders::new();
        folders.write("a.cer", "a");
        folders.walk();
        folders.settle();
        folders.index.keep();
        let whole = fs::read(folders.cache()).unwrap();
        let middle = whole.len() / 2;
        let flipped = whole.iter().enumerate();
        let flipped = flipped.map(|(at, octet)| octet ^ u8::from(at == middle));
        let host_key = fs::read(folders.data.path().join("host.key")).unwrap();
        let ways: [Way<'_>; 7] = [
            ("gone", &|folders| fs::remove_file(folders.cache()).unwrap()),
            ("empty", &|folders| fs::write(folders.cache(), "").unwrap()),
            ("cut off", &|folders| {
                fs::write(folders.cache(), &whole[..middle]).unwrap();
            }),
            ("damaged", &|folders| {
                fs::write(folders.cache(), flipped.clone().collect::<Vec<_>>()).unwrap();
            }),
            ("of another version", &|folders| {
                let text = String::from_utf8_lossy(&whole[..40]).replace("index 1", "index 0");
                let other = [text.as_bytes(), &whole[40..]].concat();
                fs::write(folders.cache(), other).unwrap();
            }),
            ("with another key", &|folders| {
                fs::remove_file(folders.data.path().join("host.key")).unwrap();
            }),
            ("with another password", &|folders| {
                fs::write(folders.path("store.toml"), "passwords = ['y']").unwrap();
            }),
        ];
        for (way, spoil) in ways {
            fs::write(folders.cache(), &whole).unwrap();
            fs::write(folders.data.path().join("host.key"), &host_key).unwrap();
            spoil(&folders);
            folders = Folders::over(folders.data);
            folders.index.recall(&folders.sources);
            assert_eq!(folders.subjects(), ["CN=a"], "{way}");
            assert_eq!(folders.read(), 1, "{way}");
        }
    }

    #[test]
    fn no_password_stands_in_the_index() {
        let mut folders = Folders::new();
        fs::write(folders.path("store.toml"), "passwords = ['planted-secret']").unwrap();
        folders.write("a.cer", "a");
        folders.walk();
        folders.index.keep();
        let octets = fs::read(folders.cache()).unwrap();
        assert!(octets.windows(4).any(|at| at == b"CN=a"));
        assert!(!octets.windows(14).any(|at| at == b"planted-secret"));
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(folders.cache()).unwrap().permissions()
            ) & 0o777,
            0o600
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_kernel_tells_of_is_looked_at_and_nothing_else() {
        let mut folders = Folders::new();
        for name in ["a.cer", "b.cer", "c.cer", "d.cer"] {
            folders.write(name, name);
        }
        folders.walk();
        let before = folders.read();
        let same = folders.walk_to(Scope::Told);
        assert_eq!(folders.read(), before, "although none is settled");
        folders.write("b.cer", "changed");
        fs::remove_file(folders.path("c.cer")).unwrap();
        fs::rename(folders.path("a.cer"), folders.path("e.cer")).unwrap();
        fs::write(folders.path("notes.txt"), "").unwrap();
        let rows = folders.walk_to(Scope::Told);
        assert_eq!(folders.read(), before + 2);
        assert!(Arc::ptr_eq(&same.all[3], &rows.all[1]));
        let told = folders.index.last.watch.clone().unwrap();
        let overflow = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
        let names = [folders.path("x"), folders.path("y")];
        fs::write(&names[0], "").unwrap();
        for at in 0..=overflow.trim().parse::<usize>().unwrap() / 2 {
            fs::rename(&names[at % 2], &names[(at + 1) % 2]).unwrap();
        }
        folders.write("f.cer", "after more than the kernel keeps");
        folders.walk_to(Scope::Told);
        assert!(!Arc::ptr_eq(
            &told.0,
            &folders.index.last.watch.as_ref().unwrap().0
        ));
        let subjects: Vec<_> = folders.subjects();
        let last = "CN=after more than the kernel keeps";
        assert_eq!(subjects, ["CN=changed", "CN=d.cer", "CN=a.cer", last]);
    }

    #[test]
    fn certificates_are_found_by_when_they_end() {
        let mut folders = Folders::new();
        let key = rcgen::KeyPair::generate().unwrap();
        for (name, year) in [("a.cer", 2031), ("b.cer", 2029), ("c.cer", 2030)] {
            let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(year, 1, 1);
            fs::write(folders.path(name), params.self_signed(&key).unwrap().der()).unwrap();
        }
        let rows = folders.walk();
        let time = UnixTime::parse("2029-06-01T00:00:00Z").unwrap();
        assert_eq!(rows.ending_before(time), 1);
        let next: Vec<_> = rows.next_to_end(time).map(|row| &*row.file).collect();
        assert_eq!(next, ["c.cer", "a.cer"]);
    }

    #[test]
    fn a_folder_of_many_files_is_listed_whole_and_in_order() {
        let mut folders = Folders::new();
        let count = 3 * LOOKS_AT_ONCE + 1;
        for at in 0..count {
            let name = format!("{}.cer", at * 7919 % count);
            fs::write(folders.path(&name), "").unwrap();
        }
        fs::create_dir(folders.path("folder.cer")).unwrap();
        let mut expected: Vec<_> = (0..count).map(|at| format!("{at}.cer")).collect();
        expected.push("folder.cer".to_owned());
        expected.sort();
        let found = list(&folders.data.path().join("iis/My")).unwrap();
        let names: Vec<_> = found.iter().map(|one| one.name.clone()).collect();
        assert_eq!(names, expected);
        let without: Vec<_> = found.iter().filter(|one| one.stamp.is_none()).collect();
        assert_eq!(without.len(), 1, "a folder is no file");
        folders.walk();
        assert_eq!(folders.read(), count as u64);
    }

    #[test]
    fn how_far_reading_is_is_told_as_a_share() {
        let progress = Progress::default();
        assert_eq!(progress.told(), "the files of iis are being looked at");
        progress.read.store(999, Ordering::Relaxed);
        progress.waiting.store(1, Ordering::Relaxed);
        let told = "the files of iis are being read: 999 of 1000 (99 %)";
        assert_eq!(progress.told(), told);
    }

    #[test]
    fn a_touched_file_is_not_taken_apart_again() {
        let mut folders = Folders::new();
        folders.write("a.cer", "a");
        let first = folders.walk();
        let file = fs::File::options()
            .write(true)
            .open(folders.path("a.cer"))
            .unwrap();
        let past = SystemTime::now() - Duration::from_secs(3600);
        file.set_modified(past).unwrap();
        assert!(Arc::ptr_eq(&first, &folders.walk()));
    }

    #[test]
    fn other_passwords_open_what_stayed_shut() {
        let mut folders = Folders::new();
        folders.write("a.cer", "a");
        let first = folders.walk();
        fs::write(folders.path("store.toml"), "passwords = ['x']").unwrap();
        assert!(!Arc::ptr_eq(&first, &folders.walk()));
        assert_eq!(folders.subjects(), ["CN=a"]);
    }

    #[test]
    fn a_file_with_the_key_wins_over_its_twin_and_keeps_its_place() {
        let mut folders = Folders::new();
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["twin".to_owned()]).unwrap();
        let made = params.self_signed(&key).unwrap();
        fs::write(folders.path("a.cer"), made.der()).unwrap();
        folders.write("b.cer", "b");
        fs::write(folders.path("c.pem"), made.pem() + &key.serialize_pem()).unwrap();
        let rows = folders.walk();
        assert_eq!(rows.all.len(), 2);
        assert_eq!(&*rows.all[0].file, "c.pem");
        let holding = folders.index.holding("My", rows.all[0].id);
        let holding: Vec<_> = holding.iter().map(|file| &*file.name).collect();
        assert_eq!(holding, ["a.cer", "c.pem"]);
        assert_eq!(folders.index.holding("My", rows.all[1].id).len(), 1);
        assert!(
            rows.find(rows.all[1].id)
                .is_some_and(|row| &*row.file == "b.cer")
        );
    }
}
