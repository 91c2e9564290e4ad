//! The elliptic curves that have names, by their numbers.

use super::numbers::significant;
use crate::hex::{hex, unhex};

/// A curve, given by its numbers: none has leading zero octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Curve {
    pub(super) field: Field,
    pub(super) a: Vec<u8>,
    pub(super) b: Vec<u8>,
    pub(super) order: Vec<u8>,
    /// The generator.
    pub(super) x: Vec<u8>,
    /// Absent where the generator is compressed.
    pub(super) y: Vec<u8>,
}

impl Curve {
    pub(super) fn is_over_prime_field(&self) -> bool {
        matches!(self.field, Field::Prime(_))
    }
}

/// Numbers modulo a prime, or polynomials over bits modulo one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Prime(Vec<u8>),
    /// The exponents of the polynomial, from the highest on and without the zero.
    Binary(Vec<usize>),
}

/// What explicit parameters come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recognised {
    /// They are those of a named curve.
    Named(&'static str),
    /// They are those of a named curve, except for the generator.
    OtherGenerator(&'static str),
    /// They are those of no curve that has a name here.
    Unknown,
}

/// Bits of the field of the curve of this name.
pub(super) fn size(name: &str) -> Option<u32> {
    let written_out = CURVES.lines().filter_map(head);
    let written_out = written_out.filter_map(|(name, bits, _)| Some((name, bits.parse().ok()?)));
    let mut all = written_out.chain(SIZED.iter().copied());
    all.find(|(known, _)| *known == name).map(|(_, bits)| bits)
}

/// The curve of this name.
pub(crate) fn curve(name: &str) -> Option<Curve> {
    let mut lines = CURVES.lines().filter_map(head);
    let (.., numbers) = lines.find(|(known, ..)| *known == name)?;
    if let Some(same) = numbers.strip_prefix('=') {
        return curve(same);
    }
    let mut columns = numbers.split(' ');
    let field = columns.next()?;
    let field = if field.contains(',') {
        let exponents = field.split(',').map(|exponent| exponent.parse().ok());
        Field::Binary(exponents.collect::<Option<_>>()?)
    } else {
        Field::Prime(number(field)?)
    };
    let mut next = || number(columns.next()?);
    Some(Curve {
        field,
        a: next()?,
        b: next()?,
        order: next()?,
        x: next()?,
        y: next()?,
    })
}

/// Finds the name of a curve.
pub(super) fn recognise(curve: &Curve) -> Recognised {
    let field = match &curve.field {
        Field::Prime(prime) => digits(prime),
        Field::Binary(exponents) => {
            let exponents: Vec<String> = exponents.iter().map(usize::to_string).collect();
            exponents.join(",")
        }
    };
    let [a, b, order, x] = [&curve.a, &curve.b, &curve.order, &curve.x].map(|it| digits(it));
    let body = format!("{field} {a} {b} {order} ");
    let found = CURVES
        .lines()
        .filter_map(head)
        .find_map(|(name, _, numbers)| {
            let generator = numbers.strip_prefix(&body)?;
            Some((name, generator.split(' ').next() == Some(x.as_str())))
        });
    match found {
        Some((name, true)) => Recognised::Named(name),
        Some((name, false)) => Recognised::OtherGenerator(name),
        None => Recognised::Unknown,
    }
}

/// Name, bits and numbers of a line.
fn head(line: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (name, rest) = line.split_once(' ')?;
    let (bits, numbers) = rest.split_once(' ')?;
    Some((name, bits, numbers))
}

fn digits(number: &[u8]) -> String {
    match significant(number) {
        [] => "0".to_owned(),
        number => hex(number),
    }
}

fn number(digits: &str) -> Option<Vec<u8>> {
    if digits == "0" {
        return Some(Vec::new());
    }
    unhex(digits.as_bytes())
}

/// Of each curve: name, bits of the field, the prime or the exponents of the polynomial, a, b, the order, and
/// both coordinates of the generator; or the curve that it is by another name. SEC 2 and its first version,
/// X9.62, WAP WTLS, RFC 5639, GB/T 32918.5, ANSSI.
const CURVES: &str = include_str!("curves.txt");

/// Curves and parameter sets that are only ever given by name.
const SIZED: &[(&str, u32)] = &[
    ("bign-curve256v1", 256),
    ("bign-curve384v1", 384),
    ("bign-curve512v1", 512),
    ("DSTU 4145 M163", 163),
    ("DSTU 4145 M167", 167),
    ("DSTU 4145 M173", 173),
    ("DSTU 4145 M179", 179),
    ("DSTU 4145 M191", 191),
    ("DSTU 4145 M233", 233),
    ("DSTU 4145 M257", 257),
    ("DSTU 4145 M307", 307),
    ("DSTU 4145 M367", 367),
    ("DSTU 4145 M431", 431),
];

#[cfg(test)]
mod tests {
    use super::super::group;
    use super::*;

    #[test]
    fn every_curve_holds_its_generator_and_no_point_beside_it() {
        let names = CURVES.lines().filter_map(head).map(|(name, ..)| name);
        let mut count = (0, 0);
        for name in names {
            let mut curve = curve(name).expect("is in the table");
            assert!(matches!(recognise(&curve), Recognised::Named(_)), "{name}");
            let width = usize::try_from(size(name).expect("has one").div_ceil(8)).expect("fits");
            let padded = |number: &[u8]| [&*vec![0; width - number.len()], number].concat();
            let mut point = [&[4][..], &padded(&curve.x), &padded(&curve.y)].concat();
            assert_eq!(group::is_on(&curve, &point), Some(true), "{name}");
            *point.last_mut().expect("octets") ^= 1;
            assert_eq!(group::is_on(&curve, &point), Some(false), "{name}");
            assert_eq!(group::is_on(&curve, &point[..width]), Some(false), "{name}");
            count.0 += 1;
            if let Field::Prime(_) = curve.field {
                // All but one of the points that there are lead to the opposite of the generator.
                let last = curve.order.last_mut().expect("octets");
                assert_eq!(*last & 1, 1, "{name}");
                *last -= 1;
                let before = curve.order.clone();
                *curve.order.last_mut().expect("octets") += 1;
                let found = group::multiple(&curve, &before).expect("a point");
                assert_eq!(found[1..=width], padded(&curve.x), "{name}");
                assert_ne!(found[1 + width..], padded(&curve.y), "{name}");
                assert_eq!(group::is_on(&curve, &found), Some(true), "{name}");
                assert_eq!(group::multiple(&curve, &curve.order), None, "{name}");
                assert_eq!(group::multiple(&curve, &[0]), None, "{name}");
                let compressed = [&[2], &found[1..=width]].concat();
                assert_eq!(group::is_on(&curve, &compressed), Some(true), "{name}");
                count.1 += 1;
            }
        }
        assert_eq!(count, (81, 41));
    }

    #[test]
    fn points_are_those_of_the_crate_for_the_curve() {
        use p256::elliptic_curve::sec1::ToSec1Point as _;
        let secret = [7; 32];
        let key = p256::SecretKey::from_slice(&secret).expect("a key");
        let expected = key.public_key().to_sec1_point(false);
        let curve = curve("P-256").expect("is there");
        let found = group::multiple(&curve, &secret);
        assert_eq!(found.as_deref(), Some(expected.as_bytes()));
    }

    #[test]
    fn a_number_that_is_no_square_has_no_compressed_point() {
        let curve = curve("secp256k1").expect("is there");
        let on = |x: u8| {
            let mut point = [0; 33];
            point[0] = 2;
            point[32] = x;
            group::is_on(&curve, &point)
        };
        // 1³ + 7 is a square, 5³ + 7 is none.
        assert_eq!((on(1), on(5)), (Some(true), Some(false)));
    }
}
