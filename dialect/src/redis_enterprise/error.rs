use serde::{Deserialize, Serialize};

/// The body of a failed request. Old releases say `message` instead of `description`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// A stable word for the reason: `unknown_certificate`.
    #[serde(default)]
    pub error_code: String,
    /// The reason, in a sentence.
    #[serde(default, alias = "message")]
    pub description: String,
}

impl ErrorBody {
    /// A failure with its reason.
    pub fn new(error_code: &str, description: impl Into<String>) -> Self {
        Self {
            error_code: error_code.to_owned(),
            description: description.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read_and_the_newer_is_written() {
        let old: ErrorBody = serde_json::from_str(r#"{"error_code":"a","message":"b"}"#).unwrap();
        assert_eq!(
            serde_json::to_string(&old).unwrap(),
            r#"{"error_code":"a","description":"b"}"#
        );
    }
}
