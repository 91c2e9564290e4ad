//! The view of an entry, in the address bar.

use gloo::events::EventListener;
use gloo::utils::window;
use yew::prelude::*;

use super::address;
use crate::rows::RowId;
use crate::view::View;

/// The view that is shown, and how to show another. Without an entry it is kept out of the address.
#[hook]
pub fn use_view(id: Option<RowId>) -> (View, Callback<View>) {
    let view = use_state_eq(|| id.map_or_else(View::default, |_| here()));
    {
        let view = view.clone();
        use_effect_with(id, move |id| {
            let listener =
                id.map(|_| EventListener::new(&window(), "hashchange", move |_| view.set(here())));
            move || drop(listener)
        });
    }
    let show = {
        let view = view.clone();
        Callback::from(move |next: View| {
            if let Some(id) = id {
                address::replace(&next.href(id));
            }
            view.set(next);
        })
    };
    (*view, show)
}

fn here() -> View {
    View::read(&address::hash())
}
