//! What is needed of etcd, over its JSON gateway.
//!
//! The gateway carries the protocol of etcd 3 as JSON over HTTP: octets in base64, 64-bit numbers as text,
//! a watch as an answer that does not end, one object a line.
//! <https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/>

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderValue, Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{task, time};
use zeroize::Zeroizing;

use crate::client::{self, Client};
use crate::files;

/// Some members of one etcd.
pub(crate) struct Etcd {
    client: Client,
    /// `http://HOST:PORT`
    endpoints: Vec<String>,
    /// Which one answered last.
    current: AtomicUsize,
    /// File with the user that this is, where etcd asks for one.
    credentials: Option<PathBuf>,
    /// What etcd gave for the password. It lets it go some minutes after its last use.
    token: Mutex<Option<HeaderValue>>,
}

/// Why etcd did not do something.
#[derive(Debug)]
pub(crate) enum EtcdError {
    /// It did not answer: whether it did it is not known.
    Silent(String),
    /// It answered that it would not.
    Refused(String),
    /// Old revisions are gone: what is wanted is to be read anew.
    Compacted,
}

impl fmt::Display for EtcdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(what) => write!(f, "etcd does not answer: {what}"),
            Self::Refused(what) => write!(f, "etcd refuses: {what}"),
            Self::Compacted => f.write_str("etcd has compacted what was to be read"),
        }
    }
}

/// One key with its value, or without where it was deleted.
#[derive(Clone, Debug)]
pub(crate) struct KeyValue {
    pub(crate) key: String,
    pub(crate) value: Option<String>,
    /// The revision that changed it last.
    pub(crate) revision: i64,
}

/// Every key below a prefix, all of one revision.
#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) revision: i64,
    pub(crate) found: Vec<KeyValue>,
}

/// A condition of a transaction.
pub(crate) enum Compare<'a> {
    /// The key was last changed by this revision; 0: there is none.
    Revision(&'a str, i64),
    /// There is such a key.
    Exists(&'a str),
}

/// A lease that keeps keys alive as long as it is renewed.
#[derive(Clone, Debug)]
pub(crate) struct Lease(String);

/// What a transaction does.
pub(crate) enum Put<'a> {
    Kept(&'a str, &'a str),
    /// Gone with the lease.
    Leased(&'a str, &'a str, &'a Lease),
    Delete(&'a str),
}

impl Etcd {
    pub(crate) fn new(
        client: Client,
        endpoints: Vec<String>,
        credentials: Option<PathBuf>,
    ) -> Self {
        Self {
            client,
            endpoints,
            current: AtomicUsize::new(0),
            credentials,
            token: Mutex::new(None),
        }
    }

    /// Every key that begins so, as a majority of etcd has it now.
    pub(crate) async fn range(&self, prefix: &str) -> Result<Range, EtcdError> {
        let asked = json!({ "key": encode(prefix), "range_end": encode(&end(prefix)) });
        let answer = self.ask("/v3/kv/range", &asked).await?;
        let found = answer.get("kvs").and_then(Value::as_array);
        let found = found.into_iter().flatten().filter_map(key_value).collect();
        let revision = revision(&answer);
        Ok(Range { revision, found })
    }

    /// Does all of it if every condition holds; answers the revision then, and `None` otherwise.
    pub(crate) async fn transact(
        &self,
        conditions: &[Compare<'_>],
        puts: &[Put<'_>],
    ) -> Result<Option<i64>, EtcdError> {
        let conditions: Vec<Value> = conditions
            .iter()
            .map(|condition| match condition {
                Compare::Revision(key, revision) => json!({
                    "key": encode(key), "target": "MOD", "result": "EQUAL",
                    "mod_revision": revision.to_string(),
                }),
                Compare::Exists(key) => json!({
                    "key": encode(key), "target": "MOD", "result": "GREATER", "mod_revision": "0",
                }),
            })
            .collect();
        let puts: Vec<Value> = puts
            .iter()
            .map(|put| match put {
                Put::Kept(key, value) => {
                    json!({ "request_put": { "key": encode(key), "value": encode(value) } })
                }
                Put::Leased(key, value, lease) => json!({ "request_put":
                    { "key": encode(key), "value": encode(value), "lease": lease.0 } }),
                Put::Delete(key) => json!({ "request_delete_range": { "key": encode(key) } }),
            })
            .collect();
        let asked = json!({ "compare": conditions, "success": puts });
        let answer = self.ask("/v3/kv/txn", &asked).await?;
        let succeeded = answer.get("succeeded") == Some(&Value::Bool(true));
        Ok(succeeded.then(|| revision(&answer)))
    }

    pub(crate) async fn grant(&self, life: Duration) -> Result<Lease, EtcdError> {
        let asked = json!({ "TTL": life.as_secs().to_string() });
        let answer = self.ask("/v3/lease/grant", &asked).await?;
        let id = answer.get("ID").and_then(Value::as_str);
        let id = id.ok_or_else(|| EtcdError::Refused("it grants no lease".to_owned()))?;
        Ok(Lease(id.to_owned()))
    }

    /// Renews a lease; says whether it still was one.
    pub(crate) async fn renew(&self, lease: &Lease) -> Result<bool, EtcdError> {
        let asked = json!({ "ID": lease.0 });
        let answer = self.ask("/v3/lease/keepalive", &asked).await?;
        let left = answer.pointer("/result/TTL").and_then(Value::as_str);
        Ok(left.is_some_and(|left| left != "0"))
    }

    /// Every change of keys that begin so, from a revision on.
    pub(crate) async fn watch(&self, prefix: &str, from: i64) -> Result<Watch, EtcdError> {
        let asked = json!({ "create_request": {
            "key": encode(prefix), "range_end": encode(&end(prefix)),
            "start_revision": from.to_string(),
        } });
        let answer = self.send("/v3/watch", &asked).await?;
        Ok(Watch {
            body: answer,
            read: Vec::new(),
        })
    }

    async fn ask(&self, path: &str, asked: &Value) -> Result<Value, EtcdError> {
        Self::read(self.send(path, asked).await?).await
    }

    async fn read(body: Incoming) -> Result<Value, EtcdError> {
        let octets = time::timeout(PATIENCE, body.collect()).await;
        let octets = octets.map_err(|_| silent("its answer does not end"))?;
        let octets = octets.map_err(silent)?.to_bytes();
        serde_json::from_slice(&octets).map_err(silent)
    }

    /// As the user that this is, if any.
    async fn send(&self, path: &str, asked: &Value) -> Result<Incoming, EtcdError> {
        let asked = asked.to_string();
        let Some(file) = &self.credentials else {
            return self.post(None, path, &asked).await;
        };
        let known = self.token().clone();
        if let Some(token) = known {
            let answer = self.post(Some(&token), path, &asked).await;
            // 401 of a token that is no longer one, 400 after a change of users: the next one tells.
            if !matches!(answer, Err(EtcdError::Refused(_))) {
                return answer;
            }
        }
        let token = self.authenticate(file).await?;
        *self.token() = Some(token.clone());
        self.post(Some(&token), path, &asked).await
    }

    fn token(&self) -> MutexGuard<'_, Option<HeaderValue>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file is read each time, so that it can be replaced.
    async fn authenticate(&self, file: &Path) -> Result<HeaderValue, EtcdError> {
        let told = |what: &str| EtcdError::Refused(format!("{}: {what}", file.display()));
        let path = file.to_owned();
        let read = task::spawn_blocking(move || files::read_at_most(&path, 1 << 14)).await;
        let read = read.map_err(|error| told(&error.to_string()))?;
        let octets = read.map_err(|error| told(&error.to_string()))?;
        let line = std::str::from_utf8(&octets).unwrap_or_default().trim();
        let (name, password) = line
            .split_once(':')
            .ok_or_else(|| told("expected one line, NAME:PASSWORD"))?;
        let asked = serde_json::to_string(&Authenticate { name, password });
        let asked = Zeroizing::new(asked.map_err(silent)?);
        let answer = self.post(None, "/v3/auth/authenticate", &asked).await;
        let answer = answer.map_err(|error| match error {
            EtcdError::Refused(what) => told(&format!("etcd takes no such user, {what}")),
            other => other,
        })?;
        let answer = Self::read(answer).await?;
        let token = answer.get("token").and_then(Value::as_str);
        let mut token = HeaderValue::try_from(token.unwrap_or_default()).map_err(silent)?;
        token.set_sensitive(true);
        Ok(token)
    }

    /// Asks one endpoint after the other, beginning with the one that answered last.
    async fn post(
        &self,
        token: Option<&HeaderValue>,
        path: &str,
        asked: &str,
    ) -> Result<Incoming, EtcdError> {
        let first = self.current.load(Ordering::Relaxed);
        let mut last = silent("it has no address");
        for at in 0..self.endpoints.len() {
            let at = (first + at) % self.endpoints.len();
            let Some(endpoint) = self.endpoints.get(at) else {
                continue;
            };
            match self.send_to(endpoint, token, path, asked).await {
                Ok(answer) => {
                    self.current.store(at, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error @ EtcdError::Silent(_)) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    async fn send_to(
        &self,
        endpoint: &str,
        token: Option<&HeaderValue>,
        path: &str,
        asked: &str,
    ) -> Result<Incoming, EtcdError> {
        let request = Request::post(format!("{endpoint}{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::copy_from_slice(asked.as_bytes())));
        let mut request = request.map_err(silent)?;
        if let Some(token) = token {
            let token = token.clone();
            request.headers_mut().insert(header::AUTHORIZATION, token);
        }
        let answer = time::timeout(PATIENCE, self.client.request(request)).await;
        let answer = answer.map_err(|_| silent("no answer came in time"))?;
        let answer = answer.map_err(|error| silent(client::told(&error)))?;
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            // A member without a majority, or one that is just starting.
            status if status.is_server_error() => Err(silent(status)),
            status => {
                let told = Self::read(answer.into_body()).await.ok();
                let told = told.as_ref().and_then(|told| told.get("error")?.as_str());
                let told = told.unwrap_or_default().chars().take(200);
                let told: String = told.filter(|c| !c.is_control()).collect();
                Err(EtcdError::Refused(format!("{status}: {told}")))
            }
        }
    }
}

#[derive(Serialize)]
struct Authenticate<'a> {
    name: &'a str,
    password: &'a str,
}

/// A watch that goes on until it fails.
pub(crate) struct Watch {
    body: Incoming,
    /// What was read and is no whole line yet.
    read: Vec<u8>,
}

impl Watch {
    /// The next changes. Nothing is lost when this is dropped before it is through.
    pub(crate) async fn next(&mut self) -> Result<Vec<KeyValue>, EtcdError> {
        loop {
            if let Some(end) = self.read.iter().position(|octet| *octet == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                let changes = Self::changes(&line)?;
                if !changes.is_empty() {
                    return Ok(changes);
                }
                continue;
            }
            let frame = self
                .body
                .frame()
                .await
                .ok_or_else(|| silent("a watch ended"))?;
            if let Ok(octets) = frame.map_err(silent)?.into_data() {
                self.read.extend_from_slice(&octets);
            }
            if LONGEST < self.read.len() {
                return Err(silent("a watch sends more than fits"));
            }
        }
    }

    fn changes(line: &[u8]) -> Result<Vec<KeyValue>, EtcdError> {
        let line: Value = serde_json::from_slice(line).map_err(silent)?;
        let Some(result) = line.get("result") else {
            return Err(silent("a watch failed"));
        };
        if result.get("compact_revision").is_some() {
            return Err(EtcdError::Compacted);
        }
        if result.get("canceled") == Some(&Value::Bool(true)) {
            return Err(silent("a watch was cancelled"));
        }
        let events = result.get("events").and_then(Value::as_array);
        let changes = events.into_iter().flatten().filter_map(|event| {
            let mut change = key_value(event.get("kv")?)?;
            if event.get("type").and_then(Value::as_str) == Some("DELETE") {
                change.value = None;
            }
            Some(change)
        });
        Ok(changes.collect())
    }
}

fn key_value(value: &Value) -> Option<KeyValue> {
    let text = |name| decode(value.get(name)?.as_str()?);
    let revision = value.get("mod_revision").and_then(Value::as_str);
    Some(KeyValue {
        key: text("key")?,
        value: Some(text("value").unwrap_or_default()),
        revision: revision?.parse().ok()?,
    })
}

fn revision(answer: &Value) -> i64 {
    let revision = answer.pointer("/header/revision").and_then(Value::as_str);
    revision.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The first key behind all that begin so. Prefixes end with `/`.
fn end(prefix: &str) -> String {
    let stem = prefix.strip_suffix('/').unwrap_or(prefix);
    format!("{stem}0")
}

fn encode(text: &str) -> String {
    STANDARD.encode(text)
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

fn silent(what: impl fmt::Display) -> EtcdError {
    EtcdError::Silent(what.to_string())
}

/// A member that does not answer so long is taken for gone.
const PATIENCE: Duration = Duration::from_secs(3);

/// etcd sends at most what it stores in one transaction.
const LONGEST: usize = 16 << 20;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::collections::BTreeSet;
    use std::net::TcpListener;
    use std::process::{Child, Command, Stdio};
    use std::sync::Arc;

    use tokio::sync::Semaphore;
    use tokio::task::JoinSet;
    use tokio::time::Instant;

    use super::*;

    /// A real etcd of one member.
    struct Member {
        process: Child,
        url: String,
        _data: tempfile::TempDir,
    }

    impl Member {
        /// `None`, and a line past the harness, where there is no etcd on this machine.
        async fn start() -> Option<Self> {
            let data = tempfile::tempdir().unwrap();
            let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
            let [url, peer] = free.map(|free| format!("http://{}", free.local_addr().unwrap()));
            let process = Command::new("etcd")
                .arg("--data-dir")
                .arg(data.path())
                .args([
                    "--listen-client-urls",
                    &url,
                    "--advertise-client-urls",
                    &url,
                ])
                .args(["--listen-peer-urls", &peer])
                .args(["--initial-advertise-peer-urls", &peer])
                .args(["--initial-cluster", &format!("default={peer}")])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn();
            let Ok(process) = process else {
                let skipped = b"SKIPPED: watchers, which need Debian's etcd-server\n";
                std::io::Write::write_all(&mut std::io::stderr(), skipped).unwrap();
                return None;
            };
            let member = Self {
                process,
                url,
                _data: data,
            };
            let (etcd, begun) = (member.client(), Instant::now());
            while let Err(error) = etcd.range("/").await {
                assert!(begun.elapsed() < Duration::from_secs(60), "{error}");
                time::sleep(Duration::from_millis(100)).await;
            }
            Some(member)
        }

        fn client(&self) -> Etcd {
            Etcd::new(
                client::new(None, None).unwrap(),
                vec![self.url.clone()],
                None,
            )
        }

        /// What it holds of the memory, in MiB.
        fn memory(&self) -> usize {
            let status = format!("/proc/{}/status", self.process.id());
            let status = std::fs::read_to_string(status).unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let kib = line
                .unwrap()
                .trim()
                .trim_end_matches(" kB")
                .parse::<usize>();
            kib.unwrap() / 1024
        }
    }

    impl Drop for Member {
        fn drop(&mut self) {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }

    /// What a node does about a change, over this client: it hears of it, reads all names, and tells. Where
    /// etcd has too much to do to answer in time, it asks again a second later.
    async fn follow(node: usize, etcd: Etcd, from: i64, shared: Arc<Shared>) -> Instant {
        let mut watch = etcd.watch("/x/names/", from).await.unwrap();
        shared.watching.add_permits(1);
        let changes = watch.next().await.unwrap();
        let heard = Instant::now();
        assert_eq!(changes.len(), 1);
        let applied = format!("/x/applied/{node}");
        let tell = async || {
            let names = etcd.range("/x/names/").await?;
            assert_eq!(names.found.len(), NAMES);
            etcd.transact(&[], &[Put::Kept(&applied, "1")]).await
        };
        while let Err(error) = tell().await {
            assert!(matches!(error, EtcdError::Silent(_)), "{error}");
            shared.again.fetch_add(1, Ordering::Relaxed);
            time::sleep(Duration::from_secs(1)).await;
        }
        heard
    }

    struct Shared {
        watching: Semaphore,
        /// How often a node had to ask again.
        again: AtomicUsize,
    }

    /// `CERTLENS_WATCHERS=1000` makes so many of them, and `--nocapture` shows what it took: `make million`.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_watcher_hears_of_a_change_and_the_writer_of_every_watcher() {
        let watchers = std::env::var("CERTLENS_WATCHERS").ok();
        let watchers: usize = watchers.map_or(50, |text| text.parse().unwrap());
        let Some(member) = Member::start().await else {
            return;
        };
        let writer = member.client();
        let certificate = "c".repeat(4096);
        let mut revision = 0;
        for name in 0..NAMES {
            let key = format!("/x/names/{name}");
            let put = writer.transact(&[], &[Put::Kept(&key, &certificate)]).await;
            revision = put.unwrap().unwrap();
        }
        let alone = member.memory();
        let begun = Instant::now();
        let shared = Arc::new(Shared {
            watching: Semaphore::new(0),
            again: AtomicUsize::new(0),
        });
        let mut nodes = JoinSet::new();
        for node in 0..watchers {
            let (etcd, shared) = (member.client(), Arc::clone(&shared));
            nodes.spawn(follow(node, etcd, revision + 1, shared));
        }
        let all = u32::try_from(watchers).unwrap();
        let _all = shared.watching.acquire_many(all).await.unwrap();
        let opened = begun.elapsed();
        let watched = member.memory();
        let mut told = writer.watch("/x/applied/", revision + 1).await.unwrap();
        let changed = Instant::now();
        let put = [Put::Kept("/x/names/0", &certificate)];
        writer.transact(&[], &put).await.unwrap().unwrap();
        let mut applied = BTreeSet::new();
        while applied.len() < watchers {
            let news = told.next().await.unwrap();
            applied.extend(news.into_iter().map(|change| change.key));
        }
        let known = changed.elapsed();
        let heard = nodes.join_all().await.into_iter().max().unwrap() - changed;
        println!(
            "{watchers} watchers of {NAMES} names: opened in {opened:.2?}, all heard after {heard:.2?}, \
             the writer knew of all after {known:.2?}, {} asked again; etcd held {alone} MiB alone, \
             {watched} MiB watched, {} MiB at the end",
            shared.again.load(Ordering::Relaxed),
            member.memory()
        );
    }

    /// As many as Redis Enterprise has, roughly.
    const NAMES: usize = 12;
}
