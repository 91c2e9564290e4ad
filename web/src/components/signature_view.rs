//! What is known of a signature: in the sentence, beside the algorithm, and in the rail.

use certlens_core::{Entry, Object, UnixTime};
use yew::prelude::*;

use super::say_line::SayLine;
use super::{icon, text};
use crate::questions::Signed;
use crate::status::Status;
use crate::words;

/// The sentence above something signed. What was verified is not among what was not checked.
pub(super) fn sentence(
    status: Status,
    entry: &Entry,
    signed: Option<&Signed>,
    now: UnixTime,
) -> Html {
    let mut sentence = words::sentence(entry, now);
    let mut checked = Html::default();
    if let Some(signed) = signed.filter(|signed| signed.is_checked()) {
        let rest = match &entry.object {
            Object::Certificate(_) if entry.is_revoked() => {
                words::unchecked_trust_and_other_lists()
            }
            Object::Certificate(_) => words::unchecked_trust(),
            _ => "",
        };
        rest.clone_into(&mut sentence.unchecked);
        let name = |name: &str| text::shown(name);
        checked = match signed {
            Signed::By(issuer) => words::said_signature_verified(name(issuer)),
            Signed::Wrong(issuer) => words::said_signature_wrong(name(issuer)),
            Signed::NotItself => html! { { words::said_signature_not_its_own() } },
            _ => html! { { words::said_signature_its_own() } },
        };
        checked = html! { <>{ " " }<span data-test="signed">{ checked }</span></> };
    }
    html! { <SayLine {status} {sentence} {checked} /> }
}

/// What stands beside the algorithm of the signature.
pub(super) fn beside(signed: Option<&Signed>) -> Html {
    let (class, icon, told) = told(signed);
    html! { <span class={classes!("st", class, "beside")}>{ icon::drawn(icon) }<span>{ told }</span></span> }
}

/// What was checked of a certificate, and what was not.
pub(super) fn rail(signed: Option<&Signed>) -> Html {
    let part = |(class, icon, why): (&'static str, &'static str, Html), what: &'static str| {
        html! { <li class={classes!("rel", class)}>{ icon::drawn(icon) }<span>{ what }<small>{ why }</small></span></li> }
    };
    let unchecked = |what: &'static str, why: &'static str| {
        part(("c-unknown", "i-unknown", html! { { why } }), what)
    };
    let checked = signed.filter(|signed| signed.is_checked());
    let signature = || {
        let (class, icon, why) = told(signed);
        let class = match class {
            "st-fine" => "c-fine",
            "st-now" => "st-now",
            _ => "c-unknown",
        };
        part((class, icon, why), words::signature())
    };
    html! {
        <>
            if checked.is_some() {
                <section data-test="checked">
                    <h2>{ words::heading_checked() }</h2>
                    <ul>{ signature() }</ul>
                </section>
            }
            <section data-test="not-checked">
                <h2>{ words::heading_not_checked() }</h2>
                <ul>
                    if checked.is_none() { { signature() } }
                    { unchecked(words::trust(), words::no_set_of_roots_was_asked()) }
                    { unchecked(words::revocation(), words::nothing_is_sent_from_this_page()) }
                </ul>
            </section>
        </>
    }
}

/// Class, icon, and what is known.
fn told(signed: Option<&Signed>) -> (&'static str, &'static str, Html) {
    let name = |name: &str| text::shown(name);
    match signed {
        Some(Signed::By(issuer)) => (
            "st-fine",
            "i-fine",
            words::verified_with_the_key_of(name(issuer)),
        ),
        // Anyone can sign for themselves, so that it is not green.
        Some(Signed::Itself) => (
            "st-unknown",
            "i-unknown",
            html! { { words::verified_with_its_own_key() } },
        ),
        Some(Signed::Wrong(issuer)) => (
            "st-now",
            "i-broken",
            words::not_made_by_the_key_of(name(issuer)),
        ),
        Some(Signed::NotItself) => (
            "st-now",
            "i-broken",
            html! { { words::not_made_by_its_own_key() } },
        ),
        Some(Signed::Absent(issuer)) => (
            "st-unknown",
            "i-unknown",
            words::not_checked_issuer_is_not_here(name(issuer)),
        ),
        Some(Signed::Unknown) | None => (
            "st-unknown",
            "i-unknown",
            html! { { words::not_checked() } },
        ),
    }
}

impl Signed {
    /// Whether somebody computed with the signature.
    fn is_checked(&self) -> bool {
        matches!(
            self,
            Self::By(..) | Self::Itself | Self::NotItself | Self::Wrong(_)
        )
    }
}
