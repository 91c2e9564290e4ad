use axum::http::{Method, StatusCode, Uri};
use certlens_dialect::elasticsearch::{ErrorBody, Exception, Header};

use crate::stores::elasticsearch::SettingsError;
use crate::users::{Denied, Scheme, TokenFault, User};

/// Every way in which a request of this dialect fails.
#[derive(Debug)]
pub(crate) enum Error {
    /// Nobody signed in: what is said about it, and how to sign in.
    Unauthorized {
        reason: String,
        /// What was shown besides a name and a password, and why it opens nothing.
        tried: Option<String>,
        challenges: &'static [&'static str],
    },
    /// Too many wrong passwords of late.
    TooMany { seconds: u64 },
    /// Somebody signed in who may not do this.
    Forbidden(String),
    /// A parameter or a body that does not belong here.
    IllegalArgument(String),
    /// A media type that cannot be answered; which headers are to blame, and why.
    MediaType {
        headers: &'static str,
        cause: Box<Exception>,
    },
    /// What a node refuses before it knows what is asked, in one sentence.
    Plain { status: StatusCode, reason: String },
    /// The path exists, with other methods.
    NotAllowed {
        reason: String,
        allowed: &'static [Method],
    },
    /// The path does not exist.
    NoHandler(String),
    /// A file that the settings refer to cannot be read.
    Settings(SettingsError),
    /// Something else.
    Failed,
}

impl Error {
    pub(crate) fn unauthorized(denied: Denied, uri: &Uri) -> Self {
        let request = format!("for REST request [{}]", path_and_query(uri));
        let (mut tried, mut challenges) = (None, CHALLENGES);
        let reason = match denied {
            Denied::TooMany { seconds } => return Self::TooMany { seconds },
            Denied::Missing | Denied::Foreign => {
                format!("missing authentication credentials {request}")
            }
            Denied::Wrong { name } => format!("unable to authenticate user [{name}] {request}"),
            Denied::Token {
                scheme: Scheme::Bearer,
                fault: TokenFault::Expired,
                ..
            } => {
                challenges = EXPIRED;
                "token expired".to_owned()
            }
            Denied::Token { scheme, id, fault } => {
                tried = unsuccessful(scheme, id, fault);
                NOT_AUTHENTICATED.to_owned()
            }
            Denied::Unreadable => NOT_AUTHENTICATED.to_owned(),
        };
        Self::Unauthorized {
            reason,
            tried,
            challenges,
        }
    }

    pub(crate) fn forbidden(user: &User, action: &str) -> Self {
        let (name, role) = (&user.name, user.role.name());
        let who = match &user.token {
            Some(id) => format!("API key id [{id}] of user [{name}]"),
            None => format!("user [{name}] with effective roles [{role}]"),
        };
        Self::Forbidden(format!(
            "action [{action}] is unauthorized for {who}, this action is granted by the cluster \
             privileges [monitor,manage,all]"
        ))
    }

    pub(crate) fn not_allowed(uri: &Uri, method: &Method, allowed: &'static [Method]) -> Self {
        let uri = path_and_query(uri);
        let names = listed(allowed, ", ");
        let reason = format!(
            "Incorrect HTTP method for uri [{uri}] and method [{method}], allowed: [{names}]"
        );
        Self::NotAllowed { reason, allowed }
    }

    pub(crate) fn no_handler(uri: &Uri, method: &Method) -> Self {
        let uri = path_and_query(uri);
        Self::NoHandler(format!(
            "no handler found for uri [{uri}] and method [{method}]"
        ))
    }

    /// The only place of this dialect where a failure becomes a status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::IllegalArgument(_) | Self::MediaType { .. } | Self::NoHandler(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::Plain { status, .. } => *status,
            Self::NotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Settings(_) | Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The body, with traces for those who asked for them. Whoever is not signed in gets none.
    pub(crate) fn body(&self, trace: Trace) -> ErrorBody {
        let status = self.status().as_u16();
        let mut exception = match self {
            Self::NotAllowed { reason, .. } | Self::Plain { reason, .. } => {
                return ErrorBody::text(reason, Some(status));
            }
            Self::NoHandler(reason) => return ErrorBody::text(reason, None),
            Self::Unauthorized {
                reason,
                tried,
                challenges,
            } => Exception {
                additional_unsuccessful_credentials: tried.clone(),
                header: Some(Header::from(*challenges)),
                ..Exception::new("security_exception", reason)
            },
            Self::TooMany { .. } => Exception::new(
                "security_exception",
                "too many failed attempts to authenticate",
            ),
            Self::Forbidden(reason) => Exception::new("security_exception", reason),
            Self::IllegalArgument(reason) => Exception::new("illegal_argument_exception", reason),
            Self::MediaType { headers, cause } => Exception {
                caused_by: Some(cause.clone()),
                ..Exception::new(
                    "media_type_header_exception",
                    format!("Invalid media-type value on headers [{headers}]"),
                )
            },
            Self::Settings(error) => Exception {
                caused_by: error
                    .cause
                    .as_ref()
                    .map(|(kind, reason)| Box::new(Exception::new(kind, reason))),
                ..Exception::new("ssl_config_exception", &error.reason)
            },
            Self::Failed => Exception::new("exception", "the request could not be completed"),
        };
        if trace == Trace::Wanted && status != 401 {
            add_traces(&mut exception);
        }
        ErrorBody::exception(exception, status)
    }
}

impl From<SettingsError> for Error {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

/// Whether a failure is to tell where it came from: `error_trace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    Wanted,
    Unwanted,
}

/// Methods as a list, in the order in which a node names them.
pub(crate) fn listed(methods: &[Method], separator: &str) -> String {
    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    names.join(separator)
}

fn unsuccessful(scheme: Scheme, id: Option<String>, fault: TokenFault) -> Option<String> {
    let id = id.filter(|_| scheme == Scheme::ApiKey)?;
    let why = match fault {
        TokenFault::Unknown => format!("unable to find apikey with id {id}"),
        TokenFault::WrongSecret => format!("invalid credentials for API key [{id}]"),
        TokenFault::Expired => "api key is expired".to_owned(),
    };
    Some(format!("API key: {why}"))
}

/// The lines that Java would begin its trace with. What it would go on with, the places in the
/// program, are those of another program.
fn add_traces(exception: &mut Exception) {
    let mut trace = format!("{}: {}\n", class(&exception.kind), exception.reason);
    if let Some(cause) = &mut exception.caused_by {
        add_traces(cause);
        trace.push_str("Caused by: ");
        trace.push_str(cause.stack_trace.as_deref().unwrap_or_default());
    }
    exception.stack_trace = Some(trace);
}

/// The class whose name a node shortens to this.
fn class(kind: &str) -> &str {
    match kind {
        "security_exception" => "org.elasticsearch.ElasticsearchSecurityException",
        "status_exception" => "org.elasticsearch.ElasticsearchStatusException",
        "ssl_config_exception" => "org.elasticsearch.common.ssl.SslConfigException",
        "media_type_header_exception" => {
            "org.elasticsearch.rest.RestRequest$MediaTypeHeaderException"
        }
        "illegal_argument_exception" => "java.lang.IllegalArgumentException",
        "i_o_exception" => "java.io.IOException",
        "no_such_file_exception" => "java.nio.file.NoSuchFileException",
        "access_denied_exception" => "java.nio.file.AccessDeniedException",
        "certificate_exception" => "java.security.cert.CertificateException",
        "key_store_exception" => "java.security.KeyStoreException",
        _ => "org.elasticsearch.ElasticsearchException",
    }
}

fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |whole| whole.as_str())
}

const NOT_AUTHENTICATED: &str = "unable to authenticate with provided credentials and anonymous \
    access is not allowed for this request";

/// The ways to sign in that a node offers, in its order.
const CHALLENGES: &[&str] = &[
    "Basic realm=\"security\", charset=\"UTF-8\"",
    "Bearer realm=\"security\"",
    "ApiKey",
];

/// What a node answers instead to a token that was good once.
const EXPIRED: &[&str] = &[
    "Bearer realm=\"security\", error=\"invalid_token\", error_description=\"The access token expired\"",
];
