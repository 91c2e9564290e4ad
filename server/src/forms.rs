//! Answers that were written before, kept as long as what they tell of.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

/// Every form in which something was asked for, with the answer.
#[derive(Default)]
pub(crate) struct Forms {
    written: Mutex<HashMap<String, Written>>,
}

/// An answer: the headers that are its own, and its octets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Forms {
    /// The answer in a form of this name, if it was written before.
    pub(crate) fn recall(&self, name: &str) -> Option<Written> {
        self.lock().get(name).cloned()
    }

    /// Keeps an answer, unless it is large.
    pub(crate) fn keep(&self, name: String, answer: Written) {
        let size = name.len() + answer.body.len();
        if KEPT < size {
            return;
        }
        let mut written = self.lock();
        let held = |(name, answer): (&String, &Written)| name.len() + answer.body.len();
        if FORMS <= written.len() || KEPT < size + written.iter().map(held).sum::<usize>() {
            written.clear();
        }
        written.insert(name, answer);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Written>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.headers_mut() = self.headers;
        response
    }
}

/// Forms that are kept, and the octets that they may take together. Stops a client that sends ever
/// new filters from filling the memory.
const FORMS: usize = 16;
const KEPT: usize = 32 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_unless_it_is_large_and_forgotten_when_there_are_many() {
        let forms = Forms::default();
        let keep = |name: &str| {
            let body = Bytes::from_static(b"x");
            forms.keep(
                name.to_owned(),
                Written {
                    body,
                    ..Written::default()
                },
            );
        };
        keep("json");
        assert_eq!(forms.recall("json").unwrap().body, "x");
        assert!(forms.recall("yaml").is_none());
        let long = "y".repeat(KEPT);
        keep(&long);
        assert!(forms.recall(&long).is_none(), "what is large is not kept");
        (0..FORMS).for_each(|at| keep(&at.to_string()));
        assert!(forms.recall("json").is_none(), "forgotten");
        assert!(forms.lock().len() <= FORMS);
    }
}
