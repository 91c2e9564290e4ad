//! The rows of keystores against what the JDK's own classes list.
//!
//! Needs Java with keytool, openssl, and the research files beside the project; without them the tests
//! say so and pass.

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
async fn odd_keystores_are_listed_as_java_lists_them() {
    let Some(mut oracle) = Oracle::find() else {
        return;
    };
    let made = tempfile::tempdir().unwrap();
    let run = Command::new("bash")
        .args(["-euc", ODD_STORES])
        .current_dir(made.path())
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    oracle.stores = made.path().to_owned();
    let mut cases = Vec::new();
    for (file, format) in [
        ("pair.p12", "PKCS12"),
        ("pair.p12", "pkcs12"),
        ("pair.p12", "jks"),
        ("pair.jks", "jks"),
        ("pair.jks", "JKS"),
        ("pair.jks", "PKCS12"),
        ("pair.jks", "jceks"),
        ("pair.jks", "CaseExactJKS"),
        ("pair.jceks", "jceks"),
        ("mixed.p12", "PKCS12"),
        ("chain.jks", "jks"),
        ("chain.jceks", "JCEKS"),
        ("two.p12", "PKCS12"),
        ("openssl.p12", "PKCS12"),
        ("nameless.p12", "PKCS12"),
        ("caname.p12", "PKCS12"),
        ("open.p12", "PKCS12"),
        ("unchecked.p12", "PKCS12"),
        ("old.p12", "PKCS12"),
        ("nokey.p12", "PKCS12"),
        ("twice.p12", "PKCS12"),
        ("secret.p12", "PKCS12"),
    ] {
        cases.push((file, "keystore", format));
        cases.push((file, "truststore", format));
    }
    for file in ["leaf.der", "chain.p7b", "chain.p7.pem", "chain.pem"] {
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
                writeln!(
                    settings,
                    "{prefix}: {{ path: {copy}, type: {format}, password: pw1234 }}"
                )
                .unwrap();
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
        let (listed, expected) = (lines(&listed), lines(&expected));
        let odd = |a: &[String], b: &[String]| -> String {
            a.iter().filter(|row| !b.contains(row)).cloned().collect()
        };
        assert_eq!(odd(&listed, &expected), "", "Java does not list these");
        assert_eq!(odd(&expected, &listed), "", "Java lists these too");
        assert_eq!(listed, expected, "the order");
        assert!(cases.len() / 2 <= expected.len(), "{expected:?}");
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

fn lines(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().unwrap_or_else(|| panic!("{rows}"));
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// Keystores as keytool and openssl make them, with and without what ties their parts together.
const ODD_STORES: &str = r#"
issue() { # issue NAME ISSUER
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "/O=Test/CN=$1" -keyout "$1.key" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -days 30 -out "$1.pem"
}
keytool() { command keytool "$@" -storepass pw1234 -noprompt; }
export() { openssl pkcs12 -export -passout pass:pw1234 "$@"; }
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 30 -subj "/O=Test/CN=root" -keyout root.key -out root.pem
issue middle root
issue leaf middle
issue other root
cat leaf.pem middle.pem root.pem > chain.pem

for type in PKCS12 JKS JCEKS; do
    store=pair.$(tr A-Z a-z <<< $type | sed s/pkcs12/p12/)
    keytool -genkeypair -alias MixedCase -dname "CN=pair, O=Test" -keyalg EC -storetype $type -keystore $store -keypass pw1234
    keytool -importcert -alias Some-CA -file root.pem -storetype $type -keystore $store
done

export -inkey leaf.key -in leaf.pem -certfile <(cat middle.pem root.pem) -name "Leaf Of ALL" -out openssl.p12
export -inkey leaf.key -in leaf.pem -certfile middle.pem -out nameless.p12
export -inkey leaf.key -in leaf.pem -certfile <(cat root.pem middle.pem) -name leaf -caname first -caname second -out caname.p12
export -inkey leaf.key -in leaf.pem -certfile root.pem -keypbe NONE -certpbe NONE -name open -out open.p12
export -inkey leaf.key -in leaf.pem -nomac -name unchecked -out unchecked.p12
export -inkey leaf.key -in leaf.pem -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -name old -out old.p12
export -nokeys -in chain.pem -name anything -out nokey.p12
export -inkey leaf.key -in leaf.pem -certfile <(cat leaf.pem middle.pem) -name twice -out twice.p12

for type in jks jceks; do
    command keytool -importkeystore -noprompt -srckeystore openssl.p12 -srcstorepass pw1234 -destkeystore chain.$type -deststoretype $type -deststorepass pw1234
done
export -inkey other.key -in other.pem -name other -out other.p12
for one in openssl other; do
    command keytool -importkeystore -noprompt -srckeystore $one.p12 -srcstorepass pw1234 -destkeystore two.p12 -deststoretype PKCS12 -deststorepass pw1234
done
cp two.p12 mixed.p12
keytool -importcert -alias Middle -file middle.pem -storetype PKCS12 -keystore mixed.p12
cp pair.p12 secret.p12
keytool -genseckey -alias Secret -keyalg AES -keysize 128 -storetype PKCS12 -keystore secret.p12

openssl x509 -in leaf.pem -outform DER -out leaf.der
openssl crl2pkcs7 -nocrl -certfile chain.pem -outform DER -out chain.p7b
openssl crl2pkcs7 -nocrl -certfile chain.pem -out chain.p7.pem
"#;
