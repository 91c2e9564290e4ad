//! The address bar. Screens live behind the `#`, so that any static host can serve the page. An open
//! entry is named by its number: nothing of a file's content ever stands in an address.

use crate::rows::RowId;
use gloo::utils::window;
use wasm_bindgen::JsValue;

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
    /// The console.
    Console,
}

impl Place {
    /// Reads the part of an address behind the `#`, with it or without.
    pub fn read(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_matches('/');
        let mut parts = path.split('/');
        match (parts.next(), parts.next()) {
            (Some("console"), _) => Self::Console,
            (Some("drop"), None) => Self::Drop,
            (Some("entry"), Some(numbers)) => {
                let read = |numbers: &str| -> Option<RowId> {
                    let (group, entry) = numbers.split_once('-')?;
                    Some(RowId {
                        group: group.parse().ok()?,
                        entry: entry.parse().ok()?,
                    })
                };
                read(numbers).map_or(Self::Pile, Self::Entry)
            }
            _ => Self::Pile,
        }
    }

    /// The address, relative to the page.
    pub fn href(self) -> String {
        match self {
            Self::Pile => "#/".to_owned(),
            Self::Drop => "#/drop".to_owned(),
            Self::Entry(id) => format!("#/entry/{}-{}", id.group, id.entry),
            Self::Console => "#/console".to_owned(),
        }
    }
}

/// Where the address bar stands.
pub fn here() -> Place {
    Place::read(&window().location().hash().unwrap_or_default())
}

/// Goes to a place, so that the browser's back button leads back here.
pub fn go(place: Place) {
    window().location().set_hash(&place.href()).ok();
}

/// Shows a place in the address bar in place of the present one. No event follows.
pub fn replace(place: Place) {
    if let Ok(history) = window().history() {
        history
            .replace_state_with_url(&JsValue::NULL, "", Some(&place.href()))
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
            Place::Console,
            Place::Entry(RowId {
                group: 3,
                entry: 14,
            }),
        ] {
            assert_eq!(Place::read(&place.href()), place);
        }
    }

    #[test]
    fn an_address_that_means_nothing_is_the_pile() {
        for hash in ["", "#", "#/entry/x", "#/entry/1", "#/nowhere"] {
            assert_eq!(Place::read(hash), Place::Pile);
        }
        assert_eq!(Place::read("#/console/inventory"), Place::Console);
    }
}
