//! The answer: a word, and how long it holds.

use anstyle::Style;
use certlens_core::{
    Entry, Finding, Freshness, Lock, Object, RevocationList, Severity, Standing, UnixTime,
};

use super::{FAINT, GREEN, RED, YELLOW};

/// The first and the last column of an entry's line.
pub(super) struct Status {
    pub(super) style: Style,
    pub(super) word: &'static str,
    pub(super) rest: String,
}

impl Status {
    pub(super) fn of(entry: &Entry, at: UnixTime) -> Self {
        let (style, word, rest) = match &entry.object {
            Object::Certificate(one) if entry.is_revoked() => {
                let period = Self::of_validity(one.standing, one.not_before, one.not_after, at);
                (RED, "Revoked", format!("by a list here, {}", period.rest))
            }
            Object::Certificate(one) => {
                return Self::of_validity(one.standing, one.not_before, one.not_after, at);
            }
            Object::AttributeCertificate(one) => {
                return Self::of_validity(one.standing, one.not_before, one.not_after, at);
            }
            Object::RevocationList(list) => return Self::of_list(list, at),
            Object::CertificationRequest(request) => {
                (Style::new(), "Request", request.public_key.text.clone())
            }
            Object::Signer(signer) => {
                let certificate = signer.certificate.as_deref();
                let whose = certificate.unwrap_or("its certificate is not here");
                (Style::new(), "Signer", whose.to_owned())
            }
            Object::PrivateKey(key) => match key.lock {
                Lock::Open => (Style::new(), "Key", String::new()),
                Lock::Locked => (FAINT, "Sealed", "needs a password".to_owned()),
                Lock::WrongPassword => {
                    (YELLOW, "Sealed", "the password does not open it".to_owned())
                }
            },
            Object::PublicKey(key) => (Style::new(), "Key", key.public_key.text.clone()),
            Object::SshCertificate(certificate) => {
                return Self::of_validity(
                    certificate.standing,
                    Some(certificate.not_before.unwrap_or(UnixTime::from_seconds(0))),
                    Some(certificate.not_after.unwrap_or(UnixTime::NEVER)),
                    at,
                );
            }
            Object::Other(other) => (
                FAINT,
                "Not judged",
                other.facts.first().cloned().unwrap_or_default(),
            ),
            Object::Unreadable(problem) => (RED, "Not read", problem.message.clone()),
            _ => (FAINT, "Not judged", String::new()),
        };
        Self { style, word, rest }
    }

    /// Whether there should be a newer list, and how many certificates this one revokes.
    fn of_list(list: &RevocationList, at: UnixTime) -> Self {
        let (style, word, rest) = match (list.freshness, list.this_update, list.next_update) {
            (Some(Freshness::Current), _, Some(next)) => {
                (GREEN, "Current", format!("{} left", span(at, next)))
            }
            (Some(Freshness::Overdue), _, Some(next)) => {
                (RED, "Overdue", format!("{} ago", span(next, at)))
            }
            (Some(Freshness::NotYet), Some(made), _) => (
                YELLOW,
                "Not yet valid",
                format!("valid in {}", span(at, made)),
            ),
            _ => (FAINT, "Not judged", "no end is readable".to_owned()),
        };
        Self {
            style,
            word,
            rest: format!("{rest}, {} revoked", list.count),
        }
    }

    fn of_validity(
        standing: Option<Standing>,
        not_before: Option<UnixTime>,
        not_after: Option<UnixTime>,
        at: UnixTime,
    ) -> Self {
        let (style, word) = match standing {
            Some(Standing::Valid) => (GREEN, "In date"),
            Some(Standing::Soon) => (YELLOW, "Renew soon"),
            Some(Standing::Now) => (RED, "Renew now"),
            Some(Standing::Expired) => (RED, "Expired"),
            Some(Standing::NotYetValid) => (YELLOW, "Not yet valid"),
            None => (FAINT, "Not judged"),
        };
        let rest = match (standing, not_before, not_after) {
            (Some(Standing::NotYetValid), Some(begin), _) => {
                format!("valid in {}", span(at, begin))
            }
            (Some(Standing::Expired), _, Some(end)) => format!("{} ago", span(end, at)),
            (Some(_), _, Some(UnixTime::NEVER)) => "no end".to_owned(),
            (Some(_), _, Some(end)) => format!("{} left", span(at, end)),
            _ => "validity is not readable".to_owned(),
        };
        Self { style, word, rest }
    }
}

/// How many of the worst findings there are, if they are more than notices: `1 error`.
pub(super) fn worst(findings: &[Finding]) -> Option<(Style, String)> {
    let worst = findings.iter().map(|one| one.severity).min()?;
    let (style, word) = match worst {
        Severity::Error => (RED, "error"),
        Severity::Warning => (YELLOW, "warning"),
        Severity::Notice => return None,
    };
    let count = findings.iter().filter(|one| one.severity == worst).count();
    let plural = if count == 1 { "" } else { "s" };
    Some((style, format!("{count} {word}{plural}")))
}

/// How long it is from one instant to a later one, in the unit that people count it in.
pub(super) fn span(from: UnixTime, to: UnixTime) -> String {
    const HOUR: i64 = 3600;
    const DAY: i64 = 24 * HOUR;
    const YEAR: i64 = 31_556_952;
    let seconds = to.seconds().saturating_sub(from.seconds());
    let (count, unit) = match seconds {
        ..HOUR => return "less than an hour".to_owned(),
        HOUR..DAY => (seconds / HOUR, "hour"),
        _ if seconds < 2 * YEAR => (seconds / DAY, "day"),
        _ => return format!("{}.{} years", seconds / YEAR, seconds % YEAR * 10 / YEAR),
    };
    if count == 1 {
        format!("1 {unit}")
    } else {
        format!("{count} {unit}s")
    }
}

#[cfg(test)]
mod tests {
    use certlens_core::Finding;
    use certlens_core::Severity::{self, Error, Notice, Warning};

    use super::{UnixTime, span, worst};

    fn found(severity: Severity) -> Finding {
        Finding {
            severity,
            id: String::new(),
            title: String::new(),
            what: String::new(),
            why: String::new(),
            fix: String::new(),
            citation: String::new(),
            at: None,
        }
    }

    #[test]
    fn the_worst_findings_are_counted_and_notices_are_not_told() {
        let told = |all: &[Severity]| {
            let findings: Vec<Finding> = all.iter().copied().map(found).collect();
            worst(&findings).map(|(_, count)| count)
        };
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[Notice, Notice]), None);
        assert_eq!(
            told(&[Notice, Warning, Warning]).as_deref(),
            Some("2 warnings")
        );
        assert_eq!(told(&[Warning, Error]).as_deref(), Some("1 error"));
    }

    #[test]
    fn spans_are_counted_as_people_do() {
        let after = |seconds| span(UnixTime::from_seconds(0), UnixTime::from_seconds(seconds));
        assert_eq!(after(0), "less than an hour");
        assert_eq!(after(7_300), "2 hours");
        assert_eq!(after(86_400), "1 day");
        assert_eq!(after(400 * 86_400), "400 days");
        assert_eq!(after(31_556_952 * 9 + 31_556_952 / 2), "9.5 years");
    }
}
