//! One certificate of a backend, with as much of it as its dialect tells.

use std::rc::Rc;

use certlens_core::{Object, Row, UnixTime};
use certlens_dialect::Fact;
use yew::prelude::*;

use super::answer::{self, Answer, Source};
use super::desk::Desk;
use super::place;
use super::state::{Backend, Inventory};
use crate::components::certificate_detail::CertificateDetail;
use crate::components::fields::{Field, Section};
use crate::components::say_line::SayLine;
use crate::components::validity::Validity;
use crate::components::{Copy, icon, text};
use crate::detail::{Detail, Neighbour};
use crate::format;
use crate::rows::RowId;
use crate::services::focus;
use crate::status::Status;
use crate::words;

/// What an [`Opened`] shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct OpenedProps {
    /// All certificates.
    pub(super) inventory: Rc<Inventory>,
    /// The one that is open.
    pub(super) id: RowId,
    /// The instant to judge against.
    pub(super) now: UnixTime,
    /// Who asks the worker.
    pub(super) desk: Desk,
}

/// One certificate of a backend, over the table.
#[component]
pub(super) fn Opened(props: &OpenedProps) -> Html {
    use_effect_with((), |()| focus::on("#detail-title"));
    let content = match props.inventory.entry(props.id) {
        None => html! {
            <div class="state" data-test="gone">
                { icon::sized("i-unknown", "i-24") }
                <h1 id="detail-title" tabindex="-1">{ words::no_such_certificate() }</h1>
                <p>{ words::it_was_there_when_the_list_was_read() }</p>
                <a class="btn" href={place::TABLE}>{ words::go_to_the_inventory() }</a>
            </div>
        },
        Some((backend, answer, index)) => match answer.sources.get(index) {
            Some(Source::Pem { name, id }) => html! {
                <Whole backend={backend.clone()} answer={Rc::clone(answer)} name={name.clone()} id={*id}
                    now={props.now} desk={props.desk.clone()} />
            },
            Some(source) => {
                html! { <Told backend={backend.clone()} answer={Rc::clone(answer)} {index} source={source.clone()} now={props.now} /> }
            }
            None => Html::default(),
        },
    };
    html! {
        <section class="console-detail detail" aria-label={words::certificate()}>
            <p class="console-back">
                <a class="btn btn-bare btn-s" href={place::TABLE} data-test="back">{ icon::drawn("i-left") }{ words::inventory() }</a>
            </p>
            { content }
        </section>
    }
}

/// What a [`Whole`] shows.
#[derive(Clone, PartialEq, Properties)]
struct WholeProps {
    backend: Backend,
    answer: Rc<Answer>,
    /// Its logical name.
    name: String,
    /// Its number in the worker.
    id: RowId,
    now: UnixTime,
    desk: Desk,
}

/// A certificate of which the backend gave everything.
#[component]
fn Whole(props: &WholeProps) -> Html {
    let detail = use_state(|| None::<Option<Rc<Detail>>>);
    {
        let (detail, desk, number) = (detail.clone(), props.desk.clone(), props.backend.number);
        use_effect_with((props.id, props.answer.read_at), move |(id, _)| {
            desk.detail(
                number,
                *id,
                Callback::from(move |answer| {
                    detail.set(Some(answer));
                }),
            );
        });
    }
    use_effect_with(detail.is_some(), |_| focus::on("#detail-title"));
    let detail = match &*detail {
        None => {
            return html! { <p class="state muted" role="status">{ words::reading_the_certificate() }</p> };
        }
        Some(None) => {
            return html! {
                <div class="state">{ icon::sized("i-unknown", "i-24") }<h1>{ words::not_at_hand() }</h1>
                    <p>{ words::the_worker_that_keeps_the() }</p></div>
            };
        }
        Some(Some(detail)) => detail,
    };
    let mut entry = detail.entry.clone();
    // Something unreadable has no name of its own.
    if matches!(entry.object, Object::Unreadable(_)) {
        entry.alias = Some(props.name.clone());
    }
    let onopen = {
        let (answer, backend) = (Rc::clone(&props.answer), props.backend.number);
        Callback::from(move |wanted: RowId| {
            let is_it = |source: &Source| matches!(source, Source::Pem { id, .. } if *id == wanted);
            let index = answer.sources.iter().position(is_it);
            if let Some(entry) = index.and_then(|index| u32::try_from(index).ok()) {
                place::go(RowId {
                    group: backend,
                    entry,
                });
            }
        })
    };
    let index = props
        .answer
        .sources
        .iter()
        .position(|source| matches!(source, Source::Pem { id, .. } if *id == props.id));
    let row = index.and_then(|index| props.answer.rows.get(index));
    let used = index
        .and_then(|index| props.answer.places.get(index))
        .and_then(|places| places.first());
    html! {
        <CertificateDetail entry={Rc::new(entry)} json={detail.json.clone()} source={format!("{}, {}", props.backend.name, props.name)}
            now={props.now} neighbours={Rc::<[Neighbour]>::from(detail.neighbours.as_slice())}
            command={AttrValue::from(props.backend.connection.command())} {onopen}
            rail={row.map(|row| in_cluster(row, used)).unwrap_or_default()} />
    }
}

/// What the cluster does with it, for the rail.
fn in_cluster(row: &Row, used: Option<&String>) -> Html {
    html! {
        <section>
            <h2>{ words::in_the_cluster() }</h2>
            <ul>
                if let Some(used) = used {
                    <li class="rel">{ icon::drawn("i-node") }<span>{ text::shown(used) }<small>{ words::what_it_is_for() }</small></span></li>
                }
                if row.has_private_key {
                    <li class="rel">{ icon::drawn("i-key") }<span>{ words::private_key_held() }<small>{ words::never_kept_by_this_page() }</small></span></li>
                }
            </ul>
        </section>
    }
}

/// What a [`Told`] shows.
#[derive(Clone, PartialEq, Properties)]
struct ToldProps {
    backend: Backend,
    answer: Rc<Answer>,
    index: usize,
    source: Source,
    now: UnixTime,
}

/// A certificate of which the dialect tells some facts, in the form of the inspector's detail.
#[component]
fn Told(props: &ToldProps) -> Html {
    let Some(row) = props.answer.rows.get(props.index) else {
        return Html::default();
    };
    let dialect = props.backend.connection.dialect;
    let facts = props.source.facts();
    let (lists, lines): (Vec<&Fact>, Vec<&Fact>) = facts
        .iter()
        .filter(|fact| !is_drawn_as_validity(fact, row))
        .partition(|fact| fact.label == "Alternative names" || 1 < fact.value.len());
    let (own, kept): (Vec<&Fact>, Vec<&Fact>) = lines
        .into_iter()
        .partition(|fact| !KEPT.contains(&fact.label));
    let command = props.backend.connection.command();
    html! {
        <article class="detail-in told" data-test="detail">
            <header class="d-head">
                <span class="seal-box">{ icon::sized("i-cert", "i-24") }</span>
                <div class="grow">
                    <h1 tabindex="-1" id="detail-title">{ text::shown(&row.name) }</h1>
                    <p class="sub">
                        <span>{ words::certificate() }</span><span aria-hidden="true">{ "·" }</span>
                        { text::shown(&props.backend.name) }
                        <span aria-hidden="true">{ "·" }</span>
                        { text::shown(&props.source.place()) }
                    </p>
                </div>
            </header>
            <SayLine
                status={Status::of_validity(row.not_before, row.not_after, props.now)}
                sentence={words::row_sentence(row, dialect.name(), props.now)}
            />
            <div class="cols">
                <div>
                    if row.not_after.is_some() {
                        <Validity not_before={row.not_before} not_after={row.not_after} now={props.now} />
                    }
                    { for lists.into_iter().map(list) }
                    <Section title={words::what_it_says()}><dl class="kv">{ for own.into_iter().map(line) }</dl></Section>
                    <Section title={words::where_it_is_kept()}><dl class="kv">{ for kept.into_iter().map(line) }</dl></Section>
                </div>
                <aside class="rail" aria-label={words::around_it()}>
                    <section data-test="not-told">
                        <h2>{ words::not_told_by_this_api() }</h2>
                        <ul>{ for answer::untold(dialect).into_iter().map(untold) }</ul>
                        <p class="muted gap">{ words::to_see_everything(html! { <a href="#/drop">{ words::inspector_in_sentence() }</a> }) }</p>
                    </section>
                    <section>
                        <h2>{ words::same_in_a_terminal() }</h2>
                        <div class="cmd"><code>{ &command }</code><Copy value={command.clone()} name={words::command_name()} /></div>
                    </section>
                </aside>
            </div>
        </article>
    }
}

/// Facts of the keeper, not of the certificate.
const KEPT: [&str; 5] = ["File", "Format", "Alias", "Store", "Private key"];

/// Dates that could be read stand in the validity already.
fn is_drawn_as_validity(fact: &Fact, row: &Row) -> bool {
    match fact.label {
        "Valid from" => row.not_before.is_some(),
        "Valid to" | "Expires" => row.not_after.is_some(),
        _ => false,
    }
}

/// What a dialect calls a fact, in the reader's language.
fn label(english: &'static str) -> &'static str {
    let known: &[(&str, words::Text)] = &[
        ("Alias", words::fact_alias),
        ("Alternative names", words::fact_alternative_names),
        ("Expires", words::expires),
        ("File", words::file),
        ("Format", words::fact_format),
        ("Issuer", words::issuer),
        ("Private key", words::private_key),
        ("Serial number", words::serial_number),
        ("Store", words::fact_store),
        ("Subject", words::subject),
        ("Thumbprint (SHA-1)", words::fact_thumbprint),
        ("Valid from", words::fact_valid_from),
        ("Valid to", words::fact_valid_to),
    ];
    let found = known.iter().find(|(name, _)| *name == english);
    found.map_or(english, |(_, text)| text())
}

fn line(fact: &Fact) -> Html {
    let value = fact.value.join(", ");
    let (shown, mono) = match fact.label {
        "Serial number" => (colons(&value), true),
        "Thumbprint (SHA-1)" => (format::colons(&value), true),
        "File" => (value.clone(), true),
        _ => (value.clone(), false),
    };
    html! { <Field label={label(fact.label)} value={shown} copied={AttrValue::from(value)} {mono} /> }
}

/// A serial that is printed without a leading zero, in octets.
fn colons(serial: &str) -> String {
    if serial.trim_start_matches('-').len().is_multiple_of(2) {
        format::colons(serial)
    } else {
        serial.to_owned()
    }
}

fn list(fact: &Fact) -> Html {
    html! {
        <Section title={label(fact.label)} count={fact.value.len()}>
            <ul class="names">
                { for fact.value.iter().map(|value| {
                    let (kind, name) = value.split_once('=').unwrap_or(("", value));
                    html! {
                        <li data-test="name">
                            <span class="tag">{ tag(kind) }</span>
                            <span class="v">{ text::shown(name.trim()) }</span>
                            <Copy value={name.trim().to_owned()} name={crate::visible::escaped(name.trim())} />
                        </li>
                    }
                }) }
            </ul>
        </Section>
    }
}

/// The inspector's word for a kind of name, as Windows prints it.
fn tag(kind: &str) -> String {
    match kind.trim() {
        "DNS Name" => "DNS".to_owned(),
        "IP Address" => "IP".to_owned(),
        "RFC822 Name" => words::tag_mail().to_owned(),
        "URL" => "URI".to_owned(),
        "Principal Name" => "UPN".to_owned(),
        other => other.to_owned(),
    }
}

fn untold((what, why): (&'static str, &'static str)) -> Html {
    html! { <li class="rel c-unknown">{ icon::drawn("i-unknown") }<span>{ what }<small>{ why }</small></span></li> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_serials_are_not_cut_into_octets() {
        assert_eq!(colons("abc"), "abc");
        assert_eq!(colons("0abc"), "0a:bc");
    }
}
