//! Whether a certificate would be accepted, for a purpose and a host, by what lies on the pile.

use std::rc::Rc;

use certlens_core::{
    Certificate, CheckOutcome, GeneralNameKind, Kinship, Lacks, PathCheck, PathStep, Purpose,
    StepVerdict, UnixTime,
};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::certificate_detail::in_a_terminal;
use super::dated::{spoken, spoken_sentence};
use super::fields::Section;
use super::{icon, text};
use crate::command;
use crate::detail::Detail;
use crate::questions::{ChainTold, JudgeQuestion, Question, Told, Trusting, Verdict};
use crate::rows::RowId;
use crate::services::{clock, questions::use_told};
use crate::view::View;
use crate::words;

/// What a [`TrustCheck`] asks about.
#[derive(Clone, PartialEq, Properties)]
pub struct TrustCheckProps {
    /// The entry.
    pub detail: Rc<Detail>,
    /// The certificate.
    pub certificate: Certificate,
    /// Who issued whom around it.
    pub told: Rc<ChainTold>,
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// The instant to judge at, unless another day is chosen.
    pub now: UnixTime,
    /// What was asked before, kept while other views are looked at.
    pub asked: UseStateHandle<Asked>,
}

/// What is asked about a certificate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    of: Option<RowId>,
    purpose: Option<Purpose>,
    host: String,
    trusting: Trusting,
    day: Option<UnixTime>,
}

impl Asked {
    /// The same about this certificate: of another one, by whom and when is kept.
    fn about(&self, id: RowId) -> Self {
        if self.of == Some(id) {
            return self.clone();
        }
        Self {
            of: Some(id),
            trusting: self.trusting,
            day: self.day,
            ..Self::default()
        }
    }
}

/// Whether a certificate would be accepted.
#[component]
pub fn TrustCheck(props: &TrustCheckProps) -> Html {
    let asked = props.asked.about(props.detail.id);
    let purpose = asked.purpose.clone();
    let purpose = purpose.unwrap_or_else(|| usual_purpose(&props.certificate));
    let trusting = asked.trusting;
    let question = JudgeQuestion {
        id: props.detail.id,
        purpose: purpose.clone(),
        host: asked.host.clone(),
        at: asked.day.unwrap_or(props.now),
        trusting,
    };
    let command = command::judge(&props.detail, &props.told, &question, asked.day);
    let told = use_told(Some(Question::Judge(question)), props.revision);
    let ask = |change: fn(&mut Asked, &str)| {
        let (state, asked) = (props.asked.clone(), asked.clone());
        move |value: &str| {
            let mut asked = asked.clone();
            change(&mut asked, value);
            state.set(asked);
        }
    };
    let chosen = |change| {
        let ask = ask(change);
        Callback::from(move |event: Event| {
            ask(&event.target_unchecked_into::<HtmlSelectElement>().value());
        })
    };
    let onpurpose = chosen(|asked, value| {
        asked.purpose = Some(Purpose::parse(value).unwrap_or(Purpose::Any));
    });
    let onstore = chosen(|asked, value| {
        asked.trusting = match (value, value.parse()) {
            (MOZILLA, _) => Trusting::Mozilla,
            (_, Ok(file)) => Trusting::File(file),
            _ => Trusting::RootsHere,
        };
    });
    let onhost = {
        let ask = ask(|asked, value| value.clone_into(&mut asked.host));
        Callback::from(move |event: InputEvent| {
            ask(&event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let onday = {
        let ask = ask(|asked, value| asked.day = clock::of_day(value));
        Callback::from(move |event: Event| {
            ask(&event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let example = props.certificate.subject_alternative_names.iter();
    let example = example
        .clone()
        .find(|name| name.kind == GeneralNameKind::Dns);
    html! { <>
        <Section title={words::would_it_be_accepted()}>
            <div class="ask">
                <label><span class="lbl">{ words::as_purpose() }</span>
                    <select class="btn" data-test="purpose" onchange={onpurpose}>
                        { for PURPOSES.iter().map(|(one, name)| html! {
                            <option value={one.name().to_owned()} selected={*one == purpose}>{ name() }</option>
                        }) }
                    </select></label>
                <label><span class="lbl">{ words::for_host_name() }</span>
                    <span class="field field-line"><input data-test="host" type="text" autocomplete="off" spellcheck="false"
                        placeholder={example.map(|name| crate::visible::escaped(&name.value)).unwrap_or_default()}
                        value={asked.host.clone()} oninput={onhost} /></span></label>
                <label><span class="lbl">{ words::trusting() }</span>
                    <select class="btn" data-test="store" onchange={onstore}>
                        <option value="" selected={trusting == Trusting::RootsHere}>{ words::every_root_dropped_here() }</option>
                        <option value={MOZILLA} selected={trusting == Trusting::Mozilla}>{ words::mozillas_roots_for_servers() }</option>
                        { for props.told.stores.iter().map(|(number, name)| html! {
                            <option value={number.to_string()} selected={trusting == Trusting::File(*number)}>{ crate::visible::escaped(name) }</option>
                        }) }
                    </select></label>
                <label><span class="lbl">{ words::on_today_if_empty() }</span>
                    <span class="field field-line"><input data-test="day" type="date" value={asked.day.map(clock::day)} onchange={onday} /></span></label>
            </div>
            if !props.told.locked_stores.is_empty() {
                <p class="muted" data-test="locked-stores">{ words::locked_stores(&crate::visible::escaped(&props.told.locked_stores.join(", "))) }</p>
            }
            <div aria-live="polite">
            { match told {
                Some(Told::Verdict(verdict)) => answer(&verdict, trusting),
                Some(Told::Unclear(why)) => html! {
                    <div class="verdict v-unknown" data-test="verdict">{ icon::drawn("i-unknown") }<p>{ text::shown(&words::not_a_host_name(&why)) }</p></div>
                },
                Some(_) => html! { <p class="muted">{ words::this_certificate_cannot_be_judged() }</p> },
                None => html! { <p class="muted">{ words::checking() }</p> },
            } }
            </div>
        </Section>
        if let Some(command) = command { { in_a_terminal(&command.into()) } }
    </> }
}

fn answer(verdict: &Verdict, trusting: Trusting) -> Html {
    let judged = &verdict.judgement;
    let (class, icon, head) = match (verdict.anchors, judged.accepted) {
        (0, _) => (
            "v-unknown",
            "i-unknown",
            words::not_checked_nothing_here_is_trusted(),
        ),
        (_, true) => (
            "v-fine",
            "i-fine",
            words::accepted_for_everything_that_was(),
        ),
        (_, false) => ("v-now", "i-broken", words::not_accepted()),
    };
    let anchors = i64::try_from(verdict.anchors).unwrap_or(0);
    html! {
        <>
            <div class={classes!("verdict", class)} data-test="verdict">
                { icon::drawn(icon) }
                <div>
                    <h3>{ head }</h3>
                    if verdict.anchors == 0 {
                        <p>{ words::drop_the_root_that_you_trust_or_a() }</p>
                    } else {
                        <p>{ spoken_sentence(&with_purpose(&judged.summary, &judged.purpose)) }</p>
                        <p>{ match trusting {
                            Trusting::Mozilla => words::trusted_mozilla(&words::certificates_counted(anchors)),
                            _ => words::trusted_chosen(anchors),
                        } }</p>
                    }
                    { for verdict.lacks.as_ref().map(lacks) }
                    { for verdict.kin.iter().map(kin) }
                </div>
            </div>
            if verdict.anchors != 0 {
                if let Some(path) = judged.paths.first() {
                    <ol class="steps" aria-label={words::step_by_step()} data-test="steps">{ for path.steps.iter().map(step) }</ol>
                }
            }
            <div class="covered">
                <section><h3>{ words::this_covers() }</h3>
                    <ul>{ for judged.covered.iter().map(|line| html! { <li>{ icon::sized("i-check", "i-14") }{ spoken(&with_purpose(line, &judged.purpose)) }</li> }) }</ul>
                </section>
                <section data-test="not-covered"><h3>{ words::it_does_not_cover() }</h3>
                    <ul>{ for judged.not_covered.iter().map(|line| html! { <li class="c-unknown">{ icon::sized("i-unknown", "i-14") }{ spoken(line) }</li> }) }</ul>
                </section>
            </div>
        </>
    }
}

fn step(step: &PathStep) -> Html {
    let (class, icon, word) = match step.verdict {
        StepVerdict::Accepted => ("st-fine", "i-fine", words::passed()),
        StepVerdict::Unproven => ("st-unknown", "i-unknown", words::unproven()),
        StepVerdict::Refused => ("st-now", "i-broken", words::refused()),
    };
    let (passed, rest): (Vec<&PathCheck>, Vec<&PathCheck>) = step
        .checks
        .iter()
        .partition(|check| check.outcome == CheckOutcome::Passed);
    html! {
        <li>
            <p class="step-head"><span class={classes!("st", class)}>{ icon::drawn(icon) }{ word }</span>
                <b>{ text::shown(&step.subject) }</b></p>
            <p class="muted">{ spoken_sentence(&step.reason) }</p>
            <ul>{ for rest.into_iter().map(check) }</ul>
            if !passed.is_empty() {
                <details><summary>{ words::checks_passed(i64::try_from(passed.len()).unwrap_or(0)) }</summary>
                    <ul>{ for passed.into_iter().map(check) }</ul></details>
            }
        </li>
    }
}

fn check(check: &PathCheck) -> Html {
    let (class, icon, word) = match check.outcome {
        CheckOutcome::Passed => ("st-fine", "i-fine", words::passed()),
        CheckOutcome::Noted => ("st-soon", "i-now", words::noted()),
        CheckOutcome::Unchecked => ("st-unknown", "i-unknown", words::heading_not_checked()),
        CheckOutcome::Refused => ("st-now", "i-broken", words::refused()),
    };
    html! {
        <li class="one-check"><span class={classes!("st", class)}>{ icon::drawn(icon) }{ word }</span>
            <span>{ spoken(&check.what) }{ " " }<small lang={words::lang_of_report()}>{ &check.citation }</small></span></li>
    }
}

fn lacks(lacks: &Lacks) -> Html {
    match lacks {
        Lacks::Issuer { name, urls, .. } => html! {
            <p data-test="lacks">{ words::lacks_issuer(html! { <b>{ text::shown(name) }</b> }) }
                if !urls.is_empty() { { words::may_be_fetched(text::shown(&urls.join(" "))) } }</p>
        },
        Lacks::InStore { name, same_key, .. } => html! {
            <p data-test="lacks">{ words::lacks_in_store(html! { <b>{ text::shown(name) }</b> }) }
                if !same_key.is_empty() { { words::store_has_its_key() } }</p>
        },
    }
}

fn kin((id, name, kinship): &(RowId, String, Kinship)) -> Html {
    let how = match kinship {
        Kinship::Same => words::store_holds_this,
        Kinship::SameKeyAndSubject => words::store_has_same_key_and_name,
        Kinship::SameKey => words::store_has_same_key,
        Kinship::SameSubject => words::store_has_same_name,
    };
    let name = html! { <a href={View::Overview.href(*id)}>{ text::shown(name) }</a> };
    html! { <p data-test="kin">{ how(name) }</p> }
}

/// A sentence of a judgement in which the purpose is called what the page calls it, not what a command line does.
fn with_purpose(said: &str, purpose: &Purpose) -> String {
    let Some((_, called)) = PURPOSES.iter().find(|(one, _)| one == purpose) else {
        return said.to_owned();
    };
    let (name, called) = (purpose.name(), called());
    if said == format!("the purpose {name}") {
        return format!("the purpose {called}");
    }
    ["accepted for", "refused for"]
        .into_iter()
        .find_map(|head| {
            let rest = said.strip_prefix(&format!("{head} {name}: "))?;
            Some(format!("{head} {called}: {rest}"))
        })
        .unwrap_or_else(|| said.to_owned())
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

const PURPOSES: &[(Purpose, words::Text)] = &[
    (Purpose::Any, words::anything),
    (Purpose::Server, words::server_tls),
    (Purpose::Client, words::client_tls),
    (Purpose::Email, words::e_mail),
    (Purpose::Code, words::code_signing),
    (Purpose::TimeStamping, words::time_stamping),
    (Purpose::Ocsp, || "OCSP"),
    (Purpose::Ca, words::authority),
    (
        Purpose::ElasticsearchTransport,
        words::elasticsearch_transport,
    ),
    (Purpose::ElasticsearchHttp, || "Elasticsearch HTTP"),
    (
        Purpose::RedisInternode,
        words::redis_enterprise_between_nodes,
    ),
    (Purpose::RedisProxy, words::redis_enterprise_proxy),
    (Purpose::IisSite, words::iis_site),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_is_called_what_the_page_calls_it() {
        let told = |said, purpose| with_purpose(said, &purpose);
        assert_eq!(
            told("refused for ca: CN=leaf: not an authority", Purpose::Ca),
            "refused for Authority: CN=leaf: not an authority"
        );
        assert_eq!(
            told("accepted for email: it leads to Root", Purpose::Email),
            "accepted for E-mail: it leads to Root"
        );
        assert_eq!(
            told("the purpose email", Purpose::Email),
            "the purpose E-mail"
        );
        let other = Purpose::Other("1.2.3".to_owned());
        assert_eq!(
            told("refused for 1.2.3: why", other),
            "refused for 1.2.3: why"
        );
        assert_eq!(
            told("the host for email (RFC 9525)", Purpose::Email),
            "the host for email (RFC 9525)"
        );
    }

    #[test]
    fn one_certificate_is_told_in_the_singular() {
        assert!(words::trusted_chosen(1).contains("1 certificate, because you chose it"));
        assert!(words::trusted_chosen(2).contains("2 certificates, because you chose them"));
    }
}
