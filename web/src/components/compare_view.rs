//! One entry against another: what was lost, added, changed, and what is the same.

use certlens_core::{BundleMember, BundlePair, Change, Comparison, FieldComparison, Relation};
use web_sys::{HtmlElement, HtmlSelectElement};
use yew::prelude::*;

use super::certificate_detail::in_a_terminal;
use super::dated::{dated, spoken, spoken_sentence};
use super::{icon, text};
use crate::command;
use crate::questions::{Other, Question, Told};
use crate::rows::RowId;
use crate::services::questions::use_told;
use crate::status;
use crate::view::View;
use crate::visible;
use crate::words;

/// What a [`CompareView`] compares.
#[derive(Clone, PartialEq, Properties)]
pub struct CompareViewProps {
    /// The entry that is open.
    pub id: RowId,
    /// Name of its file.
    pub source: AttrValue,
    /// What it is compared with: [`View::Compare`] or [`View::CompareFile`].
    pub view: View,
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// Called with another thing to compare with.
    pub onwith: Callback<View>,
}

/// One entry against another.
#[component]
pub fn CompareView(props: &CompareViewProps) -> Html {
    let swapped = use_state_eq(|| false);
    let all = use_state_eq(|| false);
    let chosen = match props.view {
        View::Compare(chosen) => chosen,
        _ => None,
    };
    let others = use_told(Some(Question::Others(props.id, chosen)), props.revision);
    let Some(Told::Others(others)) = others else {
        return html! { <p class="muted" role="status">{ words::looking_for_what_it_can_be_compared() }</p> };
    };
    let mut files: Vec<(u32, &str)> = Vec::new();
    for one in &others {
        let known = files.iter().any(|(file, _)| *file == one.id.group);
        if one.id.group != props.id.group && !known {
            files.push((one.id.group, &one.source));
        }
    }
    let with = match props.view {
        View::Compare(Some(with)) if others.iter().any(|one| one.id == with) => {
            Some(View::Compare(Some(with)))
        }
        View::CompareFile(file) if files.iter().any(|(one, _)| *one == file) => {
            Some(View::CompareFile(file))
        }
        _ => others.first().map(|one| View::Compare(Some(one.id))),
    };
    let entries = others.iter().map(|one| View::Compare(Some(one.id)));
    let choices: Vec<View> = entries
        .chain(files.iter().map(|(file, _)| View::CompareFile(*file)))
        .collect();
    let onchange = {
        let onwith = props.onwith.clone();
        Callback::from(move |event: Event| {
            let chosen = event
                .target_unchecked_into::<HtmlSelectElement>()
                .selected_index();
            if let Some(view) = usize::try_from(chosen).ok().and_then(|at| choices.get(at)) {
                onwith.emit(*view);
            }
        })
    };
    // The older one stands first, as long as nobody swaps the sides.
    let turned = *swapped != is_newer(&others, with);
    let sides = |other: &'static str, own: &'static str| if turned { own } else { other };
    let onturn = Callback::from(move |_: MouseEvent| swapped.set(!*swapped));
    let onall = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    if others.is_empty() {
        return html! { <p class="muted">{ words::there_is_nothing_else_on_the_pile() }</p> };
    }
    let source = match with {
        Some(View::CompareFile(file)) => files
            .iter()
            .find(|(one, _)| *one == file)
            .map(|(_, name)| *name),
        Some(View::Compare(Some(with))) => {
            // Its own file holds both: no command tells them apart.
            let other = others
                .iter()
                .find(|one| one.id == with && with.group != props.id.group);
            other.map(|one| one.source.as_str())
        }
        _ => None,
    };
    let command = source.and_then(|source| {
        let (before, after) = (source, &*props.source);
        if turned {
            command::compare(after, before)
        } else {
            command::compare(before, after)
        }
    });
    html! {
        <>
        <div data-test="compare">
            <div class="compare-bar">
                <label class="grow"><span class="lbl">{ match with {
                        Some(View::CompareFile(_)) => sides(words::from_this_file_to_the_one_that_is(), words::the_file_that_is_open_first_then()),
                        _ => sides(words::from_this_one_to_the_entry_that_is(), words::this_entry_first_then()),
                    } }</span>
                    <select class="btn" data-test="compare-with" {onchange}>
                        <optgroup label={words::entries()}>
                        { for others.iter().map(|one| html! {
                            <option selected={with == Some(View::Compare(Some(one.id)))}>{ visible::escaped(&format!("{} ({})", status::name(one.kind, &one.name), one.source)) }</option>
                        }) }
                        </optgroup>
                        if !files.is_empty() { <optgroup label={words::whole_files()}>
                        { for files.iter().map(|(file, name)| html! {
                            <option selected={with == Some(View::CompareFile(*file))}>{ visible::escaped(&words::all_of_file(name)) }</option>
                        }) }
                        </optgroup> }
                    </select></label>
                <button type="button" class="btn" onclick={onturn}>{ icon::drawn("i-replace") }{ words::swap_sides() }</button>
            </div>
            if let Some(View::CompareFile(file)) = with {
                <Bundles before={if turned { props.id.group } else { file }} after={if turned { file } else { props.id.group }} revision={props.revision} />
            }
            if let Some(View::Compare(Some(with))) = with {
                <Compared before={if turned { props.id } else { with }} after={if turned { with } else { props.id }}
                    revision={props.revision} all={*all} {onall} />
            }
        </div>
        if let Some(command) = command { { in_a_terminal(&command.into()) } }
        </>
    }
}

/// Whether what is compared with is the newer one.
fn is_newer(others: &[Other], with: Option<View>) -> bool {
    let Some(View::Compare(Some(with))) = with else {
        return false;
    };
    others.iter().any(|one| one.id == with && one.newer)
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
    let table = use_node_ref();
    let Some(Told::Comparison(comparison)) = told else {
        return html! { <p class="muted" role="status">{ words::comparing() }</p> };
    };
    let Comparison {
        summary, fields, ..
    } = *comparison;
    let (same, other): (Vec<_>, Vec<_>) = fields
        .iter()
        .partition(|field| field.change == Change::Same);
    let count = i64::try_from(same.len()).unwrap_or(0);
    // The button goes; the keyboard stays with the table that it unfolds.
    let onclick = {
        let table = table.clone();
        props.onall.reform(move |event: MouseEvent| {
            if let Some(table) = table.cast::<HtmlElement>() {
                table.focus().ok();
            }
            event
        })
    };
    html! {
        <>
            <p class="say" data-test="compare-summary" aria-live="polite">{ spoken_sentence(&summary) }</p>
            if !fields.is_empty() {
                <div class="diff-box"><table ref={table} class="diff" tabindex="-1" data-test="field-changes">
                    <thead><tr><th scope="col">{ words::what() }</th><th scope="col">{ words::field() }</th><th scope="col">{ words::before() }</th><th scope="col">{ words::after() }</th></tr></thead>
                    <tbody>
                        { for other.iter().map(|field| row(field)) }
                        if props.all { { for same.iter().map(|field| row(field)) } }
                    </tbody>
                </table></div>
                if !props.all && !same.is_empty() {
                    <button type="button" class="btn btn-bare btn-s more" {onclick}>{ words::show_fields_the_same(count) }</button>
                }
            }
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct BundlesProps {
    before: u32,
    after: u32,
    revision: u64,
}

/// One file against another: what became of each object.
#[component]
fn Bundles(props: &BundlesProps) -> Html {
    let question = Question::CompareFiles {
        before: props.before,
        after: props.after,
    };
    let told = use_told(Some(question), props.revision);
    let Some(Told::Bundles(bundles)) = told else {
        return html! { <p class="muted" role="status">{ words::comparing() }</p> };
    };
    let changed = |pair: &&BundlePair| pair.comparison.relation != Relation::Identical;
    let (changed, same): (Vec<&BundlePair>, Vec<&BundlePair>) =
        bundles.pairs.iter().partition(changed);
    html! {
        <>
            <p class="say" data-test="compare-summary" aria-live="polite">{ spoken_sentence(&bundles.summary) }</p>
            <div class="diff-box"><table class="diff" data-test="bundles">
                <thead><tr><th scope="col">{ words::what() }</th><th scope="col">{ words::object() }</th><th scope="col">{ words::in_short() }</th></tr></thead>
                <tbody>
                    { for bundles.lost.iter().map(|one| member(one, Change::Lost)) }
                    { for bundles.added.iter().map(|one| member(one, Change::Added)) }
                    { for changed.into_iter().map(|one| pair(one, Change::Changed)) }
                    { for same.into_iter().map(|one| pair(one, Change::Same)) }
                </tbody>
            </table></div>
        </>
    }
}

fn member(one: &BundleMember, change: Change) -> Html {
    let word = word(change);
    html! {
        <tr data-test="bundle-change" data-change={word.2}><td>{ status(word) }</td>
            <th scope="row">{ text::shown(&one.name) }</th><td class="muted">{ spoken(&one.kind) }</td></tr>
    }
}

fn pair(one: &BundlePair, change: Change) -> Html {
    let word = word(change);
    html! {
        <tr data-test="bundle-change" data-change={word.2}><td>{ status(word) }</td>
            <th scope="row">{ text::shown(&one.name) }</th><td>{ spoken_sentence(&one.comparison.summary) }</td></tr>
    }
}

fn status((class, icon, word): (&'static str, &'static str, &'static str)) -> Html {
    html! { <span class={classes!("st", class)}>{ icon::drawn(icon) }{ word }</span> }
}

fn word(change: Change) -> (&'static str, &'static str, &'static str) {
    match change {
        Change::Lost => ("st-now", "i-broken", words::change_lost()),
        Change::Added => ("st-info", "i-plus", words::change_added()),
        Change::Changed => ("st-soon", "i-replace", words::change_changed()),
        Change::Same => ("st-unknown", "i-check", words::change_same()),
    }
}

fn row(field: &FieldComparison) -> Html {
    let word = word(field.change);
    html! {
        <tr data-test="field-change" data-change={word.2}>
            <td>{ status(word) }</td>
            <th scope="row">{ spoken(&field.label) }if let Some(note) = &field.note { <small>{ spoken(note) }</small> }</th>
            <td>{ values(&field.before, &field.lost, "was-lost") }</td>
            <td>{ values(&field.after, &field.added, "was-added") }</td>
        </tr>
    }
}

fn values(all: &[String], marked: &[String], mark: &'static str) -> Html {
    if all.is_empty() {
        return html! { <span class="muted">{ words::not_present() }</span> };
    }
    html! {
        <ul>{ for all.iter().map(|one| html! { <li class={marked.contains(one).then_some(mark)}>{ dated(one) }</li> }) }</ul>
    }
}

#[cfg(test)]
mod tests {
    use certlens_core::RowKind;

    use super::*;
    use crate::components::text::tests::read;

    #[test]
    fn dates_that_are_compared_are_written_as_everywhere() {
        let ends = ["2027-01-22T09:41:00Z".to_owned()];
        let told = read(&values(&ends, &[], "was-lost"));
        assert_eq!(
            told,
            "<time 2027-01-22T09:41:00Z>22 Jan 2027, 09:41:00 UTC</time>"
        );
    }

    #[test]
    fn the_older_one_stands_first() {
        let id = |entry| RowId { group: 1, entry };
        let other = |entry, newer| Other {
            id: id(entry),
            kind: RowKind::Certificate,
            name: String::new(),
            source: String::new(),
            newer,
        };
        let others = [other(1, false), other(2, true)];
        assert!(!is_newer(&others, Some(View::Compare(Some(id(1))))));
        assert!(is_newer(&others, Some(View::Compare(Some(id(2))))));
        assert!(!is_newer(&others, Some(View::CompareFile(1))));
        assert!(!is_newer(&others, None));
    }
}
