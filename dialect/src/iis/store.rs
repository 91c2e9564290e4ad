use serde::{Deserialize, Serialize};

use super::certificate::Link;
use super::fields::Fields;

/// A certificate store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// Its name: `My`, `WebHosting`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its opaque identifier.
    pub id: String,
    /// What may be done with its certificates: `read`, `import`, `export`, `delete`, `create`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<String>>,
    /// Where to go from here; only in answers of type `hal+json`.
    #[serde(rename = "_links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<StoreLinks>,
}

impl Store {
    /// Leaves only the selected fields, and `id`.
    pub fn select(&mut self, fields: &Fields) {
        if !fields.contains("name") {
            self.name = None;
        }
        if !fields.contains("claims") {
            self.claims = None;
        }
    }
}

/// The links of a [`Store`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreLinks {
    /// Its certificates; only where the store stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificates: Option<Link>,
    /// The store itself.
    #[serde(rename = "self")]
    pub this: Link,
}

/// The answer of `GET /api/certificates/stores`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stores {
    /// The stores, in their configured order.
    pub stores: Vec<Store>,
}
