//! Questions to the pile, as hooks.

use yew::prelude::*;

use super::pile::Pile;
use super::{address, clipboard};
use crate::components::{Announce, RowKey};
use crate::questions::{Question, Told};
use crate::rows::{Choosing, Chosen, RowId};
use crate::view::View;
use crate::words;

/// The answer to a question, asked again when the question or the pile has changed. The answer before
/// stays until the next one comes. Only below the inspector, which provides the pile.
#[hook]
pub fn use_told(question: Option<Question>, revision: u64) -> Option<Told> {
    let told = use_state_eq(|| None::<Told>);
    let pile = use_context::<Pile>();
    {
        let told = told.clone();
        use_effect_with((question, revision), move |(question, _)| {
            // What is asked last counts; an answer that comes later is of no interest.
            let alive = std::rc::Rc::new(std::cell::Cell::new(true));
            if let (Some(question), Some(pile)) = (question.clone(), pile) {
                let alive = alive.clone();
                pile.ask(
                    question,
                    Callback::from(move |answer| {
                        if alive.get() {
                            told.set(Some(answer));
                        }
                    }),
                );
            } else {
                told.set(None);
            }
            move || alive.set(false)
        });
    }
    (*told).clone()
}

/// What keys do with an entry: copy its fingerprint, choose it, compare it with what is chosen.
#[hook]
pub fn use_row_keys(onchoose: &Callback<Choosing>, chosen: &Chosen) -> Callback<(RowKey, RowId)> {
    let pile = use_context::<Pile>();
    let say = use_context::<Announce>();
    use_callback(
        (onchoose.clone(), chosen.clone()),
        move |(key, id), (onchoose, chosen)| match key {
            RowKey::Choose => onchoose.emit(Choosing::Turn(id)),
            RowKey::Compare => address::go(&View::Compare(chosen.beside(id)).href(id)),
            RowKey::Copy => {
                let (Some(pile), Some(Announce(say))) = (&pile, say.clone()) else {
                    return;
                };
                let told = Callback::from(move |told| {
                    let Told::Fingerprint(sha256) = told else {
                        return say.emit(words::only_certificates_have_a_sha_256_to().into());
                    };
                    let say = say.clone();
                    let done = Callback::from(move |worked| {
                        say.emit(clipboard::told("SHA-256", worked).into());
                    });
                    clipboard::copy(&sha256, done);
                });
                pile.ask(Question::Fingerprint(id), told);
            }
        },
    )
}
