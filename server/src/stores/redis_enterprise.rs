//! A directory of `<name>_cert.pem` and `<name>_key.pem`, as Redis Enterprise keeps them.

use std::io;
use std::path::{Path, PathBuf};

use certlens_dialect::redis_enterprise::{CertificateName, Key, NAMES};
use zeroize::Zeroizing;

use crate::files;

/// The directory `redis` of the data directory.
pub(crate) struct Directory {
    path: PathBuf,
}

/// One certificate with its key, as PEM text.
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    pub(crate) certificate: String,
    pub(crate) key: Option<Zeroizing<String>>,
}

/// Whether private keys are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// They are.
    Read,
    /// They stay in their files.
    Leave,
}

impl Directory {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            path: data.join("redis"),
        }
    }

    /// The pairs that are there, in the vendor's order. Blocks.
    ///
    /// # Errors
    /// Names the file that is there and cannot be read.
    pub(crate) fn pairs(&self, keys: Keys) -> Result<Vec<Pair>, String> {
        let pairs = NAMES.iter().map(|name| self.pair(name, keys));
        pairs.filter_map(Result::transpose).collect()
    }

    /// Only known names become file names: nothing that a client sent is ever part of a path.
    fn pair(&self, name: &CertificateName, keys: Keys) -> Result<Option<Pair>, String> {
        let Some(certificate) = self.text(&format!("{}_cert.pem", name.name))? else {
            return Ok(None);
        };
        let key = match (keys, name.key) {
            (Keys::Read, Key::Held) => self.text(&format!("{}_key.pem", name.name))?,
            _ => None,
        };
        let key = key.map(Zeroizing::new);
        Ok(Some(Pair {
            name: name.name,
            certificate,
            key,
        }))
    }

    fn text(&self, file: &str) -> Result<Option<String>, String> {
        match files::read_text(&self.path.join(file)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{file} cannot be read: {error}")),
        }
    }
}
