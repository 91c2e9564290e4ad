//! The frame of the certificate: its version, its fields and what stands between them.

use crate::asn1::{Element, LengthForm, Tag, is_identifier};
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::schema::grammar::is_known_extension;
use crate::schema::{self, Rigour, Type, grammar};
use crate::x509::findings::facts::Facts;
use crate::x509::spine::{ExtensionSpine, Spine};

pub(crate) const RULES: &[Rule] = &[
    TRAILING_BYTES,
    LENGTH_INDEFINITE,
    LENGTH_NOT_MINIMAL,
    TAG_NOT_MINIMAL,
    BOOLEAN,
    INTEGER,
    IDENTIFIER,
    SET_ORDER,
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
    why: "Strict software refuses it, and whoever writes it anew breaks its signature.",
    fix: "Have it made again; if only its frame is so, convert it with openssl to DER.",
    citation: "X.690, 10.1; RFC 5280, 4.1",
};

const LENGTH_NOT_MINIMAL: Rule = Rule {
    id: "length-not-minimal",
    severity: Severity::Error,
    title: "A length takes more octets than it needs",
    why: "Strict software refuses it, and whoever writes it anew breaks its signature.",
    fix: "Have it made again; if only its frame is so, convert it with openssl to DER.",
    citation: "X.690, 10.1; RFC 5280, 4.1",
};

const TAG_NOT_MINIMAL: Rule = Rule {
    id: "tag-not-minimal",
    severity: Severity::Error,
    title: "A tag takes more octets than it needs",
    why: "Strict software does not read it, and whoever writes it anew breaks its signature.",
    fix: "Ask whoever made it for another copy.",
    citation: "X.690, 8.1.2.2",
};

const BOOLEAN: Rule = Rule {
    id: "boolean-encoding",
    severity: Severity::Warning,
    title: "A truth value that is neither 00 nor ff",
    why: "DER has one octet for true and one for false; strict software refuses any other, and others may take it for the opposite.",
    fix: "Ask the issuer to update its software.",
    citation: "X.690, 8.2.2 and 11.1",
};

const INTEGER: Rule = Rule {
    id: "integer-not-minimal",
    severity: Severity::Warning,
    title: "A number takes more octets than it needs",
    why: "DER has one form for each number; strict software refuses any other.",
    fix: "Ask the issuer to update its software.",
    citation: "X.690, 8.3.2",
};

const IDENTIFIER: Rule = Rule {
    id: "identifier-encoding",
    severity: Severity::Error,
    title: "An object identifier is not encoded as it must be",
    why: "It is empty, cut off or filled up with zeros: software refuses it, or takes it for another one.",
    fix: "Ask the issuer to update its software.",
    citation: "X.690, 8.19.2",
};

const SET_ORDER: Rule = Rule {
    id: "set-order",
    severity: Severity::Notice,
    title: "The members of a set are not in the order of DER",
    why: "Names are compared octet by octet: software that sorts them anew finds no issuer of that name.",
    fix: "Ask the issuer to update its software.",
    citation: "X.690, 11.6",
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
    version(facts, found);
}

/// What X.690 and its module forbid in a certificate.
pub(crate) fn of_certificate(spine: &Spine<'_>, found: &mut Findings<'_>) {
    let (name, kind) = ("certificate", grammar::CERTIFICATE);
    if schema::is_sound(spine.certificate.raw, &kind) {
        return;
    }
    if let Some(surplus) = &spine.surplus {
        found.add(&UNKNOWN_FIELD, surplus.range(), || {
            format!(
                "{} stands after the known fields of tbsCertificate.",
                surplus.tag
            )
        });
    }
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
    broken(
        name,
        &spine.certificate,
        kind,
        &spine.extensions,
        Some(&spine.serial),
        found,
    );
}

/// What X.690 and its module forbid in an object and in its extensions of known kinds, beyond what was
/// told of it before.
pub(crate) fn of_object(
    name: &'static str,
    whole: &Element<'_>,
    kind: Type,
    extensions: &[ExtensionSpine<'_>],
    found: &mut Findings<'_>,
) {
    if !schema::is_sound(whole.raw, &kind) {
        broken(name, whole, kind, extensions, None, found);
    }
}

/// Of X.690 each thing once, where it is first, and once more within extensions. `serial` is a number that
/// another rule looks at.
fn broken(
    name: &'static str,
    whole: &Element<'_>,
    kind: Type,
    extensions: &[ExtensionSpine<'_>],
    serial: Option<&Element<'_>>,
    found: &mut Findings<'_>,
) {
    let mut walk = Walk {
        found,
        said: [false; 6],
        passed_over: serial.map(|serial| serial.start),
    };
    walk.value(whole);
    // Within extensions it is another fault: a new frame would not mend it.
    walk.said = [false; 6];
    for extension in extensions.iter().filter(|one| is_known_extension(one.oid)) {
        for value in extension.value.values() {
            walk.value(&value);
        }
    }
    schema::look(name, whole, kind, Rigour::Der, found);
}

/// Whether an INTEGER has no octet too many, and one at least.
pub(crate) fn is_minimal(contents: &[u8]) -> bool {
    !matches!(contents, [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..])
}

struct Walk<'f, 'o> {
    found: &'f mut Findings<'o>,
    said: [bool; 6],
    passed_over: Option<usize>,
}

impl Walk<'_, '_> {
    fn value(&mut self, value: &Element<'_>) {
        self.header(value);
        if value.tag.is_universal() && !value.tag.constructed {
            self.contents(value);
        }
        if !value.tag.constructed {
            return;
        }
        let mut before: &[u8] = &[];
        let is_set = value.tag == Tag::SET;
        let mut inside = value.reader();
        while let Some(one) = inside.next() {
            if is_set && one.raw < before {
                self.once(5, &SET_ORDER, value, |value| {
                    format!(
                        "The SET at byte {} holds {} after {}.",
                        value.start,
                        shortened(one.raw),
                        shortened(before)
                    )
                });
            }
            before = one.raw;
            self.value(&one);
        }
    }

    fn once(
        &mut self,
        kind: usize,
        rule: &Rule,
        value: &Element<'_>,
        what: impl FnOnce(&Element<'_>) -> String,
    ) {
        if let Some(said) = self.said.get_mut(kind).filter(|said| !**said) {
            *said = true;
            self.found.add(rule, value.range(), || what(value));
        }
    }

    fn header(&mut self, value: &Element<'_>) {
        if let [first, second, ..] = value.raw
            && first & 0x1f == 0x1f
            && (value.tag.number < 0x1f || *second == 0x80)
        {
            self.once(1, &TAG_NOT_MINIMAL, value, |value| {
                format!(
                    "The tag at byte {} has the number {} and begins {}.",
                    value.start,
                    value.tag.number,
                    shortened(value.raw)
                )
            });
        }
        let form = value.length_form();
        if form != LengthForm::Minimal
            && let Some(said) = self.said.first_mut().filter(|said| !**said)
        {
            *said = true;
            length(value, form, self.found);
        }
    }

    /// The contents of one plain value.
    fn contents(&mut self, value: &Element<'_>) {
        match value.tag {
            Tag::BOOLEAN if !matches!(value.contents, [0 | 0xff]) => {
                self.once(2, &BOOLEAN, value, |value| {
                    let octets = shortened(value.contents);
                    format!("The BOOLEAN at byte {} is {octets:?}.", value.start)
                });
            }
            Tag::INTEGER | Tag::ENUMERATED
                if !is_minimal(value.contents) && self.passed_over != Some(value.start) =>
            {
                self.once(3, &INTEGER, value, |value| {
                    let octets = shortened(value.contents);
                    format!("The {} at byte {} is {octets:?}.", value.tag, value.start)
                });
            }
            Tag::OID if !is_right(value.contents) => {
                self.once(4, &IDENTIFIER, value, |value| {
                    let octets = shortened(value.contents);
                    format!(
                        "The OBJECT IDENTIFIER at byte {} is {octets:?}.",
                        value.start
                    )
                });
            }
            _ => {}
        }
    }
}

/// Whether no arc is cut off, and none begins with a digit that says nothing.
pub(crate) fn is_right(identifier: &[u8]) -> bool {
    let mut begins = true;
    let mut is_padded = |octet: &u8| {
        let padded = begins && *octet == 0x80;
        begins = octet & 0x80 == 0;
        padded
    };
    is_identifier(identifier)
        && (!identifier.contains(&0x80) || !identifier.iter().any(&mut is_padded))
}

/// The first octets, in hexadecimal.
pub(crate) fn shortened(octets: &[u8]) -> String {
    match octets.get(..12) {
        Some(start) if 12 < octets.len() => format!("{}…", crate::hex::hex(start)),
        _ => crate::hex::hex(octets),
    }
}

/// A length that is not as DER has it.
fn length(value: &Element<'_>, form: LengthForm, found: &mut Findings<'_>) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::Reader;
    use crate::origin::Origin;

    /// Each octet of good objects replaced in turn: what the look at octets lets pass, the walks must let
    /// pass too.
    #[test]
    fn walks_tell_of_nothing_in_what_is_sound() {
        let objects: [(&[u8], Type); 3] = [
            (
                include_bytes!("../../../tests/vectors/leaf.der"),
                grammar::CERTIFICATE,
            ),
            (
                include_bytes!("../../../tests/vectors/request.der"),
                grammar::REQUEST,
            ),
            (
                include_bytes!("../../../tests/vectors/list.crl"),
                grammar::REVOCATION_LIST,
            ),
        ];
        for (der, kind) in objects {
            assert!(schema::is_sound(der, &kind));
            let (mut sound, mut broken) = (0, 0);
            for at in 0..der.len() {
                for change in 1..=u8::MAX {
                    let mut changed = der.to_vec();
                    changed[at] ^= change;
                    if schema::is_sound(&changed, &kind) {
                        assert_eq!(told(&changed, kind), Vec::<String>::new());
                        sound += 1;
                    } else {
                        broken += 1;
                    }
                }
            }
            assert!(sound != 0 && broken != 0, "{sound} {broken}");
        }
    }

    fn told(der: &[u8], kind: Type) -> Vec<String> {
        let origin = Origin::input();
        let mut found = Findings::new(&origin);
        let whole = Reader::new(der).any().expect("a value");
        let spine = Spine::read(der).ok();
        let extensions = spine.map_or(Vec::new(), |spine| spine.extensions);
        broken("object", &whole, kind, &extensions, None, &mut found);
        found
            .into_sorted()
            .into_iter()
            .map(|one| one.what)
            .collect()
    }
}
