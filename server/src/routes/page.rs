//! The page: the files that Trunk built, inside the binary in a release build.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::{Embed, EmbeddedFile};

/// The built page. A debug build reads it from the disk at each request.
#[derive(Embed)]
#[folder = "../dist"]
#[allow_missing = true]
struct Built;

/// Whether a request comes from somebody who opens an address in a browser.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|accept| {
        accept
            .to_str()
            .is_ok_and(|accept| accept.contains("text/html"))
    })
}

/// Answers a path with its file; a path that a person opened and no file has, with the page itself.
pub(super) fn answer(request: &Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let allowed = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allowed).into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    let named = if path.is_empty() { INDEX } else { path };
    if let Some(file) = Built::get(named) {
        return send(named, &file, request.headers());
    }
    let is_place = is_wanted(request.headers()) && !path.contains('.');
    match Built::get(INDEX).filter(|_| is_place) {
        Some(page) => send(INDEX, &page, request.headers()),
        None if is_place => missing(),
        None => (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response(),
    }
}

fn send(name: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let digest = URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash());
    let etag = format!("W/\"{digest}\"");
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| {
        known
            .to_str()
            .is_ok_and(|known| known.split(',').any(|one| one.trim() == etag))
    });
    let caching = [
        (header::ETAG, etag),
        // Kept, and asked for again each time: a new build shows at once.
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let mime = file.metadata.mimetype();
    let content = [(header::CONTENT_TYPE, content_type(mime))];
    if mime == "text/html" {
        return (caching, content, without_policy(&file.data)).into_response();
    }
    match packed(name, headers) {
        Some((encoding, packed)) => {
            let encoding = [(header::CONTENT_ENCODING, encoding)];
            (caching, content, encoding, packed.data.into_owned()).into_response()
        }
        None => (caching, content, file.data.to_vec()).into_response(),
    }
}

/// The same file as `tools/finish-page` has compressed it, in the best way that the client understands.
/// Nothing but files of the page ever is, so that no length tells of a secret.
fn packed(name: &str, headers: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    let accepted: Vec<&str> = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|one| match one.trim().split_once(';') {
            Some((_, weight)) if weight.trim().trim_end_matches(['0', '.']) == "q=" => None,
            Some((name, _)) => Some(name.trim()),
            None => Some(one.trim()),
        })
        .collect();
    let ways = [("br", "br"), ("gzip", "gz")];
    let mut usable = ways.into_iter().filter(|(way, _)| accepted.contains(way));
    usable.find_map(|(way, ending)| Some((way, Built::get(&format!("{name}.{ending}"))?)))
}

/// The page without the policy it carries for plain web hosts. The server sends its own as a header,
/// and a browser would hold the page to both: no backend of `connect` could be reached.
fn without_policy(page: &[u8]) -> Vec<u8> {
    let page = String::from_utf8_lossy(page);
    let cut = || {
        let (before, rest) = page.split_once("<meta http-equiv=\"Content-Security-Policy\"")?;
        let (_, after) = rest.split_once('>')?;
        Some(format!("{before}{after}"))
    };
    cut().unwrap_or_else(|| page.to_string()).into_bytes()
}

fn content_type(mime: &str) -> String {
    match mime {
        "text/javascript" | "text/html" | "text/css" | "application/javascript" => {
            format!("{mime}; charset=utf-8")
        }
        other => other.to_owned(),
    }
}

/// What a browser sees of a server that was built before its page.
fn missing() -> Response {
    let page = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
        <title>certlens</title>\n<h1>certlens</h1>\n\
        <p>The page is not built yet. Run <code>make build</code>, and start the server again.</p>\n\
        <p>The three certificate APIs answer already.</p>\n</html>\n";
    let content = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::OK, content, page).into_response()
}

const INDEX: &str = "index.html";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_files_are_for_those_who_take_them() {
        let packed = |accepted: &'static str| {
            let accepted = HeaderValue::from_static(accepted);
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted)]);
            super::packed("app.js", &headers).map(|(way, _)| way)
        };
        for nobody in ["", "identity", "br;q=0, gzip; q=0.0", "deflate"] {
            assert_eq!(packed(nobody), None, "{nobody}");
        }
        if Built::get("app.js.br").is_none() {
            eprintln!("SKIPPED: the page is not built");
            return;
        }
        assert_eq!(packed("gzip, deflate, br, zstd"), Some("br"));
        assert_eq!(packed("gzip;q=0.5, br;q=0"), Some("gzip"));
    }

    #[test]
    fn the_policy_for_plain_web_hosts_is_left_out() {
        let page = "<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
            content=\"connect-src 'self'\"><title>x</title>";
        let sent = "<meta charset=\"utf-8\"><title>x</title>";
        assert_eq!(without_policy(page.as_bytes()), sent.as_bytes());
        assert_eq!(without_policy(sent.as_bytes()), sent.as_bytes());
    }
}
