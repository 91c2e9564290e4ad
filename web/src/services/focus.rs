//! Where the keys go: who has the focus, and who gets it when what had it is gone.

use gloo::utils::document;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// Puts the focus on the first element that a selector finds.
pub fn on(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        found.focus().ok();
    }
}

/// Whether no element has the focus, as after the one that had it was taken away.
pub fn is_lost() -> bool {
    let active = document().active_element();
    active.is_none_or(|active| Some(active.as_ref()) == document().body().as_deref())
}

/// Whether a dialog is open: the page's own keys do nothing behind it.
pub fn is_in_dialog() -> bool {
    matches!(document().query_selector("dialog[open]"), Ok(Some(_)))
}
