//! The clipboard, for writing. It is read only from what the reader pastes.

use gloo::utils::window;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Callback;

/// Copies a text, then tells whether that worked.
pub fn copy(text: &str, done: Callback<bool>) {
    let promise = window().navigator().clipboard().write_text(text);
    spawn_local(async move {
        done.emit(JsFuture::from(promise).await.is_ok());
    });
}
