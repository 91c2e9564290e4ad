//! What is known to be wrong between an entry of a pile and what lies beside it.

use super::PileLinks;
use super::proof::{Proof, SIGNS_CERTIFICATES, Said, key_may, spine};
use crate::asn1::time;
use crate::chain::{
    ChainCertificate, ISSUER_MISSING, NO_AUTHORITY, NoIssuerCheck, ORDER, OUT_OF_DATE,
    SIGNATURE_WRONG, chain,
};
use crate::container::ItemKind;
use crate::links::MAX_CHAIN;
use crate::open::{Contents, KEY_FITS_NOTHING, REVOKED_HERE};
use crate::order;
use crate::report::{Finding, Format, Severity};
use crate::row::row;
use crate::rule::Rule;
use crate::time::{Standing, UnixTime};
use crate::x509::Spine;

pub(crate) const RULES: &[Rule] = &[
    BROKEN_ABOVE,
    REVOKED_UNCHECKED,
    REVOKED_BY_ANOTHER,
    LIST_SIGNATURE_WRONG,
    REQUEST_SIGNATURE_WRONG,
    KEY_NOT_ITS_OWN,
    OUT_OF_DATE_SENT,
];

const BROKEN_ABOVE: Rule = Rule {
    id: "chain-broken-above",
    severity: Severity::Error,
    title: "An authority in its chain is not what it seems",
    why: "That one was not signed by the issuer that it names, so that nothing below it can be trusted.",
    fix: "Fetch that authority's certificate anew.",
    citation: "RFC 5280, 6.1.3",
};

const REVOKED_UNCHECKED: Rule = Rule {
    id: "revoked-by-unchecked-list",
    severity: Severity::Warning,
    title: "A list that nobody could check says it is revoked",
    why: "Whether the list is genuine is not known: its issuer is not here, or its signature is not computed with.",
    fix: "Add the certificate of the list's issuer, or ask the issuer.",
    citation: "RFC 5280, 6.3.3",
};

const REVOKED_BY_ANOTHER: Rule = Rule {
    id: "revoked-by-list-of-another",
    severity: Severity::Warning,
    title: "A list that may be of another issuer says it is revoked",
    why: "The list bears the right name, but is signed by a key that nothing here ties to the issuer. Anybody can make such a list.",
    fix: "Add the certificates of the list's signer and of the issuer up to their root, or ask the issuer.",
    citation: "RFC 5280, 6.3.3",
};

const LIST_SIGNATURE_WRONG: Rule = Rule {
    id: "list-signature-wrong",
    severity: Severity::Error,
    title: "The list is not signed by the authority that it names",
    why: "Somebody else made it, or it was changed since. It revokes nothing, and software refuses it.",
    fix: "Fetch the list anew from the authority.",
    citation: "RFC 5280, 6.3.3",
};

const REQUEST_SIGNATURE_WRONG: Rule = Rule {
    id: "request-signature-wrong",
    severity: Severity::Error,
    title: "The request is not signed by its own key",
    why: "The signature proves that who asks has the private key. Authorities refuse a request without it.",
    fix: "Make the request anew with the private key.",
    citation: "RFC 2986, 4.2",
};

const KEY_NOT_ITS_OWN: Rule = Rule {
    id: "certificate-key-not-its-own",
    severity: Severity::Warning,
    title: "The private key beside it is not its own",
    why: "A server that is given both does not start, or clients refuse it.",
    fix: "Put the key beside it that it was requested with, or have it reissued for this one.",
    citation: "RFC 5280, 4.1.2.7",
};

const OUT_OF_DATE_SENT: Rule = Rule {
    id: "chain-out-of-date-sent",
    severity: Severity::Error,
    title: "Its file holds an authority that is not in date",
    why: "A server that sends this file sends that authority. One in date lies in another file here, and clients do not have that.",
    fix: "Put the authority's current certificate into the file in its place.",
    citation: "RFC 8446, 4.4.2; RFC 5280, 6.1.3",
};

/// Certificates of a file that is looked at as what a server sends. Longer ones are none.
const MAX_SERVED: usize = 32;

impl PileLinks {
    /// What is known to be wrong between an entry and what lies beside it on the pile, worst first.
    /// Signatures are not computed with here: what [`PileLinks::prove`] did not look at is not known to be
    /// wrong. `names` are what the inputs are called.
    pub fn faults(
        &self,
        pile: &[&Contents],
        names: &[&str],
        (input, index): (usize, usize),
        at: Option<UnixTime>,
    ) -> Vec<Finding> {
        let Some(number) = self.number(input, index) else {
            return Vec::new();
        };
        let Some(item) = self.item(pile, number) else {
            return Vec::new();
        };
        let look = Look {
            links: self,
            pile,
            names,
            input,
            at,
        };
        let wrong = match self.proofs.get(&number) {
            Some(Proof::Wrong((input, index))) => self.number(*input, *index),
            _ => None,
        };
        let mut found = match &item.kind {
            ItemKind::Certificate(_) => look.certificate(number, wrong),
            ItemKind::Request(_) if wrong.is_some() => {
                let what = "Its signature does not fit the public key that it carries.";
                vec![REQUEST_SIGNATURE_WRONG.found(what, None)]
            }
            ItemKind::RevocationList(_) => {
                let wrong = wrong.map(|issuer| {
                    let what = format!(
                        "Its signature was not made by the key of {}.",
                        look.label(issuer)
                    );
                    LIST_SIGNATURE_WRONG.found(what, None)
                });
                wrong.into_iter().collect()
            }
            ItemKind::PrivateKey(key) if self.links.fits_nothing(number, key.lock) => {
                let facts = key.facts.as_ref();
                let text = facts.map_or("", |facts| facts.public_key.text.as_str());
                let what =
                    format!("No certificate here carries the public half of this {text} key.");
                vec![KEY_FITS_NOTHING.found(what.replace("  ", " "), None)]
            }
            _ => Vec::new(),
        };
        order::by_key(&mut found, |finding| finding.severity);
        found
    }
}

/// Who looks, at what.
struct Look<'p> {
    links: &'p PileLinks,
    pile: &'p [&'p Contents],
    names: &'p [&'p str],
    /// The input of the entry that is looked at.
    input: usize,
    at: Option<UnixTime>,
}

impl<'p> Look<'p> {
    fn certificate(&self, number: usize, wrong: Option<usize>) -> Vec<Finding> {
        let mut found = Vec::new();
        let revocations = self.links.revocations(self.pile, number);
        let revocations = revocations.filter_map(|said| {
            let (rule, one, signature) = match said {
                Said::Revoked(one) => (&REVOKED_HERE, one, "is verified"),
                Said::OfAnother(one) => {
                    let signature = "is verified, by a key that is not known to be its issuer's";
                    (&REVOKED_BY_ANOTHER, one, signature)
                }
                Said::Unchecked(one) => (&REVOKED_UNCHECKED, one, "was not checked"),
            };
            let list = self
                .links
                .path(self.pile, self.names, self.input, one.list)?;
            let what = format!("{} The list's signature {signature}.", one.words(&list));
            Some(rule.found(what, None))
        });
        found.extend(revocations);
        match wrong {
            Some(itself) if itself == number => {
                let name = self.label(number);
                let what =
                    format!("{name} names itself as issuer and was not signed by its own key.");
                found.push(SIGNATURE_WRONG.found(what, None));
            }
            Some(issuer) => {
                let (name, issuer) = (self.label(number), self.label(issuer));
                let what = format!("{name} was not signed by the key of {issuer}.");
                found.push(SIGNATURE_WRONG.found(what, None));
            }
            None => self.above(number, &mut found),
        }
        self.served(number, &mut found);
        if let Some(key) = self.links.misfits.get(&number)
            && let Some(path) = self.links.path(self.pile, self.names, self.input, *key)
        {
            let what = format!("The public half of the key {path} is not the one in it.");
            found.push(KEY_NOT_ITS_OWN.found(what, None));
        }
        found
    }

    /// What is wrong with the authorities above a certificate.
    fn above(&self, number: usize, found: &mut Vec<Finding>) {
        let mut below = number;
        let mut said = Vec::new();
        for _ in 0..MAX_CHAIN {
            let Some((issuer, spine)) = self
                .links
                .links
                .issuer(below)
                .and_then(|issuer| Some((issuer, self.spine(issuer)?)))
            else {
                break;
            };
            let mut once = |rule: &Rule, what: &dyn Fn() -> String| {
                if !said.contains(&rule.id) {
                    said.push(rule.id);
                    found.push(rule.found(what(), None));
                }
            };
            if !may_issue(&spine) {
                once(&NO_AUTHORITY, &|| {
                    let (name, other) = (self.label(issuer), self.label(below));
                    format!("{name} issued {other}, and is no authority that may.")
                });
            }
            let word = match standing(&spine, self.at) {
                Some(Standing::Expired) => Some("ended"),
                Some(Standing::NotYetValid) => Some("has not begun; it ends"),
                _ => None,
            };
            if let Some(word) = word {
                once(&OUT_OF_DATE, &|| {
                    let end = time(&spine.not_after);
                    let end = end.map_or_else(String::new, |end| end.to_string());
                    format!("{} {word} {end}.", self.label(issuer))
                });
            }
            if let Some(Proof::Wrong((input, index))) = self.links.proofs.get(&issuer) {
                let named = self.links.number(*input, *index);
                once(&BROKEN_ABOVE, &|| {
                    let named = named.map(|named| self.label(named)).unwrap_or_default();
                    format!(
                        "{} was not signed by the key of {named}.",
                        self.label(issuer)
                    )
                });
            }
            below = issuer;
        }
    }

    /// What is wrong with the file of a certificate as what a server sends.
    fn served(&self, number: usize, found: &mut Vec<Finding>) {
        let Some((input, index)) = self.links.place(number) else {
            return;
        };
        let Some(contents) = self.pile.get(input) else {
            return;
        };
        let count = contents.certificates().take(MAX_SERVED + 1).count();
        if contents.format() != Format::Pem || !(2..=MAX_SERVED).contains(&count) {
            return;
        }
        let picture = chain(&[contents], self.at, &NoIssuerCheck);
        let path = contents.items().get(index).map(|item| &item.path);
        if picture.served.is_empty() {
            return;
        }
        let is_its = |one: &ChainCertificate| one.places.iter().any(|it| Some(&it.path) == path);
        let mut leaves = picture
            .served
            .iter()
            .filter_map(|chain| chain.advised.first());
        if leaves.any(|leaf| picture.certificates.get(*leaf).is_some_and(is_its)) {
            found.extend(self.out_of_date_sent(contents, input, index, found));
        }
        let is_missing = self.links.links.issuer(number).is_none()
            && !self.links.proofs.contains_key(&number)
            || self.links.proofs.get(&number) == Some(&Proof::Absent);
        let about = picture.findings.into_iter().filter(|one| {
            let id = &*one.finding.id;
            let is_its = one.places.iter().any(|place| Some(&place.path) == path);
            is_its && (id == ORDER.id || id == ISSUER_MISSING.id && is_missing)
        });
        found.extend(about.map(|one| one.finding));
    }

    /// The authority that is not in date in the file of a leaf, where its way up is good by other files.
    fn out_of_date_sent(
        &self,
        contents: &Contents,
        input: usize,
        index: usize,
        found: &[Finding],
    ) -> Option<Finding> {
        let mut sent = contents.items().iter().filter_map(spine);
        if sent.all(|one| is_in_date(&one, self.at))
            || found.iter().any(|one| one.id == OUT_OF_DATE.id)
        {
            return None;
        }
        let alone = PileLinks::find(&[contents], self.at);
        let look = Look {
            links: &alone,
            pile: &[contents],
            names: &[],
            input: 0,
            at: self.at,
        };
        let mut told = Vec::new();
        look.above(index, &mut told);
        let told = told.into_iter().find(|one| one.id == OUT_OF_DATE.id)?;
        if self.has_root_for(look.below_out_of_date(index)?, input) {
            return None;
        }
        Some(OUT_OF_DATE_SENT.found(told.what, None))
    }

    /// The certificate whose issuer is the first above this one that is not in date.
    fn below_out_of_date(&self, number: usize) -> Option<usize> {
        let mut below = number;
        for _ in 0..MAX_CHAIN {
            let issuer = self.links.links.issuer(below)?;
            if !self.is_in_date(issuer) {
                return Some(below);
            }
            below = issuer;
        }
        None
    }

    /// Whether a root in date may have issued this certificate: clients that have it need no cross-sign.
    fn has_root_for(&self, index: usize, input: usize) -> bool {
        let links = &self.links.links;
        let Some(number) = self.links.number(input, index) else {
            return false;
        };
        let best = links.issuer(number);
        let others = best.map_or(Vec::new(), |best| {
            self.links.other_issuers(self.pile, number, best)
        });
        let mut issuers = best.into_iter().chain(others);
        issuers.any(|issuer| links.is_root(issuer) && self.is_in_date(issuer))
    }

    fn is_in_date(&self, number: usize) -> bool {
        let spine = self.spine(number);
        spine.is_some_and(|spine| is_in_date(&spine, self.at))
    }

    fn spine(&self, number: usize) -> Option<Spine<'p>> {
        spine(self.links.item(self.pile, number)?)
    }

    fn label(&self, number: usize) -> String {
        let item = self.links.item(self.pile, number);
        item.map(|item| row(item).name).unwrap_or_default()
    }
}

fn standing(spine: &Spine<'_>, at: Option<UnixTime>) -> Option<Standing> {
    let (start, end) = (time(&spine.not_before)?, time(&spine.not_after)?);
    Some(Standing::of(start, end, at?))
}

fn is_in_date(spine: &Spine<'_>, at: Option<UnixTime>) -> bool {
    let standing = standing(spine, at);
    standing.is_some_and(|it| !matches!(it, Standing::Expired | Standing::NotYetValid))
}

/// Whether basic constraints and key usage let it issue certificates.
fn may_issue(spine: &Spine<'_>) -> bool {
    spine.is_ca() && key_may(spine, SIGNS_CERTIFICATES)
}
