//! Bodies that clients send.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use super::Error;

/// Reads a body of JSON. `expected` shows its shape to whoever sent another one.
pub(super) async fn read<T: DeserializeOwned>(
    request: Request,
    expected: &'static str,
) -> Result<T, Error> {
    let is_json = says_json(request.headers());
    let octets = octets(request).await?;
    if !is_json {
        return Err(Error::Schema(
            "expected `Content-Type: application/json`".to_owned(),
        ));
    }
    parse(octets, expected)
}

/// Reads a body of JSON that may also be left out.
pub(super) async fn read_if_any<T: DeserializeOwned + Default>(
    request: Request,
    expected: &'static str,
) -> Result<T, Error> {
    let is_json = says_json(request.headers());
    let octets = octets(request).await?;
    if octets.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    if !is_json {
        return Err(Error::Schema(
            "expected `Content-Type: application/json`".to_owned(),
        ));
    }
    parse(octets, expected)
}

fn parse<T: DeserializeOwned>(octets: Bytes, expected: &str) -> Result<T, Error> {
    // An array of the values in their order would be read, too.
    if !matches!(octets.trim_ascii_start().first(), Some(b'{') | None) {
        let message = format!("the body is no object at line 1; expected {expected}");
        return Err(Error::Schema(message));
    }
    let parsed = serde_json::from_slice(&octets);
    // A key may be in it, and nobody else holds the buffer.
    if let Ok(mut octets) = octets.try_into_mut() {
        octets.zeroize();
    }
    parsed.map_err(|error| Error::Schema(complaint(&error, expected)))
}

async fn octets(request: Request) -> Result<Bytes, Error> {
    to_bytes(request.into_body(), LARGEST)
        .await
        .map_err(|_| Error::TooLarge)
}

fn says_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    let kind = value.and_then(|value| value.to_str().ok()?.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// What is wrong and where. The reader's own words are used where they quote names of properties
/// only: in others a key could stand.
fn complaint(error: &serde_json::Error, expected: &str) -> String {
    let text = error.to_string();
    let names_properties = ["missing field", "unknown field", "duplicate field"];
    let what = if names_properties.iter().any(|known| text.starts_with(known)) {
        text
    } else {
        let (line, column) = (error.line(), error.column());
        if error.is_data() {
            format!("a value is of the wrong type at line {line} column {column}")
        } else {
            format!("the body is no JSON at line {line} column {column}")
        }
    };
    format!("{what}; expected {expected}")
}

/// The shield allows less; this only bounds what a body without length may take.
const LARGEST: usize = 16 << 20;
