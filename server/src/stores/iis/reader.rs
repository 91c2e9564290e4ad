//! From the files of a store to rows.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::Arc;

use certlens_core::{Certificate, Contents, Entry, Limits, Object, Options, Password, RowKind};

use super::row::{Key, Origin, Row, Texts};
use super::settings::Store;
use crate::files;
use crate::host_key::HostKey;

/// What every file is read with.
pub(super) struct Reader {
    pub(super) host_key: HostKey,
    pub(super) texts: Texts,
    /// Tells whether a file that was touched has another content.
    pub(super) hasher: RandomState,
}

/// What was read of one file.
pub(super) struct Content {
    /// A digest of the octets; `None` where they could not be read.
    pub(super) digest: Option<u64>,
    /// `None` where the octets are those of the digest that was known.
    pub(super) rows: Option<Box<[Arc<Row>]>>,
}

impl Reader {
    /// Reads a file, unless its octets have the digest that is known. Blocks.
    ///
    /// A file that cannot be read has no rows, and a line in the log: it hides no other.
    pub(super) fn read(
        &self,
        folder: &Path,
        store: &Store,
        file: &Arc<str>,
        known: Option<u64>,
    ) -> Content {
        let octets = match files::read_at_most(&folder.join(&**file), FILE_SIZE) {
            Ok(octets) => octets,
            Err(error) => {
                tracing::warn!(store = store.name, file = &**file, "Left out: {error}");
                return Content {
                    digest: None,
                    rows: Some(Box::default()),
                };
            }
        };
        let digest = Some(self.hasher.hash_one(&*octets));
        if digest == known {
            return Content { digest, rows: None };
        }
        let rows = self.rows(store, file, &octets).unwrap_or_else(|why| {
            tracing::warn!(store = store.name, file = &**file, "Left out: {why}");
            Box::default()
        });
        Content {
            digest,
            rows: Some(rows),
        }
    }

    /// The opaque identifier of a certificate in a store that knows it by this.
    pub(super) fn identifier(&self, store: &Store, known_by: &str) -> String {
        let parts = [&store.name.to_lowercase(), known_by];
        self.host_key.identifier("iis certificate", &parts)
    }

    fn rows(
        &self,
        store: &Store,
        file: &Arc<str>,
        octets: &[u8],
    ) -> Result<Box<[Arc<Row>]>, String> {
        let contents = open(octets, store).map_err(|error| error.to_string())?;
        let central = store.is_central();
        let id = |known_by: &str| self.identifier(store, known_by);
        let found = installed(&contents);
        if found.is_empty() {
            return Err("no certificate that can be read".to_owned());
        }
        // The central store finds a file by its name: one certificate a file.
        let wanted = if central { 1 } else { found.len() };
        let row = |(at, entry): (usize, Entry)| {
            let certificate = certificate(&entry)?;
            let alias = if central {
                file
            } else {
                entry.alias.as_deref().unwrap_or_default()
            };
            let key = match certificate.private_key {
                None => Key::Absent,
                Some(_) if is_kept(file) => Key::Kept,
                Some(_) => Key::Exportable,
            };
            let origin = Origin {
                id: &id,
                file,
                entry: u32::try_from(at).ok()?,
                alias,
                central,
                key,
            };
            Row::new(certificate, &origin, &self.texts).map(Arc::new)
        };
        Ok(found.into_iter().take(wanted).filter_map(row).collect())
    }
}

/// Opens a file with the first of the store's passwords that fits.
pub(super) fn open(octets: &[u8], store: &Store) -> Result<Contents, certlens_core::Error> {
    let passwords: Vec<Password> = store.passwords.reveal().collect();
    let options = Options {
        passwords: &passwords,
        limits: Limits {
            input: FILE_SIZE,
            ..Limits::default()
        },
    };
    certlens_core::open(octets, &options)
}

/// What Windows would install of a file into a store: the certificates whose keys come along; all of them
/// where there is no key.
pub(super) fn installed(contents: &Contents) -> Vec<(usize, Entry)> {
    let rows = contents.rows();
    let key_alone = rows.iter().any(|row| row.kind == RowKind::PrivateKey);
    let certificates = rows.iter().enumerate();
    let certificates = certificates.filter(|(_, row)| row.kind == RowKind::Certificate);
    let mut found: Vec<(usize, Entry)> = certificates
        .filter_map(|(at, _)| Some((at, contents.entry(at, None)?)))
        .filter(|(_, entry)| certificate(entry).is_some())
        .collect();
    let has_key = |entry: &Entry| certificate(entry).is_some_and(|one| one.private_key.is_some());
    if found.iter().any(|(_, entry)| has_key(entry)) {
        found.retain(|(_, entry)| has_key(entry));
    } else if key_alone {
        // A key that fits nothing here: the first certificate is meant.
        found.truncate(1);
    }
    found
}

/// The certificate that an entry is, if it is one.
pub(super) fn certificate(entry: &Entry) -> Option<&Certificate> {
    match &entry.object {
        Object::Certificate(certificate) => Some(certificate),
        _ => None,
    }
}

/// Whether a file by this name is one of ours to read. Those that begin with a dot are half written.
pub(super) fn is_wanted(name: &str) -> bool {
    let known = ["pfx", "p12", "cer", "crt", "der", "pem", "p7b", "p7c"];
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    !name.starts_with('.')
        && extension.is_some_and(|extension| {
            known
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        })
}

/// Whether the private key in this file is not to leave it: `….kept.pfx`.
fn is_kept(file: &str) -> bool {
    file.to_ascii_lowercase().ends_with(KEPT)
}

/// The end of the name of a file whose private key is not to leave the store.
pub(super) const KEPT: &str = ".kept.pfx";

/// Certificate files are small; a disk image put there by mistake is not read.
pub(super) const FILE_SIZE: u64 = 16 << 20;
