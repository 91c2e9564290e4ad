//! The spine of a certificate: its fields, found but not yet understood.

use crate::asn1::{Element, Reader, Tag};
use crate::error::{Error, ErrorKind};

/// The fields of a certificate.
///
/// ```text
/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
/// TBSCertificate ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier,
///     issuer Name, validity SEQUENCE { notBefore Time, notAfter Time }, subject Name,
///     subjectPublicKeyInfo, issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL,
///     extensions [3] EXPLICIT SEQUENCE OF Extension OPTIONAL }
/// ```
///
/// [RFC 5280, 4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)
pub(crate) struct Spine<'a> {
    pub(crate) certificate: Element<'a>,
    pub(crate) tbs: Element<'a>,
    pub(crate) version: Option<Element<'a>>,
    pub(crate) serial: Element<'a>,
    pub(crate) inner_algorithm: Element<'a>,
    pub(crate) issuer: Element<'a>,
    pub(crate) not_before: Element<'a>,
    pub(crate) not_after: Element<'a>,
    pub(crate) subject: Element<'a>,
    pub(crate) public_key: Element<'a>,
    /// `issuerUniqueID` and `subjectUniqueID`, as far as they are there.
    pub(crate) unique_identifiers: [Option<Element<'a>>; 2],
    /// `[3]`, which holds the list of extensions.
    pub(crate) extensions_field: Option<Element<'a>>,
    pub(crate) extensions: Vec<ExtensionSpine<'a>>,
    pub(crate) signature_algorithm: Element<'a>,
    pub(crate) signature: Element<'a>,
    /// What follows the known fields of `tbsCertificate`, or stands in the wrong place among them.
    pub(crate) surplus: Option<Element<'a>>,
    pub(crate) validity: Element<'a>,
}

/// The fields of one extension.
pub(crate) struct ExtensionSpine<'a> {
    pub(crate) whole: Element<'a>,
    pub(crate) oid: &'a [u8],
    pub(crate) critical: bool,
    /// The octets of `critical`, if it is written.
    pub(crate) flag: Option<&'a [u8]>,
    pub(crate) value: Element<'a>,
}

impl<'a> Spine<'a> {
    /// Finds the fields of the certificate that these bytes begin with. What follows is left alone.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        // Most certificates have ten or so.
        let mut extensions = Vec::with_capacity(12);
        let mut spine = Self::read_each(der, &mut |extension| extensions.push(extension))?;
        spine.extensions = extensions;
        Ok(spine)
    }

    /// As [`Self::read`], but hands the extensions out one by one and keeps none of them.
    pub(crate) fn read_each(
        der: &'a [u8],
        each: &mut dyn FnMut(ExtensionSpine<'a>),
    ) -> Result<Self, Error> {
        Self::walk(der, each).map_err(|error| error.within("certificate"))
    }

    fn walk(der: &'a [u8], each: &mut dyn FnMut(ExtensionSpine<'a>)) -> Result<Self, Error> {
        let certificate = Reader::new(der).sequence("SEQUENCE")?;
        let mut outer = certificate.reader();
        let tbs = outer.sequence("tbsCertificate")?;
        let mut fields = tbs.reader();
        let version = match fields
            .optional(Tag::context(0))
            .map_err(|e| e.within("version"))?
        {
            Some(explicit) => Some(
                explicit
                    .reader()
                    .expect(Tag::INTEGER, "INTEGER")
                    .map_err(|e| e.within("version"))?,
            ),
            None => None,
        };
        let serial = fields
            .expect(Tag::INTEGER, "INTEGER")
            .map_err(|e| e.within("serialNumber"))?;
        let inner_algorithm = fields
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("signature"))?;
        let issuer = fields.sequence("Name").map_err(|e| e.within("issuer"))?;
        let validity = fields
            .sequence("SEQUENCE")
            .map_err(|e| e.within("validity"))?;
        let mut times = validity.reader();
        let not_before = time(&mut times).map_err(|e| e.within("notBefore").within("validity"))?;
        let not_after = time(&mut times).map_err(|e| e.within("notAfter").within("validity"))?;
        let subject = fields.sequence("Name").map_err(|e| e.within("subject"))?;
        let public_key = fields
            .sequence("SEQUENCE")
            .map_err(|e| e.within("subjectPublicKeyInfo"))?;
        let (mut unique_identifiers, mut extensions_field) = ([None, None], None);
        let mut surplus = None;
        while !fields.is_empty() {
            let field = fields.any()?;
            let number = if field.tag.is_context() {
                field.tag.number
            } else {
                0
            };
            match (number, &mut unique_identifiers) {
                (1, [issuer @ None, None]) if extensions_field.is_none() => *issuer = Some(field),
                (2, [_, subject @ None]) if extensions_field.is_none() => *subject = Some(field),
                (3, _) if field.tag.constructed && extensions_field.is_none() => {
                    read_extensions(&field, each).map_err(|e| e.within("extensions"))?;
                    extensions_field = Some(field);
                }
                _ => surplus = surplus.or(Some(field)),
            }
        }
        let signature_algorithm = outer
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("signatureAlgorithm"))?;
        let signature = outer
            .expect(Tag::BIT_STRING, "BIT STRING")
            .map_err(|e| e.within("signatureValue"))?;
        Ok(Self {
            certificate,
            tbs,
            version,
            serial,
            inner_algorithm,
            issuer,
            not_before,
            not_after,
            subject,
            public_key,
            unique_identifiers,
            extensions_field,
            extensions: Vec::new(),
            signature_algorithm,
            signature,
            surplus,
            validity,
        })
    }

    /// 1, 2 or 3, as people count.
    pub(crate) fn version_number(&self) -> u8 {
        self.version
            .and_then(|version| version.unsigned().ok())
            .and_then(|version| u8::try_from(version).ok())
            .map_or(1, |version| version.saturating_add(1))
    }

    /// The value of the extension with this encoded identifier.
    #[inline]
    pub(crate) fn extension(&self, oid: &[u8]) -> Option<&ExtensionSpine<'a>> {
        self.extensions.iter().find(|extension| extension.is(oid))
    }

    /// Whether the extensions allow the subject to issue certificates; version 1 has none to say so.
    pub(crate) fn is_ca(&self) -> bool {
        match self.extension(&[0x55, 0x1d, 19]) {
            Some(constraints) => constraints.names_an_authority(),
            None => self.version_number() == 1 && self.is_self_issued(),
        }
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject.raw == self.issuer.raw
    }
}

impl ExtensionSpine<'_> {
    /// Whether it has this encoded identifier. Most identifiers differ at their end already.
    #[inline]
    pub(crate) fn is(&self, oid: &[u8]) -> bool {
        self.oid.last() == oid.last() && self.oid == oid
    }

    /// Whether this `basicConstraints` says so.
    pub(crate) fn names_an_authority(&self) -> bool {
        Reader::new(self.value.contents)
            .any()
            .ok()
            .and_then(|constraints| constraints.reader().any().ok())
            .is_some_and(|flag| flag.tag == Tag::BOOLEAN && flag.contents != [0])
    }
}

fn time<'a>(times: &mut Reader<'a>) -> Result<Element<'a>, Error> {
    const EXPECTED: &str = "UTCTime or GeneralizedTime";
    if times.is_empty() {
        let kind = ErrorKind::Unexpected {
            expected: EXPECTED,
            found: "the end".to_owned(),
        };
        return Err(Error::new(kind, times.offset()));
    }
    // What is none is told by a finding, beside all else that the certificate says.
    times.any()
}

fn read_extensions<'a>(
    explicit: &Element<'a>,
    each: &mut dyn FnMut(ExtensionSpine<'a>),
) -> Result<(), Error> {
    let list = explicit.reader().sequence("SEQUENCE of extensions")?;
    let mut reader = list.reader();
    while !reader.is_empty() {
        each(extension(&mut reader)?);
    }
    Ok(())
}

/// The extensions in this SEQUENCE, up to the first that cannot be read, and why it cannot.
pub(crate) fn extension_list<'a>(list: &Element<'a>) -> (Vec<ExtensionSpine<'a>>, Option<Error>) {
    let mut reader = list.reader();
    let mut extensions = Vec::new();
    while !reader.is_empty() {
        match extension(&mut reader) {
            Ok(extension) => extensions.push(extension),
            Err(error) => return (extensions, Some(error)),
        }
    }
    (extensions, None)
}

/// `Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET
/// STRING }`
fn extension<'a>(list: &mut Reader<'a>) -> Result<ExtensionSpine<'a>, Error> {
    let whole = list.sequence("extension")?;
    let mut fields = whole.reader();
    let oid = fields.expect(Tag::OID, "OBJECT IDENTIFIER")?.contents;
    let flag = fields.optional(Tag::BOOLEAN)?.map(|flag| flag.contents);
    let value = fields.expect(Tag::OCTET_STRING, "OCTET STRING")?;
    Ok(ExtensionSpine {
        whole,
        oid,
        critical: flag.is_some_and(|flag| flag != [0]),
        flag,
        value,
    })
}
