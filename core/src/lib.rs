#![doc = include_str!("../README.md")]

mod error;
mod limits;
mod open;
mod password;
mod report;
mod row;
mod time;

pub use error::{Error, ErrorKind, Problem};
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
