//! `certlens token`: programs that sign in without a password.

use certlens_core::UnixTime;
use clap::{Subcommand, ValueEnum};
use zeroize::Zeroizing;

use super::{Place, change, print};
use crate::app::StartError;
use crate::clock;
use crate::users::Role;
use crate::users::records::{self, TokenTable};
use crate::users::token::Token;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token, and show it once
    Add {
        /// What it is for: prometheus, nightly-backup
        name: String,
        /// What it may do
        #[arg(long, value_enum, default_value = "cluster_viewer")]
        role: Role,
        /// Narrow the role to this IIS store; may be given several times
        #[arg(long = "store", value_name = "STORE")]
        stores: Vec<String>,
        /// When it ends: 2027-01-31, 2027-01-31T12:00:00Z, or after a time such as 90d
        #[arg(long, value_name = "TIME", value_parser = instant)]
        expires: Option<UnixTime>,
        /// The form that the client wants
        #[arg(long, value_enum, default_value = "bearer")]
        kind: Kind,
        /// Which data directory it is about.
        #[command(flatten)]
        place: Place,
    },
    /// Withdraw a token, by its name or its identifier
    Remove {
        /// Its name or its identifier
        name: String,
        /// Which data directory it is about.
        #[command(flatten)]
        place: Place,
    },
    /// List the tokens
    List {
        /// Which data directory it is about.
        #[command(flatten)]
        place: Place,
    },
}

/// The form that a client wants a token in. Each token works in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lowercase")]
pub enum Kind {
    /// `Authorization: ApiKey …`, for clients of Elasticsearch
    ApiKey,
    /// `Authorization: Bearer …`, or `Access-Token: Bearer …` for clients of IIS Administration
    Bearer,
}

/// Does it.
///
/// # Errors
/// When there is no such token, or already one, or the file cannot be changed.
pub fn run(command: &Command) -> Result<(), StartError> {
    match command {
        Command::Add {
            name,
            role,
            stores,
            expires,
            kind,
            place,
        } => {
            let stores = (!stores.is_empty()).then(|| stores.clone());
            let times = (clock::now(), *expires);
            let (token, shown) = Token::make(name.clone(), *role, stores, times)?;
            change("add", name, &place.data()?, |table: &mut TokenTable| {
                if table.tokens.iter().any(|known| known.name == *name) {
                    return Err(StartError::new(
                        format!("there is a token `{name}` already"),
                        "Remove it first, or choose another name.",
                    ));
                }
                table.tokens.push(token);
                Ok(())
            })?;
            let header = Zeroizing::new(match kind {
                Kind::ApiKey => format!("Authorization: ApiKey {}", *shown.api_key()),
                Kind::Bearer => format!("Authorization: Bearer {}", *shown.bearer()),
            });
            let until = ending(*expires);
            print(&[
                ("token", name),
                ("id", &shown.id),
                ("role", role.name()),
                ("expires", &until),
                ("header", &header),
                ("", "(shown only this once)"),
            ]);
        }
        Command::Remove { name, place } => {
            change("remove", name, &place.data()?, |table: &mut TokenTable| {
                let before = table.tokens.len();
                table
                    .tokens
                    .retain(|token| token.name != *name && token.id != *name);
                if table.tokens.len() == before {
                    return Err(StartError::new(
                        format!("there is no token `{name}`"),
                        "`certlens token list` shows those that there are.",
                    ));
                }
                Ok(())
            })?;
        }
        Command::List { place } => {
            let table: TokenTable = records::read(&place.data()?)?;
            let now = clock::now();
            let told: Vec<String> = table.tokens.iter().map(|token| told(token, now)).collect();
            let lines: Vec<(&str, &str)> = table
                .tokens
                .iter()
                .zip(&told)
                .map(|(token, told)| (token.name.as_str(), told.as_str()))
                .collect();
            print(&lines);
        }
    }
    Ok(())
}

fn told(token: &Token, now: UnixTime) -> String {
    let role = token.role.name();
    let stores = match &token.stores {
        None => String::new(),
        Some(stores) => format!(" in {}", stores.join(", ")),
    };
    let verb = if token.is_expired(now) {
        "expired"
    } else {
        "expires"
    };
    let (id, created, expires) = (&token.id, token.created, ending(token.expires));
    format!("{id}  {role}{stores}, made {created}, {verb} {expires}")
}

fn ending(expires: Option<UnixTime>) -> String {
    expires.map_or_else(|| "never".to_owned(), |expires| expires.to_string())
}

/// A point in time that lies ahead, or a span from now on.
fn instant(text: &str) -> Result<UnixTime, String> {
    let now = clock::now();
    let span = clock::seconds(text).map(|span| now.seconds().saturating_add(span));
    let instant = UnixTime::parse(text).or(span.map(UnixTime::from_seconds));
    let instant = instant.ok_or("expected an instant such as 2027-01-31, or a span such as 90d")?;
    if instant <= now {
        return Err(format!("expected an instant to come, found {instant}"));
    }
    if UnixTime::NEVER < instant {
        return Err("expected an instant before the year 10000".to_owned());
    }
    Ok(instant)
}
