//! The crate `redis-enterprise`, which others wrote for the product, against `certlens serve`.
//!
//! The binary is `CERTLENS_BINARY`, or the debug build of the workspace.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use redis_enterprise::alerts::AlertHandler;
use redis_enterprise::{EnterpriseClient, RestError};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "opens the demonstration";

struct Server {
    process: Child,
    address: String,
    place: TempDir,
}

impl Server {
    fn start() -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let binary = std::env::var_os("CERTLENS_BINARY")
            .map_or("target/debug/certlens".into(), PathBuf::from);
        let place = tempfile::tempdir().unwrap();
        let mut process = Command::new(workspace.join(binary))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(place.path().join("data"))
            .env("CERTLENS_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            Some(
                line.unwrap()
                    .trim()
                    .strip_prefix("address")?
                    .trim()
                    .to_owned(),
            )
        });
        Self {
            process,
            address: address.unwrap(),
            place,
        }
    }

    fn client(&self, password: &str) -> EnterpriseClient {
        EnterpriseClient::builder()
            .base_url(self.address.trim_end_matches('/'))
            .username("admin")
            .password(password)
            .build()
            .unwrap()
    }

    /// A new certificate with its key, made by OpenSSL.
    fn make(&self, name: &str) -> Value {
        let made = Command::new("openssl")
            .current_dir(&self.place)
            .args([
                "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-keyout", "k", "-out", "c",
            ])
            .args(["-subj", "/CN=redis.corp.example"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let text = |file| std::fs::read_to_string(self.place.path().join(file)).unwrap();
        json!({"name": name, "certificate": text("c"), "key": text("k")})
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn certificates_are_listed_replaced_rotated_and_deleted() {
    let server = Server::start();
    let client = server.client(PASSWORD);
    let before = client.cluster().certificates().await.unwrap();
    let before = before.as_object().unwrap();
    assert_eq!(before.len(), 16, "{:?}", before.keys());
    for (name, text) in before {
        let what = if name.ends_with("_cert") {
            "CERTIFICATE"
        } else {
            "PRIVATE KEY"
        };
        assert!(
            text.as_str()
                .unwrap()
                .starts_with(&format!("-----BEGIN {what}-----")),
            "{name}"
        );
    }

    let new = server.make("proxy");
    assert_eq!(
        client.cluster().update_cert(new.clone()).await.unwrap(),
        json!({})
    );
    let several = json!({"certificates": [server.make("api"), server.make("cm")]});
    assert_eq!(
        client
            .put_raw("/v1/cluster/certificates", several.clone())
            .await
            .unwrap(),
        json!({})
    );
    assert_eq!(
        client.cluster().certificates_rotate().await.unwrap(),
        json!({})
    );
    client
        .delete("/v1/cluster/certificates/ldap_client")
        .await
        .unwrap();

    let after = client.cluster().certificates().await.unwrap();
    assert_eq!(after["proxy_cert"], new["certificate"]);
    assert_eq!(after["proxy_key"], new["key"]);
    assert_eq!(after["cm_cert"], several["certificates"][1]["certificate"]);
    assert_ne!(
        after["data_internode_encryption_cert"],
        before["data_internode_encryption_cert"]
    );
    assert_eq!(after["syncer_cert"], before["syncer_cert"]);
    assert_eq!(after.get("ldap_client_cert"), None);
}

#[tokio::test]
async fn alerts_are_of_the_type_that_the_client_knows() {
    let server = Server::start();
    let alerts = AlertHandler::new(server.client(PASSWORD))
        .list_cluster_alerts()
        .await
        .unwrap();
    let alert = &alerts["cluster_certs_about_to_expire"];
    assert!(alert.enabled && alert.state, "{alert:?}");
    assert_eq!(alert.severity, "WARNING");
}

#[tokio::test]
async fn err_failures_arrive_as_what_they_are() {
    let server = Server::start();
    let error = server
        .client("wrong")
        .cluster()
        .certificates()
        .await
        .unwrap_err();
    assert!(matches!(error, RestError::Unauthorized), "{error:?}");

    let client = server.client(PASSWORD);
    let mut mixed = server.make("proxy");
    mixed["key"] = server.make("proxy")["key"].clone();
    let held = client.cluster().certificates().await.unwrap();
    let expired = json!({
        "name": "metrics_exporter",
        "certificate": held["metrics_exporter_cert"],
        "key": held["metrics_exporter_key"],
    });
    for (body, status, code) in [
        (server.make("proxy_cert"), 403, "unknown_certificate"),
        (mixed, 400, "key_values_mismatch"),
        (expired, 406, "certificate_expired"),
        (json!({"name": "proxy"}), 400, "invalid_schema"),
    ] {
        let error = client.cluster().update_cert(body).await.unwrap_err();
        let RestError::ApiError {
            code: seen,
            message,
        } = &error
        else {
            panic!("{error:?}");
        };
        let message: Value = serde_json::from_str(message).unwrap();
        assert_eq!(
            (*seen, message["error_code"].as_str()),
            (status, Some(code)),
            "{message}"
        );
    }
    let nothing = json!({"name": "proxy", "certificate": "nothing", "key": ""});
    let error = client.cluster().update_cert(nothing).await.unwrap_err();
    assert!(matches!(error, RestError::NotFound), "{error:?}");
    for (name, status, code) in [
        ("api", 403, "required_certificate"),
        ("nonsense", 404, "certificate_not_found"),
    ] {
        let error = client
            .delete(&format!("/v1/cluster/certificates/{name}"))
            .await
            .unwrap_err();
        let RestError::ApiError {
            code: seen,
            message,
        } = &error
        else {
            panic!("{error:?}");
        };
        assert_eq!(*seen, status);
        assert!(message.contains(code), "{message}");
    }
}
