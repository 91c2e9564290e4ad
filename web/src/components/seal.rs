//! The seal: a rosette drawn from the SHA-256 of a certificate.
//!
//! The same seal is the same certificate on every screen. It never stands without a name or a
//! fingerprint beside it, and decides nothing.

use std::fmt::Write;

use yew::prelude::*;

use crate::format::{decimal, turned};

/// What a [`Seal`] is drawn from.
#[derive(Clone, PartialEq, Properties)]
pub struct SealProps {
    /// SHA-256 in hexadecimal.
    pub sha256: AttrValue,
    /// Width and height.
    #[prop_or(40)]
    pub size: u32,
}

/// The rosette of a fingerprint.
#[component]
pub fn Seal(props: &SealProps) -> Html {
    let size = props.size.to_string();
    html! {
        <svg class="seal" width={size.clone()} height={size} viewBox="0 0 40 40" aria-hidden="true">
            <path d={rosette(&props.sha256)} />
        </svg>
    }
}

/// The path of the rosette, in a square of 40.
fn rosette(sha256: &str) -> String {
    let byte = |index: usize| -> u8 {
        let digits = sha256.get(index * 2..index * 2 + 2).unwrap_or("00");
        u8::from_str_radix(digits, 16).unwrap_or(0)
    };
    let petals = f64::from(3 + byte(0) % 8);
    let depth = [0.16, 0.24, 0.34, 0.46][usize::from(byte(1) % 4)];
    let kind = byte(2) % 4;
    let phase = f64::from(byte(4)) / 255.0;
    let mut path = String::new();
    let mut ring = |size: f64, depth: f64, offset: f64| {
        draw(&mut path, 180, |t| {
            0.92 * 20.0 * size * (1.0 + depth * turned(petals * t + phase + offset).0)
                / (1.0 + depth)
        });
    };
    ring(1.0, depth, 0.0);
    match kind {
        0 | 2 => ring(1.0, depth, 0.5),
        _ => ring(0.98, 0.02, 0.0),
    }
    match kind {
        0 | 3 => ring(0.42, 0.3, 0.0),
        2 => ring(0.3, 0.0, 0.0),
        _ => ring(0.5, depth, 0.5),
    }
    path
}

/// Adds a closed curve around the middle, given its radius at each part of a turn.
fn draw(path: &mut String, points: u16, radius: impl Fn(f64) -> f64) {
    for point in 0..points {
        let part = f64::from(point) / f64::from(points);
        let r = radius(part);
        let (cosine, sine) = turned(part);
        let letter = if point == 0 { 'M' } else { 'L' };
        // Writing to a string cannot fail.
        let _ = write!(
            path,
            "{letter}{} {}",
            decimal(20.0 + r * cosine),
            decimal(20.0 + r * sine)
        );
    }
    path.push('Z');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_fingerprint_gives_the_same_seal() {
        assert_eq!(rosette("9c417e0bd2"), rosette("9c417e0bd2"));
        assert_ne!(rosette("9c417e0bd2"), rosette("9d417e0bd2"));
    }

    #[test]
    fn a_fingerprint_that_is_none_still_draws() {
        assert!(rosette("").starts_with('M'));
        assert!(rosette("zz").ends_with('Z'));
    }

    #[test]
    fn three_rings_stay_in_their_square() {
        for kind in ["00", "01", "02", "03"] {
            let path = rosette(&format!("ffff{kind}80ff"));
            assert_eq!(path.matches('M').count(), 3);
            for number in path
                .split(['M', 'L', 'Z', ' '])
                .filter(|text| !text.is_empty())
            {
                let number: f64 = number.parse().expect("a coordinate");
                assert!((0.0..=40.0).contains(&number), "{number}");
            }
        }
    }
}
