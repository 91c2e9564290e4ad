//! A certificate request in full.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::asn1::{Element, Reader, Tag, text};
use crate::error::Error;
use crate::hex::hex;
use crate::origin::Origin;
use crate::report::{CertificationRequest, Extension, Finding, Fingerprints, RequestSpans};
use crate::rule::Findings;
use crate::x509::attribute::{
    AttributeSpine, CHALLENGE_PASSWORD, EXTENSION_REQUEST, MICROSOFT_EXTENSION_REQUEST,
    UNSTRUCTURED_NAME, attribute, characters, first, spines,
};
use crate::x509::certificate::pem_block;
use crate::x509::extension::{Understood, extension};
use crate::x509::findings;
use crate::x509::key::{algorithm, named, public_key};
use crate::x509::name::name;
use crate::x509::spine::{ExtensionSpine, extension_list};

/// The fields of a certificate request.
///
/// ```text
/// CertificationRequest ::= SEQUENCE {
///     certificationRequestInfo, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
/// CertificationRequestInfo ::= SEQUENCE {
///     version INTEGER, subject Name, subjectPKInfo SubjectPublicKeyInfo,
///     attributes [0] IMPLICIT SET OF Attribute }
/// ```
///
/// [RFC 2986, 4](https://www.rfc-editor.org/rfc/rfc2986#section-4)
pub(crate) struct RequestSpine<'a> {
    pub(crate) request: Element<'a>,
    pub(crate) info: Element<'a>,
    pub(crate) version: Element<'a>,
    pub(crate) subject: Element<'a>,
    pub(crate) public_key: Element<'a>,
    /// The `[0]` that some leave out.
    pub(crate) attributes_field: Option<Element<'a>>,
    pub(crate) attributes: Vec<AttributeSpine<'a>>,
    /// Why the attributes after these could not be read.
    pub(crate) broken_attribute: Option<Error>,
    pub(crate) signature_algorithm: Element<'a>,
    pub(crate) signature: Element<'a>,
}

impl<'a> RequestSpine<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        Self::walk(der).map_err(|error| error.within("certificate request"))
    }

    fn walk(der: &'a [u8]) -> Result<Self, Error> {
        let request = Reader::new(der).sequence("SEQUENCE")?;
        let mut outer = request.reader();
        let info = outer.sequence("certificationRequestInfo")?;
        let mut fields = info.reader();
        let version = fields
            .expect(Tag::INTEGER, "INTEGER")
            .map_err(|e| e.within("version"))?;
        let subject = fields.sequence("Name").map_err(|e| e.within("subject"))?;
        let public_key = fields
            .sequence("SEQUENCE")
            .map_err(|e| e.within("subjectPKInfo"))?;
        let attributes_field = fields.optional(Tag::context(0))?;
        let (attributes, broken_attribute) =
            attributes_field.as_ref().map(spines).unwrap_or_default();
        let signature_algorithm = outer
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("signatureAlgorithm"))?;
        let signature = outer
            .expect(Tag::BIT_STRING, "BIT STRING")
            .map_err(|e| e.within("signature"))?;
        Ok(Self {
            request,
            info,
            version,
            subject,
            public_key,
            attributes_field,
            attributes,
            broken_attribute,
            signature_algorithm,
            signature,
        })
    }

    /// 1 for what is encoded as 0.
    pub(crate) fn version_number(&self) -> u8 {
        let version = self.version.unsigned().ok();
        version
            .and_then(|version| u8::try_from(version).ok())
            .map_or(u8::MAX, |version| version.saturating_add(1))
    }

    /// The extensions that are asked for, and why those after them could not be read.
    pub(crate) fn extensions(&self) -> (Vec<ExtensionSpine<'a>>, Option<Error>) {
        let lists = self.attributes.iter().filter(|attribute| {
            [EXTENSION_REQUEST, MICROSOFT_EXTENSION_REQUEST].contains(&attribute.oid.as_str())
        });
        let mut found = Vec::new();
        for list in lists {
            let mut values = list.values.reader();
            while let Some(value) = values.next() {
                if value.tag != Tag::SEQUENCE {
                    return (found, Some(value.unexpected("SEQUENCE of extensions")));
                }
                let (mut some, error) = extension_list(&value);
                found.append(&mut some);
                if error.is_some() {
                    return (found, error);
                }
            }
        }
        (found, None)
    }
}

/// Reads the certificate request that these bytes begin with, and what is odd about it.
pub(crate) fn request(
    der: &[u8],
    origin: &Origin,
) -> Result<(CertificationRequest, Vec<Finding>), Error> {
    let spine = RequestSpine::read(der)?;
    let part =
        |part: &'static str| move |error: Error| error.within(part).within("certificate request");
    let (asked, broken) = spine.extensions();
    let mut found = Findings::new(origin);
    let extensions: Vec<Extension> = asked
        .iter()
        .map(|spine| extension(spine, origin, &mut found))
        .collect();
    let understood = Understood::of(&extensions);
    let attributes = spine
        .attributes
        .iter()
        .map(|found| attribute(found, origin));
    let whole = spine.request.raw;
    let request = CertificationRequest {
        version: spine.version_number(),
        subject: name(&spine.subject, origin).map_err(part("subject"))?,
        public_key: public_key(&spine.public_key).map_err(part("subjectPKInfo"))?,
        signature_algorithm: algorithm(&spine.signature_algorithm)
            .unwrap_or_else(|_| named("unreadable".to_owned())),
        subject_alternative_names: understood.names.unwrap_or_default(),
        key_usage: understood.key_usage,
        extended_key_usage: understood.purposes,
        basic_constraints: understood.constraints,
        extensions,
        challenge_length: first(&spine.attributes, CHALLENGE_PASSWORD)
            .map(|value| characters(&value)),
        unstructured_name: first(&spine.attributes, UNSTRUCTURED_NAME).map(|value| text(&value)),
        attributes: attributes.collect(),
        fingerprints: Fingerprints {
            sha1: hex(&Sha1::digest(whole)),
            sha256: hex(&Sha256::digest(whole)),
            spki_sha256: hex(&Sha256::digest(spine.public_key.raw)),
        },
        private_key: None,
        certificates: Vec::new(),
        pem: pem_block("CERTIFICATE REQUEST", whole),
        at: spans(&spine, &asked, origin),
    };
    findings::request::look(&spine, &asked, broken.as_ref(), der, &mut found);
    Ok((request, found.into_sorted()))
}

fn spans(spine: &RequestSpine<'_>, asked: &[ExtensionSpine<'_>], origin: &Origin) -> RequestSpans {
    let span = |element: &Element<'_>| origin.span(element.start, element.end());
    let names = asked.iter().find(|one| one.oid == [0x55, 0x1d, 17]);
    RequestSpans {
        request: span(&spine.request),
        info: span(&spine.info),
        version: span(&spine.version),
        subject: span(&spine.subject),
        public_key: span(&spine.public_key),
        attributes: spine.attributes_field.as_ref().map(span),
        subject_alternative_names: names.map(|names| span(&names.whole)),
        signature_algorithm: span(&spine.signature_algorithm),
        signature: span(&spine.signature),
    }
}
