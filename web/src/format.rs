//! Instants, spans and octets as people read them.

use certlens_core::UnixTime;
pub use certlens_core::words::{
    counted, counted_as, date, left_of, lifetime, number, span, whole_after,
};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `22 Jan`, in UTC.
pub fn short_date(time: UnixTime) -> String {
    let (_, month, day) = time.date();
    let month = MONTHS
        .get(usize::from(month).saturating_sub(1))
        .unwrap_or(&"?");
    format!("{day} {month}")
}

/// `22 Jan 2027, 09:41:00 UTC`.
pub fn instant(time: UnixTime) -> String {
    let (hour, minute, second) = time.clock();
    format!("{}, {hour:02}:{minute:02}:{second:02} UTC", date(time))
}

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

/// `769 bytes`, `12.4 kB`, `3.1 MB`.
pub fn size(bytes: u64) -> String {
    let tenth = |unit: u64| {
        let tenths = (bytes * 10 + unit / 2) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..=999 => counted(i64::try_from(bytes).unwrap_or(0), "byte"),
        1_000..=999_949 => format!("{} kB", tenth(1_000)),
        _ => format!("{} MB", tenth(1_000_000)),
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
