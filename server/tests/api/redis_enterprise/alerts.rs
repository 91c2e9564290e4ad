//! `/v1/cluster/alerts` and `/v4/cluster/health`.

use axum::http::{Method, StatusCode};
use certlens_dialect::redis_enterprise::{CertificateAlert, Health};

use super::made::Made;
use crate::support::{Server, only_user};

fn with_certificates(certificates: &[(&str, i64)]) -> Server {
    let server = Server::empty();
    let folder = server.path().join("redis");
    std::fs::create_dir(&folder).unwrap();
    for (name, days) in certificates {
        let made = Made::valid(name, (-99, *days));
        std::fs::write(folder.join(format!("{name}_cert.pem")), made.certificate).unwrap();
    }
    server
}

#[tokio::test]
async fn an_alert_names_the_certificates_that_soon_expire() {
    let server = with_certificates(&[("api", 44), ("proxy", 46), ("syncer", -1)]);
    let all = server.get("/v1/cluster/alerts").await.json();
    let names: Vec<_> = all.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "cluster_ca_cert_about_to_expire",
            "cluster_certs_about_to_expire",
            "node_internal_certs_about_to_expire",
        ]
    );
    let one = server
        .get("/v1/cluster/alerts/cluster_certs_about_to_expire")
        .await;
    assert_eq!(one.json(), all["cluster_certs_about_to_expire"]);
    let alert: CertificateAlert = serde_json::from_str(&one.body).unwrap();
    assert_eq!(alert.change_value.certs_about_to_expire, ["api", "syncer"]);
    assert_eq!(alert.change_value.global_threshold, "45");
    assert_eq!((alert.state, &*alert.severity), (true, "WARNING"));
    assert_eq!(all["node_internal_certs_about_to_expire"]["state"], false);
    let none = server.get("/v1/cluster/alerts/nonsense").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert_eq!(none.json()["error_code"], "alert_not_found");

    let body = Made::valid("api", (-1, 99)).body("api").to_string();
    let replaced = server
        .write(Method::PUT, "/v1/cluster/update_cert", &body)
        .await;
    assert_eq!(replaced.status, StatusCode::OK);
    let one = server
        .get("/v1/cluster/alerts/cluster_certs_about_to_expire")
        .await;
    let alert: CertificateAlert = serde_json::from_str(&one.body).unwrap();
    assert_eq!(alert.change_value.certs_about_to_expire, ["syncer"]);
}

#[tokio::test]
async fn health_lists_what_is_there() {
    let server = with_certificates(&[("api", 44), ("syncer", -1)]);
    std::fs::write(server.path().join("redis/cm_cert.pem"), "broken").unwrap();
    let answer = server.get("/v4/cluster/health").await;
    let health: Health = serde_json::from_str(&answer.body).unwrap();
    let seen: Vec<_> = health
        .certificates
        .iter()
        .map(|one| (one.kind.as_str(), one.expired))
        .collect();
    assert_eq!(seen, [("api_cert", false), ("syncer_cert", true)]);
    let until = &health.certificates[0].valid_until;
    assert!(until.starts_with("20") && until.ends_with('Z'), "{until}");
}

#[tokio::test]
async fn err_without_permission() {
    let data = tempfile::tempdir().unwrap();
    only_user(data.path(), "none");
    let server = Server::over(data);
    for path in [
        "/v1/cluster/alerts",
        "/v1/cluster/alerts/x",
        "/v4/cluster/health",
    ] {
        assert_eq!(server.get(path).await.status, StatusCode::UNAUTHORIZED);
        let answer = server.get_as(Some(("none", "right")), path, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(answer.json()["error_code"], "permission_denied");
    }
}
