//! How the issuer signed.

use crate::asn1::{Element, Reader, Tag};
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::extensions::DEFAULT_WRITTEN;
use crate::x509::findings::facts::Facts;
use crate::x509::key::{algorithm, signed_decimal};

pub(crate) const RULES: &[Rule] = &[DIFFER, WEAK, PARAMETERS, UNUSED_BITS, MALFORMED];

const DIFFER: Rule = Rule {
    id: "signature-algorithms-differ",
    severity: Severity::Error,
    title: "Two different signature algorithms are named",
    why: "They must be the same; otherwise the signature does not protect the algorithm itself.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.1.2",
};

const WEAK: Rule = Rule {
    id: "weak-signature",
    severity: Severity::Warning,
    title: "Signed with a broken digest",
    why: "Collisions can be made for this digest; current software refuses such signatures.",
    fix: "Have it reissued with SHA-256 or better.",
    citation: "RFC 6194; RFC 6151",
};

const PARAMETERS: Rule = Rule {
    id: "signature-parameters",
    severity: Severity::Warning,
    title: "The signature algorithm has wrong parameters",
    why: "RSA has NULL here, others have nothing; strict software refuses anything else.",
    fix: "Ask the issuer to update its software.",
    citation: "RFC 4055, 5; RFC 5758, 3; RFC 8410, 3",
};

const UNUSED_BITS: Rule = Rule {
    id: "signature-unused-bits",
    severity: Severity::Error,
    title: "The signature ends inside an octet",
    why: "Signatures are whole octets; strict software refuses it.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.1.3; X.690, 8.6.2",
};

const MALFORMED: Rule = Rule {
    id: "signature-malformed",
    severity: Severity::Error,
    title: "The signature is not encoded as its algorithm says",
    why: "No software can check it.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 3279, 2.2.3",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    of_pair(&spine.inner_algorithm, &spine.signature_algorithm, found);
    parameters(&spine.signature_algorithm, found);
    // Nobody checks the signature of a root: it is trusted because it is there.
    if !spine.is_self_issued() {
        weak(&spine.signature_algorithm, found);
    }
    value(&spine.signature_algorithm, &spine.signature, found);
}

/// What is odd about the algorithm inside what is signed, and the one outside.
pub(crate) fn of_pair(inner: &Element<'_>, outer: &Element<'_>, found: &mut Findings<'_>) {
    if inner.raw == outer.raw {
        return;
    }
    found.add(&DIFFER, outer.range(), || {
        let name = |one| algorithm(one).map_or_else(|_| "unreadable".into(), |one| one.name);
        let (inside, outside) = (name(inner), name(outer));
        if inside == outside {
            format!("Both are {inside}, with different parameters.")
        } else {
            format!("Inside what is signed it is {inside}, outside {outside}.")
        }
    });
    parameters(inner, found);
}

/// What is odd about an algorithm and the signature made with it.
pub(crate) fn of_signature(
    identifier: &Element<'_>,
    signature: &Element<'_>,
    found: &mut Findings<'_>,
) {
    parameters(identifier, found);
    weak(identifier, found);
    value(identifier, signature, found);
}

/// Whether the digest of this name is broken.
pub(crate) fn is_broken(name: &str) -> bool {
    ["MD2", "MD4", "MD5", "SHA-1"].contains(&name)
}

/// What an algorithm's parameters must be.
#[derive(PartialEq, Eq)]
enum Wanted {
    Null,
    Nothing,
    Any,
}

fn wanted(oid: &[u8]) -> Wanted {
    match oid {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2..=5 | 11..=16] => Wanted::Null,
        // ECDSA, also with SHA-2; DSA; Ed25519 and Ed448; those of NIST but RSA with SHA-3.
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1..=4]
        | [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3]
        | [0x2b, 0x65, 0x70 | 0x71]
        | [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1..=12 | 17..=46] => Wanted::Nothing,
        _ => Wanted::Any,
    }
}

fn parameters(identifier: &Element<'_>, found: &mut Findings<'_>) {
    let mut parts = identifier.values();
    let Some(oid) = parts.next() else {
        return;
    };
    let parameters = parts.next();
    if oid.contents == RSA_PSS {
        let wrong = match &parameters {
            Some(parameters) => pss(parameters, found),
            None => {
                Some("RSASSA-PSS has no parameters, and a signature must have them.".to_owned())
            }
        };
        if let Some(what) = wrong {
            found.add(&PARAMETERS, identifier.range(), || what);
        }
        return;
    }
    let right = match (wanted(oid.contents), &parameters) {
        (Wanted::Null, Some(parameters)) => parameters.raw == [5, 0],
        (Wanted::Null, None) | (Wanted::Nothing, Some(_)) => false,
        (Wanted::Nothing, None) | (Wanted::Any, _) => true,
    };
    if !right {
        found.add(&PARAMETERS, identifier.range(), || {
            let name = algorithm(identifier)
                .map(|one| one.name)
                .unwrap_or_default();
            match &parameters {
                Some(parameters) => format!("The parameters of {name} are {}.", parameters.tag),
                None => format!("{name} has no parameters, not even NULL."),
            }
        });
    }
}

const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];

/// What is wrong with the parameters of RSASSA-PSS; what is written though it is the default is told at once.
///
/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm    [0] HashAlgorithm    DEFAULT sha1,
///     maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
///     saltLength       [2] INTEGER          DEFAULT 20,
///     trailerField     [3] INTEGER          DEFAULT 1 }
/// ```
///
/// [RFC 4055, 3.1](https://www.rfc-editor.org/rfc/rfc4055#section-3.1)
pub(crate) fn pss(parameters: &Element<'_>, found: &mut Findings<'_>) -> Option<String> {
    if parameters.tag != Tag::SEQUENCE {
        return Some(format!(
            "The parameters of RSASSA-PSS are {}.",
            parameters.tag
        ));
    }
    let Some(fields) = whole(parameters) else {
        return Some("The parameters of RSASSA-PSS cannot be read.".to_owned());
    };
    let mut next = 0;
    for field in fields {
        let number = field.tag.number;
        if field.tag != Tag::context(number) || !(next..4).contains(&number) {
            return Some(format!(
                "The parameters of RSASSA-PSS hold {}, and no such field stands there.",
                field.tag
            ));
        }
        next = number.saturating_add(1);
        let inner = whole(&field).filter(|inner| inner.len() == 1);
        let inner = inner.and_then(|inner| inner.into_iter().next());
        match pss_field(number, inner.as_ref()) {
            Err(what) => return Some(what),
            Ok(false) => {}
            Ok(true) => found.add(&DEFAULT_WRITTEN, field.range(), || {
                let name = PSS_FIELDS.iter().find(|(known, _)| *known == number);
                let name = name.map_or("", |(_, name)| *name);
                format!("The {name} of RSASSA-PSS is the one that counts where none is written.")
            }),
        }
    }
    None
}

const PSS_FIELDS: [(u32, &str); 4] = [
    (0, "hash algorithm"),
    (1, "mask generation function"),
    (2, "length of the salt"),
    (3, "trailer field"),
];

/// Whether the value of a field is its default; or what is wrong with it.
fn pss_field(number: u32, inner: Option<&Element<'_>>) -> Result<bool, String> {
    let name = PSS_FIELDS.iter().find(|(known, _)| *known == number);
    let unreadable = || {
        let name = name.map_or("", |(_, name)| *name);
        format!("The {name} of RSASSA-PSS cannot be read.")
    };
    let inner = inner.ok_or_else(unreadable)?;
    match number {
        0 => Ok(digest(inner).ok_or_else(unreadable)? == SHA_1),
        1 => {
            let parts = whole(inner).ok_or_else(unreadable)?;
            match parts.as_slice() {
                [function, ..] if function.tag == Tag::OID && function.contents != MGF1 => {
                    let name = function.oid().map_err(|_| unreadable())?;
                    Err(format!(
                        "The mask generation function is {name}, and MGF1 is the only one there is."
                    ))
                }
                [_, of] if inner.tag == Tag::SEQUENCE => {
                    Ok(digest(of).ok_or_else(unreadable)? == SHA_1)
                }
                _ => Err(unreadable()),
            }
        }
        _ if inner.tag != Tag::INTEGER => Err(unreadable()),
        2 => inner.unsigned().map(|length| length == 20).map_err(|_| {
            let length = signed_decimal(inner.contents);
            format!("The length of the salt is {length}.")
        }),
        _ if matches!(inner.unsigned(), Ok(1)) => Ok(true),
        _ => {
            let number = signed_decimal(inner.contents);
            Err(format!(
                "The trailer field is {number}, and 1 is the only one there is."
            ))
        }
    }
}

/// The object identifier of a digest, which has NULL for parameters or none.
fn digest<'a>(identifier: &Element<'a>) -> Option<&'a [u8]> {
    let parts = whole(identifier).filter(|_| identifier.tag == Tag::SEQUENCE)?;
    match parts.as_slice() {
        [oid] if oid.tag == Tag::OID => Some(oid.contents),
        [oid, null] if oid.tag == Tag::OID && null.raw == [5, 0] => Some(oid.contents),
        _ => None,
    }
}

/// The elements within, where they are all there is.
fn whole<'a>(element: &Element<'a>) -> Option<Vec<Element<'a>>> {
    let mut fields = element.reader();
    let mut parts = Vec::new();
    while !fields.is_empty() {
        parts.push(fields.any().ok()?);
    }
    Some(parts)
}

/// `MGF1` (RFC 8017, B.2.1).
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];

fn weak(identifier: &Element<'_>, found: &mut Findings<'_>) {
    let mut parts = identifier.values();
    let Some(oid) = parts.next() else {
        return;
    };
    let parameters = parts.next();
    let broken = match oid.contents {
        // RSASSA-PSS, whose digest is SHA-1 unless its parameters name another
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10] => pss_digest(parameters.as_ref()) == SHA_1,
        // MD2, MD4, MD5 and SHA-1 with RSA; SHA-1 with ECDSA and DSA; OIW's MD5 and SHA-1 with both
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2..=5]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1]
        | [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3]
        | [0x2b, 0x0e, 3, 2, 2..=4 | 12..=15 | 24 | 25 | 27..=29] => true,
        _ => false,
    };
    if broken {
        found.add(&WEAK, identifier.range(), || {
            let name = algorithm(identifier)
                .map(|one| one.name)
                .unwrap_or_default();
            let is_given = parameters.is_some() && parts.next().is_none();
            let digest = if is_given && oid.contents.ends_with(&[1, 1, 10]) {
                ", its digest SHA-1"
            } else {
                ""
            };
            format!("The signature algorithm is {name}{digest}.")
        });
    }
}

/// `RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] DEFAULT sha1, … }` (RFC 4055, 3.1)
fn pss_digest<'a>(parameters: Option<&Element<'a>>) -> &'a [u8] {
    let digest = || {
        let mut parts = parameters?.values();
        let hash = parts.find(|part| part.tag == Tag::context(0))?;
        Some(hash.reader().any().ok()?.reader().any().ok()?.contents)
    };
    digest().unwrap_or(SHA_1)
}

const SHA_1: &[u8] = &[0x2b, 0x0e, 3, 2, 26];

fn value(identifier: &Element<'_>, signature: &Element<'_>, found: &mut Findings<'_>) {
    let [unused, bits @ ..] = signature.contents else {
        found.add(&MALFORMED, signature.range(), || {
            "The BIT STRING of the signature holds no octet.".to_owned()
        });
        return;
    };
    if bits.is_empty() {
        found.add(&MALFORMED, signature.range(), || {
            "The signature is empty.".to_owned()
        });
        return;
    }
    if *unused != 0 {
        found.add(&UNUSED_BITS, signature.range(), || {
            format!("{unused} bits at its end are not used.")
        });
        return;
    }
    let Ok(oid) = identifier.reader().any() else {
        return;
    };
    let pair = matches!(
        oid.contents,
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, ..] | [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3]
    );
    if pair && !is_pair(bits) {
        found.add(&MALFORMED, signature.range(), || {
            "The signature is no SEQUENCE of two positive INTEGERs and nothing else.".to_owned()
        });
    }
}

/// `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }`
fn is_pair(bits: &[u8]) -> bool {
    let Ok(whole) = Reader::new(bits).any() else {
        return false;
    };
    let positive = |part: &Element<'_>| {
        part.tag == Tag::INTEGER && part.contents.first().is_some_and(|first| *first < 0x80)
    };
    whole.tag == Tag::SEQUENCE
        && whole.raw.len() == bits.len()
        && whole.values().count() == 2
        && whole.values().all(|part| positive(&part))
        && whole.values().map(|part| part.raw.len()).sum::<usize>() == whole.contents.len()
}
