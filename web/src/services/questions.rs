//! Questions to the pile, as a hook.

use yew::prelude::*;

use super::pile::Pile;
use crate::questions::{Question, Told};

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
