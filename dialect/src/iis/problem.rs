use serde::{Deserialize, Serialize};

use crate::tolerant;

/// The body of a failed request, `application/problem+json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What went wrong: `Not found`.
    #[serde(default)]
    pub title: String,
    /// The parameter that is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The store that may not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_store: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// More about a method that is not possible: the one problem that has no `detail` for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_scheme: Option<String>,
    /// The HTTP status once more.
    #[serde(default, deserialize_with = "status")]
    pub status: u16,
}

impl Problem {
    /// A problem of which there is nothing to say but its title.
    pub fn new(title: &str, status: u16) -> Self {
        Self {
            title: title.to_owned(),
            status,
            ..Self::default()
        }
    }
}

/// The documentation shows the status as text, the server writes a number.
fn status<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    tolerant::text(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_parts_are_left_out() {
        let problem = Problem::new("Invalid Range", 416);
        assert_eq!(
            serde_json::to_string(&problem).unwrap(),
            r#"{"title":"Invalid Range","status":416}"#
        );
        let read: Problem =
            serde_json::from_str(r#"{"title":"Not found","status":"404"}"#).unwrap();
        assert_eq!(read.status, 404);
    }
}
