//! Changing files so that a crash at any instant leaves what was there, or what was to be there.
//!
//! One file is written beside its place, synced, and renamed over it. Files that belong together, as a
//! certificate and its key do, change together, as in the volumes of Kubernetes:
//!
//! ```text
//! proxy_cert.pem -> ..data/proxy_cert.pem
//! proxy_key.pem  -> ..data/proxy_key.pem
//! ..data         -> ..7                     one rename of this link changes all of them
//! ..7/proxy_cert.pem, ..7/proxy_key.pem, …
//! ```
//!
//! Files that somebody laid down are read as they are. When they are to change, they are first moved
//! into that form, with the same content at every instant.
//!
//! The folder is locked (`flock`) shared while it is read and alone while it is written, also against
//! other processes. What was written is on the disk when a call returns without an error.

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::atomic::{self, Existing, New, Owner, existing, keep_owner, sync};
use crate::files;

pub(crate) use crate::atomic::Access;

/// A folder whose files are replaced.
pub(crate) struct Folder {
    path: PathBuf,
    /// Whoever waits for the lock holds this, so that readers do not overtake a writer for ever.
    turn: Mutex<()>,
}

/// The folder while nobody writes.
pub(crate) struct Reading<'a> {
    folder: &'a Folder,
    /// Absent where there is no folder.
    _lock: Option<File>,
}

/// The folder while nobody else reads or writes.
pub(crate) struct Writing<'a>(Reading<'a>);

/// What becomes of one file.
#[derive(Clone, Copy)]
pub(crate) enum Change<'a> {
    /// It has this content.
    Write {
        file: &'a str,
        content: &'a [u8],
        access: Access,
    },
    /// It is gone.
    Remove { file: &'a str },
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            turn: Mutex::default(),
        }
    }

    /// Waits until nobody writes. Blocks.
    pub(crate) fn read(&self) -> io::Result<Reading<'_>> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = match File::open(&self.path) {
            Ok(folder) => Some(folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if let Some(folder) = &lock {
            folder.lock_shared()?;
        }
        Ok(Reading {
            folder: self,
            _lock: lock,
        })
    }

    /// Waits until nobody else reads or writes. The folder is made if it is missing. Blocks.
    pub(crate) fn write(&self) -> io::Result<Writing<'_>> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.path.exists() {
            fs::create_dir_all(&self.path)?;
            self.path.parent().map_or(Ok(()), sync)?;
        }
        let folder = File::open(&self.path)?;
        folder.lock()?;
        Ok(Writing(Reading {
            folder: self,
            _lock: Some(folder),
        }))
    }
}

impl Reading<'_> {
    /// The content of a file of at most `size` octets; `None` where there is none.
    pub(crate) fn content(&self, file: &str, size: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        match files::read_at_most(&self.place(file)?, size) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the file system says of a file; `None` where there is none.
    pub(crate) fn metadata(&self, file: &str) -> io::Result<Option<Metadata>> {
        existing(fs::metadata(self.place(file)?))
    }

    /// The path of a file of this folder. Names that could lead elsewhere are refused.
    fn place(&self, file: &str) -> io::Result<PathBuf> {
        let plain = !file.is_empty() && !file.starts_with('.') && !file.contains(['/', '\\', '\0']);
        if plain {
            return Ok(self.folder.path.join(file));
        }
        let message = "expected the name of a file in this folder";
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }
}

impl<'a> Deref for Writing<'a> {
    type Target = Reading<'a>;

    fn deref(&self) -> &Reading<'a> {
        &self.0
    }
}

/// One file.
impl Writing<'_> {
    /// Writes one file, or replaces it. A symbolic link stays, and what it leads to is replaced.
    pub(crate) fn replace(&self, file: &str, content: &[u8], access: Access) -> io::Result<()> {
        let mut path = self.place(file)?;
        if path.is_symlink() {
            path = fs::canonicalize(path)?;
        }
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let new = parent.join(format!("..{}.new", name.to_string_lossy()));
        // A crash left it; the lock keeps others from writing one.
        existing(fs::remove_file(&new))?;
        let replaced = existing(fs::metadata(&path))?;
        let like = like(access, replaced.as_ref());
        atomic::put(&new, &path, like, Existing::Replace, |file| {
            file.write_all(content)
        })
    }

    /// Removes one file, and says whether there was one.
    pub(crate) fn remove(&self, file: &str) -> io::Result<bool> {
        if existing(fs::remove_file(self.place(file)?))?.is_none() {
            return Ok(false);
        }
        sync(&self.folder.path)?;
        Ok(true)
    }
}

/// Files that change together.
impl Writing<'_> {
    /// Makes all of these changes, or none.
    ///
    /// # Errors
    /// When nothing was changed; or when all was, and the disk would not say that it keeps it.
    pub(crate) fn change(&self, changes: &[Change<'_>]) -> io::Result<()> {
        self.sweep()?;
        let result = self.change_all(changes);
        // What is left over is seen by nobody, and swept before the next change.
        if let Err(error) = self.sweep() {
            tracing::warn!(folder = %self.folder.path.display(), "Old files are still there: {error}");
        }
        result
    }

    fn change_all(&self, changes: &[Change<'_>]) -> io::Result<()> {
        let mut laid_down = Vec::new();
        for change in changes {
            if self.standing(change.file())? == Standing::LaidDown {
                laid_down.push(change.file());
            }
        }
        if !laid_down.is_empty() {
            self.take_over(&laid_down)?;
        }
        let mut new = Vec::new();
        for change in changes {
            if let Change::Write { file, .. } = change
                && self.standing(file)? == Standing::Absent
            {
                new.push(*file);
            }
        }
        // They lead nowhere until the content is there, for all of them at once.
        if !new.is_empty() {
            self.link(&new)?;
        }
        let next = self.next()?;
        self.carry_over(&next, |file| {
            changes.iter().all(|change| change.file() != file)
        })?;
        for change in changes {
            if let Change::Write {
                file,
                content,
                access,
            } = *change
            {
                let replaced = self.metadata(file)?;
                like(access, replaced.as_ref())
                    .write(&next.join(file), |file| file.write_all(content))?;
            }
        }
        self.turn_to(&next)
    }

    /// Puts links in the place of files that somebody laid down. Content, mode and owner stay.
    fn take_over(&self, files: &[&str]) -> io::Result<()> {
        let next = self.next()?;
        self.carry_over(&next, |_| true)?;
        for file in files {
            let path = self.place(file)?;
            let content = files::read_at_most(&path, u64::MAX - 1)?;
            let metadata = fs::metadata(&path)?;
            like(Access::Kept, Some(&metadata))
                .write(&next.join(file), |file| file.write_all(&content))?;
        }
        self.turn_to(&next)?;
        self.link(files)
    }

    /// Makes the folder of the next generation.
    fn next(&self) -> io::Result<PathBuf> {
        let now = self.generation()?;
        let number = now.and_then(|now| now.get(2..)?.parse::<u64>().ok());
        let next = self
            .folder
            .path
            .join(format!("..{}", number.map_or(1, |number| number + 1)));
        fs::create_dir(&next)?;
        let like = fs::metadata(&self.folder.path)?;
        keep_owner(&File::open(&next)?, &like)?;
        fs::set_permissions(&next, like.permissions())?;
        Ok(next)
    }

    /// Keeps files of the present generation in the next one: the same file under both names.
    fn carry_over(&self, next: &Path, is_wanted: impl Fn(&str) -> bool) -> io::Result<()> {
        let Some(now) = self.generation()? else {
            return Ok(());
        };
        for entry in fs::read_dir(self.folder.path.join(now))? {
            let entry = entry?;
            // A file whose link somebody removed or replaced is not among them any more.
            if let Some(file) = entry.file_name().to_str()
                && is_wanted(file)
                && self.standing(file)? == Standing::Linked
            {
                fs::hard_link(entry.path(), next.join(file))?;
            }
        }
        Ok(())
    }

    /// The instant at which everything changes.
    fn turn_to(&self, next: &Path) -> io::Result<()> {
        sync(next)?;
        let folder = &self.folder.path;
        let new = folder.join("..data.new");
        symlink(Path::new(next.file_name().unwrap_or_default()), &new)?;
        fs::rename(new, folder.join(DATA))?;
        sync(folder)
    }

    fn link(&self, files: &[&str]) -> io::Result<()> {
        for file in files {
            let new = self.folder.path.join(format!("..{file}.new"));
            symlink(&Path::new(DATA).join(file), &new)?;
            fs::rename(new, self.place(file)?)?;
        }
        sync(&self.folder.path)
    }

    fn standing(&self, file: &str) -> io::Result<Standing> {
        let path = self.place(file)?;
        let Some(metadata) = existing(fs::symlink_metadata(&path))? else {
            return Ok(Standing::Absent);
        };
        if metadata.is_symlink() && fs::read_link(path)? == Path::new(DATA).join(file) {
            return Ok(Standing::Linked);
        }
        Ok(Standing::LaidDown)
    }

    /// The name of the present generation: `..7`.
    fn generation(&self) -> io::Result<Option<String>> {
        match existing(fs::read_link(self.folder.path.join(DATA))) {
            Ok(target) => Ok(target.and_then(|target| target.to_str().map(ToOwned::to_owned))),
            // As `cp -rL` leaves it.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                let message =
                    "..data is no symbolic link: remove it, if no file here leads into it";
                Err(io::Error::new(error.kind(), message))
            }
            Err(error) => Err(error),
        }
    }

    /// Removes what a crash or the last change left over: past generations, and links that lead nowhere.
    fn sweep(&self) -> io::Result<()> {
        let now = self.generation()?;
        for entry in fs::read_dir(&self.folder.path)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                continue;
            };
            match name.strip_prefix("..") {
                Some(_) if name == DATA || now.as_deref() == Some(name) => {}
                Some(number) if is_number(number) => fs::remove_dir_all(entry.path())?,
                Some(rest) if rest.strip_suffix(".new").is_some() => fs::remove_file(entry.path())?,
                None if !name.starts_with('.') => {
                    let path = entry.path();
                    if self.standing(name)? == Standing::Linked
                        && existing(fs::metadata(&path))?.is_none()
                    {
                        fs::remove_file(path)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl<'a> Change<'a> {
    fn file(&self) -> &'a str {
        match self {
            Self::Write { file, .. } | Self::Remove { file } => file,
        }
    }
}

/// How a name stands in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Absent,
    /// A link into the present generation.
    Linked,
    /// Anything else: somebody put it there.
    LaidDown,
}

/// The server may replace files of others, where the folder is open to it.
fn like(access: Access, like: Option<&Metadata>) -> New<'_> {
    New {
        access,
        like,
        owner: Owner::IfAllowed,
    }
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    let message = "files that belong together are replaced on Unix only";
    Err(io::Error::new(io::ErrorKind::Unsupported, message))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The link whose rename changes everything.
const DATA: &str = "..data";

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path().join("store"));
        fs::create_dir(&folder.path).unwrap();
        (place, folder)
    }

    fn write<'a>(file: &'a str, content: &'a str) -> Change<'a> {
        Change::Write {
            file,
            content: content.as_bytes(),
            access: Access::Secret,
        }
    }

    fn names(folder: &Folder) -> Vec<String> {
        let entries = fs::read_dir(&folder.path).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn text(folder: &Folder, file: &str) -> Option<String> {
        let content = folder.read().unwrap().content(file, 100).unwrap()?;
        Some(String::from_utf8(content.to_vec()).unwrap())
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn files_that_change_together_are_found_under_their_names() {
        let (_place, folder) = folder();
        let change = |changes: &[Change<'_>]| folder.write().unwrap().change(changes).unwrap();
        change(&[write("a_cert.pem", "A1"), write("a_key.pem", "K1")]);
        change(&[
            write("a_cert.pem", "A2"),
            write("a_key.pem", "K2"),
            write("b", "B"),
        ]);
        assert_eq!(text(&folder, "a_cert.pem").unwrap(), "A2");
        assert_eq!(
            fs::read_to_string(folder.path.join("a_key.pem")).unwrap(),
            "K2"
        );
        assert_eq!(
            names(&folder),
            ["..2", "..data", "a_cert.pem", "a_key.pem", "b"]
        );

        change(&[
            Change::Remove { file: "a_cert.pem" },
            Change::Remove { file: "a_key.pem" },
        ]);
        assert_eq!(text(&folder, "a_cert.pem"), None);
        assert_eq!(text(&folder, "b").unwrap(), "B");
        assert_eq!(names(&folder), ["..3", "..data", "b"]);
    }

    #[test]
    fn what_somebody_laid_down_is_read_replaced_and_removed() {
        let (_place, folder) = folder();
        for file in ["a", "b", "untouched"] {
            fs::write(folder.path.join(file), file).unwrap();
        }
        assert_eq!(text(&folder, "a").unwrap(), "a");
        folder
            .write()
            .unwrap()
            .change(&[write("a", "new"), Change::Remove { file: "b" }])
            .unwrap();
        assert_eq!(text(&folder, "a").unwrap(), "new");
        assert_eq!(names(&folder), ["..2", "..data", "a", "untouched"]);

        // By `mv`, over our link, and later removed: the content below it does not come back.
        fs::write(folder.path.join("moved"), "moved").unwrap();
        fs::rename(folder.path.join("moved"), folder.path.join("a")).unwrap();
        assert_eq!(text(&folder, "a").unwrap(), "moved");
        fs::remove_file(folder.path.join("a")).unwrap();
        assert_eq!(text(&folder, "a"), None);
        folder.write().unwrap().change(&[write("c", "C")]).unwrap();
        assert_eq!(names(&folder), ["..3", "..data", "c", "untouched"]);
        assert_eq!(fs::read_dir(folder.path.join("..3")).unwrap().count(), 1);
    }

    #[test]
    fn secrets_are_for_their_owner_and_other_modes_are_kept() {
        let (_place, folder) = folder();
        let old = [
            ("open_key", 0o644),
            ("group_key", 0o640),
            ("shut_key", 0o400),
        ];
        for (file, mode) in old {
            fs::write(folder.path.join(file), "old").unwrap();
            set_mode(&folder.path.join(file), mode);
        }
        fs::write(folder.path.join("cert"), "old").unwrap();
        set_mode(&folder.path.join("cert"), 0o604);
        let kept = |file| Change::Write {
            file,
            content: b"new",
            access: Access::Kept,
        };
        let secret = |file| write(file, "new");
        folder
            .write()
            .unwrap()
            .change(&[
                secret("open_key"),
                secret("group_key"),
                secret("shut_key"),
                secret("new_key"),
                kept("cert"),
                kept("new_cert"),
            ])
            .unwrap();
        for (file, expected) in [
            ("open_key", 0o600),
            ("group_key", 0o640),
            ("shut_key", 0o600),
            ("new_key", 0o600),
            ("cert", 0o604),
            ("new_cert", 0o644),
        ] {
            assert_eq!(mode(&folder.path.join(file)), expected, "{file}");
        }
    }

    #[test]
    fn the_owner_is_kept_where_that_is_allowed() {
        let (_place, folder) = folder();
        let path = folder.path.join("a");
        fs::write(&path, "old").unwrap();
        let is_root = std::os::unix::fs::chown(&path, Some(1234), Some(4321)).is_ok();
        let before = fs::metadata(&path).unwrap();
        folder
            .write()
            .unwrap()
            .change(&[write("a", "new")])
            .unwrap();
        folder
            .write()
            .unwrap()
            .replace("a", b"newer", Access::Secret)
            .unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        assert_eq!(is_root, after.uid() == 1234);
    }

    #[test]
    fn one_file_is_replaced_and_removed() {
        let (place, folder) = folder();
        let writing = folder.write().unwrap();
        writing.replace("a.pfx", b"1", Access::Secret).unwrap();
        writing.replace("a.pfx", b"2", Access::Secret).unwrap();
        assert_eq!(fs::read(folder.path.join("a.pfx")).unwrap(), b"2");
        assert_eq!(mode(&folder.path.join("a.pfx")), 0o600);

        let elsewhere = place.path().join("elsewhere");
        fs::write(&elsewhere, "old").unwrap();
        symlink(&elsewhere, &folder.path.join("link")).unwrap();
        writing.replace("link", b"new", Access::Kept).unwrap();
        assert_eq!(fs::read(&elsewhere).unwrap(), b"new");
        assert_eq!(names(&folder), ["a.pfx", "link"]);

        assert!(writing.remove("a.pfx").unwrap());
        assert!(!writing.remove("a.pfx").unwrap());
        assert_eq!(names(&folder), ["link"]);
    }

    #[test]
    fn err_names_that_lead_elsewhere() {
        let (place, folder) = folder();
        fs::write(place.path().join("secret"), "S").unwrap();
        let writing = folder.write().unwrap();
        for name in ["../secret", "", ".", "..", "..data", "a/b", "a\\b", "a\0"] {
            assert!(writing.content(name, 9).is_err(), "{name:?}");
            assert!(
                writing.replace(name, b"", Access::Kept).is_err(),
                "{name:?}"
            );
            assert!(writing.remove(name).is_err(), "{name:?}");
            assert!(writing.change(&[write(name, "")]).is_err(), "{name:?}");
        }
    }

    #[test]
    fn err_a_change_that_fails_changes_nothing() {
        let (_place, folder) = folder();
        let writing = folder.write().unwrap();
        writing.change(&[write("a", "1"), write("b", "1")]).unwrap();
        // So long a name that no file can be made beside it.
        let long = "n".repeat(250);
        assert!(
            writing
                .change(&[write("a", "2"), write(&long, "2")])
                .is_err()
        );
        drop(writing);
        assert_eq!(text(&folder, "a").unwrap(), "1");
        assert_eq!(names(&folder), ["..1", "..data", "a", "b"]);
    }

    #[test]
    fn readers_never_see_halves_and_never_keep_a_writer_out() {
        let (_place, folder) = folder();
        let done = std::sync::atomic::AtomicBool::new(false);
        let seen = std::thread::scope(|scope| {
            let readers: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        let mut seen = std::collections::BTreeSet::new();
                        while !done.load(std::sync::atomic::Ordering::Relaxed) {
                            let reading = folder.read().unwrap();
                            let of = |file| reading.content(file, 9).unwrap().map(|c| c.to_vec());
                            let (one, other) = (of("a"), of("b"));
                            assert_eq!(one, other);
                            seen.insert(one);
                        }
                        seen.len()
                    })
                })
                .collect();
            for round in 0..40 {
                let content = round.to_string();
                let (a, b) = (write("a", &content), write("b", &content));
                folder.write().unwrap().change(&[a, b]).unwrap();
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            readers
                .into_iter()
                .map(|reader| reader.join().unwrap())
                .max()
        });
        assert!(
            seen.is_some_and(|seen| 2 < seen),
            "readers ran beside the writer"
        );
    }
}
