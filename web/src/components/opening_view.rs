//! Who can open a keystore or a sealed key, by what the products document.

use certlens_core::{OpenerVerdict, Opens, WhoCanOpen, opens_written_key};
use yew::prelude::*;

use super::convert_view::rewrite_href;
use super::dated::{spoken, spoken_sentence, told_each};
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
    /// Whether the file is a keystore.
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
            html! { <div data-test="openers">{ for all.iter().map(|(key, opening)| table(*key, opening, props)) }</div> }
        }
        Some(_) => html! { <p class="muted">{ words::this_file_could_not_be_read() }</p> },
        None => {
            html! { <p class="muted" role="status">{ words::looking_at_how_it_is_sealed() }</p> }
        }
    }
}

/// Of the keystore, else of the key with this number.
fn table(key: Option<u32>, opening: &WhoCanOpen, props: &OpeningViewProps) -> Html {
    let id = key.map_or(props.id, |entry| RowId { entry, ..props.id });
    let helps = |verdict: &OpenerVerdict| is_rewriting_of_use(verdict, props.keystore);
    html! {
        <Section title={words::who_can_open_this_file()}>
            <p class="say">{ spoken_sentence(&opening.summary) }{ " " }<span class="unchecked">{ words::expected_by_what_is_documented() }</span></p>
            if let Some(entry) = &opening.entry { <p class="muted">{ words::the_key_at(text::shown(entry)) }</p> }
            <div class="diff-box"><table class="diff openers">
                <thead><tr><th scope="col">{ words::product() }</th><th scope="col">{ words::expected() }</th><th scope="col">{ words::why_and_what_to_do() }</th></tr></thead>
                <tbody>{ for opening.verdicts.iter().map(|verdict| row(verdict, helps(verdict).then_some(id))) }</tbody>
            </table></div>
        </Section>
    }
}

/// Whether the program is expected to take the file rather, once it is written anew.
fn is_rewriting_of_use(verdict: &OpenerVerdict, keystore: bool) -> bool {
    let best = if keystore {
        Opens::Yes
    } else {
        opens_written_key(verdict.opener)
    };
    best < verdict.expected
}

/// Nothing was tried, so that nothing is green. With the entry that is to be rewritten, where that is of use.
fn row(verdict: &OpenerVerdict, rewritten: Option<RowId>) -> Html {
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
                if let Some(id) = rewritten {
                    <p class="rewrite"><a class="btn btn-s" href={rewrite_href(id, verdict.opener)} data-test="rewrite">{ icon::drawn("i-replace") }{ words::rewrite_it_for(&told_each([&*verdict.name])) }</a></p>
                }
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use certlens_core::{Opener, Options, inspect, who_can_open};

    use super::*;

    /// The programs for which a key is offered to be rewritten.
    fn offered(file: &str) -> Vec<Opener> {
        let path = format!(
            "{}/../core/tests/vectors/{file}",
            env!("CARGO_MANIFEST_DIR")
        );
        let bytes = std::fs::read(path).unwrap();
        let report = inspect(&bytes, &Options::default(), None).unwrap();
        let told = who_can_open(&report).into_iter().next().unwrap();
        let verdicts = told.verdicts.iter();
        let helped = verdicts.filter(|verdict| is_rewriting_of_use(verdict, false));
        helped.map(|verdict| verdict.opener).collect()
    }

    #[test]
    fn a_key_is_offered_to_be_rewritten_where_that_is_of_use() {
        let java = [Opener::Java8, Opener::Java11, Opener::Java17];
        let openssl = [Opener::OpenSsl3, Opener::OpenSsl3Legacy];
        let all = [&java[..], &[Opener::Fips140]].concat();
        assert_eq!(offered("traditional-key.pem"), all);
        let all = [&openssl[..], &all].concat();
        assert_eq!(offered("ssh/sealed-aes256-ctr"), all);
        // OpenSSL 3.0 takes less salt than FIPS 140 asks for.
        assert_eq!(offered("sealed-key.pem"), [Opener::Fips140]);
    }
}
