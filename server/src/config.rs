//! What `certlens serve` was told, on the command line and in a TOML file.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;

use certlens_dialect::redis_enterprise::{CertificateName, Key, NAMES};
use serde::Deserialize;

use crate::app::StartError;
use crate::client::Identity;
use crate::cluster;
use crate::proxies::{Network, Proxies, ProxyHeader};
use crate::relay::{self, Kind};

/// Serves the page and the three certificate APIs.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Arguments {
    /// Directory with the certificates, the users and the host key. Made if it is missing.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Address to listen on. Port 0 takes any free port. [default: 127.0.0.1:8780]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,

    /// Make demonstration data in the directory when it is empty.
    #[arg(long)]
    pub demo: bool,

    /// The same options, and more, in a file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Keep in step with other nodes over this etcd: `etcd://HOST:PORT[,HOST:PORT…]`, or `etcds://` for TLS.
    #[arg(long, value_name = "ADDRESS")]
    pub ccs: Option<String>,

    /// The cluster that this node belongs to.
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,

    /// What this node is called in its cluster.
    #[arg(long, value_name = "NAME")]
    pub node: Option<String>,

    /// The key that private keys are sealed with, of `certlens keygen`.
    #[arg(long, value_name = "FILE", env = "CERTLENS_CCS_KEY_FILE")]
    pub ccs_key_file: Option<PathBuf>,
}

/// What the server runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Directory with the certificates, the users and the host key.
    pub data: PathBuf,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Whether an empty directory is filled with demonstration data.
    pub demo: Demo,
    /// Other backends that the page may speak to, as origins: `https://es.corp.example:9200`.
    pub connect: Vec<String>,
    /// Origins whose pages may use `/api`, as IIS Administration has them: `https://manage.iis.net`.
    pub cors: Vec<String>,
    /// Names besides the loopback ones under which the server may be addressed.
    pub hosts: Vec<String>,
    /// The proxies in front of this server.
    pub proxies: Proxies,
    /// How log lines are written.
    pub log: Log,
    /// What lies between the server and the network.
    pub transport: Transport,
    /// Who may read `/metrics`.
    pub metrics: MetricsAccess,
    /// What one client may cost.
    pub limits: Limits,
    /// Who gets the private keys of Redis Enterprise.
    pub redis_key_readers: KeyReaders,
    /// The other nodes, where there are any.
    pub ccs: Option<Ccs>,
    /// The key that private keys are sealed with in the history and in the cluster.
    pub ccs_key_file: Option<PathBuf>,
    /// Real clusters that are reached through this server.
    pub clusters: Vec<RemoteCluster>,
}

/// A real cluster that is reached through this server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteCluster {
    /// Its name in the paths of this server.
    pub name: String,
    /// Which product it is.
    pub kind: Kind,
    /// `https://HOST:PORT`
    pub url: String,
    /// PEM file with the authorities that its certificates are trusted by.
    pub ca: Option<PathBuf>,
    /// File with one line: `Basic NAME:PASSWORD`, `Bearer TOKEN` or `ApiKey KEY`.
    pub credentials: Option<PathBuf>,
}

/// The store that the nodes of a cluster share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ccs {
    /// Members of one etcd: `http://HOST:PORT`, `https://HOST:PORT`.
    pub endpoints: Vec<String>,
    /// The name of the cluster.
    pub cluster: String,
    /// The name of this node.
    pub node: String,
    /// PEM file with the authorities that etcd's certificates are trusted by.
    pub authorities: Option<PathBuf>,
    /// By what this node is known to etcd in TLS.
    pub identity: Option<Identity>,
    /// File with the user of etcd that this node is: one line, `NAME:PASSWORD`.
    pub credentials: Option<PathBuf>,
    /// How long a change waits for the other nodes.
    pub patience: Duration,
}

impl Ccs {
    fn new(arguments: &Arguments, file: &File) -> Result<Option<Self>, StartError> {
        let hint = "Write `--ccs etcd://HOST:PORT --cluster NAME --node NAME`; with etcds:// also \
                    `ccs_ca` in the configuration.";
        let wrong = |what: String| StartError::new(format!("ccs: {what}"), hint);
        let Some(address) = arguments.ccs.as_ref().or(file.ccs.as_ref()) else {
            let other = arguments.cluster.as_ref().or(arguments.node.as_ref());
            return match other.or(file.cluster.as_ref()).or(file.node.as_ref()) {
                Some(_) => Err(wrong("a cluster or node is named, and no store".to_owned())),
                None => Ok(None),
            };
        };
        let (scheme, hosts) = if let Some(hosts) = address.strip_prefix("etcd://") {
            ("http", hosts)
        } else if let Some(hosts) = address.strip_prefix("etcds://") {
            ("https", hosts)
        } else {
            return Err(wrong(format!(
                "expected etcd://HOST:PORT, found `{address}`"
            )));
        };
        if (scheme == "https") != file.ccs_ca.is_some() {
            return Err(wrong("etcds:// and `ccs_ca` belong together".to_owned()));
        }
        let identity = match (&file.ccs_client_certificate, &file.ccs_client_key) {
            (None, None) => None,
            (Some(certificate), Some(key)) if scheme == "https" => Some(Identity {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            _ => {
                let what =
                    "`ccs_client_certificate` and `ccs_client_key` belong together, with etcds://";
                return Err(wrong(what.to_owned()));
            }
        };
        if scheme == "http" && file.ccs_credentials.is_some() {
            return Err(wrong("a password is sent over etcds:// only".to_owned()));
        }
        let mut endpoints = Vec::new();
        for host in hosts.split(',') {
            let endpoint = format!("{scheme}://{host}");
            let has_port = host
                .rsplit_once(':')
                .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            if !has_port || check_origin("ccs", &endpoint).is_err() {
                return Err(wrong(format!("expected HOST:PORT, found `{host}`")));
            }
            endpoints.push(endpoint);
        }
        let name = |what: &str, given: Option<&String>| {
            let given = given.cloned().unwrap_or_default();
            if cluster::is_plain(&given) {
                return Ok(given);
            }
            let expected = "expected 1 to 64 letters, digits, `-`, `_` and `.`";
            Err(wrong(format!("{what}: {expected}, found `{given}`")))
        };
        let patience = file
            .ccs_wait_seconds
            .map_or(Duration::from_secs(10), duration);
        Ok(Some(Self {
            endpoints,
            cluster: name(
                "cluster",
                arguments.cluster.as_ref().or(file.cluster.as_ref()),
            )?,
            node: name("node", arguments.node.as_ref().or(file.node.as_ref()))?,
            authorities: file.ccs_ca.clone(),
            identity,
            credentials: file.ccs_credentials.clone(),
            patience,
        }))
    }
}

/// What lies between the server and the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP, on loopback only or behind something that speaks TLS.
    Plain,
    /// TLS with the pair in these PEM files, which are followed when they are replaced.
    Tls {
        /// The certificate, then those that issued it.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
}

/// Who may read `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetricsAccess {
    /// Whoever signs in and may `monitor`.
    #[default]
    SignIn,
    /// On this machine anybody, from elsewhere whoever signs in.
    Loopback,
}

/// What one client may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Octets of a request's body; a longer one is answered 413.
    pub body_bytes: NonZeroUsize,
    /// Connections at a time; further ones wait to be accepted.
    pub connections: NonZeroUsize,
    /// How long a TLS handshake, the head of a request, or the wait for the next one may take.
    pub header_seconds: NonZeroU32,
    /// How long a request may take with its body; a longer one is answered 503.
    pub request_seconds: NonZeroU32,
    /// How long a client may take nothing of an answer.
    pub write_seconds: NonZeroU32,
    /// How long requests under way may take once the server was asked to stop.
    pub stop_seconds: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let count = |count| NonZeroUsize::new(count).unwrap_or(NonZeroUsize::MIN);
        Self {
            body_bytes: count(1 << 20),
            connections: count(1024),
            header_seconds: seconds(30),
            request_seconds: seconds(60),
            write_seconds: seconds(30),
            stop_seconds: seconds(10),
        }
    }
}

/// A limit as what a timer takes.
pub(crate) fn duration(seconds: NonZeroU32) -> Duration {
    Duration::from_secs(u64::from(seconds.get()))
}

/// Who gets private keys with `GET /v1/cluster/certificates`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyReaders {
    /// Those who may also replace them: `update_cluster`.
    #[default]
    Writers,
    /// Whoever may see the certificates, as in the product: `view_cluster_info`.
    All,
}

/// Whether an empty data directory is filled with demonstration data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demo {
    /// Make it.
    Make,
    /// Leave the directory as it is.
    Omit,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Log {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// A server over this directory, on loopback, with everything else by default.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)),
            demo: Demo::Omit,
            connect: Vec::new(),
            cors: Vec::new(),
            hosts: Vec::new(),
            proxies: Proxies::default(),
            log: Log::Text,
            transport: Transport::Plain,
            metrics: MetricsAccess::SignIn,
            limits: Limits::default(),
            redis_key_readers: KeyReaders::default(),
            ccs: None,
            ccs_key_file: None,
            clusters: Vec::new(),
        }
    }

    /// Takes the command line, and the file that it names; the command line wins.
    ///
    /// # Errors
    /// When the file is missing or wrong (naming the line), or no data directory is given.
    pub fn load(arguments: &Arguments) -> Result<Self, StartError> {
        let file = match &arguments.config {
            Some(path) => File::read(path)?,
            None => File::default(),
        };
        relay::check(&file.clusters)?;
        let ccs = Ccs::new(arguments, &file)?;
        let ccs_key_file = arguments.ccs_key_file.clone().or(file.ccs_key_file);
        if ccs.is_some() && ccs_key_file.is_none() {
            return Err(StartError::new(
                "ccs: private keys are sealed before they enter the store, and there is no key to seal with",
                "Make one with `certlens keygen --output FILE`, give each node the same, and name it in \
                 CERTLENS_CCS_KEY_FILE or as `ccs_key_file`.",
            ));
        }
        let Some(data) = arguments.data.clone().or(file.data) else {
            return Err(StartError::new(
                "expected a data directory, found none",
                "Give it with `--data DIR`, or as `data` in the configuration file.",
            ));
        };
        for (key, origins) in [("connect", &file.connect), ("cors", &file.cors)] {
            for origin in origins {
                check_origin(key, origin)?;
            }
        }
        let defaults = Self::new(data);
        let demo = arguments.demo || file.demo;
        let listen = arguments.listen.or(file.listen).unwrap_or(defaults.listen);
        let transport = match file.tls {
            Some(tls) => tls.transport(&defaults.data)?,
            None => Transport::Plain,
        };
        let is_exposed = !listen.ip().is_loopback() && transport == Transport::Plain;
        if is_exposed && !file.insecure_http {
            return Err(StartError::new(
                format!("listen: {listen} is reached from other machines, and there is no TLS"),
                "Add a table `[tls]` to the configuration, or `insecure_http = true` where a proxy speaks TLS.",
            ));
        }
        Ok(Self {
            listen,
            transport,
            metrics: file.metrics,
            limits: file.limits,
            demo: if demo { Demo::Make } else { Demo::Omit },
            connect: file.connect,
            cors: file.cors,
            hosts: file.hosts,
            proxies: Proxies::new(file.trusted_proxies, file.proxy_header),
            log: file.log,
            redis_key_readers: file.redis_key_readers,
            ccs,
            ccs_key_file,
            clusters: file.clusters,
            ..defaults
        })
    }
}

/// The configuration file. Relative paths in it start at the working directory.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_field_names, reason = "keys of the file")]
struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    demo: bool,
    connect: Vec<String>,
    cors: Vec<String>,
    hosts: Vec<String>,
    trusted_proxies: Vec<Network>,
    proxy_header: ProxyHeader,
    log: Log,
    tls: Option<Tls>,
    insecure_http: bool,
    metrics: MetricsAccess,
    limits: Limits,
    redis_key_readers: KeyReaders,
    ccs: Option<String>,
    cluster: Option<String>,
    node: Option<String>,
    ccs_key_file: Option<PathBuf>,
    ccs_ca: Option<PathBuf>,
    ccs_client_certificate: Option<PathBuf>,
    ccs_client_key: Option<PathBuf>,
    ccs_credentials: Option<PathBuf>,
    ccs_wait_seconds: Option<NonZeroU32>,
    clusters: Vec<RemoteCluster>,
}

/// The server's own certificate: a name of the Redis directory, or two files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tls {
    name: Option<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Tls {
    fn transport(self, data: &Path) -> Result<Transport, StartError> {
        let hint =
            "Write `name = \"api\"` to serve with redis/api_cert.pem, or name two PEM files.";
        let wrong = |what: String| Err(StartError::new(format!("tls: {what}"), hint));
        match (self.name, self.certificate, self.key) {
            (Some(name), None, None) => {
                let is_known =
                    |known: &&CertificateName| known.name == name && known.key == Key::Held;
                let Some(known) = NAMES.iter().find(is_known) else {
                    return wrong(format!(
                        "`{name}` is no certificate of Redis Enterprise with a key"
                    ));
                };
                let redis = data.join("redis");
                Ok(Transport::Tls {
                    certificate: redis.join(format!("{}_cert.pem", known.name)),
                    key: redis.join(format!("{}_key.pem", known.name)),
                })
            }
            (None, Some(certificate), Some(key)) => Ok(Transport::Tls { certificate, key }),
            _ => wrong("expected either `name`, or `certificate` and `key`".into()),
        }
    }
}

impl File {
    fn read(path: &Path) -> Result<Self, StartError> {
        let text = fs::read_to_string(path).map_err(|error| {
            StartError::new(
                format!("{}: cannot read the configuration: {error}", path.display()),
                "Name an existing file with `--config FILE`.",
            )
        })?;
        toml::from_str(&text).map_err(|error| {
            StartError::new(
                format!("{}: {error}", path.display()),
                "docs/API.md describes every key.",
            )
        })
    }
}

/// An origin goes into a header of every answer: nothing but scheme, host and port may stand in it.
pub(crate) fn check_origin(key: &str, origin: &str) -> Result<(), StartError> {
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    let plain = |host: &str| {
        !host.is_empty()
            && host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
    };
    if host.is_some_and(plain) {
        return Ok(());
    }
    Err(StartError::new(
        format!("{key}: expected an origin, found `{origin}`"),
        "Write scheme, host and port only: `https://es.corp.example:9200`.",
    ))
}

const DEFAULT_PORT: u16 = 8780;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn load(text: &str) -> Result<Config, StartError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Config::load(&Arguments {
            config: Some(file.path().into()),
            ..Arguments::default()
        })
    }

    #[test]
    fn every_key_of_the_file_arrives() {
        let config = load(
            "data = 'd'\nlisten = '0.0.0.0:9'\ndemo = true\nconnect = ['https://es:9200']\ncors = ['https://m']\nhosts = ['h']\ntrusted_proxies = ['10.0.0.0/8', '::1']\nproxy_header = 'forwarded'\nlog = 'json'\nredis_key_readers = 'all'\nmetrics = 'loopback'\ninsecure_http = true\n[limits]\nbody_bytes = 1\nconnections = 2\nheader_seconds = 3\nrequest_seconds = 4\nwrite_seconds = 5\nstop_seconds = 6\n",
        )
        .unwrap();
        assert_eq!(config.data, Path::new("d"));
        assert_eq!(config.listen.port(), 9);
        assert_eq!(config.demo, Demo::Make);
        assert_eq!(config.connect, ["https://es:9200"]);
        assert_eq!(config.cors, ["https://m"]);
        assert_eq!(config.hosts, ["h"]);
        let trusted = ["10.0.0.0/8", "::1"].map(|network| network.parse().unwrap());
        assert_eq!(
            config.proxies,
            Proxies::new(trusted.into(), ProxyHeader::Forwarded)
        );
        assert_eq!(config.log, Log::Json);
        assert_eq!(config.metrics, MetricsAccess::Loopback);
        assert_eq!(config.redis_key_readers, KeyReaders::All);
        let limits = config.limits;
        let seconds = [
            limits.header_seconds,
            limits.request_seconds,
            limits.write_seconds,
            limits.stop_seconds,
        ];
        assert_eq!(limits.body_bytes.get(), 1);
        assert_eq!(limits.connections.get(), 2);
        assert_eq!(seconds.map(NonZeroU32::get), [3, 4, 5, 6]);
    }

    #[test]
    fn the_servers_certificate_is_a_served_one_or_two_files() {
        let transport =
            |tls: &str| load(&format!("data = 'd'\n[tls]\n{tls}")).map(|config| config.transport);
        let tls = |certificate: &str, key: &str| Transport::Tls {
            certificate: certificate.into(),
            key: key.into(),
        };
        assert_eq!(
            transport("name = 'api'\n").unwrap(),
            tls("d/redis/api_cert.pem", "d/redis/api_key.pem")
        );
        assert_eq!(
            transport("certificate = 'c.pem'\nkey = 'k.pem'\n").unwrap(),
            tls("c.pem", "k.pem")
        );
        for wrong in ["", "certificate = 'c.pem'\n", "name = 'api'\nkey = 'k'\n"] {
            let error = transport(wrong).unwrap_err().to_string();
            assert_eq!(
                error,
                "tls: expected either `name`, or `certificate` and `key`"
            );
        }
        for keyless in ["mtls_trusted_ca", "api_cert", "../api"] {
            let error = transport(&format!("name = '{keyless}'\n")).unwrap_err();
            let expected =
                format!("tls: `{keyless}` is no certificate of Redis Enterprise with a key");
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_node_is_told_by_the_file_or_the_command_line_and_needs_a_key() {
        let etcds =
            "data = 'd'\nccs = 'etcds://a:1,b:2'\nccs_ca = 'ca'\ncluster = 'c'\nnode = 'n'\n";
        let config = load(&format!(
            "{etcds}ccs_key_file = 'k'\nccs_wait_seconds = 3\nccs_client_certificate = 'cc'\n\
             ccs_client_key = 'ck'\nccs_credentials = 'up'\n"
        ))
        .unwrap();
        let ccs = Ccs {
            endpoints: vec!["https://a:1".into(), "https://b:2".into()],
            cluster: "c".into(),
            node: "n".into(),
            authorities: Some("ca".into()),
            identity: Some(Identity {
                certificate: "cc".into(),
                key: "ck".into(),
            }),
            credentials: Some("up".into()),
            patience: Duration::from_secs(3),
        };
        assert_eq!(config.ccs, Some(ccs));
        let arguments = Arguments {
            data: Some("d".into()),
            ccs: Some("etcd://a:1".into()),
            cluster: Some("c".into()),
            node: Some("n".into()),
            ccs_key_file: Some("k".into()),
            ..Arguments::default()
        };
        let ccs = Config::load(&arguments).unwrap().ccs.unwrap();
        assert_eq!(ccs.endpoints, ["http://a:1"]);
        let with = |change: fn(&mut Arguments)| {
            let mut arguments = arguments.clone();
            change(&mut arguments);
            Config::load(&arguments).unwrap_err().to_string()
        };
        for (told, expected) in [
            (
                with(|it| it.ccs_key_file = None),
                "there is no key to seal with",
            ),
            (
                with(|it| it.ccs = None),
                "a cluster or node is named, and no store",
            ),
            (with(|it| it.node = None), "node: expected 1 to 64 letters"),
            (
                with(|it| it.cluster = Some("a/b".into())),
                "cluster: expected 1 to 64 letters",
            ),
            (
                with(|it| it.ccs = Some("redb:x".into())),
                "expected etcd://HOST:PORT, found `redb:x`",
            ),
            (
                with(|it| it.ccs = Some("etcd://a".into())),
                "expected HOST:PORT, found `a`",
            ),
            (
                with(|it| it.ccs = Some("etcds://a:1".into())),
                "etcds:// and `ccs_ca` belong together",
            ),
        ] {
            assert!(told.contains(expected), "{told}");
        }
    }

    #[test]
    fn err_other_machines_without_tls() {
        let error = load("data = 'd'\nlisten = '0.0.0.0:9'\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "listen: 0.0.0.0:9 is reached from other machines, and there is no TLS"
        );
        assert!(error.hint().contains("[tls]") && error.hint().contains("insecure_http"));
        assert!(load("data = 'd'\nlisten = '[::]:9'\n[tls]\nname = 'api'\n").is_ok());
        assert!(load("data = 'd'\nlisten = '[::1]:9'\n").is_ok());
    }

    #[test]
    fn err_limit_of_nothing_names_its_line() {
        let error = load("data = 'd'\n[limits]\nconnections = 0\n").unwrap_err();
        assert!(error.to_string().contains("line 3"), "{error}");
    }

    #[test]
    fn err_proxy_that_is_no_network_names_its_line() {
        let error = load("data = 'd'\ntrusted_proxies = ['10.0.0.1/8']\n").unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("line 2") && error.contains("found `10.0.0.1/8`"),
            "{error}"
        );
    }

    #[test]
    fn err_unknown_key_names_its_line() {
        let error = load("data = 'd'\nlisten_on = '127.0.0.1:9'\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(error.contains("listen_on"), "{error}");
    }

    #[test]
    fn err_missing_file_is_named() {
        let arguments = Arguments {
            config: Some("/nowhere/c.toml".into()),
            ..Arguments::default()
        };
        let error = Config::load(&arguments).unwrap_err().to_string();
        assert!(error.starts_with("/nowhere/c.toml: "), "{error}");
    }

    #[test]
    fn err_connect_that_would_break_the_policy() {
        for origin in [
            "https://x; script-src *",
            "javascript:1",
            "https://",
            "https://x/path",
        ] {
            let error = load(&format!("data = 'd'\nconnect = [\"{origin}\"]\n")).unwrap_err();
            assert!(
                error.to_string().starts_with("connect: expected an origin"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_command_line_wins() {
        let arguments = Arguments {
            data: Some("cli".into()),
            ..Arguments::default()
        };
        let config = Config::load(&arguments).unwrap();
        assert_eq!(config.data, Path::new("cli"));
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.demo, Demo::Omit);
    }

    #[test]
    fn err_no_data_directory() {
        let error = Config::load(&Arguments::default()).unwrap_err();
        assert_eq!(error.to_string(), "expected a data directory, found none");
        assert!(error.hint().contains("--data"));
    }
}
