//! RFC 5545: an event for each end of validity, with alarms where its lifetime grows short.

use std::collections::HashSet;

use certlens_core::{Object, UnixTime};

use super::Listed;
use crate::visible::escaped;

/// The ends of validity as a calendar. Each certificate is one event, however often it lies in the list.
///
/// Its identifier is made of the certificate's digest, so that a calendar that gets it again updates the
/// event. One alarm rings when the end is near, one when it is very near: see [`crate::expiry`].
///
/// [RFC 5545, 3.6.1](https://www.rfc-editor.org/rfc/rfc5545#section-3.6.1)
pub fn calendar<'a>(
    entries: impl IntoIterator<Item = Listed<'a>>,
    now: UnixTime,
) -> (String, usize) {
    let mut text = String::new();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//certlens//certificate expiry//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ] {
        push(&mut text, line);
    }
    let (mut seen, mut count) = (HashSet::new(), 0);
    for listed in entries {
        let (Object::Certificate(certificate), Some(end)) =
            (&listed.entry.object, listed.row.not_after)
        else {
            continue;
        };
        if end < now {
            continue;
        }
        let sha256 = &certificate.fingerprints.sha256;
        if !seen.insert(sha256.clone()) {
            continue;
        }
        count += 1;
        let name = escaped(&listed.row.name);
        let described = format!(
            "Issuer: {}\nSerial: {}\nSHA-256: {sha256}\nFile: {}",
            escaped(&certificate.issuer.text),
            certificate.serial,
            escaped(listed.source),
        );
        push(&mut text, "BEGIN:VEVENT");
        push(&mut text, &format!("UID:{sha256}@certlens"));
        push(&mut text, &format!("DTSTAMP:{}", instant(now)));
        push(&mut text, &format!("DTSTART:{}", instant(end)));
        push(
            &mut text,
            &format!("SUMMARY:{}", value(&format!("{name} expires"))),
        );
        push(&mut text, &format!("DESCRIPTION:{}", value(&described)));
        push(&mut text, "TRANSP:TRANSPARENT");
        let lifetime = listed.row.not_before.map_or(0, |start| {
            end.seconds().saturating_sub(start.seconds()).max(0)
        });
        let expiry = crate::expiry::chosen();
        let (soon, urgent) = expiry.left(lifetime);
        let shares = match expiry.days() {
            None => [
                "a third of its lifetime is".to_owned(),
                "a tenth of its lifetime is".to_owned(),
            ],
            Some((soon, urgent)) => [format!("{soon} days are"), format!("{urgent} days are")],
        };
        for (seconds, left) in [soon, urgent].into_iter().zip(shares) {
            if seconds == 0 {
                continue;
            }
            let told = format!("{name} expires: {left} left");
            push(&mut text, "BEGIN:VALARM");
            push(&mut text, "ACTION:DISPLAY");
            push(&mut text, &format!("TRIGGER:{}", before(seconds)));
            push(&mut text, &format!("DESCRIPTION:{}", value(&told)));
            push(&mut text, "END:VALARM");
        }
        push(&mut text, "END:VEVENT");
    }
    push(&mut text, "END:VCALENDAR");
    (text, count)
}

/// `20270122T094100Z`
fn instant(time: UnixTime) -> String {
    let ((year, month, day), (hour, minute, second)) = (time.date(), time.clock());
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// So long before: `-P30DT1H2M3S`. [RFC 5545, 3.3.6](https://www.rfc-editor.org/rfc/rfc5545#section-3.3.6)
fn before(seconds: i64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (hours, minutes, seconds) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("-P{days}DT{hours}H{minutes}M{seconds}S")
}

/// A text value. [RFC 5545, 3.3.11](https://www.rfc-editor.org/rfc/rfc5545#section-3.3.11)
fn value(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            _ if character.is_control() => {}
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A line, folded so that none is longer than 75 octets.
/// [RFC 5545, 3.1](https://www.rfc-editor.org/rfc/rfc5545#section-3.1)
fn push(text: &mut String, line: &str) {
    let mut width = 0;
    for character in line.chars() {
        let octets = character.len_utf8();
        if LONGEST < width + octets {
            text.push_str("\r\n ");
            width = 1;
        }
        text.push(character);
        width += octets;
    }
    text.push_str("\r\n");
}

const LONGEST: usize = 75;

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    fn of_the_example(now: i64) -> (String, usize) {
        let (rows, report) = example::read();
        let listed = || example::listed(&rows, &report).into_iter();
        calendar(listed().chain(listed()), UnixTime::from_seconds(now))
    }

    fn identifiers(text: &str) -> Vec<String> {
        let unfolded = text.replace("\r\n ", "");
        let lines = unfolded.lines().filter(|line| line.starts_with("UID:"));
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn a_certificate_is_one_event_that_keeps_its_identifier() {
        let (text, count) = of_the_example(1_790_000_000);
        let (later, _) = of_the_example(1_795_000_000);
        assert_eq!(identifiers(&text), identifiers(&later));
        assert_eq!(identifiers(&text).len(), count);
        assert_ne!(text, later, "the stamp moves on");
        assert_eq!(text.matches("BEGIN:VALARM").count(), 2 * count);
    }

    #[test]
    fn no_line_is_longer_than_75_octets() {
        let (text, _) = of_the_example(1_790_000_000);
        let mut folded = String::new();
        push(
            &mut folded,
            &format!("SUMMARY:{}", "größer 証明書 ".repeat(20)),
        );
        for line in text.split("\r\n").chain(folded.split("\r\n")) {
            assert!(line.len() <= 75, "{line}");
            assert!(!line.contains(['\r', '\n']));
        }
        assert_eq!(
            folded.replace("\r\n ", "").trim_end(),
            format!("SUMMARY:{}", "größer 証明書 ".repeat(20)).trim_end()
        );
    }

    #[test]
    fn a_name_cannot_begin_a_line_of_its_own() {
        assert_eq!(
            value("a;b,c\\d\nEND:VEVENT\r"),
            "a\\;b\\,c\\\\d\\nEND:VEVENT"
        );
    }

    #[test]
    fn spans_are_written_in_days_and_less() {
        assert_eq!(before(30 * 86_400 + 3_723), "-P30DT1H2M3S");
    }
}
