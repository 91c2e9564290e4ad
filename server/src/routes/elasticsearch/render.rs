//! How an answer is written: the parameters that every request may carry.

use std::io;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

use super::error::Error;
use super::filter::Filter;
use super::media_type::MediaType;

/// How an answer is written.
pub(crate) struct Render {
    layout: Layout,
    filter: Filter,
    media_type: MediaType,
    opaque_id: Option<HeaderValue>,
}

/// A written answer.
pub(crate) struct Rendered {
    body: Vec<u8>,
    media_type: MediaType,
    opaque_id: Option<HeaderValue>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Compact,
    Pretty,
}

impl<S: Sync> FromRequestParts<S> for Render {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Self::of(parts)
    }
}

impl Render {
    /// Reads parameters and headers of a request.
    ///
    /// # Errors
    /// When a parameter is unknown or wrong, a media type cannot be answered, or there is a body.
    pub(crate) fn of(parts: &Parts) -> Result<Self, Error> {
        let media_type = MediaType::asked(&parts.headers)?;
        let mut render = Self {
            layout: Layout::Compact,
            filter: Filter::default(),
            media_type,
            opaque_id: parts.headers.get("x-opaque-id").cloned(),
        };
        let query = parts.uri.query().unwrap_or_default();
        let mut unrecognized: Vec<String> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "pretty" => render.layout = layout(&value)?,
                "filter_path" => render.filter = Filter::parse(&value),
                name if PARAMETERS.contains(&name) => {}
                name => unrecognized.push(name.to_owned()),
            }
        }
        if !unrecognized.is_empty() {
            return Err(unrecognized_parameters(&parts.uri, unrecognized));
        }
        let has_body = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .is_some_and(|length| length != "0")
            || parts.headers.contains_key(header::TRANSFER_ENCODING);
        if has_body {
            let (method, path) = (&parts.method, parts.uri.path());
            return Err(Error::IllegalArgument(format!(
                "request [{method} {path}] does not support having a body"
            )));
        }
        Ok(render)
    }

    /// Writes an answer.
    pub(crate) fn answer(self, content: &impl Serialize) -> Result<Rendered, Error> {
        let value = serde_json::to_value(content).map_err(|_| Error::Failed)?;
        let is_object = value.is_object();
        let value = match self.filter.apply(value) {
            None if is_object => Some(Value::Object(serde_json::Map::new())),
            value => value,
        };
        let body = self
            .layout
            .write(value.as_ref())
            .map_err(|_| Error::Failed)?;
        Ok(Rendered {
            body,
            media_type: self.media_type,
            opaque_id: self.opaque_id,
        })
    }

    /// An answer without a body.
    pub(crate) fn nothing(self) -> Rendered {
        Rendered {
            body: Vec::new(),
            media_type: self.media_type,
            opaque_id: self.opaque_id,
        }
    }
}

impl IntoResponse for Rendered {
    fn into_response(self) -> Response {
        let mut response = self.body.into_response();
        let headers = response.headers_mut();
        headers.insert(PRODUCT.0, PRODUCT.1);
        if let Ok(value) = HeaderValue::from_str(&self.media_type.value()) {
            headers.insert(header::CONTENT_TYPE, value);
        }
        if let Some(opaque_id) = self.opaque_id {
            headers.insert("x-opaque-id", opaque_id);
        }
        response
    }
}

impl Layout {
    fn write(self, value: Option<&Value>) -> serde_json::Result<Vec<u8>> {
        let mut body = Vec::new();
        match (self, value) {
            (Self::Compact, Some(value)) => serde_json::to_writer(&mut body, value)?,
            (Self::Pretty, Some(value)) => {
                value.serialize(&mut Serializer::with_formatter(
                    &mut body,
                    Pretty::default(),
                ))?;
            }
            (_, None) => {}
        }
        if self == Self::Pretty {
            body.push(b'\n');
        }
        Ok(body)
    }
}

fn layout(value: &str) -> Result<Layout, Error> {
    match value {
        "" | "true" => Ok(Layout::Pretty),
        "false" => Ok(Layout::Compact),
        other => Err(Error::IllegalArgument(format!(
            "Failed to parse value [{other}] as only [true] or [false] are allowed."
        ))),
    }
}

fn unrecognized_parameters(uri: &Uri, mut names: Vec<String>) -> Error {
    names.sort();
    names.dedup();
    let plural = if names.len() == 1 { "" } else { "s" };
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("[{name}]{}", did_you_mean(name)))
        .collect();
    Error::IllegalArgument(format!(
        "request [{}] contains unrecognized parameter{plural}: {}",
        uri.path(),
        names.join(", ")
    ))
}

fn did_you_mean(name: &str) -> String {
    let mut near: Vec<(usize, &str)> = PARAMETERS
        .iter()
        .map(|known| (distance(name, known), *known))
        .filter(|(distance, known)| distance * 2 < name.len().max(known.len()))
        .collect();
    near.sort_unstable();
    match near.as_slice() {
        [] => String::new(),
        [(_, one)] => format!(" -> did you mean [{one}]?"),
        many => {
            let many: Vec<&str> = many.iter().map(|(_, known)| *known).collect();
            format!(" -> did you mean any of [{}]?", many.join(", "))
        }
    }
}

/// Levenshtein distance, in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, from) in a.chars().enumerate() {
        let mut next = vec![at + 1];
        for ((to, pair), left) in b.iter().zip(row.windows(2)).zip(0..) {
            let (diagonal, above) = match pair {
                [diagonal, above] => (*diagonal, *above),
                _ => continue,
            };
            let before = next.get(left).copied().unwrap_or(usize::MAX - 1);
            next.push(
                (diagonal + usize::from(from != *to))
                    .min(above + 1)
                    .min(before + 1),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Two blanks a level, a blank before each colon, `[ ]` and `{ }` for what is empty.
#[derive(Default)]
struct Pretty {
    level: usize,
    has_content: bool,
}

impl Pretty {
    fn begin<W: ?Sized + io::Write>(&mut self, writer: &mut W, open: &[u8]) -> io::Result<()> {
        self.level += 1;
        self.has_content = false;
        writer.write_all(open)
    }

    fn end<W: ?Sized + io::Write>(&mut self, writer: &mut W, close: &[u8]) -> io::Result<()> {
        self.level -= 1;
        if self.has_content {
            self.new_line(writer)?;
        } else {
            writer.write_all(b" ")?;
        }
        self.has_content = true;
        writer.write_all(close)
    }

    fn next<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.new_line(writer)
    }

    fn new_line<W: ?Sized + io::Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.level).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Pretty {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.next(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_content = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b" : ")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_content = true;
        Ok(())
    }
}

/// By this header, clients of release 8 and later know the product.
pub(crate) const PRODUCT: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-elastic-product"),
    HeaderValue::from_static("Elasticsearch"),
);

/// The parameters that every request may carry.
const PARAMETERS: &[&str] = &["error_trace", "filter_path", "format", "human", "pretty"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pretty_is_laid_out_as_jackson_does() {
        let value = json!([{"path": "a", "alias": null, "list": [], "map": {}}, 1]);
        let text = String::from_utf8(Layout::Pretty.write(Some(&value)).unwrap()).unwrap();
        assert_eq!(
            text,
            "[\n  {\n    \"path\" : \"a\",\n    \"alias\" : null,\n    \"list\" : [ ],\n    \"map\" : { }\n  },\n  1\n]\n"
        );
        assert_eq!(Layout::Pretty.write(Some(&json!([]))).unwrap(), b"[ ]\n");
        assert_eq!(Layout::Pretty.write(None).unwrap(), b"\n");
        assert_eq!(Layout::Compact.write(Some(&json!([]))).unwrap(), b"[]");
    }

    #[test]
    fn near_misses_are_guessed() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(did_you_mean("prety"), " -> did you mean [pretty]?");
        assert_eq!(did_you_mean("include_defaults"), "");
    }
}
