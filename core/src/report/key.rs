//! Keys, as they stand in a report.

use serde::{Deserialize, Serialize};

use super::{Lock, Seal, Span, Text};
use crate::time::{Standing, UnixTime};

/// An object identifier with its name, and what its parameters say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Algorithm {
    /// Dotted form.
    pub oid: Text,
    /// What people call it; the dotted form where nobody has named it.
    pub name: Text,
    /// What the parameters say, in words: `SHA-256, salt 32`; absent where there are none to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<String>,
    /// The parameters of RSASSA-PSS (RFC 4055, 3.1), the defaults filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pss: Option<PssParameters>,
}

impl Algorithm {
    /// Name and parameters as one phrase: `RSASSA-PSS with SHA-256, salt 32`.
    pub fn text(&self) -> String {
        match &self.parameters {
            Some(parameters) => format!("{} with {parameters}", self.name),
            None => self.name.clone().into_owned(),
        }
    }
}

/// The parameters of RSASSA-PSS (RFC 4055, 3.1), the defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PssParameters {
    /// Digest of the message: `SHA-256`.
    pub hash: String,
    /// Digest of the mask generation function MGF1.
    pub mask_hash: String,
    /// Octets of salt.
    pub salt_length: u64,
    /// Number of the trailer field; 1 is the only one in use.
    pub trailer: u64,
}

/// A public key (RFC 5280, 4.1.2.7).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    /// What kind of key it is.
    pub algorithm: Algorithm,
    /// Size in bits: of the RSA modulus, the DSA prime, the curve's field. Absent for post-quantum
    /// keys, which have none.
    pub bits: Option<u32>,
    /// Octets of the key as it is encoded; absent where the public half is not known.
    pub bytes: Option<u32>,
    /// Bits of security against known attacks: 112 for RSA 2048, 128 for P-256. For post-quantum keys
    /// those of the AES key that their category is measured by. 0 where the key is smaller than
    /// anything that is rated, absent where nothing is known (NIST SP 800-57 part 1, table 2).
    pub strength: Option<u32>,
    /// Name of the curve or of the parameter set, for keys on one.
    pub curve: Option<String>,
    /// How the curve is given, for keys on one.
    pub curve_form: Option<CurveForm>,
    /// How the point is written, for keys on Weierstrass curves.
    pub point: Option<PointForm>,
    /// RSA public exponent, decimal.
    pub exponent: Option<String>,
    /// Bits of the subgroup's order, for DSA and DH keys that give it.
    pub subgroup_bits: Option<u32>,
    /// In words: `RSA 2048`, `EC P-256`, `Ed25519`.
    pub text: String,
    /// Digests by which the key is found again; absent where the public half is not known.
    pub identity: Option<KeyIdentity>,
}

/// How the curve of a key is given (RFC 5480, 2.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CurveForm {
    /// By its object identifier.
    Named,
    /// By prime, coefficients and generator written out.
    Explicit,
    /// Not at all: it is inherited, or forgotten.
    Absent,
}

/// How a point of a curve is written (SEC 1, 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PointForm {
    /// Both coordinates.
    Uncompressed,
    /// One coordinate and a bit of the other.
    Compressed,
    /// Both coordinates, and the bit as well.
    Hybrid,
}

/// Digests by which a key is found again, whatever it stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyIdentity {
    /// SHA-1 of the key's bits, in hexadecimal: what most authorities write as subject key identifier
    /// (RFC 5280, 4.2.1.2, method 1).
    pub key_id: String,
    /// SHA-256 of `subjectPublicKeyInfo`, in hexadecimal.
    pub spki_sha256: String,
    /// The same digest in base64, as pins are written (RFC 7469, 2.4).
    pub pin: String,
    /// What `ssh-keygen -l` prints of the key: `SHA256:…`; absent for kinds that SSH does not know.
    pub ssh_sha256: Option<String>,
    /// The same with MD5, as old programs print it: `MD5:16:27:…`.
    pub ssh_md5: Option<String>,
}

/// A private key. Nothing of its secret part is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PrivateKey {
    /// What the key is; absent while it is sealed.
    pub public_key: Option<PublicKey>,
    /// In which form it is written, in words: `PKCS#8`, `PKCS#1`, `SEC 1`, `OpenSSH`; absent while it
    /// is sealed so that nothing tells.
    pub form: Option<String>,
    /// What else is known of it, one statement a line: `seed and expanded key`, `3 primes`.
    pub facts: Vec<String>,
    /// The comment that OpenSSH keeps with it.
    pub comment: Option<String>,
    /// How the key is sealed; absent when it stands open in the input.
    pub seal: Option<Seal>,
    /// Whether it could be read: `open` also when a password opened it.
    pub lock: Lock,
    /// Path of the certificates in this input that carry the same public key.
    pub certificates: Vec<String>,
    /// Path of the public keys, requests and SSH certificates in this input over the same key.
    pub public_keys: Vec<String>,
}

/// A public key that stands alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LonePublicKey {
    /// The key.
    pub public_key: PublicKey,
    /// In which form it is written: `SubjectPublicKeyInfo`, `PKCS#1`, `OpenSSH`.
    pub form: String,
    /// What an SSH file says of the key; absent for other forms.
    pub ssh: Option<SshLine>,
    /// Path of the certificates in this input that carry the same key.
    pub certificates: Vec<String>,
    /// Path of its private key, if that is in the same input.
    pub private_key: Option<String>,
    /// The key as a PEM block, ready to copy; absent where X.509 has no form for it.
    pub pem: Option<String>,
    /// Where the whole key stands.
    pub at: Span,
}

/// What an SSH file says of a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SshLine {
    /// Name of the key's type: `ssh-ed25519`.
    pub key_type: String,
    /// The comment after the key; empty where there is none.
    pub comment: String,
    /// What `authorized_keys` allows and forbids the key, in its order: `from="10.0.0.0/8"`.
    pub options: Vec<String>,
    /// The hosts that `known_hosts` names, in its order. A hashed one begins with `|1|`.
    pub hosts: Vec<String>,
    /// The marker before them: `@cert-authority` or `@revoked`.
    pub marker: Option<String>,
    /// What a security key was registered for: `ssh:`; absent for keys that lie in a file.
    pub application: Option<String>,
    /// The whole line of the key alone, ready to copy.
    pub line: String,
}

/// An SSH certificate (OpenSSH, PROTOCOL.certkeys). It is no X.509 certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SshCertificate {
    /// The key that is certified.
    pub public_key: PublicKey,
    /// What its file says of it.
    pub ssh: SshLine,
    /// Number that the authority gave it, decimal.
    pub serial: String,
    /// Whether it is for people or for hosts.
    pub certificate_type: SshCertificateType,
    /// What the authority calls the holder; servers write it to their log.
    pub key_id: String,
    /// The user or host names that it is for. None at all means any.
    pub principals: Vec<String>,
    /// First instant of validity; absent where it was always valid.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity; absent where it never ends.
    pub not_after: Option<UnixTime>,
    /// Where `judgedAt` falls in the validity period.
    pub standing: Option<Standing>,
    /// What servers must understand or refuse.
    pub critical_options: Vec<SshOption>,
    /// What it allows.
    pub extensions: Vec<SshOption>,
    /// The key of the authority that signed it.
    pub authority: PublicKey,
    /// How the authority signed: `rsa-sha2-512`.
    pub signature_algorithm: String,
    /// Path of the X.509 certificates in this input that carry the same key.
    pub certificates: Vec<String>,
    /// Path of its private key, if that is in the same input.
    pub private_key: Option<String>,
}

/// Whom an SSH certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SshCertificateType {
    /// A person who logs in.
    User,
    /// A host that is logged in to.
    Host,
    /// A number that means neither.
    Unknown,
}

/// One option or extension of an SSH certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SshOption {
    /// Its name: `force-command`.
    pub name: String,
    /// Its value; absent where the name says it all.
    pub value: Option<String>,
}
