//! When the certificate is valid.

use crate::asn1::instant;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::Facts;

pub(crate) const RULES: &[Rule] = &[UNREADABLE, FORM, REVERSED];

const UNREADABLE: Rule = Rule {
    id: "time-unreadable",
    severity: Severity::Error,
    title: "A limit of the validity names no instant",
    why: "The certificate cannot be judged by its dates, and software refuses it.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.5",
};

const FORM: Rule = Rule {
    id: "time-form",
    severity: Severity::Warning,
    title: "A time is written in a form that is not allowed",
    why: "Strict software refuses it.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.5",
};

const REVERSED: Rule = Rule {
    id: "validity-reversed",
    severity: Severity::Error,
    title: "The validity ends before it begins",
    why: "There is no instant at which the certificate is valid.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.5",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    let fields = [
        ("notBefore", &spine.not_before),
        ("notAfter", &spine.not_after),
    ];
    let mut limits = [None, None];
    for ((field, element), limit) in fields.into_iter().zip(&mut limits) {
        let Some(instant) = instant(element) else {
            continue;
        };
        let text = &instant.text;
        match instant.time {
            Err(reason) => found.add(&UNREADABLE, element.range(), || {
                format!("{field} is {text:?}: {reason}.")
            }),
            Ok(time) => {
                *limit = Some(time);
                if !instant.canonical {
                    found.add(&FORM, element.range(), || {
                        format!(
                            "{field} is {text:?}; seconds and a Z are required, fractions are not \
                             allowed."
                        )
                    });
                }
            }
        }
    }
    if let [Some(not_before), Some(not_after)] = limits
        && not_after < not_before
    {
        found.add(
            &REVERSED,
            spine.not_before.start..spine.not_after.end(),
            || format!("It begins at {not_before} and ends at {not_after}."),
        );
    }
}
