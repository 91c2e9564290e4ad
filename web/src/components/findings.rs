//! What is odd about an entry, worst first.

use certlens_core::{Finding, Severity, Span};
use yew::prelude::*;

use super::Icon;
use crate::format;

/// What [`Findings`] show.
#[derive(Clone, PartialEq, Properties)]
pub struct FindingsProps {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
}

/// What is odd about an entry.
#[component]
pub fn Findings(props: &FindingsProps) -> Html {
    if props.findings.is_empty() {
        return Html::default();
    }
    html! {
        <section class="finds" aria-label="Findings" data-test="findings">
            { for props.findings.iter().map(finding) }
        </section>
    }
}

fn finding(finding: &Finding) -> Html {
    let (class, icon, word) = match finding.severity {
        Severity::Error => ("f-now", "i-broken", "Error"),
        Severity::Warning => ("f-soon", "i-now", "Warning"),
        Severity::Notice => ("f-info", "i-info", "Note"),
    };
    let place = finding.at.as_ref().map(place);
    html! {
        <article class={classes!("find", class)} data-test="finding" data-id={finding.id.clone()}>
            <Icon name={icon} />
            <h2><span class="sev">{ word }</span>{ &finding.title }</h2>
            <span class="ref">{ place }</span>
            <p>{ &finding.what }{ " " }{ &finding.why }{ " " }<b>{ &finding.fix }</b></p>
            if !finding.citation.is_empty() { <p class="cite">{ &finding.citation }</p> }
        </article>
    }
}

/// Where something stands: `bytes 412–490`.
pub(crate) fn place(span: &Span) -> String {
    let range = span.input.unwrap_or(span.der);
    let number = |offset: u64| format::number(i64::try_from(offset).unwrap_or(i64::MAX));
    format!(
        "bytes {}–{}",
        number(range.start),
        number(range.end.saturating_sub(1))
    )
}
