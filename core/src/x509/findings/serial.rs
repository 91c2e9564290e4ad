//! The serial number.

use crate::hex::hex;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::Facts;

pub(crate) const RULES: &[Rule] = &[NEGATIVE, ZERO, TOO_LONG, NOT_MINIMAL];

const NEGATIVE: Rule = Rule {
    id: "serial-negative",
    severity: Severity::Warning,
    title: "The serial number is negative",
    why: "It must be positive; some software shows it as a large number, some refuses it.",
    fix: "Ask the issuer for a certificate with a positive serial number.",
    citation: "RFC 5280, 4.1.2.2",
};

const ZERO: Rule = Rule {
    id: "serial-zero",
    severity: Severity::Warning,
    title: "The serial number is zero",
    why: "It must be positive; strict software refuses it, and an issuer can use it only once.",
    fix: "Have it reissued with a serial number from a random source.",
    citation: "RFC 5280, 4.1.2.2",
};

const TOO_LONG: Rule = Rule {
    id: "serial-too-long",
    severity: Severity::Warning,
    title: "The serial number is too long",
    why: "Software need not handle more than 20 octets.",
    fix: "Ask the issuer for a certificate with a shorter serial number.",
    citation: "RFC 5280, 4.1.2.2",
};

const NOT_MINIMAL: Rule = Rule {
    id: "serial-not-minimal",
    severity: Severity::Warning,
    title: "The serial number has more octets than it needs",
    why: "DER has one form for each number; strict software refuses any other.",
    fix: "Ask the issuer for another certificate.",
    citation: "X.690, 8.3.2",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let at = facts.spine.serial.range();
    let serial = facts.spine.serial.contents;
    let octets = || format!("The serial number's octets are {}.", hex(serial));
    if serial.first().is_some_and(|first| 0x80 <= *first) {
        found.add(&NEGATIVE, at.clone(), octets);
    }
    // A root is not looked up by its number; old ones carry a zero.
    if serial.iter().all(|octet| *octet == 0) {
        found.add(&facts.eased_for_roots(ZERO), at.clone(), octets);
    }
    if 20 < serial.len() {
        found.add(&TOO_LONG, at.clone(), || {
            format!(
                "The serial number has {} octets, at most 20 are allowed.",
                serial.len()
            )
        });
    }
    if matches!(serial, [0, second, ..] if *second < 0x80)
        || matches!(serial, [0xff, second, ..] if 0x80 <= *second)
    {
        found.add(&NOT_MINIMAL, at, octets);
    }
}
