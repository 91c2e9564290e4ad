//! The worker: keeps the pile, reads files, answers with rows and details.
//!
//! Two of them run beside a page. One keeps the pile. The other opens keystores, which may take
//! seconds of key derivation, so that the pile goes on answering meanwhile; it keeps nothing.

mod making;
mod pile;
mod reading;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use certlens_core::UnixTime;
use js_sys::{Array, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

use crate::protocol::{Answer, NewFile, Request, narrow};
use crate::writing::Refusal;
use making::Made;
use pile::Pile;
use reading::Reading;

/// Least time between two tallies while files are read, in milliseconds.
const BETWEEN_TALLIES: f64 = 80.0;

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
        reading: None,
        reads_on: false,
        last_tally: 0.0,
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
    /// The file that is being read.
    reading: Option<u32>,
    /// Whether [`Desk::read_on`] is under way. It outlives a pile that is cleared meanwhile.
    reads_on: bool,
    /// When the last tally was told.
    last_tally: f64,
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
        if let Request::Open { file, passwords } = request {
            let desk = Rc::clone(desk);
            spawn_local(async move {
                let handle = files.get(0).unchecked_into();
                desk.borrow().announce(file.number);
                let (answer, brought) = reading::open_with(file, &handle, passwords).await;
                let beside: Array = brought.iter().map(to_value).collect();
                desk.borrow().post(number, &answer, &beside);
            });
            return;
        }
        if let Request::Make {
            task,
            files: names,
            now,
        } = request
        {
            let desk = Rc::clone(desk);
            spawn_local(async move {
                let handles = files.iter().map(JsCast::unchecked_into);
                let named = names.into_iter().zip(handles).collect();
                let scope = desk.borrow().scope.clone();
                let told = |file: u32| desk.borrow().announce(file);
                let made = making::make(&scope, task, named, now, told).await;
                desk.borrow().hand_over(number, made);
            });
            return;
        }
        let mut this = desk.borrow_mut();
        this.handle(number, request, &files);
        if !this.reads_on && !this.waiting.is_empty() {
            this.reads_on = true;
            spawn_local(Self::read_on(Rc::clone(desk)));
        }
    }

    fn handle(&mut self, number: u32, request: Request, files: &Array) {
        match request {
            Request::Add { now, files: names } => {
                self.now = now;
                let files = files.iter().map(JsCast::unchecked_into);
                self.waiting.extend(names.into_iter().zip(files));
            }
            Request::Refuse {
                file,
                message,
                hint,
            } => {
                self.pile.put_refused(file, message, hint);
                self.tally();
            }
            Request::Open { .. } | Request::Make { .. } => {}
            Request::Attempt { file, attempt } => {
                self.pile.set_attempt(file, attempt);
                self.tally();
            }
            Request::Replace(opened) => {
                match serde_wasm_bindgen::from_value(files.get(0)) {
                    Ok(brought) => self.pile.replace(opened, brought),
                    Err(error) => wasm_bindgen::throw_str(&error.to_string()),
                }
                self.tally();
            }
            Request::Remove(file) => {
                self.waiting.retain(|(waiting, _)| waiting.number != file);
                self.reading = self.reading.filter(|reading| *reading != file);
                self.pile.remove(file);
                self.tally();
            }
            Request::Clear => {
                self.waiting.clear();
                self.reading = None;
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
            Request::Ask { question, now } => {
                let told = self.pile.told(question, now);
                self.answer(number, &Answer::Told(told));
            }
        }
    }

    /// Reads waiting files to the last. Messages get their turn while the browser fetches a file.
    async fn read_on(desk: Rc<RefCell<Self>>) {
        loop {
            let next = desk.borrow_mut().next_file();
            let Some((file, handle)) = next else {
                desk.borrow_mut().reads_on = false;
                break;
            };
            let number = file.number;
            let bytes = reading::bytes(&handle).await;
            let mut this = desk.borrow_mut();
            // It may have been taken off the pile meanwhile.
            if this.reading.take() == Some(number) {
                this.announce(number);
                this.pile.put(Reading::of(file, &handle, bytes));
            }
            if this.waiting.is_empty() || this.last_tally + BETWEEN_TALLIES < js_sys::Date::now() {
                this.tally();
            }
        }
    }

    fn next_file(&mut self) -> Option<(NewFile, File)> {
        let next = self.waiting.pop_front();
        self.reading = next.as_ref().map(|(file, _)| file.number);
        next
    }

    /// Tells which file is worked on next.
    fn announce(&self, file: u32) {
        self.scope.post_message(&JsValue::from(file)).ok();
    }

    fn tally(&mut self) {
        self.last_tally = js_sys::Date::now();
        let mut tally = self.pile.tally(self.now);
        tally.requests = requests(&self.scope).saturating_sub(self.requests_at_start);
        self.answer(0, &Answer::Tally(tally));
    }

    fn answer(&self, number: u32, answer: &Answer) {
        self.post(number, answer, &JsValue::UNDEFINED);
    }

    /// Answers with a file that was written.
    fn hand_over(&self, number: u32, made: Result<Made, Refusal>) {
        let (octets, told) = match made {
            Ok((octets, outcome)) => (Uint8Array::from(&**octets).into(), Ok(Box::new(outcome))),
            Err(refusal) => (JsValue::UNDEFINED, Err(refusal)),
        };
        self.post(number, &Answer::Made(told), &octets);
    }

    fn post(&self, number: u32, answer: &Answer, beside: &JsValue) {
        let message = Array::of3(&JsValue::from(number), &to_value(answer), beside);
        self.scope.post_message(&message).ok();
    }
}

fn to_value(value: &impl Serialize) -> JsValue {
    match serde_wasm_bindgen::to_value(value) {
        Ok(value) => value,
        Err(error) => wasm_bindgen::throw_str(&error.to_string()),
    }
}

/// Requests that the browser has noted for this worker.
fn requests(scope: &DedicatedWorkerGlobalScope) -> u32 {
    scope.performance().map_or(0, |performance| {
        performance.get_entries_by_type("resource").length()
    })
}
