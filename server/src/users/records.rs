//! `users.toml` and `tokens.toml`: read, watched, and written by the commands.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::token::Token;
use super::{Role, User, password};
use crate::app::StartError;
use crate::looks::Looks;
use crate::{atomic, files};

/// One user of `users.toml`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// The IIS stores that the role is good for; all of them where this is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stores: Option<Vec<String>>,
    /// argon2id, in PHC form.
    pub(crate) password: String,
}

/// A file of the data directory that says who may sign in.
pub(crate) trait Table: Default + Serialize + DeserializeOwned {
    const FILE: &'static str;

    /// What is wrong with the content, although it has the right form.
    fn check(&self) -> Result<(), String>;
}

/// The content of `users.toml`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserTable {
    #[serde(default)]
    pub(crate) users: Vec<Record>,
    /// Name and password pairs that were right, as keyed digests, so that a listing does not cost a
    /// derivation each. They go with the table when it is read anew.
    #[serde(skip)]
    known: Mutex<HashMap<[u8; 32], User>>,
}

impl UserTable {
    pub(super) fn find(&self, name: &str) -> Option<&Record> {
        self.users.iter().find(|record| record.name == name)
    }

    pub(super) fn recall(&self, pair: &[u8; 32]) -> Option<User> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(pair).cloned()
    }

    pub(super) fn remember(&self, pair: [u8; 32], user: User) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if KNOWN_AT_MOST <= known.len() {
            known.clear();
        }
        known.insert(pair, user);
    }
}

impl Table for UserTable {
    const FILE: &'static str = "users.toml";

    fn check(&self) -> Result<(), String> {
        for (at, record) in self.users.iter().enumerate() {
            check_name(&record.name)?;
            if self
                .users
                .iter()
                .take(at)
                .any(|other| other.name == record.name)
            {
                return Err(format!("there are two users `{}`", record.name));
            }
            if !password::is_hash(&record.password) {
                return Err(format!(
                    "the password of `{}` is not hashed: expected text that begins with `$argon2id$`",
                    record.name
                ));
            }
        }
        Ok(())
    }
}

/// The content of `tokens.toml`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenTable {
    #[serde(default)]
    pub(crate) tokens: Vec<Token>,
}

impl TokenTable {
    pub(super) fn find(&self, id: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.id == id)
    }
}

impl Table for TokenTable {
    const FILE: &'static str = "tokens.toml";

    fn check(&self) -> Result<(), String> {
        for (at, token) in self.tokens.iter().enumerate() {
            check_name(&token.name)?;
            if self
                .tokens
                .iter()
                .take(at)
                .any(|other| other.id == token.id)
            {
                return Err(format!("there are two tokens with the id `{}`", token.id));
            }
        }
        Ok(())
    }
}

/// A table that follows its file.
pub(super) struct Watched<T> {
    path: PathBuf,
    state: Mutex<State<T>>,
}

struct State<T> {
    table: Arc<T>,
    /// Of the text that the table was read from.
    digest: [u8; 32],
    /// What the file looked like when it was last read, once that can be relied on.
    looks: Option<Looks>,
    /// The complaint that stands in the log already.
    told: Option<String>,
}

impl<T: Table> Watched<T> {
    /// Reads the file for the first time.
    pub(super) fn open(data: &Path) -> Result<Self, StartError> {
        let path = data.join(T::FILE);
        let (table, digest) = load(&path).map_err(|what| wrong(&path, &what))?;
        let state = Mutex::new(State {
            table: Arc::new(table),
            digest,
            looks: None,
            told: None,
        });
        Ok(Self { path, state })
    }

    /// The table as the file has it now. A file that cannot be read changes nothing: whoever could
    /// sign in still can.
    pub(super) fn current(&self) -> Arc<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(looks) = &state.looks
            && (looks.are_quiet() || looks.are_still_so())
        {
            return Arc::clone(&state.table);
        }
        let looks = Looks::of_settled(&self.path);
        match load(&self.path) {
            Ok((table, digest)) => {
                if digest != state.digest {
                    state.table = Arc::new(table);
                    state.digest = digest;
                    tracing::info!(file = %self.path.display(), "Read {} again", T::FILE);
                }
                state.told = None;
            }
            Err(what) => state.complain(&self.path, what),
        }
        state.looks = looks;
        Arc::clone(&state.table)
    }
}

impl<T: Table> State<T> {
    fn complain(&mut self, path: &Path, what: String) {
        if self.told.as_ref() != Some(&what) {
            let (file, name) = (path.display(), T::FILE);
            tracing::error!(%file, "Kept what {name} said before: {what}");
            self.told = Some(what);
        }
    }
}

/// Reads a table, or says what is wrong with it, without quoting secrets. The tokens file need not be
/// there.
fn load<T: Table>(path: &Path) -> Result<(T, [u8; 32]), String> {
    let text = match files::read_text(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && T::FILE == TokenTable::FILE => {
            String::new()
        }
        Err(error) => return Err(error.to_string()),
    };
    let table: T = toml::from_str(&text).map_err(|error| complaint(&text, &error))?;
    table.check()?;
    Ok((table, Sha256::digest(&text).into()))
}

/// Changes a table of a data directory by a command. One command at a time; the file is replaced whole.
pub(crate) fn change<T: Table, R>(
    data: &Path,
    change: impl FnOnce(&mut T) -> Result<R, StartError>,
) -> Result<R, StartError> {
    let path = data.join(T::FILE);
    let failed = |error: io::Error| wrong(&path, &error.to_string());
    fs::create_dir_all(data).map_err(failed)?;
    let lock = File::create(data.join("users.lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let mut table = read::<T>(data)?;
    let result = change(&mut table)?;
    table
        .check()
        .map_err(|what| StartError::new(what, "Nothing was changed. Choose another name."))?;
    let text = toml::to_string(&table).map_err(|error| wrong(&path, &error.to_string()))?;
    atomic::replace_secret(&path, text.as_bytes()).map_err(failed)?;
    Ok(result)
}

/// Reads a table of a data directory; a missing file is an empty table.
pub(crate) fn read<T: Table>(data: &Path) -> Result<T, StartError> {
    let path = data.join(T::FILE);
    if !path.exists() {
        return Ok(T::default());
    }
    let (table, _) = load(&path).map_err(|what| wrong(&path, &what))?;
    Ok(table)
}

fn wrong(path: &Path, what: &str) -> StartError {
    StartError::new(
        format!("{}: {what}", path.display()),
        "Repair the file or restore it from a backup. Without a `users.toml`, a new `admin` is made.",
    )
}

/// The line and what is wrong there. A line that holds a secret is not spoken of further.
fn complaint(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.get(..start).unwrap_or_default().matches('\n').count();
    let found = text.lines().nth(line).unwrap_or_default().trim_start();
    if ["password", "sha256"]
        .iter()
        .any(|key| found.starts_with(key))
    {
        return files::place_of(text, error);
    }
    format!("line {}: {}", line + 1, error.message())
}

/// A colon parts a name from its password in `Basic`, and control characters do not belong in a log.
fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |c: char| c != ':' && !c.is_control();
    if name.is_empty() || NAME_LENGTH < name.len() || !name.chars().all(is_plain) {
        return Err(format!(
            "expected a name of at most {NAME_LENGTH} bytes without colons and control characters, found {name:?}"
        ));
    }
    Ok(())
}

const NAME_LENGTH: usize = 256;

/// More right pairs than this come from no honest installation; then the memory starts afresh.
const KNOWN_AT_MOST: usize = 1024;
