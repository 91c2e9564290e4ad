//! Certificate policies, their qualifiers, and how they map to each other.

use std::collections::BTreeSet;

use crate::asn1::{Element, Tag, dotted, text};
use crate::hex::hex;
use crate::hidden::is_hidden;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::words::a;
use crate::x509::findings::facts::{
    CERTIFICATE_POLICIES, Facts, INHIBIT_ANY_POLICY, POLICY_CONSTRAINTS, POLICY_MAPPINGS,
};
use crate::x509::findings::hosts;
use crate::x509::findings::strings::{Fault, fault};

pub(crate) const RULES: &[Rule] = &[
    REPEATED,
    ANY_POLICY_QUALIFIER,
    QUALIFIERS_EMPTY,
    TEXT_TYPE,
    TEXT_OLD_TYPE,
    TEXT_LONG,
    TEXT_CHARACTERS,
    NOTICE_REFERENCE,
    NEGATIVE,
    ANY_POLICY_MAPPED,
    MAPPED_UNKNOWN,
];

const REPEATED: Rule = Rule {
    id: "policy-repeated",
    severity: Severity::Warning,
    title: "A policy stands there twice",
    why: "Each may occur once; strict software refuses the extension.",
    fix: "Have it reissued with each policy once.",
    citation: "RFC 5280, 4.2.1.4",
};

const ANY_POLICY_QUALIFIER: Rule = Rule {
    id: "any-policy-qualifier",
    severity: Severity::Warning,
    title: "A qualifier that anyPolicy may not have",
    why: "With anyPolicy only the two qualifiers of the standard are allowed.",
    fix: "Have it reissued without that qualifier.",
    citation: "RFC 5280, 4.2.1.4",
};

const QUALIFIERS_EMPTY: Rule = Rule {
    id: "policy-qualifiers-empty",
    severity: Severity::Warning,
    title: "An empty list of policy qualifiers",
    why: "The list is left out or holds at least one; strict software refuses the extension.",
    fix: "Have it reissued without the empty list.",
    citation: "RFC 5280, 4.2.1.4",
};

const TEXT_TYPE: Rule = Rule {
    id: "policy-text-type",
    severity: Severity::Warning,
    title: "A policy's text has a string type that is not allowed",
    why: "It must not be an IA5String; software may not show it.",
    fix: "Have it reissued with UTF8String.",
    citation: "RFC 6818, 3; RFC 5280, 4.2.1.4",
};

const TEXT_OLD_TYPE: Rule = Rule {
    id: "policy-text-old-type",
    severity: Severity::Notice,
    title: "A policy's text has an old string type",
    why: "UTF8String is what software shows best.",
    fix: "Use UTF8String when the certificate is renewed.",
    citation: "RFC 6818, 3",
};

const TEXT_LONG: Rule = Rule {
    id: "policy-text-too-long",
    severity: Severity::Warning,
    title: "A policy's text is too long",
    why: "It has at most 200 characters; software may cut it off.",
    fix: "Have it reissued with a shorter text.",
    citation: "RFC 5280, 4.2.1.4",
};

const TEXT_CHARACTERS: Rule = Rule {
    id: "policy-text-characters",
    severity: Severity::Notice,
    title: "A policy's text holds what it should not",
    why: "Control characters and letters taken apart are shown differently by different software.",
    fix: "Use plain, composed characters when the certificate is renewed.",
    citation: "RFC 5280, 4.2.1.4",
};

const NOTICE_REFERENCE: Rule = Rule {
    id: "policy-notice-reference",
    severity: Severity::Notice,
    title: "A policy refers to a notice by number",
    why: "No software finds such notices; new certificates leave the reference out.",
    fix: "Write the text itself, or leave the qualifier out.",
    citation: "RFC 5280, 4.2.1.4",
};

const NEGATIVE: Rule = Rule {
    id: "policy-count-negative",
    severity: Severity::Error,
    title: "A negative number of certificates",
    why: "The extension counts certificates that may follow; software refuses the chain.",
    fix: "Have it reissued with 0 or more.",
    citation: "RFC 5280, 4.2.1.11, 4.2.1.14",
};

const ANY_POLICY_MAPPED: Rule = Rule {
    id: "any-policy-mapped",
    severity: Severity::Error,
    title: "anyPolicy is mapped",
    why: "It must not be mapped to or from; software that checks policies refuses the chain.",
    fix: "Have it reissued without that mapping.",
    citation: "RFC 5280, 4.2.1.5",
};

const MAPPED_UNKNOWN: Rule = Rule {
    id: "policy-mapped-but-not-asserted",
    severity: Severity::Notice,
    title: "A policy is mapped that the certificate does not assert",
    why: "The mapping has no effect.",
    fix: "Have it reissued with that policy among its policies.",
    citation: "RFC 5280, 4.2.1.5",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let mut asserted = BTreeSet::new();
    for policy in facts.list(CERTIFICATE_POLICIES) {
        let mut parts = policy.values();
        let Some(oid) = parts.next().filter(|oid| oid.tag == Tag::OID) else {
            continue;
        };
        if !asserted.insert(oid.contents) {
            found.add(&REPEATED, policy.range(), || {
                format!("The policy {} occurs again.", shown(&oid))
            });
        }
        if let Some(list) = parts.next() {
            if list.contents.is_empty() && list.tag == Tag::SEQUENCE {
                found.add(&QUALIFIERS_EMPTY, list.range(), || {
                    format!(
                        "The policy {} has an empty list of qualifiers.",
                        shown(&oid)
                    )
                });
            }
            for qualifier in list.values() {
                self::qualifier(&oid, &qualifier, found);
            }
        }
    }
    let skipped = facts.value(INHIBIT_ANY_POLICY).into_iter();
    for count in skipped.chain(facts.list(POLICY_CONSTRAINTS)) {
        if matches!(count.contents, [0x80..=0xff, ..]) {
            found.add(&NEGATIVE, count.range(), || {
                format!("The octets of the number are {}.", hex(count.contents))
            });
        }
    }
    for mapping in facts.list(POLICY_MAPPINGS) {
        self::mapping(&mapping, &asserted, found);
    }
}

/// `PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY }`
fn qualifier(policy: &Element<'_>, qualifier: &Element<'_>, found: &mut Findings<'_>) {
    let mut parts = qualifier.values();
    let (Some(kind), value) = (parts.next(), parts.next()) else {
        return;
    };
    let standard = [CPS, USER_NOTICE].contains(&kind.contents);
    if policy.contents == ANY_POLICY && !standard {
        found.add(&ANY_POLICY_QUALIFIER, qualifier.range(), || {
            format!("anyPolicy has a qualifier of type {}.", shown(&kind))
        });
    }
    let Some(value) = value else {
        return;
    };
    if kind.contents == CPS {
        let uri = text(&value);
        if let Err(reason) = hosts::uri(&uri) {
            found.add(&hosts::URI_FORM, value.range(), || {
                format!(
                    "The practice statement {uri:?} of policy {}: {reason}.",
                    shown(policy)
                )
            });
        }
    } else if kind.contents == USER_NOTICE {
        for part in value.values() {
            if part.tag == Tag::SEQUENCE {
                found.add(&NOTICE_REFERENCE, part.range(), || {
                    format!("The policy {} has a noticeRef.", shown(policy))
                });
                if let Some(organization) = part.values().next() {
                    words("organization", &organization, found);
                }
            } else {
                words("explicitText", &part, found);
            }
        }
    }
}

/// `DisplayText ::= CHOICE { ia5String, visibleString, bmpString, utf8String, (SIZE (1..200)) }`, of which the
/// explicit text should be the last and must not be the first.
fn words(which: &str, part: &Element<'_>, found: &mut Findings<'_>) {
    let at = part.range();
    let value = text(part);
    match part.tag {
        tag if tag == Tag::universal(12) => {}
        tag if which == "organization" && [22, 26, 30].map(Tag::universal).contains(&tag) => {}
        tag if tag == Tag::universal(26) || tag == Tag::universal(30) => {
            found.add(&TEXT_OLD_TYPE, at.clone(), || {
                format!("{which} is {}.", a(tag))
            });
        }
        tag => found.add(&TEXT_TYPE, at.clone(), || format!("{which} is {}.", a(tag))),
    }
    let length = value.chars().count();
    if 200 < length {
        found.add(&TEXT_LONG, at.clone(), || {
            format!("{which} has {length} characters.")
        });
    }
    let mark = |character: char| matches!(character, '\u{300}'..='\u{36f}');
    let odd = value
        .chars()
        .find(|character| is_hidden(*character) || mark(*character));
    if let Some(odd) = odd {
        found.add(&TEXT_CHARACTERS, at, || {
            format!("{which} holds U+{:04X}.", u32::from(odd))
        });
    } else if let Some(Fault::Characters(what)) = fault(part) {
        found.add(&TEXT_CHARACTERS, at, || format!("{which}: {what}."));
    }
}

/// `SEQUENCE { issuerDomainPolicy OBJECT IDENTIFIER, subjectDomainPolicy OBJECT IDENTIFIER }`
fn mapping(mapping: &Element<'_>, asserted: &BTreeSet<&[u8]>, found: &mut Findings<'_>) {
    let mut sides = mapping.values();
    let (Some(issuer), Some(subject)) = (sides.next(), sides.next()) else {
        return;
    };
    if issuer.contents == ANY_POLICY || subject.contents == ANY_POLICY {
        found.add(&ANY_POLICY_MAPPED, mapping.range(), || {
            format!("{} is mapped to {}.", shown(&issuer), shown(&subject))
        });
    } else if !asserted.contains(issuer.contents) {
        found.add(&MAPPED_UNKNOWN, mapping.range(), || {
            format!(
                "{} is mapped to {}, and is not among the policies.",
                shown(&issuer),
                shown(&subject)
            )
        });
    }
}

fn shown(oid: &Element<'_>) -> String {
    dotted(oid.contents).unwrap_or_else(|| "of no readable identifier".to_owned())
}

const ANY_POLICY: &[u8] = &[0x55, 0x1d, 32, 0];
const CPS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 2, 1];
const USER_NOTICE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 2, 2];
