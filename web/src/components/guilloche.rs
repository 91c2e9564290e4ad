//! The guilloche behind the drop area: the fine line work of bank notes and diplomas.

use std::fmt::Write;

use yew::prelude::*;

use crate::format::turned;

/// The guilloche behind the drop area. Ornament only.
#[component]
pub fn Guilloche() -> Html {
    let path = use_memo((), |()| {
        let mut path = String::new();
        ring(&mut path, 253.0, 52.0, 12.0);
        ring(&mut path, 146.0, 44.0, 9.0);
        path
    });
    html! {
        <svg class="guilloche" viewBox="0 0 640 640" aria-hidden="true"><path d={(*path).clone()} /></svg>
    }
}

/// A band of waves around the middle, each turned a little against the one before.
fn ring(path: &mut String, radius: f64, depth: f64, waves: f64) {
    for turn in 0..12_u8 {
        let phase = f64::from(turn) / 12.0;
        for point in 0..216_u16 {
            let part = f64::from(point) / 216.0;
            let r = radius + depth * turned(waves * part + phase).0;
            let (cosine, sine) = turned(part);
            let letter = if point == 0 { 'M' } else { 'L' };
            // Writing to a string cannot fail.
            let _ = write!(
                path,
                "{letter}{} {}",
                whole(320.0 + r * cosine),
                whole(320.0 + r * sine)
            );
        }
        path.push('Z');
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place in a picture")]
fn whole(place: f64) -> i32 {
    place.round_ties_even() as i32
}
