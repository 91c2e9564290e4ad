use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Server, only_user};

const HAL: (&str, &str) = ("accept", "application/hal+json");

#[tokio::test]
async fn a_list_item_has_the_six_reference_fields() {
    let answer = Server::demo().get("/api/certificates").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.header("content-type"),
        Some("application/vnd.Microsoft.Certificates.6.0.0+json; charset=utf-8")
    );
    assert_eq!(answer.header("x-total-count"), Some("9"));
    assert_eq!(answer.header("accept-ranges"), Some("certificates"));
    let json = answer.json();
    assert_eq!(json.as_object().unwrap().len(), 1);
    for item in json["certificates"].as_array().unwrap() {
        assert_eq!(
            keys(item),
            [
                "alias",
                "id",
                "issued_by",
                "subject",
                "thumbprint",
                "valid_to"
            ]
        );
        let thumbprint = item["thumbprint"].as_str().unwrap();
        assert!(thumbprint.len() == 40 && !thumbprint.contains(|c: char| c.is_ascii_lowercase()));
    }
    let aliases: Vec<_> = json["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["alias"].as_str().unwrap())
        .collect();
    assert_eq!(
        aliases,
        [
            "Intranet",
            "Mail gateway",
            "",
            "Careers (old)",
            "Careers",
            "",
            "Shop",
            "_.apps.corp.example.pfx",
            "portal.corp.example.pfx",
        ]
    );
}

#[tokio::test]
async fn one_certificate_has_every_field_in_order() {
    let server = Server::demo();
    let id = id_of(&server, "Mail gateway").await;
    let answer = server
        .ask(Method::GET, &format!("/api/certificates/{id}/"), &[HAL])
        .await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/vnd.Microsoft.Certificate.6.0.0.hal+json; charset=utf-8")
    );
    let certificate = answer.json();
    assert_eq!(
        keys(&certificate),
        [
            "alias",
            "id",
            "issued_by",
            "subject",
            "thumbprint",
            "signature_algorithm",
            "valid_from",
            "valid_to",
            "version",
            "intended_purposes",
            "private_key",
            "subject_alternative_names",
            "store",
            "_links",
        ]
    );
    assert_eq!(
        certificate["subject"],
        "CN=mail.corp.example, OU=IT, O=Müller & Söhne GmbH, C=DE"
    );
    assert_eq!(certificate["signature_algorithm"], "sha384ECDSA");
    assert_eq!(certificate["valid_from"], "2025-11-27T09:41:00Z");
    assert_eq!(certificate["valid_to"], "2026-11-27T09:41:00Z");
    assert_eq!(certificate["version"], "3");
    assert_eq!(
        certificate["intended_purposes"],
        json!(["Server Authentication"])
    );
    assert_eq!(certificate["private_key"], json!({ "exportable": false }));
    assert_eq!(
        certificate["subject_alternative_names"],
        json!([
            "DNS Name=mail.corp.example",
            "DNS Name=autodiscover.corp.example",
            "IP Address=2001:0db8:0000:0000:0000:0000:0000:0025",
        ])
    );
    assert_eq!(certificate["store"]["name"], "My");
    assert_eq!(keys(&certificate["store"]), ["name", "id", "_links"]);
    assert_eq!(
        certificate["_links"],
        json!({ "self": { "href": format!("/api/certificates/{id}") } })
    );
}

#[tokio::test]
async fn null_is_said_where_there_is_no_key_and_no_name() {
    let server = Server::demo();
    let id = id_of(&server, "").await;
    let certificate = server.get(&format!("/api/certificates/{id}")).await.json();
    assert_eq!(certificate["private_key"], Value::Null);
    assert!(certificate.as_object().unwrap().contains_key("private_key"));
    assert_eq!(
        certificate["signature_algorithm"],
        Value::Null,
        "Windows has no name for Ed25519"
    );
    assert!(
        certificate.get("_links").is_none(),
        "links only where HAL is accepted"
    );
}

#[tokio::test]
async fn fields_select() {
    let server = Server::demo();
    let first = |fields: &'static str| {
        let server = &server;
        async move {
            let answer = server.get(&format!("/api/certificates?{fields}")).await;
            keys(&answer.json()["certificates"][0]).join(",")
        }
    };
    assert_eq!(first("fields=nope").await, "id");
    assert_eq!(
        first("fields=").await,
        "alias,id,issued_by,subject,thumbprint,valid_to"
    );
    assert_eq!(
        first("fields=Valid_From,%20alias").await,
        "alias,id,valid_from"
    );
    assert_eq!(
        first("fields=store.name&fields=version").await,
        "id,version,store"
    );
    assert!(
        first("fields=alias,*")
            .await
            .ends_with("subject_alternative_names,store")
    );
    let id = id_of(&server, "Shop").await;
    let one = server
        .get(&format!("/api/certificates/{id}?fields="))
        .await
        .json();
    assert_eq!(keys(&one), ["id"], "for a single one, no field is no field");
}

#[tokio::test]
async fn identifiers_survive_a_restart_and_say_nothing() {
    let server = Server::demo();
    let before = server.get("/api/certificates?fields=id").await.body;
    let id = id_of(&server, "portal.corp.example.pfx").await;
    assert!(
        id.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    );
    let server = server.restart();
    assert_eq!(server.get("/api/certificates?fields=id").await.body, before);
}

#[tokio::test]
async fn a_listing_is_narrowed_to_a_store_by_both_parameters() {
    let server = Server::demo();
    let stores = server.get("/api/certificates/stores").await;
    assert_eq!(stores.header("x-total-count"), Some("3"));
    let stores = stores.json();
    let names: Vec<_> = stores["stores"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].clone())
        .collect();
    assert_eq!(names, ["My", "WebHosting", "IIS Central Certificate Store"]);
    assert_eq!(keys(&stores["stores"][0]), ["name", "id"]);
    let id = stores["stores"][1]["id"].as_str().unwrap();
    for parameter in ["store.id", "certificate_store.id"] {
        let answer = server
            .get(&format!("/api/certificates?{parameter}={id}&fields=store"))
            .await;
        assert_eq!(answer.header("x-total-count"), Some("4"), "{parameter}");
        let json = answer.json();
        assert!(
            json["certificates"]
                .as_array()
                .unwrap()
                .iter()
                .all(|c| c["store"]["name"] == "WebHosting")
        );
    }
    let store = server
        .ask(
            Method::GET,
            &format!("/api/certificates/stores/{id}"),
            &[HAL],
        )
        .await
        .json();
    assert_eq!(
        store,
        json!({
            "name": "WebHosting",
            "id": id,
            "claims": ["read"],
            "_links": {
                "certificates": { "href": format!("/api/certificates?certificate_store.id={id}") },
                "self": { "href": format!("/api/certificates/stores/{id}") },
            },
        })
    );
}

#[tokio::test]
async fn the_manager_reads_page_by_page() {
    let server = Server::demo();
    let all = server.get("/api/certificates/").await.json()["certificates"].clone();
    let head = server
        .ask(
            Method::HEAD,
            "/api/certificates/",
            &[("range", "certificates=0-1")],
        )
        .await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(head.header("accept-ranges"), Some("certificates"));
    let total: usize = head.header("x-total-count").unwrap().parse().unwrap();
    assert_eq!(total, 9, "ranges do not narrow what is counted");
    let mut read = Vec::new();
    for first in (0..total).step_by(4) {
        let last = (first + 3).min(total - 1);
        let range = format!("certificates={first}-{last}");
        let answer = server
            .ask(Method::GET, "/api/certificates/", &[("range", &range)])
            .await;
        assert_eq!(answer.status, StatusCode::OK, "never 206");
        assert_eq!(
            answer.header("content-range"),
            Some(format!("{first}-{last}/9").as_str())
        );
        let page = answer.json()["certificates"].as_array().unwrap().clone();
        assert_eq!(
            answer.header("x-total-count"),
            Some(page.len().to_string().as_str())
        );
        assert_eq!(page.len(), last - first + 1, "no item is lost");
        read.extend(page);
    }
    assert_eq!(Value::Array(read), all);
}

#[tokio::test]
async fn err_ranges_that_are_none() {
    let server = Server::demo();
    for range in [
        "certificates=0-9",
        "certificates=3-2",
        "certificates=3-",
        "bytes=0-1",
        "x",
    ] {
        let answer = server
            .ask(Method::GET, "/api/certificates", &[("range", range)])
            .await;
        assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(answer.body, r#"{"title":"Invalid Range","status":416}"#);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(answer.header("content-range"), None);
    }
    let empty = Server::empty();
    let answer = empty
        .ask(
            Method::GET,
            "/api/certificates",
            &[("range", "certificates=0--1")],
        )
        .await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (StatusCode::OK, r#"{"certificates":[]}"#)
    );
}

#[tokio::test]
async fn purposes_are_found_by_name_and_by_number() {
    let server = Server::demo();
    for (purpose, count) in [
        ("1.3.6.1.5.5.7.3.2", "1"),
        ("client%20authentication", "1"),
        ("Code%20Signing", "0"),
    ] {
        let answer = server
            .get(&format!("/api/certificates?intended_purpose={purpose}"))
            .await;
        assert_eq!(answer.header("x-total-count"), Some(count), "{purpose}");
    }
}

#[tokio::test]
async fn claims_decide_what_may_be_read_and_exported() {
    let server = Server::demo();
    let stores = server.get("/api/certificates/stores").await.json();
    let id = stores["stores"][0]["id"].as_str().unwrap();
    let intranet = id_of(&server, "Intranet").await;
    let file = server.path().join("iis/My/store.toml");

    std::fs::write(
        &file,
        "claims = ['Read', 'export']\npasswords = ['wrong', 'demo-iis']\n",
    )
    .unwrap();
    let certificate = server
        .get(&format!("/api/certificates/{intranet}"))
        .await
        .json();
    assert_eq!(certificate["private_key"]["exportable"], true);

    std::fs::write(&file, "claims = []\npasswords = ['demo-iis']\n").unwrap();
    for path in [
        format!("/api/certificates?store.id={id}"),
        format!("/api/certificates/{intranet}"),
    ] {
        let answer = server.get(&path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(
            answer.body,
            r#"{"title":"Forbidden","name":"certificate_store","certificate_store":"My","status":403}"#
        );
    }
    assert_eq!(
        server
            .get("/api/certificates")
            .await
            .header("x-total-count"),
        Some("6")
    );
    let store = server
        .get(&format!("/api/certificates/stores/{id}"))
        .await
        .json();
    assert_eq!(store["claims"], json!([]));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_hides_no_other() {
    let server = Server::demo();
    let store = server.path().join("iis/My");
    std::fs::write(store.join("aaa.pfx"), "no keystore").unwrap();
    std::fs::write(store.join("notes.txt"), "no certificate file").unwrap();
    assert_eq!(
        server
            .get("/api/certificates")
            .await
            .header("x-total-count"),
        Some("9")
    );
    std::fs::copy(store.join("intranet.pfx"), store.join("copy.pfx")).unwrap();
    let answer = server.get("/api/certificates").await;
    assert_eq!(
        answer.header("x-total-count"),
        Some("9"),
        "a store holds a certificate once"
    );
}

#[tokio::test]
async fn err_each_failure_is_a_problem() {
    let server = Server::demo();
    let answer = server.get_as(None, "/api/certificates", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        answer.body,
        r#"{"title":"Unauthorized","authentication_scheme":"Basic","status":401}"#
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert!(
        answer
            .header("www-authenticate")
            .unwrap()
            .starts_with("Basic ")
    );
    for path in [
        "/api/certificates/nope",
        "/api/certificates/stores/nope",
        "/api/webserver",
        "/api/certificates/%2e%2e",
        "/api/certificates/%ff",
        "/api/certificates/stores/%ff/",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.body, r#"{"title":"Not found","status":404}"#);
    }
    for (query, name) in [
        ("store.id=x", "store.id"),
        ("certificate_store.id=", "certificate_store.id"),
    ] {
        let answer = server.get(&format!("/api/certificates?{query}")).await;
        assert_eq!(
            answer.body,
            format!(r#"{{"title":"Not found","name":"{name}","status":404}}"#)
        );
    }
    let answer = server.ask(Method::DELETE, "/api/certificates", &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    assert_eq!(answer.json()["title"], "Not Allowed");
}

#[tokio::test]
async fn err_user_who_may_read_nothing() {
    let data = tempfile::tempdir().unwrap();
    only_user(data.path(), "none");
    let answer = Server::over(data)
        .get_as(Some(("none", "right")), "/api/certificates", &[])
        .await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (
            StatusCode::FORBIDDEN,
            r#"{"title":"Forbidden","status":403}"#
        )
    );
}

#[tokio::test]
async fn the_root_links_to_the_certificates() {
    let server = Server::empty();
    let headers = [HAL, ("host", "localhost:8780")];
    let answer = server.ask(Method::GET, "/api/", &headers).await;
    assert_eq!(
        answer.json(),
        json!({ "host_name": "localhost", "_links": { "certificates": { "href": "/api/certificates" } } })
    );
    assert_eq!(server.get("/api").await.json(), json!({ "host_name": "" }));
}

async fn id_of(server: &Server, alias: &str) -> String {
    let json = server.get("/api/certificates").await.json();
    let found = json["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["alias"] == alias);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}
