//! One entry against another: what was lost, added, changed, and what is the same.

use certlens_core::{Change, Comparison, FieldComparison};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{Icon, Text};
use crate::format;
use crate::questions::{Question, Told};
use crate::rows::RowId;
use crate::services::questions::use_told;
use crate::visible;

/// What a [`CompareView`] compares.
#[derive(Clone, PartialEq, Properties)]
pub struct CompareViewProps {
    /// The entry that is open.
    pub id: RowId,
    /// The other one.
    pub with: Option<RowId>,
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// Called with another one to compare with.
    pub onwith: Callback<RowId>,
}

/// One entry against another.
#[component]
pub fn CompareView(props: &CompareViewProps) -> Html {
    let turned = use_state_eq(|| false);
    let all = use_state_eq(|| false);
    let others = use_told(Some(Question::Others(props.id)), props.revision);
    let Some(Told::Others(others)) = others else {
        return html! { <p class="muted" role="status">{ "Looking for what it can be compared with." }</p> };
    };
    let with = props
        .with
        .filter(|with| others.iter().any(|one| one.id == *with));
    let with = with.or_else(|| others.first().map(|one| one.id));
    let onchange = {
        let (others, onwith) = (others.clone(), props.onwith.clone());
        Callback::from(move |event: Event| {
            let chosen = event
                .target_unchecked_into::<HtmlSelectElement>()
                .selected_index();
            if let Some(other) = usize::try_from(chosen).ok().and_then(|at| others.get(at)) {
                onwith.emit(other.id);
            }
        })
    };
    let onturn = {
        let turned = turned.clone();
        Callback::from(move |_: MouseEvent| turned.set(!*turned))
    };
    let onall = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    if others.is_empty() {
        return html! { <p class="muted">{ "There is nothing else on the pile. Drop the other file beside it." }</p> };
    }
    html! {
        <div data-test="compare">
            <div class="compare-bar">
                <label class="grow"><span class="lbl">{ if *turned { "This entry first, then" } else { "From this one, to the entry that is open" } }</span>
                    <select class="btn" data-test="compare-with" {onchange}>
                        { for others.iter().map(|one| html! {
                            <option selected={Some(one.id) == with}>{ visible::escaped(&format!("{} ({})", one.name, one.source)) }</option>
                        }) }
                    </select></label>
                <button type="button" class="btn" onclick={onturn}><Icon name="i-replace" />{ "Swap sides" }</button>
            </div>
            if let Some(with) = with {
                <Compared before={if *turned { props.id } else { with }} after={if *turned { with } else { props.id }}
                    revision={props.revision} all={*all} {onall} />
            }
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ComparedProps {
    before: RowId,
    after: RowId,
    revision: u64,
    all: bool,
    onall: Callback<MouseEvent>,
}

#[component]
fn Compared(props: &ComparedProps) -> Html {
    let question = Question::Compare {
        before: props.before,
        after: props.after,
    };
    let told = use_told(Some(question), props.revision);
    let Some(Told::Comparison(comparison)) = told else {
        return html! { <p class="muted" role="status">{ "Comparing." }</p> };
    };
    let Comparison {
        summary, fields, ..
    } = *comparison;
    let (same, other): (Vec<_>, Vec<_>) = fields
        .iter()
        .partition(|field| field.change == Change::Same);
    let count = i64::try_from(same.len()).unwrap_or(0);
    html! {
        <>
            <p class="say" data-test="compare-summary" aria-live="polite"><Text value={format::sentence(&summary)} /></p>
            if !fields.is_empty() {
                <div class="diff-box"><table class="diff">
                    <thead><tr><th scope="col">{ "What" }</th><th scope="col">{ "Field" }</th><th scope="col">{ "Before" }</th><th scope="col">{ "After" }</th></tr></thead>
                    <tbody>
                        { for other.iter().map(|field| row(field)) }
                        if props.all { { for same.iter().map(|field| row(field)) } }
                    </tbody>
                </table></div>
                if !props.all && !same.is_empty() {
                    <button type="button" class="btn btn-bare btn-s more" onclick={props.onall.clone()}>{ format!("Show {} that are the same", format::counted(count, "field")) }</button>
                }
            }
        </>
    }
}

fn row(field: &FieldComparison) -> Html {
    let (class, icon, word) = match field.change {
        Change::Lost => ("st-now", "i-broken", "Lost"),
        Change::Added => ("st-info", "i-plus", "Added"),
        Change::Changed => ("st-soon", "i-replace", "Changed"),
        Change::Same => ("st-unknown", "i-check", "Same"),
    };
    html! {
        <tr data-test="field-change" data-change={word}>
            <td><span class={classes!("st", class)}><Icon name={icon} />{ word }</span></td>
            <th scope="row">{ &field.label }if let Some(note) = &field.note { <small>{ note }</small> }</th>
            <td>{ values(&field.before, &field.lost, "was-lost") }</td>
            <td>{ values(&field.after, &field.added, "was-added") }</td>
        </tr>
    }
}

fn values(all: &[String], marked: &[String], mark: &'static str) -> Html {
    if all.is_empty() {
        return html! { <span class="muted">{ "not present" }</span> };
    }
    html! {
        <ul>{ for all.iter().map(|one| html! { <li class={marked.contains(one).then_some(mark)}><Text value={one.clone()} /></li> }) }</ul>
    }
}
