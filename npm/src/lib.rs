//! The surface of the npm package `certlens`: three functions, wrapped by `js/certlens.js`.

use std::panic;

use certlens_core::{Options, Password, Problem, Tree, UnixTime};
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
    limits: Vec<String>,
) -> Result<JsValue, JsValue> {
    report(bytes, passwords, at, limits)
        .or_else(|problem| Err(to_js(&problem)?))
        .and_then(|report| to_js(&report))
}

/// Reads the ASN.1 values of a file of any kind.
///
/// # Errors
/// A `Problem` where there is none.
#[wasm_bindgen(js_name = readAsn1)]
pub fn read_asn1(
    bytes: &[u8],
    passwords: Vec<String>,
    limits: Vec<String>,
) -> Result<JsValue, JsValue> {
    let passwords: Vec<Password> = passwords.into_iter().map(Password::new).collect();
    let options = options(&passwords, limits).or_else(|problem| Err(to_js(&problem)?))?;
    let trees = certlens_core::trees(bytes, &options)
        .or_else(|error| Err(to_js(&Problem::from(&error))?))?;
    to_js(&trees.iter().map(Tree::report).collect::<Vec<_>>())
}

/// Reads the lines of a list from a file of any kind.
///
/// # Errors
/// A `Problem` where there is nothing to show.
#[wasm_bindgen(js_name = readColumns)]
pub fn read_columns(
    bytes: &[u8],
    passwords: Vec<String>,
    limits: Vec<String>,
) -> Result<Columns, JsValue> {
    let passwords: Vec<Password> = passwords.into_iter().map(Password::new).collect();
    let options = options(&passwords, limits).or_else(|problem| Err(to_js(&problem)?))?;
    certlens_core::columns(bytes, &options)
        .map(Columns)
        .or_else(|error| Err(to_js(&Problem::from(&error))?))
}

/// Lines of a list as columns, which JavaScript takes one by one as typed arrays.
#[wasm_bindgen]
pub struct Columns(certlens_core::Columns);

#[wasm_bindgen]
impl Columns {
    /// ASCII, field after field.
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> Vec<u8> {
        self.0.text().to_vec()
    }

    /// Where each field ends in it.
    #[wasm_bindgen(getter)]
    pub fn ends(&self) -> Vec<u32> {
        self.0.ends().to_vec()
    }

    /// UTF-8 of the fields that are not ASCII.
    #[wasm_bindgen(getter)]
    pub fn wide(&self) -> Vec<u8> {
        self.0.wide().to_vec()
    }

    /// Which fields those are.
    #[wasm_bindgen(getter, js_name = wideFields)]
    pub fn wide_fields(&self) -> Vec<u32> {
        self.0.wide_fields().to_vec()
    }

    /// Where each of them ends.
    #[wasm_bindgen(getter, js_name = wideEnds)]
    pub fn wide_ends(&self) -> Vec<u32> {
        self.0.wide_ends().to_vec()
    }

    /// Places in `RowKind::ALL`.
    #[wasm_bindgen(getter)]
    pub fn kinds(&self) -> Vec<u8> {
        self.0.kinds().to_vec()
    }

    /// 1 for an authority, 2 for what is self-issued.
    #[wasm_bindgen(getter)]
    pub fn flags(&self) -> Vec<u8> {
        self.0.flags().to_vec()
    }

    /// Milliseconds since 1970, or not a number.
    #[wasm_bindgen(getter, js_name = notBefore)]
    pub fn not_before(&self) -> Vec<f64> {
        self.0.not_before().to_vec()
    }

    /// Likewise.
    #[wasm_bindgen(getter, js_name = notAfter)]
    pub fn not_after(&self) -> Vec<f64> {
        self.0.not_after().to_vec()
    }
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
    limits: Vec<String>,
) -> Result<certlens_core::Report, Problem> {
    let passwords: Vec<Password> = passwords.into_iter().map(Password::new).collect();
    let at = at
        .map(|text| UnixTime::parse(&text).ok_or_else(|| no_instant(&text)))
        .transpose()?;
    let options = options(&passwords, limits)?;
    certlens_core::inspect(bytes, &options, at).map_err(|error| Problem::from(&error))
}

fn options(passwords: &[Password], limits: Vec<String>) -> Result<Options<'_>, Problem> {
    let mut options = Options {
        passwords,
        ..Options::default()
    };
    for assignment in limits {
        let set = options.limits.set(&assignment);
        set.map_err(|error| {
            let hint = "Leave it out, or write it as the package's README has it.";
            wrong_option(format!("limits: {error}"), hint)
        })?;
    }
    Ok(options)
}

fn no_instant(text: &str) -> Problem {
    wrong_option(
        format!("at: expected a date and time, found {text:?}"),
        "Write it as in RFC 3339, such as 2026-11-22T09:41:00Z, or give a Date.",
    )
}

fn wrong_option(message: String, hint: &str) -> Problem {
    Problem {
        code: "option".to_owned(),
        message,
        hint: hint.to_owned(),
        path: Vec::new(),
        offset: 0,
    }
}

/// As `JSON.parse` would give it: objects, arrays and `null`, no maps and no `undefined`.
fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::json_compatible())?)
}
