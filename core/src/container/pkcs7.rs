//! Certificates and revocation lists in a CMS `SignedData` (RFC 5652, 5.1).

use crate::asn1::{Element, Reader, Tag};
use crate::container::{Container, Item, ItemKind, der};
use crate::error::Error;
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
    let signed = content(input).map_err(|error| error.within("pkcs7"))?;
    let mut items = Vec::new();
    let mut fields = signed.reader();
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

fn content(input: &[u8]) -> Result<Element<'_>, Error> {
    let mut info = Reader::new(input).sequence("ContentInfo")?.reader();
    info.oid()?;
    info.expect(Tag::context(0), "[0] content")?
        .reader()
        .sequence("SignedData")
}

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
