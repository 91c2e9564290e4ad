//! What ZIP seals with a password: PKWARE's old stream cipher, and AES as `WinZip` does it.
//! [APPNOTE.TXT, 6](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT),
//! [WinZip, AE-1 and AE-2](https://www.winzip.com/en/support/aes-encryption/)

use certlens_hot::{DigestName, derivation};
use ctr::Ctr128LE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::super::crc_step;
use super::little;
use crate::password::Password;
use crate::report::Seal;

/// The extra field of a file that AES seals.
const AES: usize = 0x9901;

/// Rounds of PBKDF2 with HMAC-SHA-1, which the format fixes.
const ROUNDS: u32 = 1000;

/// Octets of the code at the end, and of the check value before what is sealed.
const CODE: usize = 10;
const CHECK: usize = 2;

/// How a file was sealed.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Sealing {
    /// With three keys of 32 bits. The last octet of the header is known, and so tells a wrong password
    /// 255 times in 256; the checksum tells the others.
    Stream { check: u8 },
    /// With AES in counter mode, and a code over what is sealed.
    Aes { key_length: usize },
}

impl Sealing {
    /// What the header in the directory says, and the method by which the file was packed before.
    ///
    /// ```text
    /// extra field := 9901(2) length(2) version(2) "AE" strength(1) method(2)
    /// ```
    pub(super) fn of(header: &[u8], aes: Option<&[u8]>, method: usize) -> Option<(Self, usize)> {
        if method != 99 {
            let flags = little(header, 8, 2)?;
            // Who does not know the checksum beforehand writes the time instead.
            let at = if flags & 8 == 0 { 19 } else { 13 };
            let check = *header.get(at)?;
            return Some((Self::Stream { check }, method));
        }
        let aes = aes?;
        let key_length = match aes.get(4)? {
            1 => 16,
            2 => 24,
            3 => 32,
            _ => return None,
        };
        Some((Self::Aes { key_length }, little(aes, 5, 2)?))
    }

    /// Where the extra fields tell of AES.
    pub(super) const FIELD: usize = AES;

    /// Octets that the password is not needed for, and those of the code at the end.
    fn frame(self) -> (usize, usize) {
        match self {
            Self::Stream { .. } => (12, 0),
            Self::Aes { key_length } => (key_length / 2 + CHECK, CODE),
        }
    }

    /// What a report says of it.
    pub(in super::super) fn told(self) -> Seal {
        let (algorithm, cipher) = match self {
            Self::Stream { .. } => ("ZIP's old stream cipher".to_owned(), "ZipCrypto".to_owned()),
            Self::Aes { key_length } => {
                let cipher = format!("AES-{}-CTR", key_length * 8);
                (format!("{cipher}, PBKDF2 with HMAC-SHA-1"), cipher)
            }
        };
        let aes = match self {
            Self::Stream { .. } => None,
            Self::Aes { key_length } => Some(key_length),
        };
        let figure = |length: usize| u64::try_from(length).ok();
        Seal {
            what: "file".to_owned(),
            algorithm,
            rounds: aes.map(|_| u64::from(ROUNDS)),
            salt_length: aes.and_then(|length| figure(length / 2)),
            key_bits: aes.map_or(Some(96), |length| figure(length * 8)),
            derivation: aes.map(|_| "PBKDF2".to_owned()),
            digest: aes.map(|_| "SHA-1".to_owned()),
            cipher: Some(cipher),
            unsupported: None,
        }
    }

    /// Rounds that one password costs: each fills 20 octets.
    pub(in super::super) fn rounds(self) -> u64 {
        match self {
            Self::Stream { .. } => 0,
            Self::Aes { key_length } => {
                let length = u64::try_from(2 * key_length + CHECK).unwrap_or(u64::MAX);
                length.div_ceil(20).saturating_mul(u64::from(ROUNDS))
            }
        }
    }

    /// What was sealed, still packed; `None` where the password is seen to be another one.
    pub(in super::super) fn open(
        self,
        sealed: &[u8],
        password: &Password,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let (head, tail) = self.frame();
        let inner = sealed.get(head..sealed.len().checked_sub(tail)?)?;
        let mut plain = Zeroizing::new(inner.to_vec());
        match self {
            Self::Stream { check } => {
                let mut keys = Keys::new(password.reveal().as_bytes());
                let header = sealed.get(..head)?.iter().map(|octet| keys.open(*octet));
                if header.last() != Some(check) {
                    return None;
                }
                for octet in plain.iter_mut() {
                    *octet = keys.open(*octet);
                }
            }
            Self::Aes { key_length } => {
                let (salt, check) = sealed.split_at_checked(key_length / 2)?;
                let mut derived = Zeroizing::new(vec![0; 2 * key_length + CHECK]);
                let text = password.reveal().as_bytes();
                derivation::pbkdf2(DigestName::Sha1, text, salt, ROUNDS, &mut derived);
                let (key, rest) = derived.split_at_checked(key_length)?;
                let (code_key, expected) = rest.split_at_checked(key_length)?;
                if check.get(..CHECK)?.ct_ne(expected).into() {
                    return None;
                }
                let code = DigestName::Sha1.hmac(code_key, inner);
                let stated = sealed.get(sealed.len().checked_sub(CODE)?..)?;
                if code.get(..CODE)?.ct_ne(stated).into() {
                    return None;
                }
                apply(key, &mut plain)?;
            }
        }
        Some(plain)
    }
}

/// AES in counter mode; the counter starts at one, its least octet first.
fn apply(key: &[u8], octets: &mut [u8]) -> Option<()> {
    let start = &1_u128.to_le_bytes();
    match key.len() {
        16 => Ctr128LE::<aes::Aes128>::new_from_slices(key, start)
            .ok()?
            .apply_keystream(octets),
        24 => Ctr128LE::<aes::Aes192>::new_from_slices(key, start)
            .ok()?
            .apply_keystream(octets),
        _ => Ctr128LE::<aes::Aes256>::new_from_slices(key, start)
            .ok()?
            .apply_keystream(octets),
    }
    Some(())
}

/// The three keys of the old cipher, which every octet changes.
struct Keys(Zeroizing<[u32; 3]>);

impl Keys {
    fn new(password: &[u8]) -> Self {
        let mut keys = Self(Zeroizing::new([0x1234_5678, 0x2345_6789, 0x3456_7890]));
        for octet in password {
            keys.update(*octet);
        }
        keys
    }

    fn update(&mut self, octet: u8) {
        let [first, second, third] = &mut *self.0;
        *first = crc_step(*first, octet);
        *second = second
            .wrapping_add(*first & 0xff)
            .wrapping_mul(134_775_813)
            .wrapping_add(1);
        let [.., highest] = second.to_le_bytes();
        *third = crc_step(*third, highest);
    }

    fn open(&mut self, octet: u8) -> u8 {
        let [_, _, third] = *self.0;
        let word = (third | 2) & 0xffff;
        let [_, mask, ..] = word.wrapping_mul(word ^ 1).to_le_bytes();
        let plain = octet ^ mask;
        self.update(plain);
        plain
    }
}
