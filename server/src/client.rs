//! Requests to other servers: etcd, and the real clusters that are relayed to.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as PooledClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::app::StartError;
use crate::files;
use crate::tls::Pair;

/// A client that keeps connections, and speaks TLS to servers whose authority it was given.
pub(crate) type Client = PooledClient<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Two PEM files by which a client is known to a server: a certificate with its issuers, and its private
/// key, unencrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificate.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// A client that trusts the authorities in a PEM file, and without one speaks plain HTTP only. Blocks.
pub(crate) fn new(
    authorities: Option<&Path>,
    identity: Option<&Identity>,
) -> Result<Client, StartError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = authorities {
        let wrong = |what: String| {
            StartError::new(
                format!("{}: {what}", path.display()),
                "The certificates of the authorities that are trusted belong there, as PEM.",
            )
        };
        let pem = files::read_at_most(path, 1 << 20).map_err(|error| wrong(error.to_string()))?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            let added = roots.add(certificate);
            added.map_err(|error| wrong(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(wrong(
                "expected a certificate as PEM, found none".to_owned(),
            ));
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| StartError::new(error.to_string(), "This is a fault of the program."))?
        .with_root_certificates(roots);
    let config = match identity {
        None => config.with_no_client_auth(),
        Some(Identity { certificate, key }) => {
            let wrong = |what: String| {
                StartError::new(
                    what,
                    "A certificate for clients and its private key belong there, as PEM.",
                )
            };
            let pair = Pair::read(certificate, key).map_err(wrong)?;
            let config = config.with_client_auth_cert(pair.chain, pair.key);
            config.map_err(|error| wrong(format!("{}: {error}", key.display())))?
        }
    };
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http()
        .enable_http1()
        .build();
    Ok(PooledClient::builder(TokioExecutor::new()).build(connector))
}

/// Why a request failed, with what lies below it.
pub(crate) fn told(error: &hyper_util::client::legacy::Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        told = format!("{told}: {cause}");
        source = cause.source();
    }
    told
}
