//! What is known of a signature: in the sentence, beside the algorithm, and in the rail.

use certlens_core::{Entry, Object, UnixTime};
use yew::prelude::*;

use super::dated::{self, spoken};
use super::say_line::SayLine;
use super::{icon, text};
use crate::questions::{Revocation, Signed};
use crate::status::Status;
use crate::words;

/// The sentence above something signed. What was verified is not among what was not checked.
pub(super) fn sentence(
    status: Status,
    entry: &Entry,
    signed: Option<&Signed>,
    revocation: Option<&Revocation>,
    now: UnixTime,
) -> Html {
    let mut sentence = words::sentence(entry, now);
    let mut checked = Html::default();
    if let Some(signed) = signed.filter(|signed| signed.is_checked()) {
        let rest = match &entry.object {
            Object::Certificate(_)
                if entry.is_revoked() || revocation.is_some_and(Revocation::is_checked) =>
            {
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
pub(super) fn rail(signed: Option<&Signed>, revocation: Option<&Revocation>) -> Html {
    let part = |(class, icon, why): (&'static str, &'static str, Html), what: &'static str| {
        html! { <li class={classes!("rel", class)}>{ icon::drawn(icon) }<span>{ what }<small>{ why }</small></span></li> }
    };
    let signature = || {
        let (class, icon, why) = told(signed);
        let class = match class {
            "st-fine" => "c-fine",
            "st-now" => "st-now",
            _ => "c-unknown",
        };
        part((class, icon, why), words::signature())
    };
    let revocation_part = || part(looked_up(revocation), words::revocation());
    let is_signed = signed.is_some_and(Signed::is_checked);
    let is_looked_up = revocation.is_some_and(Revocation::is_checked);
    html! {
        <>
            if is_signed || is_looked_up {
                <section data-test="checked">
                    <h2>{ words::heading_checked() }</h2>
                    <ul>
                        if is_signed { { signature() } }
                        if is_looked_up { { revocation_part() } }
                    </ul>
                </section>
            }
            <section data-test="not-checked">
                <h2>{ words::heading_not_checked() }</h2>
                <ul>
                    if !is_signed { { signature() } }
                    { part(("c-unknown", "i-unknown", html! { { words::no_set_of_roots_was_asked() } }), words::trust()) }
                    if !is_looked_up { { revocation_part() } }
                </ul>
            </section>
        </>
    }
}

/// Class, icon, and what is known of a certificate by the lists here.
fn looked_up(revocation: Option<&Revocation>) -> (&'static str, &'static str, Html) {
    let unknown = |why: Html| ("c-unknown", "i-unknown", why);
    match revocation {
        Some(Revocation::Revoked(file)) => (
            "st-now",
            "i-broken",
            words::revoked_by_the_list_in(text::shown(file)),
        ),
        Some(Revocation::Doubted(file)) => (
            "st-soon",
            "i-now",
            words::revoked_by_an_unverified_list(text::shown(file)),
        ),
        Some(Revocation::NotListed(due)) => {
            let told = match due {
                Some(due) => words::in_no_list_here_until(dated::date(*due)),
                None => html! { { words::in_no_list_here() } },
            };
            ("c-fine", "i-fine", told)
        }
        Some(Revocation::Unclear(why)) => unknown(spoken(why)),
        Some(Revocation::NoList) => unknown(html! { { words::no_list_here_is_about_it() } }),
        None => unknown(html! { { words::nothing_is_sent_from_this_page() } }),
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

impl Revocation {
    /// Whether a list that counts was found to be about it.
    fn is_checked(&self) -> bool {
        matches!(self, Self::Revoked(_) | Self::NotListed(_))
    }
}

#[cfg(test)]
mod tests {
    use certlens_core::UnixTime;

    use super::*;
    use crate::components::text::tests::read;

    #[test]
    fn the_rail_says_what_is_known_of_a_revocation_and_where_it_was_checked() {
        let told = |revocation: Option<Revocation>| {
            let signed = Signed::By("Root".to_owned());
            let told = read(&rail(Some(&signed), revocation.as_ref()));
            let checked = told.find("Revocation") < told.find("Not checked");
            let known = told.split("Revocation").nth(1).unwrap_or_default();
            let known = known.split("Not checked").next().unwrap_or_default();
            (checked, known.to_owned())
        };
        let file = || "ca.crl".to_owned();
        let due = UnixTime::parse("2027-11-01T00:00:00Z");
        let why = "the list of its issuer cannot be used: its date cannot be read";
        for (revocation, checked, wanted) in [
            (
                Some(Revocation::Revoked(file())),
                true,
                "revoked by the list in ca.crl",
            ),
            (
                Some(Revocation::NotListed(None)),
                true,
                "in no list here that is about it",
            ),
            (
                Some(Revocation::NotListed(due)),
                true,
                "in no list here that is about it; the next one is due on <time 2027-11-01T00:00:00Z>1 Nov 2027</time>",
            ),
            (
                Some(Revocation::Doubted(file())),
                false,
                "the list in ca.crl revokes it, and is not verified",
            ),
            (Some(Revocation::Unclear(why.to_owned())), false, why),
            (
                Some(Revocation::NoList),
                false,
                "no list here is about it, and none is fetched",
            ),
            (None, false, "nothing is sent from this page"),
        ] {
            assert_eq!(told(revocation), (checked, wanted.to_owned()));
        }
    }
}
