//! What Java makes of a keystore: entries under lower-case aliases, each with its chain.

use std::collections::BTreeMap;

use certlens_core::{Certificate, Entry, Format, Name, Object, Report, Text};

use super::certificate;

/// One entry of a keystore, as `java.security.KeyStore` lists it.
pub(crate) struct JavaEntry<'a> {
    /// As Java lists it: in lower case, but for `CaseExactJKS`.
    pub(crate) alias: String,
    /// The certificate, and for an entry with a key its issuers as far as they are known.
    pub(crate) chain: Vec<&'a Certificate>,
    /// Whether it holds a private key.
    pub(crate) has_key: bool,
}

/// A type of keystore that Java 17 and later know without further libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Jks,
    /// A JKS whose aliases keep their case.
    CaseExactJks,
    Jceks,
    Pkcs12,
}

impl Type {
    /// Names are the same in capitals and in small letters.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "jks" => Some(Self::Jks),
            "caseexactjks" => Some(Self::CaseExactJks),
            "jceks" => Some(Self::Jceks),
            "pkcs12" => Some(Self::Pkcs12),
            _ => None,
        }
    }

    /// Whether Java opens a file of this format under this type. `jks` and `PKCS12` stand for each
    /// other since Java 9, and a JCEKS may be a JKS.
    pub(crate) fn reads(self, format: Format) -> bool {
        match self {
            Self::Jks | Self::Pkcs12 => matches!(format, Format::Jks | Format::Pkcs12),
            Self::CaseExactJks => format == Format::Jks,
            Self::Jceks => matches!(format, Format::Jks | Format::Jceks),
        }
    }
}

/// The entries of a keystore, in Java's reading of its format.
pub(crate) fn entries(kind: Type, report: &Report) -> Vec<JavaEntry<'_>> {
    match report.format {
        Format::Jks | Format::Jceks => jks_entries(kind, report),
        _ => pkcs12_entries(report),
    }
}

/// A JKS says what belongs together, and in which order. Java lists aliases as they stand in the file
/// and looks each up in lower case: one in capitals is found only if it stands there in lower case too.
fn jks_entries(kind: Type, report: &Report) -> Vec<JavaEntry<'_>> {
    let mut by_number: BTreeMap<u32, JavaEntry<'_>> = BTreeMap::new();
    for entry in &report.entries {
        let number = entry.keystore.as_ref().and_then(|keystore| keystore.entry);
        let (Some(number), Some(alias)) = (number, &entry.alias) else {
            continue;
        };
        let java = by_number.entry(number).or_insert_with(|| JavaEntry {
            alias: alias.clone(),
            chain: Vec::new(),
            has_key: false,
        });
        match &entry.object {
            Object::PrivateKey(_) => java.has_key = true,
            Object::Certificate(certificate) => java.chain.push(certificate),
            _ => {}
        }
    }
    let mut entries = Vec::new();
    for entry in by_number.into_values() {
        if kind == Type::CaseExactJks || entry.alias == entry.alias.to_lowercase() {
            push(&mut entries, entry);
        }
    }
    entries
}

/// A PKCS#12 is a heap of bags. Java takes every sealed key as an entry and rebuilds its chain from
/// issuer names; a certificate is an entry of its own only when it carries Oracle's trust attribute.
fn pkcs12_entries(report: &Report) -> Vec<JavaEntry<'_>> {
    let mut bags = Bags::default();
    for entry in &report.entries {
        bags.add(entry);
    }
    let chain = |alias: &str| {
        let mut keys = bags.keys.iter();
        let key = keys.rfind(|key| key.alias.to_lowercase() == alias);
        let leaf = key.and_then(|key| bags.matching(key));
        leaf.map(|leaf| bags.chain(leaf)).unwrap_or_default()
    };
    let entries = bags.entries.iter();
    entries
        .map(|(alias, trusted)| JavaEntry {
            alias: alias.clone(),
            chain: trusted.map_or_else(|| chain(alias), |certificate| vec![certificate]),
            has_key: trusted.is_none(),
        })
        .collect()
}

/// Of two entries under one alias, the later one stays.
fn push<'a>(entries: &mut Vec<JavaEntry<'a>>, entry: JavaEntry<'a>) {
    entries.retain(|earlier| earlier.alias != entry.alias);
    entries.push(entry);
}

/// The bags as Java goes through them, one after the other.
#[derive(Default)]
struct Bags<'a> {
    /// Aliases in lower case, each with the certificate that it trusts; `None` is a key.
    entries: Vec<(String, Option<&'a Certificate>)>,
    keys: Vec<KeyBag>,
    /// Certificates without the trust attribute: candidates for the keys.
    candidates: Vec<Candidate<'a>>,
    /// Every certificate, found by its subject; of several the first.
    by_subject: Vec<(CanonicalName, &'a Certificate)>,
    /// Keys so far, also those that were passed over.
    key_count: u32,
    /// Names given so far to entries without one.
    nameless: u32,
}

struct KeyBag {
    alias: String,
    local_key_id: String,
}

struct Candidate<'a> {
    alias: Option<String>,
    local_key_id: Option<String>,
    certificate: &'a Certificate,
}

impl<'a> Bags<'a> {
    fn add(&mut self, entry: &'a Entry) {
        // Java does not look into safes within safes.
        let mut steps = entry
            .path
            .split('/')
            .filter_map(|step| step.strip_prefix("bag["));
        let (Some(place), None) = (steps.next(), steps.next()) else {
            return;
        };
        match &entry.object {
            // Java knows no bag for a key that lies open.
            Object::PrivateKey(key) if key.seal.is_some() => self.add_key(entry),
            object => {
                if let Some(certificate) = certificate(object) {
                    self.add_certificate(entry, certificate, place == "0]");
                }
            }
        }
    }

    /// A key without an identifier is the first one's certificate's, or nobody's.
    fn add_key(&mut self, entry: &Entry) {
        self.key_count += 1;
        let assumed = (self.key_count == 1).then(|| ASSUMED_ID.to_owned());
        let Some(local_key_id) = local_key_id(entry).or(assumed) else {
            return;
        };
        let alias = self.alias_or_counter(entry);
        self.insert(&alias, None);
        self.keys.push(KeyBag {
            alias,
            local_key_id,
        });
    }

    fn add_certificate(&mut self, entry: &Entry, certificate: &'a Certificate, is_first: bool) {
        let assumed = (self.key_count == 1 && is_first).then(|| ASSUMED_ID.to_owned());
        let local_key_id = local_key_id(entry).or(assumed);
        let keystore = entry.keystore.as_ref();
        if keystore.is_some_and(|keystore| keystore.trusted) {
            let alias = self.alias_or_counter(entry);
            self.insert(&alias, Some(certificate));
        } else {
            self.candidates.push(Candidate {
                alias: entry.alias.clone(),
                local_key_id,
                certificate,
            });
        }
        let subject = canonical(&certificate.subject);
        if !self.by_subject.iter().any(|(known, _)| *known == subject) {
            self.by_subject.push((subject, certificate));
        }
    }

    /// Of two entries under one alias, the later one stays.
    fn insert(&mut self, alias: &str, trusted: Option<&'a Certificate>) {
        let alias = alias.to_lowercase();
        self.entries.retain(|(earlier, _)| *earlier != alias);
        self.entries.push((alias, trusted));
    }

    /// Java counts the entries that have no name.
    fn alias_or_counter(&mut self, entry: &Entry) -> String {
        entry.alias.clone().unwrap_or_else(|| {
            self.nameless += 1;
            self.nameless.to_string()
        })
    }

    /// The certificate of a key: same identifier and name, else same identifier, else same name.
    fn matching(&self, key: &KeyBag) -> Option<&'a Certificate> {
        let same_id = |bag: &&Candidate<'_>| bag.local_key_id.as_ref() == Some(&key.local_key_id);
        let same_name = |bag: &&Candidate<'_>| {
            let name = bag.alias.as_ref();
            name.is_some_and(|name| name.to_lowercase() == key.alias.to_lowercase())
        };
        let both = self
            .candidates
            .iter()
            .find(|bag| same_id(bag) && same_name(bag));
        let id = || self.candidates.iter().rfind(|bag| same_id(bag));
        let name = || self.candidates.iter().rfind(|bag| same_name(bag));
        both.or_else(id).or_else(name).map(|bag| bag.certificate)
    }

    /// From a leaf to its issuers, until one is its own, is missing, or stands in the chain already.
    fn chain(&self, leaf: &'a Certificate) -> Vec<&'a Certificate> {
        let mut chain: Vec<&Certificate> = Vec::new();
        let mut next = Some(leaf);
        while let Some(certificate) = next {
            let digest = &certificate.fingerprints.sha256;
            let is_known = |earlier: &&Certificate| earlier.fingerprints.sha256 == *digest;
            if chain.iter().any(is_known) {
                break;
            }
            chain.push(certificate);
            let issuer = canonical(&certificate.issuer);
            if issuer == canonical(&certificate.subject) {
                break;
            }
            let mut by_subject = self.by_subject.iter();
            next = by_subject
                .find(|(subject, _)| *subject == issuer)
                .map(|(_, found)| *found);
        }
        chain
    }
}

fn local_key_id(entry: &Entry) -> Option<String> {
    entry
        .keystore
        .as_ref()
        .and_then(|keystore| keystore.local_key_id.clone())
}

/// A name as Java compares it: attribute by attribute, without regard to case or spare blanks.
#[derive(PartialEq, Eq)]
struct CanonicalName(Vec<(u32, Text, String)>);

fn canonical(name: &Name) -> CanonicalName {
    let mut attributes: Vec<_> = name
        .attributes
        .iter()
        .map(|attribute| {
            let words: Vec<&str> = attribute.value.split_whitespace().collect();
            (
                attribute.rdn,
                attribute.oid.clone(),
                words.join(" ").to_lowercase(),
            )
        })
        .collect();
    attributes.sort();
    CanonicalName(attributes)
}

/// The identifier that Java gives to the first key, and to the first certificate after it, when they
/// have none: the text `01`.
const ASSUMED_ID: &str = "3031";
