//! What the rules look at, read once.

use crate::asn1::{Element, Tag};
use crate::rule::Rule;
use crate::x509::spine::{ExtensionSpine, Spine};

/// A certificate as the rules see it. What cannot be read is left out; that is for other rules to say.
pub(crate) struct Facts<'a> {
    pub(crate) spine: &'a Spine<'a>,
    /// The certificate and what follows it.
    pub(crate) der: &'a [u8],
    pub(crate) subject: Vec<Attribute<'a>>,
    pub(crate) issuer: Vec<Attribute<'a>>,
    /// The names of `subjectAltName`.
    pub(crate) alternative_names: Option<Vec<Element<'a>>>,
    pub(crate) constraints: Option<Constraints<'a>>,
    pub(crate) key_usage: Option<KeyUsage>,
    /// The encoded identifiers of `extKeyUsage`.
    pub(crate) purposes: Option<Vec<&'a [u8]>>,
}

/// One attribute of a distinguished name.
pub(crate) struct Attribute<'a> {
    pub(crate) whole: Element<'a>,
    pub(crate) oid: &'a [u8],
    pub(crate) value: Element<'a>,
}

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
pub(crate) struct Constraints<'a> {
    pub(crate) ca: bool,
    pub(crate) path_length: Option<Element<'a>>,
}

/// The bits of `keyUsage`, the first of them the highest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyUsage(u16);

impl<'a> Facts<'a> {
    pub(crate) fn read(spine: &'a Spine<'a>, der: &'a [u8]) -> Self {
        let mut facts = Self {
            spine,
            der,
            subject: attributes(&spine.subject),
            issuer: attributes(&spine.issuer),
            alternative_names: None,
            constraints: None,
            key_usage: None,
            purposes: None,
        };
        facts.alternative_names = facts.value(SUBJECT_ALT_NAME).map(|list| elements(&list));
        facts.constraints = facts
            .value(BASIC_CONSTRAINTS)
            .map(|value| constraints(&value));
        facts.key_usage = facts.value(KEY_USAGE).map(|value| KeyUsage::read(&value));
        facts.purposes = facts
            .value(EXTENDED_KEY_USAGE)
            .map(|list| list.values().map(|purpose| purpose.contents).collect());
        facts
    }

    #[inline]
    pub(crate) fn extension(&self, oid: &[u8]) -> Option<&'a ExtensionSpine<'a>> {
        self.spine.extension(oid)
    }

    /// The one value in the extension's OCTET STRING.
    #[inline]
    pub(crate) fn value(&self, oid: &[u8]) -> Option<Element<'a>> {
        self.extension(oid)?.value.reader().any().ok()
    }

    /// The values in the extension's SEQUENCE, up to the first that cannot be read.
    pub(crate) fn list(&self, oid: &[u8]) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let value = self.value(oid).into_iter();
        value.flat_map(|value| value.values())
    }

    /// Whether it may issue certificates, as [`crate::Certificate::is_ca`] tells it.
    pub(crate) fn is_ca(&self) -> bool {
        match &self.constraints {
            Some(constraints) => constraints.ca,
            None => self.spine.version_number() == 1 && self.spine.is_self_issued(),
        }
    }

    /// Whether it looks like one of a public authority: logged, or under the browsers' policies.
    pub(crate) fn is_public(&self) -> bool {
        self.extension(TIMESTAMPS).is_some()
            || self.list(CERTIFICATE_POLICIES).any(|policy| {
                let oid = policy.reader().any();
                oid.is_ok_and(|oid| oid.contents.starts_with(BROWSER_FORUM))
            })
    }

    /// The rule as it counts here. What a root says is believed because the root is trusted as it is,
    /// and nobody can have it reissued: there it is a notice.
    pub(crate) fn eased_for_roots(&self, rule: Rule) -> Rule {
        if self.spine.is_self_issued() && self.is_ca() {
            rule.eased()
        } else {
            rule
        }
    }

    /// Whether it looks like one of a server: by its purpose, or without purposes by its host names.
    pub(crate) fn may_serve(&self) -> bool {
        let hosts = || {
            let mut names = self.alternative_names.iter().flatten();
            names.any(|name| name.tag == Tag::context_primitive(2))
        };
        let serves = match &self.purposes {
            Some(_) => self.has_purpose(SERVER_AUTHENTICATION),
            None => hosts(),
        };
        serves && !self.is_ca()
    }

    pub(crate) fn has_purpose(&self, oid: &[u8]) -> bool {
        self.purposes
            .iter()
            .flatten()
            .any(|purpose| *purpose == oid)
    }
}

impl KeyUsage {
    pub(crate) const DIGITAL_SIGNATURE: Self = Self(0x8000);
    pub(crate) const NON_REPUDIATION: Self = Self(0x4000);
    pub(crate) const KEY_ENCIPHERMENT: Self = Self(0x2000);
    pub(crate) const DATA_ENCIPHERMENT: Self = Self(0x1000);
    pub(crate) const KEY_AGREEMENT: Self = Self(0x0800);
    pub(crate) const CERTIFICATE_SIGNING: Self = Self(0x0400);
    pub(crate) const CRL_SIGNING: Self = Self(0x0200);
    pub(crate) const ENCIPHER_ONLY: Self = Self(0x0100);
    pub(crate) const DECIPHER_ONLY: Self = Self(0x0080);

    pub(crate) fn read(value: &Element<'_>) -> Self {
        let [unused, bits @ ..] = value.contents else {
            return Self(0);
        };
        let mut octets = bits.iter().copied();
        let mut next = || octets.next().unwrap_or(0);
        let set = u16::from_be_bytes([next(), next()]);
        // Bits beyond those that count are padding, and beyond the ninth none is named.
        let count = bits
            .len()
            .saturating_mul(8)
            .saturating_sub(usize::from(*unused));
        let count = u32::try_from(count.min(9)).unwrap_or(9);
        Self(set & !u16::MAX.checked_shr(count).unwrap_or(0))
    }

    /// Whether any of these bits is set.
    pub(crate) fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Without these bits.
    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// `keyCertSign and cRLSign`
    pub(crate) fn words(self) -> String {
        const NAMES: [(KeyUsage, &str); 9] = [
            (KeyUsage::DIGITAL_SIGNATURE, "digitalSignature"),
            (KeyUsage::NON_REPUDIATION, "nonRepudiation"),
            (KeyUsage::KEY_ENCIPHERMENT, "keyEncipherment"),
            (KeyUsage::DATA_ENCIPHERMENT, "dataEncipherment"),
            (KeyUsage::KEY_AGREEMENT, "keyAgreement"),
            (KeyUsage::CERTIFICATE_SIGNING, "keyCertSign"),
            (KeyUsage::CRL_SIGNING, "cRLSign"),
            (KeyUsage::ENCIPHER_ONLY, "encipherOnly"),
            (KeyUsage::DECIPHER_ONLY, "decipherOnly"),
        ];
        let set = NAMES.iter().filter(|(bit, _)| self.any(*bit));
        set.map(|(_, name)| *name).collect::<Vec<_>>().join(" and ")
    }
}

/// The values that this one holds, up to the first that cannot be read.
pub(crate) fn elements<'a>(value: &Element<'a>) -> Vec<Element<'a>> {
    let mut found = Vec::with_capacity(value.values().count());
    found.extend(value.values());
    found
}

/// The attributes of a distinguished name.
pub(crate) fn attributes<'a>(name: &Element<'a>) -> Vec<Attribute<'a>> {
    // Most names have fewer.
    let mut found = Vec::with_capacity(6);
    let mut sets = name.reader();
    while let Some(set) = sets.next() {
        let mut pairs = set.reader();
        while let Some(whole) = pairs.next() {
            let mut parts = whole.reader();
            if let (Ok(kind), Ok(value)) = (parts.any(), parts.any()) {
                found.push(Attribute {
                    whole,
                    oid: kind.contents,
                    value,
                });
            }
        }
    }
    found
}

pub(crate) fn constraints<'a>(value: &Element<'a>) -> Constraints<'a> {
    let mut fields = value.reader();
    let ca = fields.optional(Tag::BOOLEAN).ok().flatten();
    Constraints {
        ca: ca.is_some_and(|flag| flag.contents != [0]),
        path_length: fields.optional(Tag::INTEGER).ok().flatten(),
    }
}

pub(crate) const SUBJECT_DIRECTORY_ATTRIBUTES: &[u8] = &[0x55, 0x1d, 9];
pub(crate) const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 14];
pub(crate) const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
pub(crate) const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
pub(crate) const ISSUER_ALT_NAME: &[u8] = &[0x55, 0x1d, 18];
pub(crate) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
pub(crate) const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];
pub(crate) const CRL_DISTRIBUTION_POINTS: &[u8] = &[0x55, 0x1d, 31];
pub(crate) const CERTIFICATE_POLICIES: &[u8] = &[0x55, 0x1d, 32];
pub(crate) const POLICY_MAPPINGS: &[u8] = &[0x55, 0x1d, 33];
pub(crate) const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 35];
pub(crate) const POLICY_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 36];
pub(crate) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
pub(crate) const FRESHEST_CRL: &[u8] = &[0x55, 0x1d, 46];
pub(crate) const INHIBIT_ANY_POLICY: &[u8] = &[0x55, 0x1d, 54];
pub(crate) const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
pub(crate) const SUBJECT_INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 11];
pub(crate) const SERVER_AUTHENTICATION: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
pub(crate) const TIMESTAMPS: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];
pub(crate) const POISON: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3];
pub(crate) const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 37, 0];
pub(crate) const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
/// The policies of the CA/Browser Forum, 2.23.140.1, begin so.
const BROWSER_FORUM: &[u8] = &[0x67, 0x81, 0x0c, 1];
