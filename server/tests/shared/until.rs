//! Waiting for other processes.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

/// Waits until something holds; fails with what was seen last.
#[track_caller]
pub(crate) fn until<T: Debug>(mut look: impl FnMut() -> T, holds: impl Fn(&T) -> bool) -> T {
    let begun = Instant::now();
    loop {
        let seen = look();
        if holds(&seen) {
            return seen;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "waited in vain; last seen: {seen:?}"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// A test that waits longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
