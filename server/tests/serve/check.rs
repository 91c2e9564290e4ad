//! `certlens check`: what it says, and the exit codes that monitors read.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::process::{Serving, certlens, run};

/// Makes `NAME.pem` and `NAME.key`, valid for so many days.
fn make(folder: &Path, name: &str, days: u32) -> String {
    let output = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ])
        .args(["-subj", &format!("/CN={name}"), "-days", &days.to_string()])
        .args([
            "-keyout",
            &format!("{name}.key"),
            "-out",
            &format!("{name}.pem"),
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    folder.join(format!("{name}.pem")).display().to_string()
}

fn check(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(certlens().arg("check").args(arguments), "");
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), text)
}

#[test]
fn the_exit_code_is_that_of_the_worst() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (long, soon, now) = (
        make(path, "long", 90),
        make(path, "soon", 20),
        make(path, "now", 3),
    );
    let noise = path.join("noise.pem").display().to_string();
    std::fs::write(&noise, "nothing\n").unwrap();
    let gone = path.join("gone.pem").display().to_string();
    for (files, code, first) in [
        (
            &[&long][..],
            0,
            "certlens OK: 0 critical, 0 unknown, 0 warning, 1 ok",
        ),
        (
            &[&long, &soon],
            1,
            "certlens WARNING: 0 critical, 0 unknown, 1 warning, 1 ok",
        ),
        (
            &[&soon, &now],
            2,
            "certlens CRITICAL: 1 critical, 0 unknown, 1 warning, 0 ok",
        ),
        (
            &[&soon, &noise],
            3,
            "certlens UNKNOWN: 0 critical, 1 unknown, 1 warning, 0 ok",
        ),
        (
            &[&long, &gone],
            3,
            "certlens UNKNOWN: 0 critical, 1 unknown, 0 warning, 1 ok",
        ),
        (
            &[&now, &noise],
            2,
            "certlens CRITICAL: 1 critical, 1 unknown, 0 warning, 0 ok",
        ),
    ] {
        let files: Vec<&str> = files.iter().map(|file| file.as_str()).collect();
        let (found, text) = check(&files);
        assert_eq!(
            (found, text.lines().next()),
            (Some(code), Some(first)),
            "{text}"
        );
    }
}

#[test]
fn the_spans_are_chosen_by_whoever_asks() {
    let folder = tempfile::tempdir().unwrap();
    let soon = make(folder.path(), "soon", 20);
    assert_eq!(check(&[&soon, "--warn", "10d"]).0, Some(0));
    assert_eq!(
        check(&[&soon, "--warn", "30d", "--critical", "25d"]).0,
        Some(2)
    );
    let (code, text) = check(&[&soon, "--at", "2099-01-01"]);
    assert_eq!(code, Some(2));
    assert!(
        text.contains(": soon: expired ") && text.contains(" days ago ("),
        "{text}"
    );
    let (code, _) = check(&[&soon, "--warn", "soon"]);
    assert_eq!(code, Some(2), "a wrong option is an error of usage");
}

#[test]
fn a_key_that_fits_nothing_is_critical() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (one, _) = (make(path, "one", 90), make(path, "two", 90));
    let read = |name: &str| std::fs::read_to_string(path.join(name)).unwrap();
    std::fs::write(path.join("fits.pem"), read("one.pem") + &read("one.key")).unwrap();
    std::fs::write(&one, read("one.pem") + &read("two.key")).unwrap();
    let fits = path.join("fits.pem").display().to_string();
    assert_eq!(check(&[&fits]).0, Some(0));
    let (code, text) = check(&[&one]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("one.pem: the private key fits no certificate here\n"),
        "{text}"
    );
}

#[test]
fn json_tells_each_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let soon = make(folder.path(), "soon", 20);
    let (code, text) = check(&["--json", &soon]);
    assert_eq!(code, Some(1));
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["status"], "warning");
    let found = &told["found"][0];
    assert_eq!(found["place"], soon);
    assert_eq!(found["name"], "soon");
    assert!(found["notAfter"].as_str().unwrap().ends_with('Z'), "{text}");
    assert!(
        found["reason"].as_str().unwrap().starts_with("ends in "),
        "{text}"
    );
}

#[test]
fn a_data_directory_is_checked_whole_and_left_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    assert_eq!(server.stop(), Some(0));
    for made in ["host.key", "users.toml", "users.lock"] {
        std::fs::remove_file(data.path().join(made)).unwrap();
    }
    let data_argument = data.path().display().to_string();
    let at = |instant: &str| check(&["--data", &data_argument, "--json", "--at", instant]);
    let (code, text) = at("2099-01-01");
    assert_eq!(code, Some(2), "everything has expired by then");
    for place in ["elasticsearch/", "redis/proxy_cert.pem", "iis/My/"] {
        assert!(
            text.contains(&format!("\"place\": \"{place}")),
            "{place}: {text}"
        );
    }
    assert!(!data.path().join("host.key").exists(), "nothing was made");

    let redis = data.path().join("redis");
    std::fs::copy(redis.join("proxy_key.pem"), redis.join("api_key.pem")).unwrap();
    let (_, text) = check(&["--data", &data_argument]);
    let told = "critical  redis/api_cert.pem: the private key fits no certificate here\n";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_key_of_elasticsearch_that_fits_another_certificate_is_critical() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("elasticsearch");
    std::fs::create_dir(&folder).unwrap();
    make(&folder, "http", 90);
    make(&folder, "other", 90);
    let sealed = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-in", "http.key", "-out", "sealed.key"])
        .args(["-passout", "pass:secret"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(sealed.status.success(), "{sealed:?}");
    let told = |settings: &str| {
        let settings = settings.replace('/', "xpack.security.http.ssl.");
        std::fs::write(folder.join("elasticsearch.yml"), settings).unwrap();
        check(&["--data", &data.path().display().to_string()])
    };
    for fits in [
        "/certificate: http.pem\n/key: http.key\n",
        "/certificate: http.pem\n/key: sealed.key\n/key_passphrase: secret\n",
    ] {
        let (code, text) = told(fits);
        assert_eq!(code, Some(0), "{fits}{text}");
    }
    let (code, text) = told("/certificate: http.pem\n/key: other.key\n");
    assert_eq!(code, Some(2), "{text}");
    let line = "critical  elasticsearch/http.pem: the private key fits no certificate here\n";
    assert!(text.contains(line), "{text}");
    let (code, text) = told("/certificate: http.pem\n/key: gone.key\n");
    assert_eq!(code, Some(3), "{text}");
}
