//! RFC 4180, with what a spreadsheet would run made harmless.

use certlens_core::{Object, RowKind, UnixTime};

use super::Listed;
use crate::rows::Level;
use crate::status::Status;
use crate::visible::escaped;

/// The entries as comma-separated values, a line each, below a line of names.
///
/// It begins with the signature of UTF-8, without which Excel reads it in the code page of its system. A cell
/// that a spreadsheet would take for a formula begins with an apostrophe; hidden characters are written as
/// `[U+202E]`. [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180);
/// [OWASP, CSV injection](https://owasp.org/www-community/attacks/CSV_Injection)
pub fn table<'a>(entries: impl IntoIterator<Item = Listed<'a>>, now: UnixTime) -> String {
    let mut text = SIGNATURE.to_owned();
    text.push_str(&line(
        NAMES.iter().map(|name| Cell::Text((*name).to_owned())),
    ));
    for listed in entries {
        text.push_str(&line(cells(&listed, now)));
    }
    text
}

/// The byte order mark.
const SIGNATURE: &str = "\u{feff}";

const NAMES: &[&str] = &[
    "file",
    "entry",
    "kind",
    "name",
    "alias",
    "status",
    "not before",
    "not after",
    "days left",
    "subject",
    "issuer",
    "serial",
    "alternative names",
    "key",
    "signature",
    "private key here",
    "sha256",
    "key sha256",
    "worst finding",
];

/// What stands in a cell. A number is one for a spreadsheet too, also below zero.
enum Cell {
    Text(String),
    Lines(Vec<String>),
    Number(i64),
}

fn cells(listed: &Listed<'_>, now: UnixTime) -> impl Iterator<Item = Cell> {
    let (row, entry) = (listed.row, &listed.entry);
    let certificate = match &entry.object {
        Object::Certificate(certificate) => Some(certificate),
        _ => None,
    };
    let of = |read: fn(&certlens_core::Certificate) -> String| {
        certificate.map(|one| read(one)).unwrap_or_default()
    };
    let time = |time: Option<UnixTime>| time.map(|time| time.to_string()).unwrap_or_default();
    let days = row.not_after.map(|end| {
        let left = end.seconds().saturating_sub(now.seconds());
        // As the page counts: whole days, towards today.
        left / 86_400
    });
    let worst = entry.findings.iter().min_by_key(|found| found.severity);
    let subject = match &entry.object {
        Object::CertificationRequest(request) => request.subject.text.clone(),
        _ => of(|one| one.subject.text.clone()),
    };
    let issuer = match &entry.object {
        Object::RevocationList(list) => list.issuer.text.clone(),
        _ => of(|one| one.issuer.text.clone()),
    };
    [
        listed.source.to_owned(),
        entry.path.clone(),
        kind(row.kind).to_owned(),
        row.name.clone(),
        row.alias.clone().unwrap_or_default(),
        status(listed, now),
        time(row.not_before),
        time(row.not_after),
    ]
    .into_iter()
    .map(Cell::Text)
    .chain([days.map_or(Cell::Text(String::new()), Cell::Number)])
    .chain([subject, issuer, row.serial.clone()].map(Cell::Text))
    .chain([Cell::Lines(row.names.clone())])
    .chain(
        [
            row.key.clone(),
            of(|one| one.signature_algorithm.text()),
            if row.has_private_key { "yes" } else { "" }.to_owned(),
            of(|one| one.fingerprints.sha256.clone()),
            of(|one| one.fingerprints.spki_sha256.clone()),
            worst
                .map(|found| found.title.to_string())
                .unwrap_or_default(),
        ]
        .map(Cell::Text),
    )
}

/// What the list says of it; nothing where there is nothing to judge.
fn status(listed: &Listed<'_>, now: UnixTime) -> String {
    let findings = listed.entry.findings.iter();
    let worst = findings.map(|found| found.severity).min();
    let status = Status::of(listed.row, worst, now);
    match status.level {
        _ if listed.entry.is_revoked() => status.revoked().word.to_lowercase(),
        Level::Unknown => String::new(),
        _ => status.word.to_lowercase(),
    }
}

fn kind(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Certificate => "certificate",
        RowKind::PrivateKey => "private key",
        RowKind::PublicKey => "public key",
        RowKind::Request => "request",
        RowKind::RevocationList => "revocation list",
        RowKind::AttributeCertificate => "attribute certificate",
        RowKind::Signer => "signer",
        RowKind::SshCertificate => "SSH certificate",
        RowKind::Other => "other",
        RowKind::Unreadable => "not readable",
    }
}

fn line(cells: impl Iterator<Item = Cell>) -> String {
    let cells: Vec<String> = cells
        .map(|value| match value {
            Cell::Text(text) => cell(&[text]),
            Cell::Lines(lines) => cell(&lines),
            Cell::Number(number) => number.to_string(),
        })
        .collect();
    cells.join(",") + "\r\n"
}

fn cell(lines: &[String]) -> String {
    // Line feeds are ours, between names; every control within one is drawn.
    let shown = lines.iter().map(|line| escaped(line));
    let shown = shown.collect::<Vec<_>>().join("\n");
    let value = lines.first().map_or("", String::as_str);
    // Spaces before a formula do not keep it from running.
    let runs = |text: &str| {
        let first = text.trim_start().chars().next();
        text.starts_with(['\t', '\r'])
            || matches!(
                first,
                Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
            )
    };
    let shown = if runs(value) || runs(&shown) {
        format!("'{shown}")
    } else {
        shown
    };
    if shown.contains([',', '"', '\n', '\r']) || shown.starts_with(' ') {
        return format!("\"{}\"", shown.replace('"', "\"\""));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    fn cell(text: &str) -> String {
        super::cell(&[text.to_owned()])
    }

    #[test]
    fn formulas_do_not_run() {
        for formula in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1",
        ] {
            let cell = cell(formula);
            let content = cell.trim_start_matches('"');
            assert!(content.starts_with('\''), "{formula:?} became {cell:?}");
        }
        assert_eq!(cell("es1.corp"), "es1.corp");
        assert_eq!(cell("2027-01-22"), "2027-01-22");
    }

    #[test]
    fn cells_stay_in_their_cell() {
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"hi\""), "\"say \"\"hi\"\"\"");
        let lines = ["one", "two"].map(str::to_owned);
        assert_eq!(super::cell(&lines), "\"one\ntwo\"");
        assert_eq!(cell("one\ntwo"), "one[U+000A]two");
        assert_eq!(cell("moc\u{202e}.evil"), "moc[U+202E].evil");
    }

    #[test]
    fn a_status_is_that_of_the_list() {
        use certlens_core::Row;

        let (rows, report) = example::read();
        let at = |day: i64| UnixTime::from_seconds(day * 86_400);
        let told = |kind, day| {
            let row = Row {
                kind,
                not_before: Some(at(0)),
                not_after: Some(at(90)),
                ..Row::default()
            };
            let mut listed = example::listed(&rows, &report).remove(0);
            listed.entry.findings.clear();
            listed.row = &row;
            let said = status(&listed, at(day));
            let line = crate::rows::ListRow {
                row: row.clone(),
                ..Default::default()
            };
            let shown = Status::of_row(&line, at(day));
            assert!(said.is_empty() || said == shown.word.to_lowercase());
            said
        };
        assert_eq!(
            [29, 66, 84, 102].map(|day| told(RowKind::Certificate, day)),
            ["in date", "soon", "now", "expired"]
        );
        assert_eq!(
            [29, 102].map(|day| told(RowKind::RevocationList, day)),
            ["current", "overdue"]
        );
        assert_eq!(told(RowKind::PrivateKey, 29), "");
    }

    #[test]
    fn days_below_zero_stay_a_number() {
        let (rows, report) = example::read();
        let end = rows.iter().find_map(|row| row.not_after).unwrap();
        let after = |seconds: i64| UnixTime::from_seconds(end.seconds() + seconds);
        let text = table(example::listed(&rows, &report), after(242 * 86_400 + 9));
        assert!(text.contains(",-242,"), "{text}");
    }

    #[test]
    fn a_spreadsheet_is_told_that_it_is_utf_8() {
        let (rows, report) = example::read();
        let text = table(
            example::listed(&rows, &report),
            UnixTime::from_seconds(1_790_000_000),
        );
        assert_eq!(text.get(..8), Some("\u{feff}file,"));
        assert_eq!(text.matches('\u{feff}').count(), 1);
    }

    #[test]
    fn a_table_has_a_line_an_entry_and_as_many_cells_as_names() {
        let (rows, report) = example::read();
        let listed = example::listed(&rows, &report);
        let text = table(listed, UnixTime::from_seconds(1_790_000_000));
        let (mut cells, mut lines, mut quoted) = (1, 0, false);
        for character in text.chars() {
            match character {
                '"' => quoted = !quoted,
                ',' if !quoted => cells += 1,
                '\n' if !quoted => {
                    assert_eq!(cells, NAMES.len());
                    (cells, lines) = (1, lines + 1);
                }
                _ => {}
            }
        }
        assert_eq!(lines, rows.len() + 1);
        let sha256 = |entry: &certlens_core::Entry| match &entry.object {
            Object::Certificate(one) => Some(one.fingerprints.sha256.clone()),
            _ => None,
        };
        for digest in report.entries.iter().filter_map(sha256) {
            assert!(text.contains(&digest));
        }
    }
}
