//! The server's own certificate, followed when its files are replaced.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use certlens_core::{Limits, Object, Options, Standing};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::Notify;
use tokio::time;

use crate::app::StartError;
use crate::clock;
use crate::files::{self, Stamp};

/// A pair of PEM files, and what was made of it last.
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    /// What the files looked like when they were last read, once that can be relied on.
    seen: Option<[Stamp; 2]>,
    /// The certificate file's content in use.
    used: Vec<u8>,
    /// The complaint that stands in the log already.
    told: Option<String>,
}

impl Tls {
    /// Reads the pair for the first time.
    pub(crate) fn open(certificate: &Path, key: &Path) -> Result<Self, StartError> {
        let wrong = |what| {
            StartError::new(
                format!("tls: {what}"),
                "The certificate and its private key, unencrypted, belong there as PEM.",
            )
        };
        let pair = Pair::read(certificate, key).map_err(wrong)?;
        let config = pair.config(key).map_err(wrong)?;
        tell(&pair.certificates, "Serve TLS");
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            state: Mutex::new(State {
                config,
                seen: None,
                used: pair.certificates,
                told: None,
            }),
        })
    }

    /// What new connections are accepted with. Those that are there keep what they began with.
    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.lock().config)
    }

    /// Looks at the files now and then, and whenever the bell rings.
    pub(crate) async fn follow(self: Arc<Self>, bell: Arc<Notify>) {
        loop {
            let _ = time::timeout(ROUND, bell.notified()).await;
            let tls = Arc::clone(&self);
            // What goes wrong in there goes to the log; the next round tries again.
            let _ = tokio::task::spawn_blocking(move || tls.look()).await;
        }
    }

    fn look(&self) {
        let asked = SystemTime::now();
        let stamps = self.stamps();
        if stamps.is_some() && stamps == self.lock().seen {
            return;
        }
        let pair = Pair::read(&self.certificate, &self.key);
        let made = pair.and_then(|pair| Ok((pair.config(&self.key)?, pair)));
        let mut state = self.lock();
        match made {
            Ok((config, pair)) => {
                state.told = None;
                // A key alone does not change: it would not fit.
                if pair.certificates != state.used {
                    tell(&pair.certificates, "Serve TLS anew");
                    state.config = config;
                    state.used = pair.certificates;
                }
            }
            Err(what) => {
                if state.told.as_ref() != Some(&what) {
                    tracing::error!("Kept the certificate for TLS that was in use: {what}");
                    state.told = Some(what);
                }
            }
        }
        let is_settled = |pair: &[Stamp; 2]| pair.iter().all(|stamp| stamp.is_settled(asked));
        state.seen = stamps.filter(is_settled);
    }

    fn stamps(&self) -> Option<[Stamp; 2]> {
        let stamp = |path| fs::metadata(path).ok().map(|found| Stamp::of(&found));
        Some([stamp(&self.certificate)?, stamp(&self.key)?])
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Pair {
    certificates: Vec<u8>,
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl Pair {
    /// Blocks.
    pub(crate) fn read(certificate: &Path, key: &Path) -> Result<Self, String> {
        let read = |path: &Path| {
            let octets = files::read_at_most(path, FILE_SIZE);
            octets.map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => format!("{}: there is no such file", path.display()),
                _ => format!("{}: {error}", path.display()),
            })
        };
        let (certificates, keys) = (read(certificate)?, read(key)?);
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&certificates).collect();
        let chain = chain.map_err(|error| format!("{}: {error}", certificate.display()))?;
        if chain.is_empty() {
            let file = certificate.display();
            return Err(format!("{file}: expected a certificate as PEM, found none"));
        }
        let key_found = PrivateKeyDer::from_pem_slice(&keys).map_err(|_| {
            let file = key.display();
            format!("{file}: expected an unencrypted private key as PEM, found none")
        })?;
        Ok(Self {
            certificates: certificates.to_vec(),
            chain,
            key: key_found,
        })
    }

    /// Checks that key and certificate belong together on the way.
    fn config(&self, key: &Path) -> Result<Arc<ServerConfig>, String> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_no_client_auth();
        let mut config = builder
            .with_single_cert(self.chain.clone(), self.key.clone_key())
            .map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => format!(
                    "{}: the private key does not belong to the certificate",
                    key.display()
                ),
                other => format!("{}: the pair cannot be used: {other}", key.display()),
            })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// Says in the log whose certificate is used, and whether clients will take it.
fn tell(certificates: &[u8], what: &str) {
    let options = Options {
        passwords: &[],
        limits: Limits::default(),
    };
    let report = certlens_core::inspect(certificates, &options, Some(clock::now()));
    let first = report.iter().flat_map(|report| &report.entries).next();
    let Some(Object::Certificate(leaf)) = first.map(|entry| &entry.object) else {
        return;
    };
    let (name, sha256) = (leaf.display_name(), &leaf.fingerprints.sha256);
    let until = leaf
        .not_after
        .map(|until| until.to_string())
        .unwrap_or_default();
    tracing::info!(name, until, sha256, "{what} as {name}");
    if leaf.standing == Some(Standing::Expired) || leaf.standing == Some(Standing::NotYetValid) {
        tracing::warn!(
            name,
            until,
            "Clients will refuse this certificate: it is not valid now"
        );
    }
}

/// How often the files are looked at without a reason.
const ROUND: Duration = Duration::from_secs(1);

/// A chain and a key take a few kilobytes.
const FILE_SIZE: u64 = 1 << 20;
