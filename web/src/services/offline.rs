//! Whether the browser keeps the page, so that it opens without a network.

use gloo::utils::window;
use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

/// Whether the browser keeps the page. False at first, and where browsers offer no such thing: over
/// plain HTTP from another machine.
#[hook]
pub fn use_kept() -> bool {
    let kept = use_state_eq(|| false);
    {
        let kept = kept.clone();
        use_effect_with((), move |()| {
            let name = JsValue::from_str("serviceWorker");
            let container = Reflect::get(&window().navigator(), &name);
            let ready = container.and_then(|one| Reflect::get(&one, &JsValue::from_str("ready")));
            // Resolves once all files are kept, which may be never.
            if let Some(ready) = ready
                .ok()
                .and_then(|ready| ready.dyn_into::<Promise>().ok())
            {
                spawn_local(async move {
                    if JsFuture::from(ready).await.is_ok() {
                        kept.set(true);
                    }
                });
            }
        });
    }
    *kept
}
