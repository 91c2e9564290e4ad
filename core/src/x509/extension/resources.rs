//! Internet numbers that a subject may use.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::hex::hex;
use crate::report::{AddressFamily, AsIdentifiers, ExtensionValue, Resource, Resources};
use crate::x509::extension::Context;

const NULL: Tag = Tag::universal(5);

/// ```text
/// IPAddrBlocks ::= SEQUENCE OF SEQUENCE { addressFamily OCTET STRING (SIZE (2..3)),
///     ipAddressChoice CHOICE { inherit NULL, addressesOrRanges SEQUENCE OF IPAddressOrRange } }
/// ```
///
/// [RFC 3779, 2.2.3](https://www.rfc-editor.org/rfc/rfc3779#section-2.2.3)
pub(super) fn addresses(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut list = context.list(reader, "SEQUENCE of address families")?;
    let mut families = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("IPAddressFamily")?.reader();
        let number = fields.expect(Tag::OCTET_STRING, "OCTET STRING")?;
        let (family, subsequent) = match number.contents {
            [high, low] => (u16::from_be_bytes([*high, *low]), None),
            [high, low, use_] => (u16::from_be_bytes([*high, *low]), Some(*use_)),
            _ => return Err(number.malformed("an address family has 2 or 3 octets")),
        };
        let addresses = resources(&fields.any()?, context, |one| address(one, family))?;
        context.end(&fields);
        families.push(AddressFamily {
            family,
            subsequent,
            addresses,
        });
    }
    Ok(ExtensionValue::IpAddressBlocks { families })
}

/// ```text
/// ASIdentifiers ::= SEQUENCE { asnum [0] EXPLICIT ASIdentifierChoice OPTIONAL,
///                              rdi [1] EXPLICIT ASIdentifierChoice OPTIONAL }
/// ```
///
/// [RFC 3779, 3.2.3](https://www.rfc-editor.org/rfc/rfc3779#section-3.2.3)
pub(super) fn systems(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = reader.sequence("SEQUENCE")?.reader();
    let mut found = AsIdentifiers::default();
    if let Some(numbers) = fields.optional(Tag::context(0))? {
        let choice = numbers.reader().any()?;
        found.numbers = Some(resources(&choice, context, |one| system(one, "AS"))?);
    }
    if let Some(domains) = fields.optional(Tag::context(1))? {
        let choice = domains.reader().any()?;
        found.routing_domains = Some(resources(&choice, context, |one| system(one, ""))?);
    }
    context.end(&fields);
    Ok(ExtensionValue::AsIdentifiers(found))
}

/// NULL for all that the issuer has, or a SEQUENCE of single values and SEQUENCEs of two.
fn resources(
    choice: &Element<'_>,
    context: &mut Context<'_, '_>,
    read: impl Fn(&Element<'_>) -> Result<Ends, Error>,
) -> Result<Resources, Error> {
    if choice.tag == NULL {
        return Ok(Resources::Inherit);
    }
    if choice.tag != Tag::SEQUENCE {
        return Err(choice.unexpected("NULL or SEQUENCE"));
    }
    context.not_empty(choice, "SEQUENCE of numbers");
    let mut numbers = choice.reader();
    let mut resources = Vec::new();
    while !numbers.is_empty() {
        let one = numbers.any()?;
        resources.push(if one.tag == Tag::SEQUENCE {
            let mut ends = one.reader();
            let first = read(&ends.any()?)?.first;
            let last = read(&ends.any()?)?.last;
            context.end(&ends);
            Resource::Range { first, last }
        } else {
            Resource::One {
                value: read(&one)?.whole,
            }
        });
    }
    Ok(Resources::Listed { resources })
}

/// How a value reads as a whole, as the beginning of a range and as its end.
struct Ends {
    whole: String,
    first: String,
    last: String,
}

fn system(number: &Element<'_>, prefix: &str) -> Result<Ends, Error> {
    if number.tag != Tag::INTEGER {
        return Err(number.unexpected("INTEGER"));
    }
    let text = format!("{prefix}{}", number.unsigned()?);
    Ok(Ends {
        whole: text.clone(),
        first: text.clone(),
        last: text,
    })
}

/// The beginning of an address as a BIT STRING; a range's first one goes on with zeros, its last one
/// with ones.
fn address(prefix: &Element<'_>, family: u16) -> Result<Ends, Error> {
    if prefix.tag != Tag::BIT_STRING {
        return Err(prefix.unexpected("BIT STRING"));
    }
    let bits = prefix.bits()?;
    let unused = prefix.contents.first().copied().unwrap_or(0);
    let length = (bits.len() * 8).checked_sub(usize::from(unused));
    let Some(length) = length.filter(|_| unused < 8) else {
        return Err(prefix.malformed("the BIT STRING has fewer bits than it leaves unused"));
    };
    let filled = |octets: usize, one: bool| -> Option<Vec<u8>> {
        let missing = octets.checked_sub(bits.len())?;
        let mut all = bits.to_vec();
        if let Some(last) = all.last_mut() {
            let mask = u8::MAX.checked_shr(8 - u32::from(unused)).unwrap_or(0);
            *last = if one { *last | mask } else { *last & !mask };
        }
        all.extend(std::iter::repeat_n(if one { 0xff } else { 0 }, missing));
        Some(all)
    };
    let shown = |one: bool| -> Option<String> {
        match family {
            1 => <[u8; 4]>::try_from(filled(4, one)?)
                .ok()
                .map(|four| Ipv4Addr::from(four).to_string()),
            2 => <[u8; 16]>::try_from(filled(16, one)?)
                .ok()
                .map(|sixteen| Ipv6Addr::from(sixteen).to_string()),
            _ => Some(format!("#{}", hex(bits))),
        }
    };
    let (Some(first), Some(last)) = (shown(false), shown(true)) else {
        return Err(prefix.malformed("the address has more bits than its family"));
    };
    Ok(Ends {
        whole: format!("{first}/{length}"),
        first,
        last,
    })
}
