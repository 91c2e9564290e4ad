//! The worker: keeps the pile, reads files, answers with rows and details.
//!
//! Two of them run beside a page. One keeps the pile. The other opens keystores, which may take
//! seconds of key derivation, so that the pile goes on answering meanwhile; it keeps nothing.

mod pile;
mod reading;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use certlens_core::UnixTime;
use gloo::timers::callback::Timeout;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

use crate::protocol::{Answer, NewFile, Request};
use pile::Pile;
use reading::Reading;

/// Longest stretch of reading before waiting messages get their turn, in milliseconds.
const STRETCH: f64 = 24.0;

/// Starts the worker.
///
/// # Panics
/// Outside a worker.
pub fn run() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let desk = Rc::new(RefCell::new(Desk {
        requests_at_start: requests(&scope),
        scope: scope.clone(),
        pile: Pile::default(),
        waiting: VecDeque::new(),
        now: UnixTime::from_seconds(0),
        timer: None,
    }));
    let onmessage = {
        let desk = Rc::clone(&desk);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            Desk::receive(&desk, &event.data());
        })
    };
    scope.set_onmessage(Some(onmessage.as_ref().unchecked_ref()));
    onmessage.forget();
    desk.borrow().answer(0, &Answer::Ready);
}

/// Everything the worker has in hand.
struct Desk {
    scope: DedicatedWorkerGlobalScope,
    pile: Pile,
    /// Files still to be read.
    waiting: VecDeque<(NewFile, File)>,
    now: UnixTime,
    requests_at_start: u32,
    /// The next stretch of reading.
    timer: Option<Timeout>,
}

impl Desk {
    fn receive(desk: &Rc<RefCell<Self>>, message: &JsValue) {
        let message: &Array = message.unchecked_ref();
        let number = message.get(0).as_f64().map_or(0, narrow);
        let request: Request = match serde_wasm_bindgen::from_value(message.get(1)) {
            Ok(request) => request,
            Err(error) => wasm_bindgen::throw_str(&error.to_string()),
        };
        let files: Array = message.get(2).unchecked_into();
        desk.borrow_mut().handle(number, request, &files);
        Self::go_on(desk);
    }

    fn handle(&mut self, number: u32, request: Request, files: &Array) {
        match request {
            Request::Add { now, files: names } => {
                self.now = now;
                let files = files.iter().map(JsCast::unchecked_into);
                self.waiting.extend(names.into_iter().zip(files));
            }
            Request::Refuse { file, message, hint } => {
                self.pile.put_refused(file, message, hint);
                self.tally();
            }
            Request::Open { file, password } => {
                self.announce(file.number);
                let answer = reading::open_with(file, &files.get(0).unchecked_into(), password);
                self.answer(number, &answer);
            }
            Request::Attempt { file, attempt } => {
                self.pile.set_attempt(file, attempt);
                self.tally();
            }
            Request::Replace(opened) => {
                self.pile.replace(*opened);
                self.tally();
            }
            Request::Remove(file) => {
                self.waiting.retain(|(waiting, _)| waiting.number != file);
                self.pile.remove(file);
                self.tally();
            }
            Request::Clear => {
                self.waiting.clear();
                self.pile.clear();
                self.tally();
            }
            Request::Window(request) => {
                self.now = request.now;
                let window = self.pile.window(&request);
                self.answer(number, &Answer::Window(window));
            }
            Request::Position { id, query, now } => {
                let position = self.pile.position(id, &query, now);
                self.answer(number, &Answer::Position(position));
            }
            Request::Detail { id, now } => {
                self.announce(id.group);
                let detail = self.pile.detail(id, now).map(Box::new);
                self.answer(number, &Answer::Detail(detail));
            }
        }
    }

    /// Reads waiting files for one stretch, then lets messages through and goes on.
    fn go_on(desk: &Rc<RefCell<Self>>) {
        let mut this = desk.borrow_mut();
        if this.waiting.is_empty() || this.timer.is_some() {
            return;
        }
        let next = Rc::clone(desk);
        this.timer = Some(Timeout::new(0, move || {
            {
                let mut this = next.borrow_mut();
                this.timer.take().map(Timeout::forget);
                this.read_a_stretch();
            }
            Self::go_on(&next);
        }));
    }

    fn read_a_stretch(&mut self) {
        let end = js_sys::Date::now() + STRETCH;
        while let Some((name, file)) = self.waiting.pop_front() {
            self.announce(name.number);
            self.pile.put(Reading::of(name, &file));
            if end <= js_sys::Date::now() {
                break;
            }
        }
        self.tally();
    }

    /// Tells which file is worked on next.
    fn announce(&self, file: u32) {
        self.scope.post_message(&JsValue::from(file)).ok();
    }

    fn tally(&self) {
        let mut tally = self.pile.tally(self.now);
        tally.waiting = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        tally.requests = requests(&self.scope).saturating_sub(self.requests_at_start);
        self.answer(0, &Answer::Tally(tally));
    }

    fn answer(&self, number: u32, answer: &Answer) {
        match serde_wasm_bindgen::to_value(answer) {
            Ok(answer) => {
                self.scope.post_message(&Array::of2(&JsValue::from(number), &answer)).ok();
            }
            Err(error) => wasm_bindgen::throw_str(&error.to_string()),
        }
    }
}

/// Requests that the browser has noted for this worker.
fn requests(scope: &DedicatedWorkerGlobalScope) -> u32 {
    scope.performance().map_or(0, |performance| {
        performance.get_entries_by_type("resource").length()
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "request numbers are counted up from 1 by the page"
)]
fn narrow(number: f64) -> u32 {
    number as u32
}
