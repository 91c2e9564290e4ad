//! Certificates and revocation lists in a CMS `SignedData` (RFC 5652, 5.1).

use crate::asn1::{Element, Reader, Tag};
use crate::container::{Container, Item, ItemKind, der};
use crate::error::Error;
use crate::oids;
use crate::origin::Origin;
use crate::report::{Format, Other};

/// Reads the certificates of a `SignedData`, in their order.
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
/// SignedData ::= SEQUENCE {
///     version INTEGER, digestAlgorithms SET, encapContentInfo SEQUENCE,
///     certificates [0] IMPLICIT SET OPTIONAL, crls [1] IMPLICIT SET OPTIONAL, signerInfos SET }
/// ```
pub(crate) fn read(input: &[u8], origin: &Origin, path: &str) -> Result<Container, Error> {
    let mut items = Vec::new();
    let signed = match content(input).map_err(|error| error.within("pkcs7"))? {
        Content::Signed(signed) => Some(signed),
        Content::Sequence(list) => {
            certificates(&list, origin, path, &mut items);
            None
        }
        Content::Other(kind) => {
            let other = ItemKind::Other(Other {
                what: oids::name(&kind).unwrap_or("CMS message").to_owned(),
                facts: vec![format!("content type {kind}")],
            });
            items.push(Item::plain(
                path.to_owned(),
                origin.clone(),
                input.len(),
                other,
            ));
            None
        }
    };
    let mut fields = signed.map_or_else(|| Reader::new(&[]), |signed| signed.reader());
    while let Ok(field) = fields.any() {
        match field.tag {
            tag if tag == Tag::context(0) => certificates(&field, origin, path, &mut items),
            tag if tag == Tag::context(1) => {
                let mut lists = field.reader();
                while let Ok(list) = lists.any() {
                    let other = Other {
                        what: "revocation list".to_owned(),
                        facts: Vec::new(),
                    };
                    let place = origin.at(list.start);
                    let path = format!("{path}[{}]", items.len());
                    items.push(Item::plain(
                        path,
                        place,
                        list.raw.len(),
                        ItemKind::Other(other),
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(Container {
        format: Format::Pkcs7,
        keystore: None,
        items,
        findings: Vec::new(),
    })
}

/// What a message is made of.
enum Content<'a> {
    /// A `SignedData`.
    Signed(Element<'a>),
    /// `NetscapeCertSequence ::= SEQUENCE OF Certificate`.
    Sequence(Element<'a>),
    /// Content of another type.
    Other(String),
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
        _ => Content::Other(kind),
    })
}

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const NETSCAPE_SEQUENCE: &str = "2.16.840.1.113730.2.5";

fn certificates(set: &Element<'_>, origin: &Origin, path: &str, items: &mut Vec<Item>) {
    let mut reader = set.reader();
    while !reader.is_empty() {
        let path = format!("{path}[{}]", items.len());
        match reader.any() {
            Ok(one) => {
                items.push(der::certificate(
                    path,
                    one.raw.to_vec(),
                    &origin.at(one.start),
                ));
            }
            Err(error) => {
                items.push(Item::unreadable(
                    path,
                    origin.clone(),
                    0,
                    error.within("pkcs7"),
                ));
                return;
            }
        }
    }
}
