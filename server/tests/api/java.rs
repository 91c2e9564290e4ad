//! The rows of keystores against what the JDK's own classes list.
//!
//! Needs Java and the research files beside the project; without them the tests say so and pass.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::Server;

#[tokio::test]
async fn keystores_are_listed_as_java_lists_them() {
    let Some(oracle) = Oracle::find() else { return };
    oracle
        .compare(&[
            ("full.p12", "keystore", "PKCS12"),
            ("named.p12", "keystore", "PKCS12"),
            ("noname.p12", "keystore", "PKCS12"),
            ("certonly.p12", "truststore", "PKCS12"),
            ("certonly_named.p12", "truststore", "PKCS12"),
            ("full.p12", "truststore", "PKCS12"),
            ("full.jks", "keystore", "jks"),
            ("full.jks", "truststore", "jks"),
        ])
        .await;
}

#[tokio::test]
async fn pem_files_are_listed_as_java_lists_them() {
    let Some(oracle) = Oracle::find() else { return };
    let files = ["chain.crt", "dup.pem", "junk.pem", "leaf.crt"];
    let mut cases = Vec::new();
    for file in files {
        cases.push((file, "certificate", "PEM"));
        cases.push((file, "certificate_authorities", "PEM"));
    }
    oracle.compare(&cases).await;
}

#[tokio::test]
async fn java_reads_the_demonstration_keystores_alike() {
    let Some(oracle) = Oracle::find() else { return };
    let server = Server::demo();
    let sources: Vec<String> = [
        "key:certs/http.p12:PKCS12:demo-http",
        "trust:certs/http.p12:PKCS12:demo-http",
        "key:certs/transport.p12:PKCS12:demo-transport",
        "trust:certs/transport.p12:PKCS12:demo-transport",
        "trust:certs/partners.jks:jks:changeit",
        "trust:certs/corp-root.crt",
        "trust:certs/http_ca.crt",
    ]
    .map(String::from)
    .to_vec();
    let expected = oracle.rows(&server.path().join("elasticsearch"), &sources);
    assert_eq!(expected.as_array().unwrap().len(), 10);
    assert_eq!(server.get("/_ssl/certificates").await.json(), expected);
}

struct Oracle {
    program: PathBuf,
    stores: PathBuf,
}

impl Oracle {
    fn find() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/elasticsearch");
        let program = folder.join("Oracle.java");
        let has_java = Command::new("java")
            .arg("-version")
            .output()
            .is_ok_and(|run| run.status.success());
        if !has_java || !program.exists() {
            eprintln!("SKIPPED: needs java and {}", program.display());
            return None;
        }
        Some(Self {
            program: program.canonicalize().unwrap(),
            stores: folder.join("stores"),
        })
    }

    /// Lists each file under a setting of its own, all of them in one configuration directory.
    async fn compare(&self, cases: &[(&str, &str, &str)]) {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("elasticsearch");
        std::fs::create_dir(&folder).unwrap();
        let mut settings = String::new();
        let mut sources = Vec::new();
        for (number, (file, setting, format)) in cases.iter().enumerate() {
            let copy = format!("{number}-{file}");
            std::fs::copy(self.stores.join(file), folder.join(&copy)).unwrap();
            let prefix = format!("xpack.security.authc.realms.ldap.r{number}.ssl.{setting}");
            let how = if *format == "PEM" {
                String::new()
            } else {
                format!(":{format}:pw1234")
            };
            if how.is_empty() {
                writeln!(settings, "{prefix}: {copy}").unwrap();
            } else {
                writeln!(settings, "{prefix}: {{ path: {copy}, password: pw1234 }}").unwrap();
            }
            // What identifies the node is also what it trusts, where nothing else is named.
            if ["keystore", "certificate"].contains(setting) {
                sources.push(format!("key:{copy}{how}"));
            }
            sources.push(format!("trust:{copy}{how}"));
        }
        std::fs::write(folder.join("elasticsearch.yml"), settings).unwrap();
        let expected = self.rows(&folder, &sources);
        let listed = Server::over(data).get("/_ssl/certificates").await.json();
        assert_eq!(listed, expected);
        assert!(
            cases.len() <= expected.as_array().unwrap().len(),
            "{expected}"
        );
    }

    fn rows(&self, folder: &Path, sources: &[String]) -> Value {
        let run = Command::new("java")
            .arg("-Dfile.encoding=UTF-8")
            .arg(&self.program)
            .args(sources)
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        serde_json::from_slice(&run.stdout).unwrap()
    }
}
