//! Several inputs that are looked at together.

mod faults;
mod lookup;
mod pairs;
mod proof;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use crate::container::ItemKind;
use crate::links::Links;
use crate::open::Contents;
use crate::order;
use crate::report::{ChainPosition, Entry, Finding, KeyLink, KeyProof, Object};
use crate::row::{Row, RowKind};
use crate::time::UnixTime;
pub(crate) use faults::RULES;
pub use lookup::Lookup;
pub use proof::Proof;
use proof::Said;

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

/// Who belongs to whom across the inputs of a pile: issuers, private keys, revocation lists; and what is
/// known to be wrong between them.
///
/// [`Contents`] know the first of one input. What is found here is put on top of what they tell, or in its
/// place.
#[derive(Debug, Default)]
pub struct PileLinks {
    /// The number that the first object of each input has in `links`.
    starts: Vec<usize>,
    links: Arc<Links>,
    /// What came of the signatures that were computed with, by number.
    proofs: HashMap<usize, Proof>,
    /// Whether `links` say else than those of one input: by the time, or by a proof.
    rerouted: bool,
    /// Certificates beside which a key lies that is not theirs, and that key.
    misfits: HashMap<usize, usize>,
    /// Certificates by their names, once somebody asked.
    by_subject: OnceLock<HashMap<Vec<u8>, Vec<usize>>>,
}

impl PileLinks {
    /// Looks at every object of every input once. Of several that may have issued a certificate that one counts
    /// whose way up is in date at `at`, and leads to a root.
    pub fn find(pile: &[&Contents], at: Option<UnixTime>) -> Self {
        let mut starts = Vec::with_capacity(pile.len());
        let mut items = Vec::new();
        for contents in pile {
            starts.push(items.len());
            items.extend(contents.items());
        }
        let links = match pile {
            [alone] if at.is_none() || !alone.links().depend_on_time() => Arc::clone(alone.links()),
            _ => Arc::new(Links::find(&items, at)),
        };
        let misfits = pairs::misfits(&items, &starts, &links);
        Self {
            starts,
            rerouted: at.is_some() && links.depend_on_time(),
            links,
            misfits,
            ..Self::default()
        }
    }

    /// Whether the lines of its inputs say anything else by what lies beside them than each input tells alone.
    pub fn adds(&self) -> bool {
        1 < self.starts.len()
            || self.rerouted
            || !self.misfits.is_empty()
            || self.links.lists().revoke_any()
    }

    /// Puts into the line of an entry what lies beside it.
    pub fn join_row(&self, pile: &[&Contents], (input, index): (usize, usize), row: &mut Row) {
        let Some(number) = self.number(input, index) else {
            return;
        };
        row.has_private_key = !self.misfits.contains_key(&number)
            && (row.has_private_key
                || match row.kind {
                    RowKind::Certificate => self.key(number).is_some(),
                    RowKind::Request => self.key_of_request(pile, number).is_some(),
                    _ => false,
                });
        row.revoked = self.is_revoked(pile, number);
        let chain = self.links.position(number);
        let chain = chain.map(|place| (place.position, place.length));
        let length = |chain: Option<(u32, u32)>| chain.map_or(0, |(_, length)| length);
        if self.rerouted || length(row.chain) < length(chain) {
            row.chain = chain;
        }
    }

    /// Puts into an entry what lies beside it, and what is known to be wrong between the two, judged at `at`.
    /// `names` are what the inputs are called.
    pub fn join(
        &self,
        pile: &[&Contents],
        names: &[&str],
        (input, index): (usize, usize),
        at: Option<UnixTime>,
        entry: &mut Entry,
    ) {
        let Some(number) = self.number(input, index) else {
            return;
        };
        let path = |number: usize| self.path(pile, names, input, number);
        match &mut entry.object {
            Object::Certificate(one) => {
                entry.findings.retain(|known| !known.rests_on_others());
                if self.misfits.contains_key(&number) {
                    one.private_key = None;
                }
                if one.private_key.is_none()
                    && let Some(key) = self.key(number)
                    && let Some(entry) = path(key)
                {
                    let proof = KeyProof::PublicKey;
                    one.private_key = Some(KeyLink { entry, proof });
                }
                let length = one.chain.as_ref().map_or(0, |chain| chain.length);
                let place = self.links.position(number);
                if self.rerouted || place.as_ref().is_some_and(|it| length < it.length) {
                    one.chain = place.map(|place| ChainPosition {
                        position: place.position,
                        length: place.length,
                        issuer: place.issuer.and_then(path),
                        complete: place.complete,
                    });
                }
            }
            Object::CertificationRequest(one) => {
                if one.private_key.is_none()
                    && let Some(entry) = self.key_of_request(pile, number).and_then(path)
                {
                    let proof = KeyProof::PublicKey;
                    one.private_key = Some(KeyLink { entry, proof });
                }
                if one.certificates.is_empty() {
                    one.certificates = self
                        .over_same_key(pile, number, |kind| {
                            matches!(kind, ItemKind::Certificate(_))
                        })
                        .filter_map(path)
                        .collect();
                }
            }
            Object::PrivateKey(key) => {
                entry.findings.retain(|known| !known.rests_on_others());
                if key.certificates.is_empty() {
                    let certificates = self.links.certificates(number).iter();
                    key.certificates = certificates.copied().filter_map(path).collect();
                }
                if key.public_keys.is_empty() {
                    key.public_keys = self
                        .over_same_key(pile, number, |kind| {
                            matches!(
                                kind,
                                ItemKind::PublicKey(_)
                                    | ItemKind::Request(_)
                                    | ItemKind::SshCertificate(_)
                            )
                        })
                        .filter_map(path)
                        .collect();
                }
            }
            Object::RevocationList(list) => {
                if let Some(Proof::By((input, index))) = self.proof((input, index)) {
                    let issuer = self.number(input, index);
                    list.issuer_certificate = issuer.and_then(path);
                }
                let revoked = self.links.lists().revoked(number).into_iter();
                let revoked = revoked.filter(|&one| {
                    self.revocations(pile, one).any(|said| match said {
                        Said::Revoked(said) | Said::Unchecked(said) => said.list == number,
                        Said::OfAnother(_) => false,
                    })
                });
                list.revokes = revoked.filter_map(path).collect();
            }
            _ => {}
        }
        let faults = self.faults(pile, names, (input, index), at);
        entry.findings.extend(faults);
        order::by_key(&mut entry.findings, |finding| finding.severity);
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

    /// What else is over the key of a request or of a key.
    pub fn same_key(&self, input: usize, index: usize) -> impl Iterator<Item = (usize, usize)> {
        let number = self.number(input, index);
        let all = number
            .into_iter()
            .flat_map(|number| self.links.same_key(number));
        all.filter_map(|number| self.place(number))
    }

    /// Names that keystores give keys count in their own file only.
    fn key(&self, number: usize) -> Option<usize> {
        let (key, proof) = self.links.key(number)?;
        let is_its_own = proof == KeyProof::PublicKey && !self.misfits.contains_key(&number);
        is_its_own.then_some(key)
    }

    /// The private key of a request.
    fn key_of_request(&self, pile: &[&Contents], number: usize) -> Option<usize> {
        self.over_same_key(pile, number, |kind| matches!(kind, ItemKind::PrivateKey(_)))
            .next()
    }

    /// What is over the same key as this, of the wanted kinds.
    fn over_same_key<'a>(
        &'a self,
        pile: &'a [&Contents],
        number: usize,
        wanted: fn(&ItemKind) -> bool,
    ) -> impl Iterator<Item = usize> + 'a {
        let others = self.links.same_key(number);
        others.filter(move |&other| {
            self.item(pile, other)
                .is_some_and(|item| wanted(&item.kind))
        })
    }

    fn is_revoked(&self, pile: &[&Contents], number: usize) -> bool {
        let mut said = self.revocations(pile, number);
        said.any(|said| matches!(said, Said::Revoked(_)))
    }

    /// What an entry is called in the input that is looked at: by its path, and from elsewhere by its file too.
    fn path(
        &self,
        pile: &[&Contents],
        names: &[&str],
        from: usize,
        number: usize,
    ) -> Option<String> {
        let (input, _) = self.place(number)?;
        let path = &self.item(pile, number)?.path;
        if input == from {
            return Some(path.clone());
        }
        Some(format!("{}: {path}", names.get(input)?))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made::{Made, opened};
    use crate::report::Format;
    use crate::{Options, open};

    const CHAIN: &str = include_str!("../../tests/vectors/pem/chain-and-key.pem");

    /// Each block as an input of its own.
    fn apart() -> Vec<Contents> {
        let blocks = CHAIN.split_inclusive("-----\n");
        let mut inputs: Vec<String> = Vec::new();
        for part in blocks {
            if part.contains("-----BEGIN") || inputs.is_empty() {
                inputs.push(String::new());
            }
            inputs.last_mut().unwrap().push_str(part);
        }
        let open = |text: &String| open(text.as_bytes(), &Options::default()).unwrap();
        inputs
            .iter()
            .filter(|text| text.contains("-----END"))
            .map(open)
            .collect()
    }

    fn rows(pile: &[&Contents]) -> Vec<Row> {
        let links = PileLinks::find(pile, None);
        let row = |(input, contents): (usize, &&Contents)| {
            let mut row = contents.row(0).unwrap();
            links.join_row(pile, (input, 0), &mut row);
            row
        };
        pile.iter().enumerate().map(row).collect()
    }

    #[test]
    fn the_entries_of_a_java_keystore_stand_in_no_order() {
        let upside_down = || {
            opened([
                &Made::authority("CA", 2, "Root", 1),
                &Made::leaf("es1", 3, "CA", 2),
            ])
        };
        let found = |contents: &Contents| {
            let links = PileLinks::find(&[contents], None);
            let found = links.faults(&[contents], &["a"], (0, 1), None);
            found.iter().any(|found| found.id == "chain-order")
        };
        assert!(found(&upside_down()));
        assert!(!found(&upside_down().as_stored(Format::Jks, [])));
    }

    #[test]
    fn key_and_issuer_are_found_in_other_inputs() {
        let inputs = apart();
        let pile: Vec<&Contents> = inputs.iter().collect();
        assert_eq!(pile.len(), 3);
        let rows = rows(&pile);
        let leaf = rows
            .iter()
            .position(|row| row.name == "leaf.example.org")
            .unwrap();
        assert!(rows[leaf].has_private_key);
        assert_eq!(rows[leaf].chain, Some((1, 2)));

        let links = PileLinks::find(&pile, None);
        let mut entry = inputs[leaf].entry(0, None).unwrap();
        links.join(&pile, &["a", "b", "c"], (leaf, 0), None, &mut entry);
        let Object::Certificate(one) = &entry.object else {
            panic!("a certificate");
        };
        assert!(one.chain.as_ref().unwrap().complete);
        assert_eq!(one.private_key.as_ref().unwrap().proof, KeyProof::PublicKey);
        assert!(links.issuer(leaf, 0).is_some() && links.private_key(leaf, 0).is_some());
    }

    #[test]
    fn a_key_of_which_only_the_public_half_is_told_is_found_too() {
        let inputs = apart();
        let key = inputs
            .iter()
            .find(|one| one.public_halves().next().is_some())
            .unwrap();
        let halves: Vec<Vec<u8>> = key.public_halves().map(|(_, bits)| bits.to_vec()).collect();
        let known = Contents::empty().with_public_halves(halves);
        let certificates = inputs
            .iter()
            .filter(|one| one.certificates().next().is_some());
        let pile: Vec<&Contents> = certificates.chain([&known]).collect();
        assert!(rows(&pile).iter().any(|row| row.has_private_key));
    }

    #[test]
    fn a_key_that_fits_nothing_in_the_pile_says_so() {
        let inputs = apart();
        let is_leaf = |one: &&Contents| one.row(0).unwrap().name == "leaf.example.org";
        let pile: Vec<&Contents> = inputs.iter().filter(|one| !is_leaf(one)).collect();
        let input = pile
            .iter()
            .position(|one| one.certificates().next().is_none())
            .unwrap();
        let links = PileLinks::find(&pile, None);
        let mut entry = pile[input].entry(0, None).unwrap();
        links.join(&pile, &["a", "b"], (input, 0), None, &mut entry);
        let ids: Vec<_> = entry
            .findings
            .iter()
            .map(|one| one.id.to_string())
            .collect();
        assert!(ids.contains(&"key-fits-nothing".to_owned()), "{ids:?}");
        let faults = links.faults(&pile, &["a", "b"], (input, 0), None);
        assert_eq!(faults[0].severity, crate::Severity::Warning);
    }

    #[test]
    fn a_second_copy_of_a_key_is_nothing_that_it_fits() {
        let inputs = apart();
        let key = |one: &&Contents| one.certificates().next().is_none();
        let key = inputs.iter().find(key).unwrap();
        let is_other = |one: &&Contents| {
            one.certificates().next().is_some() && one.row(0).unwrap().name != "leaf.example.org"
        };
        let other = inputs.iter().find(is_other).unwrap();
        let links = PileLinks::find(&[other, key, key], None);
        for input in [1, 2] {
            let faults = links.faults(&[other, key, key], &["a", "b", "c"], (input, 0), None);
            assert_eq!(faults[0].id, "key-fits-nothing");
        }
    }
}
