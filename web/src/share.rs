//! Certificates in a link: a PKCS#7 file, which has no place for keys, compressed, in base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use certlens_core::{Part, write_pkcs7};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::services::address;

/// What stands before the certificates in an address.
pub const SHARED: &str = "#/share/";

/// Characters of the longest link that is made. Browsers take it; chat programs often cut earlier.
pub const LONGEST: usize = 32_000;

/// Octets that a link may unfold to. Stops one that unfolds to gigabytes.
const LARGEST: usize = 1 << 20;

/// Why there is no link, or nothing in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareError {
    /// There is no certificate to share.
    Nothing,
    /// The link would have this many characters.
    TooLong(usize),
    /// The link was cut off or changed on its way.
    Damaged,
}

/// The certificates as the part of an address behind the `#`, with it.
///
/// # Errors
/// When there are none, or when the link would be longer than [`LONGEST`].
pub fn pack<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> Result<String, ShareError> {
    let parts: Vec<Part<'_>> = certificates.into_iter().map(Part::certificate).collect();
    let written = write_pkcs7(&parts).map_err(|_| ShareError::Nothing)?;
    let packed = URL_SAFE_NO_PAD.encode(compress_to_vec(&written.bytes, 9));
    let length = SHARED.len() + packed.len();
    if LONGEST < length {
        return Err(ShareError::TooLong(length));
    }
    Ok(format!("{SHARED}{packed}"))
}

/// What an address shares, as it stands there: alone, or kept beside what is searched.
pub fn packed(hash: &str) -> Option<&str> {
    match hash.strip_prefix(SHARED) {
        Some(packed) => packed.split('?').next(),
        None => address::shared(hash),
    }
}

/// The PKCS#7 file of an address that shares one; `None` for any other address.
///
/// # Errors
/// When it was cut off or changed, or unfolds to too much.
pub fn unpack(hash: &str) -> Option<Result<Vec<u8>, ShareError>> {
    let packed = packed(hash)?;
    let octets = URL_SAFE_NO_PAD.decode(packed).ok();
    let file = octets.and_then(|octets| decompress_to_vec_with_limit(&octets, LARGEST).ok());
    Some(file.ok_or(ShareError::Damaged))
}

#[cfg(test)]
mod tests {
    use certlens_core::{Options, RowKind, open};

    use super::*;

    const LEAF: &[u8] = include_bytes!("../../tests/vectors/der/leaf.der");

    #[test]
    fn certificates_survive_the_address_bar() {
        let link = pack([LEAF, LEAF]).unwrap();
        assert!(link.len() < 1_000, "{}", link.len());
        let file = unpack(&format!("{link}?sort=name")).unwrap().unwrap();
        let rows = open(&file, &Options::default()).unwrap().rows();
        assert_eq!(rows[0].name, "leaf.example.org");
        assert!(rows.iter().all(|row| row.kind == RowKind::Certificate));
    }

    #[test]
    fn a_damaged_link_is_told() {
        let link = pack([LEAF]).unwrap();
        assert_eq!(unpack(&link[..300]), Some(Err(ShareError::Damaged)));
        assert_eq!(unpack("#/share/%%%"), Some(Err(ShareError::Damaged)));
        assert_eq!(unpack("#/entry/1-0"), None);
    }

    #[test]
    fn a_link_that_unfolds_to_too_much_is_refused() {
        let zeros = compress_to_vec(&vec![0; 2 * LARGEST], 9);
        let link = format!("{SHARED}{}", URL_SAFE_NO_PAD.encode(zeros));
        assert_eq!(unpack(&link), Some(Err(ShareError::Damaged)));
    }

    #[test]
    fn a_link_has_a_longest_length() {
        // Octets that do not compress, as those of real certificates hardly do.
        let noise = |seed: u32| {
            let mut state = 2 * seed + 1;
            let octets = std::iter::repeat_with(move || {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state.to_le_bytes()
            });
            octets.take(1_000).flatten().collect::<Vec<u8>>()
        };
        let many: Vec<Vec<u8>> = (1..9).map(noise).collect();
        let many = many.iter().map(Vec::as_slice);
        assert!(matches!(pack(many), Err(ShareError::TooLong(length)) if LONGEST < length));
        assert_eq!(pack([]), Err(ShareError::Nothing));
    }
}
