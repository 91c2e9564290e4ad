//! `PUT` and `DELETE`: what is written, what is refused, and that nothing is half done.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use certlens_core::{Object, Options};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::PATH;
use super::made::{Chain, Made, openssl, params};
use crate::support::{Answer, Server, basic, demo_data, only_user, request};

const ONE: &str = "/v1/cluster/update_cert";

async fn put(server: &Server, path: &str, body: &Value) -> Answer {
    server.write(Method::PUT, path, &body.to_string()).await
}

/// Every file of the store by its name, as an operator sees it.
fn files(server: &Server) -> BTreeMap<String, String> {
    let folder = server.path().join("redis");
    let entries = fs::read_dir(folder).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().path());
    names
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[track_caller]
fn assert_done(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.body, "{}");
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, told: &str) {
    let json = answer.json();
    let seen = (answer.status.as_u16(), json["error_code"].as_str().unwrap());
    assert_eq!(seen, (status, code), "{answer:?}");
    let description = json["description"].as_str().unwrap();
    assert!(description.contains(told), "{told} in {description}");
    assert_eq!(json.as_object().unwrap().len(), 2, "{answer:?}");
}

#[tokio::test]
async fn a_replaced_certificate_is_there_at_once_and_after_a_restart() {
    let server = Server::demo();
    let new = Made::new("proxy");
    assert_done(&put(&server, ONE, &new.body("proxy")).await);
    let seen = async |server: &Server| {
        let json = server.get(PATH).await.json();
        (json["proxy_cert"].clone(), json["proxy_key"].clone())
    };
    let wanted = (
        Value::from(new.certificate.replace("\r\n", "\n")),
        Value::from(new.key.replace("\r\n", "\n")),
    );
    assert_eq!(seen(&server).await, wanted);
    let server = server.restart();
    assert_eq!(seen(&server).await, wanted);

    // Other programs find them under the names that they had.
    let folder = server.path().join("redis");
    let key = folder.join("proxy_key.pem");
    assert_eq!(
        fs::read_to_string(&key).unwrap(),
        wanted.1.as_str().unwrap()
    );
    assert_eq!(
        fs::metadata(key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let told = openssl(&folder, "x509 -in proxy_cert.pem -noout -subject");
    assert!(told.contains("proxy"), "{told}");
}

#[tokio::test]
async fn what_cannot_be_read_is_replaced() {
    let server = Server::demo();
    fs::write(server.path().join("redis/proxy_cert.pem"), b"\xff").unwrap();
    assert_eq!(
        server.get(PATH).await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    let new = Made::new("proxy");
    assert_done(&put(&server, ONE, &new.body("proxy")).await);
    assert_eq!(server.get(PATH).await.json()["proxy_cert"], new.certificate);
}

#[tokio::test]
async fn every_name_takes_a_certificate() {
    let server = Server::empty();
    for name in certlens_dialect::redis_enterprise::NAMES {
        let mut body = Made::new(name.name).body(name.name);
        if name.key == certlens_dialect::redis_enterprise::Key::Elsewhere {
            body.as_object_mut().unwrap().remove("key");
        }
        assert_done(&put(&server, ONE, &body).await);
    }
    assert_eq!(server.get(PATH).await.json().as_object().unwrap().len(), 20);
}

#[tokio::test]
async fn line_endings_and_remarks_are_no_difference() {
    let server = Server::empty();
    let made = Made::new("proxy");
    assert_done(&put(&server, ONE, &made.body("proxy")).await);
    let before = files(&server);
    let generation = fs::read_link(server.path().join("redis/..data")).unwrap();
    let unix = |text: &str| text.replace("\r\n", "\n");
    for form in [
        |text: &str| text.replace('\n', "\r\n"),
        |text: &str| text.replace('\n', "\r"),
        |text: &str| format!("Bag Attributes\n    friendlyName: proxy\n{text}\n\n"),
    ] {
        let body = json!({
            "name": "proxy",
            "certificate": form(&unix(&made.certificate)),
            "key": form(&unix(&made.key)),
        });
        assert_done(&put(&server, ONE, &body).await);
    }
    assert_eq!(files(&server), before);
    let after = fs::read_link(server.path().join("redis/..data")).unwrap();
    assert_eq!(after, generation, "nothing was written");
}

#[tokio::test]
async fn a_key_that_still_fits_may_be_left_out() {
    let server = Server::empty();
    let key = KeyPair::generate().unwrap();
    let (old, new) = (params("old", (-1, 9)), params("new", (-1, 30)));
    assert_done(&put(&server, ONE, &Made::of(&old, &key).body("proxy")).await);

    let renewed = Made::of(&new, &key);
    let body = json!({"name": "proxy", "certificate": renewed.certificate});
    assert_done(&put(&server, ONE, &body).await);
    let files = files(&server);
    assert_eq!(
        files["proxy_cert.pem"],
        renewed.certificate.replace("\r\n", "\n")
    );
    assert_eq!(files["proxy_key.pem"], renewed.key.replace("\r\n", "\n"));

    let other = json!({"name": "proxy", "certificate": Made::new("x").certificate});
    let answer = put(&server, ONE, &other).await;
    assert_refused(
        &answer,
        400,
        "key_values_mismatch",
        "`key` is missing, and the private key",
    );
    let absent = json!({"name": "api", "certificate": Made::new("x").certificate, "key": ""});
    let answer = put(&server, ONE, &absent).await;
    assert_refused(
        &answer,
        400,
        "missing_key",
        "`key` is missing, and there is no",
    );
}

#[tokio::test]
async fn keys_of_every_form_that_openssl_writes() {
    let server = Server::empty();
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let text = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    let make = |key: &str| {
        openssl(
            folder,
            &format!("req -x509 -nodes -newkey {key} -keyout k -out c -days 9 -subj /CN=x"),
        );
    };
    let sent = |key: &str| json!({"name": "proxy", "certificate": text("c"), "key": text(key)});
    make("rsa:2048");
    openssl(folder, "rsa -in k -traditional -out k1");
    assert!(text("k1").starts_with("-----BEGIN RSA PRIVATE KEY-----"));
    assert_done(&put(&server, ONE, &sent("k")).await);
    assert_done(&put(&server, ONE, &sent("k1")).await);
    assert_eq!(server.get(PATH).await.json()["proxy_key"], text("k1"));
    openssl(
        folder,
        "rsa -in k -aes128 -traditional -passout pass:pw -out k2",
    );
    openssl(folder, "pkcs8 -in k -topk8 -passout pass:pw -out k3");
    for sealed in ["k2", "k3"] {
        let answer = put(&server, ONE, &sent(sealed)).await;
        assert_refused(
            &answer,
            400,
            "invalid_certificate",
            "sealed with a password",
        );
    }

    openssl(folder, "ecparam -name secp384r1 -genkey -out k");
    openssl(folder, "req -x509 -new -key k -out c -days 9 -subj /CN=x");
    assert!(text("k").contains("-----BEGIN EC PARAMETERS-----"));
    assert_done(&put(&server, ONE, &sent("k")).await);
    make("ed25519");
    assert_done(&put(&server, ONE, &sent("k")).await);
}

#[tokio::test]
async fn err_unknown_names_and_texts_without_a_certificate() {
    let server = Server::demo();
    let before = files(&server);
    let good = Made::new("good");
    let mixed = format!("{}{}", good.certificate, good.key);
    let broken = good.certificate.replacen("MII", "MIX", 1);
    let of = |certificate: &str, key: &str| json!({"name": "proxy", "certificate": certificate, "key": key});
    for (body, status, code, told) in [
        (
            good.body("nonsense"),
            403,
            "unknown_certificate",
            "no certificate `nonsense`",
        ),
        (
            good.body("proxy_cert"),
            403,
            "unknown_certificate",
            "is `proxy` meant?",
        ),
        (
            good.body("api_key.pem"),
            403,
            "unknown_certificate",
            "is `api` meant?",
        ),
        (
            of("", &good.key),
            404,
            "no_certificate",
            "proxy: the text holds no certificate",
        ),
        (
            of("hello", &good.key),
            404,
            "no_certificate",
            "-----BEGIN CERTIFICATE-----",
        ),
        (
            of(&broken, &good.key),
            400,
            "invalid_certificate",
            "cannot be read",
        ),
        (
            of("-----BEGIN CERTIFICATE-----\nMII", &good.key),
            400,
            "invalid_certificate",
            "proxy: ",
        ),
        (
            of(&mixed, &good.key),
            400,
            "invalid_certificate",
            "a private key stands in the text",
        ),
    ] {
        assert_refused(&put(&server, ONE, &body).await, status, code, told);
    }
    assert_eq!(files(&server), before);
}

#[tokio::test]
async fn err_keys_times_and_purposes_that_do_not_fit() {
    let server = Server::demo();
    let before = files(&server);
    let (good, other) = (Made::new("good"), Made::new("other"));
    let mut server_only = params("leaf", (-1, 9));
    server_only.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server_only = Made::of(&server_only, &KeyPair::generate().unwrap());
    let of = |certificate: &str, key: &str| json!({"name": "proxy", "certificate": certificate, "key": key});
    for (body, status, code, told) in [
        (
            of(&good.certificate, &other.key),
            400,
            "key_values_mismatch",
            "another certificate's",
        ),
        (
            of(&good.certificate, "nonsense"),
            400,
            "invalid_certificate",
            "the key cannot be read",
        ),
        (
            of(&good.certificate, &good.certificate),
            400,
            "invalid_certificate",
            "one private key",
        ),
        (
            of(&good.certificate, &format!("{}{}", good.key, other.key)),
            400,
            "invalid_certificate",
            "one private key",
        ),
        (
            Made::valid("x", (-9, -1)).body("proxy"),
            406,
            "certificate_expired",
            "(CN=x) expired at 20",
        ),
        (
            Made::valid("x", (1, 9)).body("proxy"),
            400,
            "invalid_certificate",
            "is not valid before",
        ),
        (
            good.body("mtls_trusted_ca"),
            400,
            "invalid_certificate",
            "no private key belongs to it",
        ),
        (
            server_only.body("ccs_internode_encryption"),
            400,
            "invalid_certificate",
            "lacks clientAuth",
        ),
    ] {
        assert_refused(&put(&server, ONE, &body).await, status, code, told);
    }
    assert_done(&put(&server, ONE, &server_only.body("syncer")).await);
    let mut after = files(&server);
    let mut expected = before;
    for file in ["syncer_cert.pem", "syncer_key.pem"] {
        assert_ne!(after.remove(file), expected.remove(file));
    }
    assert_eq!(after, expected, "nothing else was written");
}

#[tokio::test]
async fn err_everything_that_is_wrong_is_told_at_once() {
    let server = Server::empty();
    let (old, other) = (Made::valid("old", (-9, -1)), Made::new("other"));
    let body = json!({"name": "data_internode_encryption", "certificate": old.certificate, "key": other.key});
    let answer = put(&server, ONE, &body).await;
    assert_refused(
        &answer,
        400,
        "key_values_mismatch",
        "another certificate's (key_values_mismatch); certificate 1 (CN=old) expired at ",
    );
}

#[tokio::test]
async fn chains_stand_in_order_and_are_signed() {
    let server = Server::empty();
    let (chain, forged) = (Chain::new(true), Chain::new(true));
    let (bare, bare_forged) = (Chain::new(false), Chain::new(false));
    let of = |leaf: &Made, above: &[&str]| {
        let certificate = format!("{}{}", leaf.certificate, above.concat());
        json!({"name": "proxy", "certificate": certificate, "key": leaf.key})
    };
    for above in [
        &[&*chain.issuing, &*chain.root][..],
        &[&*chain.issuing],
        &[],
    ] {
        assert_done(&put(&server, ONE, &of(&chain.leaf, above)).await);
    }
    assert_done(&put(&server, ONE, &of(&bare.leaf, &[&bare.issuing, &bare.root])).await);
    let wrong = [
        of(&chain.leaf, &[&chain.root, &chain.issuing]),
        of(&chain.leaf, &[&chain.root]),
        of(
            &chain.leaf,
            &[&chain.issuing, &chain.root, &chain.root, &chain.issuing],
        ),
        of(&chain.leaf, &[&forged.issuing]),
    ];
    for body in wrong {
        let answer = put(&server, ONE, &body).await;
        assert_refused(
            &answer,
            400,
            "invalid_certificate",
            "did not issue certificate ",
        );
    }
    for above in [
        &[&*bare_forged.issuing][..],
        &[&*bare.issuing, &*bare_forged.root],
    ] {
        let answer = put(&server, ONE, &of(&bare.leaf, above)).await;
        assert_refused(
            &answer,
            400,
            "invalid_certificate",
            "was not made with the key of",
        );
    }
    // Trusted certificates are no chain.
    let trusted =
        json!({"name": "mtls_trusted_ca", "certificate": format!("{}{}", chain.root, forged.root)});
    assert_done(&put(&server, ONE, &trusted).await);
}

#[tokio::test]
async fn several_are_replaced_all_or_none() {
    let server = Server::demo();
    let (proxy, ldap) = (Made::new("proxy"), Made::new("ldap"));
    let all = json!({"certificates": [proxy.body("proxy"), ldap.body("ldap_client")]});
    assert_done(&put(&server, PATH, &all).await);
    let before = files(&server);
    assert_eq!(before["proxy_key.pem"], proxy.key.replace("\r\n", "\n"));
    assert_eq!(
        before["ldap_client_key.pem"],
        ldap.key.replace("\r\n", "\n")
    );

    let new = Made::new("new");
    let expired = Made::valid("x", (-9, -1)).body("api");
    let nothing = json!({"name": "cm", "certificate": "hello", "key": new.key});
    for (bodies, status, code, told) in [
        (
            vec![new.body("proxy"), expired.clone()],
            406,
            "certificate_expired",
            "api: certificate 1",
        ),
        (
            vec![nothing.clone(), expired.clone()],
            400,
            "no_certificate",
            "expected PEM, `-----BEGIN CERTIFICATE-----`. api: certificate 1",
        ),
        (
            vec![expired, nothing],
            406,
            "certificate_expired",
            "cm: the text holds",
        ),
        (
            vec![new.body("proxy"), new.body("nonsense")],
            403,
            "unknown_certificate",
            "nonsense",
        ),
        (
            vec![new.body("proxy"), new.body("proxy")],
            400,
            "invalid_schema",
            "`proxy` stands in it twice",
        ),
        (vec![], 400, "invalid_schema", "empty"),
    ] {
        let body = json!({"certificates": bodies});
        assert_refused(&put(&server, PATH, &body).await, status, code, told);
        assert_eq!(files(&server), before);
    }
}

#[tokio::test]
async fn optional_certificates_are_deleted_with_their_keys() {
    let server = Server::demo();
    let delete = async |name: &str| {
        server
            .ask(Method::DELETE, &format!("{PATH}/{name}"), &[])
            .await
    };
    assert_done(&delete("ldap_client").await);
    let names: Vec<_> = files(&server).into_keys().collect();
    assert!(
        !names.iter().any(|name| name.starts_with("ldap_client")),
        "{names:?}"
    );
    assert!(
        server
            .get(PATH)
            .await
            .json()
            .get("ldap_client_cert")
            .is_none()
    );
    for (name, status, code) in [
        ("ldap_client", 404, "certificate_not_found"),
        ("sso_issuer", 404, "certificate_not_found"),
        ("nonsense", 404, "certificate_not_found"),
        ("..%2Fapi", 404, "certificate_not_found"),
        ("%FF", 404, "certificate_not_found"),
        ("api", 403, "required_certificate"),
        ("data_internode_encryption", 403, "required_certificate"),
    ] {
        assert_refused(&delete(name).await, status, code, "");
    }
    assert_eq!(files(&server).into_keys().collect::<Vec<_>>(), names);
}

#[tokio::test]
async fn err_a_disk_that_does_not_delete_is_told() {
    let server = Server::demo();
    // As `cp -rL` leaves it.
    let data = server.path().join("redis/..data");
    fs::create_dir(&data).unwrap();
    let answer = server
        .ask(Method::DELETE, &format!("{PATH}/ldap_client"), &[])
        .await;
    assert_refused(
        &answer,
        500,
        "delete_certificate_error",
        "redis: ..data is no symbolic link",
    );
    assert!(
        server
            .get(PATH)
            .await
            .json()
            .get("ldap_client_cert")
            .is_some()
    );
}

#[tokio::test]
async fn err_bodies_that_are_not_as_documented() {
    let server = Server::empty();
    for (body, told) in [
        ("", "no JSON at line 1 column 0"),
        ("{", "no JSON at line 1 column 1"),
        (r#"{"name": "proxy",}"#, "no JSON at line 1"),
        ("[]", "no object at line 1"),
        (r#"["proxy", "C", "K"]"#, "no object at line 1"),
        (r#"{"name": "proxy"}"#, "missing field `certificate`"),
        (r#"{"certificate": ""}"#, "missing field `name`"),
        (
            r#"{"name": "a", "certificate": "b", "dry_run": true}"#,
            "unknown field `dry_run`",
        ),
        (
            r#"{"name": "a", "name": "b", "certificate": "c"}"#,
            "duplicate field `name`",
        ),
        (
            r#"{"name": "a", "certificate": "b", "key": {"SECRET": 1}}"#,
            "wrong type at line 1",
        ),
        (
            r#"{"name": "a", "certificate": ["SECRET"]}"#,
            "wrong type at line 1",
        ),
    ] {
        let answer = server.write(Method::PUT, ONE, body).await;
        assert_refused(&answer, 400, "invalid_schema", told);
        assert!(!answer.body.contains("SECRET"), "{answer:?}");
    }
    let array = r#"{"certificates": [["proxy", "C", "K"]]}"#;
    let answer = server.write(Method::PUT, PATH, array).await;
    assert_refused(&answer, 400, "invalid_schema", "wrong type at line 1");
    let as_text = request(Method::PUT, ONE, &[("content-type", "text/plain")])
        .header("authorization", basic("admin", "right"));
    let body = Made::new("x").body("proxy").to_string();
    let answer = server.send_body(as_text, &body).await;
    assert_refused(
        &answer,
        400,
        "invalid_schema",
        "`Content-Type: application/json`",
    );
}

#[tokio::test]
async fn err_nobody_writes_without_permission() {
    let data = demo_data();
    only_user(data.path(), "cluster_viewer");
    let server = Server::over(data);
    let before = files(&server);
    let body = Made::new("x").body("proxy").to_string();
    for (method, path) in [
        (Method::PUT, ONE),
        (Method::PUT, PATH),
        (Method::POST, "/v1/cluster/certificates/rotate"),
        (Method::DELETE, "/v1/cluster/certificates/ldap_client"),
        (Method::DELETE, "/v1/cluster/certificates/nonsense"),
    ] {
        let asked = || {
            request(
                method.clone(),
                path,
                &[("content-type", "application/json")],
            )
        };
        let answer = server.send_body(asked(), &body).await;
        assert_refused(&answer, 401, "unauthorized", "Sign in");
        let somebody = asked().header("authorization", basic("cluster_viewer", "right"));
        let answer = server.send_body(somebody, &body).await;
        assert_refused(&answer, 403, "permission_denied", "update_cluster");
    }
    assert_eq!(files(&server), before);
}

#[tokio::test]
async fn err_naughty_names_reach_no_file() {
    let corpus = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/corpora/blns/blns.json"
    ));
    let Ok(text) = fs::read_to_string(corpus) else {
        // Past the harness, which would hide it.
        let skipped = "SKIPPED: naughty strings as names, which lie in ../shared/corpora/blns";
        writeln!(std::io::stderr(), "{skipped}").unwrap();
        return;
    };
    let names: Vec<String> = serde_json::from_str(&text).unwrap();
    assert!(500 < names.len(), "{}", names.len());
    let server = Server::demo();
    // The index of the IIS stores is written a moment after the start.
    let data = || {
        let entries = fs::read_dir(server.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.starts_with("iis.index")).count()
    };
    let (before, before_data) = (files(&server), data());
    let made = Made::new("x");
    for name in names {
        let encoded: String = name
            .bytes()
            .fold(String::new(), |text, octet| format!("{text}%{octet:02X}"));
        let rotation = json!({"name": name});
        for answer in [
            put(&server, ONE, &made.body(&name)).await,
            put(&server, PATH, &json!({"certificates": [made.body(&name)]})).await,
            server
                .ask(Method::DELETE, &format!("{PATH}/{encoded}"), &[])
                .await,
            server.get(&format!("/v1/cluster/alerts/{encoded}")).await,
            server
                .write(
                    Method::POST,
                    "/v1/cluster/certificates/rotate",
                    &rotation.to_string(),
                )
                .await,
        ] {
            assert!(answer.status.is_client_error(), "{name:?}: {answer:?}");
            assert!(
                answer.json()["error_code"].is_string(),
                "{name:?}: {answer:?}"
            );
        }
    }
    assert_eq!(files(&server), before);
    assert_eq!(data(), before_data);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_while_others_write_sees_pairs() {
    let server = Arc::new(Server::demo());
    let mut tasks = JoinSet::new();
    for number in 0..3 {
        let (server, made) = (Arc::clone(&server), Made::new(&format!("made{number}")));
        let body = json!({"certificates": [made.body("proxy"), made.body("syncer")]});
        tasks.spawn(async move {
            for _ in 0..8 {
                assert_done(&put(&server, PATH, &body).await);
            }
            BTreeSet::new()
        });
    }
    for _ in 0..3 {
        let server = Arc::clone(&server);
        tasks.spawn(async move {
            let mut seen = BTreeSet::new();
            for _ in 0..16 {
                let json = server.get(PATH).await.json();
                let text = |field: &str| json[field].as_str().unwrap().to_owned();
                for name in ["proxy", "syncer"] {
                    let both = text(&format!("{name}_cert")) + &text(&format!("{name}_key"));
                    assert!(is_pair(&both), "{name}: a mixed pair");
                }
                seen.insert(text("proxy_cert"));
            }
            seen
        });
    }
    let seen = tasks.join_all().await;
    let most = seen.iter().map(BTreeSet::len).max();
    assert!(
        most.is_some_and(|most| 1 < most),
        "readers ran beside writers"
    );
}

fn is_pair(pem: &str) -> bool {
    let report = certlens_core::inspect(pem.as_bytes(), &Options::default(), None).unwrap();
    match &report.entries[0].object {
        Object::Certificate(certificate) => certificate.private_key.is_some(),
        other => panic!("{other:?}"),
    }
}
