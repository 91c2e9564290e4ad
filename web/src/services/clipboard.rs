//! The clipboard, for writing. It is read only from what the reader pastes.

use crate::words;
use gloo::utils::window;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Callback;

/// Copies a text, then tells whether that worked.
pub fn copy(text: &str, done: Callback<bool>) {
    let navigator = window().navigator();
    // Browsers offer no clipboard to pages that came over plain HTTP from another machine.
    let offered = Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !offered.is_ok_and(|clipboard| clipboard.is_object()) {
        return done.emit(false);
    }
    let promise = navigator.clipboard().write_text(text);
    spawn_local(async move {
        done.emit(JsFuture::from(promise).await.is_ok());
    });
}

/// What came of copying something, in a sentence.
pub fn told(name: &str, worked: bool) -> String {
    if worked {
        return words::named_copied(&name);
    }
    words::named_not_copied(&name)
}
