//! The JSON object that a request brings.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::error::Error;

/// A JSON object. Members that are not asked for are ignored, as in the product.
pub(super) struct Object(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = Error;

    /// Only bodies that are said to be JSON are taken: a page of another origin cannot send one without
    /// asking first.
    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json")
            && !kind.to_ascii_lowercase().ends_with("+json")
        {
            return Err(Error::NotJson);
        }
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|refused| match refused.status().as_u16() {
            413 => Error::TooLarge,
            _ => Error::NotJson,
        })?;
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|_| Error::NotJson)
    }
}

impl Object {
    /// The text of a member; `None` where it is missing or null.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<Zeroizing<String>>, Error> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(Zeroizing::new(text))),
            Some(_) => Err(invalid(name, "Expected a text")),
        }
    }

    /// Whether a member is true; `otherwise` where it is missing. Texts are taken, too.
    pub(super) fn truth(&mut self, name: &'static str, otherwise: bool) -> Result<bool, Error> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(otherwise),
            Some(Value::Bool(truth)) => Ok(truth),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(invalid(name, "Expected true or false")),
        }
    }

    /// The texts of a member; none where it is missing.
    pub(super) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, Error> {
        let wrong = || invalid(name, "Expected a list of texts");
        let text = |value| match value {
            Value::String(text) => Ok(text),
            _ => Err(wrong()),
        };
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(values)) => values.into_iter().map(text).collect(),
            Some(_) => Err(wrong()),
        }
    }

    /// A text below a member, as `id` below `store`. It must be there.
    pub(super) fn below(
        &mut self,
        name: &'static str,
        path: &'static str,
        inner: &'static str,
    ) -> Result<Zeroizing<String>, Error> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Err(invalid(name, "It is required")),
            Some(Value::Object(members)) => Self(members)
                .text(inner)
                .ok()
                .flatten()
                .ok_or_else(|| invalid(path, "Expected a text")),
            Some(_) => Err(invalid(name, "Expected an object")),
        }
    }
}

pub(super) fn invalid(name: &'static str, detail: &str) -> Error {
    Error::InvalidParameter(name, detail.to_owned())
}
