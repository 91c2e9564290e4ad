//! The form that asks where a backend is, and as whom it is asked.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::address::Address;
use super::connection::{Credentials, Dialect, Kind};
use super::failure::{self, Told};
use super::marked::marked;
use super::state::Backend;
use crate::components::{icon, text};
use crate::words::{self, Language};

/// What was submitted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Submitted {
    /// Where the backend answers.
    pub(super) address: Address,
    /// What is asked there.
    pub(super) kind: Kind,
    /// As whom.
    pub(super) credentials: Credentials,
}

/// What a [`SignIn`] shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct SignInProps {
    /// The language that is spoken. Nothing that was typed is lost when it changes.
    pub(super) language: Language,
    /// The origin of the server that the page came from.
    pub(super) serving: Option<AttrValue>,
    /// What the last try came to.
    pub(super) refusals: Vec<Backend>,
    /// Backends that were asked and have not answered; 0 while nothing is under way.
    pub(super) waiting: usize,
    /// How far the answers have come, in words.
    #[prop_or_default]
    pub(super) progress: Option<AttrValue>,
    /// Called with what was submitted.
    pub(super) onsubmit: Callback<Submitted>,
    /// Called when the reader does not want to wait any longer.
    pub(super) onstop: Callback<()>,
}

/// The screen before anybody is signed in.
#[component]
pub(super) fn SignIn(props: &SignInProps) -> Html {
    html! {
        <div class="sign-in" data-test="sign-in">
            <div class="sign-in-card">
                <h1>{ words::sign_in() }</h1>
                <p class="muted">{ words::see_the_certificates_that() }</p>
                <SignInForm language={props.language} serving={props.serving.clone()} refusals={props.refusals.clone()}
                    waiting={props.waiting} progress={props.progress.clone()} onsubmit={props.onsubmit.clone()}
                    onstop={props.onstop.clone()} />
                <p class="sign-in-foot">
                    { icon::sized("i-lock", "i-14") }
                    <span>{ words::user_name_and_password_stay_in_the() }</span>
                </p>
            </div>
        </div>
    }
}

/// What a [`SignInForm`] asks.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct SignInFormProps {
    /// The language that is spoken. Nothing that was typed is lost when it changes.
    #[prop_or_default]
    pub(super) language: Language,
    /// The origin of the server that the page came from.
    pub(super) serving: Option<AttrValue>,
    /// A backend whose address and kind stand fast; only credentials are asked.
    #[prop_or_default]
    pub(super) fixed: Option<Backend>,
    /// What the last try came to.
    #[prop_or_default]
    pub(super) refusals: Vec<Backend>,
    /// Backends that were asked and have not answered.
    #[prop_or_default]
    pub(super) waiting: usize,
    /// How far the answers have come, in words.
    #[prop_or_default]
    pub(super) progress: Option<AttrValue>,
    /// Called with what was submitted.
    pub(super) onsubmit: Callback<Submitted>,
    /// Called when the reader does not want to wait any longer.
    #[prop_or_default]
    pub(super) onstop: Callback<()>,
    /// Called when the reader leaves it; without it there is no such button.
    #[prop_or_default]
    pub(super) oncancel: Option<Callback<()>>,
}

/// Asks where a backend is, and as whom it is asked.
#[component]
pub(super) fn SignInForm(props: &SignInFormProps) -> Html {
    let (kind, name, password) = (use_node_ref(), use_node_ref(), use_node_ref());
    // The first backend is the serving one, unless something else is typed. Further ones are others.
    let first = props.oncancel.is_none();
    let serving = props.serving.clone().filter(|_| first);
    let address = use_state_eq(|| serving.clone().unwrap_or_default());
    let user = use_state_eq(|| {
        let fixed = props.fixed.as_ref();
        fixed.map_or_else(AttrValue::default, |backend| {
            backend.connection.credentials.user().to_owned().into()
        })
    });
    let misread = use_state_eq(|| None::<&'static str>);
    let seen = use_state_eq(|| false);
    // After a refusal the password is selected, to be typed anew.
    {
        let password = password.clone();
        use_effect_with(props.refusals.clone(), move |refusals| {
            if let (false, Some(field)) = (refusals.is_empty(), password.cast::<HtmlInputElement>())
            {
                field.focus().ok();
                field.select();
            }
        });
    }
    {
        let (name, password) = (name.clone(), password.clone());
        let (fixed, known) = (props.fixed.is_some(), serving.is_some());
        use_effect_with((), move |()| {
            let field = match (fixed, known) {
                (true, _) => password,
                (false, true) => name,
                (false, false) => return,
            };
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.focus().ok();
            }
        });
    }
    let typed = |state: &UseStateHandle<AttrValue>| {
        let (state, misread) = (state.clone(), misread.clone());
        Callback::from(move |event: InputEvent| {
            state.set(
                event
                    .target_unchecked_into::<HtmlInputElement>()
                    .value()
                    .into(),
            );
            misread.set(None);
        })
    };
    let readable = Address::parse(&address, serving.as_deref())
        .ok()
        .filter(Address::is_readable)
        .map(|address| address.host().to_owned());
    let onsubmit = {
        let (address, kind, user, password) = (
            address.clone(),
            kind.clone(),
            user.clone(),
            password.clone(),
        );
        let (props, misread, serving) = (props.clone(), misread.clone(), serving.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let secret = password
                .cast::<HtmlInputElement>()
                .map(|field| field.value());
            let credentials = Credentials::new(user.to_string(), secret.unwrap_or_default());
            let place = match &props.fixed {
                Some(backend) => Ok((
                    backend.connection.address.clone(),
                    Kind::One(backend.connection.dialect),
                )),
                None => Address::parse(&address, serving.as_deref()).map(|address| {
                    let kind = kind.cast::<HtmlSelectElement>().map(|kind| kind.value());
                    (address, Kind::read(&kind.unwrap_or_default()))
                }),
            };
            match place {
                _ if credentials.user().is_empty() => misread.set(Some(words::enter_a_user_name())),
                _ if credentials.user().contains(':') => {
                    misread.set(Some(words::a_user_name_cannot_hold_a_colon_it()));
                }
                Err(problem) => misread.set(Some(problem)),
                Ok((address, kind)) => {
                    misread.set(None);
                    props.onsubmit.emit(Submitted {
                        address,
                        kind,
                        credentials,
                    });
                }
            }
        })
    };
    let onshow = {
        let seen = seen.clone();
        Callback::from(move |_: MouseEvent| seen.set(!*seen))
    };
    let waiting = props.waiting != 0;
    let told = failure::tell_all(&props.refusals, props.serving.as_deref());
    let failed = !told.is_empty();
    let word = match (waiting, failed) {
        (true, _) => props
            .progress
            .clone()
            .unwrap_or_else(|| words::signing_in().into()),
        (false, true) => words::try_again().into(),
        (false, false) => words::sign_in().into(),
    };
    html! {
        <form class="sign-in-form" {onsubmit} aria-busy={waiting.then_some("true")} data-test="sign-in-form">
            if let Some(backend) = &props.fixed {
                <p class="muted">{ words::for_backend(text::shown(&backend.name), text::shown(backend.connection.address.text())) }</p>
            } else {
                <div>
                    <label class="lbl" for="console-address">{ words::address() }</label>
                    <div class="field field-line">
                        { icon::sized("i-node", "i-14") }
                        <input id="console-address" type="text" inputmode="url" autocomplete="url"
                            spellcheck="false" autocapitalize="off" disabled={waiting} oninput={typed(&address)}
                            value={(*address).clone()} placeholder="https://es1.example:9200"
                            aria-describedby="console-address-help" />
                    </div>
                    <p class="help" id="console-address-help">
                        if let Some(host) = readable {
                            <span class="st st-soon">{ icon::drawn("i-now") }{ words::not_protected() }</span>
                            { words::over_plain_http(&host) }
                        } else if !first {
                            { words::a_backend_that_allows_this_page_to() }
                        } else if props.serving.is_some() {
                            { words::the_server_that_this_page_came_from() }
                        } else {
                            { words::this_page_came_from_a_file_enter() }
                        }
                    </p>
                </div>
                <div>
                    <label class="lbl" for="console-kind">{ words::kind() }</label>
                    <select ref={kind} id="console-kind" class="btn select" disabled={waiting}>
                        <option value="all" selected=true>{ words::all_three_as_certlens_serves_them() }</option>
                        { for Dialect::ALL.into_iter().map(|dialect| html! {
                            <option value={dialect.word()}>{ dialect.name() }</option>
                        }) }
                    </select>
                </div>
            }
            <div>
                <label class="lbl" for="console-user">{ words::user_name() }</label>
                <div class="field field-line">
                    <input ref={name} id="console-user" type="text" autocomplete="username" spellcheck="false"
                        autocapitalize="off" disabled={waiting}
                        value={(*user).clone()} oninput={typed(&user)} />
                </div>
            </div>
            <div>
                <label class="lbl" for="console-password">{ words::password() }</label>
                <div class={classes!("field", "field-line", failed.then_some("is-wrong"))}>
                    <input ref={password} id="console-password" type={if *seen { "text" } else { "password" }}
                        autocomplete="current-password" spellcheck="false" autocapitalize="off" disabled={waiting} />
                    <button type="button" class="copy" onclick={onshow} aria-pressed={seen.to_string()}
                        aria-label={words::show_password()} title={words::show_password()}>{ icon::drawn("i-eye") }</button>
                </div>
            </div>
            <div class="sign-in-told" role="alert" data-test="sign-in-error">
                if let Some(problem) = *misread {
                    <p><span class="st st-now">{ icon::drawn("i-broken") }{ problem }</span></p>
                } else if !waiting {
                    { for told.iter().map(tell) }
                }
            </div>
            <div class="acts">
                if let Some(oncancel) = &props.oncancel {
                    <button type="button" class="btn" onclick={oncancel.reform(|_: MouseEvent| ())}>{ words::cancel() }</button>
                }
                if waiting {
                    <button type="button" class="btn" onclick={props.onstop.reform(|_: MouseEvent| ())}>{ words::stop() }</button>
                }
                <button type="submit" class="btn btn-ink" disabled={waiting}>{ word }</button>
            </div>
        </form>
    }
}

fn tell(told: &Told) -> Html {
    html! {
        <p>
            <span class="st st-now">{ icon::drawn("i-broken") }{ &told.what }</span>
            { " " }{ marked(&told.hint) }
            if let Some(quote) = &told.quote {
                { words::it_says(html! { <q>{ text::shown(quote) }</q> }) }
            }
        </p>
    }
}
