//! Extensions of certificates, requests and revocation lists, each decoded into a type of its own.

mod android;
mod apple;
mod constraints;
mod logotype;
mod microsoft;
mod points;
mod policies;
mod qualified;
mod resources;
mod targets;
mod transparency;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::android::{
    Attestation, AttestationFact, AttestationSecurity, AuthorizationList, BootState, RootOfTrust,
};
pub use self::apple::PushTopic;
pub use self::constraints::{BasicConstraints, GeneralSubtree, NameConstraints, PolicyConstraints};
pub use self::logotype::{Logotype, LogotypeImage, LogotypePlace};
pub use self::microsoft::CertificateTemplate;
pub use self::points::{
    AccessDescription, DistributionPoint, DistributionPointName, IssuingDistributionPoint,
};
pub use self::policies::{
    DisplayText, PolicyInformation, PolicyMapping, PolicyQualifier, Validation,
};
pub use self::qualified::{
    DisclosureStatement, OrganizationIdentifier, QualifiedStatement, StatementFact,
};
pub use self::resources::{AddressFamily, AsIdentifiers, Resource, Resources};
pub use self::targets::Target;
pub use self::transparency::SignedCertificateTimestamp;
use super::{Algorithm, Asn1Value, GeneralName, RevocationReason, Span, Text};
use crate::time::UnixTime;

/// One extension, decoded or not (RFC 5280, 4.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Extension {
    /// Dotted form.
    pub oid: Text,
    /// What people call it, where it has a name.
    pub name: Option<Text>,
    /// Whether software that does not know it must refuse the certificate.
    pub critical: bool,
    /// What it says, field by field; absent where it is not known, or not as its standard says.
    pub value: Option<ExtensionValue>,
    /// What it says, one statement a line; absent where nothing can be told.
    pub text: Option<Vec<String>>,
    /// The ASN.1 values that it is made of, the first 256; absent where `value` says it all.
    pub tree: Option<Vec<Asn1Value>>,
    /// The octets of its value, in hexadecimal.
    pub bytes: String,
    /// Where the whole extension stands.
    pub at: Span,
}

/// What an extension says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum ExtensionValue {
    /// Whether the subject may issue certificates (RFC 5280, 4.2.1.9).
    BasicConstraints(BasicConstraints),
    /// What the key may do (RFC 5280, 4.2.1.3).
    KeyUsage {
        /// The bits that are set, in their order.
        uses: Vec<KeyUse>,
    },
    /// What the certificate is for (RFC 5280, 4.2.1.12).
    ExtendedKeyUsage {
        /// The purposes, in encoded order.
        purposes: Vec<Algorithm>,
    },
    /// Further names of the subject (RFC 5280, 4.2.1.6).
    SubjectAltName {
        /// The names, in encoded order.
        names: Arc<[GeneralName]>,
    },
    /// Further names of the issuer (RFC 5280, 4.2.1.7).
    IssuerAltName {
        /// The names, in encoded order.
        names: Vec<GeneralName>,
    },
    /// Which key is certified (RFC 5280, 4.2.1.2).
    SubjectKeyIdentifier {
        /// Hexadecimal octets.
        identifier: String,
    },
    /// Which key signed (RFC 5280, 4.2.1.1).
    AuthorityKeyIdentifier {
        /// Hexadecimal octets of the issuer's key identifier.
        identifier: Option<String>,
        /// The names of the issuer of the issuer's certificate.
        issuer: Vec<GeneralName>,
        /// The serial number of the issuer's certificate, as [`super::Certificate::serial`] is written.
        serial: Option<String>,
    },
    /// Which names certificates below may carry (RFC 5280, 4.2.1.10).
    NameConstraints(NameConstraints),
    /// Under which policies it was issued (RFC 5280, 4.2.1.4).
    CertificatePolicies {
        /// The policies, in encoded order.
        policies: Vec<PolicyInformation>,
    },
    /// Which of the issuer's policies are which of the subject's (RFC 5280, 4.2.1.5).
    PolicyMappings {
        /// The pairs, in encoded order.
        mappings: Vec<PolicyMapping>,
    },
    /// What policies must be below (RFC 5280, 4.2.1.11).
    PolicyConstraints(PolicyConstraints),
    /// Below how many certificates "any policy" no longer counts (RFC 5280, 4.2.1.14).
    InhibitAnyPolicy {
        /// Further certificates, not self-issued ones, under which it still counts.
        skip_certificates: u64,
    },
    /// Where revocation lists are (RFC 5280, 4.2.1.13).
    CrlDistributionPoints {
        /// The places, in encoded order.
        points: Vec<DistributionPoint>,
    },
    /// Where delta revocation lists are (RFC 5280, 4.2.1.15).
    FreshestCrl {
        /// The places, in encoded order.
        points: Vec<DistributionPoint>,
    },
    /// Where to ask about the issuer (RFC 5280, 4.2.2.1).
    AuthorityInfoAccess {
        /// The places, in encoded order.
        descriptions: Vec<AccessDescription>,
    },
    /// Where to ask about the subject (RFC 5280, 4.2.2.2).
    SubjectInfoAccess {
        /// The places, in encoded order.
        descriptions: Vec<AccessDescription>,
    },
    /// Attributes of the subject that are no names (RFC 5280, 4.2.1.8).
    SubjectDirectoryAttributes {
        /// The attributes, in encoded order.
        attributes: Vec<DirectoryAttribute>,
    },
    /// How long the private key may sign (RFC 3280, 4.2.1.4).
    PrivateKeyUsagePeriod {
        /// First instant.
        not_before: Option<UnixTime>,
        /// Last instant.
        not_after: Option<UnixTime>,
    },
    /// The number of a revocation list (RFC 5280, 5.2.3).
    CrlNumber {
        /// Decimal.
        number: String,
    },
    /// The list that this one only adds to (RFC 5280, 5.2.4).
    DeltaCrlIndicator {
        /// The number of that list, decimal.
        base: String,
    },
    /// Which certificates the list is about (RFC 5280, 5.2.5).
    IssuingDistributionPoint(IssuingDistributionPoint),
    /// Why a certificate was revoked (RFC 5280, 5.3.1).
    ReasonCode {
        /// The reason.
        reason: RevocationReason,
    },
    /// What to do about a certificate on hold (RFC 3280, 5.3.2).
    HoldInstruction {
        /// The instruction.
        instruction: Algorithm,
    },
    /// Since when the key is or may be compromised (RFC 5280, 5.3.2).
    InvalidityDate {
        /// The instant.
        date: UnixTime,
    },
    /// Who issued the revoked certificate (RFC 5280, 5.3.3).
    CertificateIssuer {
        /// The names, in encoded order.
        names: Vec<GeneralName>,
    },
    /// Until when the list keeps expired certificates (X.509, 9.5.2.8).
    ExpiredCertificatesOnCrl {
        /// Certificates that expired since then are on the list.
        since: UnixTime,
    },
    /// Promises of transparency logs (RFC 6962, 3.3).
    SignedCertificateTimestamps {
        /// The promises, in encoded order.
        timestamps: Vec<SignedCertificateTimestamp>,
    },
    /// A certificate made for logs, not for use (RFC 6962, 3.1).
    PrecertificatePoison,
    /// Which TLS extensions a server must send (RFC 7633).
    TlsFeature {
        /// The features, in encoded order.
        features: Vec<TlsFeature>,
    },
    /// A responder's certificate need not be checked (RFC 6960, 4.2.2.2.1).
    OcspNoCheck,
    /// No revocation information is ever given (RFC 9608).
    NoRevocationAvailable,
    /// What the certificate is qualified for (RFC 3739, 3.2.6).
    QualifiedStatements {
        /// The statements, in encoded order.
        statements: Vec<QualifiedStatement>,
    },
    /// The registration of the organisation (EV Guidelines, 9.8.2).
    OrganizationIdentifier(OrganizationIdentifier),
    /// The name of the template that a Microsoft authority used.
    TemplateName {
        /// The name.
        name: String,
    },
    /// The template that a Microsoft authority used, by identifier.
    Template(CertificateTemplate),
    /// Microsoft's list of purposes.
    ApplicationPolicies {
        /// The purposes, in the form of policies.
        policies: Vec<PolicyInformation>,
    },
    /// Which purposes are which, as Microsoft writes it.
    ApplicationPolicyMappings {
        /// The pairs, in encoded order.
        mappings: Vec<PolicyMapping>,
    },
    /// What purposes must be below, as Microsoft writes it.
    ApplicationPolicyConstraints(PolicyConstraints),
    /// Which account a certificate was issued to: a security identifier.
    SecurityIdentifier {
        /// The account, such as `S-1-5-21-…-1105`; the names as they stand otherwise.
        names: Vec<GeneralName>,
    },
    /// How often a Microsoft authority was renewed.
    CaVersion {
        /// Counts the certificates.
        certificate: u32,
        /// Counts the keys.
        key: u32,
    },
    /// The authority's certificate before this one.
    PreviousCaCertificate {
        /// SHA-1 of that certificate, in hexadecimal.
        hash: String,
    },
    /// When a Microsoft authority will publish its next list.
    NextPublish {
        /// The instant.
        time: UnixTime,
    },
    /// The purposes of a certificate in the form of the nineties.
    NetscapeCertificateType {
        /// In words: `SSL client`.
        kinds: Vec<String>,
    },
    /// A text or an address that stands in the extension as such: comments, addresses, markers.
    Text {
        /// The text.
        text: String,
    },
    /// An object identifier that stands in the extension as such.
    Identifier {
        /// The identifier.
        identifier: Algorithm,
    },
    /// A number that stands in the extension as such.
    Number {
        /// Hexadecimal, as [`super::Certificate::serial`] is written.
        number: String,
    },
    /// An instant that stands in the extension as such.
    Instant {
        /// The instant.
        time: UnixTime,
    },
    /// Octets that stand in the extension as such, with no structure of their own.
    Octets {
        /// In hexadecimal.
        octets: String,
    },
    /// An extension that says all by being there.
    Marker,
    /// What a key in an Android device is bound to.
    AndroidAttestation(Box<Attestation>),
    /// How a key in an Android device came by its certificate.
    AndroidProvisioning {
        /// The facts, in encoded order.
        facts: Vec<AttestationFact>,
    },
    /// What a certificate of Apple may send notifications to.
    PushTopics {
        /// The topics, in encoded order.
        topics: Vec<PushTopic>,
    },
    /// Whom an attribute certificate is for (RFC 5755, 4.3.2).
    TargetInformation {
        /// Each of them may take it.
        targets: Vec<Target>,
    },
    /// Which addresses the subject may announce (RFC 3779, 2).
    IpAddressBlocks {
        /// The blocks by family, in encoded order.
        families: Vec<AddressFamily>,
    },
    /// Which autonomous systems the subject may speak for (RFC 3779, 3).
    AsIdentifiers(AsIdentifiers),
    /// Pictures to show with the certificate (RFC 9399).
    Logotypes {
        /// The pictures, in encoded order.
        logotypes: Vec<Logotype>,
    },
    /// What a certificate signed by an end entity may do (RFC 3820, 3.8).
    ProxyCertificate {
        /// How many proxies may follow.
        path_length: Option<u64>,
        /// The language in which the policy is written.
        language: Algorithm,
        /// The policy, as text where it is some, else `#` and its octets.
        policy: Option<String>,
    },
    /// The version of Entrust's software.
    EntrustVersion {
        /// The version.
        version: String,
        /// What the certificate is about, in words: `key update allowed`.
        flags: Vec<String>,
    },
    /// What mail programs may use (RFC 4262).
    SmimeCapabilities {
        /// The algorithms, the most wanted first.
        capabilities: Vec<Algorithm>,
    },
}

/// One bit of the `keyUsage` extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyUse {
    /// `digitalSignature`.
    DigitalSignature,
    /// `nonRepudiation`, also called `contentCommitment`.
    NonRepudiation,
    /// `keyEncipherment`.
    KeyEncipherment,
    /// `dataEncipherment`.
    DataEncipherment,
    /// `keyAgreement`.
    KeyAgreement,
    /// `keyCertSign`.
    CertificateSigning,
    /// `cRLSign`.
    CrlSigning,
    /// `encipherOnly`.
    EncipherOnly,
    /// `decipherOnly`.
    DecipherOnly,
}

impl KeyUse {
    /// What people call it: `digital signature`.
    pub fn name(self) -> &'static str {
        match self {
            Self::DigitalSignature => "digital signature",
            Self::NonRepudiation => "non-repudiation",
            Self::KeyEncipherment => "key encipherment",
            Self::DataEncipherment => "data encipherment",
            Self::KeyAgreement => "key agreement",
            Self::CertificateSigning => "certificate signing",
            Self::CrlSigning => "CRL signing",
            Self::EncipherOnly => "encipher only",
            Self::DecipherOnly => "decipher only",
        }
    }
}

/// An attribute of the subject that is no name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DirectoryAttribute {
    /// Which attribute it is.
    pub kind: Algorithm,
    /// Its values as text; `#` and the hexadecimal encoding where one is no text.
    pub values: Vec<String>,
}

/// A TLS extension by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TlsFeature {
    /// The number of the TLS extension: 5 for OCSP stapling.
    pub number: u64,
    /// What people call it, where it has a name.
    pub name: Option<String>,
}
