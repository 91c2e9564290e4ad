//! How an answer is written: the parameters and headers that every request may carry.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::content::Layout;
use super::error::{Error, Trace, listed};
use super::filter::Filter;
use super::media_type::MediaType;
use crate::forms::Written;
use crate::stores::elasticsearch::Listing;

/// How a request is to be answered, be it with what it asks for or with why not.
#[derive(Clone)]
pub(crate) struct Render {
    media_type: MediaType,
    layout: Layout,
    /// The layout of what is not a success.
    failure_layout: Layout,
    /// `filter_path` as it was sent.
    filter: String,
    trace: Trace,
    opaque_id: Option<HeaderValue>,
}

impl Render {
    /// Reads parameters and headers. What is wrong with them is the answer of whoever may ask at all;
    /// even that is written as far as possible in the way that was asked for.
    pub(crate) fn of(parts: &Parts, otherwise: Layout) -> (Self, Result<(), Error>) {
        let (media_type, spoken) = match MediaType::asked(&parts.headers) {
            Ok(media_type) => (media_type, Ok(())),
            Err(error) => (MediaType::JSON, Err(error)),
        };
        let mut render = Self {
            media_type,
            layout: otherwise,
            failure_layout: Layout::Compact,
            filter: String::new(),
            trace: Trace::Unwanted,
            opaque_id: parts.headers.get(OPAQUE_ID).cloned(),
        };
        let mut parameters = parameters(&parts.uri);
        let flags = truth(&parameters, "pretty").and_then(|pretty| {
            truth(&parameters, "human")?;
            Ok(pretty)
        });
        let pretty = match flags {
            Ok(pretty) => pretty,
            Err(wrong) => return (render, spoken.and(Err(Error::IllegalArgument(wrong)))),
        };
        if let Some(pretty) = pretty {
            render.layout = if pretty {
                Layout::Pretty
            } else {
                Layout::Compact
            };
            render.failure_layout = render.layout;
        }
        if let Some(name) = parameters.get("format") {
            render.media_type = render.media_type.in_format(name);
        }
        if truth(&parameters, "error_trace") == Ok(Some(true)) {
            render.trace = Trace::Wanted;
        }
        render.filter = parameters.remove("filter_path").unwrap_or_default();
        (render, spoken)
    }

    /// Writes an answer.
    pub(crate) fn answer(&self, content: &impl Serialize) -> Result<Response, Error> {
        let body = self.written(content)?;
        Ok(self.respond(StatusCode::OK, body.into()))
    }

    /// A listing as it was written before, if it was.
    pub(crate) fn recalled(&self, listing: &Listing) -> Option<Response> {
        let written = listing.forms.recall(&self.form())?;
        Some(self.respond(StatusCode::OK, written.body))
    }

    /// Writes a listing. Takes its time, where it is long.
    pub(crate) fn listing(&self, listing: &Listing) -> Result<Response, Error> {
        let body = Bytes::from(self.written(&listing.rows())?);
        let written = Written {
            body: body.clone(),
            ..Written::default()
        };
        listing.forms.keep(self.form(), written);
        Ok(self.respond(StatusCode::OK, body))
    }

    /// By what an answer in this form is found again.
    fn form(&self) -> String {
        let (format, layout) = (self.media_type.format.letter(), self.layout.letter());
        let mut form = String::with_capacity(2 + self.filter.len());
        form.push(format);
        form.push(layout);
        form.push_str(&self.filter);
        form
    }

    /// Tells why there is no answer. Filters do not touch that.
    pub(crate) fn failure(&self, error: &Error) -> Response {
        let body = serde_json::to_value(error.body(self.trace)).ok();
        let body = self
            .media_type
            .format
            .write(body.as_ref(), self.failure_layout);
        let status = error.status();
        let mut response = self.respond(status, body.into());
        let headers = response.headers_mut();
        match error {
            Error::Unauthorized { challenges, .. } => {
                for challenge in *challenges {
                    let challenge = HeaderValue::from_static(challenge);
                    headers.append(header::WWW_AUTHENTICATE, challenge);
                }
            }
            Error::TooMany { seconds } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Error::NotAllowed { allowed, .. } => headers.extend(allow(allowed)),
            _ => {}
        }
        response
    }

    /// Answers `OPTIONS`.
    pub(crate) fn options(&self, methods: &[Method]) -> Response {
        let mut response = self.respond(StatusCode::OK, Bytes::new());
        let headers = response.headers_mut();
        let plain = HeaderValue::from_static("text/plain; charset=UTF-8");
        headers.insert(header::CONTENT_TYPE, plain);
        headers.extend(allow(methods));
        response
    }

    fn written(&self, content: &impl Serialize) -> Result<Vec<u8>, Error> {
        let value = serde_json::to_value(content).map_err(|_| Error::Failed)?;
        let is_object = value.is_object();
        let filter = Filter::parse(&self.filter).map_err(Error::IllegalArgument)?;
        let value = match filter.apply(value) {
            None if is_object => Some(Value::Object(serde_json::Map::new())),
            value => value,
        };
        Ok(self.media_type.format.write(value.as_ref(), self.layout))
    }

    fn respond(&self, status: StatusCode, body: Bytes) -> Response {
        let mut response = (status, Body::from(body)).into_response();
        let headers = response.headers_mut();
        // Whoever is not let in is not told whose door it is.
        if status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN {
            headers.insert(PRODUCT, HeaderValue::from_static("Elasticsearch"));
        }
        if let Ok(kind) = HeaderValue::from_str(&self.media_type.to_string()) {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        headers.extend(self.opaque_id.clone().map(|id| (OPAQUE_ID, id)));
        response
    }
}

/// Refuses a trace that cannot be told from its absence, a body, and unknown parameters.
pub(crate) fn check(parts: &Parts) -> Result<(), Error> {
    let parameters = parameters(&parts.uri);
    let is_known = |name: &str| PARAMETERS.contains(&name);
    let headers = &parts.headers;
    let length = headers.get(header::CONTENT_LENGTH);
    let has_body = length.is_some_and(|length| length != "0")
        || headers.contains_key(header::TRANSFER_ENCODING);
    if has_body && let Some(reason) = MediaType::refusal(headers) {
        let status = StatusCode::NOT_ACCEPTABLE;
        return Err(Error::Plain { status, reason });
    }
    let unknown: Vec<&str> = parameters
        .keys()
        .map(String::as_str)
        .filter(|name| !is_known(name))
        .collect();
    if !unknown.is_empty() {
        return Err(unrecognized(&parts.uri, &unknown));
    }
    if has_body {
        let (method, path) = (&parts.method, parts.uri.path());
        return Err(Error::IllegalArgument(format!(
            "request [{method} {path}] does not support having a body"
        )));
    }
    Ok(())
}

/// Refuses an `error_trace` that is neither true nor false, whatever the path.
pub(crate) fn check_trace(uri: &Uri) -> Result<(), Error> {
    let wrong = truth(&parameters(uri), "error_trace").err();
    let status = StatusCode::BAD_REQUEST;
    wrong.map_or(Ok(()), |reason| Err(Error::Plain { status, reason }))
}

/// The parameters of a query; of several with one name the last.
fn parameters(uri: &Uri) -> BTreeMap<String, String> {
    let query = uri.query().unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

/// A parameter that is true, false, or there without a value, which means true.
fn truth(parameters: &BTreeMap<String, String>, name: &str) -> Result<Option<bool>, String> {
    match parameters.get(name).map(String::as_str) {
        None => Ok(None),
        Some("" | "true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(format!(
            "Failed to parse value [{other}] as only [true] or [false] are allowed."
        )),
    }
}

fn unrecognized(uri: &Uri, names: &[&str]) -> Error {
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

/// The known parameters that are more alike than not, the most alike first.
fn did_you_mean(name: &str) -> String {
    let mut near: Vec<(f32, &str)> = PARAMETERS
        .iter()
        .map(|known| (likeness(name, known), *known))
        .filter(|(likeness, _)| 0.5 < *likeness)
        .collect();
    near.sort_by(|(a, one), (b, other)| b.total_cmp(a).then(one.cmp(other)));
    match near.as_slice() {
        [] => String::new(),
        [(_, one)] => format!(" -> did you mean [{one}]?"),
        many => {
            let many: Vec<&str> = many.iter().map(|(_, known)| *known).collect();
            format!(" -> did you mean any of [{}]?", many.join(", "))
        }
    }
}

/// 1 for the same text, 0 for one that has nothing of it, by Levenshtein distance in units of UTF-16.
#[expect(
    clippy::cast_precision_loss,
    reason = "the lengths of names of parameters"
)]
fn likeness(a: &str, b: &str) -> f32 {
    let (a, b): (Vec<u16>, Vec<u16>) = (a.encode_utf16().collect(), b.encode_utf16().collect());
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 1.0;
    }
    1.0 - distance(&a, &b) as f32 / longest as f32
}

fn distance(a: &[u16], b: &[u16]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, from) in a.iter().enumerate() {
        let mut left = at + 1;
        let mut next = vec![left];
        for (to, pair) in b.iter().zip(row.windows(2)) {
            let [diagonal, above] = pair else { continue };
            let changed = diagonal + usize::from(from != to);
            left = changed.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

fn allow(methods: &[Method]) -> Option<(HeaderName, HeaderValue)> {
    let names = HeaderValue::try_from(listed(methods, ",")).ok()?;
    (!names.is_empty()).then_some((header::ALLOW, names))
}

/// By this header, clients of release 8 and later know the product.
const PRODUCT: HeaderName = HeaderName::from_static("x-elastic-product");

/// What a client sends to find its request in the logs again; it is sent back.
const OPAQUE_ID: HeaderName = HeaderName::from_static("x-opaque-id");

/// The parameters that every request may carry.
const PARAMETERS: &[&str] = &["error_trace", "filter_path", "format", "human", "pretty"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_guessed_the_nearest_first() {
        for (name, guess) in [
            ("prety", " -> did you mean [pretty]?"),
            ("Format", " -> did you mean [format]?"),
            ("humant", " -> did you mean [human]?"),
            ("include_defaults", ""),
            ("huma", " -> did you mean [human]?"),
            ("formah", " -> did you mean [format]?"),
            ("filterpath", " -> did you mean [filter_path]?"),
            ("", ""),
        ] {
            assert_eq!(did_you_mean(name), guess, "{name}");
        }
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        assert_eq!(distance(&units("kitten"), &units("sitting")), 3);
    }

    #[test]
    fn the_last_of_several_parameters_counts() {
        let uri = "/?pretty=no&pretty=false&human".parse().unwrap();
        let parameters = parameters(&uri);
        assert_eq!(truth(&parameters, "pretty"), Ok(Some(false)));
        assert_eq!(truth(&parameters, "human"), Ok(Some(true)));
        assert_eq!(truth(&parameters, "error_trace"), Ok(None));
    }
}
