//! Certificates that others name by issuer and serial number, or by key: signers and holders.

use std::collections::HashMap;

use crate::container::{Item, ItemKind};
use crate::links::Facts;
use crate::x509::{AttributeCertificateSpine, Identifier, SignerSpine};

/// The certificate that each signer and each attribute certificate names, by index of the items.
pub(super) fn find(items: &[&Item], facts: &[Option<Facts<'_>>]) -> HashMap<usize, usize> {
    let mut by_serial: HashMap<(&[u8], &[u8]), usize> = HashMap::new();
    let mut by_key: HashMap<&[u8], usize> = HashMap::new();
    let wanted = |item: &Item| {
        matches!(
            item.kind,
            ItemKind::Signer(_) | ItemKind::AttributeCertificate(_)
        )
    };
    if !items.iter().any(|item| wanted(item)) {
        return HashMap::new();
    }
    for (index, one) in facts.iter().enumerate() {
        let Some(one) = one else { continue };
        by_serial.entry((one.issuer, one.serial)).or_insert(index);
        if let Some(key) = one.subject_key {
            by_key.entry(key).or_insert(index);
        }
    }
    let named = |item: &Item| match &item.kind {
        ItemKind::Signer(signer) => match SignerSpine::read(&signer.der).ok()?.identifier {
            Identifier::IssuerAndSerial(issuer, serial) => {
                by_serial.get(&(issuer.raw, serial.contents)).copied()
            }
            Identifier::Key(key) => by_key.get(key).copied(),
        },
        ItemKind::AttributeCertificate(der) => {
            let spine = AttributeCertificateSpine::read(der).ok()?;
            let (issuer, serial) = spine.holder_issuer()?;
            by_serial.get(&(issuer.raw, serial.contents)).copied()
        }
        _ => None,
    };
    let found = items.iter().enumerate();
    found
        .filter_map(|(index, item)| Some((index, named(item)?)))
        .collect()
}
