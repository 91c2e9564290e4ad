//! A report as JSON text, as `docs/report.schema.json` describes it.

use js_sys::JSON;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// The value as JSON, indented by two.
pub fn pretty(value: &impl Serialize) -> String {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value
        .serialize(&serializer)
        .ok()
        .and_then(|value| {
            JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &JsValue::from(2)).ok()
        })
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}
