//! What a list shows, as addresses have it: `search=corp&sort=expiry&turned=yes&group=issuer`.
//!
//! What is not named is as the page shows it at first: as it came, grouped by file.

use std::collections::BTreeSet;

use super::{GroupBy, Order, RowQuery};
use crate::said::{Said, State};

impl RowQuery {
    /// The query of a page that was just opened.
    pub fn first() -> Self {
        Self {
            group: Some(GroupBy::File),
            ..Self::default()
        }
    }

    /// Writes the query, without what is folded. Empty for that of a page that was just opened.
    pub fn write(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        if !self.search.is_empty() {
            text.append_pair("search", &self.search);
        }
        if !self.only.is_empty() {
            let states = State::ALL.iter();
            let pressed = states.filter(|(_, state)| self.only.meets(state.said()));
            let words: Vec<&str> = pressed.map(|(word, _)| *word).collect();
            text.append_pair("only", &words.join(" "));
        }
        if self.order != Order::Added {
            text.append_pair("sort", word(ORDERS, self.order));
        }
        if self.descending {
            text.append_pair("turned", "yes");
        }
        if self.group != Some(GroupBy::File) {
            text.append_pair("group", self.group.map_or("none", |by| word(GROUPS, by)));
        }
        text.finish()
    }

    /// Reads what [`Self::write`] wrote. What means nothing is passed over.
    pub fn read(text: &str) -> Self {
        let mut query = Self::first();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            match &*name {
                "search" => query.seek(value.into_owned()),
                "only" => {
                    let states = value.split(' ').filter_map(|word| find(State::ALL, word));
                    query.only = states.fold(Said::NOTHING, |all, one| all.and(one.said()));
                }
                "sort" => query.order = find(ORDERS, &value).unwrap_or_default(),
                "turned" => query.descending = value == "yes",
                "group" if value == "none" => query.group = None,
                "group" => query.group = find(GROUPS, &value).or(query.group),
                _ => {}
            }
        }
        query
    }

    /// The query without what is folded away.
    #[must_use]
    pub fn unfolded(&self) -> Self {
        Self {
            folded: BTreeSet::new(),
            ..self.clone()
        }
    }
}

/// Orders by their words.
pub const ORDERS: &[(&str, Order)] = &[
    ("added", Order::Added),
    ("expiry", Order::Expiry),
    ("name", Order::Name),
    ("issuer", Order::Issuer),
    ("key", Order::Key),
    ("file", Order::Source),
];

/// Groupings by their words.
pub const GROUPS: &[(&str, GroupBy)] = &[
    ("file", GroupBy::File),
    ("issuer", GroupBy::Issuer),
    ("key", GroupBy::Key),
    ("week", GroupBy::Week),
];

/// The word of a value.
pub fn word<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    let found = table.iter().find(|(_, one)| *one == value);
    found.map_or("", |(word, _)| word)
}

/// The value of a word.
pub fn find<T: Copy>(table: &[(&'static str, T)], word: &str) -> Option<T> {
    let found = table.iter().find(|(one, _)| *one == word);
    found.map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_survives_the_address_bar() {
        for (_, order) in ORDERS {
            for by in GROUPS.iter().map(|(_, by)| Some(*by)).chain([None]) {
                let one = State::ALL.iter().map(|(_, state)| state.said());
                let several = one.clone().fold(Said::NOTHING, Said::and);
                for only in one.chain([Said::NOTHING, several]) {
                    for descending in [false, true] {
                        let mut query = RowQuery {
                            only,
                            order: *order,
                            descending,
                            group: by,
                            ..RowQuery::default()
                        };
                        query.seek("corp / ?&=#% é expired".to_owned());
                        assert_eq!(RowQuery::read(&query.write()), query);
                    }
                }
            }
        }
    }

    #[test]
    fn what_means_nothing_is_passed_over() {
        assert_eq!(
            RowQuery::read("sort=weight&group=colour&x=y&search"),
            RowQuery::first()
        );
        assert_eq!(RowQuery::first().write(), "");
    }

    #[test]
    fn nothing_of_a_search_ends_its_part_of_the_address() {
        let query = RowQuery {
            search: "a/b?c#d&e".to_owned(),
            ..RowQuery::first()
        };
        assert_eq!(query.write(), "search=a%2Fb%3Fc%23d%26e");
    }
}
