//! An Elasticsearch configuration directory: the certificates that its TLS settings refer to.

mod contexts;
mod keystore;
mod settings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use certlens_core::{Certificate, Integrity, Lock, Object, Report};
use certlens_dialect::elasticsearch::CertificateInfo;

use contexts::{Context, Role, Source};
use settings::Settings;

use crate::files::{Files, ReadError};
use crate::host_key::HostKey;

/// The directory `elasticsearch` of the data directory.
pub(crate) struct Directory {
    path: PathBuf,
    files: Arc<Files>,
    cluster_uuid: String,
}

/// Who the cluster says it is.
pub(crate) struct Identity {
    pub(crate) node: String,
    pub(crate) cluster: String,
    pub(crate) uuid: String,
}

/// Why the listing cannot be made, in the words of the vendor's `ssl_config_exception`.
#[derive(Debug)]
pub(crate) struct SettingsError(pub(crate) String);

impl Directory {
    pub(crate) fn new(data: &Path, host_key: &HostKey, files: Arc<Files>) -> Self {
        let uuid = host_key.identifier("elasticsearch cluster", &[]);
        let cluster_uuid = uuid.chars().take(22).collect();
        Self {
            path: data.join("elasticsearch"),
            files,
            cluster_uuid,
        }
    }

    /// Who the cluster says it is. Blocks.
    pub(crate) fn identity(&self) -> Result<Identity, SettingsError> {
        let settings = Settings::read(&self.path)?;
        let name = |key: &str, otherwise: &str| settings.text(key).unwrap_or(otherwise).to_owned();
        Ok(Identity {
            node: name("node.name", "certlens"),
            cluster: name("cluster.name", "elasticsearch"),
            uuid: self.cluster_uuid.clone(),
        })
    }

    /// Every certificate that the TLS settings refer to, sorted and without repetitions. Blocks.
    pub(crate) fn certificates(&self) -> Result<Vec<CertificateInfo>, SettingsError> {
        let settings = Settings::read(&self.path)?;
        let mut rows = Vec::new();
        for context in Context::all(&settings) {
            for source in &context.sources {
                rows.extend(self.rows(source)?);
            }
        }
        CertificateInfo::sort(&mut rows);
        Ok(rows)
    }

    fn rows(&self, source: &Source) -> Result<Vec<CertificateInfo>, SettingsError> {
        let passwords: Vec<&str> = source.password.iter().map(String::as_str).collect();
        let report = self
            .files
            .report(&self.path.join(&source.path), &passwords)
            .map_err(|error| self.unreadable(source, &error))?;
        warn_of_broken_entries(source, &report);
        if source.is_pem() {
            return Ok(pem_rows(source, &report));
        }
        self.check_password(source, &report)?;
        Ok(keystore_rows(source, &report))
    }

    /// Java opens a keystore only with the right password, or with none where nothing is sealed.
    fn check_password(&self, source: &Source, report: &Report) -> Result<(), SettingsError> {
        let Some(keystore) = &report.keystore else {
            let what = "it is no keystore";
            return Err(SettingsError(format!("{} - {what}", self.naming(source))));
        };
        let given = source.password.is_some();
        let sealed = keystore.lock != Lock::Open && !certificates_are_open(report);
        let refused = sealed || (given && keystore.integrity == Integrity::NotVerified);
        if !refused {
            return Ok(());
        }
        let password = if given {
            "a keystore password was provided"
        } else {
            "no password was provided"
        };
        let message = "this is usually caused by an incorrect password";
        Err(SettingsError(format!(
            "{} - {message}; ({password})",
            self.naming(source)
        )))
    }

    fn unreadable(&self, source: &Source, error: &ReadError) -> SettingsError {
        SettingsError(format!("{} because {error}", self.naming(source)))
    }

    fn naming(&self, source: &Source) -> String {
        let path = self.path.join(&source.path);
        let what = match (source.is_pem(), source.role) {
            (true, Role::Identity) => "PEM certificate",
            (true, Role::Trust) => "PEM certificate_authorities",
            (false, Role::Identity) => "keystore",
            (false, Role::Trust) => "truststore",
        };
        let kind = if source.is_pem() {
            String::new()
        } else {
            format!("[{}] ", source.format)
        };
        format!("cannot read configured {kind}{what} [{}]", path.display())
    }
}

/// The files that the settings of this directory refer to, each once, with the passwords that are known
/// for it. Blocks.
pub(crate) fn configured(folder: &Path) -> Result<Vec<(String, Vec<String>)>, SettingsError> {
    let settings = Settings::read(folder)?;
    let mut files: Vec<(String, Vec<String>)> = Vec::new();
    for source in Context::all(&settings)
        .into_iter()
        .flat_map(|one| one.sources)
    {
        match files.iter_mut().find(|(path, _)| *path == source.path) {
            Some((_, passwords)) => passwords.extend(source.password),
            None => files.push((source.path, source.password.into_iter().collect())),
        }
    }
    Ok(files)
}

fn pem_rows(source: &Source, report: &Report) -> Vec<CertificateInfo> {
    let certificates = report
        .entries
        .iter()
        .filter_map(|entry| certificate(&entry.object));
    certificates
        .enumerate()
        .filter_map(|(at, certificate)| {
            let has_key = source.role == Role::Identity && at == 0;
            CertificateInfo::new(&source.path, &source.format, None, certificate, has_key)
        })
        .collect()
}

fn keystore_rows(source: &Source, report: &Report) -> Vec<CertificateInfo> {
    let info = |alias: &str, certificate: &Certificate, has_key: bool| {
        CertificateInfo::new(
            &source.path,
            &source.format,
            Some(alias),
            certificate,
            has_key,
        )
    };
    let mut rows = Vec::new();
    for entry in keystore::entries(report) {
        let chain = entry.chain.iter().enumerate();
        match source.role {
            Role::Identity if entry.has_key => rows.extend(
                chain.filter_map(|(at, certificate)| info(&entry.alias, certificate, at == 0)),
            ),
            Role::Identity => {}
            Role::Trust => {
                let first = entry.chain.first();
                rows.extend(first.and_then(|first| info(&entry.alias, first, entry.has_key)));
            }
        }
    }
    rows
}

/// One broken certificate does not hide the others; whoever reads the log learns of it.
fn warn_of_broken_entries(source: &Source, report: &Report) {
    for entry in &report.entries {
        if let Object::Unreadable(problem) = &entry.object {
            tracing::warn!(
                path = source.path,
                entry = entry.path,
                "Left out: {}",
                problem.message
            );
        }
    }
}

fn certificates_are_open(report: &Report) -> bool {
    report
        .entries
        .iter()
        .any(|entry| certificate(&entry.object).is_some())
}

pub(crate) fn certificate(object: &Object) -> Option<&Certificate> {
    match object {
        Object::Certificate(certificate) => Some(certificate),
        _ => None,
    }
}
