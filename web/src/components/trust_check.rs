//! Whether a certificate would be accepted, for a purpose and a host, by what lies on the pile.

use certlens_core::{
    Certificate, CheckOutcome, GeneralNameKind, Kinship, Lacks, PathCheck, PathStep, Purpose,
    UnixTime,
};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::fields::Section;
use super::{Icon, Text};
use crate::format;
use crate::questions::{JudgeQuestion, Question, Told, Trusting, Verdict};
use crate::rows::RowId;
use crate::services::{clock, questions::use_told};
use crate::view::View;

/// What a [`TrustCheck`] asks about.
#[derive(Clone, PartialEq, Properties)]
pub struct TrustCheckProps {
    /// Which entry it is.
    pub id: RowId,
    /// The certificate.
    pub certificate: Certificate,
    /// Files that hold certificates: number and name.
    pub stores: Vec<(u32, String)>,
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// The instant to judge at, unless another day is chosen.
    pub now: UnixTime,
}

/// Whether a certificate would be accepted.
#[component]
pub fn TrustCheck(props: &TrustCheckProps) -> Html {
    let purpose = use_state_eq(|| usual_purpose(&props.certificate));
    let host = use_state_eq(String::new);
    let trusting = use_state_eq(Trusting::default);
    let day = use_state_eq(|| None::<UnixTime>);
    let question = Question::Judge(JudgeQuestion {
        id: props.id,
        purpose: (*purpose).clone(),
        host: (*host).clone(),
        at: day.unwrap_or(props.now),
        trusting: *trusting,
    });
    let told = use_told(Some(question), props.revision);
    let onpurpose = {
        let purpose = purpose.clone();
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            purpose.set(Purpose::parse(&value).unwrap_or(Purpose::Any));
        })
    };
    let onstore = {
        let trusting = trusting.clone();
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            trusting.set(match (value.as_str(), value.parse()) {
                (MOZILLA, _) => Trusting::Mozilla,
                (_, Ok(file)) => Trusting::File(file),
                _ => Trusting::RootsHere,
            });
        })
    };
    let onhost = {
        let host = host.clone();
        Callback::from(move |event: InputEvent| {
            host.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let onday = Callback::from(move |event: Event| {
        day.set(clock::of_day(
            &event.target_unchecked_into::<HtmlInputElement>().value(),
        ));
    });
    let example = props.certificate.subject_alternative_names.iter();
    let example = example
        .clone()
        .find(|name| name.kind == GeneralNameKind::Dns);
    html! {
        <Section title="Would it be accepted?">
            <div class="ask">
                <label><span class="lbl">{ "As" }</span>
                    <select class="btn" data-test="purpose" onchange={onpurpose}>
                        { for PURPOSES.iter().map(|(one, words)| html! {
                            <option value={one.name().to_owned()} selected={*one == *purpose}>{ *words }</option>
                        }) }
                    </select></label>
                <label><span class="lbl">{ "For host name" }</span>
                    <span class="field field-line"><input data-test="host" type="text" autocomplete="off" spellcheck="false"
                        placeholder={example.map(|name| crate::visible::escaped(&name.value)).unwrap_or_default()}
                        value={(*host).clone()} oninput={onhost} /></span></label>
                <label><span class="lbl">{ "Trusting" }</span>
                    <select class="btn" data-test="store" onchange={onstore}>
                        <option value="" selected={*trusting == Trusting::RootsHere}>{ "Every root dropped here" }</option>
                        <option value={MOZILLA} selected={*trusting == Trusting::Mozilla}>{ "Mozilla's roots for servers" }</option>
                        { for props.stores.iter().map(|(number, name)| html! {
                            <option value={number.to_string()} selected={*trusting == Trusting::File(*number)}>{ crate::visible::escaped(name) }</option>
                        }) }
                    </select></label>
                <label><span class="lbl">{ "On (today, if empty)" }</span>
                    <span class="field field-line"><input data-test="day" type="date" onchange={onday} /></span></label>
            </div>
            <div aria-live="polite">
            { match told {
                Some(Told::Verdict(verdict)) => answer(&verdict, *trusting),
                Some(Told::Unclear(why)) => html! {
                    <div class="verdict v-unknown" data-test="verdict"><Icon name="i-unknown" /><p><Text value={format!("That is no host name: {why}")} /></p></div>
                },
                Some(_) => html! { <p class="muted">{ "This certificate cannot be judged: it was not read to its end." }</p> },
                None => html! { <p class="muted">{ "Checking." }</p> },
            } }
            </div>
        </Section>
    }
}

fn answer(verdict: &Verdict, trusting: Trusting) -> Html {
    let judged = &verdict.judgement;
    let (class, icon, head) = match (verdict.anchors, judged.accepted) {
        (0, _) => (
            "v-unknown",
            "i-unknown",
            "Not checked: nothing here is trusted",
        ),
        (_, true) => (
            "v-fine",
            "i-fine",
            "Accepted for everything that was checked",
        ),
        (_, false) => ("v-now", "i-broken", "Not accepted"),
    };
    let trusted = format::counted(i64::try_from(verdict.anchors).unwrap_or(0), "certificate");
    html! {
        <>
            <div class={classes!("verdict", class)} data-test="verdict">
                <Icon name={icon} />
                <div>
                    <h3>{ head }</h3>
                    if verdict.anchors == 0 {
                        <p>{ "Drop the root that you trust, or a truststore, and choose it above." }</p>
                    } else {
                        <p><Text value={format::sentence(&judged.summary)} /></p>
                        <p>{ match trusting {
                            Trusting::Mozilla => format!("Trusted: {trusted} of Mozilla's root programme, as this page was built with them. What Mozilla distrusts by date or by name is not part of that."),
                            _ => format!("Trusted: {trusted}, because you chose them, not because anybody vouched for them."),
                        } }</p>
                    }
                    { for verdict.lacks.as_ref().map(lacks) }
                    { for verdict.kin.iter().map(kin) }
                </div>
            </div>
            if verdict.anchors != 0 {
                if let Some(path) = judged.paths.first() {
                    <ol class="steps" aria-label="Step by step" data-test="steps">{ for path.steps.iter().map(step) }</ol>
                }
            }
            <div class="covered">
                <section><h3>{ "This covers" }</h3>
                    <ul>{ for judged.covered.iter().map(|line| html! { <li><Icon name="i-check" class="i-14" /><span><Text value={line.clone()} /></span></li> }) }</ul>
                </section>
                <section data-test="not-covered"><h3>{ "It does not cover" }</h3>
                    <ul>{ for judged.not_covered.iter().map(|line| html! { <li class="c-unknown"><Icon name="i-unknown" class="i-14" /><span><Text value={line.clone()} /></span></li> }) }</ul>
                </section>
            </div>
        </>
    }
}

fn step(step: &PathStep) -> Html {
    let (class, icon) = if step.accepted {
        ("st-fine", "i-fine")
    } else {
        ("st-now", "i-broken")
    };
    let (passed, rest): (Vec<&PathCheck>, Vec<&PathCheck>) = step
        .checks
        .iter()
        .partition(|check| check.outcome == CheckOutcome::Passed);
    html! {
        <li>
            <p class="step-head"><span class={classes!("st", class)}><Icon name={icon} />{ if step.accepted { "Passed" } else { "Refused" } }</span>
                <b><Text value={step.subject.clone()} /></b></p>
            <p class="muted"><Text value={format::sentence(&step.reason)} /></p>
            <ul>{ for rest.into_iter().map(check) }</ul>
            if !passed.is_empty() {
                <details><summary>{ format!("{} passed", format::counted(i64::try_from(passed.len()).unwrap_or(0), "check")) }</summary>
                    <ul>{ for passed.into_iter().map(check) }</ul></details>
            }
        </li>
    }
}

fn check(check: &PathCheck) -> Html {
    let (class, icon, word) = match check.outcome {
        CheckOutcome::Passed => ("st-fine", "i-fine", "Passed"),
        CheckOutcome::Noted => ("st-soon", "i-now", "Noted"),
        CheckOutcome::Unchecked => ("st-unknown", "i-unknown", "Not checked"),
        CheckOutcome::Refused => ("st-now", "i-broken", "Refused"),
    };
    html! {
        <li class="one-check"><span class={classes!("st", class)}><Icon name={icon} />{ word }</span>
            <span><Text value={check.what.clone()} />{ " " }<small>{ &check.citation }</small></span></li>
    }
}

fn lacks(lacks: &Lacks) -> Html {
    match lacks {
        Lacks::Issuer { name, urls, .. } => html! {
            <p data-test="lacks">{ "Missing: " }<b><Text value={name.clone()} /></b>{ ". It is neither in the store nor beside the certificate." }
                if !urls.is_empty() { { " It may be fetched from " }<Text value={urls.join(" ")} /> }</p>
        },
        Lacks::InStore { name, same_key, .. } => html! {
            <p data-test="lacks">{ "Missing in the store: " }<b><Text value={name.clone()} /></b>{ ", which lies beside the certificate." }
                if !same_key.is_empty() { { " The store has its key under another certificate, which some software takes instead." } }</p>
        },
    }
}

fn kin((id, name, kinship): &(RowId, String, Kinship)) -> Html {
    let how = match kinship {
        Kinship::Same => "The store holds this very certificate: ",
        Kinship::SameKeyAndSubject => {
            "The store has another certificate over the same key and name: "
        }
        Kinship::SameKey => "The store has the same key under another name: ",
        Kinship::SameSubject => {
            "The store has the same name over another key, which cannot stand in for it: "
        }
    };
    html! { <p data-test="kin">{ how }<a href={View::Overview.href(*id)}><Text value={name.clone()} /></a></p> }
}

/// What a certificate is judged for unless something else is chosen.
fn usual_purpose(certificate: &Certificate) -> Purpose {
    let purposes = certificate
        .extended_key_usage
        .as_deref()
        .unwrap_or_default();
    let has = |oid: &str| purposes.iter().any(|purpose| purpose.oid == oid);
    match () {
        () if certificate.is_ca() => Purpose::Ca,
        () if has("1.3.6.1.5.5.7.3.1") => Purpose::Server,
        () if has("1.3.6.1.5.5.7.3.2") => Purpose::Client,
        () if has("1.3.6.1.5.5.7.3.3") => Purpose::Code,
        () if has("1.3.6.1.5.5.7.3.4") => Purpose::Email,
        () => Purpose::Any,
    }
}

/// The choice of Mozilla's roots; files are chosen by number.
const MOZILLA: &str = "mozilla";

const PURPOSES: &[(Purpose, &str)] = &[
    (Purpose::Any, "Anything"),
    (Purpose::Server, "Server (TLS)"),
    (Purpose::Client, "Client (TLS)"),
    (Purpose::Email, "E-mail"),
    (Purpose::Code, "Code signing"),
    (Purpose::TimeStamping, "Time stamping"),
    (Purpose::Ocsp, "OCSP"),
    (Purpose::Ca, "Authority"),
    (Purpose::ElasticsearchTransport, "Elasticsearch transport"),
    (Purpose::ElasticsearchHttp, "Elasticsearch HTTP"),
    (Purpose::RedisInternode, "Redis Enterprise, between nodes"),
    (Purpose::RedisProxy, "Redis Enterprise proxy"),
    (Purpose::IisSite, "IIS site"),
];
