//! PKCS#12 files (RFC 7292), DER or BER.

use zeroize::Zeroizing;

use crate::asn1::{Element, Reader, Tag, text};
use crate::container::pbe::{
    self, Check, Scheme, Secret, candidates, unknown_seal, wrong_or_locked,
};
use crate::container::{Container, Item, ItemKind, KeyItem, der};
use crate::error::{Error, ErrorKind, Problem};
use crate::hex::hex;
use crate::limits::figure;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{
    Finding, Format, Integrity, Keystore, KeystoreEntry, Lock, Other, Seal, Severity,
};
use crate::x509::private_key;

const DATA: &str = "1.2.840.113549.1.7.1";
const ENVELOPED_DATA: &str = "1.2.840.113549.1.7.3";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";

/// Nested safes that are followed. Stops a file of safes within safes.
const MAX_NESTING: usize = 8;

/// Reads a PKCS#12 file. What stays locked is told by [`Keystore::lock`]; it is no error.
///
/// ```text
/// PFX ::= SEQUENCE { version INTEGER, authSafe ContentInfo, macData MacData OPTIONAL }
/// AuthenticatedSafe ::= SEQUENCE OF ContentInfo
/// SafeContents ::= SEQUENCE OF SafeBag
/// SafeBag ::= SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY,
///                        bagAttributes SET OF PKCS12Attribute OPTIONAL }
/// ```
pub(crate) fn read(
    input: &[u8],
    origin: &Origin,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let mut store = Store {
        options,
        candidates: candidates(options),
        confirmed: None,
        sealed: Vec::new(),
        shut: false,
        unsealed: false,
        unconfirmed: false,
        items: Vec::new(),
    };
    let integrity = store
        .read(input, origin)
        .map_err(|error| error.within("pkcs12"))?;
    let mut seals = store.sealed;
    let (integrity, check) = integrity;
    seals.extend(check);
    // Where nothing is sealed, the check alone still asks for the password.
    let lock = if store.shut || store.unconfirmed && !store.unsealed {
        wrong_or_locked(options)
    } else {
        Lock::Open
    };
    let mut findings = findings(integrity, lock, &seals);
    let freely = matches!(store.confirmed, Some(Secret::Text("") | Secret::Absent));
    findings.extend(open_to_anyone(&store.items, freely));
    findings.sort_by_key(|finding| finding.severity);
    Ok(Container {
        format: Format::Pkcs12,
        keystore: Some(Keystore {
            lock,
            integrity,
            seals,
        }),
        items: store.items,
        findings,
    })
}

struct Store<'o> {
    options: &'o Options<'o>,
    candidates: Vec<Secret<'o>>,
    /// The candidate that the integrity check confirmed.
    confirmed: Option<Secret<'o>>,
    sealed: Vec<Seal>,
    /// Whether something stayed sealed.
    shut: bool,
    /// Whether a password opened something.
    unsealed: bool,
    /// Whether there is an integrity check that no candidate confirmed.
    unconfirmed: bool,
    items: Vec<Item>,
}

impl Store<'_> {
    fn read(&mut self, input: &[u8], origin: &Origin) -> Result<(Integrity, Option<Seal>), Error> {
        let mut fields = Reader::new(input).sequence("PFX")?.reader();
        fields.expect(Tag::INTEGER, "version")?;
        let safe =
            ContentInfo::read(&fields.sequence("authSafe")?).map_err(|e| e.within("authSafe"))?;
        if safe.kind != DATA {
            let what = format!("authSafe of type {} (public-key integrity)", safe.kind);
            return Err(Error::new(ErrorKind::Unsupported { what }, safe.offset));
        }
        let octets = safe
            .content()
            .and_then(|content| content.reader().expect(Tag::OCTET_STRING, "OCTET STRING"))
            .map_err(|e| e.within("authSafe"))?;
        let (content, place) = octets.octets()?;
        let origin = place_of(origin, &octets, place);
        let mac = fields
            .optional(Tag::SEQUENCE)
            .map_err(|e| e.within("macData"))?;
        let (integrity, seal) = self.integrity(mac.as_ref(), &content)?;
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
                Ok(info) => self.safe(&path, &info, &origin)?,
                Err(error) => {
                    let error = error.within("authSafe").within("pkcs12");
                    self.items
                        .push(Item::unreadable(path, origin.clone(), 0, error));
                    break;
                }
            }
        }
        Ok((integrity, seal))
    }

    fn integrity(
        &mut self,
        mac: Option<&Element<'_>>,
        content: &[u8],
    ) -> Result<(Integrity, Option<Seal>), Error> {
        let Some(mac) = mac else {
            return Ok((Integrity::Absent, None));
        };
        let check = match Check::read(mac) {
            Ok(check) => check,
            Err(error) => {
                let algorithm = error.to_string();
                let seal = Seal {
                    what: "integrity".to_owned(),
                    algorithm,
                    rounds: None,
                };
                return Ok((Integrity::NotVerified, Some(seal)));
            }
        };
        for secret in self.candidates.clone() {
            let confirmed = check.confirms(content, secret, &self.options.limits);
            if confirmed.map_err(|error| error.within("macData"))? {
                self.confirmed = Some(secret);
                return Ok((Integrity::Verified, Some(check.seal())));
            }
        }
        self.unconfirmed = true;
        Ok((Integrity::NotVerified, Some(check.seal())))
    }

    /// One `ContentInfo` of the authenticated safe.
    fn safe(&mut self, path: &str, info: &Element<'_>, origin: &Origin) -> Result<(), Error> {
        match self.open_safe(path, info, origin) {
            Err(error) if matches!(error.kind(), ErrorKind::LimitExceeded { .. }) => Err(error),
            Err(error) => {
                let place = origin.at(info.start);
                let offset = error.offset().saturating_sub(info.start);
                let error = error.moved_to(offset).within("authSafe").within("pkcs12");
                self.items.push(Item::unreadable(
                    path.to_owned(),
                    place,
                    info.raw.len(),
                    error,
                ));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn open_safe(&mut self, path: &str, info: &Element<'_>, origin: &Origin) -> Result<(), Error> {
        let info = ContentInfo::read(info)?;
        match info.kind.as_str() {
            DATA => {
                let octets = info
                    .content()?
                    .reader()
                    .expect(Tag::OCTET_STRING, "OCTET STRING")?;
                let (content, place) = octets.octets()?;
                self.bags(path, &content, &place_of(origin, &octets, place), 0)
            }
            ENCRYPTED_DATA => {
                let mut data = info.content()?.reader().sequence("EncryptedData")?.reader();
                data.expect(Tag::INTEGER, "version")?;
                let mut content = data.sequence("EncryptedContentInfo")?.reader();
                content.oid()?;
                let identifier = content.sequence("AlgorithmIdentifier")?;
                let sealed = content.any()?;
                let octets = sealed.octets()?.0;
                let made = origin.sealed(sealed.start, sealed.end());
                match self.unseal(&identifier, &octets, "certificates")? {
                    Some(plain) => self.bags(path, &plain, &made, 0),
                    None => Ok(()),
                }
            }
            ENVELOPED_DATA => {
                let what = "a safe sealed for a public key".to_owned();
                Err(Error::new(ErrorKind::Unsupported { what }, info.offset))
            }
            other => {
                let what = format!("a safe of type {other}");
                Err(Error::new(ErrorKind::Unsupported { what }, info.offset))
            }
        }
    }

    /// Opens a sealed part with the candidate that fits; `None`, and the store stays shut, if none
    /// does.
    fn unseal(
        &mut self,
        identifier: &Element<'_>,
        sealed: &[u8],
        what: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let scheme = match Scheme::read(identifier) {
            Ok(scheme) => scheme,
            Err(error) => {
                self.sealed.push(unknown_seal(identifier, what));
                return Err(error);
            }
        };
        self.sealed.push(scheme.seal(what));
        for secret in self.confirmed.iter().chain(&self.candidates) {
            match scheme.open(sealed, *secret, &self.options.limits) {
                Ok(plain) => {
                    self.unsealed = true;
                    return Ok(Some(plain));
                }
                Err(error) if *error.kind() == ErrorKind::PasswordWrong => {}
                Err(error) => return Err(error),
            }
        }
        self.shut = true;
        Ok(None)
    }

    fn bags(
        &mut self,
        path: &str,
        contents: &[u8],
        origin: &Origin,
        nesting: usize,
    ) -> Result<(), Error> {
        let mut list = Reader::new(contents).sequence("SafeContents")?.reader();
        let mut index = 0;
        while !list.is_empty() {
            let path = format!("{path}/bag[{index}]");
            index += 1;
            let held = self.items.len();
            let limits = &self.options.limits;
            limits.room_for_entry(held, figure(held) + 1, list.offset())?;
            let start = list.offset();
            let result = match list.any() {
                Ok(bag) => self
                    .bag(&path, &bag, origin, nesting)
                    .map_err(|error| (error, bag.raw.len())),
                Err(error) => {
                    let length = list.rest().len();
                    let item = Item::unreadable(path, origin.clone(), length, error.within("bag"));
                    self.items.push(item);
                    return Ok(());
                }
            };
            match result {
                Err((error, _)) if matches!(error.kind(), ErrorKind::LimitExceeded { .. }) => {
                    return Err(error);
                }
                Err((error, length)) => {
                    let problem =
                        Problem::from(&origin.relocate(error.within("bag").within("pkcs12")));
                    let kind = ItemKind::Unreadable(problem);
                    self.items
                        .push(Item::plain(path, origin.at(start), length, kind));
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn bag(
        &mut self,
        path: &str,
        bag: &Element<'_>,
        origin: &Origin,
        nesting: usize,
    ) -> Result<(), Error> {
        let mut fields = bag.reader();
        let kind = fields.oid()?;
        let value = fields
            .expect(Tag::context(0), "[0] value")?
            .reader()
            .any()?;
        let attributes = Attributes::read(fields.optional(Tag::SET)?.as_ref());
        let place = origin.at(value.start);
        let length = value.raw.len();
        let mut item = match kind.as_str() {
            "1.2.840.113549.1.12.10.1.1" => {
                let facts = private_key(value.raw).map_err(|e| e.moved_to(value.start))?;
                let kind = KeyItem {
                    facts: Some(facts),
                    seal: None,
                    lock: Lock::Open,
                };
                Item::plain(path.to_owned(), place, length, ItemKind::PrivateKey(kind))
            }
            "1.2.840.113549.1.12.10.1.2" => self.shrouded_key(path, &value, place)?,
            "1.2.840.113549.1.12.10.1.3" => certificate_bag(path, &value, origin)?,
            "1.2.840.113549.1.12.10.1.6" if nesting < MAX_NESTING => {
                return self.bags(path, value.raw, &place, nesting + 1);
            }
            other => {
                let what = match other {
                    "1.2.840.113549.1.12.10.1.4" => "revocation list".to_owned(),
                    "1.2.840.113549.1.12.10.1.5" => "secret".to_owned(),
                    other => format!("bag of type {other}"),
                };
                let kind = ItemKind::Other(Other {
                    what,
                    facts: Vec::new(),
                });
                Item::plain(path.to_owned(), place, length, kind)
            }
        };
        item.alias = attributes.friendly_name;
        item.keystore = Some(KeystoreEntry {
            local_key_id: attributes.local_key_id,
            trusted: attributes.trusted,
            ..KeystoreEntry::default()
        });
        self.items.push(item);
        Ok(())
    }

    /// `EncryptedPrivateKeyInfo` (RFC 5958, 3).
    fn shrouded_key(
        &mut self,
        path: &str,
        value: &Element<'_>,
        place: Origin,
    ) -> Result<Item, Error> {
        let mut fields = value.reader();
        let identifier = fields.sequence("AlgorithmIdentifier")?;
        let sealed = fields
            .expect(Tag::OCTET_STRING, "OCTET STRING")?
            .octets()?
            .0;
        let opened = self.unseal(&identifier, &sealed, "key");
        let seal = self.sealed.last().cloned();
        let (facts, lock) = match opened {
            Ok(Some(plain)) => (
                Some(private_key(&plain).map_err(|e| e.moved_to(value.start))?),
                Lock::Open,
            ),
            Ok(None) => (None, wrong_or_locked(self.options)),
            Err(error) if matches!(error.kind(), ErrorKind::LimitExceeded { .. }) => {
                return Err(error);
            }
            // The scheme is not supported; what it is stands in the seal.
            Err(_) => (None, Lock::Locked),
        };
        let kind = ItemKind::PrivateKey(KeyItem { facts, seal, lock });
        Ok(Item::plain(path.to_owned(), place, value.raw.len(), kind))
    }
}

/// `CertBag ::= SEQUENCE { certId OBJECT IDENTIFIER, certValue [0] EXPLICIT OCTET STRING }`.
fn certificate_bag(path: &str, value: &Element<'_>, origin: &Origin) -> Result<Item, Error> {
    let mut fields = value.reader();
    let kind = fields.oid()?;
    let octets = fields
        .expect(Tag::context(0), "[0] certificate")?
        .reader()
        .expect(Tag::OCTET_STRING, "OCTET STRING")?;
    let (der, place) = octets.octets()?;
    let origin = place_of(origin, &octets, place);
    if kind != X509_CERTIFICATE {
        let other = Other {
            what: format!("certificate of type {kind}"),
            facts: Vec::new(),
        };
        return Ok(Item::plain(
            path.to_owned(),
            origin,
            der.len(),
            ItemKind::Other(other),
        ));
    }
    Ok(der::certificate(path.to_owned(), der.into_owned(), &origin))
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

#[derive(Default)]
struct Attributes {
    friendly_name: Option<String>,
    local_key_id: Option<String>,
    trusted: bool,
}

impl Attributes {
    /// `PKCS12Attribute ::= SEQUENCE { attrId OBJECT IDENTIFIER, attrValues SET OF ANY }`. A broken one
    /// is passed over.
    fn read(set: Option<&Element<'_>>) -> Self {
        let mut attributes = Self::default();
        let Some(set) = set else {
            return attributes;
        };
        let mut list = set.reader();
        while let Ok(pair) = list.any() {
            let mut fields = pair.reader();
            let (Ok(kind), Ok(values)) = (fields.oid(), fields.any()) else {
                continue;
            };
            let value = values.reader().any().ok();
            match kind.as_str() {
                "1.2.840.113549.1.9.20" => {
                    attributes.friendly_name = value.map(|value| text(&value));
                }
                "1.2.840.113549.1.9.21" => {
                    attributes.local_key_id = value.map(|value| hex(value.contents));
                }
                "2.16.840.1.113894.746875.1.1" => attributes.trusted = true,
                _ => {}
            }
        }
        attributes
    }
}

fn findings(integrity: Integrity, lock: Lock, seals: &[Seal]) -> Vec<Finding> {
    let mut found = Vec::new();
    if integrity == Integrity::NotVerified && lock == Lock::Open && !seals.is_empty() {
        found.push(Finding {
            id: "integrity-not-verified".into(),
            severity: Severity::Warning,
            title: "The integrity check was not confirmed".into(),
            what: "What could be read was read, yet no given password confirms the check value."
                .into(),
            why: "Nothing proves that the file is whole and unchanged.".into(),
            fix: "Give the password of the file.".into(),
            citation: "RFC 7292, 4".into(),
            at: None,
        });
    }
    if integrity == Integrity::Absent {
        found.push(Finding {
            id: "no-integrity".into(),
            severity: Severity::Notice,
            title: "The keystore carries no integrity check".into(),
            what: "There is no macData.".into(),
            why: "Nothing proves that the file is whole; some software refuses it.".into(),
            fix: "Write the file again with a MAC, as openssl pkcs12 -export does by default."
                .into(),
            citation: "RFC 7292, 4".into(),
            at: None,
        });
    }
    let old = seals.iter().find(|seal| pbe::is_legacy(seal));
    if let Some(seal) = old {
        found.push(Finding {
            id: "legacy-seal".into(),
            severity: Severity::Warning,
            title: "Sealed with a cipher that is no longer accepted everywhere".into(),
            what: format!("The {} is sealed by {}.", seal.what, seal.algorithm),
            why: "OpenSSL 3 refuses it unless its legacy provider is loaded; FIPS systems refuse it.".into(),
            fix: "Write the keystore again: openssl pkcs12 -legacy -in old.p12 -nodes | openssl pkcs12 -export -out new.p12".into(),
            citation: "RFC 7292, C; OpenSSL 3 migration guide".into(),
            at: None,
        });
    }
    found.sort_by_key(|finding| finding.severity);
    found
}

/// A private key that no password protects.
fn open_to_anyone(items: &[Item], freely: bool) -> Option<Finding> {
    let is_bare = |item: &Item| match &item.kind {
        ItemKind::PrivateKey(key) => key.lock == Lock::Open && (freely || key.seal.is_none()),
        _ => false,
    };
    items.iter().any(is_bare).then(|| Finding {
        id: "key-without-password".into(),
        severity: Severity::Warning,
        title: "No password protects the private key".into(),
        what: "The keystore opened with an empty password, or its key is not encrypted.".into(),
        why: "Whoever gets hold of the file has the key.".into(),
        fix: "Write the keystore again with a password, and keep this copy where only its owner reads it.".into(),
        citation: "RFC 7292, 4.2".into(),
        at: None,
    })
}
