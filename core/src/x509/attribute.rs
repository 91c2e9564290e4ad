//! Attributes: what they say, one statement a line.

use crate::asn1::{Element, Reader, Tag, instant, is_string, text};
use crate::error::Error;
use crate::hex::hex;
use crate::oids;
use crate::origin::Origin;
use crate::report::Attribute;
use crate::x509::certificate::serial;
use crate::x509::general_name::{general_name, line};
use crate::x509::key::{algorithm, decimal, named};
use crate::x509::name::name;

/// The fields of one attribute.
///
/// ```text
/// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY }
/// ```
///
/// [RFC 2986, 4.1](https://www.rfc-editor.org/rfc/rfc2986#section-4.1)
pub(crate) struct AttributeSpine<'a> {
    pub(crate) whole: Element<'a>,
    pub(crate) oid: String,
    pub(crate) values: Element<'a>,
}

/// The attributes in this SET or SEQUENCE, up to the first that cannot be read, and why it cannot.
pub(crate) fn spines<'a>(list: &Element<'a>) -> (Vec<AttributeSpine<'a>>, Option<Error>) {
    let mut reader = list.reader();
    let mut found = Vec::new();
    while !reader.is_empty() {
        match spine(&mut reader) {
            Ok(spine) => found.push(spine),
            Err(error) => return (found, Some(error.within("attributes"))),
        }
    }
    (found, None)
}

fn spine<'a>(reader: &mut Reader<'a>) -> Result<AttributeSpine<'a>, Error> {
    let whole = reader.sequence("attribute")?;
    let mut fields = whole.reader();
    let oid = fields.oid()?;
    let values = fields.expect(Tag::SET, "SET of values")?;
    Ok(AttributeSpine { whole, oid, values })
}

/// The first of an attribute's values.
pub(crate) fn first<'a>(spines: &[AttributeSpine<'a>], oid: &str) -> Option<Element<'a>> {
    let found = spines.iter().find(|spine| spine.oid == oid)?;
    found.values.reader().any().ok()
}

/// What one attribute says.
pub(crate) fn attribute(spine: &AttributeSpine<'_>, origin: &Origin) -> Attribute {
    let secret = spine.oid == CHALLENGE_PASSWORD;
    let mut lines = Some(Vec::new());
    let mut values = spine.values.reader();
    while let Some(value) = values.next() {
        let said = say(&spine.oid, &value, origin);
        lines = lines.zip(said).map(|(mut lines, mut said)| {
            lines.append(&mut said);
            lines
        });
    }
    Attribute {
        name: oids::name(&spine.oid).map(str::to_owned),
        oid: spine.oid.clone(),
        text: lines.filter(|lines| !lines.is_empty()),
        bytes: if secret {
            String::new()
        } else {
            hex(spine.values.contents)
        },
        at: origin.span(spine.whole.start, spine.whole.end()),
    }
}

/// Characters of a challenge password.
pub(crate) fn characters(value: &Element<'_>) -> u32 {
    u32::try_from(text(value).chars().count()).unwrap_or(u32::MAX)
}

fn say(oid: &str, value: &Element<'_>, origin: &Origin) -> Option<Vec<String>> {
    let decoded = match oid {
        CHALLENGE_PASSWORD => Some(vec![format!("{} characters, not told", characters(value))]),
        EXTENSION_REQUEST | MICROSOFT_EXTENSION_REQUEST => extensions(value),
        "1.2.840.113549.1.9.4" => Some(vec![hex(value.contents)]),
        "1.2.840.113549.1.9.6" => signer(value, origin),
        "1.2.840.113549.1.9.14.1" | "1.2.840.113549.1.9.15" => capabilities(value),
        "1.2.840.113549.1.9.16.2.12" | "1.2.840.113549.1.9.16.2.47" => {
            signing_certificate(value, origin)
        }
        "1.2.840.113549.1.9.52" => protection(value),
        TIME_STAMP | "1.3.6.1.4.1.311.3.3.1" => time_stamp(value),
        "1.3.6.1.4.1.311.13.2.1" => pair(value),
        "1.3.6.1.4.1.311.13.2.2" => provider(value),
        "1.3.6.1.4.1.311.21.20" => client(value),
        "1.3.6.1.5.5.7.10.1" | "1.3.6.1.5.5.7.10.2" => service(value, origin),
        "1.3.6.1.5.5.7.10.3" | "1.3.6.1.5.5.7.10.4" => authority_syntax(value, origin),
        "2.5.4.72" => role(value, origin),
        "2.5.4.55" | "2.5.1.5.55" => clearance(value),
        _ => None,
    };
    decoded.or_else(|| Some(vec![plain(value)?]))
}

/// A value that says what it is by itself.
fn plain(value: &Element<'_>) -> Option<String> {
    if is_string(value.tag) {
        return Some(text(value));
    }
    match value.tag {
        Tag::OID => value.oid().ok().map(|oid| named(oid).name.into_owned()),
        Tag::INTEGER | Tag::ENUMERATED => Some(decimal(value.contents)),
        Tag::OCTET_STRING => Some(hex(value.contents)),
        Tag::UTC_TIME | Tag::GENERALIZED_TIME => Some(
            instant(value)?
                .time
                .ok()
                .map_or_else(String::new, |time| time.to_string()),
        ),
        Tag::BOOLEAN => Some((value.contents != [0]).to_string()),
        _ => None,
    }
}

/// `ExtensionReq ::= SEQUENCE OF Extension` (RFC 2985, 5.4.2): their names alone.
fn extensions(value: &Element<'_>) -> Option<Vec<String>> {
    if value.raw == [0x30, 0] {
        return Some(vec!["none".to_owned()]);
    }
    let mut list = value.reader();
    let mut lines = Vec::new();
    while !list.is_empty() {
        lines.push(
            named(list.any().ok()?.reader().oid().ok()?)
                .name
                .into_owned(),
        );
    }
    Some(lines)
}

/// `SMIMECapabilities ::= SEQUENCE OF SEQUENCE { OBJECT IDENTIFIER, parameters OPTIONAL }`
/// (RFC 8551, 2.5.2). RC2 tells its key length by an INTEGER.
fn capabilities(value: &Element<'_>) -> Option<Vec<String>> {
    let mut list = value.reader();
    let mut lines = Vec::new();
    while !list.is_empty() {
        let mut fields = list.any().ok()?.reader();
        let name = named(fields.oid().ok()?).name;
        let bits = fields.optional(Tag::INTEGER).ok().flatten();
        lines.push(match bits {
            Some(bits) => format!("{name}, {} bits", decimal(bits.contents)),
            None => name.into_owned(),
        });
    }
    Some(lines)
}

/// `SigningCertificate ::= SEQUENCE { certs SEQUENCE OF ESSCertID, … }`, where `ESSCertID` begins with
/// a digest, of SHA-1 in version 1 and of SHA-256 unless said otherwise in version 2 (RFC 5035, 3).
fn signing_certificate(value: &Element<'_>, origin: &Origin) -> Option<Vec<String>> {
    let mut list = value.reader().any().ok()?.reader();
    let mut lines = Vec::new();
    while !list.is_empty() {
        let mut fields = list.any().ok()?.reader();
        let digest = fields.optional(Tag::SEQUENCE).ok()?;
        let hash = fields.expect(Tag::OCTET_STRING, "OCTET STRING").ok()?;
        let digest = match digest {
            Some(digest) => algorithm(&digest).ok()?.name,
            None if hash.contents.len() == 20 => "SHA-1".into(),
            None => "SHA-256".into(),
        };
        lines.push(format!("{digest} {}", hex(hash.contents)));
        if let Ok(issuer_serial) = fields.sequence("IssuerSerial") {
            lines.extend(issuer_and_serial(&issuer_serial, origin));
        }
    }
    Some(lines)
}

/// `IssuerSerial ::= SEQUENCE { issuer GeneralNames, serial INTEGER }` (RFC 5755, 4.1).
fn issuer_and_serial(value: &Element<'_>, origin: &Origin) -> Option<String> {
    let mut fields = value.reader();
    let names = names(&fields.any().ok()?, origin);
    let number = fields.expect(Tag::INTEGER, "INTEGER").ok()?;
    Some(format!(
        "issuer {names}, serial {}",
        serial(number.contents)
    ))
}

/// General names in one line.
fn names(list: &Element<'_>, origin: &Origin) -> String {
    let mut reader = list.reader();
    let mut names = Vec::new();
    while let Some(one) = reader.next() {
        names.push(general_name(&one, origin));
    }
    line(&names)
}

/// `CMSAlgorithmProtection ::= SEQUENCE { digestAlgorithm, [1] signatureAlgorithm OPTIONAL, [2] mac }`
/// (RFC 6211, 2).
fn protection(value: &Element<'_>) -> Option<Vec<String>> {
    let mut fields = value.reader();
    let mut lines = vec![algorithm(&fields.any().ok()?).ok()?.name.into_owned()];
    while let Some(field) = fields.next() {
        lines.push(algorithm(&field).ok()?.name.into_owned());
    }
    Some(lines)
}

/// A `SignerInfo` that signs the signature (RFC 5652, 11.4): whose it is.
fn signer(value: &Element<'_>, origin: &Origin) -> Option<Vec<String>> {
    let mut fields = value.reader();
    fields.expect(Tag::INTEGER, "INTEGER").ok()?;
    let identifier = fields.any().ok()?;
    if identifier.tag != Tag::SEQUENCE {
        return Some(vec![format!(
            "signer with key {}",
            hex(identifier.contents)
        )]);
    }
    let mut parts = identifier.reader();
    let issuer = name(&parts.any().ok()?, origin).ok()?;
    let number = parts.any().ok()?;
    Some(vec![format!(
        "signer {} of {}",
        serial(number.contents),
        issuer.text
    )])
}

/// The `TSTInfo` in a time-stamp token: when, by whose policy.
///
/// ```text
/// TSTInfo ::= SEQUENCE { version INTEGER, policy OBJECT IDENTIFIER, messageImprint SEQUENCE,
///     serialNumber INTEGER, genTime GeneralizedTime, … }
/// ```
///
/// [RFC 3161, 2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)
pub(crate) fn time_stamp(token: &Element<'_>) -> Option<Vec<String>> {
    let mut info = token.reader();
    info.oid().ok()?;
    let mut signed = info.any().ok()?.reader().any().ok()?.reader();
    signed.any().ok()?;
    signed.any().ok()?;
    let mut content = signed.any().ok()?.reader();
    content.oid().ok()?;
    let (octets, _) = content.any().ok()?.reader().any().ok()?.octets().ok()?;
    let mut fields = Reader::new(&octets).any().ok()?.reader();
    fields.any().ok()?;
    let policy = named(fields.oid().ok()?).name;
    let imprint = fields.any().ok()?;
    let number = fields.any().ok()?;
    let time = instant(&fields.any().ok()?)?.time.ok()?;
    let digest = algorithm(&imprint.reader().any().ok()?).ok()?.name;
    Some(vec![
        format!("stamped {time}"),
        format!("serial {}", serial(number.contents)),
        format!("digest {digest}"),
        format!("policy {policy}"),
    ])
}

/// `EnrollmentNameValuePair ::= SEQUENCE { name BMPString, value BMPString }` (MS-WCCE, 2.2.2.7.10).
fn pair(value: &Element<'_>) -> Option<Vec<String>> {
    let mut fields = value.reader();
    let (key, value) = (fields.any().ok()?, fields.any().ok()?);
    Some(vec![format!("{} = {}", text(&key), text(&value))])
}

/// `CSPProvider ::= SEQUENCE { keySpec INTEGER, cspName BMPString, signature BIT STRING }`
/// (MS-WCCE, 2.2.2.7.2).
fn provider(value: &Element<'_>) -> Option<Vec<String>> {
    let mut fields = value.reader();
    let key = fields.any().ok()?;
    let name = text(&fields.any().ok()?);
    let key = match key.contents {
        [1] => "exchange key".to_owned(),
        [2] => "signature key".to_owned(),
        other => format!("key of kind {}", decimal(other)),
    };
    Some(vec![name, key])
}

/// `ClientInformation ::= SEQUENCE { clientId INTEGER, machineName, userName, processName UTF8String }`
/// (MS-WCCE, 2.2.2.7.4).
fn client(value: &Element<'_>) -> Option<Vec<String>> {
    let mut fields = value.reader();
    fields.any().ok()?;
    let mut lines = Vec::new();
    for what in ["machine", "user", "program"] {
        let Ok(field) = fields.any() else { break };
        lines.push(format!("{what} {}", text(&field)));
    }
    Some(lines)
}

/// `SvceAuthInfo ::= SEQUENCE { service GeneralName, ident GeneralName, authInfo OCTET STRING OPTIONAL }`
/// (RFC 5755, 4.4.1). What authenticates is a secret and not told.
fn service(value: &Element<'_>, origin: &Origin) -> Option<Vec<String>> {
    let mut fields = value.reader();
    let mut one = || Some(line(&[general_name(&fields.any().ok()?, origin)]));
    let (service, identity) = (one()?, one()?);
    Some(vec![
        format!("service {service}"),
        format!("identity {identity}"),
    ])
}

/// `IetfAttrSyntax ::= SEQUENCE { [0] policyAuthority GeneralNames OPTIONAL, values SEQUENCE OF CHOICE
/// { OCTET STRING, OBJECT IDENTIFIER, UTF8String } }` (RFC 5755, 4.4).
fn authority_syntax(value: &Element<'_>, origin: &Origin) -> Option<Vec<String>> {
    let mut fields = value.reader();
    let authority = fields.optional(Tag::context(0)).ok()?;
    let mut values = fields.sequence("SEQUENCE of values").ok()?.reader();
    let mut lines = Vec::new();
    while let Some(value) = values.next() {
        lines.push(match std::str::from_utf8(value.contents) {
            Ok(text) if value.tag == Tag::OCTET_STRING => text.to_owned(),
            _ => plain(&value)?,
        });
    }
    lines.extend(authority.map(|authority| format!("by {}", names(&authority, origin))));
    Some(lines)
}

/// `RoleSyntax ::= SEQUENCE { [0] roleAuthority GeneralNames OPTIONAL, [1] roleName GeneralName }`
/// (RFC 5755, 4.4.5).
fn role(value: &Element<'_>, origin: &Origin) -> Option<Vec<String>> {
    let mut fields = value.reader();
    let mut lines = Vec::new();
    while let Some(field) = fields.next() {
        lines.push(match field.tag.number {
            0 => format!("by {}", names(&field, origin)),
            _ => line(&[general_name(&field.reader().any().ok()?, origin)]),
        });
    }
    lines.reverse();
    Some(lines)
}

/// `Clearance ::= SEQUENCE { policyId OBJECT IDENTIFIER, classList BIT STRING DEFAULT {unclassified},
/// securityCategories SET OPTIONAL }` (RFC 5755, 4.4.6).
fn clearance(value: &Element<'_>) -> Option<Vec<String>> {
    const CLASSES: [&str; 6] = [
        "unmarked",
        "unclassified",
        "restricted",
        "confidential",
        "secret",
        "top secret",
    ];
    let mut fields = value.reader();
    let policy = fields.any().ok()?;
    // Older encodings tag the fields [0], [1] and [2].
    let policy = crate::asn1::dotted(policy.contents)?;
    let classes = fields.any().ok().and_then(|bits| bits.bits().ok());
    let first = classes
        .map_or(Some(0x40), |bits| bits.first().copied())
        .unwrap_or(0);
    let set = CLASSES
        .iter()
        .enumerate()
        .filter(|(index, _)| first & (0x80u8 >> index) != 0);
    let words: Vec<&str> = set.map(|(_, word)| *word).collect();
    Some(vec![
        if words.is_empty() {
            "no class".to_owned()
        } else {
            words.join(", ")
        },
        format!("policy {}", named(policy).name),
    ])
}

pub(crate) const CHALLENGE_PASSWORD: &str = "1.2.840.113549.1.9.7";
pub(crate) const UNSTRUCTURED_NAME: &str = "1.2.840.113549.1.9.2";
pub(crate) const EXTENSION_REQUEST: &str = "1.2.840.113549.1.9.14";
/// The same, as Microsoft's software writes it.
pub(crate) const MICROSOFT_EXTENSION_REQUEST: &str = "1.3.6.1.4.1.311.2.1.14";
pub(crate) const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
pub(crate) const TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
