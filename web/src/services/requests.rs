//! How many requests the page has made since it was ready, counted by the browser itself.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{PerformanceObserver, PerformanceObserverInit};
use yew::Callback;

/// Counts requests until it is dropped.
pub struct Counter {
    observer: PerformanceObserver,
    _closure: Closure<dyn FnMut()>,
}

impl Counter {
    /// Calls back at each new request with their number so far.
    pub fn start(counted: Callback<u32>) -> Option<Self> {
        let before = so_far();
        let closure = Closure::<dyn FnMut()>::new(move || {
            counted.emit(so_far().saturating_sub(before));
        });
        let observer = PerformanceObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        let options = PerformanceObserverInit::new(&Array::of1(&JsValue::from_str("resource")));
        observer.observe(&options);
        Some(Self {
            observer,
            _closure: closure,
        })
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn so_far() -> u32 {
    gloo::utils::window()
        .performance()
        .map_or(0, |performance| {
            // Beyond this many the browser forgets the oldest; a page that is read makes none at all.
            performance.get_entries_by_type("resource").length()
        })
}
