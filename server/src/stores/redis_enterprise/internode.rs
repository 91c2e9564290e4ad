//! The certificates between nodes, and the private authority that issues them.
//!
//! The authority is a pair of files like the others. Its key goes into no answer.

use std::fmt;

use certlens_core::{Certificate, GeneralNameKind, UnixTime};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::check::{self, Checked};
use super::{Failure, Pair, end, file_names, text};
use crate::durable::Reading;

/// A certificate that nodes know each other by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Internode {
    /// `ccs_internode_encryption`
    ControlPlane,
    /// `data_internode_encryption`
    DataPlane,
}

impl Internode {
    pub(crate) const ALL: [Self; 2] = [Self::ControlPlane, Self::DataPlane];

    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ControlPlane => "ccs_internode_encryption",
            Self::DataPlane => "data_internode_encryption",
        }
    }
}

/// Why a certificate could not be made.
#[derive(Debug)]
pub(crate) struct CannotIssue(String);

impl fmt::Display for CannotIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<rcgen::Error> for CannotIssue {
    fn from(error: rcgen::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<CannotIssue> for Failure {
    fn from(error: CannotIssue) -> Self {
        Self::Broken(format!("redis: no certificate can be made: {error}"))
    }
}

/// The file names that begin so hold the authority.
pub(crate) const AUTHORITY: &str = "internode_ca";

/// Which certificates are to be rotated: own ones in time to be noticed if that fails, and what
/// somebody else issued shortly before it would be too late.
pub(super) fn due(reading: &Reading<'_>, now: UnixTime) -> Result<Vec<Internode>, Failure> {
    let authority = Pem::read(reading, AUTHORITY)?;
    let mut due = Vec::new();
    for internode in Internode::ALL {
        let Some(pem) = Pem::read(reading, internode.name())? else {
            continue;
        };
        let own = authority.as_ref().is_some_and(|own| pem.ends_with(own));
        let days = if own {
            OWN_DAYS_LEFT
        } else {
            FOREIGN_DAYS_LEFT
        };
        if pem.ends_within(days, now) {
            due.push(internode);
        }
    }
    Ok(due)
}

/// Issues these certificates anew; a new authority first if that is needed.
pub(super) fn rotated(
    reading: &Reading<'_>,
    mut names: Vec<Internode>,
    now: UnixTime,
) -> Result<Vec<(&'static str, Checked)>, Failure> {
    let old = Pem::read(reading, AUTHORITY)?;
    let authority = if let Some(authority) = Authority::open(reading, old.as_ref(), now)? {
        authority
    } else {
        // Nothing that the old one issued may be left without an authority.
        for internode in Internode::ALL {
            let pem = Pem::read(reading, internode.name())?;
            let own = pem
                .zip(old.as_ref())
                .is_some_and(|(pem, old)| pem.ends_with(old));
            if own && !names.contains(&internode) {
                names.push(internode);
            }
        }
        Authority::make(now)?
    };
    let mut pairs = Vec::new();
    for internode in names {
        let hosts = Pem::read(reading, internode.name())?.map_or_else(Vec::new, |pem| pem.hosts());
        pairs.push((internode.name(), authority.issue(internode, hosts, now)?));
    }
    if let Some(new) = authority.new {
        pairs.push((AUTHORITY, new));
    }
    Ok(pairs)
}

/// The certificates between nodes for demonstration data, with the authority that issued them.
pub(crate) fn demonstration(hosts: &[&str], now: UnixTime) -> Result<Vec<Pair>, CannotIssue> {
    let authority = Authority::make(now)?;
    let mut pairs = Vec::new();
    for internode in Internode::ALL {
        let hosts = hosts.iter().map(|&host| host.to_owned()).collect();
        pairs.push((internode.name(), authority.issue(internode, hosts, now)?));
    }
    pairs.extend(authority.new.map(|new| (AUTHORITY, new)));
    let pair = |(name, Checked { certificate, key })| Pair {
        name,
        certificate,
        key,
    };
    Ok(pairs.into_iter().map(pair).collect())
}

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// The pair to be written; absent where it lies there already.
    new: Option<Checked>,
}

impl Authority {
    /// The authority that is there, if it can still issue.
    fn open(
        reading: &Reading<'_>,
        certificate: Option<&Pem>,
        now: UnixTime,
    ) -> Result<Option<Self>, Failure> {
        let (_, file) = file_names(AUTHORITY);
        let key = text(reading, &file).map_err(Failure::Broken)?;
        let (Some(certificate), Some(key)) = (certificate, key) else {
            return Ok(None);
        };
        let Ok(key) = KeyPair::from_pem(&key) else {
            tracing::warn!("{file} holds no key that can sign: a new authority is made");
            return Ok(None);
        };
        if !check::fits(&certificate.text, &key_text(&key)) {
            tracing::warn!("{file} is another authority's key: a new authority is made");
            return Ok(None);
        }
        if certificate.ends_within(AUTHORITY_DAYS_LEFT, now) {
            return Ok(None);
        }
        Ok(Some(Self {
            pem: certificate.text.clone(),
            issuer: Issuer::new(authority_parameters(now)?, key),
            new: None,
        }))
    }

    fn make(now: UnixTime) -> Result<Self, CannotIssue> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let params = authority_parameters(now)?;
        let pem = unix_lines(&params.self_signed(&key)?.pem());
        let new = Checked {
            certificate: pem.clone(),
            key: Some(key_text(&key)),
        };
        Ok(Self {
            pem,
            issuer: Issuer::new(params, key),
            new: Some(new),
        })
    }

    /// Issues the certificate of one name, followed by the authority's own.
    fn issue(
        &self,
        internode: Internode,
        hosts: Vec<String>,
        now: UnixTime,
    ) -> Result<Checked, CannotIssue> {
        let hosts = if hosts.is_empty() {
            vec!["localhost".to_owned()]
        } else {
            hosts
        };
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = parameters(hosts, internode.name(), DAYS, now)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyAgreement,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        let leaf = params.signed_by(&key, &self.issuer)?;
        Ok(Checked {
            certificate: unix_lines(&leaf.pem()) + &self.pem,
            key: Some(key_text(&key)),
        })
    }
}

fn authority_parameters(now: UnixTime) -> Result<CertificateParams, CannotIssue> {
    let mut params = parameters(Vec::new(), "internode authority", AUTHORITY_DAYS, now)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn parameters(
    hosts: Vec<String>,
    name: &str,
    days: i64,
    now: UnixTime,
) -> Result<CertificateParams, CannotIssue> {
    let now = OffsetDateTime::from_unix_timestamp(now.seconds())
        .map_err(|error| CannotIssue(error.to_string()))?;
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "certlens");
    params.distinguished_name.push(DnType::CommonName, name);
    // Clocks differ a little between nodes.
    params.not_before = now - Duration::minutes(5);
    params.not_after = now + Duration::days(days);
    Ok(params)
}

/// The certificates of one file, in the form that is written.
struct Pem {
    text: String,
    found: Vec<Certificate>,
}

impl Pem {
    /// `None` where there is no file, or nothing in it that can be read.
    fn read(reading: &Reading<'_>, name: &str) -> Result<Option<Self>, Failure> {
        let (file, _) = file_names(name);
        let text = text(reading, &file).map_err(Failure::Broken)?;
        let found = text.and_then(|text| check::certificates(&text).ok());
        Ok(found.map(|found| Self {
            text: found.iter().map(|one| one.pem.as_str()).collect(),
            found,
        }))
    }

    fn ends_with(&self, authority: &Self) -> bool {
        self.text.ends_with(&authority.text)
    }

    fn ends_within(&self, days: i64, now: UnixTime) -> bool {
        let last = now.seconds() + days * 86_400;
        end(&self.found).is_some_and(|end| end.seconds() <= last)
    }

    /// The hosts and addresses of the leaf: they stay over a rotation.
    fn hosts(&self) -> Vec<String> {
        let leaf = self.found.first();
        let names = leaf.map(|leaf| leaf.subject_alternative_names.iter());
        names
            .into_iter()
            .flatten()
            .filter(|name| matches!(name.kind, GeneralNameKind::Dns | GeneralNameKind::Ip))
            .map(|name| name.value.clone())
            .collect()
    }
}

fn key_text(key: &KeyPair) -> Zeroizing<String> {
    let pem = Zeroizing::new(key.serialize_pem());
    Zeroizing::new(unix_lines(&pem))
}

fn unix_lines(pem: &str) -> String {
    pem.replace("\r\n", "\n")
}

/// Own certificates are issued for this long, and rotated when [`OWN_DAYS_LEFT`] are left, as the
/// product does it.
const DAYS: i64 = 90;
const OWN_DAYS_LEFT: i64 = 60;

/// What somebody else issued is replaced when this little is left.
const FOREIGN_DAYS_LEFT: i64 = 5;

/// The authority must outlive what it issues.
const AUTHORITY_DAYS: i64 = 3_650;
const AUTHORITY_DAYS_LEFT: i64 = DAYS + 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::redis_enterprise::{Directory, Keys, Update};
    use certlens_dialect::redis_enterprise::CertificateName;

    fn day(number: i64) -> UnixTime {
        UnixTime::from_seconds(1_800_000_000 + number * 86_400)
    }

    /// The certificates by name, and the authority's.
    fn held(directory: &Directory, data: &tempfile::TempDir) -> (Vec<String>, String) {
        let pairs = directory.pairs(Keys::Leave).unwrap();
        let pairs = pairs.into_iter().map(|pair| pair.certificate).collect();
        let authority = data.path().join("redis/internode_ca_cert.pem");
        (pairs, std::fs::read_to_string(authority).unwrap())
    }

    #[test]
    fn own_certificates_are_rotated_in_time_and_foreign_ones_at_the_last_moment() {
        let data = tempfile::tempdir().unwrap();
        let directory = Directory::new(data.path());
        let due = |now| directory.rotate_due(day(now)).unwrap();
        let [control, plane] = Internode::ALL.map(Internode::name);
        assert!(due(0).is_empty(), "what is not there is not made");
        directory.rotate(None, day(0)).unwrap();
        assert!(due(29).is_empty());
        assert_eq!(due(30), [control, plane]);
        assert!(due(31).is_empty());

        // Ends on day 120.
        let foreign = demonstration(&["other.example"], day(30)).unwrap();
        let Pair {
            certificate, key, ..
        } = foreign.into_iter().next().unwrap();
        let name = CertificateName::find(control).unwrap();
        let update = Update {
            name,
            certificate: certificate.clone(),
            key,
        };
        directory.update(&[update], day(31)).unwrap();
        assert_eq!(due(114), [plane]);
        let (before, authority) = held(&directory, &data);
        assert_eq!(before[0], certificate);
        assert_eq!(due(115), [control]);
        let (after, same) = held(&directory, &data);
        assert_eq!(authority, same);
        assert!(after[0].ends_with(&authority) && after[0] != before[0]);
        assert_eq!(after[1], before[1]);
    }

    #[test]
    fn an_authority_that_ends_takes_all_that_it_issued_with_it() {
        let data = tempfile::tempdir().unwrap();
        let directory = Directory::new(data.path());
        directory.rotate(None, day(0)).unwrap();
        let (first, authority) = held(&directory, &data);
        let late = day(AUTHORITY_DAYS - AUTHORITY_DAYS_LEFT);
        directory.rotate(Some(Internode::DataPlane), late).unwrap();
        let (second, new) = held(&directory, &data);
        assert_ne!(authority, new);
        assert!(second.iter().all(|pem| pem.ends_with(&new)));
        assert_ne!(first[0], second[0], "also the one that was not asked for");
    }

    #[test]
    fn an_authority_whose_key_is_lost_is_replaced() {
        let data = tempfile::tempdir().unwrap();
        let directory = Directory::new(data.path());
        directory.rotate(None, day(0)).unwrap();
        let key = data.path().join("redis/internode_ca_key.pem");
        let other = demonstration(&[], day(0)).unwrap().pop().unwrap();
        let other = other.key.unwrap();
        for lost in ["", "nonsense", &other] {
            let (_, before) = held(&directory, &data);
            std::fs::write(&key, lost).unwrap();
            directory.rotate(None, day(1)).unwrap();
            let (pairs, after) = held(&directory, &data);
            assert_ne!(before, after);
            assert!(pairs.iter().all(|pem| pem.ends_with(&after)));
        }
    }
}
