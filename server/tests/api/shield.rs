use axum::http::{Method, Request, StatusCode};

use crate::support::{Server, basic};

#[tokio::test]
async fn other_sites_change_nothing_and_read_what_they_are_allowed_to() {
    let server = Server::empty();
    let path = "/v1/cluster/certificates";
    let evil = [("sec-fetch-site", "cross-site")];
    for method in [Method::PUT, Method::POST, Method::PATCH, Method::DELETE] {
        let answer = server.ask(method.clone(), path, &evil).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method}");
        assert_eq!(answer.body, "Another site may not change anything here.\n");
        let same = [("sec-fetch-site", "same-origin")];
        let answer = server.ask(method.clone(), path, &same).await;
        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{method}");
    }
    let answer = server.ask(Method::GET, path, &evil).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_and_its_answer_have_one_identifier() {
    let server = Server::empty();
    let answer = server
        .ask(Method::GET, "/healthz", &[("x-request-id", "my-42")])
        .await;
    assert_eq!(answer.header("x-request-id"), Some("my-42"));
    let made = server.get("/healthz").await;
    let odd = server
        .ask(Method::GET, "/healthz", &[("x-request-id", "a b")])
        .await;
    for answer in [&made, &odd] {
        let id = answer.header("x-request-id").unwrap();
        assert!(
            id.len() == 32 && id.bytes().all(|octet| octet.is_ascii_hexdigit()),
            "{id}"
        );
    }
    assert_ne!(made.header("x-request-id"), odd.header("x-request-id"));
}

#[tokio::test]
async fn a_change_is_made_and_counted_when_the_client_goes_away() {
    let server = Server::demo();
    let file = server.path().join("redis/ldap_client_cert.pem");
    assert!(file.exists());
    let request = Request::delete("/v1/cluster/certificates/ldap_client")
        .header("authorization", basic("admin", "right"));
    server.send_and_leave(request).await;
    let counted = "certlens_writes_total{dialect=\"redis-enterprise\",method=\"DELETE\"";
    let mut looks = 0;
    while !server.get("/metrics").await.body.contains(counted) {
        looks += 1;
        assert!(looks < 10_000, "it is never counted");
    }
    assert!(!file.exists());
}

#[tokio::test]
async fn err_body_longer_than_allowed() {
    let server = Server::configured(tempfile::tempdir().unwrap(), |config| {
        config.limits.body_bytes = 4.try_into().unwrap();
    });
    let request = Request::put("/v1/cluster/certificates")
        .header("authorization", basic("admin", "right"))
        .header("content-length", "5");
    let answer = server.send_body(request, "12345").await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}
