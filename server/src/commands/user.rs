//! `certlens user`: people who sign in with a password.

use clap::Subcommand;
use zeroize::Zeroizing;

use super::{Place, change, print, read_secret};
use crate::app::StartError;
use crate::users::records::{self, Record, UserTable};
use crate::users::{NewPassword, Role, password};

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a user; without --password-stdin a password is made and shown once
    Add {
        /// The name to sign in with
        name: String,
        /// What the user may do
        #[arg(long, value_enum, default_value = "cluster_viewer")]
        role: Role,
        /// Narrow the role to this IIS store; may be given several times
        #[arg(long = "store", value_name = "STORE")]
        stores: Vec<String>,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// Which data directory it is about.
        #[command(flatten)]
        place: Place,
    },
    /// Remove a user
    Remove {
        /// The name to sign in with
        name: String,
        /// Which data directory it is about.
        #[command(flatten)]
        place: Place,
    },
    /// List the users
    List {
        /// Which data directory it is about.
        #[command(flatten)]
        place: Place,
    },
    /// Set another password; without --password-stdin one is made and shown once
    Password {
        /// The name to sign in with
        name: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// Which data directory it is about.
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
///
/// # Errors
/// When there is no such user, or already one, or the file cannot be changed.
pub fn run(command: &Command) -> Result<(), StartError> {
    match command {
        Command::Add {
            name,
            role,
            stores,
            password_stdin,
            place,
        } => {
            let chosen = Chosen::new(*password_stdin)?;
            let record = Record {
                name: name.clone(),
                role: *role,
                stores: (!stores.is_empty()).then(|| stores.clone()),
                password: password::hash(chosen.text())?,
            };
            change("add", name, &place.data()?, |table: &mut UserTable| {
                if table.users.iter().any(|known| known.name == *name) {
                    return Err(StartError::new(
                        format!("there is a user `{name}` already"),
                        "`certlens user password` sets another password.",
                    ));
                }
                table.users.push(record);
                Ok(())
            })?;
            print(&[("user", name), ("role", role.name()), chosen.line()]);
        }
        Command::Remove { name, place } => {
            change("remove", name, &place.data()?, |table: &mut UserTable| {
                let was_admin = find(table, name)?.role == Role::Admin;
                table.users.retain(|record| record.name != *name);
                if was_admin {
                    keep_an_admin(table, name)
                } else {
                    Ok(())
                }
            })?;
        }
        Command::List { place } => {
            let table: UserTable = records::read(&place.data()?)?;
            let told: Vec<String> = table.users.iter().map(rights).collect();
            let lines: Vec<(&str, &str)> = table
                .users
                .iter()
                .zip(&told)
                .map(|(record, told)| (record.name.as_str(), told.as_str()))
                .collect();
            print(&lines);
        }
        Command::Password {
            name,
            password_stdin,
            place,
        } => {
            let data = place.data()?;
            find(&mut records::read(&data)?, name)?;
            let chosen = Chosen::new(*password_stdin)?;
            let hash = password::hash(chosen.text())?;
            change("password", name, &data, |table: &mut UserTable| {
                find(table, name)?.password = hash;
                Ok(())
            })?;
            print(&[("user", name), chosen.line()]);
        }
    }
    Ok(())
}

/// A password, and whether whoever runs the command knows it.
enum Chosen {
    Given(Zeroizing<String>),
    Made(NewPassword, Zeroizing<String>),
}

impl Chosen {
    fn new(from_stdin: bool) -> Result<Self, StartError> {
        if from_stdin {
            return read_secret().map(Self::Given);
        }
        let made = NewPassword::make()?;
        let shown = format!("{}   (shown only this once)", made.reveal());
        Ok(Self::Made(made, Zeroizing::new(shown)))
    }

    fn text(&self) -> &str {
        match self {
            Self::Given(password) => password,
            Self::Made(made, _) => made.reveal(),
        }
    }

    fn line(&self) -> (&str, &str) {
        let shown = match self {
            Self::Given(_) => "as given",
            Self::Made(_, shown) => shown,
        };
        ("password", shown)
    }
}

fn find<'a>(table: &'a mut UserTable, name: &str) -> Result<&'a mut Record, StartError> {
    let mut users = table.users.iter_mut();
    users.find(|record| record.name == name).ok_or_else(|| {
        StartError::new(
            format!("there is no user `{name}`"),
            "`certlens user list` shows those that there are.",
        )
    })
}

/// Without an admin, nobody could replace a certificate over the network any more.
fn keep_an_admin(table: &UserTable, removed: &str) -> Result<(), StartError> {
    if table.users.iter().any(|record| record.role == Role::Admin) {
        return Ok(());
    }
    Err(StartError::new(
        format!("`{removed}` is the last user with the role admin"),
        "Add another one first, with `certlens user add NAME --role admin`.",
    ))
}

fn rights(record: &Record) -> String {
    match &record.stores {
        None => record.role.name().to_owned(),
        Some(stores) => format!("{}, in {}", record.role.name(), stores.join(", ")),
    }
}
