//! Which type an answer has: `format`, `Accept`, `Content-Type` and the API version inside them.

use std::fmt;

use axum::http::{HeaderMap, HeaderName, header};
use certlens_dialect::elasticsearch::Exception;

use super::content::Format;
use super::error::Error;

/// The type of an answer. It prints as the value of a header, without a blank after the semicolon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaType {
    pub(crate) format: Format,
    /// `application/vnd.elasticsearch+json` instead of `application/json`.
    is_versioned: bool,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// What a request gets that asks for nothing.
    pub(crate) const JSON: Self = Self {
        format: Format::Json,
        is_versioned: false,
        parameters: Vec::new(),
    };

    /// The type that the headers of a request ask for.
    ///
    /// # Errors
    /// When a header is no media type, or asks for a version that this one does not speak.
    pub(crate) fn asked(headers: &HeaderMap) -> Result<Self, Error> {
        let accept = parsed(headers, &header::ACCEPT, "Accept")?;
        let content = parsed(headers, &header::CONTENT_TYPE, "Content-Type")?;
        if let Some((accept, text)) = &accept {
            accept.check_version(text)?;
        }
        let known = accept.into_iter().chain(content);
        Ok(known.map(|(kind, _)| kind).next().unwrap_or(Self::JSON))
    }

    /// The same, in the form that `format` names. What is no form changes nothing.
    pub(crate) fn in_format(self, name: &str) -> Self {
        let named = |format: &Format| name.eq_ignore_ascii_case(format.name());
        match Format::ALL.into_iter().find(named) {
            Some(format) => Self {
                format,
                is_versioned: false,
                ..self
            },
            None => self,
        }
    }

    /// Why a body of this type is not taken; `None` for one that is.
    pub(crate) fn refusal(headers: &HeaderMap) -> Option<String> {
        let Some(content) = headers.get(header::CONTENT_TYPE) else {
            return Some("Content-Type header is missing".to_owned());
        };
        let is_known = matches!(
            parsed(headers, &header::CONTENT_TYPE, "Content-Type"),
            Ok(Some(_))
        );
        let text = String::from_utf8_lossy(content.as_bytes());
        (!is_known).then(|| format!("Content-Type header [{text}] is not supported"))
    }

    fn check_version(&self, text: &str) -> Result<(), Error> {
        let asked = self.parameters.iter().find(|(name, _)| name == COMPATIBLE);
        let Some((_, version)) = asked.filter(|_| self.is_versioned) else {
            return Ok(());
        };
        let [newer, older] = SPOKEN;
        if SPOKEN.contains(&version.as_str()) {
            return Ok(());
        }
        let reason = format!(
            "Accept version must be either version {newer} or {older}, but found {version}. \
             Accept={text}"
        );
        Err(Error::MediaType {
            headers: "Accept, Content-Type",
            cause: Box::new(Exception::new("status_exception", reason)),
        })
    }

    /// `None` for a type that is none of an answer, as `text/html`.
    fn of(essence: &str, parameters: Vec<(String, String)>) -> Option<Self> {
        let subtype = essence.strip_prefix("application/")?;
        let versioned = subtype.strip_prefix("vnd.elasticsearch+");
        let format = match versioned.unwrap_or(subtype) {
            "x-ndjson" => Format::Json,
            "*" if versioned.is_none() => Format::Json,
            name => Format::ALL.into_iter().find(|one| one.name() == name)?,
        };
        let is_versioned = versioned.is_some();
        let is_number = |version: &str| {
            !version.is_empty() && version.bytes().all(|octet| octet.is_ascii_digit())
        };
        let is_sound = |(name, value): &(String, String)| name != COMPATIBLE || is_number(value);
        (!is_versioned || parameters.iter().all(is_sound)).then_some(Self {
            format,
            is_versioned,
            parameters,
        })
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vendor = if self.is_versioned {
            "vnd.elasticsearch+"
        } else {
            ""
        };
        write!(f, "application/{vendor}{}", self.format.name())?;
        let mut parameters = self.parameters.iter();
        parameters.try_for_each(|(name, value)| write!(f, ";{name}={value}"))
    }
}

/// A header's type with its text; `None` for what says nothing: no header, a list, a star, or a type
/// that is none of an answer.
fn parsed(
    headers: &HeaderMap,
    name: &HeaderName,
    label: &'static str,
) -> Result<Option<(MediaType, String)>, Error> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let wrong = |reason: String| Error::MediaType {
        headers: label,
        cause: Box::new(Exception::new("illegal_argument_exception", reason)),
    };
    if values.next().is_some() {
        let only_one = "Only one value should be provided";
        return Err(wrong(format!("Incorrect header [{label}]. {only_one}")));
    }
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    if text.trim().is_empty() {
        return Err(wrong(format!("Header [{label}] cannot be empty.")));
    }
    if text.contains(',') || text.trim() == "*/*" {
        return Ok(None);
    }
    let lower = text.to_lowercase();
    let mut parts = lower.split(';');
    let essence = parts.next().unwrap_or_default();
    let (kind, subtype) = essence.split_once('/').unwrap_or_default();
    if !is_token(kind.trim()) || !is_token(subtype.trim()) {
        return Err(wrong(format!("invalid media-type [{text}]")));
    }
    let mut parameters = Vec::new();
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let pair = part.split_once('=').filter(|(name, value)| {
            let has_blank = name.ends_with(' ') || value.starts_with(' ');
            !has_blank && !value.is_empty() && !value.contains('=')
        });
        let Some((name, value)) = pair else {
            return Err(wrong(format!("invalid parameters for header [{text}]")));
        };
        parameters.push((name.to_owned(), value.to_owned()));
    }
    let essence = format!("{}/{}", kind.trim(), subtype.trim());
    Ok(MediaType::of(&essence, parameters).map(|kind| (kind, text)))
}

/// `token` of [RFC 9110, 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
fn is_token(text: &str) -> bool {
    let is_tchar = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
    !text.is_empty() && text.bytes().all(is_tchar)
}

/// The parameter that names an API version.
const COMPATIBLE: &str = "compatible-with";

/// The versions that are spoken: the own one and the one before.
const SPOKEN: [&str; 2] = ["9", "8"];

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: &[&str], content: &[&str]) -> Result<String, String> {
        let mut headers = HeaderMap::new();
        for (name, values) in [(header::ACCEPT, accept), (header::CONTENT_TYPE, content)] {
            for value in values {
                headers.append(name.clone(), value.parse().unwrap());
            }
        }
        match MediaType::asked(&headers) {
            Ok(kind) => Ok(kind.to_string()),
            Err(Error::MediaType { headers, cause }) => Err(format!("{headers}: {}", cause.reason)),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_row_of_the_negotiation_table() {
        let json = "application/json";
        let v9 = "application/vnd.elasticsearch+json;compatible-with=9";
        for (accept, content, expected) in [
            ("", "", json),
            ("*/*", "", json),
            ("application/*", "", json),
            (json, v9, json),
            (
                "application/json; charset=UTF-8",
                "",
                "application/json;charset=utf-8",
            ),
            (
                "application/vnd.elasticsearch+json; compatible-with=8",
                "",
                "application/vnd.elasticsearch+json;compatible-with=8",
            ),
            (v9, "", v9),
            (
                "application/vnd.elasticsearch+json",
                "",
                "application/vnd.elasticsearch+json",
            ),
            (
                "application/vnd.elasticsearch+json; compatible-with=9,text/plain",
                "",
                json,
            ),
            ("text/html,application/xml", v9, v9),
            ("text/html", "", json),
            ("text/html", v9, v9),
            ("application/yaml", json, "application/yaml"),
            ("Application/CBOR", "", "application/cbor"),
            ("application/smile", "", "application/smile"),
            (
                "application/vnd.elasticsearch+yaml;compatible-with=9",
                "",
                "application/vnd.elasticsearch+yaml;compatible-with=9",
            ),
            (
                "application/vnd.elasticsearch+json;compatible-with=x",
                "",
                json,
            ),
        ] {
            let one = |value: &'static str| (!value.is_empty()).then_some(value);
            let (accept, content): (Vec<_>, Vec<_>) = (
                one(accept).into_iter().collect(),
                one(content).into_iter().collect(),
            );
            assert_eq!(
                asked(&accept, &content).as_deref(),
                Ok(expected),
                "{accept:?} {content:?}"
            );
        }
    }

    #[test]
    fn a_format_beats_the_headers_and_keeps_their_parameters() {
        let json = || MediaType::JSON;
        assert_eq!(json().in_format("YAML").to_string(), "application/yaml");
        assert_eq!(json().in_format("xml"), json());
        assert_eq!(json().in_format(""), json());
    }

    #[test]
    fn err_headers_that_cannot_be_answered() {
        for (accept, content, expected) in [
            (
                &["application/vnd.elasticsearch+json; compatible-with=7"][..],
                &[][..],
                "Accept, Content-Type: Accept version must be either version 9 or 8, but found 7. Accept=application/vnd.elasticsearch+json; compatible-with=7",
            ),
            (&["foo"], &[], "Accept: invalid media-type [foo]"),
            (&["a b/c"], &[], "Accept: invalid media-type [a b/c]"),
            (&[""], &[], "Accept: Header [Accept] cannot be empty."),
            (
                &["a/b", "c/d"],
                &[],
                "Accept: Incorrect header [Accept]. Only one value should be provided",
            ),
            (
                &["a/b;c = d"],
                &[],
                "Accept: invalid parameters for header [a/b;c = d]",
            ),
            (&[], &["foo"], "Content-Type: invalid media-type [foo]"),
        ] {
            assert_eq!(asked(accept, content).unwrap_err(), expected);
        }
    }
}
