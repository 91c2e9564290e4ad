//! Password-based encryption: what seals keystores and keys (RFC 8018, RFC 7292).

mod check;
mod cipher;
mod deferred;
mod kdf;
mod traditional;

use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

pub(crate) use check::{Check, unreadable_check};
pub(crate) use cipher::{Cipher, Standing};
pub use deferred::Pbkdf2;
pub(crate) use deferred::{Derivation, DerivedKeys, Kept};
pub(crate) use kdf::{DigestName, Kdf, Purpose, derive_pkcs12};
pub(crate) use traditional::traditional_key;

use crate::asn1::{Element, Reader, Tag};
use crate::container::KeyItem;
use crate::container::findings::{self, Sealed};
use crate::error::{Error, ErrorKind};
use crate::limits::{Limits, figure};
use crate::oids;
use crate::open::Options;
use crate::password::Password;
use crate::report::{Lock, Seal};
use crate::write::pem::push;
use crate::x509::private_key;

/// Parameters whose derivations are remembered, so that equal ones cost once. Stops a file of a million
/// salts from filling memory with keys.
const MAX_REMEMBERED: usize = 1024;

/// A password that may fit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Secret<'a> {
    /// What was typed, also when that is nothing.
    Text(&'a str),
    /// No password at all, which PKCS#12 tells from an empty one.
    Absent,
}

impl Secret<'_> {
    pub(crate) fn is_empty(self) -> bool {
        matches!(self, Self::Absent | Self::Text(""))
    }
}

/// How the text of a password becomes octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// UTF-16 in network order with a zero character at the end (RFC 7292, B.1), surrogates included.
    Bmp,
    /// The same, of the octets of UTF-8 taken for Latin-1, as OpenSSL did before 1.1.
    BmpOfOctets,
    /// The same as [`Form::Bmp`], and then this text in it too, as Bouncy Castle tells purposes apart.
    BmpWith(&'static str),
    /// UTF-8 (RFC 8018, 3).
    Utf8,
    /// Latin-1, as old programs took it from their terminals.
    Latin1,
}

impl Form {
    /// Whether only old software turns passwords into octets this way.
    pub(crate) fn is_old(self) -> bool {
        matches!(self, Self::BmpOfOctets | Self::Latin1)
    }

    /// The octets of a password; `None` where this form has none of its own for it.
    fn octets(self, secret: Secret<'_>) -> Option<Zeroizing<Vec<u8>>> {
        let Secret::Text(text) = secret else {
            // To PBKDF2 no password is an empty one, which is a candidate of its own.
            return (self == Self::Bmp).then(Zeroizing::default);
        };
        match self {
            Self::Bmp => Some(bmp(text.encode_utf16())),
            Self::BmpWith(purpose) => {
                let mut octets = Self::Bmp.octets(secret)?;
                push(&mut octets, &Self::Bmp.octets(Secret::Text(purpose))?);
                Some(octets)
            }
            Self::Utf8 => Some(Zeroizing::new(text.as_bytes().to_vec())),
            Self::BmpOfOctets | Self::Latin1 if text.is_ascii() => None,
            Self::BmpOfOctets => Some(bmp(text.bytes().map(u16::from))),
            Self::Latin1 => {
                let octet = |character| u8::try_from(u32::from(character)).ok();
                text.chars()
                    .map(octet)
                    .collect::<Option<Vec<u8>>>()
                    .map(Zeroizing::new)
            }
        }
    }
}

/// A password in UTF-16 with a zero character at the end (RFC 7292, B.1).
pub(crate) fn bmp(units: impl Iterator<Item = u16>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(units.chain([0]).flat_map(u16::to_be_bytes).collect())
}

/// The password that opened something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Used<'o> {
    pub(crate) secret: Secret<'o>,
    pub(crate) form: Form,
}

/// What a password opened.
pub(crate) struct Opened<'o> {
    pub(crate) plain: Zeroizing<Vec<u8>>,
    pub(crate) used: Used<'o>,
}

/// The key and the initialisation vector that a password comes to.
struct Material {
    key: Zeroizing<Vec<u8>>,
    iv: Zeroizing<Vec<u8>>,
}

/// What opens the sealed parts of one file: the passwords to try, and what is left of the limits.
///
/// The rounds that a file states are summed over its parts, each set of parameters once, and no more
/// than [`Limits::kdf_rounds`] of them are derived for a password.
pub(crate) struct Opener<'o> {
    options: &'o Options<'o>,
    secrets: Vec<Secret<'o>>,
    /// Rounds that the parts so far asked for.
    rounds: u64,
    /// The parameters, and lengths of key, that were charged and whose derivations are remembered.
    counted: HashSet<(Kdf, usize)>,
    derived: HashMap<(Secret<'o>, Derivation), Zeroizing<Vec<u8>>>,
    /// Whether a derivation was left to the caller, who will have the file read again.
    waits: bool,
    /// Whether the derivations that were charged last are remembered.
    remembers: bool,
    /// Octets that were decrypted.
    output: u64,
    /// Rounds that were computed, passwords that did not fit included.
    #[cfg(test)]
    pub(crate) computed: u64,
}

impl<'o> Opener<'o> {
    /// Tries the given passwords, then an empty one and none at all.
    pub(crate) fn new(options: &'o Options<'o>) -> Self {
        let mut secrets: Vec<Secret<'o>> = Vec::with_capacity(options.passwords.len() + 2);
        let given = options.passwords.iter();
        let given = given.map(|password| Secret::Text(password.reveal()));
        let mut seen = HashSet::new();
        secrets.extend(
            given
                .chain([Secret::Text(""), Secret::Absent])
                .filter(|secret| seen.insert(*secret)),
        );
        Self {
            options,
            secrets,
            rounds: 0,
            counted: HashSet::new(),
            derived: HashMap::new(),
            waits: false,
            remembers: false,
            output: 0,
            #[cfg(test)]
            computed: 0,
        }
    }

    pub(crate) fn options(&self) -> &'o Options<'o> {
        self.options
    }

    pub(crate) fn limits(&self) -> &'o Limits {
        &self.options.limits
    }

    /// What a lock that stays shut is called: wrong passwords, or none at all.
    pub(crate) fn wrong_or_locked(&self) -> Lock {
        if self.options.passwords.is_empty() {
            Lock::Locked
        } else {
            Lock::WrongPassword
        }
    }

    /// Tries this password before all others from now on.
    pub(crate) fn prefer(&mut self, used: Used<'o>) {
        self.secrets.retain(|secret| *secret != used.secret);
        self.secrets.insert(0, used.secret);
    }

    /// Tries only passwords that were given: that the others do not fit is known.
    pub(crate) fn give_up_empty(&mut self) {
        self.secrets.retain(|secret| !secret.is_empty());
    }

    /// Opens a sealed part with the password whose result `fits`; `None` if none does.
    ///
    /// # Errors
    /// A limit, or a derivation that cannot be computed.
    pub(crate) fn open(
        &mut self,
        scheme: &Scheme,
        sealed: &[u8],
        fits: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Opened<'o>>, Error> {
        let secrets = self.secrets.clone();
        self.open_with(&secrets, scheme, sealed, fits)
    }

    /// Opens a part that no password opened the way [`Scheme::of_old_nss`] has it, with the one that is known
    /// to be that of the file: so a wrong password costs no more than it did.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub(crate) fn open_of_old_nss(
        &mut self,
        scheme: &Scheme,
        sealed: &[u8],
        secret: Secret<'o>,
        fits: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Opened<'o>>, Error> {
        if self.waits {
            return Ok(None);
        }
        self.open_with(&[secret], scheme, sealed, fits)
    }

    fn open_with(
        &mut self,
        secrets: &[Secret<'o>],
        scheme: &Scheme,
        sealed: &[u8],
        fits: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Opened<'o>>, Error> {
        self.charge(&scheme.kdf, scheme.cipher.key_length(), scheme.start)?;
        for &secret in secrets {
            for &form in scheme.forms {
                let Some(Material { key, iv }) = self.key_and_vector(scheme, secret, form)? else {
                    if self.waits {
                        return Ok(None);
                    }
                    continue;
                };
                if let Some(plain) = scheme.cipher.decrypt(&key, &iv, sealed)
                    && fits(&plain)
                {
                    self.count_output(plain.len(), scheme.start)?;
                    let used = Used { secret, form };
                    return Ok(Some(Opened { plain, used }));
                }
            }
        }
        Ok(None)
    }

    fn key_and_vector(
        &mut self,
        scheme: &Scheme,
        secret: Secret<'o>,
        form: Form,
    ) -> Result<Option<Material>, Error> {
        let length = scheme.cipher.key_length();
        let vector = scheme.cipher.vector_length();
        let mut derive = |purpose, length| {
            let kdf = &scheme.kdf;
            self.derive(kdf, purpose, length, Used { secret, form }, scheme.start)
        };
        Ok(match (&scheme.kdf, &scheme.iv) {
            (_, Some(iv)) => derive(Purpose::Key, length)?.map(|key| {
                let iv = Zeroizing::new(iv.clone());
                Material { key, iv }
            }),
            (Kdf::Pkcs12 { .. }, None) => {
                let key = derive(Purpose::Key, length)?;
                let both = key.zip(derive(Purpose::Iv, vector)?);
                both.map(|(key, iv)| Material { key, iv })
            }
            (_, None) => derive(Purpose::Key, length + vector)?.map(|derived| {
                let (key, iv) = derived.split_at_checked(length).unwrap_or_default();
                Material {
                    key: Zeroizing::new(key.to_vec()),
                    iv: Zeroizing::new(iv.to_vec()),
                }
            }),
        })
    }

    /// Derives octets, or remembers them; `None` where the form has nothing to say of this password, or
    /// where the derivation is left to the caller. What it costs must have been charged.
    pub(crate) fn derive(
        &mut self,
        kdf: &Kdf,
        purpose: Purpose,
        length: usize,
        used: Used<'o>,
        offset: usize,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let Used { secret, form } = used;
        let derivation = Derivation {
            kdf: kdf.clone(),
            purpose,
            length,
            form,
        };
        let place = (secret, derivation);
        if let Some(key) = self.derived.get(&place) {
            return Ok(Some(key.clone()));
        }
        let Some(password) = form.octets(secret) else {
            return Ok(None);
        };
        let keys = self.keys(secret);
        let key = match keys.map(|keys| keys.look(&place.1, &password)) {
            Some(Kept::Known(key)) => return Ok(Some(key)),
            Some(Kept::Deferred) => {
                self.waits = true;
                return Ok(None);
            }
            Some(Kept::Unknown) | None => kdf.derive(&password, purpose, length, offset)?,
        };
        #[cfg(test)]
        {
            self.computed += kdf.rounds().unwrap_or(1);
        }
        match keys {
            _ if !self.remembers => {}
            Some(keys) => keys.keep(&place.1, &key),
            None => {
                self.derived.insert(place, key.clone());
            }
        }
        Ok(Some(key))
    }

    /// The keys of a given password that keeps them.
    fn keys(&self, secret: Secret<'o>) -> Option<&'o DerivedKeys> {
        let mut given = self.options.passwords.iter();
        let given = given.find(|password| secret == Secret::Text(password.reveal()));
        given.and_then(Password::keys)
    }

    /// Counts a derivation that is about to be made.
    ///
    /// # Errors
    /// When it, or all of them together, ask for more than the limits allow.
    pub(crate) fn charge(&mut self, kdf: &Kdf, length: usize, offset: usize) -> Result<(), Error> {
        let parameters = (kdf.clone(), length);
        if self.counted.contains(&parameters) {
            self.remembers = true;
            return Ok(());
        }
        let cost = kdf.cost(length, self.limits(), offset)?;
        let sum = self.rounds.saturating_add(cost);
        let allowed = self.limits().kdf_rounds;
        // PBKDF2 counts in 32 bits: more than that nobody can have derived.
        let too_many = u64::from(u32::MAX) < kdf.rounds().unwrap_or(0);
        if allowed < sum || too_many {
            let kind = ErrorKind::LimitExceeded {
                what: "key derivation rounds",
                found: if allowed < cost { cost } else { sum },
                allowed,
            };
            return Err(Error::new(kind, offset));
        }
        self.rounds = sum;
        self.remembers = self.counted.len() < MAX_REMEMBERED;
        if self.remembers {
            self.counted.insert(parameters);
        }
        Ok(())
    }

    pub(crate) fn count_output(&mut self, octets: usize, offset: usize) -> Result<(), Error> {
        self.output = self.output.saturating_add(figure(octets));
        let allowed = self.limits().output;
        if allowed < self.output {
            let kind = ErrorKind::LimitExceeded {
                what: "bytes of decrypted content",
                found: self.output,
                allowed,
            };
            return Err(Error::new(kind, offset));
        }
        Ok(())
    }

    /// The password that confirms an integrity check over this content; `None` if none does.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub(crate) fn confirm(
        &mut self,
        check: &Check,
        content: &[u8],
    ) -> Result<Option<Used<'o>>, Error> {
        self.charge(check.kdf(), check.key_length(), check.start())?;
        for secret in self.secrets.clone() {
            for &form in check.forms() {
                let used = Used { secret, form };
                let length = check.key_length();
                let key = self.derive(check.kdf(), Purpose::Mac, length, used, check.start())?;
                if key.is_none() && self.waits {
                    return Ok(None);
                }
                if key.is_some_and(|key| check.confirms(&key, content)) {
                    return Ok(Some(used));
                }
            }
        }
        Ok(None)
    }
}

/// Whether decrypted octets are what is sealed in ASN.1: one SEQUENCE, and nothing after it.
pub(crate) fn is_sequence(plain: &[u8]) -> bool {
    let mut reader = Reader::new(plain);
    reader.sequence("SEQUENCE").is_ok() && reader.is_empty()
}

/// One way of sealing, with its parameters.
pub(crate) struct Scheme {
    name: String,
    kdf: Kdf,
    cipher: Cipher,
    /// The initialisation vector; where it is absent, it is derived too.
    iv: Option<Vec<u8>>,
    /// Octets of the key, where PBES2 states them.
    stated: Option<u64>,
    forms: &'static [Form],
    start: usize,
}

impl Scheme {
    /// A scheme that no `AlgorithmIdentifier` names.
    pub(crate) fn new(name: &str, kdf: Kdf, cipher: Cipher, start: usize) -> Self {
        Self {
            name: name.to_owned(),
            forms: match kdf {
                Kdf::Pkcs12 { .. } => &[Form::Bmp, Form::BmpOfOctets],
                Kdf::SunMd5 { .. } => &[Form::Utf8],
                _ => &[Form::Utf8, Form::Latin1],
            },
            kdf,
            cipher,
            iv: None,
            stated: None,
            start,
        }
    }

    /// The same scheme as NSS meant it before 3.30: PBKDF2 from the password in UTF-16, as PKCS#12's own
    /// derivation takes it, and AES of as many bits as the derivation states, whatever the cipher is called.
    /// `None` where it is another derivation.
    pub(crate) fn of_old_nss(&self) -> Option<Self> {
        let Kdf::Pbkdf2 { .. } = self.kdf else {
            return None;
        };
        let cipher = match (self.cipher, self.stated) {
            (Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256, Some(16)) => Cipher::Aes128,
            (Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256, Some(24)) => Cipher::Aes192,
            (Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256, Some(32)) => Cipher::Aes256,
            (cipher, _) => cipher,
        };
        Some(Self {
            name: pbes2_name(cipher, &self.kdf),
            kdf: self.kdf.clone(),
            cipher,
            iv: self.iv.clone(),
            stated: self.stated,
            forms: &[Form::Bmp],
            start: self.start,
        })
    }

    /// The same scheme, with passwords turned into octets in these ways.
    pub(crate) fn with_forms(self, forms: &'static [Form]) -> Self {
        Self { forms, ..self }
    }

    /// Reads the `AlgorithmIdentifier` of a sealed part.
    ///
    /// ```text
    /// PBEParameter, pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER }
    /// PBES2-params ::= SEQUENCE { keyDerivationFunc, encryptionScheme }
    /// ```
    ///
    /// RFC 7292, C; RFC 8018, A.3 and A.4
    pub(crate) fn read(identifier: &Element<'_>) -> Result<Self, Error> {
        let mut fields = identifier.reader();
        let oid = fields.oid()?;
        let start = identifier.start;
        if oid == PBES2 {
            return Self::pbes2(&fields.sequence("parameters")?, start);
        }
        let rc2 = |octets, effective_bits| Cipher::Rc2 {
            octets,
            effective_bits,
        };
        let (cipher, pbkdf1) = match oid.as_str() {
            "1.2.840.113549.1.12.1.1" => (Cipher::Rc4 { octets: 16 }, None),
            "1.2.840.113549.1.12.1.2" => (Cipher::Rc4 { octets: 5 }, None),
            "1.2.840.113549.1.12.1.3" | SUN_JCEKS => (Cipher::TripleDes, None),
            "1.2.840.113549.1.12.1.4" => (Cipher::TwoKeyTripleDes, None),
            "1.2.840.113549.1.12.1.5" => (rc2(16, 128), None),
            "1.2.840.113549.1.12.1.6" => (rc2(5, 40), None),
            "1.2.840.113549.1.5.1" => (Cipher::Des, Some(DigestName::Md2)),
            "1.2.840.113549.1.5.3" => (Cipher::Des, Some(DigestName::Md5)),
            "1.2.840.113549.1.5.4" => (rc2(8, 64), Some(DigestName::Md2)),
            "1.2.840.113549.1.5.6" => (rc2(8, 64), Some(DigestName::Md5)),
            "1.2.840.113549.1.5.10" => (Cipher::Des, Some(DigestName::Sha1)),
            "1.2.840.113549.1.5.11" => (rc2(8, 64), Some(DigestName::Sha1)),
            _ => return Err(unsupported("sealing scheme", &oid, start)),
        };
        let mut fields = fields.sequence("parameters")?.reader();
        let salt = fields.expect(Tag::OCTET_STRING, "salt")?.octets()?.0;
        let salt = salt.into_owned();
        let rounds = fields.expect(Tag::INTEGER, "iteration count")?.unsigned()?;
        let kdf = match pbkdf1 {
            Some(digest) => Kdf::Pbkdf1 {
                digest,
                salt,
                rounds,
            },
            None if oid == SUN_JCEKS => Kdf::SunMd5 { salt, rounds },
            None => Kdf::Pkcs12 {
                digest: DigestName::Sha1,
                salt,
                rounds,
            },
        };
        let name = oids::name(&oid).unwrap_or(&oid);
        Ok(Self::new(name, kdf, cipher, start))
    }

    fn pbes2(parameters: &Element<'_>, start: usize) -> Result<Self, Error> {
        let mut fields = parameters.reader();
        let derivation = fields.sequence("key derivation function")?;
        let encryption = fields.sequence("encryption scheme")?;
        let (kdf, length) = Kdf::read(&derivation)?;
        let (mut cipher, iv) = Cipher::read(&encryption)?;
        // How many octets a key for RC2 has, only the derivation says.
        if let (Cipher::Rc2 { octets, .. }, Some(length @ 1..=128)) = (&mut cipher, length) {
            *octets = usize::try_from(length).unwrap_or(*octets);
        }
        let name = pbes2_name(cipher, &kdf);
        Ok(Self {
            iv: Some(iv),
            stated: length,
            ..Self::new(&name, kdf, cipher, start)
        })
    }

    /// What is thought of the cipher today.
    pub(crate) fn standing(&self) -> Standing {
        self.cipher.standing()
    }

    /// The scheme in words, for a sealed `what`.
    pub(crate) fn seal(&self, what: &str) -> Seal {
        Seal {
            what: what.to_owned(),
            algorithm: self.name.clone(),
            rounds: self.kdf.rounds(),
            salt_length: Some(figure(self.kdf.salt().len())),
            key_bits: Some(figure(self.cipher.key_length()).saturating_mul(8)),
            derivation: Some(self.kdf.short_name().to_owned()),
            digest: self.kdf.digest().map(|digest| digest.name().to_owned()),
            cipher: Some(self.cipher.name().to_owned()),
            unsupported: None,
        }
    }
}

fn pbes2_name(cipher: Cipher, kdf: &Kdf) -> String {
    format!("PBES2, {}, {}", cipher.name(), kdf.name())
}

/// What can be told of a scheme that is not supported, as `error` says.
pub(crate) fn unknown_seal(identifier: &Element<'_>, what: &str, error: Option<&Error>) -> Seal {
    let named = |element: &Element<'_>| {
        let oid = element.reader().oid();
        let oid = oid.unwrap_or_else(|_| "unreadable".to_owned());
        oids::name(&oid).map_or_else(|| oid.clone(), str::to_owned)
    };
    let unsupported = error.and_then(|error| match error.kind() {
        ErrorKind::Unsupported { what } => Some(what.clone()),
        _ => None,
    });
    let seal = Seal {
        what: what.to_owned(),
        algorithm: named(identifier),
        unsupported,
        ..Seal::default()
    };
    let parts = || {
        let mut fields = identifier.reader();
        (fields.oid().ok()? == PBES2).then_some(())?;
        let mut fields = fields.any().ok()?.reader();
        Some((fields.any().ok()?, fields.any().ok()?))
    };
    let Some((derivation, encryption)) = parts() else {
        return seal;
    };
    let cipher = named(&encryption);
    match Kdf::read(&derivation) {
        Ok((kdf, _)) => Seal {
            algorithm: format!("PBES2, {cipher}, {}", kdf.name()),
            rounds: kdf.rounds(),
            salt_length: Some(figure(kdf.salt().len())),
            derivation: Some(kdf.short_name().to_owned()),
            digest: kdf.digest().map(|digest| digest.name().to_owned()),
            cipher: Some(cipher),
            ..seal
        },
        Err(_) => Seal {
            algorithm: format!("PBES2, {cipher}, {}", named(&derivation)),
            cipher: Some(cipher),
            ..seal
        },
    }
}

/// A key whose seal is not supported, as `error` says; any other error is handed on.
pub(crate) fn unsupported_key(seal: Seal, error: Error) -> Result<KeyItem, Error> {
    if seal.unsupported.is_none() {
        return Err(error);
    }
    Ok(KeyItem {
        facts: None,
        seal: Some(seal),
        // No password would help.
        lock: Lock::Open,
        findings: Vec::new(),
    })
}

const PBES2: &str = "1.2.840.113549.1.5.13";

/// `PBEWithMD5AndTripleDES`, as Sun means it.
const SUN_JCEKS: &str = "1.3.6.1.4.1.42.2.19.1";

fn unsupported(kind: &str, oid: &str, offset: usize) -> Error {
    let what = match oids::name(oid) {
        Some(name) => format!("{kind} {name} ({oid})"),
        None => format!("{kind} {oid}"),
    };
    Error::new(ErrorKind::Unsupported { what }, offset)
}

/// `EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, encryptedData OCTET STRING }`
/// (RFC 5958, 3): what is known of it, and its public facts if a password opens it.
pub(crate) fn encrypted_key(der: &[u8], options: &Options<'_>) -> Result<KeyItem, Error> {
    let mut fields = Reader::new(der)
        .sequence("EncryptedPrivateKeyInfo")?
        .reader();
    let identifier = fields.sequence("AlgorithmIdentifier")?;
    let sealed = fields
        .expect(Tag::OCTET_STRING, "OCTET STRING")?
        .octets()?
        .0;
    let scheme = match Scheme::read(&identifier) {
        Ok(scheme) => scheme,
        Err(error) => {
            let sealed = Sealed::of(unknown_seal(&identifier, "key", Some(&error)));
            let findings = findings::of_key(&sealed);
            let key = unsupported_key(sealed.seal, error)?;
            return Ok(KeyItem { findings, ..key });
        }
    };
    let sealed_by = Sealed {
        standing: Some(scheme.standing()),
        ..Sealed::of(scheme.seal("key"))
    };
    let mut opener = Opener::new(options);
    let key = opener.open(&scheme, &sealed, is_sequence)?;
    let lock = match key {
        Some(_) => Lock::Open,
        None => opener.wrong_or_locked(),
    };
    Ok(KeyItem {
        facts: key.and_then(|key| private_key(&key.plain).ok()),
        findings: findings::of_key(&sealed_by),
        seal: Some(sealed_by.seal),
        lock,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_ten_rounds(digest: DigestName, salt: &[u8]) -> Scheme {
        let kdf = Kdf::Pbkdf2 {
            digest,
            salt: salt.to_vec(),
            rounds: 10,
        };
        Scheme {
            iv: Some(vec![0; 16]),
            ..Scheme::new("PBES2", kdf, Cipher::Aes128, 0)
        }
    }

    /// Opens parts of these salts with passwords of which none fits, and tells the rounds computed.
    fn rounds_computed(salts: impl Iterator<Item = u64>, limits: Limits) -> u64 {
        let passwords = ["first", "second"].map(Password::from);
        let options = Options {
            passwords: &passwords,
            limits,
        };
        let mut opener = Opener::new(&options);
        for salt in salts {
            let scheme = of_ten_rounds(DigestName::Sha256, &salt.to_be_bytes());
            let _ = opener.open(&scheme, &[0; 16], |_| false);
        }
        opener.computed
    }

    #[test]
    fn the_older_way_of_sealing_costs_one_derivation_for_the_password_of_the_file() {
        let passwords = ["first", "second"].map(Password::from);
        let limits = Limits {
            kdf_rounds: 10,
            ..Limits::default()
        };
        let options = Options {
            passwords: &passwords,
            limits,
        };
        let mut opener = Opener::new(&options);
        let scheme = of_ten_rounds(DigestName::Sha1, &[7; 8]);
        assert!(opener.open(&scheme, &[0; 16], |_| false).is_ok());
        assert_eq!(opener.computed, 30);
        let older = scheme.of_old_nss().expect("PBKDF2");
        let again = opener.open_of_old_nss(&older, &[0; 16], Secret::Text("second"), |_| false);
        assert!(again.is_ok(), "the rounds are those that were charged");
        assert_eq!(opener.computed, 40);
    }

    #[test]
    fn equal_derivations_are_made_once_for_each_password() {
        let limits = Limits::default();
        // Both given passwords and the empty one; to PBKDF2 none at all is an empty one.
        assert_eq!(rounds_computed([7].into_iter(), limits), 30);
        assert_eq!(rounds_computed([7; 500].into_iter(), limits), 30);
    }

    #[test]
    fn a_deferring_password_keeps_no_more_keys_than_are_remembered() {
        let passwords = [Password::deferring("first".to_owned())];
        let limits = Limits::default();
        let options = Options {
            passwords: &passwords,
            limits,
        };
        let mut opener = Opener::new(&options);
        let kept = || passwords[0].keys().map_or(0, DerivedKeys::count);
        for (salt, wanted) in [(700_u32, 700), (2_000, MAX_REMEMBERED)] {
            for salt in 0..salt {
                // Too few rounds to be left to the caller.
                let scheme = of_ten_rounds(DigestName::Sha256, &salt.to_be_bytes());
                assert!(opener.open(&scheme, &[0; 16], |_| false).is_ok());
            }
            assert_eq!(kept(), wanted);
            let of_given = opener
                .derived
                .keys()
                .filter(|(secret, _)| *secret == Secret::Text("first"));
            assert_eq!(of_given.count(), 0, "they are kept in one place");
        }
    }

    #[test]
    fn the_work_of_wrong_passwords_is_bounded_by_the_file() {
        let limits = Limits {
            kdf_rounds: 1000,
            ..Limits::default()
        };
        assert_eq!(rounds_computed(0..50, limits), 1500);
        assert_eq!(rounds_computed(0..100, limits), 3000);
        assert_eq!(
            rounds_computed(0..5000, limits),
            3000,
            "no more than allowed"
        );
    }

    #[test]
    fn derivations_that_are_not_remembered_are_charged_each_time() {
        let limits = Limits {
            kdf_rounds: 100_000,
            ..Limits::default()
        };
        let salts = (0..5000).chain(0..50_000);
        assert!(rounds_computed(salts, limits) <= 300_000);
    }
}
