//! What changed between two bundles: who is whose counterpart, and what became of the others.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use super::subject::{Kind, Subject};
use super::{Comparison, Relation, compare_subjects};
use crate::order;
use crate::pile::Coverage;
use crate::report::{Entry, Lock, Report};
use crate::words::counted_as;

/// What changed between two bundles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BundleComparison {
    /// In one line: `3 entries: 2 the same, 1 renewed; 1 lost`.
    pub summary: String,
    /// Whether both hold the same objects, in whatever order and form.
    pub same: bool,
    /// Objects with a counterpart, in the order of the first bundle.
    pub pairs: Vec<BundlePair>,
    /// Objects of the first bundle that the second lacks.
    pub lost: Vec<BundleMember>,
    /// Objects of the second bundle that the first lacks.
    pub added: Vec<BundleMember>,
    /// What this rests on.
    pub coverage: Coverage,
}

/// An object and its counterpart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BundlePair {
    /// [`Entry::path`] in the first bundle.
    pub before: String,
    /// [`Entry::path`] in the second.
    pub after: String,
    /// What a person would call it.
    pub name: String,
    /// How the two were found to belong together.
    pub matched_by: MatchedBy,
    /// What changed.
    pub comparison: Comparison,
}

/// How two objects were found to belong together, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MatchedBy {
    /// They are the same.
    Identity,
    /// The same key and the same subject.
    KeyAndSubject,
    /// The same subject; of revocation lists the same issuer.
    Subject,
    /// Most names in common.
    Names,
    /// The same key.
    Key,
    /// There is nothing else in either bundle.
    OnlyOnes,
}

/// An object without a counterpart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BundleMember {
    /// [`Entry::path`].
    pub path: String,
    /// What it is: `certificate`.
    pub kind: String,
    /// What a person would call it.
    pub name: String,
}

/// Objects that bear one name and are looked at. Stops a bundle of thousands of certificates for one
/// name from being compared each with each.
const MAX_CANDIDATES: usize = 64;

/// Compares two bundles by meaning. Objects are matched up by identity, by key and subject, by subject,
/// by the names that they have in common, by key; the order in a bundle means nothing.
pub fn compare_bundles(before: &Report, after: &Report) -> BundleComparison {
    let mut matching = Matching::new(&before.entries, &after.entries);
    matching.by(MatchedBy::Identity, |one| {
        one.identity().map(|identity| (one.kind, identity))
    });
    matching.by(MatchedBy::KeyAndSubject, |one| {
        let named = one.is_named() && !one.text.is_empty();
        named.then_some((one.kind, one.key?, one.text))
    });
    matching.by(MatchedBy::Subject, |one| match one.kind {
        Kind::RevocationList => Some((one.kind, one.issuer?)),
        _ => (!one.text.is_empty()).then_some((one.kind, one.text)),
    });
    matching.by_names();
    matching.by(MatchedBy::Key, |one| Some((one.kind, one.key?)));
    matching.by_default();
    matching.told(before.lock().and(after.lock()))
}

struct Matching<'a> {
    old: Side<'a>,
    new: Side<'a>,
    /// Positions of both, and how they were found.
    pairs: Vec<(usize, usize, MatchedBy)>,
}

struct Side<'a> {
    entries: &'a [Entry],
    subjects: Vec<Subject<'a>>,
    /// Whether it has no counterpart yet.
    free: Vec<bool>,
}

impl<'a> Side<'a> {
    fn new(entries: &'a [Entry]) -> Self {
        Self {
            subjects: entries.iter().map(Subject::of).collect(),
            free: vec![true; entries.len()],
            entries,
        }
    }

    fn free(&self) -> impl Iterator<Item = (usize, &Subject<'a>)> {
        let all = self.subjects.iter().enumerate();
        all.filter(|(index, _)| self.free.get(*index) == Some(&true))
    }

    fn take(&mut self, index: usize) {
        if let Some(free) = self.free.get_mut(index) {
            *free = false;
        }
    }

    /// Path and subject.
    fn member(&self, index: usize) -> Option<(&'a str, &Subject<'a>)> {
        let entry = self.entries.get(index)?;
        Some((&entry.path, self.subjects.get(index)?))
    }

    fn members(&self) -> Vec<BundleMember> {
        self.free()
            .filter_map(|(index, _)| {
                let (path, subject) = self.member(index)?;
                Some(BundleMember {
                    name: named(subject, path),
                    kind: subject.kind.name().to_owned(),
                    path: path.to_owned(),
                })
            })
            .collect()
    }
}

fn named(subject: &Subject<'_>, path: &str) -> String {
    let label = [subject.label, subject.key_text];
    let label = label.into_iter().find(|label| !label.trim().is_empty());
    label.unwrap_or(path).to_owned()
}

impl<'a> Matching<'a> {
    fn new(before: &'a [Entry], after: &'a [Entry]) -> Self {
        Self {
            old: Side::new(before),
            new: Side::new(after),
            pairs: Vec::new(),
        }
    }

    fn pair(&mut self, old: usize, new: usize, by: MatchedBy) {
        self.old.take(old);
        self.new.take(new);
        self.pairs.push((old, new, by));
    }

    /// Pairs objects that come to the same, in their order.
    fn by<K: Hash + Eq>(&mut self, by: MatchedBy, key: impl Fn(&Subject<'a>) -> Option<K>) {
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (index, subject) in self.new.free() {
            if let Some(key) = key(subject) {
                waiting.entry(key).or_default().push_back(index);
            }
        }
        let mut found = Vec::new();
        for (index, subject) in self.old.free() {
            let other = key(subject).and_then(|key| waiting.get_mut(&key)?.pop_front());
            found.extend(other.map(|other| (index, other)));
        }
        for (old, new) in found {
            self.pair(old, new, by);
        }
    }

    /// Pairs objects that have most names in common, those with most first.
    fn by_names(&mut self) {
        let mut bearers: HashMap<(Kind, &str), Vec<usize>> = HashMap::new();
        for (index, subject) in self.new.free() {
            for name in &subject.names {
                let all = bearers.entry((subject.kind, &**name)).or_default();
                if all.len() < MAX_CANDIDATES {
                    all.push(index);
                }
            }
        }
        let mut common: HashMap<(usize, usize), usize> = HashMap::new();
        for (index, subject) in self.old.free() {
            for name in &subject.names {
                let others = bearers.get(&(subject.kind, &**name));
                for other in others.into_iter().flatten() {
                    *common.entry((index, *other)).or_default() += 1;
                }
            }
        }
        let mut common: Vec<((usize, usize), usize)> = common.into_iter().collect();
        crate::order::by_key(&mut common, |(pair, count)| (usize::MAX - count, *pair));
        for ((old, new), _) in common {
            let both = (self.old.free.get(old), self.new.free.get(new));
            if both == (Some(&true), Some(&true)) {
                self.pair(old, new, MatchedBy::Names);
            }
        }
    }

    /// Where each side has one object and no more, they are meant to be compared.
    fn by_default(&mut self) {
        if let ([_], [_]) = (self.old.entries, self.new.entries)
            && self.pairs.is_empty()
        {
            self.pair(0, 0, MatchedBy::OnlyOnes);
        }
    }

    fn told(mut self, lock: Lock) -> BundleComparison {
        order::sort(&mut self.pairs);
        let compared = self.pairs.iter().filter_map(|(old, new, by)| {
            let (before, old) = self.old.member(*old)?;
            let (after, new) = self.new.member(*new)?;
            Some(BundlePair {
                name: named(old, before),
                before: before.to_owned(),
                after: after.to_owned(),
                matched_by: *by,
                comparison: compare_subjects(old, new),
            })
        });
        let pairs: Vec<BundlePair> = compared.collect();
        let (lost, added) = (self.old.members(), self.new.members());
        let changed = pairs
            .iter()
            .any(|pair| pair.comparison.relation != Relation::Identical);
        let same = !changed && lost.is_empty() && added.is_empty() && lock == Lock::Open;
        let mut not_checked = vec!["signatures", "order within the files"];
        if lock != Lock::Open {
            not_checked.push("what is sealed: no password given opens it");
        }
        BundleComparison {
            summary: summary(&pairs, &lost, &added),
            same,
            pairs,
            lost,
            added,
            coverage: Coverage::new(&["what both files hold, object by object"], &not_checked),
        }
    }
}

fn summary(pairs: &[BundlePair], lost: &[BundleMember], added: &[BundleMember]) -> String {
    if let ([pair], [], []) = (pairs, lost, added) {
        return pair.comparison.summary.clone();
    }
    let counts = [
        (Relation::Identical, "the same"),
        (Relation::Renewal, "renewed with the same key"),
        (Relation::NewKey, "renewed with a new key"),
        (Relation::OtherNames, "with other names"),
        (Relation::Replacement, "replaced"),
        (Relation::Fulfilment, "over the same key"),
        (Relation::SameKey, "over the same key"),
        (Relation::Different, "different"),
    ];
    let figure = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut told: Vec<String> = Vec::new();
    for (relation, word) in counts {
        let those = pairs.iter().map(|pair| pair.comparison.relation);
        let count = those.filter(|one| *one == relation).count();
        if count != 0 {
            told.push(format!("{count} {word}"));
        }
    }
    for (members, word) in [(lost, "lost"), (added, "added")] {
        match members {
            [] => {}
            [one] => told.push(format!("1 {word} ({})", one.name)),
            many => told.push(format!("{} {word}", many.len())),
        }
    }
    if told.is_empty() {
        return "Both are empty".to_owned();
    }
    let entries = counted_as(figure(pairs.len() + lost.len()), "entry", "entries");
    format!("{entries}: {}", told.join(", "))
}
