//! What the console is showing, and what happens to it. Pure: requests are made elsewhere.

use std::rc::Rc;

use certlens_core::UnixTime;
use yew::Reducible;

use super::answer::Answer;
use super::connection::{Connection, Credentials};
use super::failure::Failure;
use crate::rows::{GroupBy, GroupKey, Level, Order, RowId, RowQuery};
use crate::said::Said;
use crate::words;

/// What the console is showing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Console {
    /// Nobody is signed in.
    SignedOut {
        /// What the last try came to; empty before the first.
        refusals: Vec<Backend>,
    },
    /// The first backends were asked, and none has answered yet.
    SigningIn {
        /// The backends.
        backends: Vec<Backend>,
    },
    /// At least one backend has answered.
    SignedIn(Inventory),
}

/// The certificates of all backends.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Inventory {
    /// The backends, in the order in which they were added.
    pub(super) backends: Vec<Backend>,
    /// What the table shows.
    pub(super) query: RowQuery,
    /// Only certificates of this backend are shown.
    pub(super) only: Option<u32>,
    /// What is asked above the table.
    pub(super) asking: Asking,
}

/// What is asked above the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asking {
    /// Nothing.
    #[default]
    Nothing,
    /// Where another backend is.
    Backend,
    /// Other credentials for a backend that does not accept those it was given.
    Credentials(u32),
}

/// A backend.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Backend {
    /// Its number, never given twice.
    pub(super) number: u32,
    /// What it is called.
    pub(super) name: String,
    /// How it is spoken to.
    pub(super) connection: Connection,
    /// Which of several askings counts: the last.
    pub(super) ticket: u32,
    /// What came of it.
    pub(super) outcome: Outcome,
}

/// What came of asking a backend.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// It was asked.
    Asked {
        /// Certificates read so far, and in all, where it tells.
        progress: Option<(u32, u32)>,
        /// What it answered before.
        last: Option<Rc<Answer>>,
    },
    /// It has answered.
    Answered(Rc<Answer>),
    /// It has failed.
    Failed {
        /// Why.
        failure: Failure,
        /// When.
        at: UnixTime,
        /// What it answered before.
        last: Option<Rc<Answer>>,
    },
}

/// What happens to a [`Console`].
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// Backends were asked for the first time.
    Add(Vec<Backend>),
    /// A backend was asked again, with other credentials if some are given.
    Again(u32, u32, Option<Credentials>),
    /// Part of an answer came.
    Progress(Reply, u32, u32),
    /// An answer came.
    Answer(Reply, Rc<Answer>),
    /// None will come.
    Fail(Reply, Failure, UnixTime),
    /// A backend is taken away.
    Remove(u32),
    /// Everything is forgotten.
    SignOut,
    /// Something is asked above the table.
    Ask(Asking),
    /// The table shows something else.
    Search(String),
    /// Another language is spoken.
    Speak,
    /// Only this level is shown; the same again shows all.
    Level(Level),
    /// Rows of every level are shown.
    EveryLevel,
    /// Only this backend is shown; the same again shows all.
    Backend(u32),
    /// Lines stand in another order. The same again turns it round.
    Sort(Order),
    /// Each backend has a head of its own, or not.
    Group,
    /// A head is folded or unfolded.
    Fold(GroupKey),
    /// Search and filters are taken away.
    ShowAll,
}

/// Which asking something answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// Number of the backend.
    pub(super) backend: u32,
    /// The asking.
    pub(super) ticket: u32,
}

impl Default for Console {
    fn default() -> Self {
        Self::SignedOut {
            refusals: Vec::new(),
        }
    }
}

impl Reducible for Console {
    type Action = Act;

    fn reduce(self: Rc<Self>, act: Act) -> Rc<Self> {
        Rc::new(match (Rc::unwrap_or_clone(self), act) {
            (_, Act::SignOut) => Self::default(),
            (Self::SignedIn(mut inventory), act) => {
                inventory.take(act);
                if inventory.backends.is_empty() {
                    Self::default()
                } else {
                    Self::SignedIn(inventory)
                }
            }
            (Self::SignedOut { .. }, Act::Add(backends)) => Self::SigningIn { backends },
            (Self::SigningIn { mut backends }, Act::Add(more)) => {
                backends.extend(more);
                Self::SigningIn { backends }
            }
            (Self::SigningIn { mut backends }, act) => {
                hear(&mut backends, act);
                Self::after_sign_in(backends)
            }
            (other @ Self::SignedOut { .. }, _) => other,
        })
    }
}

impl Console {
    /// The first answer opens the inventory; when none is left to come, signing in has failed.
    fn after_sign_in(backends: Vec<Backend>) -> Self {
        if backends
            .iter()
            .any(|backend| matches!(backend.outcome, Outcome::Answered(_)))
        {
            return Self::SignedIn(Inventory::new(backends));
        }
        if backends
            .iter()
            .any(|backend| matches!(backend.outcome, Outcome::Asked { .. }))
        {
            return Self::SigningIn { backends };
        }
        Self::SignedOut { refusals: backends }
    }
}

impl Inventory {
    fn new(backends: Vec<Backend>) -> Self {
        let query = RowQuery {
            order: Order::Expiry,
            ..RowQuery::default()
        };
        Self {
            backends,
            query,
            only: None,
            asking: Asking::Nothing,
        }
    }

    fn take(&mut self, act: Act) {
        match act {
            Act::Add(backends) => {
                self.asking = Asking::Nothing;
                self.backends.extend(backends);
            }
            Act::Again(..) => {
                self.asking = Asking::Nothing;
                hear(&mut self.backends, act);
            }
            Act::Progress(..) | Act::Answer(..) | Act::Fail(..) => hear(&mut self.backends, act),
            Act::Remove(number) => {
                self.backends.retain(|backend| backend.number != number);
                self.only = self.only.filter(|only| *only != number);
            }
            Act::Ask(asking) => self.asking = asking,
            Act::Search(search) => self.query.seek(search),
            // The words of the page are others now.
            Act::Speak => {
                let search = std::mem::take(&mut self.query.search);
                self.query.seek(search);
            }
            Act::Level(level) => {
                let pressed = self.query.only == level.said();
                self.query.only = if pressed { Said::NOTHING } else { level.said() };
            }
            Act::EveryLevel => self.query.only = Said::NOTHING,
            Act::Backend(number) => self.only = (self.only != Some(number)).then_some(number),
            Act::Sort(order) => {
                self.query.descending = self.query.order == order && !self.query.descending;
                self.query.order = order;
            }
            Act::Group => {
                self.query.group = match self.query.group {
                    None => Some(GroupBy::File),
                    Some(_) => None,
                };
            }
            Act::Fold(group) => self.query.fold(group),
            Act::ShowAll => {
                self.query.show_all();
                self.only = None;
            }
            Act::SignOut => {}
        }
    }

    /// The answers that stand, with the backends they came from, as far as the filter shows them.
    pub(super) fn answers(&self) -> Vec<(u32, String, Rc<Answer>)> {
        self.backends
            .iter()
            .filter(|backend| self.only.is_none_or(|only| only == backend.number))
            .filter_map(|backend| {
                Some((
                    backend.number,
                    backend.name.clone(),
                    Rc::clone(backend.answer()?),
                ))
            })
            .collect()
    }

    /// A backend by its number.
    pub(super) fn backend(&self, number: u32) -> Option<&Backend> {
        self.backends
            .iter()
            .find(|backend| backend.number == number)
    }

    /// The row, the answer and the backend of an entry.
    pub(super) fn entry(&self, id: RowId) -> Option<(&Backend, &Rc<Answer>, usize)> {
        let backend = self.backend(id.group)?;
        let answer = backend.answer()?;
        let index = usize::try_from(id.entry).ok()?;
        (index < answer.rows.len()).then_some((backend, answer, index))
    }

    /// When the oldest answer that is shown was read.
    pub(super) fn read_at(&self) -> Option<UnixTime> {
        self.backends
            .iter()
            .filter_map(|backend| backend.answer()?.read_at)
            .min()
    }

    /// Whether a backend was asked and has not answered yet.
    pub(super) fn is_waiting(&self) -> bool {
        self.backends
            .iter()
            .any(|backend| matches!(backend.outcome, Outcome::Asked { .. }))
    }
}

impl Backend {
    /// A backend that is asked for the first time.
    pub(super) fn new(reply: Reply, connection: Connection, serving: Option<&str>) -> Self {
        let dialect = connection.dialect.name();
        let what = match &connection.cluster {
            Some(cluster) => format!("{cluster}, {dialect}"),
            None => dialect.to_owned(),
        };
        let name = if serving == Some(connection.address.origin()) {
            what
        } else {
            let host = connection.address.host();
            let somewhere = if connection.cluster.is_some() {
                words::through_host
            } else {
                words::on_host
            };
            somewhere(&what, &host)
        };
        let outcome = Outcome::Asked {
            progress: None,
            last: None,
        };
        Self {
            number: reply.backend,
            name,
            connection,
            ticket: reply.ticket,
            outcome,
        }
    }

    /// What it answered last, also while it is asked again or has failed since.
    pub(super) fn answer(&self) -> Option<&Rc<Answer>> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer),
            Outcome::Asked { last, .. } | Outcome::Failed { last, .. } => last.as_ref(),
        }
    }

    /// Why it failed, if it did.
    pub(super) fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            Outcome::Failed { failure, .. } => Some(failure),
            _ => None,
        }
    }
}

/// What a backend says reaches the one it is for, unless something newer has overtaken it.
fn hear(backends: &mut [Backend], act: Act) {
    let (number, ticket) = match &act {
        Act::Progress(reply, ..) | Act::Answer(reply, _) | Act::Fail(reply, ..) => {
            (reply.backend, Some(reply.ticket))
        }
        Act::Again(number, ..) => (*number, None),
        _ => return,
    };
    let Some(backend) = backends.iter_mut().find(|backend| backend.number == number) else {
        return;
    };
    if ticket.is_some_and(|ticket| ticket != backend.ticket) {
        return;
    }
    let last = backend.answer().cloned();
    backend.outcome = match act {
        Act::Progress(_, done, total) => Outcome::Asked {
            progress: Some((done, total)),
            last,
        },
        Act::Answer(_, answer) => Outcome::Answered(answer),
        Act::Fail(_, failure, at) => Outcome::Failed { failure, at, last },
        Act::Again(_, ticket, credentials) => {
            backend.ticket = ticket;
            if let Some(credentials) = credentials {
                backend.connection.credentials = credentials;
            }
            Outcome::Asked {
                progress: None,
                last,
            }
        }
        _ => return,
    };
}

#[cfg(test)]
mod tests {
    use super::super::address::Address;
    use super::super::connection::{Clusters, Dialect};
    use super::*;

    const SERVING: Option<&str> = Some("http://127.0.0.1:8780");

    fn backend(number: u32, dialect: Dialect) -> Backend {
        let connection = Connection {
            address: Address::parse("", SERVING).expect("the serving origin"),
            dialect,
            credentials: Credentials::new("admin".into(), "secret".into()),
            cluster: None,
        };
        Backend::new(reply(number), connection, SERVING)
    }

    fn reply(backend: u32) -> Reply {
        Reply { backend, ticket: 1 }
    }

    fn after(acts: impl IntoIterator<Item = Act>) -> Console {
        let both = Act::Add(vec![
            backend(1, Dialect::Elasticsearch),
            backend(2, Dialect::Iis),
        ]);
        let console = [both]
            .into_iter()
            .chain(acts)
            .fold(Rc::new(Console::default()), Console::reduce);
        Rc::unwrap_or_clone(console)
    }

    fn inventory(acts: impl IntoIterator<Item = Act>) -> Inventory {
        match after(acts) {
            Console::SignedIn(inventory) => inventory,
            other => panic!("expected an inventory, found {other:?}"),
        }
    }

    fn answer(number: u32) -> Act {
        Act::Answer(
            reply(number),
            Rc::new(Answer {
                about: format!("answer {number}"),
                ..Answer::default()
            }),
        )
    }

    fn fail(number: u32) -> Act {
        Act::Fail(reply(number), Failure::TimedOut, UnixTime::from_seconds(5))
    }

    #[test]
    fn the_first_answer_opens_the_inventory() {
        assert!(matches!(after([]), Console::SigningIn { .. }));
        assert!(matches!(after([fail(1)]), Console::SigningIn { .. }));
        let inventory = inventory([fail(1), answer(2)]);
        assert_eq!(inventory.backends[0].failure(), Some(&Failure::TimedOut));
        assert_eq!(inventory.answers().len(), 1);
    }

    #[test]
    fn nobody_is_signed_in_when_every_backend_fails() {
        match after([fail(1), fail(2)]) {
            Console::SignedOut { refusals } => assert_eq!(refusals.len(), 2),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_backend_that_fails_later_leaves_its_rows_standing() {
        let again = Act::Again(1, 2, None);
        let late = Act::Fail(
            Reply {
                backend: 1,
                ticket: 2,
            },
            Failure::Unreachable,
            UnixTime::from_seconds(9),
        );
        let inventory = inventory([answer(1), answer(2), again, late]);
        assert_eq!(inventory.backends[0].failure(), Some(&Failure::Unreachable));
        assert_eq!(inventory.answers().len(), 2);
    }

    #[test]
    fn an_answer_that_was_overtaken_is_dropped() {
        let inventory = inventory([answer(2), Act::Again(1, 2, None), answer(1)]);
        assert!(inventory.backends[0].answer().is_none());
        assert!(inventory.is_waiting());
    }

    #[test]
    fn signing_out_forgets_everything_and_late_answers_change_nothing() {
        assert_eq!(after([answer(1), Act::SignOut]), Console::default());
        assert_eq!(
            after([answer(1), Act::SignOut, answer(2)]),
            Console::default()
        );
        assert_eq!(after([Act::SignOut, answer(1)]), Console::default());
    }

    #[test]
    fn taking_the_last_backend_away_signs_out() {
        assert_eq!(
            after([answer(1), Act::Remove(1), Act::Remove(2)]),
            Console::default()
        );
    }

    #[test]
    fn other_credentials_replace_those_that_failed() {
        let new = Credentials::new("root".into(), "other".into());
        let inventory = inventory([
            answer(2),
            fail(1),
            Act::Ask(Asking::Credentials(1)),
            Act::Again(1, 2, Some(new.clone())),
        ]);
        assert_eq!(inventory.backends[0].connection.credentials, new);
        assert_eq!(inventory.asking, Asking::Nothing);
    }

    #[test]
    fn the_table_is_sorted_by_expiry_and_turns_round() {
        let query = inventory([answer(1)]).query;
        assert_eq!(
            (query.order, query.descending, query.group),
            (Order::Expiry, false, None)
        );
        assert!(
            inventory([answer(1), Act::Sort(Order::Expiry)])
                .query
                .descending
        );
        assert!(
            !inventory([answer(1), Act::Sort(Order::Name)])
                .query
                .descending
        );
    }

    #[test]
    fn filters_are_toggled_and_taken_away() {
        let filtered = [
            answer(1),
            answer(2),
            Act::Backend(2),
            Act::Level(Level::Now),
            Act::Search("x".into()),
        ];
        let filtered_ = inventory(filtered.clone());
        assert_eq!(filtered_.answers()[0].0, 2);
        let all = inventory(filtered.into_iter().chain([Act::ShowAll]));
        assert_eq!(
            (all.only, all.query.only, all.query.search.as_str()),
            (None, Said::NOTHING, "")
        );
        assert_eq!(
            inventory([answer(1), Act::Backend(1), Act::Backend(1)]).only,
            None
        );
    }

    #[test]
    fn a_search_is_for_the_words_of_the_language_that_is_spoken() {
        let said = |acts: &[Act]| {
            inventory([answer(1)].into_iter().chain(acts.to_vec()))
                .query
                .said
        };
        let search = Act::Search("expired".into());
        let typed = inventory([answer(1), search.clone()]);
        assert!(typed.query.said[0].meets(Level::Now.said()));
        words::speak(
            words::Language::German,
            include_str!("../../words/words-de.txt"),
        );
        let spoken = Rc::unwrap_or_clone(Rc::new(Console::SignedIn(typed)).reduce(Act::Speak));
        let Console::SignedIn(spoken) = spoken else {
            panic!("signed in");
        };
        assert_eq!(spoken.query.search, "expired");
        assert_eq!(spoken.query.said, said(&[search]));
        assert!(spoken.query.said[0].is_empty(), "nothing says so in German");
        words::speak_english();
    }

    #[test]
    fn clusters_come_later_and_are_called_by_their_names() {
        let server = backend(1, Dialect::Elasticsearch);
        let told = serde_json::json!({"clusters": [
            {"name": "search", "kind": "elasticsearch", "url": "https://es1.corp:9200"},
            {"name": "x", "kind": "something new", "url": "https://x"},
        ]});
        let Clusters { clusters } = serde_json::from_value(told).expect("an answer");
        let found: Vec<Backend> = clusters
            .into_iter()
            .filter_map(|cluster| server.connection.to_cluster(cluster))
            .map(|connection| Backend::new(reply(2), connection, SERVING))
            .collect();
        let [cluster] = found.as_slice() else {
            panic!("one is known");
        };
        assert_eq!(cluster.name, "search, Elasticsearch");
        assert_eq!(
            cluster.connection.command(),
            "curl -u 'admin' 'http://127.0.0.1:8780/clusters/search/_ssl/certificates'"
        );
        let Console::SigningIn { backends } = after([Act::Add(vec![cluster.clone()])]) else {
            panic!("nobody has answered");
        };
        assert_eq!(backends.len(), 3);
    }

    #[test]
    fn a_backend_elsewhere_is_called_by_its_host() {
        let address = Address::parse("https://es1.corp:9200", None).expect("an address");
        let own = backend(1, Dialect::Elasticsearch);
        let other = Backend::new(
            reply(2),
            Connection {
                address,
                ..own.connection.clone()
            },
            SERVING,
        );
        assert_eq!(
            (own.name.as_str(), other.name.as_str()),
            ("Elasticsearch", "Elasticsearch on es1.corp:9200")
        );
    }
}
