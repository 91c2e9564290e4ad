//! Asks backends and tells the reducer what they answer.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use certlens_dialect::{elasticsearch, iis, redis_enterprise};
use wasm_bindgen_futures::spawn_local;
use yew::{Callback, UseReducerDispatcher};

use super::answer::{self, Answer};
use super::connection::{Clusters, Connection, Dialect};
use super::failure::Failure;
use super::pem_reader::PemReader;
use super::requests::{Question, Reply as Http, Requests};
use super::state::{Act, Backend, Console, Reply};
use crate::detail::Detail;
use crate::rows::RowId;
use crate::services::clock;
use crate::words;

/// Asks backends and tells the reducer what they answer. Holds what is no state: requests under way,
/// and the workers that keep certificates.
#[derive(Clone)]
pub(super) struct Desk(Rc<Inner>);

struct Inner {
    told: UseReducerDispatcher<Console>,
    requests: Requests,
    readers: RefCell<HashMap<u32, PemReader>>,
    /// The asking that counts, by backend. What was removed or signed out is not in here.
    tickets: RefCell<HashMap<u32, u32>>,
    next: Cell<u32>,
    /// How often somebody has signed out.
    sign_outs: Cell<u32>,
}

impl PartialEq for Desk {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Desk {
    /// A desk that tells this reducer.
    pub(super) fn new(told: UseReducerDispatcher<Console>) -> Self {
        Self(Rc::new(Inner {
            told,
            requests: Requests::default(),
            readers: RefCell::default(),
            tickets: RefCell::default(),
            next: Cell::new(1),
            sign_outs: Cell::new(0),
        }))
    }

    /// A number for a backend or an asking that was never given before.
    pub(super) fn next(&self) -> u32 {
        let number = self.0.next.get();
        self.0.next.set(number + 1);
        number
    }

    /// Asks backends for the first time.
    pub(super) fn add(&self, connections: Vec<Connection>, serving: Option<&str>) {
        let backends: Vec<Backend> = connections
            .into_iter()
            .map(|connection| {
                let reply = Reply {
                    backend: self.next(),
                    ticket: self.next(),
                };
                Backend::new(reply, connection, serving)
            })
            .collect();
        self.0.told.dispatch(Act::Add(backends.clone()));
        for backend in backends {
            let reply = Reply {
                backend: backend.number,
                ticket: backend.ticket,
            };
            self.ask(reply, backend.connection);
        }
    }

    /// Asks the server of these connections for the clusters that it passes requests on to, and then
    /// those.
    pub(super) fn add_clusters(&self, server: Connection, serving: Option<String>) {
        let (desk, asked) = (self.clone(), self.0.sign_outs.get());
        spawn_local(async move {
            // Another product, or nobody who may sign in: the backends themselves say so.
            let Ok(body) = desk.get(&server, Question::get("/clusters")).await else {
                return;
            };
            let Ok(Clusters { clusters }) = answer::read(&body.body) else {
                return;
            };
            let clusters: Vec<Connection> = clusters
                .into_iter()
                .filter_map(|cluster| server.to_cluster(cluster))
                .collect();
            // Nothing is asked for somebody who has signed out meanwhile.
            if !clusters.is_empty() && desk.0.sign_outs.get() == asked {
                desk.add(clusters, serving.as_deref());
            }
        });
    }

    /// Asks a backend again, over a connection that may have changed.
    pub(super) fn again(&self, backend: &Backend, connection: Connection) {
        let reply = Reply {
            backend: backend.number,
            ticket: self.next(),
        };
        let credentials = connection.credentials.clone();
        self.0
            .told
            .dispatch(Act::Again(reply.backend, reply.ticket, Some(credentials)));
        self.ask(reply, connection);
    }

    /// Takes a backend away.
    pub(super) fn remove(&self, backend: u32) {
        self.0.tickets.borrow_mut().remove(&backend);
        self.0.readers.borrow_mut().remove(&backend);
        self.0.told.dispatch(Act::Remove(backend));
    }

    /// Forgets everything.
    pub(super) fn sign_out(&self) {
        self.0.told.dispatch(Act::SignOut);
        self.0.sign_outs.set(self.0.sign_outs.get() + 1);
        self.0.tickets.borrow_mut().clear();
        self.0.requests.end();
        self.0.readers.borrow_mut().clear();
    }

    /// Asks for a certificate in full that a worker keeps.
    pub(super) fn detail(&self, backend: u32, id: RowId, answer: Callback<Option<Rc<Detail>>>) {
        let reader = self.0.readers.borrow().get(&backend).cloned();
        match reader {
            Some(reader) => reader.detail(id, answer),
            None => answer.emit(None),
        }
    }

    fn ask(&self, reply: Reply, connection: Connection) {
        self.0
            .tickets
            .borrow_mut()
            .insert(reply.backend, reply.ticket);
        let desk = self.clone();
        spawn_local(async move {
            let result = match connection.dialect {
                Dialect::Elasticsearch => desk.elasticsearch(&connection).await,
                Dialect::RedisEnterprise => desk.redis_enterprise(reply, &connection).await,
                Dialect::Iis => desk.iis(reply, &connection).await,
            };
            desk.0.told.dispatch(match result {
                Ok(answer) => Act::Answer(
                    reply,
                    Rc::new(Answer {
                        read_at: Some(clock::now()),
                        ..answer
                    }),
                ),
                Err(failure) => Act::Fail(reply, failure, clock::now()),
            });
        });
    }

    async fn elasticsearch(&self, connection: &Connection) -> Result<Answer, Failure> {
        let body = self
            .get(connection, Question::get(Dialect::Elasticsearch.listing()))
            .await?;
        let listing: Vec<elasticsearch::CertificateInfo> = answer::read(&body.body)?;
        let mut answer = Answer::elasticsearch(listing);
        answer.silent = body.silent;
        // Name and release are a courtesy: their absence is no failure.
        if let Ok(body) = self.get(connection, Question::get("/")).await
            && let Ok(info) = answer::read::<elasticsearch::Info>(&body.body)
        {
            answer.about = words::release_and_cluster(&info.version.number, &info.cluster_name);
        }
        Ok(answer)
    }

    async fn redis_enterprise(
        &self,
        reply: Reply,
        connection: &Connection,
    ) -> Result<Answer, Failure> {
        let body = self
            .get(
                connection,
                Question::get(Dialect::RedisEnterprise.listing()),
            )
            .await?;
        // Private keys are dropped here, on arrival, and the body is wiped.
        let listing: redis_enterprise::Certificates = answer::read(&body.body)?;
        drop(body);
        let texts: Vec<(String, String)> = listing
            .entries
            .iter()
            .map(|entry| (entry.name.clone(), entry.pem.clone()))
            .collect();
        let Some((reader, rows)) = PemReader::read(&texts).await else {
            return Err(Failure::NoReader);
        };
        // Nothing is kept for somebody who has signed out meanwhile.
        if self.0.tickets.borrow().get(&reply.backend) == Some(&reply.ticket) {
            self.0.readers.borrow_mut().insert(reply.backend, reader);
        }
        Ok(Answer::redis_enterprise(&listing, rows))
    }

    /// The total by `HEAD`, then page by page, as the documentation describes it.
    async fn iis(&self, reply: Reply, connection: &Connection) -> Result<Answer, Failure> {
        let listing = Question::get(Dialect::Iis.listing());
        let head = self
            .get(connection, Question::head("/api/certificates"))
            .await;
        let head = match head {
            // An answer to HEAD has no words that would say why.
            Err(Failure::Refused { .. }) => {
                self.get(connection, listing.clone().part(0, 0)).await?
            }
            other => other?,
        };
        let stores = match self
            .get(connection, Question::get("/api/certificates/stores"))
            .await
        {
            Ok(body) => answer::read::<iis::Stores>(&body.body)
                .ok()
                .map(|stores| stores.stores.len()),
            Err(_) => None,
        };
        let Some(total) = head.total.filter(|_| head.ranges) else {
            // A release without ranges, or an answer whose headers this page may not read.
            let body = self.get(connection, listing).await?;
            return Ok(Answer::iis(answer::read(&body.body)?, stores));
        };
        let wanted = total.min(MOST);
        let mut all = iis::Certificates::default();
        let mut first = 0;
        while first < wanted {
            let last = (first + PAGE).min(wanted) - 1;
            let page = listing.clone().part(first, last);
            let body = match self.get(connection, page).await {
                // The store has become smaller meanwhile.
                Err(Failure::Refused { status: 416, .. }) => break,
                other => other?,
            };
            let page: iis::Certificates = answer::read(&body.body)?;
            all.certificates.extend(page.certificates);
            first = last + 1;
            if first < wanted {
                self.0.told.dispatch(Act::Progress(reply, first, wanted));
            }
        }
        Ok(Answer {
            omitted: total - wanted,
            ..Answer::iis(all, stores)
        })
    }

    /// Asks, and takes 200 and 206 for an answer.
    async fn get(&self, connection: &Connection, question: Question) -> Result<Http, Failure> {
        let reply = self.0.requests.ask(connection, question).await?;
        match reply.status {
            200 | 206 => Ok(reply),
            status => Err(Failure::of_status(status, &reply.body, connection.dialect)),
        }
    }
}

/// Certificates of one page.
const PAGE: u32 = 200;

/// Certificates read of one backend at most, so that the page stays alive.
const MOST: u32 = 50_000;
