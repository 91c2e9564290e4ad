//! What a value says, in words.

use zeroize::Zeroizing;

use crate::asn1::{Element, LengthForm, Reader, Tag, dotted, instant, is_string, text};
use crate::container::is_private_key;
use crate::hex::hex;
use crate::oids;

/// Octets of a long value that are told.
const EXCERPT: usize = 64;

/// What a value says; `None` for one that is made of others, and for octets that are none, which may be
/// what is left of a key.
pub(super) fn says(tag: Option<Tag>, raw: &[u8], contents: &[u8]) -> Option<String> {
    let tag = tag?;
    if tag.constructed {
        return None;
    }
    let element = Element::lone(tag, raw, contents);
    Some(match tag {
        Tag::BOOLEAN => match contents {
            [0] => "FALSE".to_owned(),
            [0xff] => "TRUE".to_owned(),
            [other] => format!("TRUE, written {other:02x}"),
            _ => excerpt(contents),
        },
        Tag::INTEGER | Tag::ENUMERATED => element
            .signed()
            .map_or_else(|_| excerpt(contents), |number| number.to_string()),
        Tag::BIT_STRING => bits(contents),
        Tag::OID => dotted(contents).unwrap_or_else(|| excerpt(contents)),
        Tag::UTC_TIME | Tag::GENERALIZED_TIME => time(&element),
        tag if is_string(tag) => text(&element),
        tag if tag.is_context() && is_word(contents) => String::from_utf8_lossy(contents).into(),
        _ => excerpt(contents),
    })
}

/// What people call an identifier.
pub(super) fn meaning(tag: Tag, contents: &[u8]) -> Option<String> {
    let oid = dotted(contents).filter(|_| tag == Tag::OID)?;
    oids::name(&oid).map(str::to_owned)
}

/// Whether the parts of a value are to be told by place alone: of a private key in the clear, of a secret
/// in a keystore, of the password in a request.
pub(super) fn is_secret(element: &Element<'_>) -> bool {
    element.tag == Tag::SEQUENCE
        && match element.contents {
            // Every form of private key begins with a version number.
            [2, ..] => is_private_key(element),
            [6, ..] => SECRETS.iter().any(|oid| element.contents.starts_with(oid)),
            _ => false,
        }
}

/// Encoded types whose values are secrets: `secretBag` (RFC 7292, 4.2.5) and `challengePassword` (RFC 2985,
/// 5.4.1).
const SECRETS: [&[u8]; 2] = [
    &[6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 5],
    &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7],
];

/// Whether a secret stands in a string, however it is encoded, in one piece or in chunks.
pub(super) fn hides(element: &Element<'_>) -> bool {
    let is_string = element.tag.is_universal()
        && [Tag::OCTET_STRING.number, Tag::BIT_STRING.number].contains(&element.tag.number);
    if !is_string {
        return false;
    }
    if !element.tag.constructed {
        return any_secret(element.wrapped());
    }
    element
        .octets()
        .is_ok_and(|(joined, _)| any_secret(Reader::new(&Zeroizing::new(joined.into_owned()))))
}

/// Whether one of these values is a secret, or has one within it.
fn any_secret(mut values: Reader<'_>) -> bool {
    while let Some(value) = values.next() {
        let inner = match value.tag {
            tag if tag.constructed => any_secret(value.reader()),
            Tag::OCTET_STRING | Tag::BIT_STRING => any_secret(value.wrapped()),
            _ => false,
        };
        if inner || is_secret(&value) {
            return true;
        }
        if values.is_empty() {
            break;
        }
    }
    false
}

/// Whether a string holds one value and nothing else, so plainly that it is none by chance.
pub(super) fn wraps(element: &Element<'_>) -> bool {
    let is_whole = match element.tag {
        Tag::OCTET_STRING => true,
        Tag::BIT_STRING => element.contents.first() == Some(&0),
        _ => false,
    };
    let mut inner = element.wrapped();
    is_whole
        && inner
            .any()
            .is_ok_and(|value| inner.is_empty() && value.tag.is_universal() && is_sound(&value))
}

/// Whether a value and all within it are as DER has them.
fn is_sound(element: &Element<'_>) -> bool {
    let contents = element.contents;
    let tag = element.tag;
    if element.length_form() != LengthForm::Minimal {
        return false;
    }
    if tag.constructed {
        let mut inner = element.reader();
        while !inner.is_empty() {
            if !inner.any().is_ok_and(|value| is_sound(&value)) {
                return false;
            }
        }
        return tag.is_context() || tag == Tag::SEQUENCE || tag == Tag::SET;
    }
    match tag {
        Tag::BOOLEAN => contents.len() == 1,
        Tag::INTEGER | Tag::ENUMERATED => match contents {
            [] => false,
            [0, next, ..] => 0x80 <= *next,
            [0xff, next, ..] => *next < 0x80,
            _ => true,
        },
        Tag::BIT_STRING => contents.first().is_some_and(|unused| *unused < 8),
        Tag::OCTET_STRING => true,
        Tag::OID => dotted(contents).is_some(),
        Tag::UTC_TIME | Tag::GENERALIZED_TIME => instant(element).is_some_and(|it| it.time.is_ok()),
        tag if tag == Tag::universal(5) => contents.is_empty(),
        tag if is_string(tag) => std::str::from_utf8(contents).is_ok(),
        tag => tag.is_context(),
    }
}

fn bits(contents: &[u8]) -> String {
    match contents {
        [] => "no count of unused bits".to_owned(),
        [0, octets @ ..] => excerpt(octets),
        [unused, octets @ ..] => format!("{}, {unused} bits unused", excerpt(octets)),
    }
}

fn time(element: &Element<'_>) -> String {
    match instant(element) {
        Some(instant) => match instant.time {
            Ok(time) => time.to_string(),
            Err(why) => format!("{}: {why}", instant.text),
        },
        None => excerpt(element.contents),
    }
}

/// Host names, addresses of e-mail and the like stand under tags of their context.
fn is_word(contents: &[u8]) -> bool {
    !contents.is_empty() && contents.iter().all(|octet| matches!(octet, 0x20..0x7f))
}

fn excerpt(octets: &[u8]) -> String {
    match octets.get(..EXCERPT) {
        Some(start) if EXCERPT < octets.len() => {
            format!("{}… ({} octets)", hex(start), octets.len())
        }
        _ => hex(octets),
    }
}
