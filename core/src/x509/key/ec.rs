//! Keys on elliptic curves: which curve, and how it and the point are written.

use super::algorithm::identified;
use super::curves::{self, Curve, Field, Recognised};
use super::numbers::{integer_bits, significant};
use super::{named, rsa};
use crate::asn1::{Element, Tag};
use crate::report::{CurveForm, PointForm, PublicKey};

/// What the parameters of a key tell of its curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CurveDescription {
    pub(crate) form: CurveForm,
    /// Its name, or what is known of it: `explicit, 256-bit prime field`.
    pub(crate) name: Option<String>,
    /// Bits of its field.
    pub(crate) bits: Option<u32>,
    /// The curve that it is except for the generator.
    pub(crate) altered: Option<&'static str>,
}

/// Reads the parameters of a key on a curve.
///
/// ```text
/// ECParameters ::= CHOICE { namedCurve OBJECT IDENTIFIER, implicitCurve NULL,
///                           specifiedCurve SpecifiedECDomain }
/// ```
///
/// [RFC 5480, 2.1.1](https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1)
pub(crate) fn curve_description(parameters: Option<&Element<'_>>) -> CurveDescription {
    match parameters {
        Some(parameters) if parameters.tag == Tag::OID => {
            let name = identified(parameters)
                .map_or_else(|_| "unreadable".to_owned(), |it| it.name.into_owned());
            CurveDescription {
                form: CurveForm::Named,
                bits: curves::size(&name),
                name: Some(name),
                altered: None,
            }
        }
        Some(parameters) if parameters.tag == Tag::SEQUENCE => {
            explicit(parameters).unwrap_or(CurveDescription {
                form: CurveForm::Explicit,
                name: None,
                bits: None,
                altered: None,
            })
        }
        _ => CurveDescription {
            form: CurveForm::Absent,
            name: None,
            bits: None,
            altered: None,
        },
    }
}

/// Parameters written out (X9.62; SEC 1, C.2).
///
/// ```text
/// SpecifiedECDomain ::= SEQUENCE { version INTEGER, fieldID FieldID, curve Curve, base OCTET STRING,
///                                  order INTEGER, cofactor INTEGER OPTIONAL, … }
/// FieldID ::= SEQUENCE { fieldType OBJECT IDENTIFIER, parameters ANY }
/// Curve   ::= SEQUENCE { a OCTET STRING, b OCTET STRING, seed BIT STRING OPTIONAL }
/// ```
fn explicit(parameters: &Element<'_>) -> Option<CurveDescription> {
    let mut fields = parameters.reader();
    fields.any().ok()?;
    let mut field = fields.sequence("FieldID").ok()?.reader();
    field.any().ok()?;
    let field = field.any().ok()?;
    let (size, kind) = if field.tag == Tag::INTEGER {
        (integer_bits(field.contents), "prime")
    } else {
        let degree = field.reader().any().ok()?.unsigned().ok()?;
        (u32::try_from(degree).ok()?, "binary")
    };
    let (name, altered) = match explicit_curve(parameters).map(|curve| curves::recognise(&curve)) {
        Some(Recognised::Named(name)) => (Some(name.to_owned()), None),
        Some(Recognised::OtherGenerator(name)) => (None, Some(name)),
        _ => (None, None),
    };
    Some(CurveDescription {
        form: CurveForm::Explicit,
        name: name.or_else(|| Some(format!("explicit, {size}-bit {kind} field"))),
        bits: Some(size),
        altered,
    })
}

/// The curve that parameters write out.
pub(crate) fn explicit_curve(parameters: &Element<'_>) -> Option<Curve> {
    let mut fields = parameters.reader();
    fields.any().ok()?;
    let mut field = fields.sequence("FieldID").ok()?.reader();
    field.any().ok()?;
    let field = field.any().ok()?;
    let (field, width) = if field.tag == Tag::INTEGER {
        let prime = significant(field.contents);
        (Field::Prime(prime.to_vec()), prime.len())
    } else {
        let exponents = exponents(&field)?;
        let width = exponents.first()?.div_ceil(8);
        (Field::Binary(exponents), width)
    };
    let mut curve = fields.sequence("Curve").ok()?.reader();
    let mut next = || Some(significant(curve.any().ok()?.contents).to_vec());
    let (a, b) = (next()?, next()?);
    let base = fields.any().ok()?.contents;
    let order = significant(fields.any().ok()?.contents).to_vec();
    let (x, y) = base.get(1..)?.split_at_checked(width)?;
    Some(Curve {
        field,
        a,
        b,
        order,
        x: significant(x).to_vec(),
        y: significant(y).to_vec(),
    })
}

/// ```text
/// Characteristic-two ::= SEQUENCE { m INTEGER, basis OBJECT IDENTIFIER, parameters ANY }
/// Trinomial ::= INTEGER;  Pentanomial ::= SEQUENCE { k1 INTEGER, k2 INTEGER, k3 INTEGER }
/// ```
fn exponents(field: &Element<'_>) -> Option<Vec<usize>> {
    let mut fields = field.reader();
    let exponent = |element: &Element<'_>| usize::try_from(element.unsigned().ok()?).ok();
    let mut exponents = vec![exponent(&fields.any().ok()?)?];
    fields.oid().ok()?;
    let terms = fields.any().ok()?;
    if terms.tag == Tag::INTEGER {
        exponents.push(exponent(&terms)?);
    } else {
        let mut terms = terms.reader();
        let three = [terms.any().ok()?, terms.any().ok()?, terms.any().ok()?];
        for term in three.iter().rev() {
            exponents.push(exponent(term)?);
        }
    }
    Some(exponents)
}

pub(super) fn describe(key: &mut PublicKey, parameters: Option<&Element<'_>>, bits: Option<&[u8]>) {
    let mut curve = curve_description(parameters);
    // A key of SM2's own identifier needs no curve: it has one.
    if curve.name.is_none() && key.algorithm.name == "SM2" {
        curve = CurveDescription {
            form: CurveForm::Named,
            name: Some("SM2".to_owned()),
            bits: Some(256),
            altered: None,
        };
    }
    let written_out = curve.form == CurveForm::Explicit
        && curve
            .name
            .as_deref()
            .is_some_and(|name| curves::size(name).is_some());
    let algorithm = &*key.algorithm.name;
    key.text = match &curve.name {
        Some(name) if name == "SM2" => name.clone(),
        Some(name) if written_out => format!("{algorithm} {name}, explicit parameters"),
        Some(name) => format!("{algorithm} {name}"),
        None => format!("{algorithm}, curve not given"),
    };
    key.bits = curve.bits.or_else(|| bits.and_then(point_bits));
    key.strength = key.bits.map(strength);
    key.curve = curve.name;
    key.curve_form = Some(curve.form);
    key.point = bits.and_then(point_form);
}

/// GOST keys: their parameters name the set (RFC 4491, 2.3.2; RFC 9215, 4).
///
/// ```text
/// SEQUENCE { publicKeyParamSet OBJECT IDENTIFIER, digestParamSet OBJECT IDENTIFIER OPTIONAL, … }
/// ```
pub(super) fn describe_gost(key: &mut PublicKey, parameters: Option<&Element<'_>>) {
    let (bits, strength) = match &*key.algorithm.oid {
        "1.2.643.7.1.1.1.2" | "1.2.643.7.1.1.6.2" => (512, 256),
        "1.2.643.2.2.20" => (1024, 80),
        _ => (256, 128),
    };
    key.bits = Some(bits);
    key.strength = Some(strength);
    let set = parameters.and_then(|parameters| parameters.reader().oid().ok());
    if let Some(set) = set {
        let name = named(set).name.into_owned();
        key.text = format!("{}, {name}", key.algorithm.name);
        key.curve = Some(name);
        key.curve_form = Some(CurveForm::Named);
    }
}

/// Ukrainian keys: a named curve, or coefficients in octets (DSTU 4145-2002).
pub(super) fn describe_dstu(key: &mut PublicKey, parameters: Option<&Element<'_>>) {
    let Some(first) = parameters.and_then(|parameters| parameters.reader().any().ok()) else {
        return;
    };
    if first.tag == Tag::OID {
        let name = first
            .oid()
            .map_or_else(|_| String::new(), |oid| named(oid).name.into_owned());
        key.bits = curves::size(&name);
        key.curve_form = Some(CurveForm::Named);
        key.curve = Some(name);
    } else {
        key.curve_form = Some(CurveForm::Explicit);
    }
    key.strength = key.bits.map(strength);
    key.text = match &key.curve {
        Some(curve) => curve.clone(),
        None => "DSTU 4145, explicit parameters".to_owned(),
    };
}

/// Bits of security of a curve over a field of this size (NIST SP 800-57 part 1 rev. 5, table 2).
fn strength(size: u32) -> u32 {
    match size {
        ..160 => 0,
        160..224 => rsa::strength(1024),
        224..256 => 112,
        256..384 => 128,
        384..512 => 192,
        _ => 256,
    }
}

/// Bits of the field, from the length of an uncompressed point.
fn point_bits(bits: &[u8]) -> Option<u32> {
    match bits {
        [4, point @ ..] => u32::try_from(point.len()).ok()?.checked_mul(4),
        _ => None,
    }
}

/// How a point is written, by its first octet (SEC 1, 2.3.3).
fn point_form(bits: &[u8]) -> Option<PointForm> {
    match bits.first()? {
        2 | 3 => Some(PointForm::Compressed),
        4 => Some(PointForm::Uncompressed),
        6 | 7 => Some(PointForm::Hybrid),
        _ => None,
    }
}
