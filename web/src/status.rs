//! The status of a thing: a level, a word and a reason. Always all three.

use std::borrow::Cow;

use certlens_core::{Finding, Freshness, Row, RowKind, Severity, Standing, UnixTime};

use crate::expiry;
use crate::rows::{Level, ListRow};
use crate::words::{self, RulePart};

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
            return Self::unknown(
                words::no_end(),
                words::the_end_of_validity_is_not_readable(),
            );
        };
        let standing = match not_before {
            Some(start) => expiry::chosen().standing(start, end, now),
            None if end < now => Standing::Expired,
            None => return Self::without_start(end, now),
        };
        let left = end.seconds() - now.seconds();
        let begin = not_before.map_or(end.seconds(), UnixTime::seconds);
        let lasting = if end == UnixTime::NEVER {
            words::no_end_date().to_owned()
        } else {
            words::left_of(left, end.seconds() - begin)
        };
        match standing {
            Standing::Expired => Self {
                level: Level::Now,
                icon: "i-now",
                word: words::expired(),
                reason: words::ago_of(-left),
            },
            Standing::NotYetValid => Self {
                level: Level::Soon,
                icon: "i-soon",
                word: words::not_yet_valid(),
                reason: words::starts_in(&words::span_after(begin - now.seconds())),
            },
            Standing::Valid => Self {
                level: Level::Fine,
                icon: "i-fine",
                word: words::in_date(),
                reason: lasting,
            },
            Standing::Soon => Self {
                level: Level::Soon,
                icon: "i-soon",
                word: words::soon(),
                reason: lasting,
            },
            Standing::Now => Self {
                level: Level::Now,
                icon: "i-now",
                word: words::status_now(),
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
            word: words::revoked_by_a_list_here(),
            ..self
        }
    }

    /// The same of something in which that was found wrong, where it asks for more attention.
    #[must_use]
    pub fn beside(self, worst: Option<Severity>) -> Self {
        let (level, icon, word) = match worst {
            Some(Severity::Error) => (Level::Now, "i-broken", words::problem_found()),
            Some(Severity::Warning) => (Level::Soon, "i-now", words::warning_found()),
            Some(Severity::Notice) | None => return self,
        };
        if self.level <= level {
            return self;
        }
        Self {
            level,
            icon,
            word,
            ..self
        }
    }

    /// The same of something that is known not to fit what lies beside it: that is the reason then.
    #[must_use]
    fn at_fault(self, fault: Option<&Finding>) -> Self {
        let Some(fault) = fault else {
            return self;
        };
        let level = self.level;
        let judged = self.beside(Some(fault.severity));
        if judged.level == level {
            return judged;
        }
        let title = words::of_rule(&fault.id, RulePart::Title);
        Self {
            reason: title.unwrap_or(&fault.title).to_owned(),
            ..judged
        }
    }

    /// The status of a line, as [`Self::of`] has it.
    pub fn of_row(line: &ListRow, now: UnixTime) -> Self {
        Self::of(&line.row, line.worst, now)
    }

    /// The status of a row, whatever it is: what is known not to fit beside it, and the worst that was found of
    /// it alone, are told as its headline tells them.
    pub fn of(row: &Row, worst: Option<Severity>, now: UnixTime) -> Self {
        let judged = Self::of_row_alone(row, now).at_fault(row.fault.as_deref());
        judged.beside(worst)
    }

    fn of_row_alone(row: &Row, now: UnixTime) -> Self {
        let note = || row.note.clone().unwrap_or_default();
        match row.kind {
            // An SSH certificate may be for ever.
            RowKind::SshCertificate if row.not_after.is_none() => {
                Self::unknown(words::ssh_certificate(), words::it_has_no_end())
            }
            RowKind::Certificate if row.revoked => {
                Self::of_validity(row.not_before, row.not_after, now).revoked()
            }
            RowKind::Certificate | RowKind::AttributeCertificate | RowKind::SshCertificate => {
                Self::of_validity(row.not_before, row.not_after, now)
            }
            RowKind::RevocationList => {
                Self::of_list(row.not_before, row.not_after, &held(&note()), now)
            }
            RowKind::Request => Self::unknown(words::request(), &row.key),
            RowKind::Signer => Self::unknown(words::signer(), &note()),
            RowKind::Unreadable => Self {
                level: Level::Now,
                icon: "i-broken",
                word: words::not_readable(),
                reason: words::told(&note()).unwrap_or_else(note),
            },
            RowKind::PrivateKey => Self::unknown(words::private_key(), &row.key),
            RowKind::PublicKey => Self::unknown(words::public_key(), &row.key),
            RowKind::Other => {
                let note = words::told(&note()).unwrap_or_else(note);
                Self::unknown(words::not_taken_apart(), &note)
            }
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
            return Self::unknown(words::list(), held);
        };
        match Freshness::of(made, next, now) {
            Freshness::NotYet => Self {
                level: Level::Soon,
                icon: "i-soon",
                word: words::not_yet(),
                reason: words::starts_in(&words::span_after(made.seconds() - now.seconds())),
            },
            Freshness::Current => Self {
                level: Level::Fine,
                icon: "i-fine",
                word: words::current(),
                reason: words::next_one_in(
                    &words::span_after(next.seconds() - now.seconds()),
                    &held,
                ),
            },
            Freshness::Overdue => Self {
                level: Level::Now,
                icon: "i-now",
                word: words::overdue(),
                reason: words::next_one_was_due(&words::span_after(now.seconds() - next.seconds())),
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
            Level::Now => ("i-now", words::status_now()),
            Level::Soon => ("i-soon", words::soon()),
            Level::Fine | Level::Unknown => ("i-fine", words::in_date()),
        };
        let reason = words::time_left(&words::span(end.seconds() - now.seconds()));
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
        RowKind::Certificate if row.ca && row.self_issued => words::kind_root(),
        RowKind::Certificate if row.ca => words::status_ca(),
        RowKind::Certificate => words::kind_leaf(),
        RowKind::PrivateKey => words::kind_private_key(),
        RowKind::PublicKey => words::kind_public_key(),
        RowKind::SshCertificate => "SSH",
        RowKind::Request => words::status_request(),
        RowKind::RevocationList => words::kind_revocation_list(),
        RowKind::AttributeCertificate => words::kind_attribute_certificate(),
        RowKind::Signer => words::status_signer(),
        RowKind::Other => words::status_other(),
        RowKind::Unreadable => "",
    }
}

/// What a row is called: by its own name, else by what it is, in the language that is spoken.
pub(crate) fn name(kind: RowKind, name: &str) -> Cow<'_, str> {
    if name == kind.nameless() {
        return Cow::Borrowed(match kind {
            RowKind::PrivateKey => words::private_key(),
            RowKind::PublicKey => words::public_key(),
            RowKind::SshCertificate => words::ssh_certificate(),
            RowKind::AttributeCertificate => words::attribute_certificate(),
            RowKind::Signer => words::signer(),
            _ => words::no_name(),
        });
    }
    let told = match kind {
        RowKind::Unreadable => {
            let number = name.strip_prefix("Entry ");
            number.map(|number| words::entry_number(&number))
        }
        RowKind::AttributeCertificate => {
            let holder = name.strip_prefix("Certificate ");
            let holder = holder.and_then(|holder| holder.split_once(" of "));
            holder.map(|(serial, issuer)| words::certificate_of(&serial, &issuer))
        }
        RowKind::Other => words::told(name),
        _ => None,
    };
    told.map_or(Cow::Borrowed(name), Cow::Owned)
}

/// `2 revoked`, what a revocation list holds.
fn held(note: &str) -> String {
    let count = note.strip_suffix(" revoked");
    let count = count.and_then(|count| count.parse().ok());
    count.map_or_else(
        || note.to_owned(),
        |count| words::held_revoked(&words::number(count)),
    )
}

/// What of a file waits for a password, in the language that is spoken: `PKCS#12 keystore`.
pub(crate) fn waiting(what: &str) -> String {
    if what == ENCRYPTED_KEY {
        return words::encrypted_key().to_owned();
    }
    let archive = what.strip_suffix(" archive");
    if let Some(format) = archive.and_then(|rest| rest.strip_prefix("Sealed ")) {
        return words::sealed_archive(&format);
    }
    if let Some(format) = archive.and_then(|rest| rest.strip_prefix("Keystore in a ")) {
        return words::keystore_in_archive(&format);
    }
    if let Some(members) = what.strip_prefix("Keystore ") {
        return words::keystores_at(&members);
    }
    match what.strip_suffix(" keystore") {
        Some(format) => words::keystore_of(&format),
        None => what.to_owned(),
    }
}

/// What of a file waits that is no keystore.
pub(crate) const ENCRYPTED_KEY: &str = "Encrypted key";

/// The level of something of which only the end is known: by days, 30 and 7 where none were chosen.
pub(crate) fn level_of_end(end: UnixTime, now: UnixTime) -> Level {
    let (soon, urgent) = expiry::chosen().days().unwrap_or((30, 7));
    match (end.seconds() - now.seconds()) / 86_400 {
        left if left < urgent => Level::Now,
        left if left < soon => Level::Soon,
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
pub(crate) mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn at(day: i64) -> UnixTime {
        UnixTime::from_seconds(day * DAY)
    }

    pub(crate) fn fault(severity: Severity, title: &'static str) -> Finding {
        Finding {
            id: "".into(),
            severity,
            title: title.into(),
            what: String::new(),
            why: "".into(),
            fix: "".into(),
            citation: "".into(),
            at: None,
            whereabouts: None,
        }
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
        assert_eq!(crate::rows::level(&row.row, row.worst, at(29)), Level::Now);
    }

    #[test]
    fn what_is_known_to_be_wrong_is_said_in_the_row_and_counted() {
        let told = |kind, day, fault| {
            let row = ListRow {
                row: Row {
                    kind,
                    not_before: Some(at(0)),
                    not_after: Some(at(90)),
                    fault: Some(Box::new(fault)),
                    ..Row::default()
                },
                ..ListRow::default()
            };
            let status = Status::of_row(&row, at(day));
            assert_eq!(
                crate::rows::level(&row.row, row.worst, at(day)),
                status.level
            );
            (status.level, status.word, status.reason)
        };
        let wrong = || fault(Severity::Error, "Somebody else signed it");
        let odd = || fault(Severity::Warning, "Its issuer is not here");
        let (level, word, reason) = told(RowKind::Certificate, 29, wrong());
        assert_eq!((level, word), (Level::Now, "Problem found"));
        assert_eq!(reason, "Somebody else signed it");
        let (level, word, reason) = told(RowKind::Certificate, 29, odd());
        assert_eq!((level, word), (Level::Soon, "Warning"));
        assert_eq!(reason, "Its issuer is not here");
        let (_, word, _) = told(RowKind::Certificate, 102, wrong());
        assert_eq!(word, "Expired", "which is as bad");
        for kind in [
            RowKind::PrivateKey,
            RowKind::Request,
            RowKind::RevocationList,
        ] {
            assert_eq!(told(kind, 29, wrong()).1, "Problem found");
        }
    }

    #[test]
    fn what_has_a_problem_is_not_called_fine() {
        let fine = Status::of_validity(Some(at(0)), Some(at(90)), at(29));
        let told = |worst| {
            let status = fine.clone().beside(worst);
            (status.level, status.reason)
        };
        let reason = "61 of 90 days left".to_owned();
        assert_eq!(told(Some(Severity::Error)), (Level::Now, reason.clone()));
        assert_eq!(told(Some(Severity::Warning)), (Level::Soon, reason.clone()));
        assert_eq!(told(Some(Severity::Notice)), (Level::Fine, reason));
        let expired = Status::of_validity(Some(at(0)), Some(at(90)), at(102));
        assert_eq!(expired.clone().beside(Some(Severity::Warning)), expired);
    }

    #[test]
    fn a_row_says_what_the_headline_of_its_entry_says() {
        let told = |not_after, worst| {
            let mut line = ListRow {
                worst,
                ..ListRow::default()
            };
            line.row.not_before = Some(at(0));
            line.row.not_after = Some(at(not_after));
            let status = Status::of_row(&line, at(29));
            assert_eq!(
                crate::rows::level(&line.row, worst, at(29)),
                status.level,
                "as it is counted"
            );
            let headline = Status::of_validity(Some(at(0)), Some(at(not_after)), at(29));
            assert_eq!(status, headline.beside(worst));
            (status.level, status.word)
        };
        let warning = Some(Severity::Warning);
        assert_eq!(told(90, warning), (Level::Soon, "Warning"));
        let error = Some(Severity::Error);
        assert_eq!(told(90, error), (Level::Now, "Problem found"));
        assert_eq!(told(90, Some(Severity::Notice)), (Level::Fine, "In date"));
        assert_eq!(told(20, warning), (Level::Now, "Expired"));
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
