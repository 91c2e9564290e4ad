//! CMS messages (RFC 5652), once PKCS#7: their certificates, lists and signers.

use std::collections::HashMap;
use std::sync::Arc;

use crate::asn1::{Element, Reader, Tag, instant};
use crate::container::{Container, Item, ItemKind, SignerItem, der};
use crate::error::Error;
use crate::oids;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Finding, Format, Other, Severity, SignedMessage};
use crate::rule::{Findings, Rule};
use crate::schema::{self, Rigour, grammar};
use crate::x509::{SignerSpine, algorithm, label, named, serial, time_stamp};

pub(crate) const RULES: &[Rule] = &[REPEATED];

const REPEATED: Rule = Rule {
    id: "bundle-certificate-repeated",
    severity: Severity::Notice,
    title: "A certificate stands in the bundle twice",
    why: "It does no harm, but whoever made the bundle may have meant another one.",
    fix: "Make the bundle again, each certificate once.",
    citation: "RFC 5652, 5.1",
};

/// Reads a message: what a `SignedData` carries, in its order; of others what they are.
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }
/// SignedData ::= SEQUENCE {
///     version INTEGER, digestAlgorithms SET, encapContentInfo SEQUENCE {
///         eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///     certificates [0] IMPLICIT SET OPTIONAL, crls [1] IMPLICIT SET OPTIONAL, signerInfos SET }
/// ```
///
/// [RFC 5652, 3 and 5.1](https://www.rfc-editor.org/rfc/rfc5652#section-5.1). Some leave the
/// `ContentInfo` out, and Netscape wrapped a bare SEQUENCE of certificates.
pub(crate) fn read(
    input: &[u8],
    origin: &Origin,
    path: &str,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let mut message = Message {
        origin,
        path,
        options,
        items: Vec::new(),
        findings: Vec::new(),
    };
    let content = content(input).map_err(|error| error.within("pkcs7"))?;
    message.findings = misbuilt(input, &content, origin);
    match content {
        Content::Signed(signed) => message
            .signed(input, &signed)
            .map_err(|error| error.within("pkcs7"))?,
        Content::Sequence(list) => message.certificates(&list),
        Content::Other(kind, content) => {
            let other = Other {
                what: oids::name(&kind).unwrap_or("CMS message").to_owned(),
                facts: facts(&kind, &content),
            };
            message.push(path.to_owned(), 0, input.len(), ItemKind::Other(other));
        }
    }
    Ok(Container {
        format: Format::Pkcs7,
        keystore: None,
        items: message.items,
        findings: message.findings,
    })
}

/// Where a message is not what its module says, but for what is sealed or signed in it.
fn misbuilt(input: &[u8], content: &Content<'_>, origin: &Origin) -> Vec<Finding> {
    let mut found = Findings::new(origin);
    if let Ok(whole) = Reader::new(input).any() {
        let kind = match content {
            Content::Signed(signed) if signed.start == whole.start => grammar::SIGNED_DATA,
            Content::Signed(_) => grammar::SIGNED_MESSAGE,
            Content::Sequence(_) | Content::Other(..) => grammar::MESSAGE,
        };
        schema::look("message", &whole, kind, Rigour::Ber, &mut found);
    }
    found.into_sorted()
}

/// What a message is made of.
enum Content<'a> {
    /// A `SignedData`.
    Signed(Element<'a>),
    /// `NetscapeCertSequence ::= SEQUENCE OF Certificate`.
    Sequence(Element<'a>),
    /// Content of another type, and the fields in it.
    Other(String, Reader<'a>),
}

fn content(input: &[u8]) -> Result<Content<'_>, Error> {
    let whole = Reader::new(input).sequence("ContentInfo")?;
    if whole.reader().peek() == Some(Tag::INTEGER) {
        return Ok(Content::Signed(whole));
    }
    let mut info = whole.reader();
    let kind = info.oid()?;
    let mut content = || {
        let explicit = info.expect(Tag::context(0), "[0] content")?;
        explicit.reader().sequence("SEQUENCE")
    };
    Ok(match kind.as_str() {
        SIGNED_DATA => Content::Signed(content()?),
        NETSCAPE_SEQUENCE => Content::Sequence(content()?),
        _ => {
            let fields = content().map_or_else(|_| Reader::new(&[]), |fields| fields.reader());
            Content::Other(kind, fields)
        }
    })
}

/// A `SignedData` while it is taken apart.
struct Message<'a> {
    origin: &'a Origin,
    path: &'a str,
    options: &'a Options<'a>,
    items: Vec<Item>,
    findings: Vec<Finding>,
}

impl Message<'_> {
    fn push(&mut self, path: String, start: usize, length: usize, kind: ItemKind) {
        let origin = self.origin.at(start);
        self.items.push(Item::plain(path, origin, length, kind));
    }

    fn signed(&mut self, input: &[u8], signed: &Element<'_>) -> Result<(), Error> {
        let mut fields = signed.reader();
        let version = fields.expect(Tag::INTEGER, "version")?;
        let digests = fields.expect(Tag::SET, "SET of digest algorithms")?;
        let content = fields.sequence("EncapsulatedContentInfo")?;
        let message = Arc::new(message(&version, &digests, &content));
        let mut signers = 0;
        while let Some(field) = fields.next() {
            match field.tag {
                tag if tag == Tag::context(0) => self.certificates(&field),
                tag if tag == Tag::context(1) => self.lists(&field),
                Tag::SET => signers += self.signers(&field, &message),
                _ => {}
            }
        }
        if let Some(other) = self.content(input, &message, &content, signers) {
            let path = format!("{}/content", self.path);
            self.push(
                path,
                content.start,
                content.raw.len(),
                ItemKind::Other(other),
            );
        }
        Ok(())
    }

    /// The content, where it is of a kind that has something to say, or all there is.
    fn content(
        &self,
        input: &[u8],
        message: &SignedMessage,
        content: &Element<'_>,
        signers: usize,
    ) -> Option<Other> {
        let kind = message.content_type.as_ref();
        let oid = kind.map(|kind| &*kind.oid).unwrap_or_default();
        let facts = match oid {
            TIME_STAMP_INFO => time_stamp(&Reader::new(input).any().ok()?)?,
            MICROSOFT_TRUST_LIST => trust_list(content)?,
            _ if self.items.is_empty() => Vec::new(),
            _ => return None,
        };
        let mut told = facts;
        if self.items.is_empty() {
            told.push(match message.content_size {
                Some(size) => format!("{size} bytes of content"),
                None => "the content stands elsewhere".to_owned(),
            });
            told.push(format!("{signers} signers"));
        }
        Some(Other {
            what: match oid {
                TIME_STAMP_INFO => "time-stamp token".to_owned(),
                MICROSOFT_TRUST_LIST => "certificate trust list".to_owned(),
                _ => "signed data".to_owned(),
            },
            facts: told,
        })
    }

    /// ```text
    /// CertificateChoices ::= CHOICE { Certificate, extendedCertificate [0], v1AttrCert [1],
    ///     v2AttrCert [2], other [3] SEQUENCE { OBJECT IDENTIFIER, ANY } }
    /// ```
    fn certificates(&mut self, set: &Element<'_>) {
        let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
        self.each(set, |message, path, one| {
            let place = message.items.len();
            message.items.push(match one.tag.number {
                _ if one.tag == Tag::SEQUENCE => message.object(path, one, one.raw.to_vec()),
                // The tag takes the place of the SEQUENCE's own.
                1 | 2 => {
                    let mut der = one.raw.to_vec();
                    if let Some(first) = der.first_mut() {
                        *first = 0x30;
                    }
                    message.object(path, one, der)
                }
                number => {
                    let other = Other {
                        what: match number {
                            0 => "extended certificate of PKCS#6",
                            _ => "certificate of another format",
                        }
                        .to_owned(),
                        facts: one.reader().oid().into_iter().collect(),
                    };
                    let origin = message.origin.at(one.start);
                    Item::plain(path, origin, one.raw.len(), ItemKind::Other(other))
                }
            });
            if let Some(first) = seen.insert(one.raw.to_vec(), place) {
                let earlier = message.items.get(first).map(|item| item.path.as_str());
                let what = format!(
                    "The certificate at position {} is the one of {} again.",
                    place + 1,
                    earlier.unwrap_or_default()
                );
                let at = message.origin.span(one.start, one.end());
                message.findings.push(REPEATED.found(what, Some(at)));
            }
        });
    }

    /// `RevocationInfoChoice ::= CHOICE { CertificateList, other [1] SEQUENCE { OBJECT IDENTIFIER, ANY } }`
    fn lists(&mut self, set: &Element<'_>) {
        self.each(set, |message, path, one| {
            let item = if one.tag == Tag::SEQUENCE {
                message.object(path, one, one.raw.to_vec())
            } else {
                let other = Other {
                    what: "revocation information of another format".to_owned(),
                    facts: one.reader().oid().into_iter().collect(),
                };
                let origin = message.origin.at(one.start);
                Item::plain(path, origin, one.raw.len(), ItemKind::Other(other))
            };
            message.items.push(item);
        });
    }

    fn signers(&mut self, set: &Element<'_>, signed: &Arc<SignedMessage>) -> usize {
        let before = self.items.len();
        // A broken message may have several sets of them.
        let prefix = format!("{}/signer[", self.path);
        let earlier = |item: &&Item| item.path.starts_with(&prefix);
        let mut number = self.items.iter().filter(earlier).count();
        self.each(set, |message, _, one| {
            let path = format!("{}/signer[{number}]", message.path);
            number += 1;
            let origin = message.origin.at(one.start);
            message
                .items
                .push(match SignerSpine::read(one.raw).map(|_| ()) {
                    Ok(()) => {
                        let item = SignerItem {
                            der: one.raw.to_vec(),
                            message: Arc::clone(signed),
                        };
                        Item::plain(path, origin, one.raw.len(), ItemKind::Signer(item))
                    }
                    Err(error) => {
                        Item::unreadable(path, origin, one.raw.len(), error.within("pkcs7"))
                    }
                });
        });
        self.items.len() - before
    }

    /// An object that its own fields tell the kind of.
    fn object(&self, path: String, one: &Element<'_>, der: Vec<u8>) -> Item {
        der::object(path, der, &self.origin.at(one.start), self.options)
    }

    /// Hands out the values of a SET with the path of each, up to the first that cannot be read.
    fn each(&mut self, set: &Element<'_>, mut take: impl FnMut(&mut Self, String, &Element<'_>)) {
        let mut reader = set.reader();
        while !reader.is_empty() {
            let held = self.items.len();
            let path = format!("{}[{held}]", self.path);
            let room = self.options.limits.room_for_entry(
                held,
                u64::try_from(held).unwrap_or(u64::MAX).saturating_add(1),
                reader.offset(),
            );
            match room.and_then(|()| reader.any()) {
                Ok(one) => take(self, path, &one),
                Err(error) => {
                    let error = error.within("pkcs7");
                    self.items
                        .push(Item::unreadable(path, self.origin.clone(), 0, error));
                    return;
                }
            }
        }
    }
}

fn message(version: &Element<'_>, digests: &Element<'_>, content: &Element<'_>) -> SignedMessage {
    let mut names = Vec::new();
    let mut reader = digests.reader();
    while let Some(digest) = reader.next() {
        names.extend(algorithm(&digest).ok());
    }
    let mut fields = content.reader();
    let kind = fields.oid().ok();
    let octets = fields
        .any()
        .ok()
        .and_then(|explicit| explicit.reader().any().ok());
    let size = octets.map(|octets| match octets.octets() {
        Ok((joined, _)) if octets.tag.number == Tag::OCTET_STRING.number => joined.len(),
        _ => octets.raw.len(),
    });
    SignedMessage {
        version: version
            .unsigned()
            .ok()
            .and_then(|version| u8::try_from(version).ok())
            .unwrap_or(u8::MAX),
        content_type: kind.map(named),
        content_size: size.and_then(|size| u64::try_from(size).ok()),
        digest_algorithms: names,
    }
}

/// What is known of a message that is no `SignedData`.
fn facts(kind: &str, content: &Reader<'_>) -> Vec<String> {
    let mut facts = vec![format!("content type {kind}")];
    let mut fields = content.clone();
    while let Some(field) = fields.next() {
        match field.tag {
            // EnvelopedData, AuthEnvelopedData and AuthenticatedData hold their recipients in a SET.
            Tag::SET if RECIPIENTS.contains(&kind) => {
                let mut recipients = field.reader();
                let most = std::iter::from_fn(|| recipients.any().ok()).take(MAX_RECIPIENTS);
                facts.extend(most.map(|one| recipient(&one)));
            }
            // EncryptedContentInfo ::= SEQUENCE { contentType, algorithm, [0] content OPTIONAL }
            Tag::SEQUENCE => {
                let mut inner = field.reader();
                if inner.oid().is_ok()
                    && let Some(cipher) = inner.any().ok().and_then(|one| algorithm(&one).ok())
                {
                    facts.push(format!("sealed with {}", cipher.name));
                }
            }
            _ => {}
        }
    }
    facts
}

/// Recipients that are told.
const MAX_RECIPIENTS: usize = 100;

/// ```text
/// RecipientInfo ::= CHOICE { KeyTransRecipientInfo SEQUENCE { version, rid, algorithm, key },
///     kari [1], kekri [2], pwri [3], ori [4] }
/// ```
///
/// [RFC 5652, 6.2](https://www.rfc-editor.org/rfc/rfc5652#section-6.2)
fn recipient(info: &Element<'_>) -> String {
    let what = match info.tag.number {
        1 => "recipient by key agreement",
        2 => "recipient by a shared key",
        3 => "recipient by password",
        4 => "recipient of another kind",
        _ => {
            let named = || {
                let mut fields = info.reader();
                fields.any().ok()?;
                let identifier = fields.any().ok()?;
                if identifier.tag != Tag::SEQUENCE {
                    return Some(format!(
                        "recipient with key {}",
                        crate::hex::hex(identifier.contents)
                    ));
                }
                let mut parts = identifier.reader();
                let issuer = label(&parts.any().ok()?);
                let number = serial(parts.any().ok()?.contents);
                Some(format!("recipient {number} of {issuer}"))
            };
            return named().unwrap_or_else(|| "recipient that cannot be read".to_owned());
        }
    };
    what.to_owned()
}

/// `CertificateTrustList ::= SEQUENCE { version OPTIONAL, subjectUsage SEQUENCE OF OBJECT IDENTIFIER,
/// listIdentifier OCTET STRING OPTIONAL, sequenceNumber INTEGER OPTIONAL, ctlThisUpdate Time,
/// ctlNextUpdate Time OPTIONAL, subjectAlgorithm SEQUENCE, trustedSubjects SEQUENCE OPTIONAL, … }`
/// (MS-CAESO, 4.4.5.3.3.1)
fn trust_list(content: &Element<'_>) -> Option<Vec<String>> {
    let mut fields = content.reader();
    fields.any().ok()?;
    let mut fields = fields.any().ok()?.reader().any().ok()?.reader();
    let mut facts = Vec::new();
    let mut sequences = 0;
    while let Some(field) = fields.next() {
        match field.tag {
            Tag::UTC_TIME | Tag::GENERALIZED_TIME => {
                let word = if facts.is_empty() {
                    "made"
                } else {
                    "next one by"
                };
                facts.extend(
                    instant(&field)?
                        .time
                        .ok()
                        .map(|time| format!("{word} {time}")),
                );
            }
            Tag::SEQUENCE => {
                sequences += 1;
                if sequences == 3 {
                    let mut subjects = field.reader();
                    let count = std::iter::from_fn(|| subjects.any().ok()).count();
                    facts.push(format!("{count} subjects"));
                }
            }
            _ => {}
        }
    }
    Some(facts)
}

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const NETSCAPE_SEQUENCE: &str = "2.16.840.1.113730.2.5";
const TIME_STAMP_INFO: &str = "1.2.840.113549.1.9.16.1.4";
const MICROSOFT_TRUST_LIST: &str = "1.3.6.1.4.1.311.10.1";
/// `EnvelopedData`, `SignedAndEnvelopedData`, `AuthenticatedData` and `AuthEnvelopedData`.
const RECIPIENTS: &[&str] = &[
    "1.2.840.113549.1.7.3",
    "1.2.840.113549.1.7.4",
    "1.2.840.113549.1.9.16.1.2",
    "1.2.840.113549.1.9.16.1.23",
];
