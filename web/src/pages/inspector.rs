//! The inspector: the list of everything that was dropped, and one entry of it in full.

use std::rc::Rc;

use certlens_core::UnixTime;
use gloo::events::EventListener;
use gloo::utils::window;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent};
use yew::prelude::*;

use crate::command;
use crate::components::certificate_detail::Inspect;
use crate::components::dated::spoken;
use crate::components::export_dialog::ExportDialog;
use crate::components::findings::{found, said};
use crate::components::print_sheets::PrintSheets;
use crate::components::{CertificateDetail, RowKey, RowTable, Unlocking, icon, text};
use crate::detail::Detail;
use crate::expiry::Expiry;
use crate::format;
use crate::protocol::{Stage, Tally, Underway};
use crate::questions::Sheet;
use crate::rows::{Choosing, GROUPS, ORDERS, RowId, Rows, Shape, find, word};
use crate::said::State;
use crate::services::focus;
use crate::services::questions::use_row_keys;
use crate::state::{Act, Bench, Shown};
use crate::view::View;
use crate::visible;
use crate::words::{self, RulePart};

/// What an [`Inspector`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct InspectorProps {
    /// What is on the bench.
    pub bench: Rc<Bench>,
    /// Who answers with rows.
    pub rows: Rows,
    /// The instant to judge against.
    pub now: UnixTime,
    /// Whether something is being dragged over the window.
    pub over: bool,
    /// Called with what happens to the bench.
    pub onact: Callback<Act>,
    /// Called with what is to be chosen.
    pub onchoose: Callback<Choosing>,
    /// Called with an entry to open.
    pub onopen: Callback<RowId>,
    /// Called to choose more files.
    pub onfiles: Callback<()>,
    /// Called with a password.
    pub onunlock: Callback<Unlocking>,
    /// Called to stop trying a password.
    pub onstop: Callback<u32>,
    /// Called with a file to take off the pile.
    pub onremove: Callback<u32>,
    /// Called to take everything off.
    pub onclear: Callback<()>,
    /// By what ends of validity are called near.
    pub expiry: Expiry,
    /// Called with another choice of that.
    pub onexpiry: Callback<Expiry>,
    /// Called to read no further.
    pub oncancel: Callback<()>,
}

/// The inspector.
#[component]
pub fn Inspector(props: &InspectorProps) -> Html {
    let open = props.bench.open();
    let onkey = use_row_keys(&props.onchoose, &props.bench.chosen);
    use_keys(onkey.clone(), open);
    let open = open.is_some();
    let exporting = use_state_eq(|| false);
    let shape = use_state_eq(Rc::<Shape>::default);
    let onshape = {
        let shape = shape.clone();
        Callback::from(move |new| shape.set(new))
    };
    let printed = use_state_eq(|| None::<Rc<Vec<Sheet>>>);
    let onexport = {
        let exporting = exporting.clone();
        Callback::from(move |_: MouseEvent| exporting.set(true))
    };
    let onclose = {
        let exporting = exporting.clone();
        Callback::from(move |()| exporting.set(false))
    };
    let onprint = {
        let printed = printed.clone();
        Callback::from(move |sheets| printed.set(Some(sheets)))
    };
    let onprinted = {
        let printed = printed.clone();
        Callback::from(move |()| printed.set(None))
    };
    html! {
        <div class={classes!("split", open.then_some("has-detail"), props.over.then_some("is-over"), printed.is_some().then_some("prints"))}>
            <section class="list" aria-label={words::entries()}>
                <ListHead inspector={props.clone()} shape={Rc::clone(&shape)} />
                <List inspector={props.clone()} {onkey} shape={Rc::clone(&shape)} {onshape} />
                { foot(props, &onexport) }
            </section>
            <section class="detail" aria-label={words::entry()} aria-busy={matches!(props.bench.shown, Shown::Asked(..)).then_some("true")}>
                { detail(props) }
            </section>
            if *exporting { <ExportDialog query={props.bench.query.clone()} chosen={props.bench.chosen.count} revision={props.bench.tally.revision} {onclose} {onprint} /> }
            if let Some(sheets) = &*printed { <PrintSheets sheets={Rc::clone(sheets)} now={props.now} onend={onprinted} /> }
        </div>
    }
}

/// What can be done with the entries that are chosen; with none, with all of them.
fn foot(props: &InspectorProps, onexport: &Callback<MouseEvent>) -> Html {
    let chosen = &props.bench.chosen;
    let choose = |choosing: Choosing| props.onchoose.reform(move |_: MouseEvent| choosing);
    let count = i64::from(chosen.count);
    html! {
        <footer class={classes!("list-foot", (count != 0).then_some("has-chosen"))}>
            <span class="grow" role="status" data-test="chosen">
                if count == 0 {
                    { icon::sized("i-upload", "i-14") }{ words::drop_more_files_anywhere() }
                } else {
                    { words::chosen_count(count) }
                }
            </span>
            if count != 0 {
                <button type="button" class="btn btn-bare btn-s" data-test="choose-shown" title={words::choose_all_shown()}
                    onclick={choose(Choosing::Shown)}>{ words::choose_all() }</button>
            }
            if let Some((before, after)) = chosen.pair() {
                <a class="btn btn-bare btn-s" data-test="compare-chosen"
                    href={View::Compare(Some(before)).href(after)}>{ words::compare_two() }</a>
            }
            <button type="button" class="btn btn-bare btn-s" data-test="export" onclick={onexport.clone()}>{ words::export() }</button>
            if count == 0 {
                <button type="button" class="btn btn-bare btn-s" data-test="clear"
                    onclick={props.onclear.reform(|_: MouseEvent| ())}>{ words::close_all() }</button>
            } else {
                <button type="button" class="btn btn-bare btn-s" data-test="choose-none"
                    onclick={choose(Choosing::Nothing)}>{ words::choose_none() }</button>
            }
        </footer>
    }
}

/// What a [`ListHead`] shows.
#[derive(Clone, PartialEq, Properties)]
struct HeadProps {
    inspector: InspectorProps,
    shape: Rc<Shape>,
}

/// Search, order, filter, and what is on the pile in figures.
#[component]
fn ListHead(props: &HeadProps) -> Html {
    let shape = &props.shape;
    let props = &props.inspector;
    let bench = &props.bench;
    let oninput = props.onact.reform(|event: InputEvent| {
        Act::Search(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    html! {
        <header class="list-head">
            if bench.open().is_none() { <h1 class="vh">{ words::entries() }</h1> }
            <div class="bar">
                <label class="field grow">
                    { icon::sized("i-search", "i-14") }
                    <input id="search" type="search" placeholder={words::search_names_issuers_serials()} aria-label={words::search()}
                        autocomplete="off" spellcheck="false" value={bench.query.search.clone()} {oninput} />
                    <kbd aria-hidden="true">{ "/" }</kbd>
                </label>
                <button type="button" class="btn btn-i" aria-label={words::add_files()} title={words::add_files()}
                    onclick={props.onfiles.reform(|_: MouseEvent| ())}>{ icon::drawn("i-plus") }</button>
            </div>
            { figures(props, shape) }
            { arrangement(props) }
            if let Some((done, all)) = bench.progress() {
                <div class="reading" data-test="reading">
                    <label for="reading">{ words::reading_of(&format::number(i64::from(done)), &files(all)) }</label>
                    <progress id="reading" max={(100 * all).to_string()} value={(100 * done + bench.tally.underway.as_ref().map_or(0, |it| u32::from(it.percent()))).to_string()} />
                    if let Some(underway) = &bench.tally.underway { <span data-test="share-read">{ stage(underway) }</span> }
                    <button type="button" class="btn btn-s" data-test="cancel-reading"
                        onclick={props.oncancel.reform(|_: MouseEvent| ())}>{ words::stop_reading() }</button>
                </div>
            }
            if let Some(notice) = &bench.notice {
                <div class="note" role="alert" data-test="notice">
                    { icon::drawn("i-now") }<p>{ notice }</p>
                    <button type="button" class="copy" aria-label={words::dismiss()}
                        onclick={props.onact.reform(|_: MouseEvent| Act::Dismiss)}>{ icon::drawn("i-close") }</button>
                </div>
            }
        </header>
    }
}

/// `big.pem: 120.0 MB of 200.0 MB read`.
fn stage(underway: &Underway) -> Html {
    let name = text::shown(&underway.name);
    match underway.stage {
        Stage::Octets { read, size } => {
            let figure = |octets| html! { { format::size(octets) } };
            words::reading_octets(name, figure(read), figure(size))
        }
        Stage::Entries(percent) => words::reading_share(name, html! { { percent } }),
    }
}

fn figures(props: &InspectorProps, shape: &Shape) -> Html {
    let (tally, query) = (&props.bench.tally, &props.bench.query);
    let narrowed = query.is_narrowed();
    let state = |((test, state), count): (&(&'static str, State), u32)| {
        let pressed = query.only.meets(state.said());
        if count == 0 && !pressed {
            return Html::default();
        }
        let (state, (class, icon, word)) = (*state, looks(*state));
        html! {
            <button type="button" class={classes!("st", class, "level")} aria-pressed={pressed.to_string()}
                data-test={format!("state-{test}")}
                onclick={props.onact.reform(move |_: MouseEvent| Act::Only(state))}>
                { icon::drawn(icon) }{ format!("{} {word}", format::number(i64::from(count))) }
            </button>
        }
    };
    let onclear = props.onact.reform(|event: MouseEvent| {
        // The button goes; the keyboard stays with those beside it.
        let button = event.target_dyn_into::<Element>();
        let figures = button.and_then(|button| button.closest(".figures").ok().flatten());
        let group = figures.and_then(|it| it.query_selector("[role=group]").ok().flatten());
        if let Some(group) = group.and_then(|group| group.dyn_into::<HtmlElement>().ok()) {
            group.focus().ok();
        }
        Act::Every
    });
    html! {
        <div class="figures">
            <div class="figure">
                <p class="muted" data-test="count">{ count(tally, shape, narrowed) }</p>
                if !query.only.is_empty() {
                    <button type="button" class="copy" data-test="every-state" onclick={onclear}
                        aria-label={words::show_every_state()} title={words::show_every_state()}>{ icon::drawn("i-close") }</button>
                }
            </div>
            <div class="levels" role="group" tabindex="-1" aria-label={words::show_only()} data-test="states">
                { for State::ALL.iter().zip(tally.states).map(state) }
            </div>
            <p class="vh" role="status">{ if props.bench.progress().is_none() { summary(tally, narrowed.then_some(shape)) } else { String::new() } }</p>
        </div>
    }
}

/// `1 of 29 entries, 2 locked`: what the list shows, password prompts among it.
fn count(tally: &Tally, shape: &Shape, narrowed: bool) -> Html {
    let entries = i64::from(tally.entries);
    let figure = |number: i64| html! { <b>{ format::number(number) }</b> };
    html! {
        <>
            if narrowed { { words::figure_of_matches(figure(i64::from(shape.matches))) }{ " " } }
            { words::figure_of_entries(entries, figure(entries)) }
            if let Some(locked) = prompts(shape) { { words::and_locked(&locked) } }
        </>
    }
}

/// How many password prompts the list shows, if any.
fn prompts(shape: &Shape) -> Option<String> {
    (shape.prompts != 0).then(|| format::number(i64::from(shape.prompts)))
}

/// Class, icon and word of a state.
fn looks(state: State) -> (&'static str, &'static str, &'static str) {
    match state {
        State::Expired => ("st-now", "i-now", words::state_expired()),
        State::Now => ("st-now", "i-now", words::level_now()),
        State::Soon => ("st-soon", "i-soon", words::level_soon()),
        State::Findings => ("st-soon", "i-broken", words::state_with_findings()),
        State::Unreadable => ("st-now", "i-unreadable", words::state_unreadable()),
        State::Locked => ("st-unknown", "i-lock", words::locked_note()),
        State::InDate => ("st-fine", "i-fine", words::level_in_date()),
        State::Other => ("st-unknown", "i-unknown", words::level_other()),
    }
}

/// Below which heads entries stand, and in which order.
fn arrangement(props: &InspectorProps) -> Html {
    let query = &props.bench.query;
    let value = |event: &Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        select.value()
    };
    let ongroup = props
        .onact
        .reform(move |event: Event| Act::Group(find(GROUPS, &value(&event))));
    let onsort = props
        .onact
        .reform(move |event: Event| Act::Sort(find(ORDERS, &value(&event)).unwrap_or_default()));
    let onexpiry = props
        .onexpiry
        .reform(move |event: Event| find(Expiry::ALL, &value(&event)).unwrap_or_default());
    let option = |(word, name): &(&'static str, words::Text), chosen: &str| {
        html! { <option value={*word} selected={*word == chosen}>{ name() }</option> }
    };
    let group = query.group.map_or("none", |by| word(GROUPS, by));
    let order = word(ORDERS, query.order);
    let way = if query.descending {
        words::last_first()
    } else {
        words::first_first()
    };
    html! {
        <div class="arrangement">
            <label>{ icon::sized("i-group", "i-14") }<span class="vh">{ words::group() }</span>
                <select data-test="group-by" onchange={ongroup}>{ for GROUP_NAMES.iter().map(|one| option(one, group)) }</select>
            </label>
            <label><span class="vh">{ words::order() }</span>
                <select data-test="order" onchange={onsort}>{ for ORDER_NAMES.iter().map(|one| option(one, order)) }</select>
            </label>
            <label title={words::expiry_judged()}>{ icon::sized("i-soon", "i-14") }<span class="vh">{ words::expiry_judged() }</span>
                <select data-test="expiry" onchange={onexpiry}>{ for Expiry::ALL.iter().map(|(kept, one)| html! {
                    <option value={*kept} selected={*one == props.expiry}>{ match one.days() {
                        None => words::expiry_by_share().to_owned(),
                        Some((soon, now)) => words::expiry_by_days(&soon, &now),
                    } }</option>
                }) }</select>
            </label>
            <button type="button" class="copy" data-test="turn" aria-label={words::turn_the_order_round()} title={way}
                aria-pressed={query.descending.to_string()} onclick={props.onact.reform(|_: MouseEvent| Act::Turn)}>
                <span aria-hidden="true">{ if query.descending { "↓" } else { "↑" } }</span>
            </button>
        </div>
    }
}

/// `14 entries in 9 files, 4 need attention`; behind how many match, where only those are shown.
fn summary(tally: &Tally, narrowed: Option<&Shape>) -> String {
    let entries = words::entries_counted(i64::from(tally.entries));
    let attention = match tally.attention {
        0 => String::new(),
        count => words::need_attention(i64::from(count)),
    };
    let locked = match tally.locked.len() {
        0 => String::new(),
        count => words::and_locked(&files(u32::try_from(count).unwrap_or(u32::MAX))),
    };
    let held = words::entries_in_files(&entries, &files(tally.files));
    match narrowed {
        Some(shape) => {
            let matches = format::number(i64::from(shape.matches));
            let prompts = prompts(shape).map(|count| words::and_locked(&count));
            let shown = format!("{matches}{}", prompts.unwrap_or_default());
            words::matches_shown(&shown, &format!("{held}{locked}"))
        }
        None => format!("{held}{attention}{locked}"),
    }
}

fn files(count: u32) -> String {
    words::files_counted(i64::from(count))
}

/// What a [`List`] shows.
#[derive(Clone, PartialEq, Properties)]
struct ListProps {
    inspector: InspectorProps,
    onkey: Callback<(RowKey, RowId)>,
    shape: Rc<Shape>,
    onshape: Callback<Rc<Shape>>,
}

/// The rows, and what stands in their place when none match.
#[component]
fn List(props: &ListProps) -> Html {
    let (onkey, onshape) = (props.onkey.clone(), props.onshape.clone());
    let shape = &props.shape;
    let props = &props.inspector;
    let bench = &props.bench;
    let what = match bench.query.search.trim() {
        "" => words::nothing_of_this_kind().to_owned(),
        search => words::nothing_matches(&visible::escaped(search)),
    };
    let hidden = i64::from(shape.entries);
    let onclick = props.onact.reform(|_: MouseEvent| {
        focus::on("#search");
        Act::ShowAll
    });
    let empty = if bench.progress().is_some() || (hidden == 0 && bench.tally.locked.is_empty()) {
        Html::default()
    } else {
        html! {
            <div class="state" data-test="nothing">
                { icon::sized("i-search", "i-24") }
                <h2>{ what }</h2>
                if hidden != 0 { <p>{ words::hidden_by_this_filter(hidden) }</p> }
                <button type="button" class="btn" {onclick}>{ words::show_all() }</button>
            </div>
        }
    };
    html! {
        <RowTable rows={props.rows.clone()} query={bench.query.clone()} revision={bench.tally.revision}
            now={props.now} label={summary(&bench.tally, None)} selected={bench.open()} choice={bench.chosen.revision}
            onchoose={Some(props.onchoose.clone())} {onkey}
            onopen={props.onopen.clone()} onfold={props.onact.reform(Act::Fold)}
            onunlock={props.onunlock.clone()} onstop={props.onstop.clone()}
            onremove={Some(props.onremove.clone())} {onshape} {empty} />
    }
}

fn detail(props: &InspectorProps) -> Html {
    let detail = match &props.bench.shown {
        Shown::Ready(detail) | Shown::Asked(_, Some(detail)) => detail,
        Shown::Asked(_, None) => return Html::default(),
        Shown::Gone(_) => {
            return html! {
                <div class="state">{ icon::sized("i-unknown", "i-24") }<h2>{ words::no_such_entry() }</h2>
                    <p>{ words::its_file_was_closed_or_the_page_was() }</p></div>
            };
        }
        Shown::Nothing => {
            return html! {
                <div class="state">{ icon::sized("i-cert", "i-24") }<h2>{ words::nothing_is_open() }</h2>
                    <p>{ words::choose_an_entry(html! { <kbd>{ "j" }</kbd> }, html! { <kbd>{ "k" }</kbd> }, html! { <kbd>{ "Enter" }</kbd> }) }</p></div>
            };
        }
    };
    let Detail { id, neighbours, .. } = &**detail;
    let entry = detail.with_file_findings();
    let key = format!("{}-{}", id.group, id.entry);
    html! {
        <CertificateDetail {key} entry={Rc::new(entry)} json={detail.json.clone()} source={source(detail)} now={props.now}
            neighbours={Rc::<[_]>::from(neighbours.as_slice())} command={command::of(detail).map(AttrValue::from)}
            onopen={props.onopen.clone()} rail={html! { <>{ keystore(detail) }{ archive(detail) }</> }}
            inspect={Some(Inspect { detail: Rc::clone(detail), revision: props.bench.tally.revision })} />
    }
}

/// `es1.pem, entry 1 of 3`.
fn source(detail: &Detail) -> String {
    if detail.siblings <= 1 {
        return detail.source.clone();
    }
    let number = |number: u32| format::number(i64::from(number));
    words::entry_of(
        &detail.source,
        &number(detail.id.entry + 1),
        &number(detail.siblings),
    )
}

/// What is odd about the archive around an entry, for the rail.
fn archive(detail: &Detail) -> Html {
    if detail.archive_findings.is_empty() {
        return Html::default();
    }
    html! {
        <section data-test="archive-findings">
            <h2>{ words::the_archive() }</h2>
            <ul>{ for detail.archive_findings.iter().map(|finding| html! {
                <li class="rel">{ icon::drawn("i-unknown") }<span>{ said(finding, RulePart::Title) }<small>{ found(finding) }</small></span></li>
            }) }</ul>
        </section>
    }
}

/// What is known of the file itself, for the rail.
fn keystore(detail: &Detail) -> Html {
    use certlens_core::Integrity;
    let Some(keystore) = &detail.keystore else {
        return Html::default();
    };
    let (icon, class, word) = match keystore.integrity {
        Integrity::Verified => ("i-fine", "c-fine", words::whole_its_check_value_matches()),
        Integrity::NotVerified => ("i-unknown", "c-unknown", words::check_value_not_verified()),
        Integrity::Absent => ("i-unknown", "c-unknown", words::carries_no_check_value()),
    };
    html! {
        <section>
            <h2>{ words::the_keystore() }</h2>
            <ul>
                <li class={classes!("rel", class)}>{ icon::drawn(icon) }<span>{ word }</span></li>
                { for keystore.seals.iter().map(|seal| html! {
                    <li class="rel">{ icon::drawn("i-lock") }<span>{ spoken(&seal.what) }<small lang={words::lang_of_report()}>{ &seal.algorithm }</small></span></li>
                }) }
            </ul>
        </section>
    }
}

const GROUP_NAMES: &[(&str, words::Text)] = &[
    ("file", words::by_file),
    ("issuer", words::by_issuer),
    ("key", words::by_key),
    ("week", words::by_week_of_expiry),
    ("none", words::not_grouped),
];

const ORDER_NAMES: &[(&str, words::Text)] = &[
    ("added", words::as_they_came),
    ("expiry", words::sort_by_expiry),
    ("name", words::sort_by_name),
    ("issuer", words::sort_by_issuer),
    ("key", words::sort_by_key),
];

/// Keys that mean the entry that is open, wherever the focus is but in the list or a field.
#[hook]
fn use_keys(onkey: Callback<(RowKey, RowId)>, open: Option<RowId>) {
    use_effect_with((onkey, open), move |(onkey, open)| {
        let (onkey, open) = (onkey.clone(), *open);
        let listener = EventListener::new(&window(), "keydown", move |event| {
            let key = event.unchecked_ref::<KeyboardEvent>();
            let modified = key.ctrl_key() || key.meta_key() || key.alt_key();
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            let taken = target
                .is_some_and(|target| target.closest(TAKEN).is_ok_and(|found| found.is_some()));
            let (Some(id), Some(key)) = (open, RowKey::of(&key.key())) else {
                return;
            };
            if !modified && !taken && !focus::is_in_dialog() {
                onkey.emit((key, id));
            }
        });
        move || drop(listener)
    });
}

/// What deals with its keys itself.
const TAKEN: &str = "[data-test=rows], input, textarea, select, dialog, [role=tree]";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::text::tests::read;

    #[test]
    fn a_file_that_takes_long_is_named_with_how_far_it_is() {
        let told = |stage| {
            let name = "big.pem".to_owned();
            read(&super::stage(&Underway { name, stage }))
        };
        let octets = Stage::Octets {
            read: 120_000_000,
            size: 200_000_000,
        };
        assert_eq!(told(octets), "big.pem: 120.0 MB of 200.0 MB read");
        assert_eq!(told(Stage::Entries(45)), "big.pem: 45% taken apart");
    }

    #[test]
    fn the_count_says_what_the_list_shows() {
        let tally = Tally {
            entries: 29,
            files: 12,
            attention: 4,
            locked: vec![3, 5],
            ..Tally::default()
        };
        let shape = |matches, prompts| Shape {
            matches,
            prompts,
            entries: 29,
            ..Shape::default()
        };
        let counted = |shape: &Shape, narrowed| read(&count(&tally, shape, narrowed));
        assert_eq!(counted(&shape(29, 2), false), "29 entries, 2 locked");
        assert_eq!(counted(&shape(1, 0), true), "1 of 29 entries");
        assert_eq!(counted(&shape(1, 2), true), "1 of 29 entries, 2 locked");
        assert_eq!(counted(&shape(29, 0), false), "29 entries");
        let told = |narrowed: Option<&Shape>| summary(&tally, narrowed);
        let held = "29 entries in 12 files";
        assert_eq!(
            told(None),
            format!("{held}, 4 need attention, 2 files locked")
        );
        assert_eq!(
            told(Some(&shape(1, 2))),
            format!("1, 2 locked shown of {held}, 2 files locked")
        );
        assert_eq!(
            told(Some(&shape(1, 0))),
            format!("1 shown of {held}, 2 files locked")
        );
    }
}
