//! `POST /v1/cluster/certificates/rotate`.

use std::fs;

use axum::http::{Method, StatusCode};
use certlens_server::KeyReaders;
use serde_json::Value;

use super::PATH;
use super::made::openssl;
use crate::support::{Answer, Server, demo_data};

const ROTATE: &str = "/v1/cluster/certificates/rotate";
const NAMES: [&str; 2] = ["ccs_internode_encryption", "data_internode_encryption"];

async fn rotate(server: &Server, body: &str) -> Answer {
    server.write(Method::POST, ROTATE, body).await
}

/// The certificate and key of each name.
async fn held(server: &Server) -> [(Value, Value); 2] {
    let json = server.get(PATH).await.json();
    NAMES.map(|name| {
        (
            json[format!("{name}_cert")].clone(),
            json[format!("{name}_key")].clone(),
        )
    })
}

#[tokio::test]
async fn certificates_between_nodes_are_issued_anew() {
    let server = Server::demo();
    let before = held(&server).await;
    let authority = fs::read(server.path().join("redis/internode_ca_cert.pem")).unwrap();
    for body in ["{}", "", r#"{"name": null}"#] {
        let last = held(&server).await;
        let answer = rotate(&server, body).await;
        assert_eq!(
            (answer.status, &*answer.body),
            (StatusCode::OK, "{}"),
            "{body}"
        );
        let now = held(&server).await;
        for at in 0..2 {
            assert_ne!(now[at].0, last[at].0);
            assert_ne!(now[at].1, last[at].1);
        }
    }
    let folder = server.path().join("redis");
    assert_eq!(
        fs::read(folder.join("internode_ca_cert.pem")).unwrap(),
        authority
    );
    for name in NAMES {
        let told = openssl(
            &folder,
            &format!(
                "verify -x509_strict -purpose sslclient -CAfile internode_ca_cert.pem {name}_cert.pem"
            ),
        );
        assert_eq!(told.trim(), format!("{name}_cert.pem: OK"));
        let told = openssl(
            &folder,
            &format!("x509 -in {name}_cert.pem -noout -ext subjectAltName"),
        );
        assert!(
            told.contains("DNS:*.redis.corp.example"),
            "names stay: {told}"
        );
        let dates = openssl(
            &folder,
            &format!("x509 -in {name}_cert.pem -noout -checkend 7689600"),
        );
        assert!(dates.contains("will not expire"), "in 89 days: {dates}");
        let key = openssl(&folder, &format!("pkey -in {name}_key.pem -pubout"));
        assert_eq!(
            key,
            openssl(&folder, &format!("x509 -in {name}_cert.pem -noout -pubkey"))
        );
    }

    let last = held(&server).await;
    assert_eq!(
        rotate(&server, r#"{"name":"data_internode_encryption"}"#)
            .await
            .status,
        StatusCode::OK
    );
    let now = held(&server).await;
    assert_eq!(now[0], last[0]);
    assert_ne!(now[1], last[1]);
    assert_ne!(now[1], before[1]);
}

#[tokio::test]
async fn the_authority_is_made_when_it_is_needed_and_its_key_never_leaves() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::configured(data, |config| config.redis_key_readers = KeyReaders::All);
    assert_eq!(rotate(&server, "").await.status, StatusCode::OK);
    let answer = server.get(PATH).await;
    assert_eq!(answer.json().as_object().unwrap().len(), 4, "{answer:?}");
    let key = fs::read_to_string(server.path().join("redis/internode_ca_key.pem")).unwrap();
    let secret = key.lines().nth(1).unwrap();
    for path in [PATH, "/v1/cluster/alerts", "/v4/cluster/health"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.body.contains(secret), "{path}");
    }
    let mode = fs::metadata(server.path().join("redis/internode_ca_key.pem")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&mode.permissions());
    assert_eq!(mode & 0o777, 0o600);
    let answer = server
        .ask(Method::DELETE, &format!("{PATH}/internode_ca"), &[])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn err_other_certificates_are_not_rotated() {
    let server = Server::over(demo_data());
    let before = held(&server).await;
    for name in ["api", "proxy", "ldap_client", "internode_ca", "nonsense"] {
        let answer = rotate(&server, &format!("{{\"name\":\"{name}\"}}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(answer.json()["error_code"], "unsupported_rotation");
        let told = answer.json()["description"].to_string();
        assert!(told.contains(&format!("`{name}` is not rotated")), "{told}");
    }
    for body in ["[]", r#"{"names":[]}"#, r#"{"name":1}"#] {
        let answer = rotate(&server, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.json()["error_code"], "invalid_schema");
    }
    assert_eq!(held(&server).await, before);
}
