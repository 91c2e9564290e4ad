//! Which revocation list belongs to which authority, and which certificates it revokes.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::asn1::{Reader, Tag, instant};
use crate::container::{Item, ItemKind};
use crate::links::Facts;
use crate::report::RevocationReason;
use crate::time::UnixTime;
use crate::x509::ListSpine;

/// What a revocation list in the same input says of a certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Revocation {
    /// Index of the list.
    pub(crate) list: usize,
    pub(crate) date: Option<UnixTime>,
    pub(crate) reason: Option<RevocationReason>,
}

impl Revocation {
    /// What the list of this name says, in a sentence.
    pub(crate) fn words(&self, list: &str) -> String {
        let since = self
            .date
            .map_or_else(String::new, |date| format!(" on {date}"));
        let why = self
            .reason
            .map_or("no reason given", RevocationReason::words);
        format!("The list {list} revokes it{since}: {why}.")
    }
}

/// Lists and certificates of one input, by index of the items.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    issuer: HashMap<usize, usize>,
    revocations: HashMap<usize, Vec<Revocation>>,
}

/// Revocations of one certificate that are told. Stops ten thousand copies of a list.
const MAX_REVOCATIONS: usize = 16;

impl Lists {
    pub(super) fn find(
        items: &[&Item],
        facts: &[Option<Facts<'_>>],
        by_subject: &HashMap<&[u8], Vec<usize>>,
    ) -> Self {
        let mut lists = Self::default();
        let mut issued: HashMap<(&[u8], &[u8]), Vec<usize>> = HashMap::new();
        let mut issuers: HashSet<&[u8]> = HashSet::new();
        for (index, one) in facts.iter().enumerate() {
            let Some(one) = one else { continue };
            issued
                .entry((one.issuer, one.serial))
                .or_default()
                .push(index);
            issuers.insert(one.issuer);
        }
        for (index, item) in items.iter().enumerate() {
            let ItemKind::RevocationList(list) = &item.kind else {
                continue;
            };
            let Ok(spine) = ListSpine::read(&list.der) else {
                continue;
            };
            let key = authority_key(&spine);
            let named = by_subject.get(spine.issuer.raw).map(Vec::as_slice);
            let fits = |other: &usize| {
                let subject_key = facts.get(*other)?.as_ref()?.subject_key;
                Some(key.is_none() || subject_key.is_none() || key == subject_key)
            };
            let mut named = named.unwrap_or_default().iter().take(super::MAX_CANDIDATES);
            if let Some(issuer) = named.find(|other| fits(other) == Some(true)) {
                lists.issuer.insert(index, *issuer);
            }
            if spine.is_indirect() || issuers.contains(spine.issuer.raw) {
                lists.revoke(index, &spine, key, facts, &issued);
            }
        }
        lists
    }

    /// Finds the certificates that this list revokes: by the name of the issuer, the serial number,
    /// and the key of the issuer where both sides name it.
    fn revoke(
        &mut self,
        index: usize,
        spine: &ListSpine<'_>,
        key: Option<&[u8]>,
        facts: &[Option<Facts<'_>>],
        issued: &HashMap<(&[u8], &[u8]), Vec<usize>>,
    ) {
        let indirect = spine.is_indirect();
        let mut named = spine.issuer.raw;
        for entry in spine.entries().filter_map(Result::ok) {
            if indirect && let Some(other) = entry.certificate_issuer() {
                named = other.raw;
            }
            let Some(certificates) = issued.get(&(named, entry.serial.contents)) else {
                continue;
            };
            let reason = entry.reason();
            if reason == Some(RevocationReason::RemoveFromCrl) {
                continue;
            }
            for certificate in certificates {
                let theirs = facts
                    .get(*certificate)
                    .and_then(Option::as_ref)
                    .and_then(|facts| facts.authority_key);
                let other_key = named == spine.issuer.raw
                    && theirs.zip(key).is_some_and(|(theirs, ours)| theirs != ours);
                let held = self.revocations.entry(*certificate).or_default();
                if !other_key && held.len() < MAX_REVOCATIONS {
                    held.push(Revocation {
                        list: index,
                        date: instant(&entry.date).and_then(|instant| instant.time.ok()),
                        reason,
                    });
                }
            }
        }
    }

    /// The certificate of a list's issuer.
    pub(crate) fn issuer(&self, list: usize) -> Option<usize> {
        self.issuer.get(&list).copied()
    }

    /// What lists say of a certificate.
    pub(crate) fn revocations(&self, certificate: usize) -> &[Revocation] {
        self.revocations
            .get(&certificate)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Whether any list revokes anything here.
    pub(crate) fn revoke_any(&self) -> bool {
        !self.revocations.is_empty()
    }

    /// The lists that revoke something here.
    pub(crate) fn revoking(&self) -> BTreeSet<usize> {
        let all = self.revocations.values().flatten();
        all.map(|one| one.list).collect()
    }

    /// The certificates that a list revokes.
    pub(crate) fn revoked(&self, list: usize) -> Vec<usize> {
        let by_it =
            |(_, held): &(&usize, &Vec<Revocation>)| held.iter().any(|one| one.list == list);
        let mut found: Vec<usize> = self
            .revocations
            .iter()
            .filter(by_it)
            .map(|(one, _)| *one)
            .collect();
        found.sort_unstable();
        found
    }
}

pub(crate) fn authority_key<'a>(spine: &ListSpine<'a>) -> Option<&'a [u8]> {
    let identifier = spine.value(&[0x55, 0x1d, 35])?;
    let mut fields: Reader<'a> = identifier.reader();
    let key = fields.optional(Tag::context_primitive(0)).ok().flatten()?;
    Some(key.contents)
}
