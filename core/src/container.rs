//! Bytes of unknown kind → the objects in them, as DER.
//!
//! After this nobody knows about base64 or passwords.

mod archive;
pub(crate) mod bare;
mod bcfks;
pub(crate) mod bks;
mod cmp;
pub(crate) mod cms;
mod der;
pub(crate) mod embedded;
pub(crate) mod findings;
pub(crate) mod jks;
pub(crate) mod jwk;
mod keys;
mod ocsp;
pub(crate) mod pbe;
pub(crate) mod pem;
mod pkcs12;
mod public_key;
mod shape;

pub(crate) use archive::RULES as ARCHIVE_RULES;
pub(crate) use der::RULES as DER_RULES;
pub use pbe::Pbkdf2;
pub(crate) use pbe::{DerivedKeys, Opener};

use std::sync::Arc;

pub(crate) use self::pem::oddity::{self, Oddity};
pub(crate) use self::pem::{Blocks as PemBlocks, Reading as PemReading, pem_items};
use zeroize::Zeroizing;

use crate::asn1::Element;
use crate::error::{Error, ErrorKind, Problem};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{
    Finding, Format, Keystore, KeystoreEntry, Lock, Other, PlaceForm, PublicKey, Seal,
    SignedMessage, SshLine, Trust, Whereabouts,
};
use crate::ssh::{CertificateItem, read_lines};
use crate::x509::PrivateFacts;

/// What a container holds.
#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) format: Format,
    pub(crate) keystore: Option<Keystore>,
    pub(crate) items: Vec<Item>,
    pub(crate) findings: Vec<Finding>,
}

/// One object, found but not yet taken apart.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) path: String,
    pub(crate) alias: Option<String>,
    pub(crate) keystore: Option<KeystoreEntry>,
    /// What OpenSSL wrote after a certificate.
    pub(crate) trust: Option<Box<TrustItem>>,
    pub(crate) origin: Origin,
    /// Octets of the object's DER.
    pub(crate) length: usize,
    pub(crate) kind: ItemKind,
    /// What is odd about the text that it stood in.
    pub(crate) oddities: Vec<Oddity>,
    /// Where in a document it was found.
    pub(crate) whereabouts: Option<Box<Whereabouts>>,
}

/// What an object is.
#[derive(Debug)]
pub(crate) enum ItemKind {
    /// The DER of a certificate, and what follows it.
    Certificate(Vec<u8>),
    /// What is known of a private key. Its secret part is dropped before [`crate::open`] returns.
    PrivateKey(Box<KeyItem>),
    PublicKey(Box<PublicItem>),
    /// The DER of a certificate request, and what follows it.
    Request(Vec<u8>),
    RevocationList(ListItem),
    /// The DER of an attribute certificate, and what follows it.
    AttributeCertificate(Vec<u8>),
    Signer(SignerItem),
    SshCertificate(Box<CertificateItem>),
    Other(Other),
    Unreadable(Problem),
}

/// What OpenSSL wrote after a certificate: what it says, and its DER.
#[derive(Debug)]
pub(crate) struct TrustItem {
    pub(crate) facts: Trust,
    pub(crate) der: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct KeyItem {
    /// Absent while the key is sealed.
    pub(crate) facts: Option<PrivateFacts>,
    pub(crate) seal: Option<Seal>,
    pub(crate) lock: Lock,
    /// What is odd about the seal of a key that stands alone.
    pub(crate) findings: Vec<Finding>,
}

/// A public key that stands alone.
#[derive(Debug)]
pub(crate) struct PublicItem {
    pub(crate) public_key: PublicKey,
    /// The BIT STRING that a certificate over this key carries.
    pub(crate) public_bits: Vec<u8>,
    pub(crate) form: &'static str,
    pub(crate) ssh: Option<SshLine>,
    pub(crate) pem: Option<String>,
    pub(crate) findings: Vec<Finding>,
}

#[derive(Debug)]
pub(crate) struct ListItem {
    /// The DER of the list, and what follows it.
    pub(crate) der: Vec<u8>,
    /// How many entries can be read.
    pub(crate) count: usize,
}

#[derive(Debug)]
pub(crate) struct SignerItem {
    pub(crate) der: Vec<u8>,
    /// What it signs.
    pub(crate) message: Arc<SignedMessage>,
}

impl Item {
    /// Drops what only writing needs, which wipes it.
    pub(crate) fn forget_secret(&mut self) {
        if let ItemKind::PrivateKey(key) = &mut self.kind
            && let Some(facts) = &mut key.facts
        {
            facts.secret = None;
        }
    }

    /// Whether software that trusts the certificates of its file trusts this one. Java does so with none above
    /// the first in the chain of a key.
    pub(crate) fn is_anchor(&self) -> bool {
        let place = self.keystore.as_ref().and_then(|said| said.chain_index);
        matches!(self.kind, ItemKind::Certificate(_)) && place.is_none_or(|place| place == 0)
    }

    /// An object outside keystores.
    pub(crate) fn plain(path: String, origin: Origin, length: usize, kind: ItemKind) -> Self {
        Self {
            path,
            alias: None,
            keystore: None,
            trust: None,
            origin,
            length,
            kind,
            oddities: Vec::new(),
            whereabouts: None,
        }
    }

    /// Something that could not be read; the error's offset counts in the object.
    pub(crate) fn unreadable(path: String, origin: Origin, length: usize, error: Error) -> Self {
        let problem = Problem::from(&origin.relocate(error));
        Self::plain(path, origin, length, ItemKind::Unreadable(problem))
    }
}

/// Finds the objects in an input of any kind.
pub(crate) fn read(input: &[u8], options: &Options<'_>) -> Result<Container, Error> {
    admit(input, options)?;
    read_within(input, &Origin::input(), options, 0)
}

/// As [`read`], for what came from within another input: so many layers of it lie around.
fn read_within(
    input: &[u8],
    origin: &Origin,
    options: &Options<'_>,
    depth: u8,
) -> Result<Container, Error> {
    if depth == 0
        && let Some(format) = archive::recognise(input)
    {
        return archive::read(format, input, origin, options);
    }
    match input {
        [0xfe, 0xed, 0xfe, 0xed, ..] => return jks::read(input, Format::Jks, origin, options),
        [0xce, 0xce, 0xce, 0xce, ..] => return jks::read(input, Format::Jceks, origin, options),
        [0, 0, 0, 0..=2, ..] if depth == 0 => {
            if let Some(format) = bks::recognise(input) {
                return bks::read(input, format, options);
            }
        }
        _ => {}
    }
    // An archive may hold blocks that are stored as they are; they are not what it is.
    if !is_binary(input)
        && let Some(container) = text(input, origin, options, depth)
    {
        return container;
    }
    if depth == 0
        && let Some((plain, wide)) = pem::plain::wide(input)
    {
        let at = Origin::input().range(0, input.len());
        let origin = Origin::recoded(plain.map);
        if let Some(container) = text(&plain.text, &origin, options, depth) {
            let what = match wide {
                pem::plain::Wide::Utf16 => "Each letter takes two octets.",
                pem::plain::Wide::Utf32 => "Each letter takes four octets.",
            };
            let odd = Oddity {
                rule: wide.rule(),
                what: what.into(),
                at,
            };
            return container.map(|mut container| {
                container.findings.insert(0, odd.finding());
                container
            });
        }
    }
    // The digit 0 is the octet that a SEQUENCE begins with.
    if input.first() == Some(&0x30) && !is_odd_hexadecimal(input) {
        let read = der::read(input, origin, options);
        // Text of words may begin with that digit too.
        return if read.is_err() && !is_value(input) && !is_control(input) {
            Err(unrecognised(input))
        } else {
            read
        };
    }
    Err(unrecognised(input))
}

/// That an input is none of what can be read, and what it looks like.
pub(crate) fn unrecognised(input: &[u8]) -> Error {
    let looks_like = looks_like(input);
    Error::new(ErrorKind::Unrecognised { looks_like }, 0)
}

/// Octets that may be ASN.1 values.
pub(crate) struct Root {
    pub(crate) path: String,
    /// Of a PEM block.
    pub(crate) label: Option<String>,
    pub(crate) octets: Zeroizing<Vec<u8>>,
    pub(crate) origin: Origin,
    /// Why there are no octets.
    pub(crate) problem: Option<Problem>,
}

/// The octets of an input of any kind that may be ASN.1 values: what its text decodes to, else the input
/// itself, and after them what stands nowhere in it as it is, such as the certificates of a keystore.
pub(crate) fn roots(input: &[u8], options: &Options<'_>) -> Result<Vec<Root>, Error> {
    admit(input, options)?;
    let found = read(input, options).ok();
    let format = found.as_ref().map(|container| container.format);
    let mut roots = match format {
        Some(
            Format::Jks
            | Format::Jceks
            | Format::Bks
            | Format::Uber
            | Format::OpenSsh
            | Format::Text
            | Format::Zip
            | Format::Tar
            | Format::Gzip,
        ) => Vec::new(),
        _ => octets(input),
    };
    let holds_none = roots.is_empty();
    let items = found.into_iter().flat_map(|container| container.items);
    roots.extend(items.filter_map(|item| {
        let form = item.origin.place(item.length).form;
        let is_new = holds_none || matches!(form, PlaceForm::Sealed | PlaceForm::Chunked);
        let octets = item.kind.into_der().filter(|_| is_new)?;
        Some(Root::new(item.path, octets.into(), item.origin))
    }));
    Ok(roots)
}

fn octets(input: &[u8]) -> Vec<Root> {
    let origin = Origin::input();
    let recoded = || {
        let (plain, _) = pem::plain::wide(input)?;
        text_octets(&plain.text, &Origin::recoded(plain.map))
    };
    let of_text = (!is_binary(input)).then(|| text_octets(input, &origin).or_else(recoded));
    of_text.flatten().unwrap_or_else(|| {
        let octets = Zeroizing::new(input.to_vec());
        vec![Root::new("der".to_owned(), octets, origin)]
    })
}

/// What a text decodes to, as [`text`] reads it.
fn text_octets(text: &[u8], origin: &Origin) -> Option<Vec<Root>> {
    if pem::has_block(text) {
        return Some(pem::roots(text, origin));
    }
    bare::roots(text, origin)
}

impl Root {
    fn new(path: String, octets: Zeroizing<Vec<u8>>, origin: Origin) -> Self {
        Self {
            path,
            label: None,
            octets,
            origin,
            problem: None,
        }
    }
}

impl ItemKind {
    /// The DER of what is public.
    fn into_der(self) -> Option<Vec<u8>> {
        match self {
            Self::Certificate(der) | Self::Request(der) | Self::AttributeCertificate(der) => {
                Some(der)
            }
            Self::RevocationList(list) => Some(list.der),
            Self::Signer(signer) => Some(signer.der),
            _ => None,
        }
    }
}

/// Whether a value is a private key that is not sealed.
pub(crate) fn is_private_key(element: &Element<'_>) -> bool {
    shape::is_private_key(element)
}

/// Whether an input is neither empty nor too long.
pub(crate) fn admit(input: &[u8], options: &Options<'_>) -> Result<(), Error> {
    if input.is_empty() {
        return Err(Error::new(ErrorKind::Empty, 0));
    }
    let found = figure(input.len());
    let allowed = options.limits.input;
    if found <= allowed {
        return Ok(());
    }
    let what = "bytes in one file";
    let kind = ErrorKind::LimitExceeded {
        what,
        found,
        allowed,
    };
    Err(Error::new(kind, 0))
}

/// The blocks of an input that is PEM text as it stands; `None` for any other.
pub(crate) fn pem_blocks<'a>(
    input: &'a [u8],
    options: &Options<'_>,
) -> Result<Option<PemBlocks<'a>>, Error> {
    admit(input, options)?;
    Ok(is_pem(input).then(|| PemBlocks::new(input)))
}

/// As [`read`], block by block; `None` for what is no PEM text as it stands, or begins with something else.
pub(crate) fn pem_reading<'a>(
    input: &'a [u8],
    options: &Options<'_>,
) -> Result<Option<PemReading<'a>>, Error> {
    admit(input, options)?;
    let start = input.get(..BEGINNING).unwrap_or(input);
    let is_pem = pem::has_block(start) && is_pem(input);
    Ok(is_pem.then(|| PemReading::new(input, &Origin::input(), 0)))
}

/// Octets in which PEM text shows that it is some.
const BEGINNING: usize = 1 << 16;

fn is_pem(input: &[u8]) -> bool {
    may_be_text(input) && pem::has_block(input)
}

/// Whether an input is read as text, if any is found in it: it is no archive, and no keystore of Java.
pub(crate) fn may_be_text(input: &[u8]) -> bool {
    !is_store(input)
        && archive::recognise(input).is_none()
        && bks::recognise(input).is_none()
        && !is_binary(input)
}

/// Whether it begins as a JKS or JCEKS keystore does.
pub(crate) fn is_store(input: &[u8]) -> bool {
    input.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || input.starts_with(&[0xce; 4])
}

/// Finds the objects in text: PEM blocks, digits, alone or within a document, or lines of SSH keys. `None`
/// for what has none of them.
fn text(
    text: &[u8],
    origin: &Origin,
    options: &Options<'_>,
    depth: u8,
) -> Option<Result<Container, Error>> {
    if pem::has_block(text) {
        return Some(Ok(pem::read(text, origin, options, depth)));
    }
    if is_value(text) {
        return None;
    }
    if let Some(container) = bare::read(text, origin, options) {
        return Some(container);
    }
    let gaps = embedded::gaps_of(text, &[]);
    if let Some(container) = embedded::read(text, &gaps, origin, options, depth) {
        return Some(Ok(container));
    }
    read_lines(text, origin, options).map(Ok)
}

/// Whether it begins with a SEQUENCE, which may quote digits and is what it is. Text may begin with the same
/// octet, the digit 0.
pub(crate) fn is_value(input: &[u8]) -> bool {
    input.first() == Some(&0x30) && std::str::from_utf8(input).is_err()
}

/// Files of other kinds by their first octets, binary ones first.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a picture or a sound"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive, or a document that is one"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x7fELF", "a program"),
    (b"\0asm", "a WebAssembly module"),
    (b"SQLite format 3", "an SQLite database"),
    (b"SSHKRL\n\0", "OpenSSH's list of revoked keys"),
    (
        b"\x1e\xf1\xb5\xb0",
        "a key of Microsoft's tools (PVK); openssl rsa -inform PVK converts it",
    ),
    (
        b"\x07\x02\0\0\0\xa4\0\0",
        "an RSA key of Microsoft's CryptoAPI; openssl rsa -inform MSBLOB converts it",
    ),
    (
        b"\x06\x02\0\0\0\xa4\0\0",
        "a public RSA key of Microsoft's CryptoAPI; openssl rsa -pubin -inform MSBLOB converts it",
    ),
    (b"MZ", "a Windows program"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML document"),
    (b"\xff\xfe\0\0", "UTF-32 text; save it as UTF-8"),
    (b"\0\0\xfe\xff", "UTF-32 text; save it as UTF-8"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (
        b"PuTTY-User-Key-File",
        "a PuTTY key; PuTTYgen exports it as an OpenSSH key",
    ),
    (
        b"AGE-SECRET-KEY-",
        "a key of age, which no certificate is made for",
    ),
    (
        b"# created: ",
        "a key of age, which no certificate is made for",
    ),
];

/// How many of [`MAGIC`] are binary beyond doubt.
const BINARY: usize = 17;

fn is_binary(input: &[u8]) -> bool {
    MAGIC
        .iter()
        .take(BINARY)
        .any(|(magic, _)| input.starts_with(magic))
}

/// Whether it is nothing but hexadecimal digits, of which one has no other.
fn is_odd_hexadecimal(input: &[u8]) -> bool {
    let text = match input.trim_ascii() {
        [b'0', b'x' | b'X', digits @ ..] => digits,
        text => text,
    };
    let is_digit = |octet: &&u8| octet.is_ascii_hexdigit();
    let is_gap = |octet: &u8| octet.is_ascii_whitespace() || *octet == b':';
    let digits = || text.iter().filter(is_digit).count();
    let is_plain = text.iter().all(|octet| is_digit(&octet) || is_gap(octet));
    is_plain && 64 < digits() && digits() % 2 == 1
}

/// What bytes that are no certificate file look like.
fn looks_like(input: &[u8]) -> Option<&'static str> {
    let known = MAGIC
        .iter()
        .find(|(magic, _)| input.starts_with(magic))
        .map(|(_, what)| *what);
    known.or_else(|| {
        let start = input.get(..input.len().min(4096)).unwrap_or_default();
        if start.iter().all(|&octet| octet == 0) {
            return Some("nothing but zero bytes");
        }
        if is_odd_hexadecimal(input) {
            return Some(
                "hexadecimal digits, an odd number of them: one is missing, or one too many",
            );
        }
        (!is_control(start)).then_some("text without a -----BEGIN line")
    })
}

/// Whether characters stand there that no text has.
fn is_control(octets: &[u8]) -> bool {
    let control = |octet: &u8| *octet < 0x20 && !octet.is_ascii_whitespace();
    octets.iter().any(control)
}
