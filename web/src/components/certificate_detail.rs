//! One entry in full: the sentence, the findings, the views.

use std::rc::Rc;

use certlens_core::{
    Algorithm, Certificate, Entry, Extension, Format, GeneralNameKind, Lock, Object, Other,
    Problem, RowKind, Trust, UnixTime,
};
use yew::prelude::*;

use super::bytes_view::{self, BytesView};
use super::chain_view::ChainView;
use super::compare_view::CompareView;
use super::convert_view::{ConvertView, Source};
use super::dated::{spoken, spoken_each, told_each};
use super::extensions::Extensions;
use super::fields::{BytesOf, Field, Section, to_bytes};
use super::findings::Findings;
use super::key_overview::{PrivateKeyOverview, PublicKeyOverview, SshCertificateOverview};
use super::opening_view::OpeningView;
use super::repair_offer::RepairOffer;
use super::seal::Seal;
use super::signature_view;
use super::signed_detail::{
    attribute_certificate_overview, list_overview, request_overview, signer_overview,
};
use super::tabs::Tabs;
use super::trust_check::Asked;
use super::validity::Validity;
use super::{Copy, Share, icon, text};
use crate::command;
use crate::detail::{Detail, Neighbour, Relation};
use crate::format;
use crate::questions::{Question, Recognised, Revocation, Signed, Told};
use crate::rows::RowId;
use crate::services::questions::use_told;
use crate::services::turn::use_turn;
use crate::services::view::use_view;
use crate::status::{self, Status};
use crate::view::View;
use crate::words;

/// What a [`CertificateDetail`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct CertificateDetailProps {
    /// The entry. Empty fields are left out, so that a dialect may fill in what it knows.
    pub entry: Rc<Entry>,
    /// The entry as JSON.
    pub json: AttrValue,
    /// Where it comes from: `es1.pem, entry 1`.
    pub source: AttrValue,
    /// The instant to judge against.
    pub now: UnixTime,
    /// What belongs to it, for the rail.
    #[prop_or_default]
    pub neighbours: Rc<[Neighbour]>,
    /// A command that shows the same in a terminal.
    #[prop_or_default]
    pub command: Option<AttrValue>,
    /// Called with a neighbour that is to be opened.
    #[prop_or_default]
    pub onopen: Callback<RowId>,
    /// Further sections of the rail, above the command.
    #[prop_or_default]
    pub rail: Html,
    /// What the inspector adds: views that ask the pile.
    #[prop_or_default]
    pub inspect: Option<Inspect>,
    /// Further buttons of the heading.
    #[prop_or_default]
    pub actions: Html,
}

/// One entry in full: the sentence, the findings, the views.
#[component]
pub fn CertificateDetail(props: &CertificateDetailProps) -> Html {
    let entry = &props.entry;
    let inspect = props.inspect.as_ref();
    let asked = inspect.filter(|_| Signed::is_asked_of(&entry.object));
    let told = use_told(
        asked.map(|inspect| Question::Signature(inspect.detail.id)),
        inspect.map_or(0, |inspect| inspect.revision),
    );
    let is_certificate = matches!(entry.object, Object::Certificate(_));
    let looked_up = use_told(
        inspect
            .filter(|_| is_certificate)
            .map(|inspect| Question::Revocation(inspect.detail.id)),
        inspect.map_or(0, |inspect| inspect.revision),
    );
    let turn = use_turn();
    let revocation = match looked_up {
        Some(Told::Revocation(revocation)) => Some(revocation),
        _ => None,
    };
    let signed = match told {
        Some(Told::Signed(signed)) => Some(signed),
        _ => None,
    };
    html! {
        <article class="detail-in" data-test="detail">
            { heading(props) }
            if let Some(status) = status(entry, props.now) {
                { signature_view::sentence(status, entry, signed.as_ref(), revocation.as_ref(), props.now) }
            }
            <Findings findings={entry.findings.clone()} bytes_of={props.bytes_of()} />
            if let Some(inspect) = props.inspect.as_ref().filter(|inspect| may_be_mended(&inspect.detail)) {
                <RepairOffer key={inspect.detail.id.group} file={inspect.detail.id.group} source={inspect.detail.source.clone()} />
            }
            if turn { <Views detail={props.clone()} {signed} {revocation} /> }
        </article>
    }
}

/// Whether it stands in a text that may need mending. A document such as a kubeconfig is as it should be,
/// unless a finding says that its text is not.
fn may_be_mended(detail: &Detail) -> bool {
    let is_odd = || {
        let mut findings = detail.file_findings.iter().chain(&detail.entry.findings);
        findings.any(|one| one.id.starts_with("pem-") || one.id.starts_with("text-"))
    };
    match detail.format {
        _ if detail.keystore.is_some() => false,
        // What stands in another document, in base64, is as it should be.
        Some(Format::Pem) if !detail.entry.path.starts_with("base64[") => true,
        Some(Format::Pem | Format::Text) => is_odd(),
        _ => false,
    }
}

/// The status of an entry that has one: nothing that was found wrong is called fine.
pub(super) fn status(entry: &Entry, now: UnixTime) -> Option<Status> {
    let worst = entry.findings.iter().map(|finding| finding.severity);
    standing(entry, now).map(|status| status.beside(worst.min()))
}

fn standing(entry: &Entry, now: UnixTime) -> Option<Status> {
    Some(match &entry.object {
        Object::Certificate(one) if entry.is_revoked() => {
            Status::of_validity(one.not_before, one.not_after, now).revoked()
        }
        Object::Certificate(one) => Status::of_validity(one.not_before, one.not_after, now),
        Object::AttributeCertificate(one) => {
            Status::of_validity(one.not_before, one.not_after, now)
        }
        Object::RevocationList(list) => {
            Status::of_list(list.this_update, list.next_update, "", now)
        }
        Object::SshCertificate(one) => match one.not_after {
            Some(_) => Status::of_validity(one.not_before, one.not_after, now),
            None => Status::unknown(words::ssh_certificate(), ""),
        },
        Object::PrivateKey(key) => match key.lock {
            Lock::Open => Status::unknown(words::private_key(), ""),
            Lock::Locked | Lock::WrongPassword => Status {
                icon: "i-lock",
                ..Status::unknown(words::locked(), "")
            },
        },
        Object::PublicKey(_) => Status::unknown(words::public_key(), ""),
        Object::CertificationRequest(_) => Status::unknown(words::request(), ""),
        Object::Signer(_) => Status::unknown(words::signer(), ""),
        _ => return None,
    })
}

/// What [`Views`] show.
#[derive(Clone, PartialEq, Properties)]
struct ViewsProps {
    detail: CertificateDetailProps,
    /// Whose key made its signature, once that is known.
    signed: Option<Signed>,
    /// What the lists here say of it, once that is known.
    revocation: Option<Revocation>,
}

/// The views of an entry, one shown at a time.
#[component]
fn Views(props: &ViewsProps) -> Html {
    let ViewsProps {
        detail: props,
        signed,
        revocation,
    } = props;
    let id = props.inspect.as_ref().map(|inspect| inspect.detail.id);
    let (view, show) = use_view(id);
    let asked = use_state_eq(Asked::default);
    let tabs = tabs(props);
    let selected = tabs.iter().position(|(one, ..)| one.is_tab_of(view));
    let selected = selected.unwrap_or(0);
    let view = if tabs.iter().any(|(one, ..)| one.is_tab_of(view)) {
        view
    } else {
        View::Overview
    };
    let onselect = {
        let (all, show) = (tabs.clone(), show.clone());
        Callback::from(move |index: usize| {
            if let Some((view, ..)) = all.get(index) {
                show.emit(*view);
            }
        })
    };
    let names = tabs
        .iter()
        .map(|(_, name, count)| (AttrValue::from(*name), *count));
    html! {
        <Tabs label={words::views()} tabs={names.collect::<Vec<_>>()} {selected} {onselect}>
            { shown(props, view, &show, (signed.as_ref(), revocation.as_ref()), &asked) }
        </Tabs>
    }
}

/// The views that an entry has, their names, and how much there is to see.
fn tabs(props: &CertificateDetailProps) -> Vec<(View, &'static str, Option<usize>)> {
    let object = &props.entry.object;
    let mut tabs = vec![(View::Overview, words::tab_overview(), None)];
    if let Object::Certificate(certificate) = object {
        let count = certificate.subject_alternative_names.len();
        tabs.push((View::Names, words::tab_names_and_use(), Some(count)));
    }
    let inspect = props.inspect.as_ref();
    if let (Object::Certificate(_), Some(_)) = (object, inspect) {
        tabs.push((View::Chain, words::tab_chain(), None));
    }
    if let Some(extensions) = extensions(object) {
        tabs.push((
            View::Extensions,
            words::tab_extensions(),
            Some(extensions.len()),
        ));
    }
    if inspect.is_some_and(|inspect| has_bytes(object) || has_piece(object, inspect.detail.format))
    {
        tabs.push((View::Bytes(None), words::tab_bytes(), None));
    }
    if inspect.is_some() && !matches!(object, Object::Unreadable(_) | Object::Other(_)) {
        tabs.push((View::Compare(None), words::tab_compare(), None));
    }
    let sealed = matches!(object, Object::PrivateKey(key) if key.seal.is_some());
    let archive = |inspect: &Inspect| inspect.detail.format.is_some_and(Format::is_archive);
    if inspect
        .is_some_and(|inspect| (inspect.detail.keystore.is_some() || sealed) && !archive(inspect))
    {
        tabs.push((View::Opening, words::who_can_open_it(), None));
    }
    let is_file = |inspect: &Inspect| inspect.detail.id.is_file();
    let readable = !matches!(object, Object::Unreadable(_)) && !inspect.is_some_and(is_file);
    if readable && inspect.is_some_and(|inspect| inspect.detail.format.is_some()) {
        tabs.push((View::Convert(None), words::tab_convert(), None));
    }
    tabs.push((View::Json, "JSON", None));
    tabs
}

fn shown(
    props: &CertificateDetailProps,
    view: View,
    show: &Callback<View>,
    (signed, revocation): (Option<&Signed>, Option<&Revocation>),
    asked: &UseStateHandle<Asked>,
) -> Html {
    let entry = &props.entry;
    let bytes_of = props.bytes_of();
    let view_of = |inspect: &Inspect| {
        let (id, revision) = (inspect.detail.id, inspect.revision);
        let command = command::of_view(&inspect.detail, view);
        let content = match (view, &entry.object) {
            (View::Chain, Object::Certificate(certificate)) => {
                html! { <ChainView detail={Rc::clone(&inspect.detail)} certificate={(**certificate).clone()} {revision} now={props.now} asked={asked.clone()} /> }
            }
            (View::Bytes(selected), _) => html! {
                <BytesView {id} entry={Rc::new(inspect.detail.entry.clone())} {revision} {selected}
                    onselect={show.reform(|at| View::Bytes(Some(at)))} />
            },
            (View::Compare(_) | View::CompareFile(_), _) => html! {
                <CompareView {id} source={inspect.detail.source.clone()} {view} {revision} onwith={show.clone()} />
            },
            (View::Opening, _) => {
                html! { <OpeningView {id} keystore={inspect.detail.keystore.is_some()} {revision} /> }
            }
            (View::Convert(opener), _) => html! {
                <ConvertView from={Source::Open(Rc::clone(&inspect.detail))} {revision} {opener} />
            },
            _ => Html::default(),
        };
        html! { <>{ content }if let Some(command) = command { { in_a_terminal(&command.into()) } }</> }
    };
    match view {
        View::Json => html! { <Json text={&props.json} /> },
        View::Extensions => {
            let extensions = extensions(&entry.object).cloned().unwrap_or_default();
            html! { <Extensions {extensions} {bytes_of} /> }
        }
        View::Names => match &entry.object {
            Object::Certificate(certificate) => names_and_use(certificate, BytesOf(bytes_of)),
            _ => Html::default(),
        },
        View::Overview => {
            html! { <div class="cols"><div>{ overview(props, signed) }</div>{ rail(props, signed, revocation) }</div> }
        }
        _ => props.inspect.as_ref().map(view_of).unwrap_or_default(),
    }
}

fn extensions(object: &Object) -> Option<&Vec<Extension>> {
    match object {
        Object::Certificate(certificate) => Some(&certificate.extensions),
        Object::CertificationRequest(request) => Some(&request.extensions),
        Object::RevocationList(list) => Some(&list.extensions),
        Object::AttributeCertificate(certificate) => Some(&certificate.extensions),
        _ => None,
    }
}

/// Whether the octets can be shown: of private keys they are not.
fn has_bytes(object: &Object) -> bool {
    match object {
        Object::RevocationList(list) => list.pem.is_some(),
        Object::Certificate(_)
        | Object::CertificationRequest(_)
        | Object::AttributeCertificate(_) => true,
        _ => false,
    }
}

/// Whether there is a piece of a file that it is in, whose octets can be shown without those of secrets.
fn has_piece(object: &Object, format: Option<Format>) -> bool {
    let of_values = format.is_none_or(|format| {
        matches!(
            format,
            Format::Pem | Format::Der | Format::Pkcs12 | Format::Pkcs7 | Format::Bcfks
        )
    });
    let stands_in_one = matches!(
        object,
        Object::PrivateKey(_) | Object::PublicKey(_) | Object::Other(_) | Object::Unreadable(_)
    );
    of_values && stands_in_one
}

/// What the inspector adds to a detail: views that ask the pile, and their place in the address.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspect {
    /// The entry as the worker told it.
    pub detail: Rc<Detail>,
    /// Counts up with every change of the pile.
    pub revision: u64,
}

impl CertificateDetailProps {
    /// Whether it stands for a whole file that is locked.
    fn is_file(&self) -> bool {
        let inspect = self.inspect.as_ref();
        inspect.is_some_and(|inspect| inspect.detail.id.is_file())
    }

    /// The entry whose bytes places lead to, where there are any.
    fn bytes_of(&self) -> Option<RowId> {
        let inspect = self.inspect.as_ref()?;
        has_bytes(&self.entry.object).then_some(inspect.detail.id)
    }
}

/// All names of a certificate, and everything it may be used for.
fn names_and_use(certificate: &Certificate, bytes: BytesOf) -> Html {
    let at = &certificate.at;
    let purposes = certificate
        .extended_key_usage
        .as_deref()
        .unwrap_or_default();
    let uses = certificate.key_usage.as_deref();
    html! {
        <>
            if certificate.subject_alternative_names.is_empty() {
                <Section title={words::names()}><p class="muted">{ words::it_has_no_alternative_names() }</p></Section>
            } else {
                <Names certificate={certificate.clone()} {bytes} />
            }
            <Section title={words::subject_part_by_part()}>
                <dl class="kv">{ for certificate.subject.attributes.iter().map(|part| html! {
                    <Field label={told_each([part.name.as_deref().unwrap_or(&part.oid)])} value={part.value.clone()} bytes={bytes.at(part.at)} />
                }) }</dl>
            </Section>
            <Section title={words::use_of_key()}>
                <dl class="kv">
                    { for purposes.iter().map(|purpose| named(words::may_be_used_for(), &[&purpose.text()], bytes.at(at.extended_key_usage))) }
                    if purposes.is_empty() { <Field label={words::may_be_used_for()} value={words::anything_no_purpose()} /> }
                    if let Some(uses) = uses {
                        { named(words::key_may(), uses, bytes.at(at.key_usage)) }
                    } else {
                        <Field label={words::key_may()} value={words::anything_no_limits()} bytes={bytes.at(at.key_usage)} />
                    }
                    <Field label={words::may_issue()} value={or(&constraints(certificate), words::nothing_no_authority())} bytes={bytes.at(at.basic_constraints)} />
                </dl>
            </Section>
        </>
    }
}

/// The command that does the same in a terminal.
pub(super) fn in_a_terminal(command: &AttrValue) -> Html {
    html! {
        <section class="sec terminal" data-test="command">
            <h2>{ words::same_in_a_terminal() }</h2>
            <div class="cmd"><code>{ command }</code><Copy value={command.clone()} name={words::command_name()} /></div>
        </section>
    }
}

/// The icon of an entry, what it is, and its name, which may be empty.
fn calling(props: &CertificateDetailProps) -> (&'static str, &'static str, String) {
    let entry = &props.entry;
    match &entry.object {
        Object::Certificate(certificate) => (
            "i-cert",
            words::role(certificate.calling()),
            certificate.display_name().to_owned(),
        ),
        Object::PrivateKey(key) => {
            let text = key
                .public_key
                .as_ref()
                .map(|key| key.text.clone())
                .unwrap_or_default();
            (
                "i-key",
                words::private_key(),
                entry.alias.clone().unwrap_or(text),
            )
        }
        Object::PublicKey(key) => {
            let comment = key.ssh.as_ref().map(|line| line.comment.clone());
            let named = comment.filter(|comment| !comment.is_empty());
            let name = named.unwrap_or_else(|| key.public_key.text.clone());
            ("i-key", words::public_key(), name)
        }
        Object::SshCertificate(certificate) => (
            "i-key",
            words::ssh_certificate(),
            certificate.key_id.clone(),
        ),
        Object::CertificationRequest(request) => (
            "i-request",
            words::certificate_request(),
            request.display_name().to_owned(),
        ),
        Object::RevocationList(list) => {
            let issuer = list.issuer.common_name.as_ref();
            let issuer = issuer.unwrap_or(&list.issuer.text);
            ("i-crl", words::revocation_list(), issuer.clone())
        }
        Object::AttributeCertificate(_) => {
            ("i-cert", words::attribute_certificate(), String::new())
        }
        Object::Signer(signer) => {
            let named = signer.issuer.as_ref().map(|name| name.text.clone());
            (
                "i-cert",
                words::signer(),
                named.map_or_else(String::new, |name| words::signer_with_certificate_of(&name)),
            )
        }
        Object::Other(_) if props.is_file() => {
            ("i-lock", words::locked(), props.source.to_string())
        }
        Object::Other(other) => ("i-file", words::not_taken_apart(), other.what.clone()),
        Object::Unreadable(_) => (
            "i-unreadable",
            words::not_readable(),
            props.source.to_string(),
        ),
        _ => ("i-file", words::unknown(), String::new()),
    }
}

fn heading(props: &CertificateDetailProps) -> Html {
    let entry = &props.entry;
    let (icon, kind, name) = calling(props);
    let name = match name.trim() {
        "" => entry.alias.clone().unwrap_or_else(|| kind.to_owned()),
        _ => name,
    };
    let sha256 = match &entry.object {
        Object::Certificate(certificate) => Some(certificate.fingerprints.sha256.clone()),
        _ => None,
    };
    let pem = match &entry.object {
        Object::Certificate(certificate) => Some(certificate.pem.clone()),
        Object::CertificationRequest(request) => Some(request.pem.clone()),
        Object::RevocationList(list) => list.pem.clone(),
        Object::AttributeCertificate(certificate) => Some(certificate.pem.clone()),
        _ => None,
    }
    .filter(|pem| !pem.is_empty());
    let alias = entry.alias.as_ref().filter(|alias| **alias != name);
    html! {
        <header class="d-head">
            <span class="seal-box">
                if let Some(sha256) = sha256.filter(|sha256| !sha256.is_empty()) {
                    <Seal {sha256} />
                } else {
                    { icon::sized(icon, "i-24") }
                }
            </span>
            <div class="grow">
                <h1 tabindex="-1" id="detail-title">{ text::shown(&name) }</h1>
                <p class="sub">
                    <span>{ kind }</span>
                    if name != *props.source { <span aria-hidden="true">{ "·" }</span> }
                    if name != *props.source { { text::shown(&props.source) } }
                    if let Some(whereabouts) = &entry.whereabouts {
                        <span aria-hidden="true">{ "›" }</span>
                        <span data-test="whereabouts">{ text::shown(&whereabouts.to_string()) }</span>
                    }
                    if let Some(alias) = alias {
                        <span aria-hidden="true">{ "·" }</span>
                        <span>{ words::alias_of(text::shown(alias)) }</span>
                    }
                </p>
            </div>
            <div class="acts">
                if let Some(pem) = pem { <Copy value={pem} name="PEM" word={words::copy_pem()} /> }
                if let (Object::Certificate(_), Some(inspect)) = (&entry.object, &props.inspect) {
                    <Share id={inspect.detail.id} revision={inspect.revision} />
                }
                { props.actions.clone() }
            </div>
        </header>
    }
}

fn overview(props: &CertificateDetailProps, signed: Option<&Signed>) -> Html {
    match &props.entry.object {
        Object::Certificate(certificate) => certificate_overview(certificate, props, signed),
        Object::PrivateKey(key) => html! { <PrivateKeyOverview private_key={(**key).clone()} /> },
        Object::PublicKey(key) => html! { <PublicKeyOverview public_key={(**key).clone()} /> },
        Object::SshCertificate(certificate) => {
            html! { <SshCertificateOverview certificate={(**certificate).clone()} /> }
        }
        Object::CertificationRequest(request) => {
            request_overview(request, BytesOf(props.bytes_of()), signed)
        }
        Object::RevocationList(list) => {
            list_overview(list, props.now, BytesOf(props.bytes_of()), signed)
        }
        Object::AttributeCertificate(one) => {
            attribute_certificate_overview(one, props.now, BytesOf(props.bytes_of()))
        }
        Object::Signer(one) => signer_overview(one),
        Object::Other(other) => other_overview(other, props.is_file()),
        Object::Unreadable(problem) => {
            html! { <ProblemOverview problem={problem.clone()} detail={props.clone()} /> }
        }
        _ => Html::default(),
    }
}

fn certificate_overview(
    certificate: &Certificate,
    props: &CertificateDetailProps,
    signed: Option<&Signed>,
) -> Html {
    let serial = format::colons(&certificate.serial);
    let prints = &certificate.fingerprints;
    let (bytes, at) = (BytesOf(props.bytes_of()), &certificate.at);
    let of = |oid: &str| {
        let mut extensions = certificate.extensions.iter();
        let found = extensions.find(|extension| extension.oid == oid);
        bytes.at(found.map(|extension| extension.at))
    };
    html! {
        <>
            if certificate.not_after.is_some() || certificate.not_before.is_some() {
                <Validity not_before={certificate.not_before} not_after={certificate.not_after} now={props.now}
                    bytes={[bytes.at(at.not_before), bytes.at(at.not_after)]} />
            }
            if !certificate.subject_alternative_names.is_empty() {
                <Names certificate={certificate.clone()} {bytes} />
            }
            <Section title={words::subject_and_issuer()}>
                <dl class="kv">
                    <Field label={words::subject()} value={or(&certificate.subject.text, words::empty_value())} bytes={bytes.at(at.subject)} />
                    <Field label={words::issuer()} value={certificate.issuer.text.clone()} bytes={bytes.at(at.issuer)} />
                    <Field label={words::serial()} value={serial} mono=true bytes={bytes.at(at.serial)} />
                    <Field label={words::signature()} value={certificate.signature_algorithm.text()} bytes={bytes.at(at.signature)}>
                        { signature_view::beside(signed) }
                    </Field>
                    <Field label={words::version()} value={version(certificate.version)} bytes={bytes.at(at.version)} />
                </dl>
            </Section>
            <Section title={words::key_and_use()}>
                <dl class="kv">
                    <Field label={words::public_key()} value={certificate.public_key.text.clone()} bytes={bytes.at(at.public_key)} />
                    <Field label={words::exponent()} value={certificate.public_key.exponent.clone().unwrap_or_default()} />
                    { named(words::may_be_used_for(), &purposes(certificate), bytes.at(at.extended_key_usage)) }
                    { named(words::key_may(), certificate.key_usage.as_deref().unwrap_or_default(), bytes.at(at.key_usage)) }
                    <Field label={words::may_issue()} value={constraints(certificate)} bytes={bytes.at(at.basic_constraints)} />
                    <Field label={words::key_identifier()} value={identifier(certificate.subject_key_identifier.as_deref())} mono=true bytes={of("2.5.29.14")} />
                    <Field label={words::issuers_key()} value={identifier(certificate.authority_key_identifier.as_deref())} mono=true bytes={of("2.5.29.35")} />
                </dl>
            </Section>
            if let Some(trust) = &props.entry.trust { { trust_overview(trust) } }
            if !prints.sha256.is_empty() || !prints.sha1.is_empty() {
                <Section title={words::fingerprints()}>
                    <dl class="kv">
                        <Field label="SHA-256" value={format::colons(&prints.sha256)} mono=true />
                        <Field label="SHA-1" value={format::colons(&prints.sha1)} mono=true />
                        <Field label={words::key_sha_256()} value={format::colons(&prints.spki_sha256)} mono=true />
                    </dl>
                </Section>
            }
        </>
    }
}

/// What OpenSSL was told to trust the certificate for.
fn trust_overview(trust: &Trust) -> Html {
    let told = |all: &[Algorithm]| {
        all.iter()
            .map(Algorithm::text)
            .collect::<Vec<_>>()
            .join(", ")
    };
    html! {
        <Section title={words::openssls_trust_settings()}>
            <dl class="kv">
                <Field label={words::trusted_for()} value={told(&trust.trusted)} />
                <Field label={words::rejected_for()} value={told(&trust.rejected)} />
                <Field label={words::key_identifier()} value={identifier(trust.key_id.as_deref())} mono=true />
                <Field label={words::beside_these()} value={told(&trust.other)} />
            </dl>
        </Section>
    }
}

/// What a [`Names`] lists.
#[derive(Clone, PartialEq, Properties)]
struct NamesProps {
    certificate: Certificate,
    bytes: BytesOf,
}

/// The alternative names. Long lists open on demand.
#[component]
fn Names(props: &NamesProps) -> Html {
    let all = use_state_eq(|| false);
    let names = &props.certificate.subject_alternative_names;
    let shown = if *all {
        names.len()
    } else {
        names.len().min(FEW_NAMES)
    };
    let rest = i64::try_from(names.len() - shown).unwrap_or(0);
    let onclick = Callback::from(move |_: MouseEvent| all.set(true));
    html! {
        <Section title={words::names()} count={names.len()}>
            <ul class="names">
                { for names.iter().take(shown).map(|name| html! {
                    <li data-test="name">
                        <span class="tag">{ tag(name.kind) }</span>
                        <span class="v">{ text::shown(&name.value) }</span>
                        { for props.bytes.at(name.at).map(|href| to_bytes(href, &crate::visible::escaped(&name.value))) }
                        <Copy value={name.value.clone()} name={crate::visible::escaped(&name.value)} />
                    </li>
                }) }
            </ul>
            if 0 < rest {
                <button type="button" class="btn btn-bare btn-s more" {onclick}>
                    { words::show_more_names(rest) }
                </button>
            }
        </Section>
    }
}

const FEW_NAMES: usize = 40;

fn tag(kind: GeneralNameKind) -> &'static str {
    match kind {
        GeneralNameKind::Dns => "DNS",
        GeneralNameKind::Ip => "IP",
        GeneralNameKind::Email => words::tag_mail(),
        GeneralNameKind::Uri => "URI",
        GeneralNameKind::Directory => "DN",
        GeneralNameKind::UserPrincipalName => "UPN",
        GeneralNameKind::RegisteredId => "OID",
        _ => words::tag_other(),
    }
}

fn other_overview(other: &Other, is_file: bool) -> Html {
    html! {
        <Section title={words::what_is_known()}>
            <ul class="facts" lang={words::lang_of_report()}>
                if is_file { <li lang={words::language().tag()}>{ text::shown(&status::waiting(&other.what)) }</li> }
                { for other.facts.iter().map(|fact| html! { <li>{ text::shown(fact) }</li> }) }
            </ul>
            <p class="muted gap">{ if is_file { words::its_password_shows_what_is_in_it() } else { words::this_version_of_certlens_recognises() } }</p>
        </Section>
    }
}

/// What a [`ProblemOverview`] shows.
#[derive(Clone, PartialEq, Properties)]
struct ProblemOverviewProps {
    problem: Problem,
    detail: CertificateDetailProps,
}

/// Why something cannot be read, where that stands, and what was recognised before it.
#[component]
fn ProblemOverview(props: &ProblemOverviewProps) -> Html {
    let ProblemOverviewProps { problem, detail } = props;
    let inspect = detail.inspect.as_ref();
    let asked = inspect.map(|inspect| bytes_view::question(inspect.detail.id, &detail.entry));
    let told = use_told(asked, inspect.map_or(0, |inspect| inspect.revision));
    let told = match told {
        Some(Told::Bytes(told)) => Some(told),
        _ => None,
    };
    let place = &detail.entry.place;
    let size = place.end.saturating_sub(place.start);
    let byte = words::byte_at(&format::number(i64::try_from(problem.offset).unwrap_or(0)));
    let fault = told.as_ref().and_then(|told| told.fault).zip(inspect);
    let link = fault.map(|(at, inspect)| View::Bytes(Some(at)).href(inspect.detail.id));
    html! {
        <>
            <section class="finds" role="note">
                <div class="find f-now" data-test="problem">
                    { icon::drawn("i-broken") }
                    <h2>{ spoken(&problem.message) }</h2>
                    <span class="ref">if let Some(href) = link { <a {href} data-test="fault">{ byte }</a> } else { { byte } }</span>
                    <p>{ spoken(&problem.hint) }</p>
                </div>
            </section>
            if size != 0 {
                <p class="muted gap">{ words::it_has_size(&format::size(size)) }</p>
            }
            if let Some(told) = told { { recognised(&told.recognised) } }
        </>
    }
}

/// What was recognised before the place at which reading failed.
fn recognised(told: &Recognised) -> Html {
    if told.issuer.is_none() {
        return Html::default();
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let time = |time: Option<UnixTime>| time.map(format::instant).unwrap_or_default();
    let utc = |time: Option<UnixTime>| time.map(|time| AttrValue::from(time.to_string()));
    html! {
        <Section title={words::recognised_before_that()}>
            <dl class="kv" data-test="recognised">
                <Field label={words::subject()} value={text(&told.subject)} />
                <Field label={words::issuer()} value={text(&told.issuer)} />
                <Field label={words::serial()} value={format::colons(&text(&told.serial))} mono=true />
                <Field label={words::not_before()} value={time(told.not_before)} title={utc(told.not_before)} />
                <Field label={words::not_after()} value={time(told.not_after)} title={utc(told.not_after)} />
            </dl>
        </Section>
    }
}

fn rail(
    props: &CertificateDetailProps,
    signed: Option<&Signed>,
    revocation: Option<&Revocation>,
) -> Html {
    let neighbour = |neighbour: &Neighbour| {
        let id = neighbour.id;
        let (icon, how) = match neighbour.relation {
            Relation::Issuer => ("i-ca", words::named_as_its_issuer()),
            Relation::Issued => ("i-cert", words::names_it_as_issuer()),
            Relation::PrivateKey => ("i-key", words::its_private_key()),
            Relation::Certificate
                if matches!(neighbour.kind, RowKind::Certificate | RowKind::Request) =>
            {
                ("i-cert", words::has_the_same_key())
            }
            Relation::Certificate => ("i-cert", words::its_certificate()),
        };
        html! {
            <li><button type="button" class="rel" onclick={props.onopen.reform(move |_: MouseEvent| id)}>
                { icon::drawn(icon) }<span>{ text::shown(&status::name(neighbour.kind, &neighbour.name)) }<small>{ how }
                    if let Some(source) = &neighbour.source { { ", " }{ text::shown(source) } }</small></span>
            </button></li>
        }
    };
    let certificate = matches!(props.entry.object, Object::Certificate(_));
    html! {
        <aside class="rail" aria-label={words::around_it()}>
            if !props.neighbours.is_empty() {
                <section>
                    <h2>{ words::in_this_file() }</h2>
                    <ul>{ for props.neighbours.iter().map(neighbour) }</ul>
                </section>
            }
            if certificate { { signature_view::rail(signed, revocation) } }
            { props.rail.clone() }
            if let Some(command) = &props.command {
                <section>
                    <h2>{ words::same_in_a_terminal() }</h2>
                    <div class="cmd"><code>{ command }</code><Copy value={command.clone()} name={words::command_name()} /></div>
                </section>
            }
        </aside>
    }
}

/// What a [`Json`] shows.
#[derive(Clone, PartialEq, Properties)]
struct JsonProps {
    text: AttrValue,
}

/// The entry as JSON, as `certlens inspect --json` prints it.
#[component]
fn Json(props: &JsonProps) -> Html {
    html! {
        <section class="json">
            <div class="json-bar">
                <p class="muted">{ words::json_as_printed(html! { <code>{ "certlens inspect --json" }</code> }) }</p>
                <Copy value={props.text.clone()} name="JSON" word={words::copy_json()} />
            </div>
            <pre tabindex="0" data-test="json"><code>{ &props.text }</code></pre>
        </section>
    }
}

fn or(text: &str, otherwise: &str) -> String {
    if text.is_empty() {
        otherwise.to_owned()
    } else {
        text.to_owned()
    }
}

fn version(version: u8) -> String {
    if version == 0 {
        String::new()
    } else {
        version.to_string()
    }
}

fn purposes(certificate: &Certificate) -> Vec<&str> {
    let purposes = certificate.extended_key_usage.iter().flatten();
    purposes.map(|purpose| &*purpose.name).collect()
}

/// A field of names that the core has, each in the language that is spoken.
fn named<N: AsRef<str>>(label: &'static str, names: &[N], bytes: Option<AttrValue>) -> Html {
    let names = || names.iter().map(AsRef::as_ref);
    html! { <Field {label} value={told_each(names())} drawn={spoken_each(names())} {bytes} /> }
}

fn constraints(certificate: &Certificate) -> String {
    match certificate.basic_constraints.as_ref() {
        None => String::new(),
        Some(constraints) if !constraints.ca => words::no_certificates().to_owned(),
        Some(constraints) => match constraints.path_length {
            None => words::certificates_and_authorities_below().to_owned(),
            Some(0) => words::certificates_but_no_further().to_owned(),
            Some(length) => {
                words::certificates_with_levels_below(&words::levels_counted(i64::from(length)))
            }
        },
    }
}

fn identifier(hex: Option<&str>) -> String {
    hex.map(format::colons).unwrap_or_default()
}
