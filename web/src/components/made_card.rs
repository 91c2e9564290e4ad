//! A file that was written in this page, to be looked at and saved.

use std::rc::Rc;

use certlens_core::Opens;
use yew::prelude::*;

use super::dated::{spoken, spoken_sentence};
use super::{Announce, icon, text};
use crate::format;
use crate::services::download;
use crate::services::pile::Made;
use crate::words;
use crate::writing::{Outcome, Refusal};

/// How far something is that is being written.
#[derive(Clone)]
pub enum Making {
    /// It is being written.
    Going,
    /// It is there.
    Made(Rc<Made>),
    /// It could not be written.
    Refused(Refusal),
}

/// Draws how far it is; `name` is what the file is called without its ending, and `source` the file that it is made of.
pub fn making(making: &Making, name: &str, source: &str) -> Html {
    match making {
        Making::Going => html! {
            <p class="muted" role="status" data-test="making">{ words::writing_it_deriving_keys_from_a() }</p>
        },
        Making::Refused(refusal) => html! {
            <div class="verdict v-now" role="alert" data-test="refusal">{ icon::drawn("i-broken") }
                <div lang={words::lang_of_report()}><p><b>{ text::shown(&refusal.message) }</b></p><p>{ text::shown(&refusal.hint) }</p></div></div>
        },
        Making::Made(made) => {
            html! { <MadeCard made={Shown(Rc::clone(made))} name={saved_as(name, &made.outcome.ending, source)} /> }
        }
    }
}

/// What it is saved as: never as the file that it is made of, whose place it would take.
fn saved_as(name: &str, ending: &str, source: &str) -> String {
    let file = format!("{name}.{ending}");
    let own = source.rsplit('/').next().unwrap_or(source);
    if own.eq_ignore_ascii_case(&file) {
        return format!("{name}-new.{ending}");
    }
    file
}

#[derive(Clone)]
struct Shown(Rc<Made>);

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, PartialEq, Properties)]
struct MadeCardProps {
    made: Shown,
    name: String,
}

/// What was written, what is not in it, who is expected to open it, and the button that saves it.
#[component]
fn MadeCard(props: &MadeCardProps) -> Html {
    let announce = use_context::<Announce>();
    let outcome = &props.made.0.outcome;
    let file = props.name.clone();
    let onclick = {
        let (made, file) = (props.made.clone(), file.clone());
        Callback::from(move |_: MouseEvent| {
            download::save_array(&file, &made.0.octets);
            if let Some(Announce(say)) = &announce {
                say.emit(words::handed_to_browser(&crate::visible::escaped(&file)).into());
            }
        })
    };
    let keys = if outcome.in_the_clear {
        "c-now"
    } else {
        "muted"
    };
    html! {
        <section class="made" data-test="made" aria-live="polite">
            <p><b lang={words::lang_of_report()}>{ text::shown(&outcome.what) }</b>{ words::made_size(&format::size(outcome.size)) }{ " " }<span class={keys} data-test="made-keys" lang={words::lang_of_report()}>{ &outcome.keys }</span></p>
            { lines(words::change_changed(), "changes", &outcome.changes) }
            { lines(words::not_in_it(), "lost", &outcome.lost) }
            { lines(words::heading_not_checked(), "unchecked", &outcome.unchecked) }
            { expected(outcome) }
            <div class="acts"><button type="button" class="btn btn-ink" data-test="save" {onclick}>{ icon::drawn("i-download") }{ words::save_file(text::shown(&file)) }</button></div>
        </section>
    }
}

fn lines(title: &'static str, test: &'static str, lines: &[String]) -> Html {
    if lines.is_empty() {
        return Html::default();
    }
    html! {
        <div data-test={test}><h3>{ title }</h3>
            <ul lang={words::lang_of_report()}>{ for lines.iter().map(|line| html! { <li>{ text::shown(line) }</li> }) }</ul></div>
    }
}

/// Who is expected to open it; those that are not are named.
fn expected(outcome: &Outcome) -> Html {
    html! {
        { for outcome.openers.iter().map(|opening| {
            let others = opening.verdicts.iter().filter(|verdict| verdict.expected != Opens::Yes);
            html! {
                <div data-test="made-openers"><h3>{ words::who_can_open_it() }</h3>
                    <p>{ spoken_sentence(&opening.summary) }{ " " }<span class="muted">{ words::expected_by_what_is_documented_this() }</span></p>
                    <ul>{ for others.map(|verdict| html! {
                        <li><b>{ spoken(&verdict.name) }</b>{ ": " }{ spoken(verdict.expected.word()) }
                            { for verdict.reasons.first().map(|reason| html! { <>{ ". " }{ spoken(&reason.why) }</> }) }</li>
                    }) }</ul></div>
            }
        }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_does_not_take_the_place_of_what_it_is_made_of() {
        assert_eq!(saved_as("legacy", "p12", "legacy.p12"), "legacy-new.p12");
        assert_eq!(
            saved_as("legacy", "p12", "backup/Legacy.P12"),
            "legacy-new.p12"
        );
        assert_eq!(saved_as("legacy", "pem", "legacy.p12"), "legacy.pem");
        assert_eq!(saved_as("certificates", "pem", ""), "certificates.pem");
    }
}
