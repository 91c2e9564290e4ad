//! Secrets that are planted in every place where a client can put one, and where they turn up.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::process::{Serving, certlens, curl, run};

const PASSWORD: &str = "planted-password-0";
const STORE: &str = "planted-password-of-the-store";

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one story: plant, use, look everywhere"
)]
fn no_secret_turns_up_where_it_does_not_belong() {
    let data = tempfile::tempdir().unwrap();
    let my = data.path().join("iis/My");
    fs::create_dir_all(&my).unwrap();
    let claims = "claims = ['read', 'import', 'export', 'delete', 'create']";
    fs::write(
        my.join("store.toml"),
        format!("{claims}\npasswords = ['{STORE}']\n"),
    )
    .unwrap();
    let server = Serving::start(data.path(), Some(PASSWORD), "");

    let folder = tempfile::tempdir().unwrap();
    let keys = ["one", "two", "three"].map(|name| made(folder.path(), name));
    let [(one, first), (two, second), (_, third)] = &keys;
    let mut answers = Vec::new();
    let mut send = |method: &str, path: &str, body: &str| {
        let user = format!("admin:{PASSWORD}");
        let json = ["--header", "content-type: application/json"];
        let what = ["--request", method, "--user", &user, "--data-binary", body];
        let (status, body) = server.curl(path, &[&what[..], &json[..]].concat());
        answers.push((format!("{method} {path}"), status, body.clone()));
        (status, body)
    };
    let update = "/v1/cluster/update_cert";
    let pair = |certificate: &str, key: &str| {
        json!({"name": "proxy", "certificate": certificate, "key": key}).to_string()
    };
    assert_eq!(send("PUT", update, &pair(one, first)).0, 200);
    assert_eq!(send("PUT", update, &pair(two, second)).0, 200);
    // Refused in every way that has the key at hand.
    assert_eq!(send("PUT", update, &pair(one, third)).0, 400);
    assert_eq!(send("PUT", update, &pair(third, first)).0, 400);
    let nonsense = third.replace("BEGIN PRIVATE KEY", "BEGIN");
    assert_eq!(send("PUT", update, &pair(one, &nonsense)).0, 400);
    let cut = pair(two, third);
    assert_eq!(send("PUT", update, &cut[..cut.len() - 9]).0, 400);
    let foreign = json!({"name": "proxy", "certificate": two, "private": third}).to_string();
    assert_eq!(send("PUT", update, &foreign).0, 400);
    let history = "/certlens/v1/history";
    assert_eq!(send("GET", history, "").0, 200);
    assert_eq!(
        send("POST", &format!("{history}/proxy/2/rollback"), "").0,
        200
    );
    assert_eq!(send("GET", history, "").0, 200);
    // Wrong passwords, and ones that open keystores.
    let (status, _) = server.curl(history, &["--user", "admin:planted-guess"]);
    assert_eq!(status, 401);
    let folder = folder.path();
    let stores = send("GET", "/api/certificates/stores", "");
    let store = json_of(&stores.1)["stores"][0]["id"].clone();
    let import = |password: &str| {
        let content = STANDARD.encode(fs::read(folder.join("k.pfx")).unwrap());
        let body = json!({"store": {"id": store}, "file": {"content": content},
                          "password": password, "exportable": true});
        body.to_string()
    };
    let imports = "/api/certificates/imports";
    assert_eq!(send("POST", imports, &import("planted-wrong")).0, 400);
    let imported = send("POST", imports, &import("planted-pfx"));
    assert_eq!(imported.0, 201, "{imported:?}");
    let id = json_of(&imported.1)["certificates"][0]["id"].clone();
    let export = json!({"certificate": {"id": id}, "password": "planted-export",
                        "persist_key": true});
    let user = format!("admin:{PASSWORD}");
    let json = ["--header", "content-type: application/json"];
    // It is sealed with the password that was sent; the body is no text.
    let exported = curl(
        &server.url("/api/certificates/exports"),
        &[
            &["--user", &user, "--data-binary", &export.to_string()][..],
            &json,
        ]
        .concat(),
    );
    assert!(exported.stdout.ends_with(b"\n200"), "{exported:?}");
    let greeting = server.greeting.join("\n");
    let log = server.end();
    let add = ["user", "add", "anna", "--password-stdin", "--data"];
    let added = run(certlens().args(add).arg(data.path()), "planted-of-anna\n");
    assert!(added.status.success(), "{added:?}");
    let token = run(
        certlens()
            .args(["token", "add", "ci", "--data"])
            .arg(data.path()),
        "",
    );
    let token = String::from_utf8(token.stdout).unwrap();
    let token = token
        .split("Bearer ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();

    let line = |pem: &String| pem.lines().nth(1).unwrap().to_owned();
    let mut planted: Vec<String> = [first, second, third].map(line).into();
    planted.extend([PASSWORD, "planted-guess", "planted-of-anna"].map(Into::into));
    planted.extend(["planted-pfx", "planted-wrong", "planted-export"].map(Into::into));
    planted.push(token);
    let mut seen = vec![("log".to_owned(), log), ("greeting".to_owned(), greeting)];
    seen.extend(
        answers
            .into_iter()
            .map(|(what, status, body)| (format!("{what} {status}"), body)),
    );
    collect(data.path(), &mut seen);
    let audited = seen.iter().any(|(place, text)| {
        place.ends_with("audit.log") && text.matches("\"what\":\"done\"").count() == 7
    });
    assert!(
        audited,
        "three changes, an import, an export, a user and a token stand in the audit"
    );
    for (place, text) in &seen {
        for secret in &planted {
            assert!(!text.contains(secret.as_str()), "{place} holds a secret");
        }
        let belongs = place.contains("/iis/");
        assert!(
            belongs || !text.contains(STORE),
            "{place} holds the password of a store"
        );
    }
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Every file but those that keys belong in.
fn collect(folder: &Path, seen: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, seen);
        } else if !path.to_str().unwrap().ends_with("_key.pem") {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            seen.push((path.display().to_string(), text));
        }
    }
}

/// A certificate and its key, of OpenSSL.
fn made(folder: &Path, name: &str) -> (String, String) {
    let (certificate, key) = (folder.join("c.pem"), folder.join("k.pem"));
    let run = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9",
        ])
        .args([
            "-subj",
            &format!("/CN={name}"),
            "-addext",
            "extendedKeyUsage=serverAuth",
        ])
        .arg("-out")
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let run = Command::new("openssl")
        .args(["pkcs12", "-export", "-passout", "pass:planted-pfx", "-in"])
        .arg(&certificate)
        .arg("-inkey")
        .arg(&key)
        .arg("-out")
        .arg(folder.join("k.pfx"))
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let read = |path| fs::read_to_string(path).unwrap();
    (read(&certificate), read(&key))
}
