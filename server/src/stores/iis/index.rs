//! The folders as they were when they were last walked, and how they are walked again.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::reader::{Reader, is_wanted};
use super::row::{Id, Row};
use super::settings::{Passwords, Settings, Store, rank};
use crate::files::Stamp;

/// All folders as one walk found them. Never changes; the next one takes its place.
pub(super) struct Snapshot {
    /// When the walk began.
    pub(super) begun: Instant,
    /// How long it took to look at every file, reading aside.
    pub(super) walk: Duration,
    stamp: Option<Stamp>,
    pub(super) folders: Vec<Folder>,
}

/// One folder as a walk found it.
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
    places: HashMap<Id, u32>,
}

impl Rows {
    /// The certificate with this identifier.
    pub(super) fn find(&self, id: Id) -> Option<&Arc<Row>> {
        let place = usize::try_from(*self.places.get(&id)?).ok()?;
        self.all.get(place)
    }

    /// Puts the rows of all files in order. A store holds a certificate once; the file with its key
    /// tells more.
    fn of(files: &[File]) -> Self {
        let mut rows = Self::default();
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
                    if let Some(known) = rows.all.get_mut(place)
                        && !known.has_private_key()
                    {
                        *known = Arc::clone(row);
                    }
                }
            }
        }
        rows.all.shrink_to_fit();
        rows.places.shrink_to_fit();
        rows
    }
}

impl Snapshot {
    /// Whether a folder, a name in one, or the passwords of one changed since. Looks at the folders
    /// themselves, not at their files.
    pub(super) fn is_outdated(
        &self,
        root: &Path,
        store: impl Fn(&str) -> Result<Arc<Store>, String>,
    ) -> bool {
        stamp(root) != self.stamp
            || self.folders.iter().any(|folder| {
                stamp(&root.join(&folder.name)) != folder.stamp
                    || store(&folder.name)
                        .is_ok_and(|store| Some(&store.passwords) != folder.passwords.as_ref())
            })
    }
}

/// What is known of every file.
#[derive(Default)]
pub(super) struct Index {
    folders: HashMap<String, Known>,
}

struct Known {
    passwords: Passwords,
    files: Vec<File>,
    rows: Arc<Rows>,
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

impl Index {
    /// A certificate of a store.
    pub(super) fn find(&self, store: &str, id: Id) -> Option<Arc<Row>> {
        self.folders.get(store)?.rows.find(id).cloned()
    }

    /// The files of a store that hold this certificate.
    pub(super) fn holding(&self, store: &str, id: Id) -> Vec<Holding> {
        let files = self
            .folders
            .get(store)
            .into_iter()
            .flat_map(|known| &known.files);
        files
            .filter(|file| file.rows.iter().any(|row| row.id == id))
            .map(|file| Holding {
                name: Arc::clone(&file.name),
                stamp: file.stamp.clone(),
                others: file.rows.iter().any(|row| row.id != id),
            })
            .collect()
    }

    /// Walks all folders, and reads the files that changed. Blocks.
    pub(super) fn walk(&mut self, root: &Path, settings: &Settings, reader: &Reader) -> Snapshot {
        let begun = Instant::now();
        let mut walk = Duration::ZERO;
        let stamp_before = stamp(root);
        let names = folders(root);
        settings.keep(&names);
        self.folders.retain(|name, _| names.contains(name));
        let mut found = Vec::new();
        for name in names {
            let folder = root.join(&name);
            let stamp = stamp(&folder);
            let looked = Instant::now();
            let listed = list(&folder);
            walk += looked.elapsed();
            let store = settings.store(root, &name, &reader.host_key);
            let (rows, passwords) = match (listed, store) {
                (Ok(listed), Ok(store)) => {
                    let rows = self.folder(&folder, &store, listed, reader);
                    (Ok(rows), Some(store.passwords.clone()))
                }
                (Err(why), store) => {
                    tracing::error!(store = name, "Cannot list the folder: {why}");
                    let passwords = store.map(|store| store.passwords.clone()).ok();
                    (Err(format!("{name}: {why}")), passwords)
                }
                (_, Err(why)) => {
                    tracing::error!(store = name, "Cannot read the settings: {why}");
                    (Err(why), None)
                }
            };
            found.push(Folder {
                name,
                stamp,
                passwords,
                rows,
            });
        }
        reader.texts.sweep();
        Snapshot {
            begun,
            walk,
            stamp: stamp_before,
            folders: found,
        }
    }

    fn folder(
        &mut self,
        folder: &Path,
        store: &Store,
        listed: Vec<(String, Stamp)>,
        reader: &Reader,
    ) -> Arc<Rows> {
        let known = self.folders.remove(&store.name);
        let (mut rows, mut old) = (None, Vec::new());
        // Other passwords may open what stayed shut, and shut what was open.
        if let Some(known) = known.filter(|known| known.passwords == store.passwords) {
            (rows, old) = (Some(known.rows), known.files);
        }
        let (files, changed) = merge(folder, store, old, listed, reader);
        let rows = match rows {
            Some(rows) if !changed => rows,
            _ => Arc::new(Rows::of(&files)),
        };
        let known = Known {
            passwords: store.passwords.clone(),
            files,
            rows: Arc::clone(&rows),
        };
        self.folders.insert(store.name.clone(), known);
        rows
    }
}

/// The files as they are now, from what is known of them and what has to be read; and whether any row came,
/// went or changed.
fn merge(
    folder: &Path,
    store: &Store,
    old: Vec<File>,
    listed: Vec<(String, Stamp)>,
    reader: &Reader,
) -> (Vec<File>, bool) {
    let mut changed = false;
    let mut files = Vec::with_capacity(listed.len());
    let mut unread = Vec::new();
    let mut old = old.into_iter().peekable();
    for (name, stamp) in listed {
        while old.next_if(|file| *file.name < *name).is_some() {
            changed = true;
        }
        let file = match old.next_if(|file| *file.name == *name) {
            Some(known) if known.settled && known.stamp == stamp => known,
            Some(known) => {
                unread.push(files.len());
                File { stamp, ..known }
            }
            None => {
                unread.push(files.len());
                File {
                    name: name.into(),
                    stamp,
                    settled: false,
                    digest: None,
                    rows: Box::default(),
                }
            }
        };
        files.push(file);
    }
    changed |= old.next().is_some();
    // Reads take as long as they take: what is written meanwhile is newer than this.
    let now = SystemTime::now();
    for (place, content) in read_all(folder, store, &files, &unread, reader) {
        if let Some(file) = files.get_mut(place) {
            file.settled = content.digest.is_some() && file.stamp.is_settled(now);
            file.digest = content.digest;
            if let Some(rows) = content.rows {
                changed |= !(rows.is_empty() && file.rows.is_empty());
                file.rows = rows;
            }
        }
    }
    (files, changed)
}

/// Reads the files at these places, on as many threads as there are processors.
fn read_all(
    folder: &Path,
    store: &Store,
    files: &[File],
    unread: &[usize],
    reader: &Reader,
) -> Vec<(usize, super::reader::Content)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(&place) = unread.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(file) = files.get(place) {
                let content = reader.read(folder, store, &file.name, file.digest);
                done.push((place, content));
            }
        }
        done
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(unread.len().div_ceil(FILES_PER_THREAD));
    if threads <= 1 {
        return work();
    }
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let done = threads.into_iter().filter_map(|thread| thread.join().ok());
        done.flatten().collect()
    })
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
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| {
        let first = seen.insert(name.to_lowercase());
        if !first {
            tracing::warn!(store = name, "Left out: another store has this name");
        }
        first
    });
    names
}

/// The certificate files of a folder with their stamps, by name; or why there is no telling, in one clause.
fn list(folder: &Path) -> Result<Vec<(String, Stamp)>, String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name();
        let Some(name) = name.to_str().filter(|name| is_wanted(name)) else {
            continue;
        };
        // A file that went away since has nothing to tell.
        if let Ok(found) = fs::metadata(folder.join(name))
            && found.is_file()
        {
            files.push((name.to_owned(), Stamp::of(&found)));
        }
        if FILES_AT_MOST <= files.len() {
            return Err(format!(
                "it holds more than {FILES_AT_MOST} certificate files"
            ));
        }
    }
    files.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(files)
}

fn stamp(path: &Path) -> Option<Stamp> {
    fs::metadata(path).ok().map(|found| Stamp::of(&found))
}

/// Where the files of a store are.
pub(super) fn folder(root: &Path, store: &Store) -> PathBuf {
    root.join(&store.name)
}

/// A thread is not worth starting for fewer.
const FILES_PER_THREAD: usize = 8;

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
        settings: Settings,
        reader: Reader,
    }

    impl Folders {
        fn new() -> Self {
            let data = tempfile::tempdir().unwrap();
            fs::create_dir_all(data.path().join("iis/My")).unwrap();
            let reader = Reader {
                host_key: HostKey::open(data.path()).unwrap(),
                texts: super::super::row::Texts::default(),
                hasher: RandomState::new(),
            };
            Self {
                data,
                index: Index::default(),
                settings: Settings::default(),
                reader,
            }
        }

        fn write(&self, name: &str, host: &str) {
            fs::write(self.path(name), certificate(host)).unwrap();
        }

        fn path(&self, name: &str) -> PathBuf {
            self.data.path().join("iis/My").join(name)
        }

        fn walk(&mut self) -> Arc<Rows> {
            let root = self.data.path().join("iis");
            let snapshot = self.index.walk(&root, &self.settings, &self.reader);
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
        assert!(
            rows.find(rows.all[1].id)
                .is_some_and(|row| &*row.file == "b.cer")
        );
    }
}
