//! Which signatures on a pile were made by the keys that they name, found out one entry at a time.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::PileLinks;
use crate::asn1::{Element, Reader, Tag};
use crate::chain::{IssuerCheck, IssuerSignature};
use crate::container::{Item, ItemKind};
use crate::links::{MAX_CHAIN, Revocation, authority_key, may_have_issued};
use crate::open::{Contents, first};
use crate::x509::{ListSpine, Spine};

/// Authorities of one name that are tried on one signature. Stops ten thousand of them.
const MAX_TRIED: usize = 16;

/// Revocation lists that are checked. Stops ten thousand copies of a list of a million entries.
pub(super) const MAX_LISTS: usize = 64;

/// Certificates that lists revoke whose own signatures are computed with at once. The others wait for their turn.
const MAX_REVOKED: usize = 256;

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
    /// A list of its issuer revokes it, or of one who may give out lists for its issuer.
    Revoked(&'a Revocation),
    /// A list does that bears such a name, and whose key is not known to be that of its issuer.
    OfAnother(&'a Revocation),
    /// A list does of which nobody knows whether its issuer made it.
    Unchecked(&'a Revocation),
}

impl PileLinks {
    /// Computes with the signature of an entry and, of a certificate, with those above it; nothing is
    /// computed with twice. A link whose signature is wrong is none from then on. The answer is whether rows
    /// that were told say something else by it: what stands elsewhere in its chain now, or is revoked.
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
            Some(ItemKind::Certificate(_)) => {
                let before = self.is_revoked(pile, number);
                let rerouted = self.prove_upwards(pile, number, check);
                rerouted || before != self.is_revoked(pile, number)
            }
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

    /// Computes with the signatures of the revocation lists that revoke something here, and with those that
    /// tell whether who made them is the issuer of what they revoke.
    pub fn prove_lists(&mut self, pile: &[&Contents], check: &dyn IssuerCheck) {
        let links = Arc::clone(&self.links);
        let lists = links.lists();
        let revoking: Vec<usize> = lists.revoking().into_iter().take(MAX_LISTS).collect();
        let mut revoked: BTreeSet<usize> = BTreeSet::new();
        for &number in &revoking {
            self.prove_list(pile, number, check);
            revoked.extend(lists.revoked(number));
        }
        for number in revoked.into_iter().take(MAX_REVOKED) {
            self.prove_upwards(pile, number, check);
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
    pub(super) fn revocations<'a>(
        &'a self,
        pile: &'a [&Contents],
        number: usize,
    ) -> impl Iterator<Item = Said<'a>> {
        let said = self.links.lists().revocations(number).iter();
        said.filter_map(move |one| match self.proofs.get(&one.list) {
            Some(Proof::By((input, index))) => {
                let signer = self.number(*input, *index);
                let may = signer.is_some_and(|signer| self.may_revoke(pile, signer, number));
                Some(if may {
                    Said::Revoked(one)
                } else {
                    Said::OfAnother(one)
                })
            }
            Some(Proof::Wrong(_)) => None,
            Some(Proof::Itself | Proof::Absent | Proof::Unknown) | None => {
                Some(Said::Unchecked(one))
            }
        })
    }

    /// Whether who signed a list may revoke a certificate by it: by the key that signed the certificate; or by
    /// another one whose bearer has the name of its issuer, or one that the certificate names for its lists, and
    /// comes from the same authority (RFC 5280, 6.3.3 (b) and (f)).
    pub(super) fn may_revoke(&self, pile: &[&Contents], signer: usize, certificate: usize) -> bool {
        let of = |number: usize| self.item(pile, number).and_then(spine);
        let Some((own, by)) = of(certificate).zip(of(signer)) else {
            return false;
        };
        let key = |number: usize| of(number).map(|spine| spine.public_key.raw);
        let is_named = own.issuer.raw == by.subject.raw;
        let issuer = self.issuer_of(certificate);
        if is_named && issuer.and_then(key) == Some(by.public_key.raw) {
            return true;
        }
        if !(is_named || names_lister(&own, &by.subject)) || !key_may(&by, SIGNS_LISTS) {
            return false;
        }
        let above: Vec<&[u8]> = self
            .above(certificate)
            .into_iter()
            .filter_map(key)
            .collect();
        let mut beside = self.above(signer).into_iter().filter_map(key);
        beside.any(|key| above.contains(&key))
    }

    /// Who signed a certificate; as long as nobody computed with it, who seems to have.
    fn issuer_of(&self, certificate: usize) -> Option<usize> {
        match self.proofs.get(&certificate) {
            Some(Proof::By((input, index))) => self.number(*input, *index),
            Some(Proof::Itself) => Some(certificate),
            Some(Proof::Wrong(_) | Proof::Absent) => None,
            Some(Proof::Unknown) | None => self.links.issuer(certificate),
        }
    }

    /// Those whose signatures lead up from a certificate.
    fn above(&self, certificate: usize) -> Vec<usize> {
        let (mut above, mut at) = (Vec::new(), certificate);
        for _ in 0..MAX_CHAIN {
            match self.proofs.get(&at) {
                Some(Proof::By((input, index))) => match self.number(*input, *index) {
                    Some(issuer) => at = issuer,
                    None => break,
                },
                Some(Proof::Itself) if above.is_empty() => {}
                _ => break,
            }
            if above.contains(&at) {
                break;
            }
            above.push(at);
        }
        above
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

    pub(super) fn prove_list(
        &mut self,
        pile: &[&Contents],
        number: usize,
        check: &dyn IssuerCheck,
    ) {
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
        if let Proof::By((input, index)) = proof
            && let Some(signer) = self.number(input, index)
        {
            self.prove_upwards(pile, signer, check);
        }
    }
}

/// Whether a certificate names this one as the issuer of lists that it is looked up in.
///
/// ```text
/// CRLDistributionPoints ::= SEQUENCE OF SEQUENCE { …, cRLIssuer [2] GeneralNames OPTIONAL }
/// ```
///
/// [RFC 5280, 4.2.1.13](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.13)
fn names_lister(certificate: &Spine<'_>, name: &Element<'_>) -> bool {
    let points = certificate.extension(&[0x55, 0x1d, 31]);
    let Some(points) = points.and_then(|it| it.value.reader().any().ok()) else {
        return false;
    };
    let listers = all(points).flat_map(all);
    let listers = listers.filter(|field| field.tag == Tag::context(2));
    let mut names = listers.flat_map(all);
    names.any(|one| {
        one.tag == Tag::context(4) && one.reader().any().is_ok_and(|one| one.raw == name.raw)
    })
}

fn all(list: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    let mut reader = list.reader();
    std::iter::from_fn(move || reader.any().ok())
}

/// `keyCertSign`, in the first octet of the bits of `keyUsage`.
pub(super) const SIGNS_CERTIFICATES: u8 = 0x04;
/// `cRLSign`.
const SIGNS_LISTS: u8 = 0x02;

/// Whether its key usage lets the key do this: where it states none, it does.
pub(super) fn key_may(spine: &Spine<'_>, what: u8) -> bool {
    let usage = spine.extension(&[0x55, 0x1d, 15]);
    let bits = usage.and_then(|usage| Reader::new(usage.value.contents).any().ok());
    bits.is_none_or(|bits| bits.contents.get(1).is_some_and(|it| it & what != 0))
}

pub(super) fn spine(item: &Item) -> Option<Spine<'_>> {
    match &item.kind {
        ItemKind::Certificate(der) => Spine::read(der).ok(),
        _ => None,
    }
}
