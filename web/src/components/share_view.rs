//! Giving certificates to others: as a link, and as a text for a ticket.

use gloo::utils::window;
use yew::prelude::*;

use super::{Copy, Dialog, icon};
use crate::format;
use crate::questions::{Question, Shared, Told};
use crate::rows::RowId;
use crate::services::questions::use_told;
use crate::words;

/// What a [`Share`] shares.
#[derive(Clone, PartialEq, Properties)]
pub struct ShareProps {
    /// The certificate that is open.
    pub id: RowId,
    /// Counts up with every change of the pile.
    pub revision: u64,
}

/// The button beside a certificate, and the dialog that it opens.
#[component]
pub fn Share(props: &ShareProps) -> Html {
    let open = use_state_eq(|| false);
    let set = |to: bool| {
        let open = open.clone();
        Callback::from(move |()| open.set(to))
    };
    html! {
        <>
            <button type="button" class="btn" data-test="share" onclick={set(true).reform(|_: MouseEvent| ())}>
                { icon::drawn("i-share") }{ words::share() }
            </button>
            if *open { <Sharing ..SharingProps { share: props.clone(), onclose: set(false) } /> }
        </>
    }
}

/// What a [`Sharing`] shows.
#[derive(Clone, PartialEq, Properties)]
struct SharingProps {
    share: ShareProps,
    onclose: Callback<()>,
}

#[component]
fn Sharing(props: &SharingProps) -> Html {
    let ShareProps { id, revision } = props.share;
    let which = use_state_eq(Shared::default);
    let link = use_told(Some(Question::Share(id, *which)), revision);
    let text = use_told(Some(Question::Redact(id)), revision);
    let choice = |(value, name): &(Shared, words::Text)| {
        let (value, which) = (*value, which.clone());
        let checked = *which == value;
        let onchange = Callback::from(move |_: Event| which.set(value));
        html! { <label class="check"><input type="radio" name="shared" {checked} {onchange} />{ name() }</label> }
    };
    html! {
        <Dialog title={words::share()} onclose={props.onclose.clone()}>
            <section class="sharing">
                <h3>{ words::a_link_with_the_certificates_in_it() }</h3>
                <p class="muted">{ words::they_stand_behind_the_of_the() }</p>
                <div class="choices" role="radiogroup" aria-label={words::certificates_in_the_link()}>{ for WHICH.iter().map(choice) }</div>
                // Always one node, so that those before it, and the focus in them, stay when it comes.
                if let Some(told) = link { { shown_link(told) } }
            </section>
            <section class="sharing">
                <h3>{ words::a_redacted_copy_for_a_ticket() }</h3>
                <p class="muted">{ words::this_certificate_and_those_that() }</p>
                if let Some(Told::Redacted(text)) = text {
                    <textarea class="area mono" rows="8" readonly=true aria-label={words::redacted_copy()} data-test="redacted" lang={words::lang_of_report()} value={text.clone()} />
                    <div class="acts"><Copy value={text} name={words::redacted_copy()} word={words::copy_the_text()} /></div>
                }
            </section>
            <div class="acts">
                <button type="button" class="btn btn-ink" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ words::close() }</button>
            </div>
        </Dialog>
    }
}

const WHICH: &[(Shared, words::Text)] = &[
    (Shared::One, words::this_one),
    (Shared::Chain, words::with_those_that_issued_it),
    (Shared::All, words::all_on_the_pile),
];

fn shown_link(told: Told) -> Html {
    let (part, count) = match told {
        Told::Link(part, count) => (part, count),
        Told::Unclear(why) => {
            return html! { <p class="note" role="status" data-test="no-link">{ icon::drawn("i-now") }<span lang={words::lang_of_report()}>{ why }</span></p> };
        }
        _ => return Html::default(),
    };
    let link = format!("{}{part}", page());
    let characters = i64::try_from(link.len()).unwrap_or(i64::MAX);
    let count = words::certificates_counted(i64::try_from(count).unwrap_or(i64::MAX));
    html! {
        <>
            <label class="field field-line"><input class="mono" readonly=true aria-label={words::link()} data-test="link" value={link.clone()} /></label>
            <div class="acts">
                <p class="muted grow">
                    { words::link_characters(&count, &format::number(characters)) }
                    if OFTEN_CUT < characters { { words::some_programs_cut() } }
                </p>
                <Copy value={link} name={words::link()} word={words::copy_the_link()} />
            </div>
        </>
    }
}

/// Where some chat programs cut a link off.
const OFTEN_CUT: i64 = 2_000;

/// The page's own address, without what stands behind the `#`.
fn page() -> String {
    let href = window().location().href().unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}
