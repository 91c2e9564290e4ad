//! General names: those of the subject and the issuer, and those that other extensions hold.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::asn1::{Element, Tag, characters, dotted, latin};
use crate::hex::hex;
use crate::hidden::first_hidden;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::words::a;
use crate::x509::findings::facts::{Facts, ISSUER_ALT_NAME, attributes};
use crate::x509::findings::strings::is_ia5;
use crate::x509::findings::{hosts, names};

pub(crate) const RULES: &[Rule] = &[
    EMPTY,
    UNKNOWN,
    HOST_FORM,
    NOT_ASCII,
    NUL,
    UNDERSCORE,
    WILDCARD,
    ADDRESS_AS_HOST,
    A_LABEL,
    MIXED_SCRIPTS,
    RESERVED_LABEL,
    ADDRESS_LENGTH,
    REPEATED,
    INTERNAL,
    COMMON_NAME,
];

const EMPTY: Rule = Rule {
    id: "general-name-empty",
    severity: Severity::Warning,
    title: "A name is empty",
    why: "It names nothing; strict software refuses the certificate.",
    fix: "Have it reissued without the empty name.",
    citation: "RFC 5280, 4.2.1.6",
};

const UNKNOWN: Rule = Rule {
    id: "general-name-unknown",
    severity: Severity::Error,
    title: "A name of a kind that does not exist",
    why: "Software refuses the extension, or matches the name with nothing.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.2.1.6",
};

const HOST_FORM: Rule = Rule {
    id: "dns-name-form",
    severity: Severity::Warning,
    title: "A host name that cannot be one",
    why: "No client matches it with a host; some refuse the whole certificate.",
    fix: "Have it reissued with the host's name as DNS has it: es1.example.com.",
    citation: "RFC 5280, 4.2.1.6; RFC 1034, 3.5",
};

const NOT_ASCII: Rule = Rule {
    id: "name-not-ascii",
    severity: Severity::Warning,
    title: "A name with letters that its type does not allow",
    why: "Hosts, addresses and URIs stand in ASCII here; software refuses others or misreads them.",
    fix: "Have it reissued with the name's ASCII form: xn--mller-kva.example.",
    citation: "RFC 5280, 7.2",
};

const NUL: Rule = Rule {
    id: "name-cut-off",
    severity: Severity::Error,
    title: "A name with characters that are not seen",
    why: "Software that stops at them takes it for another name: an old way to cheat.",
    fix: "Do not trust this certificate. Ask how it came to be issued.",
    citation: "RFC 5280, 8; CVE-2009-2408",
};

const UNDERSCORE: Rule = Rule {
    id: "dns-name-underscore",
    severity: Severity::Notice,
    title: "A host name with an underscore",
    why: "Host names have letters, digits and hyphens; some clients do not match others.",
    fix: "Rename the host, and have it reissued.",
    citation: "RFC 1034, 3.5",
};

const WILDCARD: Rule = Rule {
    id: "dns-name-wildcard",
    severity: Severity::Warning,
    title: "A wildcard that clients do not accept",
    why: "It must be the whole first part of a name, and at least two parts must follow it.",
    fix: "Have it reissued with names like *.example.com.",
    citation: "RFC 9525, 6.3",
};

const ADDRESS_AS_HOST: Rule = Rule {
    id: "address-as-dns-name",
    severity: Severity::Warning,
    title: "An IP address written as a host name",
    why: "Clients compare addresses with the iPAddress names alone, so it matches nothing.",
    fix: "Have it reissued with the address as an iPAddress.",
    citation: "RFC 9525, 6.5",
};

const A_LABEL: Rule = Rule {
    id: "dns-name-a-label",
    severity: Severity::Warning,
    title: "An international host name that does not decode",
    why: "A part that begins with xn-- must be the ASCII form of other letters.",
    fix: "Have it reissued with the name as its registry writes it.",
    citation: "RFC 5890, 2.3.2.1; RFC 5280, 7.2",
};

const MIXED_SCRIPTS: Rule = Rule {
    id: "dns-name-mixed-scripts",
    severity: Severity::Notice,
    title: "A host name that mixes letters that look alike",
    why: "Letters of Latin, Greek and Cyrillic look alike; a part of a name that mixes them may be made to pass for another.",
    fix: "Check that the name is the one that is meant, letter by letter.",
    citation: "UTS #39, 5.1",
};

const RESERVED_LABEL: Rule = Rule {
    id: "dns-name-reserved-label",
    severity: Severity::Notice,
    title: "A host name of a reserved form",
    why: "Names with hyphens in the third and fourth place are kept for encodings such as xn--.",
    fix: "Check that the name is spelt as it should be.",
    citation: "RFC 5890, 2.3.1",
};

const ADDRESS_LENGTH: Rule = Rule {
    id: "address-length",
    severity: Severity::Error,
    title: "An IP address of a length that none has",
    why: "An address has 4 or 16 octets; software refuses the extension.",
    fix: "Have it reissued with the address alone, without a mask.",
    citation: "RFC 5280, 4.2.1.6",
};

const REPEATED: Rule = Rule {
    id: "name-repeated",
    severity: Severity::Notice,
    title: "An alternative name stands there twice",
    why: "It does no harm and makes the certificate larger.",
    fix: "Request it with each name once.",
    citation: "RFC 5280, 4.2.1.6",
};

const INTERNAL: Rule = Rule {
    id: "internal-name",
    severity: Severity::Warning,
    title: "A public certificate for an internal name",
    why: "Public authorities must not issue for names that anyone could use, and revoke such ones.",
    fix: "Use an authority of your own for internal names.",
    citation: "CA/Browser Forum TLS BR, 4.2.2",
};

const COMMON_NAME: Rule = Rule {
    id: "common-name-not-among-names",
    severity: Severity::Notice,
    title: "The common name is not among the alternative names",
    why: "Clients ignore the common name, so the host of that name is not covered.",
    fix: "Have it reissued with that name as an alternative name too, if it is one.",
    citation: "RFC 9525, 6.1; CA/Browser Forum TLS BR, 7.1.4.3",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    each(
        "subjectAltName",
        facts.alternative_names.as_deref().unwrap_or_default(),
        found,
    );
    for one in facts.list(ISSUER_ALT_NAME) {
        general_name("issuerAltName", &one, found);
    }
    if facts.is_public() {
        internal(facts, found);
    }
    if facts.may_serve() {
        common_name(facts, found);
    }
}

/// What is odd about the general names of an extension, each by itself, and which of them stand there twice.
pub(crate) fn each(which: &str, names: &[Element<'_>], found: &mut Findings<'_>) {
    let mut seen = Seen::among(names.len());
    for one in names {
        general_name(which, one, found);
        if !seen.is_new(one.raw) {
            found.add(&REPEATED, one.range(), || {
                format!("{} occurs again.", shown(one))
            });
        }
    }
}

/// The names so far, whatever the case of their letters.
enum Seen<'a> {
    /// A few, which are compared one by one; a sum of the letters tells most of them apart.
    Few(Vec<(u64, &'a [u8])>),
    Many(HashSet<Vec<u8>>),
}

impl<'a> Seen<'a> {
    const FEW: usize = 64;

    fn among(count: usize) -> Self {
        if count <= Self::FEW {
            Self::Few(Vec::with_capacity(count))
        } else {
            Self::Many(HashSet::with_capacity(count))
        }
    }

    fn is_new(&mut self, name: &'a [u8]) -> bool {
        match self {
            Self::Few(names) => {
                let sum = sum(name);
                let is_new = !names
                    .iter()
                    .any(|(other, one)| *other == sum && one.eq_ignore_ascii_case(name));
                names.push((sum, name));
                is_new
            }
            Self::Many(names) => names.insert(name.to_ascii_lowercase()),
        }
    }
}

/// The same for names that differ in the case of their letters alone, and for hardly any others.
fn sum(name: &[u8]) -> u64 {
    // The bit that tells letters from capitals is set in all.
    const SMALL: u64 = 0x2020_2020_2020_2020;
    let add = |sum: u64, eight: [u8; 8]| {
        let sum = sum.rotate_left(5) ^ (u64::from_le_bytes(eight) | SMALL);
        sum.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    };
    let (eights, rest) = name.as_chunks::<8>();
    let sum = eights.iter().fold(0, |sum, eight| add(sum, *eight));
    let mut last = [0; 8];
    for (place, octet) in last.iter_mut().zip(rest) {
        *place = *octet;
    }
    add(sum, last)
}

/// What is odd about one general name in the extension that `which` names.
pub(crate) fn general_name(which: &str, one: &Element<'_>, found: &mut Findings<'_>) {
    let number = if one.tag.is_context() {
        one.tag.number
    } else {
        u32::MAX
    };
    if number == u32::MAX || 8 < number {
        found.add(&UNKNOWN, one.range(), || {
            format!("{which} holds {}, which is no kind of name.", a(one.tag))
        });
        return;
    }
    if one.contents.is_empty() {
        found.add(&EMPTY, one.range(), || {
            format!("{which} holds an empty {}.", kind(number))
        });
        return;
    }
    match number {
        0 => other_name(which, one, found),
        1 | 2 | 6 => ascii_name(which, one, found),
        4 => {
            let Some(name) = one
                .reader()
                .any()
                .ok()
                .filter(|name| name.tag == Tag::SEQUENCE)
            else {
                return;
            };
            if name.contents.is_empty() {
                found.add(&EMPTY, one.range(), || {
                    format!("{which} holds a directoryName without attributes.")
                });
            }
            names::name(which, &name, &attributes(&name), found);
        }
        7 if !matches!(one.contents.len(), 4 | 16) => {
            found.add(&ADDRESS_LENGTH, one.range(), || {
                format!(
                    "{which} holds an iPAddress of {} octets.",
                    one.contents.len()
                )
            });
        }
        _ => {}
    }
}

fn ascii_name(which: &str, one: &Element<'_>, found: &mut Findings<'_>) {
    let number = one.tag.number;
    let is_plain = match number {
        2 => hosts::is_plain(one.contents),
        6 => hosts::is_plain_uri(one.contents),
        _ => false,
    };
    if is_plain {
        return;
    }
    let value = latin(one.contents);
    let at = one.range();
    let quoted = || format!("{} {value:?} of {which}", kind(number));
    if first_hidden(&value).is_some() {
        let rule = if value.contains('\0') { NUL } else { HOST_FORM };
        found.add(&rule, at, || format!("{}.", quoted()));
        return;
    }
    if !is_ia5(one.contents) {
        found.add(&NOT_ASCII, at, || format!("{}.", quoted()));
        return;
    }
    match number {
        1 => {
            if let Err(reason) = hosts::mailbox(&value) {
                found.add(&hosts::EMAIL_FORM, at, || {
                    format!("{}: {reason}.", quoted())
                });
            }
        }
        2 => host(which, &value, one, found),
        _ => {
            if let Err(reason) = hosts::uri(&value) {
                found.add(&hosts::URI_FORM, at, || format!("{}: {reason}.", quoted()));
            }
        }
    }
}

fn host(which: &str, value: &str, one: &Element<'_>, found: &mut Findings<'_>) {
    let at = one.range();
    let quoted = || format!("dNSName {value:?} of {which}");
    let shape = hosts::host(value);
    // A host name that is an address ends in a digit.
    let may_be_address = shape.is_err() || value.ends_with(|last: char| last.is_ascii_digit());
    if may_be_address && value.parse::<IpAddr>().is_ok() {
        found.add(&ADDRESS_AS_HOST, at, || format!("{}.", quoted()));
        return;
    }
    if let Err(reason) = shape {
        found.add(&HOST_FORM, at, || format!("{}: {reason}.", quoted()));
        return;
    }
    if value.contains('*') {
        let rest = value.strip_prefix("*.").unwrap_or_default();
        if rest.contains('*') || !rest.contains('.') {
            found.add(&WILDCARD, at.clone(), || format!("{}.", quoted()));
        }
    }
    if value.contains('_') {
        found.add(&UNDERSCORE, at.clone(), || format!("{}.", quoted()));
    }
    for label in value.split('.') {
        let Some(rest) = label.get(4..).filter(|_| label.get(2..4) == Some("--")) else {
            continue;
        };
        if !label
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("xn"))
        {
            found.add(&RESERVED_LABEL, at.clone(), || format!("{}.", quoted()));
        } else if let Err(reason) = hosts::a_label(rest) {
            found.add(&A_LABEL, at.clone(), || format!("{}: {reason}.", quoted()));
        } else if let Some((reads, one, other)) = hosts::mixed_scripts(rest) {
            found.add(&MIXED_SCRIPTS, at.clone(), || {
                format!(
                    "{} reads {reads:?}: letters of {one} and {other}.",
                    quoted()
                )
            });
        }
    }
}

/// `OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }`, of which mailboxes
/// with letters beyond ASCII (RFC 9598) have a form of their own.
fn other_name(which: &str, one: &Element<'_>, found: &mut Findings<'_>) {
    let mut fields = one.reader();
    let (Ok(kind), Ok(value)) = (fields.any(), fields.any()) else {
        return;
    };
    if kind.contents != SMTP_UTF8_MAILBOX {
        return;
    }
    let Ok(value) = value.reader().any() else {
        return;
    };
    let address = characters(&value);
    // Letters beyond ASCII stand before the @; the domain is in its ASCII form.
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let local: String = local
        .chars()
        .map(|character| if character.is_ascii() { character } else { 'x' })
        .collect();
    if let Err(reason) = hosts::mailbox(&format!("{local}@{domain}")) {
        found.add(&hosts::EMAIL_FORM, one.range(), || {
            format!("SmtpUTF8Mailbox {address:?} of {which}: {reason}.")
        });
    }
}

/// Names and addresses of a public certificate that nobody can prove to own.
fn internal(facts: &Facts<'_>, found: &mut Findings<'_>) {
    for one in facts.alternative_names.iter().flatten() {
        let inside = match (one.tag.is_context(), one.tag.number) {
            (true, 2) => hosts::is_internal(one.contents),
            (true, 7) => address(one.contents).is_some_and(is_reserved),
            _ => false,
        };
        if inside {
            found.add(&INTERNAL, one.range(), || {
                format!(
                    "{} stands in a certificate of a public authority.",
                    shown(one)
                )
            });
        }
    }
}

fn common_name(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let Some(list) = facts
        .alternative_names
        .as_ref()
        .filter(|list| !list.is_empty())
    else {
        return;
    };
    for one in facts.subject.iter().filter(|one| one.oid == COMMON) {
        let common = characters(&one.value);
        let same = |name: &Element<'_>| match name.tag.number {
            1 | 2 | 6 => name.contents.eq_ignore_ascii_case(common.as_bytes()),
            7 => address(name.contents) == common.parse().ok(),
            _ => false,
        };
        // A name of several words is a description, which nobody asks for.
        let is_host = hosts::host(&common).is_ok() && common.contains('.');
        if is_host && !list.iter().any(same) {
            found.add(&COMMON_NAME, one.whole.range(), || {
                format!(
                    "{common:?} is none of the {} alternative names.",
                    list.len()
                )
            });
        }
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(octets).map(|four| IpAddr::V4(Ipv4Addr::from(four)));
    let sixteen = || <[u8; 16]>::try_from(octets).map(|octets| IpAddr::V6(Ipv6Addr::from(octets)));
    four.or_else(|_| sixteen()).ok()
}

/// Addresses that are not routed between networks (RFC 6890).
fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [first, second, ..] = four.octets();
            four.is_private()
                || four.is_loopback()
                || four.is_link_local()
                || four.is_documentation()
                || four.is_multicast()
                || matches!(first, 0 | 240..)
                || first == 100 && (64..128).contains(&second)
                || first == 198 && (18..20).contains(&second)
        }
        IpAddr::V6(six) => {
            let [first, second, ..] = six.segments();
            six.is_loopback()
                || six.is_unspecified()
                || six.is_multicast()
                || matches!(first, 0xfc00..=0xfdff | 0xfe80..=0xfebf)
                || first == 0x2001 && second == 0xdb8
        }
    }
}

fn shown(one: &Element<'_>) -> String {
    match one.tag.number {
        1 | 2 | 6 => format!("{} {:?}", kind(one.tag.number), latin(one.contents)),
        7 => match address(one.contents) {
            Some(address) => format!("iPAddress {address}"),
            None => format!("iPAddress #{}", hex(one.contents)),
        },
        8 => format!("registeredID {}", dotted(one.contents).unwrap_or_default()),
        number => kind(number).to_owned(),
    }
}

/// 1.3.6.1.5.5.7.8.9
const SMTP_UTF8_MAILBOX: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 8, 9];

/// 2.5.4.3
const COMMON: &[u8] = &[0x55, 4, 3];

fn kind(number: u32) -> &'static str {
    match number {
        0 => "otherName",
        1 => "rfc822Name",
        2 => "dNSName",
        3 => "x400Address",
        4 => "directoryName",
        5 => "ediPartyName",
        6 => "uniformResourceIdentifier",
        7 => "iPAddress",
        8 => "registeredID",
        _ => "name",
    }
}
