//! Whether one certificate was signed with the key of another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certlens_core::{ByteRange, Certificate};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};

/// What a look at a signature says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was made with that key.
    Right,
    /// It was not.
    Wrong,
    /// It is of a kind that cannot be checked here.
    Unknown,
}

/// Checks the signature of one certificate with the key in another.
pub(super) fn verify(one: &Certificate, signer: &Certificate) -> Verdict {
    let Some(algorithm) = algorithm(one, signer) else {
        return Verdict::Unknown;
    };
    let parts = || {
        let der = der(one)?;
        let message = slice(&der, one.at.tbs_certificate.der)?;
        let signature = bits(slice(&der, one.at.signature.der)?)?;
        let signer_der = self::der(signer)?;
        let (_, key) = split(contents(slice(&signer_der, signer.at.public_key.der)?)?)?;
        let key = UnparsedPublicKey::new(algorithm, bits(key)?.to_vec());
        Some(key.verify(message, signature).is_ok())
    };
    match parts() {
        Some(true) => Verdict::Right,
        Some(false) => Verdict::Wrong,
        None => Verdict::Unknown,
    }
}

fn algorithm(
    one: &Certificate,
    signer: &Certificate,
) -> Option<&'static dyn VerificationAlgorithm> {
    let key = &signer.public_key;
    let curve = key.curve.as_deref().unwrap_or_default();
    let found: &dyn VerificationAlgorithm = match (one.signature_algorithm.oid.as_str(), curve) {
        // Shorter keys are weak, which is for the page to say; they are no wrong signature.
        (oid, "") if key.bits.is_some_and(|bits| (2048..=8192).contains(&bits)) => match oid {
            "1.2.840.113549.1.1.11" => &RSA_PKCS1_2048_8192_SHA256,
            "1.2.840.113549.1.1.12" => &RSA_PKCS1_2048_8192_SHA384,
            "1.2.840.113549.1.1.13" => &RSA_PKCS1_2048_8192_SHA512,
            _ => return None,
        },
        ("1.2.840.10045.4.3.2", "P-256") => &ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", "P-256") => &ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.4.3.2", "P-384") => &ECDSA_P384_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", "P-384") => &ECDSA_P384_SHA384_ASN1,
        ("1.3.101.112", _) if key.algorithm.oid == "1.3.101.112" => &ED25519,
        _ => return None,
    };
    Some(found)
}

fn der(certificate: &Certificate) -> Option<Vec<u8>> {
    let body: String = certificate
        .pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    STANDARD.decode(body).ok()
}

fn slice(der: &[u8], at: ByteRange) -> Option<&[u8]> {
    der.get(usize::try_from(at.start).ok()?..usize::try_from(at.end).ok()?)
}

/// The octets of a BIT STRING without its count of unused bits.
fn bits(element: &[u8]) -> Option<&[u8]> {
    contents(element)?.split_first().map(|(_, bits)| bits)
}

fn contents(element: &[u8]) -> Option<&[u8]> {
    let (head, length) = head(element)?;
    element.get(head..head.checked_add(length)?)
}

/// The first element, and what follows it.
fn split(elements: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, length) = head(elements)?;
    elements.split_at_checked(head.checked_add(length)?)
}

/// Octets of tag and length, and of the contents that follow (X.690, 8.1.3).
fn head(element: &[u8]) -> Option<(usize, usize)> {
    let [_, first, rest @ ..] = element else {
        return None;
    };
    if *first < 0x80 {
        return Some((2, usize::from(*first)));
    }
    let count = usize::from(first & 0x7f);
    let length = rest.get(..count).filter(|_| count <= 4)?;
    let fold = |sum: usize, &octet: &u8| sum << 8 | usize::from(octet);
    Some((2 + count, length.iter().fold(0, fold)))
}

#[cfg(test)]
mod tests {
    use certlens_core::{Object, Options};

    use super::*;

    fn certificates(pem: &str) -> Vec<Certificate> {
        let report = certlens_core::inspect(pem.as_bytes(), &Options::default(), None).unwrap();
        let entries = report.entries.into_iter().map(|entry| entry.object);
        entries
            .map(|object| match object {
                Object::Certificate(certificate) => *certificate,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Certificates that OpenSSL made, each signed by itself.
    fn made_by_openssl(key: &[&str], digest: &str) -> Certificate {
        let folder = tempfile::tempdir().unwrap();
        let mut openssl = std::process::Command::new("openssl");
        openssl
            .current_dir(&folder)
            .args(["req", "-x509", "-nodes"]);
        openssl.args(["-keyout", "k", "-subj", "/CN=x", "-out", "c"]);
        let made = openssl.args(key).arg(digest).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let pem = std::fs::read_to_string(folder.path().join("c")).unwrap();
        certificates(&pem).remove(0)
    }

    #[test]
    fn signatures_of_every_kind_are_told_from_those_of_another_key() {
        let rsa = &["-newkey", "rsa:2048"][..];
        let p256 = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..];
        let p384 = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"][..];
        let ed25519 = &["-newkey", "ed25519"][..];
        for (key, digest) in [
            (rsa, "-sha256"),
            (rsa, "-sha384"),
            (rsa, "-sha512"),
            (p256, "-sha256"),
            (p256, "-sha384"),
            (p384, "-sha256"),
            (p384, "-sha384"),
            (ed25519, "-sha256"),
        ] {
            let (one, other) = (made_by_openssl(key, digest), made_by_openssl(key, digest));
            assert_eq!(verify(&one, &one), Verdict::Right, "{key:?} {digest}");
            assert_eq!(verify(&one, &other), Verdict::Wrong, "{key:?} {digest}");
        }
        let weak = made_by_openssl(&["-newkey", "rsa:1024"], "-sha256");
        assert_eq!(verify(&weak, &weak), Verdict::Unknown);
        let old = made_by_openssl(rsa, "-sha1");
        assert_eq!(verify(&old, &old), Verdict::Unknown);
    }
}
