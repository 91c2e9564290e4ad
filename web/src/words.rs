//! Everything that the page says, in the language of its reader.
//!
//! `words::cancel()` is a text; that it exists is checked when the page is compiled. English is compiled
//! in, and stands in [`catalogue`]. The other languages are files in `web/words`, one text a line, of
//! which the page loads the one that is wanted.

mod catalogue;
mod dates;
mod language;
mod pattern;
mod sentence;
mod told;
mod units;

use std::cell::RefCell;
use std::collections::HashMap;

pub use catalogue::*;
pub use dates::{date, instant, short_date, time_of_day, utc_date};
pub use language::Language;
pub use sentence::{capital, list_kind, role, row_sentence, sentence};
pub use told::told;
pub use units::{ago_of, left_of, lifetime, number, size, span, span_after, whole_after};

/// A text that is looked up when it is shown: what tables of texts are made of.
pub type Text = fn() -> &'static str;

thread_local! {
    static SPOKEN: RefCell<Spoken> = RefCell::new(Spoken::english());
}

/// A language and its texts. They live as long as the page: each language is read once.
#[derive(Clone)]
struct Spoken {
    language: Language,
    /// By [`Key`]; empty where the file has none, for which the English one is shown.
    texts: Vec<&'static str>,
    /// Titles, reasons and repairs of findings, by `rule.serial-negative.title`.
    rules: HashMap<&'static str, &'static str>,
    /// What the core says.
    sentences: told::Sentences,
}

impl Spoken {
    fn english() -> Self {
        Self {
            language: Language::English,
            texts: Vec::new(),
            rules: HashMap::new(),
            sentences: told::Sentences::default(),
        }
    }

    /// Reads lines of the form `key = text`. Lines stand in the order of the catalogue, so that a key is
    /// found where the one before it was; lines of a catalogue that is older or newer are passed over.
    fn read(language: Language, file: &'static str) -> Self {
        let mut spoken = Self {
            language,
            texts: vec![""; NAMES.len()],
            rules: HashMap::new(),
            sentences: told::Sentences::default(),
        };
        let mut next = 0;
        let mut sentences = Vec::new();
        for (name, text) in lines(file) {
            if name.starts_with("rule.") {
                spoken.rules.insert(name, text);
            } else if let Some(english) = name.strip_prefix("said.") {
                sentences.push((english, text));
            } else if let Some(found) = NAMES.iter().skip(next).position(|one| *one == name)
                && let Some(place) = spoken.texts.get_mut(next + found)
            {
                *place = text;
                next += found + 1;
            }
        }
        spoken.sentences = told::Sentences::of(sentences);
        spoken
    }
}

/// The texts of a file: lines of the form `key = text`. All others are remarks.
fn lines(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
}

/// The language that is spoken.
pub fn language() -> Language {
    SPOKEN.with_borrow(|spoken| spoken.language)
}

/// The `lang` attribute of what stays English in every language: what the reports of the core say.
/// None while English is spoken.
pub fn lang_of_report() -> Option<&'static str> {
    (language() != Language::English).then_some(Language::English.tag())
}

/// Speaks English from now on.
pub fn speak_english() {
    SPOKEN.set(Spoken::english());
}

/// Speaks another language from now on, whose file this is.
pub fn speak(language: Language, file: &'static str) {
    SPOKEN.set(Spoken::read(language, file));
}

/// A text in the language that is spoken. The English one comes along, so that a program has only those that it says.
fn text(which: Key, english: &'static str) -> &'static str {
    let spoken = SPOKEN.with_borrow(|spoken| spoken.texts.get(which as usize).copied());
    spoken.filter(|text| !text.is_empty()).unwrap_or(english)
}

/// What a rule says in the language that is spoken, unless that is English or has no such text.
pub fn of_rule(id: &str, part: RulePart) -> Option<&'static str> {
    SPOKEN.with_borrow(|spoken| {
        let part = part.name();
        spoken
            .rules
            .get(format!("rule.{id}.{part}").as_str())
            .copied()
    })
}

/// The parts of a finding that are the same for every file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulePart {
    /// What it is.
    Title,
    /// Why it matters.
    Why,
    /// What to do about it.
    Fix,
}

impl RulePart {
    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Why => "why",
            Self::Fix => "fix",
        }
    }
}

#[cfg(test)]
mod tests;
