//! Other systems than Linux are asked for each file. With the feature `no-watch` Linux is as well.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::Path;

/// Never made.
pub(crate) enum Watch {}

pub(crate) enum Changed {
    Names(HashMap<String, BTreeSet<OsString>>),
    Anything,
}

impl Watch {
    pub(crate) fn new() -> Option<Self> {
        None
    }

    pub(crate) fn add(&mut self, _: &Path) -> Option<()> {
        match *self {}
    }

    pub(crate) fn changes(&self) -> u64 {
        match *self {}
    }

    pub(crate) fn add_folder(&mut self, _: &Path, _: &str) -> Option<()> {
        match *self {}
    }

    pub(crate) fn take(&self) -> (u64, Changed) {
        match *self {}
    }
}
