//! What the page asks about the pile beyond rows and entries, and what the worker tells.
//!
//! Thinking is core's, and happens in the worker: the page draws what it is told.

use borsh::{BorshDeserialize, BorshSerialize};
use certlens_core::{
    Asn1Tree, BundleComparison, ByteRange, ChainRole, Comparison, Entry, Finding, IssuerSignature,
    Judgement, Kinship, Lacks, Object, Purpose, Row, RowKind, Severity, UnixTime, WhoCanOpen,
};

use crate::rows::{RowId, RowQuery};

/// A question about the pile.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub enum Question {
    /// Who issued whom around a certificate. Answered by [`Told::Chain`].
    Chain(RowId),
    /// Whose key made the signature of an entry. Answered by [`Told::Signed`].
    Signature(RowId),
    /// What the revocation lists on the pile say of a certificate. Answered by [`Told::Revocation`].
    Revocation(RowId),
    /// Whether a certificate would be accepted. Answered by [`Told::Verdict`].
    Judge(JudgeQuestion),
    /// The octets of an entry and the values in them. Answered by [`Told::Bytes`].
    Bytes(RowId),
    /// The octets of the piece of a file that has this path, without those of secrets, and what can be told of
    /// one in which reading failed at this octet. Answered by [`Told::Bytes`].
    Piece {
        /// Number of the file.
        file: u32,
        /// Path of the piece; empty for the file itself.
        path: String,
        /// Offset in the file.
        fault: Option<u64>,
    },
    /// What an entry can be compared with, this one of all among them. Answered by [`Told::Others`].
    Others(RowId, Option<RowId>),
    /// What changed from one entry to another. Answered by [`Told::Comparison`].
    Compare {
        /// The older one.
        before: RowId,
        /// The newer one.
        after: RowId,
    },
    /// What changed from one file to another. Answered by [`Told::Bundles`].
    CompareFiles {
        /// Number of the older one.
        before: u32,
        /// Number of the newer one.
        after: u32,
    },
    /// Who can open what is sealed in a file. Answered by [`Told::Openers`].
    Openers(u32),
    /// What there is to be written of these entries. Answered by [`Told::Selection`].
    Selection(Which),
    /// These entries as a list. Answered by [`Told::Listed`].
    List(ListForm, Which),
    /// These entries, to be printed. Answered by [`Told::Sheets`].
    Sheets(Which),
    /// A link with certificates. Answered by [`Told::Link`].
    Share(RowId, Shared),
    /// A certificate and those that issued it, without what would tell whose they are. Answered by
    /// [`Told::Redacted`].
    Redact(RowId),
    /// The SHA-256 of a certificate. Answered by [`Told::Fingerprint`].
    Fingerprint(RowId),
}

/// Which entries are meant.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub enum Which {
    /// An entry, and so much around it.
    Around(RowId, Extent),
    /// Those that the reader chose, in the order of the list.
    Chosen(RowQuery),
    /// Those that the list shows, in its order.
    Shown(RowQuery),
}

/// How much is meant around an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Extent {
    /// Itself.
    #[default]
    Entry,
    /// A certificate with its private key and its issuers, wherever they lie on the pile.
    Chain,
    /// Its whole file.
    File,
    /// Everything on the pile.
    Everything,
}

/// What a list is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum ListForm {
    /// A table for spreadsheets.
    Csv,
    /// Reports, as `certlens inspect --json` prints them.
    Json,
    /// The ends of validity, for calendars.
    Calendar,
}

/// What there is to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Selection {
    /// The entries; absent for everything in the files.
    pub entries: Option<Vec<RowId>>,
    /// Numbers of the files.
    pub files: Vec<u32>,
    /// Certificates among them.
    pub certificates: usize,
    /// Private keys among them.
    pub private_keys: usize,
    /// All else.
    pub others: usize,
}

/// A list as a file.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Listed {
    /// Its text.
    pub text: String,
    /// Entries in it.
    pub count: usize,
}

/// An entry to be printed.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Sheet {
    /// Name of its file.
    pub source: String,
    /// The entry, with what is odd about its file.
    pub entry: Entry,
    /// Whose key made its signature, of what has one.
    pub signed: Option<Signed>,
}

/// Which certificates a link holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Shared {
    /// The one that is open.
    #[default]
    One,
    /// It, and those that issued it.
    Chain,
    /// All on the pile.
    All,
}

/// What a certificate is to be judged for.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct JudgeQuestion {
    /// The certificate.
    pub id: RowId,
    /// What it is to be used for.
    pub purpose: Purpose,
    /// The host that must be among its names; empty for none.
    pub host: String,
    /// The instant to judge at.
    pub at: UnixTime,
    /// What is trusted.
    pub trusting: Trusting,
}

impl JudgeQuestion {
    /// The host in what was typed or pasted, such as an address: `https://pay.corp:8443/x` is about `pay.corp`.
    pub fn host(&self) -> &str {
        let typed = self.host.trim();
        let (is_address, rest) = match typed.split_once("://") {
            Some((_, rest)) => (true, rest),
            None => (false, typed),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let authority = match authority.rsplit_once('@') {
            Some((_, host)) if is_address => host,
            _ => authority,
        };
        let within = authority
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'));
        match (within, authority.split_once(':')) {
            (Some((address, _)), _) => address,
            (None, Some((host, port))) if port.bytes().all(|octet| octet.is_ascii_digit()) => host,
            _ => authority,
        }
    }
}

/// What is trusted in a judgement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Trusting {
    /// Every root on the pile.
    #[default]
    RootsHere,
    /// The certificates of a file.
    File(u32),
    /// The roots that Mozilla trusts for TLS servers, as the page was built with them.
    Mozilla,
}

/// What the worker tells.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub enum Told {
    /// There is nothing to tell: the entry is gone, or of another kind.
    Nothing,
    /// Who issued whom.
    Chain(Box<ChainTold>),
    /// Whose key made a signature.
    Signed(Signed),
    /// What revocation lists say of a certificate.
    Revocation(Revocation),
    /// Whether a certificate would be accepted.
    Verdict(Box<Verdict>),
    /// The question cannot be answered as it was put. Says why.
    Unclear(String),
    /// Octets and values.
    Bytes(Box<BytesTold>),
    /// What an entry can be compared with, those of the same name first.
    Others(Vec<Other>),
    /// What changed.
    Comparison(Box<Comparison>),
    /// What changed from file to file.
    Bundles(Box<BundleComparison>),
    /// Who can open what, with the number of its entry where that is a key by itself.
    Openers(Vec<(Option<u32>, WhoCanOpen)>),
    /// What is chosen.
    Selection(Selection),
    /// A list as a file.
    Listed(Listed),
    /// Entries to be printed, and how many there are in all.
    Sheets(Vec<Sheet>, usize),
    /// The part of an address behind the `#` that holds certificates, and how many.
    Link(String, usize),
    /// A text for a ticket.
    Redacted(String),
    /// SHA-256 of a certificate, in hexadecimal.
    Fingerprint(String),
}

/// Who issued whom around a certificate.
#[derive(Clone, Debug, Default, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct ChainTold {
    /// The certificates that are drawn, each once.
    pub certificates: Vec<ChainNode>,
    /// Names of issuers that are not on the pile, and where they can be fetched.
    pub missing: Vec<MissingNode>,
    /// Who issued whom.
    pub ties: Vec<Tie>,
    /// The best way up from the certificate asked for, itself first: positions in `certificates`.
    pub way_up: Vec<usize>,
    /// Certificates on the pile, drawn or not.
    pub total: usize,
    /// What is odd about the certificates on the pile.
    pub findings: Vec<Finding>,
    /// Files that hold certificates, to be trusted: number and name.
    pub stores: Vec<(u32, String)>,
    /// Names of the files that would be among them, but wait for a password.
    pub locked_stores: Vec<String>,
    /// The files beside its own in which certificates of the way up stand.
    pub beside: Vec<FileOfWay>,
    /// The files with lists of their issuers.
    pub lists: Vec<FileOfWay>,
    /// The files with roots that the certificate may lead up to.
    pub roots: Vec<RootFile>,
}

/// A file with roots.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RootFile {
    /// Its name.
    pub name: String,
    /// Whether other programs read it as it is.
    pub plain: bool,
    /// Whether its certificates are sealed by a password.
    pub sealed: bool,
    /// Whether no other certificates are in it.
    pub alone: bool,
    /// The numbers of the roots among its entries.
    pub roots: Vec<u32>,
    /// How many entries it has.
    pub entries: u32,
}

/// A file that a way up rests on.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FileOfWay {
    /// Its name.
    pub name: String,
    /// Whether other programs read it as it is.
    pub plain: bool,
    /// Which certificates of the way up it holds, or holds the list of whose issuer: positions in
    /// [`ChainTold::way_up`].
    pub about: Vec<usize>,
}

/// A certificate of a [`ChainTold`].
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct ChainNode {
    /// Its first place.
    pub id: RowId,
    /// How often it lies on the pile.
    pub copies: usize,
    /// What a person would call it.
    pub name: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// What it is in a chain.
    pub role: ChainRole,
    /// Its row, with what the pile says of it.
    pub row: Row,
    /// How bad the worst finding of it alone is.
    pub worst: Option<Severity>,
}

/// An issuer that is not on the pile.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MissingNode {
    /// Its whole name.
    pub name: String,
    /// Where it can be fetched, say those that it issued.
    pub urls: Vec<String>,
}

/// That one certificate was issued by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Tie {
    /// The one that was issued.
    pub issued: usize,
    /// Its issuer.
    pub issuer: Issuer,
    /// What is known of the signature.
    pub signature: IssuerSignature,
}

/// Where the issuer of a [`Tie`] stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Issuer {
    /// Position in [`ChainTold::certificates`].
    Here(usize),
    /// Position in [`ChainTold::missing`].
    Missing(usize),
}

/// Whose key made the signature of an entry. Says nothing of whether anyone trusts that key.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Signed {
    /// That of its issuer, which is on the pile under this name.
    By(String),
    /// Its own.
    Itself,
    /// Not its own, with which it should be signed.
    NotItself,
    /// Not that of the issuer of this name on the pile.
    Wrong(String),
    /// The issuer of this name is not on the pile.
    Absent(String),
    /// Signatures of this kind cannot be computed with.
    Unknown,
}

impl Signed {
    /// Whether it is of interest who signed such a thing.
    pub fn is_asked_of(object: &Object) -> bool {
        matches!(
            object,
            Object::Certificate(_) | Object::CertificationRequest(_) | Object::RevocationList(_)
        )
    }
}

/// What the revocation lists on the pile say of a certificate. Says nothing of whether anyone trusts their issuer.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Revocation {
    /// The list in the file of this name revokes it.
    Revoked(String),
    /// That list does, of which is not known that the issuer's key signed it.
    Doubted(String),
    /// Lists are about it, and do not name it; when the next of them is due.
    NotListed(Option<UnixTime>),
    /// Lists are about it, and do not tell for sure: why, in a clause of the core.
    Unclear(String),
    /// No list is about it.
    NoList,
}

/// Whether a certificate would be accepted.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Verdict {
    /// The judgement, step by step.
    pub judgement: Judgement,
    /// How many certificates were trusted.
    pub anchors: usize,
    /// The one certificate that the chosen store lacks.
    pub lacks: Option<Lacks>,
    /// The certificate itself under the same key or name in the chosen store.
    pub kin: Vec<(RowId, String, Kinship)>,
}

/// The octets of an entry.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct BytesTold {
    /// The octets, in hexadecimal; `xx` for those of secrets.
    pub hex: String,
    /// The values in them.
    pub tree: Asn1Tree,
    /// Where in them reading failed.
    pub fault: Option<ByteRange>,
    /// What was recognised before that.
    pub recognised: Recognised,
}

/// What was recognised of a certificate that cannot be read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Recognised {
    /// Whose it is.
    pub subject: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Its serial number, in hexadecimal.
    pub serial: Option<String>,
    /// First instant of validity.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity.
    pub not_after: Option<UnixTime>,
}

/// An entry that another one can be compared with.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Other {
    /// Which entry it is.
    pub id: RowId,
    /// What it is.
    pub kind: RowKind,
    /// What a person would call it.
    pub name: String,
    /// Name of its file.
    pub source: String,
    /// Whether its validity begins later than that of the entry asked about.
    pub newer: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address_is_taken_out_of_it() {
        for (typed, host) in [
            ("https://pay.corp:8443/x", "pay.corp"),
            ("https://me@pay.corp/x?y=1#z", "pay.corp"),
            (" pay.corp:443 ", "pay.corp"),
            ("pay.corp/x", "pay.corp"),
            ("pay.corp", "pay.corp"),
            ("https://[2001:db8::1]:9200/", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("me@pay.corp", "me@pay.corp"),
            ("pay.corp:https", "pay.corp:https"),
            ("", ""),
        ] {
            let question = JudgeQuestion {
                id: RowId::default(),
                purpose: Purpose::Any,
                host: typed.to_owned(),
                at: UnixTime::from_seconds(0),
                trusting: Trusting::RootsHere,
            };
            assert_eq!(question.host(), host, "{typed}");
        }
    }
}
