//! A comparison as text: the summary first, then pair by pair what was lost, added and changed.

use std::io::{self, Write};

use anstyle::Style;
use certlens_core::{BundleMember, Change, Comparison, FieldComparison, Relation};

use super::Compared;
use crate::inspect::text::{BOLD, FAINT, RED, YELLOW};
use crate::inspect::visible::visible;

/// Width of the column of labels.
const LABEL: usize = 24;

pub(super) fn write(out: &mut impl Write, compared: &Compared) -> io::Result<()> {
    let comparison = &compared.comparison;
    writeln!(out, "{BOLD}{}{BOLD:#}", visible(&comparison.summary))?;
    let many =
        comparison.pairs.len() != 1 || !comparison.lost.is_empty() || !comparison.added.is_empty();
    write_members(out, "Lost", RED, &comparison.lost)?;
    write_members(out, "Added", Style::new(), &comparison.added)?;
    for pair in &comparison.pairs {
        if pair.comparison.relation == Relation::Identical {
            continue;
        }
        writeln!(out)?;
        if many {
            let summary = &pair.comparison.summary;
            writeln!(
                out,
                "{BOLD}{}{BOLD:#}  {}",
                visible(&pair.name),
                visible(summary)
            )?;
        }
        write_fields(out, &pair.comparison)?;
    }
    let not_checked = comparison.coverage.not_checked.join(", ");
    writeln!(out, "\n{FAINT}Not looked at: {not_checked}.{FAINT:#}")
}

fn write_members(
    out: &mut impl Write,
    word: &str,
    style: Style,
    members: &[BundleMember],
) -> io::Result<()> {
    for BundleMember { path, kind, name } in members {
        writeln!(
            out,
            "{style}{word:<8}{style:#}{}  {FAINT}{kind}, {path}{FAINT:#}",
            visible(name)
        )?;
    }
    Ok(())
}

fn write_fields(out: &mut impl Write, comparison: &Comparison) -> io::Result<()> {
    let is_same = |field: &&FieldComparison| field.change == Change::Same;
    for field in comparison.fields.iter().filter(|field| !is_same(field)) {
        write_field(out, field)?;
    }
    let same = comparison.fields.iter().filter(is_same).count();
    if same != 0 {
        let plural = if same == 1 { "field is" } else { "fields are" };
        writeln!(out, "  {FAINT}{same} more {plural} the same{FAINT:#}")?;
    }
    Ok(())
}

fn write_field(out: &mut impl Write, field: &FieldComparison) -> io::Result<()> {
    let (style, word) = match field.change {
        Change::Lost => (RED, "Lost"),
        Change::Added => (Style::new(), "Added"),
        Change::Changed => (YELLOW, "Changed"),
        Change::Same => (FAINT, "Same"),
    };
    let label = &field.label;
    let mut head = format!("  {style}{word:<8}{style:#}{}", visible(label));
    head.push_str(&" ".repeat(LABEL.saturating_sub(label.chars().count())));
    let indent = " ".repeat(10 + LABEL);
    let lines = field
        .lost
        .iter()
        .map(|line| ('-', line))
        .chain(field.added.iter().map(|line| ('+', line)));
    for (index, (sign, line)) in lines.enumerate() {
        let before = if index == 0 {
            head.as_str()
        } else {
            indent.as_str()
        };
        writeln!(out, "{before} {sign} {}", visible(line))?;
    }
    if let Some(note) = &field.note {
        writeln!(out, "{indent} {FAINT}{}{FAINT:#}", visible(note))?;
    }
    Ok(())
}
