//! What an error message means, and what to drop to be sure.

use certlens_core::{KnownMessage, explain, known_messages};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::components::Icon;
use crate::format;

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
            <h1>{ "What does this error mean?" }</h1>
            <p class="lede">{ format!("Paste what Java, OpenSSL, Go, Redis, Elasticsearch or Windows said. It is compared here with {} that are known, and goes nowhere.", format::counted(known, "message")) }</p>
            <label class="lbl" for="message">{ "Message, with anything around it" }</label>
            <textarea id="message" class="area mono" rows="6" spellcheck="false" autocomplete="off" data-test="message"
                placeholder="PKIX path building failed: …" value={props.text.clone()} {oninput} />
            <div aria-live="polite" class="explained">
                if found.is_empty() && !props.text.trim().is_empty() {
                    <p class="muted" data-test="unknown-message">{ "This message is not known here. Its words may be cut: paste the line that begins with the error itself, in English." }</p>
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
            <p class="muted">{ message.program }{ ": " }<code>{ message.text }</code></p>
            <h2>{ message.means }</h2>
            <h3>{ "Why it happens, the likeliest first" }</h3>
            <ol>{ for message.causes.iter().map(|cause| html! { <li>{ *cause }</li> }) }</ol>
            <h3>{ "To be sure" }</h3>
            <p>{ message.look_at }</p>
            <div class="acts"><button type="button" class="btn" onclick={onfiles.reform(|_: MouseEvent| ())}><Icon name="i-file" />{ "Choose files" }</button></div>
            <p class="cite muted">{ message.source }</p>
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
        <details class="known"><summary>{ "All messages that are known" }</summary>
            <ul>{ for known_messages().iter().map(one) }</ul></details>
    }
}
