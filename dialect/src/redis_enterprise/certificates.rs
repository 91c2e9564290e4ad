use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// What the server writes: the certificates by name, and the keys of those whose key may be told.
///
/// It borrows, so that the text of a key is held and wiped by its owner alone.
#[derive(Default)]
pub struct Answer<'a> {
    entries: Vec<(&'a str, &'a str, Option<&'a str>)>,
}

impl<'a> Answer<'a> {
    /// An answer without any certificate: `{}`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one certificate as PEM text; its private key only if whoever asks may have it.
    pub fn push(&mut self, name: &'a str, certificate: &'a str, key: Option<&'a str>) {
        self.entries.push((name, certificate, key));
    }
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, certificate, key) in &self.entries {
            map.serialize_entry(&format!("{name}_cert"), certificate)?;
            if let Some(key) = key {
                map.serialize_entry(&format!("{name}_key"), key)?;
            }
        }
        map.end()
    }
}

/// What a client keeps of an answer: names and certificates. Keys are dropped while reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificates {
    /// In the order of the answer.
    pub entries: Vec<NamedCertificate>,
}

/// A certificate, or a chain of them, under its logical name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCertificate {
    /// The logical name: `proxy`.
    pub name: String,
    /// The text of the PEM file, leaf first.
    pub pem: String,
    /// Whether the answer held the private key too.
    pub has_private_key: bool,
}

impl<'de> Deserialize<'de> for Certificates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CertificatesVisitor)
    }
}

struct CertificatesVisitor;

impl<'de> Visitor<'de> for CertificatesVisitor {
    type Value = Certificates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of `<name>_cert` and `<name>_key`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Certificates, A::Error> {
        let mut entries: Vec<NamedCertificate> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        while let Some(field) = map.next_key::<String>()? {
            if let Some(name) = field.strip_suffix("_cert") {
                if let Some(pem) = map.next_value::<Option<String>>()? {
                    let name = name.to_owned();
                    entries.push(NamedCertificate {
                        name,
                        pem,
                        has_private_key: false,
                    });
                }
            } else {
                // The value may be a private key: it is skipped, never copied.
                map.next_value::<IgnoredAny>()?;
                keys.extend(field.strip_suffix("_key").map(ToOwned::to_owned));
            }
        }
        for entry in &mut entries {
            entry.has_private_key = keys.contains(&entry.name);
        }
        Ok(Certificates { entries })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_behind_their_certificates() {
        let mut answer = Answer::new();
        answer.push("api", "A", Some("K"));
        answer.push("mtls_trusted_ca", "M", None);
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(
            json,
            r#"{"api_cert":"A","api_key":"K","mtls_trusted_ca_cert":"M"}"#
        );
        assert_eq!(serde_json::to_string(&Answer::new()).unwrap(), "{}");
    }

    #[test]
    fn keys_are_dropped_on_arrival() {
        let read: Certificates = serde_json::from_str(
            r#"{"api_key":"SECRET","api_cert":"A","proxy_cert":"P","sso_issuer_cert":null,"new":{"x":1}}"#,
        )
        .unwrap();
        assert!(!format!("{read:?}").contains("SECRET"));
        let seen: Vec<_> = read
            .entries
            .iter()
            .map(|e| (e.name.as_str(), e.pem.as_str(), e.has_private_key))
            .collect();
        assert_eq!(seen, [("api", "A", true), ("proxy", "P", false)]);
    }

    #[test]
    fn anything_but_an_object_is_refused() {
        assert!(serde_json::from_str::<Certificates>("[]").is_err());
        assert!(serde_json::from_str::<Certificates>(r#"{"api_cert":1}"#).is_err());
    }
}
