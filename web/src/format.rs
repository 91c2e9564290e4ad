//! Instants, spans and octets as people read them.

pub use crate::words::{
    date, instant, lifetime, number, short_date, size, span, span_after, time_of_day, whole_after,
};

/// Hexadecimal octets with a colon between two: `4f:8a:11`.
pub fn colons(hex: &str) -> String {
    let (sign, digits) = match hex.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", hex),
    };
    let pairs: Vec<String> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect();
    format!("{sign}{}", pairs.join(":"))
}

/// A number with at most two decimals, as pictures and style sheets want it. What the standard library prints
/// and reads such numbers with is 20 kB of code and a table of 10 kB that does not compress.
#[expect(
    clippy::cast_possible_truncation,
    reason = "places in a picture and heights of lists"
)]
pub fn decimal(value: f64) -> String {
    let hundredths = (value * 100.0).round_ties_even() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (
        hundredths.unsigned_abs() / 100,
        hundredths.unsigned_abs() % 100,
    );
    match rest {
        0 => format!("{sign}{whole}"),
        _ if rest % 10 == 0 => format!("{sign}{whole}.{}", rest / 10),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}

/// Cosine and sine of a part of a full turn, as exact as a drawing needs them.
pub fn turned(part: f64) -> (f64, f64) {
    // Within an eighth of a turn from a quarter, where few terms are enough.
    let quarters = (part * 4.0).round_ties_even();
    let x = (part - quarters / 4.0) * std::f64::consts::TAU;
    let square = x * x;
    let cosine = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0));
    let sine = x * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
    match quarters - (quarters / 4.0).floor() * 4.0 {
        quarter if quarter < 0.5 => (cosine, sine),
        quarter if quarter < 1.5 => (-sine, cosine),
        quarter if quarter < 2.5 => (-cosine, -sine),
        _ => (sine, -cosine),
    }
}

/// A clause as a sentence: with a capital letter and a full stop.
pub fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_set_apart() {
        assert_eq!(colons("4f8a11"), "4f:8a:11");
        assert_eq!(colons("-01"), "-01");
        assert_eq!(colons(""), "");
    }

    #[test]
    fn decimals_are_as_short_as_can_be() {
        for (value, text) in [
            (0.0, "0"),
            (44.0, "44"),
            (0.5, "0.5"),
            (37.3352, "37.34"),
            (-12.05, "-12.05"),
            (-0.001, "0"),
            (99.999, "100"),
        ] {
            assert_eq!(decimal(value), text);
        }
    }

    #[test]
    fn turns_are_those_of_the_standard_library() {
        for step in -400..800 {
            let part = f64::from(step) / 360.0;
            let (cosine, sine) = turned(part);
            let angle = part * std::f64::consts::TAU;
            assert!((cosine - angle.cos()).abs() < 1e-4, "{step}");
            assert!((sine - angle.sin()).abs() < 1e-4, "{step}");
        }
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(12_400), "12.4 kB");
        assert_eq!(size(3_100_000), "3.1 MB");
    }
}
