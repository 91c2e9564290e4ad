//! What is done before the first file comes, so that it is read the sooner.

use certlens_core::{Options, Problem, UnixTime, open, pem_block};

use super::pile::Pile;
use super::reading::Reading;
use crate::mozilla;
use crate::protocol::{Answer, NewFile};
use crate::rows::{RowId, RowQuery, WindowRequest};
use crate::wire;

/// Certificates that are read. Of several kinds of key, and enough of them for a list to be sorted as a long one is.
const CERTIFICATES: usize = 40;

/// Lines that are told of: as many as there are.
const LINES: u32 = 40;

/// Signatures that are computed with, one at a step.
const SIGNATURES: usize = 8;

/// Reads a few certificates that are at hand as if they had been dropped, one step at a time, and forgets
/// them. Browsers compile a function when it is first called: what every file goes through is then there.
pub(super) fn steps(mozilla: &[u8], now: UnixTime) -> impl Iterator<Item = ()> + use<> {
    let text: String = mozilla::certificates(mozilla)
        .take(CERTIFICATES)
        .map(|der| pem_block("CERTIFICATE", der))
        .collect();
    let mut pile = Pile::default();
    let id = RowId { group: 0, entry: 0 };
    (0..4 + SIGNATURES).map(move |step| match step {
        0 => {
            let result = open(text.as_bytes(), &Options::default());
            pile.put(Reading {
                file: NewFile {
                    number: id.group,
                    name: String::new(),
                },
                size: 0,
                result: result.map_err(|error| Problem::from(&error)),
            });
        }
        1 => {
            pile.settle(now);
            told(&Answer::Tally(pile.tally(now)));
        }
        2 => {
            let request = WindowRequest {
                query: RowQuery::first(),
                from: 0,
                count: LINES,
                now,
            };
            told(&Answer::Window(pile.window(&request)));
        }
        3 => told(&Answer::Detail(pile.detail(id, now).map(Box::new))),
        _ => pile.prove(now, || false),
    })
}

/// Puts an answer in the form in which it would be sent.
fn told(answer: &Answer) {
    drop(wire::pack(answer));
}
