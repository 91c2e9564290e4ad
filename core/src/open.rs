//! Bytes of unknown kind → the objects in them → a report.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::asn1::Reader;
use crate::container::{
    self, Container, Item, ItemKind, KeyItem, Oddity, PemReading, PublicItem, SignerItem,
};
use crate::error::{Error, Problem};
use crate::limits::{Limits, figure};
use crate::links::{Links, Revocation};
use crate::order;
use crate::origin::Origin;
use crate::password::Password;
use crate::report::{
    ChainPosition, Entry, Finding, Format, KeyLink, KeyProof, Keystore, KeystoreEntry, Lock,
    LonePublicKey, Object, PrivateKey, Report, Revoked, Severity, Span, Whereabouts,
};
use crate::row::{Row, RowKind, row};
use crate::rule::Rule;
use crate::time::UnixTime;
use crate::x509::{
    ListSpine, PrivateFacts, attribute_certificate, certificate, find, request, revocation_list,
    signer, window, worst,
};

pub(crate) const RULES: &[Rule] = &[KEY_FITS_NOTHING, NOT_SEALED, REVOKED_HERE, SIGNER_NOT_HERE];

const NOT_SEALED: Rule = Rule {
    id: "private-key-unsealed",
    severity: Severity::Notice,
    title: "This private key is not sealed by a password",
    why: "Servers need it so. Anywhere else, a copy of the file is a copy of the key.",
    fix: "Keep it where only its server can read it, or seal it with openssl pkcs8 -topk8.",
    citation: "RFC 5958, 7",
};

pub(crate) const KEY_FITS_NOTHING: Rule = Rule {
    id: "key-fits-nothing",
    severity: Severity::Warning,
    title: "This key fits no certificate here",
    why: "A server that is given both does not start, or clients refuse it.",
    fix: "Find the key that the certificate was requested with, or have the certificate reissued for this one.",
    citation: "RFC 5280, 4.1.2.7",
};

pub(crate) const REVOKED_HERE: Rule = Rule {
    id: "revoked-by-list-here",
    severity: Severity::Error,
    title: "A revocation list here revokes it",
    why: "Software that has the list and accepts its signature refuses the certificate.",
    fix: "Take it out of use, and have a new one issued over a new key.",
    citation: "RFC 5280, 5.3 and 6.3",
};

const SIGNER_NOT_HERE: Rule = Rule {
    id: "signer-certificate-not-here",
    severity: Severity::Notice,
    title: "The signer's certificate is not in this file",
    why: "Whoever checks the signature needs to have it from elsewhere.",
    fix: "Sign again with the certificate included, or send it along.",
    citation: "RFC 5652, 5.1",
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
    links: Arc<Links>,
    /// Entries of one revocation list that a report holds.
    listed: usize,
    /// The entries by their paths, once somebody looked for one.
    by_path: OnceLock<Vec<usize>>,
}

/// Opens an input of any kind. A locked keystore opens too: see [`Keystore::lock`].
///
/// # Errors
/// When there is nothing to show: an empty input, bytes of no known kind, or a container broken
/// before its first entry.
pub fn open(input: &[u8], options: &Options<'_>) -> Result<Contents, Error> {
    let mut contents = open_with_secrets(input, options)?;
    contents.items.iter_mut().for_each(Item::forget_secret);
    Ok(contents)
}

/// As [`open`], with the private keys in it.
pub(crate) fn open_with_secrets(input: &[u8], options: &Options<'_>) -> Result<Contents, Error> {
    let container = container::read(input, options)?;
    Ok(contents(container, input, options))
}

fn contents(container: Container, input: &[u8], options: &Options<'_>) -> Contents {
    let Container {
        format,
        keystore,
        items,
        findings,
    } = container;
    let links = Arc::new(Links::find(&items.iter().collect::<Vec<_>>(), None));
    Contents {
        size: figure(input.len()),
        format,
        keystore,
        items,
        findings,
        links,
        listed: options.limits.listed,
        by_path: OnceLock::new(),
    }
}

/// An input that is opened a piece at a time, so that its first lines are seen while the rest is read.
/// Of what is no PEM text, all is one piece.
pub struct Opening<'a> {
    input: &'a [u8],
    options: &'a Options<'a>,
    pem: Option<PemReading<'a>>,
}

impl<'a> Opening<'a> {
    /// Looks at what the input is, and reads nothing of it yet.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn begin(input: &'a [u8], options: &'a Options<'a>) -> Result<Self, Error> {
        let pem = container::pem_reading(input, options)?;
        Ok(Self {
            input,
            options,
            pem,
        })
    }

    /// Reads the next object; `false` once [`Opening::finish`] is all that is left.
    pub fn read_on(&mut self) -> bool {
        let next = |pem: &mut PemReading<'_>| pem.next(self.options);
        self.pem.as_mut().is_some_and(next)
    }

    /// The lines of what was read so far, from this one on, without what depends on the rest.
    pub fn rows(&self, from: usize) -> Vec<Row> {
        let items = self.pem.as_ref().map_or(&[][..], PemReading::items);
        items
            .get(from..)
            .unwrap_or_default()
            .iter()
            .map(row)
            .collect()
    }

    /// How much of the input was read so far, in percent.
    pub fn share(&self) -> u8 {
        let read = self.pem.as_ref().map_or(0, PemReading::read_so_far);
        let percent = read.saturating_mul(100) / self.input.len().max(1);
        u8::try_from(percent).unwrap_or(100).min(100)
    }

    /// The opened input.
    ///
    /// # Errors
    /// As [`open`].
    pub fn finish(self) -> Result<Contents, Error> {
        let Some(mut pem) = self.pem else {
            return open(self.input, self.options);
        };
        while pem.next(self.options) {}
        let mut contents = contents(pem.finish(self.options), self.input, self.options);
        contents.items.iter_mut().for_each(Item::forget_secret);
        Ok(contents)
    }
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

    /// The certificates in DER, in their order, without what may follow one.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Certificate(der) => Some(first(der)),
            _ => None,
        })
    }

    /// The certificates in DER that software takes for trusted, in their order, each with what OpenSSL was
    /// told to trust it for. Of the chain of a key in a Java keystore that is the key's own certificate alone.
    pub fn anchors(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        self.items
            .iter()
            .filter(|item| item.is_anchor())
            .filter_map(|item| match (&item.kind, &item.trust) {
                (ItemKind::Certificate(der), Some(trust)) => {
                    Some(Cow::Owned([first(der), &trust.der].concat()))
                }
                (ItemKind::Certificate(der), None) => Some(Cow::Borrowed(first(der))),
                _ => None,
            })
    }

    /// What could not be read: [`Entry::path`] of each, and why.
    pub fn unreadable(&self) -> impl Iterator<Item = (&str, &Problem)> {
        self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Unreadable(problem) => Some((item.path.as_str(), problem)),
            _ => None,
        })
    }

    /// The revocation lists in DER, in their order, without what may follow one.
    pub fn revocation_lists(&self) -> impl Iterator<Item = &[u8]> {
        self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::RevocationList(list) => Some(first(&list.der)),
            _ => None,
        })
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none, as in a locked keystore.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(crate) fn links(&self) -> &Arc<Links> {
        &self.links
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
        self.tie_row(index, &mut row);
        Some(row)
    }

    /// Puts into the line of an entry what depends on its neighbours.
    pub fn tie_row(&self, index: usize, row: &mut Row) {
        let key = self.links.key(index);
        row.has_private_key = match row.kind {
            RowKind::Request => self
                .links
                .same_key(index)
                .filter_map(|other| self.items.get(other))
                .any(|item| matches!(item.kind, ItemKind::PrivateKey(_))),
            _ => key.is_some_and(|(_, proof)| proof == KeyProof::PublicKey),
        };
        // A sealed key is that of the certificate beside which its keystore puts it.
        row.key_print = row.key_print.or_else(|| {
            let certificate = self.links.certificates(index).first()?;
            crate::row::row(self.items.get(*certificate)?).key_print
        });
        row.revoked = !self.links.lists().revocations(index).is_empty();
        row.chain = self
            .links
            .position(index)
            .map(|place| (place.position, place.length));
    }

    /// How bad the worst finding of an entry is: those of [`Contents::entry`], without making them.
    /// Dearer than a row, so that a list asks for it where it is shown.
    pub fn worst(&self, index: usize) -> Option<Severity> {
        let certificate = |item: &Item| matches!(item.kind, ItemKind::Certificate(_));
        let revoked = self.items.get(index).is_some_and(certificate)
            && !self.links.lists().revocations(index).is_empty();
        let revoked = revoked.then_some(REVOKED_HERE.severity);
        let fits_nothing = || {
            let (object, _) = self.object(index, self.items.get(index)?, None);
            match object {
                Object::PrivateKey(key) => self.fits_nothing(index, &key),
                _ => None,
            }
        };
        let beside = revoked.or_else(|| fits_nothing().map(|found| found.severity));
        beside.into_iter().chain(self.worst_alone(index)).min()
    }

    /// The same, but for what rests on other entries.
    pub fn worst_alone(&self, index: usize) -> Option<Severity> {
        let item = self.items.get(index)?;
        let own = if let ItemKind::Certificate(der) = &item.kind {
            worst(der)
        } else {
            let (_, findings) = self.object(index, item, None);
            let own = findings.iter().filter(|one| !one.rests_on_others());
            own.map(|finding| finding.severity).min()
        };
        let text = item.oddities.iter().map(|oddity| oddity.rule.severity);
        own.into_iter().chain(text).min()
    }

    /// One entry in full.
    pub fn entry(&self, index: usize, at: Option<UnixTime>) -> Option<Entry> {
        let item = self.items.get(index)?;
        let (object, mut findings) = self.object(index, item, at);
        findings.extend(item.oddities.iter().map(Oddity::finding));
        order::by_key(&mut findings, |finding| finding.severity);
        Some(Entry {
            path: item.path.clone(),
            alias: item.alias.clone(),
            keystore: item.keystore.clone(),
            trust: item.trust.as_ref().map(|trust| trust.facts.clone()),
            place: item.origin.place(item.length),
            whereabouts: item.whereabouts.as_deref().cloned(),
            object,
            findings,
        })
    }

    /// Entries of a revocation list: those of this range, in full. Empty where the entry with this index
    /// is none. The walk begins at the first, so a range far down a long list costs milliseconds.
    pub fn revoked(&self, index: usize, range: Range<usize>) -> Vec<Revoked> {
        self.list(index, |spine, origin| window(spine, origin, range))
    }

    /// The entries of a revocation list with this serial number, in hexadecimal as
    /// [`Certificate::serial`](crate::Certificate::serial) writes it, colons allowed. In an indirect list
    /// several issuers may have given out the same one.
    pub fn find_revoked(&self, index: usize, serial: &str) -> Vec<Revoked> {
        self.list(index, |spine, origin| {
            find(spine, origin, serial, self.listed)
        })
    }

    fn list(
        &self,
        index: usize,
        read: impl FnOnce(&ListSpine<'_>, &Origin) -> Vec<Revoked>,
    ) -> Vec<Revoked> {
        let Some(item) = self.items.get(index) else {
            return Vec::new();
        };
        match &item.kind {
            ItemKind::RevocationList(list) => ListSpine::read(&list.der)
                .map_or_else(|_| Vec::new(), |spine| read(&spine, &item.origin)),
            _ => Vec::new(),
        }
    }

    /// Which entry has this path.
    pub fn position(&self, path: &str) -> Option<usize> {
        let path_of = |index: usize| self.items.get(index).map_or("", |item| item.path.as_str());
        let by_path = self.by_path.get_or_init(|| {
            let mut by_path: Vec<usize> = (0..self.items.len()).collect();
            crate::order::by(&mut by_path, &|one, other| {
                path_of(*one).cmp(path_of(*other))
            });
            by_path
        });
        let place = by_path.partition_point(|index| path_of(*index) < path);
        let found = by_path.get(place).copied();
        found.filter(|index| path_of(*index) == path)
    }

    /// Where in a document or an archive an entry was found.
    pub fn whereabouts(&self, index: usize) -> Option<&Whereabouts> {
        self.items.get(index)?.whereabouts.as_deref()
    }

    /// The public halves of the private keys that are open, each with the index of its entry: the BIT STRING
    /// that a certificate over the key carries.
    pub fn public_halves(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let items = self.items.iter().enumerate();
        items.filter_map(|(index, item)| match &item.kind {
            ItemKind::PrivateKey(key) => {
                let bits = key.facts.as_ref()?.public_bits.as_deref()?;
                Some((index, bits))
            }
            _ => None,
        })
    }

    /// What is left of an input of which nothing can be told.
    pub fn empty() -> Self {
        Self {
            size: 0,
            format: Format::Pem,
            keystore: None,
            items: Vec::new(),
            findings: Vec::new(),
            links: Arc::default(),
            listed: 0,
            by_path: OnceLock::new(),
        }
    }

    /// The same, as it lay in a file of this format: of each entry, in its order, what that keystore says.
    #[must_use]
    pub fn as_stored(
        mut self,
        format: Format,
        said: impl IntoIterator<Item = Option<KeystoreEntry>>,
    ) -> Self {
        self.format = format;
        for (item, said) in self.items.iter_mut().zip(said) {
            item.keystore = said;
        }
        self
    }

    /// The same, and behind it private keys of which no more is known than their public halves, as
    /// [`Contents::public_halves`] told them of other contents. Certificates are found to be theirs.
    #[must_use]
    pub fn with_public_halves(mut self, halves: impl IntoIterator<Item = Vec<u8>>) -> Self {
        for (number, bits) in halves.into_iter().enumerate() {
            let facts = PrivateFacts {
                public_bits: Some(bits),
                ..PrivateFacts::default()
            };
            let key = KeyItem {
                facts: Some(facts),
                seal: None,
                lock: Lock::Open,
                findings: Vec::new(),
            };
            let kind = ItemKind::PrivateKey(Box::new(key));
            let path = format!("known[{number}]");
            self.items.push(Item::plain(path, Origin::input(), 0, kind));
        }
        self.links = Arc::new(Links::find(&self.items.iter().collect::<Vec<_>>(), None));
        self.by_path = OnceLock::new();
        self
    }

    /// Everything in full.
    pub fn report(&self, at: Option<UnixTime>) -> Report {
        let mut entries = Vec::with_capacity(self.items.len());
        entries.extend((0..self.items.len()).filter_map(|index| self.entry(index, at)));
        Report {
            format: self.format,
            size: self.size,
            judged_at: at,
            keystore: self.keystore.clone(),
            entries,
            findings: self.findings.clone(),
        }
    }

    fn object(&self, index: usize, item: &Item, at: Option<UnixTime>) -> (Object, Vec<Finding>) {
        match &item.kind {
            ItemKind::Certificate(der) => match certificate(der, &item.origin, at) {
                Ok((mut certificate, mut findings)) => {
                    let revoked = self.revocations(index, certificate.at.serial);
                    findings.splice(0..0, revoked);
                    certificate.private_key = self.key(index);
                    certificate.chain = self.chain(index);
                    (Object::Certificate(certificate), findings)
                }
                Err(error) => unreadable(item, error),
            },
            ItemKind::Request(der) => self.request(index, item, der),
            ItemKind::RevocationList(list) => self.revocation_list(index, item, &list.der, at),
            ItemKind::AttributeCertificate(der) => self.attribute_certificate(index, item, der, at),
            ItemKind::Signer(signer) => self.signer(index, item, signer),
            ItemKind::PrivateKey(key) => self.private_key(index, item, key),
            ItemKind::PublicKey(key) => (self.public_key(index, item, key), key.findings.clone()),
            ItemKind::SshCertificate(held) => {
                let mut certificate = held.facts.clone().judged(at);
                certificate.certificates = self.certificates_of(index);
                certificate.private_key = self.private_key_of(index);
                let object = Object::SshCertificate(Box::new(certificate));
                (object, held.key.findings.clone())
            }
            ItemKind::Other(other) => (Object::Other(other.clone()), Vec::new()),
            ItemKind::Unreadable(problem) => (Object::Unreadable(problem.clone()), Vec::new()),
        }
    }

    fn private_key(&self, index: usize, item: &Item, held: &KeyItem) -> (Object, Vec<Finding>) {
        let facts = held.facts.as_ref();
        let own = self.links.certificates(index).iter();
        let mut certificates: Vec<String> = own.filter_map(|&one| self.path(one)).collect();
        if certificates.is_empty() {
            // A copy of the key that they are told to belong to.
            certificates = self.certificates_of(index);
        }
        let key = PrivateKey {
            public_key: facts.map(|facts| facts.public_key.clone()),
            form: facts.map(|facts| facts.form.to_owned()),
            facts: facts.map(|facts| facts.facts.clone()).unwrap_or_default(),
            comment: facts.and_then(|facts| facts.comment.clone()),
            seal: held.seal.clone(),
            lock: held.lock,
            certificates,
            public_keys: self.same_key(index, |kind| {
                matches!(
                    kind,
                    ItemKind::PublicKey(_) | ItemKind::Request(_) | ItemKind::SshCertificate(_)
                )
            }),
        };
        let bare = held.seal.is_none() && item.keystore.is_none();
        let own = facts.into_iter().flat_map(|facts| &facts.findings);
        let mut findings: Vec<Finding> = own.cloned().collect();
        for at in findings.iter_mut().filter_map(|found| found.at.as_mut()) {
            at.input = if bare {
                item.origin.input_range(at.der)
            } else {
                None
            };
        }
        findings.extend(held.findings.iter().cloned());
        findings.extend(self.fits_nothing(index, &key));
        // Beside its certificate it lies as servers want it.
        if bare
            && key.certificates.is_empty()
            && let Some(public) = &key.public_key
        {
            let what = format!(
                "The {} key can be used by whoever has the file.",
                public.text
            );
            findings.push(NOT_SEALED.found(what, None));
        }
        (Object::PrivateKey(Box::new(key)), findings)
    }

    fn public_key(&self, index: usize, item: &Item, held: &PublicItem) -> Object {
        Object::PublicKey(Box::new(LonePublicKey {
            public_key: held.public_key.clone(),
            form: held.form.to_owned(),
            ssh: held.ssh.clone(),
            certificates: self.certificates_of(index),
            private_key: self.private_key_of(index),
            pem: held.pem.clone(),
            at: item.origin.span(0, item.length),
        }))
    }

    fn certificates_of(&self, index: usize) -> Vec<String> {
        self.same_key(index, |kind| matches!(kind, ItemKind::Certificate(_)))
    }

    fn private_key_of(&self, index: usize) -> Option<String> {
        let keys = self.same_key(index, |kind| matches!(kind, ItemKind::PrivateKey(_)));
        keys.into_iter().next()
    }

    /// Paths of what is over the same key as this one, of the wanted kinds.
    fn same_key(&self, index: usize, wanted: fn(&ItemKind) -> bool) -> Vec<String> {
        let is_wanted = |item: &&Item| wanted(&item.kind);
        self.links
            .same_key(index)
            .filter_map(|other| self.items.get(other))
            .filter(is_wanted)
            .map(|item| item.path.clone())
            .collect()
    }

    fn request(&self, index: usize, item: &Item, der: &[u8]) -> (Object, Vec<Finding>) {
        match request(der, &item.origin) {
            Ok((mut request, findings)) => {
                let keys = self.same_key(index, |kind| matches!(kind, ItemKind::PrivateKey(_)));
                request.private_key = keys.into_iter().next().map(|entry| KeyLink {
                    entry,
                    proof: KeyProof::PublicKey,
                });
                request.certificates =
                    self.same_key(index, |kind| matches!(kind, ItemKind::Certificate(_)));
                (Object::CertificationRequest(Box::new(request)), findings)
            }
            Err(error) => unreadable(item, error),
        }
    }

    fn revocation_list(
        &self,
        index: usize,
        item: &Item,
        der: &[u8],
        at: Option<UnixTime>,
    ) -> (Object, Vec<Finding>) {
        match revocation_list(der, &item.origin, at, self.listed) {
            Ok((mut list, findings)) => {
                let lists = self.links.lists();
                list.issuer_certificate = lists.issuer(index).and_then(|one| self.path(one));
                let revoked = lists.revoked(index).into_iter();
                list.revokes = revoked.filter_map(|one| self.path(one)).collect();
                (Object::RevocationList(Box::new(list)), findings)
            }
            Err(error) => unreadable(item, error),
        }
    }

    fn attribute_certificate(
        &self,
        index: usize,
        item: &Item,
        der: &[u8],
        at: Option<UnixTime>,
    ) -> (Object, Vec<Finding>) {
        match attribute_certificate(der, &item.origin, at) {
            Ok((mut certificate, findings)) => {
                let holder = self.links.named(index);
                certificate.holder_certificate = holder.and_then(|one| self.path(one));
                (
                    Object::AttributeCertificate(Box::new(certificate)),
                    findings,
                )
            }
            Err(error) => unreadable(item, error),
        }
    }

    fn signer(&self, index: usize, item: &Item, of: &SignerItem) -> (Object, Vec<Finding>) {
        match signer(&of.der, &item.origin, &of.message) {
            Ok((mut found, mut findings)) => {
                found.certificate = self.links.named(index).and_then(|one| self.path(one));
                if found.certificate.is_none() {
                    let what = match (&found.serial, &found.subject_key_identifier) {
                        (Some(serial), _) => {
                            format!("No certificate {serial} of that issuer is here.")
                        }
                        (None, key) => {
                            let key = key.as_deref().unwrap_or_default();
                            format!("No certificate with the key identifier {key} is here.")
                        }
                    };
                    findings.push(SIGNER_NOT_HERE.found(what, Some(found.at.identifier)));
                }
                (Object::Signer(Box::new(found)), findings)
            }
            Err(error) => unreadable(item, error),
        }
    }

    /// What revocation lists in the same input say of a certificate.
    fn revocations(&self, index: usize, at: Span) -> Vec<Finding> {
        let said = self.links.lists().revocations(index).iter();
        said.filter_map(|one| Some(revokes(one, &self.path(one.list)?, at)))
            .collect()
    }

    fn key(&self, index: usize) -> Option<KeyLink> {
        let (key, proof) = self.links.key(index)?;
        Some(KeyLink {
            entry: self.path(key)?,
            proof,
        })
    }

    /// A key that was read, beside certificates of which none carries its public half.
    fn fits_nothing(&self, index: usize, key: &PrivateKey) -> Option<Finding> {
        let public = key.public_key.as_ref()?;
        let what = || {
            format!(
                "No certificate in this file carries the public half of this {} key.",
                public.text
            )
        };
        self.links
            .fits_nothing(index, key.lock)
            .then(|| KEY_FITS_NOTHING.found(what(), None))
    }

    fn chain(&self, index: usize) -> Option<ChainPosition> {
        let place = self.links.position(index)?;
        Some(ChainPosition {
            position: place.position,
            length: place.length,
            issuer: place.issuer.and_then(|issuer| self.path(issuer)),
            complete: place.complete,
        })
    }

    fn path(&self, index: usize) -> Option<String> {
        self.items.get(index).map(|item| item.path.clone())
    }
}

/// What a revocation list says of the certificate whose serial number stands there.
fn revokes(said: &Revocation, list: &str, at: Span) -> Finding {
    let said = said.words(list);
    let what = format!("{said} The list's signature was not checked.");
    REVOKED_HERE.found(what, Some(at))
}

fn unreadable(item: &Item, error: Error) -> (Object, Vec<Finding>) {
    let problem = Problem::from(&item.origin.relocate(error));
    (Object::Unreadable(problem), Vec::new())
}

/// The first encoded value of these bytes; all of them where there is none.
pub(crate) fn first(der: &[u8]) -> &[u8] {
    Reader::new(der).any().map_or(der, |value| value.raw)
}
