//! SSH public keys, made into those of X.509.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::wire::Wire;
use crate::container::PublicItem;
use crate::der::{integer, oid, sequence};
use crate::error::Error;
use crate::report::{Algorithm, KeyIdentity, PublicKey, SshLine};
use crate::x509::{DSA, EC, ED448, ED25519, RSA, spki, ssh_md5, ssh_sha256};

/// The fields of a key after its type.
pub(super) struct Body {
    /// The key as `SubjectPublicKeyInfo`; absent for types that are not known.
    pub(super) info: Option<Vec<u8>>,
    /// What a security key was registered for.
    pub(super) application: Option<String>,
}

impl Body {
    /// Reads the fields of a key of this type, as [`super::blob_of`] lists them. Keys in hardware add
    /// what they were registered for.
    pub(super) fn read(key_type: &str, wire: &mut Wire<'_>) -> Result<Self, Error> {
        let base = base_type(key_type);
        let info = match base {
            "ssh-rsa" => {
                let (exponent, modulus) = (wire.string()?, wire.string()?);
                let bits = sequence(&[&integer(modulus), &integer(exponent)]);
                Some(spki(RSA, &[5, 0], &bits))
            }
            "ssh-dss" => {
                let (p, q, g) = (wire.string()?, wire.string()?, wire.string()?);
                let parameters = sequence(&[&integer(p), &integer(q), &integer(g)]);
                Some(spki(DSA, &parameters, &integer(wire.string()?)))
            }
            "ssh-ed25519" | "sk-ssh-ed25519" => Some(spki(ED25519, &[], wire.string()?)),
            "ssh-ed448" => Some(spki(ED448, &[], wire.string()?)),
            _ if base.contains("ecdsa-sha2-") => {
                let curve = curve_identifier(&wire.text()?);
                Some(spki(EC, &oid(&curve), wire.string()?))
            }
            _ => None,
        };
        let application = match base {
            _ if base.starts_with("sk-") => Some(wire.text()?),
            _ => None,
        };
        Ok(Self { info, application })
    }

    /// What is known of the key. `blob` is the whole of it in wire form.
    pub(super) fn public_item(&self, key_type: &str, blob: &[u8]) -> Result<PublicItem, Error> {
        let Some(info) = &self.info else {
            return Ok(unknown(key_type));
        };
        let mut item = PublicItem::made(info, None)?;
        if self.application.is_some() {
            let text = &mut item.public_key.text;
            text.push_str(" on a security key");
        }
        if let Some(identity) = &mut item.public_key.identity {
            identity.ssh_sha256 = Some(ssh_sha256(blob));
            identity.ssh_md5 = Some(ssh_md5(blob));
        }
        item.form = "OpenSSH";
        Ok(item)
    }
}

/// Reads a public key in wire form, and what its file says of it.
pub(super) fn public_key(blob: &[u8], line: SshLine) -> Result<PublicItem, Error> {
    let mut wire = Wire::new(blob);
    let key_type = wire.text()?;
    let body = Body::read(&key_type, &mut wire)?;
    let mut item = body.public_item(&key_type, blob)?;
    let shown = [key_type.as_str(), &STANDARD.encode(blob), &line.comment].join(" ");
    item.ssh = Some(SshLine {
        line: shown.trim_end().to_owned(),
        application: body.application,
        key_type,
        ..line
    });
    Ok(item)
}

/// A type without the marks of a certificate and of the vendor: `sk-ssh-ed25519`.
pub(super) fn base_type(key_type: &str) -> &str {
    let name = key_type.split('@').next().unwrap_or(key_type);
    name.strip_suffix("-cert-v01").unwrap_or(name)
}

/// Whether a word can be the type of a key.
pub(super) fn is_key_type(word: &str) -> bool {
    let base = base_type(word);
    matches!(
        base,
        "ssh-rsa" | "ssh-dss" | "ssh-ed25519" | "ssh-ed448" | "ssh-xmss"
    ) || base.starts_with("ecdsa-sha2-")
        || base.starts_with("sk-")
        || word.starts_with("ssh-") && word.contains('@')
}

/// The object identifier of a curve. Those without a name of their own go by it (RFC 5656, 10.1).
pub(super) fn curve_identifier(name: &str) -> String {
    match name {
        "nistp256" => "1.2.840.10045.3.1.7",
        "nistp384" => "1.3.132.0.34",
        "nistp521" => "1.3.132.0.35",
        other => other,
    }
    .to_owned()
}

fn unknown(key_type: &str) -> PublicItem {
    PublicItem {
        public_key: PublicKey {
            algorithm: Algorithm {
                name: key_type.to_owned().into(),
                ..Algorithm::default()
            },
            text: key_type.to_owned(),
            identity: None::<KeyIdentity>,
            ..PublicKey::default()
        },
        public_bits: Vec::new(),
        form: "OpenSSH",
        ssh: None,
        pem: None,
        findings: Vec::new(),
    }
}
