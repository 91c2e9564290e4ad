mod changes;
mod files;
mod hostile;

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Answer, Server, demo_data, only_user};

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
async fn every_path_answers_with_and_without_a_slash_at_its_end() {
    let server = Server::demo();
    let certificate = id_of(&server, "Shop").await;
    let store = store_id(&server, "My").await;
    for path in [
        "/api".to_owned(),
        "/api/certificates".to_owned(),
        format!("/api/certificates/{certificate}"),
        "/api/certificates/stores".to_owned(),
        format!("/api/certificates/stores/{store}"),
    ] {
        let bare = server.ask(Method::GET, &path, &[HAL]).await;
        assert_eq!(bare.status, StatusCode::OK, "{path}");
        let slashed = server.ask(Method::GET, &format!("{path}/"), &[HAL]).await;
        assert_eq!(slashed.body, bare.body, "{path}/");
    }
}

#[tokio::test]
async fn the_head_of_a_list_counts_and_any_other_is_that_of_its_get() {
    let server = Server::demo();
    let head = |path: String| {
        let server = &server;
        async move { server.ask(Method::HEAD, &path, &[]).await }
    };
    let count = head("/api/certificates".to_owned()).await;
    let expected = [
        (
            "content-type",
            "application/vnd.Microsoft.Certificates.6.0.0+json",
        ),
        ("x-total-count", "9"),
        ("accept-ranges", "certificates"),
        ("content-length", "0"),
    ];
    for (name, value) in expected {
        assert_eq!(count.header(name), Some(value), "{name}");
    }
    let hosting = store_id(&server, "WebHosting").await;
    let narrowed =
        format!("/api/certificates?certificate_store.id={hosting}&intended_purpose=1.2&fields=id");
    assert_eq!(head(narrowed).await.header("x-total-count"), Some("4"));
    let unknown = head("/api/certificates?store.id=x".to_owned()).await;
    assert_eq!(
        (unknown.status, unknown.body.as_str()),
        (StatusCode::NOT_FOUND, "")
    );

    let certificate = id_of(&server, "Shop").await;
    for path in [
        format!("/api/certificates/{certificate}"),
        "/api/certificates/stores".to_owned(),
        format!("/api/certificates/stores/{hosting}"),
    ] {
        let get = server.get(&path).await;
        let head = head(path.clone()).await;
        assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
        let length = get.octets.len().to_string();
        assert_eq!(
            head.header("content-length"),
            Some(length.as_str()),
            "{path}"
        );
        for name in ["content-type", "x-total-count"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
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
async fn a_claim_that_is_withdrawn_is_withdrawn_at_once() {
    let server = Server::demo();
    let my = store_id(&server, "My").await;
    let path = format!("/api/certificates?store.id={my}");
    let file = server.path().join("iis/My/store.toml");
    for _ in 0..20 {
        for (claims, status) in [("[]", StatusCode::FORBIDDEN), ("['read']", StatusCode::OK)] {
            std::fs::write(
                &file,
                format!("claims = {claims}\npasswords = ['demo-iis']\n"),
            )
            .unwrap();
            assert_eq!(server.get(&path).await.status, status, "{claims}");
        }
    }
}

#[tokio::test]
async fn err_settings_that_cannot_be_read_close_their_store_and_say_where() {
    let server = Server::demo();
    let (my, hosting) = (
        store_id(&server, "My").await,
        store_id(&server, "WebHosting").await,
    );
    let file = server.path().join("iis/My/store.toml");
    std::fs::write(&file, "claims = ['read']\npassword = 'geheim'\n").unwrap();
    for path in [
        "/api/certificates".to_owned(),
        format!("/api/certificates?store.id={my}"),
    ] {
        let answer = server.get(&path).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                r#"{"title":"Server error","detail":"My/store.toml: line 2 is not what it should be","status":500}"#
            )
        );
    }
    let other = server
        .get(&format!("/api/certificates?store.id={hosting}"))
        .await;
    assert_eq!(other.header("x-total-count"), Some("4"));
    let store = server
        .get(&format!("/api/certificates/stores/{my}"))
        .await
        .json();
    assert_eq!(store["claims"], json!([]));
    std::fs::write(&file, "passwords = ['demo-iis']\n").unwrap();
    until(&server, "/api/certificates", |answer| {
        answer.header("x-total-count") == Some("9")
    })
    .await;
}

#[tokio::test]
async fn files_that_come_change_and_go_are_followed() {
    let server = Server::demo();
    let total =
        |count: &'static str| move |answer: &Answer| answer.header("x-total-count") == Some(count);
    let subjects = |answer: &Answer| answer.json()["certificates"].to_string();
    until(&server, "/api/certificates", total("9")).await;
    let iis = server.path().join("iis");
    std::fs::copy(iis.join("WebHosting/shop.pfx"), iis.join("My/shop.pfx")).unwrap();
    until(&server, "/api/certificates", total("10")).await;

    // In place: the folder itself does not change, and neither do size and time.
    let path = iis.join("My/my-work-pc.cer");
    let before = std::fs::metadata(&path).unwrap();
    let mut content = std::fs::read(&path).unwrap();
    let name = content
        .windows(9)
        .position(|at| at == b"localhost")
        .unwrap();
    content[name..name + 9].copy_from_slice(b"replaced1");
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &content, 0).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    until(&server, "/api/certificates", |answer| {
        subjects(answer).contains("replaced1")
    })
    .await;

    std::fs::remove_file(&path).unwrap();
    std::fs::rename(iis.join("WebHosting"), iis.join("Elsewhere")).unwrap();
    until(&server, "/api/certificates/stores", |answer| {
        answer.body.contains("Elsewhere")
    })
    .await;
    until(&server, "/api/certificates", total("9")).await;
}

#[tokio::test]
async fn who_asks_during_a_walk_is_answered_from_the_last_one() {
    let server = Server::demo();
    let all = server.get("/api/certificates").await.body;
    // Other passwords mean that every file is opened anew.
    let file = server.path().join("iis/My/store.toml");
    let text = |extra: usize| format!("passwords = ['demo-iis', 'other-{extra}']\n");
    for extra in 0..5 {
        std::fs::write(&file, text(extra)).unwrap();
        let answers = (0..8).map(|_| server.get("/api/certificates"));
        for answer in futures(answers).await {
            assert_eq!(answer.body, all);
        }
    }
}

#[tokio::test]
async fn a_long_list_is_the_list_of_its_pages() {
    let server = Server::demo();
    let iis = server.path().join("iis");
    let central = iis.join("IIS Central Certificate Store");
    let content = std::fs::read(iis.join("My/my-work-pc.cer")).unwrap();
    for at in 0..1100 {
        std::fs::write(central.join(format!("{at:04}.cer")), &content).unwrap();
    }
    let path = "/api/certificates?fields=*";
    let long = until(&server, path, |answer| {
        answer.header("x-total-count") == Some("1109")
    })
    .await;
    let long = long.json();
    let long = long["certificates"].as_array().unwrap();
    assert_eq!(long.len(), 1109);
    for (first, last) in [(0, 99), (5, 504), (1000, 1108), (1108, 1108)] {
        let range = format!("certificates={first}-{last}");
        let headers = [("range", range.as_str())];
        let page = server.ask(Method::GET, path, &headers).await.json();
        let page = page["certificates"].as_array().unwrap();
        assert_eq!(page.as_slice(), &long[first..=last]);
    }
    // Filtered, the list is as long as what is left of it.
    let path = "/api/certificates?intended_purpose=Client%20Authentication";
    let some = server.get(path).await;
    let count = some.json()["certificates"].as_array().unwrap().len();
    assert!((1..1109).contains(&count), "{count}");
    assert_eq!(
        some.header("x-total-count"),
        Some(count.to_string().as_str())
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_read_hides_no_other() {
    let server = Server::demo();
    let store = server.path().join("iis/My");
    let hosting = server.path().join("iis/WebHosting");
    std::fs::write(store.join("aaa.pfx"), "no keystore").unwrap();
    std::fs::write(store.join("notes.txt"), "no certificate file").unwrap();
    std::fs::write(store.join(".half.cer"), "half written").unwrap();
    std::fs::create_dir(store.join("folder.cer")).unwrap();
    std::fs::copy(store.join("intranet.pfx"), store.join("twin.pfx")).unwrap();
    std::fs::copy(hosting.join("shop.pfx"), store.join("zzz.pfx")).unwrap();
    let answer = until(&server, "/api/certificates", |answer| {
        answer.header("x-total-count") != Some("9")
    })
    .await;
    assert_eq!(
        answer.header("x-total-count"),
        Some("10"),
        "the last file is there, and no certificate stands twice in a store"
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
        ("store.id=x&store.id=y", "store.id"),
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
    assert_eq!(answer.header("allow"), Some("GET,HEAD,POST"));
    assert_eq!(answer.body, r#"{"title":"Not Allowed","status":405}"#);
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

#[tokio::test]
async fn pages_of_other_origins_may_ask_where_the_configuration_names_them() {
    let manager = "https://manage.iis.net";
    let server = Server::configured(demo_data(), |config| config.cors = vec![manager.into()]);
    let preflight = [
        ("origin", manager),
        ("access-control-request-method", "DELETE"),
        ("access-control-request-headers", "access-token, x-anything"),
    ];
    for path in [
        "/api",
        "/api/certificates/",
        "/api/certificates/x",
        "/api/webserver",
    ] {
        let request = server.anonymously(Method::OPTIONS, path, &preflight).await;
        assert_eq!(
            (request.status, request.body.as_str()),
            (StatusCode::NO_CONTENT, ""),
            "{path}"
        );
        for (name, value) in [
            ("access-control-allow-origin", manager),
            ("access-control-allow-credentials", "true"),
            (
                "access-control-allow-methods",
                "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, DEBUG",
            ),
            ("access-control-allow-headers", "access-token, x-anything"),
        ] {
            assert_eq!(request.header(name), Some(value), "{path}: {name}");
        }
        // Failures, too, may be read.
        let refused = server
            .anonymously(Method::GET, path, &[("origin", manager)])
            .await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(
            refused.header("access-control-allow-origin"),
            Some(manager),
            "{path}"
        );
    }
    let answer = server
        .ask(Method::GET, "/api/certificates", &[("origin", manager)])
        .await;
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some("X-Total-Count, Accept-Ranges, Content-Range, Location, Allow, WWW-Authenticate")
    );
    assert!(answer.headers("vary").contains(&"origin"));
    for (origin, status) in [
        (manager, StatusCode::NOT_FOUND),
        ("https://evil.example", StatusCode::FORBIDDEN),
    ] {
        let change = [("origin", origin), ("sec-fetch-site", "cross-site")];
        let answer = server
            .ask(Method::DELETE, "/api/certificates/x", &change)
            .await;
        assert_eq!(answer.status, status, "{origin}");
    }

    for origin in [
        "https://evil.example",
        "null",
        "https://manage.iis.net.evil.example",
    ] {
        for (method, status) in [
            (Method::OPTIONS, StatusCode::NO_CONTENT),
            (Method::GET, StatusCode::OK),
        ] {
            let answer = server
                .ask(method, "/api/certificates", &[("origin", origin)])
                .await;
            assert_eq!(answer.status, status);
            let signs = answer
                .headers
                .keys()
                .filter(|name| name.as_str().starts_with("access-"));
            assert_eq!(signs.count(), 0, "{origin}: {answer:?}");
        }
    }
    let untold = server
        .anonymously(Method::OPTIONS, "/api/certificates", &[])
        .await;
    assert_eq!((untold.status, untold.body.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn an_access_token_opens_the_stores_that_it_is_for() {
    let data = demo_data();
    let token = token(data.path(), "cluster_viewer", &["WebHosting"]);
    let server = Server::over(data);
    let shown = [("access-token", token.as_str())];
    let answer = server
        .anonymously(Method::GET, "/api/certificates", &shown)
        .await;
    assert_eq!(answer.header("x-total-count"), Some("4"), "{answer:?}");
    let my = store_id(&server, "My").await;
    let path = format!("/api/certificates?store.id={my}");
    let closed = server.anonymously(Method::GET, &path, &shown).await;
    assert_eq!(
        (closed.status, closed.body.as_str()),
        (
            StatusCode::FORBIDDEN,
            r#"{"title":"Forbidden","name":"certificate_store","certificate_store":"My","status":403}"#
        )
    );
    for wrong in ["Bearer nonsense", "Bearer certlens_a_b", "x", ""] {
        let shown = [("access-token", wrong)];
        let refused = server
            .anonymously(Method::GET, "/api/certificates", &shown)
            .await;
        assert_eq!(
            (refused.status, refused.body.as_str()),
            (
                StatusCode::FORBIDDEN,
                r#"{"title":"Unauthorized","authentication_scheme":"Bearer","status":403}"#
            ),
            "{wrong:?}"
        );
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    }
}

impl Server {
    /// Any method, without credentials but those among the headers.
    async fn anonymously(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = axum::http::Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        self.send(request).await
    }
}

/// Writes a token for a role in some stores; answers what a client shows of it.
fn token(data: &std::path::Path, role: &str, stores: &[&str]) -> String {
    use base64::Engine as _;
    let digest = Sha256::digest("secret");
    let digest = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest);
    let text = format!(
        "[[tokens]]\nid = 'abc'\nname = 'test'\nrole = '{role}'\nstores = {stores:?}\n\
         created = '2026-11-22T09:41:00Z'\nsha256 = '{digest}'\n"
    );
    std::fs::write(data.join("tokens.toml"), text).unwrap();
    "Bearer certlens_abc_secret".to_owned()
}

/// Asks until the answer is as wanted; a change to the files takes a moment to show.
async fn until(server: &Server, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
    let begun = Instant::now();
    loop {
        let answer = server.get(path).await;
        if wanted(&answer) {
            return answer;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "still {answer:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for all of them at once.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (future, done) in &mut all {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    all.into_iter().filter_map(|(_, done)| done).collect()
}

async fn store_id(server: &Server, name: &str) -> String {
    let json = server.get("/api/certificates/stores").await.json();
    let stores = json["stores"].as_array().unwrap();
    let found = stores.iter().find(|store| store["name"] == name);
    found.unwrap()["id"].as_str().unwrap().to_owned()
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
