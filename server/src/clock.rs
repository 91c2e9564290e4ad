//! The only place that reads the clock of the wall.

use std::time::SystemTime;

use certlens_core::UnixTime;

/// The present instant.
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.unwrap_or_default().as_secs();
    UnixTime::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// Reads a span of time: `30d`, `12h`, `90m`, `45s`, `2w`. In seconds.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    number
        .parse::<u32>()
        .ok()
        .map(|number| i64::from(number) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_number_and_a_unit() {
        for (text, expected) in [
            ("30d", Some(2_592_000)),
            ("12h", Some(43_200)),
            ("0s", Some(0)),
            ("2w", Some(1_209_600)),
            ("30", None),
            ("d", None),
            ("", None),
            ("-1d", None),
            ("1ü", None),
            ("99999999999d", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
