//! SSH certificates.

use super::key::{Body, base_type, public_key};
use super::wire::Wire;
use crate::container::PublicItem;
use crate::error::Error;
use crate::report::{SshCertificate, SshCertificateType, SshLine, SshOption};
use crate::time::{Standing, UnixTime};

/// An SSH certificate, read as far as it can be without knowing the time.
#[derive(Debug)]
pub(crate) struct CertificateItem {
    pub(crate) key: PublicItem,
    pub(crate) facts: SshCertificate,
}

impl CertificateItem {
    /// Reads a certificate in wire form.
    ///
    /// ```text
    /// string type, string nonce, the key's fields, uint64 serial, uint32 type (1 user, 2 host),
    /// string key id, string principals, uint64 valid after, uint64 valid before,
    /// string critical options, string extensions, string reserved, string signature key,
    /// string signature
    /// ```
    ///
    /// OpenSSH, PROTOCOL.certkeys
    pub(crate) fn read(blob: &[u8], line: SshLine) -> Result<Self, Error> {
        Self::walk(blob, line).map_err(|error| error.within("SSH certificate"))
    }

    fn walk(blob: &[u8], line: SshLine) -> Result<Self, Error> {
        let mut wire = Wire::new(blob);
        let key_type = wire.text()?;
        wire.string()?;
        let body = Body::read(&key_type, &mut wire)?;
        let serial = wire.u64()?;
        let certificate_type = match wire.u32()? {
            1 => SshCertificateType::User,
            2 => SshCertificateType::Host,
            _ => SshCertificateType::Unknown,
        };
        let key_id = wire.text()?;
        let principals = strings(wire.string()?)?;
        let (after, before) = (wire.u64()?, wire.u64()?);
        let critical_options = options(wire.string()?)?;
        let extensions = options(wire.string()?)?;
        wire.string()?;
        let authority = public_key(wire.string()?, SshLine::default())?;
        let signature_algorithm = Wire::new(wire.string()?).text()?;
        let plain = plain_blob(&key_type, blob)?;
        let mut key = body.public_item(&key_type, &plain)?;
        key.ssh = Some(SshLine {
            application: body.application.clone(),
            key_type,
            ..line
        });
        let facts = SshCertificate {
            public_key: key.public_key.clone(),
            ssh: key.ssh.clone().unwrap_or_default(),
            serial: serial.to_string(),
            certificate_type,
            key_id,
            principals,
            not_before: instant(after).filter(|_| after != 0),
            not_after: instant(before),
            standing: None,
            critical_options,
            extensions,
            authority: authority.public_key,
            signature_algorithm,
            certificates: Vec::new(),
            private_key: None,
        };
        Ok(Self { key, facts })
    }
}

impl SshCertificate {
    /// The same certificate, judged at `at`.
    pub(crate) fn judged(mut self, at: Option<UnixTime>) -> Self {
        let from = self.not_before.unwrap_or(UnixTime::from_seconds(0));
        let to = self.not_after.unwrap_or(UnixTime::NEVER);
        self.standing = at.map(|at| Standing::of(from, to, at));
        self
    }
}

/// The key alone in wire form, as fingerprints are made of it.
fn plain_blob(key_type: &str, blob: &[u8]) -> Result<Vec<u8>, Error> {
    let vendor = match base_type(key_type) {
        base if base.starts_with("sk-") => format!("{base}@openssh.com"),
        base => base.to_owned(),
    };
    let mut wire = Wire::new(blob);
    wire.string()?;
    wire.string()?;
    let start = wire.rest();
    Body::read(key_type, &mut wire)?;
    let length = start.len().saturating_sub(wire.rest().len());
    let fields = start.get(..length).unwrap_or_default();
    let mut plain = u32::try_from(vendor.len())
        .unwrap_or_default()
        .to_be_bytes()
        .to_vec();
    plain.extend_from_slice(vendor.as_bytes());
    plain.extend_from_slice(fields);
    Ok(plain)
}

fn strings(list: &[u8]) -> Result<Vec<String>, Error> {
    let mut wire = Wire::new(list);
    let mut found = Vec::new();
    while !wire.is_empty() {
        found.push(wire.text()?);
    }
    Ok(found)
}

/// Names, each with a string that holds a string or nothing.
fn options(list: &[u8]) -> Result<Vec<SshOption>, Error> {
    let mut wire = Wire::new(list);
    let mut found = Vec::new();
    while !wire.is_empty() {
        let name = wire.text()?;
        let data = wire.string()?;
        let value = Wire::new(data).text().ok().filter(|_| !data.is_empty());
        found.push(SshOption { name, value });
    }
    Ok(found)
}

/// `None` for "for ever".
fn instant(seconds: u64) -> Option<UnixTime> {
    let seconds = i64::try_from(seconds).ok()?;
    (seconds <= UnixTime::NEVER.seconds()).then(|| UnixTime::from_seconds(seconds))
}
