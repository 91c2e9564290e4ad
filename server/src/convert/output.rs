//! Where the file goes: whole or not at all, and nobody else's file is touched.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use certlens_core::PrivateKeys;

use super::Refusal;
use crate::inspect::visible::visible;

/// What happens to a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    Keep,
    Replace,
}

/// The place of the new file.
pub(super) enum Output {
    Standard,
    File { path: PathBuf, existing: Existing },
}

const STDOUT: &str = "-";

impl Output {
    /// Looks at the place before any work is done.
    pub(super) fn new(name: &str, existing: Existing) -> Result<Self, Refusal> {
        if name == STDOUT {
            return Ok(Self::Standard);
        }
        let mut path = PathBuf::from(name);
        if let Ok(found) = fs::symlink_metadata(&path) {
            if existing == Existing::Keep {
                return Err(exists(name));
            }
            if found.is_symlink() {
                // What the link points to is replaced, not the link.
                path = fs::canonicalize(&path).map_err(|error| failed(name, &error))?;
            }
            let is_file = fs::metadata(&path).is_ok_and(|found| found.is_file());
            if !is_file {
                let sentence = format!("{}: expected a file to replace", visible(name));
                return Err(Refusal::failure(sentence, "Name a file with `-o FILE`."));
            }
        }
        Ok(Self::File { path, existing })
    }

    pub(super) fn is_standard(&self) -> bool {
        matches!(self, Self::Standard)
    }

    pub(super) fn write(&self, bytes: &[u8], private_keys: PrivateKeys) -> Result<(), Refusal> {
        match self {
            Self::Standard => {
                let mut out = io::stdout().lock();
                let written = out.write_all(bytes).and_then(|()| out.flush());
                written.map_err(|error| failed("standard output", &error))
            }
            Self::File { path, existing } => {
                let name = path.display().to_string();
                match write_whole(path, bytes, private_keys, *existing) {
                    Ok(()) => Ok(()),
                    Err(error)
                        if error.kind() == ErrorKind::AlreadyExists
                            && *existing == Existing::Keep =>
                    {
                        Err(exists(&name))
                    }
                    Err(error) => Err(failed(&name, &error)),
                }
            }
        }
    }
}

fn exists(name: &str) -> Refusal {
    let sentence = format!("{}: there is such a file already", visible(name));
    Refusal::failure(sentence, "Choose another name, or replace it with --force.")
}

fn failed(name: &str, error: &io::Error) -> Refusal {
    let sentence = format!("{}: it cannot be written: {error}", visible(name));
    Refusal::failure(
        sentence,
        "Check the directory, its rights and the room on the disk.",
    )
}

/// Writes beside the place, then moves there in one step. What goes wrong leaves nothing behind.
fn write_whole(
    path: &Path,
    bytes: &[u8],
    private_keys: PrivateKeys,
    existing: Existing,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let draft = folder.join(draft_name(path)?);
    let moved = write_draft(&draft, path, bytes, private_keys).and_then(|()| match existing {
        Existing::Replace => fs::rename(&draft, path),
        Existing::Keep => move_to_free_place(&draft, path),
    });
    if moved.is_err() {
        // What is there is a draft at most.
        let _ = fs::remove_file(&draft);
    }
    moved?;
    sync(folder)
}

fn draft_name(path: &Path) -> io::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "expected the name of a file"))?;
    let number = u64::from_be_bytes(random);
    Ok(format!(".{}.{number:016x}", name.to_string_lossy()))
}

fn write_draft(
    draft: &Path,
    path: &Path,
    bytes: &[u8],
    private_keys: PrivateKeys,
) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private_keys != PrivateKeys::None {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(draft)?;
    if private_keys == PrivateKeys::None
        && let Ok(found) = fs::metadata(path)
    {
        file.set_permissions(found.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

/// Moves a draft to where nothing is; a file that came there meanwhile stays.
fn move_to_free_place(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => fs::remove_file(draft),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // File systems without links: the place is taken first, then the draft is moved over it.
        Err(_) => {
            OpenOptions::new().write(true).create_new(true).open(path)?;
            fs::rename(draft, path).inspect_err(|_| {
                // What is there is empty, and ours.
                let _ = fs::remove_file(path);
            })
        }
    }
}

/// Makes the new name last.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_came_meanwhile_stays_and_no_draft_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.pem");
        let output = Output::new(path.to_str().unwrap(), Existing::Keep)
            .ok()
            .unwrap();
        fs::write(&path, "another's").unwrap();
        let refused = output.write(b"ours", PrivateKeys::None).err().unwrap();
        assert!(refused.sentence.ends_with("there is such a file already"));
        assert_eq!(fs::read(&path).unwrap(), b"another's");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
