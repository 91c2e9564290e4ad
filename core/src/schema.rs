//! Whether an object is built as its ASN.1 module says: nothing too much, nothing missing, every value
//! of its type.
//!
//! Readers take what they need and pass over the rest, so that broken objects can be shown. This says
//! what they passed over: one walk along the modules in `grammar.rs`, for every kind of object.

pub(crate) mod grammar;
mod sound;

use std::fmt;
use std::ops::Range;

use crate::asn1::{Element, LengthForm, Reader, Tag};
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::encoding::{is_minimal, is_right};
pub(crate) use sound::is_sound;

pub(crate) const RULES: &[Rule] = &[UNEXPECTED, MISSING, MALFORMED];

const UNEXPECTED: Rule = Rule {
    id: "unexpected-element",
    severity: Severity::Error,
    title: "A value stands where none of its kind may stand",
    why: "Software passes over it without a word, or refuses all of it: two programs see two things.",
    fix: "Have it made again; if other software reads it otherwise, trust neither.",
    citation: "X.680, 25; X.690, 8.9",
};

const MISSING: Rule = Rule {
    id: "element-missing",
    severity: Severity::Error,
    title: "A value that must stand there is missing",
    why: "Software cannot use what is not there, and refuses all of it.",
    fix: "Have it made again, or take another copy.",
    citation: "X.680, 25.5; X.690, 8.9",
};

const MALFORMED: Rule = Rule {
    id: "value-malformed",
    severity: Severity::Error,
    title: "A value is not encoded as its type must be",
    why: "It has no meaning, or a meaning that programs differ in; strict software refuses it.",
    fix: "Have it made again, or take another copy.",
    citation: "X.690, 8 and 10",
};

/// What a value must be.
#[derive(Clone, Copy)]
pub(crate) enum Type {
    /// Anything.
    Any,
    /// A plain value of this universal tag.
    Plain(Tag),
    /// A plain value of one of these universal numbers, and what they are called together.
    OneOf(&'static str, &'static [u32]),
    /// This, and it is not empty.
    Filled(&'static Type),
    /// A SEQUENCE of these fields.
    Sequence(&'static [Field]),
    /// SEQUENCE OF or SET OF: its tag, what each is, and how many there are at least.
    List(Tag, &'static Type, usize),
    /// The same of exactly one.
    Single(Tag, &'static Type),
    /// `[n] EXPLICIT`
    Explicit(u32, &'static Type),
    /// `[n] IMPLICIT`
    Implicit(u32, &'static Type),
    Choice(&'static [Type]),
    /// An OCTET STRING or BIT STRING with one value in it.
    Holding(Tag, &'static Type),
    /// What the identifier before it says.
    By(fn(&[u8]) -> Type),
}

/// A field of a SEQUENCE.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    name: &'static str,
    kind: Type,
    optional: bool,
}

pub(crate) const fn must(name: &'static str, kind: Type) -> Field {
    Field {
        name,
        kind,
        optional: false,
    }
}

pub(crate) const fn may(name: &'static str, kind: Type) -> Field {
    Field {
        name,
        kind,
        optional: true,
    }
}

/// How values may be encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rigour {
    /// In any way of BER: strings may come in chunks.
    Ber,
    /// As DER has it. Headers are looked at by the walk of `encoding.rs`, but for those within strings.
    Der,
    /// As DER has it, headers and all.
    Alone,
}

/// Faults that are told of one object. Stops a list of a million broken entries.
const MAX_TOLD: usize = 8;

/// Adds where this value is not what its type says. Faults that were told before are not told again.
pub(crate) fn look(
    name: &'static str,
    value: &Element<'_>,
    kind: Type,
    rigour: Rigour,
    found: &mut Findings<'_>,
) {
    let mut check = Check {
        found,
        rigour,
        told: 0,
    };
    let path = Path {
        up: None,
        name,
        index: None,
    };
    if fits(kind, value.tag, rigour) {
        check.value(value, kind, &path);
    } else {
        check.other(value, kind, &path);
    }
}

/// Where in the object the walk is.
#[derive(Clone, Copy)]
struct Path<'p> {
    up: Option<&'p Path<'p>>,
    name: &'static str,
    index: Option<usize>,
}

impl<'p> Path<'p> {
    fn field(&'p self, name: &'static str) -> Self {
        Self {
            up: Some(self),
            name,
            index: None,
        }
    }

    fn at(&'p self, index: usize) -> Self {
        Self {
            index: Some(index),
            ..*self
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            write!(f, "{up}.")?;
        }
        f.write_str(self.name)?;
        self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}

/// Whether a value of this tag may be of this type.
fn fits(kind: Type, tag: Tag, rigour: Rigour) -> bool {
    let plain =
        |wanted: Tag| tag == wanted || rigour == Rigour::Ber && chunked(wanted) == Some(tag);
    match kind {
        Type::Any | Type::By(_) => true,
        Type::Plain(wanted) | Type::Holding(wanted, _) => plain(wanted),
        Type::OneOf(_, numbers) => numbers.iter().any(|number| plain(Tag::universal(*number))),
        Type::Filled(kind) => fits(*kind, tag, rigour),
        Type::Sequence(_) => tag == Tag::SEQUENCE,
        Type::List(wanted, ..) | Type::Single(wanted, _) => tag == wanted,
        Type::Explicit(number, _) => tag == Tag::context(number),
        Type::Implicit(number, kind) => {
            let ber = rigour == Rigour::Ber;
            tag == Tag::context_primitive(number) && may_be_plain(*kind)
                || tag == Tag::context(number) && (!is_plain(*kind) || ber && is_string(*kind))
        }
        Type::Choice(kinds) => kinds.iter().any(|kind| fits(*kind, tag, rigour)),
    }
}

/// The tag of a string of this kind that comes in chunks.
fn chunked(tag: Tag) -> Option<Tag> {
    let is_string = matches!(tag.number, 3 | 4 | 12 | 18..=22 | 25..=30);
    is_string.then_some(tag.in_chunks())
}

fn is_plain(kind: Type) -> bool {
    match kind {
        Type::Plain(_) | Type::OneOf(..) | Type::Holding(..) => true,
        Type::Filled(kind) => is_plain(*kind),
        _ => false,
    }
}

fn may_be_plain(kind: Type) -> bool {
    is_plain(kind) || matches!(kind, Type::Any)
}

fn is_string(kind: Type) -> bool {
    match kind {
        Type::Plain(tag) | Type::Holding(tag, _) => chunked(tag).is_some(),
        Type::OneOf(..) => true,
        Type::Filled(kind) => is_string(*kind),
        _ => false,
    }
}

/// What a type is called.
fn called(kind: Type) -> String {
    match kind {
        Type::Any | Type::By(_) => "a value".to_owned(),
        Type::Plain(tag) | Type::Holding(tag, _) | Type::List(tag, ..) | Type::Single(tag, _) => {
            tag.to_string()
        }
        Type::OneOf(name, _) => name.to_owned(),
        Type::Filled(kind) => called(*kind),
        Type::Sequence(_) => Tag::SEQUENCE.to_string(),
        Type::Explicit(number, _) | Type::Implicit(number, _) => format!("[{number}]"),
        Type::Choice(kinds) => {
            let names: Vec<String> = kinds.iter().map(|kind| called(*kind)).collect();
            names.join(" or ")
        }
    }
}

struct Check<'f, 'o> {
    found: &'f mut Findings<'o>,
    rigour: Rigour,
    told: usize,
}

impl Check<'_, '_> {
    #[cold]
    fn add(&mut self, rule: &Rule, at: Range<usize>, what: impl FnOnce() -> String) {
        if self.told < MAX_TOLD && !self.found.has_told(&at) {
            self.told += 1;
            self.found.add(rule, at, what);
        }
    }

    /// A value that is of another type.
    #[cold]
    fn other(&mut self, value: &Element<'_>, kind: Type, path: &Path<'_>) {
        let form = |tag: Tag| {
            if tag.constructed {
                "constructed"
            } else {
                "primitive"
            }
        };
        self.add(&UNEXPECTED, value.range(), || {
            let (wanted, found) = (called(kind), value.tag.to_string());
            if wanted == found {
                format!("{path}: the {found} is {}.", form(value.tag))
            } else {
                format!("{path}: expected {wanted}, found {found}.")
            }
        });
    }

    #[cold]
    fn malformed(&mut self, value: &Element<'_>, path: &Path<'_>, what: &str) {
        self.add(&MALFORMED, value.range(), || {
            format!("{path}: the {} {what}.", value.tag)
        });
    }

    #[cold]
    fn unreadable(&mut self, values: &Reader<'_>, path: &Path<'_>) {
        let start = values.offset();
        let error = values.clone().any().map(|_| ());
        if let Err(error) = error {
            let what = || format!("{path}: {error}.");
            self.add(&MALFORMED, start..start + values.rest().len(), what);
        }
    }

    /// A value whose tag fits.
    fn value(&mut self, value: &Element<'_>, kind: Type, path: &Path<'_>) {
        if self.rigour != Rigour::Der {
            self.header(value, path);
        }
        self.body(value, kind, path);
    }

    /// The same, when its header was looked at.
    fn body(&mut self, value: &Element<'_>, kind: Type, path: &Path<'_>) {
        match kind {
            Type::Any | Type::By(_) => {}
            Type::Plain(tag) => self.plain(value, tag, path),
            Type::OneOf(..) => self.plain(value, value.tag, path),
            Type::Filled(kind) => {
                // A BIT STRING begins with the count of its unused bits.
                let begins = usize::from(matches!(*kind, Type::Plain(Tag::BIT_STRING)));
                if value.contents.len() <= begins {
                    self.malformed(value, path, "is empty");
                } else {
                    self.body(value, *kind, path);
                }
            }
            Type::Sequence(fields) => self.sequence(value, fields, path),
            Type::List(_, kind, least) => self.list(value, *kind, least, path),
            Type::Explicit(_, kind) | Type::Single(_, kind) => {
                self.one(value.reader(), value, *kind, path);
            }
            Type::Implicit(_, kind) => self.body(value, *kind, path),
            Type::Choice(kinds) => {
                let mut kinds = kinds.iter();
                if let Some(kind) = kinds.find(|kind| fits(**kind, value.tag, self.rigour)) {
                    self.body(value, *kind, path);
                }
            }
            Type::Holding(tag, kind) => self.holding(value, tag, *kind, path),
        }
    }

    fn holding(&mut self, value: &Element<'_>, tag: Tag, kind: Type, path: &Path<'_>) {
        self.plain(value, tag, path);
        if value.tag.constructed {
            return;
        }
        let rigour = self.rigour;
        if rigour == Rigour::Der {
            self.rigour = Rigour::Alone;
        }
        self.one(value.retagged(tag).wrapped(), value, kind, path);
        self.rigour = rigour;
    }

    fn sequence(&mut self, value: &Element<'_>, fields: &[Field], path: &Path<'_>) {
        let mut values = value.reader();
        let mut ahead = None;
        let mut identifier: &[u8] = &[];
        for field in fields {
            let next = match ahead.take() {
                Some(next) => next,
                None if values.is_empty() => {
                    if field.optional {
                        continue;
                    }
                    return self.missing(value, field, path);
                }
                None => match values.any() {
                    Ok(next) => next,
                    Err(_) => return self.unreadable(&values, path),
                },
            };
            let kind = match field.kind {
                Type::By(kind) => kind(identifier),
                kind => kind,
            };
            if fits(kind, next.tag, self.rigour) {
                self.value(&next, kind, &path.field(field.name));
                identifier = match next.tag {
                    Tag::OID => next.contents,
                    Tag::SEQUENCE => identifier_of(&next),
                    _ => identifier,
                };
            } else if field.optional {
                ahead = Some(next);
            } else {
                return self.other(&next, kind, &path.field(field.name));
            }
        }
        let surplus = ahead.or_else(|| values.clone().next());
        if let Some(surplus) = surplus {
            self.add(&UNEXPECTED, surplus.start..value.end(), || {
                format!(
                    "{path}: {} stands where nothing more of its kind may.",
                    surplus.tag
                )
            });
        } else if !values.is_empty() {
            self.unreadable(&values, path);
        }
    }

    #[cold]
    fn missing(&mut self, value: &Element<'_>, field: &Field, path: &Path<'_>) {
        self.add(&MISSING, value.range(), || {
            format!("{path}: there is no {}.", field.name)
        });
    }

    fn list(&mut self, value: &Element<'_>, kind: Type, least: usize, path: &Path<'_>) {
        let mut values = value.reader();
        let mut count = 0;
        while !values.is_empty() && self.told < MAX_TOLD {
            let Ok(one) = values.any() else {
                return self.unreadable(&values, path);
            };
            let path = path.at(count);
            count += 1;
            if fits(kind, one.tag, self.rigour) {
                self.value(&one, kind, &path);
            } else {
                self.other(&one, kind, &path);
            }
        }
        if count < least {
            self.add(&MISSING, value.range(), || {
                format!("{path}: the list is empty.")
            });
        }
    }

    /// The one value that this one holds.
    fn one(&mut self, mut values: Reader<'_>, around: &Element<'_>, kind: Type, path: &Path<'_>) {
        if values.is_empty() {
            return self.malformed(around, path, "holds nothing");
        }
        let Ok(one) = values.any() else {
            return self.unreadable(&values, path);
        };
        if fits(kind, one.tag, self.rigour) {
            self.value(&one, kind, path);
        } else {
            self.other(&one, kind, path);
        }
        if !values.is_empty() {
            self.add(&UNEXPECTED, values.offset()..around.end(), || {
                format!(
                    "{path}: {} bytes stand after the only value that belongs there.",
                    values.rest().len()
                )
            });
        }
    }

    /// The contents of a plain value that is, or stands for, one of this tag.
    fn plain(&mut self, value: &Element<'_>, tag: Tag, path: &Path<'_>) {
        if value.tag.constructed {
            return self.chunks(value, tag, path);
        }
        let what = match (tag, value.contents) {
            (Tag::BOOLEAN, [_]) => return,
            (Tag::BOOLEAN, _) => "has not one octet",
            (Tag::INTEGER | Tag::ENUMERATED | Tag::OID, []) => "is empty",
            (Tag::INTEGER | Tag::ENUMERATED, contents)
                if self.rigour != Rigour::Der && !is_minimal(contents) =>
            {
                "takes more octets than it needs"
            }
            (Tag::OID, arcs) if !is_right(arcs) => "is cut off, or filled up with zeros",
            (Tag::BIT_STRING, []) => "lacks the count of its unused bits",
            (Tag::BIT_STRING, [8..=u8::MAX, ..]) => "has more unused bits than an octet",
            (Tag::BIT_STRING, [1..=u8::MAX]) => "has unused bits and no others",
            (tag, [_, ..]) if tag.number == 5 && tag.is_universal() => "is not empty",
            _ => return,
        };
        self.malformed(value, path, what);
    }

    /// `24 … 04 … 04 …`: the chunks of a string in BER (X.690, 8.7.3).
    fn chunks(&mut self, value: &Element<'_>, tag: Tag, path: &Path<'_>) {
        let mut values = value.reader();
        while !values.is_empty() {
            match values.any() {
                Ok(chunk) if fits(Type::Plain(tag), chunk.tag, Rigour::Ber) => {}
                Ok(chunk) => return self.other(&chunk, Type::Plain(tag), path),
                Err(_) => return self.unreadable(&values, path),
            }
        }
    }

    /// Tag and length: any encoding has the shortest tag, DER the shortest length.
    fn header(&mut self, value: &Element<'_>, path: &Path<'_>) {
        if let [first, ..] = value.raw
            && first & 0x1f == 0x1f
            && value.tag.number < 0x1f
        {
            return self.malformed(value, path, "has a tag of more octets than it needs");
        }
        match value.length_form() {
            LengthForm::Padded(_) if self.rigour == Rigour::Alone => {
                self.malformed(value, path, "has a length of more octets than it needs");
            }
            LengthForm::Indefinite if self.rigour == Rigour::Alone => {
                self.malformed(value, path, "has no length, which DER forbids");
            }
            _ => {}
        }
    }
}

/// The identifier that an `AlgorithmIdentifier` begins with.
fn identifier_of<'a>(value: &Element<'a>) -> &'a [u8] {
    match value.reader().next() {
        Some(first) if first.tag == Tag::OID => first.contents,
        _ => &[],
    }
}
