//! General names: what `subjectAltName` and its kin are made of.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::asn1::{Element, Reader, is_string, text};
use crate::error::Error;
use crate::hex::hex;
use crate::oids;
use crate::origin::Origin;
use crate::report::{GeneralName, GeneralNameKind};
use crate::x509::name::name;

const USER_PRINCIPAL_NAME: &str = "1.3.6.1.4.1.311.20.2.3";

/// Reads a list of names. One that is broken is shown by its bytes and does not hide the others.
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
    value: &Element<'_>,
    origin: &Origin,
) -> Result<Vec<GeneralName>, Error> {
    let mut list = value.reader().sequence("SEQUENCE of names")?.reader();
    let mut names = Vec::new();
    while !list.is_empty() {
        names.push(general_name(&list.any()?, origin));
    }
    Ok(names)
}

/// The alternative names of a certificate as far as they are text: all that a list needs.
pub(crate) fn labels(value: &[u8]) -> Vec<String> {
    let Ok(list) = Reader::new(value).any() else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let mut reader = list.reader();
    while let Ok(element) = reader.any() {
        match element.tag.number {
            1 | 2 | 6 => names.push(latin(element.contents)),
            7 => names.push(address(element.contents)),
            _ => {}
        }
    }
    names
}

pub(crate) fn general_name(element: &Element<'_>, origin: &Origin) -> GeneralName {
    use GeneralNameKind::{
        Directory, Dns, EdiParty, Email, Ip, OtherName, RegisteredId, Unknown, Uri,
        UserPrincipalName, X400,
    };
    let mut found = GeneralName {
        kind: Unknown,
        value: String::new(),
        oid: None,
        directory: None,
        der: hex(element.raw),
        at: origin.span(element.start, element.end()),
    };
    let number = if element.tag.is_context() {
        element.tag.number
    } else {
        u32::MAX
    };
    (found.kind, found.value) = match number {
        0 => match other_name(element) {
            Some((oid, value)) => {
                let upn = oid == USER_PRINCIPAL_NAME;
                found.oid = Some(oid);
                (if upn { UserPrincipalName } else { OtherName }, value)
            }
            None => (OtherName, shown(element)),
        },
        1 => (Email, latin(element.contents)),
        2 => (Dns, latin(element.contents)),
        3 => (X400, shown(element)),
        4 => match element
            .reader()
            .any()
            .and_then(|inner| name(&inner, origin))
        {
            Ok(directory) => {
                let text = directory.text.clone();
                found.directory = Some(directory);
                (Directory, text)
            }
            Err(_) => (Directory, shown(element)),
        },
        5 => (EdiParty, shown(element)),
        6 => (Uri, latin(element.contents)),
        7 => (Ip, address(element.contents)),
        8 => match element.oid() {
            Ok(oid) => {
                found.oid = Some(oid.clone());
                (RegisteredId, oid)
            }
            Err(_) => (RegisteredId, shown(element)),
        },
        _ => (Unknown, shown(element)),
    };
    found
}

fn other_name(element: &Element<'_>) -> Option<(String, String)> {
    let mut fields = element.reader();
    let oid = fields.oid().ok()?;
    let value = fields.any().ok()?.reader().any().ok()?;
    let shown = if is_string(value.tag) {
        text(&value)
    } else {
        shown(&value)
    };
    Some((oid, shown))
}

fn shown(element: &Element<'_>) -> String {
    format!("#{}", hex(element.raw))
}

/// IA5 text; what is beyond ASCII is read as UTF-8, which people write there, else as Latin-1.
fn latin(contents: &[u8]) -> String {
    match std::str::from_utf8(contents) {
        Ok(text) => text.to_owned(),
        Err(_) => contents.iter().copied().map(char::from).collect(),
    }
}

/// An address of 4 or 16 octets; with a mask of the same length, as name constraints have it, after a
/// slash.
pub(crate) fn address(contents: &[u8]) -> String {
    let plain = |octets: &[u8]| -> Option<String> {
        if let Ok(four) = <[u8; 4]>::try_from(octets) {
            return Some(Ipv4Addr::from(four).to_string());
        }
        <[u8; 16]>::try_from(octets)
            .ok()
            .map(|sixteen| Ipv6Addr::from(sixteen).to_string())
    };
    let with_mask = || {
        let (address, mask) = contents.split_at_checked(contents.len() / 2)?;
        Some(format!("{}/{}", plain(address)?, plain(mask)?))
    };
    plain(contents)
        .or_else(with_mask)
        .unwrap_or_else(|| format!("#{}", hex(contents)))
}

/// `DNS es1.corp, IP 192.0.2.1`: names in one line.
pub(crate) fn line(names: &[GeneralName]) -> String {
    let mut line = String::new();
    for name in names {
        if !line.is_empty() {
            line.push_str(", ");
        }
        let _ = write!(line, "{} {}", kind_word(name), name.value);
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
