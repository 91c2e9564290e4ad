//! How many certificates end in each of the next weeks.

use certlens_core::UnixTime;
use yew::prelude::*;

use crate::format;
use crate::words;

/// What a [`Timeline`] shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct TimelineProps {
    /// Name of each backend, and the ends of its certificates.
    pub(super) ends: Vec<(AttrValue, Vec<UnixTime>)>,
    /// The first day.
    pub(super) now: UnixTime,
}

/// Weeks that are drawn.
const WEEKS: usize = 26;
const WEEK: i64 = 7 * 86_400;

/// How many certificates end in each of the next weeks.
#[component]
pub(super) fn Timeline(props: &TimelineProps) -> Html {
    let counts: Vec<[u32; WEEKS]> = props
        .ends
        .iter()
        .map(|(_, ends)| weeks(ends, props.now))
        .collect();
    let totals: Vec<u32> = (0..WEEKS)
        .map(|week| counts.iter().filter_map(|backend| backend.get(week)).sum())
        .collect();
    let sum: u32 = totals.iter().sum();
    let busiest = totals.iter().copied().max().unwrap_or(0);
    if sum == 0 {
        return Html::default();
    }
    let scale = 72.0 / f64::from(busiest.max(4));
    let bar = |week: usize| {
        let mut bottom = 88.0;
        let parts = counts.iter().enumerate().filter_map(|(series, backend)| {
            let count = *backend.get(week)?;
            (count != 0).then(|| {
                let height = f64::from(count) * scale;
                bottom -= height;
                let class = format!("series-{}", series % 3 + 1);
                html! {
                    <rect {class} x={at(week).to_string()} y={format::decimal(bottom)} width="26" rx="1.5"
                        height={format::decimal((height - 1.0).max(2.0))} />
                }
            })
        });
        parts.collect::<Html>()
    };
    let label = |week: usize| {
        let start =
            UnixTime::from_seconds(props.now.seconds() + i64::try_from(week).unwrap_or(0) * WEEK);
        html! { <text x={at(week).to_string()} y="106">{ format::short_date(start) }</text> }
    };
    let number = |week: usize| {
        let total = *totals.get(week)?;
        (total != 0).then(|| {
            let y = 88.0 - f64::from(total) * scale - 4.0;
            html! { <text class="timeline-count" x={(at(week) + 13).to_string()} y={format::decimal(y)} text-anchor="middle">{ total }</text> }
        })
    };
    html! {
        <section class="timeline not-phone" aria-label={words::what_expires_when()} data-test="timeline">
            <p class="timeline-head">
                <span><b>{ words::what_expires_when() }</b><span class="muted">{ words::by_week_next_26() }</span></span>
                <span class="legend" aria-hidden="true">
                    { for props.ends.iter().enumerate().map(|(series, (name, _))| html! {
                        <span><i class={format!("series-{}", series % 3 + 1)} />{ name }</span>
                    }) }
                </span>
            </p>
            <svg viewBox="0 0 1000 110" role="img" aria-label={summary(&totals, props.now)}>
                <path class="timeline-axis" d="M0 88.5H1000" />
                { for (0..WEEKS).map(bar) }
                { for (0..WEEKS).filter_map(number) }
                { for (0..WEEKS).step_by(4).map(label) }
            </svg>
        </section>
    }
}

/// The left edge of a week.
fn at(week: usize) -> usize {
    week * 38 + 2
}

/// How many of these instants fall in each week.
fn weeks(ends: &[UnixTime], now: UnixTime) -> [u32; WEEKS] {
    let mut weeks = [0; WEEKS];
    for end in ends {
        let left = end.seconds() - now.seconds();
        if 0 <= left
            && let Some(week) = usize::try_from(left / WEEK)
                .ok()
                .and_then(|week| weeks.get_mut(week))
        {
            *week += 1;
        }
    }
    weeks
}

/// `9 certificates end in the next 26 weeks, most in the week of 25 Jan: 4`.
fn summary(totals: &[u32], now: UnixTime) -> String {
    let sum = totals.iter().sum::<u32>();
    let Some((week, most)) = totals
        .iter()
        .enumerate()
        .max_by_key(|(week, total)| (**total, std::cmp::Reverse(*week)))
    else {
        return String::new();
    };
    let start = UnixTime::from_seconds(now.seconds() + i64::try_from(week).unwrap_or(0) * WEEK);
    words::ends_by_week(i64::from(sum), &format::short_date(start), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_fall_into_their_weeks_and_others_into_none() {
        let at = |day: i64| UnixTime::from_seconds(day * 86_400);
        let weeks = weeks(
            &[
                at(100),
                at(106),
                at(107),
                at(99),
                at(9_000),
                UnixTime::NEVER,
            ],
            at(100),
        );
        assert_eq!((weeks[0], weeks[1], weeks.iter().sum::<u32>()), (2, 1, 3));
        assert_eq!(
            summary(&weeks, at(100)),
            "3 certificates end in the next 26 weeks, most in the week of 11 Apr: 2"
        );
    }
}
