//! What is kept of a change: the old pair, and who did it.

use std::fs;

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::PATH;
use super::made::Made;
use crate::support::{Answer, Server, basic, demo_data, only_user, request};

const ONE: &str = "/v1/cluster/update_cert";
const HISTORY: &str = "/certlens/v1/history";

async fn put(server: &Server, reason: &str, name: &str, made: &Made) -> Answer {
    let headers = [
        ("content-type", "application/json"),
        ("x-certlens-reason", reason),
    ];
    let request = request(Method::PUT, ONE, &headers);
    let request = request.header("authorization", basic("admin", "right"));
    server
        .send_body(request, &made.body(name).to_string())
        .await
}

async fn roll_back(server: &Server, name: &str, entry: &Value) -> Answer {
    let path = format!("{HISTORY}/{name}/{entry}/rollback");
    server.ask(Method::POST, &path, &[]).await
}

/// Certificate and key as they lie there.
fn files(server: &Server, name: &str) -> (String, String) {
    let read = |kind| {
        let file = format!("redis/{name}_{kind}.pem");
        fs::read_to_string(server.path().join(file)).unwrap()
    };
    (read("cert"), read("key"))
}

fn audit(server: &Server) -> Vec<Value> {
    let text = fs::read_to_string(server.path().join("audit.log")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_replaced_pair_is_kept_and_comes_back_with_its_key() {
    let server = Server::demo();
    let before = files(&server, "proxy");
    let first = put(&server, "renewal, ticket 7", "proxy", &Made::new("one")).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    put(&server, "", "proxy", &Made::new("two")).await;

    let answer = server.get(&format!("{HISTORY}/proxy")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let secret = before.1.lines().nth(1).unwrap();
    assert!(!answer.body.contains(secret), "no key is shown");
    let entries = answer.json()["entries"].as_array().unwrap().clone();
    assert_eq!(entries.len(), 2);
    let oldest = &entries[1];
    assert_eq!(oldest["certificate"], before.0);
    let told = ["name", "action", "by", "reason"].map(|member| oldest[member].as_str().unwrap());
    assert_eq!(told, ["proxy", "update", "admin", "renewal, ticket 7"]);
    assert_eq!(
        (&oldest["entry"], &oldest["has_key"]),
        (&1.into(), &true.into())
    );
    assert!(
        entries[0].get("reason").is_none(),
        "nothing was said: {}",
        entries[0]
    );

    // Also when the server was started anew meanwhile.
    let server = server.restart();
    let answer = roll_back(&server, "proxy", &oldest["entry"]).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::OK, r#"{"changed":["proxy"]}"#)
    );
    assert!(files(&server, "proxy") == before, "octet for octet");
    let all = server.get(HISTORY).await.json();
    assert_eq!(all["entries"][0]["action"], "rollback");
    let again = roll_back(&server, "proxy", &oldest["entry"]).await;
    assert_eq!(again.body, r#"{"changed":[]}"#);

    // On the disk it is sealed.
    for entry in fs::read_dir(server.path().join("history")).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            !fs::read_to_string(&path).unwrap().contains(secret),
            "{}",
            path.display()
        );
        let mode = fs::metadata(&path).unwrap().permissions();
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
            0o600
        );
    }
}

#[tokio::test]
async fn what_was_removed_comes_back_and_what_was_added_goes_again() {
    let server = Server::demo();
    let made = Made::new("sso");
    put(&server, "", "sso_service", &made).await;
    let path = format!("{PATH}/sso_service");
    assert_eq!(
        server.ask(Method::DELETE, &path, &[]).await.status,
        StatusCode::OK
    );
    let entries = server.get(&format!("{HISTORY}/sso_service")).await.json();
    let (deleted, added) = (&entries["entries"][0], &entries["entries"][1]);
    assert_eq!(
        (&deleted["action"], &added["action"]),
        (&"delete".into(), &"update".into())
    );
    assert_eq!(added["certificate"], Value::Null);
    roll_back(&server, "sso_service", &deleted["entry"]).await;
    let (certificate, key) = files(&server, "sso_service");
    assert_eq!(certificate, made.certificate.replace("\r\n", "\n"));
    assert!(key == made.key.replace("\r\n", "\n"), "with its key");
    roll_back(&server, "sso_service", &added["entry"]).await;
    assert!(!server.path().join("redis/sso_service_cert.pem").exists());
}

#[tokio::test]
async fn err_rollbacks_that_an_update_would_not_be_either() {
    let data = demo_data();
    let old = Made::valid("old", (-9, -1));
    fs::write(data.path().join("redis/cm_cert.pem"), &old.certificate).unwrap();
    fs::write(data.path().join("redis/cm_key.pem"), &old.key).unwrap();
    let server = Server::over(data);
    put(&server, "", "cm", &Made::new("new")).await;
    let now = files(&server, "cm");
    for (path, status, told) in [
        ("cm/1/rollback", 409, "expired"),
        ("cm/2/rollback", 404, "no such entry"),
        ("cm/x/rollback", 404, "no such entry"),
        ("nobody/1/rollback", 404, "no certificate of that name"),
        (
            "internode_ca/1/rollback",
            404,
            "no certificate of that name",
        ),
    ] {
        let answer = server
            .ask(Method::POST, &format!("{HISTORY}/{path}"), &[])
            .await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains(told), "{path}: {detail}");
    }
    let nobody = server.get(&format!("{HISTORY}/..%2f..")).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert!(files(&server, "cm") == now);

    // An entry that somebody changed is not taken.
    put(&server, "", "cm", &Made::new("newer")).await;
    let path = server.path().join("history/cm.2.json");
    let mut kept: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let sealed = kept["key"]
        .as_str()
        .unwrap()
        .replacen(['A', 'B', 'C', 'D'], "Z", 1);
    kept["key"] = sealed.into();
    fs::write(&path, kept.to_string()).unwrap();
    let answer = roll_back(&server, "cm", &2.into()).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        answer.body.contains("the private key of cm 2 was changed"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn err_the_past_is_for_those_who_may_change_it() {
    for role in [
        "cluster_viewer",
        "db_member",
        "user_manager",
        "monitor",
        "none",
    ] {
        let data = demo_data();
        only_user(data.path(), role);
        let server = Server::over(data);
        for path in [HISTORY, "/certlens/v1/history/proxy", "/certlens/v1/nodes"] {
            let answer = server.get_as(Some((role, "right")), path, &[]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role} {path}");
        }
    }
    let server = Server::demo();
    for path in [HISTORY, "/certlens/v1/nodes"] {
        let answer = server.get_as(None, path, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let alone = server.get("/certlens/v1/nodes").await;
    assert_eq!(alone.status, StatusCode::NOT_FOUND, "{alone:?}");
    assert!(alone.body.contains("no node of a cluster"));
}

#[tokio::test]
async fn every_change_is_begun_and_ended_in_the_audit() {
    let server = Server::demo();
    let made = Made::new("proxy");
    put(&server, "because", "proxy", &made).await;
    server
        .ask(Method::DELETE, &format!("{PATH}/ldap_client"), &[])
        .await;
    let rotate = "/v1/cluster/certificates/rotate";
    server.ask(Method::POST, rotate, &[]).await;
    // What is refused, and what is there already, changes nothing.
    server
        .ask(Method::DELETE, &format!("{PATH}/ldap_client"), &[])
        .await;
    put(&server, "again", "proxy", &made).await;
    let records = audit(&server);
    let told: Vec<_> = records
        .iter()
        .map(|record| {
            let names = record["changes"]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default();
            let names: Vec<_> = names
                .iter()
                .filter_map(|change| change["name"].as_str())
                .collect();
            let what = record["what"].as_str().unwrap();
            format!(
                "{what} {} {}",
                record["action"].as_str().unwrap_or("-"),
                names.join("+")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "begun update proxy",
            "done - ",
            "begun delete ldap_client",
            "done - ",
            "begun rotate ccs_internode_encryption+data_internode_encryption",
            "done - ",
        ]
    );
    assert_eq!(
        (&records[0]["by"], &records[0]["reason"]),
        (&"admin".into(), &"because".into())
    );
    let becomes = records[0]["changes"][0]["becomes"].as_str().unwrap();
    let folder = server.path().join("redis");
    let arguments = "x509 -in proxy_cert.pem -noout -fingerprint -sha256";
    let shown = super::made::openssl(&folder, arguments);
    let shown = shown
        .split_once('=')
        .unwrap()
        .1
        .trim()
        .replace(':', "")
        .to_lowercase();
    assert_eq!(becomes, shown);
}

#[tokio::test]
async fn err_nothing_is_changed_without_the_audit() {
    for break_it in [
        |path: &std::path::Path| std::os::unix::fs::symlink("/dev/full", path).unwrap(),
        |path: &std::path::Path| fs::create_dir(path).unwrap(),
        |path: &std::path::Path| fs::write(path, "no record\n").unwrap(),
    ] {
        let data = demo_data();
        break_it(&data.path().join("audit.log"));
        let server = Server::over(data);
        let before = files(&server, "proxy");
        let answer = put(&server, "", "proxy", &Made::new("proxy")).await;
        assert_eq!(
            answer.status,
            StatusCode::INTERNAL_SERVER_ERROR,
            "{answer:?}"
        );
        let told = answer.json()["description"].as_str().unwrap().to_owned();
        assert!(told.starts_with("audit: "), "{told}");
        assert!(files(&server, "proxy") == before);
        let deleted = server
            .ask(Method::DELETE, &format!("{PATH}/ldap_client"), &[])
            .await;
        assert_eq!(deleted.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(server.path().join("redis/ldap_client_cert.pem").exists());
        assert!(
            server.get(HISTORY).await.json()["entries"]
                .as_array()
                .unwrap()
                .is_empty()
        );
    }
}
