//! PKCS#12 files (RFC 7292), DER or BER.

mod bag;

use zeroize::Zeroizing;

use crate::asn1::{Element, Reader, Tag};
use crate::container::findings::{self, Sealed};
use crate::container::pbe::{
    Check, Opened, Opener, Scheme, Used, is_sequence, unknown_seal, unreadable_check,
};
use crate::container::{Container, Item, ItemKind};
use crate::error::{Error, ErrorKind};
use crate::oids;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Finding, Format, Integrity, Lock, Other, Seal};
use crate::x509::{name, signed_decimal};

const DATA: &str = "1.2.840.113549.1.7.1";
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const ENVELOPED_DATA: &str = "1.2.840.113549.1.7.3";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";

/// Reads a PKCS#12 file. What stays locked is told by [`crate::report::Keystore::lock`]; it is no error.
///
/// ```text
/// PFX ::= SEQUENCE { version INTEGER, authSafe ContentInfo, macData MacData OPTIONAL }
/// AuthenticatedSafe ::= SEQUENCE OF ContentInfo
/// ```
///
/// [RFC 7292, 4](https://www.rfc-editor.org/rfc/rfc7292#section-4)
pub(crate) fn read(
    input: &[u8],
    origin: &Origin,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let mut store = Store {
        opener: Opener::new(options),
        integrity: Integrity::Absent,
        check: None,
        confirmed: None,
        opened_by: Vec::new(),
        sealed: Vec::new(),
        shut: false,
        unsealed: false,
        unconfirmed: false,
        refused: None,
        items: Vec::new(),
        findings: Vec::new(),
    };
    store
        .read(input, origin)
        .map_err(|error| error.within("pkcs12"))?;
    store.finish()
}

/// A file that is being read, and what was read of it so far.
struct Store<'o> {
    opener: Opener<'o>,
    integrity: Integrity,
    /// The integrity check, which stands last among the seals.
    check: Option<Sealed>,
    /// The password that the integrity check confirmed.
    confirmed: Option<Used<'o>>,
    /// The passwords that opened something.
    opened_by: Vec<Used<'o>>,
    sealed: Vec<Sealed>,
    /// Whether something stayed sealed.
    shut: bool,
    /// Whether a password opened something.
    unsealed: bool,
    /// Whether there is an integrity check that no password confirmed.
    unconfirmed: bool,
    /// The first limit that was exceeded.
    refused: Option<Error>,
    items: Vec<Item>,
    findings: Vec<Finding>,
}

impl<'o> Store<'o> {
    fn read(&mut self, input: &[u8], origin: &Origin) -> Result<(), Error> {
        let mut whole = Reader::new(input);
        let pfx = whole.sequence("PFX")?;
        findings::trailing(whole.rest(), whole.offset(), origin, &mut self.findings);
        let mut fields = pfx.reader();
        let version = fields.expect(Tag::INTEGER, "version")?;
        if version.contents != [3] {
            let what = format!("The version is {}.", signed_decimal(version.contents));
            let at = Some(origin.span(version.start, version.end()));
            self.findings.push(findings::VERSION.found(what, at));
        }
        let safe = fields.sequence("authSafe")?;
        let info = ContentInfo::read(&safe).map_err(|e| e.within("authSafe"))?;
        let octets = self.auth_safe(&info).map_err(|e| e.within("authSafe"))?;
        if is_ber(&pfx) || is_ber(&safe) || octets.tag.constructed {
            self.findings
                .push(findings::BER.found(BER_FOUND, Some(origin.span(pfx.start, pfx.end()))));
        }
        let (content, place) = octets.octets()?;
        let origin_of_safe = place_of(origin, &octets, place);
        let mac = fields
            .optional(Tag::SEQUENCE)
            .map_err(|e| e.within("macData"))?;
        if let Some(mac) = mac {
            self.integrity(&mac, &content, origin);
        }
        let relocated = |error: Error| error.within("authSafe").moved_to(octets.start);
        let mut safes = Reader::new(&content)
            .sequence("AuthenticatedSafe")
            .map_err(relocated)?
            .reader();
        let mut index = 0;
        while !safes.is_empty() {
            let path = format!("pkcs12/safe[{index}]");
            index += 1;
            match safes.any() {
                Ok(info) => self.safe(&path, &info, &origin_of_safe),
                Err(error) => {
                    let error = error.within("authSafe").within("pkcs12");
                    let origin = origin_of_safe.clone();
                    self.items.push(Item::unreadable(path, origin, 0, error));
                    break;
                }
            }
            if self.is_full() {
                break;
            }
        }
        Ok(())
    }

    /// The octets of the authenticated safe: plain, or within a signature (public-key integrity).
    fn auth_safe<'a>(&mut self, info: &ContentInfo<'a>) -> Result<Element<'a>, Error> {
        match info.kind.as_str() {
            DATA => info
                .content()?
                .reader()
                .expect(Tag::OCTET_STRING, "OCTET STRING"),
            SIGNED_DATA => {
                let mut data = info.content()?.reader().sequence("SignedData")?.reader();
                data.expect(Tag::INTEGER, "version")?;
                data.expect(Tag::SET, "digestAlgorithms")?;
                let content = ContentInfo::read(&data.sequence("encapContentInfo")?)?;
                self.integrity = Integrity::NotVerified;
                self.check = Some(Sealed::of(Seal {
                    what: "integrity".to_owned(),
                    algorithm: "signature (public-key integrity)".to_owned(),
                    ..Seal::default()
                }));
                content
                    .content()?
                    .reader()
                    .expect(Tag::OCTET_STRING, "OCTET STRING")
            }
            other => {
                let what = format!("an authSafe of type {}", oids::name(other).unwrap_or(other));
                Err(Error::new(ErrorKind::Unsupported { what }, info.offset))
            }
        }
    }

    fn integrity(&mut self, mac: &Element<'_>, content: &[u8], origin: &Origin) {
        self.integrity = Integrity::NotVerified;
        let at = Some(origin.span(mac.start, mac.end()));
        let check = match Check::read(mac) {
            Ok(check) => check,
            Err(error) => {
                let what = format!("It reads: {error}.");
                self.findings.push(findings::MAC_UNREADABLE.found(what, at));
                self.check = Some(Sealed::of(unreadable_check(mac)));
                return;
            }
        };
        self.check = Some(Sealed {
            seal: check.seal(),
            standing: None,
            mac: Some(check.digest()),
            is_pbmac1: check.is_pbmac1(),
            at,
        });
        match self.opener.confirm(&check, content) {
            Ok(Some(used)) => {
                self.integrity = Integrity::Verified;
                self.confirmed = Some(used);
                self.opener.prefer(used);
            }
            Ok(None) => {
                self.unconfirmed = true;
                self.opener.give_up_empty();
            }
            Err(error) if error.is_limit() => {
                self.refused.get_or_insert(error.within("macData"));
            }
            // The safes are readable all the same.
            Err(error) => {
                let what = format!("It reads: {error}.");
                self.findings.push(findings::MAC_UNREADABLE.found(what, at));
            }
        }
    }

    /// Whether no more entries may be read, and that was said.
    fn is_full(&self) -> bool {
        self.opener.limits().entries < self.items.len()
    }

    /// One `ContentInfo` of the authenticated safe.
    fn safe(&mut self, path: &str, info: &Element<'_>, origin: &Origin) {
        let Err(error) = self.open_safe(path, info, origin) else {
            return;
        };
        let offset = error.offset().saturating_sub(info.start);
        let error = error.moved_to(offset).within("authSafe").within("pkcs12");
        let place = origin.at(info.start);
        if error.is_limit() {
            self.refused
                .get_or_insert_with(|| place.relocate(error.clone()));
        }
        let length = info.raw.len();
        self.items
            .push(Item::unreadable(path.to_owned(), place, length, error));
    }

    fn open_safe(&mut self, path: &str, info: &Element<'_>, origin: &Origin) -> Result<(), Error> {
        let content = ContentInfo::read(info)?;
        match content.kind.as_str() {
            DATA => {
                let octets = content
                    .content()?
                    .reader()
                    .expect(Tag::OCTET_STRING, "OCTET STRING")?;
                let (plain, place) = octets.octets()?;
                self.bags(path, &plain, &place_of(origin, &octets, place), 0)
            }
            ENCRYPTED_DATA => {
                let Sealing { identifier, octets } = Sealing::read(&content.content()?)?;
                let made = origin.sealed(octets.start, octets.end());
                let sealed = octets.octets()?.0;
                match self.unseal(&identifier, &sealed, "certificates", origin)? {
                    Some(plain) => self.bags(path, &plain, &made, 0),
                    None => Ok(()),
                }
            }
            ENVELOPED_DATA => {
                let facts = enveloped(&content.content()?);
                let what = "safe sealed for a public key".to_owned();
                self.findings
                    .push(findings::SEALED_FOR_KEY.found(facts.join("; ") + ".", None));
                let kind = ItemKind::Other(Other { what, facts });
                let (place, length) = (origin.at(info.start), info.raw.len());
                self.items
                    .push(Item::plain(path.to_owned(), place, length, kind));
                Ok(())
            }
            other => {
                let what = format!("a safe of type {}", oids::name(other).unwrap_or(other));
                Err(Error::new(ErrorKind::Unsupported { what }, content.offset))
            }
        }
    }

    /// Opens a sealed part with the password that fits; `None`, and the store stays shut, if none does.
    fn unseal(
        &mut self,
        identifier: &Element<'_>,
        sealed: &[u8],
        what: &str,
        origin: &Origin,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let scheme = match Scheme::read(identifier) {
            Ok(scheme) => scheme,
            Err(error) => {
                let seal = unknown_seal(identifier, what, Some(&error));
                self.sealed.push(Sealed::of(seal));
                return Err(error);
            }
        };
        self.sealed.push(Sealed {
            seal: scheme.seal(what),
            standing: Some(scheme.standing()),
            mac: None,
            is_pbmac1: false,
            at: Some(origin.span(identifier.start, identifier.end())),
        });
        let mut opened = self.opener.open(&scheme, sealed, is_sequence)?;
        if opened.is_none() {
            opened = self.unseal_of_old_nss(&scheme, sealed, what)?;
        }
        let Some(Opened { plain, used }) = opened else {
            self.shut = true;
            return Ok(None);
        };
        self.unsealed = true;
        if !self.opened_by.contains(&used) {
            self.opened_by.push(used);
        }
        Ok(Some(plain))
    }

    /// The same with the password that the integrity check confirmed, as NSS sealed before 3.30.
    fn unseal_of_old_nss(
        &mut self,
        scheme: &Scheme,
        sealed: &[u8],
        what: &str,
    ) -> Result<Option<Opened<'o>>, Error> {
        let Some((older, confirmed)) = scheme.of_old_nss().zip(self.confirmed) else {
            return Ok(None);
        };
        let opened = self
            .opener
            .open_of_old_nss(&older, sealed, confirmed.secret, is_sequence)?;
        if opened.is_some()
            && let Some(last) = self.sealed.last_mut()
        {
            let stated = std::mem::replace(&mut last.seal, older.seal(what));
            let is_known = |found: &Finding| found.id == findings::OLD_NSS.id;
            if !self.findings.iter().any(is_known) {
                let (read, meant) = (stated.algorithm, &last.seal.algorithm);
                let found = if read == *meant {
                    "The password opens it as UTF-16.".to_owned()
                } else {
                    format!("The password opens it as UTF-16, and {read} as {meant}.")
                };
                self.findings.push(findings::OLD_NSS.found(found, last.at));
            }
        }
        Ok(opened)
    }

    fn finish(mut self) -> Result<Container, Error> {
        let read = |item: &Item| !matches!(item.kind, ItemKind::Unreadable(_));
        if let Some(error) = self.refused {
            if !self.items.iter().any(read) {
                return Err(error);
            }
            let what = format!("{error}.");
            self.findings.push(findings::TOO_COSTLY.found(what, None));
        }
        // Where nothing is sealed, the check alone still asks for the password.
        let lock = if self.shut || self.unconfirmed && !self.unsealed {
            self.opener.wrong_or_locked()
        } else {
            Lock::Open
        };
        if self.integrity == Integrity::Absent {
            self.findings
                .push(findings::NO_INTEGRITY.found("There is no macData.", None));
        }
        let is_unreadable = |found: &Finding| found.id == findings::MAC_UNREADABLE.id;
        let is_told = self.findings.iter().any(is_unreadable);
        if self.integrity == Integrity::NotVerified && lock == Lock::Open && !is_told {
            self.findings
                .push(findings::NOT_VERIFIED.found(NOT_VERIFIED_FOUND, None));
        }
        let used = self.confirmed.iter().chain(&self.opened_by);
        let used: Vec<Used<'_>> = used.copied().collect();
        findings::passwords(&used, &self.items, &mut self.findings);
        self.sealed.extend(self.check);
        let state = (lock, self.integrity);
        let (sealed, items) = (self.sealed, self.items);
        let findings = self.findings;
        Ok(findings::keystore(
            Format::Pkcs12,
            state,
            sealed,
            items,
            findings,
        ))
    }
}

const BER_FOUND: &str = "Lengths are left open, or strings come in chunks.";
const NOT_VERIFIED_FOUND: &str =
    "What could be read was read, yet no given password confirms the check value.";

/// Whether the length is left open, which DER does not allow (X.690, 10.1).
fn is_ber(element: &Element<'_>) -> bool {
    element.raw.get(1) == Some(&0x80)
}

/// The origin of a string's octets: where they stand, or that they were joined.
fn place_of(origin: &Origin, octets: &Element<'_>, place: Option<usize>) -> Origin {
    match place {
        Some(offset) => origin.at(offset),
        None => origin.chunked(octets.start, octets.end()),
    }
}

/// `ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }` (RFC 5652, 3).
struct ContentInfo<'a> {
    kind: String,
    content: Option<Element<'a>>,
    offset: usize,
}

impl<'a> ContentInfo<'a> {
    fn read(element: &Element<'a>) -> Result<Self, Error> {
        let mut fields = element.reader();
        let kind = fields.oid()?;
        let content = fields.optional(Tag::context(0))?;
        Ok(Self {
            kind,
            content,
            offset: element.start,
        })
    }

    fn content(&self) -> Result<Element<'a>, Error> {
        self.content.ok_or_else(|| {
            let kind = ErrorKind::Unexpected {
                expected: "[0] content",
                found: "the end".to_owned(),
            };
            Error::new(kind, self.offset)
        })
    }
}

/// What is sealed by a password, and how.
///
/// ```text
/// EncryptedData ::= SEQUENCE { version INTEGER, EncryptedContentInfo, … }
/// EncryptedContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, AlgorithmIdentifier,
///                                     encryptedContent [0] IMPLICIT OCTET STRING OPTIONAL }
/// ```
///
/// [RFC 5652, 6.1 and 8](https://www.rfc-editor.org/rfc/rfc5652#section-8)
struct Sealing<'a> {
    identifier: Element<'a>,
    octets: Element<'a>,
}

impl<'a> Sealing<'a> {
    fn read(content: &Element<'a>) -> Result<Self, Error> {
        let mut data = content.reader().sequence("EncryptedData")?.reader();
        data.expect(Tag::INTEGER, "version")?;
        let mut content = data.sequence("EncryptedContentInfo")?.reader();
        content.oid()?;
        Ok(Self {
            identifier: content.sequence("AlgorithmIdentifier")?,
            octets: content.any()?,
        })
    }
}

/// Recipients that are told of one envelope.
const MAX_RECIPIENTS: usize = 100;

/// For whom a safe is sealed, as far as it can be read.
///
/// ```text
/// EnvelopedData ::= SEQUENCE { version INTEGER, originatorInfo [0] OPTIONAL,
///                              recipientInfos SET OF RecipientInfo, EncryptedContentInfo, … }
/// RecipientInfo ::= CHOICE { ktri SEQUENCE { version INTEGER, rid, … }, kari [1], kekri [2],
///                            pwri [3], ori [4] }
/// rid ::= CHOICE { SEQUENCE { issuer Name, serialNumber INTEGER }, subjectKeyIdentifier [0] }
/// ```
///
/// [RFC 5652, 6.1](https://www.rfc-editor.org/rfc/rfc5652#section-6.1)
fn enveloped(content: &Element<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    let read = (|| {
        let mut data = content.reader().sequence("EnvelopedData")?.reader();
        data.expect(Tag::INTEGER, "version")?;
        data.optional(Tag::context(0))?;
        let mut recipients = data.expect(Tag::SET, "recipientInfos")?.reader();
        while !recipients.is_empty() && facts.len() < MAX_RECIPIENTS {
            facts.push(recipient(&recipients.any()?));
        }
        let mut content = data.sequence("EncryptedContentInfo")?.reader();
        content.oid()?;
        let cipher = content.sequence("AlgorithmIdentifier")?;
        Ok(unknown_seal(&cipher, "", None).algorithm)
    })();
    match read {
        Ok(cipher) => facts.push(format!("sealed by {cipher}")),
        Err(error) => facts.push(Error::to_string(&error)),
    }
    facts
}

fn recipient(info: &Element<'_>) -> String {
    let kind = match info.tag.number {
        1 if info.tag.is_context() => "for a recipient by key agreement",
        2 if info.tag.is_context() => "for the holders of a shared key",
        3 if info.tag.is_context() => "for a password, within an envelope",
        _ if info.tag.is_context() => "for a recipient of another kind",
        _ => "for a recipient",
    };
    let identity = || {
        let mut fields = info.reader();
        fields.expect(Tag::INTEGER, "version").ok()?;
        let id = fields.any().ok()?;
        if id.tag.is_context() {
            let key = crate::hex::hex(id.contents);
            return Some(format!("for the holder of key identifier {key}"));
        }
        let mut fields = id.reader();
        let issuer = name(&fields.any().ok()?, &Origin::input()).ok()?.text;
        let serial = crate::hex::hex(fields.expect(Tag::INTEGER, "serial").ok()?.contents);
        Some(format!("for the certificate {serial} of {issuer}"))
    };
    let by_certificate = (info.tag == Tag::SEQUENCE).then(identity).flatten();
    by_certificate.unwrap_or_else(|| kind.to_owned())
}
