//! General names: what `subjectAltName` and its kin are made of.

mod address;
mod other;
mod x400;

use self::address::{host, network};
use self::other::other_name;
use self::x400::x400_address;
use crate::asn1::{Element, Reader, Tag, is_string, latin, text};
use crate::error::Error;
use crate::hex::hex;
use crate::oids;
use crate::origin::Origin;
use crate::report::{GeneralName, GeneralNameDetail, GeneralNameKind};
use crate::x509::name::name;

/// Reads a list of names. One that is broken is shown by its bytes and does not hide the others; what
/// is wrong with it is added to `faults`.
///
/// ```text
/// GeneralNames ::= SEQUENCE OF CHOICE {
///     otherName [0] SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY },
///     rfc822Name [1] IA5String, dNSName [2] IA5String, x400Address [3], directoryName [4] Name,
///     ediPartyName [5], uniformResourceIdentifier [6] IA5String, iPAddress [7] OCTET STRING,
///     registeredID [8] OBJECT IDENTIFIER }
/// ```
///
/// [RFC 5280, 4.2.1.6](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6)
pub(crate) fn general_names(
    list: Reader<'_>,
    origin: &Origin,
    faults: &mut Vec<Error>,
) -> Vec<GeneralName> {
    let mut list = list;
    let mut names = Vec::with_capacity(list.count());
    while !list.is_empty() {
        match list.any() {
            Ok(element) => names.push(checked_name(&element, origin, Address::Alone, faults)),
            Err(error) => {
                faults.push(error);
                break;
            }
        }
    }
    names
}

/// The alternative names of a certificate as far as they are text: all that a list needs.
pub(crate) fn labels(value: &[u8]) -> Vec<String> {
    let Ok(list) = Reader::new(value).any() else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let mut reader = list.reader();
    while let Some(element) = reader.next() {
        match element.tag.number {
            1 | 2 | 6 => names.push(latin(element.contents).into_owned()),
            7 => names.push(address(element.contents)),
            _ => {}
        }
    }
    names
}

/// Reads one name; a broken one is shown by its bytes.
pub(crate) fn general_name(element: &Element<'_>, origin: &Origin) -> GeneralName {
    checked_name(element, origin, Address::Alone, &mut Vec::new())
}

/// One name as a person reads it; ranges of addresses as such.
pub(crate) fn general_name_text(element: &Element<'_>) -> String {
    let name = checked_name(
        element,
        &Origin::input(),
        Address::WithMask,
        &mut Vec::new(),
    );
    name.value
}

/// An address of 4 or 16 octets; other octets in hexadecimal.
pub(crate) fn address(octets: &[u8]) -> String {
    host(octets).unwrap_or_else(|| format!("#{}", hex(octets)))
}

/// What stands in an `iPAddress`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    /// One address.
    Alone,
    /// An address with its mask, as name constraints have it.
    WithMask,
}

/// Reads one name. A broken one is shown by its bytes, and what is wrong is added to `faults`.
pub(crate) fn checked_name(
    element: &Element<'_>,
    origin: &Origin,
    form: Address,
    faults: &mut Vec<Error>,
) -> GeneralName {
    let mut found = GeneralName {
        kind: kind(element.tag),
        value: String::new(),
        oid: None,
        directory: None,
        detail: None,
        der: hex(element.raw),
        at: origin.span(element.start, element.end()),
    };
    if let Err(error) = read(element, origin, form, &mut found) {
        found.value = shown(element);
        faults.push(error);
    }
    found
}

fn kind(tag: Tag) -> GeneralNameKind {
    if !tag.is_context() {
        return GeneralNameKind::Unknown;
    }
    match tag.number {
        0 => GeneralNameKind::OtherName,
        1 => GeneralNameKind::Email,
        2 => GeneralNameKind::Dns,
        3 => GeneralNameKind::X400,
        4 => GeneralNameKind::Directory,
        5 => GeneralNameKind::EdiParty,
        6 => GeneralNameKind::Uri,
        7 => GeneralNameKind::Ip,
        8 => GeneralNameKind::RegisteredId,
        _ => GeneralNameKind::Unknown,
    }
}

/// Reads what the name says into what is shown of it.
fn read(
    element: &Element<'_>,
    origin: &Origin,
    form: Address,
    found: &mut GeneralName,
) -> Result<(), Error> {
    found.value = match found.kind {
        GeneralNameKind::Email | GeneralNameKind::Dns | GeneralNameKind::Uri => {
            latin(&element.octets()?.0).into_owned()
        }
        // Addresses of another length, and names of no kind, have rules of their own.
        GeneralNameKind::Ip if form == Address::WithMask => match network(element.contents) {
            Some((value, detail)) => {
                found.detail = Some(Box::new(detail));
                value
            }
            None => shown(element),
        },
        GeneralNameKind::Ip => host(element.contents).unwrap_or_else(|| shown(element)),
        GeneralNameKind::Unknown => shown(element),
        GeneralNameKind::Directory => {
            let mut fields = element.reader();
            let directory = name(&fields.sequence("Name")?, origin)?;
            let text = directory.text.clone();
            found.directory = Some(Box::new(directory));
            text
        }
        GeneralNameKind::RegisteredId => {
            let oid = element.oid()?;
            found.oid = Some(oid.clone());
            oid
        }
        GeneralNameKind::EdiParty => {
            let detail = edi_party(element)?;
            let text = match &detail {
                GeneralNameDetail::EdiParty {
                    assigner: Some(assigner),
                    party,
                } => format!("{party}, named by {assigner}"),
                GeneralNameDetail::EdiParty { party, .. } => party.clone(),
                _ => String::new(),
            };
            found.detail = Some(Box::new(detail));
            text
        }
        GeneralNameKind::X400 => x400_address(element)?,
        GeneralNameKind::OtherName | GeneralNameKind::UserPrincipalName => {
            other_name(element, found)?
        }
    };
    Ok(())
}

/// ```text
/// EDIPartyName ::= SEQUENCE { nameAssigner [0] DirectoryString OPTIONAL,
///                             partyName [1] DirectoryString }
/// ```
fn edi_party(element: &Element<'_>) -> Result<GeneralNameDetail, Error> {
    let mut fields = element.reader();
    let string = |field: Element<'_>| -> Result<String, Error> {
        let inner = field.reader().any()?;
        if is_string(inner.tag) {
            Ok(text(&inner))
        } else {
            Err(inner.unexpected("DirectoryString"))
        }
    };
    let assigner = fields.optional(Tag::context(0))?.map(string).transpose()?;
    let party = string(fields.expect(Tag::context(1), "partyName [1]")?)?;
    Ok(GeneralNameDetail::EdiParty { assigner, party })
}

fn shown(element: &Element<'_>) -> String {
    format!("#{}", hex(element.raw))
}

/// `DNS es1.corp, IP 192.0.2.1`: names in one line.
pub(crate) fn line(names: &[GeneralName]) -> String {
    let room = names.iter().map(|name| name.value.len() + 8);
    let mut line = String::with_capacity(room.sum());
    for name in names {
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.extend([kind_word(name), " ", &name.value]);
    }
    line
}

fn kind_word(name: &GeneralName) -> &str {
    match name.kind {
        GeneralNameKind::Dns => "DNS",
        GeneralNameKind::Ip => "IP",
        GeneralNameKind::Email => "e-mail",
        GeneralNameKind::Uri => "URI",
        GeneralNameKind::Directory => "directory",
        GeneralNameKind::UserPrincipalName => "user principal name",
        GeneralNameKind::OtherName => name
            .oid
            .as_deref()
            .map_or("other", |oid| oids::name(oid).unwrap_or(oid)),
        GeneralNameKind::RegisteredId => "registered ID",
        GeneralNameKind::X400 => "X.400",
        GeneralNameKind::EdiParty => "EDI party",
        GeneralNameKind::Unknown => "unknown",
    }
}
