//! What is odd about a certificate.

use crate::asn1::{Element, instant};
use crate::hex::hex;
use crate::origin::Origin;
use crate::report::{Certificate, Finding, Severity};
use crate::x509::spine::Spine;

/// What is odd about this certificate, worst first. `der` may go on after it.
pub(crate) fn findings(
    spine: &Spine<'_>,
    certificate: &Certificate,
    der: &[u8],
    origin: &Origin,
) -> Vec<Finding> {
    let mut found = Vec::new();
    encoding(spine, der, origin, &mut found);
    serial(spine, origin, &mut found);
    extensions(spine, origin, &mut found);
    times(spine, origin, &mut found);
    strength(certificate, &mut found);
    usage(spine, certificate, &mut found);
    found.sort_by_key(|finding| finding.severity);
    found
}

fn encoding(spine: &Spine<'_>, der: &[u8], origin: &Origin, found: &mut Vec<Finding>) {
    let span = |element: &Element<'_>| Some(origin.span(element.start, element.end()));
    let surplus = der.len().saturating_sub(spine.certificate.raw.len());
    if surplus != 0 {
        found.push(Finding {
            id: "trailing-bytes".into(),
            severity: Severity::Warning,
            title: "Bytes follow the certificate".into(),
            what: format!("{surplus} more bytes stand after the end of the certificate."),
            why: "Strict software refuses such a file; lenient software ignores what it does not see.".into(),
            fix: "Save the certificate again from its PEM.".into(),
            citation: "X.690, 8.1".into(),
            at: Some(origin.span(spine.certificate.end(), der.len())),
        });
    }
    if let Some(surplus) = &spine.surplus {
        found.push(Finding {
            id: "unknown-field".into(),
            severity: Severity::Error,
            title: "A field that no version of X.509 has".into(),
            what: format!(
                "{} stands after the known fields of tbsCertificate.",
                surplus.tag
            ),
            why: "Software that follows the standard refuses the certificate.".into(),
            fix: "Ask the issuer for another certificate.".into(),
            citation: "RFC 5280, 4.1".into(),
            at: span(surplus),
        });
    }
    if spine.inner_algorithm.raw != spine.signature_algorithm.raw {
        found.push(Finding {
            id: "signature-algorithms-differ".into(),
            severity: Severity::Error,
            title: "Two different signature algorithms are named".into(),
            what: "signatureAlgorithm and tbsCertificate.signature are not the same.".into(),
            why: "They must be; otherwise the algorithm itself is not protected by the signature."
                .into(),
            fix: "Ask the issuer for another certificate.".into(),
            citation: "RFC 5280, 4.1.1.2".into(),
            at: span(&spine.signature_algorithm),
        });
    }
}

fn serial(spine: &Spine<'_>, origin: &Origin, found: &mut Vec<Finding>) {
    let at = Some(origin.span(spine.serial.start, spine.serial.end()));
    let serial = spine.serial.contents;
    if serial.first().is_some_and(|first| 0x80 <= *first) {
        found.push(Finding {
            id: "serial-negative".into(),
            severity: Severity::Warning,
            title: "The serial number is negative".into(),
            what: format!("The serial number's octets are {}.", hex(serial)),
            why: "It must be positive; some software shows it as a large number, some refuses it."
                .into(),
            fix: "Ask the issuer for a certificate with a positive serial number.".into(),
            citation: "RFC 5280, 4.1.2.2".into(),
            at,
        });
    }
    if 20 < serial.len() {
        found.push(Finding {
            id: "serial-too-long".into(),
            severity: Severity::Warning,
            title: "The serial number is too long".into(),
            what: format!(
                "The serial number has {} octets, at most 20 are allowed.",
                serial.len()
            ),
            why: "Software need not handle longer ones.".into(),
            fix: "Ask the issuer for a certificate with a shorter serial number.".into(),
            citation: "RFC 5280, 4.1.2.2".into(),
            at,
        });
    }
    if matches!(serial, [0, second, ..] if *second < 0x80)
        || matches!(serial, [0xff, second, ..] if 0x80 <= *second)
    {
        found.push(Finding {
            id: "serial-not-minimal".into(),
            severity: Severity::Warning,
            title: "The serial number is written with more octets than it needs".into(),
            what: format!("The serial number's octets are {}.", hex(serial)),
            why: "DER has one form for each number; strict software refuses any other.".into(),
            fix: "Ask the issuer for another certificate.".into(),
            citation: "X.690, 8.3.2".into(),
            at,
        });
    }
}

fn extensions(spine: &Spine<'_>, origin: &Origin, found: &mut Vec<Finding>) {
    let span = |element: &Element<'_>| Some(origin.span(element.start, element.end()));
    for (index, extension) in spine.extensions.iter().enumerate() {
        let shown = crate::asn1::dotted(extension.oid).unwrap_or_else(|| hex(extension.oid));
        if spine
            .extensions
            .iter()
            .take(index)
            .any(|before| before.oid == extension.oid)
        {
            found.push(Finding {
                id: "extension-repeated".into(),
                severity: Severity::Error,
                title: "An extension stands there twice".into(),
                what: format!("The extension {shown} occurs more than once; the first is shown in the overview."),
                why: "It is not said which of them counts.".into(),
                fix: "Ask the issuer for another certificate.".into(),
                citation: "RFC 5280, 4.2".into(),
                at: span(&extension.whole),
            });
        }
        if extension.default_written {
            found.push(Finding {
                id: "default-written".into(),
                severity: Severity::Notice,
                title: "A default value is written out".into(),
                what: format!("The extension {shown} says critical FALSE, which DER leaves out."),
                why: "Strict software refuses encodings that are not DER.".into(),
                fix: "Ask the issuer to update its software.".into(),
                citation: "X.690, 11.5".into(),
                at: span(&extension.whole),
            });
        }
    }
    if !spine.extensions.is_empty() && spine.version_number() != 3 {
        found.push(Finding {
            id: "extensions-without-version-3".into(),
            severity: Severity::Error,
            title: "Extensions in a certificate that is not of version 3".into(),
            what: format!(
                "The version is {}, yet there are {} extensions.",
                spine.version_number(),
                spine.extensions.len()
            ),
            why: "Only version 3 has extensions; software refuses the certificate or ignores them."
                .into(),
            fix: "Ask the issuer for a certificate of version 3.".into(),
            citation: "RFC 5280, 4.1.2.9".into(),
            at: spine.version.as_ref().and_then(span),
        });
    }
}

fn times(spine: &Spine<'_>, origin: &Origin, found: &mut Vec<Finding>) {
    let fields = [
        ("notBefore", &spine.not_before),
        ("notAfter", &spine.not_after),
    ];
    for (field, element) in fields {
        let Some(instant) = instant(element) else {
            continue;
        };
        let at = Some(origin.span(element.start, element.end()));
        if let Err(reason) = instant.time {
            found.push(Finding {
                id: "time-unreadable".into(),
                severity: Severity::Error,
                title: format!("{field} names no instant"),
                what: format!("{field} is {:?}: {reason}.", instant.text),
                why: "The certificate cannot be judged by its dates, and software refuses it."
                    .into(),
                fix: "Ask the issuer for another certificate.".into(),
                citation: "RFC 5280, 4.1.2.5".into(),
                at,
            });
        } else if !instant.canonical {
            found.push(Finding {
                id: "time-form".into(),
                severity: Severity::Warning,
                title: format!("{field} is written in a form that is not allowed"),
                what: format!(
                    "{field} is {:?}; seconds and a Z are required, fractions are not allowed.",
                    instant.text
                ),
                why: "Strict software refuses it.".into(),
                fix: "Ask the issuer for another certificate.".into(),
                citation: "RFC 5280, 4.1.2.5".into(),
                at,
            });
        }
    }
    let time = |element| instant(element).and_then(|instant| instant.time.ok());
    if let (Some(not_before), Some(not_after)) = (time(&spine.not_before), time(&spine.not_after))
        && not_after < not_before
    {
        found.push(Finding {
            id: "validity-reversed".into(),
            severity: Severity::Error,
            title: "The validity ends before it begins".into(),
            what: format!("It begins at {not_before} and ends at {not_after}."),
            why: "There is no instant at which the certificate is valid.".into(),
            fix: "Ask the issuer for another certificate.".into(),
            citation: "RFC 5280, 4.1.2.5".into(),
            at: Some(origin.span(spine.not_before.start, spine.not_after.end())),
        });
    }
}

fn strength(certificate: &Certificate, found: &mut Vec<Finding>) {
    let algorithm = &certificate.signature_algorithm;
    let broken = ["MD2", "MD4", "MD5", "SHA-1"]
        .iter()
        .find(|digest| algorithm.name.ends_with(**digest));
    // Nobody checks the signature of a root: it is trusted because it is there.
    if let Some(digest) = broken
        && !certificate.self_issued
    {
        found.push(Finding {
            id: "weak-signature".into(),
            severity: Severity::Warning,
            title: format!("Signed with {digest}"),
            what: format!("The signature algorithm is {}.", algorithm.name),
            why:
                "Collisions can be made for this digest; current software refuses such signatures."
                    .into(),
            fix: "Have it reissued with SHA-256 or better.".into(),
            citation: "RFC 6194; RFC 6151".into(),
            at: Some(certificate.at.signature_algorithm),
        });
    }
    let key = &certificate.public_key;
    if let (Some(bits), true) = (
        key.bits,
        key.text.starts_with("RSA") || key.text.starts_with("DSA"),
    ) && bits < 2048
    {
        found.push(Finding {
            id: "weak-key".into(),
            severity: Severity::Warning,
            title: format!("The key has only {bits} bits"),
            what: format!("The public key is {}.", key.text),
            why: "Keys below 2048 bits are within reach of an attacker and refused by current software.".into(),
            fix: "Make a new key: EC P-256, or RSA with 2048 bits or more.".into(),
            citation: "NIST SP 800-131A Rev. 2, 3".into(),
            at: Some(certificate.at.public_key),
        });
    }
}

fn usage(spine: &Spine<'_>, certificate: &Certificate, found: &mut Vec<Finding>) {
    let purposes = certificate
        .extended_key_usage
        .as_deref()
        .unwrap_or_default();
    let server = purposes
        .iter()
        .any(|purpose| purpose.oid == "1.3.6.1.5.5.7.3.1");
    if server && certificate.subject_alternative_names.is_empty() && !certificate.is_ca() {
        found.push(Finding {
            id: "server-without-names".into(),
            severity: Severity::Warning,
            title: "A server certificate without alternative names".into(),
            what: "There is no subjectAltName, only the common name.".into(),
            why: "Current software looks at the alternative names alone, so it matches no host."
                .into(),
            fix: "Have it reissued with the host names as alternative names.".into(),
            citation: "RFC 9525, 6.1".into(),
            at: Some(certificate.at.subject),
        });
    }
    let signs = certificate
        .key_usage
        .as_ref()
        .is_some_and(|usage| usage.iter().any(|word| word == "certificate signing"));
    if signs && !certificate.is_ca() {
        found.push(Finding {
            id: "signs-without-being-ca".into(),
            severity: Severity::Warning,
            title: "May sign certificates, yet is no authority".into(),
            what:
                "keyUsage allows certificate signing, basicConstraints does not name an authority."
                    .into(),
            why: "Certificates that it issues are refused.".into(),
            fix: "Have it reissued with basicConstraints CA, or without that key usage.".into(),
            citation: "RFC 5280, 4.2.1.3".into(),
            at: certificate.at.key_usage,
        });
    }
    if certificate.subject.attributes.is_empty() && certificate.subject_alternative_names.is_empty()
    {
        found.push(Finding {
            id: "no-name".into(),
            severity: Severity::Warning,
            title: "The certificate names nobody".into(),
            what: "The subject is empty and there are no alternative names.".into(),
            why: "Nothing says whose certificate it is.".into(),
            fix: "Ask the issuer for another certificate.".into(),
            citation: "RFC 5280, 4.1.2.6".into(),
            at: Some(certificate.at.subject),
        });
    }
    if certificate.issuer.attributes.is_empty() {
        found.push(Finding {
            id: "no-issuer".into(),
            severity: Severity::Error,
            title: "The issuer is empty".into(),
            what: "The issuer name holds no attribute.".into(),
            why: "It must name who issued the certificate; Java refuses it.".into(),
            fix: "Ask the issuer for another certificate.".into(),
            citation: "RFC 5280, 4.1.2.4".into(),
            at: Some(certificate.at.issuer),
        });
    }
    for extension in &spine.extensions {
        let oid = crate::asn1::dotted(extension.oid).unwrap_or_default();
        if extension.critical && crate::oids::name(&oid).is_none() {
            found.push(Finding {
                id: "unknown-critical-extension".into(),
                severity: Severity::Notice,
                title: "A critical extension that is not known here".into(),
                what: format!("The extension {oid} is critical and has no known name."),
                why: "Software that does not know it must refuse the certificate.".into(),
                fix: "Check that the software which uses it knows this extension.".into(),
                citation: "RFC 5280, 4.2".into(),
                at: certificate
                    .extensions
                    .iter()
                    .find(|one| one.oid == oid)
                    .map(|one| one.at),
            });
        }
    }
}
