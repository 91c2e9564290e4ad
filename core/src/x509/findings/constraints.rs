//! Name constraints: which names an authority may issue for.

use crate::asn1::{Element, Tag};
use crate::hex::hex;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::words::a;
use crate::x509::findings::facts::{Facts, NAME_CONSTRAINTS, attributes};
use crate::x509::findings::strings::is_ia5;
use crate::x509::findings::{hosts, names};

pub(crate) const RULES: &[Rule] = &[RANGE, FORM, KIND, ADDRESS, EMPTY];

const RANGE: Rule = Rule {
    id: "name-constraint-range",
    severity: Severity::Warning,
    title: "A name constraint with a minimum or maximum",
    why: "Neither has a meaning any more; strict software refuses the extension.",
    fix: "Have it reissued without them.",
    citation: "RFC 5280, 4.2.1.10",
};

const FORM: Rule = Rule {
    id: "name-constraint-form",
    severity: Severity::Warning,
    title: "A name constraint that matches no name",
    why: "Software refuses it, or does not apply it.",
    fix: "Have it reissued with a domain such as example.com.",
    citation: "RFC 5280, 4.2.1.10",
};

const KIND: Rule = Rule {
    id: "name-constraint-kind",
    severity: Severity::Notice,
    title: "A name constraint of a kind that nobody applies",
    why: "Software does not know how to apply it, and must then refuse the chain.",
    fix: "Constrain DNS names, addresses, mail and directory names only.",
    citation: "RFC 5280, 4.2.1.10",
};

const ADDRESS: Rule = Rule {
    id: "name-constraint-address",
    severity: Severity::Error,
    title: "A name constraint that is no range of addresses",
    why: "An address and a mask have 8 or 32 octets, and the mask's ones come first.",
    fix: "Have it reissued with a range as 192.0.2.0/24.",
    citation: "RFC 5280, 4.2.1.10",
};

const EMPTY: Rule = Rule {
    id: "name-constraint-list-empty",
    severity: Severity::Warning,
    title: "An empty list of name constraints",
    why: "A list is left out or holds at least one; strict software refuses the extension.",
    fix: "Have it reissued without the empty list.",
    citation: "RFC 5280, 4.2.1.10",
};

/// ```text
/// NameConstraints ::= SEQUENCE { permittedSubtrees [0], excludedSubtrees [1] }
/// GeneralSubtree  ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }
/// ```
pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    for list in facts.list(NAME_CONSTRAINTS) {
        let which = if list.tag.number == 0 {
            "permittedSubtrees"
        } else {
            "excludedSubtrees"
        };
        if list.contents.is_empty() {
            found.add(&EMPTY, list.range(), || format!("{which} is empty."));
        }
        for subtree in list.values() {
            let mut parts = subtree.values();
            let Some(base) = parts.next() else {
                continue;
            };
            constraint(which, &base, found);
            for part in parts {
                let zero = part.tag.number == 0 && part.contents.iter().all(|octet| *octet == 0);
                if part.tag.is_context() && !zero {
                    let field = if part.tag.number == 0 {
                        "minimum"
                    } else {
                        "maximum"
                    };
                    found.add(&RANGE, part.range(), || {
                        format!(
                            "A constraint of {which} has the {field} {}.",
                            hex(part.contents)
                        )
                    });
                }
            }
        }
    }
}

fn constraint(which: &str, base: &Element<'_>, found: &mut Findings<'_>) {
    let number = if base.tag.is_context() {
        base.tag.number
    } else {
        u32::MAX
    };
    let text = || String::from_utf8_lossy(base.contents).into_owned();
    let mut wrong = |reason: &str| {
        found.add(&FORM, base.range(), || {
            format!("{:?} of {which}: {reason}.", text())
        });
    };
    match number {
        1 | 2 | 6 if !is_ia5(base.contents) => wrong("it is not in ASCII"),
        1 => {
            let value = text();
            let result = if value.contains('@') {
                hosts::mailbox(&value)
            } else {
                domain(&value)
            };
            if let Err(reason) = result {
                wrong(&reason);
            }
        }
        2 => {
            // The empty one stands for every name.
            let value = text();
            if !value.is_empty()
                && let Err(reason) = domain(&value)
            {
                wrong(&reason);
            }
        }
        6 => {
            let value = text();
            let result = domain(&value);
            if let Err(reason) = result {
                wrong(&reason);
            } else if !value.contains('.') || value.parse::<std::net::Ipv4Addr>().is_ok() {
                wrong("it is no full host name or domain");
            }
        }
        7 => address(which, base, found),
        4 => {
            if let Some(name) = base
                .reader()
                .any()
                .ok()
                .filter(|name| name.tag == Tag::SEQUENCE)
            {
                names::name(which, &name, &attributes(&name), found);
            }
        }
        0 => {}
        _ => found.add(&KIND, base.range(), || {
            format!("A constraint of {which} is {}.", a(base.tag))
        }),
    }
}

/// A host, or with a dot before it a domain and what lies below.
fn domain(value: &str) -> Result<(), String> {
    if value.contains('*') {
        return Err("it holds a wildcard".to_owned());
    }
    hosts::host(value.strip_prefix('.').unwrap_or(value))
}

fn address(which: &str, base: &Element<'_>, found: &mut Findings<'_>) {
    let mask = match base.contents.len() {
        8 | 32 => base
            .contents
            .get(base.contents.len() / 2..)
            .unwrap_or_default(),
        length => {
            found.add(&ADDRESS, base.range(), || {
                format!("A constraint of {which} has {length} octets.")
            });
            return;
        }
    };
    let ones: u32 = mask
        .iter()
        .map(|octet| octet.leading_ones())
        .take_while(|ones| *ones == 8)
        .sum();
    let all: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
    let next = mask
        .iter()
        .find(|octet| **octet != 0xff)
        .map_or(0, |octet| octet.leading_ones());
    if ones + next != all {
        found.add(&ADDRESS, base.range(), || {
            format!("The mask of a constraint of {which} is {}.", hex(mask))
        });
    }
}
