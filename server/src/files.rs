//! Reading certificate files, and never reading twice what did not change.

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use certlens_core::{Error, Limits, Options, Password, Report};
use zeroize::Zeroizing;

use crate::app::StartError;
use crate::host_key;

/// What was read from files, as long as they stay as they were.
///
/// Whether a file changed is asked of the file system at every request: a replaced file shows at
/// once. Passwords are remembered as keyed digests only.
pub(crate) struct Files {
    known: Mutex<HashMap<PathBuf, Known>>,
    key: Zeroizing<[u8; 32]>,
}

struct Known {
    stamp: Stamp,
    passwords: [u8; 32],
    report: Arc<Report>,
}

/// Why a file could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The operating system refused.
    Io(io::Error),
    /// The content is nothing that can be shown.
    Content(Error),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                f.write_str("the file does not exist")
            }
            Self::Io(error) => write!(f, "{error}"),
            Self::Content(error) => write!(f, "{error}"),
        }
    }
}

impl Files {
    pub(crate) fn new() -> Result<Self, StartError> {
        Ok(Self {
            known: Mutex::default(),
            key: host_key::random()?,
        })
    }

    /// The report of one file, opened with the first of these passwords that fits. Blocks.
    pub(crate) fn report(&self, path: &Path, passwords: &[&str]) -> Result<Arc<Report>, ReadError> {
        let asked = SystemTime::now();
        let stamp = Stamp::of(&fs::metadata(path).map_err(ReadError::Io)?);
        let digest = host_key::tag(&self.key, "passwords", passwords);
        if let Some(report) = self.recall(path, &stamp, &digest) {
            return Ok(report);
        }
        let report = Arc::new(read(path, passwords)?);
        if stamp.is_settled(asked) {
            let known = Known {
                stamp,
                passwords: digest,
                report: Arc::clone(&report),
            };
            let mut all = self.lock();
            if KNOWN_AT_MOST <= all.len() {
                all.clear();
            }
            all.insert(path.to_owned(), known);
        }
        Ok(report)
    }

    fn recall(&self, path: &Path, stamp: &Stamp, passwords: &[u8; 32]) -> Option<Arc<Report>> {
        let known = self.lock();
        let known = known.get(path)?;
        let same = known.stamp == *stamp && known.passwords == *passwords;
        same.then(|| Arc::clone(&known.report))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the file system says of a file's content without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    changed: (u64, i64, i64),
    #[cfg(unix)]
    device: u64,
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            changed: (metadata.ino(), metadata.ctime(), metadata.ctime_nsec()),
            #[cfg(unix)]
            device: metadata.dev(),
        }
    }

    #[cfg(target_os = "linux")]
    fn of_statx(found: &rustix::fs::Statx) -> Self {
        let (seconds, rest) = (found.stx_mtime.tv_sec, found.stx_mtime.tv_nsec);
        let since = Duration::from_secs(seconds.unsigned_abs());
        let modified = if seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(since)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(since)
        };
        Self {
            size: found.stx_size,
            modified: modified.and_then(|time| time.checked_add(Duration::new(0, rest))),
            changed: (
                found.stx_ino,
                found.stx_ctime.tv_sec,
                found.stx_ctime.tv_nsec.into(),
            ),
            device: rustix::fs::makedev(found.stx_dev_major, found.stx_dev_minor),
        }
    }

    /// It as numbers; `None` where it cannot be made of them again.
    pub(crate) fn numbers(&self) -> Option<[u64; 6]> {
        let modified = self.modified?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let modified = u64::try_from(modified.as_nanos()).ok()?;
        #[cfg(unix)]
        let (inode, seconds, nanoseconds) = self.changed;
        #[cfg(unix)]
        let changed = [
            inode,
            u64::try_from(seconds).ok()?,
            u64::try_from(nanoseconds).ok()?,
            self.device,
        ];
        #[cfg(not(unix))]
        let changed = [0; 4];
        let [inode, seconds, nanoseconds, device] = changed;
        Some([self.size, modified, inode, seconds, nanoseconds, device])
    }

    /// The one whose [`Stamp::numbers`] these are.
    pub(crate) fn of_numbers(numbers: [u64; 6]) -> Option<Self> {
        let [size, modified, inode, seconds, nanoseconds, device] = numbers;
        #[cfg(not(unix))]
        let _ = (inode, seconds, nanoseconds, device);
        Some(Self {
            size,
            modified: SystemTime::UNIX_EPOCH.checked_add(Duration::from_nanos(modified)),
            #[cfg(unix)]
            changed: (
                inode,
                i64::try_from(seconds).ok()?,
                i64::try_from(nanoseconds).ok()?,
            ),
            #[cfg(unix)]
            device,
        })
    }

    /// Whether the last change is long enough ago that another one would show in the stamp. File
    /// systems count time in ticks: two changes within one tick look alike.
    pub(crate) fn is_settled(&self, now: SystemTime) -> bool {
        let tick = Duration::from_secs(2);
        let long_ago = |time: SystemTime| now.duration_since(time).is_ok_and(|age| tick < age);
        #[cfg(unix)]
        let changed = u64::try_from(self.changed.1).map_or(SystemTime::UNIX_EPOCH, |s| {
            SystemTime::UNIX_EPOCH + Duration::from_secs(s)
        });
        #[cfg(not(unix))]
        let changed = SystemTime::UNIX_EPOCH;
        self.modified.is_some_and(long_ago) && long_ago(changed)
    }
}

/// A folder whose files are looked at without finding the way there anew for each of them.
pub(crate) struct Folder {
    path: PathBuf,
    #[cfg(target_os = "linux")]
    open: File,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            #[cfg(target_os = "linux")]
            open: File::open(path)?,
        })
    }

    /// Every name in it, in no order.
    pub(crate) fn entries(&self) -> io::Result<fs::ReadDir> {
        fs::read_dir(&self.path)
    }

    /// The stamp of the file that has this name, or to which a link of this name leads; `None` where there
    /// is no file.
    pub(crate) fn stamp(&self, name: &str) -> Option<Stamp> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{AtFlags, FileType, StatxFlags, statx};
            let what = StatxFlags::TYPE
                | StatxFlags::SIZE
                | StatxFlags::INO
                | StatxFlags::MTIME
                | StatxFlags::CTIME;
            let found = statx(&self.open, name, AtFlags::empty(), what).ok()?;
            let kind = FileType::from_raw_mode(found.stx_mode.into());
            (kind == FileType::RegularFile).then(|| Stamp::of_statx(&found))
        }
        #[cfg(not(target_os = "linux"))]
        {
            let found = fs::metadata(self.path.join(name)).ok()?;
            found.is_file().then(|| Stamp::of(&found))
        }
    }
}

fn read(path: &Path, passwords: &[&str]) -> Result<Report, ReadError> {
    let limits = Limits {
        input: FILE_SIZE,
        ..Limits::default()
    };
    let octets = read_at_most(path, FILE_SIZE).map_err(ReadError::Io)?;
    let passwords: Vec<Password> = passwords.iter().map(|&text| Password::from(text)).collect();
    let options = Options {
        passwords: &passwords,
        limits,
    };
    certlens_core::inspect(&octets, &options, None).map_err(ReadError::Content)
}

/// Reads a file, and refuses one that is longer than allowed before it fills the memory.
pub(crate) fn read_at_most(path: &Path, size: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let expected = file.metadata()?.len().min(size);
    let octets = read_wiped(file.take(size + 1), expected)?;
    if size < octets.len() as u64 {
        let message = format!("expected at most {size} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(octets)
}

/// Reads to the end, and leaves no copy behind where the buffer has to grow: there may be keys in it.
/// `expected` is how much there probably is.
pub(crate) fn read_wiped(mut source: impl Read, expected: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let room = usize::try_from(expected).unwrap_or_default();
    let mut octets = Zeroizing::new(Vec::with_capacity(room));
    // Wiping it takes as long as reading a small file: it is no larger than that.
    let size = if room == 0 {
        CHUNK
    } else {
        CHUNK.min(room + 1)
    };
    let mut chunk = Zeroizing::new(vec![0; size]);
    loop {
        let count = match source.read(&mut chunk) {
            Ok(0) => return Ok(octets),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let needed = octets.len() + count;
        if octets.capacity() < needed {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed * 2));
            larger.extend_from_slice(&octets);
            // The old one is wiped as it is dropped.
            octets = larger;
        }
        octets.extend_from_slice(chunk.get(..count).unwrap_or_default());
    }
}

/// Octets that are read at a time, at most.
const CHUNK: usize = 1 << 14;

/// Reads a small text file that is written by people.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let octets = read_at_most(path, TEXT_SIZE)?;
    String::from_utf8(octets.to_vec())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "expected text in UTF-8"))
}

/// Where a TOML file with secrets in it is wrong. The reader's own message would quote the file.
pub(crate) fn place_of(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
    format!("line {line} is not what it should be")
}

/// Files that come and go under ever new names do not fill the memory.
const KNOWN_AT_MOST: usize = 1 << 17;

/// Certificate files are small; a disk image put there by mistake is not read.
const FILE_SIZE: u64 = 64 << 20;

/// Settings are smaller still.
const TEXT_SIZE: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_looks_the_same_by_its_path_and_from_its_folder() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::create_dir(path("folder")).unwrap();
        for (name, time) in [("now", None), ("early", Some(-1.5)), ("late", Some(4e9))] {
            let file = File::create(path(name)).unwrap();
            if let Some(seconds) = time {
                let since = Duration::from_secs_f64(f64::abs(seconds));
                let time = if seconds < 0.0 {
                    SystemTime::UNIX_EPOCH - since
                } else {
                    SystemTime::UNIX_EPOCH + since
                };
                file.set_modified(time).unwrap();
            }
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("now", path("link")).unwrap();
        let folder = Folder::open(root.path()).unwrap();
        let mut seen = 0;
        for entry in folder.entries().unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let by_path = fs::metadata(path(&name)).unwrap();
            let expected = by_path.is_file().then(|| Stamp::of(&by_path));
            assert_eq!(folder.stamp(&name), expected, "{name}");
            seen += 1;
        }
        assert!(4 <= seen && folder.stamp("gone").is_none());
    }
}
