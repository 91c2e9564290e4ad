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

use md5::Md5;
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use aes::cipher::KeyInit as _;

use crate::asn1::{Element, Reader as Der, Tag};
use crate::container::pbe::{self, cbc, check_rounds, wrong_or_locked};
use crate::container::{Container, Item, ItemKind, KeyItem, der};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::open::Options;
use crate::origin::Origin;
use crate::password::Password;
use crate::report::{Format, Integrity, Keystore, KeystoreEntry, Lock, Other, Seal};
use crate::time::UnixTime;
use crate::x509::{PrivateFacts, private_key};

const SUN_JKS: &str = "1.3.6.1.4.1.42.2.17.1.1";
const SUN_JCEKS: &str = "1.3.6.1.4.1.42.2.19.1";
const WHITENER: &[u8] = b"Mighty Aphrodite";
const DIGEST: usize = 20;

/// Reads a Java keystore. A broken entry ends the walk, since nothing says where the next one begins;
/// those before it stand.
pub(crate) fn read(
    input: &[u8],
    format: Format,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let mut reader = Reader {
        rest: input,
        offset: 0,
    };
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
        options,
        items: Vec::new(),
        seals: Vec::new(),
        shut: false,
    };
    for index in 0..count {
        options
            .limits
            .room_for_entry(store.items.len(), u64::from(count), 8)
            .map_err(|error| error.within(name))?;
        let start = reader.offset;
        match store.entry(&mut reader, index) {
            Ok(()) => {}
            Err(error) => {
                let problem = error.within("entry").within(name);
                let offset = problem.offset().saturating_sub(start);
                let origin = Origin::input().at(start);
                let path = format!("{name}[{index}]");
                let length = input.len().saturating_sub(start);
                store.items.push(Item::unreadable(
                    path,
                    origin,
                    length,
                    problem.moved_to(offset),
                ));
                break;
            }
        }
    }
    let integrity = integrity(input, options);
    store.seals.push(Seal {
        what: "integrity".into(),
        algorithm: "SHA-1 over password and content".into(),
        rounds: None,
    });
    let lock = match (store.shut, integrity, options.passwords) {
        (true, _, _) => wrong_or_locked(options),
        (false, Integrity::NotVerified, [_, ..]) => Lock::WrongPassword,
        _ => Lock::Open,
    };
    Ok(Container {
        format,
        keystore: Some(Keystore {
            lock,
            integrity,
            seals: store.seals,
        }),
        items: store.items,
        findings: Vec::new(),
    })
}

fn integrity(input: &[u8], options: &Options<'_>) -> Integrity {
    let Some((content, digest)) = input
        .len()
        .checked_sub(DIGEST)
        .and_then(|at| input.split_at_checked(at))
    else {
        return Integrity::NotVerified;
    };
    let confirms =
        |password: &str| -> bool { sealed_digest(password, content).ct_eq(digest).into() };
    let given = options
        .passwords
        .iter()
        .any(|password| confirms(password.reveal()));
    if given || confirms("") {
        Integrity::Verified
    } else {
        Integrity::NotVerified
    }
}

/// SHA-1 of password, whitener and content: the trailer of the file.
fn sealed_digest(password: &str, content: &[u8]) -> Vec<u8> {
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
    options: &'o Options<'o>,
    items: Vec<Item>,
    seals: Vec<Seal>,
    shut: bool,
}

impl Store<'_> {
    fn entry(&mut self, reader: &mut Reader<'_>, index: u32) -> Result<(), Error> {
        let tag_offset = reader.offset;
        let tag = reader.u32("entry tag")?;
        let alias = reader.string("alias")?;
        let milliseconds = reader.u64("creation date")?;
        let created = i64::try_from(milliseconds / 1000)
            .ok()
            .map(|seconds| UnixTime::from_seconds(seconds.min(UnixTime::NEVER.seconds())));
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
                let other = Other {
                    what: "secret key".into(),
                    facts: vec!["sealed by Java serialisation, not taken apart".into()],
                };
                let start = reader.offset;
                reader.skip_serialised_object()?;
                let origin = Origin::input().at(start);
                let length = reader.offset - start;
                let mut item = Item::plain(path, origin, length, ItemKind::Other(other));
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
        let key = self.key(sealed, offset)?;
        let origin = Origin::input().at(offset);
        let mut item = Item::plain(
            format!("{path}/key"),
            origin,
            sealed.len(),
            ItemKind::PrivateKey(key),
        );
        item.alias = Some(alias.to_owned());
        item.keystore = Some(entry.clone());
        self.items.push(item);
        let count = reader.u32("chain length")?;
        for position in 0..count {
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
    fn key(&mut self, sealed: &[u8], offset: usize) -> Result<KeyItem, Error> {
        let relocate = |error: Error| {
            let inner = error.offset();
            error.moved_to(offset + inner)
        };
        let mut fields = Der::new(sealed)
            .sequence("EncryptedPrivateKeyInfo")
            .map_err(relocate)?
            .reader();
        let identifier = fields.sequence("AlgorithmIdentifier").map_err(relocate)?;
        let protected = fields
            .expect(Tag::OCTET_STRING, "OCTET STRING")
            .map_err(relocate)?
            .contents;
        let seal = key_seal(&identifier);
        self.seals.push(seal.clone());
        for password in self.options.passwords {
            let facts = open_key(&identifier, protected, password, &self.options.limits)
                .map_err(relocate)?;
            if let Some(facts) = facts {
                return Ok(KeyItem {
                    facts: Some(facts),
                    seal: Some(seal),
                    lock: Lock::Open,
                });
            }
        }
        self.shut = true;
        Ok(KeyItem {
            facts: None,
            seal: Some(seal),
            lock: wrong_or_locked(self.options),
        })
    }

    fn certificate(&self, reader: &mut Reader<'_>, path: String) -> Result<Item, Error> {
        if self.version == 2 {
            let offset = reader.offset;
            let kind = reader.string("certificate type")?;
            if kind != "X.509" && kind != "X509" {
                let what = format!("certificate of type {kind:?}");
                return Err(Error::new(ErrorKind::Unsupported { what }, offset));
            }
        }
        let offset = reader.offset + 4;
        let der = reader.block("certificate")?;
        Ok(der::certificate(
            path,
            der.to_vec(),
            &Origin::input().at(offset),
        ))
    }
}

fn key_seal(identifier: &Element<'_>) -> Seal {
    let mut seal = pbe::unknown_seal(identifier, "key");
    let parameters = sun_parameters(identifier);
    seal.rounds = parameters.map(|(_, rounds)| rounds);
    seal
}

/// `SEQUENCE { salt OCTET STRING, iterationCount INTEGER }`.
fn sun_parameters<'a>(identifier: &Element<'a>) -> Option<(&'a [u8], u64)> {
    let mut fields = identifier.reader();
    fields.any().ok()?;
    let mut parameters = fields.any().ok()?.reader();
    let salt = parameters.expect(Tag::OCTET_STRING, "salt").ok()?.contents;
    Some((
        salt,
        parameters
            .expect(Tag::INTEGER, "rounds")
            .ok()?
            .unsigned()
            .ok()?,
    ))
}

/// Opens a key; `None` where this password does not fit.
fn open_key(
    identifier: &Element<'_>,
    protected: &[u8],
    password: &Password,
    limits: &Limits,
) -> Result<Option<PrivateFacts>, Error> {
    let plain = match identifier.reader().oid()?.as_str() {
        SUN_JKS => jks_key(protected, password.reveal()),
        SUN_JCEKS => match sun_parameters(identifier) {
            Some((salt, rounds)) => {
                check_rounds(rounds, limits, identifier.start)?;
                jceks_key(protected, password.reveal(), salt, rounds)
            }
            None => None,
        },
        _ => None,
    };
    Ok(plain.and_then(|plain| private_key(&plain).ok()))
}

/// Sun's own protector: the key under a stream of SHA-1 blocks, each over password and the block
/// before, the first over the salt; at the end a check value over password and key.
fn jks_key(protected: &[u8], password: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (salt, rest) = protected.split_at_checked(DIGEST)?;
    let (sealed, check) = rest.split_at_checked(rest.len().checked_sub(DIGEST)?)?;
    let password = utf16(password);
    let mut plain = Zeroizing::new(sealed.to_vec());
    let mut block = Zeroizing::new(salt.to_vec());
    for chunk in plain.chunks_mut(DIGEST) {
        *block = Sha1::new()
            .chain_update(&*password)
            .chain_update(&*block)
            .finalize()
            .to_vec();
        chunk
            .iter_mut()
            .zip(block.iter())
            .for_each(|(octet, key)| *octet ^= key);
    }
    let computed = Sha1::new()
        .chain_update(&*password)
        .chain_update(&*plain)
        .finalize();
    bool::from(computed.as_slice().ct_eq(check)).then_some(plain)
}

/// `PBEWithMD5AndTripleDES`: each half of the salt is digested with the password again and again; the
/// two results together are the key and the initialisation vector.
fn jceks_key(
    protected: &[u8],
    password: &str,
    salt: &[u8],
    rounds: u64,
) -> Option<Zeroizing<Vec<u8>>> {
    let [a, b, c, d, second @ ..] = salt else {
        return None;
    };
    let second = <[u8; 4]>::try_from(second).ok()?;
    let mut first = [*a, *b, *c, *d];
    if first == second {
        // Equal halves would make equal keys: Java turns the first one around, in its own way.
        first = [*d, *a, *b, *d];
    }
    let mut derived = Zeroizing::new(Vec::with_capacity(32));
    for half in [first, second] {
        let mut block = half.to_vec();
        for _ in 0..rounds {
            block = Md5::new()
                .chain_update(&block)
                .chain_update(password.as_bytes())
                .finalize()
                .to_vec();
        }
        derived.extend_from_slice(&block);
    }
    let (key, iv) = derived.split_at_checked(24)?;
    cbc(des::TdesEde3::new_from_slice(key).ok()?, iv, protected)
}

/// Takes big-endian values off the front.
struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], Error> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            let kind = ErrorKind::Truncated {
                missing: length.saturating_sub(self.rest.len()),
            };
            return Err(Error::new(kind, self.offset).within(what));
        };
        self.rest = rest;
        self.offset += length;
        Ok(taken)
    }

    fn u32(&mut self, what: &'static str) -> Result<u32, Error> {
        let octets = self.take(4, what)?;
        Ok(octets
            .iter()
            .fold(0, |value, &octet| value << 8 | u32::from(octet)))
    }

    fn u64(&mut self, what: &'static str) -> Result<u64, Error> {
        let octets = self.take(8, what)?;
        Ok(octets
            .iter()
            .fold(0, |value, &octet| value << 8 | u64::from(octet)))
    }

    fn block(&mut self, what: &'static str) -> Result<&'a [u8], Error> {
        let length = self.u32(what)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX), what)
    }

    /// Modified UTF-8: surrogates stand one by one, NUL is two octets.
    fn string(&mut self, what: &'static str) -> Result<String, Error> {
        let octets = self.take(2, what)?;
        let length = octets
            .iter()
            .fold(0, |value, &octet| value << 8 | usize::from(octet));
        Ok(modified_utf8(self.take(length, what)?))
    }

    /// Passes over a serialised object. Where it ends is not written down: it is looked for by what can
    /// follow it, another entry or the digest that ends the file.
    fn skip_serialised_object(&mut self) -> Result<(), Error> {
        for end in 1..self.rest.len().saturating_sub(DIGEST).saturating_add(1) {
            let after = self.rest.get(end..).unwrap_or_default();
            if after.len() == DIGEST || starts_entry(after) {
                self.take(end, "secret key")?;
                return Ok(());
            }
        }
        let kind = ErrorKind::Truncated {
            missing: DIGEST.saturating_sub(self.rest.len()).max(1),
        };
        Err(Error::new(kind, self.offset).within("secret key"))
    }
}

/// Whether an entry begins here: a tag, an alias that is text, and a date of the years 1990 to 2100.
fn starts_entry(bytes: &[u8]) -> bool {
    // An alias of more than 512 octets is none; looking at each would cost the square of the file.
    if !matches!(bytes, [0, 0, 0, 1..=3, 0..=1, ..]) {
        return false;
    }
    let mut reader = Reader {
        rest: bytes,
        offset: 0,
    };
    let plausible = (|| {
        let tag = reader.u32("tag").ok()?;
        let alias = reader.string("alias").ok()?;
        let milliseconds = reader.u64("date").ok()?;
        let printable = !alias.is_empty()
            && !alias
                .chars()
                .any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER);
        Some(tag <= 3 && printable && (631_152_000_000..4_102_444_800_000).contains(&milliseconds))
    })();
    plausible.unwrap_or(false)
}

fn modified_utf8(octets: &[u8]) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(octets.len());
    let mut rest = octets;
    loop {
        let (unit, after) = match rest {
            [] => break,
            [a, after @ ..] if *a < 0x80 => (u16::from(*a), after),
            [a, b, after @ ..] if a & 0xe0 == 0xc0 => {
                (u16::from(a & 0x1f) << 6 | u16::from(b & 0x3f), after)
            }
            [a, b, c, after @ ..] if a & 0xf0 == 0xe0 => (
                u16::from(a & 0x0f) << 12 | u16::from(b & 0x3f) << 6 | u16::from(c & 0x3f),
                after,
            ),
            [_, after @ ..] => (0xfffd, after),
        };
        units.push(unit);
        rest = after;
    }
    String::from_utf16_lossy(&units)
}

/// Writes a JKS truststore: an alias, a date and the DER of a certificate for each entry. `keytool` and
/// every Java read it.
pub fn write_jks_truststore(entries: &[(&str, UnixTime, &[u8])], password: &Password) -> Vec<u8> {
    let length = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes();
    let mut file = vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2];
    file.extend(length(entries.len()));
    for (alias, created, der) in entries {
        file.extend([0, 0, 0, 2]);
        // Java looks aliases up in lower case; one in capitals would be listed and never found.
        push_string(&mut file, &alias.to_lowercase());
        file.extend((created.seconds().saturating_mul(1000)).to_be_bytes());
        push_string(&mut file, "X.509");
        file.extend(length(der.len()));
        file.extend_from_slice(der);
    }
    let digest = sealed_digest(password.reveal(), &file);
    file.extend(digest);
    file
}

fn push_string(file: &mut Vec<u8>, text: &str) {
    let mut octets = Vec::new();
    for unit in text.encode_utf16() {
        let low = |value: u16| u8::try_from(value & 0x3f).unwrap_or(0) | 0x80;
        match unit {
            1..=0x7f => octets.extend(u8::try_from(unit)),
            0 | 0x80..=0x7ff => {
                octets.extend([0xc0 | u8::try_from(unit >> 6).unwrap_or(0), low(unit)]);
            }
            _ => octets.extend([
                0xe0 | u8::try_from(unit >> 12).unwrap_or(0),
                low(unit >> 6),
                low(unit),
            ]),
        }
    }
    file.extend(
        u16::try_from(octets.len())
            .unwrap_or(u16::MAX)
            .to_be_bytes(),
    );
    file.extend(octets);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_survive_modified_utf_8() {
        for alias in ["plain", "größe", "日本", "🔒", "a\0b"] {
            let mut file = Vec::new();
            push_string(&mut file, alias);
            assert_eq!(modified_utf8(&file[2..]), alias);
        }
    }
}
