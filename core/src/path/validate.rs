//! Walking one path: RFC 5280, 6.1, from the anchor down, every check with its reason.

use std::rc::Rc;

use sha2::{Digest as _, Sha256};

use super::certificate::Link;
use super::form;
use super::judgement::{
    CheckKind, CheckOutcome, JudgedPath, PathCheck, PathStep, StepRole, StepVerdict,
};
use super::names::{Violation, within};
use super::policies::Policies;
use super::revocation::{Status, status};
use super::rules::{LeafAnchor, Profile, Purpose, Regard, RevocationDemand, Rules, Treatment};
use super::search::{Desk, End, Search};
use crate::asn1::dotted;
use crate::der;
use crate::hex::hex;
use crate::origin::Origin;
use crate::report::Algorithm;
use crate::signature::{Key, SignatureCheck};
use crate::time::UnixTime;
use crate::x509::{label, name, named, public_key, serial};

/// What was noted about one certificate.
#[derive(Default)]
struct Notes(Vec<PathCheck>);

impl Notes {
    fn add(
        &mut self,
        check: CheckKind,
        outcome: CheckOutcome,
        what: impl Into<String>,
        citation: &str,
    ) {
        self.0.push(PathCheck {
            check,
            outcome,
            what: what.into(),
            citation: citation.to_owned(),
        });
    }

    fn pass(&mut self, check: CheckKind, what: impl Into<String>, citation: &str) {
        self.add(check, CheckOutcome::Passed, what, citation);
    }

    fn refuse(&mut self, check: CheckKind, what: impl Into<String>, citation: &str) {
        self.add(check, CheckOutcome::Refused, what, citation);
    }

    fn note(&mut self, check: CheckKind, what: impl Into<String>, citation: &str) {
        self.add(check, CheckOutcome::Noted, what, citation);
    }

    fn leave(&mut self, check: CheckKind, what: impl Into<String>, citation: &str) {
        self.add(check, CheckOutcome::Unchecked, what, citation);
    }

    /// What these checks come to. An anchor that could not be looked for is what nothing can be proven by.
    fn verdict(&self) -> StepVerdict {
        let Self(checks) = self;
        let any = |found: fn(&PathCheck) -> bool| checks.iter().any(found);
        if any(|it| it.outcome == CheckOutcome::Refused) {
            StepVerdict::Refused
        } else if any(PathCheck::leaves_unproven) {
            StepVerdict::Unproven
        } else {
            StepVerdict::Accepted
        }
    }

    /// Refused or noted, as the rules treat it.
    fn treat(
        &mut self,
        treatment: Treatment,
        check: CheckKind,
        what: impl Into<String>,
        citation: &str,
    ) {
        match treatment {
            Treatment::Accept => self.note(check, what, citation),
            Treatment::Refuse => self.refuse(check, what, citation),
        }
    }
}

impl PathCheck {
    /// Whether by this nothing is known to lead from the certificate to an anchor.
    fn leaves_unproven(&self) -> bool {
        self.check == CheckKind::Anchor && self.outcome == CheckOutcome::Unchecked
    }
}

/// The state of RFC 5280, 6.1.2, on the way down.
struct State<'a> {
    policies: Policies<'a>,
    /// Authorities that may still follow; `None` for any number.
    path_length: Option<u64>,
    /// Who constrains names: places in the chain.
    constraining: Vec<usize>,
    key: Option<Key<'a>>,
}

impl<'a> Search<'a> {
    /// Walks this path, whose first certificate is the judged one, and tells of every check.
    pub(super) fn validate(&mut self, chain: &[usize], end: End) -> JudgedPath {
        let links = Rc::clone(&self.links);
        let chained: Vec<&Link<'a>> = chain.iter().filter_map(|&index| links.get(index)).collect();
        let rules = self.question.rules;
        let of_anchor = end == End::Anchor && rules.anchor_constraints == Regard::Apply;
        let counted = chained.len() - usize::from(end == End::Anchor && !of_anchor);
        let mut state = State {
            policies: Policies::new(counted, &self.question.policies),
            path_length: None,
            constraining: Vec::new(),
            key: None,
        };
        let mut steps: Vec<PathStep> = Vec::new();
        let mut valid = Ok(Vec::new());
        for (place, link) in chained.iter().enumerate().rev() {
            let mut notes = Notes::default();
            let is_leaf = place == 0;
            let is_anchor = end == End::Anchor && place + 1 == chained.len();
            if is_anchor {
                self.anchor(link, &mut notes);
            } else {
                let maker = self.signed(chain, place, end, state.key.as_ref(), &mut notes);
                validity(link, self.question.at, Treatment::Refuse, &mut notes);
                self.revocation(chain, place, maker, state.key.as_ref(), &mut notes);
                if end == End::Itself {
                    self.unlisted(link, &mut notes);
                }
                self.names(&chained, place, maker, &state, &mut notes);
            }
            if !is_anchor || of_anchor {
                understood(link, &mut notes);
                if is_anchor {
                    state.policies.process_anchor(link);
                } else if let Err(why) = state.policies.process(link, is_leaf) {
                    notes.refuse(CheckKind::Policies, why, "RFC 5280, 6.1.3 (f)");
                }
            }
            strength(link, &rules, &mut notes);
            self.form(chain.get(place).copied(), is_leaf, is_anchor, &mut notes);
            state.key = link.key.map(|key| key.inheriting(state.key.as_ref()));
            if is_leaf {
                self.leaf(link, &mut notes);
                let wanted: Vec<Vec<u8>> = self
                    .question
                    .policies
                    .initial
                    .iter()
                    .map(|it| der::arcs(it))
                    .collect();
                valid = state.policies.finish(link, &wanted);
                if let Err(why) = &valid {
                    notes.refuse(CheckKind::Policies, *why, "RFC 5280, 6.1.5 (g)");
                }
            } else if !is_anchor || of_anchor {
                // Where nothing is said of it, an anchor is one because it is trusted.
                let authority = !is_anchor
                    || rules.anchor_authority == Regard::Apply
                    || link.constraints.is_some();
                self.issues(link, place, is_anchor, authority, &mut state, &mut notes);
            } else if rules.anchor_authority == Regard::Apply {
                is_authority(link, &mut notes);
            }
            if let Some(above) = steps.last() {
                stands_on(above, &mut notes);
            }
            let role = if is_anchor {
                StepRole::Anchor
            } else if is_leaf {
                StepRole::Leaf
            } else {
                StepRole::Intermediate
            };
            steps.push(step(link, role, notes));
        }
        steps.reverse();
        let accepted = steps.iter().all(|it| it.verdict == StepVerdict::Accepted);
        JudgedPath {
            accepted,
            reason: reason(&steps),
            policies: valid
                .unwrap_or_default()
                .iter()
                .filter_map(|policy| dotted(policy))
                .collect(),
            steps,
        }
    }

    /// An anchor is trusted as it is; what it says of itself counts as far as the rules have it.
    fn anchor(&mut self, link: &Link<'a>, notes: &mut Notes) {
        let rules = self.question.rules;
        notes.pass(
            CheckKind::Anchor,
            "it is trusted, as given",
            "RFC 5280, 6.1.1 (d)",
        );
        let treatment = match rules.anchor_validity {
            Regard::Apply => Treatment::Refuse,
            Regard::Ignore => Treatment::Accept,
        };
        validity(link, self.question.at, treatment, notes);
        self.settings(link, notes);
    }

    /// What OpenSSL was told to trust an anchor for: a purpose that is rejected is, and so is one that is not
    /// among those trusted, where there are any.
    fn settings(&self, link: &Link<'a>, notes: &mut Notes) {
        const SETTINGS: &str = "openssl-verification-options, Trust Anchors";
        const ANY: &str = "2.5.29.37.0";
        let Some(trust) = &link.trust else {
            return;
        };
        let mut wanted = self.question.purpose.identifiers();
        if wanted.is_empty() {
            wanted.push(ANY);
        }
        let names = |all: &[Algorithm], wanted: &str| {
            all.iter().any(|one| one.oid == wanted || one.oid == ANY)
        };
        let mut held = false;
        for wanted in wanted {
            let name = || named(wanted.to_owned()).name.into_owned();
            let what = if names(&trust.rejected, wanted) {
                format!("it is told not to be trusted for {}", name())
            } else if !trust.trusted.is_empty() && !names(&trust.trusted, wanted) {
                format!(
                    "what it is told to be trusted for does not include {}",
                    name()
                )
            } else {
                continue;
            };
            held = true;
            notes.refuse(CheckKind::Anchor, what, SETTINGS);
        }
        if !held {
            let what = "what it is told to be trusted for allows it";
            notes.pass(CheckKind::Anchor, what, SETTINGS);
        }
    }

    /// Checks the signature by the key of the next one up.
    fn signed(
        &mut self,
        chain: &[usize],
        place: usize,
        end: End,
        key: Option<&Key<'a>>,
        notes: &mut Notes,
    ) -> Maker {
        const SIGNATURE: &str = "RFC 5280, 6.1.3 (a) (1)";
        let links = Rc::clone(&self.links);
        let Some((&child, issuer)) = chain.get(place).map(|child| (child, chain.get(place + 1)))
        else {
            return Maker::Unknown;
        };
        let Some(link) = links.get(child) else {
            return Maker::Unknown;
        };
        if link.spine.inner_algorithm.raw != link.spine.signature_algorithm.raw {
            let what = "two different signature algorithms are named in it";
            notes.refuse(CheckKind::Signature, what, "RFC 5280, 4.1.1.2");
        }
        let issuer = match (issuer, end) {
            (Some(issuer), _) => *issuer,
            (None, End::Itself) => {
                self.trusted_leaf(link, notes);
                let links = Rc::clone(&self.links);
                if let Some(twin) = self.anchor_twin().and_then(|twin| links.get(twin)) {
                    self.settings(twin, notes);
                }
                return Maker::Unknown;
            }
            (None, End::Unsigned) => {
                let what =
                    "its own issuer was not looked for: its key did not sign what is below it";
                notes.leave(CheckKind::Anchor, what, "RFC 5280, 6.1");
                return Maker::Unknown;
            }
            (None, _) => {
                let name = shown(&link.spine.issuer);
                let what = if place == 0 && self.anchor_twin().is_some() {
                    "it is among the anchors itself, where this profile wants an issuer".to_owned()
                } else if end == End::TooLong {
                    let depth = self.question.rules.depth;
                    format!("more than {depth} authorities would stand between it and an anchor")
                } else if link.is_self_issued() {
                    "it is issued by itself, and is not among the anchors".to_owned()
                } else if self.has_named(&link.issuer) {
                    format!("no certificate of its issuer, {name}, leads to an anchor")
                } else {
                    format!("the certificate of its issuer is missing: {name}")
                };
                notes.refuse(CheckKind::Anchor, what, "RFC 5280, 6.1");
                return Maker::Unknown;
            }
        };
        let own = links.get(issuer).and_then(|link| link.key);
        let inherits = match (own, key) {
            (Some(own), Some(key)) => {
                own.parameters.map(|it| it.raw) != key.parameters.map(|it| it.raw)
            }
            _ => false,
        };
        let key = key.filter(|_| inherits);
        match self.signature(child, issuer, key) {
            None => notes.refuse(
                CheckKind::Work,
                "its signature was not checked: the work allowed was spent before",
                SIGNATURE,
            ),
            Some(SignatureCheck::Good { algorithm, weak }) => {
                if let Some(weak) = weak {
                    let words = weak.words();
                    let what = format!("its signature is made with {algorithm}: {words}");
                    let treatment = self.treatment(weak);
                    notes.treat(treatment, CheckKind::Strength, what, "RFC 6194; RFC 6151");
                }
                let what = format!("its issuer signed it with {algorithm}");
                notes.pass(CheckKind::Signature, what, SIGNATURE);
                return Maker::Issuer;
            }
            Some(SignatureCheck::Bad { algorithm, why }) => {
                let what = format!("its signature, {algorithm}, is not good: {why}");
                notes.refuse(CheckKind::Signature, what, SIGNATURE);
            }
            Some(SignatureCheck::Unchecked { algorithm, why }) => {
                let what = format!("its signature, {algorithm}, could not be checked: {why}");
                notes.refuse(CheckKind::Signature, what, SIGNATURE);
            }
        }
        Maker::Unknown
    }

    /// The judged certificate is among the anchors itself.
    fn trusted_leaf(&mut self, link: &Link<'a>, notes: &mut Notes) {
        const RULE: &str = "RFC 5280, 6.1.1 (d)";
        if !link.is_self_issued() {
            if self.question.rules.leaf_anchor == LeafAnchor::SelfSigned {
                let what = "it is among the anchors, but not issued by itself";
                notes.refuse(CheckKind::Anchor, what, RULE);
            } else {
                notes.pass(CheckKind::Anchor, "it is trusted itself, as given", RULE);
            }
            return;
        }
        match self.signature(0, 0, None) {
            Some(SignatureCheck::Bad { why, .. }) => {
                let what =
                    format!("it is said to be signed by its own key, which is not so: {why}");
                notes.refuse(CheckKind::Signature, what, "RFC 5280, 3.2");
            }
            Some(SignatureCheck::Good { .. }) => {
                notes.pass(
                    CheckKind::Anchor,
                    "it is trusted itself, and signed by its own key",
                    RULE,
                );
            }
            _ => {
                notes.pass(CheckKind::Anchor, "it is trusted itself, as given", RULE);
            }
        }
    }

    fn revocation(
        &mut self,
        chain: &[usize],
        place: usize,
        maker: Maker,
        key: Option<&Key<'a>>,
        notes: &mut Notes,
    ) {
        const REVOCATION: &str = "RFC 5280, 6.3";
        let demand = self.question.rules.revocation;
        let (links, lists) = (Rc::clone(&self.links), Rc::clone(&self.lists));
        let above = chain.get(place + 1..).unwrap_or_default();
        let Some(link) = chain.get(place).and_then(|&index| links.get(index)) else {
            return;
        };
        if above.is_empty() || (lists.is_empty() && demand == RevocationDemand::WhereListed) {
            return;
        }
        if maker == Maker::Unknown {
            let what = "no list was looked at: by its signature it is not one that the issuer made";
            notes.leave(CheckKind::Revocation, what, REVOCATION);
            return;
        }
        let at = self.question.at;
        let found = self.status(chain, place, |search| {
            status(link, &lists, at, &mut Desk { search, above, key })
        });
        match found {
            Status::Revoked { reason, since, .. } => {
                let reason = reason.map_or("no reason given", |reason| reason.words());
                let what = match since {
                    Some(since) => {
                        format!("a list of its issuer revokes it since {since}: {reason}")
                    }
                    None => format!("a list of its issuer revokes it: {reason}"),
                };
                notes.refuse(CheckKind::Revocation, what, REVOCATION);
            }
            Status::Good {
                all_reasons: false, ..
            } if demand == RevocationDemand::Always => {
                let what = "the lists given are not about every reason for revocation";
                notes.refuse(CheckKind::Revocation, what, REVOCATION);
            }
            Status::Good {
                unused_delta: Some(why),
                ..
            } if demand == RevocationDemand::Always => {
                let what = format!("a newer delta list cannot be used: {why}");
                notes.refuse(CheckKind::Revocation, what, REVOCATION);
            }
            Status::Good {
                all_reasons,
                until,
                unused_delta,
                remarks,
            } => {
                let delta =
                    unused_delta.map(|why| format!("a newer delta list cannot be used: {why}"));
                for what in delta.into_iter().chain(remarks) {
                    notes.leave(CheckKind::Revocation, what, REVOCATION);
                }
                let what = if all_reasons {
                    "no list of its issuer names it"
                } else {
                    "no list of its issuer names it for the reasons they are about"
                };
                let what = match until {
                    Some(until) => format!("{what}, good until {until}"),
                    None => what.to_owned(),
                };
                notes.pass(CheckKind::Revocation, what, REVOCATION);
            }
            Status::Unusable { why } => {
                let what = format!("the list of its issuer cannot be used: {why}");
                notes.refuse(CheckKind::Revocation, what, REVOCATION);
            }
            Status::NoList => {
                let what = "no list given is about it";
                if demand == RevocationDemand::Always {
                    notes.refuse(CheckKind::Revocation, what, REVOCATION);
                } else {
                    notes.leave(CheckKind::Revocation, what, REVOCATION);
                }
            }
        }
    }

    /// The judged certificate ends its path itself: no issuer is on it whose lists could be about it.
    fn unlisted(&self, link: &Link<'a>, notes: &mut Notes) {
        let always = self.question.rules.revocation == RevocationDemand::Always;
        if link.is_self_issued() || (self.lists.is_empty() && !always) {
            return;
        }
        let outcome = if always {
            CheckOutcome::Refused
        } else {
            CheckOutcome::Unchecked
        };
        let what = "no list could be looked at: its issuer is not here, or leads to no anchor";
        notes.add(CheckKind::Revocation, outcome, what, "RFC 5280, 6.3");
    }

    fn names(
        &mut self,
        chained: &[&Link<'a>],
        place: usize,
        maker: Maker,
        state: &State<'a>,
        notes: &mut Notes,
    ) {
        const NAMES: &str = "RFC 5280, 6.1.3 (b) and (c)";
        let Some(link) = chained.get(place) else {
            return;
        };
        if state.constraining.is_empty() || (place != 0 && link.is_self_issued()) {
            return;
        }
        if maker == Maker::Unknown {
            let what =
                "its names were not compared: by its signature it is not one that the issuer made";
            notes.leave(CheckKind::Names, what, NAMES);
            return;
        }
        for constraining in state
            .constraining
            .iter()
            .filter_map(|&above| chained.get(above))
        {
            let Some(constraints) = &constraining.name_constraints else {
                continue;
            };
            let by = label(&constraining.spine.subject);
            match within(link, constraints, &mut |count| {
                self.spend_comparisons(count)
            }) {
                Ok(()) => {
                    let what = format!("its names are those that {by} may give out");
                    notes.pass(CheckKind::Names, what, NAMES);
                }
                Err(Violation::Refused(why)) => {
                    let what = format!("{by} may not give out its names: {why}");
                    notes.refuse(CheckKind::Names, what, NAMES);
                }
                Err(Violation::TooMany) => {
                    let what = "its names were not all compared: the work allowed was spent before";
                    notes.refuse(CheckKind::Work, what, NAMES);
                    return;
                }
            }
        }
    }

    /// What the profile asks of issuers.
    fn form(&mut self, index: Option<usize>, is_leaf: bool, is_anchor: bool, notes: &mut Notes) {
        let rules = self.question.rules;
        if !rules.judges_issuers() {
            return;
        }
        let kind = if is_anchor {
            form::Kind::Root
        } else if is_leaf && self.question.purpose.is_tls() {
            form::Kind::Subscriber
        } else {
            form::Kind::Other
        };
        let Some(index) = index else {
            return;
        };
        for (what, citation) in self.faults(index, kind).iter() {
            notes.refuse(CheckKind::Form, what, citation);
        }
    }

    /// What the purpose asks of the judged certificate.
    fn leaf(&mut self, link: &Link<'a>, notes: &mut Notes) {
        let rules = self.question.rules;
        let purpose = self.question.purpose.clone();
        if purpose == Purpose::Ca {
            is_authority(link, notes);
        }
        match (&link.purposes, purpose.identifiers().is_empty()) {
            (_, true) => {}
            (None, false) => {
                let what = "it states no purpose";
                let treatment = if purpose.must_be_stated() {
                    Treatment::Refuse
                } else {
                    rules.no_purpose
                };
                notes.treat(treatment, CheckKind::Purpose, what, "RFC 5280, 4.2.1.12");
            }
            (Some(stated), false) => {
                let any = if purpose.must_be_stated() {
                    Treatment::Refuse
                } else {
                    rules.any_purpose
                };
                purposes(stated, &purpose, any, notes);
                if purpose == Purpose::TimeStamping {
                    for_stamps_alone(link, stated, notes);
                }
            }
        }
        if let (Some(usage), Some((names, mask))) = (link.key_usage, purpose.key_usage()) {
            if usage & mask == 0 {
                let what = format!(
                    "its key may not be used so: {} needs {names}",
                    purpose.name()
                );
                let treatment = rules.leaf_key_usage;
                notes.treat(treatment, CheckKind::KeyUsage, what, "RFC 5280, 4.2.1.12");
            } else {
                notes.pass(
                    CheckKind::KeyUsage,
                    "its key may be used so",
                    "RFC 5280, 4.2.1.3",
                );
            }
        }
        if purpose == Purpose::RedisInternode
            && link
                .key
                .is_some_and(|key| key.algorithm != crate::signature::RSA)
        {
            let what = "Redis Enterprise asks for an RSA key between nodes";
            notes.note(
                CheckKind::Strength,
                what,
                "Redis Enterprise, internode encryption",
            );
        }
        if let Some(host) = &self.question.host {
            let verdict = host.check_spine(&link.spine);
            if verdict.matches {
                notes.pass(CheckKind::Host, verdict.why, "RFC 9525, 6");
            } else {
                notes.refuse(CheckKind::Host, verdict.why, "RFC 9525, 6");
            }
        }
    }

    /// What an authority must be, and what it says of those below it (RFC 5280, 6.1.4).
    fn issues(
        &mut self,
        link: &Link<'a>,
        place: usize,
        is_anchor: bool,
        must_say: bool,
        state: &mut State<'a>,
        notes: &mut Notes,
    ) {
        if must_say {
            is_authority(link, notes);
        }
        if let Some(usage) = link.key_usage {
            if usage & KEY_CERT_SIGN == 0 {
                let what = "its key may not sign certificates";
                notes.refuse(CheckKind::KeyUsage, what, "RFC 5280, 6.1.4 (n)");
            } else {
                notes.pass(
                    CheckKind::KeyUsage,
                    "its key may sign certificates",
                    "RFC 5280, 6.1.4 (n)",
                );
            }
        }
        if !is_anchor && !link.is_self_issued() {
            match &mut state.path_length {
                Some(0) => {
                    let what = "more authorities follow one another than one above allows";
                    notes.refuse(CheckKind::PathLength, what, "RFC 5280, 6.1.4 (l)");
                }
                Some(left) => *left -= 1,
                None => {}
            }
        }
        if let Some(limit) = link.constraints.and_then(|it| it.path_length) {
            state.path_length = Some(state.path_length.map_or(limit, |left| left.min(limit)));
        }
        let (purpose, rules) = (&self.question.purpose, self.question.rules);
        match &link.purposes {
            _ if purpose.identifiers().is_empty() => {}
            Some(stated) => purposes(stated, purpose, rules.any_purpose_above, notes),
            None if !is_anchor && rules.no_purpose_above == Treatment::Refuse => {
                let what = "it states no purpose";
                notes.refuse(CheckKind::Purpose, what, "RFC 5280, 4.2.1.12");
            }
            None => {}
        }
        if link.name_constraints.is_some() {
            state.constraining.push(place);
        }
        if let Err(why) = state.policies.prepare(link) {
            notes.refuse(CheckKind::Policies, why, "RFC 5280, 6.1.4 (a)");
        }
    }
}

fn validity(link: &Link<'_>, at: UnixTime, treatment: Treatment, notes: &mut Notes) {
    const VALIDITY: &str = "RFC 5280, 6.1.3 (a) (2)";
    let (Some(start), Some(end)) = (link.not_before, link.not_after) else {
        let what = "its validity cannot be read";
        notes.refuse(CheckKind::Validity, what, "RFC 5280, 4.1.2.5");
        return;
    };
    if at < start {
        let what = format!("it is valid only from {start} on, which is after {at}");
        notes.treat(treatment, CheckKind::Validity, what, VALIDITY);
    } else if end < at {
        let what = format!("it expired at {end}, which is before {at}");
        notes.treat(treatment, CheckKind::Validity, what, VALIDITY);
    } else {
        notes.pass(CheckKind::Validity, format!("valid until {end}"), VALIDITY);
    }
}

/// Extensions that are broken, or critical and not understood.
fn understood(link: &Link<'_>, notes: &mut Notes) {
    for fault in &link.faults {
        notes.refuse(CheckKind::Form, fault, "RFC 5280, 4.2");
    }
    if link.spine.version_number() != 3 && !link.spine.extensions.is_empty() {
        let what = "it has extensions, and is not of version 3";
        notes.refuse(CheckKind::Form, what, "RFC 5280, 4.1.2.9");
    }
    for extension in link.spine.extensions.iter().filter(|it| it.critical) {
        let known = match extension.oid {
            [0x55, 0x1d, number] => {
                matches!(
                    number,
                    14 | 15 | 17 | 19 | 30 | 31 | 32 | 33 | 35 | 36 | 37 | 54
                )
            }
            [0x2b, 6, 1, 5, 5, 7, 48, 1, 5] => true,
            // Microsoft's application policies say what extKeyUsage says; that one is judged.
            [0x2b, 6, 1, 4, 1, 0x82, 0x37, 21, 10] => link.purposes.is_some(),
            _ => false,
        };
        if !known {
            let name = named(dotted(extension.oid).unwrap_or_default()).name;
            let what = format!("its critical extension {name} is not judged here");
            notes.refuse(
                CheckKind::CriticalExtensions,
                what,
                "RFC 5280, 6.1.4 (o) and 6.1.5 (f)",
            );
        }
    }
}

fn is_authority(link: &Link<'_>, notes: &mut Notes) {
    const AUTHORITY: &str = "RFC 5280, 6.1.4 (k)";
    match link.constraints {
        Some(constraints) if constraints.ca => {
            notes.pass(CheckKind::Authority, "it is an authority", AUTHORITY);
        }
        Some(_) => {
            let what = "its basic constraints say that it is no authority";
            notes.refuse(CheckKind::Authority, what, AUTHORITY);
        }
        None => {
            let what = "it has no basic constraints, and so is no authority";
            notes.refuse(CheckKind::Authority, what, AUTHORITY);
        }
    }
}

fn purposes(stated: &[&[u8]], purpose: &Purpose, any: Treatment, notes: &mut Notes) {
    const PURPOSE: &str = "RFC 5280, 4.2.1.12";
    let missing: Vec<String> = purpose
        .identifiers()
        .into_iter()
        .filter(|wanted| !stated.contains(&der::arcs(wanted).as_slice()))
        .map(|wanted| named(wanted.to_owned()).name.into_owned())
        .collect();
    if missing.is_empty() {
        let what = format!("its purposes include {}", purpose.name());
        notes.pass(CheckKind::Purpose, what, PURPOSE);
        return;
    }
    let missing = missing.join(" and ");
    if stated.contains(&ANY_PURPOSE) {
        let what = format!("its purposes do not name {missing}, but any purpose");
        notes.treat(any, CheckKind::Purpose, what, PURPOSE);
    } else {
        let what = format!("its purposes do not include {missing}");
        notes.refuse(CheckKind::Purpose, what, PURPOSE);
    }
}

/// The purpose of who stamps times must be the only one, and critical (RFC 3161, 2.3).
fn for_stamps_alone(link: &Link<'_>, stated: &[&[u8]], notes: &mut Notes) {
    const STAMPS: &str = "RFC 3161, 2.3";
    if stated.len() != 1 {
        let what = "it states other purposes beside time stamps";
        notes.refuse(CheckKind::Purpose, what, STAMPS);
    }
    let extension = link.spine.extension(&[0x55, 0x1d, 37]);
    if !extension.is_some_and(|it| it.critical) {
        let what = "its purpose, time stamps, is not critical";
        notes.refuse(CheckKind::Purpose, what, STAMPS);
    }
}

/// Whether the key is strong enough.
fn strength(link: &Link<'_>, rules: &Rules, notes: &mut Notes) {
    const STRENGTH: &str = "NIST SP 800-57 part 1, 5.6.1";
    let Ok(key) = public_key(&link.spine.public_key) else {
        notes.refuse(
            CheckKind::Strength,
            "its key cannot be read",
            "RFC 5280, 4.1.2.7",
        );
        return;
    };
    let (least, finite) = match link.key.map(|key| key.algorithm) {
        Some(crate::signature::RSA | crate::signature::RSA_PSS) => (rules.rsa_bits, false),
        Some(crate::signature::DSA) => (rules.rsa_bits, true),
        Some(crate::signature::EC) => (rules.curve_bits, false),
        _ => return,
    };
    match key.bits {
        Some(bits) if bits < least => {
            let what = format!(
                "its key, {}, is too short: {least} bits are asked for",
                key.text
            );
            notes.refuse(CheckKind::Strength, what, STRENGTH);
        }
        _ if finite && rules.profile == Profile::Webpki => {
            notes.refuse(
                CheckKind::Strength,
                "its key is one of DSA",
                "CA/Browser Forum BR, 6.1.5",
            );
        }
        _ => notes.pass(CheckKind::Strength, key.text, STRENGTH),
    }
}

/// Whether the next one up is known to have made a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    Issuer,
    /// Its key did not sign it, or nobody knows; or there is none.
    Unknown,
}

/// What is right in itself proves nothing where it stands on what is not.
fn stands_on(above: &PathStep, notes: &mut Notes) {
    if notes.verdict() == StepVerdict::Refused {
        return;
    }
    let what = match above.verdict {
        StepVerdict::Accepted => return,
        StepVerdict::Refused => format!("it stands on {}, which is refused", above.subject),
        StepVerdict::Unproven => format!("it stands on {}, which is not proven", above.subject),
    };
    notes.leave(CheckKind::Anchor, what, "RFC 5280, 6.1");
}

fn step(link: &Link<'_>, role: StepRole, notes: Notes) -> PathStep {
    let verdict = notes.verdict();
    let Notes(checks) = notes;
    let told = |wanted: &dyn Fn(&&PathCheck) -> bool| {
        let told = checks.iter().filter(wanted).map(|it| it.what.as_str());
        told.collect::<Vec<_>>().join("; ")
    };
    let reason = match verdict {
        StepVerdict::Accepted => {
            let passed = |kind: CheckKind| {
                let mut of_kind = checks.iter().filter(move |check| check.check == kind);
                of_kind
                    .find(|check| check.outcome == CheckOutcome::Passed)
                    .map(|check| check.what.as_str())
            };
            let told = [
                CheckKind::Anchor,
                CheckKind::Signature,
                CheckKind::Validity,
                CheckKind::Host,
            ];
            let told: Vec<&str> = told.into_iter().filter_map(passed).collect();
            told.join("; ")
        }
        StepVerdict::Unproven => told(&|check| check.leaves_unproven()),
        StepVerdict::Refused => told(&|check| check.outcome == CheckOutcome::Refused),
    };
    PathStep {
        role,
        subject: shown(&link.spine.subject),
        serial: serial(link.spine.serial.contents),
        sha256: hex(&Sha256::digest(link.spine.certificate.raw)),
        verdict,
        reason,
        checks,
    }
}

fn reason(steps: &[PathStep]) -> String {
    let mut refused = steps.iter().filter(|it| it.verdict == StepVerdict::Refused);
    if let Some(refused) = refused.next() {
        return format!("{}: {}", refused.subject, refused.reason);
    }
    match steps {
        [alone] => format!("{} is trusted itself", alone.subject),
        [.., anchor] => format!(
            "{} certificates lead to {}, which is trusted",
            steps.len(),
            anchor.subject
        ),
        [] => "there is no certificate".to_owned(),
    }
}

fn shown(element: &crate::asn1::Element<'_>) -> String {
    let text = name(element, &Origin::input()).map_or_else(|_| label(element), |name| name.text);
    if text.is_empty() {
        "(no name)".to_owned()
    } else {
        text
    }
}

const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 37, 0];
const KEY_CERT_SIGN: u16 = 0x0400;
