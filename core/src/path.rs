//! Paths: whether a certificate is accepted, from what the caller trusts down to it (RFC 5280, 6).
//!
//! Every verdict tells its reasons step by step, and what it does not cover. Nothing is fetched: issuers
//! and revocation lists are those that are given, and time is an argument.

mod certificate;
mod form;
mod judgement;
mod names;
mod policies;
mod revocation;
mod rules;
mod search;
mod validate;

pub use judgement::{
    CheckKind, CheckOutcome, JudgedPath, Judgement, PathCheck, PathStep, StepRole, StepVerdict,
    Work,
};
pub use rules::{
    Budget, LeafAnchor, PolicyDemand, Profile, Purpose, Question, Regard, RevocationDemand, Rules,
    Treatment,
};

pub(crate) use self::certificate::Link;
pub(crate) use self::revocation::{List, Registrar, Signer, Status, status};
use self::search::Search;
use crate::error::Error;

/// What a certificate is judged by, all in DER. What cannot be read of it is left out, and counted in
/// what the verdict does not cover.
#[derive(Clone, Debug, Default)]
pub struct Evidence<'a> {
    /// Certificates that the caller trusts. What OpenSSL writes after one, which purposes it is trusted for
    /// and which not, is heeded.
    pub anchors: Vec<&'a [u8]>,
    /// Certificates that may stand between, in any order.
    pub untrusted: Vec<&'a [u8]>,
    /// Revocation lists.
    pub lists: Vec<&'a [u8]>,
}

/// Judges a certificate in DER.
///
/// # Errors
/// When the bytes are no certificate. A certificate that is refused is a verdict, not an error.
pub fn judge(
    certificate: &[u8],
    evidence: &Evidence<'_>,
    question: &Question,
) -> Result<Judgement, Error> {
    let leaf = Link::read(certificate)?;
    let mut unreadable = 0;
    let anchors = read(&evidence.anchors, Link::read, &mut unreadable);
    let untrusted = read(&evidence.untrusted, Link::read, &mut unreadable);
    let lists = read(&evidence.lists, List::read, &mut unreadable);
    let search = Search::new(leaf, anchors, untrusted, lists, question.clone());
    Ok(search.judge(unreadable))
}

/// What can be read of these; the others are counted.
fn read<'a, T>(
    all: &[&'a [u8]],
    read: impl Fn(&'a [u8]) -> Result<T, Error>,
    unreadable: &mut usize,
) -> Vec<T> {
    let read: Vec<T> = all.iter().filter_map(|der| read(der).ok()).collect();
    *unreadable += all.len() - read.len();
    read
}
