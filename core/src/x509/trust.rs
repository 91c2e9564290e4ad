//! What OpenSSL writes after a certificate: what to trust it for.

use crate::asn1::{Element, Reader, Tag, text};
use crate::error::Error;
use crate::hex::hex;
use crate::origin::Origin;
use crate::report::{Algorithm, Trust};
use crate::x509::key::{algorithm, named};

/// A certificate of OpenSSL with what follows it.
pub(crate) struct Trusted {
    /// Octets of the certificate itself.
    pub(crate) length: usize,
    pub(crate) alias: Option<String>,
    pub(crate) trust: Trust,
}

/// Reads what follows the certificate that these bytes begin with; `None` where it is anything but this.
///
/// ```text
/// X509_CERT_AUX ::= SEQUENCE {
///     trust SEQUENCE OF OBJECT IDENTIFIER OPTIONAL, reject [0] SEQUENCE OF OBJECT IDENTIFIER OPTIONAL,
///     alias UTF8String OPTIONAL, keyid OCTET STRING OPTIONAL,
///     other [1] SEQUENCE OF AlgorithmIdentifier OPTIONAL }
/// ```
///
/// [openssl-x509, Trust settings](https://docs.openssl.org/3.0/man1/openssl-x509/#trust-settings)
pub(crate) fn trusted(der: &[u8], origin: &Origin) -> Option<Trusted> {
    let mut whole = Reader::new(der);
    let certificate = whole.any().ok()?;
    let auxiliary = whole.sequence("X509_CERT_AUX").ok()?;
    if !whole.is_empty() {
        return None;
    }
    let (alias, trust) = read(&auxiliary, origin).ok()??;
    Some(Trusted {
        length: certificate.raw.len(),
        alias,
        trust,
    })
}

/// The fields; `None` where something else stands among them.
fn read(
    auxiliary: &Element<'_>,
    origin: &Origin,
) -> Result<Option<(Option<String>, Trust)>, Error> {
    let mut fields = auxiliary.reader();
    let purpose = |element: &Element<'_>| element.oid().map(named);
    let trusted = list(fields.optional(Tag::SEQUENCE)?, purpose)?;
    let rejected = list(fields.optional(Tag::context(0))?, purpose)?;
    let alias = fields.optional(Tag::UTF8_STRING)?;
    let key_id = fields.optional(Tag::OCTET_STRING)?;
    let other = list(fields.optional(Tag::context(1))?, algorithm)?;
    let trust = Trust {
        trusted,
        rejected,
        key_id: key_id.map(|octets| hex(octets.contents)),
        other,
        at: origin.span(auxiliary.start, auxiliary.end()),
    };
    Ok(fields
        .is_empty()
        .then_some((alias.map(|alias| text(&alias)), trust)))
}

/// What each value of a list comes to.
fn list(
    list: Option<Element<'_>>,
    read: impl Fn(&Element<'_>) -> Result<Algorithm, Error>,
) -> Result<Vec<Algorithm>, Error> {
    let mut found = Vec::new();
    let Some(list) = list else {
        return Ok(found);
    };
    let mut values = list.reader();
    while !values.is_empty() {
        found.push(read(&values.any()?)?);
    }
    Ok(found)
}
