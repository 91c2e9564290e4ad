//! Whether an object has no fault of encoding at all: one look at its octets, for most have none.
//!
//! Where it says no, the walks that put faults into words are taken. It may say no to what they allow,
//! and never yes to what they tell of.

use super::{Field, Type, is_plain, may_be_plain};
use crate::asn1::Tag;
use crate::x509::findings::encoding::{is_minimal, is_right};

const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

/// Values within values that are looked at so.
const MAX_DEPTH: u8 = 32;

/// Whether this is one value, of this type, with all within it as DER has it (X.690, 8 to 11).
pub(crate) fn is_sound(octets: &[u8], kind: &Type) -> bool {
    one(octets, kind, MAX_DEPTH)
}

/// A value whose tag and length are each of the one form that DER has for them.
struct Value<'a> {
    tag: u8,
    contents: &'a [u8],
    after: &'a [u8],
}

/// `None` where there is none, or none of that form.
#[inline]
fn first(octets: &[u8]) -> Option<Value<'_>> {
    let (tag, length, rest) = match octets {
        [tag, length @ ..=0x7f, rest @ ..] | [tag, 0x81, length @ 0x80..=u8::MAX, rest @ ..] => {
            (*tag, u32::from(*length), rest)
        }
        [tag, 0x82, high @ 1..=u8::MAX, low, rest @ ..] => {
            (*tag, u32::from_be_bytes([0, 0, *high, *low]), rest)
        }
        [tag, 0x83, high @ 1..=u8::MAX, middle, low, rest @ ..] => {
            (*tag, u32::from_be_bytes([0, *high, *middle, *low]), rest)
        }
        _ => return None,
    };
    let length = usize::try_from(length).ok()?;
    let (contents, after) = rest.split_at_checked(length)?;
    (tag & 0x1f != 0x1f).then_some(Value {
        tag,
        contents,
        after,
    })
}

fn one(octets: &[u8], kind: &Type, depth: u8) -> bool {
    first(octets)
        .is_some_and(|value| value.after.is_empty() && fits(value.tag, value.contents, kind, depth))
}

#[inline]
fn fits(tag: u8, contents: &[u8], kind: &Type, depth: u8) -> bool {
    pick(kind, tag).is_some_and(|kind| holds(tag, contents, kind, depth))
}

/// The type that a value of this tag has, if it may be of this one: of a CHOICE the one chosen, of an
/// IMPLICIT tag what it stands for.
fn pick(kind: &Type, tag: u8) -> Option<&Type> {
    let is = |wanted: &Tag| wanted.octet() == Some(tag);
    let takes = match kind {
        Type::Any | Type::By(_) => true,
        Type::Plain(wanted)
        | Type::Holding(wanted, _)
        | Type::List(wanted, ..)
        | Type::Single(wanted, _) => is(wanted),
        Type::OneOf(_, numbers) => numbers.contains(&u32::from(tag)),
        Type::Filled(kind) => pick(kind, tag).is_some(),
        Type::Sequence(_) => tag == SEQUENCE,
        Type::Explicit(number, _) => u32::from(tag) == 0xa0 | number,
        Type::Implicit(number, kind) => {
            let takes = match u32::from(tag).checked_sub(*number) {
                Some(0x80) => may_be_plain(**kind),
                Some(0xa0) => !is_plain(**kind),
                _ => false,
            };
            return takes.then_some(kind);
        }
        Type::Choice(kinds) => return kinds.iter().find_map(|kind| pick(kind, tag)),
    };
    takes.then_some(kind)
}

/// Whether the contents of a value that a type takes are right too.
fn holds(tag: u8, contents: &[u8], kind: &Type, depth: u8) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match kind {
        Type::Any | Type::By(_) => any(tag, contents, depth),
        Type::Plain(tag) => plain(contents, tag.number),
        Type::OneOf(..) => plain(contents, u32::from(tag)),
        Type::Filled(kind) => {
            let begins = usize::from(matches!(kind, Type::Plain(Tag::BIT_STRING)));
            begins < contents.len() && holds(tag, contents, kind, depth)
        }
        Type::Sequence(fields) => sequence(contents, fields, depth),
        Type::List(_, kind, least) => list(tag, contents, kind, *least, depth),
        Type::Implicit(_, kind) => holds(tag, contents, kind, depth),
        Type::Choice(_) => fits(tag, contents, kind, depth),
        Type::Holding(Tag::BIT_STRING, kind) => match contents {
            [..=7, octets @ ..] => one(octets, kind, depth),
            _ => false,
        },
        Type::Explicit(_, kind) | Type::Single(_, kind) | Type::Holding(_, kind) => {
            one(contents, kind, depth)
        }
    }
}

fn sequence(mut values: &[u8], fields: &[Field], depth: u8) -> bool {
    let mut identifier: &[u8] = &[];
    let mut fields = fields.iter();
    while let Some(value) = first(values) {
        // The field that this value is: those before it must be ones that may be left out.
        let found = fields.find_map(|field| {
            let kind = match field.kind {
                Type::By(choose) => choose(identifier),
                kind => kind,
            };
            match pick(&kind, value.tag) {
                Some(kind) => Some(holds(value.tag, value.contents, kind, depth)),
                None => (!field.optional).then_some(false),
            }
        });
        if found != Some(true) {
            return false;
        }
        match value.tag {
            OID => identifier = value.contents,
            // that of an `AlgorithmIdentifier`
            SEQUENCE => {
                let algorithm = first(value.contents).filter(|first| first.tag == OID);
                identifier = algorithm.map_or(&[], |algorithm| algorithm.contents);
            }
            _ => {}
        }
        values = value.after;
    }
    values.is_empty() && fields.all(|field| field.optional)
}

fn list(tag: u8, mut values: &[u8], kind: &Type, least: usize, depth: u8) -> bool {
    let mut before: &[u8] = &[];
    let mut count = 0;
    while let Some(value) = first(values) {
        if !fits(value.tag, value.contents, kind, depth) {
            return false;
        }
        // With what follows each: of two values that differ, neither begins with the other.
        if tag == SET {
            if values < before {
                return false;
            }
            before = values;
        }
        values = value.after;
        count += 1;
    }
    values.is_empty() && least <= count
}

/// A value of a type that no module tells.
fn any(tag: u8, contents: &[u8], depth: u8) -> bool {
    if tag & 0x20 != 0 {
        list(tag, contents, &Type::Any, 0, depth)
    } else {
        0x1f < tag || plain(contents, u32::from(tag))
    }
}

/// The contents of a plain value of this universal number.
fn plain(contents: &[u8], number: u32) -> bool {
    match number {
        1 => matches!(contents, [0 | 0xff]),
        2 | 10 => is_minimal(contents),
        3 => matches!(contents, [0] | [..=7, _, ..]),
        5 => contents.is_empty(),
        6 => is_right(contents),
        _ => true,
    }
}
