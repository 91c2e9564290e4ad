//! `store.toml`: what may be done with the certificates of a store, and the passwords of its files.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use certlens_core::Password;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::files::{self, Stamp};
use crate::host_key::{self, HostKey};

/// One store.
pub(crate) struct Store {
    /// The name of its folder: `My`.
    pub(crate) name: String,
    /// Opaque.
    pub(crate) id: String,
    /// What may be done with its certificates.
    pub(crate) claims: Vec<String>,
    /// Tried on each file, in this order.
    pub(super) passwords: Passwords,
}

/// The passwords of a store's files.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Passwords(Arc<[Zeroizing<String>]>);

impl Passwords {
    /// The passwords to open a file with.
    pub(super) fn reveal(&self) -> impl Iterator<Item = Password> {
        self.0
            .iter()
            .map(|password| Password::from(password.as_str()))
    }

    /// By which they are told apart from others, and which says nothing of them without the key.
    pub(super) fn tag(&self, key: &[u8; 32]) -> [u8; 32] {
        let texts: Vec<&str> = self.0.iter().map(|text| text.as_str()).collect();
        host_key::tag(key, "passwords", &texts)
    }

    /// The one that new files are sealed with.
    pub(super) fn first(&self) -> Option<Password> {
        self.reveal().next()
    }
}

impl Store {
    /// Whether its claims allow this. Case does not matter.
    pub(crate) fn claims(&self, claim: &str) -> bool {
        self.claims
            .iter()
            .any(|known| known.eq_ignore_ascii_case(claim))
    }

    /// Whether it is the central one, which finds a certificate by the name of its file.
    pub(crate) fn is_central(&self) -> bool {
        is_central(&self.name)
    }
}

/// The settings of every store, read again when their files change: a claim that is withdrawn is
/// withdrawn at once, whatever else is under way.
#[derive(Default)]
pub(super) struct Settings {
    seen: Mutex<HashMap<String, Seen>>,
}

#[derive(Clone)]
struct Seen {
    stamp: Option<Stamp>,
    settled: bool,
    store: Result<Arc<Store>, String>,
}

impl Settings {
    /// The store in this folder, or what is wrong with its settings, in one clause. Blocks.
    pub(super) fn store(
        &self,
        root: &Path,
        name: &str,
        host_key: &HostKey,
    ) -> Result<Arc<Store>, String> {
        let path = root.join(name).join(STORE_FILE);
        let now = SystemTime::now();
        let stamp = fs::metadata(&path).ok().map(|found| Stamp::of(&found));
        if let Some(seen) = self.lock().get(name)
            && seen.settled
            && seen.stamp == stamp
        {
            return seen.store.clone();
        }
        let store = read(&path, name, host_key).map(Arc::new);
        let settled = stamp.as_ref().is_none_or(|stamp| stamp.is_settled(now));
        let seen = Seen {
            stamp,
            settled: settled && store.is_ok(),
            store: store.clone(),
        };
        self.lock().insert(name.to_owned(), seen);
        store
    }

    /// Forgets the folders that are gone.
    pub(super) fn keep(&self, folders: &[String]) {
        self.lock().retain(|name, _| folders.contains(name));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path, name: &str, host_key: &HostKey) -> Result<Store, String> {
    let file = match files::read_text(path).map(Zeroizing::new) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| format!("{name}/{STORE_FILE}: {}", files::place_of(&text, &error)))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => StoreFile::default(),
        Err(error) => return Err(format!("{name}/{STORE_FILE}: {error}")),
    };
    let passwords = file.passwords.into_iter().map(Zeroizing::new);
    Ok(Store {
        id: identifier(host_key, name),
        name: name.to_owned(),
        claims: file.claims,
        passwords: Passwords(passwords.collect()),
    })
}

/// The opaque identifier of the store in this folder. Case does not matter.
pub(super) fn identifier(host_key: &HostKey, name: &str) -> String {
    host_key.identifier("iis store", &[&name.to_lowercase()])
}

/// `store.toml` in the folder of a store.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StoreFile {
    /// What may be done with the certificates.
    claims: Vec<String>,
    /// Tried on each file, in this order.
    passwords: Vec<String>,
}

impl Default for StoreFile {
    fn default() -> Self {
        Self {
            claims: vec!["read".to_owned()],
            passwords: Vec::new(),
        }
    }
}

/// Where a store stands among the others: `My` and `WebHosting` first, the central one last.
pub(super) fn rank(name: &str) -> u8 {
    match name {
        _ if name.eq_ignore_ascii_case("My") => 0,
        _ if name.eq_ignore_ascii_case("WebHosting") => 1,
        _ if is_central(name) => 3,
        _ => 2,
    }
}

fn is_central(name: &str) -> bool {
    name.eq_ignore_ascii_case(CENTRAL_STORE)
}

pub(super) const STORE_FILE: &str = "store.toml";

/// The store whose certificates are found by the names of their files.
const CENTRAL_STORE: &str = "IIS Central Certificate Store";
