//! The chain of a certificate: the picture, the way up in words, and whether it would be accepted.

use std::rc::Rc;

use certlens_core::{Certificate, IssuerSignature, UnixTime};
use yew::prelude::*;

use super::chain_picture::{ChainPicture, known};
use super::fields::Section;
use super::findings::Findings;
use super::trust_check::{Asked, TrustCheck};
use super::{icon, text};
use crate::detail::Detail;
use crate::questions::{ChainTold, Issuer, Question, Tie, Told};
use crate::rows::{Level, RowId};
use crate::services::questions::use_told;
use crate::view::View;
use crate::words;

/// What a [`ChainView`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct ChainViewProps {
    /// The entry.
    pub detail: Rc<Detail>,
    /// The certificate.
    pub certificate: Certificate,
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// The instant to judge against.
    pub now: UnixTime,
    /// What was asked about being accepted.
    pub asked: UseStateHandle<Asked>,
}

/// The chain of a certificate.
#[component]
pub fn ChainView(props: &ChainViewProps) -> Html {
    let id = props.detail.id;
    let told = use_told(Some(Question::Chain(id)), props.revision);
    let Some(Told::Chain(told)) = told else {
        return html! { <p class="muted" role="status">{ words::looking_for_issuers() }</p> };
    };
    let told: Rc<ChainTold> = Rc::from(told);
    html! {
        <div data-test="chain">
            <Section title={words::who_issued_whom()} count={told.total}>
                if told.certificates.len() < told.total {
                    <p class="muted gap">{ words::the_pile_is_large_only_its_issuers() }</p>
                }
                <ChainPicture told={(*told).clone()} open={id} now={props.now} />
                <ol class="way" aria-label={words::the_way_up()} data-test="way-up">{ for told.way_up.iter().map(|one| step(*one, &told, id)) }</ol>
            </Section>
            <Findings label={words::findings_about_the_chain()} findings={told.findings.clone()} />
            <TrustCheck detail={Rc::clone(&props.detail)} certificate={props.certificate.clone()} told={Rc::clone(&told)}
                revision={props.revision} now={props.now} asked={props.asked.clone()} />
        </div>
    }
}

/// One certificate of the way up, and what is known of its issuer's signature.
fn step(index: usize, told: &ChainTold, open: RowId) -> Html {
    let Some(node) = told.certificates.get(index) else {
        return Html::default();
    };
    let next = told.way_up.iter().position(|one| *one == index);
    let next = next.and_then(|at| told.way_up.get(at + 1));
    let is_next = |tie: &&Tie| match (tie.issuer, next) {
        (Issuer::Here(issuer), Some(next)) => issuer == *next,
        (Issuer::Missing(_), None) => true,
        (Issuer::Here(_), None) => tie.signature == IssuerSignature::Wrong,
        _ => false,
    };
    let tie = told
        .ties
        .iter()
        .filter(|tie| tie.issued == index)
        .find(is_next);
    let issuer = tie.and_then(|tie| match tie.issuer {
        Issuer::Here(one) => told.certificates.get(one).map(|one| &one.name),
        Issuer::Missing(one) => told.missing.get(one).map(|one| &one.name),
    });
    let urls = tie.and_then(|tie| match tie.issuer {
        Issuer::Missing(one) => told.missing.get(one).map(|one| one.urls.join(" ")),
        Issuer::Here(_) => None,
    });
    html! {
        <li>
            <a href={View::Chain.href(node.id)} aria-current={(node.id == open).then_some("true")}>{ text::shown(&node.name) }</a>
            if 1 < node.copies { <span class="chip">{ words::copies(&node.copies) }</span> }
            if let (Some(tie), Some(issuer)) = (tie, issuer) {
                <small>
                    { words::issued_by_name(text::shown(issuer)) }{ " " }
                    <span class={classes!("st", level(tie).class())}>{ icon::drawn(level(tie).icon()) }{ known(tie).1 }</span>
                </small>
            } else {
                <small>{ if node.role == certlens_core::ChainRole::Root { words::names_itself_as_issuer_or_its() } else { words::its_issuer_was_not_followed() } }</small>
            }
            if let Some(urls) = urls.filter(|urls| !urls.is_empty()) {
                <small>{ words::issuer_may_be_fetched(text::shown(&urls)) }</small>
            }
        </li>
    }
}

fn level(tie: &Tie) -> Level {
    match known(tie).0 {
        "st-fine" => Level::Fine,
        "st-now" => Level::Now,
        _ => Level::Unknown,
    }
}
