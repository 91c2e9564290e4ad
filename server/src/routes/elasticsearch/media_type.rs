//! Which type an answer has: `Accept`, `Content-Type` and the API version inside them.

use axum::http::{HeaderMap, HeaderName, header};
use certlens_dialect::elasticsearch::Cause;

use super::error::Error;

/// The types that JSON is answered under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/json`
    Json,
    /// `application/vnd.elasticsearch+json`, of this major version.
    Versioned(u8),
}

impl MediaType {
    /// The type that a request asks for.
    ///
    /// # Errors
    /// When a header is no media type, or asks for a version that this one does not speak.
    pub(crate) fn asked(headers: &HeaderMap) -> Result<Self, Error> {
        let accept = parsed(headers, &header::ACCEPT, "Accept")?;
        let content = parsed(headers, &header::CONTENT_TYPE, "Content-Type")?;
        if let Some(Self::Versioned(version)) = accept
            && !SPOKEN.contains(&version)
        {
            return Err(Error::MediaType {
                headers: "Accept, Content-Type",
                cause: unspoken(version, headers),
            });
        }
        Ok(accept.or(content).unwrap_or(Self::Json))
    }

    /// As a header's value. There is no blank after the semicolon.
    pub(crate) fn value(self) -> String {
        match self {
            Self::Json => "application/json".to_owned(),
            Self::Versioned(version) => {
                format!("application/vnd.elasticsearch+json;compatible-with={version}")
            }
        }
    }
}

/// `None` for what says nothing: no header, a list, a star, or a type that is answered by JSON.
fn parsed(
    headers: &HeaderMap,
    name: &HeaderName,
    label: &'static str,
) -> Result<Option<MediaType>, Error> {
    let Some(text) = headers.get(name) else {
        return Ok(None);
    };
    let text = text.to_str().unwrap_or_default().trim();
    if text.is_empty() || text.contains(',') {
        return Ok(None);
    }
    let malformed = || Error::MediaType {
        headers: label,
        cause: Cause {
            kind: "illegal_argument_exception".into(),
            reason: format!("invalid media-type [{text}]"),
        },
    };
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !essence
        .split_once('/')
        .is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty())
    {
        return Err(malformed());
    }
    if essence != "application/vnd.elasticsearch+json" {
        return Ok((essence == "application/json").then_some(MediaType::Json));
    }
    let version = parts.find_map(|part| part.strip_prefix("compatible-with="));
    match version.map(str::parse) {
        Some(Ok(version)) => Ok(Some(MediaType::Versioned(version))),
        Some(Err(_)) => Err(malformed()),
        None => Ok(Some(MediaType::Json)),
    }
}

fn unspoken(version: u8, headers: &HeaderMap) -> Cause {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let [newer, older] = SPOKEN;
    Cause {
        kind: "status_exception".into(),
        reason: format!(
            "Accept version must be either version {newer} or {older}, but found {version}. \
             Accept={}",
            accept.unwrap_or_default()
        ),
    }
}

/// The versions that are spoken: the own one and the one before.
const SPOKEN: [u8; 2] = [9, 8];

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: Option<&str>, content: Option<&str>) -> Result<String, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::ACCEPT, accept), (header::CONTENT_TYPE, content)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        match MediaType::asked(&headers) {
            Ok(kind) => Ok(kind.value()),
            Err(Error::MediaType { headers, cause }) => Err(format!("{headers}: {}", cause.reason)),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_row_of_the_negotiation_table() {
        let v8 = "application/vnd.elasticsearch+json; compatible-with=8";
        let v9 = "application/vnd.elasticsearch+json;compatible-with=9";
        for (accept, content, expected) in [
            (None, None, "application/json"),
            (Some("*/*"), None, "application/json"),
            (Some("application/json"), Some(v9), "application/json"),
            (
                Some(v8),
                None,
                "application/vnd.elasticsearch+json;compatible-with=8",
            ),
            (
                Some(v9),
                None,
                "application/vnd.elasticsearch+json;compatible-with=9",
            ),
            (
                Some("application/vnd.elasticsearch+json; compatible-with=9,text/plain"),
                None,
                "application/json",
            ),
            (
                Some("text/html,application/xml"),
                Some(v9),
                "application/vnd.elasticsearch+json;compatible-with=9",
            ),
            (Some("text/html"), None, "application/json"),
        ] {
            assert_eq!(
                asked(accept, content).as_deref(),
                Ok(expected),
                "{accept:?} {content:?}"
            );
        }
    }

    #[test]
    fn err_version_that_is_not_spoken() {
        assert_eq!(
            asked(
                Some("application/vnd.elasticsearch+json; compatible-with=7"),
                None
            )
            .unwrap_err(),
            "Accept, Content-Type: Accept version must be either version 9 or 8, but found 7. Accept=application/vnd.elasticsearch+json; compatible-with=7"
        );
    }

    #[test]
    fn err_header_that_is_no_media_type() {
        assert_eq!(
            asked(Some("foo"), None).unwrap_err(),
            "Accept: invalid media-type [foo]"
        );
        assert_eq!(
            asked(None, Some("foo")).unwrap_err(),
            "Content-Type: invalid media-type [foo]"
        );
    }
}
