//! The page's end of the two workers: one keeps the pile, one opens keystores.
//!
//! The page holds file handles and no bytes. When a worker dies on a file, it is started again, gets
//! all other handles, and is told which file cannot be read.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{File, MessageEvent, Worker};
use yew::Callback;

use super::clock;
use super::dropped::Found;
use super::reader::start_reader;
use crate::detail::Detail;
use crate::protocol::{Answer, NewFile, Opened, Request, Tally, narrow};
use crate::questions::{Question, Told};
use crate::rows::{
    Attempt, Choosing, Chosen, RowId, RowQuery, RowSource, RowWindow, WindowRequest,
};
use crate::wire;
use crate::words;
use crate::writing::{Outcome, Refusal, Task, Typed};

/// What the pile tells the page unasked.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Both workers are up.
    Ready,
    /// The pile has changed.
    Tally(Tally),
    /// Other entries are chosen.
    Chosen(Chosen),
    /// A password opened this file.
    Opened(String),
    /// A password did not open this file.
    Refused {
        /// Number of the file.
        file: u32,
    },
    /// A worker died. Says on which file.
    Died(Option<String>),
    /// A worker cannot be started.
    Broken,
}

/// The page's end of the workers.
#[derive(Clone)]
pub struct Pile(Rc<RefCell<Inner>>);

impl PartialEq for Pile {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    keeper: Line,
    opener: Line,
    files: BTreeMap<u32, Kept>,
    /// Files that the worker has not been told of yet.
    backlog: VecDeque<u32>,
    next_file: u32,
    next_request: u32,
    window: Option<(u32, Callback<RowWindow>)>,
    /// What is asked once the window that is under way has come: the newest wish, while somebody scrolls
    /// faster than rows are told.
    next_window: Option<(WindowRequest, Callback<RowWindow>)>,
    detail: Option<(u32, Callback<Option<Rc<Detail>>>)>,
    position: Option<(u32, Callback<Option<u32>>)>,
    questions: BTreeMap<u32, Callback<Told>>,
    /// What mending a file would change.
    mending: BTreeMap<u32, Option<Outcome>>,
    /// Files that are being written.
    makings: BTreeMap<u32, Callback<Result<Rc<Made>, Refusal>>>,
    /// Passwords to try on further files, one after the other.
    tries: Vec<Try>,
    /// What is being tried.
    trying: Option<Try>,
    ready: u8,
    deaths: u8,
    told: Callback<Event>,
}

/// Octets of the longest file that is looked at for what mending it would change.
const TRIED_UNASKED: f64 = 4_000_000.0;

/// A password to try on a file.
struct Try {
    file: u32,
    password: String,
    /// Whether the reader typed it into that file's own row. Of the others no failure is told.
    asked: bool,
}

/// A file on the pile.
#[derive(Clone)]
struct Kept {
    handle: File,
    name: String,
    /// Passwords that opened a part of it.
    passwords: Vec<String>,
}

/// A file that was written for the reader to save. Its octets are wiped when it is dropped.
#[derive(Debug)]
pub struct Made {
    /// What is told of it.
    pub outcome: Outcome,
    /// The file.
    pub octets: Uint8Array,
}

impl Drop for Made {
    fn drop(&mut self) {
        self.octets.fill(0, 0, self.octets.length());
    }
}

/// One worker and its ear.
struct Line {
    worker: Option<Worker>,
    role: Role,
    /// Whether it listens yet. What it is told before that would be lost.
    ready: bool,
    /// What it is told when it listens.
    early: Vec<Array>,
    /// The file it is working on, by its own word.
    busy_with: Option<u32>,
    _ears: Vec<Closure<dyn FnMut(MessageEvent)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Keeper,
    Opener,
}

impl Pile {
    /// Starts both workers.
    pub fn start(told: Callback<Event>) -> Self {
        let line = Line::new;
        let pile = Self(Rc::new(RefCell::new(Inner {
            keeper: line(Role::Keeper),
            opener: line(Role::Opener),
            files: BTreeMap::new(),
            backlog: VecDeque::new(),
            next_file: 1,
            next_request: 1,
            window: None,
            next_window: None,
            detail: None,
            position: None,
            questions: BTreeMap::new(),
            mending: BTreeMap::new(),
            makings: BTreeMap::new(),
            tries: Vec::new(),
            trying: None,
            ready: 0,
            deaths: 0,
            told,
        })));
        pile.connect(Role::Keeper);
        pile.connect(Role::Opener);
        pile
    }

    /// Puts files on the pile.
    pub fn add(&self, found: Vec<Found>) {
        let idle = {
            let mut inner = self.0.borrow_mut();
            let idle = inner.backlog.is_empty();
            for Found { file, name } in found {
                let number = inner.next_file;
                inner.next_file += 1;
                let kept = Kept {
                    handle: file,
                    name,
                    passwords: Vec::new(),
                };
                inner.files.insert(number, kept);
                inner.backlog.push_back(number);
            }
            idle
        };
        if idle {
            self.hand_over();
        }
    }

    /// Hands files to the worker, a few at a time: handing over ten thousand at once would hold up
    /// the page for seconds.
    fn hand_over(&self) {
        let mut inner = self.0.borrow_mut();
        let (mut files, handles) = (Vec::new(), Array::new());
        while files.len() < AT_ONCE {
            let Some(number) = inner.backlog.pop_front() else {
                break;
            };
            if let Some(kept) = inner.files.get(&number) {
                handles.push(&kept.handle);
                files.push(NewFile {
                    number,
                    name: kept.name.clone(),
                });
            }
        }
        inner.ask(
            Role::Keeper,
            &Request::Add {
                now: clock::now(),
                files,
            },
            &handles,
        );
        if !inner.backlog.is_empty() {
            let pile = self.clone();
            Timeout::new(0, move || pile.hand_over()).forget();
        }
    }

    /// Takes a file off the pile.
    pub fn remove(&self, file: u32) {
        let mut inner = self.0.borrow_mut();
        inner.files.remove(&file);
        inner.tries.retain(|next| next.file != file);
        inner.ask(Role::Keeper, &Request::Remove(file), &Array::new());
    }

    /// Calls ends of validity near by what was chosen.
    pub fn judge(&self) {
        let request = Request::Judge(crate::expiry::chosen());
        self.0
            .borrow_mut()
            .ask(Role::Keeper, &request, &Array::new());
    }

    /// Stops reading. What was read stays on the pile.
    pub fn cancel(&self) {
        let mut inner = self.0.borrow_mut();
        inner.backlog.clear();
        inner.ask(Role::Keeper, &Request::Cancel, &Array::new());
    }

    /// Takes everything off the pile.
    pub fn clear(&self) {
        let mut inner = self.0.borrow_mut();
        inner.files.clear();
        inner.backlog.clear();
        inner.tries.clear();
        inner.ask(Role::Keeper, &Request::Clear, &Array::new());
    }

    /// Tries a password on a locked file, and on all others that are locked if so wished.
    pub fn unlock(&self, file: u32, password: &str, everywhere: &[u32]) {
        let mut inner = self.0.borrow_mut();
        let others = everywhere.iter().copied().filter(|other| *other != file);
        for number in std::iter::once(file).chain(others) {
            inner.tries.retain(|next| next.file != number);
            let password = password.to_owned();
            inner.tries.push(Try {
                file: number,
                password,
                asked: number == file,
            });
            inner.attempt(number, Attempt::Trying);
        }
        inner.try_next();
    }

    /// Gives up a password that is being tried.
    pub fn stop(&self, file: u32) {
        let running = {
            let mut inner = self.0.borrow_mut();
            inner.tries.retain(|next| next.file != file);
            inner.attempt(file, Attempt::None);
            inner
                .trying
                .as_ref()
                .is_some_and(|trying| trying.file == file)
        };
        if running {
            self.0.borrow_mut().trying = None;
            self.connect(Role::Opener);
            self.0.borrow_mut().try_next();
        }
    }

    /// Chooses entries of what a query shows.
    pub fn choose(&self, choosing: Choosing, query: RowQuery) {
        let request = Request::Choose {
            choosing,
            query,
            now: clock::now(),
        };
        self.0
            .borrow_mut()
            .ask(Role::Keeper, &request, &Array::new());
    }

    /// Asks for an entry in full.
    pub fn detail(&self, id: RowId, answer: Callback<Option<Rc<Detail>>>) {
        let mut inner = self.0.borrow_mut();
        let number = inner.ask(
            Role::Keeper,
            &Request::Detail {
                id,
                now: clock::now(),
            },
            &Array::new(),
        );
        inner.detail = Some((number, answer));
    }

    /// Asks a question about the pile.
    pub fn ask(&self, question: Question, answer: Callback<Told>) {
        let mut inner = self.0.borrow_mut();
        let now = clock::now();
        // The worker keeps what it read of a file, and not the file.
        let file = match &question {
            Question::Piece { file, .. } => inner.files.get(file),
            _ => None,
        };
        let handles: Array = file.iter().map(|kept| &kept.handle).collect();
        let number = inner.ask(Role::Keeper, &Request::Ask { question, now }, &handles);
        inner.questions.insert(number, answer);
    }

    /// Writes a file out of these, in the worker that opens keystores.
    pub fn make(&self, task: Task, files: &[u32], answer: Callback<Result<Rc<Made>, Refusal>>) {
        let mut inner = self.0.borrow_mut();
        let (mut named, handles) = (Vec::new(), Array::new());
        for number in files {
            if let Some(kept) = inner.files.get(number) {
                handles.push(&kept.handle);
                let (number, name) = (*number, kept.name.clone());
                let passwords = kept.passwords.iter().cloned().map(Typed).collect();
                named.push((NewFile { number, name }, passwords));
            }
        }
        let request = Request::Make {
            task,
            files: named,
            now: clock::now(),
        };
        let number = inner.ask(Role::Opener, &request, &handles);
        inner.makings.insert(number, answer);
    }

    /// Tells what mending a file would change; nothing where it is as it should be, or too long to be tried
    /// unasked.
    pub fn would_mend(&self, file: u32, answer: Callback<Option<Outcome>>) {
        let known = {
            let inner = self.0.borrow();
            let size = inner.files.get(&file).map(|kept| kept.handle.size());
            if size.is_none_or(|size| TRIED_UNASKED < size) {
                return;
            }
            inner.mending.get(&file).cloned()
        };
        if let Some(known) = known {
            answer.emit(known);
            return;
        }
        let pile = self.clone();
        let told = Callback::from(move |told: Result<Rc<Made>, Refusal>| {
            let outcome = told.ok().map(|made| made.outcome.clone());
            let outcome = outcome.filter(|outcome| !outcome.changes.is_empty());
            pile.0.borrow_mut().mending.insert(file, outcome.clone());
            answer.emit(outcome);
        });
        self.make(Task::WouldRepair, &[file], told);
    }

    /// The numbers of all files.
    pub fn files(&self) -> Vec<u32> {
        self.0.borrow().files.keys().copied().collect()
    }

    /// Starts a worker, in the place of the one before.
    fn connect(&self, role: Role) {
        if role == Role::Opener {
            let interrupted = std::mem::take(&mut self.0.borrow_mut().makings);
            for answer in interrupted.into_values() {
                answer.emit(Err(Refusal {
                    message: words::writing_was_interrupted().to_owned(),
                    hint: words::try_it_once_more().to_owned(),
                }));
            }
        }
        let mut inner = self.0.borrow_mut();
        let line = inner.line(role);
        if let Some(worker) = line.worker.take() {
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.terminate();
        }
        let Ok(worker) = start_reader() else {
            inner.told.emit(Event::Broken);
            return;
        };
        let ear = |hear: fn(&Pile, Role, &MessageEvent)| {
            let pile = self.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                hear(&pile, role, &event);
            })
        };
        let message = ear(|pile, role, event| pile.hear(role, &event.data()));
        let error = ear(|pile, role, event| {
            event.prevent_default();
            pile.bury(role);
        });
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        *inner.line(role) = Line {
            worker: Some(worker),
            _ears: vec![message, error],
            ..Line::new(role)
        };
    }

    fn hear(&self, role: Role, message: &JsValue) {
        if let Some(file) = message.as_f64() {
            self.0.borrow_mut().line(role).busy_with = Some(narrow(file));
            return;
        }
        let message: &Array = message.unchecked_ref();
        let number = message.get(0).as_f64().map_or(0, narrow);
        match wire::unpack::<Answer>(&message.get(1)) {
            Some(answer) => self.take(role, number, answer, &message.get(2)),
            // The worker is of another version than the page, as after an update half loaded.
            None => self.0.borrow().told.clone().emit(Event::Broken),
        }
    }

    /// Callbacks are called only after the borrow has ended: they may ask again at once.
    fn take(&self, role: Role, number: u32, answer: Answer, beside: &JsValue) {
        let mut inner = self.0.borrow_mut();
        inner.line(role).busy_with = None;
        let told = inner.told.clone();
        match answer {
            Answer::Ready => {
                let both = inner.is_up(role);
                drop(inner);
                if both {
                    told.emit(Event::Ready);
                }
            }
            Answer::Tally(mut tally) => {
                let files = u32::try_from(inner.files.len()).unwrap_or(u32::MAX);
                tally.waiting = files.saturating_sub(tally.files);
                // A worker started anew counts from the beginning; its pile is another one.
                tally.revision += u64::from(inner.deaths) << 32;
                drop(inner);
                told.emit(Event::Tally(tally));
            }
            Answer::Chosen(chosen) => {
                drop(inner);
                told.emit(Event::Chosen(chosen));
            }
            Answer::Cancelled(read) => {
                let read: std::collections::BTreeSet<u32> = read.into_iter().collect();
                inner.files.retain(|number, _| read.contains(number));
            }
            Answer::Window(window) => {
                let callback = inner.window.take_if(|(wanted, _)| *wanted == number);
                if callback.is_some()
                    && let Some((request, answer)) = inner.next_window.take()
                {
                    inner.ask_window(request, answer);
                }
                drop(inner);
                if let Some((_, callback)) = callback {
                    callback.emit(window);
                }
            }
            Answer::Detail(detail) => {
                let callback = inner.detail.take_if(|(wanted, _)| *wanted == number);
                drop(inner);
                if let Some((_, callback)) = callback {
                    callback.emit(detail.map(|detail| Rc::new(*detail)));
                }
            }
            Answer::Position(position) => {
                let callback = inner.position.take_if(|(wanted, _)| *wanted == number);
                drop(inner);
                if let Some((_, callback)) = callback {
                    callback.emit(position);
                }
            }
            Answer::Made(told) => {
                let callback = inner.makings.remove(&number);
                drop(inner);
                let made = told.map(|outcome| {
                    Rc::new(Made {
                        outcome: *outcome,
                        octets: beside.clone().unchecked_into(),
                    })
                });
                // Nobody waits for it any more: it is wiped here.
                if let Some(callback) = callback {
                    callback.emit(made);
                }
            }
            Answer::Told(told) => {
                let callback = inner.questions.remove(&number);
                drop(inner);
                if let Some(callback) = callback {
                    callback.emit(told);
                }
            }
            Answer::Opened(opened) => {
                let name = opened.file.name.clone();
                inner.opened(opened, beside.unchecked_ref());
                drop(inner);
                told.emit(Event::Opened(name));
            }
            Answer::Refused {
                file,
                message,
                hint,
            } => {
                inner.refused(file, message, hint);
                drop(inner);
                told.emit(Event::Refused { file });
            }
        }
    }

    /// A worker has died: starts another and gives it everything but the file it died on.
    fn bury(&self, role: Role) {
        let (culprit, name) = {
            let mut inner = self.0.borrow_mut();
            inner.deaths = inner.deaths.saturating_add(1);
            let culprit = inner.line(role).busy_with.take();
            (
                culprit,
                culprit
                    .and_then(|file| inner.files.get(&file))
                    .map(|kept| kept.name.clone()),
            )
        };
        let told = self.0.borrow().told.clone();
        if self.0.borrow().ready < 2 || (culprit.is_none() && 3 < self.0.borrow().deaths) {
            told.emit(Event::Broken);
            return;
        }
        self.connect(role);
        let mut inner = self.0.borrow_mut();
        match role {
            Role::Opener => {
                inner.trying = None;
                if let Some(file) = culprit {
                    let message = words::opening_this_file_stopped_its().to_owned();
                    let hint = words::reader_stopped_hint().to_owned();
                    inner.attempt(file, Attempt::Failed { message, hint });
                }
                inner.try_next();
            }
            Role::Keeper => inner.start_again(culprit),
        }
        drop(inner);
        if role == Role::Keeper {
            self.hand_over();
        }
        told.emit(Event::Died(name));
    }
}

fn post(worker: &Worker, message: &Array) {
    worker
        .post_message_with_transfer(message, &wire::handed_over(message))
        .ok();
}

impl RowSource for Pile {
    fn window(&self, request: WindowRequest, answer: Callback<RowWindow>) {
        let mut inner = self.0.borrow_mut();
        if inner.window.is_some() {
            inner.next_window = Some((request, answer));
        } else {
            inner.ask_window(request, answer);
        }
    }

    fn position(&self, id: RowId, query: RowQuery, answer: Callback<Option<u32>>) {
        let mut inner = self.0.borrow_mut();
        let request = Request::Position {
            id,
            query,
            now: clock::now(),
        };
        let number = inner.ask(Role::Keeper, &request, &Array::new());
        inner.position = Some((number, answer));
    }
}

impl Line {
    fn new(role: Role) -> Self {
        Self {
            worker: None,
            role,
            ready: false,
            early: Vec::new(),
            busy_with: None,
            _ears: Vec::new(),
        }
    }
}

impl Inner {
    fn line(&mut self, role: Role) -> &mut Line {
        let line = match role {
            Role::Keeper => &mut self.keeper,
            Role::Opener => &mut self.opener,
        };
        debug_assert_eq!(line.role, role);
        line
    }

    fn ask(&mut self, role: Role, request: &Request, files: &Array) -> u32 {
        let number = self.next_request;
        self.next_request += 1;
        let message = wire::message(number, request, files);
        let line = self.line(role);
        match &line.worker {
            Some(worker) if line.ready => post(worker, &message),
            _ => line.early.push(message),
        }
        number
    }

    /// A worker listens now: it is told what waited for that. Tells whether both of them do.
    fn is_up(&mut self, role: Role) -> bool {
        let line = self.line(role);
        line.ready = true;
        if let Some(worker) = &line.worker {
            for message in line.early.drain(..) {
                post(worker, &message);
            }
        }
        self.ready = self.ready.saturating_add(1);
        self.ready == 2
    }

    /// A password opened a file: what it brought to light goes to the worker that keeps the pile.
    fn opened(&mut self, opened: Opened, beside: &Array) {
        if let Some(Try { file, password, .. }) = self.trying.take()
            && let Some(kept) = self.files.get_mut(&file)
        {
            kept.passwords.push(password);
        }
        self.ask(Role::Keeper, &Request::Replace(opened), beside);
        self.try_next();
    }

    /// A password did not open a file.
    fn refused(&mut self, file: u32, message: String, hint: String) {
        let asked = self.trying.take().is_some_and(|trying| trying.asked);
        let failed = Attempt::Failed { message, hint };
        self.attempt(file, if asked { failed } else { Attempt::None });
        self.try_next();
    }

    fn ask_window(&mut self, request: WindowRequest, answer: Callback<RowWindow>) {
        let number = self.ask(Role::Keeper, &Request::Window(request), &Array::new());
        self.window = Some((number, answer));
    }

    fn attempt(&mut self, file: u32, attempt: Attempt) {
        self.ask(
            Role::Keeper,
            &Request::Attempt { file, attempt },
            &Array::new(),
        );
    }

    fn try_next(&mut self) {
        if self.trying.is_some() || self.tries.is_empty() {
            return;
        }
        let next = self.tries.remove(0);
        let number = next.file;
        let Some(kept) = self.files.get(&number).cloned() else {
            return self.try_next();
        };
        let mut passwords = kept.passwords;
        passwords.push(next.password.clone());
        self.trying = Some(next);
        let file = NewFile {
            number,
            name: kept.name,
        };
        self.ask(
            Role::Opener,
            &Request::Open { file, passwords },
            &Array::of1(&kept.handle),
        );
    }

    /// Queues all files for a new worker, but the one that the old worker died on.
    fn start_again(&mut self, culprit: Option<u32>) {
        self.questions.clear();
        // The table asks again once the new worker tells of its pile.
        (self.window, self.next_window) = (None, None);
        self.backlog = self
            .files
            .keys()
            .copied()
            .filter(|file| Some(*file) != culprit)
            .collect();
        let name = culprit
            .and_then(|file| self.files.get(&file))
            .map(|kept| kept.name.clone());
        if let (Some(number), Some(name)) = (culprit, name) {
            let file = NewFile { number, name };
            let message = words::reading_stopped_reader().to_owned();
            let request = Request::Refuse {
                file,
                message,
                hint: words::reader_stopped_hint().to_owned(),
            };
            self.ask(Role::Keeper, &request, &Array::new());
        }
    }
}

/// Files handed to the worker in one message.
const AT_ONCE: usize = 32;
