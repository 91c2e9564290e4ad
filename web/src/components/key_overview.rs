//! What is told of keys: private ones, public ones that stand alone, and SSH certificates.

use certlens_core::{
    KeyIdentity, LonePublicKey, PrivateKey, PublicKey, SshCertificate, SshCertificateType, SshLine,
    SshOption, UnixTime,
};
use yew::prelude::*;

use super::fields::{Field, Section};
use crate::format;

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
            format!("{}, {}", seal.algorithm, format::counted(rounds, "round"))
        }
        None => seal.algorithm.clone(),
    });
    html! {
        <>
            <Section title="Key">
                <dl class="kv">
                    { for public.map(kind) }
                    <Field label="Form" value={key.form.clone().unwrap_or_default()} />
                    <Field label="Holds" value={key.facts.join(", ")} />
                    <Field label="Comment" value={key.comment.clone().unwrap_or_default()} />
                    <Field label="Sealed with" value={seal.unwrap_or_else(|| "nothing".to_owned())} />
                </dl>
                <p class="muted gap">{ "Only public facts of a private key are shown. Its secret part is never drawn, copied or kept." }</p>
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
            <Section title="Key">
                <dl class="kv">
                    { kind(&key.public_key) }
                    <Field label="Form" value={key.form.clone()} />
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
        time.map_or_else(|| absent.to_owned(), |time| time.to_string())
    };
    let holder = match certificate.certificate_type {
        SshCertificateType::User => "users",
        SshCertificateType::Host => "hosts",
        SshCertificateType::Unknown => "neither users nor hosts",
    };
    let principals = match certificate.principals.as_slice() {
        [] => "any".to_owned(),
        names => names.join(", "),
    };
    let authority = certificate.authority.identity.as_ref();
    let authority = authority.and_then(|identity| identity.ssh_sha256.clone());
    html! {
        <>
            <Section title="SSH certificate">
                <dl class="kv">
                    <Field label="Key id" value={certificate.key_id.clone()} />
                    <Field label="For" value={holder} />
                    <Field label="Principals" value={principals} />
                    <Field label="Serial" value={certificate.serial.clone()} mono=true />
                    <Field label="Not before" value={time(certificate.not_before, "always valid")} />
                    <Field label="Not after" value={time(certificate.not_after, "never ends")} />
                    <Field label="Must keep to" value={options(&certificate.critical_options)} />
                    <Field label="May" value={options(&certificate.extensions)} />
                </dl>
            </Section>
            <Section title="Signed by">
                <dl class="kv">
                    { kind(&certificate.authority) }
                    <Field label="Its fingerprint" value={authority.unwrap_or_default()} mono=true />
                    <Field label="Signature" value={certificate.signature_algorithm.clone()} />
                </dl>
            </Section>
            <Section title="Key">
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
        0 => "less than is rated".to_owned(),
        bits => format!("about {bits} bits"),
    });
    let only = key
        .algorithm
        .pss
        .as_ref()
        .and(key.algorithm.parameters.clone());
    html! {
        <>
            <Field label="Kind" value={key.text.clone()} />
            <Field label="Only with" value={only.unwrap_or_default()} />
            <Field label="Exponent" value={key.exponent.clone().unwrap_or_default()} />
            <Field label="Strength" value={strength.unwrap_or_default()} />
        </>
    }
}

fn identity(identity: &KeyIdentity) -> Html {
    let key_id = format::colons(&identity.key_id);
    let digest = format::colons(&identity.spki_sha256);
    html! {
        <Section title="Fingerprints">
            <dl class="kv">
                <Field label="Key SHA-256" value={digest} copied={identity.spki_sha256.clone()} mono=true />
                <Field label="Pin" value={identity.pin.clone()} mono=true />
                <Field label="Key identifier" value={key_id} copied={identity.key_id.clone()} mono=true />
                <Field label="SSH" value={identity.ssh_sha256.clone().unwrap_or_default()} mono=true />
                <Field label="SSH, old form" value={identity.ssh_md5.clone().unwrap_or_default()} mono=true />
            </dl>
        </Section>
    }
}

fn line(line: &SshLine) -> Html {
    html! {
        <>
            <Field label="SSH type" value={line.key_type.clone()} />
            <Field label="Comment" value={line.comment.clone()} />
            <Field label="Marker" value={line.marker.clone().unwrap_or_default()} />
            <Field label="Hosts" value={line.hosts.join(", ")} />
            <Field label="Options" value={line.options.join(", ")} />
            <Field label="Registered for" value={line.application.clone().unwrap_or_default()} />
            <Field label="Line" value={line.line.clone()} mono=true />
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
