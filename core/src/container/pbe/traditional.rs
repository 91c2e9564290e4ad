//! OpenSSL's traditional encryption of keys: `Proc-Type: 4,ENCRYPTED`.

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::cipher::{BlockCipher, Mode};
use super::{Cipher, Form, Opener, unsupported_key};
use crate::container::KeyItem;
use crate::container::findings::{self, Sealed};
use crate::error::{Error, ErrorKind};
use crate::hex::unhex;
use crate::open::Options;
use crate::report::{Lock, Seal};
use crate::x509::private_key;

/// A key in OpenSSL's traditional encryption: the cipher and its initialisation vector stand in the
/// header of the block (`DEK-Info: AES-256-CBC,…`, RFC 1421, 4.6.1.3), and the key is one round of MD5
/// over password and salt, the first eight octets of that vector (`EVP_BytesToKey`).
///
/// # Errors
/// When the header names no cipher, or a vector of another length.
pub(crate) fn traditional_key(
    header: &[u8],
    sealed: &[u8],
    options: &Options<'_>,
) -> Result<KeyItem, Error> {
    let DekInfo {
        name,
        cipher,
        vector,
    } = dek_info(header).map_err(|error| error.within("private key"))?;
    let seal = Seal {
        what: "key".to_owned(),
        algorithm: format!("{name}, key from one round of MD5"),
        rounds: Some(1),
        salt_length: Some(8),
        key_bits: None,
        derivation: Some("MD5".to_owned()),
        digest: Some("MD5".to_owned()),
        cipher: Some(cipher.map_or_else(|| name.clone(), |cipher| cipher.name().to_owned())),
        unsupported: cipher.is_none().then(|| format!("cipher {name}")),
    };
    let sealed_by = Sealed {
        standing: cipher.map(Cipher::standing),
        ..Sealed::of(seal)
    };
    let findings = findings::of_key(&sealed_by);
    let seal = sealed_by.seal;
    let Some(cipher) = cipher else {
        let what = format!("the cipher {name} in DEK-Info");
        let error = Error::new(ErrorKind::Unsupported { what }, 0);
        let key = unsupported_key(seal, error)?;
        return Ok(KeyItem { findings, ..key });
    };
    let opener = Opener::new(options);
    let (salt, _) = vector.split_at_checked(8).unwrap_or_default();
    let facts = opener.secrets.iter().find_map(|&secret| {
        [Form::Utf8, Form::Latin1].into_iter().find_map(|form| {
            let password = form.octets(secret)?;
            let key = bytes_to_key(&password, salt, cipher.key_length());
            let plain = cipher.decrypt(&key, &vector, sealed)?;
            private_key(&plain).ok()
        })
    });
    let lock = match facts {
        Some(_) => Lock::Open,
        None => opener.wrong_or_locked(),
    };
    Ok(KeyItem {
        facts,
        seal: Some(seal),
        lock,
        findings,
    })
}

/// What `DEK-Info` says.
struct DekInfo {
    name: String,
    /// Absent for one that is not supported.
    cipher: Option<Cipher>,
    vector: Vec<u8>,
}

fn dek_info(header: &[u8]) -> Result<DekInfo, Error> {
    let malformed = |what: String| Error::new(ErrorKind::Malformed { what }, 0);
    let header = String::from_utf8_lossy(header);
    let info = header
        .lines()
        .find_map(|line| line.trim().strip_prefix("DEK-Info:"))
        .ok_or_else(|| malformed("no DEK-Info line says which cipher sealed it".to_owned()))?;
    let (name, vector) = info
        .split_once(',')
        .ok_or_else(|| malformed("the DEK-Info line holds no initialisation vector".to_owned()))?;
    let name = name.trim().to_uppercase();
    let vector = unhex(vector.trim().as_bytes()).unwrap_or_default();
    let Some(cipher) = cipher(&name) else {
        return Ok(DekInfo {
            name,
            cipher: None,
            vector,
        });
    };
    let expected = cipher.vector_length();
    let found = vector.len();
    if found != expected {
        let what = format!(
            "the initialisation vector in DEK-Info has {found} bytes, and {name} takes {expected}"
        );
        return Err(malformed(what));
    }
    Ok(DekInfo {
        name,
        cipher: Some(cipher),
        vector,
    })
}

/// The cipher of this name. OpenSSL also writes with CAMELLIA, ARIA, SEED, SM4, IDEA, CAST5 and BF, and in
/// the modes CFB1 and CFB8.
fn cipher(name: &str) -> Option<Cipher> {
    let rc2 = |octets: usize| Cipher::Rc2 {
        octets,
        effective_bits: octets * 8,
    };
    Some(match name {
        "AES-128-CBC" => Cipher::Aes128,
        "AES-192-CBC" => Cipher::Aes192,
        "AES-256-CBC" => Cipher::Aes256,
        "DES-EDE3-CBC" => Cipher::TripleDes,
        "DES-EDE-CBC" => Cipher::TwoKeyTripleDes,
        "DES-CBC" => Cipher::Des,
        "RC2-CBC" => rc2(16),
        "RC2-64-CBC" => rc2(8),
        "RC2-40-CBC" => rc2(5),
        _ => {
            let (cipher, mode) = name.rsplit_once('-')?;
            let mode = match mode {
                "CFB" => Mode::Cfb,
                "OFB" => Mode::Ofb,
                "CTR" => Mode::Ctr,
                _ => return None,
            };
            let cipher = match cipher {
                "AES-128" => BlockCipher::Aes128,
                "AES-192" => BlockCipher::Aes192,
                "AES-256" => BlockCipher::Aes256,
                "DES-EDE3" => BlockCipher::TripleDes,
                "DES-EDE" => BlockCipher::TwoKeyTripleDes,
                "DES" => BlockCipher::Des,
                _ => return None,
            };
            Cipher::Stream(cipher, mode)
        }
    })
}

fn bytes_to_key(password: &[u8], salt: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut block = Zeroizing::new(Vec::new());
    while key.len() < length {
        let digest = Md5::new()
            .chain_update(&*block)
            .chain_update(password)
            .chain_update(salt)
            .finalize();
        block = Zeroizing::new(digest.to_vec());
        key.extend_from_slice(&block);
    }
    key.truncate(length);
    key
}
