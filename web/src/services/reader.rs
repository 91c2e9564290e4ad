//! Starts workers that read files.

use wasm_bindgen::prelude::*;
use web_sys::Worker;

#[wasm_bindgen]
extern "C" {
    /// A new worker. `boot.js` compiles its program once for all, while the page is still loading.
    #[wasm_bindgen(catch, js_name = startReader)]
    pub fn start_reader() -> Result<Worker, JsValue>;
}
