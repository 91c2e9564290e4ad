//! Octets in hexadecimal, with a place selected.

use std::ops::Range;

use certlens_core::ByteRange;
use gloo::utils::window;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::virtual_lines::VirtualLines;
use crate::words;

/// What [`HexLines`] show.
#[derive(Clone, PartialEq, Properties)]
pub struct HexLinesProps {
    /// The octets, in hexadecimal.
    pub hex: AttrValue,
    /// The place that is selected.
    pub selected: ByteRange,
    /// The part of it that is content.
    pub body: ByteRange,
    /// Called with an octet that was pressed.
    pub onoctet: Callback<u64>,
}

/// Octets in hexadecimal.
#[component]
pub fn HexLines(props: &HexLinesProps) -> Html {
    let wide = use_memo((), |()| {
        let width = window().inner_width().ok().and_then(|width| width.as_f64());
        if width.is_some_and(|width| width < 760.0) {
            8_usize
        } else {
            16
        }
    });
    let wide = *wide;
    let count = (props.hex.len() / 2).div_ceil(wide);
    let start = usize::try_from(props.selected.start).unwrap_or(0);
    let draw = {
        let (hex, selected, body) = (props.hex.clone(), props.selected, props.body);
        Callback::from(move |range: Range<usize>| {
            range
                .map(|line| row(&hex, line * wide, wide, selected, body))
                .collect::<Html>()
        })
    };
    let onoctet = props.onoctet.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let octet = target.and_then(|target| target.get_attribute("data-at")?.parse().ok());
        if let Some(octet) = octet {
            onoctet.emit(octet);
        }
    });
    html! {
        <VirtualLines class="hex" role="region" label={words::bytes_in_hexadecimal()} {count} {draw} reveal={Some(start / wide)} {onclick} />
    }
}

fn row(hex: &str, start: usize, wide: usize, selected: ByteRange, body: ByteRange) -> Html {
    let within = |range: ByteRange, at: usize| {
        u64::try_from(at).is_ok_and(|at| range.start <= at && at < range.end)
    };
    let class = |at: usize| match (within(body, at), within(selected, at)) {
        (true, _) => Some("is-body"),
        (false, true) => Some("is-head"),
        (false, false) => None,
    };
    let octets: Vec<(usize, &str)> = (start..start + wide)
        .map_while(|at| Some((at, hex.get(2 * at..2 * at + 2)?)))
        .collect();
    let letter = |octet: &str| match u8::from_str_radix(octet, 16) {
        Ok(octet @ 0x20..0x7f) => char::from(octet),
        _ => '·',
    };
    // Of a secret, only how long it is.
    let shown = |octet| if octet == "xx" { "··" } else { octet };
    html! {
        <div key={start} class="hex-line">
            <span class="hex-at">{ format!("{start:04x}") }</span>
            <span class="hex-octets">{ for octets.iter().map(|(at, octet)| html! { <span class={class(*at)} data-at={at.to_string()}>{ shown(*octet) }</span> }) }</span>
            <span class="hex-text" aria-hidden="true">{ for octets.iter().map(|(at, octet)| html! { <span class={class(*at)} data-at={at.to_string()}>{ letter(octet) }</span> }) }</span>
        </div>
    }
}
