//! The lines of a table: heads, password prompts, entries.

use std::rc::Rc;

use certlens_core::{RowKind, Severity, UnixTime};
use gloo::utils::document;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::dated::spoken;
use super::row_table::{Column, Unlocking};
use super::{icon, life, status_word, text};
use crate::format;
use crate::rows::listing;
use crate::rows::{Attempt, GroupKey, GroupLine, ListRow, LockLine, RowId};
use crate::services::focus;
use crate::status::{self, Status, kind};
use crate::view::View;
use crate::visible;
use crate::words;

/// What a line knows of its place in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct LinePlace {
    /// Its number, counted from 0.
    pub number: u32,
    /// Whether the keyboard stands on it.
    pub active: bool,
    /// Whether it is open beside the table.
    pub selected: bool,
    /// Its level in a table with groups; none in one without.
    pub level: Option<u8>,
}

impl LinePlace {
    /// The id that the table points at.
    pub fn id(number: u32) -> String {
        format!("line-{number}")
    }

    /// The line that an id is of.
    pub fn number(id: &str) -> Option<u32> {
        id.strip_prefix("line-")?.parse().ok()
    }

    fn class(&self, name: &'static str) -> Classes {
        classes!(name, self.active.then_some("is-active"))
    }

    fn aria_level(&self) -> Option<String> {
        self.level.map(|level| level.to_string())
    }

    /// Counted from 2: the first row is the head of the columns.
    fn aria_rowindex(&self) -> String {
        (u64::from(self.number) + 2).to_string()
    }
}

/// What a [`GroupRow`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct GroupRowProps {
    /// The head.
    pub line: GroupLine,
    /// Its place.
    pub place: LinePlace,
    /// Columns it spans.
    #[prop_or(1)]
    pub columns: usize,
    /// Called with number and name of its file to take that away.
    #[prop_or_default]
    pub onremove: Option<Callback<(u32, String)>>,
}

/// The head of a group.
#[component]
pub fn GroupRow(props: &GroupRowProps) -> Html {
    let GroupLine {
        key,
        name,
        count,
        note,
        expanded,
    } = props.line.clone();
    let name = head_name(&key, name, count);
    let count = match (note, &key) {
        (Some(_), _) => words::locked_note().to_owned(),
        // It stands in the name.
        (None, GroupKey::Key(_)) => String::new(),
        (None, _) => format::number(i64::from(count)),
    };
    let file = match key {
        GroupKey::File(number) => Some(number),
        _ => None,
    };
    let onremove = props.onremove.clone().zip(file);
    let onremove = onremove.map(|(onremove, file)| {
        let name = name.clone();
        onremove.reform(move |_: MouseEvent| (file, name.clone()))
    });
    html! {
        <div role="row" id={LinePlace::id(props.place.number)} class={props.place.class("group")}
            aria-level={props.place.aria_level()} aria-expanded={expanded.to_string()}
            aria-rowindex={props.place.aria_rowindex()} data-test="group">
            <span role="gridcell" class="group-cell" aria-colspan={props.columns.to_string()}>
                { icon::drawn(if expanded { "i-down" } else { "i-right" }) }
                <span class="clip" title={visible::escaped(&name)}>{ text::shown(&name) }</span>
                if !count.is_empty() { <span class="count">{ count }</span> }
                if let Some(onclick) = onremove {
                    <button type="button" class="copy" tabindex="-1" {onclick}
                        aria-label={words::close_file(&visible::escaped(&name))} title={words::close_this_file()}>
                        { icon::drawn("i-close") }
                    </button>
                }
            </span>
        </div>
    }
}

/// What a group is called. Names that are not out of a file are ours.
fn head_name(key: &GroupKey, name: String, count: u32) -> String {
    match key {
        GroupKey::Key(_) => words::entries_with_this_key(i64::from(count), &name),
        GroupKey::OwnKey => words::keys_of_one_entry_each().to_owned(),
        GroupKey::Week(monday) => {
            words::week_of(&words::utc_date(UnixTime::from_seconds(monday * 86_400)))
        }
        GroupKey::Locked => words::waiting_for_a_password().to_owned(),
        GroupKey::Rest => match name.as_str() {
            listing::NO_ISSUER => words::no_issuer().to_owned(),
            listing::NO_KEY => words::no_key().to_owned(),
            listing::NO_END => words::no_file_group().to_owned(),
            _ => name,
        },
        _ => name,
    }
}

/// The chip of what asks for action: `legacy JKS`.
fn flaw_chip(flaw: &str) -> Html {
    let text = match flaw.strip_prefix("legacy ") {
        Some(format) => words::legacy_format(&format),
        None => flaw.to_owned(),
    };
    html! { <span class="chip chip-soon" title={text.clone()}>{ text }</span> }
}

/// What an [`EntryRow`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct EntryRowProps {
    /// The entry.
    pub row: Rc<ListRow>,
    /// Its place.
    pub place: LinePlace,
    /// The instant to judge against.
    pub now: UnixTime,
    /// Whether entries can be chosen, so as to do something with all of them.
    #[prop_or_default]
    pub choosable: bool,
    /// The columns; none for the list.
    #[prop_or_default]
    pub columns: Rc<[Column]>,
    /// Whether it stands below the head of its file, so that it need not name it.
    #[prop_or_default]
    pub of_file: bool,
}

/// An entry.
#[component]
pub fn EntryRow(props: &EntryRowProps) -> Html {
    let EntryRowProps {
        row,
        place,
        now,
        columns,
        ..
    } = props;
    let list = columns.is_empty();
    html! {
        <div role="row" id={LinePlace::id(place.number)} data-test="entry"
            class={place.class(if list { "item" } else { "record" })}
            aria-level={place.aria_level()} aria-current={place.selected.then_some("true")}
            aria-selected={if props.choosable { row.chosen } else { place.selected }.to_string()}
            aria-rowindex={place.aria_rowindex()}>
            if list { { item(row, *now, props.of_file, props.choosable) } } else {
                { for columns.iter().map(|column| cell(*column, row, *now)) }
            }
        </div>
    }
}

fn item(row: &ListRow, now: UnixTime, of_file: bool, choosable: bool) -> Html {
    let status = Status::of_row(row, now);
    // Where it lies is told nowhere else in the list; how long it lasts, by the bar beside it.
    let placed = row.row.place.is_some();
    let reason = classes!("clip", placed.then_some("gives-way"));
    html! {
        <span role="gridcell" class={classes!("item-cell", choosable.then_some("has-pick"))}>
            if choosable {
                <span class="pick"><input type="checkbox" tabindex="-1" checked={row.chosen} aria-label={words::choose()} /></span>
            }
            { icon::drawn(icon_of(row)) }
            <span class="item-text">
                <span class="name clip">{ text::shown(&status::name(row.row.kind, &row.row.name)) }</span>
                <span class="l2">
                    if row.row.kind == RowKind::PrivateKey && row.row.fault.is_none() {
                        { mark(row, &status) }
                        <span class={reason}>{ if row.row.key.is_empty() { words::sealed_key() } else { &row.row.key } }</span>
                    } else {
                        { status_word::said(&status) }
                        { mark(row, &status) }
                        <span class={reason} title={visible::escaped(&status.reason)}>{ text::shown(&status.reason) }</span>
                    }
                    if let Some((whole, short)) = source(row, of_file) {
                        <span class={classes!("clip", "source", placed.then_some("place"))}
                            title={visible::escaped(&whole)}>{ text::shown(&short) }</span>
                    }
                </span>
            </span>
            <span class="side">
                <span class="chips">
                    { chips(row) }
                </span>
                if row.row.kind == RowKind::Certificate {
                    { life::drawn(elapsed(row, now), lifetime(row), status.level) }
                }
            </span>
        </span>
    }
}

/// Where a row comes from, as far as no head above it tells: `bundle.zip › certs/a.pem`, whole and as there is room
/// for it.
fn source(row: &ListRow, of_file: bool) -> Option<(String, String)> {
    let file = Some(&row.source).filter(|file| !of_file && !file.is_empty());
    let Some(place) = &row.row.place else {
        let file = file.filter(|file| **file != row.row.name)?;
        return Some((file.clone(), file.clone()));
    };
    // The end of a long way tells more than its beginning.
    let short = match place.rsplit_once('/') {
        Some((_, last)) if ROOM < place.chars().count() => format!("…/{last}"),
        _ => place.clone(),
    };
    Some(match file {
        Some(file) => (format!("{file} › {place}"), format!("{file} › {short}")),
        None => (place.clone(), short),
    })
}

/// Characters of a place that a row has room for.
const ROOM: usize = 24;

fn cell(column: Column, row: &ListRow, now: UnixTime) -> Html {
    let status = Status::of_row(row, now);
    let (class, content) = match column {
        Column::Status => (
            "c-status",
            html! { <>{ status_word::said(&status) }{ mark(row, &status) }</> },
        ),
        Column::Name => (
            "c-name",
            html! {
                <>
                    <span class="name clip">{ text::shown(&status::name(row.row.kind, &row.row.name)) }</span>
                    <span class="l2 clip">
                        { text::shown(&below_the_name(row)) }
                        if let Some(place) = row.places.first() {
                            <span class="only-phone-inline">{ ", " }{ text::shown(place) }</span>
                        }
                    </span>
                </>
            },
        ),
        Column::Where => (
            "c-where",
            html! {
                <span class="chips">
                    { for row.places.iter().take(3).map(|place| html! { <span class="chip">{ text::shown(place) }</span> }) }
                    if 3 < row.places.len() { <span class="chip">{ format!("+{}", row.places.len() - 3) }</span> }
                </span>
            },
        ),
        Column::Issuer => (
            "c-issuer",
            html! {
                <span class="clip">
                    if row.row.self_issued { { words::itself() } } else { { text::shown(&row.row.issuer) } }
                </span>
            },
        ),
        Column::Expires => (
            "c-expires",
            html! {
                <>
                    { life::drawn(elapsed(row, now), lifetime(row), status.level) }
                    <span class="two">
                        <span class="clip">{ &status.reason }</span>
                        <span class="l2" title={row.row.not_after.map(|end| end.to_string())}>{ row.row.not_after.map(format::date) }</span>
                    </span>
                </>
            },
        ),
        Column::Key => (
            "c-key",
            html! {
                <>
                    if !row.row.key.is_empty() { <span class="clip">{ &row.row.key }</span> }
                    if row.row.has_private_key && row.row.kind == RowKind::Certificate { { key_chip() } }
                </>
            },
        ),
        Column::Kind => (
            "c-kind",
            html! { <span class="clip">{ kind(&row.row) }</span> },
        ),
    };
    html! { <span role="gridcell" class={classes!("cell", class)}>{ content }</span> }
}

/// That something was found which asks for a look, unless the status says it.
fn mark(row: &ListRow, status: &Status) -> Html {
    let worst = row.worst.filter(|_| row.row.fault.is_none());
    let worst = worst.filter(|worst| *worst != Severity::Error || status.icon != "i-broken");
    let worst = worst.filter(|_| status.word != words::warning_found());
    let (class, icon, name) = match worst {
        Some(Severity::Error) => ("st-now", "i-broken", words::problem_found()),
        Some(Severity::Warning) => ("st-soon", "i-now", words::warning_found()),
        Some(Severity::Notice) | None => return Html::default(),
    };
    html! {
        <span class={classes!("st", class)} role="img" aria-label={name} title={name} data-test="mark">
            { icon::drawn(icon) }
        </span>
    }
}

fn below_the_name(row: &ListRow) -> String {
    match row
        .row
        .alias
        .as_deref()
        .filter(|alias| !alias.is_empty() && *alias != row.row.name)
    {
        Some(alias) if row.source.is_empty() => alias.to_owned(),
        Some(alias) => format!("{}, {alias}", row.source),
        None => row.source.clone(),
    }
}

fn elapsed(row: &ListRow, now: UnixTime) -> Option<u8> {
    Some(status::elapsed(
        row.row.not_before?,
        row.row.not_after?,
        now,
    ))
}

fn lifetime(row: &ListRow) -> i64 {
    let both = row.row.not_before.zip(row.row.not_after);
    both.map_or(0, |(start, end)| {
        end.seconds().saturating_sub(start.seconds())
    })
}

fn icon_of(row: &ListRow) -> &'static str {
    match row.row.kind {
        RowKind::Certificate if row.row.ca => "i-ca",
        RowKind::Certificate | RowKind::AttributeCertificate | RowKind::Signer => "i-cert",
        RowKind::PrivateKey | RowKind::PublicKey | RowKind::SshCertificate => "i-key",
        RowKind::Request => "i-request",
        RowKind::RevocationList => "i-crl",
        RowKind::Other => "i-file",
        RowKind::Unreadable => "i-unreadable",
    }
}

/// What is worth knowing of a row, as chips; at most three.
fn chips(row: &ListRow) -> Html {
    let plain = |text: String| html! { <span class="chip" title={text.clone()}>{ text }</span> };
    let certificate = row.row.kind == RowKind::Certificate;
    let has_key = certificate && row.row.has_private_key;
    let kind = kind(&row.row);
    let is_leaf = certificate && !row.row.ca;
    let chain = row.row.chain.filter(|(_, length)| 1 < *length);
    html! {
        <>
            // Who reads "key" and "legacy" knows that it is no authority.
            if !(kind.is_empty() || is_leaf && has_key && row.flaw.is_some()) { { plain(kind.to_owned()) } }
            if has_key { { key_chip() } }
            if let (Some((position, length)), None) = (chain, &row.flaw) {
                { plain(words::chip_chain(&position, &length)) }
            }
            if let Some(flaw) = &row.flaw { { flaw_chip(flaw) } }
        </>
    }
}

/// That the private key of a certificate is here.
fn key_chip() -> Html {
    html! { <span class="chip">{ words::chip_key() }{ icon::drawn("i-check") }<span class="vh">{ words::chip_key_present() }</span></span> }
}

/// What a [`LockRow`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct LockRowProps {
    /// The keystore.
    pub line: LockLine,
    /// Its place.
    pub place: LinePlace,
    /// Columns it spans.
    #[prop_or(1)]
    pub columns: usize,
    /// Called with a password.
    pub onunlock: Callback<Unlocking>,
    /// Called with its number to stop a password being tried.
    pub onstop: Callback<u32>,
}

/// A keystore that waits for its password.
#[component]
pub fn LockRow(props: &LockRowProps) -> Html {
    let LockLine {
        group,
        file,
        what,
        facts,
        rounds,
        flaw,
        partly,
        attempt,
    } = props.line.clone();
    let field = use_node_ref();
    let seen = use_state(|| false);
    let everywhere = use_state(|| true);
    let trying = attempt == Attempt::Trying;
    // A password that did not open it stays in the field, selected, with the focus.
    {
        let field = field.clone();
        use_effect_with(attempt.clone(), move |attempt| {
            let field = field
                .cast::<HtmlInputElement>()
                .filter(|field| !field.value().is_empty());
            if let (Attempt::Failed { .. }, Some(field)) = (attempt, field) {
                field.focus().ok();
                field.select();
            }
        });
    }
    // When the prompt goes while the keyboard is in it, the keyboard stays with the list.
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            move || {
                let field = field.cast::<Element>();
                let prompt = field.and_then(|field| field.closest(".lock").ok().flatten());
                let active = document().active_element();
                if prompt.is_some_and(|prompt| prompt.contains(active.as_deref())) {
                    focus::on("[data-test=rows]");
                }
            }
        });
    }
    let onsubmit = {
        let (field, onunlock, everywhere) = (field.clone(), props.onunlock.clone(), *everywhere);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlInputElement>().filter(|_| !trying) {
                onunlock.emit(Unlocking {
                    group,
                    password: field.value(),
                    everywhere,
                });
            }
        })
    };
    let onshow = {
        let seen = seen.clone();
        Callback::from(move |_: MouseEvent| seen.set(!*seen))
    };
    let oneverywhere = {
        let everywhere = everywhere.clone();
        Callback::from(move |event: Event| {
            everywhere.set(event.target_unchecked_into::<HtmlInputElement>().checked());
        })
    };
    let name = visible::escaped(&file);
    let failed = matches!(attempt, Attempt::Failed { .. });
    let (word, icon, class) = match &attempt {
        Attempt::Trying => (words::opening_now(), "i-soon", "st st-info"),
        _ => (words::locked(), "i-lock", "st st-unknown"),
    };
    let facts = if trying {
        words::the_list_stays_usable_meanwhile().to_owned()
    } else if partly {
        words::some_of_it_needs_the_password().to_owned()
    } else {
        facts
    };
    html! {
        <div role="row" id={LinePlace::id(props.place.number)} data-test="lock"
            class={classes!(props.place.class("item"), "lock", failed.then_some("is-failed"))}
            aria-level={props.place.aria_level()} aria-rowindex={props.place.aria_rowindex()}
            aria-busy={trying.then_some("true")}>
            <span role="gridcell" class="item-cell" aria-colspan={props.columns.to_string()}>
                { icon::drawn(if trying { "i-unlock" } else { "i-lock" }) }
                <span class="item-text">
                    <span class="name clip">{ text::shown(&status::waiting(&what)) }</span>
                    <span class="l2"><span {class}>{ icon::drawn(icon) }{ word }</span><span class="clip">{ facts }</span></span>
                </span>
                <span class="side"><span class="chips">
                    if let Some(flaw) = flaw { { flaw_chip(&flaw) } }
                    if let Some(rounds) = rounds {
                        <span class="chip chip-line">{ words::rounds_counted(i64::try_from(rounds).unwrap_or(0)) }</span>
                    }
                    <a class="look-inside" data-test="look-inside" href={View::Bytes(None).href(RowId::of_file(group))}>{ words::tab_bytes() }</a>
                </span></span>
                <form class="unlock" {onsubmit}>
                    <label class="field field-line">
                        <input ref={field} type={if *seen { "text" } else { "password" }} readonly={trying}
                            aria-label={words::password_for(&name)} autocomplete="off" spellcheck="false"
                            autocapitalize="off" aria-invalid={failed.then_some("true")}
                            aria-describedby={failed.then(|| format!("lock-{group}"))} />
                        <button type="button" class="copy" onclick={onshow} aria-pressed={seen.to_string()}
                            aria-label={words::show_password()}>{ icon::drawn("i-eye") }</button>
                    </label>
                    if trying {
                        <button type="button" class="btn" onclick={props.onstop.reform(move |_: MouseEvent| group)}>{ words::stop() }</button>
                    } else {
                        <button type="submit" class="btn btn-ink">{ words::unlock() }</button>
                    }
                    if let Attempt::Failed { message, hint } = &attempt {
                        <p class="unlock-error" id={format!("lock-{group}")} role="alert">
                            <span class="st st-now">{ icon::drawn("i-broken") }{ spoken(message) }</span>{ " " }{ spoken(hint) }
                        </p>
                    }
                    <label class="check">
                        <input type="checkbox" checked={*everywhere} onchange={oneverywhere} />
                        { words::try_it_on_every_locked_file() }
                    </label>
                </form>
            </span>
        </div>
    }
}
