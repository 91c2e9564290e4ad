//! The bags of a PKCS#12 file, and their attributes.

use std::borrow::Cow;

use crate::asn1::{Element, Reader, Tag, is_string, text};
use crate::container::pbe::unsupported_key;
use crate::container::pkcs12::{Store, place_of};
use crate::container::{Item, ItemKind, KeyItem, der};
use crate::error::{Error, Problem};
use crate::hex::hex;
use crate::limits::figure;
use crate::oids;
use crate::origin::Origin;
use crate::report::{BagAttribute, KeystoreEntry, Lock, Other};
use crate::x509::{named, private_key};

const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const CRL_BAG: &str = "1.2.840.113549.1.12.10.1.4";
const SECRET_BAG: &str = "1.2.840.113549.1.12.10.1.5";
const SAFE_CONTENTS_BAG: &str = "1.2.840.113549.1.12.10.1.6";

const FRIENDLY_NAME: &str = "1.2.840.113549.1.9.20";

const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";
const SDSI_CERTIFICATE: &str = "1.2.840.113549.1.9.22.2";
const X509_CRL: &str = "1.2.840.113549.1.9.23.1";

/// Nested safes that are followed. Stops a file of safes within safes.
const MAX_NESTING: usize = 8;

impl Store<'_> {
    /// `SafeContents ::= SEQUENCE OF SafeBag` (RFC 7292, 4.2). A broken bag stands beside the others.
    pub(super) fn bags(
        &mut self,
        path: &str,
        contents: &[u8],
        origin: &Origin,
        nesting: usize,
    ) -> Result<(), Error> {
        let mut list = Reader::new(contents).sequence("SafeContents")?.reader();
        let mut index = 0;
        while !list.is_empty() && !self.is_full() {
            let path = format!("{path}/bag[{index}]");
            index += 1;
            let start = list.offset();
            let held = self.items.len();
            let room = self.opener.limits();
            if let Err(error) = room.room_for_entry(held, figure(held).saturating_add(1), start) {
                let (place, length) = (origin.at(start), list.rest().len());
                let problem = Problem::from(&origin.relocate(error));
                let kind = ItemKind::Unreadable(problem);
                self.items.push(Item::plain(path, place, length, kind));
                return Ok(());
            }
            let bag = match list.any() {
                Ok(bag) => bag,
                Err(error) => {
                    let length = list.rest().len();
                    let item = Item::unreadable(path, origin.clone(), length, error.within("bag"));
                    self.items.push(item);
                    return Ok(());
                }
            };
            if let Err(error) = self.bag(&path, &bag, origin, nesting) {
                let error = origin.relocate(error.within("bag").within("pkcs12"));
                let kind = ItemKind::Unreadable(Problem::from(&error));
                let (place, length) = (origin.at(start), bag.raw.len());
                if error.is_limit() {
                    self.refused.get_or_insert(error);
                }
                self.items.push(Item::plain(path, place, length, kind));
            }
        }
        Ok(())
    }

    /// ```text
    /// SafeBag ::= SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY,
    ///                        bagAttributes SET OF PKCS12Attribute OPTIONAL }
    /// ```
    ///
    /// [RFC 7292, 4.2](https://www.rfc-editor.org/rfc/rfc7292#section-4.2)
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
        let (alias, entry) = attributes(fields.optional(Tag::SET)?.as_ref());
        let place = origin.at(value.start);
        let length = value.raw.len();
        let plain = |kind| Item::plain(path.to_owned(), place.clone(), length, kind);
        let mut item = match kind.as_str() {
            KEY_BAG => {
                let facts = private_key(value.raw).map_err(|e| e.moved_to(value.start))?;
                plain(ItemKind::PrivateKey(Box::new(KeyItem {
                    facts: Some(facts),
                    seal: None,
                    lock: Lock::Open,
                    findings: Vec::new(),
                })))
            }
            SHROUDED_KEY_BAG => plain(self.shrouded_key(&value, origin)?),
            CERTIFICATE_BAG => certificate(path, &Typed::read(&value)?, origin)?,
            CRL_BAG => revocation_list(path, &Typed::read(&value)?, origin)?,
            SECRET_BAG => plain(self.secret(&Typed::read(&value)?, origin)),
            SAFE_CONTENTS_BAG if nesting < MAX_NESTING => {
                if alias.is_some() {
                    let what = "safe within a safe".to_owned();
                    let facts = vec![format!("{length} bytes")];
                    let mut item = plain(ItemKind::Other(Other { what, facts }));
                    item.alias = alias;
                    item.keystore = Some(entry);
                    self.items.push(item);
                }
                return self.bags(path, value.raw, &place, nesting + 1);
            }
            other => plain(ItemKind::Other(Other {
                what: match oids::name(other) {
                    Some(name) => format!("{name} that is nested too deeply"),
                    None => format!("bag of type {other}"),
                },
                facts: vec![format!("{length} bytes")],
            })),
        };
        item.alias = alias;
        item.keystore = Some(entry);
        self.items.push(item);
        Ok(())
    }

    /// `EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, encryptedData OCTET STRING }`
    /// (RFC 5958, 3).
    fn shrouded_key(&mut self, value: &Element<'_>, origin: &Origin) -> Result<ItemKind, Error> {
        let mut fields = value.reader();
        let identifier = fields.sequence("AlgorithmIdentifier")?;
        let sealed = fields
            .expect(Tag::OCTET_STRING, "OCTET STRING")?
            .octets()?
            .0;
        let opened = self.unseal(&identifier, &sealed, "key", origin);
        let seal = self.sealed.last().map(|sealed| sealed.seal.clone());
        let (facts, lock) = match opened {
            Ok(Some(plain)) => {
                let facts = private_key(&plain).map_err(|e| e.moved_to(value.start))?;
                (Some(facts), Lock::Open)
            }
            Ok(None) => (None, self.opener.wrong_or_locked()),
            // What of the scheme is not supported stands in the seal.
            Err(error) => {
                let key = unsupported_key(seal.unwrap_or_default(), error)?;
                return Ok(ItemKind::PrivateKey(Box::new(key)));
            }
        };
        Ok(ItemKind::PrivateKey(Box::new(KeyItem {
            facts,
            seal,
            lock,
            findings: Vec::new(),
        })))
    }

    /// `SecretBag ::= SEQUENCE { secretTypeId OBJECT IDENTIFIER, secretValue [0] EXPLICIT ANY }` (RFC 7292,
    /// 4.2.5). Java seals its secret keys as if they were private ones; what comes out is told by its
    /// algorithm alone.
    fn secret(&mut self, bag: &Typed<'_>, origin: &Origin) -> ItemKind {
        let mut facts = vec![format!("type {}", named(bag.kind.clone()).name)];
        let sealed = (|| {
            let (octets, _) = bag.value.octets().ok()?;
            let mut fields = Reader::new(&octets).sequence("").ok()?.reader();
            let identifier = fields.sequence("").ok()?;
            let sealed = fields.expect(Tag::OCTET_STRING, "").ok()?.octets().ok()?.0;
            let inner = origin.at(bag.value.contents_start());
            Some(self.unseal(&identifier, &sealed, "secret", &inner))
        })();
        match sealed {
            Some(Ok(Some(plain))) => facts.extend(secret_algorithm(&plain)),
            Some(Ok(None)) => facts.push("sealed".to_owned()),
            Some(Err(error)) => facts.push(error.to_string()),
            None => facts.push(format!("{} bytes", bag.value.contents.len())),
        }
        let what = "secret".to_owned();
        ItemKind::Other(Other { what, facts })
    }
}

/// `SecretKeyInfo`, which has the shape of a `PrivateKeyInfo`: its algorithm, and how long the key is.
pub(in crate::container) fn secret_algorithm(plain: &[u8]) -> Vec<String> {
    let read = || {
        let mut fields = Reader::new(plain).sequence("").ok()?.reader();
        fields.expect(Tag::INTEGER, "").ok()?;
        let oid = fields.sequence("").ok()?.reader().oid().ok()?;
        let key = fields.expect(Tag::OCTET_STRING, "").ok()?;
        Some(vec![
            named(oid).name.into_owned(),
            format!("{} bits", key.contents.len().saturating_mul(8)),
        ])
    };
    read().unwrap_or_default()
}

/// What certificate, CRL and secret bags have in common: `SEQUENCE { type OBJECT IDENTIFIER,
/// value [0] EXPLICIT ANY }` (RFC 7292, 4.2.3 to 4.2.5).
struct Typed<'a> {
    kind: String,
    value: Element<'a>,
}

impl<'a> Typed<'a> {
    fn read(value: &Element<'a>) -> Result<Self, Error> {
        let mut fields = value.reader();
        Ok(Self {
            kind: fields.oid()?,
            value: fields
                .expect(Tag::context(0), "[0] value")?
                .reader()
                .any()?,
        })
    }

    /// The octets of the value, which must be an OCTET STRING, with their origin.
    fn octets(&self, origin: &Origin) -> Result<(Cow<'a, [u8]>, Origin), Error> {
        let is_string = self.value.tag.is_universal() && self.value.tag.number == 4;
        if !is_string {
            return Err(self.value.unexpected("OCTET STRING"));
        }
        let (octets, place) = self.value.octets()?;
        Ok((octets, place_of(origin, &self.value, place)))
    }
}

fn certificate(path: &str, bag: &Typed<'_>, origin: &Origin) -> Result<Item, Error> {
    if bag.kind != X509_CERTIFICATE {
        let what = match bag.kind.as_str() {
            SDSI_CERTIFICATE => "SDSI certificate".to_owned(),
            other => format!("certificate of type {other}"),
        };
        return Ok(other(path, what, bag, origin));
    }
    let (der, origin) = bag.octets(origin)?;
    Ok(der::certificate(path.to_owned(), der.into_owned(), &origin))
}

fn revocation_list(path: &str, bag: &Typed<'_>, origin: &Origin) -> Result<Item, Error> {
    if bag.kind != X509_CRL {
        let what = format!("revocation list of type {}", bag.kind);
        return Ok(other(path, what, bag, origin));
    }
    let (der, origin) = bag.octets(origin)?;
    Ok(der::revocation_list(
        path.to_owned(),
        der.into_owned(),
        &origin,
    ))
}

fn other(path: &str, what: String, bag: &Typed<'_>, origin: &Origin) -> Item {
    let length = bag.value.contents.len();
    let facts = vec![format!("{length} bytes")];
    let kind = ItemKind::Other(Other { what, facts });
    let place = origin.at(bag.value.contents_start());
    Item::plain(path.to_owned(), place, length, kind)
}

/// The friendly name of a bag, and what else its attributes say. A broken one is passed over.
///
/// ```text
/// PKCS12Attribute ::= SEQUENCE { attrId OBJECT IDENTIFIER, attrValues SET OF ANY }
/// ```
fn attributes(set: Option<&Element<'_>>) -> (Option<String>, KeystoreEntry) {
    let mut alias = None;
    let mut entry = KeystoreEntry::default();
    let Some(set) = set else {
        return (alias, entry);
    };
    let mut list = set.reader();
    while let Some(pair) = list.next() {
        let mut fields = pair.reader();
        let (Ok(kind), Ok(values)) = (fields.oid(), fields.any()) else {
            continue;
        };
        let value = values.reader().any().ok();
        match (kind.as_str(), value) {
            // friendlyName and localKeyId (RFC 2985, 5.5)
            (FRIENDLY_NAME, Some(_)) => {
                for value in values.values() {
                    let name = text(&value);
                    if alias.is_none() {
                        alias = Some(name);
                        continue;
                    }
                    entry.attributes.push(BagAttribute {
                        name: oids::name(FRIENDLY_NAME).map(str::to_owned),
                        text: Some(name),
                        bytes: hex(value.raw),
                        oid: FRIENDLY_NAME.to_owned(),
                    });
                }
            }
            ("1.2.840.113549.1.9.21", Some(value)) => {
                entry.local_key_id = Some(hex(&value.octets().unwrap_or_default().0));
            }
            ("1.3.6.1.4.1.311.17.1", Some(value)) => entry.provider = Some(text(&value)),
            ("1.3.6.1.4.1.311.17.2", _) => entry.local_machine = true,
            ("2.16.840.1.113894.746875.1.1", _) => {
                entry.trusted = true;
                let mut usages = values.reader();
                while let Ok(usage) = usages.oid() {
                    entry.trusted_for.push(named(usage));
                }
            }
            (_, value) => entry.attributes.push(BagAttribute {
                name: oids::name(&kind).map(str::to_owned),
                text: value.filter(|it| is_string(it.tag)).map(|it| text(&it)),
                bytes: hex(values.contents),
                oid: kind,
            }),
        }
    }
    (alias, entry)
}
