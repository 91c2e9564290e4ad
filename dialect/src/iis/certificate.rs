use certlens_core::{Row, RowKind, UnixTime};
use serde::{Deserialize, Serialize};

use super::fields::Fields;
use super::store::Store;
use crate::name_text::common_name;
use crate::{Fact, tolerant};

/// A certificate, with the fields that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Friendly name, empty without one; in the central store the name of the file.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        alias = "friendly_name"
    )]
    pub alias: Option<String>,
    /// Its opaque identifier.
    pub id: String,
    /// Issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_by: Option<String>,
    /// Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// SHA-1 of the certificate, in upper-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// How the issuer signed; null where Windows has no name for it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        alias = "hash_algorithm",
        deserialize_with = "tolerant::nullable"
    )]
    pub signature_algorithm: Option<Option<String>>,
    /// First instant of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Last instant of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// `1`, `2` or `3`, as text.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "tolerant::optional_text"
    )]
    pub version: Option<String>,
    /// What the key may be used for; null where Windows has no name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intended_purposes: Option<Vec<Option<String>>>,
    /// What is known of the private key; null without one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "tolerant::nullable"
    )]
    pub private_key: Option<Option<PrivateKey>>,
    /// The alternative names, as lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_alternative_names: Option<Vec<String>>,
    /// The store that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<Store>,
    /// Where to go from here; only in answers of type `hal+json`.
    #[serde(rename = "_links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<Links>,
}

/// What is known of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateKey {
    /// Whether it may be taken out of the store.
    #[serde(default, deserialize_with = "tolerant::truth")]
    pub exportable: bool,
}

/// The links of a [`Certificate`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The certificate itself.
    #[serde(rename = "self")]
    pub this: Link,
}

/// An address to go to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// A path on the same server.
    pub href: String,
}

impl Link {
    /// A link to a path.
    pub fn new(href: impl Into<String>) -> Self {
        Self { href: href.into() }
    }
}

/// The answer of `GET /api/certificates`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificates {
    /// The certificates, store by store.
    pub certificates: Vec<Certificate>,
}

impl Certificate {
    /// The fields of a list, where nothing else was asked for.
    pub fn reference_fields() -> Fields {
        Fields::named(&[
            "alias",
            "id",
            "issued_by",
            "subject",
            "thumbprint",
            "valid_to",
        ])
    }
}

/// The rows of a table, one for each certificate of the answer, in its order.
pub fn rows(answer: &Certificates) -> Vec<Row> {
    answer.certificates.iter().map(row).collect()
}

/// What a detail view shows of one certificate, as far as its fields were asked for.
pub fn facts(certificate: &Certificate) -> Vec<Fact> {
    let text = |label, value: &Option<String>| {
        value
            .as_ref()
            .filter(|value| !value.is_empty())
            .map(|value| Fact::line(label, value))
    };
    let list = |label, value: Vec<String>| (!value.is_empty()).then_some(Fact { label, value });
    let purposes = certificate.intended_purposes.iter().flatten();
    let purposes = purposes.map(|purpose| purpose.clone().unwrap_or_else(|| "unknown".to_owned()));
    let private_key = certificate.private_key.map(|key| match key {
        Some(PrivateKey { exportable: true }) => "present, exportable",
        Some(PrivateKey { exportable: false }) => "present, not exportable",
        None => "absent",
    });
    let store = certificate
        .store
        .as_ref()
        .and_then(|store| store.name.clone());
    let names = certificate
        .subject_alternative_names
        .clone()
        .unwrap_or_default();
    [
        text("Alias", &certificate.alias),
        text("Subject", &certificate.subject),
        text("Issuer", &certificate.issued_by),
        text("Valid from", &certificate.valid_from),
        text("Valid to", &certificate.valid_to),
        text("Thumbprint (SHA-1)", &certificate.thumbprint),
        text(
            "Signature algorithm",
            &certificate.signature_algorithm.clone().flatten(),
        ),
        text("Version", &certificate.version),
        list("Intended purposes", purposes.collect()),
        list("Alternative names", names),
        private_key.map(|value| Fact::line("Private key", value)),
        text("Store", &store),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn row(certificate: &Certificate) -> Row {
    let subject = certificate.subject.as_deref().unwrap_or_default();
    let issuer = certificate.issued_by.as_deref().unwrap_or_default();
    let alias = certificate.alias.clone().filter(|alias| !alias.is_empty());
    let name = match common_name(subject) {
        name if name.is_empty() => alias.clone().unwrap_or_default(),
        name => name,
    };
    let time = |text: &Option<String>| text.as_deref().and_then(UnixTime::parse);
    Row {
        kind: RowKind::Certificate,
        name,
        alias,
        issuer: common_name(issuer),
        not_before: time(&certificate.valid_from),
        not_after: time(&certificate.valid_to),
        names: dns_names(certificate),
        self_issued: !issuer.is_empty() && issuer == subject,
        has_private_key: matches!(certificate.private_key, Some(Some(_))),
        ..Row::default()
    }
}

/// The part behind the label of each line: `DNS Name=localhost` is `localhost`.
fn dns_names(certificate: &Certificate) -> Vec<String> {
    let lines = certificate.subject_alternative_names.iter().flatten();
    lines
        .filter_map(|line| line.split_once('=').map(|(_, name)| name.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_in_the_documented_order() {
        let certificate = Certificate {
            alias: Some("My Self Signed Certificate".into()),
            id: "i".into(),
            issued_by: Some("CN=localhost".into()),
            subject: Some("CN=localhost".into()),
            thumbprint: Some("1E".into()),
            signature_algorithm: Some(None),
            valid_from: Some("2017-04-12T11:26:26Z".into()),
            valid_to: Some("2019-04-12T11:26:26Z".into()),
            version: Some("3".into()),
            intended_purposes: Some(vec![Some("Client Authentication".into()), None]),
            private_key: Some(None),
            subject_alternative_names: Some(vec!["DNS Name=localhost".into()]),
            store: Some(Store {
                name: Some("My".into()),
                id: "s".into(),
                ..Store::default()
            }),
            links: Some(Links {
                this: Link::new("/api/certificates/i"),
            }),
        };
        let json = serde_json::to_string(&certificate).unwrap();
        assert_eq!(
            json,
            r#"{"alias":"My Self Signed Certificate","id":"i","issued_by":"CN=localhost","subject":"CN=localhost","thumbprint":"1E","signature_algorithm":null,"valid_from":"2017-04-12T11:26:26Z","valid_to":"2019-04-12T11:26:26Z","version":"3","intended_purposes":["Client Authentication",null],"private_key":null,"subject_alternative_names":["DNS Name=localhost"],"store":{"name":"My","id":"s"},"_links":{"self":{"href":"/api/certificates/i"}}}"#
        );
        assert_eq!(
            serde_json::from_str::<Certificate>(&json).unwrap(),
            certificate
        );
    }

    #[test]
    fn the_documented_example_and_the_real_types_are_both_read() {
        let documented: Certificate = serde_json::from_str(
            r#"{"id":"{id}","version":"3","private_key":{"exportable":"false"},"subject":"CN=localhost","valid_to":"2019-04-12T11:26:26Z"}"#,
        )
        .unwrap();
        let real: Certificate = serde_json::from_str(
            r#"{"id":"{id}","version":3,"private_key":{"exportable":false},"subject":"CN=localhost","valid_to":"2019-04-12T11:26:26Z"}"#,
        )
        .unwrap();
        assert_eq!(documented, real);
        assert_eq!(
            documented.private_key,
            Some(Some(PrivateKey { exportable: false }))
        );
        assert_eq!(row(&documented).name, "localhost");
        assert!(row(&documented).has_private_key);
    }

    #[test]
    fn a_list_item_without_private_key_field_claims_none() {
        let listed: Certificate =
            serde_json::from_str(r#"{"id":"x","alias":"WebHostCert"}"#).unwrap();
        assert_eq!(listed.private_key, None);
        assert_eq!(row(&listed).name, "WebHostCert");
    }
}
