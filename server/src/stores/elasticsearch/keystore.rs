//! What Java makes of a keystore: entries under lower-case aliases, each with its chain.

use std::collections::BTreeMap;

use certlens_core::{Certificate, Entry, Format, Name, Object, Report};

use super::certificate;

/// One entry of a keystore, as `java.security.KeyStore` lists it.
pub(crate) struct JavaEntry<'a> {
    /// In lower case.
    pub(crate) alias: String,
    /// The certificate, and for an entry with a key its issuers as far as they are known.
    pub(crate) chain: Vec<&'a Certificate>,
    /// Whether it holds a private key.
    pub(crate) has_key: bool,
}

/// The entries of a keystore, in Java's reading of its format.
pub(crate) fn entries(report: &Report) -> Vec<JavaEntry<'_>> {
    match report.format {
        Format::Jks | Format::Jceks => jks_entries(report),
        _ => pkcs12_entries(report),
    }
}

/// A JKS says what belongs together, and in which order.
fn jks_entries(report: &Report) -> Vec<JavaEntry<'_>> {
    let mut by_number: BTreeMap<u32, JavaEntry<'_>> = BTreeMap::new();
    for entry in &report.entries {
        let number = entry.keystore.as_ref().and_then(|keystore| keystore.entry);
        let (Some(number), Some(alias)) = (number, &entry.alias) else {
            continue;
        };
        let alias = alias.to_lowercase();
        let java = by_number.entry(number).or_insert_with(|| JavaEntry {
            alias,
            chain: Vec::new(),
            has_key: false,
        });
        match &entry.object {
            Object::PrivateKey(_) => java.has_key = true,
            Object::Certificate(certificate) => java.chain.push(certificate),
            _ => {}
        }
    }
    by_number.into_values().collect()
}

/// A PKCS#12 is a heap of bags. Java takes every key as an entry and rebuilds its chain from issuer
/// names; a certificate is an entry of its own only when it carries Oracle's trust attribute.
fn pkcs12_entries(report: &Report) -> Vec<JavaEntry<'_>> {
    let bags = Bags::sort(report);
    let mut entries: Vec<JavaEntry<'_>> = Vec::new();
    for key in &bags.keys {
        let chain = bags
            .matching(key)
            .map(|leaf| bags.chain(leaf))
            .unwrap_or_default();
        push(
            &mut entries,
            JavaEntry {
                alias: key.alias.to_lowercase(),
                chain,
                has_key: true,
            },
        );
    }
    for (alias, certificate) in &bags.trusted {
        let chain = vec![*certificate];
        push(
            &mut entries,
            JavaEntry {
                alias: alias.to_lowercase(),
                chain,
                has_key: false,
            },
        );
    }
    entries
}

/// Of two entries under one alias, the later one stays.
fn push<'a>(entries: &mut Vec<JavaEntry<'a>>, entry: JavaEntry<'a>) {
    entries.retain(|earlier| earlier.alias != entry.alias);
    entries.push(entry);
}

#[derive(Default)]
struct Bags<'a> {
    keys: Vec<KeyBag>,
    trusted: Vec<(String, &'a Certificate)>,
    /// Certificates without the trust attribute: candidates for the keys.
    candidates: Vec<Candidate<'a>>,
    /// Every certificate, found by its subject; of several the first.
    by_subject: Vec<(CanonicalName, &'a Certificate)>,
}

struct KeyBag {
    alias: String,
    local_key_id: Option<String>,
}

struct Candidate<'a> {
    alias: Option<String>,
    local_key_id: Option<String>,
    certificate: &'a Certificate,
}

impl<'a> Bags<'a> {
    fn sort(report: &'a Report) -> Self {
        let mut bags = Self::default();
        let mut nameless = 0;
        for entry in &report.entries {
            match &entry.object {
                Object::PrivateKey(_) => {
                    let alias = alias_or_counter(entry, &mut nameless);
                    bags.keys.push(KeyBag {
                        alias,
                        local_key_id: local_key_id(entry),
                    });
                }
                object => {
                    if let Some(certificate) = certificate(object) {
                        bags.add_certificate(entry, certificate, &mut nameless);
                    }
                }
            }
        }
        bags.assume_ids();
        bags
    }

    fn add_certificate(&mut self, entry: &Entry, certificate: &'a Certificate, nameless: &mut u32) {
        if entry
            .keystore
            .as_ref()
            .is_some_and(|keystore| keystore.trusted)
        {
            self.trusted
                .push((alias_or_counter(entry, nameless), certificate));
        } else {
            self.candidates.push(Candidate {
                alias: entry.alias.clone(),
                local_key_id: local_key_id(entry),
                certificate,
            });
        }
        let subject = canonical(&certificate.subject);
        if !self.by_subject.iter().any(|(known, _)| *known == subject) {
            self.by_subject.push((subject, certificate));
        }
    }

    /// A file with one key needs no identifiers to tell to which certificate it belongs: Java takes
    /// the first one without.
    fn assume_ids(&mut self) {
        let ([key], Some(first)) = (self.keys.as_mut_slice(), self.candidates.first_mut()) else {
            return;
        };
        if key.local_key_id.is_none() && first.local_key_id.is_none() {
            key.local_key_id = Some("assumed".to_owned());
            first.local_key_id.clone_from(&key.local_key_id);
        }
    }

    /// The certificate of a key: same identifier and name, else same identifier, else same name.
    fn matching(&self, key: &KeyBag) -> Option<&'a Certificate> {
        let same_id = |bag: &&Candidate<'_>| {
            key.local_key_id.is_some() && bag.local_key_id == key.local_key_id
        };
        let same_name = |bag: &&Candidate<'_>| {
            bag.alias
                .as_ref()
                .is_some_and(|alias| alias.to_lowercase() == key.alias.to_lowercase())
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
            if chain
                .iter()
                .any(|earlier| earlier.fingerprints.sha256 == *digest)
            {
                break;
            }
            chain.push(certificate);
            let issuer = canonical(&certificate.issuer);
            if issuer == canonical(&certificate.subject) {
                break;
            }
            let by_subject = self.by_subject.iter();
            next = by_subject
                .clone()
                .find(|(subject, _)| *subject == issuer)
                .map(|(_, found)| *found);
        }
        chain
    }
}

/// Java counts the entries that have no name.
fn alias_or_counter(entry: &Entry, nameless: &mut u32) -> String {
    entry.alias.clone().unwrap_or_else(|| {
        *nameless += 1;
        nameless.to_string()
    })
}

fn local_key_id(entry: &Entry) -> Option<String> {
    entry
        .keystore
        .as_ref()
        .and_then(|keystore| keystore.local_key_id.clone())
}

/// A name as Java compares it: attribute by attribute, without regard to case or spare blanks.
#[derive(PartialEq, Eq)]
struct CanonicalName(Vec<(u32, String, String)>);

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
