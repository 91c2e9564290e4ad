//! What an error message means, and what to drop to be sure.

use certlens_core::{KnownMessage, explain, known_messages};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::components::icon;
use crate::words;

/// What an [`Explain`] explains.
#[derive(Clone, PartialEq, Properties)]
pub struct ExplainProps {
    /// The message, as it was pasted.
    pub text: AttrValue,
    /// Called with another one.
    pub ontext: Callback<AttrValue>,
    /// Called to choose files.
    pub onfiles: Callback<()>,
}

/// What an error message means. The text stays in the page, and is not in its address.
#[component]
pub fn Explain(props: &ExplainProps) -> Html {
    let oninput = props.ontext.reform(|event: InputEvent| {
        let field = event.target_unchecked_into::<HtmlTextAreaElement>();
        AttrValue::from(field.value())
    });
    let found = explain(&props.text);
    let known = i64::try_from(known_messages().len()).unwrap_or(0);
    html! {
        <div class="landing explain" data-test="explain"><div class="landing-in">
            <h1>{ words::what_does_this_error_mean() }</h1>
            <p class="lede">{ words::paste_what_was_said(&words::messages_counted(known)) }</p>
            <label class="lbl" for="message">{ words::message_with_anything_around_it() }</label>
            <textarea id="message" class="area mono" rows="6" spellcheck="false" autocomplete="off" data-test="message"
                placeholder="PKIX path building failed: …" value={props.text.clone()} {oninput} />
            <div aria-live="polite" class="explained">
                if found.is_empty() && !props.text.trim().is_empty() {
                    <p class="muted" data-test="unknown-message">{ words::this_message_is_not_known_here_its() }</p>
                }
                { for found.iter().map(|message| told(message, &props.onfiles)) }
            </div>
            if found.is_empty() { { catalogue(&props.ontext) } }
        </div></div>
    }
}

fn told(message: &KnownMessage, onfiles: &Callback<()>) -> Html {
    html! {
        <article class="told" data-test="explained" data-id={message.id}>
            <p class="muted" lang={words::lang_of_report()}>{ message.program }{ ": " }<code>{ message.text }</code></p>
            <h2 lang={words::lang_of_report()}>{ message.means }</h2>
            <h3>{ words::why_it_happens_the_likeliest_first() }</h3>
            <ol lang={words::lang_of_report()}>{ for message.causes.iter().map(|cause| html! { <li>{ *cause }</li> }) }</ol>
            <h3>{ words::to_be_sure() }</h3>
            <p lang={words::lang_of_report()}>{ message.look_at }</p>
            <div class="acts"><button type="button" class="btn" onclick={onfiles.reform(|_: MouseEvent| ())}>{ icon::drawn("i-file") }{ words::choose_files() }</button></div>
            <p class="cite muted" lang={words::lang_of_report()}>{ message.source }</p>
        </article>
    }
}

/// Every message that is known, by who prints it.
fn catalogue(ontext: &Callback<AttrValue>) -> Html {
    let one = |message: &'static KnownMessage| {
        let onclick = ontext.reform(move |_: MouseEvent| AttrValue::Static(message.text));
        html! { <li><button type="button" {onclick}><span class="grow mono">{ message.text }</span><small>{ message.program }</small></button></li> }
    };
    html! {
        <details class="known"><summary>{ words::all_messages_that_are_known() }</summary>
            <ul>{ for known_messages().iter().map(one) }</ul></details>
    }
}
