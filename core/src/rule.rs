//! What makes a finding: the part of it that is the same for every file.

use std::ops::Range;

use crate::origin::Origin;
use crate::report::{Finding, Severity, Span};

/// One thing that can be odd about an input. Rules stand as constants beside the code that looks for
/// them; what was found in this input, and where, is added by [`Rule::found`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A stable name: `serial-negative`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in at most sixty characters.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// Where that is written: `RFC 5280, 4.1.2.2`.
    pub citation: &'static str,
}

impl Rule {
    /// The same rule as a notice, for where nobody suffers from it.
    #[must_use]
    pub(crate) fn eased(self) -> Self {
        Self {
            severity: Severity::Notice,
            ..self
        }
    }

    /// The finding that says what this input does, with the actual values.
    pub(crate) fn found(&self, what: impl Into<String>, at: Option<Span>) -> Finding {
        Finding {
            id: self.id.into(),
            severity: self.severity,
            title: self.title.into(),
            what: what.into(),
            why: self.why.into(),
            fix: self.fix.into(),
            citation: self.citation.into(),
            at,
            whereabouts: None,
        }
    }
}

/// Every rule there is, in the order in which the code that looks for them stands below.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied().flatten()
}

/// One line for each file that has rules.
const ALL: &[&[Rule]] = &[
    crate::open::RULES,
    crate::chain::RULES,
    crate::pile::RULES,
    crate::container::oddity::RULES,
    crate::container::ARCHIVE_RULES,
    crate::container::DER_RULES,
    crate::container::findings::RULES,
    crate::container::bks::RULES,
    crate::container::cms::RULES,
    crate::schema::RULES,
    crate::x509::findings::encoding::RULES,
    crate::x509::findings::serial::RULES,
    crate::x509::findings::validity::RULES,
    crate::x509::findings::names::RULES,
    crate::x509::findings::hosts::RULES,
    crate::x509::findings::alternative_names::RULES,
    crate::x509::findings::extensions::RULES,
    crate::x509::extension::RULES,
    crate::x509::findings::policies::RULES,
    crate::x509::findings::constraints::RULES,
    crate::x509::findings::keys::RULES,
    crate::x509::PRIVATE_KEY_RULES,
    crate::ssh::RULES,
    crate::container::jwk::RULES,
    crate::x509::findings::signature::RULES,
    crate::x509::findings::usage::RULES,
    crate::x509::findings::request::RULES,
    crate::x509::findings::revocation_list::RULES,
    crate::x509::findings::attribute_certificate::RULES,
    crate::x509::findings::signer::RULES,
];

/// Where the rules that look at one object put what they find.
///
/// A list needs the worst severity alone: then nothing is written out, and the words are not made.
pub(crate) struct Findings<'a> {
    origin: &'a Origin,
    list: Option<Vec<Finding>>,
    worst: Option<Severity>,
    /// Where something was said, by what rule.
    told: Vec<(Range<usize>, &'static str, Severity)>,
}

/// Rules about how a whole part is built: what is wrong within it need not be told again.
const ABOUT_ALL: &[&str] = &[
    "attribute-certificate-malformed",
    "attribute-certificate-time",
    "boolean-encoding",
    "crl-entry-unreadable",
    "crl-unknown-field",
    "extension-malformed",
    "extension-trailing-bytes",
    "extension-empty",
    "extensions-empty",
    "general-name-empty",
    "general-name-unknown",
    "integer-not-minimal",
    "key-integer-not-minimal",
    "key-malformed",
    "key-parameters",
    "name-attribute-empty",
    "name-malformed",
    "name-part-empty",
    "request-attribute-unreadable",
    "request-attribute-values",
    "request-extensions-empty",
    "signature-malformed",
    "signature-parameters",
    "signature-unused-bits",
    "signer-attribute-unreadable",
    "unknown-field",
];

impl<'a> Findings<'a> {
    /// Collects everything.
    pub(crate) fn new(origin: &'a Origin) -> Self {
        Self {
            origin,
            list: Some(Vec::new()),
            worst: None,
            told: Vec::new(),
        }
    }

    /// Keeps the worst severity only.
    pub(crate) fn worst_only(origin: &'a Origin) -> Self {
        Self {
            origin,
            list: None,
            worst: None,
            told: Vec::new(),
        }
    }

    /// What this rule looks for is there, between these offsets of the object.
    pub(crate) fn add(&mut self, rule: &Rule, at: Range<usize>, what: impl FnOnce() -> String) {
        self.worst = Some(
            self.worst
                .map_or(rule.severity, |worst| worst.min(rule.severity)),
        );
        self.told.push((at.clone(), rule.id, rule.severity));
        if let Some(list) = &mut self.list {
            list.push(rule.found(what(), Some(self.origin.span(at.start, at.end))));
        }
    }

    /// Whether an error was told of what begins here, or how all around it is built.
    pub(crate) fn has_told(&self, at: &Range<usize>) -> bool {
        self.told.iter().any(|(told, rule, severity)| {
            told.start == at.start && *severity == Severity::Error
                || told.start <= at.start && at.end <= told.end && ABOUT_ALL.contains(rule)
        })
    }

    /// The worst severity so far.
    pub(crate) fn worst(&self) -> Option<Severity> {
        self.worst
    }

    /// Everything that was found, worst first.
    pub(crate) fn into_sorted(self) -> Vec<Finding> {
        let mut list = self.list.unwrap_or_default();
        crate::order::by_key(&mut list, |finding| finding.severity);
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_in_kebab_case() {
        let mut ids: Vec<&str> = rules().map(|rule| rule.id).collect();
        for id in &ids {
            let words = id.split('-').all(|word| {
                !word.is_empty()
                    && word
                        .bytes()
                        .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit())
            });
            assert!(words, "{id} is not kebab-case");
        }
        ids.sort_unstable();
        for pair in ids.windows(2) {
            assert_ne!(pair[0], pair[1], "two rules of one name");
        }
    }

    #[test]
    fn every_part_of_a_rule_says_something() {
        for rule in rules() {
            let Rule { id, title, .. } = rule;
            assert!(title.chars().count() <= 60, "{id}: the title is too long");
            assert!(!title.ends_with('.'), "{id}: a title is no sentence");
            for sentence in [rule.why, rule.fix] {
                assert!(
                    sentence.ends_with('.'),
                    "{id}: {sentence:?} has no full stop"
                );
                assert!(!sentence.contains("  "), "{id}: {sentence:?} has a gap");
            }
            assert!(
                rule.citation.contains(' '),
                "{id}: {} is no citation",
                rule.citation
            );
        }
    }
}
