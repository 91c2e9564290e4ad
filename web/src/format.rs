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
    fn sizes_have_units() {
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(12_400), "12.4 kB");
        assert_eq!(size(3_100_000), "3.1 MB");
    }
}
