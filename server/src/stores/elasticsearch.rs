//! An Elasticsearch configuration directory: the certificates that its TLS settings refer to.

mod contexts;
mod failure;
mod keystore;
mod listing;
mod settings;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use certlens_core::{Certificate, Integrity, Lock, Object, Report};
use certlens_dialect::elasticsearch::CertificateInfo;

use contexts::{Context, Role, Source};
use keystore::Type;
use settings::Settings;

pub(crate) use failure::SettingsError;
pub(crate) use listing::Listing;

use crate::files::Files;
use crate::host_key::HostKey;
use crate::looks::Looks;

/// The directory `elasticsearch` of the data directory.
pub(crate) struct Directory {
    path: PathBuf,
    files: Arc<Files>,
    cluster_uuid: String,
    /// The last listing, and what the files looked like that it was read from.
    latest: Mutex<Option<Arc<Latest>>>,
}

struct Latest {
    looks: Looks,
    listing: Arc<Listing>,
}

/// Who the cluster says it is.
pub(crate) struct Identity {
    pub(crate) node: String,
    pub(crate) cluster: String,
    pub(crate) uuid: String,
}

impl Directory {
    pub(crate) fn new(data: &Path, host_key: &HostKey, files: Arc<Files>) -> Self {
        let uuid = host_key.identifier("elasticsearch cluster", &[]);
        let cluster_uuid = uuid.chars().take(22).collect();
        Self {
            path: data.join("elasticsearch"),
            files,
            cluster_uuid,
            latest: Mutex::default(),
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

    /// The last listing, if there is one and finding out whether it still holds takes no time to speak
    /// of: the file system is asked, and nothing is read.
    pub(crate) fn recall(&self) -> Option<Arc<Listing>> {
        self.unchanged(|looks| looks.are_quiet() || (looks.are_few() && looks.are_still_so()))
    }

    fn unchanged(&self, is_unchanged: impl Fn(&Looks) -> bool) -> Option<Arc<Listing>> {
        let latest = self.latest().clone()?;
        let Latest { looks, listing } = &*latest;
        is_unchanged(looks).then(|| Arc::clone(listing))
    }

    /// Every certificate that the TLS settings refer to, sorted and without repetitions. Blocks.
    pub(crate) fn listing(&self) -> Result<Arc<Listing>, SettingsError> {
        if let Some(listing) = self.unchanged(Looks::are_still_so) {
            return Ok(listing);
        }
        let mut looks = Looks::new();
        for file in Settings::files(&self.path) {
            looks.take(&file);
        }
        let settings = Settings::read(&self.path)?;
        let mut rows = Vec::new();
        for context in Context::all(&settings) {
            for source in &context.sources {
                looks.take(&self.path.join(&source.path));
                rows.extend(self.rows(source)?);
            }
        }
        CertificateInfo::sort(&mut rows);
        let listing = Arc::new(Listing::new(rows));
        let latest = Latest {
            looks,
            listing: Arc::clone(&listing),
        };
        *self.latest() = latest.looks.are_settled().then(|| Arc::new(latest));
        Ok(listing)
    }

    fn latest(&self) -> std::sync::MutexGuard<'_, Option<Arc<Latest>>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rows(&self, source: &Source) -> Result<Vec<CertificateInfo>, SettingsError> {
        let path = self.path.join(&source.path);
        let kind = Type::named(&source.format);
        if !source.is_pem() && kind.is_none() {
            return Err(failure::unknown_type(source, &path));
        }
        // Without a password, Java tries the empty one; so does whoever reads the file here.
        let passwords: Vec<&str> = source.password.iter().map(String::as_str).collect();
        let report = self
            .files
            .report(&path, &passwords)
            .map_err(|error| failure::unreadable(source, &path, &error))?;
        warn_of_broken_entries(source, &report);
        match kind {
            None => pem_rows(source, &path, &report),
            Some(kind) => {
                if !kind.reads(report.format) {
                    return Err(failure::not_of_the_type(source, &path, kind));
                }
                check_password(source, &path, kind, &report)?;
                Ok(keystore_rows(source, kind, &report))
            }
        }
    }
}

/// A file that the settings refer to.
pub(crate) struct Configured {
    pub(crate) path: String,
    /// Those that are known for it and its key.
    pub(crate) passwords: Vec<String>,
    /// Where the private key of its certificate is, if that is a file of its own.
    pub(crate) key: Option<String>,
}

/// The files that the settings of this directory refer to, each once with each of its keys. Blocks.
pub(crate) fn configured(folder: &Path) -> Result<Vec<Configured>, SettingsError> {
    let settings = Settings::read(folder)?;
    let mut files: Vec<Configured> = Vec::new();
    for source in Context::all(&settings)
        .into_iter()
        .flat_map(|one| one.sources)
    {
        let is_it = |file: &&mut Configured| {
            file.path == source.path && (source.key.is_none() || file.key == source.key)
        };
        match files.iter_mut().find(is_it) {
            Some(file) => file.passwords.extend(source.password),
            None => files.push(Configured {
                path: source.path,
                passwords: source.password.into_iter().collect(),
                key: source.key,
            }),
        }
    }
    // Trusted by one context and shown by another: with its key it tells all that it tells without.
    let with_keys: Vec<String> = files
        .iter()
        .filter(|file| file.key.is_some())
        .map(|file| file.path.clone())
        .collect();
    files.retain(|file| file.key.is_some() || !with_keys.contains(&file.path));
    Ok(files)
}

/// Java opens a keystore only with the right password, which is the empty one where none is set.
fn check_password(
    source: &Source,
    path: &Path,
    kind: Type,
    report: &Report,
) -> Result<(), SettingsError> {
    let Some(keystore) = &report.keystore else {
        return Err(failure::not_of_the_type(source, path, kind));
    };
    let sealed = keystore.lock != Lock::Open && !certificates_are_open(report);
    if sealed || keystore.integrity == Integrity::NotVerified {
        return Err(failure::wrong_password(source, path, report.format));
    }
    Ok(())
}

fn pem_rows(
    source: &Source,
    path: &Path,
    report: &Report,
) -> Result<Vec<CertificateInfo>, SettingsError> {
    let certificates = report
        .entries
        .iter()
        .filter_map(|entry| certificate(&entry.object));
    let rows: Vec<_> = certificates
        .enumerate()
        .filter_map(|(at, certificate)| {
            let has_key = source.role == Role::Identity && at == 0;
            CertificateInfo::new(&source.path, &source.format, None, certificate, has_key)
        })
        .collect();
    if rows.is_empty() {
        return Err(failure::no_certificate(path));
    }
    Ok(rows)
}

fn keystore_rows(source: &Source, kind: Type, report: &Report) -> Vec<CertificateInfo> {
    let info = |alias: &str, certificate: &Certificate, has_key: bool| {
        let (path, format) = (&source.path, &source.format);
        CertificateInfo::new(path, format, Some(alias), certificate, has_key)
    };
    let mut rows = Vec::new();
    for entry in keystore::entries(kind, report) {
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
