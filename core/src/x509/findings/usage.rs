//! What the certificate may be used for, and whether it says so without contradiction.

use crate::asn1::{characters, dotted};
use crate::oids;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::{
    ANY_PURPOSE, AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, Facts, KEY_USAGE,
    KeyUsage, SERVER_AUTHENTICATION, SUBJECT_KEY_IDENTIFIER, TIME_STAMPING,
};
use crate::x509::findings::hosts;
use crate::x509::findings::keys::Kind;

pub(crate) const RULES: &[Rule] = &[
    SERVER_WITHOUT_NAMES,
    SIGNS_WITHOUT_BEING_CA,
    CA_WITHOUT_USAGE,
    CA_MAY_NOT_SIGN,
    CA_VERSION_1,
    SELF_SIGNED_LEAF,
    SELF_ISSUED_OTHER_KEY,
    AGAINST_KEY,
    AGAINST_PURPOSE,
    ONLY_WITHOUT_AGREEMENT,
    PURPOSE_REPEATED,
    TIME_STAMPING_NOT_ALONE,
];

const SERVER_WITHOUT_NAMES: Rule = Rule {
    id: "server-without-names",
    severity: Severity::Warning,
    title: "A server certificate without alternative names",
    why: "Current software looks at the alternative names alone, so it matches no host.",
    fix: "Have it reissued with the host names as alternative names.",
    citation: "RFC 9525, 6.1",
};

const SIGNS_WITHOUT_BEING_CA: Rule = Rule {
    id: "signs-without-being-ca",
    severity: Severity::Warning,
    title: "May sign certificates, yet is no authority",
    why: "Certificates that it issues are refused.",
    fix: "Have it reissued with basicConstraints CA, or without that key usage.",
    citation: "RFC 5280, 4.2.1.3",
};

const CA_WITHOUT_USAGE: Rule = Rule {
    id: "authority-without-key-usage",
    severity: Severity::Warning,
    title: "An authority that does not say what its key is for",
    why: "It must have a key usage; strict software (Python 3.13) refuses it.",
    fix: "Have it reissued with the key usage certificate signing.",
    citation: "RFC 5280, 4.2.1.3",
};

const CA_MAY_NOT_SIGN: Rule = Rule {
    id: "authority-may-not-sign",
    severity: Severity::Warning,
    title: "An authority whose key may not sign certificates",
    why: "Certificates that it issues are refused.",
    fix: "Have it reissued with the key usage certificate signing, or without CA.",
    citation: "RFC 5280, 4.2.1.9",
};

const CA_VERSION_1: Rule = Rule {
    id: "authority-of-version-1",
    severity: Severity::Notice,
    title: "A root of version 1",
    why: "It cannot say that it is an authority; some software does not take it for one.",
    fix: "Move to the authority's newer root.",
    citation: "RFC 5280, 6.1.4 (k)",
};

const SELF_SIGNED_LEAF: Rule = Rule {
    id: "self-issued-leaf",
    severity: Severity::Notice,
    title: "Issued by itself, and no authority",
    why: "Nobody vouches for it: each client must be told to trust this very certificate.",
    fix: "Have it issued by an authority that the clients trust.",
    citation: "RFC 5280, 3.2",
};

const SELF_ISSUED_OTHER_KEY: Rule = Rule {
    id: "self-issued-other-key",
    severity: Severity::Notice,
    title: "Same name as its issuer, but signed by another key",
    why: "It is no root: the one with the other key is needed to check it.",
    fix: "Keep the certificate of the signing key beside it.",
    citation: "RFC 5280, 3.2",
};

const AGAINST_KEY: Rule = Rule {
    id: "key-usage-against-key",
    severity: Severity::Warning,
    title: "A use that this kind of key does not have",
    why: "The algorithm cannot do it, and strict software refuses the certificate.",
    fix: "Have it reissued with the uses that the key has.",
    citation: "RFC 3279, 2.3; RFC 8410, 5; RFC 8813, 3; RFC 9881, 5; RFC 9935, 5",
};

const AGAINST_PURPOSE: Rule = Rule {
    id: "key-usage-against-purpose",
    severity: Severity::Warning,
    title: "Key usage and purpose contradict each other",
    why: "A client that checks both accepts the certificate for no use of that purpose.",
    fix: "Have it reissued with key uses that fit its purposes.",
    citation: "RFC 5280, 4.2.1.12",
};

const ONLY_WITHOUT_AGREEMENT: Rule = Rule {
    id: "key-usage-only-without-agreement",
    severity: Severity::Notice,
    title: "A limit on key agreement without key agreement",
    why: "encipherOnly and decipherOnly have no meaning without keyAgreement.",
    fix: "Have it reissued without them.",
    citation: "RFC 5280, 4.2.1.3",
};

const PURPOSE_REPEATED: Rule = Rule {
    id: "purpose-repeated",
    severity: Severity::Notice,
    title: "A purpose stands there twice",
    why: "It does no harm and says nothing more.",
    fix: "Request it with each purpose once.",
    citation: "RFC 5280, 4.2.1.12",
};

const TIME_STAMPING_NOT_ALONE: Rule = Rule {
    id: "time-stamping-not-alone",
    severity: Severity::Warning,
    title: "Time stamping beside other purposes",
    why: "A certificate for time stamping must have no other purpose; clients refuse its stamps.",
    fix: "Have one issued for time stamping alone.",
    citation: "RFC 3161, 2.3",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let nameless = facts.alternative_names.as_ref().is_none_or(Vec::is_empty);
    if facts.has_purpose(SERVER_AUTHENTICATION) && nameless && !facts.is_ca() {
        found.add(&SERVER_WITHOUT_NAMES, facts.spine.subject.range(), || {
            "There is no subjectAltName, only the common name.".to_owned()
        });
    }
    let is_open = facts.purposes.is_none() || facts.has_purpose(ANY_PURPOSE);
    if is_open && nameless && !facts.is_ca() && facts.spine.version_number() == 3 {
        let commons = facts.subject.iter().filter(|one| one.oid == COMMON_NAME);
        if let Some(host) = commons
            .map(|one| characters(&one.value))
            .find(|it| is_host(it))
        {
            found.add(
                &SERVER_WITHOUT_NAMES.eased(),
                facts.spine.subject.range(),
                || format!("There is no subjectAltName, and the common name is {host:?}."),
            );
        }
    }
    authority(facts, found);
    self_issued(facts, found);
    key(facts, found);
    purposes(facts, found);
}

/// Whether a common name is one of a host, and no word or name of a person: three parts at least, or two of
/// which the last is short, as a country or `com`, or kept for private use.
fn is_host(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let parts = name.split('.').count();
    hosts::host(name).is_ok()
        && last.bytes().all(|octet| octet.is_ascii_alphabetic())
        && (3 <= parts
            || parts == 2 && ((2..=4).contains(&last.len()) || hosts::is_internal(name.as_bytes())))
}

const COMMON_NAME: &[u8] = &[0x55, 4, 3];

fn authority(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let ca = facts.is_ca();
    if facts.spine.version_number() == 1 && ca {
        found.add(&CA_VERSION_1, facts.spine.subject.range(), || {
            "It is of version 1, and subject and issuer are the same.".to_owned()
        });
        return;
    }
    let Some(usage) = facts.key_usage else {
        if ca && let Some(constraints) = facts.extension(BASIC_CONSTRAINTS) {
            found.add(
                &facts.eased_for_roots(CA_WITHOUT_USAGE),
                constraints.whole.range(),
                || "basicConstraints names an authority, and there is no keyUsage.".to_owned(),
            );
        }
        return;
    };
    let Some(extension) = facts.extension(KEY_USAGE) else {
        return;
    };
    let signs = usage.any(KeyUsage::CERTIFICATE_SIGNING);
    if signs && !ca {
        found.add(&SIGNS_WITHOUT_BEING_CA, extension.whole.range(), || {
            "keyUsage allows certificate signing, basicConstraints does not name an authority."
                .to_owned()
        });
    } else if ca && !signs && !usage.is_empty() {
        found.add(&CA_MAY_NOT_SIGN, extension.whole.range(), || {
            format!("keyUsage is {}, without keyCertSign.", usage.words())
        });
    }
}

fn self_issued(facts: &Facts<'_>, found: &mut Findings<'_>) {
    if !facts.spine.is_self_issued() {
        return;
    }
    if !facts.is_ca() {
        found.add(&SELF_SIGNED_LEAF, facts.spine.subject.range(), || {
            "Subject and issuer are the same, and it is no authority.".to_owned()
        });
    }
    let own = facts.value(SUBJECT_KEY_IDENTIFIER).map(|own| own.contents);
    let authority = facts.value(AUTHORITY_KEY_IDENTIFIER);
    let issuer = authority.and_then(|authority| authority.values().next());
    if let (Some(own), Some(issuer)) = (own, issuer)
        && issuer.tag.is_context()
        && issuer.tag.number == 0
        && issuer.contents != own
    {
        found.add(&SELF_ISSUED_OTHER_KEY, issuer.range(), || {
            format!(
                "Its own key is {}, the one that signed it {}.",
                crate::hex::hex(own),
                crate::hex::hex(issuer.contents)
            )
        });
    }
}

/// Whether the key can do what `keyUsage` allows.
fn key(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let (Some(usage), Some(extension)) = (facts.key_usage, facts.extension(KEY_USAGE)) else {
        return;
    };
    let kind = Kind::of(&facts.spine.public_key);
    let extra = usage.without(allowed(kind));
    if !extra.is_empty() {
        found.add(&AGAINST_KEY, extension.whole.range(), || {
            format!(
                "keyUsage has {}, which a key for {} does not.",
                extra.words(),
                kind.name()
            )
        });
    }
    let limits = KeyUsage::ENCIPHER_ONLY.and(KeyUsage::DECIPHER_ONLY);
    if usage.any(limits) && !usage.any(KeyUsage::KEY_AGREEMENT) {
        found.add(&ONLY_WITHOUT_AGREEMENT, extension.whole.range(), || {
            format!("keyUsage is {}.", usage.words())
        });
    }
}

const SIGNATURES: KeyUsage = KeyUsage::DIGITAL_SIGNATURE
    .and(KeyUsage::NON_REPUDIATION)
    .and(KeyUsage::CERTIFICATE_SIGNING)
    .and(KeyUsage::CRL_SIGNING);

const AGREEMENT: KeyUsage = KeyUsage::KEY_AGREEMENT
    .and(KeyUsage::ENCIPHER_ONLY)
    .and(KeyUsage::DECIPHER_ONLY);

const ENCIPHERMENT: KeyUsage = KeyUsage::KEY_ENCIPHERMENT.and(KeyUsage::DATA_ENCIPHERMENT);

fn allowed(kind: Kind) -> KeyUsage {
    match kind {
        Kind::Rsa => SIGNATURES.and(ENCIPHERMENT),
        Kind::Signatures | Kind::Dsa => SIGNATURES,
        Kind::Digests => KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION),
        Kind::Ec => SIGNATURES.and(AGREEMENT),
        Kind::Agreement => AGREEMENT,
        Kind::Encapsulation => KeyUsage::KEY_ENCIPHERMENT,
        Kind::Other => SIGNATURES.and(AGREEMENT).and(ENCIPHERMENT),
    }
}

/// Whether each purpose can be reached with the uses of the key.
fn purposes(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let (Some(purposes), Some(extension)) = (&facts.purposes, facts.extension(EXTENDED_KEY_USAGE))
    else {
        return;
    };
    let at = extension.whole.range();
    let shown = |oid: &[u8]| {
        let oid = dotted(oid).unwrap_or_default();
        oids::name(&oid).map_or(oid.clone(), str::to_owned)
    };
    for (index, purpose) in purposes.iter().enumerate().take(MAX_PURPOSES) {
        if purposes.iter().take(index).any(|before| before == purpose) {
            found.add(&PURPOSE_REPEATED, at.clone(), || {
                format!("{} occurs again.", shown(purpose))
            });
        }
    }
    if 1 < purposes.len() && facts.has_purpose(TIME_STAMPING) {
        found.add(&TIME_STAMPING_NOT_ALONE, at.clone(), || {
            format!("There are {} purposes.", purposes.len())
        });
    }
    let Some(usage) = facts
        .key_usage
        .filter(|usage| !usage.is_empty() && !facts.is_ca())
    else {
        return;
    };
    let known: Vec<_> = purposes
        .iter()
        .filter_map(|purpose| FITTING.iter().find(|(oid, _)| oid == purpose))
        .collect();
    for (purpose, fitting) in &known {
        if !usage.any(*fitting) {
            found.add(&AGAINST_PURPOSE, at.clone(), || {
                format!(
                    "The purpose is {}, which needs {}; keyUsage is {}.",
                    shown(purpose),
                    fitting.words().replace(" and ", " or "),
                    usage.words()
                )
            });
            return;
        }
    }
    let all = known
        .iter()
        .map(|(_, fitting)| *fitting)
        .reduce(KeyUsage::and);
    let extra = all.map(|all| usage.without(all));
    if let Some(extra) = extra.filter(|extra| !extra.is_empty())
        && known.len() == purposes.len()
    {
        found.add(&AGAINST_PURPOSE.eased(), at, || {
            format!(
                "keyUsage has {}, which none of the purposes needs.",
                extra.words()
            )
        });
    }
}

/// Purposes that are compared with each other.
const MAX_PURPOSES: usize = 64;

/// The uses of which a purpose needs at least one (RFC 5280, 4.2.1.12).
const FITTING: &[(&[u8], KeyUsage)] = &[
    (
        SERVER_AUTHENTICATION,
        KeyUsage::DIGITAL_SIGNATURE
            .and(KeyUsage::KEY_ENCIPHERMENT)
            .and(KeyUsage::KEY_AGREEMENT),
    ),
    (
        &[0x2b, 6, 1, 5, 5, 7, 3, 2],
        KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_AGREEMENT),
    ),
    (&[0x2b, 6, 1, 5, 5, 7, 3, 3], KeyUsage::DIGITAL_SIGNATURE),
    (
        &[0x2b, 6, 1, 5, 5, 7, 3, 4],
        KeyUsage::DIGITAL_SIGNATURE
            .and(KeyUsage::NON_REPUDIATION)
            .and(KeyUsage::KEY_ENCIPHERMENT)
            .and(KeyUsage::KEY_AGREEMENT),
    ),
    (
        TIME_STAMPING,
        KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION),
    ),
    (
        &[0x2b, 6, 1, 5, 5, 7, 3, 9],
        KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION),
    ),
];
