//! Writes a PKCS#12 file as OpenSSL 3 and keytool 17 do (RFC 7292): PBES2 with AES-256 and
//! HMAC-SHA-256, friendly names on keys and certificates, Java's trust attribute where wanted.

use aes::Aes256;
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::authority::CannotMake;
use super::der::{
    NULL, bmp_string, explicit, identifier, integer, octet_string, sequence, set, tagged, utf16,
};

/// One thing that a keystore holds.
pub(super) enum Bag<'a> {
    /// A private key in PKCS#8.
    Key {
        /// Its DER.
        der: &'a [u8],
        /// The name that it goes by.
        alias: &'a str,
        /// Ties it to its certificate.
        id: u8,
    },
    /// A certificate.
    Certificate {
        /// Its DER.
        der: &'a [u8],
        /// The name that it goes by.
        alias: Option<&'a str>,
        /// The key that it belongs to.
        id: Option<u8>,
        /// Whether Java trusts it.
        trust: Trust,
    },
}

/// Whether a certificate carries Oracle's trust attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    Stated,
    Unstated,
}

/// Writes a keystore: its certificates sealed together, its keys one by one.
pub(super) fn write(bags: &[Bag<'_>], password: &str) -> Result<Vec<u8>, CannotMake> {
    let mut certificates = Vec::new();
    let mut keys = Vec::new();
    for bag in bags {
        match bag {
            Bag::Key { der, alias, id } => {
                let (scheme, sealed) = seal(der, password)?;
                let sealed = sequence(&[&scheme, &octet_string(&sealed)]);
                let attributes = attributes(Some(alias), Some(*id), Trust::Unstated);
                keys.push(sequence(&[
                    &identifier(SHROUDED_KEY_BAG),
                    &explicit(&sealed),
                    &attributes,
                ]));
            }
            Bag::Certificate {
                der,
                alias,
                id,
                trust,
            } => {
                let value = explicit(&octet_string(der));
                let value = sequence(&[&identifier(X509_CERTIFICATE), &value]);
                let attributes = attributes(*alias, *id, *trust);
                certificates.push(sequence(&[
                    &identifier(CERTIFICATE_BAG),
                    &explicit(&value),
                    &attributes,
                ]));
            }
        }
    }
    let certificates = encrypted(&sequence(&slices(&certificates)), password)?;
    let keys = data(&sequence(&slices(&keys)));
    let safe = sequence(&[&certificates, &keys]);
    let mac = mac(&safe, password)?;
    Ok(sequence(&[&integer(3), &data(&safe), &mac]))
}

/// `ContentInfo` of type `data`.
fn data(content: &[u8]) -> Vec<u8> {
    sequence(&[&identifier(DATA), &explicit(&octet_string(content))])
}

/// `ContentInfo` of type `encryptedData`.
fn encrypted(content: &[u8], password: &str) -> Result<Vec<u8>, CannotMake> {
    let (scheme, sealed) = seal(content, password)?;
    let content = sequence(&[&identifier(DATA), &scheme, &tagged(0x80, &sealed)]);
    let encrypted = sequence(&[&integer(0), &content]);
    Ok(sequence(&[
        &identifier(ENCRYPTED_DATA),
        &explicit(&encrypted),
    ]))
}

/// Seals by PBES2; answers the scheme with its parameters, and the sealed octets.
fn seal(content: &[u8], password: &str) -> Result<(Vec<u8>, Vec<u8>), CannotMake> {
    let salt: [u8; 16] = random()?;
    let iv: [u8; 16] = random()?;
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), &salt, ROUNDS, &mut key);
    let sealed =
        Encryptor::<Aes256>::new(&key.into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(content);
    let prf = sequence(&[&identifier(HMAC_SHA256), NULL]);
    let derivation = sequence(&[&octet_string(&salt), &integer(ROUNDS), &prf]);
    let derivation = sequence(&[&identifier(PBKDF2), &derivation]);
    let cipher = sequence(&[&identifier(AES_256_CBC), &octet_string(&iv)]);
    let scheme = sequence(&[&identifier(PBES2), &sequence(&[&derivation, &cipher])]);
    Ok((scheme, sealed))
}

/// `MacData`: proof that nobody without the password changed the file.
fn mac(content: &[u8], password: &str) -> Result<Vec<u8>, CannotMake> {
    let salt: [u8; 16] = random()?;
    let key = mac_key(password, &salt);
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key)
        .map_err(|error| CannotMake::Other(error.to_string()))?;
    mac.update(content);
    let digest = mac.finalize().into_bytes();
    let algorithm = sequence(&[&identifier(SHA256), NULL]);
    let digest = sequence(&[&algorithm, &octet_string(&digest)]);
    Ok(sequence(&[&digest, &octet_string(&salt), &integer(ROUNDS)]))
}

/// The derivation of RFC 7292, appendix B.2, for as many octets as SHA-256 makes.
fn mac_key(password: &str, salt: &[u8; 16]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut password = utf16(password);
    password.extend([0, 0]);
    let whole_blocks = password.len().div_ceil(BLOCK) * BLOCK;
    let mut hasher = Sha256::new();
    hasher.update([MAC_PURPOSE; BLOCK]);
    hasher.update(
        salt.iter()
            .copied()
            .cycle()
            .take(BLOCK)
            .collect::<Vec<u8>>(),
    );
    hasher.update(
        password
            .into_iter()
            .cycle()
            .take(whole_blocks)
            .collect::<Vec<u8>>(),
    );
    let mut key: [u8; 32] = hasher.finalize().into();
    for _ in 1..ROUNDS {
        key = Sha256::digest(key).into();
    }
    key
}

fn attributes(alias: Option<&str>, id: Option<u8>, trust: Trust) -> Vec<u8> {
    let attribute = |kind: &[u64], value: &[u8]| sequence(&[&identifier(kind), &set(&[value])]);
    let mut attributes = Vec::new();
    attributes.extend(alias.map(|alias| attribute(FRIENDLY_NAME, &bmp_string(alias))));
    attributes.extend(id.map(|id| attribute(LOCAL_KEY_ID, &octet_string(&[id]))));
    if trust == Trust::Stated {
        attributes.push(attribute(TRUSTED_KEY_USAGE, &identifier(ANY_KEY_USAGE)));
    }
    set(&slices(&attributes))
}

fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

fn random() -> Result<[u8; 16], CannotMake> {
    let mut octets = [0; 16];
    getrandom::fill(&mut octets).map_err(|error| CannotMake::Other(error.to_string()))?;
    Ok(octets)
}

/// As many as keytool 17 takes.
const ROUNDS: u32 = 10_000;

/// The octet that tells a key for the check value from one for a cipher.
const MAC_PURPOSE: u8 = 3;

const DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 1];
const ENCRYPTED_DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 6];
const SHROUDED_KEY_BAG: &[u64] = &[1, 2, 840, 113_549, 1, 12, 10, 1, 2];
const CERTIFICATE_BAG: &[u64] = &[1, 2, 840, 113_549, 1, 12, 10, 1, 3];
const X509_CERTIFICATE: &[u64] = &[1, 2, 840, 113_549, 1, 9, 22, 1];
const FRIENDLY_NAME: &[u64] = &[1, 2, 840, 113_549, 1, 9, 20];
const LOCAL_KEY_ID: &[u64] = &[1, 2, 840, 113_549, 1, 9, 21];
const TRUSTED_KEY_USAGE: &[u64] = &[2, 16, 840, 1, 113_894, 746_875, 1, 1];
const ANY_KEY_USAGE: &[u64] = &[2, 5, 29, 37, 0];
const PBES2: &[u64] = &[1, 2, 840, 113_549, 1, 5, 13];
const PBKDF2: &[u64] = &[1, 2, 840, 113_549, 1, 5, 12];
const HMAC_SHA256: &[u64] = &[1, 2, 840, 113_549, 2, 9];
const AES_256_CBC: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 1, 42];
const SHA256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
