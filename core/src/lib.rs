#![doc = include_str!("../README.md")]

mod asn1;
mod container;
mod der;
mod error;
mod hex;
mod hidden;
mod limits;
mod links;
mod oids;
mod open;
mod origin;
mod password;
mod report;
mod row;
mod rule;
mod time;
mod x509;

pub use container::write_jks_truststore;
pub use error::{Error, ErrorKind, Problem};
pub use hidden::is_hidden;
pub use limits::Limits;
pub use open::{Contents, Options, inspect, open};
pub use password::Password;
pub use report::{
    Algorithm, BasicConstraints, ByteRange, Certificate, CertificateSpans, ChainPosition, Entry,
    Extension, Finding, Fingerprints, Format, GeneralName, GeneralNameKind, Integrity, KeyLink,
    KeyProof, Keystore, KeystoreEntry, Lock, Name, NameAttribute, Object, Other, Place, PlaceForm,
    PrivateKey, PublicKey, Report, Seal, Severity, Span,
};
pub use row::{Row, RowKind};
pub use time::{Standing, UnixTime};
pub use x509::read_name;
