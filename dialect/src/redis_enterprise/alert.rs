use serde::{Deserialize, Serialize};

/// The state of one alert about certificates that expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateAlert {
    /// When the state changed, RFC 3339.
    pub change_time: String,
    /// What the state is about.
    pub change_value: ExpiringCertificates,
    /// Whether anybody is told.
    pub enabled: bool,
    /// `INFO` while it is off, `WARNING` while it is on.
    pub severity: String,
    /// Whether it is on.
    pub state: bool,
}

/// The certificates that an alert is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiringCertificates {
    /// Logical names.
    pub certs_about_to_expire: Vec<String>,
    /// Days before the expiry, as text.
    pub global_threshold: String,
    /// Whether there are any.
    pub state: bool,
}

/// What `GET /v4/cluster/health` says of the certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// One for each certificate that is there.
    pub certificates: Vec<CertificateHealth>,
}

/// Whether one certificate can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateHealth {
    /// The logical name and `_cert`: `api_cert`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether its time is over.
    pub expired: bool,
    /// When that is, RFC 3339.
    pub valid_until: String,
}
