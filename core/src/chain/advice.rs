//! What is odd about a chain, and what to do about it.

use std::collections::{BTreeSet, HashMap};

use super::{Builder, ChainPath, ChainRole, MissingIssuer, PathEnd, ServedChain};
use crate::order;
use crate::pile::{PileFinding, PilePlace};
use crate::report::Severity;
use crate::rule::Rule;
use crate::time::Standing;

pub(super) const RULES: &[Rule] = &[
    ISSUER_MISSING,
    ROOT_NOT_HERE,
    OTHER_KEY,
    SIGNATURE_WRONG,
    NO_AUTHORITY,
    OUT_OF_DATE,
    ORDER,
    UNNEEDED,
    ROOT_SENT,
    COPIES,
    LOOP,
];

pub(crate) const ISSUER_MISSING: Rule = Rule {
    id: "chain-issuer-missing",
    severity: Severity::Warning,
    title: "The certificate that issued this one is not here",
    why: "A client that does not have it by chance cannot build the chain, and refuses the connection.",
    fix: "Add the issuer's certificate after this one, in the file that the server sends.",
    citation: "RFC 8446, 4.4.2",
};

const ROOT_NOT_HERE: Rule = Rule {
    id: "chain-top-not-here",
    severity: Severity::Notice,
    title: "The chain is here up to an authority whose issuer is not",
    why: "That is as it should be where the missing one is a root, which clients have of their own.",
    fix: "If clients do not know that issuer, add its certificate to their truststores.",
    citation: "RFC 8446, 4.4.2",
};

const OTHER_KEY: Rule = Rule {
    id: "chain-same-name-other-key",
    severity: Severity::Warning,
    title: "An authority of the right name is here, with another key",
    why: "Authorities keep their name when they change keys. The signature fits one of them only.",
    fix: "Use the authority's certificate over the key that the certificate names.",
    citation: "RFC 5280, 4.2.1.1",
};

pub(crate) const SIGNATURE_WRONG: Rule = Rule {
    id: "chain-signature-wrong",
    severity: Severity::Error,
    title: "The authority named as issuer did not sign this certificate",
    why: "Name and key identifier fit, but the signature does not: one of the two is not what it seems.",
    fix: "Fetch both anew from the authority.",
    citation: "RFC 5280, 6.1.3",
};

pub(crate) const NO_AUTHORITY: Rule = Rule {
    id: "chain-issuer-no-authority",
    severity: Severity::Error,
    title: "A certificate was issued by one that may issue none",
    why: "Clients refuse a chain in which a certificate above the leaf is no authority.",
    fix: "Have the certificate issued by an authority, whose basicConstraints say so.",
    citation: "RFC 5280, 6.1.4",
};

pub(crate) const OUT_OF_DATE: Rule = Rule {
    id: "chain-authority-out-of-date",
    severity: Severity::Error,
    title: "An authority in the chain is not in date",
    why: "A chain is valid only while every certificate in it is.",
    fix: "Replace it by the authority's current certificate over the same key, or take another way up.",
    citation: "RFC 5280, 6.1.3",
};

pub(crate) const ORDER: Rule = Rule {
    id: "chain-order",
    severity: Severity::Warning,
    title: "The certificates are in the wrong order",
    why: "A server sends them as they stand: the leaf first, then each one's issuer. Some clients refuse others.",
    fix: "Write them in that order, as the advice says.",
    citation: "RFC 8446, 4.4.2; RFC 5246, 7.4.2",
};

const UNNEEDED: Rule = Rule {
    id: "chain-unneeded",
    severity: Severity::Notice,
    title: "A certificate here is no part of the leaf's chain",
    why: "A server sends it with every connection, for nothing; some clients are confused by it.",
    fix: "Remove it from the file.",
    citation: "RFC 8446, 4.4.2",
};

const ROOT_SENT: Rule = Rule {
    id: "chain-root-included",
    severity: Severity::Notice,
    title: "The root is sent along",
    why: "Who trusts it has it already, and nobody trusts it because it was sent: it costs time only.",
    fix: "Leave it out of the file that a server sends; keep it where it is given to clients.",
    citation: "RFC 8446, 4.4.2",
};

const COPIES: Rule = Rule {
    id: "chain-copies",
    severity: Severity::Notice,
    title: "The same certificate lies here more than once",
    why: "It does no harm, and makes it easy to replace one copy and forget the other.",
    fix: "Keep one of them, where that is possible.",
    citation: "RFC 5280, 4.1",
};

const LOOP: Rule = Rule {
    id: "chain-circle",
    severity: Severity::Notice,
    title: "Authorities here issued each other, without a root",
    why: "Following issuers leads back to where it began. Clients find a way out only through a root they have.",
    fix: "Add the root of one of them.",
    citation: "RFC 4158, 2.4",
};

/// Names that are told of a long list.
const MAX_TOLD: usize = 3;

impl Builder<'_> {
    pub(super) fn findings(
        &self,
        paths: &[ChainPath],
        missing: &[MissingIssuer],
        served: &[ServedChain],
    ) -> Vec<PileFinding> {
        let mut findings = Vec::new();
        self.missing_issuers(missing, &mut findings);
        self.links(&mut findings);
        self.authorities(paths, &mut findings);
        self.orders(served, &mut findings);
        self.copies(&mut findings);
        let mut start = None;
        for path in paths {
            // The best way up stands first.
            if path.certificates.first() != start && path.end == PathEnd::Loop {
                let what = format!("They are {}.", self.names(&path.certificates));
                findings.push(self.found(&LOOP, &path.certificates, what));
            }
            start = path.certificates.first();
        }
        crate::order::by_key(&mut findings, |found| found.finding.severity);
        findings
    }

    fn missing_issuers(&self, missing: &[MissingIssuer], findings: &mut Vec<PileFinding>) {
        for issuer in missing {
            let key = issuer.key_identifier.as_ref();
            let key = key.map_or_else(String::new, |key| format!(", key identifier {key}"));
            let url = issuer.urls.first();
            let url = url.map_or_else(String::new, |url| format!(" It can be fetched from {url}."));
            let who = self.names(&issuer.wanted_by);
            let what = format!("{} issued {who}{key}.{url}", issuer.name);
            let is_leaf = |index: &usize| self.role(*index) == Some(ChainRole::Leaf);
            let rule = if issuer.wanted_by.iter().any(is_leaf) {
                &ISSUER_MISSING
            } else {
                &ROOT_NOT_HERE
            };
            findings.push(self.found(rule, &issuer.wanted_by, what));
            if !issuer.same_name_other_key.is_empty() {
                let what = format!(
                    "{who} names another key than that of {} here.",
                    self.names(&issuer.same_name_other_key)
                );
                findings.push(self.found(&OTHER_KEY, &issuer.same_name_other_key, what));
            }
        }
    }

    fn links(&self, findings: &mut Vec<PileFinding>) {
        for (certificate, issuer) in &self.wrong {
            let name = self.label(*certificate);
            if certificate == issuer {
                let what =
                    format!("{name} names itself as issuer and was not signed by its own key.");
                findings.push(self.found(&SIGNATURE_WRONG, &[*certificate], what));
                continue;
            }
            let what = format!(
                "{name} was not signed by the key of {}.",
                self.label(*issuer)
            );
            findings.push(self.found(&SIGNATURE_WRONG, &[*certificate, *issuer], what));
        }
        for (index, one) in self.facts.iter().enumerate() {
            let issued = self.issued.get(index).copied().unwrap_or(0);
            if !one.is_ca && issued != 0 {
                let what = format!("{} is named as issuer by {issued} here.", one.label());
                findings.push(self.found(&NO_AUTHORITY, &[index], what));
            }
        }
    }

    /// Authorities that are not in date, where no other way up avoids them.
    fn authorities(&self, paths: &[ChainPath], findings: &mut Vec<PileFinding>) {
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut start = None;
        for path in paths {
            // The best way up stands first.
            if path.certificates.first() == start {
                continue;
            }
            start = path.certificates.first();
            for &index in path.certificates.iter().skip(1) {
                let Some(one) = self.facts.get(index) else {
                    continue;
                };
                let word = match one.standing(self.at) {
                    Some(Standing::Expired) => "ended",
                    Some(Standing::NotYetValid) => "has not begun; it ends",
                    _ => continue,
                };
                if seen.insert(index) {
                    let end = one.ends().map_or_else(String::new, |end| end.to_string());
                    let what = format!("{} {word} {end}.", one.label());
                    findings.push(self.found(&OUT_OF_DATE, &[index], what));
                }
            }
        }
    }

    fn orders(&self, served: &[ServedChain], findings: &mut Vec<PileFinding>) {
        for chain in served {
            if !chain.in_order {
                let what = format!("The right order is {}.", self.all_names(&chain.advised));
                let held = self.within(chain.input, &chain.held);
                findings.push(PileFinding {
                    places: held,
                    finding: ORDER.found(what, None),
                });
            }
            if !chain.unneeded.is_empty() {
                let what = format!(
                    "No way up from the leaf passes {}.",
                    self.names(&chain.unneeded)
                );
                findings.push(PileFinding {
                    places: self.within(chain.input, &chain.unneeded),
                    finding: UNNEEDED.found(what, None),
                });
            }
            if let Some(root) = chain.root {
                let what = format!("{} names itself as issuer.", self.label(root));
                findings.push(PileFinding {
                    places: self.within(chain.input, &[root]),
                    finding: ROOT_SENT.found(what, None),
                });
            }
        }
    }

    /// Copies within one input. Across inputs they are what makes a pile a pile.
    fn copies(&self, findings: &mut Vec<PileFinding>) {
        for one in &self.facts {
            let mut by_input: HashMap<usize, Vec<PilePlace>> = HashMap::new();
            if one.places.len() < 2 {
                continue;
            }
            for place in &one.places {
                by_input.entry(place.input).or_default().push(place.clone());
            }
            let mut copies: Vec<Vec<PilePlace>> =
                by_input.into_values().filter(|all| 1 < all.len()).collect();
            order::sort(&mut copies);
            for places in copies {
                let what = format!("{} lies there {} times.", one.label(), places.len());
                let finding = COPIES.found(what, None);
                findings.push(PileFinding { places, finding });
            }
        }
    }

    fn found(&self, rule: &Rule, certificates: &[usize], what: String) -> PileFinding {
        let places = certificates
            .iter()
            .filter_map(|index| self.facts.get(*index)?.places.first().cloned());
        PileFinding {
            places: places.collect(),
            finding: rule.found(what, None),
        }
    }

    /// Where these stand in one input.
    fn within(&self, input: usize, certificates: &[usize]) -> Vec<PilePlace> {
        let mut places: Vec<PilePlace> = certificates
            .iter()
            .filter_map(|index| self.facts.get(*index))
            .flat_map(|one| one.places.iter().filter(|place| place.input == input))
            .cloned()
            .collect();
        order::sort(&mut places);
        places.dedup();
        places
    }

    fn role(&self, index: usize) -> Option<ChainRole> {
        self.facts.get(index).map(super::Facts::role)
    }

    fn label(&self, index: usize) -> String {
        self.facts
            .get(index)
            .map(super::Facts::label)
            .unwrap_or_default()
    }

    fn all_names(&self, certificates: &[usize]) -> String {
        let names: Vec<String> = certificates.iter().map(|one| self.label(*one)).collect();
        names.join(", ")
    }

    /// `a, b, c and 7 more`.
    fn names(&self, certificates: &[usize]) -> String {
        let told = certificates.get(..MAX_TOLD).unwrap_or(certificates);
        let names = self.all_names(told);
        match certificates.len() - told.len() {
            0 => names,
            rest => format!("{names} and {rest} more"),
        }
    }
}
