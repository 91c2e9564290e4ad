//! Bouncy Castle's keystores of types BKS and UBER.
//!
//! ```text
//! u32 version (BKS 0 to 2, UBER 0 or 1), u32 length, salt, u32 rounds, then
//!     BKS:  store, HMAC-SHA-1 of store
//!     UBER: store and its SHA-1, sealed by Twofish
//! store: entries, u8 0
//! entry: u8 type (1 certificate, 2 key, 3 secret, 4 sealed key), alias, u64 milliseconds,
//!        u32 certificates, certificates, and
//!     1: certificate    2: key    3: u32 length, octets
//!     4: u32 length, (u32 length, salt, u32 rounds, key sealed by 3DES)
//! key: u8 kind (0 private, 1 public, 2 secret), format, algorithm, u32 length, octets
//! certificate: type, u32 length, DER;  strings: u16 length, modified UTF-8
//! ```
//!
//! What a password is for in a BKS: keys, and the integrity check. In an UBER: everything.
//! Source: the files that Bouncy Castle writes, and its `BcKeyStoreSpi`.

use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

use crate::container::findings::{self, Sealed};
use crate::container::jks;
use crate::container::jks::stream::Reader;
use crate::container::pbe::{Check, Cipher, DigestName, Kdf, Opened, Opener, Scheme, Standing};
use crate::container::{Container, Item, ItemKind, KeyItem};
use crate::error::{Error, ErrorKind};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Finding, Format, Integrity, KeystoreEntry, Lock, Other, Seal, Severity};
use crate::rule::Rule;
use crate::time::UnixTime;
use crate::x509::private_key;

/// Octets of SHA-1.
const DIGEST: usize = 20;
/// Octets of salt that such a file may have. Bouncy Castle writes 20; the bounds tell its files, which
/// have no magic number, from others that begin with zeros.
const SALT: std::ops::RangeInclusive<u32> = 8..=64;

/// Tells from the first octets whether it is a keystore of Bouncy Castle, and which.
pub(crate) fn recognise(input: &[u8]) -> Option<Format> {
    let mut reader = Reader::new(input);
    let header = Header::read(&mut reader).ok()?;
    if header.version == 2 || is_store(reader.clone()) {
        return Some(Format::Bks);
    }
    let is_sealed = !reader.rest.is_empty() && reader.rest.len().is_multiple_of(16);
    if is_sealed {
        return Some(Format::Uber);
    }
    matches!(reader.rest, [0..=4, ..]).then_some(Format::Bks)
}

/// Whether entries stand open here, as in a BKS, and an HMAC after them.
fn is_store(mut reader: Reader<'_>) -> bool {
    loop {
        match reader.u8("entry type") {
            Ok(0) => return reader.rest.len() == DIGEST,
            Ok(kind @ 1..=4) => {
                if Entry::read(&mut reader, kind).is_err() {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

struct Header<'a> {
    version: u32,
    salt: &'a [u8],
    rounds: u32,
}

impl<'a> Header<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let version = reader.u32("version")?;
        let length = reader.u32("length of the salt")?;
        if 2 < version || !SALT.contains(&length) {
            let what = format!("version {version} with {length} bytes of salt");
            return Err(Error::new(ErrorKind::Unsupported { what }, 0));
        }
        let salt = reader.take(usize::try_from(length).unwrap_or(0), "salt")?;
        let rounds = reader.u32("rounds")?;
        Ok(Self {
            version,
            salt,
            rounds,
        })
    }

    fn kdf(&self) -> Kdf {
        Kdf::Pkcs12 {
            digest: DigestName::Sha1,
            salt: self.salt.to_vec(),
            rounds: u64::from(self.rounds),
        }
    }
}

/// Reads a keystore that [`recognise`] found.
pub(crate) fn read(
    input: &[u8],
    format: Format,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let name = if format == Format::Bks { "bks" } else { "uber" };
    let mut store = Store {
        name,
        opener: Opener::new(options),
        items: Vec::new(),
        sealed: Vec::new(),
        shut: false,
        findings: Vec::new(),
    };
    let mut reader = Reader::new(input);
    let read = Header::read(&mut reader).and_then(|header| match format {
        Format::Bks => store.bks(&header, &mut reader, input),
        _ => store.uber(&header, &reader),
    });
    let integrity = read.map_err(|error| error.within(name))?;
    Ok(store.finish(format, integrity))
}

struct Store<'o> {
    name: &'static str,
    opener: Opener<'o>,
    items: Vec<Item>,
    sealed: Vec<Sealed>,
    shut: bool,
    findings: Vec<Finding>,
}

impl Store<'_> {
    fn bks(
        &mut self,
        header: &Header<'_>,
        reader: &mut Reader<'_>,
        input: &[u8],
    ) -> Result<Integrity, Error> {
        let start = reader.offset;
        // Versions before 2 counted the bits of the key as if they were its octets.
        let key_length = if header.version == 2 { DIGEST } else { 2 };
        if key_length < DIGEST {
            let what = format!("Version {}: its key has 16 bits.", header.version);
            self.findings.push(WEAK_CHECK.found(what, None));
        }
        let whole = self.entries(reader, &Origin::input());
        let content = input.get(start..reader.offset).unwrap_or_default();
        let value = reader.rest.get(..DIGEST).filter(|_| whole);
        let check = Check::new(header.kdf(), key_length, value.unwrap_or_default(), start);
        self.sealed.push(Sealed {
            mac: Some(DigestName::Sha1),
            ..Sealed::of(check.seal())
        });
        if whole && let Some(rest) = reader.rest.get(DIGEST..) {
            let offset = reader.offset.saturating_add(DIGEST);
            findings::trailing(rest, offset, &Origin::input(), &mut self.findings);
        }
        if value.is_none() {
            return Ok(Integrity::NotVerified);
        }
        match self.opener.confirm(&check, content) {
            Ok(Some(_)) => Ok(Integrity::Verified),
            Ok(None) => Ok(Integrity::NotVerified),
            Err(error) if self.items.is_empty() => Err(error),
            Err(error) => {
                let what = format!("{error}.");
                self.findings.push(findings::TOO_COSTLY.found(what, None));
                Ok(Integrity::NotVerified)
            }
        }
    }

    fn uber(&mut self, header: &Header<'_>, reader: &Reader<'_>) -> Result<Integrity, Error> {
        let (start, sealed) = (reader.offset, reader.rest);
        let name = "PBE with SHA-1 and Twofish-CBC";
        let scheme = Scheme::new(name, header.kdf(), Cipher::Twofish, 0);
        self.push_seal(&scheme, "store");
        self.sealed.push(Sealed::of(Seal {
            what: "integrity".to_owned(),
            algorithm: "SHA-1 over the content, sealed with it".to_owned(),
            ..Seal::default()
        }));
        let Some(Opened { plain, .. }) = self.opener.open(&scheme, sealed, is_digested)? else {
            self.shut = true;
            return Ok(Integrity::NotVerified);
        };
        let origin = Origin::input().sealed(start, start.saturating_add(sealed.len()));
        self.entries(&mut Reader::new(&plain), &origin);
        Ok(Integrity::Verified)
    }

    /// Reads the entries, and says whether all of them could be walked.
    fn entries(&mut self, reader: &mut Reader<'_>, origin: &Origin) -> bool {
        let mut index = 0;
        loop {
            let start = reader.offset;
            let held = self.items.len();
            let limits = self.opener.limits();
            let entry = limits
                .room_for_entry(held, figure(held).saturating_add(1), start)
                .and_then(|()| match reader.u8("entry type")? {
                    0 => Ok(None),
                    kind => Entry::read(reader, kind).map(Some),
                });
            match entry {
                Ok(None) => return true,
                Ok(Some(entry)) => self.entry(index, &entry, origin),
                Err(error) => {
                    let offset = error.offset().saturating_sub(start);
                    let error = error.moved_to(offset).within("entry").within(self.name);
                    let path = format!("{}[{index}]", self.name);
                    let length = reader.rest.len().saturating_add(reader.offset - start);
                    self.items
                        .push(Item::unreadable(path, origin.at(start), length, error));
                    return false;
                }
            }
            index += 1;
        }
    }

    fn entry(&mut self, index: u32, entry: &Entry<'_>, origin: &Origin) {
        let path = format!("{}[{index}]", self.name);
        let facts = KeystoreEntry {
            entry: Some(index),
            created: entry.created,
            ..KeystoreEntry::default()
        };
        let place = origin.at(entry.body_start);
        let length = entry.length;
        let mut item = match &entry.body {
            Body::Certificate(certificate) => {
                let mut item = certificate.item(path.clone(), origin);
                item.keystore = Some(KeystoreEntry {
                    trusted: true,
                    ..facts.clone()
                });
                item
            }
            Body::Key(key) => key.item(format!("{path}/key"), place, None),
            Body::Secret(octets) => {
                let what = "secret".to_owned();
                let facts = vec![format!("{} bytes", octets.len())];
                let kind = ItemKind::Other(Other { what, facts });
                Item::plain(path.clone(), place, length, kind)
            }
            Body::Sealed(sealed) => {
                let path = format!("{path}/key");
                self.sealed_key(path, sealed, place, !entry.chain.is_empty())
            }
        };
        item.alias = Some(entry.alias.clone());
        item.keystore.get_or_insert_with(|| facts.clone());
        self.items.push(item);
        for (position, certificate) in (0..).zip(&entry.chain) {
            let mut item = certificate.item(format!("{path}/chain[{position}]"), origin);
            item.alias = Some(entry.alias.clone());
            item.keystore = Some(KeystoreEntry {
                chain_index: Some(position),
                ..facts.clone()
            });
            self.items.push(item);
        }
    }

    /// A sealed key. While it is shut, only a chain tells that it is a private one.
    fn sealed_key(&mut self, path: String, sealed: &[u8], place: Origin, has_chain: bool) -> Item {
        let length = sealed.len();
        let scheme = match sealed_scheme(sealed) {
            Ok(scheme) => scheme,
            Err(error) => {
                let error = error.within("sealed key").within(self.name);
                return Item::unreadable(path, place, length, error);
            }
        };
        let (scheme, content) = scheme;
        self.push_seal(&scheme, "key");
        let seal = scheme.seal("key");
        let opened = match self.opener.open(&scheme, content, is_key) {
            Ok(opened) => opened,
            Err(error) => {
                let error = error.within("sealed key").within(self.name);
                return Item::unreadable(path, place, length, error);
            }
        };
        if let Some(Opened { plain, .. }) = opened
            && let Ok(key) = Key::read(&mut Reader::new(&plain))
        {
            return key.item(path, place, Some(seal));
        }
        self.shut = true;
        let kind = if has_chain {
            ItemKind::PrivateKey(Box::new(KeyItem {
                facts: None,
                seal: Some(seal),
                lock: self.opener.wrong_or_locked(),
                findings: Vec::new(),
            }))
        } else {
            let what = "sealed key".to_owned();
            let facts = vec![format!("sealed by {}", seal.algorithm)];
            ItemKind::Other(Other { what, facts })
        };
        Item::plain(path, place, length, kind)
    }

    fn push_seal(&mut self, scheme: &Scheme, what: &str) {
        self.sealed.push(Sealed {
            standing: Some(scheme.standing()).filter(|it| *it != Standing::Current),
            ..Sealed::of(scheme.seal(what))
        });
    }

    fn finish(mut self, format: Format, integrity: Integrity) -> Container {
        let options = self.opener.options();
        let lock = match (self.shut, integrity, options.passwords) {
            (true, _, _) => self.opener.wrong_or_locked(),
            (false, Integrity::NotVerified, [_, ..]) => Lock::WrongPassword,
            _ => Lock::Open,
        };
        // The integrity check last, as everywhere.
        crate::order::by_key(&mut self.sealed, |sealed| sealed.seal.what == "integrity");
        let state = (lock, integrity);
        findings::keystore(format, state, self.sealed, self.items, self.findings)
    }
}

/// Whether the content ends in its own SHA-1, as that of an UBER does.
fn is_digested(plain: &[u8]) -> bool {
    let parts = plain
        .len()
        .checked_sub(DIGEST)
        .and_then(|at| plain.split_at_checked(at));
    parts.is_some_and(|(content, digest)| Sha1::digest(content).as_slice().ct_eq(digest).into())
}

/// How a key is sealed, and what is.
fn sealed_scheme(sealed: &[u8]) -> Result<(Scheme, &[u8]), Error> {
    let mut reader = Reader::new(sealed);
    let salt = reader.block("salt")?.to_vec();
    let rounds = u64::from(reader.u32("rounds")?);
    let kdf = Kdf::Pkcs12 {
        digest: DigestName::Sha1,
        salt,
        rounds,
    };
    let name = "PBE with SHA-1 and 3-key 3DES";
    Ok((Scheme::new(name, kdf, Cipher::TripleDes, 0), reader.rest))
}

struct Entry<'a> {
    alias: String,
    created: Option<UnixTime>,
    chain: Vec<Certificate<'a>>,
    body: Body<'a>,
    body_start: usize,
    /// Octets of the body.
    length: usize,
}

enum Body<'a> {
    Certificate(Certificate<'a>),
    Key(Key<'a>),
    Secret(&'a [u8]),
    Sealed(&'a [u8]),
}

impl<'a> Entry<'a> {
    fn read(reader: &mut Reader<'a>, kind: u8) -> Result<Self, Error> {
        let alias = reader.string("alias")?;
        let created = reader.date()?;
        let mut chain = Vec::new();
        for _ in 0..reader.u32("chain length")? {
            chain.push(Certificate::read(reader)?);
        }
        let start = reader.offset;
        let body = match kind {
            1 => Body::Certificate(Certificate::read(reader)?),
            2 => Body::Key(Key::read(reader)?),
            3 => Body::Secret(reader.block("secret")?),
            4 => Body::Sealed(reader.block("sealed key")?),
            other => {
                let kind = ErrorKind::Unexpected {
                    expected: "entry type 0 to 4",
                    found: other.to_string(),
                };
                return Err(Error::new(kind, start));
            }
        };
        let body_start = match body {
            Body::Secret(_) | Body::Sealed(_) => start.saturating_add(4),
            _ => start,
        };
        Ok(Self {
            alias,
            created,
            chain,
            body,
            body_start,
            length: reader.offset.saturating_sub(body_start),
        })
    }
}

struct Certificate<'a> {
    kind: String,
    der: &'a [u8],
    start: usize,
}

impl<'a> Certificate<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let kind = reader.string("certificate type")?;
        let start = reader.offset.saturating_add(4);
        let der = reader.block("certificate")?;
        Ok(Self { kind, der, start })
    }

    fn item(&self, path: String, origin: &Origin) -> Item {
        jks::certificate(path, &self.kind, self.der, &origin.at(self.start))
    }
}

struct Key<'a> {
    kind: u8,
    algorithm: String,
    encoded: &'a [u8],
}

impl<'a> Key<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let offset = reader.offset;
        let kind = reader.u8("kind of key")?;
        if 2 < kind {
            let kind = ErrorKind::Unexpected {
                expected: "kind of key 0 to 2",
                found: kind.to_string(),
            };
            return Err(Error::new(kind, offset));
        }
        reader.string("format")?;
        Ok(Self {
            kind,
            algorithm: reader.string("algorithm")?,
            encoded: reader.block("key")?,
        })
    }

    fn item(&self, path: String, place: Origin, seal: Option<Seal>) -> Item {
        let length = self.encoded.len();
        if self.kind == 0 {
            return match private_key(self.encoded) {
                Ok(facts) => {
                    let kind = ItemKind::PrivateKey(Box::new(KeyItem {
                        facts: Some(facts),
                        seal,
                        lock: Lock::Open,
                        findings: Vec::new(),
                    }));
                    Item::plain(path, place, length, kind)
                }
                Err(error) => Item::unreadable(path, place, length, error.moved_to(0)),
            };
        }
        let what = if self.kind == 1 {
            "public key"
        } else {
            "secret key"
        };
        let mut facts = vec![self.algorithm.clone()];
        if self.kind == 2 {
            facts.push(format!("{} bits", length.saturating_mul(8)));
        }
        facts.extend(seal.map(|seal| format!("sealed by {}", seal.algorithm)));
        let what = what.to_owned();
        Item::plain(path, place, length, ItemKind::Other(Other { what, facts }))
    }
}

/// Whether decrypted octets are a key and nothing else.
fn is_key(plain: &[u8]) -> bool {
    let mut reader = Reader::new(plain);
    Key::read(&mut reader).is_ok() && reader.rest.is_empty()
}

pub(crate) const RULES: &[Rule] = &[WEAK_CHECK];

const WEAK_CHECK: Rule = Rule {
    id: "bks-16-bit-check",
    severity: Severity::Warning,
    title: "The integrity check has a key of 16 bits",
    why: "Whoever has the file can try all 65,536 keys in no time, change what it holds and make the check anew; the keys help to guess the password too.",
    fix: "Write the keystore again with a Bouncy Castle from 1.47 on, which writes version 2, or as PKCS#12.",
    citation: "CVE-2018-5382, Bouncy Castle before 1.47",
};
