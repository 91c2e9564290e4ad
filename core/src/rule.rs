//! What makes a finding: the part of it that is the same for every file.

use crate::report::{Finding, Severity, Span};

/// One thing that can be odd about an input. Rules stand as constants beside the code that looks for
/// them; what was found in this input, and where, is added by [`Rule::found`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// A stable name: `serial-negative`.
    pub(crate) id: &'static str,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What it is, in at most sixty characters.
    pub(crate) title: &'static str,
    /// Why it matters.
    pub(crate) why: &'static str,
    /// What to do about it.
    pub(crate) fix: &'static str,
    /// Where that is written: `RFC 5280, 4.1.2.2`.
    pub(crate) citation: &'static str,
}

impl Rule {
    /// The finding that says what this input does, with the actual values.
    pub(crate) fn found(&self, what: impl Into<String>, at: Option<Span>) -> Finding {
        Finding {
            id: self.id.to_owned(),
            severity: self.severity,
            title: self.title.to_owned(),
            what: what.into(),
            why: self.why.to_owned(),
            fix: self.fix.to_owned(),
            citation: self.citation.to_owned(),
            at,
        }
    }
}
