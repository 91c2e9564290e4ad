use axum::http::{Method, StatusCode};

use crate::support::Server;

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[tokio::test]
async fn browsers_get_the_page_without_signing_in() {
    let server = Server::empty();
    for path in ["/", "/console", "/index.html"] {
        let answer = server.get_as(None, path, &[BROWSER]).await;
        // Without a built page, `/index.html` does not exist, and the others say how to build it.
        let built = answer.header("etag").is_some();
        assert_eq!(
            answer.status == StatusCode::OK,
            built || path != "/index.html",
            "{path}"
        );
        if answer.status == StatusCode::OK {
            assert_eq!(
                answer.header("content-type"),
                Some("text/html; charset=utf-8")
            );
            assert!(answer.body.contains("certlens"), "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let server = Server::empty();
    for path in [
        "/",
        "/nothing",
        "/_ssl/certificates",
        "/v1/cluster/certificates",
        "/api/certificates",
    ] {
        for who in [None, Some(("admin", "right"))] {
            let answer = server.get_as(who, path, &[]).await;
            assert_eq!(
                answer.header("content-security-policy"),
                Some(
                    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'"
                ),
                "{path}"
            );
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            assert!(answer.header("permissions-policy").is_some());
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
}

#[tokio::test]
async fn other_backends_are_reached_only_when_configured() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::configured(data, |config| {
        config.connect = vec!["https://es:9200".into()];
    });
    let answer = server.get("/nothing").await;
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.ends_with("; connect-src 'self' https://es:9200"),
        "{policy}"
    );
}

#[tokio::test]
async fn foreign_names_are_turned_away_on_loopback() {
    let server = Server::empty();
    for (host, status) in [
        ("localhost:8780", StatusCode::OK),
        ("127.0.0.1", StatusCode::OK),
        ("[::1]:8780", StatusCode::OK),
        ("LOCALHOST", StatusCode::OK),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("localhost.evil.example", StatusCode::MISDIRECTED_REQUEST),
        (
            "127.0.0.1.evil.example:8780",
            StatusCode::MISDIRECTED_REQUEST,
        ),
    ] {
        let answer = server
            .ask(Method::GET, "/v1/cluster/certificates", &[("host", host)])
            .await;
        assert_eq!(answer.status, status, "{host}");
    }
    let named = Server::configured(tempfile::tempdir().unwrap(), |config| {
        config.hosts = vec!["certlens.corp.example".into()];
    });
    let headers = [("host", "certlens.corp.example")];
    assert_eq!(
        named.ask(Method::GET, "/api", &headers).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_page_gets_no_challenge_that_would_open_a_dialog() {
    let server = Server::empty();
    for path in [
        "/_ssl/certificates",
        "/v1/cluster/certificates",
        "/api/certificates",
        "/",
    ] {
        let answer = server
            .get_as(None, path, &[("x-requested-with", "certlens")])
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(answer.header("www-authenticate"), None, "{path}");
        let answer = server
            .get_as(None, path, &[("x-requested-with", "other")])
            .await;
        assert!(answer.header("www-authenticate").is_some(), "{path}");
    }
}

#[tokio::test]
async fn err_addresses_that_hold_nothing() {
    let server = Server::empty();
    for path in [
        "/nothing.js",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "//etc/passwd",
    ] {
        let answer = server.get_as(None, path, &[BROWSER]).await;
        let is_page = answer.status == StatusCode::OK && answer.body.contains("certlens");
        assert!(
            answer.status == StatusCode::NOT_FOUND || is_page,
            "{path}: {answer:?}"
        );
        assert!(
            !answer.body.contains("[workspace]") && !answer.body.contains("root:"),
            "{path}"
        );
    }
    let answer = server.ask(Method::POST, "/nothing", &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_built_page_is_kept_by_its_digest() {
    let server = Server::empty();
    let answer = server.get_as(None, "/", &[BROWSER]).await;
    let Some(etag) = answer.header("etag") else {
        eprintln!("SKIPPED: the page is not built");
        return;
    };
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    let again = server
        .get_as(None, "/", &[BROWSER, ("if-none-match", etag)])
        .await;
    assert_eq!(
        (again.status, again.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    for (file, way) in [
        ("/app.js", "br"),
        ("/app.js", "gzip"),
        ("/words-de.txt", "br"),
    ] {
        let accepted = [("accept-encoding", way)];
        let packed = server.get_as(None, file, &accepted).await;
        assert_eq!(packed.header("content-encoding"), Some(way), "{file}");
    }
}
