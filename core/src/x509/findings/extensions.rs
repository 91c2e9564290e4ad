//! The extensions: which there are, how they are marked, and what each of them must not say.

use crate::asn1::{Element, Tag, dotted};
use crate::hex::hex;
use crate::oids;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::words::a;
use crate::x509::findings::alternative_names::general_name;
use crate::x509::findings::facts::{
    self, ANY_PURPOSE, AUTHORITY_INFO_ACCESS, AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS,
    CRL_DISTRIBUTION_POINTS, Constraints, EXTENDED_KEY_USAGE, FRESHEST_CRL, Facts,
    INHIBIT_ANY_POLICY, ISSUER_ALT_NAME, KEY_USAGE, KeyUsage, NAME_CONSTRAINTS, POISON,
    POLICY_CONSTRAINTS, POLICY_MAPPINGS, SUBJECT_ALT_NAME, SUBJECT_DIRECTORY_ATTRIBUTES,
    SUBJECT_INFO_ACCESS, SUBJECT_KEY_IDENTIFIER, TIME_STAMPING, TIMESTAMPS,
};
use crate::x509::spine::ExtensionSpine;

pub(crate) const RULES: &[Rule] = &[
    REPEATED,
    DEFAULT_WRITTEN,
    WITHOUT_VERSION_3,
    UNKNOWN_CRITICAL,
    MUST_BE_CRITICAL,
    MUST_NOT_BE_CRITICAL,
    SHOULD_BE_CRITICAL,
    SHOULD_NOT_BE_CRITICAL,
    EMPTY,
    ONLY_OF_CA,
    KEY_USAGE_EMPTY,
    KEY_USAGE_ENCODING,
    PATH_LENGTH,
    PATH_LENGTH_NEGATIVE,
    NO_OWN_IDENTIFIER,
    NO_ISSUER_IDENTIFIER,
    HALF_ISSUER,
    POINT_INCOMPLETE,
    ACCESS_NO_URI,
    PRECERTIFICATE,
    POISON_AND_TIMESTAMPS,
];

const REPEATED: Rule = Rule {
    id: "extension-repeated",
    severity: Severity::Error,
    title: "An extension stands there twice",
    why: "It is not said which of them counts; strict software refuses the certificate.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.2",
};

pub(crate) const DEFAULT_WRITTEN: Rule = Rule {
    id: "default-written",
    severity: Severity::Notice,
    title: "A default value is written out",
    why: "Strict software refuses encodings that are not DER.",
    fix: "Ask the issuer to update its software.",
    citation: "X.690, 11.5",
};

const WITHOUT_VERSION_3: Rule = Rule {
    id: "extensions-without-version-3",
    severity: Severity::Error,
    title: "Extensions in a certificate that is not of version 3",
    why: "Only version 3 has extensions; software refuses the certificate or ignores them.",
    fix: "Ask the issuer for a certificate of version 3.",
    citation: "RFC 5280, 4.1.2.9",
};

const UNKNOWN_CRITICAL: Rule = Rule {
    id: "unknown-critical-extension",
    severity: Severity::Notice,
    title: "A critical extension that is not known here",
    why: "Software that does not know it must refuse the certificate.",
    fix: "Check that the software which uses it knows this extension.",
    citation: "RFC 5280, 4.2",
};

const MUST_BE_CRITICAL: Rule = Rule {
    id: "extension-must-be-critical",
    severity: Severity::Warning,
    title: "An extension is not critical, and must be",
    why: "Software that does not know it would pass over a limit; strict software refuses it.",
    fix: "Have it reissued with the extension marked critical.",
    citation: "RFC 5280, 4.2.1",
};

const MUST_NOT_BE_CRITICAL: Rule = Rule {
    id: "extension-must-not-be-critical",
    severity: Severity::Warning,
    title: "An extension is critical, and must not be",
    why: "Software that does not know it refuses a certificate that it could use.",
    fix: "Have it reissued with the extension not marked critical.",
    citation: "RFC 5280, 4.2.1",
};

const SHOULD_BE_CRITICAL: Rule = Rule {
    id: "extension-should-be-critical",
    severity: Severity::Notice,
    title: "An extension is not critical, and should be",
    why: "Software that does not know it passes over what it says.",
    fix: "Mark it critical when the certificate is renewed.",
    citation: "RFC 5280, 4.2.1",
};

const SHOULD_NOT_BE_CRITICAL: Rule = Rule {
    id: "extension-should-not-be-critical",
    severity: Severity::Notice,
    title: "An extension is critical, and should not be",
    why: "Software that does not know it refuses a certificate that it could use.",
    fix: "Leave the mark out when the certificate is renewed.",
    citation: "RFC 5280, 4.2.1",
};

const EMPTY: Rule = Rule {
    id: "extensions-empty",
    severity: Severity::Warning,
    title: "The list of extensions is empty",
    why: "It is left out or holds at least one; strict software refuses the certificate.",
    fix: "Have it reissued without the empty list.",
    citation: "RFC 5280, 4.1",
};

const ONLY_OF_CA: Rule = Rule {
    id: "authority-extension-in-leaf",
    severity: Severity::Warning,
    title: "An extension that only authorities may have",
    why: "It has no meaning here; strict software refuses the certificate.",
    fix: "Have it reissued without the extension.",
    citation: "RFC 5280, 4.2.1.5, 4.2.1.10, 4.2.1.11, 4.2.1.14",
};

const KEY_USAGE_EMPTY: Rule = Rule {
    id: "key-usage-empty",
    severity: Severity::Error,
    title: "The key may be used for nothing",
    why: "At least one bit must be set; software refuses every use.",
    fix: "Have it reissued with the uses it is for.",
    citation: "RFC 5280, 4.2.1.3",
};

const KEY_USAGE_ENCODING: Rule = Rule {
    id: "key-usage-encoding",
    severity: Severity::Warning,
    title: "Key usage is not written as DER has it",
    why: "Zero bits at the end are left out in DER; strict software refuses others.",
    fix: "Ask the issuer to update its software.",
    citation: "X.690, 11.2.2; RFC 5280, appendix B",
};

const PATH_LENGTH: Rule = Rule {
    id: "path-length-without-ca",
    severity: Severity::Warning,
    title: "A path length where none may stand",
    why: "It counts authorities below this one, which may not issue; strict software refuses it.",
    fix: "Have it reissued without the path length.",
    citation: "RFC 5280, 4.2.1.9",
};

const PATH_LENGTH_NEGATIVE: Rule = Rule {
    id: "path-length-negative",
    severity: Severity::Error,
    title: "The path length is negative",
    why: "No chain can have fewer than no authorities; software refuses it.",
    fix: "Have it reissued with 0 or more.",
    citation: "RFC 5280, 4.2.1.9",
};

const NO_OWN_IDENTIFIER: Rule = Rule {
    id: "key-identifier-missing",
    severity: Severity::Warning,
    title: "An authority without a key identifier",
    why: "Chains are built by it; strict software refuses authorities without one.",
    fix: "Have it reissued with a subjectKeyIdentifier.",
    citation: "RFC 5280, 4.2.1.2",
};

const NO_ISSUER_IDENTIFIER: Rule = Rule {
    id: "issuer-key-identifier-missing",
    severity: Severity::Warning,
    title: "It does not say which key signed it",
    why: "Chains are built by the issuer's key identifier; strict software (Python 3.13) demands it.",
    fix: "Have it reissued with an authorityKeyIdentifier.",
    citation: "RFC 5280, 4.2.1.1",
};

const HALF_ISSUER: Rule = Rule {
    id: "issuer-key-identifier-incomplete",
    severity: Severity::Warning,
    title: "Half of a reference to the issuer's certificate",
    why: "The issuer's name and serial number stand together or not at all.",
    fix: "Have it reissued with the key identifier alone.",
    citation: "RFC 5280, appendix A.2",
};

const POINT_INCOMPLETE: Rule = Rule {
    id: "distribution-point-incomplete",
    severity: Severity::Warning,
    title: "A distribution point that names no list",
    why: "Software does not learn where the revocation list is.",
    fix: "Have it reissued with the address of the list.",
    citation: "RFC 5280, 4.2.1.13",
};

const ACCESS_NO_URI: Rule = Rule {
    id: "access-location-no-uri",
    severity: Severity::Notice,
    title: "An access location that is no address",
    why: "Software can fetch the issuer or ask for its status at URIs only.",
    fix: "Have it reissued with URIs.",
    citation: "RFC 5280, 4.2.2.1",
};

const PRECERTIFICATE: Rule = Rule {
    id: "precertificate",
    severity: Severity::Error,
    title: "A precertificate, not a certificate",
    why: "It was made for transparency logs; every client refuses it.",
    fix: "Use the certificate that the authority issued after it.",
    citation: "RFC 6962, 3.1",
};

const POISON_AND_TIMESTAMPS: Rule = Rule {
    id: "poison-and-timestamps",
    severity: Severity::Error,
    title: "Both poisoned and timestamped by logs",
    why: "Timestamps are given for a precertificate, and stand in the certificate made from it.",
    fix: "Ask the issuer for the certificate itself.",
    citation: "RFC 6962, 3.3",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    if let Some(field) = spine
        .extensions_field
        .as_ref()
        .filter(|_| spine.extensions.is_empty())
    {
        found.add(&EMPTY, field.range(), || {
            "The list of extensions is empty.".to_owned()
        });
    }
    repeated(&spine.extensions, found);
    for extension in &spine.extensions {
        marked(facts, extension, found);
    }
    if !spine.extensions.is_empty() && spine.version_number() != 3 {
        let at = spine.version.as_ref().unwrap_or(&spine.tbs).range();
        found.add(&WITHOUT_VERSION_3, at, || {
            format!(
                "The version is {}, yet there are {} extensions.",
                spine.version_number(),
                spine.extensions.len()
            )
        });
    }
    of_authorities(facts, found);
    if let Some(value) = facts.value(KEY_USAGE) {
        key_usage(&value, &facts.eased_for_roots(KEY_USAGE_ENCODING), found);
    }
    if let Some(constraints) = &facts.constraints {
        path_length(constraints, facts.key_usage, found);
    }
    identifiers(facts, found);
    points(facts, found);
    access(facts, found);
    transparency(facts, found);
}

/// What is odd about these extensions, whatever they belong to.
pub(crate) fn of_list(extensions: &[ExtensionSpine<'_>], found: &mut Findings<'_>) {
    repeated(extensions, found);
    for extension in extensions {
        default_written(extension, found);
        unknown(extension, found);
    }
}

/// What is odd about the values of extensions that a request asks for.
pub(crate) fn of_request(asked: &[ExtensionSpine<'_>], found: &mut Findings<'_>) {
    let value = |oid: &[u8]| {
        let one = asked.iter().find(|one| one.oid == oid)?;
        one.value.reader().any().ok()
    };
    let usage = value(KEY_USAGE);
    if let Some(usage) = &usage {
        key_usage(usage, &KEY_USAGE_ENCODING, found);
    }
    if let Some(constraints) = value(BASIC_CONSTRAINTS) {
        let usage = usage.as_ref().map(KeyUsage::read);
        path_length(&facts::constraints(&constraints), usage, found);
    }
}

fn repeated(extensions: &[ExtensionSpine<'_>], found: &mut Findings<'_>) {
    for (index, extension) in extensions.iter().enumerate() {
        let mut before = extensions.iter().take(index.min(MAX_COMPARED));
        if before.any(|before| before.is(extension.oid)) {
            found.add(&REPEATED, extension.whole.range(), || {
                format!(
                    "The extension {} occurs more than once; the first is shown in the overview.",
                    shown(extension.oid)
                )
            });
        }
    }
}

fn default_written(extension: &ExtensionSpine<'_>, found: &mut Findings<'_>) {
    if extension.is(BASIC_CONSTRAINTS)
        && let Ok(fields) = extension.value.reader().any()
        && let Ok(flag) = fields.reader().any()
        && flag.raw == [1, 1, 0]
    {
        found.add(&DEFAULT_WRITTEN, flag.range(), || {
            "basicConstraints says cA FALSE.".to_owned()
        });
    }
    if extension.flag.is_some_and(|flag| flag == [0]) {
        found.add(&DEFAULT_WRITTEN, extension.whole.range(), || {
            format!(
                "The extension {} says critical FALSE.",
                shown(extension.oid)
            )
        });
    }
}

fn unknown(extension: &ExtensionSpine<'_>, found: &mut Findings<'_>) {
    if extension.critical && oids::identified(extension.oid).is_none_or(|it| it.name.is_none()) {
        found.add(&UNKNOWN_CRITICAL, extension.whole.range(), || {
            format!(
                "The extension {} is critical and has no known name.",
                shown(extension.oid)
            )
        });
    }
}

/// The extension's `critical` flag.
fn marked(facts: &Facts<'_>, extension: &ExtensionSpine<'_>, found: &mut Findings<'_>) {
    let at = || extension.whole.range();
    default_written(extension, found);
    let mark = mark(extension.oid).or_else(|| by_content(facts, extension));
    if let Some((mark, citation)) = mark {
        let (rule, wanted) = match mark {
            Mark::Must => (facts.eased_for_roots(MUST_BE_CRITICAL), true),
            Mark::MustNot => (MUST_NOT_BE_CRITICAL, false),
            Mark::Should => (SHOULD_BE_CRITICAL, true),
            Mark::ShouldNot => (SHOULD_NOT_BE_CRITICAL, false),
        };
        if extension.critical != wanted {
            found.add(&Rule { citation, ..rule }, at(), || {
                let not = if extension.critical { "" } else { " not" };
                format!(
                    "The extension {} is{not} marked critical.",
                    shown(extension.oid)
                )
            });
        }
    } else {
        unknown(extension, found);
    }
}

/// Extensions whose mark depends on what the certificate says elsewhere.
fn by_content(facts: &Facts<'_>, extension: &ExtensionSpine<'_>) -> Option<(Mark, &'static str)> {
    match extension.oid {
        SUBJECT_ALT_NAME if facts.subject.is_empty() => Some((Mark::Must, "RFC 5280, 4.2.1.6")),
        SUBJECT_ALT_NAME => Some((Mark::ShouldNot, "RFC 5280, 4.2.1.6")),
        BASIC_CONSTRAINTS if facts.is_ca() => Some((Mark::Must, "RFC 5280, 4.2.1.9")),
        EXTENDED_KEY_USAGE if facts.has_purpose(ANY_PURPOSE) => {
            Some((Mark::ShouldNot, "RFC 5280, 4.2.1.12"))
        }
        EXTENDED_KEY_USAGE if facts.has_purpose(TIME_STAMPING) => {
            Some((Mark::Must, "RFC 3161, 2.3"))
        }
        _ => None,
    }
}

fn of_authorities(facts: &Facts<'_>, found: &mut Findings<'_>) {
    if facts.is_ca() {
        return;
    }
    let only = [
        NAME_CONSTRAINTS,
        POLICY_MAPPINGS,
        POLICY_CONSTRAINTS,
        INHIBIT_ANY_POLICY,
    ];
    for extension in &facts.spine.extensions {
        if only.iter().any(|oid| extension.is(oid)) {
            found.add(&ONLY_OF_CA, extension.whole.range(), || {
                format!(
                    "{} stands in a certificate that is no authority's.",
                    shown(extension.oid)
                )
            });
        }
    }
}

fn key_usage(value: &Element<'_>, encoding: &Rule, found: &mut Findings<'_>) {
    let [unused, bits @ ..] = value.contents else {
        return;
    };
    if value.tag != Tag::BIT_STRING {
        return;
    }
    if bits.iter().all(|octet| *octet == 0) {
        found.add(&KEY_USAGE_EMPTY, value.range(), || {
            format!("The bits are {:?}, none of them set.", hex(bits))
        });
        return;
    }
    // Nine bits are named; a list of them ends with its last one.
    let last = bits.last().copied().unwrap_or(0);
    let named = bits.len() == 1 || matches!(bits, [_, 0x80]);
    if last.trailing_zeros() != u32::from(*unused) || !named {
        found.add(encoding, value.range(), || {
            format!(
                "The bits are {} of which {unused} are not used; the last of them must be set and \
                 be one of nine.",
                hex(bits)
            )
        });
    }
}

fn path_length(constraints: &Constraints<'_>, usage: Option<KeyUsage>, found: &mut Findings<'_>) {
    let Some(length) = &constraints.path_length else {
        return;
    };
    if matches!(length.contents, [0x80..=0xff, ..]) {
        found.add(&PATH_LENGTH_NEGATIVE, length.range(), || {
            format!("pathLenConstraint is {}.", hex(length.contents))
        });
    }
    let signs = usage.is_none_or(|usage| usage.any(KeyUsage::CERTIFICATE_SIGNING));
    if !constraints.ca || !signs {
        found.add(&PATH_LENGTH, length.range(), || {
            let reason = if constraints.ca {
                "keyUsage lacks keyCertSign"
            } else {
                "cA is FALSE"
            };
            format!(
                "pathLenConstraint is {}, and {reason}.",
                hex(length.contents)
            )
        });
    }
}

fn identifiers(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    if spine.version_number() != 3 {
        return;
    }
    let root = spine.is_self_issued();
    if facts.is_ca() && facts.extension(SUBJECT_KEY_IDENTIFIER).is_none() {
        found.add(
            &facts.eased_for_roots(NO_OWN_IDENTIFIER),
            spine.tbs.range(),
            || {
                "There is no subjectKeyIdentifier, and basicConstraints names an authority."
                    .to_owned()
            },
        );
    }
    let Some(authority) = facts.value(AUTHORITY_KEY_IDENTIFIER) else {
        if !root && facts.extension(AUTHORITY_KEY_IDENTIFIER).is_none() {
            found.add(&NO_ISSUER_IDENTIFIER, spine.tbs.range(), || {
                "There is no authorityKeyIdentifier, and the issuer is another.".to_owned()
            });
        }
        return;
    };
    let has = |number: u32| {
        let mut parts = authority.values();
        parts.any(|part| part.tag.is_context() && part.tag.number == number)
    };
    // One that signed itself may leave the identifier out.
    if !(has(0) || root && has(1)) && authority.tag == Tag::SEQUENCE {
        found.add(
            &facts.eased_for_roots(NO_ISSUER_IDENTIFIER),
            authority.range(),
            || "The authorityKeyIdentifier holds no keyIdentifier.".to_owned(),
        );
    }
    if has(1) != has(2) {
        found.add(&HALF_ISSUER, authority.range(), || {
            let (there, not) = if has(1) {
                ("authorityCertIssuer", "authorityCertSerialNumber")
            } else {
                ("authorityCertSerialNumber", "authorityCertIssuer")
            };
            format!("There is {there}, but no {not}.")
        });
    }
    for names in authority
        .values()
        .filter(|part| part.tag == Tag::context(1))
    {
        for name in names.values() {
            general_name("authorityKeyIdentifier", &name, found);
        }
    }
}

/// `DistributionPoint ::= SEQUENCE { distributionPoint [0], reasons [1], cRLIssuer [2] }`
/// (RFC 5280, 4.2.1.13).
fn points(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let field = |oid: &[u8]| match oid {
        FRESHEST_CRL => "freshestCRL",
        _ => "cRLDistributionPoints",
    };
    for oid in [CRL_DISTRIBUTION_POINTS, FRESHEST_CRL] {
        for point in facts.list(oid) {
            let names =
                |part: Element<'_>| part.tag.is_context() && matches!(part.tag.number, 0 | 2);
            if !point.values().any(names) {
                found.add(&POINT_INCOMPLETE, point.range(), || {
                    format!(
                        "A point of {} has neither a name nor an issuer of lists.",
                        field(oid)
                    )
                });
            }
            let full = point
                .values()
                .find(|part| part.tag == Tag::context(0))
                .and_then(|name| name.reader().any().ok())
                .filter(|name| name.tag == Tag::context(0));
            for name in full.iter().flat_map(Element::values) {
                general_name(field(oid), &name, found);
            }
        }
    }
}

/// `AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }`
/// (RFC 5280, 4.2.2.1).
fn access(facts: &Facts<'_>, found: &mut Findings<'_>) {
    for oid in [AUTHORITY_INFO_ACCESS, SUBJECT_INFO_ACCESS] {
        for description in facts.list(oid) {
            let Some(location) = description.values().nth(1) else {
                continue;
            };
            general_name("accessLocation", &location, found);
            if oid == AUTHORITY_INFO_ACCESS && !matches!(location.tag.number, 4 | 6) {
                found.add(&ACCESS_NO_URI, location.range(), || {
                    format!(
                        "An access location of authorityInfoAccess is {}.",
                        a(location.tag)
                    )
                });
            }
        }
    }
}

fn transparency(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let Some(poison) = facts.extension(POISON) else {
        return;
    };
    found.add(&PRECERTIFICATE, poison.whole.range(), || {
        let critical = if poison.critical { "critical " } else { "" };
        format!("It holds the {critical}poison of a precertificate.")
    });
    if let Some(timestamps) = facts.extension(TIMESTAMPS) {
        found.add(&POISON_AND_TIMESTAMPS, timestamps.whole.range(), || {
            "It holds the poison of a precertificate and a list of signed timestamps.".to_owned()
        });
    }
}

/// The name of an extension and its identifier: `key usage (2.5.29.15)`.
pub(crate) fn shown(oid: &[u8]) -> String {
    let Some(dotted) = dotted(oid) else {
        return format!("#{}", hex(oid));
    };
    match oids::name(&dotted) {
        Some(name) => format!("{name} ({dotted})"),
        None => dotted,
    }
}

/// Extensions that are compared with each other: stops a certificate of a million extensions.
const MAX_COMPARED: usize = 256;

/// How an extension is to be marked.
#[derive(Clone, Copy)]
enum Mark {
    Must,
    MustNot,
    Should,
    ShouldNot,
}

/// The mark of extensions for which it depends on nothing else.
fn mark(oid: &[u8]) -> Option<(Mark, &'static str)> {
    Some(match oid {
        SUBJECT_DIRECTORY_ATTRIBUTES => (Mark::MustNot, "RFC 5280, 4.2.1.8"),
        SUBJECT_KEY_IDENTIFIER => (Mark::MustNot, "RFC 5280, 4.2.1.2"),
        AUTHORITY_KEY_IDENTIFIER => (Mark::MustNot, "RFC 5280, 4.2.1.1"),
        KEY_USAGE => (Mark::Should, "RFC 5280, 4.2.1.3"),
        ISSUER_ALT_NAME => (Mark::ShouldNot, "RFC 5280, 4.2.1.7"),
        NAME_CONSTRAINTS => (Mark::Must, "RFC 5280, 4.2.1.10"),
        CRL_DISTRIBUTION_POINTS => (Mark::ShouldNot, "RFC 5280, 4.2.1.13"),
        POLICY_MAPPINGS => (Mark::Should, "RFC 5280, 4.2.1.5"),
        POLICY_CONSTRAINTS => (Mark::Must, "RFC 5280, 4.2.1.11"),
        FRESHEST_CRL => (Mark::MustNot, "RFC 5280, 4.2.1.15"),
        INHIBIT_ANY_POLICY => (Mark::Must, "RFC 5280, 4.2.1.14"),
        AUTHORITY_INFO_ACCESS => (Mark::MustNot, "RFC 5280, 4.2.2.1"),
        SUBJECT_INFO_ACCESS => (Mark::MustNot, "RFC 5280, 4.2.2.2"),
        POISON => (Mark::Must, "RFC 6962, 3.1"),
        TIMESTAMPS => (Mark::MustNot, "RFC 6962, 3.3"),
        // 1.3.6.1.5.5.7.48.1.5, OCSP no-check
        [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 5] => (Mark::ShouldNot, "RFC 6960, 4.2.2.2.1"),
        // 1.3.6.1.5.5.7.1.24, TLS feature
        [0x2b, 6, 1, 5, 5, 7, 1, 24] => (Mark::ShouldNot, "RFC 7633, 4"),
        _ => return None,
    })
}
