//! An attribute certificate in full.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::asn1::{Element, Reader, Tag, instant};
use crate::error::Error;
use crate::hex::hex;
use crate::origin::Origin;
use crate::report::{
    AttributeCertificate, AttributeCertificateSpans, Digests, Extension, Finding, GeneralName,
    Holder,
};
use crate::rule::Findings;
use crate::time::{Standing, UnixTime};
use crate::x509::attribute::{AttributeSpine, attribute, spines};
use crate::x509::certificate::{pem_block, serial};
use crate::x509::extension::{Understood, extension};
use crate::x509::findings;
use crate::x509::general_name::general_name;
use crate::x509::key::{algorithm, named};
use crate::x509::spine::{ExtensionSpine, extension_list};

/// The fields of an attribute certificate.
///
/// ```text
/// AttributeCertificate ::= SEQUENCE { acinfo, signatureAlgorithm, signatureValue BIT STRING }
/// AttributeCertificateInfo ::= SEQUENCE {
///     version INTEGER, holder Holder, issuer AttCertIssuer, signature AlgorithmIdentifier,
///     serialNumber INTEGER, attrCertValidityPeriod SEQUENCE { notBefore, notAfter },
///     attributes SEQUENCE OF Attribute, issuerUniqueID BIT STRING OPTIONAL,
///     extensions Extensions OPTIONAL }
/// ```
///
/// [RFC 5755, 4.1](https://www.rfc-editor.org/rfc/rfc5755#section-4.1). In version 1, of X.509 of 1997,
/// the version may be left out, a tagged `subject` stands in the place of the holder, and the issuer is
/// always `GeneralNames`.
pub(crate) struct AttributeCertificateSpine<'a> {
    pub(crate) whole: Element<'a>,
    pub(crate) info: Element<'a>,
    pub(crate) version: Option<Element<'a>>,
    pub(crate) holder: Element<'a>,
    pub(crate) issuer: Element<'a>,
    pub(crate) inner_algorithm: Element<'a>,
    pub(crate) serial: Element<'a>,
    pub(crate) not_before: Element<'a>,
    pub(crate) not_after: Element<'a>,
    pub(crate) attributes_field: Element<'a>,
    pub(crate) attributes: Vec<AttributeSpine<'a>>,
    /// Why the attributes after these could not be read.
    pub(crate) broken_attribute: Option<Error>,
    pub(crate) extensions: Vec<ExtensionSpine<'a>>,
    pub(crate) broken_extension: Option<Error>,
    pub(crate) signature_algorithm: Element<'a>,
    pub(crate) signature: Element<'a>,
}

impl<'a> AttributeCertificateSpine<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        Self::walk(der).map_err(|error| error.within("attribute certificate"))
    }

    fn walk(der: &'a [u8]) -> Result<Self, Error> {
        let whole = Reader::new(der).sequence("SEQUENCE")?;
        let mut outer = whole.reader();
        let info = outer.sequence("acinfo")?;
        let mut fields = info.reader();
        let version = fields
            .optional(Tag::INTEGER)
            .map_err(|e| e.within("version"))?;
        let holder = fields.any().map_err(|e| e.within("holder"))?;
        let issuer = fields.any().map_err(|e| e.within("issuer"))?;
        let inner_algorithm = fields
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("signature"))?;
        let serial = fields
            .expect(Tag::INTEGER, "INTEGER")
            .map_err(|e| e.within("serialNumber"))?;
        let validity = fields
            .sequence("SEQUENCE")
            .map_err(|e| e.within("attrCertValidityPeriod"))?;
        let mut times = validity.reader();
        let mut limit = |field: &'static str| {
            times
                .any()
                .map_err(|e| e.within(field).within("attrCertValidityPeriod"))
        };
        let (not_before, not_after) = (limit("notBeforeTime")?, limit("notAfterTime")?);
        let attributes_field = fields
            .sequence("SEQUENCE of attributes")
            .map_err(|e| e.within("attributes"))?;
        let (attributes, broken_attribute) = spines(&attributes_field);
        fields.optional(Tag::BIT_STRING)?;
        let list = fields.optional(Tag::SEQUENCE)?;
        let (extensions, broken_extension) = list.as_ref().map(extension_list).unwrap_or_default();
        let signature_algorithm = outer
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("signatureAlgorithm"))?;
        let signature = outer
            .expect(Tag::BIT_STRING, "BIT STRING")
            .map_err(|e| e.within("signatureValue"))?;
        Ok(Self {
            whole,
            info,
            version,
            holder,
            issuer,
            inner_algorithm,
            serial,
            not_before,
            not_after,
            attributes_field,
            attributes,
            broken_attribute,
            extensions,
            broken_extension,
            signature_algorithm,
            signature,
        })
    }

    /// 1 or 2, as people count.
    pub(crate) fn version_number(&self) -> u8 {
        self.version.map_or(1, |version| {
            let version = version.unsigned().ok();
            version
                .and_then(|version| u8::try_from(version).ok())
                .map_or(u8::MAX, |version| version.saturating_add(1))
        })
    }

    /// The names of the issuer, whichever form they stand in.
    ///
    /// ```text
    /// AttCertIssuer ::= CHOICE { v1Form GeneralNames, v2Form [0] SEQUENCE {
    ///     issuerName GeneralNames OPTIONAL, baseCertificateID [0] IssuerSerial OPTIONAL,
    ///     objectDigestInfo [1] OPTIONAL } }
    /// ```
    pub(crate) fn issuer_names(&self) -> Vec<Element<'a>> {
        if self.issuer.tag == Tag::SEQUENCE {
            return elements(&self.issuer);
        }
        let mut fields = self.issuer.reader();
        let Ok(first) = fields.any() else {
            return Vec::new();
        };
        match first.tag {
            Tag::SEQUENCE => elements(&first),
            _ => first
                .reader()
                .any()
                .map_or_else(|_| Vec::new(), |names| elements(&names)),
        }
    }

    /// `holder.baseCertificateID`: the names of the issuer, and the serial number.
    pub(crate) fn holder_certificate(&self) -> Option<(Vec<Element<'a>>, Element<'a>)> {
        let is_base = |tag: Tag| tag == Tag::context(0);
        let mut fields = self.holder.reader();
        let base = if is_base(self.holder.tag) {
            self.holder
        } else {
            std::iter::from_fn(|| fields.any().ok()).find(|field| is_base(field.tag))?
        };
        let mut parts = base.reader();
        let issuer = parts.sequence("GeneralNames").ok()?;
        Some((
            elements(&issuer),
            parts.expect(Tag::INTEGER, "INTEGER").ok()?,
        ))
    }

    /// The directory name of `holder.baseCertificateID`'s issuer.
    pub(crate) fn holder_issuer(&self) -> Option<(Element<'a>, Element<'a>)> {
        let (names, serial) = self.holder_certificate()?;
        let directory = names.iter().find(|name| name.tag == Tag::context(4))?;
        Some((directory.reader().any().ok()?, serial))
    }

    pub(crate) fn times(&self) -> (Option<UnixTime>, Option<UnixTime>) {
        let time = |element| instant(element).and_then(|instant| instant.time.ok());
        (time(&self.not_before), time(&self.not_after))
    }
}

/// Reads the attribute certificate that these bytes begin with, judged at `at`, and what is odd about
/// it.
pub(crate) fn attribute_certificate(
    der: &[u8],
    origin: &Origin,
    at: Option<UnixTime>,
) -> Result<(AttributeCertificate, Vec<Finding>), Error> {
    let spine = AttributeCertificateSpine::read(der)?;
    let mut found = Findings::new(origin);
    let extensions: Vec<Extension> = spine
        .extensions
        .iter()
        .map(|spine| extension(spine, origin, &mut found))
        .collect();
    let understood = Understood::of(&extensions);
    let attributes = spine
        .attributes
        .iter()
        .map(|found| attribute(found, origin));
    let (not_before, not_after) = spine.times();
    let whole = spine.whole.raw;
    let certificate = AttributeCertificate {
        version: spine.version_number(),
        serial: serial(spine.serial.contents),
        holder: holder(&spine, origin),
        issuer: names(&spine.issuer_names(), origin),
        not_before,
        not_after,
        standing: (|| Some(Standing::of(not_before?, not_after?, at?)))(),
        signature_algorithm: algorithm(&spine.signature_algorithm)
            .unwrap_or_else(|_| named("unreadable".to_owned())),
        attributes: attributes.collect(),
        extensions,
        authority_key_identifier: understood.authority_key,
        fingerprints: Digests {
            sha1: hex(&Sha1::digest(whole)),
            sha256: hex(&Sha256::digest(whole)),
        },
        holder_certificate: None,
        pem: pem_block("ATTRIBUTE CERTIFICATE", whole),
        at: spans(&spine, origin),
    };
    findings::attribute_certificate::look(&spine, der, &mut found);
    Ok((certificate, found.into_sorted()))
}

/// ```text
/// Holder ::= SEQUENCE { baseCertificateID [0] IssuerSerial OPTIONAL,
///     entityName [1] GeneralNames OPTIONAL, objectDigestInfo [2] OPTIONAL }
/// ```
fn holder(spine: &AttributeCertificateSpine<'_>, origin: &Origin) -> Holder {
    let (issuer, number) = spine.holder_certificate().unzip();
    let mut holder = Holder {
        certificate_issuer: names(&issuer.unwrap_or_default(), origin),
        certificate_serial: number.map(|number| serial(number.contents)),
        ..Holder::default()
    };
    let fields = match spine.holder.tag {
        Tag::SEQUENCE => elements(&spine.holder),
        _ => vec![spine.holder],
    };
    for field in fields {
        match field.tag.number {
            1 => {
                let inner = elements(&field);
                // Version 1 tags its subject name explicitly.
                let listed = match inner.as_slice() {
                    [one] if one.tag == Tag::SEQUENCE => elements(one),
                    _ => inner,
                };
                holder.names = names(&listed, origin);
            }
            2 => holder.digest = digest(&field),
            _ => {}
        }
    }
    holder
}

/// ```text
/// ObjectDigestInfo ::= SEQUENCE { digestedObjectType ENUMERATED { publicKey (0), publicKeyCert (1),
///     otherObjectTypes (2) }, otherObjectTypeID OBJECT IDENTIFIER OPTIONAL, digestAlgorithm,
///     objectDigest BIT STRING }
/// ```
fn digest(info: &Element<'_>) -> Option<String> {
    let mut fields = info.reader();
    let kind = fields.any().ok()?;
    let other = fields.optional(Tag::OID).ok()?;
    let digest = algorithm(&fields.any().ok()?).ok()?.name;
    let bits = fields.any().ok()?.bits().ok().map(hex)?;
    let what = match (kind.contents, other) {
        ([0], _) => "the public key".into(),
        ([1], _) => "the certificate".into(),
        (_, Some(other)) => named(other.oid().ok()?).name,
        _ => "something else".into(),
    };
    Some(format!("{digest} of {what}: {bits}"))
}

fn elements<'a>(list: &Element<'a>) -> Vec<Element<'a>> {
    let mut reader = list.reader();
    std::iter::from_fn(|| reader.any().ok()).collect()
}

fn names(list: &[Element<'_>], origin: &Origin) -> Vec<GeneralName> {
    list.iter().map(|one| general_name(one, origin)).collect()
}

fn spans(spine: &AttributeCertificateSpine<'_>, origin: &Origin) -> AttributeCertificateSpans {
    let span = |element: &Element<'_>| origin.span(element.start, element.end());
    AttributeCertificateSpans {
        attribute_certificate: span(&spine.whole),
        info: span(&spine.info),
        version: spine.version.as_ref().map(span),
        holder: span(&spine.holder),
        issuer: span(&spine.issuer),
        serial: span(&spine.serial),
        not_before: span(&spine.not_before),
        not_after: span(&spine.not_after),
        attributes: span(&spine.attributes_field),
        signature_algorithm: span(&spine.signature_algorithm),
        signature: span(&spine.signature),
    }
}
