//! When an end of validity is called near, as the reader has chosen it.
//!
//! Page and worker each keep the choice for themselves, as they do the language; the page tells the worker.

use std::cell::Cell;

use borsh::{BorshDeserialize, BorshSerialize};
use certlens_core::{Standing, UnixTime};

/// By what an end is called near.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Expiry {
    /// By the share of the lifetime that is left: a third, a tenth.
    #[default]
    Share,
    /// By days: 30 and 7.
    Days30,
    /// By days: 60 and 14.
    Days60,
    /// By days: 90 and 30.
    Days90,
}

impl Expiry {
    /// All there are, each with the word that it is kept by.
    pub const ALL: &[(&str, Self)] = &[
        ("share", Self::Share),
        ("30", Self::Days30),
        ("60", Self::Days60),
        ("90", Self::Days90),
    ];

    /// The days that are left when it is called soon, and now; none where the share counts.
    pub fn days(self) -> Option<(i64, i64)> {
        match self {
            Self::Share => None,
            Self::Days30 => Some((30, 7)),
            Self::Days60 => Some((60, 14)),
            Self::Days90 => Some((90, 30)),
        }
    }

    /// The seconds that are left of a lifetime when it is called soon, and now.
    pub fn left(self, lifetime: i64) -> (i64, i64) {
        match self.days() {
            None => (lifetime / 3, lifetime / 10),
            Some((soon, now)) => (soon * DAY, now * DAY),
        }
    }

    /// Where an instant falls in a period of validity.
    pub fn standing(self, start: UnixTime, end: UnixTime, now: UnixTime) -> Standing {
        let standing = Standing::of(start, end, now);
        let Some((soon, urgent)) = self.days() else {
            return standing;
        };
        let left = end.seconds().saturating_sub(now.seconds());
        match standing {
            Standing::Expired | Standing::NotYetValid => standing,
            _ if left < urgent * DAY => Standing::Now,
            _ if left < soon * DAY => Standing::Soon,
            _ => Standing::Valid,
        }
    }
}

/// What was chosen.
pub fn chosen() -> Expiry {
    CHOSEN.get()
}

/// Judges by this from now on.
pub fn choose(expiry: Expiry) {
    CHOSEN.set(expiry);
}

thread_local! {
    static CHOSEN: Cell<Expiry> = const { Cell::new(Expiry::Share) };
}

const DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_where_they_were_chosen() {
        let at = |day: i64| UnixTime::from_seconds(day * DAY);
        let told = |expiry: Expiry, day| expiry.standing(at(0), at(365), at(day));
        assert_eq!(told(Expiry::Share, 300), Standing::Soon);
        assert_eq!(told(Expiry::Days30, 300), Standing::Valid);
        assert_eq!(told(Expiry::Days30, 340), Standing::Soon);
        assert_eq!(told(Expiry::Days90, 340), Standing::Now);
        assert_eq!(told(Expiry::Days90, 400), Standing::Expired);
        assert_eq!(told(Expiry::Days90, -1), Standing::NotYetValid);
    }
}
