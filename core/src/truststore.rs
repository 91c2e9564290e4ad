//! Questions to a truststore: is this authority here, and what is missing.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::chain::{
    ChainCertificate, ChainPath, ChainPicture, MissingIssuer, NoIssuerCheck, PathEnd, chain,
};
use crate::container::{Item, ItemKind};
use crate::error::Error;
use crate::open::Contents;
use crate::path::{Evidence, Judgement, Question, judge};
use crate::pile::PilePlace;
use crate::time::UnixTime;
use crate::x509::{Spine, label, match_bits, public_bits};

/// The store and what is held against it, as [`chain`] counts inputs.
const STORE: usize = 0;
const OFFERED: usize = 1;

/// A certificate of a store that has the key or the name of another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Kin {
    /// [`crate::Entry::path`] in the store.
    pub path: String,
    /// What a person would call it.
    pub name: String,
    /// What the two have in common.
    pub kinship: Kinship,
}

/// What two certificates have in common, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kinship {
    /// They are the same certificate.
    Same,
    /// Another certificate over the same key and for the same name: renewed, or cross-signed. It signs
    /// the same, and software that compares certificates, as Java does, takes it for another one.
    SameKeyAndSubject,
    /// The same key under another name.
    SameKey,
    /// The same name over another key: it cannot stand in for the other.
    SameSubject,
}

/// Whether a store holds a certificate, and under what other ones its key and its name are known there.
/// The closest first. Empty where the entry with this index is no certificate.
pub fn kin_in_store(store: &Contents, offered: &Contents, index: usize) -> Vec<Kin> {
    let wanted = offered.items().get(index).and_then(|item| read(&item.kind));
    let Some(wanted) = wanted else {
        return Vec::new();
    };
    let key = |spine: &Spine<'_>| {
        let bits = public_bits(&spine.public_key)?;
        Some(match_bits(bits).into_owned())
    };
    let wanted_key = key(&wanted);
    let mut kin: Vec<Kin> = store
        .items()
        .iter()
        .filter_map(|item| {
            let held = read(&item.kind)?;
            let same_key = wanted_key.is_some() && key(&held) == wanted_key;
            let same_subject = held.subject.raw == wanted.subject.raw;
            let kinship = match (same_key, same_subject) {
                _ if held.certificate.raw == wanted.certificate.raw => Kinship::Same,
                (true, true) => Kinship::SameKeyAndSubject,
                (true, false) => Kinship::SameKey,
                (false, true) => Kinship::SameSubject,
                (false, false) => return None,
            };
            Some(Kin {
                path: item.path.clone(),
                name: label(&held.subject),
                kinship,
            })
        })
        .collect();
    crate::order::by_key(&mut kin, |one| one.kinship);
    kin
}

/// What a store lacks for one certificate that is held against it. Found by names and key identifiers;
/// whether it would be accepted, [`accepts`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StoreAnswer {
    /// [`crate::Entry::path`] of the certificate.
    pub path: String,
    /// What a person would call it.
    pub name: String,
    /// [`crate::Entry::path`] of the certificate in the store that its way up leads to.
    pub anchor: Option<String>,
    /// The one certificate that is missing; absent where there is an anchor.
    pub lacks: Option<Lacks>,
}

/// The one certificate that would make a way up complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Lacks {
    /// An issuer that is neither in the store nor beside the certificate.
    Issuer {
        /// Its whole name.
        name: String,
        /// Its key identifier, in hexadecimal.
        key_identifier: Option<String>,
        /// Where it can be fetched.
        urls: Vec<String>,
        /// Certificates of the store that bear its name and carry another key.
        other_key: Vec<String>,
    },
    /// A certificate that lies beside it, and would have to be in the store: its root, or the last one of
    /// its way up.
    InStore {
        /// [`crate::Entry::path`] in its file, where that is another one too.
        path: String,
        /// What a person would call it.
        name: String,
        /// Certificates of the store over the same key, which software may or may not take instead.
        same_key: Vec<String>,
    },
}

/// Tells for each leaf of `offered`, or each certificate where there is no leaf, whether its way up leads
/// into the store, and else which one certificate is missing. What lies `beside` may stand between.
pub fn ask_store(
    store: &Contents,
    offered: &Contents,
    beside: &[&Contents],
    at: Option<UnixTime>,
) -> Vec<StoreAnswer> {
    let pile = [&[store, offered], beside].concat();
    let picture = chain(&pile, at, &NoIssuerCheck);
    let mut answers: Vec<StoreAnswer> = Vec::new();
    for path in &picture.paths {
        let Some(first) = path.certificates.first() else {
            continue;
        };
        let Some((one, place)) = picture
            .certificates
            .get(*first)
            .and_then(|one| Some((one, place_in(one, OFFERED)?)))
        else {
            continue;
        };
        let anchor = path.certificates.iter().find_map(|index| {
            let mut held = picture.certificates.get(*index)?.places.iter();
            let trusted = held.find(|place| {
                let index = store.position(&place.path);
                let item = index.and_then(|index| store.items().get(index));
                place.input == STORE && item.is_some_and(Item::is_anchor)
            });
            Some(trusted?.path.clone())
        });
        let answer = StoreAnswer {
            path: place.path.clone(),
            name: one.name.clone(),
            lacks: match anchor {
                Some(_) => None,
                None => lacks(&picture, path, &pile),
            },
            anchor,
        };
        // The best way up stands first; one that leads into the store is better still.
        match answers.iter_mut().find(|held| held.path == answer.path) {
            Some(held) if held.anchor.is_none() && answer.anchor.is_some() => *held = answer,
            Some(_) => {}
            None => answers.push(answer),
        }
    }
    answers
}

/// Judges a certificate by a store alone: its certificates are trusted, those of `offered` may stand
/// between. `index` is that of the certificate among the entries of `offered`.
///
/// # Errors
/// When the entry is no certificate, or cannot be read.
pub fn accepts(
    store: &Contents,
    offered: &Contents,
    index: usize,
    question: &Question,
) -> Result<Judgement, Error> {
    let der = match offered.items().get(index).map(|item| &item.kind) {
        Some(ItemKind::Certificate(der)) => der.as_slice(),
        _ => &[],
    };
    let anchors: Vec<Cow<'_, [u8]>> = store.anchors().collect();
    let evidence = Evidence {
        anchors: anchors.iter().map(AsRef::as_ref).collect(),
        untrusted: offered.certificates().collect(),
        lists: store
            .revocation_lists()
            .chain(offered.revocation_lists())
            .collect(),
    };
    judge(der, &evidence, question)
}

fn read(kind: &ItemKind) -> Option<Spine<'_>> {
    let ItemKind::Certificate(der) = kind else {
        return None;
    };
    Spine::read_each(der, &mut |_| {}).ok()
}

fn place_in(certificate: &ChainCertificate, input: usize) -> Option<&PilePlace> {
    certificate.places.iter().find(|place| place.input == input)
}

/// What is missing on a way up that does not lead into the store.
fn lacks(picture: &ChainPicture, path: &ChainPath, pile: &[&Contents]) -> Option<Lacks> {
    let in_store = |index: &usize| {
        let place = place_in(picture.certificates.get(*index)?, STORE)?;
        Some(place.path.clone())
    };
    if path.end == PathEnd::Missing {
        let MissingIssuer {
            name,
            key_identifier,
            urls,
            same_name_other_key,
            ..
        } = picture.missing.get(path.missing?)?;
        return Some(Lacks::Issuer {
            name: name.clone(),
            key_identifier: key_identifier.clone(),
            urls: urls.clone(),
            other_key: same_name_other_key.iter().filter_map(in_store).collect(),
        });
    }
    let top = picture.certificates.get(*path.certificates.last()?)?;
    let outside = || top.places.iter().find(|place| place.input != STORE);
    // What lies in the chain of a key of the store is not trusted for that.
    let inside = || place_in(top, STORE);
    let place = place_in(top, OFFERED).or_else(outside).or_else(inside)?;
    let (store, held) = (pile.get(STORE)?, pile.get(place.input)?);
    let kin = kin_in_store(store, held, held.position(&place.path)?);
    let same_key = |one: Kin| match one.kinship {
        Kinship::SameKeyAndSubject | Kinship::SameKey => Some(one.path),
        Kinship::Same | Kinship::SameSubject => None,
    };
    Some(Lacks::InStore {
        path: place.path.clone(),
        name: top.name.clone(),
        same_key: kin.into_iter().filter_map(same_key).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made::{Made, opened};
    use crate::report::{Format, KeystoreEntry};

    fn kinships(store: &[Made], one: &Made) -> Vec<Kinship> {
        let kin = kin_in_store(&opened(store), &opened([one]), 0);
        kin.into_iter().map(|one| one.kinship).collect()
    }

    #[test]
    fn an_authority_is_found_under_another_certificate_and_under_another_key() {
        let root = Made::root("Root", 1);
        let renewed = Made {
            serial: 9,
            ..root.clone()
        };
        let rekeyed = Made::root("Root", 2);
        let renamed = Made::root("Old name", 1);
        let store = [
            rekeyed,
            renamed,
            renewed,
            root.clone(),
            Made::root("Other", 7),
        ];
        assert_eq!(
            kinships(&store, &root),
            [
                Kinship::Same,
                Kinship::SameKeyAndSubject,
                Kinship::SameKey,
                Kinship::SameSubject
            ]
        );
        assert_eq!(kinships(&store, &Made::root("New", 8)), []);
    }

    #[test]
    fn a_way_up_into_the_store_lacks_nothing() {
        let (root, ca) = (Made::root("Root", 1), Made::authority("CA", 2, "Root", 1));
        let leaf = Made::leaf("es1", 3, "CA", 2);
        let answers = ask_store(&opened([&root]), &opened([&leaf, &ca]), &[], None);
        let [answer] = answers.as_slice() else {
            panic!("{answers:?}");
        };
        assert_eq!(
            (answer.anchor.as_deref(), &answer.lacks),
            (Some("pem[0]"), &None)
        );
    }

    #[test]
    fn the_chain_of_a_key_in_a_java_keystore_is_not_trusted_above_its_first() {
        let root = Made::root("Root", 1);
        let (ca, other) = (
            Made::authority("CA", 2, "Root", 1),
            Made::leaf("es2", 4, "CA", 2),
        );
        let leaf = opened([&Made::leaf("es1", 3, "CA", 2)]);
        let chain = (0..3).map(|place| KeystoreEntry {
            entry: Some(0),
            chain_index: Some(place),
            ..KeystoreEntry::default()
        });
        let store = opened([&other, &ca, &root]).as_stored(Format::Jks, chain.map(Some));
        let held: Vec<Cow<'_, [u8]>> = store.anchors().collect();
        assert_eq!(held, [Cow::Owned::<[u8]>(other.der())]);
        let answers = ask_store(&store, &leaf, &[], None);
        assert_eq!(answers[0].anchor, None);
        assert!(
            matches!(&answers[0].lacks, Some(Lacks::InStore { name, .. }) if name == "Root"),
            "{answers:?}"
        );
        let trusted = std::iter::repeat_n(None, 3);
        let store = opened([&other, &ca, &root]).as_stored(Format::Jks, trusted);
        let answers = ask_store(&store, &leaf, &[], None);
        assert_eq!(answers[0].anchor.as_deref(), Some("pem[1]"));
    }

    #[test]
    fn what_lies_in_another_file_is_not_missing() {
        let (root, ca) = (Made::root("Root", 1), Made::authority("CA", 2, "Root", 1));
        let leaf = Made::leaf("es1", 3, "CA", 2);
        let (leaf, ca, root) = (opened([&leaf]), opened([&ca]), opened([&root]));
        let answers = ask_store(&root, &leaf, &[&ca], None);
        assert_eq!(answers[0].lacks, None);
        let other = opened([&Made::root("Other", 7)]);
        let answers = ask_store(&other, &leaf, &[&ca, &root], None);
        assert!(
            matches!(&answers[0].lacks, Some(Lacks::InStore { name, .. }) if name == "Root"),
            "{answers:?}"
        );
    }

    #[test]
    fn the_one_certificate_that_is_missing_is_named() {
        let (root, leaf) = (Made::root("Root", 1), Made::leaf("es1", 3, "CA", 2));
        let other = Made::authority("CA", 5, "Root", 1);
        let answers = ask_store(&opened([&root, &other]), &opened([&leaf]), &[], None);
        let Some(Lacks::Issuer {
            name, other_key, ..
        }) = &answers[0].lacks
        else {
            panic!("{answers:?}");
        };
        assert_eq!(
            (name.as_str(), other_key.as_slice()),
            ("CN=CA", &["pem[1]".to_owned()][..])
        );
    }

    #[test]
    fn a_root_that_the_store_has_under_another_certificate_is_told() {
        let root = Made::root("Root", 1);
        let renewed = Made {
            serial: 9,
            days: (19_500, 22_000),
            ..root.clone()
        };
        let leaf = Made {
            identified: false,
            signed_by: None,
            ..Made::leaf("es1", 3, "Root", 1)
        };
        let store = opened([&Made {
            subject: "Old".into(),
            issuer: "Old".into(),
            ..root
        }]);
        let answers = ask_store(&store, &opened([&leaf, &renewed]), &[], None);
        let Some(Lacks::InStore { name, same_key, .. }) = &answers[0].lacks else {
            panic!("{answers:?}");
        };
        assert_eq!((name.as_str(), same_key.len()), ("Root", 1));
    }
}
