//! The formats that are written, and what each of them asks for.

use certlens_core::{
    JavaTrust, KeyForm, Part, Password, PrivateKeys, Sealing, UnixTime, WriteError, Written,
    pem_block, write_der, write_der_private_key_in_the_clear, write_der_sealed_key, write_jks,
    write_pem, write_pem_with_private_keys_in_the_clear, write_pem_with_sealed_keys, write_pkcs7,
    write_pkcs12,
};
use clap::ValueEnum;
use zeroize::Zeroizing;

use super::{Refusal, is_private_key, word};
use crate::host_key;
use crate::inspect::visible::visible;

/// A format to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Target {
    /// Text with a block for each object; holds everything but trust and dates
    Pem,
    /// One object alone
    Der,
    /// Certificates and revocation lists (.p7b)
    #[value(alias = "p7b")]
    Pkcs7,
    /// A keystore that everything reads (.p12, .pfx)
    #[value(aliases = ["p12", "pfx"])]
    Pkcs12,
    /// A keystore for old Java
    Jks,
    /// Private keys alone, sealed unless --keys-in-the-clear
    Pkcs8,
    /// RSA private keys alone, in the old form
    Pkcs1,
    /// EC private keys alone, in the old form
    Sec1,
}

/// How keystores and keys are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SealProfile {
    /// AES-256, PBKDF2 and HMAC with SHA-256
    Modern,
    /// 3DES and SHA-1, for Windows before 10 1709 and Java before 8u301
    Legacy,
    /// As modern, with a check value by RFC 9579, which few programs read yet
    Pbmac1,
}

/// Text or binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Encoding {
    Pem,
    Der,
}

/// Which certificates Java is told to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum JavaTrustMarks {
    /// Those that were marked in what was read
    AsRead,
    /// All of them
    Every,
}

/// What was asked for besides the format.
pub(super) struct Wish<'w> {
    /// The one that seals what is written.
    pub(super) password: Option<&'w Password>,
    pub(super) keys_in_the_clear: bool,
    pub(super) profile: SealProfile,
    pub(super) encoding: Option<Encoding>,
    pub(super) java_trust: Option<JavaTrustMarks>,
    pub(super) now: UnixTime,
}

/// What is done with private keys where a format leaves that open.
enum Keys<'w> {
    Seal(Sealing<'w>),
    Clear,
}

impl Target {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pem => "PEM",
            Self::Der => "DER",
            Self::Pkcs7 => "PKCS#7",
            Self::Pkcs12 => "PKCS#12",
            Self::Jks => "JKS",
            Self::Pkcs8 => "PKCS#8",
            Self::Pkcs1 => "PKCS#1",
            Self::Sec1 => "SEC 1",
        }
    }

    /// Whether the file is PEM text.
    pub(super) fn is_text(self, encoding: Option<Encoding>) -> bool {
        match self {
            Self::Pem => true,
            Self::Der | Self::Pkcs12 | Self::Jks => false,
            Self::Pkcs7 => encoding == Some(Encoding::Pem),
            Self::Pkcs8 | Self::Pkcs1 | Self::Sec1 => encoding != Some(Encoding::Der),
        }
    }

    pub(super) fn write(self, parts: &[Part<'_>], wish: &Wish<'_>) -> Result<Written, Refusal> {
        self.refuse_encoding(wish)?;
        match self {
            Self::Pem => pem(parts, wish, KeyForm::Pkcs8),
            Self::Der => der(parts, wish),
            Self::Pkcs7 => {
                let mut written = write_pkcs7(parts).map_err(refusal)?;
                if wish.encoding == Some(Encoding::Pem) {
                    let text = pem_block("PKCS7", &written.bytes);
                    written.bytes = Zeroizing::new(text.into_bytes());
                }
                Ok(written)
            }
            Self::Pkcs12 => {
                let sealing = wish.sealing().ok_or_else(|| self.no_password())?;
                let has_keys = parts.iter().any(is_private_key);
                let trust = match wish.java_trust {
                    Some(JavaTrustMarks::Every) => JavaTrust::Every,
                    None if !has_keys => JavaTrust::Every,
                    None => JavaTrust::OfNoKey,
                    Some(JavaTrustMarks::AsRead) => JavaTrust::AsRead,
                };
                write_pkcs12(parts, trust, &sealing, &mut host_key::fill).map_err(refusal)
            }
            Self::Jks => {
                let password = wish.password.ok_or_else(|| self.no_password())?;
                write_jks(parts, password, wish.now, &mut host_key::fill).map_err(refusal)
            }
            Self::Pkcs8 => keys_alone(parts, wish, KeyForm::Pkcs8),
            Self::Pkcs1 | Self::Sec1 if !wish.keys_in_the_clear => {
                let sentence = format!("{} is written in the clear only", self.name());
                let hint = "Ask for that with --keys-in-the-clear, or write pkcs8.";
                Err(Refusal::usage(sentence, hint))
            }
            Self::Pkcs1 => keys_alone(parts, wish, KeyForm::Pkcs1),
            Self::Sec1 => keys_alone(parts, wish, KeyForm::Sec1),
        }
    }

    fn refuse_encoding(self, wish: &Wish<'_>) -> Result<(), Refusal> {
        let Some(encoding) = wish.encoding else {
            return Ok(());
        };
        let has_both = matches!(self, Self::Pkcs7 | Self::Pkcs8 | Self::Pkcs1 | Self::Sec1);
        if has_both {
            return Ok(());
        }
        let sentence = format!("{} has no --encoding {}", self.name(), word(&encoding));
        Err(Refusal::usage(sentence, "Leave --encoding out."))
    }

    fn no_password(self) -> Refusal {
        let sentence = format!("{} is sealed by a password", self.name());
        let hint = "Give it with --password-stdin: the last line seals what is written.";
        Refusal::usage(sentence, hint)
    }
}

impl<'w> Wish<'w> {
    fn sealing(&self) -> Option<Sealing<'w>> {
        let profile = match self.profile {
            SealProfile::Modern => certlens_core::SealProfile::Modern,
            SealProfile::Legacy => certlens_core::SealProfile::Legacy,
            SealProfile::Pbmac1 => certlens_core::SealProfile::Pbmac1,
        };
        Some(Sealing::new(self.password?, profile))
    }

    fn keys(&self) -> Result<Keys<'w>, Refusal> {
        if self.keys_in_the_clear {
            return Ok(Keys::Clear);
        }
        self.sealing().map(Keys::Seal).ok_or_else(|| {
            Refusal::usage(
                "a private key would be written, and no password seals it",
                "Give a password with --password-stdin, or --keys-in-the-clear, or --no-keys.",
            )
        })
    }
}

fn pem(parts: &[Part<'_>], wish: &Wish<'_>, form: KeyForm) -> Result<Written, Refusal> {
    if !parts.iter().any(is_private_key) {
        return write_pem(parts).map_err(refusal);
    }
    match wish.keys()? {
        Keys::Clear => write_pem_with_private_keys_in_the_clear(parts, form),
        Keys::Seal(sealing) => write_pem_with_sealed_keys(parts, &sealing, &mut host_key::fill),
    }
    .map_err(refusal)
}

/// One object: what is public where there is any, else the key.
fn der(parts: &[Part<'_>], wish: &Wish<'_>) -> Result<Written, Refusal> {
    if parts.is_empty() || !parts.iter().all(is_private_key) {
        return write_der(parts).map_err(refusal);
    }
    der_key(parts, wish, KeyForm::Pkcs8)
}

fn der_key(parts: &[Part<'_>], wish: &Wish<'_>, form: KeyForm) -> Result<Written, Refusal> {
    match wish.keys()? {
        Keys::Clear => write_der_private_key_in_the_clear(parts, form),
        Keys::Seal(sealing) => write_der_sealed_key(parts, &sealing, &mut host_key::fill),
    }
    .map_err(refusal)
}

/// The keys among the parts and nothing else.
fn keys_alone(parts: &[Part<'_>], wish: &Wish<'_>, form: KeyForm) -> Result<Written, Refusal> {
    if wish.encoding == Some(Encoding::Der) {
        return der_key(parts, wish, form);
    }
    let (keys, others): (Vec<Part<'_>>, Vec<Part<'_>>) =
        parts.iter().cloned().partition(is_private_key);
    let mut written = if keys.is_empty() {
        Written {
            bytes: Zeroizing::default(),
            private_keys: PrivateKeys::None,
            lost: Vec::new(),
        }
    } else {
        pem(&keys, wish, form)?
    };
    let left = others.iter().map(|part| certlens_core::Lost {
        path: part.path.to_string(),
        what: part.what().to_owned(),
        why: "the format holds private keys alone".to_owned(),
    });
    written.lost.extend(left);
    if written.bytes.is_empty() {
        let (format, lost) = ("a file of private keys", written.lost);
        return Err(refusal(WriteError::NothingFits { format, lost }));
    }
    Ok(written)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn refusal(error: WriteError) -> Refusal {
    let mut sentence = visible(&error.to_string()).into_owned();
    if let WriteError::NothingFits { lost, .. } = &error {
        for one in lost.iter().take(5) {
            sentence.extend(["\n  ", &visible(&one.to_string())]);
        }
    }
    Refusal::failure(sentence, error.hint())
}
