//! Where the file goes: whole or not at all, and nobody else's file is touched.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use certlens_core::PrivateKeys;

use super::Refusal;
use crate::atomic::{self, Access, New, Owner, existing};
use crate::inspect::visible::visible;

pub(super) use crate::atomic::Existing;

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

/// A file that gets private keys is its owner's alone.
fn write_whole(
    path: &Path,
    content: &[u8],
    private_keys: PrivateKeys,
    there: Existing,
) -> io::Result<()> {
    let replaced = existing(fs::metadata(path))?;
    let new = New {
        access: match private_keys {
            PrivateKeys::None => Access::Usual,
            _ => Access::Private,
        },
        like: replaced.as_ref(),
        owner: Owner::IfAllowed,
    };
    let draft = atomic::draft_of(path)?;
    atomic::put(&draft, path, new, there, |file| file.write_all(content))
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
