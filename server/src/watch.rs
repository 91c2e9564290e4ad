//! Whether files changed, as the kernel tells it: asking takes one system call, however many they are.
//!
//! Linux tells of every change that is made through this machine ([inotify(7)]). It says nothing of what
//! other machines do to a shared disk, and so only local file systems are watched; nor of memory that is
//! mapped to a file, so that whoever trusts it looks for himself now and then.
//!
//! [inotify(7)]: https://man7.org/linux/man-pages/man7/inotify.7.html

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::mem::{self, MaybeUninit};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// Files and folders that are watched.
pub(crate) struct Watch {
    inotify: OwnedFd,
    /// What counts, by the descriptor of each watch.
    places: HashMap<i32, Names>,
    /// Names that are watched already.
    known: HashSet<PathBuf>,
    /// What was told so far. Whoever asks waits for whoever is just reading it.
    told: Mutex<Told>,
    /// How many changes that were, for who asks for no more.
    changes: AtomicU64,
    /// Whether somebody is just reading, and has perhaps not counted what he read.
    reading: AtomicBool,
}

/// Which names in a folder count.
enum Names {
    All,
    These(HashSet<OsString>),
    /// All, and they are remembered under this.
    Remembered(String),
}

#[derive(Default)]
struct Told {
    changes: u64,
    since_taken: Changed,
}

/// What changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// These names, by what their folder is remembered under.
    Names(HashMap<String, BTreeSet<OsString>>),
    /// There is no telling.
    Anything,
}

impl Default for Changed {
    fn default() -> Self {
        Self::Names(HashMap::new())
    }
}

impl Changed {
    fn add(&mut self, folder: &str, name: &OsStr) {
        let Self::Names(folders) = self else {
            return;
        };
        if let Some(names) = folders.get_mut(folder) {
            if REMEMBERED <= names.len() {
                *self = Self::Anything;
            } else if !names.contains(name) {
                names.insert(name.to_owned());
            }
        } else {
            folders.insert(folder.to_owned(), BTreeSet::from([name.to_owned()]));
        }
    }
}

impl Watch {
    /// Watches nothing yet. `None` where the kernel does not do that.
    pub(crate) fn new() -> Option<Self> {
        Some(Self {
            inotify: inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?,
            places: HashMap::new(),
            known: HashSet::new(),
            told: Mutex::default(),
            changes: AtomicU64::default(),
            reading: AtomicBool::default(),
        })
    }

    /// Watches the content of a file, or the names in a folder, and every name on the way there. It need
    /// not exist. `None` where a change might not be told.
    pub(crate) fn add(&mut self, path: &Path) -> Option<()> {
        self.add_as(path, Names::All)
    }

    /// As [`Watch::add`] for a folder, and [`Watch::take`] tells which names in it changed.
    pub(crate) fn add_folder(&mut self, path: &Path, under: &str) -> Option<()> {
        self.add_as(path, Names::Remembered(under.to_owned()))
    }

    fn add_as(&mut self, path: &Path, names: Names) -> Option<()> {
        let path = std::path::absolute(path).ok()?;
        let Some(place) = self.follow(&path, LINKS)? else {
            return Some(());
        };
        let all = WatchFlags::MODIFY | WatchFlags::ATTRIB | NAMES;
        if let Some(watch) = self.watch(&place, all)? {
            self.places.insert(watch, names);
        }
        Some(())
    }

    /// How many changes were told so far. One that was made before this was called is among them.
    pub(crate) fn changes(&self) -> u64 {
        // Every request asks, and mostly there is nothing to read. Whoever read what was there had said so
        // before, and says when it is counted.
        let is_silent = rustix::io::ioctl_fionread(&self.inotify) == Ok(0);
        if is_silent && !self.reading.load(Ordering::SeqCst) {
            return self.changes.load(Ordering::SeqCst);
        }
        self.told().changes
    }

    /// As [`Watch::changes`], with what changed since this was called last.
    pub(crate) fn take(&self) -> (u64, Changed) {
        let mut told = self.told();
        (told.changes, mem::take(&mut told.since_taken))
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        self.reading.store(true, Ordering::SeqCst);
        self.read(&mut told);
        self.changes.store(told.changes, Ordering::SeqCst);
        self.reading.store(false, Ordering::SeqCst);
        told
    }

    /// Reads all that the kernel has to tell.
    fn read(&self, told: &mut Told) {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(&self.inotify, &mut buffer);
        loop {
            match events.next() {
                Ok(event) => {
                    let name = event
                        .file_name()
                        .map(|name| OsStr::from_bytes(name.to_bytes()));
                    self.hear(event.wd(), name, told);
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                // Nothing is known any more: as if everything changed, each time.
                Err(_) => {
                    told.changes += 1;
                    told.since_taken = Changed::Anything;
                    return;
                }
            }
        }
    }

    /// What is not about a name is about a folder or a file itself, or about all of them: that the kernel
    /// had more to tell than it keeps.
    fn hear(&self, watch: i32, name: Option<&OsStr>, told: &mut Told) {
        match (self.places.get(&watch), name) {
            (Some(Names::These(names)), Some(name)) if !names.contains(name) => return,
            (Some(Names::Remembered(folder)), Some(name)) => told.since_taken.add(folder, name),
            _ => told.since_taken = Changed::Anything,
        }
        told.changes += 1;
    }

    /// Watches every name of an absolute path and of the links on its way. Where it leads to, if anywhere.
    #[expect(
        clippy::option_option,
        reason = "no watch is one thing, nothing to watch another"
    )]
    fn follow(&mut self, path: &Path, links: u8) -> Option<Option<PathBuf>> {
        let mut at = PathBuf::new();
        for component in path.components() {
            match component {
                Component::Normal(name) => {
                    let folder = at.clone();
                    at.push(name);
                    if !self.known.contains(&at) {
                        let Some(watch) = self.watch(&folder, NAMES)? else {
                            return Some(None);
                        };
                        let names = self.places.entry(watch);
                        let names = names.or_insert_with(|| Names::These(HashSet::new()));
                        if let Names::These(names) = names {
                            names.insert(name.to_owned());
                        }
                        self.known.insert(at.clone());
                    }
                    if let Ok(target) = fs::read_link(&at) {
                        let links = links.checked_sub(1)?;
                        match self.follow(&folder.join(target), links)? {
                            Some(there) => at = there,
                            None => return Some(None),
                        }
                    }
                }
                // No link is left in what came before.
                Component::ParentDir => {
                    at.pop();
                }
                other => at.push(other),
            }
        }
        Some(Some(at))
    }

    /// The descriptor of a watch; `Some(None)` where there is nothing to watch.
    #[expect(
        clippy::option_option,
        reason = "no watch is one thing, nothing to watch another"
    )]
    fn watch(&self, path: &Path, what: WatchFlags) -> Option<Option<i32>> {
        match rustix::fs::statfs(path) {
            Ok(found) => {
                let kind = u64::try_from(found.f_type).ok()?;
                if !LOCAL.contains(&kind) {
                    return None;
                }
            }
            Err(Errno::NOENT | Errno::NOTDIR) => return Some(None),
            Err(_) => return None,
        }
        match inotify::add_watch(&self.inotify, path, what | WatchFlags::MASK_ADD) {
            Ok(watch) => Some(Some(watch)),
            Err(Errno::NOENT | Errno::NOTDIR) => Some(None),
            Err(_) => None,
        }
    }
}

/// A name in a folder comes to mean something else.
const NAMES: WatchFlags = WatchFlags::CREATE
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::MOVED_TO)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF);

/// Names of a folder that are remembered. Looking at every file is not much more work then.
const REMEMBERED: usize = 1 << 16;

/// More links in a row lead nowhere, as in the kernel.
const LINKS: u8 = 40;

/// File systems that nobody else writes to: ext, XFS, Btrfs, tmpfs, F2FS (`linux/magic.h`).
const LOCAL: [u64; 5] = [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0xF2F5_2010];

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn every_way_to_change_what_a_path_leads_to_is_told_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::create_dir_all(path("real/deep")).unwrap();
        fs::create_dir_all(path("other/deep")).unwrap();
        symlink("real", path("link")).unwrap();
        let file = path("link/deep/file");
        fs::write(&file, "1").unwrap();
        fs::hard_link(&file, path("twin")).unwrap();
        let ways: [(&str, &dyn Fn()); 7] = [
            ("in place", &|| fs::write(&file, "2").unwrap()),
            ("by another name", &|| fs::write(path("twin"), "3").unwrap()),
            ("by a rename", &|| {
                fs::write(path("new"), "4").unwrap();
                fs::rename(path("new"), &file).unwrap();
            }),
            ("gone", &|| fs::remove_file(&file).unwrap()),
            ("back", &|| fs::write(&file, "5").unwrap()),
            ("its folder", &|| {
                fs::rename(path("real/deep"), path("real/old")).unwrap();
            }),
            ("a link on the way", &|| {
                symlink("other", path("new")).unwrap();
                fs::rename(path("new"), path("link")).unwrap();
            }),
        ];
        for (way, change) in ways {
            let mut watch = Watch::new().unwrap();
            watch.add(&file).unwrap();
            fs::write(path("real/noise"), "").unwrap();
            fs::read(&file).ok();
            assert_eq!(watch.changes(), 0, "before: {way}");
            change();
            let changes = watch.changes();
            assert_ne!(changes, 0, "{way}");
            assert_eq!(watch.changes(), changes, "told once: {way}");
        }
    }

    #[test]
    fn a_folder_is_watched_with_all_names_in_it() {
        let root = tempfile::tempdir().unwrap();
        let mut watch = Watch::new().unwrap();
        watch.add(root.path()).unwrap();
        fs::write(root.path().join("a"), "").unwrap();
        let changes = watch.changes();
        assert_ne!(changes, 0);
        fs::write(root.path().join("a"), "in place").unwrap();
        assert_ne!(watch.changes(), changes);
    }

    #[test]
    fn names_that_changed_are_told_once() {
        let root = tempfile::tempdir().unwrap();
        let mut watch = Watch::new().unwrap();
        watch.add(&root.path().join("settings")).unwrap();
        watch.add_folder(root.path(), "here").unwrap();
        assert_eq!(watch.take(), (0, Changed::default()));
        for name in ["a", "b"] {
            fs::write(root.path().join(name), "").unwrap();
        }
        fs::rename(root.path().join("b"), root.path().join("c")).unwrap();
        let changes = watch.changes();
        let names = ["a", "b", "c"].map(OsString::from);
        let told = HashMap::from([("here".to_owned(), BTreeSet::from(names))]);
        assert_eq!(watch.take(), (changes, Changed::Names(told)));
        assert_eq!(watch.take(), (changes, Changed::default()));
    }

    #[test]
    fn more_changes_than_the_kernel_keeps_are_told_as_anything() {
        let kept = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
        let kept: usize = kept.trim().parse().unwrap();
        let root = tempfile::tempdir().unwrap();
        let mut watch = Watch::new().unwrap();
        watch.add_folder(root.path(), "here").unwrap();
        let names = [root.path().join("a"), root.path().join("b")];
        fs::write(&names[0], "").unwrap();
        // Each rename is two events, none like the one before it.
        for at in 0..=kept / 2 {
            fs::rename(&names[at % 2], &names[(at + 1) % 2]).unwrap();
        }
        let (changes, told) = watch.take();
        assert_eq!(told, Changed::Anything);
        fs::write(root.path().join("c"), "").unwrap();
        let (later, told) = watch.take();
        assert!(changes < later);
        let names = BTreeSet::from([OsString::from("c")]);
        let names = HashMap::from([("here".to_owned(), names)]);
        assert_eq!(told, Changed::Names(names), "and then names again");
    }

    #[test]
    fn a_change_is_told_to_each_of_many_who_ask_at_once() {
        let root = tempfile::tempdir().unwrap();
        let mut watch = Watch::new().unwrap();
        watch.add(root.path()).unwrap();
        let (watch, rounds) = (&watch, 200);
        let barrier = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (barrier, root) = (&barrier, root.path());
                scope.spawn(move || {
                    for round in 0..rounds {
                        let before = watch.changes();
                        barrier.wait();
                        if round % 4 == thread {
                            fs::write(root.join("a"), "").unwrap();
                            assert_ne!(watch.changes(), before, "by him who made it");
                        }
                        barrier.wait();
                        assert_ne!(watch.changes(), before, "by the others, too");
                        barrier.wait();
                    }
                });
            }
        });
    }

    #[test]
    fn what_others_may_write_to_is_not_watched() {
        let mut watch = Watch::new().unwrap();
        assert!(watch.add(Path::new("/proc/self/status")).is_none());
    }
}
