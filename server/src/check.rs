//! `certlens check`: what is wrong with certificates, or will be soon, for cron and for Nagios.

mod places;

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use certlens_core::{Certificate, Lock, Object, Report, UnixTime};
use serde::Serialize;

use crate::clock;
use places::Place;

/// What to check, and when to worry.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Certificates or keystores
    #[arg(value_name = "FILE", required_unless_present = "data")]
    files: Vec<PathBuf>,
    /// The data directory of a server: everything that it serves
    #[arg(long, value_name = "DIR", conflicts_with = "files")]
    data: Option<PathBuf>,
    /// How long before its end a certificate is a warning
    #[arg(long, value_name = "SPAN", default_value = "30d", value_parser = span)]
    warn: i64,
    /// How long before its end a certificate is critical
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span)]
    critical: i64,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Judge at this instant instead of now
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<UnixTime>,
}

/// How bad it is, by the names of Nagios. The worst comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warning,
    /// It could not be read: nobody knows.
    Unknown,
    Critical,
}

impl Status {
    /// The exit code that Nagios knows it by
    /// (<https://nagios-plugins.org/doc/guidelines.html>).
    fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Critical => "critical",
        }
    }
}

/// What was found of one certificate, or of a file that cannot be read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    status: Status,
    place: String,
    /// Whom the certificate is for; absent for what is none.
    name: Option<String>,
    not_after: Option<UnixTime>,
    /// What is the matter; absent when nothing is.
    reason: Option<String>,
}

/// What `certlens check --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    status: Status,
    judged_at: UnixTime,
    found: Vec<Found>,
}

/// Checks, prints, and answers 0 for ok, 1 for a warning, 2 for critical and 3 for unknown.
pub fn run(arguments: &Arguments) -> ExitCode {
    let judge = Judge {
        now: arguments.at.unwrap_or_else(clock::now),
        warn: arguments.warn,
        critical: arguments.critical,
    };
    let judged = |place: Place| judge.place(&place);
    let mut found: Vec<Found> = if let Some(data) = &arguments.data {
        places::of_data(data).flat_map(judged).collect()
    } else {
        let places = arguments.files.iter().map(|file| places::file(file));
        places.flat_map(judged).collect()
    };
    if found.is_empty() {
        found.push(Found::unknown(
            "everything",
            "there is no certificate to check".into(),
        ));
    }
    found.sort_by_key(|found| {
        (
            Reverse(found.status),
            found.not_after.map(UnixTime::seconds),
        )
    });
    let worst = found.iter().map(|found| found.status).max();
    let checked = Checked {
        status: worst.unwrap_or(Status::Unknown),
        judged_at: judge.now,
        found,
    };
    let text = if arguments.json {
        serde_json::to_string_pretty(&checked).unwrap_or_default() + "\n"
    } else {
        checked.text()
    };
    let mut out = io::stdout().lock();
    // Whoever closed the output still gets the exit code.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::from(checked.status.code())
}

struct Judge {
    now: UnixTime,
    warn: i64,
    critical: i64,
}

impl Judge {
    fn place(&self, place: &Place) -> Vec<Found> {
        let report = match &place.report {
            Ok(report) => report,
            Err(what) => return vec![Found::unknown(&place.name, what.clone())],
        };
        let mut found: Vec<Found> = Vec::new();
        for entry in &report.entries {
            match &entry.object {
                Object::Certificate(certificate) => {
                    found.push(self.certificate(&place.name, certificate));
                }
                Object::Unreadable(problem) => {
                    found.push(Found::unknown(&place.name, problem.message.clone()));
                }
                Object::PrivateKey(_)
                    if entry.findings.iter().any(|one| one.id == FITS_NOTHING) =>
                {
                    let reason = "the private key fits no certificate here";
                    found.push(Found {
                        status: Status::Critical,
                        reason: Some(reason.into()),
                        ..Found::unknown(&place.name, String::new())
                    });
                }
                _ => {}
            }
        }
        found.extend(sealed(place, report));
        found
    }

    fn certificate(&self, place: &str, certificate: &Certificate) -> Found {
        let (status, reason) = self.lifetime(certificate);
        Found {
            status,
            place: place.to_owned(),
            name: Some(certificate.display_name().to_owned()),
            not_after: certificate.not_after,
            reason,
        }
    }

    fn lifetime(&self, certificate: &Certificate) -> (Status, Option<String>) {
        let (Some(begins), Some(ends)) = (certificate.not_before, certificate.not_after) else {
            return (
                Status::Unknown,
                Some("it names no instant at which it ends".into()),
            );
        };
        let left = ends.seconds().saturating_sub(self.now.seconds());
        if left < 0 {
            return (
                Status::Critical,
                Some(format!("expired {} ago", words(-left))),
            );
        }
        if self.now < begins {
            let wait = begins.seconds().saturating_sub(self.now.seconds());
            let reason = format!("begins in {}, ends in {}", words(wait), words(left));
            return (Status::Warning, Some(reason));
        }
        let ending = || Some(format!("ends in {}", words(left)));
        match left {
            left if left < self.critical => (Status::Critical, ending()),
            left if left < self.warn => (Status::Warning, ending()),
            _ => (Status::Ok, None),
        }
    }
}

/// A container that shows nothing is not fine because nothing in it has expired.
fn sealed(place: &Place, report: &Report) -> Option<Found> {
    let shows = |object: &Object| matches!(object, Object::Certificate(_));
    let is_open = report.entries.iter().any(|entry| shows(&entry.object));
    if is_open || report.lock() == Lock::Open {
        return None;
    }
    let reason = "it is sealed, and no password for it is known";
    Some(Found::unknown(&place.name, reason.into()))
}

impl Found {
    fn unknown(place: &str, reason: String) -> Self {
        Self {
            status: Status::Unknown,
            place: place.to_owned(),
            name: None,
            not_after: None,
            reason: Some(reason),
        }
    }
}

impl Checked {
    /// A line for the monitor, then one for each trouble, the worst first.
    fn text(&self) -> String {
        let count = |status| self.found.iter().filter(|one| one.status == status).count();
        let mut text = format!(
            "certlens {}: {} critical, {} unknown, {} warning, {} ok\n",
            self.status.name().to_uppercase(),
            count(Status::Critical),
            count(Status::Unknown),
            count(Status::Warning),
            count(Status::Ok),
        );
        for found in &self.found {
            let Some(reason) = &found.reason else {
                continue;
            };
            let name = found.name.as_ref().map(|name| format!(": {name}"));
            let until = found.not_after.map(|until| format!(" ({until})"));
            // Writing into a text does not fail.
            let _ = writeln!(
                text,
                "{:8}  {}{}: {reason}{}",
                found.status.name(),
                visible(&found.place),
                visible(&name.unwrap_or_default()),
                until.unwrap_or_default(),
            );
        }
        text
    }
}

/// One line stays one line, whatever a certificate calls itself.
fn visible(text: &str) -> String {
    let hide = |c: char| c.is_control() || certlens_core::is_hidden(c);
    text.chars()
        .map(|c| if hide(c) { '\u{fffd}' } else { c })
        .collect()
}

/// `3 days`, `1 hour`: the largest unit that fits.
fn words(seconds: i64) -> String {
    let units = [
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let fitting = units.iter().find(|(length, _)| *length <= seconds);
    let (length, unit) = fitting.unwrap_or(&(1, "second"));
    let count = seconds / length;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

fn span(text: &str) -> Result<i64, String> {
    clock::seconds(text).ok_or_else(|| "expected a span such as 30d or 12h".to_owned())
}

fn instant(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse(text).ok_or_else(|| "expected an instant such as 2026-11-22".to_owned())
}

/// The finding of a private key whose certificate is not beside it.
const FITS_NOTHING: &str = "key-fits-nothing";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_the_largest_unit_that_fits() {
        for (seconds, told) in [
            (0, "0 seconds"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (7_199, "1 hour"),
            (172_800, "2 days"),
        ] {
            assert_eq!(words(seconds), told);
        }
    }

    #[test]
    fn critical_is_worse_than_unknown_and_that_than_a_warning() {
        let worst = [
            Status::Warning,
            Status::Critical,
            Status::Unknown,
            Status::Ok,
        ];
        assert_eq!(worst.iter().max(), Some(&Status::Critical));
        let codes = worst.map(Status::code);
        assert_eq!(codes, [1, 2, 3, 0]);
    }
}
