//! What the core says in whole sentences, in the language that is spoken.
//!
//! The core speaks English. The file of a language has its sentences as lines `said.ENGLISH = TEXT`, with the
//! same holes; they are found again by what stands between the holes, and what stands in a hole may be such a
//! sentence itself.

use std::collections::HashMap;

use super::pattern::{Piece, filled, pieces};
use super::{SPOKEN, capital};

/// Sentences within sentences. Stops text that nests for its own sake.
const MAX_DEPTH: usize = 6;

/// The sentences of a language.
#[derive(Clone, Default)]
pub(super) struct Sentences {
    plain: HashMap<&'static str, &'static str>,
    /// Those with holes, the longest first: the more of a sentence is known, the surer it is the one.
    patterns: Vec<(&'static str, &'static str)>,
}

impl Sentences {
    pub(super) fn of(lines: Vec<(&'static str, &'static str)>) -> Self {
        let has_hole = |(english, _): &(&str, &str)| english.contains('{');
        let (mut patterns, plain): (Vec<_>, Vec<_>) = lines.into_iter().partition(has_hole);
        patterns.sort_by_key(|(english, _)| std::cmp::Reverse(said(english)));
        Self {
            plain: plain.into_iter().collect(),
            patterns,
        }
    }

    /// A sentence as a whole, or each of several.
    pub(super) fn whole(&self, english: &str, depth: usize) -> Option<String> {
        if let Some(text) = self.plain.get(english) {
            return Some((*text).to_owned());
        }
        if depth == MAX_DEPTH {
            return None;
        }
        for between in ["; ", ", "] {
            if english.contains(between) {
                let parts = english.split(between);
                let parts: Option<Vec<String>> =
                    parts.map(|part| self.whole(part, depth + 1)).collect();
                if let Some(parts) = parts {
                    return Some(parts.join(between));
                }
            }
        }
        let patterns = self.patterns.iter();
        let mut patterns = patterns.filter(|(pattern, _)| *pattern != PLACED);
        patterns.find_map(|(pattern, text)| {
            let caught = caught(pattern, english)?;
            let caught: Vec<(&str, String)> = caught
                .into_iter()
                .map(|(hole, value)| (hole, self.part(value, depth + 1)))
                .collect();
            let values: Vec<(&str, &dyn std::fmt::Display)> = caught
                .iter()
                .map(|(hole, value)| (*hole, value as &dyn std::fmt::Display))
                .collect();
            Some(filled(text, &values))
        })
    }

    /// As much of it as there is in this language: of several sentences those that are known, and what follows
    /// a name and a colon.
    fn partly(&self, english: &str, depth: usize) -> Option<String> {
        if depth == MAX_DEPTH {
            return None;
        }
        self.placed(english, depth)
            .or_else(|| self.whole(english, depth))
            .or_else(|| {
                let parts: Vec<&str> = english.split("; ").collect();
                let told: Vec<Option<String>> = if parts.len() < 2 {
                    Vec::new()
                } else {
                    parts
                        .iter()
                        .map(|part| self.partly(part, depth + 1))
                        .collect()
                };
                let any = told.iter().any(Option::is_some);
                let told = told.into_iter().zip(parts);
                let told: Vec<String> = told
                    .map(|(told, part)| told.unwrap_or_else(|| part.to_owned()))
                    .collect();
                any.then(|| told.join("; "))
            })
            .or_else(|| {
                let (name, rest) = english.split_once(": ")?;
                Some(format!("{name}: {}", self.partly(rest, depth + 1)?))
            })
    }

    /// A reader's error with the place that stands behind it.
    fn placed(&self, english: &str, depth: usize) -> Option<String> {
        let (clause, at) = english.strip_suffix(')')?.rsplit_once(" (byte ")?;
        let (_, text) = self
            .patterns
            .iter()
            .find(|(pattern, _)| *pattern == PLACED)?;
        let clause = self.partly(clause, depth + 1).filter(|_| is_figure(at))?;
        Some(filled(text, &[("clause", &clause), ("at", &at)]))
    }

    fn part(&self, english: &str, depth: usize) -> String {
        self.partly(english, depth)
            .unwrap_or_else(|| english.to_owned())
    }
}

/// A sentence of the core in the language that is spoken; none where that has no such sentence, as English, which
/// the core speaks.
pub fn told(english: &str) -> Option<String> {
    SPOKEN.with_borrow(|spoken| {
        let sentences = &spoken.sentences;
        sentences.partly(english, 0).or_else(|| {
            // One that begins a line has a capital letter.
            let mut letters = english.chars();
            let first = letters.next().filter(|first| first.is_uppercase())?;
            let clause = format!("{}{}", first.to_lowercase(), letters.as_str());
            Some(capital(&sentences.partly(&clause, 0)?))
        })
    })
}

/// How the core says where it stopped reading.
const PLACED: &str = "{clause} (byte {at})";

/// What a hole of this name takes, and nothing else.
fn is_figure(text: &str) -> bool {
    text.bytes()
        .all(|octet| octet.is_ascii_digit() || octet == b',')
}

/// How many octets of a pattern are no holes.
fn said(pattern: &str) -> usize {
    let said = pieces(pattern).map(|piece| match piece {
        Piece::Said(said) => said.len(),
        Piece::Hole(_) => 0,
    });
    said.sum()
}

/// What stands in the holes of a pattern, where a text follows it.
fn caught<'t>(pattern: &'static str, text: &'t str) -> Option<Vec<(&'static str, &'t str)>> {
    let mut caught = Vec::new();
    let (mut rest, mut hole) = (text, None);
    let mut pieces = pieces(pattern).peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Hole(name) => hole = Some(name),
            Piece::Said(said) => {
                let place = match hole {
                    None => rest.starts_with(said).then_some(0),
                    Some(_) if pieces.peek().is_none() => rest.strip_suffix(said).map(str::len),
                    Some(_) => rest.find(said),
                }?;
                let (value, after) = rest.split_at_checked(place)?;
                caught.extend(hole.take().map(|name| (name, value)));
                rest = after.strip_prefix(said)?;
            }
        }
    }
    match hole {
        Some(name) => caught.push((name, rest)),
        None if !rest.is_empty() => return None,
        None => {}
    }
    caught
        .iter()
        .all(|(hole, value)| !value.is_empty() && (*hole != "figure" || is_figure(value)))
        .then_some(caught)
}
