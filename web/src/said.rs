//! What rows say of themselves in the page's own words, as a set: cheap to find out of a hundred thousand rows, which
//! are filtered and searched by it, whatever language the page speaks.

use borsh::{BorshDeserialize, BorshSerialize};
use certlens_core::{Freshness, Row, RowKind, Severity, Standing, UnixTime};

use crate::expiry;
use crate::rows::{Level, LockLine};
use crate::status;
use crate::words;

/// A set of words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Said(u32);

/// The words there are, each with the texts that say it: what stands in a row, and on a chip.
const TEXTS: &[(Said, &[words::Text])] = &[
    (Said::EXPIRED, &[words::expired]),
    (Said::OVERDUE, &[words::overdue]),
    (Said::NOW, &[words::status_now]),
    (Said::SOON, &[words::soon]),
    (Said::NOT_YET_VALID, &[words::not_yet_valid]),
    (Said::NOT_YET, &[words::not_yet]),
    (Said::IN_DATE, &[words::in_date]),
    (Said::CURRENT, &[words::current]),
    (Said::NO_END, &[words::no_end]),
    (Said::REVOKED, &[words::revoked_by_a_list_here]),
    (Said::PROBLEM, &[words::problem_found]),
    (Said::WARNING, &[words::warning_found]),
    (Said::NOT_READABLE, &[words::not_readable, words::entry]),
    (Said::LOCKED, &[words::locked]),
    (Said::SEALED, &[words::sealed_key, words::encrypted_key]),
    (Said::KEYSTORE, &[words::the_keystore, words::the_archive]),
    (Said::ROOT, &[words::kind_root]),
    (Said::AUTHORITY, &[words::status_ca]),
    (Said::LEAF, &[words::kind_leaf]),
    (
        Said::PRIVATE_KEY,
        &[words::kind_private_key, words::private_key],
    ),
    (
        Said::PUBLIC_KEY,
        &[words::kind_public_key, words::public_key],
    ),
    (Said::SSH, &[words::ssh_certificate]),
    (Said::REQUEST, &[words::status_request, words::request]),
    (
        Said::LIST,
        &[words::kind_revocation_list, words::list, words::revoked],
    ),
    (
        Said::ATTRIBUTES,
        &[
            words::kind_attribute_certificate,
            words::attribute_certificate,
        ],
    ),
    (Said::SIGNER, &[words::status_signer, words::signer]),
    (Said::OTHER, &[words::status_other, words::not_taken_apart]),
    (Said::NAMELESS, &[words::no_name]),
];

impl Said {
    /// No word.
    pub const NOTHING: Self = Self(0);
    const EXPIRED: Self = Self(1);
    const OVERDUE: Self = Self(1 << 1);
    const NOW: Self = Self(1 << 2);
    const SOON: Self = Self(1 << 3);
    const NOT_YET_VALID: Self = Self(1 << 4);
    const NOT_YET: Self = Self(1 << 5);
    const IN_DATE: Self = Self(1 << 6);
    const CURRENT: Self = Self(1 << 7);
    const NO_END: Self = Self(1 << 8);
    const REVOKED: Self = Self(1 << 9);
    const PROBLEM: Self = Self(1 << 10);
    const WARNING: Self = Self(1 << 11);
    const NOT_READABLE: Self = Self(1 << 12);
    /// It waits for a password. No row says so, but the prompt among them.
    pub const LOCKED: Self = Self(1 << 13);
    const SEALED: Self = Self(1 << 14);
    const ROOT: Self = Self(1 << 15);
    const AUTHORITY: Self = Self(1 << 16);
    const LEAF: Self = Self(1 << 17);
    const PRIVATE_KEY: Self = Self(1 << 18);
    const PUBLIC_KEY: Self = Self(1 << 19);
    const SSH: Self = Self(1 << 20);
    const REQUEST: Self = Self(1 << 21);
    const LIST: Self = Self(1 << 22);
    const ATTRIBUTES: Self = Self(1 << 23);
    const SIGNER: Self = Self(1 << 24);
    const OTHER: Self = Self(1 << 25);
    /// There is nothing to judge it by. No text says that: the kind stands in its place.
    const UNJUDGED: Self = Self(1 << 26);

    /// It waits for a password, and is no key: a keystore, or an archive.
    const KEYSTORE: Self = Self(1 << 27);
    const NAMELESS: Self = Self(1 << 28);

    /// What is said of something that nothing is wrong with, as far as its row tells.
    const NO_FAULT: Self = Self::IN_DATE
        .and(Self::CURRENT)
        .and(Self::NO_END)
        .and(Self::UNJUDGED);

    /// Both sets in one.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set without the words of another.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is no word in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether both share a word.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set with all words of another, or without them where it has all of them.
    #[must_use]
    pub const fn turned(self, other: Self) -> Self {
        if self.0 & other.0 == other.0 {
            self.without(other)
        } else {
            self.and(other)
        }
    }

    /// The words whose text has this in it, in the language that is spoken.
    pub fn containing(part: &str) -> Self {
        let part = part.to_lowercase();
        let has = |text: &words::Text| text().to_lowercase().contains(&part);
        let found = TEXTS.iter().filter(|(_, texts)| texts.iter().any(has));
        found.fold(Self::NOTHING, |all, (one, _)| all.and(*one))
    }

    /// What a row says at an instant, beside the worst that was found of it alone.
    pub fn of_row(row: &Row, worst: Option<Severity>, now: UnixTime) -> Self {
        let fault = row.fault.as_ref().map(|fault| fault.severity);
        let found = [fault, worst]
            .into_iter()
            .fold(Self::NOTHING, |all, one| all.and(Self::of_finding(one)));
        let by_time = Self::by_time(row, now);
        let by_time = if row.revoked {
            by_time.and(Self::REVOKED)
        } else {
            by_time
        };
        let hides = row.revoked || !found.is_empty();
        let standing = if hides {
            by_time.without(Self::NO_FAULT)
        } else {
            by_time
        };
        standing
            .and(found)
            .and(Self::kind(row))
            .and(Self::name(row))
    }

    /// What the prompt of a file says.
    pub fn of_lock(lock: &LockLine) -> Self {
        let what = match &*lock.what {
            status::ENCRYPTED_KEY => Self::SEALED,
            archive if archive.starts_with("Sealed ") => Self::KEYSTORE.and(Self::SEALED),
            _ => Self::KEYSTORE,
        };
        Self::LOCKED.and(what)
    }

    fn name(row: &Row) -> Self {
        let named_by_kind = matches!(
            row.kind,
            RowKind::PrivateKey
                | RowKind::PublicKey
                | RowKind::SshCertificate
                | RowKind::AttributeCertificate
                | RowKind::Signer
        );
        if !named_by_kind && row.name == row.kind.nameless() {
            Self::NAMELESS
        } else {
            Self::NOTHING
        }
    }

    fn of_finding(severity: Option<Severity>) -> Self {
        match severity {
            Some(Severity::Error) => Self::PROBLEM,
            Some(Severity::Warning) => Self::WARNING,
            Some(Severity::Notice) | None => Self::NOTHING,
        }
    }

    fn by_time(row: &Row, now: UnixTime) -> Self {
        match row.kind {
            RowKind::Unreadable => Self::NOT_READABLE,
            RowKind::SshCertificate if row.not_after.is_none() => Self::UNJUDGED,
            RowKind::Certificate | RowKind::AttributeCertificate | RowKind::SshCertificate => {
                Self::of_validity(row.not_before, row.not_after, now)
            }
            RowKind::RevocationList => match row.not_before.zip(row.not_after) {
                None => Self::UNJUDGED,
                Some((made, next)) => match Freshness::of(made, next, now) {
                    Freshness::NotYet => Self::NOT_YET,
                    Freshness::Current => Self::CURRENT,
                    Freshness::Overdue => Self::OVERDUE,
                },
            },
            RowKind::Request
            | RowKind::Signer
            | RowKind::PrivateKey
            | RowKind::PublicKey
            | RowKind::Other => Self::UNJUDGED,
        }
    }

    fn of_validity(start: Option<UnixTime>, end: Option<UnixTime>, now: UnixTime) -> Self {
        let Some(end) = end else {
            return Self::NO_END;
        };
        let standing = match start {
            Some(start) => expiry::chosen().standing(start, end, now),
            None if end < now => Standing::Expired,
            // Some backends tell only the end.
            None => match status::level_of_end(end, now) {
                Level::Now => Standing::Now,
                Level::Soon => Standing::Soon,
                Level::Fine | Level::Unknown => Standing::Valid,
            },
        };
        match standing {
            Standing::Expired => Self::EXPIRED,
            Standing::NotYetValid => Self::NOT_YET_VALID,
            Standing::Valid => Self::IN_DATE,
            Standing::Soon => Self::SOON,
            Standing::Now => Self::NOW,
        }
    }

    fn kind(row: &Row) -> Self {
        match row.kind {
            RowKind::Certificate if row.ca && row.self_issued => Self::ROOT,
            RowKind::Certificate if row.ca => Self::AUTHORITY,
            RowKind::Certificate => Self::LEAF,
            RowKind::PrivateKey if row.key.is_empty() => Self::PRIVATE_KEY.and(Self::SEALED),
            RowKind::PrivateKey => Self::PRIVATE_KEY,
            RowKind::PublicKey => Self::PUBLIC_KEY,
            RowKind::SshCertificate => Self::SSH,
            RowKind::Request => Self::REQUEST,
            RowKind::RevocationList => Self::LIST,
            RowKind::AttributeCertificate => Self::ATTRIBUTES,
            RowKind::Signer => Self::SIGNER,
            RowKind::Other => Self::OTHER,
            RowKind::Unreadable => Self::NOTHING,
        }
    }
}

/// A state that a list can be narrowed to: every entry is in one of them at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its time is over, whatever else is wrong with it.
    Expired,
    /// It is in the last tenth of its lifetime.
    Now,
    /// It is in the last third of its lifetime, or not valid yet.
    Soon,
    /// Something is wrong with it: a finding worse than a notice, or a list that revokes it.
    Findings,
    /// Nobody can read it.
    Unreadable,
    /// It waits for a password.
    Locked,
    /// In date, and nothing in its row says otherwise.
    InDate,
    /// There is nothing to judge: keys, requests.
    Other,
}

impl State {
    /// All of them, in the order in which they are shown, by their words in addresses.
    pub const ALL: &[(&str, Self)] = &[
        ("expired", Self::Expired),
        ("now", Self::Now),
        ("soon", Self::Soon),
        ("findings", Self::Findings),
        ("unreadable", Self::Unreadable),
        ("locked", Self::Locked),
        ("in-date", Self::InDate),
        ("other", Self::Other),
    ];

    /// What is said of entries in it.
    pub const fn said(self) -> Said {
        match self {
            Self::Expired => Said::EXPIRED.and(Said::OVERDUE),
            Self::Now => Said::NOW,
            Self::Soon => Said::SOON.and(Said::NOT_YET_VALID).and(Said::NOT_YET),
            Self::Findings => Said::PROBLEM.and(Said::WARNING).and(Said::REVOKED),
            Self::Unreadable => Said::NOT_READABLE,
            Self::Locked => Said::LOCKED,
            Self::InDate => Said::IN_DATE.and(Said::CURRENT),
            Self::Other => Said::NO_END.and(Said::UNJUDGED),
        }
    }
}

impl Level {
    /// What is said of entries of this level.
    pub const fn said(self) -> Said {
        match self {
            Self::Now => State::Expired
                .said()
                .and(State::Now.said())
                .and(Said::REVOKED)
                .and(Said::PROBLEM)
                .and(Said::NOT_READABLE),
            Self::Soon => State::Soon.said().and(Said::WARNING),
            Self::Fine => State::InDate.said(),
            Self::Unknown => State::Other.said(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::ListRow;
    use crate::status::Status;
    use crate::status::tests::fault;

    const KINDS: [RowKind; 10] = [
        RowKind::Certificate,
        RowKind::PrivateKey,
        RowKind::PublicKey,
        RowKind::Request,
        RowKind::RevocationList,
        RowKind::AttributeCertificate,
        RowKind::Signer,
        RowKind::SshCertificate,
        RowKind::Other,
        RowKind::Unreadable,
    ];

    /// A row of each kind, before, in and after its validity, with and without what is wrong with it.
    fn rows() -> Vec<(Row, UnixTime)> {
        let at = |day: i64| UnixTime::from_seconds(day * 86_400);
        let times = [
            (Some(at(0)), Some(at(90))),
            (None, Some(at(90))),
            (None, None),
        ];
        let mut rows = Vec::new();
        for kind in KINDS {
            for (not_before, not_after) in times {
                for wrong in [None, Some(Severity::Error), Some(Severity::Warning)] {
                    for revoked in [false, kind == RowKind::Certificate] {
                        for day in [-5, 29, 66, 84, 102] {
                            let row = Row {
                                kind,
                                not_before,
                                not_after,
                                revoked,
                                fault: wrong.map(|severity| Box::new(fault(severity, ""))),
                                key: "EC P-256".to_owned(),
                                ..Row::default()
                            };
                            rows.push((row, at(day)));
                        }
                    }
                }
            }
        }
        rows
    }

    #[test]
    fn the_words_of_a_row_are_those_that_its_status_has() {
        let found = [None, Some(Severity::Warning), Some(Severity::Error)];
        let all = rows().into_iter();
        for ((row, now), worst) in all.flat_map(|one| found.map(|worst| (one.clone(), worst))) {
            let said = Said::of_row(&row, worst, now);
            let shown = ListRow {
                row,
                worst,
                ..ListRow::default()
            };
            let status = Status::of_row(&shown, now);
            for word in status.word.split_whitespace() {
                assert!(said.meets(Said::containing(word)), "{word}: {shown:?}");
            }
            assert!(said.meets(status.level.said()), "{status:?}: {shown:?}");
            let calm = State::InDate.said().meets(said);
            assert_eq!(calm, status.level == Level::Fine, "{status:?}");
        }
    }

    #[test]
    fn every_row_is_in_a_state() {
        for (row, now) in rows() {
            let said = Said::of_row(&row, None, now);
            let states = State::ALL.iter().map(|(_, state)| state.said());
            let all = states.fold(Said::NOTHING, Said::and);
            assert!(said.meets(all), "{row:?}");
        }
    }

    #[test]
    fn what_is_found_of_an_entry_alone_hides_that_it_is_in_date() {
        let at = |day: i64| UnixTime::from_seconds(day * 86_400);
        let row = Row {
            not_before: Some(at(0)),
            not_after: Some(at(90)),
            ..Row::default()
        };
        let in_states = |worst| {
            let said = Said::of_row(&row, worst, at(29));
            let states = State::ALL.iter().filter(|(_, one)| one.said().meets(said));
            states.map(|(word, _)| *word).collect::<Vec<_>>()
        };
        assert_eq!(in_states(None), ["in-date"]);
        assert_eq!(in_states(Some(Severity::Notice)), ["in-date"]);
        assert_eq!(in_states(Some(Severity::Warning)), ["findings"]);
    }

    #[test]
    fn states_are_turned_on_and_off() {
        let both = State::Soon.said().and(State::Locked.said());
        assert_eq!(State::Soon.said().turned(State::Locked.said()), both);
        assert_eq!(both.turned(State::Soon.said()), State::Locked.said());
        assert!(both.turned(both).is_empty());
    }

    #[test]
    fn a_word_is_found_by_a_part_of_it_in_any_case() {
        assert!(Said::containing("EXPIR").meets(Said::EXPIRED));
        assert!(Said::containing("revoked").meets(Said::REVOKED));
        assert!(Said::containing("nothing of the kind").is_empty());
    }
}
