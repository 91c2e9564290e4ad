//! What is compared of an object, whatever it is.

use std::borrow::Cow;

use crate::order;
use crate::report::{
    Algorithm, BasicConstraints, Entry, Extension, GeneralName, GeneralNameKind, Object,
    PrivateKey, PublicKey, Revoked, Text,
};
use crate::time::UnixTime;

/// The kinds of objects that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Certificate,
    Request,
    RevocationList,
    AttributeCertificate,
    PrivateKey,
    PublicKey,
    SshCertificate,
    Signer,
    Other,
    Unreadable,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Request => "request",
            Self::RevocationList => "revocation list",
            Self::AttributeCertificate => "attribute certificate",
            Self::PrivateKey => "private key",
            Self::PublicKey => "public key",
            Self::SshCertificate => "SSH certificate",
            Self::Signer => "signer",
            Self::Other => "object",
            Self::Unreadable => "unreadable object",
        }
    }

    pub(super) fn with_article(self) -> String {
        let article = match self {
            Self::AttributeCertificate | Self::SshCertificate | Self::Other | Self::Unreadable => {
                "An"
            }
            _ => "A",
        };
        format!("{article} {}", self.name())
    }

    pub(super) fn begin(self) -> &'static str {
        match self {
            Self::RevocationList => "Made at",
            _ => "Valid from",
        }
    }

    pub(super) fn end(self) -> &'static str {
        match self {
            Self::RevocationList => "Next one by",
            _ => "Valid until",
        }
    }
}

/// What is compared of an object.
pub(super) struct Subject<'a> {
    pub(super) kind: Kind,
    /// What tells it from all others of its kind: a digest, or all that is known of it.
    identity: Option<Identity<'a>>,
    /// SHA-256 of the public key.
    pub(super) key: Option<&'a str>,
    pub(super) key_text: &'a str,
    /// The whole name.
    pub(super) text: &'a str,
    pub(super) label: &'a str,
    /// Alternative names, in a form that can be compared: sorted, each once.
    pub(super) names: Vec<Cow<'a, str>>,
    pub(super) issuer: Option<&'a str>,
    pub(super) serial: Option<&'a str>,
    pub(super) not_before: Option<UnixTime>,
    pub(super) not_after: Option<UnixTime>,
    pub(super) signed_with: Option<String>,
    /// How many a revocation list revokes, and those that are told.
    revoked: Option<(u64, &'a [Revoked])>,
    pub(super) is_ca: Option<bool>,
    key_usage: Option<&'a [Text]>,
    purposes: Option<&'a [Algorithm]>,
    constraints: Option<&'a BasicConstraints>,
    pub(super) extensions: &'a [Extension],
}

/// What tells an object from all others of its kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Identity<'a> {
    Digest(&'a str),
    /// Kind or form, and what is known.
    Known(&'a str, &'a str),
}

impl<'a> Subject<'a> {
    pub(super) fn of(entry: &'a Entry) -> Self {
        let nothing = Self::nothing();
        match &entry.object {
            Object::Certificate(one) => Self {
                kind: Kind::Certificate,
                identity: Some(Identity::Digest(&one.fingerprints.sha256)),
                key: Some(&one.fingerprints.spki_sha256),
                key_text: &one.public_key.text,
                text: &one.subject.text,
                label: one.display_name(),
                names: names(&one.subject_alternative_names),
                issuer: Some(&one.issuer.text),
                serial: Some(&one.serial),
                not_before: one.not_before,
                not_after: one.not_after,
                signed_with: Some(one.signature_algorithm.text()),
                is_ca: Some(one.is_ca()),
                key_usage: one.key_usage.as_deref(),
                purposes: one.extended_key_usage.as_deref(),
                constraints: one.basic_constraints.as_ref(),
                extensions: &one.extensions,
                ..nothing
            },
            Object::CertificationRequest(one) => Self {
                kind: Kind::Request,
                identity: Some(Identity::Digest(&one.fingerprints.sha256)),
                key: Some(&one.fingerprints.spki_sha256),
                key_text: &one.public_key.text,
                text: &one.subject.text,
                label: one.display_name(),
                names: names(&one.subject_alternative_names),
                signed_with: Some(one.signature_algorithm.text()),
                key_usage: one.key_usage.as_deref(),
                purposes: one.extended_key_usage.as_deref(),
                constraints: one.basic_constraints.as_ref(),
                extensions: &one.extensions,
                ..nothing
            },
            Object::RevocationList(one) => Self {
                kind: Kind::RevocationList,
                identity: Some(Identity::Digest(&one.fingerprints.sha256)),
                label: &one.issuer.text,
                issuer: Some(&one.issuer.text),
                serial: one.number.as_deref(),
                not_before: one.this_update,
                not_after: one.next_update,
                signed_with: Some(one.signature_algorithm.text()),
                revoked: Some((one.count, &one.revoked)),
                extensions: &one.extensions,
                ..nothing
            },
            Object::AttributeCertificate(one) => Self {
                kind: Kind::AttributeCertificate,
                identity: Some(Identity::Digest(&one.fingerprints.sha256)),
                issuer: one.issuer.first().map(|name| name.value.as_str()),
                serial: Some(&one.serial),
                not_before: one.not_before,
                not_after: one.not_after,
                signed_with: Some(one.signature_algorithm.text()),
                extensions: &one.extensions,
                ..nothing
            },
            Object::PrivateKey(one) => Self::private_key(one, entry.alias.as_deref()),
            Object::PublicKey(one) => {
                let comment = one.ssh.as_ref().map(|line| line.comment.as_str());
                Self::key(Kind::PublicKey, &one.public_key, comment)
            }
            Object::SshCertificate(one) => Self {
                identity: Some(Identity::Known("", &one.ssh.line)),
                serial: Some(&one.serial),
                not_before: one.not_before,
                not_after: one.not_after,
                ..Self::key(Kind::SshCertificate, &one.public_key, Some(&one.key_id))
            },
            Object::Signer(one) => Self {
                kind: Kind::Signer,
                issuer: one.issuer.as_ref().map(|name| name.text.as_str()),
                serial: one.serial.as_deref(),
                not_before: one.signing_time,
                signed_with: Some(one.signature_algorithm.text()),
                ..nothing
            },
            Object::Other(one) => Self {
                identity: Some(Identity::Known(
                    &one.what,
                    one.facts.first().map_or("", String::as_str),
                )),
                label: &one.what,
                ..nothing
            },
            Object::Unreadable(problem) => Self {
                kind: Kind::Unreadable,
                identity: Some(Identity::Known(&problem.code, &problem.message)),
                label: &problem.message,
                ..nothing
            },
        }
    }

    fn private_key(one: &'a PrivateKey, alias: Option<&'a str>) -> Self {
        match &one.public_key {
            Some(key) => Self::key(Kind::PrivateKey, key, alias),
            None => Self {
                kind: Kind::PrivateKey,
                label: alias.unwrap_or_default(),
                ..Self::nothing()
            },
        }
    }

    fn key(kind: Kind, key: &'a PublicKey, label: Option<&'a str>) -> Self {
        let identity = key.identity.as_ref();
        let spki = identity.map(|identity| identity.spki_sha256.as_str());
        Self {
            kind,
            identity: spki.map(Identity::Digest),
            key: spki,
            key_text: &key.text,
            label: label.filter(|label| !label.is_empty()).unwrap_or(&key.text),
            ..Self::nothing()
        }
    }

    fn nothing() -> Self {
        Self {
            kind: Kind::Other,
            identity: None,
            key: None,
            key_text: "",
            text: "",
            label: "",
            names: Vec::new(),
            issuer: None,
            serial: None,
            not_before: None,
            not_after: None,
            signed_with: None,
            revoked: None,
            is_ca: None,
            key_usage: None,
            purposes: None,
            constraints: None,
            extensions: &[],
        }
    }

    /// Whether both bear a name that is the same.
    pub(super) fn shares_a_name(&self, other: &Self) -> bool {
        let mut names = self.names.iter();
        names.any(|name| other.names.binary_search(name).is_ok())
    }

    /// Whether it bears a subject's name.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.kind, Kind::Certificate | Kind::Request)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.identity.is_some() && self.identity == other.identity
    }

    pub(super) fn identity(&self) -> Option<Identity<'a>> {
        self.identity
    }

    /// Whether all entries of a revocation list are told.
    pub(super) fn revokes_are_whole(&self) -> bool {
        let told = |(count, told): (u64, &[Revoked])| u64::try_from(told.len()) == Ok(count);
        self.revoked.is_none_or(told)
    }

    /// What a revocation list revokes, by serial number; where not all of it is told, how many.
    pub(super) fn revoked(&self, whole: bool) -> Vec<String> {
        match self.revoked {
            Some((_, told)) if whole => {
                let of = |one: &Revoked| match &one.issuer {
                    Some(issuer) => format!("{} of {issuer}", one.serial),
                    None => one.serial.clone(),
                };
                told.iter().map(of).collect()
            }
            Some((count, _)) => vec![format!("{count} certificates")],
            None => Vec::new(),
        }
    }

    /// The key in one line.
    pub(super) fn key_line(&self) -> Vec<String> {
        let line = self
            .key
            .map(|spki| [self.key_text, ", SHA-256 ", spki].concat());
        line.into_iter().collect()
    }

    pub(super) fn key_usage(&self) -> Vec<String> {
        let uses = self.key_usage.unwrap_or_default().iter();
        uses.map(ToString::to_string).collect()
    }

    pub(super) fn purposes(&self) -> Vec<String> {
        let names = self.purposes.unwrap_or_default().iter();
        names.map(|purpose| purpose.name.to_string()).collect()
    }

    /// Whether it may issue certificates, in one line.
    pub(super) fn authority(&self) -> Vec<String> {
        let line = self.constraints.map(|one| match (one.ca, one.path_length) {
            (false, _) => "no".to_owned(),
            (true, None) => "yes".to_owned(),
            (true, Some(below)) => format!("yes, with at most {below} authorities below"),
        });
        line.into_iter().collect()
    }
}

/// Names in a form that can be compared: host names without regard to case (RFC 5280, 7.2).
fn names(all: &[GeneralName]) -> Vec<Cow<'_, str>> {
    let names = all.iter().map(|name| match name.kind {
        GeneralNameKind::Dns if name.value.bytes().any(|one| one.is_ascii_uppercase()) => {
            name.value.to_ascii_lowercase().into()
        }
        GeneralNameKind::Dns | GeneralNameKind::Ip => name.value.as_str().into(),
        // An address and a host could be written the same way.
        GeneralNameKind::Email => format!("e-mail {}", name.value).into(),
        GeneralNameKind::Uri => format!("URI {}", name.value).into(),
        GeneralNameKind::Directory => format!("name {}", name.value).into(),
        _ => match &name.oid {
            Some(oid) => format!("{oid} {}", name.value).into(),
            None => name.value.as_str().into(),
        },
    });
    let mut names: Vec<Cow<'_, str>> = names.collect();
    order::sort(&mut names);
    names.dedup();
    names
}
