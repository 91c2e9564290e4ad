//! What is kept of one certificate: all that its JSON tells, and nothing else.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use certlens_core::{Certificate, UnixTime};
use certlens_dialect::iis::{self, Fields, PrivateKey};

use super::cache::{Input, Output};

/// One certificate of a store, in a few hundred octets: a million of them fit into the memory of one
/// server. Texts that many certificates share are kept once.
pub(crate) struct Row {
    pub(super) id: Id,
    /// The file that it stands in.
    pub(super) file: Arc<str>,
    /// Its place among the entries of the file.
    pub(super) entry: u32,
    pub(super) key: Key,
    version: u8,
    thumbprint: [u8; 20],
    not_before: Option<UnixTime>,
    not_after: Option<UnixTime>,
    signature: Option<Arc<str>>,
    issuer: Arc<str>,
    purposes: Arc<[Arc<str>]>,
    /// Alias, subject, and the lines of the alternative names, one after the other.
    texts: Box<str>,
    alias_end: usize,
    subject_end: usize,
}

/// Whether the private key is in the same file, and may leave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Absent,
    Kept,
    Exportable,
}

/// An opaque identifier. Two stores with the same certificate have two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id([u8; 24]);

/// It is a keyed digest already, which nobody chooses.
impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let first = self.0.first_chunk().copied().unwrap_or_default();
        state.write_u64(u64::from_ne_bytes(first));
    }
}

/// Hashes an [`Id`] to what it is.
#[derive(Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, octets: &[u8]) {
        for octet in octets {
            self.0 = self.0.rotate_left(8) ^ u64::from(*octet);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

impl Id {
    /// Reads the text of an identifier. `None` for what none of ours looks like.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut octets = [0; 24];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut octets).ok()?;
        (length == octets.len()).then_some(Self(octets))
    }
}

/// What a row is made from, besides the certificate.
pub(super) struct Origin<'a> {
    /// Makes identifiers.
    pub(super) id: &'a dyn Fn(&str) -> String,
    pub(super) file: &'a Arc<str>,
    pub(super) entry: u32,
    /// The file's name in the central store, else the friendly name.
    pub(super) alias: &'a str,
    /// Whether the store finds it by the file's name, which then is what it is known by.
    pub(super) central: bool,
    pub(super) key: Key,
}

impl Row {
    /// `None` where an identifier is not of our making, which cannot be.
    pub(super) fn new(
        certificate: &Certificate,
        origin: &Origin<'_>,
        texts: &Texts,
    ) -> Option<Self> {
        let known_by = if origin.central {
            origin.file
        } else {
            certificate.fingerprints.sha256.as_str()
        };
        let subject = iis::name(&certificate.subject);
        let alias_end = origin.alias.len();
        let subject_end = alias_end + subject.len();
        let lines = iis::alternative_name_lines(certificate).join(NEW_LINE);
        let purposes = certificate.extended_key_usage.iter().flatten();
        let purposes = purposes.map(|purpose| texts.share(&purpose.oid));
        Some(Self {
            id: Id::parse(&(origin.id)(known_by))?,
            file: Arc::clone(origin.file),
            entry: origin.entry,
            key: origin.key,
            version: certificate.version,
            thumbprint: octets(&certificate.fingerprints.sha1)?,
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            signature: iis::signature_name(&certificate.signature_algorithm.oid)
                .map(|name| texts.share(name)),
            issuer: texts.share(&iis::name(&certificate.issuer)),
            purposes: texts.share_list(purposes.collect()),
            texts: [origin.alias, &subject, &lines].concat().into_boxed_str(),
            alias_end,
            subject_end,
        })
    }

    /// Writes it to the index. What it shares with its file stands there.
    pub(super) fn write(&self, out: &mut Output<'_>) -> io::Result<()> {
        out.octets(&self.id.0)?;
        out.octets(&self.entry.to_le_bytes())?;
        let key = match self.key {
            Key::Absent => 0,
            Key::Kept => 1,
            Key::Exportable => 2,
        };
        out.octets(&[key, self.version])?;
        out.octets(&self.thumbprint)?;
        for time in [self.not_before, self.not_after] {
            out.octet(u8::from(time.is_some()))?;
            let seconds = time.map_or(0, UnixTime::seconds);
            out.octets(&seconds.to_le_bytes())?;
        }
        out.octet(u8::from(self.signature.is_some()))?;
        self.signature
            .iter()
            .try_for_each(|name| out.shared(name))?;
        out.shared(&self.issuer)?;
        out.length(self.purposes.len())?;
        self.purposes.iter().try_for_each(|one| out.shared(one))?;
        out.length(self.alias_end)?;
        out.length(self.subject_end)?;
        out.text(&self.texts)
    }

    /// Reads what [`Row::write`] wrote.
    pub(super) fn read(input: &mut Input<'_>, file: &Arc<str>) -> io::Result<Self> {
        let id = Id(input.octets()?);
        let entry = input.octets().map(u32::from_le_bytes)?;
        let [key, version] = input.octets()?;
        let key = match key {
            0 => Key::Absent,
            1 => Key::Kept,
            _ => Key::Exportable,
        };
        let thumbprint = input.octets()?;
        let mut time = || -> io::Result<_> {
            let is_there = input.octet()? != 0;
            let seconds = input.octets().map(i64::from_le_bytes)?;
            Ok(is_there.then_some(UnixTime::from_seconds(seconds)))
        };
        let (not_before, not_after) = (time()?, time()?);
        let signature = match input.octet()? {
            0 => None,
            _ => Some(input.shared()?),
        };
        let issuer = input.shared()?;
        let purposes = (0..input.length()?).map(|_| input.shared());
        let purposes = purposes.collect::<io::Result<_>>()?;
        Ok(Self {
            id,
            file: Arc::clone(file),
            entry,
            key,
            version,
            thumbprint,
            not_before,
            not_after,
            signature,
            issuer,
            purposes: input.texts().share_list(purposes),
            alias_end: input.length()?,
            subject_end: input.length()?,
            texts: input.text()?.into_boxed_str(),
        })
    }

    /// Whether it was made from this certificate.
    pub(super) fn is(&self, certificate: &Certificate) -> bool {
        octets(&certificate.fingerprints.sha1) == Some(self.thumbprint)
    }

    /// Its opaque identifier, url-safe.
    pub(crate) fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.id.0)
    }

    /// SHA-1 of the certificate, in upper-case hexadecimal.
    pub(crate) fn thumbprint(&self) -> String {
        use std::fmt::Write;
        self.thumbprint
            .iter()
            .fold(String::with_capacity(40), |mut text, octet| {
                let _ = write!(text, "{octet:02X}");
                text
            })
    }

    /// The file's name in the central store, else the friendly name.
    pub(crate) fn alias(&self) -> &str {
        self.texts.get(..self.alias_end).unwrap_or_default()
    }

    /// As .NET prints it.
    pub(crate) fn subject(&self) -> &str {
        let subject = self.texts.get(self.alias_end..self.subject_end);
        subject.unwrap_or_default()
    }

    /// The last instant of validity.
    pub(crate) fn not_after(&self) -> Option<UnixTime> {
        self.not_after
    }

    /// Whether its private key is in the same file.
    pub(crate) fn has_private_key(&self) -> bool {
        self.key != Key::Absent
    }

    /// Whether it may be used for this, told by the identifier of the purpose or by the name that
    /// Windows gives it.
    pub(crate) fn is_for(&self, wanted: &str) -> bool {
        self.purposes.iter().any(|oid| {
            &**oid == wanted
                || iis::purpose_name(oid).is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        })
    }

    /// The selected fields. Store and links are the caller's; `export` is whether the store lets keys
    /// out.
    pub(crate) fn show(&self, fields: &Fields, export: bool) -> iis::Certificate {
        let when = |name: &str| fields.contains(name).then_some(());
        let date = |time: Option<UnixTime>| time.map(|time| time.to_string()).unwrap_or_default();
        let purposes = || {
            let names = self.purposes.iter().map(|oid| iis::purpose_name(oid));
            names.map(|name| name.map(ToOwned::to_owned)).collect()
        };
        let lines = || {
            let lines = self.texts.get(self.subject_end..).unwrap_or_default();
            let lines = lines.split(NEW_LINE).filter(|line| !line.is_empty());
            lines.map(ToOwned::to_owned).collect()
        };
        let private_key = || {
            self.has_private_key().then_some(PrivateKey {
                exportable: export && self.key == Key::Exportable,
            })
        };
        iis::Certificate {
            alias: when("alias").map(|()| self.alias().to_owned()),
            id: self.id(),
            issued_by: when("issued_by").map(|()| self.issuer.to_string()),
            subject: when("subject").map(|()| self.subject().to_owned()),
            thumbprint: when("thumbprint").map(|()| self.thumbprint()),
            signature_algorithm: when("signature_algorithm")
                .map(|()| self.signature.as_deref().map(ToOwned::to_owned)),
            valid_from: when("valid_from").map(|()| date(self.not_before)),
            valid_to: when("valid_to").map(|()| date(self.not_after)),
            version: when("version").map(|()| self.version.to_string()),
            intended_purposes: when("intended_purposes").map(|()| purposes()),
            private_key: when("private_key").map(|()| private_key()),
            subject_alternative_names: when("subject_alternative_names").map(|()| lines()),
            store: None,
            links: None,
        }
    }
}

/// Texts that many certificates share: issuers, purposes.
#[derive(Default)]
pub(super) struct Texts {
    lines: Mutex<HashSet<Arc<str>>>,
    lists: Mutex<HashSet<Arc<[Arc<str>]>>>,
}

impl Texts {
    pub(super) fn share(&self, text: &str) -> Arc<str> {
        let mut known = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        known.insert(Arc::clone(&text));
        text
    }

    fn share_list(&self, list: Vec<Arc<str>>) -> Arc<[Arc<str>]> {
        let mut known = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(list.as_slice()) {
            return Arc::clone(known);
        }
        let list: Arc<[Arc<str>]> = list.into();
        known.insert(Arc::clone(&list));
        list
    }

    /// Forgets what no certificate uses any more.
    pub(super) fn sweep(&self) {
        fn sweep<T: ?Sized + Eq + Hash>(texts: &Mutex<HashSet<Arc<T>>>) {
            let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
            texts.retain(|text| 1 < Arc::strong_count(text));
        }
        sweep(&self.lists);
        sweep(&self.lines);
    }
}

/// Twenty octets from their hexadecimal digits.
fn octets(hex: &str) -> Option<[u8; 20]> {
    let mut octets = [0; 20];
    for (at, octet) in octets.iter_mut().enumerate() {
        *octet = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(octets)
}

/// Where Windows breaks lines, and .NET splits them again: a name that holds one is two lines there, too.
const NEW_LINE: &str = "\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_a_few_hundred_octets() {
        assert!(
            size_of::<Row>() <= 216,
            "a million of them are a million times {} octets",
            size_of::<Row>()
        );
    }

    #[test]
    fn shared_texts_are_kept_once_and_only_while_used() {
        let texts = Texts::default();
        let (one, other) = (texts.share("CN=x"), texts.share("CN=x"));
        assert!(Arc::ptr_eq(&one, &other));
        let list = texts.share_list(vec![Arc::clone(&one)]);
        drop((one, other));
        texts.sweep();
        assert!(Arc::ptr_eq(
            &list,
            &texts.share_list(vec![texts.share("CN=x")])
        ));
        drop(list);
        texts.sweep();
        assert!(texts.lines.lock().unwrap().is_empty() && texts.lists.lock().unwrap().is_empty());
    }

    #[test]
    fn err_identifiers_of_other_lengths_and_alphabets() {
        let id = "A".repeat(32);
        assert!(Id::parse(&id).is_some());
        for text in [
            "",
            "AAAA",
            &"A".repeat(31),
            &"A".repeat(36),
            &"+".repeat(32),
        ] {
            assert_eq!(Id::parse(text), None, "{text:?}");
        }
    }
}
