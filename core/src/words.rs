//! Instants, spans and counts as people read them.

use crate::time::UnixTime;

/// A noun after its article.
pub(crate) fn a(noun: impl std::fmt::Display) -> String {
    let noun = noun.to_string();
    // The names of ASN.1 that begin with U are spoken as "you".
    let vowel = noun.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `22 Jan 2027`, in UTC.
pub fn date(time: UnixTime) -> String {
    let (year, month, day) = time.date();
    let month = MONTHS
        .get(usize::from(month).saturating_sub(1))
        .unwrap_or(&"?");
    format!("{day} {month} {year}")
}

/// A length of time in the units that matter, for words in any language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Minutes, of what is shorter than an hour.
    Minutes(i64),
    /// Hours, of what is shorter than a day.
    Hours(i64),
    /// Days, up to two years.
    Days(i64),
    /// Years and months; no months from ten years on.
    Years(i64, i64),
}

impl Length {
    /// So many seconds.
    pub fn of_span(seconds: i64) -> Self {
        let seconds = seconds.max(0);
        let days = seconds / DAY;
        match days {
            0 if seconds < 3600 => Self::Minutes(seconds / 60),
            0 => Self::Hours(seconds / 3600),
            1..=730 => Self::Days(days),
            _ => match years_and_months(days) {
                (years @ 10.., _) => Self::Years(years, 0),
                (years, months) => Self::Years(years, months),
            },
        }
    }

    /// A lifetime of so many seconds: in days up to two years, in whole years above when it is close to
    /// that.
    pub fn of_lifetime(seconds: i64) -> Self {
        let days = (seconds + DAY / 2) / DAY;
        if days <= 730 {
            return Self::of_span(seconds + 1);
        }
        match years_and_months(days) {
            (years, 0) => Self::Years(years, 0),
            (years, 11) => Self::Years(years + 1, 0),
            _ => Self::of_span(seconds + 1),
        }
    }

    /// What is left and the whole, so that they can be compared at a glance.
    pub fn left_of(left: i64, total: i64) -> (Self, Self) {
        let total_days = (total + DAY / 2) / DAY;
        if total_days <= 730 && DAY <= left {
            return (Self::Days(left / DAY), Self::Days(total_days));
        }
        (Self::of_span(left), Self::of_lifetime(total))
    }

    /// Its figure alone, where the other length has the same single unit: that says it.
    pub fn figure_beside(self, other: Self) -> Option<i64> {
        match (self, other) {
            (Self::Minutes(figure), Self::Minutes(_))
            | (Self::Hours(figure), Self::Hours(_))
            | (Self::Days(figure), Self::Days(_))
            | (Self::Years(figure, 0), Self::Years(_, 0)) => Some(figure),
            _ => None,
        }
    }

    fn in_english(self) -> String {
        match self {
            Self::Minutes(count) => counted(count, "minute"),
            Self::Hours(count) => counted(count, "hour"),
            Self::Days(count) => counted(count, "day"),
            Self::Years(count, 0) => counted(count, "year"),
            Self::Years(count, months) => {
                format!("{} {}", counted(count, "year"), counted(months, "month"))
            }
        }
    }
}

/// A length of time in the two units that matter: `61 days`, `3 years 2 months`, `5 hours`.
pub fn span(seconds: i64) -> String {
    Length::of_span(seconds).in_english()
}

/// A lifetime: in days up to two years, in whole years above when it is close to that.
pub fn lifetime(seconds: i64) -> String {
    Length::of_lifetime(seconds).in_english()
}

/// What is left of a lifetime: `61 of 90 days left`, `1 year 8 months of 8 years left`.
pub fn left_of(left: i64, total: i64) -> String {
    let (left, total) = Length::left_of(left, total);
    let said = match left.figure_beside(total) {
        Some(figure) => number(figure),
        None => left.in_english(),
    };
    format!("{said} of {} left", total.in_english())
}

/// The whole after what is left of it, without saying the unit twice: `61 days left` of `90`.
pub fn whole_after(left: i64, total: i64) -> String {
    let (left, total) = (Length::of_span(left), Length::of_lifetime(total));
    match total.figure_beside(left) {
        Some(figure) => number(figure),
        None => total.in_english(),
    }
}

/// `1 day`, `61 days`, `10,000 days`.
pub fn counted(count: i64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", number(count))
}

/// Like [`counted`], for a word whose plural is not made with an s.
pub fn counted_as(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// `1,234,567`.
pub fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position != 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How much later, or earlier, the second of two instants is: `+365 days`, `−3 hours`.
pub fn days_between(from: UnixTime, to: UnixTime) -> String {
    if to == UnixTime::NEVER {
        return "no end any more".to_owned();
    }
    let seconds = to.seconds() - from.seconds();
    let sign = if seconds < 0 { '−' } else { '+' };
    let length = seconds.abs();
    // Authorities count a year from the minute of issuance; a few minutes do not make it a day less.
    let days = (length + DAY / 48) / DAY;
    match days {
        0 => format!("{sign}{}", span(length)),
        _ => format!("{sign}{}", counted(days, "day")),
    }
}

/// Whole years and months of a number of days, by the mean Gregorian year.
fn years_and_months(days: i64) -> (i64, i64) {
    // A few days short of a month still read as that month.
    let days = days + 3;
    let years = days * 10_000 / 3_652_425;
    let rest = days - years * 3_652_425 / 10_000;
    (years, (rest * 12 * 10_000 / 3_652_425).min(11))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_those_that_are_spoken() {
        let all = [
            "INTEGER",
            "IA5String",
            "UTF8String",
            "[0]",
            "SET",
            "OCSP response",
        ]
        .map(a);
        let said = [
            "an INTEGER",
            "an IA5String",
            "a UTF8String",
            "a [0]",
            "a SET",
            "an OCSP response",
        ];
        assert_eq!(all, said);
    }

    #[test]
    fn spans_use_the_unit_that_fits() {
        assert_eq!(span(59), "0 minutes");
        assert_eq!(span(3599), "59 minutes");
        assert_eq!(span(2 * 3600), "2 hours");
        assert_eq!(span(DAY), "1 day");
        assert_eq!(span(90 * DAY), "90 days");
        assert_eq!(span(1157 * DAY), "3 years 2 months");
        assert_eq!(span(4018 * DAY), "11 years");
        assert_eq!(span(-5), "0 minutes");
    }

    #[test]
    fn what_is_left_is_told_of_the_whole() {
        let thousand = 1000 * DAY;
        assert_eq!(whole_after(thousand - 60, thousand), "2 years 8 months");
        assert!(left_of(thousand - 60, thousand).contains("of 2 years 8 months left"));

        assert_eq!(left_of(61 * DAY + 5, 90 * DAY - 1), "61 of 90 days left");
        assert_eq!(left_of(3600 * 5, 90 * DAY), "5 hours of 90 days left");
        assert_eq!(left_of(610 * DAY, 2922 * DAY), "610 days of 8 years left");
        assert_eq!(left_of(4018 * DAY, 7305 * DAY), "11 of 20 years left");
    }

    #[test]
    fn figures_carry_their_commas() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(counted(1, "day"), "1 day");
    }

    #[test]
    fn what_lies_between_is_told_with_its_sign() {
        let at = UnixTime::from_seconds;
        assert_eq!(days_between(at(0), at(365 * DAY - 1)), "+365 days");
        assert_eq!(days_between(at(30 * DAY), at(0)), "−30 days");
        assert_eq!(days_between(at(0), at(3 * 3600)), "+3 hours");
        assert_eq!(days_between(at(0), UnixTime::NEVER), "no end any more");
    }
}
