//! When ends of validity are called near, as it was chosen here before.

use gloo::utils::window;

use crate::expiry::{self, Expiry};
use crate::rows::{find, word};

/// Judges by what was chosen here before.
pub fn recall() {
    if let Some(kept) = kept() {
        expiry::choose(kept);
    }
}

/// What was chosen, which is kept in this browser.
pub fn kept() -> Option<Expiry> {
    let storage = window().local_storage().ok().flatten()?;
    find(Expiry::ALL, &storage.get_item(KEPT).ok().flatten()?)
}

/// Judges by this from now on, and keeps it for the next time, where the browser allows that.
pub fn choose(chosen: Expiry) {
    expiry::choose(chosen);
    if let Ok(Some(storage)) = window().local_storage() {
        match chosen {
            Expiry::Share => storage.remove_item(KEPT).ok(),
            other => storage.set_item(KEPT, word(Expiry::ALL, other)).ok(),
        };
    }
}

const KEPT: &str = "expiry";
