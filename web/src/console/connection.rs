//! How a backend is spoken to: where, in which dialect, as whom.

use std::fmt;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::address::Address;
use crate::words;

/// How a backend is spoken to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Connection {
    /// Where it answers.
    pub(super) address: Address,
    /// What it speaks.
    pub(super) dialect: Dialect,
    /// As whom.
    pub(super) credentials: Credentials,
    /// The cluster behind the server that answers there, which passes requests on to it.
    pub(super) cluster: Option<String>,
}

impl Connection {
    /// What a certlens server answers itself, in each dialect.
    pub(super) fn to_server(address: &Address, kind: Kind, credentials: &Credentials) -> Vec<Self> {
        let connect = |dialect| Self {
            address: address.clone(),
            dialect,
            credentials: credentials.clone(),
            cluster: None,
        };
        kind.dialects().into_iter().map(connect).collect()
    }

    /// A cluster that the server of this connection passes requests on to; `None` for a kind that
    /// this page does not know.
    pub(super) fn to_cluster(&self, cluster: Cluster) -> Option<Self> {
        let dialect = Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.word() == cluster.kind)?;
        Some(Self {
            address: self.address.below(&format!("/clusters/{}", cluster.name)),
            dialect,
            credentials: self.credentials.clone(),
            cluster: Some(cluster.name),
        })
    }

    /// The command that asks for the same listing in a terminal, where it asks for the password.
    pub(super) fn command(&self) -> String {
        let url = self.address.at(self.dialect.listing());
        format!(
            "curl -u {} {}",
            quoted(self.credentials.user()),
            quoted(&url)
        )
    }
}

/// The answer of `GET /clusters`.
#[derive(serde::Deserialize)]
pub(super) struct Clusters {
    /// The clusters that a certlens server passes requests on to.
    pub(super) clusters: Vec<Cluster>,
}

/// One of [`Clusters`].
#[derive(serde::Deserialize)]
pub(super) struct Cluster {
    /// What it is called there, and below which path it answers.
    name: String,
    /// [`Dialect::word`].
    kind: String,
}

/// Which of the three documented APIs a backend speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Dialect {
    /// `GET /_ssl/certificates`.
    Elasticsearch,
    /// `GET /v1/cluster/certificates`.
    RedisEnterprise,
    /// `GET /api/certificates`.
    Iis,
}

impl Dialect {
    /// All of them, in the order in which they are shown.
    pub(super) const ALL: [Self; 3] = [Self::Elasticsearch, Self::RedisEnterprise, Self::Iis];

    /// What people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Elasticsearch => "Elasticsearch",
            Self::RedisEnterprise => "Redis Enterprise",
            Self::Iis => "IIS",
        }
    }

    /// The word that stands for it in a form.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Elasticsearch => "elasticsearch",
            Self::RedisEnterprise => "redis-enterprise",
            Self::Iis => "iis",
        }
    }

    /// The documented listing, with what the console asks of it.
    pub(super) fn listing(self) -> &'static str {
        match self {
            Self::Elasticsearch => "/_ssl/certificates",
            Self::RedisEnterprise => "/v1/cluster/certificates",
            Self::Iis => "/api/certificates?fields=*",
        }
    }

    /// The right that reading needs, and where it is given.
    pub(super) fn right(self) -> &'static str {
        match self {
            Self::Elasticsearch => words::reading_needs_the_cluster_privilege(),
            Self::RedisEnterprise => words::reading_needs_a_role_that_may_view(),
            Self::Iis => words::reading_needs_the_right_to_read(),
        }
    }
}

/// Which dialects are asked at one address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// All three, as the certlens server answers them.
    #[default]
    All,
    /// One.
    One(Dialect),
}

impl Kind {
    /// Reads the word of a form.
    pub(super) fn read(word: &str) -> Self {
        Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.word() == word)
            .map_or(Self::All, Self::One)
    }

    /// The dialects.
    pub(super) fn dialects(self) -> Vec<Dialect> {
        match self {
            Self::All => Dialect::ALL.to_vec(),
            Self::One(dialect) => vec![dialect],
        }
    }
}

/// A user name and a password. Kept in memory only, wiped when the last holder lets go, never
/// printed. Equal only to itself.
#[derive(Clone)]
pub(super) struct Credentials(Rc<Inner>);

struct Inner {
    user: String,
    password: Zeroizing<String>,
}

impl Credentials {
    /// Takes over what was typed.
    pub(super) fn new(user: String, password: String) -> Self {
        Self(Rc::new(Inner {
            user,
            password: Zeroizing::new(password),
        }))
    }

    /// The user name.
    pub(super) fn user(&self) -> &str {
        &self.0.user
    }

    /// The value of the `Authorization` header, in UTF-8 (RFC 7617).
    pub(super) fn authorization(&self) -> Zeroizing<String> {
        let pair = Zeroizing::new(format!("{}:{}", self.0.user, *self.0.password));
        let mut header = Zeroizing::new(String::with_capacity(8 + pair.len() * 4 / 3 + 4));
        header.push_str("Basic ");
        STANDARD.encode_string(pair.as_bytes(), &mut header);
        header
    }
}

impl PartialEq for Credentials {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// A word that a shell takes as it is.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_sent_in_utf_8_and_print_nothing() {
        let credentials = Credentials::new("müller".into(), "pä:ß".into());
        assert_eq!(*credentials.authorization(), "Basic bcO8bGxlcjpww6Q6w58=");
        assert_eq!(format!("{credentials:?}"), "Credentials(..)");
    }

    #[test]
    fn the_command_cannot_be_broken_out_of() {
        let connection = Connection {
            address: Address::parse("https://es:9200", None).expect("an address"),
            dialect: Dialect::Iis,
            credentials: Credentials::new("o'neil".into(), "secret".into()),
            cluster: None,
        };
        assert_eq!(
            connection.command(),
            r"curl -u 'o'\''neil' 'https://es:9200/api/certificates?fields=*'"
        );
    }

    #[test]
    fn kinds_are_read_from_the_form() {
        assert_eq!(Kind::read("iis"), Kind::One(Dialect::Iis));
        assert_eq!(Kind::read("all").dialects(), Dialect::ALL);
    }
}
