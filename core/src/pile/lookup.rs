//! What the revocation lists of a pile say of one of its certificates, whether they revoke it or not.

use super::PileLinks;
use super::proof::{MAX_LISTS, Proof, Said};
use crate::chain::IssuerCheck;
use crate::container::ItemKind;
use crate::open::{Contents, first};
use crate::path::{Budget, Link, List, Registrar, Signer, Status, status};
use crate::time::UnixTime;

/// What the revocation lists of a pile say of a certificate (RFC 5280, 6.3.3). Says nothing of whether anyone
/// trusts their issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// This list revokes it: which input, and which entry of it.
    Revoked((usize, usize)),
    /// This list does, of which is not known that its issuer's key signed it.
    Doubted((usize, usize)),
    /// Lists are about it for every reason, and do not name it; when the next of them is due.
    NotListed(Option<UnixTime>),
    /// Lists are about it, and do not tell for sure: why, in a clause.
    Unclear(String),
    /// No list is about it.
    NoList,
}

impl PileLinks {
    /// Looks a certificate up in the lists of the pile, whose signatures are computed with.
    pub fn look_up(
        &mut self,
        pile: &[&Contents],
        (input, index): (usize, usize),
        at: UnixTime,
        check: &dyn IssuerCheck,
    ) -> Lookup {
        let number = self.number(input, index);
        let item = number.and_then(|number| Some((number, self.item(pile, number)?)));
        let Some((number, ItemKind::Certificate(der))) =
            item.map(|(number, item)| (number, &item.kind))
        else {
            return Lookup::NoList;
        };
        let Ok(link) = Link::read(first(der)) else {
            return Lookup::NoList;
        };
        let items = pile.iter().flat_map(|contents| contents.items());
        let lists = items.enumerate().filter_map(|(number, item)| {
            let ItemKind::RevocationList(list) = &item.kind else {
                return None;
            };
            let list = List::read(first(&list.der)).ok()?;
            list.may_be_about(&link).then_some((number, list))
        });
        let (numbers, lists): (Vec<usize>, Vec<List<'_>>) = lists.take(MAX_LISTS).unzip();
        if numbers.is_empty() {
            return Lookup::NoList;
        }
        self.prove(pile, (input, index), check);
        for list in &numbers {
            self.prove_list(pile, *list, check);
        }
        let place = |list: usize| self.place(list).unwrap_or_default();
        let mut doubted = None;
        for said in self.revocations(pile, number) {
            match said {
                Said::Revoked(one) => return Lookup::Revoked(place(one.list)),
                Said::OfAnother(one) | Said::Unchecked(one) => {
                    doubted = doubted.or(Some(one.list));
                }
            }
        }
        if let Some(list) = doubted {
            return Lookup::Doubted(place(list));
        }
        // Nobody revokes the root of a chain by its own list.
        if self.proofs.get(&number) == Some(&Proof::Itself) {
            return Lookup::NoList;
        }
        let mut signers = Signers {
            links: self,
            pile,
            certificate: number,
            numbers: &numbers,
            lists: &lists,
            left: Budget::default(),
        };
        match status(&link, &lists, at, &mut signers) {
            Status::NoList => Lookup::NoList,
            Status::Revoked { list, .. } => {
                Lookup::Revoked(numbers.get(list).copied().map(place).unwrap_or_default())
            }
            Status::Unusable { why } => {
                Lookup::Unclear(format!("the list of its issuer cannot be used: {why}"))
            }
            Status::Good {
                unused_delta: Some(why),
                ..
            } => Lookup::Unclear(format!("a newer delta list cannot be used: {why}")),
            Status::Good {
                all_reasons: false, ..
            } => {
                let why = "no list of its issuer names it for the reasons they are about";
                Lookup::Unclear(why.to_owned())
            }
            Status::Good { until, .. } => Lookup::NotListed(until),
        }
    }
}

/// Who signed the lists in which a certificate is looked up.
struct Signers<'p, 'a> {
    links: &'p PileLinks,
    pile: &'p [&'p Contents],
    certificate: usize,
    lists: &'p [List<'a>],
    /// Their numbers on the pile.
    numbers: &'p [usize],
    /// What the search may still cost.
    left: Budget,
}

impl Registrar for Signers<'_, '_> {
    fn signer(&mut self, list: usize) -> Signer {
        let entries = self.lists.get(list).map_or(0, |list| list.count);
        if !spend(&mut self.left.entries, entries) {
            return Signer::Refused("the work allowed was spent before".to_owned());
        }
        let number = self.numbers.get(list);
        let why = match number.and_then(|number| self.links.proofs.get(number)) {
            Some(Proof::By((input, index))) => {
                let signer = self.links.number(*input, *index);
                let may = |signer| self.links.may_revoke(self.pile, signer, self.certificate);
                if signer.is_some_and(may) {
                    return Signer::Trusted(None);
                }
                "who signed it is not accepted itself"
            }
            Some(Proof::Wrong(_)) => "it is not signed by the authority that it names",
            Some(Proof::Unknown) => "its signature is of a kind that is not computed with",
            Some(Proof::Itself | Proof::Absent) | None => {
                "no certificate of its issuer is here that may sign lists"
            }
        };
        Signer::Refused(why.to_owned())
    }

    fn spend(&mut self, comparisons: usize) -> bool {
        spend(&mut self.left.comparisons, comparisons)
    }
}

/// Takes this much off what is left; false where less is.
fn spend(left: &mut u32, much: usize) -> bool {
    let rest = u32::try_from(much)
        .ok()
        .and_then(|much| left.checked_sub(much));
    *left = rest.unwrap_or(0);
    rest.is_some()
}
