//! Bytes of unknown kind → the objects in them → a report.

use crate::container::{self, Container, Item, ItemKind, Oddity};
use crate::error::{Error, Problem};
use crate::limits::{Limits, figure};
use crate::links::Links;
use crate::password::Password;
use crate::report::{
    ChainPosition, Entry, Finding, Format, KeyLink, KeyProof, Keystore, Lock, Object, PrivateKey,
    Report, Severity,
};
use crate::row::{Row, row};
use crate::rule::Rule;
use crate::time::UnixTime;
use crate::x509::{certificate, worst};

pub(crate) const RULES: &[Rule] = &[KEY_FITS_NOTHING];

const KEY_FITS_NOTHING: Rule = Rule {
    id: "key-fits-nothing",
    severity: Severity::Warning,
    title: "This key fits no certificate here",
    why: "A server that is given both does not start, or clients refuse it.",
    fix: "Find the key that the certificate was requested with, or have the certificate reissued for this one.",
    citation: "RFC 5280, 4.1.2.7",
};

/// How an input is opened.
#[derive(Debug, Default)]
pub struct Options<'a> {
    /// Passwords to try, in order. A keystore with an empty password opens without any.
    pub passwords: &'a [Password],
    /// What the input may cost.
    pub limits: Limits,
}

/// An opened input: its objects, found but not yet taken apart.
#[derive(Debug)]
pub struct Contents {
    size: u64,
    format: Format,
    keystore: Option<Keystore>,
    items: Vec<Item>,
    findings: Vec<Finding>,
    links: Links,
}

/// Opens an input of any kind. A locked keystore opens too: see [`Keystore::lock`].
///
/// # Errors
/// When there is nothing to show: an empty input, bytes of no known kind, or a container broken
/// before its first entry.
pub fn open(input: &[u8], options: &Options<'_>) -> Result<Contents, Error> {
    let Container {
        format,
        keystore,
        items,
        findings,
    } = container::read(input, options)?;
    let links = Links::find(&items);
    Ok(Contents {
        size: figure(input.len()),
        format,
        keystore,
        items,
        findings,
        links,
    })
}

/// Reads an input of any kind into a report, judged at `at`.
///
/// # Errors
/// As [`open`].
pub fn inspect(input: &[u8], options: &Options<'_>, at: Option<UnixTime>) -> Result<Report, Error> {
    Ok(open(input, options)?.report(at))
}

impl Contents {
    /// What the input was recognised as.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What is known of the keystore; `None` for inputs that are none.
    pub fn keystore(&self) -> Option<&Keystore> {
        self.keystore.as_ref()
    }

    /// What is odd about the input as a whole.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether everything could be read: the keystore's lock, or that of keys that stand alone.
    pub fn lock(&self) -> Lock {
        if let Some(keystore) = &self.keystore {
            return keystore.lock;
        }
        let locks = self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::PrivateKey(key) => Some(key.lock),
            _ => None,
        });
        locks.fold(Lock::Open, Lock::and)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none, as in a locked keystore.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The lines of a list, one an entry, in the same order.
    pub fn rows(&self) -> Vec<Row> {
        (0..self.items.len())
            .filter_map(|index| self.row(index))
            .collect()
    }

    /// One line of a list.
    pub fn row(&self, index: usize) -> Option<Row> {
        let mut row = row(self.items.get(index)?);
        let key = self.links.key(index);
        row.has_private_key = key.is_some_and(|(_, proof)| proof == KeyProof::PublicKey);
        row.chain = self
            .links
            .position(index)
            .map(|place| (place.position, place.length));
        Some(row)
    }

    /// How bad the worst finding of an entry is: those of [`Contents::entry`], without making them.
    /// Dearer than a row, so that a list asks for it where it is shown.
    pub fn worst(&self, index: usize) -> Option<Severity> {
        let item = self.items.get(index)?;
        let own = if let ItemKind::Certificate(der) = &item.kind {
            worst(der)
        } else {
            let (_, findings) = self.object(index, item, None);
            findings.iter().map(|finding| finding.severity).min()
        };
        let text = item.oddities.iter().map(|oddity| oddity.rule.severity);
        own.into_iter().chain(text).min()
    }

    /// One entry in full.
    pub fn entry(&self, index: usize, at: Option<UnixTime>) -> Option<Entry> {
        let item = self.items.get(index)?;
        let (object, mut findings) = self.object(index, item, at);
        findings.extend(item.oddities.iter().map(Oddity::finding));
        findings.sort_by_key(|finding| finding.severity);
        Some(Entry {
            path: item.path.clone(),
            alias: item.alias.clone(),
            keystore: item.keystore.clone(),
            place: item.origin.place(item.length),
            object,
            findings,
        })
    }

    /// Which entry has this path.
    pub fn position(&self, path: &str) -> Option<usize> {
        self.items.iter().position(|item| item.path == path)
    }

    /// Everything in full.
    pub fn report(&self, at: Option<UnixTime>) -> Report {
        Report {
            format: self.format,
            size: self.size,
            judged_at: at,
            keystore: self.keystore.clone(),
            entries: (0..self.items.len())
                .filter_map(|index| self.entry(index, at))
                .collect(),
            findings: self.findings.clone(),
        }
    }

    fn object(&self, index: usize, item: &Item, at: Option<UnixTime>) -> (Object, Vec<Finding>) {
        match &item.kind {
            ItemKind::Certificate(der) => match certificate(der, &item.origin, at) {
                Ok((mut certificate, findings)) => {
                    certificate.private_key = self.links.key(index).and_then(|(key, proof)| {
                        Some(KeyLink {
                            entry: self.path(key)?,
                            proof,
                        })
                    });
                    certificate.chain = self.chain(index);
                    (Object::Certificate(Box::new(certificate)), findings)
                }
                Err(error) => {
                    let problem = Problem::from(&item.origin.relocate(error));
                    (Object::Unreadable(problem), Vec::new())
                }
            },
            ItemKind::PrivateKey(key) => {
                let certificates = self
                    .links
                    .certificates(index)
                    .into_iter()
                    .filter_map(|one| self.path(one));
                let key = PrivateKey {
                    public_key: key.facts.as_ref().map(|facts| facts.public_key.clone()),
                    seal: key.seal.clone(),
                    lock: key.lock,
                    certificates: certificates.collect(),
                };
                let findings = self.fits_nothing(&key).into_iter().collect();
                (Object::PrivateKey(key), findings)
            }
            ItemKind::Other(other) => (Object::Other(other.clone()), Vec::new()),
            ItemKind::Unreadable(problem) => (Object::Unreadable(problem.clone()), Vec::new()),
        }
    }

    /// A key that was read, beside certificates of which none carries its public half.
    fn fits_nothing(&self, key: &PrivateKey) -> Option<Finding> {
        let public = key.public_key.as_ref()?;
        let is_certificate = |item: &&Item| matches!(item.kind, ItemKind::Certificate(_));
        let certificates = self.items.iter().filter(is_certificate).count();
        let fits = certificates == 0 || !key.certificates.is_empty() || key.lock != Lock::Open;
        let what = || {
            format!(
                "No certificate in this file carries the public half of this {} key.",
                public.text
            )
        };
        (!fits).then(|| KEY_FITS_NOTHING.found(what(), None))
    }

    fn chain(&self, index: usize) -> Option<ChainPosition> {
        let place = self.links.position(index)?;
        let top = self.row(place.top);
        Some(ChainPosition {
            position: place.position,
            length: place.length,
            issuer: place.issuer.and_then(|issuer| self.path(issuer)),
            complete: top.is_some_and(|top| top.self_issued),
        })
    }

    fn path(&self, index: usize) -> Option<String> {
        self.items.get(index).map(|item| item.path.clone())
    }
}
