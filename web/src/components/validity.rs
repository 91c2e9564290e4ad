//! The validity of a certificate as a bar.

use certlens_core::UnixTime;
use yew::prelude::*;

use super::fields::{Field, Section};
use super::life::marks;
use super::placed::Placed;
use crate::expiry;
use crate::format::{self, decimal};
use crate::rows::Level;
use crate::status::{self, Status};
use crate::words;

/// What a [`Validity`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct ValidityProps {
    /// First instant of validity.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity.
    pub not_after: Option<UnixTime>,
    /// The instant to judge against.
    pub now: UnixTime,
    /// The addresses of the octets of both.
    #[prop_or_default]
    pub bytes: [Option<AttrValue>; 2],
}

/// The validity of a certificate: what is left, a bar, and the two instants.
#[component]
pub fn Validity(props: &ValidityProps) -> Html {
    let status = Status::of_validity(props.not_before, props.not_after, props.now);
    let heading = match (props.not_before, props.not_after) {
        (Some(start), Some(end)) if end != UnixTime::NEVER => {
            numbers(start, end, props.now, &status)
        }
        _ => {
            html! { <p class="nums"><b>{ status.word }</b><span class="muted">{ &status.reason }</span></p> }
        }
    };
    let time = |time: Option<UnixTime>| time.map(format::instant).unwrap_or_default();
    let copied = |time: Option<UnixTime>| time.map(|time| AttrValue::from(time.to_string()));
    html! {
        <Section title={words::validity()}>
            <div class="validity">{ heading }</div>
            <dl class="kv">
                <Field label={words::not_before()} value={time(props.not_before)} copied={copied(props.not_before)} bytes={props.bytes[0].clone()} title={copied(props.not_before)} />
                <Field label={words::not_after()} value={time(props.not_after)} copied={copied(props.not_after)} bytes={props.bytes[1].clone()} title={copied(props.not_after)} />
            </dl>
        </Section>
    }
}

fn numbers(start: UnixTime, end: UnixTime, now: UnixTime, status: &Status) -> Html {
    let total = end.seconds() - start.seconds();
    let (gone, left) = (
        now.seconds() - start.seconds(),
        end.seconds() - now.seconds(),
    );
    let whole = format::lifetime(total);
    let (large, small) = if left < 0 {
        (
            words::validity_ended(&format::span_after(-left)),
            words::validity_after(&whole),
        )
    } else if gone < 0 {
        (
            words::validity_starts_in(&format::span_after(-gone)),
            words::validity_and_lasts(&whole),
        )
    } else {
        (
            words::validity_left(&format::span(left)),
            words::validity_of_gone(&format::whole_after(left, total), &format::span(gone)),
        )
    };
    let elapsed = status::elapsed(start, end, now);
    let class = match status.level {
        Level::Now => "vbar vbar-now",
        Level::Soon => "vbar vbar-soon",
        Level::Fine | Level::Unknown => "vbar",
    };
    let (soon, urgent) = marks(total);
    let near = expiry::chosen().left(total).0.min(total);
    let near = UnixTime::from_seconds(end.seconds() - near);
    html! {
        <>
            <p class="nums"><b>{ &large }</b><span class="muted">{ &small }</span></p>
            <svg {class} viewBox="0 0 100 10" preserveAspectRatio="none" role="img"
                aria-label={format!("{large} {small}")}>
                <rect class="vbar-track" width="100" height="10" />
                <rect class="vbar-third" x={decimal(soon)} width={decimal(urgent - soon)} height="10" />
                <rect class="vbar-tenth" x={urgent.to_string()} width={decimal(100.0 - urgent)} height="10" />
                <rect class="vbar-gone" width={elapsed.to_string()} height="10" />
                if (1..100).contains(&elapsed) {
                    <rect class="vbar-today" x={decimal(f64::from(elapsed) - 0.25)} width="0.5" height="10" />
                }
            </svg>
            <div class="vlab" aria-hidden="true">
                <Placed x={0.0} class="from"><b title={start.to_string()}>{ format::date(start) }</b>{ words::starts() }</Placed>
                if (16..52).contains(&elapsed) {
                    <Placed x={f64::from(elapsed)} class="m"><b>{ words::today() }</b>{ format::short_date(now) }</Placed>
                }
                if soon < 88.0 { <Placed x={soon} class="m"><b>{ if total < 400 * 86_400 { format::short_date(near) } else { format::date(near) } }</b>{ words::soon_mark() }</Placed> }
                <Placed x={100.0} class="to"><b title={end.to_string()}>{ format::date(end) }</b>{ words::ends() }</Placed>
            </div>
        </>
    }
}
