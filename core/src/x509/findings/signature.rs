//! How the issuer signed.

use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::Facts;
use crate::x509::key::algorithm;

pub(crate) const RULES: &[Rule] = &[DIFFER, WEAK];

const DIFFER: Rule = Rule {
    id: "signature-algorithms-differ",
    severity: Severity::Error,
    title: "Two different signature algorithms are named",
    why: "They must be the same; otherwise the signature does not protect the algorithm itself.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.1.2",
};

const WEAK: Rule = Rule {
    id: "weak-signature",
    severity: Severity::Warning,
    title: "Signed with a broken digest",
    why: "Collisions can be made for this digest; current software refuses such signatures.",
    fix: "Have it reissued with SHA-256 or better.",
    citation: "RFC 6194; RFC 6151",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    if spine.inner_algorithm.raw != spine.signature_algorithm.raw {
        found.add(&DIFFER, spine.signature_algorithm.range(), || {
            "signatureAlgorithm and tbsCertificate.signature are not the same.".to_owned()
        });
    }
    // Nobody checks the signature of a root: it is trusted because it is there.
    if !spine.is_self_issued()
        && let Ok(algorithm) = algorithm(&spine.signature_algorithm)
        && ["MD2", "MD4", "MD5", "SHA-1"]
            .iter()
            .any(|digest| algorithm.name.ends_with(digest))
    {
        found.add(&WEAK, spine.signature_algorithm.range(), || {
            format!("The signature algorithm is {}.", algorithm.name)
        });
    }
}
