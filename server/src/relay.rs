//! Requests to real clusters, with credentials that stay on this server.
//!
//! Only the methods and paths of a fixed list go on. Nothing that a certificate says is ever asked for.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::{task, time};
use zeroize::{Zeroize, Zeroizing};

use crate::app::StartError;
use crate::client::{self, Client};
use crate::cluster::is_plain;
use crate::config::{self, RemoteCluster};
use crate::files;
use crate::users::Permission;

/// The real clusters that this server knows.
pub(crate) struct Relays(Vec<Relay>);

/// One of them.
pub(crate) struct Relay {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// `https://HOST:PORT`
    pub(crate) url: String,
    credentials: Option<PathBuf>,
    client: Client,
}

/// Which product it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Elasticsearch.
    Elasticsearch,
    /// Redis Enterprise Software.
    RedisEnterprise,
    /// Microsoft IIS Administration.
    Iis,
}

/// What goes on, and for whom.
#[derive(Debug)]
pub(crate) struct Allowed {
    pub(crate) permission: Permission,
    answer: Shape,
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// It is passed on.
    Whole,
    /// Only certificates of it are.
    WithoutKeys,
    /// It is asked of every node.
    OfEachNode,
}

/// An answer as it is passed on.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is none.
#[derive(Debug)]
pub(crate) enum RelayError {
    /// The credentials of this server cannot be read.
    Credentials(String),
    /// The cluster does not take them.
    SignIn(StatusCode),
    /// It does not answer.
    Silent(String),
    /// It answers something else than is documented.
    Strange(&'static str),
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credentials(what) => write!(f, "the credentials for the cluster: {what}"),
            Self::SignIn(status) => {
                write!(
                    f,
                    "the cluster does not take the credentials of this server: {status}"
                )
            }
            Self::Silent(what) => write!(f, "the cluster does not answer: {what}"),
            Self::Strange(what) => write!(f, "the cluster answers something else: {what}"),
        }
    }
}

impl Relays {
    pub(crate) fn new(clusters: &[RemoteCluster]) -> Result<Self, StartError> {
        let relay = |cluster: &RemoteCluster| {
            Ok(Relay {
                name: cluster.name.clone(),
                kind: cluster.kind,
                url: cluster.url.clone(),
                credentials: cluster.credentials.clone(),
                client: client::new(cluster.ca.as_deref(), None)?,
            })
        };
        clusters
            .iter()
            .map(relay)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Relay> {
        self.0.iter().find(|relay| relay.name == name)
    }

    pub(crate) fn all(&self) -> &[Relay] {
        &self.0
    }
}

/// What is wrong with the clusters of a configuration.
pub(crate) fn check(clusters: &[RemoteCluster]) -> Result<(), StartError> {
    let hint = "docs/OPERATIONS.md has an example of each kind.";
    for (at, cluster) in clusters.iter().enumerate() {
        let name = &cluster.name;
        let wrong = |what: &str| Err(StartError::new(format!("clusters: `{name}`: {what}"), hint));
        if !is_plain(name) {
            return wrong("expected a name of 1 to 64 letters, digits, `-`, `_` and `.`");
        }
        if clusters.iter().take(at).any(|other| other.name == *name) {
            return wrong("there are two of that name");
        }
        config::check_origin("clusters", &cluster.url)?;
        let is_tls = cluster.url.starts_with("https://");
        if is_tls != cluster.ca.is_some() {
            return wrong("`ca` and https:// belong together");
        }
        if cluster.credentials.is_some() && !is_private(&cluster.url) {
            return wrong("credentials go over https:// only, or to this machine");
        }
    }
    Ok(())
}

/// Whether nobody else hears what is sent there.
fn is_private(url: &str) -> bool {
    let Some(host) = url.strip_prefix("http://") else {
        return true;
    };
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| {
        let rest = host.strip_prefix(local);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    })
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Elasticsearch => "elasticsearch",
            Self::RedisEnterprise => "redis-enterprise",
            Self::Iis => "iis",
        }
    }

    /// The fixed list. Names and identifiers are of plain characters: none leads elsewhere.
    pub(crate) fn allows(self, method: &Method, path: &str) -> Option<Allowed> {
        use Permission::{Monitor, ReadCertificates, UpdateCluster, ViewClusterInfo};
        let parts: Vec<&str> = path.trim_end_matches('/').split('/').skip(1).collect();
        let name = |name: &str| is_plain(name) && !name.starts_with('.');
        let (permission, answer) = match (self, method.as_str(), &*parts) {
            (Self::Elasticsearch, "GET", ["_ssl", "certificates"]) => (Monitor, Shape::OfEachNode),
            (Self::Elasticsearch, "GET" | "HEAD", []) => (Monitor, Shape::Whole),
            (Self::RedisEnterprise, "GET", ["v1", "cluster", "certificates"]) => {
                (ViewClusterInfo, Shape::WithoutKeys)
            }
            (Self::RedisEnterprise, "GET", ["v1", "cluster", "alerts"]) => {
                (ViewClusterInfo, Shape::Whole)
            }
            (Self::RedisEnterprise, "PUT", ["v1", "cluster", "certificates" | "update_cert"])
            | (Self::RedisEnterprise, "POST", ["v1", "cluster", "certificates", "rotate"]) => {
                (UpdateCluster, Shape::Whole)
            }
            (Self::RedisEnterprise, "DELETE", ["v1", "cluster", "certificates", one])
                if name(one) =>
            {
                (UpdateCluster, Shape::Whole)
            }
            (Self::Iis, "GET" | "HEAD", ["api", "certificates"])
            | (Self::Iis, "GET", ["api", "certificates", "stores"]) => {
                (ReadCertificates, Shape::Whole)
            }
            (
                Self::Iis,
                "GET",
                ["api", "certificates", one] | ["api", "certificates", "stores", one],
            ) if name(one) => (ReadCertificates, Shape::Whole),
            _ => return None,
        };
        Some(Allowed { permission, answer })
    }
}

impl Relay {
    /// Asks the cluster for what is on the list.
    pub(crate) async fn ask(
        &self,
        allowed: &Allowed,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Answer, RelayError> {
        match allowed.answer {
            Shape::Whole => self.send(&self.url, method, target, headers, body).await,
            Shape::WithoutKeys => {
                let answer = self.send(&self.url, method, target, headers, body).await?;
                without_keys(answer)
            }
            Shape::OfEachNode => self.of_each_node(target, headers).await,
        }
    }

    async fn send(
        &self,
        url: &str,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Answer, RelayError> {
        let silent = |what: String| RelayError::Silent(what);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{url}{target}"))
            .body(Full::new(body))
            .map_err(|error| silent(error.to_string()))?;
        for name in PASSED_ON {
            if let Some(value) = headers.get(&name) {
                request.headers_mut().insert(name, value.clone());
            }
        }
        // The nodes of a cluster may be elsewhere than the address that was configured.
        if is_private(url)
            && let Some((name, value)) = self.credentials().await?
        {
            request.headers_mut().insert(name, value);
        }
        let exchange = async {
            let answer = self.client.request(request).await;
            let answer = answer.map_err(|error| silent(client::told(&error)))?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, LONGEST).collect().await;
            let body = body.map_err(|error| silent(error.to_string()))?.to_bytes();
            Ok((parts, body))
        };
        let exchanged = time::timeout(PATIENCE, exchange).await;
        let (parts, body) = exchanged.map_err(|_| silent("no answer in time".to_owned()))??;
        let status = parts.status;
        if [
            StatusCode::UNAUTHORIZED,
            StatusCode::PROXY_AUTHENTICATION_REQUIRED,
        ]
        .contains(&status)
        {
            return Err(RelayError::SignIn(status));
        }
        if status.is_redirection() || status.is_informational() {
            return Err(RelayError::Strange(
                "it sends elsewhere, and nothing is followed",
            ));
        }
        let mut kept = HeaderMap::new();
        for name in PASSED_BACK {
            if let Some(value) = parts.headers.get(&name) {
                kept.insert(name, value.clone());
            }
        }
        Ok(Answer {
            status,
            headers: kept,
            body,
        })
    }

    /// Read at each request, so that they can be replaced.
    async fn credentials(&self) -> Result<Option<(HeaderName, HeaderValue)>, RelayError> {
        let Some(path) = self.credentials.clone() else {
            return Ok(None);
        };
        let kind = self.kind;
        let read = task::spawn_blocking(move || read_credentials(&path, kind)).await;
        let read = read.unwrap_or_else(|error| Err(error.to_string()));
        read.map(Some).map_err(RelayError::Credentials)
    }

    /// Elasticsearch tells of the certificates of the node that is asked: each of them is.
    async fn of_each_node(&self, target: &str, headers: &HeaderMap) -> Result<Answer, RelayError> {
        let plain = HeaderMap::new();
        let get = |url: String, target: String| async move {
            let plain = HeaderMap::new();
            self.send(&url, &Method::GET, &target, &plain, Bytes::new())
                .await
        };
        let listing = get(self.url.clone(), "/_nodes/http".to_owned()).await?;
        if listing.status != StatusCode::OK {
            // Whoever may not list the nodes, or something in between: what answers is one of them.
            return self
                .send(&self.url, &Method::GET, target, headers, Bytes::new())
                .await;
        }
        let listing: Value = serde_json::from_slice(&listing.body)
            .map_err(|_| RelayError::Strange("/_nodes/http is no JSON"))?;
        let nodes = nodes(&listing);
        if nodes.is_empty() {
            return Err(RelayError::Strange("/_nodes/http names no node"));
        }
        let scheme = self
            .url
            .split_once("://")
            .map_or("https", |(scheme, _)| scheme);
        let (mut rows, mut missing, mut last) = (Vec::new(), Vec::new(), None);
        for node in nodes {
            let mut answered = None;
            for address in &node.addresses {
                let url = format!("{scheme}://{address}");
                let answer = self
                    .send(&url, &Method::GET, LISTING, &plain, Bytes::new())
                    .await;
                match answer {
                    Ok(answer) if answer.status == StatusCode::OK => {
                        answered =
                            serde_json::from_slice::<Vec<Map<String, Value>>>(&answer.body).ok();
                    }
                    Ok(answer) => last = Some(RelayError::Silent(answer.status.to_string())),
                    Err(error) => last = Some(error),
                }
                if answered.is_some() {
                    break;
                }
            }
            let Some(found) = answered else {
                missing.push(node.name);
                continue;
            };
            rows.extend(found.into_iter().map(|mut row| {
                row.insert("node".to_owned(), Value::from(node.name.clone()));
                Value::Object(row)
            }));
        }
        if rows.is_empty()
            && let Some(error) = last
        {
            return Err(error);
        }
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if !missing.is_empty() {
            let plain: Vec<String> = missing.into_iter().filter(|name| is_plain(name)).collect();
            if let Ok(value) = HeaderValue::try_from(plain.join(", ")) {
                headers.insert(HeaderName::from_static("x-certlens-nodes-missing"), value);
            }
        }
        let body = Value::Array(rows).to_string();
        Ok(Answer {
            status: StatusCode::OK,
            headers,
            body: Bytes::from(body),
        })
    }
}

struct Node {
    name: String,
    /// `HOST:PORT`, in the order in which they are tried.
    addresses: Vec<String>,
}

/// `{"nodes": {"ID": {"name": "es1", "http": {"publish_address": "es1.corp/10.0.0.1:9200"}}}}`
///
/// Certificates are mostly for names: the name comes first, where there is one.
fn nodes(listing: &Value) -> Vec<Node> {
    let nodes = listing.get("nodes").and_then(Value::as_object);
    let node = |(id, node): (&String, &Value)| {
        let published = node.pointer("/http/publish_address")?.as_str()?;
        let (host, address) = match published.split_once('/') {
            Some((host, address)) => (Some(host).filter(|host| !host.is_empty()), address),
            None => (None, published),
        };
        let (_, port) = address.rsplit_once(':')?;
        let named = host.map(|host| format!("{host}:{port}"));
        let addresses = named.into_iter().chain([address.to_owned()]);
        let is_address =
            |address: &String| config::check_origin("node", &format!("https://{address}")).is_ok();
        let name = node.get("name").and_then(Value::as_str).unwrap_or(id);
        Some(Node {
            name: name.to_owned(),
            addresses: addresses.filter(is_address).collect(),
        })
    };
    nodes.into_iter().flatten().filter_map(node).collect()
}

/// Keeps the certificates of an answer, and in them nothing else; keys are not even taken out of its text.
fn without_keys(answer: Answer) -> Result<Answer, RelayError> {
    if answer.status != StatusCode::OK {
        return Ok(answer);
    }
    let found: Result<Certificates, _> = serde_json::from_slice(&answer.body);
    // Keys are in it, and nobody else holds the buffer.
    if let Ok(mut body) = answer.body.try_into_mut() {
        body.zeroize();
    }
    let found = found.map_err(|_| RelayError::Strange("expected certificates by name"))?;
    Ok(Answer {
        status: answer.status,
        headers: answer.headers,
        body: Bytes::from(Value::Object(found.0).to_string()),
    })
}

/// The members `<name>_cert` of an object.
struct Certificates(Map<String, Value>);

impl<'de> Deserialize<'de> for Certificates {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Map<String, Value>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut members: A,
            ) -> Result<Self::Value, A::Error> {
                let mut kept = Map::new();
                while let Some(name) = members.next_key::<String>()? {
                    if !name.ends_with("_cert") {
                        members.next_value::<serde::de::IgnoredAny>()?;
                        continue;
                    }
                    if let Some(text) = members.next_value::<Option<Zeroizing<String>>>()? {
                        let only = crate::stores::redis_enterprise::only_certificates(&text);
                        kept.insert(name, Value::from(only));
                    }
                }
                Ok(kept)
            }
        }
        from.deserialize_map(Visitor).map(Self)
    }
}

/// One line: `Basic NAME:PASSWORD`, `Bearer TOKEN` or `ApiKey KEY`.
fn read_credentials(path: &Path, kind: Kind) -> Result<(HeaderName, HeaderValue), String> {
    let told = |what: &str| format!("{}: {what}", path.display());
    let octets = files::read_at_most(path, 1 << 14).map_err(|error| told(&error.to_string()))?;
    let text = std::str::from_utf8(&octets).unwrap_or_default().trim();
    let expected = "expected one line, `Basic NAME:PASSWORD`, `Bearer TOKEN` or `ApiKey KEY`";
    let (scheme, secret) = text.split_once(' ').ok_or_else(|| told(expected))?;
    let (name, value) = match scheme {
        "Basic" => {
            let encoded = Zeroizing::new(STANDARD.encode(secret));
            (
                header::AUTHORIZATION,
                Zeroizing::new(format!("Basic {}", *encoded)),
            )
        }
        "Bearer" if kind == Kind::Iis => (
            HeaderName::from_static("access-token"),
            Zeroizing::new(text.to_owned()),
        ),
        "Bearer" | "ApiKey" => (header::AUTHORIZATION, Zeroizing::new(text.to_owned())),
        _ => return Err(told(expected)),
    };
    let mut value = HeaderValue::try_from(value.as_str()).map_err(|_| told(expected))?;
    value.set_sensitive(true);
    Ok((name, value))
}

const LISTING: &str = "/_ssl/certificates";

/// Of a request.
const PASSED_ON: [HeaderName; 3] = [header::ACCEPT, header::CONTENT_TYPE, header::RANGE];

/// Of an answer. What browsers act upon is not among them.
const PASSED_BACK: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::CONTENT_RANGE,
    header::ACCEPT_RANGES,
    HeaderName::from_static("x-total-count"),
    HeaderName::from_static("x-elastic-product"),
];

/// A cluster that answers later is not waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// A page of an IIS store, or all certificates of a node.
const LONGEST: usize = 32 << 20;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_on_the_list_goes_on() {
        use Kind::{Elasticsearch, Iis, RedisEnterprise};
        use Permission::{Monitor, ReadCertificates, UpdateCluster, ViewClusterInfo};
        let may = |kind: Kind, method: &str, path: &str| {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            kind.allows(&method, path).map(|allowed| allowed.permission)
        };
        for (kind, method, path, allowed) in [
            (Elasticsearch, "GET", "/_ssl/certificates", Some(Monitor)),
            (Elasticsearch, "GET", "/", Some(Monitor)),
            (Elasticsearch, "POST", "/_ssl/certificates", None),
            (Elasticsearch, "GET", "/_security/user", None),
            (Elasticsearch, "GET", "/_ssl/certificates/../../_cat", None),
            (
                RedisEnterprise,
                "GET",
                "/v1/cluster/certificates",
                Some(ViewClusterInfo),
            ),
            (
                RedisEnterprise,
                "PUT",
                "/v1/cluster/update_cert",
                Some(UpdateCluster),
            ),
            (
                RedisEnterprise,
                "POST",
                "/v1/cluster/certificates/rotate",
                Some(UpdateCluster),
            ),
            (
                RedisEnterprise,
                "DELETE",
                "/v1/cluster/certificates/sso_service",
                Some(UpdateCluster),
            ),
            (
                RedisEnterprise,
                "DELETE",
                "/v1/cluster/certificates/..",
                None,
            ),
            (
                RedisEnterprise,
                "DELETE",
                "/v1/cluster/certificates/%2e%2e",
                None,
            ),
            (RedisEnterprise, "GET", "/v1/users", None),
            (Iis, "HEAD", "/api/certificates/", Some(ReadCertificates)),
            (
                Iis,
                "GET",
                "/api/certificates/stores/abc-1",
                Some(ReadCertificates),
            ),
            (Iis, "DELETE", "/api/certificates/abc", None),
            (Iis, "GET", "/api/webserver/websites", None),
            (Iis, "GET", "//api/certificates", None),
        ] {
            assert_eq!(may(kind, method, path), allowed, "{kind:?} {method} {path}");
        }
    }

    #[test]
    fn err_clusters_that_would_give_credentials_away_or_cannot_be_told_apart() {
        let cluster = |name: &str, url: &str, ca: bool| RemoteCluster {
            name: name.to_owned(),
            kind: Kind::Iis,
            url: url.to_owned(),
            ca: ca.then(|| "ca.pem".into()),
            credentials: Some("credentials".into()),
        };
        let good = cluster("a", "https://a:1", true);
        let local = cluster("b", "http://localhost:1", false);
        assert!(check(&[good.clone(), local]).is_ok());
        for (wrong, told) in [
            (
                cluster("a", "https://b", true),
                "there are two of that name",
            ),
            (cluster("a/b", "https://b", true), "expected a name"),
            (
                cluster("b", "https://b", false),
                "`ca` and https:// belong together",
            ),
            (
                cluster("b", "http://b", false),
                "credentials go over https:// only",
            ),
            (
                cluster("b", "http://localhost.evil", false),
                "credentials go over https:// only",
            ),
            (cluster("b", "https://b/path", true), "expected an origin"),
        ] {
            let error = check(&[good.clone(), wrong]).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn nodes_are_found_under_every_form_of_address() {
        let listing = json!({"nodes": {
            "a": {"name": "es1", "http": {"publish_address": "10.0.0.1:9200"}},
            "b": {"name": "es2", "http": {"publish_address": "es2.corp/10.0.0.2:9200"}},
            "c": {"http": {"publish_address": "/[::1]:9200"}},
            "d": {"name": "es4"},
            "e": {"name": "es5", "http": {"publish_address": "evil@host/x/y:1"}},
        }});
        let found: Vec<_> = nodes(&listing)
            .into_iter()
            .map(|node| (node.name, node.addresses.join(" ")))
            .collect();
        let expected = [
            ("es1", "10.0.0.1:9200"),
            ("es2", "es2.corp:9200 10.0.0.2:9200"),
            ("c", "[::1]:9200"),
            ("es5", ""),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, addresses)| ((*name).to_owned(), (*addresses).to_owned()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn err_credentials_are_told_by_their_file_and_not_by_their_content() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let read = |text: &str, kind| {
            std::fs::write(file.path(), text).unwrap();
            read_credentials(file.path(), kind)
        };
        let (name, value) = read("Basic elastic:a:b\n", Kind::Elasticsearch).unwrap();
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("authorization", "Basic ZWxhc3RpYzphOmI=")
        );
        assert!(value.is_sensitive());
        assert_eq!(
            read("Bearer t", Kind::Iis).unwrap().0.as_str(),
            "access-token"
        );
        assert_eq!(
            read("Bearer t", Kind::RedisEnterprise).unwrap().0.as_str(),
            "authorization"
        );
        for wrong in ["", "hunter2", "Digest hunter2", "ApiKey hunter2\nX: y"] {
            let told = read(wrong, Kind::Iis).unwrap_err();
            assert!(
                told.contains("expected one line") && !told.contains("hunter2"),
                "{told}"
            );
        }
    }

    #[test]
    fn keys_are_left_behind_wherever_they_stand() {
        let certificate = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
        let key = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n";
        let body = json!({
            "proxy_cert": format!("{certificate}{key}"), "proxy_key": key, "Proxy_KEY": key,
            "other": { "key": key }, "cm_cert": null,
        });
        let answer = |status, body: String| Answer {
            status,
            headers: HeaderMap::new(),
            body: Bytes::from(body),
        };
        let kept = without_keys(answer(StatusCode::OK, body.to_string())).unwrap();
        let kept: Value = serde_json::from_slice(&kept.body).unwrap();
        assert_eq!(kept, json!({ "proxy_cert": certificate }));
        let refused = without_keys(answer(StatusCode::OK, format!("[{body}]")));
        assert!(matches!(refused, Err(RelayError::Strange(_))));
    }
}
