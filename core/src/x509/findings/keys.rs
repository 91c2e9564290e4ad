//! The key that is certified. The tests take key bytes, so that they serve bare keys and requests too.

use std::sync::LazyLock;

use crypto_bigint::{BoxedUint, Limb, NonZero, WideWord, Word};

use crate::asn1::{Element, Reader, Tag, dotted};
use crate::hex::hex;
use crate::oids;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::encoding;
use crate::x509::findings::facts::Facts;
use crate::x509::findings::signature::pss;
use crate::x509::key::{curve, curve_description, explicit_curve, floor_root, is_key, is_on};

pub(crate) const RULES: &[Rule] = &[
    SHORT,
    DSA,
    SHORT_CURVE,
    EXPLICIT_CURVE,
    ALTERED_CURVE,
    NO_CURVE,
    PARAMETERS,
    MALFORMED,
    UNUSED_BITS,
    OFF_CURVE,
    POINT_FORM,
    LENGTH,
    MODULUS,
    ODD_SIZE,
    DRAFT,
    EXPONENT,
    SMALL_EXPONENT,
    LARGE_EXPONENT,
    SMALL_FACTOR,
    ROCA,
    CLOSE_PRIMES,
    DIGESTS_OF_AUTHORITY,
    SMALL_ORDER,
];

const SMALL_ORDER: Rule = Rule {
    id: "key-of-small-order",
    severity: Severity::Error,
    title: "The public key is nothing but zeros",
    why: "Whatever is agreed with it is the same for everybody; software must refuse it.",
    fix: "Make a new key, and trust nothing that was agreed with this one.",
    citation: "RFC 7748, 6.1",
};

const SHORT: Rule = Rule {
    id: "weak-key",
    severity: Severity::Warning,
    title: "The key is too short",
    why: "Keys below 2048 bits are within reach of an attacker and refused by current software.",
    fix: "Make a new key: EC P-256, or RSA with 2048 bits or more.",
    citation: "NIST SP 800-131A Rev. 2, 3",
};

const DSA: Rule = Rule {
    id: "dsa-key",
    severity: Severity::Warning,
    title: "A DSA key",
    why: "No browser and no TLS 1.3 takes it, and its standard was withdrawn for new signatures.",
    fix: "Make a new key: EC P-256 or Ed25519.",
    citation: "FIPS 186-5, 4; RFC 8446, 4.2.3",
};

const SHORT_CURVE: Rule = Rule {
    id: "weak-curve",
    severity: Severity::Warning,
    title: "The curve of the key is too small",
    why: "Curves below 224 bits are within reach of an attacker and refused by current software.",
    fix: "Make a new key on P-256 or larger.",
    citation: "NIST SP 800-131A Rev. 2, 3",
};

const ALTERED_CURVE: Rule = Rule {
    id: "curve-generator-altered",
    severity: Severity::Error,
    title: "The curve is a known one with another generator",
    why: "Whoever chooses the generator can have a private key that fits someone else's public key.",
    fix: "Trust nothing that is signed with this key, and find out where it came from.",
    citation: "CVE-2020-0601; RFC 5480, 2.1.1",
};

const EXPLICIT_CURVE: Rule = Rule {
    id: "curve-spelt-out",
    severity: Severity::Warning,
    title: "The curve is spelt out and not named",
    why: "Its numbers can be chosen to forge signatures; current software refuses such keys.",
    fix: "Make a new key on a named curve.",
    citation: "RFC 5480, 2.1.1; CVE-2020-0601",
};

const NO_CURVE: Rule = Rule {
    id: "curve-missing",
    severity: Severity::Error,
    title: "An EC key without its curve",
    why: "Without it the key cannot be used.",
    fix: "Have it reissued with the name of the curve.",
    citation: "RFC 5480, 2.1.1",
};

const PARAMETERS: Rule = Rule {
    id: "key-parameters",
    severity: Severity::Warning,
    title: "The key's algorithm has wrong parameters",
    why: "Strict software refuses the key.",
    fix: "Ask the issuer to update its software.",
    citation: "RFC 3279, 2.3; RFC 4055, 3.1; RFC 8410, 3; RFC 9881, 4",
};

const MALFORMED: Rule = Rule {
    id: "key-malformed",
    severity: Severity::Error,
    title: "The key is not encoded as its algorithm says",
    why: "Software cannot use it.",
    fix: "Make a new key and have the certificate reissued.",
    citation: "RFC 3279, 2.3; RFC 5480, 2.2; X.690, 8.3.2",
};

const UNUSED_BITS: Rule = Rule {
    id: "key-unused-bits",
    severity: Severity::Error,
    title: "The key ends inside an octet",
    why: "Keys are whole octets; strict software refuses it.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.7; X.690, 8.6.2",
};

const OFF_CURVE: Rule = Rule {
    id: "point-not-on-curve",
    severity: Severity::Error,
    title: "The key is no point of its curve",
    why: "Nobody has its private half; software refuses it, or leaks its own keys to it.",
    fix: "Make a new key and have the certificate reissued.",
    citation: "SEC 1, 3.2.2.1",
};

const POINT_FORM: Rule = Rule {
    id: "point-form",
    severity: Severity::Warning,
    title: "The key is written in a form that is not allowed",
    why: "Points are written uncompressed or compressed; software refuses other forms.",
    fix: "Have it reissued with the point uncompressed.",
    citation: "RFC 5480, 2.2",
};

const LENGTH: Rule = Rule {
    id: "key-length",
    severity: Severity::Error,
    title: "The key has a length that its algorithm does not",
    why: "Software cannot use it.",
    fix: "Make a new key and have the certificate reissued.",
    citation: "RFC 8410, 4; FIPS 203, 8; FIPS 204, 4; FIPS 205, 11",
};

const MODULUS: Rule = Rule {
    id: "rsa-modulus",
    severity: Severity::Error,
    title: "The RSA modulus is no product of two primes",
    why: "The key does not work, or anyone can compute its private half.",
    fix: "Make a new key.",
    citation: "RFC 8017, 3.1",
};

const ODD_SIZE: Rule = Rule {
    id: "rsa-odd-size",
    severity: Severity::Notice,
    title: "An RSA key of an unusual size",
    why: "Sizes are whole octets; public authorities refuse others, as does some hardware.",
    fix: "Make the next key with 2048, 3072 or 4096 bits.",
    citation: "CA/Browser Forum TLS BR, 6.1.5; Mozilla Root Store Policy, 5.1",
};

const DRAFT: Rule = Rule {
    id: "key-of-draft",
    severity: Severity::Warning,
    title: "A key of an algorithm that was never published",
    why: "It follows a draft that differs from the standard, so current software cannot use it.",
    fix: "Make a new key: ML-DSA, SLH-DSA or ML-KEM.",
    citation: "FIPS 203; FIPS 204; FIPS 205",
};

const EXPONENT: Rule = Rule {
    id: "rsa-exponent",
    severity: Severity::Error,
    title: "An RSA exponent that cannot work",
    why: "It must be odd and greater than 1; otherwise nothing is protected.",
    fix: "Make a new key with the exponent 65537.",
    citation: "RFC 8017, 3.1",
};

const SMALL_EXPONENT: Rule = Rule {
    id: "rsa-exponent-small",
    severity: Severity::Notice,
    title: "A small RSA exponent",
    why: "Software that checks signatures carelessly can be cheated with such keys.",
    fix: "Use the exponent 65537 for the next key.",
    citation: "NIST SP 800-56B Rev. 2, 6.2",
};

const LARGE_EXPONENT: Rule = Rule {
    id: "rsa-exponent-large",
    severity: Severity::Warning,
    title: "An unusually large RSA exponent",
    why: "Windows and Go refuse it, and checking it is slow.",
    fix: "Make a new key with the exponent 65537.",
    citation: "NIST SP 800-56B Rev. 2, 6.2",
};

const SMALL_FACTOR: Rule = Rule {
    id: "rsa-small-factor",
    severity: Severity::Error,
    title: "The RSA modulus has a small factor",
    why: "The private key can be computed from the public one.",
    fix: "Make a new key and revoke this certificate.",
    citation: "RFC 8017, 3.1; CA/Browser Forum TLS BR, 6.1.6",
};

const ROCA: Rule = Rule {
    id: "rsa-roca",
    severity: Severity::Error,
    title: "An RSA key made by a chip known to be weak",
    why: "Keys of this form come from Infineon's library and can be factored.",
    fix: "Make a new key by other means and revoke this certificate.",
    citation: "CVE-2017-15361; Nemec et al., ACM CCS 2017",
};

const CLOSE_PRIMES: Rule = Rule {
    id: "rsa-close-primes",
    severity: Severity::Error,
    title: "The two primes of the RSA key are close together",
    why: "The private key can be computed from the public one in moments.",
    fix: "Make a new key by other means and revoke this certificate.",
    citation: "CVE-2022-26320; FIPS 186-5, A.1.3",
};

const DIGESTS_OF_AUTHORITY: Rule = Rule {
    id: "authority-signs-digests-only",
    severity: Severity::Error,
    title: "An authority whose key signs digests only",
    why: "No certificate may be signed in this form, and software refuses it.",
    fix: "Make a new authority with ML-DSA or SLH-DSA itself.",
    citation: "RFC 9881, 8.3; RFC 9909, 4",
};

/// What a key can do, as far as `keyUsage` is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Rsa,
    Dsa,
    Ec,
    /// Signs and does nothing else: Ed25519, RSASSA-PSS, ML-DSA.
    Signatures,
    /// Signs digests only, and therefore no certificates: HashML-DSA, HashSLH-DSA.
    Digests,
    /// Agrees on keys and does nothing else: X25519.
    Agreement,
    /// ML-KEM.
    Encapsulation,
    Other,
}

impl Kind {
    /// The kind of the key in this `SubjectPublicKeyInfo`.
    pub(crate) fn of(info: &Element<'_>) -> Self {
        let identifier = info.reader().any().ok();
        let oid = identifier.and_then(|identifier| identifier.reader().any().ok());
        match oid.map(|oid| oid.contents) {
            Some([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]) => Self::Rsa,
            Some([0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1]) => Self::Dsa,
            Some([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]) => Self::Ec,
            Some([0x2a, 0x86, 0x48, 0xce, 0x3e, 2, 1] | [0x2b, 0x65, 0x6e | 0x6f]) => {
                Self::Agreement
            }
            Some(
                [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10]
                | [0x2b, 0x65, 0x70 | 0x71]
                | [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17..=31],
            ) => Self::Signatures,
            Some([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 32..=46]) => Self::Digests,
            Some([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 1..=3]) => Self::Encapsulation,
            _ => Self::Other,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::Dsa => "DSA",
            Self::Ec => "EC",
            Self::Signatures => "signatures",
            Self::Digests => "signatures of digests",
            Self::Agreement => "key agreement",
            Self::Encapsulation => "key encapsulation",
            Self::Other => "another algorithm",
        }
    }
}

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let key = &facts.spine.public_key;
    of_key(key, found);
    if facts.is_ca() && Kind::of(key) == Kind::Digests {
        found.add(&DIGESTS_OF_AUTHORITY, key.range(), || {
            "basicConstraints names an authority, and the key is for signatures of digests."
                .to_owned()
        });
    }
}

/// What is odd about the key in this `SubjectPublicKeyInfo`.
pub(crate) fn of_key(info: &Element<'_>, found: &mut Findings<'_>) {
    if !is_key(info) {
        found.add(&MALFORMED, info.range(), || {
            "It is not an algorithm followed by the bits of a key.".to_owned()
        });
        return;
    }
    let mut parts = info.values();
    let (Some(identifier), Some(key)) = (parts.next(), parts.next()) else {
        return;
    };
    let mut algorithm = identifier.values();
    let Some(oid) = algorithm.next() else {
        return;
    };
    let parameters = algorithm.next();
    let (identifier, key, parameters) = (&identifier, &key, parameters.as_ref());
    let [unused, bits @ ..] = key.contents else {
        return;
    };
    if *unused != 0 {
        found.add(&UNUSED_BITS, key.range(), || {
            format!("{unused} bits at its end are not used.")
        });
        return;
    }
    if key.tag != Tag::BIT_STRING {
        return;
    }
    match Kind::of(info) {
        Kind::Rsa => {
            if parameters.is_none_or(|parameters| parameters.raw != [5, 0]) {
                found.add(&PARAMETERS, identifier.range(), || match parameters {
                    Some(other) => format!("The parameters are {}, not NULL.", other.tag),
                    None => "There are no parameters, not even NULL.".to_owned(),
                });
            }
            rsa_key(key, found);
        }
        Kind::Dsa => dsa(info, parameters, found),
        Kind::Ec => ec(identifier, parameters, key, bits, found),
        Kind::Signatures if oid.contents.ends_with(&[1, 1, 10]) => {
            // Absent, or those that its signatures must have (RFC 4055, 3.1).
            if let Some(what) = parameters.and_then(|parameters| pss(parameters, found)) {
                found.add(&PARAMETERS, identifier.range(), || what);
            }
            rsa_key(key, found);
        }
        Kind::Signatures | Kind::Digests | Kind::Agreement | Kind::Encapsulation => {
            plain(identifier, oid.contents, parameters, key, bits, found);
        }
        // Round 3 of NIST's contest: Dilithium of IBM, and what Open Quantum Safe numbered itself.
        Kind::Other => {
            let drafts: [&[u8]; 2] = [&[0x2b, 6, 1, 4, 1, 2, 0x82, 0x0b], &[0x2b, 0xce, 0x0f]];
            if drafts.iter().any(|draft| oid.contents.starts_with(draft)) {
                found.add(&DRAFT, identifier.range(), || {
                    format!(
                        "The algorithm is {}.",
                        dotted(oid.contents).unwrap_or_default()
                    )
                });
            }
        }
    }
}

/// Keys that are octets of a fixed length, under an algorithm without parameters.
fn plain(
    identifier: &Element<'_>,
    oid: &[u8],
    parameters: Option<&Element<'_>>,
    key: &Element<'_>,
    bits: &[u8],
    found: &mut Findings<'_>,
) {
    let expected = match oid {
        [.., 0x65, 0x6f] => 56,
        [.., 0x65, 0x71] => 57,
        [.., 4, 3, 17 | 32] => 1312,
        [.., 4, 3, 18 | 33] => 1952,
        [.., 4, 3, 19 | 34] => 2592,
        // SLH-DSA and HashSLH-DSA: three sizes, each small and fast, with SHA2 and SHAKE.
        [.., 0x65, 0x6e | 0x70] | [.., 4, 3, 20 | 21 | 26 | 27 | 35 | 36 | 41 | 42] => 32,
        [.., 4, 3, 22 | 23 | 28 | 29 | 37 | 38 | 43 | 44] => 48,
        [.., 4, 3, 24 | 25 | 30 | 31 | 39 | 40 | 45 | 46] => 64,
        [.., 4, 4, 1] => 800,
        [.., 4, 4, 2] => 1184,
        [.., 4, 4, 3] => 1568,
        _ => return,
    };
    if let Some(parameters) = parameters {
        found.add(&PARAMETERS, identifier.range(), || {
            format!("The parameters are {}; there must be none.", parameters.tag)
        });
    }
    if matches!(oid, [.., 0x65, 0x6e | 0x6f]) && bits.iter().all(|octet| *octet == 0) {
        found.add(&SMALL_ORDER, key.range(), || {
            format!("The {} octets of the key are zero.", bits.len())
        });
    }
    if bits.len() != expected {
        found.add(&LENGTH, key.range(), || {
            let name = dotted(oid).unwrap_or_default();
            let name = oids::name(&name).unwrap_or(&name);
            format!("The key has {} octets, {name} has {expected}.", bits.len())
        });
    }
}

fn dsa(info: &Element<'_>, parameters: Option<&Element<'_>>, found: &mut Findings<'_>) {
    let prime = parameters.and_then(|parameters| parameters.reader().any().ok());
    let size = prime.map(|prime| bit_length(prime.contents));
    found.add(&DSA, info.range(), || match size {
        Some(size) => format!("The public key is DSA {size}."),
        None => "The public key is DSA, with its parameters inherited.".to_owned(),
    });
    if let Some(size) = size.filter(|size| *size < 2048) {
        found.add(&SHORT, info.range(), || {
            format!("The public key is DSA {size}.")
        });
    }
}

fn ec(
    identifier: &Element<'_>,
    parameters: Option<&Element<'_>>,
    key: &Element<'_>,
    point: &[u8],
    found: &mut Findings<'_>,
) {
    let curve = match parameters {
        Some(curve) if curve.tag == Tag::OID => Some(curve.contents),
        Some(explicit) if explicit.tag == Tag::SEQUENCE => {
            let curve = curve_description(parameters);
            match curve.altered {
                Some(known) => found.add(&ALTERED_CURVE, explicit.range(), || {
                    format!("All numbers of the curve are those of {known}, but for the generator.")
                }),
                None => found.add(&EXPLICIT_CURVE, explicit.range(), || {
                    let name = curve.name.unwrap_or_default();
                    format!("The parameters hold the numbers of a curve: {name}.")
                }),
            }
            None
        }
        other => {
            found.add(&NO_CURVE, identifier.range(), || match other {
                Some(other) => format!("The parameters are {}.", other.tag),
                None => "There are no parameters.".to_owned(),
            });
            None
        }
    };
    let size = match point {
        [4, coordinates @ ..] => coordinates.len() / 2,
        [2 | 3, coordinate @ ..] => coordinate.len(),
        [form, coordinates @ ..] => {
            found.add(&POINT_FORM, key.range(), || {
                format!("The first octet is {form:02x}.")
            });
            coordinates.len() / 2
        }
        [] => {
            found.add(&MALFORMED, key.range(), || {
                "The key has no octet.".to_owned()
            });
            return;
        }
    };
    if 1 < size && size < 28 {
        found.add(&SHORT_CURVE, key.range(), || {
            let name = curve.and_then(dotted).unwrap_or_default();
            let name = oids::name(&name).unwrap_or(&name);
            let gap = if name.is_empty() { "" } else { " " };
            format!("The curve{gap}{name} has about {} bits.", size * 8)
        });
    }
    if parameters.and_then(|curve| is_on_curve(curve, point)) == Some(false) {
        found.add(&OFF_CURVE, key.range(), || {
            let name = curve_description(parameters).name.unwrap_or_default();
            format!("The key is no point of {name}.")
        });
    }
}

/// Whether the point lies on the curve; `None` for curves that are not computed here.
fn is_on_curve(parameters: &Element<'_>, point: &[u8]) -> Option<bool> {
    if parameters.tag == Tag::SEQUENCE {
        return is_on(&explicit_curve(parameters)?, point);
    }
    Some(match parameters.contents {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => p256::PublicKey::from_sec1_bytes(point).is_ok(),
        [0x2b, 0x81, 4, 0, 34] => p384::PublicKey::from_sec1_bytes(point).is_ok(),
        [0x2b, 0x81, 4, 0, 35] => p521::PublicKey::from_sec1_bytes(point).is_ok(),
        _ => return is_on(&curve(oids::name(&parameters.oid().ok()?)?)?, point),
    })
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017, A.1.1), in the
/// BIT STRING of a `SubjectPublicKeyInfo`.
fn rsa_key(key: &Element<'_>, found: &mut Findings<'_>) {
    let Ok(bits) = key.bits() else {
        return;
    };
    let whole = Reader::new(bits)
        .any()
        .ok()
        .filter(|whole| whole.tag == Tag::SEQUENCE && whole.raw.len() == bits.len());
    let mut parts = whole.iter().flat_map(Element::values);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(modulus), Some(exponent), None) if is_minimal(&modulus) && is_minimal(&exponent) => {
            rsa(modulus.contents, exponent.contents, key.range(), found);
        }
        _ => found.add(&MALFORMED, key.range(), || {
            "The key is no SEQUENCE of two INTEGERs in DER and nothing else.".to_owned()
        }),
    }
}

/// Whether this is an INTEGER of as few octets as its value needs (X.690, 8.3.2).
fn is_minimal(number: &Element<'_>) -> bool {
    number.tag == Tag::INTEGER && encoding::is_minimal(number.contents)
}

/// What is odd about an RSA key: `modulus` and `exponent` are the contents of INTEGERs.
pub(crate) fn rsa(
    modulus: &[u8],
    exponent: &[u8],
    at: std::ops::Range<usize>,
    found: &mut Findings<'_>,
) {
    rsa_exponent(exponent, at.clone(), found);
    let size = bit_length(modulus);
    if size < 2048 {
        found.add(&SHORT, at.clone(), || {
            format!("The public key is RSA {size}.")
        });
    }
    let negative = matches!(modulus, [0x80..=0xff, ..]);
    if negative || size < 8 || modulus.last().is_none_or(|last| last & 1 == 0) {
        found.add(&MODULUS, at, || {
            let how = if negative {
                "negative"
            } else {
                "even, or next to nothing"
            };
            format!("The modulus of {size} bits is {how}.")
        });
        return;
    }
    if MAX_MODULUS < size {
        return;
    }
    if !size.is_multiple_of(8) {
        found.add(&ODD_SIZE, at.clone(), || {
            format!("The modulus has {size} bits.")
        });
    }
    let digits = modulus.iter().position(|octet| *octet != 0).unwrap_or(0);
    let digits = modulus.get(digits..).unwrap_or_default();
    let Ok(number) = BoxedUint::from_be_slice(digits, size.next_multiple_of(128)) else {
        return;
    };
    if let Some(prime) = small_factor(&number) {
        found.add(&SMALL_FACTOR, at, || {
            format!("The modulus can be divided by {prime}.")
        });
        return;
    }
    let small = Small::of(&number);
    if 256 <= size && is_roca(&number, &small) {
        found.add(&ROCA, at.clone(), || {
            "The modulus has the remainders that only keys of this library have.".to_owned()
        });
    }
    if let Some(steps) = fermat(&number, small) {
        found.add(&CLOSE_PRIMES, at, || {
            format!("Fermat's method finds the primes in {steps} steps.")
        });
    }
}

fn rsa_exponent(exponent: &[u8], at: std::ops::Range<usize>, found: &mut Findings<'_>) {
    let size = bit_length(exponent);
    let odd = exponent.last().is_some_and(|last| last & 1 == 1);
    let what = || format!("The exponent is {}.", shown(exponent));
    if matches!(exponent, [0x80..=0xff, ..]) || !odd || size < 2 {
        found.add(&EXPONENT, at, what);
    } else if size < 17 {
        found.add(&SMALL_EXPONENT, at, what);
    } else if 64 < size {
        found.add(&LARGE_EXPONENT, at, || {
            format!("The exponent has {size} bits.")
        });
    }
}

fn shown(exponent: &[u8]) -> String {
    match exponent {
        [0x80..=0xff, ..] => format!("negative, {}", hex(exponent)),
        _ if exponent.len() <= 8 => exponent
            .iter()
            .fold(0, |value: u64, octet| value << 8 | u64::from(*octet))
            .to_string(),
        _ => format!("0x{}", hex(exponent)),
    }
}

/// Bits of the magnitude, without leading zeros.
fn bit_length(contents: &[u8]) -> u32 {
    let mut digits = contents;
    while let [0, rest @ ..] = digits {
        digits = rest;
    }
    let leading = digits.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(digits.len().saturating_mul(8))
        .unwrap_or(u32::MAX)
        .saturating_sub(leading)
}

/// The smallest of [`PRIMES`] that divides the number.
fn small_factor(number: &BoxedUint) -> Option<u16> {
    let (fours, others) = GROUPS.as_chunks::<4>();
    let of_four = |four: &[Group; 4]| {
        let rests = rests(four, number);
        let mut both = four.iter().zip(rests);
        both.find_map(|(group, rest)| group.factor(rest))
    };
    let alone = |group: &Group| {
        let [rest] = rests(std::array::from_ref(group), number);
        group.factor(rest)
    };
    let found = fours.iter().find_map(of_four);
    found.or_else(|| others.iter().find_map(alone))
}

/// What is left of a number by each of these groups. Several at once take little longer than one, whose
/// products wait for each other.
fn rests<const COUNT: usize>(groups: &[Group; COUNT], number: &BoxedUint) -> [Word; COUNT] {
    let mut rests = [0; COUNT];
    for word in number.as_words() {
        for (rest, group) in rests.iter_mut().zip(groups) {
            *rest = group.carry(*rest, *word);
        }
    }
    rests
}

/// [`PRIMES`], as many to a group as a word holds the product of.
static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| {
    let mut groups: Vec<Group> = Vec::new();
    for &value in PRIMES {
        let factor = Word::from(value);
        let prime = Prime {
            value,
            inverse: inverse(factor),
            limit: Word::MAX.checked_div(factor).unwrap_or(0),
        };
        let product = groups
            .last()
            .and_then(|group| group.product.checked_mul(factor));
        match (product, groups.last_mut()) {
            (Some(product), Some(group)) => {
                group.product = product;
                group.inverse = inverse(product);
                group.primes.push(prime);
            }
            _ => groups.push(Group {
                product: factor,
                inverse: prime.inverse,
                primes: vec![prime],
            }),
        }
    }
    groups
});

/// Some primes that a number is divided by at once.
struct Group {
    product: Word,
    /// Of the product.
    inverse: Word,
    primes: Vec<Prime>,
}

impl Group {
    /// A step of exact division from the low end of a number (Jebelean, 1993). What is left after the last
    /// word is divided by a prime of the group where the number is. Costs two products, and no division.
    fn carry(&self, carry: Word, word: Word) -> Word {
        let (word, borrow) = word.overflowing_sub(carry);
        let quotient = word.wrapping_mul(self.inverse);
        let product = WideWord::from(quotient) * WideWord::from(self.product);
        let high = Word::try_from(product >> Word::BITS).unwrap_or(0);
        high.wrapping_add(Word::from(borrow))
    }

    /// The smallest prime of the group that divides what is left of a number.
    fn factor(&self, rest: Word) -> Option<u16> {
        let mut primes = self.primes.iter();
        let found = primes.find(|prime| prime.divides(rest));
        found.map(|prime| prime.value)
    }
}

/// An odd prime, and what it takes to tell its multiples.
struct Prime {
    value: u16,
    inverse: Word,
    /// The largest quotient that a word has by it.
    limit: Word,
}

impl Prime {
    fn divides(&self, word: Word) -> bool {
        word.wrapping_mul(self.inverse) <= self.limit
    }
}

/// The inverse of an odd number modulo that of all words, by Newton's method: the number itself is
/// right in three bits, and each step doubles them.
fn inverse(odd: Word) -> Word {
    let two: Word = 2;
    (0..5).fold(odd, |inverse, _| {
        inverse.wrapping_mul(two.wrapping_sub(odd.wrapping_mul(inverse)))
    })
}

fn remainder(number: &BoxedUint, divisor: Word) -> Word {
    let divisor = NonZero::new(Limb(divisor)).into_option();
    divisor.map_or(0, |divisor| number.rem_limb(divisor).0)
}

/// Whether every remainder by the primes up to 167 is a power of 65537, as those of Infineon's keys
/// are: Nemec and others, "The Return of Coppersmith's Attack", 2017. One random modulus in 2^27 is too.
fn is_roca(number: &BoxedUint, small: &Small) -> bool {
    // By 11 those are 1 and 10, which rules out most others at no cost.
    if !matches!(small.fives % 11, 1 | 10) {
        return false;
    }
    let remainders = GROUPS.iter().flat_map(|group| {
        let rest = remainder(number, group.product);
        group.primes.iter().map(move |prime| {
            let small = rest.checked_rem(Word::from(prime.value)).unwrap_or(0);
            (u32::from(prime.value), u32::try_from(small).unwrap_or(0))
        })
    });
    let mut first = remainders.take_while(|(prime, _)| *prime <= 167);
    first.all(|(prime, remainder)| {
        let mut power = 1;
        (0..prime).any(|_| {
            let hit = power == remainder;
            power = (power * (65_537 % prime)) % prime;
            hit
        })
    })
}

/// Fermat's method: the steps until `a² − n` is a square, if they are few.
fn fermat(number: &BoxedUint, small: Small) -> Option<u32> {
    let root = floor_root(number)?;
    let sieve = Sieve {
        first: Small::of(&root),
        number: small,
    };
    if sieve.lets_pass(0) && root.wrapping_mul(&root) == *number {
        return Some(0);
    }
    (1..=FERMAT_STEPS).find(|&step| {
        if !sieve.lets_pass(step) {
            return false;
        }
        let above = root.wrapping_add(BoxedUint::from(step));
        let rest = above.wrapping_mul(&above).wrapping_sub(number);
        let root = rest.floor_sqrt_vartime();
        root.wrapping_mul(&root) == rest
    })
}

/// Remainders of `a² − n` as `a` grows: squares leave few, so that hardly any step needs the numbers
/// themselves.
struct Sieve {
    /// The first `a`, and `n`, as small numbers that leave the same remainders as they do.
    first: Small,
    number: Small,
}

impl Sieve {
    /// Whether `a² − n` may be a square after this many steps. Four of five go at the first modulus.
    fn lets_pass(&self, step: u32) -> bool {
        let (first, number) = (&self.first, &self.number);
        may_be_square::<64>(first.low, number.low, step)
            && may_be_square::<63>(first.sixes, number.sixes, step)
            && may_be_square::<25>(first.fives, number.fives, step)
            && may_be_square::<31>(first.fives, number.fives, step)
            && may_be_square::<41>(first.fives, number.fives, step)
            && may_be_square::<17>(first.sixes, number.sixes, step)
            && may_be_square::<13>(first.sixes, number.sixes, step)
            && may_be_square::<11>(first.fives, number.fives, step)
    }
}

/// Whether a square leaves the remainder that `a² − n` does by this modulus, of at most 64. Known when it
/// is compiled, it costs a product and no division.
fn may_be_square<const MODULUS: u64>(first: u64, number: u64, step: u32) -> bool {
    let a = (first % MODULUS + u64::from(step)) % MODULUS;
    let rest = (a * a + MODULUS - number % MODULUS) % MODULUS;
    let squares = const { squares(MODULUS) };
    squares >> rest & 1 == 1
}

/// A number by what it leaves: the sum of its digits leaves the same by all that divides one less than
/// their base, as that of decimal digits does by nine and three.
struct Small {
    /// Its last octet: by 64.
    low: u64,
    /// Its digits of five octets: by 11, 25, 31 and 41.
    fives: u64,
    /// Its digits of six octets: by 13, 17 and 63.
    sixes: u64,
}

impl Small {
    fn of(number: &BoxedUint) -> Self {
        let octets = number.to_le_bytes();
        Self {
            low: octets.first().copied().map_or(0, u64::from),
            fives: sum::<5>(&octets),
            sixes: sum::<6>(&octets),
        }
    }
}

/// The sum of the digits of so many octets, of a number of at most 2048 octets.
fn sum<const OCTETS: usize>(number: &[u8]) -> u64 {
    let value = |digit: &[u8]| {
        let octets = digit.iter().rev();
        octets.fold(0, |value, octet| value << 8 | u64::from(*octet))
    };
    let (digits, last) = number.as_chunks::<OCTETS>();
    digits
        .iter()
        .fold(value(last), |sum, digit| sum + value(digit))
}

/// The remainders that squares leave, as bits.
const fn squares(modulus: u64) -> u64 {
    let mut bits = 0;
    let mut root = 0;
    while root < modulus {
        bits |= 1 << (root * root % modulus);
        root += 1;
    }
    bits
}

/// Bits of the largest modulus that is computed with. Stops a key of a megabyte.
const MAX_MODULUS: u32 = 16_384;

/// Steps of Fermat's method: as many as other tools take.
const FERMAT_STEPS: u32 = 100;

/// The odd primes below 752: the first 132.
const PRIMES: &[u16] = &[
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193,
    197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307,
    311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389, 397, 401, 409, 419, 421,
    431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503, 509, 521, 523, 541, 547,
    557, 563, 569, 571, 577, 587, 593, 599, 601, 607, 613, 617, 619, 631, 641, 643, 647, 653, 659,
    661, 673, 677, 683, 691, 701, 709, 719, 727, 733, 739, 743, 751,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_leave_what_the_large_one_does() {
        let octets: Vec<u8> = (0..=255).chain(7..=255).collect();
        let number = BoxedUint::from_be_slice(&octets, 4096).expect("fits");
        let small = Small::of(&number);
        let all = [
            (small.low, [64].as_slice()),
            (small.fives, &[11, 25, 31, 41]),
            (small.sixes, &[13, 17, 63]),
        ];
        for (sum, moduli) in all {
            for &modulus in moduli {
                assert_eq!(sum % modulus, remainder(&number, modulus), "{modulus}");
            }
        }
    }

    #[test]
    fn small_factors_are_those_that_division_finds() {
        let mut number = BoxedUint::from_be_slice(&[0xff; 64], 1024).expect("fits");
        let mut without = 0;
        for _ in 0..2000 {
            let divided = PRIMES
                .iter()
                .copied()
                .find(|&prime| remainder(&number, Word::from(prime)) == 0);
            assert_eq!(small_factor(&number), divided);
            without += usize::from(divided.is_none());
            number = number.wrapping_sub(BoxedUint::from(2u32));
        }
        assert!(0 < without, "every number has a small factor");
    }
}
