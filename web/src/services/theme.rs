//! Light, dark, or as the system has it. Kept for as long as the page is open, and nowhere stored.

use crate::words;
use gloo::utils::document_element;

/// Which colours the page wears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The next one that the button leads to.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => words::as_the_system(),
            Self::Light => words::theme_light(),
            Self::Dark => words::theme_dark(),
        }
    }

    /// Puts it on.
    pub fn wear(self) {
        let root = document_element();
        match self {
            Self::System => root.remove_attribute("data-theme").ok(),
            Self::Light => root.set_attribute("data-theme", "light").ok(),
            Self::Dark => root.set_attribute("data-theme", "dark").ok(),
        };
    }
}
