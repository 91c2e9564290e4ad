//! The inventory: certificates of all backends in one table, and one of them in full.

use std::rc::Rc;

use certlens_core::UnixTime;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Interval;
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, KeyboardEvent};
use yew::prelude::*;

use super::answer::Answer;
use super::backends::Backends;
use super::certificate::Opened;
use super::desk::Desk;
use super::failure::{Failure, Told};
use super::inventory::{Merged, Tally};
use super::marked::marked;
use super::place;
use super::sign_in::{SignInForm, Submitted};
use super::state::{Act, Asking, Backend, Inventory};
use super::timeline::Timeline;
use crate::components::{Column, Dialog, RowTable, TableLook, icon, text};
use crate::format;
use crate::rows::{Level, RowId, Rows, Shape};
use crate::services::{clock, focus};
use crate::visible;
use crate::words;

/// What a [`Page`] shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct PageProps {
    /// The certificates.
    pub(super) inventory: Rc<Inventory>,
    /// The one that is open.
    pub(super) open: Option<RowId>,
    /// The instant to judge against.
    pub(super) now: UnixTime,
    /// The origin of the server that the page came from.
    pub(super) serving: Option<AttrValue>,
    /// Who asks backends.
    pub(super) desk: Desk,
    /// Called with what is done.
    pub(super) onact: Callback<Act>,
    /// Called with another backend.
    pub(super) onsubmit: Callback<Submitted>,
}

/// The answers that are shown. Equal when they are the same ones.
#[derive(Clone)]
struct Answers(Vec<(u32, String, Rc<Answer>)>);

impl PartialEq for Answers {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(one, other)| {
                one.0 == other.0 && one.1 == other.1 && Rc::ptr_eq(&one.2, &other.2)
            })
    }
}

/// The inventory.
#[component]
pub(super) fn Page(props: &PageProps) -> Html {
    let inventory = &props.inventory;
    let answers = Answers(inventory.answers());
    let rows = use_memo(answers.clone(), |answers| {
        Rows(Rc::new(Merged::new(&answers.0)))
    });
    let tally = use_memo((answers.clone(), props.now), |(answers, now)| {
        Tally::of(
            answers.0.iter().flat_map(|(_, _, answer)| &answer.rows),
            *now,
        )
    });
    let ends = use_memo(answers, |answers| {
        let ends = |answer: &Answer| answer.rows.iter().filter_map(|row| row.not_after).collect();
        let series =
            |(_, name, answer): &(u32, String, Rc<Answer>)| (name.clone().into(), ends(answer));
        answers
            .0
            .iter()
            .map(series)
            .collect::<Vec<(AttrValue, Vec<UnixTime>)>>()
    });
    let shape = use_state_eq(Rc::<Shape>::default);
    let onshape = {
        let shape = shape.clone();
        Callback::from(move |new| shape.set(new))
    };
    let onleave = {
        let desk = props.desk.clone();
        Callback::from(move |()| {
            place::go_to_table();
            desk.sign_out();
        })
    };
    use_keys(props.open.is_some());
    // What was open gives the focus back to the table.
    {
        let before = use_mut_ref(|| None::<RowId>);
        use_effect_with(props.open, move |open| {
            let was = before.replace(*open);
            if was.is_some() && open.is_none() {
                focus::on("[data-test=rows]");
            }
        });
    }
    let opened = props.open.map(|id| {
        html! { <Opened key={place::href(id)} inventory={Rc::clone(inventory)} {id} now={props.now} desk={props.desk.clone()} /> }
    });
    let behind = opened.is_some();
    // Always one node, so that the table beside it stays the same element.
    let opened = opened.unwrap_or_default();
    html! {
        <div class="console" data-test="console">
            <Backends inventory={Rc::clone(inventory)} onact={props.onact.clone()} onleave={onleave.clone()} />
            <div class="console-page">
                <div class={classes!("console-table", behind.then_some("is-behind"))} inert={behind}>
                    { heading(props, &tally, &onleave) }
                    { notes(props) }
                    { levels(props, &tally) }
                    <Timeline ends={(*ends).clone()} now={props.now} />
                    { query(props) }
                    <p class="vh" role="status" data-test="summary">{ summary(inventory, &tally, &shape) }</p>
                    <div class="console-rows">
                        <RowTable rows={(*rows).clone()} query={inventory.query.clone()} revision={0} now={props.now}
                            label={counts(inventory, &tally)} look={TableLook::Columns(COLUMNS.to_vec())}
                            selected={props.open} onopen={Callback::from(place::go)}
                            onfold={props.onact.reform(Act::Fold)} onsort={props.onact.reform(Act::Sort)}
                            {onshape} empty={nothing(props, &shape)} />
                    </div>
                    if tally.by_days != 0 {
                        <p class="console-foot muted">
                            { words::elasticsearch_does_not_tell_since() }
                        </p>
                    }
                </div>
                { opened }
            </div>
            { asked(props) }
        </div>
    }
}

const COLUMNS: [Column; 6] = [
    Column::Status,
    Column::Name,
    Column::Where,
    Column::Issuer,
    Column::Expires,
    Column::Key,
];

fn heading(props: &PageProps, tally: &Tally, onleave: &Callback<()>) -> Html {
    let inventory = &props.inventory;
    let reload = {
        let (desk, backends) = (props.desk.clone(), inventory.backends.clone());
        Callback::from(move |_: MouseEvent| {
            for backend in &backends {
                desk.again(backend, backend.connection.clone());
            }
        })
    };
    let waiting = inventory.is_waiting();
    html! {
        <header class="console-head">
            <div class="grow">
                <h1>{ words::inventory() }</h1>
                <p class="muted" data-test="counts">
                    { counts(inventory, tally) }
                    { ", " }
                    if waiting { { words::console_reading_lower() } } else { <Ago at={inventory.read_at()} /> }
                </p>
            </div>
            <div class="acts">
                <button type="button" class="btn" onclick={reload} disabled={waiting} data-test="reload">
                    { icon::drawn("i-refresh") }{ words::reload() }
                </button>
                <button type="button" class="btn only-phone" aria-label={words::add_a_backend()}
                    onclick={props.onact.reform(|_: MouseEvent| Act::Ask(Asking::Backend))}>{ icon::drawn("i-plus") }{ words::add() }</button>
                <button type="button" class="btn only-phone" onclick={onleave.reform(|_: MouseEvent| ())}>{ words::sign_out() }</button>
            </div>
        </header>
    }
}

/// What failed backends mean for what is shown. Those that failed alike share a note; at most two
/// notes at a time.
fn notes(props: &PageProps) -> Html {
    let mut failed: Vec<(Told, Vec<Backend>)> = Vec::new();
    for backend in &props.inventory.backends {
        let Some(failure) = backend.failure() else {
            continue;
        };
        let told = failure.tell(&backend.connection, props.serving.as_deref());
        match failed.iter_mut().find(|(known, _)| known.what == told.what) {
            Some((_, alike)) => alike.push(backend.clone()),
            None => failed.push((told, vec![backend.clone()])),
        }
    }
    let omitted = props.inventory.backends.iter().filter_map(|backend| {
        let answer = backend.answer().filter(|answer| answer.omitted != 0)?;
        let read = i64::try_from(answer.rows.len()).unwrap_or(0);
        Some(words::backend_shows_first(
            &backend.name,
            &words::certificates_counted(read + i64::from(answer.omitted)),
            &format::number(read),
        ))
    });
    let silent = props.inventory.backends.iter().filter_map(|backend| {
        let silent = backend.answer()?.silent.as_ref()?;
        Some(words::backend_silent(&backend.name, silent))
    });
    let more = failed
        .iter()
        .skip(2)
        .map(|(_, alike)| alike.len())
        .sum::<usize>();
    html! {
        <>
            { for failed.iter().take(2).map(|(told, alike)| note(told, alike, props)) }
            if more != 0 {
                <p class="muted console-more">
                    { words::more_backends_not_read(count(more)) }
                </p>
            }
            { for silent.chain(omitted).map(|text| html! {
                <div class="console-note" role="status">{ icon::drawn("i-info") }<p>{ text::shown(&text) }</p></div>
            }) }
        </>
    }
}

fn note(told: &Told, alike: &[Backend], props: &PageProps) -> Html {
    let again = {
        let (desk, backends) = (props.desk.clone(), alike.to_vec());
        Callback::from(move |_: MouseEvent| {
            for backend in &backends {
                desk.again(backend, backend.connection.clone());
            }
        })
    };
    let remove = {
        let (desk, backends) = (props.desk.clone(), alike.to_vec());
        Callback::from(move |_: MouseEvent| {
            for backend in &backends {
                desk.remove(backend.number);
            }
        })
    };
    let refused = alike
        .iter()
        .find(|backend| backend.failure().is_some_and(Failure::is_sign_in));
    let credentials = refused.map(|backend| {
        let number = backend.number;
        props
            .onact
            .reform(move |_: MouseEvent| Act::Ask(Asking::Credentials(number)))
    });
    let names: Vec<&str> = alike.iter().map(|backend| backend.name.as_str()).collect();
    html! {
        <div class="console-note is-now" role="alert" data-test="backend-note">
            { icon::drawn("i-now") }
            <div class="grow">
                <b>{ words::were_not_read(count(names.len()), text::shown(&listed(&names))) }{ " " }</b>
                { &told.what }
                <p>
                    { marked(&told.hint) }
                    if let Some(quote) = &told.quote { { words::it_says(html! { <q>{ text::shown(quote) }</q> }) }{ "." } }
                    { stale(alike) }
                </p>
            </div>
            <div class="acts">
                if let Some(onclick) = credentials {
                    <button type="button" class="btn btn-s" {onclick}>{ words::sign_in_again() }</button>
                } else {
                    <button type="button" class="btn btn-s" onclick={again}>{ words::try_again() }</button>
                }
                <button type="button" class="btn btn-bare btn-s" onclick={remove}>{ words::remove() }</button>
            </div>
        </div>
    }
}

/// What stands in the table of backends that failed: ` Its 10 rows are those of 09:35 UTC.`
fn stale(backends: &[Backend]) -> String {
    let answers = || backends.iter().filter_map(Backend::answer);
    let rows: usize = answers().map(|answer| answer.rows.len()).sum();
    let Some(read_at) = answers().filter_map(|answer| answer.read_at).min() else {
        return String::new();
    };
    let time = format::time_of_day(read_at);
    let whose = match backends.len() {
        1 => words::its_rows_are_of,
        _ => words::their_rows_are_of,
    };
    whose(count(rows), &time)
}

/// `Elasticsearch, Redis Enterprise and IIS`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => words::and_last(&before.join(words::between()), last),
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn levels(props: &PageProps, tally: &Tally) -> Html {
    let only = props.inventory.query.only;
    let number = |count: u32| format::number(i64::from(count));
    let level = |(level, word, test): (Level, &'static str, &'static str)| {
        let count = tally.count(level);
        let pressed = only == level.said();
        if count == 0 && !pressed {
            return Html::default();
        }
        html! {
            <button type="button" class={classes!("st", level.class(), "level")} aria-pressed={pressed.to_string()}
                data-test={test} onclick={props.onact.reform(move |_: MouseEvent| Act::Level(level))}>
                { icon::drawn(level.icon()) }{ word }<span class="count">{ number(count) }</span>
            </button>
        }
    };
    let all = props.onact.reform(move |_: MouseEvent| {
        if only.is_empty() {
            Act::Search(String::new())
        } else {
            Act::EveryLevel
        }
    });
    html! {
        <div class="console-levels" role="group" aria-label={words::show_only()}>
            <button type="button" class="level st" aria-pressed={only.is_empty().to_string()} onclick={all} data-test="level-all">
                { words::all() }<span class="count">{ number(tally.all) }</span>
            </button>
            { for [(Level::Now, words::act_now(), "level-Act now"), (Level::Soon, words::soon(), "level-Soon"), (Level::Fine, words::in_date(), "level-In date"), (Level::Unknown, words::not_known(), "level-Not known")].into_iter().map(level) }
        </div>
    }
}

fn query(props: &PageProps) -> Html {
    let inventory = &props.inventory;
    let oninput = props.onact.reform(|event: InputEvent| {
        Act::Search(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    let onbackend = {
        let (onact, only) = (props.onact.clone(), inventory.only);
        Callback::from(move |event: Event| {
            let chosen = event
                .target_unchecked_into::<HtmlSelectElement>()
                .value()
                .parse()
                .ok();
            if let Some(number) = chosen.or(only).filter(|_| chosen != only) {
                onact.emit(Act::Backend(number));
            }
        })
    };
    let option = |backend: &Backend| {
        html! {
            <option value={backend.number.to_string()} selected={inventory.only == Some(backend.number)}>
                { visible::escaped(&backend.name) }
            </option>
        }
    };
    html! {
        <div class="console-query">
            <label class="field grow">
                { icon::sized("i-search", "i-14") }
                <input id="console-search" type="search" value={inventory.query.search.clone()} {oninput}
                    placeholder={words::name_alias_file_issuer_serial()} aria-label={words::search_certificates()}
                    autocomplete="off" spellcheck="false" data-test="search" />
                <kbd class="not-phone">{ "/" }</kbd>
            </label>
            <select class="btn console-only" aria-label={words::backend()} onchange={onbackend} data-test="only-backend">
                <option value="" selected={inventory.only.is_none()}>{ words::all_backends() }</option>
                { for inventory.backends.iter().map(option) }
            </select>
            <button type="button" class="btn" aria-pressed={inventory.query.group.is_some().to_string()} data-test="group-by"
                title={words::give_each_backend_a_head_of_its_own()} onclick={props.onact.reform(|_: MouseEvent| Act::Group)}>
                { icon::drawn("i-group") }<span class="not-phone-inline">{ words::group_by_backend() }</span>
                <span class="vh only-phone-inline">{ words::group_by_backend() }</span>
            </button>
        </div>
    }
}

fn nothing(props: &PageProps, shape: &Shape) -> Html {
    let inventory = &props.inventory;
    if inventory.is_waiting() && shape.entries == 0 {
        return html! { <div class="state">{ icon::sized("i-refresh", "i-24") }<h2>{ words::console_reading() }</h2></div> };
    }
    if shape.entries == 0 && inventory.only.is_none() {
        return html! {
            <div class="state" data-test="nothing">
                { icon::sized("i-inventory", "i-24") }
                <h2>{ words::no_certificates_yet() }</h2>
                <p>{ words::the_backends_have_answered_and_list() }</p>
                <button type="button" class="btn" onclick={props.onact.reform(|_: MouseEvent| Act::Ask(Asking::Backend))}>
                    { icon::drawn("i-plus") }{ words::add_a_backend() }
                </button>
            </div>
        };
    }
    let what = match inventory.query.search.trim() {
        "" => words::nothing_of_this_kind().to_owned(),
        search => words::nothing_matches(&visible::escaped(search)),
    };
    let all: usize = inventory
        .backends
        .iter()
        .filter_map(Backend::answer)
        .map(|answer| answer.rows.len())
        .sum();
    let onclick = props.onact.reform(|_: MouseEvent| {
        focus::on("#console-search");
        Act::ShowAll
    });
    html! {
        <div class="state" data-test="nothing">
            { icon::sized("i-search", "i-24") }
            <h2>{ what }</h2>
            <p>{ words::hidden_by_these_filters(count(all)) }</p>
            <button type="button" class="btn" {onclick}>{ words::show_all() }</button>
        </div>
    }
}

/// What is asked above the table.
fn asked(props: &PageProps) -> Html {
    let onclose = props.onact.reform(|()| Act::Ask(Asking::Nothing));
    match props.inventory.asking {
        Asking::Nothing => Html::default(),
        Asking::Backend => html! {
            <Dialog title={words::add_a_backend()} onclose={onclose.clone()}>
                <SignInForm serving={props.serving.clone()} onsubmit={props.onsubmit.clone()} oncancel={Some(onclose)} />
            </Dialog>
        },
        Asking::Credentials(number) => {
            let Some(backend) = props.inventory.backend(number).cloned() else {
                return Html::default();
            };
            let onsubmit = {
                let (desk, backend) = (props.desk.clone(), backend.clone());
                Callback::from(move |submitted: Submitted| {
                    let mut connection = backend.connection.clone();
                    connection.credentials = submitted.credentials;
                    desk.again(&backend, connection);
                })
            };
            html! {
                <Dialog title={words::sign_in_again()} onclose={onclose.clone()}>
                    <SignInForm serving={props.serving.clone()} fixed={backend} {onsubmit} oncancel={Some(onclose)} />
                </Dialog>
            }
        }
    }
}

/// `17 certificates of 3 backends`.
fn counts(inventory: &Inventory, tally: &Tally) -> String {
    let backends = inventory.answers().len();
    words::certificates_of_backends(
        &words::certificates_counted(i64::from(tally.all)),
        &words::backends_counted(count(backends)),
    )
}

/// What is read out: `17 certificates of 3 backends, 4 need attention`.
fn summary(inventory: &Inventory, tally: &Tally, shape: &Shape) -> String {
    if inventory.is_waiting() {
        return String::new();
    }
    let query = &inventory.query;
    if query.is_narrowed() {
        let number = |number: u32| format::number(i64::from(number));
        return words::shown_of(
            &number(shape.matches),
            &words::certificates_counted(i64::from(shape.entries)),
        );
    }
    let attention = match tally.now + tally.soon {
        0 => String::new(),
        count => words::need_attention(i64::from(count)),
    };
    format!("{}{attention}", counts(inventory, tally))
}

/// When an [`Ago`] counts from.
#[derive(Clone, PartialEq, Properties)]
struct AgoProps {
    at: Option<UnixTime>,
}

/// `read 8 s ago`, counting up.
#[component]
fn Ago(props: &AgoProps) -> Html {
    let now = use_state_eq(clock::now);
    {
        let now = now.clone();
        use_effect_with(props.at, move |_| {
            now.set(clock::now());
            let interval = Interval::new(1_000, move || now.set(clock::now()));
            move || drop(interval)
        });
    }
    let Some(at) = props.at else {
        return Html::default();
    };
    let ago = match now.seconds() - at.seconds() {
        ..=0 => words::just_now().to_owned(),
        // Ten at a time after the first: a figure that flickers takes the eye off the table.
        seconds @ 1..=9 => words::seconds_ago(&seconds),
        seconds @ 10..=59 => words::seconds_ago(&(seconds / 10 * 10)),
        seconds => words::minutes_ago(&(seconds / 60)),
    };
    html! { <span title={format::instant(at)}>{ words::read_when(&ago) }</span> }
}

/// `/` goes to the search, `j` and `k` to the table, Escape back to it.
#[hook]
fn use_keys(open: bool) {
    use_effect_with(open, |open| {
        let open = *open;
        let options = EventListenerOptions::enable_prevent_default();
        let listener =
            EventListener::new_with_options(&window(), "keydown", options, move |event| {
                let key: &KeyboardEvent = event.unchecked_ref();
                if key.ctrl_key() || key.meta_key() || key.alt_key() || focus::is_in_dialog() {
                    return;
                }
                let name = key.key();
                if open {
                    if name == "Escape" {
                        event.prevent_default();
                        place::go_to_table();
                    }
                    return;
                }
                let field = event
                    .target()
                    .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
                match (name.as_str(), field) {
                    ("Escape" | "Enter", Some(field)) if field.id() == "console-search" => {
                        event.prevent_default();
                        focus::on("[data-test=rows]");
                    }
                    ("/", None) => {
                        event.prevent_default();
                        focus::on("#console-search");
                    }
                    ("j" | "k", None) if !is_in_table() => {
                        event.prevent_default();
                        focus::on("[data-test=rows]");
                    }
                    _ => {}
                }
            });
        move || drop(listener)
    });
}

fn is_in_table() -> bool {
    document()
        .active_element()
        .and_then(|element| element.closest("[data-test=rows]").ok().flatten())
        .is_some()
}
