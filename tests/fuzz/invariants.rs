//! What holds of every input, however broken: tried by the fuzz targets, and again on what they found
//! whenever the tests run.

use certlens_core::{
    Contents, Entry, Finding, Limits, Object, Options, Password, Span, UnixTime, columns, open,
    trees,
};

/// Small enough that no input takes long, large enough that every way through the readers is open.
const LIMITS: Limits = Limits {
    input: 1 << 20,
    depth: 64,
    kdf_rounds: 5_000,
    memory: 1 << 20,
    output: 1 << 20,
    entries: 1_000,
    listed: 100,
};

/// Reads the input in every way that there is.
///
/// # Panics
/// When something does not hold.
pub(crate) fn hold(input: &[u8]) {
    let passwords = ["", "changeit", "secret"].map(|text| Password::new(text.to_owned()));
    let options = Options {
        passwords: &passwords,
        limits: LIMITS,
    };
    let size = u64::try_from(input.len()).expect("fits");
    match open(input, &options) {
        Ok(contents) => contents_hold(&contents, size),
        Err(error) => {
            assert!(error.offset() <= input.len(), "{error} lies outside");
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
        }
    }
    for tree in trees(input, &options).unwrap_or_default() {
        let last = tree.octets().len().saturating_sub(1);
        assert!(
            tree.position(last).is_some() || tree.is_empty(),
            "{} ends early",
            tree.path()
        );
        serde_json::to_string(&tree.report()).expect("serialises");
    }
    if let Ok(columns) = columns(input, &options) {
        assert_eq!(columns.iter().count(), columns.len());
    }
}

fn contents_hold(contents: &Contents, size: u64) {
    assert_eq!(contents.rows().len(), contents.len());
    let report = contents.report(Some(UnixTime::from_seconds(1_800_000_000)));
    assert_eq!(report.entries.len(), contents.len());
    report
        .findings
        .iter()
        .for_each(|finding| finding_holds(finding, size));
    for (index, entry) in report.entries.iter().enumerate() {
        entry_holds(entry, size);
        assert_eq!(
            contents.position(&entry.path),
            Some(index),
            "{} is taken twice",
            entry.path
        );
        let worst = entry.findings.iter().map(|finding| finding.severity).min();
        assert_eq!(contents.worst(index), worst, "{}", entry.path);
        contents.find_revoked(index, "01");
    }
    serde_json::to_string(&report).expect("serialises");
}

fn entry_holds(entry: &Entry, size: u64) {
    assert!(
        entry.place.start <= entry.place.end && entry.place.end <= size,
        "{} lies outside",
        entry.path
    );
    entry
        .findings
        .iter()
        .for_each(|finding| finding_holds(finding, size));
    match &entry.object {
        Object::Certificate(certificate) => {
            for span in [
                certificate.at.certificate,
                certificate.at.serial,
                certificate.at.subject,
            ] {
                span_holds(span, size);
            }
            certificate
                .extensions
                .iter()
                .for_each(|extension| span_holds(extension.at, size));
        }
        Object::Unreadable(problem) => assert!(problem.offset <= size, "{}", problem.message),
        _ => {}
    }
}

fn finding_holds(finding: &Finding, size: u64) {
    assert!(
        !finding.what.is_empty() && finding.title.chars().count() <= 60,
        "{}",
        finding.id
    );
    if let Some(span) = finding.at {
        span_holds(span, size);
    }
}

fn span_holds(span: Span, size: u64) {
    assert!(span.der.start <= span.der.end, "{span:?}");
    if let Some(input) = span.input {
        assert!(
            input.start <= input.end && input.end <= size,
            "{span:?} lies outside {size} bytes"
        );
    }
}
