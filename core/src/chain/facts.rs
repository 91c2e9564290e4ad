//! What is compared to find the issuer of a certificate.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::{ChainCertificate, ChainRole, IssuerLink};
use crate::asn1::{Element, Reader, Tag, time};
use crate::hex::hex;
use crate::origin::Origin;
use crate::pile::PilePlace;
use crate::time::{Standing, UnixTime};
use crate::x509::{Spine, label, labels, match_bits, name, public_bits, serial};

/// One certificate of the pile.
pub(super) struct Facts<'a> {
    pub(super) der: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) issuer: &'a [u8],
    pub(super) subject_key: Option<&'a [u8]>,
    pub(super) authority_key: Option<&'a [u8]>,
    /// The public key, as keys are compared.
    pub(super) bits: Option<Cow<'a, [u8]>>,
    pub(super) is_ca: bool,
    pub(super) places: Vec<PilePlace>,
    subject_name: Element<'a>,
    issuer_name: Element<'a>,
    serial: &'a [u8],
    not_before: Option<UnixTime>,
    not_after: Option<UnixTime>,
    /// The values of `subjectAltName` and `authorityInfoAccess`.
    names: Option<&'a [u8]>,
    access: Option<&'a [u8]>,
}

/// How one certificate fits as the issuer of another, whose issuer's name it bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IssuerFit {
    /// By the key identifiers too.
    Key,
    /// By name alone: one side has no identifier.
    Name,
    /// The identifiers differ.
    None,
}

impl<'a> Facts<'a> {
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let spine = Spine::read(der).ok()?;
        let value = |oid: &[u8]| spine.extension(oid).map(|one| one.value.contents);
        let authority = value(&[0x55, 0x1d, 35]).and_then(only);
        let authority_key = authority.and_then(|identifier| {
            let key = identifier.reader().optional(Tag::context_primitive(0));
            key.ok().flatten()
        });
        Some(Self {
            der: spine.certificate.raw,
            subject: spine.subject.raw,
            issuer: spine.issuer.raw,
            subject_key: value(&[0x55, 0x1d, 14])
                .and_then(only)
                .map(|key| key.contents),
            authority_key: authority_key.map(|key| key.contents),
            bits: public_bits(&spine.public_key).map(match_bits),
            is_ca: spine.is_ca(),
            places: Vec::new(),
            subject_name: spine.subject,
            issuer_name: spine.issuer,
            serial: spine.serial.contents,
            not_before: time(&spine.not_before),
            not_after: time(&spine.not_after),
            names: value(&[0x55, 0x1d, 17]),
            access: value(&[0x2b, 6, 1, 5, 5, 7, 1, 1]),
        })
    }

    /// Whether it names itself as issuer, and no other key as the one that signed it. An authority that
    /// changed its key signs the new one's certificate with the old one under the same name
    /// (RFC 4210, 4.4).
    pub(super) fn is_root(&self) -> bool {
        let other_key = self
            .authority_key
            .zip(self.subject_key)
            .is_some_and(|(signed_by, own)| signed_by != own);
        self.subject == self.issuer && !other_key
    }

    pub(super) fn fit(&self, issuer: &Self) -> IssuerFit {
        match self.authority_key.zip(issuer.subject_key) {
            Some((wanted, found)) if wanted == found => IssuerFit::Key,
            Some(_) => IssuerFit::None,
            None => IssuerFit::Name,
        }
    }

    pub(super) fn role(&self) -> ChainRole {
        match (self.is_ca, self.is_root()) {
            (true, true) => ChainRole::Root,
            (true, false) => ChainRole::Authority,
            (false, _) => ChainRole::Leaf,
        }
    }

    pub(super) fn standing(&self, at: Option<UnixTime>) -> Option<Standing> {
        Some(Standing::of(self.not_before?, self.not_after?, at?))
    }

    pub(super) fn ends(&self) -> Option<UnixTime> {
        self.not_after
    }

    /// The name that a person would call it by.
    pub(super) fn label(&self) -> String {
        let own = label(&self.subject_name);
        if !own.is_empty() {
            return own;
        }
        let names = self.names.map(labels).unwrap_or_default();
        names
            .into_iter()
            .next()
            .unwrap_or_else(|| "No name".to_owned())
    }

    /// The whole name of the issuer.
    pub(super) fn issuer_text(&self) -> String {
        name(&self.issuer_name, &Origin::input())
            .map_or_else(|_| label(&self.issuer_name), |name| name.text)
    }

    /// Where it says that the issuer's certificate can be fetched (`id-ad-caIssuers`,
    /// RFC 5280, 4.2.2.1).
    pub(super) fn issuer_urls(&self) -> Vec<String> {
        const CA_ISSUERS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 2];
        let mut urls = Vec::new();
        let Some(list) = self.access.and_then(only) else {
            return urls;
        };
        let mut descriptions = list.reader();
        while let Some(description) = descriptions.next() {
            let mut fields = description.reader();
            if let (Ok(method), Ok(location)) = (fields.any(), fields.any())
                && method.contents == CA_ISSUERS
                && location.tag == Tag::context_primitive(6)
            {
                urls.push(String::from_utf8_lossy(location.contents).into_owned());
            }
        }
        urls
    }

    pub(super) fn shown(
        self,
        at: Option<UnixTime>,
        issuers: Vec<IssuerLink>,
        issued: usize,
        private_keys: Vec<PilePlace>,
    ) -> ChainCertificate {
        ChainCertificate {
            name: self.label(),
            issuer: self.issuer_text(),
            serial: serial(self.serial),
            sha256: hex(&Sha256::digest(self.der)),
            role: self.role(),
            not_before: self.not_before,
            not_after: self.not_after,
            standing: self.standing(at),
            places: self.places,
            issuers,
            refuted: Vec::new(),
            issued,
            private_keys,
        }
    }
}

/// The value in an extension's OCTET STRING.
fn only(octets: &[u8]) -> Option<Element<'_>> {
    Reader::new(octets).any().ok()
}
