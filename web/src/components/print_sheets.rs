//! Entries on paper, a page each. On the screen they are not seen.

use std::rc::Rc;

use certlens_core::{Certificate, Entry, Object, UnixTime};
use gloo::events::EventListener;
use gloo::utils::window;
use yew::prelude::*;

use super::certificate_detail::status;
use super::dated::told_each;
use super::findings::{found, said, severity};
use super::{signature_view, text};
use crate::format;
use crate::questions::Sheet;
use crate::words::{self, RulePart};

/// What [`PrintSheets`] print.
#[derive(Clone, PartialEq, Properties)]
pub struct PrintSheetsProps {
    /// The entries.
    pub sheets: Rc<Vec<Sheet>>,
    /// The instant to judge against.
    pub now: UnixTime,
    /// Called when they were printed, or not.
    pub onend: Callback<()>,
}

/// Entries on paper. Opens the browser's own dialog as soon as they are drawn.
#[component]
pub fn PrintSheets(props: &PrintSheetsProps) -> Html {
    {
        let onend = props.onend.clone();
        use_effect_with((), move |()| {
            let listener = EventListener::once(&window(), "afterprint", move |_| onend.emit(()));
            window().print().ok();
            move || drop(listener)
        });
    }
    let now = props.now;
    html! { <div class="sheets" data-test="sheets">{ for props.sheets.iter().map(|sheet| page(sheet, now)) }</div> }
}

fn page(sheet: &Sheet, now: UnixTime) -> Html {
    let Sheet {
        source,
        entry,
        signed,
    } = sheet;
    let row = |label: &str, value: Html| html! { <tr><th scope="row">{ label }</th><td>{ value }</td></tr> };
    let signature = match &entry.object {
        Object::Certificate(one) => one.signature_algorithm.text(),
        Object::CertificationRequest(one) => one.signature_algorithm.text(),
        Object::RevocationList(one) => one.signature_algorithm.text(),
        _ => String::new(),
    };
    html! {
        <article class="sheet" data-test="sheet">
            <h1>{ text::shown(&name(entry, source)) }</h1>
            if let Some(status) = status(entry, now) {
                { signature_view::sentence(status, entry, signed.as_ref(), None, now) }
            } else {
                <p class="say">{ text::shown(&words::sentence(entry, now).text()) }</p>
            }
            if !entry.findings.is_empty() {
                <h2>{ words::findings() }</h2>
                <ul>{ for entry.findings.iter().map(|finding| html! { <li><b>{ severity(finding.severity) }{ ": " }{ said(finding, RulePart::Title) }</b>{ ". " }{ found(finding) }</li> }) }</ul>
            }
            <table><tbody>
                { for facts(entry).into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| html! {
                    { row(label, text::shown(&value)) }
                }) }
                if !signature.is_empty() {
                    { row(words::signature(), html! { <>{ text::shown(&signature) }{ ". " }{ signature_view::beside(signed.as_ref()) }</> }) }
                }
                { row(words::file(), text::shown(source)) }
            </tbody></table>
            <p class="sheet-foot">{ words::sheet_foot(&format::instant(now)) }</p>
        </article>
    }
}

/// What it is called: after its file, where it has no name and no place of its own.
fn name(entry: &Entry, source: &str) -> String {
    let named = match &entry.object {
        Object::Certificate(certificate) => certificate.display_name().to_owned(),
        Object::CertificationRequest(request) => request.display_name().to_owned(),
        Object::RevocationList(list) => list.issuer.text.clone(),
        Object::PrivateKey(_) => words::private_key().to_owned(),
        _ => String::new(),
    };
    let known = [Some(named), entry.alias.clone(), Some(entry.path.clone())];
    let mut known = known.into_iter().flatten();
    known
        .find(|name| !name.trim().is_empty())
        .unwrap_or_else(|| source.to_owned())
}

fn facts(entry: &Entry) -> Vec<(&'static str, String)> {
    match &entry.object {
        Object::Certificate(certificate) => of_certificate(certificate),
        Object::PrivateKey(key) => {
            let public = key.public_key.as_ref();
            vec![
                (
                    words::kind(),
                    public.map(|key| key.text.clone()).unwrap_or_default(),
                ),
                (words::form_of_key(), key.form.clone().unwrap_or_default()),
            ]
        }
        Object::CertificationRequest(request) => vec![
            (words::subject(), request.subject.text.clone()),
            (words::public_key(), request.public_key.text.clone()),
        ],
        Object::RevocationList(list) => vec![
            (words::issuer(), list.issuer.text.clone()),
            (
                words::issued(),
                list.this_update.map(format::instant).unwrap_or_default(),
            ),
            (
                words::next_list(),
                list.next_update.map(format::instant).unwrap_or_default(),
            ),
        ],
        Object::Unreadable(problem) => vec![(words::problem(), problem.message.clone())],
        _ => Vec::new(),
    }
}

fn of_certificate(certificate: &Certificate) -> Vec<(&'static str, String)> {
    let names = certificate.subject_alternative_names.iter();
    let names: Vec<&str> = names.map(|name| name.value.as_str()).collect();
    let purposes = certificate.extended_key_usage.iter().flatten();
    let uses = certificate.key_usage.iter().flatten();
    vec![
        (words::subject(), certificate.subject.text.clone()),
        (words::issuer(), certificate.issuer.text.clone()),
        (words::serial(), format::colons(&certificate.serial)),
        (
            words::not_before(),
            certificate
                .not_before
                .map(format::instant)
                .unwrap_or_default(),
        ),
        (
            words::not_after(),
            certificate
                .not_after
                .map(format::instant)
                .unwrap_or_default(),
        ),
        (words::names(), names.join(", ")),
        (words::public_key(), certificate.public_key.text.clone()),
        (
            words::may_be_used_for(),
            told_each(purposes.map(|one| &*one.name)),
        ),
        (words::key_may(), told_each(uses.map(AsRef::as_ref))),
        ("SHA-256", format::colons(&certificate.fingerprints.sha256)),
        ("SHA-1", format::colons(&certificate.fingerprints.sha1)),
        (
            words::key_sha_256(),
            format::colons(&certificate.fingerprints.spki_sha256),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use certlens_core::{Finding, Options, Severity, inspect};

    use super::*;
    use crate::components::findings;
    use crate::components::text::tests::read;
    use crate::status::tests::fault;

    #[test]
    fn a_sheet_calls_a_finding_as_bad_as_the_screen_does() {
        let chain = include_bytes!("../../examples/chain.pem");
        let report = inspect(chain, &Options::default(), None).expect("reads");
        let mut words = Vec::new();
        for severity in [Severity::Error, Severity::Warning, Severity::Notice] {
            let mut entry = report.entries.first().expect("an entry").clone();
            let ended = Finding {
                what: "Root ended 2026-11-24T00:00:00Z.".to_owned(),
                ..fault(severity, "An authority is not in date")
            };
            let screen = read(&findings::finding(&ended, None));
            entry.findings = vec![ended];
            let sheet = Sheet {
                source: "chain.pem".to_owned(),
                entry,
                signed: None,
            };
            let paper = read(&page(&sheet, UnixTime::from_seconds(0)));
            let (word, _) = screen
                .split_once("An authority is not in date")
                .expect("its title");
            let said = format!(
                "{word}: An authority is not in date. Root ended \
                 <time 2026-11-24T00:00:00Z>24 Nov 2026, 00:00:00 UTC</time>."
            );
            assert!(paper.contains(&said), "{paper}");
            words.push(word.to_owned());
        }
        assert_eq!(words, ["Error", "Warning", "Note"]);
    }

    #[test]
    fn a_sheet_has_a_title_and_its_sentences_end_once() {
        let chain = include_bytes!("../../examples/chain.pem");
        let report = inspect(chain, &Options::default(), None).expect("reads");
        let mut entry = report.entries.first().expect("an entry").clone();
        assert_ne!(name(&entry, "chain.pem"), "chain.pem");
        // As the worker tells of a file that it cannot read.
        let error = inspect(b"", &Options::default(), None).expect_err("nothing");
        let mut problem = certlens_core::Problem::from(&error);
        entry.path = String::new();
        for message in ["found no bytes at all", "Found no bytes at all."] {
            problem.message = message.to_owned();
            entry.object = Object::Unreadable(problem.clone());
            assert_eq!(name(&entry, "zero.pem"), "zero.pem");
            let said = words::sentence(&entry, UnixTime::from_seconds(0)).text();
            assert!(said.ends_with("at all."), "{said}");
            assert!(!said.ends_with(".."), "{said}");
        }
    }
}
