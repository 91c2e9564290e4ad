//! The frame of the certificate: its version, its fields and what stands between them.

use crate::asn1::{Element, LengthForm};
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::Facts;

pub(crate) const RULES: &[Rule] = &[
    TRAILING_BYTES,
    LENGTH_INDEFINITE,
    LENGTH_NOT_MINIMAL,
    UNKNOWN_FIELD,
    VERSION_WRITTEN,
    VERSION_UNKNOWN,
    UNIQUE_IDENTIFIER,
    UNIQUE_IDENTIFIER_VERSION,
];

const TRAILING_BYTES: Rule = Rule {
    id: "trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the certificate",
    why: "Strict software refuses such a file; lenient software ignores what it does not see.",
    fix: "Save the certificate again from its PEM.",
    citation: "X.690, 8.1",
};

const LENGTH_INDEFINITE: Rule = Rule {
    id: "length-indefinite",
    severity: Severity::Error,
    title: "A length is left open, which DER forbids",
    why: "Strict software refuses the certificate, and whoever writes it anew breaks its signature.",
    fix: "Have it reissued; if only its frame is so, convert it with openssl x509 -outform DER.",
    citation: "X.690, 10.1; RFC 5280, 4.1",
};

const LENGTH_NOT_MINIMAL: Rule = Rule {
    id: "length-not-minimal",
    severity: Severity::Error,
    title: "A length takes more octets than it needs",
    why: "Strict software refuses the certificate, and whoever writes it anew breaks its signature.",
    fix: "Have it reissued; if only its frame is so, convert it with openssl x509 -outform DER.",
    citation: "X.690, 10.1; RFC 5280, 4.1",
};

const UNKNOWN_FIELD: Rule = Rule {
    id: "unknown-field",
    severity: Severity::Error,
    title: "A field that no version of X.509 has",
    why: "Software that follows the standard refuses the certificate.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1",
};

const VERSION_WRITTEN: Rule = Rule {
    id: "version-1-written",
    severity: Severity::Warning,
    title: "Version 1 is written out",
    why: "DER leaves out a default value; strict software refuses the certificate.",
    fix: "Have it reissued as version 3.",
    citation: "X.690, 11.5; RFC 5280, 4.1.2.1",
};

const VERSION_UNKNOWN: Rule = Rule {
    id: "version-unknown",
    severity: Severity::Error,
    title: "A version that does not exist",
    why: "There are versions 1 to 3, encoded as 0 to 2; software refuses any other.",
    fix: "Have it reissued as version 3.",
    citation: "RFC 5280, 4.1.2.1",
};

const UNIQUE_IDENTIFIER: Rule = Rule {
    id: "unique-identifier",
    severity: Severity::Warning,
    title: "It carries unique identifiers",
    why: "Authorities must not issue such certificates any more; some software refuses them.",
    fix: "Have it reissued without unique identifiers.",
    citation: "RFC 5280, 4.1.2.8",
};

const UNIQUE_IDENTIFIER_VERSION: Rule = Rule {
    id: "unique-identifier-in-version-1",
    severity: Severity::Error,
    title: "Unique identifiers in a certificate of version 1",
    why: "Only versions 2 and 3 have them; strict software refuses the certificate.",
    fix: "Have it reissued as version 3, without unique identifiers.",
    citation: "RFC 5280, 4.1.2.8",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    let surplus = facts.der.len().saturating_sub(spine.certificate.raw.len());
    if surplus != 0 {
        found.add(
            &TRAILING_BYTES,
            spine.certificate.end()..facts.der.len(),
            || format!("{surplus} more bytes stand after the end of the certificate."),
        );
    }
    lengths(&spine.certificate, found);
    if let Some(surplus) = &spine.surplus {
        found.add(&UNKNOWN_FIELD, surplus.range(), || {
            format!(
                "{} stands after the known fields of tbsCertificate.",
                surplus.tag
            )
        });
    }
    version(facts, found);
    surplus_after(&spine.certificate, 3, "Certificate", found);
    surplus_after(&spine.validity, 2, "validity", found);
    surplus_after(&spine.public_key, 2, "subjectPublicKeyInfo", found);
    surplus_after(&spine.inner_algorithm, 2, "signature", found);
    surplus_after(&spine.signature_algorithm, 2, "signatureAlgorithm", found);
    if let Ok(algorithm) = spine.public_key.reader().any() {
        surplus_after(&algorithm, 2, "the algorithm of the key", found);
    }
    if let Some(field) = &spine.extensions_field {
        surplus_after(field, 1, "the field of the extensions", found);
    }
    for extension in &spine.extensions {
        let fields = if extension.flag.is_some() { 3 } else { 2 };
        surplus_after(&extension.whole, fields, "the extension", found);
    }
}

/// Looks at every length down to the first that is not as DER has it; one tells enough.
fn lengths(whole: &Element<'_>, found: &mut Findings<'_>) {
    let Some((value, form)) = first_unlike_der(whole) else {
        return;
    };
    match form {
        LengthForm::Minimal => {}
        LengthForm::Padded(surplus) => found.add(&LENGTH_NOT_MINIMAL, value.range(), || {
            let octets = if surplus == 1 { "octet" } else { "octets" };
            format!(
                "The length of the {} at byte {} has {surplus} {octets} too many.",
                value.tag, value.start
            )
        }),
        LengthForm::Indefinite => found.add(&LENGTH_INDEFINITE, value.range(), || {
            format!(
                "The {} at byte {} has no length; two zero octets end it.",
                value.tag, value.start
            )
        }),
    }
}

fn first_unlike_der<'a>(whole: &Element<'a>) -> Option<(Element<'a>, LengthForm)> {
    match whole.length_form() {
        LengthForm::Minimal if whole.tag.constructed => {}
        LengthForm::Minimal => return None,
        form => return Some((*whole, form)),
    }
    let mut inside = whole.reader();
    while !inside.is_empty() {
        let value = inside.any().ok()?;
        if let Some(first) = first_unlike_der(&value) {
            return Some(first);
        }
    }
    None
}

/// Whether `whole` holds more than this many values.
fn surplus_after(whole: &Element<'_>, fields: usize, name: &str, found: &mut Findings<'_>) {
    let mut reader = whole.reader();
    for _ in 0..fields {
        if reader.any().is_err() {
            return;
        }
    }
    if !reader.is_empty() {
        found.add(&UNKNOWN_FIELD, reader.offset()..whole.end(), || {
            format!(
                "{} more bytes stand in {name} after its last field.",
                reader.rest().len()
            )
        });
    }
}

fn version(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    if let Some(version) = &spine.version {
        match version.contents {
            [0] => found.add(&VERSION_WRITTEN, version.range(), || {
                "The version is written as 0, which stands for version 1.".to_owned()
            }),
            [1 | 2] => {}
            octets => found.add(&VERSION_UNKNOWN, version.range(), || {
                format!("The version's octets are {}.", crate::hex::hex(octets))
            }),
        }
    }
    let mut identifiers = spine.unique_identifiers.iter().flatten();
    if let Some(first) = identifiers.next() {
        let which = |element: &Element<'_>| {
            if element.tag.number == 1 {
                "issuerUniqueID"
            } else {
                "subjectUniqueID"
            }
        };
        let what = || {
            let second = identifiers.next().map(which);
            match second {
                Some(second) => format!("There are {} and {second}.", which(first)),
                None => format!("There is {}.", which(first)),
            }
        };
        if spine.version_number() == 1 {
            found.add(&UNIQUE_IDENTIFIER_VERSION, first.range(), what);
        } else {
            found.add(&UNIQUE_IDENTIFIER, first.range(), what);
        }
    }
}
