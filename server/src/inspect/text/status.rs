//! The answer: a word, and how long it holds.

use anstyle::Style;
use certlens_core::{
    Entry, Finding, Freshness, Lock, Object, RevocationList, Severity, Standing, UnixTime, words,
};

use super::{FAINT, GREEN, RED, YELLOW};

/// The first and the last column of an entry's line.
pub(crate) struct Status {
    pub(crate) style: Style,
    pub(crate) word: &'static str,
    pub(crate) rest: String,
}

impl Status {
    pub(crate) fn of(entry: &Entry, at: UnixTime) -> Self {
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
                _ if key
                    .seal
                    .as_ref()
                    .is_some_and(|seal| seal.unsupported.is_some()) =>
                {
                    (
                        YELLOW,
                        "Sealed",
                        "in a way that is not supported here".to_owned(),
                    )
                }
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

    pub(crate) fn of_validity(
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
pub(crate) fn worst(findings: &[Finding]) -> Option<(Style, String)> {
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

/// How long it is from one instant to a later one.
fn span(from: UnixTime, to: UnixTime) -> String {
    words::span(to.seconds().saturating_sub(from.seconds()))
}

#[cfg(test)]
mod tests {
    use certlens_core::Finding;
    use certlens_core::Severity::{self, Error, Notice, Warning};

    use super::worst;

    fn found(severity: Severity) -> Finding {
        Finding {
            whereabouts: None,
            severity,
            id: "".into(),
            title: "".into(),
            what: String::new(),
            why: "".into(),
            fix: "".into(),
            citation: "".into(),
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
}
