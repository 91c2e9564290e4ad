//! The index on the disk, so that a start need not read every file again.
//!
//! It is a cache. Without it, or where anything is wrong with it, the files are read. It holds what is
//! answered to clients and what the file system says of each file; no key and no password.
//!
//! ```text
//! magic, with the version that wrote it
//! 1, store, digest of its passwords, number of files, files    for each store
//! 0
//! HMAC-SHA-256 over all of this under a key made from host.key
//! ```
//!
//! Numbers are little-endian, and the length of a text stands before it. A text that many rows share stands
//! where it is met first, and from then on it is a number. The digest at the end tells what is cut off,
//! damaged, or of another installation, whose identifiers are others.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::row::Texts;
use crate::atomic::{self, Existing, OWN_SECRET, existing};
use crate::host_key::HostKey;

/// Where the index is kept.
pub(super) struct Cache {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
    /// When it was written last, and for how long.
    written: Option<(Instant, Duration)>,
}

impl Cache {
    pub(super) fn new(path: PathBuf, host_key: &HostKey) -> Self {
        Self {
            path,
            key: host_key.derive("iis index"),
            written: None,
        }
    }

    /// Under what passwords are told apart.
    pub(super) fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// Whether enough time passed for writing to cost next to nothing.
    pub(super) fn is_due(&self) -> bool {
        self.written
            .is_none_or(|(when, took)| took * WRITES_APART < when.elapsed())
    }

    /// Reads what was written last; `None` where nothing was. Blocks.
    pub(super) fn read<T>(
        &self,
        texts: &Texts,
        read: impl FnOnce(&mut Input<'_>) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let content = self.check(&mut file)?;
        let file = BufReader::with_capacity(BUFFER, file.take(content));
        let mut input = Input {
            file,
            texts,
            shared: Vec::new(),
        };
        read(&mut input).map(Some)
    }

    /// Checks all of a file; answers where its content ends, and stands where it begins.
    fn check(&self, file: &mut File) -> io::Result<u64> {
        let broken = |what| io::Error::new(io::ErrorKind::InvalidData, what);
        let mut magic = [0; MAGIC.len()];
        let is_ours = file.read_exact(&mut magic).is_ok() && magic == *MAGIC.as_bytes();
        if !is_ours {
            return Err(broken("another version or another program wrote it"));
        }
        let end = file.metadata()?.len().checked_sub(TAG);
        let end = end.ok_or_else(|| broken("it is cut off"))?;
        file.rewind()?;
        let mut seal = self.seal();
        let mut content = (&mut *file).take(end);
        let mut buffer = vec![0; BUFFER];
        loop {
            match content.read(&mut buffer)? {
                0 => break,
                read => seal.update(buffer.get(..read).unwrap_or_default()),
            }
        }
        let mut tag = Vec::new();
        file.read_to_end(&mut tag)?;
        seal.verify_slice(&tag)
            .map_err(|_| broken("it is damaged, or was made with another host.key"))?;
        file.seek(io::SeekFrom::Start(MAGIC.len() as u64))?;
        Ok(end - MAGIC.len() as u64)
    }

    /// Replaces what was written last. Blocks.
    pub(super) fn write(
        &mut self,
        write: impl FnOnce(&mut Output<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let begun = Instant::now();
        // Always the same: it is large, and what a crash leaves is not to stay.
        let draft = self.path.with_extension("index.new");
        let written = existing(fs::remove_file(&draft)).and_then(|_| {
            atomic::put(&draft, &self.path, OWN_SECRET, Existing::Replace, |file| {
                self.fill(file, write)
            })
        });
        self.written = Some((Instant::now(), begun.elapsed()));
        written
    }

    fn fill(
        &self,
        file: &mut File,
        write: impl FnOnce(&mut Output<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let seal = self.seal();
        let mut output = Output {
            file: BufWriter::with_capacity(BUFFER, Sealing { file, seal }),
            shared: HashMap::new(),
        };
        output.octets(MAGIC.as_bytes())?;
        write(&mut output)?;
        let Sealing { file, seal } = output.file.into_inner().map_err(io::Error::from)?;
        file.write_all(&seal.finalize().into_bytes())
    }

    fn seal(&self) -> Hmac<Sha256> {
        <Hmac<Sha256> as KeyInit>::new_from_slice(&*self.key).unwrap_or_else(|_| unreachable!())
    }
}

/// A file that digests what is written to it.
struct Sealing<'a> {
    file: &'a mut File,
    seal: Hmac<Sha256>,
}

impl Write for Sealing<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.file.write(octets)?;
        self.seal.update(octets.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes the index.
pub(super) struct Output<'a> {
    file: BufWriter<Sealing<'a>>,
    /// The number of each text that was written already.
    shared: HashMap<Arc<str>, u32>,
}

impl Output<'_> {
    pub(super) fn octets(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }

    pub(super) fn octet(&mut self, octet: u8) -> io::Result<()> {
        self.octets(&[octet])
    }

    pub(super) fn number(&mut self, number: u64) -> io::Result<()> {
        self.octets(&number.to_le_bytes())
    }

    pub(super) fn length(&mut self, length: usize) -> io::Result<()> {
        let length = u32::try_from(length).map_err(io::Error::other)?;
        self.octets(&length.to_le_bytes())
    }

    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.length(text.len())?;
        self.octets(text.as_bytes())
    }

    pub(super) fn shared(&mut self, text: &Arc<str>) -> io::Result<()> {
        if let Some(number) = self.shared.get(text) {
            let number = *number;
            return self.octets(&number.to_le_bytes());
        }
        let number = self.shared.len();
        self.length(number)?;
        self.text(text)?;
        let number = u32::try_from(number).map_err(io::Error::other)?;
        self.shared.insert(Arc::clone(text), number);
        Ok(())
    }
}

/// Reads an index that passed the check.
pub(super) struct Input<'a> {
    file: BufReader<io::Take<File>>,
    texts: &'a Texts,
    shared: Vec<Arc<str>>,
}

impl Input<'_> {
    pub(super) fn octets<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut octets = [0; N];
        self.file.read_exact(&mut octets)?;
        Ok(octets)
    }

    pub(super) fn octet(&mut self) -> io::Result<u8> {
        self.octets().map(|[octet]| octet)
    }

    pub(super) fn number(&mut self) -> io::Result<u64> {
        self.octets().map(u64::from_le_bytes)
    }

    pub(super) fn length(&mut self) -> io::Result<usize> {
        let length = self.octets().map(u32::from_le_bytes)?;
        usize::try_from(length).map_err(io::Error::other)
    }

    pub(super) fn text(&mut self) -> io::Result<String> {
        let mut text = vec![0; self.length()?];
        self.file.read_exact(&mut text)?;
        String::from_utf8(text).map_err(io::Error::other)
    }

    pub(super) fn shared(&mut self) -> io::Result<Arc<str>> {
        let number = self.length()?;
        if number == self.shared.len() {
            let text = self.text()?;
            self.shared.push(self.texts.share(&text));
        }
        let text = self.shared.get(number).cloned();
        text.ok_or_else(|| io::Error::other("a text has no number"))
    }

    /// Texts that many rows have the list of.
    pub(super) fn texts(&self) -> &Texts {
        self.texts
    }
}

/// Other versions may read other things out of the same files, and lay them down otherwise.
const MAGIC: &str = concat!(
    "certlens iis index 1, version ",
    env!("CARGO_PKG_VERSION"),
    "\n"
);

/// Octets of the digest at the end.
const TAG: u64 = 32;

const BUFFER: usize = 1 << 18;

/// Writing takes at most this part of the time of one processor.
const WRITES_APART: u32 = 50;
