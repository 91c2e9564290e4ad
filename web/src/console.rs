//! The console: the certificates that backends use, whatever their dialect, in one table.
//!
//! It is a client of the documented endpoints and uses nothing else. Credentials and answers are held
//! in memory only; signing out, or closing the page, forgets them.

mod address;
mod answer;
mod backends;
mod certificate;
mod connection;
mod desk;
mod failure;
mod inventory;
mod marked;
mod page;
mod pem_reader;
mod place;
mod requests;
mod sign_in;
mod state;
mod timeline;

use std::rc::Rc;

use certlens_core::UnixTime;
use gloo::events::EventListener;
use gloo::utils::window;
use yew::prelude::*;

use connection::{Connection, Kind};
use desk::Desk;
use page::Page;
use sign_in::{SignIn, Submitted};

use crate::format;
use crate::words::{self, Language};

/// When a [`Console`] is shown.
#[derive(Clone, PartialEq, Properties)]
pub struct ConsoleProps {
    /// Whether this is the place where the reader is. What was read stays while it is not.
    pub shown: bool,
    /// The instant to judge against.
    pub now: UnixTime,
    /// The language that is spoken.
    pub language: Language,
}

/// The console.
#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let console = use_reducer(state::Console::default);
    let desk = use_memo((), |()| Desk::new(console.dispatcher()));
    let serving = use_memo((), |()| serving());
    let open = use_state_eq(place::open);
    {
        let open = open.clone();
        use_effect_with((), move |()| {
            let listener =
                EventListener::new(&window(), "hashchange", move |_| open.set(place::open()));
            move || drop(listener)
        });
    }
    {
        let told = console.dispatcher();
        use_effect_with(props.language, move |_| told.dispatch(state::Act::Speak));
    }
    let onsubmit = {
        let (desk, serving) = (Rc::clone(&desk), Rc::clone(&serving));
        Callback::from(move |submitted: Submitted| {
            let Submitted {
                address,
                kind,
                credentials,
            } = submitted;
            let connections = Connection::to_server(&address, kind, &credentials);
            let server = connections.first().cloned();
            desk.add(connections, serving.as_deref());
            if let (Kind::All, Some(server)) = (kind, server) {
                desk.add_clusters(server, (*serving).clone());
            }
        })
    };
    let onstop = {
        let desk = Rc::clone(&desk);
        Callback::from(move |()| desk.sign_out())
    };
    if !props.shown {
        return Html::default();
    }
    let serving = (*serving).clone().map(AttrValue::from);
    match &*console {
        state::Console::SignedOut { refusals } => html! {
            <SignIn language={props.language} {serving} refusals={refusals.clone()} waiting={0} {onsubmit} {onstop} />
        },
        state::Console::SigningIn { backends } => html! {
            <SignIn language={props.language} {serving} refusals={Vec::new()} waiting={backends.len()}
                progress={progress(backends)} {onsubmit} {onstop} />
        },
        state::Console::SignedIn(inventory) => html! {
            <Page key={props.language.tag()} inventory={Rc::new(inventory.clone())} open={*open} now={props.now} {serving}
                desk={(*desk).clone()} onact={Callback::from(move |act| console.dispatch(act))} {onsubmit} />
        },
    }
}

/// `Reading 400 of 12,345`, once an answer comes in parts.
fn progress(backends: &[state::Backend]) -> Option<AttrValue> {
    backends.iter().find_map(|backend| match backend.outcome {
        state::Outcome::Asked {
            progress: Some((done, total)),
            ..
        } => {
            let number = |number: u32| format::number(i64::from(number));
            Some(words::reading_of(&number(done), &number(total)).into())
        }
        _ => None,
    })
}

/// The origin of the server that the page came from; none for a page out of a file.
fn serving() -> Option<String> {
    window()
        .location()
        .origin()
        .ok()
        .filter(|origin| origin.starts_with("http"))
}
