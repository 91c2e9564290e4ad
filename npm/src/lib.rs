//! The surface of the npm package `certlens`: one function, wrapped by `js/certlens.js`.

use std::panic;

use certlens_core::{Options, Password, Problem, UnixTime};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Reads a file of any kind into a report.
///
/// # Errors
/// A `Problem` where there is nothing to show.
#[wasm_bindgen]
pub fn inspect(
    bytes: &[u8],
    passwords: Vec<String>,
    at: Option<String>,
) -> Result<JsValue, JsValue> {
    report(bytes, passwords, at)
        .or_else(|problem| Err(to_js(&problem)?))
        .and_then(|report| to_js(&report))
}

/// Lets a panic reach JavaScript as an error that says what happened.
#[wasm_bindgen(start)]
pub fn start() {
    panic::set_hook(Box::new(|panic| {
        wasm_bindgen::throw_str(&panic.to_string())
    }));
}

fn report(
    bytes: &[u8],
    passwords: Vec<String>,
    at: Option<String>,
) -> Result<certlens_core::Report, Problem> {
    let passwords: Vec<Password> = passwords.into_iter().map(Password::new).collect();
    let at = at
        .map(|text| UnixTime::parse(&text).ok_or_else(|| no_instant(&text)))
        .transpose()?;
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    certlens_core::inspect(bytes, &options, at).map_err(|error| Problem::from(&error))
}

fn no_instant(text: &str) -> Problem {
    Problem {
        code: "option".to_owned(),
        message: format!("at: expected a date and time, found {text:?}"),
        hint: "Write it as in RFC 3339, such as 2026-11-22T09:41:00Z, or give a Date.".to_owned(),
        path: Vec::new(),
        offset: 0,
    }
}

/// As `JSON.parse` would give it: objects, arrays and `null`, no maps and no `undefined`.
fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::json_compatible())?)
}
