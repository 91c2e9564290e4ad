//! A picture of who issued whom.

use certlens_core::{IssuerSignature, UnixTime};
use yew::prelude::*;

use crate::chain_layout::{BOX, Layout};
use crate::format::decimal;
use crate::questions::{ChainNode, ChainTold, Issuer, MissingNode, Tie};
use crate::rows::RowId;
use crate::status::Status;
use crate::view::View;
use crate::visible;
use crate::words;

/// What a [`ChainPicture`] draws.
#[derive(Clone, PartialEq, Properties)]
pub struct ChainPictureProps {
    /// Who issued whom.
    pub told: ChainTold,
    /// The certificate that the picture is about.
    pub open: RowId,
    /// The instant to judge against.
    pub now: UnixTime,
}

/// A picture of who issued whom: issuers above, what is not on the pile dashed.
#[component]
pub fn ChainPicture(props: &ChainPictureProps) -> Html {
    let told = &props.told;
    let layout = Layout::of(told);
    let (width, height) = layout.size;
    let tie = |tie: &Tie| {
        let issued = layout.certificates.get(tie.issued);
        let issuer = match tie.issuer {
            Issuer::Here(one) => layout.certificates.get(one),
            Issuer::Missing(one) => layout.missing.get(one),
        };
        issued
            .zip(issuer)
            .map(|(issued, issuer)| line(tie, *issued, *issuer))
    };
    html! {
        <div class="pic" data-test="chain-picture" tabindex="0" role="region" aria-label={words::who_issued_whom()}>
            <svg role="group" aria-label={words::who_issued_whom_each_certificate_is()}
                width={decimal(width)} height={decimal(height)} viewBox={format!("0 0 {} {}", decimal(width), decimal(height))}>
                { for told.ties.iter().filter_map(tie) }
                { for told.certificates.iter().zip(&layout.certificates).map(|(one, at)| certificate(one, *at, props)) }
                { for told.missing.iter().zip(&layout.missing).map(|(one, at)| missing(one, *at)) }
            </svg>
        </div>
    }
}

fn certificate(node: &ChainNode, (x, y): (f64, f64), props: &ChainPictureProps) -> Html {
    let open = node.id == props.open;
    let status = Status::of(&node.row, node.worst, props.now);
    let name = visible::escaped(&node.name);
    let mark = mark(node, &props.told.certificates);
    let room = ROOM - mark.as_ref().map_or(0, |mark| wide(mark) + GAP);
    let whole = mark.as_ref().map_or_else(
        || name.clone(),
        |_| format!("{name}\nSHA-256 {}", node.sha256),
    );
    html! {
        <a key={format!("{}-{}", node.id.group, node.id.entry)} href={View::Chain.href(node.id)} class={classes!("pic-box", open.then_some("is-open"))}
            aria-current={open.then_some("true")} data-test="chain-box">
            <title>{ whole }</title>
            <rect x={decimal(x)} y={decimal(y)} width={decimal(BOX.0)} height={decimal(BOX.1)} rx="8" />
            { within((x, y), html! { <>
                <text class="pic-name" x="0" y="24">{ short(&name, room) }if let Some(mark) = mark { <tspan class="pic-mark">{ format!(" {mark}") }</tspan> }</text>
                <text class={classes!("pic-note", status.level.class())} x="0" y="42">
                    { note(&status, node.row.not_after, props.now) }
                </text>
            </> }) }
        </a>
    }
}

fn missing(node: &MissingNode, (x, y): (f64, f64)) -> Html {
    let name = visible::escaped(&node.name);
    html! {
        <g class="pic-box is-missing" data-test="chain-missing">
            <title>{ &name }</title>
            <rect x={decimal(x)} y={decimal(y)} width={decimal(BOX.0)} height={decimal(BOX.1)} rx="8" />
            { within((x, y), html! { <>
                <text class="pic-name" x="0" y="24">{ short(&name, ROOM) }</text>
                <text class="pic-note st-unknown" x="0" y="42">{ words::not_on_the_pile() }</text>
            </> }) }
        </g>
    }
}

fn line(tie: &Tie, below: (f64, f64), above: (f64, f64)) -> Html {
    let (class, word) = known(tie);
    let (x1, y1) = (above.0 + BOX.0 / 2.0, above.1 + BOX.1);
    let (x2, y2) = (below.0 + BOX.0 / 2.0, below.1);
    let (middle, x) = (f64::midpoint(y1, y2), f64::midpoint(x1, x2));
    let at = (decimal(x - 46.0), decimal(middle - 10.0));
    let said = (decimal(x), decimal(middle + 4.0));
    let [x1, y1, x2, y2, middle] = [x1, y1, x2, y2, middle].map(decimal);
    html! {
        <g class={classes!("pic-tie", class)}>
            <path d={format!("M{x1} {y1}C{x1} {middle} {x2} {middle} {x2} {y2}")} />
            <rect x={at.0} y={at.1} width="92" height="20" rx="10" />
            <text x={said.0} y={said.1} text-anchor="middle">{ word }</text>
        </g>
    }
}

/// How a tie is coloured, and what is known of it.
pub(crate) fn known(tie: &Tie) -> (&'static str, &'static str) {
    match (tie.issuer, tie.signature) {
        (Issuer::Missing(_), _) => ("is-missing", words::missing()),
        (_, IssuerSignature::Valid) => ("st-fine", words::verified()),
        (_, IssuerSignature::Wrong) => ("st-now", words::wrong()),
        (_, IssuerSignature::NotChecked) => ("st-unknown", words::not_checked()),
    }
}

/// What stands in a box, and never beyond it, however wide its letters are.
fn within((x, y): (f64, f64), content: Html) -> Html {
    html! {
        <svg class="pic-text" x={decimal(x + 14.0)} y={decimal(y)} width={decimal(BOX.0 - 24.0)} height={decimal(BOX.1)}>{ content }</svg>
    }
}

/// The status with as much of its reason as there is room for: whole, without the whole lifetime, or alone.
fn note(status: &Status, end: Option<UnixTime>, now: UnixTime) -> String {
    let left = end.map(|end| end.seconds() - now.seconds());
    let left = left.filter(|left| 0 < *left && end != Some(UnixTime::NEVER));
    let with = |reason: &str| format!("{}, {reason}", status.word);
    let shorter = left.map(|left| words::time_left(&words::span(left)));
    let tried = [
        Some(with(&status.reason)),
        shorter.as_deref().map(with),
        shorter,
    ];
    let fitting = tried
        .into_iter()
        .flatten()
        .find(|text| wide(text) <= ROOM_OF_NOTE);
    fitting.unwrap_or_else(|| status.word.to_owned())
}

/// What tells a certificate from others of the same name in the picture: how its SHA-256 begins.
fn mark(node: &ChainNode, all: &[ChainNode]) -> Option<String> {
    let is_twin = |one: &ChainNode| one.name == node.name && one.sha256 != node.sha256;
    let start: String = node.sha256.chars().take(8).collect();
    all.iter().any(is_twin).then_some(start)
}

/// How wide a text is at most, in hundredths of the height of its letters.
fn wide(text: &str) -> usize {
    let letter = |c: char| match c {
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '\u{1100}'.. => 100,
        'i' | 'j' | 'l' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' => 32,
        'f' | 'r' | 't' | '-' | '(' | ')' | '[' | ']' | '/' => 42,
        'A'..='Z' => 74,
        _ => 63,
    };
    text.chars().map(letter).sum()
}

/// As much of a text as there is room for, with an ellipsis where that is not all.
fn short(text: &str, room: usize) -> String {
    if wide(text) <= room {
        return text.to_owned();
    }
    let (mut start, mut taken) = (String::new(), wide("…"));
    for letter in text.chars() {
        taken += wide(letter.encode_utf8(&mut [0; 4]));
        if room < taken {
            break;
        }
        start.push(letter);
    }
    format!("{}…", start.trim_end())
}

/// Room for a name, whose letters are bold and a fifth wider in some fonts, for the smaller line below it, and
/// between a name and what tells it from others.
const ROOM: usize = 1_420;
const ROOM_OF_NOTE: usize = 2_000;
const GAP: usize = 32;

#[cfg(test)]
mod tests {
    use certlens_core::{ChainRole, Row};

    use super::*;

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        assert_eq!(short("Acme TLS CA 3", ROOM), "Acme TLS CA 3");
        for name in [
            "WWWWWWWWWWWWWWWWWWWWWWWW",
            "証明書証明書証明書証明書証明書証明書",
            "a name of fifty letters that goes on and on and on",
        ] {
            let cut = short(name, ROOM);
            assert!(cut.ends_with('…'), "{cut}");
            assert!(wide(&cut) <= ROOM && name.starts_with(cut.trim_end_matches('…')));
        }
    }

    #[test]
    fn certificates_of_the_same_name_are_told_apart() {
        let node = |name: &str, sha256: &str| ChainNode {
            id: RowId::default(),
            copies: 1,
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            role: ChainRole::Authority,
            row: Row::default(),
            worst: None,
        };
        let all = [
            node("CA", "0123456789"),
            node("CA", "abcdef0123"),
            node("Leaf", "fedcba9876"),
        ];
        let marks = all.iter().map(|one| mark(one, &all));
        let marks: Vec<Option<String>> = marks.collect();
        assert_eq!(
            marks,
            [
                Some("01234567".to_owned()),
                Some("abcdef01".to_owned()),
                None
            ]
        );
    }
}
