//! Derivations that are made elsewhere, and the keys that a password came to.

use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::{DigestName, Form, Kdf, Purpose};

/// Rounds from which on a derivation is worth asking for: some ten milliseconds in a browser.
const WORTH_ASKING: u64 = 10_000;

/// What tells the keys of one password apart.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Derivation {
    pub(super) kdf: Kdf,
    pub(super) purpose: Purpose,
    pub(super) length: usize,
    pub(super) form: Form,
}

/// The keys of one password: those made, and what its caller is to make.
#[derive(Default)]
pub(crate) struct DerivedKeys(Mutex<Both>);

#[derive(Default)]
struct Both {
    made: HashMap<Derivation, Zeroizing<Vec<u8>>>,
    deferred: Vec<Pbkdf2>,
}

/// What is kept of a derivation.
pub(crate) enum Kept {
    /// Its key.
    Known(Zeroizing<Vec<u8>>),
    /// The caller is to make it.
    Deferred,
    /// Nothing: it is made here.
    Unknown,
}

impl DerivedKeys {
    /// What is known of a derivation from these octets of the password.
    pub(super) fn look(&self, derivation: &Derivation, password: &Zeroizing<Vec<u8>>) -> Kept {
        let mut both = self.both();
        if let Some(key) = both.made.get(derivation) {
            return Kept::Known(key.clone());
        }
        let Some(wanted) = Pbkdf2::of(derivation, password) else {
            return Kept::Unknown;
        };
        let asked = both.deferred.iter().any(|it| it.derivation == *derivation);
        if !asked {
            both.deferred.push(wanted);
        }
        Kept::Deferred
    }

    pub(crate) fn keep(&self, derivation: &Derivation, key: &Zeroizing<Vec<u8>>) {
        self.both().made.insert(derivation.clone(), key.clone());
    }

    pub(crate) fn deferred(&self) -> Vec<Pbkdf2> {
        mem::take(&mut self.both().deferred)
    }

    /// How many are kept.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.both().made.len()
    }

    fn both(&self) -> MutexGuard<'_, Both> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A derivation by PBKDF2 (RFC 8018, 5.2) that is left to the caller. It prints nothing of the password.
pub struct Pbkdf2 {
    derivation: Derivation,
    digest: DigestName,
    password: Zeroizing<Vec<u8>>,
    rounds: u32,
}

impl Pbkdf2 {
    /// Where it is one that browsers have, and long enough to be worth it.
    fn of(derivation: &Derivation, password: &Zeroizing<Vec<u8>>) -> Option<Self> {
        let Kdf::Pbkdf2 { digest, rounds, .. } = &derivation.kdf else {
            return None;
        };
        let theirs = matches!(
            digest,
            DigestName::Sha1 | DigestName::Sha256 | DigestName::Sha384 | DigestName::Sha512
        );
        (theirs && WORTH_ASKING <= *rounds)
            .then(|| u32::try_from(*rounds).ok())?
            .map(|rounds| Self {
                derivation: derivation.clone(),
                digest: *digest,
                password: password.clone(),
                rounds,
            })
    }

    /// The digest within HMAC, as Web Cryptography names it: `SHA-256`.
    pub fn digest(&self) -> &'static str {
        self.digest.name()
    }

    /// The octets of the password.
    pub fn password(&self) -> &[u8] {
        &self.password
    }

    /// The salt.
    pub fn salt(&self) -> &[u8] {
        self.derivation.kdf.salt()
    }

    /// The iteration count.
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Octets of key to make.
    pub fn length(&self) -> usize {
        self.derivation.length
    }

    pub(crate) fn derivation(&self) -> &Derivation {
        &self.derivation
    }
}

impl fmt::Debug for Pbkdf2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pbkdf2({}, {} rounds)", self.digest(), self.rounds)
    }
}
