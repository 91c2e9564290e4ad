//! Who may sign in, and what they may do.

mod attempts;
mod credentials;
mod jwt;
pub(crate) mod password;
pub(crate) mod records;
mod role;
pub(crate) mod token;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use attempts::Attempts;
use credentials::Credentials;
use jwt::Claims;
use records::{Record, Table, TokenTable, UserTable, Watched};
use token::Presented;

pub(crate) use credentials::{Peer, Scheme};
pub use password::NewPassword;
pub use role::{Permission, Role};

use crate::app::StartError;
use crate::clock;
use crate::host_key::{self, HostKey};

/// The users and tokens of a data directory. They follow their files.
#[derive(Clone)]
pub struct Users(Arc<Shared>);

struct Shared {
    users: Watched<UserTable>,
    tokens: Watched<TokenTable>,
    attempts: Attempts,
    /// Compared against when nobody of that name exists, so that the answer takes as long.
    nobody: String,
    /// For the memory of right pairs; a new one each start.
    memory_key: Zeroizing<[u8; 32]>,
    /// Signs what [`Users::issue_jwt`] gives out; the same over restarts.
    jwt_key: Zeroizing<[u8; 32]>,
    /// Each derivation takes 19 MiB: a few at a time, however many knock.
    derivations: Arc<Semaphore>,
}

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name that they signed in with, or that of the token.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The IIS stores that the role is good for; `None` for all of them.
    pub stores: Option<Vec<String>>,
    /// The identifier of the token that was shown, if it was one of `certlens token add`.
    pub token: Option<String>,
}

impl User {
    /// Whether they may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.permissions().contains(&permission)
    }

    /// Whether they may do this in an IIS store of this name.
    pub fn may_in(&self, permission: Permission, store: &str) -> bool {
        let is_theirs = |stores: &Vec<String>| stores.iter().any(|theirs| theirs == store);
        self.may(permission) && self.stores.as_ref().is_none_or(is_theirs)
    }
}

impl From<&Record> for User {
    fn from(record: &Record) -> Self {
        Self {
            name: record.name.clone(),
            role: record.role,
            stores: record.stores.clone(),
            token: None,
        }
    }
}

/// Why somebody was not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No credentials came with the request.
    Missing,
    /// Credentials came of a kind that is not taken here.
    Foreign,
    /// The credentials are of a kind that is taken, and cannot be read.
    Unreadable,
    /// The password is wrong, or there is nobody of that name.
    Wrong {
        /// The name as it was given.
        name: String,
    },
    /// The token opens nothing.
    Token {
        /// How it was shown.
        scheme: Scheme,
        /// Its identifier, if it has one.
        id: Option<String>,
        /// What is the matter with it.
        fault: TokenFault,
    },
    /// Too many wrong passwords of late: 429, with `Retry-After`.
    TooMany {
        /// How long to wait, in whole seconds, at least one.
        seconds: u64,
    },
}

/// What is the matter with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// There is none of that identifier, or it is no token at all. Of a JWT: whatever is wrong.
    Unknown,
    /// There is one of that identifier, with another secret.
    WrongSecret,
    /// It was good until it expired.
    Expired,
}

impl Users {
    /// Whether this data directory has users already: then it is not the first start.
    pub fn exist(data: &Path) -> bool {
        data.join(UserTable::FILE).exists()
    }

    /// Reads the users of this data directory. On the first start there are none: then `admin` is
    /// made, with the given password or with a new one that is returned.
    ///
    /// # Errors
    /// When the users file cannot be read or written.
    pub fn open(
        data: &Path,
        first: Option<&str>,
    ) -> Result<(Self, Option<NewPassword>), StartError> {
        let made = if Self::exist(data) {
            None
        } else {
            make_admin(data, first)?
        };
        let key = HostKey::open(data)?;
        let users = Self(Arc::new(Shared {
            users: Watched::open(data)?,
            tokens: Watched::open(data)?,
            attempts: Attempts::new()?,
            nobody: password::hash("nobody signs in with this")?,
            memory_key: host_key::random()?,
            jwt_key: key.derive("jwt"),
            derivations: Arc::new(Semaphore::new(2)),
        }));
        Ok((users, made))
    }

    /// Lets in whoever shows the right credentials, in one of the ways that are taken here.
    pub(crate) async fn sign_in(
        &self,
        headers: &HeaderMap,
        peer: Peer,
        schemes: &[Scheme],
    ) -> Result<User, Denied> {
        match Credentials::of(headers, schemes)? {
            Credentials::Password { name, password } => {
                self.check_password(&name, password, peer).await
            }
            Credentials::Token { scheme, shown } => self.check_token(scheme, shown.as_ref()),
            Credentials::Jwt(token) => self.check_jwt(&token).ok_or(Denied::Token {
                scheme: Scheme::Jwt,
                id: None,
                fault: TokenFault::Unknown,
            }),
        }
    }

    /// Lets in whoever knows the password of this user.
    pub(crate) async fn check_password(
        &self,
        name: &str,
        password: Zeroizing<String>,
        peer: Peer,
    ) -> Result<User, Denied> {
        let users = self.0.users.current();
        let pair = host_key::tag(&self.0.memory_key, "credentials", &[name, &password]);
        if let Some(user) = users.recall(&pair) {
            return Ok(user);
        }
        self.check_patience(name, peer)?;
        let turn = Arc::clone(&self.0.derivations).acquire_owned().await;
        // Whoever stood before in the line may have shown the same, or spent the last attempt.
        if let Some(user) = users.recall(&pair) {
            return Ok(user);
        }
        self.check_patience(name, peer)?;
        let (this, owned) = (self.clone(), name.to_owned());
        // It goes on when the client goes away: then the attempt counts, and the turn is still taken.
        let derivation = tokio::task::spawn_blocking(move || {
            let (_turn, name) = (turn, owned);
            let record = users.find(&name);
            let stored = record.map_or(&this.0.nobody, |record| &record.password);
            let right = password::verify(stored, &password);
            let Some(record) = record.filter(|_| right) else {
                this.0.attempts.note(&name, peer, Instant::now());
                return Err(Denied::Wrong { name });
            };
            users.remember(pair, User::from(record));
            Ok(User::from(record))
        });
        let broken_off = |_| Err(Denied::Wrong { name: name.into() });
        derivation.await.unwrap_or_else(broken_off)
    }

    fn check_patience(&self, name: &str, peer: Peer) -> Result<(), Denied> {
        let Some(wait) = self.0.attempts.wait(name, peer, Instant::now()) else {
            return Ok(());
        };
        let seconds = wait.as_secs() + u64::from(0 < wait.subsec_nanos());
        Err(Denied::TooMany { seconds })
    }

    fn check_token(&self, scheme: Scheme, shown: Option<&Presented>) -> Result<User, Denied> {
        let denied = |fault| {
            let id = shown.map(|shown| shown.id.clone());
            Denied::Token { scheme, id, fault }
        };
        let tokens = self.0.tokens.current();
        let found = shown.and_then(|shown| Some((shown, tokens.find(&shown.id)?)));
        let (shown, token) = found.ok_or_else(|| denied(TokenFault::Unknown))?;
        if !token.opens_with(shown) {
            return Err(denied(TokenFault::WrongSecret));
        }
        if token.is_expired(clock::now()) {
            return Err(denied(TokenFault::Expired));
        }
        Ok(User {
            name: token.name.clone(),
            role: token.role,
            stores: token.stores.clone(),
            token: Some(token.id.clone()),
        })
    }

    fn check_jwt(&self, token: &str) -> Option<User> {
        let claims = jwt::verify(token, &self.0.jwt_key, clock::now())?;
        let users = self.0.users.current();
        let record = users.find(&claims.sub)?;
        let mark = self.mark(record);
        let is_same_password: bool = mark.as_bytes().ct_eq(claims.pwd.as_bytes()).into();
        is_same_password.then(|| User::from(record))
    }

    /// A signed token for a user, good for this long unless the user goes or the password changes
    /// before. Refreshing one is issuing another. `None` for whoever signed in with a token of
    /// `certlens token add`, and for a user who has gone.
    pub(crate) fn issue_jwt(&self, user: &User, lifetime: Duration) -> Option<Zeroizing<String>> {
        if user.token.is_some() {
            return None;
        }
        let users = self.0.users.current();
        let mark = self.mark(users.find(&user.name)?);
        let claims = Claims::new(&user.name, mark, clock::now(), lifetime);
        Some(jwt::sign(&claims, &self.0.jwt_key))
    }

    /// Stands for a user's password in a token, and says nothing of it.
    fn mark(&self, record: &Record) -> String {
        let parts = [record.name.as_str(), &record.password];
        URL_SAFE_NO_PAD.encode(host_key::tag(&self.0.jwt_key, "password", &parts))
    }
}

/// Makes the user `admin` on the first start.
fn make_admin(data: &Path, first: Option<&str>) -> Result<Option<NewPassword>, StartError> {
    if first.is_some_and(str::is_empty) {
        return Err(StartError::new(
            "CERTLENS_PASSWORD: expected a password, found an empty text",
            "Set it to the first password of `admin`, or unset it to have one made.",
        ));
    }
    let made = match first {
        Some(_) => None,
        None => Some(NewPassword::make()?),
    };
    let shown = made.as_ref().map(NewPassword::reveal);
    let hash = password::hash(shown.or(first).unwrap_or_default())?;
    records::change(data, |table: &mut UserTable| {
        table.users.push(Record {
            name: "admin".into(),
            role: Role::Admin,
            stores: None,
            password: hash,
        });
        Ok(made)
    })
}

#[cfg(test)]
mod tests {
    use axum::http::header;
    use base64::engine::general_purpose::STANDARD;
    use certlens_core::UnixTime;

    use super::*;

    const EVERY: &[Scheme] = &[
        Scheme::Basic,
        Scheme::Bearer,
        Scheme::ApiKey,
        Scheme::Jwt,
        Scheme::AccessToken,
    ];

    fn shows(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    fn basic(name: &str, password: &str) -> HeaderMap {
        let credentials = STANDARD.encode(format!("{name}:{password}"));
        shows("authorization", &format!("Basic {credentials}"))
    }

    fn opened(first: Option<&str>) -> (tempfile::TempDir, Users, Option<NewPassword>) {
        let data = tempfile::tempdir().unwrap();
        let (users, made) = Users::open(data.path(), first).unwrap();
        (data, users, made)
    }

    async fn ask(users: &Users, headers: &HeaderMap) -> Result<User, Denied> {
        users.sign_in(headers, Peer::default(), EVERY).await
    }

    fn add_token(data: &Path, role: Role, expires: Option<i64>) -> Presented {
        let times = (
            UnixTime::from_seconds(0),
            expires.map(UnixTime::from_seconds),
        );
        let (token, shown) = token::Token::make("ci".into(), role, None, times).unwrap();
        records::change(data, |table: &mut TokenTable| {
            table.tokens.push(token);
            Ok(())
        })
        .unwrap();
        shown
    }

    #[tokio::test]
    async fn the_made_password_opens_now_and_after_a_restart() {
        let (data, users, made) = opened(None);
        let password = made.unwrap().reveal().to_owned();
        assert_eq!(password.len(), 23);
        let right = basic("admin", &password);
        assert_eq!(ask(&users, &right).await.unwrap().role, Role::Admin);
        assert_eq!(
            ask(&users, &right).await.unwrap().name,
            "admin",
            "from memory"
        );

        let (again, made) = Users::open(data.path(), Some("ignored now")).unwrap();
        assert!(made.is_none());
        assert!(ask(&again, &right).await.is_ok());
        let stored = std::fs::read_to_string(data.path().join("users.toml")).unwrap();
        assert!(stored.contains("$argon2id$") && !stored.contains(&password));
    }

    #[tokio::test]
    async fn err_wrong_password_and_unknown_name() {
        let (_data, users, made) = opened(Some("right"));
        assert!(made.is_none(), "a given password is not shown");
        assert!(ask(&users, &basic("admin", "right")).await.is_ok());
        for (name, password) in [("admin", "wrong"), ("Admin", "right")] {
            let denied = ask(&users, &basic(name, password)).await.unwrap_err();
            assert_eq!(denied, Denied::Wrong { name: name.into() });
        }
    }

    #[tokio::test]
    async fn a_dialect_takes_its_own_schemes_only() {
        let (data, users, _) = opened(Some("right"));
        let token = add_token(data.path(), Role::Monitor, None);
        let user = ask(&users, &basic("admin", "right")).await.unwrap();
        let jwt = users.issue_jwt(&user, Duration::from_secs(60)).unwrap();
        let (bearer, key) = (token.bearer(), token.api_key());
        for (scheme, name, value) in [
            (
                Scheme::Bearer,
                "authorization",
                format!("Bearer {}", *bearer),
            ),
            (Scheme::ApiKey, "authorization", format!("ApiKey {}", *key)),
            (
                Scheme::AccessToken,
                "access-token",
                format!("bearer {}", *bearer),
            ),
            (Scheme::Jwt, "authorization", format!("JWT {}", *jwt)),
            (Scheme::Jwt, "authorization", format!("Bearer {}", *jwt)),
        ] {
            let headers = shows(name, &value);
            let peer = Peer::default();
            let user = users.sign_in(&headers, peer, &[scheme]).await;
            let name = if scheme == Scheme::Jwt { "admin" } else { "ci" };
            assert_eq!(user.unwrap().name, name, "{scheme:?}");
            let denied = users.sign_in(&headers, peer, &[Scheme::Basic]).await;
            let expected = match scheme {
                Scheme::AccessToken => Denied::Missing,
                _ => Denied::Foreign,
            };
            assert_eq!(denied.unwrap_err(), expected, "{scheme:?}");
        }
    }

    #[tokio::test]
    async fn err_credentials_that_cannot_be_read() {
        let (_data, users, _) = opened(Some("right"));
        for (value, denied) in [
            ("Basic", Denied::Unreadable),
            ("Basic a b", Denied::Unreadable),
            ("Basic YWRtaW4=", Denied::Unreadable),
            ("ApiKey !!", Denied::Unreadable),
            ("Digest x", Denied::Foreign),
        ] {
            let headers = shows("authorization", value);
            assert_eq!(ask(&users, &headers).await.unwrap_err(), denied, "{value}");
        }
        let latin = header::HeaderValue::from_bytes(b"Basic \xfc").unwrap();
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, latin)]);
        assert_eq!(ask(&users, &headers).await, Err(Denied::Unreadable));
        assert_eq!(ask(&users, &HeaderMap::new()).await, Err(Denied::Missing));
    }

    #[tokio::test]
    async fn err_tokens_that_are_unknown_wrong_expired_or_removed() {
        let (data, users, _) = opened(Some("right"));
        let (good, old) = (
            add_token(data.path(), Role::Monitor, None),
            add_token(data.path(), Role::Monitor, Some(1)),
        );
        let shown = |text: &str| shows("authorization", &format!("Bearer {text}"));
        let denied = async |text: &str| match ask(&users, &shown(text)).await {
            Err(Denied::Token { id, fault, .. }) => (id, fault),
            other => panic!("{text}: {other:?}"),
        };
        let id = Some(good.id.clone());
        assert_eq!(denied("opaque").await, (None, TokenFault::Unknown));
        let unknown = denied("certlens_x_y").await;
        assert_eq!(unknown, (Some("x".into()), TokenFault::Unknown));
        let swapped = good.bearer().replace(good.secret.as_str(), &old.secret);
        assert_eq!(
            denied(&swapped).await,
            (id.clone(), TokenFault::WrongSecret)
        );
        let expired = denied(&old.bearer()).await;
        assert_eq!(expired, (Some(old.id.clone()), TokenFault::Expired));

        assert!(ask(&users, &shown(&good.bearer())).await.is_ok());
        records::change(data.path(), |table: &mut TokenTable| {
            table.tokens.clear();
            Ok(())
        })
        .unwrap();
        assert_eq!(denied(&good.bearer()).await, (id, TokenFault::Unknown));
    }

    #[tokio::test]
    async fn a_jwt_dies_with_the_password_and_with_the_user() {
        let (data, users, _) = opened(Some("right"));
        let user = ask(&users, &basic("admin", "right")).await.unwrap();
        let jwt = users.issue_jwt(&user, Duration::from_secs(60)).unwrap();
        let shown = shows("authorization", &format!("JWT {}", *jwt));
        assert_eq!(ask(&users, &shown).await.unwrap(), user);
        let (again, _) = Users::open(data.path(), None).unwrap();
        assert!(ask(&again, &shown).await.is_ok(), "the key survives");

        let change = |to: fn(&mut UserTable)| {
            records::change(data.path(), |table: &mut UserTable| {
                to(table);
                Ok(())
            })
            .unwrap();
        };
        change(|table| table.users[0].password = password::hash("right").unwrap());
        assert!(ask(&users, &shown).await.is_err(), "hashed anew");
        let jwt = users.issue_jwt(&user, Duration::from_secs(60)).unwrap();
        let shown = shows("authorization", &format!("JWT {}", *jwt));
        assert!(ask(&users, &shown).await.is_ok());
        change(|table| table.users.clear());
        assert!(ask(&users, &shown).await.is_err(), "gone");
        assert!(users.issue_jwt(&user, Duration::from_secs(60)).is_none());
    }

    #[tokio::test]
    async fn a_token_gets_no_jwt_that_would_outlive_it() {
        let (data, users, _) = opened(Some("right"));
        let token = add_token(data.path(), Role::Admin, None);
        let shown = shows("authorization", &format!("ApiKey {}", *token.api_key()));
        let user = ask(&users, &shown).await.unwrap();
        assert!(users.issue_jwt(&user, Duration::from_secs(60)).is_none());
    }

    #[tokio::test]
    async fn changed_users_count_at_once_and_a_broken_file_changes_nothing() {
        let (data, users, _) = opened(Some("right"));
        assert!(ask(&users, &basic("admin", "right")).await.is_ok());
        records::change(data.path(), |table: &mut UserTable| {
            table.users[0].role = Role::ClusterViewer;
            Ok(())
        })
        .unwrap();
        let role = ask(&users, &basic("admin", "right")).await.unwrap().role;
        assert_eq!(role, Role::ClusterViewer, "also for a pair in the memory");

        let file = data.path().join("users.toml");
        for broken in ["[[users]]\nname = 'a'\n", "\u{0}"] {
            std::fs::write(&file, broken).unwrap();
            assert!(
                ask(&users, &basic("admin", "right")).await.is_ok(),
                "{broken}"
            );
        }
        std::fs::remove_file(&file).unwrap();
        assert!(ask(&users, &basic("admin", "right")).await.is_ok(), "gone");
        std::fs::write(&file, "").unwrap();
        assert!(ask(&users, &basic("admin", "right")).await.is_err());
    }

    #[tokio::test]
    async fn guessing_is_slowed_down_and_whoever_is_known_is_not() {
        let (_data, users, _) = opened(Some("right"));
        let peer = Peer(Some("192.0.2.1".parse().unwrap()));
        let sign_in = async |password: &str| {
            let headers = basic("admin", password);
            users.sign_in(&headers, peer, &[Scheme::Basic]).await
        };
        assert!(sign_in("right").await.is_ok());
        let mut denied = Vec::new();
        for guess in 0..11 {
            denied.push(sign_in(&format!("guess {guess}")).await.unwrap_err());
        }
        let wrong = Denied::Wrong {
            name: "admin".into(),
        };
        assert_eq!(denied[..10], vec![wrong; 10]);
        let Denied::TooMany { seconds } = denied[10] else {
            panic!("{denied:?}");
        };
        assert!((1..=30).contains(&seconds), "{seconds}");
        assert!(sign_in("right").await.is_ok(), "from memory");
    }

    #[tokio::test]
    async fn a_guess_counts_and_keeps_its_turn_when_the_client_goes_away() {
        let (_data, users, _) = opened(Some("right"));
        for guess in 0..10 {
            let headers = basic("admin", &format!("guess {guess}"));
            tokio::select! {
                biased;
                answer = ask(&users, &headers) => panic!("{answer:?} at once"),
                () = std::future::ready(()) => {}
            }
            let free = users.0.derivations.available_permits();
            assert_eq!(free, 1, "the derivation goes on");
            drop(users.0.derivations.acquire_many(2).await.unwrap());
        }
        let denied = ask(&users, &basic("admin", "guess 10")).await;
        assert!(matches!(denied, Err(Denied::TooMany { .. })), "{denied:?}");
    }

    #[tokio::test]
    async fn passwords_may_hold_colons_and_umlauts() {
        let (_data, users, _) = opened(Some("a:b:ü"));
        assert!(ask(&users, &basic("admin", "a:b:ü")).await.is_ok());
        assert!(ask(&users, &basic("admin", "a")).await.is_err());
    }

    #[test]
    fn rights_may_be_narrowed_to_stores() {
        let user = |stores: Option<&[&str]>| User {
            name: "anna".into(),
            role: Role::Admin,
            stores: stores.map(|stores| stores.iter().map(ToString::to_string).collect()),
            token: None,
        };
        let import = Permission::ImportCertificates;
        assert!(user(None).may_in(import, "My"));
        assert!(user(Some(&["My"])).may_in(import, "My"));
        assert!(!user(Some(&["My"])).may_in(import, "WebHosting"));
        assert!(!user(Some(&[])).may_in(import, "My"));
    }

    #[test]
    fn err_empty_first_password() {
        let data = tempfile::tempdir().unwrap();
        let error = Users::open(data.path(), Some("")).err().unwrap();
        assert!(error.to_string().contains("CERTLENS_PASSWORD"), "{error}");
    }

    #[test]
    fn err_users_file_names_the_line_and_keeps_secrets() {
        let refused = |text: &str| {
            let data = tempfile::tempdir().unwrap();
            std::fs::write(data.path().join("users.toml"), text).unwrap();
            let error = Users::open(data.path(), None).err().unwrap().to_string();
            let path = format!("{}: ", data.path().join("users.toml").display());
            error.strip_prefix(&path).unwrap().to_owned()
        };
        let king = refused("[[users]]\nname = 'a'\nrole = 'king'\n");
        assert!(king.starts_with("line 3: unknown variant `king`"), "{king}");
        let number = "[[users]]\nname = 'a'\nrole = 'admin'\npassword = 31415926\n";
        assert_eq!(refused(number), "line 4 is not what it should be");
        let plain = "[[users]]\nname = 'a'\nrole = 'admin'\npassword = 'hunter2'\n";
        assert_eq!(
            refused(plain),
            "the password of `a` is not hashed: expected text that begins with `$argon2id$`"
        );
        let hash = password::hash("x").unwrap();
        let twice =
            format!("[[users]]\nname = 'a'\nrole = 'none'\npassword = '{hash}'\n").repeat(2);
        assert_eq!(refused(&twice), "there are two users `a`");
    }
}
