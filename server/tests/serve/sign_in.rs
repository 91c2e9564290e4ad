//! Tokens, users and passwords while a server runs.

use std::path::Path;

use crate::process::{Serving, certlens, run};

const LISTINGS: [&str; 3] = [
    "/_ssl/certificates",
    "/v1/cluster/certificates",
    "/api/certificates",
];

fn statuses(server: &Serving, header: &str) -> Vec<u16> {
    let ask = |path: &&str| server.curl(path, &["--header", header]).0;
    LISTINGS.iter().map(ask).collect()
}

/// The header that `certlens token add` shows.
#[track_caller]
fn add_token(data: &Path, arguments: &[&str]) -> String {
    let mut command = certlens();
    command
        .args(["token", "add"])
        .args(arguments)
        .arg("--data")
        .arg(data);
    let output = run(&mut command, "");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let header = text.lines().find_map(|line| line.strip_prefix("header   "));
    header.unwrap_or_else(|| panic!("{output:?}")).to_owned()
}

#[test]
fn a_token_works_at_once_in_the_forms_that_each_product_takes() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    let bearer = add_token(data.path(), &["ci"]);
    assert!(
        bearer.starts_with("Authorization: Bearer certlens_"),
        "{bearer}"
    );
    assert_eq!(statuses(&server, &bearer), [200, 200, 200]);

    let access = bearer.replace("Authorization:", "Access-Token:");
    assert_eq!(statuses(&server, &access)[2], 200);
    assert_eq!(statuses(&server, &access)[..2], [401, 401]);

    let key = add_token(
        data.path(),
        &["es", "--kind", "apikey", "--role", "monitor"],
    );
    assert!(key.starts_with("Authorization: ApiKey "), "{key}");
    let answered = statuses(&server, &key);
    assert_eq!(answered[0], 200);
    assert_eq!(answered[1], 401, "no scheme of Redis Enterprise");
    assert_ne!(answered[2], 200);

    let log = server.end();
    for header in [&bearer, &key] {
        let shown = header.rsplit(' ').next().unwrap();
        // It may have underscores of its own.
        let secret = shown.splitn(3, '_').nth(2).unwrap_or(shown);
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn a_token_ends_when_it_is_withdrawn() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    let header = add_token(data.path(), &["ci", "--expires", "90d"]);
    assert_eq!(statuses(&server, &header), [200, 200, 200]);
    let mut command = certlens();
    command
        .args(["token", "remove", "ci", "--data"])
        .arg(data.path());
    assert!(run(&mut command, "").status.success());
    assert_eq!(statuses(&server, &header)[0], 401);
}

#[test]
fn users_come_and_go_while_the_server_runs() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    let user = |arguments: &[&str], input: &str| {
        let mut command = certlens();
        command
            .arg("user")
            .args(arguments)
            .arg("--data")
            .arg(data.path());
        let output = run(&mut command, input);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let ask = |credentials: &str| server.curl(LISTINGS[1], &["--user", credentials]);

    let told = user(
        &["add", "anna", "--role", "db_viewer", "--password-stdin"],
        "first\n",
    );
    assert_eq!(
        told,
        "user      anna\nrole      db_viewer\npassword  as given\n"
    );
    let (status, body) = ask("anna:first");
    assert_eq!(status, 200);
    assert!(!body.contains("_key\""), "a viewer sees no private key");
    assert!(ask("admin:pw").1.contains("_key\""));

    let told = user(&["password", "anna"], "");
    let made = told.lines().nth(1).unwrap();
    let made = made.strip_prefix("password  ").unwrap();
    let made = made.strip_suffix("   (shown only this once)").unwrap();
    assert_eq!(ask(&format!("anna:{made}")).0, 200);
    assert_eq!(ask("anna:first").0, 401);

    assert_eq!(user(&["list"], ""), "admin  admin\nanna   db_viewer\n");
    user(&["remove", "anna"], "");
    assert_eq!(ask(&format!("anna:{made}")).0, 401);
}

#[test]
fn guessing_is_answered_429_with_the_time_to_wait() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    assert_eq!(server.status("pw"), 200);
    for guess in 0..10 {
        assert_eq!(server.status(&format!("guess {guess}")), 401, "{guess}");
    }
    for path in LISTINGS.iter().chain(&["/metrics"]) {
        let arguments = ["--include", "--user", "admin:one more"];
        let (status, answer) = server.curl(path, &arguments);
        assert_eq!(status, 429, "{path}: {answer}");
        let wait = answer
            .lines()
            .find_map(|line| line.strip_prefix("retry-after: "));
        let wait: u64 = wait
            .unwrap_or_else(|| panic!("{answer}"))
            .trim()
            .parse()
            .unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
    }
    assert_eq!(
        server.status("pw"),
        200,
        "whoever is known is not locked out"
    );
}

#[test]
fn a_broken_file_changes_nothing_and_is_told_once() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    let file = data.path().join("users.toml");
    std::fs::write(&file, "[[users]]\nname = 'anna'\nrole = 'king'\n").unwrap();
    for _ in 0..3 {
        assert_eq!(server.status("pw"), 200);
    }
    let log = server.end();
    let told = "Kept what users.toml said before: line 3: unknown variant `king`";
    assert_eq!(log.matches(told).count(), 1, "{log}");
}

#[test]
fn guesses_count_for_the_client_that_a_trusted_proxy_tells_of_and_the_log_names_it() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "trusted_proxies = ['127.0.0.1']\n");
    let ask = |forwarded: &str, credentials: &str| {
        let forwarded = format!("X-Forwarded-For: {forwarded}");
        let arguments = ["--header", &forwarded, "--user", credentials];
        server.curl("/api/certificates", &arguments).0
    };
    // Forty of one address, whatever name is guessed and whatever the client says of itself.
    for guess in 0..40 {
        let claimed = format!("198.51.100.{guess}, 192.0.2.1");
        assert_eq!(
            ask(&claimed, &format!("name-{guess}:guess")),
            401,
            "{guess}"
        );
    }
    assert_eq!(ask("127.0.0.1, 192.0.2.1", "other:guess"), 429);
    assert_eq!(ask("192.0.2.2", "other:guess"), 401, "another client");
    let log = server.end();
    let told = |line: &str| line.contains("client=192.0.2.1 ") && line.contains("status=429");
    assert!(log.lines().any(told), "{log}");
}

#[test]
fn nobody_is_believed_who_is_no_trusted_proxy() {
    let data = tempfile::tempdir().unwrap();
    let settings = "trusted_proxies = ['10.0.0.0/8']\nmetrics = 'loopback'\n";
    let server = Serving::start(data.path(), Some("pw"), settings);
    let header = ["--header", "X-Forwarded-For: 192.0.2.1"];
    assert_eq!(
        server.curl("/metrics", &header).0,
        200,
        "it is this machine"
    );
    let log = server.end();
    assert!(!log.contains("192.0.2.1"), "{log}");

    let settings = "trusted_proxies = ['127.0.0.0/8']\nmetrics = 'loopback'\n";
    let server = Serving::start(data.path(), None, settings);
    assert_eq!(server.curl("/metrics", &header).0, 401, "it is another one");
    let claims = ["--header", "X-Forwarded-For: 127.0.0.1, 192.0.2.1"];
    assert_eq!(server.curl("/metrics", &claims).0, 401);
    assert_eq!(server.curl("/metrics", &[]).0, 200, "the proxy itself");
}
