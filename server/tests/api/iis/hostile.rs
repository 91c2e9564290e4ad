//! Text that breaks programs, in every place where this dialect takes text.

use std::fmt::Write;
use std::path::Path;

use axum::http::{HeaderValue, Method, Request, StatusCode};
use serde_json::json;

use super::store_id;
use crate::support::{Answer, Server, basic};

#[tokio::test]
async fn naughty_strings_are_answered_honestly_wherever_they_stand() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora/blns/blns.json");
    let Ok(text) = std::fs::read_to_string(&corpus) else {
        eprintln!("SKIPPED: no {}", corpus.display());
        return;
    };
    let strings: Vec<String> = serde_json::from_str(&text).unwrap();
    assert!(400 < strings.len(), "{}", strings.len());
    let server = Server::demo();
    let my = store_id(&server, "My").await;
    let everything = server.get("/api/certificates").await;
    for text in &strings {
        let escaped = escape(text);
        let certificate = server.get(&format!("/api/certificates/{escaped}")).await;
        assert!(
            is_refusal(&certificate) || text.is_empty(),
            "{text:?}: {certificate:?}"
        );
        let store = server
            .get(&format!("/api/certificates/stores/{escaped}"))
            .await;
        assert!(is_refusal(&store) || text.is_empty(), "{text:?}: {store:?}");
        for parameter in ["store.id", "certificate_store.id"] {
            let path = format!("/api/certificates?{parameter}={escaped}");
            for method in [Method::GET, Method::HEAD] {
                let answer = server.ask(method, &path, &[]).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{text:?}");
            }
        }
        let purpose = format!("/api/certificates?intended_purpose={escaped}");
        assert_eq!(
            server.get(&purpose).await.body,
            r#"{"certificates":[]}"#,
            "{text:?}"
        );
        let fields = server
            .get(&format!("/api/certificates?fields={escaped}"))
            .await;
        assert_eq!(fields.header("x-total-count"), Some("9"), "{text:?}");
        let ignored = server
            .get(&format!("/api/certificates?{escaped}={escaped}"))
            .await;
        assert_eq!(ignored.body, everything.body, "{text:?}");

        let deleted = server
            .ask(Method::DELETE, &format!("/api/certificates/{escaped}"), &[])
            .await;
        assert!(deleted.status.is_client_error(), "{text:?}: {deleted:?}");
        for body in [
            json!({ "store": { "id": text }, "file": { "content": text } }),
            json!({ "store": { "id": my }, "file": { "content": text }, "password": text }),
            json!({ "store": text, "persist_key": text }),
            json!({ text.as_str(): text }),
        ] {
            let imported = post(&server, "/api/certificates/imports", &body.to_string()).await;
            assert!(imported.status.is_client_error(), "{text:?}: {imported:?}");
        }
        let raw = post(&server, "/api/certificates/exports", text).await;
        assert!(raw.status.is_client_error(), "{text:?}: {raw:?}");

        // A header cannot carry every text.
        if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
            for value in [value.clone(), prefixed(&value)] {
                let request = Request::builder()
                    .uri("/api/certificates")
                    .header("authorization", basic("admin", "right"))
                    .header("range", &value)
                    .header("accept", &value)
                    .header("origin", &value);
                let answer = server.send(request).await;
                let taken = answer.status == StatusCode::OK;
                let refused = answer.status == StatusCode::RANGE_NOT_SATISFIABLE;
                assert!(taken || refused, "{value:?}: {answer:?}");
            }
        }
    }
    assert_eq!(server.get("/api/certificates").await.body, everything.body);
}

fn is_refusal(answer: &Answer) -> bool {
    answer.status == StatusCode::NOT_FOUND && answer.body == r#"{"title":"Not found","status":404}"#
}

fn prefixed(value: &HeaderValue) -> HeaderValue {
    HeaderValue::from_bytes(&[b"certificates=", value.as_bytes()].concat()).unwrap()
}

async fn post(server: &Server, path: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("authorization", basic("admin", "right"))
        .header("content-type", "application/json");
    server.send_body(request, body).await
}

/// Every octet in percent form, so that the whole text arrives.
fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, octet| {
        write!(escaped, "%{octet:02X}").unwrap();
        escaped
    })
}
