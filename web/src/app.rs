//! The page: places, the pile, and what happens to the whole window.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Interval;
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DragEvent, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
};
use yew::prelude::*;

use crate::components::{Dialog, Help, Shell, Unlocking};
use crate::console::Console;
use crate::expiry::{self, Expiry};
use crate::pages::landing::Example;
use crate::pages::{Explain, Inspector, Landing};
use crate::rows::{Choosing, RowId, RowQuery, Rows, word};
use crate::services::address::{self, Place};
use crate::services::clock;
use crate::services::dropped::{self, Found};
use crate::services::focus;
use crate::services::language;
use crate::services::pile::{Event as PileEvent, Pile};
use crate::share;
use crate::state::{Act, Bench};
use crate::view::View;
use crate::words;

/// Starts the page.
///
/// # Panics
/// When `index.html` has no element with the id `app`.
pub fn run() {
    console_error_panic_hook::set_once();
    let root = document()
        .get_element_by_id("app")
        .expect("index.html has #app");
    crate::services::expiry::recall();
    wasm_bindgen_futures::spawn_local(async {
        // Without its file, the page speaks English.
        language::speak(language::first()).await;
        yew::Renderer::<App>::with_root(root).render();
    });
}

/// The page.
#[component]
pub fn App() -> Html {
    let bench = use_reducer(|| Bench {
        query: address::query().unwrap_or_else(RowQuery::first),
        ..Bench::default()
    });
    let place = use_state_eq(address::here);
    let now = use_state_eq(clock::now);
    let over = use_state_eq(|| false);
    let asking = use_state_eq(|| None::<Asking>);
    let message = use_state_eq(AttrValue::default);
    let spoken = use_state_eq(words::language);
    let (files, folder) = (use_node_ref(), use_node_ref());

    let pile = {
        let dispatch = bench.dispatcher();
        use_memo((), move |()| {
            let pile = Pile::start(Callback::from(move |event| hear(event, &dispatch)));
            if expiry::chosen() != Expiry::Share {
                pile.judge();
            }
            pile
        })
    };
    let rows = use_memo((), |()| Rows(Rc::new((*pile).clone())));
    {
        let (place, dispatch) = (place.clone(), bench.dispatcher());
        let query = bench.query.unfolded();
        use_effect_with((query, *place), move |(query, here)| {
            if *here != Place::Console {
                address::set_query(query);
            }
            let query = query.clone();
            let listener = EventListener::new(&window(), "hashchange", move |_| {
                let next = address::here();
                match address::query() {
                    Some(query) => dispatch.dispatch(Act::Query(query)),
                    // A link names a place only; the list stays as it is.
                    None if next != Place::Console => address::set_query(&query),
                    None => {}
                }
                place.set(next);
            });
            move || drop(listener)
        });
    }
    {
        let now = now.clone();
        use_effect_with((), move |()| {
            let interval = Interval::new(30_000, move || now.set(clock::now()));
            move || drop(interval)
        });
    }
    // Reading puts things on the bench; the drop place gives way to the list.
    let add = {
        let (pile, dispatch, place) = (Rc::clone(&pile), bench.dispatcher(), place.clone());
        use_callback(*place, move |found: Vec<Found>, shown| {
            if found.is_empty() {
                return;
            }
            dispatch.dispatch(Act::Added(u32::try_from(found.len()).unwrap_or(u32::MAX)));
            pile.add(found);
            if matches!(*shown, Place::Drop | Place::Explain) {
                address::go(&Place::Pile.href());
                place.set(Place::Pile);
            }
        })
    };
    // A link that holds certificates is read as a file. What it holds stays in the address, so that a reload
    // shows it again.
    {
        let (add, dispatch) = (add.clone(), bench.dispatcher());
        let taken = use_mut_ref(String::new);
        let take = move || {
            let hash = address::hash();
            let Some(packed) = share::packed(&hash).filter(|packed| *taken.borrow() != *packed)
            else {
                return;
            };
            packed.clone_into(&mut *taken.borrow_mut());
            let shared = share::unpack(&hash).unwrap_or(Err(share::ShareError::Damaged));
            match &shared {
                Err(_) => address::replace(&Place::Pile.href()),
                Ok(_) if address::shared(&hash).is_none() => address::keep_shared(packed),
                Ok(_) => {}
            }
            match shared {
                Ok(file) => add.emit(
                    dropped::bundled(&file, words::shared_link())
                        .into_iter()
                        .collect(),
                ),
                Err(_) => dispatch.dispatch(Act::Notice(words::cut_link().into())),
            }
        };
        use_effect_with(*place, move |_| {
            take();
            let listener = EventListener::new(&window(), "hashchange", move |_| take());
            move || drop(listener)
        });
    }
    let open = {
        let place = place.clone();
        use_callback(*place, move |id: RowId, shown| {
            // The tab stays; the browser's back button leads back to what was open.
            if *shown != Place::Entry(id) {
                address::go(&View::read(&address::hash()).tab().href(id));
                place.set(Place::Entry(id));
            }
        })
    };
    // Asks for the entry that the address names, and again when the pile was changed.
    {
        let (pile, dispatch) = (Rc::clone(&pile), bench.dispatcher());
        let reading = bench.progress().is_some();
        let revision = if reading { 0 } else { bench.tally.revision };
        let (empty, ready) = (bench.is_empty(), bench.ready);
        let place = place.clone();
        let first = bench.tally.first;
        // Whether anything was open since the page was loaded, and whether anything was on the pile.
        let (opened, filled) = (use_mut_ref(|| false), use_mut_ref(|| false));
        use_effect_with(
            (*place, revision, empty, ready),
            move |(shown, _, empty, ready)| match shown {
                // An address from before the page was loaded waits for its file to be dropped again.
                Place::Entry(_) if *empty && *ready && *filled.borrow() => {
                    address::replace(&Place::Pile.href());
                    place.set(Place::Pile);
                    filled.replace(false);
                }
                Place::Entry(id) if !*empty => {
                    filled.replace(true);
                    let (id, answered) = (*id, dispatch.clone());
                    dispatch.dispatch(Act::Ask(id));
                    pile.detail(
                        id,
                        Callback::from(move |detail: Option<_>| match first {
                            // Another file than the one that the address is of.
                            Some(first) if detail.is_none() && !reading && !*opened.borrow() => {
                                opened.replace(true);
                                address::replace(&Place::Entry(first).href());
                                place.set(Place::Entry(first));
                            }
                            _ => {
                                if detail.is_some() {
                                    opened.replace(true);
                                }
                                answered.dispatch(Act::Show(id, detail));
                            }
                        }),
                    );
                }
                _ => dispatch.dispatch(Act::Close),
            },
        );
    }
    // With room beside the list, or nothing else to show, the first entry opens by itself.
    {
        let (place, first) = (place.clone(), bench.tally.first);
        let alone = bench.tally.entries == 1 && bench.tally.locked.is_empty();
        let reading = bench.progress().is_some();
        use_effect_with((reading, first.is_some()), move |(reading, _)| {
            let wide = window().inner_width().ok().and_then(|width| width.as_f64());
            let room = wide.is_some_and(|wide| 760.0 < wide);
            if let (false, Some(first), Place::Pile, true) =
                (*reading, first, *place, room || alone)
            {
                address::go(&Place::Entry(first).href());
                place.set(Place::Entry(first));
            }
        });
    }
    // What was dropped is nowhere else: leaving asks.
    {
        let empty = bench.is_empty();
        use_effect_with(empty, move |empty| {
            let options = EventListenerOptions::enable_prevent_default();
            let listener = (!*empty).then(|| {
                EventListener::new_with_options(&window(), "beforeunload", options, |event| {
                    event.prevent_default();
                })
            });
            move || drop(listener)
        });
    }
    // Text without any object may be an error message; else it is read like a file.
    let paste = {
        let (add, message, place) = (add.clone(), message.clone(), place.clone());
        use_callback((add, *place), move |text: AttrValue, (add, _)| {
            if is_message(&text) {
                message.set(text);
                address::go(&Place::Explain.href());
                place.set(Place::Explain);
            } else {
                add.emit(
                    dropped::pasted(&text, words::pasted_text())
                        .into_iter()
                        .collect(),
                );
            }
        })
    };
    let judged = use_state_eq(expiry::chosen);
    let onexpiry = {
        let (pile, judged) = (Rc::clone(&pile), judged.clone());
        Callback::from(move |chosen| {
            crate::services::expiry::choose(chosen);
            judged.set(chosen);
            pile.judge();
        })
    };
    let ontext = {
        let message = message.clone();
        Callback::from(move |text| message.set(text))
    };
    use_window_events(&add, &paste, &over, &asking, *place);

    let press = |node: &NodeRef| {
        let node = node.clone();
        Callback::from(move |()| {
            if let Some(input) = node.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let chosen = {
        let add = add.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files() {
                add.emit(dropped::chosen(&files));
            }
            // The same file may be chosen again after it was closed.
            input.set_value("");
        })
    };
    let onunlock = {
        let (pile, locked) = (Rc::clone(&pile), bench.tally.locked.clone());
        Callback::from(
            move |Unlocking {
                      group,
                      password,
                      everywhere,
                  }: Unlocking| {
                let others: &[u32] = if everywhere { &locked } else { &[] };
                pile.unlock(group, &password, others);
            },
        )
    };
    let tell = |act: fn(&Pile, u32)| {
        let pile = Rc::clone(&pile);
        Callback::from(move |file: u32| act(&pile, file))
    };
    let onchoose = {
        let (pile, query) = (Rc::clone(&pile), bench.query.clone());
        use_callback(query, move |choosing: Choosing, query: &RowQuery| {
            pile.choose(choosing, query.clone());
        })
    };
    let onclear = {
        let pile = Rc::clone(&pile);
        Callback::from(move |()| {
            address::forget_shared();
            pile.clear();
        })
    };
    let oncancel = {
        let (pile, dispatch, progress) = (Rc::clone(&pile), bench.dispatcher(), bench.progress());
        Callback::from(move |()| {
            pile.cancel();
            if let Some((done, all)) = progress {
                let number = |count: u32| words::number(i64::from(count));
                let all = words::files_counted(i64::from(all));
                let told = words::reading_was_stopped(&number(done), &all);
                dispatch.dispatch(Act::Notice(told.into()));
            }
        })
    };
    let onact = {
        let dispatch = bench.dispatcher();
        Callback::from(move |act| dispatch.dispatch(act))
    };
    let ask = |what: Asking| {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(Some(what)))
    };
    let onclose = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(None))
    };
    let onpaste = ask(Asking::Paste);
    let onexample = {
        let add = add.clone();
        Callback::from(move |example: Example| {
            add.emit(
                dropped::bundled(example.bytes, example.file)
                    .into_iter()
                    .collect(),
            );
        })
    };
    let onspoken = {
        let (spoken, dispatch) = (spoken.clone(), bench.dispatcher());
        let search = bench.query.search.clone();
        Callback::from(move |language| {
            spoken.set(language);
            // The words of the page are others now.
            dispatch.dispatch(Act::Search(search.clone()));
        })
    };
    // What is open is not named: the browser keeps titles in its history.
    use_effect_with((*place, *spoken), |(place, _)| {
        document().set_title(&match place {
            Place::Explain => format!("{} · certlens", words::explain_an_error()),
            Place::Console => format!("{} · certlens", words::console()),
            Place::Pile | Place::Drop | Place::Entry(_) => "certlens".to_owned(),
        });
    });
    let holds = !bench.is_empty() || !message.is_empty() || *place == Place::Console;
    // What is shown is made anew when another language is spoken; what was dropped is not part of it.
    let key = spoken.tag();
    let landing = *place == Place::Drop || bench.is_empty();
    let shown = match *place {
        Place::Console => Html::default(),
        Place::Explain => {
            html! { <Explain {key} text={(*message).clone()} {ontext} onfiles={press(&files)} /> }
        }
        _ if landing => html! {
            <Landing {key} over={*over} ready={bench.ready} entries={bench.tally.entries} notice={bench.notice.clone()} onfiles={press(&files)}
                onfolder={press(&folder)} {onpaste} {onexample} />
        },
        _ => html! {
            <ContextProvider<Pile> context={(*pile).clone()}>
            <Inspector key={format!("{key} {}", word(Expiry::ALL, *judged))} bench={Rc::new((*bench).clone())} rows={(*rows).clone()} now={*now}
                over={*over} {onact} {onchoose} onopen={open} onfiles={press(&files)} {onunlock}
                onstop={tell(Pile::stop)} onremove={tell(Pile::remove)} {onclear} {oncancel} expiry={*judged} {onexpiry} />
            </ContextProvider<Pile>>
        },
    };
    html! {
        <Shell place={*place} entries={bench.tally.entries} {holds} ready={bench.ready}
            worker_requests={bench.tally.requests} onhelp={ask(Asking::Help)} language={*spoken} {onspoken}>
            { shown }
            <Console shown={*place == Place::Console} now={*now} language={*spoken} />
            <input ref={files} type="file" multiple=true hidden=true data-test="files" aria-label={words::files()} onchange={chosen.clone()} />
            <input ref={folder} type="file" webkitdirectory=true hidden=true data-test="folder" aria-label={words::folder()} onchange={chosen} />
            { match *asking {
                Some(Asking::Paste) => html! { <Pasting {paste} {onclose} /> },
                Some(Asking::Help) => html! { <Help {onclose} /> },
                None => Html::default(),
            } }
        </Shell>
    }
}

fn hear(event: PileEvent, dispatch: &UseReducerDispatcher<Bench>) {
    match event {
        PileEvent::Ready => dispatch.dispatch(Act::Ready),
        PileEvent::Tally(tally) => dispatch.dispatch(Act::Tally(tally)),
        PileEvent::Chosen(chosen) => dispatch.dispatch(Act::Chosen(chosen)),
        PileEvent::Opened(_) | PileEvent::Refused { .. } => {}
        PileEvent::Died(name) => {
            let told = name.map_or_else(
                || words::reader_stopped().to_owned(),
                |name| words::reader_stopped_on(&crate::visible::escaped(&name)),
            );
            dispatch.dispatch(Act::Notice(told.into()));
        }
        PileEvent::Broken => dispatch.dispatch(Act::Notice(words::reader_cannot_start().into())),
    }
}

/// What a dialog asks or tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    Paste,
    Help,
}

/// Whether a text is a known error message and holds nothing to be read: no block, and no run of digits
/// that could be an object.
fn is_message(text: &str) -> bool {
    let digit = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let longest = text.split(|c| !digit(c)).map(str::len).max();
    !text.contains("-----BEGIN")
        && longest.unwrap_or(0) < 200
        && !certlens_core::explain(text).is_empty()
}

/// What a [`Pasting`] does.
#[derive(Clone, PartialEq, Properties)]
struct PastingProps {
    paste: Callback<AttrValue>,
    onclose: Callback<()>,
}

/// The dialog that takes pasted text.
#[component]
fn Pasting(props: &PastingProps) -> Html {
    let text = use_node_ref();
    let onsubmit = {
        let (text, props) = (text.clone(), props.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = text
                .cast::<HtmlTextAreaElement>()
                .map(|field| field.value())
                .unwrap_or_default();
            if !text.trim().is_empty() {
                props.paste.emit(text.into());
            }
            props.onclose.emit(());
        })
    };
    html! {
        <Dialog title={words::paste_a_certificate()} onclose={props.onclose.clone()}>
            <form {onsubmit}>
                <label class="lbl" for="paste">{ words::pem_text_with_anything_around_it_or() }</label>
                <textarea ref={text} id="paste" class="area mono" rows="10" spellcheck="false" autocomplete="off" data-test="paste"
                    placeholder="-----BEGIN CERTIFICATE-----" />
                <div class="acts">
                    <button type="button" class="btn" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ words::cancel() }</button>
                    <button type="submit" class="btn btn-ink">{ words::read_it() }</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Drop, paste and keys that work wherever the pointer or the focus is.
#[hook]
fn use_window_events(
    add: &Callback<Vec<Found>>,
    paste: &Callback<AttrValue>,
    over: &UseStateHandle<bool>,
    asking: &UseStateHandle<Option<Asking>>,
    place: Place,
) {
    let (add, paste, over, asking) = (add.clone(), paste.clone(), over.clone(), asking.clone());
    use_effect_with(
        (add, paste, place, asking),
        move |(add, paste, place, asking)| {
            let inspecting = *place != Place::Console;
            let asking = asking.clone();
            let options = EventListenerOptions::enable_prevent_default();
            let listen = |name: &'static str, mut hear: Box<dyn FnMut(&web_sys::Event)>| {
                EventListener::new_with_options(&window(), name, options, move |event| hear(event))
            };
            let dragging = over.clone();
            let leaving = over.clone();
            let (dropped_add, pasted_add, paste) = (add.clone(), add.clone(), paste.clone());
            let listeners = [
                listen(
                    "dragover",
                    Box::new(move |event| {
                        event.prevent_default();
                        dragging.set(inspecting);
                    }),
                ),
                listen(
                    "dragleave",
                    Box::new(move |event| {
                        // Only leaving the window itself has no element that is entered.
                        if event
                            .unchecked_ref::<DragEvent>()
                            .related_target()
                            .is_none()
                        {
                            leaving.set(false);
                        }
                    }),
                ),
                listen(
                    "drop",
                    Box::new(move |event| {
                        event.prevent_default();
                        over.set(false);
                        if let (true, Some(transfer)) = (
                            inspecting,
                            event.unchecked_ref::<DragEvent>().data_transfer(),
                        ) {
                            dropped::dropped(&transfer, dropped_add.clone());
                        }
                    }),
                ),
                listen(
                    "paste",
                    Box::new(move |event| {
                        if !inspecting || focus::is_in_dialog() || is_typing(event) {
                            return;
                        }
                        let Some(data) = event.unchecked_ref::<ClipboardEvent>().clipboard_data()
                        else {
                            return;
                        };
                        let found = data
                            .files()
                            .map(|files| dropped::chosen(&files))
                            .unwrap_or_default();
                        let text = data.get_data("text/plain").unwrap_or_default();
                        if found.is_empty() && !text.trim().is_empty() {
                            paste.emit(text.into());
                        } else {
                            pasted_add.emit(found);
                        }
                    }),
                ),
                listen(
                    "keydown",
                    Box::new(move |event| {
                        if !focus::is_in_dialog() && keys(event, inspecting) {
                            asking.set(Some(Asking::Help));
                        }
                    }),
                ),
            ];
            move || drop(listeners)
        },
    );
}

/// `/` goes to the search, `j` and `k` to the list; Enter and the arrow down leave the search for it,
/// and Escape what is open. Tells whether help is wanted.
fn keys(event: &web_sys::Event, inspecting: bool) -> bool {
    let key = event.unchecked_ref::<KeyboardEvent>();
    if key.ctrl_key() || key.meta_key() || key.alt_key() {
        return false;
    }
    let target = match (key.key().as_str(), is_typing(event)) {
        ("?", false) => return true,
        _ if !inspecting => return false,
        ("/", false) => "#search",
        ("j" | "k", false) => LIST,
        ("Escape", false) if matches!(address::here(), Place::Entry(_)) => {
            address::go(&Place::Pile.href());
            LIST
        }
        ("Enter" | "ArrowDown" | "Escape", true) if is_search(event) => LIST,
        _ => return false,
    };
    let Ok(Some(target)) = document().query_selector(target) else {
        return false;
    };
    let target: HtmlElement = target.unchecked_into();
    if document().active_element().as_ref() != Some(target.as_ref()) {
        event.prevent_default();
        target.focus().ok();
    }
    false
}

const LIST: &str = "[data-test=rows]";

fn is_search(event: &web_sys::Event) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
        .is_some_and(|target| target.id() == "search")
}

fn is_typing(event: &web_sys::Event) -> bool {
    event.target().is_some_and(|target| {
        target
            .dyn_ref::<HtmlInputElement>()
            .is_some_and(|field| field.type_() != "checkbox")
            || target.dyn_ref::<HtmlTextAreaElement>().is_some()
    })
}
