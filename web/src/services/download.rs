//! Saving octets as a file, by the reader's own act. Nothing leaves the page for it.

use gloo::utils::document;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Offers octets to be saved under a name.
pub fn save(name: &str, octets: &[u8]) {
    save_array(name, &Uint8Array::from(octets));
}

/// The same for octets that the browser holds.
pub fn save_array(name: &str, octets: &Uint8Array) {
    let options = BlobPropertyBag::new();
    options.set_type("application/octet-stream");
    let parts = Array::of1(octets);
    let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&parts, &options) else {
        return;
    };
    let (Ok(url), Ok(link)) = (
        Url::create_object_url_with_blob(&blob),
        document().create_element("a"),
    ) else {
        return;
    };
    let link: HtmlAnchorElement = link.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url).ok();
}
