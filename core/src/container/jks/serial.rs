//! Objects in Java's serialisation, walked and never brought to life.

use std::rc::Rc;

use crate::container::jks::stream::Reader;
use crate::error::{Error, ErrorKind};
use crate::limits::figure;

/// Objects within objects that are followed. Stops stack exhaustion.
const MAX_DEPTH: usize = 32;

/// Classes above a class. Stops a long line of empty ones from being walked for every object.
const MAX_ANCESTORS: usize = 32;

/// What a value is, as far as anyone here asks.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Text(Rc<str>),
    /// An array of octets.
    Octets(&'a [u8]),
    Object(Rc<Object<'a>>),
    /// Nothing, a number, an array of other things, a class.
    Other,
}

/// An object: its class, and its fields of the kinds above.
#[derive(Debug)]
pub(super) struct Object<'a> {
    pub(super) class: Rc<str>,
    fields: Vec<(Rc<str>, Value<'a>)>,
}

impl<'a> Object<'a> {
    /// The text in a field.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.field(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The octets in a field.
    pub(super) fn octets(&self, name: &str) -> Option<&'a [u8]> {
        match self.field(name)? {
            Value::Octets(octets) => Some(octets),
            _ => None,
        }
    }

    fn field(&self, name: &str) -> Option<&Value<'a>> {
        self.fields
            .iter()
            .find(|(field, _)| &**field == name)
            .map(|(_, value)| value)
    }
}

/// Reads one serialised object, and leaves the reader after it.
///
/// ```text
/// stream: magic 0xaced, version 5, content
/// ```
///
/// [Java Object Serialization Specification, 6.4](https://docs.oracle.com/en/java/javase/17/docs/specs/serialization/protocol.html)
pub(super) fn object<'a>(reader: &mut Reader<'a>) -> Result<Rc<Object<'a>>, Error> {
    let start = reader.offset;
    let unexpected =
        |expected, found: String| Error::new(ErrorKind::Unexpected { expected, found }, start);
    let magic = reader.u32("serialised object")?;
    if magic != 0xaced_0005 {
        let found = format!("{magic:08x}");
        return Err(unexpected("aced0005, a serialised object", found));
    }
    let mut walk = Walk {
        reader,
        handles: Vec::new(),
    };
    match walk.content(0)? {
        Content::Value(Value::Object(object)) => Ok(object),
        _ => Err(unexpected("an object", "another value".to_owned())),
    }
}

struct Walk<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// What was written before, and may be referred to.
    handles: Vec<Handle<'a>>,
}

#[derive(Clone)]
enum Handle<'a> {
    Class(Rc<Class>),
    Value(Value<'a>),
}

struct Class {
    name: Rc<str>,
    flags: u8,
    fields: Vec<(u8, Rc<str>)>,
    parent: Option<Rc<Class>>,
    ancestors: usize,
}

enum Content<'a> {
    Value(Value<'a>),
    Class,
    /// Octets that a class wrote as it liked.
    Block,
    EndOfBlock,
}

const WRITE_METHOD: u8 = 1;
const EXTERNALIZABLE: u8 = 4;
const BLOCK_DATA: u8 = 8;

impl<'a> Walk<'_, 'a> {
    fn content(&mut self, depth: usize) -> Result<Content<'a>, Error> {
        let offset = self.reader.offset;
        if MAX_DEPTH < depth {
            let kind = ErrorKind::LimitExceeded {
                what: "nested objects",
                found: figure(depth),
                allowed: figure(MAX_DEPTH),
            };
            return Err(Error::new(kind, offset));
        }
        let tag = self.reader.u8("type code")?;
        Ok(Content::Value(match tag {
            0x70 | 0x79 => Value::Other,
            0x71 => match self.reference()? {
                Handle::Value(value) => value,
                Handle::Class(_) => return Ok(Content::Class),
            },
            0x72 | 0x7d => {
                self.class_description(tag, depth)?;
                return Ok(Content::Class);
            }
            0x73 => return self.object(depth).map(Content::Value),
            0x74 => {
                let text = Value::Text(self.reader.string("string")?.into());
                self.handles.push(Handle::Value(text.clone()));
                text
            }
            0x75 => self.array(depth)?,
            0x76 => {
                self.class(depth)?;
                self.handles.push(Handle::Value(Value::Other));
                Value::Other
            }
            0x77 => {
                let length = usize::from(self.reader.u8("block data")?);
                self.reader.take(length, "block data")?;
                return Ok(Content::Block);
            }
            0x78 => return Ok(Content::EndOfBlock),
            0x7a => {
                self.reader.block("block data")?;
                return Ok(Content::Block);
            }
            0x7c => {
                let length = self.reader.u64("long string")?;
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                self.reader.take(length, "long string")?;
                self.handles.push(Handle::Value(Value::Other));
                Value::Other
            }
            0x7e => {
                self.class(depth)?;
                self.handles.push(Handle::Value(Value::Other));
                self.content(depth + 1)?;
                Value::Other
            }
            other => {
                let kind = ErrorKind::Unexpected {
                    expected: "a type code of Java's serialisation",
                    found: format!("{other:#04x}"),
                };
                return Err(Error::new(kind, offset));
            }
        }))
    }

    fn reference(&mut self) -> Result<Handle<'a>, Error> {
        let offset = self.reader.offset;
        let handle = self.reader.u32("reference")?;
        let index = handle.checked_sub(0x007e_0000);
        let index = index.and_then(|index| usize::try_from(index).ok());
        let found = index.and_then(|index| self.handles.get(index));
        found.cloned().ok_or_else(|| {
            let what = format!("nothing was written under the handle {handle:08x}");
            Error::new(ErrorKind::Malformed { what }, offset)
        })
    }

    /// `classDesc: newClassDesc | nullReference | prevObject`.
    fn class(&mut self, depth: usize) -> Result<Option<Rc<Class>>, Error> {
        let offset = self.reader.offset;
        match self.reader.u8("class")? {
            0x70 => Ok(None),
            0x71 => match self.reference()? {
                Handle::Class(class) => Ok(Some(class)),
                Handle::Value(_) => Err(unexpected_class(offset)),
            },
            tag @ (0x72 | 0x7d) => self.class_description(tag, depth).map(Some),
            _ => Err(unexpected_class(offset)),
        }
    }

    /// ```text
    /// newClassDesc: TC_CLASSDESC className serialVersionUID newHandle flags fields annotation super
    ///             | TC_PROXYCLASSDESC newHandle count interfaceName[count] annotation super
    /// ```
    fn class_description(&mut self, tag: u8, depth: usize) -> Result<Rc<Class>, Error> {
        let offset = self.reader.offset;
        let is_proxy = tag == 0x7d;
        let name: Rc<str> = if is_proxy {
            "a proxy".into()
        } else {
            self.reader.string("class name")?.into()
        };
        if !is_proxy {
            self.reader.u64("serialVersionUID")?;
        }
        let place = self.handles.len();
        self.handles.push(Handle::Value(Value::Other));
        let mut class = Class {
            name,
            flags: 2,
            fields: Vec::new(),
            parent: None,
            ancestors: 0,
        };
        if is_proxy {
            for _ in 0..self.reader.u32("count of interfaces")? {
                self.reader.string("interface")?;
            }
        } else {
            class.flags = self.reader.u8("class flags")?;
            for _ in 0..self.reader.u16("count of fields")? {
                let kind = self.reader.u8("field type")?;
                let name = self.reader.string("field name")?.into();
                if matches!(kind, b'[' | b'L') {
                    self.content(depth + 1)?;
                }
                class.fields.push((kind, name));
            }
        }
        self.annotation(depth)?;
        class.parent = self.ancestor(depth)?;
        class.ancestors = class.parent.as_ref().map_or(0, |it| it.ancestors + 1);
        if MAX_ANCESTORS < class.ancestors {
            let kind = ErrorKind::LimitExceeded {
                what: "classes above a class",
                found: figure(class.ancestors),
                allowed: figure(MAX_ANCESTORS),
            };
            return Err(Error::new(kind, offset));
        }
        let class = Rc::new(class);
        if let Some(handle) = self.handles.get_mut(place) {
            *handle = Handle::Class(Rc::clone(&class));
        }
        Ok(class)
    }

    fn ancestor(&mut self, depth: usize) -> Result<Option<Rc<Class>>, Error> {
        if MAX_DEPTH <= depth {
            let kind = ErrorKind::LimitExceeded {
                what: "nested objects",
                found: figure(depth).saturating_add(1),
                allowed: figure(MAX_DEPTH),
            };
            return Err(Error::new(kind, self.reader.offset));
        }
        self.class(depth + 1)
    }

    fn annotation(&mut self, depth: usize) -> Result<(), Error> {
        while !matches!(self.content(depth + 1)?, Content::EndOfBlock) {}
        Ok(())
    }

    /// `newObject: TC_OBJECT classDesc newHandle classdata[]`, the data of the topmost class first.
    fn object(&mut self, depth: usize) -> Result<Value<'a>, Error> {
        let offset = self.reader.offset;
        let Some(class) = self.class(depth)? else {
            return Err(unexpected_class(offset));
        };
        let place = self.handles.len();
        self.handles.push(Handle::Value(Value::Other));
        let mut line = vec![Rc::clone(&class)];
        while let Some(parent) = line.last().and_then(|class| class.parent.clone()) {
            line.push(parent);
        }
        let mut fields = Vec::new();
        for class in line.iter().rev() {
            if class.flags & EXTERNALIZABLE != 0 {
                if class.flags & BLOCK_DATA == 0 {
                    let what = format!("{}, which writes itself as it likes,", class.name);
                    return Err(Error::new(ErrorKind::Unsupported { what }, offset));
                }
                self.annotation(depth)?;
                continue;
            }
            for (kind, name) in &class.fields {
                match self.value(*kind, depth)? {
                    Value::Other => {}
                    value => fields.push((Rc::clone(name), value)),
                }
            }
            if class.flags & WRITE_METHOD != 0 {
                self.annotation(depth)?;
            }
        }
        let name = Rc::clone(&class.name);
        let object = Value::Object(Rc::new(Object {
            class: name,
            fields,
        }));
        if let Some(handle) = self.handles.get_mut(place) {
            *handle = Handle::Value(object.clone());
        }
        Ok(object)
    }

    /// `newArray: TC_ARRAY classDesc newHandle size values[size]`.
    fn array(&mut self, depth: usize) -> Result<Value<'a>, Error> {
        let offset = self.reader.offset;
        let class = self.class(depth)?.ok_or_else(|| unexpected_class(offset))?;
        let place = self.handles.len();
        self.handles.push(Handle::Value(Value::Other));
        let kind = class.name.as_bytes().get(1).copied().unwrap_or(b'L');
        let size = self.reader.u32("size of an array")?;
        let length = usize::try_from(size).unwrap_or(usize::MAX);
        let Some(width) = width(kind) else {
            for _ in 0..size {
                self.content(depth + 1)?;
            }
            return Ok(Value::Other);
        };
        let octets = self.reader.take(length.saturating_mul(width), "array")?;
        if kind != b'B' {
            return Ok(Value::Other);
        }
        if let Some(handle) = self.handles.get_mut(place) {
            *handle = Handle::Value(Value::Octets(octets));
        }
        Ok(Value::Octets(octets))
    }

    fn value(&mut self, kind: u8, depth: usize) -> Result<Value<'a>, Error> {
        match width(kind) {
            Some(width) => {
                self.reader.take(width, "field")?;
                Ok(Value::Other)
            }
            None => match self.content(depth + 1)? {
                Content::Value(value) => Ok(value),
                _ => Ok(Value::Other),
            },
        }
    }
}

/// Octets of a value of a primitive type.
fn width(kind: u8) -> Option<usize> {
    Some(match kind {
        b'B' | b'Z' => 1,
        b'C' | b'S' => 2,
        b'F' | b'I' => 4,
        b'D' | b'J' => 8,
        _ => return None,
    })
}

fn unexpected_class(offset: usize) -> Error {
    let kind = ErrorKind::Unexpected {
        expected: "the description of a class",
        found: "another value".to_owned(),
    };
    Error::new(kind, offset)
}
