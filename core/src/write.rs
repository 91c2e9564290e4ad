//! From objects back to files: what is to be written, what comes out, and what could not be kept.
//!
//! Each format is a module, and each function says in its name what it does with private keys. Random
//! octets come from the caller, as time does.

mod jks;
mod name;
mod one;
pub(crate) mod pem;
mod pkcs12;
mod pkcs7;
mod pkcs8;
mod seal;
pub(crate) mod tie;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use zeroize::Zeroizing;

pub use self::jks::write_jks;
pub use self::one::{write_der, write_der_private_key_in_the_clear, write_der_sealed_key};
pub use self::pem::{
    write_pem, write_pem_with_private_keys_in_the_clear, write_pem_with_sealed_keys,
};
pub use self::pkcs7::write_pkcs7;
pub use self::pkcs8::KeyForm;
pub use self::pkcs12::{JavaTrust, write_pkcs12};
pub use self::seal::{SealProfile, Sealing};
use crate::asn1::{Reader, Tag};
use crate::error::Error;
use crate::report::KeystoreEntry;
use crate::time::UnixTime;
use crate::x509::private_key;

/// One thing to be written, with what keystores keep beside it.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// What it goes by where something is told of it: its path in what was read.
    pub path: Cow<'a, str>,
    /// The name that keystores know it by.
    pub alias: Option<Cow<'a, str>>,
    /// What a keystore says of it.
    pub keystore: Cow<'a, KeystoreEntry>,
    /// What OpenSSL wrote after a certificate to say what to trust it for: the DER of `X509_CERT_AUX`.
    pub openssl_trust: Option<&'a [u8]>,
    /// The thing itself.
    pub body: Body<'a>,
}

/// What a [`Part`] is.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// A private key.
    PrivateKey(&'a SecretKey),
    /// The DER of a certificate.
    Certificate(&'a [u8]),
    /// The DER of a revocation list.
    RevocationList(&'a [u8]),
    /// The DER of something that only PEM and DER files hold, such as a request.
    Other {
        /// The label of its PEM block: `CERTIFICATE REQUEST`.
        label: &'static str,
        /// Its DER.
        der: &'a [u8],
    },
}

impl<'a> Part<'a> {
    /// A certificate that nothing else is said of.
    pub fn certificate(der: &'a [u8]) -> Self {
        Self::new("certificate", Body::Certificate(der))
    }

    /// A private key that nothing else is said of.
    pub fn private_key(key: &'a SecretKey) -> Self {
        Self::new("private key", Body::PrivateKey(key))
    }

    pub(crate) fn new(path: &'a str, body: Body<'a>) -> Self {
        Self {
            path: Cow::Borrowed(path),
            alias: None,
            keystore: Cow::Owned(KeystoreEntry::default()),
            openssl_trust: None,
            body,
        }
    }

    /// The same under this name.
    #[must_use]
    pub fn named(self, alias: &'a str) -> Self {
        Self {
            alias: Some(Cow::Borrowed(alias)),
            ..self
        }
    }

    /// The same as something that Java trusts.
    #[must_use]
    pub fn trusted(mut self) -> Self {
        self.keystore.to_mut().trusted = true;
        self
    }

    /// The same as something that was put into its keystore at this instant.
    #[must_use]
    pub fn created(mut self, at: UnixTime) -> Self {
        self.keystore.to_mut().created = Some(at);
        self
    }

    /// Whether it is an issuer in the chain of a Java key entry.
    pub(crate) fn is_of_chain(&self) -> bool {
        self.keystore.chain_index.is_some_and(|index| 0 < index)
    }

    /// Whether both stand in one entry of one Java keystore.
    pub(crate) fn shares_entry(&self, other: &Self) -> bool {
        let entry = |part: &Self| {
            part.path
                .rsplit_once('/')
                .map(|(entry, _)| entry.to_owned())
        };
        self.keystore.entry.is_some()
            && self.keystore.entry == other.keystore.entry
            && entry(self) == entry(other)
    }

    /// What keystores say of it that a format without a place for it loses.
    pub(crate) fn lost_attributes(&self, why: &str) -> Vec<Lost> {
        let entry = &*self.keystore;
        let usages = entry.trusted_for.iter();
        let usages: Vec<&str> = usages
            .filter(|usage| usage.oid != pkcs12::ANY_KEY_USAGE)
            .map(|usage| &*usage.name)
            .collect();
        let provider = entry.provider.iter();
        let named = entry.attributes.iter().map(|attribute| {
            let name = attribute.name.as_deref().unwrap_or(&attribute.oid);
            format!("the attribute {name}")
        });
        let mut found: Vec<String> = provider
            .map(|name| format!("the key provider {name}"))
            .chain(named)
            .collect();
        if entry.local_machine {
            found.push("that Windows keeps it for the computer".to_owned());
        }
        if !usages.is_empty() {
            found.push(format!("that Java trusts it for {}", usages.join(", ")));
        }
        found
            .into_iter()
            .map(|what| Lost::new(&self.path, what, why))
            .collect()
    }

    /// When it was put into its keystore, for a format that keeps no dates.
    fn lost_date(&self, why: &str) -> Option<Lost> {
        self.keystore.created?;
        let what = "the date on which it was put into its keystore";
        Some(Lost::new(&self.path, what, why))
    }

    fn lost_openssl_trust(&self, why: &str) -> Option<Lost> {
        self.openssl_trust?;
        let what = "what OpenSSL was told to trust it for";
        Some(Lost::new(&self.path, what, why))
    }

    fn lost_dates_and_trust(&self, why: &str) -> Vec<Lost> {
        let trusted = self.keystore.trusted;
        let trust = trusted.then(|| Lost::new(&self.path, "that Java trusts it", why));
        self.lost_date(why).into_iter().chain(trust).collect()
    }

    /// All that stands beside an object, for a format that holds objects alone.
    fn lost_beside(&self, why: &str) -> Vec<Lost> {
        let alias = self.alias.as_ref().filter(|_| !self.is_of_chain());
        let name = alias.map(|alias| Lost::new(&self.path, name::named(alias), why));
        name.into_iter()
            .chain(self.lost_dates_and_trust(why))
            .chain(self.lost_openssl_trust(why))
            .chain(self.lost_attributes(why))
            .collect()
    }

    pub(crate) fn is_private_key(&self) -> bool {
        matches!(self.body, Body::PrivateKey(_))
    }

    /// The certificate that it is.
    fn certificate_der(&self) -> Option<&'a [u8]> {
        match self.body {
            Body::Certificate(der) => Some(der),
            _ => None,
        }
    }

    /// Its own name, unless that is empty.
    fn own_name(&self) -> Option<&str> {
        self.alias.as_deref().filter(|alias| !alias.is_empty())
    }

    /// What it is, in words: `the certificate`.
    pub fn what(&self) -> &'static str {
        match self.body {
            Body::PrivateKey(_) => "the private key",
            Body::Certificate(_) => "the certificate",
            Body::RevocationList(_) => "the revocation list",
            Body::Other { label, .. } => match label {
                "CERTIFICATE REQUEST" => "the request",
                "PUBLIC KEY" => "the public key",
                "ATTRIBUTE CERTIFICATE" => "the attribute certificate",
                _ => "the object",
            },
        }
    }
}

/// A private key in the clear, as the DER of any plain form. Prints nothing, is not `Clone`, and is wiped
/// when dropped.
pub struct SecretKey {
    der: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    /// Takes a copy of a private key in PKCS#8, PKCS#1 or SEC 1.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn read(der: &[u8]) -> Result<Self, Error> {
        private_key(der)?;
        Ok(Self::kept(only_value(der)))
    }

    /// Takes a copy of what was read as a private key before.
    pub(crate) fn kept(der: &[u8]) -> Self {
        Self {
            der: Zeroizing::new(der.to_vec()),
        }
    }

    /// The DER in the form in which it was read. Named so that every place where a secret is read can be
    /// found.
    pub(crate) fn reveal(&self) -> &[u8] {
        &self.der
    }

    /// The BIT STRING of the public half, where it can be told.
    pub(crate) fn public_bits(&self) -> Option<Vec<u8>> {
        private_key(&self.der).ok()?.public_bits
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// A file that was written.
pub struct Written {
    /// Its octets, wiped when dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Whether private keys are in it, sealed or not.
    pub private_keys: PrivateKeys,
    /// What the format has no place for.
    pub lost: Vec<Lost>,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written")
            .field("private_keys", &self.private_keys)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

/// Whether a file holds private keys, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateKeys {
    /// It holds none.
    None,
    /// A password seals them.
    Sealed,
    /// Whoever has the file has the keys.
    InTheClear,
}

/// Something that was read and is not in what was written, or not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The path of what it belongs to.
    pub path: String,
    /// What it is: `the name "web"`.
    pub what: String,
    /// Why, as a clause: `PKCS#7 has no place for names`.
    pub why: String,
}

impl Lost {
    pub(crate) fn new(path: &str, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            what: what.into(),
            why: why.into(),
        }
    }
}

/// What was lost of several objects in the same way and for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostTogether<'a> {
    /// What it is.
    pub what: &'a str,
    /// Why.
    pub why: &'a str,
    /// The paths of what it belongs to.
    pub paths: Vec<&'a str>,
}

impl Lost {
    /// Tells once what is lost of many in the same way, in the order of the first of each.
    pub fn together(lost: &[Self]) -> Vec<LostTogether<'_>> {
        let mut told: Vec<LostTogether<'_>> = Vec::new();
        let mut places: HashMap<(&str, &str), usize> = HashMap::new();
        for Self { path, what, why } in lost {
            let place = *places.entry((what, why)).or_insert(told.len());
            match told.get_mut(place) {
                Some(one) => one.paths.push(path),
                None => told.push(LostTogether {
                    what,
                    why,
                    paths: vec![path],
                }),
            }
        }
        told
    }
}

impl fmt::Display for LostTogether<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, more) = self.paths.split_at(self.paths.len().min(3));
        write!(f, "{}", shown.join(", "))?;
        if !more.is_empty() {
            write!(f, " and {} more", more.len())?;
        }
        write!(f, ": {}: {}", self.what, self.why)
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.path, self.what, self.why)
    }
}

/// Where random octets come from.
pub trait Random {
    /// Fills all of it with octets that nobody can guess.
    ///
    /// # Errors
    /// When there are none to be had.
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), NoRandomness>;
}

impl<F: FnMut(&mut [u8]) -> Result<(), NoRandomness>> Random for F {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), NoRandomness> {
        self(octets)
    }
}

/// No random octets are to be had, so nothing can be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

/// Why a file could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// None of the parts has a place in the format.
    NothingFits {
        /// The format: `PKCS#7`.
        format: &'static str,
        /// What was left out, and why.
        lost: Vec<Lost>,
    },
    /// The format holds one object, and there are more.
    TooMany {
        /// The format: `DER`.
        format: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A private key cannot be brought into the form.
    Key {
        /// The path of the key.
        path: String,
        /// What is in the way, as a clause.
        what: String,
    },
    /// Something is too long for the format.
    TooLong {
        /// What it is.
        what: &'static str,
    },
    /// No random octets are to be had.
    NoRandomness,
}

impl From<NoRandomness> for WriteError {
    fn from(NoRandomness: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

impl WriteError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NothingFits { .. } => {
                "Choose another format, such as PEM, which holds everything."
            }
            Self::TooMany { .. } => "Choose one entry, or a format that holds several.",
            Self::Key { .. } => "Write it as PKCS#8, which holds keys of every kind.",
            Self::TooLong { .. } => "Write PEM or PKCS#12, which have no such limit.",
            Self::NoRandomness => "Check that the system has a source of randomness.",
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingFits { format, .. } => {
                write!(f, "nothing of what was chosen has a place in {format}")
            }
            Self::TooMany { format, found } => {
                write!(f, "expected one object for {format}, found {found}")
            }
            Self::Key { path, what } => write!(f, "{path}: {what}"),
            Self::TooLong { what } => write!(f, "{what} is too long for the format"),
            Self::NoRandomness => f.write_str("there is no source of random bytes to seal with"),
        }
    }
}

impl std::error::Error for WriteError {}

/// Cuts what follows the one value that an object is; the rest is nobody's.
pub(crate) fn only_value(der: &[u8]) -> &[u8] {
    Reader::new(der)
        .expect(Tag::SEQUENCE, "object")
        .map_or(der, |whole| whole.raw)
}
