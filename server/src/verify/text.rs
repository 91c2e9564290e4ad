//! The verdict as text: the answer, then each path with a line for each certificate.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use certlens_core::{CheckOutcome, JudgedPath, Judgement, PathCheck, StepRole, StepVerdict};

use crate::inspect::visible::visible;

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const GREEN: Style = AnsiColor::Green.on_default();

pub(super) fn write(out: &mut impl Write, judgement: &Judgement) -> io::Result<()> {
    let (style, word) = answer(judgement.accepted);
    let name = judgement
        .paths
        .first()
        .and_then(|path| path.steps.first())
        .map_or("", |step| step.subject.as_str());
    writeln!(
        out,
        "{style}{word:<14}{style:#}{BOLD}{}{BOLD:#}",
        visible(name)
    )?;
    writeln!(out, "{:<14}{}", "", visible(&judgement.summary))?;
    let purpose = judgement.purpose.name();
    let (profile, at) = (judgement.profile.name(), judgement.at);
    writeln!(
        out,
        "{FAINT}{:<14}for {purpose} at {at}, profile {profile}{FAINT:#}",
        ""
    )?;
    for (index, path) in judgement.paths.iter().enumerate() {
        writeln!(out)?;
        if 1 < judgement.paths.len() {
            let (style, word) = answer(path.accepted);
            writeln!(
                out,
                "{BOLD}Path {}{BOLD:#}  {style}{word}{style:#}",
                index + 1
            )?;
        }
        write_path(out, path)?;
    }
    writeln!(out)?;
    write_list(out, "Covered", &judgement.covered)?;
    write_list(out, "Not covered", &judgement.not_covered)?;
    if judgement.work.exhausted {
        writeln!(
            out,
            "{YELLOW}The work allowed was spent: an acceptable path may have been missed.{YELLOW:#}"
        )?;
    }
    Ok(())
}

fn write_path(out: &mut impl Write, path: &JudgedPath) -> io::Result<()> {
    for step in &path.steps {
        let role = match step.role {
            StepRole::Leaf => "leaf",
            StepRole::Intermediate => "authority",
            StepRole::Anchor => "anchor",
        };
        let (style, mark) = match step.verdict {
            StepVerdict::Accepted => (GREEN, "✓"),
            StepVerdict::Unproven => (FAINT, "?"),
            StepVerdict::Refused => (RED, "✗"),
        };
        let subject = visible(&step.subject);
        writeln!(
            out,
            "{style}{mark}{style:#} {role:<12}{BOLD}{subject}{BOLD:#}"
        )?;
        if step.verdict == StepVerdict::Accepted {
            writeln!(out, "{:<14}{}", "", visible(&step.reason))?;
        }
        for check in &step.checks {
            write_check(out, check)?;
        }
    }
    Ok(())
}

/// What was refused, noted or not looked at; what passed is in the step's reason, and in the JSON.
fn write_check(out: &mut impl Write, check: &PathCheck) -> io::Result<()> {
    let (style, word) = match check.outcome {
        CheckOutcome::Refused => (RED, "refused"),
        CheckOutcome::Noted => (YELLOW, "noted"),
        CheckOutcome::Unchecked => (FAINT, "not checked"),
        CheckOutcome::Passed => return Ok(()),
    };
    let (what, citation) = (visible(&check.what), visible(&check.citation));
    writeln!(
        out,
        "{:<14}{style}{word}{style:#}: {what} {FAINT}({citation}){FAINT:#}",
        ""
    )
}

fn write_list(out: &mut impl Write, title: &str, lines: &[String]) -> io::Result<()> {
    for (index, line) in lines.iter().enumerate() {
        let title = if index == 0 { title } else { "" };
        writeln!(out, "{FAINT}{title:<14}{}{FAINT:#}", visible(line))?;
    }
    Ok(())
}

fn answer(accepted: bool) -> (Style, &'static str) {
    if accepted {
        (GREEN, "Accepted")
    } else {
        (RED, "Refused")
    }
}
