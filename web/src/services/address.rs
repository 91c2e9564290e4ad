//! The address bar. Screens live behind the `#`, so that any static host can serve the page. An open
//! entry is named by its number, and behind a `?` stands how the list is searched and sorted: nothing
//! of a file's content ever stands in an address, unless it is shared.

use gloo::utils::window;
use wasm_bindgen::JsValue;

use crate::rows::{RowId, RowQuery};

/// A place in the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The inspector: the landing while nothing was dropped, else the list.
    #[default]
    Pile,
    /// The inspector's landing, also while there is something on the pile.
    Drop,
    /// The inspector with an entry open.
    Entry(RowId),
    /// What an error message means.
    Explain,
    /// The console.
    Console,
}

impl Place {
    /// Reads the part of an address behind the `#`, with it or without.
    pub fn read(hash: &str) -> Self {
        let mut parts = path(hash).split('/');
        match (parts.next(), parts.next()) {
            (Some("console"), _) => Self::Console,
            (Some("drop"), None) => Self::Drop,
            (Some("explain"), None) => Self::Explain,
            (Some("entry"), Some(id)) => id.parse().map_or(Self::Pile, Self::Entry),
            _ => Self::Pile,
        }
    }

    /// The address, relative to the page.
    pub fn href(self) -> String {
        match self {
            Self::Pile => "#/".to_owned(),
            Self::Drop => "#/drop".to_owned(),
            Self::Entry(id) => format!("#/entry/{id}"),
            Self::Explain => "#/explain".to_owned(),
            Self::Console => "#/console".to_owned(),
        }
    }
}

/// What names a place and a view in the part of an address behind the `#`: `entry/1-0/bytes`.
pub fn path(hash: &str) -> &str {
    let path = hash.split('?').next().unwrap_or_default();
    path.trim_start_matches('#').trim_matches('/')
}

/// Where the address bar stands.
pub fn here() -> Place {
    Place::read(&hash())
}

/// How the list is searched and sorted, where the address says so.
pub fn query() -> Option<RowQuery> {
    hash()
        .split_once('?')
        .map(|(_, query)| RowQuery::read(query))
}

/// Keeps what a link shared in the address, whatever is opened or searched, so that it is there again after
/// the page was loaded anew.
pub fn keep_shared(packed: &str) {
    let query = hash().split_once('?').map(|(_, query)| query.to_owned());
    let kept = query.filter(|query| !query.is_empty());
    let kept = kept.map_or_else(String::new, |query| format!("{query}&"));
    show(&format!("{}?{kept}{SHARED}={packed}", Place::Pile.href()));
}

/// Takes what was shared out of the address.
pub fn forget_shared() {
    let hash = hash();
    if shared(&hash).is_some() {
        let query = RowQuery::read(hash.split_once('?').map_or("", |(_, query)| query));
        show(&with(Place::Pile.href().as_str(), &query.write(), None));
    }
}

/// What a link shared, where the address keeps it.
pub fn shared(hash: &str) -> Option<&str> {
    let (_, query) = hash.split_once('?')?;
    query.split('&').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        (name == SHARED).then_some(value)
    })
}

/// The name that it has among the parts of a query.
const SHARED: &str = "share";

/// Goes to a place, so that the browser's back button leads back here.
pub fn go(href: &str) {
    window().location().set_hash(&with_query(href)).ok();
}

/// Shows a place or a view in the address bar in place of the present one. No event follows.
pub fn replace(href: &str) {
    show(&with_query(href));
}

/// Shows in the address bar how the list is searched and sorted.
pub fn set_query(query: &RowQuery) {
    let (hash, query) = (hash(), query.write());
    let place = hash.split('?').next().filter(|place| !place.is_empty());
    let place = place.unwrap_or("#/");
    let wanted = with(place, &query, shared(&hash));
    if wanted != hash && !(hash.is_empty() && query.is_empty()) {
        show(&wanted);
    }
}

/// The part of the address behind the `#`, with it.
pub fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

fn with(place: &str, query: &str, shared: Option<&str>) -> String {
    let shared = shared.map(|packed| format!("{SHARED}={packed}"));
    let parts: Vec<&str> = [Some(query), shared.as_deref()]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        [] => place.to_owned(),
        parts => format!("{place}?{}", parts.join("&")),
    }
}

fn with_query(href: &str) -> String {
    match hash().split_once('?') {
        Some((_, query)) => format!("{href}?{query}"),
        None => href.to_owned(),
    }
}

fn show(href: &str) {
    if let Ok(history) = window().history() {
        history
            .replace_state_with_url(&JsValue::NULL, "", Some(href))
            .ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_the_address_bar() {
        for place in [
            Place::Pile,
            Place::Drop,
            Place::Explain,
            Place::Console,
            Place::Entry(RowId {
                group: 3,
                entry: 14,
            }),
        ] {
            assert_eq!(Place::read(&place.href()), place);
            assert_eq!(Place::read(&format!("{}?search=a", place.href())), place);
        }
    }

    #[test]
    fn what_was_shared_stays_beside_the_query() {
        assert_eq!(
            with("#/", "sort=name", Some("ab-_")),
            "#/?sort=name&share=ab-_"
        );
        assert_eq!(with("#/", "", Some("ab")), "#/?share=ab");
        assert_eq!(with("#/entry/1-0", "", None), "#/entry/1-0");
        assert_eq!(
            shared("#/entry/1-0/chain?sort=name&share=ab-_"),
            Some("ab-_")
        );
        assert_eq!(shared("#/?search=share"), None);
    }

    #[test]
    fn an_address_that_means_nothing_is_the_pile() {
        for hash in ["", "#", "#/entry/x", "#/entry/1", "#/nowhere", "#/?drop"] {
            assert_eq!(Place::read(hash), Place::Pile);
        }
        assert_eq!(Place::read("#/console/inventory"), Place::Console);
    }
}
