//! Folders of PFX, CER and PEM files as certificate stores.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certlens_core::{Certificate, Entry, Object, Report};
use serde::Deserialize;

use super::elasticsearch::certificate;
use crate::files::{self, Files};
use crate::host_key::HostKey;

/// The folders below `iis` of the data directory, one for each store.
pub(crate) struct Folders {
    path: PathBuf,
    host_key: HostKey,
    files: Arc<Files>,
}

/// One store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Store {
    /// The name of its folder: `My`.
    pub(crate) name: String,
    /// Opaque.
    pub(crate) id: String,
    /// What may be done with its certificates.
    pub(crate) claims: Vec<String>,
    passwords: Vec<String>,
}

/// One certificate of a store.
pub(crate) struct Item {
    /// Opaque; two stores with the same certificate have two identifiers for it.
    pub(crate) id: String,
    /// Friendly name, or the name of the file in the central store.
    pub(crate) alias: String,
    /// Whether its private key is in the same file.
    pub(crate) has_private_key: bool,
    report: Arc<Report>,
    entry: usize,
}

impl Store {
    /// Whether its claims allow this. Case does not matter.
    pub(crate) fn claims(&self, claim: &str) -> bool {
        self.claims
            .iter()
            .any(|known| known.eq_ignore_ascii_case(claim))
    }

    fn is_central(&self) -> bool {
        self.name.eq_ignore_ascii_case(CENTRAL_STORE)
    }
}

impl Item {
    pub(crate) fn certificate(&self) -> Option<&Certificate> {
        certificate(&self.report.entries.get(self.entry)?.object)
    }
}

impl Folders {
    pub(crate) fn new(data: &Path, host_key: HostKey, files: Arc<Files>) -> Self {
        Self {
            path: data.join("iis"),
            host_key,
            files,
        }
    }

    /// Every store: `My` and `WebHosting` first, the central one last. Blocks.
    pub(crate) fn stores(&self) -> Result<Vec<Store>, String> {
        let mut names = Vec::new();
        for entry in directory(&self.path)? {
            if entry.is_dir()
                && let Some(name) = entry.file_name().and_then(|name| name.to_str())
                && !name.starts_with('.')
            {
                names.push(name.to_owned());
            }
        }
        names.sort_by_key(|name| (rank(name), name.clone()));
        names.into_iter().map(|name| self.store(name)).collect()
    }

    fn store(&self, name: String) -> Result<Store, String> {
        let path = self.path.join(&name).join(STORE_FILE);
        let file = match files::read_text(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| {
                format!("{name}/{STORE_FILE}: {}", files::place_of(&text, &error))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => StoreFile::default(),
            Err(error) => return Err(format!("{name}/{STORE_FILE}: {error}")),
        };
        let id = self
            .host_key
            .identifier("iis store", &[&name.to_lowercase()]);
        Ok(Store {
            id,
            claims: file.claims,
            passwords: file.passwords,
            name,
        })
    }

    /// The certificates of a store, in the order of its files. Blocks.
    ///
    /// A file that cannot be read is left out, with a line in the log: it hides no other.
    pub(crate) fn items(&self, store: &Store) -> Result<Vec<Item>, String> {
        let mut items: Vec<Item> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for path in directory(&self.path.join(&store.name))? {
            if !is_certificate_file(&path) {
                continue;
            }
            for item in self.file_items(store, &path) {
                match places.get(&item.id).copied() {
                    None => {
                        places.insert(item.id.clone(), items.len());
                        items.push(item);
                    }
                    // A store holds a certificate once; the file with its key tells more.
                    Some(place) => {
                        if let Some(known) = items.get_mut(place)
                            && !known.has_private_key
                        {
                            *known = item;
                        }
                    }
                }
            }
        }
        Ok(items)
    }

    fn file_items(&self, store: &Store, path: &Path) -> Vec<Item> {
        let passwords: Vec<&str> = store.passwords.iter().map(String::as_str).collect();
        let report = match self.files.report(path, &passwords) {
            Ok(report) => report,
            Err(error) => {
                tracing::warn!(store = store.name, path = %path.display(), "Left out: {error}");
                return Vec::new();
            }
        };
        let found = installed(&report);
        if found.is_empty() {
            tracing::warn!(store = store.name, path = %path.display(), "Left out: no certificate that can be read");
        }
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        // The central store finds a file by its name: one certificate a file.
        let wanted = if store.is_central() { 1 } else { found.len() };
        found
            .into_iter()
            .take(wanted)
            .filter_map(|entry| self.item(store, &file, &report, entry))
            .collect()
    }

    fn item(&self, store: &Store, file: &str, report: &Arc<Report>, entry: usize) -> Option<Item> {
        let found = report.entries.get(entry)?;
        let certificate = certificate(&found.object)?;
        let central = store.is_central();
        let key = if central {
            file
        } else {
            &certificate.fingerprints.sha256
        };
        let alias = if central {
            file
        } else {
            found.alias.as_deref().unwrap_or_default()
        };
        Some(Item {
            id: self
                .host_key
                .identifier("iis certificate", &[&store.name.to_lowercase(), key]),
            alias: alias.to_owned(),
            has_private_key: certificate.private_key.is_some(),
            report: Arc::clone(report),
            entry,
        })
    }
}

/// What Windows would install of a file into this store: the certificates whose keys come along; all
/// of them where there is no key.
fn installed(report: &Report) -> Vec<usize> {
    let is_certificate = |entry: &Entry| certificate(&entry.object).is_some();
    let has_key = |entry: &Entry| {
        certificate(&entry.object).is_some_and(|certificate| certificate.private_key.is_some())
    };
    let entries = || report.entries.iter().enumerate();
    let with_key: Vec<usize> = entries()
        .filter(|(_, e)| has_key(e))
        .map(|(at, _)| at)
        .collect();
    if !with_key.is_empty() {
        return with_key;
    }
    if report
        .entries
        .iter()
        .any(|entry| matches!(entry.object, Object::PrivateKey(_)))
    {
        // A key that fits nothing here: the first certificate is meant.
        return entries()
            .find(|(_, e)| is_certificate(e))
            .map(|(at, _)| at)
            .into_iter()
            .collect();
    }
    entries()
        .filter(|(_, e)| is_certificate(e))
        .map(|(at, _)| at)
        .collect()
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

/// The paths in a directory, sorted; none where there is no directory.
fn directory(path: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn is_certificate_file(path: &Path) -> bool {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let known = ["pfx", "p12", "cer", "crt", "pem"];
    known
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
        && path.is_file()
}

fn rank(name: &str) -> u8 {
    match name {
        "My" => 0,
        "WebHosting" => 1,
        CENTRAL_STORE => 3,
        _ => 2,
    }
}

const STORE_FILE: &str = "store.toml";

/// The store whose certificates are found by the names of their files.
const CENTRAL_STORE: &str = "IIS Central Certificate Store";
