//! Turns: what is drawn later, so that the page answers in between.

use std::cell::Cell;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

thread_local! {
    /// Whether what waits for its turn was drawn on this page before.
    static WARM: Cell<bool> = const { Cell::new(false) };
}

/// Whether it is the turn of what can wait. Browsers compile code when it first runs, so that drawing something
/// for the first time takes several times as long as later: then it gets a task of its own.
#[hook]
pub fn use_turn() -> bool {
    let come = use_state_eq(|| WARM.get());
    {
        let come = come.clone();
        use_effect_with((), move |()| {
            let wait = (!*come).then(|| {
                Timeout::new(0, move || {
                    WARM.set(true);
                    come.set(true);
                })
            });
            move || drop(wait)
        });
    }
    *come
}
