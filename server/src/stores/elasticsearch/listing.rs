//! A listing that is made once and kept while the files stay as they are.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use axum::body::Bytes;
use certlens_dialect::elasticsearch::CertificateInfo;

use crate::files::Stamp;

/// The rows of a listing, and the octets of every form in which they were asked for.
pub(crate) struct Listing {
    rows: Vec<CertificateInfo>,
    written: Mutex<HashMap<String, Bytes>>,
}

impl Listing {
    pub(super) fn new(rows: Vec<CertificateInfo>) -> Self {
        Self {
            rows,
            written: Mutex::default(),
        }
    }

    /// The rows, in their order.
    pub(crate) fn rows(&self) -> &[CertificateInfo] {
        &self.rows
    }

    /// The listing in a form of this name, written now if it never was.
    pub(crate) fn in_form<E>(
        &self,
        name: String,
        write: impl FnOnce(&[CertificateInfo]) -> Result<Vec<u8>, E>,
    ) -> Result<Bytes, E> {
        let written = || self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(octets) = written().get(&name) {
            return Ok(octets.clone());
        }
        let octets = Bytes::from(write(self.rows())?);
        let size = name.len() + octets.len();
        if size <= KEPT {
            let mut written = written();
            let held = |(name, octets): (&String, &Bytes)| name.len() + octets.len();
            if FORMS <= written.len() || KEPT < size + written.iter().map(held).sum::<usize>() {
                written.clear();
            }
            written.insert(name, octets.clone());
        }
        Ok(octets)
    }
}

/// What files looked like before they were read.
pub(super) struct Looks {
    begun: SystemTime,
    seen: Vec<(PathBuf, Option<Stamp>)>,
}

impl Looks {
    pub(super) fn new() -> Self {
        Self {
            begun: SystemTime::now(),
            seen: Vec::new(),
        }
    }

    /// Looks at a file, before it is read. That it is not there is a look, too.
    pub(super) fn take(&mut self, path: &Path) {
        if self.seen.iter().all(|(known, _)| known != path) {
            self.seen.push((path.to_owned(), look(path)));
        }
    }

    /// Whether a change that comes now would be seen.
    pub(super) fn are_settled(&self) -> bool {
        let settled = |stamp: &Stamp| stamp.is_settled(self.begun);
        self.seen
            .iter()
            .all(|(_, stamp)| stamp.as_ref().is_none_or(settled))
    }

    /// Whether looking again takes no longer than what else a request does.
    pub(super) fn are_few(&self) -> bool {
        self.seen.len() <= FEW
    }

    /// Whether everything looks as it did.
    pub(super) fn are_still_so(&self) -> bool {
        self.seen.iter().all(|(path, stamp)| look(path) == *stamp)
    }
}

fn look(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Stamp::of(&metadata))
}

/// Forms that are kept, and the octets that they may take together. Stops a client that sends ever
/// new filters from filling the memory.
const FORMS: usize = 16;
const KEPT: usize = 32 << 20;

/// Files that are looked at in between. For more, another thread is worth its price.
const FEW: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_once_and_forgotten_when_there_are_many() {
        let listing = Listing::new(Vec::new());
        let mut count = 0;
        let mut ask = |name: &str| {
            let octets = listing.in_form(name.to_owned(), |_| {
                count += 1;
                Ok::<_, ()>(vec![b'x'])
            });
            assert_eq!(octets.unwrap(), "x");
            count
        };
        assert_eq!((ask("json"), ask("json"), ask("yaml")), (1, 1, 2));
        let long = "y".repeat(KEPT);
        assert_eq!(
            (ask(&long), ask(&long)),
            (3, 4),
            "what is large is not kept"
        );
        (0..FORMS).for_each(|at| assert_ne!(ask(&at.to_string()), 0));
        assert_eq!(ask("json"), 5 + FORMS, "forgotten");
        assert!(listing.written.lock().unwrap().len() <= FORMS);
    }

    #[test]
    fn a_change_shows_and_so_does_a_file_that_comes_or_goes() {
        let directory = tempfile::tempdir().unwrap();
        let (kept, later) = (directory.path().join("a"), directory.path().join("b"));
        std::fs::write(&kept, "1").unwrap();
        let look = || {
            let mut looks = Looks::new();
            looks.take(&kept);
            looks.take(&later);
            looks
        };
        let looks = look();
        assert!(looks.are_still_so());
        assert!(!looks.are_settled(), "it was made just now");
        let later_on = Looks {
            begun: looks.begun + std::time::Duration::from_secs(3),
            ..look()
        };
        assert!(later_on.are_settled() && later_on.are_still_so());
        std::fs::write(&later, "").unwrap();
        assert!(!looks.are_still_so(), "one came");
        let looks = look();
        std::fs::write(&kept, "12").unwrap();
        assert!(!looks.are_still_so(), "one changed");
        let looks = look();
        std::fs::remove_file(&later).unwrap();
        assert!(!looks.are_still_so(), "one went");
    }
}
