//! The status of a thing: a level, a word and a reason. Always all three.

use certlens_core::{Freshness, Row, RowKind, Standing, UnixTime};

use crate::format;
use crate::rows::{Level, ListRow};

/// The status of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// How much attention it asks for.
    pub level: Level,
    /// Name of the icon.
    pub icon: &'static str,
    /// The word: `In date`.
    pub word: &'static str,
    /// The reason: `61 of 90 days left`.
    pub reason: String,
}

impl Status {
    /// The status of a validity period. Says nothing of signatures, trust or revocation.
    pub fn of_validity(
        not_before: Option<UnixTime>,
        not_after: Option<UnixTime>,
        now: UnixTime,
    ) -> Self {
        let Some(end) = not_after else {
            return Self::unknown("No end", "the end of validity is not readable");
        };
        let standing = match not_before {
            Some(start) => Standing::of(start, end, now),
            None if end < now => Standing::Expired,
            None => return Self::without_start(end, now),
        };
        let left = end.seconds() - now.seconds();
        let begin = not_before.map_or(end.seconds(), UnixTime::seconds);
        let lasting = if end == UnixTime::NEVER {
            "no end date".to_owned()
        } else {
            format::left_of(left, end.seconds() - begin)
        };
        match standing {
            Standing::Expired => Self {
                level: Level::Now,
                icon: "i-now",
                word: "Expired",
                reason: format!("{} ago", format::span(-left)),
            },
            Standing::NotYetValid => Self {
                level: Level::Soon,
                icon: "i-soon",
                word: "Not yet valid",
                reason: format!("starts in {}", format::span(begin - now.seconds())),
            },
            Standing::Valid => Self {
                level: Level::Fine,
                icon: "i-fine",
                word: "In date",
                reason: lasting,
            },
            Standing::Soon => Self {
                level: Level::Soon,
                icon: "i-soon",
                word: "Soon",
                reason: lasting,
            },
            Standing::Now => Self {
                level: Level::Now,
                icon: "i-now",
                word: "Now",
                reason: lasting,
            },
        }
    }

    /// The same, of a certificate that a revocation list in the same file names.
    #[must_use]
    pub fn revoked(self) -> Self {
        Self {
            level: Level::Now,
            icon: "i-broken",
            word: "Revoked by a list here",
            ..self
        }
    }

    /// The status of a row, whatever it is.
    pub fn of_row(row: &ListRow, now: UnixTime) -> Self {
        let note = || row.row.note.clone().unwrap_or_default();
        match row.row.kind {
            // An SSH certificate may be for ever.
            RowKind::SshCertificate if row.row.not_after.is_none() => {
                Self::unknown("SSH certificate", "it has no end")
            }
            RowKind::Certificate if row.row.revoked => {
                Self::of_validity(row.row.not_before, row.row.not_after, now).revoked()
            }
            RowKind::Certificate | RowKind::AttributeCertificate | RowKind::SshCertificate => {
                Self::of_validity(row.row.not_before, row.row.not_after, now)
            }
            RowKind::RevocationList => {
                Self::of_list(row.row.not_before, row.row.not_after, &note(), now)
            }
            RowKind::Request => Self::unknown("Request", &row.row.key),
            RowKind::Signer => Self::unknown("Signer", &note()),
            RowKind::Unreadable => Self {
                level: Level::Now,
                icon: "i-broken",
                word: "Not readable",
                reason: note(),
            },
            RowKind::PrivateKey => Self::unknown("Private key", &row.row.key),
            RowKind::PublicKey => Self::unknown("Public key", &row.row.key),
            RowKind::Other => Self::unknown("Not taken apart", &note()),
        }
    }

    /// The status of a revocation list: whether there should be a newer one.
    pub fn of_list(
        this_update: Option<UnixTime>,
        next_update: Option<UnixTime>,
        held: &str,
        now: UnixTime,
    ) -> Self {
        let (Some(made), Some(next)) = (this_update, next_update) else {
            return Self::unknown("List", held);
        };
        match Freshness::of(made, next, now) {
            Freshness::NotYet => Self {
                level: Level::Soon,
                icon: "i-soon",
                word: "Not yet",
                reason: format!("starts in {}", format::span(made.seconds() - now.seconds())),
            },
            Freshness::Current => Self {
                level: Level::Fine,
                icon: "i-fine",
                word: "Current",
                reason: format!(
                    "next one in {}, {held}",
                    format::span(next.seconds() - now.seconds())
                ),
            },
            Freshness::Overdue => Self {
                level: Level::Now,
                icon: "i-now",
                word: "Overdue",
                reason: format!(
                    "next one was due {} ago",
                    format::span(now.seconds() - next.seconds())
                ),
            },
        }
    }

    /// Nothing was checked.
    pub fn unknown(word: &'static str, reason: &str) -> Self {
        Self {
            level: Level::Unknown,
            icon: "i-unknown",
            word,
            reason: reason.to_owned(),
        }
    }

    /// Only the end is known, as some backends tell it. Shares of a lifetime cannot be judged.
    fn without_start(end: UnixTime, now: UnixTime) -> Self {
        let level = level_of_end(end, now);
        let (icon, word) = match level {
            Level::Now => ("i-now", "Now"),
            Level::Soon => ("i-soon", "Soon"),
            Level::Fine | Level::Unknown => ("i-fine", "In date"),
        };
        let reason = format!("{} left", format::span(end.seconds() - now.seconds()));
        Self {
            level,
            icon,
            word,
            reason,
        }
    }
}

impl Level {
    /// The class that colours it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Now => "st-now",
            Self::Soon => "st-soon",
            Self::Fine => "st-fine",
            Self::Unknown => "st-unknown",
        }
    }

    /// Name of its icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Now => "i-now",
            Self::Soon => "i-soon",
            Self::Fine => "i-fine",
            Self::Unknown => "i-unknown",
        }
    }
}

/// What a row is, in a word or two.
pub(crate) fn kind(row: &Row) -> &'static str {
    match row.kind {
        RowKind::Certificate if row.ca && row.self_issued => "root",
        RowKind::Certificate if row.ca => "CA",
        RowKind::Certificate => "leaf",
        RowKind::PrivateKey => "private key",
        RowKind::PublicKey => "public key",
        RowKind::SshCertificate => "SSH",
        RowKind::Request => "request",
        RowKind::RevocationList => "revocation list",
        RowKind::AttributeCertificate => "attribute certificate",
        RowKind::Signer => "signer",
        RowKind::Other => "other",
        RowKind::Unreadable => "",
    }
}

/// The level of something of which only the end is known: by days, 7 and 30.
pub(crate) fn level_of_end(end: UnixTime, now: UnixTime) -> Level {
    match (end.seconds() - now.seconds()) / 86_400 {
        ..=6 => Level::Now,
        7..=29 => Level::Soon,
        _ => Level::Fine,
    }
}

/// Share of a lifetime that is gone, in percent.
pub fn elapsed(not_before: UnixTime, not_after: UnixTime, now: UnixTime) -> u8 {
    let total = i128::from(not_after.seconds()) - i128::from(not_before.seconds());
    let gone = i128::from(now.seconds()) - i128::from(not_before.seconds());
    if total <= 0 {
        return if gone < 0 { 0 } else { 100 };
    }
    u8::try_from((gone * 100 / total).clamp(0, 100)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn at(day: i64) -> UnixTime {
        UnixTime::from_seconds(day * DAY)
    }

    fn told(now: i64) -> String {
        let status = Status::of_validity(Some(at(0)), Some(at(90)), at(now));
        format!("{} {}", status.word, status.reason)
    }

    #[test]
    fn a_status_has_a_word_and_a_reason() {
        assert_eq!(told(29), "In date 61 of 90 days left");
        assert_eq!(told(66), "Soon 24 of 90 days left");
        assert_eq!(told(84), "Now 6 of 90 days left");
        assert_eq!(told(102), "Expired 12 days ago");
        assert_eq!(told(-5), "Not yet valid starts in 5 days");
    }

    #[test]
    fn a_revoked_certificate_is_not_called_in_date() {
        let mut row = ListRow::default();
        row.row.not_before = Some(at(0));
        row.row.not_after = Some(at(90));
        row.row.revoked = true;
        let status = Status::of_row(&row, at(29));
        assert_eq!(
            (status.word, status.level),
            ("Revoked by a list here", Level::Now)
        );
        assert_eq!(crate::rows::level(&row.row, at(29)), Level::Now);
    }

    #[test]
    fn a_certificate_without_end_date_stays_in_date() {
        let status = Status::of_validity(Some(at(0)), Some(UnixTime::NEVER), at(20_000));
        assert_eq!(
            (status.word, status.reason.as_str()),
            ("In date", "no end date")
        );
    }

    #[test]
    fn an_end_without_a_start_is_judged_by_days() {
        let word = |day| Status::of_validity(None, Some(at(day)), at(0)).word;
        assert_eq!(
            [word(3), word(20), word(200), word(-1)],
            ["Now", "Soon", "In date", "Expired"]
        );
    }

    #[test]
    fn elapsed_stays_between_none_and_all() {
        assert_eq!(elapsed(at(0), at(90), at(29)), 32);
        assert_eq!(elapsed(at(0), at(90), at(900)), 100);
        assert_eq!(elapsed(at(0), at(90), at(-3)), 0);
        assert_eq!(elapsed(at(5), at(5), at(5)), 100);
    }
}
