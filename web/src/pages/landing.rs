//! What a reader sees before anything was dropped.

use yew::prelude::*;

use crate::components::guilloche::Guilloche;
use crate::components::icon;
use crate::components::shell::Requests;
use crate::format;
use crate::services::focus;
use crate::services::language;
use crate::services::offline::use_kept;
use crate::words;

/// What a [`Landing`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct LandingProps {
    /// Whether something is being dragged over the window.
    pub over: bool,
    /// Whether the page was ready before this is shown, so that something else may have had the focus.
    pub ready: bool,
    /// Entries that are already on the pile.
    pub entries: u32,
    /// One thing about the whole screen.
    #[prop_or_default]
    pub notice: Option<AttrValue>,
    /// Called to choose files.
    pub onfiles: Callback<()>,
    /// Called to choose a folder.
    pub onfolder: Callback<()>,
    /// Called to paste text.
    pub onpaste: Callback<()>,
    /// Called with an example to try.
    pub onexample: Callback<Example>,
}

/// An example to try.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Name of the file.
    pub file: &'static str,
    /// What it shows.
    pub title: words::Text,
    /// Its octets.
    pub bytes: &'static [u8],
    icon: &'static str,
}

/// The examples, read from files beside the page's sources when it is built.
const EXAMPLES: &[Example] = &[
    Example {
        file: "chain.pem",
        title: words::a_leaf_with_its_chain_and_key,
        bytes: include_bytes!("../../examples/chain.pem"),
        icon: "i-cert",
    },
    Example {
        file: "expired.pem",
        title: words::one_that_has_expired,
        bytes: include_bytes!("../../examples/expired.pem"),
        icon: "i-now",
    },
    Example {
        file: "keystore.p12",
        title: words::a_keystore_whose_password_is,
        bytes: include_bytes!("../../../tests/vectors/pkcs12/openssl-legacy.p12"),
        icon: "i-store",
    },
    Example {
        file: "broken.pem",
        title: words::a_broken_one,
        bytes: include_bytes!("../../examples/broken.pem"),
        icon: "i-broken",
    },
];

/// Formats that are read, by the names that people use.
const FORMATS: &[&str] = &[
    "PEM", "DER", "PKCS#12", "PKCS#7", "JKS", "BKS", "OpenSSH", "YAML", "JSON", "ZIP", "TAR",
];

/// What a reader sees before anything was dropped.
#[component]
pub fn Landing(props: &LandingProps) -> Html {
    // What closed the last file went with it.
    let ready = props.ready;
    use_effect_with((), move |()| {
        if ready && focus::is_lost() {
            focus::on("[data-test=drop] button");
        }
    });
    let pressed = |callback: &Callback<()>| callback.reform(|_: MouseEvent| ());
    html! {
        <div class="landing"><div class="landing-in">
            <h1>{ words::what_is_this_certificate_and_is_it() }</h1>
            <p class="lede">{ words::drop_a_certificate_a_key_or_a() }</p>
            if let Some(notice) = &props.notice {
                <div class="note" role="alert" data-test="notice">{ icon::drawn("i-now") }<p>{ notice }</p></div>
            }
            <section class={classes!("drop", props.over.then_some("is-over"))} aria-label={words::drop_files_here()} data-test="drop">
                <Guilloche />
                <div class="drop-seal">{ icon::sized("i-upload", "i-24") }</div>
                <h2>{ if props.over { words::let_go_to_read_them_here() } else { words::drop_files_or_a_folder_anywhere() } }</h2>
                <p class="muted not-phone">{ words::press_to_paste(html! { <kbd>{ "Ctrl V" }</kbd> }) }</p>
                <div class="drop-acts">
                    <button type="button" class="btn btn-ink" onclick={pressed(&props.onfiles)}>{ icon::drawn("i-file") }{ words::choose_files() }</button>
                    <button type="button" class="btn" onclick={pressed(&props.onfolder)}>{ icon::drawn("i-folder") }{ words::choose_folder() }</button>
                    <button type="button" class="btn" onclick={pressed(&props.onpaste)}>{ icon::drawn("i-paste") }{ words::paste() }</button>
                </div>
                <ul class="formats" aria-label={words::formats_that_are_read()}>
                    { for FORMATS.iter().map(|format| html! { <li>{ *format }</li> }) }
                </ul>
            </section>
            if 0 < props.entries {
                <p class="back"><a href="#/">{ words::back_to(&words::entries_counted(i64::from(props.entries))) }</a></p>
            }
            <div class="under">
                <section>
                    <h2>{ words::try_an_example() }</h2>
                    <ul class="examples">{ for EXAMPLES.iter().map(|example| shown(*example, &props.onexample)) }</ul>
                </section>
                <Ledger />
            </div>
        </div></div>
    }
}

fn shown(example: Example, onexample: &Callback<Example>) -> Html {
    let onclick = onexample.reform(move |_: MouseEvent| example);
    html! {
        <li><button type="button" {onclick} data-test="example">
            { icon::drawn(example.icon) }<span class="grow">{ (example.title)() }</span>{ icon::sized("i-right", "i-14") }
        </button></li>
    }
}

/// What can be known of the reader's privacy, and how to check it.
#[component]
fn Ledger() -> Html {
    let requests = use_context::<Requests>().unwrap_or_default().0;
    let kept_here = match (use_kept(), language::chosen()) {
        (false, None) => words::nothing(),
        (true, None) => words::the_page_to_work_offline(),
        (false, Some(_)) => words::your_language(),
        (true, Some(_)) => words::the_page_and_your_language(),
    };
    html! {
        <section class="ledger" aria-labelledby="ledger-title">
            <h2 id="ledger-title">{ icon::sized("i-lock", "i-14") }{ words::nothing_leaves_this_page() }</h2>
            <dl>
                <div><dt>{ words::requests_since_load() }</dt><dd>{ format::number(i64::from(requests)) }</dd></div>
                <div><dt>{ words::kept_on_this_device() }</dt><dd data-test="kept">{ match crate::services::expiry::kept() {
                    Some(_) => words::and_when_ends_are_near(&kept_here),
                    None => kept_here.to_owned(),
                } }</dd></div>
                <div><dt>{ words::files_sent() }</dt><dd>{ words::none() }</dd></div>
            </dl>
            <p class="muted">
                { words::ledger_tells(html! { <code>{ "connect-src 'self'" }</code> }) }
            </p>
        </section>
    }
}
