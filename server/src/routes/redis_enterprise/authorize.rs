//! `/v1/users/authorize` and `/v1/users/refresh_jwt`: short-lived tokens.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

use super::{ENTRANCE, Error, body, json};
use crate::app::App;
use crate::users::{Peer, Scheme, User};

/// `POST /v1/users/authorize`: a token for a name and a password, which stand in the body (7.4 and
/// before) or in the header (7.8 and later).
pub(super) async fn authorize(State(app): State<App>, request: Request) -> Result<Response, Error> {
    let peer = Peer::of(request.extensions());
    let headers = request.headers().clone();
    let sent: Authorize = body::read_if_any(request, AUTHORIZE).await?;
    let lifetime = lifetime(sent.ttl)?;
    let user = match (sent.username, sent.password) {
        (Some(name), Some(Password(password))) => {
            app.users.check_password(&name, password, peer).await?
        }
        (None, None) => ENTRANCE.admit(&app, &headers, peer).await?,
        _ => return Err(Error::Schema(format!("expected {AUTHORIZE}"))),
    };
    issue(&app, &user, lifetime)
}

/// `POST /v1/users/refresh_jwt`: a new token for one that is still good.
pub(super) async fn refresh(State(app): State<App>, request: Request) -> Result<Response, Error> {
    let peer = Peer::of(request.extensions());
    let headers = request.headers().clone();
    let user = app.users.sign_in(&headers, peer, &[Scheme::Jwt]).await?;
    let sent: Refresh = body::read_if_any(request, REFRESH).await?;
    issue(&app, &user, lifetime(sent.ttl)?)
}

fn issue(app: &App, user: &User, lifetime: Duration) -> Result<Response, Error> {
    let token = app.users.issue_jwt(user, lifetime).ok_or(Error::NoToken)?;
    json(&Issued {
        access_token: &token,
    })
}

fn lifetime(seconds: Option<u64>) -> Result<Duration, Error> {
    let seconds = seconds.unwrap_or(300);
    if (1..=86_400).contains(&seconds) {
        return Ok(Duration::from_secs(seconds));
    }
    let message = format!("expected a `ttl` of 1 to 86400 seconds, found {seconds}");
    Err(Error::Schema(message))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Authorize {
    username: Option<String>,
    password: Option<Password>,
    ttl: Option<u64>,
}

/// Wiped when dropped.
struct Password(Zeroizing<String>);

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Refresh {
    ttl: Option<u64>,
}

#[derive(Serialize)]
struct Issued<'a> {
    access_token: &'a str,
}

const AUTHORIZE: &str =
    r#"{"username": …, "password": …, "ttl": 300}, or HTTP Basic and {"ttl": 300}"#;
const REFRESH: &str = r#"{} or {"ttl": 300}"#;
