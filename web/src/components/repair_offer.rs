//! A file that can be mended: the offer, what was changed, and the mended file.

use certlens_core::KeyForm;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::convert_view::stem;
use super::made_card::{Making, making};
use super::{icon, text};
use crate::services::pile::Pile;
use crate::words;
use crate::writing::{Form, Keys, Order, Outcome, Refusal, Seal, Task, Typed};

/// What a [`RepairOffer`] offers to mend.
#[derive(Clone, PartialEq, Properties)]
pub struct RepairOfferProps {
    /// Number of the file.
    pub file: u32,
    /// Its name.
    pub source: AttrValue,
}

/// The offer to mend a file, where that would change anything. Nothing is changed before the reader asks for
/// it, and the file that was dropped stays as it is.
#[component]
pub fn RepairOffer(props: &RepairOfferProps) -> Html {
    let state = use_state(|| None::<Making>);
    let expected = use_state_eq(|| None::<Outcome>);
    let keys = use_state_eq(|| Keys::LeaveOut);
    let agreed = use_state_eq(|| false);
    let (first, second) = (use_node_ref(), use_node_ref());
    let pile = use_context::<Pile>();
    {
        let (expected, pile) = (expected.clone(), pile.clone());
        use_effect_with(props.file, move |file| {
            if let Some(pile) = pile {
                pile.would_mend(*file, Callback::from(move |told| expected.set(told)));
            }
        });
    }
    let Some(expected) = &*expected else {
        return Html::default();
    };
    let open_keys = expected.in_the_clear;
    let onsubmit = {
        let (state, file, keys) = (state.clone(), props.file, *keys);
        let (first, second) = (first.clone(), second.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(pile) = &pile else { return };
            let typed = |node: &NodeRef| {
                let field = node.cast::<HtmlInputElement>();
                Typed(field.map(|field| field.value()).unwrap_or_default())
            };
            let password = typed(&first);
            if open_keys && keys == Keys::Seal {
                let refused = match (password.0.is_empty(), password == typed(&second)) {
                    (true, _) => Some((words::takes_a_password(), words::type_a_new_one_twice())),
                    (_, false) => {
                        Some((words::passwords_differ(), words::type_the_new_one_twice()))
                    }
                    _ => None,
                };
                if let Some((message, hint)) = refused {
                    state.set(Some(Making::Refused(Refusal::new(message, hint))));
                    return;
                }
            }
            for node in [&first, &second] {
                if let Some(field) = node.cast::<HtmlInputElement>() {
                    field.set_value("");
                }
            }
            let order = (open_keys && !matches!(keys, Keys::Clear(_))).then(|| {
                Box::new(Order {
                    entries: None,
                    form: Form::Pem,
                    keys,
                    seal: Seal::Modern,
                    password,
                    present: false,
                    name: String::new(),
                })
            });
            state.set(Some(Making::Going));
            let state = state.clone();
            pile.make(
                Task::Repair(order),
                &[file],
                Callback::from(move |told| {
                    state.set(Some(match told {
                        Ok(made) => Making::Made(made),
                        Err(refusal) => Making::Refused(refusal),
                    }));
                }),
            );
        })
    };
    let choose = |which: Keys, words: &'static str, test: &'static str| {
        let (keys, agreed) = (keys.clone(), agreed.clone());
        let checked = *keys == which;
        let onchange = Callback::from(move |_: Event| {
            keys.set(which);
            agreed.set(false);
        });
        html! { <label class="check"><input type="radio" name="mended-keys" {checked} {onchange} data-test={test} />{ words }</label> }
    };
    let onagree = {
        let agreed = agreed.clone();
        Callback::from(move |event: Event| {
            agreed.set(event.target_unchecked_into::<HtmlInputElement>().checked());
        })
    };
    let field = |label: &'static str, test: &'static str, node: &NodeRef| {
        html! {
            <label><span class="lbl">{ label }</span>
                <span class="field field-line"><input ref={node.clone()} type="password" autocomplete="new-password" data-test={test} /></span></label>
        }
    };
    let done = matches!(&*state, Some(Making::Made(_) | Making::Going));
    let blocked = open_keys && matches!(*keys, Keys::Clear(_)) && !*agreed;
    html! {
        <section class="repair" aria-label={words::repair()} data-test="repair">
            if !done {
                <form {onsubmit}>
                <p><b>{ words::this_file_can_be_mended_here() }</b>{ " " }<span class="muted">{ words::you_see_what_was_changed_before_you() }</span></p>
                <p>{ words::once_mended() }</p>
                <ul lang={words::lang_of_report()} data-test="would-change">{ for expected.changes.iter().take(SHOWN).map(|line| html! { <li>{ text::shown(line) }</li> }) }
                    if SHOWN < expected.changes.len() { <li>{ "…" }</li> }</ul>
                if open_keys {
                    <fieldset class="keys"><legend class="lbl">{ words::private_keys() }</legend>
                        { choose(Keys::LeaveOut, words::leave_out(), "mend-keys-out") }
                        { choose(Keys::Seal, words::put_in_sealed_by_a_password(), "mend-keys-sealed") }
                        { choose(Keys::Clear(KeyForm::Pkcs8), words::put_in_without_any_password(), "mend-keys-clear") }
                        if matches!(*keys, Keys::Clear(_)) {
                            <label class="check agree"><input type="checkbox" checked={*agreed} onchange={onagree} data-test="mend-agree" />
                                <span>{ words::i_know_nothing_protects(html! { { words::its_owner() } }) }</span></label>
                        }
                    </fieldset>
                    if *keys == Keys::Seal {
                        <div class="ask">{ field(words::new_password(), "mend-password", &first) }{ field(words::once_more(), "mend-password-again", &second) }</div>
                    }
                }
                <button type="submit" class="btn" disabled={blocked} data-test="mend">{ icon::drawn("i-check") }{ words::mend_it() }</button>
                </form>
            }
            if let Some(state) = &*state { { making(state, &stem(&props.source), &props.source) } }
        </section>
    }
}

/// Changes that are told of beforehand.
const SHOWN: usize = 4;
