//! Which certificates belong to which key among what is to be written.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use sha1::{Digest as _, Sha1};

use super::{Body, Part};
use crate::asn1::{Reader, Tag, time};
use crate::hex::unhex;
use crate::order;
use crate::x509::{Spine, match_bits, public_bits};

/// Keys and certificates by their index among the parts.
pub(crate) struct Ties<'a> {
    /// The spine of each certificate that can be read.
    spines: Vec<Option<Spine<'a>>>,
    by_subject: HashMap<&'a [u8], Vec<usize>>,
    /// By subject and key identifier: authorities that renewed often have many certificates of one name.
    by_key_id: HashMap<KeyName<'a>, Vec<usize>>,
    /// The certificates over each key, the one that ends last first.
    certificates: HashMap<usize, Vec<usize>>,
    /// Keys that stand there before and would share a certificate, each with the first one.
    again: HashMap<usize, usize>,
}

/// What an issuer is looked for by.
#[derive(PartialEq, Eq, Hash)]
struct KeyName<'a> {
    subject: &'a [u8],
    id: Option<&'a [u8]>,
}

/// Certificates of one chain. Stops cross-signs that lead far.
const MAX_CHAIN: usize = 32;

impl<'a> Ties<'a> {
    pub(crate) fn find(parts: &[Part<'a>]) -> Self {
        let spines: Vec<Option<Spine<'a>>> = parts
            .iter()
            .map(|part| match part.body {
                Body::Certificate(der) => Spine::read(der).ok(),
                _ => None,
            })
            .collect();
        let mut by_subject: HashMap<&[u8], Vec<usize>> = HashMap::new();
        let mut by_key_id: HashMap<KeyName<'_>, Vec<usize>> = HashMap::new();
        let mut by_bits: HashMap<Cow<'_, [u8]>, Vec<usize>> = HashMap::new();
        for (index, spine) in spines.iter().enumerate() {
            let Some(spine) = spine else {
                continue;
            };
            let subject = spine.subject.raw;
            by_subject.entry(subject).or_default().push(index);
            let id = subject_key(spine);
            let named = by_key_id.entry(KeyName { subject, id });
            named.or_default().push(index);
            if let Some(bits) = public_bits(&spine.public_key) {
                by_bits.entry(match_bits(bits)).or_default().push(index);
            }
        }
        let mut certificates = HashMap::new();
        let (mut owners, mut again) = (HashMap::new(), HashMap::new());
        for (index, part) in parts.iter().enumerate() {
            let Body::PrivateKey(key) = part.body else {
                continue;
            };
            let Some(bits) = key.public_bits() else {
                continue;
            };
            if let Some(same) = by_bits.get(&match_bits(&bits)) {
                let mut own = own(part, same, parts);
                let end = |index: &usize| time(&spines.get(*index)?.as_ref()?.not_after);
                order::by_key(&mut own, |index| Reverse(end(index)));
                let taken = own.iter().find_map(|one| owners.get(one).copied());
                if let Some(first) = taken {
                    again.insert(index, first);
                } else {
                    owners.extend(own.iter().map(|&one| (one, index)));
                }
                certificates.insert(index, own);
            }
        }
        drop(by_bits);
        Self {
            spines,
            by_subject,
            by_key_id,
            certificates,
            again,
        }
    }

    /// The same key, which stands before this one and has the same certificate.
    pub(crate) fn first_of(&self, key: usize) -> Option<usize> {
        self.again.get(&key).copied()
    }

    /// The certificates over this key; the first of them is the one that a keystore keeps it with.
    pub(crate) fn certificates(&self, key: usize) -> &[usize] {
        self.certificates.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The chain of a key: as its keystore has it, else as the certificates' names make it.
    pub(crate) fn chain_of_key(&self, key: usize, parts: &[Part<'_>]) -> Vec<usize> {
        let Some(part) = parts.get(key) else {
            return Vec::new();
        };
        let mut stored: Vec<(u32, usize)> = parts
            .iter()
            .enumerate()
            .filter(|(_, other)| part.shares_entry(other))
            .filter_map(|(index, other)| Some((other.keystore.chain_index?, index)))
            .collect();
        order::sort(&mut stored);
        if stored.first().is_some_and(|(place, _)| *place == 0) {
            return stored.into_iter().map(|(_, index)| index).collect();
        }
        match self.certificates(key) {
            [first, ..] => self.chain(*first),
            [] => Vec::new(),
        }
    }

    /// This certificate, its issuer, and so on up. Of several issuers of one name the one that stands next.
    pub(crate) fn chain(&self, certificate: usize) -> Vec<usize> {
        let mut chain = vec![certificate];
        while chain.len() < MAX_CHAIN
            && let Some(&last) = chain.last()
            && let Some(issuer) = self.issuer(last)
            && !chain.contains(&issuer)
        {
            chain.push(issuer);
        }
        chain
    }

    /// The one with the right key identifier, else one whose identifier does not speak against it.
    fn issuer(&self, index: usize) -> Option<usize> {
        let spine = self.spines.get(index)?.as_ref()?;
        if spine.is_self_issued() {
            return None;
        }
        let name = spine.issuer.raw;
        let Some(wanted) = authority_key(spine) else {
            return next(self.by_subject.get(name)?, index);
        };
        let of = |id| next(self.by_key_id.get(&KeyName { subject: name, id })?, index);
        of(Some(wanted)).or_else(|| of(None))
    }

    /// `localKeyID` for each part: keys have one of their own, which their certificates share. What a
    /// keystore said before is kept where it tells keys apart.
    pub(crate) fn key_ids(&self, parts: &[Part<'a>]) -> Vec<Option<Vec<u8>>> {
        let said = |part: &Part<'_>| {
            let id = part.keystore.local_key_id.as_deref()?;
            unhex(id.as_bytes()).filter(|id| !id.is_empty())
        };
        let mut ids: Vec<Option<Vec<u8>>> = parts.iter().map(said).collect();
        let mut taken = HashSet::new();
        for (index, part) in parts.iter().enumerate() {
            if !part.is_private_key() || self.again.contains_key(&index) {
                continue;
            }
            let certificates = self.certificates(index);
            let first = certificates.first().and_then(|&first| parts.get(first));
            let made = || match first.map(|first| first.body) {
                Some(Body::Certificate(der)) => Sha1::digest(der).to_vec(),
                _ => Sha1::digest(part.path.as_bytes()).to_vec(),
            };
            let mut id = said(part).or_else(|| said(first?)).unwrap_or_else(made);
            while !taken.insert(id.clone()) {
                id.push(0);
            }
            for &index in certificates.iter().chain([&index]) {
                if let Some(place) = ids.get_mut(index) {
                    *place = Some(id.clone());
                }
            }
        }
        ids
    }
}

/// Of these, in their order, the one after this, and around again.
fn next(indices: &[usize], index: usize) -> Option<usize> {
    let after = indices.partition_point(|&other| other <= index);
    let (before, after) = indices.split_at_checked(after)?;
    let mut others = after.iter().chain(before);
    others.find(|&&other| other != index).copied()
}

/// Of the certificates over one key those that its keystore says are its own, if it says so.
fn own(key: &Part<'_>, same: &[usize], parts: &[Part<'_>]) -> Vec<usize> {
    let says = |index: &&usize| {
        let Some(part) = parts.get(**index) else {
            return false;
        };
        let of_entry = key.shares_entry(part) && part.keystore.chain_index == Some(0);
        let of_id = key.keystore.local_key_id.is_some()
            && part.keystore.local_key_id == key.keystore.local_key_id;
        of_entry || of_id
    };
    let own: Vec<usize> = same.iter().filter(says).copied().collect();
    if own.is_empty() { same.to_vec() } else { own }
}

/// `SubjectKeyIdentifier ::= OCTET STRING` (RFC 5280, 4.2.1.2).
fn subject_key<'a>(spine: &Spine<'a>) -> Option<&'a [u8]> {
    let value = spine.extension(&[0x55, 0x1d, 14])?.value.contents;
    Some(Reader::new(value).any().ok()?.contents)
}

/// `AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, … }` (RFC 5280, 4.2.1.1).
fn authority_key<'a>(spine: &Spine<'a>) -> Option<&'a [u8]> {
    let value = spine.extension(&[0x55, 0x1d, 35])?.value.contents;
    let mut fields = Reader::new(value).any().ok()?.reader();
    let id = fields.optional(Tag::context_primitive(0)).ok()??;
    Some(id.contents)
}
