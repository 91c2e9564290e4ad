//! OCSP requests and responses (RFC 6960), and time-stamp responses (RFC 3161).

use crate::asn1::{Element, Reader, Tag, instant};
use crate::container::{Item, ItemKind, cms, der};
use crate::hex::hex;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Other, RevocationReason};
use crate::x509::{label, reason, serial, time_stamp};

/// Single responses, and certificates that are asked about, that are told.
const MAX_LISTED: usize = 1000;

/// What an `OCSPRequest` asks about.
///
/// ```text
/// OCSPRequest ::= SEQUENCE { tbsRequest SEQUENCE { version [0], requestorName [1],
///     requestList SEQUENCE OF SEQUENCE { reqCert CertID, … }, … }, optionalSignature [0] OPTIONAL }
/// ```
///
/// [RFC 6960, 4.1.1](https://www.rfc-editor.org/rfc/rfc6960#section-4.1.1)
pub(crate) fn request(whole: &Element<'_>) -> Other {
    let mut facts = Vec::new();
    let list = whole.reader().any().ok().and_then(|tbs| {
        let mut fields = tbs.reader();
        std::iter::from_fn(|| fields.any().ok()).find(|field| field.tag == Tag::SEQUENCE)
    });
    let mut requests = list.map_or_else(|| Reader::new(&[]), |list| list.reader());
    while let Some(one) = requests.next() {
        if facts.len() < MAX_LISTED {
            let identified = one.reader().any().ok().and_then(|id| certificate_id(&id));
            facts.push(identified.unwrap_or_else(|| "a request that cannot be read".to_owned()));
        }
    }
    Other {
        what: "OCSP request".to_owned(),
        facts,
    }
}

/// What an `OCSPResponse` answers, and the certificates in it.
///
/// ```text
/// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT SEQUENCE {
///     responseType OBJECT IDENTIFIER, response OCTET STRING } OPTIONAL }
/// ```
///
/// [RFC 6960, 4.2.1](https://www.rfc-editor.org/rfc/rfc6960#section-4.2.1)
pub(crate) fn response(
    path: &str,
    whole: &Element<'_>,
    origin: &Origin,
    options: &Options<'_>,
) -> Vec<Item> {
    let mut fields = whole.reader();
    let status = fields.any().map_or(&[][..], |status| status.contents);
    let mut facts = Vec::new();
    let octets = fields.any().ok().and_then(|bytes| {
        let mut bytes = bytes.reader().any().ok()?.reader();
        bytes.any().ok()?;
        bytes.any().ok()
    });
    let mut items = Vec::new();
    let mut said = Vec::new();
    if let Some(basic) = octets.and_then(|octets| octets.reader().any().ok()) {
        said = basic_response(path, &basic, origin, options, &mut facts, &mut items);
    }
    let line = match status {
        [0] => answers(&said),
        status => format!("no answer: {}", status_word(status)),
    };
    facts.insert(0, line);
    let other = Other {
        what: "OCSP response".to_owned(),
        facts,
    };
    let first = Item::plain(
        path.to_owned(),
        origin.clone(),
        whole.raw.len(),
        ItemKind::Other(other),
    );
    items.insert(0, first);
    items
}

/// What a `BasicOCSPResponse` without its status answers, and the certificates in it.
pub(crate) fn bare_response(
    path: &str,
    whole: &Element<'_>,
    origin: &Origin,
    options: &Options<'_>,
) -> Vec<Item> {
    let (mut facts, mut items) = (Vec::new(), Vec::new());
    basic_response(path, whole, origin, options, &mut facts, &mut items);
    let other = Other {
        what: "OCSP response without its status".to_owned(),
        facts,
    };
    let (path, origin) = (path.to_owned(), origin.clone());
    items.insert(
        0,
        Item::plain(path, origin, whole.raw.len(), ItemKind::Other(other)),
    );
    items
}

/// What a response says of how many certificates. That it was given at all is no good news yet.
fn answers(said: &[&str]) -> String {
    let count = |word: &str| {
        let count = said.iter().filter(|one| **one == word).count();
        (count != 0).then(|| format!("{count} {word}"))
    };
    let counts = [REVOKED, GOOD, UNKNOWN].map(count);
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    match counts.join(", ").as_str() {
        "" => "answered, about no certificate".to_owned(),
        said => format!("answered: {said}; the answer's signature is not checked"),
    }
}

// What may be said of a certificate.
const GOOD: &str = "good";
const REVOKED: &str = "revoked";
const UNKNOWN: &str = "unknown";

/// Why there is no answer: `OCSPResponseStatus ::= ENUMERATED`
fn status_word(contents: &[u8]) -> String {
    match contents {
        [1] => "malformed request".to_owned(),
        [2] => "internal error".to_owned(),
        [3] => "try later".to_owned(),
        [5] => "signature required".to_owned(),
        [6] => "unauthorised".to_owned(),
        other => format!("a status of no known number, {}", hex(other)),
    }
}

/// ```text
/// BasicOCSPResponse ::= SEQUENCE { tbsResponseData SEQUENCE {
///     version [0] DEFAULT v1, responderID CHOICE { byName [1] Name, byKey [2] OCTET STRING },
///     producedAt GeneralizedTime, responses SEQUENCE OF SingleResponse, responseExtensions [1] },
///     signatureAlgorithm, signature BIT STRING, certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// ```
///
/// Returns what is said of each certificate.
fn basic_response(
    path: &str,
    basic: &Element<'_>,
    origin: &Origin,
    options: &Options<'_>,
    facts: &mut Vec<String>,
    items: &mut Vec<Item>,
) -> Vec<&'static str> {
    let mut said = Vec::new();
    let mut outer = basic.reader();
    let Ok(data) = outer.any() else {
        return said;
    };
    let mut fields = data.reader();
    while let Some(field) = fields.next() {
        match field.tag {
            Tag::GENERALIZED_TIME => {
                let time = instant(&field).and_then(|instant| instant.time.ok());
                facts.extend(time.map(|time| format!("produced {time}")));
            }
            Tag::SEQUENCE => {
                let mut singles = field.reader();
                let some = std::iter::from_fn(|| singles.any().ok()).take(MAX_LISTED);
                for one in some {
                    facts.push(match single(&one) {
                        Some((word, line)) => {
                            said.push(word);
                            line
                        }
                        None => "an answer that cannot be read".to_owned(),
                    });
                }
                break;
            }
            tag if tag == Tag::context(1) => {
                let name = field.reader().any().map(|name| label(&name));
                facts.extend(name.map(|name| format!("responder {name}")));
            }
            tag if tag == Tag::context(2) => {
                let key = field.reader().any().map(|key| hex(key.contents));
                facts.extend(key.map(|key| format!("responder with key {key}")));
            }
            _ => {}
        }
    }
    outer.any().ok();
    outer.any().ok();
    let list = outer.any().ok().and_then(|field| field.reader().any().ok());
    let mut certificates = list.map_or_else(|| Reader::new(&[]), |list| list.reader());
    while let Some(one) = certificates.next() {
        if options.limits.entries <= items.len() {
            return said;
        }
        let path = format!("{path}/certificate[{}]", items.len());
        items.push(der::certificate(
            path,
            one.raw.to_vec(),
            &origin.at(one.start),
        ));
    }
    said
}

/// ```text
/// SingleResponse ::= SEQUENCE { certID, certStatus CHOICE { good [0], revoked [1] SEQUENCE {
///     revocationTime, revocationReason [0] OPTIONAL }, unknown [2] }, thisUpdate, nextUpdate [0], … }
/// ```
///
/// What it says of its certificate, in a word and in a line.
fn single(one: &Element<'_>) -> Option<(&'static str, String)> {
    let time = |element: &Element<'_>| instant(element)?.time.ok();
    let mut fields = one.reader();
    let identified = certificate_id(&fields.any().ok()?)?;
    let status = fields.any().ok()?;
    let (word, more) = match status.tag.number {
        0 => (GOOD, String::new()),
        1 => {
            let mut parts = status.reader();
            let since = time(&parts.any().ok()?)?;
            let why = parts.any().ok().and_then(|why| why.reader().any().ok());
            let why = why
                .map(|why| reason(why.contents))
                .map(RevocationReason::words);
            let why = why.map_or_else(String::new, |why| format!(", {why}"));
            (REVOKED, format!(" {since}{why}"))
        }
        _ => (UNKNOWN, String::new()),
    };
    let this_update = time(&fields.any().ok()?)?;
    let mut line = format!("{identified}: {word}{more}, as of {this_update}");
    if let Some(next) = fields.optional(Tag::context(0)).ok().flatten()
        && let Some(next) = next.reader().any().ok().and_then(|next| time(&next))
    {
        line = format!("{line}, next by {next}");
    }
    Some((word, line))
}

/// `CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash OCTET STRING, serialNumber }`
fn certificate_id(id: &Element<'_>) -> Option<String> {
    let mut fields = id.reader();
    fields.any().ok()?;
    fields.any().ok()?;
    let key = fields.any().ok()?;
    let number = fields.any().ok()?;
    Some(format!(
        "serial {} of the issuer with key digest {}",
        serial(number.contents),
        hex(key.contents)
    ))
}

/// What a `TimeStampResp` says, and the certificates and signers of its token.
///
/// ```text
/// TimeStampResp ::= SEQUENCE { status SEQUENCE { status INTEGER, … }, timeStampToken ContentInfo OPTIONAL }
/// ```
///
/// [RFC 3161, 2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)
pub(crate) fn time_stamp_response(
    path: &str,
    whole: &Element<'_>,
    origin: &Origin,
    options: &Options<'_>,
) -> Vec<Item> {
    let mut fields = whole.reader();
    let status = fields
        .any()
        .ok()
        .and_then(|status| status.reader().any().ok());
    let mut facts = vec![match status.map(|status| status.contents) {
        Some([0]) => "granted".to_owned(),
        Some([1]) => "granted with changes".to_owned(),
        Some([2]) => "refused".to_owned(),
        Some([3]) => "waiting".to_owned(),
        _ => "of no known status".to_owned(),
    }];
    let token = fields.any().ok();
    facts.extend(token.as_ref().and_then(time_stamp).into_iter().flatten());
    let other = Other {
        what: "time-stamp response".to_owned(),
        facts,
    };
    let mut items = vec![Item::plain(
        path.to_owned(),
        origin.clone(),
        whole.raw.len(),
        ItemKind::Other(other),
    )];
    if let Some(token) = token {
        let inner = cms::read(
            token.raw,
            &origin.at(token.start),
            &format!("{path}/token"),
            options,
        );
        items.extend(inner.into_iter().flat_map(|container| container.items));
    }
    items
}
