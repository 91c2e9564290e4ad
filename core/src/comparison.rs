//! What changed between two objects, or two bundles of them, by meaning.

mod bundle;
mod subject;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::bundle::{BundleComparison, BundleMember, BundlePair, MatchedBy, compare_bundles};
use self::subject::Subject;
use crate::order;
use crate::report::{Entry, Extension};
use crate::time::UnixTime;
use crate::words::{counted, days_between};

/// What changed from one object to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// In one line: `Renewal: same key, same 4 names, +365 days, issuer changed`.
    pub summary: String,
    /// How the second is to the first.
    pub relation: Relation,
    /// Field by field: what was lost, added, changed, and what is the same. Empty where the two are the
    /// same octet by octet.
    pub fields: Vec<FieldComparison>,
}

/// How the second of two objects is to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The same, octet by octet; of keys: the same key.
    Identical,
    /// Another certificate over the same key, for the same subject and names.
    Renewal,
    /// Another key, for the same subject and names.
    NewKey,
    /// The same key, for other names.
    OtherNames,
    /// Another key, and some of the names.
    Replacement,
    /// A request and a certificate over the same key.
    Fulfilment,
    /// Objects of two kinds over the same key.
    SameKey,
    /// Nothing that ties them.
    Different,
}

/// One field of two objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FieldComparison {
    /// Which field.
    pub field: ComparedField,
    /// What people call it; of an extension its name.
    pub label: String,
    /// Object identifier of an extension.
    pub oid: Option<String>,
    /// What happened to it.
    pub change: Change,
    /// Its values in the first, in their order.
    pub before: Vec<String>,
    /// Its values in the second.
    pub after: Vec<String>,
    /// Values of the first that the second lacks. Values are compared as sets.
    pub lost: Vec<String>,
    /// Values of the second that the first lacks.
    pub added: Vec<String>,
    /// What it means, where that is worth a word: `+365 days`.
    pub note: Option<String>,
}

/// What happened to a field, in the order in which fields are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The second lacks it.
    Lost,
    /// The first lacks it.
    Added,
    /// Both have it, with other values.
    Changed,
    /// Nothing.
    Same,
}

/// A field that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ComparedField {
    /// Who it is for.
    Subject,
    /// Alternative names, as a set.
    Names,
    /// The public key.
    Key,
    /// Who issued it.
    Issuer,
    /// First instant of validity; of a revocation list when it was made.
    NotBefore,
    /// Last instant of validity; of a revocation list when the next one is due.
    NotAfter,
    /// Serial number; of a revocation list its number.
    Serial,
    /// What the key may do.
    KeyUsage,
    /// What it is for.
    Purposes,
    /// Whether it may issue certificates.
    BasicConstraints,
    /// How it is signed.
    SignatureAlgorithm,
    /// Any other extension.
    Extension,
    /// Certificates that a revocation list revokes.
    Revoked,
}

/// Compares two objects by meaning: names as sets, keys by identity, extensions by what they say.
/// `before` is the older one, or the request.
pub fn compare(before: &Entry, after: &Entry) -> Comparison {
    compare_subjects(&Subject::of(before), &Subject::of(after))
}

fn compare_subjects(old: &Subject<'_>, new: &Subject<'_>) -> Comparison {
    let relation = relation(old, new);
    let fields = match relation {
        Relation::Identical => Vec::new(),
        _ => fields(old, new),
    };
    Comparison {
        summary: summary(relation, old, new, &fields),
        relation,
        fields,
    }
}

fn relation(old: &Subject<'_>, new: &Subject<'_>) -> Relation {
    if old.is_same(new) {
        return Relation::Identical;
    }
    let same_key = old.key.is_some() && old.key == new.key;
    if old.kind != new.kind {
        return match (same_key, old.is_named() && new.is_named()) {
            (true, true) => Relation::Fulfilment,
            (true, false) => Relation::SameKey,
            (false, _) => Relation::Different,
        };
    }
    if !old.is_named() {
        let same_issuer = old.issuer.is_some() && old.issuer == new.issuer;
        return match () {
            () if same_key => Relation::SameKey,
            () if same_issuer => Relation::Replacement,
            () => Relation::Different,
        };
    }
    let same_names = old.text == new.text && old.names == new.names;
    let any_name = old.text == new.text || old.shares_a_name(new);
    match (same_key, same_names) {
        (true, true) => Relation::Renewal,
        (false, true) => Relation::NewKey,
        (true, false) => Relation::OtherNames,
        (false, false) if any_name => Relation::Replacement,
        (false, false) => Relation::Different,
    }
}

fn summary(
    relation: Relation,
    old: &Subject<'_>,
    new: &Subject<'_>,
    fields: &[FieldComparison],
) -> String {
    if old.kind != new.kind || !old.is_named() {
        let both = format!("{} and {}", old.kind.with_article(), new.kind.name());
        return match relation {
            Relation::Identical => format!("The same {}", new.kind.name()),
            Relation::Fulfilment => {
                let rest = told(old, new, fields).join(", ");
                format!("{both} over the same key: {rest}")
            }
            Relation::SameKey => format!("{both} over the same key"),
            Relation::Replacement => {
                let rest = told(old, new, fields).join(", ");
                format!("Another {} of the same issuer: {rest}", new.kind.name())
            }
            _ if old.kind == new.kind => format!("Two different {}s", new.kind.name()),
            _ => format!("{both} that have nothing in common"),
        };
    }
    let head = match relation {
        Relation::Identical => return format!("The same {}", new.kind.name()),
        Relation::Renewal | Relation::NewKey => "Renewal".to_owned(),
        Relation::OtherNames | Relation::Replacement => "Replacement".to_owned(),
        _ => format!("Two different {}s", new.kind.name()),
    };
    format!("{head}: {}", told(old, new, fields).join(", "))
}

/// What is told of two objects, the most important first.
fn told(old: &Subject<'_>, new: &Subject<'_>, fields: &[FieldComparison]) -> Vec<String> {
    let mut told = Vec::new();
    let of = |wanted: ComparedField| {
        let mut all = fields.iter();
        all.find(|one| one.field == wanted && one.change != Change::Same)
    };
    if old.is_named() {
        if old.key.is_some() && old.key == new.key {
            told.push("same key".to_owned());
        } else if old.key_text == new.key_text {
            told.push("new key".to_owned());
        } else {
            told.push(format!("new key, {} after {}", new.key_text, old.key_text));
        }
        told.push(match of(ComparedField::Names) {
            Some(names) => {
                let counts = [(names.lost.len(), "lost"), (names.added.len(), "added")];
                let told = counts.iter().filter(|(count, _)| *count != 0);
                let told: Vec<String> = told
                    .map(|(count, word)| format!("{} {word}", counted_names(*count)))
                    .collect();
                told.join(", ")
            }
            None if old.names.is_empty() => String::new(),
            None => format!("same {}", counted_names(old.names.len())),
        });
        if of(ComparedField::Subject).is_some() {
            told.push("subject changed".to_owned());
        } else if old.names.is_empty() && new.names.is_empty() {
            told.push("same subject".to_owned());
        }
    }
    let end = of(ComparedField::NotAfter).and_then(|end| end.note.clone());
    told.extend(end.filter(|note| note != WITHIN_AN_HOUR));
    if of(ComparedField::Issuer).is_some_and(|one| one.change == Change::Changed) {
        told.push("issuer changed".to_owned());
    }
    if let Some(purposes) = of(ComparedField::Purposes)
        && !purposes.lost.is_empty()
    {
        told.push(format!("purpose lost: {}", purposes.lost.join(", ")));
    }
    match (old.is_ca, new.is_ca) {
        (Some(true), Some(false)) => told.push("no authority any more".to_owned()),
        (Some(false), Some(true)) => told.push("an authority now".to_owned()),
        _ => {}
    }
    told.retain(|one| !one.is_empty());
    if told.is_empty() {
        told.push("details differ".to_owned());
    }
    told
}

fn counted_names(count: usize) -> String {
    counted(i64::try_from(count).unwrap_or(i64::MAX), "name")
}

fn fields(old: &Subject<'_>, new: &Subject<'_>) -> Vec<FieldComparison> {
    let both_named = old.is_named() && new.is_named();
    let mut fields = Vec::with_capacity(old.extensions.len().saturating_add(16));
    let mut add = |field, label: &str, before: Vec<String>, after: Vec<String>| {
        if !before.is_empty() || !after.is_empty() {
            fields.push(FieldComparison::new(field, label, before, after));
        }
    };
    let text = |text: &str| {
        [text.to_owned()]
            .into_iter()
            .filter(|text| !text.is_empty())
    };
    let all = |names: &[Cow<'_, str>]| names.iter().map(ToString::to_string).collect();
    if both_named {
        add(
            ComparedField::Subject,
            "Subject",
            text(old.text).collect(),
            text(new.text).collect(),
        );
        add(
            ComparedField::Names,
            "Names",
            all(&old.names),
            all(&new.names),
        );
    }
    add(ComparedField::Key, "Key", old.key_line(), new.key_line());
    if old.kind == new.kind {
        let line = |text: Option<&str>| text.map(str::to_owned).into_iter().collect();
        let instant = |time: Option<UnixTime>| time.map(|it| it.to_string()).into_iter().collect();
        add(
            ComparedField::Issuer,
            "Issuer",
            line(old.issuer),
            line(new.issuer),
        );
        add(
            ComparedField::NotBefore,
            old.kind.begin(),
            instant(old.not_before),
            instant(new.not_before),
        );
        add(
            ComparedField::NotAfter,
            old.kind.end(),
            instant(old.not_after),
            instant(new.not_after),
        );
        add(
            ComparedField::Serial,
            "Serial",
            line(old.serial),
            line(new.serial),
        );
        let whole = old.revokes_are_whole() && new.revokes_are_whole();
        add(
            ComparedField::Revoked,
            "Revoked",
            old.revoked(whole),
            new.revoked(whole),
        );
        add(
            ComparedField::SignatureAlgorithm,
            "Signed with",
            line(old.signed_with.as_deref()),
            line(new.signed_with.as_deref()),
        );
    }
    if both_named {
        add(
            ComparedField::KeyUsage,
            "Key usage",
            old.key_usage(),
            new.key_usage(),
        );
        add(
            ComparedField::Purposes,
            "Purposes",
            old.purposes(),
            new.purposes(),
        );
        add(
            ComparedField::BasicConstraints,
            "Authority",
            old.authority(),
            new.authority(),
        );
    }
    if both_named || old.kind == new.kind {
        extensions(old.extensions, new.extensions, &mut fields);
    }
    for field in &mut fields {
        field.note = note(field, old, new);
    }
    order::by_key(&mut fields, |field| field.change);
    fields
}

/// Extensions by what they say, else by their octets. Those that have fields of their own are told
/// where they are critical on one side alone.
fn extensions(old: &[Extension], new: &[Extension], fields: &mut Vec<FieldComparison>) {
    for (old, new) in by_oid(old, new) {
        let Some(one) = old.or(new) else {
            continue;
        };
        let own_field = OWN_FIELDS.contains(&&*one.oid);
        let is_told = !own_field
            || old
                .zip(new)
                .is_some_and(|(old, new)| old.critical != new.critical);
        if !is_told {
            continue;
        }
        let spoken =
            old.is_none_or(|one| one.text.is_some()) && new.is_none_or(|one| one.text.is_some());
        let lines = |extension: Option<&Extension>| {
            let Some(one) = extension else {
                return Vec::new();
            };
            let mut lines: Vec<String> = match (&one.text, own_field) {
                (_, true) => Vec::new(),
                (Some(text), _) if spoken => text.clone(),
                _ => vec![format!("#{}", one.bytes)],
            };
            if one.critical {
                lines.push("critical".to_owned());
            } else if lines.is_empty() {
                lines.push("not critical".to_owned());
            }
            lines
        };
        let label = one.name.as_ref().unwrap_or(&one.oid);
        let mut field =
            FieldComparison::new(ComparedField::Extension, label, lines(old), lines(new));
        field.oid = Some(one.oid.to_string());
        fields.push(field);
    }
}

/// The first one of each kind on either side, in the order in which they stand.
fn by_oid<'a>(
    old: &'a [Extension],
    new: &'a [Extension],
) -> Vec<(Option<&'a Extension>, Option<&'a Extension>)> {
    let mut places = BTreeMap::new();
    let mut found = Vec::with_capacity(old.len());
    let (old, new) = (
        old.iter().map(|one| (one, true)),
        new.iter().map(|one| (one, false)),
    );
    for (one, is_old) in old.chain(new) {
        let place = *places.entry(&*one.oid).or_insert(found.len());
        if place == found.len() {
            found.push((None, None));
        }
        if let Some((old, new)) = found.get_mut(place) {
            (if is_old { old } else { new }).get_or_insert(one);
        }
    }
    found
}

/// Extensions whose content is compared as a field: names, key usage, purposes, constraints.
const OWN_FIELDS: &[&str] = &["2.5.29.17", "2.5.29.15", "2.5.29.37", "2.5.29.19"];

const HOUR: u64 = 3600;
const WITHIN_AN_HOUR: &str = "Less than an hour apart.";

/// What a change means, where that is worth a word.
fn note(field: &FieldComparison, old: &Subject<'_>, new: &Subject<'_>) -> Option<String> {
    if field.change == Change::Same {
        return None;
    }
    let same_key = old.key == new.key;
    match (field.field, field.oid.as_deref()) {
        (ComparedField::NotBefore | ComparedField::NotAfter, _) => {
            let (from, to) = match field.field {
                ComparedField::NotBefore => (old.not_before?, new.not_before?),
                _ => (old.not_after?, new.not_after?),
            };
            let apart = to.seconds().abs_diff(from.seconds());
            Some(if apart < HOUR {
                WITHIN_AN_HOUR.to_owned()
            } else {
                days_between(from, to)
            })
        }
        (ComparedField::Serial, _) | (_, Some("1.3.6.1.4.1.11129.2.4.2")) => {
            Some("New with every certificate.".to_owned())
        }
        (_, Some("2.5.29.14")) if !same_key => Some("Follows from the key.".to_owned()),
        (_, Some("2.5.29.35")) => Some("Follows from the issuer's key.".to_owned()),
        _ => None,
    }
}

impl FieldComparison {
    fn new(field: ComparedField, label: &str, before: Vec<String>, after: Vec<String>) -> Self {
        let same = before == after;
        let missing_in = |other: &[String], all: &[String]| {
            if same {
                return Vec::new();
            }
            let other: BTreeSet<&String> = other.iter().collect();
            let missing = all.iter().filter(|one| !other.contains(one));
            missing.cloned().collect::<Vec<String>>()
        };
        let lost = missing_in(&after, &before);
        let added = missing_in(&before, &after);
        let change = match (before.is_empty(), after.is_empty()) {
            (true, false) => Change::Added,
            (false, true) => Change::Lost,
            _ if lost.is_empty() && added.is_empty() => Change::Same,
            _ => Change::Changed,
        };
        Self {
            field,
            label: label.to_owned(),
            oid: None,
            change,
            before,
            after,
            lost,
            added,
            note: None,
        }
    }
}

#[cfg(test)]
mod tests;
