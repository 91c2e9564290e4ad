//! `UTCTime` and `GeneralizedTime`.

use std::borrow::Cow;

use crate::asn1::{Element, Tag};
use crate::time::UnixTime;

/// A time as it was encoded.
pub(crate) struct Instant<'a> {
    /// The instant, if the text names one.
    pub(crate) time: Result<UnixTime, String>,
    /// Whether the text has the one form that RFC 5280 allows: seconds, no fraction, `Z`.
    pub(crate) canonical: bool,
    /// The text itself.
    pub(crate) text: Cow<'a, str>,
}

/// Reads a time (X.680, 46 and 47), also in the forms that RFC 5280, 4.1.2.5 forbids.
///
/// `None` when the value is neither `UTCTime` nor `GeneralizedTime`.
pub(crate) fn instant<'a>(element: &Element<'a>) -> Option<Instant<'a>> {
    let year_digits = match element.tag {
        Tag::UTC_TIME => 2,
        Tag::GENERALIZED_TIME => 4,
        _ => return None,
    };
    let octets = element.contents;
    let text: Cow<'_, str> = match std::str::from_utf8(octets) {
        Ok(text) if text.is_ascii() => text.into(),
        _ => octets.iter().copied().map(char::from).collect(),
    };
    let canonical_length = year_digits + 11;
    let canonical = text.len() == canonical_length
        && text.ends_with('Z')
        && text
            .bytes()
            .take(canonical_length - 1)
            .all(|byte| byte.is_ascii_digit());
    Some(Instant {
        time: usual(element).map_or_else(|| read(&text, year_digits), Ok),
        canonical,
        text,
    })
}

/// The instant alone. The usual form is read without more ado.
pub(crate) fn time(element: &Element<'_>) -> Option<UnixTime> {
    usual(element).or_else(|| instant(element)?.time.ok())
}

/// The one form that RFC 5280 allows, for an instant that exists.
fn usual(element: &Element<'_>) -> Option<UnixTime> {
    let pair = |pair: &[u8; 2]| match pair {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    };
    let (pairs, [b'Z']) = element.contents.as_chunks::<2>() else {
        return None;
    };
    let (year, rest) = match (element.tag, pairs) {
        (Tag::UTC_TIME, [year, rest @ ..]) => {
            let year = i64::from(pair(year)?);
            (year + if year < 50 { 2000 } else { 1900 }, rest)
        }
        (Tag::GENERALIZED_TIME, [century, year, rest @ ..]) => (
            i64::from(pair(century)?) * 100 + i64::from(pair(year)?),
            rest,
        ),
        _ => return None,
    };
    let [month, day, hour, minute, second] = rest else {
        return None;
    };
    let date = (year, pair(month)?, pair(day)?);
    UnixTime::from_civil(date, (pair(hour)?, pair(minute)?, pair(second)?)).ok()
}

fn read(text: &str, year_digits: usize) -> Result<UnixTime, String> {
    let wrong = || format!("{text:?} is no time");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |from: usize, to: usize| -> Result<i64, String> {
        text.get(from..to)
            .filter(|_| to <= digits)
            .and_then(|part| part.parse().ok())
            .ok_or_else(wrong)
    };
    let part = |index: usize| -> Result<u8, String> {
        let from = year_digits + index * 2;
        u8::try_from(number(from, from + 2)?).map_err(|_| wrong())
    };
    let mut year = number(0, year_digits)?;
    if year_digits == 2 {
        // RFC 5280, 4.1.2.5.1: two digits name the years 1950 to 2049.
        year += if year < 50 { 2000 } else { 1900 };
    }
    let seconds = if digits == year_digits + 10 {
        part(4)?
    } else {
        0
    };
    let whole = UnixTime::from_civil((year, part(0)?, part(1)?), (part(2)?, part(3)?, seconds))?;
    let rest = text.get(digits..).unwrap_or_default();
    let zone = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let (direction, offset) = match zone.split_at_checked(1) {
        None | Some(("Z", "")) => return Ok(whole),
        Some(("+", offset)) => (-1, offset),
        Some(("-", offset)) => (1, offset),
        Some(_) => return Err(wrong()),
    };
    let (hours, minutes) = offset.split_at_checked(2).ok_or_else(wrong)?;
    let unit = |text: &str| text.parse::<i64>().map_err(|_| wrong());
    let seconds = unit(hours)? * 3600 + unit(minutes)? * 60;
    let instant = UnixTime::from_seconds(whole.seconds() + direction * seconds);
    let (year, ..) = instant.date();
    if !(0..=9999).contains(&year) {
        return Err("the offset leads out of the years 0 to 9999".to_owned());
    }
    Ok(instant)
}
