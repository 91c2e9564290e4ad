//! What stands around every route: headers that protect the page, limits, and the checks of who sent a
//! browser here.

use std::future::{Future, poll_fn};
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;
use hyper::body::{Frame, SizeHint};
use tokio::task;
use tokio::time;
use tower::{Service, service_fn};

use crate::app::App;
use crate::config::{self, Config};
use crate::log::about;
use crate::proxies::Proxies;
use crate::routes::{self, Dialect};
use crate::users::Peer;

/// The routes, and what every request to them goes through. No layers of a router: each of them would cost
/// every request a few allocations.
#[derive(Clone)]
pub(crate) struct Shielded {
    shield: Arc<Shield>,
    routes: Router,
}

impl Shielded {
    pub(crate) fn new(routes: Router, config: &Config, app: App) -> Self {
        let shield = Arc::new(Shield::new(config, app));
        Self { shield, routes }
    }

    /// The same as a router.
    pub(crate) fn into_router(self) -> Router {
        Router::new().fallback_service(service_fn(move |request: Request| {
            let this = self.clone();
            async move { Ok(this.answer(request).await) }
        }))
    }

    /// Answers a request.
    pub(crate) async fn answer(self, mut request: Request) -> Response {
        let id = RequestId::of(request.headers());
        self.shield.tell_client(&mut request);
        let is_safe = request.method().is_safe();
        let guarded = about::request(id.0.clone(), self.guard(request));
        let mut response = if is_safe {
            guarded.await
        } else {
            // A change that was begun is counted and logged, also when the client does not wait for it.
            let ended = tokio::spawn(guarded).await;
            ended.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
        };
        response.headers_mut().insert(REQUEST_ID, id.0);
        response
    }
}

struct Shield {
    app: App,
    /// The names under which the server may be addressed; `None` for any.
    hosts: Option<Vec<String>>,
    /// Of every answer.
    headers: HeaderMap,
    proxies: Proxies,
    /// Octets that the body of a request may have.
    body_size: usize,
    /// How long a client waits for the head of an answer.
    patience: Duration,
}

impl Shield {
    fn new(config: &Config, app: App) -> Self {
        let connect = config.connect.join(" ");
        let policy = format!("{POLICY}; connect-src 'self' {connect}");
        Self {
            app,
            hosts: hosts(config),
            headers: headers(policy.trim_end()),
            proxies: config.proxies.clone(),
            body_size: config.limits.body_bytes.get(),
            patience: config::duration(config.limits.request_seconds),
        }
    }

    /// What an answer says of itself, and what every answer says. The latter counts, but for how long an answer
    /// may be kept. Most have few headers of their own: these are put to the others, which are copied as a
    /// whole.
    fn with_headers(&self, mut own: HeaderMap) -> HeaderMap {
        let mut all = self.headers.clone();
        for name in self.headers.keys() {
            if name != header::CACHE_CONTROL && own.keys().any(|own| own == name) {
                own.remove(name);
            }
        }
        all.extend(own);
        all
    }

    /// Notes whom a request comes from, where a trusted proxy says so.
    fn tell_client(&self, request: &mut Request) {
        let noted = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let Some(&ConnectInfo(peer)) = noted else {
            return;
        };
        let client = self.proxies.client(peer.ip(), request.headers());
        if client != peer.ip() {
            // Its port nobody tells.
            let client = ConnectInfo(SocketAddr::new(client, 0));
            request.extensions_mut().insert(client);
        }
    }

    /// Why a request is not even looked at.
    fn refusal(&self, request: &Request) -> Option<(StatusCode, &'static str)> {
        // Probes address a server by its number.
        let is_probe = ["/healthz", "/healthz/ready"].contains(&request.uri().path());
        if !is_probe && !self.knows(request.headers()) {
            let hint =
                "This server is not known by that name. Add it to `hosts` in its configuration.\n";
            return Some((StatusCode::MISDIRECTED_REQUEST, hint));
        }
        if !request.method().is_safe()
            && is_cross_site(request.headers())
            && !routes::is_invited(&self.app, request)
        {
            let hint = "Another site may not change anything here.\n";
            return Some((StatusCode::FORBIDDEN, hint));
        }
        None
    }

    /// Stops DNS rebinding: a foreign page that makes its own name point to this machine still sends
    /// that name.
    fn knows(&self, headers: &HeaderMap) -> bool {
        let Some(hosts) = &self.hosts else {
            return true;
        };
        let Some(host) = headers.get(header::HOST) else {
            return true;
        };
        host.to_str().is_ok_and(|host| {
            let name = without_port(host);
            hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
        })
    }
}

impl Shielded {
    async fn guard(self, request: Request) -> Response {
        let Self { shield, routes } = self;
        let (method, uri, begun) = (
            request.method().clone(),
            request.uri().clone(),
            Instant::now(),
        );
        let client = Peer::of(request.extensions()).address();
        let from_page = request
            .headers()
            .get("x-requested-with")
            .is_some_and(|by| by == "certlens");
        let mut response = match shield.refusal(&request) {
            None => shield.run(request, routes).await,
            Some(refusal) => refusal.into_response(),
        };
        let headers = response.headers_mut();
        if from_page {
            // The page has a form of its own; the header would make the browser open its dialog.
            headers.remove(header::WWW_AUTHENTICATE);
        }
        let own = std::mem::take(headers);
        *headers = shield.with_headers(own);
        let (status, took) = (response.status(), begun.elapsed());
        let dialect = Dialect::of(uri.path());
        shield.app.metrics.answered(dialect, &method, status, took);
        log(client, &method, &uri, status, took);
        response
    }
}

impl Shield {
    /// Lets a route answer, if the body is not too long.
    async fn route(&self, request: Request, mut routes: Router) -> Response {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: usize| self.body_size < length) {
            return (StatusCode::PAYLOAD_TOO_LARGE, "length limit exceeded").into_response();
        }
        let request = if request.body().is_end_stream() {
            request
        } else {
            request.map(|body| Body::new(Limited::new(body, self.body_size)))
        };
        let Ok(response) = routes.call(request).await;
        response
    }

    /// Answers in time. A change that was begun comes to its end also when nobody waits for it any
    /// more, and is counted by how that was.
    async fn run(self: &Arc<Self>, request: Request, routes: Router) -> Response {
        if request.method().is_safe() {
            // What holds it is moved about; in a place of its own it stays.
            let answer = Box::pin(unless_it_panics(self.route(request, routes)));
            let answered = time::timeout(self.patience, answer).await;
            return answered.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
        let (request, all_sent) = Sent::watch(request);
        let (shield, method, uri) = (
            self.clone(),
            request.method().clone(),
            request.uri().clone(),
        );
        let change = async move {
            let app = &shield.app;
            let response = unless_it_panics(shield.route(request, routes)).await;
            let dialect = Dialect::of(uri.path());
            if is_write(dialect, &method, &uri) {
                app.metrics.wrote(dialect, &method, response.status());
                // It may have been the server's own.
                app.certificate_changed.notify_one();
            }
            response
        };
        let change = about::carried(Box::pin(change));
        to_its_end(change, self.patience, &all_sent).await
    }
}

/// Runs a change that goes on when its client does not wait for the answer. Only one whose request has not
/// come whole after so long is broken off: it waits for its client, and has changed nothing.
async fn to_its_end(
    change: impl Future<Output = Response> + Send + 'static,
    patience: Duration,
    all_sent: &AtomicBool,
) -> Response {
    let mut change = task::spawn(change);
    if let Ok(ended) = time::timeout(patience, &mut change).await {
        return ended.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    }
    if !all_sent.load(Ordering::Acquire) {
        change.abort();
    }
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

/// The body of a request, and whether it has come to its end.
struct Sent {
    body: Body,
    all: Arc<AtomicBool>,
}

impl Sent {
    fn watch(request: Request) -> (Request, Arc<AtomicBool>) {
        let all = Arc::new(AtomicBool::new(request.body().is_end_stream()));
        let watched = Arc::clone(&all);
        let request = request.map(|body| Body::new(Self { body, all }));
        (request, watched)
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.all.store(true, Ordering::Release);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What a handler answers, or 500 where it panics: then the connection lives on.
async fn unless_it_panics(answer: impl Future<Output = Response>) -> Response {
    let mut answer = pin!(answer);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
    })
    .await
}

/// Whether a request is to change certificates; signing in changes none.
fn is_write(dialect: Dialect, method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    let is_known = dialect != Dialect::Certlens || path.starts_with("/certlens/v1/history/");
    !method.is_safe() && is_known && !path.starts_with("/v1/users/")
}

/// What the identifiers of this process begin with.
static START: LazyLock<u64> = LazyLock::new(|| {
    let mut octets = [0; 8];
    // Without random numbers they are dull, and requests still answered.
    let _ = getrandom::fill(&mut octets);
    u64::from_be_bytes(octets)
});

/// How they go on.
static NEXT: AtomicU64 = AtomicU64::new(0);

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// By what a request is found again in the log: the client's own word for it, or a new one.
struct RequestId(HeaderValue);

impl RequestId {
    /// A client's word is taken only when it cannot upset a log.
    fn of(headers: &HeaderMap) -> Self {
        let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_.".contains(octet);
        let given = headers
            .get(REQUEST_ID)
            .filter(|id| (1..=64).contains(&id.len()) && id.as_bytes().iter().all(is_plain));
        Self(given.cloned().unwrap_or_else(|| {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let both = (u128::from(*START) << 64) | u128::from(number);
            let mut id = [b'0'; 32];
            for (at, digit) in id.iter_mut().rev().enumerate() {
                let value = (both >> (4 * at)) & 0xf;
                *digit = usize::try_from(value).map_or(b'0', |value| DIGITS[value]);
            }
            HeaderValue::from_bytes(&id).unwrap_or(HeaderValue::from_static("unknown"))
        }))
    }
}

/// One line a request: never a header, a query or a body, which may hold secrets.
fn log(client: Option<IpAddr>, method: &Method, uri: &Uri, status: StatusCode, took: Duration) {
    let client = client.map(tracing::field::display);
    let (path, status) = (uri.path(), status.as_u16());
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status < 500 {
        tracing::info!(client, %method, path, status, duration_ms, "Answered {method} with {status}");
    } else {
        tracing::error!(client, %method, path, status, duration_ms, "Failed {method} with {status}");
    }
}

/// The headers of every answer, with room for those that it has itself.
fn headers(policy: &str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(24);
    let policy = HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static(POLICY));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
}

/// Whether a browser sends this because another site told it to. Browsers say so in `Sec-Fetch-Site`,
/// older ones in `Origin`; programs send neither.
fn is_cross_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok();
    let origin = origin
        .and_then(|origin| origin.split_once("://"))
        .map(|(_, host)| host);
    origin.is_none() || origin != host
}

fn hosts(config: &Config) -> Option<Vec<String>> {
    if !config.listen.ip().is_loopback() && config.hosts.is_empty() {
        return None;
    }
    let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .map(|&host| host.to_owned())
        .collect();
    hosts.push(match config.listen.ip() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    });
    hosts.extend(config.hosts.iter().cloned());
    Some(hosts)
}

/// `localhost:8780` without its port; the colons of `[::1]` are none.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_change_ends_after_its_time_is_up_unless_it_waits_for_its_client() {
        let minute = Duration::from_secs(60);
        for sent in [true, false] {
            let (done, mut is_done) = tokio::sync::oneshot::channel();
            let change = async move {
                time::sleep(2 * minute).await;
                done.send(()).unwrap();
                StatusCode::OK.into_response()
            };
            let response = to_its_end(change, minute, &AtomicBool::new(sent)).await;
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(is_done.try_recv().is_err(), "it is not through yet");
            assert_eq!(is_done.await.is_ok(), sent);
        }
    }

    #[tokio::test]
    async fn a_body_has_come_whole_once_it_was_read() {
        let (request, sent) = Sent::watch(Request::new(Body::from("x")));
        assert!(!sent.load(Ordering::Acquire));
        let body = axum::body::to_bytes(request.into_body(), 9).await.unwrap();
        assert_eq!(body, "x");
        assert!(sent.load(Ordering::Acquire));
        let (_, sent) = Sent::watch(Request::new(Body::empty()));
        assert!(sent.load(Ordering::Acquire), "there is nothing to wait for");
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        let answer = async { panic!("as a handler would") };
        let response = unless_it_panics(answer).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn ports_are_cut_off_and_addresses_left_whole() {
        for (host, name) in [
            ("localhost:8780", "localhost"),
            ("localhost", "localhost"),
            ("[::1]:8780", "[::1]"),
            ("[::1]", "[::1]"),
            ("evil.example:", "evil.example"),
        ] {
            assert_eq!(without_port(host), name);
        }
    }

    #[test]
    fn a_request_is_called_what_the_client_calls_it_if_that_is_harmless() {
        let named = |id: &[u8]| {
            let id = HeaderValue::from_bytes(id).unwrap();
            RequestId::of(&HeaderMap::from_iter([(REQUEST_ID, id)])).0
        };
        assert_eq!(named(b"Trace-1_a.b"), "Trace-1_a.b");
        for odd in [&b"a b"[..], b"", b"\xff", b"{\"a\":1}", &[b'a'; 65]] {
            let made = named(odd);
            assert_eq!(made.len(), 32, "{odd:?}");
            assert_ne!(made, named(odd), "each request has another one");
        }
    }

    #[test]
    fn other_sites_are_told_from_this_one_and_from_programs() {
        for (headers, cross) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("origin", "https://localhost:8780")], false),
            (&[("origin", "http://localhost:3000")], true),
            (&[("origin", "https://evil.example")], true),
            (&[("origin", "null")], true),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://localhost:8780"),
                ],
                true,
            ),
        ] {
            let mut map = HeaderMap::new();
            map.insert("host", HeaderValue::from_static("localhost:8780"));
            for (name, value) in headers {
                map.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(is_cross_site(&map), cross, "{headers:?}");
        }
    }
}
