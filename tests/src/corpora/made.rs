//! PKCS#12 files made here, where the corpora have none: of a post-quantum key and the certificate of
//! its algorithm that lies beside it.

use std::fs;
use std::path::Path;

use certlens_core::{Lock, Object, Options};
use sha2::{Digest, Sha256};

use super::checks::{Outcome, hex, key};
use super::expected::Case;

/// A key and a certificate come out as they were put in.
pub(super) fn check(corpora: &Path, case: &Case) -> Option<Outcome> {
    let algorithm = case.stated()?.oid_in_name.as_deref()?;
    if case.kind != "key" {
        return None;
    }
    let certificate = beside(&corpora.join(&case.file))?;
    let digest = hex(&Sha256::digest(&certificate));
    let file = keystore(&case.bytes(corpora), &certificate);
    let difference = match certlens_core::inspect(&file, &Options::default(), None) {
        Err(error) => Some(error.to_string()),
        Ok(report) => {
            let has_key = report.entries.iter().any(|entry| {
                matches!(&entry.object, Object::PrivateKey(it) if it.lock == Lock::Open)
                    && key(&entry.object).is_some_and(|key| key.algorithm.oid == algorithm)
            });
            let has_certificate = report.entries.iter().any(|entry| {
                matches!(&entry.object, Object::Certificate(it) if it.fingerprints.sha256 == digest)
            });
            (!has_key || !has_certificate).then(|| {
                format!("key of {algorithm}: {has_key}, its certificate: {has_certificate}")
            })
        }
    };
    Some(Outcome::one(difference))
}

/// The certificate with the same algorithm in its name: of a trust anchor, else of an end entity.
fn beside(key: &Path) -> Option<Vec<u8>> {
    let (algorithm, _) = key.file_name()?.to_str()?.split_once('_')?;
    ["ta", "ee"]
        .iter()
        .find_map(|role| fs::read(key.with_file_name(format!("{algorithm}_{role}.der"))).ok())
}

/// `PFX` of RFC 7292 without a MAC: a `keyBag` and a `certBag`, unsealed.
fn keystore(key: &[u8], certificate: &[u8]) -> Vec<u8> {
    let certificate = [
        value(0x06, X509_CERTIFICATE),
        value(0xa0, &value(0x04, certificate)),
    ];
    let bags = [
        [value(0x06, KEY_BAG), value(0xa0, key)],
        [
            value(0x06, CERT_BAG),
            value(0xa0, &value(0x30, &certificate.concat())),
        ],
    ];
    let bags = bags.map(|bag| value(0x30, &bag.concat())).concat();
    let safe = value(0x30, &data(&value(0x30, &bags)));
    value(0x30, &[vec![2, 1, 3], data(&safe)].concat())
}

/// `ContentInfo` with `data` (RFC 5652, 4).
fn data(contents: &[u8]) -> Vec<u8> {
    let parts = [value(0x06, DATA), value(0xa0, &value(0x04, contents))];
    value(0x30, &parts.concat())
}

fn value(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len())
        .expect("it is small")
        .to_be_bytes();
    let zeros = length.iter().take_while(|&&octet| octet == 0).count();
    let length = &length[zeros.min(3)..];
    let long = 0x80 | u8::try_from(length.len()).expect("at most four");
    match length {
        [short @ 0..0x80] => [&[tag, *short], contents].concat(),
        _ => [&[tag, long], length, contents].concat(),
    }
}

const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const KEY_BAG: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01";
const CERT_BAG: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03";
const X509_CERTIFICATE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01";
