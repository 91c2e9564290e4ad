//! Which signatures on a pile were made by the keys that they name, found out one entry at a time.

use std::collections::HashMap;
use std::sync::Arc;

use super::PileLinks;
use crate::chain::{IssuerCheck, IssuerSignature};
use crate::container::{Item, ItemKind};
use crate::links::{MAX_CHAIN, Revocation, authority_key, may_have_issued};
use crate::open::{Contents, first};
use crate::x509::{ListSpine, Spine};

/// Authorities of one name that are tried on one signature. Stops ten thousand of them.
const MAX_TRIED: usize = 16;

/// Revocation lists that are checked. Stops ten thousand copies of a list of a million entries.
const MAX_LISTS: usize = 64;

/// Whose key made the signature of something: which input, and which entry of it. Says nothing of whether
/// anyone trusts that key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// That of its issuer.
    By((usize, usize)),
    /// Its own.
    Itself,
    /// Not that of the issuer that it names, nor its own where it names itself.
    Wrong((usize, usize)),
    /// The issuer that it names is not on the pile.
    Absent,
    /// It was not computed with.
    Unknown,
}

/// What a revocation list on the pile says of a certificate.
pub(super) enum Said<'a> {
    /// A list of its issuer revokes it.
    Revoked(&'a Revocation),
    /// A list does of which nobody knows whether its issuer made it.
    Unchecked(&'a Revocation),
}

impl PileLinks {
    /// Computes with the signature of an entry and, of a certificate, with those above it; nothing is
    /// computed with twice. A link whose signature is wrong is none from then on: the answer is whether
    /// there was one, after which other entries may stand elsewhere in their chains.
    pub fn prove(
        &mut self,
        pile: &[&Contents],
        (input, index): (usize, usize),
        check: &dyn IssuerCheck,
    ) -> bool {
        let Some(number) = self.number(input, index) else {
            return false;
        };
        match self.item(pile, number).map(|item| &item.kind) {
            Some(ItemKind::Certificate(_)) => self.prove_upwards(pile, number, check),
            Some(ItemKind::Request(der)) => {
                let own = || match check.check(first(der), first(der)) {
                    IssuerSignature::Valid => Proof::Itself,
                    IssuerSignature::Wrong => Proof::Wrong((input, index)),
                    IssuerSignature::NotChecked => Proof::Unknown,
                };
                self.proofs.entry(number).or_insert_with(own);
                false
            }
            Some(ItemKind::RevocationList(_)) => {
                self.prove_list(pile, number, check);
                false
            }
            _ => false,
        }
    }

    /// Computes with the signatures of the revocation lists that revoke something here.
    pub fn prove_lists(&mut self, pile: &[&Contents], check: &dyn IssuerCheck) {
        for number in self.links.lists().revoking().into_iter().take(MAX_LISTS) {
            self.prove_list(pile, number, check);
        }
    }

    /// Whose key made the signature of an entry, where [`PileLinks::prove`] looked at it.
    pub fn proof(&self, (input, index): (usize, usize)) -> Option<Proof> {
        self.proofs.get(&self.number(input, index)?).copied()
    }

    pub(super) fn item<'a>(&self, pile: &[&'a Contents], number: usize) -> Option<&'a Item> {
        let (input, index) = self.place(number)?;
        pile.get(input)?.items().get(index)
    }

    /// What lists say of a certificate, but for those that nobody who may revoke it has signed.
    pub(super) fn revocations(&self, number: usize) -> impl Iterator<Item = Said<'_>> {
        let said = self.links.lists().revocations(number).iter();
        said.filter_map(|one| match self.proofs.get(&one.list) {
            Some(Proof::By(_) | Proof::Itself) => Some(Said::Revoked(one)),
            Some(Proof::Wrong(_)) => None,
            Some(Proof::Absent | Proof::Unknown) | None => Some(Said::Unchecked(one)),
        })
    }

    /// The certificates that bear a name, by number.
    pub(super) fn bearing(&self, pile: &[&Contents], name: &[u8]) -> &[usize] {
        let by_subject = self.by_subject.get_or_init(|| {
            let mut by_subject: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
            let items = pile.iter().flat_map(|contents| contents.items());
            for (number, item) in items.enumerate() {
                if let Some(spine) = spine(item) {
                    let name = spine.subject.raw.to_vec();
                    by_subject.entry(name).or_default().push(number);
                }
            }
            by_subject
        });
        by_subject.get(name).map_or(&[], Vec::as_slice)
    }

    /// The certificates that may have issued this one, but for that one: by name and key identifier.
    pub(super) fn other_issuers(
        &self,
        pile: &[&Contents],
        number: usize,
        but: usize,
    ) -> Vec<usize> {
        let Some((item, spine)) = self
            .item(pile, number)
            .and_then(|item| Some((item, spine(item)?)))
        else {
            return Vec::new();
        };
        let named = self.bearing(pile, spine.issuer.raw).iter().copied();
        let fit = named.filter(|&other| {
            let may_have = |issuer: &Item| may_have_issued(issuer, item);
            other != but && other != number && self.item(pile, other).is_some_and(may_have)
        });
        fit.take(MAX_TRIED).collect()
    }

    fn prove_upwards(
        &mut self,
        pile: &[&Contents],
        number: usize,
        check: &dyn IssuerCheck,
    ) -> bool {
        let (mut rerouted, mut at) = (false, number);
        for _ in 0..MAX_CHAIN {
            if !self.proofs.contains_key(&at) {
                let proof = self.prove_certificate(pile, at, check);
                let issuer = match proof {
                    Proof::By((input, index)) => self.number(input, index),
                    Proof::Wrong(_) => None,
                    Proof::Itself | Proof::Absent | Proof::Unknown => self.links.issuer(at),
                };
                if issuer != self.links.issuer(at) {
                    Arc::make_mut(&mut self.links).reroute(at, issuer);
                    rerouted = true;
                }
                self.proofs.insert(at, proof);
            }
            match self.links.issuer(at) {
                Some(issuer) => at = issuer,
                None => break,
            }
        }
        self.rerouted |= rerouted;
        rerouted
    }

    fn prove_certificate(
        &self,
        pile: &[&Contents],
        number: usize,
        check: &dyn IssuerCheck,
    ) -> Proof {
        let der = |number: usize| match &self.item(pile, number)?.kind {
            ItemKind::Certificate(der) => Some(first(der)),
            _ => None,
        };
        let Some(own) = der(number) else {
            return Proof::Unknown;
        };
        let issuer = self.links.issuer(number);
        let tried = match issuer {
            None if self.is_self_issued_root(pile, number) => Some(number),
            issuer => issuer,
        };
        let Some(best) = tried else {
            return Proof::Absent;
        };
        let ask = |other: usize| {
            let other = der(other);
            other.map_or(IssuerSignature::NotChecked, |other| check.check(own, other))
        };
        let place = |number: usize| self.place(number);
        let known = match (ask(best), issuer) {
            (IssuerSignature::Valid, None) => return Proof::Itself,
            (IssuerSignature::Valid, Some(_)) => {
                return place(best).map_or(Proof::Unknown, Proof::By);
            }
            (known, _) => known,
        };
        let mut all_wrong = known == IssuerSignature::Wrong;
        if issuer.is_some() {
            for other in self.other_issuers(pile, number, best) {
                match ask(other) {
                    IssuerSignature::Valid => {
                        return place(other).map_or(Proof::Unknown, Proof::By);
                    }
                    IssuerSignature::NotChecked => all_wrong = false,
                    IssuerSignature::Wrong => {}
                }
            }
        }
        let wrong = place(best).filter(|_| all_wrong);
        wrong.map_or(Proof::Unknown, Proof::Wrong)
    }

    /// What stands alone in its input is not among the links.
    fn is_self_issued_root(&self, pile: &[&Contents], number: usize) -> bool {
        let item = self.item(pile, number);
        self.links.is_root(number) || item.is_some_and(|item| may_have_issued(item, item))
    }

    fn prove_list(&mut self, pile: &[&Contents], number: usize, check: &dyn IssuerCheck) {
        if self.proofs.contains_key(&number) {
            return;
        }
        let Some(ItemKind::RevocationList(list)) = self.item(pile, number).map(|item| &item.kind)
        else {
            return;
        };
        let mut proof = Proof::Absent;
        if let Ok(spine) = ListSpine::read(&list.der) {
            let key = authority_key(&spine);
            for &issuer in self.bearing(pile, spine.issuer.raw).iter().take(MAX_TRIED) {
                let Some(item) = self.item(pile, issuer) else {
                    continue;
                };
                let ItemKind::Certificate(der) = &item.kind else {
                    continue;
                };
                if !crate::links::has_key(item, key) {
                    continue;
                }
                let Some(place) = self.place(issuer) else {
                    continue;
                };
                match check.check(first(&list.der), first(der)) {
                    IssuerSignature::Valid => {
                        proof = Proof::By(place);
                        break;
                    }
                    IssuerSignature::Wrong if proof == Proof::Absent => proof = Proof::Wrong(place),
                    IssuerSignature::Wrong => {}
                    IssuerSignature::NotChecked => proof = Proof::Unknown,
                }
            }
        }
        self.proofs.insert(number, proof);
    }
}

pub(super) fn spine(item: &Item) -> Option<Spine<'_>> {
    match &item.kind {
        ItemKind::Certificate(der) => Spine::read(der).ok(),
        _ => None,
    }
}
