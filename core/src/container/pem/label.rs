//! Whether the label of a block says what is in it.

use std::borrow::Cow;

use super::oddity::{LABEL, OLD_LABEL};
use crate::asn1::Reader;
use crate::container::shape::{Shape, shape};
use crate::rule::Rule;
use crate::words::a;
use crate::x509::private_key;

/// What is odd about the label of a block over this DER, if anything.
pub(crate) fn unlike(label: &str, der: &[u8]) -> Option<(&'static Rule, Cow<'static, str>)> {
    let is_old = label == "X509 CERTIFICATE";
    let found = match Reader::new(der).any() {
        Ok(whole) => shape(&whole),
        Err(_) => Shape::Unknown,
    };
    let fits = match (found, label) {
        (Shape::Certificate, "CERTIFICATE" | "TRUSTED CERTIFICATE") | (Shape::Unknown, _) => true,
        (Shape::Certificate, _) if is_old => {
            return Some((&OLD_LABEL, Cow::Borrowed("The label is X509 CERTIFICATE.")));
        }
        (_, label) => LABELS
            .iter()
            .filter(|(shape, _)| *shape == found)
            .all(|(_, labels)| labels.contains(&label)),
    };
    let what = || format!("The label is {label}, the content is {}.", a(found.name()));
    (!fits).then(|| (&LABEL, what().into()))
}

/// The label that belongs to this DER; the one that it has where that fits, or where nothing is known.
pub(crate) fn fitting<'l>(label: &'l str, der: &[u8]) -> &'l str {
    let found = Reader::new(der).any();
    let found = found.as_ref().map_or(Shape::Unknown, shape);
    if found == Shape::PrivateKey {
        let form = private_key(der).map_or("", |facts| facts.form);
        return match form {
            "PKCS#1" => "RSA PRIVATE KEY",
            "SEC 1" => "EC PRIVATE KEY",
            "OpenSSL DSA" => "DSA PRIVATE KEY",
            "PKCS#8" | "PKCS#8 version 2" => "PRIVATE KEY",
            _ => label,
        };
    }
    if unlike(label, der).is_none() {
        return label;
    }
    if found == Shape::Certificate {
        return "CERTIFICATE";
    }
    let row = LABELS.iter().find(|(shape, _)| *shape == found);
    row.and_then(|(_, labels)| labels.first())
        .copied()
        .unwrap_or(label)
}

/// The labels that software looks for (RFC 7468, 5 to 13, and OpenSSL's `pem.h`), where those are settled.
const LABELS: &[(Shape, &[&str])] = &[
    (Shape::Certificate, &[]),
    (Shape::AttributeCertificate, &["ATTRIBUTE CERTIFICATE"]),
    (Shape::Cms, &["PKCS7", "CMS", "PKCS #7 SIGNED DATA"]),
    (Shape::EncryptedKey, &["ENCRYPTED PRIVATE KEY"]),
    (Shape::Pkcs12, &["PKCS12"]),
    (
        Shape::PrivateKey,
        &[
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "DSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "ANY PRIVATE KEY",
            "SM2 PRIVATE KEY",
        ],
    ),
    (Shape::PublicKey, &["PUBLIC KEY"]),
    (
        Shape::Request,
        &["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"],
    ),
    (Shape::RevocationList, &["X509 CRL"]),
    (Shape::RsaPublicKey, &["RSA PUBLIC KEY"]),
    (Shape::DsaPublicKey, &["DSA PUBLIC KEY"]),
];
