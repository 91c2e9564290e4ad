//! A signer of a CMS message in full.

use crate::asn1::{Element, Reader, Tag, instant};
use crate::error::Error;
use crate::hex::hex;
use crate::origin::Origin;
use crate::report::{Finding, SignedMessage, Signer, SignerSpans};
use crate::rule::Findings;
use crate::x509::attribute::{AttributeSpine, SIGNING_TIME, attribute, first, spines};
use crate::x509::certificate::serial;
use crate::x509::findings;
use crate::x509::key::{algorithm, named};
use crate::x509::name::name;

/// The fields of a signer.
///
/// ```text
/// SignerInfo ::= SEQUENCE {
///     version INTEGER, sid CHOICE {
///         issuerAndSerialNumber SEQUENCE { issuer Name, serialNumber INTEGER },
///         subjectKeyIdentifier [0] OCTET STRING },
///     digestAlgorithm, signedAttrs [0] IMPLICIT SET OF Attribute OPTIONAL, signatureAlgorithm,
///     signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OF Attribute OPTIONAL }
/// ```
///
/// [RFC 5652, 5.3](https://www.rfc-editor.org/rfc/rfc5652#section-5.3)
pub(crate) struct SignerSpine<'a> {
    pub(crate) whole: Element<'a>,
    pub(crate) version: Element<'a>,
    pub(crate) identifier: Identifier<'a>,
    identifier_field: Element<'a>,
    pub(crate) digest_algorithm: Element<'a>,
    pub(crate) signed: Vec<AttributeSpine<'a>>,
    pub(crate) signature_algorithm: Element<'a>,
    pub(crate) signature: Element<'a>,
    pub(crate) unsigned: Vec<AttributeSpine<'a>>,
    /// Why attributes could not be read.
    pub(crate) broken: Option<Error>,
}

/// What names the signer's certificate.
#[derive(Clone, Copy)]
pub(crate) enum Identifier<'a> {
    IssuerAndSerial(Element<'a>, Element<'a>),
    Key(&'a [u8]),
}

impl<'a> SignerSpine<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        Self::walk(der).map_err(|error| error.within("signer"))
    }

    fn walk(der: &'a [u8]) -> Result<Self, Error> {
        let whole = Reader::new(der).sequence("SEQUENCE")?;
        let mut fields = whole.reader();
        let version = fields
            .expect(Tag::INTEGER, "INTEGER")
            .map_err(|e| e.within("version"))?;
        let identifier_field = fields.any().map_err(|e| e.within("sid"))?;
        let identifier = identifier(&identifier_field).map_err(|e| e.within("sid"))?;
        let digest_algorithm = fields
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("digestAlgorithm"))?;
        let signed = fields.optional(Tag::context(0))?;
        let (signed, broken) = signed.as_ref().map(spines).unwrap_or_default();
        let signature_algorithm = fields
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("signatureAlgorithm"))?;
        let signature = fields
            .expect(Tag::OCTET_STRING, "OCTET STRING")
            .map_err(|e| e.within("signature"))?;
        let unsigned = fields.optional(Tag::context(1))?;
        let (unsigned, also_broken) = unsigned.as_ref().map(spines).unwrap_or_default();
        Ok(Self {
            whole,
            version,
            identifier,
            identifier_field,
            digest_algorithm,
            signed,
            signature_algorithm,
            signature,
            unsigned,
            broken: broken.or(also_broken),
        })
    }
}

fn identifier<'a>(field: &Element<'a>) -> Result<Identifier<'a>, Error> {
    if field.tag != Tag::SEQUENCE {
        return Ok(Identifier::Key(field.contents));
    }
    let mut parts = field.reader();
    let issuer = parts.sequence("Name")?;
    Ok(Identifier::IssuerAndSerial(
        issuer,
        parts.expect(Tag::INTEGER, "INTEGER")?,
    ))
}

/// Reads the signer that these bytes begin with, and what is odd about it.
pub(crate) fn signer(
    der: &[u8],
    origin: &Origin,
    message: &SignedMessage,
) -> Result<(Signer, Vec<Finding>), Error> {
    let spine = SignerSpine::read(der)?;
    let (issuer, number, key) = match spine.identifier {
        Identifier::IssuerAndSerial(issuer, number) => (
            name(&issuer, origin).ok(),
            Some(serial(number.contents)),
            None,
        ),
        Identifier::Key(key) => (None, None, Some(hex(key))),
    };
    let told =
        |list: &[AttributeSpine<'_>]| list.iter().map(|one| attribute(one, origin)).collect();
    let algorithm =
        |identifier| algorithm(identifier).unwrap_or_else(|_| named("unreadable".to_owned()));
    let signer = Signer {
        version: spine
            .version
            .unsigned()
            .ok()
            .and_then(|version| u8::try_from(version).ok())
            .unwrap_or(u8::MAX),
        issuer,
        serial: number,
        subject_key_identifier: key,
        digest_algorithm: algorithm(&spine.digest_algorithm),
        signature_algorithm: algorithm(&spine.signature_algorithm),
        signing_time: first(&spine.signed, SIGNING_TIME)
            .and_then(|value| instant(&value)?.time.ok()),
        signed_attributes: told(&spine.signed),
        unsigned_attributes: told(&spine.unsigned),
        message: message.clone(),
        certificate: None,
        at: spans(&spine, origin),
    };
    let mut found = Findings::new(origin);
    findings::signer::look(&spine, &mut found);
    Ok((signer, found.into_sorted()))
}

fn spans(spine: &SignerSpine<'_>, origin: &Origin) -> SignerSpans {
    let span = |element: &Element<'_>| origin.span(element.start, element.end());
    SignerSpans {
        signer: span(&spine.whole),
        identifier: span(&spine.identifier_field),
        digest_algorithm: span(&spine.digest_algorithm),
        signature_algorithm: span(&spine.signature_algorithm),
        signature: span(&spine.signature),
    }
}
