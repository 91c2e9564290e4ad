//! The octets of an entry: values on the left, hexadecimal on the right, each leading to the other.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use certlens_core::{Asn1Value, ByteRange, Entry, Finding, Object};
use yew::prelude::*;

use super::dated::spoken;
use super::findings::Findings;
use super::hex_lines::HexLines;
use super::virtual_lines::VirtualLines;
use super::{Copy, icon, text};
use crate::byte_tree;
use crate::questions::{BytesTold, Question, Told};
use crate::rows::RowId;
use crate::services::{download, questions::use_told};
use crate::view;
use crate::words;

/// What a [`BytesView`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct BytesViewProps {
    /// Which entry it is.
    pub id: RowId,
    /// The entry, for the names of its fields and for findings.
    pub entry: Rc<Entry>,
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// The octets that are selected.
    pub selected: Option<ByteRange>,
    /// Called with octets to select.
    pub onselect: Callback<ByteRange>,
}

/// The octets of an entry.
#[component]
pub fn BytesView(props: &BytesViewProps) -> Html {
    let question = question(props.id, &props.entry);
    let told = use_told(Some(question), props.revision);
    match told {
        Some(Told::Bytes(told)) => html! {
            <Bytes id={props.id} told={Rc::new(*told)} entry={Rc::clone(&props.entry)} selected={props.selected} onselect={props.onselect.clone()} />
        },
        Some(_) => html! { <p class="muted">{ words::its_bytes_are_not_shown() }</p> },
        None => html! { <p class="muted" role="status">{ words::looking_at_the_bytes() }</p> },
    }
}

/// What asks for the octets of an entry: its own, else the piece of its file that it is in, without secrets.
pub(super) fn question(id: RowId, entry: &Entry) -> Question {
    match &entry.object {
        Object::Certificate(_)
        | Object::CertificationRequest(_)
        | Object::AttributeCertificate(_) => Question::Bytes(id),
        Object::RevocationList(list) if list.pem.is_some() => Question::Bytes(id),
        object => Question::Piece {
            file: id.group,
            path: entry.path.clone(),
            fault: match object {
                Object::Unreadable(problem) => Some(problem.offset),
                _ => None,
            },
        },
    }
}

/// What [`Bytes`] show.
#[derive(Clone, PartialEq, Properties)]
struct BytesProps {
    id: RowId,
    told: Rc<BytesTold>,
    entry: Rc<Entry>,
    selected: Option<ByteRange>,
    onselect: Callback<ByteRange>,
}

#[component]
fn Bytes(props: &BytesProps) -> Html {
    let folded = use_state_eq(BTreeSet::<usize>::new);
    let tree = &props.told.tree;
    let labels = use_memo(Rc::clone(&props.entry), |entry| byte_tree::labels(entry));
    let places = use_memo(Rc::clone(&props.told), |told| byte_tree::places(&told.tree));
    let first = || tree.values.first().map(|value| value.at.der);
    let place = props.selected.or(props.told.fault).or_else(first);
    let index = place.and_then(|place| byte_tree::at(tree, place));
    let lines = Rc::new(byte_tree::shown(tree, &folded));
    let line = index.and_then(|index| lines.iter().position(|one| *one == index));
    let select = {
        let (told, onselect) = (Rc::clone(&props.told), props.onselect.clone());
        Callback::from(move |index: usize| {
            if let Some(value) = told.tree.values.get(index) {
                onselect.emit(value.at.der);
            }
        })
    };
    let onkeydown = {
        let (told, lines, folded, select) = (
            Rc::clone(&props.told),
            Rc::clone(&lines),
            folded.clone(),
            select.clone(),
        );
        Callback::from(move |event: KeyboardEvent| {
            let Some(index) = index else { return };
            let fold = |fold: bool| {
                let mut next = (*folded).clone();
                if fold {
                    next.insert(index)
                } else {
                    next.remove(&index)
                };
                folded.set(next);
            };
            let open = byte_tree::holds_others(&told.tree, index) && !folded.contains(&index);
            let next = match event.key().as_str() {
                "ArrowDown" => line.and_then(|line| lines.get(line + 1)).copied(),
                "ArrowUp" => line
                    .and_then(|line| lines.get(line.checked_sub(1)?))
                    .copied(),
                "Home" => lines.first().copied(),
                "End" => lines.last().copied(),
                "ArrowRight" if open => Some(index + 1),
                "ArrowRight" => {
                    fold(false);
                    None
                }
                "ArrowLeft" if open => {
                    fold(true);
                    None
                }
                "ArrowLeft" => byte_tree::parent(&told.tree, index),
                _ => return,
            };
            event.prevent_default();
            if let Some(next) = next {
                select.emit(next);
            }
        })
    };
    let draw = {
        let (told, lines, labels, places, folded) = (
            Rc::clone(&props.told),
            Rc::clone(&lines),
            Rc::clone(&labels),
            Rc::clone(&places),
            folded.clone(),
        );
        Callback::from(move |range: std::ops::Range<usize>| {
            let item = |line: usize| -> Option<Html> {
                let one = *lines.get(line)?;
                let value = told.tree.values.get(one)?;
                let place = *places.get(one)?;
                let name = labels
                    .iter()
                    .find(|(at, ..)| *at == value.at.der)
                    .map(|found| found.1.clone());
                let open = byte_tree::holds_others(&told.tree, one).then(|| !folded.contains(&one));
                let (onclick, fold) = (select.reform(move |_: MouseEvent| one), folded.clone());
                let onfold = Callback::from(move |event: MouseEvent| {
                    event.stop_propagation();
                    let mut next = (*fold).clone();
                    if !next.remove(&one) {
                        next.insert(one);
                    }
                    fold.set(next);
                });
                Some(node(
                    one,
                    value,
                    place,
                    name,
                    (open, onfold),
                    Some(one) == index,
                    onclick,
                ))
            };
            range.filter_map(item).collect::<Html>()
        })
    };
    let onoctet = {
        let (told, onselect) = (Rc::clone(&props.told), props.onselect.clone());
        Callback::from(move |octet: u64| {
            let found = byte_tree::around(&told.tree, octet);
            if let Some(value) = found.and_then(|index| told.tree.values.get(index)) {
                onselect.emit(value.at.der);
            }
        })
    };
    let value = index.and_then(|index| tree.values.get(index));
    let body = match (value, place) {
        (Some(value), Some(place)) if value.at.der == place => value.contents.der,
        _ => place.unwrap_or_default(),
    };
    html! {
        <div data-test="bytes">
            <p class="legend muted"><span class="key-head">{ words::tag_and_length() }</span><span class="key-body">{ words::content_octets() }</span></p>
            if props.told.hex.contains(HIDDEN) {
                <p class="muted" data-test="hidden-octets">{ words::octets_of_keys_are_hidden() }</p>
            }
            <div class="bytes">
                <VirtualLines class="tree" role="tree" label={words::values()} count={lines.len()} {draw} reveal={line}
                    active={index.map(|index| format!("node-{index}"))} {onkeydown} />
                <HexLines hex={AttrValue::from(props.told.hex.clone())} selected={place.unwrap_or_default()} {body} {onoctet} />
                { foot(props, value, place.unwrap_or_default(), &labels) }
            </div>
            <Findings label={words::findings_about_these_bytes()} findings={here(&props.entry.findings, place)} />
        </div>
    }
}

fn node(
    index: usize,
    value: &Asn1Value,
    (position, count): (usize, usize),
    name: Option<String>,
    (open, onfold): (Option<bool>, Callback<MouseEvent>),
    selected: bool,
    onclick: Callback<MouseEvent>,
) -> Html {
    let depth = value.depth.min(12);
    html! {
        <div key={index} id={format!("node-{index}")} role="treeitem" aria-level={(value.depth + 1).to_string()}
            aria-posinset={position.to_string()} aria-setsize={count.to_string()}
            aria-selected={selected.to_string()} aria-expanded={open.map(|open| open.to_string())}
            class={classes!("node", format!("deep-{depth}"), value.problem.as_ref().map(|_| "is-odd"))} data-test="node" {onclick}>
            <span class="fold" onclick={onfold}>
                if let Some(open) = open { { icon::sized(if open { "i-down" } else { "i-right" }, "i-14") } }
            </span>
            <span class="clip">
                if let Some(name) = name { <b>{ name }</b>{ " " } }
                <span class="kind">{ &value.name }</span>
                if let Some(text) = &value.value { { " " }{ text::shown(&excerpt(text)) } }
                if let Some(text) = &value.meaning { { " " }<i>{ spoken(text) }</i> }
                if let Some(text) = &value.problem { { " " }{ spoken(text) } }
            </span>
            <span class="at">{ value.at.der.start }</span>
        </div>
    }
}

/// A value with how long it is, where only its start is there.
fn excerpt(value: &str) -> Cow<'_, str> {
    let told = value.ends_with(" octets)").then(|| words::told(value));
    told.flatten().map_or(Cow::Borrowed(value), Cow::Owned)
}

/// The place that is selected, and what can be done with it.
fn foot(
    props: &BytesProps,
    value: Option<&Asn1Value>,
    place: ByteRange,
    labels: &[byte_tree::Label],
) -> Html {
    let reference = format!("{}@{}", props.told.tree.path, view::reference(place));
    let hex = slice(&props.told.hex, place);
    let name = labels
        .iter()
        .find(|(at, ..)| *at == place)
        .map(|found| found.1.clone());
    let name = name
        .or_else(|| value.map(|value| value.name.clone()))
        .unwrap_or_default();
    let onclick = {
        let (hex, file) = (
            hex.clone(),
            format!("{}-{}.der", place.start, place.end - place.start),
        );
        Callback::from(move |_: MouseEvent| download::save(&file, &octets(&hex)))
    };
    let whole = !hex.contains(HIDDEN);
    let field = byte_tree::field(labels, place);
    html! {
        <div class="bytes-foot">
            <span class="grow"><b>{ name }</b>{ " " }<code data-test="reference">{ &reference }</code><Copy value={reference} name={words::reference()} /></span>
            if let Some((_, name, view)) = field {
                <a class="btn btn-bare" data-test="to-field" href={view.href(props.id)}>{ words::what_field_says(name) }</a>
            }
            if whole {
                <Copy value={hex} name={words::hex()} word={words::copy_hex()} />
                <button type="button" class="btn" data-test="save-node" {onclick}>{ icon::drawn("i-download") }{ words::save_node() }</button>
            }
        </div>
    }
}

/// Findings that stand within a place, or around it.
fn here(findings: &[Finding], place: Option<ByteRange>) -> Vec<Finding> {
    let touches = |finding: &&Finding| match (finding.at, place) {
        (Some(at), Some(place)) => at.der.start < place.end && place.start < at.der.end,
        _ => false,
    };
    findings.iter().filter(touches).cloned().collect()
}

/// The hexadecimal digits of a place.
fn slice(hex: &str, place: ByteRange) -> String {
    let at = |octet: u64| {
        usize::try_from(octet)
            .unwrap_or(usize::MAX)
            .saturating_mul(2)
    };
    hex.get(at(place.start)..at(place.end))
        .unwrap_or_default()
        .to_owned()
}

fn octets(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Stands for a digit of an octet that is not shown.
const HIDDEN: char = 'x';
