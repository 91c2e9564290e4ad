//! Files that OpenSSL made, byte for byte as .NET on Windows tells of them.

use std::path::Path;
use std::process::Command;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::until;
use crate::support::Server;

#[tokio::test]
async fn every_kind_of_file_is_read() {
    let data = store("passwords = ['first', 'second']");
    let made = Made::new();
    let my = data.path().join("iis/My");
    made.pkcs12("modern", &my.join("a.pfx"), "first", &[]);
    made.pkcs12("legacy", &my.join("b.P12"), "second", &["-legacy"]);
    made.pkcs12("empty", &my.join("c.pfx"), "", &[]);
    made.pkcs12("other", &my.join("d.pfx"), "unknown", &[]);
    std::fs::write(my.join("e.cer"), made.certificate("der", "DER")).unwrap();
    std::fs::write(my.join("f.crt"), made.certificate("pem", "PEM")).unwrap();
    let bundle = made.path("bundle.pem");
    let both = [
        made.certificate("one", "PEM"),
        made.certificate("two", "PEM"),
    ]
    .concat();
    std::fs::write(&bundle, both).unwrap();
    let (bundle, p7b) = (bundle.to_str().unwrap().to_owned(), my.join("g.p7b"));
    openssl(&[
        "crl2pkcs7",
        "-nocrl",
        "-outform",
        "DER",
        "-certfile",
        &bundle,
        "-out",
        p7b.to_str().unwrap(),
    ]);
    std::fs::write(my.join("h.cer"), "nothing").unwrap();

    let server = Server::over(data);
    let path = "/api/certificates?fields=alias,subject,private_key";
    let answer = server.get(path).await;
    let listed: Vec<Value> = answer.json()["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| json!([item["alias"], item["subject"], item["private_key"]]))
        .collect();
    let key = json!({ "exportable": false });
    let mut bundled = [json!(["", "CN=one", null]), json!(["", "CN=two", null])];
    // The order within PKCS#7 is that of its SET.
    if listed[5..] != bundled {
        bundled.reverse();
    }
    assert_eq!(
        listed,
        [
            json!(["modern", "CN=modern", key]),
            json!(["legacy", "CN=legacy", key]),
            json!(["empty", "CN=empty", key]),
            json!(["", "CN=der", null]),
            json!(["", "CN=pem", null]),
            bundled[0].clone(),
            bundled[1].clone(),
        ]
    );

    let file = server.path().join("iis/My/store.toml");
    std::fs::write(file, "passwords = ['unknown']").unwrap();
    let answer = until(&server, path, |answer| answer.body.contains("CN=other")).await;
    assert_eq!(
        answer.header("x-total-count"),
        Some("6"),
        "a and b stay shut now"
    );
}

#[tokio::test]
async fn the_central_store_knows_a_certificate_by_its_file() {
    let data = tempfile::tempdir().unwrap();
    let central = data.path().join("iis/IIS Central Certificate Store");
    std::fs::create_dir_all(&central).unwrap();
    std::fs::write(central.join("store.toml"), "passwords = ['x']").unwrap();
    let made = Made::new();
    made.pkcs12("friendly", &central.join("www.corp.example.pfx"), "x", &[]);
    std::fs::copy(
        central.join("www.corp.example.pfx"),
        central.join("_.corp.example.pfx"),
    )
    .unwrap();
    let server = Server::over(data);
    let answer = server.get("/api/certificates?fields=*").await;
    let json = answer.json();
    let items = json["certificates"].as_array().unwrap();
    let aliases: Vec<_> = items.iter().map(|item| &item["alias"]).collect();
    assert_eq!(aliases, ["_.corp.example.pfx", "www.corp.example.pfx"]);
    assert_eq!(items[0]["thumbprint"], items[1]["thumbprint"]);
    assert_ne!(items[0]["id"], items[1]["id"]);
    assert_eq!(items[0]["store"]["name"], "IIS Central Certificate Store");
}

#[tokio::test]
async fn names_are_printed_as_windows_prints_them() {
    let data = store("");
    let made = Made::new();
    for (subject, expected) in [
        (
            "/serialNumber=600413485/C=US/postalCode=98052/ST=Washington/L=Redmond\
             /street=1 Microsoft Way/O=Microsoft Corporation/OU=MSCOM/CN=www.microsoft.com",
            "CN=www.microsoft.com, OU=MSCOM, O=Microsoft Corporation, STREET=1 Microsoft Way, \
             L=Redmond, S=Washington, PostalCode=98052, C=US, SERIALNUMBER=600413485",
        ),
        ("/O=Microsoft+CN=James", "CN=James + O=Microsoft"),
        (
            "/C=US/O=RSA Data Security, Inc.",
            "O=\"RSA Data Security, Inc.\", C=US",
        ),
        ("/CN=Common\"Name", "CN=\"Common\"\"Name\""),
        ("/CN= padded ", "CN=\" padded \""),
        ("/CN=a<b>#c;d=e", "CN=\"a<b>#c;d=e\""),
        (
            "/CN=Müller \u{2002}/emailAddress=a@b.de",
            "E=a@b.de, CN=Müller \u{2002}",
        ),
        (
            "/businessCategory=Private/jurisdictionC=DE/CN=ev",
            "CN=ev, OID.1.3.6.1.4.1.311.60.2.1.3=DE, OID.2.5.4.15=Private",
        ),
        (
            "/DC=example/DC=corp/UID=u/GN=g/SN=s/initials=i/title=t",
            "T=t, I=i, SN=s, G=g, OID.0.9.2342.19200300.100.1.1=u, DC=corp, DC=example",
        ),
    ] {
        let der = made.self_signed("name", subject, "", "DER");
        std::fs::write(data.path().join("iis/My/name.cer"), der).unwrap();
        // Each in a server of its own: no change has to be waited for.
        let copy = store("");
        std::fs::copy(
            data.path().join("iis/My/name.cer"),
            copy.path().join("iis/My/name.cer"),
        )
        .unwrap();
        let answer = Server::over(copy)
            .get("/api/certificates?fields=subject,issued_by")
            .await;
        let json = answer.json();
        assert_eq!(json["certificates"][0]["subject"], expected, "{subject}");
        assert_eq!(json["certificates"][0]["issued_by"], expected, "{subject}");
    }
}

#[tokio::test]
async fn one_certificate_is_this_text_to_the_last_octet() {
    let data = store("claims = ['read', 'export']\npasswords = ['x']");
    let made = Made::new();
    let extensions = "subjectAltName = @names
        extendedKeyUsage = clientAuth, serverAuth, 1.3.6.1.5.5.7.3.99
        [names]
        DNS.1 = localhost
        DNS.2 = my-work-pc
        email = a@b.example
        URI = ldap:///CN=a%20b
        IP.1 = 192.168.7.1
        IP.2 = 2001:db8::ab
        RID = 1.2.3.4
        otherName.1 = 1.3.6.1.4.1.311.20.2.3;UTF8:user@dom
        otherName.2 = 1.2.3;UTF8:a
        dirName = directory
        [directory]
        O = y
        CN = x";
    made.self_signed("full", "/CN=localhost", extensions, "PEM");
    let pfx = data.path().join("iis/My/full.pfx");
    made.pack("full", "My Self Signed Certificate", &pfx, "x", &[]);
    let pem = made.path("full.pem");
    let told = openssl(&[
        "x509",
        "-in",
        pem.to_str().unwrap(),
        "-noout",
        "-fingerprint",
        "-sha1",
        "-dates",
        "-dateopt",
        "iso_8601",
    ]);
    let told = String::from_utf8(told).unwrap();
    let fact = |name: &str| {
        let mut lines = told.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)).unwrap();
        value
            .replace(':', if name.starts_with("sha1") { "" } else { ":" })
            .replace(' ', "T")
    };
    let server = Server::over(data);
    let listed = server.get("/api/certificates?fields=store").await.json();
    let (id, store) = (
        listed["certificates"][0]["id"].as_str().unwrap(),
        listed["certificates"][0]["store"]["id"].as_str().unwrap(),
    );
    let answer = server.get(&format!("/api/certificates/{id}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let expected = format!(
        r#"{{"alias":"My Self Signed Certificate","id":"{id}","issued_by":"CN=localhost","subject":"CN=localhost","thumbprint":"{}","signature_algorithm":"sha256ECDSA","valid_from":"{}","valid_to":"{}","version":"3","intended_purposes":["Client Authentication","Server Authentication",null],"private_key":{{"exportable":true}},"subject_alternative_names":["DNS Name=localhost","DNS Name=my-work-pc","RFC822 Name=a@b.example","URL=ldap:///CN=a%20b (ldap:///CN=a b)","IP Address=192.168.7.1","IP Address=2001:0db8:0000:0000:0000:0000:0000:00ab","Registered ID=1.2.3.4","Other Name:","     Principal Name=user@dom","Other Name:","     1.2.3=0c 01 61","Directory Address:","     CN=x","     O=y"],"store":{{"name":"My","id":"{store}"}}}}"#,
        fact("sha1 Fingerprint="),
        fact("notBefore="),
        fact("notAfter="),
    );
    assert_eq!(answer.body, expected);
}

/// A directory with the store `My` and these settings.
pub(super) fn store(settings: &str) -> TempDir {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(data.path().join("iis/My")).unwrap();
    std::fs::write(data.path().join("iis/My/store.toml"), settings).unwrap();
    data
}

/// What OpenSSL makes.
pub(super) struct Made(TempDir);

impl Made {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    /// A self-signed certificate over a new P-256 key, which stay in `NAME.pem` and `NAME.key`.
    pub(super) fn self_signed(
        &self,
        name: &str,
        subject: &str,
        extensions: &str,
        form: &str,
    ) -> Vec<u8> {
        let settings = self.path(&format!("{name}.cnf"));
        let text = format!(
            "[req]\ndistinguished_name = dn\nx509_extensions = ext\n[dn]\n[ext]\n{extensions}\n"
        );
        std::fs::write(&settings, text).unwrap();
        let (key, pem) = (
            self.path(&format!("{name}.key")),
            self.path(&format!("{name}.pem")),
        );
        let (key, pem) = (key.to_str().unwrap(), pem.to_str().unwrap());
        openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-utf8",
            "-sha256",
            "-days",
            "30",
            "-subj",
            subject,
            "-config",
            settings.to_str().unwrap(),
            "-keyout",
            key,
            "-out",
            pem,
        ]);
        openssl(&["x509", "-in", pem, "-outform", form])
    }

    pub(super) fn certificate(&self, name: &str, form: &str) -> Vec<u8> {
        self.self_signed(name, &format!("/CN={name}"), "", form)
    }

    /// A PFX file with a new certificate and its key.
    pub(super) fn pkcs12(&self, name: &str, path: &Path, password: &str, options: &[&str]) {
        self.certificate(name, "PEM");
        self.pack(name, name, path, password, options);
    }

    pub(super) fn pack(
        &self,
        name: &str,
        alias: &str,
        path: &Path,
        password: &str,
        options: &[&str],
    ) {
        let (key, pem) = (
            self.path(&format!("{name}.key")),
            self.path(&format!("{name}.pem")),
        );
        let password = format!("pass:{password}");
        let mut arguments = vec![
            "pkcs12",
            "-export",
            "-inkey",
            key.to_str().unwrap(),
            "-in",
            pem.to_str().unwrap(),
            "-name",
            alias,
            "-passout",
            &password,
            "-out",
            path.to_str().unwrap(),
        ];
        arguments.extend(options);
        openssl(&arguments);
    }
}

/// Runs OpenSSL, and answers what it printed.
pub(super) fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {error}");
    output.stdout
}
