//! The waist of certlens: what was learnt from one input, in one type for every format and every
//! rendering.
//!
//! Above it many formats are read into it; below it the page, the terminal, the three vendors'
//! dialects and JavaScript are written from it. It serialises to the JSON that
//! `docs/report.schema.json` describes: names in camel case, instants as RFC 3339 in UTC, octets as
//! lower-case hexadecimal.

mod asn1_value;
mod attribute;
mod attribute_certificate;
pub(crate) mod extension;
mod general_name;
mod keystore;
mod request;
mod revocation_list;
mod signer;
mod trust;

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use asn1_value::{Asn1Class, Asn1LengthForm, Asn1Tag, Asn1Tree, Asn1Value};
pub use attribute::{Attribute, Digests};
pub use attribute_certificate::{AttributeCertificate, AttributeCertificateSpans, Holder};
pub(crate) use extension::*;
pub use general_name::GeneralNameDetail;
pub use keystore::{BagAttribute, Integrity, Keystore, KeystoreEntry, Lock, Seal};
pub use request::{CertificationRequest, RequestSpans};
pub use revocation_list::{Freshness, ListSpans, RevocationList, RevocationReason, Revoked, Scope};
pub use signer::{SignedMessage, Signer, SignerSpans};
pub use trust::Trust;

use crate::error::Problem;
use crate::open::{KEY_FITS_NOTHING, REVOKED_HERE};
use crate::time::{Standing, UnixTime};

mod key;

pub use key::{
    Algorithm, CurveForm, KeyIdentity, LonePublicKey, PointForm, PrivateKey, PssParameters,
    PublicKey, SshCertificate, SshCertificateType, SshLine, SshOption,
};

/// Text that is the same for many files, as names and reasons are: borrowed from the program, it costs
/// nothing to repeat. Text of the file itself is a `String`.
pub type Text = Cow<'static, str>;

/// Everything that was learnt from one input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What the input was recognised as.
    pub format: Format,
    /// Octets of the input.
    pub size: u64,
    /// The instant at which every `standing` was judged; absent when none was given.
    pub judged_at: Option<UnixTime>,
    /// What is known of the keystore itself; absent for inputs that are none.
    pub keystore: Option<Keystore>,
    /// What the input holds, in its order. Broken entries stand beside good ones.
    pub entries: Vec<Entry>,
    /// What is odd about the input as a whole.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether everything could be read: the keystore's lock, or that of keys that stand alone.
    pub fn lock(&self) -> Lock {
        if let Some(keystore) = &self.keystore {
            return keystore.lock;
        }
        let locks = self.entries.iter().filter_map(|entry| match &entry.object {
            Object::PrivateKey(key) => Some(key.lock),
            _ => None,
        });
        locks.fold(Lock::Open, Lock::and)
    }
}

/// What an input was recognised as, from its bytes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// Text with `-----BEGIN …-----` blocks (RFC 7468).
    Pem,
    /// One DER value (X.690).
    Der,
    /// A personal information exchange file, `.p12` or `.pfx` (RFC 7292).
    Pkcs12,
    /// A Java keystore of type JKS.
    Jks,
    /// A Java keystore of type JCEKS.
    Jceks,
    /// A Bouncy Castle keystore of type BKS.
    Bks,
    /// A Bouncy Castle keystore of type UBER, sealed as a whole.
    Uber,
    /// A Bouncy Castle FIPS keystore of type BCFKS, sealed as a whole.
    Bcfks,
    /// Certificates and revocation lists in a CMS `SignedData` (RFC 5652), `.p7b`.
    Pkcs7,
    /// Lines of SSH keys: `id_ed25519.pub`, `authorized_keys`, `known_hosts`; also RFC 4716.
    #[serde(rename = "openssh")]
    OpenSsh,
    /// A ZIP archive with any of these in it; also `.jar`, `.docx` and what else is one.
    Zip,
    /// A TAR archive.
    Tar,
    /// A file that gzip packed, such as a TAR archive.
    Gzip,
    /// Text of another kind with base64 of any of these in it: JSON, YAML, XML, a log.
    Text,
}

impl Format {
    /// The name that people use: `PKCS#12`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pem => "PEM",
            Self::Der => "DER",
            Self::Pkcs12 => "PKCS#12",
            Self::Jks => "JKS",
            Self::Jceks => "JCEKS",
            Self::Bks => "BKS",
            Self::Uber => "UBER",
            Self::Bcfks => "BCFKS",
            Self::Pkcs7 => "PKCS#7",
            Self::OpenSsh => "OpenSSH",
            Self::Zip => "ZIP",
            Self::Tar => "TAR",
            Self::Gzip => "gzip",
            Self::Text => "text",
        }
    }

    /// Whether it is an archive, whose files are read one by one.
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Zip | Self::Tar | Self::Gzip)
    }
}

/// One thing that an input holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Which one it is, unique in the report: `pem[2]`, `pkcs12/safe[0]/bag[1]`, `jks[0]/chain[1]`.
    pub path: String,
    /// The name that the keystore gives it (`friendlyName`, Java's alias).
    pub alias: Option<String>,
    /// What the keystore says of it; absent outside keystores.
    pub keystore: Option<KeystoreEntry>,
    /// What OpenSSL was told to trust it for; absent but for a `TRUSTED CERTIFICATE`.
    #[serde(default)]
    pub trust: Option<Trust>,
    /// Where it stands in the input.
    pub place: Place,
    /// Where that is in words, for what is part of an archive, or of a document such as YAML or JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whereabouts: Option<Whereabouts>,
    /// What it is.
    pub object: Object,
    /// What is odd about it, worst first. They never hide the data.
    pub findings: Vec<Finding>,
}

impl Entry {
    /// Whether a revocation list in the same input names the certificate.
    pub fn is_revoked(&self) -> bool {
        self.findings.iter().any(Finding::is_revocation)
    }
}

/// Where in a document or an archive something was found. `Display` says it in words:
/// `conf/secret.yaml, data.tls.crt, line 12, decoded from base64`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Whereabouts {
    /// The files of an archive that lie around it, outermost first: `conf/server.crt`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// What the object of Kubernetes around it is called, namespace and name: `shop/web-tls`; or the user
    /// or cluster of a kubeconfig.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The keys that lead to it: `data.tls.crt`, `keys[0].x5c[1]`, `KeyInfo/X509Data/X509Certificate`. A
    /// light look at braces, tags or indentation found them; absent where it found none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
    /// The line on which it begins, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What it was decoded from, outermost first: `base64`, once more for base64 of base64.
    #[serde(default)]
    pub decoded: Vec<String>,
}

impl Whereabouts {
    /// Whether an entry that stands here lies in what stands there.
    pub fn lies_in(&self, part: &Self) -> bool {
        let leads_on = |keys: &str, part: &str| {
            let rest = keys.strip_prefix(part);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" › "))
        };
        let keys = self.keys.as_deref().unwrap_or_default();
        self.files.starts_with(&part.files)
            && part.keys.as_deref().is_none_or(|part| leads_on(keys, part))
            && (part.line.is_none() || self.line == part.line)
    }

    /// Those of something within what stands here.
    pub(crate) fn around(mut self, inner: Option<Self>) -> Self {
        let Some(mut inner) = inner else {
            return self;
        };
        self.files.append(&mut inner.files);
        self.decoded.append(&mut inner.decoded);
        self.line = self.line.or(inner.line);
        self.object = self.object.or(inner.object);
        self.keys = match (self.keys, inner.keys) {
            (Some(outer), Some(inner)) => Some(format!("{outer} › {inner}")),
            (outer, inner) => outer.or(inner),
        };
        self
    }
}

impl std::fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let files = (!self.files.is_empty()).then(|| self.files.join(" › "));
        let keys = self.keys.clone();
        let line = self.line.map(|line| format!("line {line}"));
        let decoded = (!self.decoded.is_empty())
            .then(|| format!("decoded from {}", self.decoded.join(" of ")));
        let parts: Vec<String> = files
            .into_iter()
            .chain(self.object.clone())
            .chain(keys)
            .chain(line)
            .chain(decoded)
            .collect();
        f.write_str(&parts.join(", "))
    }
}

/// Where something stands in the input, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// How it stands there.
    pub form: PlaceForm,
    /// First octet in the input. For sealed content: of the sealed part that holds it.
    pub start: u64,
    /// Octet after the last.
    pub end: u64,
}

/// How something stands in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PlaceForm {
    /// Octet by octet.
    Der,
    /// As base64 text; the range is the whole block with its two boundary lines.
    Pem,
    /// As base64 text without boundary lines.
    Base64,
    /// As hexadecimal text.
    Hex,
    /// Encrypted.
    Sealed,
    /// In chunks that had to be joined, as BER allows.
    Chunked,
    /// Compressed, in an archive.
    Packed,
}

/// A half-open range of octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ByteRange {
    /// First octet.
    pub start: u64,
    /// Octet after the last.
    pub end: u64,
}

/// Where a field stands: its whole tag, length and contents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Span {
    /// In the object's own DER.
    pub der: ByteRange,
    /// In the input, where it stands there unsealed. In PEM text: from the first base64 character
    /// that carries a bit of it to after the last.
    pub input: Option<ByteRange>,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Object {
    /// An X.509 certificate.
    Certificate(Box<Certificate>),
    /// A private key, of which only public facts are told.
    PrivateKey(Box<PrivateKey>),
    /// A public key that stands alone.
    PublicKey(Box<LonePublicKey>),
    /// A certificate request, PKCS#10.
    CertificationRequest(Box<CertificationRequest>),
    /// A certificate revocation list.
    RevocationList(Box<RevocationList>),
    /// An attribute certificate.
    AttributeCertificate(Box<AttributeCertificate>),
    /// A signer of a CMS message.
    Signer(Box<Signer>),
    /// An SSH certificate.
    SshCertificate(Box<SshCertificate>),
    /// Something that was recognised, but is not taken apart.
    Other(Other),
    /// Something that could not be read.
    Unreadable(Problem),
}

/// An X.509 certificate (RFC 5280, 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    /// 1, 2 or 3, as people count; the encoding counts from 0.
    pub version: u8,
    /// Lower-case hexadecimal, two digits an octet, a minus sign before negative ones.
    pub serial: String,
    /// Who the certificate is for.
    pub subject: Name,
    /// Who issued it.
    pub issuer: Name,
    /// First instant of validity; absent when the encoding names no instant.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity; absent when the encoding names no instant.
    pub not_after: Option<UnixTime>,
    /// Where `judgedAt` falls in the validity period; absent when it cannot be judged.
    pub standing: Option<Standing>,
    /// The key that is certified.
    pub public_key: PublicKey,
    /// How the issuer signed.
    pub signature_algorithm: Algorithm,
    /// The names of the `subjectAltName` extension, in its order: the same that `extensions` holds.
    pub subject_alternative_names: Arc<[GeneralName]>,
    /// The bits of the `keyUsage` extension by name; absent without the extension.
    pub key_usage: Option<Vec<Text>>,
    /// The purposes of the `extKeyUsage` extension; absent without the extension.
    pub extended_key_usage: Option<Vec<Algorithm>>,
    /// The `basicConstraints` extension; absent without the extension.
    pub basic_constraints: Option<BasicConstraints>,
    /// Hexadecimal octets of the `subjectKeyIdentifier` extension.
    pub subject_key_identifier: Option<String>,
    /// Hexadecimal octets of the `authorityKeyIdentifier` extension's key identifier.
    pub authority_key_identifier: Option<String>,
    /// Every extension, in its order, the ones above included.
    pub extensions: Vec<Extension>,
    /// Digests of the certificate and of its key.
    pub fingerprints: Fingerprints,
    /// Whether subject and issuer are the same name. Says nothing of the signature.
    pub self_issued: bool,
    /// The private key in the same input, if it is there.
    pub private_key: Option<KeyLink>,
    /// Its place in the chain that the input holds; absent where it stands alone.
    pub chain: Option<ChainPosition>,
    /// The certificate as a PEM block, ready to copy.
    pub pem: String,
    /// Where the fields stand.
    pub at: CertificateSpans,
}

impl Certificate {
    /// Whether it may issue certificates: `basicConstraints` says so, or it is of version 1 and
    /// self-issued, as old roots are.
    pub fn is_ca(&self) -> bool {
        match &self.basic_constraints {
            Some(constraints) => constraints.ca,
            None => self.version == 1 && self.self_issued,
        }
    }

    /// The name that a person would call it by: the common name, else the first alternative name,
    /// else the whole subject.
    pub fn display_name(&self) -> &str {
        self.subject
            .common_name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
            .or_else(|| {
                self.subject_alternative_names
                    .first()
                    .map(|name| name.value.as_str())
            })
            .unwrap_or(&self.subject.text)
    }
}

/// Where the fields of a certificate stand. Fields that a broken encoding lacks are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CertificateSpans {
    /// The whole certificate.
    pub certificate: Span,
    /// What is signed, `tbsCertificate`.
    pub tbs_certificate: Span,
    /// `version`, absent in certificates of version 1.
    pub version: Option<Span>,
    /// `serialNumber`.
    pub serial: Span,
    /// `issuer`.
    pub issuer: Span,
    /// `validity.notBefore`.
    pub not_before: Span,
    /// `validity.notAfter`.
    pub not_after: Span,
    /// `subject`.
    pub subject: Span,
    /// `subjectPublicKeyInfo`.
    pub public_key: Span,
    /// `signatureAlgorithm`, the outer one.
    pub signature_algorithm: Span,
    /// `signatureValue`.
    pub signature: Span,
    /// The `subjectAltName` extension.
    pub subject_alternative_names: Option<Span>,
    /// The `keyUsage` extension.
    pub key_usage: Option<Span>,
    /// The `extKeyUsage` extension.
    pub extended_key_usage: Option<Span>,
    /// The `basicConstraints` extension.
    pub basic_constraints: Option<Span>,
}

/// A distinguished name (RFC 5280, 4.1.2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Name {
    /// In the order and with the escapes of RFC 4514, a blank after each comma: `CN=es1, O=Corp`.
    pub text: String,
    /// The last common name.
    pub common_name: Option<String>,
    /// Every attribute, in encoded order.
    pub attributes: Vec<NameAttribute>,
}

/// One attribute of a distinguished name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NameAttribute {
    /// Which relative distinguished name it belongs to, in encoded order, counted from 0. Several
    /// attributes of one number make a multi-valued one.
    pub rdn: u32,
    /// Object identifier of the type: `2.5.4.3`.
    pub oid: Text,
    /// Short name of the type, where it has one: `CN`.
    pub name: Option<Text>,
    /// The value as text; `#` and the hexadecimal encoding where it is no string.
    pub value: String,
    /// How the value is encoded: `UTF8String`, `PrintableString`, or the tag's name.
    pub encoding: Text,
    /// The whole encoded value, tag and length included, in hexadecimal.
    pub der: String,
    /// Where the attribute stands.
    pub at: Span,
}

/// One of the names in `subjectAltName` (RFC 5280, 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GeneralName {
    /// Which kind of name it is.
    pub kind: GeneralNameKind,
    /// The name as text: a host name, an address in its usual form, a distinguished name.
    pub value: String,
    /// Type of an `otherName`, or the identifier of a `registeredID`.
    pub oid: Option<String>,
    /// The attributes of a `directoryName`.
    pub directory: Option<Box<Name>>,
    /// The parts of a name that is made of several, other than a `directoryName`.
    pub detail: Option<Box<GeneralNameDetail>>,
    /// The whole encoded name, tag and length included, in hexadecimal.
    pub der: String,
    /// Where the name stands.
    pub at: Span,
}

/// The kinds of [`GeneralName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GeneralNameKind {
    /// `dNSName`.
    Dns,
    /// `iPAddress`.
    Ip,
    /// `rfc822Name`.
    Email,
    /// `uniformResourceIdentifier`.
    Uri,
    /// `directoryName`.
    Directory,
    /// `otherName` that is a Microsoft user principal name.
    UserPrincipalName,
    /// Any other `otherName`.
    OtherName,
    /// `registeredID`.
    RegisteredId,
    /// `x400Address`.
    X400,
    /// `ediPartyName`.
    EdiParty,
    /// Bytes that are none of these.
    Unknown,
}

/// Digests in lower-case hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Fingerprints {
    /// SHA-1 of the certificate.
    pub sha1: String,
    /// SHA-256 of the certificate.
    pub sha256: String,
    /// SHA-256 of `subjectPublicKeyInfo`: the same for every certificate over the same key.
    pub spki_sha256: String,
}

/// Which private key belongs to a certificate, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyLink {
    /// [`Entry::path`] of the key.
    pub entry: String,
    /// How it is known.
    pub proof: KeyProof,
}

/// How it is known that a private key belongs to a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyProof {
    /// The key's public half is the certificate's.
    PublicKey,
    /// The keystore says so; the key itself was not compared.
    Keystore,
}

/// The place of a certificate in the chain that the same input holds. Issuers are found by name and
/// key identifier; no signature is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChainPosition {
    /// 1 for the certificate that issued no other one here, counting up to the root.
    pub position: u32,
    /// Certificates in this chain.
    pub length: u32,
    /// [`Entry::path`] of the issuer, if it is here and another certificate.
    pub issuer: Option<String>,
    /// Whether the chain ends in a self-issued certificate.
    pub complete: bool,
}

/// Something that was recognised, but is not taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Other {
    /// What it is: `certificate request`, `revocation list`, `secret key`.
    pub what: String,
    /// What is known of it, one statement a line.
    pub facts: Vec<String>,
}

/// Something odd that does not stop anyone from reading on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// A stable name: `serial-negative`.
    pub id: Text,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in at most sixty characters.
    pub title: Text,
    /// What was found, with the actual values.
    pub what: String,
    /// Why it matters.
    pub why: Text,
    /// What to do about it.
    pub fix: Text,
    /// Where that is written: `RFC 5280, 4.1.2.2`.
    pub citation: Text,
    /// Where it stands.
    pub at: Option<Span>,
    /// Which file of an archive, or which part of a document, it is about as a whole; absent where it is about
    /// all of the input, or about one entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whereabouts: Option<Box<Whereabouts>>,
}

impl Finding {
    /// Whether it says that a revocation list names the certificate.
    pub(crate) fn is_revocation(&self) -> bool {
        self.id == REVOKED_HERE.id
    }

    /// Whether it rests on the other entries of its input: where there are several inputs, those know better.
    pub fn rests_on_others(&self) -> bool {
        self.is_revocation() || self.id == KEY_FITS_NOTHING.id
    }
}

/// How bad a [`Finding`] is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Software will refuse it, or the data is not what it seems.
    Error,
    /// It works, and should be changed.
    Warning,
    /// Worth knowing.
    Notice,
}
