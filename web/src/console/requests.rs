//! The console's requests. Credentials go into a header and nowhere else.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::utils::{document, window};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReferrerPolicy, Request, RequestCache, RequestCredentials,
    RequestInit, RequestMode, RequestRedirect, Response, SecurityPolicyViolationEvent,
};
use zeroize::Zeroizing;

use super::connection::Connection;
use super::failure::{Failure, TIMEOUT};

/// The requests that are under way. All of them end when the reader signs out.
#[derive(Clone, Default)]
pub(super) struct Requests(Rc<RefCell<Vec<AbortController>>>);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// `GET` or `HEAD`.
    pub(super) method: &'static str,
    /// Path and query.
    pub(super) path: String,
    /// First and last certificate wanted, counted from 0.
    pub(super) range: Option<(u32, u32)>,
}

/// What came back.
pub(super) struct Reply {
    /// 0 for a redirection, which is not followed.
    pub(super) status: u16,
    /// Wiped when dropped: the answer of Redis Enterprise may hold private keys.
    pub(super) body: Zeroizing<Vec<u8>>,
    /// `X-Total-Count`.
    pub(super) total: Option<u32>,
    /// Whether pages of certificates can be asked for.
    pub(super) ranges: bool,
    /// `X-Certlens-Nodes-Missing`: nodes of a cluster that gave no answer, separated by commas.
    pub(super) silent: Option<String>,
}

impl Question {
    /// Asks for a path.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET",
            path: path.into(),
            range: None,
        }
    }

    /// Asks what a path would answer, without the answer.
    pub(super) fn head(path: impl Into<String>) -> Self {
        Self {
            method: "HEAD",
            ..Self::get(path)
        }
    }

    /// Asks for a part of a listing.
    pub(super) fn part(self, first: u32, last: u32) -> Self {
        Self {
            range: Some((first, last)),
            ..self
        }
    }
}

impl Requests {
    /// Asks a backend. `Ok` is any answer, whatever its status.
    pub(super) async fn ask(
        &self,
        connection: &Connection,
        question: Question,
    ) -> Result<Reply, Failure> {
        let url = connection.address.at(&question.path);
        let forbidden = Forbidden::watch(connection.address.origin().to_owned());
        let controller = AbortController::new().map_err(|_| Failure::Unreachable)?;
        self.0.borrow_mut().push(controller.clone());
        let overdue = Rc::new(Cell::new(false));
        let timer = {
            let (controller, overdue) = (controller.clone(), Rc::clone(&overdue));
            Timeout::new(TIMEOUT, move || {
                overdue.set(true);
                controller.abort();
            })
        };
        let result = exchange(connection, &url, &question, &controller).await;
        drop(timer);
        self.0.borrow_mut().retain(|other| *other != controller);
        match result {
            Ok(reply) => Ok(reply),
            Err(_) if overdue.get() => Err(Failure::TimedOut),
            Err(_) => {
                // The report of a forbidden address may come after the refusal itself.
                pause(50).await;
                Err(why_unreachable(&url, forbidden.seen()))
            }
        }
    }

    /// Ends everything that is under way.
    pub(super) fn end(&self) {
        for controller in self.0.take() {
            controller.abort();
        }
    }
}

async fn exchange(
    connection: &Connection,
    url: &str,
    question: &Question,
    controller: &AbortController,
) -> Result<Reply, JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    headers.set("Authorization", &connection.credentials.authorization())?;
    // The server then leaves out `WWW-Authenticate`, so that the browser asks nothing by itself.
    headers.set("X-Requested-With", "certlens")?;
    if let Some((first, last)) = question.range {
        headers.set("Range", &format!("certificates={first}-{last}"))?;
    }
    let options = RequestInit::new();
    options.set_method(question.method);
    options.set_mode(RequestMode::Cors);
    options.set_credentials(RequestCredentials::Omit);
    options.set_cache(RequestCache::NoStore);
    options.set_redirect(RequestRedirect::Manual);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    options.set_headers(&headers);
    options.set_signal(Some(&controller.signal()));
    let request = Request::new_with_str_and_init(url, &options)?;
    let response: Response = JsFuture::from(window().fetch_with_request(&request))
        .await?
        .unchecked_into();
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let total = header("X-Total-Count").and_then(|total| total.trim().parse().ok());
    let ranges = header("Accept-Ranges").is_some_and(|unit| unit.trim() == "certificates");
    let silent = header("X-Certlens-Nodes-Missing");
    let status = response.status();
    let body = Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?);
    let copy = Zeroizing::new(body.to_vec());
    body.fill(0, 0, body.length());
    Ok(Reply {
        status,
        body: copy,
        total,
        ranges,
        silent,
    })
}

/// Watches whether the page's content policy forbids an address.
struct Forbidden {
    seen: Rc<Cell<bool>>,
    _listener: EventListener,
}

impl Forbidden {
    fn watch(origin: String) -> Self {
        let seen = Rc::new(Cell::new(false));
        let listener = {
            let seen = Rc::clone(&seen);
            EventListener::new(&document(), "securitypolicyviolation", move |event| {
                let event: &SecurityPolicyViolationEvent = event.unchecked_ref();
                if event.blocked_uri().starts_with(&origin) {
                    seen.set(true);
                }
            })
        };
        Self {
            seen,
            _listener: listener,
        }
    }

    fn seen(&self) -> bool {
        self.seen.get()
    }
}

fn why_unreachable(url: &str, forbidden: bool) -> Failure {
    let safe_page = window()
        .location()
        .protocol()
        .is_ok_and(|protocol| protocol == "https:");
    if forbidden {
        Failure::Policy
    } else if !window().navigator().on_line() {
        Failure::Offline
    } else if safe_page && url.starts_with("http:") {
        Failure::Mixed
    } else {
        Failure::Unreachable
    }
}

async fn pause(milliseconds: u32) {
    let promise = Promise::new(&mut |resolve, _| {
        Timeout::new(milliseconds, move || {
            resolve.call0(&JsValue::NULL).ok();
        })
        .forget();
    });
    JsFuture::from(promise).await.ok();
}
