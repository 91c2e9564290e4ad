//! What belongs together by its key, across inputs and formats.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::container::{Item, ItemKind};
use crate::links::key_bits;
use crate::open::Contents;
use crate::pile::PilePlace;
use crate::x509::{RequestSpine, Spine, match_bits, public_bits, public_key};

/// Everything in a pile over one public key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyMatch {
    /// The key in words: `EC P-256`.
    pub key: String,
    /// Its private half. Sealed keys that were not opened match nothing, but for those that carry
    /// their public half in the open.
    pub private_keys: Vec<PilePlace>,
    /// Certificates over it.
    pub certificates: Vec<PilePlace>,
    /// Certificate requests over it.
    pub requests: Vec<PilePlace>,
    /// The public key standing alone, in lines of SSH files too.
    pub public_keys: Vec<PilePlace>,
    /// SSH certificates over it.
    pub ssh_certificates: Vec<PilePlace>,
}

impl KeyMatch {
    /// How many objects are over the key.
    pub fn len(&self) -> usize {
        self.private_keys.len()
            + self.certificates.len()
            + self.requests.len()
            + self.public_keys.len()
            + self.ssh_certificates.len()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Groups what lies in a pile by public key, in the order of its first object. A key that only one
/// object is over is left out, unless that is a private key, which then fits nothing here.
///
/// Keys are compared by the bits that certificates carry, whatever they stand in: PEM, DER, keystores,
/// lines of OpenSSH.
pub fn match_keys(pile: &[&Contents]) -> Vec<KeyMatch> {
    let mut groups: HashMap<Cow<'_, [u8]>, usize> = HashMap::new();
    let mut matches: Vec<KeyMatch> = Vec::new();
    for (input, item, bits) in keyed(pile) {
        let group = *groups.entry(bits).or_insert_with(|| {
            matches.push(KeyMatch {
                key: text(item),
                ..KeyMatch::default()
            });
            matches.len() - 1
        });
        let Some(group) = matches.get_mut(group) else {
            continue;
        };
        let list = match item.kind {
            ItemKind::PrivateKey(_) => &mut group.private_keys,
            ItemKind::Certificate(_) => &mut group.certificates,
            ItemKind::Request(_) => &mut group.requests,
            ItemKind::SshCertificate(_) => &mut group.ssh_certificates,
            _ => &mut group.public_keys,
        };
        list.push(PilePlace {
            input,
            path: item.path.clone(),
        });
    }
    matches.retain(|group| 1 < group.len() || !group.private_keys.is_empty());
    matches
}

/// The private keys in a pile by the bits of their public half.
pub(crate) fn private_keys<'a>(pile: &[&'a Contents]) -> HashMap<Cow<'a, [u8]>, Vec<PilePlace>> {
    let mut keys: HashMap<Cow<'a, [u8]>, Vec<PilePlace>> = HashMap::new();
    for (input, contents) in pile.iter().enumerate() {
        for item in contents.items() {
            if matches!(item.kind, ItemKind::PrivateKey(_))
                && let Some(bits) = key_bits(item)
            {
                let path = item.path.clone();
                keys.entry(bits)
                    .or_default()
                    .push(PilePlace { input, path });
            }
        }
    }
    keys
}

/// Every object with a key that can be compared: its input, itself, and the bits.
fn keyed<'a>(pile: &'a [&'a Contents]) -> impl Iterator<Item = (usize, &'a Item, Cow<'a, [u8]>)> {
    pile.iter().enumerate().flat_map(|(input, contents)| {
        let items = contents.items().iter();
        items.filter_map(move |item| Some((input, item, bits(item)?)))
    })
}

fn bits(item: &Item) -> Option<Cow<'_, [u8]>> {
    let ItemKind::Certificate(der) = &item.kind else {
        return key_bits(item);
    };
    let spine = Spine::read_each(der, &mut |_| {}).ok()?;
    public_bits(&spine.public_key)
        .filter(|bits| !bits.is_empty())
        .map(match_bits)
}

fn text(item: &Item) -> String {
    let key = match &item.kind {
        ItemKind::Certificate(der) => Spine::read_each(der, &mut |_| {})
            .and_then(|spine| public_key(&spine.public_key))
            .ok(),
        ItemKind::Request(der) => RequestSpine::read(der)
            .and_then(|spine| public_key(&spine.public_key))
            .ok(),
        ItemKind::PrivateKey(key) => key.facts.as_ref().map(|facts| facts.public_key.clone()),
        ItemKind::PublicKey(key) => Some(key.public_key.clone()),
        ItemKind::SshCertificate(held) => Some(held.facts.public_key.clone()),
        _ => None,
    };
    key.map(|key| key.text).unwrap_or_default()
}
