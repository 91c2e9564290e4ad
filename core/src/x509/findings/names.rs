//! Who the certificate is for, and who issued it: the distinguished names.

use crate::asn1::{Element, Tag, characters, dotted, is_identifier, text};
use crate::hidden::first_hidden;
use crate::oids;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::words::a;
use crate::x509::findings::facts::{Attribute, Facts};
use crate::x509::findings::hosts;
use crate::x509::findings::strings::{Fault, fault};

pub(crate) const RULES: &[Rule] = &[
    NO_NAME,
    NO_ISSUER,
    NO_SUBJECT,
    MALFORMED,
    EMPTY_RDN,
    EMPTY_VALUE,
    TOO_LONG,
    WRONG_TYPE,
    OLD_TYPE,
    WRONG_CHARACTERS,
    HIDDEN,
    PADDED,
    MOJIBAKE,
    COUNTRY,
    REPEATED,
    EMAIL_ONLY_HERE,
];

const NO_NAME: Rule = Rule {
    id: "no-name",
    severity: Severity::Warning,
    title: "The certificate names nobody",
    why: "Nothing says whose certificate it is.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.6",
};

const NO_ISSUER: Rule = Rule {
    id: "no-issuer",
    severity: Severity::Error,
    title: "The issuer is empty",
    why: "It must name who issued the certificate; Java refuses it.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.4",
};

const NO_SUBJECT: Rule = Rule {
    id: "authority-without-name",
    severity: Severity::Error,
    title: "An authority without a name",
    why: "Certificates below it cannot name their issuer, so no chain can be built.",
    fix: "Have it reissued with a subject.",
    citation: "RFC 5280, 4.1.2.6",
};

const MALFORMED: Rule = Rule {
    id: "name-malformed",
    severity: Severity::Error,
    title: "A name is not encoded as names are",
    why: "Software refuses the certificate, or reads another name than is meant.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.4",
};

const EMPTY_RDN: Rule = Rule {
    id: "name-part-empty",
    severity: Severity::Warning,
    title: "A part of a name holds no attribute",
    why: "Each part must hold at least one; strict software refuses the certificate.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.1.2.4",
};

const EMPTY_VALUE: Rule = Rule {
    id: "name-attribute-empty",
    severity: Severity::Warning,
    title: "An attribute of a name is empty",
    why: "A string must hold at least one character; strict software refuses it.",
    fix: "Have it reissued without the empty attribute.",
    citation: "RFC 5280, 4.1.2.4",
};

const TOO_LONG: Rule = Rule {
    id: "name-attribute-too-long",
    severity: Severity::Warning,
    title: "An attribute of a name is too long",
    why: "Software may cut it off or refuse it.",
    fix: "Have it reissued with a shorter value.",
    citation: "RFC 5280, appendix A.1; X.520",
};

const WRONG_TYPE: Rule = Rule {
    id: "name-attribute-type",
    severity: Severity::Warning,
    title: "An attribute of a name has the wrong string type",
    why: "Strict software refuses it, and names that should be equal may not compare so.",
    fix: "Ask the issuer to update its software.",
    citation: "RFC 5280, appendix A.1",
};

const OLD_TYPE: Rule = Rule {
    id: "name-attribute-old-type",
    severity: Severity::Notice,
    title: "An attribute of a name has an old string type",
    why: "New certificates use UTF8String and PrintableString; other types are read differently by \
          different software.",
    fix: "Have it reissued with UTF8String.",
    citation: "RFC 5280, 4.1.2.4",
};

const WRONG_CHARACTERS: Rule = Rule {
    id: "name-characters",
    severity: Severity::Warning,
    title: "A name holds what its string type does not allow",
    why: "Strict software refuses the certificate; other software shows the name differently.",
    fix: "Have it reissued with UTF8String.",
    citation: "X.680, 41",
};

const HIDDEN: Rule = Rule {
    id: "name-hidden-characters",
    severity: Severity::Warning,
    title: "A name holds characters that are not seen",
    why: "They can make one name look like another, or cut it off where software stops at them.",
    fix: "Do not trust the name by its look. Have it reissued without them.",
    citation: "RFC 5280, 8; Unicode TR 36, 2",
};

const PADDED: Rule = Rule {
    id: "name-padded",
    severity: Severity::Notice,
    title: "A name begins or ends with a blank",
    why: "Software that compares octet by octet takes it for another name.",
    fix: "Have it reissued without the blank.",
    citation: "RFC 5280, 7.1; RFC 4518, 2.6.1",
};

const MOJIBAKE: Rule = Rule {
    id: "name-encoded-twice",
    severity: Severity::Notice,
    title: "A name was encoded as UTF-8 twice",
    why: "Its letters are shown as two wrong ones each.",
    fix: "Have it reissued with the name as it is spelt.",
    citation: "RFC 3629, 3",
};

const COUNTRY: Rule = Rule {
    id: "country-code",
    severity: Severity::Warning,
    title: "A country that is no code of two letters",
    why: "The attribute holds the code of ISO 3166-1, in capitals; strict software refuses others.",
    fix: "Have it reissued with the country's code of two letters.",
    citation: "RFC 5280, appendix A.1; X.520, 6.3.1",
};

const REPEATED: Rule = Rule {
    id: "name-attribute-repeated",
    severity: Severity::Notice,
    title: "An attribute stands in a name twice",
    why: "Software differs in which of them it shows and compares.",
    fix: "Have it reissued with one of them.",
    citation: "X.501, 9.3",
};

const EMAIL_ONLY_HERE: Rule = Rule {
    id: "email-only-in-subject",
    severity: Severity::Notice,
    title: "An e-mail address only in the subject",
    why: "New certificates carry it as an alternative name; name constraints are checked there.",
    fix: "Have it reissued with the address as an alternative name.",
    citation: "RFC 5280, 4.1.2.6",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    let nameless = facts.alternative_names.as_ref().is_none_or(Vec::is_empty);
    if facts.subject.is_empty() && facts.is_ca() {
        found.add(&NO_SUBJECT, spine.subject.range(), || {
            "basicConstraints names an authority, and the subject is empty.".to_owned()
        });
    } else if facts.subject.is_empty() && nameless {
        found.add(&NO_NAME, spine.subject.range(), || {
            "The subject is empty and there are no alternative names.".to_owned()
        });
    }
    if facts.issuer.is_empty() {
        found.add(&NO_ISSUER, spine.issuer.range(), || {
            "The issuer name holds no attribute.".to_owned()
        });
    }
    name("subject", &spine.subject, &facts.subject, found);
    if spine.issuer.raw != spine.subject.raw {
        name("issuer", &spine.issuer, &facts.issuer, found);
    }
    email(facts, found);
}

/// What is odd about one distinguished name.
pub(crate) fn name(
    which: &str,
    whole: &Element<'_>,
    attributes: &[Attribute<'_>],
    found: &mut Findings<'_>,
) {
    if !is_name(whole) {
        found.add(&MALFORMED, whole.range(), || {
            format!("The {which} is no list of sets of types and values.")
        });
    }
    for set in whole.values() {
        if set.contents.is_empty() {
            found.add(&EMPTY_RDN, set.range(), || {
                format!("A relative distinguished name of the {which} is empty.")
            });
        }
    }
    for (index, one) in attributes.iter().enumerate() {
        attribute(which, one, found);
        let mut before = attributes.iter().take(index.min(MAX_COMPARED));
        let once = ONCE.contains(&one.oid);
        if before.any(|before| before.whole.raw == one.whole.raw || once && before.oid == one.oid) {
            found.add(&REPEATED, one.whole.range(), || {
                format!(
                    "The {which} holds {} after another {}.",
                    shown(one),
                    label(one.oid)
                )
            });
        }
    }
}

/// Whether a name could be taken apart to its end.
fn is_name(whole: &Element<'_>) -> bool {
    let read = || {
        let mut sets = whole.reader();
        while !sets.is_empty() {
            let mut pairs = sets.expect(Tag::SET, "SET of attributes").ok()?.reader();
            while !pairs.is_empty() {
                let mut fields = pairs.sequence("attribute").ok()?.reader();
                let kind = fields.expect(Tag::OID, "OBJECT IDENTIFIER").ok()?;
                fields.any().ok().filter(|_| is_identifier(kind.contents))?;
            }
        }
        Some(())
    };
    read().is_some()
}

fn attribute(which: &str, one: &Attribute<'_>, found: &mut Findings<'_>) {
    let kind = KINDS.iter().find(|kind| kind.oid == one.oid);
    let at = one.whole.range();
    if let Some(kind) = kind {
        string_type(which, one, kind, found);
    }
    match fault(&one.value) {
        Some(Fault::Characters(what)) => {
            found.add(&WRONG_CHARACTERS, at, || {
                format!("{} of the {which}: {what}.", shown(one))
            });
            return;
        }
        Some(Fault::NoString) if kind.is_none() => return,
        Some(Fault::NoString) | None => {}
    }
    if one.value.contents.is_empty() {
        found.add(&EMPTY_VALUE, at, || {
            format!("{} of the {which} has no character.", label(one.oid))
        });
        return;
    }
    let value = characters(&one.value);
    if let Some(kind) = kind {
        let length = value.chars().count();
        if kind.upper_bound < length {
            found.add(&TOO_LONG, at.clone(), || {
                let (label, bound) = (label(one.oid), kind.upper_bound);
                format!(
                    "{label} of the {which} has {length} characters, at most {bound} are allowed."
                )
            });
        }
        if kind.strings == Strings::Country
            && !(value.len() == 2 && value.bytes().all(|octet| octet.is_ascii_uppercase()))
        {
            found.add(&COUNTRY, at.clone(), || {
                format!("{} of the {which}.", shown(one))
            });
        }
    }
    if let Some(hidden) = first_hidden(&value) {
        found.add(&HIDDEN, at.clone(), || {
            let point = u32::from(hidden);
            format!("{} of the {which} holds U+{point:04X}.", shown(one))
        });
    }
    if value.starts_with(' ') || value.ends_with(' ') {
        found.add(&PADDED, at.clone(), || {
            format!("{} of the {which}.", shown(one))
        });
    }
    if !value.is_ascii() && encoded_twice(&value) {
        found.add(&MOJIBAKE, at, || format!("{} of the {which}.", shown(one)));
    }
}

fn string_type(which: &str, one: &Attribute<'_>, kind: &Kind, found: &mut Findings<'_>) {
    let tag = one.value.tag;
    let number = if tag.is_universal() && !tag.constructed {
        tag.number
    } else {
        0
    };
    let allowed: &[u32] = match kind.strings {
        Strings::Directory => &[12, 19, 20, 28, 30],
        Strings::Printable | Strings::Country => &[19],
        Strings::Ia5 => &[22],
    };
    let wanted = match kind.strings {
        Strings::Directory => "UTF8String or PrintableString",
        Strings::Printable | Strings::Country => "PrintableString",
        Strings::Ia5 => "IA5String",
    };
    if !allowed.contains(&number) {
        // Everyone reads these; issuers wrote them for years.
        let harmless = number == 12 && one.value.contents.is_ascii();
        let rule = if harmless {
            WRONG_TYPE.eased()
        } else {
            WRONG_TYPE
        };
        found.add(&rule, one.whole.range(), || {
            format!(
                "{} of the {which} is {}, not {}.",
                shown(one),
                a(tag),
                a(wanted)
            )
        });
    } else if kind.strings == Strings::Directory && 19 < number {
        found.add(&OLD_TYPE, one.whole.range(), || {
            format!("{} of the {which} is {}.", shown(one), a(tag))
        });
    }
}

/// An address in the subject that is not among the alternative names.
fn email(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let addresses = facts.subject.iter().filter(|one| one.oid == EMAIL_ADDRESS);
    for address in addresses {
        let mut names = facts.alternative_names.iter().flatten();
        let same = |name: &Element<'_>| match name.tag.number {
            0 => {
                name.contents.starts_with(SMTP_UTF8_MAILBOX)
                    && name.contents.ends_with(address.value.contents)
            }
            _ => name.contents.eq_ignore_ascii_case(address.value.contents),
        };
        if names.any(same) {
            continue;
        }
        found.add(&EMAIL_ONLY_HERE, address.whole.range(), || {
            format!("{} is no alternative name.", shown(address))
        });
        if let Err(reason) = hosts::mailbox(&text(&address.value)) {
            found.add(&hosts::EMAIL_FORM, address.whole.range(), || {
                format!("{} of the subject: {reason}.", shown(address))
            });
        }
    }
}

/// `1.3.6.1.5.5.7.8.9` (RFC 9598), encoded.
const SMTP_UTF8_MAILBOX: &[u8] = &[6, 8, 0x2b, 6, 1, 5, 5, 7, 8, 9];

/// Whether letters beyond ASCII were taken for Latin-1 and encoded again.
fn encoded_twice(value: &str) -> bool {
    let mut octets = Vec::with_capacity(value.len());
    for character in value.chars() {
        let Ok(octet) = u8::try_from(u32::from(character)) else {
            return false;
        };
        octets.push(octet);
    }
    std::str::from_utf8(&octets).is_ok()
}

/// `CN=es1.corp`
fn shown(one: &Attribute<'_>) -> String {
    format!("{}={:?}", label(one.oid), text(&one.value))
}

fn label(oid: &[u8]) -> String {
    let dotted = dotted(oid).unwrap_or_default();
    oids::short_name(&dotted)
        .map(str::to_owned)
        .unwrap_or(dotted)
}

/// Attributes of one name that are compared with each other: stops a name of a million parts.
const MAX_COMPARED: usize = 64;

/// Types of which a name has one: serial number, country, locality, state, organisation, postal code.
const ONCE: &[&[u8]] = &[
    &[0x55, 4, 5],
    &[0x55, 4, 6],
    &[0x55, 4, 7],
    &[0x55, 4, 8],
    &[0x55, 4, 10],
    &[0x55, 4, 17],
];

const EMAIL_ADDRESS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];

/// What an attribute type allows.
struct Kind {
    oid: &'static [u8],
    upper_bound: usize,
    strings: Strings,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strings {
    /// `DirectoryString`
    Directory,
    Printable,
    /// A `PrintableString` of two letters.
    Country,
    Ia5,
}

const fn kind(oid: &'static [u8], upper_bound: usize, strings: Strings) -> Kind {
    Kind {
        oid,
        upper_bound,
        strings,
    }
}

/// Upper bounds of RFC 5280, appendix A.1, and of X.520 where it has none.
const KINDS: &[Kind] = &[
    kind(&[0x55, 4, 3], 64, Strings::Directory),
    kind(&[0x55, 4, 4], 32_768, Strings::Directory),
    kind(&[0x55, 4, 5], 64, Strings::Printable),
    kind(&[0x55, 4, 6], 2, Strings::Country),
    kind(&[0x55, 4, 7], 128, Strings::Directory),
    kind(&[0x55, 4, 8], 128, Strings::Directory),
    kind(&[0x55, 4, 9], 128, Strings::Directory),
    kind(&[0x55, 4, 10], 64, Strings::Directory),
    kind(&[0x55, 4, 11], 64, Strings::Directory),
    kind(&[0x55, 4, 12], 64, Strings::Directory),
    kind(&[0x55, 4, 15], 128, Strings::Directory),
    kind(&[0x55, 4, 17], 16, Strings::Directory),
    kind(&[0x55, 4, 41], 32_768, Strings::Directory),
    kind(&[0x55, 4, 42], 32_768, Strings::Directory),
    kind(&[0x55, 4, 43], 32_768, Strings::Directory),
    kind(&[0x55, 4, 44], 32_768, Strings::Directory),
    kind(&[0x55, 4, 46], usize::MAX, Strings::Printable),
    kind(&[0x55, 4, 65], 128, Strings::Directory),
    kind(&[0x55, 4, 97], 256, Strings::Directory),
    kind(EMAIL_ADDRESS, 255, Strings::Ia5),
    // 0.9.2342.19200300.100.1.25, domain component
    kind(
        &[9, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25],
        63,
        Strings::Ia5,
    ),
    // 0.9.2342.19200300.100.1.1, user identifier
    kind(
        &[9, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1],
        256,
        Strings::Directory,
    ),
    // 1.3.6.1.4.1.311.60.2.1, jurisdiction: locality, state, country
    kind(
        &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 1],
        128,
        Strings::Directory,
    ),
    kind(
        &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 2],
        128,
        Strings::Directory,
    ),
    kind(
        &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 3],
        2,
        Strings::Country,
    ),
];
