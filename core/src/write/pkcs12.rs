//! PKCS#12 files (RFC 7292).

use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use super::name::{Names, named};
use super::pkcs8::encrypted;
use super::seal::Sealing;
use super::tie::Ties;
use super::{Body, Lost, Part, PrivateKeys, Random, WriteError, Written};
use crate::der::{bmp_string, explicit, integer, octet_string, oid, sequence, set_of, value};
use crate::hex::unhex;
use crate::report::KeystoreEntry;

/// Which certificates Java is told to trust. Those that belong to no key and are not trusted, it does not
/// show at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JavaTrust {
    /// Those that were trusted where they come from.
    #[default]
    AsRead,
    /// Those too that stand in the chain of no key that is written, as JKS has it.
    OfNoKey,
    /// All of them: the file is a truststore.
    Every,
}

/// Writes a PKCS#12 file: certificates and revocation lists sealed together, private keys one by one, and
/// a check value over all of it.
///
/// ```text
/// PFX ::= SEQUENCE { version INTEGER, authSafe ContentInfo, macData MacData OPTIONAL }
/// AuthenticatedSafe ::= SEQUENCE OF ContentInfo
/// SafeBag ::= SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY,
///                        bagAttributes SET OF PKCS12Attribute OPTIONAL }
/// ```
///
/// [RFC 7292, 4](https://www.rfc-editor.org/rfc/rfc7292#section-4)
///
/// # Errors
/// When nothing of it has a place there, a key cannot be brought into PKCS#8, or there is no randomness.
pub fn write_pkcs12(
    parts: &[Part<'_>],
    trust: JavaTrust,
    sealing: &Sealing<'_>,
    random: &mut dyn Random,
) -> Result<Written, WriteError> {
    let ties = Ties::find(parts);
    let mut writer = Writer {
        trusted: trusted(parts, trust, &ties),
        ids: ties.key_ids(parts),
        names: Names::default(),
        keys_names: HashMap::new(),
        sealing,
        open: Vec::new(),
        keys: Vec::new(),
        lost: Vec::new(),
    };
    writer.name_keys(parts, &ties);
    let repeated = repeated(parts);
    for (index, part) in parts.iter().enumerate() {
        if let Some(first) = ties.first_of(index).and_then(|first| parts.get(first)) {
            let why = format!("{} is the same key, and has the certificate", first.path);
            writer.lost.push(Lost::new(&part.path, part.what(), why));
        } else if !repeated.contains(&index) {
            writer.part(index, part, random)?;
            if is_told(part) && ties.certificates(index).is_empty() {
                let what = "the certificate of the private key";
                let why = "it is not here, and the key goes without";
                writer.lost.push(Lost::new(&part.path, what, why));
            }
        }
    }
    writer.finish(random)
}

struct Writer<'w> {
    /// The certificates that Java is told to trust.
    trusted: HashSet<usize>,
    ids: Vec<Option<Vec<u8>>>,
    names: Names,
    /// The names of keys and of the certificates over them, by index.
    keys_names: HashMap<usize, String>,
    sealing: &'w Sealing<'w>,
    /// Bags of certificates and revocation lists.
    open: Vec<Vec<u8>>,
    /// Bags of keys, each sealed.
    keys: Vec<Vec<u8>>,
    lost: Vec<Lost>,
}

impl Writer<'_> {
    /// Names keys before certificates: Java drops the first of two entries that have one name.
    fn name_keys(&mut self, parts: &[Part<'_>], ties: &Ties<'_>) {
        for (index, part) in parts.iter().enumerate() {
            let is_written = part.is_private_key() && ties.first_of(index).is_none();
            let Some(own) = part.own_name().filter(|_| is_written) else {
                continue;
            };
            let name = self.names.take(part, None, &mut self.lost);
            if let [first, _, ..] = ties.certificates(index)
                && parts.get(*first).is_some_and(|it| it.own_name().is_none())
            {
                // Of several of one identifier Java takes the one of that name.
                self.keys_names.insert(*first, name.clone());
            }
            for &certificate in ties.certificates(index) {
                let Some(held) = parts.get(certificate) else {
                    continue;
                };
                if name != own && held.alias.as_deref() == Some(own) {
                    let why = format!("its key is {name} now");
                    self.lost.push(Lost::new(&held.path, named(own), why));
                    self.keys_names.insert(certificate, name.clone());
                }
            }
            self.keys_names.insert(index, name);
        }
        self.name_the_nameless(parts, ties);
    }

    /// Gives a key without a name that of its certificate, else one that is made of its subject, as JKS has it:
    /// keytool and Windows show a number for want of one, or nothing.
    fn name_the_nameless(&mut self, parts: &[Part<'_>], ties: &Ties<'_>) {
        let mut reserved: Option<HashSet<String>> = None;
        for (index, part) in parts.iter().enumerate() {
            let is_written = part.is_private_key() && ties.first_of(index).is_none();
            if !is_written || self.keys_names.contains_key(&index) {
                continue;
            }
            let own = ties.certificates(index);
            let held = own.iter().filter_map(|one| Some((*one, parts.get(*one)?)));
            let held: Vec<(usize, &Part<'_>)> = held.collect();
            let Some((_, first)) = held.first() else {
                continue;
            };
            // To Java a trusted certificate is an entry by itself, which wants another name.
            let named = held
                .iter()
                .find(|(index, it)| it.own_name().is_some() && !self.trusted.contains(index));
            let name = if let Some((_, named)) = named {
                self.names.take(named, None, &mut self.lost)
            } else {
                let all = || {
                    parts
                        .iter()
                        .filter_map(Part::own_name)
                        .map(str::to_lowercase)
                };
                let reserved = reserved.get_or_insert_with(|| all().collect());
                self.names.make_up(first, reserved)
            };
            for (place, (certificate, it)) in held.iter().enumerate() {
                let is_own = place == 0 && it.own_name().is_none();
                if is_own || named.is_some_and(|(named, _)| named == certificate) {
                    self.keys_names.insert(*certificate, name.clone());
                }
            }
            self.keys_names.insert(index, name);
        }
    }

    fn part(
        &mut self,
        index: usize,
        part: &Part<'_>,
        random: &mut dyn Random,
    ) -> Result<(), WriteError> {
        let bag = |kind, value: &[u8], attributes: &[u8]| {
            sequence(&[&oid(kind), &explicit(value), attributes])
        };
        let typed = |kind, der: &[u8]| sequence(&[&oid(kind), &explicit(&octet_string(der))]);
        match part.body {
            Body::PrivateKey(_) => {
                let sealed = encrypted(part, self.sealing, random, &mut self.lost)?;
                let attributes = self.attributes(index, part);
                self.keys.push(bag(SHROUDED_KEY_BAG, &sealed, &attributes));
            }
            Body::Certificate(der) => {
                let attributes = self.attributes(index, part);
                let value = typed(X509_CERTIFICATE, der);
                self.open.push(bag(CERTIFICATE_BAG, &value, &attributes));
            }
            Body::RevocationList(der) => {
                let attributes = self.attributes(index, part);
                let value = typed(X509_CRL, der);
                self.open.push(bag(CRL_BAG, &value, &attributes));
            }
            Body::Other { .. } => {
                let why = "PKCS#12 holds certificates, keys and revocation lists";
                self.lost.push(Lost::new(&part.path, part.what(), why));
                return Ok(());
            }
        }
        let why = "PKCS#12 has no place for it";
        self.lost.extend(part.lost_date(why));
        self.lost.extend(part.lost_openssl_trust(why));
        Ok(())
    }

    /// ```text
    /// PKCS12Attribute ::= SEQUENCE { attrId OBJECT IDENTIFIER, attrValues SET OF ANY }
    /// ```
    ///
    /// RFC 2985, 5.5; what Java and Windows add is theirs. Nothing at all for an empty set.
    fn attributes(&mut self, index: usize, part: &Part<'_>) -> Vec<u8> {
        let entry: &KeystoreEntry = &part.keystore;
        let attribute = |kind: &str, value: &[u8]| sequence(&[&oid(kind), value]);
        let one = |value: Vec<u8>| set_of(vec![value]);
        let mut found = Vec::new();
        let is_trusted = self.trusted.contains(&index);
        let alias = if is_trusted {
            Some(self.names.take(part, None, &mut self.lost))
        } else {
            // That of a chain is the name of its key.
            let own = part.alias.as_deref().filter(|_| !part.is_of_chain());
            let given = self.keys_names.get(&index).map(String::as_str);
            given.or(own).map(str::to_owned)
        };
        found.extend(alias.map(|alias| attribute(FRIENDLY_NAME, &one(bmp_string(&alias)))));
        let id = self.ids.get(index).and_then(Option::as_ref);
        found.extend(id.map(|id| attribute(LOCAL_KEY_ID, &one(octet_string(id)))));
        if is_trusted {
            let usages = entry.trusted_for.iter().map(|usage| oid(&usage.oid));
            let mut usages: Vec<Vec<u8>> = usages.collect();
            if usages.is_empty() {
                usages.push(oid(ANY_KEY_USAGE));
            }
            found.push(attribute(TRUSTED_KEY_USAGE, &set_of(usages)));
        }
        if let Some(provider) = &entry.provider {
            found.push(attribute(PROVIDER, &one(bmp_string(provider))));
        }
        if entry.local_machine {
            found.push(attribute(LOCAL_MACHINE, &set_of(Vec::new())));
        }
        for other in &entry.attributes {
            let values = unhex(other.bytes.as_bytes()).unwrap_or_default();
            found.push(attribute(&other.oid, &value(0x31, &values)));
        }
        if found.is_empty() {
            Vec::new()
        } else {
            set_of(found)
        }
    }

    fn finish(self, random: &mut dyn Random) -> Result<Written, WriteError> {
        if self.open.is_empty() && self.keys.is_empty() {
            let (format, lost) = ("PKCS#12", self.lost);
            return Err(WriteError::NothingFits { format, lost });
        }
        let mut safes = Vec::new();
        if !self.open.is_empty() {
            let (identifier, sealed) = self.sealing.seal(&list(&self.open), random)?;
            safes.push(encrypted_data(&identifier, &sealed));
        }
        if !self.keys.is_empty() {
            safes.push(data(&list(&self.keys)));
        }
        let content = list(&safes);
        let check = self.sealing.check(&content, random)?;
        let private_keys = if self.keys.is_empty() {
            PrivateKeys::None
        } else {
            PrivateKeys::Sealed
        };
        Ok(Written {
            bytes: Zeroizing::new(sequence(&[&integer(&[3]), &data(&content), &check])),
            private_keys,
            lost: self.lost,
        })
    }
}

/// Whether it is a private key whose public half is known, by which its certificate is found.
fn is_told(part: &Part<'_>) -> bool {
    matches!(part.body, Body::PrivateKey(key) if key.public_bits().is_some())
}

/// The certificates that Java is told to trust.
fn trusted(parts: &[Part<'_>], trust: JavaTrust, ties: &Ties<'_>) -> HashSet<usize> {
    let keys = parts
        .iter()
        .enumerate()
        .filter(|(_, it)| it.is_private_key());
    let chained: HashSet<&[u8]> = match trust {
        JavaTrust::OfNoKey => keys
            .flat_map(|(index, _)| ties.chain_of_key(index, parts))
            .filter_map(|index| parts.get(index)?.certificate_der())
            .collect(),
        JavaTrust::AsRead | JavaTrust::Every => HashSet::new(),
    };
    let told = parts.iter().enumerate().filter(|(_, part)| match trust {
        JavaTrust::AsRead => part.keystore.trusted,
        JavaTrust::OfNoKey => {
            part.keystore.trusted
                || part
                    .certificate_der()
                    .is_some_and(|der| !chained.contains(der))
        }
        JavaTrust::Every => true,
    });
    let certificates = told.filter(|(_, part)| part.certificate_der().is_some());
    certificates.map(|(index, _)| index).collect()
}

/// Certificates that stand in a chain as they stand elsewhere too: once is enough.
fn repeated(parts: &[Part<'_>]) -> HashSet<usize> {
    let own = parts.iter().filter(|part| !part.is_of_chain());
    let mut seen: HashSet<&[u8]> = own.filter_map(Part::certificate_der).collect();
    let chained = parts.iter().enumerate().filter(|(_, it)| it.is_of_chain());
    let again = chained.filter_map(|(index, part)| Some((index, part.certificate_der()?)));
    again
        .filter_map(|(index, der)| (!seen.insert(der)).then_some(index))
        .collect()
}

fn list(parts: &[Vec<u8>]) -> Vec<u8> {
    value(0x30, &parts.concat())
}

/// `ContentInfo` of type `data` (RFC 5652, 4).
fn data(content: &[u8]) -> Vec<u8> {
    sequence(&[&oid(DATA), &explicit(&octet_string(content))])
}

/// `ContentInfo` of type `encryptedData` (RFC 5652, 8).
fn encrypted_data(identifier: &[u8], sealed: &[u8]) -> Vec<u8> {
    let content = sequence(&[&oid(DATA), identifier, &value(0x80, sealed)]);
    let encrypted = sequence(&[&integer(&[0]), &content]);
    sequence(&[&oid(ENCRYPTED_DATA), &explicit(&encrypted)])
}

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const CRL_BAG: &str = "1.2.840.113549.1.12.10.1.4";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";
const X509_CRL: &str = "1.2.840.113549.1.9.23.1";
const FRIENDLY_NAME: &str = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID: &str = "1.2.840.113549.1.9.21";
const TRUSTED_KEY_USAGE: &str = "2.16.840.1.113894.746875.1.1";
pub(super) const ANY_KEY_USAGE: &str = "2.5.29.37.0";
const PROVIDER: &str = "1.3.6.1.4.1.311.17.1";
const LOCAL_MACHINE: &str = "1.3.6.1.4.1.311.17.2";
