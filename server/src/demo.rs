//! Demonstration data: a small company's certificates, some of them in trouble.
//!
//! Made on the first start, relative to the clock, and never committed: it shows what the pages look
//! like, and is what the tests run against.

mod authority;
mod elasticsearch;
mod iis;
mod redis_enterprise;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use certlens_core::{
    JavaTrust, Part, Password, SealProfile, Sealing, SecretKey, UnixTime, write_pkcs12,
};
use rcgen::KeyPair;
use zeroize::Zeroizing;

use authority::{Authorities, CannotMake};

use crate::app::StartError;
use crate::atomic;
use crate::host_key;

/// What became of the wish for demonstration data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was made.
    Now,
    /// The directory holds certificates already; nothing was touched.
    Already,
}

/// Makes demonstration data in a data directory that holds no certificates yet.
///
/// # Errors
/// When a file cannot be written.
pub fn make_demonstration(data: &Path, now: UnixTime) -> Result<Made, StartError> {
    let folders = ["elasticsearch", "redis", "iis"];
    if folders.iter().any(|folder| data.join(folder).exists()) {
        return Ok(Made::Already);
    }
    make(data, now).map(|()| Made::Now).map_err(|error| {
        StartError::new(
            format!(
                "{}: cannot make demonstration data: {error}",
                data.display()
            ),
            "Choose a directory that can be written to, or start without `--demo`.",
        )
    })
}

fn make(data: &Path, now: UnixTime) -> Result<(), CannotMake> {
    let authorities = Authorities::make(now)?;
    elasticsearch::make(&Folder::make(&data.join("elasticsearch"))?, &authorities)?;
    redis_enterprise::make(&Folder::make(&data.join("redis"))?, &authorities)?;
    iis::make(&Folder::make(&data.join("iis"))?, &authorities)
}

/// A keystore as keytool 17 seals it: with so few rounds that the demonstration starts at once.
fn keystore(parts: &[Part<'_>], password: &str) -> Result<Zeroizing<Vec<u8>>, CannotMake> {
    let password = Password::from(password);
    let sealing = Sealing {
        rounds: 10_000,
        ..Sealing::new(&password, SealProfile::Modern)
    };
    write_pkcs12(parts, JavaTrust::AsRead, &sealing, &mut host_key::fill)
        .map(|written| written.bytes)
        .map_err(|error| CannotMake::Other(error.to_string()))
}

fn secret_key(key: &KeyPair) -> Result<SecretKey, CannotMake> {
    SecretKey::read(key.serialized_der()).map_err(|error| CannotMake::Other(error.to_string()))
}

/// A folder that demonstration files are written into.
struct Folder(PathBuf);

impl Folder {
    fn make(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self(path.to_owned()))
    }

    fn folder(&self, name: &str) -> io::Result<Self> {
        Self::make(&self.0.join(name))
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
        fs::write(self.0.join(name), content)
    }

    /// For what holds private keys or passwords.
    fn write_secret(&self, name: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
        atomic::create_secret(&self.0.join(name), content.as_ref())
    }
}
