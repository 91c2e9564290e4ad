//! `certlens audit verify`, over what a server wrote.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::process::{certlens, run};

fn verify(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = certlens();
    command
        .args(["audit", "verify"])
        .args(arguments)
        .arg("--data")
        .arg(data);
    let Output {
        status,
        stdout,
        stderr,
    } = run(&mut command, "");
    let told = [stdout, stderr].concat();
    (status.code(), String::from_utf8(told).unwrap())
}

#[test]
fn an_audit_is_unbroken_until_somebody_changes_it() {
    let data = tempfile::tempdir().unwrap();
    let (code, told) = verify(data.path(), &[]);
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.contains("audit.log") && told.contains("\nhint: "),
        "{told}"
    );
    for name in ["anna", "bela"] {
        let add = run(
            certlens()
                .args(["token", "add", name, "--data"])
                .arg(data.path()),
            "",
        );
        assert!(add.status.success(), "{add:?}");
    }
    let (code, told) = verify(data.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("unbroken, 4 records"), "{told}");
    let head = told.trim().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(verify(data.path(), &["--holds", &head]).0, Some(0));

    let path = data.path().join("audit.log");
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    // Cut off at its end, the chain is whole: what was noted is not in it any more.
    fs::write(&path, lines[..2].concat()).unwrap();
    assert_eq!(verify(data.path(), &[]).0, Some(0));
    let (code, told) = verify(data.path(), &["--holds", &head]);
    assert_eq!(code, Some(1), "{told}");
    for (changed, first) in [
        (whole.replace("anna", "otto"), 1),
        (whole.replace("bela", "otto"), 3),
        ([lines[0], lines[1], lines[3]].concat(), 3),
        ([lines[0], lines[2], lines[1], lines[3]].concat(), 2),
        (format!("{whole}{}", lines[0]), 5),
    ] {
        fs::write(&path, changed).unwrap();
        let (code, told) = verify(data.path(), &[]);
        assert_eq!(code, Some(1), "{told}");
        assert!(
            told.contains(&format!("record {first} is broken")),
            "{told}"
        );
    }
}
