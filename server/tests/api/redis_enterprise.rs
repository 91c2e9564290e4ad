use axum::http::{Method, StatusCode};
use certlens_dialect::redis_enterprise::Certificates;
use serde_json::Value;

mod alerts;
mod authorize;
mod history;
mod made;
mod rotate;
mod write;

use crate::support::{Server, demo_data, only_user};

const PATH: &str = "/v1/cluster/certificates";

#[tokio::test]
async fn names_stand_in_the_vendors_order_each_with_its_key() {
    let answer = Server::demo().get(PATH).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let json = answer.json();
    let keys: Vec<_> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "api_cert",
            "api_key",
            "cm_cert",
            "cm_key",
            "metrics_exporter_cert",
            "metrics_exporter_key",
            "proxy_cert",
            "proxy_key",
            "syncer_cert",
            "syncer_key",
            "ccs_internode_encryption_cert",
            "ccs_internode_encryption_key",
            "data_internode_encryption_cert",
            "data_internode_encryption_key",
            "ldap_client_cert",
            "ldap_client_key",
        ]
    );
    let proxy = json["proxy_cert"].as_str().unwrap();
    assert_eq!(
        proxy.matches("-----BEGIN CERTIFICATE-----").count(),
        3,
        "the whole chain"
    );
    assert!(
        json["proxy_key"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN PRIVATE KEY-----")
    );
}

#[tokio::test]
async fn who_may_not_write_gets_no_key_from_the_file_of_a_certificate() {
    let data = demo_data();
    only_user(data.path(), "cluster_viewer");
    let folder = data.path().join("redis");
    let read = |file| std::fs::read_to_string(folder.join(file)).unwrap();
    let chain = read("proxy_cert.pem");
    let combined = format!("{}{chain}", read("proxy_key.pem"));
    std::fs::write(folder.join("proxy_cert.pem"), combined).unwrap();
    let server = Server::over(data);
    let who = Some(("cluster_viewer", "right"));
    let answer = server.get_as(who, PATH, &[]).await;
    assert!(!answer.body.contains("PRIVATE KEY"), "{}", answer.body);
    assert_eq!(answer.json()["proxy_cert"], chain);
}

#[tokio::test]
async fn who_may_not_write_gets_no_key() {
    let data = demo_data();
    only_user(data.path(), "cluster_viewer");
    let server = Server::over(data);
    let answer = server
        .get_as(Some(("cluster_viewer", "right")), PATH, &[])
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        !answer.body.contains("PRIVATE KEY") && !answer.body.contains("_key\""),
        "{}",
        answer.body
    );
    let read: Certificates = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(read.entries.len(), 8);
}

#[tokio::test]
async fn names_without_a_key_never_have_one() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("redis");
    std::fs::create_dir(&folder).unwrap();
    for file in [
        "mtls_trusted_ca_cert.pem",
        "mtls_trusted_ca_key.pem",
        "unknown_cert.pem",
        "proxy_key.pem",
    ] {
        std::fs::write(folder.join(file), "PEM").unwrap();
    }
    let answer = Server::over(data).get(PATH).await;
    assert_eq!(answer.body, r#"{"mtls_trusted_ca_cert":"PEM"}"#);
}

#[tokio::test]
async fn without_certificates_the_answer_is_an_empty_object() {
    assert_eq!(Server::empty().get(PATH).await.body, "{}");
}

#[tokio::test]
async fn err_each_failure_has_its_code() {
    let server = Server::empty();
    let answer = server.get_as(None, PATH, &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Basic realm=\"certlens\", charset=\"UTF-8\"")
    );
    assert_eq!(
        answer.body,
        r#"{"error_code":"unauthorized","description":"Sign in with HTTP Basic, a JWT or a token."}"#
    );

    let answer = server.get_as(Some(("admin", "guess")), PATH, &[]).await;
    assert_eq!(answer.json()["description"], "Wrong user name or password.");

    for (path, allowed) in [
        (PATH, "GET, HEAD, PUT"),
        ("/v1/cluster/update_cert", "PUT"),
        ("/v1/cluster/certificates/rotate", "POST"),
        ("/v1/cluster/certificates/proxy", "DELETE"),
        ("/v1/cluster/alerts", "GET, HEAD"),
        ("/v4/cluster/health", "GET, HEAD"),
        ("/v1/users/authorize", "POST"),
    ] {
        let answer = server.ask(Method::PATCH, path, &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.json()["error_code"], "method_not_allowed");
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }

    let answer = server.get("/v1/bdbs").await;
    assert_eq!(
        (answer.status, answer.json()["error_code"].as_str()),
        (StatusCode::NOT_FOUND, Some("not_found"))
    );
    assert_eq!(
        server.get_as(None, "/v1/bdbs", &[]).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn err_no_permission_and_unreadable_file() {
    let data = tempfile::tempdir().unwrap();
    only_user(data.path(), "none");
    let answer = Server::over(data)
        .get_as(Some(("none", "right")), PATH, &[])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.json()["error_code"], "permission_denied");

    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(data.path().join("redis/api_cert.pem")).unwrap();
    let answer = Server::over(data).get(PATH).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let description = answer.json()["description"].to_string();
    assert!(
        description.starts_with("\"api_cert.pem cannot be read: "),
        "{description}"
    );
}

/// What the published description says is there is there, and every reference in it leads somewhere.
#[tokio::test]
async fn the_description_names_what_is_served() {
    let text = include_str!("../../openapi/redis-enterprise.json");
    let description: Value = serde_json::from_str(text).unwrap();
    let server = Server::empty();
    let mut seen = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        let path = path
            .replace("{certificate_name}", "nonsense")
            .replace("{alert}", "nonsense");
        for (method, operation) in methods.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = server.ask(method.clone(), &path, &[]).await;
            let status = answer.status.as_str();
            assert!(
                operation["responses"].get(status).is_some(),
                "{method} {path}: {answer:?}"
            );
            assert_ne!(answer.json()["error_code"], "not_found", "{method} {path}");
            seen += 1;
        }
    }
    assert_eq!(seen, 10);
    for reference in text.split("\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
    let codes = &description["components"]["schemas"]["RedisError"]["properties"]["error_code"];
    let codes = codes["enum"].as_array().unwrap();
    let source = include_str!("../../src/routes/redis_enterprise/error.rs");
    for code in codes {
        assert!(source.contains(&code.to_string()), "{code}");
    }
}
