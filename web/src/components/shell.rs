//! The frame around every screen: app bar, request count, theme, tab bar, short messages.

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{Announce, icon};
use crate::format;
use crate::services::address::Place;
use crate::services::language;
use crate::services::requests::Counter;
use crate::services::theme::Theme;
use crate::words::{self, Language};

/// What a [`Shell`] frames.
#[derive(Clone, PartialEq, Properties)]
pub struct ShellProps {
    /// Which place is shown.
    pub place: Place,
    /// Entries on the pile.
    pub entries: u32,
    /// Whether it holds anything that is gone when the page is loaded anew.
    pub holds: bool,
    /// Whether everything was loaded; requests are counted from then on.
    pub ready: bool,
    /// Requests that the workers have made.
    pub worker_requests: u32,
    /// Called to show what the keys do.
    pub onhelp: Callback<()>,
    /// The language that is spoken.
    pub language: Language,
    /// Called when another one is spoken.
    pub onspoken: Callback<Language>,
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
    let onlanguage = {
        let (announce, onspoken) = (announce.clone(), props.onspoken.clone());
        let holds = props.holds;
        Callback::from(move |event: Event| {
            let menu: HtmlSelectElement = event.target_unchecked_into();
            let Some(wanted) = Language::of_tag(&menu.value()) else {
                return;
            };
            let (announce, onspoken) = (announce.clone(), onspoken.clone());
            spawn_local(async move {
                let spoken = language::change(wanted).await;
                let kept = language::keep(wanted);
                if spoken {
                    onspoken.emit(wanted);
                } else if kept && !holds {
                    language::load_anew();
                } else {
                    menu.set_value(words::language().tag());
                    let name = wanted.own_name();
                    let told = if kept {
                        words::language_with_next_load(&name)
                    } else {
                        words::language_not_loaded(&name)
                    };
                    announce.emit(told.into());
                }
            });
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
    let entries = words::entries_counted(i64::from(props.entries));
    let current = |is: bool| is.then_some("page");
    let dropping = props.place == Place::Drop || (props.place == Place::Pile && props.entries == 0);
    let theme_label = words::colours_switch(&theme.name(), &theme.next().name());
    let figure = html! { <b>{ format::number(i64::from(requests)) }</b> };
    let since = html! { <span class="not-phone-inline">{ words::since_load() }</span> };
    html! {
        <ContextProvider<Announce> context={Announce(announce)}>
        <ContextProvider<Requests> context={Requests(requests)}>
        <div class="app" data-test="app" data-ready={props.ready.to_string()}>
            <a class="skip" href="#main" onclick={skip()}>{ words::skip_to_the_content() }</a>
            <header class="appbar">
                if open {
                    <a class="btn btn-bare btn-s only-phone" href={Place::Pile.href()}>{ icon::drawn("i-left") }{ entries }</a>
                }
                <a class={classes!("brand", open.then_some("not-phone"))} href={Place::Drop.href()}>
                    { icon::sized("i-brand", "i-20") }{ "certlens" }
                </a>
                <nav class="faces not-phone" aria-label={words::product()}>
                    <a href={Place::Pile.href()} aria-current={current(!console && !explaining)}>{ words::inspector() }</a>
                    <a href={Place::Explain.href()} aria-current={current(explaining)}>{ words::explain_an_error() }</a>
                    <a href={Place::Console.href()} aria-current={current(console)}>{ words::console() }</a>
                </nav>
                <div class="tail">
                    <span class="proof" data-test="requests" title={words::counted_by_the_browser_page_and()}>
                        { icon::sized("i-lock", "i-14") }
                        <span>{ words::requests_counted(i64::from(requests), figure, since) }</span>
                    </span>
                    <label class="btn btn-bare btn-s languages" title={words::language_menu()}>
                        { icon::drawn("i-language") }
                        <select aria-label={words::language_menu()} data-test="language" onchange={onlanguage}>
                            { for Language::ALL.iter().map(|one| html! {
                                <option value={one.tag()} lang={one.tag()} selected={*one == props.language}>{ one.own_name() }</option>
                            }) }
                        </select>
                    </label>
                    <button type="button" class="btn btn-bare btn-i btn-s" aria-label={theme_label.clone()}
                        title={theme_label} data-test="theme" {onclick}>{ icon::drawn("i-theme") }</button>
                    <button type="button" class="btn btn-bare btn-i btn-s not-phone" aria-label={words::keyboard_keys()} title={words::keyboard_keys_hint()}
                        onclick={props.onhelp.reform(|_: MouseEvent| ())}>{ icon::drawn("i-help") }</button>
                </div>
            </header>
            <main id="main" tabindex="-1">{ props.children.clone() }</main>
            <nav class="tabbar only-phone" aria-label={words::sections()}>
                <a href={Place::Drop.href()} aria-current={current(dropping)}>{ icon::drawn("i-upload") }{ words::tab_drop() }</a>
                <a href={Place::Pile.href()} aria-current={current(!console && !dropping && !explaining)}>{ icon::drawn("i-inventory") }{ words::list() }</a>
                <a href={Place::Explain.href()} aria-current={current(explaining)}>{ icon::drawn("i-help") }{ words::tab_explain() }</a>
                <a href={Place::Console.href()} aria-current={current(console)}>{ icon::drawn("i-node") }{ words::console() }</a>
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
