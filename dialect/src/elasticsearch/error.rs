use serde::{Deserialize, Serialize};

/// The body of a failed request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: Error,
    /// The HTTP status once more; left out where no handler was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

impl ErrorBody {
    /// A failure that is told in one sentence, as the routing layer does.
    pub fn text(reason: impl Into<String>, status: Option<u16>) -> Self {
        Self {
            error: Error::Text(reason.into()),
            status,
        }
    }

    /// A failure with the exception that tells of it.
    pub fn exception(exception: Exception, status: u16) -> Self {
        let root_cause = Exception {
            caused_by: None,
            ..exception.clone()
        };
        let error = Error::Detailed {
            root_cause: vec![root_cause],
            exception,
        };
        Self {
            error,
            status: Some(status),
        }
    }

    /// What went wrong, in one sentence.
    pub fn reason(&self) -> &str {
        match &self.error {
            Error::Text(reason) => reason,
            Error::Detailed { exception, .. } => match &exception.caused_by {
                Some(deeper) => &deeper.reason,
                None => &exception.reason,
            },
        }
    }
}

/// What went wrong: the routing layer tells it as text, everything behind it as an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Error {
    /// In one sentence.
    Text(String),
    /// With the exceptions that led to it.
    Detailed {
        /// The deepest exceptions.
        #[serde(default)]
        root_cause: Vec<Exception>,
        /// The outermost exception.
        #[serde(flatten)]
        exception: Exception,
    },
}

/// An exception, in the order in which a node writes its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its type: `security_exception`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Its message.
    #[serde(default)]
    pub reason: String,
    /// Credentials that were tried in vain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_unsuccessful_credentials: Option<String>,
    /// The exception below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caused_by: Option<Box<Exception>>,
    /// The headers that go with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// Where it came from, for those who ask by `error_trace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack_trace: Option<String>,
}

impl Exception {
    /// An exception of this type, with nothing added.
    pub fn new(kind: &str, reason: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            reason: reason.into(),
            ..Self::default()
        }
    }
}

/// Headers, repeated inside a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The ways to sign in.
    #[serde(rename = "WWW-Authenticate", default)]
    pub www_authenticate: OneOrMany,
}

/// A header's values: text when it stands once, an array when it stands several times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// Once.
    One(String),
    /// Several times.
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl From<&[&str]> for Header {
    fn from(values: &[&str]) -> Self {
        let www_authenticate = match values {
            [one] => OneOrMany::One((*one).to_owned()),
            many => OneOrMany::Many(many.iter().map(|&value| value.to_owned()).collect()),
        };
        Self { www_authenticate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_errors_are_written_as_a_node_writes_them() {
        let exception = Exception {
            header: Some(Header::from(&["Basic", "ApiKey"][..])),
            ..Exception::new("security_exception", "missing")
        };
        let body = ErrorBody::exception(exception, 401);
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"error":{"root_cause":[{"type":"security_exception","reason":"missing","header":{"WWW-Authenticate":["Basic","ApiKey"]}}],"type":"security_exception","reason":"missing","header":{"WWW-Authenticate":["Basic","ApiKey"]}},"status":401}"#
        );
    }

    #[test]
    fn the_deepest_sentence_is_the_reason() {
        let body: ErrorBody = serde_json::from_str(
            r#"{"error":{"root_cause":[{"type":"a","reason":"b"}],"type":"a","reason":"b","caused_by":{"type":"c","reason":"Accept version must be 8"}},"status":400}"#,
        )
        .unwrap();
        assert_eq!(body.reason(), "Accept version must be 8");
        let body: ErrorBody =
            serde_json::from_str(r#"{"error":"no handler found for uri [/x] and method [GET]"}"#)
                .unwrap();
        assert_eq!(
            body.reason(),
            "no handler found for uri [/x] and method [GET]"
        );
        assert_eq!(body.status, None);
    }
}
