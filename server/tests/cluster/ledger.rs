//! What was sent, what was acknowledged, and what may therefore stand under each name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

/// A certificate with its key, as PEM.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) sha256: String,
}

impl Made {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![format!("{name}.example")]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = OffsetDateTime::now_utc() - Duration::days(9);
        params.not_after = OffsetDateTime::now_utc() + Duration::days(90);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let digest = Sha256::digest(certificate.der());
        let unix = |pem: String| pem.replace("\r\n", "\n");
        Self {
            certificate: unix(certificate.pem()),
            key: unix(key.serialize_pem()),
            sha256: digest
                .iter()
                .fold(String::new(), |text, octet| format!("{text}{octet:02x}")),
        }
    }

    pub(crate) fn body(&self, name: &str) -> Value {
        json!({"name": name, "certificate": self.certificate, "key": self.key})
    }
}

/// For each name, what may stand under it.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Books>);

#[derive(Default)]
struct Books {
    possible: BTreeMap<String, Vec<Made>>,
    /// Which node acknowledged which certificate.
    acknowledged: Vec<(String, String)>,
    answers: BTreeMap<u16, u64>,
}

impl Ledger {
    /// What stands there before anything is sent.
    pub(crate) fn found(&self, name: &str, files: &BTreeMap<String, String>) {
        let file = |kind| files[&format!("{name}_{kind}.pem")].clone();
        let found = Made {
            certificate: file("cert"),
            key: file("key"),
            sha256: String::new(),
        };
        self.sent(name, &found);
    }

    /// A change is about to be sent: from now on it may stand there.
    pub(crate) fn sent(&self, name: &str, made: &Made) {
        let mut books = self.0.lock().unwrap();
        books
            .possible
            .entry(name.to_owned())
            .or_default()
            .push(made.clone());
    }

    /// What was answered to a change that nobody else made at the same time to this name.
    pub(crate) fn answered(&self, name: &str, made: &Made, node: &str, status: u16) {
        let mut books = self.0.lock().unwrap();
        *books.answers.entry(status).or_default() += 1;
        // 409: the cluster has it, though not every node does.
        if status == 200 || status == 409 {
            books.possible.insert(name.to_owned(), vec![made.clone()]);
        }
        if status == 200 {
            books
                .acknowledged
                .push((node.to_owned(), made.sha256.clone()));
        }
    }

    /// As [`Ledger::answered`], where somebody else wrote at the same time.
    pub(crate) fn answered_beside(&self, made: &Made, node: &str, status: u16) {
        let mut books = self.0.lock().unwrap();
        *books.answers.entry(status).or_default() += 1;
        if status == 200 {
            books
                .acknowledged
                .push((node.to_owned(), made.sha256.clone()));
        }
    }

    /// Fails unless what stands there is what may stand there, whole; from now on nothing else may.
    #[track_caller]
    pub(crate) fn settle(&self, files: &BTreeMap<String, String>) {
        let mut books = self.0.lock().unwrap();
        for (name, possible) in &mut books.possible {
            let certificate = &files[&format!("{name}_cert.pem")];
            let key = &files[&format!("{name}_key.pem")];
            let count = possible.len();
            possible.retain(|made| made.certificate == *certificate);
            assert_eq!(
                possible.len(),
                1,
                "{name}: none of {count} that may stand there"
            );
            assert_eq!(
                possible[0].key, *key,
                "{name}: certificate and key are of one pair"
            );
        }
    }

    /// Fails unless the node that acknowledged a change has both records of it.
    #[track_caller]
    pub(crate) fn audited(&self, audits: &BTreeMap<String, Vec<Value>>) -> usize {
        let books = self.0.lock().unwrap();
        for (node, sha256) in &books.acknowledged {
            let records = &audits[node];
            let begun = records.iter().filter(|record| {
                let changes = record["changes"].as_array();
                record["action"] != "apply"
                    && changes.is_some_and(|changes| {
                        changes.iter().any(|change| change["becomes"] == **sha256)
                    })
            });
            let begun: BTreeSet<_> = begun
                .filter_map(|record| record["number"].as_u64())
                .collect();
            let done = records.iter().any(|record| {
                record["what"] == "done"
                    && record["of"].as_u64().is_some_and(|of| begun.contains(&of))
            });
            assert!(done, "{node}: no record of {sha256} that was acknowledged");
        }
        books.acknowledged.len()
    }

    /// What was sent and stands there, by its SHA-256.
    pub(crate) fn settled(&self) -> Vec<(String, String)> {
        let books = self.0.lock().unwrap();
        let only = |(name, possible): (&String, &Vec<Made>)| match &possible[..] {
            [made] if !made.sha256.is_empty() => Some((name.clone(), made.sha256.clone())),
            _ => None,
        };
        books.possible.iter().filter_map(only).collect()
    }

    pub(crate) fn answers(&self) -> BTreeMap<u16, u64> {
        self.0.lock().unwrap().answers.clone()
    }
}
