//! A revocation list: opened by its header, walked entry by entry when someone asks.

use std::ops::Range;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::asn1::{Element, Reader, Tag, instant};
use crate::error::Error;
use crate::hex::hex;
use crate::origin::Origin;
use crate::report::{
    Digests, Extension, Finding, Freshness, ListSpans, RevocationList, RevocationReason, Revoked,
    Scope,
};
use crate::rule::Findings;
use crate::time::UnixTime;
use crate::x509::certificate::{pem_block, serial};
use crate::x509::extension::{Understood, extension};
use crate::x509::findings;
use crate::x509::general_name::general_name;
use crate::x509::key::{algorithm, named, signed_decimal};
use crate::x509::name::name;
use crate::x509::spine::{ExtensionSpine, extension_list};

/// Lists above this size are not written as PEM into a report.
const MAX_PEM: usize = 1 << 20;

/// The fields of a revocation list, its entries not yet walked.
///
/// ```text
/// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
/// TBSCertList ::= SEQUENCE {
///     version INTEGER OPTIONAL, signature AlgorithmIdentifier, issuer Name, thisUpdate Time,
///     nextUpdate Time OPTIONAL, revokedCertificates SEQUENCE OF SEQUENCE {
///         userCertificate INTEGER, revocationDate Time, crlEntryExtensions Extensions OPTIONAL
///     } OPTIONAL, crlExtensions [0] EXPLICIT Extensions OPTIONAL }
/// ```
///
/// [RFC 5280, 5.1](https://www.rfc-editor.org/rfc/rfc5280#section-5.1)
pub(crate) struct ListSpine<'a> {
    pub(crate) list: Element<'a>,
    pub(crate) tbs: Element<'a>,
    pub(crate) version: Option<Element<'a>>,
    pub(crate) inner_algorithm: Element<'a>,
    pub(crate) issuer: Element<'a>,
    pub(crate) this_update: Element<'a>,
    pub(crate) next_update: Option<Element<'a>>,
    pub(crate) revoked: Option<Element<'a>>,
    pub(crate) extensions: Vec<ExtensionSpine<'a>>,
    /// Why the extensions after these could not be read.
    pub(crate) broken_extension: Option<Error>,
    pub(crate) signature_algorithm: Element<'a>,
    pub(crate) signature: Element<'a>,
    /// What follows the fields of `tbsCertList` that are known.
    pub(crate) surplus: Option<Element<'a>>,
}

/// The fields of one entry.
pub(crate) struct RevokedSpine<'a> {
    pub(crate) whole: Element<'a>,
    pub(crate) serial: Element<'a>,
    pub(crate) date: Element<'a>,
    /// `crlEntryExtensions`.
    pub(crate) extensions: Option<Element<'a>>,
}

impl<'a> ListSpine<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        Self::walk(der).map_err(|error| error.within("revocation list"))
    }

    fn walk(der: &'a [u8]) -> Result<Self, Error> {
        let list = Reader::new(der).sequence("SEQUENCE")?;
        let mut outer = list.reader();
        let tbs = outer.sequence("tbsCertList")?;
        let mut fields = tbs.reader();
        let version = fields
            .optional(Tag::INTEGER)
            .map_err(|e| e.within("version"))?;
        let inner_algorithm = fields
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("signature"))?;
        let issuer = fields.sequence("Name").map_err(|e| e.within("issuer"))?;
        let this_update = time_field(&mut fields)?.ok_or_else(|| {
            let found = fields.any().map_or_else(
                |error| error,
                |found| found.unexpected("UTCTime or GeneralizedTime"),
            );
            found.within("thisUpdate")
        })?;
        let next_update = time_field(&mut fields).map_err(|e| e.within("nextUpdate"))?;
        let revoked = fields
            .optional(Tag::SEQUENCE)
            .map_err(|e| e.within("revokedCertificates"))?;
        let explicit = fields
            .optional(Tag::context(0))
            .map_err(|e| e.within("crlExtensions"))?;
        let (extensions, broken_extension) = match explicit.map(|field| field.reader().any()) {
            Some(Ok(list)) => extension_list(&list),
            Some(Err(error)) => (Vec::new(), Some(error)),
            None => (Vec::new(), None),
        };
        let surplus = fields.any().ok();
        let signature_algorithm = outer
            .sequence("AlgorithmIdentifier")
            .map_err(|e| e.within("signatureAlgorithm"))?;
        let signature = outer
            .expect(Tag::BIT_STRING, "BIT STRING")
            .map_err(|e| e.within("signatureValue"))?;
        Ok(Self {
            list,
            tbs,
            version,
            inner_algorithm,
            issuer,
            this_update,
            next_update,
            revoked,
            extensions,
            broken_extension: broken_extension.map(|e| e.within("crlExtensions")),
            signature_algorithm,
            signature,
            surplus,
        })
    }

    /// 1 or 2, as people count.
    pub(crate) fn version_number(&self) -> u8 {
        let version = self.version.and_then(|version| version.unsigned().ok());
        match (self.version, version) {
            (None, _) => 1,
            (_, version) => version
                .and_then(|version| u8::try_from(version).ok())
                .map_or(u8::MAX, |version| version.saturating_add(1)),
        }
    }

    pub(crate) fn extension(&self, oid: &[u8]) -> Option<&ExtensionSpine<'a>> {
        self.extensions.iter().find(|one| one.oid == oid)
    }

    /// The one value in the extension's OCTET STRING.
    pub(crate) fn value(&self, oid: &[u8]) -> Option<Element<'a>> {
        self.extension(oid)?.value.reader().any().ok()
    }

    /// Whether entries may name other issuers.
    pub(crate) fn is_indirect(&self) -> bool {
        self.value(ISSUING_DISTRIBUTION_POINT).is_some_and(|scope| {
            let mut fields = scope.reader();
            std::iter::from_fn(|| fields.any().ok())
                .any(|field| field.tag == Tag::context_primitive(4) && field.contents != [0])
        })
    }

    /// Walks the entries. Nothing is kept of them.
    pub(crate) fn entries(&self) -> Entries<'a> {
        Entries {
            reader: self
                .revoked
                .as_ref()
                .map_or_else(|| Reader::new(&[]), Element::reader),
        }
    }

    /// How many entries can be read.
    pub(crate) fn count(&self) -> usize {
        self.entries().flatten().count()
    }

    /// The number in the `cRLNumber` extension, decimal.
    pub(crate) fn number(&self) -> Option<String> {
        self.integer(CRL_NUMBER)
    }

    fn integer(&self, oid: &[u8]) -> Option<String> {
        let value = self.value(oid).filter(|value| value.tag == Tag::INTEGER)?;
        Some(signed_decimal(value.contents))
    }

    /// The instant of `thisUpdate` and of `nextUpdate`.
    pub(crate) fn times(&self) -> (Option<UnixTime>, Option<UnixTime>) {
        (
            time(&self.this_update),
            self.next_update.as_ref().and_then(time),
        )
    }
}

/// The entries of a revocation list. Ends after the first that cannot be read.
pub(crate) struct Entries<'a> {
    reader: Reader<'a>,
}

impl<'a> Entries<'a> {
    fn read(&mut self) -> Result<RevokedSpine<'a>, Error> {
        let whole = self.reader.sequence("SEQUENCE")?;
        let mut fields = whole.reader();
        Ok(RevokedSpine {
            whole,
            serial: fields
                .expect(Tag::INTEGER, "INTEGER")
                .map_err(|e| e.within("userCertificate"))?,
            date: fields.any().map_err(|e| e.within("revocationDate"))?,
            extensions: fields.optional(Tag::SEQUENCE)?,
        })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<RevokedSpine<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        Some(self.read().map_err(|error| {
            self.reader = Reader::new(&[]);
            error
                .within("revokedCertificates")
                .within("revocation list")
        }))
    }
}

impl<'a> RevokedSpine<'a> {
    /// The contents of the entry's extension with this encoded identifier.
    pub(crate) fn value(&self, oid: &[u8]) -> Option<Element<'a>> {
        let (found, _) = extension_list(self.extensions.as_ref()?);
        let found = found.iter().find(|one| one.oid == oid)?;
        found.value.reader().any().ok()
    }

    /// The names in `certificateIssuer`, of which the distinguished one counts.
    pub(crate) fn certificate_issuer(&self) -> Option<Element<'a>> {
        let names = self.value(CERTIFICATE_ISSUER)?;
        let mut reader = names.reader();
        std::iter::from_fn(|| reader.any().ok())
            .find(|name| name.tag == Tag::context(4))?
            .reader()
            .any()
            .ok()
    }

    /// `CRLReason ::= ENUMERATED` (RFC 5280, 5.3.1).
    pub(crate) fn reason(&self) -> Option<RevocationReason> {
        Some(reason(self.value(REASON_CODE)?.contents))
    }
}

pub(crate) fn reason(contents: &[u8]) -> RevocationReason {
    match contents {
        [0] => RevocationReason::Unspecified,
        [1] => RevocationReason::KeyCompromise,
        [2] => RevocationReason::CaCompromise,
        [3] => RevocationReason::AffiliationChanged,
        [4] => RevocationReason::Superseded,
        [5] => RevocationReason::CessationOfOperation,
        [6] => RevocationReason::CertificateHold,
        [8] => RevocationReason::RemoveFromCrl,
        [9] => RevocationReason::PrivilegeWithdrawn,
        [10] => RevocationReason::AaCompromise,
        _ => RevocationReason::Unknown,
    }
}

/// Reads the revocation list that these bytes begin with, judged at `at`, its first `listed` entries,
/// and what is odd about it.
pub(crate) fn revocation_list(
    der: &[u8],
    origin: &Origin,
    at: Option<UnixTime>,
    listed: usize,
) -> Result<(RevocationList, Vec<Finding>), Error> {
    let spine = ListSpine::read(der)?;
    let mut found = Findings::new(origin);
    let extensions: Vec<Extension> = spine
        .extensions
        .iter()
        .map(|spine| extension(spine, origin, &mut found))
        .collect();
    let understood = Understood::of(&extensions);
    let (this_update, next_update) = spine.times();
    let whole = spine.list.raw;
    let count = findings::revocation_list::look(&spine, der, &mut found);
    let list = RevocationList {
        version: spine.version_number(),
        issuer: name(&spine.issuer, origin)
            .map_err(|e| e.within("issuer").within("revocation list"))?,
        this_update,
        next_update,
        freshness: (|| Some(Freshness::of(this_update?, next_update?, at?)))(),
        signature_algorithm: algorithm(&spine.signature_algorithm)
            .unwrap_or_else(|_| named("unreadable".to_owned())),
        number: spine.number(),
        base_number: spine.integer(DELTA_CRL_INDICATOR),
        scope: spine
            .value(ISSUING_DISTRIBUTION_POINT)
            .map(|value| scope(&value, origin)),
        authority_key_identifier: understood.authority_key,
        count,
        revoked: window(&spine, origin, 0..listed),
        extensions,
        fingerprints: Digests {
            sha1: hex(&Sha1::digest(whole)),
            sha256: hex(&Sha256::digest(whole)),
        },
        issuer_certificate: None,
        revokes: Vec::new(),
        pem: (whole.len() <= MAX_PEM).then(|| pem_block("X509 CRL", whole)),
        at: spans(&spine, origin),
    };
    Ok((list, found.into_sorted()))
}

/// The entries of this range, in full.
pub(crate) fn window(spine: &ListSpine<'_>, origin: &Origin, range: Range<usize>) -> Vec<Revoked> {
    walk(spine)
        .skip(range.start)
        .take(range.end.saturating_sub(range.start))
        .map(|(entry, issuer)| revoked(&entry, issuer.as_ref(), origin))
        .collect()
}

/// The first entries with this serial number, at most `most`: of one issuer there should be one, and in
/// indirect lists one of each.
pub(crate) fn find(
    spine: &ListSpine<'_>,
    origin: &Origin,
    wanted: &str,
    most: usize,
) -> Vec<Revoked> {
    let wanted = wanted.replace([':', ' '], "").to_ascii_lowercase();
    let (sign, digits) = match wanted.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", &*wanted),
    };
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    let digits = digits.trim_start_matches('0');
    let padding = if digits.len() % 2 == 1 { "0" } else { "" };
    let wanted = match digits {
        "" => "00".to_owned(),
        digits => format!("{sign}{padding}{digits}"),
    };
    // Only numbers of the right length are written out, to be compared.
    let octets = wanted.trim_start_matches('-').len() / 2;
    walk(spine)
        .filter(|(entry, _)| {
            entry.serial.contents.len().abs_diff(octets) <= 1
                && serial(entry.serial.contents) == wanted
        })
        .take(most)
        .map(|(entry, issuer)| revoked(&entry, issuer.as_ref(), origin))
        .collect()
}

/// The readable entries, each with the certificate issuer that holds for it (RFC 5280, 5.3.3).
fn walk<'a>(
    spine: &ListSpine<'a>,
) -> impl Iterator<Item = (RevokedSpine<'a>, Option<Element<'a>>)> {
    let indirect = spine.is_indirect();
    let mut issuer = None;
    spine.entries().filter_map(Result::ok).map(move |entry| {
        if indirect {
            issuer = entry.certificate_issuer().or(issuer);
        }
        (entry, issuer)
    })
}

fn revoked(entry: &RevokedSpine<'_>, issuer: Option<&Element<'_>>, origin: &Origin) -> Revoked {
    let (extensions, _) = entry
        .extensions
        .as_ref()
        .map(extension_list)
        .unwrap_or_default();
    let mut unheard = Findings::worst_only(origin);
    let issuer = issuer.map(|issuer| {
        name(issuer, origin).map_or_else(|_| format!("#{}", hex(issuer.raw)), |name| name.text)
    });
    Revoked {
        serial: serial(entry.serial.contents),
        date: time(&entry.date),
        reason: entry.reason(),
        invalidity_date: entry.value(INVALIDITY_DATE).as_ref().and_then(time),
        issuer,
        hold_instruction: entry
            .value(HOLD_INSTRUCTION)
            .and_then(|value| value.oid().ok())
            .map(named),
        extensions: extensions
            .iter()
            .map(|found| extension(found, origin, &mut unheard))
            .collect(),
        at: origin.span(entry.whole.start, entry.whole.end()),
    }
}

/// ```text
/// IssuingDistributionPoint ::= SEQUENCE {
///     distributionPoint [0] DistributionPointName OPTIONAL, onlyContainsUserCerts [1] BOOLEAN,
///     onlyContainsCACerts [2] BOOLEAN, onlySomeReasons [3] BIT STRING OPTIONAL,
///     indirectCRL [4] BOOLEAN, onlyContainsAttributeCerts [5] BOOLEAN }
/// ```
///
/// [RFC 5280, 5.2.5](https://www.rfc-editor.org/rfc/rfc5280#section-5.2.5)
fn scope(value: &Element<'_>, origin: &Origin) -> Scope {
    let mut scope = Scope::default();
    let mut only: Vec<&str> = Vec::new();
    let mut fields = value.reader();
    while let Some(field) = fields.next() {
        let set = field.contents != [0];
        match field.tag.number {
            0 => {
                let point = field.reader().any().ok();
                let mut names = point.map_or_else(|| Reader::new(&[]), |point| point.reader());
                while let Some(one) = names.next() {
                    scope.names.push(general_name(&one, origin));
                }
            }
            1 if set => only.push("user certificates"),
            2 if set => only.push("authority certificates"),
            3 => scope.only_reasons = Some(reasons(&field)),
            4 => scope.indirect = set,
            5 if set => only.push("attribute certificates"),
            _ => {}
        }
    }
    scope.only = (!only.is_empty()).then(|| only.join(" and "));
    scope
}

/// `ReasonFlags ::= BIT STRING` (RFC 5280, 4.2.1.13).
fn reasons(bits: &Element<'_>) -> Vec<String> {
    // Bit 0 is called unused.
    const FLAGS: [RevocationReason; 8] = [
        RevocationReason::KeyCompromise,
        RevocationReason::CaCompromise,
        RevocationReason::AffiliationChanged,
        RevocationReason::Superseded,
        RevocationReason::CessationOfOperation,
        RevocationReason::CertificateHold,
        RevocationReason::PrivilegeWithdrawn,
        RevocationReason::AaCompromise,
    ];
    let numbers = bits.bit_numbers().unwrap_or_default();
    let chosen = numbers
        .iter()
        .filter_map(|number| FLAGS.get(number.checked_sub(1)?));
    chosen.map(|reason| reason.words().to_owned()).collect()
}

fn time_field<'a>(fields: &mut Reader<'a>) -> Result<Option<Element<'a>>, Error> {
    match fields.peek() {
        Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => fields.any().map(Some),
        _ => Ok(None),
    }
}

fn time(element: &Element<'_>) -> Option<UnixTime> {
    instant(element).and_then(|instant| instant.time.ok())
}

fn spans(spine: &ListSpine<'_>, origin: &Origin) -> ListSpans {
    let span = |element: &Element<'_>| origin.span(element.start, element.end());
    ListSpans {
        list: span(&spine.list),
        tbs: span(&spine.tbs),
        version: spine.version.as_ref().map(span),
        issuer: span(&spine.issuer),
        this_update: span(&spine.this_update),
        next_update: spine.next_update.as_ref().map(span),
        revoked: spine.revoked.as_ref().map(span),
        signature_algorithm: span(&spine.signature_algorithm),
        signature: span(&spine.signature),
    }
}

pub(crate) const CRL_NUMBER: &[u8] = &[0x55, 0x1d, 20];
pub(crate) const REASON_CODE: &[u8] = &[0x55, 0x1d, 21];
const HOLD_INSTRUCTION: &[u8] = &[0x55, 0x1d, 23];
const INVALIDITY_DATE: &[u8] = &[0x55, 0x1d, 24];
pub(crate) const DELTA_CRL_INDICATOR: &[u8] = &[0x55, 0x1d, 27];
pub(crate) const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1d, 28];
pub(crate) const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1d, 29];
pub(crate) const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 35];
