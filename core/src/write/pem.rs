//! PEM text (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::name::named;
use super::pkcs8::{KeyForm, encrypted};
use super::seal::Sealing;
use super::{Body, Lost, Part, PrivateKeys, Random, WriteError, Written};
use crate::hex::unhex;

/// Writes everything but private keys as PEM text.
///
/// Names and key identifiers stand before their blocks, as `openssl pkcs12` prints them.
///
/// # Errors
/// When there is nothing but private keys.
pub fn write_pem(parts: &[Part<'_>]) -> Result<Written, WriteError> {
    Text::default().parts(parts, |_, _| Ok(None))
}

/// Writes everything as PEM text, private keys sealed: `ENCRYPTED PRIVATE KEY`.
///
/// # Errors
/// When there is nothing to write, a key cannot be brought into PKCS#8, or there is no randomness.
pub fn write_pem_with_sealed_keys(
    parts: &[Part<'_>],
    sealing: &Sealing<'_>,
    random: &mut dyn Random,
) -> Result<Written, WriteError> {
    Text::default().parts(parts, |key, lost| {
        let der = encrypted(key, sealing, random, lost)?;
        Ok(Some(Key {
            label: "ENCRYPTED PRIVATE KEY",
            der,
            private_keys: PrivateKeys::Sealed,
        }))
    })
}

/// Writes everything as PEM text, private keys in the clear: whoever has the file has the keys.
///
/// # Errors
/// When there is nothing to write, or a key cannot be brought into this form.
pub fn write_pem_with_private_keys_in_the_clear(
    parts: &[Part<'_>],
    form: KeyForm,
) -> Result<Written, WriteError> {
    Text::default().parts(parts, |part, lost| {
        Ok(Some(Key {
            label: form.label(),
            der: form.of_part(part, lost)?,
            private_keys: PrivateKeys::InTheClear,
        }))
    })
}

/// A private key as it will stand in its block.
struct Key {
    label: &'static str,
    der: Zeroizing<Vec<u8>>,
    private_keys: PrivateKeys,
}

#[derive(Default)]
struct Text {
    text: Zeroizing<Vec<u8>>,
    lost: Vec<Lost>,
}

impl Text {
    fn parts<K>(mut self, parts: &[Part<'_>], mut key: K) -> Result<Written, WriteError>
    where
        K: FnMut(&Part<'_>, &mut Vec<Lost>) -> Result<Option<Key>, WriteError>,
    {
        let mut private_keys = PrivateKeys::None;
        for part in parts {
            match part.body {
                Body::PrivateKey(_) => {
                    if let Some(key) = key(part, &mut self.lost)? {
                        private_keys = key.private_keys;
                        self.block(part, key.label, &key.der);
                    } else {
                        let why = "private keys were not to be written";
                        self.lost.push(Lost::new(&part.path, part.what(), why));
                    }
                }
                Body::Certificate(der) => {
                    if let Some(trust) = part.openssl_trust {
                        self.block(part, "TRUSTED CERTIFICATE", &[der, trust].concat());
                    } else {
                        self.block(part, "CERTIFICATE", der);
                    }
                }
                Body::RevocationList(der) => self.block(part, "X509 CRL", der),
                Body::Other { label, der } => self.block(part, label, der),
            }
        }
        if self.text.is_empty() {
            let (format, lost) = ("PEM without private keys", self.lost);
            return Err(WriteError::NothingFits { format, lost });
        }
        Ok(Written {
            bytes: self.text,
            private_keys,
            lost: self.lost,
        })
    }

    fn block(&mut self, part: &Part<'_>, label: &str, der: &[u8]) {
        self.attributes(part);
        push_block(&mut self.text, label, &[], der);
        let why = "PEM text has no place for it";
        self.lost.extend(part.lost_dates_and_trust(why));
        self.lost.extend(part.lost_attributes(why));
    }

    /// What `openssl pkcs12` prints before a block.
    fn attributes(&mut self, part: &Part<'_>) {
        let own = part.openssl_trust.is_none() && !part.is_of_chain();
        let alias = part.alias.as_deref().filter(|_| own);
        if let Some(alias) = alias.filter(|alias| !fits_line(alias)) {
            let why = "it does not fit one line of text";
            self.lost.push(Lost::new(&part.path, named(alias), why));
        }
        let alias = alias.filter(|alias| fits_line(alias));
        let id = part.keystore.local_key_id.as_deref();
        let id = id.and_then(|id| unhex(id.as_bytes()));
        if alias.is_none() && id.is_none() {
            return;
        }
        let mut lines = "Bag Attributes\n".to_owned();
        if let Some(alias) = alias {
            lines.extend(["    friendlyName: ", alias, "\n"]);
        }
        if let Some(id) = id {
            let octets: Vec<String> = id.iter().map(|octet| format!("{octet:02X}")).collect();
            lines.extend(["    localKeyID: ", &octets.join(" "), "\n"]);
        }
        push(&mut self.text, lines.as_bytes());
    }
}

/// Whether a name comes back from a line of text, and cannot pass for a boundary there.
fn fits_line(name: &str) -> bool {
    let is_boundary = name.contains("BEGIN") || name.contains("END ");
    !name.is_empty() && name.trim() == name && !is_boundary && !name.contains(char::is_control)
}

/// Appends a block: base64 in lines of 64 characters between its boundary lines, below the lines of a
/// header and a blank one.
pub(crate) fn push_block(
    text: &mut Zeroizing<Vec<u8>>,
    label: &str,
    header: &[String],
    der: &[u8],
) {
    let mut digits = Zeroizing::new(vec![0; der.len().div_ceil(3).saturating_mul(4)]);
    // The buffer is of exactly that length.
    let written = STANDARD.encode_slice(der, &mut digits).unwrap_or_default();
    let boundary = |word| format!("-----{word} {label}-----");
    let start = [boundary("BEGIN")];
    let blank = [String::new()];
    let blank = blank.iter().filter(|_| !header.is_empty());
    for line in start.iter().chain(header).chain(blank) {
        push(text, line.as_bytes());
        push(text, b"\n");
    }
    for line in digits.get(..written).unwrap_or_default().chunks(64) {
        push(text, line);
        push(text, b"\n");
    }
    push(text, boundary("END").as_bytes());
    push(text, b"\n");
}

/// Appends, and leaves no copy behind where the buffer has to grow.
pub(crate) fn push(text: &mut Zeroizing<Vec<u8>>, octets: &[u8]) {
    let needed = text.len().saturating_add(octets.len());
    if text.capacity() < needed {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
        larger.extend_from_slice(text);
        // The old one is wiped as it is dropped.
        *text = larger;
    }
    text.extend_from_slice(octets);
}
