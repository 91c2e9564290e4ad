//! When the certificate is valid.

use crate::asn1::{Tag, instant};
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::time::UnixTime;
use crate::x509::findings::facts::Facts;

pub(crate) const RULES: &[Rule] = &[UNREADABLE, FORM, TYPE, REVERSED, LONG];

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

const TYPE: Rule = Rule {
    id: "time-type",
    severity: Severity::Warning,
    title: "A time before 2050 is written as GeneralizedTime",
    why: "Up to 2049 it must be a UTCTime; strict software refuses any other.",
    fix: "Ask the issuer to update its software.",
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

const LONG: Rule = Rule {
    id: "validity-long",
    severity: Severity::Notice,
    title: "Valid for longer than clients accept",
    why: "Browsers refuse such a server certificate where they hold it to this limit.",
    fix: "Have it reissued for a shorter time, and renewed automatically.",
    citation: "CA/Browser Forum TLS BR, 6.3.2; Apple support article 103769",
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
            found.add(&UNREADABLE, element.range(), || {
                format!("{field} is {}, and no time.", element.tag)
            });
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
                if element.tag == Tag::GENERALIZED_TIME && (1950..2050).contains(&time.date().0) {
                    found.add(&facts.eased_for_roots(TYPE), element.range(), || {
                        format!("{field} is {text:?} of type GeneralizedTime.")
                    });
                }
            }
        }
    }
    let [Some(not_before), Some(not_after)] = limits else {
        return;
    };
    let whole = spine.not_before.start..spine.not_after.end();
    if not_after < not_before {
        found.add(&REVERSED, whole, || {
            format!("It begins at {not_before} and ends at {not_after}.")
        });
    } else if let Some((limit, whose)) = limit(facts, not_before) {
        // The last second is part of the period.
        let seconds = not_after.seconds() - not_before.seconds() + 1;
        if limit * DAY < seconds {
            found.add(&LONG, whole, || {
                let days = seconds / DAY;
                format!("It is valid for {days} days, {whose} at most {limit}.")
            });
        }
    }
}

/// The days that a server certificate of this shape and date may be valid, and who says so.
fn limit(facts: &Facts<'_>, not_before: UnixTime) -> Option<(i64, &'static str)> {
    if !facts.may_serve() {
        return None;
    }
    let (limits, whose) = if facts.is_public() {
        (PUBLIC_LIMITS, "public authorities may issue for")
    } else {
        (APPLE_LIMITS, "Apple's systems accept")
    };
    let reached = limits.iter().rev().find(|((year, month, day), _)| {
        UnixTime::from_civil((*year, *month, *day), (0, 0, 0)).is_ok_and(|from| from <= not_before)
    });
    reached.map(|(_, days)| (*days, whose))
}

/// Days of validity by the date from which the limit holds (TLS BR, 6.3.2).
const PUBLIC_LIMITS: &[((i64, u8, u8), i64)] = &[
    ((2018, 3, 1), 825),
    ((2020, 9, 1), 398),
    ((2026, 3, 15), 200),
    ((2027, 3, 15), 100),
    ((2029, 3, 15), 47),
];

/// Also of authorities that a user has added.
const APPLE_LIMITS: &[((i64, u8, u8), i64)] = &[((2019, 7, 1), 825)];

const DAY: i64 = 86_400;
