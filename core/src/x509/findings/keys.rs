//! The key that is certified. The tests take key bytes, so that they serve bare keys and requests too.

use crate::asn1::Element;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::Facts;
use crate::x509::key::public_key;

pub(crate) const RULES: &[Rule] = &[SHORT];

const SHORT: Rule = Rule {
    id: "weak-key",
    severity: Severity::Warning,
    title: "The key is too short",
    why: "Keys below 2048 bits are within reach of an attacker and refused by current software.",
    fix: "Make a new key: EC P-256, or RSA with 2048 bits or more.",
    citation: "NIST SP 800-131A Rev. 2, 3",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    of_key(&facts.spine.public_key, found);
}

/// What is odd about the key in this `SubjectPublicKeyInfo`.
pub(crate) fn of_key(info: &Element<'_>, found: &mut Findings<'_>) {
    let Ok(key) = public_key(info) else {
        return;
    };
    let counts = key.text.starts_with("RSA") || key.text.starts_with("DSA");
    if key.bits.is_some_and(|bits| bits < 2048) && counts {
        found.add(&SHORT, info.range(), || {
            format!("The public key is {}.", key.text)
        });
    }
}
