//! What a server prints, how it stops, and how it refuses to start.

use std::process::Output;

use crate::process::{Serving, certlens};

#[test]
fn the_password_is_shown_once_and_opens_the_door() {
    let data = tempfile::tempdir().unwrap();
    let first = Serving::start(data.path(), None, "");
    assert_eq!(first.told("user"), "admin");
    let password = first
        .told("password")
        .strip_suffix("   (shown only this once)")
        .unwrap()
        .to_owned();
    assert_eq!(first.status(&password), 200);
    assert_eq!(first.status("guess"), 401);
    assert_eq!(first.stop(), Some(0));

    let second = Serving::start(data.path(), Some("ignored"), "");
    assert!(second.told("password").starts_with("as it was set"));
    assert_eq!(second.status(&password), 200);
    assert_eq!(second.status("ignored"), 401);
    assert_eq!(second.stop(), Some(0));
}

#[test]
fn a_given_password_is_taken_and_not_shown() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("from outside"), "");
    assert_eq!(server.told("password"), "as in CERTLENS_PASSWORD");
    assert!(!server.greeting.concat().contains("from outside"));
    assert_eq!(server.status("from outside"), 200);
    let log = server.end();
    assert!(!log.contains("from outside"), "{log}");
}

#[test]
fn err_configuration_names_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("certlens.toml");
    std::fs::write(&file, "data = 'd'\n\nlisten_on = 'x'\n").unwrap();
    let run = certlens()
        .args(["serve", "--config"])
        .arg(&file)
        .output()
        .unwrap();
    let told = refusal(&run);
    assert!(
        told.starts_with(&format!(
            "error: {}: TOML parse error at line 3",
            file.display()
        )),
        "{told}"
    );
    assert!(
        told.contains("listen_on") && told.contains("\nhint: "),
        "{told}"
    );

    let run = certlens()
        .args(["serve", "--config", "/nowhere.toml"])
        .output()
        .unwrap();
    assert!(refusal(&run).starts_with("error: /nowhere.toml: cannot read the configuration: "));

    let run = certlens().arg("serve").output().unwrap();
    assert!(refusal(&run).starts_with("error: expected a data directory, found none\nhint: "));
}

#[test]
fn err_address_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let run = certlens()
        .args(["serve", "--listen", &address, "--data"])
        .arg(data.path())
        .env("CERTLENS_PASSWORD", "pw")
        .output()
        .unwrap();
    let told = refusal(&run);
    assert!(
        told.starts_with(&format!("error: {address}: cannot listen: ")),
        "{told}"
    );
    let made = data.path().join("users.toml").exists();
    assert!(!made, "a password that nobody sees");
}

#[test]
fn err_other_machines_without_tls() {
    let data = tempfile::tempdir().unwrap();
    let run = certlens()
        .args(["serve", "--listen", "0.0.0.0:0", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    assert_eq!(
        refusal(&run),
        "error: listen: 0.0.0.0:0 is reached from other machines, and there is no TLS\n\
         hint: Add a table `[tls]` to the configuration, or `insecure_http = true` where a proxy speaks TLS.\n"
    );
    assert!(!data.path().join("users.toml").exists(), "nothing was made");
}

#[track_caller]
pub(crate) fn refusal(run: &Output) -> String {
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert!(run.stdout.is_empty(), "{run:?}");
    String::from_utf8(run.stderr.clone()).unwrap()
}
