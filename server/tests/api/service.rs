use axum::http::{Method, StatusCode};

use crate::support::{Server, demo_data, only_user};

#[tokio::test]
async fn anybody_learns_whether_the_server_lives_and_is_ready() {
    let server = Server::demo();
    for (path, status) in [("/healthz", "live"), ("/healthz/ready", "ready")] {
        let headers = [("host", "10.1.2.3:8780")];
        let answer = server.get_as(None, path, &headers).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.json(), serde_json::json!({ "status": status }));
    }
}

#[tokio::test]
async fn err_not_ready_names_the_dialect_and_no_file() {
    let server = Server::demo();
    let file = server.path().join("elasticsearch/elasticsearch.yml");
    std::fs::write(file, "xpack.security.http.ssl.certificate: gone.pem\n").unwrap();
    let answer = server.get_as(None, "/healthz/ready", &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        answer.json(),
        serde_json::json!({
            "status": "not-ready",
            "reasons": ["the certificates of elasticsearch cannot be read"],
        })
    );
    let answer = server.get_as(None, "/healthz", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "and yet it lives");
}

#[tokio::test]
async fn every_listed_certificate_has_its_expiry_among_the_metrics() {
    let server = Server::demo();
    let text = server.get("/metrics").await.body;
    let metric = "certlens_certificate_expiry_timestamp_seconds";
    let lines = |dialect: &str| {
        let start = format!("{metric}{{dialect=\"{dialect}\",");
        text.lines().filter(|line| line.starts_with(&start)).count()
    };
    for (dialect, path) in [
        ("elasticsearch", "/_ssl/certificates"),
        ("iis", "/api/certificates"),
    ] {
        let listed = server.get(path).await.json();
        let listed = listed.get("certificates").unwrap_or(&listed);
        assert_eq!(lines(dialect), listed.as_array().unwrap().len(), "{text}");
    }
    let pairs = server.get("/v1/cluster/certificates").await.json();
    let names = pairs.as_object().unwrap().keys();
    let certificates = names.filter(|name| name.ends_with("_cert")).count();
    assert_eq!(lines("redis-enterprise"), certificates, "{text}");
    assert!(
        text.contains("certlens_store_readable{dialect=\"iis\"} 1\n"),
        "{text}"
    );
    assert!(!text.contains("PRIVATE"), "{text}");
}

#[tokio::test]
async fn requests_are_counted_by_dialect_method_and_status() {
    let server = Server::demo();
    server.get_as(None, "/_ssl/certificates", &[]).await;
    server
        .ask(Method::POST, "/api/certificates/nothing", &[])
        .await;
    let text = server.get("/metrics").await.body;
    for line in [
        "certlens_requests_total{dialect=\"elasticsearch\",method=\"GET\",status=\"401\"} 1",
        "certlens_request_duration_seconds_count{dialect=\"elasticsearch\"} 1",
        "certlens_writes_total{dialect=\"iis\",method=\"POST\",outcome=\"refused\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(
        text.contains("certlens_requests_total{dialect=\"iis\",method=\"POST\""),
        "{text}"
    );
}

#[tokio::test]
async fn err_metrics_without_sign_in_or_without_the_right() {
    let server = Server::empty();
    let answer = server.get_as(None, "/metrics", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert!(answer.header("www-authenticate").is_some());

    let data = tempfile::tempdir().unwrap();
    only_user(data.path(), "none");
    let server = Server::over(data);
    let answer = server
        .get_as(Some(("none", "right")), "/metrics", &[])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_metrics_name_no_certificate_of_a_store_that_is_not_to_be_read() {
    let data = demo_data();
    only_user(data.path(), "monitor");
    let path = data.path().join("users.toml");
    let users = std::fs::read_to_string(&path).unwrap();
    let narrowed = users.replace("role = ", "stores = [\"My\"]\nrole = ");
    std::fs::write(path, narrowed).unwrap();
    let server = Server::over(data);
    let who = Some(("monitor", "right"));
    let text = server.get_as(who, "/metrics", &[]).await.body;
    assert!(text.contains("store=\"My\""), "{text}");
    assert!(!text.contains("store=\"WebHosting\""), "{text}");
}
