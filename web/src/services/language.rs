//! Which language is wanted, and its file.

use gloo::utils::{document_element, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

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

/// Keeps the choice for the next time, where the browser allows it.
pub fn keep(language: Language) {
    if let Ok(Some(storage)) = window().local_storage() {
        storage.set_item(KEPT, language.tag()).ok();
    }
}

/// Speaks a language from now on. False when its file does not come: then all stays as it was.
pub async fn speak(language: Language) -> bool {
    match language.file() {
        None => words::speak_english(),
        Some(file) => match read(file).await {
            Some(text) => words::speak(language, text),
            None => return false,
        },
    }
    let spoken = words::language();
    document_element().set_attribute("lang", spoken.tag()).ok();
    true
}

/// Reads a file that lies beside the page. It is read once, and stays as long as the page does.
async fn read(file: &str) -> Option<&'static str> {
    let answer = JsFuture::from(window().fetch_with_str(file)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let text = JsFuture::from(answer.text().ok()?).await.ok()?;
    Some(Box::leak(text.as_string()?.into_boxed_str()))
}

const KEPT: &str = "language";
