//! Import, export, creation and deletion: planned by the documentation.

use std::os::unix::fs::PermissionsExt;

use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::files::{Made, openssl, store};
use super::{keys, store_id, token};
use crate::support::{Answer, Server, basic};

const EVERYTHING: &str =
    "claims = ['read', 'import', 'export', 'delete', 'create']\npasswords = ['of the store']";

#[tokio::test]
async fn a_keystore_is_imported_exported_and_deleted() {
    let (server, made) = (Server::over(store(EVERYTHING)), Made::new());
    let my = store_id(&server, "My").await;
    for (options, exportable) in [(&[][..], true), (&["-legacy"][..], false)] {
        let path = made.path("in.pfx");
        made.pkcs12("www", &path, "päss", options);
        let file = STANDARD.encode(std::fs::read(&path).unwrap());
        let body = json!({
            "store": { "id": my }, "file": { "content": file },
            "password": "päss", "exportable": exportable,
        });
        let imported = server.post("imports", &body).await;
        assert_eq!(imported.status, StatusCode::CREATED, "{imported:?}");
        let added = &imported.json()["certificates"][0];
        assert_eq!(
            (&added["alias"], &added["subject"]),
            (&json!("www"), &json!("CN=www"))
        );
        let (id, thumbprint) = (text(added, "id"), text(added, "thumbprint"));
        let place = imported.header("location").unwrap();
        assert_eq!(place, format!("/api/certificates/{id}"));
        let one = server.get(place).await.json();
        assert_eq!(one["private_key"], json!({ "exportable": exportable }));

        // The name is ours, the password that of the store, and nobody else may read it.
        let files = files(&server);
        let ending = if exportable { "pfx" } else { "kept.pfx" };
        assert_eq!(files, [format!("{thumbprint}.{ending}")]);
        let path = server.path().join("iis/My").join(&files[0]);
        let path = path.to_str().unwrap();
        let permissions = std::fs::metadata(path).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
        openssl(&[
            "pkcs12",
            "-in",
            path,
            "-passin",
            "pass:of the store",
            "-nodes",
        ]);

        let again = server.post("imports", &body).await;
        assert_eq!(
            (again.status, again.body.as_str()),
            (
                StatusCode::CONFLICT,
                r#"{"title":"Conflict","detail":"Already exists","name":"certificate","status":409}"#
            )
        );

        let public = server
            .post("exports", &json!({ "certificate": { "id": id } }))
            .await;
        assert_eq!(public.header("content-type"), Some("application/pkix-cert"));
        let pem = made.path("www.pem");
        let der = openssl(&["x509", "-in", pem.to_str().unwrap(), "-outform", "DER"]);
        assert_eq!(public.octets, der);

        let export = json!({ "certificate": { "id": id }, "persist_key": true, "password": "new" });
        let with_key = server.post("exports", &export).await;
        if exportable {
            assert_eq!(
                with_key.header("content-type"),
                Some("application/x-pkcs12")
            );
            assert_eq!(
                with_key.header("content-disposition"),
                Some(format!("attachment; filename=\"{thumbprint}.pfx\"").as_str())
            );
            let out = made.path("out.pfx");
            std::fs::write(&out, &with_key.octets).unwrap();
            let out = out.to_str().unwrap();
            let key = openssl(&[
                "pkcs12", "-in", out, "-passin", "pass:new", "-nocerts", "-nodes",
            ]);
            std::fs::write(made.path("out.key"), key).unwrap();
            assert_eq!(public_half(&made, "out.key"), public_half(&made, "www.key"));
        } else {
            assert_eq!(
                with_key.body,
                r#"{"title":"Invalid parameter","name":"persist_key","detail":"The private key is not there, or is not to leave the store","status":400}"#
            );
        }

        let deleted = server.ask(Method::DELETE, place, &[]).await;
        assert_eq!(
            (deleted.status, deleted.body.as_str()),
            (StatusCode::NO_CONTENT, "")
        );
        assert_eq!(server.get(place).await.status, StatusCode::NOT_FOUND);
        assert_eq!(self::files(&server), Vec::<String>::new());
    }
    let metrics = server.get("/metrics").await.body;
    let counted = |method: &str, outcome: &str, count: u8| {
        let of = format!("dialect=\"iis\",method=\"{method}\",outcome=\"{outcome}\"");
        let line = format!("certlens_writes_total{{{of}}} {count}\n");
        assert!(metrics.contains(&line), "{line}{metrics}");
    };
    counted("POST", "done", 5);
    counted("POST", "refused", 3);
    counted("DELETE", "done", 2);
}

#[tokio::test]
async fn certificates_without_keys_are_imported_one_file_each() {
    let (server, made) = (Server::over(store(EVERYTHING)), Made::new());
    let my = store_id(&server, "My").await;
    let bundle = [
        made.certificate("one", "PEM"),
        made.certificate("two", "PEM"),
    ]
    .concat();
    let body = |content: &[u8]| json!({ "store": { "id": my }, "file": { "content": STANDARD.encode(content) } });
    let imported = server.post("imports?fields=subject", &body(&bundle)).await;
    assert_eq!(
        (imported.status, imported.header("location")),
        (StatusCode::CREATED, None)
    );
    let json = imported.json();
    assert_eq!(keys(&json["certificates"][0]), ["id", "subject"]);
    let subjects: Vec<_> = json["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["subject"])
        .collect();
    assert_eq!(subjects, ["CN=one", "CN=two"]);
    assert_eq!(files(&server).len(), 2);

    // The certificate is there, its key is not: now it comes.
    let path = made.path("one.pfx");
    made.pack("one", "one", &path, "p", &[]);
    let keystore = std::fs::read(&path).unwrap();
    let with_key = json!({
        "store": { "id": my }, "file": { "content": STANDARD.encode(&keystore) }, "password": "p",
    });
    let mut without_key = with_key.clone();
    without_key["persist_key"] = json!(false);
    assert_eq!(
        server.post("imports", &without_key).await.status,
        StatusCode::CONFLICT
    );
    let imported = server.post("imports?fields=private_key", &with_key).await;
    assert_eq!(
        imported.json()["certificates"][0]["private_key"],
        json!({ "exportable": false })
    );
    assert_eq!(files(&server).len(), 3);
    let place = imported.header("location").unwrap();
    assert_eq!(
        server.ask(Method::DELETE, place, &[]).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        files(&server).len(),
        1,
        "both files of the certificate are gone"
    );
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_made() {
    let (server, made) = (Server::over(store(EVERYTHING)), Made::new());
    let my = store_id(&server, "My").await;
    let body = json!({
        "store": { "id": my }, "alias": "Entwicklung – Müller",
        "subject_alternative_names": ["dev.corp.example", "IP Address=10.0.0.7", "DNS Name=*.corp.example"],
        "valid_to": "2099-12-31T23:59:59Z", "exportable": true,
    });
    let answer = server.post("", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let created = answer.json();
    for (name, value) in [
        ("alias", json!("Entwicklung – Müller")),
        ("subject", json!("CN=dev.corp.example")),
        ("issued_by", json!("CN=dev.corp.example")),
        ("valid_to", json!("2099-12-31T23:59:59Z")),
        ("intended_purposes", json!(["Server Authentication"])),
        ("private_key", json!({ "exportable": true })),
        (
            "subject_alternative_names",
            json!([
                "DNS Name=dev.corp.example",
                "IP Address=10.0.0.7",
                "DNS Name=*.corp.example"
            ]),
        ),
    ] {
        assert_eq!(created[name], value, "{name}");
    }
    assert_eq!(
        server.get(answer.header("location").unwrap()).await.json(),
        created
    );
    let path = server.path().join("iis/My").join(&files(&server)[0]);
    let pem = openssl(&[
        "pkcs12",
        "-in",
        path.to_str().unwrap(),
        "-passin",
        "pass:of the store",
        "-nodes",
    ]);
    std::fs::write(made.path("made.pem"), pem).unwrap();
    let pem = made.path("made.pem");
    let pem = pem.to_str().unwrap();
    openssl(&[
        "verify",
        "-CAfile",
        pem,
        "-check_ss_sig",
        "-purpose",
        "sslserver",
        pem,
    ]);
}

#[tokio::test]
async fn err_what_cannot_be_taken_is_named() {
    let (server, made) = (Server::over(store(EVERYTHING)), Made::new());
    let my = store_id(&server, "My").await;
    let path = made.path("in.pfx");
    made.pkcs12("www", &path, "right", &[]);
    let keystore = STANDARD.encode(std::fs::read(&path).unwrap());
    let imports = |file: &str, password: &str| json!({ "store": { "id": my }, "file": { "content": file }, "password": password });
    let invalid = |name: &str, detail: &str| {
        format!(
            r#"{{"title":"Invalid parameter","name":"{name}","detail":"{detail}","status":400}}"#
        )
    };
    let unknown = r#"{"title":"Not found","name":"store","status":404}"#.to_owned();
    let names = json!({ "store": { "id": my }, "subject_alternative_names": ["../x"] });
    let past = json!({
        "store": { "id": my }, "subject_alternative_names": ["x"], "valid_to": "2001-01-01T00:00:00Z",
    });
    for (path, body, expected) in [
        (
            "imports",
            imports(&keystore, "wrong"),
            invalid("password", "Password is incorrect"),
        ),
        (
            "imports",
            imports("bm90aGluZw==", ""),
            invalid("file", "Invalid certificate file"),
        ),
        (
            "imports",
            imports("no base64", ""),
            invalid("file.content", "Expected base64"),
        ),
        (
            "imports",
            json!({ "store": { "id": my } }),
            invalid("file", "It is required"),
        ),
        (
            "imports",
            json!({ "store": my }),
            invalid("store", "Expected an object"),
        ),
        (
            "imports",
            json!({ "store": { "id": 1 } }),
            invalid("store.id", "Expected a text"),
        ),
        (
            "imports",
            json!({ "store": { "id": "x" } }),
            unknown.clone(),
        ),
        ("", json!({ "store": { "id": "x" } }), unknown),
        (
            "",
            names,
            invalid(
                "subject_alternative_names",
                "Expected 1 to 100 host names or addresses",
            ),
        ),
        (
            "",
            past,
            invalid(
                "valid_to",
                "Expected an instant to come: 2027-01-01T00:00:00Z",
            ),
        ),
        (
            "exports",
            json!({ "certificate": { "id": "x" } }),
            r#"{"title":"Not found","name":"certificate","status":404}"#.to_owned(),
        ),
        (
            "exports",
            json!([]),
            r#"{"title":"Invalid JSON request object","status":415}"#.to_owned(),
        ),
    ] {
        let answer = server.post(path, &body).await;
        assert_eq!(answer.body, expected, "{path} {body}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
    }
    assert_eq!(files(&server), Vec::<String>::new());

    // A form of another page could send this without asking first.
    let request = Request::builder()
        .method(Method::POST)
        .uri("/api/certificates/imports")
        .header("authorization", basic("admin", "right"))
        .header("content-type", "text/plain");
    let body = imports(&keystore, "right").to_string();
    let answer = server.send_body(request, &body).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn err_claims_and_roles_must_both_allow_it() {
    let data = store(EVERYTHING);
    let viewer = token(data.path(), "cluster_viewer", &["My"]);
    let (server, made) = (Server::over(data), Made::new());
    let my = store_id(&server, "My").await;
    let file = STANDARD.encode(made.certificate("www", "DER"));
    let import = json!({ "store": { "id": my }, "file": { "content": file } });
    let id = text(
        &server.post("imports", &import).await.json()["certificates"][0],
        "id",
    );
    let create = json!({ "store": { "id": my }, "subject_alternative_names": ["x"] });
    let export = json!({ "certificate": { "id": id }, "persist_key": true, "password": "p" });
    let refusal =
        r#"{"title":"Forbidden","name":"certificate_store","certificate_store":"My","status":403}"#;
    let ask = |shown: (&'static str, String)| {
        let (server, id) = (&server, id.clone());
        let posts = [
            ("imports", import.clone()),
            ("", create.clone()),
            ("exports", export.clone()),
        ];
        async move {
            for (path, body) in posts {
                let answer = server.post_as(&shown, path, &body).await;
                assert_eq!(answer.body, refusal, "{path}");
            }
            let request = Request::builder()
                .method(Method::DELETE)
                .uri(format!("/api/certificates/{id}"))
                .header(shown.0, &shown.1);
            assert_eq!(server.send(request).await.body, refusal);
        }
    };
    ask(("access-token", viewer)).await;
    std::fs::write(server.path().join("iis/My/store.toml"), "claims = ['read']").unwrap();
    ask(("authorization", basic("admin", "right"))).await;
    let public = server
        .post("exports", &json!({ "certificate": { "id": id } }))
        .await;
    assert_eq!(public.status, StatusCode::OK, "what may be read is public");
    assert_eq!(files(&server).len(), 1);
}

#[tokio::test]
async fn err_a_certificate_that_shares_its_file_is_not_deleted() {
    let data = store(EVERYTHING);
    let made = Made::new();
    let bundle = [
        made.certificate("one", "PEM"),
        made.certificate("two", "PEM"),
    ]
    .concat();
    std::fs::write(data.path().join("iis/My/both.pem"), &bundle).unwrap();
    let server = Server::over(data);
    let listed = server.get("/api/certificates").await.json();
    let path = format!(
        "/api/certificates/{}",
        text(&listed["certificates"][0], "id")
    );
    let answer = server.ask(Method::DELETE, &path, &[]).await;
    assert_eq!(
        answer.body,
        r#"{"title":"Conflict","detail":"Its file holds other certificates, too","name":"certificate","status":409}"#
    );
    assert_eq!(
        std::fs::read(server.path().join("iis/My/both.pem")).unwrap(),
        bundle
    );
}

#[tokio::test]
async fn err_a_file_of_the_central_store_with_two_keys_is_not_deleted() {
    let (data, made) = (tempfile::tempdir().unwrap(), Made::new());
    let central = data.path().join("iis/IIS Central Certificate Store");
    std::fs::create_dir_all(&central).unwrap();
    std::fs::write(central.join("store.toml"), EVERYTHING).unwrap();
    let mut bundle = Vec::new();
    for name in ["one", "two"] {
        bundle.extend(made.certificate(name, "PEM"));
        bundle.extend(std::fs::read(made.path(&format!("{name}.key"))).unwrap());
    }
    std::fs::write(central.join("both.pem"), &bundle).unwrap();
    let server = Server::over(data);
    let listed = server.get("/api/certificates").await.json();
    let id = text(&listed["certificates"][0], "id");
    let path = format!("/api/certificates/{id}");
    let answer = server.ask(Method::DELETE, &path, &[]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{answer:?}");
    assert_eq!(std::fs::read(central.join("both.pem")).unwrap(), bundle);
}

#[tokio::test]
async fn err_stores_that_cannot_hold_a_private_key() {
    let data = store("claims = ['create']");
    let central = data.path().join("iis/IIS Central Certificate Store");
    std::fs::create_dir_all(&central).unwrap();
    std::fs::write(central.join("store.toml"), EVERYTHING).unwrap();
    let server = Server::over(data);
    for (store, detail) in [
        (
            "My",
            "It has no password to seal private keys with: add one to its store.toml",
        ),
        (
            "IIS Central Certificate Store",
            "Files of the central store are named after hosts: put the file there yourself",
        ),
    ] {
        let store = store_id(&server, store).await;
        let body = json!({ "store": { "id": store }, "subject_alternative_names": ["x"] });
        let answer = server.post("", &body).await;
        assert_eq!(
            answer.body,
            format!(
                r#"{{"title":"Invalid parameter","name":"store","detail":"{detail}","status":400}}"#
            )
        );
    }
}

impl Server {
    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(&("authorization", basic("admin", "right")), path, body)
            .await
    }

    /// `POST` below `/api/certificates`, with a header that says who asks.
    async fn post_as(&self, shown: &(&str, String), path: &str, body: &Value) -> Answer {
        let slash = if path.is_empty() { "" } else { "/" };
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/api/certificates{slash}{path}"))
            .header(shown.0, &shown.1)
            .header("content-type", "application/json; charset=utf-8");
        self.send_body(request, &body.to_string()).await
    }
}

/// The names of the certificate files in `My`, sorted.
fn files(server: &Server) -> Vec<String> {
    let names = std::fs::read_dir(server.path().join("iis/My")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != "store.toml").collect();
    names.sort();
    names
}

fn public_half(made: &Made, key: &str) -> Vec<u8> {
    let key = made.path(key);
    openssl(&["pkey", "-in", key.to_str().unwrap(), "-pubout"])
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}
