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
    Text::default().parts(parts, &mut |_| Ok(None))
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
    Text::default().parts(parts, &mut |key| {
        let der = encrypted(key, sealing, random)?;
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
    Text::default().parts(parts, &mut |part| {
        Ok(Some(Key {
            label: form.label(),
            der: form.of_part(part)?,
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
    fn parts(
        mut self,
        parts: &[Part<'_>],
        key: &mut dyn FnMut(&Part<'_>) -> Result<Option<Key>, WriteError>,
    ) -> Result<Written, WriteError> {
        let mut private_keys = PrivateKeys::None;
        for part in parts {
            match part.body {
                Body::PrivateKey(_) => match key(part)? {
                    Some(key) => {
                        private_keys = key.private_keys;
                        self.block(part, key.label, &key.der);
                    }
                    None => {
                        let why = "private keys were not to be written";
                        self.lost.push(Lost::new(&part.path, part.what(), why));
                    }
                },
                Body::Certificate(der) => match part.openssl_trust {
                    Some(trust) => {
                        let der = [der, trust].concat();
                        self.block(part, "TRUSTED CERTIFICATE", &der);
                    }
                    None => self.block(part, "CERTIFICATE", der),
                },
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
        push_block(&mut self.text, label, der);
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
            lines.push_str(&format!("    friendlyName: {alias}\n"));
        }
        if let Some(id) = id {
            let octets: Vec<String> = id.iter().map(|octet| format!("{octet:02X}")).collect();
            lines.push_str(&format!("    localKeyID: {}\n", octets.join(" ")));
        }
        push(&mut self.text, lines.as_bytes());
    }
}

/// Whether a name comes back from a line of text, and cannot pass for anything else there.
fn fits_line(name: &str) -> bool {
    let odd = |character: char| character.is_control();
    !name.is_empty() && name.trim() == name && !name.contains("-----") && !name.contains(odd)
}

/// Appends a block: base64 in lines of 64 characters between its boundary lines.
pub(crate) fn push_block(text: &mut Zeroizing<Vec<u8>>, label: &str, der: &[u8]) {
    let mut digits = Zeroizing::new(vec![0; der.len().div_ceil(3).saturating_mul(4)]);
    // The buffer is of exactly that length.
    let written = STANDARD.encode_slice(der, &mut digits).unwrap_or_default();
    let lines = digits.get(..written).unwrap_or_default().chunks(64);
    let boundary = |word| format!("-----{word} {label}-----\n");
    push(text, boundary("BEGIN").as_bytes());
    for line in lines {
        push(text, line);
        push(text, b"\n");
    }
    push(text, boundary("END").as_bytes());
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
