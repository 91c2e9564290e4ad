//! What DER and RFC 5280 forbid must be told, where other programs pass over it: faults that those
//! who made a file state, and faults that are put into every good certificate.

use std::collections::BTreeSet;

use certlens_core::{Object, Options, Report};

use super::checks::Outcome;
use super::expected::{Case, Verdict};
use super::reading::Reading;
use crate::der_of_pem;

pub(super) fn check(case: &Case, reading: &Reading) -> Option<Outcome> {
    if let Some(stated) = stated(case, reading) {
        return Some(stated);
    }
    let (digest, _) = case.decoded()?;
    let report = reading.report()?;
    let certificate = report
        .entries
        .iter()
        .find_map(|entry| match &entry.object {
            Object::Certificate(it) if it.fingerprints.sha256 == digest => Some(it),
            _ => None,
        })?;
    Some(damaged(&der_of_pem(&certificate.pem)))
}

/// A fault that those who made the file state.
fn stated(case: &Case, reading: &Reading) -> Option<Outcome> {
    let stated = case.stated()?;
    let rejects = [stated.outer_structure, stated.tbs].contains(&Some(Verdict::Reject));
    if !rejects && stated.errors_text.is_empty() || case.kind == "verify-case" || case.kind == "tbs"
    {
        return None;
    }
    let is_told = reading.complaint().is_some()
        || reading
            .report()
            .is_some_and(|report| !faults(report).is_empty());
    Some(Outcome::one((!is_told).then(|| {
        format!(
            "expected a finding, found none: {}",
            stated.errors_text.trim().replace('\n', " ")
        )
    })))
}

/// Faults put into a good certificate, each of which must be told.
fn damaged(der: &[u8]) -> Outcome {
    let before = told(der);
    let mut outcome = Outcome {
        compared: 0,
        differences: Vec::new(),
    };
    for (what, bytes) in damages(der) {
        outcome.compared += 1;
        if told(&bytes).is_subset(&before) {
            outcome
                .differences
                .push(format!("expected a finding about {what}, found none"));
        }
    }
    outcome
}

fn damages(der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut damages = vec![
        ("an octet after it", [der, &[0]].concat()),
        ("a value after it", [der, &[0x05, 0x00]].concat()),
    ];
    if let [0x30, 0x82, high, low, contents @ ..] = der {
        damages.push((
            "a length that is not minimal",
            [&[0x30, 0x83, 0, *high, *low], contents].concat(),
        ));
        damages.push((
            "an indefinite length",
            [&[0x30, 0x80], contents, &[0, 0]].concat(),
        ));
        let length = u16::from_be_bytes([*high, *low])
            .saturating_add(2)
            .to_be_bytes();
        damages.push((
            "a value after the signature",
            [&[0x30, 0x82, length[0], length[1]], contents, &[0x05, 0x00]].concat(),
        ));
    }
    damages
}

/// What is told of these bytes: the findings, or why they cannot be read.
fn told(der: &[u8]) -> BTreeSet<String> {
    match certlens_core::inspect(der, &Options::default(), None) {
        Err(error) => BTreeSet::from([error.to_string()]),
        Ok(report) => faults(&report),
    }
}

fn faults(report: &Report) -> BTreeSet<String> {
    let of_entries = report.entries.iter().flat_map(|entry| &entry.findings);
    let unreadable = report
        .entries
        .iter()
        .filter_map(|entry| match &entry.object {
            Object::Unreadable(problem) => Some(problem.message.clone()),
            _ => None,
        });
    let findings = report
        .findings
        .iter()
        .chain(of_entries)
        .map(|finding| finding.id.clone());
    findings.chain(unreadable).collect()
}
