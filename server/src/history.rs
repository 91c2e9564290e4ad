//! `history/`: what stood under each name before, with the private key sealed.
//!
//! One file for each change of a name, `proxy.7.json`, readable by its owner. The old pair is written
//! before the new one takes its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::audit::Deed;
use crate::clock;
use crate::sealing::SealingKey;
use crate::stores::redis_enterprise::{Directory, Failure, Pair, Step};
use crate::{atomic, files};

/// The past of the names of one data directory.
pub(crate) struct History {
    folder: PathBuf,
    key: SealingKey,
}

/// What stood under a name until it was changed, and who changed it. As it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    replaced_at: String,
    /// What the change was: `update`, `delete`, `rotate`, `rollback`, `apply`.
    action: String,
    #[serde(flatten)]
    deed: Deed,
    /// PEM; absent where nothing was there.
    certificate: Option<String>,
    /// The private key in PEM, sealed.
    key: Option<String>,
    /// With which key.
    sealed_by: String,
    /// Of the pair, keyed.
    digest: String,
}

/// One entry of a history, as it is shown: never a key.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "as it is called in the JSON")]
pub(crate) struct Entry {
    /// Counts the changes of a name on this node.
    pub(crate) entry: u64,
    pub(crate) name: String,
    pub(crate) replaced_at: String,
    pub(crate) action: String,
    #[serde(flatten)]
    pub(crate) deed: Deed,
    pub(crate) certificate: Option<String>,
    pub(crate) has_key: bool,
}

/// Why an entry cannot be taken out again.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// There is none of that name and number.
    NotThere,
    /// It cannot be read or opened.
    Broken(String),
}

impl History {
    pub(crate) fn new(data: &Path, key: SealingKey) -> Self {
        Self {
            folder: data.join("history"),
            key,
        }
    }

    /// Keeps what these steps replace. It is on the disk when this returns. Blocks.
    ///
    /// The newest entry of a name that holds what is there now was kept for a change that was not made:
    /// it is kept anew.
    pub(crate) fn keep<'a>(
        &self,
        action: &str,
        steps: &[Step],
        deed: impl Fn(&str) -> &'a Deed,
    ) -> Result<(), Failure> {
        if !self.folder.exists() {
            fs::create_dir_all(&self.folder)?;
            self.folder.parent().map_or(Ok(()), atomic::sync)?;
            #[cfg(unix)]
            fs::set_permissions(
                &self.folder,
                std::os::unix::fs::PermissionsExt::from_mode(0o700),
            )?;
        }
        for step in steps {
            let kept = self.kept(action, step, deed(step.name))?;
            let last = self.numbers(step.name)?.last().copied();
            let is_same = |number: &u64| {
                let last = self.read(step.name, *number).ok().flatten();
                last.is_some_and(|last| last.digest == kept.digest)
            };
            let number = match last {
                Some(last) if is_same(&last) => last,
                last => last.unwrap_or(0) + 1,
            };
            let text = serde_json::to_vec(&kept).map_err(io::Error::from)?;
            atomic::replace_secret(&self.path(step.name, number), &text)?;
        }
        Ok(())
    }

    fn kept(&self, action: &str, step: &Step, deed: &Deed) -> Result<Kept, Failure> {
        let before = step.before.as_ref();
        let certificate = before.map(|pair| pair.certificate.clone());
        let key = before.and_then(|pair| pair.key.as_ref());
        let sealed = key.map(|key| self.key.seal(&["history", step.name], key.as_bytes()));
        let sealed = sealed.transpose().map_err(|_| {
            Failure::Broken("history: the operating system gives no random numbers".to_owned())
        })?;
        let parts = [
            certificate.as_deref().unwrap_or_default(),
            key.map_or("", |key| key.as_str()),
        ];
        Ok(Kept {
            name: step.name.to_owned(),
            replaced_at: clock::now().to_string(),
            action: action.to_owned(),
            deed: deed.clone(),
            digest: self.key.digest(&parts),
            certificate,
            key: sealed,
            sealed_by: self.key.id().to_owned(),
        })
    }

    /// The entries of a name, or of all, the newest first. Blocks.
    pub(crate) fn entries(&self, only: Option<&str>) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        let names = Directory::names().filter(|name| only.is_none_or(|only| only == *name));
        for name in names {
            let numbers = self.numbers(name).map_err(|error| told(&error))?;
            for number in numbers.into_iter().rev().take(SHOWN) {
                let kept = self.read(name, number).map_err(|error| told(&error))?;
                entries.extend(kept.map(|kept| Entry {
                    entry: number,
                    name: kept.name,
                    replaced_at: kept.replaced_at,
                    action: kept.action,
                    deed: kept.deed,
                    certificate: kept.certificate,
                    has_key: kept.key.is_some(),
                }));
            }
        }
        entries.sort_by(|one, other| {
            let order = |entry: &Entry| (entry.replaced_at.clone(), entry.entry);
            order(other).cmp(&order(one))
        });
        Ok(entries)
    }

    /// What stood there at an entry; `None` where nothing did. Blocks.
    pub(crate) fn take(&self, name: &'static str, entry: u64) -> Result<Option<Pair>, NotTaken> {
        let kept = self.read(name, entry);
        let kept = kept.map_err(|error| NotTaken::Broken(told(&error)))?;
        let kept = kept.ok_or(NotTaken::NotThere)?;
        let Some(certificate) = kept.certificate else {
            return Ok(None);
        };
        let open = |sealed: String| {
            let opened = self.key.open(&["history", name], &sealed);
            let text = opened.ok().and_then(|octets| {
                let text = std::str::from_utf8(&octets).ok()?;
                Some(Zeroizing::new(text.to_owned()))
            });
            text.ok_or_else(|| {
                let (theirs, ours) = (&kept.sealed_by, self.key.id());
                NotTaken::Broken(if theirs == ours {
                    format!("history: the private key of {name} {entry} was changed")
                } else {
                    format!(
                        "history: {name} {entry} was sealed with key {theirs}, and this is {ours}"
                    )
                })
            })
        };
        let key = kept.key.map(open).transpose()?;
        Ok(Some(Pair {
            name,
            certificate,
            key,
        }))
    }

    fn read(&self, name: &str, number: u64) -> io::Result<Option<Kept>> {
        let octets = match files::read_at_most(&self.path(name, number), FILE_SIZE) {
            Ok(octets) => octets,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        serde_json::from_slice(&octets).map(Some).map_err(|_| {
            let message = format!("{name}.{number}.json is not what it should be");
            io::Error::new(io::ErrorKind::InvalidData, message)
        })
    }

    /// The numbers of a name's entries, in their order.
    fn numbers(&self, name: &str) -> io::Result<Vec<u64>> {
        let folder = match fs::read_dir(&self.folder) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut numbers = Vec::new();
        for entry in folder {
            let file = entry?.file_name();
            let number: Option<u64> = file.to_str().and_then(|file| {
                let rest = file.strip_prefix(name)?.strip_prefix('.')?;
                rest.strip_suffix(".json")?.parse().ok()
            });
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn path(&self, name: &str, number: u64) -> PathBuf {
        self.folder.join(format!("{name}.{number}.json"))
    }
}

fn told(error: &io::Error) -> String {
    format!("history: {error}")
}

/// A pair, each of at most a megabyte, with the words around it.
const FILE_SIZE: u64 = 4 << 20;

/// Of one name. Older entries stay where they are, and can still be asked for by their number.
const SHOWN: usize = 100;
