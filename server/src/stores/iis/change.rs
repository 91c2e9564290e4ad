//! Putting certificates into stores, and taking them out.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certlens_core::{Certificate, Contents, Entry, Limits, Lock, Options, Password, RowKind};
use tokio::task;
use zeroize::Zeroizing;

use super::index;
use super::keystore::{self, Sealed, Wish};
use super::reader::{self, FILE_SIZE, KEPT, certificate, installed};
use super::row::{Id, Key, Row};
use super::settings::Store;
use super::{Folders, Shared};
use crate::durable::{self, Access};
use crate::files::Stamp;

/// A file whose certificates are to be in a store.
pub(crate) struct Import {
    pub(crate) content: Zeroizing<Vec<u8>>,
    /// Opens it.
    pub(crate) password: Option<Password>,
    /// Whether its private key is wanted, too.
    pub(crate) persist_key: bool,
    /// Whether the private key may leave the store again.
    pub(crate) exportable: bool,
}

/// What of a certificate is to leave its store.
pub(crate) enum Export {
    /// The certificate, in DER.
    Certificate,
    /// The certificate, its issuers in the same file, and its private key, in PKCS#12 under this password.
    WithPrivateKey(Password),
}

/// Why a store stays as it is.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A part of the request cannot be taken: its name, and what is wrong with it.
    Invalid(&'static str, &'static str),
    /// What is there stands against it.
    Conflict(&'static str),
    /// The file system does not let us.
    Io(io::Error),
    /// Something else.
    Failed,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(name, detail) => write!(f, "{name}: {detail}"),
            Self::Conflict(detail) => f.write_str(detail),
            Self::Io(error) => write!(f, "{error}"),
            Self::Failed => f.write_str("it was broken off"),
        }
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A file that is to be in a store, under a name of our making.
struct NewFile {
    name: String,
    content: Zeroizing<Vec<u8>>,
    access: Access,
    /// The certificate that it adds.
    id: Id,
    brings_key: bool,
}

impl Folders {
    /// Puts the certificates of a file into a store, and answers what was added.
    pub(crate) async fn import(
        &self,
        store: &Arc<Store>,
        import: Import,
    ) -> Result<Vec<Arc<Row>>, Refused> {
        let (shared, into) = (Arc::clone(&self.0), Arc::clone(store));
        let files = task::spawn_blocking(move || shared.files_of(&into, &import));
        let files = files.await.map_err(|_| Refused::Failed)??;
        self.add(store, files).await
    }

    /// Makes a self-signed certificate in a store.
    pub(crate) async fn create(&self, store: &Arc<Store>, wish: Wish) -> Result<Arc<Row>, Refused> {
        let (shared, into) = (Arc::clone(&self.0), Arc::clone(store));
        let file = task::spawn_blocking(move || shared.make(&into, &wish));
        let file = file.await.map_err(|_| Refused::Failed)??;
        let added = self.add(store, vec![file]).await?;
        added.into_iter().next().ok_or(Refused::Failed)
    }

    /// Deletes a certificate with its private key: every file of the store that holds it.
    pub(crate) async fn delete(&self, store: &Arc<Store>, row: &Arc<Row>) -> Result<(), Refused> {
        let shared = Arc::clone(&self.0);
        let (store, row) = (Arc::clone(store), Arc::clone(row));
        self.change(move || shared.delete(&store, &row)).await
    }

    /// Takes a certificate out of the file that it stands in. The file stays.
    pub(crate) async fn export(
        &self,
        store: &Arc<Store>,
        row: &Arc<Row>,
        export: Export,
    ) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let shared = Arc::clone(&self.0);
        let (store, row) = (Arc::clone(store), Arc::clone(row));
        let read = task::spawn_blocking(move || shared.export(&store, &row, &export));
        read.await.map_err(|_| Refused::Failed)?
    }

    /// Puts files into a store. They are on the disk, and in the index, when this returns.
    async fn add(&self, store: &Arc<Store>, files: Vec<NewFile>) -> Result<Vec<Arc<Row>>, Refused> {
        let (shared, into) = (Arc::clone(&self.0), Arc::clone(store));
        let added = self.change(move || shared.add(&into, files)).await?;
        let opened = self.current().await.ok_or(Refused::Failed)?;
        let opened = opened.iter().find(|opened| opened.id == store.id);
        let rows = opened.and_then(|opened| opened.state.as_ref().ok());
        let (_, rows) = rows.ok_or(Refused::Failed)?;
        let rows: Vec<_> = added.iter().filter_map(|id| rows.find(*id)).collect();
        Ok(rows.into_iter().cloned().collect())
    }

    /// Makes a change to what is there at this moment, and lets everybody know.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        self.refreshed().await.ok_or(Refused::Failed)?;
        let done = task::spawn_blocking(work).await;
        self.refreshed().await.ok_or(Refused::Failed)?;
        done.map_err(|_| Refused::Failed)?
    }
}

impl Shared {
    /// What is to be written for a file that was sent.
    fn files_of(&self, store: &Store, import: &Import) -> Result<Vec<NewFile>, Refused> {
        let invalid = Refused::Invalid("file", "Invalid certificate file");
        let passwords = import.password.as_slice();
        let contents = match open(&import.content, passwords) {
            Ok(contents) if contents.lock() == Lock::Open => contents,
            Ok(_) => return Err(Refused::Invalid("password", "Password is incorrect")),
            Err(_) => return Err(invalid),
        };
        let found = installed(&contents);
        let has_key = |(_, entry): &(usize, Entry)| {
            certificate(entry).is_some_and(|one| one.private_key.is_some())
        };
        if import.persist_key && found.iter().any(has_key) {
            let [(at, entry)] = found.as_slice() else {
                let detail = "It holds several private keys: import them one by one";
                return Err(Refused::Invalid("file", detail));
            };
            let certificate = certificate(entry).ok_or(invalid)?;
            let password = store.passwords.first().ok_or(NO_PASSWORD)?;
            let sealing = (&password, Sealed::InStore);
            let content = keystore::reseal(&import.content, passwords, *at, sealing)?;
            let ending = ending(import.exportable);
            return Ok(vec![self.new_file(store, certificate, ending, content)?]);
        }
        let files: Result<Vec<_>, _> = found
            .iter()
            .filter_map(|(_, entry)| certificate(entry))
            .map(|certificate| {
                let content = der(certificate).ok_or(Refused::Failed)?;
                self.new_file(store, certificate, ".cer", content)
            })
            .collect();
        files.and_then(|files| {
            if files.is_empty() {
                Err(invalid)
            } else {
                Ok(files)
            }
        })
    }

    fn new_file(
        &self,
        store: &Store,
        certificate: &Certificate,
        ending: &str,
        content: Zeroizing<Vec<u8>>,
    ) -> Result<NewFile, Refused> {
        let brings_key = ending != ".cer";
        let id = self
            .sources
            .reader
            .identifier(store, &certificate.fingerprints.sha256);
        Ok(NewFile {
            name: certificate.fingerprints.sha1.to_ascii_uppercase() + ending,
            content,
            access: if brings_key {
                Access::Secret
            } else {
                Access::Kept
            },
            id: Id::parse(&id).ok_or(Refused::Failed)?,
            brings_key,
        })
    }

    fn make(&self, store: &Store, wish: &Wish) -> Result<NewFile, Refused> {
        let password = store.passwords.first().ok_or(NO_PASSWORD)?;
        let (der, content) = keystore::make(wish, &password)?;
        let contents = open(&der, &[]).map_err(|_| Refused::Failed)?;
        let entry = contents.entry(0, None).ok_or(Refused::Failed)?;
        let certificate = certificate(&entry).ok_or(Refused::Failed)?;
        self.new_file(store, certificate, ending(wish.exportable), content)
    }

    fn add(&self, store: &Store, files: Vec<NewFile>) -> Result<Vec<Id>, Refused> {
        let folder = durable::Folder::new(index::folder(&self.sources.root, store));
        let folder = folder.write()?;
        let mut wanted = Vec::new();
        for file in files {
            // A certificate that is there is left as it is, unless its private key comes now.
            let known = self.index().find(&store.name, file.id);
            let adds_key =
                file.brings_key && known.as_ref().is_some_and(|row| !row.has_private_key());
            if (known.is_none() || adds_key) && folder.metadata(&file.name)?.is_none() {
                wanted.push(file);
            }
        }
        if wanted.is_empty() {
            return Err(Refused::Conflict("Already exists"));
        }
        for file in &wanted {
            folder.replace(&file.name, &file.content, file.access)?;
        }
        Ok(wanted.into_iter().map(|file| file.id).collect())
    }

    fn delete(&self, store: &Store, row: &Row) -> Result<(), Refused> {
        let path = index::folder(&self.sources.root, store);
        let folder = durable::Folder::new(path.clone());
        let folder = folder.write()?;
        let files = self.index().holding(&store.name, row.id);
        for file in &files {
            if file.others {
                return Err(SHARED);
            }
        }
        if files.is_empty()
            || !files
                .iter()
                .all(|file| is_same(&path, &file.name, &file.stamp))
        {
            return Err(CHANGED);
        }
        for file in &files {
            let content = folder.content(&file.name, FILE_SIZE)?.ok_or(CHANGED)?;
            let contents = reader::open(&content, store).map_err(|_| CHANGED)?;
            if !is_alone(&contents, row) {
                return Err(SHARED);
            }
        }
        for file in &files {
            folder.remove(&file.name)?;
        }
        Ok(())
    }

    fn export(
        &self,
        store: &Store,
        row: &Row,
        export: &Export,
    ) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let folder = durable::Folder::new(index::folder(&self.sources.root, store));
        let content = folder
            .read()?
            .content(&row.file, FILE_SIZE)?
            .ok_or(CHANGED)?;
        let contents = reader::open(&content, store).map_err(|_| CHANGED)?;
        let at = usize::try_from(row.entry).map_err(|_| CHANGED)?;
        let entry = contents.entry(at, None).ok_or(CHANGED)?;
        let certificate = certificate(&entry).ok_or(CHANGED)?;
        if !row.is(certificate) {
            return Err(CHANGED);
        }
        match export {
            Export::Certificate => der(certificate).ok_or(Refused::Failed),
            Export::WithPrivateKey(_) if row.key != Key::Exportable => {
                let detail = "The private key is not there, or is not to leave the store";
                Err(Refused::Invalid("persist_key", detail))
            }
            Export::WithPrivateKey(password) => {
                let passwords: Vec<Password> = store.passwords.reveal().collect();
                keystore::reseal(&content, &passwords, at, (password, Sealed::Outside))
            }
        }
    }
}

fn open(octets: &[u8], passwords: &[Password]) -> Result<Contents, certlens_core::Error> {
    let options = Options {
        passwords,
        limits: Limits {
            input: FILE_SIZE,
            ..Limits::default()
        },
    };
    certlens_core::open(octets, &options)
}

/// The octets of a certificate.
fn der(certificate: &Certificate) -> Option<Zeroizing<Vec<u8>>> {
    let lines = certificate
        .pem
        .lines()
        .filter(|line| !line.starts_with('-'));
    let text: String = lines.collect();
    STANDARD.decode(text).map(Zeroizing::new).ok()
}

/// Whether a file holds nothing but a certificate, its private key and its issuers. The index cannot
/// tell: it leaves out what Windows would not install.
fn is_alone(contents: &Contents, row: &Row) -> bool {
    let rows = contents.rows();
    let count = |kind| rows.iter().filter(|one| one.kind == kind).count();
    let (certificates, keys) = (count(RowKind::Certificate), count(RowKind::PrivateKey));
    let entries: Vec<Entry> = (0..rows.len())
        .filter_map(|at| contents.entry(at, None))
        .collect();
    let all: Vec<&Certificate> = entries.iter().filter_map(certificate).collect();
    if all.len() != certificates || certificates + keys != rows.len() {
        return false;
    }
    let (own, mut others): (Vec<&Certificate>, Vec<&Certificate>) =
        all.into_iter().partition(|one| row.is(one));
    let Some(mut last) = own.first().copied() else {
        return false;
    };
    if usize::from(last.private_key.is_some()) < keys {
        return false;
    }
    while let Some(at) = others.iter().position(|one| one.subject == last.issuer) {
        last = others.swap_remove(at);
        if last.private_key.is_some() {
            return false;
        }
    }
    others.is_empty()
}

fn is_same(folder: &Path, file: &str, stamp: &Stamp) -> bool {
    std::fs::metadata(folder.join(file)).is_ok_and(|found| Stamp::of(&found) == *stamp)
}

/// How the name of a keystore ends, which tells whether its private key may leave the store.
fn ending(exportable: bool) -> &'static str {
    if exportable { ".pfx" } else { KEPT }
}

const NO_PASSWORD: Refused = Refused::Invalid(
    "store",
    "It has no password to seal private keys with: add one to its store.toml",
);

const SHARED: Refused = Refused::Conflict("Its file holds other certificates, too");

const CHANGED: Refused = Refused::Conflict("Its file was changed meanwhile");
