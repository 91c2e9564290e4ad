//! Several inputs that are looked at together.

use serde::{Deserialize, Serialize};

use crate::report::Finding;

/// Where an object stands in a pile of inputs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PilePlace {
    /// Which input, counted from 0.
    pub input: usize,
    /// [`crate::Entry::path`] of the object in that input.
    pub path: String,
}

/// Something odd about what lies in a pile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PileFinding {
    /// The objects that it is about.
    pub places: Vec<PilePlace>,
    /// What it is.
    pub finding: Finding,
}

/// What a verdict rests on, and what nobody looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// What was looked at, one thing a line.
    pub checked: Vec<String>,
    /// What was not.
    pub not_checked: Vec<String>,
}

impl Coverage {
    pub(crate) fn new(checked: &[&str], not_checked: &[&str]) -> Self {
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        Self {
            checked: owned(checked),
            not_checked: owned(not_checked),
        }
    }
}
