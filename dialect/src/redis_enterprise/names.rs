/// One of the certificates that a cluster may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateName {
    /// The logical name: `metrics_exporter`.
    pub name: &'static str,
    /// Whether a private key goes with it.
    pub key: Key,
    /// Whether the cluster can do without it.
    pub presence: Presence,
    /// What it is for, in the vendor's words cut short.
    pub purpose: &'static str,
}

/// Whether a private key goes with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The cluster holds it.
    Held,
    /// It is somebody else's certificate.
    Elsewhere,
}

/// Whether a cluster can do without a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Made by the cluster itself; can be replaced, never deleted.
    Required,
    /// Wanted by one feature only; can be deleted.
    Optional,
}

impl CertificateName {
    /// The row of a name, if the name is known.
    pub fn find(name: &str) -> Option<&'static Self> {
        NAMES.iter().find(|known| known.name == name)
    }
}

/// Every name, in the order in which an answer carries them.
pub const NAMES: &[CertificateName] = &[
    required("api", "REST API"),
    required("cm", "Cluster Manager UI"),
    required("metrics_exporter", "metrics to external monitoring"),
    required("proxy", "clients to database endpoints"),
    required("syncer", "Active-Active and Replica Of"),
    required(
        "ccs_internode_encryption",
        "control-plane internode encryption",
    ),
    required(
        "data_internode_encryption",
        "data-plane internode encryption",
    ),
    optional("ldap_client", Key::Held, "LDAP client to LDAP servers"),
    optional(
        "mtls_trusted_ca",
        Key::Elsewhere,
        "trusted authority for client certificates",
    ),
    optional("sso_service", Key::Held, "SAML service provider"),
    optional("sso_issuer", Key::Elsewhere, "SAML identity provider"),
];

const fn required(name: &'static str, purpose: &'static str) -> CertificateName {
    CertificateName {
        name,
        key: Key::Held,
        presence: Presence::Required,
        purpose,
    }
}

const fn optional(name: &'static str, key: Key, purpose: &'static str) -> CertificateName {
    CertificateName {
        name,
        key,
        presence: Presence::Optional,
        purpose,
    }
}
