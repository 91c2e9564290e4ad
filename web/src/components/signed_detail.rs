//! What the overview shows of requests, revocation lists, attribute certificates and signers.

use certlens_core::{
    Algorithm, Attribute, AttributeCertificate, CertificationRequest, GeneralName, RevocationList,
    Revoked, Signer, UnixTime,
};
use yew::prelude::*;

use super::fields::{BytesOf, Field, Section};
use super::validity::Validity;
use super::{icon, signature_view, text};
use crate::questions::Signed;
use crate::words;
use crate::{format, status::Status};

/// Entries of a revocation list that are drawn.
const FEW_ENTRIES: usize = 100;

pub(super) fn request_overview(
    request: &CertificationRequest,
    bytes: BytesOf,
    signed: Option<&Signed>,
) -> Html {
    let at = &request.at;
    let prints = &request.fingerprints;
    html! {
        <>
            if !request.subject_alternative_names.is_empty() {
                { names_section(words::names_it_asks_for(), &request.subject_alternative_names) }
            }
            <Section title={words::subject_and_key()}>
                <dl class="kv">
                    <Field label={words::subject()} value={or_empty(&request.subject.text)} bytes={bytes.at(at.subject)} />
                    <Field label={words::public_key()} value={request.public_key.text.clone()} bytes={bytes.at(at.public_key)} />
                    <Field label={words::signature()} value={request.signature_algorithm.name.clone()} bytes={bytes.at(at.signature)}>{ signature_view::beside(signed) }</Field>
                    <Field label={words::may_be_used_for()} value={listed(request.extended_key_usage.as_deref())} />
                    <Field label={words::key_may()} value={request.key_usage.as_deref().map(|uses| uses.join(", ")).unwrap_or_default()} />
                </dl>
            </Section>
            { attributes_section(words::attributes(), &request.attributes) }
            <Section title={words::fingerprints()}>
                <dl class="kv">
                    <Field label="SHA-256" value={format::colons(&prints.sha256)} mono=true />
                    <Field label={words::key_sha_256()} value={format::colons(&prints.spki_sha256)} mono=true />
                </dl>
            </Section>
        </>
    }
}

pub(super) fn list_overview(
    list: &RevocationList,
    now: UnixTime,
    bytes: BytesOf,
    signed: Option<&Signed>,
) -> Html {
    let at = &list.at;
    let count = i64::try_from(list.count).unwrap_or(i64::MAX);
    let held = words::held_revoked(&format::number(count));
    let status = Status::of_list(list.this_update, list.next_update, &held, now);
    let scope = list.scope.as_ref();
    let reasons = scope.and_then(|scope| scope.only_reasons.as_ref());
    html! {
        <>
            <Section title={words::issuer_and_time()}>
                <dl class="kv">
                    <Field label={words::issuer()} value={or_empty(&list.issuer.text)} bytes={bytes.at(at.issuer)} />
                    <Field label={words::made_at()} value={instant(list.this_update)} bytes={bytes.at(at.this_update)} title={utc(list.this_update)} />
                    <Field label={words::next_one_by()} value={list.next_update.map_or_else(|| words::the_list_does_not_say().to_owned(), format::instant)} title={utc(list.next_update)} bytes={bytes.at(at.next_update)}>
                        <span class={classes!("st", status.level.class(), "beside")}>{ icon::drawn(status.icon) }{ status.word }</span>
                    </Field>
                    <Field label={words::kind()} value={words::kind_and_version(&words::list_kind(list.kind()), &list.version)} />
                    <Field label={words::list_number()} value={list.number.clone().unwrap_or_default()} />
                    <Field label={words::completes_number()} value={list.base_number.clone().unwrap_or_default()} />
                    <Field label={words::covers_only()} value={scope.and_then(|scope| scope.only.clone()).unwrap_or_default()} />
                    <Field label={words::only_reasons()} value={reasons.map(|reasons| reasons.join(", ")).unwrap_or_default()} />
                    <Field label={words::signature()} value={list.signature_algorithm.name.clone()} bytes={bytes.at(at.signature)}>{ signature_view::beside(signed) }</Field>
                    <Field label={words::issuers_key()} value={format::colons(list.authority_key_identifier.as_deref().unwrap_or_default())} mono=true />
                </dl>
            </Section>
            { entries_section(list, count) }
            <Section title={words::fingerprints()}>
                <dl class="kv">
                    <Field label="SHA-256" value={format::colons(&list.fingerprints.sha256)} mono=true />
                    <Field label="SHA-1" value={format::colons(&list.fingerprints.sha1)} mono=true />
                </dl>
            </Section>
        </>
    }
}

fn entries_section(list: &RevocationList, count: i64) -> Html {
    let shown = list.revoked.len().min(FEW_ENTRIES);
    let rest = count.saturating_sub(i64::try_from(shown).unwrap_or(i64::MAX));
    html! {
        <Section title={words::revoked()} count={usize::try_from(list.count).ok()}>
            <dl class="kv">{ for list.revoked.iter().take(FEW_ENTRIES).map(revoked) }</dl>
            if 0 < rest {
                <p class="muted gap">{ words::and_more(&format::number(rest)) }</p>
            }
            if list.count == 0 {
                <p class="muted">{ words::the_list_revokes_nothing() }</p>
            }
        </Section>
    }
}

fn revoked(entry: &Revoked) -> Html {
    let reason = entry.reason.map(|reason| format!(", {}", reason.words()));
    let issuer = entry
        .issuer
        .as_ref()
        .map(|issuer| words::then_issued_by(issuer));
    let date = instant(entry.date);
    let line = format!(
        "{date}{}{}",
        reason.unwrap_or_default(),
        issuer.unwrap_or_default()
    );
    html! {
        <div data-test="revoked">
            <dt class="mono">{ format::colons(&entry.serial) }</dt>
            <dd><span class="v" title={utc(entry.date)}>{ text::shown(&line) }</span></dd>
        </div>
    }
}

pub(super) fn attribute_certificate_overview(
    one: &AttributeCertificate,
    now: UnixTime,
    bytes: BytesOf,
) -> Html {
    let at = &one.at;
    let holder = &one.holder;
    let certificate = holder.certificate_serial.as_ref().map(|serial| {
        words::serial_of(
            &format::colons(serial),
            &names_line(&holder.certificate_issuer),
        )
    });
    html! {
        <>
            if one.not_after.is_some() || one.not_before.is_some() {
                <Validity not_before={one.not_before} not_after={one.not_after} {now}
                    bytes={[bytes.at(at.not_before), bytes.at(at.not_after)]} />
            }
            <Section title={words::holder_and_issuer()}>
                <dl class="kv">
                    <Field label={words::holder()} value={names_line(&holder.names)} bytes={bytes.at(at.holder)} />
                    <Field label={words::holders_certificate()} value={certificate.unwrap_or_default()} />
                    <Field label={words::holders_digest()} value={holder.digest.clone().unwrap_or_default()} mono=true />
                    <Field label={words::issuer()} value={names_line(&one.issuer)} bytes={bytes.at(at.issuer)} />
                    <Field label={words::serial()} value={format::colons(&one.serial)} mono=true bytes={bytes.at(at.serial)} />
                    <Field label={words::signature()} value={one.signature_algorithm.name.clone()} bytes={bytes.at(at.signature)}>{ not_checked() }</Field>
                    <Field label={words::version()} value={one.version.to_string()} />
                </dl>
            </Section>
            { attributes_section(words::what_is_granted(), &one.attributes) }
            <Section title={words::fingerprints()}>
                <dl class="kv">
                    <Field label="SHA-256" value={format::colons(&one.fingerprints.sha256)} mono=true />
                </dl>
            </Section>
        </>
    }
}

pub(super) fn signer_overview(signer: &Signer) -> Html {
    let message = &signer.message;
    let kind = message.content_type.as_ref().map(|kind| kind.name.clone());
    let content = match message.content_size {
        Some(size) => format::size(size),
        None => words::stands_elsewhere_a_detached().to_owned(),
    };
    let key = signer.subject_key_identifier.as_deref().unwrap_or_default();
    html! {
        <>
            <Section title={words::signer()}>
                <dl class="kv">
                    <Field label={words::certificates_issuer()} value={signer.issuer.as_ref().map(|name| name.text.clone()).unwrap_or_default()} />
                    <Field label={words::certificates_serial()} value={format::colons(signer.serial.as_deref().unwrap_or_default())} mono=true />
                    <Field label={words::certificates_key()} value={format::colons(key)} mono=true />
                    <Field label={words::signed_at()} value={signer.signing_time.map(|time| words::says_the_signer(&format::instant(time))).unwrap_or_default()} />
                    <Field label={words::digest()} value={signer.digest_algorithm.name.clone()} />
                    <Field label={words::signature()} value={signer.signature_algorithm.name.clone()}>{ not_checked() }</Field>
                </dl>
            </Section>
            <Section title={words::signed_content()}>
                <dl class="kv">
                    <Field label={words::kind()} value={kind.unwrap_or_default()} />
                    <Field label={words::content_size()} value={content} />
                </dl>
            </Section>
            { attributes_section(words::signed_with_it(), &signer.signed_attributes) }
            { attributes_section(words::added_later(), &signer.unsigned_attributes) }
        </>
    }
}

fn attributes_section(title: &'static str, attributes: &[Attribute]) -> Html {
    if attributes.is_empty() {
        return Html::default();
    }
    let field = |attribute: &Attribute| {
        let label = attribute
            .name
            .clone()
            .unwrap_or_else(|| attribute.oid.clone());
        let value = match &attribute.text {
            Some(lines) => lines.join(", "),
            None => attribute.bytes.clone(),
        };
        html! { <Field {label} {value} mono={attribute.text.is_none()} /> }
    };
    html! {
        <Section {title} count={attributes.len()}>
            <dl class="kv">{ for attributes.iter().map(field) }</dl>
        </Section>
    }
}

fn names_section(title: &'static str, names: &[GeneralName]) -> Html {
    let item = |name: &GeneralName| html! { <li>{ text::shown(&name.value) }</li> };
    html! {
        <Section {title} count={names.len()}>
            <ul class="facts">{ for names.iter().map(item) }</ul>
        </Section>
    }
}

fn not_checked() -> Html {
    html! { <span class="st st-unknown beside">{ icon::drawn("i-unknown") }{ words::not_checked() }</span> }
}

fn names_line(names: &[GeneralName]) -> String {
    let values: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
    values.join(", ")
}

fn listed(purposes: Option<&[Algorithm]>) -> String {
    let names = purposes.unwrap_or_default().iter().map(|one| &*one.name);
    names.collect::<Vec<_>>().join(", ")
}

fn instant(time: Option<UnixTime>) -> String {
    time.map_or_else(|| words::value_not_readable().to_owned(), format::instant)
}

/// The same in UTC, for the hover.
fn utc(time: Option<UnixTime>) -> Option<AttrValue> {
    time.map(|time| time.to_string().into())
}

fn or_empty(text: &str) -> String {
    match text {
        "" => words::empty_value().to_owned(),
        text => text.to_owned(),
    }
}
