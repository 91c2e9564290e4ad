//! Several inputs that are looked at together.

use serde::{Deserialize, Serialize};

use crate::container::ItemKind;
use crate::links::Links;
use crate::open::{Contents, KEY_FITS_NOTHING, revokes};
use crate::order;
use crate::report::{ChainPosition, Entry, Finding, KeyLink, KeyProof, Lock, Object, Severity};
use crate::row::{Row, RowKind};

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

/// Who belongs to whom across the inputs of a pile: issuers, private keys, revocation lists.
///
/// [`Contents`] know the same of one input. What is found here is put on top of what they tell.
#[derive(Debug, Default)]
pub struct PileLinks {
    /// The number that the first object of each input has in `links`.
    starts: Vec<usize>,
    links: Links,
}

impl PileLinks {
    /// Looks at every object of every input once.
    pub fn find(pile: &[&Contents]) -> Self {
        let mut starts = Vec::with_capacity(pile.len());
        let mut items = Vec::new();
        for contents in pile {
            starts.push(items.len());
            items.extend(contents.items());
        }
        Self {
            starts,
            links: Links::find(&items),
        }
    }

    /// Puts into the line of an entry what other inputs say of it.
    pub fn join_row(&self, pile: &[&Contents], (input, index): (usize, usize), row: &mut Row) {
        let Some(number) = self.number(input, index) else {
            return;
        };
        row.has_private_key |= match row.kind {
            RowKind::Certificate => self.key(number).is_some(),
            RowKind::Request => self.links.same_key(number).any(|other| {
                let item = self.place(other).and_then(|(input, index)| {
                    let contents = pile.get(input)?;
                    contents.items().get(index)
                });
                item.is_some_and(|item| matches!(item.kind, ItemKind::PrivateKey(_)))
            }),
            _ => false,
        };
        row.revoked |= !self.links.lists().revocations(number).is_empty();
        let chain = self.links.position(number);
        let chain = chain.map(|place| (place.position, place.length));
        let length = |chain: Option<(u32, u32)>| chain.map_or(0, |(_, length)| length);
        if length(row.chain) < length(chain) {
            row.chain = chain;
        }
    }

    /// Puts into an entry what other inputs say of it. `names` are what the inputs are called.
    pub fn join(
        &self,
        pile: &[&Contents],
        names: &[&str],
        (input, index): (usize, usize),
        entry: &mut Entry,
    ) {
        let Some(number) = self.number(input, index) else {
            return;
        };
        let path = |number: usize| {
            let (input, index) = self.place(number)?;
            let item = pile.get(input)?.items().get(index)?;
            Some(format!("{}: {}", names.get(input)?, item.path))
        };
        match &mut entry.object {
            Object::Certificate(one) => {
                let known = entry.findings.iter();
                if known.clone().all(|known| !known.is_revocation()) {
                    let lists = self.links.lists().revocations(number).iter();
                    let found = lists
                        .filter_map(|said| Some(revokes(said, &path(said.list)?, one.at.serial)));
                    entry.findings.extend(found);
                }
                if one.private_key.is_none()
                    && let Some(key) = self.key(number)
                    && let Some(entry) = path(key)
                {
                    let proof = KeyProof::PublicKey;
                    one.private_key = Some(KeyLink { entry, proof });
                }
                let length = one.chain.as_ref().map_or(0, |chain| chain.length);
                if let Some(place) = self.links.position(number)
                    && length < place.length
                {
                    one.chain = Some(ChainPosition {
                        position: place.position,
                        length: place.length,
                        issuer: place.issuer.and_then(path),
                        complete: place.complete,
                    });
                }
            }
            Object::PrivateKey(key) => {
                if key.certificates.is_empty() {
                    let certificates = self.links.certificates(number).iter();
                    key.certificates = certificates.copied().filter_map(path).collect();
                }
                if !key.certificates.is_empty() {
                    entry
                        .findings
                        .retain(|known| known.id != KEY_FITS_NOTHING.id);
                } else if self.fits_nothing(number, key.lock)
                    && let Some(public) = &key.public_key
                    && entry
                        .findings
                        .iter()
                        .all(|known| known.id != KEY_FITS_NOTHING.id)
                {
                    let what = format!(
                        "No certificate in any of these files carries the public half of this {} key.",
                        public.text
                    );
                    entry.findings.push(KEY_FITS_NOTHING.found(what, None));
                }
            }
            _ => {}
        }
        order::by_key(&mut entry.findings, |finding| finding.severity);
    }

    /// How bad the worst is that [`PileLinks::join`] adds to the findings of an entry.
    pub fn worst(&self, contents: &Contents, (input, index): (usize, usize)) -> Option<Severity> {
        let number = self.number(input, index)?;
        if !self.links.lists().revocations(number).is_empty() {
            return Some(Severity::Error);
        }
        match &contents.items().get(index)?.kind {
            ItemKind::PrivateKey(key) if key.facts.is_some() => self
                .fits_nothing(number, key.lock)
                .then_some(KEY_FITS_NOTHING.severity),
            _ => None,
        }
    }

    /// The issuer of a certificate in any of the inputs: which input, and which entry of it.
    pub fn issuer(&self, input: usize, index: usize) -> Option<(usize, usize)> {
        let number = self.number(input, index)?;
        self.place(self.links.position(number)?.issuer?)
    }

    /// The private key of a certificate.
    pub fn private_key(&self, input: usize, index: usize) -> Option<(usize, usize)> {
        self.place(self.key(self.number(input, index)?)?)
    }

    /// The certificates of a private key.
    pub fn certificates(&self, input: usize, index: usize) -> impl Iterator<Item = (usize, usize)> {
        let number = self.number(input, index);
        let all = number.map_or(&[][..], |number| self.links.certificates(number));
        all.iter().filter_map(|number| self.place(*number))
    }

    /// Names that keystores give keys count in their own file only.
    fn key(&self, number: usize) -> Option<usize> {
        let (key, proof) = self.links.key(number)?;
        (proof == KeyProof::PublicKey).then_some(key)
    }

    fn fits_nothing(&self, key: usize, lock: Lock) -> bool {
        lock == Lock::Open
            && self.links.has_certificates()
            && self.links.certificates(key).is_empty()
            && self.links.same_key(key).next().is_none()
    }

    fn number(&self, input: usize, index: usize) -> Option<usize> {
        Some(self.starts.get(input)? + index)
    }

    fn place(&self, number: usize) -> Option<(usize, usize)> {
        let input = self.starts.partition_point(|start| *start <= number);
        let input = input.checked_sub(1)?;
        Some((input, number.checked_sub(*self.starts.get(input)?)?))
    }
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
