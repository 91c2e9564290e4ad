//! Java keystores of type JKS.

use std::collections::HashSet;

use zeroize::Zeroizing;

use super::name::{Names, named};
use super::pkcs8::KeyForm;
use super::tie::Ties;
use super::{Body, Lost, Part, PrivateKeys, Random, WriteError, Written};
use crate::container::jks::stream::push_string;
use crate::container::jks::{DIGEST, SUN_JKS, protected_key, sealed_digest};
use crate::der::{octet_string, oid, sequence};
use crate::password::Password;
use crate::time::UnixTime;

/// Writes a Java keystore of type JKS: keys with their chains, and all other certificates as trusted
/// ones. `at` is the date of entries that have none of their own.
///
/// The key protector is Sun's and rests on SHA-1; Java 9 and later prefer PKCS#12. The layout stands in
/// `container/jks.rs`.
///
/// # Errors
/// When nothing of it has a place there, a key cannot be brought into PKCS#8, something is longer than
/// the format can say, or there is no randomness.
pub fn write_jks(
    parts: &[Part<'_>],
    password: &Password,
    at: UnixTime,
    random: &mut dyn Random,
) -> Result<Written, WriteError> {
    let ties = Ties::find(parts);
    let mut writer = Writer {
        parts,
        password,
        at,
        names: Names::default(),
        entries: Vec::new(),
        count: 0,
        private_keys: PrivateKeys::None,
        lost: Vec::new(),
    };
    let mut chained = HashSet::new();
    for (index, part) in parts.iter().enumerate() {
        if part.is_private_key() {
            let chain = ties.chain_of_key(index, parts);
            if chain.is_empty() {
                let why = "JKS keeps a key only with its certificate, which is not here";
                writer.lost.push(Lost::new(&part.path, part.what(), why));
                continue;
            }
            writer.key(part, &chain, random)?;
            chained.extend(chain);
        }
    }
    let of = |index: &usize| parts.get(*index)?.certificate_der();
    let held: HashSet<&[u8]> = chained.iter().filter_map(of).collect();
    for (index, part) in parts.iter().enumerate() {
        match part.body {
            Body::PrivateKey(_) => {}
            Body::Certificate(der) => {
                if !held.contains(der) || part.keystore.trusted {
                    writer.trusted(part, der)?;
                } else if !chained.contains(&index) {
                    let why = "it stands in the chain of a key already";
                    writer.lost.push(Lost::new(&part.path, part.what(), why));
                }
            }
            Body::RevocationList(_) | Body::Other { .. } => {
                let why = "JKS holds certificates and keys";
                writer.lost.push(Lost::new(&part.path, part.what(), why));
            }
        }
    }
    writer.finish()
}

struct Writer<'w, 'p> {
    parts: &'w [Part<'p>],
    password: &'w Password,
    at: UnixTime,
    names: Names,
    /// What was written, keys sealed.
    entries: Vec<u8>,
    count: u32,
    private_keys: PrivateKeys,
    lost: Vec<Lost>,
}

impl Writer<'_, '_> {
    fn key(
        &mut self,
        part: &Part<'_>,
        chain: &[usize],
        random: &mut dyn Random,
    ) -> Result<(), WriteError> {
        let key = KeyForm::Pkcs8.of_part(part, &mut self.lost)?;
        let mut salt = [0; DIGEST];
        random.fill(&mut salt)?;
        let protected = protected_key(&key, self.password.reveal(), &salt);
        let algorithm = sequence(&[&oid(SUN_JKS), &[5, 0]]);
        let sealed = sequence(&[&algorithm, &octet_string(&protected)]);
        let leaf = chain.first().and_then(|&first| self.parts.get(first));
        let alias = self.start(1, part, leaf)?;
        self.block(&sealed)?;
        let length = u32::try_from(chain.len()).map_err(|_| TOO_LONG)?;
        self.entries.extend(length.to_be_bytes());
        for &index in chain {
            let Some(certificate) = self.parts.get(index) else {
                continue;
            };
            if let Body::Certificate(der) = certificate.body {
                self.certificate(der)?;
                self.beside(certificate, &alias);
            }
        }
        self.private_keys = PrivateKeys::Sealed;
        Ok(())
    }

    /// What is lost of a certificate that has no entry of its own but stands in that of its key.
    fn beside(&mut self, certificate: &Part<'_>, alias: &str) {
        if certificate.keystore.trusted {
            return;
        }
        let why = "JKS keeps it under the name of its key";
        let own = certificate.alias.as_deref();
        let own = own.filter(|_| !certificate.is_of_chain());
        if let Some(own) = own.filter(|own| !own.is_empty() && *own != alias) {
            let what = if own.to_lowercase() == alias {
                format!("the capitals of {}", named(own))
            } else {
                named(own)
            };
            self.lost.push(Lost::new(&certificate.path, what, why));
        }
        if certificate.keystore.chain_index.is_none() {
            self.lost.extend(certificate.lost_date(why));
        }
        self.lost.extend(certificate.lost_attributes(why));
        self.lost.extend(certificate.lost_openssl_trust(why));
    }

    fn trusted(&mut self, part: &Part<'_>, der: &[u8]) -> Result<(), WriteError> {
        self.start(2, part, None)?;
        self.certificate(der)
    }

    /// Tag, alias and date of an entry; answers the alias.
    fn start(
        &mut self,
        tag: u32,
        part: &Part<'_>,
        beside: Option<&Part<'_>>,
    ) -> Result<String, WriteError> {
        let name = self.names.take(part, beside, &mut self.lost);
        // Java looks aliases up in lower case; one in capitals would be listed and never found.
        let alias = name.to_lowercase();
        if alias != name {
            let what = format!("the capitals of {}", named(&name));
            let why = "Java knows names in lower case";
            self.lost.push(Lost::new(&part.path, what, why));
        }
        let why = "JKS has no place for it";
        self.lost.extend(part.lost_attributes(why));
        self.lost.extend(part.lost_openssl_trust(why));
        let created = part.keystore.created.unwrap_or(self.at);
        self.count = self.count.checked_add(1).ok_or(TOO_LONG)?;
        self.entries.extend(tag.to_be_bytes());
        push_string(&mut self.entries, &alias).ok_or(WriteError::TooLong { what: "a name" })?;
        let milliseconds = created.seconds().saturating_mul(1000);
        self.entries.extend(milliseconds.to_be_bytes());
        Ok(alias)
    }

    fn certificate(&mut self, der: &[u8]) -> Result<(), WriteError> {
        push_string(&mut self.entries, "X.509").ok_or(TOO_LONG)?;
        self.block(der)
    }

    fn block(&mut self, octets: &[u8]) -> Result<(), WriteError> {
        let length = u32::try_from(octets.len()).map_err(|_| TOO_LONG)?;
        self.entries.extend(length.to_be_bytes());
        self.entries.extend_from_slice(octets);
        Ok(())
    }

    fn finish(self) -> Result<Written, WriteError> {
        if self.count == 0 {
            let (format, lost) = ("JKS", self.lost);
            return Err(WriteError::NothingFits { format, lost });
        }
        let mut file = vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2];
        file.extend(self.count.to_be_bytes());
        file.extend(self.entries);
        let digest = sealed_digest(self.password.reveal(), &file);
        file.extend(digest);
        Ok(Written {
            bytes: Zeroizing::new(file),
            private_keys: self.private_keys,
            lost: self.lost,
        })
    }
}

const TOO_LONG: WriteError = WriteError::TooLong { what: "an entry" };
