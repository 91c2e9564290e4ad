//! Why a backend gave no certificates, and what to do about it.

use certlens_dialect::{elasticsearch, iis, redis_enterprise};

use super::connection::{Connection, Dialect};
use super::state::Backend;
use crate::words;

/// Why a backend gave no certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// No answer. Browsers do not tell a page why.
    Unreachable,
    /// The browser has no connection at all.
    Offline,
    /// The page's own content policy forbids the address.
    Policy,
    /// A page that came by HTTPS may not speak plain HTTP.
    Mixed,
    /// No answer in time.
    TimedOut,
    /// It points elsewhere; credentials do not follow.
    Redirected,
    /// 401.
    SignIn {
        /// What the backend says.
        reason: String,
    },
    /// 403.
    NotAllowed {
        /// What the backend says.
        reason: String,
    },
    /// 404, or another answer that the API does not know.
    OtherService {
        /// What came: `status 404`, `a web page`.
        found: String,
    },
    /// Another status.
    Refused {
        /// The status.
        status: u16,
        /// What the backend says.
        reason: String,
    },
    /// The worker that reads certificates cannot be started.
    NoReader,
    /// The answer is not what the API documents.
    Misshapen {
        /// What was expected and found, and where.
        problem: String,
    },
}

/// A failure in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// What happened, in a sentence.
    pub(super) what: String,
    /// What the backend says of it, in its own words.
    pub(super) quote: Option<String>,
    /// What to do.
    pub(super) hint: String,
}

impl Failure {
    /// What a status other than 200 means.
    pub(super) fn of_status(status: u16, body: &[u8], dialect: Dialect) -> Self {
        let reason = reason(body, dialect);
        match status {
            0 => Self::Redirected,
            401 => Self::SignIn { reason },
            403 => Self::NotAllowed { reason },
            404 | 405 | 501 => Self::OtherService {
                found: words::status_number(&status),
            },
            _ => Self::Refused { status, reason },
        }
    }

    /// What an answer means that could not be read.
    pub(super) fn of_json(error: &serde_json::Error, body: &[u8]) -> Self {
        let start = String::from_utf8_lossy(body.get(..64).unwrap_or(body))
            .trim_start()
            .to_lowercase();
        if start.starts_with("<!doctype") || start.starts_with("<html") {
            return Self::OtherService {
                found: words::a_web_page().to_owned(),
            };
        }
        if body.is_empty() {
            return Self::OtherService {
                found: words::an_empty_answer().to_owned(),
            };
        }
        Self::Misshapen {
            problem: error.to_string(),
        }
    }

    /// Whether other credentials may help.
    pub(super) fn is_sign_in(&self) -> bool {
        matches!(self, Self::SignIn { .. })
    }

    /// The failure in words.
    pub(super) fn tell(&self, connection: &Connection, serving: Option<&str>) -> Told {
        let (address, dialect) = (&connection.address, connection.dialect);
        let (host, name) = (address.host(), dialect.name());
        let own = serving == Some(address.origin());
        let (what, hint) = match self {
            Self::Unreachable if own => (
                words::does_not_answer(&host),
                words::the_server_that_gave_you_this_page().to_owned(),
            ),
            Self::Unreachable => (
                words::does_not_answer_this_page(&host),
                words::nothing_listens(&address.text(), &cors(dialect)),
            ),
            Self::Offline => (
                words::you_are_offline().to_owned(),
                words::the_inspector_works_as_before_the().to_owned(),
            ),
            Self::Policy => (
                words::may_not_speak_to(&host),
                words::policy_allows_only(&address.origin()),
            ),
            Self::Mixed => (
                words::may_not_speak_http_to(&host),
                words::it_came_by_https_and_browsers_keep().to_owned(),
            ),
            Self::TimedOut => (
                words::has_not_answered_in(&host, &(TIMEOUT / 1000)),
                words::it_may_be_busy_or_something_on_the().to_owned(),
            ),
            Self::Redirected => (
                words::points_elsewhere(&host),
                words::credentials_are_not_sent_after_a().to_owned(),
            ),
            Self::SignIn { .. } => (
                words::does_not_accept_sign_in(&name),
                words::check_both_and_that_they_belong_to().to_owned(),
            ),
            Self::NotAllowed { .. } => (
                words::does_not_let_read(&name, &connection.credentials.user()),
                words::ask_who_administers(&dialect.right(), &host),
            ),
            Self::OtherService { found } => (
                words::does_not_answer_as(&host, &name),
                words::expected_the_listing(
                    &dialect.listing().split('?').next().unwrap_or_default(),
                    found,
                ),
            ),
            Self::Refused { status, .. } => (
                words::answered_with_status(&name, &host, status),
                words::its_own_log_tells_more_try_again().to_owned(),
            ),
            Self::NoReader => (
                words::the_reader_of_certificates_cannot().to_owned(),
                words::reload_the_page_if_that_does_not().to_owned(),
            ),
            Self::Misshapen { .. } => (
                words::answer_is_not_documented(&host, &name),
                words::check_address_and_kind_if_both_are().to_owned(),
            ),
        };
        Told {
            what,
            quote: self.quote(),
            hint,
        }
    }

    fn quote(&self) -> Option<String> {
        match self {
            Self::SignIn { reason }
            | Self::NotAllowed { reason }
            | Self::Refused { reason, .. } => {
                Some(shortened(reason)).filter(|reason| !reason.is_empty())
            }
            Self::Misshapen { problem } => Some(shortened(problem)),
            _ => None,
        }
    }
}

/// The failures of several backends in as few words as say them all.
pub(super) fn tell_all(backends: &[Backend], serving: Option<&str>) -> Vec<Told> {
    let failed: Vec<(&Backend, &Failure)> = backends
        .iter()
        .filter_map(|backend| Some((backend, backend.failure()?)))
        .collect();
    let Some((first, _)) = failed.first() else {
        return Vec::new();
    };
    let host = first.connection.address.host();
    let here = failed
        .iter()
        .all(|(backend, _)| backend.connection.address.host() == host);
    let all = |is: fn(&Failure) -> bool| {
        here && 1 < failed.len() && failed.iter().all(|(_, failure)| is(failure))
    };
    if all(Failure::is_sign_in) {
        let hint = words::check_both_upper_and_lower_case().to_owned();
        let what = words::does_not_accept_sign_in(&host);
        return vec![Told {
            what,
            quote: None,
            hint,
        }];
    }
    if all(|failure| matches!(failure, Failure::OtherService { .. })) {
        return vec![Told {
            what: words::answers_as_none(&host),
            quote: None,
            hint: words::this_page_may_have_come_from_a().to_owned(),
        }];
    }
    let mut told: Vec<Told> = Vec::new();
    for (backend, failure) in failed {
        let one = failure.tell(&backend.connection, serving);
        if !told.iter().any(|known| known.what == one.what) {
            told.push(one);
        }
    }
    told
}

/// How long a backend may think, in milliseconds.
pub(super) const TIMEOUT: u32 = 20_000;

/// How each product is made to let a page read its answers.
fn cors(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Elasticsearch => words::elasticsearch_allows_pages_by_http(),
        Dialect::RedisEnterprise => words::redis_enterprise_has_no_setting_for(),
        Dialect::Iis => words::iis_administration_allows_pages_by(),
    }
}

/// What a backend says of a failure, in the envelope of its vendor.
fn reason(body: &[u8], dialect: Dialect) -> String {
    let told = match dialect {
        Dialect::Elasticsearch => serde_json::from_slice::<elasticsearch::ErrorBody>(body)
            .ok()
            .map(|body| body.reason().to_owned()),
        Dialect::RedisEnterprise => serde_json::from_slice::<redis_enterprise::ErrorBody>(body)
            .ok()
            .map(|body| {
                if body.description.is_empty() {
                    body.error_code
                } else {
                    body.description
                }
            }),
        Dialect::Iis => serde_json::from_slice::<iis::Problem>(body)
            .ok()
            .map(|problem| {
                let detail = problem.detail.or(problem.certificate_store);
                [problem.title, detail.unwrap_or_default()]
                    .join(" ")
                    .trim()
                    .to_owned()
            }),
    };
    // A server that passes requests on has a body of its own for what it cannot do.
    let told = told
        .filter(|told| !told.is_empty())
        .or_else(|| serde_json::from_slice::<iis::Problem>(body).ok()?.detail);
    told.unwrap_or_else(|| match std::str::from_utf8(body) {
        Ok(text) if !text.trim_start().starts_with(['<', '{', '[']) => text.trim().to_owned(),
        _ => String::new(),
    })
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 240;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::Address;
    use super::super::connection::Credentials;
    use super::*;

    fn connection(dialect: Dialect) -> Connection {
        Connection {
            address: Address::parse("https://es1.corp:9200", None).expect("an address"),
            dialect,
            credentials: Credentials::new("bob".into(), "secret".into()),
            cluster: None,
        }
    }

    #[test]
    fn a_wrong_password_is_told_in_the_words_of_each_vendor() {
        let body = br#"{"error":{"root_cause":[],"type":"security_exception","reason":"unable to authenticate user [bob]"},"status":401}"#;
        let failure = Failure::of_status(401, body, Dialect::Elasticsearch);
        let told = failure.tell(&connection(Dialect::Elasticsearch), None);
        assert_eq!(
            told.what,
            "Elasticsearch does not accept this user name and password."
        );
        assert_eq!(
            told.quote.as_deref(),
            Some("unable to authenticate user [bob]")
        );
        assert!(failure.is_sign_in());
    }

    #[test]
    fn missing_rights_name_the_right() {
        let body = br#"{"error_code":"insufficient_permissions","description":"no"}"#;
        let failure = Failure::of_status(403, body, Dialect::RedisEnterprise);
        let told = failure.tell(&connection(Dialect::RedisEnterprise), None);
        assert_eq!(
            told.what,
            "Redis Enterprise does not let bob read its certificates."
        );
        assert!(told.hint.contains("cluster_viewer"), "{}", told.hint);
    }

    #[test]
    fn a_web_page_is_another_service() {
        let body = b"<!DOCTYPE html><title>x</title>";
        let error = serde_json::from_slice::<Vec<u8>>(body).expect_err("no JSON");
        let told = Failure::of_json(&error, body).tell(&connection(Dialect::Iis), None);
        assert_eq!(told.what, "es1.corp:9200 does not answer as IIS.");
        assert!(
            told.hint.contains("/api/certificates, found a web page"),
            "{}",
            told.hint
        );
    }

    #[test]
    fn broken_json_is_quoted_with_its_place() {
        let error = serde_json::from_slice::<Vec<u8>>(b"[1,").expect_err("no JSON");
        let told = Failure::of_json(&error, b"[1,").tell(&connection(Dialect::Elasticsearch), None);
        assert!(told.quote.expect("a quote").contains("line 1 column 3"));
    }

    #[test]
    fn what_went_wrong_on_the_way_depends_on_where_the_page_came_from() {
        let connection = connection(Dialect::Elasticsearch);
        let own = Failure::Unreachable.tell(&connection, Some("https://es1.corp:9200"));
        assert!(own.hint.contains("certlens serve"));
        let other = Failure::Unreachable.tell(&connection, Some("http://127.0.0.1:8780"));
        assert!(other.hint.contains("http.cors.enabled"));
    }

    #[test]
    fn one_wrong_password_is_told_once() {
        use super::super::state::{Outcome, Reply};
        let refused = |failure: &Failure| -> Vec<Backend> {
            Dialect::ALL
                .into_iter()
                .map(|dialect| {
                    let reply = Reply {
                        backend: 1,
                        ticket: 1,
                    };
                    let at = certlens_core::UnixTime::from_seconds(0);
                    let outcome = Outcome::Failed {
                        failure: failure.clone(),
                        at,
                        last: None,
                    };
                    Backend {
                        outcome,
                        ..Backend::new(reply, connection(dialect), None)
                    }
                })
                .collect()
        };
        let whats = |failure: Failure| -> Vec<String> {
            tell_all(&refused(&failure), None)
                .into_iter()
                .map(|told| told.what)
                .collect()
        };
        assert_eq!(
            whats(Failure::SignIn {
                reason: String::new()
            }),
            ["es1.corp:9200 does not accept this user name and password."]
        );
        assert_eq!(
            whats(Failure::OtherService {
                found: "status 404".into()
            }),
            ["es1.corp:9200 answers as none of the three."]
        );
        assert_eq!(
            whats(Failure::Unreachable),
            ["es1.corp:9200 does not answer this page."]
        );
        assert_eq!(
            whats(Failure::NotAllowed {
                reason: String::new()
            })
            .len(),
            3
        );
    }

    #[test]
    fn long_words_of_a_backend_are_cut() {
        let failure = Failure::Refused {
            status: 500,
            reason: "ä".repeat(1000),
        };
        assert_eq!(failure.quote().expect("a quote").chars().count(), 241);
    }
}
