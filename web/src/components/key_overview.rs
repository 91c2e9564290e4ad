//! What is told of keys: private ones, public ones that stand alone, and SSH certificates.

use certlens_core::{
    KeyIdentity, LonePublicKey, PrivateKey, PublicKey, SshCertificate, SshCertificateType, SshLine,
    SshOption, UnixTime,
};
use yew::prelude::*;

use super::fields::{Field, Section};
use crate::format;
use crate::words;

/// What a [`PrivateKeyOverview`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct PrivateKeyOverviewProps {
    /// The key.
    pub private_key: PrivateKey,
}

/// The public facts of a private key.
#[component]
pub fn PrivateKeyOverview(props: &PrivateKeyOverviewProps) -> Html {
    let key = &props.private_key;
    let public = key.public_key.as_ref();
    let seal = key.seal.as_ref().map(|seal| match seal.rounds {
        Some(rounds) => {
            let rounds = i64::try_from(rounds).unwrap_or(i64::MAX);
            format!("{}, {}", seal.algorithm, words::rounds_counted(rounds))
        }
        None => seal.algorithm.clone(),
    });
    html! {
        <>
            <Section title={words::key()}>
                <dl class="kv">
                    { for public.map(kind) }
                    <Field label={words::form_of_key()} value={key.form.clone().unwrap_or_default()} />
                    <Field label={words::holds()} value={key.facts.join(", ")} />
                    <Field label={words::comment()} value={key.comment.clone().unwrap_or_default()} />
                    <Field label={words::sealed_with()} value={seal.unwrap_or_else(|| words::nothing().to_owned())} />
                </dl>
                <p class="muted gap">{ words::only_public_facts_of_a_private_key() }</p>
            </Section>
            { for public.and_then(|key| key.identity.as_ref()).map(identity) }
        </>
    }
}

/// What a [`PublicKeyOverview`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct PublicKeyOverviewProps {
    /// The key.
    pub public_key: LonePublicKey,
}

/// A public key that stands alone.
#[component]
pub fn PublicKeyOverview(props: &PublicKeyOverviewProps) -> Html {
    let key = &props.public_key;
    html! {
        <>
            <Section title={words::key()}>
                <dl class="kv">
                    { kind(&key.public_key) }
                    <Field label={words::form_of_key()} value={key.form.clone()} />
                    { for key.ssh.as_ref().map(line) }
                </dl>
            </Section>
            { for key.public_key.identity.as_ref().map(identity) }
        </>
    }
}

/// What an [`SshCertificateOverview`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct SshCertificateOverviewProps {
    /// The certificate.
    pub certificate: SshCertificate,
}

/// An SSH certificate.
#[component]
pub fn SshCertificateOverview(props: &SshCertificateOverviewProps) -> Html {
    let certificate = &props.certificate;
    let time = |time: Option<UnixTime>, absent: &str| {
        time.map_or_else(|| absent.to_owned(), format::instant)
    };
    let utc = |time: Option<UnixTime>| time.map(|time| AttrValue::from(time.to_string()));
    let holder = match certificate.certificate_type {
        SshCertificateType::User => words::for_users(),
        SshCertificateType::Host => words::for_hosts(),
        SshCertificateType::Unknown => words::neither_users_nor_hosts(),
    };
    let principals = match certificate.principals.as_slice() {
        [] => words::any_principal().to_owned(),
        names => names.join(", "),
    };
    let authority = certificate.authority.identity.as_ref();
    let authority = authority.and_then(|identity| identity.ssh_sha256.clone());
    html! {
        <>
            <Section title={words::ssh_certificate()}>
                <dl class="kv">
                    <Field label={words::key_id()} value={certificate.key_id.clone()} />
                    <Field label={words::for_whom()} value={holder} />
                    <Field label={words::principals()} value={principals} />
                    <Field label={words::serial()} value={certificate.serial.clone()} mono=true />
                    <Field label={words::not_before()} value={time(certificate.not_before, words::always_valid())} title={utc(certificate.not_before)} />
                    <Field label={words::not_after()} value={time(certificate.not_after, words::never_ends())} title={utc(certificate.not_after)} />
                    <Field label={words::must_keep_to()} value={options(&certificate.critical_options)} />
                    <Field label={words::may()} value={options(&certificate.extensions)} />
                </dl>
            </Section>
            <Section title={words::signed_by()}>
                <dl class="kv">
                    { kind(&certificate.authority) }
                    <Field label={words::its_fingerprint()} value={authority.unwrap_or_default()} mono=true />
                    <Field label={words::signature()} value={certificate.signature_algorithm.clone()} />
                </dl>
            </Section>
            <Section title={words::key()}>
                <dl class="kv">
                    { kind(&certificate.public_key) }
                    { line(&certificate.ssh) }
                </dl>
            </Section>
            { for certificate.public_key.identity.as_ref().map(identity) }
        </>
    }
}

/// What kind of key it is.
fn kind(key: &PublicKey) -> Html {
    let strength = key.strength.map(|bits| match bits {
        0 => words::less_than_is_rated().to_owned(),
        bits => words::about_bits(&bits),
    });
    let only = key
        .algorithm
        .pss
        .as_ref()
        .and(key.algorithm.parameters.clone());
    html! {
        <>
            <Field label={words::kind()} value={key.text.clone()} />
            <Field label={words::only_with()} value={only.unwrap_or_default()} />
            <Field label={words::exponent()} value={key.exponent.clone().unwrap_or_default()} />
            <Field label={words::strength()} value={strength.unwrap_or_default()} />
        </>
    }
}

fn identity(identity: &KeyIdentity) -> Html {
    let key_id = format::colons(&identity.key_id);
    let digest = format::colons(&identity.spki_sha256);
    html! {
        <Section title={words::fingerprints()}>
            <dl class="kv">
                <Field label={words::key_sha_256()} value={digest} copied={identity.spki_sha256.clone()} mono=true />
                <Field label={words::pin()} value={identity.pin.clone()} mono=true />
                <Field label={words::key_identifier()} value={key_id} copied={identity.key_id.clone()} mono=true />
                <Field label="SSH" value={identity.ssh_sha256.clone().unwrap_or_default()} mono=true />
                <Field label={words::ssh_old_form()} value={identity.ssh_md5.clone().unwrap_or_default()} mono=true />
            </dl>
        </Section>
    }
}

fn line(line: &SshLine) -> Html {
    html! {
        <>
            <Field label={words::ssh_type()} value={line.key_type.clone()} />
            <Field label={words::comment()} value={line.comment.clone()} />
            <Field label={words::marker()} value={line.marker.clone().unwrap_or_default()} />
            <Field label={words::hosts()} value={line.hosts.join(", ")} />
            <Field label={words::options()} value={line.options.join(", ")} />
            <Field label={words::registered_for()} value={line.application.clone().unwrap_or_default()} />
            <Field label={words::line_of_file()} value={line.line.clone()} mono=true />
        </>
    }
}

fn options(options: &[SshOption]) -> String {
    let shown = |option: &SshOption| match &option.value {
        Some(value) => format!("{} {value}", option.name),
        None => option.name.clone(),
    };
    let all: Vec<String> = options.iter().map(shown).collect();
    all.join(", ")
}
