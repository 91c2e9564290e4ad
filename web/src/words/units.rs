//! Counts, spans and sizes.

use certlens_core::words::Length;

use super::{
    bytes, days, days_after, decimal_mark, hours, hours_after, kilobytes, language, left_of_whole,
    megabytes, minutes, minutes_after, months, months_after, one_after_another, thousands_mark,
    time_left, years, years_after,
};

/// `1,234,567`.
pub fn number(number: i64) -> String {
    let mark = thousands_mark();
    certlens_core::words::number(number).replace(',', mark)
}

/// A length of time in the two units that matter: `61 days`, `3 years 2 months`, `5 hours`.
pub fn span(seconds: i64) -> String {
    alone(Length::of_span(seconds))
}

/// The same behind a word like *in*, *ago* or *of*, which some languages answer with another form.
pub fn span_after(seconds: i64) -> String {
    after(Length::of_span(seconds))
}

/// A lifetime: in days up to two years, in whole years above when it is close to that. Behind such a word.
pub fn lifetime(seconds: i64) -> String {
    after(Length::of_lifetime(seconds))
}

/// `12 days ago`.
pub fn ago_of(seconds: i64) -> String {
    super::ago(&span_after(seconds))
}

/// What is left of a lifetime: `61 of 90 days left`, `1 year 8 months of 8 years left`.
pub fn left_of(left: i64, total: i64) -> String {
    let (left, total) = Length::left_of(left, total);
    if left == total {
        return time_left(&alone(left));
    }
    let said = match left.figure_beside(total) {
        Some(figure) => number(figure),
        None => alone(left),
    };
    left_of_whole(&said, &after(total))
}

/// The whole after what is left of it, without saying the unit twice: `61 days left` of `90`.
pub fn whole_after(left: i64, total: i64) -> String {
    let (left, total) = (Length::of_span(left), Length::of_lifetime(total));
    match total.figure_beside(left) {
        Some(figure) if !language().says_units_twice() => number(figure),
        _ => after(total),
    }
}

/// `769 bytes`, `12.4 kB`, `3.1 MB`.
pub fn size(count: u64) -> String {
    let tenth = |unit: u64| {
        let tenths = (count * 10 + unit / 2) / unit;
        format!("{}{}{}", tenths / 10, decimal_mark(), tenths % 10)
    };
    match count {
        0..=999 => bytes(i64::try_from(count).unwrap_or(0)),
        1_000..=999_949 => kilobytes(&tenth(1_000)),
        _ => megabytes(&tenth(1_000_000)),
    }
}

fn alone(length: Length) -> String {
    match length {
        Length::Minutes(count) => minutes(count),
        Length::Hours(count) => hours(count),
        Length::Days(count) => days(count),
        Length::Years(count, 0) => years(count),
        Length::Years(count, more) => one_after_another(&years(count), &months(more)),
    }
}

fn after(length: Length) -> String {
    match length {
        Length::Minutes(count) => minutes_after(count),
        Length::Hours(count) => hours_after(count),
        Length::Days(count) => days_after(count),
        Length::Years(count, 0) => years_after(count),
        Length::Years(count, more) => one_after_another(&years_after(count), &months_after(more)),
    }
}
