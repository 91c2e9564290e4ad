//! Names for what has none, where a format or a program asks for one.

use std::collections::{HashMap, HashSet};

use super::{Body, Lost, Part};
use crate::x509::{Spine, label};

/// Gives out names, each of them once.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// How often a name was asked for, so that a thousand equal ones are not counted up each time.
    asked: HashMap<String, u32>,
}

impl Names {
    /// The name of this part or of the one beside it, or one made of a subject; with a number after it
    /// where it was given out before, which is told. Java compares names without regard to capitals.
    pub(super) fn take(
        &mut self,
        part: &Part<'_>,
        beside: Option<&Part<'_>>,
        lost: &mut Vec<Lost>,
    ) -> String {
        let given = part.own_name().or_else(|| beside?.own_name());
        let base = given.map_or_else(|| made_up(beside.unwrap_or(part)), str::to_owned);
        let name = self.give_out(&base, &|_| false);
        if let Some(given) = given.filter(|given| *given != name) {
            let why = format!("another entry has it, and Java wants one of each: it is {name} now");
            lost.push(Lost::new(&part.path, named(given), why));
        }
        name
    }

    /// A name that is made of a subject, and is none of these.
    pub(super) fn make_up(&mut self, part: &Part<'_>, reserved: &HashSet<String>) -> String {
        self.give_out(&made_up(part), &|name| reserved.contains(name))
    }

    /// The name itself, or with a number after it where it was given out before, or is reserved.
    fn give_out(&mut self, base: &str, is_reserved: &dyn Fn(&str) -> bool) -> String {
        let mut name = base.to_owned();
        let asked = self.asked.entry(base.to_lowercase()).or_insert(1);
        while is_reserved(&name) || !self.taken.insert(name.to_lowercase()) {
            *asked = asked.saturating_add(1);
            name = format!("{base}-{asked}");
        }
        name
    }
}

/// A name as something that may get lost.
pub(super) fn named(name: &str) -> String {
    format!("the name \"{}\"", name.escape_debug())
}

fn made_up(part: &Part<'_>) -> String {
    let Body::Certificate(der) = part.body else {
        return "key".to_owned();
    };
    let label = Spine::read(der).map(|spine| label(&spine.subject));
    let words: Vec<String> = label
        .unwrap_or_default()
        .split(|character: char| !character.is_alphanumeric() && character != '.')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        "certificate".to_owned()
    } else {
        words.join("-")
    }
}
