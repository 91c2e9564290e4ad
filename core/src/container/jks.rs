//! Java keystores of types JKS and JCEKS.
//!
//! ```text
//! u32 magic, u32 version (1 or 2), u32 count, then per entry:
//!     u32 tag (1 key, 2 trusted certificate, 3 secret key), alias, u64 milliseconds, and
//!     1: u32 length, EncryptedPrivateKeyInfo, u32 certificates, certificates
//!     2: certificate
//!     3: a serialised javax.crypto.SealedObject
//! then the SHA-1 of password, "Mighty Aphrodite" and all of the above
//! certificate: type (version 2 only), u32 length, DER;  strings: u16 length, modified UTF-8
//! ```
//!
//! Certificates and aliases are readable without a password; it opens keys and confirms the whole.
//! Source: the `KeyStore` chapter of the Java Security Standard Algorithm Names, and the files of
//! `keytool`.

mod serial;
pub(crate) mod stream;

use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use self::serial::Object;
use self::stream::Reader;
use crate::asn1::{Element, Reader as Der, Tag};
use crate::container::findings::{self, Sealed};
use crate::container::pbe::{
    Cipher, Kdf, Opener, Scheme, is_sequence, unknown_seal, unsupported_key,
};
use crate::container::{Container, Item, ItemKind, KeyItem, der};
use crate::error::{Error, ErrorKind};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::Origin;
use crate::password::Password;
use crate::report::{Finding, Format, Integrity, KeystoreEntry, Lock, Other, Seal};
use crate::x509::{PrivateFacts, private_key};

pub(crate) const SUN_JKS: &str = "1.3.6.1.4.1.42.2.17.1.1";
const WHITENER: &[u8] = b"Mighty Aphrodite";
/// Octets of SHA-1.
pub(crate) const DIGEST: usize = 20;

/// Reads a Java keystore. A broken entry ends the walk, since nothing says where the next one begins;
/// those before it stand.
pub(crate) fn read(
    input: &[u8],
    format: Format,
    origin: &Origin,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let mut reader = Reader::new(input);
    let name = if format == Format::Jks {
        "jks"
    } else {
        "jceks"
    };
    let header = (|| {
        reader.u32("magic number")?;
        let version = reader.u32("version")?;
        if version != 1 && version != 2 {
            let what = format!("version {version}");
            return Err(Error::new(ErrorKind::Unsupported { what }, 4));
        }
        Ok((version, reader.u32("entry count")?))
    })();
    let (version, count) = header.map_err(|error| error.within(name))?;
    let mut store = Store {
        name,
        version,
        origin,
        options,
        opener: Opener::new(options),
        items: Vec::new(),
        sealed: Vec::new(),
        shut: false,
        opened: false,
        cut: false,
        findings: Vec::new(),
    };
    let whole = store.entries(&mut reader, count);
    let integrity = integrity(input, reader.offset, whole, options);
    let missing = DIGEST.saturating_sub(reader.rest.len());
    store.cut = !whole || missing != 0;
    if whole && missing != 0 {
        let what = format!("{missing} of the {DIGEST} bytes of the digest are missing.");
        let at = origin.span(reader.offset, input.len());
        store.findings.push(findings::CUT.found(what, Some(at)));
    }
    if whole && DIGEST < reader.rest.len() {
        let rest = reader.rest.get(DIGEST..).unwrap_or_default();
        let offset = reader.offset.saturating_add(DIGEST);
        findings::trailing(rest, offset, origin, &mut store.findings);
    }
    Ok(store.finish(format, integrity))
}

/// Whether a password makes the digest that ends the file. Where the entries could not be walked, the
/// last octets are taken for it.
fn integrity(input: &[u8], end: usize, whole: bool, options: &Options<'_>) -> Integrity {
    let end = if whole {
        Some(end)
    } else {
        input.len().checked_sub(DIGEST)
    };
    let parts = end.and_then(|end| input.split_at_checked(end));
    let parts = parts.and_then(|(content, rest)| Some((content, rest.get(..DIGEST)?)));
    let Some((content, digest)) = parts else {
        return Integrity::NotVerified;
    };
    let confirms =
        |password: &str| -> bool { sealed_digest(password, content).ct_eq(digest).into() };
    let mut given = options.passwords.iter();
    if given.any(|password| confirms(password.reveal())) || confirms("") {
        Integrity::Verified
    } else {
        Integrity::NotVerified
    }
}

/// SHA-1 of password, whitener and content: the trailer of the file.
pub(crate) fn sealed_digest(password: &str, content: &[u8]) -> Vec<u8> {
    Sha1::new()
        .chain_update(&*utf16(password))
        .chain_update(WHITENER)
        .chain_update(content)
        .finalize()
        .to_vec()
}

fn utf16(password: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(password.encode_utf16().flat_map(u16::to_be_bytes).collect())
}

struct Store<'o> {
    name: &'static str,
    version: u32,
    /// Where the keystore itself came from.
    origin: &'o Origin,
    options: &'o Options<'o>,
    opener: Opener<'o>,
    items: Vec<Item>,
    sealed: Vec<Sealed>,
    shut: bool,
    /// Whether something opened.
    opened: bool,
    /// Whether the file ends before its digest does, or nobody knows where that stands.
    cut: bool,
    findings: Vec<Finding>,
}

impl Store<'_> {
    /// Reads the entries, and says whether all of them could be walked.
    fn entries(&mut self, reader: &mut Reader<'_>, count: u32) -> bool {
        for index in 0..count {
            let start = reader.offset;
            let limits = self.opener.limits();
            let entry = limits
                .room_for_entry(self.items.len(), u64::from(count), 8)
                .and_then(|()| self.entry(reader, index));
            if let Err(error) = entry {
                let error = error.within("entry").within(self.name);
                let offset = error.offset().saturating_sub(start);
                let origin = self.origin.at(start);
                let path = format!("{}[{index}]", self.name);
                // What follows cannot be told apart any more.
                let length = reader.rest.len().saturating_add(reader.offset - start);
                let error = error.moved_to(offset);
                self.items
                    .push(Item::unreadable(path, origin, length, error));
                return false;
            }
        }
        true
    }

    fn entry(&mut self, reader: &mut Reader<'_>, index: u32) -> Result<(), Error> {
        let tag_offset = reader.offset;
        let tag = reader.u32("entry tag")?;
        let alias = reader.string("alias")?;
        let created = reader.date()?;
        let path = format!("{}[{index}]", self.name);
        let entry = KeystoreEntry {
            entry: Some(index),
            created,
            ..KeystoreEntry::default()
        };
        match tag {
            1 => self.key_entry(reader, &path, &alias, &entry),
            2 => {
                let mut item = self.certificate(reader, path)?;
                item.keystore = Some(KeystoreEntry {
                    trusted: true,
                    ..entry
                });
                item.alias = Some(alias);
                self.items.push(item);
                Ok(())
            }
            3 => {
                let start = reader.offset;
                let object = serial::object(reader).map_err(|e| e.within("secret key"))?;
                let kind = self.secret(&object, start);
                let origin = self.origin.at(start);
                let mut item = Item::plain(path, origin, reader.offset - start, kind);
                item.keystore = Some(entry);
                item.alias = Some(alias);
                self.items.push(item);
                Ok(())
            }
            other => {
                let kind = ErrorKind::Unexpected {
                    expected: "entry tag 1, 2 or 3",
                    found: other.to_string(),
                };
                Err(Error::new(kind, tag_offset))
            }
        }
    }

    fn key_entry(
        &mut self,
        reader: &mut Reader<'_>,
        path: &str,
        alias: &str,
        entry: &KeystoreEntry,
    ) -> Result<(), Error> {
        let offset = reader.offset + 4;
        let sealed = reader.block("private key")?;
        let origin = self.origin.at(offset);
        let path_of_key = format!("{path}/key");
        let mut item = match self.key(sealed, &origin) {
            Ok(key) => {
                let kind = ItemKind::PrivateKey(Box::new(key));
                Item::plain(path_of_key, origin, sealed.len(), kind)
            }
            Err(error) => {
                let error = error.within("private key").within(self.name);
                Item::unreadable(path_of_key, origin, sealed.len(), error)
            }
        };
        item.alias = Some(alias.to_owned());
        item.keystore = Some(entry.clone());
        self.items.push(item);
        let count = reader.u32("chain length")?;
        for position in 0..count {
            let limits = self.opener.limits();
            limits.room_for_entry(self.items.len(), u64::from(count), reader.offset)?;
            let mut item = self.certificate(reader, format!("{path}/chain[{position}]"))?;
            item.alias = Some(alias.to_owned());
            item.keystore = Some(KeystoreEntry {
                chain_index: Some(position),
                ..entry.clone()
            });
            self.items.push(item);
        }
        Ok(())
    }

    /// What is known of a sealed key, and its public facts if a password opens it.
    fn key(&mut self, sealed: &[u8], origin: &Origin) -> Result<KeyItem, Error> {
        let mut fields = Der::new(sealed)
            .sequence("EncryptedPrivateKeyInfo")?
            .reader();
        let identifier = fields.sequence("AlgorithmIdentifier")?;
        let protected = fields
            .expect(Tag::OCTET_STRING, "OCTET STRING")?
            .octets()?
            .0;
        let seal;
        let facts = if identifier.reader().oid()? == SUN_JKS {
            seal = Seal {
                salt_length: Some(figure(DIGEST)),
                ..unknown_seal(&identifier, "key", None)
            };
            self.sealed.push(Sealed::of(seal.clone()));
            self.jks_key(&protected)
        } else {
            match Scheme::read(&identifier) {
                Ok(scheme) => {
                    seal = scheme.seal("key");
                    self.push_seal(&identifier, &scheme, origin);
                    let opened = self.opener.open(&scheme, &protected, is_sequence)?;
                    opened.and_then(|opened| private_key(&opened.plain).ok())
                }
                Err(error) => {
                    seal = unknown_seal(&identifier, "key", Some(&error));
                    self.sealed.push(Sealed::of(seal.clone()));
                    return unsupported_key(seal, error);
                }
            }
        };
        let lock = match facts {
            Some(_) => Lock::Open,
            None => self.opener.wrong_or_locked(),
        };
        self.shut |= facts.is_none();
        self.opened |= facts.is_some();
        Ok(KeyItem {
            facts,
            seal: Some(seal),
            lock,
            findings: Vec::new(),
        })
    }

    fn jks_key(&self, protected: &[u8]) -> Option<PrivateFacts> {
        let given = self.options.passwords.iter().map(Password::reveal);
        let mut opened = given
            .chain([""])
            .filter_map(|password| jks_key(protected, password));
        opened.next().and_then(|plain| private_key(&plain).ok())
    }

    fn push_seal(&mut self, identifier: &Element<'_>, scheme: &Scheme, origin: &Origin) {
        self.sealed.push(Sealed {
            standing: Some(scheme.standing()),
            at: Some(origin.span(identifier.start, identifier.end())),
            ..Sealed::of(scheme.seal("key"))
        });
    }

    /// A secret key: a `SealedObject`, which a password opens to another serialised object. Of both only
    /// the fields are read that say what they are.
    fn secret(&mut self, object: &Object<'_>, start: usize) -> ItemKind {
        let mut facts = Vec::new();
        let algorithm = object.text("sealAlg").unwrap_or("an unknown algorithm");
        facts.push(format!("sealed by {algorithm}"));
        let scheme = sealed_object(object, start);
        let content = object.octets("encryptedContent");
        match scheme.zip(content) {
            Some((scheme, content)) => {
                self.sealed.push(Sealed {
                    standing: Some(scheme.standing()),
                    ..Sealed::of(scheme.seal("secret"))
                });
                let is_object = |plain: &[u8]| plain.starts_with(&[0xac, 0xed, 0, 5]);
                match self.opener.open(&scheme, content, is_object) {
                    Ok(Some(opened)) => {
                        self.opened = true;
                        facts.extend(secret_key(&opened.plain));
                    }
                    Ok(None) => self.shut = true,
                    Err(error) => facts.push(error.to_string()),
                }
            }
            None => facts.push(format!("an object of class {}", object.class)),
        }
        let what = "secret key".to_owned();
        ItemKind::Other(Other { what, facts })
    }

    fn certificate(&self, reader: &mut Reader<'_>, path: String) -> Result<Item, Error> {
        let kind = if self.version == 2 {
            reader.string("certificate type")?
        } else {
            "X.509".to_owned()
        };
        let origin = self.origin.at(reader.offset + 4);
        let der = reader.block("certificate")?;
        Ok(certificate(path, &kind, der, &origin))
    }

    fn finish(mut self, format: Format, integrity: Integrity) -> Container {
        self.sealed.push(Sealed::of(Seal {
            what: "integrity".into(),
            algorithm: "SHA-1 over password and content".into(),
            ..Seal::default()
        }));
        let differs = integrity == Integrity::NotVerified && !self.cut;
        let lock = match self.options.passwords {
            _ if self.shut => self.opener.wrong_or_locked(),
            // Nothing but the digest says whether it is the password.
            [_, ..] if differs && !self.opened => Lock::WrongPassword,
            _ => Lock::Open,
        };
        if differs && self.opened {
            let what = "A key opens, and the digest is another one.";
            self.findings.push(findings::CHANGED.found(what, None));
        }
        let state = (lock, integrity);
        findings::keystore(format, state, self.sealed, self.items, self.findings)
    }
}

/// A certificate of a type that is named beside it.
pub(super) fn certificate(path: String, kind: &str, der: &[u8], origin: &Origin) -> Item {
    if kind == "X.509" || kind == "X509" {
        return der::certificate(path, der.to_vec(), origin);
    }
    let kind = ItemKind::Other(Other {
        what: format!("certificate of type {kind}"),
        facts: vec![format!("{} bytes", der.len())],
    });
    Item::plain(path, origin.clone(), der.len(), kind)
}

/// How a `javax.crypto.SealedObject` is sealed; `None` for any way but Sun's own.
fn sealed_object(object: &Object<'_>, start: usize) -> Option<Scheme> {
    let algorithm = object.text("sealAlg")?;
    if !algorithm.eq_ignore_ascii_case("PBEWithMD5AndTripleDES") {
        return None;
    }
    let parameters = Der::new(object.octets("encodedParams")?)
        .sequence("")
        .ok()?;
    let mut fields = parameters.reader();
    let salt = fields.expect(Tag::OCTET_STRING, "salt").ok()?.contents;
    let rounds = fields.expect(Tag::INTEGER, "rounds").ok()?;
    let kdf = Kdf::SunMd5 {
        salt: salt.to_vec(),
        rounds: rounds.unsigned().ok()?,
    };
    let name = crate::oids::name("1.3.6.1.4.1.42.2.19.1").unwrap_or(algorithm);
    Some(Scheme::new(name, kdf, Cipher::TripleDes, start))
}

/// What a `SecretKeySpec` or a `KeyRep` says of its key: algorithm and size.
fn secret_key(plain: &[u8]) -> Vec<String> {
    let Ok(object) = serial::object(&mut Reader::new(plain)) else {
        return Vec::new();
    };
    let algorithm = object.text("algorithm").map(str::to_owned);
    let key = object.octets("key").or_else(|| object.octets("encoded"));
    let size = key.map(|key| format!("{} bits", key.len().saturating_mul(8)));
    algorithm.into_iter().chain(size).collect()
}

/// Sun's own protector: the key under a stream of SHA-1 blocks, each over password and the block
/// before, the first over the salt; at the end a check value over password and key.
fn jks_key(protected: &[u8], password: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (salt, rest) = protected.split_at_checked(DIGEST)?;
    let (sealed, check) = rest.split_at_checked(rest.len().checked_sub(DIGEST)?)?;
    let password = utf16(password);
    let mut plain = Zeroizing::new(sealed.to_vec());
    under_stream(&mut plain, &password, salt);
    let computed = key_check(&password, &plain);
    bool::from(computed.as_slice().ct_eq(check)).then_some(plain)
}

/// The same the other way round: salt, sealed key and check value.
pub(crate) fn protected_key(plain: &[u8], password: &str, salt: &[u8; DIGEST]) -> Vec<u8> {
    let password = utf16(password);
    let mut sealed = Zeroizing::new(plain.to_vec());
    under_stream(&mut sealed, &password, salt);
    [&salt[..], &sealed, &key_check(&password, plain)].concat()
}

fn under_stream(octets: &mut [u8], password: &[u8], salt: &[u8]) {
    let mut block = Zeroizing::new(salt.to_vec());
    for chunk in octets.chunks_mut(DIGEST) {
        *block = Sha1::new()
            .chain_update(password)
            .chain_update(&*block)
            .finalize()
            .to_vec();
        chunk
            .iter_mut()
            .zip(block.iter())
            .for_each(|(octet, key)| *octet ^= key);
    }
}

fn key_check(password: &[u8], plain: &[u8]) -> Vec<u8> {
    Sha1::new()
        .chain_update(password)
        .chain_update(plain)
        .finalize()
        .to_vec()
}
