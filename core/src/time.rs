//! Instants, and where an instant falls in a validity period.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const DAY: i64 = 86_400;

/// An instant: seconds since 1970-01-01T00:00:00Z, as certificates count them.
///
/// Written and serialised in the form of RFC 3339: `2026-11-22T09:41:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
pub struct UnixTime(i64);

impl UnixTime {
    /// The last instant that a certificate can name, "no well-defined expiration date"
    /// (RFC 5280, 4.1.2.5): 9999-12-31T23:59:59Z.
    pub const NEVER: Self = Self(253_402_300_799);

    /// The instant this many seconds after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The instant of a civil date and time in UTC, or what is wrong with it.
    ///
    /// # Errors
    /// A clause that names the part that does not exist: `month 13 does not exist`.
    pub fn from_civil(
        (year, month, day): (i64, u8, u8),
        (hour, minute, second): (u8, u8, u8),
    ) -> Result<Self, String> {
        if !(1..=12).contains(&month) {
            return Err(format!("month {month} does not exist"));
        }
        if day == 0 || days_in_month(year, month) < day {
            return Err(format!(
                "day {day} does not exist in month {month} of {year}"
            ));
        }
        if 23 < hour {
            return Err(format!("hour {hour} does not exist"));
        }
        if 59 < minute {
            return Err(format!("minute {minute} does not exist"));
        }
        if 59 < second {
            return Err(format!("second {second} does not exist"));
        }
        let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Ok(Self(days_from_civil(year, month, day) * DAY + clock))
    }

    /// The civil date in UTC: year, month, day.
    pub fn date(self) -> (i64, u8, u8) {
        civil_from_days(self.0.div_euclid(DAY))
    }

    /// The time of day in UTC: hour, minute, second.
    pub fn clock(self) -> (u8, u8, u8) {
        let second = self.0.rem_euclid(DAY);
        let part = |value: i64| u8::try_from(value).unwrap_or(0);
        (
            part(second / 3600),
            part(second / 60 % 60),
            part(second % 60),
        )
    }

    /// Reads `2026-11-22T09:41:00Z`, with or without a fraction or a numeric offset, or a bare date.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |range: std::ops::Range<usize>| -> Option<i64> {
            let digits = text.get(range)?;
            digits
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| digits.parse().ok())?
        };
        let part = |range| number(range).and_then(|value| u8::try_from(value).ok());
        let sign =
            |at: usize, expected: &str| text.get(at..=at).is_some_and(|c| expected.contains(c));
        let date = (number(0..4)?, part(5..7)?, part(8..10)?);
        if !sign(4, "-") || !sign(7, "-") {
            return None;
        }
        if text.len() == 10 {
            return Self::from_civil(date, (0, 0, 0)).ok();
        }
        if !sign(10, "Tt ") || !sign(13, ":") || !sign(16, ":") {
            return None;
        }
        let whole = Self::from_civil(date, (part(11..13)?, part(14..16)?, part(17..19)?)).ok()?;
        let rest = text.get(19..)?;
        let zone = match rest.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        if zone.eq_ignore_ascii_case("z") {
            return Some(whole);
        }
        let (direction, offset) = match zone.split_at_checked(1)? {
            ("+", offset) => (-1, offset),
            ("-", offset) => (1, offset),
            _ => return None,
        };
        let (hours, minutes) = offset.split_once(':')?;
        let seconds = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
        Some(Self(whole.0 + direction * seconds))
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.clock();
        let Ok(year @ 0..=9999) = u16::try_from(year) else {
            return write!(
                f,
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
            );
        };
        // Reports hold many instants, and formatted arguments cost ten times as much.
        let mut text = *b"0000-00-00T00:00:00Z";
        let digit = |value: u16| u8::try_from(value % 10).map_or(b'0', |digit| b'0' + digit);
        let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(u16::from);
        let pairs = [year / 100, year % 100, month, day, hour, minute, second];
        for (pair, at) in pairs.into_iter().zip([0, 2, 5, 8, 11, 14, 17]) {
            if let Some([tens, ones]) = text.get_mut(at..at + 2) {
                (*tens, *ones) = (digit(pair / 10), digit(pair));
            }
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl Serialize for UnixTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnixTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("expected an RFC 3339 date and time"))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for UnixTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "An instant in UTC, as RFC 3339 writes it: 2026-11-22T09:41:00Z."
        })
    }
}

/// Where an instant falls in a validity period, judged by the share of the lifetime that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Before `notBefore`.
    NotYetValid,
    /// In the first two thirds of the lifetime.
    Valid,
    /// In the last third of the lifetime: renew it.
    Soon,
    /// In the last tenth of the lifetime: renew it now.
    Now,
    /// After `notAfter`.
    Expired,
}

impl Standing {
    /// Where `at` falls between `not_before` and `not_after`, both inclusive (RFC 5280, 4.1.2.5).
    pub fn of(not_before: UnixTime, not_after: UnixTime, at: UnixTime) -> Self {
        if not_after < at {
            return Self::Expired;
        }
        if at < not_before {
            return Self::NotYetValid;
        }
        if not_after == UnixTime::NEVER {
            return Self::Valid;
        }
        let left = i128::from(not_after.0) - i128::from(at.0);
        let lifetime = i128::from(not_after.0) - i128::from(not_before.0);
        if left * 10 <= lifetime {
            Self::Now
        } else if left * 3 <= lifetime {
            Self::Soon
        } else {
            Self::Valid
        }
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date. Counts in 400-year eras that begin in March,
/// so that the leap day is the last of its year.
fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let part = |value: i64| u8::try_from(value).unwrap_or(0);
    (year, part(month), part(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_survive_a_round_trip() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59Z",
            "9999-12-31T23:59:59Z",
            "1950-01-01T00:00:00Z",
        ] {
            assert_eq!(
                UnixTime::parse(text)
                    .map(|time| time.to_string())
                    .as_deref(),
                Some(text)
            );
        }
        assert_eq!(UnixTime::NEVER.to_string(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn offsets_are_taken_to_utc() {
        let time = UnixTime::parse("2026-11-22T10:41:00.5+01:00").map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2026-11-22T09:41:00Z"));
    }

    #[test]
    fn dates_that_do_not_exist_are_named() {
        assert_eq!(
            UnixTime::from_civil((2026, 13, 1), (0, 0, 0)),
            Err("month 13 does not exist".into())
        );
        assert!(UnixTime::from_civil((2100, 2, 29), (0, 0, 0)).is_err());
    }

    #[test]
    fn standing_follows_the_share_of_the_lifetime() {
        let at = |day: i64| Standing::of(UnixTime(0), UnixTime(90 * DAY), UnixTime(day * DAY));
        assert_eq!(at(-1), Standing::NotYetValid);
        assert_eq!(at(0), Standing::Valid);
        assert_eq!(at(59), Standing::Valid);
        assert_eq!(at(60), Standing::Soon);
        assert_eq!(at(81), Standing::Now);
        assert_eq!(at(90), Standing::Now);
        assert_eq!(at(91), Standing::Expired);
        assert_eq!(
            Standing::of(UnixTime(0), UnixTime::NEVER, UnixTime(253_402_300_000)),
            Standing::Valid
        );
    }
}
