//! What files look like, so that what was read from them is kept while they stay as they are.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::files::Stamp;
use crate::watch::Watch;

/// What files looked like before they were read.
pub(crate) struct Looks {
    begun: SystemTime,
    seen: Vec<(PathBuf, Option<Stamp>)>,
    /// Tells of changes; `None` where it might not tell of all.
    watch: Option<Watch>,
    /// When everything was last seen to look as it did, and how many changes were told until then.
    confirmed: Mutex<(Instant, u64)>,
}

impl Looks {
    pub(crate) fn new() -> Self {
        Self {
            begun: SystemTime::now(),
            seen: Vec::new(),
            watch: Watch::new(),
            confirmed: Mutex::new((Instant::now(), 0)),
        }
    }

    /// Looks at one file, before it is read; `None` where a change that comes now might not be seen. Only
    /// what can be relied on is watched: to end a watch takes its time.
    pub(crate) fn of_settled(path: &Path) -> Option<Self> {
        let now = SystemTime::now();
        if look(path).is_some_and(|stamp| !stamp.is_settled(now)) {
            return None;
        }
        let mut looks = Self::new();
        looks.take(path);
        looks.are_settled().then_some(looks)
    }

    /// Looks at a file, before it is read. That it is not there is a look, too.
    pub(crate) fn take(&mut self, path: &Path) {
        if self.seen.iter().all(|(known, _)| known != path) {
            if self
                .watch
                .as_mut()
                .is_some_and(|watch| watch.add(path).is_none())
            {
                self.watch = None;
            }
            self.seen.push((path.to_owned(), look(path)));
        }
    }

    /// Whether a change that comes now would be seen.
    pub(crate) fn are_settled(&self) -> bool {
        let settled = |stamp: &Stamp| stamp.is_settled(self.begun);
        self.seen
            .iter()
            .all(|(_, stamp)| stamp.as_ref().is_none_or(settled))
    }

    /// Whether looking again takes no longer than what else a request does.
    pub(crate) fn are_few(&self) -> bool {
        self.seen.len() <= FEW
    }

    /// Whether it is known without looking that everything looks as it did.
    pub(crate) fn are_quiet(&self) -> bool {
        let Some(watch) = &self.watch else {
            return false;
        };
        let (when, changes) = *self.confirmed();
        watch.changes() == changes && when.elapsed() < TRUST
    }

    /// Whether everything looks as it did.
    pub(crate) fn are_still_so(&self) -> bool {
        let changes = self.watch.as_ref().map_or(0, Watch::changes);
        let now = Instant::now();
        let same = self.seen.iter().all(|(path, stamp)| look(path) == *stamp);
        if same {
            *self.confirmed() = (now, changes);
        }
        same
    }

    fn confirmed(&self) -> std::sync::MutexGuard<'_, (Instant, u64)> {
        self.confirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn look(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Stamp::of(&metadata))
}

/// For how long the kernel is believed that nothing changed: it does not tell of everything.
const TRUST: Duration = Duration::from_secs(1);

/// Files that are looked at in between. For more, another thread is worth its price.
const FEW: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(looks.watch.is_none() || looks.are_quiet());
        assert!(!looks.are_settled(), "it was made just now");
        let later_on = Looks {
            begun: looks.begun + std::time::Duration::from_secs(3),
            ..look()
        };
        assert!(later_on.are_settled() && later_on.are_still_so());
        std::fs::write(&later, "").unwrap();
        assert!(!looks.are_quiet() && !looks.are_still_so(), "one came");
        let looks = look();
        std::fs::write(&kept, "12").unwrap();
        assert!(!looks.are_quiet() && !looks.are_still_so(), "one changed");
        let looks = look();
        std::fs::remove_file(&later).unwrap();
        assert!(!looks.are_quiet() && !looks.are_still_so(), "one went");
    }
}
