//! Who may sign in, and what they may do.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::app::StartError;
use crate::{files, host_key};

/// The users of `users.toml`.
#[derive(Clone)]
pub struct Users(Arc<Shared>);

struct Shared {
    records: Vec<Record>,
    /// Compared against when nobody of that name exists, so that the answer takes as long.
    nobody: String,
    /// Name and password pairs that were right, as keyed digests, so that a listing does not cost a
    /// derivation each.
    known: Mutex<HashMap<[u8; 32], User>>,
    key: Zeroizing<[u8; 32]>,
    /// Each derivation takes 19 MiB: a few at a time, however many knock.
    derivations: Semaphore,
}

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name that they signed in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

impl User {
    /// Whether they may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.permissions().contains(&permission)
    }
}

/// What a user may do, by the role names that Redis Enterprise uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Look at everything but private keys.
    ClusterViewer,
    /// Nothing.
    None,
}

impl Role {
    /// What the role allows.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{Monitor, ReadCertificates, UpdateCluster, ViewClusterInfo};
        match self {
            Self::Admin => &[Monitor, ViewClusterInfo, UpdateCluster, ReadCertificates],
            Self::ClusterViewer => &[Monitor, ViewClusterInfo, ReadCertificates],
            Self::None => &[],
        }
    }

    /// The name in `users.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::ClusterViewer => "cluster_viewer",
            Self::None => "none",
        }
    }
}

/// One thing that a role allows, by the vendors' own names where they have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Elasticsearch: the cluster privilege `monitor`.
    Monitor,
    /// Redis Enterprise: `view_cluster_info`.
    ViewClusterInfo,
    /// Redis Enterprise: `update_cluster`. Private keys are for those who may replace them.
    UpdateCluster,
    /// IIS: read what the stores' claims allow.
    ReadCertificates,
}

/// Why somebody was not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No credentials came with the request.
    Missing,
    /// The credentials are of a kind that is not taken here, or cannot be read.
    Unreadable,
    /// The password is wrong, or there is nobody of that name.
    Wrong {
        /// The name as it was given.
        name: String,
    },
}

/// The password of `admin` that was made on the first start. Shown once, never logged.
pub struct FirstPassword(Zeroizing<String>);

impl FirstPassword {
    /// The text, to show it to the person at the terminal.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FirstPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FirstPassword(..)")
    }
}

impl Users {
    /// Whether this data directory has users already: then it is not the first start.
    pub fn exist(data: &Path) -> bool {
        data.join(USERS_FILE).exists()
    }

    /// Reads the users of this data directory. On the first start there are none: then `admin` is
    /// made, with the given password or with a new one that is returned.
    ///
    /// # Errors
    /// When the users file cannot be read or written.
    pub fn open(
        data: &Path,
        first: Option<&str>,
    ) -> Result<(Self, Option<FirstPassword>), StartError> {
        let path = data.join(USERS_FILE);
        let wrong = |what: String| {
            StartError::new(
                format!("{}: {what}", path.display()),
                "Remove the file to start with a new password for `admin`.",
            )
        };
        if path.exists() {
            let text = files::read_text(&path).map_err(|error| wrong(error.to_string()))?;
            let file: UsersFile =
                toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
            return Ok((Self::new(file.users)?, None));
        }
        if first.is_some_and(str::is_empty) {
            return Err(StartError::new(
                "CERTLENS_PASSWORD: expected a password, found an empty text",
                "Set it to the first password of `admin`, or unset it to have one made.",
            ));
        }
        let made = match first {
            Some(_) => None,
            None => Some(FirstPassword(make_password()?)),
        };
        let password = made
            .as_ref()
            .map(FirstPassword::reveal)
            .or(first)
            .unwrap_or_default();
        let record = Record {
            name: "admin".into(),
            role: Role::Admin,
            password: hash(password)?,
        };
        let file = UsersFile {
            users: vec![record],
        };
        let text = toml::to_string(&file).map_err(|error| wrong(error.to_string()))?;
        files::write_secret(&path, text.as_bytes()).map_err(|error| wrong(error.to_string()))?;
        Ok((Self::new(file.users)?, made))
    }

    fn new(records: Vec<Record>) -> Result<Self, StartError> {
        Ok(Self(Arc::new(Shared {
            records,
            nobody: hash("nobody signs in with this")?,
            known: Mutex::default(),
            key: host_key::random()?,
            derivations: Semaphore::new(2),
        })))
    }

    /// Lets in whoever shows the right name and password in a `Basic` header.
    pub(crate) async fn sign_in(&self, headers: &HeaderMap) -> Result<User, Denied> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return Err(Denied::Missing);
        };
        let credentials = value.to_str().ok().and_then(Credentials::read);
        let Credentials { name, password } = credentials.ok_or(Denied::Unreadable)?;
        let digest = host_key::tag(&self.0.key, "credentials", &[&name, &password]);
        if let Some(user) = self.known().get(&digest) {
            return Ok(user.clone());
        }
        let Some(user) = self.derive(&name, password).await else {
            return Err(Denied::Wrong { name });
        };
        let mut known = self.known();
        if KNOWN_AT_MOST <= known.len() {
            known.clear();
        }
        known.insert(digest, user.clone());
        Ok(user)
    }

    /// Derives and compares, off the threads that answer requests.
    async fn derive(&self, name: &str, password: Zeroizing<String>) -> Option<User> {
        let record = self.0.records.iter().find(|record| record.name == name);
        let stored = record
            .map_or(&self.0.nobody, |record| &record.password)
            .clone();
        let _turn = self.0.derivations.acquire().await.ok()?;
        let task = tokio::task::spawn_blocking(move || verify(&stored, &password));
        let right = task.await.unwrap_or(false);
        record.filter(|_| right).map(|record| User {
            name: record.name.clone(),
            role: record.role,
        })
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], User>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UsersFile {
    users: Vec<Record>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    name: String,
    role: Role,
    /// argon2id, in PHC form.
    password: String,
}

struct Credentials {
    name: String,
    password: Zeroizing<String>,
}

impl Credentials {
    /// Reads `Basic base64(name:password)` (RFC 7617), in UTF-8.
    fn read(header: &str) -> Option<Self> {
        let (scheme, rest) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let octets = Zeroizing::new(STANDARD.decode(rest.trim()).ok()?);
        let (name, password) = std::str::from_utf8(&octets).ok()?.split_once(':')?;
        Some(Self {
            name: name.to_owned(),
            password: Zeroizing::new(password.to_owned()),
        })
    }
}

fn hash(password: &str) -> Result<String, StartError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| {
        StartError::new(
            format!("the password cannot be hashed: {error}"),
            "Choose another one.",
        )
    })
}

fn verify(stored: &str, password: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// A hundred random bits, in characters that nobody mixes up.
fn make_password() -> Result<Zeroizing<String>, StartError> {
    let octets = host_key::random()?;
    let alphabet: Vec<char> = "abcdefghijkmnpqrstuvwxyz23456789".chars().collect();
    let mut password = Zeroizing::new(String::with_capacity(23));
    for (at, octet) in octets.iter().take(20).enumerate() {
        if at != 0 && at % 5 == 0 {
            password.push('-');
        }
        password.extend(alphabet.get(usize::from(octet % 32)));
    }
    Ok(password)
}

const USERS_FILE: &str = "users.toml";

/// More right pairs than this come from no honest installation; then the memory starts afresh.
const KNOWN_AT_MOST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &str, password: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let credentials = STANDARD.encode(format!("{name}:{password}"));
        headers.insert(
            header::AUTHORIZATION,
            format!("Basic {credentials}").parse().unwrap(),
        );
        headers
    }

    #[tokio::test]
    async fn the_made_password_opens_now_and_after_a_restart() {
        let data = tempfile::tempdir().unwrap();
        let (users, made) = Users::open(data.path(), None).unwrap();
        let password = made.unwrap().reveal().to_owned();
        assert_eq!(password.len(), 23);
        let right = headers("admin", &password);
        assert_eq!(users.sign_in(&right).await.unwrap().role, Role::Admin);
        assert_eq!(
            users.sign_in(&right).await.unwrap().name,
            "admin",
            "from memory"
        );

        let (again, made) = Users::open(data.path(), Some("ignored now")).unwrap();
        assert!(made.is_none());
        assert!(again.sign_in(&right).await.is_ok());
        let stored = std::fs::read_to_string(data.path().join("users.toml")).unwrap();
        assert!(stored.contains("$argon2id$") && !stored.contains(&password));
    }

    #[tokio::test]
    async fn err_wrong_password_unknown_name_and_other_schemes() {
        let data = tempfile::tempdir().unwrap();
        let (users, made) = Users::open(data.path(), Some("right")).unwrap();
        assert!(made.is_none(), "a given password is not shown");
        assert!(users.sign_in(&headers("admin", "right")).await.is_ok());
        let denied = users.sign_in(&headers("admin", "wrong")).await.unwrap_err();
        assert_eq!(
            denied,
            Denied::Wrong {
                name: "admin".into()
            }
        );
        let denied = users.sign_in(&headers("Admin", "right")).await.unwrap_err();
        assert_eq!(
            denied,
            Denied::Wrong {
                name: "Admin".into()
            }
        );
        assert_eq!(
            users.sign_in(&HeaderMap::new()).await.unwrap_err(),
            Denied::Missing
        );
        let mut bearer = HeaderMap::new();
        bearer.insert(header::AUTHORIZATION, "Bearer abc".parse().unwrap());
        assert_eq!(
            users.sign_in(&bearer).await.unwrap_err(),
            Denied::Unreadable
        );
    }

    #[tokio::test]
    async fn passwords_may_hold_colons_and_umlauts() {
        let data = tempfile::tempdir().unwrap();
        let (users, _) = Users::open(data.path(), Some("a:b:ü")).unwrap();
        assert!(users.sign_in(&headers("admin", "a:b:ü")).await.is_ok());
        assert!(users.sign_in(&headers("admin", "a")).await.is_err());
    }

    #[test]
    fn err_empty_first_password() {
        let data = tempfile::tempdir().unwrap();
        let error = Users::open(data.path(), Some("")).err().unwrap();
        assert!(error.to_string().contains("CERTLENS_PASSWORD"), "{error}");
    }

    #[test]
    fn err_users_file_names_the_line() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(
            data.path().join("users.toml"),
            "[[users]]\nname = 'a'\nrole = 'king'\n",
        )
        .unwrap();
        let error = Users::open(data.path(), None).err().unwrap().to_string();
        assert!(
            error.contains("line 3") && error.contains("king"),
            "{error}"
        );
    }
}
