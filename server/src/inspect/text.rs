//! The report as text: first the answer, a line for each entry, then each entry in full.

mod fields;
mod keys;
mod signed;
pub(crate) mod status;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use certlens_core::{
    Entry, Finding, Integrity, Keystore, Lock, Object, Report, Sentence, SentencePart, Severity,
    UnixTime, sentence,
};

use self::fields::{Field, fields};
use self::status::Status;
use super::visible::visible;
use super::{InspectedFile, Inspection, Signed};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const RED: Style = AnsiColor::Red.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();

/// Width of the column of labels.
const LABEL: usize = 18;

pub(super) fn write(out: &mut impl Write, inspection: &Inspection, at: UnixTime) -> io::Result<()> {
    let many = 1 < inspection.files.len();
    let reports = inspection
        .files
        .iter()
        .filter_map(|file| Some((file, file.report.as_ref()?)));
    for (index, (file, report)) in reports.enumerate() {
        if 0 < index {
            writeln!(out)?;
        }
        if many {
            writeln!(out, "{BOLD}{}{BOLD:#}", visible(&file.file))?;
        }
        write_report(out, report, &file.proofs, at)?;
    }
    Ok(())
}

/// A file that could not be used, and why, then what to do about it.
pub(crate) fn write_problem(
    out: &mut impl Write,
    file: &str,
    message: &str,
    hint: &str,
) -> io::Result<()> {
    let (file, message) = (visible(file), visible(message));
    writeln!(out, "{RED}{file}: {message}{RED:#}")?;
    writeln!(out, "  {}", visible(hint))
}

/// What could not be read, one problem a file, each with what to do about it.
pub(super) fn write_problems(out: &mut impl Write, inspection: &Inspection) -> io::Result<()> {
    for file in &inspection.files {
        if let Some((message, hint)) = problem(file) {
            write_problem(out, &file.file, &message, &hint)?;
        }
    }
    Ok(())
}

fn problem(file: &InspectedFile) -> Option<(String, String)> {
    if let Some(problem) = &file.error {
        let mut hint = problem.hint.clone();
        if problem.code == "limit-exceeded" {
            hint.push_str(" Or take more of it by certlens inspect --limit; --help has the names.");
        }
        return Some((problem.message.clone(), hint));
    }
    let report = file.report.as_ref()?;
    let rest = if file.shows_something() {
        "part of "
    } else {
        ""
    };
    let kind = report.format.name();
    let store = report.keystore.as_ref();
    let confirmed = store.is_some_and(|store| store.integrity == Integrity::Verified);
    match report.lock() {
        Lock::Open => None,
        Lock::WrongPassword if confirmed => Some((
            format!("the password opens this {kind} file, but not every key in it"),
            "A key can have a password of its own: give all of them, one a line.".to_owned(),
        )),
        Lock::Locked => Some((
            format!("{rest}this {kind} file is sealed and needs a password"),
            "Give it on standard input: certlens inspect --password-stdin FILE".to_owned(),
        )),
        Lock::WrongPassword => Some((
            format!("the password does not open {rest}this {kind} file"),
            "Try another password. Keystores made by keytool often use `changeit`.".to_owned(),
        )),
    }
}

fn write_report(
    out: &mut impl Write,
    report: &Report,
    proofs: &[Option<Signed>],
    at: UnixTime,
) -> io::Result<()> {
    for entry in &report.entries {
        write_line(out, entry, at)?;
    }
    if report.entries.is_empty() {
        writeln!(out, "{FAINT}Nothing in it{FAINT:#}")?;
    }
    writeln!(out)?;
    write_container(out, report)?;
    for (index, entry) in report.entries.iter().enumerate() {
        writeln!(out)?;
        if 1 < report.entries.len() {
            writeln!(out, "{BOLD}{}{BOLD:#}", visible(&name(entry)))?;
        }
        let mut sentence = sentence(entry, at);
        if let Some(signed) = proofs.get(index).and_then(Option::as_ref) {
            let is_apart = matches!(sentence.parts.last(), Some(SentencePart::Text(text)) if text.ends_with(' '));
            let space = if is_apart { "" } else { " " };
            let words = format!("{space}{}", signed.words());
            sentence.parts.push(SentencePart::Text(words));
            Signed::leaves_unchecked(entry).clone_into(&mut sentence.unchecked);
        }
        write_sentence(out, &sentence)?;
        if let Some(whereabouts) = &entry.whereabouts {
            write_field(out, &Field::one("Found in", whereabouts.to_string()))?;
        }
        for field in fields(entry) {
            write_field(out, &field)?;
        }
        write_findings(out, &entry.findings)?;
    }
    Ok(())
}

/// The answer for one entry: status, name, time left, and whether something is wrong with it.
fn write_line(out: &mut impl Write, entry: &Entry, at: UnixTime) -> io::Result<()> {
    let Status { style, word, rest } = Status::of(entry, at);
    let name = name(entry);
    let name = visible(&name);
    write!(out, "{style}{word:<14}{style:#}{BOLD}{name}{BOLD:#}")?;
    if !rest.is_empty() {
        // Counted in characters, not in columns: good enough for a list.
        let room = 42_usize.saturating_sub(name.chars().count()).max(2);
        write!(out, "{:room$}{}", "", visible(&rest))?;
    }
    if let Some((style, count)) = status::worst(&entry.findings) {
        write!(out, "  {style}! {count}{style:#}")?;
    }
    writeln!(out)
}

fn write_sentence(out: &mut impl Write, sentence: &Sentence) -> io::Result<()> {
    let text = sentence.text();
    write!(out, "  {}", visible(&text))?;
    if !sentence.unchecked.is_empty() {
        write!(out, " {FAINT}{}{FAINT:#}", visible(&sentence.unchecked))?;
    }
    writeln!(out)
}

/// What the container itself is.
fn write_container(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let entries = report.entries.len();
    let plural = if entries == 1 { "entry" } else { "entries" };
    let format = format!(
        "{}, {} bytes, {entries} {plural}",
        report.format.name(),
        report.size
    );
    write_field(out, &Field::one("Format", format))?;
    if let Some(Keystore {
        seals, integrity, ..
    }) = &report.keystore
    {
        let seals = seals.iter().map(|seal| match seal.rounds {
            Some(rounds) => format!("{}: {}, {rounds} rounds", seal.what, seal.algorithm),
            None => format!("{}: {}", seal.what, seal.algorithm),
        });
        write_field(out, &Field::many("Sealed", seals.collect()))?;
        write_field(
            out,
            &Field::one("Integrity", fields::integrity(*integrity).to_owned()),
        )?;
    }
    write_findings(out, &report.findings)
}

fn write_field(out: &mut impl Write, field: &Field) -> io::Result<()> {
    let mut label = field.label;
    for value in &field.values {
        writeln!(out, "  {FAINT}{label:<LABEL$}{FAINT:#}{}", visible(value))?;
        label = "";
    }
    Ok(())
}

pub(crate) fn write_findings(out: &mut impl Write, findings: &[Finding]) -> io::Result<()> {
    for finding in findings {
        let (style, word) = match finding.severity {
            Severity::Error => (RED, "Error"),
            Severity::Warning => (YELLOW, "Warning"),
            Severity::Notice => (Style::new(), "Notice"),
        };
        writeln!(
            out,
            "  {style}{word:<LABEL$}{style:#}{}",
            visible(&finding.title)
        )?;
        for line in [&*finding.what, &*finding.why, &*finding.fix] {
            if !line.is_empty() {
                writeln!(out, "  {:LABEL$}{}", "", visible(line))?;
            }
        }
        if !finding.citation.is_empty() {
            writeln!(
                out,
                "  {:LABEL$}{FAINT}{}{FAINT:#}",
                "",
                visible(&finding.citation)
            )?;
        }
    }
    Ok(())
}

/// What a person would call it.
fn name(entry: &Entry) -> String {
    let own = match &entry.object {
        Object::Certificate(certificate) => certificate.display_name().to_owned(),
        Object::PrivateKey(_) => "private key".to_owned(),
        Object::PublicKey(key) => match &key.ssh {
            Some(line) if !line.comment.is_empty() => line.comment.clone(),
            _ => "public key".to_owned(),
        },
        Object::SshCertificate(certificate) => certificate.key_id.clone(),
        Object::CertificationRequest(request) => request.display_name().to_owned(),
        Object::RevocationList(list) => {
            let issuer = list.issuer.common_name.as_ref();
            format!("revocation list of {}", issuer.unwrap_or(&list.issuer.text))
        }
        Object::AttributeCertificate(_) => "attribute certificate".to_owned(),
        Object::Signer(_) => "signer".to_owned(),
        Object::Other(other) => other.what.clone(),
        _ => String::new(),
    };
    match (&entry.alias, own.as_str()) {
        (Some(alias), "") => alias.clone(),
        (Some(alias), own) if alias != own => format!("{own} ({alias})"),
        (None, "") => entry.path.clone(),
        (_, own) => own.to_owned(),
    }
}
