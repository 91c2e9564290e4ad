//! Whether files changed, as the kernel tells it: asking takes one system call, however many they are.
//!
//! Linux tells of every change that is made through this machine ([inotify(7)]). It says nothing of what
//! other machines do to a shared disk, and so only local file systems are watched; nor of memory that is
//! mapped to a file, so that whoever trusts it looks for himself now and then.
//!
//! [inotify(7)]: https://man7.org/linux/man-pages/man7/inotify.7.html

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// Files and folders that are watched.
pub(crate) struct Watch {
    inotify: OwnedFd,
    /// What counts, by the descriptor of each watch.
    places: HashMap<i32, Names>,
    /// Names that are watched already.
    known: HashSet<PathBuf>,
    /// Changes that were told so far. Whoever asks waits for whoever is just reading one.
    changes: Mutex<u64>,
}

/// Which names in a folder count.
enum Names {
    All,
    These(HashSet<OsString>),
}

impl Watch {
    /// Watches nothing yet. `None` where the kernel does not do that.
    pub(crate) fn new() -> Option<Self> {
        Some(Self {
            inotify: inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?,
            places: HashMap::new(),
            known: HashSet::new(),
            changes: Mutex::default(),
        })
    }

    /// Watches the content of a file, or the names in a folder, and every name on the way there. It need
    /// not exist. `None` where a change might not be told.
    pub(crate) fn add(&mut self, path: &Path) -> Option<()> {
        let path = std::path::absolute(path).ok()?;
        let Some(place) = self.follow(&path, LINKS)? else {
            return Some(());
        };
        let all = WatchFlags::MODIFY | WatchFlags::ATTRIB | NAMES;
        if let Some(watch) = self.watch(&place, all)? {
            self.places.insert(watch, Names::All);
        }
        Some(())
    }

    /// How many changes were told so far. One that was made before this was called is among them.
    pub(crate) fn changes(&self) -> u64 {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut told = Reader::new(&self.inotify, &mut buffer);
        loop {
            match told.next() {
                Ok(event) => {
                    let name = event
                        .file_name()
                        .map(|name| OsStr::from_bytes(name.to_bytes()));
                    *changes += u64::from(self.counts(event.wd(), name));
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return *changes,
                // Nothing is known any more: as if everything changed, each time.
                Err(_) => {
                    *changes += 1;
                    return *changes;
                }
            }
        }
    }

    /// What is not about a name is about a folder or a file itself, or about all of them.
    fn counts(&self, watch: i32, name: Option<&OsStr>) -> bool {
        match (self.places.get(&watch), name) {
            (Some(Names::These(names)), Some(name)) => names.contains(name),
            _ => true,
        }
    }

    /// Watches every name of an absolute path and of the links on its way. Where it leads to, if anywhere.
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
    fn what_others_may_write_to_is_not_watched() {
        let mut watch = Watch::new().unwrap();
        assert!(watch.add(Path::new("/proc/self/status")).is_none());
    }
}
