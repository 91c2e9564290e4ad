//! Pictures to show with a certificate.

use crate::asn1::{Element, Reader, Tag, is_string, text};
use crate::error::Error;
use crate::hex::hex;
use crate::report::{Algorithm, ExtensionValue, Logotype, LogotypeImage, LogotypePlace};
use crate::x509::extension::Context;
use crate::x509::key::named;

/// ```text
/// LogotypeExtn ::= SEQUENCE { communityLogos [0] EXPLICIT SEQUENCE OF LogotypeInfo OPTIONAL,
///     issuerLogo [1] EXPLICIT LogotypeInfo OPTIONAL, subjectLogo [2] EXPLICIT LogotypeInfo OPTIONAL,
///     otherLogos [3] EXPLICIT SEQUENCE OF SEQUENCE {
///         logotypeType OBJECT IDENTIFIER, info LogotypeInfo } OPTIONAL }
/// ```
///
/// [RFC 9399, 4.1](https://www.rfc-editor.org/rfc/rfc9399#section-4.1)
pub(super) fn logotypes(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let whole = reader.sequence("SEQUENCE")?;
    context.not_empty(&whole, "SEQUENCE");
    let mut fields = whole.reader();
    let mut logotypes = Vec::new();
    while !fields.is_empty() {
        let field = fields.any()?;
        let mut inside = field.reader();
        match field.tag {
            tag if tag == Tag::context(0) => {
                let mut list = inside.sequence("SEQUENCE of LogotypeInfo")?.reader();
                while !list.is_empty() {
                    logotypes.push(info(&list.any()?, LogotypePlace::Community, None)?);
                }
            }
            tag if tag == Tag::context(1) => {
                logotypes.push(info(&inside.any()?, LogotypePlace::Issuer, None)?);
            }
            tag if tag == Tag::context(2) => {
                logotypes.push(info(&inside.any()?, LogotypePlace::Subject, None)?);
            }
            tag if tag == Tag::context(3) => {
                let mut list = inside.sequence("SEQUENCE of OtherLogotypeInfo")?.reader();
                while !list.is_empty() {
                    let mut one = list.sequence("OtherLogotypeInfo")?.reader();
                    let kind = named(one.oid()?);
                    logotypes.push(info(&one.any()?, LogotypePlace::Other, Some(kind))?);
                }
            }
            _ => return Err(field.unexpected("a field of LogotypeExtn")),
        }
        context.end(&inside);
    }
    Ok(ExtensionValue::Logotypes { logotypes })
}

/// ```text
/// LogotypeInfo ::= CHOICE {
///     direct [0] SEQUENCE { image SEQUENCE OF SEQUENCE { LogotypeDetails, info OPTIONAL } OPTIONAL,
///                           audio [1] SEQUENCE OF SEQUENCE { LogotypeDetails, info OPTIONAL } OPTIONAL },
///     indirect [1] SEQUENCE { refStructHash SEQUENCE OF HashAlgAndValue,
///                             refStructURI SEQUENCE OF IA5String } }
/// ```
fn info(
    choice: &Element<'_>,
    place: LogotypePlace,
    kind: Option<Algorithm>,
) -> Result<Logotype, Error> {
    let mut logotype = Logotype {
        place,
        kind,
        images: Vec::new(),
        elsewhere: Vec::new(),
    };
    let mut fields = choice.reader();
    match choice.tag {
        tag if tag == Tag::context(0) => {
            while !fields.is_empty() {
                let mut list = fields.any()?.reader();
                while !list.is_empty() {
                    let one = list.sequence("image or sound")?;
                    let details = one.reader().sequence("LogotypeDetails")?;
                    logotype.images.push(image(&details)?);
                }
            }
        }
        tag if tag == Tag::context(1) => {
            fields.sequence("refStructHash")?;
            logotype.elsewhere = addresses(fields.sequence("refStructURI")?.reader())?;
        }
        _ => return Err(choice.unexpected("direct [0] or indirect [1]")),
    }
    Ok(logotype)
}

/// ```text
/// LogotypeDetails ::= SEQUENCE { mediaType IA5String,
///     logotypeHash SEQUENCE OF SEQUENCE { hashAlg AlgorithmIdentifier, hashValue OCTET STRING },
///     logotypeURI SEQUENCE OF IA5String }
/// ```
fn image(details: &Element<'_>) -> Result<LogotypeImage, Error> {
    let mut fields = details.reader();
    let media_type = text(&fields.any()?);
    let mut hashes = fields.sequence("logotypeHash")?.reader();
    let mut digests = Vec::new();
    while !hashes.is_empty() {
        let mut hash = hashes.sequence("HashAlgAndValue")?.reader();
        let algorithm = named(hash.sequence("AlgorithmIdentifier")?.reader().oid()?);
        let value = hash.expect(Tag::OCTET_STRING, "OCTET STRING")?;
        digests.push(format!("{} {}", algorithm.name, hex(value.contents)));
    }
    Ok(LogotypeImage {
        media_type,
        digests,
        addresses: addresses(fields.sequence("logotypeURI")?.reader())?,
    })
}

fn addresses(mut list: Reader<'_>) -> Result<Vec<String>, Error> {
    let mut addresses = Vec::new();
    while !list.is_empty() {
        let address = list.any()?;
        if !is_string(address.tag) {
            return Err(address.unexpected("IA5String"));
        }
        let address = text(&address);
        addresses.push(match address.split_once(',') {
            Some((head, data)) if head.starts_with("data:") => {
                format!("{head},… ({} characters)", data.len())
            }
            _ => address,
        });
    }
    Ok(addresses)
}
