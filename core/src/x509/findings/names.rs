//! Who the certificate is for, and who issued it.

use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::Facts;

pub(crate) const RULES: &[Rule] = &[NO_NAME, NO_ISSUER];

const NO_NAME: Rule = Rule {
    id: "no-name",
    severity: Severity::Warning,
    title: "The certificate names nobody",
    why: "Nothing says whose certificate it is.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.6",
};

const NO_ISSUER: Rule = Rule {
    id: "no-issuer",
    severity: Severity::Error,
    title: "The issuer is empty",
    why: "It must name who issued the certificate; Java refuses it.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.4",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let nameless = facts.alternative_names.as_ref().is_none_or(Vec::is_empty);
    if facts.subject.is_empty() && nameless {
        found.add(&NO_NAME, facts.spine.subject.range(), || {
            "The subject is empty and there are no alternative names.".to_owned()
        });
    }
    if facts.issuer.is_empty() {
        found.add(&NO_ISSUER, facts.spine.issuer.range(), || {
            "The issuer name holds no attribute.".to_owned()
        });
    }
}
