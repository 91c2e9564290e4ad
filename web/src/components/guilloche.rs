//! The guilloche behind the drop area: the fine line work of bank notes and diplomas.

use std::f64::consts::TAU;
use std::fmt::Write;

use yew::prelude::*;

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
        let phase = f64::from(turn) / 12.0 * TAU;
        for point in 0..216_u16 {
            let angle = f64::from(point) / 216.0 * TAU;
            let r = radius + depth * (waves * angle + phase).cos();
            let letter = if point == 0 { 'M' } else { 'L' };
            // Writing to a string cannot fail.
            let _ = write!(
                path,
                "{letter}{:.0} {:.0}",
                320.0 + r * angle.cos(),
                320.0 + r * angle.sin()
            );
        }
        path.push('Z');
    }
}
