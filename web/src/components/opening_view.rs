//! Who can open a keystore or a sealed key, by what the products document.

use certlens_core::{OpenerVerdict, Opens, WhoCanOpen};
use yew::prelude::*;

use super::convert_view::rewrite_href;
use super::dated::{spoken, spoken_sentence};
use super::fields::Section;
use super::{icon, text};
use crate::questions::{Question, Told};
use crate::rows::RowId;
use crate::services::questions::use_told;
use crate::words;

/// What an [`OpeningView`] tells.
#[derive(Clone, PartialEq, Properties)]
pub struct OpeningViewProps {
    /// An entry of the file.
    pub id: RowId,
    /// Whether the file is a keystore, which can be rewritten.
    pub keystore: bool,
    /// Counts up with every change of the pile.
    pub revision: u64,
}

/// Who can open what is sealed in a file.
#[component]
pub fn OpeningView(props: &OpeningViewProps) -> Html {
    match use_told(Some(Question::Openers(props.id.group)), props.revision) {
        Some(Told::Openers(all)) if all.is_empty() => {
            html! { <p class="muted">{ words::nothing_in_this_file_is_sealed() }</p> }
        }
        Some(Told::Openers(all)) => {
            html! { <div data-test="openers">{ for all.iter().map(|opening| table(opening, props)) }</div> }
        }
        Some(_) => html! { <p class="muted">{ words::this_file_could_not_be_read() }</p> },
        None => {
            html! { <p class="muted" role="status">{ words::looking_at_how_it_is_sealed() }</p> }
        }
    }
}

fn table(opening: &WhoCanOpen, props: &OpeningViewProps) -> Html {
    html! {
        <Section title={words::who_can_open_this_file()}>
            <p class="say">{ spoken_sentence(&opening.summary) }{ " " }<span class="unchecked">{ words::expected_by_what_is_documented() }</span></p>
            if let Some(entry) = &opening.entry { <p class="muted">{ words::the_key_at(text::shown(entry)) }</p> }
            <div class="diff-box"><table class="diff openers">
                <thead><tr><th scope="col">{ words::product() }</th><th scope="col">{ words::expected() }</th><th scope="col">{ words::why_and_what_to_do() }</th></tr></thead>
                <tbody>{ for opening.verdicts.iter().map(|verdict| row(verdict, props)) }</tbody>
            </table></div>
        </Section>
    }
}

/// Nothing was tried, so that nothing is green.
fn row(verdict: &OpenerVerdict, props: &OpeningViewProps) -> Html {
    let (class, icon, word) = match verdict.expected {
        Opens::Yes => ("st-unknown", "i-check", words::yes()),
        Opens::Partly => ("st-soon", "i-now", words::partly()),
        Opens::Unknown => ("st-unknown", "i-unknown", words::not_known()),
        Opens::No => ("st-now", "i-broken", words::no()),
    };
    html! {
        <tr data-test="opener">
            <th scope="row">{ spoken(&verdict.name) }</th>
            <td><span class={classes!("st", class)}>{ icon::drawn(icon) }{ word }</span></td>
            <td>
                if verdict.reasons.is_empty() { <span class="muted">{ words::nothing_in_it_stands_in_the_way() }</span> }
                <ul>{ for verdict.reasons.iter().map(|reason| html! {
                    <li>if let Some(seal) = &reason.seal { <small lang={words::lang_of_report()}>{ text::shown(seal) }</small> }
                        { spoken(&reason.why) }{ " " }<b>{ spoken(&reason.fix) }</b><small lang={words::lang_of_report()}>{ &reason.source }</small></li>
                }) }</ul>
                if props.keystore && verdict.expected != Opens::Yes {
                    <p class="rewrite"><a class="btn btn-s" href={rewrite_href(props.id, verdict.opener)} data-test="rewrite">{ icon::drawn("i-replace") }{ words::rewrite_it_for(&verdict.name) }</a></p>
                }
            </td>
        </tr>
    }
}
