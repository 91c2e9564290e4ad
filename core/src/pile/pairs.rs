//! Which certificates lie beside a private key that is not theirs.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::proof::spine;
use crate::container::{Item, ItemKind};
use crate::links::{Links, key_bits};
use crate::report::{KeyProof, Lock};
use crate::x509::{match_bits, public_bits};

/// What a server would be given together: what lies in one file, or in one Secret of Kubernetes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Shelf<'a> {
    input: usize,
    /// The file of an archive.
    files: &'a [String],
    object: Option<&'a str>,
}

/// The private keys and the certificates of leaves that lie together, by number.
#[derive(Default)]
struct Held<'a> {
    keys: Vec<(usize, Cow<'a, [u8]>)>,
    leaves: Vec<(usize, Cow<'a, [u8]>)>,
    /// Keys of authorities, requests and others, which a private key may belong to.
    others: HashSet<Cow<'a, [u8]>>,
}

impl Held<'_> {
    /// The first key that is nobody's here.
    fn stray(&self) -> Option<usize> {
        let leaves: HashSet<&Cow<'_, [u8]>> = self.leaves.iter().map(|(_, leaf)| leaf).collect();
        let is_stray = |key: &Cow<'_, [u8]>| !self.others.contains(key) && !leaves.contains(key);
        let mut keys = self.keys.iter();
        keys.find_map(|(number, key)| is_stray(key).then_some(*number))
    }

    /// The leaves whose keys are not here.
    fn bare(&self) -> impl Iterator<Item = usize> {
        let keys: HashSet<&Cow<'_, [u8]>> = self.keys.iter().map(|(_, key)| key).collect();
        let leaves = self.leaves.iter();
        leaves.filter_map(move |(number, leaf)| (!keys.contains(leaf)).then_some(*number))
    }
}

/// Leaves beside which a key lies that is nobody's, while their own does not: in one file; and where a file
/// holds nothing else, the only leaf on the pile and the only key. Piles without private keys cost nothing.
pub(super) fn misfits(items: &[&Item], starts: &[usize], links: &Links) -> HashMap<usize, usize> {
    let mut misfits = HashMap::new();
    let is_open = |item: &&Item| match &item.kind {
        ItemKind::PrivateKey(key) => key.lock == Lock::Open && key.facts.is_some(),
        _ => false,
    };
    if !items.iter().any(is_open) {
        return misfits;
    }
    let mut shelves: HashMap<Shelf<'_>, Held<'_>> = HashMap::new();
    let mut all = Held::default();
    for (number, item) in items.iter().enumerate() {
        let place = item.whereabouts.as_ref();
        let shelf = Shelf {
            input: starts.partition_point(|start| *start <= number),
            files: place.map_or(&[], |it| &it.files),
            object: place.and_then(|it| it.object.as_deref()),
        };
        let held = shelves.entry(shelf).or_default();
        match &item.kind {
            ItemKind::PrivateKey(_) => {
                if let Some(bits) = key_bits(item).filter(|_| is_open(item)) {
                    all.keys.push((number, bits.clone()));
                    held.keys.push((number, bits));
                }
            }
            ItemKind::Certificate(_) => {
                let Some(spine) = spine(item) else { continue };
                let Some(bits) = public_bits(&spine.public_key).map(match_bits) else {
                    continue;
                };
                if spine.is_ca() {
                    all.others.insert(bits.clone());
                    held.others.insert(bits);
                } else {
                    all.leaves.push((number, bits.clone()));
                    held.leaves.push((number, bits));
                }
            }
            _ => {
                if let Some(bits) = key_bits(item) {
                    all.others.insert(bits.clone());
                    held.others.insert(bits);
                }
            }
        }
    }
    // A keystore that says whose key it is was told so.
    let told = |number: usize| {
        let key = links.key(number);
        key.is_some_and(|(_, proof)| proof == KeyProof::Keystore)
    };
    let alone = all.leaves.len() == 1 && all.keys.len() == 1;
    for held in shelves.values().chain(alone.then_some(&all)) {
        if let Some(key) = held.stray() {
            let bare = held.bare().filter(|number| !told(*number));
            misfits.extend(bare.map(|number| (number, key)));
        }
    }
    misfits
}
