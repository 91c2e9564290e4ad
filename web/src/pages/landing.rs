//! What a reader sees before anything was dropped.

use yew::prelude::*;

use crate::components::Icon;
use crate::components::guilloche::Guilloche;
use crate::components::shell::Requests;
use crate::format;
use crate::services::offline::use_kept;

/// What a [`Landing`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct LandingProps {
    /// Whether something is being dragged over the window.
    pub over: bool,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// Name of the file.
    pub file: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// Its octets.
    pub bytes: &'static [u8],
    icon: &'static str,
}

/// The examples, read from files beside the page's sources when it is built.
const EXAMPLES: &[Example] = &[
    Example {
        file: "chain.pem",
        title: "A leaf with its chain and key",
        bytes: include_bytes!("../../examples/chain.pem"),
        icon: "i-cert",
    },
    Example {
        file: "expired.pem",
        title: "One that has expired",
        bytes: include_bytes!("../../examples/expired.pem"),
        icon: "i-now",
    },
    Example {
        file: "keystore.p12",
        title: "A keystore whose password is changeit",
        bytes: include_bytes!("../../../tests/vectors/pkcs12/openssl-legacy.p12"),
        icon: "i-store",
    },
    Example {
        file: "broken.pem",
        title: "A broken one",
        bytes: include_bytes!("../../examples/broken.pem"),
        icon: "i-broken",
    },
];

/// Formats that are read, by the names that people use.
const FORMATS: &[&str] = &["PEM", "DER", "PKCS#12", "PKCS#7", "JKS", "JCEKS"];

/// What a reader sees before anything was dropped.
#[component]
pub fn Landing(props: &LandingProps) -> Html {
    let pressed = |callback: &Callback<()>| callback.reform(|_: MouseEvent| ());
    html! {
        <div class="landing"><div class="landing-in">
            <h1>{ "What is this certificate, and is it all right?" }</h1>
            <p class="lede">{ "Drop a certificate, a key or a keystore. It is read here, in this page, and goes nowhere." }</p>
            if let Some(notice) = &props.notice {
                <div class="note" role="alert" data-test="notice"><Icon name="i-now" /><p>{ notice }</p></div>
            }
            <section class={classes!("drop", props.over.then_some("is-over"))} aria-label="Drop files here" data-test="drop">
                <Guilloche />
                <div class="drop-seal"><Icon name="i-upload" class="i-24" /></div>
                <h2>{ if props.over { "Let go to read them here" } else { "Drop files or a folder anywhere" } }</h2>
                <p class="muted not-phone">{ "or press " }<kbd>{ "Ctrl V" }</kbd>{ " to paste text" }</p>
                <div class="drop-acts">
                    <button type="button" class="btn btn-ink" onclick={pressed(&props.onfiles)}><Icon name="i-file" />{ "Choose files" }</button>
                    <button type="button" class="btn" onclick={pressed(&props.onfolder)}><Icon name="i-folder" />{ "Choose folder" }</button>
                    <button type="button" class="btn" onclick={pressed(&props.onpaste)}><Icon name="i-paste" />{ "Paste" }</button>
                </div>
                <ul class="formats" aria-label="Formats that are read">
                    { for FORMATS.iter().map(|format| html! { <li>{ *format }</li> }) }
                </ul>
            </section>
            if 0 < props.entries {
                <p class="back"><a href="#/">{ format!("Back to {}", format::counted_as(i64::from(props.entries), "entry", "entries")) }</a></p>
            }
            <div class="under">
                <section>
                    <h2>{ "Try an example" }</h2>
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
            <Icon name={example.icon} /><span class="grow">{ example.title }</span><Icon name="i-right" class="i-14" />
        </button></li>
    }
}

/// What can be known of the reader's privacy, and how to check it.
#[component]
fn Ledger() -> Html {
    let requests = use_context::<Requests>().unwrap_or_default().0;
    let kept = use_kept();
    html! {
        <section class="ledger" aria-labelledby="ledger-title">
            <h2 id="ledger-title"><Icon name="i-lock" class="i-14" />{ "Nothing leaves this page" }</h2>
            <dl>
                <div><dt>{ "Requests since load" }</dt><dd>{ format::number(i64::from(requests)) }</dd></div>
                <div><dt>{ "Kept on this device" }</dt><dd data-test="kept">{ if kept { "the page, to work offline" } else { "nothing" } }</dd></div>
                <div><dt>{ "Files sent" }</dt><dd>{ "none" }</dd></div>
            </dl>
            <p class="muted">
                { "Once loaded, the inspector needs no network: pull the cable and try. The page's policy (" }
                <code>{ "connect-src 'self'" }</code>
                { ") lets it speak to no host but its own, which only the console does, once you sign in there." }
            </p>
        </section>
    }
}
