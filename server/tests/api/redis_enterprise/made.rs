//! Certificates made for one test, by rcgen where that can, and by OpenSSL where it cannot.

use std::path::Path;
use std::process::Command;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

/// A certificate with its key, as PEM.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Made {
    /// Valid from yesterday, for a month, signed by itself.
    pub(super) fn new(name: &str) -> Self {
        Self::valid(name, (-1, 30))
    }

    /// Valid between these days, counted from today.
    pub(super) fn valid(name: &str, days: (i64, i64)) -> Self {
        Self::of(&params(name, days), &KeyPair::generate().unwrap())
    }

    pub(super) fn of(params: &CertificateParams, key: &KeyPair) -> Self {
        Self {
            certificate: params.self_signed(key).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    pub(super) fn body(&self, name: &str) -> Value {
        json!({"name": name, "certificate": self.certificate, "key": self.key})
    }
}

/// Leaf, intermediate and root.
pub(super) struct Chain {
    pub(super) leaf: Made,
    pub(super) issuing: String,
    pub(super) root: String,
}

impl Chain {
    /// With key identifiers or without: without them only signatures tell issuers apart.
    pub(super) fn new(identifiers: bool) -> Self {
        let authority = |name, days| {
            let mut params = params(name, days);
            params.is_ca = if identifiers {
                IsCa::Ca(BasicConstraints::Unconstrained)
            } else {
                IsCa::NoCa
            };
            params.use_authority_key_identifier_extension = identifiers;
            params
        };
        let key = || KeyPair::generate().unwrap();
        let root = CertifiedIssuer::self_signed(authority("root", (-9, 99)), key()).unwrap();
        let issuing = authority("issuing", (-9, 90));
        let issuing = CertifiedIssuer::signed_by(issuing, key(), &root).unwrap();
        let leaf_key = key();
        let mut leaf = params("leaf", (-1, 30));
        leaf.use_authority_key_identifier_extension = identifiers;
        let leaf = leaf.signed_by(&leaf_key, &issuing).unwrap();
        Self {
            leaf: Made {
                certificate: leaf.pem(),
                key: leaf_key.serialize_pem(),
            },
            issuing: issuing.pem(),
            root: root.pem(),
        }
    }
}

pub(super) fn params(name: &str, days: (i64, i64)) -> CertificateParams {
    let mut params = CertificateParams::new(vec![format!("{name}.example")]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = OffsetDateTime::now_utc() + Duration::days(days.0);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(days.1);
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    params
}

/// Runs `openssl` in a folder and answers what it printed.
#[track_caller]
pub(super) fn openssl(folder: &Path, arguments: &str) -> String {
    let run = Command::new("openssl")
        .current_dir(folder)
        .args(arguments.split(' '))
        .output()
        .unwrap();
    assert!(run.status.success(), "{arguments}: {run:?}");
    String::from_utf8(run.stdout).unwrap()
}
