//! Finding paths: from the certificate upwards, the likeliest issuer first, within a budget.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::certificate::{Link, NameKey};
use super::form::{Fault, Kind, faults};
use super::judgement::{CheckOutcome, JudgedPath, Judgement, StepRole, Work};
use super::revocation::{List, Registrar, Signer, Status};
use super::rules::{LeafAnchor, PolicyDemand, Purpose, Question, RevocationDemand, Treatment};
use crate::signature::{DSA, Key, SignatureCheck, WeakDigest};

/// Refused paths that a verdict tells of.
const TOLD: usize = 8;

/// Searches for signers of revocation lists within one another. Stops lists whose signers' lists need
/// signers of their own.
const MAX_NESTED: usize = 3;

/// Everything that one verdict is made of.
pub(super) struct Search<'a> {
    /// The judged certificate, the anchors, and the others, in this order.
    pub(super) links: Rc<[Link<'a>]>,
    anchors: std::ops::Range<usize>,
    by_subject: Rc<HashMap<NameKey, Vec<usize>>>,
    pub(super) lists: Rc<[List<'a>]>,
    pub(super) question: Question,
    pub(super) work: Work,
    /// What checking signatures came to: signed certificate and signing one.
    signatures: HashMap<(usize, usize), SignatureCheck>,
    /// Why lists may not count, by list, issuer of the certificate and anchor.
    signers: HashMap<(usize, usize, usize), Signer>,
    /// What the lists say, by certificate, issuer and anchor.
    statuses: HashMap<(usize, usize, usize), Status>,
    /// The signers of lists whose own paths are being looked for.
    nested: Vec<usize>,
    /// The anchor that paths of signers must end in.
    only_anchor: Option<usize>,
    refused: Vec<JudgedPath>,
    /// What issuers did wrong, by certificate and by what it is in its path: dear to find out.
    faults: HashMap<(usize, Kind), Rc<[Fault]>>,
    /// The lists that certificates were looked up in.
    consulted: HashSet<usize>,
}

/// Where a path ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// In an anchor, its last certificate.
    Anchor,
    /// In the judged certificate, which is an anchor itself.
    Itself,
    /// Nowhere: no issuer is here.
    Nowhere,
    /// In one that is the issuer by its name, and did not sign the one below it. It was not followed.
    Unsigned,
    /// Nowhere: issuers are here, and the path would be too long.
    TooLong,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        leaf: Link<'a>,
        anchors: Vec<Link<'a>>,
        untrusted: Vec<Link<'a>>,
        lists: Vec<List<'a>>,
        question: Question,
    ) -> Self {
        let mut seen = HashSet::new();
        let mut links = vec![leaf];
        let mut add = |more: Vec<Link<'a>>| {
            let new = more
                .into_iter()
                .filter(|link| seen.insert(link.spine.certificate.raw));
            links.extend(new);
            links.len()
        };
        let end = add(anchors);
        add(untrusted);
        let mut by_subject: HashMap<NameKey, Vec<usize>> = HashMap::new();
        for (index, link) in links.iter().enumerate().skip(1) {
            by_subject
                .entry(link.subject.clone())
                .or_default()
                .push(index);
        }
        Self {
            links: links.into(),
            anchors: 1..end,
            by_subject: Rc::new(by_subject),
            lists: lists.into(),
            question,
            work: Work::default(),
            signatures: HashMap::new(),
            signers: HashMap::new(),
            statuses: HashMap::new(),
            nested: Vec::new(),
            only_anchor: None,
            refused: Vec::new(),
            faults: HashMap::new(),
            consulted: HashSet::new(),
        }
    }

    pub(super) fn judge(mut self, unreadable: usize) -> Judgement {
        let accepted = self.find(0);
        let mut paths = std::mem::take(&mut self.refused);
        crate::order::by_key(&mut paths, rank);
        paths.truncate(TOLD);
        let is_accepted = accepted.is_some();
        paths.splice(0..0, accepted);
        let host = self.question.host.as_ref();
        let host = host.and_then(|host| Some(host.check_spine(&self.links.first()?.spine)));
        Judgement {
            accepted: is_accepted,
            summary: self.summary(paths.first()),
            at: self.question.at,
            purpose: self.question.purpose.clone(),
            profile: self.question.rules.profile,
            host,
            covered: self.covered(),
            not_covered: self.not_covered(unreadable),
            paths,
            work: self.work,
        }
    }

    /// An acceptable path of this certificate; those that are refused are kept beside.
    fn find(&mut self, leaf: usize) -> Option<JudgedPath> {
        let may_end_itself = leaf == 0
            && self.question.rules.leaf_anchor != LeafAnchor::Refuse
            && self.anchor_twin().is_some();
        if !may_end_itself {
            return self.extend(&mut vec![leaf]);
        }
        if self.lists_count_for_leaf() {
            // Only by way of its issuer is it known what the lists say of it.
            let found = self.extend(&mut vec![leaf]);
            if found.is_some() || self.work.exhausted || self.is_held_back(leaf) {
                return found;
            }
            return self.walk(&[leaf], End::Itself);
        }
        self.walk(&[leaf], End::Itself)
            .or_else(|| self.extend(&mut vec![leaf]))
    }

    /// Whether lists are given or demanded, and the judged certificate comes from an issuer who lists.
    fn lists_count_for_leaf(&self) -> bool {
        let demand = self.question.rules.revocation;
        let issued = self.links.first().is_some_and(|it| !it.is_self_issued());
        issued && (!self.lists.is_empty() || demand == RevocationDemand::Always)
    }

    /// Whether a list of one who signed this certificate revokes it, or is about it and cannot be used.
    fn is_held_back(&self, child: usize) -> bool {
        self.statuses.iter().any(|((of, issuer, _), status)| {
            let signed = self.signatures.get(&(child, *issuer));
            *of == child
                && signed.is_some_and(SignatureCheck::is_good)
                && matches!(status, Status::Revoked { .. } | Status::Unusable { .. })
        })
    }

    /// The anchor that is the judged certificate itself.
    pub(super) fn anchor_twin(&self) -> Option<usize> {
        let leaf = self.links.first()?.spine.certificate.raw;
        self.anchors.clone().find(|&index| {
            self.link(index)
                .is_some_and(|it| it.spine.certificate.raw == leaf)
        })
    }

    pub(super) fn link(&self, index: usize) -> Option<&Link<'a>> {
        self.links.get(index)
    }

    /// Whether a certificate of this name is here, the judged one aside.
    pub(super) fn has_named(&self, subject: &NameKey) -> bool {
        self.by_subject.contains_key(subject)
    }

    fn is_anchor(&self, index: usize) -> bool {
        self.anchors.contains(&index)
    }

    fn extend(&mut self, chain: &mut Vec<usize>) -> Option<JudgedPath> {
        let links = Rc::clone(&self.links);
        let child = *chain.last()?;
        let (mut dead_end, mut too_long) = (true, false);
        for issuer in self.candidates(chain) {
            if self.question.budget.candidates <= self.work.candidates {
                self.work.exhausted = true;
                return None;
            }
            self.work.candidates += 1;
            let is_anchor = self.is_anchor(issuer);
            // Keys of DSA may take their parameters from further up: those are checked at the end.
            let is_late = links
                .get(issuer)
                .and_then(|link| link.key)
                .is_some_and(|key| {
                    key.algorithm == DSA && key.parameters.is_none_or(|it| it.raw == [5, 0])
                });
            let signed = is_late
                || self
                    .signature(child, issuer, None)
                    .is_some_and(|it| it.is_good());
            if self.work.exhausted {
                return None;
            }
            chain.push(issuer);
            let found = if is_anchor {
                dead_end = false;
                if signed || self.refused.len() < TOLD {
                    self.walk(chain, End::Anchor)
                } else {
                    None
                }
            } else if signed && self.is_short(chain) {
                dead_end = false;
                self.extend(chain)
            } else {
                too_long |= signed;
                None
            };
            chain.pop();
            if found.is_some() || self.work.exhausted {
                return found;
            }
        }
        if dead_end && self.refused.len() < 4 * TOLD {
            // An issuer by name whose key did not sign says more than none at all.
            let unsigned = self
                .candidates(chain)
                .first()
                .copied()
                .filter(|_| !too_long);
            chain.extend(unsigned);
            let end = match unsigned {
                _ if too_long => End::TooLong,
                Some(_) => End::Unsigned,
                None => End::Nowhere,
            };
            self.walk(chain, end);
            chain.truncate(chain.len() - usize::from(unsigned.is_some()));
        }
        None
    }

    /// The certificates that may have issued the last one, the likeliest first.
    fn candidates(&self, chain: &[usize]) -> Vec<usize> {
        let Some(child) = chain.last().and_then(|&index| self.link(index)) else {
            return Vec::new();
        };
        if child.issuer.is_empty() {
            return Vec::new();
        }
        let named = self.by_subject.get(&child.issuer);
        let mut found: Vec<usize> = named.into_iter().flatten().copied().collect();
        found.retain(|&index| {
            let Some(link) = self.link(index) else {
                return false;
            };
            let allowed = !self.is_anchor(index) || self.only_anchor.is_none_or(|it| it == index);
            allowed
                && !chain
                    .iter()
                    .any(|&it| self.link(it).is_some_and(|it| it.is_double_of(link)))
        });
        crate::order::by_key(&mut found, |&index| {
            let link = self.link(index);
            let fits = match (child.authority_key, link.and_then(|link| link.subject_key)) {
                (Some(wanted), Some(found)) if wanted == found => 0,
                (Some(_), Some(_)) => 2,
                _ => 1,
            };
            let valid = link.is_some_and(|link| link.is_valid_at(self.question.at));
            let authority = link.is_some_and(Link::is_authority);
            (!self.is_anchor(index), fits, !valid, !authority)
        });
        found
    }

    /// Whether the path, which does not end here, may still end in an anchor.
    fn is_short(&self, chain: &[usize]) -> bool {
        let between = chain.iter().skip(1).filter_map(|&index| self.link(index));
        let counted = between.filter(|link| !link.is_self_issued()).count();
        let depth = self.question.rules.depth;
        counted <= depth && chain.len() <= 2 * depth + 8
    }

    /// Walks a path to its end; `None` where it is refused, which is kept.
    fn walk(&mut self, chain: &[usize], end: End) -> Option<JudgedPath> {
        if self.question.budget.paths <= self.work.paths {
            self.work.exhausted = true;
            return None;
        }
        self.work.paths += 1;
        let path = self.validate(chain, end);
        if path.accepted {
            return Some(path);
        }
        self.refused.push(path);
        None
    }

    /// Checks a signature once. With `key`, by that key and not the certificate's own. `None` past the
    /// budget.
    pub(super) fn signature(
        &mut self,
        child: usize,
        issuer: usize,
        key: Option<&Key<'a>>,
    ) -> Option<SignatureCheck> {
        if key.is_none()
            && let Some(known) = self.signatures.get(&(child, issuer))
        {
            return Some(known.clone());
        }
        self.spend_signature()?;
        let own = self.link(issuer).and_then(|link| link.key);
        let signed = self.link(child)?.signed();
        let check = match key.copied().or(own) {
            Some(key) => signed.check(&key),
            None => SignatureCheck::Unchecked {
                algorithm: String::new(),
                why: "the key of the issuer cannot be read".to_owned(),
            },
        };
        if key.is_none() {
            self.signatures.insert((child, issuer), check.clone());
        }
        Some(check)
    }

    fn spend_signature(&mut self) -> Option<()> {
        if self.question.budget.signatures <= self.work.signatures {
            self.work.exhausted = true;
            return None;
        }
        self.work.signatures += 1;
        Some(())
    }

    /// What the lists say of a certificate of the path, found out once for each issuer and anchor.
    pub(super) fn status(
        &mut self,
        chain: &[usize],
        place: usize,
        find: impl FnOnce(&mut Self) -> Status,
    ) -> Status {
        let place = match (chain.get(place), chain.get(place + 1), chain.last()) {
            (Some(link), Some(issuer), Some(anchor)) => (*link, *issuer, *anchor),
            _ => return Status::NoList,
        };
        if let Some(known) = self.statuses.get(&place) {
            return known.clone();
        }
        let found = find(self);
        // Within the search for a signer some answers are provisional.
        if self.nested.is_empty() {
            self.statuses.insert(place, found.clone());
        }
        found
    }

    /// Whether a list comes from one who may give it out, for a path that is being walked: one of its
    /// authorities, or another whose own path ends in the same anchor (RFC 5280, 6.3.3 (f) and (g)).
    pub(super) fn signer(&mut self, list: usize, above: &[usize], key: Option<&Key<'a>>) -> Signer {
        let (Some(&issuer), Some(&anchor)) = (above.first(), above.last()) else {
            return Signer::Refused("its issuer is not here".to_owned());
        };
        if !self.spend_entries(list) {
            return Signer::Refused("the work allowed was spent before".to_owned());
        }
        let place = (list, issuer, anchor);
        let known = if let Some(known) = self.signers.get(&place) {
            known.clone()
        } else {
            let found = self.find_signer(list, above, key);
            let found = found.map_or_else(Signer::Refused, Signer::Trusted);
            // What was broken off says nothing for another time.
            if self.nested.is_empty() {
                self.signers.insert(place, found.clone());
            }
            found
        };
        if matches!(known, Signer::Trusted(_)) {
            self.consulted.insert(list);
        }
        known
    }

    fn find_signer(
        &mut self,
        index: usize,
        above: &[usize],
        key: Option<&Key<'a>>,
    ) -> Result<Option<String>, String> {
        let lists = Rc::clone(&self.lists);
        let links = Rc::clone(&self.links);
        let Some(list) = lists.get(index) else {
            return Err("it is not here".to_owned());
        };
        let by_subject = Rc::clone(&self.by_subject);
        let named = by_subject.get(&list.issuer);
        let mut candidates: Vec<usize> = named.into_iter().flatten().copied().collect();
        crate::order::by_key(&mut candidates, |it| {
            above.iter().position(|at| at == it).unwrap_or(usize::MAX)
        });
        let mut why = "no certificate of its issuer is here that may sign lists".to_owned();
        for candidate in candidates {
            let Some(link) = links.get(candidate) else {
                continue;
            };
            if !list.may_be_signed_by(link) {
                continue;
            }
            let own = if above.first() == Some(&candidate) {
                key.copied().or(link.key)
            } else {
                link.key
            };
            let Some(own) = own else {
                continue;
            };
            if self.spend_signature().is_none() {
                return Err("the work allowed was spent before".to_owned());
            }
            let remark = match list.signed().check(&own) {
                SignatureCheck::Good { algorithm, weak } => {
                    let told = weak.map(|weak| {
                        let words = weak.words();
                        format!("the signature of the list is made with {algorithm}: {words}")
                    });
                    if let (Some(weak), Some(told)) = (weak, &told)
                        && self.treatment(weak) == Treatment::Refuse
                    {
                        why.clone_from(told);
                        continue;
                    }
                    told
                }
                SignatureCheck::Bad { why: fault, .. } => {
                    why = format!("its signature is not good: {fault}");
                    continue;
                }
                SignatureCheck::Unchecked { why: fault, .. } => {
                    why = format!("its signature could not be checked: {fault}");
                    continue;
                }
            };
            if above.contains(&candidate) || self.has_path(candidate, above) {
                return Ok(remark);
            }
            "who signed it is not accepted itself".clone_into(&mut why);
        }
        Err(why)
    }

    /// Whether a signer of lists has an acceptable path to the anchor of the path in hand.
    ///
    /// A list may be the one that its own signer's status is told by. Such a signer is taken as accepted while
    /// its path is looked for, which then decides.
    fn has_path(&mut self, signer: usize, above: &[usize]) -> bool {
        if self.nested.contains(&signer) {
            return true;
        }
        if MAX_NESTED <= self.nested.len() {
            return false;
        }
        let mut question = self.question.clone();
        question.purpose = Purpose::Any;
        question.host = None;
        question.policies = PolicyDemand::default();
        question.rules.no_purpose = Treatment::Accept;
        let question = std::mem::replace(&mut self.question, question);
        let anchor = std::mem::replace(&mut self.only_anchor, above.last().copied());
        let refused = std::mem::take(&mut self.refused);
        self.nested.push(signer);
        let found = self.extend(&mut vec![signer]).is_some();
        self.nested.pop();
        self.refused = refused;
        self.only_anchor = anchor;
        self.question = question;
        found
    }

    /// What is wrong with a certificate by the rules of the profile.
    pub(super) fn faults(&mut self, index: usize, kind: Kind) -> Rc<[Fault]> {
        let links = Rc::clone(&self.links);
        let profile = self.question.rules.profile;
        let known = self.faults.entry((index, kind)).or_insert_with(|| {
            let found = links.get(index).map(|link| faults(link, profile, kind));
            found.unwrap_or_default().into()
        });
        Rc::clone(known)
    }

    /// How signatures over a weak digest are treated, of certificates and of lists.
    pub(super) fn treatment(&self, weak: WeakDigest) -> Treatment {
        match weak {
            WeakDigest::Md5 => Treatment::Refuse,
            WeakDigest::Sha1 => self.question.rules.sha1,
        }
    }

    /// Counts the entries of a list, which is about to be walked; false past the budget.
    fn spend_entries(&mut self, list: usize) -> bool {
        let count = self.lists.get(list).map_or(0, |list| list.count);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.work.entries = self.work.entries.saturating_add(count);
        let within = self.work.entries <= self.question.budget.entries;
        self.work.exhausted |= !within;
        within
    }

    /// Counts comparisons of names; false past the budget.
    pub(super) fn spend_comparisons(&mut self, count: usize) -> bool {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.work.comparisons = self.work.comparisons.saturating_add(count);
        let within = self.work.comparisons <= self.question.budget.comparisons;
        self.work.exhausted |= !within;
        within
    }

    fn summary(&self, best: Option<&JudgedPath>) -> String {
        let (accepted, why) = match best {
            Some(path) if path.accepted => (true, path.reason.clone()),
            Some(path) if self.work.exhausted => (
                false,
                format!(
                    "the work allowed was spent before every path was tried, and the best one says: {}",
                    path.reason
                ),
            ),
            Some(path) => (false, path.reason.clone()),
            None => (
                false,
                "the work allowed was spent before a path was found".to_owned(),
            ),
        };
        let purpose = self.question.purpose.name();
        match (accepted, &self.question.purpose) {
            (true, Purpose::Any) => format!("accepted: {why}"),
            (true, _) => format!("accepted for {purpose}: {why}"),
            (false, Purpose::Any) => format!("refused: {why}"),
            (false, _) => format!("refused for {purpose}: {why}"),
        }
    }

    fn covered(&self) -> Vec<String> {
        let rules = &self.question.rules;
        let mut covered = vec![
            "signatures, validity, authority, path lengths, key usage, name constraints, policies and critical extensions along the path (RFC 5280, 6)".to_owned(),
            format!("digests, and keys of {} bits (RSA) or {} bits (curves) at least", rules.rsa_bits, rules.curve_bits),
        ];
        if self.question.purpose != Purpose::Any {
            covered.push(format!("the purpose {}", self.question.purpose.name()));
        }
        if let Some(host) = &self.question.host {
            covered.push(format!("the host {host} (RFC 9525)"));
        }
        if rules.judges_issuers() {
            covered.push("the rules that issuers must keep".to_owned());
        }
        match self.consulted.len() {
            0 => {}
            1 => covered.push("1 given revocation list".to_owned()),
            count => covered.push(format!("{count} given revocation lists")),
        }
        covered
    }

    fn not_covered(&self, unreadable: usize) -> Vec<String> {
        let mut missing = Vec::new();
        if self.lists.is_empty() && self.question.rules.revocation == RevocationDemand::WhereListed
        {
            missing.push("revocation: no list was given, and none is fetched".to_owned());
        }
        let unused = self.lists.len().saturating_sub(self.consulted.len());
        match unused {
            0 => {}
            1 => missing
                .push("1 given revocation list that no certificate was looked up in".to_owned()),
            unused => missing.push(format!(
                "{unused} given revocation lists that no certificate was looked up in"
            )),
        }
        let consulted = self.consulted.iter();
        let undated = consulted.filter_map(|&list| self.lists.get(list));
        let undated = undated.filter(|list| list.is_undated()).count();
        match undated {
            0 => {}
            1 => missing.push(
                "whether 1 given revocation list is current: it does not say when the next is due".to_owned(),
            ),
            undated => missing.push(format!(
                "whether {undated} given revocation lists are current: they do not say when the next is due"
            )),
        }
        missing.push(
            "OCSP, certificate transparency, and issuers that would have to be fetched".to_owned(),
        );
        if self.question.host.is_none() && self.question.purpose.is_tls() {
            missing.push("host names: none was asked for".to_owned());
        }
        if self.question.purpose == Purpose::Any {
            missing.push("purposes: none was asked for".to_owned());
        }
        match unreadable {
            0 => {}
            1 => missing.push("1 given object that cannot be read".to_owned()),
            count => missing.push(format!("{count} given objects that cannot be read")),
        }
        missing
    }
}

/// What a path under way tells of the signers of lists.
pub(super) struct Desk<'s, 'a> {
    pub(super) search: &'s mut Search<'a>,
    /// The authorities above the certificate that is looked up.
    pub(super) above: &'s [usize],
    /// The key of the first of them.
    pub(super) key: Option<&'s Key<'a>>,
}

impl Registrar for Desk<'_, '_> {
    fn signer(&mut self, list: usize) -> Signer {
        self.search.signer(list, self.above, self.key)
    }

    fn spend(&mut self, comparisons: usize) -> bool {
        self.search.spend_comparisons(comparisons)
    }
}

/// The best of the refused first: those that end in an anchor, with the fewest refusals.
fn rank(path: &JudgedPath) -> (bool, usize, usize) {
    let anchored = path.steps.iter().any(|step| step.role == StepRole::Anchor);
    let checks = path.steps.iter().flat_map(|step| &step.checks);
    let refusals = checks.filter(|check| check.outcome == CheckOutcome::Refused);
    (!anchored, refusals.count(), path.steps.len())
}
