//! Which files the TLS settings of a node refer to.

use super::settings::Settings;

/// One set of `ssl` settings, such as those of the HTTP interface.
#[derive(Debug)]
pub(crate) struct Context {
    /// The files it refers to, what identifies the node before what it trusts.
    pub(crate) sources: Vec<Source>,
}

/// One file that a setting refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// As written in the settings, relative to the configuration directory.
    pub(crate) path: String,
    /// `PEM`, or the type of the keystore: as configured, else inferred from the name.
    pub(crate) format: String,
    /// What the file is used for.
    pub(crate) role: Role,
    /// The password of the keystore, or of the private key.
    pub(crate) password: Option<String>,
    /// The file with the private key of a certificate in PEM.
    pub(crate) key: Option<String>,
}

/// What a file is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The node shows it to others.
    Identity,
    /// The node compares others with it.
    Trust,
}

impl Source {
    pub(crate) fn is_pem(&self) -> bool {
        self.format == PEM
    }
}

impl Context {
    /// Every context that the settings name.
    pub(crate) fn all(settings: &Settings) -> Vec<Self> {
        prefixes(settings)
            .iter()
            .map(|prefix| Self::read(settings, prefix))
            .collect()
    }

    fn read(settings: &Settings, prefix: &str) -> Self {
        let pem = |path: &str, role| Source {
            path: path.to_owned(),
            format: PEM.to_owned(),
            role,
            password: None,
            key: None,
        };
        let setting = |name: &str| {
            let value = settings.text(&format!("{prefix}.{name}"));
            value.map(ToOwned::to_owned)
        };
        let mut sources = Vec::new();
        sources.extend(keystore(settings, prefix, "keystore", Role::Identity));
        sources.extend(setting("certificate").map(|path| Source {
            password: setting("secure_key_passphrase").or_else(|| setting("key_passphrase")),
            key: setting("key"),
            ..pem(&path, Role::Identity)
        }));
        let authorities = settings.list(&format!("{prefix}.certificate_authorities"));
        let mut trusted: Vec<Source> = authorities
            .iter()
            .map(|path| pem(path, Role::Trust))
            .collect();
        trusted.extend(keystore(settings, prefix, "truststore", Role::Trust));
        if trusted.is_empty() {
            // Nothing says whom to trust: then it is also whoever stands in the node's own material.
            let own = sources.iter().cloned();
            trusted.extend(own.map(|source| Source {
                role: Role::Trust,
                ..source
            }));
        }
        if settings.text(&format!("{prefix}.verification_mode")) != Some("none") {
            sources.extend(trusted);
        }
        Self { sources }
    }
}

fn keystore(settings: &Settings, prefix: &str, kind: &str, role: Role) -> Option<Source> {
    let prefix = format!("{prefix}.{kind}");
    let path = settings.text(&format!("{prefix}.path"))?.to_owned();
    let format = match settings.text(&format!("{prefix}.type")) {
        Some(configured) => configured.to_owned(),
        None => inferred_type(&path).to_owned(),
    };
    let password = settings
        .text(&format!("{prefix}.secure_password"))
        .or_else(|| settings.text(&format!("{prefix}.password")))
        .map(ToOwned::to_owned);
    Some(Source {
        path,
        format,
        role,
        password,
        key: None,
    })
}

fn inferred_type(path: &str) -> &'static str {
    let path = path.to_ascii_lowercase();
    let pkcs12 = [".p12", ".pfx", ".pkcs12"]
        .iter()
        .any(|ending| path.ends_with(ending));
    if pkcs12 { "PKCS12" } else { "jks" }
}

/// The prefixes under which the settings hold anything, each once, in the order of [`PATTERNS`].
fn prefixes(settings: &Settings) -> Vec<String> {
    let mut prefixes: Vec<String> = Vec::new();
    // The port for other clusters is closed unless it is opened.
    let is_open = settings.text("remote_cluster_server.enabled") == Some("true");
    for pattern in PATTERNS
        .iter()
        .chain(is_open.then_some(&REMOTE_CLUSTER_SERVER))
    {
        for key in settings.keys() {
            if let Some(prefix) = matched(pattern, key)
                && !prefixes.contains(&prefix)
            {
                prefixes.push(prefix);
            }
        }
    }
    prefixes
}

/// The part of a setting's name that a pattern covers, if there is more behind it.
fn matched(pattern: &str, key: &str) -> Option<String> {
    let mut parts = key.split('.');
    let mut taken = Vec::new();
    for expected in pattern.split('.') {
        let part = parts.next()?;
        if expected != "*" && expected != part {
            return None;
        }
        taken.push(part);
    }
    parts.next()?;
    Some(taken.join("."))
}

/// Where TLS settings stand. A star is one name.
const PATTERNS: &[&str] = &[
    "xpack.security.http.ssl",
    "xpack.security.transport.ssl",
    "transport.profiles.*.xpack.security.ssl",
    "xpack.security.authc.realms.*.*.ssl",
    "xpack.monitoring.exporters.*.ssl",
    "xpack.http.ssl",
    "xpack.notification.email.ssl",
    "xpack.security.remote_cluster_client.ssl",
];

const REMOTE_CLUSTER_SERVER: &str = "xpack.security.remote_cluster_server.ssl";

/// The label of everything that is no keystore, also of a file in DER.
const PEM: &str = "PEM";

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(yaml: &str) -> Vec<(String, String, Role, Option<String>)> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("elasticsearch.yml"), yaml).unwrap();
        let settings = Settings::read(directory.path()).unwrap_or_else(|error| panic!("{error:?}"));
        Context::all(&settings)
            .into_iter()
            .flat_map(|context| context.sources)
            .map(|source| (source.path, source.format, source.role, source.password))
            .collect()
    }

    fn paths(yaml: &str) -> Vec<String> {
        sources(yaml).into_iter().map(|(path, ..)| path).collect()
    }

    #[test]
    fn every_context_of_the_documentation_is_found() {
        for prefix in [
            "xpack.security.http.ssl",
            "xpack.security.transport.ssl",
            "transport.profiles.remote.xpack.security.ssl",
            "xpack.security.authc.realms.ldap.corp.ssl",
            "xpack.monitoring.exporters.far.ssl",
            "xpack.http.ssl",
            "xpack.notification.email.ssl",
            "xpack.security.remote_cluster_client.ssl",
        ] {
            let yaml = format!("{prefix}.certificate_authorities: [ca.crt]\n");
            assert_eq!(paths(&yaml), ["ca.crt"], "{prefix}");
        }
        assert!(paths("reindex.ssl.certificate_authorities: [ca.crt]\n").is_empty());
        let server = "xpack.security.remote_cluster_server.ssl.certificate_authorities: ca.crt\n";
        assert!(paths(server).is_empty(), "the port is closed");
        let server = format!("remote_cluster_server.enabled: true\n{server}");
        assert_eq!(paths(&server), ["ca.crt"]);
    }

    #[test]
    fn types_are_taken_as_typed_or_inferred_from_the_name() {
        for (setting, format) in [
            ("keystore.path: a.P12", "PKCS12"),
            ("keystore.path: a.pfx", "PKCS12"),
            ("keystore.path: a.keystore", "jks"),
            ("keystore: {path: a, type: pkcs12}", "pkcs12"),
        ] {
            let found = sources(&format!("xpack.http.ssl.{setting}\n"));
            assert!(
                found.iter().all(|(_, found, ..)| found == format),
                "{setting}: {found:?}"
            );
            assert_eq!(found.len(), 2, "once as identity, once as trust");
        }
    }

    #[test]
    fn a_truststore_replaces_the_trust_in_the_own_material() {
        let yaml =
            "xpack.http.ssl:\n  keystore.path: k.p12\n  truststore: {path: t.p12, password: pw}\n";
        assert_eq!(
            sources(yaml),
            [
                ("k.p12".into(), "PKCS12".into(), Role::Identity, None),
                (
                    "t.p12".into(),
                    "PKCS12".into(),
                    Role::Trust,
                    Some("pw".into())
                ),
            ]
        );
    }

    #[test]
    fn who_verifies_nobody_trusts_nobody() {
        let yaml = "xpack.http.ssl:\n  certificate: c.crt\n  verification_mode: none\n  certificate_authorities: ca.crt\n";
        assert_eq!(paths(yaml), ["c.crt"]);
    }

    #[test]
    fn one_certificate_and_a_list_of_authorities() {
        let yaml = "xpack.http.ssl:\n  certificate: a, b.crt\n  certificate_authorities: [ 'c, d.crt', e.crt ]\n";
        assert_eq!(paths(yaml), ["a, b.crt", "c, d.crt", "e.crt"]);
        assert_eq!(
            paths("xpack.http.ssl.certificate_authorities: c.crt, d.crt\n"),
            ["c.crt", "d.crt"]
        );
    }

    #[test]
    fn a_secure_password_wins() {
        let yaml = "xpack.http.ssl.keystore: {path: k.p12, password: old, secure_password: new}\n";
        assert_eq!(sources(yaml)[0].3.as_deref(), Some("new"));
    }
}
