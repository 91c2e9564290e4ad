//! The one way in which files are written: whole or not at all.
//!
//! A file is written beside its place under a name that nobody else has, with the right mode and owner
//! before the first octet of content, and synced. Then it is moved into its place in one step, and the
//! folder is synced. After a crash at any instant there is the old file or the new one.
//!
//! What only grows at its end, the audit, is the exception: it is appended to.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What a new file is to be.
#[derive(Clone, Copy)]
pub(crate) struct New<'a> {
    pub(crate) access: Access,
    /// The file that is replaced, or the folder that the file goes to: its owner, its group and, as
    /// `access` says, its mode are kept. Without, the file is the writer's own.
    pub(crate) like: Option<&'a Metadata>,
    pub(crate) owner: Owner,
}

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever may read the file that it replaces; of a new file everybody.
    Kept,
    /// Whoever may read the file that it replaces; of a new file whom the process lets (umask).
    Usual,
    /// Its owner alone, or with a group where the file that it replaces was for these two only.
    Secret,
    /// Its owner alone.
    Private,
}

/// What becomes of a file that cannot be given to whom it should belong. Only root may give files to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// It stays the writer's, in the right group if the writer is a member.
    IfAllowed,
    /// It is not put into its place: whom it belonged to could not read it any more.
    OrFail,
}

/// What happens to a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    Keep,
    Replace,
}

/// Makes a file that only its owner may read.
///
/// # Errors
/// When there is such a file already, or it cannot be written.
pub(crate) fn create_secret(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = draft_of(path)?;
    put(&draft, path, OWN_SECRET, Existing::Keep, |file| {
        file.write_all(content)
    })
}

/// Replaces a file, or makes it, as one that only its owner may read: that of the file it replaces, or of
/// the folder, since root may do this for a server that is not root.
pub(crate) fn replace_secret(path: &Path, content: &[u8]) -> io::Result<()> {
    let replaced = existing(fs::metadata(path))?;
    let owner = match replaced {
        Some(_) => Owner::OrFail,
        None => Owner::IfAllowed,
    };
    let like = match replaced {
        Some(replaced) => replaced,
        None => fs::metadata(folder_of(path))?,
    };
    let new = New {
        access: Access::Private,
        like: Some(&like),
        owner,
    };
    let draft = draft_of(path)?;
    put(&draft, path, new, Existing::Replace, |file| {
        file.write_all(content)
    })
}

/// Writes a draft, and moves it into its place. What goes wrong leaves nothing behind.
///
/// # Errors
/// `AlreadyExists` when a file is there that is to be kept.
pub(crate) fn put(
    draft: &Path,
    place: &Path,
    new: New<'_>,
    there: Existing,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let moved = new.write(draft, fill).and_then(|()| match there {
        Existing::Replace => fs::rename(draft, place),
        Existing::Keep => move_to_free_place(draft, place),
    });
    if let Err(error) = moved {
        // The first error tells what is wrong; a draft left behind is only untidy.
        let _ = fs::remove_file(draft);
        return Err(error);
    }
    sync(folder_of(place))
}

/// A file that is the writer's, and nobody else may read.
pub(crate) const OWN_SECRET: New<'_> = New {
    access: Access::Private,
    like: None,
    owner: Owner::IfAllowed,
};

/// A name beside this one that nothing has.
pub(crate) fn draft_of(path: &Path) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let expected = || io::Error::new(io::ErrorKind::InvalidInput, "expected the name of a file");
    let name = path.file_name().ok_or_else(expected)?.to_string_lossy();
    let number = u64::from_be_bytes(random);
    Ok(folder_of(path).join(format!(".{name}.{number:016x}")))
}

impl New<'_> {
    /// Makes the file where none is, lets it be filled, and syncs it.
    pub(crate) fn write(
        &self,
        path: &Path,
        fill: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if self.mode().is_some() {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut opened = options.open(path)?;
        #[cfg(unix)]
        self.give(&opened)?;
        fill(&mut opened)?;
        opened.sync_all()
    }

    #[cfg(unix)]
    fn give(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let mut mode = self.mode();
        if let Some(like) = self.like {
            keep_owner(file, like)?;
            let own = file.metadata()?;
            if self.owner == Owner::OrFail && own.uid() != like.uid() {
                let message = "it belongs to another user: run this as that user, or as root";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
            }
            if own.gid() != like.gid() {
                mode = mode.map(for_another_group);
            }
        }
        mode.map_or(Ok(()), |mode| {
            file.set_permissions(PermissionsExt::from_mode(mode))
        })
    }

    /// `None` for what the process gives to any new file.
    #[cfg(unix)]
    fn mode(&self) -> Option<u32> {
        use std::os::unix::fs::PermissionsExt;
        let old = self.like.map(|like| like.permissions().mode() & 0o777);
        match (self.access, old) {
            (Access::Kept | Access::Usual, Some(old)) => Some(old),
            (Access::Kept, None) => Some(0o644),
            (Access::Usual, None) => None,
            (Access::Secret, Some(old)) if old % 0o10 == 0 => Some(old | 0o600),
            (Access::Secret | Access::Private, _) => Some(0o600),
        }
    }
}

/// Moves a draft to where nothing is; a file that came there meanwhile stays.
fn move_to_free_place(draft: &Path, place: &Path) -> io::Result<()> {
    match fs::hard_link(draft, place) {
        Ok(()) => fs::remove_file(draft),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // File systems without links: the place is taken first, then the draft is moved over it.
        Err(_) => {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(place)?;
            fs::rename(draft, place).inspect_err(|_| {
                // What is there is empty, and ours.
                let _ = fs::remove_file(place);
            })
        }
    }
}

/// A mode without what was meant for the members of a group that could not be kept.
#[cfg(unix)]
fn for_another_group(mode: u32) -> u32 {
    let group = (mode >> 3) & mode & 0o7;
    (mode & !0o070) | (group << 3)
}

/// Gives a new file to the owner and group of another one. Only root may give to others; a server
/// that is not keeps the file, and gives it to the group if it is a member.
#[cfg(unix)]
pub(crate) fn keep_owner(new: &File, like: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = new.metadata()?;
    if (own.uid(), own.gid()) == (like.uid(), like.gid()) {
        return Ok(());
    }
    give(like, |owner, group| fchown(new, owner, group))
}

#[cfg(unix)]
fn give(
    like: &Metadata,
    change: impl Fn(Option<u32>, Option<u32>) -> io::Result<()>,
) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let refused = io::ErrorKind::PermissionDenied;
    match change(Some(like.uid()), Some(like.gid())) {
        Err(error) if error.kind() == refused => match change(None, Some(like.gid())) {
            Err(error) if error.kind() == refused => Ok(()),
            result => result,
        },
        result => result,
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "of one shape with its twin")]
pub(crate) fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Waits until the disk has what was made or renamed in a folder.
#[cfg(unix)]
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems than Unix open no folders.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "of one shape with its twin")]
pub(crate) fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What there is; `None` where there is nothing.
pub(crate) fn existing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where a file is; of a name alone the working directory.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, chown};
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_secret_belongs_to_whom_the_file_before_or_the_folder_belongs() {
        let data = tempfile::tempdir().unwrap();
        let (old, new) = (data.path().join("old"), data.path().join("new"));
        fs::write(&old, "old").unwrap();
        let is_root = chown(&old, Some(1234), Some(4321)).is_ok()
            && chown(data.path(), Some(1235), Some(4322)).is_ok();
        for (path, owner) in [(&old, (1234, 4321)), (&new, (1235, 4322))] {
            replace_secret(path, b"new").unwrap();
            let found = fs::metadata(path).unwrap();
            assert_eq!(found.mode() & 0o777, 0o600);
            assert_eq!((found.uid(), found.gid()) == owner, is_root);
        }
    }

    #[test]
    fn what_cannot_be_kept_for_a_group_is_not_for_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let (like, asked) = (fs::metadata(folder.path()).unwrap(), Mutex::default());
        let member = |owner: Option<u32>, group| {
            let asked: &mut Vec<_> = &mut asked.lock().unwrap();
            asked.push((owner, group));
            match owner {
                Some(_) => Err(io::ErrorKind::PermissionDenied.into()),
                None => Ok(()),
            }
        };
        give(&like, member).unwrap();
        let (owner, group) = (Some(like.uid()), Some(like.gid()));
        assert_eq!(*asked.lock().unwrap(), [(owner, group), (None, group)]);
        give(&like, |_, _| Err(io::ErrorKind::PermissionDenied.into())).unwrap();
        for (mode, left) in [
            (0o640, 0o600),
            (0o644, 0o644),
            (0o664, 0o644),
            (0o604, 0o604),
        ] {
            assert_eq!(for_another_group(mode), left, "{mode:o}");
        }
    }

    #[test]
    fn err_file_that_is_to_be_kept_or_a_draft_of_somebody_else_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let (place, draft) = (folder.path().join("a"), folder.path().join("draft"));
        create_secret(&place, b"first").unwrap();
        let error = create_secret(&place, b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&place).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let error = put(&draft, &place, OWN_SECRET, Existing::Replace, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(&place).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        std::os::unix::fs::symlink(&place, &draft).unwrap();
        let through = OWN_SECRET.write(&draft, |file| file.write_all(b"through the link"));
        assert!(through.is_err());
        assert_eq!(fs::read(&place).unwrap(), b"first");
    }
}
