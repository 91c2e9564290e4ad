//! What is known of a keystore, and what it says of its entries.

use serde::{Deserialize, Serialize};

use crate::report::{Algorithm, Whereabouts};
use crate::time::UnixTime;

/// What is known of a keystore, also while it is locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Keystore {
    /// Whether everything in it could be read.
    pub lock: Lock,
    /// Whether the content was proven to be what its maker sealed.
    pub integrity: Integrity,
    /// How its parts are sealed, in file order, the integrity check last.
    pub seals: Vec<Seal>,
    /// Of an archive or a document with keystores in it: where those stand that wait for a password.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Whereabouts>,
}

/// Whether a password is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Lock {
    /// Nothing waits for a password.
    Open,
    /// Something is sealed, and no password was given.
    Locked,
    /// Something is sealed, and none of the given passwords opens it.
    WrongPassword,
}

impl Lock {
    /// The lock of two things together: a wrong password before none, both before open.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::WrongPassword, _) | (_, Self::WrongPassword) => Self::WrongPassword,
            (Self::Locked, _) | (_, Self::Locked) => Self::Locked,
            (Self::Open, Self::Open) => Self::Open,
        }
    }
}

/// Whether the content was proven to be what its maker sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Integrity {
    /// The check value was computed from a password and matches.
    Verified,
    /// There is a check value, and no given password confirms it.
    NotVerified,
    /// The file carries no check value.
    Absent,
}

/// How one part of a keystore, or one key, is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Seal {
    /// What is sealed: `certificates`, `key`, `secret`, `store`, `integrity`, or `file` of an archive.
    pub what: String,
    /// The scheme in words: `PBES2, AES-256-CBC, PBKDF2 with HMAC-SHA-256`.
    pub algorithm: String,
    /// Key derivation rounds, where the scheme counts them.
    pub rounds: Option<u64>,
    /// Octets of salt, where the scheme has one.
    #[serde(default)]
    pub salt_length: Option<u64>,
    /// Bits of the key that is derived, where that is known.
    #[serde(default)]
    pub key_bits: Option<u64>,
    /// How the key is derived from the password: `PBKDF2`, `PKCS#12`, `PBKDF1`, `scrypt`, `bcrypt`,
    /// `MD5`; absent where that is not known.
    #[serde(default)]
    pub derivation: Option<String>,
    /// The digest that an integrity check is made with, else that of the derivation: `SHA-256`.
    #[serde(default)]
    pub digest: Option<String>,
    /// The cipher; absent for integrity checks: `AES-256-CBC`.
    #[serde(default)]
    pub cipher: Option<String>,
    /// What of it is not supported here, so that no password opens it: `cipher ARIA-256-CBC
    /// (1.2.410.200046.1.1.12)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
}

/// What a keystore says of one of its entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeystoreEntry {
    /// PKCS#12 `localKeyID`, which ties a key to its certificate.
    pub local_key_id: Option<String>,
    /// Whether Java trusts it: a `trustedCertEntry` of a JKS, or a certificate bag with Oracle's
    /// trusted-key-usage attribute.
    pub trusted: bool,
    /// Which entry of a Java keystore it belongs to, counted from 0.
    pub entry: Option<u32>,
    /// Its place in that entry's stored chain, 0 for the certificate of the key itself.
    pub chain_index: Option<u32>,
    /// When the entry was made, where the keystore keeps it.
    pub created: Option<UnixTime>,
    /// What Java trusts the certificate for, by Oracle's trusted-key-usage attribute.
    #[serde(default)]
    pub trusted_for: Vec<Algorithm>,
    /// The cryptographic service provider that Windows keeps the key in (Microsoft's CSP name).
    #[serde(default)]
    pub provider: Option<String>,
    /// Whether Windows keeps the key for the computer, not for a user (Microsoft's
    /// `LocalMachineKeyset`).
    #[serde(default)]
    pub local_machine: bool,
    /// The attributes of a PKCS#12 bag that are none of the above, in their order.
    #[serde(default)]
    pub attributes: Vec<BagAttribute>,
}

/// An attribute of a PKCS#12 bag (RFC 7292, 4.2) that no other field tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BagAttribute {
    /// Dotted form.
    pub oid: String,
    /// What people call it, where it has a name.
    pub name: Option<String>,
    /// Its first value as text, where that is a character string.
    pub text: Option<String>,
    /// The octets of its values, in hexadecimal.
    pub bytes: String,
}
