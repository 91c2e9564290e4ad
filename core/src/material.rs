//! An input that is opened so as to write it anew: private keys are kept, for as long as that takes.

use std::borrow::Cow;
use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::container::{Item, ItemKind, jwk};
use crate::error::Error;
use crate::open::{Contents, Options, open_with_secrets};
use crate::report::{Lock, PlaceForm, Seal};
use crate::write::{Body, Lost, Part, only_value};
use crate::x509::PrivateFacts;

/// An opened input with everything that writing it anew takes. Its private keys are wiped when it is
/// dropped, and it prints none of them.
#[derive(Debug)]
pub struct Material {
    contents: Contents,
    /// The DER of public keys that stand alone, by entry.
    public_keys: Vec<Option<Vec<u8>>>,
}

/// Opens an input of any kind as [`crate::open`] does, and keeps the private keys that it can open.
///
/// # Errors
/// As [`crate::open`].
pub fn open_for_writing(input: &[u8], options: &Options<'_>) -> Result<Material, Error> {
    let contents = open_with_secrets(input, options)?;
    let public_keys = contents.items().iter().map(public_key).collect();
    Ok(Material {
        contents,
        public_keys,
    })
}

impl Material {
    /// What was found, without its secrets.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Whether every private key that is chosen by index and path could be opened.
    pub fn lock(&self, mut chosen: impl FnMut(usize, &str) -> bool) -> Lock {
        let items = self.contents.items().iter().enumerate();
        let chosen = items.filter(|(index, item)| chosen(*index, &item.path));
        let locks = chosen.filter_map(|(_, item)| match &item.kind {
            ItemKind::PrivateKey(key) => Some(key.lock),
            _ => None,
        });
        locks.fold(Lock::Open, Lock::and)
    }

    /// Whether every sealed safe of a PKCS#12 file could be opened. One that stays sealed has no entries, so
    /// nothing else tells that there is more in the file.
    pub fn safes(&self) -> Lock {
        let Some(keystore) = self.contents.keystore() else {
            return Lock::Open;
        };
        let seals = keystore.seals.iter();
        let sealed = seals.filter(|seal| seal.what == "certificates").count();
        let items = self.contents.items().iter();
        let opened: HashSet<&str> = items
            .filter(|item| item.origin.place(item.length).form == PlaceForm::Sealed)
            .filter(|item| !matches!(item.kind, ItemKind::PrivateKey(_)))
            .filter_map(|item| Some(item.path.split_once("/bag[")?.0))
            .collect();
        if opened.len() < sealed {
            keystore.lock
        } else {
            Lock::Open
        }
    }

    /// What can be written of the entries that are chosen by index and path, in their order, and what
    /// cannot, whatever the format.
    pub fn parts(&self, mut chosen: impl FnMut(usize, &str) -> bool) -> (Vec<Part<'_>>, Vec<Lost>) {
        let (mut parts, mut lost) = (Vec::new(), Vec::new());
        for (index, item) in self.contents.items().iter().enumerate() {
            if chosen(index, &item.path) {
                let (part, not) = self.part(index);
                parts.extend(part);
                lost.extend(not);
            }
        }
        (parts, lost)
    }

    /// The same of the entry with this index.
    pub fn part(&self, index: usize) -> (Option<Part<'_>>, Vec<Lost>) {
        let Some(item) = self.contents.items().get(index) else {
            return (None, Vec::new());
        };
        let mut lost = lost_beside(item);
        let part = match self.body(index, item) {
            Ok(body) => Some(Part {
                path: Cow::Borrowed(&item.path),
                alias: item.alias.as_deref().map(Cow::Borrowed),
                keystore: item
                    .keystore
                    .as_ref()
                    .map_or_else(Cow::default, Cow::Borrowed),
                openssl_trust: item.trust.as_ref().map(|trust| &*trust.der),
                body,
            }),
            Err((what, why)) => {
                lost.insert(0, Lost::new(&item.path, what, why));
                None
            }
        };
        (part, lost)
    }

    /// What an entry is written as; otherwise what it is, and why it cannot be.
    fn body<'a>(&'a self, index: usize, item: &'a Item) -> Result<Body<'a>, (String, String)> {
        const NO_FORMAT: &str = "none of the formats that are written holds it";
        let other = |label, der| Body::Other { label, der };
        Ok(match &item.kind {
            ItemKind::Certificate(der) => Body::Certificate(only_value(der)),
            ItemKind::RevocationList(list) => Body::RevocationList(only_value(&list.der)),
            ItemKind::Request(der) => other("CERTIFICATE REQUEST", only_value(der)),
            ItemKind::AttributeCertificate(der) => other("ATTRIBUTE CERTIFICATE", only_value(der)),
            ItemKind::PublicKey(_) => match self.public_keys.get(index) {
                Some(Some(der)) => other("PUBLIC KEY", der),
                _ => return Err(("the public key".into(), NO_FORMAT.into())),
            },
            ItemKind::PrivateKey(key) => {
                let secret = key.facts.as_ref().and_then(|facts| facts.secret.as_ref());
                if let Some(secret) = secret {
                    Body::PrivateKey(secret)
                } else {
                    let is_unknown = |seal: &Seal| seal.unsupported.is_some();
                    let is_jwk = |facts: &PrivateFacts| facts.form == jwk::FORM;
                    let why = match key.lock {
                        _ if key.seal.as_ref().is_some_and(is_unknown) => {
                            "it is sealed in a way that is not supported here"
                        }
                        _ if key.facts.as_ref().is_some_and(is_jwk) => {
                            "numbers that the format has are missing in the JWK"
                        }
                        Lock::Open => "the key itself does not lie in the file",
                        Lock::Locked => "it is sealed, and no password was given",
                        Lock::WrongPassword => "it is sealed, and no given password opens it",
                    };
                    return Err(("the private key".into(), why.into()));
                }
            }
            ItemKind::Signer(_) => return Err(("the signature".into(), NO_FORMAT.into())),
            ItemKind::SshCertificate(_) => {
                return Err(("the SSH certificate".into(), NO_FORMAT.into()));
            }
            ItemKind::Other(found) => {
                return Err((format!("the {}", found.what), NO_FORMAT.into()));
            }
            ItemKind::Unreadable(problem) => {
                return Err(("what stands there".into(), problem.message.clone()));
            }
        })
    }
}

/// What stands beside an object and in no [`Part`].
fn lost_beside(item: &Item) -> Vec<Lost> {
    let mut lost = Vec::new();
    let after = match &item.kind {
        ItemKind::Certificate(der)
        | ItemKind::Request(der)
        | ItemKind::AttributeCertificate(der) => der.len().saturating_sub(only_value(der).len()),
        ItemKind::RevocationList(held) => {
            held.der.len().saturating_sub(only_value(&held.der).len())
        }
        _ => 0,
    };
    if after != 0 {
        let what = format!("{after} bytes after it");
        lost.push(Lost::new(&item.path, what, "they belong to nothing"));
    }
    let comment = match &item.kind {
        ItemKind::PrivateKey(key) => key.facts.as_ref().and_then(|facts| facts.comment.as_ref()),
        ItemKind::PublicKey(key) => key.ssh.as_ref().map(|line| &line.comment),
        _ => None,
    };
    if comment.is_some_and(|comment| !comment.is_empty()) {
        let why = "only OpenSSH's own files have such a comment";
        lost.push(Lost::new(&item.path, "its comment", why));
    }
    lost
}

fn public_key(item: &Item) -> Option<Vec<u8>> {
    let ItemKind::PublicKey(key) = &item.kind else {
        return None;
    };
    let lines = key.pem.as_ref()?.lines();
    let digits: String = lines.filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(digits).ok()
}
