//! What is odd about an entry, worst first.

use certlens_core::{Finding, Severity, Span};
use yew::prelude::*;

use super::dated::dated;
use super::icon;
use crate::format;
use crate::rows::RowId;
use crate::view::View;
use crate::words::{self, RulePart};

/// What [`Findings`] show.
#[derive(Clone, PartialEq, Properties)]
pub struct FindingsProps {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// What they are called together; no two on one screen the same.
    #[prop_or_else(|| words::findings().into())]
    pub label: AttrValue,
    /// The entry whose bytes the places lead to; without it they are told and lead nowhere.
    #[prop_or_default]
    pub bytes_of: Option<RowId>,
}

/// What is odd about an entry.
#[component]
pub fn Findings(props: &FindingsProps) -> Html {
    if props.findings.is_empty() {
        return Html::default();
    }
    html! {
        <section class="finds" aria-label={&props.label} data-test="findings">
            { for props.findings.iter().map(|one| finding(one, props.bytes_of)) }
        </section>
    }
}

pub(super) fn finding(finding: &Finding, bytes_of: Option<RowId>) -> Html {
    let (class, icon) = match finding.severity {
        Severity::Error => ("f-now", "i-broken"),
        Severity::Warning => ("f-soon", "i-now"),
        Severity::Notice => ("f-info", "i-info"),
    };
    let word = severity(finding.severity);
    let place = finding.at.as_ref().map(|at| linked_place(at, bytes_of));
    html! {
        <article class={classes!("find", class)} data-test="finding" data-id={finding.id.clone()}>
            { icon::drawn(icon) }
            <h2><span class="sev">{ word }</span>{ said(finding, RulePart::Title) }</h2>
            <span class="ref">{ place }</span>
            <p>{ found(finding) }{ " " }{ said(finding, RulePart::Why) }{ " " }<b>{ said(finding, RulePart::Fix) }</b></p>
            if !finding.citation.is_empty() { <p class="cite">{ &*finding.citation }</p> }
        </article>
    }
}

/// How bad a finding is, in a word.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => words::severity_error(),
        Severity::Warning => words::severity_warning(),
        Severity::Notice => words::severity_note(),
    }
}

/// What was found of this very entry. Instants in it are written as everywhere on the page.
pub(crate) fn found(finding: &Finding) -> Html {
    html! { <span lang={words::lang_of_report()}>{ dated(&finding.what) }</span> }
}

/// A part of a finding in the reader's language, else in English and marked as such.
pub(crate) fn said(finding: &Finding, part: RulePart) -> Html {
    if let Some(text) = words::of_rule(&finding.id, part) {
        return html! { { text } };
    }
    let text = match part {
        RulePart::Title => &finding.title,
        RulePart::Why => &finding.why,
        RulePart::Fix => &finding.fix,
    };
    html! { <span lang={words::lang_of_report()}>{ &**text }</span> }
}

/// Where something stands, as a link to these bytes.
pub(crate) fn linked_place(span: &Span, bytes_of: Option<RowId>) -> Html {
    match bytes_of {
        Some(id) => html! { <a href={View::Bytes(Some(span.der)).href(id)}>{ place(span) }</a> },
        None => html! { { place(span) } },
    }
}

/// Where something stands: `bytes 412–490`.
pub(crate) fn place(span: &Span) -> String {
    let range = span.input.unwrap_or(span.der);
    let number = |offset: u64| format::number(i64::try_from(offset).unwrap_or(i64::MAX));
    words::bytes_from_to(&number(range.start), &number(range.end.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::text::tests::read;
    use crate::status::tests::fault;

    #[test]
    fn instants_in_a_finding_are_written_as_everywhere() {
        let ended = Finding {
            what: "Root ended 2026-11-24T00:00:00Z.".to_owned(),
            ..fault(Severity::Error, "An authority is not in date")
        };
        let told = read(&finding(&ended, None));
        let wanted = "Root ended <time 2026-11-24T00:00:00Z>24 Nov 2026, 00:00:00 UTC</time>.";
        assert!(told.contains(wanted), "{told}");
    }
}
