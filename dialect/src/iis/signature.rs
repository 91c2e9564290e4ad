use crate::named::{self, Names};

/// The name that Windows gives a signature algorithm; `None` for the ones it has no name for.
pub fn friendly_name(oid: &str) -> Option<&'static str> {
    named::name(NAMES, oid)
}

const NAMES: &Names = &[
    ("1.2.840.113549.1.1.2", "md2RSA"),
    ("1.2.840.113549.1.1.3", "md4RSA"),
    ("1.2.840.113549.1.1.4", "md5RSA"),
    ("1.2.840.113549.1.1.5", "sha1RSA"),
    ("1.3.14.3.2.29", "sha1RSA"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.113549.1.1.11", "sha256RSA"),
    ("1.2.840.113549.1.1.12", "sha384RSA"),
    ("1.2.840.113549.1.1.13", "sha512RSA"),
    ("1.2.840.10040.4.3", "sha1DSA"),
    ("1.2.840.10045.4.1", "sha1ECDSA"),
    ("1.2.840.10045.4.3", "specifiedECDSA"),
    ("1.2.840.10045.4.3.2", "sha256ECDSA"),
    ("1.2.840.10045.4.3.3", "sha384ECDSA"),
    ("1.2.840.10045.4.3.4", "sha512ECDSA"),
    ("1.3.14.3.2.15", "shaRSA"),
    ("1.3.14.3.2.27", "dsaSHA1"),
];
