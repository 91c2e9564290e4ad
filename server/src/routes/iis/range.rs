//! `Range: certificates=A-B`.

use std::ops::RangeInclusive;

/// The first and last item that a request asks for, counted from 0.
///
/// `None` when the header does not ask for exactly one range that lies within the items there are.
pub(crate) fn parse(header: &str, total: usize) -> Option<Wanted> {
    let (unit, range) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("certificates") {
        return None;
    }
    // A client that computes `0-(total - 1)` asks for this when there is nothing.
    if total == 0 && range.trim() == "0--1" {
        return Some(Wanted::Nothing);
    }
    let (first, last) = range.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    (first <= last && last < total).then_some(Wanted::Items(first..=last))
}

/// What a range asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// These items.
    Items(RangeInclusive<usize>),
    /// All of no items.
    Nothing,
}

fn number(text: &str) -> Option<usize> {
    let text = text.trim();
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_of_the_grammar() {
        for (header, total, expected) in [
            ("certificates=0-9", 10, Some(Wanted::Items(0..=9))),
            ("certificates=3-3", 10, Some(Wanted::Items(3..=3))),
            ("CERTIFICATES=1-2", 10, Some(Wanted::Items(1..=2))),
            ("certificates= 1 - 2 ", 10, Some(Wanted::Items(1..=2))),
            ("certificates=0-10", 10, None),
            ("certificates=5-4", 10, None),
            ("certificates=10-", 100, None),
            ("certificates=-10", 100, None),
            ("certificates=0-1,4-5", 10, None),
            ("certificates=+1-2", 10, None),
            ("certificates=1-2-3", 10, None),
            ("certificates=a-b", 10, None),
            ("bytes=0-9", 10, None),
            ("certificates", 10, None),
            ("", 10, None),
            ("certificates=0-0", 0, None),
            ("certificates=0--1", 0, Some(Wanted::Nothing)),
            ("certificates=0--1", 1, None),
            ("certificates=0-99999999999999999999999", 10, None),
        ] {
            assert_eq!(parse(header, total), expected, "{header:?} of {total}");
        }
    }
}
