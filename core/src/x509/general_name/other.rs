//! Names of kinds that are told apart by an object identifier.

use crate::asn1::{Element, Tag, is_string, text};
use crate::error::Error;
use crate::hex::hex;
use crate::report::{GeneralName, GeneralNameDetail, GeneralNameKind};
use crate::x509::key::named;

const USER_PRINCIPAL_NAME: &str = "1.3.6.1.4.1.311.20.2.3";
const KERBEROS_PRINCIPAL: &str = "1.3.6.1.5.2.2";
const SECURITY_IDENTIFIER: &str = "1.3.6.1.4.1.311.25.2.1";
const REPLICATION: &str = "1.3.6.1.4.1.311.25.1";
const PERMANENT_IDENTIFIER: &str = "1.3.6.1.5.5.7.8.3";
const HARDWARE_MODULE: &str = "1.3.6.1.5.5.7.8.4";
/// Names that are one string: XMPP address, DNS service, access realm, mailbox, node, bundle.
const STRINGS: [&str; 6] = [
    "1.3.6.1.5.5.7.8.10",
    "1.3.6.1.5.5.7.8.11",
    "1.3.6.1.5.5.7.8.5",
    "1.3.6.1.5.5.7.8.7",
    "1.3.6.1.5.5.7.8.8",
    "1.3.6.1.5.5.7.8.9",
];

/// ```text
/// OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }
/// ```
pub(super) fn other_name(element: &Element<'_>, found: &mut GeneralName) -> Result<String, Error> {
    let mut fields = element.reader();
    let oid = fields.oid().map_err(|error| error.within("otherName"))?;
    let wrapper = fields.expect(Tag::context(0), "value [0]")?;
    let value = wrapper.reader().any()?;
    if oid == USER_PRINCIPAL_NAME {
        found.kind = GeneralNameKind::UserPrincipalName;
    }
    let kind = oid.clone();
    found.oid = Some(oid);
    match kind.as_str() {
        KERBEROS_PRINCIPAL => kerberos(&value, found),
        HARDWARE_MODULE => hardware(&value, found),
        PERMANENT_IDENTIFIER => permanent(&value, found),
        SECURITY_IDENTIFIER => match std::str::from_utf8(octets(&value)?) {
            Ok(identifier) => Ok(identifier.to_owned()),
            Err(_) => Err(value.malformed("the security identifier is no text")),
        },
        REPLICATION => guid(octets(&value)?)
            .ok_or_else(|| value.malformed("expected 16 octets, found another number")),
        _ if is_string(value.tag) => Ok(text(&value)),
        USER_PRINCIPAL_NAME => Err(value.unexpected("UTF8String")),
        kind if STRINGS.contains(&kind) => Err(value.unexpected("UTF8String or IA5String")),
        _ => Ok(format!("#{}", hex(value.raw))),
    }
}

fn octets<'a>(value: &Element<'a>) -> Result<&'a [u8], Error> {
    if value.tag == Tag::OCTET_STRING {
        Ok(value.contents)
    } else {
        Err(value.unexpected("OCTET STRING"))
    }
}

/// ```text
/// KRB5PrincipalName ::= SEQUENCE { realm [0] GeneralString, principalName [1] SEQUENCE {
///     name-type [0] INTEGER, name-string [1] SEQUENCE OF GeneralString } }
/// ```
///
/// [RFC 4556, 3.2.2](https://www.rfc-editor.org/rfc/rfc4556#section-3.2.2)
fn kerberos(value: &Element<'_>, found: &mut GeneralName) -> Result<String, Error> {
    if value.tag != Tag::SEQUENCE {
        return Err(value.unexpected("SEQUENCE"));
    }
    let mut fields = value.reader();
    let realm = fields
        .expect(Tag::context(0), "realm [0]")?
        .reader()
        .any()?;
    let principal = fields.expect(Tag::context(1), "principalName [1]")?;
    let mut principal = principal.reader().sequence("PrincipalName")?.reader();
    let name_type = principal.expect(Tag::context(0), "name-type [0]")?;
    let name_type = name_type
        .reader()
        .expect(Tag::INTEGER, "INTEGER")?
        .signed()?;
    let strings = principal.expect(Tag::context(1), "name-string [1]")?;
    let mut strings = strings.reader().sequence("SEQUENCE of strings")?.reader();
    let mut components = Vec::new();
    while !strings.is_empty() {
        components.push(text(&strings.any()?));
    }
    let realm = text(&realm);
    let shown = format!("{}@{realm}", components.join("/"));
    found.detail = Some(Box::new(GeneralNameDetail::KerberosPrincipal {
        realm,
        name_type,
        components,
    }));
    Ok(shown)
}

/// ```text
/// HardwareModuleName ::= SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING }
/// ```
///
/// [RFC 4108, 5](https://www.rfc-editor.org/rfc/rfc4108#section-5)
fn hardware(value: &Element<'_>, found: &mut GeneralName) -> Result<String, Error> {
    if value.tag != Tag::SEQUENCE {
        return Err(value.unexpected("SEQUENCE"));
    }
    let mut fields = value.reader();
    let hardware = named(fields.oid()?);
    let serial = hex(fields.expect(Tag::OCTET_STRING, "OCTET STRING")?.contents);
    let shown = format!("{}, serial number {serial}", hardware.name);
    found.detail = Some(Box::new(GeneralNameDetail::HardwareModule {
        hardware,
        serial,
    }));
    Ok(shown)
}

/// ```text
/// PermanentIdentifier ::= SEQUENCE { identifierValue UTF8String OPTIONAL,
///                                    assigner OBJECT IDENTIFIER OPTIONAL }
/// ```
///
/// [RFC 4043, 2](https://www.rfc-editor.org/rfc/rfc4043#section-2)
fn permanent(value: &Element<'_>, found: &mut GeneralName) -> Result<String, Error> {
    if value.tag != Tag::SEQUENCE {
        return Err(value.unexpected("SEQUENCE"));
    }
    let mut fields = value.reader();
    let identifier = match fields.peek() {
        Some(tag) if is_string(tag) => Some(text(&fields.any()?)),
        _ => None,
    };
    let assigner = match fields.optional(Tag::OID)? {
        Some(oid) => Some(named(oid.oid()?)),
        None => None,
    };
    let shown = match (&identifier, &assigner) {
        (Some(identifier), Some(assigner)) => {
            format!("{identifier}, assigned by {}", assigner.name)
        }
        (Some(identifier), None) => identifier.clone(),
        (None, Some(assigner)) => format!("the serial number, assigned by {}", assigner.name),
        (None, None) => "the serial number".to_owned(),
    };
    found.detail = Some(Box::new(GeneralNameDetail::PermanentIdentifier {
        identifier,
        assigner,
    }));
    Ok(shown)
}

/// A globally unique identifier as Microsoft keeps it: the first three groups with their last octet
/// first.
fn guid(octets: &[u8]) -> Option<String> {
    let turned = |at: std::ops::Range<usize>| {
        let group: Vec<u8> = octets.get(at)?.iter().rev().copied().collect();
        Some(hex(&group))
    };
    let straight = |at: std::ops::Range<usize>| octets.get(at).map(hex);
    let groups = [
        turned(0..4)?,
        turned(4..6)?,
        turned(6..8)?,
        straight(8..10)?,
        straight(10..16)?,
    ];
    (octets.len() == 16).then(|| groups.join("-"))
}
