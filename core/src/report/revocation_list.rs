//! A certificate revocation list.

use serde::{Deserialize, Serialize};

use crate::report::{Algorithm, Digests, Extension, GeneralName, Name, Span};
use crate::time::UnixTime;

/// A certificate revocation list, CRL (RFC 5280, 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RevocationList {
    /// 1 or 2, as people count; the encoding counts from 0.
    pub version: u8,
    /// Who issued the list.
    pub issuer: Name,
    /// When it was made; absent when the encoding names no instant.
    pub this_update: Option<UnixTime>,
    /// By when the next one is made; absent where the list does not say.
    pub next_update: Option<UnixTime>,
    /// Where `judgedAt` falls between the two; absent when it cannot be judged.
    pub freshness: Option<Freshness>,
    /// How the issuer signed.
    pub signature_algorithm: Algorithm,
    /// The `cRLNumber` extension, decimal.
    pub number: Option<String>,
    /// The number of the list that this one completes, decimal; only delta lists have it.
    pub base_number: Option<String>,
    /// What the list covers, where it says so (`issuingDistributionPoint`).
    pub scope: Option<Scope>,
    /// Hexadecimal octets of the `authorityKeyIdentifier` extension's key identifier.
    pub authority_key_identifier: Option<String>,
    /// How many entries the list has.
    pub count: u64,
    /// The first entries, in their order: at most [`Limits::listed`](crate::Limits::listed).
    pub revoked: Vec<Revoked>,
    /// Every extension of the list, in its order, the ones above included.
    pub extensions: Vec<Extension>,
    /// Digests of the whole list.
    pub fingerprints: Digests,
    /// [`Entry::path`](crate::Entry::path) of the issuer's certificate, if it is in the same input.
    /// Found by name and key identifier; the signature is not checked.
    pub issuer_certificate: Option<String>,
    /// [`Entry::path`](crate::Entry::path) of certificates in the same input that the list revokes.
    pub revokes: Vec<String>,
    /// The list as a PEM block, ready to copy; absent for lists of more than a mebibyte.
    pub pem: Option<String>,
    /// Where the fields stand.
    pub at: ListSpans,
}

impl RevocationList {
    /// What kind of list it is, in words: `delta list`, `indirect list`, `list`.
    pub fn kind(&self) -> &'static str {
        let indirect = self.scope.as_ref().is_some_and(|scope| scope.indirect);
        match (self.base_number.is_some(), indirect) {
            (true, true) => "indirect delta list",
            (true, false) => "delta list",
            (false, true) => "indirect list",
            (false, false) => "full list",
        }
    }
}

/// Where an instant falls between a list's `thisUpdate` and its `nextUpdate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// Before `thisUpdate`.
    NotYet,
    /// Between the two.
    Current,
    /// After `nextUpdate`: there should be a newer list.
    Overdue,
}

impl Freshness {
    /// Where `at` falls.
    pub fn of(this_update: UnixTime, next_update: UnixTime, at: UnixTime) -> Self {
        if next_update < at {
            Self::Overdue
        } else if at < this_update {
            Self::NotYet
        } else {
            Self::Current
        }
    }
}

/// What a list covers: `issuingDistributionPoint` (RFC 5280, 5.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Where the list is published.
    pub names: Vec<GeneralName>,
    /// Which certificates it covers: `user certificates`, `authority certificates` or `attribute
    /// certificates`; absent when it covers all.
    pub only: Option<String>,
    /// The reasons it covers; absent when it covers all.
    pub only_reasons: Option<Vec<String>>,
    /// Whether it names certificates of other issuers too.
    pub indirect: bool,
}

/// One entry of a revocation list (RFC 5280, 5.1.2.6 and 5.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Revoked {
    /// The certificate's serial number, as in [`Certificate::serial`](crate::Certificate::serial).
    pub serial: String,
    /// When it was revoked; absent when the encoding names no instant.
    pub date: Option<UnixTime>,
    /// Why; absent where the entry does not say.
    pub reason: Option<RevocationReason>,
    /// Since when the key may have been in wrong hands.
    pub invalidity_date: Option<UnixTime>,
    /// Who issued the certificate, in lists that are indirect: from this entry or the last one before
    /// it that names an issuer. Absent where that is the issuer of the list.
    pub issuer: Option<String>,
    /// What to do with a certificate on hold.
    pub hold_instruction: Option<Algorithm>,
    /// Every extension of the entry, in its order, the ones above included.
    pub extensions: Vec<Extension>,
    /// Where the entry stands.
    pub at: Span,
}

/// Why a certificate was revoked: `CRLReason` (RFC 5280, 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RevocationReason {
    /// 0.
    Unspecified,
    /// 1: the private key is in wrong hands.
    KeyCompromise,
    /// 2: the authority's own key is in wrong hands.
    CaCompromise,
    /// 3: the subject belongs elsewhere now.
    AffiliationChanged,
    /// 4: another certificate took its place.
    Superseded,
    /// 5: it is needed no longer.
    CessationOfOperation,
    /// 6: not revoked for good.
    CertificateHold,
    /// 8: no longer on hold, in delta lists.
    RemoveFromCrl,
    /// 9: a right that it states was withdrawn.
    PrivilegeWithdrawn,
    /// 10: the key of the attribute authority is in wrong hands.
    AaCompromise,
    /// A number that stands for no reason.
    Unknown,
}

impl RevocationReason {
    /// In words: `key compromise`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "key compromise",
            Self::CaCompromise => "CA compromise",
            Self::AffiliationChanged => "affiliation changed",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation of operation",
            Self::CertificateHold => "certificate hold",
            Self::RemoveFromCrl => "remove from CRL",
            Self::PrivilegeWithdrawn => "privilege withdrawn",
            Self::AaCompromise => "AA compromise",
            Self::Unknown => "a reason of no known number",
        }
    }
}

/// Where the fields of a revocation list stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListSpans {
    /// The whole list.
    pub list: Span,
    /// What is signed, `tbsCertList`.
    pub tbs: Span,
    /// `version`, absent in lists of version 1.
    pub version: Option<Span>,
    /// `issuer`.
    pub issuer: Span,
    /// `thisUpdate`.
    pub this_update: Span,
    /// `nextUpdate`.
    pub next_update: Option<Span>,
    /// `revokedCertificates`.
    pub revoked: Option<Span>,
    /// `signatureAlgorithm`, the outer one.
    pub signature_algorithm: Span,
    /// `signatureValue`.
    pub signature: Span,
}
