//! The frame around every screen: app bar, request count, theme, tab bar, short messages.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{Announce, Icon};
use crate::format;
use crate::services::address::Place;
use crate::services::requests::Counter;
use crate::services::theme::Theme;

/// What a [`Shell`] frames.
#[derive(Clone, PartialEq, Properties)]
pub struct ShellProps {
    /// Which place is shown.
    pub place: Place,
    /// Entries on the pile.
    pub entries: u32,
    /// Whether everything was loaded; requests are counted from then on.
    pub ready: bool,
    /// Requests that the workers have made.
    pub worker_requests: u32,
    /// Called to show what the keys do.
    pub onhelp: Callback<()>,
    /// The screen.
    pub children: Html,
}

/// How many requests were made since the page was ready. Provided to all screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests(pub u32);

/// The frame around every screen.
#[component]
pub fn Shell(props: &ShellProps) -> Html {
    let theme = use_state_eq(Theme::default);
    let said = use_state(|| None::<(AttrValue, Timeout)>);
    let counted = use_state_eq(|| 0_u32);
    {
        let counted = counted.clone();
        use_effect_with(props.ready, move |ready| {
            let counter = ready.then(|| Counter::start(Callback::from(move |n| counted.set(n))));
            move || drop(counter)
        });
    }
    let announce = {
        let said = said.clone();
        use_callback((), move |text: AttrValue, ()| {
            let over = said.clone();
            said.set(Some((text, Timeout::new(5000, move || over.set(None)))));
        })
    };
    let onclick = {
        let theme = theme.clone();
        Callback::from(move |_: MouseEvent| {
            let next = theme.next();
            next.wear();
            theme.set(next);
        })
    };
    let requests = *counted + props.worker_requests;
    let console = props.place == Place::Console;
    let explaining = props.place == Place::Explain;
    let open = matches!(props.place, Place::Entry(_));
    let entries = format::counted_as(i64::from(props.entries), "entry", "entries");
    let current = |is: bool| is.then_some("page");
    let dropping = props.place == Place::Drop || (props.place == Place::Pile && props.entries == 0);
    let theme_label = format!(
        "Colours: {}. Switch to {}",
        theme.name(),
        theme.next().name()
    );
    html! {
        <ContextProvider<Announce> context={Announce(announce)}>
        <ContextProvider<Requests> context={Requests(requests)}>
        <div class="app" data-test="app" data-ready={props.ready.to_string()}>
            <a class="skip" href="#main" onclick={skip()}>{ "Skip to the content" }</a>
            <header class="appbar">
                if open {
                    <a class="btn btn-bare btn-s only-phone" href={Place::Pile.href()}><Icon name="i-left" />{ entries }</a>
                }
                <a class={classes!("brand", open.then_some("not-phone"))} href={Place::Drop.href()}>
                    <Icon name="i-brand" class="i-20" />{ "certlens" }
                </a>
                <nav class="faces not-phone" aria-label="Product">
                    <a href={Place::Pile.href()} aria-current={current(!console && !explaining)}>{ "Inspector" }</a>
                    <a href={Place::Explain.href()} aria-current={current(explaining)}>{ "Explain an error" }</a>
                    <a href={Place::Console.href()} aria-current={current(console)}>{ "Console" }</a>
                </nav>
                <div class="tail">
                    <span class="proof" data-test="requests" title="Counted by the browser, page and workers together">
                        <Icon name="i-lock" class="i-14" />
                        <span>
                            <b>{ format::number(i64::from(requests)) }</b>
                            { if requests == 1 { " request" } else { " requests" } }
                            <span class="not-phone-inline">{ " since load" }</span>
                        </span>
                    </span>
                    <button type="button" class="btn btn-bare btn-i btn-s" aria-label={theme_label.clone()}
                        title={theme_label} data-test="theme" {onclick}><Icon name="i-theme" /></button>
                    <button type="button" class="btn btn-bare btn-i btn-s not-phone" aria-label="Keys" title="Keys (?)"
                        onclick={props.onhelp.reform(|_: MouseEvent| ())}><Icon name="i-help" /></button>
                </div>
            </header>
            <main id="main" tabindex="-1">{ props.children.clone() }</main>
            <nav class="tabbar only-phone" aria-label="Sections">
                <a href={Place::Drop.href()} aria-current={current(dropping)}><Icon name="i-upload" />{ "Drop" }</a>
                <a href={Place::Pile.href()} aria-current={current(!console && !dropping && !explaining)}><Icon name="i-inventory" />{ "List" }</a>
                <a href={Place::Console.href()} aria-current={current(console)}><Icon name="i-node" />{ "Console" }</a>
            </nav>
            <div class="toasts" role="status" aria-live="polite" data-test="toast">
                if let Some((text, _)) = &*said { <p class="toast">{ text }</p> }
            </div>
        </div>
        </ContextProvider<Requests>>
        </ContextProvider<Announce>>
    }
}

/// The content is reached without touching the address, which means a place here.
fn skip() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        if let Some(main) = gloo::utils::document().get_element_by_id("main") {
            use wasm_bindgen::JsCast;
            main.unchecked_into::<web_sys::HtmlElement>().focus().ok();
        }
    })
}
