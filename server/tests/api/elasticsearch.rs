use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Server, only_user};

const PATH: &str = "/_ssl/certificates";

#[tokio::test]
async fn the_listing_is_what_an_auto_configured_node_answers() {
    let answer = Server::demo().get(PATH).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("x-elastic-product"), Some("Elasticsearch"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let rows = answer.json();
    let rows: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                text(row, "path"),
                text(row, "alias"),
                row["has_private_key"] == true,
            )
        })
        .collect();
    let mut sorted = rows.clone();
    sorted.sort_by_key(|(path, alias, _)| (path.clone(), alias.clone()));
    assert_eq!(rows, sorted);
    let count = |path, alias, key| {
        rows.iter()
            .filter(|row| **row == (String::from(path), String::from(alias), key))
            .count()
    };
    for (path, alias, key) in [
        ("certs/corp-root.crt", "null", false),
        ("certs/http.p12", "http", true),
        ("certs/http.p12", "http", false),
        ("certs/http.p12", "http_ca", true),
        ("certs/http_ca.crt", "null", false),
        ("certs/partners.jks", "example-bank-r1", false),
        ("certs/partners.jks", "logistik-root-g2", false),
        ("certs/transport.p12", "transport", true),
        ("certs/transport.p12", "transport", false),
        ("certs/transport.p12", "transport_ca", false),
    ] {
        assert_eq!(
            count(path, alias, key),
            1,
            "{path} {alias} {key} in {rows:?}"
        );
    }
    assert_eq!(rows.len(), 10);
}

#[tokio::test]
async fn fields_stand_in_the_documented_order() {
    let answer = Server::demo().get(PATH).await;
    for row in answer.json().as_array().unwrap() {
        let keys: Vec<_> = row.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "path",
                "format",
                "alias",
                "subject_dn",
                "serial_number",
                "has_private_key",
                "expiry",
                "issuer"
            ]
        );
    }
}

#[tokio::test]
async fn a_replaced_file_shows_at_once() {
    let server = Server::demo();
    let certs = server.path().join("elasticsearch/certs");
    let before = server
        .get("/_ssl/certificates?filter_path=path,subject_dn")
        .await
        .json();
    assert!(before.to_string().contains("Corp Example Root CA"));
    std::fs::copy(certs.join("http_ca.crt"), certs.join("corp-root.crt")).unwrap();
    let after = server
        .get("/_ssl/certificates?filter_path=path,subject_dn")
        .await
        .json();
    assert!(
        !after.to_string().contains("Corp Example Root CA"),
        "{after}"
    );
}

#[tokio::test]
async fn without_settings_nothing_is_listed() {
    let server = Server::empty();
    assert_eq!(server.get(PATH).await.body, "[]");
    assert_eq!(server.get("/_ssl/certificates?pretty").await.body, "[ ]\n");
    assert_eq!(
        server.get("/_ssl/certificates?filter_path=path").await.body,
        ""
    );
    assert_eq!(
        server
            .get("/_ssl/certificates?filter_path=-path")
            .await
            .body,
        "[]"
    );
}

#[tokio::test]
async fn filters_and_layout_are_applied() {
    let server = Server::demo();
    let rows = server
        .get("/_ssl/certificates?filter_path=path,expiry")
        .await
        .json();
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .all(|row| row.as_object().unwrap().len() == 2)
    );
    let pretty = server
        .get("/_ssl/certificates?pretty&human&error_trace=false&format=json")
        .await;
    assert!(
        pretty
            .body
            .starts_with("[\n  {\n    \"path\" : \"certs/corp-root.crt\",\n"),
        "{}",
        pretty.body
    );
    assert!(pretty.body.ends_with("\n]\n"));
}

#[tokio::test]
async fn the_client_gets_the_type_and_the_id_that_it_sent() {
    let server = Server::empty();
    let headers = [
        (
            "accept",
            "application/vnd.elasticsearch+json; compatible-with=8",
        ),
        ("x-opaque-id", "me"),
    ];
    let answer = server.ask(Method::GET, PATH, &headers).await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/vnd.elasticsearch+json;compatible-with=8")
    );
    assert_eq!(answer.header("x-opaque-id"), Some("me"));
}

#[tokio::test]
async fn err_nobody_signed_in() {
    let server = Server::empty();
    let answer = server.get_as(None, "/_ssl/certificates?pretty", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("x-elastic-product"), None);
    let challenges = [
        "Basic realm=\"security\", charset=\"UTF-8\"",
        "Bearer realm=\"security\"",
        "ApiKey",
    ];
    assert_eq!(answer.headers("www-authenticate"), challenges);
    let cause = json!({
        "type": "security_exception",
        "reason": "missing authentication credentials for REST request [/_ssl/certificates?pretty]",
        "header": { "WWW-Authenticate": challenges },
    });
    let mut error = cause.clone();
    error["root_cause"] = json!([cause]);
    assert_eq!(answer.json(), json!({ "error": error, "status": 401 }));
}

#[tokio::test]
async fn err_wrong_password_names_the_user() {
    let answer = Server::empty()
        .get_as(Some(("eve", "guess")), PATH, &[])
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        answer.json()["error"]["reason"],
        "unable to authenticate user [eve] for REST request [/_ssl/certificates]"
    );
}

#[tokio::test]
async fn err_user_without_the_privilege() {
    let data = tempfile::tempdir().unwrap();
    only_user(data.path(), "none");
    let answer = Server::over(data)
        .get_as(Some(("none", "right")), PATH, &[])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("x-elastic-product"), None);
    assert_eq!(
        answer.json()["error"]["reason"],
        "action [cluster:monitor/xpack/ssl/certificates/get] is unauthorized for user [none] with effective roles [none], this action is granted by the cluster privileges [monitor,manage,all]"
    );
}

#[tokio::test]
async fn err_requests_that_do_not_belong_here() {
    let server = Server::empty();
    for (method, path, headers, status, reason) in [
        (
            Method::GET,
            "/_ssl/certificates?prety",
            vec![],
            400,
            "request [/_ssl/certificates] contains unrecognized parameter: [prety] -> did you mean [pretty]?",
        ),
        (
            Method::GET,
            "/_ssl/certificates?b=1&a=2",
            vec![],
            400,
            "request [/_ssl/certificates] contains unrecognized parameters: [a], [b]",
        ),
        (
            Method::GET,
            PATH,
            vec![("content-length", "2")],
            400,
            "request [GET /_ssl/certificates] does not support having a body",
        ),
        (
            Method::GET,
            PATH,
            vec![(
                "accept",
                "application/vnd.elasticsearch+json; compatible-with=7",
            )],
            400,
            "Invalid media-type value on headers [Accept, Content-Type]",
        ),
    ] {
        let answer = server.ask(method, path, &headers).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.json()["error"]["reason"], reason);
        assert_eq!(answer.json()["status"], status);
        assert_eq!(answer.header("x-elastic-product"), Some("Elasticsearch"));
    }
}

#[tokio::test]
async fn err_methods_and_paths_that_do_not_exist() {
    let server = Server::empty();
    let answer = server.ask(Method::POST, PATH, &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), Some("GET"));
    assert_eq!(
        answer.body,
        r#"{"error":"Incorrect HTTP method for uri [/_ssl/certificates] and method [POST], allowed: [GET]","status":405}"#
    );
    assert_eq!(
        server.ask(Method::HEAD, PATH, &[]).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let answer = server.ask(Method::OPTIONS, PATH, &[]).await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (StatusCode::OK, Some("GET"))
    );
    let answer = server.get("/_cat/indices").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.body,
        r#"{"error":"no handler found for uri [/_cat/indices] and method [GET]"}"#
    );
    let answer = server.get_as(None, "/_cat/indices", &[]).await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "who is nobody learns of no path"
    );
}

#[tokio::test]
async fn err_keystore_with_another_password() {
    let server = Server::demo();
    let secrets = server.path().join("elasticsearch/secrets.toml");
    std::fs::write(
        &secrets,
        "\"xpack.security.http.ssl.keystore.secure_password\" = \"hunter2\"\n",
    )
    .unwrap();
    let answer = server.get(PATH).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let error = &answer.json()["error"];
    assert_eq!(error["type"], "ssl_config_exception");
    let reason = error["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("cannot read configured [PKCS12] keystore ["),
        "{reason}"
    );
    assert!(
        reason.ends_with("caused by an incorrect password; (a keystore password was provided)"),
        "{reason}"
    );
    assert!(!answer.body.contains("hunter2"));
}

#[tokio::test]
async fn err_files_that_are_missing_or_broken() {
    for (content, expected) in [
        (None, "because the file does not exist"),
        (
            Some("nothing of the kind"),
            "because expected a certificate file",
        ),
    ] {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("elasticsearch");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(
            folder.join("elasticsearch.yml"),
            "xpack.http.ssl.certificate_authorities: [ ca.crt ]\n",
        )
        .unwrap();
        if let Some(content) = content {
            std::fs::write(folder.join("ca.crt"), content).unwrap();
        }
        let answer = Server::over(data).get(PATH).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        let reason = answer.json()["error"]["reason"].to_string();
        assert!(
            reason.contains("cannot read configured PEM certificate_authorities ["),
            "{reason}"
        );
        assert!(reason.contains(expected), "{reason}");
    }
}

#[tokio::test]
async fn the_root_tells_clients_where_they_are() {
    let server = Server::demo();
    let answer = server.get("/").await;
    assert_eq!(answer.header("x-elastic-product"), Some("Elasticsearch"));
    let info = answer.json();
    assert_eq!(info["tagline"], "You Know, for Search");
    assert_eq!(info["name"], "es01");
    assert_eq!(info["cluster_name"], "corp-search");
    assert_eq!(info["cluster_uuid"].as_str().unwrap().len(), 22);
    assert_eq!(
        server.get("/?filter_path=version.number").await.body,
        r#"{"version":{"number":"9.1.0"}}"#
    );
    assert_eq!(server.get("/?filter_path=nope").await.body, "{}");
    let head = server.ask(Method::HEAD, "/", &[]).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(head.header("x-elastic-product"), Some("Elasticsearch"));
    assert_eq!(
        server.get_as(None, "/", &[]).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        server.ask(Method::POST, "/", &[]).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

fn text(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap_or("null").to_owned()
}
