//! The side bar: who was asked, and how they are.

use yew::prelude::*;

use super::state::{Act, Asking, Backend, Inventory, Outcome};
use crate::components::{icon, text};
use crate::format;
use crate::words;

/// What [`Backends`] show.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct BackendsProps {
    /// The backends.
    pub(super) inventory: std::rc::Rc<Inventory>,
    /// Called with what is done.
    pub(super) onact: Callback<Act>,
    /// Called when the reader signs out.
    pub(super) onleave: Callback<()>,
}

/// The side bar: who was asked, and how they are. Pressing one shows its certificates only.
#[component]
pub(super) fn Backends(props: &BackendsProps) -> Html {
    let mut users: Vec<&str> = props
        .inventory
        .backends
        .iter()
        .map(|backend| backend.connection.credentials.user())
        .collect();
    users.dedup();
    html! {
        <nav class="console-nav not-phone" aria-label={words::backends()}>
            <h2>{ words::backends() }</h2>
            <ul>{ for props.inventory.backends.iter().map(|backend| entry(backend, props)) }</ul>
            <button type="button" class="btn btn-bare btn-s" data-test="add-backend"
                onclick={props.onact.reform(|_: MouseEvent| Act::Ask(Asking::Backend))}>
                { icon::drawn("i-plus") }{ words::add_a_backend() }
            </button>
            <div class="console-who">
                <p class="muted">{ words::signed_in_as(html! { <b>{ text::shown(&users.join(", ")) }</b> }) }</p>
                <button type="button" class="btn btn-s" data-test="sign-out" title={words::forgets_credentials_and_answers()}
                    onclick={props.onleave.reform(|_: MouseEvent| ())}>{ words::sign_out() }</button>
            </div>
        </nav>
    }
}

fn entry(backend: &Backend, props: &BackendsProps) -> Html {
    let number = backend.number;
    let pressed = props.inventory.only == Some(number);
    let count = backend
        .answer()
        .map(|answer| format::number(i64::try_from(answer.rows.len()).unwrap_or(0)));
    let about = backend
        .answer()
        .map(|answer| answer.about.clone())
        .filter(|about| !about.is_empty());
    let (class, icon, word) = standing(backend);
    html! {
        <li>
            <button type="button" class="backend" aria-pressed={pressed.to_string()} data-test="backend"
                title={words::show_only_its_certificates()} onclick={props.onact.reform(move |_: MouseEvent| Act::Backend(number))}>
                { icon::drawn("i-node") }
                <span class="backend-text">
                    <b>{ text::shown(&backend.name) }</b>
                    if let Some(about) = about { <small>{ text::shown(&about) }</small> }
                    <small class={classes!("st", class)}>{ icon::drawn(icon) }{ word }</small>
                </span>
                <span class="count">{ count }</span>
            </button>
        </li>
    }
}

fn standing(backend: &Backend) -> (&'static str, &'static str, String) {
    match &backend.outcome {
        Outcome::Answered(_) => ("st-fine", "i-fine", words::answered().to_owned()),
        Outcome::Asked {
            progress: Some((done, total)),
            ..
        } => {
            let number = |number: u32| format::number(i64::from(number));
            (
                "st-unknown",
                "i-soon",
                words::reading_of(&number(*done), &number(*total)),
            )
        }
        Outcome::Asked { .. } => ("st-unknown", "i-soon", words::asked().to_owned()),
        Outcome::Failed { failure, .. } if failure.is_sign_in() => {
            ("st-now", "i-broken", words::wrong_password().to_owned())
        }
        Outcome::Failed { .. } => ("st-now", "i-now", words::no_answer().to_owned()),
    }
}
