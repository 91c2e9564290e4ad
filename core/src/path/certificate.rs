//! A certificate as paths see it: what RFC 5280, section 6, asks of it, read once.

use std::collections::HashSet;

use super::names::Base;
use crate::asn1::{Element, Reader, Tag, is_string, text, time};
use crate::error::Error;
use crate::order;
use crate::origin::Origin;
use crate::report::Trust;
use crate::signature::{Key, Signed};
use crate::time::UnixTime;
use crate::x509::{ExtensionSpine, Spine, trusted};

/// One certificate.
pub(crate) struct Link<'a> {
    /// The certificate and what follows it, but for what OpenSSL writes there.
    pub(crate) der: &'a [u8],
    /// What OpenSSL was told to trust it for.
    pub(crate) trust: Option<Trust>,
    pub(crate) spine: Spine<'a>,
    pub(crate) subject: NameKey,
    pub(crate) issuer: NameKey,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) not_after: Option<UnixTime>,
    /// Absent where the key cannot be read.
    pub(crate) key: Option<Key<'a>>,
    /// `basicConstraints`.
    pub(crate) constraints: Option<BasicConstraints>,
    /// `keyUsage`, the first bit highest.
    pub(crate) key_usage: Option<u16>,
    /// The encoded identifiers of `extKeyUsage`.
    pub(crate) purposes: Option<Vec<&'a [u8]>>,
    /// The names of `subjectAltName`.
    pub(crate) alternative_names: Option<Vec<Element<'a>>>,
    pub(crate) name_constraints: Option<Subtrees<'a>>,
    /// The encoded identifiers of `certificatePolicies`.
    pub(crate) policies: Option<Vec<&'a [u8]>>,
    /// `policyMappings`: issuer's policy and subject's.
    pub(crate) mappings: Vec<(&'a [u8], &'a [u8])>,
    pub(crate) explicit_policy: Option<u64>,
    pub(crate) inhibit_mapping: Option<u64>,
    pub(crate) inhibit_any: Option<u64>,
    pub(crate) subject_key: Option<&'a [u8]>,
    pub(crate) authority_key: Option<&'a [u8]>,
    /// What keeps it from being understood: extensions that are malformed or stand there twice.
    pub(crate) faults: Vec<String>,
}

#[derive(Clone, Copy)]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    pub(crate) path_length: Option<u64>,
}

/// `nameConstraints`, the bases of its subtrees.
#[derive(Default)]
pub(crate) struct Subtrees<'a> {
    pub(crate) permitted: Vec<Subtree<'a>>,
    pub(crate) excluded: Vec<Subtree<'a>>,
}

pub(crate) struct Subtree<'a> {
    pub(crate) base: Element<'a>,
    /// The base as names are compared with it.
    pub(crate) shape: Base<'a>,
    /// Whether it has a minimum or maximum, which RFC 5280 leaves no room for.
    pub(crate) ranged: bool,
}

impl<'a> Link<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        let spine = Spine::read(der)?;
        let trust = trusted(der, &Origin::input()).map(|found| found.trust);
        let mut link = Self {
            der: trust.as_ref().map_or(der, |_| spine.certificate.raw),
            trust,
            subject: NameKey::of(&spine.subject),
            issuer: NameKey::of(&spine.issuer),
            not_before: time(&spine.not_before),
            not_after: time(&spine.not_after),
            key: Key::read(&spine.public_key).ok(),
            constraints: None,
            key_usage: None,
            purposes: None,
            alternative_names: None,
            name_constraints: None,
            policies: None,
            mappings: Vec::new(),
            explicit_policy: None,
            inhibit_mapping: None,
            inhibit_any: None,
            subject_key: None,
            authority_key: None,
            faults: Vec::new(),
            spine,
        };
        link.read_extensions();
        Ok(link)
    }

    fn read_extensions(&mut self) {
        let extensions = std::mem::take(&mut self.spine.extensions);
        let mut seen = HashSet::new();
        for extension in &extensions {
            let name =
                || crate::x509::named(crate::asn1::dotted(extension.oid).unwrap_or_default()).name;
            if !seen.insert(extension.oid) {
                if self.faults.len() < MAX_FAULTS {
                    let what = format!("the extension {} stands there twice", name());
                    self.faults.push(what);
                }
                continue;
            }
            let fields = 2 + usize::from(extension.flag.is_some());
            if self.read_extension(extension).is_none() || !holds(&extension.whole, fields) {
                let name = name();
                let what = format!("the extension {name} is not written as its standard says");
                self.faults.push(what);
            }
        }
        self.spine.extensions = extensions;
        self.read_surplus();
    }

    /// Fields that no certificate has: whoever reads them differently sees another certificate.
    fn read_surplus(&mut self) {
        let spine = &self.spine;
        let is_whole = spine.surplus.is_none()
            && holds(&spine.certificate, 3)
            && holds(&spine.validity, 2)
            && spine.extensions_field.is_none_or(|field| holds(&field, 1));
        if !is_whole {
            self.faults
                .push("it holds fields that no certificate has".to_owned());
        }
    }

    /// `None` where the value is not what it should be.
    fn read_extension(&mut self, extension: &ExtensionSpine<'a>) -> Option<()> {
        let [0x55, 0x1d, number] = extension.oid else {
            return Some(());
        };
        if !matches!(number, 14 | 15 | 17 | 19 | 30 | 32 | 33 | 35 | 36 | 37 | 54) {
            return Some(());
        }
        let mut octets = extension.value.reader();
        let value = octets.any().ok()?;
        if !octets.is_empty() {
            return None;
        }
        match number {
            14 => self.subject_key = Some(value.contents),
            15 => self.key_usage = Some(bits(&value).filter(|_| value.tag == Tag::BIT_STRING)?),
            17 => self.alternative_names = Some(elements(&value, Tag::SEQUENCE)?),
            19 => self.constraints = Some(BasicConstraints::read(&value)?),
            30 => self.name_constraints = Some(Subtrees::read(&value)?),
            32 => self.policies = Some(policies(&value)?),
            33 => self.mappings = mappings(&value)?,
            35 => {
                let fields = elements(&value, Tag::SEQUENCE)?;
                let key = fields.iter().find(|it| it.tag == Tag::context_primitive(0));
                self.authority_key = key.map(|key| key.contents);
            }
            36 => {
                for field in elements(&value, Tag::SEQUENCE)? {
                    match field.tag.number {
                        0 => self.explicit_policy = Some(field.unsigned().ok()?),
                        1 => self.inhibit_mapping = Some(field.unsigned().ok()?),
                        _ => return None,
                    }
                }
            }
            37 => {
                let list = elements(&value, Tag::SEQUENCE)?;
                let all = list.iter().all(|purpose| purpose.tag == Tag::OID);
                self.purposes = Some(list.iter().map(|purpose| purpose.contents).collect());
                return (all && !list.is_empty()).then_some(());
            }
            _ => self.inhibit_any = Some(value.unsigned().ok()?),
        }
        Some(())
    }

    /// Its three parts, for checking its signature.
    pub(crate) fn signed(&self) -> Signed<'a> {
        Signed {
            message: self.spine.tbs.raw,
            algorithm: self.spine.signature_algorithm,
            signature: self.spine.signature,
        }
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether its extensions say that it is an authority.
    pub(crate) fn is_authority(&self) -> bool {
        self.constraints.is_some_and(|constraints| constraints.ca)
    }

    /// Whether the two are over one key and for one name: no path needs both.
    pub(crate) fn is_double_of(&self, other: &Self) -> bool {
        self.spine.public_key.raw == other.spine.public_key.raw && self.subject == other.subject
    }

    pub(crate) fn is_valid_at(&self, at: UnixTime) -> bool {
        self.not_before.is_some_and(|start| start <= at)
            && self.not_after.is_some_and(|end| at <= end)
    }
}

impl BasicConstraints {
    fn read(value: &Element<'_>) -> Option<Self> {
        if value.tag != Tag::SEQUENCE {
            return None;
        }
        let mut fields = value.reader();
        let ca = match fields.optional(Tag::BOOLEAN).ok()? {
            Some(flag) => flag.boolean().ok()?,
            None => false,
        };
        let path_length = match fields.optional(Tag::INTEGER).ok()? {
            Some(length) => Some(length.unsigned().ok()?),
            None => None,
        };
        fields.is_empty().then_some(Self { ca, path_length })
    }
}

impl<'a> Subtrees<'a> {
    fn read(value: &Element<'a>) -> Option<Self> {
        let mut found = Self::default();
        for list in elements(value, Tag::SEQUENCE)? {
            let trees = list.reader();
            let place = match list.tag {
                tag if tag == Tag::context(0) => &mut found.permitted,
                tag if tag == Tag::context(1) => &mut found.excluded,
                _ => return None,
            };
            let mut trees = trees;
            while !trees.is_empty() {
                let mut fields = trees.sequence("GeneralSubtree").ok()?.reader();
                let base = fields.any().ok()?;
                let minimum = fields.optional(Tag::context_primitive(0)).ok()?;
                let maximum = fields.optional(Tag::context_primitive(1)).ok()?;
                let minimum = minimum.is_some_and(|minimum| minimum.contents != [0]);
                place.push(Subtree {
                    base,
                    shape: Base::of(&base),
                    ranged: minimum || maximum.is_some(),
                });
                if !fields.is_empty() {
                    return None;
                }
            }
        }
        (!found.permitted.is_empty() || !found.excluded.is_empty()).then_some(found)
    }
}

/// The bits of a BIT STRING, the first highest. `None` where those that are said to be unused are more than
/// there are, or are set (X.690, 11.2.1).
pub(crate) fn bits(value: &Element<'_>) -> Option<u16> {
    let [unused @ 0..=7, bits @ ..] = value.contents else {
        return None;
    };
    let idle = bits.last().map_or(8, |last| last.trailing_zeros());
    if idle < u32::from(*unused) || (bits.is_empty() && *unused != 0) {
        return None;
    }
    let mut bits = bits.iter().copied();
    let mut next = || bits.next().unwrap_or(0);
    Some(u16::from_be_bytes([next(), next()]))
}

/// Whether this many values, and nothing else, stand in this one.
fn holds(value: &Element<'_>, count: usize) -> bool {
    let mut reader = value.reader();
    let found = std::iter::from_fn(|| reader.any().ok()).take(count).count();
    found == count && reader.is_empty()
}

/// Extensions that stand there twice and are told of. Stops a certificate with nothing else.
const MAX_FAULTS: usize = 16;

fn policies<'a>(value: &Element<'a>) -> Option<Vec<&'a [u8]>> {
    let policies = elements(value, Tag::SEQUENCE)?;
    let oids = policies.iter().map(|policy| {
        let oid = policy.reader().expect(Tag::OID, "OBJECT IDENTIFIER").ok()?;
        Some(oid.contents)
    });
    let mut found: Vec<&[u8]> = oids.collect::<Option<_>>()?;
    let all = found.len();
    order::sort(&mut found);
    found.dedup();
    // RFC 5280, 4.2.1.4: a policy must not stand there twice.
    (found.len() == all && !found.is_empty()).then_some(found)
}

fn mappings<'a>(value: &Element<'a>) -> Option<Vec<(&'a [u8], &'a [u8])>> {
    let list = elements(value, Tag::SEQUENCE)?;
    let pairs = list.iter().map(|pair| {
        let mut fields = pair.reader();
        let issuer = fields.expect(Tag::OID, "OBJECT IDENTIFIER").ok()?;
        let subject = fields.expect(Tag::OID, "OBJECT IDENTIFIER").ok()?;
        Some((issuer.contents, subject.contents))
    });
    pairs.collect()
}

/// The values in this one; `None` where it is of another tag, or one of them cannot be read.
pub(crate) fn elements<'a>(value: &Element<'a>, tag: Tag) -> Option<Vec<Element<'a>>> {
    if value.tag != tag {
        return None;
    }
    let mut reader = value.reader();
    let mut found = Vec::new();
    while !reader.is_empty() {
        found.push(reader.any().ok()?);
    }
    Some(found)
}

/// A distinguished name as names are compared: by type and value, letters in lower case, blanks folded
/// (RFC 5280, 7.1). Names that differ in Unicode's composition alone are told apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NameKey(Vec<Vec<u8>>);

impl NameKey {
    pub(crate) fn of(name: &Element<'_>) -> Self {
        let mut sets = name.reader();
        Self(
            std::iter::from_fn(|| sets.any().ok())
                .map(|set| relative(&set))
                .collect(),
        )
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this name stands at or below the other.
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }

    /// The name with one relative name more.
    pub(crate) fn with(&self, last: &Element<'_>) -> Self {
        let mut parts = self.0.clone();
        parts.push(relative(last));
        Self(parts)
    }
}

fn relative(set: &Element<'_>) -> Vec<u8> {
    let mut pairs = set.reader();
    let mut attributes: Vec<Vec<u8>> = std::iter::from_fn(|| pairs.any().ok())
        .map(|pair| {
            let mut parts = pair.reader();
            let mut key = Vec::new();
            let mut push = |octets: &[u8]| {
                key.extend(
                    u32::try_from(octets.len())
                        .unwrap_or(u32::MAX)
                        .to_be_bytes(),
                );
                key.extend_from_slice(octets);
            };
            if let (Ok(kind), Ok(value)) = (parts.any(), parts.any()) {
                push(kind.contents);
                if is_string(value.tag) {
                    push(folded(&text(&value)).as_bytes());
                } else {
                    push(&[]);
                    push(value.raw);
                }
            } else {
                push(pair.raw);
            }
            key
        })
        .collect();
    order::sort(&mut attributes);
    attributes.concat()
}

/// Lower case, without blanks at the ends, and with one for several.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() {
            out.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            out.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    out
}

/// The names in one value of general names.
pub(crate) fn general_names(list: Reader<'_>) -> Vec<Element<'_>> {
    let mut list = list;
    std::iter::from_fn(|| list.any().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made::Made;

    #[test]
    fn many_extensions_are_read_in_one_pass() {
        let made = Made {
            unknown: 150_000,
            ..Made::leaf("leaf", 5, "authority", 1)
        };
        let der = made.der();
        let link = Link::read(&der).expect("reads");
        assert_eq!(link.faults, Vec::<String>::new());
        assert!(150_000 < link.spine.extensions.len());
    }

    #[test]
    fn bits_that_are_unused_and_set_are_no_bits() {
        let read = |contents: &[u8]| {
            let der = crate::der::value(3, contents);
            bits(&Reader::new(&der).any().expect("reads"))
        };
        assert_eq!(read(&[5, 0xa0]), Some(0xa000));
        assert_eq!(read(&[0, 0x80, 1]), Some(0x8001));
        assert_eq!(read(&[0]), Some(0));
        assert_eq!(read(&[5, 0xa1]), None);
        assert_eq!(read(&[8, 0]), None);
        assert_eq!(read(&[1]), None);
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn fields_that_no_certificate_has_are_faults() {
        let der = Made::leaf("leaf", 5, "authority", 1).der();
        let whole = Reader::new(&der).any().expect("reads");
        let more = crate::der::sequence(&[whole.contents, &[5, 0]]);
        assert_eq!(
            Link::read(&der).expect("reads").faults,
            Vec::<String>::new()
        );
        let faults = Link::read(&more).expect("reads").faults;
        assert_eq!(faults, ["it holds fields that no certificate has"]);
    }
}
