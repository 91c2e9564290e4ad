//! Which language is wanted, and its file.

use std::cell::RefCell;

use gloo::utils::{document_element, window};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CacheQueryOptions, CacheStorage, Response};

use crate::words::{self, Language};

/// The languages that the reader prefers, as the browser tells them: `de-AT`, `en`.
pub fn wanted() -> Vec<String> {
    let languages = window().navigator().languages();
    languages.iter().filter_map(|tag| tag.as_string()).collect()
}

/// The language that was chosen here before, else the first of the reader's that the page speaks.
pub fn first() -> Language {
    let wanted = wanted();
    chosen().unwrap_or_else(|| Language::first_of(wanted.iter().map(String::as_str)))
}

/// The language that was chosen in the menu, which this page keeps.
pub fn chosen() -> Option<Language> {
    let storage = window().local_storage().ok().flatten()?;
    Language::of_tag(&storage.get_item(KEPT).ok().flatten()?)
}

/// Keeps the choice for the next time. False where the browser does not allow it.
pub fn keep(language: Language) -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.is_some_and(|storage| storage.set_item(KEPT, language.tag()).is_ok())
}

/// Speaks a language while the page is loaded. Without its file, the page speaks English.
pub async fn speak(language: Language) {
    if let Some(file) = language.file()
        && let Some(text) = loaded(file).await
    {
        put_on(language, text);
    }
}

/// Speaks another language from now on, if that takes no request: its texts were read before, or the browser keeps
/// them for use without a network.
pub async fn change(language: Language) -> bool {
    match language.file() {
        None => {
            words::speak_english();
            tell();
        }
        Some(file) => {
            let known = READ.with_borrow(|read| {
                let found = read.iter().find(|(of, _)| *of == language);
                found.map(|(_, text)| *text)
            });
            let text = match known {
                Some(text) => Some(text),
                None => kept(file).await,
            };
            match text {
                Some(text) => put_on(language, text),
                None => return false,
            }
        }
    }
    true
}

/// Loads the page anew, in the language that was chosen.
pub fn load_anew() {
    window().location().reload().ok();
}

fn put_on(language: Language, text: &'static str) {
    READ.with_borrow_mut(|read| read.push((language, text)));
    words::speak(language, text);
    tell();
}

/// Tells the browser which language is spoken.
fn tell() {
    let spoken = words::language();
    document_element().set_attribute("lang", spoken.tag()).ok();
}

/// Loads a file that lies beside the page.
async fn loaded(file: &str) -> Option<&'static str> {
    text(JsFuture::from(window().fetch_with_str(file)).await.ok()?).await
}

/// The same file as the browser keeps it, which makes no request.
async fn kept(file: &str) -> Option<&'static str> {
    let window = window();
    // There only over HTTPS and on this machine.
    let caches = Reflect::get(&window, &JsValue::from_str("caches")).ok()?;
    let caches: CacheStorage = caches.dyn_into().ok()?;
    let options = CacheQueryOptions::new();
    options.set_ignore_vary(true);
    let found = caches.match_with_str_and_options(file, &options);
    text(JsFuture::from(found).await.ok()?).await
}

/// The text of an answer. It is read once, and stays as long as the page does.
async fn text(answer: JsValue) -> Option<&'static str> {
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let text = JsFuture::from(answer.text().ok()?).await.ok()?;
    Some(Box::leak(text.as_string()?.into_boxed_str()))
}

thread_local! {
    /// The texts of languages that were spoken since the page was loaded.
    static READ: RefCell<Vec<(Language, &'static str)>> = const { RefCell::new(Vec::new()) };
}

const KEPT: &str = "language";
