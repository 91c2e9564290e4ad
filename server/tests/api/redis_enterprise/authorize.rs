//! `POST /v1/users/authorize` and `POST /v1/users/refresh_jwt`.

use axum::http::{Method, StatusCode};

use super::PATH;
use crate::support::{Answer, Server, basic, request};

const AUTHORIZE: &str = "/v1/users/authorize";
const REFRESH: &str = "/v1/users/refresh_jwt";

/// `POST` with these credentials; without a body also without its type.
async fn post(server: &Server, path: &str, credentials: Option<&str>, body: &str) -> Answer {
    let json = [("content-type", "application/json")];
    let headers = if body.is_empty() { &[] } else { &json[..] };
    let mut asked = request(Method::POST, path, headers);
    if let Some(credentials) = credentials {
        asked = asked.header("authorization", credentials);
    }
    server.send_body(asked, body).await
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let json = answer.json();
    assert_eq!(json.as_object().unwrap().len(), 1, "{answer:?}");
    json["access_token"].as_str().unwrap().to_owned()
}

async fn opens(server: &Server, credentials: &str) -> bool {
    let asked = request(Method::GET, PATH, &[("authorization", credentials)]);
    server.send(asked).await.status == StatusCode::OK
}

#[tokio::test]
async fn a_token_is_issued_in_both_documented_ways_and_taken_in_both() {
    let server = Server::empty();
    let right = basic("admin", "right");
    for (credentials, body) in [
        (Some(right.as_str()), ""),
        (Some(&right), "{}"),
        (Some(&right), r#"{"ttl":60}"#),
        (None, r#"{"username":"admin","password":"right"}"#),
        (
            None,
            r#"{"username":"admin","password":"right","ttl":86400}"#,
        ),
    ] {
        let token = token(&post(&server, AUTHORIZE, credentials, body).await);
        for scheme in ["JWT", "Bearer"] {
            assert!(opens(&server, &format!("{scheme} {token}")).await, "{body}");
        }
    }
}

#[tokio::test]
async fn a_token_is_refreshed_by_itself_only() {
    let server = Server::empty();
    let right = basic("admin", "right");
    let first = token(&post(&server, AUTHORIZE, Some(&right), "").await);
    let jwt = format!("JWT {first}");
    let second = token(&post(&server, REFRESH, Some(&jwt), r#"{"ttl":600}"#).await);
    assert_ne!(first, second);
    assert!(opens(&server, &format!("JWT {second}")).await);
    for credentials in [None, Some(&*right), Some("JWT nonsense")] {
        let answer = post(&server, REFRESH, credentials, "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{credentials:?}");
        assert_eq!(answer.json()["error_code"], "unauthorized");
    }
}

#[tokio::test]
async fn err_wrong_passwords_and_bodies() {
    let server = Server::empty();
    let right = basic("admin", "right");
    for (credentials, body) in [
        (None, ""),
        (Some(basic("admin", "wrong")), ""),
        (None, r#"{"username":"admin","password":"wrong"}"#),
        (
            Some(right.clone()),
            r#"{"username":"admin","password":"wrong"}"#,
        ),
    ] {
        let answer = post(&server, AUTHORIZE, credentials.as_deref(), body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{body}");
        assert_eq!(answer.json()["error_code"], "unauthorized");
    }
    for body in [
        r#"{"ttl":0}"#,
        r#"{"ttl":86401}"#,
        r#"{"ttl":"300"}"#,
        r#"{"username":"admin"}"#,
        r#"{"email":"a","password":"b"}"#,
        "{",
    ] {
        let answer = post(&server, AUTHORIZE, Some(&right), body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.json()["error_code"], "invalid_schema");
    }
}
