//! A configuration directory as the auto-configuration of a node writes it, and a little more.

use certlens_core::{Part, Password, write_jks};
use zeroize::Zeroizing;

use super::Folder;
use super::authority::Attribute::{Country, Locality, Name, Organisation, State, Unit};
use super::authority::{Authorities, Authority, CannotMake, Issued, Key, Use, Wish};
use crate::host_key;

pub(super) fn make(folder: &Folder, authorities: &Authorities) -> Result<(), CannotMake> {
    folder.write("elasticsearch.yml", SETTINGS)?;
    folder.write_secret("secrets.toml", SECRETS)?;
    let certs = folder.folder("certs")?;
    certs.write("corp-root.crt", authorities.root.pem())?;

    let http_ca = authorities.another_root(&auto_configured("HTTP CA", (-700, 395)))?;
    let node = authorities.issue(
        &http_ca,
        &Wish {
            days: (-700, 30),
            ..HTTP
        },
    )?;
    certs.write("http_ca.crt", http_ca.pem())?;
    certs.write_secret("http.p12", http_keystore(&node, &http_ca)?)?;

    let transport_ca =
        authorities.another_root(&auto_configured("transport CA", (-700, 35_435)))?;
    let node = authorities.issue(
        &transport_ca,
        &Wish {
            names: &[],
            days: (-700, 35_435),
            ..HTTP
        },
    )?;
    certs.write_secret("transport.p12", transport_keystore(&node, &transport_ca)?)?;

    certs.write("partners.jks", truststore(authorities)?)?;
    Ok(())
}

fn http_keystore(node: &Issued, ca: &Authority) -> Result<Zeroizing<Vec<u8>>, CannotMake> {
    let keys = [super::secret_key(ca.key())?, super::secret_key(&node.key)?];
    let [ca_key, node_key] = &keys;
    let parts = [
        Part::certificate(ca.der()).named("http_ca"),
        Part::certificate(&node.der).named("http"),
        Part::private_key(ca_key).named("http_ca"),
        Part::private_key(node_key).named("http"),
    ];
    super::keystore(&parts, HTTP_PASSWORD)
}

fn transport_keystore(node: &Issued, ca: &Authority) -> Result<Zeroizing<Vec<u8>>, CannotMake> {
    let key = super::secret_key(&node.key)?;
    let parts = [
        Part::certificate(ca.der()).named("transport_ca").trusted(),
        Part::certificate(&node.der).named("transport"),
        Part::private_key(&key).named("transport"),
    ];
    super::keystore(&parts, TRANSPORT_PASSWORD)
}

/// Authorities of partners, whose alerts Watcher sends messages to. One of them has run out.
fn truststore(authorities: &Authorities) -> Result<Zeroizing<Vec<u8>>, CannotMake> {
    let root = |subject, days| {
        let wish = Wish {
            subject,
            names: &[],
            days,
            key: Key::P384,
            uses: &[],
        };
        authorities.another_root(&wish)
    };
    let logistics = root(
        &[
            (Country, "AT"),
            (Locality, "Graz"),
            (Organisation, "Österreich Logistik AG"),
            (Name, "Logistik Root G2"),
        ],
        (-2_000, 5_300),
    )?;
    let bank = root(
        &[
            (Country, "US"),
            (State, "Oregon"),
            (Organisation, "Example Bank, Inc."),
            (Unit, "PKI"),
            (Name, "Example Bank Root R1"),
        ],
        (-3_700, -12),
    )?;
    let parts = [
        Part::certificate(logistics.der()).named("logistik-root-g2"),
        Part::certificate(bank.der()).named("example-bank-r1"),
    ];
    let password = Password::from(PARTNERS_PASSWORD);
    write_jks(&parts, &password, authorities.now(), &mut host_key::fill)
        .map(|written| written.bytes)
        .map_err(|error| CannotMake::Other(error.to_string()))
}

fn auto_configured(kind: &'static str, days: (i64, i64)) -> Wish<'static> {
    let subject: &[_] = match kind {
        "HTTP CA" => &[(Name, "Elasticsearch security auto-configuration HTTP CA")],
        _ => &[(
            Name,
            "Elasticsearch security auto-configuration transport CA",
        )],
    };
    Wish {
        subject,
        names: &[],
        days,
        key: Key::P256,
        uses: &[],
    }
}

const HTTP: Wish<'static> = Wish {
    subject: &[(Name, "es01")],
    names: &[
        "es01",
        "es01.corp.example",
        "localhost",
        "127.0.0.1",
        "::1",
        "10.20.0.11",
    ],
    days: (0, 0),
    key: Key::P256,
    uses: &[Use::Server, Use::Client],
};

const SETTINGS: &str = "\
cluster.name: corp-search
node.name: es01

xpack.security.enabled: true

xpack.security.http.ssl:
  enabled: true
  keystore.path: certs/http.p12

xpack.security.transport.ssl:
  enabled: true
  verification_mode: certificate
  keystore.path: certs/transport.p12
  truststore.path: certs/transport.p12

# People sign in with their accounts in the directory.
xpack.security.authc.realms.ldap.corp:
  order: 0
  url: \"ldaps://ldap.corp.example:636\"
  ssl.certificate_authorities: [ certs/corp-root.crt ]

# Monitoring data goes to another cluster.
xpack.monitoring.exporters.far:
  type: http
  host: [ \"https://monitoring.corp.example:9200\" ]
  ssl.certificate_authorities: [ certs/http_ca.crt ]

# Alerts are sent to partners.
xpack.http.ssl:
  truststore.path: certs/partners.jks
";

/// Elasticsearch keeps these in a keystore of its own, `elasticsearch.keystore`.
const SECRETS: &str = "\
\"xpack.security.http.ssl.keystore.secure_password\" = \"demo-http\"
\"xpack.security.transport.ssl.keystore.secure_password\" = \"demo-transport\"
\"xpack.security.transport.ssl.truststore.secure_password\" = \"demo-transport\"
\"xpack.http.ssl.truststore.secure_password\" = \"changeit\"
";

const HTTP_PASSWORD: &str = "demo-http";
const TRANSPORT_PASSWORD: &str = "demo-transport";
const PARTNERS_PASSWORD: &str = "changeit";
