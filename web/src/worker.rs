//! The worker: keeps the pile, reads files, answers with rows and details.
//!
//! Two of them run beside a page. One keeps the pile. The other opens keystores, which may take
//! seconds of key derivation, so that the pile goes on answering meanwhile; it keeps nothing.

mod derivation;
mod making;
mod pile;
mod prepared;
mod reading;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use certlens_core::{Contents, Opening, Options, Problem, UnixTime};
use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

use crate::piece::piece;
use crate::protocol::{Answer, NewFile, Request, Stage, Underway, narrow};
use crate::questions::{Question, Told};
use crate::services::clock;
use crate::wire;
use crate::writing::Refusal;
use making::Made;
use pile::Pile;
use reading::Reading;

/// Least time between two tallies while files are read, in milliseconds.
const BETWEEN_TALLIES: f64 = 80.0;

/// How long signatures are computed with at a stretch before messages get their turn, in milliseconds.
const PROVED: f64 = 12.0;

/// How long signatures wait for the rows that a tally makes the page ask for, where it asks for none, in milliseconds.
const ROWS_FIRST: i32 = 200;

/// How long a file is read at a stretch before messages get their turn, in milliseconds.
const STRETCH: f64 = 40.0;

#[wasm_bindgen]
extern "C" {
    /// The roots that Mozilla trusts. The worker's script has them before its program starts.
    #[wasm_bindgen(thread_local_v2, js_name = mozillaRoots)]
    static MOZILLA_ROOTS: Option<Uint8Array>;
}

/// What the page's script calls the worker that starts first, and that the page has keep the pile.
const KEEPER: &str = "first";

const OTHER_BUILD: &str = "page and worker are of different builds";

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
        pile: Pile::new(
            MOZILLA_ROOTS.with(|roots| roots.as_ref().map(Uint8Array::to_vec).unwrap_or_default()),
        ),
        waiting: VecDeque::new(),
        now: UnixTime::from_seconds(0),
        reading: None,
        reads_on: false,
        deferred: Vec::new(),
        underway: None,
        last_tally: 0.0,
        proves: false,
        untold: false,
        after_rows: None,
    }));
    let onmessage = {
        let desk = Rc::clone(&desk);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            Desk::receive(&desk, &event.data());
        })
    };
    scope.set_onmessage(Some(onmessage.as_ref().unchecked_ref()));
    onmessage.forget();
    if scope.name() == KEEPER {
        spawn_local(Desk::prepare(desk));
    } else {
        desk.borrow().answer(0, &Answer::Ready);
    }
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
    /// What was asked about entries while their file was still being read.
    deferred: Vec<(u32, Request)>,
    /// How far the file is that is being read, where that takes long.
    underway: Option<Underway>,
    /// When the last tally was told.
    last_tally: f64,
    /// Whether [`Desk::prove_on`] is under way.
    proves: bool,
    /// Whether that changed rows of which no tally told.
    untold: bool,
    /// What goes on once the page was told rows.
    after_rows: Option<Function>,
}

impl Desk {
    fn receive(desk: &Rc<RefCell<Self>>, message: &JsValue) {
        let message: &Array = message.unchecked_ref();
        let number = message.get(0).as_f64().map_or(0, narrow);
        let Some(request) = wire::unpack::<Request>(&message.get(1)) else {
            wasm_bindgen::throw_str(OTHER_BUILD);
        };
        let files: Array = message.get(2).unchecked_into();
        if let Request::Open { file, passwords } = request {
            let desk = Rc::clone(desk);
            spawn_local(async move {
                let handle = files.get(0).unchecked_into();
                desk.borrow().announce(file.number);
                let (answer, brought) = reading::open_with(file, &handle, passwords).await;
                let beside: Array = brought.iter().map(wire::pack).collect();
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
        if let Request::Ask {
            question: Question::Piece { file, path, fault },
            ..
        } = &request
        {
            let (desk, file, path, fault) = (Rc::clone(desk), *file, path.clone(), *fault);
            spawn_local(async move {
                let octets = reading::bytes(&files.get(0).unchecked_into()).await;
                desk.borrow().announce(file);
                let told = octets.ok().and_then(|octets| piece(&octets, &path, fault));
                let told = told.map_or(Told::Nothing, |told| Told::Bytes(Box::new(told)));
                desk.borrow().answer(number, &Answer::Told(told));
            });
            return;
        }
        let mut this = desk.borrow_mut();
        this.handle(number, request, &files);
        if !this.reads_on && !this.waiting.is_empty() {
            this.reads_on = true;
            spawn_local(Self::read_on(Rc::clone(desk)));
        }
        drop(this);
        Self::begin_to_prove(desk);
    }

    /// Has signatures computed with, where there is something left to prove and nothing to read.
    fn begin_to_prove(desk: &Rc<RefCell<Self>>) {
        let mut this = desk.borrow_mut();
        if !this.reads_on && !this.proves && this.pile.is_unproved() {
            this.proves = true;
            spawn_local(Self::prove_on(Rc::clone(desk)));
        }
    }

    /// Computes with signatures until all of the pile is known, or files come.
    async fn prove_on(desk: Rc<RefCell<Self>>) {
        Self::rows_told(&desk).await;
        loop {
            Self::turn(&desk).await;
            let mut this = desk.borrow_mut();
            if this.reads_on || !this.pile.is_unproved() {
                this.proves = false;
                break;
            }
            let (now, before) = (this.now, this.pile.revision());
            let until = js_sys::Date::now() + PROVED;
            this.pile.prove(now, || js_sys::Date::now() < until);
            this.untold |= before != this.pile.revision();
            let waits = this.last_tally + 4.0 * BETWEEN_TALLIES;
            if this.untold && (!this.pile.is_unproved() || waits < js_sys::Date::now()) {
                this.untold = false;
                this.tally();
            }
        }
    }

    fn handle(&mut self, number: u32, request: Request, files: &Array) {
        let waits = match &request {
            Request::Detail { id, .. } => self.pile.reading() == Some(id.group),
            Request::Ask { .. } => self.pile.reading().is_some(),
            _ => false,
        };
        if waits {
            return self.deferred.push((number, request));
        }
        match request {
            Request::Add { now, files: names } => {
                self.now = now;
                let files = files.iter().map(JsCast::unchecked_into);
                self.waiting.extend(names.into_iter().zip(files));
            }
            Request::Judge(expiry) => {
                crate::expiry::choose(expiry);
                self.pile.judge_anew();
                self.tally();
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
                match wire::unpack(&files.get(0)) {
                    Some(brought) => self.pile.replace(opened, brought),
                    None => wasm_bindgen::throw_str(OTHER_BUILD),
                }
                self.tally();
            }
            Request::Remove(file) => {
                self.waiting.retain(|(waiting, _)| waiting.number != file);
                self.reading = self.reading.filter(|reading| *reading != file);
                self.pile.remove(file);
                self.tally();
            }
            Request::Cancel => {
                self.waiting.clear();
                if let Some(file) = self.reading.take() {
                    self.pile.remove(file);
                }
                self.answer(0, &Answer::Cancelled(self.pile.numbers()));
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
                if let Some(go_on) = self.after_rows.take() {
                    go_on.call0(&JsValue::UNDEFINED).ok();
                }
            }
            Request::Choose {
                choosing,
                query,
                now,
            } => {
                let chosen = self.pile.choose(choosing, &query, now);
                self.answer(number, &Answer::Chosen(chosen));
            }
            Request::Position { id, query, now } => {
                let position = self.pile.position(id, &query, now);
                self.answer(number, &Answer::Position(position));
            }
            Request::Detail { id, now } => {
                self.announce(id.group);
                self.pile.prove_these(&[id]);
                let detail = self.pile.detail(id, now).map(Box::new);
                self.answer(number, &Answer::Detail(detail));
            }
            Request::Ask { question, now } => {
                let told = self.pile.told(question, now);
                self.answer(number, &Answer::Told(told));
            }
        }
    }

    /// Reads waiting files to the last.
    async fn read_on(desk: Rc<RefCell<Self>>) {
        loop {
            let next = desk.borrow_mut().next_file();
            let Some((file, handle)) = next else {
                desk.borrow_mut().reads_on = false;
                Self::begin_to_prove(&desk);
                break;
            };
            let number = file.number;
            let size = reading::size(&handle);
            let go_on = |read| desk.borrow_mut().tell_octets(&file, read, size);
            let result = match reading::bytes_by_pieces(&handle, go_on).await {
                Ok(Some(bytes)) => Self::open(&desk, &file, &bytes).await,
                Ok(None) => None,
                Err(problem) => Some(Err(problem)),
            };
            let mut this = desk.borrow_mut();
            // It may have been taken off the pile meanwhile.
            if this.reading.take() == Some(number)
                && let Some(result) = result
            {
                this.pile.put(Reading { file, size, result });
            }
            if this.waiting.is_empty() || this.last_tally + BETWEEN_TALLIES < js_sys::Date::now() {
                this.tally();
            }
            let deferred = std::mem::take(&mut this.deferred);
            drop(this);
            for (number, request) in deferred {
                desk.borrow_mut().handle(number, request, &Array::new());
                // Each may take a while on a large pile; rows are told between them.
                Self::turn(&desk).await;
            }
        }
    }

    /// Opens a file. One that takes long shows its first rows meanwhile, and messages get their turn; `None`
    /// where one of them takes it off the pile.
    async fn open(
        desk: &Rc<RefCell<Self>>,
        file: &NewFile,
        bytes: &[u8],
    ) -> Option<Result<Contents, Problem>> {
        let options = Options::default();
        let begun = js_sys::Date::now();
        let mut shown = 0;
        desk.borrow().announce(file.number);
        let mut opening = match Opening::begin(bytes, &options) {
            Ok(opening) => opening,
            Err(error) => return Some(Err(Problem::from(&error))),
        };
        loop {
            let until = js_sys::Date::now() + STRETCH;
            while js_sys::Date::now() < until {
                if !(0..16).all(|_| opening.read_on()) {
                    return Some(opening.finish().map_err(|it| Problem::from(&it)));
                }
            }
            {
                let mut this = desk.borrow_mut();
                if this.reading != Some(file.number) {
                    return None;
                }
                // Ever more rows are laid out at each tally, so there are ever fewer of them.
                let now = js_sys::Date::now();
                let between = BETWEEN_TALLIES.max((now - begun) / 2.0);
                if shown == 0 || this.last_tally + between < now {
                    let rows = opening.rows(shown);
                    shown += rows.len();
                    this.pile.show(file, rows);
                    this.tell_underway(file, Stage::Entries(opening.share()));
                }
            }
            Self::turn(desk).await;
            desk.borrow().announce(file.number);
        }
    }

    /// Goes through what the first file will need, until there is one. Says that it is ready once it has opened
    /// a file.
    async fn prepare(desk: Rc<RefCell<Self>>) {
        let mut steps = prepared::steps(desk.borrow().pile.mozilla(), clock::now());
        steps.next();
        desk.borrow().answer(0, &Answer::Ready);
        loop {
            Self::turn(&desk).await;
            if desk.borrow().reads_on || steps.next().is_none() {
                break;
            }
        }
    }

    /// Waits until the page was told rows, or did not ask for any.
    async fn rows_told(desk: &Rc<RefCell<Self>>) {
        let told = Promise::new(&mut |resolve, _| {
            let mut this = desk.borrow_mut();
            let scope = &this.scope;
            scope
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ROWS_FIRST)
                .ok();
            this.after_rows = Some(resolve);
        });
        JsFuture::from(told).await.ok();
    }

    /// Lets messages have their turn.
    async fn turn(desk: &Rc<RefCell<Self>>) {
        let scope = desk.borrow().scope.clone();
        let turn = Promise::new(&mut |resolve, _| {
            scope.set_timeout_with_callback(&resolve).ok();
        });
        JsFuture::from(turn).await.ok();
    }

    fn next_file(&mut self) -> Option<(NewFile, File)> {
        self.underway = None;
        let next = self.waiting.pop_front();
        self.reading = next.as_ref().map(|(file, _)| file.number);
        next
    }

    /// Tells which file is worked on next.
    fn announce(&self, file: u32) {
        self.scope.post_message(&JsValue::from(file)).ok();
    }

    /// Tells how many octets of a large file there are, now and then; false where it was taken off the pile.
    fn tell_octets(&mut self, file: &NewFile, read: u64, size: u64) -> bool {
        if self.reading != Some(file.number) {
            return false;
        }
        let is_end = read == 0 || read == size;
        if is_end || self.last_tally + BETWEEN_TALLIES < js_sys::Date::now() {
            self.tell_underway(file, Stage::Octets { read, size });
        }
        true
    }

    fn tell_underway(&mut self, file: &NewFile, stage: Stage) {
        let name = file.name.clone();
        self.underway = Some(Underway { name, stage });
        self.tally();
    }

    fn tally(&mut self) {
        if self.waiting.is_empty() && self.reading.is_none() {
            self.pile.settle(self.now);
        }
        self.last_tally = js_sys::Date::now();
        let mut tally = self.pile.tally(self.now);
        tally.underway = self.underway.clone().filter(|_| self.reading.is_some());
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
        let message = wire::message(number, answer, beside);
        self.scope
            .post_message_with_transfer(&message, &wire::handed_over(&message))
            .ok();
    }
}

/// Requests that the browser has noted for this worker.
fn requests(scope: &DedicatedWorkerGlobalScope) -> u32 {
    scope.performance().map_or(0, |performance| {
        performance.get_entries_by_type("resource").length()
    })
}
