//! The languages that the page speaks.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, which is compiled in.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Japanese.
    Japanese,
}

impl Language {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Japanese];

    /// Its tag, as the `lang` attribute has it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Japanese => "ja",
        }
    }

    /// Its own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Japanese => "日本語",
        }
    }

    /// The file that has its texts; none for English.
    pub fn file(self) -> Option<&'static str> {
        match self {
            Self::English => None,
            Self::German => Some("words-de.txt"),
            Self::French => Some("words-fr.txt"),
            Self::Japanese => Some("words-ja.txt"),
        }
    }

    /// The language of a tag, whatever region it names: `de-AT`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let is = |one: &Self| one.tag().eq_ignore_ascii_case(primary);
        Self::ALL.into_iter().find(is)
    }

    /// The first of the reader's languages that the page speaks, else English.
    pub fn first_of<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        tags.into_iter().find_map(Self::of_tag).unwrap_or_default()
    }

    /// What stands between two sentences.
    pub(super) fn gap(self) -> &'static str {
        match self {
            Self::Japanese => "",
            _ => " ",
        }
    }

    /// Whether a figure wants its unit even where the one before it had the same.
    pub(super) fn says_units_twice(self) -> bool {
        matches!(self, Self::French | Self::Japanese)
    }

    /// Which form of a text a count takes, of those that stand with a bar between them.
    pub(super) fn form(self, count: i64) -> usize {
        match self {
            Self::English | Self::German => usize::from(count != 1),
            // Zero is singular in French.
            Self::French => usize::from(!(0..2).contains(&count)),
            Self::Japanese => 0,
        }
    }

    /// How many forms a text with a count has.
    #[cfg(test)]
    pub(super) fn forms(self) -> usize {
        match self {
            Self::Japanese => 1,
            _ => 2,
        }
    }
}
