#![doc = include_str!("../README.md")]
// Input is hostile: nothing that stops the program may be reached from it, and no sentence for people
// may hold what `Debug` prints. Tests may do both.
#![cfg_attr(
    not(test),
    deny(
        clippy::as_conversions,
        clippy::expect_used,
        clippy::get_unwrap,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used,
        clippy::use_debug,
    )
)]

mod asn1;
mod chain;
mod columns;
mod comparison;
mod container;
mod der;
mod error;
mod hex;
mod hidden;
mod host_name;
mod key_match;
mod limits;
mod links;
#[cfg(test)]
mod made;
mod material;
mod message;
mod oids;
mod open;
mod opener;
pub mod order;
mod origin;
mod password;
mod path;
mod pile;
mod repair;
mod report;
mod row;
mod rule;
mod schema;
mod sentence;
mod signature;
mod ssh;
mod time;
mod tree;
mod truststore;
#[cfg(feature = "wire")]
mod wire;
pub mod words;
mod write;
mod x509;

pub use chain::{
    ChainCertificate, ChainPath, ChainPicture, ChainRole, EverySignature, IssuerCheck, IssuerLink,
    IssuerSignature, LinkProof, MissingIssuer, NoIssuerCheck, PathEnd, ServedChain, chain,
};
pub use columns::{ColumnRow, Columns, TextField, columns};
pub use comparison::{
    BundleComparison, BundleMember, BundlePair, Change, ComparedField, Comparison, FieldComparison,
    MatchedBy, Relation, compare, compare_bundles,
};
pub use container::Pbkdf2;
pub use error::{Error, ErrorKind, Problem};
pub use hidden::is_hidden;
pub use host_name::{HostName, HostVerdict};
pub use key_match::{KeyMatch, match_keys};
pub use limits::Limits;
pub use material::{Material, open_for_writing};
pub use message::{KnownMessage, explain, known_messages};
pub use open::{Contents, Opening, Options, inspect, open};
pub use opener::{
    Opener, OpenerReason, OpenerRule, OpenerVerdict, Opens, SealFact, WhoCanOpen, opener_rules,
    opens_written_key, who_can_open,
};
pub use password::Password;
pub use path::{
    Budget, CheckKind, CheckOutcome, Evidence, JudgedPath, Judgement, LeafAnchor, PathCheck,
    PathStep, PolicyDemand, Profile, Purpose, Question, Regard, RevocationDemand, Rules, StepRole,
    StepVerdict, Treatment, Work, judge,
};
pub use pile::{Coverage, Lookup, PileFinding, PileLinks, PilePlace, Proof};
pub use repair::{Repair, Repaired, is_mended, repair_with_private_keys_as_they_are};
pub use report::extension::{
    AccessDescription, AddressFamily, AsIdentifiers, Attestation, AttestationFact,
    AttestationSecurity, AuthorizationList, BasicConstraints, BootState, CertificateTemplate,
    DirectoryAttribute, DisclosureStatement, DisplayText, DistributionPoint, DistributionPointName,
    Extension, ExtensionValue, GeneralSubtree, IssuingDistributionPoint, KeyUse, Logotype,
    LogotypeImage, LogotypePlace, NameConstraints, OrganizationIdentifier, PolicyConstraints,
    PolicyInformation, PolicyMapping, PolicyQualifier, PushTopic, QualifiedStatement, Resource,
    Resources, RootOfTrust, SignedCertificateTimestamp, StatementFact, Target, TlsFeature,
    Validation,
};
pub use report::{
    Algorithm, Asn1Class, Asn1LengthForm, Asn1Tag, Asn1Tree, Asn1Value, Attribute,
    AttributeCertificate, AttributeCertificateSpans, BagAttribute, ByteRange, Certificate,
    CertificateSpans, CertificationRequest, ChainPosition, CurveForm, Digests, Entry, Finding,
    Fingerprints, Format, Freshness, GeneralName, GeneralNameDetail, GeneralNameKind, Holder,
    Integrity, KeyIdentity, KeyLink, KeyProof, Keystore, KeystoreEntry, ListSpans, Lock,
    LonePublicKey, Name, NameAttribute, Object, Other, Place, PlaceForm, PointForm, PrivateKey,
    PssParameters, PublicKey, Report, RequestSpans, RevocationList, RevocationReason, Revoked,
    Scope, Seal, Severity, SignedMessage, Signer, SignerSpans, Span, SshCertificate,
    SshCertificateType, SshLine, SshOption, Text, Trust, Whereabouts,
};
pub use row::{Row, RowKind};
pub use rule::{Rule, rules};
pub use sentence::{
    Guard, Issued, Lasting, NextList, Reach, Role, Sentence, SentencePart, Statement, Unchecked,
    row_sentence, row_statements, sentence, statements,
};
pub use signature::{SignatureCheck, WeakDigest, check_signature};
pub use time::{Standing, UnixTime};
pub use tree::{Tree, trees};
pub use truststore::{Kin, Kinship, Lacks, StoreAnswer, accepts, ask_store, kin_in_store};
pub use write::{
    Body, JavaTrust, KeyForm, Lost, LostTogether, NoRandomness, Part, PrivateKeys, Random,
    SealProfile, Sealing, SecretKey, WriteError, Written, write_der,
    write_der_private_key_in_the_clear, write_der_sealed_key, write_jks, write_pem,
    write_pem_with_private_keys_in_the_clear, write_pem_with_sealed_keys, write_pkcs7,
    write_pkcs12,
};
pub use x509::{Remains, pem_block, read_name, remains};
