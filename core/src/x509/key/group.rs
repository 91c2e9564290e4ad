//! Points of curves that are given by their numbers (SEC 1, 2.2 and 3.2).

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use zeroize::Zeroizing;

use super::curves::{Curve, Field};
use super::numbers::{integer_bits, number, significant};

/// Bits of the largest field that is computed in. Stops a key that brings a field of a megabyte.
const MAX_BITS: u32 = 1024;

/// Whether an encoded point lies on a curve; `None` where that cannot be told: for a compressed point over a
/// binary field, and for a field that is none.
pub(crate) fn is_on(curve: &Curve, point: &[u8]) -> Option<bool> {
    let (form, coordinates) = point.split_first()?;
    let is_whole = match form {
        2 | 3 => false,
        4 | 6 | 7 => true,
        _ => return None,
    };
    match &curve.field {
        Field::Prime(prime) => {
            let group = Group::new(prime, curve)?;
            let width = octets(integer_bits(prime))?;
            let Some((x, y)) = split(coordinates, width, is_whole) else {
                return Some(false);
            };
            let Some(x) = group.element(x) else {
                return Some(false);
            };
            let right = x.square().add(&group.a).mul(&x).add(&group.b);
            Some(match y {
                Some(y) => group.element(y).is_some_and(|y| y.square() == right),
                None => group.is_square(&right),
            })
        }
        Field::Binary(exponents) => {
            let field = Polynomials::new(exponents)?;
            let (a, b) = (field.element(&curve.a)?, field.element(&curve.b)?);
            let width = octets(u32::try_from(field.degree).ok()?)?;
            let Some((x, y)) = split(coordinates, width, is_whole) else {
                return Some(false);
            };
            let Some(x) = field.element(x) else {
                return Some(false);
            };
            let Some(y) = field.element(y?) else {
                return Some(false);
            };
            // y² + x y = x³ + a x² + b
            let left = field.product(&sum(&x, &y), &y);
            let right = field.product(&field.product(&x, &x), &sum(&x, &a));
            Some(left == sum(&right, &b))
        }
    }
}

/// The point, uncompressed, that is this multiple of the generator; `None` for a number that the curve does
/// not have, and over a binary field.
pub(crate) fn multiple(curve: &Curve, scalar: &[u8]) -> Option<Vec<u8>> {
    let Field::Prime(prime) = &curve.field else {
        return None;
    };
    let scalar = significant(scalar);
    let bits = integer_bits(&curve.order);
    if scalar.is_empty() || bits < integer_bits(scalar) {
        return None;
    }
    let bits = precision(bits);
    if *number(&curve.order, bits)? <= *number(scalar, bits)? {
        return None;
    }
    let group = Group::new(prime, curve)?;
    let generator = (group.element(&curve.x)?, group.element(&curve.y)?);
    let mut point: Option<Point> = None;
    for octet in scalar {
        for bit in (0..8).rev() {
            point = point.and_then(|point| group.double(&point));
            if octet >> bit & 1 == 1 {
                point = match point {
                    Some(point) => group.add(&point, &generator),
                    None => Some(Point {
                        x: Zeroizing::new(generator.0.clone()),
                        y: Zeroizing::new(generator.1.clone()),
                        z: Zeroizing::new(BoxedMontyForm::one(&group.modulo)),
                    }),
                };
            }
        }
    }
    let Point { x, y, z } = point?;
    let inverse = Zeroizing::new(z.invert().into_option()?);
    let square = Zeroizing::new(inverse.square());
    let width = octets(integer_bits(prime))?;
    let mut encoded = vec![4];
    for coordinate in [x.mul(&square), y.mul(&square).mul(&inverse)] {
        let octets = coordinate.retrieve().to_be_bytes();
        let start = octets.len().checked_sub(width)?;
        encoded.extend_from_slice(octets.get(start..)?);
    }
    Some(encoded)
}

fn octets(bits: u32) -> Option<usize> {
    usize::try_from(bits.div_ceil(8)).ok()
}

/// Both coordinates, or the first alone; `None` where they are of another length.
fn split(coordinates: &[u8], width: usize, is_whole: bool) -> Option<(&[u8], Option<&[u8]>)> {
    let (x, y) = coordinates.split_at_checked(width)?;
    let expected = if is_whole { width } else { 0 };
    (y.len() == expected).then_some((x, is_whole.then_some(y)))
}

/// Bits that numbers of so many are kept in, so that none is cut off before it is compared.
fn precision(bits: u32) -> u32 {
    bits.next_multiple_of(64)
}

/// A curve over a prime field.
struct Group {
    modulo: BoxedMontyParams,
    prime: Vec<u8>,
    a: BoxedMontyForm,
    b: BoxedMontyForm,
}

/// The point (x / z², y / z³).
struct Point {
    x: Zeroizing<BoxedMontyForm>,
    y: Zeroizing<BoxedMontyForm>,
    z: Zeroizing<BoxedMontyForm>,
}

impl Group {
    fn new(prime: &[u8], curve: &Curve) -> Option<Self> {
        let bits = integer_bits(prime);
        if !(8..=MAX_BITS).contains(&bits) {
            return None;
        }
        let odd = Odd::new(BoxedUint::clone(&*number(prime, precision(bits))?)).into_option()?;
        let modulo = BoxedMontyParams::new_vartime(odd);
        Some(Self {
            a: element(&curve.a, prime, &modulo)?,
            b: element(&curve.b, prime, &modulo)?,
            prime: prime.to_vec(),
            modulo,
        })
    }

    /// The element of these octets; `None` where they are not less than the prime.
    fn element(&self, octets: &[u8]) -> Option<BoxedMontyForm> {
        element(octets, &self.prime, &self.modulo)
    }

    /// Whether an element has a root, by Euler's criterion.
    fn is_square(&self, element: &BoxedMontyForm) -> bool {
        let modulus: &BoxedUint = self.modulo.modulus().as_ref();
        let half = modulus.shr(1);
        let power = element.pow(&half);
        bool::from(element.is_zero()) || power == BoxedMontyForm::one(&self.modulo)
    }

    fn double(&self, point: &Point) -> Option<Point> {
        let Point { x, y, z } = point;
        if bool::from(y.is_zero()) {
            return None;
        }
        let [yy, zz] = [y, z].map(|it| Zeroizing::new(it.square()));
        let s = Zeroizing::new(x.mul(&yy).double().double());
        let xx = Zeroizing::new(x.square());
        let slope = xx.double().add(&xx).add(&self.a.mul(&zz.square()));
        let slope = Zeroizing::new(slope);
        let new = Zeroizing::new(slope.square().sub(&s.double()));
        let eight = Zeroizing::new(yy.square().double().double().double());
        Some(Point {
            y: Zeroizing::new(slope.mul(&s.sub(&new)).sub(&eight)),
            x: new,
            z: Zeroizing::new(y.mul(z).double()),
        })
    }

    /// A point and an affine one.
    fn add(&self, point: &Point, other: &(BoxedMontyForm, BoxedMontyForm)) -> Option<Point> {
        let Point { x, y, z } = point;
        let zz = Zeroizing::new(z.square());
        let h = Zeroizing::new(other.0.mul(&zz).sub(x));
        let r = Zeroizing::new(other.1.mul(&zz).mul(z).sub(y));
        if bool::from(h.is_zero()) {
            return if bool::from(r.is_zero()) {
                self.double(point)
            } else {
                None
            };
        }
        let hh = Zeroizing::new(h.square());
        let hhh = Zeroizing::new(hh.mul(&h));
        let v = Zeroizing::new(x.mul(&hh));
        let new = Zeroizing::new(r.square().sub(&hhh).sub(&v.double()));
        Some(Point {
            y: Zeroizing::new(r.mul(&v.sub(&new)).sub(&y.mul(&hhh))),
            x: new,
            z: Zeroizing::new(z.mul(&h)),
        })
    }
}

fn element(octets: &[u8], prime: &[u8], modulo: &BoxedMontyParams) -> Option<BoxedMontyForm> {
    let number = number(octets, precision(integer_bits(prime)))?;
    let modulus: &BoxedUint = modulo.modulus().as_ref();
    (*number < *modulus).then(|| BoxedMontyForm::new(BoxedUint::clone(&number), modulo))
}

/// The field of polynomials over bits, modulo one of them. Elements have their lowest word first.
struct Polynomials {
    degree: usize,
    modulus: Vec<u64>,
}

impl Polynomials {
    fn new(exponents: &[usize]) -> Option<Self> {
        let (&degree, lower) = exponents.split_first()?;
        let is_field = 8 <= degree && lower.iter().all(|exponent| *exponent < degree);
        if !is_field || octets(MAX_BITS)? < degree.div_ceil(8) {
            return None;
        }
        let mut modulus = vec![0; degree / 64 + 1];
        for exponent in exponents.iter().chain([&0]) {
            *modulus.get_mut(exponent / 64)? ^= 1 << (exponent % 64);
        }
        Some(Self { degree, modulus })
    }

    /// The element of these octets; `None` where they are too large.
    fn element(&self, octets: &[u8]) -> Option<Vec<u64>> {
        let octets = significant(octets);
        if usize::try_from(integer_bits(octets)).ok()? > self.degree {
            return None;
        }
        let mut words = vec![0; self.modulus.len()];
        for (index, octet) in octets.iter().rev().enumerate() {
            *words.get_mut(index / 8)? |= u64::from(*octet) << (index % 8 * 8);
        }
        Some(words)
    }

    fn product(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let mut product = vec![0; self.modulus.len()];
        for word in b.iter().rev() {
            for bit in (0..64).rev() {
                self.shift(&mut product);
                if word >> bit & 1 == 1 {
                    product = sum(&product, a);
                }
            }
        }
        product
    }

    /// Times x.
    fn shift(&self, element: &mut [u64]) {
        let mut carried = 0;
        for word in element.iter_mut() {
            (*word, carried) = (*word << 1 | carried, *word >> 63);
        }
        let top = element.get(self.degree / 64);
        if top.is_some_and(|word| word >> (self.degree % 64) & 1 == 1) {
            let pairs = element.iter_mut().zip(&self.modulus);
            pairs.for_each(|(word, of_modulus)| *word ^= of_modulus);
        }
    }
}

fn sum(a: &[u64], b: &[u64]) -> Vec<u64> {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}
