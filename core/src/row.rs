//! One line of a list: what is shown of an entry before anyone opens it.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::asn1::{Element, Tag, instant};
use crate::container::{Item, ItemKind, ListItem, PublicItem, SignerItem};
use crate::links::key_bits;
use crate::report::{Finding, SshCertificate, Whereabouts};
use crate::time::UnixTime;
use crate::x509::{
    AttributeCertificateSpine, Identifier, ListSpine, RequestSpine, SignerSpine, Spine, algorithm,
    label, labels, match_bits, public_bits, public_key, serial,
};

/// One line of a list. Read by a shallow walk over the encoding: no digest but the short one of the key, no
/// extension but the ones named here, so that a hundred thousand of them cost little.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// The name that a person would call it by.
    pub name: String,
    /// The name that the keystore gives it.
    pub alias: Option<String>,
    /// The issuer's common name, else its whole name; empty for what has no issuer.
    pub issuer: String,
    /// Hexadecimal, as in [`crate::Certificate::serial`]; empty for what has none.
    pub serial: String,
    /// First instant of validity.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity.
    pub not_after: Option<UnixTime>,
    /// Key in words: `EC P-256`.
    pub key: String,
    /// Alternative names, as far as they are text.
    pub names: Vec<String>,
    /// Whether it may issue certificates.
    pub ca: bool,
    /// Whether subject and issuer are the same.
    pub self_issued: bool,
    /// Whether its private key is in the same input.
    pub has_private_key: bool,
    /// Whether a revocation list in the same input names it.
    #[serde(default)]
    pub revoked: bool,
    /// Position and length of its chain in the same input, as [`crate::ChainPosition`] counts them.
    pub chain: Option<(u32, u32)>,
    /// What could not be read, or what is known of something that is no certificate.
    pub note: Option<String>,
    /// Where in the file it was found: `certs/a.yaml › shop/web-tls › data.tls.crt`, the members of an archive, the
    /// object of Kubernetes and the keys of a document.
    #[serde(default)]
    pub place: Option<String>,
    /// What tells its public key from others: of equal keys it is equal, whatever carries them. The first
    /// octets of a SHA-256.
    #[serde(skip)]
    pub key_print: Option<u128>,
    /// The worst that is known to be wrong between it and what lies beside it, no notice. Absent where nobody
    /// looked, too: [`crate::PileLinks::faults`] does.
    #[serde(skip)]
    pub fault: Option<Box<Finding>>,
}

/// What a [`Row`] is a line for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// A certificate.
    #[default]
    Certificate,
    /// A private key.
    PrivateKey,
    /// A public key that stands alone.
    PublicKey,
    /// A certificate request.
    Request,
    /// A revocation list.
    RevocationList,
    /// An attribute certificate.
    AttributeCertificate,
    /// A signer of a CMS message.
    Signer,
    /// An SSH certificate.
    SshCertificate,
    /// Something recognised, but not taken apart.
    Other,
    /// Something that could not be read.
    Unreadable,
}

impl RowKind {
    /// Every kind, in the order in which [`crate::Columns::kinds`] counts them.
    pub const ALL: &[Self] = &[
        Self::Certificate,
        Self::PrivateKey,
        Self::PublicKey,
        Self::Request,
        Self::RevocationList,
        Self::AttributeCertificate,
        Self::Signer,
        Self::SshCertificate,
        Self::Other,
        Self::Unreadable,
    ];

    /// The [`Row::name`] of one that has none of its own.
    pub fn nameless(self) -> &'static str {
        match self {
            Self::PrivateKey => "Private key",
            Self::PublicKey => "Public key",
            Self::SshCertificate => "SSH certificate",
            Self::AttributeCertificate => "Attribute certificate",
            Self::Signer => "Signer",
            _ => "No name",
        }
    }

    /// Its place in [`Self::ALL`].
    pub(crate) fn code(self) -> u8 {
        let place = Self::ALL.iter().position(|kind| *kind == self);
        place
            .and_then(|place| u8::try_from(place).ok())
            .unwrap_or(u8::MAX)
    }
}

/// The line of one item, without what depends on its neighbours.
pub(crate) fn row(item: &Item) -> Row {
    let mut row = match &item.kind {
        ItemKind::Certificate(der) => certificate(der),
        ItemKind::PrivateKey(key) => {
            let text = key
                .facts
                .as_ref()
                .map(|facts| facts.public_key.text.clone());
            Row {
                kind: RowKind::PrivateKey,
                name: item
                    .alias
                    .clone()
                    .unwrap_or_else(|| RowKind::PrivateKey.nameless().to_owned()),
                note: key.seal.as_ref().map(|seal| seal.algorithm.clone()),
                key: text.unwrap_or_default(),
                ..Row::default()
            }
        }
        ItemKind::PublicKey(key) => public_row(key, item.alias.as_deref()),
        ItemKind::Request(der) => request(der),
        ItemKind::RevocationList(list) => revocation_list(list),
        ItemKind::AttributeCertificate(der) => attribute_certificate(der),
        ItemKind::Signer(item) => signer(item),
        ItemKind::SshCertificate(certificate) => ssh_row(&certificate.facts),
        ItemKind::Other(other) => Row {
            kind: RowKind::Other,
            name: item.alias.clone().unwrap_or_else(|| other.what.clone()),
            note: other.facts.first().cloned(),
            ..Row::default()
        },
        ItemKind::Unreadable(problem) => Row {
            kind: RowKind::Unreadable,
            name: item.path.clone(),
            note: Some(problem.message.clone()),
            ..Row::default()
        },
    };
    row.alias.clone_from(&item.alias);
    row.place = item.whereabouts.as_deref().and_then(place);
    row.key_print = row
        .key_print
        .or_else(|| key_bits(item).map(|bits| print(&bits)));
    row
}

/// The way to something in an archive or a document.
fn place(whereabouts: &Whereabouts) -> Option<String> {
    let files = whereabouts.files.iter();
    let steps = files.chain(&whereabouts.object).chain(&whereabouts.keys);
    let steps: Vec<&str> = steps.map(String::as_str).collect();
    (!steps.is_empty()).then(|| steps.join(" › "))
}

fn print(bits: &[u8]) -> u128 {
    let digest = Sha256::digest(bits);
    digest
        .first_chunk()
        .map_or(0, |first| u128::from_be_bytes(*first))
}

fn public_row(key: &PublicItem, alias: Option<&str>) -> Row {
    let line = key.ssh.as_ref();
    let comment = line.map(|line| line.comment.as_str());
    let hosts = line.map(|line| line.hosts.join(", "));
    let name = hosts.filter(|hosts| !hosts.is_empty());
    let comment = comment.filter(|comment| !comment.is_empty());
    Row {
        kind: RowKind::PublicKey,
        name: name
            .or_else(|| comment.or(alias).map(str::to_owned))
            .unwrap_or_else(|| RowKind::PublicKey.nameless().to_owned()),
        key: key.public_key.text.clone(),
        ..Row::default()
    }
}

fn ssh_row(certificate: &SshCertificate) -> Row {
    let authority = certificate.authority.identity.as_ref();
    let issuer = authority.and_then(|identity| identity.ssh_sha256.clone());
    let name = [&certificate.key_id, &certificate.ssh.comment]
        .into_iter()
        .find(|name| !name.is_empty());
    Row {
        kind: RowKind::SshCertificate,
        name: name.map_or_else(
            || RowKind::SshCertificate.nameless().to_owned(),
            Clone::clone,
        ),
        issuer: issuer.unwrap_or_default(),
        serial: certificate.serial.clone(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        key: certificate.public_key.text.clone(),
        names: certificate.principals.clone(),
        ..Row::default()
    }
}

fn certificate(der: &[u8]) -> Row {
    let Ok(spine) = Spine::read(der) else {
        return unreadable();
    };
    let time = |element: &Element<'_>| instant(element).and_then(|instant| instant.time.ok());
    let names = spine
        .extension(&[0x55, 0x1d, 17])
        .map(|extension| labels(extension.value.contents))
        .unwrap_or_default();
    Row {
        kind: RowKind::Certificate,
        name: named(label(&spine.subject), &names),
        issuer: label(&spine.issuer),
        serial: serial(spine.serial.contents),
        not_before: time(&spine.not_before),
        not_after: time(&spine.not_after),
        key: public_key(&spine.public_key)
            .map(|key| key.text)
            .unwrap_or_default(),
        names,
        ca: spine.is_ca(),
        self_issued: spine.is_self_issued(),
        key_print: public_bits(&spine.public_key).map(|bits| print(&match_bits(bits))),
        ..Row::default()
    }
}

/// The subject's name, else the first alternative one.
fn named(subject: String, names: &[String]) -> String {
    if !subject.is_empty() {
        return subject;
    }
    let first = names.first().cloned();
    first.unwrap_or_else(|| RowKind::Certificate.nameless().to_owned())
}

fn unreadable() -> Row {
    Row {
        kind: RowKind::Unreadable,
        ..Row::default()
    }
}

fn request(der: &[u8]) -> Row {
    let Ok(spine) = RequestSpine::read(der) else {
        return unreadable();
    };
    let (asked, _) = spine.extensions();
    let names = asked.iter().find(|one| one.oid == [0x55, 0x1d, 17]);
    let names = names
        .map(|names| labels(names.value.contents))
        .unwrap_or_default();
    Row {
        kind: RowKind::Request,
        name: named(label(&spine.subject), &names),
        key: public_key(&spine.public_key)
            .map(|key| key.text)
            .unwrap_or_default(),
        names,
        ..Row::default()
    }
}

fn revocation_list(list: &ListItem) -> Row {
    let Ok(spine) = ListSpine::read(&list.der) else {
        return unreadable();
    };
    let (this_update, next_update) = spine.times();
    let issuer = label(&spine.issuer);
    Row {
        kind: RowKind::RevocationList,
        name: named(issuer.clone(), &[]),
        issuer,
        serial: spine.number().unwrap_or_default(),
        not_before: this_update,
        not_after: next_update,
        note: Some(format!("{} revoked", list.count)),
        ..Row::default()
    }
}

fn attribute_certificate(der: &[u8]) -> Row {
    let Ok(spine) = AttributeCertificateSpine::read(der) else {
        return unreadable();
    };
    let (not_before, not_after) = spine.times();
    let directory = |names: &[Element<'_>]| {
        let name = names.iter().find(|name| name.tag == Tag::context(4))?;
        Some(label(&name.reader().any().ok()?))
    };
    let holder = spine.holder_certificate();
    let of = |(names, number): (Vec<Element<'_>>, Element<'_>)| {
        let issuer = directory(&names).unwrap_or_default();
        format!("Certificate {} of {issuer}", serial(number.contents))
    };
    Row {
        kind: RowKind::AttributeCertificate,
        name: holder.map_or_else(|| RowKind::AttributeCertificate.nameless().to_owned(), of),
        issuer: directory(&spine.issuer_names()).unwrap_or_default(),
        serial: serial(spine.serial.contents),
        not_before,
        not_after,
        ..Row::default()
    }
}

fn signer(item: &SignerItem) -> Row {
    let Ok(spine) = SignerSpine::read(&item.der) else {
        return unreadable();
    };
    let (issuer, number) = match spine.identifier {
        Identifier::IssuerAndSerial(issuer, number) => (label(&issuer), serial(number.contents)),
        Identifier::Key(_) => (String::new(), String::new()),
    };
    Row {
        kind: RowKind::Signer,
        name: RowKind::Signer.nameless().to_owned(),
        issuer,
        serial: number,
        note: algorithm(&spine.signature_algorithm)
            .ok()
            .map(|algorithm| algorithm.name.into_owned()),
        ..Row::default()
    }
}
