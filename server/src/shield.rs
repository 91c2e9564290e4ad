//! The layers around every route: headers that protect the page, limits, and the check of `Host`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Uri, Version};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::config::Config;

/// Puts the layers around the routes, the outermost last.
pub(crate) fn around(routes: Router, config: &Config) -> Router {
    let shield = Arc::new(Shield::new(config));
    routes
        .layer(CompressionLayer::new().compress_when(is_page_file))
        .layer(CatchPanicLayer::custom(|_| {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }))
        .layer(RequestBodyLimitLayer::new(BODY_SIZE))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(middleware::from_fn_with_state(shield, protect))
}

/// Only files of the page are compressed. An answer with secrets in it never is, so that its length
/// tells nothing of them.
fn is_page_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let compressible = ["text/", "application/wasm", "application/json", "image/svg"];
    headers.contains_key(header::ETAG)
        && kind.is_some_and(|kind| compressible.iter().any(|known| kind.starts_with(known)))
}

struct Shield {
    /// The names under which the server may be addressed; `None` for any.
    hosts: Option<Vec<String>>,
    content_security_policy: HeaderValue,
}

impl Shield {
    fn new(config: &Config) -> Self {
        let connect = config.connect.join(" ");
        let policy = format!("{POLICY}; connect-src 'self' {connect}");
        Self {
            hosts: hosts(config),
            content_security_policy: HeaderValue::try_from(policy.trim_end())
                .unwrap_or_else(|_| HeaderValue::from_static(POLICY)),
        }
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

async fn protect(State(shield): State<Arc<Shield>>, request: Request, next: Next) -> Response {
    let (method, uri, begun) = (
        request.method().clone(),
        request.uri().clone(),
        Instant::now(),
    );
    let from_page = request
        .headers()
        .get("x-requested-with")
        .is_some_and(|by| by == "certlens");
    let mut response = if shield.knows(request.headers()) {
        next.run(request).await
    } else {
        let hint =
            "This server is not known by that name. Add it to `hosts` in its configuration.\n";
        (StatusCode::MISDIRECTED_REQUEST, hint).into_response()
    };
    let headers = response.headers_mut();
    if from_page {
        // The page has a form of its own; the header would make the browser open its dialog.
        headers.remove(header::WWW_AUTHENTICATE);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        shield.content_security_policy.clone(),
    );
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    log(&method, &uri, response.status(), begun);
    response
}

/// One line a request: never a header, a query or a body, which may hold secrets.
fn log(method: &Method, uri: &Uri, status: StatusCode, begun: Instant) {
    let (path, status) = (uri.path(), status.as_u16());
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    if status < 500 {
        tracing::info!(%method, path, status, duration_ms, "Answered {method} with {status}");
    } else {
        tracing::error!(%method, path, status, duration_ms, "Failed {method} with {status}");
    }
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
    img-src 'self' data:; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// No route takes a body yet; what comes is read no further than this.
const BODY_SIZE: usize = 64 << 10;

/// How long one request may take, keystores with many key derivation rounds included.
const PATIENCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

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
}
