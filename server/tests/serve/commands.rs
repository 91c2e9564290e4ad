//! `certlens user` and `certlens token`, where they refuse.

use std::path::Path;
use std::process::Output;

use crate::process::{certlens, run};
use crate::start::refusal;

fn call(data: &Path, arguments: &[&str], input: &str) -> Output {
    run(certlens().args(arguments).arg("--data").arg(data), input)
}

#[test]
fn err_users_that_cannot_be_added_or_removed() {
    let data = tempfile::tempdir().unwrap();
    let add = [
        "user",
        "add",
        "admin",
        "--role",
        "admin",
        "--password-stdin",
    ];
    assert!(call(data.path(), &add, "pw\n").status.success());
    let kept = std::fs::read(data.path().join("users.toml")).unwrap();
    for (arguments, input, told) in [
        (&add[..], "pw\n", "error: there is a user `admin` already\n"),
        (
            &add[..],
            "\n",
            "error: standard input: expected a password, found an empty line\n",
        ),
        (
            &["user", "add", "a:b"],
            "",
            "error: expected a name of at most 256 bytes without colons",
        ),
        (
            &["user", "remove", "anna"],
            "",
            "error: there is no user `anna`\n",
        ),
        (
            &["user", "password", "anna"],
            "",
            "error: there is no user `anna`\n",
        ),
        (
            &["user", "remove", "admin"],
            "",
            "error: `admin` is the last user with the role admin\n",
        ),
    ] {
        let refused = refusal(&call(data.path(), arguments, input));
        assert!(refused.starts_with(told), "{refused}");
        assert!(refused.contains("\nhint: "), "{refused}");
    }
    let users = std::fs::read(data.path().join("users.toml")).unwrap();
    assert_eq!(users, kept, "nothing was changed");
}

#[test]
fn err_tokens_that_cannot_be_added_or_removed() {
    let data = tempfile::tempdir().unwrap();
    assert!(
        call(data.path(), &["token", "add", "ci"], "")
            .status
            .success()
    );
    for (arguments, told) in [
        (
            ["token", "add", "ci"],
            "error: there is a token `ci` already\n",
        ),
        (["token", "remove", "cd"], "error: there is no token `cd`\n"),
    ] {
        let refused = refusal(&call(data.path(), &arguments, ""));
        assert!(refused.starts_with(told), "{refused}");
    }
    for (expires, told) in [
        (
            "2020-01-01",
            "expected an instant to come, found 2020-01-01T00:00:00Z",
        ),
        (
            "soon",
            "expected an instant such as 2027-01-31, or a span such as 90d",
        ),
    ] {
        let run = call(
            data.path(),
            &["token", "add", "x", "--expires", expires],
            "",
        );
        let refused = String::from_utf8(run.stderr).unwrap();
        assert!(refused.contains(told), "{refused}");
    }
}

#[test]
fn a_list_of_tokens_tells_everything_but_the_secret() {
    let data = tempfile::tempdir().unwrap();
    let arguments = [
        "token",
        "add",
        "ci",
        "--role",
        "monitor",
        "--expires",
        "2099-01-01",
    ];
    let made = call(data.path(), &arguments, "");
    let made = String::from_utf8(made.stdout).unwrap();
    let line = |word: &str| {
        let found = made.lines().find_map(|line| line.strip_prefix(word));
        found.unwrap_or_else(|| panic!("{made}")).trim().to_owned()
    };
    let listed = call(data.path(), &["token", "list"], "");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let (id, secret) = (line("id "), line("header "));
    // It may have underscores of its own.
    let secret = secret.splitn(3, '_').nth(2).unwrap();
    assert_eq!(secret.len(), 43);
    assert!(
        listed.starts_with(&format!("ci  {id}  monitor, made ")),
        "{listed}"
    );
    assert!(
        listed.ends_with(", expires 2099-01-01T00:00:00Z\n"),
        "{listed}"
    );
    let stored = std::fs::read_to_string(data.path().join("tokens.toml")).unwrap();
    assert!(!listed.contains(secret) && !stored.contains(secret));
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().unwrap();
    call(data.path(), &["token", "add", "ci"], "");
    call(data.path(), &["user", "add", "anna"], "");
    for file in ["tokens.toml", "users.toml"] {
        let metadata = std::fs::metadata(data.path().join(file)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
    }
}
