//! The encoding of the certificate as a whole.

use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::Facts;

pub(crate) const RULES: &[Rule] = &[TRAILING_BYTES, UNKNOWN_FIELD];

const TRAILING_BYTES: Rule = Rule {
    id: "trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the certificate",
    why: "Strict software refuses such a file; lenient software ignores what it does not see.",
    fix: "Save the certificate again from its PEM.",
    citation: "X.690, 8.1",
};

const UNKNOWN_FIELD: Rule = Rule {
    id: "unknown-field",
    severity: Severity::Error,
    title: "A field that no version of X.509 has",
    why: "Software that follows the standard refuses the certificate.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    let surplus = facts.der.len().saturating_sub(spine.certificate.raw.len());
    if surplus != 0 {
        found.add(
            &TRAILING_BYTES,
            spine.certificate.end()..facts.der.len(),
            || format!("{surplus} more bytes stand after the end of the certificate."),
        );
    }
    if let Some(surplus) = &spine.surplus {
        found.add(&UNKNOWN_FIELD, surplus.range(), || {
            format!(
                "{} stands after the known fields of tbsCertificate.",
                surplus.tag
            )
        });
    }
}
