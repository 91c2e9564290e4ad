//! A certificate in full.

use base64::Engine as _;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::asn1::{Element, time};
use crate::error::Error;
use crate::hex::hex;
use crate::origin::Origin;
use crate::report::{
    Certificate, CertificateSpans, Extension, Finding, Fingerprints, PublicKey, Severity, Span,
};
use crate::rule::Findings;
use crate::time::{Standing, UnixTime};
use crate::x509::extension::{Understood, extension};
use crate::x509::findings;
use crate::x509::key::{algorithm, identified_key, named};
use crate::x509::name::readable_name;
use crate::x509::spine::Spine;

/// Reads the certificate that these bytes begin with, judged at `at`, and what is odd about it.
pub(crate) fn certificate(
    der: &[u8],
    origin: &Origin,
    at: Option<UnixTime>,
) -> Result<(Box<Certificate>, Vec<Finding>), Error> {
    let spine = Spine::read(der)?;
    let mut found = Findings::new(origin);
    let extensions: Vec<Extension> = spine
        .extensions
        .iter()
        .map(|spine| extension(spine, origin, &mut found))
        .collect();
    let understood = Understood::of(&extensions);
    let (not_before, not_after) = (time(&spine.not_before), time(&spine.not_after));
    let whole = spine.certificate.raw;
    let public_key = readable_key(&spine.public_key);
    let identity = public_key.identity.as_ref();
    let spki_sha256 = identity.map_or_else(
        || hex(&Sha256::digest(spine.public_key.raw)),
        |identity| identity.spki_sha256.clone(),
    );
    let certificate = Box::new(Certificate {
        version: spine.version_number(),
        serial: serial(spine.serial.contents),
        subject: readable_name(&spine.subject, origin),
        issuer: readable_name(&spine.issuer, origin),
        not_before,
        not_after,
        standing: (|| Some(Standing::of(not_before?, not_after?, at?)))(),
        public_key,
        signature_algorithm: algorithm(&spine.signature_algorithm)
            .unwrap_or_else(|_| named("unreadable".to_owned())),
        subject_alternative_names: understood.names.unwrap_or_default(),
        key_usage: understood.key_usage,
        extended_key_usage: understood.purposes,
        basic_constraints: understood.constraints,
        subject_key_identifier: understood.subject_key,
        authority_key_identifier: understood.authority_key,
        at: spans(&spine, origin),
        extensions,
        fingerprints: Fingerprints {
            sha1: hex(&Sha1::digest(whole)),
            sha256: hex(&Sha256::digest(whole)),
            spki_sha256,
        },
        self_issued: spine.is_self_issued(),
        private_key: None,
        chain: None,
        pem: pem_block("CERTIFICATE", whole),
    });
    findings::look(&spine, der, &mut found);
    Ok((certificate, found.into_sorted()))
}

/// The key, or only that there is none that could be read, which is a finding.
fn readable_key(info: &Element<'_>) -> PublicKey {
    identified_key(info).unwrap_or_else(|_| PublicKey {
        text: "unreadable".to_owned(),
        algorithm: named("unreadable".to_owned()),
        ..PublicKey::default()
    })
}

/// How bad the worst finding of this certificate is.
pub(crate) fn worst(der: &[u8]) -> Option<Severity> {
    findings::worst(&Spine::read(der).ok()?, der)
}

/// Two's complement octets as signed hexadecimal, two digits an octet: `-05`, `00`, `5ec3`.
pub(crate) fn serial(contents: &[u8]) -> String {
    match contents {
        [first, ..] if 0x80 <= *first => {
            let mut magnitude: Vec<u8> = contents.iter().map(|octet| !octet).collect();
            for octet in magnitude.iter_mut().rev() {
                let (sum, carry) = octet.overflowing_add(1);
                *octet = sum;
                if !carry {
                    break;
                }
            }
            format!("-{}", hex(significant(&magnitude)))
        }
        _ => hex(significant(contents)),
    }
}

/// Without the leading zero octets that carry no value.
fn significant(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets
        && !rest.is_empty()
    {
        octets = rest;
    }
    octets
}

/// What encodes sixteen digits at once, where there is such a thing.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static BASE64: std::sync::LazyLock<base64::engine::Simd> = std::sync::LazyLock::new(|| {
    base64::engine::Simd::standard(base64::engine::general_purpose::PAD)
});
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::general_purpose::STANDARD as BASE64;

/// A PEM block with lines of 64 characters (RFC 7468, 2).
pub fn pem_block(label: &str, der: &[u8]) -> String {
    let lines = BASE64.encode(der);
    let room = lines.len() + lines.len() / 64 + 2 * label.len() + 34;
    let mut text = String::with_capacity(room);
    text.extend(["-----BEGIN ", label, "-----\n"]);
    let mut rest = lines.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.extend([line, "\n"]);
        rest = after;
    }
    text.extend(["-----END ", label, "-----\n"]);
    text
}

fn spans(spine: &Spine<'_>, origin: &Origin) -> CertificateSpans {
    let span = |element: &Element<'_>| origin.span(element.start, element.end());
    let of_extension = |oid: &[u8]| -> Option<Span> {
        spine.extension(oid).map(|extension| span(&extension.whole))
    };
    CertificateSpans {
        certificate: span(&spine.certificate),
        tbs_certificate: span(&spine.tbs),
        version: spine.version.as_ref().map(span),
        serial: span(&spine.serial),
        issuer: span(&spine.issuer),
        not_before: span(&spine.not_before),
        not_after: span(&spine.not_after),
        subject: span(&spine.subject),
        public_key: span(&spine.public_key),
        signature_algorithm: span(&spine.signature_algorithm),
        signature: span(&spine.signature),
        subject_alternative_names: of_extension(&[0x55, 0x1d, 17]),
        key_usage: of_extension(&[0x55, 0x1d, 15]),
        extended_key_usage: of_extension(&[0x55, 0x1d, 37]),
        basic_constraints: of_extension(&[0x55, 0x1d, 19]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_blocks_are_as_others_write_them() {
        let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        for length in [1, 47, 48, 49, 96, 1000] {
            let der = vec![0x5a; length];
            let expected = pem::encode_config(&pem::Pem::new("A KEY", der.as_slice()), config);
            assert_eq!(pem_block("A KEY", &der), expected);
        }
    }

    #[test]
    fn serials_keep_their_sign() {
        assert_eq!(serial(&[0]), "00");
        assert_eq!(serial(&[0, 0xff]), "ff");
        assert_eq!(serial(&[0xfb]), "-05");
        assert_eq!(serial(&[0xff, 0]), "-0100");
        assert_eq!(serial(&[0x80]), "-80");
        assert_eq!(serial(&[]), "");
    }
}
