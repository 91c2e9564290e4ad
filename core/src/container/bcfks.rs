//! Bouncy Castle's keystores of type BCFKS, which its FIPS module writes.
//!
//! ```text
//! ObjectStore ::= SEQUENCE { CHOICE { EncryptedObjectStoreData, ObjectStoreData },
//!                            CHOICE { PbkdMacIntegrityCheck, [0] SignatureCheck } }
//! EncryptedObjectStoreData ::= SEQUENCE { AlgorithmIdentifier, OCTET STRING }
//! PbkdMacIntegrityCheck ::= SEQUENCE { macAlgorithm AlgorithmIdentifier,
//!                                      pbkdAlgorithm AlgorithmIdentifier, mac OCTET STRING }
//! ObjectStoreData ::= SEQUENCE { version INTEGER, integrityAlgorithm AlgorithmIdentifier,
//!                                created GeneralizedTime, modified GeneralizedTime,
//!                                SEQUENCE OF ObjectData, comment UTF8String OPTIONAL }
//! ObjectData ::= SEQUENCE { type INTEGER, identifier UTF8String, created GeneralizedTime,
//!                           modified GeneralizedTime, data OCTET STRING, comment UTF8String OPTIONAL }
//! data: 0 a certificate; 1, 3 SEQUENCE { EncryptedPrivateKeyInfo, SEQUENCE OF Certificate };
//!       2, 4 SEQUENCE { AlgorithmIdentifier, OCTET STRING } over SEQUENCE { OID, OCTET STRING }
//! ```
//!
//! Source: `org.bouncycastle.asn1.bc` and the files that Bouncy Castle writes.

use crate::asn1::{Element, Reader, Tag, instant, text};
use crate::container::findings::{self, Sealed};
use crate::container::pbe::{
    Check, Form, Opener, Scheme, is_sequence, unknown_seal, unreadable_check,
};
use crate::container::{Container, Item, ItemKind, KeyItem, der};
use crate::error::{Error, ErrorKind};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Finding, Format, Integrity, KeystoreEntry, Lock, Other};
use crate::x509::{named, private_key};

/// Reads a keystore that was recognised by its shape.
pub(crate) fn read(
    input: &[u8],
    origin: &Origin,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let mut store = Store {
        opener: Opener::new(options),
        items: Vec::new(),
        sealed: Vec::new(),
        shut: false,
        findings: Vec::new(),
    };
    let integrity = store
        .read(input, origin)
        .map_err(|error| error.within("bcfks"))?;
    Ok(store.finish(integrity))
}

struct Store<'o> {
    opener: Opener<'o>,
    items: Vec<Item>,
    sealed: Vec<Sealed>,
    shut: bool,
    findings: Vec<Finding>,
}

impl Store<'_> {
    fn read(&mut self, input: &[u8], origin: &Origin) -> Result<Integrity, Error> {
        let mut whole = Reader::new(input);
        let mut fields = whole.sequence("ObjectStore")?.reader();
        findings::trailing(whole.rest(), whole.offset(), origin, &mut self.findings);
        let store = fields.sequence("store data")?;
        let check = fields.any()?;
        let (integrity, check) = self.integrity(&check, store.raw, origin)?;
        if store.reader().peek() == Some(Tag::INTEGER) {
            self.entries(&store, origin)?;
        } else {
            let mut fields = store.reader();
            let identifier = fields.sequence("AlgorithmIdentifier")?;
            let octets = fields.expect(Tag::OCTET_STRING, "OCTET STRING")?;
            let made = origin.sealed(octets.start, octets.end());
            let forms = &[Form::BmpWith("STORE_ENCRYPTION")];
            let sealed = octets.octets()?.0;
            if let Some(plain) = self.unseal(&identifier, &sealed, "store", forms, origin)? {
                let data = Reader::new(&plain).sequence("ObjectStoreData")?;
                self.entries(&data, &made)?;
            }
        }
        self.sealed.push(check);
        Ok(integrity)
    }

    /// Whether the check value was confirmed, and how it is made.
    fn integrity(
        &mut self,
        check: &Element<'_>,
        content: &[u8],
        origin: &Origin,
    ) -> Result<(Integrity, Sealed), Error> {
        let at = Some(origin.span(check.start, check.end()));
        match Check::read_bcfks(check) {
            Ok(read) => {
                let used = self.opener.confirm(&read, content)?;
                let integrity = if let Some(used) = used {
                    self.opener.prefer(used);
                    Integrity::Verified
                } else {
                    Integrity::NotVerified
                };
                let sealed = Sealed {
                    mac: Some(read.digest()),
                    at,
                    ..Sealed::of(read.seal())
                };
                Ok((integrity, sealed))
            }
            Err(error) => {
                let what = format!("It reads: {error}.");
                self.findings.push(findings::MAC_UNREADABLE.found(what, at));
                let sealed = Sealed::of(unreadable_check(check));
                Ok((Integrity::NotVerified, sealed))
            }
        }
    }

    fn unseal(
        &mut self,
        identifier: &Element<'_>,
        sealed: &[u8],
        what: &str,
        forms: &'static [Form],
        origin: &Origin,
    ) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, Error> {
        let scheme = match Scheme::read(identifier) {
            Ok(scheme) => scheme,
            Err(error) => {
                // What it is stands in the seal; how to open it is not known here.
                let seal = unknown_seal(identifier, what, Some(&error));
                self.sealed.push(Sealed::of(seal));
                self.shut = true;
                return Ok(None);
            }
        };
        let scheme = scheme.with_forms(forms);
        self.sealed.push(Sealed {
            standing: Some(scheme.standing()),
            at: Some(origin.span(identifier.start, identifier.end())),
            ..Sealed::of(scheme.seal(what))
        });
        let opened = self.opener.open(&scheme, sealed, is_sequence)?;
        self.shut |= opened.is_none();
        Ok(opened.map(|opened| opened.plain))
    }

    fn entries(&mut self, data: &Element<'_>, origin: &Origin) -> Result<(), Error> {
        let mut fields = data.reader();
        fields.expect(Tag::INTEGER, "version")?;
        fields.sequence("integrity algorithm")?;
        fields.any()?;
        fields.any()?;
        let mut list = fields.sequence("objects")?.reader();
        let mut index = 0;
        while !list.is_empty() {
            let path = format!("bcfks[{index}]");
            let start = list.offset();
            let (held, rest) = (self.items.len(), list.rest().len());
            let limits = self.opener.limits();
            let object = limits
                .room_for_entry(held, figure(held).saturating_add(1), start)
                .and_then(|()| list.any());
            let object = match object {
                Ok(object) => object,
                Err(error) => {
                    let error = error.moved_to(0).within("bcfks");
                    self.items
                        .push(Item::unreadable(path, origin.at(start), rest, error));
                    break;
                }
            };
            if let Err(error) = self.object(&path, index, &object, origin) {
                let offset = error.offset().saturating_sub(object.start);
                let error = error.moved_to(offset).within("object").within("bcfks");
                let (place, length) = (origin.at(object.start), object.raw.len());
                self.items
                    .push(Item::unreadable(path, place, length, error));
            }
            index += 1;
        }
        Ok(())
    }

    fn object(
        &mut self,
        path: &str,
        index: u32,
        object: &Element<'_>,
        origin: &Origin,
    ) -> Result<(), Error> {
        let mut fields = object.reader();
        let kind = fields.expect(Tag::INTEGER, "type")?.unsigned()?;
        let alias = text(&fields.any()?);
        let created = instant(&fields.any()?).and_then(|instant| instant.time.ok());
        fields.any()?;
        let octets = fields.expect(Tag::OCTET_STRING, "data")?;
        let (data, place) = octets.octets()?;
        let inner = match place {
            Some(offset) => origin.at(offset),
            None => origin.chunked(octets.start, octets.end()),
        };
        let entry = KeystoreEntry {
            entry: Some(index),
            created,
            trusted: kind == 0,
            ..KeystoreEntry::default()
        };
        let held = self.items.len();
        let read = match kind {
            0 => {
                let item = der::certificate(path.to_owned(), data.to_vec(), &inner);
                self.items.push(item);
                Ok(())
            }
            1 | 3 => self.key(path, &data, &inner),
            2 | 4 => self.secret(path, &data, &inner),
            other => {
                let what = format!("an object of type {other}");
                Err(Error::new(ErrorKind::Unsupported { what }, object.start))
            }
        };
        for (position, item) in (0..).zip(self.items.iter_mut().skip(held)) {
            item.alias = Some(alias.clone());
            item.keystore = Some(KeystoreEntry {
                chain_index: matches!(kind, 1 | 3)
                    .then(|| u32::checked_sub(position, 1))
                    .flatten(),
                ..entry.clone()
            });
        }
        read
    }

    /// A sealed private key, and the certificates of its chain.
    fn key(&mut self, path: &str, data: &[u8], origin: &Origin) -> Result<(), Error> {
        let mut fields = Reader::new(data)
            .sequence("EncryptedPrivateKeyData")?
            .reader();
        let info = fields.sequence("EncryptedPrivateKeyInfo")?;
        let mut parts = info.reader();
        let identifier = parts.sequence("AlgorithmIdentifier")?;
        let sealed = parts.expect(Tag::OCTET_STRING, "OCTET STRING")?.octets()?.0;
        let forms = &[Form::BmpWith("PRIVATE_KEY_ENCRYPTION")];
        let plain = self.unseal(&identifier, &sealed, "key", forms, origin)?;
        let facts = plain.and_then(|plain| private_key(&plain).ok());
        let lock = match facts {
            Some(_) => Lock::Open,
            None => self.opener.wrong_or_locked(),
        };
        let seal = self.sealed.last().map(|sealed| sealed.seal.clone());
        let kind = ItemKind::PrivateKey(Box::new(KeyItem {
            facts,
            seal,
            lock,
            findings: Vec::new(),
        }));
        let place = origin.at(info.start);
        self.items.push(Item::plain(
            format!("{path}/key"),
            place,
            info.raw.len(),
            kind,
        ));
        let mut chain = fields.sequence("certificates")?.reader();
        let mut position = 0;
        while !chain.is_empty() {
            let held = self.items.len();
            let limits = self.opener.limits();
            limits.room_for_entry(held, figure(held).saturating_add(1), chain.offset())?;
            let certificate = chain.any()?;
            let path = format!("{path}/chain[{position}]");
            let place = origin.at(certificate.start);
            self.items
                .push(der::certificate(path, certificate.raw.to_vec(), &place));
            position += 1;
        }
        Ok(())
    }

    fn secret(&mut self, path: &str, data: &[u8], origin: &Origin) -> Result<(), Error> {
        let mut fields = Reader::new(data)
            .sequence("EncryptedSecretKeyData")?
            .reader();
        let identifier = fields.sequence("AlgorithmIdentifier")?;
        let sealed = fields
            .expect(Tag::OCTET_STRING, "OCTET STRING")?
            .octets()?
            .0;
        let forms = &[Form::BmpWith("SECRET_KEY_ENCRYPTION")];
        let plain = self.unseal(&identifier, &sealed, "secret", forms, origin)?;
        let seal = self.sealed.last().map(|it| it.seal.algorithm.as_str());
        let mut facts = vec![format!("sealed by {}", seal.unwrap_or("an unknown scheme"))];
        let key = plain.and_then(|plain| {
            let mut fields = Reader::new(&plain).sequence("SecretKeyData").ok()?.reader();
            let algorithm = named(fields.oid().ok()?).name.into_owned();
            let key = fields.expect(Tag::OCTET_STRING, "key").ok()?.contents;
            Some([algorithm, format!("{} bits", key.len().saturating_mul(8))])
        });
        facts.extend(key.into_iter().flatten());
        let what = "secret key".to_owned();
        let kind = ItemKind::Other(Other { what, facts });
        self.items.push(Item::plain(
            path.to_owned(),
            origin.clone(),
            data.len(),
            kind,
        ));
        Ok(())
    }

    fn finish(self, integrity: Integrity) -> Container {
        let lock = if self.shut {
            self.opener.wrong_or_locked()
        } else {
            Lock::Open
        };
        let state = (lock, integrity);
        findings::keystore(Format::Bcfks, state, self.sealed, self.items, self.findings)
    }
}
