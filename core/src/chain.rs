//! Who issued whom in a pile of inputs: from each leaf up to a root, and what is missing on the way.

mod advice;
mod facts;
mod picture;

use std::collections::{HashMap, HashSet};

pub(crate) use self::advice::{ISSUER_MISSING, NO_AUTHORITY, ORDER, OUT_OF_DATE, SIGNATURE_WRONG};
use self::facts::{Facts, IssuerFit};
pub use self::picture::{
    ChainCertificate, ChainPath, ChainPicture, ChainRole, EverySignature, IssuerCheck, IssuerLink,
    IssuerSignature, LinkProof, MissingIssuer, NoIssuerCheck, PathEnd, ServedChain,
};
use crate::container::ItemKind;
use crate::hex::hex;
use crate::key_match::private_keys;
use crate::open::Contents;
use crate::pile::{Coverage, PilePlace};
use crate::rule::Rule;
use crate::time::{Standing, UnixTime};

pub(crate) const RULES: &[Rule] = advice::RULES;

/// Certificates of one way up. Stops cross-signs that lead in circles.
const MAX_LENGTH: usize = 32;

/// Ways up that are told of one certificate. Stops cross-signs from multiplying.
const MAX_PATHS: usize = 16;

/// Steps that finding the ways up from one certificate may take. Stops a web of authorities that all
/// signed each other.
const MAX_STEPS: usize = 256;

/// Certificates of one name and key that are looked at as issuers. Stops ten thousand copies of an
/// authority, each a little different, from being compared ten thousand times.
const MAX_CANDIDATES: usize = 64;

/// Signatures that are asked about. Stops a thousand certificates that each name one of 64 authorities of
/// one name and no key from being computed with each; a pile of ten thousand has one for each.
const MAX_SIGNATURES: usize = 16_384;

/// Places from which one issuer can be fetched that are told.
const MAX_URLS: usize = 64;

/// Draws who issued whom in a pile of inputs, judged at `at`.
///
/// Issuers are found by name and, where both sides name one, by key identifier; `signatures` is asked
/// about each pair so found, and of what names itself as issuer about that, up to 16,384 times. What it calls
/// wrong is no link. Of equals the next one in the pile
/// comes first, as chains are stored. Copies of a certificate are one certificate with several places.
pub fn chain(
    pile: &[&Contents],
    at: Option<UnixTime>,
    signatures: &dyn IssuerCheck,
) -> ChainPicture {
    Builder::new(pile, at).draw(signatures)
}

struct Builder<'a> {
    pile: &'a [&'a Contents],
    at: Option<UnixTime>,
    /// Every certificate once.
    facts: Vec<Facts<'a>>,
    /// For each input, its certificates in its order, copies included.
    inputs: Vec<Vec<usize>>,
    /// Issuers of each certificate, best first.
    issuers: Vec<Vec<IssuerLink>>,
    /// Those that bear the name of an issuer and carry another key.
    other_key: Vec<Vec<usize>>,
    /// Pairs whose signature is wrong: certificate, issuer.
    wrong: Vec<(usize, usize)>,
    signatures: Signatures,
    /// How many certificates each one issued.
    issued: Vec<usize>,
    /// Comparisons and steps.
    work: usize,
}

/// The signatures that were asked about.
#[derive(Clone, Copy, Default)]
struct Signatures {
    asked: usize,
    /// Those of them that nothing is known of.
    unchecked: usize,
}

impl Signatures {
    /// Whether the key of `issuer` signed `certificate`, as far as that may be asked.
    fn ask(
        &mut self,
        check: &dyn IssuerCheck,
        certificate: &[u8],
        issuer: &[u8],
    ) -> IssuerSignature {
        self.asked += 1;
        let found = if self.asked <= MAX_SIGNATURES {
            check.check(certificate, issuer)
        } else {
            IssuerSignature::NotChecked
        };
        self.unchecked += usize::from(found == IssuerSignature::NotChecked);
        found
    }
}

impl<'a> Builder<'a> {
    fn new(pile: &'a [&'a Contents], at: Option<UnixTime>) -> Self {
        let mut facts: Vec<Facts<'a>> = Vec::new();
        let mut known: HashMap<&'a [u8], usize> = HashMap::new();
        let mut inputs = Vec::with_capacity(pile.len());
        for (input, contents) in pile.iter().enumerate() {
            let mut held = Vec::new();
            for item in contents.items() {
                let ItemKind::Certificate(der) = &item.kind else {
                    continue;
                };
                let Some(read) = Facts::read(der) else {
                    continue;
                };
                let index = *known.entry(read.der).or_insert(facts.len());
                if index == facts.len() {
                    facts.push(read);
                }
                if let Some(one) = facts.get_mut(index) {
                    let path = item.path.clone();
                    one.places.push(PilePlace { input, path });
                }
                held.push(index);
            }
            inputs.push(held);
        }
        Self {
            pile,
            at,
            inputs,
            issuers: vec![Vec::new(); facts.len()],
            other_key: vec![Vec::new(); facts.len()],
            wrong: Vec::new(),
            signatures: Signatures::default(),
            issued: vec![0; facts.len()],
            facts,
            work: 0,
        }
    }

    fn draw(mut self, signatures: &dyn IssuerCheck) -> ChainPicture {
        self.link(signatures);
        let (missing, missing_of) = self.missing();
        let paths = self.paths(&missing_of);
        let served = self.served(&paths);
        let findings = self.findings(&paths, &missing, &served);
        let coverage = self.coverage();
        let certificates = self.certificates();
        ChainPicture {
            certificates,
            paths,
            missing,
            served,
            findings,
            coverage,
        }
    }

    /// Finds the issuers of every certificate.
    fn link(&mut self, signatures: &dyn IssuerCheck) {
        let mut by_name: HashMap<&[u8], Vec<usize>> = HashMap::new();
        let mut by_key: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, one) in self.facts.iter().enumerate() {
            by_name.entry(one.subject).or_default().push(index);
            let key = (one.subject, one.subject_key);
            by_key.entry(key).or_default().push(index);
        }
        for index in 0..self.facts.len() {
            let Some(one) = self.facts.get(index) else {
                continue;
            };
            if one.is_root() {
                if self.signatures.ask(signatures, one.der, one.der) == IssuerSignature::Wrong {
                    self.wrong.push((index, index));
                }
                continue;
            }
            let named = by_name.get(one.issuer).map(Vec::as_slice);
            let named = named.unwrap_or_default();
            let mut candidates: Vec<usize> = Vec::new();
            if one.authority_key.is_some() {
                for key in [one.authority_key, None] {
                    let fitting = by_key.get(&(one.issuer, key)).map(Vec::as_slice);
                    candidates.extend(next_first(fitting.unwrap_or_default(), index));
                }
            } else {
                candidates.extend(next_first(named, index));
            }
            self.work += candidates.len();
            let mut links = Vec::new();
            for candidate in candidates {
                let Some(other) = self.facts.get(candidate) else {
                    continue;
                };
                let proof = match one.fit(other) {
                    IssuerFit::Key => LinkProof::KeyIdentifier,
                    IssuerFit::Name => LinkProof::Name,
                    IssuerFit::None => continue,
                };
                let signature = self.signatures.ask(signatures, one.der, other.der);
                if signature == IssuerSignature::Wrong {
                    self.wrong.push((index, candidate));
                    continue;
                }
                links.push(IssuerLink {
                    certificate: candidate,
                    proof,
                    signature,
                });
            }
            if links.is_empty() {
                let others = next_first(named, index);
                let others = others.filter(|&other| {
                    let other = self.facts.get(other);
                    other.is_some_and(|other| one.fit(other) == IssuerFit::None)
                });
                if let Some(held) = self.other_key.get_mut(index) {
                    held.extend(others);
                }
            }
            for link in &links {
                if let Some(count) = self.issued.get_mut(link.certificate) {
                    *count += 1;
                }
            }
            if let Some(held) = self.issuers.get_mut(index) {
                *held = links;
            }
        }
    }

    /// The issuers that are not in the pile, and which of them each certificate waits for. What somebody
    /// else signed waits for nobody.
    fn missing(&self) -> (Vec<MissingIssuer>, HashMap<usize, usize>) {
        let mut missing: Vec<MissingIssuer> = Vec::new();
        let mut known: HashMap<(&[u8], Option<&[u8]>), usize> = HashMap::new();
        let mut of = HashMap::new();
        let mut urls: HashSet<(usize, String)> = HashSet::new();
        let refuted: HashSet<usize> = self.wrong.iter().map(|(one, _)| *one).collect();
        for (index, one) in self.facts.iter().enumerate() {
            let issued = self.issuers.get(index).is_some_and(|all| !all.is_empty());
            if one.is_root() || issued || refuted.contains(&index) {
                continue;
            }
            let place = *known
                .entry((one.issuer, one.authority_key))
                .or_insert_with(|| {
                    missing.push(MissingIssuer {
                        name: one.issuer_text(),
                        key_identifier: one.authority_key.map(hex),
                        wanted_by: Vec::new(),
                        urls: Vec::new(),
                        same_name_other_key: self.other_key.get(index).cloned().unwrap_or_default(),
                    });
                    missing.len() - 1
                });
            of.insert(index, place);
            if let Some(issuer) = missing.get_mut(place) {
                issuer.wanted_by.push(index);
                for url in one.issuer_urls() {
                    if issuer.urls.len() < MAX_URLS && urls.insert((place, url.clone())) {
                        issuer.urls.push(url);
                    }
                }
            }
        }
        (missing, of)
    }

    /// The ways up from whatever issued nothing, then from what no way has passed: circles.
    fn paths(&mut self, missing: &HashMap<usize, usize>) -> Vec<ChainPath> {
        let mut paths = Vec::new();
        let mut passed: HashSet<usize> = HashSet::new();
        let issuing: Vec<bool> = self.issued.iter().map(|count| 0 < *count).collect();
        let count = self.facts.len();
        let starts = (0..count).filter(|&index| issuing.get(index) == Some(&false));
        for start in starts.chain(0..count) {
            if passed.contains(&start) {
                continue;
            }
            for path in self.climb(start, missing) {
                passed.extend(path.certificates.iter().copied());
                paths.push(path);
            }
        }
        paths
    }

    /// The ways up from one certificate, the best first.
    fn climb(&mut self, start: usize, missing: &HashMap<usize, usize>) -> Vec<ChainPath> {
        let mut open = vec![vec![start]];
        let mut found: Vec<ChainPath> = Vec::new();
        let mut steps = 0;
        while let Some(way) = open.pop() {
            steps += 1;
            let Some(&top) = way.last() else { continue };
            let links = self.issuers.get(top).map(Vec::as_slice).unwrap_or_default();
            let next = links.iter().map(|link| link.certificate);
            let next: Vec<usize> = next.filter(|one| !way.contains(one)).collect();
            let end = match () {
                () if links.is_empty() => match missing.get(&top) {
                    Some(_) => PathEnd::Missing,
                    None if self.is_root(top) => PathEnd::Root,
                    None => PathEnd::Refuted,
                },
                () if next.is_empty() => PathEnd::Loop,
                () if MAX_LENGTH <= way.len() || MAX_STEPS <= steps => PathEnd::Cut,
                () => {
                    for one in next.into_iter().rev() {
                        let mut longer = way.clone();
                        longer.push(one);
                        open.push(longer);
                    }
                    continue;
                }
            };
            found.push(ChainPath {
                missing: missing.get(&top).copied(),
                end,
                certificates: way,
            });
            if MAX_PATHS <= found.len() {
                break;
            }
        }
        self.work += steps;
        crate::order::by_key(&mut found, |path| {
            let is_lost = PathEnd::Loop <= path.end;
            let length = path.certificates.len();
            (is_lost, self.out_of_date(path), path.end, length)
        });
        found
    }

    fn is_root(&self, index: usize) -> bool {
        self.facts.get(index).is_some_and(Facts::is_root)
    }

    /// How many authorities of a way up are not in their validity period.
    fn out_of_date(&self, path: &ChainPath) -> usize {
        let above = path.certificates.iter().skip(1);
        above
            .filter(|&&index| {
                let standing = self.facts.get(index).and_then(|one| one.standing(self.at));
                matches!(standing, Some(Standing::Expired | Standing::NotYetValid))
            })
            .count()
    }

    /// What each file of PEM text would have a server send, where it is made for that: one leaf, and
    /// authorities beside it.
    fn served(&self, paths: &[ChainPath]) -> Vec<ServedChain> {
        let mut served = Vec::new();
        for (input, held) in self.inputs.iter().enumerate() {
            let is_text = self
                .pile
                .get(input)
                .is_some_and(|contents| matches!(contents.format(), crate::report::Format::Pem));
            let is_leaf = |index: &usize| {
                self.facts
                    .get(*index)
                    .is_some_and(|one| one.role() == ChainRole::Leaf)
            };
            let mut seen = HashSet::new();
            let once: Vec<usize> = held
                .iter()
                .copied()
                .filter(|one| seen.insert(*one))
                .collect();
            let mut leaves = once.iter().copied().filter(is_leaf);
            let (Some(leaf), None) = (leaves.next(), leaves.next()) else {
                continue;
            };
            if is_text && 1 < held.len() {
                served.push(self.served_chain(input, held, &once, leaf, paths));
            }
        }
        served
    }

    fn served_chain(
        &self,
        input: usize,
        held: &[usize],
        once: &[usize],
        leaf: usize,
        paths: &[ChainPath],
    ) -> ServedChain {
        let above: HashSet<usize> = paths
            .iter()
            .filter(|path| path.certificates.first() == Some(&leaf))
            .flat_map(|path| path.certificates.iter().copied())
            .collect();
        // Those that are here and not yet in the chain.
        let mut left: HashSet<usize> = once.iter().copied().filter(|one| *one != leaf).collect();
        let mut chain = vec![leaf];
        while let Some(top) = chain.last()
            && let Some(links) = self.issuers.get(*top)
            && let Some(next) = links.iter().find(|link| left.remove(&link.certificate))
        {
            chain.push(next.certificate);
        }
        let unneeded: Vec<usize> = once
            .iter()
            .copied()
            .filter(|index| !above.contains(index))
            .collect();
        let root = chain
            .last()
            .copied()
            .filter(|top| self.is_root(*top) && *top != leaf);
        let sent = once.iter().filter(|index| !left.contains(index));
        let in_order = once.first() == Some(&leaf) && sent.eq(chain.iter());
        let mut advised = chain;
        advised.retain(|index| Some(*index) != root);
        ServedChain {
            input,
            held: held.to_vec(),
            in_order,
            unneeded,
            root,
            advised,
        }
    }

    fn coverage(&self) -> Coverage {
        let mut checked = vec!["issuers by name and key identifier"];
        let mut not_checked = Vec::new();
        let Signatures { asked, unchecked } = self.signatures;
        let some = format!(
            "{unchecked} of {asked} signatures: of algorithms that are not computed with, or past {MAX_SIGNATURES}"
        );
        match unchecked {
            0 if 0 < asked => checked.push("signatures of certificates"),
            count if count == asked => not_checked.push("signatures of certificates"),
            _ => {
                checked.push("signatures of certificates, but for some");
                not_checked.push(&some);
            }
        }
        if self.at.is_some() {
            checked.push("validity periods");
        } else {
            not_checked.push("validity periods");
        }
        not_checked.extend([
            "whether the roots are trusted",
            "revocation",
            "constraints of names and policies",
        ]);
        Coverage::new(&checked, &not_checked)
    }

    fn certificates(self) -> Vec<ChainCertificate> {
        let keys = private_keys(self.pile);
        let at = self.at;
        let mut refuted = vec![Vec::new(); self.facts.len()];
        for (certificate, issuer) in self.wrong {
            if let Some(held) = refuted.get_mut(certificate) {
                held.push(issuer);
            }
        }
        let linked = self.facts.into_iter().zip(self.issuers).zip(self.issued);
        linked
            .zip(refuted)
            .map(|(((facts, issuers), issued), refuted)| {
                let key = facts.bits.as_ref().and_then(|bits| keys.get(bits));
                let private_keys = key.cloned().unwrap_or_default();
                ChainCertificate {
                    refuted,
                    ..facts.shown(at, issuers, issued, private_keys)
                }
            })
            .collect()
    }
}

/// The others of a list that stand after this one, then those before, as chains are stored.
fn next_first(all: &[usize], index: usize) -> impl Iterator<Item = usize> {
    let after = all.partition_point(|&other| other <= index);
    let (before, after) = all.split_at_checked(after).unwrap_or((all, &[]));
    let both = after.iter().chain(before).copied();
    both.filter(move |&other| other != index)
        .take(MAX_CANDIDATES)
}

#[cfg(test)]
mod tests;
