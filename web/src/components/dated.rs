//! Sentences of reports with instants in them, which are written as the browser writes all others.

use certlens_core::UnixTime;
use yew::prelude::*;

use super::text;
use crate::{format, words};

/// A sentence of a report. Each instant in it is told as the reader's locale has it, and in UTC on hover.
pub(crate) fn dated(sentence: &str) -> Html {
    let part = |part: Part| match part {
        Part::Said(text) => html! { { text::shown(text) } },
        Part::Instant(text, time) => html! {
            <time datetime={text.to_owned()} title={text.to_owned()} lang={words::language().tag()}>{ format::instant(time) }</time>
        },
    };
    html! { <>{ for parts(sentence).into_iter().map(part) }</> }
}

/// A day as the reader's locale has it; the instant in UTC on hover.
pub(crate) fn date(time: UnixTime) -> Html {
    html! { <time datetime={time.to_string()} title={time.to_string()}>{ format::date(time) }</time> }
}

/// What the core says, in the language that is spoken; in English, and marked so, where that has no words for it.
pub(crate) fn spoken(english: &str) -> Html {
    match words::told(english) {
        Some(text) => html! { <span>{ dated(&text) }</span> },
        None => html! { <span lang={words::lang_of_report()}>{ dated(english) }</span> },
    }
}

/// The same of names that the core has for uses and the like, one after another.
pub(crate) fn spoken_each<'a>(names: impl IntoIterator<Item = &'a str>) -> Html {
    let names = names.into_iter().enumerate();
    names
        .map(|(index, name)| html! { <>if 0 < index { { ", " } }{ spoken(name) }</> })
        .collect()
}

/// The same as text.
pub(crate) fn told_each<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let told = |name: &str| words::told(name).unwrap_or_else(|| name.to_owned());
    let names: Vec<String> = names.into_iter().map(told).collect();
    names.join(", ")
}

/// The same of a clause, as a sentence.
pub(crate) fn spoken_sentence(english: &str) -> Html {
    match words::told(english) {
        Some(clause) => {
            let sentence = words::as_sentence(&words::capital(&clause));
            html! { <span>{ dated(&sentence) }</span> }
        }
        None => spoken(&format::sentence(english)),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Said(&'a str),
    Instant(&'a str, UnixTime),
}

/// `2027-01-22T09:41:00Z`, and what stands around it.
fn parts(sentence: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut said, mut from) = (0, 0);
    while let Some(found) = sentence[from..].find('T') {
        let t = from + found;
        from = t + 1;
        let range = t.checked_sub(DAY).map(|start| start..t + 1 + TIME);
        let text = range.clone().and_then(|range| sentence.get(range));
        let time = text
            .filter(|text| text.ends_with('Z'))
            .and_then(UnixTime::parse);
        if let (Some(range), Some(text), Some(time)) = (range, text, time)
            && said <= range.start
        {
            parts.push(Part::Said(&sentence[said..range.start]));
            parts.push(Part::Instant(text, time));
            (said, from) = (range.end, range.end);
        }
    }
    parts.push(Part::Said(&sentence[said..]));
    parts.retain(|part| *part != Part::Said(""));
    parts
}

/// Letters of `2027-01-22` and of `09:41:00Z`.
const DAY: usize = 10;
/// See [`DAY`].
const TIME: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_found_and_nothing_else_is_touched() {
        let text =
            "It ended at 2026-08-01T00:00:00Z, The TLS client says; not 2026-13-41T99:00:00Z";
        let time = UnixTime::parse("2026-08-01T00:00:00Z").unwrap();
        assert_eq!(
            parts(text),
            [
                Part::Said("It ended at "),
                Part::Instant("2026-08-01T00:00:00Z", time),
                Part::Said(", The TLS client says; not 2026-13-41T99:00:00Z"),
            ]
        );
        for other in ["", "T", "äöüT", "ÄÖÜÄÖÜT12:34:56Z", "no instant"] {
            assert!(
                parts(other)
                    .iter()
                    .all(|part| matches!(part, Part::Said(_))),
                "{other}"
            );
        }
    }
}
