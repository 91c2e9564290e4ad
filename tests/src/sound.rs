//! What must hold of everything that is read, however broken it is.

use std::collections::BTreeSet;

use certlens_core::{Options, Problem, Report};
use serde_json::Value;

/// Checks what reading this came to.
pub fn check(input: &[u8], options: &Options<'_>, result: &Result<Report, Problem>) {
    trees_are_sound(input, options);
    match result {
        Err(problem) => problem_is_sound(input, problem),
        Ok(report) => report_is_sound(input, report),
    }
}

fn problem_is_sound(input: &[u8], problem: &Problem) {
    assert!(
        problem.offset <= input.len() as u64,
        "the error stands outside of the input: {problem:?}"
    );
    assert!(
        !problem.message.is_empty() && !problem.hint.is_empty(),
        "{problem:?}"
    );
}

fn report_is_sound(input: &[u8], report: &Report) {
    assert_eq!(report.size, input.len() as u64, "size");
    let paths: BTreeSet<&str> = report
        .entries
        .iter()
        .map(|entry| entry.path.as_str())
        .collect();
    assert_eq!(
        paths.len(),
        report.entries.len(),
        "two entries have one path"
    );
    let json = serde_json::to_value(report).expect("a report serialises");
    places_are_inside(&json, "", input.len() as u64);
    let again: Report = serde_json::from_value(json).expect("a report deserialises");
    assert_eq!(again, *report, "a report survives JSON");
    let of_entries = report.entries.iter().flat_map(|entry| &entry.findings);
    for finding in report.findings.iter().chain(of_entries) {
        assert!(
            finding.title.chars().count() <= 60,
            "a long title: {}",
            finding.title
        );
        assert!(!finding.what.is_empty(), "{} says nothing", finding.id);
    }
}

/// Each value of a tree stands within the one that it is said to stand within, and in the input.
fn trees_are_sound(input: &[u8], options: &Options<'_>) {
    let Ok(trees) = certlens_core::trees(input, options) else {
        return;
    };
    for tree in trees {
        let mut around: Vec<u64> = Vec::new();
        for value in tree.values() {
            let depth = usize::try_from(value.depth).expect("fits");
            assert!(depth <= around.len(), "{} skips a level", value.name);
            around.truncate(depth);
            let (at, contents) = (value.at.der, value.contents.der);
            let end = around.last().copied().unwrap_or(tree.octets().len() as u64);
            let is_inside = at.start <= contents.start && contents.end <= at.end && at.end <= end;
            assert!(is_inside, "{value:?} reaches beyond {end}");
            around.push(contents.end);
        }
        let json = serde_json::to_value(tree.report()).expect("a tree serialises");
        places_are_inside(&json, "", input.len() as u64);
    }
}

/// Every range runs forwards, and those that count in the input end there.
fn places_are_inside(value: &Value, name: &str, size: u64) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| places_are_inside(item, name, size)),
        Value::Object(fields) => {
            let edge = |name: &str| fields.get(name).and_then(Value::as_u64);
            if let (Some(start), Some(end)) = (edge("start"), edge("end")) {
                assert!(start <= end, "{name} runs backwards: {value}");
                let counts_in_input = matches!(name, "input" | "place");
                assert!(
                    !counts_in_input || end <= size,
                    "{name} ends after {size}: {value}"
                );
            }
            fields
                .iter()
                .for_each(|(name, field)| places_are_inside(field, name, size));
        }
        _ => {}
    }
}
