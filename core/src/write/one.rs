//! Files that are one DER value.

use zeroize::Zeroizing;

use super::pkcs8::{KeyForm, encrypted};
use super::seal::Sealing;
use super::{Body, Lost, Part, PrivateKeys, Random, WriteError, Written};

/// Writes one object that is no private key as DER.
///
/// # Errors
/// When there is none, or more than one.
pub fn write_der(parts: &[Part<'_>]) -> Result<Written, WriteError> {
    let (part, mut lost) = only(parts, "DER without a private key", |part| {
        !part.is_private_key()
    })?;
    let der = match part.body {
        Body::Certificate(der) | Body::RevocationList(der) | Body::Other { der, .. } => der,
        Body::PrivateKey(_) => &[],
    };
    lost.extend(part.lost_beside(NO_PLACE));
    Ok(Written {
        bytes: Zeroizing::new(der.to_vec()),
        private_keys: PrivateKeys::None,
        lost,
    })
}

/// Writes one private key as DER under a password: `EncryptedPrivateKeyInfo`.
///
/// # Errors
/// When there is no key or more than one, it cannot be brought into PKCS#8, or there is no randomness.
pub fn write_der_sealed_key(
    parts: &[Part<'_>],
    sealing: &Sealing<'_>,
    random: &mut dyn Random,
) -> Result<Written, WriteError> {
    let (part, mut lost) = only(parts, "a private key", Part::is_private_key)?;
    lost.extend(part.lost_beside(NO_PLACE));
    Ok(Written {
        bytes: encrypted(part, sealing, random, &mut lost)?,
        private_keys: PrivateKeys::Sealed,
        lost,
    })
}

/// Writes one private key as DER in the clear: whoever has the file has the key.
///
/// # Errors
/// When there is no key or more than one, or it cannot be brought into this form.
pub fn write_der_private_key_in_the_clear(
    parts: &[Part<'_>],
    form: KeyForm,
) -> Result<Written, WriteError> {
    let (part, mut lost) = only(parts, "a private key", Part::is_private_key)?;
    lost.extend(part.lost_beside(NO_PLACE));
    Ok(Written {
        bytes: form.of_part(part, &mut lost)?,
        private_keys: PrivateKeys::InTheClear,
        lost,
    })
}

/// The one part that fits; what does not is lost.
fn only<'w, 'a>(
    parts: &'w [Part<'a>],
    format: &'static str,
    fits: impl Fn(&Part<'a>) -> bool,
) -> Result<(&'w Part<'a>, Vec<Lost>), WriteError> {
    let (fitting, others): (Vec<_>, Vec<_>) = parts.iter().partition(|part| fits(part));
    let lost: Vec<Lost> = others
        .into_iter()
        .map(|part| Lost::new(&part.path, part.what(), "the file is one object"))
        .collect();
    match fitting.as_slice() {
        [] => Err(WriteError::NothingFits { format, lost }),
        [part] => Ok((part, lost)),
        several => Err(WriteError::TooMany {
            format,
            found: several.len(),
        }),
    }
}

const NO_PLACE: &str = "a DER file is the object and nothing else";
