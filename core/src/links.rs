//! Who belongs to whom in one input: certificates to their issuers, keys to their certificates.

mod lists;
mod named;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::asn1::{Element, Reader, Tag, time};
use crate::container::{Item, ItemKind};
use crate::report::{KeyProof, Lock};
use crate::time::UnixTime;
use crate::x509::{RequestSpine, Spine, match_bits, public_bits};
use lists::Lists;
pub(crate) use lists::{Revocation, authority_key};

/// Steps that a walk up a chain may take. Stops cross-signs that lead in circles.
pub(crate) const MAX_CHAIN: u32 = 32;

/// Certificates of one name that are looked at. Stops ten thousand copies of an issuer from being
/// compared ten thousand times.
const MAX_CANDIDATES: usize = 64;

/// Who belongs to whom, by index of the items.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    issuer: Vec<Option<usize>>,
    roots: Vec<bool>,
    /// Longest line of certificates below, 0 for a leaf.
    below: Vec<u32>,
    keys: HashMap<usize, (usize, KeyProof)>,
    /// The certificates of each private key, in their order.
    certificates: HashMap<usize, Vec<usize>>,
    has_certificates: bool,
    /// The keys over which there is a certificate or a request.
    wanted: HashSet<usize>,
    /// Everything over one public key, for the keys that do not stand alone.
    same_key: HashMap<usize, Arc<[usize]>>,
    lists: Lists,
    /// The certificate that a signer or an attribute certificate names.
    named: HashMap<usize, usize>,
    /// Whether the time decides who of several issued something.
    depends_on_time: bool,
}

/// The place of a certificate in its chain.
pub(crate) struct ChainPlace {
    pub(crate) position: u32,
    pub(crate) length: u32,
    pub(crate) issuer: Option<usize>,
    /// Whether the last certificate of the chain is a root.
    pub(crate) complete: bool,
}

/// What is compared to find issuers and keys.
struct Facts<'a> {
    subject: &'a [u8],
    issuer: &'a [u8],
    serial: &'a [u8],
    subject_key: Option<&'a [u8]>,
    authority_key: Option<&'a [u8]>,
    public_bits: Option<Cow<'a, [u8]>>,
    not_before: Element<'a>,
    not_after: Element<'a>,
}

impl Facts<'_> {
    /// As in [`crate::chain()`]: it names itself as issuer, and no other key as the one that signed it.
    fn is_root(&self) -> bool {
        let other_key = self
            .authority_key
            .zip(self.subject_key)
            .is_some_and(|(signed_by, own)| signed_by != own);
        self.subject == self.issuer && !other_key
    }

    fn is_in_date(&self, at: UnixTime) -> bool {
        let validity = time(&self.not_before).zip(time(&self.not_after));
        validity.is_some_and(|(start, end)| (start..=end).contains(&at))
    }
}

/// What speaks against a way up from a certificate: the less, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Doubts {
    /// Whether it leads in a circle, or further than anybody goes.
    is_endless: bool,
    /// Certificates on it that are not in date.
    out_of_date: u32,
    /// Whether the issuer of the last one is not here.
    lacks_root: bool,
    /// Certificates on it.
    length: u32,
}

impl Doubts {
    const ENDLESS: Self = Self {
        is_endless: true,
        out_of_date: 0,
        lacks_root: true,
        length: 0,
    };
}

impl Links {
    /// Looks at every item once. Of several that may have issued a certificate that one counts whose way up is in
    /// date at `at`, and leads to a root; without an instant, the first.
    pub(crate) fn find(items: &[&Item], at: Option<UnixTime>) -> Self {
        // What is alone belongs to nobody.
        if items.len() < 2 {
            return Self::default();
        }
        let facts: Vec<Option<Facts<'_>>> = items.iter().map(|item| facts(item)).collect();
        let mut by_subject: HashMap<&[u8], Vec<usize>> = HashMap::new();
        let mut by_key: HashMap<Cow<'_, [u8]>, Vec<usize>> = HashMap::new();
        for (index, one) in facts.iter().enumerate() {
            let Some(one) = one else {
                continue;
            };
            by_subject.entry(one.subject).or_default().push(index);
            if let Some(bits) = &one.public_bits {
                by_key.entry(bits.clone()).or_default().push(index);
            }
        }
        let mut issuers = Issuers {
            facts: &facts,
            by_subject: &by_subject,
            doubts: HashMap::new(),
            at,
        };
        let mut depends_on_time = false;
        let mut issuer = Vec::with_capacity(facts.len());
        for index in 0..facts.len() {
            let (best, others) = issuers.of(index);
            depends_on_time |= others;
            issuer.push(best);
        }
        let is_root = |one: &Option<Facts<'_>>| one.as_ref().is_some_and(Facts::is_root);
        let roots = facts.iter().map(is_root).collect();
        let below = below(&issuer);
        let keys = keys(items, &by_key);
        let mut certificates: HashMap<usize, Vec<usize>> = HashMap::new();
        for (certificate, (owner, _)) in &keys {
            certificates.entry(*owner).or_default().push(*certificate);
        }
        for all in certificates.values_mut() {
            all.sort_unstable();
        }
        let has_certificates = facts.iter().any(Option::is_some);
        let same_key = same_key(items, &mut by_key);
        let is_wanted = |index: &usize| {
            let kind = items.get(*index).map(|item| &item.kind);
            matches!(kind, Some(ItemKind::Certificate(_) | ItemKind::Request(_)))
        };
        let wanted = same_key.iter().filter(|(_, all)| all.iter().any(is_wanted));
        let wanted = wanted.map(|(index, _)| *index).collect();
        let lists = Lists::find(items, &facts, &by_subject);
        let named = named::find(items, &facts);
        Self {
            issuer,
            roots,
            below,
            keys,
            certificates,
            has_certificates,
            wanted,
            same_key,
            lists,
            named,
            depends_on_time,
        }
    }

    /// Whether [`Links::find`] with an instant may say something else of who issued what than without.
    pub(crate) fn depend_on_time(&self) -> bool {
        self.depends_on_time
    }

    /// The place of a certificate in its chain; `None` for one that stands alone.
    pub(crate) fn position(&self, index: usize) -> Option<ChainPlace> {
        let below = self.below.get(index).copied()?;
        let mut above = 0;
        let mut top = index;
        while let Some(next) = self.issuer(top)
            && above < MAX_CHAIN
        {
            top = next;
            above += 1;
        }
        let length = below + 1 + above;
        (1 < length).then(|| ChainPlace {
            position: below + 1,
            length,
            issuer: self.issuer(index),
            complete: self.is_root(top),
        })
    }

    /// The issuer of a certificate.
    pub(crate) fn issuer(&self, certificate: usize) -> Option<usize> {
        self.issuer.get(certificate).copied().flatten()
    }

    /// Whether a certificate names itself as issuer, and no other key.
    pub(crate) fn is_root(&self, certificate: usize) -> bool {
        self.roots.get(certificate).copied().unwrap_or(false)
    }

    /// Puts another issuer in the place of the one that was found, or none.
    pub(crate) fn reroute(&mut self, certificate: usize, issuer: Option<usize>) {
        if let Some(place) = self.issuer.get_mut(certificate) {
            *place = issuer;
        }
        self.below = below(&self.issuer);
    }

    /// Which revocation lists belong to whom.
    pub(crate) fn lists(&self) -> &Lists {
        &self.lists
    }

    /// The certificate that a signer or an attribute certificate names.
    pub(crate) fn named(&self, index: usize) -> Option<usize> {
        self.named.get(&index).copied()
    }

    /// The private key of a certificate, and how that is known.
    pub(crate) fn key(&self, certificate: usize) -> Option<(usize, KeyProof)> {
        self.keys.get(&certificate).copied()
    }

    /// What else in the input is over the same public key as this key, in its order.
    pub(crate) fn same_key(&self, key: usize) -> impl Iterator<Item = usize> {
        let all = self.same_key.get(&key).map(AsRef::as_ref);
        let others = all.unwrap_or_default().iter().copied();
        others.filter(move |&other| other != key)
    }

    /// The certificates of a private key.
    pub(crate) fn certificates(&self, key: usize) -> &[usize] {
        self.certificates.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Whether a private key that was read stands beside certificates, and neither one of them nor a request
    /// is over it.
    pub(crate) fn fits_nothing(&self, key: usize, lock: Lock) -> bool {
        lock == Lock::Open
            && self.has_certificates
            && self.certificates(key).is_empty()
            && !self.wanted.contains(&key)
    }
}

fn facts(item: &Item) -> Option<Facts<'_>> {
    let ItemKind::Certificate(der) = &item.kind else {
        return None;
    };
    let (mut subject_key, mut authority) = (None, None);
    let spine = Spine::read_each(der, &mut |extension| match extension.oid {
        [0x55, 0x1d, 14] => subject_key = subject_key.or(Some(extension.value.contents)),
        [0x55, 0x1d, 35] => authority = authority.or(Some(extension.value.contents)),
        _ => {}
    });
    let spine = spine.ok()?;
    let authority = authority.and_then(only).and_then(|identifier| {
        identifier
            .reader()
            .optional(Tag::context_primitive(0))
            .ok()
            .flatten()
    });
    Some(Facts {
        subject: spine.subject.raw,
        issuer: spine.issuer.raw,
        serial: spine.serial.contents,
        subject_key: subject_key
            .and_then(only)
            .map(|identifier| identifier.contents),
        authority_key: authority.map(|identifier| identifier.contents),
        public_bits: public_bits(&spine.public_key).map(match_bits),
        not_before: spine.not_before,
        not_after: spine.not_after,
    })
}

/// Whether a certificate bears the name of another one's issuer, and no other key identifier.
pub(crate) fn may_have_issued(issuer: &Item, certificate: &Item) -> bool {
    facts(issuer)
        .zip(facts(certificate))
        .is_some_and(|(issuer, one)| {
            let keys = one.authority_key.zip(issuer.subject_key);
            issuer.subject == one.issuer && keys.is_none_or(|(wanted, found)| wanted == found)
        })
}

/// Whether a certificate names no other key as its own.
pub(crate) fn has_key(certificate: &Item, key: Option<&[u8]>) -> bool {
    let own = facts(certificate).and_then(|facts| facts.subject_key);
    own.zip(key).is_none_or(|(own, key)| own == key)
}

/// The value in an extension's OCTET STRING.
fn only(octets: &[u8]) -> Option<Element<'_>> {
    Reader::new(octets).any().ok()
}

/// Those who may have issued certificates: who bears the issuer's name, and no other key identifier.
struct Issuers<'f> {
    facts: &'f [Option<Facts<'f>>],
    by_subject: &'f HashMap<&'f [u8], Vec<usize>>,
    /// Of the ways up from each certificate, what speaks against the best one.
    doubts: HashMap<usize, Doubts>,
    at: Option<UnixTime>,
}

impl Issuers<'_> {
    /// Who issued a certificate: the one with the best way up, and whether there are others of another validity.
    fn of(&mut self, index: usize) -> (Option<usize>, bool) {
        let all = self.fitting(index);
        let [first, others @ ..] = all.as_slice() else {
            return (None, false);
        };
        let validity = |one: usize| {
            let facts = self.facts.get(one).and_then(Option::as_ref);
            facts.map(|facts| {
                (
                    facts.not_before.contents,
                    facts.not_after.contents,
                    facts.issuer,
                )
            })
        };
        if others
            .iter()
            .all(|&other| validity(other) == validity(*first))
        {
            return (Some(*first), false);
        }
        if self.at.is_none() {
            return (Some(*first), true);
        }
        let best = all
            .iter()
            .copied()
            .min_by_key(|&one| self.doubts(one, MAX_CHAIN));
        (best, true)
    }

    /// What speaks against the best way up from a certificate.
    fn doubts(&mut self, index: usize, steps: u32) -> Doubts {
        if let Some(known) = self.doubts.get(&index) {
            return *known;
        }
        let Some(one) = self.facts.get(index).and_then(Option::as_ref) else {
            return Doubts::ENDLESS;
        };
        let Some(left) = steps.checked_sub(1) else {
            return Doubts::ENDLESS;
        };
        // Who comes by here again goes in a circle.
        self.doubts.insert(index, Doubts::ENDLESS);
        let issuers = self.fitting(index).into_iter();
        let above = issuers.map(|issuer| self.doubts(issuer, left)).min();
        let above = above.unwrap_or(Doubts {
            is_endless: false,
            out_of_date: 0,
            lacks_root: !one.is_root(),
            length: 0,
        });
        let is_out_of_date = self.at.is_some_and(|at| !one.is_in_date(at));
        let doubts = Doubts {
            out_of_date: above.out_of_date + u32::from(is_out_of_date),
            length: above.length + 1,
            ..above
        };
        self.doubts.insert(index, doubts);
        doubts
    }

    /// Who may have issued a certificate: those with the right key identifier first, then those whose identifier
    /// does not speak against it. Among equals the next one in the input first, as chains are stored.
    fn fitting(&self, index: usize) -> Vec<usize> {
        let one = self.facts.get(index).and_then(Option::as_ref);
        let Some((one, named)) = one
            .filter(|one| !one.is_root())
            .and_then(|one| Some((one, self.by_subject.get(one.issuer)?.as_slice())))
        else {
            return Vec::new();
        };
        let key_of = |other: usize| {
            let other = self.facts.get(other).and_then(Option::as_ref);
            other.and_then(|other| other.subject_key)
        };
        let after = named.partition_point(|&other| other <= index);
        let (before, after) = named.split_at_checked(after).unwrap_or((named, &[]));
        let others = after.iter().chain(before).copied();
        let others = others.filter(|&other| other != index).take(MAX_CANDIDATES);
        let Some(wanted) = one.authority_key else {
            return others.collect();
        };
        let (mut fitting, unknown): (Vec<usize>, Vec<usize>) = others
            .filter(|&other| key_of(other).is_none_or(|key| key == wanted))
            .partition(|&other| key_of(other).is_some());
        fitting.extend(unknown);
        fitting
    }
}

fn below(issuer: &[Option<usize>]) -> Vec<u32> {
    let mut below = vec![0; issuer.len()];
    for start in 0..issuer.len() {
        let mut at = start;
        let mut height = 0;
        while let Some(next) = issuer.get(at).copied().flatten()
            && height < MAX_CHAIN
        {
            height += 1;
            let Some(place) = below.get_mut(next).filter(|place| **place < height) else {
                break;
            };
            *place = height;
            at = next;
        }
    }
    below
}

/// Which key belongs to which certificate: by the public key, else by what the keystore says. Of
/// several that are the same the last one, of several that the keystore names the first.
fn keys(
    items: &[&Item],
    by_key: &HashMap<Cow<'_, [u8]>, Vec<usize>>,
) -> HashMap<usize, (usize, KeyProof)> {
    let mut owners = HashMap::new();
    let mut ids = HashMap::new();
    let mut entries = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        if !matches!(item.kind, ItemKind::PrivateKey(_)) {
            continue;
        }
        if let Some(bits) = key_bits(item) {
            owners.insert(bits, index);
        } else if let Some(keystore) = &item.keystore {
            let (id, entry) = (keystore.local_key_id.as_ref(), keystore.entry);
            id.map(|id| *ids.entry(id).or_insert(index));
            entry.map(|entry| *entries.entry(entry).or_insert(index));
        }
    }
    let mut keys = HashMap::new();
    for (bits, owner) in &owners {
        for &certificate in by_key.get(bits).into_iter().flatten() {
            keys.insert(certificate, (*owner, KeyProof::PublicKey));
        }
    }
    for (certificate, item) in items.iter().enumerate() {
        let (ItemKind::Certificate(_), Some(keystore)) = (&item.kind, &item.keystore) else {
            continue;
        };
        let of_id = keystore.local_key_id.as_ref().and_then(|id| ids.get(id));
        let of_entry = keystore
            .entry
            .filter(|_| keystore.chain_index == Some(0))
            .and_then(|entry| entries.get(&entry));
        if let Some(&owner) = of_id.into_iter().chain(of_entry).min() {
            keys.entry(certificate)
                .or_insert((owner, KeyProof::Keystore));
        }
    }
    keys
}

/// What the key of this item is compared by; `None` for certificates, and for keys still sealed.
pub(crate) fn key_bits(item: &Item) -> Option<Cow<'_, [u8]>> {
    let bits = match &item.kind {
        ItemKind::Request(der) => public_bits(&RequestSpine::read(der).ok()?.public_key)?,
        ItemKind::PrivateKey(key) => key.facts.as_ref()?.public_bits.as_deref()?,
        ItemKind::PublicKey(key) => key.public_bits.as_slice(),
        ItemKind::SshCertificate(certificate) => certificate.key.public_bits.as_slice(),
        _ => return None,
    };
    (!bits.is_empty()).then(|| match_bits(bits))
}

/// Everything over the public key of each key. `by_key` holds the certificates.
fn same_key<'a>(
    items: &[&'a Item],
    by_key: &mut HashMap<Cow<'a, [u8]>, Vec<usize>>,
) -> HashMap<usize, Arc<[usize]>> {
    let mut keys: Vec<(usize, Cow<'_, [u8]>)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if let Some(bits) = key_bits(item) {
            by_key.entry(bits.clone()).or_default().push(index);
            keys.push((index, bits));
        }
    }
    let mut groups: HashMap<&[u8], Arc<[usize]>> = HashMap::new();
    let mut found = HashMap::new();
    for (index, bits) in &keys {
        let group = groups.entry(bits).or_insert_with(|| {
            let all = by_key.get(bits).map(Vec::as_slice).unwrap_or_default();
            let mut first: Vec<usize> = all.iter().copied().take(MAX_CANDIDATES).collect();
            first.sort_unstable();
            first.into()
        });
        if 1 < group.len() {
            found.insert(*index, Arc::clone(group));
        }
    }
    found
}
