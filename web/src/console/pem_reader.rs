//! A worker that reads the PEM texts of one answer and keeps them for their details. The page's own
//! program holds no parser.

use std::cell::RefCell;
use std::rc::Rc;

use certlens_core::Row;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, MessageEvent, Worker};
use yew::Callback;

use crate::detail::Detail;
use crate::protocol::{Answer, NewFile, Request};
use crate::rows::{Line, RowId, RowQuery, RowWindow, WindowRequest};
use crate::services::clock;
use crate::services::reader::start_reader;
use crate::wire;

/// A worker with the certificates of one answer. Ends, and takes them with it, when dropped.
#[derive(Clone)]
pub(super) struct PemReader(Rc<Inner>);

struct Inner {
    worker: Worker,
    asked: Rc<RefCell<Asked>>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(web_sys::Event)>,
}

/// What the page waits for.
#[derive(Default)]
struct Asked {
    /// Whether nothing will come any more.
    dead: bool,
    next: u32,
    /// Called once the worker listens, or has died.
    ready: Option<Call>,
    /// Texts that the worker was given.
    given: u32,
    /// Called once all texts were read, or the worker has died.
    read: Option<Call>,
    window: Option<Box<dyn FnOnce(Option<RowWindow>)>>,
    detail: Option<(u32, Callback<Option<Rc<Detail>>>)>,
}

/// A call that somebody waits for.
struct Call(Function);

impl Call {
    fn make(self) {
        self.0.call0(&JsValue::NULL).ok();
    }
}

impl PemReader {
    /// Reads texts, each with its name. Answers the rows of all, with the number of the text counted
    /// from 1 and the number of the entry in it; `None` when no worker can be had.
    pub(super) async fn read(texts: &[(String, String)]) -> Option<(Self, Vec<(RowId, Row)>)> {
        let reader = Self::start()?;
        // A message that comes before the worker listens is lost.
        reader.wait(|asked| &mut asked.ready, || {}).await;
        if texts.is_empty() {
            return Some((reader, Vec::new()));
        }
        reader.add(texts).await;
        let window = reader.all().await?;
        let rows = window.lines.into_iter().filter_map(|line| match line {
            Line::Entry(entry) => Some((entry.id, entry.row.clone())),
            _ => None,
        });
        let rows = rows.collect();
        Some((reader, rows))
    }

    /// Asks for one certificate in full.
    pub(super) fn detail(&self, id: RowId, answer: Callback<Option<Rc<Detail>>>) {
        if self.0.asked.borrow().dead {
            return answer.emit(None);
        }
        let number = self.0.ask(
            &Request::Detail {
                id,
                now: clock::now(),
            },
            &Array::new(),
        );
        self.0.asked.borrow_mut().detail = Some((number, answer));
    }

    fn start() -> Option<Self> {
        let worker = start_reader().ok()?;
        let asked = Rc::new(RefCell::new(Asked {
            next: 1,
            ..Asked::default()
        }));
        let message = {
            let asked = Rc::clone(&asked);
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                hear(&asked, &event.data());
            })
        };
        let error = {
            let asked = Rc::clone(&asked);
            Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
                event.prevent_default();
                give_up(&asked);
            })
        };
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self(Rc::new(Inner {
            worker,
            asked,
            _message: message,
            _error: error,
        })))
    }

    async fn add(&self, texts: &[(String, String)]) {
        let handles = Array::new();
        let mut files = Vec::new();
        for (number, (name, text)) in (1..).zip(texts) {
            let parts = Array::of1(&JsValue::from_str(text));
            let Ok(handle) = File::new_with_str_sequence(&parts, name) else {
                continue;
            };
            handles.push(&handle);
            files.push(NewFile {
                number,
                name: name.clone(),
            });
        }
        self.0.asked.borrow_mut().given = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let request = Request::Add {
            now: clock::now(),
            files,
        };
        let send = || {
            self.0.ask(&request, &handles);
        };
        self.wait(|asked| &mut asked.read, send).await;
    }

    /// Does something, and waits for the call that it leads to.
    async fn wait(&self, slot: fn(&mut Asked) -> &mut Option<Call>, act: impl FnOnce()) {
        if self.0.asked.borrow().dead {
            return;
        }
        let done = Promise::new(&mut |resolve, _| {
            *slot(&mut self.0.asked.borrow_mut()) = Some(Call(resolve));
        });
        act();
        JsFuture::from(done).await.ok();
    }

    async fn all(&self) -> Option<RowWindow> {
        if self.0.asked.borrow().dead {
            return None;
        }
        let found = Rc::new(RefCell::new(None));
        let done = Promise::new(&mut |resolve, _| {
            let found = Rc::clone(&found);
            self.0.asked.borrow_mut().window = Some(Box::new(move |window| {
                *found.borrow_mut() = window;
                resolve.call0(&JsValue::NULL).ok();
            }));
        });
        let query = RowQuery::default();
        self.0.ask(
            &Request::Window(WindowRequest {
                query,
                from: 0,
                count: MOST,
                now: clock::now(),
            }),
            &Array::new(),
        );
        JsFuture::from(done).await.ok();
        found.take()
    }
}

impl Inner {
    fn ask(&self, request: &Request, files: &Array) -> u32 {
        let number = {
            let mut asked = self.asked.borrow_mut();
            let number = asked.next;
            asked.next += 1;
            number
        };
        let message = wire::message(number, request, files);
        self.worker
            .post_message_with_transfer(&message, &wire::handed_over(&message))
            .ok();
        number
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Callbacks are called only after the borrow has ended: they may ask again at once.
fn hear(asked: &Rc<RefCell<Asked>>, message: &JsValue) {
    let Some(message) = message.dyn_ref::<Array>() else {
        return;
    };
    let number = message.get(0).as_f64();
    let Some(answer) = wire::unpack::<Answer>(&message.get(1)) else {
        return;
    };
    match answer {
        Answer::Ready => {
            let ready = asked.borrow_mut().ready.take();
            if let Some(ready) = ready {
                ready.make();
            }
        }
        Answer::Tally(tally) => {
            let read = {
                let mut asked = asked.borrow_mut();
                let all = asked.given <= tally.files;
                asked.read.take_if(|_| all)
            };
            if let Some(read) = read {
                read.make();
            }
        }
        Answer::Window(window) => {
            let heard = asked.borrow_mut().window.take();
            if let Some(heard) = heard {
                heard(Some(window));
            }
        }
        Answer::Detail(detail) => {
            let heard = asked
                .borrow_mut()
                .detail
                .take_if(|(wanted, _)| number == Some(f64::from(*wanted)));
            if let Some((_, heard)) = heard {
                heard.emit(detail.map(|detail| Rc::new(*detail)));
            }
        }
        _ => {}
    }
}

/// The worker has died: nothing more will come from it.
fn give_up(asked: &Rc<RefCell<Asked>>) {
    let (ready, read, window, detail) = {
        let mut asked = asked.borrow_mut();
        asked.dead = true;
        (
            asked.ready.take(),
            asked.read.take(),
            asked.window.take(),
            asked.detail.take(),
        )
    };
    for waiting in [ready, read].into_iter().flatten() {
        waiting.make();
    }
    if let Some(window) = window {
        window(None);
    }
    if let Some((_, detail)) = detail {
        detail.emit(None);
    }
}

/// Lines asked for at once. A cluster has eleven names, each with a chain.
const MOST: u32 = 10_000;
