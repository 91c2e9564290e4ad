use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// The body of `PUT /v1/cluster/update_cert`: one certificate that is to replace another one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateUpdate {
    /// The logical name: `proxy`.
    pub name: String,
    /// PEM text, leaf first.
    pub certificate: String,
    /// The private key as PEM text; absent for names that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PrivateKeyText>,
}

/// The body of `PUT /v1/cluster/certificates`: several of them, all or none.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificatesUpdate {
    /// In any order.
    #[serde(deserialize_with = "objects")]
    pub certificates: Vec<CertificateUpdate>,
}

/// The body of `POST /v1/cluster/certificates/rotate`, which may also be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The logical name; absent to rotate all that can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The text of a private key. Neither `Clone` nor `Display`; wiped when dropped.
pub struct PrivateKeyText(Zeroizing<String>);

impl PrivateKeyText {
    /// Takes over a text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Gives the text away. Named so that every place where a secret is read can be found.
    pub fn reveal(self) -> Zeroizing<String> {
        self.0
    }
}

impl fmt::Debug for PrivateKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKeyText(..)")
    }
}

impl Serialize for PrivateKeyText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PrivateKeyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Reads objects only. Where a struct is expected, an array of its values would do otherwise.
fn objects<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<CertificateUpdate>, D::Error> {
    let objects = Vec::<Object>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(update)| update).collect())
}

struct Object(CertificateUpdate);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of `name`, `certificate` and `key`")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
        CertificateUpdate::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_bodies_are_read_and_written() {
        let body = r#"{"certificates":[{"name":"proxy","certificate":"C","key":"hushed"}]}"#;
        let read: CertificatesUpdate = serde_json::from_str(body).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), body);
        assert!(!format!("{read:?}").contains("hushed"), "{read:?}");

        let body = r#"{"name":"mtls_trusted_ca","certificate":"C"}"#;
        let read: CertificateUpdate = serde_json::from_str(body).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), body);

        let all: Rotation = serde_json::from_str("{}").unwrap();
        assert_eq!(all, Rotation::default());
    }

    #[test]
    fn err_properties_that_are_not_documented() {
        let array = r#"{"certificates":[["proxy","C","K"]]}"#;
        assert!(serde_json::from_str::<CertificatesUpdate>(array).is_err());
        let body = r#"{"name":"proxy","certificate":"C","dry_run":true}"#;
        let error = serde_json::from_str::<CertificateUpdate>(body).unwrap_err();
        assert!(error.to_string().contains("unknown field `dry_run`"));
    }
}
